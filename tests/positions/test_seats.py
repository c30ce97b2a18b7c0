"""The seats of a line against a simple model that looks at every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hrms.positions.rules import seats
from hrms.positions.rules.establishment import Counting
from hrms.positions.rules.kinds import SeatRole
from hrms.positions.rules.seats import Held, Occupation, Seats, Span

START = date(2026, 1, 1)
DAYS = 12
USUAL = Counting()


def day(number: int) -> date:
    return START + timedelta(days=number)


def sits(who: int | None, start: int, end: int | None = None, name: str | None = None, **more: object) -> Occupation:
    return replace(Occupation(who, day(start), None if end is None else day(end), name=name), **more)


def line(*steps: tuple[int, int]) -> Seats:
    return Seats("Chuyên viên", "Sở A", tuple((day(number), count) for number, count in steps))


def test_the_peak_and_its_days() -> None:
    here = [sits(1, 0, 5), sits(2, 3, 8), sits(3, 4, 5), sits(4, 7, 9), sits(5, 8)]
    assert seats.peak(here, day(0), day(7), USUAL) == seats.Peak(3, (Span(day(4), day(5)),))
    assert seats.peak(here, day(5), None, USUAL) == seats.Peak(2, (Span(day(7), day(9)),))
    assert seats.peak(here, day(9), None, USUAL) == seats.Peak(1, (Span(day(9), None),))
    assert seats.peak([], day(0), day(3), USUAL) == seats.Peak(0, (Span(day(0), day(3)),))


def test_a_person_takes_one_seat_and_a_recruitment_as_many_as_it_keeps() -> None:
    here = [sits(1, 0, 6), sits(1, 4, 9, held=Held.PROPOSAL), sits(None, 2, 7, seats=3, held=Held.RECRUITMENT)]
    assert seats.peak(here, day(0), day(9), USUAL) == seats.Peak(4, (Span(day(2), day(7)),))


def test_roles_that_take_no_seat() -> None:
    acting = sits(2, 0, role=SeatRole.ACTING)
    assert seats.peak([acting], day(0), None, USUAL).seats == 0
    assert seats.peak([acting], day(0), None, Counting(acting_takes_seat=True)).seats == 1
    full = [sits(1, 0)]
    assert seats.check_seat(line((0, 1)), full, acting, USUAL) == []
    assert seats.check_seat(line((0, 1)), full, sits(2, 0, role=SeatRole.CONCURRENT), USUAL) != []
    lent = [sits(1, 0, seconded_out=True)]
    assert seats.check_seat(line((0, 1)), lent, sits(2, 0), USUAL) != []
    assert seats.check_seat(line((0, 1)), lent, sits(2, 0), Counting(seconded_at_sender=False)) == []


def test_who_has_the_last_seat_is_named() -> None:
    here = [sits(1, 0, name="Nguyễn Văn A"), sits(2, 3, 9, name="Trần Thị B")]
    (problem,) = seats.check_seat(line((0, 2)), here, sits(3, 5), USUAL)
    assert (problem.code, problem.severity, problem.field) == ("seat_taken", "error", "line")
    assert problem.params == {
        "position": "Chuyên viên", "agency": "Sở A", "seats": 2, "taken": 2, "day": day(5), "holder": "Trần Thị B",
        "since": day(3), "free": day(9),
    }  # fmt: skip
    assert "%(free)s" in problem.text
    assert seats.check_seat(line((0, 2)), here, sits(3, 9), USUAL) == []
    assert seats.check_seat(line((0, 2)), here, sits(1, 5), USUAL) == []


def test_somebody_outside_is_not_named() -> None:
    (problem,) = seats.check_seat(line((0, 1)), [sits(1, 0)], sits(3, 5), USUAL)
    assert problem.params["holder"] == seats.OUTSIDE
    assert "free" not in problem.params
    assert "đề nghị giao thêm biên chế" in problem.text


def test_a_seat_kept_for_a_proposal_or_a_recruitment_is_taken() -> None:
    kept = sits(2, 4, name="Trần Thị B", held=Held.PROPOSAL)
    (problem,) = seats.check_seat(line((0, 2)), [kept, sits(1, 6, name="Nguyễn Văn A")], sits(3, 5), USUAL)
    assert (problem.params["holder"], problem.params["day"]) == ("Trần Thị B", day(6))
    assert "đang giữ cho" in problem.text
    recruiting = sits(None, 0, 8, seats=2, held=Held.RECRUITMENT)
    (problem,) = seats.check_seat(line((0, 2)), [recruiting], sits(3, 5), USUAL)
    assert (problem.params["holder"], problem.params["free"]) == (seats.RECRUIT, day(8))


def test_a_line_without_seats_and_seats_that_end() -> None:
    (problem,) = seats.check_seat(line((5, 1)), [], sits(3, 2), USUAL)
    assert (problem.code, problem.params["seats"], problem.params["day"]) == ("no_seat", 0, day(2))
    (problem,) = seats.check_seat(line((0, 1), (6, 0)), [], sits(3, 2), USUAL)
    assert (problem.code, problem.params["day"]) == ("no_seat", day(6))
    assert seats.check_seat(line((0, 1), (6, 0)), [], sits(3, 2, 6), USUAL) == []


def test_over_already_nobody_more_comes_in() -> None:
    here = [sits(1, 0), sits(2, 1)]
    (problem,) = seats.check_seat(line((0, 2), (4, 1)), here, sits(3, 5), USUAL)
    assert (problem.code, problem.params["taken"], problem.params["seats"]) == ("seat_taken", 2, 1)


occupations = st.builds(
    lambda who, start, length, role, count, held, lent, away: Occupation(
        who, day(start), None if length is None else day(start + length), role, None, 1 if who else count, held, lent,
        away,
    ),
    st.one_of(st.none(), st.integers(1, 4)), st.integers(0, DAYS - 1), st.one_of(st.none(), st.integers(1, DAYS)),
    st.sampled_from(SeatRole), st.integers(1, 3), st.sampled_from(Held), st.booleans(), st.booleans(),
)  # fmt: skip
countings = st.builds(Counting, st.booleans(), st.booleans(), st.booleans(), st.booleans())


def taken_on(here: list[Occupation], on: date, counting: Counting) -> int:
    people, kept = set(), 0
    for one in here:
        if not one.covers(on) or (one.on_leave and not counting.leave_counts):
            continue
        if one.role in {SeatRole.ACTING, SeatRole.IN_CHARGE} and not counting.acting_takes_seat:
            continue
        if one.role is SeatRole.MAIN and one.seconded_out and not counting.seconded_at_sender:
            continue
        if one.role is SeatRole.SECONDED and counting.seconded_at_sender:
            continue
        if one.person_id is None:
            kept += one.seats
        else:
            people.add(one.person_id)
    return len(people) + kept


@given(st.lists(occupations, max_size=10), st.integers(0, DAYS - 1), st.integers(1, DAYS), countings)
def test_the_peak_is_that_of_the_fullest_day(
    here: list[Occupation], start: int, length: int, counting: Counting
) -> None:
    found = seats.peak(here, day(start), day(start + length), counting)
    days = [day(n) for n in range(start, start + length)]
    by_day = {on: taken_on(here, on, counting) for on in days}
    assert found.seats == max(by_day.values())
    within = {on for on in days for span in found.spans if span.start <= on and (span.end is None or on < span.end)}
    assert within == {on for on, taken in by_day.items() if taken == found.seats}


@given(
    st.lists(occupations, max_size=8),
    st.lists(st.tuples(st.integers(0, DAYS), st.integers(0, 5)), max_size=4, unique_by=lambda step: step[0]),
    occupations,
    countings,
)
def test_somebody_gets_a_seat_just_when_one_is_free_every_day(
    here: list[Occupation], steps: list[tuple[int, int]], wanted: Occupation, counting: Counting
) -> None:
    where = line(*sorted(steps))
    problems = seats.check_seat(where, here, wanted, counting)
    others = [one for one in here if one.person_id is None or one.person_id != wanted.person_id]
    # Nothing changes after the last day looked at.
    days = [day(n) for n in range(3 * DAYS) if wanted.covers(day(n))]
    needs = taken_on([wanted], wanted.start, counting)
    short = [on for on in days if taken_on(others, on, counting) + needs > where.on(on)]
    assert bool(problems) == bool(needs and short)
    if problems:
        assert problems[0].params["day"] == short[0]
        free = problems[0].params.get("free")
        assert (
            free == (None if short[-1] == days[-1] else short[-1] + timedelta(days=1)) or problems[0].code == "no_seat"
        )
