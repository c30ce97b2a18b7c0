"""Points of a month: the worked examples of the decree, what cannot be, and properties that hold for any work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.performance.rules.classes import RatingClass, Thresholds
from hrms.performance.rules.formula import check as check_again
from hrms.performance.rules.general import GeneralItem, general_total, item_problems
from hrms.performance.rules.scoring import (
    Criterion,
    Decree,
    Formula,
    Item,
    Leader,
    Role,
    Scored,
    Unscored,
    check,
    gaps,
    score,
    subordinates_value,
    weight_problems,
)

D = Decimal
LAW = Formula()
WEIGHTS = {Criterion.QUANTITY: D(20), Criterion.QUALITY: D(32), Criterion.PROGRESS: D(18)}
LEADER_WEIGHTS = {
    Criterion.QUANTITY: D(15), Criterion.QUALITY: D(20), Criterion.PROGRESS: D(10), Criterion.SUBORDINATES: D(10),
    Criterion.UNIT: D(8), Criterion.COHESION: D(7),
}  # fmt: skip


def work(units: str, **more: Any) -> Item:
    return Item(D(units), **{"done": True, **more})


S1 = (work("10"), work("4", failed_checks=1), work("6", late=2), work("20"))


def scored(items: Sequence[Item], general: str = "27.5", role: Role = Role.STAFF, leader: Leader | None = None,
           formula: Formula = LAW) -> Scored:  # fmt: skip
    assert check(items, D(general), role, leader, formula) == []
    found = score(items, D(general), role, leader, formula)
    assert isinstance(found, Scored)
    return found


def codes(items: Sequence[Item], general: str = "27", role: Role = Role.STAFF, leader: Leader | None = None,
          formula: Formula = LAW) -> list[str]:  # fmt: skip
    return [one.code for one in check(items, D(general), role, leader, formula)]


def test_the_check_of_one_module_is_that_of_the_other() -> None:
    assert check is check_again


def test_s1_a_failed_check_and_two_latenesses() -> None:
    found = scored(S1)
    assert (found.a, found.b, found.c, found.ratio) == (D("1.000000"), D("0.975000"), D("0.925000"), D("0.966667"))
    assert (found.result, found.general, found.score, found.raw_score) == (
        D("67.666667"), D("27.500000"), D("95.166667"), D("95.166667"),
    )  # fmt: skip
    assert found.rating is RatingClass.EXCELLENT
    articles = " ".join(one.source for one in found.reasons)
    assert all(article in articles for article in ("Đ12", "Đ13", "Đ14", "Đ16", "Đ20", "PL I"))


def test_s2_work_reported_impossible_stays_in_the_denominator() -> None:
    found = scored([work("30"), work("10", done=False, impossible=True)], "26")
    assert (found.a, found.b, found.c) == (D("0.750000"),) * 3
    assert (found.result, found.score, found.rating) == (D("52.500000"), D("78.500000"), RatingClass.GOOD)
    assert any("Đ18 k1d" in one.source and one.figure == "10" for one in found.reasons)


def test_s3_added_work_goes_over_the_top_and_is_capped() -> None:
    found = scored([work("40"), work("8", added=True)], "28")
    assert (found.a, found.ratio, found.raw_result, found.result) == (
        D("1.200000"), D("1.200000"), D("84.000000"), D("70.000000"),
    )  # fmt: skip
    assert (found.score, found.raw_score) == (D("98.000000"), D("112.000000"))
    assert any("cách hiểu" in one.text and one.figure == "70.00" for one in found.reasons)
    assert scored([work("40"), work("8", added=True)], "28", formula=replace(LAW, cap=False)).score == D("112")


def test_added_work_not_done_costs_nothing() -> None:
    assert scored([work("40"), work("8", added=True, done=False)], "28").score == D("98")


def test_l1_a_head_by_six_parts() -> None:
    # 100 units: 4 not done; of what is done 4 units failed once, 16 were late once.
    items = [work("76"), work("4", done=False), work("4", failed_checks=1), work("16", late=1)]
    found = scored(items, "28", Role.HEAD, Leader(D(1), D("0.5"), D(1)))
    assert (found.a, found.b, found.c) == (D("0.960000"), D("0.950000"), D("0.920000"))
    assert (found.ratio, found.result, found.score) == (D("0.888333"), D("62.183333"), D("90.183333"))
    assert found.rating is RatingClass.EXCELLENT
    assert sum("Đ15" in one.source for one in found.reasons) >= 6
    deputy = scored(items, "28", Role.DEPUTY, Leader(D(1), D("0.5"), D(1)))
    assert deputy.score == found.score
    assert any("Đ15 k4" in one.source for one in deputy.reasons)


def test_the_weights_of_a_units_own_regulation() -> None:
    formula = Formula(decree=Decree.PUBLIC, weights=WEIGHTS)
    items = [work("12", failed_checks=1), work("32", late=1), work("4")]
    found = scored(items, "27", formula=formula)
    assert (found.b, found.c) == (D("0.937500"), D("0.833333"))
    assert (found.result, found.score) == (D("65.000000"), D("92.000000"))
    assert all("NĐ 233/2026/NĐ-CP" in one.source for one in found.reasons)
    assert any("Quy chế" in one.source for one in found.reasons)


def test_leader_weights_and_values_between() -> None:
    formula = Formula(decree=Decree.PUBLIC, weights=LEADER_WEIGHTS, leader_values=None)
    found = scored([work("10")], "30", Role.HEAD, Leader(D("0.8"), D("0.5"), D("0")), formula)
    assert found.result == D("57.000000")
    assert codes([work("1")], "27", Role.HEAD, Leader(D("1.1"), D(1), D(1)), formula) == ["leader_value"]


@pytest.mark.parametrize(
    ("weights", "role", "wanted"),
    [
        (WEIGHTS, Role.STAFF, []),
        (LEADER_WEIGHTS, Role.DEPUTY, []),
        ({**WEIGHTS, Criterion.PROGRESS: D(17)}, Role.STAFF, ["weights_sum"]),
        ({Criterion.QUANTITY: D(70)}, Role.STAFF, ["missing_weight", "missing_weight"]),
        (WEIGHTS, Role.HEAD, ["missing_weight"] * 3),
        (LEADER_WEIGHTS, Role.STAFF, ["not_of_role"] * 3),
        ({**WEIGHTS, Criterion.PROGRESS: D(-1)}, Role.STAFF, ["negative_weight"]),
    ],
)
def test_weights_that_cannot_be(weights: dict[Criterion, Decimal], role: Role, wanted: list[str]) -> None:
    assert [one.code for one in weight_problems(weights, role, D(70))] == wanted


def test_the_floor_after_the_fourth_failure_is_a_setting() -> None:
    five = [work("4", failed_checks=5), work("4")]
    assert scored(five).b == D("0.500000")
    assert any("không xuống dưới 0" in one.text for one in scored(five).reasons)
    assert scored(five, formula=replace(LAW, floor=False)).b == D("0.375000")
    assert not any("dưới 0" in one.text for one in scored([work("4", failed_checks=4)]).reasons)


def test_nothing_assigned_has_no_points() -> None:
    for items in ([], [work("4", added=True)]):
        found = score(items, D(27), Role.STAFF, None, LAW)
        assert isinstance(found, Unscored)
        assert "Chưa giao việc" in found.reasons[0].text
    assert codes([]) == []
    assert codes([work("4", added=True)]) == ["only_added"]


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"items": [work("0")]}, ["units"]),
        ({"items": [work("-1")]}, ["units"]),
        ({"items": [work("1", failed_checks=-1)]}, ["negative_count"]),
        ({"items": [work("1", late=-1)]}, ["negative_count"]),
        ({"items": [work("1", impossible=True)]}, ["impossible_done"]),
        ({"items": S1, "general": "30.25"}, ["out_of_range"]),
        ({"items": S1, "general": "-0.25"}, ["out_of_range"]),
        ({"items": S1, "leader": Leader(D(1), D(1), D(1))}, ["leader_of_staff"]),
        ({"items": S1, "role": Role.HEAD}, ["leader_missing"]),
        ({"items": S1, "role": Role.DEPUTY, "leader": Leader(D(1), D("0.75"), D(1))}, ["leader_value"]),
    ],
)
def test_facts_that_contradict(facts: dict[str, Any], wanted: list[str]) -> None:
    assert codes(**facts) == wanted


@pytest.mark.parametrize(
    ("points", "rating"),
    [("90.00", "excellent"), ("89.99", "good"), ("70.00", "good"), ("69.99", "satisfactory"), ("50.00", "satisfactory"),
     ("49.99", "unsatisfactory"), ("0", "unsatisfactory"), ("100", "excellent"), ("89.996", "good")],
)  # fmt: skip
def test_boundaries(points: str, rating: str) -> None:
    assert Thresholds().class_of(D(points)) == rating


def test_points_shown_as_reaching_a_threshold_they_do_not_reach_say_so() -> None:
    found = scored([work("88.566"), work("11.434", done=False)], "28")
    assert (found.score, found.rating) == (D("89.996200"), RatingClass.GOOD)
    assert any("do làm tròn" in one.text and one.figure == "89.996200" for one in found.reasons)
    assert not any("do làm tròn" in one.text for one in scored(S1).reasons)


def test_d_of_a_head_from_those_led() -> None:
    assert subordinates_value([D("50"), D("91")], Thresholds()) == 1
    assert subordinates_value([D("49.999999"), D("91")], Thresholds()) == D("0.5")


def test_what_would_have_changed_the_class() -> None:
    found = gaps(scored(S1, "22"))
    assert (found.next_class, found.missing, found.all_perfect) == (RatingClass.EXCELLENT, D("0.333334"), D("2.333333"))
    assert [(one.place, one.adds, one.enough) for one in found.products] == [
        (2, D("1.750000"), True), (1, D("0.583333"), True),
    ]  # fmt: skip
    lower = gaps(scored(S1, "20.5"))
    assert [one.enough for one in lower.products] == [False, False]
    assert gaps(scored(S1)).next_class is None
    capped = gaps(scored([work("40"), work("8", added=True), work("4", done=False, added=True)], "19"))
    assert (capped.missing, capped.all_perfect, [one.adds for one in capped.products]) == (
        D("1.000000"), D("0.000000"), [D("0.000000")],
    )  # fmt: skip


FORM = [
    *(GeneralItem(f"1.{n}", "I", D(5)) for n in (1, 2)),
    *(GeneralItem(f"{g}.{n}", roman, D("2.5")) for g, roman in ((2, "II"), (3, "III")) for n in range(1, 5)),
]


def test_general_points_by_item_and_group() -> None:
    assert item_problems(FORM, D(30)) == []
    found = general_total({"1.1": D(5), "1.2": D("4.5"), "2.1": D("2.25"), "2.2": None}, FORM)
    assert (found.total, found.groups, found.problems) == (
        D("11.75"), {"I": D("9.5"), "II": D("2.25"), "III": D(0)}, (),
    )  # fmt: skip
    assert found.missing == ("2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4")


@pytest.mark.parametrize(
    ("points", "step", "wanted"),
    [
        ({"1.1": "5.25"}, "0.25", "out_of_range"), ({"1.1": "-0.25"}, "0.25", "out_of_range"),
        ({"1.1": "4.1"}, "0.25", "not_a_step"), ({"1.1": "4.25"}, "0.5", "not_a_step"),
        ({"9.9": "1"}, "0.25", "unknown_item"),
    ],
)  # fmt: skip
def test_general_points_that_cannot_be(points: dict[str, str], step: str, wanted: str) -> None:
    found = general_total({code: D(value) for code, value in points.items()}, FORM, step=D(step))
    assert [one.code for one in found.problems] == [wanted]


def test_no_step_takes_any_points() -> None:
    assert general_total({"1.1": D("4.123")}, FORM, step=None).problems == ()


def test_a_form_must_sum_to_the_general_points() -> None:
    assert [one.code for one in item_problems([*FORM, GeneralItem("1.1", "I", D(0))], D(30))] == ["code_twice", "max"]
    assert [one.code for one in item_problems(FORM[:-1], D(30))] == ["max_sum"]


ITEMS = st.builds(
    Item, units=st.decimals("0.01", "500", places=2), done=st.booleans(), failed_checks=st.integers(0, 6),
    late=st.integers(0, 6), added=st.booleans(),
)  # fmt: skip
LISTS = st.lists(ITEMS, min_size=1, max_size=12).filter(lambda items: any(not one.added for one in items))
GENERAL = st.decimals("0", "30", places=2)
FORMULAS = st.sampled_from([LAW, replace(LAW, floor=False), Formula(decree=Decree.PUBLIC, weights=WEIGHTS)])


def points(items: Sequence[Item], general: Decimal, formula: Formula) -> Scored:
    found = score(items, general, Role.STAFF, None, formula)
    assert isinstance(found, Scored)
    return found


@settings(max_examples=150, deadline=None)
@given(items=LISTS, general=GENERAL, formula=FORMULAS, data=st.data())
def test_more_done_fewer_failures_less_lateness_never_cost_points(
    items: list[Item], general: Decimal, formula: Formula, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(items) - 1))
    one = items[place]
    worse = points(items, general, formula).exact.raw_score
    better_ones = [replace(one, failed_checks=max(one.failed_checks - 1, 0)), replace(one, late=max(one.late - 1, 0))]
    if formula.floor:
        # Without the floor a product spoilt five times is worth less than none.
        better_ones.append(replace(one, done=True))
    for better in better_ones:
        changed = [*items[:place], better, *items[place + 1 :]]
        assert points(changed, general, formula).exact.raw_score >= worse


@settings(max_examples=150, deadline=None)
@given(items=LISTS, general=GENERAL, data=st.data())
def test_points_stay_within_the_scale_and_know_no_order(
    items: list[Item], general: Decimal, data: st.DataObject
) -> None:
    found = points(items, general, LAW)
    assert 0 <= found.exact.score <= 100
    assert found.score <= found.raw_score
    again = points(data.draw(st.permutations(items)), general, LAW)
    assert again.exact == found.exact


@settings(max_examples=100, deadline=None)
@given(items=LISTS, general=GENERAL)
def test_what_is_missing_does_reach_the_next_class(items: list[Item], general: Decimal) -> None:
    found = points(items, general, LAW)
    lacking = gaps(found)
    if lacking.missing is None:
        assert found.rating is RatingClass.EXCELLENT
    else:
        assert LAW.thresholds.class_of(found.exact.score + Fraction(lacking.missing)) is lacking.next_class
