"""`hrms explain` of ratios and deputies: the vectors of the law, each with its article; unusable facts are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from hrms.positions.cli import explain

DEPUTIES = [
    ({"province_class": "class_2"}, {7: 1, 8: 2, 14: 2, 15: 3}),
    ({"province_class": "class_1"}, {8: 1, 9: 2}),
    ({"province_class": "special"}, {9: 1, 10: 2}),
]


def asked(tmp_path: Path, command: str, facts: dict[str, Any]) -> Any:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    return explain.commands[command].callback(path)  # type: ignore[misc] # each has one


@pytest.mark.parametrize(("province", "posts", "limit"), [(p, n, m) for p, rows in DEPUTIES for n, m in rows.items()])
def test_deputies_of_a_division(tmp_path: Path, province: dict[str, str], posts: int, limit: int) -> None:
    found = asked(tmp_path, "deputies", {"of": "division", "size": posts, "on": "2026-11-21", **province})
    assert found["limit"] == limit
    assert "NĐ 150/2025/NĐ-CP" in found["reasons"][0]["source"]


def test_the_top_grades_of_ten_and_of_nine(tmp_path: Path) -> None:
    for posts, limits in ((10, [3, 4]), (9, [2, 3])):
        found = asked(tmp_path, "grade-ratio", {"used": [3, 4, 5], "posts": posts, "on": "2026-11-21"})
        assert [one["limit"] for one in found["levels"]] == [*limits, None]
        assert any(one["source"] == "NĐ 232/2026/NĐ-CP Đ10 k2a" for one in found["reasons"])


def test_the_two_readings_stand_side_by_side(tmp_path: Path) -> None:
    found = asked(tmp_path, "grade-ratio", {"used": [3, 4], "posts": 10, "on": "2026-11-21"})
    assert [one["limit"] for one in found["levels"]] == [5, None]
    assert [one["limit"] for one in found["other"]] == [4, None]


def test_commune_deputies_with_the_higher_rank(tmp_path: Path) -> None:
    found = asked(tmp_path, "rank-ratio", {"rule": "commune_deputies", "basis": 21, "held": 11, "on": "2026-11-21"})
    assert (found["level"], found["limit"], found["over"]) == ("01.002", 10, 1)


@pytest.mark.parametrize("facts", ['{"of": "division", "size": 8, "posts": 1}', '{"of": "x", "size": 1}', "no json"])
def test_facts_that_cannot_be_used_are_refused(tmp_path: Path, facts: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(facts, encoding="utf-8")
    answer = CliRunner().invoke(click.Group("hrms", commands={"explain": explain}), ["explain", "deputies", str(path)])
    assert answer.exit_code == 2
