"""What a requirement and a rule of recognition must say to be in force, and what they ask in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.training.rules.kinds import NEVER_COUNTED, CourseKind, Gate, LevelSection, RequirementTarget, RequirementWhat

PERIOD_MOST = 10
MONTHS_MOST = 120
COUNTABLE: tuple[CourseKind, ...] = tuple(one for one in CourseKind if one not in NEVER_COUNTED)
"""What may count to yearly hours: the contents the decree sets apart never do (NĐ 171/2025/NĐ-CP Đ16)."""
LEVELS_OF_SECTION: dict[LevelSection, str] = {
    LevelSection.THEORY: "theory_levels",
    LevelSection.MANAGEMENT: "state_management_levels",
    LevelSection.DEFENCE: "defence_training_groups",
    LevelSection.IT: "it_levels",
    LevelSection.LANGUAGE: "language_levels",
}


def version_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a requirement's version that can be said without the database."""
    found = _target_problems(values)
    if values.get("gate") not in set(Gate):
        found.append(Problem("gate", "unknown", N_("Cách xét khi chưa đạt không có trong danh sách. Hãy chọn lại.")))
    if not str(values.get("source") or "").strip():
        found.append(Problem("source", "required", N_("Chưa ghi căn cứ. Hãy ghi điều, khoản hoặc văn bản của tỉnh.")))
    what = values.get("what")
    if what == RequirementWhat.HOURS:
        found += _hours_problems(values)
    elif what == RequirementWhat.COURSE:
        found += _course_problems(values)
    else:
        found.append(Problem("what", "unknown", N_("Loại yêu cầu không có trong danh sách. Hãy chọn lại.")))
    return found


def _target_problems(values: Mapping[str, Any]) -> list[Problem]:
    target, codes = values.get("target"), list(values.get("target_codes") or [])
    if target not in set(RequirementTarget):
        return [Problem("target", "unknown", N_("Cách chọn đối tượng không có trong danh sách. Hãy chọn lại."))]
    if target == RequirementTarget.ALL and codes:
        return [Problem("target", "no_codes", N_("Yêu cầu với mọi người thì không chọn thêm đối tượng. Hãy bỏ bớt."))]
    if target != RequirementTarget.ALL and not codes:
        return [Problem("target", "codes_required", N_("Chưa ghi đối tượng nào. Hãy ghi ở mục ứng với cách chọn."))]
    return []


def _hours_problems(values: Mapping[str, Any]) -> list[Problem]:
    found = []
    hours, carry = values.get("hours"), Decimal(str(values.get("carry_hours") or 0))
    years = int(values.get("period_years") or 0)
    if hours is None or not Decimal(0) < Decimal(str(hours)) <= Decimal(5000):
        found.append(Problem("hours", "out_of_bounds", N_("Số tiết phải lớn hơn 0 và nhiều nhất 5000. Hãy sửa.")))
    elif carry > Decimal(str(hours)):
        sentence = N_("Số tiết chuyển sang năm sau không quá số tiết của yêu cầu (%(hours)s). Hãy sửa.")
        found.append(Problem("carry_hours", "more_than_owed", sentence, {"hours": hours}))
    if not 1 <= years <= PERIOD_MOST:
        sentence = N_("Kỳ dài từ 1 đến %(most)s năm. Hãy sửa số năm.")
        found.append(Problem("period_years", "out_of_bounds", sentence, {"most": PERIOD_MOST}))
    elif carry and years > 1:
        sentence = N_("Chỉ kỳ một năm mới chuyển số tiết sang năm sau. Hãy ghi 0, hoặc đặt kỳ là 1 năm.")
        found.append(Problem("carry_hours", "carry_of_years", sentence))
    if carry < 0:
        found.append(Problem("carry_hours", "out_of_bounds", N_("Số tiết chuyển sang năm sau không âm. Hãy sửa.")))
    counts = list(values.get("counts") or [])
    if not counts or any(one not in set(COUNTABLE) for one in counts):
        sentence = N_("Hãy chọn nội dung được tính; lý luận chính trị, quốc phòng, lãnh đạo, văn bằng không tính vào.")
        found.append(Problem("counts", "unknown", sentence))
    if values.get("courses"):
        found.append(Problem("courses", "of_hours", N_("Yêu cầu số tiết không ghi chương trình. Hãy bỏ trống.")))
    return found


def _course_problems(values: Mapping[str, Any]) -> list[Problem]:
    found = []
    if values.get("hours") is not None:
        found.append(Problem("hours", "of_course", N_("Yêu cầu chương trình không ghi số tiết. Hãy bỏ trống.")))
    section, least = values.get("level_section"), values.get("level_least")
    if bool(section) != bool(least):
        sentence = N_("Ghi cả mục trình độ và trình độ tối thiểu, hoặc bỏ trống cả hai.")
        found.append(Problem("level_least", "level_incomplete", sentence))
    elif section and section not in set(LevelSection):
        found.append(Problem("level_section", "unknown", N_("Mục trình độ không có trong danh sách. Hãy chọn lại.")))
    if not values.get("courses") and not section:
        sentence = N_("Chưa ghi chương trình hay trình độ nào đáp ứng. Hãy ghi ít nhất một chương trình.")
        found.append(Problem("courses", "required", sentence))
    months = values.get("due_months")
    if months is not None and not 1 <= int(months) <= MONTHS_MOST:
        sentence = N_("Thời hạn từ 1 đến %(most)s tháng; bỏ trống nếu không có thời hạn. Hãy sửa.")
        found.append(Problem("due_months", "out_of_bounds", sentence, {"most": MONTHS_MOST}))
    return found


def recognition_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a rule of recognition."""
    found = []
    factor, cap = values.get("factor"), values.get("cap_hours")
    if factor is None or not Decimal(0) < Decimal(str(factor)) <= Decimal(10):
        found.append(Problem("factor", "out_of_bounds", N_("Hệ số phải lớn hơn 0 và nhiều nhất 10. Hãy sửa.")))
    if cap is not None and Decimal(str(cap)) <= 0:
        sentence = N_("Số tiết nhiều nhất một năm phải lớn hơn 0; bỏ trống nếu không giới hạn. Hãy sửa.")
        found.append(Problem("cap_hours", "out_of_bounds", sentence))
    if not str(values.get("source") or "").strip():
        found.append(Problem("source", "required", N_("Chưa ghi căn cứ. Hãy ghi điều, khoản hoặc văn bản của tỉnh.")))
    return found
