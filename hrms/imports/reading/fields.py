"""The dictionary of what can be imported: nine kinds of sheet, each with its fields.

`PEOPLE` is the record itself; seven are the further lists of the eight-sheet exchange workbook and one the register of
absences; a row of them is an event of a person, found by the staff code.
"""

from __future__ import annotations

from hrms.core.rules import N_
from hrms.imports.reading.field import Field, Kind, SheetKind, Unknown
from hrms.imports.reading.people_fields import PEOPLE_FIELDS

__all__ = [
    "CODE_AND_NAME",
    "IGNORED_HEADERS",
    "PEOPLE",
    "SHEETS",
    "SPLIT_FIELDS",
    "Field",
    "Kind",
    "SheetKind",
    "Unknown",
]

K = Kind

_KEY = Field(
    "staff_code", N_("Số hiệu CBCCVC"), "Staff code", needed=True, max_length=50,
    synonyms=("SoHieuCBCCVC_BNDP", "SoHieuCBCCVC", "Số hiệu", "Số hiệu CBCC", "Mã CBCCVC", "Mã cán bộ", "Mã nhân viên"),
)  # fmt: skip
_NAME = Field("full_name", N_("Họ và tên"), "Full name", max_length=100, synonyms=("HoVaTen", "Họ tên"))
_FROM = Field("valid_from", N_("Từ ngày"), "From", K.PARTIAL_DATE, needed=True,
              synonyms=("TuNgay", "Từ tháng/năm", "Từ", "Ngày bắt đầu", "Thời gian / Từ"))  # fmt: skip
_TO = Field("valid_to", N_("Đến ngày"), "To", K.PARTIAL_DATE,
            synonyms=("DenNgay", "Đến tháng/năm", "Đến", "Ngày kết thúc", "Thời gian / Đến"))  # fmt: skip

PEOPLE = SheetKind(
    "people", N_("Hồ sơ"), "Records",
    ("Hồ sơ", "HoSo", "Danh sách", "Danh sách cán bộ", "Lý lịch", "Sơ yếu lý lịch", "People"),
    PEOPLE_FIELDS,
)  # fmt: skip

WORK = SheetKind(
    "work_history", N_("Quá trình công tác"), "Work history", ("Quá trình công tác", "QTCT", "Công tác"),
    (
        _KEY, _NAME, _FROM, _TO,
        Field("agency_code", N_("Mã cơ quan"), "Agency code", item="33", max_length=50,
              synonyms=("MaCoQuan", "Mã đơn vị")),
        Field("agency_name", N_("Cơ quan, đơn vị"), "Agency", item="33",
              synonyms=("TenCoQuan", "Tên cơ quan", "Đơn vị công tác", "Đơn vị", "Cơ quan",
                        "Đơn vị (đảng, chính quyền, đoàn thể, tổ chức xã hội)")),
        Field("position", N_("Chức danh, chức vụ"), "Title or post", item="33", max_length=300,
              synonyms=("ViTriViecLam", "Vị trí việc làm", "Chức danh/chức vụ", "Chức vụ", "Chức danh")),
    ),
)  # fmt: skip

PAY = SheetKind(
    "pay_history", N_("Quá trình lương"), "Pay history", ("Quá trình lương", "Diễn biến lương", "QTL"),
    (
        _KEY, _NAME, _FROM, _TO,
        Field("rank", N_("Ngạch"), "Rank", K.RANK, item="37.1", unknown=Unknown.REFUSE,
              synonyms=("Mã ngạch", "MaNgach", "Mã số", "Mã ngạch/bậc")),
        Field("step", N_("Bậc lương"), "Step", K.STEP, item="37.1", low=1, high=16, synonyms=("BacLuong", "Bậc")),
        Field("coefficient", N_("Hệ số lương"), "Coefficient", K.DECIMAL, item="37.1", low=0, high=15,
              synonyms=("HeSoLuong", "Hệ số")),
        Field("pay_percent", N_("Phần trăm hưởng lương"), "Percent of pay", K.PERCENT, item="37.1", low=0, high=100,
              synonyms=("PhanTramHuong", "Phần trăm hưởng", "% hưởng")),
        Field("position_pay_amount", N_("Lương vị trí việc làm (đồng)"), "Position pay (đồng)", K.MONEY, item="37.1",
              low=0, high=1_000_000_000, synonyms=("Tiền lương theo VTVL", "Tiền lương theo vị trí việc làm")),
    ),
)  # fmt: skip

ALLOWANCES = SheetKind(
    "allowance_history", N_("Quá trình phụ cấp"), "Allowance history", ("Quá trình phụ cấp", "Phụ cấp", "QTPC"),
    (
        _KEY, _NAME, _FROM, _TO,
        Field("allowance_kind", N_("Loại phụ cấp"), "Allowance", K.CATALOGUE, item="37.2", needed=True,
              catalogue="allowance_kinds", unknown=Unknown.REFUSE, synonyms=("LoaiPhuCap", "Loại", "Tên phụ cấp")),
        Field("coefficient", N_("Hệ số"), "Coefficient", K.DECIMAL, item="37.2", low=0, high=15,
              synonyms=("HeSo", "Hệ số phụ cấp")),
        Field("percent", N_("Phần trăm hưởng phụ cấp"), "Percent", K.PERCENT, item="37.2", low=0, high=200,
              synonyms=("PhanTramHuongPhuCap", "% hưởng", "Phần trăm hưởng", "Phần trăm")),
        Field("amount", N_("Giá trị (đồng)"), "Amount (đồng)", K.MONEY, item="37.2", low=0, high=1_000_000_000,
              synonyms=("GiaTri", "Giá trị", "Số tiền")),
        Field("form", N_("Hình thức hưởng"), "Form", K.CATALOGUE, item="37.2", catalogue="allowance_forms",
              synonyms=("HinhThucHuong", "Hình thức hưởng phụ cấp")),
    ),
)  # fmt: skip

ABSENCES = SheetKind(
    "absence_history", N_("Thời gian nghỉ"), "Time away",
    ("Thời gian nghỉ", "Quá trình nghỉ", "Nghỉ thai sản, ốm, không lương", "QTN"),
    (
        _KEY, _NAME, _FROM, _TO,
        Field("absence_kind", N_("Loại thời gian nghỉ"), "Kind of absence", K.CATALOGUE, needed=True,
              catalogue="absence_kinds", unknown=Unknown.REFUSE,
              synonyms=("LoaiNghi", "Loại nghỉ", "Hình thức nghỉ", "Nội dung nghỉ")),
        Field("working_days", N_("Số ngày làm việc"), "Working days", K.INTEGER, low=1, high=400,
              synonyms=("SoNgay", "Số ngày", "Số ngày nghỉ")),
        Field("absence_reason", N_("Lý do nghỉ"), "Reason", max_length=1000, synonyms=("LyDo", "Lý do")),
    ),
)  # fmt: skip

LANGUAGES = SheetKind(
    "languages", N_("Ngoại ngữ"), "Languages", ("Ngoại ngữ", "Ngoại ngữ, tiếng dân tộc"),
    (
        _KEY, _NAME,
        Field("language", N_("Ngoại ngữ"), "Language", K.CATALOGUE, item="32.6", needed=True, catalogue="languages",
              unknown=Unknown.KEEP, synonyms=("MaNgoaiNgu", "Mã ngoại ngữ", "Tên ngoại ngữ")),
        Field("level", N_("Trình độ"), "Level", K.CATALOGUE, item="32.6", catalogue="language_levels",
              unknown=Unknown.KEEP, synonyms=("TrinhDo", "Trình độ ngoại ngữ", "Chứng chỉ")),
    ),
)  # fmt: skip

IT = SheetKind(
    "it_skills", N_("Tin học"), "IT skills", ("Tin học",),
    (
        _KEY, _NAME,
        Field("level", N_("Trình độ"), "Level", K.CATALOGUE, item="32.5", needed=True, catalogue="it_levels",
              unknown=Unknown.KEEP, synonyms=("TrinhDo", "Trình độ tin học", "Chứng chỉ")),
    ),
)  # fmt: skip

EDUCATION = SheetKind(
    "education", N_("Đào tạo, bồi dưỡng"), "Education and training",
    ("Đào tạo, bồi dưỡng", "Quá trình đào tạo", "Đào tạo", "Quá trình đào tạo, bồi dưỡng"),
    (
        _KEY, _NAME,
        Field("valid_from", N_("Từ ngày"), "From", K.PARTIAL_DATE,
              synonyms=("TuNgay", "Từ tháng/năm", "Từ", "Thời gian / Từ")),
        _TO,
        Field("major", N_("Chuyên ngành đào tạo"), "Major", item="32.1", max_length=200,
              synonyms=("ChuyenNganhDaoTao", "Chuyên ngành", "Ngành đào tạo", "Nội dung bồi dưỡng")),
        Field("degree", N_("Trình độ đào tạo"), "Degree", K.CATALOGUE, item="32.1", catalogue="degrees",
              unknown=Unknown.KEEP,
              synonyms=("TrinhDoDaoTao", "Trình độ", "Văn bằng, chứng chỉ", "Văn bằng, trình độ")),
        Field("institution", N_("Cơ sở đào tạo"), "Institution", item="32.1", max_length=300,
              synonyms=("CoSoDaoTao", "Tên cơ sở đào tạo", "Trường", "Tên trường")),
        Field("form", N_("Hình thức đào tạo"), "Form of training", K.CATALOGUE, item="32.1",
              catalogue="training_forms", synonyms=("HinhThucDaoTao", "Hình thức")),
        Field("grade", N_("Xếp loại tốt nghiệp"), "Graduation grade", K.CATALOGUE, item="32.1",
              catalogue="graduation_grades", synonyms=("XepLoaiTotNghiep", "Xếp loại")),
        Field("country", N_("Nước đào tạo"), "Country", K.CATALOGUE, item="32.1", catalogue="countries",
              unknown=Unknown.KEEP, synonyms=("NuocDaoTao", "Quốc gia đào tạo")),
    ),
)  # fmt: skip

RATINGS = SheetKind(
    "ratings", N_("Đánh giá, phân loại"), "Ratings",
    ("Đánh giá, phân loại", "Đánh giá, xếp loại", "Kết quả đánh giá", "Đánh giá"),
    (
        _KEY, _NAME,
        Field("rating", N_("Kết quả đánh giá"), "Rating", K.CATALOGUE, item="35.1", needed=True,
              catalogue="rating_classes", unknown=Unknown.REFUSE,
              synonyms=("KetQuaDanhGia", "Xếp loại", "Kết quả xếp loại", "Xếp loại chất lượng")),
        Field("year", N_("Năm"), "Year", K.YEAR, item="35.1", needed=True, low=1945, high=2100,
              synonyms=("Nam", "Năm đánh giá")),
        Field("rated_by", N_("Thẩm quyền đánh giá"), "Rated by", item="35.1", max_length=300,
              synonyms=("ThamQuyenDanhGia", "Cơ quan đánh giá", "Cấp đánh giá")),
    ),
)  # fmt: skip

SHEETS: dict[str, SheetKind] = {
    sheet.key: sheet for sheet in (PEOPLE, WORK, PAY, ALLOWANCES, LANGUAGES, IT, EDUCATION, RATINGS, ABSENCES)
}

IGNORED_HEADERS: tuple[str, ...] = (
    "TT", "STT", "Số TT", "Số thứ tự", "No", "Tổng phụ cấp", "Tổng cộng", "Thời gian tập sự", "Kết quả xếp loại",
    "Kết quả xếp loại chất lượng", "Đăng ký thăng hạng", "Thành tích", "Thành tích đạt được", "Ngày ký QĐ thành tích",
    "Kết quả thẩm định", "Lý do/Căn cứ", "Ký nhận", "Ký tên", "Ảnh", "Tuổi", "Lý do từ chối",
)  # fmt: skip
"""Headers that belong to known forms and carry nothing to import: counters, sums, results of another procedure."""

SPLIT_FIELDS: tuple[Field, ...] = (
    Field("birth_date_male", N_("Ngày sinh (cột Nam)"), "Birth date (column of men)", K.PARTIAL_DATE, item="3"),
    Field("birth_date_female", N_("Ngày sinh (cột Nữ)"), "Birth date (column of women)", K.PARTIAL_DATE, item="3"),
)
"""Columns where a list writes the birth date, or a cross, in the column of the sex; they give sex and birth_date."""

CODE_AND_NAME: tuple[tuple[str, str, str], ...] = (
    ("managing_agency_code", "managing_agency", "managing_agency"),
    ("using_agency_code", "using_agency", "using_agency"),
    ("rank_code", "rank_name", "rank"),
)
"""(column of the code, column of the name, key of the one value both give). A code that is known outweighs the name."""
