"""The year's classification: rounds of an agency, groups of similar tasks, everybody's class, and each change of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Percent, PrimaryKey, RecordedAt, Small, Versioned
from hrms.performance.models.criteria import Points

CLASSES = "IN ('excellent', 'good', 'satisfactory', 'unsatisfactory', 'none')"


class RatingRound(Base, Versioned):
    """A round of classification (đợt xếp loại; Mẫu 02): one deciding agency, one year, one set of criteria."""

    __tablename__ = "rating_rounds"
    __table_args__ = (
        CheckConstraint(
            "state IN ('collecting', 'proposed', 'meeting', 'decided', 'published', 'settled', 'cancelled')",
            name="state",
        ),
        CheckConstraint("quota_base IN ('final_good', 'initial_good', 'good_and_excellent')", name="quota_base"),
        CheckConstraint("rounding IN ('unrounded', 'two_decimals')", name="rounding"),
        CheckConstraint("NOT outstanding OR outstanding_basis IS NOT NULL", name="outstanding"),
        Index(
            "uq_rating_rounds_agency", "agency_id", "year", "set_id", unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_rating_rounds_year", "year", "agency_id"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """The deciding agency: its head decides the classes."""
    year: Mapped[Small]
    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_sets.id"))
    state: Mapped[str]
    due_on: Mapped[date]
    """The last day to classify: before 15/12, special sectors before 15/01."""
    outstanding: Mapped[bool]
    """The agency has outstanding results, and its authority allows the larger quota."""
    outstanding_basis: Mapped[str | None]
    quota_base: Mapped[str]
    quota_percent: Mapped[Percent]
    """Per cent that applies in this round, outstanding or not."""
    rounding: Mapped[str]
    tie_order: Mapped[list[str]]
    organisation_class: Mapped[str | None] = mapped_column(Text)
    """Class of the agency itself, above which its head cannot go."""
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    decided_on: Mapped[date | None]
    published_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    """When December was in and the classes were checked again."""
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class RatingMinutes(Base, Versioned):
    """Minutes of the meeting on a round (biên bản họp): seen by those who see the agency's people, never by others."""

    __tablename__ = "rating_minutes"

    round_id: Mapped[int] = mapped_column(ForeignKey("rating_rounds.id", ondelete="CASCADE"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    met_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    """place, chair, secretary, present, absent, course, opinions, votes, conclusion."""
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class SelfRating(Base, Versioned):
    """Mẫu 02: what a person says of their year and the class they see for themself."""

    __tablename__ = "self_ratings"
    __table_args__ = (
        CheckConstraint(f"wanted {CLASSES}", name="wanted"),
        Index("uq_self_ratings_person", "round_id", "person_id", unique=True),
        Index("ix_self_ratings_person_id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("rating_rounds.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    wanted: Mapped[str | None]
    strengths: Mapped[str | None]
    weaknesses: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class RatingGroup(Base, Versioned):
    """A group of people with similar tasks inside an agency; the quota holds in each."""

    __tablename__ = "rating_groups"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'approved')", name="state"),
        Index("uq_rating_groups_code", "round_id", "code", unique=True),
    )

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("rating_rounds.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    rule: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Whom it takes up by itself: `{"roles": [], "position_groups": [], "positions": [], "agencies": []}`."""
    state: Mapped[str]
    approved_on: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class Rating(Base, Versioned):
    """One person's class of a year: by points, proposed, final; superseded, never edited, once published."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("role IN ('staff', 'head', 'deputy')", name="role"),
        CheckConstraint(f"by_points {CLASSES}", name="by_points"),
        CheckConstraint(f"proposed {CLASSES}", name="proposed"),
        CheckConstraint(f"final {CLASSES}", name="final"),
        CheckConstraint("state IN ('open', 'decided', 'published')", name="state"),
        CheckConstraint("state = 'open' OR final IS NOT NULL", name="decided"),
        Index(
            "uq_ratings_person", "person_id", "year", unique=True, postgresql_where=text("superseded_at IS NULL")
        ),
        Index("ix_ratings_round_id", "round_id", "agency_id"),
        Index("ix_ratings_year", "year", "agency_id", postgresql_where=text("superseded_at IS NULL")),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("rating_rounds.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    year: Mapped[Small]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """Where the person works at the end of the year."""
    group_id: Mapped[int | None] = mapped_column(ForeignKey("rating_groups.id", ondelete="SET NULL"))
    role: Mapped[str]
    months: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Points of each month or quarter there is, decimal strings by number; `kind` says which."""
    causes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Why months are missing: number → maternity, sick, unpaid, study, not_yet_recruited, left."""
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Discipline, the unit's wrongdoing and whatever else decided, as read from the record that day."""
    mean: Mapped[Points | None]
    provisional: Mapped[bool]
    """A month is still to come (December)."""
    by_points: Mapped[str | None]
    """Class before the quota."""
    reasons: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    """Codes of the rules that limited it: under_six_months, discipline, head_above_organisation, quota …"""
    remarks: Mapped[str | None]
    """Of the authority; for those who lead, of the Party committee too."""
    proposed: Mapped[str | None]
    """After the quota was solved, as the advising body proposes."""
    final: Mapped[str | None]
    state: Mapped[str]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    published_on: Mapped[date | None]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("ratings.id"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class RatingChange(Base):
    """A change of somebody's class by the deciding body, with its reason; append-only."""

    __tablename__ = "rating_changes"
    __table_args__ = (Index("ix_rating_changes_rating_id", "rating_id"),)

    id: Mapped[PrimaryKey]
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id", ondelete="CASCADE"))
    person_id: Mapped[int]
    stage: Mapped[str] = mapped_column(Text(collation="C"))
    """computed, quota, proposed, meeting, decided, settled, petition."""
    old: Mapped[str | None]
    new: Mapped[str | None]
    reason: Mapped[str]
    actor: Mapped[str]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class OrganisationRating(Base, Versioned):
    """The class of an organisation for a year (NĐ 335/2025 Chương II; NĐ 233/2026 Chương II)."""

    __tablename__ = "organisation_ratings"
    __table_args__ = (
        CheckConstraint(f"by_points {CLASSES}", name="by_points"),
        CheckConstraint(f"final {CLASSES}", name="final"),
        CheckConstraint("state IN ('draft', 'decided', 'published')", name="state"),
        CheckConstraint("points >= 0 AND points <= 100", name="points"),
        Index("uq_organisation_ratings_agency", "agency_id", "year", unique=True),
    )

    id: Mapped[PrimaryKey]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[Small]
    points: Mapped[Points | None]
    done_percent: Mapped[Percent | None]
    late_percent: Mapped[Percent | None]
    exceeding_percent: Mapped[Percent | None]
    shortcomings_fixed: Mapped[bool | None]
    wrongdoing: Mapped[bool]
    """Violations of personnel rules or disunity were concluded."""
    involved: Mapped[bool]
    """Involved in corruption or waste and handled by law: its leaders fall to the lowest class."""
    by_points: Mapped[str | None]
    final: Mapped[str | None]
    reason: Mapped[str | None]
    """Why the final class is not that of the points."""
    state: Mapped[str]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    decided_on: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
