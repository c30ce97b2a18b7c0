"""Severance of those who leave, and the monthly list of increases and decreases for social insurance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Dong, PrimaryKey, RecordedAt, Small, Versioned


class SeveranceCase(Base, Versioned):
    """Severance (trợ cấp thôi việc) by the rule of the day of leaving; held while a debt or commitment is open."""

    __tablename__ = "severance_cases"
    __table_args__ = (
        CheckConstraint("state IN ('computed', 'held', 'paid', 'cancelled')", name="state"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
        Index(
            "uq_severance_cases_person", "person_id", "left_on", unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    left_on: Mapped[date]
    leaving_case: Mapped[str]
    """Why they left: `people.rules.leaving.Case`, or retirement and dismissal, which give none."""
    monthly_pay: Mapped[Dong]
    worked_months: Mapped[Small]
    insured_months: Mapped[Small]
    """Months covered by unemployment insurance, which are taken off."""
    years: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    amount: Mapped[Dong]
    owed: Mapped[Dong]
    """What the person still owes, as it was when the case was computed."""
    holds: Mapped[list[Any]] = mapped_column(JSONB())
    """What holds the payment: code and parameters of each sentence."""
    state: Mapped[str]
    paid_on: Mapped[date | None]
    note: Mapped[str | None]
    reasons: Mapped[list[Any]] = mapped_column(JSONB())
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class InsuranceReport(Base, Versioned):
    """The list of a month of one agency for social insurance: who comes, goes, or changes their insured pay."""

    __tablename__ = "insurance_reports"
    __table_args__ = (
        CheckConstraint("state IN ('computed', 'sent')", name="state"),
        CheckConstraint("month = date_trunc('month', month)", name="month"),
        Index("uq_insurance_reports_month", "agency_id", "month", unique=True),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    month: Mapped[date]
    state: Mapped[str]
    sent_on: Mapped[date | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class InsuranceChange(Base):
    """One line of such a list. Bases in đồng a month; `since` and `through` are first days of months."""

    __tablename__ = "insurance_changes"
    __table_args__ = (
        CheckConstraint("what IN ('increase', 'decrease', 'pay_up', 'pay_down', 'arrears')", name="what"),
        Index("ix_insurance_changes_report_id", "report_id", "id"),
        Index("ix_insurance_changes_person_id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    report_id: Mapped[int] = mapped_column(ForeignKey("insurance_reports.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    what: Mapped[str]
    reason: Mapped[str]
    base_before: Mapped[Dong]
    base_after: Mapped[Dong]
    since: Mapped[date]
    through: Mapped[date | None]
    difference: Mapped[Dong]
    """Contributions of both sides more (or less) to pay for past months."""
