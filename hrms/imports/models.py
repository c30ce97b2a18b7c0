"""Import batches: the file as read, row by row, what each row would do, and what was done, so that it can be undone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned

STATES = (
    "uploaded",
    "reading",
    "mapped",
    "checking",
    "ready",
    "applying",
    "applied",
    "undoing",
    "undone",
    "failed",
    "cancelled",
)


class ImportBatch(Base, Versioned):
    """One uploaded file on its way: uploaded → mapped → ready (previewed) → applied → undone.

    Visible to its account and to whoever may import over the agency it was made for.
    """

    __tablename__ = "import_batches"
    __table_args__ = (
        CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in STATES) + ")", name="state"),
        Index("ix_import_batches_account_id", "account_id", "id"),
    )

    id: Mapped[PrimaryKey]
    importer: Mapped[str]
    """Which registered importer reads it: `people`."""
    account_id: Mapped[int | None]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    scope_ids: Mapped[list[int]]
    filename: Mapped[str]
    file_hash: Mapped[str]
    file_size: Mapped[int]
    state: Mapped[str]
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Sheets, header rows and the mapping column → field, as proposed and as corrected by the officer."""
    done: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int] = mapped_column(server_default=text("0"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    failure: Mapped[dict[str, Any] | None]
    created_at: Mapped[RecordedAt]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportRow(Base):
    """One row of the file: its values by field, its problems, the person it meets and what applying it would change."""

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_outcome", "batch_id", "outcome", "sheet", "row_no"),
        Index("ix_import_rows_person_id", "batch_id", "person_id"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True)
    sheet: Mapped[Small] = mapped_column(primary_key=True)
    row_no: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    """create, change, same or refused."""
    person_id: Mapped[int | None]
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB)
    problems: Mapped[list[Any] | None] = mapped_column(JSONB)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class ImportEffect(Base):
    """What applying did to one person: enough to put every value back, and to see whether it was edited since."""

    __tablename__ = "import_effects"
    __table_args__ = (
        Index("ix_import_effects_row_digest", "row_digest", postgresql_where=text("row_digest IS NOT NULL")),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    created: Mapped[bool]
    version_after: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    kept_at_undo: Mapped[bool] = mapped_column(server_default=text("false"))
    row_digest: Mapped[bytes | None]
    """What the row said, under which mapping: the same again, while the person is at `version_after`, is no news."""
    good_until: Mapped[date | None]
    """The day from which a recorded fact makes the digest's answer doubtful; null when none is recorded."""


class MappingProfile(Base):
    """A mapping an officer corrected and kept by name, found again by the headers of the next file."""

    __tablename__ = "mapping_profiles"
    __table_args__ = (Index("uq_mapping_profiles_agency_name", "agency_id", "importer", "name", unique=True),)

    id: Mapped[PrimaryKey]
    importer: Mapped[str]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    scope_ids: Mapped[list[int]]
    name: Mapped[str]
    header_key: Mapped[str]
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_by: Mapped[int | None]
    saved_at: Mapped[RecordedAt]
