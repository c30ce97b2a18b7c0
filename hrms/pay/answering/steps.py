"""A step raise with its early raises, and a placement, from facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from hrms.core import clock
from hrms.core.holidays import current as working_days
from hrms.core.rules import N_, Reason
from hrms.pay.answering import Answer, deny, refuse
from hrms.pay.answering.figures import figures_on, group_of
from hrms.pay.facts_raises import PROBATION, SENTENCE
from hrms.pay.rules import early, placing, raises
from hrms.pay.rules.placing import Held, InsuredTime, PlacingReason
from hrms.pay.rules.raises import Discipline, RaiseTerms, Rating, StepClock, StepFacts
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind, Stretch
from hrms.people.rules.steps import PayGroup
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.numbers import half_up


def step_raise(given: dict[str, Any]) -> Answer:
    """Return the day of the next raise, or seniority beyond the scale, of facts read by `StepSchema`.

    TT 08/2013/TT-BNV, TT 03/2021/TT-BNV. Raises `UnanswerableError`.
    """
    group, step = group_of(given), given["step"]
    if not 1 <= step <= group.steps:
        text = N_("Loại %(group)s chỉ có bậc 1 đến bậc %(steps)s; bậc %(step)s không hợp lệ.")
        deny("step", "no_such_step", text, group=group.group, steps=group.steps, step=step)
    as_at = given["as_at"] or max(clock.today(), given["step_since"])
    figures_on(as_at, "absence.sick_counted_months")
    terms = RaiseTerms.of(law.rows("parameters"), as_at, working_days().between)
    asked = _step_facts(given, group, as_at)
    refuse(raises.check(asked, terms))
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
    return Answer(answer, tuple(reasons))


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
    figures = figures_on(date(given["year"], 12, 31), "raise.early_percent")
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
        deny("retirement", "before_notice", text, retires=given["retires_on"], notice=given["notice_on"])
    day, why = early.before_retirement(
        found.due_on,
        given["notice_on"],
        given["retires_on"],
        _blamed(asked),
        figures_on(given["retires_on"], "raise.retirement_most_months"),
    )
    return {"eligible": day is not None, "earliest": _iso(day)}, why


def placement(given: dict[str, Any]) -> Answer:
    """Return the step, what is reserved and the clock of facts read by `PlacementSchema` (TT 02/2007/TT-BNV).

    Raises `UnanswerableError`.
    """
    to, on = group_of(given["to"]), given["decided_on"]
    if given["insured"] is not None or given["degree"] is not None:
        return _first(given, to, on)
    if given["held"] is None:
        deny("from", "nothing_held", N_("Thiếu from (mức đang hưởng), hoặc insured, degree khi xếp lương lần đầu."))
    source = given["held"]
    why = given["reason"] or PlacingReason.PROMOTION
    held = Held(
        group_of(source), source["coefficient"], source["beyond_scale_percent"], source["step_since"],
        source["reserved"],
    )  # fmt: skip
    refuse(placing.check(held, to, on, why))
    return _placed(placing.place(held, to, on, why))


def _first(given: Mapping[str, Any], to: PayGroup, on: date) -> Answer:
    if given["reason"] is not None:
        text = N_("Xếp lương lần đầu không có lý do %(reason)s. Hãy bỏ reason, hoặc bỏ insured, degree.")
        deny("reason", "reason_of_first", text, reason=given["reason"].value)
    time = InsuredTime(**(given["insured"] or {"months": 0}), degree=given["degree"] or "")
    if time.probation_months > time.months:
        text = N_("Tập sự %(probation)s tháng, dài hơn %(months)s tháng đóng bảo hiểm. Hãy sửa một trong hai.")
        deny("insured", "probation_too_long", text, probation=time.probation_months, months=time.months)
    drawn = None
    if given["held"] is not None:
        drawn = given["held"]["coefficient"] + given["held"]["reserved"]
    return _placed(placing.place_first(to, on, time, law.parameters(on), drawn))


def _placed(found: placing.Placed) -> Answer:
    keys = {
        "step": found.step, "coefficient": str(found.coefficient), "reserved": str(half_up(found.reserved, 2)),
        "beyond_scale_percent": found.beyond_scale_percent, "clock_from": found.clock_from.isoformat(),
    }  # fmt: skip
    return Answer(keys, found.reasons)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
