"""An upload that does not reach its end: the connection is cut, or the session has ended. Nothing of it is kept."""

from __future__ import annotations

import gc
import io
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from hrms.accounts.models import AccountSession
from hrms.core import scope
from hrms.core.db import db
from tests.client import Browser
from tests.province import Province

# What was read of a file so far is a nameless temporary file of werkzeug's; it goes when the parser is collected.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Unclosed file:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
LIST = "Họ và tên;Ngày sinh\n".encode() + "Lê Thị Bưởi;12/04/1988\n".encode() * 100_000
LEAVING = b"\r\n--edge--\r\n"


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Let what an interrupted request leaves to the collector go within the test that made it."""
    yield
    gc.collect()


def kept(app: Flask) -> tuple[int, int, int, list[str]]:
    """Return the batches, the jobs, the events about imports, and the files that are kept."""
    folder = Path(app.config["HRMS_HOME"]) / "uploads"
    with app.app_context(), scope.everything():
        counts = db.session.execute(
            sa.text(
                "SELECT (SELECT count(*) FROM import_batches), (SELECT count(*) FROM procrastinate_jobs),"
                " (SELECT count(*) FROM audit_events WHERE entity LIKE 'import%')"
            )
        ).one()
        db.session.rollback()
    files = sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.exists() else []
    return (*counts, files)


def body(browser: Browser, province: Province, content: bytes) -> bytes:
    """Return a form of two fields and a file, as a browser sends it."""
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (
            ("csrf_token", browser.token()),
            ("agency", province.agencies["root"]),
            ("agency-text", "UBND thành phố Cần Thơ"),
        )
    ]
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    return b"".join(parts) + head + content + LEAVING


def test_a_body_that_ends_early_is_told_and_kept_nowhere(app: Flask, province: Province) -> None:
    browser = province.client("sonoivu")
    whole = body(browser, province, LIST)
    before = kept(app)
    for cut in (10, len(whole) // 2, len(whole) - len(LEAVING), len(whole) - 1):
        answer = browser.post(
            "/imports/new",
            content_type="multipart/form-data; boundary=edge",
            input_stream=io.BytesIO(whole[:cut]),
            environ_overrides={"CONTENT_LENGTH": str(len(whole))},
        )
        assert answer.status_code == 400, cut
        assert "Kết nối bị ngắt khi đang gửi" in answer.text, cut
        assert kept(app) == before, cut


@pytest.mark.committed
def test_a_connection_cut_in_the_middle_leaves_nothing(app: Flask, province: Province, live: str) -> None:
    browser = province.client("sonoivu")
    whole = body(browser, province, LIST)
    before = kept(app)
    with _sent(live, browser, len(whole)) as line:
        line.sendall(whole[: len(whole) // 2])
    _until(lambda: _answers(live))
    assert kept(app) == before
    with _sent(live, browser, len(whole)) as line:
        line.sendall(whole)
        assert b" 303 " in line.recv(200).split(b"\r\n")[0], "the same, uncut, is taken"


def test_a_session_that_ended_meanwhile_asks_to_sign_in_and_takes_nothing(app: Flask, province: Province) -> None:
    browser = province.client("sonoivu")
    before = kept(app)
    with scope.everything():
        db.session.execute(sa.update(AccountSession).values(seen_at=sa.text("clock_timestamp() - interval '1 hour'")))
        db.session.commit()
    whole = body(browser, province, LIST)
    sent: dict[str, Any] = {"content_type": "multipart/form-data; boundary=edge", "data": whole}
    answer = browser.post("/imports/new", **sent)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/imports/new"
    assert "Phiên làm việc đã hết hạn" in browser.get(answer.headers["Location"]).text
    told = browser.post("/imports/new", **sent, headers={"Accept": "application/json"})
    assert told.status_code == 401
    assert "Cần đăng nhập" in told.get_json()["detail"]
    assert kept(app) == before


@pytest.mark.committed
def test_a_large_upload_without_a_session_still_gets_its_answer(province: Province, live: str) -> None:
    """An answer given before the body was read must not be lost with a reset connection."""
    browser = province.client(None)
    whole = body(browser, province, b"0" * 5_000_000)
    with _sent(live, browser, len(whole)) as line:
        line.sendall(whole)
        assert b" 302 " in line.recv(200).split(b"\r\n")[0]


def _sent(live: str, browser: Browser, length: int) -> socket.socket:
    """Return a connection on which the head of an upload has been sent."""
    place = urlsplit(live)
    cookies = "; ".join(f"{c.key}={c.value}" for c in (browser._cookies or {}).values())
    line = socket.create_connection((place.hostname or "", place.port or 0), timeout=30)
    line.sendall(
        f"POST /imports/new HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    return line


def _answers(live: str) -> bool:
    place = urlsplit(live)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as line:
        line.sendall(f"GET /healthz HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in line.recv(200)


def _until(done: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds; the server needs a moment to see that its client is gone."""
    end = time.monotonic() + seconds
    time.sleep(0.3)
    while not done():
        assert time.monotonic() < end
        time.sleep(0.1)
