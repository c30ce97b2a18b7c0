"""The months somebody counts at an agency, by the dated facts, and who of its people shares in a fund. Pure.

Use `Stay`, `RankHeld`, `Away`, `months_at`, `judge`. A month counts where somebody was on the rolls for more than half
of its days, of exactly half for the half that begins it, days of uncounted absence left out; pay and coefficient are
those of the first of these days, so a change inside a month counts from the next one [no rule of the law: a choice].
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.pay.rules.incentives import Part, Scheme, Sharer
from hrms.pay.rules.schemes import Eligible, LeftOut
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.classes import RatingClass

FAR = date.max
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Stay:
    """Days [start, end) on the rolls at a place, as one kind of person."""

    start: date
    end: date | None
    agency_id: int
    kind: PersonKind


@dataclass(frozen=True, slots=True)
class RankHeld:
    """Days [start, end) with a coefficient and the per cent of it that is paid (probation), None: all of it."""

    start: date
    end: date | None
    coefficient: Decimal | None
    percent: Decimal | None = None


Away = tuple[date, date | None]
"""Days [start, end) of an absence that does not count."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the year with its base salary in đồng."""

    number: int
    start: date
    end: date
    base: int


@dataclass(frozen=True, slots=True)
class MonthServed:
    """A counted month: the coefficient and the pay by rank and step in đồng, exact; both None without a rank."""

    number: int
    coefficient: Decimal | None
    salary: Decimal | None


def months_at(
    months: Sequence[Month], stays: Sequence[Stay], ranks: Sequence[RankHeld], away: Sequence[Away] = ()
) -> tuple[MonthServed, ...]:
    """Return the months counted at one agency, whose units the `stays` are in."""
    found = []
    for month in months:
        days, first = 0, FAR
        for stay in stays:
            start, end = max(stay.start, month.start), min(stay.end or FAR, month.end)
            if start < end:
                days += (end - start).days - _lost(away, start, end)
                first = min(first, start)
        twice, whole = 2 * days, (month.end - month.start).days
        if days and (twice > whole or (twice == whole and first == month.start)):
            held = next((one for one in ranks if one.start <= first and (one.end is None or first < one.end)), None)
            found.append(_served(month, held))
    return tuple(found)


def _lost(away: Sequence[Away], start: date, end: date) -> int:
    lost = 0
    for gone, back in away:
        first, after = max(gone, start), min(back or FAR, end)
        lost += (after - first).days if first < after else 0
    return lost


def _served(month: Month, held: RankHeld | None) -> MonthServed:
    if held is None or held.coefficient is None:
        return MonthServed(month.number, None, None)
    salary = held.coefficient * month.base
    if held.percent is not None:
        salary = salary * held.percent / HUNDRED
    return MonthServed(month.number, held.coefficient, salary)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an agency in a period; `agency_id` the unit of the last day there."""

    person_id: int
    agency_id: int
    kind: PersonKind
    months: tuple[MonthServed, ...]

    @property
    def salary(self) -> Decimal:
        """Return the pay by rank and step of the counted months, in đồng, exact."""
        return sum((one.salary for one in self.months if one.salary is not None), Decimal(0))

    @property
    def coefficient(self) -> Decimal | None:
        """Return the coefficient of the last counted month."""
        return self.months[-1].coefficient if self.months else None


def judge(
    one: Member,
    ratings: RatingClass | Mapping[int, RatingClass] | None,
    scheme: Scheme,
    who: Eligible,
    *,
    salaried: bool,
) -> Sharer | LeftOut:
    """Return how somebody shares, or why not. `ratings`: one class for all months, or one by month; None: none.

    `salaried` says that the scheme needs the pay or the coefficient of each month. Of contracts only those paid by the
    State's scale share at all (NĐ 161/2026/NĐ-CP Đ2).
    """
    if one.kind not in who.kinds:
        return LeftOut.KIND
    if len(one.months) < max(who.least_months, 1):
        return LeftOut.FEW_MONTHS
    off_scale = one.kind is PersonKind.CONTRACT and all(month.coefficient is None for month in one.months)
    if off_scale or (salaried and any(month.coefficient is None for month in one.months)):
        return LeftOut.NO_SALARY
    by_month = ratings if isinstance(ratings, Mapping) else None
    single = who.unrated if ratings is None or by_month is not None else ratings
    grouped: dict[tuple[RatingClass, Decimal | None, Decimal | None], int] = {}
    for month in one.months:
        rating = by_month.get(month.number, who.unrated) if by_month is not None else single
        if rating is None or not isinstance(rating, RatingClass):
            if by_month is None:
                return LeftOut.NO_RATING
            continue  # a month without points of its own gives nothing; the others do
        key = (rating, month.salary, month.coefficient)
        grouped[key] = grouped.get(key, 0) + 1
    if not grouped:
        return LeftOut.NO_RATING
    known = scheme.kind_weights.get(one.kind, scheme.weights)
    parts = tuple(
        Part(rating, months, salary, coefficient)
        for (rating, salary, coefficient), months in grouped.items()
        if rating in known
    )  # fmt: skip
    if not parts:
        return LeftOut.NO_WEIGHT
    return Sharer(str(one.person_id), parts[-1].rating, sum(part.months for part in parts), one.kind, parts=parts)


def salary_fund(members: Collection[Member], kinds: Collection[PersonKind]) -> Decimal:
    """Return the pay by rank and step of everybody of these kinds, in đồng, exact: the base of funds and caps.

    Allowances are outside (NĐ 161/2026/NĐ-CP Đ4, NĐ 75/2026/NĐ-CP). Class and months of a share do not matter here.
    """
    return sum((one.salary for one in members if one.kind in kinds), Decimal(0))
