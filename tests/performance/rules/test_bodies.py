"""Classes of organisations and classes without points; the spread of points between bodies."""

from __future__ import annotations

import statistics
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.organisations import (
    OrganisationFacts,
    check_organisation,
    organisation_class,
    organisations_max,
)
from hrms.performance.rules.quota import QuotaBase, Rule
from hrms.performance.rules.spread import Lean, Sums, compare, shares, spread
from hrms.performance.rules.without_points import Statements, check_statements, class_without_points, recorded_only

D = Decimal
EXCELLENT, GOOD, SATISFACTORY, UNSATISFACTORY, NONE = RatingClass
FINE: dict[str, Any] = {
    "done": D(100), "late": D(0), "exceeding": D(30), "shortcomings_fixed": True, "subordinate_failed": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("points", "changes", "rating", "candidates"),
    [
        ("90", {}, EXCELLENT, [EXCELLENT]),
        ("89.99", {}, GOOD, [GOOD]),
        ("70", {"exceeding": D(0), "shortcomings_fixed": False}, GOOD, [GOOD]),
        ("69.99", {"late": D(20)}, SATISFACTORY, [SATISFACTORY]),
        ("50", {}, SATISFACTORY, [SATISFACTORY]),
        ("49.99", {}, UNSATISFACTORY, []),
        ("95", {"wrongdoing": True}, UNSATISFACTORY, []),
        ("95", {"done": D("69.99")}, UNSATISFACTORY, []),
        ("95", {"exceeding": D("29.99")}, None, [EXCELLENT, GOOD]),
        ("95", {"subordinate_failed": True}, None, [EXCELLENT, GOOD]),
        ("95", {"shortcomings_fixed": None}, None, [EXCELLENT, GOOD]),
        ("95", {"late": D(5)}, None, [EXCELLENT, GOOD, SATISFACTORY]),
        ("75", {"late": D(5)}, None, [GOOD, SATISFACTORY]),
        ("60", {"late": D("20.01")}, None, [SATISFACTORY, UNSATISFACTORY]),
        ("75", {"done": D(80)}, None, [GOOD, SATISFACTORY, UNSATISFACTORY]),
        ("75", {"done": D(60), "force_majeure": True}, None, [GOOD, SATISFACTORY, UNSATISFACTORY]),
        (None, {}, None, []),
    ],
)
def test_the_class_of_an_organisation(
    points: str | None, changes: dict[str, Any], rating: RatingClass | None, candidates: list[RatingClass]
) -> None:
    facts = OrganisationFacts(None if points is None else D(points), **{**FINE, **changes})
    assert not [one for one in check_organisation(facts) if one.code == "out_of_range"]
    found = organisation_class(facts)
    assert (found.rating, list(found.candidates)) == (rating, candidates)
    assert found.reasons
    if rating is None and points is not None:
        assert any("Đ7 k5" in one.source for one in found.reasons)
        assert any("cách hiểu" in one.text for one in found.reasons)


def test_of_a_public_unit_the_law_speaks() -> None:
    found = organisation_class(OrganisationFacts(D(95), **{**FINE, "exceeding": D(10)}, decree=Decree.PUBLIC))
    assert found.rating is None
    assert not any("cách hiểu" in one.text for one in found.reasons)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [({"done": D("100.01")}, ["out_of_range"]), ({"late": D(-1)}, ["out_of_range"]),
     ({"done": D(40), "late": D(50)}, ["more_than_done"]), ({}, [])],
)  # fmt: skip
def test_figures_of_an_organisation(changes: dict[str, Any], codes: list[str]) -> None:
    facts = OrganisationFacts(D(80), **{"done": D(100), "late": D(0), **changes})
    assert [one.code for one in check_organisation(facts)] == codes


def test_the_quota_of_organisations() -> None:
    assert organisations_max(25, 9, 30, Rule())[0] == 4
    assert organisations_max(4, 3, 4, Rule(decree=Decree.PUBLIC))[0] == 1
    assert organisations_max(4, 0, 4, Rule(decree=Decree.PUBLIC))[0] == 0
    assert organisations_max(4, 3, 4, Rule())[0] == 0
    assert organisations_max(10, 8, 10, Rule(QuotaBase.GOOD_AND_EXCELLENT, decree=Decree.PUBLIC))[0] == 2


@pytest.mark.parametrize(
    ("said", "rating", "candidates"),
    [
        (Statements(10, 0, 5), EXCELLENT, (EXCELLENT,)),
        (Statements(10, 0, 4), GOOD, (GOOD,)),
        (Statements(10, 2, 5), SATISFACTORY, (SATISFACTORY,)),
        (Statements(10, 3), SATISFACTORY, (SATISFACTORY, UNSATISFACTORY)),
        (Statements(10, 5), SATISFACTORY, (SATISFACTORY, UNSATISFACTORY)),
        (Statements(10, 6), UNSATISFACTORY, (UNSATISFACTORY,)),
        (Statements(10, discipline_for_duty=True), UNSATISFACTORY, (UNSATISFACTORY,)),
        (Statements(10, degenerated=True), UNSATISFACTORY, (UNSATISFACTORY,)),
        (Statements(10, leader_unit_failed=True), UNSATISFACTORY, (UNSATISFACTORY,)),
    ],
)
def test_classes_without_points(said: Statements, rating: RatingClass, candidates: tuple[RatingClass, ...]) -> None:
    assert check_statements(said) == []
    found = class_without_points(said)
    assert (found.rating, found.candidates, found.sure) == (rating, candidates, len(candidates) == 1)
    assert all("NĐ 90/2020" in one.source for one in found.reasons)


def test_a_live_round_without_points_says_why() -> None:
    assert class_without_points(Statements(10, live=True)).reasons[0].source == "NĐ 233/2026/NĐ-CP Đ20 k1"


@pytest.mark.parametrize(
    ("said", "code"),
    [(Statements(0), "none"), (Statements(5, 6), "out_of_range"), (Statements(5, 3, 3), "more_than_all")],
)
def test_statements_that_contradict(said: Statements, code: str) -> None:
    assert [one.code for one in check_statements(said)] == [code]


def test_what_the_party_decides_is_recorded_with_its_source() -> None:
    assert "366-QĐ/TW" in recorded_only().source


PROVINCE = Sums.of([D(n) for n in (70, 75, 80, 85, 90) for _ in range(20)])


def test_a_lenient_and_a_severe_agency() -> None:
    high = compare(Sums.of([D(88)] * 5 + [D(92)] * 5), PROVINCE)
    assert (high.own.mean, high.difference, high.lean) == (D("90.000000"), D("10.000000"), Lean.LENIENT)
    assert high.z == D("4.472136")
    low = compare(Sums.of([D(60), D(75), D(70), D(80), D(65)]), PROVINCE)
    assert (low.lean, low.narrow) == (Lean.SEVERE, False)
    assert low.reasons[0].figure == "-10.00"


def test_few_people_or_a_small_difference_mark_nothing() -> None:
    assert compare(Sums.of([D(100)] * 4), PROVINCE).lean is None
    assert compare(Sums.of([D("82.9")] * 500), PROVINCE).lean is None  # z is large, the difference is not
    assert compare(Sums.of([D(84), D(70), D(80), D(90), D(95)]), PROVINCE).lean is None
    assert compare(Sums.of([]), PROVINCE).difference is None
    assert compare(Sums.of([D(80)] * 9), Sums.of([D(80)] * 99)).z is None


def test_a_narrow_range_is_marked() -> None:
    found = compare(Sums.of([D(80), D(81)] * 5), PROVINCE)
    assert (found.narrow, found.lean) == (True, None)
    assert "dồn một chỗ" in found.reasons[0].text
    assert not compare(Sums.of([D(70), D(90)] * 5), PROVINCE).narrow


def test_shares_of_classes() -> None:
    assert shares({EXCELLENT: 1, GOOD: 2, NONE: 9}) == {
        EXCELLENT: D("33.33"), GOOD: D("66.67"), SATISFACTORY: D("0.00"), UNSATISFACTORY: D("0.00"),
    }  # fmt: skip
    assert shares({NONE: 3}) == {}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.decimals("0", "100", places=6), min_size=1, max_size=30))
def test_mean_and_deviation_are_those_of_statistics(points: list[Decimal]) -> None:
    found = spread(Sums.of(points))
    assert found.mean is not None
    assert found.deviation is not None
    assert abs(found.mean - statistics.mean(points)) <= D("0.000001")
    assert abs(found.deviation - statistics.pstdev(points)) <= D("0.000001")
