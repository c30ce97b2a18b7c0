"""The lines of the calendar, derived from facts and rules, and the secret addresses that calendars read them by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt


class DueLine(Base):
    """One thing that must be done about one person by a day; made again by `services.refresh`, never edited.

    `scope_ids` and `agency_id` (who uses the person) are those of `people_current`; `responsible_id` is the agency
    that must see to it.
    """

    __tablename__ = "due_lines"
    __table_args__ = (Index("ix_due_lines_due_on", "due_on", "person_id", "code", "key"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    scope_ids: Mapped[list[int]]
    agency_id: Mapped[int | None]
    responsible_id: Mapped[int | None]
    due_on: Mapped[date]
    remind: Mapped[list[date]] = mapped_column(ARRAY(Date()))
    ends_on: Mapped[date | None]
    what: Mapped[str]
    """A message id, with `params` for its places (days in ISO form)."""
    params: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]] = mapped_column(JSONB)
    """`{text, figure, source, params}` of each step."""
    settled_by: Mapped[list[str]]
    """Codes of the kinds of decision that settle it, the one offered first."""


class CalendarFeed(Base):
    """A secret address at which a calendar program reads the account's lines; one that works at a time."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index("uq_calendar_feeds_token_hash", "token_hash", unique=True),
        Index("uq_calendar_feeds_account_id", "account_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(Text(collation="C"))
    created_at: Mapped[RecordedAt]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
