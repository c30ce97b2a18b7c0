"""Paying back the cost of training (đền bù chi phí đào tạo), NĐ 171/2025/NĐ-CP Đ6–13. Amounts in whole đồng.

S = F / T1 × (T1 − T2): F the cost without pay and allowances, T1 the months committed, T2 the months served after the
course. Who quits the course, is dismissed, or gets no diploma by own fault owes all of F. What is owed is lowered by
1 % a year of service before the course, 1.5 % for women and people of ethnic minorities. Sickness with a paper,
a disaster, and a move by decision inside the political system owe nothing. Figures are parameters (`repayment.*`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from hrms.core.dates import add_months, months_between
from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.parameters import Parameter, is_on, whole

DECREE = "NĐ 171/2025/NĐ-CP"
CASES, FORMULA, RELIEF = f"{DECREE} Đ6", f"{DECREE} Đ7", f"{DECREE} Đ8"
HIGHEST_COST = 100_000_000_000
HIGHEST_MONTHS = 600
HIGHEST_YEARS = 60


class Case(StrEnum):
    """Why the cost is paid back (Đ6)."""

    LEFT_EARLY = "left_early"
    """Got the diploma and leaves before the committed time is over."""
    QUIT_DURING = "quit_during"
    """Leaves the course, or the service, while it runs."""
    NO_DIPLOMA = "no_diploma"
    """Got no diploma by one's own fault."""
    DISMISSED = "dismissed"
    """Buộc thôi việc."""


class Exemption(StrEnum):
    """Why nothing is paid back (Đ8)."""

    SICKNESS = "sickness"
    DISASTER = "disaster"
    TRANSFER = "transfer"


class Rounding(StrEnum):
    """What becomes of the days over when months served are counted: the decree says whole months, not how."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


CASE_LABELS: dict[Case, str] = {
    Case.LEFT_EARLY: N_("Thôi việc khi chưa phục vụ đủ thời gian cam kết"),
    Case.QUIT_DURING: N_("Bỏ học, thôi việc trong thời gian được cử đi đào tạo"),
    Case.NO_DIPLOMA: N_("Không được cấp văn bằng do lỗi của mình"),
    Case.DISMISSED: N_("Bị buộc thôi việc"),
}
EXEMPTION_LABELS: dict[Exemption, str] = {
    Exemption.SICKNESS: N_("Ốm đau, có xác nhận của cơ sở khám bệnh, chữa bệnh"),
    Exemption.DISASTER: N_("Thiên tai, sự cố bất khả kháng, có xác nhận"),
    Exemption.TRANSFER: N_("Chuyển công tác theo quyết định trong hệ thống chính trị"),
}
ROUNDING_LABELS: dict[Rounding, str] = {
    Rounding.DOWN: N_("Chỉ tính tháng tròn"),
    Rounding.NEAREST: N_("Từ nửa tháng trở lên tính tròn một tháng"),
    Rounding.UP: N_("Có ngày lẻ thì tính tròn một tháng"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one case: `cost` F in đồng, `committed_months` T1, `served_months` T2.

    `years_before` are whole years of service before the course; `reduced_rate` says woman or ethnic minority.
    """

    cost: int
    committed_months: int
    served_months: int
    case: Case
    years_before: int = 0
    reduced_rate: bool = False
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Repayment:
    """What is to be paid: `base` S before the reduction, `percent` taken off, `amount` left, in đồng, and why."""

    base: int
    percent: Decimal
    amount: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """The whole `months` served after the course, and how they were counted."""

    months: int
    reason: Reason


def check(facts: Facts) -> list[Problem]:
    """Return which figures cannot be."""
    found: list[Problem] = []
    for field, label, value, least, most in (
        ("cost", N_("Chi phí đào tạo"), facts.cost, 0, HIGHEST_COST),
        ("committed_months", N_("Số tháng cam kết"), facts.committed_months, 1, HIGHEST_MONTHS),
        ("served_months", N_("Số tháng đã phục vụ"), facts.served_months, 0, HIGHEST_MONTHS),
        ("years_before", N_("Số năm công tác trước khóa học"), facts.years_before, 0, HIGHEST_YEARS),
    ):
        if not least <= value <= most:
            text = N_("%(label)s là %(value)s. Hãy nhập số từ %(least)s đến %(most)s.")
            params = {"label": label, "value": Decimal(value), "least": Decimal(least), "most": Decimal(most)}
            found.append(Problem(field, "out_of_range", text, params))
    return found


def served_months(returned_on: date, left_on: date, rounding: Rounding) -> Served:
    """Return T2: the months from the day of return to before the first day out of service, never below 0."""
    if left_on <= returned_on:
        text = N_("Chưa phục vụ sau khóa học: trở lại ngày %(start)s, thôi việc từ ngày %(end)s.")
        return Served(0, Reason(text, "0", FORMULA, {"start": returned_on, "end": left_on}))
    months = months_between(returned_on, left_on)
    reached = add_months(returned_on, months)
    days, length = (left_on - reached).days, (add_months(returned_on, months + 1) - reached).days
    if days and (rounding is Rounding.UP or (rounding is Rounding.NEAREST and days * 2 >= length)):
        months += 1
    text = N_("Phục vụ từ %(start)s đến trước %(end)s: %(months)s tháng. Ngày lẻ: %(days)s (%(rounding)s).")
    params = {
        "start": returned_on, "end": left_on, "months": months, "days": days, "rounding": ROUNDING_LABELS[rounding],
    }  # fmt: skip
    return Served(months, Reason(text, str(months), FORMULA, params))


def years_before(joined_on: date, course_from: date) -> int:
    """Return the whole years of service before the course began."""
    return max(months_between(joined_on, course_from), 0) // 12


def full(case: Case, figures: Mapping[str, Parameter]) -> bool:
    """Say whether a case owes the whole cost; of a dismissal after the course the figure of the day decides."""
    return case in {Case.QUIT_DURING, Case.NO_DIPLOMA} or (
        case is Case.DISMISSED and is_on(figures, "repayment.dismissal_full")
    )


def percent_off(years: int, reduced: bool, figures: Mapping[str, Parameter]) -> tuple[Decimal, Reason | None]:
    """Return the percentage taken off for service before the course, at most 100, with its reason when there is any."""
    found = figures.get("repayment.year_percent_reduced" if reduced else "repayment.year_percent")
    if found is None or not years:
        return Decimal(0), None
    percent = min(Decimal(found.value) * years, Decimal(100))
    text = (
        N_("%(years)s năm công tác trước khóa học, nữ hoặc người dân tộc thiểu số: giảm %(rate)s%% mỗi năm.")
        if reduced
        else N_("%(years)s năm công tác trước khóa học: giảm %(rate)s%% mỗi năm.")
    )
    return percent, Reason(text, f"{percent.normalize():f}%", found.source,
                           {"years": years, "rate": Decimal(found.value)})  # fmt: skip


def repayment(facts: Facts, figures: Mapping[str, Parameter]) -> Repayment:
    """Return what is to be paid back and why; facts must have passed `check`.

    Exact fractions until the end, then whole đồng, half up.
    """
    if facts.exemption is not None:
        reason = Reason(
            N_("Không phải đền bù: %(ground)s."), "0", RELIEF, {"ground": EXEMPTION_LABELS[facts.exemption]}
        )
        return Repayment(0, Decimal(0), 0, (reason,))
    reasons: list[Reason] = []
    params: dict[str, Any]
    if full(facts.case, figures):
        owed = Fraction(facts.cost)
        text = N_("%(case)s: đền bù 100%% chi phí đào tạo, không gồm tiền lương và phụ cấp.")
        reasons.append(Reason(text, str(facts.cost), f"{CASES}, Đ7", {"case": CASE_LABELS[facts.case]}))
    elif facts.served_months >= facts.committed_months:
        text = N_("Đã phục vụ %(served)s tháng, đủ %(committed)s tháng cam kết: không phải đền bù.")
        params = {"served": facts.served_months, "committed": facts.committed_months}
        return Repayment(0, Decimal(0), 0, (Reason(text, "0", FORMULA, params),))
    else:
        left = facts.committed_months - facts.served_months
        owed = Fraction(facts.cost, facts.committed_months) * left
        text = N_("%(cost)s / %(committed)s × (%(committed)s − %(served)s): còn %(left)s tháng cam kết chưa phục vụ.")
        params = {
            "cost": Decimal(facts.cost), "committed": facts.committed_months, "served": facts.served_months,
            "left": left,
        }  # fmt: skip
        reasons.append(Reason(text, str(whole_dong(owed)), FORMULA, params))
    percent, why = percent_off(facts.years_before, facts.reduced_rate, figures)
    if why is not None:
        reasons.append(why)
    amount = whole_dong(owed * (100 - Fraction(percent)) / 100)
    if percent:
        text = N_("Số phải đền bù: %(base)s trừ %(percent)s%%, làm tròn đến đồng.")
        params = {"base": Decimal(whole_dong(owed)), "percent": percent}
        reasons.append(Reason(text, str(amount), f"{DECREE} Đ8 k2", params))
    return Repayment(whole_dong(owed), percent, amount, tuple(reasons))


def whole_dong(amount: Fraction) -> int:
    """Return an amount that is not negative as whole đồng, half up."""
    return math.floor(amount + Fraction(1, 2))


def pay_by(decided_on: date, figures: Mapping[str, Parameter]) -> tuple[date, Reason] | None:
    """Return the last day to pay, 120 days after the decision, and why; None where the law of the day has no term."""
    days = whole(figures, "repayment.pay_days")
    if days is None:
        return None
    last = date.fromordinal(decided_on.toordinal() + days)
    text = N_("Nộp trong %(days)s ngày kể từ ngày quyết định %(start)s: chậm nhất %(last)s.")
    params = {"days": days, "start": decided_on, "last": last}
    return last, Reason(text, last.isoformat(), figures["repayment.pay_days"].source, params)


def committed_at_least(course_months: int, figures: Mapping[str, Parameter]) -> tuple[int, Reason] | None:
    """Return the least months to commit to for a course of so many months (Đ4): three times its length."""
    factor = whole(figures, "repayment.commitment_factor")
    if factor is None:
        return None
    least = course_months * factor
    text = N_("Cam kết phục vụ ít nhất %(factor)s lần thời gian đào tạo %(course)s tháng: %(least)s tháng.")
    params = {"factor": factor, "course": course_months, "least": least}
    return least, Reason(text, str(least), figures["repayment.commitment_factor"].source, params)


def course_months(starts_on: date, last_day: date) -> int:
    """Return the months of a course from its first to its last day; a month begun is a month."""
    end = date.fromordinal(last_day.toordinal() + 1)
    months = max(months_between(starts_on, end), 0)
    return months + (add_months(starts_on, months) < end)
