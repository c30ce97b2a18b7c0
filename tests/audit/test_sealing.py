"""The chain of seals finds a changed, removed or slipped-in event, and a changed seal. With real commits."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask

from hrms.audit import hooks as audit_hooks
from hrms.audit import services
from hrms.audit.services import sealing
from hrms.core import jobs, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.unit import transaction
from tests.conftest import Database

pytestmark = pytest.mark.committed
SYSTEM = Actor.system()


@pytest.fixture
def sealed(app: Flask, context: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ten events in four seals."""
    monkeypatch.setattr(sealing, "SEAL_EVENTS", 3)
    write(10)
    services.seal_daily()
    return context


def write(count: int) -> None:
    with scope.everything(), transaction():
        for number in range(count):
            services.record(
                SYSTEM, "thing.done", "thing", number, scope_ids=[0], before={"a": None, "d": 1.5},
                after={"name": "Đặng Thị Ánh", "n": number},
            )  # fmt: skip


def verdict() -> services.Verdict:
    with scope.everything():
        found = services.verify(SYSTEM)
    db.session.remove()
    return found


def superuser(database: Database) -> psycopg.Connection:
    return psycopg.connect(jobs.conninfo(database.superuser_url), autocommit=True)


def nth(database: Database, place: int) -> int:
    with superuser(database) as connection:
        row = connection.execute("SELECT id FROM audit_events ORDER BY id OFFSET %s LIMIT 1", [place]).fetchone()
    assert row
    return int(row[0])


def test_an_untouched_trail_holds_and_grows(sealed: Any) -> None:
    first = verdict()
    assert (first.events, first.seals, first.ok, first.first_bad) == (10, 4, True, None)
    services.seal_daily()
    assert verdict() == first, "nothing new, no new seal"
    write(1)
    services.seal_daily()
    later = verdict()
    assert (later.events, later.seals, later.ok) == (11, 5, True)
    assert later.head != first.head
    with scope.everything():
        assert audit_hooks.check_seals() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_events SET after = '{{\"n\": 99}}' WHERE id = {id}",
        "UPDATE audit_events SET actor_name = 'người khác' WHERE id = {id}",
        "UPDATE audit_events SET at = at + interval '1 microsecond' WHERE id = {id}",
        "UPDATE audit_events SET scope_ids = '{{0,1}}' WHERE id = {id}",
        "UPDATE audit_events SET reason = '' WHERE id = {id}",
        "DELETE FROM audit_events WHERE id = {id}",
        "UPDATE audit_events SET id = 1000000 WHERE id = {id}",
    ],
)
def test_one_changed_event_is_found_and_named(sealed: Any, database: Database, change: str) -> None:
    event = nth(database, 4)
    with superuser(database) as connection:
        connection.execute("ALTER TABLE audit_events ALTER id DROP IDENTITY")
        connection.execute(change.format(id=event))  # type: ignore[arg-type]
    found = verdict()
    assert (found.ok, found.first_bad, found.bad_seal) == (False, event, None)
    with scope.everything():
        assert len(audit_hooks.check_seals()) == 1


def test_an_event_slipped_in_among_the_sealed_is_found(sealed: Any, database: Database) -> None:
    with superuser(database) as connection:
        row = connection.execute(
            "INSERT INTO audit_events (transaction_id, actor_name, via, request_id, action, entity, scope_ids,"
            " agency_name) SELECT min(transaction_id), 'a', 'web', '', 'x.y', 'x', '{0}', '' FROM audit_events"
            " RETURNING id"
        ).fetchone()
    assert row
    # Its id is the last, but its transaction is one that was sealed long ago: it is simply unsealed until the next
    # seal unless it stands at or before the last place.
    with superuser(database) as connection:
        connection.execute("UPDATE audit_events SET transaction_id = 1 WHERE id = %s", row)
    assert verdict().first_bad == row[0]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE seals SET previous_hash = repeat('0', 64) WHERE id = 2",
        "UPDATE seals SET hash = repeat('0', 64) WHERE id = 2",
        "UPDATE seals SET digests = set_byte(digests, 0, (get_byte(digests, 0) + 1) % 256) WHERE id = 2",
        "UPDATE seals SET event_ids = event_ids[2:3] || event_ids[1] WHERE id = 2",
        "DELETE FROM seals WHERE id = 2",
    ],
)
def test_a_changed_seal_is_found(sealed: Any, database: Database, change: str) -> None:
    with superuser(database) as connection:
        connection.execute(change)  # type: ignore[arg-type]
    found = verdict()
    assert not found.ok
    assert found.bad_seal in {2, 3}


def test_events_of_a_transaction_still_open_wait_for_the_next_seal(sealed: Any, database: Database) -> None:
    with psycopg.connect(jobs.conninfo(database.url)) as late:
        late.execute(
            "INSERT INTO audit_events (actor_name, via, request_id, action, entity, scope_ids, agency_name)"
            " VALUES ('muộn', 'web', '', 'x.y', 'x', '{0}', '')"
        )
        write(2)
        services.seal_daily()
        assert verdict().events == 10, "what is younger than an open transaction is not sealed yet"
        late.commit()
    services.seal_daily()
    found = verdict()
    assert (found.events, found.ok) == (13, True)


def test_a_restored_trail_goes_on(sealed: Any, database: Database) -> None:
    """In another server transactions count from elsewhere: positions are made anew, the seals still hold."""
    write(2)
    with superuser(database) as connection:
        connection.execute("UPDATE audit_events SET transaction_id = transaction_id + 1000000000")
        connection.execute("UPDATE seals SET last_transaction = last_transaction + 1000000000")
    services.seal_daily()
    assert verdict().events == 10, "as restored, nothing new would ever be old enough"
    with superuser(database) as connection:
        for statement in sealing.RENUMBER:
            connection.execute(statement)
    write(1)
    services.seal_daily()
    found = verdict()
    assert (found.events, found.ok) == (13, True)


def test_two_sealers_at_once_make_one_chain(sealed: Any, app: Flask) -> None:
    from concurrent.futures import ThreadPoolExecutor

    write(9)

    def run(_number: int) -> None:
        with app.app_context():
            services.seal_daily()
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    found = verdict()
    assert (found.events, found.ok) == (19, True)
