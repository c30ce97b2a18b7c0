"""Import beside merely reading the file, export beside merely writing the same cells."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.machine import measured, run

READ = """
import sys
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
cells = 0
for name in book.sheet_names:
    for row in book.get_sheet_by_name(name).iter_rows():
        cells += len(row)
print(cells)
"""
WRITE = """
import sys, xlsxwriter
from python_calamine import CalamineWorkbook
rows = list(CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python())
import time
began = time.perf_counter()
options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
book = xlsxwriter.Workbook(sys.argv[2], options)
sheet = book.add_worksheet()
for line, row in enumerate(rows):
    for place, value in enumerate(row):
        if value == "":
            continue
        if isinstance(value, str):
            sheet.write_string(line, place, value)
        else:
            sheet.write_number(line, place, value if isinstance(value, (int, float)) else 0)
book.close()
print(time.perf_counter() - began)
"""


def bulk(environ: Mapping[str, str], folder: Path, people: int) -> list[dict[str, Any]]:
    """Return what importing and exporting cost, each beside its floor. The import is undone at the end."""
    hrms = [sys.executable, "-m", "hrms.cli"]
    book, errors = folder / "workbook.xlsx", folder / "errors.txt"
    if not book.exists():
        run([*hrms, "demo", "--workbook", str(book), "--rows", str(people), "--errors", "0", "--json"], environ)
    reading = measured([sys.executable, "-c", READ, str(book)], environ, errors)
    new = measured([*hrms, "import", "people", str(book), "--json"], environ, errors)
    told = json.loads(new.output)
    again = measured([*hrms, "import", "people", str(book), "--json"], environ, errors)
    same = json.loads(again.output)
    undone = measured([*hrms, "import", "undo", str(told["batch"]), "--json"], environ, errors)
    out = folder / "export.xlsx"
    export = measured([*hrms, "export", "people", str(out), "--json"], environ, errors)
    exported = json.loads(export.output)
    writing = float(run([sys.executable, "-c", WRITE, str(out), str(folder / "written.xlsx")], environ).output)
    floor = reading.seconds
    return [
        {"name": f"read {people} × 60 with python-calamine", "seconds": round(floor, 2), "ratio": 1.0,
         "megabytes": round(reading.megabytes), "rows": people},
        {"name": "import of new people", "seconds": told["seconds"], "ratio": round(told["seconds"] / floor, 1),
         "megabytes": round(new.megabytes), "rows": told["created"]},
        {"name": "the same file again", "seconds": same["seconds"], "ratio": round(same["seconds"] / floor, 1),
         "megabytes": round(again.megabytes), "rows": same["unchanged"]},
        {"name": "undo", "seconds": round(undone.seconds, 2), "ratio": None, "megabytes": round(undone.megabytes),
         "rows": json.loads(undone.output)["reverted"]},
        {"name": "write the exported cells with XlsxWriter", "seconds": round(writing, 2), "ratio": 1.0,
         "megabytes": None, "rows": exported["rows"]},
        {"name": "export", "seconds": exported["seconds"], "ratio": round(exported["seconds"] / writing, 2),
         "megabytes": round(export.megabytes), "rows": exported["rows"]},
    ]  # fmt: skip
