"""The yearly plan of training: what an agency or the province will run, for how many, at what cost. No people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Dong, PrimaryKey, RecordedAt, Small, Versioned


class TrainingPlan(Base, Versioned):
    """The plan of an agency for a year (kế hoạch đào tạo, bồi dưỡng)."""

    __tablename__ = "training_plans"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'returned', 'approved', 'withdrawn')", name="state"),
        CheckConstraint("year >= 2000 AND year <= 2100", name="year"),
        Index("ix_training_plans_agency_id", "agency_id", "year"),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[Small]
    state: Mapped[str]
    title: Mapped[str]
    note: Mapped[str | None]
    remarks: Mapped[str | None]
    """Why it was returned or withdrawn."""
    submitted_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
    changed_at: Mapped[datetime]


class TrainingPlanLine(Base, Versioned):
    """A course of a plan: when, how many classes and learners, and money by its source in đồng."""

    __tablename__ = "training_plan_lines"
    __table_args__ = (
        CheckConstraint("quarter >= 1 AND quarter <= 4", name="quarter"),
        CheckConstraint("learners >= 0 AND classes >= 0", name="counts"),
        CheckConstraint("central_budget >= 0 AND local_budget >= 0 AND other_budget >= 0", name="budgets"),
        Index("ix_training_plan_lines_plan_id", "plan_id"),
        Index("ix_training_plan_lines_course_id", "course_id"),
    )

    id: Mapped[PrimaryKey]
    plan_id: Mapped[int] = mapped_column(ForeignKey("training_plans.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    quarter: Mapped[Small | None]
    classes: Mapped[Small]
    learners: Mapped[Small]
    central_budget: Mapped[Dong]
    """Ngân sách trung ương (NSTW)."""
    local_budget: Mapped[Dong]
    """Ngân sách địa phương (NSĐP)."""
    other_budget: Mapped[Dong]
    needs: Mapped[Small]
    """How many distinct people needed it when the line was taken from the needs; 0 when typed."""
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
