"""`hrms serve` as an operator meets it: started twice, killed, its port taken, its children dying."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from hrms.core import embedded

ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, "-m", "hrms.cli", "serve", "--port", "0", "--workers", "1"]
PATIENCE = 60


class Served:
    """One `hrms serve` over a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "HRMS_HOME": str(home), "HRMS_ENV": "development"}
        for name in ("HRMS_DATABASE_URL", "HRMS_OWNER_DATABASE_URL", "HRMS_PORT", "HRMS_HOST"):
            self.environment.pop(name, None)
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start and wait until the address is printed."""
        self.process = subprocess.Popen(SERVE, cwd=ROOT, env=self.environment, stderr=subprocess.PIPE, text=True)
        said = []
        for line in self.process.stderr or ():
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.url = found.group()
                return
        pytest.fail("".join(said))

    def end(self) -> None:
        """Stop whatever still runs."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.terminate()
            self.process.wait(PATIENCE)
            if self.process.stderr:
                self.process.stderr.close()

    def children(self) -> list[psutil.Process]:
        """The web server, its workers, the job worker, the keeper."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command over the same home."""
        command = [sys.executable, "-m", "hrms.cli", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    made.end()
    embedded.stop(made.home)


@pytest.fixture(autouse=True)
def running(served: Served) -> Served:
    if served.process is None or served.process.poll() is not None:
        served.end()
        served.start()
    return served


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def test_it_answers(running: Served) -> None:
    assert _status(f"{running.url}/healthz") == 200
    # Ready comes after up: the worker beats for the first time some moments later.
    assert _until(lambda: _status(f"{running.url}/readyz") == 200)


def test_a_second_start_names_the_first(running: Served) -> None:
    done = running.run("serve", "--json")
    assert done.returncode == 0
    assert running.url in done.stderr
    assert json.loads(done.stdout) == {"url": running.url, "already_running": True}


def test_children_are_not_given_the_owners_address(running: Served) -> None:
    for child in running.children():
        if "gunicorn" in " ".join(child.cmdline()):
            assert "HRMS_OWNER_DATABASE_URL" not in child.environ()
            assert "hrms_owner" not in child.environ()["HRMS_DATABASE_URL"]


def test_a_dead_child_is_started_again(running: Served) -> None:
    for child in running.children():
        if "gunicorn" in " ".join(child.cmdline()) or "worker" in child.cmdline():
            child.kill()
    assert _until(lambda: _status(f"{running.url}/readyz") == 200)


def test_a_dead_database_is_started_again(running: Served) -> None:
    os.kill(embedded.status(running.home).pid, signal.SIGKILL)
    assert _until(lambda: embedded.alive(running.home))
    assert _until(lambda: _status(f"{running.url}/readyz") == 200)


def test_sigterm_leaves_nothing_behind(running: Served) -> None:
    assert running.process is not None
    children = running.children()
    running.process.terminate()
    assert running.process.wait(PATIENCE) == 0
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert not embedded.alive(running.home)
    assert _status(f"{running.url}/healthz") == 0


def test_kill_9_takes_the_children_and_a_new_start_serves_again(running: Served) -> None:
    assert running.process is not None
    children = running.children()
    running.process.kill()
    running.process.wait(PATIENCE)
    assert _until(lambda: not any(c.is_running() and c.status() != psutil.STATUS_ZOMBIE for c in children))
    running.end()
    running.start()
    assert _status(f"{running.url}/healthz") == 200


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    other = Served(tmp_path / "other")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = other.run("serve", "--port", str(port))
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert not (tmp_path / "other" / "postgres").exists()
