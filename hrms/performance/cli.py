"""Commands of performance: explain the points of a month, the class of a year, and the quota of excellent people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import marshmallow as ma

from hrms.core.console import Unusable
from hrms.core.explaining import read_facts, tell
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem, Reason
from hrms.performance.rules import quota as quotas
from hrms.performance.rules import scoring, yearly
from hrms.performance.rules.classes import RatingClass, Rounding
from hrms.performance.rules.numbers import PLACES, half_up, shown
from hrms.performance.rules.quota import QuotaBase, Rule
from hrms.performance.rules.scoring import Criterion, Decree, Formula, Item, Leader, Role
from hrms.performance.rules.yearly import MonthCause, YearFacts

MOST_PEOPLE = 10_000_000
MOST_COUNT = 1000
MOST_UNITS = 1_000_000_000


def _fine_enough(value: Decimal) -> None:
    # Out of range is said by the range; rounding a number longer than the precision would fail.
    if abs(value) <= MOST_UNITS and value != round(value, PLACES):
        raise ma.ValidationError("finer than 0.000001")


def _decimal(**more: Any) -> ma.fields.Decimal:
    """Return a field of points or units, a number or text, to six decimals; finer ones are refused, not rounded."""
    limits = ma.validate.Range(min=-MOST_UNITS, max=MOST_UNITS)
    return ma.fields.Decimal(allow_nan=False, validate=[limits, _fine_enough], **more)


def _enum(kind: type[Any], **more: Any) -> ma.fields.Enum[Any]:
    return ma.fields.Enum(kind, by_value=True, **more)


class ItemSchema(ma.Schema):
    """One product: converted units, whether done, checks failed and latenesses that nobody excused."""

    units = _decimal(required=True)
    done = ma.fields.Boolean(required=True)
    failed_checks = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(max=MOST_COUNT))
    late = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(max=MOST_COUNT))
    impossible = ma.fields.Boolean(load_default=False)


class LeaderSchema(ma.Schema):
    """The three leader criteria d, đ, e."""

    subordinates = _decimal(required=True)
    unit = _decimal(required=True)
    cohesion = _decimal(required=True)


class PeriodSchema(ma.Schema):
    """Facts of a month or a quarter."""

    criteria = _enum(Decree, load_default=Decree.CIVIL)
    role = _enum(Role, load_default=Role.STAFF)
    general = _decimal(required=True)
    assigned = ma.fields.List(ma.fields.Nested(ItemSchema), load_default=list)
    added = ma.fields.List(ma.fields.Nested(ItemSchema), load_default=list)
    leader = ma.fields.Nested(LeaderSchema, load_default=None, allow_none=True)
    weights = ma.fields.Dict(keys=_enum(Criterion), values=_decimal(required=True), load_default=None, allow_none=True)
    floor = ma.fields.Boolean(load_default=True)
    cap = ma.fields.Boolean(load_default=True)


class AbsenceSchema(ma.Schema):
    """Months without work, by cause."""

    kind = _enum(MonthCause, required=True)
    months = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(0, 12))


class YearSchema(ma.Schema):
    """Facts of a year: twelve months or four quarters, null where there are no points."""

    criteria = _enum(Decree, load_default=Decree.CIVIL)
    months = ma.fields.List(_decimal(allow_none=True), load_default=list)
    quarters = ma.fields.List(_decimal(allow_none=True), load_default=list)
    absences = ma.fields.List(ma.fields.Nested(AbsenceSchema), load_default=list)
    discipline_for_duty = ma.fields.Boolean(load_default=False)
    degenerated = ma.fields.Boolean(load_default=False)
    organisation_class = _enum(RatingClass, load_default=None, allow_none=True)
    head = ma.fields.Boolean(load_default=False)
    leader = ma.fields.Boolean(load_default=False)
    unit_corrupt = ma.fields.Boolean(load_default=False)
    own_fault_reported = ma.fields.Boolean(load_default=False)
    rounding = _enum(Rounding, load_default=Rounding.UNROUNDED)


class ScoreSchema(ma.Schema):
    """Facts of a period, or of a year when they have `months` or `quarters`."""

    def load(self, data: Any, **more: Any) -> Any:
        """Return the facts by the schema of their form. Raises `marshmallow.ValidationError`."""
        of_year = isinstance(data, Mapping) and not {"months", "quarters"}.isdisjoint(data)
        return (YearSchema() if of_year else PeriodSchema()).load(data, **more)


class QuotaSchema(ma.Schema):
    """Facts of a quota: people good or better, those of them at the points of excellent."""

    criteria = _enum(Decree, load_default=Decree.CIVIL)
    good_or_better = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(max=MOST_PEOPLE))
    at_or_above_90 = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(max=MOST_PEOPLE))
    outstanding = ma.fields.Boolean(load_default=False)
    base = _enum(QuotaBase, load_default=QuotaBase.FINAL_GOOD)


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@explain.command("score")
@_FILE
def explain_score(facts: Path) -> dict[str, Any]:
    """Được bao nhiêu điểm trong tháng, quý, hoặc xếp loại gì trong năm, và vì sao (NĐ 335/2025, NĐ 233/2026)."""
    given = read_facts(facts, ScoreSchema())
    return _year(given) if "months" in given else _period(given)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Unusable("\n".join(render(one) for one in problems))


def _period(given: Mapping[str, Any]) -> dict[str, Any]:
    decree: Decree = given["criteria"]
    if decree is Decree.CIVIL and given["weights"] is not None:
        text = N_("NĐ 335/2025/NĐ-CP cố định công thức, không có điểm riêng của từng tiêu chí kết quả. Hãy bỏ weights.")
        _refuse([Problem("weights", "weights_of_civil", text)])
    formula = Formula(decree=decree, floor=given["floor"], cap=given["cap"], weights=given["weights"])
    if decree is Decree.PUBLIC:
        # The unit's own regulation may value a leader anywhere between; 1 or 0.5 is of the civil servants' decree.
        formula = replace(formula, leader_values=None)
    items = [Item(**one) for one in given["assigned"]] + [Item(**one, added=True) for one in given["added"]]
    leader = None if given["leader"] is None else Leader(**given["leader"])
    asked = (items, given["general"], given["role"], leader, formula)
    _refuse(scoring.check(*asked))
    found = scoring.score(*asked)
    if isinstance(found, scoring.Unscored):
        nothing = dict.fromkeys(("a", "b", "c", "result"))
        return {
            **nothing, "general": shown(given["general"]), "score": None, "raw": None, "class": RatingClass.NONE.value,
            "reasons": tell(found.reasons),
        }  # fmt: skip
    return {
        "a": str(found.a), "b": str(found.b), "c": str(found.c), "ratio": str(found.ratio),
        "result": shown(found.exact.result), "general": shown(found.exact.general), "score": shown(found.exact.score),
        "raw": shown(found.exact.raw_score), "class": found.rating.value, "reasons": tell(found.reasons),
    }  # fmt: skip


def _year(given: Mapping[str, Any]) -> dict[str, Any]:
    absences: Counter[MonthCause] = Counter()
    for one in given["absences"]:
        absences[one["kind"]] += one["months"]
    asked = YearFacts(
        given["months"], given["quarters"], absences, decree=given["criteria"],
        **{name: given[name] for name in (
            "discipline_for_duty", "degenerated", "organisation_class", "head", "leader", "unit_corrupt",
            "own_fault_reported", "rounding")},
    )  # fmt: skip
    _refuse(yearly.check_year(asked))
    found = yearly.year(asked)
    answer: dict[str, Any] = {
        "mean": _mean(found.exact_mean), "class": found.rating.value, "provisional": found.provisional,
        "missing": list(found.missing),
    }  # fmt: skip
    if asked.months:
        answer["quarters"] = [_mean(yearly.quarter(asked.months, number)) for number in range(1, 5)]
        answer["half_years"] = [_mean(yearly.half_year(asked.months, number)) for number in (1, 2)]
    return {**answer, "reasons": tell(found.reasons)}


def _mean(value: Fraction | None) -> str | None:
    return None if value is None else str(half_up(value, 3))


@explain.command("quota")
@_FILE
def explain_quota(facts: Path) -> dict[str, Any]:
    """Nhiều nhất bao nhiêu người hoàn thành xuất sắc, và vì sao (NĐ 335/2025 Đ20 k5, NĐ 233/2026 Đ12 k6)."""
    given = read_facts(facts, QuotaSchema())
    everyone, top = given["good_or_better"], given["at_or_above_90"]
    _refuse(quotas.check_counts(everyone, top))
    rule = Rule(given["base"], given["outstanding"], decree=given["criteria"])
    maximum = rule.maximum(everyone, top)
    most = min(maximum, top)
    reasons = [quotas.limit_reason(quotas.Limit(None, everyone, top, maximum, most), rule)]
    if most < maximum:
        reasons.append(Reason(N_("Chỉ có %(top)s người đạt điểm xuất sắc."), str(top), rule.source, {"top": top}))
    return {"excellent_max": most, "maximum": maximum, "reasons": tell(reasons)}


COMMANDS = (explain,)
