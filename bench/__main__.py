"""`make bench` and `make bench-nation`: load the people once, measure, print the table, write `bench/results.json`."""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path
from typing import Any

from bench import bulk, data, load, machine, pages, pay, performance, report, training
from hrms.core import clock, embedded

RESULTS = Path(__file__).with_name("results.json")
PARTS = ("pages", "load", "training", "performance", "pay", "bulk")
AT_SIZES = 4
"""A whole round is measured for a quarter of the people, then for all."""


def main() -> None:
    """Read the arguments and run the parts asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--people", type=int, default=25583, help="how many people (default 25583)")
    parser.add_argument("--nation", action="store_true", help="34 provinces under one root, few facts each")
    parser.add_argument(
        "--home", type=Path, default=Path(__file__).with_name("out"), help="folder for the databases, kept between runs"
    )
    parser.add_argument("--runs", type=int, default=40, help="requests a page (default 40)")
    parser.add_argument(
        "--seconds", type=float, default=load.SECONDS, help="how long the users at once stay (default 30)"
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be repeated")
    given = parser.parse_args()
    parts = given.only or [
        part for part in PARTS if part not in {"bulk", "training", "performance"} or not given.nation
    ]
    logging.getLogger("hrms").setLevel(logging.ERROR)
    name = "nation" if given.nation else "province"
    found: dict[str, Any] = {"people": given.people, "taken_at": clock.now().isoformat(timespec="seconds")}
    if "pages" in parts or "load" in parts:
        found |= _served(name, given, parts)
    if "training" in parts:
        found["training"] = _training(given)
    if "performance" in parts:
        found["performance"] = _performance(given)
    if "pay" in parts:
        found["pay"] = _pay(name, given)
    if "bulk" in parts:
        found["bulk"] = _bulk(given)
    known = report.keep(RESULTS, name, found)
    if "pages" in parts and given.nation and "pages" in known.get("province", {}):
        report.say_compared(known["province"], known["nation"])
    print(f"\n{RESULTS.relative_to(data.ROOT)}", flush=True)


def _served(name: str, given: argparse.Namespace, parts: list[str]) -> dict[str, Any]:
    home = (given.home / f"{name}-{given.people}").absolute()
    began = time.monotonic()
    print(f"{given.people} people in {home} …", flush=True)
    place = data.open_place(home, data.NATION_SETTINGS if given.nation else None)
    try:
        data.fill(place, given.people, nation=given.nation)
        app = data.application(place)
        logging.getLogger("hrms").setLevel(logging.ERROR)
        sample = data.draw(place)
        accounts = data.open_accounts(place, sample)
        with app.app_context():
            found: dict[str, Any] = {"machine": machine.describe(), "sizes": sample.sizes}
        print(f"ready after {time.monotonic() - began:.0f} s; {found['machine']}; sizes {sample.sizes}", flush=True)
        if "pages" in parts:
            report.say_head(f"Milliseconds of server time, median of {given.runs} requests after a warm-up")
            measured = pages.run(app, accounts, sample, given.runs, report.say_page, nation=given.nation)
            found["pages"] = [one.keys() for one in measured]
        if "load" in parts:
            found["load"] = load.run(app, place, accounts["whole"], sample, seconds=given.seconds)
            report.say_load(found["load"])
        return found
    finally:
        embedded.release(home)


def _training(given: argparse.Namespace) -> dict[str, Any]:
    """Measure the made province, then the plain people of a folder of their own."""
    found: dict[str, Any] = {}
    for name, people in ((f"province-{given.people}", given.people), ("training", 0)):
        home = (given.home / name).absolute()
        place = data.open_place(home)
        try:
            if people:
                data.fill(place, people, nation=False)
                found["province"] = training.province(place)
            else:
                found["sizes"] = training.at_size(place)
        finally:
            embedded.release(home)
    report.say_training(found)
    return found


def _performance(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure a whole round for a quarter of the people and for all, each in a folder of its own."""
    found = []
    for people in (given.people // AT_SIZES, given.people):
        place = data.open_place((given.home / f"round-{people}").absolute())
        try:
            data.fill(place, people, nation=False)
            found.append(performance.whole_round(place, data.application(place)))
        finally:
            embedded.release(place.home)
    report.say_performance(found)
    return found


def _pay(name: str, given: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure a quarter of the people and all of them; of the nation only what is read and computed."""
    found = []
    for people in (given.people,) if given.nation else (given.people // AT_SIZES, given.people):
        home = given.home / (f"{name}-{people}" if given.nation else f"round-{people}")
        place = data.open_place(home.absolute(), data.NATION_SETTINGS if given.nation else None)
        try:
            data.fill(place, people, nation=given.nation)
            work = pay.reading if given.nation else pay.province
            found.append(work(place, data.application(place)))
        finally:
            embedded.release(place.home)
    report.say_pay(found)
    return found


def _bulk(given: argparse.Namespace) -> dict[str, Any]:
    home = (given.home / f"import-{given.people}").absolute()
    place = data.open_place(home)
    try:
        found = bulk.run(place, home / "files", given.people)
        report.say_bulk(found)
        return found
    finally:
        embedded.release(home)


if __name__ == "__main__":
    main()
