"""The class of a year from its months: NĐ 335/2025/NĐ-CP Đ11, Đ17 k3, Đ19, Đ20; NĐ 233/2026/NĐ-CP Đ12, Đ14. Pure.

Use `YearFacts`, `check_year`, `year` → `Year`, `MonthCause`, `CAUSE_OF` (from the absence register), `mean`, `quarter`,
`half_year`; the classes are `rules.classes.RatingClass`. A missing month is missing, never zero; its cause decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.absences import AbsenceKind
from hrms.performance.rules.classes import (
    CLASS_LABELS,
    CLASS_RANK,
    ROUNDING_LABELS,
    RatingClass,
    Rounding,
    Thresholds,
    lower,
)
from hrms.performance.rules.formula import LAW, Decree
from hrms.performance.rules.numbers import half_up, stored

MONTHS = 12
QUARTER = 3
HALF_YEAR = 6


class MonthCause(StrEnum):
    """Why a month has no points."""

    MATERNITY = "maternity"
    SICK = "sick"
    """Sickness or an accident at work under the law on social insurance."""
    UNPAID = "unpaid"
    STUDY = "study"
    NOT_YET_RECRUITED = "not_yet_recruited"
    LEFT = "left"
    OTHER = "other"


CAUSE_LABELS: dict[MonthCause, str] = {
    MonthCause.MATERNITY: N_("Nghỉ thai sản"),
    MonthCause.SICK: N_("Nghỉ ốm hưởng bảo hiểm xã hội"),
    MonthCause.UNPAID: N_("Nghỉ không hưởng lương"),
    MonthCause.STUDY: N_("Đi học tập trung"),
    MonthCause.NOT_YET_RECRUITED: N_("Chưa được tuyển dụng"),
    MonthCause.LEFT: N_("Đã thôi việc, nghỉ hưu hoặc chuyển đi"),
    MonthCause.OTHER: N_("Thời gian khác không làm việc"),
}
CAUSE_OF: dict[AbsenceKind, MonthCause] = {
    AbsenceKind.MATERNITY_LEAVE: MonthCause.MATERNITY,
    AbsenceKind.SICK_LEAVE: MonthCause.SICK,
    AbsenceKind.UNPAID_LEAVE: MonthCause.UNPAID,
    AbsenceKind.STUDY: MonthCause.STUDY,
    AbsenceKind.SUSPENSION: MonthCause.OTHER,
    AbsenceKind.DETENTION: MonthCause.OTHER,
    AbsenceKind.MILITARY_SERVICE: MonthCause.OTHER,
    AbsenceKind.WAITING_RETIREMENT: MonthCause.OTHER,
    AbsenceKind.OTHER: MonthCause.OTHER,
}
COVERED = (MonthCause.SICK, MonthCause.MATERNITY)
"""Leave under the law on social insurance: the year is classified all the same (Đ11 k1–k2)."""


class YearLimit(StrEnum):
    """What decided a class besides the points; stored with it."""

    NO_POINTS = "no_points"
    UNDER_SIX_MONTHS = "under_six_months"
    COVERED_LEAVE = "covered_leave"
    """Under six months, classified all the same: the rest was leave under the law on social insurance."""
    MISSING_MONTHS = "missing_months"
    DEGENERATION = "degeneration"
    DISCIPLINE = "discipline"
    UNIT_CORRUPT = "unit_corrupt"
    MITIGATED = "mitigated"
    HEAD_ABOVE_ORGANISATION = "head_above_organisation"
    ORGANISATION_UNKNOWN = "organisation_unknown"


YEAR_LIMIT_LABELS: dict[YearLimit, str] = {
    YearLimit.NO_POINTS: N_("Không có tháng nào được chấm điểm"),
    YearLimit.UNDER_SIX_MONTHS: N_("Làm việc dưới 6 tháng trong năm"),
    YearLimit.COVERED_LEAVE: N_("Nghỉ ốm, thai sản: xếp loại theo thời gian làm việc"),
    YearLimit.MISSING_MONTHS: N_("Còn kỳ chưa có điểm"),
    YearLimit.DEGENERATION: N_("Kết luận suy thoái, vi phạm điều đảng viên không được làm"),
    YearLimit.DISCIPLINE: N_("Bị kỷ luật vì vi phạm công vụ trong năm"),
    YearLimit.UNIT_CORRUPT: N_("Đơn vị phụ trách có tham nhũng, lãng phí"),
    YearLimit.MITIGATED: N_("Tự phát hiện, báo cáo, khắc phục: được xem xét giảm nhẹ"),
    YearLimit.HEAD_ABOVE_ORGANISATION: N_("Không cao hơn xếp loại của cơ quan"),
    YearLimit.ORGANISATION_UNKNOWN: N_("Chưa có xếp loại của cơ quan"),
}


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A year: `months` are twelve points (None: none), or `quarters` four; `absences` are months without work by cause.

    `causes` says which month (1–12) has which cause, where the register knows; else the counts of `absences` are laid
    on the missing months. `discipline` holds why a discipline counts for this year (`rules.discipline.counts_in`).
    `organisation_class` None: not known yet. `own_fault_reported` is the mitigating proviso of NĐ 233/2026/NĐ-CP.
    """

    months: Sequence[Decimal | None] = ()
    quarters: Sequence[Decimal | None] = ()
    absences: Mapping[MonthCause, int] = field(default_factory=dict)
    causes: Mapping[int, MonthCause] | None = None
    discipline_for_duty: bool = False
    discipline: tuple[Reason, ...] = ()
    degenerated: bool = False
    head: bool = False
    leader: bool = False
    unit_corrupt: bool = False
    own_fault_reported: bool = False
    organisation_class: RatingClass | None = None
    months_elsewhere: int = 0
    decree: Decree = Decree.CIVIL
    thresholds: Thresholds = field(default_factory=Thresholds)
    rounding: Rounding = Rounding.UNROUNDED
    least_months: int = 6
    most: Decimal | None = Decimal(100)

    def source(self, civil: str, public: str) -> str:
        """Return the article of the decree this year is classified by."""
        return f"{LAW[self.decree]} {civil if self.decree is Decree.CIVIL else public}"


@dataclass(frozen=True, slots=True)
class Year:
    """The class of a year and how it came: `exact_mean` None when no month has points.

    `by_points` is the class before any limit, `other_rating` what the other way of rounding gives; `provisional` says
    that something is still to come (December, the organisation's class); `missing` are months (or quarters) without
    points and without a cause, from 1.
    """

    exact_mean: Fraction | None
    rating: RatingClass
    by_points: RatingClass
    other_rating: RatingClass
    provisional: bool
    worked: int
    missing: tuple[int, ...]
    reasons: tuple[Reason, ...]
    limits: tuple[YearLimit, ...] = ()
    """What decided besides the points, in the order of the reasons."""

    @property
    def mean(self) -> Decimal | None:
        """The mean with six places, for storing."""
        return None if self.exact_mean is None else stored(self.exact_mean)

    @property
    def rounding_matters(self) -> bool:
        """Whether the two ways of rounding give two classes by points."""
        return self.other_rating is not self.by_points


def mean(points: Iterable[Decimal | None]) -> Fraction | None:
    """Return the exact mean of the points there are, None when there are none (Đ11 k2, Đ17 k3)."""
    known = [Fraction(one) for one in points if one is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def quarter(months: Sequence[Decimal | None], number: int) -> Fraction | None:
    """Return the mean of quarter 1–4 of twelve months."""
    return mean(months[(number - 1) * QUARTER : number * QUARTER])


def half_year(months: Sequence[Decimal | None], number: int) -> Fraction | None:
    """Return the mean of half-year 1 or 2 of twelve months."""
    return mean(months[(number - 1) * HALF_YEAR : number * HALF_YEAR])


def check_year(facts: YearFacts) -> list[Problem]:
    """Return what contradicts itself: number of months, points out of range, more months than a year has."""
    found: list[Problem] = []
    periods, wanted, name = (facts.quarters, 4, "quarters") if facts.quarters else (facts.months, MONTHS, "months")
    if facts.quarters and facts.months:
        text = N_("Có cả điểm tháng (months) và điểm quý (quarters). Hãy chỉ để một mục.")
        return [Problem("quarters", "months_and_quarters", text)]
    if len(periods) != wanted:
        text = N_("Mục %(name)s có %(count)s kỳ, phải có %(wanted)s kỳ; kỳ chưa có điểm ghi null.")
        found.append(Problem(name, "count", text, {"name": name, "count": len(periods), "wanted": wanted}))
    for place, points in enumerate(periods, start=1):
        if points is not None and (points < 0 or (facts.most is not None and points > facts.most)):
            text = N_("Kỳ %(place)s có %(points)s điểm. Hãy nhập số từ 0 đến %(most)s.")
            params = {"place": place, "points": points, "most": facts.most if facts.most is not None else Decimal(100)}
            found.append(Problem(name, "out_of_range", text, params))
    if any(count < 0 for count in facts.absences.values()):
        found.append(Problem("absences", "negative", N_("Số tháng vắng là số âm. Hãy nhập số từ 0 đến 12.")))
    scored, away = sum(points is not None for points in periods), sum(facts.absences.values())
    # A quarter may have been scored on one of its months; a month is either scored or not.
    if scored + away > MONTHS:
        text = N_("Có %(scored)s kỳ đã chấm điểm và %(away)s tháng vắng, nhiều hơn 12 tháng. Hãy sửa một trong hai.")
        found.append(Problem("absences", "more_than_a_year", text, {"scored": scored, "away": away}))
    if facts.unit_corrupt and not (facts.leader or facts.head):
        text = N_("Chỉ người giữ chức vụ lãnh đạo, quản lý mới có mục đơn vị có tham nhũng, lãng phí. Hãy bỏ mục.")
        found.append(Problem("unit_corrupt", "not_a_leader", text))
    return found


def lay_causes(missing: Sequence[int], absences: Mapping[MonthCause, int]) -> dict[int, MonthCause]:
    """Return a cause for missing months from counts: not yet recruited from the front, left from the back, the rest in
    order, so that what stays unexplained are the last ones; December first of all.
    """
    free = list(missing)
    laid: dict[int, MonthCause] = {}
    front = [MonthCause.NOT_YET_RECRUITED, *(one for one in MonthCause if one not in _ENDS)]
    for cause in (MonthCause.LEFT, *front):
        for _ in range(min(absences.get(cause, 0), len(free))):
            laid[free.pop(-1 if cause is MonthCause.LEFT else 0)] = cause
    return laid


_ENDS = {MonthCause.NOT_YET_RECRUITED, MonthCause.LEFT}


@dataclass(frozen=True, slots=True)
class _Time:
    """Months worked (scored), months away by cause, and the periods that are missing without a cause."""

    worked: int
    away: Mapping[MonthCause, int]
    missing: tuple[int, ...]

    @property
    def covered(self) -> int:
        return sum(self.away.get(cause, 0) for cause in COVERED)


def _time(facts: YearFacts) -> _Time:
    if facts.quarters:
        away = dict(facts.absences)
        absent = sum(away.values())
        scored = sum(one is not None for one in facts.quarters)
        gone = [place for place, one in enumerate(facts.quarters, start=1) if one is None]
        explained = min(absent // QUARTER, len(gone))
        return _Time(min(scored * QUARTER, MONTHS - absent), away, tuple(gone[explained:]))
    gone = [place for place, one in enumerate(facts.months, start=1) if one is None]
    if facts.causes is None:
        laid: Mapping[int, MonthCause] = lay_causes(gone, facts.absences)
    else:
        laid = {month: cause for month, cause in facts.causes.items() if month in gone}
    missing = tuple(month for month in gone if month not in laid)
    return _Time(len(facts.months) - len(gone), Counter(laid.values()), missing)


def year(facts: YearFacts) -> Year:
    """Return the class of a year and its reasons in the order of the articles; facts must have passed `check_year`."""
    time = _time(facts)
    found = mean(facts.quarters or facts.months)
    reasons = list(_time_reasons(facts, time))
    limits: list[YearLimit] = []
    provisional = bool(time.missing)
    if time.missing:
        reasons.append(_missing_reason(facts, time.missing))
        limits.append(YearLimit.MISSING_MONTHS)
    if found is not None:
        text = (
            N_("Điểm trung bình của các quý có điểm.")
            if facts.quarters
            else N_("Điểm trung bình của các tháng có điểm.")
        )
        reasons.append(Reason(text, str(half_up(found, 3)), facts.source("Đ11 k2, Đ17 k3", "Đ12 k5")))
    refusal = _not_classified(facts, time)
    if found is None or refusal is not None:
        none = RatingClass.NONE
        limits.append(YearLimit.NO_POINTS if found is None else YearLimit.UNDER_SIX_MONTHS)
        reasons += [refusal] if refusal else []
        return Year(found, none, none, none, provisional, time.worked, time.missing, tuple(reasons), tuple(limits))
    by_points = facts.thresholds.class_of(found, facts.rounding)
    other = facts.thresholds.class_of(found, _OTHER_WAY[facts.rounding])
    if time.worked < facts.least_months:
        limits.append(YearLimit.COVERED_LEAVE)
    reasons += _points_reasons(facts, time, found, by_points, other)
    rating = by_points
    for limit, why in _failing(facts):
        if limit is not YearLimit.MITIGATED:
            rating = RatingClass.UNSATISFACTORY
        reasons += why
        limits.append(limit)
    if facts.head:
        rating, why_head, limited = _of_organisation(facts, rating)
        reasons.append(why_head)
        limits += [limited] if limited else []
        provisional = provisional or limited is YearLimit.ORGANISATION_UNKNOWN
    return Year(found, rating, by_points, other, provisional, time.worked, time.missing, tuple(reasons), tuple(limits))


_OTHER_WAY = {Rounding.UNROUNDED: Rounding.TWO_DECIMALS, Rounding.TWO_DECIMALS: Rounding.UNROUNDED}


def _time_reasons(facts: YearFacts, time: _Time) -> Iterable[Reason]:
    text = N_("Đã làm việc và được chấm điểm %(months)s tháng.")
    yield Reason(text, str(time.worked), facts.source("Đ17 k3", "Đ12 k5"), {"months": time.worked})
    if facts.months_elsewhere:
        text = N_("Trong đó %(months)s tháng do cơ quan cũ chấm và chuyển sang.")
        where = facts.source("Đ19 k1", "Đ14")
        yield Reason(text, str(facts.months_elsewhere), where, {"months": facts.months_elsewhere})
    for cause, count in time.away.items():
        if count:
            text = N_("%(cause)s: %(months)s tháng, không có điểm và không tính là 0.")
            params = {"cause": CAUSE_LABELS[cause], "months": count}
            yield Reason(text, str(count), facts.source("Đ11", "Đ14"), params)


def _missing_reason(facts: YearFacts, missing: Sequence[int]) -> Reason:
    source = facts.source("Đ17 k3, Đ19", "Đ12 k5, Đ15")
    shown = ", ".join(map(str, missing))
    if facts.quarters:
        text = N_("Quý %(periods)s chưa có điểm và chưa rõ lý do: kết quả tạm tính, tính lại khi có điểm.")
    elif tuple(missing) == (MONTHS,):
        text = N_("Tháng 12 chưa có điểm: kết quả tạm tính trên các tháng đã có, chốt lại trong tháng 01 năm sau.")
        return Reason(text, shown, source)
    else:
        text = N_("Tháng %(periods)s chưa có điểm và chưa rõ lý do: kết quả tạm tính. Hãy chấm hoặc ghi lý do vắng.")
    return Reason(text, shown if len(missing) == 1 else "", source, {"periods": shown})


def _not_classified(facts: YearFacts, time: _Time) -> Reason | None:
    """Return why the year has no class, None when it has one."""
    source = facts.source("Đ11 k1–k2", "Đ14")
    params = {"months": time.worked, "least": facts.least_months, "covered": time.covered}
    if not time.worked:
        return Reason(N_("Không có tháng nào được chấm điểm: không xếp loại."), "0", source)
    if time.worked >= facts.least_months:
        return None
    if time.worked + time.covered < facts.least_months or not time.covered:
        text = N_("Làm việc %(months)s tháng, dưới %(least)s tháng: không xếp loại.")
        return Reason(text, str(time.worked), source, params)
    return None


def _points_reasons(
    facts: YearFacts, time: _Time, found: Fraction, rating: RatingClass, other: RatingClass
) -> Iterable[Reason]:
    source = facts.source("Đ20", "Đ12")
    if time.worked < facts.least_months:
        text = N_("Làm việc dưới %(least)s tháng nhưng thời gian còn lại nghỉ ốm, thai sản theo pháp luật bảo hiểm xã "
                  "hội: xếp loại theo %(months)s tháng làm việc.")  # fmt: skip
        params: dict[str, object] = {"least": facts.least_months, "months": time.worked}
        yield Reason(text, str(time.worked), facts.source("Đ11 k1–k2", "Đ14"), params)
    text = N_("Theo điểm: %(rating)s (từ %(excellent)s, %(good)s, %(satisfactory)s điểm).")
    params = {
        "rating": CLASS_LABELS[rating], "excellent": facts.thresholds.excellent, "good": facts.thresholds.good,
        "satisfactory": facts.thresholds.satisfactory,
    }  # fmt: skip
    yield Reason(text, str(half_up(found, 3)), source, params)
    if rating is not other:
        text = N_("%(way)s: %(rating)s; cách kia: %(other)s. Nghị định không nói rõ, theo thiết lập.")
        params = {"way": ROUNDING_LABELS[facts.rounding], "rating": CLASS_LABELS[rating], "other": CLASS_LABELS[other]}
        yield Reason(text, str(stored(found)), source, params)


def _failing(facts: YearFacts) -> Iterable[tuple[YearLimit, tuple[Reason, ...]]]:
    """Return what makes the class "không hoàn thành" whatever the points, and the proviso that keeps it from that."""
    if facts.degenerated:
        text = N_("Có kết luận suy thoái về tư tưởng chính trị, đạo đức hoặc vi phạm điều đảng viên không được làm: "
                  "không hoàn thành nhiệm vụ.")  # fmt: skip
        yield YearLimit.DEGENERATION, (Reason(text, "", facts.source("Đ20 k4b", "Đ12")),)
    if facts.discipline_for_duty or facts.discipline:
        text = N_("Bị kỷ luật từ khiển trách trở lên vì vi phạm công vụ trong năm: không hoàn thành nhiệm vụ.")
        why = Reason(text, "", facts.source("Đ11, Đ20 k4c", "Đ12, Đ14"))
        yield YearLimit.DISCIPLINE, (why, *facts.discipline)
    if facts.unit_corrupt and facts.own_fault_reported and facts.decree is Decree.PUBLIC:
        text = N_("Đơn vị có tham nhũng, lãng phí nhưng người quản lý tự phát hiện, báo cáo, khắc phục: được xem xét "
                  "giảm nhẹ, cấp có thẩm quyền quyết định.")  # fmt: skip
        yield YearLimit.MITIGATED, (Reason(text, "", facts.source("Đ20", "Đ12")),)
    elif facts.unit_corrupt:
        text = N_("Đơn vị trực tiếp phụ trách liên quan tham nhũng, lãng phí và bị xử lý: không hoàn thành nhiệm vụ.")
        yield YearLimit.UNIT_CORRUPT, (Reason(text, "", facts.source("Đ20 k4d", "Đ12")),)


def _of_organisation(facts: YearFacts, rating: RatingClass) -> tuple[RatingClass, Reason, YearLimit | None]:
    """Return a head's class held to the organisation's, the step, and what limited it or is still to come."""
    source = facts.source("Đ20 k6", "Đ12 k7")
    known = facts.organisation_class
    if known is None or known is RatingClass.NONE:
        text = N_("Chưa có xếp loại của cơ quan: mức của người đứng đầu còn tạm tính, không được cao hơn cơ quan.")
        return rating, Reason(text, "", source), YearLimit.ORGANISATION_UNKNOWN
    limited = lower(rating, known)
    params = {"own": CLASS_LABELS[rating], "organisation": CLASS_LABELS[known]}
    if CLASS_RANK[limited] < CLASS_RANK[rating]:
        text = N_("Người đứng đầu không cao hơn cơ quan: từ “%(own)s” xuống “%(organisation)s”.")
        return limited, Reason(text, "", source, params), YearLimit.HEAD_ABOVE_ORGANISATION
    text = N_("Người đứng đầu không cao hơn cơ quan (“%(organisation)s”): giữ “%(own)s”.")
    return limited, Reason(text, "", source, params), None
