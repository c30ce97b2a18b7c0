"""Every page that matters, as the province, a large agency and a small one see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import text

from bench.requests import Measured, Meter, Reader, measure
from hrms.core import scope
from hrms.core.db import db
from hrms.core.paging import encode
from hrms.core.unit import transaction

TABS = ("", "/career", "/education", "/salary", "/merits", "/family", "/background", "/assets", "/history", "/access")
EARLIER = date(2026, 3, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """One reader: a name for the table, the account, the agency it reaches over, how many people belong there."""

    name: str
    account_id: int
    agency_id: int
    people: int
    person_id: int
    deep: str
    """The cursor of a page half way down the list."""
    rare: str
    common: str
    code: str


def places(app: Flask) -> list[Place]:
    """Return the readers; accounts for a large and a small agency are made where they are missing."""
    with app.app_context(), scope.everything(), transaction():
        root = db.session.execute(
            text("SELECT id, scope_ids FROM agencies WHERE parent_id IS NULL ORDER BY id LIMIT 1")
        ).one()
        sizes = db.session.execute(
            text(
                "SELECT a.id, a.scope_ids, count(*) AS people FROM agencies a"
                " JOIN people_current c ON c.scope_ids && ARRAY[a.id] WHERE a.parent_id = :root"
                " GROUP BY a.id, a.scope_ids ORDER BY people DESC"
            ),
            {"root": root.id},
        ).all()
        large = sizes[0]
        small = db.session.execute(
            text(
                "SELECT a.id, a.scope_ids, count(*) AS people FROM agencies a"
                " JOIN people_current c ON c.agency_id = a.id GROUP BY a.id, a.scope_ids"
                " HAVING count(*) BETWEEN 20 AND 60 ORDER BY a.id LIMIT 1"
            )
        ).one()
        total = db.session.execute(text("SELECT count(*) FROM people_current")).scalar_one()
        found = []
        for name, agency, people in (
            ("province", root, total),
            ("large", large, large.people),
            ("small", small, small.people),
        ):
            found.append(_place(name, _account(name, agency), agency.id, people))
    with app.app_context():
        db.session.remove()
    return found


def _account(name: str, agency: Any) -> int:
    role = "hr_province" if name == "province" else "hr_agency"
    made = db.session.execute(
        text(
            "INSERT INTO accounts (username, display_name, agency_id, scope_ids, must_change_password,"
            " second_factor_waived, search_key) VALUES (:name, :name, :agency, :scope, false, true, :name)"
            " ON CONFLICT (username) DO NOTHING RETURNING id"
        ),
        {"name": f"bench-{name}", "agency": agency.id, "scope": list(agency.scope_ids)},
    ).scalar_one_or_none()
    if made is None:
        return int(
            db.session.execute(text("SELECT id FROM accounts WHERE username = :n"), {"n": f"bench-{name}"}).scalar_one()
        )
    db.session.execute(
        text(
            "INSERT INTO role_grants (account_id, role, agency_id, valid_from, basis)"
            " VALUES (:account, :role, :agency, DATE '2020-01-01', 'old_data')"
        ),
        {"account": made, "role": role, "agency": agency.id},
    )
    return int(made)


def _place(name: str, account_id: int, agency_id: int, people: int) -> Place:
    within = {"root": agency_id}
    middle = db.session.execute(
        text(
            "SELECT person_id, sort_key, full_name, staff_code FROM people_current"
            " WHERE scope_ids && ARRAY[CAST(:root AS bigint)] ORDER BY sort_key, person_id OFFSET :half LIMIT 1"
        ),
        {**within, "half": people // 2},
    ).one()
    names = db.session.execute(
        text(
            "SELECT split_part(full_name, ' ', 1) AS word, count(*) AS times FROM people_current"
            " WHERE scope_ids && ARRAY[CAST(:root AS bigint)] GROUP BY word ORDER BY times DESC, word"
        ),
        within,
    ).all()
    return Place(
        name, account_id, agency_id, people, middle.person_id, encode([middle.sort_key, middle.person_id]),
        rare=middle.full_name, common=names[0].word, code=middle.staff_code or "",
    )  # fmt: skip


def run(app: Flask, runs: int) -> list[Measured]:
    """Measure every page for every reader."""
    meter = Meter()
    with app.app_context():
        meter.attach(db.engine)
    rows: list[Measured] = []
    for place in places(app):
        reader = Reader(app, place.account_id, meter)
        addresses = [
            ("dashboard", "/"),
            ("list, first page", "/people"),
            ("list, deep page", f"/people?after={place.deep}"),
            ("list of one agency", f"/people?agency={place.agency_id}"),
            ("search, whole name", f"/people?q={place.rare}"),
            ("search, common name", f"/people?q={place.common}"),
            ("search, staff code", f"/people?q={place.code}"),
            ("filter, kind and sex", "/people?kind=civil_servant&sex=female"),
            ("filter, step due, by date", "/people?step_due=quarter&sort=next_step_on"),
            ("list as at an earlier day", f"/people?as_at={EARLIER.isoformat()}"),
            *((f"record{tab or ' (form)'}", f"/people/{place.person_id}{tab}") for tab in TABS),
        ]
        for name, address in addresses:
            rows.append(measure(reader, place.name, name, address, runs))
            print(line(rows[-1]), flush=True)
    return rows


HEADER = (
    "| reader | page | median ms | p95 ms | SQL ms | floor ms | × floor | statements | KB |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def line(row: Measured) -> str:
    """Return a measured page as a row of the table."""
    floor = "–" if row.floor is None else f"{row.floor:.1f}"
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return (
        f"| {row.reader} | {row.name} | {row.median:.1f} | {row.p95:.1f} | {row.sql:.1f} | {floor} | {ratio} |"
        f" {row.statements} | {row.bytes / 1024:.0f} |"
    )
