"""Classes: their days made from a pattern, what keeps one from being opened, who is next for a seat. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum

from hrms.core.rules import N_, Problem
from hrms.training.rules.eligibility import Priority
from hrms.training.rules.states import ClassState, EnrolmentState

MOST_SESSIONS = 400
MOST_HOURS = Decimal(12)
"""The most hours of one session."""
CENT = Decimal("0.01")


class Part(StrEnum):
    """When of a day a class meets."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    BOTH = "both"
    EVENING = "evening"


PART_LABELS: dict[Part, str] = {
    Part.MORNING: N_("Buổi sáng"),
    Part.AFTERNOON: N_("Buổi chiều"),
    Part.BOTH: N_("Cả sáng và chiều"),
    Part.EVENING: N_("Buổi tối"),
}
WEEKDAY_LABELS: dict[int, str] = {
    0: N_("Thứ Hai"), 1: N_("Thứ Ba"), 2: N_("Thứ Tư"), 3: N_("Thứ Năm"), 4: N_("Thứ Sáu"), 5: N_("Thứ Bảy"),
    6: N_("Chủ nhật"),
}  # fmt: skip
_TIMES: dict[Part, tuple[tuple[time, time], ...]] = {
    Part.MORNING: ((time(7, 30), time(11, 30)),),
    Part.AFTERNOON: ((time(13, 30), time(17, 0)),),
    Part.BOTH: ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))),
    Part.EVENING: ((time(18, 0), time(21, 0)),),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a class meets: from `first` on, on some days of the week (0 Monday), `hours` each time."""

    first: date
    weekdays: frozenset[int]
    part: Part
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Planned:
    """A session of a class to be."""

    number: int
    held_on: date
    starts_at: time | None
    ends_at: time | None
    hours: Decimal


def planned(pattern: Pattern, hours: Decimal, off: Collection[date]) -> list[Planned]:
    """Return the sessions that use up `hours`, the last one shorter where they do not come out even.

    Days `off` are left out. Call `pattern_problems` first.
    """
    found: list[Planned] = []
    left, day = hours, pattern.first
    while left > 0 and len(found) < MOST_SESSIONS:
        if day.weekday() in pattern.weekdays and day not in off:
            for starts_at, ends_at in _TIMES[pattern.part]:
                if left <= 0:
                    break
                length = min(pattern.hours, left)
                found.append(Planned(len(found) + 1, day, starts_at, ends_at, length))
                left -= length
        day += timedelta(days=1)
    return found


def pattern_problems(pattern: Pattern, hours: Decimal) -> list[Problem]:
    """Return what keeps a pattern from making sessions."""
    found = []
    if not pattern.weekdays:
        found.append(Problem("weekdays", "none", N_("Chưa chọn ngày học trong tuần. Hãy chọn ít nhất một ngày.")))
    if pattern.hours <= 0 or pattern.hours > MOST_HOURS:
        text = N_("Mỗi buổi %(hours)s tiết không hợp lý. Hãy ghi từ 0,25 đến 12 tiết.")
        found.append(Problem("hours_each", "hours", text, {"hours": pattern.hours}))
    elif hours / pattern.hours > MOST_SESSIONS:
        text = N_("Chia ra hơn %(most)s buổi. Hãy tăng số tiết mỗi buổi.")
        found.append(Problem("hours_each", "too_many", text, {"most": MOST_SESSIONS}))
    return found


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a class its rules look at."""

    starts_on: date
    ends_on: date
    seats: int
    nominate_by: date | None
    abroad: bool
    country: str | None


def problems(frame: Frame, *, taken: int = 0) -> list[Problem]:
    """Return what is wrong with the figures of a class; `taken` are its seats taken already."""
    found = []
    if frame.ends_on < frame.starts_on:
        found.append(Problem("ends_on", "order", N_("Ngày kết thúc trước ngày khai giảng. Hãy xem lại hai ngày.")))
    if frame.nominate_by is not None and frame.nominate_by > frame.ends_on:
        text = N_("Hạn cử học viên sau ngày kết thúc lớp. Hãy chọn ngày sớm hơn.")
        found.append(Problem("nominate_by", "late", text))
    if frame.seats < taken:
        text = N_("Đã có %(taken)s học viên. Số chỗ không thể ít hơn; hãy rút bớt học viên trước.")
        found.append(Problem("seats", "taken", text, {"taken": taken}))
    if frame.abroad and not frame.country:
        found.append(Problem("country", "missing", N_("Lớp ở nước ngoài cần ghi nước đến học.")))
    return found


def open_problems(state: str, sessions: int, session_hours: Decimal, hours: Decimal) -> list[Problem]:
    """Return what keeps a class from being opened to nominations."""
    if state != ClassState.DRAFT:
        return [Problem("", "state", N_("Chỉ mở được lớp đang chuẩn bị. Hãy tải lại trang để xem lớp hiện ra sao."))]
    if not sessions:
        return [Problem("", "no_sessions", N_("Lớp chưa có buổi học. Hãy lập lịch học rồi mở lớp."))]
    if session_hours != hours:
        text = N_("Các buổi học cộng lại %(sum)s tiết, chương trình %(hours)s tiết. Hãy sửa lịch học cho khớp.")
        return [Problem("", "hours", text, {"sum": session_hours, "hours": hours})]
    return []


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the order of a class."""

    enrolment_id: int
    priority: int
    nominated_at: object
    """An instant; compared only."""

    @property
    def key(self) -> tuple[int, object, int]:
        """Return what the order goes by: priority, then the moment of the nomination."""
        return self.priority, self.nominated_at, self.enrolment_id


def next_for(waiting: Iterable[Place], free: int) -> list[int]:
    """Return the enrolments that take the free seats: by priority, then by the moment of their nomination."""
    return [one.enrolment_id for one in sorted(waiting, key=lambda one: one.key)[: max(free, 0)]]


PRIORITY_MOST = 9
NO_PRIORITY: int = (PRIORITY_MOST + 1) ** len(Priority)
"""The figure of whoever has no reason to come first; smaller ones come earlier."""


def priority_of(reasons: Sequence[Priority]) -> int:
    """Return one figure for the order of the waiting list, smaller first: more of the weightiest, then of the next."""
    weight = 0
    for one in Priority:
        weight = weight * (PRIORITY_MOST + 1) + min(sum(each is one for each in reasons), PRIORITY_MOST)
    return NO_PRIORITY - weight


TAKES_NOMINATIONS = frozenset({ClassState.OPEN})
TAKES_LEARNERS = frozenset({ClassState.OPEN, ClassState.RUNNING})
"""States in which the organiser may still give seats and learners may still leave."""
CHANGEABLE = frozenset({ClassState.DRAFT, ClassState.OPEN, ClassState.RUNNING})
LEAVABLE = frozenset({EnrolmentState.NOMINATED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED})
LEFT = frozenset({EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED})
"""Those who may come back: by being nominated again, or by undoing."""
