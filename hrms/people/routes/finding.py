"""The list of people: one search box, filters, columns, pages, export, saved filters; and choices for other forms."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import (
    current_app,
    flash,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hrms.agencies import queries as agencies
from hrms.core import settings, tasks
from hrms.core.actor import Actor
from hrms.core.charts import AgeBand
from hrms.core.errors import Forbidden, Refused
from hrms.core.i18n import _, render, select_locale
from hrms.core.jinja import show_number
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.forms.finding import FilterForm, SaveFilterForm
from hrms.people.jobs import frozen
from hrms.people.queries import columns as table
from hrms.people.queries import finding, saved
from hrms.people.queries.filters import Filters, Reach, parse, reach
from hrms.people.routes.base import blueprint
from hrms.people.rules.absences import ABSENCE_LABELS, AbsenceKind
from hrms.people.rules.kinds import STATUS_LABELS, EmploymentStatus
from hrms.people.services import export as exports
from hrms.people.services import saving

PROPOSED_MOST = 500
"""So many people fit into an address; longer lists are pasted as codes, or made in parts."""
LIST_KEYS = (
    "q", "agency", "kind", "status", "rank", "position", "sex", "age_from", "age_to", "degree", "theory", "step_due",
    "retires_in", "ethnic_group", "party", "old_data", "absent", "as_at", "known_on", "sort",
)  # fmt: skip


def _asked() -> tuple[Filters, list[table.Column]]:
    as_at, known_on = asked_dates()
    return parse(dict(request.args.items()), as_at, known_on), table.chosen(actor(), request.args.getlist("col"))


def settled_address() -> str | None:
    """Return the address with the agency typed into the search box as its code, None when there is nothing to settle.

    With script the box has put the id beside the words; without it the words are all there is.
    """
    typed = request.args.get("agency-text")
    if typed is None:
        return None
    chosen: str | None = None
    if typed.strip():
        given = request.args.get("agency", "").strip()
        agency = agencies.find_visible(actor(), given) if given else None
        if agency is None or agency.name != typed.strip():
            agency = next(iter(agencies.list_choices(actor(), typed.strip()[:200], limit=1)), None)
        if agency is None:
            text = N_("Không có cơ quan nào trong phạm vi của bạn khớp “%(value)s”. Hãy gõ tên hoặc mã khác.")
            raise Refused(Problem("agency", "unknown", text, {"value": typed.strip()}))
        chosen = agency.code or str(agency.id)
    kept = [
        (k, v) for k, v in request.args.items(multi=True) if v and k not in {"agency", "agency-text", "after", "before"}
    ]
    return f"{request.path}?{urlencode([*kept, ('agency', chosen)] if chosen else kept)}"


@blueprint.route("/people", access=Permission.PEOPLE_VIEW)
def index() -> ResponseReturnValue:
    """Show one page of the list that the address describes."""
    who = actor()
    settled = settled_address()
    if settled:
        return redirect(settled)
    filters, columns = _asked()
    where = reach(who, filters)
    page = finding.list_people(
        who, filters, where, columns, after=request.args.get("after"), before=request.args.get("before")
    )
    count_shown(row.person_id for row in page.items)
    count = finding.count_people(who, filters, where, page)
    panel, chips = _panel(who, filters, where)
    return render_template(
        "people/list.html",
        page=page,
        count=count,
        columns=columns,
        all_columns=table.visible(who),
        filters=filters,
        where=where,
        chips=chips,
        panel=panel,
        cells=[(column, table.wording(column)) for column in columns],
        record_address=_record_address(),
        saved_filters=saved.list_saved(who, "people"),
        save_form=SaveFilterForm(),
        endpoints=current_app.view_functions,
        links_new=url_for("people.new") if "people.new" in current_app.view_functions else None,
        away_words=lambda kind: render(ABSENCE_LABELS[AbsenceKind(kind)]),
        status_words=lambda status: render(STATUS_LABELS[EmploymentStatus(status)]),
        address=urlencode([(k, v) for k, v in request.args.items(multi=True) if k in {*LIST_KEYS, "col"} and v]),
    )


def _record_address() -> Callable[[int], str]:
    """Return the function from a person's id to the address of the record; the router is asked once, not once a row."""
    before, _zero, after = url_for("people.show", person_id=0).rpartition("0")
    return lambda person_id: f"{before}{person_id}{after}"


def _panel(who: Actor, filters: Filters, where: Reach) -> tuple[Markup, list[dict[str, str]]]:
    """Return the fields of the panel as HTML and the conditions in force as chips.

    Most lists have no condition of the panel; it is then the same for all readers of a language with the same rights
    to guarded conditions, and is kept: drawing its hundreds of options takes longer than reading the list.
    """
    kept: dict[Any, Markup] = current_app.extensions.setdefault("hrms.people.empty_panels", {})
    key = select_locale(), who.may(Permission.PEOPLE_ORIGIN), who.may(Permission.PEOPLE_PARTY)
    if not FilterForm.asks(filters) and key in kept:
        return kept[key], _chips(None, filters, where)
    form = FilterForm.of(who, filters, where)
    field = get_template_attribute("components/forms.html", "field")
    drawn = Markup("").join(field(form[name]) for name in form.plain_names())
    if not FilterForm.asks(filters):
        kept[key] = drawn
    return drawn, _chips(form, filters, where)


def _chips(form: FilterForm | None, filters: Filters, where: Reach) -> list[dict[str, str]]:
    chips = []
    if filters.q:
        chips.append({"label": _("Tìm"), "value": filters.q, "key": "q"})
    if where.agency_name:
        chips.append({"label": _("Đơn vị"), "value": where.agency_name, "key": "agency"})
    if form is None:
        return chips
    for name in form.plain_names():
        value = getattr(filters, name)
        if value not in {None, ""}:
            chips.append({"label": str(form[name].label.text), "value": form.words(name, value), "key": name})
    return chips


@blueprint.route("/people/choices", access=Permission.PEOPLE_VIEW)
def choices() -> ResponseReturnValue:
    """Answer a search box with people in the reader's scope."""
    found = finding.list_choices(actor(), request.args.get("q", ""))
    count_shown(item["value"] for item in found["items"])
    return jsonify(found)


@blueprint.route("/people/export.xlsx", access=Permission.PEOPLE_EXPORT, methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    """Give exactly the list that the address shows as a workbook; a long one is made in the background."""
    who = actor()
    filters, columns = _asked()
    where = reach(who, filters, Permission.PEOPLE_EXPORT)
    count = finding.count_people(who, filters, where)
    if count.capped or count.value > settings.get("people.export_job_rows"):
        with transaction():
            task_id = tasks.start(
                who,
                "people.export_list",
                "people.export_list",
                filters=frozen(filters),
                columns=[column.key for column in columns],
                rows=count.value,
            )
        return redirect(url_for("core.task", task_id=task_id), 303)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        with transaction():
            made = exports.export_list(who, filters, where, columns, path)
        if made.locked:
            raise Forbidden(exports.BULK_LOCKED)
        content = io.BytesIO(path.read_bytes())
    return send_file(content, as_attachment=True, download_name="danh-sach.xlsx")


@blueprint.route("/people/propose", access=Permission.DECISIONS_PROPOSE)
def propose_listed() -> ResponseReturnValue:
    """Begin a proposal about exactly the people the address lists, as far as the reader may propose for them."""
    who = actor()
    filters, _columns = _asked()
    where = reach(who, filters, Permission.DECISIONS_PROPOSE)
    page = finding.list_people(who, filters, where, [], limit=PROPOSED_MOST)
    if page.next is not None:
        text = N_("Danh sách có hơn %(most)s người. Hãy lọc bớt rồi lập hồ sơ trình từng phần.")
        raise Refused(Problem("", "too_many", text, {"most": str(PROPOSED_MOST)}))
    people = ".".join(str(row.person_id) for row in page.items)
    return redirect(url_for("submissions.new", people=people or None), 303)


@blueprint.route("/people/filters", access=Permission.PEOPLE_VIEW, methods=["POST"])
def save_filter() -> ResponseReturnValue:
    """Keep the conditions and columns of the list under a name, for this account."""
    form = SaveFilterForm()
    query = _clean_query(request.form.get("query", ""))
    if not form.validate():
        flash(" ".join(str(e) for errors in form.errors.values() for e in errors), "danger")
    else:
        with transaction():
            saving.save_filter(actor(), "people", str(form.name.data), query)
        flash(_("Đã lưu bộ lọc “%(name)s”.", name=form.name.data), "success")
    return redirect(f"{url_for('people.index')}?{query}", 303)


@blueprint.route("/people/filters/<int:filter_id>/delete", access=Permission.PEOPLE_VIEW, methods=["POST"])
def delete_filter(filter_id: int) -> ResponseReturnValue:
    """Forget one of the account's own filters."""
    with transaction():
        saving.delete_filter(actor(), filter_id)
    flash(_("Đã bỏ bộ lọc đã lưu."), "success")
    return redirect(url_for("people.index"), 303)


def _clean_query(query: str) -> str:
    kept: Sequence[tuple[str, str]] = [(k, v) for k, v in parse_qsl(query) if k in {*LIST_KEYS, "col"}]
    return urlencode(kept)[:2000]


def headers(columns: Sequence[table.Column]) -> list[dict[str, Any]]:
    """Return the columns as the table component takes them."""
    return [
        {"key": column.key, "label": render(column.label), "num": column.num, "sort": column.sort} for column in columns
    ]


def band_rows(bands: Sequence[AgeBand]) -> list[tuple[str, str, str]]:
    """Return the bands of an age pyramid as a table's rows."""
    return [(band.label, show_number(band.men), show_number(band.women)) for band in bands]


def number_rows(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Return rows of a label and figures with the figures in the reader's form."""
    return [[str(row[0]), *(show_number(value) for value in row[1:])] for row in rows]


blueprint.add_app_template_global(headers, "people_headers")
blueprint.add_app_template_global(band_rows)
blueprint.add_app_template_global(number_rows)
