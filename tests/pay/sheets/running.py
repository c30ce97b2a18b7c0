"""Sheets for tests: computed, approved, and read as plain rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.pay.queries.gathering import Reckoner, gather
from hrms.pay.rules import month as months
from hrms.pay.services import computing, runs
from tests.province import Province


def at(month: int, year: int = 2026) -> date:
    """Return the first day of a month."""
    return date(year, month, 1)


def compute(province: Province, month: date, place: str = "B", by: str = "sonoivu") -> int:
    """Compute the sheet of an agency; the run's id."""
    actor = province.enter(by, Permission.PAY_MANAGE)
    with transaction():
        return computing.compute(actor, province.agencies[place], month)


def approve(province: Province, run_id: int, by: str = "sonoivu") -> None:
    """Approve a sheet as it is now."""
    actor: Actor = province.enter(by, Permission.PAY_APPROVE)
    with transaction():
        runs.approve(actor, run_id, version=run(run_id).version)


def close(province: Province, *given: date, place: str = "B") -> list[int]:
    """Compute and approve the sheets of months, in order."""
    made = []
    for month in given:
        made.append(compute(province, month, place))
        approve(province, made[-1])
    return made


def run(run_id: int) -> Any:
    """Return a run as a row."""
    with scope.everything():
        return db.session.execute(text("SELECT * FROM pay_runs WHERE id = :id"), {"id": run_id}).one()


def slip(run_id: int, person_id: int) -> Any:
    """Return somebody's slip on a sheet, None when they are not on it."""
    with scope.everything():
        query = text("SELECT * FROM pay_slips WHERE run_id = :run AND person_id = :person")
        return db.session.execute(query, {"run": run_id, "person": person_id}).one_or_none()


def amounts(run_id: int, person_id: int, for_month: date | None = None, side: str = "line") -> dict[str, Decimal]:
    """Return the amounts of a side of a slip by code, for its own month or for an earlier one."""
    with scope.everything():
        query = text(
            "SELECT code, amount FROM pay_lines WHERE run_id = :run AND person_id = :person AND side = :side"
            " AND for_month = coalesce(:for_month, month) ORDER BY id"
        )
        values = {"run": run_id, "person": person_id, "side": side, "for_month": for_month}
        return {row.code: row.amount for row in db.session.execute(query, values)}


def doubts(run_id: int, person_id: int) -> set[str]:
    """Return the codes of the doubts of a slip."""
    found = slip(run_id, person_id)
    return set() if found is None else {one["code"] for one in found.doubts}


def paid(person_id: int, agency_id: int) -> Mapping[tuple[date, str, str], Decimal]:
    """Return what approved sheets of an agency gave somebody in all, by month, side and code; nothing that is 0."""
    with scope.everything():
        query = text(
            "SELECT l.for_month, l.side, l.code, sum(l.amount) AS amount FROM pay_lines l"
            " JOIN pay_runs r ON r.id = l.run_id AND r.state = 'approved'"
            " WHERE l.person_id = :person AND r.agency_id = :agency GROUP BY l.for_month, l.side, l.code"
        )
        rows = db.session.execute(query, {"person": person_id, "agency": agency_id})
        return {(row.for_month, row.side, row.code): row.amount for row in rows if row.amount}


def due(person_id: int, agency_id: int, *given: date) -> Mapping[tuple[date, str, str], Decimal]:
    """Return what the record gives somebody at an agency for months, from scratch; nothing that is 0."""
    found: dict[tuple[date, str, str], Decimal] = {}
    reckoner = Reckoner()
    with scope.everything():
        for month in given:
            for person in gather(month, months.after(month), person_ids=[person_id]):
                for side, lines in reckoner.month(person, month, agency_id).sides:
                    found |= {(month, side, line.code): line.amount for line in lines if line.amount}
    return found
