"""Severance cases: gathered from who left, put right by hand, paid, dropped.

Gathering chooses nothing for anybody, so it runs without a person in the agency's part of the tree, after the right of
whoever starts it was checked. What was put right by hand (it has a note), paid or dropped is not gathered again.
NĐ 170/2025/NĐ-CP Đ56a–59 as amended by NĐ 300/2026/NĐ-CP.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.pay.models import SeveranceCase
from hrms.pay.queries import leavers
from hrms.pay.queries.leavers import Leaver
from hrms.pay.queries.paying import Payers
from hrms.pay.rules import severing as rules
from hrms.pay.rules.kept import keep_codes, keep_reasons
from hrms.pay.rules.severing import LEAVING_LABELS, Left, Severed, State
from hrms.people.models import Person
from hrms.people.queries import law

P = Permission
ENTITY = "severance"
NOTE_LENGTH = 1000
AHEAD_MONTHS = 3
"""Who leaves within so many months is gathered already."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('severance_cases', 0))")
Kept = dict[tuple[int, date], SeveranceCase]


@dataclass(frozen=True, slots=True)
class Gathered:
    """How many cases are new, changed, and dropped because the record says otherwise now."""

    made: int
    changed: int
    dropped: int


def first_day() -> date:
    """Return the first day the catalogue has a severance of."""
    days = [row["valid_from"] for row in law.rows("parameters") if row["key"] == "severance.months_per_year"]
    return date.fromisoformat(min(days))


def compute(actor: Actor, agency_id: int) -> Gathered:
    """Gather the cases of the agencies at or under one. Raises `NotFound`, `Forbidden`."""
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    first, last = first_day(), add_months(clock.today(), AHEAD_MONTHS)
    db.session.execute(_LOCK)
    # Everybody's cases are seen: one that another agency had before the record was put right comes over.
    with scope.entered(Scope(people=(EVERYTHING,), pay=(EVERYTHING,))):
        payers = Payers.read()
        under = payers.under([agency.id])
        found = leavers.read_leavers(first, last, under, payers)
        kept = _kept(under, [one.person_id for one in found])
        made = _lay(actor, found, kept)
        dropped = _drop(found, kept, under)
        db.session.flush()
    said = {"made": made.made, "changed": made.changed, "dropped": dropped}
    audit.record(actor, "severance.gathered", ENTITY, None, scope_ids=list(agency.scope_ids), after=said)
    return Gathered(made.made, made.changed, dropped)


def _kept(agency_ids: Sequence[int], person_ids: Sequence[int]) -> Kept:
    """Lock and return the cases of these agencies and of these people, by person and day of leaving."""
    rows = db.session.scalars(
        select(SeveranceCase)
        .where(
            or_(SeveranceCase.agency_id.in_(agency_ids), SeveranceCase.person_id.in_(person_ids)),
            SeveranceCase.state != State.CANCELLED.value,
        )
        .order_by(SeveranceCase.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(one.person_id, one.left_on): one for one in rows}


def _lay(actor: Actor, found: Sequence[Leaver], kept: Kept) -> Gathered:
    made = changed = 0
    rates = law.rows("insurance_rates")
    for one in found:
        case = kept.get((one.person_id, one.left.left_on))
        if case is not None and (case.note or case.state == State.PAID):
            continue
        values = _values(one, rules.sever(one.left, law.parameters(one.left.left_on), rates))
        if case is None:
            db.session.add(
                SeveranceCase(
                    person_id=one.person_id, left_on=one.left.left_on, recorded_by=actor.account_id, version=1, **values
                )
            )
            made += 1
        elif any(getattr(case, name) != value for name, value in values.items()):
            _set(case, values)
            changed += 1
    return Gathered(made, changed, 0)


def _drop(found: Sequence[Leaver], kept: Kept, under: Collection[int]) -> int:
    """Drop cases of people who, by the record of today, did not leave on that day."""
    there = {(one.person_id, one.left.left_on) for one in found}
    gone = [
        case
        for key, case in kept.items()
        if key not in there and case.state != State.PAID and case.agency_id in frozenset(under)
    ]
    for case in gone:
        _set(case, {"state": State.CANCELLED.value})
    return len(gone)


def _values(one: Leaver, severed: Severed) -> dict[str, Any]:
    return {
        "agency_id": one.paying_id, "leaving_case": one.left.case, "monthly_pay": one.left.pay or 0,
        "worked_months": severed.worked_months, "insured_months": severed.insured_months, "years": severed.years,
        "amount": severed.amount, "owed": one.left.owed,
        "holds": keep_codes((*severed.holds, *(one.notes if severed.due else ()))),
        "state": (State.HELD if severed.held else State.COMPUTED).value,
        "reasons": keep_reasons(severed.reasons), "decision_id": one.decision_id,
    }  # fmt: skip


def _set(case: SeveranceCase, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(case, name, value)
    case.version += 1


def put_right(
    actor: Actor,
    case_id: int,
    *,
    leaving_case: str,
    worked_months: int,
    insured_months: int,
    amount: int | None,
    note: str,
    version: int | None,
) -> None:
    """Put right what the record does not say: the case, the months, an amount by labour law; `note` says why.

    Raises `NotFound`, `Forbidden` (one's own), `Stale`, `Refused`.
    """
    case, person = _open(actor, case_id, version, P.PAY_MANAGE)
    words = _note(note)
    problems = rules.check(worked_months, insured_months, amount)
    if leaving_case not in LEAVING_LABELS:
        problems.append(Problem("leaving_case", "unknown", N_("Hãy chọn lý do thôi việc trong danh sách.")))
    if problems:
        raise Refused(*problems)
    left = _left_of(case)
    left = Left(
        left.left_on, leaving_case, left.kind, left.start, left.kinds, left.pay, left.noticed, left.months_bound,
        left.owed,
    )  # fmt: skip
    figures = law.parameters(case.left_on)
    found = rules.sever_by_hand(left, worked_months, insured_months, amount, figures)
    before = {"leaving_case": case.leaving_case, "amount": case.amount, "state": case.state}
    _set(case, {
        "leaving_case": leaving_case, "monthly_pay": left.pay or 0, "worked_months": worked_months,
        "insured_months": insured_months, "years": found.years, "amount": found.amount, "owed": left.owed,
        "holds": keep_codes(found.holds), "state": (State.HELD if found.held else State.COMPUTED).value,
        "reasons": keep_reasons(found.reasons), "note": words,
    })  # fmt: skip
    db.session.flush()
    after = {"leaving_case": case.leaving_case, "amount": case.amount, "state": case.state}
    _tell(actor, "severance.put_right", case, person, before, after, words)


def pay(actor: Actor, case_id: int, paid_on: date | None, *, settled: bool, version: int | None) -> None:
    """Say that a severance was paid. `settled`: money and property in the person's charge are settled.

    What holds it is asked of the record of today. Raises `NotFound`, `Forbidden` (one's own), `Stale`, `Refused`.
    """
    case, person = _open(actor, case_id, version, P.PAY_MANAGE)
    if paid_on is None or paid_on < case.left_on or paid_on > clock.today():
        text = N_("Ngày chi phải từ ngày thôi việc %(left)s đến hôm nay. Hãy sửa ngày chi.")
        raise Refused(Problem("paid_on", "day", text, {"left": case.left_on}))
    if not settled:
        text = N_("Hãy xác nhận tiền, tài sản thuộc trách nhiệm cá nhân đã thanh toán xong rồi mới chi (NĐ 300/2026).")
        raise Refused(Problem("settled", "unsettled", text))
    left = _left_of(case)
    figures = law.parameters(case.left_on)
    holds = [one for one in rules.open_debts(left, figures) if one[0] in rules.HOLDS]
    holds += [(code, params) for code, params in _kept_holds(case) if code not in {"debt", "commitment"}]
    if holds:
        raise Refused(*(rules.hold_problem(code, params) for code, params in holds))
    if not case.amount:
        raise Refused(Problem("", "nothing", N_("Trường hợp này không có trợ cấp để chi.")))
    before = {"state": case.state}
    _set(case, {"state": State.PAID.value, "paid_on": paid_on})
    db.session.flush()
    after = {"state": case.state, "paid_on": paid_on, "amount": case.amount}
    _tell(actor, "severance.paid", case, person, before, after)


def cancel(actor: Actor, case_id: int, reason: str, *, version: int | None) -> None:
    """Drop a case that is none. Raises `NotFound`, `Forbidden` (one's own), `Stale`, `Refused`."""
    case, person = _open(actor, case_id, version, P.PAY_MANAGE)
    words = _note(reason)
    before = {"state": case.state}
    _set(case, {"state": State.CANCELLED.value, "note": words})
    db.session.flush()
    _tell(actor, "severance.cancelled", case, person, before, {"state": case.state}, words)


def _open(
    actor: Actor, case_id: int, version: int | None, permission: Permission
) -> tuple[SeveranceCase, Person]:  # fmt: skip
    """Lock a case that may still be written. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    actor.require(permission)
    row = db.session.execute(
        select(SeveranceCase, Person, Agency)
        .join(Person, Person.id == SeveranceCase.person_id)
        .join(Agency, Agency.id == SeveranceCase.agency_id)
        .where(SeveranceCase.id == case_id)
        .with_for_update(of=SeveranceCase)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise missing("severance")
    case, person, agency = row
    actor.require(permission, at=agency.scope_ids)
    if actor.person_id == person.id:
        text = N_("Đây là trợ cấp của chính bạn. Hãy để người khác giải quyết.")
        raise Forbidden(Problem("", "own", text))
    if version is not None and version != case.version:
        raise Stale
    if case.state in {State.PAID, State.CANCELLED}:
        text = N_("Trợ cấp này đã chi hoặc đã bỏ nên không sửa được nữa.")
        raise Refused(Problem("", "closed", text))
    return case, person


def _left_of(case: SeveranceCase) -> Left:
    """Return what the record says of the case today. Raises `Refused` when nobody left on that day any more."""
    with scope.entered(Scope(people=(EVERYTHING,), pay=(EVERYTHING,))):
        found = leavers.read_leavers(case.left_on, case.left_on, None, Payers.read(), [case.person_id])
    if not found:
        text = N_("Theo hồ sơ, người này không thôi việc từ ngày %(day)s. Hãy tổng hợp lại danh sách.")
        raise Refused(Problem("", "not_left", text, {"day": case.left_on}))
    return found[0].left


def _kept_holds(case: SeveranceCase) -> list[tuple[str, Any]]:
    return [(one["code"], one["params"]) for one in case.holds if one["code"] in rules.HOLDS]


def _note(given: str) -> str:
    words = nfc(given or "")
    if not words:
        raise Refused(Problem("note", "required", N_("Chưa ghi lý do, căn cứ. Hãy ghi ngắn gọn.")))
    if len(words) > NOTE_LENGTH:
        text = N_("Lý do dài quá %(most)s ký tự. Hãy viết ngắn hơn.")
        raise Refused(Problem("note", "too_long", text, {"most": NOTE_LENGTH}))
    return words


def _tell(
    actor: Actor, action: str, case: SeveranceCase, person: Person, before: dict[str, Any], after: dict[str, Any],
    reason: str | None = None,
) -> None:  # fmt: skip
    audit.record(
        actor, action, ENTITY, case.id, person_id=person.id, agency_id=case.agency_id, scope_ids=list(person.scope_ids),
        before=before, after=after, reason=reason,
    )  # fmt: skip
