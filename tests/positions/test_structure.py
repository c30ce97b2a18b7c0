"""Deputies and the size of divisions: NĐ 150/2025/NĐ-CP, NĐ 370/2025/NĐ-CP, NĐ 45/2025/NĐ-CP Đ5 (T-DEP)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from hrms.core.catalogues import FOLDER, read_csv
from hrms.positions.rules import limits, structure
from hrms.positions.rules.limits import Place, Rule
from hrms.positions.rules.structure import Province

ROWS = list(read_csv(FOLDER / "position_limits.csv"))
LAW = limits.limits_on(ROWS, date(2026, 11, 22))
MERGED = date(2025, 7, 1)


def province(place: Place = Place.CLASS_1, formed_from: int = 3) -> Province:
    return Province(place, formed_from, MERGED)


@pytest.mark.parametrize(
    ("place", "posts", "most"),
    [
        (Place.CLASS_2, 7, 1), (Place.CLASS_2, 8, 2), (Place.CLASS_2, 14, 2), (Place.CLASS_2, 15, 3),
        (Place.CLASS_1, 8, 1), (Place.CLASS_1, 9, 2), (Place.CLASS_1, 14, 2), (Place.CLASS_1, 15, 3),
        (Place.SPECIAL, 9, 1), (Place.SPECIAL, 10, 2), (Place.SPECIAL, 14, 2), (Place.SPECIAL, 40, 3),
        (Place.CLASS_3, 7, 1), (Place.CLASS_3, 8, 2),
    ],
)  # fmt: skip
def test_deputies_of_a_division_by_its_size(place: Place, posts: int, most: int) -> None:
    found = structure.division_deputies(posts, most + 1, province(place), LAW)
    assert (found.limit, found.over, found.rule) == (most, 1, Rule.DEPUTIES)
    assert "NĐ 150/2025/NĐ-CP" in found.reasons[0].source
    assert found.solve_by == date(2030, 7, 1)
    assert structure.division_deputies(posts, most, province(place), LAW).solve_by is None


@pytest.mark.parametrize(
    ("place", "formed_from", "limit"),
    [
        (Place.CLASS_1, 1, 42), (Place.CLASS_1, 2, 56), (Place.CLASS_1, 3, 70),
        (Place.SPECIAL, 1, 52), (Place.SPECIAL, 3, 80),
    ],
)  # fmt: skip
def test_deputies_of_all_departments_together(place: Place, formed_from: int, limit: int) -> None:
    found = structure.department_deputies(14, limit + 2, province(place, formed_from), LAW)
    assert (found.limit, found.over, found.solve_by) == (limit, 2, date(2030, 7, 1))
    assert all("NĐ 370/2025/NĐ-CP" in reason.source for reason in found.reasons if reason.source)
    assert sum(bool(reason.source) for reason in found.reasons) == 2 + (formed_from > 1) + (place is Place.SPECIAL)


@pytest.mark.parametrize(("posts", "most"), [(7, 1), (8, 2), (30, 2)])
def test_deputies_of_an_inspectorate(posts: int, most: int) -> None:
    assert structure.inspectorate_deputies(posts, 0, province(), LAW).limit == most


@pytest.mark.parametrize(("divisions", "most"), [(0, 2), (1, 1), (3, 1), (4, 2)])
def test_deputies_of_a_sub_department(divisions: int, most: int) -> None:
    assert structure.sub_department_deputies(divisions, 0, province(), LAW).limit == most


def test_no_more_deputies_than_the_unit_above() -> None:
    found = structure.not_above_superior(3, 2, province(), LAW)
    assert (found.limit, found.over) == (2, 1)
    own = structure.sub_department_deputies(5, 3, province(), LAW)
    both = structure.strictest(own, structure.not_above_superior(3, 1, province(), LAW))
    assert (both.limit, both.over) == (1, 2)
    assert [one.params.get("limit") for one in both.reasons] == [2, 1, None, None]
    unbound = structure.division_deputies(9, 1, province(), {})
    assert structure.strictest(unbound) is unbound
    assert structure.strictest(unbound, own) == own


@pytest.mark.parametrize(
    ("place", "least"), [(Place.SPECIAL, 7), (Place.CLASS_1, 6), (Place.CLASS_2, 5), (Place.CLASS_3, 5)]
)
def test_a_division_needs_a_smallest_size(place: Place, least: int) -> None:
    found = structure.division_size(least - 2, province(place), LAW)
    assert (found.rule, found.limit, found.over, found.solve_by) == (Rule.DIVISION_SIZE, least, 2, None)
    assert found.reasons[0].source == "NĐ 45/2025/NĐ-CP Đ5"
    assert structure.division_size(least, province(place), LAW).over == 0


def test_without_the_day_of_merging_no_day_is_made_up() -> None:
    found = structure.division_deputies(7, 2, Province(Place.CLASS_2), LAW)
    assert (found.over, found.solve_by) == (1, None)


def test_before_the_law_there_is_no_limit() -> None:
    before = limits.limits_on(ROWS, date(2025, 2, 28))
    for found in (
        structure.department_deputies(14, 99, province(), before),
        structure.division_deputies(7, 9, province(), before),
        structure.not_above_superior(9, 1, province(), before),
        structure.division_size(1, province(), before),
    ):
        assert (found.limit, found.over, found.reasons) == (None, 0, ())


def test_every_figure_has_its_source_and_no_size_is_left_out_or_said_twice() -> None:
    for row in ROWS:
        assert row["mark"] in {"C", "K", "U"}
        assert row["source"]
        assert (row["place"] or "") in {"", *Place}
        assert row["unit"] in {"percent", "people", "months", "yes_no", "date"}
    for key in ("deputies.division", "deputies.inspectorate", "deputies.sub_department"):
        for place in {row["place"] for row in ROWS if row["key"] == key}:
            sizes = [
                (int(row["size_from"]), row["size_to"] and int(row["size_to"]))
                for row in ROWS
                if (row["key"], row["place"]) == (key, place)
            ]
            assert sizes[0][0] == 0
            assert sizes[-1][1] is None
            assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(sizes))
