"""How many deputies and how small a division: NĐ 150/2025/NĐ-CP, NĐ 370/2025/NĐ-CP, NĐ 45/2025/NĐ-CP Đ5.

Figures come from the catalogue `position_limits`; class of the province, how many provinces it was formed from and the
day it was reorganised are settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hrms.core.rules import N_, Reason
from hrms.positions.rules.limits import PLACE_LABELS, Limit, Limits, Place, Rule, find, solve_by


@dataclass(frozen=True, slots=True)
class Province:
    """What of the province the limits follow: its class, how many former provinces, the first day after merging."""

    place: Place
    formed_from: int = 1
    reorganised_on: date | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """The answer: `limit` deputies at most (or posts at least), `held`, and by how many it is missed.

    `limit` is None where the law of the day has none; `solve_by` is set only for an excess the law gives a day for.
    """

    rule: Rule
    limit: int | None
    held: int
    over: int
    solve_by: date | None = None
    reasons: tuple[Reason, ...] = ()


def department_deputies(departments: int, held: int, province: Province, limits: Limits) -> Structure:
    """Return how many deputy heads all sở of the province may have together, `departments` of them.

    The law gives an average, so one sở may have more where another has fewer.
    """
    base = find(limits, "deputies.department")
    if base is None:
        return Structure(Rule.DEPUTIES, None, held, 0)
    average = base.number
    text = N_("Bình quân mỗi sở %(each)s cấp phó.")
    reasons = [Reason(text, str(average), base.source, {"each": average})]
    merged = find(limits, "deputies.department_merged", size=province.formed_from)
    if merged is not None:
        average += merged.number
        text = N_("Tỉnh lập từ %(count)s tỉnh, thành phố: bình quân mỗi sở thêm %(more)s, thành %(each)s.")
        params = {"count": province.formed_from, "more": merged.number, "each": average}
        reasons.append(Reason(text, str(average), merged.source, params))
    limit = departments * average
    text = N_("%(departments)s sở, bình quân %(each)s: tất cả %(limit)s cấp phó.")
    reasons.append(Reason(text, str(limit), "", {"departments": departments, "each": average, "limit": limit}))
    more = find(limits, "deputies.department_more", place=province.place)
    if more is not None and departments:
        limit += more.number
        text = N_("Thêm tổng cộng không quá %(more)s: %(limit)s.")
        reasons.append(Reason(text, str(limit), more.source, {"more": more.number, "limit": limit}))
    return _deputies(limit, held, province, limits, reasons)


def division_deputies(posts: int, held: int, province: Province, limits: Limits) -> Structure:
    """Return how many deputies a phòng of a sở may have by its biên chế, `posts`."""
    return _by_size("deputies.division", posts, held, province, limits,
                    N_("Phòng có %(size)s biên chế, %(place)s: nhiều nhất %(limit)s cấp phó."))  # fmt: skip


def inspectorate_deputies(posts: int, held: int, province: Province, limits: Limits) -> Structure:
    """Return how many deputies the inspectorate of a sở may have by its biên chế, where there still is one."""
    return _by_size("deputies.inspectorate", posts, held, province, limits,
                    N_("Thanh tra sở có %(size)s biên chế: nhiều nhất %(limit)s cấp phó."))  # fmt: skip


def sub_department_deputies(divisions: int, held: int, province: Province, limits: Limits) -> Structure:
    """Return how many deputies a chi cục may have by how many phòng it has."""
    return _by_size("deputies.sub_department", divisions, held, province, limits,
                    N_("Chi cục có %(size)s phòng: nhiều nhất %(limit)s cấp phó."))  # fmt: skip


def not_above_superior(held: int, above: int, province: Province, limits: Limits) -> Structure:
    """Return whether a unit has no more deputies than the one it belongs to, which has `above`."""
    law = find(limits, "deputies.not_above_superior")
    if law is None or law.value != "1":
        return Structure(Rule.DEPUTIES, None, held, 0)
    text = N_("Không nhiều hơn số cấp phó của cấp trên trực tiếp: nhiều nhất %(limit)s.")
    return _deputies(above, held, province, limits, [Reason(text, str(above), law.source, {"limit": above})])


def strictest(first: Structure, *more: Structure) -> Structure:
    """Return the answer with the lowest limit, with the reasons of all; the first where none has a limit."""
    bound = [one for one in (first, *more) if one.limit is not None]
    if not bound:
        return first
    lowest = min(bound, key=lambda one: one.limit or 0)
    # How many are too many is told once, against the limit that holds.
    others = tuple(
        reason
        for one in bound
        if one is not lowest
        for reason in one.reasons[: len(one.reasons) - bool(one.over) - (one.solve_by is not None)]
    )
    return Structure(lowest.rule, lowest.limit, lowest.held, lowest.over, lowest.solve_by, (*others, *lowest.reasons))


def division_size(posts: int, province: Province, limits: Limits) -> Structure:
    """Return whether a phòng has the biên chế it takes to set one up; `over` is how many it lacks."""
    law = find(limits, "division.least", place=province.place)
    if law is None:
        return Structure(Rule.DIVISION_SIZE, None, posts, 0)
    text = N_("Thành lập phòng, %(place)s: ít nhất %(limit)s biên chế.")
    reasons = [Reason(text, str(law.number), law.source, {"place": PLACE_LABELS[province.place], "limit": law.number})]
    short = max(0, law.number - posts)
    if short:
        text = N_("Phòng có %(posts)s biên chế, thiếu %(short)s.")
        reasons.append(Reason(text, str(short), "", {"posts": posts, "short": short}))
    return Structure(Rule.DIVISION_SIZE, law.number, posts, short, None, tuple(reasons))


def _by_size(key: str, size: int, held: int, province: Province, limits: Limits, text: str) -> Structure:
    law: Limit | None = find(limits, key, place=province.place, size=size)
    if law is None:
        return Structure(Rule.DEPUTIES, None, held, 0)
    params = {"size": size, "limit": law.number, "place": PLACE_LABELS[province.place]}
    return _deputies(law.number, held, province, limits, [Reason(text, str(law.number), law.source, params)])


def _deputies(limit: int, held: int, province: Province, limits: Limits, reasons: list[Reason]) -> Structure:
    over = max(0, held - limit)
    if not over:
        return Structure(Rule.DEPUTIES, limit, held, 0, None, tuple(reasons))
    text = N_("Hiện có %(held)s cấp phó, dôi dư %(over)s.")
    reasons.append(Reason(text, str(over), "", {"held": held, "over": over}))
    until = solve_by(Rule.DEPUTIES, limits, province.reorganised_on)
    if until is not None:
        reasons.append(until.reason)
    return Structure(Rule.DEPUTIES, limit, held, over, until.day if until else None, tuple(reasons))
