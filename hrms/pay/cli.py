"""Commands of pay: explain a month's pay, arrears, and severance. Raises and placement are in `cli_raises`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import click
import marshmallow as ma

from hrms.core import clock
from hrms.core.console import Unusable
from hrms.core.explaining import read_facts, tell
from hrms.core.i18n import _, render
from hrms.core.rules import Problem
from hrms.pay.queries.figures import pay_figures
from hrms.pay.rules import arrears as owed
from hrms.pay.rules import monthly
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.figures import AllowanceCode, NoFigure
from hrms.pay.rules.monthly import Line, PayFacts
from hrms.pay.rules.reserved import Reserved
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.leaving import Case
from hrms.people.rules.severance import severance

MONEY = ma.validate.Regexp(r"^\d{1,12}\Z")
LONGEST = 600
"""Months of arrears at most: fifty years."""


def _money(**more: Any) -> ma.fields.String:
    """Return a field of whole đồng as text."""
    return ma.fields.String(validate=MONEY, **more)


def _number(most: int, places: int, least: int = 0, **more: Any) -> ma.fields.Decimal:
    """Return a field of a coefficient or percentage, a number or text; finer ones are refused, not rounded."""

    def fine_enough(value: Decimal) -> None:
        # Out of range is said by the range; rounding a number longer than the precision would fail.
        if abs(value) <= most and value != round(value, places):
            raise ma.ValidationError(f"finer than {places} decimals")

    return ma.fields.Decimal(allow_nan=False, validate=[ma.validate.Range(least, most), fine_enough], **more)


def _coefficient(**more: Any) -> ma.fields.Decimal:
    return _number(20, 4, load_default=Decimal(0), **more)


class AllowanceSchema(ma.Schema):
    """One allowance: its code, and one of coefficient, percent, amount where the law leaves it to the case."""

    code = ma.fields.Enum(AllowanceCode, by_value=True, required=True)
    coefficient = _number(20, 4, load_default=None)
    percent = _number(200, 4, load_default=None)
    amount = _money(load_default=None)
    days = ma.fields.Integer(strict=True, load_default=None, validate=ma.validate.Range(0, 31))


class ReservedSchema(ma.Schema):
    """A reserved leadership coefficient and the first day without it."""

    coefficient = _coefficient()
    until = ma.fields.Date(load_default=None, allow_none=True)


class SuspendedSchema(ma.Schema):
    """A suspension of the whole month."""

    prosecuted = ma.fields.Boolean(load_default=False)


class MonthSchema(ma.Schema):
    """What decides a month's pay; keys not given keep the default of `PayFacts`."""

    coefficient = _number(20, 4)
    beyond_scale_percent = _number(100, 2)
    reserved = _number(20, 4)
    leadership_coefficient = _number(20, 4)
    reserved_leadership = ma.fields.Nested(ReservedSchema, allow_none=True)
    allowances = ma.fields.List(ma.fields.Nested(AllowanceSchema))
    suspended = ma.fields.Nested(SuspendedSchema, allow_none=True)
    unemployment_insurance = ma.fields.Boolean(allow_none=True)

    @ma.validates("coefficient")
    def _positive(self, value: Decimal, **_more: Any) -> None:
        if not value:
            raise ma.ValidationError("not positive")


class PaySchema(MonthSchema):
    """Facts of a month: as of `on`, of one kind of person."""

    on = ma.fields.Date(load_default=None)
    kind = ma.fields.Enum(PersonKind, by_value=True, load_default=PersonKind.CIVIL_SERVANT)


class ArrearsSchema(MonthSchema):
    """Facts of arrears: what was and what should have been, from a day through a month; the rest is common."""

    class Meta:
        include: ClassVar[Mapping[str, Any]] = {
            "from": ma.fields.Date(required=True),
            "through": ma.fields.String(required=True, validate=ma.validate.Regexp(r"^[12]\d{3}-(0[1-9]|1[0-2])\Z")),
        }

    before = ma.fields.Nested(MonthSchema, required=True)
    after = ma.fields.Nested(MonthSchema, required=True)
    kind = ma.fields.Enum(PersonKind, by_value=True, load_default=PersonKind.CIVIL_SERVANT)


class SeveranceSchema(ma.Schema):
    """Facts of a severance: pay of the month before in whole đồng as text, years and months of work."""

    on = ma.fields.Date(load_default=None)
    case = ma.fields.Enum(Case, by_value=True, load_default=Case.OWN_WISH)
    monthly_pay = _money(required=True)
    years = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 60))
    months = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 720))
    insured_months = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 720))


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@explain.command("pay")
@_FILE
def explain_pay(facts: Path) -> dict[str, Any]:
    """Một tháng hưởng bao nhiêu, đóng bao nhiêu, còn nhận bao nhiêu, và vì sao (TT 13/2026/TT-BNV Đ3)."""
    given = read_facts(facts, PaySchema())
    on, kind = given.pop("on") or clock.today(), given.pop("kind")
    asked = _facts(given)
    try:
        figures = pay_figures(on, kind)
    except NoFigure as error:
        raise Unusable(render(error.problem)) from error
    _refuse(monthly.check(asked, figures))
    found = monthly.pay(asked, figures)
    return {
        "lines": _lines(found.lines), "gross": str(found.gross), "deductions": _lines(found.deductions),
        "net": str(found.net), "insurance_base": str(round(found.insurance_base)), "employer": _lines(found.employer),
        "reasons": tell(found.reasons),
    }  # fmt: skip


@explain.command("arrears")
@_FILE
def explain_arrears(facts: Path) -> dict[str, Any]:
    """Truy lĩnh, truy thu bao nhiêu qua từng tháng, và vì sao (TT 08/2013/TT-BNV Đ3)."""
    given = read_facts(facts, ArrearsSchema())
    start: date = given.pop("from")
    year, month = map(int, re.findall(r"\d+", given.pop("through")))
    kind, before, after = given.pop("kind"), given.pop("before"), given.pop("after")
    if twice := sorted(given.keys() & (before.keys() | after.keys())):
        raise Unusable(
            _("Mục %(names)s ghi cả ở ngoài và trong before, after. Hãy bỏ một nơi.", names=", ".join(twice))
        )
    if (year - start.year) * 12 + month - start.month >= LONGEST:
        raise Unusable(_("Từ from đến through nhiều nhất %(most)s tháng. Hãy sửa một trong hai.", most=LONGEST))
    through = date(year, month, 1)
    old, new = _facts({**given, **before}), _facts({**given, **after})

    def figures_on(day: date) -> Any:
        return pay_figures(day, kind)

    try:
        _refuse(owed.check_arrears(old, new, start, through, figures_on))
    except NoFigure as error:
        raise Unusable(render(error.problem)) from error
    found = owed.arrears(old, new, start, through, figures_on)
    months = [
        {"month": f"{one.first:%Y-%m}", "gross": str(one.gross), "deductions": _lines(one.deductions),
         "net": str(one.net)}
        for one in found.months
    ]  # fmt: skip
    return {
        "gross": str(found.gross), "deductions": _lines(found.deductions), "net": str(found.net), "months": months,
        "lines": _lines(found.lines), "reasons": tell(found.reasons),
    }  # fmt: skip


@explain.command("severance")
@_FILE
def explain_severance(facts: Path) -> dict[str, Any]:
    """Trợ cấp thôi việc bao nhiêu, và vì sao (NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP)."""
    given = read_facts(facts, SeveranceSchema())
    on = given["on"] or clock.today()
    figures, worked = law.parameters(on), given["years"] * 12 + given["months"]
    if given["case"] is not Case.OWN_WISH:
        raise Unusable(_("Trợ cấp của trường hợp này theo pháp luật về lao động; chỉ tính được case own_wish."))
    if "severance.months_per_year" not in figures:
        raise Unusable(
            _("Danh mục chưa có mức trợ cấp thôi việc của ngày %(day)s. Hãy chọn từ 01/7/2025.", day=f"{on:%d/%m/%Y}")
        )
    if given["insured_months"] > worked:
        raise Unusable(
            _("insured_months là %(insured)s, nhiều hơn %(worked)s tháng làm việc. Hãy sửa một trong hai.",
              insured=given["insured_months"], worked=worked)
        )  # fmt: skip
    found = severance(int(given["monthly_pay"]), worked, figures, insured_months=given["insured_months"])
    return {
        "amount": str(found.amount), "years": str(found.years), "months_of_pay": str(found.months),
        "reasons": tell(found.reasons),
    }  # fmt: skip


def _facts(given: Mapping[str, Any]) -> PayFacts:
    """Return the facts of a month. Raises `Unusable` where there is no coefficient."""
    if "coefficient" not in given:
        raise Unusable(_("Chưa có coefficient (hệ số lương). Hãy bổ sung."))
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


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Unusable("\n".join(render(one) for one in problems))


def _lines(lines: Iterable[Line]) -> list[dict[str, str]]:
    return [{"code": line.code, "amount": str(line.amount)} for line in lines]


COMMANDS = (explain,)
