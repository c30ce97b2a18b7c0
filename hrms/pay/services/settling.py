"""What approved months still lack or got too much: each computed from scratch, less all that was approved for it.

By person, agency and month, so that it does not matter how often a month was put right before: what is approved in the
end is what the facts and the law give (TT 08/2013/TT-BNV Đ3, TT 13/2026/TT-BNV Đ3).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hrms.core.dates import add_months
from hrms.pay.queries import past_months
from hrms.pay.queries.gathering import PersonPay, Reckoner, gather
from hrms.pay.queries.past_months import Changed
from hrms.pay.queries.paying import Payers
from hrms.pay.rules import month as months
from hrms.pay.rules import stretches
from hrms.pay.rules.doubts import Doubt
from hrms.pay.rules.month import MonthPay

MONTHS_BACK = 36
"""How far before the first approved sheet a change is looked for."""
UNCOMPUTABLE = frozenset({"no_coefficient", "no_figure", "part_time"})
"""Why days in service could not be computed; a month with such a day is not put right by a guess."""


@dataclass(slots=True)
class Owed:
    """A person's earlier months at one agency: the differences, what each was computed from now, doubts."""

    differences: list[MonthPay] = field(default_factory=list)
    past: list[dict[str, Any]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    kind: str = ""
    agency_id: int = 0


def owed(
    agency_ids: Collection[int], before: date, law_revision: int, reckoner: Reckoner, payers: Payers
) -> dict[tuple[int, int], Owed]:
    """Return what these agencies owe people, or are owed, for approved months before `before`, by agency and person.

    A fixed number of statements for 5,000 people. The scope lets all people and these agencies' amounts be read.
    """
    changed = past_months.changed(agency_ids, before, law_revision, payers)
    first = changed.first
    if first is None:
        return {}
    until = months.after(max(month for several in changed.months.values() for month in several))
    ids = changed.person_ids
    already: dict[int, dict[tuple[int, date], MonthPay]] = {}
    for (agency_id, person_id, month), pay in past_months.paid(changed.months, ids, first, until).items():
        already.setdefault(person_id, {})[agency_id, month] = pay
    found: dict[tuple[int, int], Owed] = {}
    for person in gather(first, until, person_ids=ids, payers=payers):
        _settle(person, changed, already.pop(person.person_id, {}), reckoner, found)
    # Whose facts no longer give any day of service is not among the gathered, but was paid.
    for person_id, pays in sorted(already.items()):
        _settle(PersonPay(person_id, ()), changed, pays, reckoner, found)
    _say_unsettled(changed, reckoner, payers, found)
    return found


def _say_unsettled(changed: Changed, reckoner: Reckoner, payers: Payers, found: dict[tuple[int, int], Owed]) -> None:
    """Say whose pay of the months before an agency's first approved sheet is no longer what was known at the last one.

    Nobody knows what was paid then, so the difference is not computed here.
    """
    ids = changed.earlier
    if not ids:
        return
    until = max(several[0] for several in changed.months.values())
    first = add_months(min(several[0] for several in changed.months.values()), -MONTHS_BACK)
    then = {
        one.person_id: one
        for one in gather(first, until, person_ids=ids, known_on=changed.known_on, payers=payers)
    }  # fmt: skip
    now = {one.person_id: one for one in gather(first, until, person_ids=ids, payers=payers)}
    for person_id in sorted(ids):
        old, new = (known.get(person_id, PersonPay(person_id, ())) for known in (then, now))
        involved = {one.paying_id for one in (*old.stretches, *new.stretches)}
        for agency_id in sorted(involved & changed.months.keys()):
            differing = (
                month
                for month in months.firsts(first, changed.months[agency_id][0])
                if reckoner.month(old, month, agency_id) != reckoner.month(new, month, agency_id)
            )
            if (month := next(differing, None)) is not None:
                entry = found.setdefault((agency_id, person_id), Owed())
                entry.doubts.append(Doubt.of("unsettled", month=f"{month:%m/%Y}"))


def _settle(
    person: PersonPay,
    changed: Changed,
    already: Mapping[tuple[int, date], MonthPay],
    reckoner: Reckoner,
    found: dict[tuple[int, int], Owed],
) -> None:
    payers = {one.paying_id for one in person.stretches} | {one.paying_id for one in person.away}
    for agency_id in sorted((payers | {agency_id for agency_id, _month in already}) & changed.months.keys()):
        since = changed.from_month(person.person_id, agency_id)
        if since is None:
            continue
        for month in changed.months[agency_id]:
            if month >= since:
                _one(person, agency_id, month, already.get((agency_id, month)), reckoner, found)


def _one(
    person: PersonPay,
    agency_id: int,
    month: date,
    old: MonthPay | None,
    reckoner: Reckoner,
    found: dict[tuple[int, int], Owed],
) -> None:
    until = months.after(month)
    unclear = any(
        one.why in UNCOMPUTABLE and one.start < until and one.end > month and one.paying_id == agency_id
        for one in person.away
    ) or any(doubt.code == "no_agency" for doubt in person.doubts)
    new = reckoner.month(person, month, agency_id)
    if old is None and not new.lines and not unclear:
        return
    difference = months.difference(new, old or months.nothing(month))
    if unclear:
        if old is not None or new.lines:
            said = found.setdefault((agency_id, person.person_id), Owed())
            said.doubts.append(Doubt.of("not_recomputed", month=f"{month:%m/%Y}"))
        return
    if not any(lines for _side, lines in difference.sides):
        return
    mine = reckoner.part(person, month, agency_id)
    entry = found.setdefault((agency_id, person.person_id), Owed())
    entry.differences.append(difference)
    entry.past.append(kept_month(person, month, reckoner, mine, old))
    if mine:
        entry.kind, entry.agency_id = mine[-1].kind.value, mine[-1].agency_id


def kept_month(
    person: PersonPay, month: date, reckoner: Reckoner, mine: tuple[stretches.Stretch, ...], old: MonthPay | None
) -> dict[str, Any]:
    """Return what an earlier month was computed from now, and what had been approved for it, as a slip keeps it."""
    kept: Mapping[str, Any] = {
        "month": month.isoformat(), "stretches": stretches.kept(mine), "unpaid": reckoner.unpaid(person, month),
        "before": {"gross": str(old.gross if old else 0), "net": str(old.net if old else 0)},
    }  # fmt: skip
    return dict(kept)
