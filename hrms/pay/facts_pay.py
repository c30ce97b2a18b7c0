"""The files of facts that the commands about a month, arrears and severance read; unknown keys are refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import marshmallow as ma

from hrms.pay.rules.figures import AllowanceCode
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.leaving import Case

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
    pay_percent = _number(100, 2)
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


class RetirementFacts(ma.Schema):
    """Facts of a retirement, as the options of `hrms explain retirement`: the birth date as far as known, M or F."""

    born = ma.fields.String(required=True, validate=ma.validate.Length(4, 10))
    sex = ma.fields.String(required=True, validate=ma.validate.OneOf(["M", "F"]))
