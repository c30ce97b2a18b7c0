"""The result report as it is sent: a workbook in the layout of the form, and a paper for signing.

Both are written in Vietnamese whatever the reader's language: they are office papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from flask_babel import force_locale

from hrms.core import hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.decisions.papers.offices import Office
from hrms.training.queries.reports import Result
from hrms.training.rules.reporting import GROUPS, KEPT_ELSEWHERE, LEARNER_LABELS, Learner

KEY = "training.results"
MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO_BELOW = "Độc lập - Tự do - Hạnh phúc"
HIDDEN = "<5"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the report: its words, its figures; women and minorities None where they are kept back."""

    learner: Learner | None
    result: Result
    women: int | None
    minorities: int | None

    @property
    def by_hand(self) -> bool:
        """Whether the form has the row and the records do not."""
        return self.learner in KEPT_ELSEWHERE


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a file of the report says; the last line is the total. `known_on` the day it was locked, if it was."""

    period: str
    first: date
    last: date
    lines: Sequence[Line]
    office: Office
    known_on: date | None = None

    @property
    def title(self) -> str:
        """Return what stands under “Báo cáo”."""
        return f"Kết quả đào tạo, bồi dưỡng cán bộ, công chức, viên chức {self.period}"

    @property
    def span(self) -> str:
        """Return the days it is of."""
        days = f"Từ ngày {format_date(self.first)} đến hết ngày {format_date(self.last)}"
        return f"{days}; số liệu ghi nhận đến hết ngày {format_date(self.known_on)}" if self.known_on else days


NOTES = (
    "Lượt: mỗi chương trình, lớp, minh chứng đã ghi nhận. Người: mỗi dòng tính mỗi người một lần, dòng cộng cũng vậy.",
    "Đối tượng và nơi công tác tính theo ngày học xong. Kinh phí của lớp chia đều cho số học viên hoàn thành.",
    "Đại biểu Hội đồng nhân dân không có hồ sơ trong phần mềm: cơ quan ghi thêm.",
)
HIDDEN_NOTE = "Số lượt nữ, dân tộc thiểu số dưới 5 không ghi, thay bằng “<5”."


def register() -> None:
    """Let an administrator replace the template of the paper."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Báo cáo kết quả đào tạo, bồi dưỡng"), lambda: [_sample()])


def words_of(line: Line) -> str:
    """Return the name of a row in Vietnamese."""
    with force_locale("vi"):
        return render(LEARNER_LABELS[line.learner]) if line.learner else "Cộng"


def _heads() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the groups of columns after the name: words, and keys with words of their columns."""
    with force_locale("vi"):
        contents = [(render(group.label), [(one.key, render(one.label)) for one in group.contents]) for group in GROUPS]
    return [
        ("Tổng số", [("turns", "Lượt"), ("people", "Người")]),
        ("Trong đó (lượt)", [("women", "Nữ"), ("minorities", "Dân tộc thiểu số")]),
        *contents,
        ("Kinh phí (đồng)", [("central", "NSTW"), ("local", "NSĐP"), ("other_money", "Nguồn khác")]),
        ("", [("abroad", "Ở nước ngoài (lượt)")]),
    ]


def _value(line: Line, key: str) -> int | str | None:
    if line.by_hand:
        return None
    if key in {"women", "minorities"}:
        shown = line.women if key == "women" else line.minorities
        return HIDDEN if shown is None else shown
    if key == "other_money":
        return line.result.other
    if key in {"turns", "people", "central", "local", "abroad"}:
        return int(getattr(line.result, key))
    return line.result.contents.get(key, 0)


def _hides(report: Report) -> bool:
    return any(line.women is None or line.minorities is None for line in report.lines)


def book(report: Report) -> BytesIO:
    """Return the workbook: mastheads, title, a head of two lines, numbered columns, rows, notes, places to sign."""
    made = BytesIO()
    work = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    font = {"font_name": "Times New Roman", "font_size": 11}
    plain = work.add_format({**font, "align": "center", "text_wrap": True})
    strong = work.add_format({**font, "align": "center", "text_wrap": True, "bold": True})
    title = work.add_format({**font, "align": "center", "text_wrap": True, "bold": True, "font_size": 14})
    slanted = work.add_format({**font, "align": "center", "italic": True, "text_wrap": True})
    note = work.add_format({**font, "italic": True, "text_wrap": True, "valign": "top"})
    head = work.add_format(
        {**font, "bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    small = work.add_format({**font, "font_size": 9, "italic": True, "border": 1, "align": "center"})
    name = work.add_format({**font, "border": 1, "text_wrap": True, "valign": "vcenter"})
    cell = work.add_format({**font, "border": 1, "num_format": "#,##0;-#,##0;–", "align": "right", "valign": "vcenter"})
    bold_name = work.add_format({**font, "border": 1, "text_wrap": True, "bold": True})
    bold_cell = work.add_format(
        {**font, "border": 1, "num_format": "#,##0;-#,##0;–", "align": "right", "bold": True}
    )  # fmt: skip
    sheet = work.add_worksheet("Kết quả")
    groups = _heads()
    keys = [key for _words, columns in groups for key, _label in columns]
    last = len(keys) + 1
    half = last // 2
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: the form is wider than A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, 42)
    sheet.set_column(2, last, 8)
    sheet.set_column(last - 3, last - 1, 15)
    sheet.merge_range(0, 0, 0, half - 1, report.office.superior.upper() or report.office.name.upper(), plain)
    sheet.merge_range(1, 0, 1, half - 1, report.office.name.upper() if report.office.superior else "", strong)
    sheet.merge_range(0, half, 0, last, MOTTO, strong)
    sheet.merge_range(1, half, 1, last, MOTTO_BELOW, strong)
    sheet.merge_range(3, 0, 3, last, f"BÁO CÁO {report.title}".upper(), title)
    sheet.merge_range(4, 0, 4, last, report.span, slanted)
    sheet.set_row(3, 22)
    top = 6
    sheet.merge_range(top, 0, top + 1, 0, "TT", head)
    sheet.merge_range(top, 1, top + 1, 1, "Đối tượng", head)
    column = 2
    for words, columns in groups:
        if not words:
            sheet.merge_range(top, column, top + 1, column, columns[0][1], head)
        else:
            sheet.merge_range(top, column, top, column + len(columns) - 1, words, head)
            for place, (_key, label) in enumerate(columns):
                sheet.write_string(top + 1, column + place, label, head)
        column += len(columns)
    sheet.set_row(top, 32)
    sheet.set_row(top + 1, 48)
    sheet.write_string(top + 2, 0, "A", small)
    sheet.write_string(top + 2, 1, "B", small)
    for place in range(len(keys)):
        sheet.write_number(top + 2, place + 2, place + 1, small)
    row = top + 3
    for number, line in enumerate(report.lines, start=1):
        whole = line.learner is None
        sheet.write(row, 0, "" if whole else number, bold_name if whole else cell)
        sheet.write_string(row, 1, words_of(line), bold_name if whole else name)
        for place, key in enumerate(keys):
            value: Any = _value(line, key)
            sheet.write(row, place + 2, "" if value is None else value, bold_cell if whole else cell)
        row += 1
    sheet.freeze_panes(top + 3, 2)
    sheet.repeat_rows(top, top + 2)
    for words in (*NOTES, *((HIDDEN_NOTE,) if _hides(report) else ())):
        row += 1
        sheet.merge_range(row, 0, row, last, words, note)
    row += 2
    sheet.merge_range(row, half, row, last, f"{report.office.place or '…'}, ngày … tháng … năm …", slanted)
    sheet.merge_range(row + 1, 0, row + 1, half - 1, "NGƯỜI LẬP BIỂU", strong)
    sheet.merge_range(row + 1, half, row + 1, last, report.office.head.upper(), strong)
    work.close()
    made.seek(0)
    return made


def paper(report: Report) -> Paper:
    """Return the report for signing: one table of totals and money, then two of turns by content."""
    groups = _heads()
    first = [group for group in groups if group[0] in {"Tổng số", "Trong đó (lượt)", "Kinh phí (đồng)", ""}]
    rest = [group for group in groups if group not in first]
    notes = [*NOTES, *([HIDDEN_NOTE] if _hides(report) else [])]
    return Paper(
        kind_name="Báo cáo",
        summary=report.title,
        issuing_agency=report.office.name,
        superior_agency=report.office.superior,
        symbol=f"BC-{report.office.symbol}",
        place=report.office.place or "…",
        paragraphs=[f"{report.span}."],
        tables=[
            _table(report, first, "1. Tổng hợp"),
            _table(report, rest[:3], "2. Lý luận chính trị, quản lý nhà nước, lãnh đạo, quản lý (lượt)"),
            _table(report, rest[3:], "3. Chuyên môn và bồi dưỡng khác (lượt)"),
        ],
        closing=notes,
        signing=Signing(report.office.head),
        wide=True,
        kept="VT",
    )


def _table(report: Report, groups: Sequence[tuple[str, list[tuple[str, str]]]], caption: str) -> Table:
    columns = [Column("TT", 0.5, "center"), Column("Đối tượng", 4.5)]
    keys = []
    for words, members in groups:
        for key, label in members:
            money = key in {"central", "local", "other_money"}
            spelled = label if words in {"", "Tổng số", "Bồi dưỡng khác"} else f"{_short(words)}: {label}"
            columns.append(Column(spelled, 2 if money else 1.15, "right"))
            keys.append(key)
    rows = []
    for number, line in enumerate(report.lines, start=1):
        figures = [_written(_value(line, key)) for key in keys]
        rows.append([str(number) if line.learner else "", words_of(line), *figures])
    return Table(columns, rows, caption, 8)


def _short(words: str) -> str:
    return {
        "Lý luận chính trị": "LLCT", "Quản lý nhà nước": "QLNN", "Lãnh đạo, quản lý": "LĐQL", "Chuyên môn": "CM",
        "Trong đó (lượt)": "Trong đó", "Kinh phí (đồng)": "Kinh phí",
    }.get(words, words)  # fmt: skip


def _written(value: int | str | None) -> str:
    if isinstance(value, int):
        return format_number(value, "vi") if value else "–"
    return value or ""


def _sample() -> Paper:
    office = Office("Sở Nội vụ", "UBND thành phố", "Cần Thơ", "SNV", "Giám đốc", committee=False)
    result = Result(
        12, 10, 6, 5, 1, 10_000_000, 20_000_000, 0, {"position": 8, "digital": 3, "theory_advanced": 1}
    )  # fmt: skip
    lines = [Line(one, result, 6, 5) for one in Learner] + [Line(None, result, 6, 5)]
    return paper(Report("năm 2026", date(2026, 1, 1), date(2026, 12, 31), lines, office))
