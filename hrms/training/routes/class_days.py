"""Pages of a class's days: laid from a pattern in one step, changed one by one; and the calendar entry of them."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.icalendar import Meeting, meetings_file
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.training.forms import classes as forms
from hrms.training.queries import classes as queries
from hrms.training.queries.classes import READS, Look
from hrms.training.routes.base import blueprint
from hrms.training.routes.classes import RUNS, crumbs, run_look, sent_version
from hrms.training.rules import classes as rules
from hrms.training.rules.courses import tidy
from hrms.training.rules.states import ClassState
from hrms.training.services import classes as services

P = Permission


@blueprint.route("/training/classes/<int:class_id>/sessions", access=RUNS, methods=["GET", "POST"])
def class_sessions(class_id: int) -> ResponseReturnValue:
    """Lay the days of a class from a pattern, or add one; the table leads to each of them."""
    look = run_look(class_id)
    adding = request.form.get("do") == "add"
    pattern = _pattern_form(look, sent=request.method == "POST" and not adding)
    session = forms.SessionForm() if adding else forms.SessionForm(formdata=None, data=_next_session(look))
    status = 200
    if request.method == "POST":
        status = 422
        form: Any = session if adding else pattern
        if form.validate():
            try:
                with transaction():
                    if adding:
                        services.save_session(actor(), class_id, None, session.values())
                        flash(_("Đã thêm buổi học."), "ok")
                    else:
                        plan = pattern.pattern(pattern.first.data)
                        made = services.lay_sessions(actor(), class_id, plan, version=sent_version(pattern))
                        flash(_("Đã lập %(n)s buổi học.", n=made), "ok")
                return redirect(url_for("training.class_sessions", class_id=class_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template(
        "training/classes/sessions.html",
        view=look,
        pattern=pattern,
        session=session,
        adding=adding,
        tidy=tidy,
        weekday=lambda day: render(rules.WEEKDAY_LABELS[day.weekday()]),
        crumbs=crumbs(look.found),
    ), status


def _pattern_form(look: Look, *, sent: bool) -> Any:
    data = forms.new_data(None) | {"version": str(look.found.version), "first": look.found.starts_on}
    return forms.PatternForm(data=data) if sent else forms.PatternForm(formdata=None, data=data)


def _next_session(look: Look) -> dict[str, Any]:
    last = look.sessions[-1] if look.sessions else None
    if last is None:
        return {"held_on": look.found.starts_on}
    return forms.session_data(last) | {"topic": None}


@blueprint.route(
    "/training/classes/<int:class_id>/sessions/<int:session_id>", access=RUNS, methods=["GET", "POST"]
)  # fmt: skip
def edit_session(class_id: int, session_id: int) -> ResponseReturnValue:
    """Change one session."""
    look = run_look(class_id)
    session = queries.get_session(class_id, session_id)
    form = forms.SessionForm(data=forms.session_data(session))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.save_session(actor(), class_id, session_id, form.values())
                flash(_("Đã sửa buổi học."), "ok")
                return redirect(url_for("training.class_sessions", class_id=class_id), 303)
            except Refused as refused:
                form.take(refused.problems)
    return render_template(
        "training/classes/session.html", form=form, view=look, session=session,
        crumbs=[*crumbs(look.found), (_("Lịch học"), url_for("training.class_sessions", class_id=class_id))],
    ), status  # fmt: skip


@blueprint.route(
    "/training/classes/<int:class_id>/sessions/<int:session_id>/remove", access=RUNS, methods=["POST"]
)  # fmt: skip
def remove_session(class_id: int, session_id: int) -> ResponseReturnValue:
    """Take a session out of a class."""
    run_look(class_id)
    queries.get_session(class_id, session_id)
    try:
        with transaction():
            services.remove_session(actor(), class_id, session_id)
        flash(_("Đã bỏ buổi học."), "ok")
    except Refused as refused:
        for problem in refused.problems:
            flash(render(problem), "bad")
    return redirect(url_for("training.class_sessions", class_id=class_id), 303)


@blueprint.route("/training/classes/<int:class_id>/calendar.ics", access=(*READS, P.SELF_VIEW))
def class_calendar(class_id: int) -> ResponseReturnValue:
    """Give the days of a class as a calendar file: for learners, trainers, and whoever runs it."""
    look = queries.look(actor(), class_id)
    found = look.found
    off = found.state == ClassState.CANCELLED
    address = url_for("training.training_class", class_id=class_id, _external=True)
    where = found.place or look.provider.name
    meetings = [
        Meeting(
            f"class-{class_id}-{one.id}@hrms", one.held_on,
            f"{found.name}: {one.topic}" if one.topic else _("%(name)s, buổi %(n)s", name=found.name, n=one.number),
            one.place or where, address, one.starts_at, one.ends_at, off,
        )
        for one in look.sessions
    ] or [Meeting(f"class-{class_id}@hrms", found.starts_on, found.name, where, address, cancelled=off)]  # fmt: skip
    text = meetings_file(found.name, meetings, clock.now(), revision=found.version)
    headers = {"Content-Disposition": f'attachment; filename="lop-{class_id}.ics"'}
    return Response(text, mimetype="text/calendar", headers=headers)
