"""Properties of a month made of stretches: no đồng lost, no order that matters, a whole month is `monthly.pay`."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrms.core.dates import working_days_between
from hrms.core.i18n import render
from hrms.pay.queries.law_days import epoch, figures_of, law_days
from hrms.pay.rules import doubts, month, monthly, stretches
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.doubts import Doubt
from hrms.pay.rules.figures import AllowanceCode
from hrms.pay.rules.lines import NAMES
from hrms.pay.rules.monthly import PayFacts
from hrms.pay.rules.reserved import Reserved
from hrms.pay.rules.stretches import Stretch
from hrms.people.rules.kinds import PersonKind

patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)
COEFFICIENTS = st.sampled_from(["1.86", "2.34", "2.67", "3.33", "4.98", "6.78", "8.00"]).map(Decimal)
PERCENTS = st.integers(0, 30).map(Decimal)
LEADING = st.sampled_from(["0", "0.15", "0.3", "0.7", "1.25"]).map(Decimal)


@st.composite
def facts(draw: st.DrawFn) -> PayFacts:
    """Facts of a civil servant that pass the checks of October 2026."""
    allowances = []
    if draw(st.booleans()):
        allowances.append(Allowance(AllowanceCode.PUBLIC_DUTY))
    if draw(st.booleans()):
        allowances.append(Allowance(AllowanceCode.SENIORITY, percent=draw(PERCENTS)))
    if draw(st.booleans()):
        allowances.append(Allowance(AllowanceCode.REGIONAL, coefficient=draw(LEADING)))
    if draw(st.booleans()):
        allowances.append(Allowance(AllowanceCode.OTHER, amount=Decimal(draw(st.integers(1, 5_000_000)))))
    return PayFacts(
        draw(COEFFICIENTS), draw(PERCENTS), draw(LEADING), draw(LEADING), Reserved(draw(LEADING)), tuple(allowances),
        draw(st.sampled_from([None, None, None, False, True])), None,
        draw(st.sampled_from([Decimal(100), Decimal(85)])),
    )  # fmt: skip


def stretch(start: date, end: date, facts_: PayFacts, paying: int = 1) -> Stretch:
    """Return a stretch of a civil servant."""
    return Stretch(start, end, paying, paying, PersonKind.CIVIL_SERVANT, facts_)


def pieces(days: list[int], given_facts: list[PayFacts]) -> list[Stretch]:
    """Return stretches that fill October, cut before these days of it."""
    bounds = [OCTOBER, *(OCTOBER + timedelta(days=day) for day in sorted(set(days))), NOVEMBER]
    return [
        stretch(start, end, given_facts[number % len(given_facts)])
        for number, (start, end) in enumerate(pairwise(bounds))
    ]


def pay(several: list[Stretch]) -> month.MonthPay:
    """Return October."""
    return month.month_pay(OCTOBER, several, figures_of)


VALUES = {
    "day": OCTOBER, "until": NOVEMBER, "name": "Phụ cấp công vụ", "coefficient": "4.32", "year": 2025,
    "month": "05/2026",
}  # fmt: skip
DAYS = st.lists(st.integers(1, 30), max_size=6)


@patient
@given(facts())
def test_a_whole_month_is_the_monthly_pay(one: PayFacts) -> None:
    whole, rule = pay(pieces([], [one])), monthly.pay(one, figures_of(OCTOBER, PersonKind.CIVIL_SERVANT))
    assert (whole.lines, whole.deductions, whole.employer) == (rule.lines, rule.deductions, rule.employer)
    assert whole.net == rule.net


@patient
@given(facts(), DAYS)
def test_cutting_changes_nothing(one: PayFacts, days: list[int]) -> None:
    assert pay(pieces(days, [one])) == pay(pieces([], [one]))


@patient
@given(st.lists(facts(), min_size=2, max_size=4), DAYS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(several: list[PayFacts], days: list[int], rng: random.Random) -> None:
    ordered = pieces(days, several)
    shuffled = rng.sample(ordered, len(ordered))
    assert pay(shuffled) == pay(ordered)


@patient
@given(st.lists(facts(), min_size=2, max_size=3), DAYS)
def test_no_dong_is_lost(several: list[PayFacts], days: list[int]) -> None:
    """Each line is its exact sum, rounded once: never more than half a đồng away."""
    parts = pieces(days, several)
    exact: dict[str, Fraction] = {}
    for one in parts:
        found = monthly.exact(one.facts, figures_of(one.start, one.kind))
        for code, amount, _why in found.lines:
            exact[code] = exact.get(code, Fraction(0)) + Fraction(amount) * (one.end - one.start).days / 31
    made = pay(parts)
    lines = {line.code: line.amount for line in made.lines}
    for code, amount in exact.items():
        assert abs(Fraction(lines.get(code, Decimal(0))) - amount) <= Fraction(1, 2)
    assert made.net == made.gross - made.deducted
    assert all(line.amount == line.amount.to_integral_value() for line in (*made.lines, *made.employer))


@patient
@given(facts(), st.integers(1, 30))
def test_more_days_never_pay_less(one: PayFacts, day: int) -> None:
    short = [stretch(OCTOBER, OCTOBER + timedelta(days=day), one)]
    longer = [stretch(OCTOBER, OCTOBER + timedelta(days=day + 1), one)]
    assert pay(longer).gross >= pay(short).gross


@patient
@given(facts(), facts(), facts())
def test_differences_add_up(first: PayFacts, second: PayFacts, third: PayFacts) -> None:
    """Putting right in two steps is putting right at once."""
    one, two, three = (pay(pieces([], [found])) for found in (first, second, third))
    steps = [month.difference(two, one), month.difference(three, two)]
    at_once = month.difference(three, one)
    for code in NAMES:
        for side in ("lines", "deductions", "employer"):
            total = sum(
                (line.amount for step in steps for line in getattr(step, side) if line.code == code), Decimal(0)
            )
            assert total == sum((line.amount for line in getattr(at_once, side) if line.code == code), Decimal(0))
    assert month.difference(one, one).lines == ()


@patient
@given(facts(), DAYS)
def test_what_a_slip_keeps_is_read_back(one: PayFacts, days: list[int]) -> None:
    parts = pieces(days, [one])
    assert stretches.read(stretches.kept(parts)) == tuple(parts)
    assert pay(list(stretches.read(stretches.kept(parts)))) == pay(parts)


@pytest.mark.parametrize("code", sorted(doubts.TEXTS))
def test_doubts_are_read_back(code: str) -> None:
    kept = Doubt.of(code, day=OCTOBER, until=NOVEMBER, name="Phụ cấp").kept()
    assert doubts.read([kept]) == [Doubt.of(code, day=OCTOBER, until=NOVEMBER, name="Phụ cấp")]
    with pytest.raises(KeyError):
        Doubt.of("no such")


@pytest.mark.parametrize("code", sorted(doubts.TEXTS))
def test_doubts_are_sentences(context: Flask, code: str) -> None:
    """A sentence without anything to fill in is not formatted: a doubled per cent sign would stay doubled."""
    words = doubts.TEXTS[code]
    shown = render(Doubt.of(code, **{name: VALUES[name] for name in re.findall(r"%\((\w+)\)s", words)}).problem)
    assert "%" not in shown
    assert "4.32" not in shown


@patient
@given(st.lists(st.tuples(st.integers(-5, 35), st.integers(1, 20)), max_size=5))
def test_unpaid_working_days_are_counted_day_by_day(spans: list[tuple[int, int]]) -> None:
    paid = [(OCTOBER + timedelta(days=a), OCTOBER + timedelta(days=a + b)) for a, b in spans]
    days = [OCTOBER + timedelta(days=number) for number in range(31)]
    slow = sum(
        day.weekday() < 5 for day in days if not any(start <= day < end for start, end in paid)
    )  # fmt: skip
    assert month.unpaid_working_days(paid, OCTOBER, working_days_between) == slow


def test_a_month_cut_by_the_law_is_paid_by_both_laws() -> None:
    """An epoch is the day from which the law of a day holds; the base salary rose on 01/7/2026."""
    assert epoch(date(2026, 7, 20)) >= date(2026, 7, 1)
    assert date(2026, 7, 1) in law_days()
    assert figures_of(date(2026, 6, 30), PersonKind.CIVIL_SERVANT).base_salary.number == 2340000
    assert figures_of(date(2026, 7, 31), PersonKind.CIVIL_SERVANT).base_salary.number == 2530000


def test_a_broken_month_is_explained_to_its_amounts() -> None:
    one, two = PayFacts(Decimal("2.34")), PayFacts(Decimal("2.67"))
    parts = pieces([14], [one, two])
    reasons = month.explain(OCTOBER, parts, figures_of)
    figures = {reason.figure for reason in reasons}
    made = pay(parts)
    assert {str(made.gross), str(made.net), *(str(line.amount) for line in made.lines)} <= figures
    whole = month.explain(OCTOBER, pieces([], [one]), figures_of)
    assert whole == monthly.pay(one, figures_of(OCTOBER, PersonKind.CIVIL_SERVANT)).reasons
