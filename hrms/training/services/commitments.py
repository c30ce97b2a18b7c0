"""Commitments to serve after training, written: made, put right, closed, opened again. Each in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from hrms.audit import services as audit
from hrms.core import clock, hooks
from hrms.core.actor import Actor, missing
from hrms.core.dated import OLD_DATA_LABEL
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.models import Person
from hrms.people.services.current import tell_changed
from hrms.people.services.locking import lock_person
from hrms.training.models import TrainingCommitment, TrainingRepayment
from hrms.training.queries import payback as reading
from hrms.training.rules import commitments as rules
from hrms.training.rules.commitments import CommitmentState, RepaymentState, Terms

P = Permission
ENTITY = "training_commitment"
_KEPT = (
    "programme", "institution", "country", "starts_on", "ends_on", "returned_on", "committed_months", "central_cost",
    "local_cost", "other_cost", "note", "decision_id",
)  # fmt: skip


def create(actor: Actor, person_id: int, terms: Terms, decision_id: int | None = None) -> TrainingCommitment:
    """Write down what somebody promised. `decision_id` None: the paper is unknown.

    Raises `NotFound`, `Forbidden`, `Refused` with everything that is wrong.
    """
    actor.require(P.TRAINING_MANAGE)
    person = lock_person(actor, P.TRAINING_MANAGE, person_id)
    refuse_if(rules.check(terms, clock.today()))
    paper = cite(actor, decision_id, person)
    same = db.session.scalar(
        select(TrainingCommitment.id).where(
            TrainingCommitment.person_id == person_id, TrainingCommitment.programme == terms.programme,
            TrainingCommitment.starts_on == terms.starts_on,
        )
    )  # fmt: skip
    if same is not None:
        text = N_("Cam kết cho khóa “%(programme)s” bắt đầu ngày %(day)s đã có. Hãy mở cam kết đó để sửa.")
        params = {"programme": terms.programme, "day": terms.starts_on}
        raise Refused(Problem("programme", "commitment_twice", text, params))
    found = TrainingCommitment(
        person_id=person_id, state=_state_of(terms).value, recorded_by=actor.account_id, **_columns(terms, decision_id)
    )
    db.session.add(found)
    db.session.flush()
    tell(actor, "commitment.created", person, found, None, {**_told(found), "decision": paper})
    tell_changed([person_id])
    return found


def edit(
    actor: Actor, commitment_id: int, terms: Terms, decision_id: int | None, version: int | None
) -> TrainingCommitment:
    """Put a commitment right, or write the day of return. Raises `Stale`, `Refused` once a repayment is under way."""
    found, person = lock(actor, commitment_id, version)
    _refuse_closed(found)
    _refuse_case(found)
    refuse_if(rules.check(terms, clock.today()))
    if decision_id is not None and decision_id != found.decision_id:
        cite(actor, decision_id, person)
    before = _told(found)
    for name, value in _columns(terms, decision_id).items():
        setattr(found, name, value)
    found.state = _state_of(terms).value
    _touch(found)
    old, new = audit.changed(before, _told(found))
    tell(actor, "commitment.edited", person, found, old, new)
    tell_changed([person.id])
    return found


def close(
    actor: Actor, commitment_id: int, state: CommitmentState, closed_on: date, reason: str, version: int | None
) -> TrainingCommitment:
    """End a commitment as fulfilled or released. Raises `Refused` for a day ahead, without a reason, twice."""
    found, person = lock(actor, commitment_id, version)
    _refuse_closed(found)
    _refuse_case(found)
    problems = []
    if state not in {CommitmentState.FULFILLED, CommitmentState.RELEASED}:
        text = N_("Cam kết chỉ kết thúc vì đã phục vụ đủ hoặc được thôi thực hiện. Hãy chọn lại.")
        problems.append(Problem("state", "unknown_state", text))
    if not nfc(reason):
        problems.append(Problem("reason", "required", N_("Chưa ghi lý do kết thúc cam kết.")))
    if closed_on > clock.today():
        text = N_("Ngày kết thúc %(day)s ở tương lai. Hãy ghi ngày đã kết thúc.")
        problems.append(Problem("closed_on", "in_future", text, {"day": closed_on}))
    last = rules.last_day(found.returned_on, found.committed_months)
    if state is CommitmentState.FULFILLED and (last is None or closed_on < last):
        text = N_("Đến ngày %(day)s chưa phục vụ đủ %(months)s tháng cam kết. Hãy sửa ngày hoặc chọn lý do khác.")
        params = {"day": closed_on, "months": found.committed_months}
        problems.append(Problem("closed_on", "not_fulfilled", text, params))
    refuse_if(problems)
    shut(found, state, closed_on, nfc(reason))
    tell(actor, "commitment.closed", person, found, None, {"state": found.state, "closed_on": closed_on}, nfc(reason))
    tell_changed([person.id])
    return found


def reopen(actor: Actor, commitment_id: int, reason: str, version: int | None) -> TrainingCommitment:
    """Let a closed commitment run again, where it was closed by mistake. Raises `Refused` while it runs."""
    found, person = lock(actor, commitment_id, version)
    if CommitmentState(found.state) in rules.OPEN:
        raise Refused(Problem("", "runs_already", N_("Cam kết này đang còn hiệu lực.")))
    _refuse_case(found)
    if not nfc(reason):
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do mở lại cam kết.")))
    before = {"state": found.state, "closed_on": found.closed_on}
    unshut(found)
    tell(actor, "commitment.reopened", person, found, before, {"state": found.state}, nfc(reason))
    tell_changed([person.id])
    return found


def lock(actor: Actor, commitment_id: int, version: int | None) -> tuple[TrainingCommitment, Person]:
    """Return a commitment and its person, both locked and read again. Raises `NotFound`, `Forbidden`, `Stale`."""
    actor.require(P.TRAINING_MANAGE)
    person_id = db.session.scalar(select(TrainingCommitment.person_id).where(TrainingCommitment.id == commitment_id))
    if person_id is None:
        raise missing("commitment")
    person = lock_person(actor, P.TRAINING_MANAGE, person_id)
    found = db.session.execute(
        select(TrainingCommitment)
        .where(TrainingCommitment.id == commitment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if version is not None and version != found.version:
        raise Stale
    return found, person


def cite(actor: Actor, decision_id: int | None, person: Person) -> str:
    """Let the register check a decision and open it to the person's agencies; returns its reference in words."""
    if decision_id is None:
        return OLD_DATA_LABEL
    return " ".join(register.cite(actor, decision_id, person.scope_ids) for register in hooks.papers)


def shut(found: TrainingCommitment, state: CommitmentState, closed_on: date, reason: str) -> None:
    """Write the end of a commitment."""
    found.state, found.closed_on, found.close_reason = state.value, closed_on, reason
    _touch(found)


def unshut(found: TrainingCommitment) -> None:
    """Take the end of a commitment back."""
    found.state = (CommitmentState.SERVING if found.returned_on else CommitmentState.STUDYING).value
    found.closed_on = found.close_reason = None
    _touch(found)


def tell(
    actor: Actor,
    action: str,
    person: Person,
    found: TrainingCommitment | TrainingRepayment,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    """Append an event about a commitment or its repayment."""
    commitment_id = found.commitment_id if isinstance(found, TrainingRepayment) else found.id
    audit.record(
        actor, action, ENTITY, commitment_id, person_id=person.id, scope_ids=list(person.scope_ids),
        before=audit.plain(before) if before else None, after=audit.plain(after), reason=reason,
    )  # fmt: skip


def _touch(found: TrainingCommitment) -> None:
    found.version = found.version + 1
    db.session.flush()


def _state_of(terms: Terms) -> CommitmentState:
    return CommitmentState.STUDYING if terms.returned_on is None else CommitmentState.SERVING


def _columns(terms: Terms, decision_id: int | None) -> dict[str, Any]:
    return {
        "programme": nfc(terms.programme), "institution": nfc(terms.institution) or None,
        "country": nfc(terms.country) or None, "starts_on": terms.starts_on, "ends_on": terms.ends_on,
        "returned_on": terms.returned_on, "committed_months": terms.committed_months,
        "central_cost": terms.central_cost, "local_cost": terms.local_cost, "other_cost": terms.other_cost,
        "note": nfc(terms.note) or None, "course_id": terms.course_id, "enrolment_id": terms.enrolment_id,
        "decision_id": decision_id,
    }  # fmt: skip


def _told(found: TrainingCommitment) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _KEPT}


def _refuse_closed(found: TrainingCommitment) -> None:
    if CommitmentState(found.state) not in rules.OPEN:
        text = N_("Cam kết đã kết thúc ngày %(day)s. Muốn sửa, hãy mở lại cam kết.")
        raise Refused(Problem("", "commitment_closed", text, {"day": found.closed_on}))


def _refuse_case(found: TrainingCommitment) -> None:
    case = reading.repayment_of(found.id)
    if case is None:
        return
    if RepaymentState(case.state) is RepaymentState.EXEMPT:
        text = N_("Cam kết này đã có quyết định không phải đền bù. Hãy hủy quyết định đó trước.")
    else:
        text = N_("Cam kết này đang có hồ sơ xét đền bù. Hãy hủy hồ sơ đó trước.")
    raise Refused(Problem("", "has_repayment", text))
