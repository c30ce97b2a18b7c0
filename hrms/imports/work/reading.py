"""Rows of a filled workbook of work: which columns are which, each cell as its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hrms.core.rules import N_
from hrms.core.text import fold, nfc
from hrms.imports.reading.cells import cell_name
from hrms.imports.reading.files import Sheet, open_workbook
from hrms.imports.reading.headers import DataRow, Header, SkippedRow, TableReader, find_header
from hrms.imports.reading.parsed import as_text, shown
from hrms.imports.reading.refusals import UnreadableFile
from hrms.performance.services.bringing import CODE, DUE, FACTOR, KIND, NAME, PRODUCT, QUANTITY, TITLE, Row

MOST = 20_000
"""Rows of one file: more is no agency's plan of a month."""
REASON = "Lý do từ chối"
"""The header of the column that the workbook of mistakes adds; reading leaves it out. The same in every language."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (CODE, "Mã CBCCVC", "Mã số cán bộ", "Mã công chức", "Mã nhân sự", "Staff code"),
    "name": (NAME, "Họ tên", "Full name"),
    "product": (PRODUCT, "Mã sản phẩm/công việc", "Mã công việc", "Product code"),
    "title": (TITLE, "Tên sản phẩm", "Tên sản phẩm/công việc", "Tên công việc", "Sản phẩm, công việc", "Product"),
    "quantity": (QUANTITY, "Số lượng giao", "Quantity"),
    "factor": (FACTOR, "Hệ số", "Factor"),
    "due": (DUE, "Hạn hoàn thành", "Thời hạn", "Due"),
    "kind": (KIND, "Loại", "Kind"),
}
_BY_HEADER = {fold(name): key for key, names in _NAMES.items() for name in names}


@dataclass(slots=True)
class Listing:
    """What a file holds: rows as texts, where each column stands, the cells as they were."""

    sheet: str
    headers: list[str]
    places: dict[str, int]
    rows: list[Row] = field(default_factory=list)
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


def knows(header: str) -> bool:
    """Say whether a cell is the header of a column of the template."""
    return fold(header) in _BY_HEADER


def read_work(path: Path, filename: str) -> Listing:
    """Read the first sheet that looks like work given. Raises `UnreadableFile`: there is none, one twice, too long."""
    with open_workbook(path, filename) as workbook:
        for sheet in workbook.sheets:
            header = None if sheet.hidden else find_header(sheet, knows)
            if header is None:
                continue
            found = {_BY_HEADER.get(fold(column.path)) for column in header.columns}
            if "code" in found and found & {"product", "title"}:
                return _read(sheet, header)
    raise UnreadableFile(
        "no_work",
        N_(
            "Không thấy bảng nào có cột “Mã cán bộ” và “Mã sản phẩm” hoặc “Tên sản phẩm, công việc”. Hãy điền vào mẫu "
            "tải từ trang giao việc, giữ nguyên tiêu đề."
        ),
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
    listing = Listing(sheet.name, headers, places)
    table = TableReader(sheet, header)
    for row in table.rows():
        if len(listing.rows) >= MOST:
            words = N_("Tệp có hơn %(most)s dòng. Hãy chia thành nhiều tệp theo đơn vị.")
            raise UnreadableFile("work_too_long", words, most=MOST)
        listing.rows.append(_row(row, places))
        listing.raw[row.number] = row.cells
    listing.skipped += table.skipped
    return listing


def _row(row: DataRow, places: Mapping[str, int]) -> Row:
    def raw(key: str) -> Any:
        place = places.get(key, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def words(key: str) -> str:
        return nfc(as_text(raw(key)))

    due = raw("due")
    named = {name: words(name) for name in ("code", "name", "product", "title", "quantity", "factor", "kind")}
    return Row(row.number, **named, due=due if isinstance(due, date | datetime) else nfc(shown(due)))
