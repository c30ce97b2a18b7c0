"""Compulsory insurance of a month: the pay it is of, its ceiling, each side's contributions (Luật BHXH 41/2024/QH15).

The base is salary by step, leadership allowance, beyond-scale and professional seniority and the reserved difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hrms.core.rules import N_, Problem, Reason
from hrms.pay.rules.amounts import percent_of, plain, to_dong
from hrms.pay.rules.figures import Figure, Insurance, PayFigures, Side
from hrms.people.rules.kinds import KIND_LABELS

SOURCE = "Luật BHXH 41/2024/QH15 Đ31"

LABELS: dict[Insurance, str] = {
    Insurance.SOCIAL: N_("Bảo hiểm xã hội"),
    Insurance.ACCIDENT: N_("Bảo hiểm tai nạn lao động, bệnh nghề nghiệp"),
    Insurance.HEALTH: N_("Bảo hiểm y tế"),
    Insurance.UNEMPLOYMENT: N_("Bảo hiểm thất nghiệp"),
}


@dataclass(frozen=True, slots=True)
class Contributions:
    """Whole đồng by insurance for each side, the pay they are of, and why."""

    base: Decimal
    employee: tuple[tuple[Insurance, Decimal], ...]
    employer: tuple[tuple[Insurance, Decimal], ...]
    reasons: tuple[Reason, ...]


def has_unemployment(figures: PayFigures) -> bool:
    """Say whether the law insures this kind of person against unemployment; cadres and civil servants it does not."""
    return (Side.EMPLOYEE, Insurance.UNEMPLOYMENT) in figures.rates


def check(unemployment: bool, figures: PayFigures) -> list[Problem]:
    """Return a problem where somebody is said to be insured whom the law does not insure."""
    if not unemployment or has_unemployment(figures):
        return []
    text = N_("%(kind)s không đóng bảo hiểm thất nghiệp. Hãy sửa unemployment_insurance hoặc loại nhân sự.")
    return [Problem("unemployment_insurance", "not_of_kind", text, {"kind": KIND_LABELS[figures.kind]})]


@dataclass(frozen=True, slots=True)
class Exact:
    """Contributions of a month before rounding, đồng by side and insurance; the pay they are of, and its steps."""

    base: Decimal
    amounts: tuple[tuple[Side, Insurance, Figure, Decimal], ...]
    reasons: tuple[Reason, ...]


def exact(insured: Decimal, unemployment: bool, figures: PayFigures) -> Exact:
    """Return the contributions of a whole month whose insured pay is `insured`, exact đồng, not rounded yet."""
    ceiling = figures.cap_times.number * figures.base_salary.number
    base = min(insured, ceiling)
    text = N_("Tiền lương đóng bảo hiểm: lương, phụ cấp chức vụ, thâm niên vượt khung, thâm niên nghề, bảo lưu.")
    reasons = [Reason(text, str(to_dong(insured, figures.way)), SOURCE)]
    if insured > ceiling:
        text = N_("Cao hơn mức trần %(times)s × %(base)s, nên đóng trên mức trần.")
        params = {"times": figures.cap_times.number, "base": figures.base_salary.number}
        reasons.append(Reason(text, str(ceiling), figures.cap_times.source, params))
    amounts = tuple(
        (side, insurance, rate, percent_of(base, rate.number))
        for side in (Side.EMPLOYEE, Side.EMPLOYER)
        for insurance in Insurance
        if (rate := figures.rates.get((side, insurance))) is not None
        and (unemployment or insurance is not Insurance.UNEMPLOYMENT)
    )
    return Exact(base, amounts, tuple(reasons))


def contributions(insured: Decimal, unemployment: bool, figures: PayFigures) -> Contributions:
    """Return the contributions of a month whose insured pay is `insured`, exact đồng."""
    found = exact(insured, unemployment, figures)
    reasons = list(found.reasons)
    sides: dict[Side, list[tuple[Insurance, Decimal]]] = {Side.EMPLOYEE: [], Side.EMPLOYER: []}
    for side, insurance, rate, whole in found.amounts:
        amount = to_dong(whole, figures.way)
        sides[side].append((insurance, amount))
        if side is Side.EMPLOYEE:
            text = N_("%(name)s = %(percent)s%% × %(base)s.")
            said = {"name": LABELS[insurance], "percent": rate.number, "base": plain(found.base)}
            reasons.append(Reason(text, str(amount), rate.source, said))
    return Contributions(found.base, tuple(sides[Side.EMPLOYEE]), tuple(sides[Side.EMPLOYER]), tuple(reasons))
