"""What a trainer's page decides: the next thing to do, who completes, and how a mark or a presence is read.

Hours are tiết with two decimals; marks are out of 10. Pure: no database, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Problem, Reason
from hrms.training.rules.states import ClassState, Presence

HIGHEST = Decimal(10)
CENT = Decimal("0.01")
MARK_LENGTH = 12
"""A mark is at most as long as this as text; what is longer is no mark."""
EARLY = timedelta(minutes=60)
"""A session takes scans from so long before it begins until so long after it ends."""
LEAST_REASON = 5
CLOSED = frozenset({ClassState.COMPLETED, ClassState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as the desk counts it: `marked` learners have a presence written."""

    number: int
    held_on: date
    hours: Decimal
    starts_at: time | None = None
    ends_at: time | None = None
    marked: int = 0


class Task(StrEnum):
    """What a trainer has to do next, and so where the line leads."""

    OPEN = "open"
    ATTENDANCE = "attendance"
    MARKS = "marks"
    COMPLETE = "complete"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do in a class, in one line; `number` is the session it is about."""

    task: Task
    text: str
    number: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    urgent: bool = False


_TODAY = {
    "morning": N_("Điểm danh buổi %(number)s sáng nay"),
    "afternoon": N_("Điểm danh buổi %(number)s chiều nay"),
    "evening": N_("Điểm danh buổi %(number)s tối nay"),
    "day": N_("Điểm danh buổi %(number)s hôm nay"),
}


def part_of_day(starts_at: time | None) -> str:
    """Return morning, afternoon or evening by the hour a session begins, `day` where no hour is given."""
    if starts_at is None:
        return "day"
    if starts_at.hour < 12:
        return "morning"
    return "afternoon" if starts_at.hour < 18 else "evening"


def next_step(
    state: str, meetings: Sequence[Meeting], *, learners: int, unmarked: int, ends_on: date, today: date
) -> Step:
    """Return what is next in a class: `learners` have a seat, `unmarked` of them lack the mark the class asks for."""
    if state == ClassState.COMPLETED:
        return Step(Task.NOTHING, N_("Đã kết thúc"))
    if state == ClassState.CANCELLED:
        return Step(Task.NOTHING, N_("Đã hủy lớp"))
    if state == ClassState.DRAFT and not learners:
        return Step(Task.OPEN, N_("Mở lớp để nhận học viên"), None, {}, True)
    if not learners:
        return Step(Task.NOTHING, N_("Chưa có học viên; nơi tổ chức đang nhận danh sách"))
    for one in meetings:
        if one.held_on == today and one.marked < learners:
            return Step(Task.ATTENDANCE, _TODAY[part_of_day(one.starts_at)], one.number, {"number": one.number}, True)
    for one in meetings:
        if one.held_on < today and one.marked < learners:
            words = N_("Điểm danh bù buổi %(number)s ngày %(day)s")
            return Step(Task.ATTENDANCE, words, one.number, {"number": one.number, "day": one.held_on}, True)
    if ends_on <= today:
        if unmarked:
            return Step(Task.MARKS, N_("Ghi điểm cho %(count)s học viên"), None, {"count": unmarked}, True)
        return Step(Task.COMPLETE, N_("Kết thúc lớp"), None, {}, True)
    coming = next((one for one in meetings if one.held_on > today), None)
    if coming is not None:
        words = N_("Buổi %(number)s vào ngày %(day)s")
        return Step(Task.NOTHING, words, coming.number, {"number": coming.number, "day": coming.held_on})
    return Step(Task.NOTHING, N_("Kết thúc lớp từ ngày %(day)s"), None, {"day": ends_on})


def is_running(meeting: Meeting, now: datetime) -> bool:
    """Say whether a session takes scans at this instant; `now` is a moment of Việt Nam."""
    if meeting.held_on != now.date():
        return False
    moment = now.replace(tzinfo=None)
    begins = datetime.combine(meeting.held_on, meeting.starts_at or time.min)
    ends = datetime.combine(meeting.held_on, meeting.ends_at or time.max)
    if meeting.starts_at and not meeting.ends_at:
        ends = datetime.combine(meeting.held_on, time.max)
    return begins - EARLY <= moment <= ends + EARLY


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whether somebody completes by attendance and mark, with every step of the answer."""

    completes: bool
    share: Decimal | None
    """Per cent of the sessions' hours attended, rounded down to two decimals; None when there were no sessions."""
    reasons: tuple[Reason, ...]


def propose(
    *, attended: Decimal, total: Decimal, least: Decimal, mark: Decimal | None, pass_mark: Decimal | None
) -> Proposal:
    """Propose completion: `attended` hours of `total` are at least `least` per cent, and the mark suffices.

    A class without sessions proves nobody's attendance, so nobody is proposed: no credit from nothing.
    """
    reasons: list[Reason] = []
    if total <= 0:
        share, came = None, False
        reasons.append(Reason(N_("Lớp không có buổi học nào nên không có căn cứ điểm danh")))
    else:
        # Compared by multiplication: a share that was rounded could let in somebody just below.
        came = attended * 100 >= least * total
        share = (attended * 100 / total).quantize(CENT, rounding="ROUND_DOWN")
        params = {"attended": plain(attended), "total": plain(total), "least": plain(least)}
        words = (
            N_("Dự %(attended)s/%(total)s tiết, đạt mức %(least)s%% trở lên")
            if came
            else N_("Dự %(attended)s/%(total)s tiết, chưa đến mức %(least)s%%")
        )
        reasons.append(Reason(words, params=params))
    passed = True
    if pass_mark is not None:
        passed = mark is not None and mark >= pass_mark
        if mark is None:
            reasons.append(Reason(N_("Chưa có điểm; điểm đạt là %(least)s"), params={"least": plain(pass_mark)}))
        else:
            words = N_("Điểm %(mark)s, đạt") if passed else N_("Điểm %(mark)s, dưới điểm đạt %(least)s")
            reasons.append(Reason(words, params={"mark": plain(mark), "least": plain(pass_mark)}))
    return Proposal(came and passed, share, tuple(reasons))


def plain(value: Decimal) -> Decimal:
    """Return a figure without zeros at its end: 40 for 40.00, 8.5 for 8.50."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def in_words(reasons: Sequence[Reason]) -> str:
    """Return reasons as the record keeps them: one Vietnamese sentence, whatever the reader's language is."""
    return "; ".join(
        one.text
        % {
            name: f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else value
            for name, value in one.params.items()
        }
        for one in reasons
    )


class BadMark(ValueError):
    """A text that is no mark; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read_mark(text: str) -> Decimal | None:
    """Return a mark from 0 to 10 with at most two decimals, comma or point; None for an empty text.

    Raises `BadMark` for anything else.
    """
    given = text.strip()
    if not given:
        return None
    shown = {"value": given[:40]}
    words = N_("Điểm “%(value)s” không đọc được. Hãy ghi số từ 0 đến 10, ví dụ 8,5; để trống nếu chưa có điểm.")
    unreadable = Problem("mark", "mark_unreadable", words, shown)
    if len(given) > MARK_LENGTH or not set(given) <= set("0123456789.,+-"):
        raise BadMark(unreadable)
    try:
        value = Decimal(given.replace(",", "."))
    except InvalidOperation:
        raise BadMark(unreadable) from None
    if not 0 <= value <= HIGHEST:
        words = N_("Điểm “%(value)s” ngoài khoảng 0 đến 10. Hãy ghi lại theo thang điểm 10.")
        raise BadMark(Problem("mark", "mark_out_of_range", words, shown))
    if value != value.quantize(CENT):
        words = N_("Điểm “%(value)s” có quá hai chữ số thập phân. Hãy làm tròn, ví dụ 8,25.")
        raise BadMark(Problem("mark", "mark_too_fine", words, shown))
    return abs(value)


PRESENCES: dict[str, Presence] = {
    "x": Presence.PRESENT, "co": Presence.PRESENT, "co mat": Presence.PRESENT, "1": Presence.PRESENT,
    "c": Presence.PRESENT, "yes": Presence.PRESENT, "present": Presence.PRESENT, "p": Presence.EXCUSED,
    "v": Presence.ABSENT, "vang": Presence.ABSENT, "0": Presence.ABSENT, "k": Presence.ABSENT,
    "khong": Presence.ABSENT, "kp": Presence.ABSENT, "vang mat": Presence.ABSENT, "no": Presence.ABSENT,
    "absent": Presence.ABSENT,
    "vang khong phep": Presence.ABSENT, "vp": Presence.EXCUSED, "phep": Presence.EXCUSED, "cp": Presence.EXCUSED,
    "vang co phep": Presence.EXCUSED, "co phep": Presence.EXCUSED, "excused": Presence.EXCUSED,
}  # fmt: skip
"""What people write in a roster, without marks and capitals, → the presence it means."""
PRESENCE_SIGNS = {Presence.PRESENT: "x", Presence.ABSENT: "V", Presence.EXCUSED: "P"}
"""How the workbook writes a presence."""
RESULTS: dict[str, bool] = {
    "hoan thanh": True, "dat": True, "ht": True, "d": True, "completed": True, "pass": True, "passed": True,
    "khong hoan thanh": False, "khong dat": False, "chua dat": False, "kht": False, "kd": False, "failed": False,
    "fail": False, "not completed": False, "chua hoan thanh": False,
}  # fmt: skip
"""What people write as a result, folded → whether the course was completed."""
