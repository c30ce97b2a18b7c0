"""A preview of a new text tells an administrator, who sees nobody's pay, no amount that is one person's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hrms.core import scope
from hrms.core.unit import transaction
from hrms.pay.rules.cost_tables import together
from hrms.pay.services import changes, supposing
from tests.pay import making
from tests.province import PEOPLE, Province

DUC = "Võ Minh Đức"
"""The only one with a leadership allowance: 0,5 × 2.530.000 = 1.265.000 đồng."""
BASE = {"catalogue": "base_salaries", "amount": "2730000", "valid_from": "2027-01-01", "source": "thử", "mark": "U"}


@pytest.fixture
def paid(province: Province) -> Province:
    civil = [name for name, *_rest in PEOPLE if not name.startswith(("Huỳnh", "Danh"))]
    making.add_usual(province, *civil)
    making.add_allowance(province, DUC, "hazard", coefficient="0.4")
    making.add_post(province, DUC, "0.5", since=date(2026, 3, 1))
    return province


def test_a_line_one_person_has_is_added_to_others(paid: Province) -> None:
    with scope.everything():
        found = supposing.preview([BASE], date(2027, 1, 1))
    told = {code: (old, new) for _side, code, old, new in found.codes}
    assert "leadership" not in told
    assert Decimal(1_265_000) not in {old for old, _new in told.values()}
    side = [(old, new) for side, _code, old, new in found.codes if side == "line"]
    assert sum(old for old, _new in side) == found.month[0].gross
    assert sum(new for _old, new in side) == found.month[1].gross


def looked_at(province: Province, rows: Sequence[dict[str, Any]]) -> int:
    """Draft a text of these rows and preview it as the administrator; its id."""
    with transaction():
        actor = province.actor("admin")
        made = changes.draft(
            actor,
            {"number": "01/2027/NĐ-CP", "title": "Thử", "signed_on": date(2026, 11, 1), "valid_from": date(2027, 1, 1),
             "source": "Thử", "mark": "U"},
            rows,
        )  # fmt: skip
        changes.preview(actor, made)
    return made


def test_where_one_person_changes_no_sum_is_told(paid: Province) -> None:
    browser = paid.client("admin")
    making.set_rank(paid, DUC, "4.74", rank="01.002", group="A2.1", step=2, since=date(2026, 1, 1))
    row = {"catalogue": "pay_scales", "table": "2", "group": "A2.1", "months_per_step": "36", "step": "2",
           "coefficient": "4.80", "valid_from": "2027-01-01", "source": "thử", "mark": "U"}  # fmt: skip
    with scope.everything():
        found = supposing.preview([row], date(2027, 1, 1))
    assert found.changed in {1, 2}, "Đức, and Bình of the same step"
    assert found.names_few
    made = looked_at(paid, [row])
    page = browser.get(f"/pay/law/{made}/preview")
    assert page.status_code == 200
    more = f"{found.month_more.cost:,.0f}".replace(",", ".")
    assert more not in page.text
    assert "không nêu số tiền" in page.text
    assert "Áp dụng văn bản" in page.text
    assert browser.get(f"/pay/law/{made}/preview.xlsx").status_code == 404


@pytest.mark.parametrize("least", [3, 5, 10])
def test_no_row_of_agencies_is_of_few_who_change(least: int) -> None:
    people = {1: 50, 2: 40, 3: 30, 4: 20, 5: 60, 6: 2}
    changed = {1: 50, 2: 1, 3: 0, 4: 2, 5: 60, 6: 0}
    rows = together(people, least, changed)
    assert sorted(key for row in rows for key in row) == sorted(people)
    for row in rows:
        assert sum(people[key] for key in row) >= least
        moved = sum(changed[key] for key in row)
        assert moved == 0 or moved >= least
