"""Raises of a step: the list of an agency and quarter, the people on it, and the quota of early raises of a year."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Percent, PrimaryKey, RecordedAt, Small, Versioned


class RaiseList(Base, Versioned):
    """Proposed raises of one agency: regular ones of a quarter, early ones of a year (TT 08/2013/TT-BNV Đ2, Đ3)."""

    __tablename__ = "raise_lists"
    __table_args__ = (
        CheckConstraint("kind IN ('regular', 'early')", name="kind"),
        CheckConstraint("state IN ('proposed', 'sent', 'decided', 'cancelled')", name="state"),
        CheckConstraint("quarter >= 1 AND quarter <= 4", name="quarter"),
        CheckConstraint("(kind = 'regular') = (quarter IS NOT NULL)", name="quarterly"),
        Index(
            "uq_raise_lists_quarter", "agency_id", "kind", "year", text("coalesce(quarter, 0)"), unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_raise_lists_year", "year", "quarter", "agency_id"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """The legal agency whose people these are."""
    kind: Mapped[str]
    year: Mapped[Small]
    quarter: Mapped[Small | None]
    state: Mapped[str]
    law_revision: Mapped[int]
    computed_at: Mapped[datetime]
    computed_by: Mapped[int | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class RaiseItem(Base, Versioned):
    """One person's raise: from which step or percentage to which, when it is due, when it takes effect, and why."""

    __tablename__ = "raise_items"
    __table_args__ = (
        CheckConstraint("kind IN ('step', 'beyond_scale', 'early', 'retirement')", name="kind"),
        CheckConstraint("state IN ('proposed', 'left_out', 'sent', 'decided', 'cancelled')", name="state"),
        CheckConstraint("state <> 'left_out' OR left_out_reason IS NOT NULL", name="left_out"),
        CheckConstraint("early_months >= 1 AND early_months <= 24", name="early_months"),
        Index("uq_raise_items_person", "list_id", "person_id", unique=True),
        Index("ix_raise_items_person_id", "person_id", "effective_on"),
        Index("ix_raise_items_submission_id", "submission_id", postgresql_where=text("submission_id IS NOT NULL")),
    )

    id: Mapped[PrimaryKey]
    list_id: Mapped[int] = mapped_column(ForeignKey("raise_lists.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str]
    rank_code: Mapped[str | None]
    pay_table: Mapped[Small]
    pay_group: Mapped[str]
    from_step: Mapped[Small]
    from_coefficient: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    from_percent: Mapped[Percent]
    to_step: Mapped[Small]
    to_coefficient: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    to_percent: Mapped[Percent]
    step_since: Mapped[date]
    due_on: Mapped[date]
    """The day of the regular raise, with all that prolongs the step."""
    effective_on: Mapped[date]
    """The day the raise takes effect; before `due_on` for an early one."""
    early_months: Mapped[Small | None]
    merit: Mapped[dict[str, Any] | None]
    """Of an early raise: the achievement, its level and its day."""
    doubts: Mapped[list[Any]] = mapped_column(JSONB())
    """What makes the case doubtful: code and parameters of each sentence; [] for a clear one."""
    reasons: Mapped[list[Any]] = mapped_column(JSONB())
    state: Mapped[str]
    left_out_reason: Mapped[str | None]
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    decided_on: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class EarlyQuota(Base, Versioned):
    """Early raises an agency may give in a year: 10 % of the headcount assigned at 31/12, and what was pooled to it."""

    __tablename__ = "early_quotas"
    __table_args__ = (
        CheckConstraint("assigned >= 0", name="assigned"),
        CheckConstraint("quota >= 0", name="quota"),
        CheckConstraint("given >= 0", name="given"),
        Index("uq_early_quotas_year", "year", "agency_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    year: Mapped[Small]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """The agency above that pools the remainders."""
    assigned: Mapped[Small]
    quota: Mapped[Small]
    """Whole people of the own headcount."""
    remainder: Mapped[Small]
    """Assigned people beyond a multiple of ten, reported upward."""
    given: Mapped[Small]
    """Further people from the pool."""
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
