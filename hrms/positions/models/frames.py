"""What a job position demands: the position frame (bản mô tả công việc và khung năng lực), version by version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, PrimaryKey, Small, Versioned


class PositionFrame(Base, Versioned):
    """The frame of a position: an agency's own, or (without an agency) the province's model.

    A seat is judged by the frame of its agency, else of the nearest agency above that has one, else by the model.
    """

    __tablename__ = "position_frames"
    __table_args__ = (
        Index("uq_position_frames_agency", "position_id", "agency_id", unique=True, postgresql_nulls_not_distinct=True),
        Index("ix_position_frames_agency_id", "agency_id", postgresql_where=text("agency_id IS NOT NULL")),
    )

    id: Mapped[PrimaryKey]
    position_id: Mapped[int] = mapped_column(ForeignKey("job_positions.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))


class FrameVersion(Base, Dated):
    """A frame as it stands for a while. What fitness is judged by has columns; the text of the form is `content`."""

    __tablename__ = "frame_versions"
    __dated_key__ = ("frame_id",)
    __table_args__ = (
        *dated_constraints("frame_versions", "frame_id"),
        CheckConstraint("grade_from >= 1 AND grade_to >= grade_from AND grade_to <= 5", name="grades"),
        CheckConstraint("experience_years IS NULL OR special_law", name="experience"),
        Index("ix_frame_versions_frame_id", "frame_id", "valid_from"),
    )

    frame_id: Mapped[int] = mapped_column(ForeignKey("position_frames.id", ondelete="CASCADE"))
    least_degree: Mapped[str | None]
    majors: Mapped[list[str]]
    """Fields of study, any of them; empty: any fitting one."""
    other_majors_with_certificate: Mapped[bool]
    """Another field of study will do together with the certificates asked for."""
    theory_level: Mapped[str | None]
    state_management_level: Mapped[str | None]
    it_level: Mapped[str | None]
    language_level: Mapped[str | None]
    certificates: Mapped[list[str]]
    may_complete_later: Mapped[list[str]]
    """Names of the columns above that may be completed after somebody is placed."""
    grade_from: Mapped[Small | None]
    grade_to: Mapped[Small | None]
    """Career grades used (NĐ 232/2026/NĐ-CP Đ7); null where the position has none."""
    special_law: Mapped[bool]
    """A law of the field asks for years of experience; no other frame may."""
    experience_years: Mapped[Small | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The parts of the form (`rules.frames`): duties, competencies with levels, relations, authority, requirements."""
