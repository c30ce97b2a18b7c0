"""Append-only events. The application role may insert and read within its scope; nothing can change or delete one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt


class AuditEvent(Base):
    """One change or one look at guarded data: who, when, how, what, before and after.

    `scope_ids` and `agency_name` are those of the moment, so that an agency keeps its own part of the trail after a
    person has moved on and a renamed agency still reads as it was called.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_entity", "entity", "entity_id", "id"),
        Index("ix_audit_events_person_id", "person_id", "id", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_audit_events_account_id", "account_id", "id"),
        Index("ix_audit_events_at", "at"),
        Index("ix_audit_events_position", "transaction_id", "id"),
        Index("ix_audit_events_actor_name", "actor_name", "id"),
        CheckConstraint("scope_ids @> ARRAY[0::bigint]", name="whole_province"),
    )

    id: Mapped[PrimaryKey]
    at: Mapped[RecordedAt]
    transaction_id: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text)::bigint"))
    account_id: Mapped[int | None]
    actor_name: Mapped[str]
    via: Mapped[str]
    request_id: Mapped[str]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[int | None]
    person_id: Mapped[int | None]
    scope_ids: Mapped[list[int]]
    agency_name: Mapped[str]
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class ReadMark(Base):
    """How much an account has taken out lately: a row per export, search page or reveal, for the bulk-download lock."""

    __tablename__ = "read_marks"
    __table_args__ = (Index("ix_read_marks_account_id", "account_id", "at"),)

    id: Mapped[PrimaryKey]
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    account_id: Mapped[int]
    kind: Mapped[str]
    rows: Mapped[int]


class Seal(Base):
    """A link of the chain over the events: which ones it covers, in order, and the digest of each.

    `hash` covers the previous seal's hash, the ids and the digests. `last_transaction` and `last_event` say where the
    next seal begins; they are a bookmark and stand outside the hash, since a restored backup counts transactions anew.
    """

    __tablename__ = "seals"
    __table_args__ = (CheckConstraint("length(digests) = 32 * cardinality(event_ids)", name="digests"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[RecordedAt]
    last_transaction: Mapped[int]
    last_event: Mapped[int]
    event_ids: Mapped[list[int]]
    digests: Mapped[bytes]
    previous_hash: Mapped[str]
    hash: Mapped[str]
