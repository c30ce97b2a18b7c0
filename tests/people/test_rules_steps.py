"""Steps of the pay scale, the next regular raise, seniority beyond the scale."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.people.rules.parameters import parameters_on
from hrms.people.rules.steps import (
    SeniorityTerms,
    beyond_scale,
    coefficient_problem,
    next_percent,
    next_step_due,
    read_pay_scales,
)
from tests.people.catalogue_rows import rows

SCALES = read_pay_scales(rows("pay_scales"))
TERMS = SeniorityTerms.from_parameters(parameters_on(rows("parameters"), date(2026, 11, 21)))
A1 = SCALES[2, "A1"]


@pytest.mark.parametrize(
    ("group", "since", "due"),
    [("A1", date(2024, 3, 1), date(2027, 3, 1)), ("A1", date(2023, 3, 1), date(2026, 3, 1)),
     ("B", date(2025, 5, 1), date(2027, 5, 1)), ("A0", date(2024, 2, 29), date(2027, 2, 28))],
)  # fmt: skip
def test_next_regular_step(group, since, due):
    found = next_step_due(since, SCALES[2, group].months_per_step, at_last_step=False)
    assert found.due_on == due
    assert [reason.figure for reason in found.reasons] == [due.isoformat()]


def test_the_last_step_has_no_next():
    found = next_step_due(date(2020, 1, 1), 36, at_last_step=True)
    assert found.due_on is None
    assert found.reasons[0].source


def test_months_a_step_follow_the_group_not_the_coefficient():
    assert SCALES[2, "A1"].months_per_step == 36
    assert SCALES[2, "B"].months_per_step == 24
    assert SCALES[1, "CGCC"].months_per_step == 60


@pytest.mark.parametrize(
    ("since", "as_at", "percent", "following", "on"),
    [(date(2018, 5, 1), date(2026, 11, 21), 10, 11, date(2027, 5, 1)),
     (date(2023, 12, 1), date(2026, 11, 21), 0, 5, date(2026, 12, 1)),
     (date(2018, 5, 1), date(2021, 5, 1), 5, 6, date(2022, 5, 1)),
     (date(2018, 5, 1), date(2021, 4, 30), 0, 5, date(2021, 5, 1))],
)  # fmt: skip
def test_seniority_beyond_the_scale(since, as_at, percent, following, on):
    found = beyond_scale(since, 36, as_at, TERMS)
    assert (found.percent, found.next_percent, found.next_percent_on) == (percent, following, on)
    assert found.reasons[0].text % found.reasons[0].params


@given(st.dates(date(1995, 1, 1), date(2026, 1, 1)), st.integers(0, 9000), st.sampled_from([24, 36]))
def test_the_recorded_percentage_leads_to_the_computed_one(since, days, months):
    as_at = date.fromordinal(since.toordinal() + days)
    computed = beyond_scale(since, months, as_at, TERMS)
    assert computed.next_percent_on > as_at
    before = beyond_scale(since, months, computed.next_percent_on, TERMS)
    assert before.percent == computed.next_percent


def test_next_percentage_from_the_recorded_one():
    first = next_percent(date(2023, 12, 1), 36, 0, None, TERMS)
    assert (first.next_percent, first.next_percent_on) == (5, date(2026, 12, 1))
    later = next_percent(date(2018, 5, 1), 36, 7, date(2023, 8, 1), TERMS)
    assert (later.next_percent, later.next_percent_on) == (8, date(2024, 8, 1))
    with pytest.raises(ValueError, match="needs the day"):
        next_percent(date(2018, 5, 1), 36, 7, None, TERMS)


@pytest.mark.parametrize(
    ("group", "step", "coefficient", "code"),
    [("A1", 4, "3.33", None), ("A1", 4, "3.330", None), ("A1", None, "3.33", None), ("A1", 4, None, None),
     ("A1", 4, "3.34", "coefficient_not_in_scale"), ("A1", None, "9.99", "coefficient_not_in_scale"),
     ("A1", 3, "3.33", "coefficient_step_mismatch"), ("A1", 10, "3.33", "no_such_step"),
     ("A1", 0, None, "no_such_step")],
)  # fmt: skip
def test_coefficients_stand_in_the_scale(group, step, coefficient, code):
    value = Decimal(coefficient) if coefficient else None
    problem = coefficient_problem(2, group, step, value, SCALES[2, group])
    assert (problem.code if problem else None) == code
    assert problem is None or problem.text % problem.params


def test_an_unknown_group_is_named():
    problem = coefficient_problem(4, "A9", 1, Decimal(1), SCALES.get((4, "A9")))
    assert problem is not None
    assert problem.code == "unknown_pay_group"


@given(st.sampled_from(sorted(SCALES)), st.data())
def test_every_step_of_every_group_agrees_with_itself(key, data):
    scale = SCALES[key]
    step = data.draw(st.integers(1, scale.steps))
    assert coefficient_problem(*key, step, scale.coefficients[step - 1], scale) is None
    assert scale.step_of(scale.coefficients[step - 1]) == step


def test_a_scale_with_a_gap_is_refused():
    with pytest.raises(ValueError, match="not 1 to 2"):
        read_pay_scales([row for row in rows("pay_scales") if row["group"] == "CGCC" and row["step"] != "2"])
