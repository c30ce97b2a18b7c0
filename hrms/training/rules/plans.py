"""The steps of a yearly plan and what a line of it must say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.training.rules.states import PlanState

OPEN = frozenset({PlanState.DRAFT, PlanState.RETURNED})
"""Lines change only while the plan is with its agency."""
STEPS: dict[str, tuple[frozenset[PlanState], PlanState]] = {
    "submit": (OPEN, PlanState.SUBMITTED),
    "return": (frozenset({PlanState.SUBMITTED}), PlanState.RETURNED),
    "approve": (frozenset({PlanState.SUBMITTED}), PlanState.APPROVED),
    "withdraw": (frozenset({*OPEN, PlanState.SUBMITTED, PlanState.APPROVED}), PlanState.WITHDRAWN),
}
"""Step → the states it starts from, the state it ends in."""
LEARNERS_MOST = 100_000
CLASSES_MOST = 5_000
MONEY_MOST = Decimal(10) ** 13
BUDGETS = ("central_budget", "local_budget", "other_budget")


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures of a plan or of what was done: classes, learners, and money by its source in đồng."""

    classes: int = 0
    learners: int = 0
    central: Decimal = Decimal(0)
    local: Decimal = Decimal(0)
    other: Decimal = Decimal(0)

    @property
    def money(self) -> Decimal:
        """Return the money of all sources."""
        return self.central + self.local + self.other

    def __add__(self, more: Sums) -> Sums:
        """Return both together."""
        return Sums(
            self.classes + more.classes, self.learners + more.learners, self.central + more.central,
            self.local + more.local, self.other + more.other,
        )  # fmt: skip


def step_problems(step: str, state: PlanState, lines: int) -> list[Problem]:
    """Return why a plan cannot take a step now."""
    starts, _ends = STEPS[step]
    if state not in starts:
        return [Problem("", "wrong_state", N_("Kế hoạch đã chuyển sang bước khác. Hãy xem lại kế hoạch."))]
    if step == "submit" and not lines:
        return [Problem("", "no_lines", N_("Kế hoạch chưa có chương trình nào. Hãy thêm chương trình rồi trình."))]
    return []


def line_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a line: quarter, classes, learners, money."""
    found = []
    if values.get("quarter") not in {None, 1, 2, 3, 4}:
        found.append(Problem("quarter", "unknown", N_("Quý từ 1 đến 4; bỏ trống nếu chưa định. Hãy chọn lại.")))
    for name, most in (("classes", CLASSES_MOST), ("learners", LEARNERS_MOST)):
        if not 0 <= int(values.get(name) or 0) <= most:
            found.append(Problem(name, "out_of_bounds", N_("Số này từ 0 đến %(most)s. Hãy sửa."), {"most": most}))
    if not int(values.get("learners") or 0):
        found.append(Problem("learners", "required", N_("Chưa ghi số học viên. Hãy ghi số người dự kiến.")))
    for name in BUDGETS:
        amount = Decimal(values.get(name) or 0)
        if not 0 <= amount < MONEY_MOST or amount != amount.to_integral_value():
            found.append(Problem(name, "out_of_bounds", N_("Kinh phí là số đồng, không âm, không lẻ. Hãy sửa.")))
    return found


def total(sums: Sequence[Sums]) -> Sums:
    """Return the sum of several figures."""
    found = Sums()
    for one in sums:
        found += one
    return found
