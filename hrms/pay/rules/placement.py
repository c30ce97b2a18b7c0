"""The checking sheet of a placement: fit for the rank or title, the scheme approved, the last day to place everybody.

TT 02/2007/TT-BNV Mục II; NĐ 170/2025/NĐ-CP Đ23–24; NĐ 232/2026/NĐ-CP Đ7, Đ10, Đ18; TT 05/2024/TT-BNV Đ4.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from hrms.core.rules import N_
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.pay.rules.placing import PlacingReason
from hrms.people.rules.steps import PayGroup

CONVERTED = "NĐ 232/2026/NĐ-CP Đ18 k2"
QUOTAS = "NĐ 232/2026/NĐ-CP Đ10, Đ18"
FITTING = "NĐ 170/2025/NĐ-CP Đ23–24; NĐ 259/2026/NĐ-CP"
INSURED = "TT 05/2024/TT-BNV Đ4"
FIRST_GROUPS: Mapping[str, str] = {"A2.2": "A2.1", "A3.2": "A3.1"}
"""Groups that NĐ 232/2026/NĐ-CP does not keep → the group they are slotted into (Đ18 k2)."""


class PlacementCase(StrEnum):
    """Why somebody is placed: the reasons of `PlacingReason`, and a first placement."""

    PROMOTION = "promotion"
    SAME_LEVEL = "same_level"
    GRADE_CONVERSION = "grade_conversion"
    LOWER_UNFIT = "lower_unfit"
    LOWER_BY_OWN_WISH = "lower_by_own_wish"
    FIRST = "first"

    @property
    def reason(self) -> PlacingReason | None:
        """Return the reason the rules of placing know, None for a first placement."""
        return None if self is PlacementCase.FIRST else PlacingReason(self.value)


CASE_LABELS: dict[PlacementCase, str] = {
    PlacementCase.PROMOTION: N_("Lên ngạch, chức danh cao hơn"),
    PlacementCase.SAME_LEVEL: N_("Chuyển ngạch, chức danh cùng loại"),
    PlacementCase.GRADE_CONVERSION: N_("Chuyển sang bậc nghề nghiệp (NĐ 232/2026/NĐ-CP)"),
    PlacementCase.LOWER_UNFIT: N_("Xuống ngạch do không đáp ứng yêu cầu"),
    PlacementCase.LOWER_BY_OWN_WISH: N_("Xuống ngạch theo nguyện vọng"),
    PlacementCase.FIRST: N_("Xếp lương lần đầu, tính thời gian đóng bảo hiểm"),
}


def converted_group(table: int, group: str, scales: Mapping[tuple[int, str], PayGroup]) -> PayGroup | None:
    """Return the group that a conversion to career grades leads to, None where the scales have none such."""
    return scales.get((table, FIRST_GROUPS.get(group, group)))


def conditions(case: PlacementCase, on: date, last_day: date | None) -> list[Condition]:
    """Return what the record does not say: fit for the new rank, the scheme approved with its ratio of grades.

    `last_day` is the day by which everybody is to be placed; after it the placement is late, not refused.
    """
    found = []
    if case in {PlacementCase.PROMOTION, PlacementCase.SAME_LEVEL, PlacementCase.FIRST}:
        text = N_("Đáp ứng tiêu chuẩn, điều kiện của ngạch, chức danh và vị trí việc làm")
        found.append(_asked("placement_fit", text, FITTING, Supplier.USING_AGENCY))
    if case in {PlacementCase.LOWER_UNFIT, PlacementCase.LOWER_BY_OWN_WISH}:
        text = N_("Có kết luận không đáp ứng yêu cầu, hoặc đơn tự nguyện, bằng văn bản")
        found.append(_asked("placement_lower", text, FITTING, Supplier.USING_AGENCY))
    if case is PlacementCase.GRADE_CONVERSION:
        text = N_("Vị trí việc làm và cơ cấu bậc nghề nghiệp đã được phê duyệt, không vượt tỷ lệ của bậc")
        found.append(_asked("placement_scheme", text, QUOTAS, Supplier.USING_AGENCY))
        if last_day is not None:
            in_time = on <= last_day
            text = N_("Xếp trước ngày %(day)s")
            found.append(
                Condition(
                    "placement_in_time", text, Outcome.MET if in_time else Outcome.NOT_MET, CONVERTED, "",
                    {"day": last_day}, blocking=False,
                )
            )  # fmt: skip
    if case is PlacementCase.FIRST:
        text = N_("Thời gian đóng bảo hiểm xã hội bắt buộc theo sổ, trừ thời gian tập sự")
        found.append(_asked("placement_insured", text, INSURED, Supplier.PERSON))
    return found


def _asked(code: str, text: str, source: str, supplier: Supplier) -> Condition:
    return Condition(code, text, Outcome.UNKNOWN, source, supplier=supplier, answerable=True)
