"""Which classes on offer close what somebody lacks, with the least hours. Pure.

Exact: of all sets of classes that do not overlap, the one that leaves the fewest courses and the fewest hours missing,
then has the least hours, then the fewest classes, then ends first. From many offers the likeliest are kept.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.rules import N_, Reason
from hrms.training.rules.kinds import LearningForm
from hrms.training.rules.learner import ZERO
from hrms.training.rules.owed import tell

MOST_OFFERS = 16
"""So many are weighed against each other: every set of them can be tried."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A class with a free seat. `counted` are the recognised hours towards what is missing, 0 when its kind does not
    count; `hours` how long it takes; `fixed_times`: it meets at set times, so two such may not fall on the same days.
    """

    id: int
    name: str
    course: str
    form: LearningForm
    hours: Decimal
    counted: Decimal
    starts_on: date
    ends_on: date
    fixed_times: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing: hours, and courses (any code of each set does). `room`: what each form may still count."""

    hours: Decimal = ZERO
    courses: tuple[frozenset[str], ...] = ()
    room: Mapping[LearningForm, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The classes to take in the order of their days, what they bring and what they leave open."""

    offers: tuple[Offer, ...]
    hours: Decimal
    counted: Decimal
    left_hours: Decimal
    left_courses: tuple[frozenset[str], ...]
    reasons: tuple[Reason, ...]

    @property
    def closes(self) -> bool:
        """Whether nothing is left."""
        return not self.left_hours and not self.left_courses


_Cost = tuple[int, Decimal, Decimal, int, date, tuple[int, ...]]


def propose(gap: Gap, offers: Sequence[Offer]) -> Proposal:
    """Return the cheapest set of offered classes that closes the gap, or comes nearest to it."""
    wanted = frozenset(code for codes in gap.courses for code in codes)
    useful = [one for one in offers if (gap.hours and one.counted) or one.course in wanted]
    known = _likeliest(useful, gap, wanted)
    best: tuple[_Cost, tuple[Offer, ...]] = (_cost((), gap), ())

    def search(place: int, taken: tuple[Offer, ...]) -> None:
        nonlocal best
        cost = _cost(taken, gap)
        if cost < best[0]:
            best = cost, taken
        if not cost[0] and not cost[1]:
            return
        if place == len(known) or _least(taken, known[place:], gap) > best[0][:3]:
            return
        one = known[place]
        if not any(_clash(one, other) for other in taken):
            search(place + 1, (*taken, one))
        search(place + 1, taken)

    search(0, ())
    chosen = tuple(sorted(best[1], key=lambda one: (one.starts_on, one.id)))
    counted = _counted(chosen, gap)
    left = max(gap.hours - counted, ZERO)
    uncovered = _uncovered(chosen, gap)
    total = sum((one.hours for one in chosen), ZERO)
    return Proposal(chosen, total, counted, left, uncovered, _told(gap, chosen, counted, left, total, len(useful)))


def _likeliest(useful: Sequence[Offer], gap: Gap, wanted: frozenset[str]) -> list[Offer]:
    """Return at most `MOST_OFFERS`: of equal ones those that end first, courses wanted before others."""
    if len(useful) <= MOST_OFFERS:
        return sorted(useful, key=lambda one: (one.ends_on, one.id))
    alike: dict[tuple[str, Decimal, Decimal, LearningForm], int] = defaultdict(int)
    kept = []
    for one in sorted(useful, key=lambda one: (one.ends_on, one.id)):
        key = (one.course if one.course in wanted else "", one.counted, one.hours, one.form)
        alike[key] += 1
        most = 1 if key[0] else math.ceil(gap.hours / one.counted)
        if alike[key] <= most:
            kept.append(one)
    kept.sort(key=lambda one: (one.course not in wanted, one.hours - one.counted, -one.counted, one.ends_on, one.id))
    return kept[:MOST_OFFERS]


def _counted(taken: Sequence[Offer], gap: Gap) -> Decimal:
    by_form: dict[LearningForm, Decimal] = defaultdict(Decimal)
    for one in taken:
        by_form[one.form] += one.counted
    room = gap.room or {}
    return sum((min(hours, room.get(form, hours)) for form, hours in by_form.items()), ZERO)


def _uncovered(taken: Sequence[Offer], gap: Gap) -> tuple[frozenset[str], ...]:
    have = {one.course for one in taken}
    return tuple(codes for codes in gap.courses if not codes & have)


def _cost(taken: tuple[Offer, ...], gap: Gap) -> _Cost:
    return (
        len(_uncovered(taken, gap)), max(gap.hours - _counted(taken, gap), ZERO),
        sum((one.hours for one in taken), ZERO), len(taken),
        max((one.ends_on for one in taken), default=date.min), tuple(sorted(one.id for one in taken)),
    )  # fmt: skip


def _least(taken: tuple[Offer, ...], rest: Sequence[Offer], gap: Gap) -> tuple[int, Decimal, Decimal]:
    """Return what no set that holds `taken` and any of `rest` can be cheaper than."""
    everything = (*taken, *rest)
    left = max(gap.hours - _counted(everything, gap), ZERO)
    return len(_uncovered(everything, gap)), left, sum((one.hours for one in taken), ZERO)


def _clash(one: Offer, other: Offer) -> bool:
    if one.course == other.course:
        return True
    together = one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
    return one.fixed_times and other.fixed_times and together


def _told(
    gap: Gap, chosen: Sequence[Offer], counted: Decimal, left: Decimal, total: Decimal, offered: int
) -> tuple[Reason, ...]:
    told = []
    if gap.hours:
        text = N_("Còn thiếu %(missing)s tiết; có %(offered)s lớp còn chỗ tính vào số này.")
        told.append(tell(text, gap.hours, "", {"missing": gap.hours, "offered": offered}))
    if chosen:
        text = N_("Học %(count)s lớp, %(total)s tiết, được tính %(counted)s tiết: ít tiết nhất.")
        told.append(tell(text, total, "", {"count": len(chosen), "total": total, "counted": counted}))
    if left:
        text = N_("Các lớp đang mở không đủ: còn thiếu %(left)s tiết.")
        told.append(tell(text, left, "", {"left": left}))
    return tuple(told)
