"""A pay slip as a paper: what a month brought, what was taken off, earlier months, in Vietnamese whoever prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core import hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.formats import format_number
from hrms.core.rules import N_
from hrms.decisions.papers.offices import Office

KEY = "pay.slip"
"""Key of the template: an administrator may replace it."""
_SIZE = 11


@dataclass(frozen=True, slots=True)
class Amount:
    """A line in words, đồng; of a difference below 0 what is taken back."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Month:
    """A month on the paper: lines, what the person contributes, what the agency contributes."""

    month: date
    lines: Sequence[Amount]
    deductions: Sequence[Amount]
    employer: Sequence[Amount]

    @property
    def gross(self) -> Decimal:
        """Return the sum of the lines."""
        return _sum(self.lines)

    @property
    def net(self) -> Decimal:
        """Return what is received."""
        return self.gross - _sum(self.deductions)


@dataclass(frozen=True, slots=True)
class Said:
    """What a slip says; `draft` while the sheet is not approved."""

    office: Office
    name: str
    code: str
    post: str
    unit: str
    month: Month
    past: Sequence[Month]
    net: Decimal
    insurance_base: Decimal
    issued_on: date | None
    draft: bool


def register() -> None:
    """Let an administrator replace the template."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Phiếu lương"), lambda: [_sample()])


def _sum(amounts: Sequence[Amount]) -> Decimal:
    return sum((one.amount for one in amounts), Decimal(0))


def money(value: Decimal) -> str:
    """Return đồng as a Vietnamese paper writes them."""
    return format_number(value, "vi")


def paper(said: Said) -> Paper:
    """Return the slip; drafts bear their mark."""
    tables = [_month(said.month, f"I. Tháng {said.month.month:%m/%Y}")]
    if said.past:
        tables.append(_past(said.past))
    return Paper(
        kind_name="Phiếu lương",
        summary=f"Tháng {said.month.month:%m/%Y}",
        issuing_agency=said.office.name,
        superior_agency=said.office.superior,
        place=said.office.place or "…",
        issued_on=said.issued_on,
        year=said.month.month.year,
        mark="Dự thảo" if said.draft else "",
        paragraphs=[
            f"Họ và tên: {said.name}" + (f"; số hiệu: {said.code}" if said.code else ""),
            *([f"Chức vụ, vị trí việc làm: {said.post}"] if said.post else []),
            f"Nơi làm việc: {said.unit}",
        ],
        tables=tables,
        closing=[
            f"Thực nhận: {money(said.net)} đồng, trước thuế thu nhập cá nhân và đoàn phí công đoàn",
            f"Tiền lương tháng đóng bảo hiểm: {money(said.insurance_base)} đồng",
        ],
        beside=Signing("Người lập bảng lương"),
        signing=Signing(said.office.head),
    )


def _month(one: Month, heading: str) -> Table:
    rows: list[list[str]] = []
    for title, amounts, total in (
        ("Được hưởng", one.lines, "Cộng được hưởng"), ("Trừ vào lương", one.deductions, "Cộng trừ vào lương"),
        ("Cơ quan đóng (không trừ vào lương)", one.employer, "Cộng cơ quan đóng"),
    ):  # fmt: skip
        if amounts:
            rows.append([title, ""])
            rows += [[f"- {line.name}", money(line.amount)] for line in amounts]
            rows.append([total, money(_sum(amounts))])
    rows.append([f"Còn nhận của tháng {one.month:%m/%Y}", money(one.net)])
    return Table([Column("Nội dung", 5), Column("Số tiền (đồng)", 1.6, "right")], rows, heading, _SIZE)


def _past(months: Sequence[Month]) -> Table:
    """Return the earlier months: each line that differs, and what it comes to."""
    rows: list[list[str]] = []
    for one in months:
        shown = f"{one.month:%m/%Y}"
        rows += [[shown, line.name, money(line.amount)] for line in one.lines]
        rows += [[shown, f"{line.name} (trừ vào lương)", money(line.amount)] for line in one.deductions]
        rows.append([shown, "Còn nhận", money(one.net)])
    columns = [Column("Tháng", 1), Column("Nội dung", 4), Column("Số tiền (đồng)", 1.6, "right")]
    return Table(columns, rows, "II. Truy lĩnh, truy thu của các tháng trước", _SIZE)


def _sample() -> Paper:
    office = Office("Sở Mẫu văn bản", "UBND tỉnh Mẫu", "Mẫu", "SMVB", "Giám đốc", committee=False)
    lines = [Amount("Lương theo ngạch, bậc", Decimal(9_000_000)), Amount("Phụ cấp công vụ", Decimal(2_250_000))]
    taken = [Amount("Bảo hiểm xã hội", Decimal(720_000)), Amount("Bảo hiểm y tế", Decimal(135_000))]
    paid = [Amount("Bảo hiểm xã hội", Decimal(1_530_000))]
    month = Month(date(2026, 10, 1), lines, taken, paid)
    past = Month(date(2026, 9, 1), [Amount("Lương theo ngạch, bậc", Decimal(500_000))], [], [])
    return paper(
        Said(
            office, "Nguyễn Văn Mẫu", "CC000001", "Chuyên viên", "Phòng Mẫu", month, [past], month.net + past.net,
            Decimal(9_000_000), date(2026, 10, 31), draft=False,
        )
    )  # fmt: skip
