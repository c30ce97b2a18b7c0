"""One PostgreSQL for the session, migrated once; each test on its own: in a transaction, or in a database of its own.

- `database`: everything the test and its requests do happens inside one outer transaction that is rolled back; a
  `commit()` only releases a savepoint. Deferred constraints, other connections and jobs do not see it.
- `@pytest.mark.committed`: commits are real; the test gets a clone of the migrated template (about 0.1 s).

Both give the same `app`; `client` and `context` build on `database`.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url
from werkzeug.serving import make_server

import config
from hrms.core import catalogues, embedded, jobs, migrate, roles, scope
from hrms.core.db import db
from seed import load_catalogues
from tests.client import Browser
from tests.province import Province, build

# Nothing of a test outlives the machine, so nothing has to reach the disk.
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB"}
SETTINGS = ("hrms.scope", "hrms.person_id", "hrms.accounts", "hrms.account_id", "hrms.pay")

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """The addresses of one database: as the application, as the owner, as the superuser."""

    name: str
    url: str
    owner_url: str
    superuser_url: str

    def named(self, name: str) -> Database:
        """Return the same for another database of the server."""
        urls = (self.url, self.owner_url, self.superuser_url)
        return Database(name, *(make_url(url).set(database=name).render_as_string(hide_password=False) for url in urls))


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder of its own: another pytest that starts closes the usual one to the database's user."""
    if not config.option.basetemp:
        config.option.basetemp = tempfile.mkdtemp(prefix="hrms-tests-")
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests first, the walk before all: of several workers none begins the longest file last."""
    items.sort(key=lambda item: ("test_walk" not in item.nodeid, "tests/browser" not in item.nodeid))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HRMS_HOME of the session."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def template(home: Path) -> Iterator[Database]:
    """The migrated database with its catalogues, to be cloned; nobody stays connected to it."""
    endpoints = embedded.ensure_running(home, settings=QUICK)
    embedded.watch(home)
    found = Database(
        roles.DATABASE,
        endpoints.database_url,
        endpoints.owner_url,
        embedded.superuser_url(home, database=roles.DATABASE),
    )
    migrate.upgrade(found.owner_url)
    load_catalogues(found.owner_url)
    with _administrator(found) as administrator:  # one stray connection would forbid the cloning
        name = sql.Identifier(found.name)
        administrator.execute(sql.SQL("alter database {} with allow_connections false").format(name))
        administrator.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [found.name]
        )
    yield found
    embedded.stop(home)


@pytest.fixture(scope="session")
def shared(template: Database) -> Database:
    """The one database of all tests that are rolled back."""
    return _clone(template)


@pytest.fixture(scope="session")
def app(shared: Database, home: Path) -> Iterator[Flask]:
    """The application, over the shared database unless a test brings another."""
    made = _application(shared.url, home)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def clone(template: Database) -> Iterator[Database]:
    """A database of the test's own: migrated, empty, dropped afterwards."""
    made = _clone(template)
    yield made
    with _administrator(template) as administrator:
        administrator.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(made.name)))


@pytest.fixture
def database(request: pytest.FixtureRequest, app: Flask) -> Iterator[Database]:
    """The database of this test: rolled back, or a clone when the test is marked `committed`."""
    engines = db._app_engines[app]
    before, address = engines[None], app.config["SQLALCHEMY_DATABASE_URI"]
    if request.node.get_closest_marker("committed"):
        found: Database = request.getfixturevalue("clone")
        engine = sa.create_engine(found.url, pool_size=10, max_overflow=20)
        engines[None], app.config["SQLALCHEMY_DATABASE_URI"] = engine, found.url
        undo: Callable[[], None] = engine.dispose
    else:
        found = request.getfixturevalue("shared")
        connection = before.connect()
        outer = connection.begin()
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        event.listen(db.session.session_factory, "after_begin", _forget_scope)

        def undo() -> None:
            event.remove(db.session.session_factory, "after_begin", _forget_scope)
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()
            connection.close()

    catalogues.forget()
    try:
        yield found
    finally:
        with app.app_context():
            db.session.remove()
        undo()
        engines[None], app.config["SQLALCHEMY_DATABASE_URI"] = before, address
        catalogues.forget()


@pytest.fixture
def context(app: Flask, database: Database) -> Iterator[Flask]:
    """The application's context for the length of the test; no scope is set."""
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def everywhere(context: Flask) -> Iterator[Flask]:
    """The application's context with the whole tree in scope, as the system itself has it."""
    with scope.everything():
        yield context


@pytest.fixture
def client(app: Flask, database: Database) -> Browser:
    """A browser without a session."""
    made = app.test_client()
    assert isinstance(made, Browser)
    return made


@pytest.fixture
def run_jobs(app: Flask, database: Database) -> Callable[[], None]:
    """Do the jobs that wait, as the worker would, and return; for tests marked `committed`."""
    jobs.init_app(app)

    def run() -> None:
        worker = jobs.open_worker(database.url)
        with worker.open():
            worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    return run


@pytest.fixture
def live(app: Flask, database: Database) -> Iterator[str]:
    """The address of a running web server, for browser tests marked `committed`."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def _application(url: str, home: Path) -> Flask:
    from hrms.app import create_app

    made = create_app(config.Test({"HRMS_DATABASE_URL": url, "HRMS_HOME": str(home)}))
    made.test_client_class = Browser
    return made


def _clone(template: Database) -> Database:
    name = f"test_{next(_numbers)}"
    with _administrator(template) as administrator:
        administrator.execute(
            sql.SQL("create database {} template {} owner {}").format(
                sql.Identifier(name), sql.Identifier(template.name), sql.Identifier(roles.OWNER)
            )
        )
        # Grants on a database are not cloned with it.
        for statement in roles.database_grants(name):
            administrator.execute(statement)
    return template.named(name)


def _administrator(template: Database) -> psycopg.Connection:
    return psycopg.connect(jobs.conninfo(template.named("postgres").superuser_url), autocommit=True)


def _forget_scope(session: Any, transaction: Any, connection: sa.Connection) -> None:
    """A new transaction has no settings; inside the test's one outer transaction they would linger."""
    if not transaction.nested and not session.info.get("hrms.scope"):
        chosen = ", ".join(f"set_config('{name}', '', true)" for name in SETTINGS)
        connection.exec_driver_sql(f"select {chosen}")


@pytest.fixture
def province(context: Flask) -> Province:
    """A small province in the test's database: agencies, people, one account for every role."""
    return build(context)
