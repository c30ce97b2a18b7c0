"""Many users at once against the served program on loopback; this file is also the program that plays them.

Each user asks for one full page after the other, without a pause, over one kept connection. The users share a process
of their own, so that what they cost is not counted among the server's; it says how busy it was.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from flask import Flask

from bench.data import ROOT, Place, Sample
from bench.requests import percentile, sign_in
from hrms.core.paging import encode

USERS, SECONDS = 16, 30.0
START_SECONDS = 120
TIMEOUT = 60


def addresses(sample: Sample) -> list[str]:
    """Return the pages of the mix: a third lists, a third searches and filters, a third records."""
    record = f"/people/{sample.person}"
    return [
        "/people", f"/people?after={encode(sample.middle_name)}", f"/people?agency={sample.large_code}",
        f"/people?agency={sample.small_code}",
        "/people?q=nguyen", f"/people?q={quote_plus('Nguyễn Thị')}", "/people?q=xuyen",
        f"/people?agency={sample.large_code}&kind=public_employee",
        record, f"{record}/career", f"{record}/salary", f"{record}/education",
    ]  # fmt: skip


def run(app: Flask, place: Place, account_id: int, sample: Sample, *, seconds: float = SECONDS) -> dict[str, Any]:
    """Serve `place`, let the users loose on it, and return requests a second, errors and latencies in milliseconds."""
    cookies = [sign_in(app, account_id) for _ in range(USERS)]
    server = subprocess.Popen(
        [sys.executable, "-m", "hrms.cli", "serve", "--host", "127.0.0.1", "--port", "0"],
        cwd=ROOT, env=place.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port = _port(place.home / "serve.run", server)
        busy = _busy(server.pid, place.home)
        plan = {"port": port, "cookies": cookies, "addresses": addresses(sample), "seconds": seconds}
        played = subprocess.run(
            [sys.executable, "-m", "bench.load"], cwd=ROOT, input=json.dumps(plan).encode(), stdout=subprocess.PIPE,
            check=True, timeout=seconds + START_SECONDS,
        )  # fmt: skip
        busy = {name: seconds - busy[name] for name, seconds in _busy(server.pid, place.home).items()}
    finally:
        server.terminate()
        server.wait(60)
    found: dict[str, Any] = json.loads(played.stdout)
    asked = found["requests"] + found["users"]  # each began with one page that is not counted
    return {**found, "processor_ms": {name: round(1000 * seconds / asked, 2) for name, seconds in busy.items()}}


def _busy(server: int, home: Path) -> dict[str, float]:
    """Return the processor seconds used so far by the program's processes and by its database's."""
    parents: dict[int, tuple[int, float]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = (path / "stat").read_text().rpartition(")")[2].split()
                parents[int(path.name)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    data = home / "postgres" / "data"
    used = {"program": 0.0, "database": 0.0}
    for pid, (_parent, seconds) in parents.items():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cwd").samefile(data):
                used["database"] += seconds
                continue
        above = pid
        while above in parents and above != server:
            above = parents[above][0]
        if above == server:
            used["program"] += seconds
    return used


def _port(run_file: Path, server: subprocess.Popen[bytes]) -> int:
    """Return the port the server took, once it answers that it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            known = json.loads(run_file.read_text())
            port = int(known["url"].rpartition(":")[2])
            if known["pid"] == server.pid and _status(port, "/readyz") == 200:
                return port
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise RuntimeError("the server did not become ready; see its log folder")


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


class User(threading.Thread):
    """One user: asks, reads the whole answer, asks again until the time is over."""

    def __init__(self, number: int, plan: dict[str, Any], start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.plan, self.start_together = plan, start
        self.cookie = plan["cookies"][number]
        self.random = random.Random(number)
        self.times: list[float] = []
        self.errors: list[str] = []
        self.bytes = 0

    def run(self) -> None:
        """Play the user."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plan["port"], timeout=TIMEOUT)
        self._ask(connection, "/people", kept=False)
        self.start_together.wait()
        end = time.monotonic() + self.plan["seconds"]
        while time.monotonic() < end:
            self._ask(connection, self.random.choice(self.plan["addresses"]), kept=True)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, address: str, *, kept: bool) -> None:
        began = time.perf_counter()
        try:
            connection.request("GET", address, headers={"Cookie": self.cookie, "Accept": "text/html"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or b"</html>" not in body[-20:]:
                self.errors.append(f"{address}: HTTP {answer.status}")
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(f"{address}: {type(error).__name__}")
            connection.close()
            return
        if kept:
            self.times.append(time.perf_counter() - began)
            self.bytes += len(body)


def play(plan: dict[str, Any]) -> dict[str, Any]:
    """Play all users of a plan and return what they saw."""
    start = threading.Barrier(len(plan["cookies"]) + 1)
    users = [User(number, plan, start) for number in range(len(plan["cookies"]))]
    for user in users:
        user.start()
    start.wait()
    began, busy = time.perf_counter(), time.process_time()
    for user in users:
        user.join()
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    times = sorted(one * 1000 for user in users for one in user.times)
    errors: Sequence[str] = [error for user in users for error in user.errors]
    return {
        "users": len(users), "seconds": round(seconds, 1), "requests": len(times), "errors": len(errors),
        "first_errors": errors[:5], "requests_per_second": round(len(times) / seconds, 1),
        "median": round(statistics.median(times), 1) if times else None,
        "p95": round(percentile(times, 95), 1) if times else None,
        "slowest": round(times[-1], 1) if times else None,
        "megabytes": round(sum(user.bytes for user in users) / 1e6, 1), "users_cpu_share": round(busy / seconds, 2),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(play(json.load(sys.stdin))))
