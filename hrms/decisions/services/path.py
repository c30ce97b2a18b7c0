"""The path from a submission to a decision in the register: appraised, returned, signed, refused, numbered.

Each step is taken by an account with its right at the very agency the step belongs to, under the lock of the
submission; the records of the people are read with the whole tree in sight, since an appraiser or a signer needs no
right over them beyond this paper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.errors import Forbidden, Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Decision, Submission, SubmissionLine
from hrms.decisions.papers import keep as keep_wording
from hrms.decisions.queries import powers
from hrms.decisions.rules.path import Hands, LineState, State, Step, check_step, state_after
from hrms.decisions.services import hands, sheet
from hrms.decisions.services.entering import Entry, enter_many

P = Permission
REMARK_LENGTH = 2_000


def _remark(given: str) -> str:
    words = nfc(given)
    if not words:
        raise Refused(Problem("remark", "required", N_("Chưa ghi lý do. Hãy nêu rõ cần bổ sung hoặc sửa gì.")))
    if len(words) > REMARK_LENGTH:
        text = N_("Nội dung dài %(length)s ký tự, quá %(most)s ký tự. Hãy rút gọn.")
        params = {"length": str(len(words)), "most": str(REMARK_LENGTH)}
        raise Refused(Problem("remark", "too_long", text, params))
    return words


def appraise(actor: Actor, submission_id: int, *, remark: str = "", version: int | None = None) -> Submission:
    """Pass a submission on to the signer. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.DECISIONS_APPRAISE)
    submission = hands.lock(actor, submission_id, version)
    hands.require_at(actor, P.DECISIONS_APPRAISE, submission.appraising_agency_id)
    hands.check(actor, submission, Step.APPRAISE)
    submission.state, submission.appraised_by = State.APPRAISED.value, actor.account_id
    hands.widen(submission, submission.signing_agency_id)
    hands.step(actor, submission, Step.APPRAISE, "submission.appraised", remark=nfc(remark)[:REMARK_LENGTH] or None)
    return submission


def return_with_remark(actor: Actor, submission_id: int, remark: str, *, version: int | None = None) -> Submission:
    """Give a submission back to who proposed it: by the appraiser before appraisal, by the signer before any signature.

    Raises `NotFound`, `Forbidden`, `Stale`, `Refused` without a remark.
    """
    if not actor.may(P.DECISIONS_APPRAISE):
        actor.require(P.DECISIONS_SIGN)
    submission = hands.lock(actor, submission_id, version)
    if submission.state == State.SUBMITTED.value:
        hands.require_at(actor, P.DECISIONS_APPRAISE, submission.appraising_agency_id)
    else:
        capacity_of(actor, submission)
    hands.check(actor, submission, Step.RETURN)
    words = _remark(remark)
    submission.state, submission.returned, submission.appraised_by = State.DRAFT.value, True, None
    hands.let_go(hands.kind_of(submission), submission, hands.lines_of(submission, states=frozenset(LineState)))
    hands.step(actor, submission, Step.RETURN, "submission.returned", remark=words)
    return submission


def capacity_of(actor: Actor, submission: Submission) -> str:
    """Return in whose name the actor signs: "" as head, or as delegated (KT., TL., TUQ., Q.). Raises `Forbidden`."""
    hands.require_at(actor, P.DECISIONS_SIGN, submission.signing_agency_id)
    capacity = powers.may_sign(actor, submission.signing_agency_id, submission.kind)
    if capacity is None:
        text = N_("Bạn được giao ký thay nhưng không gồm loại quyết định này.")
        raise Forbidden(Problem("", "not_delegated", text))
    return capacity.value


def sign(
    actor: Actor,
    submission_id: int,
    line_ids: Collection[int] | None = None,
    *,
    signer_title: str = "",
    version: int | None = None,
) -> Submission:
    """Sign for some people of a list, or for all that are still open.

    The record of each is read again: when it has changed so that the paper would say something else, or a condition is
    no longer met, nothing is signed and the sentence names who and what. A list that becomes one paper is signed whole.
    Raises `NotFound`, `Forbidden`, `Stale`, `Refused`.
    """
    actor.require(P.DECISIONS_SIGN)
    submission = hands.lock(actor, submission_id, version)
    capacity = capacity_of(actor, submission)
    hands.check(actor, submission, Step.SIGN)
    pending = hands.lines_of(submission, states=frozenset({LineState.PENDING}))
    lines = pending if line_ids is None else hands.lines_of(submission, line_ids, states=frozenset({LineState.PENDING}))
    if not lines:
        raise Refused(Problem("lines", "nobody", N_("Không còn ai chờ ký trong danh sách này.")))
    if submission.one_paper and len(lines) < len(pending):
        text = N_("Danh sách này ra một quyết định chung nên ký tất cả một lần. Ai không ký thì bấm “Không ký” trước.")
        raise Refused(Problem("lines", "one_paper", text))
    if any(line.person_id == actor.person_id for line in lines):
        text = N_("Bạn có tên trong danh sách nên không tự ký cho mình. Hãy để người khác có thẩm quyền ký.")
        raise Refused(Problem("lines", "about_oneself", text))
    kind = hands.kind_of(submission)
    rows = _read_again(kind, submission, lines)
    refuse_if([*changed(lines, rows), *sheet.unmet(list(rows.values()))])
    moment = clock.now()
    with scope.everything():
        wording = keep_wording(kind, submission, list(rows.values()))
    kept = []
    for line in lines:
        conditions, _changes = sheet.kept(rows[line.person_id])
        kept.append(
            {
                "state": LineState.SIGNED.value, "conditions": conditions, "remark": None,
                "person_version": rows[line.person_id].subject.version, "signed_by": actor.account_id,
                "signer_name": actor.name, "signer_title": nfc(signer_title)[:150] or None,
                "signer_capacity": capacity, "signed_at": moment, "wording": wording[line.person_id],
            }
        )  # fmt: skip
    hands.put(lines, kept)
    _settle(submission)
    hands.step(actor, submission, Step.SIGN, "submission.signed", lines=() if line_ids is None else lines)
    return submission


def _read_again(kind: Kind, submission: Submission, lines: Sequence[SubmissionLine]) -> dict[int, sheet.Row]:
    with scope.everything():
        return sheet.gather(
            kind, [line.person_id for line in lines], submission.effective_on, submission.values,
            {line.person_id: line.values for line in lines}, {line.person_id: line.answers for line in lines},
        )  # fmt: skip


def changed(lines: Sequence[SubmissionLine], rows: Mapping[int, sheet.Row]) -> list[Problem]:
    """Return whose record no longer says what was submitted, and what became different."""
    found = []
    for line in lines:
        row = rows.get(line.person_id)
        if row is None:
            text = N_("%(name)s: hồ sơ không còn. Hãy bấm “Không ký” ở người này.")
            found.append(Problem("lines", "gone", text, {"name": line.person_name}))
            continue
        then, now = line.changes, sheet.kept(row)[1]
        if then == now:
            continue
        different = [one for one in now if one not in then] or [one for one in then if one not in now]
        before = {one["label"]: one for one in then}
        first = different[0]
        text = N_(
            "%(name)s: hồ sơ đã thay đổi sau khi trình (%(label)s: lúc trình “%(then)s”, nay “%(now)s”)."
            " Hãy trả lại để trình lại."
        )
        params = {
            "name": line.person_name, "label": first["label"], "then": _said(before.get(first["label"])),
            "now": _said(next((one for one in now if one["label"] == first["label"]), None)),
        }  # fmt: skip
        found.append(Problem("lines", "record_changed", text, params))
    return found


def _said(change: Mapping[str, Any] | None) -> str:
    return f"{change['old'] or '—'} → {change['new'] or '—'}" if change else "—"


def _settle(submission: Submission) -> None:
    """Set where the submission stands from where its people are."""
    lines = hands.lines_of(submission, states=frozenset(LineState))
    submission.state = state_after(frozenset(LineState(line.state) for line in lines)).value


def refuse(
    actor: Actor, submission_id: int, line_ids: Collection[int], remark: str, *, version: int | None = None
) -> Submission:
    """Leave people unsigned, with the reason; a signature without a number yet is taken back the same way.

    Raises `NotFound`, `Forbidden`, `Stale`, `Refused` without a remark.
    """
    actor.require(P.DECISIONS_SIGN)
    submission = hands.lock(actor, submission_id, version)
    capacity_of(actor, submission)
    hands.check(actor, submission, Step.REFUSE)
    words = _remark(remark)
    lines = hands.lines_of(submission, line_ids, states=frozenset({LineState.PENDING, LineState.SIGNED}))
    if not lines:
        raise Refused(Problem("lines", "nobody", N_("Chưa chọn ai. Hãy đánh dấu người không ký.")))
    hands.put(
        lines,
        [{"state": LineState.REFUSED.value, "remark": words, "signed_by": None, "signed_at": None} for _line in lines],
    )
    hands.let_go(hands.kind_of(submission), submission, lines)
    _settle(submission)
    hands.step(actor, submission, Step.REFUSE, "submission.refused", lines=lines, remark=words)
    return submission


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of văn thư's register: typed (`typed`, by line id, or one for all), or from the open book."""

    symbol: str
    signed_on: date | None
    typed: Mapping[int, str] | str | None = None


def register(
    actor: Actor,
    submission_id: int,
    numbers: Numbers,
    line_ids: Collection[int] | None = None,
    *,
    version: int | None = None,
) -> list[Decision]:
    """Enter what was signed in the register and make it true; returns the new decisions.

    One decision for a list that becomes one paper, else one for each person. Without typed numbers the next ones of
    the agency's book are taken. Facts are written at once, true from the day of effect: a future day takes effect by
    itself. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`: nothing is half done.
    """
    actor.require(P.DECISIONS_NUMBER)
    submission = hands.lock(actor, submission_id, version)
    hands.require_at(actor, P.DECISIONS_NUMBER, submission.signing_agency_id)
    hands.check(actor, submission, Step.REGISTER)
    lines = hands.lines_of(submission, line_ids, states=frozenset({LineState.SIGNED}))
    if not lines:
        raise Refused(Problem("lines", "nobody", N_("Chưa có ai được ký để vào số.")))
    if submission.one_paper and line_ids is not None:
        # One paper has one number, whoever was ticked on the page of the list that was open.
        line_ids, lines = None, hands.lines_of(submission, states=frozenset({LineState.SIGNED}))
    kind = hands.kind_of(submission)
    rows = _read_again(kind, submission, lines)
    refuse_if(changed(lines, rows))
    papers = [list(lines)] if submission.one_paper else [[line] for line in lines]
    entries = [_entry(kind, submission, paper, rows, numbers) for paper in papers]
    decisions = enter_many(actor, submission.signing_agency_id, entries, numbers.symbol, numbers.signed_on)
    flat = [line for paper in papers for line in paper]
    ids = [decision.id for decision, paper in zip(decisions, papers, strict=True) for _line in paper]
    hands.put(flat, [{"state": LineState.REGISTERED.value, "decision_id": i} for i in ids])
    with scope.everything():
        kind.let_go(submission.id, [line.person_id for line in flat])
        for decision, paper in zip(decisions, papers, strict=True):
            kind.apply(hands.on_behalf(actor), decision, [(line, rows[line.person_id].proposed) for line in paper])
    _settle(submission)
    hands.step(
        actor, submission, Step.REGISTER, "submission.registered",
        lines=() if line_ids is None else lines,
        after={"decision": ", ".join(decision.reference for decision in decisions[:5]), "people": len(lines)},
    )  # fmt: skip
    return decisions


def _entry(
    kind: Kind,
    submission: Submission,
    paper: Sequence[SubmissionLine],
    rows: Mapping[int, sheet.Row],
    numbers: Numbers,
) -> Entry:
    first = rows[paper[0].person_id]
    wording = kind.wording(first.proposed)
    typed = numbers.typed
    signer = paper[0]
    title = " ".join(part for part in (signer.signer_capacity, signer.signer_title) if part)
    return Entry(
        number=typed if isinstance(typed, str) or typed is None else typed.get(paper[0].id, ""),
        kind=kind.register_kind.value,
        subject=wording.summary if len(paper) == 1 else submission.title,
        effective_on=submission.effective_on,
        signer_name=signer.signer_name,
        signer_title=title or None,
        legal_ground="\n".join(submission.grounds) or None,
        scope_ids=sorted({i for line in paper for i in rows[line.person_id].subject.scope_ids}),
    )


def open_steps(actor: Actor, submission: Submission, hands_so_far: Hands) -> frozenset[Step]:
    """Return the steps this account may take now: what the page offers. Each service checks again."""
    places = {
        P.DECISIONS_PROPOSE: submission.proposing_agency_id,
        P.DECISIONS_APPRAISE: submission.appraising_agency_id,
        P.DECISIONS_SIGN: submission.signing_agency_id,
        P.DECISIONS_NUMBER: submission.signing_agency_id,
    }
    own = {right for right, agency_id in places.items() if actor.is_system or agency_id in actor.scope(right)}
    state = State(submission.state)
    returner = P.DECISIONS_APPRAISE if state is State.SUBMITTED else P.DECISIONS_SIGN
    rights = {
        Step.EDIT: P.DECISIONS_PROPOSE, Step.SUBMIT: P.DECISIONS_PROPOSE, Step.TAKE_BACK: P.DECISIONS_PROPOSE,
        Step.DROP: P.DECISIONS_PROPOSE, Step.APPRAISE: P.DECISIONS_APPRAISE, Step.RETURN: returner,
        Step.SIGN: P.DECISIONS_SIGN, Step.REFUSE: P.DECISIONS_SIGN, Step.REGISTER: P.DECISIONS_NUMBER,
    }  # fmt: skip
    found = {
        step
        for step, right in rights.items()
        if right in own and not check_step(step, state, actor.account_id, hands_so_far)
    }
    if powers.may_sign(actor, submission.signing_agency_id, submission.kind) is None:
        found -= {Step.SIGN, Step.REFUSE}
    if returner is P.DECISIONS_SIGN and Step.SIGN not in found:
        found.discard(Step.RETURN)
    return frozenset(found)
