"""What holds of every month and every span of arrears, whatever the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.core.dates import add_months
from hrms.pay.queries.figures import pay_figures, tables
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.amounts import Rounding, to_dong
from hrms.pay.rules.arrears import arrears, check_arrears
from hrms.pay.rules.figures import AllowanceCode, Figure, Form, NoFigure, PayFigures
from hrms.pay.rules.monthly import PayFacts, check, pay
from hrms.pay.rules.reserved import Reserved
from hrms.people.rules.kinds import PersonKind

FIRST = date(2020, 10, 1)
KIND = PersonKind.CIVIL_SERVANT


def hundredths(least: int, most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(least, most).map(lambda whole: Decimal(whole) / 100)


COEFFICIENTS = hundredths(100, 1300)
ALLOWANCES = st.lists(
    st.one_of(
        st.just(Allowance(AllowanceCode.PUBLIC_DUTY)),
        st.just(Allowance(AllowanceCode.CONCURRENT)),
        hundredths(500, 4000).map(lambda percent: Allowance(AllowanceCode.SENIORITY, percent=percent)),
        hundredths(10, 100).map(lambda number: Allowance(AllowanceCode.REGIONAL, coefficient=number)),
        st.integers(0, 5_000_000).map(lambda amount: Allowance(AllowanceCode.OTHER, amount=Decimal(amount))),
    ),
    max_size=5, unique_by=lambda one: one.code,
).map(tuple)  # fmt: skip
FACTS = st.builds(
    PayFacts,
    coefficient=COEFFICIENTS,
    beyond_scale_percent=st.integers(0, 40).map(Decimal),
    reserved=hundredths(0, 200),
    leadership_coefficient=hundredths(0, 130),
    reserved_leadership=st.builds(
        Reserved, coefficient=hundredths(0, 130), until=st.none() | st.dates(date(2020, 1, 1), date(2028, 1, 1))
    ),
    allowances=ALLOWANCES,
    suspended=st.none() | st.booleans(),
)
DAYS = st.dates(FIRST, date(2027, 12, 31))


def figures_on(day: date) -> PayFigures:
    return pay_figures(day, KIND)


@settings(deadline=None)
@given(FACTS, DAYS)
def test_no_dong_is_lost(facts: PayFacts, day: date) -> None:
    assert check(facts, figures_on(day)) == []
    found = pay(facts, figures_on(day))
    assert found.gross == sum(line.amount for line in found.lines)
    assert found.net == found.gross - sum(line.amount for line in found.deductions)
    assert all(line.amount == int(line.amount) >= 0 for line in (*found.lines, *found.deductions, *found.employer))
    assert Decimal(0) <= found.net <= found.gross
    shown = {reason.figure for reason in found.reasons}
    assert {str(line.amount) for line in (*found.lines, *found.deductions)} <= shown
    assert {str(found.gross), str(found.net)} <= shown


@settings(deadline=None)
@given(FACTS, DAYS, hundredths(1, 100))
def test_a_higher_coefficient_never_pays_less(facts: PayFacts, day: date, more: Decimal) -> None:
    low, high = pay(facts, figures_on(day)), pay(replace(facts, coefficient=facts.coefficient + more), figures_on(day))
    assert low.gross <= high.gross
    assert low.net <= high.net
    assert low.insurance_base <= high.insurance_base


@settings(deadline=None)
@given(FACTS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_allowances_does_not_matter(facts: PayFacts, day: date, random: object) -> None:
    shuffled = list(facts.allowances)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pay(replace(facts, allowances=tuple(shuffled)), figures_on(day)) == pay(facts, figures_on(day))


@settings(deadline=None)
@given(FACTS, DAYS, st.integers(0, 12))
def test_no_change_no_arrears(facts: PayFacts, start: date, months: int) -> None:
    found = arrears(facts, facts, start, add_months(start, months), figures_on)
    assert not found.lines
    assert not found.deductions
    assert found.gross == found.net == 0
    assert len(found.months) == months + 1


@settings(deadline=None)
@given(FACTS, FACTS, DAYS, st.integers(1, 12), st.data())
def test_arrears_are_the_sum_of_their_months(
    old: PayFacts, new: PayFacts, start: date, months: int, data: st.DataObject
) -> None:
    start = start.replace(day=1)
    through = add_months(start, months)
    whole = arrears(old, new, start, through, figures_on)
    cut = add_months(start, data.draw(st.integers(0, months - 1)))
    first = arrears(old, new, start, cut, figures_on)
    rest = arrears(old, new, add_months(cut, 1), through, figures_on)
    assert whole.months == (*first.months, *rest.months)
    assert whole.gross == first.gross + rest.gross == sum(month.gross for month in whole.months)
    assert whole.net == first.net + rest.net
    assert whole.gross == sum(line.amount for line in whole.lines)
    assert whole.net == whole.gross - sum(line.amount for line in whole.deductions)


@settings(deadline=None)
@given(FACTS, FACTS, DAYS, st.integers(0, 6))
def test_arrears_back_and_forth_cancel(old: PayFacts, new: PayFacts, start: date, months: int) -> None:
    through = add_months(start, months)
    there, back = arrears(old, new, start, through, figures_on), arrears(new, old, start, through, figures_on)
    assert there.gross == -back.gross
    assert there.net == -back.net


@pytest.mark.parametrize(
    ("rounding", "up", "down"), [("half_up", 1, -1), ("half_even", 0, 0), ("down", 0, 0), ("up", 1, -1)]
)
def test_half_a_dong(rounding: str, up: int, down: int) -> None:
    assert to_dong(Decimal("0.5"), Rounding(rounding)) == up
    assert to_dong(Decimal("-0.5"), Rounding(rounding)) == down


def test_rounding_is_a_figure_of_the_catalogue() -> None:
    facts = PayFacts(Decimal("3.99"))
    figures = figures_on(date(2026, 11, 1))
    exact = pay(facts, replace(figures, rounding=Figure("down", "Quyết định 1", "C")))
    assert pay(facts, figures).deductions[1].amount == 151_421
    assert exact.deductions[1].amount == 151_420
    assert not any("Chưa chắc chắn" in reason.text for reason in exact.reasons)


def test_arrears_say_which_month_cannot_be_paid() -> None:
    """The public-duty allowance began on 01/5/2011; before, its month is refused."""
    duty = PayFacts(Decimal("2.34"), allowances=(Allowance(AllowanceCode.PUBLIC_DUTY),))
    with pytest.raises(NoFigure):
        check_arrears(duty, duty, date(2009, 5, 1), date(2009, 6, 1), figures_on)
    assert check_arrears(duty, duty, date(2014, 1, 1), date(2014, 2, 1), figures_on) == []


def test_the_catalogues_of_pay_are_whole() -> None:
    found = tables()
    for row in (*found.allowance_rules, *found.insurance_rates):
        assert row["source"]
        assert row["mark"] in {"C", "K", "U"}
        assert None not in row
        assert all(PersonKind(kind) for kind in row["person_kinds"].split("|"))
    for row in found.allowance_rules:
        assert all(Form(form) for form in row["forms"].split("|"))
        assert row["base"] or "percent" not in row["forms"]
    keys = [(row["code"], row["person_kinds"], row["valid_from"]) for row in found.allowance_rules]
    assert len(keys) == len(set(keys))
    for kind in (PersonKind.CIVIL_SERVANT, PersonKind.PUBLIC_EMPLOYEE, PersonKind.CONTRACT):
        for day in (date(2014, 1, 1), date(2017, 6, 1), date(2025, 7, 1), date(2026, 1, 1), date(2026, 11, 1)):
            figures = pay_figures(day, kind)
            sides = {insurance for _side, insurance in figures.rates}
            assert ("unemployment_insurance" in sides) is (kind is not PersonKind.CIVIL_SERVANT)
    assert set(pay_figures(date(2026, 11, 1), KIND).allowances) == set(AllowanceCode)
