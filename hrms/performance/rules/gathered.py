"""From what is read of a person to the class of their year, and back from what was kept to its reasons. Pure.

Use `Person`, `Frame` and `classify` → `Classified` when a round is gathered; `facts_of` makes the facts of the rule
again from a kept rating, so that its reasons can be told and its class proved; `open_classes` says what the law leaves
open besides the quota. NĐ 335/2025/NĐ-CP Đ11, Đ17, Đ19–Đ20; NĐ 233/2026/NĐ-CP Đ12, Đ14; NĐ 90/2020/NĐ-CP has no points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Reason
from hrms.people.rules.absences import Stretch, months_absent
from hrms.people.rules.parameters import Parameter
from hrms.performance.rules import discipline as acts
from hrms.performance.rules.classes import CLASS_RANK, RatingClass, Rounding, Thresholds
from hrms.performance.rules.discipline import Discipline, DisciplineKind
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.numbers import PLACES, stored
from hrms.performance.rules.yearly import CAUSE_OF, COVERED, MONTHS, QUARTER, MonthCause, Year, YearFacts
from hrms.performance.rules.yearly import year as classify_year

LEAST_MONTHS = 6
MIDDLE = 15
"""Whoever came after this day of a month, or left before it, was not there to be scored in it."""
POINTS = ("equal", "weights")
"""Methods of criteria that give points."""
ALL = (RatingClass.EXCELLENT, RatingClass.GOOD, RatingClass.SATISFACTORY, RatingClass.UNSATISFACTORY)
REASON_LABELS: dict[str, str] = {
    "under_six_months": N_("Làm việc dưới 6 tháng"),
    "covered_leave": N_("Nghỉ ốm, thai sản theo bảo hiểm xã hội"),
    "discipline": N_("Kỷ luật trong năm"),
    "degenerated": N_("Kết luận suy thoái, vi phạm điều cấm"),
    "unit_corrupt": N_("Đơn vị liên quan tham nhũng, lãng phí"),
    "head_above_organisation": N_("Không cao hơn cơ quan"),
    "organisation_waiting": N_("Chờ xếp loại của cơ quan"),
    "missing_months": N_("Còn kỳ chưa có điểm"),
    "no_points": N_("Không có kỳ nào được chấm điểm"),
    "quota": N_("Hết tỷ lệ hoàn thành xuất sắc"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Points of a month or a quarter that the authority gave; `elsewhere`: another agency's, which travelled along."""

    kind: str
    number: int
    score: Decimal
    result: Decimal | None = None
    general: Decimal | None = None
    elsewhere: bool = False
    published: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """A disciplinary measure of the record: `side` is party or administration, `act` the words of what was done."""

    side: str
    form: str
    effective_on: date
    act: str = ""
    decision_no: str = ""

    @property
    def key(self) -> str:
        """What tells acts apart: their words, else the paper, else the measure itself."""
        said = " ".join(self.act.casefold().split()) or self.decision_no.strip()
        return said[:200] or f"{self.side} {self.form} {self.effective_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for a whole round: the year, how it is classified, the calendar and figures of absences."""

    year: int
    method: str = "equal"
    decree: Decree = Decree.CIVIL
    thresholds: Thresholds = field(default_factory=Thresholds)
    rounding: Rounding = Rounding.UNROUNDED
    figures: Mapping[str, Parameter] = field(default_factory=dict)
    between: Callable[[date, date], int] = lambda start, end: (end - start).days


@dataclass(frozen=True, slots=True)
class Person:
    """What is read of one person: sheets, stretches in service and away, discipline, whom they lead.

    `chief` heads an agency, whose class must be known; `head` heads a unit. `counted` names acts that made an earlier
    year "không hoàn thành", by that year. `weighed` is what the deciding body found: act → why it was no breach of
    duty, under `acts`; `degenerated`, `own_fault_reported` → why.
    """

    role: str
    sheets: Sequence[Sheet] = ()
    service: Sequence[tuple[date, date | None]] = ()
    absences: Sequence[Stretch] = ()
    measures: Sequence[Measure] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    weighed: Mapping[str, Any] = field(default_factory=dict)
    chief: bool = False
    organisation_class: str | None = None
    unit_corrupt: bool = False


@dataclass(frozen=True, slots=True)
class Classified:
    """What is kept of a year: points and causes by number, the facts that decided, mean, class before the quota."""

    months: dict[str, str]
    causes: dict[str, str]
    facts: dict[str, Any]
    mean: Decimal | None
    provisional: bool
    by_points: RatingClass | None
    reasons: tuple[str, ...]


def months_of(sheets: Iterable[Sheet]) -> tuple[str, dict[int, Decimal]]:
    """Return whether the year is in months or quarters, and the points by number.

    Whoever was scored by quarters in one agency and by months in another gets the points of the quarter in each of its
    months that has none of its own: the mean of a quarter is that of its months (Đ17 k3).
    """
    known = list(sheets)
    kinds = {one.kind for one in known}
    if kinds == {"quarter"}:
        return "quarter", {one.number: one.score for one in known}
    found = {one.number: one.score for one in known if one.kind == "month"}
    for one in known:
        if one.kind == "quarter":
            for month in range((one.number - 1) * QUARTER + 1, one.number * QUARTER + 1):
                found.setdefault(month, one.score)
    return "month", dict(sorted(found.items()))


def causes_of(person: Person, frame: Frame, without: Iterable[int]) -> dict[int, MonthCause]:
    """Return why months have no points, of the months `without` them: not in service, or away by the register.

    A month is one away when its absences make a month by the rule of absences (11 working days of it or more); of
    several kinds the longest names it.
    """
    found: dict[int, MonthCause] = {}
    for month in without:
        start, end = _month(frame.year, month)
        middle = start.replace(day=MIDDLE)
        if person.service and not any(since <= middle and (to is None or to > middle) for since, to in person.service):
            later = any(since > middle for since, _to in person.service)
            found[month] = MonthCause.NOT_YET_RECRUITED if later else MonthCause.LEFT
            continue
        away = [
            one for one in person.absences if one.valid_from < end and (one.valid_to is None or one.valid_to > start)
        ]
        if away and months_absent(away, start, end, frame.figures, frame.between).months:
            longest = max(away, key=lambda one: min(one.valid_to or end, end) - max(one.valid_from, start))
            found[month] = CAUSE_OF[longest.kind]
    return found


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year + month // MONTHS, month % MONTHS + 1, 1)


def disciplines_of(
    measures: Iterable[Measure], counted: Mapping[str, int], not_for_duty: Iterable[str]
) -> list[Discipline]:
    """Return the measures as the rule of discipline takes them."""
    spared = set(not_for_duty)
    return [
        Discipline(
            one.key, DisciplineKind.PARTY if one.side == "party" else DisciplineKind.ADMINISTRATIVE, one.effective_on,
            for_duty=one.key not in spared, counted_year=counted.get(one.key),
        )
        for one in measures
    ]  # fmt: skip


def classify(person: Person, frame: Frame) -> Classified:
    """Return the class of a person's year before the quota, with all that it rests on."""
    kind, points = months_of(person.sheets)
    every = range(1, MONTHS + 1)
    causes = causes_of(person, frame, every if kind == "quarter" else [one for one in every if one not in points])
    spared = dict(person.weighed.get("acts", {}))
    told = disciplines_of(person.measures, person.counted, spared)
    facts: dict[str, Any] = {
        "method": frame.method, "decree": frame.decree.value, "rounding": frame.rounding.value,
        "thresholds": {name.value: str(least) for name, least in frame.thresholds.steps()},
        "chief": person.chief, "head": person.chief or bool(person.organisation_class),
        "leader": person.role != "staff",
        "organisation_class": person.organisation_class, "unit_corrupt": person.unit_corrupt,
        "months_elsewhere": sum((QUARTER if one.kind == "quarter" else 1) for one in person.sheets if one.elsewhere),
        "unpublished": sorted(one.number for one in person.sheets if not one.published),
        "absences": dict(Counter(one.value for one in causes.values())),
        "discipline": [
            {
                "act": one.key, "words": one.act, "side": one.side, "form": one.form, "decision_no": one.decision_no,
                "effective_on": one.effective_on.isoformat(), "counted_year": person.counted.get(one.key),
            }
            for one in person.measures
        ],
        "counts": sorted({one.act for one in acts.count(told) if one.year == frame.year}),
        "result": _mean_text(one.result for one in person.sheets),
        "general": _mean_text(one.general for one in person.sheets),
    }  # fmt: skip
    if person.weighed:
        facts["weighed"] = dict(person.weighed)
    months = {"kind": kind, **{str(number): _six(score) for number, score in points.items()}}
    named = {str(month): cause.value for month, cause in causes.items()}
    return _kept(frame.year, months, named, facts)


def _six(score: Decimal) -> str:
    # The database has six decimals already: nothing is to be rounded.
    return str(score) if score.as_tuple().exponent == -PLACES else str(stored(score))


def _mean_text(points: Iterable[Decimal | None]) -> str | None:
    known = [one for one in points if one is not None]
    return str(stored(sum(known, Decimal(0)) / len(known))) if known else None


def _kept(year: int, months: dict[str, str], causes: dict[str, str], facts: dict[str, Any]) -> Classified:
    method = str(facts["method"])
    if method not in POINTS:
        rating, codes = _without_points(method, causes, facts)
        return Classified(months, causes, facts, None, False, rating, codes)
    answer = classify_year(facts_of(year, months, causes, facts))
    facts = facts | {"points_class": answer.by_points.value, "worked": answer.worked}
    codes = tuple(_codes(answer, facts))
    return Classified(months, causes, facts, answer.mean, answer.provisional, answer.rating, codes)


def reckon(
    year: int,
    months: Mapping[str, Any],
    causes: Mapping[str, Any],
    facts: Mapping[str, Any],
    weighed: Mapping[str, Any],
) -> Classified:
    """Return the class again from what a rating keeps, with other findings of the deciding body."""
    changed = {name: value for name, value in facts.items() if name not in {"weighed", "points_class", "worked"}}
    if weighed:
        changed["weighed"] = dict(weighed)
    measures, counted = _measures(changed)
    told = disciplines_of(measures, counted, weighed.get("acts", {}))
    changed["counts"] = sorted({one.act for one in acts.count(told) if one.year == year})
    return _kept(year, dict(months), dict(causes), changed)


def facts_of(year: int, months: Mapping[str, Any], causes: Mapping[str, Any], facts: Mapping[str, Any]) -> YearFacts:
    """Return the facts of the rule from what a rating keeps."""
    quarters = months.get("kind") == "quarter"
    size = MONTHS // QUARTER if quarters else MONTHS
    points = [Decimal(found) if (found := months.get(str(one))) is not None else None for one in range(1, size + 1)]
    weighed = facts.get("weighed", {})
    return YearFacts(
        months=() if quarters else points, quarters=points if quarters else (),
        absences={MonthCause(cause): count for cause, count in facts["absences"].items()},
        causes=None if quarters else {int(month): MonthCause(cause) for month, cause in causes.items()},
        discipline_for_duty=bool(facts["counts"]), discipline=counted_reasons(year, facts),
        degenerated="degenerated" in weighed, head=bool(facts["head"]), leader=bool(facts["leader"]),
        unit_corrupt=bool(facts["unit_corrupt"]), own_fault_reported="own_fault_reported" in weighed,
        organisation_class=RatingClass(facts["organisation_class"]) if facts["organisation_class"] else None,
        months_elsewhere=int(facts["months_elsewhere"]), decree=Decree(facts["decree"]),
        thresholds=Thresholds(**{name: Decimal(least) for name, least in facts["thresholds"].items()}),
        rounding=Rounding(facts["rounding"]), least_months=LEAST_MONTHS,
    )  # fmt: skip


def counted_reasons(year: int, facts: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Return why discipline counts for the year, from what a rating keeps."""
    measures, counted = _measures(facts)
    return acts.counts_in(disciplines_of(measures, counted, facts.get("weighed", {}).get("acts", {})), year)


def _measures(facts: Mapping[str, Any]) -> tuple[list[Measure], dict[str, int]]:
    measures = [
        Measure(
            one["side"], one["form"], date.fromisoformat(one["effective_on"]), one["words"] or "",
            one["decision_no"] or "",
        )
        for one in facts["discipline"]
    ]  # fmt: skip
    counted = {one["act"]: one["counted_year"] for one in facts["discipline"] if one["counted_year"] is not None}
    return measures, counted


def reasons_of(
    year: int, months: Mapping[str, Any], causes: Mapping[str, Any], facts: Mapping[str, Any]
) -> Year | None:
    """Return the class by the rule with its reasons from what a rating keeps; None in a round without points."""
    return classify_year(facts_of(year, months, causes, facts)) if facts["method"] in POINTS else None


def _codes(answer: Year, facts: Mapping[str, Any]) -> Iterable[str]:
    if answer.exact_mean is None:
        yield "no_points"
    if answer.worked < LEAST_MONTHS:
        yield "under_six_months" if answer.rating is RatingClass.NONE else "covered_leave"
    if answer.missing:
        yield "missing_months"
    if answer.rating is RatingClass.NONE:
        return
    weighed = facts.get("weighed", {})
    if "degenerated" in weighed:
        yield "degenerated"
    if facts["counts"]:
        yield "discipline"
    mitigated = "own_fault_reported" in weighed and facts["decree"] == Decree.PUBLIC
    if facts["unit_corrupt"] and not mitigated:
        yield "unit_corrupt"
    if facts["head"]:
        known = facts["organisation_class"]
        if not known:
            yield "organisation_waiting"
        elif CLASS_RANK[answer.by_points] > CLASS_RANK[RatingClass(known)]:
            yield "head_above_organisation"


def _without_points(
    method: str, causes: Mapping[str, str], facts: Mapping[str, Any]
) -> tuple[RatingClass | None, tuple[str, ...]]:
    """Return what is certain of a class without points: too short a year, discipline; None leaves it to who decides."""
    if method == "recorded":
        return None, ()
    worked = MONTHS - len(causes)
    covered = sum(cause in COVERED for cause in causes.values())
    if worked < LEAST_MONTHS and (not worked or not covered or worked + covered < LEAST_MONTHS):
        return RatingClass.NONE, ("under_six_months",)
    codes = [
        *(["degenerated"] if "degenerated" in facts.get("weighed", {}) else []),
        *(["discipline"] if facts["counts"] else []),
        *(["unit_corrupt"] if facts["unit_corrupt"] else []),
    ]
    return (RatingClass.UNSATISFACTORY if codes else None), tuple(codes)


def open_classes(method: str, by_points: str | None, facts: Mapping[str, Any]) -> tuple[RatingClass, ...]:
    """Return the classes the law leaves open besides the quota, the highest first.

    With points the class is that of the points and limits; who reaches the top may stand at good, where the quota is
    full. Without points whoever decides says it, a head not above the organisation.
    """
    if method == "recorded":
        return (*ALL, RatingClass.NONE)
    if by_points is not None:
        found = RatingClass(by_points)
        return (found, RatingClass.GOOD) if found is RatingClass.EXCELLENT else (found,)
    known = facts.get("organisation_class")
    if facts.get("head") and known and known != RatingClass.NONE:
        return tuple(one for one in ALL if CLASS_RANK[one] <= CLASS_RANK[RatingClass(known)])
    return ALL
