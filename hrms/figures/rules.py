"""What a figure may be set to; how sure a source is; what the catalogues are called."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem

MARK_LABELS = {
    "C": N_("đã đối chiếu văn bản"),
    "C2": N_("theo tài liệu thứ cấp"),
    "K": N_("theo hiểu biết, chưa đối chiếu"),
    "U": N_("chưa chắc chắn"),
}
MARK_TONES = {"C": "ok", "C2": "ok", "K": "info", "U": "warn"}

CATALOGUE_LABELS = {
    "reception_groups": N_("Đối tượng tiếp nhận vào công chức"),
    "academic_titles": N_("Học hàm"),
    "allowance_forms": N_("Cách tính phụ cấp"),
    "allowance_kinds": N_("Loại phụ cấp"),
    "allowance_rules": N_("Cách tính từng loại phụ cấp"),
    "appointment_bases": N_("Hình thức giữ chức vụ"),
    "base_salaries": N_("Mức lương cơ sở"),
    "blood_groups": N_("Nhóm máu"),
    "competencies": N_("Năng lực"),
    "competency_levels": N_("Cấp độ năng lực"),
    "courses": N_("Chương trình đào tạo, bồi dưỡng"),
    "criteria_sets": N_("Bộ tiêu chí đánh giá"),
    "criteria_items": N_("Tiêu chí chung của bộ tiêu chí đánh giá"),
    "product_catalogues": N_("Danh mục mẫu sản phẩm, công việc"),
    "work_products": N_("Sản phẩm, công việc mẫu của cấp xã"),
    "decentralisation": N_("Phân cấp: ai trình, thẩm định, ký"),
    "defence_training_groups": N_("Đối tượng bồi dưỡng quốc phòng, an ninh"),
    "degrees": N_("Trình độ chuyên môn"),
    "discipline_forms": N_("Hình thức kỷ luật"),
    "education_general": N_("Trình độ giáo dục phổ thông"),
    "emulation_titles": N_("Danh hiệu thi đua"),
    "ethnic_groups": N_("Dân tộc"),
    "ethnic_languages": N_("Tiếng dân tộc thiểu số"),
    "family_origins": N_("Thành phần gia đình xuất thân"),
    "frame_competencies": N_("Khung năng lực mẫu: cấp độ năng lực"),
    "frame_duties": N_("Khung năng lực mẫu: công việc"),
    "frame_models": N_("Khung năng lực mẫu: mục tiêu, yêu cầu"),
    "frame_profiles": N_("Khung năng lực mẫu: quan hệ, quyền hạn"),
    "graduation_grades": N_("Xếp loại tốt nghiệp"),
    "health_states": N_("Tình trạng sức khỏe"),
    "holidays": N_("Ngày nghỉ lễ"),
    "incentive_models": N_("Mẫu quy chế tiền thưởng, thu nhập tăng thêm"),
    "insurance_rates": N_("Tỷ lệ đóng bảo hiểm bắt buộc"),
    "it_levels": N_("Trình độ tin học"),
    "job_positions": N_("Vị trí việc làm"),
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
    "position_limits": N_("Giới hạn tỷ lệ ngạch, bậc, cấp phó"),
    "provinces_now": N_("Tỉnh, thành phố"),
    "ranks": N_("Ngạch, chức danh nghề nghiệp"),
    "rating_classes": N_("Mức xếp loại chất lượng"),
    "recognition_rules": N_("Công nhận theo hình thức học"),
    "recruitment_forms": N_("Hình thức tuyển dụng"),
    "relations": N_("Quan hệ gia đình"),
    "religions": N_("Tôn giáo"),
    "retired_terms": N_("Từ ngữ không còn dùng trong bản mô tả"),
    "retirement_ages": N_("Tuổi nghỉ hưu"),
    "reward_forms": N_("Hình thức khen thưởng"),
    "state_honours": N_("Danh hiệu vinh dự nhà nước"),
    "state_management_levels": N_("Bồi dưỡng quản lý nhà nước"),
    "theory_levels": N_("Trình độ lý luận chính trị"),
    "training_forms": N_("Hình thức đào tạo"),
    "training_providers": N_("Cơ sở đào tạo, bồi dưỡng"),
    "training_requirements": N_("Yêu cầu đào tạo, bồi dưỡng bắt buộc"),
}

COLUMN_LABELS = {
    "ad_hoc_percent": N_("Giữ cho thưởng đột xuất (%)"),
    "advance_percent": N_("Tạm ứng tối đa (% quỹ lương)"),
    "by_coefficient": N_("Nhân hệ số lương"),
    "cap": N_("Mức trần (số lần quỹ lương)"),
    "floors": N_("Mức tối thiểu mỗi tháng (đồng)"),
    "fund_percent": N_("Quỹ (% quỹ lương)"),
    "kinds": N_("Đối tượng"),
    "kind_weights": N_("Mức riêng theo đối tượng"),
    "least_months": N_("Số tháng tối thiểu"),
    "max_coefficient": N_("Mức tối đa mỗi tháng (số lần mức lương)"),
    "most_a_month": N_("Tối đa mỗi tháng (đồng)"),
    "period": N_("Kỳ chi"),
    "purpose": N_("Loại chi"),
    "rating_of": N_("Xét theo"),
    "uncounted": N_("Thời gian nghỉ không tính"),
    "unrated": N_("Khi chưa xếp loại, tính như"),
    "weights": N_("Mức theo kết quả xếp loại"),
    "active": N_("Đang dùng"),
    "authority": N_("Phạm vi quyền hạn"),
    "catalogue": N_("Thuộc danh mục"),
    "certificates": N_("Bồi dưỡng, chứng chỉ"),
    "competency": N_("Năng lực"),
    "criteria": N_("Tiêu chí đánh giá"),
    "experience": N_("Kinh nghiệm"),
    "field": N_("Lĩnh vực"),
    "framework": N_("Khung năng lực"),
    "grade": N_("Bậc nghề nghiệp"),
    "grade_from": N_("Từ bậc nghề nghiệp"),
    "grade_max": N_("Bậc nghề nghiệp cao nhất"),
    "grade_min": N_("Bậc nghề nghiệp thấp nhất"),
    "grade_to": N_("Đến bậc nghề nghiệp"),
    "it_level": N_("Tin học"),
    "keeps_base_grade": N_("Giữ bậc của vị trí gốc"),
    "language_level": N_("Ngoại ngữ"),
    "leadership_post": N_("Chức vụ lãnh đạo"),
    "least_degree": N_("Trình độ đào tạo tối thiểu"),
    "least_rank": N_("Ngạch tối thiểu"),
    "level": N_("Cấp độ"),
    "level_max": N_("Đến cấp độ"),
    "level_min": N_("Từ cấp độ"),
    "main_units": N_("Đơn vị phối hợp chính"),
    "majors": N_("Ngành, chuyên ngành"),
    "managed_by": N_("Được quản lý trực tiếp bởi"),
    "may_complete_later": N_("Được hoàn thiện sau khi bố trí"),
    "name_others": N_("Tên với người không lãnh đạo"),
    "nature": N_("Bản chất quan hệ"),
    "number": N_("Số thứ tự"),
    "objective": N_("Mục tiêu"),
    "other_majors_with_certificate": N_("Nhận ngành khác nếu có chứng chỉ"),
    "output": N_("Sản phẩm, kết quả đầu ra"),
    "outside": N_("Quan hệ bên ngoài"),
    "position": N_("Vị trí việc làm"),
    "position_group": N_("Nhóm vị trí"),
    "profile": N_("Nhóm khung"),
    "qualities": N_("Phẩm chất cá nhân"),
    "quota_kind": N_("Loại biên chế"),
    "ranks": N_("Ngạch được bố trí"),
    "requirements": N_("Yêu cầu khác"),
    "section": N_("Phần"),
    "state_management_level": N_("Quản lý nhà nước"),
    "task": N_("Nhiệm vụ, mảng công việc"),
    "theory_level": N_("Lý luận chính trị"),
    "words": N_("Mô tả"),
    "words_others": N_("Mô tả với người không lãnh đạo"),
    "work": N_("Công việc cụ thể"),
    "works_with": N_("Phối hợp trực tiếp với"),
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
    "size_from": N_("Quy mô từ"),
    "size_to": N_("Quy mô đến"),
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
    "instead": N_("Viết thay"),
    "term": N_("Từ ngữ"),
    "year": N_("Năm"),
    "years": N_("Năm tuổi"),
    "agency_code": N_("Mã cơ quan"),
    "assessment": N_("Cách đánh giá"),
    "cap_hours": N_("Số tiết nhiều nhất một năm"),
    "carry_hours": N_("Số tiết được chuyển sang năm sau"),
    "certificate": N_("Kết thúc được cấp"),
    "competencies": N_("Năng lực được nâng"),
    "counts": N_("Nội dung được tính"),
    "courses": N_("Chương trình đáp ứng"),
    "due_months": N_("Thời hạn (tháng)"),
    "exempt_absences": N_("Thời gian nghỉ được trừ"),
    "exempt_before": N_("Miễn khi bắt đầu trước ngày"),
    "exempt_days": N_("Nghỉ từ (ngày)"),
    "factor": N_("Hệ số công nhận"),
    "form": N_("Hình thức"),
    "gate": N_("Khi chưa đạt"),
    "grace_months": N_("Thời gian chưa tính (tháng)"),
    "hours": N_("Số tiết"),
    "keep_valid": N_("Chứng chỉ phải còn hạn"),
    "level_least": N_("Trình độ tối thiểu thay thế"),
    "level_section": N_("Mục trình độ thay thế"),
    "may_certify": N_("Được cấp chứng chỉ"),
    "needs_proof": N_("Cần minh chứng"),
    "objectives": N_("Mục tiêu"),
    "period_years": N_("Kỳ (năm)"),
    "person_kinds": N_("Loại nhân sự"),
    "positions": N_("Vị trí việc làm"),
    "post_groups": N_("Nhóm chức vụ"),
    "pro_rata": N_("Tính theo số ngày"),
    "providers": N_("Cơ sở đào tạo"),
    "target": N_("Đối tượng theo"),
    "target_codes": N_("Giá trị của đối tượng"),
    "valid_months": N_("Hiệu lực chứng chỉ (tháng)"),
    "weeks": N_("Số tuần"),
    "what": N_("Loại yêu cầu"),
    "complexity": N_("Nhóm phức tạp"),
    "detail": N_("Công việc chi tiết"),
    "general_max": N_("Điểm tiêu chí chung"),
    "group_name": N_("Tên nhóm"),
    "groups": N_("Các nhóm"),
    "max": N_("Điểm tối đa"),
    "method": N_("Cách đánh giá"),
    "penalty": N_("Phần trừ mỗi lần"),
    "points": N_("Điểm chấm"),
    "quota_outstanding": N_("Tỷ lệ nơi nổi trội (%)"),
    "quota_percent": N_("Tỷ lệ hoàn thành xuất sắc (%)"),
    "result_max": N_("Điểm kết quả"),
    "set": N_("Bộ tiêu chí"),
    "standard_points": N_("Điểm của sản phẩm chuẩn"),
    "standard_product": N_("Sản phẩm, công việc chuẩn"),
    "text": N_("Nội dung"),
    "thresholds": N_("Mức điểm"),
    "base": N_("Phần trăm tính trên"),
    "forms": N_("Các cách ghi"),
    "full_days": N_("Số ngày của tháng đủ"),
    "insurance": N_("Loại bảo hiểm"),
    "insured": N_("Tính đóng bảo hiểm"),
    "percent": N_("Phần trăm"),
    "side": N_("Bên đóng"),
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
