"""The same people and the same fund by other schemes, side by side, before anything is decided. Writes nothing.

`simulate` is of one round; `of_agencies` of whole parts of the tree, for what-if. Amounts in whole đồng.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core import scope
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.scope import Scope
from hrms.pay.models import IncentiveRound
from hrms.pay.queries import members
from hrms.pay.queries.members import Gathered
from hrms.pay.rules.schemes import Step, Terms
from hrms.pay.services.paying_out import standing
from hrms.pay.services.payout_lock import Locked, kept_terms, program
from hrms.pay.services.reckoning import Asked, Before, Reckoned, reckon
from hrms.performance.rules.classes import RatingClass

P = Permission
BANDS = (-50, -20, -5, 0, 5, 20, 50)
"""Upper ends, in per cent of the amount before, of the bands in which changes are counted."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a scheme would give. `by_class`: class → people and their sum; `problems` when it cannot be reckoned."""

    name: str
    terms: Terms
    fund: int = 0
    salary_fund: int = 0
    reserved: int = 0
    paid: int = 0
    remainder: int = 0
    per_point: Fraction | None = None
    by_class: Mapping[RatingClass, tuple[int, int]] = field(default_factory=dict)
    amounts: Mapping[int, int] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    @property
    def people(self) -> int:
        """Return how many would be paid."""
        return sum(1 for amount in self.amounts.values() if amount)

    @property
    def mean(self) -> int:
        """Return the mean of those who would be paid, rounded down."""
        return self.paid // self.people if self.people else 0


@dataclass(frozen=True, slots=True)
class Compared:
    """People who would get more, the same and less, with the sums; `bands` count changes by size in per cent."""

    more: int
    same: int
    less: int
    gained: int
    lost: int
    bands: Sequence[int]


def simulate(actor: Actor, round_id: int, others: Sequence[tuple[str, Terms]]) -> list[Simulated]:
    """Return what a round gives by its own scheme, first, and by others with the same fund. Needs `pay.view`.

    A scheme whose limit is below the round's fund gets as much as it may. Raises `NotFound`.
    """
    found = db.session.get(IncentiveRound, round_id)
    if found is None or found.step == Step.AD_HOC:
        raise missing("incentive_round")
    agency = db.session.get_one(Agency, found.agency_id)
    actor.require(P.PAY_VIEW, at=agency.scope_ids)
    own = Locked(found, agency, kept_terms(found))
    known: dict[Any, Gathered] = {}
    with scope.entered(program(agency)):
        before = standing(own)
        given = int(found.fund) if found.computed_at or found.terms.get("given") else None
        return [
            _one(name, Asked(terms, own.step, found.year, found.quarter, given), agency.id, before, known)
            for name, terms in [(str(found.terms["name"]), own.terms), *others]
        ]


def of_agencies(
    agency_ids: Collection[int] | None, year: int, quarter: int | None, name: str, terms: Terms
) -> Simulated:
    """Return what a scheme would give in a settlement of whole agencies (None: all), each with its own fund.

    For the program's own work, by ids of paying agencies: permissions are the caller's. Agencies whose fund cannot be
    reckoned are told in `problems`.
    """
    with scope.entered(Scope(people=(EVERYTHING,), pay=(EVERYTHING,))):
        gathered = members.gather(agency_ids, year, quarter, terms)
        wanted = sorted(gathered.members) if agency_ids is None else sorted(agency_ids)
        names = {
            row.id: row.name for row in db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(wanted)))
        }
    done, problems = [], []
    for agency_id in wanted:
        try:
            done.append(reckon(Asked(terms, Step.SETTLEMENT, year, quarter), gathered, agency_id))
        except Refused as refused:
            problems += [
                Problem(names.get(agency_id, ""), one.code, one.text, one.params, one.severity)
                for one in refused.problems
            ]
    return _summed(name, terms, done, problems)


def _one(name: str, asked: Asked, agency_id: int, before: Before, known: dict[Any, Gathered]) -> Simulated:
    # Who was there and their classes are the same for all schemes that ask alike.
    key = asked.terms.rating_of, asked.terms.eligible.uncounted
    if key not in known:
        known[key] = members.gather([agency_id], asked.year, asked.quarter, asked.terms)
    try:
        done = reckon(asked, known[key], agency_id, before)
    except Refused as refused:
        if asked.fund is None or all(one.code != "above_limit" for one in refused.problems):
            return Simulated(name, asked.terms, problems=refused.problems)
        free = Asked(asked.terms, asked.step, asked.year, asked.quarter)
        return _one(name, free, agency_id, before, known)
    return _summed(name, asked.terms, [done], [])


def _summed(name: str, terms: Terms, done: Sequence[Reckoned], problems: Sequence[Problem]) -> Simulated:
    people: Counter[RatingClass] = Counter()
    sums: Counter[RatingClass] = Counter()
    amounts: dict[int, int] = defaultdict(int)
    for one in done:
        for line in one.lines:
            amounts[line.member.person_id] += line.amount
            if line.rating is not None:
                people[line.rating] += 1
                sums[line.rating] += line.amount
    return Simulated(
        name, terms, sum(one.fund for one in done), sum(one.salary_fund for one in done),
        sum(one.reserved for one in done), sum(one.shared for one in done), sum(one.remainder for one in done),
        done[0].per_point if len(done) == 1 else None,
        {rating: (people[rating], sums[rating]) for rating in RatingClass if people[rating]}, dict(amounts),
        tuple(problems),
    )  # fmt: skip


def compare(before: Simulated, after: Simulated) -> Compared:
    """Return who would gain and lose by another scheme."""
    more = same = less = gained = lost = 0
    bands = [0] * (len(BANDS) + 1)
    for person_id in before.amounts.keys() | after.amounts.keys():
        old, new = before.amounts.get(person_id, 0), after.amounts.get(person_id, 0)
        change = new - old
        more, same, less = more + (change > 0), same + (change == 0), less + (change < 0)
        gained, lost = gained + max(change, 0), lost + max(-change, 0)
        if change:
            bands[band_of(old, new)] += 1
    return Compared(more, same, less, gained, lost, tuple(bands))


def band_of(old: int, new: int) -> int:
    """Return the band of a change: by its per cent of the amount before; from nothing it is the highest."""
    if not old:
        return len(BANDS)
    percent = Fraction(100 * (new - old), old)
    return next((place for place, end in enumerate(BANDS) if percent <= end), len(BANDS))
