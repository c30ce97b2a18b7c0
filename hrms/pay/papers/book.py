"""The accountant's workbook of a sheet: one row a person, one column a line; and one row a line for payroll software.

Amounts are whole đồng. Sums are formulas, with what they come to written beside, so that they hold after a correction.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from hrms.core.i18n import N_, _, render
from hrms.pay.queries.sheet_books import BookRow
from hrms.pay.rules import doubts
from hrms.pay.rules.lines import DEDUCTION, EMPLOYER, LINE, NAMES, SIDES
from hrms.pay.rules.slip_lines import place_of

_HEADS = (
    N_("TT"), N_("Số hiệu"), N_("Họ và tên"), N_("Đơn vị"), N_("Chức vụ, vị trí"), N_("Loại nhân sự"),
)  # fmt: skip
_WIDTHS = (6, 14, 28, 32, 26, 16)
_PAST = N_("%(name)s (các tháng trước)")
_LINES = (
    N_("Tháng bảng lương"), N_("Của tháng"), N_("Số hiệu"), N_("Họ và tên"), N_("Đơn vị"), N_("Bên"), N_("Mã khoản"),
    N_("Khoản"), N_("Số tiền (đồng)"),
)  # fmt: skip
LINE_KEYS = (
    "month", "for_month", "staff_code", "name", "agency", "side", "code", "label", "amount", "person_id", "slip_id",
)  # fmt: skip
"""Heads of the CSV file: names for programs, the same in either language."""


Names = Mapping[int, tuple[str, str]]
"""Staff code and name by the id of a person, also of those who have left the reader's part since."""


def named(rows: Iterable[BookRow]) -> Names:
    """Return staff codes and names of a sheet."""
    return {row.slip.person_id: (row.staff_code, row.name) for row in rows}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the workbook says of the sheet itself; `facts` are (name, value) for its last sheet."""

    agency: str
    month: date
    state: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    side: str
    code: str | None
    past: bool

    def of(self, row: BookRow) -> Decimal:
        if self.code is None:
            sums = (row.own, row.past)
            return sum((v for found in sums for (side, _c), v in found.items() if side == self.side), Decimal(0))
        return (row.past if self.past else row.own).get((self.side, self.code), Decimal(0))


def _words(code: str) -> str:
    return render(NAMES[code]) if code in NAMES else code


def _columns(rows: Sequence[BookRow]) -> list[_Column]:
    """Return a column for every line anybody has, by side: of the month, of earlier months, and the side's sum."""
    own = {key for row in rows for key in row.own}
    past = {key for row in rows for key in row.past}
    found: list[_Column] = []
    for side, total in ((LINE, N_("Cộng được hưởng")), (DEDUCTION, N_("Cộng người lao động đóng")),
                        (EMPLOYER, N_("Cộng cơ quan đóng"))):  # fmt: skip
        codes = sorted({code for one, code in own | past if one == side}, key=lambda code: place_of(side, code))
        suffix = "" if side == LINE else f" ({_('cơ quan')})" if side == EMPLOYER else ""
        for code in codes:
            if (side, code) in own:
                found.append(_Column(_words(code) + suffix, side, code, past=False))
            if (side, code) in past:
                found.append(_Column(_(_PAST, name=_words(code) + suffix), side, code, past=True))
        found.append(_Column(render(total), side, None, past=False))
    return found


def workbook(said: Sheet, rows: Sequence[BookRow], lines: Iterable[Any], kind_words: Callable[[str], str]) -> BytesIO:
    """Return the workbook: the sheet, the same line by line, what it rests on. `kind_words` names a kind of person."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E8EEF5"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "money": book.add_format({"num_format": '#,##0;-#,##0;"–"'}),
        "sum": book.add_format({"num_format": "#,##0", "bold": True, "top": 1}),
        "bold": book.add_format({"bold": True, "top": 1}),
        "month": book.add_format({"num_format": "mm/yyyy"}),
    }
    _people(book, styles, said, rows, kind_words)
    _each_line(book, styles, lines, named(rows))
    _facts(book, said)
    book.close()
    made.seek(0)
    return made


def _people(book: Any, styles: Any, said: Sheet, rows: Sequence[BookRow], kind_words: Any) -> None:
    sheet = book.add_worksheet(_("Bảng lương"))
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    columns = _columns(rows)
    sheet.write_string(0, 0, _("Bảng lương tháng %(month)s", month=f"{said.month:%m/%Y}"), styles["title"])
    sheet.write_string(1, 0, f"{said.agency} · {said.state}")
    head = 3
    for place, (words, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(head, place, render(words), styles["head"])
    first = len(_HEADS)
    extra = (_("Thực nhận (đồng)"), _("Trong đó của các tháng trước (đồng)"), _("Tiền lương đóng bảo hiểm (đồng)"))
    for place, words in enumerate([*(one.head for one in columns), *extra, _("Cần xem")], start=first):
        sheet.set_column(place, place, 16)
        sheet.write_string(head, place, words, styles["head"])
    net = first + len(columns)
    places = {one.side: first + place for place, one in enumerate(columns) if one.code is None}
    for number, row in enumerate(rows, start=1):
        line = head + number
        sheet.write_number(line, 0, number)
        for place, text in enumerate(
            (row.staff_code, row.name, row.slip.unit, row.slip.post or "", kind_words(row.slip.kind)), start=1
        ):
            sheet.write_string(line, place, text)
        begin = first
        for place, one in enumerate(columns, start=first):
            if one.code is None:
                cells = f"{xl_rowcol_to_cell(line, begin)}:{xl_rowcol_to_cell(line, place - 1)}"
                formula = f"=SUM({cells})" if place > begin else "=0"
                sheet.write_formula(line, place, formula, styles["money"], int(one.of(row)))
                begin = place + 1
            else:
                sheet.write_number(line, place, int(one.of(row)), styles["money"])
        formula = f"={xl_rowcol_to_cell(line, places[LINE])}-{xl_rowcol_to_cell(line, places[DEDUCTION])}"
        sheet.write_formula(line, net, formula, styles["money"], int(row.slip.net))
        sheet.write_number(line, net + 1, int(row.slip.arrears), styles["money"])
        sheet.write_number(line, net + 2, int(row.slip.insurance_base), styles["money"])
        if row.slip.doubts:
            sheet.write_string(line, net + 3, " ".join(render(one.problem) for one in doubts.read(row.slip.doubts)))
    _sums(sheet, styles, head, rows, [*(one.of for one in columns), *_SLIP_SUMS], first)
    sheet.freeze_panes(head + 1, 3)
    sheet.repeat_rows(head)
    if rows:
        sheet.autofilter(head, 0, head + len(rows), net + 3)


_SLIP_SUMS = (
    lambda row: row.slip.net, lambda row: row.slip.arrears, lambda row: row.slip.insurance_base,
)  # fmt: skip


def _sums(sheet: Any, styles: Any, head: int, rows: Sequence[BookRow], values: Sequence[Any], first: int) -> None:
    line = head + len(rows) + 1
    sheet.write_string(line, 2, _("Cộng"), styles["bold"])
    for place, value in enumerate(values, start=first):
        total = int(sum((value(row) for row in rows), Decimal(0)))
        # Filtered rows count too: the sum is the sheet's, whatever one looks at.
        cells = f"{xl_rowcol_to_cell(head + 1, place)}:{xl_rowcol_to_cell(line - 1, place)}"
        sheet.write_formula(line, place, f"=SUM({cells})" if rows else "=0", styles["sum"], total)


def _each_line(book: Any, styles: Any, lines: Iterable[Any], names: Names) -> None:
    sheet = book.add_worksheet(_("Từng dòng"))
    for place, (words, width) in enumerate(zip(_LINES, (12, 12, 14, 28, 32, 18, 22, 36, 16), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, render(words), styles["head"])
    count = 0
    for count, one in enumerate(lines, start=1):
        sheet.write_datetime(count, 0, one.month, styles["month"])
        sheet.write_datetime(count, 1, one.for_month, styles["month"])
        for place, text in enumerate(
            (*names.get(one.person_id, ("", "")), one.agency, side_words(one.side), one.code, _words(one.code)),
            start=2,
        ):
            sheet.write_string(count, place, text)
        sheet.write_number(count, 8, int(one.amount), styles["money"])
    sheet.freeze_panes(1, 0)
    if count:
        sheet.autofilter(0, 0, count, len(_LINES) - 1)


def side_words(side: str) -> str:
    """Return whose a line is."""
    return render(SIDES[side])


def _facts(book: Any, said: Sheet) -> None:
    sheet = book.add_worksheet(_("Ghi chú"))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 60)
    for line, (name, value) in enumerate(said.facts):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, value)


def csv_of(lines: Iterable[Any], names: Names) -> Iterator[str]:
    """Yield the CSV file (UTF-8 with BOM) line by line: months as yyyy-mm, amounts in whole đồng without marks."""
    made = StringIO()
    writer = csv.writer(made)
    made.write("\ufeff")
    writer.writerow(LINE_KEYS)
    for one in lines:
        writer.writerow(
            [
                f"{one.month:%Y-%m}", f"{one.for_month:%Y-%m}", *(
                    _safe(text)
                    for text in (*names.get(one.person_id, ("", "")), one.agency, one.side, one.code, _words(one.code))
                ), int(one.amount), one.person_id, one.slip_id,
            ]
        )  # fmt: skip
        yield made.getvalue()
        made.seek(0)
        made.truncate()
    yield made.getvalue()


def _safe(text: str | None) -> str:
    """Return a text that no spreadsheet reads as a formula."""
    words = text or ""
    return f"'{words}" if words[:1] in {"=", "+", "-", "@", "\t", "\r"} else words
