"""Rank, step and coefficient on a change: promotion, a move, a lower rank, the conversion of grades, insured months.

TT 02/2007/TT-BNV Mục II; NĐ 232/2026/NĐ-CP Đ7, Đ18; TT 05/2024/TT-BNV Đ4; NĐ 170/2025/NĐ-CP Đ23–24. The scales are the
catalogue `pay_scales`, first steps by degree are parameters (`first_step.*`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.absences import Figures
from hrms.people.rules.parameters import whole
from hrms.people.rules.steps import PayGroup, coefficient_problem

RULE = "TT 02/2007/TT-BNV Mục II"
_GRADES = "NĐ 232/2026/NĐ-CP Đ18 k2"
_LOWER = "NĐ 170/2025/NĐ-CP Đ23–24"
_INSURED = "TT 05/2024/TT-BNV Đ4"
_CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class PlacingReason(StrEnum):
    """Why the pay group changes."""

    PROMOTION = "promotion"
    SAME_LEVEL = "same_level"
    LOWER_UNFIT = "lower_unfit"
    LOWER_BY_OWN_WISH = "lower_by_own_wish"
    GRADE_CONVERSION = "grade_conversion"


@dataclass(frozen=True, slots=True)
class Held:
    """The pay held: its group, coefficient, per cent beyond the scale, reserved difference, and since when."""

    group: PayGroup
    coefficient: Decimal
    beyond_scale_percent: int
    step_since: date
    reserved: Decimal = ZERO

    @property
    def step(self) -> int:
        """The step of the coefficient, which `check` has found in the group."""
        return self.group.coefficients.index(self.coefficient) + 1

    @property
    def worth(self) -> Decimal:
        """The coefficient with seniority beyond the scale and the reserved difference."""
        return self.coefficient * (100 + self.beyond_scale_percent) / 100 + self.reserved


@dataclass(frozen=True, slots=True)
class Placed:
    """The new step, its coefficient, the reserved difference, what stays of seniority, the clock of the next raise."""

    step: int
    coefficient: Decimal
    reserved: Decimal
    beyond_scale_percent: int
    clock_from: date
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class InsuredTime:
    """Months insured before, those of probation in the new title among them, and the degree it is placed by."""

    months: int
    probation_months: int = 0
    degree: str = ""


def check(held: Held, to: PayGroup, decided_on: date, why: PlacingReason) -> list[Problem]:
    """Return how the facts contradict themselves or the reason."""
    found = []
    if wrong := coefficient_problem(held.group.table, held.group.group, None, held.coefficient, held.group):
        return [wrong]
    if held.beyond_scale_percent and held.step != held.group.steps:
        text = N_("Thâm niên vượt khung %(percent)s%% chỉ có ở bậc cuối; hệ số %(coefficient)s là bậc %(step)s.")
        params: dict[str, object] = {
            "percent": held.beyond_scale_percent, "coefficient": held.coefficient, "step": held.step,
        }  # fmt: skip
        found.append(Problem("from", "percent_below_last_step", text, params))
    if held.step_since > decided_on:
        text = N_("Giữ bậc từ %(since)s, sau ngày quyết định %(on)s. Hãy sửa một trong hai ngày.")
        found.append(Problem("from", "after_decision", text, {"since": held.step_since, "on": decided_on}))
    old, new = held.group, to
    lower = _height(new) < _height(old), N_("Loại %(new)s không thấp hơn loại %(old)s. Hãy sửa loại hoặc lý do.")
    alike = _kind(new) == _kind(old)
    texts = {
        PlacingReason.PROMOTION: (
            _height(new) > _height(old),
            N_("Loại %(new)s không cao hơn loại %(old)s; nâng ngạch phải lên loại cao hơn. Hãy sửa loại hoặc lý do."),
        ),
        PlacingReason.SAME_LEVEL: (
            alike, N_("Loại %(new)s và loại %(old)s không cùng loại công chức, viên chức. Hãy sửa loại hoặc lý do."),
        ),
        PlacingReason.GRADE_CONVERSION: (
            new.table == old.table and alike and _height(new) >= _height(old),
            N_("Chuyển bậc nghề nghiệp giữ nguyên loại, hoặc lên nhóm 1 của cùng loại trong cùng bảng; không từ "
               "%(old)s sang %(new)s. Hãy sửa loại hoặc lý do."),
        ),
        PlacingReason.LOWER_UNFIT: lower, PlacingReason.LOWER_BY_OWN_WISH: lower,
    }  # fmt: skip
    right, text = texts[why]
    if not right:
        found.append(Problem("reason", "reason_of_other_groups", text, {"new": new.group, "old": old.group}))
    return found


def place(held: Held, to: PayGroup, decided_on: date, why: PlacingReason = PlacingReason.PROMOTION) -> Placed:
    """Return where somebody stands in the group `to` from `decided_on`; ask `check` first."""
    rules: dict[PlacingReason, Callable[[Held, PayGroup, date], Placed]] = {
        PlacingReason.PROMOTION: _upward, PlacingReason.SAME_LEVEL: _sideways,
        PlacingReason.GRADE_CONVERSION: _converted, PlacingReason.LOWER_UNFIT: _lower_unfit,
        PlacingReason.LOWER_BY_OWN_WISH: _lower_by_own_wish,
    }  # fmt: skip
    return rules[why](held, to, decided_on)


def _upward(held: Held, to: PayGroup, decided_on: date, source: str = RULE) -> Placed:
    """Equal or next higher; above the last step the last step and the difference reserved (Mục II k1)."""
    worth = held.worth
    reasons = []
    if held.beyond_scale_percent or held.reserved:
        text = N_("Hệ số %(coefficient)s cộng %(percent)s%% vượt khung và bảo lưu %(reserved)s: %(worth)s.")
        params = {
            "coefficient": held.coefficient, "percent": held.beyond_scale_percent, "reserved": held.reserved,
            "worth": worth.normalize(),
        }  # fmt: skip
        reasons.append(Reason(text, f"{worth.normalize():f}", source, params))
    step = next((n for n, one in enumerate(to.coefficients, 1) if one >= worth), to.steps)
    coefficient = to.coefficients[step - 1]
    reserved = max((worth - coefficient).quantize(_CENT, ROUND_HALF_UP), ZERO)
    params = {"group": to.group, "step": step, "coefficient": coefficient, "worth": worth.normalize()}
    if worth > coefficient:
        text = N_(
            "Lớn hơn bậc cuối loại %(group)s: xếp bậc %(step)s (%(coefficient)s), bảo lưu chênh lệch %(reserved)s."
        )
        reasons.append(Reason(text, str(reserved), source, {**params, "reserved": reserved}))
    else:
        text = N_("Hệ số bằng hoặc cao hơn gần nhất của loại %(group)s: bậc %(step)s (%(coefficient)s).")
        reasons.append(Reason(text, str(coefficient), source, params))
    clock_from, why = _clock(held, coefficient, decided_on, source)
    return Placed(step, coefficient, reserved, 0, clock_from, (*reasons, why))


def _clock(held: Held, coefficient: Decimal, decided_on: date, source: str) -> tuple[date, Reason]:
    if held.beyond_scale_percent:
        text = N_("Đã hưởng thâm niên vượt khung: thời gian nâng bậc lần sau tính từ ngày quyết định %(on)s.")
        return decided_on, Reason(text, decided_on.isoformat(), source, {"on": decided_on})
    scale, at = held.group.coefficients, min(held.step, held.group.steps - 1)
    one_step = scale[at] - scale[at - 1]
    gained = coefficient - held.worth
    params = {"gained": gained, "step": one_step, "on": decided_on, "since": held.step_since}
    if gained >= one_step:
        text = N_("Chênh lệch %(gained)s, từ một bậc ngạch cũ (%(step)s) trở lên: tính từ ngày quyết định %(on)s.")
        return decided_on, Reason(text, decided_on.isoformat(), source, params)
    text = N_("Chênh lệch %(gained)s, nhỏ hơn một bậc ngạch cũ (%(step)s): tính từ ngày giữ bậc cũ %(since)s.")
    return held.step_since, Reason(text, held.step_since.isoformat(), source, params)


def _kept(held: Held, to: PayGroup, source: str) -> Placed:
    text = N_("Cùng loại: giữ hệ số %(coefficient)s, thâm niên vượt khung và ngày giữ bậc %(since)s.")
    params = {"coefficient": held.coefficient, "since": held.step_since}
    reason = Reason(text, held.step_since.isoformat(), source, params)
    step = to.coefficients.index(held.coefficient) + 1
    return Placed(step, held.coefficient, held.reserved, held.beyond_scale_percent, held.step_since, (reason,))


def _sideways(held: Held, to: PayGroup, decided_on: date) -> Placed:
    """Mục II k2: the same figures keep everything, a higher group as a promotion, a lower one its step and reserve."""
    if to.coefficients == held.group.coefficients:
        return _kept(held, to, f"{RULE} k2")
    if _height(to) >= _height(held.group):
        return _upward(held, to, decided_on)
    step = min(held.step, to.steps)
    coefficient = to.coefficients[step - 1]
    percent = held.beyond_scale_percent if step == to.steps else 0
    reserved = held.coefficient - coefficient + held.reserved
    text = N_(
        "Từ nhóm cao sang nhóm thấp cùng loại: giữ bậc %(step)s (%(coefficient)s), bảo lưu chênh lệch %(reserved)s."
    )
    params = {"step": step, "coefficient": coefficient, "reserved": reserved}
    reason = Reason(text, str(reserved), f"{RULE} k2", params)
    return Placed(step, coefficient, reserved, percent, held.step_since, (reason,))


def _converted(held: Held, to: PayGroup, decided_on: date) -> Placed:
    if to.coefficients == held.group.coefficients:
        return _kept(held, to, _GRADES)
    return _upward(held, to, decided_on, f"{_GRADES}; {RULE}")


def _lower_unfit(held: Held, to: PayGroup, _decided_on: date) -> Placed:
    """The step of the old rank and its time, in the lower rank; nothing is reserved."""
    step = min(held.step, to.steps)
    coefficient = to.coefficients[step - 1]
    text = N_("Xuống ngạch do không đáp ứng yêu cầu: theo bậc và thời gian giữ bậc cũ, bậc %(step)s loại %(group)s "
              "(%(coefficient)s), không bảo lưu.")  # fmt: skip
    params = {"step": step, "group": to.group, "coefficient": coefficient}
    reason = Reason(text, str(coefficient), _LOWER, params)
    return Placed(step, coefficient, ZERO, 0, held.step_since, (reason,))


def _lower_by_own_wish(held: Held, to: PayGroup, decided_on: date) -> Placed:
    """As for who is unfit, and the difference to what was held is reserved."""
    found = _lower_unfit(held, to, decided_on)
    reserved = max((held.worth - found.coefficient).quantize(_CENT, ROUND_HALF_UP), ZERO)
    text = N_("Xuống ngạch theo nguyện vọng: bậc %(step)s (%(coefficient)s), bảo lưu chênh lệch %(reserved)s.")
    params = {"step": found.step, "coefficient": found.coefficient, "reserved": reserved}
    reason = Reason(text, str(reserved), _LOWER, params)
    return Placed(found.step, found.coefficient, reserved, 0, found.clock_from, (reason,))


def first_step(group: PayGroup, degree: str, figures: Figures) -> int:
    """Return the step of a first appointment: by the degree where the law raises it, else step 1."""
    return whole(figures, f"first_step.{group.group}.{degree}") or 1


def place_first(
    to: PayGroup, decided_on: date, insured: InsuredTime, figures: Figures, drawn: Decimal | None = None
) -> Placed:
    """Return the placement of who is recruited, with the time insured before (TT 05/2024/TT-BNV Đ4).

    One step up from the first for each full time at a step, probation left out; the months over count toward the next
    raise. `drawn` is the coefficient paid until now: what it is higher by is reserved. Raises ValueError when probation
    is longer than the time insured.
    """
    if insured.probation_months > insured.months:
        raise ValueError("probation longer than the time insured")
    start = first_step(to, insured.degree, figures)
    text = N_("Bậc khởi điểm loại %(group)s theo trình độ: bậc %(step)s (%(coefficient)s).")
    params: dict[str, object] = {"group": to.group, "step": start, "coefficient": to.coefficients[start - 1]}
    known = figures.get(f"first_step.{to.group}.{insured.degree}")
    reasons = [Reason(text, str(start), known.source if known else to.source, params)]
    counted = insured.months - insured.probation_months
    up = min(counted // to.months_per_step, to.steps - start)
    carried = counted - up * to.months_per_step
    step = start + up
    coefficient = to.coefficients[step - 1]
    clock_from = add_months(decided_on, -carried)
    if insured.months:
        text = N_("Đóng bảo hiểm %(months)s tháng, trừ tập sự %(probation)s tháng: cứ %(each)s tháng thêm một bậc, "
                  "lên bậc %(step)s (%(coefficient)s), dư %(carried)s tháng tính từ %(since)s.")  # fmt: skip
        params = {
            "months": insured.months, "probation": insured.probation_months, "each": to.months_per_step, "step": step,
            "coefficient": coefficient, "carried": carried, "since": clock_from,
        }  # fmt: skip
        reasons.append(Reason(text, str(coefficient), _INSURED, params))
    reserved = max((drawn or ZERO) - coefficient, ZERO).quantize(_CENT, ROUND_HALF_UP)
    if reserved:
        text = N_("Hệ số đang hưởng %(drawn)s cao hơn: bảo lưu chênh lệch %(reserved)s.")
        reasons.append(Reason(text, str(reserved), RULE, {"drawn": drawn, "reserved": reserved}))
    return Placed(step, coefficient, reserved, 0, clock_from, tuple(reasons))


def _kind(group: PayGroup) -> str:
    """Return the type without its group: A2.1 and A2.2 are both A2."""
    return group.group.split(".", maxsplit=1)[0]


def _height(group: PayGroup) -> tuple[Decimal, Decimal]:
    return group.coefficients[0], group.coefficients[-1]
