"""Raises before their day: the quota for merit and its remainders, who may have one, and the retirement notice.

TT 08/2013/TT-BNV Đ3 as amended by TT 03/2021/TT-BNV. Figures are parameters (`raise.early_*`, `raise.retirement_*`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from hrms.core.dates import add_months, months_between
from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.absences import Figures
from hrms.people.rules.parameters import is_on


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, the headcount it was assigned at 31/12 of the year considered, and the superior it reports to first."""

    id: str
    assigned: int
    under: str = ""


@dataclass(frozen=True, slots=True)
class UnitQuota:
    """People a unit raises by itself; `remainder` people it reports upward; `given` raises it gets back of the pool."""

    id: str
    assigned: int
    quota: int
    remainder: Fraction
    given: int


@dataclass(frozen=True, slots=True)
class Quota:
    """Early raises of a year: what units have, what the superior has of their remainders, the whole."""

    units: tuple[UnitQuota, ...]
    pooled: int
    total: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class EarlyFacts:
    """Somebody considered for an early raise in `year`.

    `due_on` is the regular day with all delays; `months_per_step` tells the window; `blamed` is a discipline or an
    unsatisfactory year at this step; `by_early_raise` says that the step held came by an early raise, decided on
    `last_early_on`. `decided_on` is the day of the decision, None when there is none yet; `months` how early the
    regulation of the agency allows for this merit.
    """

    year: int
    due_on: date | None
    months_per_step: int
    achieved_on: Sequence[date]
    blamed: bool = False
    by_early_raise: bool = False
    last_early_on: date | None = None
    decided_on: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Early:
    """Whether somebody may be raised early, the months still lacking, the earliest day, the last day to decide."""

    eligible: bool
    lacking_months: int | None
    earliest: date | None
    lapses_after: date
    reasons: tuple[Reason, ...]


def check_units(units: Sequence[Unit]) -> list[Problem]:
    """Return units named twice."""
    text = N_("Đơn vị %(id)s ghi %(count)s lần. Hãy giữ một.")
    counts = Counter(one.id for one in units)
    return [
        Problem("units", "unit_twice", text, {"id": name, "count": count})
        for name, count in sorted(counts.items()) if count > 1
    ]  # fmt: skip


def quota(units: Sequence[Unit], figures: Figures) -> Quota:
    """Return the early raises of a year: a share of each unit's headcount rounded down, the remainders pooled.

    Each superior adds `floor(share of the remainders under it)`: units without a raise of their own come first, then
    the larger remainder, then the name; at most one each. What superiors are left with goes one level up and is given
    the same way. So the whole is the share of all people, rounded down. Raises KeyError where the law of the day has no
    quota.
    """
    share = Fraction(figures["raise.early_percent"].value) / 100
    source = figures["raise.early_percent"].source
    own = [(one, math.floor(one.assigned * share)) for one in units]
    left = {one.id: one.assigned - quota / share for one, quota in own}
    small_first = is_on(figures, "raise.early_small_units_first")
    waiting = sorted(
        (one for one, _quota in own if left[one.id]),
        key=lambda one: (small_first and one.assigned * share >= 1, -left[one.id], one.id),
    )
    given: set[str] = set()
    for below in _superiors(units):
        here = [one for one in waiting if one.under in below and one.id not in given]
        # What was given under it already took a whole person's share of what came up.
        spent = sum(1 for one in waiting if one.under in below and one.id in given) / share
        come_up = sum((left[one.id] for one in waiting if one.under in below), Fraction(0)) - spent
        given |= {one.id for one in here[: math.floor(come_up * share)]}
    pooled = len(given)
    found = tuple(UnitQuota(one.id, one.assigned, quota, left[one.id], int(one.id in given)) for one, quota in own)
    people, total = sum(one.assigned for one in units), sum(quota for _unit, quota in own) + pooled
    percent = figures["raise.early_percent"].value
    text = N_("%(percent)s%% của %(people)s người được giao: %(total)s người; các đơn vị tự xét %(own)s.")
    params = {"percent": percent, "people": people, "total": total, "own": total - pooled}
    reasons = [Reason(text, str(total), source, params)]
    rest = sum(left.values(), Fraction(0))
    text = N_("Phần dư %(rest)s người báo cấp trên: thêm %(pooled)s người (%(names)s).")
    names = ", ".join(sorted(given)) or "–"
    reasons.append(Reason(text, str(pooled), source, {"rest": rest, "pooled": pooled, "names": names}))
    if small_first and pooled:
        text = N_("Phần dư xét trước cho đơn vị chưa đủ người để có một chỉ tiêu, rồi đến phần dư lớn hơn.")
        reasons.append(Reason(text, "", figures["raise.early_small_units_first"].source))
    return Quota(found, pooled, total, tuple(reasons))


def _superiors(units: Sequence[Unit]) -> list[frozenset[str]]:
    """Return for every superior, the lowest first, all superiors at and under it; "" stands above all."""
    above = {one.id: one.under for one in units}
    found: dict[str, set[str]] = {"": set()}
    depth: dict[str, int] = {"": 0}
    for superior in sorted({one.under for one in units}):
        way = [superior]
        while way[-1] and (up := above.get(way[-1], "")) not in way:
            way.append(up)
        depth[superior] = len(way)
        for one in {*way, ""}:
            found.setdefault(one, set()).add(superior)
    return [frozenset(found[one]) for one in sorted(found, key=lambda one: (-depth.get(one, 0), one))]


def window(year: int, months_per_step: int, figures: Figures) -> tuple[date, date]:
    """Return the first and the last day an achievement may be recognised for a raise considered in `year`.

    Raises KeyError for a pay group of another time at the step.
    """
    years = int(figures[f"raise.early_window_years.{months_per_step}"].value)
    return date(year - years + 1, 1, 1), date(year, 12, 31)


def early(facts: EarlyFacts, figures: Figures) -> Early:
    """Return whether somebody may be raised before the day for merit, and from when.

    Asked: no discipline and no unsatisfactory year at the step, a written achievement in the window and after the
    former early raise, at most 12 months lacking at 31/12, not twice in a row, decided before the quota lapses.
    """
    source = figures["raise.early_percent"].source
    after = date(facts.year + 1, 1, 1)
    lapse = int(figures["raise.early_lapse_months"].value)
    lapses_after = add_months(after, lapse) - timedelta(days=1)
    text = N_("Chỉ tiêu năm %(year)s hết hiệu lực sau ngày %(last)s.")
    params = {"year": str(facts.year), "last": lapses_after}
    base = Reason(text, lapses_after.isoformat(), figures["raise.early_lapse_months"].source, params)
    if facts.due_on is None:
        text = N_("Đã ở bậc cuối: không nâng bậc trước thời hạn.")
        return Early(False, None, None, lapses_after, (Reason(text, "", source), base))
    against: list[Reason] = []
    most_lacking = int(figures["raise.early_lacking_months"].value)
    lacking = _lacking(after, facts.due_on)
    if not lacking:
        text = N_("Đến hạn thường xuyên %(due)s, không sau năm %(year)s: nâng bậc thường xuyên.")
        against.append(Reason(text, facts.due_on.isoformat(), source, {"due": facts.due_on, "year": str(facts.year)}))
    elif lacking > most_lacking:
        text = N_("Đến 31/12/%(year)s còn thiếu %(lacking)s tháng, quá %(most)s tháng.")
        params = {"year": str(facts.year), "lacking": lacking, "most": most_lacking}
        against.append(Reason(text, str(lacking), source, params))
    if facts.blamed:
        text = N_("Trong thời gian giữ bậc có kỷ luật hoặc có năm không hoàn thành nhiệm vụ.")
        against.append(Reason(text, "", source))
    if facts.by_early_raise and is_on(figures, "raise.early_not_in_a_row"):
        text = N_("Bậc đang giữ do nâng bậc trước thời hạn: không hai lần liên tiếp.")
        against.append(Reason(text, "", figures["raise.early_not_in_a_row"].source))
    first, last = window(facts.year, facts.months_per_step, figures)
    useful = [
        day for day in facts.achieved_on
        if first <= day <= last and (facts.last_early_on is None or day > facts.last_early_on)
    ]  # fmt: skip
    if not useful:
        text = N_(
            "Không có thành tích được công nhận từ %(first)s đến %(last)s, sau lần nâng bậc trước thời hạn trước đó."
        )
        against.append(Reason(text, "", source, {"first": first, "last": last}))
    if facts.decided_on is not None and facts.decided_on > lapses_after:
        text = N_("Quyết định ngày %(on)s sau khi chỉ tiêu hết hiệu lực.")
        against.append(Reason(text, facts.decided_on.isoformat(), base.source, {"on": facts.decided_on}))
    if against:
        return Early(False, lacking, None, lapses_after, (*against, base))
    most = int(figures["raise.early_most_months"].value)
    months = min(most, facts.months if facts.months is not None else most)
    earliest = add_months(facts.due_on, -months)
    text = N_(
        "Đến 31/12/%(year)s còn thiếu %(lacking)s tháng: nâng một bậc trước nhiều nhất %(months)s tháng, từ %(day)s."
    )
    params = {"year": str(facts.year), "lacking": lacking, "months": months, "day": earliest}
    return Early(True, lacking, earliest, lapses_after, (Reason(text, earliest.isoformat(), source, params), base))


def before_retirement(
    due_on: date | None, notice_on: date, retires_on: date, blamed: bool, figures: Figures
) -> tuple[date | None, tuple[Reason, ...]]:
    """Return the earliest day of the one raise that a retirement notice gives, None when it gives none.

    At most 12 months lacking on the day of retirement `retires_on`; not before the notice; outside the quota (Đ3 k2).
    """
    figure = figures["raise.retirement_most_months"]
    most = int(figure.value)
    if due_on is None or blamed:
        text = N_(
            "Đã ở bậc cuối, hoặc có kỷ luật, có năm không hoàn thành nhiệm vụ: thông báo nghỉ hưu không cho nâng bậc."
        )
        return None, (Reason(text, "", figure.source),)
    lacking = _lacking(retires_on, due_on)
    params = {"retires": retires_on, "lacking": lacking, "most": most, "due": due_on}
    if not lacking:
        text = N_("Đến hạn thường xuyên %(due)s, không sau ngày nghỉ hưu %(retires)s: nâng bậc thường xuyên.")
        return None, (Reason(text, due_on.isoformat(), figure.source, params),)
    if lacking > most:
        text = N_("Đến ngày nghỉ hưu %(retires)s còn thiếu %(lacking)s tháng, quá %(most)s tháng: không được nâng bậc.")
        return None, (Reason(text, str(lacking), figure.source, params),)
    earliest = max(add_months(due_on, -most), notice_on)
    text = N_(
        "Thông báo nghỉ hưu, đến %(retires)s còn thiếu %(lacking)s tháng: nâng một bậc từ %(day)s, ngoài chỉ tiêu."
    )
    return earliest, (Reason(text, earliest.isoformat(), figure.source, {**params, "day": earliest}),)


def _lacking(since: date, due_on: date) -> int:
    """Return months from `since` to `due_on`, a begun month as one; 0 when it is due by then."""
    if due_on <= since:
        return 0
    whole = months_between(since, due_on)
    return whole + (add_months(since, whole) < due_on)
