"""One served program and one province for all browser tests; a fresh Chromium for each file of tests.

The server is the real one, `hrms serve` with its web and job processes, over a clone of the migrated database.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from psycopg import sql

from hrms.core import catalogues, jobs
from hrms.core.db import db
from hrms.core.server import start_bound
from tests import conftest as base
from tests.browser.visitor import Visitor, launch_options, new_context
from tests.browser.world import PASSWORD, World, fill
from tests.province import build

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
SECRET = "only-for-tests-" + "1" * 32


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands here."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True, slots=True)
class Site:
    """The served program: its address, its database, who and what is in it."""

    url: str
    database: base.Database
    world: World

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Do one statement as the database's superuser, past every lock, and return its rows."""
        with psycopg.connect(jobs.conninfo(self.database.superuser_url), autocommit=True) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else []


@pytest.fixture(scope="session")
def site(template: base.Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The program, serving."""
    home = tmp_path_factory.mktemp("served")
    database = base._clone(template)
    app = base._application(database.url, home)
    catalogues.forget()
    with app.app_context():
        world = fill(build(app), SECRET)
        db.session.remove()
        db.engine.dispose()
    catalogues.forget()
    environment = {**os.environ, "HRMS_ENV": "development", "HRMS_HOME": str(home), "HRMS_SECRET_KEY": SECRET}
    environment["HRMS_DATABASE_URL"] = database.url
    for name in ("HRMS_OWNER_DATABASE_URL", "HRMS_PORT", "HRMS_HOST"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "hrms.cli", "serve", "--port", "0"]
    server = start_bound(command, ROOT, environment, stderr=subprocess.PIPE, text=True)
    try:
        yield Site(_address(server), database, world)
    finally:
        server.terminate()
        server.wait(60)
        if server.stderr:
            server.stderr.close()
        with base._administrator(template) as administrator:
            administrator.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database.name)))


def _address(server: subprocess.Popen[Any]) -> str:
    said = []
    for line in server.stderr or ():
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found.group()
    pytest.fail("the server did not start:\n" + "".join(said))


# Playwright leaves a running event loop in the thread, which other tests cannot have: it lives as long as one file.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "browser tests need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**launch_options(executable))
        yield started
        started.close()


Visit = Callable[..., Visitor]
_states: dict[tuple[str, str], Any] = {}
"""The cookies of those who have signed in, by address and name, so that each signs in once."""


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    """Open a window: `visit("tochuc")` signed in, `visit()` as nobody. At the end every page must have behaved."""
    opened: list[Visitor] = []

    def make(username: str | None = None, *, fresh: bool = False, **options: Any) -> Visitor:
        state = None if fresh or username is None else _states.get((site.url, username))
        visitor = Visitor(new_context(browser, storage_state=state, **options), site.url)
        opened.append(visitor)
        if state is not None:
            visitor.open("/")
            if visitor.path != "/":  # signed in so long ago that the session has ended meanwhile
                state = None
        if username is not None and state is None:
            visitor.sign_in(username, PASSWORD)
            assert visitor.path == "/", f"{username} stands at {visitor.path}: {visitor.text()}"
            if not fresh:
                _states[site.url, username] = visitor.context.storage_state()
        return visitor

    yield make
    for visitor in opened:
        visitor.context.close()
    for visitor in opened:
        visitor.clean()
