"""The sơ yếu lý lịch as a list of items: what each is called, its number on the form of TT 06/2023/TT-BNV, how it is
written, and which right guards its group. Pages, forms, the API and the printed form all read this one list.

Dated facts (status, agency, post, rank, allowance, absence) are described the same way; they are written on a decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hrms.core.rules import N_

SHORT = 300
LONG = 4000


class Shape(StrEnum):
    """How a value is written and kept."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    PARTIAL = "partial"
    CODE = "code"
    OPEN_CODE = "open_code"
    """A code of the catalogue, or words of one's own where the catalogue has none."""
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    AGENCY = "agency"
    FLAG = "flag"
    """Yes or no."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: column, number on the form, name, shape; `low` and `high` bound numbers, `most` the length of text."""

    name: str
    number: str
    label: str
    shape: Shape = Shape.TEXT
    catalogue: str = ""
    most: int = SHORT
    low: int = 0
    high: int = 0
    places: int = 2
    hint: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are edited on one page; `guard` is the value of the permission that both viewing and editing need."""

    key: str
    label: str
    items: tuple[Item, ...]
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the form: rows with dates of their own. `entity` names it in the audit trail."""

    key: str
    number: str
    label: str
    entity: str
    items: tuple[Item, ...]
    guard: str = ""
    tab: str = ""


T = Shape
GROUPS: tuple[Group, ...] = (
    Group("identity", N_("Thông tin chung"), (
        Item("full_name", "1", N_("Họ và tên khai sinh"), most=100, needed=True),
        Item("sex", "1", N_("Giới tính"), T.CODE, "sex"),
        Item("other_names", "2", N_("Tên gọi khác"), most=100),
        Item("birth_date", "3", N_("Ngày sinh"), T.PARTIAL),
        Item("birth_place", "4", N_("Nơi sinh")),
        Item("home_town", "5", N_("Quê quán")),
        Item("national_id", "8", N_("Số định danh cá nhân"), most=20),
        Item("id_override_reason", "8", N_("Lý do số định danh khác giới tính, năm sinh"),
             hint=N_("Chỉ ghi khi giới tính hoặc năm sinh đã được cải chính.")),
        Item("old_id_no", "8", N_("Số CMND cũ"), most=20),
        Item("id_issued_on", "8", N_("Ngày cấp căn cước"), T.DATE),
        Item("id_issued_by", "8", N_("Nơi cấp căn cước"), most=200),
        Item("phone", "8", N_("Số điện thoại"), most=50),
        Item("email", "8", N_("Thư điện tử"), most=200),
        Item("social_insurance_no", "9", N_("Số bảo hiểm xã hội"), most=20),
        Item("health_insurance_no", "9", N_("Số thẻ bảo hiểm y tế"), most=20),
        Item("current_address", "10", N_("Nơi ở hiện nay")),
        Item("permanent_address", "10", N_("Nơi đăng ký thường trú")),
        Item("staff_code", "", N_("Số hiệu CBCCVC"), most=50),
        Item("national_staff_code", "", N_("Số hiệu CBCCVC quốc gia"), most=50),
    )),
    Group("origin", N_("Dân tộc, tôn giáo"), (
        Item("ethnic_group", "6", N_("Dân tộc"), T.CODE, "ethnic_groups"),
        Item("religion", "7", N_("Tôn giáo"), T.CODE, "religions"),
    ), "people.sensitive.origin"),
    Group("family_origin", N_("Thành phần gia đình xuất thân"), (
        Item("family_origin", "11", N_("Thành phần gia đình xuất thân"), T.CODE, "family_origins"),
    ), "people.sensitive.family"),
    Group("recruitment", N_("Tuyển dụng"), (
        Item("job_before", "12", N_("Nghề nghiệp trước khi được tuyển dụng")),
        Item("recruited_on", "13", N_("Ngày được tuyển dụng lần đầu"), T.PARTIAL),
        Item("recruited_by", "13", N_("Cơ quan tuyển dụng")),
        Item("recruited_by_code", "13", N_("Mã cơ quan tuyển dụng"), most=50),
        Item("recruited_position", "13", N_("Vị trí được tuyển dụng")),
        Item("joined_agency_on", "14", N_("Ngày vào cơ quan hiện đang công tác"), T.PARTIAL),
        Item("unit_name", "14", N_("Đơn vị trực thuộc")),
        Item("unit_code", "14", N_("Mã đơn vị trực thuộc"), most=50),
    )),
    Group("party", N_("Đảng, đoàn thể"), (
        Item("party_joined_on", "15", N_("Ngày vào Đảng"), T.PARTIAL),
        Item("party_official_on", "15", N_("Ngày vào Đảng chính thức"), T.PARTIAL),
        Item("party_card_no", "15", N_("Số thẻ Đảng"), most=30),
        Item("organisation_joined_on", "16", N_("Ngày tham gia tổ chức chính trị - xã hội đầu tiên"), T.PARTIAL),
        Item("party_post", "26", N_("Chức vụ Đảng hiện tại"), T.CODE, "party_posts"),
        Item("party_concurrent_posts", "27", N_("Chức vụ Đảng kiêm nhiệm")),
    ), "people.sensitive.party"),
    Group("service", N_("Quân đội, chính sách, danh hiệu"), (
        Item("enlisted_on", "17", N_("Ngày nhập ngũ"), T.PARTIAL),
        Item("discharged_on", "17", N_("Ngày xuất ngũ"), T.PARTIAL),
        Item("military_rank", "17", N_("Quân hàm cao nhất"), T.CODE, "military_ranks"),
        Item("policy_beneficiary", "18", N_("Đối tượng chính sách"), T.CODE, "policy_beneficiaries"),
        Item("state_honour", "22", N_("Danh hiệu nhà nước phong tặng"), T.CODE, "state_honours"),
    )),
    Group("learning", N_("Bằng cấp, trình độ"), (
        Item("general_education", "19", N_("Trình độ giáo dục phổ thông"), most=30, hint=N_("Ví dụ 12/12, 10/10.")),
        Item("degree", "20", N_("Trình độ chuyên môn cao nhất"), T.CODE, "degrees"),
        Item("major", "20", N_("Chuyên ngành đào tạo"), most=200),
        Item("academic_degree", "20", N_("Học vị"), T.CODE, "degrees"),
        Item("academic_degree_on", "20", N_("Ngày nhận học vị"), T.PARTIAL),
        Item("academic_title", "21", N_("Học hàm"), T.CODE, "academic_titles"),
        Item("academic_title_on", "21", N_("Ngày phong học hàm"), T.PARTIAL),
        Item("theory_level", "32.2", N_("Trình độ lý luận chính trị"), T.CODE, "theory_levels"),
        Item("state_management_level", "32.3", N_("Trình độ quản lý nhà nước"), T.CODE, "state_management_levels"),
        Item("professional_certificate", "32.3", N_("Chứng chỉ bồi dưỡng chức danh nghề nghiệp")),
        Item("defence_training", "32.4", N_("Bồi dưỡng quốc phòng, an ninh"), most=100),
        Item("it_level", "32.5", N_("Trình độ tin học"), T.OPEN_CODE, "it_levels"),
        Item("language", "32.6", N_("Ngoại ngữ"), T.OPEN_CODE, "languages"),
        Item("language_level", "32.6", N_("Trình độ ngoại ngữ"), T.OPEN_CODE, "language_levels"),
        Item("ethnic_language", "32.6", N_("Tiếng dân tộc thiểu số"), T.OPEN_CODE, "ethnic_languages"),
    )),
    Group("work", N_("Công việc, vị trí việc làm"), (
        Item("planned_post", "24", N_("Được quy hoạch chức danh")),
        Item("concurrent_posts", "25", N_("Chức vụ kiêm nhiệm")),
        Item("main_duty", "28", N_("Công việc chính được giao")),
        Item("strengths", "29", N_("Sở trường công tác")),
        Item("longest_job", "29", N_("Công việc làm lâu nhất")),
        Item("rank_held_for", "30.1", N_("Thời gian giữ ngạch"), most=100,
             hint=N_("Theo danh sách cũ; các lần bổ nhiệm ngạch cho biết chính xác.")),
        Item("job_position", "30.3", N_("Vị trí việc làm")),
        Item("job_position_code", "30.3", N_("Mã vị trí việc làm"), most=50),
        Item("career_grade", "30.3", N_("Bậc nghề nghiệp"), T.INTEGER, low=1, high=5),
        Item("position_pay_step", "30.3", N_("Bậc lương vị trí việc làm"), most=20),
        Item("position_pay_since", "30.3", N_("Ngày hưởng lương vị trí việc làm"), T.PARTIAL),
        Item("position_pay_percent", "30.3", N_("Phần trăm hưởng lương vị trí việc làm"), T.DECIMAL, high=100),
        Item("position_beyond_percent", "30.3", N_("Phụ cấp vượt khung vị trí việc làm (%)"), T.DECIMAL, high=100),
        Item("position_beyond_since", "30.3", N_("Ngày hưởng phụ cấp vượt khung vị trí việc làm"), T.PARTIAL),
    )),
    Group("position_pay", N_("Tiền lương theo vị trí việc làm"), (
        Item("position_pay_amount", "30.3", N_("Lương vị trí việc làm (đồng)"), T.MONEY, high=1_000_000_000),
    ), "pay.view"),
    Group("health", N_("Sức khỏe"), (
        Item("health_state", "31", N_("Tình trạng sức khỏe"), most=200),
        Item("height_cm", "31", N_("Chiều cao (cm)"), T.INTEGER, low=80, high=250),
        Item("weight_kg", "31", N_("Cân nặng (kg)"), T.DECIMAL, low=25, high=250, places=1),
        Item("blood_group", "31", N_("Nhóm máu"), T.CODE, "blood_groups"),
    ), "people.sensitive.health"),
    Group("history", N_("Lịch sử bản thân"), (
        Item("history_arrest", "34.1", N_("Khai rõ: bị bắt, bị tù"), T.LONG, most=LONG),
    ), "people.sensitive.history"),
    Group("assets", N_("Thu nhập, tài sản"), (
        Item("income_salary", "37.3", N_("Thu nhập từ lương hằng năm (đồng)"), T.MONEY, high=100_000_000_000),
        Item("income_other", "37.3", N_("Thu nhập khác hằng năm (đồng)"), T.MONEY, high=100_000_000_000),
        Item("housing_allotted_type", "37.3", N_("Nhà ở được cấp, thuê: loại"), most=200),
        Item("housing_allotted_area", "37.3", N_("Nhà ở được cấp, thuê: diện tích (m²)"), T.DECIMAL, high=100_000),
        Item("housing_allotted_certificate", "37.3", N_("Nhà ở được cấp, thuê: giấy chứng nhận"), most=200),
        Item("housing_owned_type", "37.3", N_("Nhà ở tự mua, xây: loại"), most=200),
        Item("housing_owned_area", "37.3", N_("Nhà ở tự mua, xây: diện tích (m²)"), T.DECIMAL, high=100_000),
        Item("housing_owned_certificate", "37.3", N_("Nhà ở tự mua, xây: giấy chứng nhận"), most=200),
        Item("land_allotted_area", "37.3", N_("Đất ở được cấp: diện tích (m²)"), T.DECIMAL, high=10_000_000),
        Item("land_allotted_certificate", "37.3", N_("Đất ở được cấp: giấy chứng nhận"), most=200),
        Item("land_owned_area", "37.3", N_("Đất ở tự mua: diện tích (m²)"), T.DECIMAL, high=10_000_000),
        Item("land_owned_certificate", "37.3", N_("Đất ở tự mua: giấy chứng nhận"), most=200),
        Item("land_business", "37.3", N_("Đất sản xuất, kinh doanh")),
    ), "people.sensitive.assets"),
    Group("remarks", N_("Nhận xét của cơ quan"), (
        Item("agency_remarks", "38", N_("Nhận xét, đánh giá của cơ quan sử dụng"), T.LONG, most=LONG),
        Item("note", "", N_("Ghi chú"), T.LONG, most=1000),
    )),
)  # fmt: skip

_FROM = Item("from_on", "", N_("Từ"), T.PARTIAL)
_TO = Item("to_on", "", N_("Đến"), T.PARTIAL)

TABLES: tuple[Table, ...] = (
    Table("education", "32", N_("Đào tạo, bồi dưỡng"), "education", (
        Item("section", "32", N_("Loại đào tạo, bồi dưỡng"), T.CODE, "education_sections", needed=True),
        _FROM, _TO,
        Item("institution", "32", N_("Cơ sở đào tạo")),
        Item("major", "32", N_("Chuyên ngành, nội dung"), most=200),
        Item("form", "32", N_("Hình thức đào tạo"), T.CODE, "training_forms"),
        Item("degree", "32", N_("Trình độ đào tạo"), T.OPEN_CODE, "degrees"),
        Item("certificate", "32", N_("Văn bằng, chứng chỉ")),
        Item("grade", "32", N_("Xếp loại tốt nghiệp"), T.CODE, "graduation_grades"),
        Item("language", "32.6", N_("Ngoại ngữ, tiếng dân tộc"), T.OPEN_CODE, "languages"),
        Item("level", "32", N_("Trình độ đạt được"), T.OPEN_CODE, "learning_levels", most=100),
        Item("score", "32.6", N_("Điểm số"), most=30),
        Item("country", "32", N_("Nước đào tạo"), T.OPEN_CODE, "training_countries", most=100),
    ), tab="education"),
    Table("work", "33", N_("Tóm tắt quá trình công tác"), "work_period", (
        _FROM, _TO,
        Item("agency_name", "33", N_("Cơ quan, đơn vị"), needed=True),
        Item("agency_code", "33", N_("Mã cơ quan"), most=50),
        Item("position", "33", N_("Chức danh, chức vụ")),
    ), tab="career"),
    Table("old_regime", "34.2", N_("Làm việc cho chế độ cũ"), "old_regime", (
        _FROM, _TO,
        Item("position", "34.2", N_("Chức danh, chức vụ")),
        Item("unit", "34.2", N_("Đơn vị")),
        Item("place", "34.2", N_("Địa điểm")),
    ), "people.sensitive.history", tab="history"),
    Table("foreign_tie", "34.3", N_("Tham gia, quan hệ với tổ chức nước ngoài"), "foreign_tie", (
        _FROM, _TO,
        Item("organisation", "34.3", N_("Tên tổ chức"), needed=True),
        Item("address", "34.3", N_("Địa chỉ")),
        Item("activity", "34.3", N_("Công việc")),
    ), "people.sensitive.history", tab="history"),
    Table("reward", "35.1", N_("Khen thưởng"), "reward", (
        Item("year", "35.1", N_("Năm"), T.INTEGER, low=1945, high=2100, needed=True),
        Item("emulation_title", "35.1", N_("Danh hiệu thi đua"), T.OPEN_CODE, "emulation_titles"),
        Item("reward_form", "35.1", N_("Hình thức khen thưởng"), T.OPEN_CODE, "reward_forms"),
        Item("decision_no", "35.1", N_("Số quyết định"), most=100),
        Item("decided_by", "35.1", N_("Cơ quan quyết định")),
    ), tab="merits"),
    Table("discipline", "35.2", N_("Kỷ luật"), "discipline", (
        _FROM, _TO,
        Item("side", "35.2", N_("Về mặt"), T.CODE, "discipline_sides", needed=True),
        Item("form", "35.2", N_("Hình thức kỷ luật"), T.OPEN_CODE, "discipline_forms", needed=True),
        Item("act", "35.2", N_("Hành vi vi phạm chính"), most=1000),
        Item("decided_by", "35.2", N_("Cơ quan quyết định")),
        Item("decision_no", "35.2", N_("Số quyết định"), most=100),
    ), tab="merits"),
    Table("rating", "35.1", N_("Xếp loại chất lượng"), "rating", (
        Item("year", "35.1", N_("Năm"), T.INTEGER, low=1945, high=2100, needed=True),
        Item("rating", "35.1", N_("Kết quả xếp loại"), T.CODE, "rating_classes", needed=True),
        Item("rated_by", "35.1", N_("Thẩm quyền đánh giá")),
        Item("score", "35.1", N_("Điểm"), T.DECIMAL, high=100),
    ), tab="merits"),
    Table("family", "36", N_("Quan hệ gia đình"), "family", (
        Item("side", "36", N_("Bên"), T.CODE, "family_sides", needed=True),
        Item("relation", "36", N_("Mối quan hệ"), T.CODE, "relations", needed=True),
        Item("full_name", "36", N_("Họ và tên"), most=100, needed=True),
        Item("birth_year", "36", N_("Năm sinh"), T.INTEGER, low=1850, high=2100),
        Item("details", "36", N_("Quê quán, nghề nghiệp, chức danh, đơn vị, nơi ở"), T.LONG, most=LONG),
    ), "people.sensitive.family", tab="family"),
)  # fmt: skip

FACT_ITEMS: dict[str, tuple[Item, ...]] = {
    "status": (
        Item("status", "", N_("Tình trạng công tác"), T.CODE, "statuses", needed=True),
        Item("kind", "", N_("Loại"), T.CODE, "kinds", needed=True),
        Item("reason", "", N_("Lý do")),
    ),
    "agency": (
        Item("membership", "", N_("Tư cách"), T.CODE, "memberships", needed=True),
        Item("agency_id", "", N_("Cơ quan, đơn vị"), T.AGENCY, needed=True),
    ),
    "post": (
        Item("post_code", "23", N_("Chức vụ theo danh mục"), T.CODE, "leadership_posts"),
        Item("post_name", "23", N_("Tên chức vụ"),
             hint=N_("Ghi theo quyết định; bỏ trống thì lấy tên trong danh mục.")),
        Item("slot", "", N_("Chức vụ chính hay kiêm nhiệm"), T.CODE, "post_slots"),
        Item("agency_id", "", N_("Tại cơ quan, đơn vị"), T.AGENCY),
        Item("appointed_on", "23", N_("Ngày bổ nhiệm"), T.DATE),
        Item("reappointed_on", "23", N_("Ngày bổ nhiệm lại"), T.DATE),
        Item("term_until", "23", N_("Hết nhiệm kỳ"), T.DATE),
        Item("term_note", "23", N_("Nhiệm kỳ"), most=100),
        Item("coefficient", "30.2", N_("Hệ số phụ cấp chức vụ"), T.DECIMAL, high=5),
    ),
    "rank": (
        Item("rank_code", "30.1", N_("Ngạch, chức danh nghề nghiệp"), T.CODE, "ranks", needed=True),
        Item("rank_since", "30.1", N_("Ngày bổ nhiệm ngạch"), T.DATE),
        Item("step", "30.1", N_("Bậc lương"), T.INTEGER, low=1, high=16),
        Item("coefficient", "30.1", N_("Hệ số lương"), T.DECIMAL, high=15,
             hint=N_("Bỏ trống thì lấy theo bảng lương.")),
        Item("step_since", "30.1", N_("Ngày hưởng bậc lương"), T.DATE,
             hint=N_("Mốc tính nâng bậc lần sau; bỏ trống thì lấy ngày hiệu lực.")),
        Item("pay_percent", "30.1", N_("Phần trăm hưởng lương"), T.DECIMAL, high=100),
        Item("beyond_scale_percent", "30.1", N_("Phụ cấp thâm niên vượt khung (%)"), T.DECIMAL, high=100),
        Item("beyond_scale_since", "30.1", N_("Ngày hưởng phụ cấp vượt khung"), T.DATE),
    ),
    "allowance": (
        Item("allowance_kind", "37.2", N_("Loại phụ cấp"), T.CODE, "allowance_kinds", needed=True),
        Item("form", "37.2", N_("Hình thức hưởng"), T.CODE, "allowance_forms"),
        Item("coefficient", "37.2", N_("Hệ số"), T.DECIMAL, high=15),
        Item("percent", "37.2", N_("Phần trăm"), T.DECIMAL, high=200),
        Item("amount", "37.2", N_("Số tiền (đồng)"), T.MONEY, high=1_000_000_000),
    ),
    "absence": (
        Item("absence_kind", "", N_("Loại thời gian nghỉ"), T.CODE, "absence_kinds", needed=True),
        Item("expected_until", "", N_("Dự kiến nghỉ đến hết ngày"), T.DATE,
             hint=N_("Khi chưa biết ngày kết thúc; thai sản, tạm đình chỉ bỏ trống thì tính theo luật.")),
        Item("working_days", "", N_("Số ngày làm việc"), T.INTEGER, low=1, high=400,
             hint=N_("Chỉ ghi với đợt nghỉ ngắn, không tròn tháng.")),
        Item("children", "", N_("Số con sinh lần này"), T.INTEGER, low=1, high=9,
             hint=N_("Thai sản; bỏ trống là một con.")),
        Item("abroad", "", N_("Học ở nước ngoài"), T.FLAG),
        Item("prosecuted", "", N_("Bị khởi tố"), T.FLAG),
        Item("absence_reason", "", N_("Lý do nghỉ"), most=1000),
    ),
}  # fmt: skip

FACT_LABELS: dict[str, str] = {
    "status": N_("Tình trạng công tác"),
    "agency": N_("Cơ quan quản lý, sử dụng"),
    "post": N_("Chức vụ"),
    "rank": N_("Ngạch, bậc, hệ số lương"),
    "allowance": N_("Phụ cấp"),
    "absence": N_("Thời gian nghỉ"),
}

CLOSED: dict[str, dict[str, str]] = {
    "education_sections": {
        "professional": N_("32.1 Chuyên môn"), "theory": N_("32.2 Lý luận chính trị"),
        "management": N_("32.3 Quản lý nhà nước, chức danh, nghiệp vụ"), "defence": N_("32.4 Quốc phòng, an ninh"),
        "it": N_("32.5 Tin học"), "language": N_("32.6 Ngoại ngữ"), "ethnic_language": N_("32.6 Tiếng dân tộc"),
    },
    "discipline_sides": {"party": N_("Đảng"), "administration": N_("Chính quyền")},
    "family_sides": {"own": N_("36.1 Bản thân"), "spouse": N_("36.2 Bên vợ (chồng)")},
    "training_countries": {"VN": N_("Việt Nam")},
    "post_slots": {"0": N_("Chức vụ chính"), "1": N_("Chức vụ kiêm nhiệm")},
}  # fmt: skip
"""Short lists that belong to the form itself."""

GROUP_OF: dict[str, Group] = {item.name: group for group in GROUPS for item in group.items}
GROUPS_BY_KEY: dict[str, Group] = {group.key: group for group in GROUPS}
TABLES_BY_KEY: dict[str, Table] = {table.key: table for table in TABLES}
ITEMS: dict[str, Item] = {item.name: item for group in GROUPS for item in group.items}


@dataclass(frozen=True, slots=True)
class Section:
    """A box of the first tab and of the printed form: items in the form's order; `@…` stands for dated facts."""

    numbers: str
    label: str
    names: tuple[str, ...]


SECTIONS: tuple[Section, ...] = (
    Section("1–10", N_("Thông tin chung"), (
        "full_name", "sex", "other_names", "birth_date", "birth_place", "home_town", "ethnic_group", "religion",
        "national_id", "id_override_reason", "old_id_no", "id_issued_on", "id_issued_by", "phone", "email",
        "social_insurance_no", "health_insurance_no", "current_address", "permanent_address", "staff_code",
        "national_staff_code",
    )),
    Section("11–14", N_("Xuất thân, tuyển dụng"), (
        "family_origin", "job_before", "recruited_on", "recruited_by", "recruited_by_code", "recruited_position",
        "joined_agency_on", "@agency", "unit_name", "unit_code",
    )),
    Section("15–18", N_("Đảng, đoàn thể, quân đội, chính sách"), (
        "party_joined_on", "party_official_on", "party_card_no", "organisation_joined_on", "enlisted_on",
        "discharged_on", "military_rank", "policy_beneficiary",
    )),
    Section("19–22", N_("Trình độ, danh hiệu"), (
        "general_education", "degree", "major", "academic_degree", "academic_degree_on", "academic_title",
        "academic_title_on", "state_honour",
    )),
    Section("23–29", N_("Chức vụ, công việc"), (
        "@post", "planned_post", "concurrent_posts", "party_post", "party_concurrent_posts", "main_duty", "strengths",
        "longest_job",
    )),
    Section("30", N_("Ngạch, lương, vị trí việc làm"), (
        "@rank", "rank_held_for", "@allowance", "job_position", "job_position_code", "career_grade",
        "position_pay_step", "position_pay_amount", "position_pay_since", "position_pay_percent",
        "position_beyond_percent", "position_beyond_since",
    )),
    Section("31", N_("Sức khỏe"), ("health_state", "height_cm", "weight_kg", "blood_group")),
    Section("32", N_("Trình độ theo chứng chỉ"), (
        "theory_level", "state_management_level", "professional_certificate", "defence_training", "it_level",
        "language", "language_level", "ethnic_language",
    )),
    Section("38", N_("Nhận xét của cơ quan"), ("agency_remarks", "note")),
)  # fmt: skip
"""Items 33 to 37 are tables or guarded groups with tabs of their own."""
