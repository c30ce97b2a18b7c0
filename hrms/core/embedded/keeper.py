"""Runs beside a process that uses the embedded server, and stops the server when that process dies and was the last.

Started by path with the standard library only, so that it costs next to nothing: `keeper.py HOME`. Its standard input
is a pipe from the process it watches; the pipe closes with that process, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from pathlib import Path

GIVE_UP_SECONDS = 60


def main(home: Path) -> None:
    """Wait for the end of the watched process, then stop the server under `home` unless somebody else uses it."""
    os.setsid()
    sys.stdin.buffer.read()
    data = home / "postgres" / "data"
    start, users = (os.open(home / name, os.O_RDWR | os.O_CREAT, 0o600) for name in ("database.lock", "database.users"))
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(start, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.1)
    else:
        return  # somebody is starting or stopping it, and counts as its user
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with contextlib.suppress(OSError, ValueError):
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        if Path(f"/proc/{pid}/cwd").samefile(data) and "postgres" in Path(f"/proc/{pid}/comm").read_text():
            os.kill(pid, signal.SIGINT)
            while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                time.sleep(0.05)


if __name__ == "__main__":
    with contextlib.suppress(FileNotFoundError):  # HOME was removed: nothing to stop
        main(Path(sys.argv[1]))
