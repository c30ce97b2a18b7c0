"""What was approved, decided, paid or sent stays as it is, whatever an officer of pay says to the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Permission, Role
from tests.pay.incentives.objects import incentive_objects
from tests.pay.leaving.objects import add_case, leaving_objects
from tests.pay.pages import making
from tests.pay.pages.making import BEFORE, CAM, HUNG, MONTH, Paid
from tests.pay.path import making as raises
from tests.performance.making import add_holder
from tests.province import TODAY, Province

P = Permission
OTHER = "Nguyen Van Hung"


def refused(province: Province, statement: str, **values: Any) -> str:
    """Try a statement as the officer of pay of B; return what the database says, "" where it lets it pass."""
    province.enter("tochuc", P.PAY_MANAGE)
    try:
        db.session.execute(text(statement), values)
        db.session.flush()
    except DatabaseError as error:
        return str(error.orig)
    finally:
        db.session.rollback()
    return ""


@pytest.fixture
def sheets(province: Province) -> dict[str, int]:
    """An approved sheet of September and a draft of October, both with Hùng and one of them with Cẩm."""
    old = making.add_run(province, "B", {HUNG: Paid()}, month=BEFORE, state="approved")
    new = making.add_run(province, "B", {HUNG: Paid(lines=(("line", "salary", "1"),)), CAM: Paid()}, month=MONTH)
    return {"old": old[""], "old_slip": old[HUNG], "new": new[""], "new_slip": new[HUNG], "cam_slip": new[CAM]}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pay_lines SET slip_id = :new_slip, run_id = :new WHERE slip_id = :old_slip AND code = 'public_duty'",
        "UPDATE pay_lines SET amount = amount + 1 WHERE slip_id = :old_slip",
        "DELETE FROM pay_lines WHERE slip_id = :old_slip",
        (
            "WITH lines AS (DELETE FROM pay_lines WHERE slip_id = :cam_slip)"
            " UPDATE pay_slips SET run_id = :old WHERE id = :cam_slip"
        ),
        (
            "INSERT INTO pay_slips (run_id, person_id, agency_id, month, state, kind, gross, deductions, employer, net,"
            " arrears, insurance_base, facts, past, doubts) SELECT :old, person_id, agency_id, month, 'approved', kind,"
            " 9, 0, 0, 9, 0, 0, facts, past, doubts FROM pay_slips WHERE id = :cam_slip"
        ),
        "UPDATE pay_slips SET net = 1 WHERE id = :old_slip",
        "UPDATE pay_runs SET state = 'computed' WHERE id = :old",
    ],
)  # fmt: skip
def test_nothing_leaves_or_enters_an_approved_sheet(province: Province, sheets: dict[str, int], statement: str) -> None:
    used = {name: number for name, number in sheets.items() if f":{name}" in statement}
    assert "approved" in refused(province, statement, **used)


def test_a_draft_may_still_be_written(province: Province, sheets: dict[str, int]) -> None:
    statement = "UPDATE pay_lines SET amount = 2 WHERE slip_id = :new_slip"
    assert refused(province, statement, new_slip=sheets["new_slip"]) == ""


def test_a_decided_share_is_not_carried_into_a_draft(province: Province) -> None:
    with scope.everything():
        decided = incentive_objects(province, "B", HUNG)
        draft = incentive_objects(province, "B", OTHER)
        db.session.execute(
            text("UPDATE incentive_rounds SET state = 'decided' WHERE id = :id"), {"id": decided["payout", "B"]}
        )
        db.session.commit()
    statement = "UPDATE incentive_shares SET round_id = :to WHERE id = :id"
    said = refused(province, statement, to=draft["payout", "B"], id=decided["share", "B"])
    assert "approved" in said


def test_a_paid_severance_and_a_sent_list_are_kept(province: Province) -> None:
    with scope.everything():
        made = leaving_objects(province, "B", HUNG)
        paid = add_case(province.people[CAM], province.agencies["B"], state="paid", paid_on=date(2026, 9, 5))
        report = made["insurance report", "B"]
        db.session.commit()
    assert refused(province, "UPDATE insurance_changes SET base_after = 1 WHERE report_id = :id", id=report) == ""
    with scope.everything():
        db.session.execute(
            text("UPDATE insurance_reports SET state = 'sent', sent_on = '2026-10-01' WHERE id = :id"), {"id": report}
        )
        db.session.commit()
    for statement, number in (
        ("UPDATE severance_cases SET amount = amount + 1 WHERE id = :id", paid),
        ("UPDATE severance_cases SET state = 'computed', paid_on = NULL WHERE id = :id", paid),
        ("UPDATE insurance_changes SET base_after = 1 WHERE report_id = :id", report),
        ("DELETE FROM insurance_changes WHERE report_id = :id", report),
        ("UPDATE insurance_reports SET state = 'computed', sent_on = NULL WHERE id = :id", report),
    ):
        assert "approved" in refused(province, statement, id=number), statement
    assert refused(province, "UPDATE severance_cases SET note = 'x' WHERE id = :id", id=made["severance", "B"]) == ""


def test_a_decided_raise_is_kept(province: Province) -> None:
    with clock.frozen(TODAY):
        raises.due_since(province, HUNG, date(2023, 10, 15), step=5, coefficient="3.66")
        for made in raises.send(province, raises.list_of(province)):
            raises.decide(province, made)
    item = raises.item(province, HUNG)
    assert item.state == "decided"
    for statement in (
        "UPDATE raise_items SET to_coefficient = 6 WHERE id = :id",
        "UPDATE raise_items SET state = 'proposed' WHERE id = :id",
        "UPDATE raise_items SET decision_id = NULL WHERE id = :id",
        "DELETE FROM raise_items WHERE id = :id",
    ):
        assert "approved" in refused(province, statement, id=item.id), statement


@pytest.fixture
def rounds(province: Province) -> Callable[[], int]:
    """Two decided rounds of B, one with Hùng's share; how many the present reader sees."""
    with scope.everything():
        for name in (HUNG, OTHER):
            made = incentive_objects(province, "B", name)["payout", "B"]
            db.session.execute(text("UPDATE incentive_rounds SET state = 'decided' WHERE id = :id"), {"id": made})
        db.session.commit()
    return lambda: int(db.session.execute(text("SELECT count(*) FROM incentive_rounds")).scalar_one())


def test_funds_are_seen_by_those_who_have_a_share(province: Province, rounds: Callable[[], int]) -> None:
    """The fund of a small office is its people's money: an account with a person does not open every round."""
    add_holder(province, "truongphong", Role.HEAD, "B", "Võ Minh Đức")
    for username, permission, seen in (
        ("canbo", P.SELF_VIEW, 1), ("thutruong", P.PEOPLE_VIEW, 0), ("tochuc", P.PAY_VIEW, 2),
    ):  # fmt: skip
        province.enter(username, permission)
        assert rounds() == seen, username
        db.session.rollback()
    scope.enter(scope.Scope(people=(province.agencies["B"],), person_id=province.people["Võ Minh Đức"]))
    assert rounds() == 0
    db.session.rollback()
    scope.leave()
