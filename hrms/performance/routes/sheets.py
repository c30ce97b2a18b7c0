"""Score sheets to be read: landing by role, the list with filters and Excel, one sheet; correcting, rerouting."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.performance.forms import sheets as forms
from hrms.performance.queries import sheet_lists as lists
from hrms.performance.queries import sheet_pages as pages
from hrms.performance.queries import sheets as queries
from hrms.performance.queries.sheet_lists import SheetFilters, When
from hrms.performance.queries.sheet_pages import Look
from hrms.performance.routes import sheet_view as view
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.work import REPORTED_LABELS, Reported, SheetState
from hrms.performance.services import sheets as services
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import asked_one_of, send_names

P = Permission
SEES = (P.PERFORMANCE_VIEW, P.SELF_VIEW)
LANDS = (P.PERFORMANCE_VIEW, P.PERFORMANCE_SCORE, P.PERFORMANCE_MANAGE, P.SELF_VIEW)
_KEY = re.compile(r"(20\d\d)-([mq])([1-9]\d?)")


@blueprint.route("/performance", access=LANDS)
def index() -> ResponseReturnValue:
    """Show what the reader has to do: their own sheet, sheets to be scored, periods of the agencies they run."""
    who, today = actor(), clock.today()
    own = lists.list_own(who.person_id) if who.person_id and who.may(P.SELF_VIEW) else None
    waiting = lists.list_by_ids(queries.to_score(who)) if who.may(P.PERFORMANCE_SCORE) else None
    part = part_of(who, None, P.PERFORMANCE_VIEW) if who.may(P.PERFORMANCE_VIEW) else None
    points = [row.score for row in own or () if row.year == today.year and row.state == SheetState.PUBLISHED]
    return render_template(
        "performance/scoring/index.html", own=own, waiting=waiting, today=today, view=view,
        counts=lists.landing_counts(part, today) if part else None, manages=who.may(P.PERFORMANCE_MANAGE),
        mean=view.number(sum(points) / len(points)) if points else "", count=len(points),
        late=[row for row in waiting or () if row.score_due_on and row.score_due_on < today],
    )  # fmt: skip


def asked_when() -> When | None:
    """Return the month or quarter of the address (`2026-m10`, `2026-q3`), None for another word or none."""
    found = _KEY.fullmatch(request.args.get("period", "").strip())
    if found is None:
        return None
    kind, number = ("month", "quarter")[found[2] == "q"], int(found[3])
    return When(int(found[1]), kind, number) if number <= (12 if kind == "month" else 4) else None


def _asked(choices: Any) -> SheetFilters:
    when = asked_when()
    if when is None and "period" not in request.args and choices:
        when = choices[0]
    return SheetFilters(
        when, asked_one_of("state", [one.value for one in SheetState]),
        asked_one_of("rating", [one.value for one in RatingClass if one is not RatingClass.NONE]),
        request.args.get("q", "").strip()[:200],
    )  # fmt: skip


def _part(permission: Permission = P.PERFORMANCE_VIEW) -> Part:
    return part_of(actor(), request.args.get("agency", "").strip() or None, permission)


@blueprint.route("/performance/sheets", access=P.PERFORMANCE_VIEW)
def sheets() -> ResponseReturnValue:
    """List the sheets of the reader's part by name, narrowed by period, agency, state, class and words."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    choices, part = lists.list_choices(), _part()
    filters = _asked(choices)
    found = lists.list_sheets(part, filters, after=request.args.get("after"))
    count_shown({row.person_id for row in found.page.items})
    return render_template(
        "performance/scoring/list.html", part=part, filters=filters, page=found.page, everybody=found.everybody,
        view=view, states=view.states(), classes=view.classes(), today=clock.today(),
        periods=[("all", _("Tất cả")), *((one.key, view.when_words(one)) for one in choices)],
        may_export=actor().may(P.PEOPLE_EXPORT),
    )  # fmt: skip


@blueprint.route("/performance/sheets/export.xlsx", access=P.PEOPLE_EXPORT)
def export_sheets() -> ResponseReturnValue:
    """Give the sheets the address asks for as a workbook."""
    actor().require(P.PERFORMANCE_VIEW)
    part, filters = _part(P.PEOPLE_EXPORT), _asked(lists.list_choices())
    found = lists.list_sheets(part, filters, limit=lists.EVERYBODY)
    headers = [
        _("Họ và tên"), _("Số hiệu"), _("Chức vụ, vị trí"), _("Cơ quan, đơn vị"), _("Kỳ"), _("Tình trạng"),
        _("Tự chấm"), _("Tiêu chí chung"), _("Kết quả"), _("Điểm"), _("Mức theo điểm"), _("Ngày công khai"),
    ]  # fmt: skip
    rows = [
        (
            row.full_name, row.staff_code, row.post, row.agency, view.period_words(row.kind, row.number, row.year),
            view.state_words(row.state), row.self_score, row.general_points, row.result_points, row.score,
            view.class_words(row.rating), row.published_on,
        )
        for row in found.page.items
    ]  # fmt: skip
    title = view.when_words(filters.when) if filters.when else _("Phiếu đánh giá")
    return send_names(
        "performance.sheets", title.replace("/", "-"), headers, rows, "phieu-danh-gia.xlsx", part,
        (26, 14, 30, 40, 16, 16, *(12,) * 6),
    )  # fmt: skip


@blueprint.route("/performance/sheets/<int:sheet_id>", access=SEES)
def sheet(sheet_id: int) -> ResponseReturnValue:
    """Show one sheet: products, criteria, the points with their reasons, what happened to it."""
    found = pages.look(sheet_id)
    own = actor().is_holder(found.who.person_id)
    if not own:
        count_shown([found.who.person_id])
    return render_template("performance/scoring/sheet.html", **_values(found, own))


def _values(found: Look, own: bool) -> dict[str, Any]:
    state, who = SheetState(found.sheet.state), actor()
    # What one's authority has written is the owner's to see once it is published.
    seen = state in {SheetState.SCORED, SheetState.PUBLISHED} and (state is SheetState.PUBLISHED or not own)
    kept = view.as_stored(found) if seen else None
    obstacle = None if own or not who.may(P.PERFORMANCE_SCORE) else services.may_score(who, found.sheet)
    scores = not own and who.may(P.PERFORMANCE_SCORE) and obstacle is None and found.sheet.superseded_at is None
    return {
        "found": found, "sheet": found.sheet, "own": own, "view": view, "seen": seen, "reckoned": kept,
        "answer": view.answer(kept), "groups": view.groups_of(found), "leaders": view.leader_rows(found),
        "reported_words": lambda value: render(REPORTED_LABELS[Reported(value)]), "state": state,
        "newer": pages.newer_of(found.sheet), "scores": scores, "obstacle": obstacle,
        "may_reroute": not own and _manages(found) and state is not SheetState.PUBLISHED,
        "rating": kept.scored.rating.value if kept and kept.scored else None,
        "crumbs": [
            (_("Phiếu của tôi"), url_for("performance.own")) if own
            else (_("Phiếu đánh giá"), url_for("performance.sheets"))
        ],
    }  # fmt: skip


def _manages(found: Look) -> bool:
    return found.sheet.superseded_at is None and actor().may(P.PERFORMANCE_MANAGE, at=found.who.scope_ids)


@blueprint.route("/performance/sheets/<int:sheet_id>/correct", access=P.PERFORMANCE_SCORE, methods=["GET", "POST"])
def correct_sheet(sheet_id: int) -> ResponseReturnValue:
    """Begin a sheet that takes the place of a published one, with the reason."""
    found = pages.look(sheet_id, events=False)
    problem = services.may_score(actor(), found.sheet)
    if problem is not None:
        raise Refused(problem)
    form: Any = forms.ReasonForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    made = services.correct(actor(), sheet_id, form.reason.data)
                flash(_("Đã lập phiếu đính chính. Hãy chấm lại rồi công khai; phiếu cũ vẫn được giữ."), "ok")
                return redirect(url_for("performance.desk_sheet", sheet_id=made), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template(
        "performance/scoring/act.html", form=form, title=_("Lập phiếu đính chính"), submit=_("Lập phiếu đính chính"),
        lead=_("Phiếu đã công khai không sửa được. Phiếu đính chính thay phiếu này; phiếu cũ và lý do được giữ lại."),
        found=found, view=view, crumbs=_crumbs(found), back=url_for("performance.sheet", sheet_id=sheet_id),
    ), status  # fmt: skip


def _crumbs(found: Look) -> list[tuple[str, str]]:
    return [
        (_("Phiếu đánh giá"), url_for("performance.sheets")),
        (found.who.full_name, url_for("performance.sheet", sheet_id=found.sheet.id)),
    ]  # fmt: skip


@blueprint.route("/performance/sheets/<int:sheet_id>/reroute", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"])
def reroute_sheet(sheet_id: int) -> ResponseReturnValue:
    """Have a sheet scored by the head of another agency: the head who should is kin, or the work was led elsewhere."""
    found = pages.look(sheet_id, events=False)
    actor().require(P.PERFORMANCE_MANAGE, at=found.who.scope_ids)
    form: Any = forms.RerouteForm(data={"version": str(found.sheet.version)})
    _configure(form.authority_id)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.reroute(
                        actor(), sheet_id, int(form.authority_id.data), form.reason.data, version=forms.version(form)
                    )
                flash(_("Đã đổi nơi chấm phiếu."), "ok")
                return redirect(url_for("performance.sheet", sheet_id=sheet_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template(
        "performance/scoring/act.html", form=form, title=_("Đổi người có thẩm quyền chấm"), submit=_("Đổi nơi chấm"),
        lead=_("Hiện do người đứng đầu “%(place)s” chấm.", place=found.authority or "—"), found=found, view=view,
        crumbs=_crumbs(found), back=url_for("performance.sheet", sheet_id=sheet_id),
    ), status  # fmt: skip


def _configure(field: Any) -> None:
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), P.AGENCIES_VIEW).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(P.AGENCIES_VIEW,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)
