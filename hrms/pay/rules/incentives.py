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

    def weight(self, one: Sharer, rating: RatingClass | None = None) -> Decimal | None:
        """Return the weight of a person's class (of `rating` when given), None when the scheme has none."""
        return self.kind_weights.get(one.kind, self.weights).get(rating or one.rating)


@dataclass(frozen=True, slots=True)
class Part:
    """Some months of a person with one class, one salary (đồng a month) and one coefficient."""

    rating: RatingClass
    months: int
    salary: Decimal | int | None = None
    coefficient: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sharer:
    """One person: class, months of the period, salary by rank and step in đồng a month, own limit in đồng a month.

    `parts` stand before the four, where class or salary changed inside the period.
    """

    id: str
    rating: RatingClass
    months: int
    kind: PersonKind = PersonKind.CIVIL_SERVANT
    salary: Decimal | int | None = None
    coefficient: Decimal | None = None
    most_a_month: int | None = None
    parts: tuple[Part, ...] = ()

    def stretches(self) -> tuple[Part, ...]:
        """Return the parts of the period, one where nothing changed."""
        return self.parts or (Part(self.rating, self.months, self.salary, self.coefficient),)


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody gets, in whole đồng, and by how many points, exact; 0 for schemes without points."""

    id: str
    amount: int
    points: Fraction = Fraction(0)


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
        months = sum(part.months for part in one.stretches())
        if months > scheme.period_months:
            text = N_("Người %(id)s có %(months)s tháng, kỳ chỉ có %(most)s tháng. Hãy sửa months.")
            params = {"id": one.id, "months": months, "most": scheme.period_months}
            found.append(Problem("people", "too_many_months", text, params))
        for rating in dict.fromkeys(part.rating for part in one.stretches()):
            if scheme.weight(one, rating) is None:
                text = N_("Người %(id)s xếp loại %(class)s, phương án không có mức cho loại này. Hãy thêm vào weights.")
                found.append(Problem("people", "no_weight", text, {"id": one.id, "class": rating.value}))
        parts = one.stretches()
        unpaid = by_salary and any(part.salary is None for part in parts)
        if unpaid or (scheme.by_coefficient and any(part.coefficient is None for part in parts)):
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
    points = [points_of(scheme, one) for one in people]
    if scheme.kind is SchemeKind.POINTS:
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
        exact = [_by_months(scheme, one) for one in people]
        total = sum(exact, Fraction(0))
        if total > available:
            text = N_("Tính theo mức là %(total)s đồng, vượt %(available)s đồng: mọi phần giảm cùng tỷ lệ, có thể dưới "
                      "mức tối thiểu.")  # fmt: skip
            params = {"total": half_up(total, 0), "available": available}
            reasons.append(Reason(text, str(available), scheme.source, params))
            exact = [one * available / total for one in exact]
    shares = tuple(
        Share(one.id, math.floor(amount), own) for one, amount, own in zip(people, exact, points, strict=True)
    )  # fmt: skip
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


def needed(scheme: Scheme, people: Sequence[Sharer]) -> int:
    """Return the least fund that gives everybody what the scheme says, in whole đồng; 0 for schemes of points.

    The part kept for ad hoc bonuses is on top.
    """
    if scheme.kind is SchemeKind.POINTS:
        return 0
    total = sum((_by_months(scheme, one) for one in people), Fraction(0))
    kept = 1 - Fraction(scheme.ad_hoc_percent) / 100
    return math.ceil(total / kept) if kept else 0


def points_of(scheme: Scheme, one: Sharer) -> Fraction:
    """Return the points of a person, exact; 0 for schemes without points."""
    if scheme.kind is not SchemeKind.POINTS:
        return Fraction(0)
    total = Fraction(0)
    for part in one.stretches():
        points = Fraction(scheme.weight(one, part.rating) or 0) * part.months / scheme.period_months
        total += points * Fraction(part.coefficient or 0) if scheme.by_coefficient else points
    return total


def _by_months(scheme: Scheme, one: Sharer) -> Fraction:
    return sum((_a_month(scheme, one, part) * part.months for part in one.stretches()), Fraction(0))


def _a_month(scheme: Scheme, one: Sharer, part: Part) -> Fraction:
    weight = Fraction(scheme.weight(one, part.rating) or 0)
    salary = Fraction(part.salary or 0)
    if scheme.kind is SchemeKind.AMOUNT:
        amount = weight
    elif scheme.kind is SchemeKind.COEFFICIENT:
        amount = weight * salary
    else:
        amount = weight / 100 * Fraction(scheme.max_coefficient or 0) * salary
    amount = max(amount, Fraction(scheme.floors.get(part.rating, 0)))
    for limit in (scheme.most_a_month, one.most_a_month):
        if limit is not None:
            amount = min(amount, Fraction(limit))
    return amount
