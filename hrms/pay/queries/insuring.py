"""The insured pay of the people of one agency in two months: approved sheets first, else the facts of today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.pay.queries import law_days
from hrms.pay.queries.gathering import Reckoner, gather
from hrms.pay.queries.paying import Payers
from hrms.pay.rules import monthly
from hrms.pay.rules.amounts import to_dong
from hrms.pay.rules.insured_list import Insured, Past
from hrms.pay.rules.stretches import PersonPay, Stretch, read
from hrms.people.rules.kinds import EmploymentStatus

_OUT = frozenset({EmploymentStatus.LEFT.value, EmploymentStatus.RETIRED.value, EmploymentStatus.DECEASED.value})
_SLIPS = text("""
SELECT s.person_id, s.insurance_base, s.facts FROM pay_slips s JOIN pay_runs r ON r.id = s.run_id
WHERE r.agency_id = :agency AND r.month = :month AND r.state = 'approved'
""")
_APPROVED = text(
    "SELECT EXISTS (SELECT 1 FROM pay_runs WHERE agency_id = :agency AND month = :month AND state = 'approved')"
)
_PAST = text("""
SELECT l.person_id, sum(l.amount) AS amount, min(l.for_month) AS since, max(l.for_month) AS through
FROM pay_lines l JOIN pay_runs r ON r.id = l.run_id
WHERE r.agency_id = :agency AND r.month = :month AND r.state <> 'cancelled' AND l.for_month < l.month
  AND l.side IN ('deduction', 'employer')
GROUP BY l.person_id
""")  # fmt: skip
_STATUS = text("""
SELECT DISTINCT ON (person_id) person_id, status FROM person_status
WHERE superseded_at IS NULL AND valid_from < :until AND person_id = ANY (CAST(:ids AS bigint[]))
ORDER BY person_id, valid_from DESC
""")


@dataclass(frozen=True, slots=True)
class Months:
    """Two months of an agency by person, what was paid in for earlier ones, and whether each month is approved."""

    before: Mapping[int, Insured]
    after: Mapping[int, Insured]
    past: Mapping[int, Past]
    approved: tuple[bool, bool]


def read_months(agency_id: int, month: date) -> Months:
    """Return the month before and the month itself; a fixed number of statements."""
    previous, until = add_months(month, -1), add_months(month, 1)
    payers = Payers.read()
    mine = {one.person_id: one for one in gather(previous, until, agency_ids=[agency_id], payers=payers)}
    slips = {day: _slips(agency_id, day) for day in (previous, month)}
    approved = tuple(
        bool(db.session.scalar(_APPROVED, {"agency": agency_id, "month": day})) for day in (previous, month)
    )  # fmt: skip
    ids = sorted({*mine, *(person for found in slips.values() for person in found)})
    # Whoever another agency pays meanwhile moved; so the whole of their time is read, not this agency's part alone.
    whole = {one.person_id: one for one in gather(previous, until, person_ids=ids, payers=payers)}
    reckoner = Reckoner()
    found: dict[date, dict[int, Insured]] = {}
    for day in (previous, month):
        kept = slips[day]
        closed = approved[0 if day == previous else 1]
        status = _status(ids, add_months(day, 1))
        found[day] = {
            person_id: kept[person_id]
            if person_id in kept and _stays(whole.get(person_id), agency_id, day)
            else Insured(Decimal(0), None, _why(whole.get(person_id), agency_id, day, status.get(person_id)))
            if closed
            else _insured(whole.get(person_id), agency_id, day, reckoner, status.get(person_id))
            for person_id in ids
        }
    past = {
        row.person_id: Past(row.amount, row.since, row.through)
        for row in db.session.execute(_PAST, {"agency": agency_id, "month": month})
    }
    return Months(found[previous], found[month], past, (approved[0], approved[1]))


def _stays(person: PersonPay | None, agency_id: int, month: date) -> bool:
    """Say whether an approved slip counts: nobody else paid the person at the end of its month."""
    return person is None or _payer(person, month) in {None, agency_id}


def _slips(agency_id: int, month: date) -> dict[int, Insured]:
    found = {}
    for row in db.session.execute(_SLIPS, {"agency": agency_id, "month": month}):
        stretches = read(row.facts)
        found[row.person_id] = whole_month(stretches) if row.insurance_base and stretches else Insured(Decimal(0))
    return found


def _insured(
    person: PersonPay | None, agency_id: int, month: date, reckoner: Reckoner, status: str | None
) -> Insured:  # fmt: skip
    """Return a month of a person by the facts: insured on the whole pay of its last facts, or why not."""
    if person is None:
        return Insured(Decimal(0), None, _why(None, agency_id, month, status))
    mine = reckoner.part(person, month, agency_id)
    here = _payer(person, month) == agency_id
    if mine and here and reckoner.month(person, month, agency_id).insurance_base:
        return whole_month(mine)
    return Insured(Decimal(0), None, _why(person, agency_id, month, status, paid=bool(mine)))


def _payer(person: PersonPay, month: date) -> int | None:
    """Return who paid somebody last in a month: that agency insures the month; None where nobody paid."""
    after = add_months(month, 1)
    days = [one for one in person.stretches if one.start < after and one.end > month]
    return max(days, key=lambda one: one.end).paying_id if days else None


def whole_month(stretches: Sequence[Stretch]) -> Insured:
    """Return the insured pay of a whole month by the last facts of these stretches, whole đồng."""
    one = stretches[-1]
    figures = law_days.figures_of(one.start, one.kind)
    base = monthly.exact(one.facts, figures).contributed(figures).base
    return Insured(to_dong(base, figures.way), one.facts)


def _why(person: PersonPay | None, agency_id: int, month: date, status: str | None, *, paid: bool = False) -> str:
    """Return why somebody has no contributions in a month."""
    if status in _OUT:
        return str(status)
    last = add_months(month, 1) - timedelta(days=1)
    if person is None:
        return "" if status is None else "unknown"
    on_last: Iterable[Any] = (*person.stretches, *person.away)
    for one in on_last:
        if one.start <= last < one.end and one.paying_id != agency_id:
            return "moved"
    for one in person.away:
        if one.start <= last and one.end > month:
            return one.why
    suspended = any(
        one.facts.suspended is not None and one.start <= last and one.end > month for one in person.stretches
    )
    if suspended:
        return "suspended"
    started = any(one.start <= last for one in person.stretches)
    return "short" if paid else "unknown" if started else ""


def _status(ids: Collection[int], until: date) -> dict[int, str]:
    """Return the newest status of people before a day."""
    return {row.person_id: row.status for row in db.session.execute(_STATUS, {"ids": list(ids), "until": until})}
