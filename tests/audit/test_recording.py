from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from hrms.audit import services
from hrms.audit.models import AuditEvent
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from tests.conftest import Database
from tests.province import Province


def record(province: Province, key: str, **more: object) -> None:
    services.record(
        province.actor("sonoivu"), "agency.edited", "agency", province.agencies[key],
        scope_ids=province.paths[key], **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_an_event_keeps_names_values_and_the_request(province: Province) -> None:
    record(province, "A1", before={"on": date(2026, 1, 2)}, after={"coefficient": Decimal("3.330")}, reason="thử")
    with scope.everything():
        event = db.session.query(AuditEvent).filter_by(action="agency.edited").one()
    assert (event.actor_name, event.via, event.request_id) == ("sonoivu", "web", "test")
    assert event.agency_name == "Phòng Công chức, viên chức"
    assert (event.before, event.after) == ({"on": "2026-01-02"}, {"coefficient": "3.330"})
    assert event.scope_ids[0] == 0


def test_an_event_may_lie_outside_the_writer_s_own_scope_but_is_read_within_it(province: Province) -> None:
    scope.enter_for(province.actor("tochuc"))
    services.record(province.actor("tochuc"), "x.y", "x", 1, scope_ids=[])
    assert db.session.query(AuditEvent).filter_by(action="x.y").count() == 0
    with scope.everything():
        assert db.session.query(AuditEvent).filter_by(action="x.y").one().scope_ids == [0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events",
        "LOCK audit_events IN EXCLUSIVE MODE", "UPDATE seals SET hash = 'x'", "DELETE FROM seals", "TRUNCATE seals",
    ],
)  # fmt: skip
def test_the_application_cannot_touch_what_is_written(province: Province, statement: str) -> None:
    record(province, "A")
    with scope.everything(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.committed
def test_an_event_without_the_whole_province_is_refused_by_the_database(province: Province, database: Database) -> None:
    with (
        psycopg.connect(database.url.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(
            "INSERT INTO audit_events (actor_name, via, request_id, action, entity, scope_ids, agency_name)"
            " VALUES ('a', 'web', '', 'x.y', 'x', '{}', '')"
        )


def test_only_what_differs_is_kept() -> None:
    before, after = services.changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None})
    assert (before, after) == ({"b": 2}, {"b": 3})


def test_only_the_program_itself_seals_and_proves(province: Province) -> None:
    for act in (services.seal, services.verify, services.renumber):
        with pytest.raises(PermissionError):
            act(province.actor("sonoivu"))
    assert Actor.system().is_system
