"""Sheets by month and agency: which agency has one, how far it is, the sums; what a landing says first.

Read under the reader's own scope and pay scope: an agency whose amounts are not the reader's has no sheet here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Integer, Text

from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.positions.queries.part import INSIDE, Part

MISSING, COMPUTED, APPROVED, DOUBTFUL = "missing", "computed", "approved", "doubtful"
STATES = (MISSING, COMPUTED, APPROVED, DOUBTFUL)
EVERYTHING = 100_000
OFFERED = 24
_BY_AGENCY = (
    (column("depth", Integer()), False), (column("sort_key", Text()), False),
    (column("agency_id", BigInteger()), False),
)  # fmt: skip
_SUMS = ("people", "doubtful", "gross", "deductions", "employer", "net", "arrears")
_SHOWN = f"""a.id AS agency_id, a.name AS agency, a.code AS agency_code, a.depth, a.sort_key, r.id, r.state, r.month,
  {", ".join(f"r.{name}" for name in _SUMS)}, r.computed_at, r.approved_at, r.version"""
# Who pays somebody now, by the nearest unit that is no division; what paid somebody then has a sheet.
_PAYING = """payers AS MATERIALIZED (
  SELECT DISTINCT deciding_agency(u.id) AS id FROM agencies u
  WHERE u.scope_ids && CAST(:roots AS bigint[]) AND EXISTS (
    SELECT 1 FROM people_current c WHERE c.agency_id = u.id AND c.status IN ('serving', 'probation', 'suspended'))
)"""
_FROM = f"""FROM agencies a LEFT JOIN pay_runs r ON r.agency_id = a.id AND r.month = :month AND r.state <> 'cancelled'
WHERE {INSIDE} AND (r.id IS NOT NULL
  OR (a.id IN (SELECT id FROM payers) AND (a.closed_on IS NULL OR a.closed_on > :month)))"""  # noqa: S608 - parts of this program
_STATE = {
    MISSING: "r.id IS NULL", COMPUTED: "r.state = 'computed'", APPROVED: "r.state = 'approved'",
    DOUBTFUL: "r.doubtful > 0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Runs:
    """A page of the sheets of a month, and the sums of all that were asked for."""

    page: Page[Any]
    sums: Any


def list_months(today: date) -> Sequence[date]:
    """Return the months to choose from, newest first: the next one, two years back, all with a sheet; one statement."""
    found = db.session.execute(text("SELECT DISTINCT month FROM pay_runs WHERE state <> 'cancelled'")).scalars()
    near = {add_months(today.replace(day=1), 1 - back) for back in range(OFFERED + 1)}
    return sorted(near | set(found), reverse=True)


def list_runs(
    part: Part, month: date, state: str | None, *, after: str | None = None, before: str | None = None,
    limit: int = LIMIT,
) -> Runs:  # fmt: skip
    """Return the agencies of a part that pay people with their sheet of the month, and the sums; two statements."""
    condition = f"AND {_STATE[state]}" if state else ""
    values: dict[str, Any] = {**part.params, "month": month}
    sums = db.session.execute(
        text(
            f"WITH {_PAYING} SELECT count(*) AS agencies, count(*) FILTER (WHERE r.id IS NULL) AS missing,"
            " count(*) FILTER (WHERE r.state = 'computed') AS computed,"
            " count(*) FILTER (WHERE r.state = 'approved') AS approved,"
            f" {', '.join(f'coalesce(sum(r.{name}), 0) AS {name}' for name in _SUMS)} {_FROM} {condition}"
        ),
        values,
    ).one()
    where, order, more = _keyset("(a.depth, a.sort_key, a.id)", _BY_AGENCY, after, before)
    rows = db.session.execute(
        text(f"WITH {_PAYING} SELECT {_SHOWN} {_FROM} {condition} {where} ORDER BY {order} LIMIT :most"),
        {**values, **more, "most": limit + 1},
    ).all()
    return Runs(cut(rows, limit, ("depth", "sort_key", "agency_id"), after=after, before=before), sums)


def _keyset(
    keys: str, order: Sequence[tuple[Any, bool]], after: str | None, before: str | None
) -> tuple[str, str, dict[str, Any]]:
    """Return condition, order and values of a page of ascending keys, mirrored for the page before."""
    names = keys.strip("()").split(", ")
    given = before or after
    if not given:
        return "", ", ".join(names), {}
    last = typed_values(order, decode(given, len(names)))
    places = ", ".join(f":key_{place}" for place in range(len(names)))
    values = {f"key_{place}": value for place, value in enumerate(last)}
    if before:
        return f"AND {keys} < ({places})", ", ".join(f"{name} DESC" for name in names), values
    return f"AND {keys} > ({places})", ", ".join(names), values


def list_years(part: Part, until: date) -> Sequence[Any]:
    """Return the sums of the twelve months up to one of a part, newest first; one statement."""
    return db.session.execute(
        text(f"""
SELECT r.month, count(*) AS runs, count(*) FILTER (WHERE r.state = 'approved') AS approved,
  {", ".join(f"sum(r.{name}) AS {name}" for name in _SUMS)}
FROM pay_runs r JOIN agencies a ON a.id = r.agency_id AND {INSIDE}
WHERE r.state <> 'cancelled' AND r.month > :since AND r.month <= :until GROUP BY r.month ORDER BY r.month DESC"""),  # noqa: S608 - parts of this program
        {**part.params, "since": add_months(until, -12), "until": until},
    ).all()


@dataclass(frozen=True, slots=True)
class Landing:
    """What an officer sees first of a month: agencies with, without and with an approved sheet, and its sums."""

    month: date
    sums: Any


def landing(part: Part, month: date) -> Landing:
    """Return how far the sheets of a month are; one statement."""
    found = db.session.execute(
        text(f"""
WITH {_PAYING} SELECT count(*) AS agencies, count(*) FILTER (WHERE r.id IS NULL) AS missing,
  count(*) FILTER (WHERE r.state = 'computed') AS computed, count(*) FILTER (WHERE r.state = 'approved') AS approved,
  {", ".join(f"coalesce(sum(r.{name}), 0) AS {name}" for name in _SUMS)} {_FROM}"""),
        {**part.params, "month": month},
    ).one()
    return Landing(month, found)
