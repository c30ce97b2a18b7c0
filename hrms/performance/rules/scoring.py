"""Points of a month or a quarter: NĐ 335/2025/NĐ-CP Đ12–Đ16, Đ18, PL I; NĐ 233/2026/NĐ-CP Đ11–Đ12. Pure.

Use `Formula` (dated data of a criteria set), `Item`, `Leader`, `Role`, `check`, `score` → `Scored` or `Unscored`,
`gaps` (what would have changed the class), `weight_problems`, `subordinates_value`; general criteria: `rules.general`.

U is the sum of converted units assigned. a, b, c are what was done, less 25 % of a product's quality for each check
failed, less 25 % of its progress for each lateness, over U. Work added (ad hoc, taken over) is outside U but adds when
done. Staff: R = (a + b + c) / 3; leaders: (a + b + c + d + đ + e) / 6, or by the weights of the unit's own regulation.
All exact until stored; points are out of 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hrms.core.rules import N_, Reason
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass, Thresholds
from hrms.performance.rules.formula import (
    CRITERION_LABELS,
    LEADER_CRITERIA,
    ROLE_LABELS,
    WORK_CRITERIA,
    Criterion,
    Decree,
    Formula,
    Item,
    Leader,
    Role,
    check,
    criteria_of,
    weight_problems,
)
from hrms.performance.rules.numbers import half_up, stored

__all__ = [
    "CRITERION_LABELS", "LEADER_CRITERIA", "ROLE_LABELS", "WORK_CRITERIA", "Criterion", "Decree", "Exact", "Formula",
    "Gap", "Gaps", "Item", "Leader", "Role", "Scored", "Unscored", "check", "criteria_of", "gaps", "kept", "score",
    "subordinates_value", "weight_problems",
]  # fmt: skip

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Unscored:
    """No points, and why: nothing was assigned, so there is no ratio."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Exact:
    """The numbers of a score before any rounding; `ratios` by criterion, `ratio` is R, points out of 100."""

    ratios: Mapping[Criterion, Fraction]
    ratio: Fraction
    raw_result: Fraction
    result: Fraction
    general: Fraction

    @property
    def score(self) -> Fraction:
        """General plus result, the result capped."""
        return self.general + self.result

    @property
    def raw_score(self) -> Fraction:
        """General plus result before the cap."""
        return self.general + self.raw_result


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with what made it. Decimals have six places, half up; `rating` compares the exact points."""

    items: tuple[Item, ...]
    role: Role
    leader: Leader | None
    formula: Formula
    exact: Exact
    rating: RatingClass
    """The class by these points; a year's class follows from the mean of its months."""

    @property
    def assigned_units(self) -> Decimal:
        """U: converted units assigned."""
        return sum((one.units for one in self.items if not one.added), Decimal(0))

    @property
    def a(self) -> Decimal:
        """Quantity."""
        return stored(self.exact.ratios[Criterion.QUANTITY])

    @property
    def b(self) -> Decimal:
        """Quality."""
        return stored(self.exact.ratios[Criterion.QUALITY])

    @property
    def c(self) -> Decimal:
        """Progress."""
        return stored(self.exact.ratios[Criterion.PROGRESS])

    @property
    def ratio(self) -> Decimal:
        """R before the cap."""
        return stored(self.exact.ratio)

    @property
    def general(self) -> Decimal:
        """Points of the general criteria."""
        return stored(self.exact.general)

    @property
    def result(self) -> Decimal:
        """Points of the result, capped."""
        return stored(self.exact.result)

    @property
    def raw_result(self) -> Decimal:
        """Points of the result before the cap."""
        return stored(self.exact.raw_result)

    @property
    def score(self) -> Decimal:
        """Points of the period, out of 100."""
        return stored(self.exact.score)

    @property
    def raw_score(self) -> Decimal:
        """Points of the period before the cap."""
        return stored(self.exact.raw_score)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return the steps of the score with their articles; made when asked for, since bulk scoring asks for none."""
        return tuple(_reasons(self))


def kept(count: int, formula: Formula) -> Decimal:
    """Return what is left of a product's quality or progress after so many failures: 0.25 off for each."""
    left = 1 - formula.penalty * count
    return max(left, Decimal(0)) if formula.floor else left


def score(
    items: Sequence[Item], general: Decimal, role: Role, leader: Leader | None, formula: Formula
) -> Scored | Unscored:
    """Return the points of a period, or why there are none; facts must have passed `check`."""
    assigned = [one for one in items if not one.added]
    if not assigned:
        return Unscored((_nothing_assigned(items, formula),))
    units = Fraction(sum((one.units for one in assigned), Decimal(0)))
    done = [one for one in items if one.done]
    quantity = sum((one.units for one in done), Decimal(0))
    quality = sum((one.units * kept(one.failed_checks, formula) for one in done), Decimal(0))
    progress = sum((one.units * kept(one.late, formula) for one in done), Decimal(0))
    ratios = {
        Criterion.QUANTITY: Fraction(quantity) / units,
        Criterion.QUALITY: Fraction(quality) / units,
        Criterion.PROGRESS: Fraction(progress) / units,
    }
    if leader is not None and role is not Role.STAFF:
        ratios |= {criterion: Fraction(leader.of(criterion)) for criterion in LEADER_CRITERIA}
    ratio = sum((value * formula.share(criterion, role) for criterion, value in ratios.items()), ZERO)
    most = Fraction(formula.result_max)
    raw = ratio * most
    found = Exact(ratios, ratio, raw, min(raw, most) if formula.cap else raw, Fraction(general))
    return Scored(tuple(items), role, leader, formula, found, formula.thresholds.class_of(found.score))


def _nothing_assigned(items: Sequence[Item], formula: Formula) -> Reason:
    text = (
        N_("Chưa giao việc: kỳ này chỉ có việc đột xuất hoặc nhận thay, không có mẫu số để tính tỷ lệ.")
        if items
        else N_("Chưa giao việc: kỳ này không có sản phẩm nào được giao nên không có điểm.")
    )
    return Reason(text, "", formula.source("Đ14, Đ18 k1d"))


def subordinates_value(points: Iterable[Decimal], thresholds: Thresholds) -> Decimal:
    """Return criterion d of a head: 1 when all who are led have points of "hoàn thành" or better, else 0.5 (Đ15 k2)."""
    return Decimal(1) if all(one >= thresholds.satisfactory for one in points) else Decimal("0.5")


def _reasons(found: Scored) -> Iterable[Reason]:
    formula, numbers = found.formula, found.exact
    assigned = [one for one in found.items if not one.added]
    added = [one for one in found.items if one.added]
    units = found.assigned_units
    text = N_("Được giao %(count)s sản phẩm, quy đổi %(units)s đơn vị: mẫu số của các tỷ lệ.")
    yield Reason(text, f"{units:f}", formula.source("Đ13, Đ14"), {"count": len(assigned), "units": units})
    if impossible := [one for one in assigned if one.impossible]:
        text = N_("Báo không thực hiện được %(units)s đơn vị: vẫn ở mẫu số, không ở tử số.")
        yield _of_units(text, impossible, formula.source("Đ18 k1d", "Đ11"))
    if added:
        text = N_("Việc đột xuất, nhận thay %(units)s đơn vị: không vào mẫu số; đã hoàn thành thì cộng vào tử số.")
        yield _of_units(text, added, formula.source("Đ14, Đ18 k1d"))
    yield from _work_reasons(found)
    if found.leader is not None:
        for criterion in LEADER_CRITERIA:
            text = N_("%(criterion)s: %(value)s.")
            params = {"criterion": CRITERION_LABELS[criterion], "value": found.leader.of(criterion)}
            yield Reason(text, str(found.leader.of(criterion)), _article(found), params)
    yield _ratio_reason(found)
    text = N_("Điểm kết quả: %(most)s × %(ratio)s.")
    params = {"most": formula.result_max, "ratio": found.ratio}
    yield Reason(text, str(half_up(numbers.raw_result, 2)), formula.source("Đ12 k3, Đ16"), params)
    if numbers.raw_result > numbers.result:
        text = N_("Vượt điểm tối đa: chỉ tính %(most)s điểm kết quả; giữ điểm trước khi chặn là %(raw)s "
                  "(cách hiểu, Nghị định không nói rõ).")  # fmt: skip
        params = {"most": formula.result_max, "raw": half_up(numbers.raw_score, 2)}
        yield Reason(text, str(half_up(numbers.result, 2)), formula.source("Đ12 k3", "Đ12"), params)
    text = N_("Điểm tiêu chí chung, tối đa %(most)s.")
    params = {"most": formula.general_max}
    yield Reason(text, str(half_up(numbers.general, 2)), formula.source("Đ12, PL I", "Đ12, PL I"), params)
    text = N_("Tổng điểm ở mức “%(rating)s”.")
    params = {"rating": CLASS_LABELS[found.rating]}
    yield Reason(text, str(half_up(numbers.score, 2)), formula.source("Đ20", "Đ12"), params)
    if (least := formula.thresholds.shown_but_not_reached(numbers.score)) is not None:
        text = N_("Điểm hiển thị %(shown)s do làm tròn; điểm thực %(points)s chưa đạt %(least)s.")
        params = {"shown": half_up(numbers.score, 2), "points": found.score, "least": least}
        yield Reason(text, str(found.score), formula.source("Đ20", "Đ12"), params)


def _of_units(text: str, items: Sequence[Item], source: str) -> Reason:
    units = sum((one.units for one in items), Decimal(0))
    return Reason(text, f"{units:f}", source, {"units": units})


def _article(found: Scored, work: str = "") -> str:
    """Return the article of a criterion: leaders' products include what they direct, deputies answer in their field."""
    leaders = {Role.STAFF: "", Role.HEAD: "Đ15 k1" if work else "Đ15", Role.DEPUTY: "Đ15 k4"}[found.role]
    return found.formula.source(", ".join(filter(None, (work, leaders))))


def _work_reasons(found: Scored) -> Iterable[Reason]:
    """Return the steps to a, b and c, with what was lost to failed checks and lateness."""
    formula = found.formula
    done = [one for one in found.items if one.done]
    params = {"done": sum((one.units for one in done), Decimal(0)), "units": found.assigned_units}
    text = N_("Số lượng (a): hoàn thành %(done)s / %(units)s đơn vị.")
    yield Reason(text, str(found.a), _article(found, "Đ14"), params)
    percent = half_up(formula.penalty * 100, 2).normalize()
    for counts, lost, figure in (
        ([one.failed_checks for one in done], N_("Chất lượng (b): %(count)s lần kiểm tra không đạt, mỗi lần trừ "
         "%(percent)s%% điểm chất lượng của sản phẩm."), found.b),
        ([one.late for one in done], N_("Tiến độ (c): %(count)s lần chậm, mỗi lần trừ %(percent)s%% điểm tiến độ của "
         "sản phẩm."), found.c),
    ):  # fmt: skip
        yield Reason(lost, str(figure), _article(found, "Đ14"), {"count": sum(counts), "percent": percent})
        if any(count * formula.penalty > 1 for count in counts):
            text = (
                N_("Điểm của một sản phẩm không xuống dưới 0 (cách hiểu, Nghị định không nói rõ).")
                if formula.floor
                else N_("Điểm của một sản phẩm được phép xuống dưới 0 (cách hiểu, Nghị định không nói rõ).")
            )
            yield Reason(text, "", _article(found, "Đ14"))


def _ratio_reason(found: Scored) -> Reason:
    formula = found.formula
    if formula.weights is not None:
        text = N_("Cộng theo điểm tối đa của từng tiêu chí trong Quy chế: %(weights)s.")
        parts = " + ".join(f"{formula.weights[one]:f}×{stored(value)}" for one, value in found.exact.ratios.items())
        return Reason(text, str(found.ratio), formula.source("Đ16", "Đ12 k5; Quy chế của đơn vị"), {"weights": parts})
    if found.role is Role.STAFF:
        return Reason(N_("Tỷ lệ kết quả: (a + b + c) / 3."), str(found.ratio), formula.source("Đ16", "Đ12 k5"))
    return Reason(N_("Tỷ lệ kết quả: (a + b + c + d + đ + e) / 6."), str(found.ratio), formula.source("Đ16", "Đ12 k5"))


@dataclass(frozen=True, slots=True)
class Gap:
    """What one product, done perfectly, would add to the points; `enough` says it alone reaches the next class."""

    place: int
    item: Item
    adds: Decimal
    enough: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing to the next class (None at the top), and what each product would add, most first."""

    next_class: RatingClass | None
    missing: Decimal | None
    products: tuple[Gap, ...]
    all_perfect: Decimal
    """What everything done perfectly would add, the cap considered."""


def gaps(scored: Scored, formula: Formula | None = None) -> Gaps:
    """Return what would have changed the class: points missing, and what each product lost; the cap considered.

    `missing` is rounded up in the sixth place, so that reaching it does reach the class.
    """
    rule = formula or scored.formula
    perfect = [replace(one, done=True, failed_checks=0, late=0, impossible=False) for one in scored.items]
    now = scored.exact.score
    found = rule.thresholds.next_above(now)
    lacking = None if found is None else Fraction(found[1]) - now
    products = []
    for place, (one, better) in enumerate(zip(scored.items, perfect, strict=True)):
        if one == better:
            continue
        changed = [*scored.items[:place], better, *scored.items[place + 1 :]]
        gained = _points(changed, scored, rule) - now
        products.append(Gap(place, one, stored(gained), lacking is not None and gained >= lacking))
    products.sort(key=lambda gap: (-gap.adds, gap.place))
    return Gaps(
        None if found is None else found[0],
        None if lacking is None else _up(lacking),
        tuple(products),
        stored(_points(perfect, scored, rule) - now),
    )


def _points(items: Sequence[Item], scored: Scored, formula: Formula) -> Fraction:
    again = score(items, stored(scored.exact.general), scored.role, scored.leader, formula)
    return scored.exact.score if isinstance(again, Unscored) else again.exact.score


def _up(value: Fraction) -> Decimal:
    rounded = stored(value)
    return rounded if Fraction(rounded) >= value else rounded + Decimal("0.000001")
