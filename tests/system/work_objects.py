"""Periods, sheets, products, findings and objectives of each place, for the matrix of all routes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hrms.core import scope
from hrms.core.db import db
from hrms.performance.models import WorkFinding, WorkObjective
from tests.performance.making import add_item, add_period, add_row, add_sheet
from tests.province import Province

OWN = "Nguyễn Văn Hùng"
"""Whose sheet and product are the official's own."""


def work_objects(province: Province, place: str, name: str) -> dict[tuple[str, str], int]:
    """Make a month under way at a place with a sheet of its person, a product with a finding, and an objective."""
    period = add_period(province, place, number=11)
    sheet = add_sheet(province, name, period)
    item = add_item(sheet)
    made = {("period", place): period, ("sheet", place): sheet, ("item", place): item}
    made["finding", place] = _finding(province, name, item)
    with scope.everything():
        made["objective", place] = add_row(
            WorkObjective, agency_id=province.agencies[place], year=2026, code="MT1", objective="Thử", indicator="Thử",
            measure="%", direction="more", target=Decimal(100), weight=Decimal(1), state="draft",
        )  # fmt: skip
        db.session.commit()
    if place == "B":
        made["own sheet", "canbo"] = own = add_sheet(province, OWN, period)
        made["own item", "canbo"] = add_item(own)
    return made


def _finding(province: Province, name: str, item: int) -> int:
    with scope.everything():
        return add_row(
            WorkFinding, item_id=item, person_id=province.people[name], kind="late", found_on=date(2026, 11, 10),
            cause="Thử", excused=False,
        )  # fmt: skip
