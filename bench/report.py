"""The table people read, and the file programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.requests import Measured

PAGE_MS, PAGE_RATIO, PAGE_STATEMENTS = 40.0, 2.0, 8
NATION_RATIO, NATION_SEARCH_MS = 1.5, 150.0
REQUESTS_A_SECOND = 80.0
LINEAR = 1.3
NEW_TIMES, UNCHANGED_TIMES, IMPORT_MB, EXPORT_TIMES = 12.0, 5.0, 250, 1.3
COMPARED = ("list, first page", "list, deep page", "list of the large agency", "list of the small agency", "record, ")
HEAD = (
    f"{'page':<34} {'reader':<9} {'median':>8} {'p95':>8} {'sql':>8} {'floor':>7} {'ratio':>6} {'stmts':>5} {'KB':>6}"
)


def say_head(title: str) -> None:
    """Print the head of the table of pages; times are milliseconds."""
    print(f"\n{title}\n{HEAD}\n{'-' * len(HEAD)}", flush=True)


def say_page(one: Measured) -> None:
    """Print one page's line; `!` marks what misses an aim."""
    floor = f"{one.floor:>7.1f}" if one.floor else f"{'–':>7}"
    ratio = f"{one.ratio:>6.1f}" if one.ratio else f"{'–':>6}"
    late = "!" if one.median > PAGE_MS or one.statements > PAGE_STATEMENTS else " "
    high = "!" if one.ratio and one.ratio > PAGE_RATIO else " "
    print(
        f"{one.page[:34]:<34} {one.reader:<9} {one.median:>8.1f} {one.p95:>8.1f} {one.sql:>8.1f} {floor} {ratio}"
        f" {one.statements:>5} {one.bytes / 1000:>6.1f} {late}{high}",
        flush=True,
    )


def say_load(found: dict[str, Any]) -> None:
    """Print what the users at once saw."""
    mark = "" if found["requests_per_second"] >= REQUESTS_A_SECOND and not found["errors"] else "  !"
    print(
        f"\n{found['users']} users, {found['seconds']} s: {found['requests_per_second']} requests/s,"
        f" {found['errors']} errors,"
        f" median {found['median']} ms, p95 {found['p95']} ms, slowest {found['slowest']} ms"
        f" (the users' own processor share {found['users_cpu_share']}){mark}\n"
        f"processor time a request: program {found['processor_ms']['program']} ms,"
        f" database {found['processor_ms']['database']} ms",
        flush=True,
    )


def say_bulk(found: dict[str, Any]) -> None:
    """Print import and export beside reading and writing."""
    print(f"\nworkbook: {found['rows']} rows, {found['cells']} cells, {found['megabytes']} MB", flush=True)
    aims = {"new": NEW_TIMES, "unchanged": UNCHANGED_TIMES}
    print(f"reading alone      {found['reading']['seconds']:>7.2f} s  {found['reading']['peak_mb']:>4} MB")
    for name, aim in aims.items():
        one = found[name]
        mark = "" if one["times_reading"] <= aim and one["peak_mb"] <= IMPORT_MB else "  !"
        print(
            f"import, {name:<10} {one['seconds']:>7.2f} s  {one['peak_mb']:>4} MB "
            f" {one['times_reading']:>5.1f} × reading (aim {aim:g})  created {one['created']},"
            f" updated {one['updated']}, unchanged {one['unchanged']}, refused {one['refused']}{mark}"
        )
    one = found["export"]
    mark = "" if one["times_writing"] <= EXPORT_TIMES else "  !"
    print(f"writing alone      {found['writing']['seconds']:>7.2f} s  {found['writing']['peak_mb']:>4} MB")
    print(
        f"export             {one['seconds']:>7.2f} s  {one['peak_mb']:>4} MB  {one['times_writing']:>5.2f} × writing"
        f" (aim {EXPORT_TIMES:g}){mark}",
        flush=True,
    )


def say_training(found: dict[str, Any]) -> None:
    """Print what the standing of everybody takes beside its floor, and whether it grows as the rows do."""
    print(
        f"\n{'people':>9} {'entries':>10} {'standings':>10}"
        f" {'floor s':>8} {'computed':>9} {'written':>8} {'× floor':>8}"
    )
    for one in (found["province"], *found["sizes"]):
        print(
            f"{one['people']:>9,} {one['entries']:>10,} {one['standings']:>10,} {one['floor']:>8.2f}"
            f" {one['computed']:>9.2f} {one['written']:>8.2f} {one['computed'] / one['floor']:>8.1f}"
        )
    mark = "" if growth(found["sizes"]) <= LINEAR else "  !"
    print(
        f"growth of the time beside that of the rows: {growth(found['sizes']):.2f} (aim {LINEAR:g}){mark}", flush=True
    )


def say_performance(found: list[dict[str, Any]]) -> None:
    """Print what each step of a whole round takes at both sizes, and whether it grows as the sheets do."""
    first, last = found
    print("\n" + ", ".join(f"{name} {first['counts'][name]:,} → {last['counts'][name]:,}" for name in last["counts"]))
    for step, seconds in last["steps"].items():
        grown = step_growth(found, step)
        mark = "" if grown <= LINEAR else "  !"
        print(f"{step:<30} {first['steps'][step]:>9.2f} {seconds:>9.2f}  {grown:>5.2f}{mark}", flush=True)


def say_pay(found: list[dict[str, Any]]) -> None:
    """Print what each step of pay takes, how many times the floor that is, and whether it grows as the people do."""
    last = found[-1]
    print("\n" + ", ".join(f"{name} {count:,}" for name, count in last["counts"].items()))
    for step, seconds in last["steps"].items():
        grown = step_growth(found, step, "people") if len(found) > 1 else 1.0
        mark = "" if grown <= LINEAR else "  !"
        print(f"{step:<48} {seconds:>9.2f} {times_floor(last, step):>7.1f} × floor  {grown:>5.2f}{mark}", flush=True)


def times_floor(found: dict[str, Any], step: str) -> float:
    """Return how many times as long a step takes as reading everybody's facts once, which is the first step."""
    floor = next(iter(found["steps"].values()))
    return float(found["steps"][step] / max(floor, 0.01))


def step_growth(found: list[dict[str, Any]], step: str, what: str = "sheets") -> float:
    """Return how much more time a step takes for one of `what` at the larger size; 1 is linear.

    Under half a second is noise.
    """
    first, last = found
    before, after = max(first["steps"][step], 0.5), max(last["steps"][step], 0.5)
    return float((after / before) / (last["counts"][what] / max(first["counts"][what], 1)))


def growth(sizes: list[dict[str, Any]]) -> float:
    """Return how much more time the largest size takes a row than the smallest; 1 is linear."""
    first, last = sizes[0], sizes[-1]
    return float((last["computed"] / first["computed"]) / (last["entries"] / first["entries"]))


def say_compared(province: dict[str, Any], nation: dict[str, Any]) -> None:
    """Print the pages that must cost the same at every size, side by side."""
    before = {(one["page"], one["reader"]): one["median"] for one in province["pages"]}
    print(f"\n{'page':<34} {'reader':<9} {'province':>9} {'nation':>9} {'times':>6}", flush=True)
    for one in nation["pages"]:
        key = (one["page"], one["reader"])
        if key not in before:
            continue
        times = one["median"] / before[key]
        aimed = one["page"].startswith(COMPARED)
        slow = one["page"].startswith("search") and one["median"] > NATION_SEARCH_MS
        mark = "!" if (aimed and times > NATION_RATIO) or slow else ""
        print(
            f"{key[0][:34]:<34} {key[1]:<9} {before[key]:>9.1f} {one['median']:>9.1f} {times:>6.2f} {mark}", flush=True
        )


def keep(path: Path, name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Write the figures of one size into the results file beside those of the other; return all."""
    known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    known[name] = {**known.get(name, {}), **found}
    path.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n")
    return known
