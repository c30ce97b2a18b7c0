"""Opening files: what is read from each kind, and what is refused in words."""

from __future__ import annotations

import struct
import time
import tracemalloc
import unicodedata
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
import xlwt

from hrms.core.i18n import N_
from hrms.imports.reading import refusals
from hrms.imports.reading.files import UnreadableFile, open_workbook
from tests.imports import workbooks as make

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet '
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
TAIL = "</sheetData></worksheet>"


def read(path: Path, sheet: int = 0) -> list[tuple[int, list[object]]]:
    with open_workbook(path, path.name) as workbook:
        return [(row.number, row.cells) for row in workbook.sheets[sheet].rows()]


def read_all(path: Path, name: str) -> None:
    with open_workbook(path, name) as workbook:
        for sheet in workbook.sheets:
            list(sheet.rows())


def refused(path: Path, name: str = "danh-sach.xlsx") -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_all(path, name)
    assert caught.value.text % caught.value.params  # the sentence has every figure it names
    return caught.value


def with_sheet_xml(path: Path, rows: str, head: str = HEAD, tail: str = TAIL) -> Path:
    """Write an .xlsx whose first sheet is the given markup."""
    plain = make.xlsx(path.with_name("plain.xlsx"), [["x"]])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                content = (head + rows + tail).encode()
            target.writestr(info.filename, content)
    return path


def text_cell(name: str, value: str = "a") -> str:
    return f'<c r="{name}" t="inlineStr"><is><t>{value}</t></is></c>'


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_each_kind_gives_the_same_values_and_row_numbers(tmp_path: Path, kind: str) -> None:
    rows = [["Họ tên", "Ngày sinh", "Hệ số"], [None, None, None], ["Nguyễn Văn A", date(1980, 5, 3), 2.34]]
    path = getattr(make, kind)(tmp_path / "renamed.bin", rows)
    assert read(path) == [(1, rows[0]), (3, ["Nguyễn Văn A", date(1980, 5, 3), 2.34])]


def test_columns_and_rows_left_of_and_above_the_data_are_counted(tmp_path: Path) -> None:
    path = make.xlsx(tmp_path / "a.xlsx", [[], [], [None, None, "x", "y"]])
    assert read(path) == [(3, ["", "", "x", "y"])]


ENCODINGS = [
    ("utf-8", b""),
    ("utf-8", b"\xef\xbb\xbf"),
    ("utf-16-le", b"\xff\xfe"),
    ("utf-16-be", b"\xfe\xff"),
    ("utf-16-le", b""),
    ("utf-16-be", b""),
]


@pytest.mark.parametrize(("encoding", "bom"), ENCODINGS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_files_of_every_encoding_and_separator(tmp_path: Path, encoding: str, bom: bytes, separator: str) -> None:
    rows = [["Họ và tên", "Đơn vị", "Hệ số"], ["Nguyễn Thị Hoà", "Sở Nội vụ; phòng 1, nhà A\nlầu 2", "2,34"]]
    path = make.delimited(tmp_path / "a.csv", rows, encoding, separator, bom)
    assert read(path) == [(1, rows[0]), (2, rows[1])]


def cp1258(text: str) -> bytes:
    """Windows-1258 writes the tone as a mark after its vowel."""
    marks = "\u0300\u0309\u0303\u0301\u0323"
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tone = "".join(c for c in parts if c in marks)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in marks))
        out.append((base + tone).encode("cp1258"))
    return b"".join(out)


def test_windows_1258_comes_out_composed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(cp1258("Họ và tên;Đơn vị\r\nNguyễn Thị Phượng;Ủy ban nhân dân phường Cái Khế\r\n"))
    cells = read(path)[1][1]
    assert cells == ["Nguyễn Thị Phượng", "Ủy ban nhân dân phường Cái Khế"]
    assert all(unicodedata.is_normalized("NFC", str(cell)) for cell in cells)


def test_decomposed_text_files_are_composed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(unicodedata.normalize("NFD", "Họ và tên,Tuổi\nNguyễn Huệ,39\n"), encoding="utf-8")
    assert read(path)[1][1] == ["Nguyễn Huệ", "39"]


def test_separator_line_and_blank_lines_keep_the_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('sep=;\nTT;Tên\n\n;\n1;"A\nB"\n2;C\n', encoding="utf-8")
    assert read(path) == [(2, ["TT", "Tên"]), (5, ["1", "A\nB"]), (6, ["2", "C"])]


@pytest.mark.parametrize(
    ("content", "font"),
    [
        ("STT;Hä vµ tªn;Ngµy sinh\n1;NguyÔn V¨n An;1980\n", "TCVN3"),
        ("STT;Hoï vaø teân;Ngaøy sinh\n1;Nguyeãn;1\n", "VNI"),
    ],
)
def test_text_of_an_old_font_is_refused_by_name(tmp_path: Path, content: str, font: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode("cp1252"))
    error = refused(path, "a.csv")
    assert error.code == "legacy_font"
    assert font in error.params["name"]


def test_text_of_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Имя;Дата\nИван;1980\n".encode("cp1251"))
    assert refused(path).code == "unknown_encoding"


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"")
    assert refused(path).code == "empty_file"


OTHERS = [
    (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, N_("ảnh PNG")),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 64, N_("ảnh JPEG")),
    (b"%PDF-1.7\n%\xe2\xe3", N_("tệp PDF")),
    (b"Rar!\x1a\x07\x01\x00", N_("tệp nén RAR")),
    (b"<html><table><tr><td>a</td></tr></table></html>", N_("trang HTML được đổi đuôi")),
    (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        N_("bảng tính XML 2003"),
    ),
    (b"MZ\x90\x00\x03\x00", N_("chương trình máy tính")),
    (bytes(range(32)) * 40, N_("dữ liệu nhị phân không rõ loại")),
    (b"\x00\x00\x00\x20ftypheic\x00\x00", N_("ảnh hoặc phim chụp bằng điện thoại")),
]


@pytest.mark.parametrize(("content", "what"), OTHERS)
def test_other_content_under_a_workbook_name_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    error = refused(path)
    assert (error.code, error.params["what"]) == ("not_a_workbook", what)


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("word/document.xml", N_("văn bản Word")),
        ("xl/workbook.bin", N_("bảng tính nhị phân .xlsb")),
        ("a.txt", N_("tệp nén ZIP")),
    ],
)
def test_other_packages_are_named(tmp_path: Path, part: str, what: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(part, "x")
    assert refused(path).params["what"] == what


def test_a_locked_workbook_in_each_form(tmp_path: Path) -> None:
    office = tmp_path / "office.xlsx"
    office.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000 + "EncryptedPackage\0".encode("utf-16-le"))
    assert refused(office).code == "password_protected"
    locked = tmp_path / "locked.ods"
    with zipfile.ZipFile(make.ods(tmp_path / "plain.ods", [["a"]])) as source, zipfile.ZipFile(locked, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "META-INF/manifest.xml":
                content = content.replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>")
            target.writestr(info, content)
    assert refused(locked).code == "password_protected"
    zipped = tmp_path / "zipped.xlsx"
    content = bytearray(make.xlsx(tmp_path / "plain.xlsx", [["a"]]).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    zipped.write_bytes(bytes(content))
    assert refused(zipped).code == "password_protected"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook(tmp_path: Path, kind: str, part: float) -> None:
    rows = [[f"Nguyễn Văn {n}", n] for n in range(300)]
    whole = getattr(make, kind)(tmp_path / "whole", rows).read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(whole[: int(len(whole) * part)])
    assert refused(path).code in {"corrupt", "not_a_workbook", "no_data"}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_with_flipped_bytes_is_read_or_refused_never_a_crash(tmp_path: Path, kind: str) -> None:
    whole = getattr(make, kind)(tmp_path / "whole", [[f"Nguyễn Văn {n}", n] for n in range(200)]).read_bytes()
    path = tmp_path / "flipped"
    for at in range(30, len(whole), max(len(whole) // 40, 1)):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        path.write_bytes(bytes(damaged))
        try:
            read(path)
        except UnreadableFile as error:
            assert error.text % error.params  # noqa: PT017 - either outcome is right, a crash is not


def test_a_bomb_is_refused_from_its_directory(tmp_path: Path) -> None:
    path = with_sheet_xml(tmp_path / "bomb.xlsx", " " * (60 * 1024 * 1024))
    started = time.monotonic()
    assert refused(path).code == "zip_bomb"
    assert time.monotonic() - started < 1


def test_a_bomb_that_lies_about_its_size_is_stopped_while_unpacking(tmp_path: Path) -> None:
    honest = with_sheet_xml(tmp_path / "honest.xlsx", " " * (20 * 1024 * 1024))
    content = bytearray(honest.read_bytes())
    with zipfile.ZipFile(honest) as package:
        info = package.getinfo("xl/worksheets/sheet1.xml")
    at = content.find(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(info.filename)] != info.filename.encode():
        at = content.find(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", content, at + 24, 1000)
    struct.pack_into("<I", content, at + 16, zlib.crc32(HEAD.encode().ljust(1000)[:1000]))
    path = tmp_path / "liar.xlsx"
    path.write_bytes(bytes(content))
    tracemalloc.start()
    assert refused(path).code == "zip_bomb"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_entities_are_refused(tmp_path: Path) -> None:
    head = HEAD.replace("?>", '?><!DOCTYPE a [<!ENTITY b "lol">]>', 1)
    assert refused(with_sheet_xml(tmp_path / "a.xlsx", f"<row r='1'>{text_cell('A1')}</row>", head)).code == "zip_bomb"


def test_too_many_parts(tmp_path: Path) -> None:
    path = make.xlsx(tmp_path / "a.xlsx", [["a"]])
    with zipfile.ZipFile(path, "a") as package:
        for number in range(refusals.MAX_PARTS):
            package.writestr(f"xl/media/{number}", "")
    assert refused(path).code == "zip_bomb"


def test_two_cells_far_apart_cost_nothing_and_are_named(tmp_path: Path) -> None:
    rows = f'<row r="1">{text_cell("A1")}</row><row r="1048576">{text_cell("KA1048576")}</row>'
    error = refused(with_sheet_xml(tmp_path / "a.xlsx", rows))
    assert (error.code, error.params["cell"]) == ("too_many_cells", "KA1048576")
    wide = refused(with_sheet_xml(tmp_path / "b.xlsx", f'<row r="1">{text_cell("A1")}{text_cell("XFD1")}</row>'))
    assert (wide.code, wide.params["column"]) == ("too_many_columns", "XFD")


@pytest.mark.parametrize(
    "cell", ["<x:c r='XFD1048576' t='str'><x:v>a</x:v></x:c>", "<x:c t='str' r='XFD1048576'><x:v>a</x:v></x:c>"]
)
def test_unusual_markup_is_measured_exactly(tmp_path: Path, cell: str) -> None:
    head = HEAD.replace("<worksheet xmlns=", "<x:worksheet xmlns:x=").replace("<sheetData>", "<x:sheetData>")
    rows = f"<x:row r='1'><x:c r='A1' t='str'><x:v>a</x:v></x:c></x:row><x:row r='1048576'>{cell}</x:row>"
    path = with_sheet_xml(tmp_path / "a.xlsx", rows, head, "</x:sheetData></x:worksheet>")
    assert refused(path).code == "too_many_columns"


def test_a_row_that_contradicts_its_cells_is_measured_by_the_cells(tmp_path: Path) -> None:
    rows = f'<row r="1">{text_cell("A1")}</row><row r="2">{text_cell("IV900000")}</row>'
    assert refused(with_sheet_xml(tmp_path / "a.xlsx", rows)).code == "too_many_cells"


def test_a_million_formatted_empty_rows_are_nothing(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(3, 1_000_000, 10))
    first = f'<row r="1">{text_cell("A1", "Họ và tên")}</row><row r="2">{text_cell("A2", "Nguyễn Văn A")}</row>'
    path = with_sheet_xml(tmp_path / "a.xlsx", first + blank + '<row r="10000000"><c r="A10000000" s="0"/></row>')
    assert read(path) == [(1, ["Họ và tên"]), (2, ["Nguyễn Văn A"])]


def test_ten_million_empty_lines_of_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Họ và tên;Tuổi\nA;1\n".encode() + b";\n" * 1_000_000 + b"\n" * 9_000_000 + b"B;2\n")
    started = time.monotonic()
    assert read(path)[-1] == (10_000_003, ["B", "2"])
    assert time.monotonic() - started < 30


def test_an_ods_sheet_padded_to_its_full_size(tmp_path: Path) -> None:
    path = make.ods(tmp_path / "a.ods", [["Họ và tên"], ["A"]])
    padding = (
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row></table:table>"
    )
    filled = padding.replace("/></table:table-row>", ' office:value-type="float" office:value="1"/></table:table-row>')
    for name, rows in (("padded", padding), ("filled", filled)):
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                content = source.read(info)
                if info.filename == "content.xml":
                    content = content.replace(b"</table:table>", rows.encode())
                target.writestr(info.filename, content)
    assert read(tmp_path / "padded") == [(1, ["Họ và tên"]), (2, ["A"])]
    assert refused(tmp_path / "filled").code == "too_many_columns"


def test_a_stray_cell_of_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Trang 1")
    sheet.write(0, 0, "a")
    sheet.write(65535, 255, "b")
    book.save(str(tmp_path / "a.xls"))
    error = refused(tmp_path / "a.xls")
    assert (error.code, error.params["cell"], error.params["sheet"]) == ("too_many_cells", "IV65536", "Trang 1")


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MAX_ROWS", 5)
    path = make.xlsx(tmp_path / "a.xlsx", [["a"]] * 6)
    assert refused(path).code == "too_many_rows"


def test_too_large_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.truncate(refusals.MAX_FILE_BYTES + 1)
    assert refused(path).code == "file_too_large"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_without_data(tmp_path: Path, kind: str) -> None:
    path = getattr(make, kind)(tmp_path / "a", [[" ", None]])
    assert refused(path).code == "no_data"


def test_text_that_is_only_separators_has_no_data(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(";;\n ; ;\n", encoding="utf-8")
    assert refused(path).code == "no_data"


def test_a_quote_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('TT;Tên\n1;"Nguyễn Văn A\n2;B\n' + "x" * 200_000, encoding="utf-8")
    assert refused(path).code == "broken_delimited"


def test_hidden_sheets_and_error_cells_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    make.xlsx(path, {"A": [["Họ tên", "#N/A"]], "B": [["x"]]}, hidden=["B"])
    with open_workbook(path, "a.xlsx") as workbook:
        assert [(sheet.name, sheet.hidden, sheet.error_cells) for sheet in workbook.sheets] == [
            ("A", False, 1),
            ("B", True, 0),
        ]


def test_a_macro_workbook_is_read(tmp_path: Path) -> None:
    path = make.xlsx(tmp_path / "a.xlsm", [["Họ và tên"], ["A"]])
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    assert read(path)[1] == (2, ["A"])
