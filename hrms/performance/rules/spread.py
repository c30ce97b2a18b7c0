"""Spread of points and classes: whether an agency scores more mildly or severely than the province. Pure.

Use `Sums` (what a set-based query gives: count, sum, sum of squares), `spread`, `compare` → `Compared`. Figures are
settings of the province, not of the law. Points out of 100; all decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction

from hrms.core.rules import N_, Reason
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.numbers import half_up, stored

LEAST = 5
"""Fewer people than this are no distribution."""
_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)


class Lean(StrEnum):
    """To which side an agency leans."""

    LENIENT = "lenient"
    SEVERE = "severe"


LEAN_LABELS: dict[Lean, str] = {Lean.LENIENT: N_("Chấm nhẹ tay"), Lean.SEVERE: N_("Chấm chặt tay")}


@dataclass(frozen=True, slots=True)
class Sums:
    """Points of a body: how many people, the sum, the sum of squares."""

    count: int
    total: Decimal
    squares: Decimal

    @classmethod
    def of(cls, points: Iterable[Decimal]) -> Sums:
        """Return the sums of single points."""
        known = list(points)
        return cls(len(known), sum(known, Decimal(0)), sum((one * one for one in known), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation (of the whole body) with six places; None without people."""

    count: int
    mean: Decimal | None
    deviation: Decimal | None


@dataclass(frozen=True, slots=True)
class Settings:
    """From what on something is marked: difference of means in points, z, and the part of the province's deviation."""

    points: Decimal = Decimal(3)
    z: Decimal = Decimal(2)
    narrow: Decimal = Decimal("0.5")
    least: int = LEAST


@dataclass(frozen=True, slots=True)
class Compared:
    """An agency against the province: difference of means, z of its mean, whether it leans, whether it is narrow."""

    own: Spread
    difference: Decimal | None
    z: Decimal | None
    lean: Lean | None
    narrow: bool
    reasons: tuple[Reason, ...]


def spread(sums: Sums) -> Spread:
    """Return mean and standard deviation, exact until the last place."""
    if not sums.count:
        return Spread(0, None, None)
    mean = Fraction(sums.total) / sums.count
    return Spread(sums.count, stored(mean), stored(_root(_variance(sums))))


def _variance(sums: Sums) -> Fraction:
    mean = Fraction(sums.total) / sums.count
    return max(Fraction(sums.squares) / sums.count - mean * mean, Fraction(0))


def _root(value: Fraction) -> Decimal:
    return _EXACT.sqrt(_EXACT.divide(Decimal(value.numerator), Decimal(value.denominator)))


def shares(classes: Mapping[RatingClass, int]) -> dict[RatingClass, Decimal]:
    """Return the share of each class among those who have one, in per cent with two places; empty without any."""
    total = sum(count for rating, count in classes.items() if rating is not RatingClass.NONE)
    if not total:
        return {}
    return {
        rating: half_up(Fraction(100 * classes.get(rating, 0), total), 2)
        for rating in RatingClass
        if rating is not RatingClass.NONE
    }


def compare(own: Sums, province: Sums, settings: Settings | None = None) -> Compared:
    """Return how an agency stands to the province.

    z is the difference of means by the province's deviation over √n. It leans when both the difference and z reach
    their setting and there are enough people; its range is narrow when its deviation is under the part set of the
    province's: then hardly anybody is told apart.
    """
    asked = settings or Settings()
    mine, whole = spread(own), spread(province)
    if mine.mean is None or whole.mean is None or mine.deviation is None or whole.deviation is None:
        return Compared(mine, None, None, None, False, ())
    gap = Fraction(own.total) / own.count - Fraction(province.total) / province.count
    error = _root(_variance(province) / own.count)
    z = None if not error else stored(Fraction(gap) / Fraction(error))
    enough = own.count >= asked.least
    lean = None
    if enough and z is not None and abs(gap) >= Fraction(asked.points) and abs(z) >= asked.z:
        lean = Lean.LENIENT if gap > 0 else Lean.SEVERE
    narrow = enough and mine.deviation < whole.deviation * asked.narrow
    return Compared(mine, stored(gap), z, lean, narrow, tuple(_reasons(mine, whole, gap, z, lean, narrow)))


def _reasons(
    mine: Spread, whole: Spread, gap: Fraction, z: Decimal | None, lean: Lean | None, narrow: bool
) -> Iterable[Reason]:
    if lean is not None:
        text = (
            N_("Điểm bình quân cao hơn toàn tỉnh %(points)s điểm (z = %(z)s): có thể chấm nhẹ tay.")
            if lean is Lean.LENIENT
            else N_("Điểm bình quân thấp hơn toàn tỉnh %(points)s điểm (z = %(z)s): có thể chấm chặt tay.")
        )
        params = {"points": half_up(abs(gap), 2), "z": half_up(z or Decimal(0), 2)}
        yield Reason(text, str(half_up(gap, 2)), "", params)
    if narrow and mine.deviation is not None and whole.deviation is not None:
        text = N_("Độ lệch chuẩn %(own)s so với %(province)s của toàn tỉnh: điểm dồn một chỗ, ít phân biệt.")
        params = {"own": half_up(mine.deviation, 2), "province": half_up(whole.deviation, 2)}
        yield Reason(text, str(half_up(mine.deviation, 2)), "", params)
