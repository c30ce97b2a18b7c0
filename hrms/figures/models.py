"""New texts of the law as rows beside the catalogues: entered, looked at, applied, undone; and the law's revision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class FigureChange(Base, Versioned):
    """One text (nghị định, thông tư) with the rows it brings: a draft changes nothing, applied it is the law."""

    __tablename__ = "figure_changes"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'applied', 'undone')", name="state"),
        CheckConstraint("mark IN ('C', 'K', 'U')", name="mark"),
        Index("ix_figure_changes_valid_from", "valid_from", "id"),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str]
    """Number and symbol of the text, such as 161/2026/NĐ-CP."""
    title: Mapped[str]
    signed_on: Mapped[date | None]
    valid_from: Mapped[date]
    """The day its figures begin; the ones they replace end the day before."""
    source: Mapped[str]
    """Number and article, as every row of a catalogue says it."""
    mark: Mapped[str]
    rows: Mapped[list[Any]] = mapped_column(JSONB())
    """The rows: name of the catalogue, key, values; text as in the seed files."""
    state: Mapped[str]
    preview: Mapped[dict[str, Any] | None]
    """What it would change, as last looked at: people and đồng by agency, arrears, from when."""
    previewed_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]
    undone_reason: Mapped[str | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class LawRevision(Base):
    """One row that counts the changes of the figures: what was computed with an older count is looked at again."""

    __tablename__ = "law_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[Small] = mapped_column(primary_key=True)
    revision: Mapped[int]
