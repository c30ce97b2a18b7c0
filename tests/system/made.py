"""A made-up province in a database of its own, for the tests that look at what the demo holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask
from sqlalchemy import text

import config
from hrms.app import create_app
from hrms.core import clock, jobs, roles
from hrms.core.db import db
from seed.demo import DEFAULT_SEED
from seed.demo.province import make_province

if TYPE_CHECKING:
    from tests.conftest import Database

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
Row = Any


@dataclass(frozen=True)
class Made:
    """A province in a database of its own, with the application that is connected as its owner."""

    app: Flask
    home: Path
    database: Database

    def rows(self, statement: str) -> list[Row]:
        with self.app.app_context(), db.engine.connect() as connection:
            return list(connection.execute(text(statement)))


@contextmanager
def open_province(template: Database, name: str, home: Path, size: int) -> Iterator[Made]:
    """Make a province of `size` people on `TODAY` in a new database, dropped afterwards."""
    quoted = psycopg.sql.Identifier(name)
    superuser = jobs.conninfo(template.named("postgres").superuser_url)
    with psycopg.connect(superuser, autocommit=True) as administrator:
        administrator.execute(
            psycopg.sql.SQL("create database {} template {} owner {}").format(
                quoted, psycopg.sql.Identifier(template.name), psycopg.sql.Identifier(roles.OWNER)
            )
        )
    database = template.named(name)
    app = create_app(config.Test({"HRMS_DATABASE_URL": database.owner_url, "HRMS_HOME": str(home)}))
    with app.app_context(), clock.frozen(NOW):
        make_province(size, DEFAULT_SEED, home)
    yield Made(app, home, database)
    with app.app_context():
        db.engine.dispose()
    with psycopg.connect(superuser, autocommit=True) as administrator:
        administrator.execute(psycopg.sql.SQL("drop database {} with (force)").format(quoted))
