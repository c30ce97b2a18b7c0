"""Scoring periods and the score sheet of each person in each of them (phiếu theo dõi, đánh giá; Mẫu 01)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned
from hrms.performance.models.criteria import Points


class ScoringPeriod(Base, Versioned):
    """A month or a quarter in which an agency (that uses its own people) tracks and scores."""

    __tablename__ = "scoring_periods"
    __table_args__ = (
        CheckConstraint("kind IN ('month', 'quarter')", name="kind"),
        CheckConstraint(
            "number >= 1 AND number <= CASE kind WHEN 'month' THEN 12 ELSE 4 END", name="number"
        ),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("ends_on > starts_on", name="days"),
        Index("uq_scoring_periods_number", "agency_id", "year", "kind", "number", unique=True),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[Small]
    kind: Mapped[str]
    number: Mapped[Small]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The day after the last."""
    self_due_on: Mapped[date]
    score_due_on: Mapped[date]
    state: Mapped[str]
    closed_on: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class ScoreSheet(Base, Versioned):
    """One person in one period: what they say of themself, what the authority finds, and the points that follow.

    A published sheet is never changed: a correction is a new sheet that supersedes it.
    """

    __tablename__ = "score_sheets"
    __table_args__ = (
        CheckConstraint("kind IN ('month', 'quarter')", name="kind"),
        CheckConstraint(
            "number >= 1 AND number <= CASE kind WHEN 'month' THEN 12 ELSE 4 END", name="number"
        ),
        CheckConstraint("role IN ('staff', 'head', 'deputy')", name="role"),
        CheckConstraint("state IN ('open', 'self_scored', 'returned', 'scored', 'published')", name="state"),
        CheckConstraint("source IN ('scored', 'imported')", name="source"),
        CheckConstraint("state NOT IN ('scored', 'published') OR score IS NOT NULL", name="scored"),
        Index(
            "uq_score_sheets_person", "person_id", "year", "kind", "number", unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_score_sheets_period_id", "period_id", "state"),
        Index("ix_score_sheets_agency_id", "agency_id", "year", "kind", "number"),
        Index(
            "ix_score_sheets_authority_id", "authority_id", "state",
            postgresql_where=text("state <> 'published' AND superseded_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    period_id: Mapped[int | None] = mapped_column(ForeignKey("scoring_periods.id"))
    """Null for months taken over from elsewhere."""
    year: Mapped[Small]
    kind: Mapped[str]
    number: Mapped[Small]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """Where the person worked in the period; who was lent is scored by the receiver."""
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    """The agency whose head scores (Đ10): the person's own, for its head the one above."""
    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_sets.id"))
    role: Mapped[str]
    state: Mapped[str]
    source: Mapped[str]
    self_general: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Points the person gives themself: code of item → decimal string."""
    self_leader: Mapped[dict[str, Any] | None]
    self_note: Mapped[str | None]
    self_score: Mapped[Points | None]
    self_at: Mapped[datetime | None]
    general: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Points of the authority."""
    leader: Mapped[dict[str, Any] | None]
    """The three criteria of those who lead: subordinates, unit, cohesion → "1" or "0.5"."""
    note: Mapped[str | None]
    quantity: Mapped[Points | None]
    """Ratio a."""
    quality: Mapped[Points | None]
    """Ratio b."""
    progress: Mapped[Points | None]
    """Ratio c."""
    ratio: Mapped[Points | None]
    """R before the cap."""
    general_points: Mapped[Points | None]
    result_points: Mapped[Points | None]
    score: Mapped[Points | None]
    scored_at: Mapped[datetime | None]
    scored_by: Mapped[int | None]
    """Account of whoever scored."""
    return_reason: Mapped[str | None]
    published_on: Mapped[date | None]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("score_sheets.id"))
    correction: Mapped[str | None]
    """Why it supersedes another."""
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class SheetEvent(Base):
    """What happened to a sheet, when and by whom; append-only."""

    __tablename__ = "sheet_events"
    __table_args__ = (Index("ix_sheet_events_sheet_id", "sheet_id"),)

    id: Mapped[PrimaryKey]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheets.id", ondelete="CASCADE"))
    person_id: Mapped[int]
    what: Mapped[str] = mapped_column(Text(collation="C"))
    """opened, self_scored, taken_back, returned, scored, rescored, published, superseded, rerouted."""
    score: Mapped[Points | None]
    reason: Mapped[str | None]
    actor: Mapped[str]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
