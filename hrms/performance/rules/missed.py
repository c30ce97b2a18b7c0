"""What would have changed a year's class: the distance of its mean to the next threshold, and what each product cost.

Use `missed` → `Missed`, `lost` → `Lost`. NĐ 335/2025/NĐ-CP Đ17 k3, Đ20; NĐ 233/2026/NĐ-CP Đ12. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hrms.performance.rules.classes import RatingClass, Rounding, Thresholds
from hrms.performance.rules.numbers import half_up, stored
from hrms.performance.rules.scoring import Scored, gaps


@dataclass(frozen=True, slots=True)
class Missed:
    """How far a mean is from the next class above; `above` None at the top.

    `missing` points of the mean, `in_one` more points in a single month (or quarter), None where no month could have
    held so many; all rounded up in the second place, so that reaching them reaches the class.
    """

    mean: Fraction
    rating: RatingClass
    above: RatingClass | None
    least: Decimal | None
    missing: Decimal | None
    in_one: Decimal | None
    shown_but_not_reached: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A product that cost points: in its own period, and in the year's mean; `enough`: it alone reaches the class."""

    period: int
    place: int
    adds: Decimal
    to_year: Decimal
    enough: bool


def missed(points: Sequence[Decimal], thresholds: Thresholds, rounding: Rounding, most: Decimal) -> Missed:
    """Return how far the mean of the points of a year is from the class above it. `points` must not be empty."""
    count = len(points)
    mean = Fraction(sum(points, Decimal(0))) / count
    rating = thresholds.class_of(mean, rounding)
    compared = Fraction(half_up(mean, 2)) if rounding is Rounding.TWO_DECIMALS else mean
    found = thresholds.next_above(compared)
    if found is None:
        return Missed(mean, rating, None, None, None, None, False)
    above, least = found
    lacking = _needed(least, rounding) - mean
    in_one = _up(lacking * count)
    room = max(most - one for one in points)
    near = rounding is Rounding.UNROUNDED and half_up(mean, 2) >= least
    return Missed(mean, rating, above, least, _up(lacking), in_one if in_one <= room else None, near)


def lost(scored: Sequence[Scored], count: int, lacking: Fraction | None) -> list[Lost]:
    """Return what each product of some periods cost, most first; `count` periods make the mean, `lacking` its gap."""
    found = [
        Lost(
            period, one.place, one.adds, stored(Fraction(one.adds) / count),
            lacking is not None and Fraction(one.adds) / count >= lacking,
        )
        for period, made in enumerate(scored)
        for one in gaps(made).products
        if one.adds > 0
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.adds, one.period, one.place))


def all_perfect(scored: Sequence[Scored], mean: Fraction, count: int) -> Fraction:
    """Return the mean there would be, had every product of these periods been done, sound and in time."""
    return mean + sum((Fraction(gaps(one).all_perfect) for one in scored), Fraction(0)) / count


def lacking(found: Missed, rounding: Rounding) -> Fraction | None:
    """Return exactly how much the mean lacks, None at the top."""
    return None if found.least is None else _needed(found.least, rounding) - found.mean


def _needed(least: Decimal, rounding: Rounding) -> Fraction:
    """Return the lowest mean that reaches a threshold: with two decimals compared, half a hundredth below it."""
    return Fraction(least) - (Fraction(1, 200) if rounding is Rounding.TWO_DECIMALS else 0)


def _up(value: Fraction) -> Decimal:
    """Return a number of points rounded up in the second place."""
    rounded = half_up(value, 2)
    return rounded if Fraction(rounded) >= value else rounded + Decimal("0.01")
