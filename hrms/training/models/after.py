"""What comes after the class: the learner's rating, and whether the manager saw an effect."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class ClassRating(Base):
    """A learner's rating of a class, 1 to 5 for each content of quality; read only in sums of five and more."""

    __tablename__ = "class_ratings"
    __table_args__ = (Index("ix_class_ratings_class_id", "class_id"), Index("ix_class_ratings_person_id", "person_id"))

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_classes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    scores: Mapped[dict[str, Any]]
    """Content of quality (programme, learner, teacher, facility, course, effect) → 1 to 5."""
    comment: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class ImpactCheck(Base, Versioned):
    """Some months after: did the competency rise, as the manager sees it."""

    __tablename__ = "impact_checks"
    __table_args__ = (
        CheckConstraint("level_before >= 1 AND level_before <= 5", name="level_before"),
        CheckConstraint("level_after >= 1 AND level_after <= 5", name="level_after"),
        CheckConstraint("applied IN ('often', 'sometimes', 'never')", name="applied"),
        Index("uq_impact_checks_competency", "enrolment_id", "competency_code", unique=True),
        Index("ix_impact_checks_person_id", "person_id"),
        Index("ix_impact_checks_class_id", "class_id"),
    )

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(ForeignKey("training_classes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    competency_code: Mapped[str] = mapped_column(Text(collation="C"), ForeignKey("competencies.code"))
    level_before: Mapped[Small | None]
    level_after: Mapped[Small | None]
    applied: Mapped[str | None]
    """often, sometimes, never: whether what was learnt is used at work."""
    due_on: Mapped[date]
    answered_on: Mapped[date | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
