"""One severance case and one list for social insurance at a place, for the matrix of all routes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, insert

from hrms.core.db import Base, db
from hrms.pay.models import InsuranceChange, InsuranceReport, SeveranceCase
from tests.province import Province


def _add(model: type[Any], **values: Any) -> int:
    table: Table = Base.metadata.tables[model.__tablename__]
    return int(db.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def add_case(person_id: int, agency_id: int, **more: Any) -> int:
    """Write a case ready to be paid; its id."""
    values: dict[str, Any] = {
        "left_on": date(2026, 9, 1), "leaving_case": "own_wish", "monthly_pay": Decimal(12_000_000),
        "worked_months": 124, "insured_months": 0, "years": Decimal("10.5"), "amount": Decimal(63_000_000),
        "owed": Decimal(0), "holds": [], "state": "computed", "reasons": [],
    }  # fmt: skip
    return _add(SeveranceCase, person_id=person_id, agency_id=agency_id, **(values | more))


def leaving_objects(province: Province, place: str, name: str) -> dict[tuple[str, str], int]:
    """Return the ids of a case and a list at a place."""
    person, agency = province.people[name], province.agencies[place]
    report = _add(InsuranceReport, agency_id=agency, month=date(2026, 9, 1), state="computed")
    _add(
        InsuranceChange, report_id=report, person_id=person, agency_id=agency, what="decrease", reason="left",
        base_before=Decimal(12_000_000), base_after=Decimal(0), since=date(2026, 9, 1), difference=Decimal(0),
    )  # fmt: skip
    return {("severance", place): add_case(person, agency), ("insurance report", place): report}
