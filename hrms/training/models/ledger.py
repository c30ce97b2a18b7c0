"""The ledger of credits, what proves it, and where each person stands by it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned
from hrms.training.models.catalogue import Hours

ENTRY_KINDS = (
    "kind IN ('political_theory', 'state_management', 'leadership', 'position', 'digital', 'defence', 'language',"
    " 'degree', 'other', 'teaching')"
)
LEARNING = "form IN ('class', 'online', 'blended', 'self_study', 'teaching', 'research')"


class TrainingEvidence(Base, Versioned):
    """A course taken elsewhere, as the person reports it with proof; HR decides what of it counts."""

    __tablename__ = "training_evidence"
    __table_args__ = (
        CheckConstraint("state IN ('submitted', 'returned', 'accepted', 'refused', 'withdrawn')", name="state"),
        CheckConstraint(ENTRY_KINDS, name="kind"),
        CheckConstraint(LEARNING, name="form"),
        CheckConstraint("hours > 0 AND hours <= 5000", name="hours"),
        CheckConstraint("ended_on >= started_on", name="days"),
        Index("ix_training_evidence_person_id", "person_id"),
        Index("ix_training_evidence_waiting", "submitted_at", "id", postgresql_where=text("state = 'submitted'")),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    state: Mapped[str]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"))
    title: Mapped[str]
    provider: Mapped[str | None]
    kind: Mapped[str]
    form: Mapped[str]
    hours: Mapped[Hours]
    """Hours the person claims."""
    started_on: Mapped[date]
    ended_on: Mapped[date]
    certificate_number: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(Text(collation="C"), ForeignKey("stored_files.sha256"))
    file_name: Mapped[str | None]
    note: Mapped[str | None]
    recognised_hours: Mapped[Hours | None]
    submitted_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None]
    remarks: Mapped[str | None]
    """What the reviewer said."""
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class CreditEntry(Base):
    """Hours of learning written once (ghi nhận tiết, tín chỉ). A mistake is reversed by an entry that names it.

    `hours` are recognised hours: the form's factor is in them, its yearly cap is not (that depends on the others).
    """

    __tablename__ = "credit_entries"
    __table_args__ = (
        CheckConstraint(ENTRY_KINDS, name="kind"),
        CheckConstraint(LEARNING, name="form"),
        CheckConstraint("hours <> 0 AND abs(hours) <= 5000", name="hours"),
        CheckConstraint("source IN ('class', 'evidence', 'import', 'old_data', 'reversal')", name="source"),
        CheckConstraint("(source = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        CheckConstraint("(source = 'reversal') = (hours < 0)", name="sign"),
        CheckConstraint("source <> 'class' OR enrolment_id IS NOT NULL", name="class"),
        CheckConstraint("source <> 'evidence' OR evidence_id IS NOT NULL", name="evidence"),
        Index("ix_credit_entries_person_id", "person_id", "earned_on"),
        Index("ix_credit_entries_class_id", "class_id", postgresql_where=text("class_id IS NOT NULL")),
        Index("ix_credit_entries_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index("uq_credit_entries_reverses_id", "reverses_id", unique=True),
        Index(
            "uq_credit_entries_enrolment", "enrolment_id", "attempt", unique=True,
            postgresql_where=text("source = 'class'"),
        ),
        Index(
            "uq_credit_entries_evidence", "evidence_id", "attempt", unique=True,
            postgresql_where=text("source = 'evidence'"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str]
    form: Mapped[str]
    hours: Mapped[Hours]
    earned_on: Mapped[date]
    """The last day of what was learnt; of a reversal the day of what it reverses."""
    source: Mapped[str]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"))
    class_id: Mapped[int | None] = mapped_column(ForeignKey("training_classes.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("training_evidence.id"))
    attempt: Mapped[Small] = mapped_column(server_default=text("1"))
    """1, and one more each time it is posted again after a reversal."""
    title: Mapped[str | None]
    """What it was, where no course says."""
    proof: Mapped[str | None]
    """Number of the certificate or paper."""
    position_id: Mapped[int | None] = mapped_column(ForeignKey("job_positions.id"))
    """The position it was prescribed for, when it was for one."""
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("credit_entries.id"))
    reason: Mapped[str | None]
    batch_id: Mapped[int | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Certificate(Base):
    """A certificate issued here (chứng chỉ, giấy chứng nhận): what was printed, and whether it still holds."""

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("kind IN ('certificate', 'attestation')", name="kind"),
        CheckConstraint("(revoked_on IS NULL) = (revoke_reason IS NULL)", name="revoked"),
        CheckConstraint("valid_until >= issued_on", name="valid_until"),
        Index("uq_certificates_number", "number", unique=True),
        Index("uq_certificates_enrolment", "enrolment_id", unique=True, postgresql_where=text("revoked_on IS NULL")),
        Index("ix_certificates_person_id", "person_id"),
        Index("ix_certificates_class_id", "class_id"),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(Text(collation="C"))
    check_code: Mapped[str] = mapped_column(Text(collation="C"))
    """Random letters printed beside the number: without them a number tells nothing."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(ForeignKey("training_classes.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    kind: Mapped[str]
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    """Last day of its validity; null for ever."""
    holder: Mapped[dict[str, Any]]
    """Full name, birth date and birth place as printed."""
    programme: Mapped[str]
    issuer: Mapped[dict[str, Any]]
    """Agency, place, signer's capacity and name as printed, hours, days, grade."""
    revoked_on: Mapped[date | None]
    revoke_reason: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class TrainingStanding(Base):
    """Where somebody stands by a requirement in a year; derived by `refresh_training()`, never written by hand."""

    __tablename__ = "training_standing"
    __table_args__ = (Index("ix_training_standing_year", "year", "requirement_id", "state"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    requirement_id: Mapped[int] = mapped_column(ForeignKey("training_requirements.id"), primary_key=True)
    year: Mapped[Small] = mapped_column(primary_key=True)
    what: Mapped[str]
    days_owed: Mapped[Small]
    required: Mapped[Hours | None]
    counted: Mapped[Hours | None]
    carried: Mapped[Hours | None]
    planned: Mapped[Hours | None]
    missing: Mapped[Hours | None]
    state: Mapped[str]
    """hours: met, short, exempt; course: held, due, overdue, exempt."""
    at_risk: Mapped[bool]
    since: Mapped[date | None]
    """The first day of what it is owed for."""
    due_on: Mapped[date | None]
    """Last day to satisfy it."""
    computed_at: Mapped[datetime]
