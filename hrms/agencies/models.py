"""The agency tree: one row per agency with what is true now, and its dated names and places."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, Ltree, PrimaryKey, Small, Versioned


class Agency(Base, Versioned):
    """An agency, organisation or unit (cơ quan, tổ chức, đơn vị).

    `path` holds the ids from the root to the agency itself; `scope_ids` the same as an array that begins with 0, the
    form that permissions and row policies compare. Both are kept by the services in the transaction of a move.
    """

    __tablename__ = "agencies"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 2 AND 300", name="name_length"),
        CheckConstraint("parent_id IS DISTINCT FROM id", name="not_own_parent"),
        Index("ix_agencies_path", "path", postgresql_using="gist"),
        Index("uq_agencies_code", "code", unique=True, postgresql_where=text("code IS NOT NULL")),
        Index("ix_agencies_parent_id", "parent_id", "sort_key"),
        Index("ix_agencies_next_change_on", "next_change_on", postgresql_where=text("next_change_on IS NOT NULL")),
    )

    id: Mapped[PrimaryKey]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    path: Mapped[str] = mapped_column(Ltree())
    scope_ids: Mapped[list[int]]
    depth: Mapped[Small]
    code: Mapped[str | None]
    """Mã định danh điện tử, such as H13.05."""
    name: Mapped[str]
    short_name: Mapped[str | None]
    kind: Mapped[str]
    sector: Mapped[str | None]
    """What a service unit does: education, health, other; null for administrative bodies."""
    ward_code: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    """The first day on which the agency no longer exists; may lie ahead."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    order_no: Mapped[Small] = mapped_column(server_default=text("500"))
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_key: Mapped[str] = mapped_column(Text(collation="C"))
    former_names: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    next_change_on: Mapped[date | None]
    changed_at: Mapped[datetime | None]


class AgencyFact(Base, Dated):
    """What an agency was called and where it stood, for a while, on what paper.

    Its closing is a fact too (`closed`, with the agency that took over), so it cites a decision and can be corrected.
    """

    __tablename__ = "agency_facts"
    __dated_key__ = ("agency_id",)
    __table_args__ = (
        *dated_constraints("agency_facts", "agency_id"),
        Index("ix_agency_facts_parent_id", "parent_id", postgresql_where=text("superseded_at IS NULL")),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id", ondelete="CASCADE"))
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    closed: Mapped[bool] = mapped_column(server_default=text("false"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
