"""Catalogues of products: complexity groups, points, conversion factors, states. Pure.

NĐ 335/2025/NĐ-CP Đ13: at most five groups by complexity; a standard product is one unit; every product has a factor.
Use `Group`, `groups_of`, `group_of`, `group_problems`, `product_problems`, `factor_of`, `read_groups`, `write_groups`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.performance.rules.numbers import half_up

GROUPS_MOST = 5
POINTS_MOST = Decimal(10_000)
FACTOR_PLACES = 4
CODE_LONGEST = 40


class CatalogueState(StrEnum):
    """Where a catalogue of products stands."""

    MODEL = "model"
    DRAFT = "draft"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class ProductState(StrEnum):
    """Where one product stands."""

    ACTIVE = "active"
    PROPOSED = "proposed"
    RETIRED = "retired"


CATALOGUE_LABELS: dict[CatalogueState, str] = {
    CatalogueState.MODEL: N_("mẫu để sao chép"),
    CatalogueState.DRAFT: N_("đang soạn"),
    CatalogueState.APPROVED: N_("đã phê duyệt"),
    CatalogueState.WITHDRAWN: N_("đã rút"),
}
PRODUCT_LABELS: dict[ProductState, str] = {
    ProductState.ACTIVE: N_("đang dùng"),
    ProductState.PROPOSED: N_("đề nghị bổ sung"),
    ProductState.RETIRED: N_("thôi dùng"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """A complexity group and the points its products may have, both ends included."""

    code: str
    name: str
    least: Decimal
    most: Decimal


def factor_of(points: Decimal, standard_points: Decimal) -> Decimal:
    """Return the conversion factor of a product: its points by those of the standard product, half up to 4 places."""
    return half_up(points / standard_points, FACTOR_PLACES)


def plain(value: Decimal) -> Decimal:
    """Return a number without zeros after the comma, as people write it: 40, 2.5."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def groups_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Group, ...]:
    """Return the groups as they are kept: `{"code", "name", "from", "to"}`."""
    return tuple(
        Group(str(one["code"]), str(one.get("name") or ""), Decimal(one["from"]), Decimal(one["to"])) for one in kept
    )


def kept_groups(groups: Iterable[Group]) -> list[dict[str, str]]:
    """Return groups as they are kept."""
    return [{"code": one.code, "name": one.name, "from": str(one.least), "to": str(one.most)} for one in groups]


def group_of(points: Decimal, groups: Iterable[Group]) -> Group | None:
    """Return the group whose range holds the points."""
    return next((one for one in groups if one.least <= points <= one.most), None)


def group_problems(groups: Sequence[Group]) -> list[Problem]:
    """Return what is wrong with groups: none, more than five, a code twice, a range upside down or over another."""
    found: list[Problem] = []
    if not groups:
        text = N_("Chưa có nhóm phức tạp nào. Hãy ghi ít nhất một nhóm.")
        found.append(Problem("groups", "no_groups", text))
    if len(groups) > GROUPS_MOST:
        text = N_("Có %(count)s nhóm phức tạp; nhiều nhất %(most)s nhóm (NĐ 335/2025/NĐ-CP Đ13). Hãy gộp bớt nhóm.")
        found.append(Problem("groups", "too_many_groups", text, {"count": len(groups), "most": GROUPS_MOST}))
    codes: set[str] = set()
    for one in groups:
        if one.code in codes:
            text = N_("Nhóm %(code)s có hai lần. Hãy đổi mã một nhóm.")
            found.append(Problem("groups", "group_twice", text, {"code": one.code}))
        codes.add(one.code)
        if one.least <= 0 or one.most < one.least or one.most > POINTS_MOST:
            text = N_("Khung điểm của nhóm %(code)s là %(least)s–%(most)s. Hãy ghi từ mức thấp đến mức cao, lớn hơn 0.")
            params = {"code": one.code, "least": one.least, "most": one.most}
            found.append(Problem("groups", "group_range", text, params))
    ordered = sorted(groups, key=lambda one: one.least)
    for lower, upper in pairwise(ordered):
        if upper.least <= lower.most:
            text = N_("Khung điểm của nhóm %(lower)s và %(upper)s chồng lên nhau. Hãy sửa để mỗi điểm thuộc một nhóm.")
            found.append(Problem("groups", "groups_overlap", text, {"lower": lower.code, "upper": upper.code}))
    return found


def product_problems(values: Mapping[str, Any], groups: Sequence[Group]) -> list[Problem]:
    """Return what is wrong with a product: code, task, points inside the range of its group.

    `complexity` left out is taken from the points; given, it must be the group the points belong to.
    """
    found: list[Problem] = []
    code, task = str(values.get("code") or ""), str(values.get("task") or "")
    if not code:
        found.append(Problem("code", "required", N_("Mã sản phẩm còn trống. Hãy nhập mục này.")))
    elif len(code) > CODE_LONGEST or not all(one.isalnum() or one in ".-_/" for one in code):
        text = N_("Mã “%(code)s” có ký tự lạ hoặc quá dài. Hãy ghi chữ, số, dấu chấm, nhiều nhất %(most)s ký tự.")
        found.append(Problem("code", "bad_code", text, {"code": code[:60], "most": CODE_LONGEST}))
    if not task:
        found.append(Problem("task", "required", N_("Tên nhiệm vụ còn trống. Hãy nhập mục này.")))
    points, given = values.get("points"), str(values.get("complexity") or "")
    if points is None:
        found.append(Problem("points", "required", N_("Điểm chấm còn trống. Hãy nhập mục này.")))
        return found
    fitting = group_of(points, groups)
    named = next((one for one in groups if one.code == given), None)
    if given and named is None:
        text = N_("Không có nhóm phức tạp “%(code)s” trong danh mục. Hãy chọn một trong: %(codes)s.")
        params = {"code": given[:20], "codes": ", ".join(one.code for one in groups)}
        found.append(Problem("complexity", "unknown_group", text, params))
    elif named is not None and fitting is not named:
        text = N_("Điểm %(points)s không thuộc khung %(least)s–%(most)s của nhóm %(code)s. Hãy sửa điểm hoặc nhóm.")
        bounds = {"points": points, "least": named.least, "most": named.most, "code": named.code}
        found.append(Problem("points", "outside_group", text, bounds))
    elif fitting is None:
        text = N_("Điểm %(points)s không thuộc khung của nhóm nào. Hãy nhập điểm trong khung: %(ranges)s.")
        ranges = ", ".join(f"{one.code} {one.least}–{one.most}" for one in groups)
        found.append(Problem("points", "no_group", text, {"points": points, "ranges": ranges}))
    return found


def read_groups(written: str) -> tuple[list[Group], list[Problem]]:
    """Return groups written one a line, `mã | từ | đến | tên`, and the lines that cannot be read."""
    found: list[Group] = []
    problems: list[Problem] = []
    for line in (one.strip() for one in written.splitlines() if one.strip()):
        parts = [one.strip() for one in line.split("|")]
        try:
            least, most = (Decimal(one.replace(",", ".")) for one in parts[1:3])
            if not parts[0] or not (least.is_finite() and most.is_finite()):
                raise ValueError
        except (ValueError, InvalidOperation):
            text = N_("Dòng “%(line)s” không đọc được. Hãy ghi: mã | từ | đến | tên, ví dụ N1 | 1 | 10 | Đơn giản.")
            problems.append(Problem("groups", "group_line", text, {"line": line[:60]}))
            continue
        found.append(Group(parts[0][:20], " ".join(parts[3:])[:100], least, most))
    return found, problems


def write_groups(groups: Iterable[Group]) -> str:
    """Return groups as a form shows them, one a line."""
    return "\n".join(" | ".join(one for one in (g.code, str(g.least), str(g.most), g.name) if one) for g in groups)
