"""What is to be done: a unit's objectives with indicators, and the products each person was given in a period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Percent, PrimaryKey, RecordedAt, Small, Versioned
from hrms.performance.models.criteria import Units


class WorkObjective(Base, Versioned):
    """An objective of an agency for a year: indicator, baseline, target, what was reached and its evidence."""

    __tablename__ = "work_objectives"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'approved', 'dropped')", name="state"),
        CheckConstraint("direction IN ('more', 'less')", name="direction"),
        CheckConstraint("weight > 0 AND weight <= 100", name="weight"),
        CheckConstraint("due_on IS NULL OR due_on > '1990-01-01'", name="due_on"),
        Index("uq_work_objectives_code", "agency_id", "year", "code", unique=True),
        Index("ix_work_objectives_parent_id", "parent_id"),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[Small]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("work_objectives.id"))
    """The objective of the agency above that it serves."""
    objective: Mapped[str]
    indicator: Mapped[str]
    measure: Mapped[str]
    """Unit of the indicator: per cent, files, days …"""
    direction: Mapped[str]
    """more: the higher the better; less: the lower the better."""
    baseline: Mapped[Decimal | None] = mapped_column(Numeric(16, 4))
    target: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    actual: Mapped[Decimal | None] = mapped_column(Numeric(16, 4))
    evidence: Mapped[str | None]
    weight: Mapped[Percent]
    due_on: Mapped[date | None]
    state: Mapped[str]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class WorkItem(Base, Versioned):
    """A product on somebody's sheet: given, reported on by its owner, confirmed by the authority.

    What the owner says (`reported`, `progress`, `evidence`) gives no points; what the authority confirms (`done`) does.
    """

    __tablename__ = "work_items"
    __table_args__ = (
        CheckConstraint("kind IN ('assigned', 'taken_over', 'ad_hoc')", name="kind"),
        CheckConstraint("state IN ('proposed', 'given', 'refused', 'dropped')", name="state"),
        CheckConstraint("reported IN ('open', 'done', 'impossible')", name="reported"),
        CheckConstraint("quantity > 0 AND quantity <= 100000", name="quantity"),
        CheckConstraint("units > 0 AND units <= 10000000", name="units"),
        CheckConstraint("progress >= 0 AND progress <= 100", name="progress"),
        CheckConstraint("failed_checks >= 0 AND late_count >= 0", name="counts"),
        CheckConstraint("(kind = 'taken_over') = (from_person_id IS NOT NULL)", name="taken_over"),
        Index("ix_work_items_sheet_id", "sheet_id"),
        Index(
            "ix_work_items_due_on", "due_on",
            postgresql_where=text("due_on IS NOT NULL AND done IS NULL AND state = 'given'"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheets.id", ondelete="CASCADE"))
    person_id: Mapped[int]
    """As on the sheet, which has the foreign key; kept here for the row policy."""
    product_id: Mapped[int | None] = mapped_column(ForeignKey("work_products.id"))
    objective_id: Mapped[int | None] = mapped_column(ForeignKey("work_objectives.id"))
    code: Mapped[str | None] = mapped_column(Text(collation="C"))
    """Of the product when it was given; a later catalogue changes nothing here."""
    title: Mapped[str]
    output: Mapped[str | None]
    kind: Mapped[str]
    """assigned: at the start, in the denominator; taken_over and ad_hoc add to the numerator only."""
    state: Mapped[str]
    """proposed: by the person, waits for the authority; given; refused; dropped: taken out with a reason."""
    quantity: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    units: Mapped[Units]
    """Converted: factor times quantity."""
    due_on: Mapped[date | None]
    from_person_id: Mapped[int | None]
    """Whose task it was, when it was taken over."""
    reported: Mapped[str]
    reported_on: Mapped[date | None]
    progress: Mapped[Small]
    """Per cent, as its owner says."""
    evidence: Mapped[str | None]
    done: Mapped[bool | None]
    """Confirmed by the authority: done, not done; null while nobody has said."""
    done_on: Mapped[date | None]
    failed_checks: Mapped[Small]
    """Failed checks of quality that nothing excuses: the sum of its findings."""
    late_count: Mapped[Small]
    """Latenesses that nothing excuses."""
    note: Mapped[str | None]
    """Why it was refused, dropped, or found impossible."""
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class WorkFinding(Base):
    """A failed check of quality or a lateness of one product, with its cause; withdrawn, never edited."""

    __tablename__ = "work_findings"
    __table_args__ = (
        CheckConstraint("kind IN ('failed_check', 'late')", name="kind"),
        Index("ix_work_findings_item_id", "item_id"),
    )

    id: Mapped[PrimaryKey]
    item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id", ondelete="CASCADE"))
    person_id: Mapped[int]
    kind: Mapped[str]
    found_on: Mapped[date]
    cause: Mapped[str]
    excused: Mapped[bool]
    """The cause lies outside the person (khách quan): it takes no points."""
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
