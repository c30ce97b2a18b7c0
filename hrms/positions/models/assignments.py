"""Who sits where: assignments as dated facts of people, what they can do, and what they lack."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, PrimaryKey, RecordedAt, Small


class Assignment(Base, Dated):
    """A person placed in a position (bố trí vào vị trí việc làm): one main seat, others beside it.

    A fact of the person like rank or post: written on a decision, taken back with it, never edited.
    """

    __tablename__ = "assignments"
    __dated_key__ = ("person_id", "slot")
    __table_args__ = (
        *dated_constraints("assignments", "person_id", "slot"),
        CheckConstraint("role IN ('main', 'concurrent', 'acting', 'in_charge', 'seconded')", name="role"),
        CheckConstraint("slot = CASE WHEN role = 'main' THEN 0 ELSE line_id END", name="slot"),
        CheckConstraint("career_grade BETWEEN 1 AND 5", name="career_grade"),
        CheckConstraint("fit IN ('met', 'train', 'unmet')", name="fit"),
        Index("ix_assignments_person_id", "person_id", "valid_from"),
        Index("ix_assignments_line_id", "line_id", "valid_from", postgresql_where=text("superseded_at IS NULL")),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    slot: Mapped[int]
    """0 for the main seat; for any other the line's id, so that several may be held at once."""
    line_id: Mapped[int] = mapped_column(ForeignKey("establishment_lines.id"))
    role: Mapped[str]
    career_grade: Mapped[Small | None]
    base_position_id: Mapped[int | None] = mapped_column(ForeignKey("job_positions.id"))
    fit: Mapped[str | None]
    """What was confirmed: met (đủ), train (thiếu, cần bồi dưỡng), unmet (không đủ); null in old data."""
    fit_by: Mapped[str | None]
    fit_note: Mapped[str | None]
    over_reason: Mapped[str | None]
    """Why the seat was taken although the line or a ratio was full; only for what stood before."""


class CompetencyAssessment(Base):
    """A competency of a person as somebody judged it on a day; the newest counts."""

    __tablename__ = "competency_assessments"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        Index("uq_competency_assessments_day", "person_id", "competency_code", "assessed_on", unique=True),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    competency_code: Mapped[str] = mapped_column(Text(collation="C"), ForeignKey("competencies.code"))
    level: Mapped[Small]
    assessed_on: Mapped[date]
    assessed_by: Mapped[str]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class PositionGap(Base):
    """What somebody lacked for their seat when they were placed: a need of training until it is settled."""

    __tablename__ = "position_gaps"
    __table_args__ = (
        Index(
            "uq_position_gaps_open", "person_id", "line_id", "requirement", unique=True,
            postgresql_where=text("settled_on IS NULL"),
        ),
        Index("ix_position_gaps_decision_id", "decision_id", postgresql_where=text("decision_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    line_id: Mapped[int] = mapped_column(ForeignKey("establishment_lines.id"))
    requirement: Mapped[str]
    """Code of the check (`rules.fit`): degree, major, theory_level, competency:G3, …"""
    params: Mapped[dict[str, Any]]
    """Required and present, as the check said them."""
    found_on: Mapped[date]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    settled_on: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
