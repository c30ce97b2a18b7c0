"""Sixteen users for half a minute against the real server on the loopback address."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from bench.requests import percentile

USERS, SECONDS = 16, 30


def load(environ: Mapping[str, str], cookies: Sequence[tuple[str, str]], addresses: Sequence[str]) -> dict[str, Any]:
    """Serve on a free port, ask for full pages as 16 users do, and return requests a second, errors and p95."""
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "hrms.cli", "serve", "--port", str(port)], env=dict(environ),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        asker = subprocess.run(
            [sys.executable, "-m", "bench.load", str(port), json.dumps(cookies), json.dumps(list(addresses))],
            env=dict(environ), capture_output=True, text=True, check=True, timeout=SECONDS * 4,
        )  # fmt: skip
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    answer: dict[str, Any] = json.loads(asker.stdout)
    return answer


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(120):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise RuntimeError("the server did not become ready")


def _ask(port: int, cookies: list[list[str]], addresses: list[str]) -> dict[str, Any]:
    times: list[float] = []
    errors: list[int] = []
    sizes: list[int] = []
    until = time.monotonic() + SECONDS

    def one(number: int) -> None:
        rng = random.Random(number)
        name, value = cookies[number % len(cookies)]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            began = time.perf_counter()
            try:
                connection.request(
                    "GET", rng.choice(addresses), headers={"Cookie": f"{name}={value}", "Accept": "text/html"}
                )
                answer = connection.getresponse()
                body = answer.read()
            except OSError:
                errors.append(0)
                connection.close()
                continue
            times.append((time.perf_counter() - began) * 1000)
            sizes.append(len(body))
            if answer.status != 200:
                errors.append(answer.status)

    users = [threading.Thread(target=one, args=(number,)) for number in range(USERS)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    times.sort()
    return {
        "users": USERS, "seconds": SECONDS, "requests": len(times), "per_second": round(len(times) / SECONDS, 1),
        "errors": len(errors), "median_ms": round(times[len(times) // 2], 1), "p95_ms": round(percentile(times, 95), 1),
        "kilobytes": round(sum(sizes) / max(len(sizes), 1) / 1024, 1),
    }  # fmt: skip


if __name__ == "__main__":
    os.nice(0)
    print(json.dumps(_ask(int(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3]))))
