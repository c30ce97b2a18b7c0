"""Requests through the real application in this process: wall time, time in the database, statements, bytes, floor.

The *floor* of a page is the same template rendered again from the context the real request gave it: what the page would
cost if every row were ready in memory. It is taken once in each of a number of requests, right after the page itself,
so that language, reader, form token and the state of the processor's caches are the same.
"""

from __future__ import annotations

import gc
import io
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, template_rendered
from sqlalchemy import event

from hrms.accounts.services.sessions import open_session
from hrms.core import scope
from hrms.core.db import db
from hrms.core.unit import transaction

WARM_UP = 4
FLOOR_RUNS = 15
PATIENCE = 15.0
"""Seconds that the requests of one page may take together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `seconds` of the whole request, of them `sql_seconds` waiting for the database."""

    status: int
    body: bytes
    seconds: float
    sql_seconds: float
    statements: int


@dataclass(slots=True)
class Meter:
    """Counts the statements of one engine and the time until each answers; begin and commit are not among them."""

    seconds: float = 0.0
    statements: list[str] = field(default_factory=list)
    _began: float = 0.0

    def attach(self, engine: Any) -> None:
        """Listen to `engine` from now on."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def reset(self) -> None:
        """Begin again at nothing."""
        self.seconds = 0.0
        self.statements.clear()

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.statements.append(statement)
        self._began = time.perf_counter()

    def _after(self, *_everything: Any) -> None:
        self.seconds += time.perf_counter() - self._began


def sign_in(app: Flask, account_id: int) -> str:
    """Open a session for an account and return the cookie a browser would send: `name=value`."""
    with app.app_context(), scope.everything():
        with transaction():
            token = open_session(account_id, "127.0.0.1", "bench", second_factor=True)
        db.session.remove()
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined] # Flask's default has it
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': token, '_fresh': True})}"


class Reader:
    """Somebody signed in, whose requests keep one cookie as a browser does."""

    def __init__(self, app: Flask, name: str, account_id: int, meter: Meter) -> None:
        self.app, self.name, self.meter = app, name, meter
        self.cookie = sign_in(app, account_id)

    def get(self, address: str) -> Answer:
        """Ask for one page."""
        parts = urlsplit(quote(address, safe="/?&=%+-._~:,"))
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT": "text/html", "HTTP_COOKIE": self.cookie,
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        found: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _problem: Any = None) -> Any:
            found[:] = [status, headers]

        self.meter.reset()
        began = time.perf_counter()
        chunks: Any = self.app.wsgi_app(environ, start)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        seconds = time.perf_counter() - began
        status, headers = found
        name = self.cookie.partition("=")[0]
        for header, value in headers:
            if header == "Set-Cookie" and (kept := SimpleCookie(value).get(name)):
                self.cookie = f"{name}={kept.value}"
        return Answer(int(status[:3]), body, seconds, self.meter.seconds, len(self.meter.statements))


@dataclass(frozen=True, slots=True)
class Measured:
    """What one address costs; times in milliseconds. `floor` is None where nothing is rendered."""

    page: str
    reader: str
    address: str
    median: float
    p95: float
    sql: float
    floor: float | None
    statements: int
    bytes: int

    @property
    def ratio(self) -> float | None:
        """How many times its floor the page costs."""
        return round(self.median / self.floor, 2) if self.floor else None

    def keys(self) -> dict[str, Any]:
        """Return the figures for the results file."""
        return {**asdict(self), "ratio": self.ratio}


def measure(reader: Reader, page: str, address: str, runs: int) -> Measured:
    """Ask for `address` `runs` times after a warm-up, fewer times when that would take long.

    Raises `RuntimeError` unless each answer is 200.
    """
    longest = max(_well(reader.get(address), address).seconds for _ in range(2))
    for _ in range(WARM_UP if longest < 0.5 else 0):
        _well(reader.get(address), address)
    floor = _floor(reader, address, FLOOR_RUNS if longest < 0.5 else 3)
    gc.collect()
    runs = max(5, min(runs, int(PATIENCE / longest)))
    answers = [_well(reader.get(address), address) for _ in range(runs)]
    walls = sorted(answer.seconds * 1000 for answer in answers)
    return Measured(
        page, reader.name, address,
        median=round(statistics.median(walls), 2),
        p95=round(percentile(walls, 95), 2),
        sql=round(statistics.median(answer.sql_seconds * 1000 for answer in answers), 2),
        floor=floor,
        statements=max(answer.statements for answer in answers),
        bytes=len(answers[-1].body),
    )  # fmt: skip


def percentile(ordered: list[float], share: float) -> float:
    """Return the value that `share` percent of the ordered values do not exceed."""
    return ordered[min(len(ordered) - 1, max(0, round(len(ordered) * share / 100 + 0.5) - 1))]


def _well(answer: Answer, address: str) -> Answer:
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"{address}: HTTP {answer.status}")
    return answer


def _floor(reader: Reader, address: str, runs: int) -> float | None:
    """Return the median milliseconds of rendering the page's template from what its request gave it."""
    times: list[float] = []
    with _rendered(reader, times):
        for _ in range(runs):
            reader.get(address)
    return round(statistics.median(times), 2) if times else None


@contextmanager
def _rendered(reader: Reader, times: list[float]) -> Iterator[None]:
    def again(_sender: Any, template: Any, context: dict[str, Any], **_rest: Any) -> None:
        before = len(reader.meter.statements)
        began = time.perf_counter()
        template.render(context)
        times.append((time.perf_counter() - began) * 1000)
        if len(reader.meter.statements) != before:
            raise RuntimeError(f"{template.name} asks the database: its rows are not ready")

    with template_rendered.connected_to(again, reader.app):
        yield
