"""Classes, their days and trainers, who is enrolled, and who came.

Classes are open to all; whoever learns in them is seen with the person, by the class's own trainers, and by the agency
that runs it. What a nomination rests on stands apart from the enrolment: trainers must not read it.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Dong, Percent, PrimaryKey, RecordedAt, Small, Versioned
from hrms.training.models.catalogue import FORMS, Hours


class TrainingClass(Base, Versioned):
    """One run of a course by a provider (lớp đào tạo, bồi dưỡng)."""

    __tablename__ = "training_classes"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'open', 'running', 'completed', 'cancelled')", name="state"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("seats >= 1 AND seats <= 5000", name="seats"),
        CheckConstraint(FORMS, name="form"),
        CheckConstraint("hours > 0 AND hours <= 5000", name="hours"),
        CheckConstraint("accepts IN ('auto', 'reviewed')", name="accepts"),
        CheckConstraint("least_attendance >= 0 AND least_attendance <= 100", name="least_attendance"),
        CheckConstraint("pass_mark >= 0 AND pass_mark <= 10", name="pass_mark"),
        CheckConstraint("central_budget >= 0 AND local_budget >= 0 AND other_budget >= 0", name="budgets"),
        Index("uq_training_classes_code", "code", unique=True),
        Index("ix_training_classes_course_id", "course_id", "starts_on"),
        Index("ix_training_classes_agency_id", "agency_id", "starts_on"),
        Index("ix_training_classes_starts_on", "starts_on", "id"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("training_providers.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """Who runs it: enrols, accepts, issues certificates."""
    plan_line_id: Mapped[int | None] = mapped_column(ForeignKey("training_plan_lines.id", ondelete="SET NULL"))
    state: Mapped[str]
    form: Mapped[str]
    hours: Mapped[Hours]
    """As the course said on the first day; what a completion posts."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    place: Mapped[str | None]
    abroad: Mapped[bool]
    country: Mapped[str | None]
    seats: Mapped[Small]
    nominate_by: Mapped[date | None]
    accepts: Mapped[str]
    """auto: a nomination without objection takes a free seat at once; reviewed: the organiser chooses."""
    least_attendance: Mapped[Percent]
    """Per cent of the hours of its sessions that completion asks for."""
    pass_mark: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    """Least mark out of 10; null when the class has no marks."""
    central_budget: Mapped[Dong]
    local_budget: Mapped[Dong]
    other_budget: Mapped[Dong]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    """The decision that opens the class."""
    note: Mapped[str | None]
    closed_on: Mapped[date | None]
    """The day it was completed or cancelled."""
    close_reason: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class ClassTrainer(Base):
    """An account that teaches a class: the only classes a trainer sees."""

    __tablename__ = "class_trainers"
    __table_args__ = (Index("ix_class_trainers_account_id", "account_id"),)

    class_id: Mapped[int] = mapped_column(ForeignKey("training_classes.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class ClassSession(Base):
    """A meeting of a class (buổi học)."""

    __tablename__ = "class_sessions"
    __table_args__ = (
        CheckConstraint("hours > 0 AND hours <= 24", name="hours"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("uq_class_sessions_number", "class_id", "number", unique=True),
    )

    id: Mapped[PrimaryKey]
    class_id: Mapped[int] = mapped_column(ForeignKey("training_classes.id", ondelete="CASCADE"))
    number: Mapped[Small]
    held_on: Mapped[date]
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    hours: Mapped[Hours]
    topic: Mapped[str | None]
    place: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Enrolment(Base, Versioned):
    """Somebody sent to a class (cử đi đào tạo, bồi dưỡng), from the nomination to the outcome."""

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint(
            "state IN ('nominated', 'waiting', 'accepted', 'declined', 'withdrawn', 'completed', 'failed')",
            name="state",
        ),
        CheckConstraint("mark >= 0 AND mark <= 10", name="mark"),
        CheckConstraint("(state IN ('completed', 'failed')) = (closed_on IS NOT NULL)", name="closed"),
        Index("uq_enrolments_class_person", "class_id", "person_id", unique=True),
        Index("ix_enrolments_person_id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    class_id: Mapped[int] = mapped_column(ForeignKey("training_classes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    state: Mapped[str]
    nominated_at: Mapped[datetime]
    """The moment of the nomination: the order of the waiting list after its priority."""
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    mark: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    closed_on: Mapped[date | None]
    """The day of completion, or on which it was found not completed."""
    reason: Mapped[str | None]
    """Why it was declined, withdrawn, or not completed."""
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Nomination(Base):
    """What an enrolment rested on when its agency nominated: checks and priority. Trainers never read it."""

    __tablename__ = "nominations"
    __table_args__ = (Index("ix_nominations_person_id", "person_id"),)

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_classes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    """Who nominated."""
    priority: Mapped[Small]
    """1 first; the order of the waiting list."""
    checks: Mapped[list[Any]] = mapped_column(JSONB)
    """`{code, result, reason}` of each check that day."""
    priorities: Mapped[list[Any]] = mapped_column(JSONB)
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Attendance(Base):
    """Whether a learner was at a session."""

    __tablename__ = "attendances"
    __table_args__ = (
        CheckConstraint("presence IN ('present', 'absent', 'excused')", name="presence"),
        CheckConstraint("how IN ('list', 'code', 'import')", name="how"),
        Index("ix_attendances_session_id", "session_id"),
    )

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("class_sessions.id", ondelete="CASCADE"), primary_key=True)
    presence: Mapped[str]
    how: Mapped[str]
    marked_at: Mapped[RecordedAt]
    marked_by: Mapped[int | None]
