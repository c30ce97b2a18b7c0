"""Rows of an approved list of positions: which columns are which, which rows are headings, each cell as its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc
from hrms.imports.reading.cells import cell_name
from hrms.imports.reading.field import Field
from hrms.imports.reading.files import Sheet, open_workbook
from hrms.imports.reading.headers import DataRow, Header, SkippedRow, TableReader, find_header
from hrms.imports.reading.parsed import as_text, shown
from hrms.imports.reading.refusals import UnreadableFile
from hrms.positions.rules.listing import Row

MOST = 5_000
"""Rows of one file: the largest agency has some hundred positions."""
REASON = "Lý do từ chối"
"""The header of the column that the workbook of mistakes adds; reading leaves it out. The same in every language."""
FIELDS = (
    Field("tt", "TT", "No.", synonyms=("STT", "Số TT", "Số thứ tự")),
    Field("unit", "Đơn vị", "Unit", synonyms=(
        "Tên đơn vị", "Phòng, đơn vị", "Phòng/đơn vị", "Phòng, ban", "Đơn vị trực thuộc", "Cơ quan, đơn vị",
        "Tên cơ quan, đơn vị", "Mã đơn vị",
    )),
    Field("position", "Vị trí việc làm", "Job position", synonyms=(
        "Tên vị trí việc làm", "Tên VTVL", "VTVL", "Vị trí", "Tên vị trí", "Danh mục vị trí việc làm",
    )),
    Field("ranks", "Ngạch công chức", "Rank", synonyms=(
        "Ngạch", "Ngạch công chức tương ứng", "Ngạch tương ứng", "Ngạch công chức đảm nhiệm", "Ngạch tối thiểu",
        "Ngạch công chức/Chức danh nghề nghiệp", "Chức danh nghề nghiệp", "Ngạch/CDNN", "Ngạch, chức danh nghề nghiệp",
    )),
    Field("code", "Mã vị trí việc làm", "Position code", synonyms=(
        "Mã VTVL", "Mã vị trí", "Mã số vị trí việc làm", "Ký hiệu vị trí việc làm", "Mã",
    )),
    Field("seats", "Phân bổ biên chế năm", "Seats", synonyms=(
        "Phân bổ biên chế", "Biên chế", "Số biên chế", "Số lượng", "Số lượng người làm việc", "Số người làm việc",
        "Biên chế được giao", "Biên chế giao", "Số lượng biên chế", "Phân bổ số lượng người làm việc",
        "Số lượng vị trí", "Chỉ tiêu", "Chỉ tiêu biên chế",
    )),
    Field("share", "Tỷ lệ công chức bố trí theo từng vị trí (%)", "Share (%)", synonyms=(
        "Tỷ lệ công chức bố trí theo từng vị trí việc làm (%)", "Tỷ lệ (%)", "Tỷ lệ", "Tỉ lệ (%)", "Tỉ lệ",
        "Tỷ lệ công chức bố trí theo từng vị trí việc làm", "Tỷ lệ ngạch công chức (%)", "Tỷ lệ bố trí (%)",
        "Tỷ lệ theo bậc (%)", "Cơ cấu ngạch (%)",
    )),
    Field("field", "Lĩnh vực", "Field", synonyms=("Lĩnh vực công tác", "Mảng công việc", "Lĩnh vực phụ trách")),
    Field("low", "Bậc từ", "Grade from", synonyms=("Từ bậc", "Bậc thấp nhất", "Bậc nghề nghiệp từ")),
    Field("high", "Bậc đến", "Grade to", synonyms=("Đến bậc", "Bậc cao nhất", "Bậc nghề nghiệp đến")),
    Field("base", "Vị trí gốc", "Base position", synonyms=(
        "Vị trí chuyên môn gắn kèm", "Vị trí gắn kèm", "Vị trí việc làm gốc", "Vị trí chuyên môn",
    )),
    Field("catalogue", "Danh mục", "Catalogue", synonyms=("Nhóm danh mục", "Thuộc danh mục", "Loại danh mục")),
)  # fmt: skip
"""The columns a list may have, in the order a commune's decision prints them and those beside them."""
LABELS: Mapping[str, str] = {one.key: one.label_vi for one in FIELDS}
_BY_HEADER = {fold(header): one.key for one in reversed(FIELDS) for header in one.headers}
_OF_A_YEAR = re.compile(r" (?:nam )?20\d\d\b")
_ROMAN = re.compile(r"[IVX]{1,5}|[A-Ha-h]|\(?[IVX]{1,5}\)")
_GROUP = ("nhom", "vi tri", "lanh dao", "nghiep vu", "chuyen mon", "ho tro", "quan ly", "cong chuc", "vien chuc")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One thing wrong with a row: where, what stands there, and the sentence."""

    row: int
    cell: str
    column: str
    value: str
    problem: Problem


@dataclass(slots=True)
class Listing:
    """What a file holds: rows as texts, where each column stands, the cells as they were."""

    sheet: str
    headers: list[str]
    places: dict[str, int]
    columns: list[tuple[str, str]]
    """Header as written → the field it was taken for."""
    rows: list[Row] = field(default_factory=list)
    raw: dict[int, list[Any]] = field(default_factory=dict)
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    """What reading itself refuses, by row: cells merged over several positions."""
    skipped: list[SkippedRow] = field(default_factory=list)

    def at(self, row: int, problem: Problem) -> RefusedRow:
        """Return a problem with its cell, column and value."""
        place = self.places.get(problem.field, -1)
        cells = self.raw.get(row, [])
        value = shown(cells[place]) if 0 <= place < len(cells) else ""
        column = LABELS.get(problem.field, "")
        return RefusedRow(row, cell_name(row - 1, place) if place >= 0 else "", column, value, problem)


def _key(header: str) -> str | None:
    folded = fold(header)
    timeless = _OF_A_YEAR.sub("", folded)
    return _BY_HEADER.get(folded) or _BY_HEADER.get(timeless) or _BY_HEADER.get(f"{timeless} nam")


def knows(header: str) -> bool:
    """Say whether a cell is the header of a column of a list."""
    return _key(header) is not None


def read_list(path: Path, filename: str) -> Listing:
    """Read the first sheet that looks like a list of positions. Raises `UnreadableFile`: there is none, or too long."""
    with open_workbook(path, filename) as workbook:
        for sheet in workbook.sheets:
            header = None if sheet.hidden else find_header(sheet, knows)
            places = _places(header) if header is not None else {}
            if header is not None and "seats" in places and {"position", "code"} & set(places):
                return _read(sheet, header, places)
    raise UnreadableFile(
        "no_list",
        N_("Không thấy bảng nào có cột “Vị trí việc làm” và “Phân bổ biên chế năm”. Hãy đặt tên cột như tệp mẫu."),
    )


def _places(header: Header) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in header.columns:
        known = _key(column.path) or _key(column.path.rpartition(" / ")[2])
        if known is not None:
            found.setdefault(known, column.index)
    return found


def _read(sheet: Sheet, header: Header, places: dict[str, int]) -> Listing:
    width = max(column.index for column in header.columns) + 1
    headers = [""] * width
    for column in header.columns:
        headers[column.index] = column.path
    listing = Listing(
        sheet.name, headers, places, [(headers[place], LABELS[key]) for key, place in places.items() if key != "tt"]
    )
    table = TableReader(sheet, header)
    for row in table.rows():
        if len(listing.rows) >= MOST:
            words = N_("Tệp có hơn %(most)s dòng. Hãy tách theo đơn vị thành nhiều tệp.")
            raise UnreadableFile("list_too_long", words, most=MOST)
        texts = {key: nfc(as_text(_cell(row, place))) for key, place in places.items()}
        if _is_heading(texts):
            listing.skipped.append(SkippedRow(row.number, "group", texts.get("position", "")))
            continue
        number = texts.pop("tt", None)
        del number
        listing.rows.append(Row(row.number, **texts))
        listing.raw[row.number] = row.cells
    listing.skipped += table.skipped
    _check_merged(sheet, listing)
    return listing


def _cell(row: DataRow, place: int) -> Any:
    return row.cells[place] if place < len(row.cells) else ""


def _is_heading(texts: Mapping[str, str]) -> bool:
    """Say whether a row only names a group of the list: a Roman number, the group's name, perhaps its sum."""
    number, name = texts.get("tt", ""), fold(texts.get("position", ""))
    if texts.get("code") or texts.get("ranks"):
        return False
    return bool(_ROMAN.fullmatch(number.rstrip(".)"))) and name.startswith(_GROUP)


def _check_merged(sheet: Sheet, listing: Listing) -> None:
    """Refuse one number for several positions: nobody can tell whose seats they are."""
    place = listing.places["seats"]
    numbers = set(listing.raw)
    for first, left, last, right in sheet.merged():
        rows = [row for row in range(first, last + 1) if row in numbers]
        if left <= place <= right and len(rows) > 1:
            words = N_("Ô số lượng gộp chung cho %(count)s vị trí. Hãy bỏ gộp và ghi số của từng vị trí.")
            for row in rows:
                problem = Problem("seats", "merged_seats", words, {"count": len(rows)})
                listing.problems.setdefault(row, []).append(problem)
