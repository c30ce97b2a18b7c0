"""Tables that belong to no domain: catalogues of codes, holidays, settings, exported files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small


class CatalogueItem(Base):
    """One code of a closed list, with its source in law; rows end, they are not deleted."""

    __tablename__ = "catalogue_items"

    catalogue: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    rank: Mapped[Small]
    parent: Mapped[str | None]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    code_bnv: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    mark: Mapped[str]


class Setting(Base):
    """A figure the province sets where the law is silent or unsure; the page that uses it says so."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    note: Mapped[str]
    changed_at: Mapped[RecordedAt]
    changed_by: Mapped[int | None]


class Holiday(Base):
    """A day off, a weekend day worked in exchange, or a day not confirmed yet; what is taken out is marked so.

    Loaded from the seed once; from then on the province keeps it (`hrms.core.holidays`).
    """

    __tablename__ = "holidays"
    __table_args__ = (
        CheckConstraint("kind IN ('holiday', 'worked', 'unconfirmed', 'removed')", name="kind"),
        CheckConstraint("mark IN ('C', 'K', 'U')", name="mark"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    mark: Mapped[str]
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[int | None]


class StoredFile(Base):
    """A file kept on the disk under its hash. What it is about and who may read it, the row that points to it knows."""

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("bytes > 0", name="bytes"),
    )

    sha256: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    bytes: Mapped[int]
    media_type: Mapped[str]
    recorded_at: Mapped[RecordedAt]
    """When it was last brought along."""
    recorded_by: Mapped[int | None]


class Task(Base):
    """Long work as its owner sees it: progress, result file, refusal. The worker's own queue is procrastinate's."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_account_id", "account_id", "id"),)

    id: Mapped[PrimaryKey]
    account_id: Mapped[int | None]
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str]
    """waiting, running, done, failed or cancelled."""
    done: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int] = mapped_column(server_default=text("0"))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[RecordedAt]
    finished_at: Mapped[datetime | None]
