"""Finds the header of a list and tells its data from everything around it.

Titles stand above, a line of column numbers may stand below, sums and signatures at the end, and a row such as
“I. Phòng Tổ chức” may announce the unit of the rows that follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from itertools import pairwise
from typing import Any

from hrms.core.text import accent_key, fold, nfc
from hrms.imports.reading.cells import column_name
from hrms.imports.reading.files import Row, Sheet
from hrms.imports.reading.lexicon import SEPARATOR

_LOOK_AT = 60
_MAX_LEVELS = 4
_NUMBERING = re.compile(r"\(?([0-9]{1,3}|[A-Za-z])\)?(\s*=.*)?")
_ENUMERATED = re.compile(r"^(?:[IVXLC]+|[A-Za-z]|\d{1,3}(?:\.\d{1,2})*)(?:\s*[.):]|\s+[-–])\s*(?=\S)")
_GROUP_MARK = re.compile(r"^(?:[IVXLC]+|[A-Z])[.)/:-]?$")
_TOTAL = re.compile(
    r"^(?:tổng cộng|tổng số|cộng|tổng|cộng dồn|lũy kế)(?:\s*[:.]?\s*(?:chung|\d+|danh sách|số người).*)?[:.]?$"
)
_FOOTER = re.compile(
    r"^(?:nguoi (?:lap|tong hop|ghi)\b|lap bieu$|lap bang$|thu truong|ky ten|ky ho ten|ky ghi ro|ky dong dau|noi nhan$|"
    r"xac nhan cua|danh sach (?:nay )?(?:co|gom) |ke toan truong$|.{2,40} ngay(?: \d{1,2})? thang(?: \d{1,2})? nam)"
)
_FOOTER_TITLE = re.compile(
    r"^(?:(?:pho )?(?:giam doc|chu tich|truong phong|hieu truong|chanh van phong)$|tm |kt |q |tl )"
)
# With accents: Trương, Tô and Đoàn are family names, trường, tổ and đoàn thể are not.
_UNIT = re.compile(
    r"^(?:phòng|ban|sở|trung tâm|ubnd|ủy ban|hđnd|văn phòng|khoa|tổ|trường|chi cục|cục|đội|hội đồng|hội|đảng ủy|"
    r"thanh tra|xã|phường|đặc khu|bộ phận|khối|lãnh đạo|công chức|viên chức|cán bộ|hợp đồng|biên chế|trạm|"
    r"bệnh viện|viện|báo|đài|"
    r"quỹ|chi nhánh|cơ quan|đơn vị|tỉnh|thành phố|đoàn thể|thư viện|bảo tàng|nhà văn hóa|nhà thiếu nhi)\b"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: its place from 0 and its header, lines joined by “ / ” (NFC, single spaces)."""

    index: int
    path: str

    @property
    def letter(self) -> str:
        """Return the column as a spreadsheet names it: A, B … AA."""
        return column_name(self.index)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (row numbers of the file, inclusive), its columns, and the first row that may be data."""

    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    data_from: int
    lines: tuple[tuple[str, ...], ...] = ()
    """The header rows as texts, to recognise them when they are printed again on every page."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """One row of data: its number in the file, its cells from column A on, the group title above it ("" for none)."""

    number: int
    cells: list[Any]
    group: str = ""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is no data: `why` is "numbering", "group", "total", "footer" or "header"."""

    number: int
    why: str
    text: str


@dataclass(slots=True)
class TableReader:
    """Reads the data rows below a header and remembers what it left out, so that it can be shown."""

    sheet: Sheet
    header: Header
    skipped: list[SkippedRow] = field(default_factory=list)

    def rows(self) -> Iterator[DataRow]:
        """Yield the data rows in order. `skipped` is complete when the iteration has ended (at most 1.000 are kept)."""
        self.skipped.clear()
        data_from = self.header.data_from
        indexes = [column.index for column in self.header.columns]
        enough = 4
        first_texts = {line[indexes[0]] for line in self.header.lines if indexes[0] < len(line)} - {""} | {"(1)", "1"}
        group = ""
        footer = False
        for row in self.sheet.rows():
            if row.number < data_from:
                continue
            cells = row.cells
            filled = len(cells) - cells.count("")
            lead = next((cell for cell in cells if cell != ""), "")
            if (
                filled > enough
                and not (isinstance(lead, str) and (_is_total(lead) or lead in first_texts))
                and lead != 1
            ):
                footer = False
                yield DataRow(row.number, cells, group)
                continue
            why = self._why_no_data(cells, filled, footer)
            if why is None:
                footer = False
                yield DataRow(row.number, cells, group)
                continue
            text = nfc(" ".join(str(cell) for cell in cells if cell != ""))[:200]
            footer = footer or why == "footer"
            if why == "group":
                group = _group_title(cells)
            if len(self.skipped) < 1_000:
                self.skipped.append(SkippedRow(row.number, why, text))

    def _why_no_data(self, cells: list[Any], filled: int, footer: bool) -> str | None:
        texts = [nfc(cell) for cell in cells if isinstance(cell, str) and cell and not cell.isspace()]
        if self._repeats_header(cells):
            return "header"
        if not texts:
            return "footer" if footer and filled <= 3 else None
        folded = [fold(text) for text in texts]
        words = [text for text in texts if fold(text)]
        if words and _is_total(words[0]) and all(_is_total(text) or len(text) <= 1 for text in words):
            return "total"
        if filled <= 4 and len(texts) == filled and (footer or _is_footer(folded)):
            return "footer"
        if filled <= 2 and len(self.header.columns) > 3 and _is_group(cells, texts):
            return "group"
        return None

    def _repeats_header(self, cells: list[Any]) -> bool:
        if _is_numbering(cells):
            return True
        shown = tuple(_line(cells))
        filled = [text for text in shown if text]
        if len(filled) < 2:
            return False
        for line in self.header.lines:
            if shown[: len(line)] == line[: len(shown)] or [text for text in line if text] == filled:
                return True
        return False


def _is_footer(folded: list[str]) -> bool:
    """Say whether every cell is a title of the signatures: a post alone may be that of a person in a short list."""
    titles = [_FOOTER.match(text) is not None for text in folded]
    return any(titles) and all(title or _FOOTER_TITLE.match(text) for title, text in zip(titles, folded, strict=True))


def _is_group(cells: list[Any], texts: list[str]) -> bool:
    """Say whether a nearly empty row announces a unit; a lone name is a (bad) row of data, not a title."""
    places = [n for n, cell in enumerate(cells) if cell != ""]
    if not texts:
        return False
    if len(places) == 2:
        mark = cells[places[0]]
        marked = isinstance(mark, str) and _GROUP_MARK.match(nfc(mark)) is not None
        numbered = isinstance(mark, (int, float)) or (isinstance(mark, str) and mark.strip().isdigit())
        return marked or (numbered and _UNIT.match(accent_key(texts[-1])) is not None)
    return bool(_ENUMERATED.match(texts[0]) or _UNIT.match(accent_key(texts[0])))


def find_header(sheet: Sheet, knows: Callable[[str], bool]) -> Header | None:
    """Return the header of the sheet, or None when no row looks like one.

    `knows(text)` says whether a cell is the header of a known field. Up to 60 filled rows are looked at.
    """
    rows = sheet.head(_LOOK_AT)
    best, best_score = -1, 0.0
    for place, row in enumerate(rows):
        score = _score(row.cells, knows)
        if score > best_score:
            best, best_score = place, score
    if best < 0:
        return None
    merged = [area for area in sheet.merged() if area[0] <= rows[-1].number]
    first = last = best
    while first > 0 and last - first + 1 < _MAX_LEVELS and _is_upper_line(rows, first - 1, merged, knows):
        first -= 1
    while last + 1 < len(rows) and last - first + 1 < _MAX_LEVELS and _is_lower_line(rows, last, first, merged, knows):
        last += 1
    columns = _columns(rows[first : last + 1], merged)
    data_from = rows[last].number + 1
    if last + 1 < len(rows) and _is_numbering(rows[last + 1].cells):
        data_from = rows[last + 1].number + 1
    return Header(
        rows[first].number,
        rows[last].number,
        columns,
        data_from,
        tuple(tuple(_line(row.cells)) for row in rows[first : last + 1]),
    )


def _line(cells: list[Any]) -> list[str]:
    return [nfc(cell) if isinstance(cell, str) else "" if cell == "" else str(cell) for cell in cells]


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.isspace() and re.search(r"[^\W\d_]", cell) is not None


def _score(cells: list[Any], knows: Callable[[str], bool]) -> float:
    """Rate a row as a header: known headers first, then how many different texts and how few values."""
    texts = [cell for cell in cells if _is_text(cell)]
    if len(texts) < 2:
        return 0.0
    values = sum(1 for cell in cells if isinstance(cell, (int, float, date, time)))
    known = sum(knows(text) for text in texts)
    long = sum(len(text) > 80 for text in texts)
    if known < 2 and (values or long or known + len(set(texts)) < 3):
        return 0.0
    return known * 4.0 + (len(set(texts)) * 0.05 if known else len(set(texts)) * 0.02) - values - long


def _under(merged: list[tuple[int, int, int, int]], number: int, column: int) -> tuple[int, int, int, int] | None:
    for area in merged:
        if area[0] <= number <= area[2] and area[1] <= column <= area[3]:
            return area
    return None


def _is_lower_line(
    rows: list[Row],
    upper: int,
    first: int,
    merged: list[tuple[int, int, int, int]],
    knows: Callable[[str], bool],
) -> bool:
    """Say whether the row below `upper` is one more line of the header: it only divides groups of the line above."""
    above, below = rows[upper], rows[upper + 1]
    if below.number != above.number + 1 or _is_numbering(below.cells):
        return False
    places = [n for n, cell in enumerate(below.cells) if cell != ""]
    if not places or not all(_is_text(below.cells[n]) and len(below.cells[n]) <= 80 for n in places):
        return False
    named = _line(above.cells) + [""] * len(below.cells)
    width = max(len(rows[r].cells) for r in range(first, upper + 1))
    for n in places:
        if n >= width and not knows(below.cells[n]):
            return False
        area = _under(merged, above.number, n)
        if area is not None and area[2] > above.number:
            return False
        if named[n] and not (area is not None and area[3] > area[1]) and not _opens_group(named, below.cells, n):
            return False
        if not named[n] and not any(named[left] for left in range(n)):
            return False
    grouped = any(_opens_group(named, below.cells, n) or _spans(merged, above.number, n) for n in range(len(named)))
    return grouped and (len(places) >= 2 or any(knows(below.cells[n]) for n in places))


def _spans(merged: list[tuple[int, int, int, int]], number: int, column: int) -> bool:
    area = _under(merged, number, column)
    return area is not None and area[3] > area[1]


def _opens_group(named: list[str], below: list[Any], n: int) -> bool:
    """Without merged cells: a title with nothing to its right, and texts below both."""
    return (
        bool(named[n])
        and n + 1 < len(named)
        and not named[n + 1]
        and n + 1 < len(below)
        and below[n] != ""
        and below[n + 1] != ""
    )


def _is_upper_line(
    rows: list[Row], upper: int, merged: list[tuple[int, int, int, int]], knows: Callable[[str], bool]
) -> bool:
    """Say whether the row above the best one belongs to the header: it names groups, or columns left out below."""
    above, below = rows[upper], rows[upper + 1]
    if below.number != above.number + 1:
        return False
    texts = [cell for cell in above.cells if cell != ""]
    if len(texts) < 2 or not all(_is_text(cell) and len(cell) <= 80 for cell in texts):
        return False
    named = _line(above.cells) + [""] * len(below.cells)
    groups = {n for n in range(len(named)) if _spans(merged, above.number, n) or _opens_group(named, below.cells, n)}
    filled_below = {n for n, cell in enumerate(below.cells) if cell != ""}
    if any(named[n] and n in filled_below and n not in groups for n in range(len(named))):
        return False
    return bool(groups) or any(knows(cell) for cell in texts)


def _columns(lines: list[Row], merged: list[tuple[int, int, int, int]]) -> tuple[Column, ...]:
    width = max(len(line.cells) for line in lines)
    grid = [_line(line.cells) + [""] * (width - len(line.cells)) for line in lines]
    for level, line in enumerate(lines):
        # A group's title goes to the columns right of it that have a line of their own below.
        for n in range(1, width):
            area = _under(merged, line.number, n)
            if grid[level][n]:
                continue
            if area is not None:
                top = next((k for k, other in enumerate(lines) if other.number == area[0]), None)
                if top is not None and area[0] == line.number:
                    grid[level][n] = grid[top][area[1]]
            elif level + 1 < len(lines) and any(grid[low][n] for low in range(level + 1, len(lines))):
                left_area = _under(merged, line.number, n - 1)
                if (
                    grid[level][n - 1]
                    and left_area is None
                    and any(grid[low][n - 1] for low in range(level + 1, len(lines)))
                ):
                    grid[level][n] = grid[level][n - 1]
    columns = []
    for n in range(width):
        parts = [text for text in dict.fromkeys(line[n] for line in grid) if text]
        if parts:
            columns.append(Column(n, SEPARATOR.join(parts)))
    return tuple(columns)


def _is_numbering(cells: list[Any]) -> bool:
    """Say whether the row only numbers the columns: (1) (2) (3), 1 2 3, A B 1 2."""
    filled = [cell for cell in cells if cell != ""]
    if len(filled) < 3:
        return False
    numbers: list[int] = []
    for cell in filled:
        text = str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell).strip()
        found = _NUMBERING.fullmatch(text)
        if not found:
            return False
        if found[1].isdigit():
            numbers.append(int(found[1]))
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return (
        bool(numbers) and numbers[0] <= 3 and all(step in (1, 2) for step in steps) and len(numbers) * 2 >= len(filled)
    )


def _is_total(text: str) -> bool:
    return text[:1] in "TCLtcl" and _TOTAL.match(accent_key(text)) is not None


def _group_title(cells: list[Any]) -> str:
    texts = [nfc(cell) for cell in cells if isinstance(cell, str) and cell and not cell.isspace()]
    title = max(texts, key=len)
    return nfc(_ENUMERATED.sub("", title))
