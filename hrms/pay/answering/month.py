"""A month's pay, arrears, and severance from facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core import clock
from hrms.core.rules import N_
from hrms.pay.answering import Answer, UnanswerableError, deny, refuse
from hrms.pay.facts_pay import LONGEST
from hrms.pay.queries.figures import pay_figures
from hrms.pay.rules import arrears as owed
from hrms.pay.rules import monthly
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.figures import NoFigure
from hrms.pay.rules.monthly import Line, PayFacts
from hrms.pay.rules.reserved import Reserved
from hrms.people.queries import law
from hrms.people.rules.leaving import Case
from hrms.people.rules.severance import severance as severed


def pay(given: dict[str, Any]) -> Answer:
    """Return a month's pay (TT 13/2026/TT-BNV Đ3) of facts read by `PaySchema`. Raises `UnanswerableError`."""
    on, kind = given.pop("on") or clock.today(), given.pop("kind")
    asked = facts_of(given)
    try:
        figures = pay_figures(on, kind)
    except NoFigure as error:
        raise UnanswerableError([error.problem]) from error
    refuse(monthly.check(asked, figures))
    found = monthly.pay(asked, figures)
    keys = {
        "lines": _lines(found.lines), "gross": str(found.gross), "deductions": _lines(found.deductions),
        "net": str(found.net), "insurance_base": str(round(found.insurance_base)), "employer": _lines(found.employer),
    }  # fmt: skip
    return Answer(keys, found.reasons)


def arrears(given: dict[str, Any]) -> Answer:
    """Return arrears month by month of facts read by `ArrearsSchema`. Raises `UnanswerableError`."""
    start: date = given.pop("from")
    year, month = map(int, re.findall(r"\d+", given.pop("through")))
    kind, before, after = given.pop("kind"), given.pop("before"), given.pop("after")
    if twice := sorted(given.keys() & (before.keys() | after.keys())):
        text = N_("Mục %(names)s ghi cả ở ngoài và trong before, after. Hãy bỏ một nơi.")
        deny("before", "said_twice", text, names=", ".join(twice))
    if (year - start.year) * 12 + month - start.month >= LONGEST:
        text = N_("Từ from đến through nhiều nhất %(most)s tháng. Hãy sửa một trong hai.")
        deny("through", "too_long", text, most=LONGEST)
    through = date(year, month, 1)
    old, new = facts_of({**given, **before}), facts_of({**given, **after})

    def figures_on(day: date) -> Any:
        return pay_figures(day, kind)

    try:
        refuse(owed.check_arrears(old, new, start, through, figures_on))
    except NoFigure as error:
        raise UnanswerableError([error.problem]) from error
    found = owed.arrears(old, new, start, through, figures_on)
    months = [
        {"month": f"{one.first:%Y-%m}", "gross": str(one.gross), "deductions": _lines(one.deductions),
         "net": str(one.net)}
        for one in found.months
    ]  # fmt: skip
    keys = {
        "gross": str(found.gross), "deductions": _lines(found.deductions), "net": str(found.net), "months": months,
        "lines": _lines(found.lines),
    }  # fmt: skip
    return Answer(keys, found.reasons)


def severance(given: dict[str, Any]) -> Answer:
    """Return the severance of facts read by `SeveranceSchema`. Raises `UnanswerableError`."""
    on = given["on"] or clock.today()
    figures, worked = law.parameters(on), given["years"] * 12 + given["months"]
    if given["case"] is not Case.OWN_WISH:
        text = N_("Trợ cấp của trường hợp này theo pháp luật về lao động; chỉ tính được case own_wish.")
        deny("case", "other_law", text)
    if "severance.months_per_year" not in figures:
        text = N_("Danh mục chưa có mức trợ cấp thôi việc của ngày %(day)s. Hãy chọn từ 01/7/2025.")
        deny("on", "no_figure", text, day=f"{on:%d/%m/%Y}")
    if given["insured_months"] > worked:
        text = N_("insured_months là %(insured)s, nhiều hơn %(worked)s tháng làm việc. Hãy sửa một trong hai.")
        deny("insured_months", "more_than_worked", text, insured=given["insured_months"], worked=worked)
    found = severed(int(given["monthly_pay"]), worked, figures, insured_months=given["insured_months"])
    keys = {"amount": str(found.amount), "years": str(found.years), "months_of_pay": str(found.months)}
    return Answer(keys, found.reasons)


def facts_of(given: Mapping[str, Any]) -> PayFacts:
    """Return the facts of a month. Raises `UnanswerableError` where there is no coefficient."""
    if "coefficient" not in given:
        deny("coefficient", "required", N_("Chưa có coefficient (hệ số lương). Hãy bổ sung."))
    values = {key: value for key, value in given.items() if value is not None}
    if "allowances" in values:
        values["allowances"] = tuple(
            Allowance(**{**one, "amount": None if one["amount"] is None else Decimal(one["amount"])})
            for one in values["allowances"]
        )
    if "reserved_leadership" in values:
        values["reserved_leadership"] = Reserved(**values["reserved_leadership"])
    if "suspended" in values:
        values["suspended"] = values["suspended"]["prosecuted"]
    if "unemployment_insurance" in values:
        values["unemployment"] = values.pop("unemployment_insurance")
    return PayFacts(**values)


def _lines(lines: Iterable[Line]) -> list[dict[str, str]]:
    return [{"code": line.code, "amount": str(line.amount)} for line in lines]
