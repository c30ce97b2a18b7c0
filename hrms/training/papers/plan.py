"""The yearly plan of training as a paper, written in Vietnamese whatever the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import force_locale

from hrms.core import hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.formats import format_number
from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.decisions.papers import offices
from hrms.decisions.papers.offices import Office
from hrms.training.queries.plans import Look
from hrms.training.rules.kinds import COURSE_KIND_LABELS, CourseKind
from hrms.training.rules.plans import Sums
from hrms.training.rules.states import PlanState

KEY = "training.plan"
"""Key of the template: an administrator may replace it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the paper."""

    name: str
    kind: str
    quarter: str
    sums: Sums


def register() -> None:
    """Let an administrator replace the template of plans."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Kế hoạch đào tạo, bồi dưỡng"), lambda: [_sample()])


def plan_paper(found: Look) -> Paper:
    """Return a plan as a paper: what it is for, the table of programmes, money by its source."""
    office = offices.offices([found.agency.id])[found.agency.id]
    with force_locale("vi"):
        rows = [
            Row(
                one.course.name, render(COURSE_KIND_LABELS[CourseKind(one.course.kind)]),
                f"Quý {_roman(one.line.quarter)}" if one.line.quarter else "", one.planned,
            )
            for one in found.lines
        ]  # fmt: skip
        draft = PlanState(found.plan.state) is not PlanState.APPROVED
        return _paper(
            office, found.plan.title, found.plan.year, found.plan.note or "", rows, found.planned, draft=draft
        )


def _roman(quarter: int) -> str:
    return ("I", "II", "III", "IV")[quarter - 1]


def _paper(office: Office, title: str, year: int, note: str, rows: Sequence[Row], whole: Sums, *, draft: bool) -> Paper:
    summary = title[len("kế hoạch ") :] if title.lower().startswith("kế hoạch ") else title
    money = _money(whole)
    paragraphs = [line for line in note.splitlines() if line.strip()]
    paragraphs.append(
        f"Năm {year} tổ chức {format_number(whole.classes, 'vi')} lớp cho {format_number(whole.learners, 'vi')} lượt"
        f" học viên, theo bảng sau."
    )
    closing = [f"Kinh phí thực hiện: {money} đồng, trong đó {_sources(whole)}."] if whole.money else []
    return Paper(
        kind_name="Kế hoạch",
        summary=summary[:1].upper() + summary[1:],
        issuing_agency=office.name,
        superior_agency=office.superior,
        symbol=f"KH-{office.symbol}",
        place=office.place or "…",
        year=year,
        mark="Dự thảo" if draft else "",
        paragraphs=paragraphs,
        tables=[_table(rows, whole)],
        closing=closing,
        signing=Signing(office.head),
        wide=True,
        kept="VT",
    )


def _table(rows: Sequence[Row], whole: Sums) -> Table:
    columns = [
        Column("TT", 0.6, "center"), Column("Chương trình", 5), Column("Loại", 2.4), Column("Thời gian", 1.1, "center"),
        Column("Số lớp", 0.8, "right"), Column("Số học viên", 1, "right"), Column("NSTW (đồng)", 1.7, "right"),
        Column("NSĐP (đồng)", 1.7, "right"), Column("Nguồn khác (đồng)", 1.7, "right"),
    ]  # fmt: skip
    lines = [
        [str(number), row.name, row.kind, row.quarter, *_figures(row.sums)] for number, row in enumerate(rows, start=1)
    ]
    return Table(columns, [*lines, ["", "Cộng", "", "", *_figures(whole)]], size=10)


def _figures(sums: Sums) -> list[str]:
    amounts = (sums.classes, sums.learners, sums.central, sums.local, sums.other)
    return [format_number(one, "vi") if one else "–" for one in amounts]


def _money(sums: Sums) -> str:
    return format_number(sums.money, "vi", 0)


def _sources(sums: Sums) -> str:
    named = (
        ("ngân sách trung ương", sums.central), ("ngân sách địa phương", sums.local), ("nguồn khác", sums.other),
    )  # fmt: skip
    return ", ".join(f"{words} {format_number(amount, 'vi', 0)} đồng" for words, amount in named if amount)


def _sample() -> Paper:
    office = Office("Sở Nội vụ", "UBND thành phố", "Cần Thơ", "SNV", "Giám đốc", committee=False)
    sums = Sums(2, 80, Decimal(0), Decimal(120_000_000), Decimal(0))
    rows = [
        Row("Kỹ năng soạn thảo văn bản hành chính", "Kiến thức, kỹ năng theo vị trí việc làm", "Quý I", sums),
        Row("Bồi dưỡng lãnh đạo, quản lý cấp phòng", "Lãnh đạo, quản lý", "", Sums(1, 40)),
    ]
    whole = Sums(3, 120, Decimal(0), Decimal(120_000_000), Decimal(0))
    note = "Nâng cao năng lực của cán bộ, công chức, viên chức theo vị trí việc làm."
    return _paper(office, "Kế hoạch đào tạo, bồi dưỡng năm 2026", 2026, note, rows, whole, draft=True)
