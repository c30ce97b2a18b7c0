"""What comes next, who completes, and how a mark is read: by the rules alone."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core import clock
from hrms.training.rules.desk import BadMark, Meeting, Task, in_words, is_running, next_step, propose, read_mark

TODAY = date(2026, 11, 21)
YESTERDAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 22)


def _meeting(number: int, day: date, marked: int = 0, starts_at: time | None = time(7, 30)) -> Meeting:
    return Meeting(number, day, Decimal(4), starts_at, None, marked)


def _step(*meetings: Meeting, **more: Any) -> Any:
    values = {"learners": 40, "unmarked": 0, "ends_on": TODAY, "today": TODAY, "state": "running"} | more
    return next_step(values.pop("state"), meetings, **values)


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        (time(7, 30), "Điểm danh buổi %(number)s sáng nay"),
        (time(13, 30), "Điểm danh buổi %(number)s chiều nay"),
        (time(18, 0), "Điểm danh buổi %(number)s tối nay"),
        (None, "Điểm danh buổi %(number)s hôm nay"),
    ],
)
def test_a_session_of_today_comes_before_everything(starts_at: time | None, words: str) -> None:
    step = _step(_meeting(2, YESTERDAY), _meeting(3, TODAY, 39, starts_at))
    assert (step.task, step.number, step.text, step.urgent) == (Task.ATTENDANCE, 3, words, True)


def test_then_what_was_forgotten_then_marks_then_the_end() -> None:
    assert _step(_meeting(2, YESTERDAY, 39), _meeting(3, TODAY, 40)).number == 2
    step = _step(_meeting(2, YESTERDAY, 40), _meeting(3, TODAY, 40), unmarked=5)
    assert (step.task, step.params) == (Task.MARKS, {"count": 5})
    assert _step(_meeting(2, YESTERDAY, 40), _meeting(3, TODAY, 40)).task is Task.COMPLETE
    later = _step(_meeting(2, YESTERDAY, 40), _meeting(4, TOMORROW), ends_on=TOMORROW)
    assert (later.task, later.params["day"]) == (Task.NOTHING, TOMORROW)
    assert _step(_meeting(1, TODAY), learners=0).task is Task.NOTHING
    for state in ("completed", "cancelled"):
        assert _step(_meeting(1, TODAY), state=state).task is Task.NOTHING


@pytest.mark.parametrize(
    ("hour", "minute", "runs"), [(6, 29, False), (6, 30, True), (9, 0, True), (12, 30, True), (12, 31, False)]
)
def test_a_session_takes_codes_from_an_hour_before_until_an_hour_after(hour: int, minute: int, runs: bool) -> None:
    meeting = Meeting(1, TODAY, Decimal(4), time(7, 30), time(11, 30))
    assert is_running(meeting, datetime(2026, 11, 21, hour, minute, tzinfo=clock.ZONE)) is runs
    assert not is_running(meeting, datetime(2026, 11, 22, 9, tzinfo=clock.ZONE))
    assert is_running(Meeting(1, TODAY, Decimal(4)), datetime(2026, 11, 21, 23, tzinfo=clock.ZONE))


def _proposal(attended: str, total: str, mark: str | None = None, pass_mark: str | None = None) -> Any:
    return propose(
        attended=Decimal(attended), total=Decimal(total), least=Decimal(80),
        mark=None if mark is None else Decimal(mark), pass_mark=None if pass_mark is None else Decimal(pass_mark),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("attended", "total", "mark", "pass_mark", "completes"),
    [
        ("32", "40", None, None, True),
        ("31.99", "40", None, None, False),
        ("79.999", "100", None, None, False),
        ("40", "40", "5", "5", True),
        ("40", "40", "4.99", "5", False),
        ("40", "40", None, "5", False),
        ("40", "40", "0", "0", True),
        ("0", "0", "10", "5", False),
    ],
)
def test_who_completes(attended: str, total: str, mark: str | None, pass_mark: str | None, completes: bool) -> None:
    found = _proposal(attended, total, mark, pass_mark)
    assert found.completes is completes
    assert found.reasons


def test_the_reasons_read_as_a_sentence() -> None:
    assert in_words(_proposal("20.50", "40.00", "4.50", "5.00").reasons) == (
        "Dự 20,5/40 tiết, chưa đến mức 80%; Điểm 4,5, dưới điểm đạt 5"
    )


@pytest.mark.parametrize(
    ("text", "value"), [("8,5", "8.5"), ("8.5", "8.5"), (" 10 ", "10"), ("0", "0"), ("7,25", "7.25"), ("-0", "0")]
)
def test_a_mark_is_read_with_comma_or_point(text: str, value: str) -> None:
    assert read_mark(text) == Decimal(value)
    assert read_mark("  ") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("11", "mark_out_of_range"), ("-1", "mark_out_of_range"), ("10,01", "mark_out_of_range"),
        ("8,333", "mark_too_fine"), ("tám", "mark_unreadable"), ("8,5,1", "mark_unreadable"),
        ("NaN", "mark_unreadable"), ("1e1", "mark_unreadable"), ("Infinity", "mark_unreadable"),
        ("٨", "mark_unreadable"), ("1" * 50, "mark_unreadable"), ("--5", "mark_unreadable"), (".", "mark_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_mark_says_why(text: str, code: str) -> None:
    with pytest.raises(BadMark) as refused:
        read_mark(text)
    assert refused.value.problem.code == code


@given(st.text(max_size=14))
def test_whatever_is_typed_is_a_mark_or_a_problem(text: str) -> None:
    try:
        mark = read_mark(text)
    except BadMark:
        return
    assert mark is None or (0 <= mark <= 10 and mark == mark.quantize(Decimal("0.01")))
