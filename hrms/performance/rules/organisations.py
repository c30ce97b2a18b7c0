"""The class of an organisation in a year: NĐ 335/2025/NĐ-CP Chương II; NĐ 233/2026/NĐ-CP Chương II. Pure.

Use `OrganisationFacts`, `check_organisation`, `organisation_class` → `OrganisationClass`, `organisations_max` (quota).
Points in a band whose further conditions are missed: NĐ 233 Đ7 k5 lets the authority decide from the work done; NĐ 335
is silent [U], so the authority decides there too, between the classes offered. Figures: per cent of the tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from hrms.core.rules import N_, Problem, Reason
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass, Thresholds
from hrms.performance.rules.formula import LAW, Decree
from hrms.performance.rules.quota import Rule

HUNDRED = Decimal(100)
FEW_UNITS = 5
"""Fewer subordinate units than this have at most one excellent (NĐ 233/2026/NĐ-CP)."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The shares a class asks for, in per cent of the year's tasks."""

    exceeding_least: Decimal = Decimal(30)
    late_most: Decimal = Decimal(20)
    done_least: Decimal = Decimal(70)


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """A year of an organisation; None is not known yet.

    `done` of the tasks, `late` among them, `exceeding` the target; `subordinate_failed`: a unit directly under it is
    "không hoàn thành"; `wrongdoing`: violations of personnel rules or disunity were concluded; `force_majeure`: what is
    undone had a cause nobody could help.
    """

    points: Decimal | None
    done: Decimal | None = None
    late: Decimal | None = None
    exceeding: Decimal | None = None
    shortcomings_fixed: bool | None = None
    subordinate_failed: bool | None = None
    wrongdoing: bool = False
    force_majeure: bool = False
    decree: Decree = Decree.CIVIL
    thresholds: Thresholds = field(default_factory=Thresholds)
    conditions: Conditions = field(default_factory=Conditions)


@dataclass(frozen=True, slots=True)
class OrganisationClass:
    """The class that follows (None: the authority decides between `candidates`, highest first), and why."""

    rating: RatingClass | None
    by_points: RatingClass | None
    candidates: tuple[RatingClass, ...]
    reasons: tuple[Reason, ...]


def check_organisation(facts: OrganisationFacts) -> list[Problem]:
    """Return which figures cannot be: points and shares from 0 to 100, not more late or exceeding than done."""
    found: list[Problem] = []
    for name, label, value in (
        ("points", N_("Điểm của cơ quan"), facts.points),
        ("done_percent", N_("Tỷ lệ nhiệm vụ hoàn thành"), facts.done),
        ("late_percent", N_("Tỷ lệ nhiệm vụ chậm"), facts.late),
        ("exceeding_percent", N_("Tỷ lệ nhiệm vụ vượt mức"), facts.exceeding),
    ):
        if value is not None and not 0 <= value <= HUNDRED:
            text = N_("%(label)s là %(value)s. Hãy nhập số từ 0 đến 100.")
            found.append(Problem(name, "out_of_range", text, {"label": label, "value": value}))
    if not found and facts.done is not None:
        for name, label, value in (
            ("late_percent", N_("Tỷ lệ nhiệm vụ chậm"), facts.late),
            ("exceeding_percent", N_("Tỷ lệ nhiệm vụ vượt mức"), facts.exceeding),
        ):
            if value is not None and value > facts.done:
                text = N_("%(label)s là %(value)s%%, nhiều hơn %(done)s%% đã hoàn thành. Hãy sửa một trong hai.")
                found.append(Problem(name, "more_than_done", text, {"label": label, "value": value,
                                                                    "done": facts.done}))  # fmt: skip
    return found


def organisation_class(facts: OrganisationFacts) -> OrganisationClass:
    """Return the class of an organisation; facts must have passed `check_organisation`."""
    source = f"{LAW[facts.decree]} Chương II"
    failing = tuple(_failing(facts, source))
    by_points = None if facts.points is None else facts.thresholds.class_of(facts.points)
    if failing:
        return OrganisationClass(RatingClass.UNSATISFACTORY, by_points, (), failing)
    if facts.points is None or by_points is None:
        text = N_("Chưa có điểm của cơ quan: chưa xếp loại được.")
        return OrganisationClass(None, None, (), (Reason(text, "", source),))
    text = N_("Theo điểm: %(rating)s.")
    reasons = [Reason(text, f"{facts.points:f}", source, {"rating": CLASS_LABELS[by_points]})]
    missed = tuple(_missed(by_points, facts, source))
    if not missed:
        return OrganisationClass(by_points, by_points, (by_points,), tuple(reasons))
    candidates: list[RatingClass] = []
    for rating in (RatingClass.EXCELLENT, RatingClass.GOOD, RatingClass.SATISFACTORY):
        if facts.thresholds.class_of(facts.points) is rating or candidates:
            candidates.append(rating)
            if not tuple(_missed(rating, facts, source)):
                break
    else:
        candidates.append(RatingClass.UNSATISFACTORY)
    text = N_("Đủ điểm nhưng chưa đủ điều kiện của mức: cấp có thẩm quyền căn cứ thực tế quyết định.")
    rule = f"{LAW[Decree.PUBLIC]} Đ7 k5"
    silent = N_("Nghị định 335 không nói trường hợp này; áp dụng như đơn vị sự nghiệp (cách hiểu).")
    reasons += [*missed, Reason(text, "", rule)]
    if facts.decree is Decree.CIVIL:
        reasons.append(Reason(silent, "", source))
    return OrganisationClass(None, by_points, tuple(candidates), tuple(reasons))


def _failing(facts: OrganisationFacts, source: str) -> Iterable[Reason]:
    if facts.wrongdoing:
        text = N_("Có kết luận vi phạm công tác cán bộ hoặc mất đoàn kết: không hoàn thành nhiệm vụ.")
        yield Reason(text, "", source)
    if facts.done is not None and facts.done < facts.conditions.done_least and not facts.force_majeure:
        text = N_("Hoàn thành %(done)s%% nhiệm vụ, dưới %(least)s%%: không hoàn thành nhiệm vụ.")
        params = {"done": facts.done, "least": facts.conditions.done_least}
        yield Reason(text, f"{facts.done:f}%", source, params)
    if facts.points is not None and facts.points < facts.thresholds.satisfactory:
        text = N_("Dưới %(least)s điểm: không hoàn thành nhiệm vụ.")
        yield Reason(text, f"{facts.points:f}", source, {"least": facts.thresholds.satisfactory})


def _missed(rating: RatingClass, facts: OrganisationFacts, source: str) -> Iterable[Reason]:
    """Return the conditions of a class that are missed or not known."""
    top = rating is RatingClass.EXCELLENT
    late_most = facts.conditions.late_most if rating is RatingClass.SATISFACTORY else Decimal(0)
    checks: list[tuple[bool | None, str, dict[str, object]]] = [
        (None if facts.done is None else facts.done >= HUNDRED,
         N_("Phải hoàn thành 100%% nhiệm vụ; thực tế: %(value)s."), {"value": _percent(facts.done)}),
        (None if facts.late is None else facts.late <= late_most,
         N_("Nhiệm vụ chậm nhiều nhất %(most)s%%; thực tế: %(value)s."),
         {"most": late_most, "value": _percent(facts.late)}),
    ]  # fmt: skip
    if top:
        least = facts.conditions.exceeding_least
        checks += [
            (None if facts.exceeding is None else facts.exceeding >= least,
             N_("Phải có ít nhất %(least)s%% nhiệm vụ vượt mức; thực tế: %(value)s."),
             {"least": least, "value": _percent(facts.exceeding)}),
            (None if facts.subordinate_failed is None else not facts.subordinate_failed,
             N_("Không có đơn vị trực thuộc nào không hoàn thành nhiệm vụ."), {}),
            (facts.shortcomings_fixed, N_("Phải khắc phục xong các hạn chế đã được chỉ ra."), {}),
        ]  # fmt: skip
    for met, text, params in checks:
        if not met:
            yield Reason(text, "" if met is False else N_("chưa có số liệu"), source, params)


def _percent(value: Decimal | None) -> str:
    return N_("chưa có số liệu") if value is None else f"{value:f}%"


def organisations_max(good_or_better: int, at_or_above: int, units: int, rule: Rule) -> tuple[int, Reason]:
    """Return how many organisations under one authority may be excellent, and why.

    By the percentage; of fewer than five subordinate units at most one (NĐ 233/2026/NĐ-CP), where a percentage of so
    few would leave none.
    """
    if rule.decree is Decree.PUBLIC and units < FEW_UNITS:
        text = N_("Dưới %(few)s đơn vị trực thuộc: nhiều nhất một đơn vị hoàn thành xuất sắc.")
        return min(1, at_or_above), Reason(text, "1", f"{LAW[Decree.PUBLIC]} Chương II", {"few": FEW_UNITS})
    most = rule.maximum(good_or_better, at_or_above)
    text = N_("Nhiều nhất %(most)s đơn vị hoàn thành xuất sắc trong %(all)s đơn vị hoàn thành tốt trở lên.")
    return min(most, at_or_above), Reason(text, str(most), f"{LAW[rule.decree]} Chương II",
                                          {"most": most, "all": good_or_better})  # fmt: skip
