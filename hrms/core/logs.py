"""Logs as one JSON object a line, of which none may hold anything about a person.

Written are: when, level, logger, a fixed sentence, request id, route *pattern*, status, milliseconds, account id.
Never written are: paths and query strings as typed, form fields, values inside an exception. An exception leaves its
type and its frames. Sentences of other packages lose their values, since some quote the address they were asked for.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from flask import Flask, Response, g, has_app_context, request
from gunicorn.glogging import Logger as GunicornLogger

FIELDS = ("method", "route", "status", "ms", "account_id", "job_id", "task", "rows", "seconds", "pid")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OWN = "hrms"

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ADDRESS_REST = re.compile(r"\?\S*")
_LONG_NUMBER = re.compile(r"\d{9,}")

requests = logging.getLogger("hrms.request")


class JsonFormatter(logging.Formatter):
    """Turns a record into one line of JSON, leaving out whatever might be personal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _sentence(record),
        }
        request_id = g.get("request_id") if has_app_context() else None
        if request_id:
            line["request_id"] = request_id
        line |= {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = frames_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class WebServerLogger(GunicornLogger):  # type: ignore[misc] # gunicorn has no types
    """The web server's own few lines, in the same form as the rest; its access log stays off."""

    def setup(self, cfg: Any) -> None:
        """Let the lines pass to the root logger instead of a format of their own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        configure()


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (stderr unless given) as JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level)
    logging.captureWarnings(capture=True)


def request_id(given: str) -> str:
    """Return the caller's request id when it has the plain form of one, else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def init_app(app: Flask) -> None:
    """Write one line for each request: route pattern, status, milliseconds, account."""
    app.before_request(_begin)
    app.after_request(_end)


def frames_of(error: BaseException) -> list[dict[str, Any]]:
    """Return the types and frames of an exception and its causes; never its text, which may quote a value."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        steps = traceback.extract_tb(current.__traceback__)
        frames = [f"{step.filename}:{step.lineno} {step.name}" for step in steps]
        found.append({"type": f"{type(current).__module__}.{type(current).__qualname__}", "frames": frames})
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def _sentence(record: logging.LogRecord) -> str:
    own = record.name == OWN or record.name.startswith(OWN + ".")
    text = record.getMessage() if own else str(record.msg)
    return _LONG_NUMBER.sub("#", _ADDRESS_REST.sub("?", text))[:500]


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = request_id(request.headers.get("X-Request-ID", ""))


def _end(response: Response) -> Response:
    actor = g.get("actor")
    requests.info(
        "request",
        extra={
            "method": request.method if request.method in METHODS else "OTHER",
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None,
            "account_id": actor.account_id if actor is not None else None,
        },
    )
    return response
