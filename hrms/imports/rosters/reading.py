"""Rows of a filled roster: which columns are which, each cell as its text; what a row means is training's to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hrms.core.dates import BadDate, parse_date
from hrms.core.rules import N_
from hrms.core.text import fold, nfc
from hrms.imports.reading.cells import cell_name
from hrms.imports.reading.files import Sheet, open_workbook
from hrms.imports.reading.headers import DataRow, Header, SkippedRow, TableReader, find_header
from hrms.imports.reading.parsed import as_text, shown
from hrms.imports.reading.refusals import UnreadableFile
from hrms.training.services.rosters import CODE, DAY, MARK, NAME, RESULT, Line

MOST = 5_000
"""Rows of one file: a class has no more seats."""
REASON = "Lý do từ chối"
"""The header of the column that the workbook of mistakes adds; reading leaves it out. The same in every language."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (CODE, "Mã CBCCVC", "Mã số cán bộ", "Mã công chức", "Mã nhân sự", "Staff code"),
    "name": (NAME, "Họ tên", "Họ và tên học viên", "Full name"),
    "mark": (MARK, "Điểm số", "Điểm thi", "Điểm kiểm tra", "Mark"),
    "result": (RESULT, "Kết quả học tập", "Xếp loại hoàn thành", "Result"),
    "day": (DAY, "Ngày", "Ngày hoàn thành khóa học", "Completed on", "Date"),
}
_BY_HEADER = {fold(name): key for key, names in _NAMES.items() for name in names}
_SESSION = re.compile(r"(?:buoi|session)(?: hoc| so)? (\d{1,3})\b")
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


@dataclass(slots=True)
class Listing:
    """What a file holds: rows as texts, where each column stands, the cells as they were."""

    sheet: str
    headers: list[str]
    places: dict[str, int]
    days: dict[int, date | None]
    """Session number → the day its header names, None when it names none."""
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
    folded = fold(header)
    session = _SESSION.match(folded)
    return f"session-{int(session[1])}" if session else _BY_HEADER.get(folded)


def knows(header: str) -> bool:
    """Say whether a cell is the header of a column of a roster."""
    return _key(header) is not None


def read_roster(path: Path, filename: str) -> Listing:
    """Read the first sheet that looks like a roster. Raises `UnreadableFile`: there is none, one twice, too long."""
    with open_workbook(path, filename) as workbook:
        for sheet in workbook.sheets:
            header = None if sheet.hidden else find_header(sheet, knows)
            if header is not None and any(_key(column.path) == "code" for column in header.columns):
                return _read(sheet, header)
    raise UnreadableFile(
        "no_roster",
        N_("Không thấy bảng nào có cột “Mã cán bộ”. Hãy điền vào danh sách tải từ trang lớp, giữ nguyên tiêu đề."),
    )


def _read(sheet: Sheet, header: Header) -> Listing:
    headers = [""] * (max(column.index for column in header.columns) + 1)
    places: dict[str, int] = {}
    days: dict[int, date | None] = {}
    for column in header.columns:
        headers[column.index] = column.path
        key = _key(column.path)
        if key is None:
            continue
        if key in places:
            words = N_("Tệp có hai cột “%(column)s”. Hãy giữ một cột.")
            raise UnreadableFile("column_twice", words, column=column.path)
        places[key] = column.index
        if key.startswith("session-"):
            days[int(key.removeprefix("session-"))] = _day_of(column.path)
    listing = Listing(sheet.name, headers, places, days)
    table = TableReader(sheet, header)
    for row in table.rows():
        if len(listing.rows) >= MOST:
            words = N_("Tệp có hơn %(most)s dòng, nhiều hơn mọi lớp. Hãy kiểm tra lại tệp.")
            raise UnreadableFile("roster_too_long", words, most=MOST)
        listing.rows.append(_line(row, places))
        listing.raw[row.number] = row.cells
    listing.skipped += table.skipped
    return listing


def _day_of(header: str) -> date | None:
    found = _DAY.search(header)
    if found is None:
        return None
    try:
        return parse_date(found.group()).value.earliest()
    except BadDate:
        return None


def _line(row: DataRow, places: Mapping[str, int]) -> Line:
    def raw(key: str) -> Any:
        place = places.get(key, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def words(key: str) -> str:
        return nfc(as_text(raw(key)))

    day = raw("day")
    return Line(
        row.number, words("code"), words("name"),
        {int(key.removeprefix("session-")): words(key) for key in places if key.startswith("session-")},
        words("mark"), words("result"), day if isinstance(day, date | datetime) else nfc(shown(day)),
    )  # fmt: skip
