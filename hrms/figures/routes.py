"""The province's figures and the catalogues as pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.jinja import show_date, show_number
from hrms.core.permissions import Permission
from hrms.core.settings import KNOWN
from hrms.core.text import fold
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.figures import queries, rules, services
from hrms.figures.forms import HolidayForm, setting_form
from hrms.figures.hooks import SEES

blueprint = HrmsBlueprint("figures", __name__)
lists = HrmsBlueprint("catalogues", __name__)
"""One of its own, so that the menu marks the catalogues while one of them is open."""
days_off = HrmsBlueprint("holidays", __name__)


def shown_value(name: str, value: Any) -> str:
    """Return a setting's value as people read it: a code with its name, a number as it is."""
    if value == "":
        return _("chưa đặt")
    words = dict(queries.codes_for(name)).get(str(value))
    if words:
        return words if KNOWN[name].choices else f"{value} – {words}"
    return show_number(value) if isinstance(value, int) else str(value)


def _may_change() -> bool:
    return actor().may(Permission.SETTINGS_MANAGE, at=services.province_closure())


@blueprint.route("/settings", access=SEES)
def index() -> str:
    """Show every figure the province may set, with its source and how sure it is."""
    return render_template(
        "figures/settings.html", rows=queries.list_settings(), may_change=_may_change(), shown_value=shown_value,
        marks=rules.MARK_LABELS, tones=rules.MARK_TONES,
    )  # fmt: skip


@blueprint.route("/settings/<setting>", access=Permission.SETTINGS_MANAGE, methods=["GET", "POST"])
def edit(setting: str) -> ResponseReturnValue:
    """Set one figure, with the reason."""
    row = queries.get_setting(setting)
    codes = queries.codes_for(setting)
    form = setting_form(row.known, codes)(data={"value": row.value, "version": row.version})
    actor().require(Permission.SETTINGS_MANAGE, at=services.province_closure())
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.change(
                        actor(), setting, form["value"].data, reason=form["reason"].data or "",
                        version=form["version"].data or "",
                    )  # fmt: skip
                if done:
                    flash(_("Đã đổi “%(name)s”.", name=render(row.known.note)), "ok")
                else:
                    flash(_("Giá trị như cũ, không có gì để ghi."), "info")
                return redirect(url_for("figures.index"), 303)
            except Stale as stale:
                status = stale.status
                form.take(stale.problems)
            except Refused as refused:
                form.take(refused.problems)
    page = render_template(
        "figures/edit.html", form=form, row=row, shown_value=shown_value, marks=rules.MARK_LABELS,
        tones=rules.MARK_TONES, crumbs=[(_("Tham số"), url_for("figures.index"))],
    )  # fmt: skip
    return page, status


@lists.route("/settings/catalogues", access=SEES, endpoint="index")
def catalogues() -> str:
    """Show which catalogues there are, how long, how sure."""
    rows = [
        (render(rules.CATALOGUE_LABELS[name]) if name in rules.CATALOGUE_LABELS else name, name, count, marks)
        for name, count, marks in queries.list_catalogues()
    ]
    return render_template(
        "figures/catalogues.html", rows=sorted(rows, key=lambda r: fold(r[0])), marks=rules.MARK_LABELS
    )


@lists.route("/settings/catalogues/<catalogue>", access=SEES, endpoint="show")
def catalogue(catalogue: str) -> str:
    """Show the rows of one catalogue with source, mark and interval."""
    columns, rows = queries.get_catalogue(catalogue)
    return render_template(
        "figures/catalogue.html", name=catalogue,
        title=render(rules.CATALOGUE_LABELS[catalogue]) if catalogue in rules.CATALOGUE_LABELS else catalogue,
        columns=[render(rules.COLUMN_LABELS[c]) if c in rules.COLUMN_LABELS else c for c in columns],
        rows=rows, dated=any(row.valid_from or row.valid_to for row in rows), cell=_cell, marks=rules.MARK_LABELS,
        tones=rules.MARK_TONES, crumbs=[(_("Danh mục dùng chung"), url_for("catalogues.index"))],
    )  # fmt: skip


@days_off.route("/settings/holidays", access=SEES, endpoint="index")
def holidays() -> str:
    """Show the days off and the swapped working days of a year."""
    this = clock.today().year
    years = sorted({*queries.holiday_years(), this, this + 1})
    asked = request.args.get("year", "")
    year = int(asked) if asked in {str(one) for one in years} else this
    return render_template(
        "figures/holidays.html", rows=queries.list_holidays(year), year=year, years=years, kinds=rules.HOLIDAY_LABELS,
        marks=rules.MARK_LABELS, tones=rules.MARK_TONES, may_change=_may_change(),
        crumbs=[(_("Tham số"), url_for("figures.index"))],
    )  # fmt: skip


@days_off.route("/settings/holidays/edit", access=Permission.SETTINGS_MANAGE, methods=["GET", "POST"], endpoint="edit")
def edit_holidays() -> ResponseReturnValue:
    """Write days off or swapped working days, with source and reason."""
    actor().require(Permission.SETTINGS_MANAGE, at=services.province_closure())
    given = request.args.get("day", "")
    asked = _iso_day(given)
    row = queries.find_holiday(asked) if asked else None
    data: dict[str, Any] = {"mark": "C", "kind": "holiday", "day": asked}
    if row is not None:
        data |= {name: getattr(row, name) for name in ("day", "kind", "name_vi", "name_en", "source", "mark")}
    form = HolidayForm(data={**data, "version": queries.version_of(row)}).offer()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and form.day.data:
            first, last = form.day.data, form.until.data or form.day.data
            names = ("kind", "name_vi", "source", "mark")
            values = {name: form[name].data or "" for name in names}
            values["name_en"] = form.name_en.data or values["name_vi"]
            try:
                with transaction():
                    done = services.change_holidays(
                        actor(), first, last, values, reason=form.reason.data or "",
                        version=(form.version.data or "") if row is not None and first == row.day else None,
                    )  # fmt: skip
                flash(_("Đã ghi %(n)s ngày. Hạn tính theo ngày làm việc đã tính lại.", n=done), "ok")
                return redirect(url_for("holidays.index", year=first.year), 303)
            except (Refused, Stale) as error:
                status = error.status
                form.take(error.problems)
    crumbs = [(_("Tham số"), url_for("figures.index")), (_("Ngày nghỉ, ngày làm bù"), url_for("holidays.index"))]
    return render_template("figures/holiday.html", form=form, row=row, crumbs=crumbs), status


def _iso_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _cell(value: Any) -> str:
    """Return a cell as people read it: ISO days the Vietnamese way."""
    text = "" if value is None else str(value)
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit():
        return show_date(date.fromisoformat(text))
    return text


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    app.register_blueprint(lists)
    app.register_blueprint(days_off)
