"""What a figure may be set to; how sure a source is; what the catalogues are called."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem

MARK_LABELS = {
    "C": N_("đã đối chiếu văn bản"),
    "K": N_("theo hiểu biết, chưa đối chiếu"),
    "U": N_("chưa chắc chắn"),
}
MARK_TONES = {"C": "ok", "K": "info", "U": "warn"}

CATALOGUE_LABELS = {
    "reception_groups": N_("Đối tượng tiếp nhận vào công chức"),
    "academic_titles": N_("Học hàm"),
    "allowance_forms": N_("Cách tính phụ cấp"),
    "allowance_kinds": N_("Loại phụ cấp"),
    "appointment_bases": N_("Hình thức giữ chức vụ"),
    "base_salaries": N_("Mức lương cơ sở"),
    "blood_groups": N_("Nhóm máu"),
    "decentralisation": N_("Phân cấp: ai trình, thẩm định, ký"),
    "defence_training_groups": N_("Đối tượng bồi dưỡng quốc phòng, an ninh"),
    "degrees": N_("Trình độ chuyên môn"),
    "discipline_forms": N_("Hình thức kỷ luật"),
    "education_general": N_("Trình độ giáo dục phổ thông"),
    "emulation_titles": N_("Danh hiệu thi đua"),
    "ethnic_groups": N_("Dân tộc"),
    "ethnic_languages": N_("Tiếng dân tộc thiểu số"),
    "family_origins": N_("Thành phần gia đình xuất thân"),
    "graduation_grades": N_("Xếp loại tốt nghiệp"),
    "health_states": N_("Tình trạng sức khỏe"),
    "holidays": N_("Ngày nghỉ lễ"),
    "it_levels": N_("Trình độ tin học"),
    "language_levels": N_("Trình độ ngoại ngữ"),
    "languages": N_("Ngoại ngữ"),
    "leadership_coefficients": N_("Hệ số phụ cấp chức vụ"),
    "leadership_post_groups": N_("Nhóm chức vụ và chức vụ thấp hơn liền kề"),
    "leadership_posts": N_("Chức vụ, chức danh lãnh đạo"),
    "military_ranks": N_("Quân hàm"),
    "parameters": N_("Mức, thời hạn theo luật"),
    "party_posts": N_("Chức vụ Đảng"),
    "pay_scales": N_("Bảng lương"),
    "policy_beneficiaries": N_("Đối tượng chính sách"),
    "political_organisations": N_("Tổ chức chính trị - xã hội"),
    "province_codes": N_("Mã tỉnh trong số định danh"),
    "provinces_now": N_("Tỉnh, thành phố"),
    "ranks": N_("Ngạch, chức danh nghề nghiệp"),
    "rating_classes": N_("Mức xếp loại chất lượng"),
    "recruitment_forms": N_("Hình thức tuyển dụng"),
    "relations": N_("Quan hệ gia đình"),
    "religions": N_("Tôn giáo"),
    "retirement_ages": N_("Tuổi nghỉ hưu"),
    "reward_forms": N_("Hình thức khen thưởng"),
    "state_honours": N_("Danh hiệu vinh dự nhà nước"),
    "state_management_levels": N_("Bồi dưỡng quản lý nhà nước"),
    "theory_levels": N_("Trình độ lý luận chính trị"),
    "training_forms": N_("Hình thức đào tạo"),
}

COLUMN_LABELS = {
    "action": N_("Việc"),
    "aliases": N_("Tên gọi khác"),
    "appraises": N_("Thẩm định"),
    "amount": N_("Mức (đồng)"),
    "code": N_("Mã"),
    "code_bnv": N_("Mã của Bộ Nội vụ"),
    "coefficient": N_("Hệ số"),
    "date": N_("Ngày"),
    "group": N_("Nhóm"),
    "key": N_("Tên trong chương trình"),
    "kind": N_("Loại"),
    "months": N_("Tháng"),
    "months_per_step": N_("Số tháng một bậc"),
    "name": N_("Tên"),
    "name_en": N_("Tiếng Anh"),
    "name_vi": N_("Tên"),
    "note": N_("Ghi chú"),
    "parent": N_("Thuộc"),
    "person_kind": N_("Loại nhân sự"),
    "place": N_("Nơi áp dụng"),
    "post": N_("Chức vụ"),
    "post_group": N_("Nhóm chức vụ"),
    "proposes": N_("Trình"),
    "sex": N_("Giới tính"),
    "signs": N_("Ký"),
    "step": N_("Bậc"),
    "table": N_("Bảng"),
    "unit": N_("Đơn vị tính"),
    "using_kind": N_("Loại cơ quan sử dụng"),
    "value": N_("Giá trị"),
    "managing_kind": N_("Loại cơ quan quản lý"),
    "rank_code": N_("Mã ngạch"),
    "term_months": N_("Nhiệm kỳ (tháng)"),
    "filled": N_("Cách giữ chức vụ"),
    "agency_kinds": N_("Loại cơ quan"),
    "below": N_("Chức vụ thấp hơn liền kề"),
    "needs_equal_pay": N_("Cần lương tương đương"),
    "needs_service": N_("Cần thời gian công tác"),
    "year": N_("Năm"),
    "years": N_("Năm tuổi"),
}


HOLIDAY_LABELS = {
    "holiday": N_("Ngày nghỉ"),
    "worked": N_("Làm bù (thứ bảy, chủ nhật đi làm)"),
    "unconfirmed": N_("Chưa chắc chắn, vẫn tính là ngày làm việc"),
    "removed": N_("Bỏ khỏi lịch nghỉ"),
}
HOLIDAYS_MOST = 15
"""How many days may be written at once: Tết with its bridge days is the longest."""


def holiday_problems(first: date, last: date, kind: str) -> list[Problem]:
    """Return what is wrong with days written into the table of holidays, from `first` to `last`, both included."""
    if last < first:
        text = N_("Đến ngày %(last)s trước từ ngày %(first)s. Hãy sửa một trong hai ngày.")
        return [Problem("until", "dates_out_of_order", text, {"first": first, "last": last})]
    if (last - first).days >= HOLIDAYS_MOST:
        text = N_("Một lần ghi nhiều nhất %(most)s ngày. Hãy chia ra ghi nhiều lần.")
        return [Problem("until", "too_many_days", text, {"most": HOLIDAYS_MOST})]
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    if kind == "worked" and any(day.weekday() < 5 for day in days):
        text = N_("%(day)s là ngày trong tuần, vốn đã đi làm. Ngày làm bù phải là thứ bảy hoặc chủ nhật.")
        return [Problem("day", "not_weekend", text, {"day": next(day for day in days if day.weekday() < 5)})]
    return []


def setting_problems(
    value: Any, *, least: int | None, most: int | None, choices: Collection[str], source: str
) -> list[Problem]:
    """Return what is wrong with a setting's new value; [] when it may be set.

    `choices` are the codes it must be one of (empty: any); with a bound it is a whole number within `least` and
    `most`, both included; `source` says who drew the bounds.
    """
    if choices:
        if value in choices:
            return []
        unknown = N_("“%(value)s” không có trong danh mục. Hãy chọn một mã của danh mục.")
        return [Problem("value", "unknown_code", unknown, {"value": str(value)})]
    if least is None and most is None:
        return []
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        return [Problem("value", "not_whole", N_("“%(value)s” không phải là số nguyên."), {"value": str(value)})]
    if (least is not None and value < least) or (most is not None and value > most):
        text = N_(
            "%(value)s nằm ngoài mức cho phép, từ %(least)s đến %(most)s (%(source)s). Hãy nhập số trong mức này."
        )
        shown = {"value": str(value), "least": str(least), "most": str(most), "source": source}
        return [Problem("value", "out_of_bounds", text, shown)]
    return []
