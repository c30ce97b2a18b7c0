"""Import and export beside what they cannot do without: reading the workbook, and writing the same cells.

Every step is a process of its own, measured by the kernel: seconds from start to end as somebody at the command line
waits for them, and the most memory it ever held.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.data import ROOT, Place

READ = """
import sys, time
from python_calamine import CalamineWorkbook
began = time.perf_counter()
rows = cells = 0
book = CalamineWorkbook.from_path(sys.argv[1])
for name in book.sheet_names[:1]:
    for row in book.get_sheet_by_name(name).iter_rows():
        rows += 1
        cells += len(row)
print(time.perf_counter() - began, rows, cells)
"""
WRITE = """
import sys, time, datetime
from python_calamine import CalamineWorkbook
import xlsxwriter
source = CalamineWorkbook.from_path(sys.argv[1])
sheets = [(name, list(source.get_sheet_by_name(name).iter_rows())) for name in source.sheet_names]
began = time.perf_counter()
book = xlsxwriter.Workbook(
    sys.argv[2], {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
)
date = book.add_format({"num_format": "dd/mm/yyyy"})
for name, rows in sheets:
    sheet = book.add_worksheet(name)
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            if value == "":
                continue
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif isinstance(value, datetime.date):
                sheet.write_datetime(line, place, value, date)
            else:
                sheet.write_number(line, place, value)
book.close()
cells = sum(len(row) for _, rows in sheets for row in rows)
print(time.perf_counter() - began, sum(len(rows) for _, rows in sheets), cells)
"""


def run(place: Place, folder: Path, people: int) -> dict[str, Any]:
    """Bring a workbook of `people` rows into a province without people, again, and out; return the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    book, out, same = folder / "list.xlsx", folder / "export.xlsx", folder / "same.xlsx"
    if not book.exists():
        place.run("demo", "--workbook", str(book), "--rows", str(people))
    with place.owner() as owner:
        row = owner.execute(
            "SELECT (SELECT count(*) FROM people) AS people, (SELECT count(*) FROM agencies) AS agencies"
        ).fetchone()
    if row and row["people"]:
        raise SystemExit(f"{place.home} holds people already; remove it and run again")
    if row and not row["agencies"]:
        place.run("demo", "--people", "0")
    reading = min((_script(READ, [book]) for _ in range(3)), key=lambda found: float(found["said"][0]))
    seconds = float(reading["said"][0])
    found: dict[str, Any] = {
        "rows": int(reading["said"][1]), "cells": int(reading["said"][2]),
        "megabytes": round(book.stat().st_size / 1e6, 1),
        "reading": {"seconds": round(seconds, 2), "peak_mb": reading["peak_mb"]},
    }  # fmt: skip
    for name in ("new", "unchanged"):
        done = _command(place, "import", "people", str(book))
        keys = ("rows", "accepted", "refused", "created", "updated", "unchanged")
        found[name] = {
            "seconds": done["seconds"], "peak_mb": done["peak_mb"],
            "times_reading": round(done["seconds"] / seconds, 1),
            **{key: done["json"].get(key) for key in keys},
        }  # fmt: skip
    done = _command(place, "export", "people", str(out))
    writing = min((_script(WRITE, [out, same]) for _ in range(3)), key=lambda one: float(one["said"][0]))
    least = float(writing["said"][0])
    found["writing"] = {"seconds": round(least, 2), "peak_mb": writing["peak_mb"], "cells": int(writing["said"][2])}
    found["export"] = {
        "seconds": done["seconds"], "peak_mb": done["peak_mb"], "rows": done["json"].get("rows"),
        "times_writing": round(done["seconds"] / least, 2),
    }  # fmt: skip
    return found


def _command(place: Place, *command: str) -> dict[str, Any]:
    done = _measured([sys.executable, "-m", "hrms.cli", "--json", *command], place.environment)
    return {**done, "json": json.loads(done["stdout"])}


def _script(source: str, arguments: Sequence[Path]) -> dict[str, Any]:
    done = _measured([sys.executable, "-c", source, *map(str, arguments)], dict(os.environ))
    return {**done, "said": done["stdout"].split()}


def _measured(command: Sequence[str], environment: dict[str, str]) -> dict[str, Any]:
    """Run a command; return its seconds, its greatest memory in MB and what it wrote. Raises when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    said = process.stdout.read().decode() if process.stdout else ""
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)[:200]}: exit {process.returncode} {said[-500:]}")
    return {"seconds": round(time.perf_counter() - began, 2), "peak_mb": round(usage.ru_maxrss / 1000), "stdout": said}
