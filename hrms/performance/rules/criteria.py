"""What a version of a criteria set or an agency's regulation may say; general criteria as lines of text. Pure.

NĐ 335/2025/NĐ-CP Đ12, Đ20, Mẫu 01; NĐ 233/2026/NĐ-CP Đ10–Đ12, Phụ lục I. Use `read_items`, `write_items`,
`version_problems`, `regulation_problems`, `METHOD_LABELS`, `PERIOD_LABELS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.performance.rules.formula import Criterion, Role, weight_problems
from hrms.performance.rules.general import GeneralItem, item_problems

ITEMS_MOST = 60


class Method(StrEnum):
    """How a set gives points."""

    EQUAL = "equal"
    WEIGHTS = "weights"
    NONE = "none"
    RECORDED = "recorded"


SCORED = (Method.EQUAL, Method.WEIGHTS)
METHOD_LABELS: dict[Method, str] = {
    Method.EQUAL: N_("chấm điểm theo công thức của nghị định"),
    Method.WEIGHTS: N_("chấm điểm theo điểm tiêu chí của đơn vị"),
    Method.NONE: N_("xếp mức, không chấm điểm"),
    Method.RECORDED: N_("chỉ ghi mức đã xếp"),
}
PERIOD_LABELS: dict[str, str] = {"month": N_("hằng tháng"), "quarter": N_("hằng quý")}


def read_items(written: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return general criteria from lines: `mã | điểm | nội dung`; a line without bars names the group that follows.

    The group's line begins with its code: “II. Năng lực chuyên môn”. Points may be left empty.
    """
    found: list[dict[str, Any]] = []
    problems: list[Problem] = []
    group, group_name = "", ""
    for line in (one.strip() for one in written.splitlines() if one.strip()):
        parts = [one.strip() for one in line.split("|", 2)]
        if len(parts) == 1:
            head, _blank, rest = line.partition(" ")
            group, group_name = head.rstrip(".:")[:20], rest.strip()[:1000]
            continue
        points = _points(parts[1])
        if len(parts) < 3 or not parts[0] or not parts[2] or points is None:
            text = N_(
                "Dòng “%(line)s” không đọc được. Hãy ghi: mã | điểm | nội dung, ví dụ I.1 | 5 | Phẩm chất đạo đức."
            )
            problems.append(Problem("items", "item_line", text, {"line": line[:80]}))
            continue
        found.append(
            {
                "code": parts[0][:20], "group": group or parts[0].partition(".")[0][:20], "group_name": group_name,
                "text": parts[2][:1000], "max": points,
            }
        )  # fmt: skip
    if len(found) > ITEMS_MOST:
        text = N_("Có %(count)s tiêu chí; nhiều nhất %(most)s. Hãy gộp bớt tiêu chí.")
        problems.append(Problem("items", "too_many_items", text, {"count": len(found), "most": ITEMS_MOST}))
    return found, problems


def _points(written: str) -> str | None:
    """Return points as they are kept, "" for none, None when they cannot be read."""
    if not written:
        return ""
    try:
        value = Decimal(written.replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 < value <= 100 or round(value, 2) != value:
        return None
    return f"{value.normalize():f}"


def write_items(items: Iterable[Mapping[str, Any]]) -> str:
    """Return general criteria as a form shows them."""
    lines: list[str] = []
    group = None
    for one in items:
        if one["group"] != group:
            group = one["group"]
            name = str(one.get("group_name") or "")
            if name:
                lines.append(f"{group}. {name}")
        lines.append(f"{one['code']} | {one.get('max') or ''} | {one['text']}")
    return "\n".join(lines)


def general_items(items: Iterable[Mapping[str, Any]]) -> list[GeneralItem]:
    """Return kept criteria as the rules take them; those without points have 0."""
    return [
        GeneralItem(one["code"], one["group"], Decimal(one.get("max") or 0), str(one.get("text") or ""))
        for one in items
    ]


def version_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a version of a set: for whom, parts of 100, thresholds falling, quota, items."""
    found: list[Problem] = []
    if not values.get("person_kinds"):
        found.append(Problem("person_kinds", "required", N_("Chưa chọn loại cán bộ. Hãy chọn ít nhất một loại.")))
    if not str(values.get("source") or "").strip():
        found.append(Problem("source", "required", N_("Căn cứ còn trống. Hãy ghi điều, khoản hoặc văn bản.")))
    if values["quota_outstanding"] < values["quota_percent"]:
        text = N_("Tỷ lệ của nơi có thành tích nổi trội %(more)s%% nhỏ hơn tỷ lệ thường %(usual)s%%. Hãy sửa.")
        params = {"more": values["quota_outstanding"], "usual": values["quota_percent"]}
        found.append(Problem("quota_outstanding", "quota_order", text, params))
    if Method(values["method"]) not in SCORED:
        return found
    total = values["general_max"] + values["result_max"]
    if total != 100:
        text = N_("Điểm tiêu chí chung và điểm kết quả cộng được %(total)s, phải bằng 100. Hãy sửa một trong hai.")
        found.append(Problem("general_max", "parts_sum", text, {"total": total}))
    steps = [Decimal(values["thresholds"][name]) for name in ("excellent", "good", "satisfactory")]
    if not 100 >= steps[0] > steps[1] > steps[2] > 0:
        text = N_("Mức điểm phải giảm dần từ hoàn thành xuất sắc đến hoàn thành. Hãy sửa ba mức điểm.")
        found.append(Problem("excellent", "thresholds_order", text))
    items = list(values.get("items") or ())
    without = [one for one in items if not one.get("max")]
    if items and (values["method"] == Method.EQUAL or len(without) < len(items)):
        found += item_problems(general_items(items), values["general_max"])
    return found


def regulation_problems(
    values: Mapping[str, Any], method: Method, general_max: Decimal, result_max: Decimal
) -> list[Problem]:
    """Return what is wrong with a regulation: paper, the unit's own points by role, its own general criteria."""
    found: list[Problem] = []
    for name, text in (
        ("number", N_("Số, ký hiệu quy chế còn trống. Hãy nhập mục này.")),
        ("title", N_("Trích yếu quy chế còn trống. Hãy nhập mục này.")),
    ):
        if not str(values.get(name) or "").strip():
            found.append(Problem(name, "required", text))
    if values.get("issued_on") is None:
        found.append(Problem("issued_on", "required", N_("Ngày ban hành còn trống. Hãy nhập mục này.")))
    if method is not Method.WEIGHTS:
        return found
    weights = values.get("weights") or {}
    for kept, role in (("staff", Role.STAFF), ("leader", Role.HEAD)):
        given = {Criterion(name): Decimal(points) for name, points in (weights.get(kept) or {}).items()}
        for problem in weight_problems(given, role, result_max):
            criterion = problem.field.partition(".")[2]
            field = f"{kept}_{criterion}" if criterion else f"{kept}_quantity"
            found.append(Problem(field, problem.code, problem.text, problem.params))
    items = list(values.get("items") or ())
    if not items:
        text = N_("Nghị định không đặt điểm từng tiêu chí chung. Hãy ghi các tiêu chí và điểm của đơn vị.")
        found.append(Problem("items", "required", text))
    else:
        found += item_problems(general_items(items), general_max)
    return found
