"""Paying back the cost of training: the vectors of the decree, its exempt cases, months, the council, the command."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import add_working_days
from hrms.people.rules.parameters import parameters_on
from hrms.training.cli import explain
from hrms.training.rules import council
from hrms.training.rules import repayment as rules
from hrms.training.rules.council import CouncilRole, Member
from hrms.training.rules.repayment import Case, Exemption, Facts, Rounding, repayment, served_months
from tests.people.catalogue_rows import rows

DAY = date(2026, 11, 21)
FIGURES = parameters_on(rows("parameters"), DAY)
COST = 60_000_000


def owed(committed: int, served: int, case: Case = Case.LEFT_EARLY, **more: Any) -> int:
    return repayment(Facts(COST, committed, served, case, **more), FIGURES).amount


@pytest.mark.parametrize(
    ("committed", "served", "amount"),
    [(36, 12, 40_000_000), (72, 24, 40_000_000), (36, 0, COST), (36, 36, 0), (36, 40, 0), (36, 35, 1_666_667)],
)
def test_the_formula_of_the_decree(committed: int, served: int, amount: int) -> None:
    found = repayment(Facts(COST, committed, served, Case.LEFT_EARLY), FIGURES)
    assert found.amount == amount
    assert all("NĐ 171/2025/NĐ-CP" in reason.source for reason in found.reasons)


def test_years_before_the_course_lower_what_is_owed() -> None:
    assert owed(36, 12, years_before=8, reduced_rate=True) == 35_200_000
    assert owed(36, 12, years_before=8) == 36_800_000
    assert owed(36, 12, years_before=60, reduced_rate=True) == 4_000_000
    assert repayment(Facts(COST, 36, 12, Case.LEFT_EARLY, 8, reduced_rate=True), FIGURES).percent == Decimal(12)


def test_never_below_nothing() -> None:
    figures = {**FIGURES, "repayment.year_percent": FIGURES["repayment.commitment_factor"]}
    assert repayment(Facts(COST, 36, 0, Case.LEFT_EARLY, 60), figures).amount == 0


@pytest.mark.parametrize("case", [Case.QUIT_DURING, Case.NO_DIPLOMA, Case.DISMISSED])
def test_the_whole_cost(case: Case) -> None:
    assert owed(36, 0, case) == COST
    assert owed(36, 12, case) == COST


def test_a_dismissal_by_the_other_reading_counts_what_was_served() -> None:
    figures = {key: value for key, value in FIGURES.items() if key != "repayment.dismissal_full"}
    assert repayment(Facts(COST, 36, 12, Case.DISMISSED), figures).amount == 40_000_000


@pytest.mark.parametrize("ground", list(Exemption))
def test_exempt_grounds_owe_nothing(ground: Exemption) -> None:
    found = repayment(Facts(COST, 36, 0, Case.QUIT_DURING, exemption=ground), FIGURES)
    assert found.amount == 0
    assert found.reasons[0].source == "NĐ 171/2025/NĐ-CP Đ8"


@pytest.mark.parametrize(
    ("left_on", "down", "nearest", "up"),
    [
        (date(2026, 3, 1), 0, 0, 0),
        (date(2026, 3, 10), 0, 0, 0),
        (date(2026, 3, 20), 0, 0, 1),
        (date(2026, 3, 26), 0, 1, 1),
        (date(2026, 4, 10), 1, 1, 1),
        (date(2027, 3, 10), 12, 12, 12),
        (date(2027, 3, 9), 11, 12, 12),
    ],
)
def test_months_served(left_on: date, down: int, nearest: int, up: int) -> None:
    asked = {one: served_months(date(2026, 3, 10), left_on, one).months for one in Rounding}
    assert asked == {Rounding.DOWN: down, Rounding.NEAREST: nearest, Rounding.UP: up}


def test_the_last_of_a_month_is_a_month() -> None:
    assert served_months(date(2024, 1, 31), date(2024, 2, 29), Rounding.DOWN).months == 1


def test_years_before_are_whole() -> None:
    assert rules.years_before(date(2016, 9, 2), date(2024, 9, 1)) == 7
    assert rules.years_before(date(2016, 9, 1), date(2024, 9, 1)) == 8
    assert rules.years_before(date(2025, 9, 1), date(2024, 9, 1)) == 0


def test_a_term_of_120_days() -> None:
    found = rules.pay_by(date(2026, 11, 21), FIGURES)
    assert found is not None
    assert found[0] == date(2027, 3, 21)


def test_three_times_the_length() -> None:
    assert rules.course_months(date(2024, 9, 1), date(2026, 8, 31)) == 24
    assert rules.course_months(date(2024, 9, 1), date(2026, 9, 1)) == 25
    found = rules.committed_at_least(24, FIGURES)
    assert found is not None
    assert found[0] == 72


def test_figures_that_cannot_be() -> None:
    problems = rules.check(Facts(-1, 0, -3, Case.LEFT_EARLY, 99))
    assert {one.field for one in problems} == {"cost", "committed_months", "served_months", "years_before"}
    assert not rules.check(Facts(COST, 36, 40, Case.LEFT_EARLY))


@given(
    cost=st.integers(0, 10**10),
    committed=st.integers(1, 120),
    served=st.integers(0, 150),
    years=st.integers(0, 45),
    reduced=st.booleans(),
    case=st.sampled_from(Case),
)
def test_between_nothing_and_the_cost_and_falling(
    cost: int, committed: int, served: int, years: int, reduced: bool, case: Case
) -> None:
    def ask(served: int, years: int) -> int:
        return repayment(Facts(cost, committed, served, case, years, reduced), FIGURES).amount

    assert 0 <= ask(served, years) <= cost
    assert ask(served + 1, years) <= ask(served, years)
    assert ask(served, years + 1) <= ask(served, years)


def members(count: int = 5, **more: Any) -> list[Member]:
    roles = [CouncilRole.CHAIR, CouncilRole.SECRETARY, CouncilRole.PARTY, CouncilRole.FINANCE, CouncilRole.UNIT]
    return [Member(f"Người {n}", roles[n % 5], **more) for n in range(count)]


def test_a_council_of_five_with_chair_and_secretary() -> None:
    assert not council.check(members(), FIGURES)
    assert [one.code for one in council.check(members(4), FIGURES)] == ["council_size"]
    six = members(6)
    assert {one.code for one in council.check(six, FIGURES)} == {"council_size", "council_chair"}
    twice = [*members(4), Member("người  0", CouncilRole.UNIT)]
    assert [one.code for one in council.check(twice, FIGURES)] == ["council_twice"]


def test_it_meets_with_all_members_only() -> None:
    there = members(present=True, agrees=True)
    assert not council.check_meeting(there, FIGURES)
    away = [*there[:4], Member("Người 4", CouncilRole.UNIT)]
    assert [one.code for one in council.check_meeting(away, FIGURES)] == ["council_absent"]
    silent = [*there[:4], Member("Người 4", CouncilRole.UNIT, present=True)]
    assert [one.code for one in council.check_meeting(silent, FIGURES)] == ["council_no_vote"]


@pytest.mark.parametrize(("agree", "passed"), [(5, True), (3, True), (2, False), (0, False)])
def test_the_majority_decides(agree: int, passed: bool) -> None:
    there = [Member(f"Người {n}", CouncilRole.MEMBER, present=True, agrees=n < agree) for n in range(5)]
    found = council.vote(there)
    assert (found.agree, found.against, found.passed) == (agree, 5 - agree, passed)


def test_it_recommends_within_three_working_days() -> None:
    found = council.recommend_by(date(2026, 11, 19), FIGURES, add_working_days)
    assert found is not None
    assert found[0] == date(2026, 11, 24)


def asked(tmp_path: Path, facts: str) -> Any:
    path = tmp_path / "facts.json"
    path.write_text(facts, encoding="utf-8")
    return CliRunner().invoke(click.Group("hrms", commands={"explain": explain}), ["explain", "repayment", str(path)])


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ({"served_months": 12, "case": "left_early", "years_before": 0, "reduced_rate": False}, "40000000"),
        ({"served_months": 12, "case": "left_early", "years_before": 8, "reduced_rate": True}, "35200000"),
        ({"served_months": 12}, "40000000"),
        ({"committed_months": 72, "served_months": 24}, "40000000"),
        ({"served_months": 0, "case": "quit_during"}, "60000000"),
        ({"served_months": 36}, "0"),
    ],
)
def test_the_command(tmp_path: Path, facts: dict[str, Any], amount: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"cost": "60000000", "committed_months": 36, **facts}), encoding="utf-8")
    answer = explain.commands["repayment"].callback(path)  # type: ignore[misc] # each has one
    assert answer["amount"] == amount
    assert all(set(reason) == {"text", "figure", "source"} for reason in answer["reasons"])
    assert answer["reasons"]


@pytest.mark.parametrize(
    "facts",
    [
        '{"cost": "60000000", "committed_months": 36, "served": 1}',
        '{"cost": "60000000", "committed_months": 0}',
        '{"cost": "-1", "committed_months": 36}',
        '{"cost": "60000000", "committed_months": 36, "case": "moved"}',
        "no json",
    ],
)
def test_facts_that_cannot_be_used_are_refused(tmp_path: Path, facts: str) -> None:
    assert asked(tmp_path, facts).exit_code == 2
