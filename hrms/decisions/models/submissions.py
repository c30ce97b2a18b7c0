"""What goes up for signature: the submission (tờ trình), its people, and every step it took."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class Submission(Base, Versioned):
    """A list of people for one signer, for one kind of decision taking effect on one day.

    `party_ids` are 0 and the very agencies that take part (proposing, appraising, signing): the row policy compares
    them with the reader's scope without the agencies above, so a draft is seen by its parties alone. Once numbered,
    the decision itself is seen by whoever sees the issuer or the people.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'appraised', 'signed', 'closed', 'dropped')", name="state"),
        Index("ix_submissions_party_ids", "party_ids", postgresql_using="gin"),
        Index("ix_submissions_state", "state", "id"),
        Index("ix_submissions_split_of", "split_key"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str]
    title: Mapped[str]
    effective_on: Mapped[date]
    values: Mapped[dict[str, Any]]
    """What the kind asks once for the whole list, JSON values by field name."""
    one_paper: Mapped[bool]
    """One decision for the whole list, or one for each person."""
    proposing_agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    appraising_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    signing_agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    party_ids: Mapped[list[int]]
    rule_ids: Mapped[list[int]]
    """The rows of the decentralisation table that named the parties."""
    split_key: Mapped[str]
    """Joins the parts of one list that was split by signer."""
    state: Mapped[str]
    returned: Mapped[bool] = mapped_column(server_default=text("false"))
    """A draft that came back with remarks."""
    grounds: Mapped[list[str]]
    """Căn cứ, a line each, as they will be printed."""
    note: Mapped[str | None]
    proposed_by: Mapped[int | None]
    appraised_by: Mapped[int | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
    changed_at: Mapped[datetime]


class SubmissionLine(Base):
    """One person of a submission, what is proposed for them, the conditions as checked, and what became of it."""

    __tablename__ = "submission_lines"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'signed', 'refused', 'registered', 'dropped')", name="state"),
        Index("uq_submission_lines_person", "submission_id", "person_id", unique=True),
        # One proposal of a kind about a person at a time, whoever makes it.
        Index(
            "uq_submission_lines_open",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('pending', 'signed')"),
        ),
        Index("ix_submission_lines_decision_id", "decision_id"),
    )

    id: Mapped[PrimaryKey]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    kind: Mapped[str]
    place: Mapped[Small]
    """The order in the list, from 1."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    person_name: Mapped[str]
    staff_code: Mapped[str | None]
    person_version: Mapped[int]
    """The record's version the proposal was made on."""
    values: Mapped[dict[str, Any]]
    changes: Mapped[list[Any]] = mapped_column(JSONB)
    """Old → new as it was submitted: `{label, old, new}` in words."""
    conditions: Mapped[list[Any]] = mapped_column(JSONB)
    """The checking sheet's rows of this person, frozen at submission and again at signing."""
    answers: Mapped[dict[str, Any]]
    """What the proposer vouches for where the system cannot know: `{condition code: {met, note, sha256}}`."""
    wording: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What the paper says, kept when it is signed (`papers.wording.Said`); None before."""
    state: Mapped[str]
    remark: Mapped[str | None]
    signed_by: Mapped[int | None]
    signer_name: Mapped[str | None]
    signer_title: Mapped[str | None]
    signer_capacity: Mapped[str | None]
    """TM., KT., TL., TUQ. or Q., as printed above the title."""
    signed_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))


class SubmissionStep(Base):
    """A step of the path, written once: who did what, when, with which remark."""

    __tablename__ = "submission_steps"
    __table_args__ = (Index("ix_submission_steps_submission_id", "submission_id", "id"),)

    id: Mapped[PrimaryKey]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("submission_lines.id", ondelete="CASCADE"))
    step: Mapped[str]
    account_id: Mapped[int | None]
    name: Mapped[str]
    remark: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
