"""The people the benchmarks ask for: a database of its own, its readers, and who and what is looked for in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from psycopg.rows import dict_row
from sqlalchemy.engine import make_url

import config
from hrms.core import embedded, migrate
from hrms.core.permissions import Role
from seed import load_catalogues

ROOT = Path(__file__).resolve().parents[1]
LARGE, SMALL = 800, 30
"""About how many people the large and the small agency have; the same at every size of the whole."""
NATION_SETTINGS = {"shared_buffers": "2GB", "effective_cache_size": "12GB"}
"""What an operator gives PostgreSQL for two million people; a province runs on the program's own settings."""


@dataclass(frozen=True, slots=True)
class Place:
    """One database: its folder, and the addresses of its two roles."""

    home: Path
    url: str
    owner_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works on this database and on no other.

        Modules are kept compiled, as an installed program has them, whatever this machine does otherwise.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HRMS_")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        return {**kept, "HRMS_HOME": str(self.home), "HRMS_ENV": "development", "PYTHONUTF8": "1",
                "PYTHONPYCACHEPREFIX": str(self.home / "compiled")}  # fmt: skip

    def run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run an `hrms` command on this database; what it says is shown, its JSON is kept. Raises when it fails."""
        return subprocess.run(
            [sys.executable, "-m", "hrms.cli", *command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            check=True,
        )

    def owner(self) -> psycopg.Connection[dict[str, Any]]:
        """Return a connection that sees every row."""
        url = make_url(self.owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def open_place(home: Path, settings: Mapping[str, str] | None = None) -> Place:
    """Start the database under `home`, made when it is not there, and bring it to this version."""
    found = embedded.ensure_running(home, settings=settings or {})
    embedded.watch(home)
    migrate.upgrade(found.owner_url)
    load_catalogues(found.owner_url)
    return Place(home, found.database_url, found.owner_url)


def fill(place: Place, people: int, *, nation: bool) -> None:
    """Make the people unless they are there already."""
    with place.owner() as owner:
        row = owner.execute("SELECT count(*) AS n FROM people").fetchone()
        if row and row["n"]:
            if row["n"] != people:
                raise SystemExit(f"{place.home} holds {row['n']} people, not {people}; remove it and run again")
            return
    place.run("demo", "--people", str(people), *(["--nation"] if nation else []))


def application(place: Place) -> Flask:
    """Return the application as the web process runs it: the unprivileged role, row security and all."""
    from hrms.app import create_app

    settings = config.Development({"HRMS_HOME": str(place.home), "HRMS_DATABASE_URL": place.url})
    return create_app(settings)


@dataclass(frozen=True, slots=True)
class Sample:
    """Whom and what the pages are asked for."""

    whole: int
    province: int
    large: int
    large_code: str
    small: int
    small_code: str
    person: int
    staff_code: str
    national_id: str
    middle_name: tuple[str, int]
    """Sort key and id of somebody in the middle of all names."""
    middle_of_large: tuple[str, int]
    sizes: dict[str, int]
    as_at: date


def draw(place: Place) -> Sample:
    """Choose the agencies by size and the people by place, the same at every run on the same data."""
    with place.owner() as owner:
        sizes = {
            row["id"]: row["n"]
            for row in owner.execute(
                "SELECT s.id, count(*) AS n FROM people_current c CROSS JOIN unnest(c.scope_ids) AS s(id)"
                " WHERE s.id > 0 GROUP BY 1"
            )
        }
        agencies = owner.execute(
            "SELECT id, code, kind, depth, scope_ids FROM agencies WHERE closed_on IS NULL ORDER BY id"
        ).fetchall()
        under = [row for row in agencies if row["depth"] and row["kind"] != "province" and sizes.get(row["id"])]
        kinds = {row["id"]: row["kind"] for row in agencies}
        whole = agencies[0]["id"]
        large = min(under, key=lambda row: (abs(sizes[row["id"]] - LARGE), row["id"]))
        province = next((above for above in large["scope_ids"] if kinds.get(above) == "province"), whole)
        near = [row for row in under if province in row["scope_ids"]]
        small = min(near, key=lambda row: (abs(sizes[row["id"]] - SMALL), row["id"]))
        person = owner.execute(
            "SELECT c.person_id, c.staff_code, c.national_id FROM people_current c"
            " WHERE c.scope_ids @> ARRAY[%s::bigint] AND c.status = 'serving' AND c.rank_code IS NOT NULL"
            " ORDER BY c.person_id LIMIT 1",
            [large["id"]],
        ).fetchone()
        middles = []
        for place_id in (whole, large["id"]):
            rows = owner.execute(
                "SELECT sort_key, person_id FROM people_current WHERE scope_ids @> ARRAY[%s::bigint]"
                " ORDER BY sort_key, person_id OFFSET %s LIMIT 1",
                [place_id, sizes[place_id] // 2],
            ).fetchone()
            middles.append((rows["sort_key"], rows["person_id"]) if rows else ("", 0))
    if person is None:
        raise SystemExit("nobody serves in the large agency: the data are not those of the demo")
    return Sample(
        whole, province, large["id"], large["code"], small["id"], small["code"], person["person_id"],
        person["staff_code"], person["national_id"], middles[0], middles[1],
        {"whole": sizes[whole], "province": sizes[province], "large": sizes[large["id"]], "small": sizes[small["id"]]},
        date(2026, 1, 15),
    )  # fmt: skip


READERS: Sequence[tuple[str, str, Role]] = (
    ("whole", "bench-whole", Role.HR_PROVINCE),
    ("province", "bench-province", Role.HR_PROVINCE),
    ("large", "bench-large", Role.HR_AGENCY),
    ("small", "bench-small", Role.HR_AGENCY),
)


def open_accounts(place: Place, sample: Sample) -> dict[str, int]:
    """Make sure of an account for each reader, whose role reaches over their agency; return the ids by reader."""
    found = {}
    with place.owner() as owner, owner.transaction():
        for name, username, role in READERS:
            agency = getattr(sample, name)
            owner.execute(
                "DELETE FROM role_grants WHERE account_id = (SELECT id FROM accounts WHERE username = %s)", [username]
            )
            row = owner.execute(
                "INSERT INTO accounts (username, display_name, agency_id, scope_ids, must_change_password,"
                " password_changed_at, second_factor_waived, search_key)"
                " SELECT %(username)s, %(username)s, a.id, a.scope_ids, false, now(), true, %(username)s"
                " FROM agencies a WHERE a.id = %(agency)s ON CONFLICT (username) DO UPDATE"
                " SET agency_id = excluded.agency_id, scope_ids = excluded.scope_ids RETURNING id",
                {"username": username, "agency": agency},
            ).fetchone()
            found[name] = row["id"] if row else 0
            owner.execute(
                "INSERT INTO role_grants (account_id, role, agency_id, valid_from, basis)"
                " VALUES (%s, %s, %s, '2025-07-01', 'old_data')",
                [found[name], role.value, agency],
            )
    return found
