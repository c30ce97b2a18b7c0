"""The class of a year: means, months that are missing and why, limits in order, discipline counted once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.people.rules.absences import AbsenceKind
from hrms.performance.rules.classes import RatingClass, Rounding, lower
from hrms.performance.rules.discipline import Discipline, DisciplineKind, count, counts_in
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.numbers import half_up
from hrms.performance.rules.yearly import (
    CAUSE_OF,
    MonthCause,
    Year,
    YearFacts,
    YearLimit,
    check_year,
    half_year,
    lay_causes,
    mean,
    quarter,
    year,
)

D = Decimal
EXCELLENT, GOOD, SATISFACTORY, UNSATISFACTORY, NONE = RatingClass
M, S, U = MonthCause.MATERNITY, MonthCause.SICK, MonthCause.UNPAID
Y1 = "95.2 93.1 88.0 91.5 96.0 90.4 87.3 89.9 92.0 94.6 91.1 90.5"


def months(text: str) -> list[Decimal | None]:
    return [None if one == "-" else D(one) for one in text.split()]


def classified(text: str, **more: Any) -> Year:
    facts = YearFacts(months(text), **more)
    assert check_year(facts) == []
    return year(facts)


def some(scored: int, points: str = "95") -> str:
    """Return so many months with points, the rest without."""
    return " ".join([points] * scored + ["-"] * (12 - scored))


def test_y1_a_whole_year() -> None:
    found = classified(Y1)
    assert (found.mean, found.rating, found.provisional, found.worked) == (D("91.633333"), EXCELLENT, False, 12)
    known = months(Y1)
    assert [half_up(quarter(known, n) or 0, 3) for n in range(1, 5)] == [
        D("92.100"), D("92.633"), D("89.733"), D("92.067"),
    ]  # fmt: skip
    assert half_up(half_year(known, 1) or 0, 3) == D("92.367")
    articles = " ".join(one.source for one in found.reasons)
    assert "Đ17 k3" in articles
    assert "Đ20" in articles


def test_a_year_of_four_quarters_is_their_mean() -> None:
    found = year(YearFacts(quarters=months("92 90 - 91"), absences={M: 3}))
    assert (found.mean, found.rating, found.provisional, found.missing) == (D("91.000000"), EXCELLENT, False, ())
    waiting = year(YearFacts(quarters=months("92 90 88 -")))
    assert (waiting.mean, waiting.provisional, waiting.missing) == (D("90.000000"), True, (4,))
    assert check_year(YearFacts(quarters=months("92 90 88 91"), absences={S: 4})) == []


def test_maternity_months_are_missing_not_zero() -> None:
    found = classified("92 90 91 - - - - 88 89 90 91 90", absences={M: 4})
    assert (found.mean, found.rating, found.provisional, found.worked) == (D("90.125000"), EXCELLENT, False, 8)


@pytest.mark.parametrize(
    ("scored", "absences", "rating"),
    [
        (5, {U: 7}, NONE),  # Y3
        (5, {MonthCause.NOT_YET_RECRUITED: 7}, NONE),
        (5, {MonthCause.LEFT: 7}, NONE),
        (5, {MonthCause.STUDY: 7}, NONE),
        (6, {U: 6}, EXCELLENT),
        (6, {MonthCause.LEFT: 6}, EXCELLENT),
        (5, {M: 7}, EXCELLENT),
        (1, {S: 11}, EXCELLENT),
        (0, {M: 12}, NONE),
        (3, {M: 3, MonthCause.NOT_YET_RECRUITED: 6}, EXCELLENT),
        (3, {M: 2, MonthCause.NOT_YET_RECRUITED: 7}, NONE),
    ],
)
def test_six_months_and_the_cause_of_the_others(
    scored: int, absences: dict[MonthCause, int], rating: RatingClass
) -> None:
    found = classified(some(scored), absences=absences)
    assert (found.rating, found.provisional, found.missing) == (rating, False, ())
    assert found.mean == (D("95.000000") if scored else None)
    if rating is NONE:
        assert found.reasons[-1].source == "NĐ 335/2025/NĐ-CP Đ11 k1–k2"


def test_y4_discipline_for_duty() -> None:
    found = classified(some(12), discipline_for_duty=True)
    assert (found.rating, found.by_points, found.mean) == (UNSATISFACTORY, EXCELLENT, D("95.000000"))
    assert any("Đ20 k4c" in one.source for one in found.reasons)
    assert found.limits == (YearLimit.DISCIPLINE,)


@pytest.mark.parametrize(
    ("points", "rating"),
    [("90.00", EXCELLENT), ("89.99", GOOD), ("70.00", GOOD), ("69.99", SATISFACTORY), ("50.00", SATISFACTORY),
     ("49.99", UNSATISFACTORY)],
)  # fmt: skip
def test_y5_boundaries(points: str, rating: RatingClass) -> None:
    for rounding in Rounding:
        assert classified(some(12, points), rounding=rounding).rating is rating


def test_rounding_before_the_threshold_is_a_setting_and_is_told() -> None:
    exact, rounded = (classified(some(12, "89.996"), rounding=one) for one in Rounding)
    assert (exact.rating, exact.other_rating, exact.rounding_matters) == (GOOD, EXCELLENT, True)
    assert (rounded.rating, rounded.other_rating, rounded.rounding_matters) == (EXCELLENT, GOOD, True)
    assert any("cách kia" in one.text for one in exact.reasons)
    assert not classified(Y1).rounding_matters


def test_december_is_provisional_until_january() -> None:
    found = classified("91 " * 11 + "-")
    assert (found.rating, found.provisional, found.missing, found.mean) == (EXCELLENT, True, (12,), D("91.000000"))
    assert any("chốt lại trong tháng 01" in one.text for one in found.reasons)
    assert not classified("91 " * 11 + "-", absences={S: 1}).provisional


def test_other_months_without_a_cause_are_named() -> None:
    found = classified("91 91 - 91 91 91 91 91 91 91 - 91")
    assert (found.provisional, found.missing) == (True, (3, 11))
    assert any(one.params.get("periods") == "3, 11" for one in found.reasons)


def test_causes_of_the_register_name_the_month() -> None:
    found = classified("91 91 - 91 91 91 91 91 91 91 - 91", causes={11: U, 5: S})
    assert (found.missing, found.provisional) == ((3,), True)


def test_counts_are_laid_on_months_so_that_the_last_stay_unexplained() -> None:
    laid = lay_causes([1, 2, 6, 11, 12], {MonthCause.NOT_YET_RECRUITED: 1, MonthCause.LEFT: 1, M: 2})
    assert laid == {12: MonthCause.LEFT, 1: MonthCause.NOT_YET_RECRUITED, 2: M, 6: M}


def test_a_head_is_not_above_the_organisation() -> None:
    held = classified(some(12), head=True, organisation_class=GOOD)
    assert (held.rating, held.by_points, held.provisional) == (GOOD, EXCELLENT, False)
    assert held.reasons[-1].source == "NĐ 335/2025/NĐ-CP Đ20 k6"
    assert classified(some(12), head=True, organisation_class=EXCELLENT).rating is EXCELLENT
    assert classified(some(12, "60"), head=True, organisation_class=EXCELLENT).rating is SATISFACTORY
    assert classified(some(12), organisation_class=UNSATISFACTORY).rating is EXCELLENT
    waiting = classified(some(12), head=True)
    assert (waiting.rating, waiting.provisional) == (EXCELLENT, True)


def test_a_leader_whose_unit_was_corrupt() -> None:
    assert classified(some(12), leader=True, unit_corrupt=True).rating is UNSATISFACTORY
    same = classified(some(12), leader=True, unit_corrupt=True, own_fault_reported=True)
    assert same.rating is UNSATISFACTORY  # the proviso is of the other decree
    public = classified(some(12), leader=True, unit_corrupt=True, own_fault_reported=True, decree=Decree.PUBLIC)
    assert public.rating is EXCELLENT
    assert any("giảm nhẹ" in one.text and "NĐ 233/2026" in one.source for one in public.reasons)
    assert [one.code for one in check_year(YearFacts(months(Y1), unit_corrupt=True))] == ["not_a_leader"]


def test_degeneration() -> None:
    found = classified(some(12), degenerated=True)
    assert (found.rating, found.reasons[-1].source) == (UNSATISFACTORY, "NĐ 335/2025/NĐ-CP Đ20 k4b")


def test_an_unclassified_year_stays_so_whatever_the_limits() -> None:
    assert classified(some(5), absences={U: 7}, head=True, discipline_for_duty=True).rating is NONE


def test_months_of_the_former_agency_count() -> None:
    found = classified(Y1, months_elsewhere=5)
    assert any(one.source == "NĐ 335/2025/NĐ-CP Đ19 k1" and one.figure == "5" for one in found.reasons)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (YearFacts(months("90 90")), "count"),
        (YearFacts(months(some(12)), quarters=months("90 90 90 90")), "months_and_quarters"),
        (YearFacts(quarters=months("90 90 90")), "count"),
        (YearFacts(months("101 " + "90 " * 11)), "out_of_range"),
        (YearFacts(months("-1 " + "90 " * 11)), "out_of_range"),
        (YearFacts(months(some(9)), absences={M: 4}), "more_than_a_year"),
        (YearFacts(months(some(9)), absences={M: -1}), "negative"),
    ],
)
def test_facts_that_contradict(facts: YearFacts, code: str) -> None:
    assert [one.code for one in check_year(facts)] == [code]


def test_what_decided_is_named_for_the_record() -> None:
    assert classified(some(5), absences={U: 7}).limits == (YearLimit.UNDER_SIX_MONTHS,)
    assert classified(some(0), absences={M: 12}).limits == (YearLimit.NO_POINTS,)
    assert classified(some(5), absences={M: 7}).limits == (YearLimit.COVERED_LEAVE,)
    found = classified("91 " * 11 + "-", head=True, organisation_class=GOOD)
    assert found.limits == (YearLimit.MISSING_MONTHS, YearLimit.HEAD_ABOVE_ORGANISATION)
    assert classified(Y1, head=True).limits == (YearLimit.ORGANISATION_UNKNOWN,)
    assert classified(Y1).limits == ()


def test_every_absence_of_the_register_has_a_cause() -> None:
    assert set(CAUSE_OF) == set(AbsenceKind)


def test_none_does_not_limit() -> None:
    assert lower(NONE, GOOD) is GOOD
    assert lower(EXCELLENT, NONE) is EXCELLENT
    assert lower(EXCELLENT, GOOD) is GOOD


def ruled(act: str, on: str, kind: str = "administrative", **more: Any) -> Discipline:
    return Discipline(act, DisciplineKind(kind), date.fromisoformat(on), **more)


def test_party_and_administrative_for_one_act_count_once() -> None:
    facts = [ruled("a", "2027-01-20"), ruled("a", "2026-11-02", "party")]
    assert [(one.act, one.year, one.already) for one in count(facts)] == [("a", 2026, False)]
    assert {one.source for one in counts_in(facts, 2026)} == {"NĐ 335/2025/NĐ-CP Đ11"}
    assert {one.source for one in counts_in(facts, 2026, Decree.PUBLIC)} == {"NĐ 233/2026/NĐ-CP Đ14"}
    assert counts_in(facts, 2027) == ()


def test_two_acts_count_apart() -> None:
    assert [one.year for one in count([ruled("a", "2026-03-01"), ruled("b", "2027-03-01")])] == [2026, 2027]


def test_a_year_already_rated_for_the_act_is_not_followed_by_another() -> None:
    facts = [ruled("a", "2027-02-01", violation_year=2026, counted_year=2026)]
    assert [(one.year, one.already) for one in count(facts)] == [(2026, True)]
    assert counts_in(facts, 2027) == ()


def test_an_act_of_a_former_agency_counts_there() -> None:
    facts = [ruled("a", "2027-02-01", violation_year=2026, violated_in="OLD", decided_in="NEW")]
    assert [(one.year, one.agency) for one in count(facts)] == [(2026, "OLD")]
    same = [ruled("a", "2026-09-01", violation_year=2026, violated_in="OLD", decided_in="NEW")]
    assert [(one.year, one.agency) for one in count(same)] == [(2026, "OLD")]


def test_discipline_that_has_to_do_with_no_duty_does_not_count() -> None:
    assert count([ruled("a", "2026-02-01", for_duty=False)]) == []


def test_the_steps_of_a_discipline_stand_in_the_year() -> None:
    found = classified(some(12), discipline=counts_in([ruled("a", "2026-02-01")], 2026))
    assert found.rating is UNSATISFACTORY
    assert any(one.figure == "2026" for one in found.reasons)


POINTS = st.decimals("0", "100", places=6)


@settings(max_examples=100, deadline=None)
@given(points=POINTS, count_=st.integers(1, 12))
def test_the_mean_of_equal_months_is_the_month(points: Decimal, count_: int) -> None:
    assert mean([points] * count_) == points
    assert mean([points, None] * count_) == points


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), POINTS), min_size=12, max_size=12))
def test_a_missing_month_is_never_zero(given_months: list[Decimal | None]) -> None:
    found = year(YearFacts(given_months))
    known = [one for one in given_months if one is not None]
    assert (found.exact_mean is None) == (not known)
    if found.exact_mean is not None:
        assert min(known) <= found.exact_mean <= max(known)
    assert found.provisional == (len(known) < 12)
    assert (found.rating is NONE) == (len(known) < 6)
