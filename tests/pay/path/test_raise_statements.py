"""Pages of raises and sending a list take a fixed number of statements, whatever the number of people."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.core import clock
from tests.counting import statements
from tests.pay.making import add_official
from tests.pay.path.making import CAM, due_since, item, list_of, send
from tests.province import TODAY, Province


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(TODAY):
        yield


def test_the_number_of_statements_does_not_grow_with_the_people(province: Province) -> None:
    due_since(province, CAM, date(2023, 10, 1))
    officer = province.client("tochuc")
    first = list_of(province)
    addresses = ["/pay/raises", f"/pay/raises/{first}", f"/pay/raises/items/{item(province, CAM).id}"]
    few = []
    for address in addresses:
        officer.get(address)
        with statements() as told:
            assert officer.get(address).status_code == 200
        few.append(len(told))
    for number in range(12):
        name = f"Người Đến Hạn {number}"
        add_official(province, name)
        due_since(province, name, date(2023, 10, 1))
    list_of(province)
    for address, before in zip(addresses, few, strict=True):
        with statements() as told:
            assert officer.get(address).status_code == 200
        assert len(told) <= before, address
    with statements() as told:
        send(province, first)
    assert len(told) <= 70
