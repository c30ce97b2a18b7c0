"""Shares of a fund by the class of each person: schemes as data, exact to the đồng, never above the fund.

Bonus fund: NĐ 161/2026/NĐ-CP Đ4 (NĐ 73/2024/NĐ-CP before); extra income: NĐ 75/2026/NĐ-CP; special mechanisms of
provinces. No weight is national: kind, weights, floors and caps are the scheme's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.numbers import half_up

_YEAR = 12


class SchemeKind(StrEnum):
    """How a class becomes money."""

    POINTS = "points"
    """The whole fund by points: the weight of the class and the months."""
    PERCENT_OF_MAX = "percent_of_max"
    """Per cent of the most a month may give, which is a multiple of the salary."""
    COEFFICIENT = "coefficient"
    """A multiple of the salary a month."""
    AMOUNT = "amount"
    """Whole đồng a month."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme. Weights are points, per cent, multiples or đồng, as the kind says; `kind_weights` stand before them.

    `ad_hoc_percent` of the fund is kept for ad hoc bonuses. `floors` are the least đồng a month by class and
    `most_a_month` the most; `cap` the largest part of the yearly or period salary fund; `period_months` the months that
    a full share of points stands for; `by_coefficient` multiplies points by the salary coefficient.
    """

    kind: SchemeKind
    weights: Mapping[RatingClass, Decimal]
    kind_weights: Mapping[PersonKind, Mapping[RatingClass, Decimal]] = field(default_factory=dict)
    ad_hoc_percent: Decimal = Decimal(0)
    floors: Mapping[RatingClass, int] = field(default_factory=dict)
    most_a_month: int | None = None
    max_coefficient: Decimal | None = None
    cap: Decimal | None = None
    period_months: int = _YEAR
    by_coefficient: bool = False
    source: str = ""

    def weight(self, one: Sharer) -> Decimal | None:
        """Return the weight of a person's class, None when the scheme has none."""
        return self.kind_weights.get(one.kind, self.weights).get(one.rating)


@dataclass(frozen=True, slots=True)
class Sharer:
    """One person: class, months of the period, salary by rank and step in đồng a month, own limit in đồng a month."""

    id: str
    rating: RatingClass
    months: int
    kind: PersonKind = PersonKind.CIVIL_SERVANT
    salary: int | None = None
    coefficient: Decimal | None = None
    most_a_month: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody gets, in whole đồng."""

    id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Shared:
    """`reserved` + shares + `remainder` = `fund`, in whole đồng; `per_point` exact, for points only."""

    fund: int
    reserved: int
    per_point: Fraction | None
    shares: tuple[Share, ...]
    remainder: int
    reasons: tuple[Reason, ...]


def check(scheme: Scheme, fund: int, people: Sequence[Sharer], salary_fund: int | None = None) -> list[Problem]:
    """Return how scheme and people contradict themselves or each other."""
    found = []
    if fund < 0:
        found.append(Problem("fund", "negative_fund", N_("Quỹ không được âm. Hãy sửa fund.")))
    by_salary = scheme.kind in {SchemeKind.PERCENT_OF_MAX, SchemeKind.COEFFICIENT}
    if (scheme.max_coefficient is None) == (scheme.kind is SchemeKind.PERCENT_OF_MAX):
        text = N_("Mức tối đa max_coefficient phải có, và chỉ có, với cách percent_of_max.")
        found.append(Problem("scheme", "max_coefficient", text))
    if scheme.kind is SchemeKind.POINTS and (scheme.floors or scheme.most_a_month is not None):
        text = N_("Chia theo điểm không có mức tối thiểu, tối đa mỗi tháng. Hãy bỏ floors, most_a_month.")
        found.append(Problem("scheme", "limits_of_points", text))
    if scheme.by_coefficient and scheme.kind is not SchemeKind.POINTS:
        text = N_("Chỉ chia theo điểm mới nhân với hệ số lương. Hãy bỏ by_coefficient.")
        found.append(Problem("scheme", "coefficient_without_points", text))
    if scheme.cap is not None and salary_fund is None:
        text = N_("Mức trần theo quỹ lương cần salary_fund. Hãy thêm quỹ lương của kỳ.")
        found.append(Problem("salary_fund", "no_salary_fund", text))
    for name, count in sorted(Counter(one.id for one in people).items()):
        if count > 1:
            text = N_("Người %(id)s ghi %(count)s lần. Hãy giữ một.")
            found.append(Problem("people", "person_twice", text, {"id": name, "count": count}))
    for one in people:
        if one.months > scheme.period_months:
            text = N_("Người %(id)s có %(months)s tháng, kỳ chỉ có %(most)s tháng. Hãy sửa months.")
            params = {"id": one.id, "months": one.months, "most": scheme.period_months}
            found.append(Problem("people", "too_many_months", text, params))
        if scheme.weight(one) is None:
            text = N_("Người %(id)s xếp loại %(class)s, phương án không có mức cho loại này. Hãy thêm vào weights.")
            found.append(Problem("people", "no_weight", text, {"id": one.id, "class": one.rating.value}))
        if (by_salary and one.salary is None) or (scheme.by_coefficient and one.coefficient is None):
            text = N_("Người %(id)s chưa có mức lương hoặc hệ số mà phương án cần. Hãy thêm salary hoặc coefficient.")
            found.append(Problem("people", "no_salary", text, {"id": one.id}))
        if one.most_a_month is not None and scheme.kind is SchemeKind.POINTS:
            text = N_("Người %(id)s có mức tối đa mỗi tháng, phương án chia theo điểm không dùng. Hãy bỏ most_a_month.")
            found.append(Problem("people", "limits_of_points", text, {"id": one.id}))
    return found


def share(scheme: Scheme, fund: int, people: Sequence[Sharer], salary_fund: int | None = None) -> Shared:
    """Return each share, rounded down to the đồng; what rounding leaves stays in the fund and is named.

    Kinds other than points give what the scheme says; when that is more than the fund allows, all shares shrink alike.
    Ask `check` first.
    """
    reserved = math.floor(fund * Fraction(scheme.ad_hoc_percent) / 100)
    available = fund - reserved
    reasons = []
    if reserved:
        text = N_("Giữ %(percent)s%% của quỹ cho thưởng đột xuất: %(amount)s đồng.")
        params: dict[str, object] = {"percent": scheme.ad_hoc_percent, "amount": reserved}
        reasons.append(Reason(text, str(reserved), scheme.source, params))
    if scheme.cap is not None and salary_fund is not None:
        limit = math.floor(salary_fund * Fraction(scheme.cap))
        if limit < available:
            text = N_("Mức trần %(cap)s lần quỹ lương %(fund)s đồng: chi không quá %(limit)s đồng.")
            params = {"cap": scheme.cap, "fund": salary_fund, "limit": limit}
            reasons.append(Reason(text, str(limit), scheme.source, params))
        available = min(available, limit)
    if scheme.kind is SchemeKind.POINTS:
        points = [_points(scheme, one) for one in people]
        total = sum(points, Fraction(0))
        each = available / total if total else Fraction(0)
        per_point: Fraction | None = each
        exact = [each * one for one in points]
        text = N_("%(available)s đồng chia cho %(points)s điểm: %(each)s đồng một điểm.")
        shown = half_up(each, 2)
        params = {"available": available, "points": half_up(total, 4).normalize(), "each": shown}
        reasons.append(Reason(text, str(shown), scheme.source, params))
    else:
        per_point = None
        exact = [_a_month(scheme, one) * one.months for one in people]
        total = sum(exact, Fraction(0))
        if total > available:
            text = N_("Tính theo mức là %(total)s đồng, vượt %(available)s đồng: mọi phần giảm cùng tỷ lệ, có thể dưới "
                      "mức tối thiểu.")  # fmt: skip
            params = {"total": half_up(total, 0), "available": available}
            reasons.append(Reason(text, str(available), scheme.source, params))
            exact = [one * available / total for one in exact]
    shares = tuple(Share(one.id, math.floor(amount)) for one, amount in zip(people, exact, strict=True))
    paid = sum(one.amount for one in shares)
    text = N_("Mỗi phần làm tròn xuống đồng: chi %(paid)s đồng, còn lại trong quỹ %(left)s đồng.")
    left = fund - reserved - paid
    reasons.append(Reason(text, str(left), scheme.source, {"paid": paid, "left": left}))
    return Shared(fund, reserved, per_point, shares, left, tuple(reasons))


def bonus_fund(coefficients: Decimal, bases: Sequence[int], percent: Decimal) -> Fraction:
    """Return `percent` of the salary fund: the sum of `coefficients` times the base salary of each month, in đồng.

    Allowances are outside (NĐ 161/2026/NĐ-CP Đ4). The advance and the cap of extra income (NĐ 75/2026/NĐ-CP) are
    counted so too, with their own per cent and months.
    """
    return Fraction(coefficients) * sum(bases) * Fraction(percent) / 100


def _points(scheme: Scheme, one: Sharer) -> Fraction:
    points = Fraction(scheme.weight(one) or 0) * one.months / scheme.period_months
    return points * Fraction(one.coefficient or 0) if scheme.by_coefficient else points


def _a_month(scheme: Scheme, one: Sharer) -> Fraction:
    weight = Fraction(scheme.weight(one) or 0)
    if scheme.kind is SchemeKind.AMOUNT:
        amount = weight
    elif scheme.kind is SchemeKind.COEFFICIENT:
        amount = weight * (one.salary or 0)
    else:
        amount = weight / 100 * Fraction(scheme.max_coefficient or 0) * (one.salary or 0)
    amount = max(amount, Fraction(scheme.floors.get(one.rating, 0)))
    for limit in (scheme.most_a_month, one.most_a_month):
        if limit is not None:
            amount = min(amount, Fraction(limit))
    return amount
