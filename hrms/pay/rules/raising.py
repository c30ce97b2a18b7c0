"""From what is recorded of one person to the raise that comes next, and to what makes the case doubtful. Pure.

Use `Known` and `reckon` → `Reckoned`; `before_retirement` for the raise of a notice of retirement. The arithmetic is
`rules.raises` and `rules.early`. TT 08/2013/TT-BNV Đ2, Đ3 k2 as amended by TT 03/2021/TT-BNV; TT 04/2005/TT-BNV.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hrms.core.dates import PartialDate
from hrms.core.rules import N_, Reason
from hrms.pay.rules import early, raises
from hrms.pay.rules.raises import Discipline, DisciplineForm, NextRaise, RaiseTerms, Rating, StepFacts
from hrms.people.rules.absences import STEP_EFFECTS, AbsenceKind, StepEffect, Stretch
from hrms.people.rules.kinds import EmploymentStatus, PersonKind
from hrms.people.rules.parameters import Parameter, whole
from hrms.people.rules.steps import PayGroup
from hrms.performance.rules.classes import RatingClass

FORMS: Mapping[str, DisciplineForm] = {
    "reprimand": DisciplineForm.REPRIMAND, "warning": DisciplineForm.WARNING, "demotion": DisciplineForm.DEMOTION,
    "removal": DisciplineForm.REMOVAL, "party_reprimand": DisciplineForm.REPRIMAND,
    "party_warning": DisciplineForm.WARNING, "party_removal": DisciplineForm.REMOVAL,
}  # fmt: skip
"""Forms of the catalogue `discipline_forms` that prolong a step; a party one as the administrative form equal to it."""
PARTY = "party"


class RaiseKind(StrEnum):
    """What kind of raise an item of a list is."""

    STEP = "step"
    BEYOND_SCALE = "beyond_scale"
    EARLY = "early"
    RETIREMENT = "retirement"


RAISE_LABELS: dict[str, str] = {
    RaiseKind.STEP: N_("Nâng bậc lương thường xuyên"),
    RaiseKind.BEYOND_SCALE: N_("Phụ cấp thâm niên vượt khung"),
    RaiseKind.EARLY: N_("Nâng bậc lương trước thời hạn"),
    RaiseKind.RETIREMENT: N_("Nâng bậc lương khi có thông báo nghỉ hưu"),
}
DOUBTS: dict[str, str] = {
    "ratings_missing": N_("Chưa có xếp loại chất lượng các năm %(years)s trong thời gian giữ bậc."),
    "not_rated": N_("Năm %(years)s không xếp loại: xem lý do có thuộc trường hợp được tính không."),
    "discipline_day": N_("Kỷ luật chỉ ghi %(day)s, chưa rõ ngày: tính như cuối khoảng đó."),
    "discipline_undated": N_("Có kỷ luật không ghi ngày: chưa tính kéo dài."),
    "discipline_form": N_("Hình thức kỷ luật “%(form)s” chưa có thời gian kéo dài: chưa tính."),
    "discipline_twice": N_("Kỷ luật ngày %(day)s ghi hai lần: chỉ tính một lần."),
    "discipline_both": N_("Kỷ luật Đảng và chính quyền gần nhau: xem có cùng một hành vi không."),
    "same_cause": N_("Năm %(year)s vừa kỷ luật vừa không hoàn thành nhiệm vụ: xem có cùng nguyên nhân không."),
    "no_delay_figure": N_("Chưa có mức kéo dài của pháp luật vào ngày %(day)s: chưa tính."),
    "absence_open": N_("Thời gian nghỉ từ %(since)s chưa có ngày kết thúc: ngày nâng bậc còn thay đổi."),
    "absences_overlap": N_("Có thời gian nghỉ trùng nhau mà cách tính khác nhau. Hãy tách các khoảng thời gian."),
    "on_leave": N_("Đang nghỉ, không làm việc vào ngày lập danh sách."),
    "suspended": N_("Đang bị tạm đình chỉ công tác."),
    "coefficient": N_("Hệ số %(value)s không đúng bậc %(step)s của loại %(group)s (%(expected)s)."),
    "percent_before_step": N_("Ngày hưởng thâm niên vượt khung %(day)s trước ngày giữ bậc %(since)s. Hãy kiểm tra."),
    "consequence": N_("Xếp loại năm %(years)s đã thay đổi sau khi dùng; cần rà soát."),
    "past_retirement": N_("Đến tuổi nghỉ hưu ngày %(day)s, trước ngày nâng bậc."),
    "several_due": N_("Lần nâng tiếp theo từ %(day)s cũng đã đến hạn: lập tiếp sau khi quyết định lần này."),
    "early_under_way": N_("Đang được xét nâng bậc trước thời hạn."),
    "left_out_before": N_("Danh sách trước đã để lại: %(reason)s"),
    "elsewhere": N_("Đang có trong danh sách của %(agency)s."),
}
"""Code of a doubt → its sentence."""
WAITING = "Chờ xem xét"
"""Why a doubtful raise is not among those proposed yet. Kept in the record, so in Vietnamese whoever reads."""
UNKNOWN: dict[str, str] = {
    "no_scale": N_("Chưa có ngạch, loại trong bảng lương"),
    "no_step": N_("Chưa rõ bậc"),
    "no_step_since": N_("Chưa có ngày giữ bậc"),
    "no_percent_since": N_("Chưa có ngày hưởng phụ cấp thâm niên vượt khung"),
}
"""Why nobody can say when somebody's raise comes."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an officer should look at before a raise is decided: a code of `DOUBTS` and its parameters."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """The pay held: coefficient as recorded, the percentage beyond the scale, and the days they run from."""

    rank_code: str | None
    table: int | None
    group: str | None
    step: int | None
    coefficient: Decimal | None
    step_since: date | None
    percent: Decimal = Decimal(0)
    percent_since: date | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """An absence as recorded: `end` exclusive, `expected` the last day foreseen of an open one."""

    kind: AbsenceKind
    start: date
    end: date | None = None
    expected: date | None = None
    working_days: int | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A disciplinary measure of the record: side, form of the catalogue, its day as far as it is known, the act."""

    side: str
    form: str
    on: PartialDate | None
    act: str = ""


@dataclass(frozen=True, slots=True)
class Classed:
    """The class of a year; `by_discipline` says whether only a discipline made it what it is, None when unknown."""

    year: int
    rating: RatingClass
    by_discipline: bool | None = None


@dataclass(slots=True)
class Known:
    """All that is recorded of one person that a raise depends on.

    `spells` are stretches with a status other than serving; `flagged` years whose class changed after it was used;
    `notice` the day of a notice of retirement and the last day at work it names; `leaves_on` the first day out of
    service that is written down.
    """

    person_id: int
    kind: PersonKind
    status: EmploymentStatus
    held: Held
    agency_id: int | None = None
    absent: bool = False
    retires_on: date | None = None
    leaves_on: date | None = None
    absences: list[Away] = field(default_factory=list)
    spells: list[tuple[date, date | None]] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    ratings: list[Classed] = field(default_factory=list)
    flagged: list[int] = field(default_factory=list)
    notice: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What comes next: the raise, or why nobody can say (`unknown`, a code of `UNKNOWN`)."""

    known: Known
    step: int
    facts: StepFacts | None
    coming: NextRaise | None
    doubts: tuple[Doubt, ...] = ()
    unknown: str = ""
    group: PayGroup | None = None

    @property
    def blamed(self) -> bool:
        """Whether a discipline or an unsatisfactory year falls into the step."""
        if self.facts is None or self.coming is None:
            return False
        since = self.coming.since
        rated = any(
            one.rating is RatingClass.UNSATISFACTORY and date(one.year, 12, 31) >= since for one in self.facts.ratings
        )
        return rated or any(one.on >= since for one in self.facts.disciplines)


def reckon(known: Known, group: PayGroup | None, terms: RaiseTerms, as_at: date) -> Reckoned:
    """Return the next raise of one person as at a day; `group` is the group of the scale that the rank stands in.

    Doubts do not depend on when a list is made; those of a list itself are added there.
    """
    held = known.held
    if group is None:
        return Reckoned(known, 0, None, None, unknown="no_scale")
    step = held.step or (group.step_of(held.coefficient) if held.coefficient is not None else None)
    if step is None or not 1 <= step <= group.steps:
        return Reckoned(known, 0, None, None, unknown="no_step")
    if held.step_since is None:
        return Reckoned(known, step, None, None, unknown="no_step_since")
    as_at = max(as_at, held.step_since)
    facts, doubts = _facts(known, group, step, held.step_since, terms, as_at)
    coming = raises.next_raise(facts, terms)
    if coming is None:
        return Reckoned(known, step, facts, None, unknown="no_percent_since")
    doubts += _doubts(known, group, step, coming, as_at)
    if coming.percent is not None and coming.due_on <= as_at:
        following = raises.next_raise(replace(facts, percent=coming.percent, percent_since=coming.due_on), terms)
        if following is not None and following.due_on <= as_at:
            doubts.append(Doubt("several_due", {"day": following.due_on}))
    elif coming.percent is None and step + 1 < group.steps:
        following = raises.next_raise(replace(facts, step_since=coming.due_on), terms)
        if following is not None and following.due_on <= as_at:
            doubts.append(Doubt("several_due", {"day": following.due_on}))
    return Reckoned(known, step, facts, coming, tuple(doubts), group=group)


def _facts(
    known: Known, group: PayGroup, step: int, since: date, terms: RaiseTerms, as_at: date
) -> tuple[StepFacts, list[Doubt]]:
    doubts: list[Doubt] = []
    held = known.held
    # At the last step the percentage recorded has settled what happened before it.
    if step == group.steps and held.percent and held.percent_since is not None:
        start = held.percent_since
        if start < since:
            doubts.append(Doubt("percent_before_step", {"day": start, "since": since}))
    else:
        start = since
    absences = [
        Stretch(one.kind, one.start, _end(one, as_at), one.working_days if one.end is not None else None)
        for one in known.absences
        if STEP_EFFECTS[one.kind] is not StepEffect.COUNTED and (one.end is None or one.end > start)
    ]  # fmt: skip
    # Time on probation, suspended or out of service is not counted (TT 08/2013/TT-BNV Đ2 k1 đ d).
    absences += [
        Stretch(AbsenceKind.OTHER, start, end) for start, end in known.spells if end is None or end > start
    ]  # fmt: skip
    disciplines = _disciplines(known, start, terms, doubts)
    ratings = _ratings(known, start, terms, disciplines, doubts)
    facts = StepFacts(
        min(since, start), group.months_per_step, step == group.steps, as_at, known.kind, absences, None, disciplines,
        ratings, percent=int(held.percent), percent_since=held.percent_since,
    )  # fmt: skip
    if absences and any(one.code == "absences_overlap" for one in raises.check(facts, terms)):
        doubts.append(Doubt("absences_overlap"))
    return facts, doubts


def _end(one: Away, as_at: date) -> date | None:
    if one.end is None and one.expected is not None and one.expected >= as_at:
        return one.expected + timedelta(days=1)
    return one.end


def _disciplines(known: Known, since: date, terms: RaiseTerms, doubts: list[Doubt]) -> list[Discipline]:
    """Return the measures that prolong a step, of one act the administrative one alone; those before the step too."""
    found: list[tuple[Discipline, str]] = []
    for one in sorted(known.measures, key=lambda one: (one.on.latest() if one.on else date.min, one.form)):
        if one.on is None:
            doubts.append(Doubt("discipline_undated"))
            continue
        day = one.on.latest()
        if day < since:
            continue
        form = FORMS.get(one.form)
        if form is None:
            doubts.append(Doubt("discipline_form", {"form": one.form}))
            continue
        if terms.delay(form, known.kind, day) is None:
            doubts.append(Doubt("no_delay_figure", {"day": day}))
            continue
        if one.on.earliest() != day:
            doubts.append(Doubt("discipline_day", {"day": one.on.shown()}))
        measure = Discipline(form, day, party=one.side == PARTY)
        if any(measure == other for other, _act in found):
            doubts.append(Doubt("discipline_twice", {"day": day}))
            continue
        found.append((measure, " ".join(one.act.casefold().split())))
    administrative = [pair for pair in found if not pair[0].party]
    kept = []
    for measure, act in found:
        other = measure.party and _followed(measure, act, administrative, _within(terms))
        if not other:
            kept.append(measure)
        elif other == "near":
            doubts.append(Doubt("discipline_both"))
    return kept


def _within(terms: RaiseTerms) -> int:
    return whole(terms.figures, "discipline.after_party_days") or 0


def _followed(measure: Discipline, act: str, others: Iterable[tuple[Discipline, str]], days: int) -> str:
    """Return how an administrative measure answers the same act: by its words ("act"), by its day ("near"), or ""."""
    near = ""
    for other, words in others:
        if act and words:
            if act == words:
                return "act"
        elif measure.on <= other.on <= measure.on + timedelta(days=days):
            near = "near"
    return near


def _ratings(
    known: Known, since: date, terms: RaiseTerms, disciplines: list[Discipline], doubts: list[Doubt]
) -> list[Rating]:
    found = []
    for one in sorted(known.ratings, key=lambda one: one.year):
        day = date(one.year, 12, 31)
        if one.rating is not RatingClass.UNSATISFACTORY or day < since:
            continue
        if terms.delay("unsatisfactory", known.kind, day) is None:
            doubts.append(Doubt("no_delay_figure", {"day": day}))
            continue
        if one.by_discipline is None and any(each.on.year == one.year for each in disciplines):
            doubts.append(Doubt("same_cause", {"year": str(one.year)}))
        found.append(Rating(one.year, one.rating, bool(one.by_discipline)))
    return found


def _doubts(known: Known, group: PayGroup, step: int, coming: NextRaise, as_at: date) -> list[Doubt]:
    found: list[Doubt] = []
    classes = {one.year: one.rating for one in known.ratings}
    years = [year for year in range(coming.since.year, coming.due_on.year) if date(year, 12, 31) < as_at]
    missing = [year for year in years if year not in classes]
    if missing:
        found.append(Doubt("ratings_missing", {"years": _years(missing)}))
    unrated = [year for year in years if classes.get(year) is RatingClass.NONE]
    if unrated:
        found.append(Doubt("not_rated", {"years": _years(unrated)}))
    found += [
        Doubt("absence_open", {"since": one.start}) for one in known.absences
        if one.end is None and STEP_EFFECTS[one.kind] is not StepEffect.COUNTED
    ]  # fmt: skip
    if known.absent:
        found.append(Doubt("on_leave"))
    if known.status is EmploymentStatus.SUSPENDED:
        found.append(Doubt("suspended"))
    expected = group.coefficients[step - 1]
    if known.held.coefficient is not None and known.held.coefficient != expected:
        params = {"value": str(known.held.coefficient), "step": step, "group": group.group, "expected": str(expected)}
        found.append(Doubt("coefficient", params))
    flagged = sorted(year for year in set(known.flagged) if year >= coming.since.year)
    if flagged:
        found.append(Doubt("consequence", {"years": _years(flagged)}))
    if known.retires_on is not None and known.retires_on < coming.due_on:
        found.append(Doubt("past_retirement", {"day": known.retires_on}))
    return found


def _years(years: Iterable[int]) -> str:
    return ", ".join(str(year) for year in years)


def before_retirement(found: Reckoned, figures: Mapping[str, Parameter]) -> tuple[date | None, tuple[Reason, ...]]:
    """Return the day of the raise that a notice of retirement gives before the regular one, None when it gives none.

    Outside the quota; at most 12 months lacking on the last day at work (Đ3 k2). Not at the last step.
    """
    if found.coming is None or found.known.notice is None:
        return None, ()
    noticed, last = found.known.notice
    due = None if found.coming.percent is not None else found.coming.due_on
    return early.before_retirement(due, noticed, last, found.blamed, figures)
