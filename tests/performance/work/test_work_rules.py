"""Rules of work and of objectives by themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrms.performance.rules.objectives import Aim, Direction, ObjectiveState, aim_problems, overall, progress
from hrms.performance.rules.objectives import step_problems as steps
from hrms.performance.rules.work import (
    ItemKind,
    ItemState,
    amount_problems,
    drop_problems,
    due_problems,
    finding_problems,
    units_of,
)

MORE, LESS = Direction.MORE, Direction.LESS
START, TODAY = date(2026, 11, 1), date(2026, 11, 21)
figures = st.integers(-100_000, 100_000).map(lambda number: Decimal(number) / 100)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # busy machines are slow, not wrong


def aim(direction: Direction, baseline: str | None, target: str, actual: str | None) -> Aim:
    numbers = [None if one is None else Decimal(one) for one in (baseline, actual)]
    return Aim(direction, Decimal(target), numbers[0], numbers[1])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (aim(MORE, "80", "98", "89"), "50"), (aim(MORE, None, "200", "50"), "25"), (aim(MORE, "80", "98", None), None),
        (aim(MORE, "80", "98", "98"), "100"), (aim(MORE, "80", "98", "120"), "100"), (aim(MORE, "80", "98", "70"), "0"),
        (aim(LESS, "10", "4", "7"), "50"), (aim(LESS, None, "4", "8"), "50"), (aim(LESS, None, "4", "4"), "100"),
        (aim(LESS, "10", "4", "12"), "0"), (aim(LESS, "4", "4", "5"), "0"), (aim(MORE, "80", "80", "79"), "0"),
        # Never shown as reaching what it does not reach.
        (aim(MORE, "0", "100000", "99999.9999"), "99.99"),
    ],
)  # fmt: skip
def test_how_far_an_objective_has_come(found: Aim, expected: str | None) -> None:
    assert progress(found) == (None if expected is None else Decimal(expected))


@patient
@given(st.sampled_from(Direction), st.none() | figures, figures, figures)
def test_only_what_reaches_the_target_is_a_hundred(
    direction: Direction, baseline: Decimal | None, target: Decimal, actual: Decimal
) -> None:
    found = Aim(direction, target, baseline, actual)
    value = progress(found)
    assert value is not None
    if found.is_reached:
        assert value == 100
    elif not aim_problems(found):
        assert 0 <= value < 100


def test_weights_count_and_what_is_unknown_is_nothing() -> None:
    known = Aim(MORE, Decimal(100), None, Decimal(50), Decimal(3))
    assert overall([known, Aim(MORE, Decimal(100), None, None, Decimal(1))]) == Decimal("37.5")
    assert overall([Aim(MORE, Decimal(100))]) is None
    assert overall([]) is None


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (aim(MORE, "90", "80", None), "away"), (aim(LESS, "4", "10", None), "away"),
        (aim(MORE, None, "1.23456", None), "value"), (aim(MORE, "1e20", "1", None), "value"),
        (Aim(MORE, Decimal(1), weight=Decimal(0)), "weight"), (Aim(MORE, Decimal("NaN")), "value"),
    ],
)  # fmt: skip
def test_figures_that_contradict_themselves(found: Aim, code: str) -> None:
    assert [one.code for one in aim_problems(found)] == [code]


@pytest.mark.parametrize(
    ("step", "state", "code"),
    [
        ("edit", "draft", None), ("approve", "draft", None), ("record", "draft", "draft"), ("drop", "draft", None),
        ("edit", "approved", "approved"), ("approve", "approved", "approved"), ("record", "approved", None),
        ("drop", "approved", None), ("edit", "dropped", "dropped"), ("record", "dropped", "dropped"),
        ("drop", "dropped", "dropped"), ("approve", "dropped", "dropped"),
    ],
)  # fmt: skip
def test_steps_of_an_objective(step: str, state: str, code: str | None) -> None:
    assert [one.code for one in steps(step, ObjectiveState(state))] == ([code] if code else [])


@patient
@given(st.decimals(allow_nan=True, allow_infinity=True), st.none() | st.decimals(allow_nan=True, allow_infinity=True))
def test_an_amount_is_refused_or_kept_exactly(quantity: Decimal, factor: Decimal | None) -> None:
    if not amount_problems(quantity, factor):
        assert factor is not None
        units = units_of(quantity, factor)
        assert 0 < units <= 1_000_000
        assert abs(units - quantity * factor) <= Decimal("0.00005")


@pytest.mark.parametrize(
    ("kind", "today", "done", "code"),
    [
        (ItemKind.ASSIGNED, date(2026, 10, 31), None, None), (ItemKind.ASSIGNED, START, None, "period_began"),
        (ItemKind.AD_HOC, TODAY, None, None), (ItemKind.TAKEN_OVER, TODAY, None, None),
        (ItemKind.AD_HOC, TODAY, True, "confirmed"), (ItemKind.AD_HOC, TODAY, False, None),
    ],
)  # fmt: skip
def test_what_may_be_dropped_and_when(kind: ItemKind, today: date, done: bool | None, code: str | None) -> None:
    found = drop_problems(kind, ItemState.GIVEN, START, today, "Lý do", done=done)
    assert [one.code for one in found] == ([code] if code else [])
    assert "not_given" in {one.code for one in drop_problems(kind, ItemState.DROPPED, START, today, "x", done=done)}


def test_days_of_products_and_findings() -> None:
    assert due_problems(date(2026, 11, 30), START, date(2026, 12, 1)) == []
    assert [one.code for one in due_problems(date(2026, 12, 1), START, date(2026, 12, 1))] == ["due_outside"]
    assert finding_problems(START, "x", START, TODAY) == []
    assert [one.code for one in finding_problems(date(2026, 10, 31), "", START, TODAY)] == ["before", "required"]
