"""Completing a class: who completes, what will be posted, the writing of it; and opening a class again."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.training.queries import desk
from hrms.training.routes.base import blueprint
from hrms.training.routes.desk import TEACH, class_page, crumbs
from hrms.training.rules.desk import plain
from hrms.training.rules.kinds import CourseKind, LearningForm
from hrms.training.rules.states import ClassState
from hrms.training.services import completing
from hrms.training.services.completing import Candidate, Outcome, Outlook

_CHANGED = N_("Điểm danh, điểm hoặc danh sách lớp vừa thay đổi. Hãy xem lại đề xuất rồi bấm lại.")


@blueprint.route("/training/desk/<int:class_id>/complete", access=TEACH, methods=["GET", "POST"])
def desk_complete(class_id: int) -> ResponseReturnValue:
    """Propose who completes; then show what will be posted; then write it. Nothing is written before the last."""
    seen = completing.outlook(actor(), class_id)
    if seen.training_class.state == ClassState.COMPLETED:
        return redirect(url_for("training.desk_class", class_id=class_id), 303 if request.method == "POST" else 302)
    if request.method == "GET":
        return _propose(seen)
    chosen = {one.learner.enrolment_id: f"c-{one.learner.enrolment_id}" in request.form for one in seen.open}
    if request.form.get("fingerprint") != seen.fingerprint:
        return _propose(seen, chosen, (Problem("", "changed", _CHANGED),))
    if seen.problems or not seen.open or request.form.get("step") != "write":
        return _propose(seen, chosen, ()) if seen.problems or not seen.open else _confirm(seen, chosen)
    outcomes = {
        one: Outcome(completes, request.form.get(f"reason-{one}", "")[:500]) for one, completes in chosen.items()
    }
    try:
        with transaction():
            done = completing.complete(actor(), class_id, outcomes, fingerprint=seen.fingerprint)
    except Refused as refused:
        return _confirm(completing.outlook(actor(), class_id), chosen, refused.problems)
    except Stale:
        return _propose(completing.outlook(actor(), class_id), chosen, (Problem("", "changed", _CHANGED),))
    flash(
        _("Đã kết thúc lớp: %(completed)s người hoàn thành, %(failed)s người không hoàn thành.",
          completed=done.completed, failed=done.failed), "ok",
    )  # fmt: skip
    return redirect(url_for("training.desk_class", class_id=class_id), 303)


def _propose(
    seen: Outlook, chosen: dict[int, bool] | None = None, problems: Sequence[Problem] | None = None
) -> ResponseReturnValue:
    said = [*(problems or ()), *seen.problems]
    return render_template(
        "training/desk/complete.html", seen=seen, found=seen.training_class, problems=[render(one) for one in said],
        chosen=chosen or {one.learner.enrolment_id: one.proposal.completes for one in seen.open},
        crumbs=crumbs(seen.training_class),
    ), 200 if problems is None else 422  # fmt: skip


def _confirm(seen: Outlook, chosen: dict[int, bool], problems: Sequence[Problem] = ()) -> ResponseReturnValue:
    found = seen.training_class

    def those(*, completes: bool) -> list[Candidate]:
        return [one for one in seen.open if chosen[one.learner.enrolment_id] == completes]

    return render_template(
        "training/desk/confirm.html", seen=seen, found=found, chosen=chosen, done=those(completes=True),
        failed=those(completes=False),
        exceptions=[one for one in seen.open if chosen[one.learner.enrolment_id] != one.proposal.completes],
        plain=plain, kind=CourseKind(seen.kind), form=LearningForm(found.form), sent=request.form,
        problems=[(one.field, render(one)) for one in problems], wrong={one.field for one in problems},
        crumbs=crumbs(found),
    ), 422 if problems else 200  # fmt: skip


@blueprint.route("/training/desk/<int:class_id>/reopen", access=TEACH, methods=["POST"])
def desk_reopen(class_id: int) -> ResponseReturnValue:
    """Open an own class again on the day it was completed."""
    try:
        with transaction():
            count = completing.reopen(actor(), class_id, request.form.get("reason", "")[:500])
    except Refused as refused:
        return class_page(class_id, 422, refused.problems)
    _told(count)
    return redirect(url_for("training.desk_class", class_id=class_id), 303)


@blueprint.route("/training/classes/<int:class_id>/reopen", access=Permission.TRAINING_MANAGE, methods=["GET", "POST"])
def reopen_class(class_id: int) -> ResponseReturnValue:
    """Open a class again that an own agency runs, on whatever day, with a reason."""
    if request.method == "GET":
        return _reopen_page(class_id)
    try:
        with transaction():
            count = completing.reopen_run_here(actor(), class_id, request.form.get("reason", "")[:500])
    except Refused as refused:
        return _reopen_page(class_id, refused.problems)
    _told(count)
    return redirect(url_for("training.training_class", class_id=class_id), 303)


def _reopen_page(class_id: int, problems: Sequence[Problem] = ()) -> ResponseReturnValue:
    found = desk.class_run_by(actor(), class_id)
    return render_template(
        "training/desk/reopen.html", found=found, completed=found.state == ClassState.COMPLETED,
        entries=completing.count_entries(found), reason=request.form.get("reason", ""),
        problems=[render(one) for one in problems],
        crumbs=[(found.name, url_for("training.training_class", class_id=found.id))],
    ), 422 if problems else 200  # fmt: skip


def _told(count: int) -> None:
    flash(_("Đã mở lại lớp và hủy %(count)s bút toán. Sửa xong, hãy kết thúc lớp lần nữa.", count=count), "ok")
