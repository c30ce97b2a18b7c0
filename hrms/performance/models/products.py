"""What work is counted in: catalogues of products with conversion factors (danh mục sản phẩm, danh mục quy đổi)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, RecordedAt, Small, Versioned


class ProductCatalogue(Base, Versioned):
    """A catalogue of products: a model to copy from (no agency), or an agency's own, approved for it and all below."""

    __tablename__ = "product_catalogues"
    __table_args__ = (
        CheckConstraint("state IN ('model', 'draft', 'approved', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'model') = (agency_id IS NULL)", name="model"),
        CheckConstraint("standard_points > 0", name="standard_points"),
        Index("uq_product_catalogues_code", "code", unique=True),
        Index("ix_product_catalogues_agency_id", "agency_id"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    state: Mapped[str]
    standard_product: Mapped[str]
    """The product that is one unit (đơn vị sản phẩm/công việc chuẩn)."""
    standard_points: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    groups: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Complexity groups, five at the most: `[{"code", "name", "from", "to"}]` in points."""
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    approved_on: Mapped[date | None]
    from_id: Mapped[int | None] = mapped_column(ForeignKey("product_catalogues.id"))
    """The catalogue it was copied from."""
    source: Mapped[str | None]
    mark: Mapped[str | None]
    note: Mapped[str | None]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]


class WorkProduct(Base, Versioned):
    """A product or a piece of work (sản phẩm/công việc) with its points and its conversion factor."""

    __tablename__ = "work_products"
    __table_args__ = (
        CheckConstraint("points > 0 AND points <= 100000", name="points"),
        CheckConstraint("factor > 0 AND factor <= 100000", name="factor"),
        CheckConstraint("state IN ('active', 'proposed', 'retired')", name="state"),
        Index("uq_work_products_code", "catalogue_id", "code", unique=True),
        Index("ix_work_products_catalogue_id", "catalogue_id", "place"),
        Index("ix_work_products_proposed", "catalogue_id", postgresql_where=text("state = 'proposed'")),
    )

    id: Mapped[PrimaryKey]
    catalogue_id: Mapped[int] = mapped_column(ForeignKey("product_catalogues.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(Text(collation="C"))
    place: Mapped[Small]
    unit: Mapped[str | None]
    """The part of the agency it belongs to, as the catalogue prints it."""
    task: Mapped[str]
    detail: Mapped[str | None]
    output: Mapped[str | None]
    complexity: Mapped[str]
    """Code of its complexity group."""
    points: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    factor: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    """Conversion factor: its points by those of the standard product."""
    state: Mapped[str]
    note: Mapped[str | None]
    search_key: Mapped[str] = mapped_column(Text(collation="C"))
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[int | None]
