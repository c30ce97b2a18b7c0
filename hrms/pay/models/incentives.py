"""Bonus funds, extra income, special mechanisms: the scheme as data, its rounds, everybody's share."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Coefficient, Dong, PrimaryKey, RecordedAt, Small, Versioned


class IncentiveScheme(Base, Versioned):
    """How a fund is shared (quy chế tiền thưởng, thu nhập tăng thêm): dated, kept by an agency for itself and below."""

    __tablename__ = "incentive_schemes"
    __table_args__ = (
        CheckConstraint("purpose IN ('bonus', 'extra_income', 'special')", name="purpose"),
        CheckConstraint("state IN ('draft', 'in_force', 'ended')", name="state"),
        CheckConstraint("valid_to > valid_from", name="dates"),
        Index("ix_incentive_schemes_agency_id", "agency_id", "purpose", "valid_from"),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str]
    purpose: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[str]
    terms: Mapped[dict[str, Any]]
    """The fields of `pay.rules.incentives.Scheme` as JSON: decimals as text, whole đồng."""
    eligible: Mapped[dict[str, Any]]
    """Who shares: kinds of person, classes, least months."""
    source: Mapped[str]
    mark: Mapped[str] = mapped_column(Text(collation="C"))
    note: Mapped[str | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class IncentiveRound(Base, Versioned):
    """One sharing of one agency: an advance of a quarter, the settlement of a year, or ad hoc. Amounts in đồng."""

    __tablename__ = "incentive_rounds"
    __table_args__ = (
        CheckConstraint("step IN ('advance', 'settlement', 'ad_hoc')", name="step"),
        CheckConstraint("state IN ('draft', 'shared', 'decided', 'cancelled')", name="state"),
        CheckConstraint("quarter >= 1 AND quarter <= 4", name="quarter"),
        Index(
            "uq_incentive_rounds_period", "scheme_id", "agency_id", "year", text("coalesce(quarter, 0)"), "step",
            unique=True, postgresql_where=text("state <> 'cancelled' AND step <> 'ad_hoc'"),
        ),
        Index("ix_incentive_rounds_year", "year", "agency_id"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    scheme_id: Mapped[int] = mapped_column(ForeignKey("incentive_schemes.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[Small]
    quarter: Mapped[Small | None]
    step: Mapped[str]
    state: Mapped[str]
    fund: Mapped[Dong]
    salary_fund: Mapped[Dong | None]
    """Pay by rank, step and position of the period, the base of caps and percentages."""
    reserved: Mapped[Dong]
    shared: Mapped[Dong]
    remainder: Mapped[Dong]
    per_point: Mapped[Decimal | None] = mapped_column(Numeric(20, 2))
    terms: Mapped[dict[str, Any]]
    """The scheme's terms as they were."""
    reasons: Mapped[dict[str, Any] | None]
    computed_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    decided_on: Mapped[date | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class IncentiveShare(Base):
    """One person's share of a round, in đồng; `advanced` was paid before, `due` is left to pay (or to take back)."""

    __tablename__ = "incentive_shares"
    __table_args__ = (
        CheckConstraint("months >= 0 AND months <= 12", name="months"),
        Index("uq_incentive_shares_person", "round_id", "person_id", unique=True),
        Index("ix_incentive_shares_person_id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("incentive_rounds.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str]
    rating: Mapped[str | None]
    months: Mapped[Small]
    coefficient: Mapped[Coefficient | None]
    salary: Mapped[Dong]
    """Pay by rank and step of the period."""
    points: Mapped[Decimal] = mapped_column(Numeric(14, 6))
    amount: Mapped[Dong]
    advanced: Mapped[Dong]
    due: Mapped[Dong]
    left_out: Mapped[str | None]
    """Why a person of the agency has no share: a `rules.schemes.LeftOut`."""
    parts: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """The months it comes from: `{rating, months, salary, coefficient}`, decimals as text."""
    note: Mapped[str | None]
    """What an ad hoc bonus is for, or why somebody was left out by hand."""
