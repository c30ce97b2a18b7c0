"""What scenarios cost as Excel workbooks: one scenario on several sheets, several scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from hrms.core.i18n import _, render
from hrms.core.rules import N_
from hrms.pay.queries.scenarios import Look
from hrms.pay.routes.whatif import showing
from hrms.pay.routes.whatif.showing import Column
from hrms.pay.routes.whatif.words import assumptions, describe, period_words, reasons_of
from hrms.pay.rules.cost_tables import Cost

HIDDEN = "•"
_WIDE, _NARROW = 46, 20
TITLES = {
    "changes": N_("Giả định"), "years": N_("Theo năm"), "agencies": N_("Theo cơ quan"), "codes": N_("Theo khoản"),
    "agency_years": N_("Theo cơ quan, năm"),
    "spread": N_("Tăng, giảm"), "shares": N_("Quy chế chi"), "compare": N_("So sánh"),
}  # fmt: skip


class _Book:
    """A workbook with headed sheets; numbers as numbers, text as text (a cell that begins with = is no formula)."""

    def __init__(self) -> None:
        self.made = BytesIO()
        self.book = xlsxwriter.Workbook(
            self.made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.number = self.book.add_format({"num_format": "#,##0"})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(self, key: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], first: int = _WIDE) -> None:
        """Add a sheet; None is an empty cell."""
        sheet = self.book.add_worksheet(render(TITLES[key])[:31])
        for column, header in enumerate(headers):
            sheet.set_column(column, column, _NARROW if column else first)
            sheet.write_string(0, column, header, self.bold)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | Decimal):
                    sheet.write_number(line, column, value, self.number)
                elif value is not None:
                    sheet.write_string(line, column, str(value), self.wrapped)
        sheet.freeze_panes(1, 0)

    def done(self) -> BytesIO:
        """Return the finished workbook."""
        self.book.close()
        self.made.seek(0)
        return self.made


def _said(look: Look) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [_("Phương án giả định"), look.found.name], [_("Cơ quan"), look.agency.name],
        [_("Thời gian"), period_words(look)],
    ]  # fmt: skip
    for number, change in enumerate(look.changes, start=1):
        rows.append([_("Thay đổi %(number)s", number=number), describe(change)])
        rows += [["", f"{render(one)} {one.source}".strip()] for one in reasons_of(change)]
    rows += [[_("Cách tính"), render(one)] for one in assumptions()]
    return rows


def _agencies(cost: Cost) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for one in showing.agency_rows(cost):
        line = one.line
        more = line.after - line.before
        changed = HIDDEN if line.changed is None else line.changed
        name = f"{one.name} ({one.together})" if one.together else one.name
        rows.append([
            name, line.people, changed, line.before.cost, more.cost, more.gross, more.employer, line.month.cost,
            *([line.arrears.net] if cost.arrears_months else []),
        ])  # fmt: skip
    return rows


def agency_headers(cost: Cost) -> list[str]:
    """Return the headers of the table of agencies."""
    return [
        _("Cơ quan"), _("Số người"), _("Người có thay đổi"), _("Chi phí hiện hành"), _("Tăng thêm"),
        _("trong đó: các khoản chi"), _("cơ quan đóng bảo hiểm"), _("Tăng thêm một tháng"),
        *([_("Truy lĩnh, truy thu của tháng đã duyệt")] if cost.arrears_months else []),
    ]  # fmt: skip


def book_of(look: Look, cost: Cost) -> BytesIO:
    """Return one scenario as a workbook: what is supposed, by year, by agency, by line, who gains and loses."""
    book = _Book()
    book.sheet("changes", [_("Mục"), _("Nội dung")], _said(look), 24)
    book.sheet("years", showing.year_headers(), showing.year_rows(cost), 14)
    book.sheet("agencies", agency_headers(cost), _agencies(cost))
    years = showing.agency_year_rows(cost, showing.agency_rows(cost))
    book.sheet("agency_years", showing.agency_year_headers(cost), years)
    book.sheet("codes", showing.code_headers(), showing.code_rows(cost), 28)
    rows: list[list[Any]] = []
    headers = [_("Theo"), _("Nhóm"), _("Số người")]
    for spread in cost.spread:
        bands = showing.spread_headers(spread)[2:]
        headers = [*headers[:3], *bands]
        rows += [
            [showing.spread_title(spread), *(HIDDEN if value is None else value for value in row)]
            for row in showing.spread_rows(spread)
        ]
    book.sheet("spread", headers, rows, 24)
    shares = [[showing.share_title(one), *row] for one in look.shares for row in showing.share_rows(one)]
    if shares:
        headers = [_("Quy chế"), _("Cơ quan"), _("Số người"), _("Hiện hành"), _("Theo phương án"), _("Tăng thêm")]
        book.sheet("shares", headers, shares)
    return book.done()


def book_of_several(columns: Sequence[Column]) -> BytesIO:
    """Return scenarios side by side: figures, years, agencies; and what each supposes."""
    book = _Book()
    names = [one.name for one in columns]
    rows = [
        [line.words, *(HIDDEN if value is None else value for value in line.values)]
        for line in showing.compared(columns)
    ]
    book.sheet("compare", [_("Số liệu so sánh"), *names], rows)
    agencies = [[name, *values] for name, values in showing.compared_agencies(columns)]
    book.sheet("agencies", [_("Cơ quan: chi phí tăng thêm"), *names], agencies)
    said = [[one.name, describe(change)] for one in columns for change in one.look.changes]
    book.sheet("changes", [_("Phương án giả định"), _("Thay đổi")], said)
    return book.done()
