"""Proposals before they are signed: a list is made, split by who signs, completed, and sent on its way."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, update

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint
from hrms.decisions import kinds, queries
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Submission, SubmissionLine, SubmissionStep
from hrms.decisions.rules.path import LineState, State, Step
from hrms.decisions.services import hands, sheet
from hrms.decisions.services import values as proposals
from hrms.decisions.services.drafting import (
    Draft,
    Preview,
    day_problems,
    draft_of,
    find_kind,
    line_values,
    rule_ids,
    text_problems,
)
from hrms.decisions.services.parties import parties_of

P = Permission
OPEN = frozenset({LineState.PENDING})
explain_constraint(
    "uq_submission_lines_open",
    Problem(
        "people",
        "already_proposed",
        N_("Có người trong danh sách vừa được trình cùng loại ở hồ sơ khác. Hãy tải lại trang rồi kiểm tra lại."),
    ),
)
explain_constraint(
    "uq_submission_lines_person",
    Problem("people", "already_in_list", N_("Có người đã ở trong danh sách này. Hãy tải lại trang để xem.")),
)


def preview(
    actor: Actor,
    kind: str,
    person_ids: Sequence[int],
    values: Mapping[str, Any],
    effective_on: date | None,
    *,
    own: Mapping[int, Mapping[str, Any]] | None = None,
) -> Preview:
    """Return how a list would be split and what is still wrong; writes nothing. Raises `Forbidden`."""
    actor.require(P.DECISIONS_PROPOSE)
    found = find_kind(kind)
    if effective_on is None:
        return Preview((), day_problems(effective_on))
    draft = draft_of(actor, found, person_ids, values, own or {}, effective_on)
    return Preview(draft.parts(), draft.problems)


def propose(
    actor: Actor,
    kind: str,
    person_ids: Sequence[int],
    values: Mapping[str, Any],
    effective_on: date | None,
    one_paper: bool = False,
    title: str = "",
    *,
    own: Mapping[int, Mapping[str, Any]] | None = None,
    note: str = "",
) -> list[Submission]:
    """Make drafts of a list: one for each signer. Returns them in the order of the first person of each.

    `values` holds what the kind asks once, `own` what it asks for each person (`{person id: {name: value}}`); dates may
    be ISO text. Raises `Forbidden`, and `Refused` with every problem: of the values, of people out of sight, of people
    the table of decentralisation knows no signer for, of people proposed already.
    """
    actor.require(P.DECISIONS_PROPOSE)
    found = find_kind(kind)
    problems = [*day_problems(effective_on), *text_problems(title, note)]
    if effective_on is None:
        raise Refused(*problems)
    draft = draft_of(actor, found, person_ids, values, own or {}, effective_on)
    refuse_if([*problems, *draft.problems])
    return _write(actor, draft, one_paper=one_paper and found.lists, title=nfc(title), note=note.strip())


def _write(actor: Actor, draft: Draft, *, one_paper: bool, title: str, note: str) -> list[Submission]:
    key, moment, parts = secrets.token_hex(8), clock.now(), draft.parts()
    made = [
        Submission(
            kind=draft.kind.code, title=title or draft.kind.label, effective_on=draft.effective_on, values=draft.values,
            one_paper=one_paper and len(part.rows) > 1, proposing_agency_id=part.parties.proposing,
            appraising_agency_id=part.parties.appraising, signing_agency_id=part.parties.signing,
            party_ids=[0, part.parties.proposing], rule_ids=rule_ids(draft, part), split_key=key,
            state=State.DRAFT.value, grounds=sheet.grounds_of(draft.kind, part.rows), note=note or None,
            proposed_by=actor.account_id, changed_at=moment, recorded_by=actor.account_id,
        )
        for part in parts
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    lines = [
        line_values(submission.id, place, draft, row)
        for submission, part in zip(made, parts, strict=True)
        for place, row in enumerate(part.rows, start=1)
    ]
    db.session.execute(insert(SubmissionLine).inline(), lines)
    db.session.execute(
        insert(SubmissionStep).inline(),
        [
            {"submission_id": one.id, "step": Step.CREATE.value, "account_id": actor.account_id, "name": actor.name}
            for one in made
        ],
    )
    audit.record_many(
        actor,
        "submission.created",
        "submission",
        [
            {
                "entity_id": one.id, "scope_ids": one.party_ids, "agency_id": one.proposing_agency_id,
                "after": {"title": one.title, "kind": one.kind, "people": len(part.rows)},
            }
            for one, part in zip(made, parts, strict=True)
        ],
    )  # fmt: skip
    return made


def edit(
    actor: Actor,
    submission_id: int,
    *,
    version: int | None = None,
    values: Mapping[str, Any] | None = None,
    own: Mapping[int, Mapping[str, Any]] | None = None,
    effective_on: date | None = None,
    one_paper: bool | None = None,
    title: str | None = None,
    note: str | None = None,
) -> Submission:
    """Change a draft; what is left out stays. The sheet and the grounds are made anew.

    Raises `NotFound`, `Forbidden`, `Stale`, `Refused`: also when the change would bring somebody before another signer.
    """
    submission, kind = _own_draft(actor, submission_id, version, Step.EDIT)
    lines = hands.lines_of(submission, states=OPEN)
    day = effective_on or submission.effective_on
    problems = [*day_problems(day), *text_problems(title or "", note or "")]
    mine = {line.person_id: line.values for line in lines}
    draft = draft_of(
        actor, kind, [line.person_id for line in lines], submission.values if values is None else values,
        mine if own is None else own, day, but=submission.id,
    )  # fmt: skip
    refuse_if([*problems, *draft.problems, *_other_signers(submission, draft)])
    submission.values, submission.effective_on = draft.values, day
    if one_paper is not None:
        submission.one_paper = one_paper and kind.lists
    if title is not None:
        submission.title = nfc(title) or kind.label
    if note is not None:
        submission.note = note.strip() or None
    _renew(submission, kind, lines, draft.own)
    hands.step(actor, submission, Step.EDIT, "submission.edited", after={"effective_on": day})
    return submission


def add_people(
    actor: Actor,
    submission_id: int,
    person_ids: Sequence[int],
    *,
    own: Mapping[int, Mapping[str, Any]] | None = None,
    version: int | None = None,
) -> Submission:
    """Add people to the end of a draft. Raises as `edit()`, also for somebody who would have another signer."""
    submission, kind = _own_draft(actor, submission_id, version, Step.EDIT)
    lines = hands.lines_of(submission, states=frozenset(LineState))
    known = {line.person_id: line for line in lines}
    new = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in known]
    left = {LineState.DROPPED.value, LineState.REFUSED.value}
    again = [known[i] for i in dict.fromkeys(person_ids) if i in known and known[i].state in left]
    if not new and not again:
        text = N_("Những người này đã ở trong danh sách.")
        raise Refused(Problem("people", "already_in_list", text))
    open_lines = [line for line in lines if line.state == LineState.PENDING.value]
    everybody = [line.person_id for line in open_lines] + [line.person_id for line in again] + new
    mine = {line.person_id: line.values for line in (*open_lines, *again)} | dict(own or {})
    draft = draft_of(actor, kind, everybody, submission.values, mine, submission.effective_on, but=submission.id)
    refuse_if([*draft.problems, *_other_signers(submission, draft)])
    last = max((line.place for line in lines), default=0)
    rows = [line_values(submission.id, last + n, draft, draft.rows[i]) for n, i in enumerate(new, start=1)]
    if rows:
        db.session.execute(insert(SubmissionLine).inline(), rows)
    hands.put(again, [{"state": LineState.PENDING.value, "values": draft.own[line.person_id]} for line in again])
    _renew(submission, kind, hands.lines_of(submission, states=OPEN), draft.own)
    hands.step(actor, submission, Step.EDIT, "submission.people_added", after={"people": len(new) + len(again)})
    return submission


def remove_lines(
    actor: Actor, submission_id: int, line_ids: Collection[int], *, version: int | None = None
) -> Submission:
    """Take people out of a draft; they can be added again. Raises `Refused` when nobody would be left."""
    submission, kind = _own_draft(actor, submission_id, version, Step.EDIT)
    lines = hands.lines_of(submission, line_ids, states=OPEN)
    left = [line for line in hands.lines_of(submission, states=OPEN) if line not in lines]
    if not left:
        raise Refused(
            Problem("people", "nobody_left", N_("Không còn ai trong danh sách. Nếu thôi trình, hãy bấm “Thôi trình”."))
        )
    hands.put(lines, [{"state": LineState.DROPPED.value} for line_values in lines])
    _renew(submission, kind, left, {line.person_id: line.values for line in left})
    hands.step(actor, submission, Step.EDIT, "submission.people_removed", after={"people": len(lines)})
    return submission


@dataclass(frozen=True, slots=True)
class Answer:
    """What the proposer vouches for: met or not, on what paper; `met` None takes the answer back."""

    met: bool | None
    note: str = ""


def answer(
    actor: Actor,
    submission_id: int,
    code: str,
    *,
    met: bool | None,
    note: str = "",
    line_ids: Collection[int] | None = None,
    version: int | None = None,
) -> Submission:
    """Vouch for one condition the system cannot know; all else as `answer_many()`."""
    return answer_many(actor, submission_id, {code: Answer(met, note)}, line_ids=line_ids, version=version)


def answer_many(
    actor: Actor,
    submission_id: int,
    answers: Mapping[str, Answer],
    *,
    line_ids: Collection[int] | None = None,
    version: int | None = None,
) -> Submission:
    """Vouch for conditions the system cannot know, by their codes, for some people or for all.

    Raises `Refused` with every problem: an answer without a note, a condition the record settles.
    """
    submission, kind = _own_draft(actor, submission_id, version, Step.EDIT)
    lines = hands.lines_of(submission, line_ids, states=OPEN)
    known = [sheet.condition_of(one) for line in lines for one in line.conditions if one["answerable"]]
    words = {one.code: sheet.printed(one.text, one.params) for one in known}
    problems = []
    if not answers:
        text = N_("Chưa xác nhận điều kiện nào. Hãy chọn Đạt hoặc Không đạt và ghi căn cứ.")
        problems.append(Problem("met", "nothing", text))
    for code, given in answers.items():
        if code not in words:
            text = N_("Điều kiện này do hồ sơ quyết định hoặc không có trong bảng rà soát, không xác nhận thay được.")
            problems.append(Problem(f"met-{code}", "not_answerable", text))
        elif given.met is not None and not nfc(given.note):
            text = N_("“%(condition)s”: chưa nêu căn cứ của xác nhận. Hãy ghi văn bản, cuộc họp, ngày tháng.")
            problems.append(Problem(f"note-{code}", "required", text, {"condition": words[code]}))
        problems += text_problems("", given.note)
    refuse_if(problems)
    today = clock.today().isoformat()
    rows = []
    for line in lines:
        kept = {code: found for code, found in line.answers.items() if code not in answers}
        for code, given in answers.items():
            if given.met is not None:
                kept[code] = {"met": given.met, "note": nfc(given.note), "by": actor.name, "on": today}
        rows.append({"answers": kept})
    hands.put(lines, rows)
    _renew(submission, kind, hands.lines_of(submission, states=OPEN), None)
    told = {"condition": "; ".join(words[code] for code in answers), "people": len(lines)}
    if len(answers) == 1:
        (only,) = answers.values()
        told |= {"met": only.met, "note": nfc(only.note)}
    hands.step(actor, submission, Step.EDIT, "submission.answered", after=told)
    return submission


def _own_draft(actor: Actor, submission_id: int, version: int | None, step: Step) -> tuple[Submission, Kind]:
    actor.require(P.DECISIONS_PROPOSE)
    submission = hands.lock(actor, submission_id, version)
    hands.require_at(actor, P.DECISIONS_PROPOSE, submission.proposing_agency_id)
    hands.check(actor, submission, step)
    return submission, hands.kind_of(submission)


def _other_signers(submission: Submission, draft: Draft) -> list[Problem]:
    """Return the problem of people who belong before another signer: a list of theirs is made apart."""
    key = (submission.proposing_agency_id, submission.appraising_agency_id or 0, submission.signing_agency_id)
    names = [
        row.subject.name
        for person_id, row in draft.rows.items()
        if person_id in draft.parties and draft.parties[person_id].key != key
    ]
    if not names:
        return []
    text = N_("Thuộc thẩm quyền của cơ quan khác với danh sách này: %(names)s. Hãy lập hồ sơ trình riêng.")
    return [Problem("people", "other_signer", text, {"names": sheet.listed(names)})]


def _renew(
    submission: Submission, kind: Kind, lines: Sequence[SubmissionLine], own: Mapping[int, Mapping[str, Any]] | None
) -> dict[int, sheet.Row]:
    """Make the sheet of these lines anew and keep it; returns it. `own` None: the lines' own values stay."""
    mine = {line.person_id: line.values if own is None else dict(own[line.person_id]) for line in lines}
    rows = sheet.gather(
        kind, [line.person_id for line in lines], submission.effective_on, submission.values, mine,
        {line.person_id: line.answers for line in lines},
    )  # fmt: skip
    kept = []
    for line in lines:
        row = rows.get(line.person_id)
        conditions, changes = sheet.kept(row) if row else (line.conditions, line.changes)
        kept.append(
            {
                "values": mine[line.person_id], "conditions": conditions, "changes": changes,
                "person_name": row.subject.name if row else line.person_name,
                "person_version": row.subject.version if row else line.person_version,
            }
        )  # fmt: skip
    hands.put(lines, kept)
    submission.grounds = sheet.grounds_of(kind, list(rows.values()))
    return rows


def submit(actor: Actor, submission_id: int, *, version: int | None = None) -> Submission:
    """Send a draft up: to the appraiser, or straight to the signer where nobody appraises.

    The record is read again; with any condition not met, or not known and not vouched for, nothing goes up. Changes,
    conditions and the version of each record are kept as they are now. Raises `Refused` with every obstacle.
    """
    submission, kind = _own_draft(actor, submission_id, version, Step.SUBMIT)
    lines = hands.lines_of(submission, states=OPEN)
    rows = _renew(submission, kind, lines, None)
    refuse_if(obstacles(actor, submission, kind, lines, rows))
    submission.proposed_by = actor.account_id
    submission.returned = False
    if submission.appraising_agency_id is None:
        submission.state = State.APPRAISED.value
        hands.widen(submission, submission.signing_agency_id)
    else:
        submission.state = State.SUBMITTED.value
        hands.widen(submission, submission.appraising_agency_id)
    hands.step(actor, submission, Step.SUBMIT, "submission.submitted", after={"people": len(lines)})
    with scope.everything():
        kind.taken_up(actor, submission, [(line, rows[line.person_id].proposed) for line in lines])
    return submission


def obstacles(
    actor: Actor, submission: Submission, kind: Kind, lines: Sequence[SubmissionLine], rows: Mapping[int, sheet.Row]
) -> list[Problem]:
    """Return everything that keeps a draft from going up, as its sheet `rows` stands."""
    own = {line.person_id: line.values for line in lines}
    problems = proposals.read(kind, submission.values, own, list(own)).problems
    gone = [line.person_name for line in lines if line.person_id not in rows]
    if gone:
        text = N_("Không còn trong phạm vi của bạn: %(names)s. Hãy bỏ khỏi danh sách.")
        problems.append(Problem("people", "not_found", text, {"names": sheet.listed(gone)}))
    problems += sheet.contradictions(kind, rows)
    parties, unsigned = parties_of(actor, kind, {i: r.subject for i, r in rows.items()}, submission.effective_on)
    draft = Draft(kind, submission.effective_on, {}, {}, dict(rows), parties, [])
    return [*problems, *unsigned, *_other_signers(submission, draft), *sheet.unmet(list(rows.values()))]


def take_back(actor: Actor, submission_id: int, *, version: int | None = None) -> Submission:
    """Take a submission back to a draft before anybody appraised or signed it. Raises `Refused`."""
    submission, kind = _own_draft(actor, submission_id, version, Step.TAKE_BACK)
    submission.state = State.DRAFT.value
    hands.let_go(kind, submission, hands.lines_of(submission, states=OPEN))
    hands.step(actor, submission, Step.TAKE_BACK, "submission.taken_back")
    return submission


def drop(actor: Actor, submission_id: int, *, remark: str = "", version: int | None = None) -> Submission:
    """Give a submission up; its people are free for another. Raises `Refused` once somebody was signed for."""
    submission, kind = _own_draft(actor, submission_id, version, Step.DROP)
    lines = hands.lines_of(submission, states=OPEN)
    hands.let_go(kind, submission, lines)
    db.session.execute(
        update(SubmissionLine)
        .where(SubmissionLine.submission_id == submission.id, SubmissionLine.state == LineState.PENDING.value)
        .values(state=LineState.DROPPED.value)
        .execution_options(synchronize_session="fetch")
    )
    submission.state = State.DROPPED.value
    hands.step(
        actor, submission, Step.DROP, "submission.dropped", remark=nfc(remark) or None, after={"people": len(lines)}
    )
    return submission


def read_again(actor: Actor, submission: Submission) -> dict[int, sheet.Row]:
    """Return the sheet of a draft as the records stand now, for its page; writes nothing."""
    actor.require(P.DECISIONS_PROPOSE)
    kind = kinds.get(submission.kind)
    if kind is None:
        raise missing("kind")
    lines = queries.list_lines(submission.id, states=OPEN)
    return sheet.gather(
        kind, [line.person_id for line in lines], submission.effective_on, submission.values,
        {line.person_id: line.values for line in lines}, {line.person_id: line.answers for line in lines},
    )  # fmt: skip
