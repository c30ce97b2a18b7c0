"""The way of a scheme: submitted, looked through, appraised, returned, approved, withdrawn; each step written once.

NĐ 232/2026/NĐ-CP Đ11. Nobody appraises or decides what they submitted themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.positions.models import PositionScheme
from hrms.positions.queries import schemes
from hrms.positions.queries.scheme_look import Look, look
from hrms.positions.rules import schemes as rules
from hrms.positions.rules.schemes import REVIEW, WAY, Party, State, Step
from hrms.positions.services import quotas
from hrms.positions.services.schemes import effect
from hrms.positions.services.schemes.hands import LONGEST_REMARK, add_step, see, tell

P = Permission
_RIGHT = {
    Party.PROPOSER: P.POSITIONS_MANAGE,
    Party.APPRAISER: P.POSITIONS_APPRAISE,
    Party.APPROVER: P.POSITIONS_APPRAISE,
}


def _take(actor: Actor, scheme_id: int, step: Step, version: int, remark: str = "") -> tuple[PositionScheme, State]:
    """Return the scheme, locked, and the state after a step the actor may take now.

    Raises `NotFound`, `Forbidden` without the right or for one's own scheme, `Stale`, `Refused` out of turn.
    """
    right = _RIGHT[WAY[step][0]]
    actor.require(right)
    scheme = see(actor, scheme_id)
    actor.require(right, at=scheme.scope_ids)
    if scheme.version != version:
        raise Stale
    steps = schemes.list_steps(scheme.id)
    parties = schemes.parties_of(actor, scheme, steps)
    if WAY[step][0] not in parties:
        text = N_("Bạn đã trình đề án này nên không thẩm định, phê duyệt. Hãy để người khác làm bước này.")
        raise Forbidden(Problem("", "own_scheme", text))
    complete = scheme.complete_on is not None
    state, problems = rules.after(State(scheme.state), step, parties, complete=complete, remark=remark)
    if len(remark) > LONGEST_REMARK:
        text = N_("Nội dung dài %(length)s ký tự, nhiều nhất %(most)s. Hãy rút gọn.")
        problems.append(Problem("remark", "too_long", text, {"length": len(remark), "most": LONGEST_REMARK}))
    refuse_if(problems)
    return scheme, state


def _go(actor: Actor, scheme: PositionScheme, step: Step, state: State, remark: str = "") -> None:
    before = scheme.state
    scheme.state = state.value
    scheme.version += 1
    scheme.changed_at = clock.now()
    db.session.flush()
    add_step(actor, scheme, step, nfc(remark) if "\n" not in remark else remark.strip())
    tell(
        actor, f"position_scheme.{step.value}", scheme, {"state": state.value}, {"state": before},
        reason=remark.strip() or None,
    )  # fmt: skip


def problems_of(found: Look) -> list[Problem]:
    """Return everything that keeps a scheme from being submitted, and what is only advice; checks of frames too."""
    return [*found.problems, *effect.frame_problems(found)]


def submit(actor: Actor, scheme_id: int, *, version: int) -> PositionScheme:
    """Hand a scheme in; its clocks begin. Raises as `_take`, and `Refused` with all that keeps it from being whole."""
    scheme, state = _take(actor, scheme_id, Step.SUBMIT, version)
    refuse_if([one for one in problems_of(look(scheme)) if one.severity != "warning"])
    scheme.submitted_on = clock.today()
    scheme.complete_on = scheme.appraised_on = None
    scheme.checklist = {name: value for name, value in scheme.checklist.items() if name != "review"}
    _go(actor, scheme, Step.SUBMIT, state)
    return scheme


def note_incomplete(actor: Actor, scheme_id: int, remark: str, *, version: int) -> PositionScheme:
    """Tell the agency what the dossier lacks (Đ11 k3b). Raises as `_take`."""
    scheme, state = _take(actor, scheme_id, Step.NOTE_INCOMPLETE, version, remark)
    _go(actor, scheme, Step.NOTE_INCOMPLETE, state, remark)
    return scheme


def accept(actor: Actor, scheme_id: int, *, version: int) -> PositionScheme:
    """Confirm that the dossier is whole: the review counts from the day it came in (Đ11 k3c). Raises as `_take`."""
    scheme, state = _take(actor, scheme_id, Step.ACCEPT, version)
    scheme.complete_on = scheme.submitted_on
    _go(actor, scheme, Step.ACCEPT, state)
    return scheme


def appraise(actor: Actor, scheme_id: int, review: Mapping[str, Mapping[str, Any]], *, version: int) -> PositionScheme:
    """Write down what was found on the four contents; the report goes to who decides. Raises as `_take`, `Refused`."""
    scheme, state = _take(actor, scheme_id, Step.APPRAISE, version)
    problems = rules.reviewed(review)
    unfit = [words for code, words in REVIEW.items() if review.get(code, {}).get("fit") is False]
    if unfit and not problems:
        text = N_("Còn nội dung chưa phù hợp: %(content)s. Hãy trả lại đề án kèm nhận xét.")
        problems.append(Problem("", "still_unfit", text, {"content": unfit[0]}))
    refuse_if(problems)
    scheme.checklist = {**scheme.checklist, "review": _kept(review)}
    scheme.appraised_on = clock.today()
    _go(actor, scheme, Step.APPRAISE, state)
    return scheme


def send_back(
    actor: Actor,
    scheme_id: int,
    remark: str,
    *,
    version: int,
    review: Mapping[str, Mapping[str, Any]] | None = None,
) -> PositionScheme:
    """Return a scheme with remarks; what was found unfit is said in them too. Raises as `_take`."""
    said = [remark.strip()]
    for code in REVIEW:
        answer = (review or {}).get(code, {})
        if answer.get("fit") is False and str(answer.get("remark") or "").strip():
            said.append(str(answer["remark"]).strip())
    whole = "\n".join(one for one in said if one)
    scheme, state = _take(actor, scheme_id, Step.RETURN, version, whole)
    if review:
        scheme.checklist = {**scheme.checklist, "review": _kept(review)}
    _go(actor, scheme, Step.RETURN, state, whole)
    return scheme


def _kept(review: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        code: {"fit": review[code].get("fit"), "remark": nfc(str(review[code].get("remark") or ""))}
        for code in REVIEW
        if code in review
    }


def approve(
    actor: Actor,
    scheme_id: int,
    decision_id: int | None,
    effective_on: date,
    *,
    version: int,
    acceptance: quotas.Acceptance | None = None,
) -> Mapping[str, int]:
    """Write down the decision, and bring about what it approves, in one transaction; returns what was written.

    `acceptance` is why seats are cut below the people who sit there, and by when it is solved. Raises as `_take`,
    `Refused` without a decision and with everything the ledger and the checks of frames find.
    """
    scheme, state = _take(actor, scheme_id, Step.APPROVE, version)
    if decision_id is None:
        text = N_("Chưa chọn quyết định phê duyệt. Hãy chọn trong sổ hoặc nhập quyết định mới.")
        raise Refused(Problem("decision_basis", "required", text))
    found = look(scheme, effective_on)
    effect.check_day(found, effective_on)
    for papers in hooks.papers:
        papers.cite(actor, decision_id, scheme.scope_ids)
    done = effect.apply(actor, found, decision_id, effective_on, acceptance)
    scheme.effective_on, scheme.decision_id, scheme.decided_on = effective_on, decision_id, clock.today()
    _go(actor, scheme, Step.APPROVE, state)
    return done


def withdraw(actor: Actor, scheme_id: int, remark: str, *, version: int) -> PositionScheme:
    """Take a scheme back for good; nothing of it takes effect. Raises as `_take`."""
    scheme, state = _take(actor, scheme_id, Step.WITHDRAW, version, remark)
    _go(actor, scheme, Step.WITHDRAW, state, remark)
    return scheme
