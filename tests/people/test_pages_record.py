"""The pages of a record: by role, by tab, what is hidden, what it costs, what a refused form keeps."""

from __future__ import annotations

from typing import Any

import pytest

from hrms.core import scope
from hrms.core.db import db
from hrms.people.models import FamilyMember
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import Province

TABS = ("", "/career", "/education", "/salary", "/merits", "/family", "/background", "/assets", "/history", "/print")


def page(province: Province, username: str, name: str, tab: str = "") -> Any:
    return province.client(username).get(f"/people/{province.people[name]}{tab}")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_in_order_for_who_may(province: Province, tab: str) -> None:
    answer = page(province, "tochuc", "Lý Thị Cẩm", tab)
    assert answer.status_code == 200
    assert mistakes(answer.text) == []


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_costs_a_fixed_number_of_statements(province: Province, tab: str) -> None:
    client = province.client("tochuc")
    person_id = province.people["Lý Thị Cẩm"]
    address = f"/people/{person_id}{tab}"
    with scope.everything():
        db.session.add(FamilyMember(person_id=person_id, side="own", relation="mother", full_name="Mẹ"))
        db.session.commit()
    client.get(address)
    with statements() as first:
        client.get(address)
    with scope.everything():
        for n in range(30):
            db.session.add(FamilyMember(person_id=person_id, side="own", relation="child", full_name=f"Con {n}"))
        db.session.commit()
    with statements() as more:
        client.get(address)
    assert len(more) == len(first)
    assert len(first) <= 8, "\n".join(first)
