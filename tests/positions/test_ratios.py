"""Ratios of ranks and grades: NĐ 361/2025/NĐ-CP, NĐ 232/2026/NĐ-CP Đ10, Đ18 (T-RAT1, T-RAT2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.catalogues import FOLDER, read_csv
from hrms.positions.rules import limits, ratios
from hrms.positions.rules.limits import Limits, Rule
from hrms.positions.rules.ratios import GradeFacts, Level, RankFacts, RankRule, Reading, Rounding

ROWS = list(read_csv(FOLDER / "position_limits.csv"))
TODAY = date(2026, 11, 22)
LAW = limits.limits_on(ROWS, TODAY)
NO_LAW: Limits = {}
TWO, TOP = Reading.TWO_GRADES_FIRST, Reading.TOP_GRADE_FIRST


def facts(used: str, posts: int, **held: int) -> GradeFacts:
    return GradeFacts(
        frozenset(int(g) for g in used), posts, {int(name.removeprefix("g")): count for name, count in held.items()}
    )


def bounds(found: ratios.Ratio | tuple[Level, ...]) -> dict[str, int | None]:
    levels = found.levels if isinstance(found, ratios.Ratio) else found
    return {one.level.removeprefix("grade:"): one.limit for one in levels}


def sources(level: Level) -> str:
    return " | ".join(reason.source for reason in level.reasons if reason.source)


def test_ten_posts_with_grade_5_on_top_allow_3_and_4() -> None:
    found = ratios.grade_ratio(facts("345", 10, g5=3, g4=5, g3=2), LAW)
    assert bounds(found) == {"5": 3, "4": 4, "3": None}
    five, four, three = found.levels
    assert (five.over, four.over, three.over) == (0, 1, 0)
    assert (five.free, four.free, three.free) == (0, 0, None)
    assert sources(five) == sources(four) == "NĐ 232/2026/NĐ-CP Đ10 k2a"
    assert found.other == ()
    assert [reason.source for reason in found.reasons] == ["NĐ 232/2026/NĐ-CP Đ10 k5"]


@pytest.mark.parametrize(
    ("rounding", "five", "four"), [(Rounding.DOWN, 2, 3), (Rounding.NEAREST, 3, 4), (Rounding.UP, 3, 4)]
)
def test_nine_posts_are_rounded_as_the_province_set(rounding: Rounding, five: int, four: int) -> None:
    found = ratios.grade_ratio(facts("12345", 9), LAW, rounding)
    assert bounds(found) == {"5": five, "4": four, "3": None, "2": None, "1": None}
    assert any("làm tròn" in reason.text for reason in found.levels[0].reasons)


@pytest.mark.parametrize(("rounding", "most"), [(Rounding.DOWN, 10), (Rounding.NEAREST, 11), (Rounding.UP, 11)])
def test_21_commune_deputies_allow_10_principal_specialists(rounding: Rounding, most: int) -> None:
    level = ratios.rank_ratio(RankFacts(RankRule.COMMUNE_DEPUTIES, 21, 12), LAW, rounding)
    assert (level.level, level.limit, level.over) == (ratios.PRINCIPAL, most, 12 - most)
    assert "NĐ 361/2025/NĐ-CP" in sources(level)


@pytest.mark.parametrize(
    ("rule", "level", "basis", "limit"),
    [
        (RankRule.PROVINCE_HEADS, ratios.SENIOR, 14, 14),
        (RankRule.PROVINCE_DEPUTIES, ratios.SENIOR, 67, 33),
        (RankRule.AGENCY, ratios.PRINCIPAL, 75, 37),
        (RankRule.COMMUNE_HEADS, ratios.PRINCIPAL, 4, 4),
        (RankRule.COMMUNE_DEPUTIES, ratios.PRINCIPAL, 1, 0),
    ],
)
def test_ranks_of_cong_chuc(rule: RankRule, level: str, basis: int, limit: int) -> None:
    found = ratios.rank_ratio(RankFacts(rule, basis, limit + 1), LAW)
    assert (found.level, found.limit, found.over) == (level, limit, 1)
    assert found.reasons[0].source.startswith("NĐ 361/2025/NĐ-CP")


def test_ranks_that_are_equal_are_of_one_level() -> None:
    assert [ratios.rank_level(group) for group in ("A3.1", "A3.2", "A2.1", "A2.2", "A1", "A0", "B")] == [
        ratios.SENIOR, ratios.SENIOR, ratios.PRINCIPAL, ratios.PRINCIPAL, ratios.SPECIALIST, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("used", "chosen", "expected"),
    [
        ("34", TWO, {"4": 5, "3": None}), ("34", TOP, {"4": 4, "3": None}),
        ("45", TWO, {"5": 5, "4": None}), ("45", TOP, {"5": 3, "4": 4}),
        ("35", TWO, {"5": 5, "3": None}), ("35", TOP, {"5": 3, "3": 4}),
        ("12", TWO, {"2": 5, "1": None}), ("12", TOP, {"2": 5, "1": None}),
        ("234", TWO, {"4": 4, "3": None, "2": None}), ("123", TOP, {"3": None, "2": None, "1": None}),
        ("135", TWO, {"5": 3, "3": 4, "1": None}),
    ],
)  # fmt: skip
def test_two_grades_under_either_reading(used: str, chosen: Reading, expected: dict[str, int | None]) -> None:
    found = ratios.grade_ratio(facts(used, 10), LAW, reading=chosen)
    assert bounds(found) == expected
    other = ratios.grade_ratio(facts(used, 10), LAW, reading=TOP if chosen is TWO else TWO)
    assert found.other == (other.levels if bounds(other) != expected else ())


def test_the_reading_chosen_is_told_beside_the_other_one() -> None:
    found = ratios.grade_ratio(facts("34", 10, g4=5), LAW)
    assert (found.of(4).over, found.other[0].over) == (0, 1)
    assert found.reasons[-1].source == "NĐ 232/2026/NĐ-CP Đ10 k2"
    told = ratios.explain_ratio(found)
    assert [reason.source for reason in told if reason.source] == [
        "NĐ 232/2026/NĐ-CP Đ10 k5", "NĐ 232/2026/NĐ-CP Đ10 k2", "NĐ 232/2026/NĐ-CP Đ10 k2c",
        "NĐ 232/2026/NĐ-CP Đ10 k2b",
    ]  # fmt: skip


def test_managers_count_in() -> None:
    found = ratios.grade_ratio(
        GradeFacts(frozenset({3, 4, 5}), 8, {5: 2, 4: 3}, manager_posts=2, managers={5: 1, 4: 1}), LAW
    )
    assert bounds(found) == {"5": 3, "4": 4, "3": None}
    assert [one.held for one in found.levels] == [3, 4, 0]
    assert found.over == 0
    assert found.reasons[0].source == "NĐ 232/2026/NĐ-CP Đ10 k1"


def test_a_self_financing_unit_sets_its_own() -> None:
    own = GradeFacts(frozenset({3, 4, 5}), 10, {5: 6}, shares={5: Decimal(50)}, self_financing=True)
    found = ratios.grade_ratio(own, LAW)
    assert bounds(found) == {"5": 5, "4": None, "3": None}
    assert found.over == 1
    assert [reason.source for reason in found.reasons] == ["NĐ 232/2026/NĐ-CP Đ10 k3"]
    assert ratios.check_shares(own, LAW) == []


@pytest.mark.parametrize("used", ["", "3"])
def test_no_or_a_single_grade_has_no_ratio(used: str) -> None:
    found = ratios.grade_ratio(facts(used, 10, g3=10), LAW)
    assert [(one.limit, one.over) for one in found.levels] == [(None, 0)]
    assert [reason.source for reason in found.reasons] == ["NĐ 232/2026/NĐ-CP Đ10 k4"]


def test_a_shortfall_is_not_added_to_lower_grades() -> None:
    empty = ratios.grade_ratio(facts("345", 10, g4=7), LAW)
    assert bounds(empty) == {"5": 3, "4": 4, "3": None}
    assert empty.of(4).over == 3


def test_a_grade_that_is_not_used_is_all_over() -> None:
    found = ratios.grade_ratio(facts("34", 10, g5=2, g4=1), LAW)
    five = found.of(5)
    assert five is not None
    assert (five.limit, five.over, five.reasons[0].source) == (0, 2, "NĐ 232/2026/NĐ-CP Đ7 k2")


def test_an_approved_share_may_only_be_lower() -> None:
    lower = GradeFacts(frozenset({3, 4, 5}), 20, {5: 4}, shares={5: Decimal(15), 4: Decimal(60)})
    found = ratios.grade_ratio(lower, LAW)
    assert bounds(found) == {"5": 3, "4": 8, "3": None}
    assert found.over == 1
    problems = ratios.check_shares(lower, LAW)
    assert [(one.code, one.params["grade"]) for one in problems] == [("share_above_law", 4)]
    assert problems[0].params["source"] == "NĐ 232/2026/NĐ-CP Đ10 k2a"
    wrong = GradeFacts(frozenset({3, 4}), 20, {}, shares={5: Decimal(10), 3: Decimal(120)})
    assert [one.code for one in ratios.check_shares(wrong, LAW)] == ["grade_not_used", "bad_share"]


def test_an_approved_share_of_a_rank() -> None:
    shares = {"01.002": Decimal(50), "01.001": Decimal(10)}
    lines = {one.level: one for one in ratios.share_ratio(7, {"01.002": 4}, shares)}
    assert (lines["01.002"].limit, lines["01.002"].over, lines["01.001"].limit) == (3, 1, 0)
    law = {"01.002": LAW["rank_ratio.agency"][0]}
    assert ratios.check_rank_shares(shares, law) == []
    assert [one.code for one in ratios.check_rank_shares({"01.002": Decimal(51)}, law)] == ["share_above_law"]
    assert [one.code for one in ratios.check_rank_shares({"01.003": Decimal(101)}, law)] == ["bad_share"]
    lower = ratios.rank_ratio(RankFacts(RankRule.AGENCY, 75, 20, share=Decimal(20)), LAW)
    assert (lower.limit, lower.over) == (15, 5)


def test_before_the_law_there_is_no_limit() -> None:
    before = limits.limits_on(ROWS, date(2025, 12, 30))
    assert ratios.rank_ratio(RankFacts(RankRule.AGENCY, 10, 10), before).limit is None
    on = limits.limits_on(ROWS, date(2026, 6, 30))
    assert bounds(ratios.grade_ratio(facts("345", 10, g5=10), on)) == {"5": None, "4": None, "3": None}
    assert ratios.rank_ratio(RankFacts(RankRule.AGENCY, 10, 10), on).limit == 5


def test_over_the_ratio_nobody_moves_in_or_is_recruited() -> None:
    found = ratios.grade_ratio(facts("345", 10, g5=4), LAW)
    for recruiting, words in ((False, "chuyển vào"), (True, "tuyển dụng vào")):
        (problem,) = ratios.check_grade_entry(found, 5, "Bậc 5", LAW, recruiting=recruiting)
        assert (problem.code, problem.severity, problem.field) == ("ratio_frozen", "error", "career_grade")
        assert problem.params["source"] == "NĐ 232/2026/NĐ-CP Đ18"
        assert words in problem.text
    assert ratios.check_grade_entry(found, 3, "Bậc 3", LAW) == []


def test_at_the_limit_it_is_full_and_below_it_is_free() -> None:
    full = ratios.grade_ratio(facts("345", 10, g5=3), LAW)
    (problem,) = ratios.check_grade_entry(full, 5, "Bậc 5", LAW)
    assert (problem.code, problem.params["source"]) == ("ratio_full", "NĐ 232/2026/NĐ-CP Đ10 k2a")
    free = ratios.grade_ratio(facts("345", 10, g5=2), LAW)
    assert ratios.check_grade_entry(free, 5, "Bậc 5", LAW) == []
    assert [one.code for one in ratios.check_grade_entry(free, 5, "Bậc 5", LAW, entering=2)] == ["ratio_full"]


def test_what_only_the_other_reading_refuses_is_a_warning() -> None:
    found = ratios.grade_ratio(facts("34", 10, g4=4), LAW)
    (problem,) = ratios.check_grade_entry(found, 4, "Bậc 4", LAW)
    assert (problem.code, problem.severity, problem.params["limit"]) == ("ratio_other_reading", "warning", 4)


def test_ranks_over_their_ratio_take_nobody() -> None:
    level = ratios.rank_ratio(RankFacts(RankRule.PROVINCE_DEPUTIES, 10, 6), LAW)
    (problem,) = ratios.check_entry(level, "Chuyên viên cao cấp", LAW)
    assert (problem.code, problem.params["limit"]) == ("ratio_full", 5)
    assert problem.params["source"].startswith("NĐ 361/2025/NĐ-CP")
    share = ratios.share_ratio(2, {"01.002": 1}, {"01.002": Decimal(50)})[0]
    assert "được duyệt" in ratios.check_entry(share, "Chuyên viên chính", LAW)[0].text


def test_the_days_by_which_ratios_must_hold() -> None:
    grade = limits.solve_by(Rule.GRADE_RATIO, LAW)
    assert grade is not None
    assert (grade.day, grade.reason.source) == (date(2027, 7, 1), "NĐ 232/2026/NĐ-CP Đ18")
    assert limits.solve_by(Rule.QUOTA, LAW) is None
    assert limits.solve_by(Rule.GRADE_RATIO, NO_LAW) is None


@given(
    used=st.frozensets(st.integers(1, 5), max_size=5),
    posts=st.integers(0, 60),
    held=st.dictionaries(st.integers(1, 5), st.integers(0, 60)),
    rounding=st.sampled_from(Rounding),
    reading=st.sampled_from(Reading),
)
def test_a_grade_at_its_limit_never_is_over_and_one_more_always_is(
    used: frozenset[int], posts: int, held: dict[int, int], rounding: Rounding, reading: Reading
) -> None:
    found = ratios.grade_ratio(GradeFacts(used, posts, held), LAW, rounding, reading)
    assert {one.level for one in found.levels} == {
        ratios.grade_level(g) for g in used | {g for g, people in held.items() if people}
    }
    for one in found.levels:
        if one.limit is None:
            assert (one.over, one.percent) == (0, None)
            continue
        assert one.percent is not None
        exact = Decimal(posts) * one.percent / 100
        assert abs(exact - one.limit) < 1
        assert one.limit <= exact or rounding is not Rounding.DOWN
        assert one.limit >= exact or rounding is not Rounding.UP
        assert one.over == max(0, one.held - one.limit)
        assert bool(ratios.check_entry(one, "x", LAW)) == (one.held + 1 > one.limit)
        assert any(reason.source for reason in one.reasons)
