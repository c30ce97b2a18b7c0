"""What the figures were measured on, and running other programs with their time and memory."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished program: wall seconds, processor seconds, peak memory in MB, what it printed."""

    seconds: float
    cpu: float
    megabytes: float
    output: str


def describe(postgres: str) -> dict[str, str]:
    """Return the machine and the versions."""
    info = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": f"{os.cpu_count()} × {names[0] if names else platform.machine()}",
        "memory": f"{pages / 2**30:.0f} GiB",
        "python": platform.python_version(),
        "postgresql": postgres,
        "load": " ".join(f"{value:.1f}" for value in os.getloadavg()),
    }


def run(command: Sequence[str], environ: Mapping[str, str]) -> Ran:
    """Run a program to its end. Raises `RuntimeError` with its last words when it fails."""
    began = time.perf_counter()
    with subprocess.Popen(list(command), env=dict(environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        out, err = child.communicate()
        seconds = time.perf_counter() - began
    if child.returncode:
        raise RuntimeError(err.decode()[-2000:])
    return Ran(seconds, 0.0, 0.0, out.decode())


def measured(command: Sequence[str], environ: Mapping[str, str], errors: Path) -> Ran:
    """The same with processor time and peak memory of that one process, as the system accounts them."""
    began = time.perf_counter()
    with errors.open("wb") as said, errors.with_suffix(".out").open("wb") as printed:
        child = subprocess.Popen(list(command), env=dict(environ), stdout=printed, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if child.returncode:
        raise RuntimeError(errors.read_text()[-2000:])
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, errors.with_suffix(".out").read_text())
