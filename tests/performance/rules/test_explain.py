"""`hrms explain score` and `hrms explain quota`: the answers of the documented facts, and facts that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from hrms.performance.cli import explain

PERIOD = {
    "criteria": "335/2025", "role": "staff", "general": "27.5",
    "assigned": [
        {"units": "10", "done": True}, {"units": "4", "done": True, "failed_checks": 1},
        {"units": "6", "done": True, "late": 2}, {"units": "20", "done": True},
    ],
    "added": [], "leader": None,
}  # fmt: skip
YEAR = {
    "criteria": "335/2025",
    "months": ["92", "90", "91", None, None, None, None, "88", "89", "90", "91", "90"],
    "absences": [{"kind": "maternity", "months": 4}],
    "discipline_for_duty": False, "organisation_class": "good", "head": False,
}  # fmt: skip
QUOTA = {"criteria": "335/2025", "good_or_better": 25, "at_or_above_90": 9, "outstanding": False, "base": "final_good"}
HEAD_WORK = [
    {"units": "76", "done": True}, {"units": "4", "done": False}, {"units": "4", "done": True, "failed_checks": 1},
    {"units": "16", "done": True, "late": 1},
]  # fmt: skip
LEADER = {"subordinates": "1", "unit": "0.5", "cohesion": "1"}
WEIGHTS = {"quantity": "20", "quality": "32", "progress": "18"}
Y1 = ["95.2", "93.1", "88.0", "91.5", "96.0", "90.4", "87.3", "89.9", "92.0", "94.6", "91.1", "90.5"]


def ask(tmp_path: Path, name: str, facts: Any) -> dict[str, Any]:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    found: Any = explain.commands[name].callback(path)  # type: ignore[misc] # it has one
    assert all(set(one) == {"text", "figure", "source"} for one in found["reasons"])
    assert found["reasons"]
    return dict(found)


def test_the_documented_period(tmp_path: Path) -> None:
    found = ask(tmp_path, "score", PERIOD)
    wanted = {"a": "1.000000", "b": "0.975000", "c": "0.925000", "result": "67.67", "general": "27.50",
              "score": "95.17", "raw": "95.17", "class": "excellent"}  # fmt: skip
    assert {key: found[key] for key in wanted} == wanted
    assert any("NĐ 335/2025/NĐ-CP Đ14" in one["source"] for one in found["reasons"])


@pytest.mark.parametrize(
    ("facts", "score", "raw", "rating"),
    [
        ({"general": 26, "assigned": [{"units": 30, "done": True}, {"units": 10, "done": False}]},
         "78.50", "78.50", "good"),
        ({"general": "28", "assigned": [{"units": "40", "done": True}], "added": [{"units": "8", "done": True}]},
         "98.00", "112.00", "excellent"),
        ({"role": "head", "general": "28", "assigned": HEAD_WORK, "leader": LEADER}, "90.18", "90.18", "excellent"),
        ({"role": "deputy", "general": "28", "assigned": HEAD_WORK, "leader": LEADER}, "90.18", "90.18", "excellent"),
        ({"criteria": "233/2026", "general": "27", "weights": WEIGHTS,
          "assigned": [{"units": "12", "done": True, "failed_checks": 1}, {"units": "32", "done": True, "late": 1},
                       {"units": "4", "done": True}]}, "92.00", "92.00", "excellent"),
        ({"criteria": "233/2026", "general": "27.5", "assigned": PERIOD["assigned"]}, "95.17", "95.17", "excellent"),
        ({"general": "28", "assigned": [{"units": "40", "done": True}], "added": [{"units": "8", "done": True}],
          "cap": False}, "112.00", "112.00", "excellent"),
        ({"general": "27"}, None, None, "none"),
    ],
)  # fmt: skip
def test_periods(tmp_path: Path, facts: dict[str, Any], score: str | None, raw: str | None, rating: str) -> None:
    found = ask(tmp_path, "score", facts)
    assert (found["score"], found["raw"], found["class"]) == (score, raw, rating)


def test_the_documented_year(tmp_path: Path) -> None:
    found = ask(tmp_path, "score", YEAR)
    assert (found["mean"], found["class"], found["provisional"]) == ("90.125", "excellent", False)


def test_a_year_with_its_quarters(tmp_path: Path) -> None:
    found = ask(tmp_path, "score", {"months": Y1})
    assert (found["mean"], found["class"], found["provisional"]) == ("91.633", "excellent", False)
    assert found["quarters"] == ["92.100", "92.633", "89.733", "92.067"]
    assert found["half_years"] == ["92.367", "90.900"]


@pytest.mark.parametrize(
    ("facts", "mean", "rating", "provisional"),
    [
        ({"months": ["90"] * 5 + [None] * 7, "absences": [{"kind": "unpaid", "months": 7}]}, "90.000", "none", False),
        ({"months": ["95"] * 12, "discipline_for_duty": True}, "95.000", "unsatisfactory", False),
        ({"months": ["89.99"] * 12}, "89.990", "good", False),
        ({"months": ["89.996"] * 12}, "89.996", "good", False),
        ({"months": ["89.996"] * 12, "rounding": "two_decimals"}, "89.996", "excellent", False),
        ({"months": ["95"] * 11 + [None]}, "95.000", "excellent", True),
        ({"months": ["95"] * 12, "head": True, "organisation_class": "good"}, "95.000", "good", False),
        ({"months": ["95"] * 12, "head": True}, "95.000", "excellent", True),
        ({"quarters": ["95", "85", None, "90"], "absences": [{"kind": "sick", "months": 3}]},
         "90.000", "excellent", False),
        ({"months": [None] * 12, "absences": [{"kind": "maternity", "months": 6}, {"kind": "sick", "months": 6}]},
         None, "none", False),
        ({"criteria": "233/2026", "months": ["95"] * 12, "leader": True, "unit_corrupt": True}, "95.000",
         "unsatisfactory", False),
    ],
)  # fmt: skip
def test_years(tmp_path: Path, facts: dict[str, Any], mean: str | None, rating: str, provisional: bool) -> None:
    found = ask(tmp_path, "score", facts)
    assert (found["mean"], found["class"], found["provisional"]) == (mean, rating, provisional)


@pytest.mark.parametrize(
    ("changes", "most"),
    [({}, 4), ({"base": "initial_good"}, 3), ({"base": "good_and_excellent"}, 5), ({"outstanding": True}, 5),
     ({"at_or_above_90": 2}, 2), ({"good_or_better": 5, "at_or_above_90": 5}, 0), ({"criteria": "233/2026"}, 4)],
)  # fmt: skip
def test_quotas(tmp_path: Path, changes: dict[str, Any], most: int) -> None:
    assert ask(tmp_path, "quota", {**QUOTA, **changes})["excellent_max"] == most


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("score", {**PERIOD, "mood": "good"}),
        ("score", {**PERIOD, "leader": LEADER}),
        ("score", {**PERIOD, "role": "head"}),
        ("score", {**PERIOD, "role": "head", "leader": {**LEADER, "unit": "0.75"}}),
        ("score", {**PERIOD, "general": "30.5"}),
        ("score", {**PERIOD, "general": "NaN"}),
        ("score", {**PERIOD, "assigned": [{"units": "0", "done": True}]}),
        ("score", {**PERIOD, "assigned": [{"units": "1"}]}),
        ("score", {**PERIOD, "assigned": [{"units": "1e30", "done": True}]}),
        ("score", {**PERIOD, "assigned": [{"units": "1", "done": True, "late": -1}]}),
        ("score", {**PERIOD, "assigned": [{"units": "1", "done": True, "late": "1.5"}]}),
        ("score", {**PERIOD, "assigned": [], "added": [{"units": "1", "done": True}]}),
        ("score", {**PERIOD, "criteria": "90/2020"}),
        ("score", {**PERIOD, "weights": WEIGHTS}),
        ("score", {**PERIOD, "criteria": "233/2026", "weights": {**WEIGHTS, "progress": "17"}}),
        ("score", {**PERIOD, "months": ["90"] * 12}),
        ("score", {**YEAR, "absences": [{"kind": "maternity", "months": 5}]}),
        ("score", {**YEAR, "absences": [{"kind": "holiday", "months": 4}]}),
        ("score", {**YEAR, "months": ["90"] * 11}),
        ("score", {**YEAR, "months": ["100.5", *["90"] * 11], "absences": []}),
        ("score", {**YEAR, "months": ["90"] * 12, "quarters": ["90"] * 4, "absences": []}),
        ("score", {**YEAR, "organisation_class": "fine"}),
        ("score", {}),
        ("score", []),
        ("quota", {**QUOTA, "at_or_above_90": 26}),
        ("quota", {**QUOTA, "good_or_better": -1, "at_or_above_90": -1}),
        ("quota", {**QUOTA, "base": "final"}),
        ("quota", {"good_or_better": 25}),
    ],
)
def test_facts_that_cannot_be_used_are_refused(tmp_path: Path, name: str, facts: Any) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    root = click.Group("hrms", commands={"explain": explain})
    assert CliRunner().invoke(root, ["explain", name, str(path)]).exit_code == 2
