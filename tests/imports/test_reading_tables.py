"""Telling the rows of data from titles, sums and signatures, without ever passing over a person."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hrms.imports.reading.files import open_workbook
from hrms.imports.reading.headers import TableReader
from hrms.imports.reading.layouts import Plan, recognise
from tests.imports import workbooks as make


def plan_of(path: Path) -> Plan:
    return recognise(open_workbook(path, path.name), date(2026, 11, 21))


def data_and_skipped(tmp_path: Path, rows: make.Rows) -> tuple[list[object], list[tuple[int, str]]]:
    (sheet,) = plan_of(make.xlsx(tmp_path / "a.xlsx", rows)).sheets
    reader = TableReader(sheet.sheet, sheet.header)
    found = [row.cells[1] for row in reader.rows()]
    return found, [(row.number, row.why) for row in reader.skipped]


def test_people_are_never_passed_over_as_titles_or_signatures(tmp_path: Path) -> None:
    names = [
        "Trương Văn Sở",
        "Tô Thị Ban",
        "Đoàn Văn Hội",
        "Y-Phôn Niê",
        "Tống Cộng",
        "Cộng Văn Tổng",
        "Nguyễn Thị Ngày",
    ]
    narrow = [["Số hiệu", "Họ và tên", "Chức vụ"], *[["", name, "Giám đốc"] for name in names]]
    assert data_and_skipped(tmp_path, narrow) == (names, [])
    wide = [["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Số hiệu"], *[["", name, "", "", ""] for name in names]]
    assert data_and_skipped(tmp_path, wide) == (names, [])
    dated = [["STT", "Họ và tên", "Ngày sinh"], ["", "Lê A", "ngày 3 tháng 5 năm 1980"], [2, "Lê B", "Nơi nhận"]]
    assert data_and_skipped(tmp_path, dated) == (["Lê A", "Lê B"], [])


def test_a_label_with_its_value_above_the_header_is_no_header_line(tmp_path: Path) -> None:
    rows = [["Đơn vị:", "Sở Nội vụ"], ["Họ và tên", "Ngày sinh", "Giới tính"], ["A", 1980, "Nam"]]
    (sheet,) = plan_of(make.xlsx(tmp_path / "a.xlsx", rows)).sheets
    assert [column.path for column in sheet.header.columns] == ["Họ và tên", "Ngày sinh", "Giới tính"]


def test_data_after_a_signature_is_read_again(tmp_path: Path) -> None:
    rows = [
        ["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Số hiệu"],
        [1, "Lê A", "1980", "Giám đốc", "X1"],
        ["", "NGƯỜI LẬP BIỂU", "", "GIÁM ĐỐC"],
        ["", "Trần Ký"],
        [2, "Lê B", "1981", "", "X2"],
        [3, "Lê C", "1982"],
    ]
    assert data_and_skipped(tmp_path, rows) == (["Lê A", "Lê B", "Lê C"], [(3, "footer"), (4, "footer")])


def test_sums_and_counts_are_left_out(tmp_path: Path) -> None:
    rows = [
        ["STT", "Họ và tên", "Ngày sinh", "Số hiệu", "Hệ số lương"],
        [1, "Lê A", 1980, "X1", 2.34],
        ["Tổng cộng", "", "", "", 2.34],
        ["", "CỘNG:", "", "", 2.34],
        ["", "Tổng số: 1 người"],
        ["", "Danh sách này có 01 người"],
    ]
    assert data_and_skipped(tmp_path, rows) == (["Lê A"], [(3, "total"), (4, "total"), (5, "total"), (6, "footer")])
