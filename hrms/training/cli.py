"""Commands of training: explain what a year owes, and a repayment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import marshmallow as ma

from hrms.core import clock
from hrms.core.console import Unusable
from hrms.core.explaining import read_facts, tell
from hrms.core.i18n import _, render
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind
from hrms.training.rules import repayment as rules
from hrms.training.rules import yearly
from hrms.training.rules.kinds import CourseKind, LearningForm
from hrms.training.rules.repayment import Case, Exemption, Facts

MOST_HOURS = 100_000
NOT_NEGATIVE = ma.validate.Range(min=0, max=MOST_HOURS)


def _to_the_hundredth(hours: Decimal) -> None:
    # Out of range is said by the range; rounding a number longer than the precision would fail.
    if abs(hours) <= MOST_HOURS and hours != round(hours, 2):
        raise ma.ValidationError("finer than 0.01")


def _hours(**more: Any) -> ma.fields.Decimal:
    """Return a field of hours to two decimals, a number or text; finer ones are refused, not rounded."""
    return ma.fields.Decimal(allow_nan=False, validate=[NOT_NEGATIVE, _to_the_hundredth], **more)


def _caps() -> ma.fields.Dict:
    return ma.fields.Dict(
        keys=ma.fields.Enum(LearningForm, by_value=True), values=_hours(required=True), load_default=dict
    )


class EntrySchema(ma.Schema):
    """Hours of one course or of teaching; `cap_hours` caps its form."""

    hours = _hours(required=True)
    programme = ma.fields.Enum(CourseKind, by_value=True, load_default=CourseKind.POSITION)
    form = ma.fields.Enum(LearningForm, by_value=True, load_default=LearningForm.CLASS)
    cap_hours = _hours(load_default=None)


class YearRulesSchema(ma.Schema):
    """What a year asks for: hours, hours of a credit, whether surplus goes over, caps by form."""

    hours_per_credit = ma.fields.Decimal(
        load_default=Decimal(15), allow_nan=False, validate=ma.validate.Range(min=0, min_inclusive=False, max=1000)
    )
    min_hours_year = _hours(load_default=Decimal(40))
    carry_over = ma.fields.Boolean(load_default=False)
    cap_hours = _caps()


class YearSchema(ma.Schema):
    """Facts of a year of training."""

    year = ma.fields.Integer(strict=True, load_default=None, validate=ma.validate.Range(1990, 2100))
    kind = ma.fields.Enum(PersonKind, by_value=True, load_default=PersonKind.CIVIL_SERVANT)
    rules = ma.fields.Nested(YearRulesSchema, load_default=lambda: YearRulesSchema().load({}))
    months_in_service = ma.fields.Integer(strict=True, load_default=12, validate=ma.validate.Range(0, 12))
    exempt_months = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 12))
    carried_hours = _hours(load_default=Decimal(0))
    cap_hours = _caps()
    required_courses = ma.fields.List(ma.fields.String(), load_default=list)
    held = ma.fields.List(ma.fields.String(), load_default=list)
    entries = ma.fields.List(ma.fields.Nested(EntrySchema), load_default=list)


class RepaymentSchema(ma.Schema):
    """Facts of a repayment: `cost` in whole đồng as text, months committed and served, the case."""

    cost = ma.fields.String(required=True, validate=ma.validate.Regexp(r"^\d{1,12}$"))
    committed_months = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, 600))
    served_months = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 600))
    case = ma.fields.Enum(Case, by_value=True, load_default=Case.LEFT_EARLY)
    years_before = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 60))
    reduced_rate = ma.fields.Boolean(load_default=False)
    exemption = ma.fields.Enum(Exemption, by_value=True, load_default=None, allow_none=True)
    on = ma.fields.Date(load_default=None)


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@explain.command("training")
@_FILE
def explain_training(facts: Path) -> dict[str, Any]:
    """Còn thiếu bao nhiêu tiết, chương trình nào trong năm, và vì sao (NĐ 171/2025/NĐ-CP Đ16)."""
    given = read_facts(facts, YearSchema())
    asked = yearly.YearFacts(
        given["year"] or clock.today().year, given["rules"]["min_hours_year"], given["rules"]["hours_per_credit"],
        given["rules"]["carry_over"], given["carried_hours"], given["months_in_service"], given["exempt_months"],
        given["required_courses"], given["held"],
        [(one["hours"], one["programme"], one["form"]) for one in given["entries"]], _joined_caps(given),
    )  # fmt: skip
    if problems := yearly.check(asked):
        raise Unusable("\n".join(render(one) for one in problems))
    found = yearly.year_by_months(asked)
    return {
        "hours": _number(found.hours), "credits": found.credits, "required_hours": str(_number(found.required)),
        "missing_hours": str(_number(found.missing)), "missing_courses": list(found.missing_courses),
        "compliant": found.compliant, "reasons": tell(found.reasons),
    }  # fmt: skip


def _joined_caps(given: Mapping[str, Any]) -> dict[LearningForm, Decimal]:
    """Return the cap of each form, wherever it is given. Raises `Unusable` when a form is given two."""
    caps: dict[LearningForm, Decimal] = {}
    of_entries = [(one["form"], one["cap_hours"]) for one in given["entries"] if one["cap_hours"] is not None]
    for form, cap in (*given["rules"]["cap_hours"].items(), *given["cap_hours"].items(), *of_entries):
        if caps.setdefault(form, cap) != cap:
            raise Unusable(
                _("Hình thức %(form)s có hai mức trần khác nhau trong cap_hours. Hãy bỏ một mức.", form=form.value)
            )
    return caps


def _number(hours: Decimal) -> int | float:
    """Return hours as a number of the JSON answer, whole when they are: two decimals are exact in it."""
    return int(hours) if hours == int(hours) else float(hours)


@explain.command("repayment")
@_FILE
def explain_repayment(facts: Path) -> dict[str, Any]:
    """Phải đền bù bao nhiêu chi phí đào tạo, và vì sao (NĐ 171/2025/NĐ-CP Đ6–8)."""
    given = read_facts(facts, RepaymentSchema())
    on: date | None = given.pop("on")
    asked = Facts(**{**given, "cost": int(given["cost"])})
    if problems := rules.check(asked):
        raise Unusable("\n".join(render(one) for one in problems))
    found = rules.repayment(asked, law.parameters(on or clock.today()))
    return {"amount": str(found.amount), "reasons": tell(found.reasons)}


COMMANDS = (explain,)
