"""Rows of văn thư's register: which columns are which, what each cell means, what is refused and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc
from hrms.decisions.rules import (
    KIND_LABELS,
    DecisionKind,
    Reference,
    check_dates,
    check_reference,
    check_texts,
    parse_reference,
)
from hrms.imports.reading.cells import cell_name
from hrms.imports.reading.field import Field, Kind
from hrms.imports.reading.files import Sheet, open_workbook
from hrms.imports.reading.headers import DataRow, Header, SkippedRow, TableReader, find_header
from hrms.imports.reading.parsed import Context, shown
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.reading.values import column_parser

MOST = 20_000
"""Rows of one file: an agency's register of a year is far shorter."""

FIELDS = (
    Field("number", "Số", "Number", synonyms=(
        "Số, ký hiệu", "Số ký hiệu", "Số/ký hiệu", "Số quyết định", "Số QĐ", "Số văn bản", "Số và ký hiệu",
        "Số, ký hiệu văn bản", "Số đi",
    )),
    Field("symbol", "Ký hiệu", "Symbol", synonyms=("Ký hiệu văn bản", "Kí hiệu")),
    Field("signed_on", "Ngày ký", "Signed on", Kind.DATE, synonyms=(
        "Ngày", "Ngày tháng", "Ngày ban hành", "Ngày văn bản", "Ngày, tháng, năm", "Ngày tháng văn bản",
        "Ngày quyết định", "Ngày tháng năm",
    )),
    Field("kind", "Loại", "Kind", synonyms=("Loại quyết định", "Loại văn bản", "Tên loại", "Nhóm")),
    Field("subject", "Trích yếu", "Subject", max_length=500, synonyms=(
        "Trích yếu nội dung", "Nội dung", "Về việc", "Tên loại và trích yếu nội dung văn bản", "Tên quyết định",
        "Tên loại và trích yếu nội dung",
    )),
    Field("signer_name", "Người ký", "Signer", max_length=100, synonyms=("Họ tên người ký", "Lãnh đạo ký")),
    Field("signer_title", "Chức vụ người ký", "Signer's title", max_length=150, synonyms=("Chức vụ",)),
    Field("issuer", "Cơ quan ban hành", "Issued by", max_length=300, synonyms=(
        "Đơn vị ban hành", "Nơi ban hành", "Tác giả", "Cơ quan",
    )),
    Field("effective_on", "Ngày hiệu lực", "Effective from", Kind.DATE, synonyms=(
        "Ngày có hiệu lực", "Hiệu lực từ", "Hiệu lực từ ngày", "Ngày thi hành",
    )),
    Field("note", "Ghi chú", "Note", max_length=4000),
)  # fmt: skip
"""The columns a register may have, in the order of the sample; further ones are left aside."""
_BY_HEADER = {fold(header): one for one in reversed(FIELDS) for header in one.headers}
_WORDS = (
    # What a subject says first decides: “thôi giữ chức vụ để nghỉ hưu” is a relief, “bổ nhiệm lại” no appointment.
    ("nang bac", DecisionKind.STEP_RAISE), ("bo nhiem lai", DecisionKind.REAPPOINTMENT),
    ("keo dai thoi gian giu chuc", DecisionKind.REAPPOINTMENT), ("bo nhiem ngach", DecisionKind.RANK),
    ("chuyen ngach", DecisionKind.RANK), ("nang ngach", DecisionKind.RANK), ("mien nhiem", DecisionKind.RELIEF),
    ("tu chuc", DecisionKind.RELIEF), ("thoi giu chuc", DecisionKind.RELIEF), ("bo nhiem", DecisionKind.APPOINTMENT),
    ("dieu dong", DecisionKind.TRANSFER), ("thuyen chuyen", DecisionKind.TRANSFER),
    ("luan chuyen", DecisionKind.ROTATION), ("biet phai", DecisionKind.SECONDMENT),
    ("tuyen dung", DecisionKind.RECRUITMENT), ("tiep nhan", DecisionKind.RECEPTION),
    ("phu cap", DecisionKind.ALLOWANCE), ("dao tao", DecisionKind.TRAINING), ("boi duong", DecisionKind.TRAINING),
    ("khen thuong", DecisionKind.REWARD), ("ky luat", DecisionKind.DISCIPLINE), ("nghi huu", DecisionKind.RETIREMENT),
    ("thoi viec", DecisionKind.LEAVING), ("khong huong luong", DecisionKind.ABSENCE),
    ("tam dinh chi", DecisionKind.ABSENCE), ("dinh chinh", DecisionKind.CORRECTION),
    ("thu hoi", DecisionKind.CORRECTION), ("huy bo", DecisionKind.CORRECTION),
    ("thanh lap", DecisionKind.ORGANISATION), ("co cau to chuc", DecisionKind.ORGANISATION),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be entered, if the register does not have it: its number in the file and its values."""

    row: int
    reference: Reference
    signed_on: date
    effective_on: date | None
    kind: DecisionKind
    subject: str
    signer_name: str | None
    signer_title: str | None
    issuer: str
    note: str | None
    cells: dict[str, str] = field(default_factory=dict)
    """The cell of each field as a spreadsheet names it, to say later where something is wrong."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One thing wrong with a row: where, what stands there, and the sentence."""

    row: int
    cell: str
    column: str
    value: str
    problem: Problem


@dataclass(slots=True)
class Book:
    """What a file came to."""

    sheet: str
    columns: list[tuple[str, str]]
    """Header as written → the field it was taken for, marked words."""
    entries: list[Entry] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    rows: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)


def knows(header: str) -> bool:
    """Say whether a cell is the header of a column of a register."""
    return fold(header) in _BY_HEADER


def read_book(path: Path, filename: str, today: date) -> Book:
    """Read the first sheet that looks like a register. Raises `UnreadableFile`: none does, or too many rows."""
    with open_workbook(path, filename) as workbook:
        for sheet in workbook.sheets:
            header = None if sheet.hidden else find_header(sheet, knows)
            places = _places(header) if header is not None else {}
            if header is not None and {"number", "signed_on"} <= set(places):
                return _read(sheet, header, places, today)
    raise UnreadableFile(
        "no_register",
        N_("Không thấy bảng nào có cột “Số” (hoặc “Số, ký hiệu”) và “Ngày ký”. Hãy đặt tên cột như tệp mẫu."),
    )


def _places(header: Header) -> dict[str, tuple[int, str]]:
    """Return where each field stands: the column's place and its header; the first of two alike."""
    found: dict[str, tuple[int, str]] = {}
    for column in header.columns:
        known = _BY_HEADER.get(fold(column.path)) or _BY_HEADER.get(fold(column.path.rpartition(" / ")[2]))
        if known is not None:
            found.setdefault(known.key, (column.index, column.path))
    return found


def _read(sheet: Sheet, header: Header, places: dict[str, tuple[int, str]], today: date) -> Book:
    fields = {one.key: one for one in FIELDS}
    context = Context(today)
    parsers = {key: column_parser(fields[key], context, path) for key, (_index, path) in places.items()}
    book = Book(sheet.name, [(path, fields[key].label_vi) for key, (_index, path) in places.items()])
    table = TableReader(sheet, header)
    seen: dict[tuple[Reference, int], int] = {}
    for row in table.rows():
        book.rows += 1
        if book.rows > MOST:
            text = N_("Sổ có hơn %(most)s dòng. Hãy tách thành nhiều tệp, mỗi năm một tệp.")
            raise UnreadableFile("register_too_long", text, most=MOST)
        values, refused = _cells(row, places, parsers)
        entry, problems = _entry(row.number, values, today, places) if not refused else (None, [])
        refused += [_at(row, places, problem) for problem in problems]
        if entry is not None and not refused:
            key = (entry.reference, entry.signed_on.year)
            first = seen.setdefault(key, entry.row)
            if first != entry.row:
                text = N_("Số này đã có ở dòng %(first)s của tệp, cùng năm. Mỗi số chỉ ghi một dòng.")
                refused.append(_at(row, places, Problem("number", "twice_in_file", text, {"first": str(first)})))
            else:
                book.entries.append(entry)
        book.refused += refused
    book.skipped = table.skipped
    return book


def _raw(row: DataRow, index: int) -> Any:
    return row.cells[index] if index < len(row.cells) else ""


def _cells(
    row: DataRow, places: dict[str, tuple[int, str]], parsers: dict[str, Callable[[Any], Any]]
) -> tuple[dict[str, Any], list[RefusedRow]]:
    values: dict[str, Any] = {}
    refused = []
    for key, (index, _path) in places.items():
        parsed = parsers[key](_raw(row, index))
        values[key] = parsed.value
        if parsed.refused and parsed.problem is not None:
            refused.append(_at(row, places, parsed.problem))
    return values, refused


def _at(row: DataRow, places: dict[str, tuple[int, str]], problem: Problem) -> RefusedRow:
    index, path = places.get(problem.field, (-1, ""))
    return RefusedRow(
        row.number, cell_name(row.number - 1, index) if index >= 0 else "", path,
        shown(_raw(row, index)) if index >= 0 else "", problem,
    )  # fmt: skip


def _entry(
    number: int, values: dict[str, Any], today: date, places: dict[str, tuple[int, str]]
) -> tuple[Entry | None, list[Problem]]:
    typed = str(values.get("number") or "")
    symbol = str(values.get("symbol") or "")
    reference = parse_reference(typed if "/" in typed or not symbol else f"{typed}/{symbol}")
    subject = values.get("subject") or ""
    problems = [
        *check_reference(reference, typed),
        *check_dates(values.get("signed_on"), values.get("effective_on"), today),
        *check_texts(DecisionKind.OTHER, subject, values.get("issuer") or "-", None, values.get("note")),
    ]
    if not subject:
        text = N_("Chưa có trích yếu. Hãy ghi nội dung của quyết định.")
        problems.append(Problem("subject", "required", text))
    if problems or reference is None:
        return None, problems
    cells = {key: cell_name(number - 1, index) for key, (index, _path) in places.items()}
    kind = kind_of(values.get("kind"), subject)
    return Entry(
        number, reference, values["signed_on"], values.get("effective_on"), kind, subject,
        values.get("signer_name"), values.get("signer_title"), values.get("issuer") or "", values.get("note"), cells,
    ), []  # fmt: skip


def kind_of(typed: str | None, subject: str) -> DecisionKind:
    """Return the kind a register means: by its own word, else by what the subject says; “khác” when neither does."""
    word = fold(nfc(typed or ""))
    named = {fold(words): kind for kind, words in KIND_LABELS.items()}
    if word in named:
        return named[word]
    for text in (word, fold(subject)):
        places = [(text.find(words), kind) for words, kind in _WORDS if words in text]
        if places:
            return min(places, key=lambda found: found[0])[1]
    return DecisionKind.OTHER
