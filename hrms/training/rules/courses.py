"""What a programme must say of itself: code, hours, what it ends with; which catalogue its level is of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.training.rules.kinds import CourseKind, LearningForm
from hrms.training.rules.states import CertificateKind

CODE = re.compile(r"[A-Z0-9][A-Z0-9.\-]{1,29}")
HOURS_MOST = Decimal(5000)
LEVEL_MOST = 5
LEVELS_OF: dict[CourseKind, str] = {
    CourseKind.POLITICAL_THEORY: "theory_levels",
    CourseKind.STATE_MANAGEMENT: "state_management_levels",
    CourseKind.DEFENCE: "defence_training_groups",
    CourseKind.LANGUAGE: "language_levels",
    CourseKind.DEGREE: "degrees",
}
"""Kind → the catalogue of the levels it may raise to; leadership has its own words below, the others have none."""
LEADERSHIP_LEVELS: dict[str, str] = {
    "division": N_("Cấp phòng"),
    "department": N_("Cấp sở"),
    "ministry_department": N_("Cấp vụ"),
    "vice_minister": N_("Cấp thứ trưởng"),
}


def code_problems(code: str) -> list[Problem]:
    """Return what is wrong with a code typed for a programme, a provider or a requirement."""
    if CODE.fullmatch(code):
        return []
    sentence = N_("Mã “%(code)s” chưa đúng: 2 đến 30 chữ cái không dấu, chữ số, dấu chấm, gạch nối. Hãy sửa mã.")
    return [Problem("code", "bad_code", sentence, {"code": code})]


def version_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a version that can be said without the database."""
    found: list[Problem] = []
    hours = values.get("hours")
    if hours is None or not Decimal(0) < Decimal(str(hours)) <= HOURS_MOST:
        sentence = N_("Số tiết phải lớn hơn 0 và nhiều nhất %(most)s. Hãy sửa số tiết.")
        found.append(Problem("hours", "out_of_bounds", sentence, {"most": int(HOURS_MOST)}))
    if values.get("form") not in {LearningForm.CLASS, LearningForm.ONLINE, LearningForm.BLENDED}:
        found.append(Problem("form", "unknown", N_("Hình thức học không có trong danh sách. Hãy chọn lại.")))
    certificate = values.get("certificate")
    if certificate not in set(CertificateKind):
        found.append(Problem("certificate", "unknown", N_("Loại giấy tờ cấp khi kết thúc không có trong danh sách.")))
    months = values.get("valid_months")
    if months is not None and not 1 <= int(months) <= 600:
        sentence = N_("Hiệu lực chứng chỉ từ 1 đến 600 tháng; bỏ trống nếu không thời hạn. Hãy sửa.")
        found.append(Problem("valid_months", "out_of_bounds", sentence))
    elif months is not None and certificate == CertificateKind.NONE:
        sentence = N_("Chương trình không cấp giấy tờ thì không có hiệu lực chứng chỉ. Hãy bỏ trống.")
        found.append(Problem("valid_months", "no_certificate", sentence))
    codes = [one.get("code") for one in values.get("competencies") or []]
    if len(codes) != len(set(codes)):
        found.append(Problem("competencies", "twice", N_("Một năng lực được ghi hai lần. Hãy bỏ bớt.")))
    levels = [one.get("level") for one in values.get("competencies") or []]
    if any(level is not None and not (isinstance(level, int) and 1 <= level <= LEVEL_MOST) for level in levels):
        found.append(Problem("competencies", "level", N_("Cấp độ năng lực từ 1 đến 5. Hãy chọn lại.")))
    return found


def tidy(hours: Decimal | None) -> Decimal | None:
    """Return hours without zeros after the comma, as people write them: 40, 20.5."""
    if hours is None:
        return None
    whole = hours.to_integral_value()
    return whole if whole == hours else hours.normalize()
