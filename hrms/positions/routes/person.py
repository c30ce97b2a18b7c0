"""The tab of a person's record about seats: past and present, what the seat asks, what the person can, what lacks."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks
from hrms.core.dated import OLD_DATA_LABEL
from hrms.core.dates import last_day
from hrms.core.errors import Refused, Stale
from hrms.core.formats import format_date, format_interval
from hrms.core.i18n import _, render, select_locale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people import services as people
from hrms.people.forms.record import WithdrawForm, end_form, end_of, version_of
from hrms.people.queries.record import Record
from hrms.people.routes.editing import paper_mixins, paper_of
from hrms.people.routes.page import VIEW, below, may_record, page, read
from hrms.people.routes.paper import open_for_facts, renew
from hrms.people.rules.kinds import PersonKind
from hrms.positions.forms import person as forms
from hrms.positions.queries import choosing, fit, seats
from hrms.positions.queries import person as queries
from hrms.positions.queries.person import Seat
from hrms.positions.routes.base import blueprint
from hrms.positions.rules.fit import LEVELS, VERDICT_LABELS, Check, Verdict
from hrms.positions.rules.frames import Framework
from hrms.positions.rules.kinds import FIT_LABELS, ROLE_LABELS, FitOutcome, SeatRole
from hrms.positions.services import person as services
from hrms.positions.services.facts import KIND

P = Permission
_NAMES = ("line_id", "role", "career_grade", "valid_from", "last_day")


@blueprint.route("/people/<int:person_id>/positions", access=VIEW)
def person(person_id: int) -> ResponseReturnValue:
    """Show the seats of one person at the two clocks, the fit for the main one, competencies and gaps."""
    record = read(person_id)
    every = queries.seats_of(person_id)
    known = [one for one in every if one.known(record.known_on)]
    shown = known if record.is_past else every
    main = next((one for one in known if one.slot == 0 and one.holds(record.as_at)), None)
    ids = sorted({one.decision_id for one in shown if one.decision_id})
    papers = hooks.papers[0].describe(ids) if ids else {}
    framework = _framework(record)
    manages = not record.is_past and record.may(P.POSITIONS_MANAGE)
    return page(
        "positions/person/show.html",
        record,
        items=[_item(one, record, papers) for one in shown],
        main=main,
        checks=_checks(person_id, main, record.as_at) if main else [],
        competencies=queries.competencies_of(person_id, framework.value, record.as_at),
        gaps=[_gap(row) for row in queries.gaps_of(person_id)],
        manages=manages,
        may_write=may_record(record),
        assess=_assess_form(person_id, framework) if manages else None,
    )


def _framework(record: Record) -> Framework:
    """Return the framework of competencies the person is judged by."""
    kind = record.status.values["kind"] if record.status else None
    return Framework.PUBLIC if kind == PersonKind.PUBLIC_EMPLOYEE else Framework.CIVIL


def _item(seat: Seat, record: Record, papers: Any) -> dict[str, Any]:
    paper = papers.get(seat.decision_id or 0)
    said = _("quyết định ngoài phạm vi của bạn")
    if seat.decision_id is None:
        said = render(OLD_DATA_LABEL)
    elif paper:
        said = _("Quyết định %(number)s ngày %(day)s", number=paper["reference"], day=format_date(paper["signed_on"]))
    return {
        "seat": seat, "when": format_interval(seat.valid_from, seat.valid_to, select_locale()),
        "role": render(ROLE_LABELS[SeatRole(seat.role)]),
        "fit": render(FIT_LABELS[FitOutcome(seat.fit)]) if seat.fit else "",
        "tone": {"met": "ok", "train": "warn", "unmet": "bad"}.get(seat.fit or "", "none"),
        "source": said, "url": paper["url"] if paper and record.may(P.DECISIONS_VIEW) else None,
        "corrected": not seat.known(record.known_on), "future": seat.valid_from > record.as_at,
        "past": seat.valid_to is not None and seat.valid_to <= record.as_at,
    }  # fmt: skip


def _checks(person_id: int, seat: Seat, on: date) -> list[dict[str, Any]]:
    """Return requirement by requirement what the seat asks and what the record shows, in words."""
    line = seats.lines_of([seat.line_id])[seat.line_id]
    judged = fit.judge([(person_id, line, seat.career_grade)], on).get((person_id, line.id))
    return [_said(check) for check in judged.checks] if judged else []


def _said(check: Check) -> dict[str, Any]:
    params = {name: render(value) if isinstance(value, str) else value for name, value in check.params.items()}
    return {
        "words": _(check.words, **params), "required": _(check.required, **params), "has": _(check.has, **params),
        "verdict": render(VERDICT_LABELS[check.outcome]), "tone": _TONES[check.outcome], "source": check.source,
    }  # fmt: skip


_TONES = {Verdict.MET: "ok", Verdict.MISSING: "bad", Verdict.LATER: "warn", Verdict.CONFIRM: "info"}


def _gap(row: Any) -> dict[str, Any]:
    return {**row, **gap_words(row["requirement"], row["params"])}


def gap_words(requirement: str, params: Any) -> dict[str, str]:
    """Return a gap in words: what is asked for, and what the record shows."""
    name, _colon, which = requirement.partition(":")
    if name in LEVELS:
        words = render(LEVELS[name][1])
    elif name == "competency":
        words = _("Năng lực: %(competency)s", competency=params.get("competency") or which)
    else:
        words = render(_GAPS.get(name, requirement))
    required = params.get("required") or which
    return {"words": f"{words}: {required}" if required and name != "competency" else words}


_GAPS = {
    "majors": N_("Ngành đào tạo"), "certificate": N_("Bồi dưỡng, chứng chỉ"), "rank": N_("Ngạch"),
    "grade": N_("Bậc nghề nghiệp"), "experience_years": N_("Kinh nghiệm theo luật chuyên ngành"),
}  # fmt: skip


def _assess_form(person_id: int, framework: Framework) -> Any:
    form: Any = forms.AssessForm(data={"assessed_on": clock.today()})
    found = queries.competencies_of(person_id, framework.value, clock.today())
    form.competency.choices = [("", _("— chọn —")), *((row["code"], row["name"]) for row in found)]
    form.level.choices = [("", _("— chọn —")), *((one, one) for one in forms.GRADES)]
    return form


@blueprint.route("/people/<int:person_id>/positions/assess", access=P.POSITIONS_MANAGE, methods=["POST"])
def assess(person_id: int) -> ResponseReturnValue:
    """Write down how a competency was judged."""
    record = read(person_id)
    framework = _framework(record)
    form = _assess_form(person_id, framework)
    if form.validate():
        try:
            with transaction():
                services.assess(
                    actor(), person_id, form.competency.data, int(form.level.data), form.assessed_on.data,
                    note=form.note.data or "",
                )  # fmt: skip
            flash(_("Đã ghi đánh giá năng lực."), "success")
            return redirect(url_for("positions.person", person_id=person_id), 303)
        except Refused as refused:
            form.take(refused.problems)
    words = _("Đánh giá năng lực")
    return render_template(
        "positions/person/assess.html", form=form, person=record.person, heading=words, crumbs=below(record, words),
        back=url_for("positions.person", person_id=person_id),
    ), 422  # fmt: skip


@blueprint.route(
    "/people/<int:person_id>/positions/gaps/<int:gap_id>/settle", access=P.POSITIONS_MANAGE, methods=["POST"]
)
def settle_gap(person_id: int, gap_id: int) -> ResponseReturnValue:
    """Mark what somebody lacked as completed."""
    with transaction():
        services.settle_gap(actor(), person_id, gap_id)
    flash(_("Đã ghi hoàn thiện."), "success")
    return redirect(url_for("positions.person", person_id=person_id), 303)


@blueprint.route("/people/<int:person_id>/positions/new", access=P.PEOPLE_FACT, methods=["GET", "POST"])
def new_assignment(person_id: int) -> ResponseReturnValue:
    """Write an assignment that a paper of the register, or old data, carries."""
    record = open_for_facts(person_id)
    form: Any = forms.assignment_form(paper_mixins())(
        data={"version": record.person.version, "role": SeatRole.MAIN.value, "valid_from": None}
    )
    _configure(form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.record_assignment(
                        actor(), person_id, _values(form), form.valid_from.data,
                        paper_of(form, record.person.scope_ids), valid_to=end_of(form.last_day.data),
                        version=version_of(form),
                    )  # fmt: skip
                flash(_("Đã ghi bố trí.") if done.written else _("Hồ sơ đã ghi đúng như vậy."), "success")
                return redirect(url_for("positions.person", person_id=person_id), 303)
            except (Refused, Stale) as refused:
                status = _take(form, refused, person_id)
    words = _("Ghi bố trí vị trí việc làm")
    return render_template(
        "positions/person/assignment.html", form=form, person=record.person, heading=words,
        crumbs=below(record, words), back=url_for("positions.person", person_id=person_id),
        chooser=hooks.papers[0].template, names=_NAMES,
    ), status  # fmt: skip


def _configure(form: Any) -> None:
    forms.set_choices(form)
    form.line_id.configure(source=url_for("positions.line_choices"), label_of=_line_label, find=choosing.find_lines)


def _line_label(value: str) -> str | None:
    whole = value.isascii() and value.isdigit() and len(value) < 19
    return choosing.line_names([int(value)]).get(int(value)) if whole else None


def _values(form: Any) -> dict[str, Any]:
    grade = form.career_grade.data
    return {
        "line_id": int(form.line_id.data), "role": form.role.data, "career_grade": int(grade) if grade else None,
    }  # fmt: skip


def _take(form: Any, refused: Refused | Stale, person_id: int) -> int:
    names = {"valid_to": "last_day", "reason": "why", "decision": "decision_basis", "line": "line_id"}
    moved = [Problem(names.get(p.field, p.field), p.code, p.text, p.params, p.severity) for p in refused.problems]
    form.take(moved)
    if isinstance(refused, Stale):
        renew(form, person_id)
    return refused.status


def _fact_page(form: Any, record: Record, seat: Seat, template: str, words: str, **more: Any) -> str:
    ids = [seat.decision_id] if seat.decision_id else []
    papers = hooks.papers[0].describe(ids) if ids else {}
    item = _item(seat, record, papers)
    return render_template(
        template, form=form, person=record.person, heading=words, crumbs=below(record, words), fact=_AsFact(seat),
        fact_words=f"{seat.position}, {seat.agency} ({item['role']})", fact_paper=item["source"],
        fact_kind=_("Bố trí vào vị trí việc làm"), back=url_for("positions.person", person_id=record.person.id),
        chooser=hooks.papers[0].template, **more,
    )  # fmt: skip


class _AsFact:
    """An assignment as the record's own templates show a fact."""

    kind = KIND

    def __init__(self, seat: Seat) -> None:
        self.id, self.valid_from, self.valid_to = seat.id, seat.valid_from, seat.valid_to


@blueprint.route(
    "/people/<int:person_id>/positions/<int:seat_id>/correct", access=P.PEOPLE_FACT, methods=["GET", "POST"]
)
def correct_assignment(person_id: int, seat_id: int) -> ResponseReturnValue:
    """Put a wrongly recorded assignment right on paper of its own."""
    record = open_for_facts(person_id)
    seat = queries.get_seat(person_id, seat_id)
    data = {
        "version": record.person.version, "line_id": str(seat.line_id), "role": seat.role,
        "career_grade": str(seat.career_grade or ""), "valid_from": seat.valid_from,
        "last_day": last_day(seat.valid_to),
    }  # fmt: skip
    form: Any = forms.assignment_form(paper_mixins(), correcting=True)(data=data)
    _configure(form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.correct_assignment(
                        actor(), person_id, seat_id, _values(form), form.valid_from.data,
                        paper_of(form, record.person.scope_ids), form.why.data,
                        valid_to=end_of(form.last_day.data), version=version_of(form),
                    )  # fmt: skip
                flash(_("Đã đính chính.") if done.written else _("Không có gì thay đổi."), "success")
                return redirect(url_for("positions.person", person_id=person_id), 303)
            except (Refused, Stale) as refused:
                status = _take(form, refused, person_id)
    return _fact_page(
        form, record, seat, "people/correct.html", _("Đính chính bố trí"), names=list(_NAMES[:3]), lists=[]
    ), status


@blueprint.route("/people/<int:person_id>/positions/<int:seat_id>/end", access=P.PEOPLE_FACT, methods=["GET", "POST"])
def end_assignment(person_id: int, seat_id: int) -> ResponseReturnValue:
    """Give an assignment its last day."""
    record = open_for_facts(person_id)
    seat = queries.get_seat(person_id, seat_id)
    form: Any = end_form(paper_mixins())(data={"version": record.person.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = people.end_fact(
                        actor(), person_id, KIND, seat_id, form.last_day.data,
                        paper_of(form, record.person.scope_ids), version=version_of(form),
                    )  # fmt: skip
                flash(_("Đã ghi ngày kết thúc.") if done.written else _("Không có gì thay đổi."), "success")
                return redirect(url_for("positions.person", person_id=person_id), 303)
            except (Refused, Stale) as refused:
                status = _take(form, refused, person_id)
    return _fact_page(form, record, seat, "people/end.html", _("Kết thúc bố trí")), status


@blueprint.route(
    "/people/<int:person_id>/positions/<int:seat_id>/withdraw", access=P.PEOPLE_FACT, methods=["GET", "POST"]
)
def withdraw_assignment(person_id: int, seat_id: int) -> ResponseReturnValue:
    """Take back an assignment that should not have been recorded."""
    record = open_for_facts(person_id)
    seat = queries.get_seat(person_id, seat_id)
    form: Any = WithdrawForm(data={"version": record.person.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    people.withdraw_fact(actor(), person_id, KIND, seat_id, form.reason.data, version=version_of(form))
                flash(_("Đã rút bố trí."), "success")
                return redirect(url_for("positions.person", person_id=person_id), 303)
            except (Refused, Stale) as refused:
                status = _take(form, refused, person_id)
    return _fact_page(form, record, seat, "people/withdraw.html", _("Rút bố trí ghi sai")), status
