"""What a person owes in training and where they stand: hours in a period, courses by a day. Pure.

NĐ 171/2025/NĐ-CP Đ16 k3: 40 hours a year of knowledge and skills by job position, to which hours taught are added
(Đ3 k4); Đ16 k2: the leadership programme within 12 months of the appointment. All figures are data of the requirement.
Hours are compared as hours, to two decimals; credits are only shown. `refresh_training()` of the database says the same
for everybody at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hrms.core.dates import add_months
from hrms.core.rules import N_, Reason
from hrms.training.rules.kinds import (
    COURSE_KIND_LABELS,
    FORM_LABELS,
    OPEN_STATES,
    CourseKind,
    LearningForm,
    RequirementTarget,
    RequirementWhat,
    StandingState,
)
from hrms.training.rules.learner import ZERO, Caps, Fact, Ground, Learner, Learnt, Requirement, Standing
from hrms.training.rules.spans import Span, Spans, common, days, holds, merged, without, year_of

CENT = Decimal("0.01")


def tell(text: str, figure: object = "", source: str = "", params: Mapping[str, object] | None = None) -> Reason:
    """Return a step of an answer; hours in it are written without zeros at their end."""
    return Reason(text, str(_plain(figure)), source, {name: _plain(value) for name, value in (params or {}).items()})


def _plain(value: object) -> object:
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


@dataclass(frozen=True, slots=True)
class Run:
    """Days on end on which somebody is in the target and in service; `since` is the day to reckon from."""

    start: date
    end: date
    since: date


def rounded(value: Decimal) -> Decimal:
    """Return hours to two decimals, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def share(hours: Decimal, part: int, whole: int) -> Decimal:
    """Return `hours` × `part` / `whole` to two decimals, half up: what is owed for a part of a period."""
    return rounded(hours * part / whole)


def credits_shown(hours: Decimal, hours_per_credit: Decimal | int) -> str:
    """Return hours as credits with two decimals, for showing only: 40 hours of 15 are "2.67"."""
    return str(rounded(hours / Decimal(hours_per_credit)))


def capped(learnt: Iterable[Learnt], caps: Caps) -> tuple[Decimal, dict[tuple[LearningForm, int], Decimal]]:
    """Return the hours that count, and the hours by form and calendar year before their cap."""
    by_form: dict[tuple[LearningForm, int], Decimal] = defaultdict(Decimal)
    for one in learnt:
        by_form[one.form, one.on.year] += one.hours
    total = sum((min(hours, caps.get(key, hours)) for key, hours in by_form.items()), ZERO)
    return total, dict(by_form)


def runs(version: Requirement, who: Learner) -> tuple[Run, ...]:
    """Return when somebody is in the target of a requirement, one stretch for days on end."""
    if version.target is RequirementTarget.ALL:
        return tuple(Run(start, end, start) for start, end in who.service)
    facts = [one for one in who.facts if one.target is version.target and one.code in version.codes]
    return tuple(
        Run(start, end, min((start, *_began(facts, start, end))))
        for start, end in common(merged(one.span for one in facts), who.service)
    )


def _began(facts: Sequence[Fact], start: date, end: date) -> list[date]:
    return [one.began_on for one in facts if one.began_on and one.span[0] < end and start < one.span[1]]


def _leading(who: Learner) -> Spans:
    """Return the days on which somebody holds a leadership post or a position of the leadership group."""
    return merged(
        one.span
        for one in who.facts
        if one.target is RequirementTarget.POST
        or (one.target is RequirementTarget.POSITION_GROUP and one.code == "leadership")
    )


def governing(versions: Iterable[Requirement], year: int) -> Requirement | None:
    """Return the version that says period, carry-over and way of counting of a year: its last one in force."""
    start, end = year_of(year)
    found = [one for one in versions if one.span[0] < end and start < one.span[1]]
    return max(found, key=lambda one: one.valid_from, default=None)


@dataclass(frozen=True, slots=True)
class _Measure:
    applied: Spans
    owed: Spans
    graced: int
    away: int
    required: Decimal
    counted: Decimal
    planned: Decimal
    by_form: Mapping[tuple[LearningForm, int], Decimal]
    left_out: Mapping[CourseKind, Decimal]


def _measure(
    versions: Sequence[Requirement], who: Learner, ground: Ground, window: Span, terms: Requirement
) -> _Measure:
    """Return what is owed and what counts in `window`, each version by the days it was in force."""
    teaching = _leading(who)
    applied: list[Span] = []
    owed: list[Span] = []
    entries: list[Learnt] = []
    ahead: list[Learnt] = []
    graced = away = 0
    due = ZERO
    for one in versions:
        inside = common((window,), (one.span,))
        here = runs(one, who)
        present = common(merged((run.start, run.end) for run in here), inside)
        past_grace = common(
            merged((max(run.start, add_months(run.since, one.grace_months)), run.end) for run in here), inside
        )
        mine = without(past_grace, _exempt(one, who, ground))
        graced += days(present) - days(past_grace)
        away += days(past_grace) - days(mine)
        applied += present
        owed += mine
        due += one.hours * days(mine)
        entries += _counting(one, who.entries, present, teaching, ground)
        ahead += _counting(one, who.planned, present, teaching, ground)
    total = days(tuple(owed))
    whole = (window[1] - window[0]).days
    required = (terms.hours if total else ZERO) if not terms.pro_rata else rounded(due / whole)
    counted, by_form = capped(entries, ground.caps)
    with_ahead, _ = capped([*entries, *ahead], ground.caps)
    left_out: dict[CourseKind, Decimal] = defaultdict(Decimal)
    inside = merged(applied)
    for given in who.entries:
        if holds(inside, given.on):
            left_out[given.kind] += given.hours
    for given in entries:
        left_out[given.kind] -= given.hours
    return _Measure(
        inside, merged(owed), graced, away, required, counted, with_ahead - counted, by_form,
        {kind: hours for kind, hours in left_out.items() if hours},
    )  # fmt: skip


def _exempt(version: Requirement, who: Learner, ground: Ground) -> Spans:
    stretches = merged(one.span(ground.today) for one in who.away if one.kind in version.exempt_absences)
    return tuple(one for one in stretches if (one[1] - one[0]).days >= version.exempt_days)


def _counting(
    version: Requirement, learnt: Iterable[Learnt], applied: Spans, teaching: Spans, ground: Ground
) -> list[Learnt]:
    return [
        one
        for one in learnt
        if one.kind in version.counts
        and holds(applied, one.on)
        and (one.kind is not CourseKind.TEACHING or ground.teaching_for_all or holds(teaching, one.on))
    ]


def hours_standing(versions: Sequence[Requirement], who: Learner, year: int, ground: Ground) -> Standing | None:
    """Return how somebody stands to the hours of a requirement in a year; None when it never applied in that year.

    Owed are the days of the period on which it applied, less exempt absences and days of grace; what was learnt on
    those counts all the same. Surplus of the year before is taken over as far as `carry_hours` says.
    """
    terms = governing(versions, year)
    if terms is None or terms.what is not RequirementWhat.HOURS:
        return None
    versions = [one for one in versions if one.what is RequirementWhat.HOURS]
    window = year_of(year, terms.period_years)
    found = _measure(versions, who, ground, window, terms)
    if not common(found.applied, (year_of(year),)):
        return None
    owed = days(found.owed)
    whole = (window[1] - window[0]).days
    last = window[1] - timedelta(days=1)
    params: dict[str, Any] = {"hours": terms.hours, "start": window[0], "end": last, "name": terms.name}
    reasons = [
        tell(N_("%(name)s: %(hours)s tiết trong kỳ từ %(start)s đến hết %(end)s."), terms.hours, terms.source,
               params),
        *_day_reasons(found, owed, whole),
    ]  # fmt: skip
    if not owed:
        reasons.append(tell(N_("Không có ngày nào phải tính: được miễn.")))
        return Standing(
            terms.id, year, RequirementWhat.HOURS, StandingState.EXEMPT, tuple(reasons), 0, ZERO, found.counted, ZERO,
            found.planned, ZERO, since=found.applied[0][0], gate=terms.gate,
        )  # fmt: skip
    carried = ZERO
    if terms.carry_hours:
        before = _measure(versions, who, ground, year_of(year - 1), terms)
        carried = min(terms.carry_hours, max(before.counted - before.required, ZERO))
    missing = max(found.required - found.counted - carried, ZERO)
    if terms.pro_rata and owed != whole:
        text = N_("Phải có %(hours)s × %(days)s / %(whole)s = %(required)s tiết.")
        told = {"hours": terms.hours, "days": owed, "whole": whole, "required": found.required}
        reasons.append(tell(text, found.required, "", told))
    reasons += _hour_reasons(found, carried, ground.caps)
    state = StandingState.SHORT if missing else StandingState.MET
    reasons.append(conclusion(found.counted + carried, missing, found.planned))
    return Standing(
        terms.id, year, RequirementWhat.HOURS, state, tuple(reasons), owed, found.required, found.counted, carried,
        found.planned, missing, missing > found.planned, found.applied[0][0], last, terms.gate,
    )  # fmt: skip


def conclusion(have: Decimal, missing: Decimal, planned: Decimal = ZERO) -> Reason:
    """Return the last step: enough, or how much is missing."""
    if not missing:
        return tell(N_("Đã có %(have)s tiết, đủ."), have, "", {"have": have})
    if planned:
        text = N_("Đã có %(have)s tiết, còn thiếu %(missing)s tiết; các lớp sắp tới cho %(planned)s tiết.")
        return tell(text, missing, "", {"have": have, "missing": missing, "planned": planned})
    text = N_("Đã có %(have)s tiết, còn thiếu %(missing)s tiết.")
    return tell(text, missing, "", {"have": have, "missing": missing})


def _day_reasons(found: _Measure, owed: int, whole: int) -> list[Reason]:
    told = []
    if owed != whole:
        text = N_("Thuộc diện %(days)s trên %(whole)s ngày của kỳ.")
        told.append(tell(text, days(found.applied), "", {"days": days(found.applied), "whole": whole}))
    if found.graced:
        text = N_("Không tính %(days)s ngày đầu, thời gian chưa phải thực hiện.")
        told.append(tell(text, found.graced, "", {"days": found.graced}))
    if found.away:
        told.append(tell(N_("Không tính %(days)s ngày nghỉ được trừ."), found.away, "", {"days": found.away}))
    return told


def _hour_reasons(found: _Measure, carried: Decimal, caps: Caps) -> list[Reason]:
    told = []
    for (form, year), hours in sorted(found.by_form.items(), key=lambda one: (one[0][1], one[0][0])):
        cap = caps.get((form, year))
        params: dict[str, Any] = {"form": FORM_LABELS[form], "year": year, "hours": hours}
        if cap is not None and hours > cap:
            text = N_("%(form)s năm %(year)s: %(hours)s tiết, chỉ tính %(cap)s tiết.")
            told.append(tell(text, cap, "", {**params, "cap": cap}))
        elif hours:
            told.append(tell(N_("%(form)s năm %(year)s: %(hours)s tiết."), hours, "", params))
    told += left_out_reasons(found.left_out)
    if carried:
        told.append(tell(N_("Năm trước thừa, tính thêm %(hours)s tiết."), carried, "", {"hours": carried}))
    return told


def left_out_reasons(left_out: Mapping[CourseKind, Decimal]) -> list[Reason]:
    """Return what was learnt and does not count, by kind."""
    text = N_("%(kind)s: %(hours)s tiết không tính vào số tiết này.")
    return [
        tell(text, hours, "", {"kind": COURSE_KIND_LABELS[kind], "hours": hours})
        for kind, hours in sorted(left_out.items())
    ]


def course_standing(versions: Sequence[Requirement], who: Learner, year: int, ground: Ground) -> Standing | None:
    """Return how somebody stands to a course at the end of a year, today in the running one; None: not in the target.

    Held by a course finished or a recorded level; exempt who came before `exempt_before`; else due `due_months` after
    coming into the target, or after the requirement came into force when that is later.
    """
    start, end = year_of(year)
    day = min(max(ground.today, start), end - timedelta(days=1))
    version = next((one for one in versions if holds((one.span,), day)), None)
    if version is None or version.what is not RequirementWhat.COURSE:
        return None
    run = next((one for one in runs(version, who) if one.start <= day < one.end), None)
    if run is None:
        return None
    text = N_("%(name)s: thuộc diện từ %(since)s.")
    first = tell(text, run.since, version.source, {"name": version.name, "since": run.since})
    held = _held(version, who, day)
    if held is not None:
        return Standing(version.id, year, RequirementWhat.COURSE, StandingState.HELD, (first, held), since=run.since,
                        gate=version.gate)  # fmt: skip
    if version.exempt_before is not None and run.since < version.exempt_before:
        text = N_("Trước ngày %(day)s: được miễn.")
        why = tell(text, version.exempt_before, version.source, {"day": version.exempt_before})
        return Standing(version.id, year, RequirementWhat.COURSE, StandingState.EXEMPT, (first, why), since=run.since,
                        gate=version.gate)  # fmt: skip
    months = version.due_months or 0
    due_on = add_months(max(run.since, version.first_on or version.valid_from), months)
    state = StandingState.OVERDUE if day > due_on else StandingState.DUE
    text = N_("Phải có trong %(months)s tháng: chậm nhất %(day)s.")
    reasons = [first, tell(text, due_on, version.source, {"months": months, "day": due_on})]
    last = end - timedelta(days=1)
    limit = due_on if state is StandingState.DUE else last
    ahead = sorted(one.on for one in who.planned if one.course in version.courses and one.on <= limit)
    if ahead:
        reasons.append(tell(N_("Đã có lớp, học xong %(day)s."), ahead[0], "", {"day": ahead[0]}))
    return Standing(
        version.id, year, RequirementWhat.COURSE, state, tuple(reasons),
        at_risk=due_on <= last and not ahead, since=run.since, due_on=due_on, gate=version.gate,
    )  # fmt: skip


def _held(version: Requirement, who: Learner, day: date) -> Reason | None:
    for one in sorted(who.holdings, key=lambda held: held.since):
        if one.course not in version.courses or one.since > day:
            continue
        if version.keep_valid and one.valid_until is not None and one.valid_until < day:
            continue
        text = N_("Đã có chương trình %(course)s từ %(since)s.")
        return tell(text, one.since, "", {"course": one.course, "since": one.since})
    least = version.level_least
    if version.level_section and least is not None and (who.levels or {}).get(version.level_section, -1) >= least:
        return tell(N_("Trình độ ghi trong hồ sơ đáp ứng."))
    return None


def standing(versions: Sequence[Requirement], who: Learner, year: int, ground: Ground) -> Standing | None:
    """Return how somebody stands to one requirement in a year, by its versions; None when it does not concern them."""
    terms = governing(versions, year)
    in_hours = terms is not None and terms.what is RequirementWhat.HOURS
    return (hours_standing if in_hours else course_standing)(versions, who, year, ground)


@dataclass(frozen=True, slots=True)
class Compliance:
    """Everything a person owes in a year. What is due ahead is no breach; what is short, overdue is."""

    compliant: bool
    at_risk: bool
    standings: tuple[Standing, ...]

    @property
    def open(self) -> tuple[Standing, ...]:
        """What is left to do."""
        return tuple(one for one in self.standings if one.state in OPEN_STATES)


def compliance(
    requirements: Mapping[int, Sequence[Requirement]], who: Learner, year: int, ground: Ground
) -> Compliance:
    """Return all standings of a person in a year, from the versions of each requirement by its id."""
    found = tuple(
        one
        for _, versions in sorted(requirements.items())
        if (one := standing(versions, who, year, ground)) is not None
    )
    breach = (StandingState.SHORT, StandingState.OVERDUE)
    return Compliance(
        not any(one.state in breach for one in found), any(one.at_risk for one in found), found
    )  # fmt: skip
