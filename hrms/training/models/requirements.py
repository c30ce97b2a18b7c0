"""What is owed, as dated data: requirements and their versions, and how each form of learning is recognised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned
from hrms.training.models.catalogue import Hours


class TrainingRequirement(Base, Versioned):
    """A requirement (yêu cầu đào tạo bắt buộc): the stable header of its versions."""

    __tablename__ = "training_requirements"
    __table_args__ = (Index("uq_training_requirements_code", "code", unique=True),)

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    place: Mapped[Small]
    """Where it stands in lists."""
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class RequirementVersion(Base, Dated):
    """Who owes what from a day on: hours in a period, or a course within some months."""

    __tablename__ = "requirement_versions"
    __dated_key__ = ("requirement_id",)
    __table_args__ = (
        *dated_constraints("requirement_versions", "requirement_id"),
        CheckConstraint(
            "target IN ('all', 'person_kind', 'position', 'position_group', 'rank', 'post_group', 'post')",
            name="target",
        ),
        CheckConstraint("what IN ('hours', 'course')", name="what"),
        CheckConstraint("(what = 'hours') = (hours IS NOT NULL)", name="hours"),
        CheckConstraint("gate IN ('off', 'warning', 'gate')", name="gate"),
        CheckConstraint("period_years >= 1 AND period_years <= 10", name="period_years"),
        CheckConstraint("carry_hours >= 0 AND (carry_hours = 0 OR period_years = 1)", name="carry_hours"),
        Index("ix_requirement_versions_requirement_id", "requirement_id", "valid_from"),
    )

    requirement_id: Mapped[int] = mapped_column(ForeignKey("training_requirements.id"))
    target: Mapped[str]
    target_codes: Mapped[list[str]]
    """Codes of the target; any of them. Of positions the key (`job_positions.key`)."""
    what: Mapped[str]
    hours: Mapped[Hours | None]
    counts: Mapped[list[str]]
    """Kinds of entry whose hours count."""
    period_years: Mapped[Small]
    carry_hours: Mapped[Hours]
    """Most hours of a year's surplus that the next year takes over."""
    pro_rata: Mapped[bool]
    exempt_absences: Mapped[list[str]]
    exempt_days: Mapped[Small]
    """An absence of these kinds frees its days when it lasts at least so many."""
    grace_months: Mapped[Small]
    courses: Mapped[list[str]]
    """Codes of courses, any of which satisfies."""
    level_section: Mapped[str | None]
    """Section of the record's education whose level satisfies as well: theory, management, defence, it, language."""
    level_least: Mapped[str | None]
    due_months: Mapped[Small | None]
    exempt_before: Mapped[date | None]
    """Whoever was in the target before this day is exempt."""
    keep_valid: Mapped[bool]
    """An expired certificate does not satisfy."""
    gate: Mapped[str]
    source: Mapped[str]
    mark: Mapped[str]


class RecognitionRule(Base, Dated):
    """How a form of learning counts from a day on: a factor, and a cap of recognised hours per calendar year."""

    __tablename__ = "recognition_rules"
    __dated_key__ = ("form",)
    __table_args__ = (
        *dated_constraints("recognition_rules", "form"),
        CheckConstraint("form IN ('class', 'online', 'blended', 'self_study', 'teaching', 'research')", name="form"),
        CheckConstraint("factor > 0 AND factor <= 10", name="factor"),
        CheckConstraint("cap_hours > 0", name="cap_hours"),
    )

    form: Mapped[str] = mapped_column(Text(collation="C"))
    factor: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    cap_hours: Mapped[Hours | None]
    needs_proof: Mapped[bool]
    note: Mapped[str | None]
    source: Mapped[str]
    mark: Mapped[str]
