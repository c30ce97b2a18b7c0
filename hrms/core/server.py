"""The supervisor behind `hrms serve`: one web server and one job worker, kept alive, and never left behind.

It holds a lock for as long as it lives, so that a second start finds the first; it binds the port before anything slow;
its children die with it, even when it is killed. What they are told of the database is the application role's address
only: the owner's stays here.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import Any

from hrms.core import embedded
from hrms.core.i18n import _

PR_SET_PDEATHSIG = 1
READY_SECONDS = 90
STOP_SECONDS = 20
CALM_SECONDS = 60
LONGEST_WAIT = 30
LOG_LIMIT = 20 * 1024 * 1024


class ServerError(RuntimeError):
    """The server cannot start; the text is a sentence with the remedy."""


class AlreadyRunning(Exception):
    """Another supervisor serves this HRMS_HOME, at `url`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


_PRCTL = ctypes.CDLL(None, use_errno=True).prctl


def start_bound(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], death_signal: signal.Signals = signal.SIGTERM,
    **options: Any,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start a process that gets `death_signal` when this one ends in any way; `options` are those of `Popen`."""
    parent = os.getpid()

    def bind_life() -> None:
        _PRCTL(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return subprocess.Popen(
        command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL,
        preexec_fn=bind_life,  # noqa: PLW1509 - safe: the processes that start others here have a single thread
        **options,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where to serve: the code's folder, the data's folder, the address."""

    root: Path
    home: Path
    host: str
    port: int
    workers: int = 2
    threads: int = 4


@dataclass(slots=True)
class Child:
    """One process under supervision, and how often it has failed of late."""

    name: str
    command: Sequence[str]
    death_signal: signal.Signals
    environment: Mapping[str, str]
    root: Path
    log: Path | None = None
    inherit: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        """Start the process; it is killed when this one dies."""
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self.log.open("ab")) if self.log else None
            self.process = start_bound(
                self.command, self.root, self.environment, self.death_signal,
                pass_fds=self.inherit, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        self.started = time.monotonic()

    def tend(self) -> None:
        """Start the process again when it has ended, later each time it fails soon."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            self.failures = 0 if now - self.started > CALM_SECONDS else self.failures + 1
            self.not_before = now + min(LONGEST_WAIT, 2 ** min(self.failures, 5) / 2)
            self.process = None
        if now >= self.not_before:
            self.start()


@dataclass(slots=True)
class Supervisor:
    """Holds the lock and the port of one HRMS_HOME, then runs the children until told to stop.

    `say` writes a line for people. Raises `AlreadyRunning` or `ServerError` from `claim`.
    """

    place: Place
    say: Callable[[str], None]
    log_folder: Path | None = None
    _lock: int = -1
    _socket: socket.socket | None = None
    _children: list[Child] = field(default_factory=list)
    _stopping: bool = False

    @property
    def url(self) -> str:
        """The address a browser on this machine uses."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(self.place.host, self.place.host)  # noqa: S104 - compared, not bound
        port = self._socket.getsockname()[1] if self._socket else self.place.port
        return f"http://{host}:{port}"

    @contextlib.contextmanager
    def claim(self) -> Iterator[None]:
        """Take the lock and the port, before any slow step; give both back at the end."""
        self.place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self.place.home / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        run_file = self.place.home / "serve.run"
        try:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(_recorded_url(run_file)) from None
            self._socket = _bind(self.place.host, self.place.port)
            run_file.write_text(json.dumps({"pid": os.getpid(), "url": self.url}))
            try:
                yield
            finally:
                run_file.unlink(missing_ok=True)
                self._socket.close()
        finally:
            os.close(self._lock)

    def run(
        self, *, database_url: str, ready: Callable[[], None] = lambda: None, embedded_home: Path | None = None
    ) -> None:
        """Serve until SIGTERM or SIGINT. `ready` is called once, when pages are answered.

        Raises `ServerError` when the web server does not become ready; the children are stopped on every way out.
        """
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        self._children = [self._web(database_url), self._jobs(database_url)]
        try:
            for child in self._children:
                child.start()
            self._wait_until_ready()
            if not self._stopping:
                ready()
            while not self._stopping:
                for child in self._children:
                    child.tend()
                if embedded_home is not None and not embedded.alive(embedded_home):
                    embedded.ensure_running(embedded_home)
                time.sleep(0.3)
        finally:
            self._end_children()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _environment(self, database_url: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "HRMS_OWNER_DATABASE_URL"}
        home = str(self.place.home)
        return {**kept, "HRMS_DATABASE_URL": database_url, "HRMS_HOME": home, "PYTHONUNBUFFERED": "1"}

    def _web(self, database_url: str) -> Child:
        if self._socket is None:
            raise RuntimeError
        bound = self._socket.fileno()
        place = self.place
        command = [
            sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{bound}", "--worker-class", "gthread",
            "--workers", str(place.workers), "--threads", str(place.threads), "--preload", "--no-control-socket",
            "--timeout", "120", "--graceful-timeout", "10", "--keep-alive", "15", "--log-level", "warning",
            "--logger-class", "hrms.core.logs.WebServerLogger",
        ]  # fmt: skip
        environment = self._environment(database_url)
        return Child("web", command, signal.SIGQUIT, environment, place.root, self._log("web"), (bound,))

    def _jobs(self, database_url: str) -> Child:
        command = [sys.executable, "-m", "hrms.cli", "worker"]
        # Killed at once: a job is one transaction, and a second start must not find two workers.
        environment = self._environment(database_url)
        return Child("worker", command, signal.SIGKILL, environment, self.place.root, self._log("worker"))

    def _log(self, name: str) -> Path | None:
        if self.log_folder is None:
            return None
        self.log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.log_folder / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".old.log"))
        path.touch(mode=0o600)
        return path

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        web, worker = self._children
        said = ""
        while not self._stopping:
            if web.process is not None and web.process.poll() is not None:
                raise ServerError(_("Máy chủ trang web dừng ngay khi khởi động.") + _see(web.log))
            worker.tend()
            said = _probe(f"{self.url}/readyz")
            if not said:
                return
            if time.monotonic() > deadline:
                raise ServerError(
                    _("Chương trình không sẵn sàng sau %(seconds)s giây: %(why)s.", seconds=READY_SECONDS, why=said)
                    + _see(web.log)
                )
            time.sleep(0.1)

    def _end_children(self) -> None:
        running = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 takes any free one."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(1)  # until the web server listens too: only a listening port refuses a second bind
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                _("Cổng %(port)s đang có chương trình khác dùng. Hãy dừng chương trình đó hoặc chọn cổng khác "
                  "(make run PORT=8001, hoặc hrms serve --port 8001).", port=port)
            ) from error  # fmt: skip
        raise ServerError(
            _("Không mở được địa chỉ %(host)s:%(port)s (%(why)s).", host=host, port=port, why=error.strerror)
        ) from error
    return bound


def _recorded_url(run_file: Path) -> str:
    """Return the address the lock's holder wrote; it may still be writing."""
    for _attempt in range(20):
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(json.loads(run_file.read_text())["url"])
        time.sleep(0.05)
    return ""


def _probe(url: str) -> str:
    """Return "" when the address answers 200, else why not."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address, always http
            return "" if answer.status == HTTPStatus.OK else f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(500).decode(errors='replace').strip()}"
    except OSError as error:
        return str(error)


def _see(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    lines = log.read_text(errors="replace").strip().splitlines()
    last = f": {lines[-1][:300]}" if lines else ""
    return " " + _("Xem %(log)s", log=log) + last
