"""A day near the end of a year, and a province whose people learnt something in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.training.services import standing
from tests.province import Province
from tests.training import making

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
YEAR = NOW.year


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def make_standing() -> None:
    """Make where everybody stands again."""
    with scope.everything():
        standing.refresh(None)
        db.session.commit()


@pytest.fixture
def learnt(province: Province) -> Province:
    """40 hours for one of A, 24 for one of B1, none for the others; a turn of political theory beside them."""
    made = making.add_course("Kỹ năng soạn thảo", code="VT.THU", hours="40")
    finished = making.add_class(
        province, "A", course=made, state="completed", starts_on=date(2026, 3, 2), days=5, seats=10,
        local_budget=8_000_000, central_budget=2_000_000, other_budget=0, closed_on=date(2026, 3, 6),
    )  # fmt: skip
    for name in ("Nguyễn Hòa Bình", "Lý Thị Cẩm"):
        (enrolment,) = making.enrol(province, finished, name, state="completed", closed_on=date(2026, 3, 6))
        making.add_hours(
            province, name, "40" if name == "Nguyễn Hòa Bình" else "24", date(2026, 3, 6), source="class", title=None,
            course_id=made, class_id=finished, enrolment_id=enrolment,
        )  # fmt: skip
    making.add_hours(province, "Nguyễn Hòa Bình", Decimal(8), date(2026, 5, 8), kind="political_theory")
    make_standing()
    return province
