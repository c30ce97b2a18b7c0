"""What a supposed law costs: equal to the sheets of both laws to the đồng, by year and agency, arrears included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.pay.models import PayRun
from hrms.pay.queries.gathering import Reckoner, gather
from hrms.pay.rules.cost_tables import Cost
from hrms.pay.rules.costs import Sums
from hrms.pay.rules.figures import AllowanceCode, Form, Insurance, Side
from hrms.pay.rules.month import firsts
from hrms.pay.rules.supposed import (
    AllowanceChange,
    BaseSalary,
    Change,
    Give,
    Leadership,
    Placement,
    Rate,
    Scale,
    Who,
)
from hrms.pay.rules.supposed_raises import Raises
from hrms.pay.services import supposing
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind
from tests.pay import making
from tests.province import PEOPLE, Province

D = Decimal
FIRST = date(2027, 1, 1)


@pytest.fixture
def paid(province: Province) -> Province:
    """Everybody of the province with the allowance of public duty, a head, a part month, somebody suspended."""
    civil = [name for name, *_rest in PEOPLE if not name.startswith(("Huỳnh", "Danh"))]
    making.add_usual(province, *civil)
    making.add_post(province, "Võ Minh Đức", "0.5", code="division_head", since=date(2026, 3, 1))
    making.set_rank(province, "Lý Thị Cẩm", "3.00", since=date(2027, 5, 12), step=3)
    making.add_absence(province, "Phạm Quốc Đạt", "suspension", date(2027, 2, 10), date(2027, 4, 5), prosecuted=True)
    making.add_absence(province, "Danh Thị Đào", "maternity", date(2027, 3, 1), date(2027, 9, 1))
    return province


def costs(*changes: Change, agencies: list[int] | None = None, first: date = FIRST, months: int = 24) -> Cost:
    with scope.everything():
        return supposing.cost(changes, agency_ids=agencies, first=first, months=months)


def by_sheets(first: date, until: date, changes: tuple[Change, ...] = ()) -> dict[tuple[int, int], Sums]:
    """The slow way: each month of each person as a sheet computes it, by year and paying agency."""
    found: dict[tuple[int, int], Sums] = {}
    with scope.everything(), law.supposing(supposing.rows_of(changes)):
        reckoner = Reckoner()
        for person in gather(first, until):
            for month in firsts(first, until):
                for payer in {one.paying_id for one in person.stretches}:
                    key = (month.year, payer)
                    made = reckoner.month(person, month, payer)
                    found[key] = found.get(key, Sums()) + Sums.of(made)
    return found


LAWS = [
    BaseSalary(start=date(2027, 7, 1), amount=D(3_000_000)),
    BaseSalary(start=date(2027, 7, 16), amount=D(2_999_999)),
    Scale(start=date(2027, 4, 1), group="2:A1", percent=D(10)),
    Scale(start=date(2027, 1, 1), percent=D("7.5")),
    Leadership(start=date(2027, 3, 1), percent=D(20)),
    Rate(start=date(2028, 1, 1), insurance=Insurance.SOCIAL, side=Side.EMPLOYER, percent=D("17.5")),
]


@pytest.mark.parametrize("change", LAWS, ids=lambda one: one.kind.value)
def test_a_supposed_law_costs_what_its_sheets_would(paid: Province, change: Change) -> None:
    found = costs(change)
    until = date(2029, 1, 1)
    before, after = by_sheets(FIRST, until), by_sheets(FIRST, until, (change,))
    for year in found.years:
        assert year.before == sum((sums for (y, _a), sums in before.items() if y == year.year), Sums())
        assert year.after == sum((sums for (y, _a), sums in after.items() if y == year.year), Sums())
    assert found.more != Sums()
    assert found.doubtful == 0
    assert sum((one.after for one in found.agencies), Sums()) == found.after
    assert sum(one.people for one in found.agencies) == found.people == len(PEOPLE)
    for place, year in enumerate(found.years):
        assert sum(one.years[place] for one in found.agencies) == (year.after - year.before).cost


def test_several_changes_together_in_any_order(paid: Province) -> None:
    found = costs(*LAWS)
    assert costs(*reversed(LAWS)) == found
    until = date(2029, 1, 1)
    after = by_sheets(FIRST, until, tuple(LAWS))
    assert found.after == sum(after.values(), Sums())


def test_an_allowance_for_some(paid: Province) -> None:
    who = Who(kinds=(PersonKind.PUBLIC_EMPLOYEE,), groups=("A1",), ranks="V.07")
    change = AllowanceChange(
        start=date(2027, 1, 1), code=AllowanceCode.OTHER, form=Form.AMOUNT, value=D(1_500_000), who=who
    )  # fmt: skip
    found = costs(change, months=12)
    # Two teachers; one is six months on maternity leave, in which the agency pays nothing.
    assert found.more == Sums(gross=D(1_500_000) * 18)
    assert found.month_more == Sums(gross=D(3_000_000))
    leaders = AllowanceChange(
        start=date(2027, 1, 1), code=AllowanceCode.RESPONSIBILITY, form=Form.COEFFICIENT, value=D("0.2"),
        who=Who(leaders=True),
    )  # fmt: skip
    heads = {name for number, (name, *_rest) in enumerate(PEOPLE, start=1) if number % 5 == 0}
    assert costs(leaders, months=12).month_more == Sums(gross=D("0.2") * 2_530_000 * len(heads))


def test_the_law_s_own_percentage_and_an_end(paid: Province) -> None:
    more = AllowanceChange(
        start=FIRST, code=AllowanceCode.PUBLIC_DUTY, give=Give.HOLDERS, form=Form.PERCENT, value=D(30)
    )  # fmt: skip
    stop = AllowanceChange(start=FIRST, code=AllowanceCode.PUBLIC_DUTY, give=Give.STOP)
    up, down = costs(more, months=1).month_more, costs(stop, months=1).month_more
    assert up.gross > 0 > down.gross
    assert up.deductions == down.deductions == up.employer == 0
    assert abs(up.gross * 5 + down.gross) <= len(PEOPLE) * 5  # each line rounded for itself
    assert costs(more, months=1).doubtful == 0
    row = {"catalogue": "parameters", "key": "public_duty.allowance_percent", "value": "30", "unit": "percent"}
    with scope.everything():
        text = supposing.preview([{**row, "valid_from": "2027-01-01", "source": "thử", "mark": "U"}], FIRST)
    assert text.month_more == up
    assert text.doubtful == 0


def test_teachers_get_what_the_law_gives_civil_servants_only(paid: Province) -> None:
    change = AllowanceChange(
        start=FIRST, code=AllowanceCode.PUBLIC_DUTY, form=Form.PERCENT, value=D(25),
        who=Who(kinds=(PersonKind.PUBLIC_EMPLOYEE,)),
    )  # fmt: skip
    found = costs(change, months=1)
    assert found.doubtful == 0
    assert found.month_more.gross == sum(D(2_530_000) * D(one) / 4 for one in ("3.99", "2.67")).quantize(D(1))


def test_placing_everybody_by_the_law_s_last_day(paid: Province) -> None:
    name = "Huỳnh Thị Mỹ"
    making.set_rank(paid, name, "4.68", rank="V.07.03.28", group="A2.2", table=3, step=3, since=date(2025, 1, 1))
    found = costs(Placement(start=date(2027, 7, 1)), months=12)
    # A2.2 step 3 (4.68) → A2.1 step 2 (4.74): 0.06 more.
    assert found.month_more.gross == D("0.06") * 2_530_000
    assert found.more.gross == 6 * D("0.06") * 2_530_000
    assert found.unplaced == 0
    making.set_rank(paid, name, "4.70", rank="V.07.03.28", group="A2.2", table=3, step=3, since=date(2025, 1, 1))
    assert costs(Placement(start=date(2027, 7, 1)), months=12).unplaced == 1


def test_regular_raises_come_on_their_day(paid: Province) -> None:
    """Equal to the sheets once the raises of March 2027 are recorded: everybody's step began three years before."""
    found = costs(Raises(start=FIRST))
    again = costs(Raises(start=FIRST), Raises(start=FIRST))
    assert again.after == found.after, "supposed twice, a raise is one raise"
    for name, _sex, _born, _place, _kind, rank, group, step, coefficient in PEOPLE:
        scale = law.pay_scales()[3 if rank.startswith("V.") else 2, group]
        assert scale.coefficients[step - 1] == D(coefficient)
        if step < scale.steps:
            until = date(2027, 5, 12) if name == "Lý Thị Cẩm" else None
            making.set_rank(
                paid, name, str(scale.coefficients[step]), since=date(2027, 3, 1), until=until, rank=rank, group=group,
                table=scale.table, step=step + 1,
            )  # fmt: skip
    assert found.after == sum(by_sheets(FIRST, date(2029, 1, 1)).values(), Sums())
    assert found.gains == len(PEOPLE) - 1  # one is at the last step
    long = costs(Raises(start=date(2027, 6, 1)), months=120)
    assert [(one.after - one.before).gross > 0 for one in long.years] == [one.year >= 2030 for one in long.years]


def test_an_overdue_raise_comes_with_the_first_day(paid: Province) -> None:
    making.set_rank(paid, "Võ Minh Đức", "4.74", rank="01.002", group="A2.1", step=2, since=date(2022, 1, 1))
    agency = [paid.agencies["B"]]
    later = costs(Raises(start=date(2027, 2, 1)), agencies=agency, months=2)
    # A2.1: 4.74 to 5.08, with the allowance of public duty.
    assert later.more.gross == (D("0.34") * 2_530_000 * D("1.25")).quantize(D(1))


def test_only_the_agencies_asked_for(paid: Province) -> None:
    change = LAWS[0]
    until = date(2029, 1, 1)
    for key in ("B", "C1"):
        agency = paid.agencies[key]
        found = costs(change, agencies=[agency])
        after = by_sheets(FIRST, until, (change,))
        assert found.after == sum((sums for (_y, a), sums in after.items() if a == agency), Sums())


def test_approved_months_are_arrears(paid: Province) -> None:
    agency = paid.agencies["B"]
    with scope.everything():
        for month in (date(2026, 9, 1), date(2026, 10, 1)):
            db.session.execute(
                insert(PayRun).values(
                    agency_id=agency, month=month, state="approved", rounding="half_up", part_month="calendar_days",
                    law_revision=0, people=0, doubtful=0, gross=0, deductions=0, employer=0, net=0, arrears=0,
                    computed_at=clock.now(),
                )
            )  # fmt: skip
        row = {"catalogue": "base_salaries", "amount": "2730000", "source": "thử", "mark": "U"}
        found = supposing.preview([{**row, "valid_from": "2026-09-16"}], date(2026, 9, 16))
    change = BaseSalary(start=date(2026, 9, 16), amount=D(2_730_000))
    until = date(2026, 11, 1)
    before, after = by_sheets(date(2026, 9, 1), until), by_sheets(date(2026, 9, 1), until, (change,))
    assert found.arrears == after[2026, agency] - before[2026, agency] != Sums()
    assert found.arrears_months == 2
    assert found.looked_at == date(2026, 11, 1)
    assert found.first == date(2026, 9, 1)
    year = date(2026, 11, 1), date(2027, 11, 1)
    more = sum(by_sheets(*year, (change,)).values(), Sums()) - sum(by_sheets(*year).values(), Sums())
    assert found.ahead == more


def test_what_is_kept_reads_back_the_same(paid: Province) -> None:
    found = costs(*LAWS)
    assert Cost.from_json(found.as_json()) == found


def test_no_group_of_few_is_shown(paid: Province) -> None:
    found = costs(LAWS[0])
    assert all(one.people >= found.least for one in found.agencies)
    for one in found.spread:
        assert all(row.people >= found.least for row in one.rows)
        assert not any(0 < (count or 0) < found.least for row in one.rows for count in row.counts)
    alone = costs(LAWS[0], agencies=[paid.agencies["C1"]])
    assert alone.has_few
    assert alone.agencies == ()
    assert alone.spread == ()
    assert alone.changed is None
    assert alone.more.gross > 0
