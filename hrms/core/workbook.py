"""Lists as Excel workbooks: text stays text (a cell that begins with = is no formula), dates are dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from hrms.core import clock

SHEET_ROWS = 1_000_000
CELL_LENGTH = 32_767
Widths = tuple[float, ...]
"""Widths of columns, in characters."""


def write(
    target: Path | BinaryIO,
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    widths: Sequence[float] = (),
    report: Callable[[int], None] | None = None,
) -> int:
    """Write `rows` under `headers` to a workbook, a new sheet each million rows; returns how many rows there were.

    Cells may be text, dates, instants (shown in Việt Nam's time), numbers or None. `report` is told now and then how
    many rows are done, and may raise to stop.
    """
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    sheet: Any = None
    written = 0

    def begin(number: int) -> Any:
        made = book.add_worksheet(title[:28] if number == 1 else f"{title[:25]} {number}")
        for column, header in enumerate(headers):
            made.set_column(column, column, widths[column] if column < len(widths) else 18)
            made.write_string(0, column, header, bold)
        made.freeze_panes(1, 0)
        return made

    sheet = begin(1)
    for row in rows:
        line = written % SHEET_ROWS
        if written and line == 0:
            sheet = begin(written // SHEET_ROWS + 1)
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(line + 1, column, value.astimezone(clock.ZONE).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(line + 1, column, value, day)
            elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                sheet.write_number(line + 1, column, value)
            else:
                sheet.write_string(line + 1, column, str(value)[:CELL_LENGTH])
        written += 1
        if report is not None and written % 1000 == 0:
            report(written)
    book.close()
    return written


def in_memory(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], **options: Any) -> BytesIO:
    """Return a workbook of a list that is known to be short, ready to be sent."""
    made = BytesIO()
    write(made, title, headers, rows, **options)
    made.seek(0)
    return made
