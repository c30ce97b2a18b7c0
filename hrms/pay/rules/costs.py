"""What a supposed law or placement would cost: by year, by agency, and how many people gain or lose how much. Pure.

People whose months are alike are counted once and multiplied; months in which nothing changes are computed once. Every
amount is the sum of lines rounded as sheets round them, so that a cost equals the difference of two sheets to the đồng.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from hrms.core.dates import add_months
from hrms.pay.rules import monthly
from hrms.pay.rules.figures import PayFigures
from hrms.pay.rules.month import MonthPay, Span, Stretch, cut, month_pay, nothing, pays_anything
from hrms.pay.rules.monthly import PayFacts
from hrms.pay.rules.reserved import Reserved
from hrms.people.rules.kinds import PersonKind

ZERO = Decimal(0)
BANDS: tuple[Decimal, ...] = tuple(
    Decimal(one) for one in (-2_000_000, -1_000_000, -500_000, -100_000, 0, 100_000, 500_000, 1_000_000, 2_000_000)
)
"""Where sizes of change are parted, in đồng a month; a change of nothing has a place of its own in the middle."""
PLACES = len(BANDS) + 2
_MIDDLE = BANDS.index(ZERO)


@dataclass(frozen=True, slots=True)
class Sums:
    """Đồng: what people are paid, what is taken off them, what the employer contributes beside."""

    gross: Decimal = ZERO
    deductions: Decimal = ZERO
    employer: Decimal = ZERO

    @classmethod
    def of(cls, pay: MonthPay) -> Sums:
        """Return the sums of one month's pay."""
        return cls(pay.gross, pay.deducted, pay.charged)

    @property
    def net(self) -> Decimal:
        """Return what people have in hand, before income tax and union fee."""
        return self.gross - self.deductions

    @property
    def cost(self) -> Decimal:
        """Return what the employer spends: pay and its own contributions."""
        return self.gross + self.employer

    def __add__(self, other: Sums) -> Sums:
        """Return both together."""
        return Sums(self.gross + other.gross, self.deductions + other.deductions, self.employer + other.employer)

    def __sub__(self, other: Sums) -> Sums:
        """Return how much more this is."""
        return Sums(self.gross - other.gross, self.deductions - other.deductions, self.employer - other.employer)

    def times(self, count: int) -> Sums:
        """Return the sums of so many alike."""
        return self if count == 1 else Sums(self.gross * count, self.deductions * count, self.employer * count)


Stretches = tuple[Stretch, ...]
Spans = tuple[Span, ...]
Unpaid = Callable[[date, Spans], bool]
"""Whether so much of a month is without pay that nobody contributes, by the days in it that are paid."""


class Doubtful(Exception):
    """The facts contradict the law of a day, so that no month can be computed from them."""


@dataclass(slots=True)
class Law:
    """The figures of a period under one law, and what was computed with them already.

    `starts` are the days, in order, from which other figures hold; the first is the first day of the period.
    """

    starts: Sequence[date]
    figures: Mapping[tuple[date, PersonKind], PayFigures]
    unpaid: Unpaid = lambda _month, _paid: False
    _whole: dict[tuple[date, PersonKind, PayFacts], MonthPay | None] = field(default_factory=dict)
    _part: dict[tuple[date, Stretches, bool], MonthPay] = field(default_factory=dict)

    def since(self, day: date) -> date:
        """Return the day from which the figures of `day` hold."""
        return self.starts[max(bisect_right(self.starts, day) - 1, 0)]

    def on(self, day: date, kind: PersonKind) -> PayFigures:
        """Return the figures of a day. Raises `Doubtful` where the catalogues have none for this kind."""
        found = self.figures.get((self.since(day), kind))
        if found is None:
            raise Doubtful
        return replace(found, day=day)

    def whole(self, month: date, one: Stretch) -> MonthPay:
        """Return the pay of a month that is one stretch. Raises `Doubtful`."""
        # What is reserved ends on a day of its own; the rest of the facts is the same all through the figures' time.
        facts, reserved = one.facts, one.facts.reserved_leadership
        if reserved.until is not None:
            facts = replace(facts, reserved_leadership=Reserved(reserved.on(month)))
        key = (self.since(month), one.kind, facts)
        if key not in self._whole:
            figures = self.on(month, one.kind)
            if monthly.check(facts, figures):
                self._whole[key] = None
            else:
                insured = facts.suspended is None or pays_anything(facts, figures)
                made = month_pay(month, (replace(one, facts=facts),), self.on, contributes=insured)
                self._whole[key] = made
        found = self._whole[key]
        if found is None:
            raise Doubtful
        return found

    def part(self, month: date, stretches: Stretches, *, contributes: bool) -> MonthPay:
        """Return the pay of a month of several stretches, or of some of its days. Raises `Doubtful`."""
        key = (month, stretches, contributes)
        if key not in self._part:
            pieces = [piece for one in stretches for piece in self._cut(one)]
            if any(monthly.check(one.facts, self.on(one.start, one.kind)) for one in pieces):
                raise Doubtful
            self._part[key] = month_pay(month, pieces, self.on, contributes=contributes)
        return self._part[key]

    def insured(self, month: date, stretches: Stretches, elsewhere: Spans) -> bool:
        """Say whether a month is insured, by what of it is paid here and elsewhere. Raises `Doubtful`."""
        paid = [
            (one.start, one.end)
            for one in stretches
            if one.facts.suspended is None or pays_anything(one.facts, self.on(one.start, one.kind))
        ]
        return not self.unpaid(month, (*paid, *elsewhere))

    def _cut(self, one: Stretch) -> Iterator[Stretch]:
        """Yield the pieces of a stretch, each with figures and a reserved allowance of its own days."""
        until = one.facts.reserved_leadership.until
        days = {*self.starts, *([until] if until else [])}
        edges = [one.start, *sorted(day for day in days if one.start < day < one.end), one.end]
        for start, end in pairwise(edges):
            yield replace(one, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Run:
    """Months alike: the place of the first in the period, how many, who pays, and one month of them by each law."""

    at: int
    count: int
    agency_id: int
    before: MonthPay
    after: MonthPay
    old: Sums
    new: Sums

    @classmethod
    def of(cls, at: int, count: int, agency_id: int, before: MonthPay, after: MonthPay) -> Run:
        """Return so many months, with their sums."""
        return cls(at, count, agency_id, before, after, Sums.of(before), Sums.of(after))


def joined(stretches: Iterable[Stretch]) -> Stretches:
    """Return stretches by who pays, those that follow each other alike made one: equal for all who are paid alike."""
    found: list[Stretch] = []
    for one in sorted(stretches, key=lambda one: one.start):
        last = found[-1] if found else None
        same = last and (last.end, last.paying_id, last.kind, last.facts) == (
            one.start, one.paying_id, one.kind, one.facts,
        )  # fmt: skip
        if last and same:
            found[-1] = replace(last, end=one.end)
        else:
            found.append(replace(one, agency_id=one.paying_id))
    return tuple(found)


def months_between(first: date, until: date) -> int:
    """Return how many months lie between two first days."""
    return (until.year - first.year) * 12 + until.month - first.month


def month_at(first: date, place: int) -> date:
    """Return the month at a place of the period."""
    return add_months(first, place)


def runs(
    first: date, months: int, before: tuple[Law, Stretches], after: tuple[Law, Stretches], elsewhere: Spans = ()
) -> Iterator[Run]:
    """Yield the months of a period, alike ones together, as both laws pay them. Raises `Doubtful`.

    `elsewhere` are days on which others pay, which count towards the insurance of a month.
    """
    until = month_at(first, months)
    edges = {0, months}
    split: set[int] = set()
    for law, stretches in (before, after):
        for day in (*_cuts(law, stretches), *(day for span in elsewhere for day in span)):
            if first < day < until:
                place = months_between(first, day)
                edges.add(place)
                if day.day > 1:
                    edges.add(place + 1)
                    split.add(place)
    for start, end in pairwise(sorted(edges)):
        month = month_at(first, start)
        old, new = (
            _by_agency(law, given, month, elsewhere, whole=start not in split) for law, given in (before, after)
        )
        for agency_id in sorted(old.keys() | new.keys()):
            none = nothing(month)
            yield Run.of(start, end - start, agency_id, old.get(agency_id, none), new.get(agency_id, none))


def _cuts(law: Law, stretches: Stretches) -> Iterator[date]:
    yield from law.starts
    for one in stretches:
        yield one.start
        yield one.end
        if one.facts.reserved_leadership.until is not None:
            yield one.facts.reserved_leadership.until


def _by_agency(law: Law, stretches: Stretches, month: date, elsewhere: Spans, *, whole: bool) -> dict[int, MonthPay]:
    """Return a month's pay by the agency that pays it."""
    inside = cut(stretches, month)
    if not inside:
        return {}
    if whole and len(inside) == 1 and (inside[0].start, inside[0].end) == (month, month_at(month, 1)):
        return {inside[0].paying_id: law.whole(month, inside[0])}
    insured = law.insured(month, inside, elsewhere)
    return {
        each: law.part(month, tuple(one for one in inside if one.paying_id == each), contributes=insured)
        for each in dict.fromkeys(one.paying_id for one in inside)
    }


@dataclass(slots=True)
class Place:
    """What was counted of one agency; sums in đồng, people as they are on its first month here."""

    people: int = 0
    changed: int = 0
    gains: int = 0
    losses: int = 0
    before: Sums = Sums()
    after: Sums = Sums()
    month: Sums = Sums()
    """How much more the month looked at costs."""
    arrears: Sums = Sums()
    """How much more the approved months would have cost."""
    years: dict[int, Decimal] = field(default_factory=dict)
    """How much more each year costs, pay and the employer's contributions."""


@dataclass(slots=True)
class Count:
    """Adds people up. `since` is the place of the first month anything may change in, `looked_at` the month shown.

    `approved` names by agency the places of months whose sheets are approved: their difference is arrears.
    """

    first: date
    months: int
    since: int = 0
    looked_at: int = 0
    approved: Mapping[int, Collection[int]] = field(default_factory=dict)
    people: int = 0
    doubtful: int = 0
    places: dict[int, Place] = field(default_factory=dict)
    years: dict[int, tuple[Sums, Sums]] = field(default_factory=dict)
    month: tuple[Sums, Sums] = (Sums(), Sums())
    ahead: Sums = Sums()
    """How much more the twelve months from the one looked at cost."""
    codes: dict[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)
    """The month looked at by side and code of its lines, by each law."""
    holders: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many people have a line of that side and code, by one law or the other."""
    spread: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """By dimension and group, how many people by size of change."""

    def add(self, found: Sequence[Run], count: int, groups: Mapping[str, str]) -> None:
        """Add `count` people whose months are these; `groups` says by dimension which group they are of."""
        if not found:
            return
        self.people += count
        home = self._place(found[0].agency_id)
        home.people += count
        gained, paid = ZERO, 0
        for run in found:
            self._add_run(run, count)
            months = run.count - max(self.since - run.at, 0)
            if months > 0:
                gained += (run.new.net - run.old.net) * months
                paid += months
        change = (gained / paid).quantize(Decimal(1), ROUND_HALF_UP) if paid else ZERO
        if gained:
            home.changed += count
            home.gains += count if gained > 0 else 0
            home.losses += count if gained < 0 else 0
        for dimension, group in groups.items():
            row = self.spread.setdefault(dimension, {}).setdefault(group, [0] * PLACES)
            row[band_of(change, exactly=gained)] += count

    def _place(self, agency_id: int) -> Place:
        return self.places.setdefault(agency_id, Place())

    def _add_run(self, run: Run, count: int) -> None:
        old, new = run.old, run.new
        place, more = self._place(run.agency_id), new - old
        place.before += old.times(count * run.count)
        place.after += new.times(count * run.count)
        for year, months in self._years(run):
            before, after = self.years.get(year, (Sums(), Sums()))
            self.years[year] = before + old.times(count * months), after + new.times(count * months)
            place.years[year] = place.years.get(year, ZERO) + more.cost * count * months
        closed = sum(1 for one in self.approved.get(run.agency_id, ()) if run.at <= one < run.at + run.count)
        if closed:
            place.arrears += more.times(count * closed)
        if run.at <= self.looked_at < run.at + run.count:
            place.month += more.times(count)
            self.month = self.month[0] + old.times(count), self.month[1] + new.times(count)
            self._add_codes(run, count)
        ahead = min(run.at + run.count, self.looked_at + 12) - max(run.at, self.looked_at)
        if ahead > 0:
            self.ahead += more.times(count * ahead)

    def _add_codes(self, run: Run, count: int) -> None:
        both = (run.before, run.after)
        for key in {(side, line.code) for pay in both for side, lines in pay.sides for line in lines}:
            self.holders[key] = self.holders.get(key, 0) + count
        for which, pay in enumerate(both):
            for side, lines in pay.sides:
                for line in lines:
                    sums = list(self.codes.get((side, line.code), (ZERO, ZERO)))
                    sums[which] += line.amount * count
                    self.codes[side, line.code] = (sums[0], sums[1])

    def _years(self, run: Run) -> Iterator[tuple[int, int]]:
        place, end = run.at, run.at + run.count
        while place < end:
            year = month_at(self.first, place).year
            there = min(end, months_between(self.first, date(year + 1, 1, 1))) - place
            yield year, there
            place += there


def band_of(change: Decimal, exactly: Decimal | None = None) -> int:
    """Return the place of a change in đồng a month: 0 the greatest losses, the middle nothing, then gains.

    A limit itself belongs to the smaller change: 500,000 đồng more is in “100,000 to 500,000”. `exactly` keeps a
    change that rounds to nothing on its side.
    """
    signed = change or exactly or ZERO
    if not signed:
        return _MIDDLE + 1
    if signed > 0:
        return _MIDDLE + 2 + sum(1 for one in BANDS if ZERO < one < signed)
    return _MIDDLE - sum(1 for one in BANDS if signed < one < ZERO)
