"""Commands of steps and shares: explain a step raise, a placement, the quota of early raises, an incentive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import click

from hrms.core import clock
from hrms.core.console import Unusable
from hrms.core.explaining import read_facts, tell
from hrms.core.holidays import current as working_days
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem, Reason
from hrms.pay.facts_raises import (
    PROBATION,
    SENTENCE,
    EarlyQuotaSchema,
    IncentiveSchema,
    PlacementSchema,
    StepSchema,
)
from hrms.pay.rules import early, incentives, placing, raises
from hrms.pay.rules.incentives import Scheme, Sharer
from hrms.pay.rules.placing import Held, InsuredTime, PlacingReason
from hrms.pay.rules.raises import Discipline, RaiseTerms, Rating, StepClock, StepFacts
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind, Stretch
from hrms.people.rules.parameters import Parameter
from hrms.people.rules.steps import PayGroup
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.numbers import half_up


@click.group("explain")
def explain() -> None:
    """Trả lời một câu hỏi về luật, kèm các bước tính và điều luật."""


_FILE = click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Unusable("\n".join(render(one) for one in problems))


def _deny(name: str, code: str, text: str, **params: Any) -> NoReturn:
    raise Unusable(render(Problem(name, code, text, params)))


def _group(given: Mapping[str, Any]) -> PayGroup:
    found = law.pay_scales().get((given["table"], given["group"]))
    if found is None:
        text = N_("Bảng lương %(table)s không có loại %(group)s; chọn loại trong danh mục bảng lương.")
        _deny("group", "unknown_pay_group", text, table=given["table"], group=given["group"])
    return found


def _figures(day: date, key: str) -> Mapping[str, Parameter]:
    """Return the figures of the law on a day; refuse a day before the law has the one asked."""
    found = law.parameters(day)
    if key not in found:
        text = N_("Chưa có mức của luật vào ngày %(on)s. Hãy chọn ngày muộn hơn hoặc thêm vào danh mục tham số.")
        _deny("on", "no_figure", text, on=day)
    return found


@explain.command("step-raise")
@_FILE
def explain_step_raise(facts: Path) -> dict[str, Any]:
    """Nâng bậc ngày nào, hoặc thâm niên vượt khung bao nhiêu, và vì sao (TT 08/2013/TT-BNV, TT 03/2021/TT-BNV)."""
    given = read_facts(facts, StepSchema())
    group, step = _group(given), given["step"]
    if not 1 <= step <= group.steps:
        text = N_("Loại %(group)s chỉ có bậc 1 đến bậc %(steps)s; bậc %(step)s không hợp lệ.")
        _deny("step", "no_such_step", text, group=group.group, steps=group.steps, step=step)
    as_at = given["as_at"] or max(clock.today(), given["step_since"])
    _figures(as_at, "absence.sick_counted_months")
    terms = RaiseTerms.of(law.rows("parameters"), as_at, working_days().between)
    asked = _step_facts(given, group, as_at)
    _refuse(raises.check(asked, terms))
    found = raises.clock(asked, terms)
    answer: dict[str, Any] = {"due_on": _iso(found.due_on)}
    if found.due_on is None:
        answer |= {"beyond_scale_percent": found.percent, "next_percent_on": _iso(found.next_percent_on)}
    answer |= {"uncounted_months": found.uncounted, "delayed_months": found.delayed}
    reasons = list(found.reasons)
    for name, asks in (("early", _early), ("retirement", _retirement)):
        if given[name] is not None:
            more, why = asks(given[name], asked, found)
            answer[f"{name}_raise"] = more
            reasons += why
    return {**answer, "reasons": tell(reasons)}


def _step_facts(given: Mapping[str, Any], group: PayGroup, as_at: date) -> StepFacts:
    absences, sentences, disciplines, ratings = [], [], [], []
    short: Counter[AbsenceKind] = Counter()
    for one in given["events"]:
        values = {name: value for name, value in one.items() if name != "type"}
        if one["type"] == "discipline":
            disciplines.append(Discipline(**values))
        elif one["type"] == "rating":
            ratings.append(Rating(**values))
        elif one["type"] == SENTENCE:
            sentences.append((one["since"], one["until"]))
        else:
            # Time on probation is not counted, and nothing more is asked of it here than of other time not counted.
            kind = AbsenceKind.OTHER if one["type"] == PROBATION else AbsenceKind(one["type"])
            if one["since"] is None:
                short[kind] += one["working_days"]
            else:
                absences.append(Stretch(kind, one["since"], one["until"]))
    return StepFacts(
        given["step_since"], group.months_per_step, given["step"] == group.steps, as_at, given["kind"], absences, short,
        disciplines, ratings, sentences,
    )  # fmt: skip


def _blamed(asked: StepFacts) -> bool:
    """Say whether a discipline or an unsatisfactory year falls into the step held."""
    rated = any(
        one.rating is RatingClass.UNSATISFACTORY and date(one.year, 12, 31) >= asked.step_since for one in asked.ratings
    )
    return rated or any(one.on >= asked.step_since for one in asked.disciplines)


def _early(given: Mapping[str, Any], asked: StepFacts, found: StepClock) -> tuple[dict[str, Any], tuple[Reason, ...]]:
    facts = early.EarlyFacts(
        given["year"], found.due_on, asked.months, given["achievements"], _blamed(asked), given["by_early_raise"],
        given["last_early_on"], given["decided_on"], given["months"],
    )  # fmt: skip
    figures = _figures(date(given["year"], 12, 31), "raise.early_percent")
    answer = early.early(facts, figures)
    keys = {
        "eligible": answer.eligible, "lacking_months": answer.lacking_months, "earliest": _iso(answer.earliest),
        "lapses_after": answer.lapses_after.isoformat(),
    }  # fmt: skip
    return keys, answer.reasons


def _retirement(
    given: Mapping[str, Any], asked: StepFacts, found: StepClock
) -> tuple[dict[str, Any], tuple[Reason, ...]]:
    if given["retires_on"] < given["notice_on"]:
        text = N_("Nghỉ hưu ngày %(retires)s trước ngày thông báo %(notice)s. Hãy sửa một trong hai ngày.")
        _deny("retirement", "before_notice", text, retires=given["retires_on"], notice=given["notice_on"])
    day, why = early.before_retirement(
        found.due_on,
        given["notice_on"],
        given["retires_on"],
        _blamed(asked),
        _figures(given["retires_on"], "raise.retirement_most_months"),
    )
    return {"eligible": day is not None, "earliest": _iso(day)}, why


@explain.command("placement")
@_FILE
def explain_placement(facts: Path) -> dict[str, Any]:
    """Xếp bậc nào, bảo lưu bao nhiêu, tính nâng bậc từ ngày nào, và vì sao (TT 02/2007/TT-BNV)."""
    given = read_facts(facts, PlacementSchema())
    to, on = _group(given["to"]), given["decided_on"]
    if given["insured"] is not None or given["degree"] is not None:
        return _first(given, to, on)
    if given["held"] is None:
        _deny("from", "nothing_held", N_("Thiếu from (mức đang hưởng), hoặc insured, degree khi xếp lương lần đầu."))
    source = given["held"]
    why = given["reason"] or PlacingReason.PROMOTION
    held = Held(
        _group(source), source["coefficient"], source["beyond_scale_percent"], source["step_since"], source["reserved"]
    )
    _refuse(placing.check(held, to, on, why))
    return _placed(placing.place(held, to, on, why))


def _first(given: Mapping[str, Any], to: PayGroup, on: date) -> dict[str, Any]:
    if given["reason"] is not None:
        text = N_("Xếp lương lần đầu không có lý do %(reason)s. Hãy bỏ reason, hoặc bỏ insured, degree.")
        _deny("reason", "reason_of_first", text, reason=given["reason"].value)
    time = InsuredTime(**(given["insured"] or {"months": 0}), degree=given["degree"] or "")
    if time.probation_months > time.months:
        text = N_("Tập sự %(probation)s tháng, dài hơn %(months)s tháng đóng bảo hiểm. Hãy sửa một trong hai.")
        _deny("insured", "probation_too_long", text, probation=time.probation_months, months=time.months)
    drawn = None
    if given["held"] is not None:
        drawn = given["held"]["coefficient"] + given["held"]["reserved"]
    return _placed(placing.place_first(to, on, time, law.parameters(on), drawn))


def _placed(found: placing.Placed) -> dict[str, Any]:
    return {
        "step": found.step, "coefficient": str(found.coefficient), "reserved": str(half_up(found.reserved, 2)),
        "beyond_scale_percent": found.beyond_scale_percent, "clock_from": found.clock_from.isoformat(),
        "reasons": tell(found.reasons),
    }  # fmt: skip


@explain.command("early-raise-quota")
@_FILE
def explain_early_raise_quota(facts: Path) -> dict[str, Any]:
    """Bao nhiêu người được nâng bậc trước thời hạn, phần dư cho ai, và vì sao (TT 08/2013/TT-BNV Đ3)."""
    given = read_facts(facts, EarlyQuotaSchema())
    units = [early.Unit(**one) for one in given["units"]]
    _refuse(early.check_units(units))
    figures = _figures(given["on"] or clock.today(), "raise.early_percent")
    found = early.quota(units, figures)
    return {
        "units": [{"id": one.id, "quota": one.quota, "remainder": _short(one.remainder)} for one in found.units],
        "pooled": found.pooled, "total": found.total,
        "given": [one.id for one in found.units if one.given], "reasons": tell(found.reasons),
    }  # fmt: skip


@explain.command("incentive")
@_FILE
def explain_incentive(facts: Path) -> dict[str, Any]:
    """Quỹ chia cho từng người bao nhiêu, còn lại bao nhiêu, và vì sao (NĐ 161/2026/NĐ-CP Đ4, NĐ 75/2026/NĐ-CP)."""
    given = read_facts(facts, IncentiveSchema())
    if (given["fund"] is None) == (given["fund_of"] is None):
        _deny("fund", "one_fund", N_("Cần đúng một trong hai: fund (đồng) hoặc fund_of (cách tính quỹ)."))
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
    _refuse(incentives.check(scheme, fund, people, salary_fund))
    found = incentives.share(scheme, fund, people, salary_fund)
    return {
        "fund": str(found.fund), "reserved": str(found.reserved),
        "per_point": None if found.per_point is None else str(half_up(found.per_point, 2)),
        "shares": [{"id": one.id, "amount": str(one.amount)} for one in found.shares],
        "remainder": str(found.remainder), "reasons": tell((*reasons, *found.reasons)),
    }  # fmt: skip


_FUNDS = {"bonus": "bonus.fund_percent", "extra": "extra.cap_percent", "advance": "extra.advance_percent"}


def _fund(given: Mapping[str, Any]) -> tuple[int, tuple[Reason, ...]]:
    """Return the fund in whole đồng, rounded down, by the base salary of each of its months."""
    year, quarter = given["year"], given["quarter"]
    if (given["kind"] == "advance") != (quarter is not None):
        _deny("fund_of", "quarter", N_("Tạm ứng theo quý cần quarter; các quỹ khác tính cả năm, không có quarter."))
    months = range(1, 13) if quarter is None else range(quarter * 3 - 2, quarter * 3 + 1)
    days = [date(year, month, 1) for month in months]
    key = _FUNDS[given["kind"]]
    figure = _figures(days[-1], key)[key]
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


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


COMMANDS = (explain,)
