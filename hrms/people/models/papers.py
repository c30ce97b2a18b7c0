"""What a decision that was carried out did to a person: for the timeline, the calendar, and for taking it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt


class PersonPaper(Base):
    """A paper about a person: its kind, the day it speaks of, and the days of which facts it laid or emptied.

    Facts that begin cite their decision themselves. A notice makes no fact, and an end leaves no row of its own; both
    stand here. One decision a person and transaction: what it wrote is told by its moment. `undone_by` is the decision
    that corrected or cancelled the paper for this person.
    """

    __tablename__ = "person_papers"
    __table_args__ = (
        Index("uq_person_papers_decision", "person_id", "decision_id", unique=True),
        Index("ix_person_papers_decision_id", "decision_id"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    kind: Mapped[str]
    """The code of the kind of decision (`decisions.kinds`), else its kind in the register."""
    happens_on: Mapped[date | None]
    """The day it speaks of where that is another than its day of effect: the last day at work of a notice."""
    values: Mapped[dict[str, Any]]
    """What the kind keeps of the proposal: the end of a rotation, the reason of a leaving."""
    effects: Mapped[list[Any]] = mapped_column(JSONB)
    """`{fact, key, from, to}` of each stretch touched, half open, ISO dates."""
    moment: Mapped[datetime]
    """The recording instant of what it wrote."""
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
