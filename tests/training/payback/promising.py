"""Commitments for tests, written with plain statements."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, update

from hrms.core import scope
from hrms.core.db import db
from hrms.decisions.models import Decision
from hrms.people.models import Person
from hrms.training.models import RepaymentPayment, TrainingCommitment, TrainingRepayment
from tests.province import Province

HUNG, CAM, DUC, ANH = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Võ Minh Đức", "Đặng Thị Ngọc Ánh"


def promise(province: Province, name: str = HUNG, **more: Any) -> int:
    """Write that somebody promised 36 months for 60 million đồng and has been back since 01/11/2025. Returns its id."""
    values: dict[str, Any] = {
        "state": "serving", "programme": "Thạc sĩ Quản lý công", "starts_on": date(2023, 9, 4),
        "ends_on": date(2025, 10, 31), "returned_on": date(2025, 11, 1), "committed_months": 36, "central_cost": 0,
        "local_cost": 50_000_000, "other_cost": 10_000_000, **more,
    }  # fmt: skip
    with scope.everything():
        made: int = db.session.execute(
            insert(TrainingCommitment)
            .values(person_id=province.people[name], **values)
            .returning(TrainingCommitment.id)
        ).scalar_one()
        db.session.commit()
    return made


def set_record(province: Province, name: str, **values: Any) -> None:
    """Write items of somebody's record."""
    with scope.everything():
        db.session.execute(update(Person).where(Person.id == province.people[name]).values(**values))
        db.session.commit()


def paper(province: Province, place: str = "B", signed: date = date(2026, 11, 20)) -> int:
    """Put a decision of an agency into the register. Returns its id."""
    with scope.everything():
        made: int = db.session.execute(
            insert(Decision)
            .values(
                number="77", symbol="QĐ-SXD", signed_on=signed, effective_on=signed,
                issuer_agency_id=province.agencies[place], issuer_name="Sở Xây dựng",
                issuer_key=f"agency:{province.agencies[place]}", kind="training", subject="Đền bù chi phí đào tạo",
                scope_ids=province.paths[place], search_key="77 qd-sxd den bu",
            )
            .returning(Decision.id)
        ).scalar_one()  # fmt: skip
        db.session.commit()
    return made


def decided_case(person_id: int) -> tuple[int, int]:
    """Write that somebody promised, left and pays back: returns the ids of the commitment and of a payment.

    The caller has opened the scope and commits.
    """
    made: int = db.session.execute(
        insert(TrainingCommitment)
        .values(
            person_id=person_id, state="serving", programme="Thạc sĩ Quản lý công", starts_on=date(2023, 9, 4),
            ends_on=date(2025, 10, 31), returned_on=date(2025, 11, 1), committed_months=36, central_cost=0,
            local_cost=60_000_000, other_cost=0,
        )
        .returning(TrainingCommitment.id)
    ).scalar_one()  # fmt: skip
    case: int = db.session.execute(
        insert(TrainingRepayment)
        .values(
            commitment_id=made, person_id=person_id, state="decided", repay_case="left_early",
            happened_on=date(2026, 11, 1), cost=60_000_000, committed_months=36, served_months=12, years_before=0,
            reduced_rate=False, reduction_percent=0, amount=40_000_000, council=[], decided_on=date(2026, 11, 20),
            due_on=date(2027, 3, 20),
        )
        .returning(TrainingRepayment.id)
    ).scalar_one()  # fmt: skip
    payment: int = db.session.execute(
        insert(RepaymentPayment)
        .values(repayment_id=case, person_id=person_id, paid_on=date(2026, 11, 20), amount=1_000_000)
        .returning(RepaymentPayment.id)
    ).scalar_one()
    return made, payment
