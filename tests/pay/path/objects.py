"""Raise lists for the matrix of all routes: one at each place with somebody on it, a decided raise of one's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import insert

from hrms.core.clock import now
from hrms.core.db import Base, db
from hrms.pay.models import RaiseItem, RaiseList
from tests.province import Province


def raise_objects(province: Province, place: str, name: str) -> dict[tuple[str, str], int]:
    """Write a list that is proposed at a place, with a regular raise of somebody there."""
    made, item = add_list(province, place, name, quarter=4)
    return {("raise list", place): made, ("raise item", place): item}


def own_raise_objects(province: Province, name: str) -> dict[tuple[str, str], int]:
    """Write a list that is decided, with the official's own raise."""
    _made, item = add_list(province, "B", name, quarter=3, state="decided")
    return {("own raise item", "canbo"): item}


def add_list(
    province: Province, place: str, name: str, *, quarter: int, year: int = 2026, state: str = "proposed"
) -> tuple[int, int]:
    """Write a list of one regular raise; ids of the list and of its item."""
    lists, items = Base.metadata.tables[RaiseList.__tablename__], Base.metadata.tables[RaiseItem.__tablename__]
    agency = province.agencies[place]
    made = db.session.execute(
        insert(lists)
        .values(
            agency_id=agency, kind="regular", year=year, quarter=quarter, state=state, law_revision=0,
            computed_at=now(),
        )
        .returning(lists.c.id)
    ).scalar_one()  # fmt: skip
    item = db.session.execute(
        insert(items)
        .values(
            list_id=made, person_id=province.people[name], agency_id=agency, kind="step", rank_code="01.003",
            pay_table=2, pay_group="A1", from_step=2, from_coefficient=Decimal("2.67"), from_percent=Decimal(0),
            to_step=3, to_coefficient=Decimal("3.00"), to_percent=Decimal(0), step_since=date(2023, 10, 1),
            due_on=date(2026, 10, 1), effective_on=date(2026, 10, 1), doubts=[], reasons=[], state=state,
        )
        .returning(items.c.id)
    ).scalar_one()  # fmt: skip
    return int(made), int(item)
