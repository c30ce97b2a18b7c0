"""The job-position scheme (đề án vị trí việc làm): how an agency arrives at its positions, seats and frames."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class PositionScheme(Base, Versioned):
    """A scheme of one agency and what is under it. `scope_ids` is the agency's path: who is above sees it too."""

    __tablename__ = "position_schemes"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'submitted', 'incomplete', 'appraised', 'returned', 'approved', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("quota_kind IN ('civil', 'public')", name="quota_kind"),
        Index("ix_position_schemes_agency_id", "agency_id", "id"),
        Index("ix_position_schemes_scope_ids", "scope_ids", postgresql_using="gin"),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    scope_ids: Mapped[list[int]]
    quota_kind: Mapped[str]
    """Whose positions it is about: civil (NĐ 361/2025/NĐ-CP) or public (NĐ 232/2026/NĐ-CP)."""
    title: Mapped[str]
    state: Mapped[str]
    effective_on: Mapped[date | None]
    reason: Mapped[str | None]
    """Why an approved scheme is adjusted (NĐ 232/2026/NĐ-CP Đ12), a code of `rules.schemes`."""
    content: Mapped[dict[str, Any]]
    """The chapters: legal grounds, necessity, present state, proposals, by section name."""
    checklist: Mapped[dict[str, Any]]
    """The dossier's items and the review contents as ticked, with remarks."""
    submitted_on: Mapped[date | None]
    complete_on: Mapped[date | None]
    """The day the dossier was complete: the thirty days of the review run from here."""
    appraised_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
    changed_at: Mapped[datetime]


class SchemeWork(Base, Versioned):
    """A piece of work from the inventory (thống kê công việc), of a person or of a unit, and its group."""

    __tablename__ = "scheme_works"
    __table_args__ = (
        CheckConstraint("work_group IN ('leadership', 'professional', 'support')", name="work_group"),
        CheckConstraint("hours_each >= 0 AND times_a_year >= 0", name="amounts"),
        Index("ix_scheme_works_scheme_id", "scheme_id", "id"),
    )

    id: Mapped[PrimaryKey]
    scheme_id: Mapped[int] = mapped_column(ForeignKey("position_schemes.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    """Whose work it is; null for the unit's own list."""
    name: Mapped[str]
    product: Mapped[str | None]
    times_a_year: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    hours_each: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    regular: Mapped[bool] = mapped_column(server_default=text("true"))
    """Only regular, stable, repeated work counts."""
    work_group: Mapped[str | None]
    scheme_line_id: Mapped[int | None] = mapped_column(ForeignKey("scheme_lines.id", ondelete="SET NULL"))
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class SchemeLine(Base, Versioned):
    """A position the scheme proposes for a unit: seats, rank structure, grades, frame."""

    __tablename__ = "scheme_lines"
    __table_args__ = (
        CheckConstraint("seats BETWEEN 0 AND 100000", name="seats"),
        CheckConstraint("grade_from >= 1 AND grade_to >= grade_from AND grade_to <= 5", name="grades"),
        Index("uq_scheme_lines_position", "scheme_id", "unit_id", "position_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    scheme_id: Mapped[int] = mapped_column(ForeignKey("position_schemes.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("job_positions.id"))
    code: Mapped[str | None]
    field: Mapped[str | None]
    seats: Mapped[Small]
    shares: Mapped[dict[str, Any]]
    grade_from: Mapped[Small | None]
    grade_to: Mapped[Small | None]
    base_position_id: Mapped[int | None] = mapped_column(ForeignKey("job_positions.id"))
    frame: Mapped[dict[str, Any]]
    """The frame proposed with it, the columns of `frame_versions`; empty: the one in force stays."""
    reason: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class SchemeStep(Base):
    """A step of a scheme's way, written once: who, what, when, with which remark."""

    __tablename__ = "scheme_steps"
    __table_args__ = (Index("ix_scheme_steps_scheme_id", "scheme_id", "id"),)

    id: Mapped[PrimaryKey]
    scheme_id: Mapped[int] = mapped_column(ForeignKey("position_schemes.id", ondelete="CASCADE"))
    step: Mapped[str]
    account_id: Mapped[int | None]
    name: Mapped[str]
    remark: Mapped[str | None]
    happened_on: Mapped[date]
    recorded_at: Mapped[RecordedAt]
