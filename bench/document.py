"""The measured figures as the tables of `docs/performance.md`, between its two marks: `python -m bench.document`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import report

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main() -> None:
    """Put the figures of `bench/results.json` into the page."""
    known: dict[str, Any] = json.loads(Path(__file__).with_name("results.json").read_text())
    text = PAGE.read_text(encoding="utf-8")
    before, _mark, rest = text.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{chr(10).join(_figures(known))}\n{END}{after}", encoding="utf-8")


def _figures(known: dict[str, Any]) -> Iterator[str]:
    province, nation = known.get("province", {}), known.get("nation", {})
    for name, found in (("province", province), ("nation", nation)):
        if "machine" in found:
            yield f"**{name}**: {_machine(found)}\n"
    if "pages" in province:
        yield f"## Pages, {province['people']:,} people\n"
        yield from _pages(province["pages"])
    if "pages" in nation:
        yield f"\n## Pages, {nation['people']:,} people\n"
        yield from _compared(province.get("pages", []), nation["pages"])
    for name, found in (("province", province), ("nation", nation)):
        if "load" in found:
            yield f"\n## {found['load']['users']} users at once, {name}\n"
            yield from _load(found["load"])
    if "training" in province:
        yield "\n## Where everybody stands in training\n"
        yield from _training(province["training"])
    if "performance" in province:
        yield "\n## A whole round of scoring and classes\n"
        yield from _performance(province["performance"])
    if "pay" in province:
        yield "\n## A month of pay, raises, a fund\n"
        yield from _pay(province["pay"], nation.get("pay"))
    if "bulk" in province:
        yield "\n## Import and export\n"
        yield from _bulk(province["bulk"])


def _machine(found: dict[str, Any]) -> str:
    one = found["machine"]
    sizes = ", ".join(f"{name} {size:,}" for name, size in found["sizes"].items())
    return (
        f"taken {found['taken_at'][:10]} on {one['cores']} cores {one['processor']}, {one['memory_gib']} GiB,"
        f" {one['system']}, Python {one['python']}, PostgreSQL {one['postgresql']}"
        f" (shared_buffers {one['database_settings']['shared_buffers']}), load average at the start"
        f" {one['load_average'][0]}; people: {sizes}."
    )


def _pages(pages: list[dict[str, Any]]) -> Iterator[str]:
    yield "| page | reader | median ms | p95 ms | SQL ms | floor ms | × floor | statements | KB |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for one in pages:
        median = _marked(one["median"], one["median"] > report.PAGE_MS)
        ratio = _marked(one["ratio"], (one["ratio"] or 0) > report.PAGE_RATIO)
        yield (
            f"| {one['page']} | {one['reader']} | {median} | {one['p95']:.1f} | {one['sql']:.1f}"
            f" | {_plain(one['floor'])} | {ratio} | {one['statements']} | {one['bytes'] / 1000:.0f} |"
        )


def _compared(before: list[dict[str, Any]], pages: list[dict[str, Any]]) -> Iterator[str]:
    province = {(one["page"], one["reader"]): one["median"] for one in before}
    yield "| page | reader | median ms | p95 ms | SQL ms | × floor | statements | × province |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for one in pages:
        known = province.get((one["page"], one["reader"]))
        times = one["median"] / known if known else None
        late = one["page"].startswith("search") and one["median"] > report.NATION_SEARCH_MS
        more = times is not None and times > report.NATION_RATIO and one["page"].startswith(report.COMPARED)
        yield (
            f"| {one['page']} | {one['reader']} | {_marked(one['median'], late)} | {one['p95']:.1f} | {one['sql']:.1f}"
            f" | {_plain(one['ratio'])} | {one['statements']} | {_marked(times, more, 2)} |"
        )


def _load(found: dict[str, Any]) -> Iterator[str]:
    rate = _marked(found["requests_per_second"], found["requests_per_second"] < report.REQUESTS_A_SECOND)
    yield "| requests/s | errors | median ms | p95 ms | slowest ms | processor ms a request: program, database |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    busy = found["processor_ms"]
    yield (
        f"| {rate} | {found['errors']} | {found['median']} | {found['p95']} | {found['slowest']}"
        f" | {busy['program']}, {busy['database']} |"
    )


def _training(found: dict[str, Any]) -> Iterator[str]:
    yield "| people | entries | standings | reading the rows once s | computed s | × floor | computed and written s |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for one in (found["province"], *found["sizes"]):
        yield (
            f"| {one['people']:,} | {one['entries']:,} | {one['standings']:,} | {one['floor']} | {one['computed']}"
            f" | {one['computed'] / one['floor']:.1f} | {one['written']} |"
        )
    grown = report.growth(found["sizes"])
    yield f"\nTime a row at the largest size beside the smallest: {_marked(grown, grown > report.LINEAR, 2)} times."


def _performance(found: list[dict[str, Any]]) -> Iterator[str]:
    first, last = found
    said = ", ".join(f"{name} {first['counts'][name]:,} → {last['counts'][name]:,}" for name in last["counts"])
    yield f"Twelve months with ten products each, through the services, at two sizes: {said}.\n"
    yield "| step | smaller s | larger s | time a sheet, larger beside smaller |"
    yield "| --- | ---: | ---: | ---: |"
    for step, seconds in last["steps"].items():
        grown = report.step_growth(found, step)
        yield f"| {step} | {first['steps'][step]} | {seconds} | {_marked(grown, grown > report.LINEAR, 2)} |"


def _pay(found: list[dict[str, Any]], nation: list[dict[str, Any]] | None) -> Iterator[str]:
    first, last = found
    said = ", ".join(f"{name} {first['counts'][name]:,} → {last['counts'][name]:,}" for name in last["counts"])
    yield f"Through the services, agency after agency as the jobs do, at two sizes: {said}.\n"
    yield "| step | smaller s | larger s | × floor | time a person, larger beside smaller |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for step, seconds in last["steps"].items():
        grown = report.step_growth(found, step, "people")
        marked = _marked(grown, grown > report.LINEAR, 2)
        yield f"| {step} | {first['steps'][step]} | {seconds} | {report.times_floor(last, step):.1f} | {marked} |"
    if nation:
        large = nation[-1]
        said = ", ".join(f"{name} {count:,}" for name, count in large["counts"].items())
        yield f"\nA nation with few facts a person ({said}):\n"
        yield "| step | seconds | × floor |"
        yield "| --- | ---: | ---: |"
        for step, seconds in large["steps"].items():
            yield f"| {step} | {seconds} | {report.times_floor(large, step):.1f} |"


def _bulk(found: dict[str, Any]) -> Iterator[str]:
    yield f"A workbook of {found['rows']:,} rows, {found['cells']:,} cells, {found['megabytes']} MB.\n"
    yield "| work | seconds | times its floor | aim | peak MB | rows |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    yield f"| reading alone | {found['reading']['seconds']} | 1 | | {found['reading']['peak_mb']} | |"
    for name, aim in (("new", report.NEW_TIMES), ("unchanged", report.UNCHANGED_TIMES)):
        one = found[name]
        rows = ", ".join(f"{key} {one[key]}" for key in ("created", "updated", "unchanged", "refused"))
        memory = _marked(one["peak_mb"], one["peak_mb"] > report.IMPORT_MB, 0)
        times = _marked(one["times_reading"], one["times_reading"] > aim)
        yield f"| import, {name} | {one['seconds']} | {times} | {aim:g} | {memory} | {rows} |"
    yield f"| writing alone | {found['writing']['seconds']} | 1 | | {found['writing']['peak_mb']} | |"
    one = found["export"]
    times = _marked(one["times_writing"], one["times_writing"] > report.EXPORT_TIMES, 2)
    yield f"| export | {one['seconds']} | {times} | {report.EXPORT_TIMES:g} | {one['peak_mb']} | {one['rows']} |"


def _plain(value: float | None, places: int = 1) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _marked(value: float | None, missed: bool, places: int = 1) -> str:
    """Return the figure, in bold when it misses its aim."""
    return f"**{_plain(value, places)}**" if missed else _plain(value, places)


if __name__ == "__main__":
    main()
