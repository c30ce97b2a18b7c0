"""Commitments to serve after training, and training cost paid back. Money in đồng."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Dong, Percent, PrimaryKey, RecordedAt, Small, Versioned


class TrainingCommitment(Base, Versioned):
    """What somebody sent to study promised: months of service after the return (NĐ 171/2025/NĐ-CP Đ4)."""

    __tablename__ = "training_commitments"
    __table_args__ = (
        CheckConstraint("state IN ('studying', 'serving', 'fulfilled', 'released', 'repaid')", name="state"),
        CheckConstraint("committed_months > 0 AND committed_months <= 600", name="committed_months"),
        CheckConstraint("central_cost >= 0 AND local_cost >= 0 AND other_cost >= 0", name="costs"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_training_commitments_person_id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    state: Mapped[str]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    programme: Mapped[str]
    institution: Mapped[str | None]
    country: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """Last day of the course, foreseen or real."""
    returned_on: Mapped[date | None]
    """The day of return to work: service is counted from it."""
    committed_months: Mapped[Small]
    central_cost: Mapped[Dong]
    local_cost: Mapped[Dong]
    other_cost: Mapped[Dong]
    """Cost of the training by its source; salary and allowances paid meanwhile are no part of it."""
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    note: Mapped[str | None]
    closed_on: Mapped[date | None]
    close_reason: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class TrainingRepayment(Base, Versioned):
    """A case of paying back (đền bù chi phí đào tạo): how much by which rule, the council, the decision, the term."""

    __tablename__ = "training_repayments"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'recommended', 'decided', 'paid', 'exempt', 'cancelled')", name="state"),
        CheckConstraint("repay_case IN ('left_early', 'quit_during', 'dismissed', 'no_diploma')", name="case"),
        CheckConstraint("amount >= 0", name="amount"),
        Index("ix_training_repayments_person_id", "person_id"),
        Index(
            "uq_training_repayments_commitment", "commitment_id", unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("training_commitments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    state: Mapped[str]
    repay_case: Mapped[str]
    happened_on: Mapped[date]
    cost: Mapped[Dong]
    committed_months: Mapped[Small]
    served_months: Mapped[Small]
    years_before: Mapped[Small]
    reduced_rate: Mapped[bool]
    """Woman or ethnic minority: the greater reduction for each year of service before."""
    reduction_percent: Mapped[Percent]
    amount: Mapped[Dong]
    exempt_ground: Mapped[str | None]
    council: Mapped[list[Any]] = mapped_column(JSONB)
    """`{role, name, present, vote}` of each member."""
    council_met_on: Mapped[date | None]
    recommended_on: Mapped[date | None]
    recommended_amount: Mapped[Dong | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    decided_on: Mapped[date | None]
    due_on: Mapped[date | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class RepaymentPayment(Base):
    """Money received for a case; a mistake is reversed by an entry of the opposite amount."""

    __tablename__ = "repayment_payments"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_repayment_payments_repayment_id", "repayment_id"),
        Index("uq_repayment_payments_reverses_id", "reverses_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    repayment_id: Mapped[int] = mapped_column(ForeignKey("training_repayments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    paid_on: Mapped[date]
    amount: Mapped[Dong]
    receipt: Mapped[str | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("repayment_payments.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
