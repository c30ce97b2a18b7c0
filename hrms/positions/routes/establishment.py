"""The seats and people of one agency, one line of it, and what an agency's officers write to its lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.audit import queries as audit
from hrms.core import charts, clock, hooks
from hrms.core.charts import StackedBar
from hrms.core.dates import last_day
from hrms.core.errors import HrmsError, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries import codes
from hrms.positions.forms import establishment as forms
from hrms.positions.models import EstablishmentLine
from hrms.positions.queries import establishment as reading
from hrms.positions.queries import judging, sitting
from hrms.positions.queries.frames import frames_for
from hrms.positions.queries.part import Part
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import send_figures
from hrms.positions.routes.seeing.overview import page_of
from hrms.positions.rules.establishment import is_retiring
from hrms.positions.rules.kinds import GROUP_LABELS, QUOTA_LABELS, TAKES_SEAT, PositionGroup, QuotaKind, SeatRole
from hrms.positions.rules.ledger import MovementKind
from hrms.positions.rules.tree import Establishment, LineFigures
from hrms.positions.services import lines as writing
from hrms.positions.services import quotas, seats

P = Permission
View, Manage = P.POSITIONS_VIEW, P.POSITIONS_MANAGE
_CHART_LINES = 40


def day_asked() -> date:
    """Return the day of the address, today without one."""
    as_at, _known_on = asked_dates()
    return as_at or clock.today()


def crumbs_of(agency: Agency, *, last: bool = True) -> list[tuple[str, str | None]]:
    """Return the way to a page about an agency's establishment."""
    steps: list[tuple[str, str | None]] = [(_("Biên chế"), page_of("positions.index"))]
    steps += [
        (crumb.name, url_for("positions.agency", agency_id=crumb.id) if crumb.inside else None)
        for crumb in agencies.breadcrumb(actor(), agency)
    ]
    return [*steps, (agency.name, url_for("positions.agency", agency_id=agency.id))] if last else steps


def paper_of(form: Any, scope_ids: Any) -> int | None:
    """Return the decision the form's chooser names, entered in the register on the way; None for old data."""
    return hooks.papers[0].read(actor(), form.data, scope_ids)


def take(form: Any, error: HrmsError) -> int:
    """Put a refusal beside the fields of a form that has them under its own names; returns the status."""
    names = {
        "reason": "accept_reason", "solve_by": "accept_by", "position_id": "position", "base_position_id": "base",
        "line_id": "line", "agency_id": "agency",
    }  # fmt: skip
    form.take(
        Problem(
            one.field if one.field in form else names.get(one.field, one.field), one.code, one.text, one.params,
            one.severity,
        )
        for one in error.problems
    )  # fmt: skip
    return error.status


def acceptance_of(form: Any) -> quotas.Acceptance | None:
    """Return why a cut below the present is made, where the form says so."""
    reason = (form.accept_reason.data or "").strip()
    return quotas.Acceptance(reason, form.accept_by.data) if reason or form.accept_by.data else None


def version_of(form: Any) -> int | None:
    """Return the version a form was opened with; None where it says none."""
    given = str(form.version.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


@blueprint.route("/positions/agencies/<int:agency_id>", access=View)
def agency(agency_id: int) -> ResponseReturnValue:
    """Show the seats of an agency with who sits in them, what the law limits, and what is accepted as over."""
    day = day_asked()
    found = agencies.get_agency(actor(), agency_id, View)
    with reading.near(actor(), found):
        standing = reading.read(actor(), day, under=agency_id)
        verdicts = judging.judge(standing, reading.choices(), only={agency_id})
        unseated = sitting.seated_elsewhere(agency_id, day)
    lines = standing.lines_of.get(agency_id, ())
    people = sitting.occupants([one.line.id for one in lines], day, day + timedelta(days=1))
    accepted = judging.list_accepted(day, [agency_id])
    below = [node for node in standing.nodes.values() if node.parent_id == agency_id]
    papers = page_of("positions.record_overage", agency_id=agency_id)
    return render_template(
        "positions/agency.html",
        agency=found,
        day=day,
        standing=standing,
        figures=[standing.of(agency_id, kind) for kind in QuotaKind if standing.of(agency_id, kind) is not None],
        kind_words={kind: render(words) for kind, words in QUOTA_LABELS.items()},
        groups=_groups(lines),
        people=people,
        lines=lines,
        chart=_chart(found.name, lines),
        unseated=unseated,
        verdicts=_by_line(verdicts),
        accepted=accepted,
        below=below,
        may_manage=actor().may(Manage, at=found.scope_ids),
        may_quota=actor().may(P.POSITIONS_QUOTA, at=found.scope_ids),
        may_assign=actor().may(P.DECISIONS_PROPOSE, at=found.scope_ids),
        page_of=page_of,
        record_url=papers,
        retiring=lambda one: is_retiring(one.retires_on, day),
        away_words=lambda kind: codes.name("absence_kinds", kind),
        last_day=last_day,
        takes_seat=TAKES_SEAT,
        base_names=sitting.names_of_positions([i for one in lines if (i := one.line.base_position_id)]),
        QuotaKind=QuotaKind,
        crumbs=crumbs_of(found, last=False),
    )


def _groups(lines: Any) -> list[tuple[str, list[LineFigures]]]:
    """Return lines under the words of their group, those without seats and people last of all left out."""
    return [
        (render(GROUP_LABELS[group]), mine)
        for group in PositionGroup
        if (mine := [one for one in lines if one.line.group is group])
    ]


def _by_line(verdicts: Any) -> dict[int | None, list[Any]]:
    found: dict[int | None, list[Any]] = {}
    for one in verdicts:
        found.setdefault(one.line_id, []).append(one)
    return found


def _parts(one: LineFigures) -> tuple[int, int, int, int]:
    figures = one.figures
    within = min(figures.present, figures.assigned)
    kept = min(figures.recruiting + one.proposed, max(0, figures.assigned - within))
    return within, kept, max(0, figures.assigned - within - kept), figures.over


def _chart(name: str, lines: Any) -> Any:
    """Return the picture of the seats of an agency, its largest lines first, and its table."""
    shown = sorted(
        (one for one in lines if one.figures.assigned or one.figures.present),
        key=lambda one: -max(one.figures.assigned, one.figures.present),
    )[:_CHART_LINES]
    if not shown:
        return None
    series = [_("Có người"), _("Đang giữ"), _("Trống"), _("Vượt")]
    rows = [StackedBar(one.line.name, _parts(one)) for one in shown]
    title = _("Chỗ và người của %(agency)s", agency=name)
    picture = charts.stacked_bars(rows, series, title, label_width=300, width=760)
    columns = [_("Vị trí"), *({"label": words, "num": True} for words in series)]
    return {"title": title, "svg": picture, "columns": columns, "rows": [(row.label, *row.parts) for row in rows]}


@blueprint.route("/positions/agencies/<int:agency_id>/export.xlsx", access=View)
def export_agency(agency_id: int) -> ResponseReturnValue:
    """Give the lines of an agency with their figures as at a day as a workbook; no names of people are in it."""
    day = day_asked()
    found = agencies.get_agency(actor(), agency_id, View)
    with reading.near(actor(), found):
        standing: Establishment = reading.read(actor(), day, under=agency_id)
    lines = standing.lines_of.get(agency_id, ())
    bases = sitting.names_of_positions({one.line.base_position_id for one in lines if one.line.base_position_id})
    rows = [
        (
            one.line.name, one.line.code, render(GROUP_LABELS[one.line.group]), render(QUOTA_LABELS[one.line.kind]),
            one.line.work_field, bases.get(one.line.base_position_id or 0), one.figures.assigned, one.figures.present,
            one.figures.vacant, one.figures.over, one.figures.recruiting, one.proposed, one.figures.retiring_12m,
            one.figures.seconded_out, one.figures.on_leave,
        )
        for one in lines
    ]  # fmt: skip
    headers = (
        _("Vị trí việc làm"), _("Mã"), _("Nhóm"), _("Loại biên chế"), _("Lĩnh vực công tác"), _("Vị trí gắn kèm"),
        _("Số chỗ"), _("Có mặt"), _("Trống"), _("Vượt"), _("Đang tuyển"), _("Đang trình"), _("Nghỉ hưu ≤ 12 tháng"),
        _("Biệt phái đi"), _("Nghỉ không hưởng lương"),
    )  # fmt: skip
    return send_figures(
        "positions.agency", _("Vị trí việc làm"), headers, rows, "vi-tri-viec-lam.xlsx",
        Part((agency_id,), agency_id, found), widths=(44, 14, 22, 22, 30, 30, 8, 8, 8, 8, 10, 10, 12, 12, 12),
    )  # fmt: skip


@blueprint.route("/positions/lines/<int:line_id>", access=View)
def line(line_id: int) -> ResponseReturnValue:
    """Show one line: its figures, who has sat in it and when, its seats in the ledger, what is kept of it."""
    day = day_asked()
    found, office = writing.get_line(actor(), line_id)
    with reading.near(actor(), office):
        standing = reading.read(actor(), day, under=office.id)
        found_limits = judging.judge(standing, reading.choices(), only={office.id})
    one = standing.lines.get(line_id)
    judging_frame = frames_for([line_id], day).of(line_id)
    first = clock.today() - timedelta(days=3653)
    moved = sitting.list_movements(actor(), sitting.Filters(line_id=line_id), limit=200)
    verdicts = [verdict for verdict in found_limits if verdict.line_id == line_id]
    return render_template(
        "positions/line.html",
        line=found,
        one=one,
        agency=office,
        day=day,
        people=_newest_first(sitting.occupants([line_id], first, None)[line_id]),
        first=first,
        movements=moved.items,
        papers=papers_of(moved.items),
        reservations=sitting.reservations([line_id], clock.today()),
        verdicts=verdicts,
        accepted=judging.list_accepted(day, [office.id]),
        frame=judging_frame,
        page_of=page_of,
        base=sitting.names_of_positions([i for i in (found.base_position_id, found.position_id) if i]),
        may_manage=actor().may(Manage, at=office.scope_ids),
        may_assign=actor().may(P.DECISIONS_PROPOSE, at=office.scope_ids),
        may_quota=actor().may(P.POSITIONS_QUOTA, at=office.scope_ids),
        last_day=last_day,
        today=clock.today(),
        history=audit.list_for(actor(), "establishment_line", line_id),
        crumbs=crumbs_of(office),
    )


def _newest_first(people: list[sitting.Occupant]) -> list[sitting.Occupant]:
    """Return who sits there now before who sat there, those who came last first."""
    today = clock.today()
    gone = [one for one in people if one.until is not None and one.until <= today]
    here = [one for one in people if one.until is None or one.until > today]
    newest = [sorted(part, key=lambda one: one.since, reverse=True) for part in (here, gone)]
    return [*newest[0], *newest[1]]


def papers_of(rows: Any) -> dict[int, Any]:
    """Return the papers that entries of the ledger rest on, those the reader may see."""
    ids = sorted({row.QuotaMovement.decision_id for row in rows if row.QuotaMovement.decision_id})
    return dict(hooks.papers[0].describe(ids)) if ids and hooks.papers else {}


def _written(
    form: Any, template: str, act: Callable[[], Any], back: str, done: str, **more: Any
) -> ResponseReturnValue:
    """Show a form, or carry out what it says; a refusal comes back beside its fields."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    act()
                flash(done, "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
            except ValueError as unreadable:
                form.take([Problem("shares", "bad_share", str(unreadable).replace("%", "%%"))])
    return render_template(template, form=form, back=back, **more), status


@blueprint.route("/positions/agencies/<int:agency_id>/lines/new", access=Manage, methods=["GET", "POST"])
def open_line(agency_id: int) -> ResponseReturnValue:
    """Give an agency a position of the catalogue, with seats if there are any."""
    office = agencies.get_agency(actor(), agency_id, View)
    actor().require(Manage, at=office.scope_ids)
    form: Any = forms.with_paper(forms.OpenLineForm)(
        data={"on": clock.today(), "seats": 0, "position": request.args.get("position")}, paper_kind="organisation"
    )
    form.prepare()

    def act() -> None:
        writing.open_line(
            actor(), agency_id, int(form.position.data), on=form.on.data, seats=int(form.seats.data or 0),
            decision_id=paper_of(form, office.scope_ids) if form.seats.data else None, values=form.values(),
        )  # fmt: skip

    return _written(
        form, "positions/line_form.html", act, url_for("positions.agency", agency_id=agency_id),
        _("Đã thêm vị trí."), heading=_("Thêm vị trí cho cơ quan"), agency=office, with_paper=True,
        names=["position", "on", "seats", "code", "field", "base", "shares", "note"], crumbs=crumbs_of(office),
    )  # fmt: skip


@blueprint.route("/positions/lines/<int:line_id>/edit", access=Manage, methods=["GET", "POST"])
def edit_line(line_id: int) -> ResponseReturnValue:
    """Change the code, field, attached position, shares and note of a line."""
    found, office = _managed(line_id)
    form: Any = forms.EditLineForm(
        data={
            "code": found.code, "field": found.field, "note": found.note, "version": found.version,
            "base": str(found.base_position_id) if found.base_position_id else None,
            "shares": forms.shown_shares(found.shares),
        }
    )  # fmt: skip
    form.prepare()
    return _written(
        form, "positions/line_form.html",
        lambda: writing.edit_line(actor(), line_id, form.values(), version=version_of(form)),
        url_for("positions.line", line_id=line_id), _("Đã sửa vị trí."), heading=_("Sửa vị trí"), agency=office,
        with_paper=False, names=["code", "field", "base", "shares", "note"], crumbs=crumbs_of(office),
    )  # fmt: skip


@blueprint.route("/positions/lines/<int:line_id>/seats", access=Manage, methods=["GET", "POST"])
def allot(line_id: int) -> ResponseReturnValue:
    """Give a line seats, or take some back, within the quota of its agency."""
    opened = quotas.newest()
    found, office = _managed(line_id)
    form: Any = forms.with_paper(forms.SeatsForm)(
        data={"effective_on": clock.today(), "kind": MovementKind.ASSIGNED.value, "version": found.version},
        paper_kind="organisation",
    )  # fmt: skip
    form.prepare()

    def act() -> None:
        if version_of(form) not in {None, found.version}:
            raise Stale
        entry = quotas.entry(
            office.id, QuotaKind(found.quota_kind), MovementKind(form.kind.data), int(form.amount.data),
            form.effective_on.data, line_id,
        )  # fmt: skip
        quotas.write(
            actor(), [entry], decision_id=paper_of(form, office.scope_ids), note=form.note.data or "",
            acceptance=acceptance_of(form), opened=opened,
        )  # fmt: skip

    return _movement_page(form, act, office, url_for("positions.line", line_id=line_id), _("Giao, thu hồi chỗ"),
                          ["kind", "amount", "effective_on", "note"], found)  # fmt: skip


def _movement_page(
    form: Any, act: Callable[[], None], office: Agency, back: str, heading: str, names: list[str],
    about: EstablishmentLine,
) -> ResponseReturnValue:  # fmt: skip
    position = sitting.names_of_positions([about.position_id]).get(about.position_id, "")
    return _written(
        form, "positions/movement.html", act, back, _("Đã ghi vào sổ biên chế."), heading=heading, legend=position,
        names=names, crumbs=[*crumbs_of(office), (position, back)],
    )  # fmt: skip


@blueprint.route("/positions/lines/<int:line_id>/reserve", access=Manage, methods=["GET", "POST"])
def reserve(line_id: int) -> ResponseReturnValue:
    """Keep seats of a line for an approved recruitment."""
    found, office = _managed(line_id)
    form: Any = forms.ReserveForm(data={"valid_from": clock.today(), "seats": 1})

    def act() -> None:
        until = form.valid_to.data
        seats.reserve_for_recruitment(
            actor(), line_id, int(form.seats.data), form.valid_from.data, until + timedelta(days=1) if until else None,
            None, form.note.data or "",
        )  # fmt: skip

    return _written(
        form, "positions/line_form.html", act, url_for("positions.line", line_id=line_id), _("Đã giữ chỗ."),
        heading=_("Giữ chỗ để tuyển dụng"), agency=office, with_paper=False,
        names=["seats", "valid_from", "valid_to", "note"], crumbs=crumbs_of(office), about=found,
    )  # fmt: skip


@blueprint.route("/positions/lines/<int:line_id>/release/<int:reservation_id>", access=Manage, methods=["POST"])
def release(line_id: int, reservation_id: int) -> ResponseReturnValue:
    """Give the seats of a recruitment back."""
    _managed(line_id)
    with transaction():
        seats.release_recruitment(actor(), reservation_id)
    flash(_("Đã thôi giữ chỗ."), "ok")
    return redirect(url_for("positions.line", line_id=line_id), 303)


def _managed(line_id: int) -> tuple[EstablishmentLine, Agency]:
    """Return a line the actor may change: 404 outside their part, 403 inside without the right."""
    found, office = writing.get_line(actor(), line_id)
    actor().require(Manage, at=office.scope_ids)
    return found, office


def role_tone(role: SeatRole) -> str:
    """Return the tone of a role's tag: who fills the seat plainly, who stands in for a while in colour."""
    return "" if role in TAKES_SEAT else "info"
