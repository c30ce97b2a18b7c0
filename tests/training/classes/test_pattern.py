"""Days made from a pattern, the order of the waiting list, and what keeps a class from being opened: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.icalendar import Meeting, meetings_file
from hrms.training.forms.classes import read_time
from hrms.training.rules.classes import (
    NO_PRIORITY,
    Frame,
    Part,
    Pattern,
    Place,
    next_for,
    open_problems,
    pattern_problems,
    planned,
    priority_of,
    problems,
)
from hrms.training.rules.eligibility import Priority

MONDAY = date(2026, 8, 31)
WORKDAYS = frozenset(range(5))


def test_forty_hours_are_ten_half_days_of_one_week() -> None:
    made = planned(Pattern(MONDAY, WORKDAYS, Part.BOTH, Decimal(4)), Decimal(40), ())
    assert [one.number for one in made] == list(range(1, 11))
    assert (made[0].held_on, made[-1].held_on) == (MONDAY, date(2026, 9, 4))
    assert [one.starts_at for one in made[:2]] == [time(7, 30), time(13, 30)]


def test_holidays_are_left_out_and_the_last_session_is_shorter() -> None:
    made = planned(Pattern(MONDAY, frozenset({0, 2}), Part.MORNING, Decimal(4)), Decimal("9.5"), {date(2026, 9, 2)})
    assert [one.held_on for one in made] == [MONDAY, date(2026, 9, 7), date(2026, 9, 9)]
    assert [one.hours for one in made] == [Decimal(4), Decimal(4), Decimal("1.5")]


def test_a_saturday_that_was_chosen_is_a_day_of_class() -> None:
    made = planned(Pattern(MONDAY, frozenset({5}), Part.EVENING, Decimal(4)), Decimal(8), ())
    assert [one.held_on.weekday() for one in made] == [5, 5]


@given(
    st.decimals("0.25", "500", places=2), st.decimals("0.25", "12", places=2), st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from(list(Part)), st.sets(st.dates(date(2026, 8, 1), date(2026, 12, 31)), max_size=20),
)  # fmt: skip
def test_sessions_use_up_the_hours_exactly_on_days_asked_for(
    hours: Decimal, each: Decimal, weekdays: set[int], part: Part, off: set[date]
) -> None:
    pattern = Pattern(MONDAY, frozenset(weekdays), part, each)
    if pattern_problems(pattern, hours):
        return
    made = planned(pattern, hours, off)
    assert sum((one.hours for one in made), Decimal(0)) == hours
    assert all(one.held_on.weekday() in weekdays and one.held_on not in off for one in made)
    days = [(one.held_on, one.starts_at) for one in made]
    assert days == sorted(set(days))


@pytest.mark.parametrize(
    ("pattern", "hours", "code"),
    [
        (Pattern(MONDAY, frozenset(), Part.BOTH, Decimal(4)), Decimal(40), "none"),
        (Pattern(MONDAY, WORKDAYS, Part.BOTH, Decimal(0)), Decimal(40), "hours"),
        (Pattern(MONDAY, WORKDAYS, Part.BOTH, Decimal("0.25")), Decimal(5000), "too_many"),
    ],
)
def test_what_makes_no_days_is_named(pattern: Pattern, hours: Decimal, code: str) -> None:
    assert [one.code for one in pattern_problems(pattern, hours)] == [code]


def test_the_weightiest_reason_comes_first_then_how_many() -> None:
    order = [
        [Priority.OVERDUE, Priority.OVERDUE],
        [Priority.OVERDUE, Priority.CHILD],
        [Priority.OVERDUE],
        [Priority.CHILD, Priority.MINORITY],
        [Priority.CHILD],
        [Priority.MINORITY, Priority.GAP],
        [Priority.MINORITY],
        [Priority.GAP] * 9,
        [Priority.GAP],
        [],
    ]
    figures = [priority_of(one) for one in order]
    assert figures == sorted(figures)
    assert figures[-1] == NO_PRIORITY
    assert min(figures) > 0


def test_free_seats_go_by_priority_then_by_the_moment() -> None:
    places = [Place(1, 9, 3), Place(2, 9, 1), Place(3, 1, 7), Place(4, 9, 1)]
    assert next_for(places, 3) == [3, 2, 4]
    assert next_for(places, 0) == next_for(places, -2) == []


def test_what_is_wrong_with_the_figures_is_named_at_its_field() -> None:
    frame = Frame(MONDAY, date(2026, 8, 1), 10, date(2026, 8, 20), abroad=True, country=None)
    assert [one.field for one in problems(frame, taken=11)] == ["ends_on", "nominate_by", "seats", "country"]


def test_a_class_opens_with_days_that_use_up_its_hours() -> None:
    assert open_problems("draft", 10, Decimal(40), Decimal("40.00")) == []
    assert [one.code for one in open_problems("draft", 0, Decimal(0), Decimal(40))] == ["no_sessions"]
    assert [one.code for one in open_problems("draft", 9, Decimal(36), Decimal(40))] == ["hours"]
    assert [one.code for one in open_problems("open", 10, Decimal(40), Decimal(40))] == ["state"]


def test_a_meeting_is_an_hour_of_viet_nam_in_the_calendar() -> None:
    made = datetime(2026, 8, 1, tzinfo=UTC)
    long = Meeting(
        "a@b", MONDAY, "Bồi dưỡng, " + "rất dài " * 20, "Hội trường; A", "https://x/", time(7, 30), time(11, 30)
    )
    text = meetings_file("Lớp", [long, Meeting("c@d", MONDAY, "Cả ngày", cancelled=True)], made, revision=3)
    assert "DTSTART:20260831T003000Z\r\nDTEND:20260831T043000Z" in text
    assert "DTSTART;VALUE=DATE:20260831\r\nDTEND;VALUE=DATE:20260901" in text
    assert "LOCATION:Hội trường\\; A" in text
    assert text.count("SEQUENCE:3") == 2
    assert "STATUS:CANCELLED" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize(
    ("typed", "hour"),
    [("7:30", time(7, 30)), ("0730", time(7, 30)), ("13h", time(13)), ("7h05", time(7, 5)), ("", None)],
)
def test_hours_are_read_as_an_office_types_them(typed: str, hour: time | None) -> None:
    assert read_time(typed) == hour
