"""A raise decided late: what its page foretells is what the next sheet brings, to the đồng."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hrms.core import clock, scope
from hrms.pay.queries import past_months, raise_money
from tests.pay.making import add_usual
from tests.pay.path.making import CAM, decide, due_since, item, list_of, send
from tests.pay.sheets.running import amounts, at, close, compute, slip
from tests.province import TODAY, Province


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(past_months, "MARGIN", timedelta(0))
    with clock.frozen(TODAY):
        yield


def test_the_sheet_after_the_decision_brings_what_the_item_said(province: Province) -> None:
    due_since(province, CAM, date(2023, 8, 16))
    add_usual(province, CAM)
    close(province, at(8), at(9), at(10))
    list_id = list_of(province)
    with scope.everything():
        foretold = raise_money.arrears_of(item(province, CAM))
    assert foretold is not None
    decide(province, *send(province, list_id))
    made = compute(province, at(11))
    person = province.people[CAM]
    for month in foretold.months[:-1]:
        assert amounts(made, person, month.first) == {one.code: one.amount for one in month.lines}
        assert amounts(made, person, month.first, "deduction") == {one.code: one.amount for one in month.deductions}
    assert slip(made, person).arrears == sum(month.net for month in foretold.months[:-1])
    # November itself is paid whole by the new step, no difference any more.
    assert str(amounts(made, person)["salary"]) == str(3 * 2530000)
