"""What-if: changed figures, placements or schemes, and what they would cost. Never touches the real data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class PayScenario(Base, Versioned):
    """A named what-if (phương án giả định) of one agency and below; `result` holds sums and spreads, no person."""

    __tablename__ = "pay_scenarios"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'computing', 'computed')", name="state"),
        CheckConstraint("years >= 1 AND years <= 10", name="years"),
        Index("ix_pay_scenarios_agency_id", "agency_id"),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str]
    starts_on: Mapped[date]
    years: Mapped[Small]
    changes: Mapped[list[Any]] = mapped_column(JSONB())
    """What would change: kind and values of each change."""
    state: Mapped[str]
    result: Mapped[dict[str, Any] | None]
    """Cost by year and by agency, winners and losers as counts by size of change."""
    computed_at: Mapped[datetime | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
