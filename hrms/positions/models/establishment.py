"""How many seats an agency is given: lines per position, the ledger of quotas, seats held back, accepted excess."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class EstablishmentLine(Base, Versioned):
    """A position of an agency (chỉ tiêu biên chế theo vị trí): the stable header; its seats are in the ledger."""

    __tablename__ = "establishment_lines"
    __table_args__ = (
        CheckConstraint("quota_kind IN ('civil', 'public', 'contract')", name="quota_kind"),
        Index("uq_establishment_lines_position", "agency_id", "position_id", unique=True),
        Index("ix_establishment_lines_position_id", "position_id"),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("job_positions.id"))
    quota_kind: Mapped[str]
    code: Mapped[str | None]
    """Mã vị trí việc làm, as the agency's own papers write it."""
    field: Mapped[str | None]
    """Lĩnh vực công tác: what several holders of one position do, never part of its name."""
    base_position_id: Mapped[int | None] = mapped_column(ForeignKey("job_positions.id"))
    """Of a viên chức manager: the position whose grade they have (NĐ 232/2026/NĐ-CP Đ5 k5c)."""
    shares: Mapped[dict[str, Any]]
    """Approved shares in percent by rank code or `grade:<n>`, where lower than the law's."""
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class QuotaMovement(Base):
    """An entry of the ledger of quotas: written once. `line_id` null moves the agency's own quota, else a line's seats.

    Công chức and viên chức are never added; `reserve` is what a quota keeps back (dự phòng). A mistake is undone by an
    entry of the opposite amount that names it.
    """

    __tablename__ = "quota_movements"
    __table_args__ = (
        CheckConstraint("quota_kind IN ('civil', 'public', 'contract')", name="quota_kind"),
        CheckConstraint("kind IN ('assigned', 'adjusted', 'reserve', 'merged', 'closed', 'reversal')", name="kind"),
        CheckConstraint("amount <> 0 AND abs(amount) <= 1000000", name="amount"),
        CheckConstraint("(basis = 'decision') = (decision_id IS NOT NULL)", name="basis"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        Index("ix_quota_movements_agency_id", "agency_id", "effective_on"),
        Index("ix_quota_movements_line_id", "line_id", "effective_on", postgresql_where=text("line_id IS NOT NULL")),
        Index("uq_quota_movements_reverses_id", "reverses_id", unique=True),
        Index("ix_quota_movements_decision_id", "decision_id", postgresql_where=text("decision_id IS NOT NULL")),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("establishment_lines.id"))
    quota_kind: Mapped[str]
    kind: Mapped[str]
    reserve: Mapped[bool] = mapped_column(server_default=text("false"))
    """The amount lies in the reserve; a reversal of a reserve entry too."""
    amount: Mapped[Small]
    effective_on: Mapped[date]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    basis: Mapped[str]
    note: Mapped[str | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("quota_movements.id"))
    batch_id: Mapped[int | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class SeatReservation(Base):
    """Seats of a line held back: for a proposal on its way, or for an approved recruitment."""

    __tablename__ = "seat_reservations"
    __table_args__ = (
        CheckConstraint("kind IN ('proposal', 'recruitment')", name="kind"),
        CheckConstraint("seats BETWEEN 1 AND 1000", name="seats"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="interval"),
        CheckConstraint("(kind = 'proposal') = (submission_id IS NOT NULL)", name="proposal"),
        Index("ix_seat_reservations_line_id", "line_id", postgresql_where=text("released_at IS NULL")),
        Index(
            "uq_seat_reservations_proposal", "submission_id", "person_id", "line_id", unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(ForeignKey("establishment_lines.id"))
    kind: Mapped[str]
    seats: Mapped[Small]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    note: Mapped[str | None]
    released_at: Mapped[datetime | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Overage(Base, Dated):
    """An excess that stood before the rule and is accepted until it is solved: how much, why, and by when."""

    __tablename__ = "overages"
    __dated_key__ = ("rule", "agency_id", "line_key", "level")
    __table_args__ = (
        *dated_constraints("overages", "rule", "agency_id", "line_key", "level"),
        CheckConstraint(
            "rule IN ('quota', 'line', 'rank_ratio', 'grade_ratio', 'deputies', 'division_size')", name="rule"
        ),
        CheckConstraint("excess BETWEEN 1 AND 100000", name="excess"),
        Index("ix_overages_agency_id", "agency_id"),
    )

    rule: Mapped[str]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    line_key: Mapped[int]
    """The line's id, 0 for the agency as a whole."""
    level: Mapped[str]
    """The quota kind, rank code or `grade:<n>` it is about; empty where the rule has none."""
    excess: Mapped[Small]
    reason: Mapped[str]
    solve_by: Mapped[date | None]
    """The day by which the law wants it solved; null where it names none."""
