"""The most people who may be "hoàn thành xuất sắc": NĐ 335/2025/NĐ-CP Đ20 k5; NĐ 233/2026/NĐ-CP Đ12 k6. Pure.

Use `QuotaBase`, `Percents`, `excellent_max`, `Contender`, `OrderKey`, `solve` → `Solved`, `overfull` (check a list that
stands). n is at most 20 % (25 % with outstanding results) of those rated good, in the agency and in each group of
similar tasks. What the percentage is taken of is not explained [U], so it is a setting; G are those good or better, E
those at the points of excellent:

final_good: n ≤ p·(G − n); initial_good: n ≤ p·(G − E); good_and_excellent: n ≤ p·G. Exact, with fractions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hrms.core.rules import N_, Problem, Reason
from hrms.performance.rules.formula import LAW, Decree

Value = Decimal | int | str | date | None
"""What a contender is ordered by; None comes last."""


class QuotaBase(StrEnum):
    """Which number of people the percentage is taken of."""

    FINAL_GOOD = "final_good"
    """Those good after the decision, who did not fit included: the words of the decree."""
    INITIAL_GOOD = "initial_good"
    """Those good by points before the decision."""
    GOOD_AND_EXCELLENT = "good_and_excellent"


BASE_LABELS: dict[QuotaBase, str] = {
    QuotaBase.FINAL_GOOD: N_("Số người hoàn thành tốt sau khi xếp loại"),
    QuotaBase.INITIAL_GOOD: N_("Số người hoàn thành tốt theo điểm, trước khi xét tỷ lệ"),
    QuotaBase.GOOD_AND_EXCELLENT: N_("Số người hoàn thành tốt và xuất sắc"),
}


class OrderKey(StrEnum):
    """What decides who comes first."""

    MEAN = "mean"
    RESULT = "result"
    GENERAL = "general"
    MONTHS = "months"
    SENIORITY = "seniority"
    STAFF_CODE = "code"


ORDER_LABELS: dict[OrderKey, str] = {
    OrderKey.MEAN: N_("Điểm trung bình cao hơn"),
    OrderKey.RESULT: N_("Điểm kết quả cao hơn"),
    OrderKey.GENERAL: N_("Điểm tiêu chí chung cao hơn"),
    OrderKey.MONTHS: N_("Số tháng làm việc nhiều hơn"),
    OrderKey.SENIORITY: N_("Vào ngành sớm hơn"),
    OrderKey.STAFF_CODE: N_("Số hiệu nhỏ hơn"),
}
LOWEST_FIRST = frozenset({OrderKey.SENIORITY, OrderKey.STAFF_CODE})
"""Seniority is the day of joining: the earlier one comes first."""
DEFAULT_ORDER = (OrderKey.MEAN, OrderKey.RESULT, OrderKey.GENERAL, OrderKey.MONTHS, OrderKey.STAFF_CODE)


@dataclass(frozen=True, slots=True)
class Percents:
    """The percentages of a decree: usual, and for a body with outstanding results."""

    usual: Decimal = Decimal(20)
    outstanding: Decimal = Decimal(25)

    def part(self, outstanding: bool) -> Fraction:
        """Return the percentage that holds, as a part of 1."""
        return Fraction(self.outstanding if outstanding else self.usual) / 100


@dataclass(frozen=True, slots=True)
class Contender:
    """One person rated good or better by all other rules; `excellent` says the place is open to them.

    Who has the points but is held to good by another rule (a head above the organisation) is not `excellent`.
    `group` is the group of similar tasks, None for none; `values` are what the order compares.
    """

    id: int | str
    excellent: bool
    group: str | None = None
    values: Mapping[OrderKey, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit, of the agency (`group` None) or of a group: G, E, the most allowed, and how many were taken."""

    group: str | None
    good_or_better: int
    at_or_above: int
    maximum: int
    taken: int

    @property
    def too_small(self) -> bool:
        """Whether the group has people for the place but is too small for any."""
        return not self.maximum and self.at_or_above > 0

    @property
    def full(self) -> bool:
        """Whether no place is left."""
        return self.taken >= self.maximum


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Who has the points and no place: good by the quota; limited by the agency, the group, or both."""

    id: int | str
    by_agency: bool
    by_group: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Tie:
    """People whom the order does not tell apart, some chosen, some not: the id decided, which a person must confirm."""

    chosen: tuple[int | str, ...]
    left_out: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Solved:
    """Who stays excellent, in order; every limit, the agency's first; who did not fit; ties; and why."""

    chosen: tuple[int | str, ...]
    limits: tuple[Limit, ...]
    left_out: tuple[LeftOut, ...]
    ties: tuple[Tie, ...]
    reasons: tuple[Reason, ...]

    @property
    def agency(self) -> Limit:
        """The limit of the whole agency."""
        return self.limits[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """How the quota is taken: percentages, whether the outstanding one holds, and the reading."""

    base: QuotaBase = QuotaBase.FINAL_GOOD
    outstanding: bool = False
    percents: Percents = field(default_factory=Percents)
    decree: Decree = Decree.CIVIL

    @property
    def source(self) -> str:
        """The article."""
        return f"{LAW[self.decree]} {'Đ20 k5' if self.decree is Decree.CIVIL else 'Đ12 k6'}"

    def maximum(self, good_or_better: int, at_or_above: int) -> int:
        """Return the most people the law allows, whoever has the points."""
        part = self.percents.part(self.outstanding)
        if self.base is QuotaBase.FINAL_GOOD:
            return math.floor(part * good_or_better / (1 + part))
        counted = good_or_better - at_or_above if self.base is QuotaBase.INITIAL_GOOD else good_or_better
        return math.floor(part * counted)


def check_counts(good_or_better: int, at_or_above: int) -> list[Problem]:
    """Return what contradicts itself: negative numbers, more at the top than good or better."""
    if min(good_or_better, at_or_above) < 0:
        text = N_("Số người là số âm. Hãy nhập số từ 0 trở lên.")
        return [Problem("good_or_better", "negative", text)]
    if at_or_above > good_or_better:
        text = N_("Có %(top)s người đạt điểm xuất sắc, nhiều hơn %(all)s người hoàn thành tốt trở lên. Hãy sửa một số.")
        params = {"top": at_or_above, "all": good_or_better}
        return [Problem("at_or_above_90", "more_than_all", text, params)]
    return []


def excellent_max(
    good_or_better: int,
    at_or_above: int,
    *,
    outstanding: bool = False,
    base: QuotaBase = QuotaBase.FINAL_GOOD,
    percents: Percents | None = None,
) -> int:
    """Return how many of the `at_or_above` may be excellent: the law's maximum, at most as many as there are."""
    rule = Rule(base, outstanding, percents or Percents())
    return min(rule.maximum(good_or_better, at_or_above), at_or_above)


def limit_reason(limit: Limit, rule: Rule) -> Reason:
    """Return how one limit comes about."""
    percent = rule.percents.outstanding if rule.outstanding else rule.percents.usual
    params = {
        "percent": percent, "all": limit.good_or_better, "top": limit.at_or_above, "most": limit.maximum,
        "group": limit.group or "", "initial": limit.good_or_better - limit.at_or_above,
        "left": limit.good_or_better - limit.maximum,
    }  # fmt: skip
    text = {
        QuotaBase.FINAL_GOOD: N_("Nhiều nhất %(most)s người: %(percent)s%% của %(left)s người hoàn thành tốt sau khi "
                                 "xếp loại, trong %(all)s người hoàn thành tốt trở lên (%(top)s đạt điểm xuất sắc)."),
        QuotaBase.INITIAL_GOOD: N_("Nhiều nhất %(most)s người: %(percent)s%% của %(initial)s người hoàn thành tốt theo "
                                   "điểm, trong %(all)s người hoàn thành tốt trở lên (%(top)s đạt điểm xuất sắc)."),
        QuotaBase.GOOD_AND_EXCELLENT: N_("Nhiều nhất %(most)s người: %(percent)s%% của %(all)s người hoàn thành tốt "
                                         "trở lên (%(top)s đạt điểm xuất sắc)."),
    }[rule.base]  # fmt: skip
    return Reason(text, str(limit.maximum), rule.source, params)


def solve(people: Iterable[Contender], rule: Rule | None = None, order: Sequence[OrderKey] = DEFAULT_ORDER) -> Solved:
    """Return who stays excellent: as many as the limits of the agency and of every group let, the first in order.

    `people` are all who are good or better. Groups partition the agency, so the limits are nested and taking them in
    order, each who still fits, is both the most people and the first ones. Every limit is counted before the choice.
    """
    law = rule or Rule()
    known = list(people)
    contending = ranked((one for one in known if one.excellent), order)
    everyone, top = Counter(one.group for one in known), Counter(one.group for one in contending)
    whole = law.maximum(len(known), len(contending))
    most = {group: law.maximum(everyone[group], top[group]) for group in everyone if group is not None}
    taken: Counter[str | None] = Counter()
    chosen: list[Contender] = []
    rest: list[tuple[Contender, bool, bool]] = []
    for one in contending:
        by_agency = len(chosen) >= whole
        by_group = one.group is not None and taken[one.group] >= most[one.group]
        if by_agency or by_group:
            rest.append((one, by_agency, by_group))
        else:
            chosen.append(one)
            taken[one.group] += 1
    limits = [
        Limit(None, len(known), len(contending), whole, len(chosen)),
        *(Limit(group, everyone[group], top[group], most[group], taken[group]) for group in sorted(most)),
    ]
    left_out = tuple(
        LeftOut(one.id, by_agency, by_group, _left_out(one, by_agency, by_group, law))
        for one, by_agency, by_group in rest
    )
    free = {limit.group for limit in limits if limit.group is not None and not limit.full} | {None}
    ties = tuple(_ties(chosen, [one for one, _agency, _group in rest], order, free))
    reasons = _solved_reasons(limits, left_out, ties, order, law)
    return Solved(tuple(one.id for one in chosen), tuple(limits), left_out, ties, tuple(reasons))


def ranked(people: Iterable[Contender], order: Sequence[OrderKey]) -> list[Contender]:
    """Return people in the order in which places are given; the id tells apart whom nothing else does."""
    return sorted(people, key=lambda one: (_place(one, order), _by_id(one.id)))


def _place(one: Contender, order: Sequence[OrderKey]) -> tuple[tuple[bool, object], ...]:
    """Return what sorts first in order first: higher numbers, but earlier days and smaller codes; unknown last."""
    return tuple(_of_key(key, one.values.get(key)) for key in order)


def _of_key(key: OrderKey, value: Value) -> tuple[bool, object]:
    if value is None:
        return (True, 0)
    if key in LOWEST_FIRST:
        return (False, value)
    if isinstance(value, (Decimal, int)):
        return (False, -value)
    raise TypeError(f"{key} is compared as a number, not {value!r}")


def _by_id(ident: int | str) -> tuple[bool, int | str]:
    return (isinstance(ident, str), ident)


def _ties(
    chosen: Sequence[Contender], rest: Sequence[Contender], order: Sequence[OrderKey], free: set[str | None]
) -> Iterable[Tie]:
    """Return people of equal standing on both sides of a limit, where one could take the place of the other."""
    found: dict[tuple[tuple[bool, object], ...], tuple[list[Contender], list[Contender]]] = {}
    for side, members in enumerate((chosen, rest)):
        for one in members:
            found.setdefault(_place(one, order), ([], []))[side].append(one)
    for inside, outside in found.values():
        swaps = [(one, other) for one in inside for other in outside if other.group == one.group or other.group in free]
        if swaps:
            yield Tie(
                tuple(dict.fromkeys(one.id for one, _other in swaps)),
                tuple(dict.fromkeys(other.id for _one, other in swaps)),
            )


def _left_out(one: Contender, by_agency: bool, by_group: bool, law: Rule) -> Reason:
    if by_group and by_agency:
        text = N_("Đạt điểm xuất sắc nhưng cơ quan và nhóm “%(group)s” đều đủ tỷ lệ: xếp hoàn thành tốt (cách hiểu).")
    elif by_group:
        text = N_("Đạt điểm xuất sắc nhưng nhóm “%(group)s” đã đủ tỷ lệ: xếp hoàn thành tốt (cách hiểu).")
    else:
        text = N_("Đạt điểm xuất sắc nhưng cơ quan đã đủ tỷ lệ: xếp hoàn thành tốt (cách hiểu).")
    return Reason(text, "", law.source, {"group": one.group or ""})


def _solved_reasons(
    limits: Sequence[Limit], left_out: Sequence[LeftOut], ties: Sequence[Tie], order: Sequence[OrderKey], law: Rule
) -> Iterable[Reason]:
    yield limit_reason(limits[0], law)
    for limit in limits[1:]:
        text = N_("Nhóm “%(group)s”: nhiều nhất %(most)s, đã chọn %(taken)s trong %(top)s người đạt điểm xuất sắc.")
        params: dict[str, object] = {
            "group": limit.group, "most": limit.maximum, "taken": limit.taken, "top": limit.at_or_above,
        }  # fmt: skip
        yield Reason(text, str(limit.taken), law.source, params)
        if limit.too_small:
            text = N_("Nhóm “%(group)s” có %(all)s người hoàn thành tốt trở lên: quá nhỏ để có một người xuất sắc.")
            params = {"group": limit.group, "all": limit.good_or_better}
            yield Reason(text, "0", law.source, params)
    if left_out:
        for key in order:
            yield Reason(N_("Xét theo thứ tự: %(key)s."), "", "", {"key": ORDER_LABELS[key]})
    for tie in ties:
        text = N_("%(count)s người bằng nhau theo mọi tiêu chí xét, chọn theo mã: cấp có thẩm quyền phải xem lại.")
        yield Reason(text, str(len(tie.chosen) + len(tie.left_out)), "", {"count": len(tie.chosen) + len(tie.left_out)})


def overfull(
    final: Iterable[tuple[str | None, bool]], at_or_above: Mapping[str | None, int], rule: Rule | None = None
) -> list[Limit]:
    """Return the limits that a list of final classes breaks, to be checked again after December or a petition.

    `final` are all good or better, each a group and whether excellent; `at_or_above` the number with the points of
    excellent by group (None: people without a group), which only the reading `initial_good` asks for.
    """
    law = rule or Rule()
    known = list(final)
    everyone = Counter(group for group, _excellent in known)
    excellent = Counter(group for group, is_excellent in known if is_excellent)
    top = sum(at_or_above.values())
    limits = [Limit(None, len(known), top, law.maximum(len(known), top), excellent.total())]
    limits += [
        Limit(group, count, at_or_above.get(group, 0), law.maximum(count, at_or_above.get(group, 0)), excellent[group])
        for group, count in sorted((group, count) for group, count in everyone.items() if group is not None)
    ]
    return [limit for limit in limits if limit.taken > limit.maximum]
