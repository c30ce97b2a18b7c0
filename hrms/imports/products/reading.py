"""Rows of a catalogue of products: which columns are which, each cell as its text; what a row means is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrms.core.rules import N_
from hrms.core.text import fold, nfc
from hrms.imports.reading.cells import cell_name
from hrms.imports.reading.files import Sheet, open_workbook
from hrms.imports.reading.headers import DataRow, Header, SkippedRow, TableReader, find_header
from hrms.imports.reading.parsed import as_text
from hrms.imports.reading.refusals import UnreadableFile
from hrms.performance.services import product_import as service
from hrms.performance.services.product_import import Line

MOST = 5_000
"""Rows of one file; a real commune's catalogue has 371."""
REASON = "Lý do từ chối"
"""The header of the column that the workbook of mistakes adds; reading leaves it out. The same in every language."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (service.CODE, "Mã công việc", "Mã sản phẩm", "Mã", "Code"),
    "unit": (service.UNIT, "Phòng ban chuyên môn", "Phòng, ban", "Đơn vị", "Unit"),
    "task": (service.TASK, "Tên nhiệm vụ", "Nhiệm vụ, công việc", "Tên sản phẩm, công việc", "Task"),
    "detail": (service.DETAIL, "Nội dung công việc", "Detail"),
    "output": (service.OUTPUT, "Sản phẩm", "Kết quả đầu ra", "Output"),
    "group": (service.GROUP, "Nhóm phức tạp", "Nhóm công việc", "Group"),
    "points": (service.POINTS, "Điểm", "Points"),
    "factor": (service.FACTOR, "Hệ số", "Coefficient"),
    "note": (service.NOTE, "Note"),
}
_BY_HEADER = {fold(name): key for key, names in _NAMES.items() for name in names}


@dataclass(slots=True)
class Listing:
    """What a file holds: rows as texts, where each column stands, the cells as they were."""

    sheet: str
    headers: list[str]
    places: dict[str, int]
    rows: list[Line] = field(default_factory=list)
    raw: dict[int, list[Any]] = field(default_factory=dict)
    skipped: list[SkippedRow] = field(default_factory=list)

    def cell(self, row: int, column: str) -> str:
        """Return the address of a cell as a spreadsheet names it, "" for a column the file has not."""
        place = self.places.get(column, -1)
        return cell_name(row - 1, place) if place >= 0 else ""

    def header(self, column: str) -> str:
        """Return the header a column has in the file."""
        place = self.places.get(column, -1)
        return self.headers[place] if place >= 0 else ""


def _key(header: str) -> str | None:
    return _BY_HEADER.get(fold(header))


def knows(header: str) -> bool:
    """Say whether a cell is the header of a column of a catalogue."""
    return _key(header) is not None


def read_products(path: Path, filename: str) -> Listing:
    """Read the first sheet that looks like a catalogue. Raises `UnreadableFile`: none, a column twice, too long."""
    with open_workbook(path, filename) as workbook:
        for sheet in workbook.sheets:
            header = None if sheet.hidden else find_header(sheet, knows)
            if header is not None and {"code", "points"} <= {_key(column.path) for column in header.columns}:
                return _read(sheet, header)
    raise UnreadableFile(
        "no_products",
        N_("Không thấy bảng nào có cột “Mã CV” và “Điểm chấm”. Hãy dùng tệp xuất từ trang danh mục làm mẫu."),
    )


def _read(sheet: Sheet, header: Header) -> Listing:
    headers = [""] * (max(column.index for column in header.columns) + 1)
    places: dict[str, int] = {}
    for column in header.columns:
        headers[column.index] = column.path
        key = _key(column.path)
        if key is None:
            continue
        if key in places:
            words = N_("Tệp có hai cột “%(column)s”. Hãy giữ một cột.")
            raise UnreadableFile("column_twice", words, column=column.path)
        places[key] = column.index
    listing = Listing(sheet.name, headers, places)
    table = TableReader(sheet, header)
    for row in table.rows():
        if len(listing.rows) >= MOST:
            words = N_("Tệp có hơn %(most)s dòng, nhiều hơn mọi danh mục. Hãy kiểm tra lại tệp.")
            raise UnreadableFile("products_too_long", words, most=MOST)
        listing.rows.append(_line(row, places))
        listing.raw[row.number] = row.cells
    listing.skipped += table.skipped
    return listing


def _line(row: DataRow, places: Mapping[str, int]) -> Line:
    def words(key: str) -> str:
        place = places.get(key, -1)
        return nfc(as_text(row.cells[place])) if 0 <= place < len(row.cells) else ""

    return Line(row.number, **{key: words(key) for key in _NAMES})
