"""From a vacancy to a submitted proposal: a line, a person, the fit, and up it goes; and the search box over lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hrms.agencies import queries as agencies
from hrms.core import clock, hooks
from hrms.core.actor import missing
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import Problem, Reason
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.kinds import Proposed
from hrms.decisions.queries import telling
from hrms.decisions.rules.conditions import Condition, Outcome
from hrms.decisions.services import submissions
from hrms.decisions.services.drafting import Preview
from hrms.people.counting import count_shown
from hrms.people.kinds.common import known_of
from hrms.positions.forms.assigning import ConfirmForm, SeatForm
from hrms.positions.kinds import assigning, seating
from hrms.positions.kinds.seating import Seated, seat_of
from hrms.positions.queries import choosing
from hrms.positions.queries import seats as reading
from hrms.positions.queries.seats import Line
from hrms.positions.routes.base import blueprint
from hrms.positions.rules.fit import VERDICT_LABELS, Check, Verdict
from hrms.positions.rules.kinds import FIT_LABELS, SeatRole

Propose = Permission.DECISIONS_PROPOSE
TONES = {Verdict.MET: "ok", Verdict.MISSING: "bad", Verdict.LATER: "warn", Verdict.CONFIRM: "info"}


@blueprint.route("/positions/lines/choices", access=Propose)
def line_choices() -> ResponseReturnValue:
    """Answer a search box with lines in the reader's scope, the seats still free beside each."""
    found = choosing.list_choices(request.args.get("q", "")[:200])
    items = [
        {"value": one["value"], "label": one["label"], "note": _("còn %(free)s/%(seats)s chỗ", **one)}
        for one in found["items"]
    ]
    return jsonify(items=items, more=found["more"])


@dataclass(slots=True)
class _Looked:
    """What is known of the person chosen for the seat: the proposal as it would be made."""

    kind: str
    person_id: int
    person: hooks.PersonChoice
    seated: Seated | None
    conditions: Sequence[Condition]
    problems: Sequence[Problem]
    signs: str
    one: Proposed | None


@blueprint.route("/positions/lines/<int:line_id>/assign", access=Propose, methods=["GET", "POST"])
def assign(line_id: int) -> ResponseReturnValue:
    """Choose who sits in the line, see requirement by requirement how they fit, confirm it and send it up."""
    line = reading.lines_of([line_id]).get(line_id)
    if line is None or not actor().may(Propose, at=line.scope_ids):
        raise missing("line")
    given = request.form if request.method == "POST" else request.args
    form = _seat_form(line, given)
    confirm: Any = ConfirmForm(formdata=request.form if request.method == "POST" else None)
    confirm.fit.choices = [("", _("— chọn —")), *((one.value, render(words)) for one, words in FIT_LABELS.items())]
    looked, status = None, 200
    if given.get("person") or given.get("person-text"):
        status = 200 if request.method == "GET" else 422
        if form.validate():
            looked = _look(line, form)
    elif request.method == "POST":
        form.validate()
        status = 422
    if looked is not None and request.method == "POST":
        if confirm.validate():
            try:
                return _make(line, looked, form, confirm)
            except Refused as refused:
                _take(form, confirm, refused.problems)
    elif looked is not None:
        if looked.seated is not None:
            confirm.fit.data = looked.seated.proposed_fit.value
        _take(form, confirm, looked.problems)
    return _page(line, form, confirm, looked), status


def _seat_form(line: Line, given: MultiDict[str, str]) -> Any:
    sent = given if given.get("effective_on") is not None else None
    form: Any = SeatForm(
        formdata=sent,
        data={
            "role": SeatRole.MAIN.value,
            "effective_on": asked_dates()[0] or clock.today(),
            "person": given.get("person") or None,
        },
    )
    form.role.choices = [(value, render(words)) for value, words in assigning.role_choices()]
    used = seating.GRADES if line.keeps_base_grade else line.grades
    if line.keeps_base_grade:
        form.base_position.configure(
            source=url_for("positions.position_choices"),
            label_of=lambda value: choosing.base_names([int(value)]).get(int(value)) if value.isdigit() else None,
            find=choosing.find_bases,
        )
    else:
        del form.base_position
    if used:
        form.career_grade.choices = [("", _("— chọn —")), *((str(n), _("Bậc %(grade)s", grade=n)) for n in used)]
    else:
        del form.career_grade
    finder = hooks.people_finder[0]
    form.person.configure(
        source=url_for(finder.source), label_of=_label_of, find=lambda words: finder.find(actor(), words)
    )
    return form


def _person(value: str) -> hooks.PersonChoice | None:
    whole = value.isascii() and value.isdigit() and len(value) < 19
    found = hooks.people_finder[0].by_ids([int(value)]) if whole else []
    return found[0] if found else None


def _label_of(value: str) -> str | None:
    found = _person(value)
    return found.name if found else None


def _values(line: Line, form: Any, kind: str, **own: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the list says once and what is the person's own."""
    grade = form.career_grade.data if "career_grade" in form else None
    base = form.base_position.data if "base_position" in form else None
    given = {"career_grade": grade, "base_position": base, **own}
    mine = {"line": line.id, **{name: value for name, value in given.items() if value}}
    if kind != assigning.Assigning.code:
        return {}, mine
    return {"role": form.role.data, **({"until": form.until.data} if form.until.data else {})}, mine


def _kind_for(line: Line, person_id: int, role: str, on: date) -> str:
    """Return the decision that gives the seat: who has a main seat already changes position."""
    if role != SeatRole.MAIN.value:
        return "assignment"
    held = seating.held_by([person_id]).get(person_id, ())
    main = next((one for one in held if one.role is SeatRole.MAIN and one.on(on)), None)
    return "position_change" if main is not None and main.line_id != line.id else "assignment"


def _look(line: Line, form: Any) -> _Looked | None:
    person = _person(str(form.person.data))
    if person is None:
        return None
    count_shown([person.person_id])
    on = form.effective_on.data
    kind = _kind_for(line, person.person_id, form.role.data, on)
    found, preview = _preview(line, form, kind, person.person_id)
    if kind == "position_change" and found is not None and _holds_title(found):
        # Whoever was given the post of a title goes to its seat without a plan.
        kind = "assignment"
        found, preview = _preview(line, form, kind, person.person_id)
    parts = preview.parts
    return _Looked(
        kind, person.person_id, person, seat_of(found) if found else None,
        parts[0].rows[0].conditions if parts else (), preview.problems,
        agencies.names([parts[0].parties.signing]).get(parts[0].parties.signing, "") if parts else "", found,
    )  # fmt: skip


def _holds_title(found: Proposed) -> bool:
    seated = seat_of(found)
    if seated is None or seated.line.leadership_post is None:
        return False
    return seated.line.leadership_post in seating.posts_held(known_of(found).record)


def _preview(line: Line, form: Any, kind: str, person_id: int) -> tuple[Proposed | None, Preview]:
    values, own = _values(line, form, kind)
    preview = submissions.preview(actor(), kind, [person_id], values, form.effective_on.data, own={person_id: own})
    rows = [row for part in preview.parts for row in part.rows]
    return (rows[0].proposed if rows else None), preview


def _make(line: Line, looked: _Looked, form: Any, confirm: Any) -> ResponseReturnValue:
    """Make the proposal and send it up; what keeps it back leaves a draft that says so."""
    values, own = _values(line, form, looked.kind, fit=confirm.fit.data, fit_note=confirm.fit_note.data)
    with transaction():
        (made,) = submissions.propose(
            actor(), looked.kind, [looked.person_id], values, form.effective_on.data,
            title=_title(line, looked), own={looked.person_id: own},
        )  # fmt: skip
        submission_id = made.id
    target = url_for("submissions.show", submission_id=submission_id)
    if request.form.get("do") == "draft":
        flash(_("Đã lập dự thảo. Hãy xem bảng rà soát rồi trình."), "ok")
        return redirect(target, 303)
    try:
        with transaction():
            submissions.submit(actor(), submission_id)
    except Refused as refused:
        said = " ".join(render(problem) for problem in refused.problems[:3])
        flash(_("Đã lập dự thảo, chưa trình được: %(problems)s", problems=said), "warn")
        return redirect(target, 303)
    flash(_("Đã trình bố trí %(name)s vào %(position)s.", name=looked.person.name, position=line.position), "ok")
    return redirect(target, 303)


def _title(line: Line, looked: _Looked) -> str:
    # A title of the office's own paper, whatever language its author reads in.
    verb = "Bố trí" if looked.kind == "assignment" else "Chuyển đổi vị trí việc làm:"
    return f"{verb} {looked.person.name} vào vị trí {line.position}"[:300]


def _take(form: Any, confirm: Any, problems: Sequence[Problem]) -> None:
    """Put problems beside the fields of the two forms; those of no field stand on top."""
    for problem in problems:
        name = problem.field.rpartition(".")[2]
        moved = Problem(name, problem.code, problem.text, problem.params, problem.severity)
        (confirm if name in confirm else form).take([moved])


def _page(line: Line, form: Any, confirm: Any, looked: _Looked | None) -> str:
    on = form.effective_on.data or clock.today()
    free, seats = choosing.free_seats([line], on)[line.id]
    shown = [] if looked else choosing.candidates(line, seating.KINDS_OF[line.quota_kind])
    count_shown([one["person_id"] for one in shown])
    return render_template(
        "positions/assign.html",
        line=line,
        form=form,
        confirm=confirm,
        looked=looked,
        checks=[_said(check) for check in looked.seated.checks] if looked and looked.seated else [],
        open=_open(line, looked.conditions) if looked else [],
        free=free,
        seats=seats,
        on=on,
        candidates=shown,
        crumbs=[(_("Vị trí việc làm"), url_for("positions.index"))],
    )


def _open(line: Line, conditions: Sequence[Condition]) -> list[telling.Told]:
    """Return what is not met or not known, but for the fit: that has a table of its own."""
    return [
        telling.tell(one, actor(), line.scope_ids)
        for one in conditions
        if one.outcome is not Outcome.MET and one.code.partition(".")[0] != "fit"
    ]


def _said(check: Check) -> dict[str, str]:
    return {
        "words": render(Reason(check.words, params=check.params)),
        "required": render(Reason(check.required, params=check.params)),
        "has": render(Reason(check.has, params=check.params)),
        "verdict": render(VERDICT_LABELS[check.outcome]), "tone": TONES[check.outcome], "source": check.source,
    }  # fmt: skip
