"""Dated tables of the law that the record reads, and the filters people keep."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, PrimaryKey, Small


class PayScaleStep(Base):
    """One step of a pay scale (NĐ 204/2004/NĐ-CP), by table and group: C2 and C3 differ between tables 2 and 3."""

    __tablename__ = "pay_scale_steps"

    pay_table: Mapped[Small] = mapped_column(primary_key=True)
    pay_group: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[Small] = mapped_column(primary_key=True)
    coefficient: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    months_per_step: Mapped[Small]
    source: Mapped[str]
    mark: Mapped[str]


class Rank(Base):
    """A rank (ngạch) of công chức or a professional title of viên chức, with the pay group it stands in."""

    __tablename__ = "ranks"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    person_kind: Mapped[str]
    pay_table: Mapped[Small]
    pay_group: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    mark: Mapped[str]


class RetirementMonth(Base):
    """When somebody born in a month retires (NĐ 135/2020/NĐ-CP), computed from the yearly ages for SQL to join."""

    __tablename__ = "retirement_months"

    sex: Mapped[str] = mapped_column(primary_key=True)
    birth_year: Mapped[Small] = mapped_column(primary_key=True)
    birth_month: Mapped[Small] = mapped_column(primary_key=True)
    retires_on: Mapped[date]


class SavedFilter(Base):
    """A list's filters and columns kept by name for one account."""

    __tablename__ = "saved_filters"
    __table_args__ = (Index("uq_saved_filters_account_name", "account_id", "page", "name", unique=True),)

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
