"""The dated facts of service. Each row rests on a decision, or is marked as old data; none is ever edited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, Coefficient, Dong, Percent, Small


def _person() -> Any:
    return mapped_column(ForeignKey("people.id", ondelete="CASCADE"))


def _by_person(table: str) -> Index:
    return Index(f"ix_{table}_person_id", "person_id", "valid_from")


class PersonStatus(Base, Dated):
    """Employment status (tình trạng công tác) and kind: serving as công chức, retired and so on."""

    __tablename__ = "person_status"
    __dated_key__ = ("person_id",)
    __table_args__ = (*dated_constraints("person_status", "person_id"), _by_person("person_status"))

    person_id: Mapped[int] = _person()
    status: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str | None]


class PersonAgency(Base, Dated):
    """Where a person belongs: one managing and one using agency, one they are seconded to, any held concurrently."""

    __tablename__ = "person_agency"
    __dated_key__ = ("person_id", "membership", "slot")
    __table_args__ = (
        *dated_constraints("person_agency", "person_id", "membership", "slot"),
        CheckConstraint("membership = 'concurrent' OR slot = 0", name="slot"),
        _by_person("person_agency"),
        Index("ix_person_agency_agency_id", "agency_id", postgresql_where=text("superseded_at IS NULL")),
    )

    person_id: Mapped[int] = _person()
    membership: Mapped[str]
    slot: Mapped[int]
    """0, or for concurrent duties the agency's id, so that several may be held at once."""
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))


class PersonPost(Base, Dated):
    """A leadership post (chức vụ) with its allowance coefficient and term; slot 0 is the main one."""

    __tablename__ = "person_post"
    __dated_key__ = ("person_id", "slot")
    __table_args__ = (*dated_constraints("person_post", "person_id", "slot"), _by_person("person_post"))

    person_id: Mapped[int] = _person()
    slot: Mapped[int]
    post_code: Mapped[str | None]
    post_name: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    appointed_on: Mapped[date | None]
    reappointed_on: Mapped[date | None]
    term_until: Mapped[date | None]
    term_note: Mapped[str | None]
    coefficient: Mapped[Coefficient | None]


class PersonRank(Base, Dated):
    """Rank (ngạch, chức danh nghề nghiệp), pay group, step and coefficient; dates from which each runs."""

    __tablename__ = "person_rank"
    __dated_key__ = ("person_id",)
    __table_args__ = (
        *dated_constraints("person_rank", "person_id"),
        CheckConstraint("coefficient > 0 AND coefficient < 15", name="coefficient"),
        CheckConstraint("step BETWEEN 1 AND 16", name="step"),
        _by_person("person_rank"),
    )

    person_id: Mapped[int] = _person()
    rank_code: Mapped[str | None]
    rank_since: Mapped[date | None]
    pay_table: Mapped[Small | None]
    pay_group: Mapped[str | None]
    step: Mapped[Small | None]
    coefficient: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    step_since: Mapped[date | None]
    pay_percent: Mapped[Percent | None]
    beyond_scale_percent: Mapped[Percent | None]
    beyond_scale_since: Mapped[date | None]


class PersonAllowance(Base, Dated):
    """An allowance (phụ cấp) drawn for a while, by coefficient, percent or amount in đồng a month."""

    __tablename__ = "person_allowance"
    __dated_key__ = ("person_id", "allowance_kind")
    __table_args__ = (
        *dated_constraints("person_allowance", "person_id", "allowance_kind"),
        _by_person("person_allowance"),
    )

    person_id: Mapped[int] = _person()
    allowance_kind: Mapped[str]
    coefficient: Mapped[Coefficient | None]
    percent: Mapped[Percent | None]
    amount: Mapped[Dong | None]
    form: Mapped[str | None]


class PersonAbsence(Base, Dated):
    """Time not worked (thời gian nghỉ, không làm việc): maternity, sickness, unpaid leave, study, suspension and so on.

    Nobody is away twice at once. The interval is what a paper says; while it is open `expected_until` is the last day
    foreseen. Step clock, scored months, training hours and headcount read this register.
    """

    __tablename__ = "person_absence"
    __dated_key__ = ("person_id",)
    __table_args__ = (
        *dated_constraints("person_absence", "person_id"),
        CheckConstraint("children BETWEEN 1 AND 9", name="children"),
        CheckConstraint("working_days BETWEEN 1 AND 400", name="working_days"),
        CheckConstraint("expected_until >= valid_from", name="expected_until"),
        _by_person("person_absence"),
        Index("ix_person_absence_valid_from", "valid_from", postgresql_where=text("superseded_at IS NULL")),
    )

    person_id: Mapped[int] = _person()
    absence_kind: Mapped[str]
    expected_until: Mapped[date | None]
    """The last day foreseen, by the paper or by law, of an absence whose end is open."""
    working_days: Mapped[Small | None]
    """The working days of a short absence, as its paper counts them."""
    children: Mapped[Small | None]
    """How many children were born at once; of maternity leave alone."""
    abroad: Mapped[bool | None]
    """Whether somebody studies abroad; of study alone."""
    prosecuted: Mapped[bool | None]
    """Whether somebody suspended is prosecuted; of suspension alone. Pay depends on it."""
    absence_reason: Mapped[str | None]
    """Why, in words. `rules.absences.REASON_GUARDS` says which permission opens them."""


FACTS: tuple[type[Any], ...] = (
    PersonStatus, PersonAgency, PersonPost, PersonRank, PersonAllowance, PersonAbsence,
)  # fmt: skip
