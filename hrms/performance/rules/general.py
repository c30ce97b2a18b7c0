"""Points of the general criteria on Mẫu 01: NĐ 335/2025/NĐ-CP Đ12, PL I; NĐ 233/2026/NĐ-CP PL I. Pure.

Use `GeneralItem`, `general_total` → `General`, `item_problems`. The decree gives no step: `step` is a setting [U].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hrms.core.rules import N_, Problem

STEP = Decimal("0.25")


@dataclass(frozen=True, slots=True)
class GeneralItem:
    """One line of the form: its code, its group, the points it can have."""

    code: str
    group: str
    max: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True)
class General:
    """The sum, the sum of each group, the items without points yet, and what is wrong."""

    total: Decimal
    groups: Mapping[str, Decimal]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]


def item_problems(items: Sequence[GeneralItem], general_max: Decimal) -> list[Problem]:
    """Return what is wrong with the lines of a form: a code twice, no points, maxima that do not sum."""
    found: list[Problem] = []
    seen: set[str] = set()
    for one in items:
        if one.code in seen:
            text = N_("Mã tiêu chí %(code)s có hai lần. Hãy đổi một mã.")
            found.append(Problem("items", "code_twice", text, {"code": one.code}))
        seen.add(one.code)
        if one.max <= 0:
            text = N_("Tiêu chí %(code)s có điểm tối đa %(most)s. Hãy nhập số lớn hơn 0.")
            found.append(Problem("items", "max", text, {"code": one.code, "most": one.max}))
    total = sum((one.max for one in items), Decimal(0))
    if total != general_max:
        text = N_("Tổng điểm tối đa các tiêu chí chung là %(total)s, phải bằng %(most)s. Hãy sửa điểm tối đa.")
        found.append(Problem("items", "max_sum", text, {"total": total, "most": general_max}))
    return found


def general_total(
    points: Mapping[str, Decimal | None], items: Sequence[GeneralItem], *, step: Decimal | None = STEP
) -> General:
    """Return the general points from those of each item by code; None and absent are not scored yet.

    Problems: below 0, above the item's maximum, not a multiple of `step` (None takes any), a code not on the form.
    """
    problems: list[Problem] = []
    groups: dict[str, Decimal] = {}
    missing: list[str] = []
    for one in items:
        groups.setdefault(one.group, Decimal(0))
        given = points.get(one.code)
        if given is None:
            missing.append(one.code)
            continue
        groups[one.group] += given
        params = {"item": one.name or one.code, "value": given, "most": one.max}
        if not 0 <= given <= one.max:
            text = N_("“%(item)s” được %(value)s điểm. Hãy nhập số từ 0 đến %(most)s.")
            problems.append(Problem(f"general.{one.code}", "out_of_range", text, params))
        elif step is not None and given % step:
            text = N_("“%(item)s” được %(value)s điểm. Hãy nhập bội số của %(step)s.")
            problems.append(Problem(f"general.{one.code}", "not_a_step", text, {**params, "step": step}))
    known = {one.code for one in items}
    for code in points:
        if code not in known:
            text = N_("Mẫu không có tiêu chí %(code)s. Hãy bỏ điểm của tiêu chí này.")
            problems.append(Problem(f"general.{code}", "unknown_item", text, {"code": code}))
    return General(sum(groups.values(), Decimal(0)), groups, tuple(missing), tuple(problems))
