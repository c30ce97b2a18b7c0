from __future__ import annotations

from datetime import date

import pytest

from hrms.agencies import rules
from hrms.agencies.rules import STANDS_UNDER, AgencyKind


@pytest.mark.parametrize("code", ["H13", "H13.05", "H13.05.01", "H13.05.123", "G09.22", "000.00.05.H13", "A01.X1.2B"])
def test_codes_in_use_are_accepted(code: str) -> None:
    assert rules.check_code(code) == []


@pytest.mark.parametrize(
    "code", ["H1", "13.05", "H13.", "H13.5", "H13 05", "h13.05", "H13.05.01.02.03.04", "Sở Nội vụ", "H१३"]
)
def test_other_codes_are_refused_with_the_value(code: str) -> None:
    (problem,) = rules.check_code(code)
    assert problem.code == "bad_code"
    assert problem.params["code"] == code


def test_a_code_is_kept_in_capitals_without_blanks() -> None:
    assert rules.normal_code(" h13 .05 ") == "H13.05"
    assert rules.normal_code("  ") is None


@pytest.mark.parametrize(
    ("kind", "parent", "allowed"),
    [
        ("department", "province", True), ("commune", "province", True), ("division", "commune", True),
        ("service_unit", "service_unit", True), ("province", None, True), ("commune", "department", False),
        ("department", None, False), ("province", "department", False), ("sub_department", "commune", False),
    ],
)  # fmt: skip
def test_what_stands_under_what(kind: str, parent: str | None, allowed: bool) -> None:
    assert (rules.check_placement(kind, parent, "X") == []) is allowed


def test_every_kind_stands_somewhere_and_has_words() -> None:
    assert set(STANDS_UNDER) == set(AgencyKind) == set(rules.KIND_LABELS)
    assert all(STANDS_UNDER.values())


@pytest.mark.parametrize("name", ["", "X", "x" * 301, "12 34"])
def test_bad_names(name: str) -> None:
    assert [p.field for p in rules.check_name(name)] == ["name"]


def test_days_before_the_state_or_the_agency() -> None:
    assert rules.check_day("valid_from", date(1945, 9, 1))[0].code == "too_early"
    assert rules.check_day("valid_from", date(2025, 6, 30), opened_on=date(2025, 7, 1))[0].code == "before_opening"
    assert rules.check_day("valid_from", date(2025, 7, 1), opened_on=date(2025, 7, 1)) == []


def test_never_under_itself_or_its_child() -> None:
    assert rules.check_move(1, 1, "a", "a", {2})[0].code == "own_parent"
    assert rules.check_move(1, 2, "a", "b", {2})[0].code == "own_child"
    assert rules.check_move(1, 3, "a", "c", {2}) == []


def test_closing_says_everything_that_is_in_the_way() -> None:
    found = rules.check_close("Sở", 2, 31, merged_into_closed=True)
    assert [p.code for p in found] == ["open_children", "people_there", "merged_into_closed"]
    assert [p.params.get("count") for p in found] == ["2", "31", None]
