"""What is true of each person today, in one row: what lists filter and sort by, derived from the facts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Small, TsVector


class PersonCurrent(Base):
    """A derived row, rewritten by `refresh_people` in the transaction of every change; `hrms check` proves it equal."""

    __tablename__ = "people_current"
    __table_args__ = (
        # Names are walked in this index alone: who belongs where and the words stand in it too.
        Index("ix_people_current_sort_key", "sort_key", "person_id", postgresql_include=["scope_ids", "search_words"]),
        Index("ix_people_current_agency_id", "agency_id", "sort_key", "person_id"),
        Index(
            "ix_people_current_absent_as",
            "absent_as",
            "sort_key",
            "person_id",
            postgresql_where=text("absent_as IS NOT NULL"),
        ),
        Index("ix_people_current_position_id", "position_id", postgresql_where=text("position_id IS NOT NULL")),
        Index("ix_people_current_born_on", "born_on"),
        Index("ix_people_current_born_on_down", text("born_on DESC NULLS LAST")),
        Index("ix_people_current_coefficient", "coefficient"),
        Index("ix_people_current_coefficient_down", text("coefficient DESC NULLS LAST")),
        Index("ix_people_current_nowhere", "person_id", postgresql_where=text("scope_ids = '{}'::bigint[]")),
        Index("ix_people_current_next_step_on", "next_step_on", "person_id"),
        Index("ix_people_current_retires_on", "retires_on", "person_id"),
        Index("ix_people_current_search", "search_words", postgresql_using="gin"),
        Index("ix_people_current_scope_ids", "scope_ids", postgresql_using="gin"),
        Index("ix_people_current_staff_code", "staff_code"),
        Index("ix_people_current_national_id", "national_id"),
        Index(
            "ix_people_current_next_change_on", "next_change_on", postgresql_where=text("next_change_on IS NOT NULL")
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    scope_ids: Mapped[list[int]]
    full_name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_words: Mapped[str] = mapped_column(TsVector())
    staff_code: Mapped[str | None] = mapped_column(Text(collation="C"))
    national_id: Mapped[str | None] = mapped_column(Text(collation="C"))
    sex: Mapped[str | None]
    birth_date: Mapped[str | None]
    born_on: Mapped[date | None]
    """The first day the birth date can mean; for ages and retirement."""
    kind: Mapped[str | None]
    status: Mapped[str | None]
    agency_id: Mapped[int | None]
    managing_agency_id: Mapped[int | None]
    seconded_to_id: Mapped[int | None]
    unit_name: Mapped[str | None]
    job_position: Mapped[str | None]
    """The position of the main seat; without one, what the record says in words."""
    line_id: Mapped[int | None]
    position_id: Mapped[int | None]
    position_code: Mapped[str | None]
    """The agency's own code of the position."""
    post_code: Mapped[str | None]
    post_name: Mapped[str | None]
    rank_code: Mapped[str | None]
    pay_table: Mapped[Small | None]
    pay_group: Mapped[str | None]
    step: Mapped[Small | None]
    steps: Mapped[Small | None]
    coefficient: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    beyond_scale_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    step_since: Mapped[date | None]
    next_step_on: Mapped[date | None]
    retires_on: Mapped[date | None]
    ethnic_group: Mapped[str | None]
    religion: Mapped[str | None]
    degree: Mapped[str | None]
    theory_level: Mapped[str | None]
    party_member: Mapped[bool]
    absent_as: Mapped[str | None]
    """The kind of absence today; None for who is at work."""
    back_on: Mapped[date | None]
    """The day after the absence of today, as recorded or as foreseen; None when neither is known."""
    old_data_facts: Mapped[Small]
    """How many facts in force rest on old data without a paper; counts in data quality."""
    next_change_on: Mapped[date | None]
    """The first day on which a recorded fact begins or ends and this row must be made again."""
    version: Mapped[int]
    refreshed_at: Mapped[datetime]
