"""What points are made of: the figures of a criteria set, products, leader criteria, and what contradicts itself. Pure.

Use `Formula`, `Item`, `Leader`, `Role`, `Criterion`, `Decree`, `check`, `weight_problems`; `rules.scoring` gives them
too. NĐ 335/2025/NĐ-CP Đ12–Đ16, Đ18; NĐ 233/2026/NĐ-CP Đ11–Đ12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hrms.core.rules import N_, Problem
from hrms.performance.rules.classes import Thresholds

MOST_UNITS = Decimal(1_000_000)
"""More units than this in one product is a slip of typing, not work."""


class Decree(StrEnum):
    """The decree a criteria set follows, as facts files name it."""

    CIVIL = "335/2025"
    PUBLIC = "233/2026"


class Role(StrEnum):
    """Whether the three leader criteria apply."""

    STAFF = "staff"
    HEAD = "head"
    DEPUTY = "deputy"


class Criterion(StrEnum):
    """What the result part is made of; the last three are for leaders only."""

    QUANTITY = "quantity"
    QUALITY = "quality"
    PROGRESS = "progress"
    SUBORDINATES = "subordinates"
    UNIT = "unit"
    COHESION = "cohesion"


WORK_CRITERIA = (Criterion.QUANTITY, Criterion.QUALITY, Criterion.PROGRESS)
LEADER_CRITERIA = (Criterion.SUBORDINATES, Criterion.UNIT, Criterion.COHESION)
CRITERION_LABELS: dict[Criterion, str] = {
    Criterion.QUANTITY: N_("Số lượng (a)"),
    Criterion.QUALITY: N_("Chất lượng (b)"),
    Criterion.PROGRESS: N_("Tiến độ (c)"),
    Criterion.SUBORDINATES: N_("Kết quả của công chức thuộc quyền (d)"),
    Criterion.UNIT: N_("Kết quả của đơn vị, lĩnh vực phụ trách (đ)"),
    Criterion.COHESION: N_("Đoàn kết, thống nhất trong đơn vị (e)"),
}
ROLE_LABELS: dict[Role, str] = {
    Role.STAFF: N_("Không giữ chức vụ lãnh đạo, quản lý"),
    Role.HEAD: N_("Người đứng đầu"),
    Role.DEPUTY: N_("Cấp phó"),
}
LAW: dict[Decree, str] = {Decree.CIVIL: "NĐ 335/2025/NĐ-CP", Decree.PUBLIC: "NĐ 233/2026/NĐ-CP"}


def criteria_of(role: Role) -> tuple[Criterion, ...]:
    """Return the result criteria of a role."""
    return WORK_CRITERIA if role is Role.STAFF else (*WORK_CRITERIA, *LEADER_CRITERIA)


@dataclass(frozen=True, slots=True)
class Item:
    """One product of the period in converted `units`, with its checks failed and latenesses that nobody excused.

    `added` is work ad hoc or taken over; `impossible` was reported as not to be done: it stays in U, undone (Đ18 k1d).
    """

    units: Decimal
    done: bool
    failed_checks: int = 0
    late: int = 0
    added: bool = False
    impossible: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Leader:
    """The three leader criteria d, đ, e: 1 or 0.5 each (Đ15 k2–k4)."""

    subordinates: Decimal
    unit: Decimal
    cohesion: Decimal

    def of(self, criterion: Criterion) -> Decimal:
        """Return the value of one criterion."""
        found: Decimal = getattr(self, criterion.value)
        return found


@dataclass(frozen=True, slots=True)
class Formula:
    """The figures of a criteria set in force in the period; as they stand here, those of NĐ 335/2025/NĐ-CP.

    `weights` None means equal parts; else the points of each criterion, summing to `result_max` (NĐ 233 Đ12 k5).
    `floor` keeps a product's quality and progress at zero or above, `cap` the result at `result_max`: readings [U].
    `leader_values` None lets a leader criterion take any value from 0 to 1.
    """

    decree: Decree = Decree.CIVIL
    general_max: Decimal = Decimal(30)
    result_max: Decimal = Decimal(70)
    penalty: Decimal = Decimal("0.25")
    floor: bool = True
    cap: bool = True
    weights: Mapping[Criterion, Decimal] | None = None
    leader_values: tuple[Decimal, ...] | None = (Decimal(1), Decimal("0.5"))
    thresholds: Thresholds = field(default_factory=Thresholds)

    def source(self, civil: str, public: str = "Đ11–Đ12") -> str:
        """Return the article of the decree this set follows."""
        return f"{LAW[self.decree]} {civil if self.decree is Decree.CIVIL else public}"

    def share(self, criterion: Criterion, role: Role) -> Fraction:
        """Return the part of the result a criterion makes, of 1."""
        if self.weights is None:
            return Fraction(1, len(criteria_of(role)))
        return Fraction(self.weights[criterion]) / Fraction(self.result_max)


def weight_problems(weights: Mapping[Criterion, Decimal], role: Role, result_max: Decimal) -> list[Problem]:
    """Return what is wrong with the points of a unit's own regulation: criteria of the role, none below 0, the sum."""
    found: list[Problem] = []
    wanted = criteria_of(role)
    for criterion in wanted:
        if criterion not in weights:
            text = N_("Chưa có điểm tối đa của tiêu chí “%(criterion)s”. Hãy nhập số từ 0 đến %(most)s.")
            params = {"criterion": CRITERION_LABELS[criterion], "most": result_max}
            found.append(Problem(f"weights.{criterion}", "missing_weight", text, params))
    for criterion, points in weights.items():
        if criterion not in wanted:
            text = N_("Tiêu chí “%(criterion)s” chỉ dùng cho người giữ chức vụ lãnh đạo, quản lý. Hãy bỏ tiêu chí này.")
            params = {"criterion": CRITERION_LABELS[criterion]}
            found.append(Problem(f"weights.{criterion}", "not_of_role", text, params))
        elif points < 0:
            text = N_("Điểm tối đa của tiêu chí “%(criterion)s” là %(points)s. Hãy nhập số không âm.")
            params = {"criterion": CRITERION_LABELS[criterion], "points": points}
            found.append(Problem(f"weights.{criterion}", "negative_weight", text, params))
    total = sum(weights.values(), Decimal(0))
    if not found and total != result_max:
        text = N_("Tổng điểm các tiêu chí kết quả là %(total)s, phải bằng %(most)s. Hãy sửa điểm của các tiêu chí.")
        found.append(Problem("weights", "weights_sum", text, {"total": total, "most": result_max}))
    return found


def check(
    items: Iterable[Item], general: Decimal, role: Role, leader: Leader | None, formula: Formula
) -> list[Problem]:
    """Return what contradicts itself; `score` takes facts without problems."""
    found: list[Problem] = []
    known = list(items)
    for place, one in enumerate(known, start=1):
        found += _item_problems(one, place)
    if known and all(one.added for one in known):
        text = N_("Kỳ này chỉ có việc đột xuất hoặc nhận thay, không có sản phẩm được giao nên không tính được tỷ lệ. "
                  "Hãy giao ít nhất một sản phẩm từ đầu kỳ.")  # fmt: skip
        found.append(Problem("assigned", "only_added", text))
    if not 0 <= general <= formula.general_max:
        text = N_("Điểm tiêu chí chung là %(value)s. Hãy nhập số từ 0 đến %(most)s.")
        found.append(Problem("general", "out_of_range", text, {"value": general, "most": formula.general_max}))
    if formula.weights is not None:
        found += weight_problems(formula.weights, role, formula.result_max)
    if role is Role.STAFF and leader is not None:
        text = N_("Người không giữ chức vụ lãnh đạo, quản lý không có ba tiêu chí lãnh đạo. Hãy bỏ mục này.")
        found.append(Problem("leader", "leader_of_staff", text))
    elif role is not Role.STAFF and leader is None:
        text = N_("Thiếu ba tiêu chí lãnh đạo (d, đ, e) của người giữ chức vụ lãnh đạo, quản lý. Hãy cho điểm.")
        found.append(Problem("leader", "leader_missing", text))
    elif leader is not None:
        found += _leader_problems(leader, formula)
    return found


def _item_problems(one: Item, place: int) -> list[Problem]:
    found: list[Problem] = []
    where = {"place": place}
    if not 0 < one.units <= MOST_UNITS:
        text = N_("Sản phẩm thứ %(place)s có %(units)s đơn vị quy đổi. Hãy nhập số lớn hơn 0, nhiều nhất %(most)s.")
        found.append(Problem("units", "units", text, {**where, "units": one.units, "most": MOST_UNITS}))
    for name, count in (("failed_checks", one.failed_checks), ("late", one.late)):
        if count < 0:
            text = N_("Sản phẩm thứ %(place)s có số lần là %(count)s. Hãy nhập số không âm.")
            found.append(Problem(name, "negative_count", text, {**where, "count": count}))
    if one.impossible and one.done:
        text = N_("Sản phẩm thứ %(place)s vừa báo không thực hiện được vừa ghi đã hoàn thành. Hãy sửa một trong hai.")
        found.append(Problem("done", "impossible_done", text, where))
    return found


def _leader_problems(leader: Leader, formula: Formula) -> list[Problem]:
    found: list[Problem] = []
    for criterion in LEADER_CRITERIA:
        value = leader.of(criterion)
        params = {"criterion": CRITERION_LABELS[criterion], "value": value}
        if formula.leader_values is None:
            if not 0 <= value <= 1:
                text = N_("Tiêu chí “%(criterion)s” là %(value)s. Hãy nhập số từ 0 đến 1.")
                found.append(Problem(f"leader.{criterion}", "leader_value", text, params))
        elif value not in formula.leader_values:
            text = N_("Tiêu chí “%(criterion)s” là %(value)s. Hãy chọn một trong các mức: %(values)s.")
            params["values"] = " · ".join(str(one) for one in formula.leader_values)
            found.append(Problem(f"leader.{criterion}", "leader_value", text, params))
    return found
