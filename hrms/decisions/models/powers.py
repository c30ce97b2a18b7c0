"""Who proposes, appraises and signs which kind of decision about whom: the dated table of decentralisation."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Versioned


class DecentralisationRule(Base, Versioned):
    """A row of the table (phân cấp): for whom it holds, from–to, and the three parties. NULL in a condition is any.

    Of the rows that fit a person on a day the one with the most conditions holds; `rules.powers` decides.
    """

    __tablename__ = "decentralisation_rules"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="interval"),
        Index("ix_decentralisation_rules_action", "action", "valid_from"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str | None] = mapped_column(unique=True)
    """The key of a seeded row; a row of the province's own has none."""
    action: Mapped[str | None]
    """The code of a kind of decision (`decisions.kinds`), or NULL for all."""
    person_kind: Mapped[str | None]
    post_group: Mapped[str | None]
    """The group of the post held or given: agency_head, agency_deputy, division_head, division_deputy, none."""
    rank_code: Mapped[str | None]
    managing_kind: Mapped[str | None]
    using_kind: Mapped[str | None]
    managing_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    """One agency's own row goes before the rows of its kind."""
    proposes: Mapped[str]
    appraises: Mapped[str | None]
    """NULL: nobody appraises; the proposal goes to the signer at once."""
    signs: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    mark: Mapped[str]
    """C seen, K known, U unsure, P the province's own."""
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
