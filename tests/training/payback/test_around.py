"""What stands around a promise: warnings on papers of leaving and moving, the calendar, the check, the report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from hrms.core import clock, hooks, scope
from hrms.core.db import db
from hrms.core.documents import render_docx_batch, render_pdf
from hrms.deadlines.models import DueLine
from hrms.deadlines.services import refresh, wanted
from hrms.decisions.rules.conditions import Outcome
from hrms.positions.queries.part import Part
from hrms.training.models import RepaymentPayment, TrainingCommitment, TrainingRepayment
from hrms.training.papers.repayment import KEY
from hrms.training.queries import payback as reading
from hrms.training.queries import payback_checks
from tests.layout import docx_problems, pdf_problems
from tests.people.carrying_out import carry_out, conditions
from tests.province import TODAY, Province
from tests.training.payback.promising import CAM, HUNG, promise, set_record

CODE = "training_commitment_1"
KINDS = ("repayment_open", "repayment_recommend", "repayment_due", "commitment_end")


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    with clock.frozen(TODAY):
        set_record(province, HUNG, recruited_on="2015-09-01", ethnic_group="01")
        yield


def test_a_paper_of_leaving_names_what_is_left_and_owed(province: Province) -> None:
    promise(province)
    who = province.people[HUNG]
    found = conditions("leaving", who, date(2026, 12, 1), case="own_wish", asked_on="2026-11-20")[CODE]
    assert (found.outcome, found.blocking) == (Outcome.NOT_MET, False)
    assert (found.params["left"], found.params["all"]) == (23, 36)
    assert found.params["amount"] == "35.266.667"
    before = conditions("leaving", who, date(2026, 7, 31), case="own_wish", asked_on="2026-07-20")[CODE]
    assert before.blocking
    unfit = conditions("leaving", who, date(2026, 7, 31), case="unfit")[CODE]
    assert not unfit.blocking


def test_a_move_by_decision_owes_nothing_and_says_what_goes_along(province: Province) -> None:
    promise(province)
    who, place = province.people[HUNG], province.agencies["A"]
    for code in ("transfer", "secondment", "rotation"):
        found = conditions(code, who, date(2026, 12, 1), agency=place)[CODE]
        assert (found.outcome, found.blocking) == (Outcome.MET, False)
        assert found.params["programme"] == "Thạc sĩ Quản lý công"


def test_nothing_is_said_of_whoever_is_not_bound(province: Province) -> None:
    promise(province, returned_on=date(2022, 1, 1), starts_on=date(2020, 1, 1), ends_on=date(2021, 12, 1))
    promise(province, state="released", programme="Khác", closed_on=date(2026, 1, 1), close_reason="x")
    for name in (HUNG, CAM):
        found = conditions("leaving", province.people[name], date(2026, 12, 1), case="own_wish", asked_on="2026-11-20")
        assert CODE not in found


def test_two_promises_are_two_conditions(province: Province) -> None:
    promise(province)
    promise(province, programme="Tiến sĩ", returned_on=None, state="studying")
    found = conditions("leaving", province.people[HUNG], date(2026, 12, 1), case="unfit")
    assert found["training_commitment_2"].params["amount"] == "55.200.000"


def lines(province: Province) -> dict[str, date]:
    with scope.everything():
        refresh(list(province.people.values()))
        rows = db.session.execute(select(DueLine.code, DueLine.due_on).where(DueLine.code.in_(KINDS)))
        return {row.code: row.due_on for row in rows}


def test_the_calendar_has_the_end_of_a_promise(province: Province) -> None:
    promise(province, returned_on=date(2024, 1, 1), starts_on=date(2022, 1, 1), ends_on=date(2023, 12, 31))
    assert lines(province) == {"commitment_end": date(2026, 12, 31)}


def test_the_calendar_asks_for_a_case_when_somebody_has_left(province: Province) -> None:
    promise(province)
    carry_out(
        "leaving", province.people[HUNG], date(2026, 11, 10), issuer_id=province.agencies["B"], case="own_wish",
        asked_on="2026-10-20",
    )  # fmt: skip
    assert lines(province) == {"repayment_open": date(2026, 11, 10)}
    with scope.everything():
        part = Part((0,), None)
        assert reading.count_commitments(part)["left"] == 1


def case(province: Province, commitment_id: int, **more: object) -> int:
    values = {
        "state": "open", "repay_case": "left_early", "happened_on": date(2026, 11, 1), "cost": 60_000_000,
        "committed_months": 36, "served_months": 12, "years_before": 0, "reduced_rate": False, "reduction_percent": 0,
        "amount": 40_000_000, "council": [], **more,
    }  # fmt: skip
    with scope.everything():
        made: int = db.session.execute(
            insert(TrainingRepayment)
            .values(commitment_id=commitment_id, person_id=province.people[HUNG], **values)
            .returning(TrainingRepayment.id)
        ).scalar_one()
        db.session.commit()
    return made


def pay(province: Province, case_id: int, amount: int, on: date = date(2026, 11, 20)) -> None:
    with scope.everything():
        db.session.execute(
            insert(RepaymentPayment).values(
                repayment_id=case_id, person_id=province.people[HUNG], paid_on=on, amount=amount
            )
        )
        db.session.commit()


def test_the_calendar_has_the_clock_of_the_council_and_of_the_money(province: Province) -> None:
    made = promise(province)
    found = case(province, made, council_met_on=date(2026, 11, 19))
    assert lines(province) == {"repayment_recommend": date(2026, 11, 24)}
    with scope.everything():
        db.session.execute(
            update(TrainingRepayment)
            .where(TrainingRepayment.id == found)
            .values(state="decided", recommended_on=date(2026, 11, 20), due_on=date(2027, 3, 20))
        )
        db.session.commit()
    assert lines(province) == {"repayment_due": date(2027, 3, 20)}
    pay(province, found, 40_000_000)
    assert lines(province) == {}


def test_the_lines_are_one_statement_for_everybody(province: Province) -> None:
    promise(province)
    with scope.everything():
        one = [line for line in wanted([province.people[HUNG]]) if line.due.code in KINDS]
        every = [line for line in wanted(None) if line.due.code in KINDS]
    assert one == every
    assert not [line for line in one if line.due.due_on > clock.today() + timedelta(days=400)]


@pytest.mark.parametrize(
    ("state", "paid", "commitment"),
    [("decided", 40_000_001, "serving"), ("paid", 39_999_999, "repaid"), ("open", 1, "serving"),
     ("paid", 40_000_000, "serving"), ("exempt", 0, "serving")],
)  # fmt: skip
def test_the_check_bites(province: Province, state: str, paid: int, commitment: str) -> None:
    made = promise(province)
    assert payback_checks.run() == []
    found = case(province, made, state=state)
    if paid:
        pay(province, found, paid)
    with scope.everything():
        db.session.execute(update(TrainingCommitment).where(TrainingCommitment.id == made).values(state=commitment))
        db.session.commit()
    assert payback_checks.run()


def test_the_yearly_report(province: Province) -> None:
    made = promise(province)
    promise(province, CAM, starts_on=date(2026, 3, 1), ends_on=date(2026, 9, 1), state="studying", returned_on=None,
            central_cost=7, local_cost=5, other_cost=3)  # fmt: skip
    found = case(province, made, state="decided", decided_on=date(2026, 11, 10), due_on=date(2026, 11, 15))
    pay(province, found, 10_000_000)
    with scope.everything():
        told = reading.yearly(Part((0,), None), 2026)
        before = reading.yearly(Part((0,), None), 2023)
        elsewhere = reading.yearly(Part((province.agencies["A"],), None), 2026)
    assert (told["sent"], told["people_sent"], told["central_cost"], told["local_cost"]) == (1, 1, 7, 5)
    assert (told["cases"], told["decided"], told["amount_decided"], told["exempt"]) == (1, 1, 40_000_000, 0)
    assert (told["amount_paid"], told["amount_left"], told["overdue"]) == (10_000_000, 30_000_000, 1)
    assert (before["sent"], before["local_cost"], before["cases"]) == (1, 50_000_000, 0)
    assert set(elsewhere.values()) == {0}


def test_the_template_of_the_sheet_can_be_replaced(province: Province) -> None:
    made = hooks.paper_kinds[KEY].sample()
    assert pdf_problems(render_pdf(made, KEY)) == []
    assert docx_problems(render_docx_batch(made, KEY)) == []


def test_who_retires_is_asked_for_nothing(province: Province) -> None:
    promise(province)
    carry_out("retirement", province.people[HUNG], date(2026, 11, 10), issuer_id=province.agencies["B"])
    assert lines(province) == {}
