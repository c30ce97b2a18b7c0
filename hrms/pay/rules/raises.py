"""The step clock: when the next regular raise is due, and seniority beyond the scale, with all that prolongs a step.

TT 08/2013/TT-BNV Đ2 as amended by TT 03/2021/TT-BNV; TT 04/2005/TT-BNV for seniority beyond the scale. Figures are
parameters (`raise.*`, `absence.*`, `seniority.*`). A delay is that of the law on the day of its cause: of a discipline
its decision, of a yearly class the last day of the year. Whatever order events are given in, the answer is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from typing import Any

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.absences import (
    ABSENCE_LABELS,
    STEP_EFFECTS,
    AbsenceKind,
    Absent,
    DaysBetween,
    Figures,
    StepEffect,
    Stretch,
    step_months_lost,
)
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.parameters import Parameter, parameters_on
from hrms.people.rules.steps import SeniorityTerms, next_step_due
from hrms.performance.rules.classes import RatingClass

_STEP_SOURCE = "TT 08/2013/TT-BNV Đ2; TT 03/2021/TT-BNV"
_DELAYS = "raise.delay."
_UNSATISFACTORY = "unsatisfactory"


class DisciplineForm(StrEnum):
    """Forms of discipline that prolong a step; of a party discipline the administrative form equal to it."""

    REPRIMAND = "reprimand"
    WARNING = "warning"
    DEMOTION = "demotion"
    REMOVAL = "removal"


CAUSE_LABELS: dict[str, str] = {
    DisciplineForm.REPRIMAND: N_("khiển trách"),
    DisciplineForm.WARNING: N_("cảnh cáo"),
    DisciplineForm.DEMOTION: N_("giáng chức"),
    DisciplineForm.REMOVAL: N_("cách chức"),
    _UNSATISFACTORY: N_("không hoàn thành nhiệm vụ"),
}


@dataclass(frozen=True, slots=True)
class Discipline:
    """A discipline decided `on` a day; `party` when the Party disciplined and no administrative form followed."""

    form: DisciplineForm
    on: date
    party: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """The class of a year; `same_cause_as_discipline` when a discipline already given made it unsatisfactory."""

    year: int
    rating: RatingClass
    same_cause_as_discipline: bool = False


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step held since `step_since` and what happened since.

    `months` is the time at one step of the pay group. An absence without an end lasts until `as_at`. `short` are
    working days of short absences without days of their own, by kind; `sentences` the probation of suspended sentences
    as `[from, to)`. `percent` is what is recorded of seniority beyond the scale, drawn since `percent_since`.
    """

    step_since: date
    months: int
    at_last_step: bool
    as_at: date
    kind: PersonKind = PersonKind.CIVIL_SERVANT
    absences: Sequence[Stretch] = ()
    short: Mapping[AbsenceKind, int] | None = None
    disciplines: Sequence[Discipline] = ()
    ratings: Sequence[Rating] = ()
    sentences: Sequence[tuple[date, date]] = ()
    percent: int = 0
    percent_since: date | None = None


@dataclass(frozen=True, slots=True)
class RaiseTerms:
    """Figures of the law: delays by cause, kind of person and day; absences and seniority; the working calendar."""

    delays: tuple[Mapping[str, Any], ...]
    figures: Figures
    seniority: SeniorityTerms
    between: DaysBetween

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], on: date, between: DaysBetween) -> RaiseTerms:
        """Read the catalogue `parameters`: delays with their dates, the rest as of `on`. Raises KeyError."""
        known = tuple(rows)
        figures = parameters_on(known, on)
        delays = tuple(row for row in known if row["key"].startswith(_DELAYS))
        return cls(delays, figures, SeniorityTerms.from_parameters(figures), between)

    def delay(self, cause: str, kind: PersonKind, on: date) -> Parameter | None:
        """Return the months that `cause` prolongs a step: of this kind of person where it differs, else of all."""
        found = parameters_on(self.delays, on)
        return found.get(f"{_DELAYS}{cause}.{kind}") or found.get(f"{_DELAYS}{cause}")


@dataclass(frozen=True, slots=True)
class Delay:
    """One delay: what caused it, the day that places it in a step, its months."""

    cause: str
    on: date
    months: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class StepClock:
    """The next raise; at the last step `due_on` is None and the percentage as at the day asked, and its next, stand.

    `uncounted` and `delayed` are the months added to the time at the step, `next_percent_on` a day to come.
    """

    due_on: date | None
    uncounted: int
    delayed: int
    percent: int | None
    next_percent: int | None
    next_percent_on: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NextRaise:
    """The one raise that comes next after what is recorded: a step, or at the last step a `percent` beyond the scale.

    `uncounted` and `delayed` are the months added, `regular_on` the day it would be without them, `since` the day the
    period began.
    """

    due_on: date
    percent: int | None
    since: date
    regular_on: date
    uncounted: int
    delayed: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    due: date
    uncounted: int
    delayed: int
    reasons: tuple[Reason, ...]


def check(facts: StepFacts, terms: RaiseTerms) -> list[Problem]:
    """Return how the facts contradict themselves, and delays of days before the law that is known."""
    found = _check_absences(facts)
    if facts.as_at < facts.step_since:
        text = N_("Ngày tính %(as_at)s trước ngày giữ bậc %(since)s. Hãy sửa một trong hai ngày.")
        found.append(Problem("as_at", "before_step", text, {"as_at": facts.as_at, "since": facts.step_since}))
    for year, count in sorted(Counter(one.year for one in facts.ratings).items()):
        if count > 1:
            text = N_("Năm %(year)s có %(count)s lần xếp loại. Hãy giữ một.")
            found.append(Problem("events", "year_rated_twice", text, {"year": str(year), "count": count}))
    for one, count in sorted(Counter(facts.disciplines).items(), key=lambda item: (item[0].on, item[0].form)):
        if count > 1:
            text = N_("Kỷ luật %(form)s ngày %(on)s ghi hai lần. Hãy bỏ một.")
            params: dict[str, Any] = {"form": CAUSE_LABELS[one.form], "on": one.on}
            found.append(Problem("events", "discipline_twice", text, params))
    for rating in facts.ratings:
        if rating.same_cause_as_discipline and (
            rating.rating is not RatingClass.UNSATISFACTORY or not facts.disciplines
        ):
            text = N_("Năm %(year)s ghi cùng nguyên nhân với kỷ luật, nhưng không có kỷ luật hoặc không phải không "
                      "hoàn thành nhiệm vụ. Hãy bỏ same_cause_as_discipline hoặc thêm kỷ luật.")  # fmt: skip
            found.append(Problem("events", "no_discipline", text, {"year": str(rating.year)}))
    for cause, on in _causes(facts):
        if on >= facts.step_since and terms.delay(cause, facts.kind, on) is None:
            text = N_("Chưa có mức kéo dài nâng bậc do %(cause)s vào ngày %(on)s. Hãy thêm vào danh mục tham số.")
            found.append(Problem("events", "no_delay_figure", text, {"cause": CAUSE_LABELS[cause], "on": on}))
    return found


def _check_absences(facts: StepFacts) -> list[Problem]:
    found = []
    for one in facts.absences:
        if one.valid_to is not None and one.valid_to <= one.valid_from:
            text = N_("%(kind)s từ %(start)s đến %(end)s: ngày kết thúc phải sau ngày bắt đầu.")
            params = {"kind": ABSENCE_LABELS[one.kind], "start": one.valid_from, "end": one.valid_to}
            found.append(Problem("events", "ends_before_start", text, params))
    for start, end in facts.sentences:
        if end <= start:
            text = N_("Án treo từ %(start)s đến %(end)s: ngày kết thúc phải sau ngày bắt đầu.")
            found.append(Problem("events", "ends_before_start", text, {"start": start, "end": end}))
    dated = sorted(
        (one for one in facts.absences if one.working_days is None), key=lambda one: (one.valid_from, one.kind)
    )
    for one, other in combinations(dated, 2):
        apart = STEP_EFFECTS[one.kind] is not STEP_EFFECTS[other.kind]
        if apart and other.valid_from < (one.valid_to or date.max) and one.valid_from < (other.valid_to or date.max):
            text = N_("%(one)s và %(other)s trùng thời gian từ %(start)s, một loại được tính giữ bậc, một loại không "
                      "hoặc có giới hạn. Hãy tách hai khoảng thời gian.")  # fmt: skip
            params = {
                "one": ABSENCE_LABELS[one.kind], "other": ABSENCE_LABELS[other.kind],
                "start": max(one.valid_from, other.valid_from),
            }  # fmt: skip
            found.append(Problem("events", "absences_overlap", text, params))
    return found


def clock(facts: StepFacts, terms: RaiseTerms) -> StepClock:
    """Return the day of the next raise, or the percentage beyond the scale at the last step.

    `due = step_since + time at the step + time not counted + delays`, both taken as they fall before that very day, so
    that an event after the raise belongs to the next step. At the last step each percentage is a period of its own.
    Raises KeyError for a cause without a figure (`check` says which).
    """
    if not facts.at_last_step:
        turn = _turn(facts, terms, facts.step_since, facts.months)
        regular = next_step_due(facts.step_since, facts.months, at_last_step=False)
        text = N_("Cộng %(uncounted)s tháng không được tính và %(delayed)s tháng kéo dài: nâng bậc từ %(due)s.")
        params = {"uncounted": turn.uncounted, "delayed": turn.delayed, "due": turn.due}
        more = () if turn.due == regular.due_on else (Reason(text, turn.due.isoformat(), _STEP_SOURCE, params),)
        return StepClock(
            turn.due, turn.uncounted, turn.delayed, None, None, None, (*regular.reasons, *turn.reasons, *more)
        )
    return _beyond(facts, terms)


def next_raise(facts: StepFacts, terms: RaiseTerms) -> NextRaise | None:
    """Return the raise that follows what is recorded, however long ago it was due; None without `percent_since`.

    Below the last step it is the day of `clock`. At the last step it is the percentage after the one recorded: the
    first after the time at the step, each further one after a period from the day the recorded one is drawn from.
    Raises KeyError for a cause without a figure (`check` says which).
    """
    if not facts.at_last_step:
        found = clock(facts, terms)
        regular_on = add_months(facts.step_since, facts.months)
        due = found.due_on or regular_on
        return NextRaise(due, None, facts.step_since, regular_on, found.uncounted, found.delayed, found.reasons)
    seniority = terms.seniority
    if not facts.percent:
        start, months, percent = facts.step_since, facts.months, seniority.first_percent
    elif facts.percent_since is None:
        return None
    else:
        start, months = facts.percent_since, seniority.each_months
        percent = facts.percent + seniority.each_percent
    turn = _turn(facts, terms, start, months)
    added = turn.uncounted + turn.delayed
    shown = f"{months} + {added}" if added else str(months)
    text = N_("Đủ %(months)s tháng từ %(start)s: thâm niên vượt khung %(percent)s%% từ %(on)s.")
    params = {"months": shown, "start": start, "percent": percent, "on": turn.due}
    last = Reason(text, f"{percent}%", seniority.source, params)
    return NextRaise(
        turn.due, percent, start, add_months(start, months), turn.uncounted, turn.delayed, (*turn.reasons, last)
    )


def _beyond(facts: StepFacts, terms: RaiseTerms) -> StepClock:
    seniority = terms.seniority
    reasons = list(next_step_due(facts.step_since, facts.months, at_last_step=True).reasons)
    percent = uncounted = delayed = 0
    start, months = facts.step_since, facts.months
    while True:
        turn = _turn(facts, terms, start, months)
        reasons += turn.reasons
        uncounted, delayed = uncounted + turn.uncounted, delayed + turn.delayed
        following = percent + seniority.each_percent if percent else seniority.first_percent
        if turn.due > facts.as_at:
            break
        text = N_("Đủ %(months)s tháng từ %(start)s: thâm niên vượt khung %(percent)s%% từ %(on)s.")
        params = {"months": months, "start": start, "percent": following, "on": turn.due}
        reasons.append(Reason(text, f"{following}%", seniority.source, params))
        percent, start, months = following, turn.due, seniority.each_months
    text = N_("Đến %(as_at)s hưởng %(percent)s%%; từ %(next_on)s hưởng %(next)s%%.")
    params = {"as_at": facts.as_at, "percent": percent, "next": following, "next_on": turn.due}
    reasons.append(Reason(text, turn.due.isoformat(), seniority.source, params))
    return StepClock(None, uncounted, delayed, percent, following, turn.due, tuple(reasons))


def _turn(facts: StepFacts, terms: RaiseTerms, start: date, months: int) -> _Turn:
    """Return the end of one period: the least day that holds the period and everything before that day that adds to it.

    Each round only adds, so it ends, and at the same day from whichever order of events.
    """
    delays = [one for one in _delays(facts, terms) if one.on >= start]
    merged, sentences = _merged(facts), list(facts.sentences)
    first = start == facts.step_since
    due = add_months(start, months)
    while True:
        counted = [one for one in delays if one.on < due]
        disciplined = sum(one.months for one in counted if one.cause != _UNSATISFACTORY)
        rated = sum(one.months for one in counted if one.cause == _UNSATISFACTORY)
        lost = _lost(merged, facts, terms, start, due, first)
        reasons = [*lost.reasons, *(one.reason for one in counted)]
        served = [one for one in sentences if one[0] < due and one[1] > start]
        uncounted = lost.months
        if served:
            on_probation = replace(
                facts, absences=[*facts.absences, *(Stretch(AbsenceKind.OTHER, *one) for one in served)]
            )
            longer = _lost(_merged(on_probation), facts, terms, start, due, first)
            # The longer of the two stands: probation of the sentence, or the delay of the discipline for the act.
            if longer.months > lost.months + disciplined:
                uncounted, disciplined = longer.months, 0
                ratings = (one.reason for one in counted if one.cause == _UNSATISFACTORY)
                text = N_(
                    "Thời gian thử thách của án treo dài hơn thời gian kéo dài do kỷ luật: tính thời gian thử thách."
                )
                reasons = [*longer.reasons, *ratings, Reason(text, str(longer.months), _STEP_SOURCE)]
        reached = add_months(start, months + uncounted + disciplined + rated)
        if reached == due:
            return _Turn(due, uncounted, disciplined + rated, tuple(reasons))
        due = reached


def _lost(
    merged: Sequence[Stretch], facts: StepFacts, terms: RaiseTerms, start: date, due: date, first: bool
) -> Absent:
    short = (facts.short or {}) if first else {}
    days = [Stretch(kind, start, start + timedelta(days=1), count) for kind, count in sorted(short.items()) if count]
    return step_months_lost([*merged, *days], start, due, terms.figures, terms.between)


def _merged(facts: StepFacts) -> list[Stretch]:
    """Return dated absences that take time from the step, those of one effect that touch made one.

    A short absence between two of them must not keep them apart.
    """
    found: list[Stretch] = []
    named = {StepEffect.NOT_COUNTED: AbsenceKind.OTHER, StepEffect.LIMITED: AbsenceKind.SICK_LEAVE}
    for effect, kind in named.items():
        these = sorted(
            (one.valid_from, one.valid_to or max(facts.as_at, one.valid_from))
            for one in facts.absences if STEP_EFFECTS[one.kind] is effect and one.working_days is None
        )  # fmt: skip
        joined: list[tuple[date, date]] = []
        for since, until in these:
            if joined and since <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
            else:
                joined.append((since, until))
        found += [Stretch(kind, since, until) for since, until in joined]
    return found + [one for one in facts.absences if one.working_days is not None]


def _causes(facts: StepFacts) -> list[tuple[str, date]]:
    """Return causes of delay with the day that places them, in the order of their days."""
    disciplines = [(str(one.form), one.on) for one in facts.disciplines]
    ratings = [
        (_UNSATISFACTORY, date(one.year, 12, 31)) for one in facts.ratings
        if one.rating is RatingClass.UNSATISFACTORY and not one.same_cause_as_discipline
    ]  # fmt: skip
    return sorted([*disciplines, *ratings], key=lambda one: (one[1], one[0]))


def _delays(facts: StepFacts, terms: RaiseTerms) -> list[Delay]:
    party = {(str(one.form), one.on) for one in facts.disciplines if one.party}
    found = []
    for cause, on in _causes(facts):
        if on < facts.step_since:
            continue
        figure = terms.delay(cause, facts.kind, on)
        if figure is None:
            raise KeyError(cause)
        if cause == _UNSATISFACTORY:
            text = N_("Năm %(year)s không hoàn thành nhiệm vụ: kéo dài %(months)s tháng.")
        elif (cause, on) in party:
            text = N_("Kỷ luật Đảng tương ứng %(cause)s ngày %(on)s: kéo dài %(months)s tháng.")
        else:
            text = N_("Kỷ luật %(cause)s ngày %(on)s: kéo dài %(months)s tháng.")
        params = {"cause": CAUSE_LABELS[cause], "on": on, "year": str(on.year), "months": figure.value}
        found.append(Delay(cause, on, int(figure.value), Reason(text, figure.value, figure.source, params)))
    return found
