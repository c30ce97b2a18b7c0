"""A what-if scenario for the matrix of all routes: computed, of nobody, with one change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import insert

from hrms.core import clock
from hrms.core.db import db
from hrms.pay.models import PayScenario
from hrms.pay.rules.cost_tables import cost_of
from hrms.pay.rules.costs import Count
from hrms.pay.rules.supposed import BaseSalary
from hrms.pay.rules.supposed_all import write
from tests.province import Province


def scenario_objects(province: Province, place: str) -> dict[tuple[str, str], int]:
    """Return the id of a scenario of a place's agency."""
    first = date(2027, 1, 1)
    values = {
        "agency_id": province.agencies[place], "name": "Thử", "starts_on": first, "years": 1, "state": "computed",
        "changes": [write(BaseSalary(start=first, amount=Decimal(3_000_000)))], "computed_at": clock.now(),
        "result": cost_of(Count(first, 12), 0, 5).as_json(),
    }  # fmt: skip
    made = db.session.execute(insert(PayScenario).values(**values).returning(PayScenario.id)).scalar_one()
    return {("scenario", place): int(made)}
