"""`hrms check` finds a current row that differs from the facts, and facts that broke their own rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import text

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.permissions import Permission
from hrms.people.queries import checks
from hrms.people.queries.citing import cited_by
from hrms.people.services import Fact, Paper, record_facts
from tests.conftest import Database
from tests.people.conftest import World
from tests.province import Province


def test_a_province_in_order_has_no_problem(province: Province) -> None:
    with scope.everything():
        for check in checks.CHECKS:
            assert list(check.run()) == []


@pytest.mark.committed
@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("UPDATE people_current SET step = 9 WHERE person_id = :person", checks.current_rows),
        ("UPDATE people_current SET agency_id = 1 WHERE person_id = :person", checks.current_rows),
        ("DELETE FROM people_current WHERE person_id = :person", checks.current_rows),
        ("UPDATE people SET version = version + 1 WHERE id = :person", checks.current_rows),
        (
            "UPDATE person_rank SET superseded_at = recorded_at - interval '1 day' WHERE person_id = :person",
            checks.overlaps,
        ),
    ],
)
def test_damage_is_named(
    province: Province, database: Database, damage: str, check: Callable[[], Sequence[str]]
) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    engine = sa.create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text(damage), {"person": person_id})
    engine.dispose()
    with scope.everything():
        found = list(check())
    assert len(found) == 1


def test_a_decision_tells_what_it_changed(app: Flask, world: World) -> None:
    province: Actor = world.province
    scope.enter_for(province, Permission.PEOPLE_FACT)
    person_id = world.person(province)
    decision_id = world.decision(province)
    facts = [
        Fact("rank", {"rank_code": "01.003", "step": 4}, date(2026, 10, 1)),
        Fact("post", {"post_name": "Trưởng phòng"}, date(2026, 10, 1), date(2031, 10, 1)),
    ]
    record_facts(province, person_id, facts, Paper(decision_id))
    with app.test_request_context():
        found = cited_by(decision_id)
    assert [(one["who"], one["what"], one["when"]) for one in found] == [
        ("Đặng Thị Ngọc Ánh", "Trưởng phòng", "01/10/2026 – 30/09/2031"),
        ("Đặng Thị Ngọc Ánh", "01.003 · bậc 4/9 · 3,33, Chuyên viên", "01/10/2026 – nay"),
    ]
