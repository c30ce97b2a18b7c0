"""What would have changed a class: the distance of the mean, rounded so that reaching it reaches the class."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from hrms.performance.rules import missed as rules
from hrms.performance.rules.classes import RatingClass, Rounding, Thresholds
from hrms.performance.rules.formula import Decree, Formula, Item, Role
from hrms.performance.rules.scoring import Scored, score

D = Decimal
HUNDRED = D(100)


def of(points: list[str], rounding: Rounding = Rounding.UNROUNDED) -> rules.Missed:
    return rules.missed([D(one) for one in points], Thresholds(), rounding, HUNDRED)


def test_distance_of_the_mean_and_of_one_month() -> None:
    found = of(["88", "90", "86"])
    assert (found.mean, found.rating, found.above) == (Fraction(88), RatingClass.GOOD, RatingClass.EXCELLENT)
    assert (found.missing, found.in_one) == (D("2.00"), D("6.00"))


def test_one_month_cannot_hold_more_than_there_is() -> None:
    found = of(["95", "70", "71"])
    assert found.missing == D("11.34"), "34/3 = 11.33…, rounded up"
    assert found.in_one is None, "34 points fit into no month: 30 at the most"
    assert of(["95", "66", "75"]).in_one == D("34.00"), "66 + 34 = 100"


def test_at_the_top_nothing_is_missing() -> None:
    found = of(["90", "90"])
    assert (found.above, found.missing, found.in_one) == (None, None, None)


def test_shown_as_reached_is_said() -> None:
    found = of(["89.996"])
    assert found.shown_but_not_reached
    assert found.missing == D("0.01")
    rounded = of(["89.996"], Rounding.TWO_DECIMALS)
    assert (rounded.rating, rounded.above, rounded.shown_but_not_reached) == (RatingClass.EXCELLENT, None, False)


def test_compared_with_two_decimals_half_a_hundredth_less_is_enough() -> None:
    found = of(["89.99"], Rounding.TWO_DECIMALS)
    assert rules.lacking(found, Rounding.TWO_DECIMALS) == Fraction(1, 200)


@pytest.mark.parametrize("points", [["69.999999"], ["49.2", "50.1", "50"], ["89.999", "90.0005"], ["0"]])
def test_reaching_what_is_missing_reaches_the_class(points: list[str]) -> None:
    found = of(points)
    assert found.missing is not None
    assert Thresholds().class_of(found.mean + Fraction(found.missing)) is found.above
    if found.in_one is not None:
        more = found.mean + Fraction(found.in_one) / len(points)
        assert Thresholds().class_of(more) is found.above


def scored(*items: Item) -> Scored:
    made = score(list(items), D(30), Role.STAFF, None, Formula(Decree.CIVIL))
    assert isinstance(made, Scored)
    return made


def test_products_by_what_they_cost_the_year() -> None:
    first = scored(Item(D(10), done=True), Item(D(10), done=False))
    second = scored(Item(D(10), done=True, failed_checks=1))
    gap = rules.missed([first.score, second.score], Thresholds(), Rounding.UNROUNDED, HUNDRED)
    found = rules.lost([first, second], 2, rules.lacking(gap, Rounding.UNROUNDED))
    assert [(one.period, one.place) for one in found] == [(0, 1), (1, 0)]
    assert found[0].adds == D(35), "half of 70"
    assert found[0].to_year == D("17.5")
    assert found[0].enough
    assert not found[1].enough
    assert rules.all_perfect([first, second], gap.mean, 2) == 100
