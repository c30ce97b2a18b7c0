"""By what people are scored, as dated data: criteria sets, and what an agency's regulation (quy chế) leaves open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.dated import Dated, dated_constraints
from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned

Points = Annotated[Decimal, mapped_column(Numeric(9, 6))]
"""Points of a score; six decimals, so that nothing is rounded before a threshold."""
Units = Annotated[Decimal, mapped_column(Numeric(12, 4))]
"""Converted units of product (đơn vị sản phẩm/công việc chuẩn)."""


class CriteriaSet(Base, Versioned):
    """A set of criteria (bộ tiêu chí đánh giá): the stable header of its versions, such as `335/2025`."""

    __tablename__ = "criteria_sets"
    __table_args__ = (Index("uq_criteria_sets_code", "code", unique=True),)

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    place: Mapped[Small]
    """Where it stands in lists."""
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class CriteriaVersion(Base, Dated):
    """What the law says from a day on: whom it is for, items, formula, thresholds, quota."""

    __tablename__ = "criteria_versions"
    __dated_key__ = ("set_id",)
    __table_args__ = (
        *dated_constraints("criteria_versions", "set_id"),
        CheckConstraint("method IN ('equal', 'weights', 'none', 'recorded')", name="method"),
        CheckConstraint("general_max >= 0 AND result_max >= 0", name="maxima"),
        CheckConstraint("penalty >= 0 AND penalty <= 1", name="penalty"),
        CheckConstraint("quota_percent >= 0 AND quota_percent <= 100", name="quota_percent"),
        CheckConstraint("quota_outstanding >= quota_percent AND quota_outstanding <= 100", name="quota_outstanding"),
        Index("ix_criteria_versions_set_id", "set_id", "valid_from"),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_sets.id"))
    person_kinds: Mapped[list[str]]
    """Kinds of person it is for: civil_servant, public_employee, cadre, contract …"""
    method: Mapped[str]
    """equal: the law's equal parts; weights: the unit's own; none: classes without points; recorded: class only."""
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """General criteria: `[{"code", "group", "text", "max"}]`, maxima as decimal strings."""
    general_max: Mapped[Points]
    result_max: Mapped[Points]
    weights: Mapped[dict[str, Any] | None]
    """Default points of each result criterion, by role: `{"staff": {"quantity": "…"}, "leader": {…}}`."""
    penalty: Mapped[Points]
    """Share of a product's quality or progress lost by one failed check or one lateness."""
    thresholds: Mapped[dict[str, Any]]
    """Least points of each class: `{"excellent": "90", "good": "70", "satisfactory": "50"}`; empty without points."""
    quota_percent: Mapped[Points]
    quota_outstanding: Mapped[Points]
    source: Mapped[str]
    mark: Mapped[str]


class AgencyRegulation(Base, Dated):
    """An agency's own regulation of assessment (quy chế đánh giá): what the law leaves open, for it and all below."""

    __tablename__ = "agency_regulations"
    __dated_key__ = ("agency_id", "set_id")
    __table_args__ = (
        *dated_constraints("agency_regulations", "agency_id", "set_id"),
        CheckConstraint("period_kind IN ('month', 'quarter')", name="period_kind"),
        CheckConstraint("quota_base IN ('final_good', 'initial_good', 'good_and_excellent')", name="quota_base"),
        CheckConstraint("rounding IN ('unrounded', 'two_decimals')", name="rounding"),
        CheckConstraint("step > 0 AND step <= 5", name="step"),
        CheckConstraint("self_days >= 1 AND self_days <= 60", name="self_days"),
        CheckConstraint("score_days >= 1 AND score_days <= 60", name="score_days"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_sets.id"))
    number: Mapped[str]
    """Number of the paper that issued it, as printed."""
    issued_on: Mapped[date]
    title: Mapped[str]
    period_kind: Mapped[str]
    weights: Mapped[dict[str, Any] | None]
    """The unit's own points of each result criterion; null where the law fixes the formula."""
    items: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    """The unit's own general criteria with their points, where the law fixes none; null as the law has them."""
    step: Mapped[Points | None]
    """Steps a general criterion is scored in; null as the setting says."""
    cap_result: Mapped[bool | None]
    rounding: Mapped[str | None]
    quota_base: Mapped[str | None]
    tie_order: Mapped[list[str] | None]
    """Who goes first among equals for the top class: keys of `rules.quota`; null as the setting says."""
    self_days: Mapped[Small | None]
    """Days after the period within which one scores oneself."""
    score_days: Mapped[Small | None]
    """Days after the period within which the authority scores."""
    contract: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it applies to people on a labour contract too (NĐ 335/2025/NĐ-CP Đ28 k2: the agency decides)."""
    note: Mapped[str | None]
