"""Finding headers, telling data from what surrounds it, and proposing which column is which field."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from hrms.core.text import fold
from hrms.imports.reading.fields import IGNORED_HEADERS, PEOPLE, SHEETS
from hrms.imports.reading.files import UnreadableFile, open_workbook
from hrms.imports.reading.headers import TableReader, find_header
from hrms.imports.reading.layouts import (
    GROUP_COLUMN,
    Layout,
    Plan,
    apply_profile,
    check_mapping,
    columns_of,
    profile_of,
    recognise,
)
from hrms.imports.reading.lexicon import lexicon
from tests.imports import workbooks as make

TODAY = date(2026, 11, 21)

EXCHANGE = {
    "Hồ sơ": "SoHieuCBCCVC_BNDP SoHieuCBCCVC PhanLoaiHoSo MaDonVi TenDonVi MaDonviSuDung TenDonViSuDung MaDonViQuanLy "
    "TenDonViQuanLy HoVaTen GioiTinh NgaySinh SoCMND SoDinhDanhCaNhan SoSoBaoHiemXaHoi DanToc TonGiao "
    "NgayTuyenDungLanDau MaCoQuan TenCoQuan ViTriTuyenDung NgayVaoCoQuanHienNay ViTriViecLam MaNgachChucDanh "
    "TuNgayHuongNgach BacLuong HeSoLuong TuNgayHuongBac PhanTramHuong DenNgay ChucVu NgayBoNhiemLanDau "
    "NgayBoNhiemLai NhiemKyCanBoChuyenTrach ChucVuChucDanhKiemNhiem HocVanPhoThong TrinhDoChuyenMon "
    "TrinhDoLyLuanChinhTri TrinhDoQuanLyNhaNuoc BoiDuongQuocPhongAnNinh TiengDanTocThieuSo MaChucDanhKhoaHoc "
    "NgayPhongChucDanh MaHocVi NgayQuyetDinhHocVi NgayVaoDang NgayVaoDangChinhThuc SoTheDang ChucVuDang",
    "Quá trình công tác": "SoHieuCBCCVC_BNDP TuNgay DenNgay MaCoQuan TenCoQuan ViTriViecLam",
    "Quá trình lương": "SoHieuCBCCVC_BNDP TuNgay DenNgay Ngach BacLuong HeSoLuong PhanTramHuong",
    "Quá trình phụ cấp": "SoHieuCBCCVC_BNDP TuNgay DenNgay LoaiPhuCap HeSo PhanTramHuongPhuCap GiaTri HinhThucHuong",
    "Thời gian nghỉ": "SoHieuCBCCVC_BNDP TuNgay DenNgay LoaiNghi SoNgay LyDo",
    "Ngoại ngữ": "SoHieuCBCCVC_BNDP MaNgoaiNgu TrinhDo",
    "Tin học": "SoHieuCBCCVC_BNDP TrinhDo",
    "Đào tạo, bồi dưỡng": "SoHieuCBCCVC_BNDP TuNgay DenNgay ChuyenNganhDaoTao TrinhDoDaoTao CoSoDaoTao "
    "XepLoaiTotNghiep NuocDaoTao",
    "Đánh giá, phân loại": "SoHieuCBCCVC_BNDP KetQuaDanhGia Nam ThamQuyenDanhGia",
}

PAY_LIST = [
    ["UBND THÀNH PHỐ CẦN THƠ", "", "", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["BÁO CÁO DANH SÁCH VÀ TIỀN LƯƠNG CÔNG CHỨC NĂM 2026"],
    [],
    [
        "TT",
        "Họ và tên",
        "Ngày tháng năm sinh",
        "",
        "Chức vụ hoặc chức danh công tác",
        "Cơ quan, đơn vị đang làm việc",
        "Thời gian giữ ngạch (kể cả ngạch tương đương)",
        "Mức lương hiện hưởng",
        "",
        "Phụ cấp",
        "",
        "",
        "",
        "",
        "Ghi chú",
    ],
    [
        "",
        "",
        "Nam",
        "Nữ",
        "",
        "",
        "",
        "Hệ số lương",
        "Mã ngạch",
        "Chức vụ",
        "Trách nhiệm",
        "Khu vực",
        "Phụ cấp vượt khung",
        "Tổng phụ cấp",
        "",
    ],
    [f"({n})" for n in range(1, 16)],
    ["I", "Phòng Tổ chức - Biên chế"],
    [
        1,
        "Nguyễn Văn An",
        "03/05/1980",
        "",
        "Trưởng phòng",
        "Sở Nội vụ",
        "01/04/2015",
        4.98,
        "01.002",
        0.5,
        "",
        "",
        "",
        0.5,
        "",
    ],
    [2, "Trần Thị Bé", "", "1985", "", "Sở Nội vụ", "01/2018", "3,33", "01.003", "", 0.1, "", "", 0.1, ""],
    ["II", "Văn phòng Sở"],
    [3, "Tống Văn Cộng", "7/8/90", "", "", "Sở Nội vụ", 2020, 2.67, "01.003", "", "", "", "", "", "Mới về"],
    ["", "Tổng cộng: 3 người", "", "", "", "", "", 10.98],
    [],
    ["", "", "", "", "", "", "", "Cần Thơ, ngày 01 tháng 12 năm 2026"],
    ["", "NGƯỜI LẬP BIỂU", "", "", "", "", "", "THỦ TRƯỞNG CƠ QUAN"],
    ["", "(Ký, ghi rõ họ tên)"],
    ["", "Lê Thị Lập", "", "", "", "", "", "Phạm Văn Ký"],
]
PAY_MERGED = ("A4:A5", "B4:B5", "C4:D4", "E4:E5", "F4:F5", "G4:G5", "H4:I4", "J4:N4", "O4:O5", "A2:O2", "B7:O7")
PAY_FIELDS = {
    1: "full_name",
    2: "birth_date_male",
    3: "birth_date_female",
    4: "leadership_post",
    5: "using_agency",
    6: "rank_since",
    7: "coefficient",
    8: "rank_code",
    9: "position_allowance",
    10: "responsibility_allowance",
    11: "regional_allowance",
    12: "beyond_scale_percent",
    14: "note",
    GROUP_COLUMN: "unit_name",
}


def plan_of(path: Path) -> Plan:
    return recognise(open_workbook(path, path.name), TODAY)


def test_no_header_means_two_fields() -> None:
    for sheet in SHEETS.values():
        owners: dict[str, str] = {}
        for field in sheet.fields:
            for header in field.headers:
                assert owners.setdefault(fold(header), field.key) == field.key, (sheet.key, header)
        if sheet is PEOPLE:
            assert not {fold(header) for header in IGNORED_HEADERS} & owners.keys()


def test_every_label_and_synonym_is_recognised() -> None:
    for sheet in SHEETS.values():
        for field in sheet.fields:
            for header in field.headers:
                match = lexicon(sheet.key).match(unicodedata.normalize("NFD", f" {header.upper()} * "))
                assert match is not None, (sheet.key, header)
                assert match.field is field, (sheet.key, header)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_exchange_workbook_goes_in_without_preparation(tmp_path: Path, kind: str) -> None:
    sheets = {}
    for name, headers in EXCHANGE.items():
        columns = headers.split()
        sheets[name] = [columns, ["CT0001"] + ["2020"] * (len(columns) - 1)]
    plan = plan_of(getattr(make, kind)(tmp_path / "a", sheets))
    assert plan.layout is Layout.EXCHANGE
    assert [sheet.kind.key for sheet in plan.sheets] == list(SHEETS)
    for sheet in plan.sheets:
        assert list(sheet.problems) == []
        assert len(sheet.mapping) == len(sheet.header.columns), sheet.kind.key
    mapping = plan.sheets[0].mapping
    assert list(mapping.values())[:10] == [
        "staff_code",
        "national_staff_code",
        "kind",
        "unit_code",
        "unit_name",
        "using_agency_code",
        "using_agency",
        "managing_agency_code",
        "managing_agency",
        "full_name",
    ]
    assert list(plan.sheets[7].mapping.values()) == ["staff_code", "rating", "year", "rated_by"]


@pytest.mark.parametrize(("kind", "merged"), [("xlsx", PAY_MERGED), ("xlsx", ()), ("xls", ()), ("ods", ())])
def test_the_pay_list_goes_in_without_preparation(tmp_path: Path, kind: str, merged: tuple[str, ...]) -> None:
    path = tmp_path / "bm03"
    make.xlsx(path, PAY_LIST, merged) if kind == "xlsx" else getattr(make, kind)(path, PAY_LIST)
    plan = plan_of(path)
    (sheet,) = plan.sheets
    assert plan.layout is Layout.PAY_LIST
    assert (sheet.header.first_row, sheet.header.last_row, sheet.header.data_from) == (4, 5, 7)
    assert sheet.mapping == PAY_FIELDS
    assert list(sheet.problems) == []
    assert [column.path for column in sheet.header.columns][9] == "Phụ cấp / Chức vụ"
    reader = TableReader(sheet.sheet, sheet.header)
    rows = list(reader.rows())
    assert [(row.number, row.cells[1], row.group) for row in rows] == [
        (8, "Nguyễn Văn An", "Phòng Tổ chức - Biên chế"),
        (9, "Trần Thị Bé", "Phòng Tổ chức - Biên chế"),
        (11, "Tống Văn Cộng", "Văn phòng Sở"),
    ]
    assert [(row.number, row.why) for row in reader.skipped] == [
        (7, "group"),
        (10, "group"),
        (12, "total"),
        (14, "footer"),
        (15, "footer"),
        (16, "footer"),
        (17, "footer"),
    ]


def test_the_promotion_list_with_crosses_in_the_column_of_the_sex(tmp_path: Path) -> None:
    headers = [
        "Stt",
        "Họ và tên",
        "Nam",
        "Nữ",
        "Chức vụ/chức danh",
        "Trình độ chuyên môn",
        "Chứng chỉ bồi dưỡng tiêu chuẩn CDNN hành nghề",
        "Ngày tuyển dụng",
        "Thời gian tập sự",
        "Thời gian giữ CDNN",
        "Ngày bổ nhiệm ngạch/CDNN hiện giữ",
        "Kết quả xếp loại",
        "CDNN-ngạch-hạng",
        "Mã số",
        "Bậc lương",
        "Hệ số lương",
        "Nâng lương lần sau tính từ ngày",
        "Thành tích",
        "Ghi chú",
    ]
    row = [
        1,
        "Lê Văn A",
        "1980",
        "",
        "Giáo viên",
        "Đại học",
        "Hạng II",
        "1/9/2003",
        "12 tháng",
        "9 năm",
        "1/1/2016",
        "HTTNV",
        "Giáo viên THCS hạng II",
        "V.07.04.31",
        4,
        3.33,
        "1/3/2024",
        "",
        "",
    ]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", [headers, row]))
    assert plan.layout is Layout.PROMOTION_LIST
    mapping = plan.sheets[0].mapping
    assert mapping[2] == "birth_date_male"
    assert mapping[3] == "birth_date_female"
    assert (mapping[9], mapping[10], mapping[12], mapping[13], mapping[16]) == (
        "rank_held_for",
        "rank_since",
        "rank_name",
        "rank_code",
        "step_since",
    )
    assert {8, 11, 17}.isdisjoint(mapping)


def test_the_rank_grid(tmp_path: Path) -> None:
    headers = [
        "STT",
        "Họ và tên",
        "Số hiệu CBCC",
        "Bộ phận",
        "Tên ngạch",
        "Mã ngạch",
        "Bậc",
        "Ngày bổ nhiệm ngạch",
        "Ngày nâng lương",
    ]
    plan = plan_of(
        make.xlsx(tmp_path / "a.xlsx", [headers, [1, "A B", "X1", "Văn thư", "Cán sự", "01.004", 3, 2015, 2024]])
    )
    assert plan.layout is Layout.RANK_GRID
    assert list(plan.sheets[0].mapping.values()) == [
        "full_name",
        "staff_code",
        "unit_name",
        "rank_name",
        "rank_code",
        "step",
        "rank_since",
        "step_since",
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_our_own_export_maps_every_column(tmp_path: Path, language: str) -> None:
    labels = [getattr(field, f"label_{language}") for field in PEOPLE.fields]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", {"Hồ sơ": [labels, ["x"] * len(labels)]}))
    assert plan.layout is Layout.OWN_EXPORT
    assert list(plan.sheets[0].mapping.values()) == [field.key for field in PEOPLE.fields]
    assert list(plan.sheets[0].problems) == []


def test_any_column_order_decomposed_text_and_decorated_headers(tmp_path: Path) -> None:
    headers = [
        "Hệ số lương (*)",
        "3. Ngày, tháng, năm sinh",
        "GIỚI TÍNH",
        "Số CCCD/ định danh cá nhân",
        "HỌ VÀ  TÊN\n(khai sinh)",
    ]
    rows = [[unicodedata.normalize("NFD", h) for h in headers], [2.34, "1980", "Nam", "092080001234", "A B"]]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", rows))
    assert list(plan.sheets[0].mapping.values()) == ["coefficient", "birth_date", "sex", "national_id", "full_name"]


def test_a_misspelt_header_is_proposed_with_doubt(tmp_path: Path) -> None:
    plan = plan_of(
        make.xlsx(tmp_path / "a.xlsx", [["Họ và tênn", "Ngày sinh", "Số định danh cá nhâ"], ["A", "1980", "1"]])
    )
    doubts = {p.field.key: p.confidence for p in plan.sheets[0].columns if p.field}
    assert doubts["full_name"] < 0.8
    assert doubts["birth_date"] == 1.0


def test_cells_that_do_not_fit_lower_the_confidence(tmp_path: Path) -> None:
    rows = [["Họ và tên", "Ngày sinh", "Hệ số lương"], *[["A", "không rõ", "cao"]] * 5]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", rows))
    assert {p.field.key: p.confidence for p in plan.sheets[0].columns if p.field} == {
        "full_name": 1.0,
        "birth_date": 0.6,
        "coefficient": 0.6,
    }


def test_headers_of_another_procedure_are_not_taken(tmp_path: Path) -> None:
    rows = [
        ["TT", "Họ và tên", "Ngày sinh", "Đang hưởng", "", "Kết quả đề nghị", ""],
        ["", "", "", "Bậc", "Hệ số", "Bậc", "Hệ số"],
        [1, "A B", 1980, 4, 3.33, 5, 3.66],
    ]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", rows, ("D1:E1", "F1:G1")))
    assert plan.sheets[0].mapping == {1: "full_name", 2: "birth_date", 3: "step", 4: "coefficient"}


def test_a_list_whose_unit_is_only_in_group_rows(tmp_path: Path) -> None:
    rows = [
        ["STT", "Họ và tên", "Ngày sinh", "Số CCCD"],
        ["A. Trường Tiểu học Cái Khế 1"],
        [1, "A B", 1980, "092080001234"],
        ["B", "Trường Tiểu học Cái Khế 2"],
        [2, "C D", 1981, "092081001234"],
        ["", "Nguyễn Văn Lẻ"],
    ]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", rows))
    (sheet,) = plan.sheets
    assert sheet.mapping[GROUP_COLUMN] == "using_agency"
    found = [(row.cells[1], row.group) for row in TableReader(sheet.sheet, sheet.header).rows()]
    # A lone name is a bad row to be reported, never a title to be passed over.
    assert found == [
        ("A B", "Trường Tiểu học Cái Khế 1"),
        ("C D", "Trường Tiểu học Cái Khế 2"),
        ("Nguyễn Văn Lẻ", "Trường Tiểu học Cái Khế 2"),
    ]


@pytest.mark.parametrize(
    "numbering", [["1", "2", "3", "4"], [1, 2, 3, 4], ["(1)", "(2)", "(3)", "(4)"], ["A", "B", 1, 2]]
)
def test_the_line_of_column_numbers_is_skipped(tmp_path: Path, numbering: list[object]) -> None:
    rows = [["TT", "Họ và tên", "Ngày sinh", "Số CCCD"], numbering, [1, "A B", 1980, "092080001234"]]
    (sheet,) = plan_of(make.xlsx(tmp_path / "a.xlsx", rows)).sheets
    assert [row.number for row in TableReader(sheet.sheet, sheet.header).rows()] == [3]


def test_a_header_printed_again_on_every_page_is_skipped(tmp_path: Path) -> None:
    head = ["TT", "Họ và tên", "Ngày sinh", "Số CCCD"]
    rows = [head, [1, "A B", 1980, "1"], head, ["1", "2", "3", "4"], [2, "C D", 1981, "2"]]
    (sheet,) = plan_of(make.xlsx(tmp_path / "a.xlsx", rows)).sheets
    assert [row.number for row in TableReader(sheet.sheet, sheet.header).rows()] == [2, 5]


def test_a_plain_first_row_of_data_is_no_second_header_line(tmp_path: Path) -> None:
    rows = [["Họ và tên", "Ngày sinh", "Dân tộc"], ["Nguyễn A", "không rõ", "Kinh"], ["Trần B", "1980", "Hoa"]]
    (sheet,) = plan_of(make.xlsx(tmp_path / "a.xlsx", rows)).sheets
    assert sheet.header.last_row == 1


def test_three_lines_of_header(tmp_path: Path) -> None:
    rows = [
        ["Họ và tên", "Ngày sinh", "Lương", "", ""],
        ["", "", "Hiện hưởng", "", "Ngày hưởng"],
        ["", "", "Bậc", "Hệ số", ""],
        ["A B", 1980, 4, 3.33, "1/1/2024"],
    ]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", rows, ("A1:A3", "B1:B3", "C1:E1", "C2:D2", "E2:E3")))
    (sheet,) = plan.sheets
    assert [column.path for column in sheet.header.columns][2:] == [
        "Lương / Hiện hưởng / Bậc",
        "Lương / Hiện hưởng / Hệ số",
        "Lương / Ngày hưởng",
    ]
    assert list(sheet.mapping.values()) == ["full_name", "birth_date", "step", "coefficient", "step_since"]


def test_missing_columns_and_double_ones_are_said(tmp_path: Path) -> None:
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", [["Số hiệu", "Chức vụ", "Dân tộc"], ["1", "x", "Kinh"]]))
    assert [problem.code for problem in plan.sheets[0].problems] == ["missing_column"]
    plan = plan_of(make.xlsx(tmp_path / "b.xlsx", [["Họ và tên", "Chức vụ", "Họ tên"], ["1", "x", "Kinh"]]))
    problems = {problem.code: problem for problem in plan.sheets[0].problems}
    assert set(problems) == {"mapped_twice", "missing_key"}
    assert problems["mapped_twice"].text % problems["mapped_twice"].params == (
        "Các cột “Họ và tên (A)”, “Họ tên (C)” cùng ghép vào trường “Họ và tên”. Hãy để lại một "
        "cột, các cột kia chọn bỏ qua."
    )
    wrong = check_mapping(PEOPLE, columns_of(plan.sheets[0]), {0: "full_name", 1: "birth_date", 2: "salary", 9: "sex"})
    assert [problem.code for problem in wrong] == ["unknown_field", "unknown_field"]


def test_a_saved_profile_outweighs_the_proposal(tmp_path: Path) -> None:
    rows = [["Họ và tên", "Ngày sinh", "Mã riêng", "Ghi chú"], ["A", "1980", "X1", "cũ"]]
    (sheet,) = plan_of(make.xlsx(tmp_path / "a.xlsx", rows)).sheets
    chosen = {0: "full_name", 1: "birth_date", 2: "staff_code"}
    profile = profile_of(columns_of(sheet), chosen)
    assert profile == {"Họ và tên": "full_name", "Ngày sinh": "birth_date", "Mã riêng": "staff_code", "Ghi chú": ""}
    turned = [[row[2], row[3], row[1], row[0]] for row in rows]
    (other,) = plan_of(make.xlsx(tmp_path / "b.xlsx", turned)).sheets
    assert apply_profile(other, profile) == {0: "staff_code", 2: "birth_date", 3: "full_name"}


def test_a_workbook_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        plan_of(make.xlsx(tmp_path / "a.xlsx", [[1, 2, 3], [4, 5, 6]]))
    assert caught.value.code == "no_header"


def test_cells_typed_for_an_old_font_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        plan_of(make.xlsx(tmp_path / "a.xlsx", [["STT", "HoVaTen", "NgaySinh"], [1, "NguyÔn V¨n An - Ngµy", "1980"]]))
    assert caught.value.code == "legacy_font"


def test_hidden_empty_and_foreign_sheets_are_left_out_and_named(tmp_path: Path) -> None:
    sheets = {
        "Hướng dẫn": [["Đọc kỹ trước khi điền"]],
        "Danh sách": make.PEOPLE_ROWS,
        "Trống": [],
        "Cũ": make.PEOPLE_ROWS,
    }
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", sheets, hidden=["Cũ"]))
    assert [sheet.sheet.name for sheet in plan.sheets] == ["Danh sách"]
    assert plan.left_out == (("Hướng dẫn", "no_header"), ("Trống", "empty"), ("Cũ", "hidden"))


def test_spreadsheet_errors_are_warned_of(tmp_path: Path) -> None:
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", [["Họ và tên", "Ngày sinh"], ["A", "#N/A"]]))
    assert [(warning.code, warning.params["count"]) for warning in plan.warnings] == [("error_cells", 1)]


def test_a_text_list_of_each_separator(tmp_path: Path) -> None:
    for separator in ",;\t":
        plan = plan_of(make.delimited(tmp_path / "a.csv", make.PEOPLE_ROWS, separator=separator))
        assert list(plan.sheets[0].mapping.values()) == ["full_name", "birth_date", "sex", "national_id", "coefficient"]


def test_no_row_looks_like_a_header(tmp_path: Path) -> None:
    with open_workbook(make.xlsx(tmp_path / "a.xlsx", [["x"], [1, 2]]), "a") as workbook:
        assert find_header(workbook.sheets[0], lexicon("people").knows) is None


def test_a_long_list_with_ranks_is_no_rank_grid(tmp_path: Path) -> None:
    rank = ["Họ và tên", "Số hiệu CBCC", "Tên ngạch", "Mã ngạch", "Bậc", "Ngày bổ nhiệm ngạch", "Ngày nâng lương"]
    rest = [field.label_vi for field in PEOPLE.fields if field.label_vi not in rank][:50]
    plan = plan_of(make.xlsx(tmp_path / "a.xlsx", [["STT", *rank, *rest], [1, "A B", "X1", "Cán sự", "01.004", 3]]))
    assert plan.layout is Layout.PLAIN_LIST
