"""What can be learnt and from whom: providers, courses and their versions. No people here: everybody may read it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned

Hours = Annotated[Decimal, mapped_column(Numeric(8, 2))]
"""Training hours (tiết)."""
KINDS = (
    "kind IN ('political_theory', 'state_management', 'leadership', 'position', 'digital', 'defence', 'language',"
    " 'degree', 'other')"
)
FORMS = "form IN ('class', 'online', 'blended')"


class TrainingProvider(Base, Versioned):
    """A school or body that trains (cơ sở đào tạo, bồi dưỡng); one of the tree's own agencies, or one outside."""

    __tablename__ = "training_providers"
    __table_args__ = (
        Index("uq_training_providers_code", "code", unique=True),
        Index("ix_training_providers_agency_id", "agency_id"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    may_certify: Mapped[bool]
    """It may issue a chứng chỉ; any other issues a giấy chứng nhận."""
    active: Mapped[bool]
    source: Mapped[str]
    mark: Mapped[str]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Course(Base, Versioned):
    """A training programme (chương trình đào tạo, bồi dưỡng): the stable header of its versions."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint(KINDS, name="kind"),
        Index("uq_courses_code", "code", unique=True),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str | None]
    """What it raises the learner to: a code of the catalogue that belongs to the kind (theory_levels, degrees, …)."""
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_key: Mapped[str] = mapped_column(Text(collation="C"))
    source: Mapped[str]
    mark: Mapped[str]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class CourseVersion(Base, Dated):
    """What a course was from a day on: how long, how, for whom, what it raises and what it ends with."""

    __tablename__ = "course_versions"
    __dated_key__ = ("course_id",)
    __table_args__ = (
        *dated_constraints("course_versions", "course_id"),
        CheckConstraint("hours > 0 AND hours <= 5000", name="hours"),
        CheckConstraint(FORMS, name="form"),
        CheckConstraint("certificate IN ('certificate', 'attestation', 'degree', 'none')", name="certificate"),
        CheckConstraint("valid_months > 0", name="valid_months"),
        Index("ix_course_versions_course_id", "course_id", "valid_from"),
    )

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    hours: Mapped[Hours]
    form: Mapped[str]
    certificate: Mapped[str]
    valid_months: Mapped[Small | None]
    """How long the certificate is valid; null for ever."""
    provider_ids: Mapped[list[int]]
    """Who may give it; empty means anybody."""
    competencies: Mapped[list[Any]] = mapped_column(JSONB)
    """`{code, level}` of each competency it raises, level null where it does not say."""
    positions: Mapped[list[str]]
    """Keys of the job positions it is meant for; with the three lists below, all empty means everybody."""
    ranks: Mapped[list[str]]
    post_groups: Mapped[list[str]]
    person_kinds: Mapped[list[str]]
    objectives: Mapped[str | None]
    content: Mapped[str | None]
    assessment: Mapped[str | None]
    note: Mapped[str | None]
