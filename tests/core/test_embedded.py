"""The embedded server: first start, later ones, after crashes, two at once, awkward folders, and who may come in."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hrms.core import embedded
from hrms.core.embedded.place import EmbeddedError
from hrms.core.jobs import conninfo

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("embedded") / "home"
    embedded.ensure_running(made, settings=QUICK)
    embedded.watch(made)
    yield made
    embedded.stop(made)


@pytest.fixture(autouse=True)
def running(home: Path) -> embedded.Endpoints:
    return embedded.ensure_running(home, settings=QUICK)


def _roles(endpoints: embedded.Endpoints) -> list[tuple[str, bool, bool]]:
    found = []
    for url in (endpoints.database_url, endpoints.owner_url):
        with psycopg.connect(conninfo(url)) as connection:
            query = "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
            found += connection.execute(query).fetchall()
    return found


def test_first_start_makes_roles_database_and_extensions(running: embedded.Endpoints) -> None:
    assert _roles(running) == [("hrms_app", False, False), ("hrms_owner", False, True)]
    with psycopg.connect(conninfo(running.database_url)) as connection:
        extensions = {name for (name,) in connection.execute("select extname from pg_extension")}
        owned = connection.execute(
            "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = current_user"
        ).fetchone()
        search = connection.execute("select rolcanlogin from pg_roles where rolname = 'hrms_search'").fetchone()
    assert {"ltree", "pg_trgm", "btree_gist"} <= extensions
    assert owned == (0,)
    assert search == (False,)


def test_nobody_comes_in_without_a_password(home: Path) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=embedded.status(home).socket, user=embedded.SUPERUSER, dbname="postgres")


def test_nothing_listens_on_the_network_and_secrets_are_private(home: Path) -> None:
    with psycopg.connect(conninfo(embedded.superuser_url(home))) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    assert stat.S_IMODE((home / "database.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(embedded.status(home).socket).stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
    assert not stat.S_IMODE(home.stat().st_mode) & 0o066


def test_it_never_runs_as_root(home: Path) -> None:
    owner = Path(f"/proc/{embedded.status(home).pid}").stat().st_uid
    assert owner != 0
    assert owner == (home / "postgres" / "data").stat().st_uid


def test_a_second_start_uses_the_running_server(home: Path) -> None:
    pid = embedded.status(home).pid
    embedded.ensure_running(home)
    assert embedded.status(home).pid == pid


def test_start_after_kill_9(home: Path, running: embedded.Endpoints) -> None:
    os.kill(embedded.status(home).pid, signal.SIGKILL)
    began = time.monotonic()
    assert embedded.ensure_running(home, settings=QUICK) == running
    assert time.monotonic() - began < 10
    assert embedded.status(home).running


def test_a_pid_file_that_names_another_process_is_not_believed(home: Path) -> None:
    embedded.stop(home)
    data = home / "postgres" / "data"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n\n\n")
    assert not embedded.alive(home)
    embedded.ensure_running(home, settings=QUICK)
    assert embedded.alive(home)


def test_the_last_user_stops_it(home: Path) -> None:
    def visit(answers: multiprocessing.Queue[str]) -> None:
        answers.put(embedded.ensure_running(home).database_url)
        answers.put(str(embedded.release(home)))

    answers: multiprocessing.Queue[str] = multiprocessing.get_context("fork").Queue()
    other = multiprocessing.get_context("fork").Process(target=_as_another_process(visit), args=(answers,))
    other.start()
    assert answers.get(timeout=30) == embedded.ensure_running(home).database_url
    assert answers.get(timeout=30) == "False"
    other.join(30)
    assert embedded.status(home).running
    assert embedded.release(home)
    assert not embedded.status(home).running


def _as_another_process(work: object) -> object:
    """A fork shares its parent's lock; a process of its own would not have it."""

    def run(*arguments: object) -> None:
        embedded._in_use.clear()
        work(*arguments)  # type: ignore[operator] # a function, passed as an object

    return run


def test_two_first_starts_at_once(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    work = _as_another_process(lambda: answers.put(embedded.ensure_running(tmp_path / "two", settings=QUICK).owner_url))
    starts = [fork.Process(target=work) for _ in range(2)]
    for start in starts:
        start.start()
    found = {answers.get(timeout=60) for _ in starts}
    for start in starts:
        start.join(30)
    try:
        assert len(found) == 1
        assert embedded.status(tmp_path / "two").running
    finally:
        embedded.stop(tmp_path / "two")


def test_the_server_goes_with_a_killed_process_that_asked_to_be_watched(tmp_path: Path) -> None:
    def work() -> None:
        embedded.ensure_running(tmp_path / "kept", settings=QUICK)
        embedded.watch(tmp_path / "kept")
        os.kill(os.getpid(), signal.SIGKILL)

    victim = multiprocessing.get_context("fork").Process(target=_as_another_process(work))
    victim.start()
    victim.join(60)
    deadline = time.monotonic() + 20
    while embedded.alive(tmp_path / "kept") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not embedded.alive(tmp_path / "kept")


def test_a_long_path_with_spaces_and_accents(tmp_path: Path) -> None:
    long = tmp_path / ("Hồ sơ cán bộ, công chức " * 4).strip() / "dữ liệu 'của' \"tỉnh\""
    endpoints = embedded.ensure_running(long, settings=QUICK)
    try:
        folder = Path(embedded.status(long).socket)
        assert len(str(folder)) < 90
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert _roles(endpoints)[0][0] == "hrms_app"
        embedded.stop(long)
        assert embedded.ensure_running(long, settings=QUICK) == endpoints
    finally:
        embedded.stop(long)
    folder.rmdir()


def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    half = tmp_path / "half"
    embedded.ensure_running(half, settings=QUICK)
    embedded.stop(half)
    kept = json.loads((half / "database.json").read_text())
    kept.pop("ready")
    (half / "database.json").write_text(json.dumps(kept))
    (half / "postgres" / "data.new").mkdir()
    try:
        assert _roles(embedded.ensure_running(half, settings=QUICK))[1][0] == "hrms_owner"
    finally:
        embedded.stop(half)


def test_data_of_another_user_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(EmbeddedError, match="thuộc người dùng"):
        embedded.ensure_running(tmp_path)


def test_data_of_another_version_are_named(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 9"):
        embedded.ensure_running(tmp_path)


def test_lost_passwords_are_named(tmp_path: Path, home: Path) -> None:
    lost = tmp_path / "lost"
    embedded.ensure_running(lost, settings=QUICK)
    embedded.stop(lost)
    (lost / "database.json").unlink()
    with pytest.raises(EmbeddedError, match=r"database\.json"):
        embedded.ensure_running(lost, settings=QUICK)
