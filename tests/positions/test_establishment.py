"""Who counts in an establishment, figures over a tree, and which excess is accepted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.positions.rules import establishment as rules
from hrms.positions.rules.establishment import Accepted, Counting, Figures, Holders
from hrms.positions.rules.kinds import QuotaKind, SeatRole
from hrms.positions.rules.limits import Rule

TODAY = date(2026, 11, 22)
CIVIL = QuotaKind.CIVIL
STAFF = (
    Holders(SeatRole.MAIN, 10),
    Holders(SeatRole.MAIN, 1, seconded_out=True),
    Holders(SeatRole.MAIN, 2, on_leave=True, retiring=True),
    Holders(SeatRole.MAIN, 1, retiring=True),
    Holders(SeatRole.SECONDED, 3),
    Holders(SeatRole.CONCURRENT, 1),
    Holders(SeatRole.ACTING, 1),
    Holders(SeatRole.IN_CHARGE, 1),
)


def of(assigned: int, holders: tuple[Holders, ...] = STAFF, counting: Counting | None = None, **more: int) -> Figures:
    return rules.figures(CIVIL, assigned, holders, counting or Counting(), **more)


def test_figures_by_the_usual_counting() -> None:
    assert of(16, reserve=2, recruiting=1) == Figures(
        CIVIL, assigned=16, reserve=2, present=14, seconded_out=1, seconded_in=3, on_leave=2, recruiting=1,
        retiring_12m=3, unused=2, over=0, vacant=0,
    )  # fmt: skip
    assert (of(12).unused, of(12).over) == (0, 2)
    assert (of(18).unused, of(18).vacant) == (4, 3)


@pytest.mark.parametrize(
    ("choice", "value", "present", "retiring"),
    [
        ("seconded_at_sender", False, 16, 3),
        ("leave_counts", False, 12, 1),
        ("concurrent_once", False, 15, 3),
        ("acting_takes_seat", True, 16, 3),
    ],
)
def test_each_choice_of_counting(choice: str, value: bool, present: int, retiring: int) -> None:
    counting = replace(Counting(), **{choice: value})
    found = of(20, counting=counting)
    assert (found.present, found.retiring_12m, found.unused) == (present, retiring, 20 - present)
    assert (found.seconded_out, found.seconded_in, found.on_leave) == (1, 3, 2)
    assert Counting.from_settings({f"positions.{choice}": int(value), "positions.other": 1}) == counting
    assert Counting.from_settings({}) == Counting()


def test_a_concurrent_post_is_filled_but_its_holder_counts_once() -> None:
    found = of(1, (Holders(SeatRole.CONCURRENT),))
    assert (found.present, found.unused, found.vacant) == (0, 1, 0)


def test_retiring_within_twelve_months() -> None:
    assert rules.is_retiring(date(2027, 11, 22), TODAY)
    assert rules.is_retiring(TODAY, TODAY)
    assert not rules.is_retiring(date(2027, 11, 23), TODAY)
    assert not rules.is_retiring(date(2026, 11, 21), TODAY)
    assert not rules.is_retiring(None, TODAY)


def test_over_a_tree_unused_and_over_stand_side_by_side() -> None:
    total = rules.add_up([of(16), of(12)], CIVIL)
    assert (total.assigned, total.present, total.unused, total.over) == (28, 28, 2, 2)
    assert rules.add_up([], QuotaKind.PUBLIC) == Figures(QuotaKind.PUBLIC)


def test_two_quotas_are_never_added() -> None:
    with pytest.raises(ValueError, match="never added"):
        rules.add_up([of(1), replace(of(1), kind=QuotaKind.PUBLIC)], CIVIL)


@dataclass(frozen=True)
class Official:
    """Somebody with a seat, perhaps lent to another line, away, or holding a second post."""

    home: int
    lent_to: int | None
    also: int | None
    on_leave: bool


officials = st.lists(
    st.builds(
        Official,
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(0, 3)),
        st.one_of(st.none(), st.integers(0, 3)),
        st.booleans(),
    ),
    max_size=12,
)


@given(
    people=officials,
    assigned=st.lists(st.integers(0, 6), min_size=4, max_size=4),
    counting=st.builds(Counting, st.booleans(), st.booleans(), st.just(True), st.just(False)),
)
def test_everybody_counts_exactly_once_wherever_they_sit(
    people: list[Official], assigned: list[int], counting: Counting
) -> None:
    lines: list[list[Holders]] = [[] for _ in range(4)]
    expected = [0] * 4
    for one in people:
        lines[one.home].append(Holders(SeatRole.MAIN, seconded_out=one.lent_to is not None, on_leave=one.on_leave))
        if one.lent_to is not None:
            lines[one.lent_to].append(Holders(SeatRole.SECONDED, on_leave=one.on_leave))
        if one.also is not None:
            lines[one.also].append(Holders(SeatRole.CONCURRENT, on_leave=one.on_leave))
        at = one.home if one.lent_to is None or counting.seconded_at_sender else one.lent_to
        expected[at] += counting.leave_counts or not one.on_leave
    found = [rules.figures(CIVIL, seats, line, counting) for seats, line in zip(assigned, lines, strict=True)]
    assert [one.present for one in found] == expected
    total = rules.add_up(found, CIVIL)
    assert total.unused == sum(max(0, seats - people) for seats, people in zip(assigned, expected, strict=True))
    assert total.over == sum(max(0, people - seats) for seats, people in zip(assigned, expected, strict=True))
    assert total.assigned - total.present == total.unused - total.over
    assert total.vacant <= total.unused


def test_what_is_over_is_accepted_just_so() -> None:
    accepted = Accepted(Rule.DEPUTIES, 2, "Sắp xếp tỉnh", date(2030, 7, 1))

    def codes(over: int, known: Accepted | None, day: date = TODAY) -> list[tuple[str, str]]:
        return [(p.code, p.severity) for p in rules.check_accepted(over, known, "Sở A", Rule.DEPUTIES, day)]

    assert codes(2, accepted) == codes(1, accepted) == codes(0, None) == []
    assert codes(3, accepted) == codes(1, None) == [("over_not_accepted", "error")]
    assert codes(0, accepted) == [("over_solved", "warning")]
    assert codes(2, accepted, date(2030, 7, 1)) == []
    assert codes(2, accepted, date(2030, 7, 2)) == [("over_too_late", "error")]


def test_an_acceptance_has_a_reason_and_a_day_within_the_law() -> None:
    last = date(2027, 7, 1)

    def codes(reason: str, day: date | None, law: date | None = last) -> list[str]:
        return [p.code for p in rules.check_acceptance(Accepted(Rule.GRADE_RATIO, 1, reason, day), TODAY, law)]

    assert codes("Chuyển xếp", last) == codes("Chuyển xếp", None, None) == codes("Chuyển xếp", TODAY) == []
    assert codes("  ", None) == ["required", "required"]
    assert codes("Chuyển xếp", date(2027, 7, 2)) == ["after_law_day"]
    assert codes("Chuyển xếp", date(2026, 11, 21)) == ["dates_out_of_order"]
