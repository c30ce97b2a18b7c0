"""Taking lists out: the workbook of exactly what a list shows, in the reader's own scope and language.

Text is written as text, never as a formula. A sheet holds at most `SHEET_ROWS` rows; more go on to the next one.
Every export is marked, and an unusual amount locks the account (TT 19/2026/TT-BNV).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import xlsxwriter

from hrms.accounts import services as accounts
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.formats import format_date
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.queries.columns import Column, wording
from hrms.people.queries.filters import Filters, Reach
from hrms.people.queries.finding import stream_people

SHEET_ROWS = 1_000_000
BULK_LOCKED = Problem(
    "",
    "bulk_download",
    N_("Tài khoản vừa bị khóa vì lấy ra quá nhiều hồ sơ trong một giờ. Hãy liên hệ quản trị viên để mở khóa."),
)


@dataclass(frozen=True, slots=True)
class Export:
    """What came of an export: its rows, and whether it locked the account (then the file is not handed over)."""

    rows: int
    locked: bool


def export_list(
    actor: Actor,
    filters: Filters,
    where: Reach,
    columns: Sequence[Column],
    path: Path,
    *,
    report: Callable[[int], None] | None = None,
) -> Export:
    """Write the list to an Excel workbook at `path` and say how many rows it has.

    Where the account has just been locked for taking out unusually much, the caller commits and hands nothing over.

    `where` must come from `reach(actor, filters, Permission.PEOPLE_EXPORT)`. The workbook has one header line, dates
    as dates and figures as figures, and a last sheet that says what was asked and when.
    """
    actor.require(Permission.PEOPLE_EXPORT)
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1, "text_wrap": True}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "coefficient": book.add_format({"num_format": "0.00"}),
    }
    cells = [_cell(place, column, formats) for place, column in enumerate(columns)]
    rows = 0
    sheet: Any = None
    for row in _rows(actor, filters, where, columns):
        if rows % SHEET_ROWS == 0:
            sheet = _new_sheet(book, columns, formats["head"], rows // SHEET_ROWS)
        line = rows % SHEET_ROWS + 1
        for put in cells:
            put(sheet, line, row)
        rows += 1
        if report is not None and rows % 2000 == 0:
            report(rows)
    if sheet is None:
        _new_sheet(book, columns, formats["head"], 0)
    _say_what(book, actor, filters, where, rows)
    book.close()
    return Export(rows, note_export(actor, "people.list", rows, where))


def note_export(actor: Actor, kind: str, rows: int, where: Reach) -> bool:
    """Write into the trail that so many rows were taken out; return whether that has just locked the account."""
    audit.record(
        actor,
        "people.exported",
        "people",
        None,
        scope_ids=[EVERYTHING, *where.roots],
        agency_id=where.agency_id,
        after={"kind": kind, "rows": rows},
    )
    audit.mark_read(actor, kind, rows)
    return accounts.check_bulk(actor)


def note_reveals(actor: Actor, rows: Sequence[Any]) -> bool:
    """Write into the trail that the ID numbers of `rows` (with `person_id` and `scope_ids`) were shown in full.

    Returns whether that has just locked the account; then nothing may be shown.
    """
    audit.record_many(
        actor,
        "person.revealed_id",
        "person",
        [{"entity_id": row.person_id, "person_id": row.person_id, "scope_ids": list(row.scope_ids)} for row in rows],
    )
    audit.mark_read(actor, "people.id", len(rows))
    return accounts.check_bulk(actor)


def _rows(actor: Actor, filters: Filters, where: Reach, columns: Sequence[Column]) -> Iterator[Any]:
    if where.roots:
        for batch in stream_people(actor, filters, where, columns):
            yield from batch


def _new_sheet(book: Any, columns: Sequence[Column], head: Any, number: int) -> Any:
    name = _("Danh sách") if number == 0 else f"{_('Danh sách')} {number + 1}"
    sheet = book.add_worksheet(name)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, render(column.label), head)
    sheet.freeze_panes(1, 1)
    return sheet


def _cell(place: int, column: Column, formats: dict[str, Any]) -> Callable[[Any, int, Any], None]:
    """Return the function that writes the column's cell of a row: sheet, line, row. Nothing is written for nothing."""
    read, words = attrgetter("full_name" if column.key == "name" else column.key), wording(column)

    def put_date(sheet: Any, line: int, row: Any) -> None:
        value = read(row)
        if value is not None:
            sheet.write_datetime(line, place, value, formats["date"])

    def put_number(sheet: Any, line: int, row: Any) -> None:
        value = read(row)
        if value is not None:
            sheet.write_number(line, place, value, formats.get(column.kind))

    def put_name(sheet: Any, line: int, row: Any) -> None:
        sheet.write_string(line, place, str(read(row)))

    def put_words(sheet: Any, line: int, row: Any) -> None:
        text = words(row)
        if text:
            sheet.write_string(line, place, text)

    if column.kind in {"coefficient", "percent", "number"}:
        return put_number
    return put_date if column.kind == "date" else put_name if column.key == "name" else put_words


def _say_what(book: Any, actor: Actor, filters: Filters, where: Reach, rows: int) -> None:
    sheet = book.add_worksheet(_("Ghi chú"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 60)
    lines = [
        (_("Người xuất"), actor.name),
        (_("Thời điểm"), f"{clock.now().astimezone(clock.ZONE):%d/%m/%Y %H:%M}"),
        (_("Đơn vị"), where.agency_name or _("Toàn bộ phạm vi của người xuất")),
        (_("Tại ngày"), format_date(filters.as_at or clock.today())),
        (_("Số dòng"), str(rows)),
    ]
    for line, (label, value) in enumerate(lines):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, value)
