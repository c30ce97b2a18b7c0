"""The seats of a line: how many are taken at once, on which days, and who has the last one.

Intervals are half open, `[start, end)`, `end` None without end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from hrms.core.rules import N_, Problem
from hrms.positions.rules.establishment import Counting, takes_seat
from hrms.positions.rules.kinds import SeatRole
from hrms.positions.rules.ledger import value_on

OUTSIDE = N_("người ngoài phạm vi của bạn")
RECRUIT = N_("đợt tuyển dụng đã được duyệt")


class Held(StrEnum):
    """By what a seat is taken: an assignment, a proposal on its way, or a recruitment that was approved."""

    ASSIGNMENT = "assignment"
    PROPOSAL = "proposal"
    RECRUITMENT = "recruitment"


@dataclass(frozen=True, slots=True)
class Occupation:
    """Somebody in a line for a while, or seats kept for somebody.

    `name` is None for a person the reader may not see; `person_id` None for seats of a recruitment.
    """

    person_id: int | None
    start: date
    end: date | None
    role: SeatRole = SeatRole.MAIN
    name: str | None = None
    seats: int = 1
    held: Held = Held.ASSIGNMENT
    seconded_out: bool = False
    on_leave: bool = False

    def covers(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to before `end`."""

    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Peak:
    """The most seats taken at once, and on which days."""

    seats: int
    spans: tuple[Span, ...]


def _taking(occupations: Iterable[Occupation], counting: Counting) -> list[Occupation]:
    return [
        one
        for one in occupations
        if takes_seat(one.role, counting, seconded_out=one.seconded_out, on_leave=one.on_leave)
    ]


def _timeline(
    occupations: Sequence[Occupation], start: date, end: date | None, more: Iterable[date] = ()
) -> Iterator[tuple[Span, int]]:
    """Yield the parts of an interval on which nothing changes, with the seats taken; a person takes one at a time.

    `more` are days on which something else changes.
    """
    changes: dict[date, list[tuple[Occupation, int]]] = defaultdict(list)
    for one in occupations:
        if (end is None or one.start < end) and (one.end is None or one.end > start):
            changes[max(one.start, start)].append((one, 1))
            if one.end is not None and (end is None or one.end < end):
                changes[one.end].append((one, -1))
    days = sorted({start, *changes, *(day for day in more if start < day and (end is None or day < end))})
    sitting: dict[int, int] = defaultdict(int)
    taken = 0
    for day, following in pairwise([*days, end]):
        for one, change in changes.get(day or start, ()):
            if one.person_id is None:
                taken += change * one.seats
                continue
            was = sitting[one.person_id] > 0
            sitting[one.person_id] += change
            taken += (sitting[one.person_id] > 0) - was
        yield Span(day or start, following), taken


def peak(occupations: Iterable[Occupation], start: date, end: date | None, counting: Counting) -> Peak:
    """Return the most seats taken at once within `[start, end)` and the days on which that is so."""
    parts = list(_timeline(_taking(occupations, counting), start, end))
    most = max(taken for _, taken in parts)
    spans: list[Span] = []
    for span, taken in parts:
        if taken != most:
            continue
        if spans and spans[-1].end == span.start:
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return Peak(most, tuple(spans))


@dataclass(frozen=True, slots=True)
class Seats:
    """A line as the check names it, and its seats as steps (from this day, so many) in order."""

    position: str
    agency: str
    steps: tuple[tuple[date, int], ...]

    def on(self, day: date) -> int:
        """Return the seats of a day."""
        return value_on(self.steps, day)


def free_from(
    line: Seats, occupations: Iterable[Occupation], start: date, end: date | None, counting: Counting, seats: int = 1
) -> date | None:
    """Return the first day from `start` on from which `seats` more stay free until `end`; None when there is none."""
    first: date | None = None
    steps = [day for day, _ in line.steps]
    for span, taken in _timeline(_taking(occupations, counting), start, end, steps):
        if taken + seats > line.on(span.start):
            first = None
        elif first is None:
            first = span.start
    return first


def check_seat(
    line: Seats, occupations: Iterable[Occupation], wanted: Occupation, counting: Counting, *, field: str = "line"
) -> list[Problem]:
    """Return why `wanted` has no seat: on its first full day, who has the last one, and from when one is free.

    What the same person has in the line already is theirs to keep; a role that takes no seat needs none.
    """
    if not _taking([wanted], counting):
        return []
    others = [one for one in occupations if wanted.person_id is None or one.person_id != wanted.person_id]
    taking = _taking(others, counting)
    steps = [day for day, _ in line.steps]
    for span, taken in _timeline(taking, wanted.start, wanted.end, steps):
        day = span.start
        if taken + wanted.seats <= line.on(day):
            continue
        params = {
            "position": line.position, "agency": line.agency, "seats": line.on(day), "taken": taken, "day": day,
        }  # fmt: skip
        free = free_from(line, others, wanted.start, wanted.end, counting, wanted.seats)
        last = max((one for one in taking if one.covers(day)), key=_order, default=None)
        if last is None:
            text = N_(
                "%(position)s – %(agency)s ngày %(day)s được giao %(seats)s chỗ."
                " Hãy giao biên chế cho vị trí này trước."
            )
            return [Problem(field, "no_seat", text, params)]
        holder = RECRUIT if last.held is Held.RECRUITMENT else last.name or OUTSIDE
        return [Problem(field, "seat_taken", _sentence(last, free), {
            **params, "holder": holder, "since": last.start, **({"free": free} if free else {}),
        })]  # fmt: skip
    return []


def _order(one: Occupation) -> tuple[bool, date, int]:
    """Sort by who came last: what is only kept counts as later than who sits there."""
    return one.held is not Held.ASSIGNMENT, one.start, one.person_id or 0


def _sentence(last: Occupation, free: date | None) -> str:
    if last.held is Held.ASSIGNMENT and free is None:
        return N_(
            "%(position)s – %(agency)s có %(seats)s chỗ, ngày %(day)s đã có %(taken)s; chỗ cuối do %(holder)s giữ từ"
            " %(since)s. Hãy chọn vị trí khác hoặc đề nghị giao thêm biên chế."
        )
    if last.held is Held.ASSIGNMENT:
        return N_(
            "%(position)s – %(agency)s có %(seats)s chỗ, ngày %(day)s đã có %(taken)s; chỗ cuối do %(holder)s giữ từ"
            " %(since)s. Có chỗ trống từ %(free)s: hãy chọn ngày đó hoặc vị trí khác."
        )
    if free is None:
        return N_(
            "%(position)s – %(agency)s có %(seats)s chỗ, ngày %(day)s đã có %(taken)s; chỗ cuối đang giữ cho %(holder)s"
            " từ %(since)s. Hãy chọn vị trí khác hoặc đề nghị giao thêm biên chế."
        )
    return N_(
        "%(position)s – %(agency)s có %(seats)s chỗ, ngày %(day)s đã có %(taken)s; chỗ cuối đang giữ cho %(holder)s"
        " từ %(since)s. Có chỗ trống từ %(free)s: hãy chọn ngày đó hoặc vị trí khác."
    )
