"""`hrms explain training`: the year of one person from a file; hours are compared, credits are shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from hrms.training.cli import explain

FACTS = {
    "year": 2026, "kind": "civil_servant",
    "rules": {"hours_per_credit": 15, "min_hours_year": 40, "carry_over": False},
    "months_in_service": 12, "exempt_months": 0, "required_courses": [], "held": [],
    "entries": [
        {"hours": 24, "programme": "position", "form": "class"},
        {"hours": 16, "programme": "teaching", "form": "class"},
    ],
}  # fmt: skip
KEYS = ("hours", "credits", "required_hours", "missing_hours", "missing_courses", "compliant")


def asked(tmp_path: Path, **facts: Any) -> tuple[Any, ...]:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    found: Any = explain.commands["training"].callback(path)  # type: ignore[misc] # it has one
    assert found["reasons"]
    return tuple(found[key] for key in KEYS)


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        (FACTS, (40, "2.67", "40", "0", [], True)),
        ({}, (0, "0.00", "40", "40", [], False)),
        ({"entries": [{"hours": 39.99}]}, (39.99, "2.67", "40", "0.01", [], False)),
        ({"entries": [{"hours": "40", "programme": "political_theory"}]}, (0, "0.00", "40", "40", [], False)),
        ({"entries": [{"hours": 40}], "required_courses": ["LD.PHONG"]}, (40, "2.67", "40", "0", ["LD.PHONG"], False)),
        ({"entries": [{"hours": 40}], "required_courses": ["A", "B"], "held": ["B", "A"]},
         (40, "2.67", "40", "0", [], True)),
        ({"months_in_service": 6, "entries": [{"hours": 20}]}, (20, "1.33", "20", "0", [], True)),
        ({"exempt_months": 6, "entries": [{"hours": 15}]}, (15, "1.00", "20", "5", [], False)),
        ({"months_in_service": 7, "exempt_months": 7}, (0, "0.00", "0", "0", [], True)),
        ({"months_in_service": 7}, (0, "0.00", "23.33", "23.33", [], False)),
        ({"rules": {"carry_over": True}, "carried_hours": 8, "entries": [{"hours": 32}]},
         (32, "2.13", "40", "0", [], True)),
        ({"carried_hours": 8, "entries": [{"hours": 32}]}, (32, "2.13", "40", "8", [], False)),
        ({"rules": {"cap_hours": {"online": 24}}, "entries": [{"hours": 40, "form": "online"}]},
         (24, "1.60", "40", "16", [], False)),
        ({"entries": [{"hours": 40, "form": "self_study", "cap_hours": 8}, {"hours": 8}]},
         (16, "1.07", "40", "24", [], False)),
    ],
)  # fmt: skip
def test_a_year(tmp_path: Path, facts: dict[str, Any], answer: tuple[Any, ...]) -> None:
    assert asked(tmp_path, **facts) == answer


@pytest.mark.parametrize(
    "facts",
    [
        '{"months": 12}', '{"months_in_service": 13}', '{"months_in_service": 3, "exempt_months": 4}',
        '{"entries": [{"hours": -1}]}', '{"entries": [{"hours": 1.005}]}', '{"entries": [{"hours": "1e30"}]}',
        '{"entries": [{"hours": 4, "programme": "x"}]}',
        '{"cap_hours": {"online": 8}, "rules": {"cap_hours": {"online": 9}}}', '{"rules": {"hours_per_credit": 0}}',
    ],
)  # fmt: skip
def test_facts_that_cannot_be_used_are_refused(tmp_path: Path, facts: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(facts, encoding="utf-8")
    root = click.Group("hrms", commands={"explain": explain})
    assert CliRunner().invoke(root, ["explain", "training", str(path)]).exit_code == 2
