"""Severance (trợ cấp thôi việc) of a civil servant who leaves by own wish, in đồng.

NĐ 170/2025/NĐ-CP Đ57, Đ59; from 01/8/2026 Đ56a of NĐ 300/2026/NĐ-CP: half a month's current pay a year of work, one
month for 6 to under 12 months; before, 3 months and 1.5 months a year. A rest of under 3 months is left out, 3 to 6
months count as half a year, more as a whole one. The figures are parameters with their dates (`severance.*`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hrms.core.rules import N_, Reason
from hrms.people.rules.parameters import Parameter, whole

YEAR = 12


@dataclass(frozen=True, slots=True)
class Severance:
    """`amount` in đồng, the `years` that count, the `months` of pay, and why."""

    amount: int
    years: Decimal
    months: Decimal
    reasons: tuple[Reason, ...]


def counted_years(months: int, figures: Mapping[str, Parameter]) -> Decimal:
    """Return the years that count of some months of work: the rest rounded to nothing, a half or a whole year."""
    years, rest = divmod(max(months, 0), YEAR)
    half, whole_over = whole(figures, "severance.half_year_from_months"), whole(
        figures, "severance.whole_year_over_months"
    )  # fmt: skip
    if half is None or whole_over is None:
        return Decimal(years)
    if rest > whole_over:
        return Decimal(years + 1)
    return Decimal(years) + (Decimal("0.5") if rest >= half else 0)


def severance(pay: int, months: int, figures: Mapping[str, Parameter], *, insured_months: int = 0) -> Severance:
    """Return the severance of one who leaves by own wish.

    `pay` is the current pay of a month in đồng, as of the month before: step pay, leadership allowance, beyond-scale
    and professional seniority, reserved difference. `months` is the work that counts; `insured_months`, covered by
    unemployment insurance, is taken off. Without figures for the day nothing is due.
    """
    counted = max(months - insured_months, 0)
    reasons = []
    if insured_months:
        text = N_("Trừ %(months)s tháng đã đóng bảo hiểm thất nghiệp, còn %(left)s tháng.")
        reasons.append(
            Reason(text, str(counted), "NĐ 300/2026/NĐ-CP Đ56a", {"months": insured_months, "left": counted})
        )
    if "severance.months_per_year" not in figures:
        return Severance(0, Decimal(0), Decimal(0), tuple(reasons))
    rate = figures["severance.months_per_year"]
    short_from, short_pay = whole(figures, "severance.short_from_months"), whole(figures, "severance.short_pay_months")
    if short_from is not None and short_pay is not None and counted < YEAR:
        paid = Decimal(short_pay if counted >= short_from else 0)
        text = N_("Làm việc %(months)s tháng (dưới 12 tháng): %(pay)s tháng lương.")
        reasons.append(
            Reason(text, str(paid), figures["severance.short_pay_months"].source, {"months": counted, "pay": paid})
        )
        return _amount(pay, Decimal(0), paid, reasons)
    years = counted_years(counted, figures)
    text = N_("%(months)s tháng làm việc tính là %(years)s năm.")
    source = figures["severance.half_year_from_months"].source
    reasons.append(Reason(text, str(years), source, {"months": counted, "years": years}))
    first = Decimal(figures["severance.first_months"].value)
    paid = first + Decimal(rate.value) * years
    text = N_("%(first)s tháng lương và %(rate)s tháng lương mỗi năm: %(paid)s tháng.")
    params = {"first": first, "rate": Decimal(rate.value), "paid": paid}
    reasons.append(Reason(text, str(paid), rate.source, params))
    return _amount(pay, years, paid, reasons)


def _amount(pay: int, years: Decimal, months: Decimal, reasons: list[Reason]) -> Severance:
    amount = int((pay * months).quantize(Decimal(1), ROUND_HALF_UP))
    text = N_("%(months)s tháng × %(pay)s đồng.")
    reasons.append(Reason(text, str(amount), "", {"months": months, "pay": Decimal(pay)}))
    return Severance(amount, years, months, tuple(reasons))
