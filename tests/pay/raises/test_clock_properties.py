"""The step clock and early raises: the same answer whatever the order, and more delay never brings a raise forward."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.core.holidays import current as working_days
from hrms.pay.rules import early
from hrms.pay.rules.raises import Discipline, DisciplineForm, RaiseTerms, Rating, StepFacts, check, clock
from hrms.people.rules.absences import AbsenceKind, Stretch
from hrms.people.rules.parameters import parameters_on
from hrms.performance.rules.classes import RatingClass
from tests.people.catalogue_rows import rows

AS_AT = date(2026, 11, 21)
TERMS = RaiseTerms.of(rows("parameters"), AS_AT, working_days().between)
FIGURES = parameters_on(rows("parameters"), AS_AT)
NOT_COUNTED = [AbsenceKind.UNPAID_LEAVE, AbsenceKind.SUSPENSION, AbsenceKind.DETENTION, AbsenceKind.OTHER]

DAYS = st.dates(date(2014, 1, 1), date(2030, 12, 31))
ABSENCES = st.builds(
    lambda kind, start, days: Stretch(kind, start, start + timedelta(days=days)),
    st.sampled_from(NOT_COUNTED), DAYS, st.integers(1, 400),
)  # fmt: skip
DISCIPLINES = st.builds(Discipline, st.sampled_from(DisciplineForm), DAYS, st.booleans())
RATINGS = st.builds(Rating, st.integers(2014, 2030), st.just(RatingClass.UNSATISFACTORY))
EVENTS = st.lists(
    st.one_of(ABSENCES, DISCIPLINES, RATINGS), max_size=6, unique_by=lambda one: getattr(one, "year", one)
)


def _facts(events: Sequence[Any], since: date, last: bool = False) -> StepFacts:
    def of(kind: type[Any]) -> list[Any]:
        return [one for one in events if isinstance(one, kind)]

    return StepFacts(since, 36, last, AS_AT, absences=of(Stretch), disciplines=of(Discipline), ratings=of(Rating))


@settings(deadline=None)
@given(EVENTS, st.dates(date(2014, 1, 1), date(2026, 1, 1)), st.booleans(), st.data())
def test_the_order_of_events_changes_nothing(events: list[Any], since: date, last: bool, data: st.DataObject) -> None:
    facts = _facts(events, since, last)
    assert not check(facts, TERMS)
    assert clock(facts, TERMS) == clock(_facts(data.draw(st.permutations(events)), since, last), TERMS)


@settings(deadline=None)
@given(EVENTS, st.one_of(ABSENCES, DISCIPLINES, RATINGS), st.dates(date(2014, 1, 1), date(2026, 1, 1)))
def test_more_delay_never_brings_the_raise_forward(events: list[Any], more: Any, since: date) -> None:
    before, after = (clock(_facts(these, since), TERMS) for these in (events, [*events, more]))
    assert before.due_on is not None
    assert after.due_on is not None
    assert after.due_on >= before.due_on
    percents = [clock(_facts(these, since, last=True), TERMS) for these in (events, [*events, more])]
    assert (percents[1].percent or 0) <= (percents[0].percent or 0)


@settings(deadline=None)
@given(EVENTS, st.dates(date(2014, 1, 1), date(2026, 1, 1)))
def test_the_due_day_holds_exactly_what_came_before_it(events: list[Any], since: date) -> None:
    found = clock(_facts(events, since), TERMS)
    assert found.due_on is not None
    earlier = [
        one for one in events
        if (one.valid_from if isinstance(one, Stretch) else one.on if isinstance(one, Discipline)
            else date(one.year, 12, 31)) < found.due_on
    ]  # fmt: skip
    assert clock(_facts(earlier, since), TERMS).due_on == found.due_on


@given(st.lists(st.integers(0, 500), max_size=30))
def test_a_quota_is_ten_percent_of_all_rounded_down(assigned: list[int]) -> None:
    units = [early.Unit(f"u{number}", people) for number, people in enumerate(assigned)]
    found = early.quota(units, FIGURES)
    assert found.total == sum(assigned) // 10 == sum(one.quota + one.given for one in found.units)
    assert found.pooled == sum(one.given for one in found.units)
    assert all(one.quota == one.assigned // 10 and one.remainder == one.assigned % 10 for one in found.units)
    again = early.quota(units[::-1], FIGURES)
    assert {one.id: one for one in again.units} == {one.id: one for one in found.units}
    waiting = [one for one in found.units if one.remainder and not one.given]
    for small in (one for one in waiting if not one.quota):
        assert all(not one.quota and one.remainder >= small.remainder for one in found.units if one.given)
    for big in waiting:
        assert all(not one.quota or one.remainder >= big.remainder for one in found.units if one.given)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abcd")), max_size=30))
def test_remainders_go_up_level_by_level_and_nothing_is_lost(drawn: list[tuple[int, str]]) -> None:
    units = [early.Unit(f"u{number}", people, under) for number, (people, under) in enumerate(drawn)]
    found = early.quota(units, FIGURES)
    assert found.total == sum(people for people, _under in drawn) // 10
    given = {one.id for one in found.units if one.given}
    assert len(given) == found.pooled
    for superior in "abcd":
        here = [one for one in units if one.under == superior]
        assert len(given & {one.id for one in here}) >= sum(one.assigned % 10 for one in here) // 10


def test_what_superiors_are_left_with_is_pooled_above_them() -> None:
    units = [early.Unit("a", 9, "x"), early.Unit("b", 5, "x"), early.Unit("c", 8, "y"), early.Unit("d", 30, "y")]
    found = early.quota(units, FIGURES)
    assert [(one.id, one.quota, one.given) for one in found.units] == [
        ("a", 0, 1),
        ("b", 0, 0),
        ("c", 0, 1),
        ("d", 3, 0),
    ]
    assert (found.pooled, found.total) == (2, 5)


def test_ten_people_have_one_raise_and_a_unit_without_remainder_gets_none_back() -> None:
    found = early.quota([early.Unit("a", 10), early.Unit("b", 15), early.Unit("c", 5)], FIGURES)
    assert [(one.quota, one.given) for one in found.units] == [(1, 0), (1, 0), (0, 1)]
    assert (found.pooled, found.total) == (1, 3)
