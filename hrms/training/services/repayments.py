"""Repayments of training cost, written: the case, the council, the decision, the money; each step can be taken back.

NĐ 171/2025/NĐ-CP Đ6–13. A case is worked out from the record when it is opened; who puts a figure right says why.
Money is entered once; an entry that is wrong is reversed by one of the opposite amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.decisions.models import Decision
from hrms.people.models import Person
from hrms.people.services.current import tell_changed
from hrms.training.models import RepaymentPayment, TrainingCommitment, TrainingRepayment
from hrms.training.queries import payback as reading
from hrms.training.rules import commitments as promise
from hrms.training.rules import council
from hrms.training.rules import repayment as rules
from hrms.training.rules.commitments import CommitmentState, RepaymentState
from hrms.training.rules.council import CouncilRole, Member
from hrms.training.rules.repayment import Case, Exemption
from hrms.training.services.commitments import cite, lock, shut, tell, unshut

P = Permission
State = RepaymentState
CASE_PAID = N_("Đã nộp đủ chi phí đền bù")


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as somebody opens it: what happened, when, and what they put right of the record."""

    case: Case
    happened_on: date
    exemption: Exemption | None = None
    years: int | None = None
    note: str = ""


def preview(found: TrainingCommitment, person: Person, asked: Asked) -> reading.Worked:
    """Return what a case would come to; nothing is written. Raises `Refused` for what cannot be."""
    refuse_if(_problems(found, asked))
    worked = reading.work_out(
        found, reading.background_of(person), asked.case, asked.happened_on, reading.rounding(),
        exemption=asked.exemption, years=asked.years,
    )  # fmt: skip
    refuse_if(rules.check(worked.facts))
    return worked


def open_case(actor: Actor, commitment_id: int, asked: Asked, version: int | None) -> TrainingRepayment:
    """Open a case about a commitment that runs. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    found, person = lock(actor, commitment_id, version)
    if promise.CommitmentState(found.state) not in promise.OPEN:
        raise Refused(Problem("", "commitment_closed", N_("Cam kết đã kết thúc nên không còn gì để đền bù.")))
    if reading.repayment_of(commitment_id) is not None:
        raise Refused(Problem("", "has_repayment", N_("Cam kết này đã có hồ sơ xét đền bù.")))
    worked = preview(found, person, asked)
    case = TrainingRepayment(
        commitment_id=found.id, person_id=person.id, state=State.OPEN.value, repay_case=asked.case.value,
        happened_on=asked.happened_on, cost=worked.facts.cost, committed_months=worked.facts.committed_months,
        served_months=worked.facts.served_months, years_before=worked.facts.years_before,
        reduced_rate=worked.facts.reduced_rate, reduction_percent=worked.answer.percent, amount=worked.answer.amount,
        exempt_ground=asked.exemption.value if asked.exemption else None, council=[], note=nfc(asked.note) or None,
        recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    after = {
        "repay_case": case.repay_case, "happened_on": case.happened_on, "cost": case.cost,
        "committed_months": case.committed_months, "served_months": case.served_months,
        "years_before": case.years_before, "reduction_percent": case.reduction_percent, "amount": case.amount,
        "exempt_ground": case.exempt_ground,
    }  # fmt: skip
    tell(actor, "repayment.opened", person, case, None, after)
    tell_changed([person.id])
    return case


def cancel(actor: Actor, commitment_id: int, reason: str, version: int | None) -> TrainingRepayment:
    """Take a case back that should not have been opened. Raises `Refused` once it is decided or paid."""
    case, _found, person = _lock_case(actor, commitment_id, version)
    if State(case.state) not in {State.OPEN, State.RECOMMENDED}:
        text = N_("Hồ sơ đã có quyết định. Hãy hủy quyết định trước khi hủy hồ sơ.")
        raise Refused(Problem("", "decided_already", text))
    _need_reason(reason)
    before = {"state": case.state, "amount": case.amount}
    case.state = State.CANCELLED.value
    _touch(case)
    tell(actor, "repayment.cancelled", person, case, before, {"state": case.state}, nfc(reason))
    tell_changed([person.id])
    return case


def note_council(
    actor: Actor,
    commitment_id: int,
    members: Sequence[Member],
    version: int | None,
    *,
    met_on: date | None = None,
    recommended_on: date | None = None,
    amount: int | None = None,
    note: str = "",
) -> TrainingRepayment:
    """Write down the council, then its meeting, then what it recommends; each may come later than the one before.

    The meeting counts with all members there; a recommendation needs the vote of more than half of them. `amount` is
    what is recommended, the sum worked out unless given. Raises `Refused` with everything that is wrong.
    """
    case, _found, person = _lock_case(actor, commitment_id, version)
    if State(case.state) not in {State.OPEN, State.RECOMMENDED}:
        raise Refused(Problem("", "decided_already", N_("Hồ sơ đã có quyết định nên không ghi thêm về hội đồng.")))
    figures = reading.figures_on(case.happened_on)
    today, problems = clock.today(), []
    problems += council.check(members, figures) if met_on is None else council.check_meeting(members, figures)
    for field, day in (("met_on", met_on), ("recommended_on", recommended_on)):
        if day is not None and day > today:
            text = N_("Ngày %(day)s ở tương lai. Hãy ghi khi việc đã diễn ra.")
            problems.append(Problem(field, "in_future", text, {"day": day}))
    if recommended_on is not None and met_on is None:
        text = N_("Chưa ghi ngày họp. Hội đồng phải họp rồi mới kiến nghị.")
        problems.append(Problem("met_on", "required", text))
    if recommended_on is not None and met_on is not None and recommended_on < met_on:
        text = N_("Ngày kiến nghị %(day)s trước ngày họp %(met)s. Hãy sửa một trong hai ngày.")
        problems.append(Problem("recommended_on", "dates_out_of_order", text, {"day": recommended_on, "met": met_on}))
    if recommended_on is not None and not problems and not council.vote(members).passed:
        vote = council.vote(members)
        problems.append(Problem("members", "not_passed", vote.reason.text, vote.reason.params))
    given = int(case.amount) if amount is None else amount
    if not 0 <= given <= int(case.cost):
        text = N_("Số tiền kiến nghị phải từ 0 đến chi phí đào tạo.")
        problems.append(Problem("amount", "out_of_range", text))
    elif given != int(case.amount) and not nfc(note):
        text = N_("Số tiền kiến nghị khác số đã tính. Hãy ghi lý do vào ghi chú.")
        problems.append(Problem("note", "required", text))
    refuse_if(problems)
    before = {"state": case.state, "council_met_on": case.council_met_on, "recommended_on": case.recommended_on}
    case.council = [
        {"role": one.role.value, "name": nfc(one.name), "present": one.present, "agrees": one.agrees} for one in members
    ]
    case.council_met_on, case.recommended_on = met_on, recommended_on
    case.recommended_amount = Decimal(given) if recommended_on is not None else None
    case.state = (State.RECOMMENDED if recommended_on is not None else State.OPEN).value
    case.note = nfc(note) or case.note
    _touch(case)
    after = {
        "state": case.state, "council_met_on": met_on, "recommended_on": recommended_on,
        "recommended_amount": case.recommended_amount, "council": [one.name for one in members],
    }  # fmt: skip
    tell(actor, "repayment.council", person, case, before, after)
    tell_changed([person.id])
    return case


def members_of(case: TrainingRepayment) -> list[Member]:
    """Return the council of a case as values."""
    return [
        Member(one["name"], CouncilRole(one["role"]), bool(one.get("present")), one.get("agrees"))
        for one in case.council
    ]


def decide(
    actor: Actor,
    commitment_id: int,
    decision_id: int,
    version: int | None,
    *,
    amount: int | None = None,
    exemption: Exemption | None = None,
    note: str = "",
) -> TrainingRepayment:
    """Write the decision: so much to pay within 120 days of it, or nothing for one of the grounds of Đ8.

    A sum needs the council's recommendation; another sum than it recommended, and a ground, need words of why or of
    the proof. Raises `Refused`.
    """
    case, found, person = _lock_case(actor, commitment_id, version)
    if State(case.state) not in {State.OPEN, State.RECOMMENDED}:
        raise Refused(Problem("", "decided_already", N_("Hồ sơ này đã có quyết định.")))
    due = amount if amount is not None else int(case.recommended_amount or case.amount)
    problems = []
    if exemption is None and State(case.state) is not State.RECOMMENDED:
        text = N_("Hội đồng chưa kiến nghị. Hãy ghi cuộc họp và kiến nghị của hội đồng trước.")
        problems.append(Problem("", "not_recommended", text))
    if exemption is not None and not nfc(note):
        text = N_("Chưa ghi giấy tờ chứng minh lý do không phải đền bù.")
        problems.append(Problem("note", "required", text))
    if exemption is None and not 0 < due <= int(case.cost):
        text = N_("Số tiền phải đền bù phải lớn hơn 0 và không quá chi phí đào tạo.")
        problems.append(Problem("amount", "out_of_range", text))
    other = case.recommended_amount is not None and due != int(case.recommended_amount)
    if exemption is None and other and not nfc(note):
        text = N_("Số tiền quyết định khác số hội đồng kiến nghị. Hãy ghi lý do vào ghi chú.")
        problems.append(Problem("note", "required", text))
    refuse_if(problems)
    paper = cite(actor, decision_id, person)
    decided_on = db.session.execute(select(Decision.signed_on).where(Decision.id == decision_id)).scalar_one()
    before = {"state": case.state, "amount": case.amount}
    case.decision_id, case.decided_on = decision_id, decided_on
    case.note = nfc(note) or case.note
    if exemption is not None:
        case.state, case.exempt_ground, case.amount = State.EXEMPT.value, exemption.value, Decimal(0)
        case.due_on = None
        shut(found, CommitmentState.RELEASED, decided_on, rules.EXEMPTION_LABELS[exemption])
    else:
        last = rules.pay_by(decided_on, reading.figures_on(decided_on))
        case.state, case.exempt_ground, case.amount = State.DECIDED.value, None, Decimal(due)
        case.due_on = last[0] if last else None
    _touch(case)
    after = {
        "state": case.state, "amount": case.amount, "decision": paper, "decided_on": decided_on, "due_on": case.due_on,
        "exempt_ground": case.exempt_ground,
    }  # fmt: skip
    tell(actor, "repayment.decided", person, case, before, after)
    tell_changed([person.id])
    return case


def undo_decision(actor: Actor, commitment_id: int, reason: str, version: int | None) -> TrainingRepayment:
    """Take a decision back that was written by mistake or withdrawn. Raises `Refused` while money stands against it."""
    case, found, person = _lock_case(actor, commitment_id, version)
    if State(case.state) not in {State.DECIDED, State.EXEMPT}:
        raise Refused(Problem("", "not_decided", N_("Hồ sơ chưa có quyết định, hoặc đã nộp đủ.")))
    if reading.paid_sum(reading.payments_of(case.id)):
        text = N_("Đã ghi tiền nộp cho quyết định này. Hãy hủy các khoản nộp trước.")
        raise Refused(Problem("", "paid_already", text))
    _need_reason(reason)
    before = {"state": case.state, "amount": case.amount, "decided_on": case.decided_on, "due_on": case.due_on}
    if State(case.state) is State.EXEMPT:
        unshut(found)
    asked = Asked(Case(case.repay_case), case.happened_on, years=case.years_before)
    worked = preview(found, person, asked)
    case.amount = Decimal(worked.answer.amount)
    case.reduction_percent, case.exempt_ground = worked.answer.percent, None
    case.state = (State.RECOMMENDED if case.recommended_on else State.OPEN).value
    case.decision_id = case.decided_on = case.due_on = None
    _touch(case)
    tell(actor, "repayment.decision_undone", person, case, before, {"state": case.state, "amount": case.amount},
         nfc(reason))  # fmt: skip
    tell_changed([person.id])
    return case


def pay(
    actor: Actor, commitment_id: int, paid_on: date, amount: int, receipt: str, version: int | None
) -> RepaymentPayment:
    """Write money received; with the last of it the commitment is over. Raises `Refused` for more than is owed."""
    case, found, person = _lock_case(actor, commitment_id, version)
    if State(case.state) is not State.DECIDED:
        raise Refused(Problem("", "not_decided", N_("Chưa có quyết định đền bù, hoặc đã nộp đủ.")))
    left = int(case.amount) - reading.paid_sum(reading.payments_of(case.id))
    problems = []
    if not 0 < amount <= left:
        text = N_("Số tiền nộp phải lớn hơn 0 và không quá số còn lại.")
        problems.append(Problem("amount", "out_of_range", text))
    if paid_on > clock.today() or (case.decided_on is not None and paid_on < case.decided_on):
        text = N_("Ngày nộp %(day)s phải từ ngày quyết định đến hôm nay.")
        problems.append(Problem("paid_on", "out_of_range", text, {"day": paid_on}))
    refuse_if(problems)
    entry = _enter(actor, case, paid_on, amount, nfc(receipt) or None)
    if amount == left:
        case.state = State.PAID.value
        shut(found, CommitmentState.REPAID, paid_on, CASE_PAID)
    _touch(case)
    tell(actor, "repayment.paid", person, case, None, {"paid_on": paid_on, "amount": amount, "left": left - amount})
    tell_changed([person.id])
    return entry


def reverse_payment(
    actor: Actor, commitment_id: int, payment_id: int, reason: str, version: int | None
) -> RepaymentPayment:
    """Take an entry of money back by one of the opposite amount. Raises `NotFound`, `Refused` for a reversed one."""
    case, found, person = _lock_case(actor, commitment_id, version)
    entry = db.session.execute(
        select(RepaymentPayment).where(RepaymentPayment.id == payment_id, RepaymentPayment.repayment_id == case.id)
    ).scalar_one_or_none()
    if entry is None:
        raise missing("payment")
    reversed_by = db.session.scalar(select(RepaymentPayment.id).where(RepaymentPayment.reverses_id == entry.id))
    if entry.reverses_id is not None or reversed_by is not None:
        raise Refused(Problem("", "reversed_already", N_("Khoản này là bút toán hủy, hoặc đã bị hủy.")))
    _need_reason(reason)
    made = _enter(actor, case, clock.today(), -int(entry.amount), nfc(reason), reverses_id=entry.id)
    if State(case.state) is State.PAID:
        case.state = State.DECIDED.value
        unshut(found)
    _touch(case)
    after = {"paid_on": entry.paid_on, "amount": -entry.amount}
    tell(actor, "repayment.payment_reversed", person, case, None, after, nfc(reason))
    tell_changed([person.id])
    return made


def note_printed(actor: Actor, case: TrainingRepayment, person: Person) -> None:
    """Write into the trail that the sheet of a case was taken out."""
    actor.require(P.TRAINING_VIEW, at=person.scope_ids)
    tell(actor, "repayment.printed", person, case, None, {"amount": case.amount})


def _enter(
    actor: Actor, case: TrainingRepayment, paid_on: date, amount: int, receipt: str | None, **more: Any
) -> RepaymentPayment:
    entry = RepaymentPayment(
        repayment_id=case.id, person_id=case.person_id, paid_on=paid_on, amount=amount, receipt=receipt,
        recorded_by=actor.account_id, **more,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def _lock_case(
    actor: Actor, commitment_id: int, version: int | None
) -> tuple[TrainingRepayment, TrainingCommitment, Person]:
    found, person = lock(actor, commitment_id, None)
    case = db.session.execute(
        select(TrainingRepayment)
        .where(TrainingRepayment.commitment_id == commitment_id, TrainingRepayment.state != State.CANCELLED.value)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if case is None:
        raise missing("repayment")
    if version is not None and version != case.version:
        raise Stale
    return case, found, person


def _problems(found: TrainingCommitment, asked: Asked) -> list[Problem]:
    problems = []
    if asked.happened_on < found.starts_on:
        text = N_("Ngày %(day)s trước ngày bắt đầu khóa học %(start)s. Hãy xem lại ngày.")
        params: Mapping[str, Any] = {"day": asked.happened_on, "start": found.starts_on}
        problems.append(Problem("happened_on", "before_course", text, params))
    if asked.case is Case.LEFT_EARLY and found.returned_on is None:
        text = N_("Cam kết chưa ghi ngày trở lại làm việc. Hãy ghi ngày đó, hoặc chọn trường hợp bỏ học.")
        problems.append(Problem("repay_case", "not_returned", text))
    if asked.years is not None and not 0 <= asked.years <= rules.HIGHEST_YEARS:
        text = N_("Số năm công tác phải từ 0 đến %(most)s.")
        problems.append(Problem("years_before", "out_of_range", text, {"most": rules.HIGHEST_YEARS}))
    return problems


def _need_reason(reason: str) -> None:
    if not nfc(reason):
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do.")))


def _touch(case: TrainingRepayment) -> None:
    case.version = case.version + 1
    db.session.flush()
