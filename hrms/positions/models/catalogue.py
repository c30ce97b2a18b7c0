"""What the law lets an agency choose from: job positions, competencies and their levels."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class JobPosition(Base, Versioned):
    """A job position (vị trí việc làm) of a catalogue: its name may be chosen, never changed, split or merged.

    NĐ 361/2025/NĐ-CP for công chức, NĐ 232/2026/NĐ-CP Đ4–7 for viên chức. Sở Nội vụ adds rows from a decision. The code
    of a position is an agency's own data and stands on the establishment line.
    """

    __tablename__ = "job_positions"
    __table_args__ = (
        CheckConstraint("grade_min >= 1 AND grade_max >= grade_min AND grade_max <= 5", name="grades"),
        CheckConstraint("position_group IN ('leadership', 'professional', 'support')", name="position_group"),
        CheckConstraint("quota_kind IN ('civil', 'public', 'contract')", name="quota_kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="interval"),
        Index("ix_job_positions_catalogue", "catalogue", "place", "id"),
        Index("ix_job_positions_sort_key", "sort_key", "id"),
    )

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    """Stable name of a seeded row, `vc.pl2.081`; a row of the province's own is `own.<n>`."""
    catalogue: Mapped[str]
    number: Mapped[str | None]
    """The number the catalogue itself gives the row."""
    place: Mapped[Small]
    """Order within the catalogue."""
    name: Mapped[str]
    position_group: Mapped[str]
    quota_kind: Mapped[str]
    """Which quota a seat counts against: civil, public; contract labour stands outside both."""
    field: Mapped[str | None]
    """Lĩnh vực, as the catalogue groups its rows."""
    ranks: Mapped[list[str]]
    """Codes of the ranks that may hold it; empty: the catalogue does not say."""
    least_rank: Mapped[str | None]
    grade_min: Mapped[Small | None]
    grade_max: Mapped[Small | None]
    """Career grades 1–5 that may be used; null for a position without grades."""
    leadership_post: Mapped[str | None]
    """Code of the leadership post where the position is a title."""
    keeps_base_grade: Mapped[bool] = mapped_column(server_default=text("false"))
    """The grade is that of the professional position it is attached to (NĐ 232/2026/NĐ-CP Đ5 k5c, Đ7 k4)."""
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    mark: Mapped[str]
    """C seen, C2 seen in secondary material, K known, U unsure, P the province's own."""
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    """The approved decision a row of the province's own comes from."""
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_key: Mapped[str] = mapped_column(Text(collation="C"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Competency(Base):
    """A competency (năng lực) of a framework: công chức by NĐ 361/2025/NĐ-CP, viên chức by NĐ 232/2026/NĐ-CP."""

    __tablename__ = "competencies"
    __table_args__ = (
        CheckConstraint("framework IN ('civil', 'public')", name="framework"),
        CheckConstraint("competency_group IN ('general', 'professional', 'management')", name="competency_group"),
    )

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    framework: Mapped[str]
    competency_group: Mapped[str]
    name: Mapped[str]
    name_others: Mapped[str | None]
    """What it is called for people without a leadership post, where that differs."""
    place: Mapped[Small]
    source: Mapped[str]
    mark: Mapped[str]


class CompetencyLevel(Base):
    """What a level (cấp độ) of a competency means; a level without a row is not defined."""

    __tablename__ = "competency_levels"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level"),)

    competency_code: Mapped[str] = mapped_column(
        Text(collation="C"), ForeignKey("competencies.code", ondelete="CASCADE"), primary_key=True
    )
    level: Mapped[Small] = mapped_column(primary_key=True)
    words: Mapped[str]
    words_others: Mapped[str | None]
    source: Mapped[str]
    mark: Mapped[str]
