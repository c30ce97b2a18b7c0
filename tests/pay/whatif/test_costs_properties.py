"""Months alike are computed once, people alike are counted once: it never changes a sum."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.pay.queries.gathering import Reckoner
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.cost_tables import cost_of
from hrms.pay.rules.costs import PLACES, Count, Stretches, Sums, band_of, joined, month_at, runs
from hrms.pay.rules.figures import AllowanceCode
from hrms.pay.rules.month import Stretch
from hrms.pay.rules.monthly import PayFacts
from hrms.pay.rules.reserved import Reserved
from hrms.pay.rules.stretches import PersonPay
from hrms.pay.rules.supposed import BaseSalary
from hrms.pay.services import supposing
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind

D = Decimal
FIRST, MONTHS = date(2025, 5, 1), 24
UNTIL = month_at(FIRST, MONTHS)
DAYS = (UNTIL - FIRST).days
KINDS = (PersonKind.CIVIL_SERVANT, PersonKind.PUBLIC_EMPLOYEE)

facts = st.builds(
    PayFacts,
    coefficient=st.sampled_from([D("2.34"), D("3.33"), D("4.98"), D("6.20")]),
    beyond_scale_percent=st.sampled_from([D(0), D(7)]),
    leadership_coefficient=st.sampled_from([D(0), D("0.5")]),
    reserved_leadership=st.sampled_from([Reserved(), Reserved(D("0.7"), date(2026, 3, 10))]),
    allowances=st.sampled_from([(), (Allowance(AllowanceCode.REGIONAL, coefficient=D("0.3")),)]),
    suspended=st.sampled_from([None, None, None, False, True]),
)


@st.composite
def lives(draw: st.DrawFn) -> Stretches:
    """Somebody's days: cut anywhere, with gaps, two payers, changing facts."""
    cuts = sorted(draw(st.sets(st.integers(0, DAYS), min_size=2, max_size=6)))
    kind = draw(st.sampled_from(KINDS))
    found = []
    for start, end in itertools.pairwise(cuts):
        if draw(st.integers(0, 4)):
            payer = draw(st.sampled_from([1, 2]))
            days = FIRST + timedelta(days=start), FIRST + timedelta(days=end)
            found.append(Stretch(*days, payer, payer, kind, draw(facts)))
    return tuple(found)


def slowly(stretches: Stretches) -> dict[int, Sums]:
    """Every month for itself, by each agency that pays, as a sheet computes it."""
    reckoner, person = Reckoner(), PersonPay(1, stretches)
    found: dict[int, Sums] = {}
    for place in range(MONTHS):
        for payer in {one.paying_id for one in stretches}:
            made = reckoner.month(person, month_at(FIRST, place), payer)
            found[payer] = found.get(payer, Sums()) + Sums.of(made)
    return found


def cut_by_law(stretches: Stretches) -> Stretches:
    """The same days, cut where figures of the law change, as the facts of people are gathered."""
    days = supposing._law(FIRST, UNTIL).starts
    found = []
    for one in stretches:
        edges = [one.start, *(day for day in days if one.start < day < one.end), one.end]
        found += [
            Stretch(start, end, one.agency_id, one.paying_id, one.kind, one.facts)
            for start, end in itertools.pairwise(edges)
        ]
    return tuple(found)


@settings(max_examples=60, deadline=None)
@given(lives())
def test_runs_of_months_add_up_to_every_month_for_itself(stretches: Stretches) -> None:
    # What is reserved ends inside a stretch: the facts of people are cut there when they are gathered.
    stretches = tuple(one for one in stretches if one.facts.reserved_leadership.until is None)
    mine = supposing._law(FIRST, UNTIL)
    found: dict[int, Sums] = {}
    for run in runs(FIRST, MONTHS, (mine, joined(stretches)), (mine, joined(stretches))):
        assert run.before == run.after
        found[run.agency_id] = found.get(run.agency_id, Sums()) + run.old.times(run.count)
    assert found == slowly(cut_by_law(stretches))


@settings(max_examples=30, deadline=None)
@given(st.lists(lives(), max_size=6), st.integers(2_340_000, 3_000_000), st.integers(0, 500_000))
def test_a_higher_base_salary_never_costs_less(people: list[Stretches], amount: int, more: int) -> None:
    before = supposing._law(FIRST, UNTIL)
    costs = []
    for base in (amount, amount + more):
        change = BaseSalary(start=date(2025, 11, 12), amount=D(base))
        with law.supposing(change.rows(law.rows)):
            after = supposing._law(FIRST, UNTIL)
        count = Count(FIRST, MONTHS, since=6, looked_at=7)
        for stretches, number in Counter(joined(one) for one in people).items():
            count.add(list(runs(FIRST, MONTHS, (before, stretches), (after, stretches))), number, {"kind": "x"})
        costs.append(cost_of(count, 0, 1))
    assert costs[0].more.cost <= costs[1].more.cost
    assert costs[0].people == sum(1 for one in people if one)
    assert sum(costs[0].sizes) == costs[0].people
    assert costs[0].months == MONTHS


@given(st.integers(-5_000_000, 5_000_000))
def test_every_change_has_one_size(change: int) -> None:
    place = band_of(D(change))
    assert 0 <= place < PLACES
    middle = PLACES // 2
    assert (place > middle, place < middle) == (change > 0, change < 0)
    assert band_of(D(-change)) == PLACES - 1 - place
    assert band_of(D(change + 1)) >= place
