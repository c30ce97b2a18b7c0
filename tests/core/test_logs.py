"""Logs: one JSON object a line, and never a search term, a name or an ID number."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request

from hrms.core import logs

SECRETS = ("Nguyễn Thị Bưởi", "079188001234", "buoi.nguyen", "matkhau-bi-mat")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    kept = (root.handlers[:], root.level, logging.getLogger("hrms").level)
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    logging.getLogger("hrms").setLevel(kept[2])
    logging.captureWarnings(capture=False)


@pytest.fixture
def web() -> Flask:
    app = Flask("hrms")
    logs.init_app(app)

    @app.get("/people/<name>")
    def person(name: str) -> str:
        return name

    @app.post("/fail")
    def fail() -> str:
        try:
            int(request.form["name"])
        except ValueError as error:
            text = f"no such person: {request.form['name']}"
            raise LookupError(text) from error
        return ""

    return app


def _parsed(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_without_what_was_typed(web: Flask, lines: io.StringIO) -> None:
    web.test_client().get(
        f"/people/{SECRETS[0]}?q={SECRETS[1]}&email={SECRETS[2]}", headers={"X-Request-ID": "abc-12345"}
    )
    (line,) = _parsed(lines)
    assert line["route"] == "/people/<name>"
    assert line["status"] == 200
    assert line["method"] == "GET"
    assert line["ms"] >= 0
    assert line["request_id"] == "abc-12345"
    assert not any(secret in lines.getvalue() for secret in SECRETS)


def test_an_unknown_address_is_not_repeated(web: Flask, lines: io.StringIO) -> None:
    web.test_client().get(f"/{SECRETS[0]}")
    (line,) = _parsed(lines)
    assert line["status"] == 404
    assert "route" not in line
    assert not any(secret in lines.getvalue() for secret in SECRETS)


def test_a_defect_leaves_types_and_frames_only(web: Flask, lines: io.StringIO) -> None:
    web.test_client().post("/fail", data={"name": SECRETS[0], "password": SECRETS[3]})
    line = next(line for line in _parsed(lines) if line["level"] == "ERROR")
    assert [found["type"] for found in line["exception"]] == ["builtins.LookupError", "builtins.ValueError"]
    assert any("test_logs.py" in frame for frame in line["exception"][0]["frames"])
    assert not any(secret in lines.getvalue() for secret in SECRETS)


def test_lines_of_other_packages_lose_their_values(lines: io.StringIO) -> None:
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/people?q={SECRETS[0]}")
    logging.getLogger("some.package").warning(f"GET /people?q={SECRETS[1]} failed for {SECRETS[1]}")  # noqa: G004 - as that package writes
    assert len(_parsed(lines)) == 2
    assert not any(secret in lines.getvalue() for secret in SECRETS)


@pytest.mark.parametrize("given", ["", "x", "a" * 65, 'quote"brace}', SECRETS[0], "two\nlines-here"])
def test_a_strange_request_id_is_replaced(given: str) -> None:
    made = logs.request_id(given)
    assert made != given
    assert len(made) == 16
