"""Arrears (truy lĩnh, truy thu): what a month should have been less what it was, month by month.

Both sides of a month are computed and rounded as sheets are, by the law of that month, and the arrears are their
difference: a month that is closed changes only by it. Negative amounts are to be paid back.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem, Reason
from hrms.pay.rules.amounts import Rounding, to_dong
from hrms.pay.rules.figures import AllowanceCode, Insurance, PayFigures
from hrms.pay.rules.insurance import LABELS
from hrms.pay.rules.insurance import SOURCE as INSURED
from hrms.pay.rules.monthly import (
    BEYOND_SCALE,
    LEADERSHIP,
    RESERVED,
    SALARY,
    Line,
    Pay,
    PayFacts,
    check,
    pay,
    rounding_reasons,
    unsure,
    unsure_facts,
)

FiguresOn = Callable[[date], PayFigures]
ORDER = [SALARY, BEYOND_SCALE, LEADERSHIP, RESERVED, *AllowanceCode, *Insurance]
SOURCE = "TT 08/2013/TT-BNV Đ3; TT 13/2026/TT-BNV Đ3"


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its first day, the differences of lines and deductions in đồng."""

    first: date
    lines: tuple[Line, ...]
    deductions: tuple[Line, ...]

    @property
    def gross(self) -> Decimal:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def net(self) -> Decimal:
        """Return what is left after the deductions."""
        return self.gross - sum((line.amount for line in self.deductions), Decimal(0))


@dataclass(frozen=True, slots=True)
class Arrears:
    """All months, and the sums of their lines and deductions by code."""

    months: tuple[Month, ...]
    lines: tuple[Line, ...]
    deductions: tuple[Line, ...]
    reasons: tuple[Reason, ...]

    @property
    def gross(self) -> Decimal:
        """Return the sum of the months."""
        return sum((month.gross for month in self.months), Decimal(0))

    @property
    def net(self) -> Decimal:
        """Return the sum of the months after deductions."""
        return sum((month.net for month in self.months), Decimal(0))


def days_of(start: date, through: date) -> Iterator[date]:
    """Yield the day that decides each month from `start` to the month of `through`: `start`, then first days."""
    day = start
    while (day.year, day.month) <= (through.year, through.month):
        yield day
        day = add_months(day.replace(day=1), 1)


def check_arrears(
    before: PayFacts, after: PayFacts, start: date, through: date, figures_on: FiguresOn
) -> list[Problem]:
    """Return what is wrong with the span or with the facts in any of its months. Raises `NoFigure`."""
    if (through.year, through.month) < (start.year, start.month):
        text = N_("Tháng cuối %(through)s trước tháng đầu %(start)s. Hãy sửa from hoặc through.")
        shown = {"through": f"{through:%m/%Y}", "start": f"{start:%m/%Y}"}
        return [Problem("through", "dates_out_of_order", text, shown)]
    found: list[Problem] = []
    for day in days_of(start, through):
        for facts in (before, after):
            found += [problem for problem in check(facts, figures_on(day)) if problem not in found]
    return found


def arrears(before: PayFacts, after: PayFacts, start: date, through: date, figures_on: FiguresOn) -> Arrears:
    """Return the arrears from `start` to the end of the month of `through`. The facts have passed `check_arrears`.

    A month that `start` cuts is paid by its days from there on.
    """
    months, reasons = [], []
    for day in days_of(start, through):
        figures = figures_on(day)
        old, new = pay(before, figures), pay(after, figures)
        month = _month(day, old, new, figures.way)
        months.append(month)
        text = N_("Tháng %(month)s, mức lương cơ sở %(base)s: đúng ra %(new)s, đã tính %(old)s.")
        params = {"month": f"{day:%m/%Y}", "base": figures.base_salary.number, "new": new.gross, "old": old.gross}
        reasons.append(Reason(text, str(month.gross), figures.base_salary.source, params))
        if day.day > 1:
            total = _days(day)
            text = N_("Tháng %(month)s tính %(days)s trên %(total)s ngày, từ %(day)s.")
            params = {"month": f"{day:%m/%Y}", "days": total - day.day + 1, "total": total, "day": day}
            reasons.append(Reason(text, "", figures.part_month.source, params))
            reasons += unsure(N_("cách tính tháng không trọn"), figures.part_month)
        reasons += [one for facts in (before, after) for one in unsure_facts(facts, figures) if one not in reasons]
    lines, deductions = _sum([one.lines for one in months]), _sum([one.deductions for one in months])
    gross = sum((month.gross for month in months), Decimal(0))
    net = sum((month.net for month in months), Decimal(0))
    reasons.append(Reason(N_("Tổng chênh lệch của %(count)s tháng."), str(gross), SOURCE, {"count": len(months)}))
    text = N_("%(name)s của phần chênh lệch.")
    reasons += [Reason(text, str(line.amount), INSURED, {"name": LABELS[Insurance(line.code)]}) for line in deductions]
    reasons.append(Reason(N_("Còn nhận, trước thuế thu nhập cá nhân và đoàn phí công đoàn."), str(net)))
    reasons += rounding_reasons(figures_on(start))
    return Arrears(tuple(months), lines, deductions, tuple(reasons))


def _month(day: date, old: Pay, new: Pay, rounding: Rounding) -> Month:
    """Return the differences of one month, by its days from `day` on."""
    total = _days(day)
    share = Decimal(total - day.day + 1)

    def differences(before: Sequence[Line], after: Sequence[Line]) -> tuple[Line, ...]:
        signed = [*after, *(Line(line.code, -line.amount) for line in before)]
        shares = (Line(one.code, to_dong(one.amount * share / total, rounding)) for one in _sum([signed]))
        return tuple(line for line in shares if line.amount)

    return Month(day.replace(day=1), differences(old.lines, new.lines), differences(old.deductions, new.deductions))


def _days(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _sum(several: Sequence[Sequence[Line]]) -> tuple[Line, ...]:
    """Return the sums by code, in the order of a sheet."""
    sums: dict[str, Decimal] = {}
    for lines in several:
        for line in lines:
            sums[line.code] = sums.get(line.code, Decimal(0)) + line.amount
    return tuple(Line(code, sums[code]) for code in sorted(sums, key=ORDER.index))
