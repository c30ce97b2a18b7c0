"""Workbooks written row by row: what goes in is what others read out of them."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.parsers import expat

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from hrms.core.plain_workbook import CELL_LENGTH, PlainWorkbook, column_letters, number_cell, text_cell

TEXTS = (
    "Nguyễn Văn Ân", "=1+1", "@a", "a & b < c > d", ' "trong ngoặc" ', "  hai bên  ", "dòng 1\ndòng 2\r\n\tdòng 3",
    "chuông \x07 và \x1b", "_x0041_ chữ A", "_x", "👍 𠀀", "00123", "1e5", "TRUE",
)  # fmt: skip


def _written(path: Path, rows: Iterable[list[str]], headers: list[str]) -> int:
    with PlainWorkbook(path) as book:
        book.sheet("Hồ sơ & “việc”", headers, 14)
        return book.rows(rows)


def test_texts_and_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    rows = [[text_cell(text), "", number_cell(number)] for text, number in zip(TEXTS, range(len(TEXTS)), strict=True)]
    assert _written(path, rows, ["Chữ", "Trống", "Số"]) == len(TEXTS)
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name("Hồ sơ & “việc”")
    read = list(sheet.iter_rows())
    assert read == [["Chữ", "Trống", "Số"], *([text, "", float(n)] for n, text in enumerate(TEXTS))]


def test_many_rows_of_any_length_keep_their_places(tmp_path: Path) -> None:
    chance = random.Random(7)
    wanted = [
        [chance.choice(["", f"chữ {n}", chance.choice(TEXTS)]) for _place in range(30)] + [f"cuối {n}"]
        for n in range(1_203)
    ]
    path = tmp_path / "list.xlsx"
    _written(path, [[text_cell(text) if text else "" for text in row] for row in wanted], column_letters(31))
    assert list(CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())[1:] == wanted


@pytest.mark.parametrize("number", [0.0, 2.34, 4.98, 1e15, -3.0, 0.1 + 0.2, 11112222.5])
def test_a_number_is_a_number(tmp_path: Path, number: float) -> None:
    path = tmp_path / "list.xlsx"
    _written(path, [[number_cell(number)]], ["Số"])
    sheet = openpyxl.load_workbook(path)["Hồ sơ & “việc”"]
    assert sheet["A2"].value == pytest.approx(number, rel=1e-15)
    assert sheet["A2"].data_type == "n"


def test_the_header_is_frozen_and_stands_out(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with PlainWorkbook(path) as book:
        for number in (1, 2):
            book.sheet(f"Tờ {number}", ["Họ tên", "Ngày sinh"], 14)
            book.rows([[text_cell(f"Người {number}"), ""]])
    found = openpyxl.load_workbook(path)
    assert found.sheetnames == ["Tờ 1", "Tờ 2"]
    for number, sheet in enumerate(found, start=1):
        assert sheet.freeze_panes == "A2"
        assert sheet["B1"].font.b
        assert sheet["B1"].fill.fgColor.rgb == "FFE8EEF5"
        assert sheet["A2"].value == f"Người {number}"
        assert not sheet["A2"].font.b
        assert sheet.column_dimensions["A"].width == 14


def test_every_part_is_well_formed(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    _written(path, [[text_cell(text)] for text in TEXTS], ["<&>"])
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        for name in package.namelist():
            expat.ParserCreate().Parse(package.read(name), True)


def test_a_text_beyond_the_cell_is_cut() -> None:
    assert text_cell("a" * (CELL_LENGTH + 5)) == text_cell("a" * CELL_LENGTH)


def test_columns_are_named_as_a_spreadsheet_names_them() -> None:
    names = column_letters(703)
    assert (names[0], names[25], names[26], names[701], names[702]) == ("A", "Z", "AA", "ZZ", "AAA")


def test_nothing_is_left_of_a_workbook_that_was_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"before")

    def broken() -> Iterator[list[str]]:
        yield [text_cell("một")]
        raise ValueError

    with pytest.raises(ValueError):
        _written(path, broken(), ["A"])
    assert path.read_bytes() == b"before"
