"""The sheet of a repayment: facts, the steps of the sum with their articles, the council and its recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flask_babel import force_locale

from hrms.core import clock, hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import render
from hrms.core.jinja import show_figure
from hrms.core.rules import N_, Reason
from hrms.decisions.papers import offices
from hrms.decisions.papers.offices import Office
from hrms.people.models import Person
from hrms.training.models import TrainingCommitment, TrainingRepayment
from hrms.training.queries.payback import Worked, cost_of
from hrms.training.rules import repayment as rules
from hrms.training.rules.council import ROLE_LABELS, Member
from hrms.training.rules.repayment import CASE_LABELS, Case, Facts

KEY = "training.repayment"
"""Key of the template: an administrator may replace it."""


def register() -> None:
    """Let an administrator replace the template of the sheet."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Bảng tính đền bù chi phí đào tạo"), lambda: [_sample()])


def repayment_paper(
    found: TrainingCommitment,
    person: Person,
    worked: Worked,
    *,
    office: Office,
    case: TrainingRepayment | None = None,
    members: Sequence[Member] = (),
) -> Paper:
    """Return the sheet; `office` is the agency that works it out."""
    with force_locale("vi"):
        tables = [_facts(found, person, worked, case), _steps(worked.reasons)]
        if members:
            tables.append(_council(members))
        return Paper(
            kind_name="Bảng tính",
            summary=f"Chi phí đền bù đào tạo của ông (bà) {person.full_name}",
            issuing_agency=office.name,
            superior_agency=office.superior,
            place=office.place or "…",
            issued_on=None,
            year=clock.today().year,
            grounds=["Căn cứ Nghị định số 171/2025/NĐ-CP của Chính phủ quy định về đào tạo, bồi dưỡng công chức."],
            tables=tables,
            closing=_closing(worked, case),
            beside=Signing("Người lập bảng"),
            signing=Signing(office.head),
        )


def _facts(found: TrainingCommitment, person: Person, worked: Worked, case: TrainingRepayment | None) -> Table:
    happened = case.happened_on if case else None
    rows = [
        ["Họ và tên", person.full_name],
        ["Số hiệu", person.staff_code or "—"],
        ["Khóa đào tạo", ", ".join(part for part in (found.programme, found.institution, found.country) if part)],
        ["Thời gian học", f"{_day(found.starts_on)} – {_day(found.ends_on)}"],
        ["Chi phí đào tạo (không gồm tiền lương, phụ cấp)", f"{_money(cost_of(found))} đồng"],
        ["Thời gian cam kết phục vụ (T1)", f"{worked.facts.committed_months} tháng"],
        ["Trở lại làm việc từ", _day(found.returned_on)],
        ["Trường hợp", render(CASE_LABELS[worked.facts.case])],
        ["Ngày phát sinh", _day(happened)],
        ["Thời gian đã phục vụ (T2)", f"{worked.facts.served_months} tháng"],
        ["Thời gian công tác trước khóa học", f"{worked.facts.years_before} năm"],
    ]
    return Table([Column("Nội dung", 1), Column("Số liệu", 1.4)], rows)


def _steps(reasons: Sequence[Reason]) -> Table:
    rows = [
        [str(place), render(reason), str(show_figure(reason.figure)), reason.source]
        for place, reason in enumerate(reasons, 1)
    ]
    columns = [
        Column("TT", 0.3, "center"),
        Column("Cách tính", 3),
        Column("Số liệu", 1, "right"),
        Column("Căn cứ", 1.2),
    ]
    return Table(columns, rows, "Các bước tính")


def _council(members: Sequence[Member]) -> Table:
    said = {True: "Đồng ý", False: "Không đồng ý", None: ""}
    rows = [
        [str(place), one.name, render(ROLE_LABELS[one.role]), said[one.agrees]] for place, one in enumerate(members, 1)
    ]
    columns = [
        Column("TT", 0.3, "center"),
        Column("Họ và tên", 1.6),
        Column("Thành phần", 2),
        Column("Biểu quyết", 0.9),
    ]
    return Table(columns, rows, "Hội đồng xét đền bù")


def _closing(worked: Worked, case: TrainingRepayment | None) -> list[str]:
    lines = [f"Số tiền phải đền bù theo cách tính trên: {_money(worked.answer.amount)} đồng"]
    if case is not None and case.recommended_on is not None and case.recommended_amount is not None:
        lines.append(
            f"Hội đồng họp ngày {_day(case.council_met_on)}, kiến nghị ngày {_day(case.recommended_on)}:"
            f" {_money(int(case.recommended_amount))} đồng"
        )
    if case is not None and case.decided_on is not None and case.due_on is not None:
        lines.append(
            f"Quyết định ngày {_day(case.decided_on)}: {_money(int(case.amount))} đồng, nộp chậm nhất"
            f" {_day(case.due_on)}"
        )
    return lines


def _day(day: date | None) -> str:
    return format_date(day, "vi") if day else "—"


def _money(amount: int) -> str:
    return format_number(Decimal(amount), "vi")


def _sample() -> Paper:
    """Return a made-up sheet to try a template on."""
    found = TrainingCommitment(
        programme="Thạc sĩ Quản lý công", institution="Học viện Mẫu", starts_on=date(2022, 9, 5),
        ends_on=date(2024, 8, 31), returned_on=date(2024, 9, 3), committed_months=72, central_cost=Decimal(0),
        local_cost=Decimal(60_000_000), other_cost=Decimal(0),
    )  # fmt: skip
    facts = Facts(60_000_000, 72, 24, Case.LEFT_EARLY, 8, reduced_rate=True)
    answer = rules.repayment(facts, {})
    office = offices.office(
        "Sở Mẫu văn bản", "department", None, [("UBND tỉnh Mẫu", "province"), ("Sở Mẫu văn bản", "department")]
    )
    person = Person(full_name="Nguyễn Văn Mẫu", staff_code="MAU-0001")
    return repayment_paper(found, person, Worked(facts, answer, answer.reasons), office=office)
