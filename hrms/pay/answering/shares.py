"""The quota of early raises, and the shares of a fund, from facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hrms.core import clock
from hrms.core.rules import N_, Reason
from hrms.pay.answering import Answer, deny, refuse
from hrms.pay.answering.figures import figures_on
from hrms.pay.rules import early, incentives
from hrms.pay.rules.incentives import Scheme, Sharer
from hrms.people.queries import law
from hrms.performance.rules.numbers import half_up


def early_raise_quota(given: dict[str, Any]) -> Answer:
    """Return the early raises of units of facts read by `EarlyQuotaSchema` (TT 08/2013/TT-BNV Đ3).

    Raises `UnanswerableError`.
    """
    units = [early.Unit(**one) for one in given["units"]]
    refuse(early.check_units(units))
    figures = figures_on(given["on"] or clock.today(), "raise.early_percent")
    found = early.quota(units, figures)
    keys = {
        "units": [{"id": one.id, "quota": one.quota, "remainder": _short(one.remainder)} for one in found.units],
        "pooled": found.pooled, "total": found.total,
        "given": [one.id for one in found.units if one.given],
    }  # fmt: skip
    return Answer(keys, found.reasons)


def incentive(given: dict[str, Any]) -> Answer:
    """Return the shares of a fund of facts read by `IncentiveSchema` (NĐ 161/2026/NĐ-CP Đ4, NĐ 75/2026/NĐ-CP).

    Raises `UnanswerableError`.
    """
    if (given["fund"] is None) == (given["fund_of"] is None):
        deny("fund", "one_fund", N_("Cần đúng một trong hai: fund (đồng) hoặc fund_of (cách tính quỹ)."))
    fund, reasons = (int(given["fund"]), ()) if given["fund"] is not None else _fund(given["fund_of"])
    values = given["scheme"]
    scheme = Scheme(**{
        **values, "floors": {rating: int(amount) for rating, amount in values["floors"].items()},
        "most_a_month": _whole(values["most_a_month"]),
    })  # fmt: skip
    people = [
        Sharer(**{
            **one, "months": scheme.period_months if one["months"] is None else one["months"],
            "salary": _whole(one["salary"]), "most_a_month": _whole(one["most_a_month"]),
        })
        for one in given["people"]
    ]  # fmt: skip
    salary_fund = _whole(given["salary_fund"])
    refuse(incentives.check(scheme, fund, people, salary_fund))
    found = incentives.share(scheme, fund, people, salary_fund)
    keys = {
        "fund": str(found.fund), "reserved": str(found.reserved),
        "per_point": None if found.per_point is None else str(half_up(found.per_point, 2)),
        "shares": [{"id": one.id, "amount": str(one.amount)} for one in found.shares],
        "remainder": str(found.remainder),
    }  # fmt: skip
    return Answer(keys, (*reasons, *found.reasons))


_FUNDS = {"bonus": "bonus.fund_percent", "extra": "extra.cap_percent", "advance": "extra.advance_percent"}


def _fund(given: Mapping[str, Any]) -> tuple[int, tuple[Reason, ...]]:
    """Return the fund in whole đồng, rounded down, by the base salary of each of its months."""
    year, quarter = given["year"], given["quarter"]
    if (given["kind"] == "advance") != (quarter is not None):
        deny("fund_of", "quarter", N_("Tạm ứng theo quý cần quarter; các quỹ khác tính cả năm, không có quarter."))
    months = range(1, 13) if quarter is None else range(quarter * 3 - 2, quarter * 3 + 1)
    days = [date(year, month, 1) for month in months]
    key = _FUNDS[given["kind"]]
    figure = figures_on(days[-1], key)[key]
    bases = [_base_salary(day) for day in days]
    found = incentives.bonus_fund(given["coefficients"], bases, Decimal(figure.value))
    shown = " + ".join(f"{count} × {base}" for base, count in Counter(bases).items())
    text = N_("Tổng hệ số %(coefficients)s × (%(bases)s) × %(percent)s%%: %(fund)s đồng.")
    fund = found.numerator // found.denominator
    params = {"coefficients": given["coefficients"], "bases": shown, "percent": figure.value, "fund": fund}
    return fund, (Reason(text, str(fund), figure.source, params),)


def _base_salary(day: date) -> int:
    shown = day.isoformat()
    return next(
        int(row["amount"]) for row in law.rows("base_salaries")
        if row["valid_from"] <= shown < (row["valid_to"] or "9999")
    )  # fmt: skip


def _whole(amount: str | None) -> int | None:
    return None if amount is None else int(amount)


def _short(value: Fraction) -> int | str:
    return int(value) if value.denominator == 1 else str(half_up(value, 2))
