"""Pages of who learns in a class: nominating with the conditions of each, the organiser's choice, the summons."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.audit import services as audit
from hrms.core import hooks
from hrms.core.actor import Actor, missing
from hrms.core.documents import render_pdf
from hrms.core.errors import Refused, refuse_if
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.training.forms.nominating import NominateForm
from hrms.training.papers.invitation import KEY, Invited, invitation
from hrms.training.queries import classes as queries
from hrms.training.queries.candidates import GUARDS, Answers, Looked, look_at, sending_of
from hrms.training.queries.classes import Look
from hrms.training.routes.base import blueprint
from hrms.training.routes.classes import RESULT_TONES, crumbs, learners_of, organises
from hrms.training.rules import classes as rules
from hrms.training.rules.eligibility import RESULT_LABELS, Result, SendingKind
from hrms.training.rules.states import EnrolmentState
from hrms.training.services import enrolling
from hrms.training.services.enrolling import MOST, Outcome

P = Permission
SENDS = (P.TRAINING_NOMINATE, P.TRAINING_MANAGE)


# Nominating


@blueprint.route("/training/classes/<int:class_id>/nominate", access=SENDS, methods=["GET", "POST"])
def nominate(class_id: int) -> ResponseReturnValue:
    """Pick people, see for each the conditions and why they come first, then send the nomination."""
    who = actor()
    look = queries.look(who, class_id)
    ids, problems = _asked_ids(), list[Problem]()
    wanted = request.form.get("do", "")
    form = NominateForm()
    status = 200
    if request.method == "POST":
        ids, problems = _changed_people(who, ids, wanted)
        status = 422 if problems else 200
        if wanted == "send" and not problems:
            status = 422
            if form.validate():
                try:
                    return _send(who, look, ids, form)
                except Refused as refused:
                    problems = list(refused.problems)
    form.take(problems)
    answers = _answers(form)
    kind = sending_of(look.found, look.course, look.version, answers).kind
    looked = look_at(ids, look.found, look.course, look.version, answers)
    count_shown(looked)
    return render_template(
        "training/classes/nominate.html",
        view=look,
        form=form,
        people=[looked[i] for i in ids if i in looked],
        reasons=lambda one: _reasons(who, one),
        postgraduate=kind is SendingKind.POSTGRADUATE,
        unmet=sum(one.result is Result.UNMET for one in looked.values()),
        result_words=RESULT_LABELS,
        result_tones=RESULT_TONES,
        finder=hooks.people_finder[0],
        takes=look.found.state in (rules.TAKES_LEARNERS if organises(who, look) else rules.TAKES_NOMINATIONS),
        most=MOST,
        crumbs=crumbs(look.found),
    ), status


def _reasons(who: Actor, one: Looked) -> list[str]:
    """Return why somebody comes first; a guarded reason in words only to whoever may read that part of the record."""
    found = []
    for priority, reason in one.priorities:
        guard = GUARDS.get(priority)
        open_to = guard is None or who.may(guard, at=one.scope_ids)
        found.append(render(reason) if open_to else _("Thuộc diện ưu tiên theo chính sách."))
    return found


def _asked_ids() -> list[int]:
    given = request.form.getlist("person") or re.split(r"[.,\s]+", request.args.get("people", ""))
    ids = [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19]
    return list(dict.fromkeys(ids))[: MOST + 1]


def _changed_people(who: Actor, ids: list[int], wanted: str) -> tuple[list[int], list[Problem]]:
    """Return the people after those typed were added and those ticked were left out, and what was not understood."""
    if wanted == "remove":
        out = set(request.form.getlist("out"))
        return [one for one in ids if str(one) not in out], []
    finder, found, problems = hooks.people_finder[0], list(ids), []
    typed_codes = request.form.get("codes", "").strip()
    codes = re.split(r"[\s,;]+", typed_codes)[: MOST + 1] if typed_codes else []
    known = finder.by_codes(codes)
    unknown = [code for code in codes if code not in known]
    if unknown:
        text = N_("Không thấy số hiệu trong phạm vi của bạn: %(codes)s. Hãy kiểm tra lại.")
        problems.append(Problem("codes", "unknown_codes", text, {"codes": ", ".join(unknown[:20])}))
    found += [known[code].person_id for code in codes if code in known]
    typed, value = request.form.get("find-text", "").strip(), request.form.get("find", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 19:
        found.append(int(value))
    elif typed:
        options = finder.find(who, typed[:200])
        if len(options) == 1:
            found.append(int(options[0][0]))
        else:
            text = N_("“%(value)s” khớp %(count)s người. Hãy gõ đủ họ tên hoặc dùng số hiệu.")
            problems.append(Problem("find", "not_one", text, {"value": typed[:80], "count": str(len(options))}))
    if not found and not problems:
        problems.append(Problem("find", "nobody", N_("Chưa chọn ai. Hãy tìm theo tên hoặc dán số hiệu.")))
    return list(dict.fromkeys(found)), problems


def _answers(form: Any) -> Answers:
    fits = {"yes": True, "no": False}.get(form.field_fits.data or "")
    months = form.commitment_months.data
    return Answers(int(months) if months is not None else None, fits, form.first.data != "no")


def _send(who: Actor, look: Look, ids: Sequence[int], form: Any) -> ResponseReturnValue:
    with transaction():
        out = enrolling.nominate(who, look.found.id, ids, note=form.note.data or "", answers=_answers(form))
    say_outcome(out)
    return redirect(url_for("training.training_class", class_id=look.found.id), 303)


def say_outcome(out: Outcome) -> None:
    """Tell what became of people, each kind in a sentence."""
    for ids, words, tone in (
        (out.accepted, N_("%(n)s người được nhận vào lớp."), "ok"),
        (out.waiting, N_("%(n)s người vào danh sách chờ vì lớp đã đủ chỗ."), "info"),
        (out.nominated, N_("%(n)s người được cử, chờ nơi tổ chức xét."), "info"),
        (out.left, N_("Đã đưa %(n)s người ra khỏi danh sách."), "ok"),
        (out.promoted, N_("%(n)s người của danh sách chờ được nhận vào chỗ trống."), "info"),
    ):
        if ids:
            flash(render(words, n=len(ids)), tone)


# Choosing


_ACTS = ("accept", "decline", "withdraw", "restore")


@blueprint.route("/training/classes/<int:class_id>/enrolments", access=SENDS, methods=["POST"])
def change_enrolments(class_id: int) -> ResponseReturnValue:
    """Accept, decline, withdraw or bring back the people ticked."""
    who = actor()
    queries.get_class(who, class_id)
    ids = [int(one) for one in request.form.getlist("enrolment") if one.isascii() and one.isdigit() and len(one) < 19]
    wanted, reason = request.form.get("do", ""), request.form.get("reason", "").strip()[:500]
    try:
        refuse_if([] if wanted in _ACTS else [Problem("do", "unknown", N_("Chưa chọn việc cần làm."))])
        with transaction():
            if wanted == "accept":
                out = enrolling.accept(who, class_id, ids)
            elif wanted == "decline":
                out = enrolling.decline(who, class_id, ids, reason)
            elif wanted == "withdraw":
                out = enrolling.withdraw(who, class_id, ids, reason)
            else:
                out = enrolling.restore(who, class_id, ids)
        say_outcome(out)
    except Refused as refused:
        for problem in refused.problems:
            flash(render(problem), "bad")
    return redirect(url_for("training.training_class", class_id=class_id, _anchor="learners"), 303)


# The summons


@blueprint.route("/training/classes/<int:class_id>/invitation.pdf", access=(*SENDS, P.TRAINING_VIEW, P.SELF_VIEW))
def class_invitation(class_id: int) -> ResponseReturnValue:
    """Give the summons: the reader's people as its annex; `enrolment` or one's own record: addressed to one learner."""
    who = actor()
    look = queries.look(who, class_id)
    seated = [one for one in learners_of(who, look) if one.state is EnrolmentState.ACCEPTED]
    given = request.args.get("enrolment", "")
    alone = given.isascii() and given.isdigit()
    chosen = [one for one in seated if str(one.enrolment_id) == given] if alone else seated
    if not any(who.may(one) for one in (*SENDS, P.TRAINING_VIEW)):
        chosen, alone = [one for one in seated if one.person_id == who.person_id], True
    if not chosen:
        raise missing("enrolment")
    paper = invitation(look, [Invited(one.name, one.staff_code or "", one.agency) for one in chosen], alone=alone)
    with transaction():
        audit.record(
            who, "class.invited", "training_class", class_id, scope_ids=look.agency.scope_ids,
            agency_id=look.agency.id, after={"class": look.found.name, "people": len(chosen)},
        )  # fmt: skip
        audit.mark_read(who, "training.invitation", len(chosen))
    return send_file(
        io.BytesIO(render_pdf([paper], KEY)), mimetype="application/pdf", as_attachment=True,
        download_name=f"giay-trieu-tap-{class_id}.pdf",
    )  # fmt: skip
