"""Rows of a workbook of months scored before: which columns are which, each cell as its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrms.core.rules import N_
from hrms.core.text import fold, nfc
from hrms.imports.reading.cells import cell_name
from hrms.imports.reading.files import Sheet, open_workbook
from hrms.imports.reading.headers import DataRow, Header, TableReader, find_header
from hrms.imports.reading.parsed import as_text
from hrms.imports.reading.refusals import UnreadableFile
from hrms.performance.services.months import CODE, GENERAL, MONTH, NAME, RESULT, TOTAL, Row

MOST = 20_000
"""Rows of one file: twelve months of more people than an agency has."""
REASON = "Lý do từ chối"
"""The header of the column that the workbook of mistakes adds; reading leaves it out. The same in every language."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (CODE, "Mã CBCCVC", "Mã số cán bộ", "Mã công chức", "Mã nhân sự", "Staff code"),
    "name": (NAME, "Họ tên", "Full name"),
    "month": (MONTH, "Tháng số", "Month"),
    "general": (GENERAL, "Tiêu chí chung", "Điểm chung", "General points"),
    "result": (RESULT, "Điểm kết quả thực hiện nhiệm vụ", "Kết quả", "Result points"),
    "total": (TOTAL, "Tổng", "Điểm tháng", "Điểm", "Total"),
}
_BY_HEADER = {fold(name): key for key, names in _NAMES.items() for name in names}


@dataclass(slots=True)
class Listing:
    """What a file holds: rows as texts, where each column stands, the cells as they were."""

    headers: list[str]
    places: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    raw: dict[int, list[Any]] = field(default_factory=dict)

    def cell(self, row: int, column: str) -> str:
        """Return the address of a cell as a spreadsheet names it, "" for a column the file has not."""
        place = self.places.get(column, -1)
        return cell_name(row - 1, place) if place >= 0 else ""

    def header(self, column: str) -> str:
        """Return the header a column has in the file."""
        place = self.places.get(column, -1)
        return self.headers[place] if place >= 0 else ""


def knows(header: str) -> bool:
    """Say whether a cell is the header of a column of the template."""
    return fold(header) in _BY_HEADER


def read_months(path: Path, filename: str) -> Listing:
    """Read the first sheet that looks like points of months. Raises `UnreadableFile`: none, one twice, too long."""
    with open_workbook(path, filename) as workbook:
        for sheet in workbook.sheets:
            header = None if sheet.hidden else find_header(sheet, knows)
            if header is None:
                continue
            found = {_BY_HEADER.get(fold(column.path)) for column in header.columns}
            if {"code", "month"} <= found and found & {"total", "general"}:
                return _read(sheet, header)
    raise UnreadableFile(
        "no_months",
        N_("Không thấy bảng nào có cột “Mã cán bộ”, “Tháng” và “Tổng điểm”. Hãy điền vào tệp mẫu, giữ nguyên tiêu đề."),
    )


def _read(sheet: Sheet, header: Header) -> Listing:
    headers = [""] * (max(column.index for column in header.columns) + 1)
    places: dict[str, int] = {}
    for column in header.columns:
        headers[column.index] = column.path
        key = _BY_HEADER.get(fold(column.path))
        if key is None:
            continue
        if key in places:
            raise UnreadableFile(
                "column_twice", N_("Tệp có hai cột “%(column)s”. Hãy giữ một cột."), column=column.path
            )
        places[key] = column.index
    listing = Listing(headers, places)
    for row in TableReader(sheet, header).rows():
        if len(listing.rows) >= MOST:
            words = N_("Tệp có hơn %(most)s dòng. Hãy chia thành nhiều tệp theo đơn vị.")
            raise UnreadableFile("months_too_long", words, most=MOST)
        listing.rows.append(_row(row, places))
        listing.raw[row.number] = row.cells
    return listing


def _row(row: DataRow, places: Mapping[str, int]) -> Row:
    def words(key: str) -> str:
        place = places.get(key, -1)
        return nfc(as_text(row.cells[place])) if 0 <= place < len(row.cells) else ""

    return Row(row.number, *(words(key) for key in ("code", "name", "month", "general", "result", "total")))
