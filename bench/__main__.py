"""`python -m bench`: prints the table and writes `bench/results.json`. The data lie in `bench/out/` and are kept."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks: pages, imports, exports, load.")
    parser.add_argument("--people", type=int, default=25_583)
    parser.add_argument("--nation", action="store_true", help="2,000,000 people with few facts each; pages only")
    parser.add_argument("--runs", type=int, default=31, help="counted requests a page")
    parser.add_argument("--only", choices=["pages", "bulk", "load"], help="one part only")
    asked = parser.parse_args()
    home = HERE / "out" / f"{'nation' if asked.nation else 'province'}-{asked.people}"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(HRMS_HOME=str(home), HRMS_ENV="development")
    for name in ("HRMS_DATABASE_URL", "HRMS_OWNER_DATABASE_URL"):
        os.environ.pop(name, None)
    _province(asked.people, nation=asked.nation)

    import config
    from bench import bulk, load, machine, pages
    from bench.requests import Meter, Reader
    from hrms.app import create_app
    from hrms.core import embedded
    from hrms.core.db import db

    endpoints = embedded.ensure_running(home)
    settings = config.load()
    settings.use_database(endpoints.database_url)
    app = create_app(settings)
    with app.app_context():
        version = str(db.session.execute(db.text("SHOW server_version")).scalar_one())
        db.session.rollback()
    results: dict[str, Any] = {"people": asked.people, "machine": machine.describe(version)}
    print(" · ".join(f"{name} {value}" for name, value in results["machine"].items()), "\n")
    if asked.only in {None, "pages"}:
        print(pages.HEADER)
        results["pages"] = [asdict(row) | {"ratio": row.ratio} for row in pages.run(app, asked.runs)]
    if asked.only in {None, "bulk"} and not asked.nation:
        print("\n| bulk work | seconds | × floor | MB | rows |\n| --- | ---: | ---: | ---: | ---: |")
        results["bulk"] = bulk.bulk(os.environ, home, asked.people)
        for row in results["bulk"]:
            shown = (
                row[name] if row[name] is not None else "–"
                for name in ("name", "seconds", "ratio", "megabytes", "rows")
            )
            print("| " + " | ".join(str(value) for value in shown) + " |")
    if asked.only in {None, "load"}:
        meter = Meter()
        found = pages.places(app)
        cookies = [(r.cookie_name, r.cookie) for r in (Reader(app, place.account_id, meter) for place in found)]
        shared = [f"/people?q={found[0].common.split()[0]}", "/people", "/people?kind=civil_servant", "/"]
        addresses = [*shared, *(f"/people/{found[2].person_id}{tab}" for tab in ("", "/career", "/salary"))]
        results["load"] = load.load(os.environ, cookies, [_quoted(a) for a in addresses])
        print("\n" + ", ".join(f"{name} {value}" for name, value in results["load"].items()))
    target = HERE / "results.json"
    kept = json.loads(target.read_text()) if target.exists() else {}
    kept["nation" if asked.nation else "province"] = {
        **kept.get("nation" if asked.nation else "province", {}),
        **results,
    }
    target.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    embedded.release(home)


def _quoted(address: str) -> str:
    from urllib.parse import quote

    return quote(address, safe="/?&=%+-._~:,")


def _province(people: int, *, nation: bool) -> None:
    """Make the data once; a half-made home is made again by removing it by hand."""
    from bench import machine

    done = Path(os.environ["HRMS_HOME"]) / "bench-ready"
    if done.exists():
        machine.run([sys.executable, "-m", "hrms.cli", "db", "upgrade", "--json"], os.environ)
        return
    print(f"making {people:,} people…", flush=True)
    command = [sys.executable, "-m", "hrms.cli", "demo", "--people", str(people), "--json"]
    made = machine.run([*command, "--nation"] if nation else command, os.environ)
    print(made.output.strip())
    done.touch()


if __name__ == "__main__":
    main()
