"""The tables of the SYLL form whose rows carry dates of their own: edited in place, each change audited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, Small, Versioned
from hrms.people.models.person import PartialDate


class Part(Versioned):
    """A row that hangs on one person; the row policy asks whether that person is visible."""

    id: Mapped[PrimaryKey]
    batch_id: Mapped[int | None]


def _person() -> Any:
    return mapped_column(ForeignKey("people.id", ondelete="CASCADE"))


def _index(table: str) -> tuple[Index, ...]:
    return (Index(f"ix_{table}_person_id", "person_id"),)


class Education(Base, Part):
    """Items 32.1–32.6: professional degrees, theory, state management, defence, IT, languages (column `section`)."""

    __tablename__ = "person_education"
    __table_args__ = _index("person_education")

    person_id: Mapped[int] = _person()
    section: Mapped[str]
    """professional, theory, management, defence, it, language or ethnic_language."""
    from_on: Mapped[PartialDate | None]
    to_on: Mapped[PartialDate | None]
    institution: Mapped[str | None]
    major: Mapped[str | None]
    form: Mapped[str | None]
    degree: Mapped[str | None]
    certificate: Mapped[str | None]
    grade: Mapped[str | None]
    language: Mapped[str | None]
    level: Mapped[str | None]
    score: Mapped[str | None]
    country: Mapped[str | None]


class WorkPeriod(Base, Part):
    """Item 33: a stretch of working life, as the person's own summary tells it."""

    __tablename__ = "person_work"
    __table_args__ = _index("person_work")

    person_id: Mapped[int] = _person()
    from_on: Mapped[PartialDate | None]
    to_on: Mapped[PartialDate | None]
    agency_code: Mapped[str | None]
    agency_name: Mapped[str | None]
    position: Mapped[str | None]


class OldRegimeService(Base, Part):
    """Item 34.2: service under the former regime. Guarded as personal history."""

    __tablename__ = "person_old_regime"
    __table_args__ = _index("person_old_regime")

    person_id: Mapped[int] = _person()
    from_on: Mapped[PartialDate | None]
    to_on: Mapped[PartialDate | None]
    position: Mapped[str | None]
    unit: Mapped[str | None]
    place: Mapped[str | None]


class ForeignTie(Base, Part):
    """Item 34.3: membership of or ties with organisations abroad. Guarded as personal history."""

    __tablename__ = "person_foreign_tie"
    __table_args__ = _index("person_foreign_tie")

    person_id: Mapped[int] = _person()
    from_on: Mapped[PartialDate | None]
    to_on: Mapped[PartialDate | None]
    organisation: Mapped[str | None]
    address: Mapped[str | None]
    activity: Mapped[str | None]


class Reward(Base, Part):
    """Item 35.1: emulation title and form of reward of a year, kept apart as the law does."""

    __tablename__ = "person_reward"
    __table_args__ = _index("person_reward")

    person_id: Mapped[int] = _person()
    year: Mapped[Small]
    emulation_title: Mapped[str | None]
    reward_form: Mapped[str | None]
    decision_no: Mapped[str | None]
    decided_by: Mapped[str | None]


class Discipline(Base, Part):
    """Item 35.2: a disciplinary measure of the Party or the administration."""

    __tablename__ = "person_discipline"
    __table_args__ = _index("person_discipline")

    person_id: Mapped[int] = _person()
    from_on: Mapped[PartialDate | None]
    to_on: Mapped[PartialDate | None]
    side: Mapped[str]
    """party or administration."""
    form: Mapped[str]
    act: Mapped[str | None]
    decided_by: Mapped[str | None]
    decision_no: Mapped[str | None]


class FamilyMember(Base, Part):
    """Items 36.1 (own) and 36.2 (the spouse's side). Guarded as family."""

    __tablename__ = "person_family"
    __table_args__ = _index("person_family")

    person_id: Mapped[int] = _person()
    side: Mapped[str]
    """own or spouse."""
    relation: Mapped[str]
    full_name: Mapped[str]
    birth_year: Mapped[Small | None]
    details: Mapped[str | None]
    """Home town, work, post, unit, study, place of living, memberships, as the form asks in one column."""


class Rating(Base, Part):
    """The quality class of a year (xếp loại chất lượng); later years come from the rating rounds."""

    __tablename__ = "person_rating"
    __table_args__ = (Index("uq_person_rating_person_year", "person_id", "year", unique=True),)

    person_id: Mapped[int] = _person()
    year: Mapped[Small]
    rating: Mapped[str]
    rated_by: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))


PARTS: tuple[type[Any], ...] = (
    Education, WorkPeriod, OldRegimeService, ForeignTie, Reward, Discipline, FamilyMember, Rating,
)  # fmt: skip
