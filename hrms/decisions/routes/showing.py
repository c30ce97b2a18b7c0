"""The page of one submission, as its own address and every refused step draw it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock, hooks
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.web import actor
from hrms.decisions import kinds, queries
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Submission, SubmissionLine
from hrms.decisions.queries import telling
from hrms.decisions.rules.conditions import Condition
from hrms.decisions.rules.path import LINE_LABELS, STATE_LABELS, STEP_LABELS, LineState, State, Step
from hrms.decisions.services import numbering, path, sheet, submissions

STATE_TONES = {
    State.DRAFT: "none", State.SUBMITTED: "info", State.APPRAISED: "info", State.SIGNED: "info", State.CLOSED: "ok",
    State.DROPPED: "none",
}  # fmt: skip
LINE_TONES = {
    LineState.PENDING: "info", LineState.SIGNED: "info", LineState.REFUSED: "bad", LineState.REGISTERED: "ok",
    LineState.DROPPED: "none",
}  # fmt: skip


def page_of(
    submission: Submission, status: int = 200, problems: Sequence[Problem] = (), typed: Mapping[str, Any] | None = None
) -> ResponseReturnValue:
    """Return the page of a submission; after a refused step with its problems and what was typed."""
    who = actor()
    kind = kinds.get(submission.kind)
    so_far = queries.hands(submission)
    steps = path.open_steps(who, submission, so_far) if kind else frozenset()
    everybody = queries.list_lines(submission.id)
    lines = [line for line in everybody if line.state != LineState.DROPPED.value]
    judged = _judged(submission, lines, live=Step.SUBMIT in steps)
    place = request.args.get("from", "")
    first = int(place) if place.isascii() and place.isdigit() and len(place) < 10 else 0
    shown = lines[first : first + queries.LINES_PAGE]
    parties = queries.party_names([submission])
    signed = [line for line in lines if line.state == LineState.SIGNED.value]
    return render_template(
        "decisions/submissions/show.html",
        submission=submission,
        kind=kind,
        kind_label=render(kind.label) if kind else submission.kind,
        state=State(submission.state),
        state_words=STATE_LABELS,
        state_tones=STATE_TONES,
        line_words={state.value: words for state, words in LINE_LABELS.items()},
        line_tones={state.value: tone for state, tone in LINE_TONES.items()},
        may_step={step.value for step in steps},
        next_words=_next(submission, parties),
        parties=parties,
        said=telling.value_words(kind, [submission.values])[0] if kind else [],
        answers=given_answers(lines),
        columns=telling.columns([judged[line.id][0] for line in lines]),
        rows=_rows(kind, shown, judged, agencies.scope_ids_of([submission.proposing_agency_id])),
        people=len(lines),
        dropped=len(everybody) - len(lines),
        pending=sum(line.state == LineState.PENDING.value for line in lines),
        signed=len(signed),
        pages=_pages(len(lines), first),
        seen={one.person_id for one in hooks.people_finder[0].by_ids([line.person_id for line in shown])}
        if hooks.people_finder and who.may(Permission.PEOPLE_VIEW)
        else set(),
        finder=hooks.people_finder[0] if hooks.people_finder else None,
        timeline=_timeline(submission, everybody),
        other_parts=queries.list_parts(submission),
        papers=queries.references({line.decision_id for line in shown if line.decision_id}),
        books=numbering.open_books(submission.signing_agency_id) if Step.REGISTER in steps else [],
        symbol=_symbol(submission, kind) if Step.REGISTER in steps else "",
        signer_title=_remembered_title(everybody) if Step.SIGN in steps else "",
        today=clock.today(),
        problems=problems,
        typed=dict(typed or {}),
        ticked=set(request.form.getlist("line")),
        crumbs=[(_("Hồ sơ trình"), url_for("submissions.index"))],
    ), status


def given_answers(lines: Sequence[SubmissionLine]) -> dict[str, Mapping[str, Any]]:
    """Return what the proposer vouched for, by condition: as the first person of the list has it."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in lines:
        for code, given in line.answers.items():
            found.setdefault(code, given)
    return found


Judged = dict[int, tuple[Sequence[Condition], Sequence[Mapping[str, Any]]]]


def _judged(submission: Submission, lines: Sequence[SubmissionLine], *, live: bool) -> Judged:
    """Return conditions and changes by line: of a draft as the records stand now, else as they were kept."""
    now = submissions.read_again(actor(), submission) if live else {}
    found: Judged = {}
    for line in lines:
        row = now.get(line.person_id)
        if row is not None:
            found[line.id] = (row.conditions, sheet.kept(row)[1])
        else:
            found[line.id] = ([sheet.condition_of(one) for one in line.conditions], line.changes)
    return found


def _rows(
    kind: Kind | None, lines: Sequence[SubmissionLine], judged: Judged, at: Collection[int]
) -> list[dict[str, Any]]:
    own = telling.value_words(kind, [line.values for line in lines], per_person=True) if kind and lines else []
    found = []
    for number, line in enumerate(lines):
        conditions, changes = judged[line.id]
        told = [telling.tell(one, actor(), at) for one in conditions]
        found.append(
            {
                "line": line,
                "own": own[number] if own else [],
                "changes": [(render(one["label"]), one["old"], one["new"]) for one in changes],
                "met": [one for one in told if one.outcome.value == "met"],
                "open": [one for one in told if one.outcome.value != "met"],
                "blocked": any(one.outcome.value != "met" and one.blocking for one in told),
            }
        )
    return found


def _next(submission: Submission, parties: Mapping[int, str]) -> str:
    """Return who is next, in one sentence."""
    state = State(submission.state)
    signing = parties.get(submission.signing_agency_id, "")
    if state is State.DRAFT:
        proposing = parties.get(submission.proposing_agency_id, "")
        if submission.returned:
            return _("Đã bị trả lại; chờ %(agency)s bổ sung rồi trình lại.", agency=proposing)
        return _("Chờ %(agency)s hoàn chỉnh rồi trình.", agency=proposing)
    if state is State.SUBMITTED:
        return _("Chờ %(agency)s thẩm định.", agency=parties.get(submission.appraising_agency_id or 0, ""))
    if state is State.APPRAISED:
        return _("Chờ người có thẩm quyền của %(agency)s ký.", agency=signing)
    if state is State.SIGNED:
        return _("Chờ văn thư %(agency)s vào số.", agency=signing)
    return ""


def _pages(count: int, first: int) -> list[dict[str, Any]]:
    size = queries.LINES_PAGE
    if count <= size:
        return []
    return [
        {"from": start, "words": f"{start + 1}–{min(start + size, count)}", "active": start == first}
        for start in range(0, count, size)
    ]


def _timeline(submission: Submission, lines: Sequence[SubmissionLine]) -> list[dict[str, Any]]:
    names = {line.id: line.person_name for line in lines}
    found: list[dict[str, Any]] = []
    for one in queries.list_steps(submission.id):
        step = Step(one.step) if one.step in set(Step) else None
        words = render(STEP_LABELS[step]) if step else one.step
        name = names.get(one.line_id or 0)
        last = found[-1] if found else None
        if name and last and last["key"] == (one.step, one.account_id, one.remark):
            # A step about many people is one entry.
            last["names"].append(name)
            continue
        found.append(
            {
                "key": (one.step, one.account_id, one.remark), "title": one.name, "rest": words,
                "names": [name] if name else [], "when": one.recorded_at, "remark": one.remark,
            }
        )  # fmt: skip
    for entry in found:
        if entry["names"]:
            entry["rest"] = f"{entry['rest']}: {sheet.listed(entry['names'][::-1])}"
    return found


def _symbol(submission: Submission, kind: Kind | None) -> str:
    """Return the symbol văn thư most likely gives: that of the agency's last paper of this sort."""
    begin = kind.symbol if kind else ""
    return queries.last_symbol(submission.signing_agency_id, begin) or begin


def _remembered_title(lines: Sequence[SubmissionLine]) -> str:
    """Return the title the reader signed under before, at this desk or another."""
    me = actor().account_id
    here = next((line.signer_title for line in lines if line.signed_by == me and line.signer_title), None)
    return here or queries.last_title(me) or ""
