"""The workbook of refused rows: every column as it was, and why in one more, to be put right and uploaded again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from hrms.core.i18n import _
from hrms.imports.models import ImportRow
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.layouts import GROUP_COLUMN
from hrms.imports.services.messages import sentence, unpack_cells
from hrms.imports.services.telling import ORDER

REASON = "Lý do từ chối"
"""The header of the added column; reading knows it and leaves it out. The same in every language."""


def write_refused(path: Path, plan: Mapping[str, Any], rows: Iterable[ImportRow]) -> int:
    """Write refused rows (ordered by sheet and number) to an Excel workbook and return how many there were.

    A header of several lines becomes one line whose parts are joined, which reading takes for the same.
    """
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1, "text_wrap": True})
    why = book.add_format({"text_wrap": True, "font_color": "#9C0006"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheets = {ORDER[kept["kind"]]: kept for kept in plan["sheets"]}
    open_at = -1
    sheet: Any = None
    group = ""
    width = line = count = 0
    for row in rows:
        if row.sheet != open_at:
            open_at, kept, line = row.sheet, sheets.get(row.sheet, {}), 0
            sheet = book.add_worksheet(_safe(kept.get("name") or SHEETS[list(ORDER)[row.sheet]].label_vi))
            columns = {column["index"]: column["path"] for column in kept.get("columns", ())}
            group = columns.pop(GROUP_COLUMN, "")
            if group:
                group = SHEETS[kept["kind"]].field(kept["mapping"].get(str(GROUP_COLUMN), "using_agency")).label_vi
            width = max(columns, default=-1) + 1
            for place, words in columns.items():
                sheet.write_string(0, place, words, head)
            if group:
                sheet.write_string(0, width, group, head)
            sheet.write_string(0, width + bool(group), REASON, head)
            sheet.set_column(width + bool(group), width + bool(group), 60)
            sheet.freeze_panes(1, 0)
        line += 1
        count += 1
        for place, cell in enumerate(unpack_cells(row.cells.get("raw", []))[:width]):
            _write(sheet, line, place, cell, day)
        if group:
            sheet.write_string(line, width, row.cells.get("group", ""))
        told = " ".join(sentence(problem) for problem in row.problems or () if problem["severity"] != "warning")
        sheet.write_string(line, width + bool(group), told, why)
    if sheet is None:
        book.add_worksheet(_("Không có dòng bị từ chối"))
    book.close()
    return count


def _safe(name: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in name)[:31] or "Sheet"


def _write(sheet: Any, line: int, place: int, cell: Any, day: Any) -> None:
    if cell in {"", None}:
        return
    if isinstance(cell, date | datetime):
        sheet.write_datetime(line, place, cell, day)
    elif isinstance(cell, bool):
        sheet.write_boolean(line, place, cell)
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(line, place, cell)
    else:
        sheet.write_string(line, place, str(cell))
