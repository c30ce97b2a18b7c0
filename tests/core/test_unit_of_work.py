"""The test ground itself: what is committed in one test is not there in the next."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from hrms.core.db import db
from hrms.core.jobs import conninfo
from hrms.core.unit import end_reading, transaction
from tests.conftest import Database

COUNT = sa.text("select count(*) from settings")
ADD = sa.text("insert into settings (name, value, note) values ('test.ground', '1', '')")


def _add_and_count() -> int:
    before = db.session.execute(COUNT).scalar_one()
    with transaction():
        db.session.execute(ADD)
    db.session.rollback()
    return int(db.session.execute(COUNT).scalar_one()) - int(before)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_commit_holds_within_the_test_and_goes_with_it(everywhere: Flask, turn: int) -> None:
    assert _add_and_count() == 1


@pytest.mark.committed
@pytest.mark.parametrize("turn", [1, 2])
def test_a_real_commit_is_seen_by_another_connection(everywhere: Flask, database: Database, turn: int) -> None:
    assert _add_and_count() == 1
    with psycopg.connect(conninfo(database.owner_url)) as other:
        assert other.execute("select count(*) from settings where name = 'test.ground'").fetchone() == (1,)


@pytest.mark.committed
def test_only_a_transaction_that_has_read_is_ended_for_its_page(everywhere: Flask, database: Database) -> None:
    db.session.execute(COUNT)
    end_reading()
    assert not db.session().in_transaction()
    db.session.execute(ADD)
    end_reading()
    assert db.session().in_transaction()
    db.session.rollback()
    with psycopg.connect(conninfo(database.owner_url)) as other:
        assert other.execute("select count(*) from settings where name = 'test.ground'").fetchone() == (0,)
