"""The files of facts that the commands of steps and shares read; unknown keys are refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma

from hrms.pay.rules import placing
from hrms.pay.rules.incentives import SchemeKind
from hrms.pay.rules.placing import PlacingReason
from hrms.pay.rules.raises import DisciplineForm
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.classes import RatingClass

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
MOST_EVENTS = 500
MONEY = ma.validate.Regexp(r"\A\d{1,18}\Z")
_DAY = ma.validate.Range(FIRST_DAY, LAST_DAY)
PROBATION = "probation"
SENTENCE = "suspended_sentence"


def _number(least: int = 0, most: int = 1_000_000, **more: Any) -> ma.fields.Decimal:
    return ma.fields.Decimal(allow_nan=False, validate=ma.validate.Range(least, most), **more)


def _count(most: int, **more: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(0, most), **more)


def _day(**more: Any) -> ma.fields.Date:
    return ma.fields.Date(validate=_DAY, **more)


def _enum(kind: type[Any], **more: Any) -> ma.fields.Enum[Any]:
    return ma.fields.Enum(kind, by_value=True, **more)


def _money(**more: Any) -> ma.fields.String:
    return ma.fields.String(validate=MONEY, **more)


class AbsenceEvent(ma.Schema):
    """Time away: from a day to before a day, or the working days of a short absence."""

    type = ma.fields.String(required=True)
    since = _day(data_key="from", load_default=None)
    until = _day(data_key="to", load_default=None, allow_none=True)
    working_days = _count(366, load_default=None)

    @ma.validates_schema
    def _one_measure(self, given: Mapping[str, Any], **_more: Any) -> None:
        if (given.get("since") is None) == (given.get("working_days") is None):
            raise ma.ValidationError("either from (and to) or working_days")
        if given.get("until") is not None and given.get("since") is None:
            raise ma.ValidationError("to without from")


class SentenceEvent(ma.Schema):
    """Probation of a suspended sentence."""

    type = ma.fields.String(required=True)
    since = _day(data_key="from", required=True)
    until = _day(data_key="to", required=True)


class DisciplineEvent(ma.Schema):
    """A discipline; `party` for party discipline only."""

    type = ma.fields.String(required=True)
    form = _enum(DisciplineForm, required=True)
    on = _day(required=True)
    party = ma.fields.Boolean(load_default=False)


class RatingEvent(ma.Schema):
    """The class of a year."""

    type = ma.fields.String(required=True)
    year = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(FIRST_DAY.year, LAST_DAY.year))
    rating = _enum(RatingClass, data_key="class", required=True)
    same_cause_as_discipline = ma.fields.Boolean(load_default=False)


EVENTS: Mapping[str, type[ma.Schema]] = {
    **{kind.value: AbsenceEvent for kind in AbsenceKind}, PROBATION: AbsenceEvent, SENTENCE: SentenceEvent,
    "discipline": DisciplineEvent, "rating": RatingEvent,
}  # fmt: skip


class EventSchema(ma.Schema):
    """One event, by the form of its `type`."""

    def load(self, data: Any, **more: Any) -> Any:
        """Return the event by the schema of its type. Raises `marshmallow.ValidationError`."""
        known = EVENTS.get(str(data.get("type"))) if isinstance(data, Mapping) else None
        if known is None:
            raise ma.ValidationError("unknown type")
        return known().load(data, **more)


class EarlySchema(ma.Schema):
    """An early raise considered in a year."""

    year = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(2013, 2099))
    achievements = ma.fields.List(_day(), load_default=list)
    by_early_raise = ma.fields.Boolean(load_default=False)
    last_early_on = _day(load_default=None, allow_none=True)
    decided_on = _day(load_default=None, allow_none=True)
    months = _count(12, load_default=None, allow_none=True)


class RetirementSchema(ma.Schema):
    """A notice of retirement and the day of retirement."""

    notice_on = _day(required=True)
    retires_on = _day(required=True)


class StepSchema(ma.Schema):
    """Facts of a step raise."""

    table = ma.fields.Integer(strict=True, load_default=2)
    group = ma.fields.String(required=True)
    step = ma.fields.Integer(strict=True, required=True)
    step_since = _day(required=True)
    kind = _enum(PersonKind, load_default=PersonKind.CIVIL_SERVANT)
    as_at = _day(load_default=None)
    events = ma.fields.List(
        ma.fields.Nested(EventSchema), load_default=list, validate=ma.validate.Length(max=MOST_EVENTS)
    )
    early = ma.fields.Nested(EarlySchema, load_default=None, allow_none=True)
    retirement = ma.fields.Nested(RetirementSchema, load_default=None, allow_none=True)


class HeldSchema(ma.Schema):
    """The pay held before."""

    table = ma.fields.Integer(strict=True, load_default=2)
    group = ma.fields.String(required=True)
    coefficient = _number(0, 100, required=True)
    beyond_scale_percent = _count(100, load_default=0)
    reserved = _number(0, 100, load_default=placing.ZERO)
    step_since = _day(required=True)


class ToSchema(ma.Schema):
    """The pay group after."""

    table = ma.fields.Integer(strict=True, load_default=2)
    group = ma.fields.String(required=True)


class InsuredSchema(ma.Schema):
    """Time insured before a first placement."""

    months = _count(720, required=True)
    probation_months = _count(60, load_default=0)


class PlacementSchema(ma.Schema):
    """Facts of a placement: from what to what; a first one has `insured` or `degree`, and needs no `from`."""

    held = ma.fields.Nested(HeldSchema, data_key="from", load_default=None)
    to = ma.fields.Nested(ToSchema, required=True)
    decided_on = _day(required=True)
    reason = _enum(PlacingReason, load_default=None)
    insured = ma.fields.Nested(InsuredSchema, load_default=None)
    degree = ma.fields.String(
        load_default=None, validate=ma.validate.OneOf(["doctorate", "master", "college", "other"])
    )


class UnitSchema(ma.Schema):
    """A unit with its assigned headcount, and the superior it reports its remainder to."""

    id = ma.fields.String(required=True, validate=ma.validate.Length(1, 100))
    assigned = _count(10_000_000, required=True)
    under = ma.fields.String(load_default="")


class EarlyQuotaSchema(ma.Schema):
    """Facts of a quota of early raises."""

    on = _day(load_default=None)
    units = ma.fields.List(ma.fields.Nested(UnitSchema), required=True)


def _weights(**more: Any) -> ma.fields.Dict:
    return ma.fields.Dict(keys=_enum(RatingClass), values=_number(0, 10**12, required=True), **more)


class SchemeSchema(ma.Schema):
    """A scheme of shares."""

    kind = _enum(SchemeKind, required=True)
    weights = _weights(load_default=dict)
    kind_weights = ma.fields.Dict(keys=_enum(PersonKind), values=_weights(required=True), load_default=dict)
    ad_hoc_percent = _number(0, 100, load_default=Decimal(0))
    floors = ma.fields.Dict(keys=_enum(RatingClass), values=_money(required=True), load_default=dict)
    most_a_month = _money(load_default=None, allow_none=True)
    max_coefficient = _number(0, 100, load_default=None, allow_none=True)
    cap = _number(0, 100, load_default=None, allow_none=True)
    period_months = ma.fields.Integer(strict=True, load_default=12, validate=ma.validate.Range(1, 12))
    by_coefficient = ma.fields.Boolean(load_default=False)
    source = ma.fields.String(load_default="")


class SharerSchema(ma.Schema):
    """One person of a fund."""

    id = ma.fields.String(required=True, validate=ma.validate.Length(1, 100))
    rating = _enum(RatingClass, data_key="class", required=True)
    months = _count(12, load_default=None)
    kind = _enum(PersonKind, load_default=PersonKind.CIVIL_SERVANT)
    salary = _money(load_default=None, allow_none=True)
    coefficient = _number(0, 100, load_default=None, allow_none=True)
    most_a_month = _money(load_default=None, allow_none=True)


class FundSchema(ma.Schema):
    """How a fund comes from the sum of coefficients: the bonus of a year, extra income, the advance of a quarter."""

    kind = ma.fields.String(load_default="bonus", validate=ma.validate.OneOf(["bonus", "extra", "advance"]))
    coefficients = _number(0, 10**9, required=True)
    year = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(2024, 2099))
    quarter = ma.fields.Integer(strict=True, load_default=None, allow_none=True, validate=ma.validate.Range(1, 4))


class IncentiveSchema(ma.Schema):
    """Facts of a distribution; the fund in đồng, or the facts it comes from."""

    scheme = ma.fields.Nested(SchemeSchema, required=True)
    fund = _money(load_default=None)
    fund_of = ma.fields.Nested(FundSchema, load_default=None)
    salary_fund = _money(load_default=None, allow_none=True)
    people = ma.fields.List(ma.fields.Nested(SharerSchema), load_default=list)
