"""A new decree's day on sheets: what the preview says of approved months is what the next sheet pays, to the đồng."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.figures.models import FigureChange
from hrms.pay.models import PayLine, PayRun, PaySlip
from hrms.pay.rules.cost_tables import Cost
from hrms.pay.services import changes
from hrms.pay.services.computing import compute
from hrms.pay.services.runs import approve
from tests.pay.making import add_allowance, add_official, add_post, set_rank
from tests.province import Province

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
HEAD: dict[str, Any] = {
    "number": "01/2026/NĐ-CP", "title": "Quy định mức lương cơ sở", "valid_from": date(2026, 9, 16),
    "source": "NĐ 01/2026/NĐ-CP Đ3", "mark": "C",
}  # fmt: skip
SALARY = {"catalogue": "base_salaries", "amount": "2730000"}


@pytest.fixture
def sheets(province: Province) -> list[int]:
    """Approved sheets of September and October of B, computed by the figures that came with the program."""
    for number, coefficient in enumerate(("2.34", "3.33", "4.98")):
        name = f"Người thử {number}"
        add_official(province, name, place="B")
        set_rank(province, name, coefficient)
    add_post(province, "Người thử 1", "0.5")
    add_allowance(province, "Người thử 2", "public_duty", percent="25", since=date(2026, 1, 1))
    return [_sheet(province, month, approved=True) for month in (SEPTEMBER, OCTOBER)]


def _sheet(province: Province, month: date, *, approved: bool = False) -> int:
    actor = province.actor("sonoivu")
    with scope.everything():
        with transaction():
            run_id = compute(actor, province.agencies["B"], month)
        if approved:
            with transaction():
                approve(actor, run_id, version=_run(run_id).version)
    return run_id


def _run(run_id: int) -> PayRun:
    found = db.session.get(PayRun, run_id, populate_existing=True)
    assert found is not None
    return found


def _applied(actor: Actor, rows: Sequence[dict[str, Any]]) -> tuple[int, Cost]:
    with transaction():
        made = changes.draft(actor, HEAD, rows)
        cost = changes.preview(actor, made)
    with transaction():
        changes.apply(actor, made, version=1)
    return made, cost


def _frozen(run_ids: Sequence[int]) -> list[Any]:
    with scope.everything():
        asked = select(PayLine.run_id, PayLine.person_id, PayLine.for_month, PayLine.code, PayLine.amount)
        slips = select(PaySlip.run_id, PaySlip.person_id, PaySlip.net, PaySlip.arrears)
        return [
            *db.session.execute(asked.where(PayLine.run_id.in_(run_ids)).order_by(PayLine.id)),
            *db.session.execute(slips.where(PaySlip.run_id.in_(run_ids)).order_by(PaySlip.id)),
        ]


def _arrears(run_id: int) -> Decimal:
    with scope.everything():
        return _run(run_id).arrears


ROWS = {
    "base salary": [SALARY],
    "insurance": [
        {"catalogue": "insurance_rates", "insurance": "social_insurance", "side": "employee", "percent": "9",
         "person_kinds": "civil_servant"},
    ],
    "scale": changes.texts.scale_rows(
        "2", "A1", "36", ["2.5", "2.85", "3.2", "3.55", "3.9", "4.25", "4.6", "4.95", "5.3"], 9
    ),
    "allowance": [
        {"catalogue": "parameters", "key": "public_duty.allowance_percent", "value": "30", "unit": "percent"},
    ],
    "both": [SALARY, {"catalogue": "parameters", "key": "insurance.cap_times", "value": "2", "unit": "times"}],
}  # fmt: skip


@pytest.mark.parametrize("rows", list(ROWS.values()), ids=list(ROWS))
def test_what_is_previewed_is_what_follows(province: Province, sheets: list[int], rows: list[dict[str, Any]]) -> None:
    actor = province.actor("admin")
    before = _frozen(sheets)
    made, cost = _applied(actor, rows)
    assert cost.arrears_months == 2
    assert _frozen(sheets) == before, "approved months stay as they were"
    run_id = _sheet(province, NOVEMBER)
    assert _arrears(run_id) == cost.arrears.net
    with transaction():
        changes.undo(actor, made, "Văn bản chưa được ký", version=_text(made).version)
    assert _frozen(sheets) == before
    assert _arrears(_sheet(province, NOVEMBER)) == 0, "nothing was paid of it yet"


def test_a_text_undone_after_it_was_paid_is_taken_back_by_differences(province: Province, sheets: list[int]) -> None:
    actor = province.actor("admin")
    made, cost = _applied(actor, [SALARY])
    run_id = _sheet(province, NOVEMBER, approved=True)
    more = _arrears(run_id)
    assert more == cost.arrears.net > 0
    with scope.everything():
        net = _run(run_id).net
    with transaction():
        changes.undo(actor, made, "Văn bản bị bãi bỏ", version=_text(made).version)
    december = _sheet(province, date(2026, 12, 1))
    with scope.everything():
        found = _run(december)
        own = found.net - found.arrears
        assert found.arrears == -(net - own), "December gives back all that November paid beyond its own figures"
    assert len(sheets) == 2


def _text(change_id: int) -> FigureChange:
    found = db.session.get(FigureChange, change_id, populate_existing=True)
    assert found is not None
    return found
