"""What supposed changes would cost, from the facts as they are recorded; reads only.

`cost` answers a scenario, `preview` a new text before it applies. Staff, steps and posts stay as the record has them
over the whole period, facts that begin or end later included; raises still to be decided are no part of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from hrms.core import clock, settings
from hrms.core.dates import add_months
from hrms.figures.overlay import overlaid
from hrms.pay.queries import supposed as queries
from hrms.pay.queries.gathering import gather
from hrms.pay.queries.law_days import figures_of, law_days, unpaid_limit
from hrms.pay.rules.cost_tables import Cost, cost_of
from hrms.pay.rules.costs import Count, Doubtful, Law, Spans, Stretches, joined, month_at, months_between, runs
from hrms.pay.rules.figures import NoFigure
from hrms.pay.rules.month import unpaid_working_days
from hrms.pay.rules.supposed import Change, Person, Text
from hrms.pay.rules.supposed_all import suppose
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind

FOLLOWED = frozenset({"pay_scales", "leadership_coefficients", "ranks", "parameters"})
"""Catalogues whose rows change the facts of people, who must then be read again under the supposed law."""
EACH = 500
UNKNOWN = "?"
YEAR = 12
MOST_MONTHS = 120
Report = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def cost(
    changes: Sequence[Change],
    *,
    agency_ids: Collection[int] | None = None,
    first: date,
    months: int,
    looked_at: date | None = None,
    report: Report = _silent,
) -> Cost:
    """Return what `changes` cost over `months` months from the first day `first`, beside the law in force.

    `agency_ids` are paying agencies, None for all the scope shows. `looked_at` is the month shown by itself, by
    default the first whole one with every change in force. Amounts are đồng; the months whose sheets are approved are
    arrears. The caller has entered the scope, people and amounts, and checked the permission. `report(done, total)`
    counts people and may raise to stop.
    """
    until = month_at(first, months)
    rows = rows_of(changes)
    shown = looked_at or first_whole(changes, first, until)
    people = queries.ranks_at(shown)
    total = max(queries.count_people(agency_ids), 1)
    count = Count(
        first, months, since=_place(first, months, min((one.start for one in changes), default=first)),
        looked_at=months_between(first, shown),
        approved={
            agency: {months_between(first, month) for month in found if month < until}
            for agency, found in queries.approved_months(first, agency_ids).items()
        },
    )  # fmt: skip
    before = _law(first, until)
    old, elsewhere, doubtful = _gathered(first, until, agency_ids, lambda done: report(min(done, total), 2 * total))
    new = old
    with law.supposing(rows):
        if any(row["catalogue"] in FOLLOWED for row in rows):
            new = _gathered(first, until, agency_ids, lambda done: report(min(total + done, 2 * total), 2 * total))[0]
        after = _law(first, until)
        alike, unplaced = _alike(old, new, elsewhere, people, changes)
    for one, places in alike.items():
        try:
            found = list(runs(first, months, (before, one.before), (after, one.after), one.elsewhere))
        except Doubtful:
            doubtful += sum(places.values())
            continue
        for agencies, number in places.items():
            mine = [replace(run, agency_id=agencies[run.agency_id]) for run in found]
            count.add(mine, number, {"kind": one.kind, "group": one.group})
    count.doubtful = doubtful
    report(2 * total, 2 * total)
    return cost_of(count, unplaced, int(settings.get("pay.hidden_below")))


def preview(
    rows: Iterable[Mapping[str, Any]],
    valid_from: date,
    *,
    agency_ids: Collection[int] | None = None,
    report: Report = _silent,
) -> Cost:
    """Return what a new text's rows change: the month it is in full force, twelve months from it, and arrears.

    The period begins with the text, or the present month where that is earlier, and takes in every approved month
    since, whose difference is `Cost.arrears`.
    """
    given = tuple(rows)
    change = Text(start=valid_from, given=given)
    first = min(valid_from, clock.today()).replace(day=1)
    starts = [date.fromisoformat(row["valid_from"]) for row in given if row.get("valid_from")]
    shown = max(_first_of_or_after(max([valid_from, *starts])), clock.today().replace(day=1))
    first = max(first, month_at(shown, YEAR - MOST_MONTHS))
    months = months_between(first, shown) + YEAR
    return cost([change], agency_ids=agency_ids, first=first, months=months, looked_at=shown, report=report)


def rows_of(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return the rows of the law that all changes suppose, each upon those that begin before it."""
    found: list[dict[str, Any]] = []

    def so_far(name: str) -> Sequence[Mapping[str, Any]]:
        return overlaid(name, law.rows(name), found)

    for change in sorted(changes, key=lambda one: one.start):
        found += change.rows(so_far)
    return found


def first_whole(changes: Sequence[Change], first: date, until: date) -> date:
    """Return the first whole month of the period with every change in force, else its last month."""
    day = max([first, *(_first_of_or_after(one.start) for one in changes)])
    return min(day, add_months(until, -1))


def _first_of_or_after(day: date) -> date:
    return day if day.day == 1 else add_months(day.replace(day=1), 1)


def _place(first: date, months: int, day: date) -> int:
    return min(max(months_between(first, day), 0), months - 1)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Everybody with the same days and facts before and after, in the same groups of the tables."""

    before: Stretches
    after: Stretches
    elsewhere: Spans
    kind: str
    group: str


def _gathered(
    first: date, until: date, agency_ids: Collection[int] | None, report: Callable[[int], None]
) -> tuple[dict[int, Stretches], dict[int, Spans], int]:
    """Return everybody's days, those alike sharing one object; days others pay for; how many are in doubt only."""
    found: dict[int, Stretches] = {}
    elsewhere: dict[int, Spans] = {}
    shared: dict[Stretches, Stretches] = {}
    doubtful = 0
    for done, one in enumerate(gather(first, until, agency_ids=agency_ids), start=1):
        stretches = joined(one.stretches)
        if stretches:
            found[one.person_id] = shared.setdefault(stretches, stretches)
            if one.elsewhere:
                elsewhere[one.person_id] = one.elsewhere
        elif one.doubts:
            doubtful += 1
        if done % EACH == 0:
            report(done)
    return found, elsewhere, doubtful


def _alike(
    old: Mapping[int, Stretches],
    new: Mapping[int, Stretches],
    elsewhere: Mapping[int, Spans],
    people: Mapping[int, Person],
    changes: Sequence[Change],
) -> tuple[Mapping[_Alike, Counter[tuple[int, ...]]], int]:
    """Return how many people are alike by the agencies that pay them, and how many could not be placed.

    The agencies of people alike are numbered from 0; within the supposed law.
    """
    nobody = Person()

    @cache
    def supposed(stretches: Stretches, person: Person) -> tuple[Stretches, bool]:
        made, unplaced = suppose(stretches, person, changes, law.pay_scales)
        return joined(made), unplaced

    @cache
    def numbered(before: Stretches, after: Stretches) -> tuple[Stretches, Stretches, tuple[int, ...]]:
        agencies = tuple(dict.fromkeys(one.paying_id for one in (*before, *after)))
        at = {agency: number for number, agency in enumerate(agencies)}
        both = [
            tuple(replace(one, agency_id=at[one.paying_id], paying_id=at[one.paying_id]) for one in stretches)
            for stretches in (before, after)
        ]
        return both[0], both[1], agencies

    found: dict[_Alike, Counter[tuple[int, ...]]] = defaultdict(Counter)
    unplaced = 0
    for person_id in old.keys() | new.keys():
        person = people.get(person_id, nobody)
        made, impossible = supposed(new.get(person_id, ()), person)
        unplaced += impossible
        before, after, agencies = numbered(old.get(person_id, ()), made)
        kind = (before or after)[-1].kind.value
        alike = _Alike(before, after, elsewhere.get(person_id, ()), kind, person.group or UNKNOWN)
        found[alike][agencies] += 1
    return found, unplaced


def _law(first: date, until: date) -> Law:
    """Return the figures of the period under the law that holds here and now."""
    starts = [first, *(day for day in law_days() if first < day < until)]
    figures = {}
    for day in starts:
        for kind in PersonKind:
            try:
                figures[day, kind] = figures_of(day, kind)
            except NoFigure:
                continue
    between, limits = law.holidays().between, {day: unpaid_limit(day) for day in starts}

    def unpaid(month: date, paid: Spans) -> bool:
        least = limits[found.since(month)]
        return least is not None and unpaid_working_days(paid, month, between) >= least.number

    found = Law(starts, figures, unpaid)
    return found
