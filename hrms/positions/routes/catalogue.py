"""Pages of the catalogue of positions and of the dictionary of competencies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks, workbook
from hrms.core.actor import missing
from hrms.core.dates import last_day
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.rules import MARK_LABELS, MARK_TONES
from hrms.figures.services import province_closure
from hrms.people.queries import codes, law
from hrms.positions.forms.catalogue import EndPositionForm, FilterForm, OwnPositionForm
from hrms.positions.models import JobPosition
from hrms.positions.queries import catalogue as queries
from hrms.positions.queries import frame_told, frames
from hrms.positions.routes.base import blueprint
from hrms.positions.rules.frames import FRAMEWORK_LABELS, Framework
from hrms.positions.rules.kinds import CATALOGUE_LABELS, GROUP_LABELS, QUOTA_LABELS, Catalogue, PositionGroup, QuotaKind
from hrms.positions.services import own_positions as services

View, Manage, Add = Permission.POSITIONS_VIEW, Permission.POSITIONS_MANAGE, Permission.POSITIONS_CATALOGUE
KEYS = ("q", "catalogue", "group", "kind", "field", "ended")


def may_add() -> bool:
    """Say whether the reader adds rows of the province's own."""
    return actor().may(Add, at=province_closure())


def grades_words(low: int | None, high: int | None) -> str:
    """Return the career grades in words, "" for a position without any."""
    if low is None or high is None:
        return ""
    if low == high:
        return _("bậc %(grade)s", grade=low)
    return _("bậc %(low)s–%(high)s", low=low, high=high)


def ranks_words(position: JobPosition) -> list[str]:
    """Return the names of the ranks that may hold a position."""
    known = law.ranks()
    return [f"{known[code].name} ({code})" if code in known else code for code in position.ranks]


def short_ranks(position: JobPosition) -> str:
    """Return what a list says of a position: the least rank by name, or the career grades."""
    if position.keeps_base_grade:
        return _("theo bậc của vị trí gốc")
    grades = grades_words(position.grade_min, position.grade_max)
    if grades:
        return grades
    known = law.ranks()
    names = [known[code].name if code in known else code for code in position.ranks]
    return ", ".join(dict.fromkeys(names))


def mark_words(mark: str) -> str:
    """Return how sure a row is, in words."""
    return _("do tỉnh bổ sung") if mark == services.OWN_MARK else render(MARK_LABELS.get(mark, MARK_LABELS["U"]))


def mark_tone(mark: str) -> str:
    """Return the tone of its tag."""
    return "info" if mark == services.OWN_MARK else MARK_TONES.get(mark, "warn")


def _chips(filters: queries.Filters) -> list[dict[str, str]]:
    words = list_words()
    shown = (
        ("q", _("Tên vị trí"), filters.q),
        ("catalogue", _("Danh mục"), words["catalogue"].get(filters.catalogue or "", "")),
        ("group", _("Nhóm"), words["group"].get(filters.group or "", "")),
        ("kind", _("Loại biên chế"), words["kind"].get(filters.kind or "", "")),
        ("field", _("Lĩnh vực"), filters.field or ""),
        ("ended", _("Hiệu lực"), _("cả vị trí không còn dùng, chưa dùng") if filters.ended else ""),
    )
    return [{"key": key, "label": label, "value": value} for key, label, value in shown if value]


def list_words() -> dict[str, dict[str, str]]:
    """Return the words of the closed lists, for templates."""
    return {
        "catalogue": {one.value: render(words) for one, words in CATALOGUE_LABELS.items()},
        "group": {one.value: render(words) for one, words in GROUP_LABELS.items()},
        "kind": {one.value: render(words) for one, words in QUOTA_LABELS.items()},
    }


@blueprint.route("/positions/catalogue", access=View)
def catalogue() -> ResponseReturnValue:
    """List the positions of the catalogues as the address asks, in the order of the catalogues."""
    filters, on = queries.parse(request.args), asked_dates()[0] or clock.today()
    page = queries.list_positions(filters, on, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "positions/catalogue/list.html",
        page=page,
        count=queries.count_positions(filters, on),
        form=FilterForm.of(filters, queries.list_fields()),
        filters=filters,
        chips=_chips(filters),
        on=on,
        may_add=may_add(),
        words=list_words(),
        short_ranks=short_ranks,
        mark_words=mark_words,
        mark_tone=mark_tone,
        address=urlencode([(key, value) for key, value in request.args.items() if key in {*KEYS, "as_at"} and value]),
    )


@blueprint.route("/positions/catalogue/export.xlsx", access=View)
def catalogue_export() -> ResponseReturnValue:
    """Give the list that the address shows as a workbook."""
    filters, on = queries.parse(request.args), asked_dates()[0] or clock.today()
    rows = (
        (
            one.key, render(CATALOGUE_LABELS[Catalogue(one.catalogue)]), one.number, one.name,
            render(GROUP_LABELS[PositionGroup(one.position_group)]), render(QUOTA_LABELS[QuotaKind(one.quota_kind)]),
            one.field, ", ".join(one.ranks), one.least_rank, one.grade_min, one.grade_max, one.valid_from,
            last_day(one.valid_to), one.source, mark_words(one.mark),
        )
        for one in queries.list_all(filters, on)
    )  # fmt: skip
    headers = (
        _("Mã dòng"), _("Danh mục"), _("Số trong danh mục"), _("Tên vị trí việc làm"), _("Nhóm"), _("Loại biên chế"),
        _("Lĩnh vực"), _("Mã ngạch, chức danh được bố trí"), _("Mã ngạch tối thiểu"), _("Bậc thấp nhất"),
        _("Bậc cao nhất"), _("Dùng từ ngày"), _("Ngày cuối được dùng"), _("Nguồn"), _("Độ chắc chắn"),
    )  # fmt: skip
    made = workbook.in_memory(
        _("Danh mục vị trí việc làm"), headers, rows,
        widths=(16, 30, 10, 50, 22, 20, 26, 24, 12, 10, 10, 12, 12, 50, 26),
    )  # fmt: skip
    return send_file(made, as_attachment=True, download_name="danh-muc-vi-tri-viec-lam.xlsx")


@blueprint.route("/positions/catalogue/choices", access=View)
def position_choices() -> ResponseReturnValue:
    """Answer a search box with positions in force."""
    found = queries.list_choices(request.args.get("q", "")[:200], clock.today(), limit=queries.CHOICES + 1)
    items = [
        {"value": str(one.id), "label": one.name, "note": render(CATALOGUE_LABELS[Catalogue(one.catalogue)])}
        for one in found[: queries.CHOICES]
    ]
    return jsonify(items=items, more=len(found) > queries.CHOICES)


@blueprint.route("/positions/catalogue/<int:position_id>", access=View)
def position(position_id: int) -> ResponseReturnValue:
    """Show a position: who may hold it, where it comes from, its frames, where it is used."""
    who, on = actor(), asked_dates()[0] or clock.today()
    found = queries.get_position(position_id)
    uses, lines = queries.list_uses(who, found.id, on)
    papers: Any = {}
    if found.decision_id and who.may(Permission.DECISIONS_VIEW):
        papers = hooks.papers[0].describe([found.decision_id])
    return render_template(
        "positions/catalogue/position.html",
        position=found,
        ranks=ranks_words(found),
        grades=grades_words(found.grade_min, found.grade_max),
        post=codes.name("leadership_posts", found.leadership_post) if found.leadership_post else "",
        frames=frames.list_frames(who, found.id, on),
        needs=_needs(found, on),
        line_address=_line_address(),
        uses=uses,
        lines=lines,
        on=on,
        is_own=services.is_own(found),
        may_add=may_add(),
        may_write=bool(who.scope(Manage)) or may_add(),
        framework=frames.framework_of(found),
        paper=papers.get(found.decision_id),
        words=list_words(),
        mark_words=mark_words,
        mark_tone=mark_tone,
        crumbs=[(_("Danh mục vị trí việc làm"), url_for("positions.catalogue"))],
    )


def _needs(found: JobPosition, on: date) -> list[list[str]]:
    """Return the competencies the province's model asks of a position on a day; none without a model."""
    model = frames.judging_above(found.id, None, on)
    if model is None:
        return []
    known = queries.competencies_of(frames.framework_of(found).value)
    return frame_told.competency_rows(found, frames.content_in(model).competencies, known)


def _line_address() -> Callable[[int], str] | None:
    if "positions.line" not in current_app.view_functions:
        return None
    return lambda line_id: url_for("positions.line", line_id=line_id)


@blueprint.route("/positions/catalogue/new", access=Add, methods=["GET", "POST"])
def new_position() -> ResponseReturnValue:
    """Add a position that a decision of the province approved."""
    reach = province_closure()
    actor().require(Add, at=reach)
    form: Any = _with_paper(OwnPositionForm)(paper_kind="organisation")
    form.require_paper()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    decision_id = hooks.papers[0].read(actor(), form.data, reach)
                    made = services.add(actor(), form.values(), decision_id)
                flash(_("Đã bổ sung vị trí “%(name)s” vào danh mục.", name=made.name), "ok")
                return redirect(url_for("positions.position", position_id=made.id), 303)
            except Refused as refused:
                form.take(refused.problems)
    crumbs = [(_("Danh mục vị trí việc làm"), url_for("positions.catalogue"))]
    return render_template("positions/catalogue/new.html", form=form, crumbs=crumbs), status


def _with_paper(form: type[Any]) -> type[Any]:
    fields: Any = hooks.papers[0].fields
    return type(form.__name__, (fields, form), {})


@blueprint.route("/positions/catalogue/<int:position_id>/end", access=Add, methods=["GET", "POST"])
def end_position(position_id: int) -> ResponseReturnValue:
    """End a row of the province's own."""
    found = queries.get_position(position_id)
    actor().require(Add, at=province_closure())
    if not services.is_own(found):
        raise missing("position")
    form = EndPositionForm(data={"version": found.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            given = str(form.version.data or "")
            try:
                with transaction():
                    services.end(
                        actor(), found, form.day, reason=str(form.reason.data),
                        version=int(given) if given.isascii() and given.isdigit() else 0,
                    )  # fmt: skip
                flash(_("Đã ghi ngày cuối được dùng của vị trí “%(name)s”.", name=found.name), "ok")
                return redirect(url_for("positions.position", position_id=position_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
                found = queries.get_position(position_id)
    lines = queries.list_uses(actor(), position_id, clock.today(), limit=1)[1]
    return render_template(
        "positions/catalogue/end.html",
        form=form,
        position=found,
        lines=lines,
        crumbs=[
            (_("Danh mục vị trí việc làm"), url_for("positions.catalogue")),
            (found.name, url_for("positions.position", position_id=position_id)),
        ],
    ), status


@blueprint.route("/positions/competencies", access=View)
def competencies() -> ResponseReturnValue:
    """Show the dictionary: every competency with the words of its levels, for leaders and for others."""
    known = queries.dictionary()
    groups: dict[str, list[tuple[str, Sequence[queries.Known]]]] = {
        framework.value: [
            (group, [one for one in known if _is(one, framework, group)])
            for group in ("general", "professional", "management")
        ]
        for framework in Framework
    }
    return render_template(
        "positions/competencies.html",
        frameworks=[(one.value, render(words)) for one, words in FRAMEWORK_LABELS.items()],
        groups=groups,
        mark_words=mark_words,
        mark_tone=mark_tone,
        crumbs=[(_("Danh mục vị trí việc làm"), url_for("positions.catalogue"))],
    )


def _is(one: queries.Known, framework: Framework, group: str) -> bool:
    return one.competency.framework == framework.value and one.competency.competency_group == group
