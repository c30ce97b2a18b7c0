"""A month made of stretches: each paid by its days, every line added up exactly and rounded once at the end.

`pay.part_month` says how part of a month is paid: by its calendar days. A month of one stretch is `monthly.pay` to the
đồng; however a month is cut, what its facts and its law leave equal stays equal, and the order of events does not
matter. Nobody contributes for a month with 14 working days or more without pay (Luật BHXH 41/2024/QH15 Đ33 k5).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hrms.core.dates import add_months
from hrms.core.rules import N_, Reason
from hrms.pay.rules import monthly
from hrms.pay.rules.amounts import plain, to_dong
from hrms.pay.rules.figures import Figure, PayFigures, Side
from hrms.pay.rules.lines import NAMES, place
from hrms.pay.rules.monthly import SALARY, Line, PayFacts
from hrms.pay.rules.stretches import Span, Stretch
from hrms.people.rules.kinds import PersonKind

__all__ = [
    "DaysBetween", "FiguresOf", "MonthPay", "Span", "Stretch", "after", "cut", "difference", "explain", "first_of",
    "firsts", "month_pay", "nothing", "pays_anything", "unpaid_working_days",
]  # fmt: skip

FiguresOf = Callable[[date, PersonKind], PayFigures]
DaysBetween = Callable[[date, date], int]
"""The number of working days in `[start, end)`."""


@dataclass(frozen=True, slots=True)
class MonthPay:
    """A month's pay: whole đồng of lines, deductions and the employer's side in the order of a sheet.

    `insurance_base` is the insured pay in đồng, by days like everything else; 0 for a month without contributions.
    """

    first: date
    lines: tuple[Line, ...]
    deductions: tuple[Line, ...]
    employer: tuple[Line, ...]
    insurance_base: Decimal

    @property
    def gross(self) -> Decimal:
        """Return the sum of the lines."""
        return _total(self.lines)

    @property
    def deducted(self) -> Decimal:
        """Return the sum of the deductions."""
        return _total(self.deductions)

    @property
    def charged(self) -> Decimal:
        """Return the sum of the employer's side."""
        return _total(self.employer)

    @property
    def net(self) -> Decimal:
        """Return what is left before income tax and union fee."""
        return self.gross - self.deducted

    @property
    def sides(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """Return the lines by the side they stand on, as `pay_lines.side` names it."""
        return (("line", self.lines), ("deduction", self.deductions), ("employer", self.employer))


def _total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def nothing(first: date) -> MonthPay:
    """Return a month in which nothing is paid."""
    return MonthPay(first, (), (), (), Decimal(0))


@lru_cache(maxsize=1024)
def after(first: date) -> date:
    """Return the first day of the next month."""
    return add_months(first, 1)


def first_of(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def firsts(start: date, until: date) -> list[date]:
    """Return the first days of the months that `[start, until)` touches."""
    found, day = [], first_of(start)
    while day < until:
        found.append(day)
        day = after(day)
    return found


def cut(stretches: Iterable[Stretch], first: date) -> tuple[Stretch, ...]:
    """Return the stretches of a month, cut to its days, in the order of their days."""
    until = after(first)
    inside = [
        one
        if first <= one.start and one.end <= until
        else Stretch(max(one.start, first), min(one.end, until), one.agency_id, one.paying_id, one.kind, one.facts)
        for one in stretches
        if one.start < until and one.end > first
    ]
    return tuple(sorted(inside, key=lambda one: one.start))


def unpaid_working_days(paid: Iterable[Span], first: date, between: DaysBetween) -> int:
    """Return the working days of a month on which nobody paid the person; `paid` are days `[start, end)` with pay."""
    until, day, days = after(first), first, 0
    for start, end in sorted(paid):
        if start > day:
            days += between(day, min(start, until))
        day = max(day, end)
        if day >= until:
            return days
    return days + between(day, until)


def pays_anything(facts: PayFacts, figures: PayFigures) -> bool:
    """Say whether these facts give any pay: who is suspended and prosecuted may get none."""
    return any(amount for _code, amount, _why in monthly.exact(facts, figures).lines)


def month_pay(
    first: date, stretches: Sequence[Stretch], figures_of: FiguresOf, *, contributes: bool = True
) -> MonthPay:
    """Return a month's pay by its stretches, each by the law of its first day. The facts have passed `check`.

    `contributes` False: a month too little of which was paid to be insured; neither side pays contributions.
    """
    mine = cut(stretches, first)
    if not mine:
        return nothing(first)
    days = calendar.monthrange(first.year, first.month)[1]
    sums: dict[str, dict[str, Decimal]] = {"line": {}, "deduction": {}, "employer": {}}
    insured = Decimal(0)
    for one in mine:
        figures = figures_of(one.start, one.kind)
        share = Decimal((one.end - one.start).days)
        found = monthly.exact(one.facts, figures)
        for code, amount, _why in found.lines:
            _add(sums["line"], code, amount * share)
        if contributes:
            contributed = found.contributed(figures)
            insured += contributed.base * share
            for side, insurance, _rate, amount in contributed.amounts:
                _add(sums["deduction" if side is Side.EMPLOYEE else "employer"], insurance.value, amount * share)
    way = figures_of(mine[0].start, mine[0].kind).way

    def lines(side: str) -> tuple[Line, ...]:
        rounded = ((code, to_dong(amount / days, way)) for code, amount in sums[side].items())
        # As on a whole month's sheet: the salary stands there even when it is nothing, and so does every contribution.
        kept = [Line(code, amount) for code, amount in rounded if amount or code == SALARY or side != "line"]
        return tuple(sorted(kept, key=lambda line: place(line.code)))

    return MonthPay(first, lines("line"), lines("deduction"), lines("employer"), to_dong(insured / days, way))


def _add(sums: dict[str, Decimal], code: str, amount: Decimal) -> None:
    sums[code] = sums.get(code, Decimal(0)) + amount


def difference(new: MonthPay, old: MonthPay) -> MonthPay:
    """Return what a closed month still lacks, or got too much: by code, amounts that are 0 left out."""

    def less(after_lines: Sequence[Line], before: Sequence[Line]) -> tuple[Line, ...]:
        sums: dict[str, Decimal] = {}
        for line in after_lines:
            _add(sums, line.code, line.amount)
        for line in before:
            _add(sums, line.code, -line.amount)
        found = [Line(code, amount) for code, amount in sums.items() if amount]
        return tuple(sorted(found, key=lambda line: place(line.code)))

    return MonthPay(
        new.first, less(new.lines, old.lines), less(new.deductions, old.deductions), less(new.employer, old.employer),
        new.insurance_base - old.insurance_base,
    )  # fmt: skip


def explain(
    first: date,
    stretches: Sequence[Stretch],
    figures_of: FiguresOf,
    *,
    unpaid: int = 0,
    least: Figure | None = None,
) -> tuple[Reason, ...]:
    """Return why a month is what it is: the steps of each stretch for a whole month, its days, the sums rounded once.

    `unpaid` are the working days without pay, `least` from how many of them on nobody contributes (None: no such rule).
    """
    mine = cut(stretches, first)
    days = calendar.monthrange(first.year, first.month)[1]
    contributes = least is None or unpaid < least.number
    if len(mine) == 1 and (mine[0].end - mine[0].start).days == days and contributes:
        return monthly.pay(mine[0].facts, figures_of(mine[0].start, mine[0].kind)).reasons
    reasons: list[Reason] = []
    for one in mine:
        figures = figures_of(one.start, one.kind)
        text = N_("Từ %(start)s đến hết %(last)s: %(days)s trên %(total)s ngày của tháng. Mức cả tháng:")
        params: dict[str, Any] = {
            "start": one.start, "last": one.end - timedelta(days=1), "days": (one.end - one.start).days, "total": days,
        }  # fmt: skip
        reasons.append(Reason(text, "", figures.part_month.source, params))
        reasons += monthly.unsure(N_("cách tính tháng không trọn"), figures.part_month)
        found = monthly.exact(one.facts, figures)
        reasons += found.share
        reasons += [
            Reason(why.text, str(plain(amount)), why.source, why.params)
            for code, amount, why in found.lines
            if amount or code == SALARY
        ]
    made = month_pay(first, mine, figures_of, contributes=contributes)
    text = N_("Cộng các phần theo ngày, mỗi dòng làm tròn một lần: %(name)s.")
    reasons += [Reason(text, str(line.amount), "", {"name": NAMES[line.code]}) for line in made.lines]
    reasons.append(Reason(N_("Tổng các khoản được hưởng."), str(made.gross)))
    if not contributes and least is not None:
        text = N_("%(days)s ngày làm việc không hưởng lương, từ %(least)s ngày: tháng này không đóng bảo hiểm.")
        reasons.append(Reason(text, "0", least.source, {"days": unpaid, "least": least.number}))
    text = N_("%(name)s theo tiền lương đóng bảo hiểm %(base)s.")
    reasons += [
        Reason(text, str(line.amount), "", {"name": NAMES[line.code], "base": made.insurance_base})
        for line in made.deductions
    ]
    reasons.append(Reason(N_("Còn nhận, trước thuế thu nhập cá nhân và đoàn phí công đoàn."), str(made.net)))
    if mine:
        reasons += monthly.rounding_reasons(figures_of(mine[0].start, mine[0].kind))
    return tuple(reasons)
