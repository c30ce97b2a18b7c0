"""The classes of a year and the points they begin at. Use `RatingClass`, `CLASS_LABELS`, `Thresholds`. Pure.

NĐ 335/2025/NĐ-CP Đ20, NĐ 233/2026/NĐ-CP Đ12: the same four classes and thresholds; not classified: Đ11, Đ14.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hrms.core.rules import N_
from hrms.performance.rules.numbers import half_up


class RatingClass(StrEnum):
    """The class of a person, or of an organisation, in a year: codes of the catalogue `rating_classes`."""

    EXCELLENT = "excellent"
    GOOD = "good"
    SATISFACTORY = "satisfactory"
    UNSATISFACTORY = "unsatisfactory"
    NONE = "none"
    """The law does not classify this year."""


CLASS_LABELS: dict[RatingClass, str] = {
    RatingClass.EXCELLENT: N_("Hoàn thành xuất sắc nhiệm vụ"),
    RatingClass.GOOD: N_("Hoàn thành tốt nhiệm vụ"),
    RatingClass.SATISFACTORY: N_("Hoàn thành nhiệm vụ"),
    RatingClass.UNSATISFACTORY: N_("Không hoàn thành nhiệm vụ"),
    RatingClass.NONE: N_("Không xếp loại"),
}
CLASS_RANK: dict[RatingClass, int] = {
    RatingClass.EXCELLENT: 4, RatingClass.GOOD: 3, RatingClass.SATISFACTORY: 2, RatingClass.UNSATISFACTORY: 1,
    RatingClass.NONE: 0,
}  # fmt: skip
"""Higher is better; `none` stands outside, below all."""


class Rounding(StrEnum):
    """What is compared with a threshold: the law does not say [U]."""

    UNROUNDED = "unrounded"
    TWO_DECIMALS = "two_decimals"


ROUNDING_LABELS: dict[Rounding, str] = {
    Rounding.UNROUNDED: N_("So điểm chưa làm tròn"),
    Rounding.TWO_DECIMALS: N_("So điểm đã làm tròn hai chữ số thập phân"),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The points from which a class begins, out of 100 (NĐ 335/2025/NĐ-CP Đ20; NĐ 233/2026/NĐ-CP Đ12)."""

    excellent: Decimal = Decimal(90)
    good: Decimal = Decimal(70)
    satisfactory: Decimal = Decimal(50)

    def steps(self) -> tuple[tuple[RatingClass, Decimal], ...]:
        """Return the classes with their points, from the highest."""
        return (
            (RatingClass.EXCELLENT, self.excellent), (RatingClass.GOOD, self.good),
            (RatingClass.SATISFACTORY, self.satisfactory),
        )  # fmt: skip

    def class_of(self, points: Fraction | Decimal, rounding: Rounding = Rounding.UNROUNDED) -> RatingClass:
        """Return the class by points alone."""
        compared = Fraction(half_up(points, 2) if rounding is Rounding.TWO_DECIMALS else points)
        return next(
            (rating for rating, least in self.steps() if compared >= Fraction(least)), RatingClass.UNSATISFACTORY
        )

    def next_above(self, points: Fraction | Decimal) -> tuple[RatingClass, Decimal] | None:
        """Return the nearest class not reached with its points, None at the top."""
        missed = [(rating, least) for rating, least in self.steps() if Fraction(points) < Fraction(least)]
        return missed[-1] if missed else None

    def shown_but_not_reached(self, points: Fraction | Decimal) -> Decimal | None:
        """Return the threshold that the two decimals shown would reach while the points do not: 89.996 and 90."""
        found = self.next_above(points)
        return found[1] if found and half_up(points, 2) >= found[1] else None


def lower(one: RatingClass, other: RatingClass) -> RatingClass:
    """Return the lower of two classes; `none` of either side does not limit the other."""
    if RatingClass.NONE in {one, other}:
        return one if other is RatingClass.NONE else other
    return min(one, other, key=CLASS_RANK.__getitem__)
