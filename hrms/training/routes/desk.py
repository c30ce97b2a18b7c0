"""The trainer's desk: own classes with what is next, one class, attendance of a session, marks, the empty roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, workbook
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.training.models import TrainingClass
from hrms.training.queries import desk as queries
from hrms.training.queries.desk import Learner, Taught
from hrms.training.routes.base import blueprint
from hrms.training.rules.desk import CLOSED, BadMark, Meeting, Step, Task, is_running, next_step, plain, read_mark
from hrms.training.rules.kinds import LearningForm
from hrms.training.rules.states import ClassState, EnrolmentState, Presence
from hrms.training.services import attending, completing, marking
from hrms.training.services.rosters import sheet_of

TEACH = Permission.TRAINING_TEACH
_TARGETS = {Task.ATTENDANCE: "training.desk_session", Task.MARKS: "training.desk_marks",
            Task.COMPLETE: "training.desk_complete", Task.OPEN: "training.training_class"}  # fmt: skip
TONES = {"draft": "none", "open": "info", "running": "ok", "completed": "none", "cancelled": "bad"}


def crumbs(found: TrainingClass | None = None) -> list[tuple[str, str | None]]:
    """Return the way back to the desk, and to a class of it."""
    way: list[tuple[str, str | None]] = [(_("Lớp của tôi"), url_for("training.desk"))]
    if found is not None:
        way.append((found.name, url_for("training.desk_class", class_id=found.id)))
    return way


def link_of(step: Step, class_id: int) -> str | None:
    """Return where the next thing of a class is done, None when there is nothing to do."""
    endpoint = _TARGETS.get(step.task)
    if endpoint is None:
        return None
    if step.task is Task.ATTENDANCE:
        return url_for(endpoint, class_id=class_id, session_number=step.number)
    return url_for(endpoint, class_id=class_id)


def step_of(found: TrainingClass, meetings: Sequence[Meeting], learners: int, unmarked: int) -> Step:
    """Return the next thing to do in a class today."""
    return next_step(
        found.state, meetings, learners=learners, unmarked=unmarked, ends_on=found.ends_on, today=clock.today()
    )


@blueprint.route("/training/desk", access=TEACH)
def desk() -> ResponseReturnValue:
    """Show the trainer's own classes: those that meet today first, each with its next step."""
    items = [_item(one) for one in queries.taught(actor(), clock.today())]
    return render_template(
        "training/desk/index.html",
        today=[one for one in items if one["meets"]],
        others=[one for one in items if not one["meets"] and one["open"]],
        closed=[one for one in items if not one["open"]],
        tones=TONES,
    )


def _item(one: Taught) -> dict[str, Any]:
    found = one.training_class
    step = step_of(found, one.meetings, one.learners, one.unmarked)
    is_open = ClassState(found.state) not in CLOSED
    return {
        "class": found, "state": ClassState(found.state), "step": step, "words": render_step(step),
        "url": link_of(step, found.id), "learners": one.learners, "open": is_open,
        "meets": is_open and any(meeting.held_on == clock.today() for meeting in one.meetings),
    }  # fmt: skip


def render_step(step: Step) -> str:
    """Return the next step in the reader's language."""
    return render(Problem("", "", step.text, step.params))


@blueprint.route("/training/desk/<int:class_id>", access=TEACH)
def desk_class(class_id: int) -> ResponseReturnValue:
    """Show one own class: the next step, sessions, roster with progress, and what can be done."""
    return class_page(class_id)


def class_page(class_id: int, status: int = 200, problems: Sequence[Problem] = ()) -> ResponseReturnValue:
    """Return the page of an own class, with what was refused."""
    seen = completing.outlook(actor(), class_id)
    found = seen.training_class
    lacking = 0 if found.pass_mark is None else sum(one.learner.mark is None for one in seen.candidates)
    step = step_of(found, seen.meetings, len(seen.candidates), lacking)
    return render_template(
        "training/desk/class.html", found=found, state=ClassState(found.state), form=LearningForm(found.form),
        seen=seen, plain=plain, step=step, step_words=render_step(step), step_url=link_of(step, class_id), tones=TONES,
        is_open=ClassState(found.state) not in CLOSED, today=clock.today(), outcomes=EnrolmentState,
        may_reopen=completing.may_reopen(actor(), found), problems=[render(one) for one in problems],
        reason=request.form.get("reason", ""), crumbs=crumbs(),
    ), status  # fmt: skip


@blueprint.route("/training/desk/<int:class_id>/sessions/<int:session_number>", access=TEACH, methods=["GET", "POST"])
def desk_session(class_id: int, session_number: int) -> ResponseReturnValue:
    """Take attendance of a session: all present at once, then whoever is absent; or whoever was not scanned."""
    if request.method == "GET":
        return session_page(class_id, session_number)
    queries.own_class(actor(), class_id)
    rest = {"present": Presence.PRESENT, "absent": Presence.ABSENT}.get(request.form.get("rest", ""))
    try:
        with transaction():
            taken = attending.take(actor(), class_id, session_number, _sent_presences(), rest=rest)
    except Refused as refused:
        return session_page(class_id, session_number, 422, refused.problems)
    flash(
        _("Đã lưu điểm danh buổi %(number)s: %(present)s/%(of)s người có mặt.", number=session_number,
          present=taken.present, of=taken.of), "ok",
    )  # fmt: skip
    if rest is None:
        return redirect(url_for("training.desk_class", class_id=class_id), 303)
    return redirect(url_for("training.desk_session", class_id=class_id, session_number=session_number), 303)


def _sent_presences() -> dict[int, Presence]:
    known = {kind.value: kind for kind in Presence}
    sent = {}
    for name, value in request.form.items():
        prefix, _sep, number = name.partition("-")
        if prefix == "p" and number.isdecimal() and len(number) < 19 and value in known:
            sent[int(number)] = known[value]
    return sent


def session_page(
    class_id: int, session_number: int, status: int = 200, problems: Sequence[Problem] = ()
) -> ResponseReturnValue:
    """Return the page of a session of an own class, with what was sent when it was refused."""
    found = queries.own_class(actor(), class_id)
    session = queries.session_of(class_id, session_number)
    learners = queries.roster(class_id)
    marks = {**queries.presences(session.id), **{one: kind.value for one, kind in _sent_presences().items()}}
    is_open = ClassState(found.state) not in CLOSED and session.held_on <= clock.today()
    moment = clock.now().astimezone(clock.ZONE)
    meeting = Meeting(session.number, session.held_on, session.hours, session.starts_at, session.ends_at)
    return render_template(
        "training/desk/session.html", found=found, session=session, learners=learners, marks=marks, kinds=Presence,
        is_open=is_open, running=is_running(meeting, moment), problems=[render(one) for one in problems],
        missing=sum(one.enrolment_id not in marks for one in learners), crumbs=crumbs(found),
        present=sum(marks.get(one.enrolment_id) == Presence.PRESENT for one in learners),
    ), status  # fmt: skip


@blueprint.route("/training/desk/<int:class_id>/marks", access=TEACH, methods=["GET", "POST"])
def desk_marks(class_id: int) -> ResponseReturnValue:
    """Write the marks of an own class."""
    if request.method == "GET":
        return _marks_page(class_id)
    found = queries.own_class(actor(), class_id)
    learners = queries.roster(class_id)
    sent, problems = _sent_marks(learners)
    if problems:
        return _marks_page(class_id, 422, problems)
    try:
        with transaction():
            changed = marking.set_marks(actor(), class_id, sent)
    except Refused as refused:
        return _marks_page(class_id, 422, {"": list(refused.problems)})
    words = _("Đã lưu điểm của %(count)s học viên.", count=changed)
    flash(words if changed else _("Điểm không có gì thay đổi."), "ok" if changed else "info")
    return redirect(url_for("training.desk_class", class_id=found.id), 303)


def _sent_marks(learners: Sequence[Learner]) -> tuple[dict[int, Decimal | None], dict[str, list[Problem]]]:
    sent: dict[int, Decimal | None] = {}
    problems: dict[str, list[Problem]] = {}
    for one in learners:
        name = f"m-{one.enrolment_id}"
        if name not in request.form:
            continue
        try:
            sent[one.enrolment_id] = read_mark(request.form[name])
        except BadMark as error:
            problems.setdefault(name, []).append(error.problem)
    return sent, problems


def _marks_page(
    class_id: int, status: int = 200, problems: Mapping[str, Sequence[Problem]] | None = None
) -> ResponseReturnValue:
    found = queries.own_class(actor(), class_id)
    return render_template(
        "training/desk/marks.html", found=found, learners=queries.roster(class_id), sent=request.form, plain=plain,
        is_open=ClassState(found.state) not in CLOSED, crumbs=crumbs(found),
        problems={name: [render(one) for one in some] for name, some in (problems or {}).items()},
    ), status  # fmt: skip


@blueprint.route("/training/desk/<int:class_id>/roster.xlsx", access=TEACH)
def desk_roster(class_id: int) -> ResponseReturnValue:
    """Give the roster of an own class as a workbook to be filled in: name, staff code, agency, and empty columns."""
    found = queries.own_class(actor(), class_id)
    sheet = sheet_of(found)
    made = workbook.in_memory(render(N_("Danh sách lớp")), sheet.headers, sheet.rows, widths=sheet.widths)
    return send_file(made, as_attachment=True, download_name=f"danh-sach-lop-{found.code}.xlsx")
