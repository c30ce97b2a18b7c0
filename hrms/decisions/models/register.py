"""The decision register: one row per paper; every dated fact points at one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class Decision(Base, Versioned):
    """A decision (quyết định): its number and symbol as the register of the issuing office gave them, and its ground.

    `scope_ids` is the closure of agencies that may see it: the issuer's path and that of everyone it was about when it
    was cited. An agency a person has left keeps its own decisions.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("length(number) <= 40 AND length(symbol) <= 60", name="number_length"),
        CheckConstraint("effective_on IS NULL OR effective_on >= date '1945-09-02'", name="effective_on"),
        Index(
            "uq_decisions_register",
            "issuer_key",
            text("EXTRACT(year FROM signed_on)"),
            "number",
            "symbol",
            unique=True,
        ),
        Index("ix_decisions_signed_on", "signed_on", "id"),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str]
    symbol: Mapped[str]
    """The part after the number: `QĐ-SNV` of `905/QĐ-SNV`."""
    signed_on: Mapped[date]
    effective_on: Mapped[date | None]
    issuer_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    issuer_name: Mapped[str]
    """The issuing body as printed; it may lie outside the province's tree (a ministry, a former district)."""
    issuer_key: Mapped[str]
    """`agency:<id>` or the folded name: what a number is unique within, together with year and symbol."""
    signer_name: Mapped[str | None]
    signer_title: Mapped[str | None]
    kind: Mapped[str]
    subject: Mapped[str]
    legal_ground: Mapped[str | None]
    note: Mapped[str | None]
    scope_ids: Mapped[list[int]]
    search_key: Mapped[str]
    batch_id: Mapped[int | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]

    @property
    def reference(self) -> str:
        """Return the number as people write it, `905/QĐ-SNV`."""
        return f"{self.number}/{self.symbol}" if self.symbol else self.number


class DecisionRelation(Base):
    """A later decision that replaces, corrects or cancels an earlier one."""

    __tablename__ = "decision_relations"
    __table_args__ = (
        CheckConstraint("relation IN ('replaces', 'corrects', 'cancels')", name="relation"),
        CheckConstraint("decision_id <> target_id", name="other"),
        Index("ix_decision_relations_target_id", "target_id"),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    relation: Mapped[str]


class DecisionScan(Base):
    """The signed paper as scanned (PDF), kept under its hash; a replaced one stays, marked."""

    __tablename__ = "decision_scans"
    __table_args__ = (
        Index("ix_decision_scans_decision_id", "decision_id"),
        Index("ix_decision_scans_sha256", "sha256"),
    )

    id: Mapped[PrimaryKey]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(Text(collation="C"), ForeignKey("stored_files.sha256"))
    file_name: Mapped[str]
    size: Mapped[int]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
    replaced_at: Mapped[datetime | None]


class NumberBook(Base, Versioned):
    """Văn thư's register of an agency for a year and a symbol, where the program gives the numbers.

    `next_number` goes up under a lock in the transaction that uses it, so numbers have neither gaps nor doubles.
    """

    __tablename__ = "number_books"
    __table_args__ = (
        CheckConstraint("purpose IN ('decisions', 'certificates')", name="purpose"),
        Index("uq_number_books_key", "agency_id", "year", "symbol", unique=True),
        Index(
            "uq_number_books_certificates", "year", "symbol", unique=True,
            postgresql_where=text("purpose = 'certificates'"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[Small]
    symbol: Mapped[str]
    next_number: Mapped[int]
    closed: Mapped[bool] = mapped_column(server_default=text("false"))
    purpose: Mapped[str] = mapped_column(server_default=text("'decisions'"))
    """What it counts: decisions, or certificates, of which no two agencies may have the same symbol in a year."""
