"""The columns of each layout: which field stands under which header, and the sheets of the exchange workbook."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column: the key of its value, its header, the title it stands under with its neighbours ("" none), its width."""

    key: str
    header: str
    group: str = ""
    width: int = 14

    @property
    def path(self) -> str:
        """The header as a reader of the file names it."""
        return f"{self.group} / {self.header}" if self.group else self.header


C = Column
WIDE_LIST: tuple[Column, ...] = (
    C("", "STT", width=6),
    C("staff_code", "Số hiệu CBCCVC", width=13),
    C("full_name", "Họ và tên khai sinh", width=26),
    C("sex", "Giới tính", width=9),
    C("birth_date", "Ngày, tháng, năm sinh", width=13),
    C("birth_place", "Nơi sinh", width=36),
    C("home_town", "Quê quán", width=36),
    C("ethnic_group", "Dân tộc", width=10),
    C("religion", "Tôn giáo", width=14),
    C("national_id", "Số CCCD", "Căn cước công dân", 15),
    C("id_issued_on", "Ngày cấp", "Căn cước công dân", 12),
    C("id_issued_by", "Nơi cấp", "Căn cước công dân", 24),
    C("phone", "SĐT liên hệ", width=13),
    C("email", "Email", width=24),
    C("social_insurance_no", "Số sổ BHXH", width=13),
    C("health_insurance_no", "Số thẻ BHYT", width=17),
    C("current_address", "Nơi ở hiện nay", width=40),
    C("permanent_address", "Hộ khẩu thường trú", width=40),
    C("family_origin", "Thành phần gia đình xuất thân", width=14),
    C("kind", "Loại CBCCVC", width=12),
    C("status", "Tình trạng công tác", width=14),
    C("managing_agency", "Cơ quan quản lý CBCCVC", width=36),
    C("using_agency", "Mã đơn vị sử dụng", "Đơn vị sử dụng", 14),
    C("using_agency_name", "Tên đơn vị sử dụng", "Đơn vị sử dụng", 40),
    C("unit_name", "Khoa, phòng", width=20),
    C("job_before", "Nghề nghiệp trước khi được tuyển dụng", width=18),
    C("recruited_on", "Ngày tuyển dụng", width=12),
    C("recruited_by", "Cơ quan tuyển dụng", width=36),
    C("recruited_position", "Vị trí tuyển dụng", width=18),
    C("joined_agency_on", "Ngày vào cơ quan hiện nay", width=12),
    C("party_joined_on", "Ngày vào Đảng", width=12),
    C("party_official_on", "Ngày chính thức", width=12),
    C("party_card_no", "Số thẻ Đảng viên", width=12),
    C("organisation_joined_on", "Ngày vào Đoàn", width=12),
    C("enlisted_on", "Ngày nhập ngũ", width=12),
    C("discharged_on", "Ngày xuất ngũ", width=12),
    C("military_rank", "Quân hàm", width=10),
    C("policy_beneficiary", "Diện chính sách", width=14),
    C("general_education", "Trình độ văn hóa", width=10),
    C("degree", "Trình độ chuyên môn", width=14),
    C("major", "Chuyên ngành đào tạo", width=22),
    C("theory_level", "LLCT", width=12),
    C("state_management_level", "QLNN", width=16),
    C("defence_training", "QPAN", width=12),
    C("it_level", "Tin học", width=16),
    C("language", "Tên ngoại ngữ", "Ngoại ngữ", 12),
    C("language_level", "Trình độ", "Ngoại ngữ", 14),
    C("leadership_post", "Chức vụ hiện tại", width=26),
    C("post_appointed_on", "Ngày bổ nhiệm chức vụ", width=12),
    C("job_position", "Vị trí việc làm", width=26),
    C("rank", "Mã ngạch", "Mức lương hiện hưởng", 12),
    C("step", "Bậc lương", "Mức lương hiện hưởng", 8),
    C("coefficient", "Hệ số lương", "Mức lương hiện hưởng", 9),
    C("step_since", "Thời điểm hưởng", "Mức lương hiện hưởng", 12),
    C("rank_since", "Ngày bổ nhiệm ngạch", width=12),
    C("position_allowance", "Chức vụ", "Phụ cấp", 9),
    C("beyond_scale_percent", "Phụ cấp vượt khung", "Phụ cấp", 9),
    C("health_state", "Tình trạng sức khỏe", width=14),
    C("blood_group", "Nhóm máu", width=8),
    C("note", "Ghi chú", width=30),
)
"""Sixty columns, as a province's own list has them."""

PAY_LIST: tuple[Column, ...] = (
    C("", "TT", width=5),
    C("full_name", "Họ và tên", width=26),
    C("birth_date_male", "Nam", "Ngày tháng năm sinh", 12),
    C("birth_date_female", "Nữ", "Ngày tháng năm sinh", 12),
    C("leadership_post", "Chức vụ hoặc chức danh công tác", width=26),
    C("using_agency_name", "Cơ quan, đơn vị đang làm việc", width=44),
    C("rank_held_for", "Thời gian giữ ngạch (kể cả ngạch tương đương)", width=16),
    C("coefficient", "Hệ số lương", "Mức lương hiện hưởng", 9),
    C("rank", "Mã ngạch", "Mức lương hiện hưởng", 12),
    C("position_allowance", "Chức vụ", "Phụ cấp", 9),
    C("responsibility_allowance", "Trách nhiệm", "Phụ cấp", 9),
    C("regional_allowance", "Khu vực", "Phụ cấp", 9),
    C("beyond_scale_percent", "Phụ cấp vượt khung", "Phụ cấp", 9),
    C("", "Tổng phụ cấp", "Phụ cấp", 9),
    C("note", "Ghi chú", width=18),
)
"""Báo cáo danh sách và tiền lương công chức (BM03): the birth date stands in the column of the sex."""

EXCHANGE: dict[str, tuple[tuple[str, str], ...]] = {
    "Hồ sơ": (
        ("staff_code", "SoHieuCBCCVC_BNDP"), ("", "SoHieuCBCCVC"), ("kind", "PhanLoaiHoSo"), ("", "MaDonVi"), ("unit_name", "TenDonVi"),
        ("using_agency", "MaDonviSuDung"), ("using_agency_name", "TenDonViSuDung"), ("managing_agency_code", "MaDonViQuanLy"),
        ("managing_agency", "TenDonViQuanLy"), ("full_name", "HoVaTen"), ("sex", "GioiTinh"), ("birth_date", "NgaySinh"), ("", "SoCMND"),
        ("national_id", "SoDinhDanhCaNhan"), ("social_insurance_no", "SoSoBaoHiemXaHoi"), ("ethnic_group", "DanToc"),
        ("religion", "TonGiao"), ("recruited_on", "NgayTuyenDungLanDau"), ("", "MaCoQuan"), ("recruited_by", "TenCoQuan"),
        ("recruited_position", "ViTriTuyenDung"), ("joined_agency_on", "NgayVaoCoQuanHienNay"), ("job_position", "ViTriViecLam"),
        ("rank", "MaNgachChucDanh"), ("rank_since", "TuNgayHuongNgach"), ("step", "BacLuong"), ("coefficient", "HeSoLuong"),
        ("step_since", "TuNgayHuongBac"), ("pay_percent", "PhanTramHuong"), ("", "DenNgay"), ("leadership_post", "ChucVu"),
        ("post_appointed_on", "NgayBoNhiemLanDau"), ("", "NgayBoNhiemLai"), ("", "NhiemKyCanBoChuyenTrach"),
        ("", "ChucVuChucDanhKiemNhiem"), ("general_education", "HocVanPhoThong"), ("degree", "TrinhDoChuyenMon"),
        ("theory_level", "TrinhDoLyLuanChinhTri"), ("state_management_level", "TrinhDoQuanLyNhaNuoc"),
        ("defence_training", "BoiDuongQuocPhongAnNinh"), ("ethnic_language", "TiengDanTocThieuSo"), ("", "MaChucDanhKhoaHoc"),
        ("", "NgayPhongChucDanh"), ("", "MaHocVi"), ("", "NgayQuyetDinhHocVi"), ("party_joined_on", "NgayVaoDang"),
        ("party_official_on", "NgayVaoDangChinhThuc"), ("party_card_no", "SoTheDang"), ("party_post", "ChucVuDang"),
    ),
    "Quá trình công tác": (
        ("staff_code", "SoHieuCBCCVC_BNDP"), ("from_on", "TuNgay"), ("to_on", "DenNgay"), ("agency_code", "MaCoQuan"),
        ("agency_name", "TenCoQuan"), ("position", "ViTriViecLam"),
    ),
    "Quá trình lương": (
        ("staff_code", "SoHieuCBCCVC_BNDP"), ("from_on", "TuNgay"), ("to_on", "DenNgay"), ("rank", "Ngach"), ("step", "BacLuong"),
        ("coefficient", "HeSoLuong"), ("percent", "PhanTramHuong"),
    ),
    "Quá trình phụ cấp": (
        ("staff_code", "SoHieuCBCCVC_BNDP"), ("from_on", "TuNgay"), ("to_on", "DenNgay"), ("kind", "LoaiPhuCap"),
        ("coefficient", "HeSo"), ("percent", "PhanTramHuongPhuCap"), ("amount", "GiaTri"), ("form", "HinhThucHuong"),
    ),
    "Ngoại ngữ": (("staff_code", "SoHieuCBCCVC_BNDP"), ("language", "MaNgoaiNgu"), ("level", "TrinhDo")),
    "Tin học": (("staff_code", "SoHieuCBCCVC_BNDP"), ("level", "TrinhDo")),
    "Đào tạo, bồi dưỡng": (
        ("staff_code", "SoHieuCBCCVC_BNDP"), ("from_on", "TuNgay"), ("to_on", "DenNgay"), ("major", "ChuyenNganhDaoTao"),
        ("degree", "TrinhDoDaoTao"), ("institution", "CoSoDaoTao"), ("grade", "XepLoaiTotNghiep"), ("country", "NuocDaoTao"),
    ),
    "Đánh giá, phân loại": (
        ("staff_code", "SoHieuCBCCVC_BNDP"), ("rating", "KetQuaDanhGia"), ("year", "Nam"), ("rated_by", "ThamQuyenDanhGia"),
    ),
}  # fmt: skip
"""The eight-sheet exchange workbook: sheet → (key, header), headers verbatim."""
