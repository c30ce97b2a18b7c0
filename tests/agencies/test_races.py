"""Two at once, with real commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from hrms.agencies import hooks as agency_hooks
from hrms.agencies import queries, services
from hrms.audit import services as audit
from hrms.core import clock, scope, upkeep
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.unit import transaction
from tests.province import Province

pytestmark = pytest.mark.committed
SYSTEM = Actor.system()
OPEN = date(2025, 7, 1)


def _at_once(app: Flask, *acts: Any) -> list[str]:
    gate = Barrier(len(acts))

    def run(act: Any) -> str:
        with app.app_context(), scope.everything():
            gate.wait()
            try:
                with transaction():
                    act()
            except HrmsError as error:
                return error.problems[0].code
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_moves_at_once_make_no_ring(province: Province, app: Flask) -> None:
    with scope.everything(), transaction():
        ids = services.create_many(
            SYSTEM,
            [services.NewAgency(key, f"Bệnh viện {key}", "service_unit", province.agencies["A"], OPEN) for key in "xy"],
        )

    def move(unit: int, under: int) -> Any:
        def act() -> None:
            found = queries.find_agency(unit)
            assert found is not None
            services.move_agency(SYSTEM, found, parent_id=under, valid_from=date(2026, 1, 1))

        return act

    assert sorted(_at_once(app, move(ids["x"], ids["y"]), move(ids["y"], ids["x"]))) == ["done", "own_child"]
    with scope.everything():
        assert agency_hooks.check_tree() == []


def test_a_code_given_twice_at_once_is_refused_once(province: Province, app: Flask) -> None:
    def code(unit: int) -> Any:
        def act() -> None:
            found = queries.find_agency(unit)
            assert found is not None
            services.edit_contacts(SYSTEM, found, {"code": "H13.77"})

        return act

    answers = _at_once(app, code(province.agencies["A1"]), code(province.agencies["B1"]))
    assert sorted(answers) == ["code_taken", "done"]


def test_who_arrives_while_the_agency_moves_ends_under_the_new_path(province: Province, app: Flask) -> None:
    """A person is put into a unit in one transaction while another moves the unit: the closure follows the move."""
    person, unit = province.people["Nguyễn Hòa Bình"], province.agencies["B1"]
    waiting = Barrier(2)

    def arrive() -> None:
        db.session.execute(
            text(
                "INSERT INTO person_agency (person_id, membership, slot, agency_id, valid_from, basis)"
                " VALUES (:person, 'concurrent', :unit, :unit, '2026-01-01', 'old_data')"
            ),
            {"person": person, "unit": unit},
        )
        waiting.wait()
        db.session.execute(text("SELECT pg_sleep(0.3)"))
        db.session.execute(text("SELECT refresh_people(ARRAY[CAST(:id AS bigint)], '2026-11-21')"), {"id": person})

    def move() -> None:
        waiting.wait()
        found = queries.find_agency(unit)
        assert found is not None
        services.move_agency(SYSTEM, found, parent_id=province.agencies["C"], valid_from=date(2026, 2, 1))

    assert _at_once(app, arrive, move) == ["done", "done"]
    with scope.everything():
        reach = db.session.execute(text("SELECT scope_ids FROM people WHERE id = :id"), {"id": person}).scalar_one()
    assert province.agencies["C"] in reach
    assert province.agencies["B"] not in reach


def test_the_day_s_work_lets_a_reorganisation_take_effect(province: Province, app: Flask) -> None:
    """Also shows that the tree's lock is not the one the day's work holds."""
    found = queries.find_agency(province.agencies["A1"])
    assert found is not None
    with scope.everything(), transaction():
        services.move_agency(
            SYSTEM, found, parent_id=province.agencies["B"], valid_from=clock.today() + timedelta(days=1)
        )
    db.session.remove()
    tomorrow = clock.now() + timedelta(days=1)
    with clock.frozen(tomorrow):
        assert upkeep.run_day(clock.today())
        with scope.everything():
            moved = queries.find_agency(province.agencies["A1"])
            assert moved is not None
            assert moved.parent_id == province.agencies["B"]
            assert audit.verify(SYSTEM).ok
            assert audit.verify(SYSTEM).events > 0
