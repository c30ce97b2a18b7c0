"""The list of shares of a round as a paper, to be kept with its decision, and its rows for the accountant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import force_locale

from hrms.core import clock, hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.formats import format_coefficient, format_date, format_number
from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.decisions.papers.offices import Office
from hrms.pay.rules.schemes import LEFT_OUT_WORDS, LeftOut, Purpose, Step
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass

SHARES = "pay.incentive_shares"
"""Key of the template: an administrator may replace it."""
WHAT = {
    Purpose.BONUS: "tiền thưởng", Purpose.EXTRA_INCOME: "thu nhập tăng thêm",
    Purpose.SPECIAL: "thu nhập theo cơ chế đặc thù",
}  # fmt: skip
DOES = {Step.ADVANCE: "Tạm ứng", Step.SETTLEMENT: "Chi", Step.AD_HOC: "Thưởng đột xuất,"}


@dataclass(frozen=True, slots=True)
class Named:
    """A person of the list; amounts in đồng."""

    name: str
    staff_code: str
    unit: str
    rating: str | None
    months: int
    coefficient: Decimal | None
    amount: Decimal
    advanced: Decimal
    due: Decimal
    left_out: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What the list says: the round, its fund, its people in order, the decision when there is one."""

    office: Office
    purpose: Purpose
    step: Step
    year: int
    quarter: int | None
    scheme: str
    fund: Decimal
    reserved: Decimal
    remainder: Decimal
    people: Sequence[Named]
    decision: str = ""
    decided_on: date | None = None


def register() -> None:
    """Let an administrator replace the template."""
    hooks.paper_kinds[SHARES] = hooks.PaperKind(
        N_("Danh sách chi tiền thưởng, thu nhập tăng thêm"), lambda: [shares(_sample())]
    )


def period_of(year: int, quarter: int | None) -> str:
    """Return the period in Vietnamese."""
    return f"năm {year}" if quarter is None else f"quý {quarter} năm {year}"


def money(amount: Decimal) -> str:
    """Return đồng with separators."""
    return format_number(amount, "vi")


def note_of(one: Named) -> str:
    """Return why there is no share, or what a bonus is for."""
    with force_locale("vi"):
        left = render(LEFT_OUT_WORDS[LeftOut(one.left_out)]) if one.left_out else ""
    return ": ".join(part for part in (left, one.note or "") if part)


def rating_of(one: Named) -> str:
    """Return the class in Vietnamese, a dash without one."""
    with force_locale("vi"):
        return render(CLASS_LABELS[RatingClass(one.rating)]) if one.rating else "–"


def shares(said: Said) -> Paper:
    """Return the list: everybody with class, months, amount; what was advanced and is left, where something was."""
    advanced = any(one.advanced for one in said.people)
    ad_hoc = said.step is Step.AD_HOC
    columns = [Column("TT", 0.4, "center"), Column("Họ và tên", 1.9), Column("Số hiệu", 1.0), Column("Đơn vị", 2)]
    if not ad_hoc:
        columns += [Column("Xếp loại", 1.7), Column("Tháng", 0.6, "right"), Column("Hệ số", 0.7, "right")]
    columns.append(Column("Số tiền (đồng)", 1.2, "right"))
    if advanced:
        columns += [Column("Đã chi (đồng)", 1.1, "right"), Column("Còn chi (đồng)", 1.1, "right")]
    columns.append(Column("Thành tích" if ad_hoc else "Ghi chú", 1.9))
    rows = []
    for place, one in enumerate(said.people, 1):
        row = [str(place), one.name, one.staff_code, one.unit]
        if not ad_hoc:
            row += [rating_of(one), str(one.months or "–"), format_coefficient(one.coefficient, "vi")]
        row.append(money(one.amount))
        row += [money(one.advanced), money(one.due)] if advanced else []
        rows.append([*row, note_of(one)])
    total = sum((one.amount for one in said.people), Decimal(0))
    closing = [
        f"Quỹ của đợt: {money(said.fund)} đồng; chi: {money(total)} đồng"
        + (f"; giữ cho thưởng đột xuất: {money(said.reserved)} đồng" if said.reserved else "")
        + f"; còn lại trong quỹ: {money(said.remainder)} đồng",
    ]  # fmt: skip
    if advanced:
        left = sum((one.due for one in said.people), Decimal(0))
        closing.append(f"Còn phải chi sau khi trừ số đã chi: {money(left)} đồng")
    grounds = f"Kèm theo {said.decision}" if said.decision else "Chưa có quyết định"
    day = f" ngày {format_date(said.decided_on, 'vi')}" if said.decided_on and said.decision else ""
    return Paper(
        kind_name="Danh sách",
        summary=f"{DOES[said.step]} {WHAT[said.purpose]} {period_of(said.year, said.quarter)}",
        issuing_agency=said.office.name,
        superior_agency=said.office.superior,
        place=said.office.place or "…",
        issued_on=said.decided_on,
        year=None if said.decided_on else clock.today().year,
        paragraphs=[f"({grounds}{day}; theo {said.scheme})"],
        tables=[Table(columns, rows, "", 10)],
        closing=closing,
        beside=Signing("Người lập danh sách"),
        signing=Signing(said.office.head),
        wide=True,
        mark="" if said.decision else "Dự thảo",
        kept="VT",
    )


HEADERS = (
    "TT", "Số hiệu", "Họ và tên", "Đơn vị", "Xếp loại", "Số tháng", "Hệ số", "Mức lương của kỳ (đồng)", "Điểm",
    "Số tiền (đồng)", "Đã chi (đồng)", "Còn chi (đồng)", "Ghi chú",
)  # fmt: skip
WIDTHS = (6, 14, 28, 34, 28, 9, 9, 20, 12, 16, 16, 16, 40)


def rows(found: Sequence[Any], people: Sequence[Named]) -> list[list[Any]]:
    """Return the rows of the workbook: one a person, those left out too, and the sum."""
    made: list[list[Any]] = [
        [
            place, one.staff_code, one.name, one.unit, rating_of(one), row.months, row.coefficient, row.salary,
            row.points, row.amount, row.advanced, row.due, note_of(one),
        ]
        for place, (row, one) in enumerate(zip(found, people, strict=True), 1)
    ]  # fmt: skip
    sums = [sum((getattr(row, name) for row in found), Decimal(0)) for name in ("amount", "advanced", "due")]
    salary = sum((row.salary for row in found), Decimal(0))
    return [*made, [None, None, "Cộng", None, None, None, None, salary, None, *sums, None]]


def _sample() -> Said:
    office = Office("Sở Mẫu văn bản", "UBND tỉnh Mẫu", "Mẫu", "SMVB", "Giám đốc", committee=False)
    people = [
        Named(f"Nguyễn Văn Mẫu {place}", f"MAU-{place:04d}", "Phòng Mẫu", rating, 12, Decimal("3.33"), Decimal(amount),
              Decimal(0), Decimal(amount))
        for place, (rating, amount) in enumerate(
            [("excellent", 10_790_873), ("good", 8_992_394), ("good", 8_992_394), ("satisfactory", 4_496_197)], 1)
    ]  # fmt: skip
    return Said(
        office, Purpose.BONUS, Step.SETTLEMENT, 2026, None, "Quy chế tiền thưởng", Decimal(40_000_000),
        Decimal(4_000_000),
        Decimal(2_728_142), people, "Quyết định số 905/QĐ-SMVB", date(2026, 12, 10),
    )  # fmt: skip
