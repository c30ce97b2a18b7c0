"""Objectives of a unit: from objective to indicator, baseline, target, evidence; how far each has come. Pure.

The result-based way of planning what a unit and its people deliver (NĐ 335/2025/NĐ-CP Đ13 k1: tasks of the year come
first, products follow from them).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction

from hrms.core.rules import N_, Problem

VALUE_MOST = Decimal(10) ** 11
HUNDRED = Decimal(100)


class ObjectiveState(StrEnum):
    """Whether an objective counts yet."""

    DRAFT = "draft"
    APPROVED = "approved"
    DROPPED = "dropped"


class Direction(StrEnum):
    """Which way of the indicator is the better one."""

    MORE = "more"
    LESS = "less"


OBJECTIVE_LABELS: dict[ObjectiveState, str] = {
    ObjectiveState.DRAFT: N_("Dự thảo"),
    ObjectiveState.APPROVED: N_("Đã duyệt"),
    ObjectiveState.DROPPED: N_("Đã bỏ"),
}
OBJECTIVE_TONES: dict[ObjectiveState, str] = {
    ObjectiveState.DRAFT: "warn", ObjectiveState.APPROVED: "ok", ObjectiveState.DROPPED: "none",
}  # fmt: skip
DIRECTION_LABELS: dict[Direction, str] = {
    Direction.MORE: N_("Càng cao càng tốt"),
    Direction.LESS: N_("Càng thấp càng tốt"),
}


@dataclass(frozen=True, slots=True)
class Aim:
    """The figures of an objective, in the unit of its indicator; `weight` is its part among those of its agency."""

    direction: Direction
    target: Decimal
    baseline: Decimal | None = None
    actual: Decimal | None = None
    weight: Decimal = Decimal(1)

    @property
    def is_reached(self) -> bool:
        """Say whether the target is reached, the direction considered; not while nothing is known."""
        if self.actual is None:
            return False
        return self.actual >= self.target if self.direction is Direction.MORE else self.actual <= self.target


def progress(aim: Aim) -> Decimal | None:
    """Return how far an objective has come, in per cent from 0 to 100; None while nothing is known.

    From the baseline (0 where "more" has none) to the target. Two decimals, never rounded up: 100 is only what reached
    the target. A "less" without a baseline is measured as target over actual.
    """
    if aim.actual is None:
        return None
    if aim.is_reached:
        return HUNDRED
    actual, target = Fraction(aim.actual), Fraction(aim.target)
    if aim.direction is Direction.LESS and aim.baseline is None:
        part = target / actual if actual > 0 else Fraction(0)
    else:
        start = Fraction(aim.baseline or 0)
        ahead = target > start if aim.direction is Direction.MORE else target < start
        part = (actual - start) / (target - start) if ahead else Fraction(0)
    part = min(max(part, Fraction(0)), Fraction(1))
    return _floor(part * 100)


def overall(aims: Iterable[Aim]) -> Decimal | None:
    """Return the mean progress of several objectives by their weights; unknown counts as 0, all unknown: None."""
    known = list(aims)
    whole = sum((one.weight for one in known), Decimal(0))
    if not whole or all(one.actual is None for one in known):
        return None
    done = sum((Fraction(progress(one) or 0) * Fraction(one.weight) for one in known), Fraction(0))
    return _floor(done / Fraction(whole))


def _floor(value: Fraction) -> Decimal:
    hundredths = value.numerator * 100 // value.denominator
    return Decimal(hundredths).scaleb(-2).quantize(Decimal("0.01"), rounding=ROUND_FLOOR)


def aim_problems(aim: Aim) -> list[Problem]:
    """Return what contradicts itself in the figures of an objective."""
    found: list[Problem] = []
    for name, value in (("baseline", aim.baseline), ("target", aim.target), ("actual", aim.actual)):
        if value is not None and (not value.is_finite() or abs(value) > VALUE_MOST or round(value, 4) != value):
            text = N_("Số “%(value)s” quá lớn hoặc có hơn bốn số lẻ. Hãy nhập lại, hoặc đổi đơn vị tính.")
            found.append(Problem(name, "value", text, {"value": str(value)[:30]}))
    if not found and aim.baseline is not None:
        words = {
            Direction.MORE: N_(
                "Chỉ tiêu %(target)s thấp hơn mức ban đầu %(baseline)s dù càng cao càng tốt. Hãy xem lại."
            ),
            Direction.LESS: N_(
                "Chỉ tiêu %(target)s cao hơn mức ban đầu %(baseline)s dù càng thấp càng tốt. Hãy xem lại."
            ),
        }
        away = aim.target < aim.baseline if aim.direction is Direction.MORE else aim.target > aim.baseline
        if away:
            params = {"target": aim.target, "baseline": aim.baseline}
            found.append(Problem("target", "away", words[aim.direction], params))
    if not 0 < aim.weight <= HUNDRED:
        text = N_("Trọng số là %(value)s. Hãy nhập số lớn hơn 0, nhiều nhất 100.")
        found.append(Problem("weight", "weight", text, {"value": aim.weight}))
    return found


def step_problems(step: str, state: ObjectiveState) -> list[Problem]:
    """Return why an objective cannot be edited, approved, dropped or recorded on now."""
    if state is ObjectiveState.DROPPED:
        return [Problem("", "dropped", N_("Mục tiêu đã bỏ, không ghi thêm được. Hãy lập mục tiêu mới."))]
    if step in {"edit", "approve"} and state is ObjectiveState.APPROVED:
        text = N_("Mục tiêu đã duyệt: chỉ tiêu không sửa được nữa. Muốn đổi, hãy bỏ mục tiêu này và lập mục tiêu mới.")
        return [Problem("", "approved", text)]
    if step == "record" and state is ObjectiveState.DRAFT:
        return [Problem("", "draft", N_("Mục tiêu chưa duyệt nên chưa ghi kết quả được. Hãy duyệt mục tiêu trước."))]
    return []
