"""Time away from work: its kinds, its clocks, and the months it makes. Pure; figures are parameters (`absence.*`).

Maternity: Luật BHXH 41/2024/QH15 Đ53. Suspension: NĐ 170/2025/NĐ-CP (proposed within 2 working days, decided within 1,
for at most 30 and once more 30 working days, cancelled within 3). What counts for the step: TT 08/2013/TT-BNV Đ2 as
amended by TT 03/2021/TT-BNV. What an absence does to pay and to a raise is decided where pay is; here are its months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.dates import add_months, months_between
from hrms.core.rules import N_, Reason
from hrms.people.rules.joining import Due, WorkingDays
from hrms.people.rules.parameters import Parameter, whole

DaysBetween = Callable[[date, date], int]
"""The number of working days in `[start, end)`, by the table of holidays."""
Figures = Mapping[str, Parameter]


class AbsenceKind(StrEnum):
    """Why somebody does not work for a while; annual and personal leave of a few days stands in no register."""

    MATERNITY_LEAVE = "maternity_leave"
    SICK_LEAVE = "sick_leave"
    """Sickness or an accident at work, paid by social insurance."""
    UNPAID_LEAVE = "unpaid_leave"
    STUDY = "study"
    SUSPENSION = "suspension"
    DETENTION = "detention"
    MILITARY_SERVICE = "military_service"
    WAITING_RETIREMENT = "waiting_retirement"
    OTHER = "other"
    """Other time not worked, which the law names without naming it closer."""


ABSENCE_LABELS: dict[AbsenceKind, str] = {
    AbsenceKind.MATERNITY_LEAVE: N_("Nghỉ thai sản"),
    AbsenceKind.SICK_LEAVE: N_("Nghỉ ốm hưởng bảo hiểm xã hội"),
    AbsenceKind.UNPAID_LEAVE: N_("Nghỉ không hưởng lương"),
    AbsenceKind.STUDY: N_("Đi học tập trung"),
    AbsenceKind.SUSPENSION: N_("Tạm đình chỉ công tác"),
    AbsenceKind.DETENTION: N_("Tạm giữ, tạm giam"),
    AbsenceKind.MILITARY_SERVICE: N_("Tham gia nghĩa vụ quân sự, công an"),
    AbsenceKind.WAITING_RETIREMENT: N_("Nghỉ chờ đủ tuổi nghỉ hưu"),
    AbsenceKind.OTHER: N_("Thời gian khác không làm việc"),
}

REASON_GUARDS: dict[AbsenceKind, str] = {
    AbsenceKind.MATERNITY_LEAVE: "people.sensitive.health",
    AbsenceKind.SICK_LEAVE: "people.sensitive.health",
    AbsenceKind.DETENTION: "people.sensitive.history",
}
"""The permission that opens the words of why. The kind is open to all who see the record: work is planned by it."""


def reason_guard(values: Mapping[str, object]) -> str:
    """Return the permission that opens the words of why of an absence, "" for none."""
    return REASON_GUARDS.get(AbsenceKind(str(values["absence_kind"])), "")


class StepEffect(StrEnum):
    """Whether time away counts as time at the step: wholly, as far as a limit, or not at all."""

    COUNTED = "counted"
    LIMITED = "limited"
    NOT_COUNTED = "not_counted"


STEP_EFFECTS: dict[AbsenceKind, StepEffect] = {
    AbsenceKind.MATERNITY_LEAVE: StepEffect.COUNTED,
    AbsenceKind.SICK_LEAVE: StepEffect.LIMITED,
    AbsenceKind.UNPAID_LEAVE: StepEffect.NOT_COUNTED,
    AbsenceKind.STUDY: StepEffect.COUNTED,
    AbsenceKind.SUSPENSION: StepEffect.NOT_COUNTED,
    AbsenceKind.DETENTION: StepEffect.NOT_COUNTED,
    AbsenceKind.MILITARY_SERVICE: StepEffect.COUNTED,
    AbsenceKind.WAITING_RETIREMENT: StepEffect.NOT_COUNTED,
    AbsenceKind.OTHER: StepEffect.NOT_COUNTED,
}
"""TT 08/2013/TT-BNV Đ2 khoản 1 điểm c, d as amended by TT 03/2021/TT-BNV. Sickness counts up to 6 months."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time away from `valid_from` to before `valid_to`, to this day when None.

    `working_days` is what a short absence was counted as; it stands instead of its days.
    """

    kind: AbsenceKind
    valid_from: date
    valid_to: date | None = None
    working_days: int | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """Whole `months` away, and the `working_days` that did not make a month any more (dropped)."""

    months: int
    working_days: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ExpectedEnd:
    """The last day of an absence by the law, None where the law sets none."""

    last_day: date | None
    reasons: tuple[Reason, ...]


def expected_end(
    kind: AbsenceKind, start: date, figures: Figures, after: WorkingDays, *, children: int = 1, prosecuted: bool = False
) -> ExpectedEnd:
    """Return the last day that the law gives an absence begun on `start`.

    Maternity: 6 months, a month more for each further child born. Suspension: 30 working days, which may be prolonged
    once by as many (`suspension_limit`); none for who is prosecuted, whose case sets the end. Other kinds end as their
    paper says.
    """
    if kind is AbsenceKind.MATERNITY_LEAVE:
        months, each = (
            whole(figures, "absence.maternity_months"),
            whole(figures, "absence.maternity_each_child_months") or 0,
        )
        if months is None:
            return ExpectedEnd(None, ())
        total = months + each * (max(children, 1) - 1)
        end = add_months(start, total) - timedelta(days=1)
        text = N_("Nghỉ thai sản %(months)s tháng với %(children)s con: từ %(start)s đến hết %(end)s.")
        params = {"months": total, "children": max(children, 1), "start": start, "end": end}
        return ExpectedEnd(end, (Reason(text, end.isoformat(), figures["absence.maternity_months"].source, params),))
    if kind is AbsenceKind.SUSPENSION and not prosecuted:
        return _suspended_until(start, figures, after, ("absence.suspension_working_days",))
    return ExpectedEnd(None, ())


def suspension_limit(start: date, figures: Figures, after: WorkingDays) -> ExpectedEnd:
    """Return the last day a suspension may last once it has been prolonged: 30 and 30 working days."""
    return _suspended_until(
        start, figures, after, ("absence.suspension_working_days", "absence.suspension_more_working_days")
    )


def _suspended_until(start: date, figures: Figures, after: WorkingDays, keys: tuple[str, ...]) -> ExpectedEnd:
    days = [whole(figures, key) for key in keys]
    if any(count is None for count in days):
        return ExpectedEnd(None, ())
    total = sum(count or 0 for count in days)
    # The first day counts, when it is a working day.
    end = after(start - timedelta(days=1), total)
    text = N_("Tạm đình chỉ công tác nhiều nhất %(days)s ngày làm việc: từ %(start)s đến hết %(end)s.")
    params = {"days": " + ".join(str(count) for count in days), "start": start, "end": end}
    return ExpectedEnd(end, (Reason(text, end.isoformat(), figures[keys[0]].source, params),))


def suspension_dates(
    figures: Figures,
    after: WorkingDays,
    *,
    found_on: date | None = None,
    proposed_on: date | None = None,
    suspended_from: date | None = None,
    cleared_on: date | None = None,
) -> list[Due]:
    """Return what falls due around a suspension, by the law of the day whose `figures` are given.

    Proposed within 2 working days after the ground was found, decided within 1 after the proposal, ended after 30
    working days unless prolonged, cancelled within 3 working days after it is known that there was no breach.
    """
    asked = (
        ("propose", N_("Đề nghị tạm đình chỉ công tác"), found_on, "absence.suspension_propose_working_days"),
        ("decide", N_("Quyết định tạm đình chỉ công tác"), proposed_on, "absence.suspension_decide_working_days"),
        ("cancel", N_("Hủy quyết định tạm đình chỉ công tác"), cleared_on, "absence.suspension_cancel_working_days"),
    )
    found = []
    for code, text, since, key in asked:
        days = whole(figures, key)
        if since is not None and days is not None:
            found.append(Due(code, text, after(since, days), figures[key].source))
    if suspended_from is not None:
        ends = expected_end(AbsenceKind.SUSPENSION, suspended_from, figures, after)
        if ends.last_day is not None:
            found.append(Due("end", N_("Hết hạn tạm đình chỉ công tác"), ends.last_day, ends.reasons[0].source))
    return found


def months_absent(
    stretches: Iterable[Stretch], start: date, end: date, figures: Figures, between: DaysBetween
) -> Absent:
    """Return the months of `stretches` inside `[start, end)`, all kinds together.

    Stretches that adjoin are one. Each gives its whole months by the calendar; the days over are counted as working
    days and added up with those of short absences: 30 make a month, of the rest 11 or more do, fewer are dropped.
    """
    return _rounded(*_counted(stretches, start, end, between), figures)


def step_months_lost(
    stretches: Iterable[Stretch], start: date, end: date, figures: Figures, between: DaysBetween
) -> Absent:
    """Return the months inside `[start, end)` that do not count as time at the step (`STEP_EFFECTS`).

    Sickness paid by social insurance is lost only beyond 6 months in all. The step clock of pay adds what comes from
    ratings and discipline.
    """
    known = list(stretches)
    months, days = _counted((s for s in known if STEP_EFFECTS[s.kind] is StepEffect.NOT_COUNTED), start, end, between)
    sick_months, sick_days = _counted(
        (s for s in known if STEP_EFFECTS[s.kind] is StepEffect.LIMITED), start, end, between
    )
    limit = whole(figures, "absence.sick_counted_months")
    reasons: tuple[Reason, ...] = ()
    if limit is not None and (sick_months > limit or (sick_months == limit and sick_days)):
        months, days = months + sick_months - limit, days + sick_days
        text = N_("Nghỉ ốm hưởng BHXH %(months)s tháng %(days)s ngày làm việc: chỉ %(limit)s tháng được tính giữ bậc.")
        params = {"months": sick_months, "days": sick_days, "limit": limit}
        reasons = (Reason(text, str(sick_months - limit), figures["absence.sick_counted_months"].source, params),)
    lost = _rounded(months, days, figures)
    return Absent(lost.months, lost.working_days, (*reasons, *lost.reasons))


def _counted(stretches: Iterable[Stretch], start: date, end: date, between: DaysBetween) -> tuple[int, int]:
    """Return whole months and the working days over."""
    months = days = 0
    for since, until, said in _joined(stretches, start, end):
        if said is not None:
            days += said
            continue
        full = max(months_between(since, until), 0)
        months += full
        days += between(add_months(since, full), until)
    return months, days


def _joined(stretches: Iterable[Stretch], start: date, end: date) -> list[tuple[date, date, int | None]]:
    """Return the stretches cut to the window, those that adjoin or overlap made one, in the order of their days."""
    found: list[tuple[date, date, int | None]] = []
    for stretch in sorted(stretches, key=lambda s: (s.valid_from, s.valid_to or date.max)):
        since, until = max(stretch.valid_from, start), min(stretch.valid_to or end, end)
        if since >= until:
            continue
        whole_stretch = (since, until) == (stretch.valid_from, stretch.valid_to)
        said = stretch.working_days if whole_stretch else None
        if said is None and found and found[-1][2] is None and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]), None)
        else:
            found.append((since, until, said))
    return found


def _rounded(months: int, days: int, figures: Figures) -> Absent:
    month, least = whole(figures, "absence.month_days"), whole(figures, "absence.month_from_working_days")
    if month is None or least is None:
        return Absent(months, days, ())
    more, rest = divmod(days, month)
    up = rest >= least
    total = months + more + up
    if not months and not days:
        return Absent(0, 0, ())
    text = N_(
        "%(months)s tháng và %(days)s ngày làm việc lẻ, lẻ từ %(least)s ngày tính một tháng: cộng %(total)s tháng."
    )
    params = {"months": months, "days": days, "least": least, "total": total}
    source = figures["absence.month_from_working_days"].source
    return Absent(total, 0 if up else rest, (Reason(text, str(total), source, params),))
