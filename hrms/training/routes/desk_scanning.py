"""Attendance by personal codes: what a scanned code opens, the box for a hand-held scanner, the code of one's own."""

from __future__ import annotations

from typing import Any

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.training.models import ClassSession, TrainingClass
from hrms.training.queries import desk as queries
from hrms.training.routes.base import blueprint
from hrms.training.routes.desk import TEACH, crumbs, session_page
from hrms.training.rules.desk import Meeting, is_running
from hrms.training.services import attending, codes


@blueprint.route(
    "/training/desk/<int:class_id>/sessions/<int:session_number>/scan", access=TEACH, methods=["POST"]
)  # fmt: skip
def desk_scan_at(class_id: int, session_number: int) -> ResponseReturnValue:
    """Write whoever's code was read as present at a session, and take the next one."""
    token = request.form.get("token", "").strip()
    try:
        with transaction():
            scanned = attending.take_by_code(actor(), class_id, session_number, token)
    except Refused as refused:
        return session_page(class_id, session_number, 422, refused.problems)
    _told(scanned, session_number)
    if request.form.get("from") == "code":
        return redirect(url_for("training.desk_scanned", class_id=class_id, session_number=session_number), 303)
    where = url_for("training.desk_session", class_id=class_id, session_number=session_number, _anchor="scan")
    return redirect(where, 303)


def _told(scanned: attending.Scanned, number: int) -> None:
    names = {"name": scanned.learner.full_name, "code": scanned.learner.staff_code, "number": number}
    if scanned.already:
        flash(_("%(name)s (%(code)s) đã được ghi có mặt ở buổi %(number)s từ trước.", **names), "info")
    else:
        flash(_("Đã ghi %(name)s (%(code)s) có mặt ở buổi %(number)s.", **names), "ok")


@blueprint.route("/training/desk/<int:class_id>/sessions/<int:session_number>/scanned", access=TEACH)
def desk_scanned(class_id: int, session_number: int) -> ResponseReturnValue:
    """Say, on a small page for a telephone, that the last code was taken; the next one is scanned by its camera."""
    found = queries.own_class(actor(), class_id)
    session = queries.session_of(class_id, session_number)
    learners = queries.roster(class_id)
    marks = queries.presences(session.id)
    return render_template(
        "training/desk/scanned.html", found=found, session=session, learners=len(learners), crumbs=crumbs(found),
        present=sum(marks.get(one.enrolment_id) == "present" for one in learners),
    )  # fmt: skip


@blueprint.route("/training/desk/scan/<token>", access=TEACH)
def desk_scan(token: str) -> ResponseReturnValue:
    """Open what a camera read: whose code it is, and the sessions of today it may be for.

    With one running session (or one session today at all) there is nothing to choose; the page sends itself when
    scripts run, and has one button when they do not. Reading an address changes nothing by itself.
    """
    meetings = queries.meetings_on(actor(), clock.today())
    moment = clock.now().astimezone(clock.ZONE)
    running = [one for one in meetings if is_running(_meeting(one[1]), moment)]
    choices: list[dict[str, Any]] = []
    problems: list[str] = []
    try:
        codes.whose(token)
    except Refused as refused:
        return _scan_page([], [render(one) for one in refused.problems], token)
    if not meetings:
        problems = [_("Hôm nay bạn không có buổi học nào, nên chưa điểm danh được.")]
    for found, session in running or meetings:
        try:
            scanned = attending.find_by_code(actor(), found.id, session.number, token)
        except Refused as refused:
            problems = [render(one) for one in refused.problems]
        else:
            choices.append(_choice(found, session, scanned))
    return _scan_page(
        choices, [] if choices else problems, token, direct=bool(running) and len(meetings) == len(choices) == 1
    )


def _meeting(session: ClassSession) -> Meeting:
    return Meeting(session.number, session.held_on, session.hours, session.starts_at, session.ends_at)


def _choice(found: TrainingClass, session: ClassSession, scanned: attending.Scanned) -> dict[str, Any]:
    return {"class": found, "session": session, "learner": scanned.learner, "already": scanned.already}


def _scan_page(
    choices: list[dict[str, Any]], problems: list[str], token: str, *, direct: bool = False
) -> ResponseReturnValue:  # fmt: skip
    return render_template(
        "training/desk/scan.html", choices=choices, problems=problems, token=token, direct=direct, crumbs=crumbs()
    ), 422 if problems else 200  # fmt: skip


@blueprint.route("/people/<int:person_id>/training/code", access=Permission.SELF_VIEW)
def own_code(person_id: int) -> ResponseReturnValue:
    """Show one's own code, to be scanned from the screen or printed; nobody else's."""
    return render_template(
        "training/desk/code.html", picture=picture_of(person_id), days=codes.DAYS,
        back=url_for("training.person", person_id=person_id),
    )  # fmt: skip


def picture_of(person_id: int) -> Markup:
    """Return the actor's own code as a picture without styles. Raises `NotFound` for anybody else's."""
    address = url_for("training.desk_scan", token=codes.own_code(actor(), person_id), _external=True)
    return Markup(  # noqa: S704 - drawn here, from black and white squares
        segno.make(address, error="m").svg_inline(
            border=4, light="#fff", dark="#000", svgclass="qr", lineclass=None, omitsize=True
        )
    )
