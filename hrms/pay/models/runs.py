"""A month's pay of one paying agency: the run, each person's slip, and its lines. Approved, none of it ever changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Dong, PrimaryKey, RecordedAt, Small, Versioned


class PayRun(Base, Versioned):
    """The sheet of one month (bảng lương tháng) of the agency that pays: computed, then approved and frozen."""

    __tablename__ = "pay_runs"
    __table_args__ = (
        CheckConstraint("state IN ('computed', 'approved', 'cancelled')", name="state"),
        CheckConstraint("month = date_trunc('month', month)", name="month"),
        Index(
            "uq_pay_runs_month", "agency_id", "month", unique=True, postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_pay_runs_month", "month", "agency_id"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """The legal agency that pays; people of its divisions are on its sheet."""
    month: Mapped[date]
    """The first day of the month."""
    state: Mapped[str]
    rounding: Mapped[str]
    """How each line became whole đồng: `pay.rounding` as it was."""
    part_month: Mapped[str]
    """How part of a month was paid: `pay.part_month` as it was."""
    law_revision: Mapped[int]
    """The state of the law's figures the sheet was computed with."""
    people: Mapped[Small]
    doubtful: Mapped[Small]
    gross: Mapped[Dong]
    deductions: Mapped[Dong]
    employer: Mapped[Dong]
    net: Mapped[Dong]
    arrears: Mapped[Dong]
    """What of `net` belongs to earlier months."""
    computed_at: Mapped[datetime]
    computed_by: Mapped[int | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class PaySlip(Base):
    """One person on one sheet. Sums of the lines, in đồng; `arrears` is the part of `net` for earlier months."""

    __tablename__ = "pay_slips"
    __table_args__ = (
        CheckConstraint("state IN ('computed', 'approved')", name="state"),
        Index("uq_pay_slips_person", "run_id", "person_id", unique=True),
        UniqueConstraint("id", "run_id", "person_id", name="uq_pay_slips_whole"),
        Index("ix_pay_slips_person_id", "person_id", "month"),
    )

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("pay_runs.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """Where the person works in the paying agency: the using agency or its division."""
    month: Mapped[date]
    state: Mapped[str]
    kind: Mapped[str]
    """The kind of person the month was computed for."""
    gross: Mapped[Dong]
    deductions: Mapped[Dong]
    employer: Mapped[Dong]
    net: Mapped[Dong]
    arrears: Mapped[Dong]
    insurance_base: Mapped[Dong]
    """The insured pay of this month, without earlier ones."""
    facts: Mapped[list[Any]] = mapped_column(JSONB())
    """The stretches of the month as they were computed: days and facts, as `hrms explain pay` takes them."""
    past: Mapped[list[Any]] = mapped_column(JSONB())
    """Earlier months paid again: month, and the facts they were computed with now."""
    doubts: Mapped[list[Any]] = mapped_column(JSONB())
    """What an officer should look at: code and parameters of each sentence."""


class PayLine(Base):
    """One amount of a slip: a part of pay, a deduction, or a contribution of the employer; a difference may be < 0."""

    __tablename__ = "pay_lines"
    __table_args__ = (
        CheckConstraint("side IN ('line', 'deduction', 'employer')", name="side"),
        # A line is about its slip's person and run, and about nobody else.
        ForeignKeyConstraint(
            ["slip_id", "run_id", "person_id"], ["pay_slips.id", "pay_slips.run_id", "pay_slips.person_id"],
            ondelete="CASCADE", name="fk_pay_lines_slip_id",
        ),
        Index("uq_pay_lines_code", "slip_id", "for_month", "side", "code", unique=True),
        Index("ix_pay_lines_person_id", "person_id", "for_month"),
        Index("ix_pay_lines_run_id", "run_id", "id"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    slip_id: Mapped[int]
    run_id: Mapped[int]
    person_id: Mapped[int]
    month: Mapped[date]
    """The month of the sheet."""
    for_month: Mapped[date]
    """The month the amount belongs to: an earlier one for arrears."""
    side: Mapped[str]
    code: Mapped[str]
    amount: Mapped[Dong]
