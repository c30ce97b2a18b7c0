"""What follows a published class: petitions, results for the national database, the money that hangs on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned
from hrms.performance.models.rounds import CLASSES


class Petition(Base, Versioned):
    """A petition against a class (kiến nghị kết quả xếp loại), answered within seven working days."""

    __tablename__ = "petitions"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'rejected', 'withdrawn')", name="state"),
        CheckConstraint(f"wanted {CLASSES}", name="wanted"),
        CheckConstraint("(state IN ('accepted', 'rejected')) = (answer IS NOT NULL)", name="answer"),
        Index("uq_petitions_open", "rating_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_petitions_person_id", "person_id"),
        Index("ix_petitions_due_on", "due_on", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[PrimaryKey]
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """Who answers: the agency that classified."""
    submitted_on: Mapped[date]
    due_on: Mapped[date]
    wanted: Mapped[str | None]
    text: Mapped[str]
    state: Mapped[str]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    """The decision that supersedes, when it was accepted."""
    new_rating_id: Mapped[int | None] = mapped_column(ForeignKey("ratings.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class ResultReport(Base):
    """A result to be given to the national database within five days: a month, a quarter, a half-year, a year."""

    __tablename__ = "result_reports"
    __table_args__ = (
        CheckConstraint("kind IN ('month', 'quarter', 'half_year', 'year')", name="kind"),
        CheckConstraint("state IN ('waiting', 'sent', 'confirmed', 'refused')", name="state"),
        Index("ix_result_reports_agency_id", "agency_id", "year", "kind", "number"),
        Index("ix_result_reports_person_id", "person_id", "year", "kind", "number", "id"),
        Index(
            "uq_result_reports_supersedes_id", "supersedes_id", unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        Index("ix_result_reports_waiting", "due_on", "id", postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[Small]
    kind: Mapped[str]
    number: Mapped[Small]
    """Of the month, quarter or half-year; 0 for a year."""
    result: Mapped[dict[str, Any]]
    """Points and class as published."""
    made_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str]
    sent_at: Mapped[datetime | None]
    sending: Mapped[str | None] = mapped_column(Text(collation="C"))
    """The file or message it went out in."""
    answer: Mapped[str | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("result_reports.id"))
    recorded_at: Mapped[RecordedAt]


class RatingConsequence(Base, Versioned):
    """Money or a step that rests on a class which was changed later: to be looked at again."""

    __tablename__ = "rating_consequences"
    __table_args__ = (
        CheckConstraint("what IN ('bonus', 'extra_income', 'step_raise')", name="what"),
        CheckConstraint("state IN ('open', 'settled')", name="state"),
        CheckConstraint(f"old {CLASSES}", name="old"),
        CheckConstraint(f"new {CLASSES}", name="new"),
        Index("uq_rating_consequences_open", "rating_id", "what", unique=True),
        Index("ix_rating_consequences_person_id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    """The class that holds now."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    year: Mapped[Small]
    what: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    state: Mapped[str]
    settled_on: Mapped[date | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
