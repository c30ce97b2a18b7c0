"""Laying the rows of a text over a catalogue: days end where others begin, kinds of people are told apart."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.core.catalogues import FOLDER, read_csv
from hrms.figures.overlay import CHANGEABLE, overlaid
from hrms.pay.queries.figures import pay_figures
from hrms.pay.rules.figures import AllowanceCode, Form, Insurance, Side
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind

FIRST = date(2026, 1, 1)
SALARY = {"catalogue": "base_salaries", "amount": "3000000", "valid_from": "2027-01-01", "source": "x", "mark": "U"}


def rate(percent: str, kinds: str, start: str, end: str | None = None) -> dict[str, Any]:
    return {
        "catalogue": "insurance_rates", "insurance": "social_insurance", "side": "employee", "percent": percent,
        "person_kinds": kinds, "valid_from": start, "valid_to": end, "source": "x", "mark": "U",
    }  # fmt: skip


def test_the_columns_are_those_of_the_files():
    for name, known in CHANGEABLE.items():
        assert tuple(next(iter(read_csv(FOLDER / f"{name}.csv")))) in {known.columns, _with_days_first(known.columns)}


def _with_days_first(columns: tuple[str, ...]) -> tuple[str, ...]:
    return ("valid_from", "valid_to", *(c for c in columns if c not in {"valid_from", "valid_to"}))


def test_nothing_given_changes_nothing():
    for name in CHANGEABLE:
        assert law.rows(name) == tuple(read_csv(FOLDER / f"{name}.csv"))


def test_a_new_base_salary_ends_the_old_one_the_day_before():
    before = law.rows("base_salaries")
    with law.supposing([SALARY]):
        rows = law.rows("base_salaries")
        assert [row["amount"] for row in rows[-2:]] == ["2530000", "3000000"]
        assert (rows[-2]["valid_to"], rows[-1]["valid_from"], rows[-1]["valid_to"]) == (
            "2027-01-01",
            "2027-01-01",
            None,
        )
        for day, amount in ((date(2026, 12, 31), 2530000), (date(2027, 1, 1), 3000000), (date(2024, 6, 30), 1800000)):
            assert pay_figures(day, PersonKind.CIVIL_SERVANT).base_salary.number == amount
    assert law.rows("base_salaries") == before
    assert pay_figures(date(2027, 1, 1), PersonKind.CIVIL_SERVANT).base_salary.number == 2530000


def test_suppositions_inside_each_other_add_up_and_the_later_prevails():
    with law.supposing([SALARY]):
        with law.supposing([{**SALARY, "amount": "4000000", "valid_from": "2026-12-01"}]):
            rows = law.rows("base_salaries")
            assert [(row["amount"], row["valid_to"]) for row in rows[-2:]] == [
                ("4000000", "2027-01-01"), ("3000000", None),
            ]  # fmt: skip
        with law.supposing([{**SALARY, "amount": "3500000"}]):
            assert [row["amount"] for row in law.rows("base_salaries")[-2:]] == ["2530000", "3500000"]
        assert law.rows("base_salaries")[-1]["amount"] == "3000000"


def test_a_measure_with_an_end_lets_the_old_figure_come_back():
    with law.supposing([{**SALARY, "valid_to": "2028-01-01"}]):
        assert [(row["amount"], row["valid_from"]) for row in law.rows("base_salaries")[-3:]] == [
            ("2530000", "2026-07-01"), ("3000000", "2027-01-01"), ("2530000", "2028-01-01"),
        ]  # fmt: skip


def test_a_rate_of_one_kind_leaves_the_other_kinds_alone():
    day = date(2027, 1, 1)
    with law.supposing([rate("9", "public_employee", "2027-01-01")]):
        of = {
            kind: pay_figures(day, kind).rates[Side.EMPLOYEE, Insurance.SOCIAL].number
            for kind in (PersonKind.PUBLIC_EMPLOYEE, PersonKind.CIVIL_SERVANT, PersonKind.CONTRACT)
        }
        assert list(of.values()) == [9, 8, 8]
        assert pay_figures(date(2026, 12, 31), PersonKind.PUBLIC_EMPLOYEE).rates[
            Side.EMPLOYEE, Insurance.SOCIAL
        ].number == 8  # fmt: skip


def test_an_allowance_that_a_text_ends_is_no_more():
    ends = {
        "catalogue": "allowance_rules", "code": "public_duty", "person_kinds": "civil_servant",
        "valid_from": "2027-01-01", "ends": True,
    }  # fmt: skip
    with law.supposing([ends]):
        assert AllowanceCode.PUBLIC_DUTY not in pay_figures(date(2027, 1, 1), PersonKind.CIVIL_SERVANT).allowances
        assert AllowanceCode.PUBLIC_DUTY in pay_figures(date(2026, 12, 31), PersonKind.CIVIL_SERVANT).allowances
        assert AllowanceCode.PUBLIC_DUTY in pay_figures(date(2027, 1, 1), PersonKind.CADRE).allowances


def test_a_rule_changed_for_some_takes_their_form_only():
    new = {
        "catalogue": "allowance_rules", "code": "hazard", "person_kinds": "public_employee", "forms": "percent",
        "base": "pay", "insured": "0", "valid_from": "2027-01-01", "source": "x", "mark": "U",
    }  # fmt: skip
    with law.supposing([new]):
        rules = {
            k: pay_figures(date(2027, 1, 1), k).allowances[AllowanceCode.HAZARD]
            for k in PersonKind
            if k.value != "part_time"
        }
        assert rules[PersonKind.PUBLIC_EMPLOYEE].forms == {Form.PERCENT}
        assert rules[PersonKind.CADRE].forms == {Form.COEFFICIENT}


def test_a_scale_has_its_steps_of_the_day():
    rows = [
        {"catalogue": "pay_scales", "table": "2", "group": "A1", "months_per_step": "24", "step": str(step),
         "coefficient": str(Decimal("2.50") + step), "valid_from": "2027-07-01", "source": "x", "mark": "U"}
        for step in range(1, 11)
    ]  # fmt: skip
    with law.supposing(rows):
        assert law.pay_scales(date(2027, 6, 30))[2, "A1"].steps == 9
        new = law.pay_scales(date(2027, 7, 1))[2, "A1"]
        assert (new.steps, new.months_per_step, new.coefficients[0]) == (10, 24, Decimal("3.50"))
        assert law.pay_scales(date(2027, 7, 1))[2, "A0"] == law.pay_scales(date(2027, 6, 30))[2, "A0"]
    assert law.pay_scales(date(2004, 9, 30)) == {}


def test_a_rank_moves_to_another_group_on_its_day_and_keeps_its_place():
    order = list(law.ranks())
    new = {
        "catalogue": "ranks", "code": "01.003", "name_vi": "Chuyên viên", "name_en": "Specialist",
        "person_kind": "civil_servant", "table": "2", "group": "A2.2", "valid_from": "2027-01-01", "source": "x",
        "mark": "U",
    }  # fmt: skip
    with law.supposing([new]):
        assert (law.ranks(date(2026, 12, 31))["01.003"].group, law.ranks(date(2027, 1, 1))["01.003"].group) == (
            "A1",
            "A2.2",
        )
        assert list(law.ranks()) == order
    with law.supposing([{**new, "code": "99.001"}]):
        assert law.ranks(date(2026, 1, 1))["99.001"].group == "A2.2"


def test_an_unknown_catalogue_is_refused():
    with pytest.raises(KeyError), law.supposing([{**SALARY, "catalogue": "holidays"}]):
        pass


days = st.integers(0, 60).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
changes = st.lists(
    st.tuples(days, st.none() | days, st.sampled_from("123"), st.booleans()).filter(
        lambda c: c[1] is None or c[0] < c[1]
    ),
    max_size=8,
)


@settings(deadline=None)  # a busy machine is slow, not wrong
@given(changes)
def test_every_day_has_the_figure_painted_last(given_changes):
    """Day by day, plainly: a row holds until its end, or until the next row that stood there when it came."""
    start, end = FIRST.isoformat(), (FIRST + timedelta(days=90)).isoformat()
    seed = [{"amount": "0", "valid_from": start, "valid_to": None, "source": "s", "mark": "C"}]
    rows = [
        {"catalogue": "base_salaries", "amount": value, "valid_from": first, "valid_to": last, "ends": ends}
        for first, last, value, ends in given_changes
    ]
    expected: dict[str, str | None] = {(FIRST + timedelta(days=n)).isoformat(): "0" for n in range(90)}
    starts = {start}
    for row in rows:
        last = row["valid_to"] or min((one for one in starts if one > row["valid_from"]), default=end)
        painted = [day for day in expected if row["valid_from"] <= day < last]
        for day in painted:
            expected[day] = None if row["ends"] else row["amount"]
        starts = {one for one in starts if not row["valid_from"] <= one < last}
        starts.add(row["valid_from"])
        if row["valid_to"] and last in expected and last not in starts:
            starts.add(last)
    found = overlaid("base_salaries", seed, rows)
    for day, value in expected.items():
        holding = [row["amount"] for row in found if row["valid_from"] <= day < (row["valid_to"] or "9999")]
        assert holding == ([] if value is None else [value]), day


def test_what_is_kept_for_a_stretch_of_days_is_what_each_day_has():
    step = {
        "catalogue": "pay_scales", "table": "2", "group": "A1", "months_per_step": "36", "step": "10",
        "coefficient": "5.31", "valid_from": "2027-03-10", "valid_to": "2027-05-01", "source": "x", "mark": "U",
    }  # fmt: skip
    with law.supposing([step, SALARY]):
        for day in (date(2027, 3, 9), date(2027, 3, 10), date(2027, 4, 30), date(2027, 5, 1), date(2004, 9, 30)):
            shown = day.isoformat()
            rows = [
                row for row in law.rows("pay_scales")
                if (row["group"], row["table"]) == ("A1", "2") and row["valid_from"] <= shown < (row["valid_to"] or "9")
            ]  # fmt: skip
            scale = law.pay_scales(day).get((2, "A1"))
            assert (scale.steps if scale else 0) == len(rows), day


@settings(deadline=None)
@given(
    st.lists(st.tuples(days, st.sampled_from("123"), st.booleans()), max_size=6, unique_by=lambda c: c[0]), st.randoms()
)
def test_the_order_in_which_texts_come_does_not_matter(given_changes, shuffler):
    """Days apart and without ends of their own, as texts mostly are."""
    seed = [{"amount": "0", "valid_from": FIRST.isoformat(), "valid_to": None, "source": "s", "mark": "C"}]
    rows = [
        {"catalogue": "base_salaries", "amount": value, "valid_from": first, "ends": ends}
        for first, value, ends in given_changes
    ]
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert overlaid("base_salaries", seed, shuffled) == overlaid("base_salaries", seed, rows)
