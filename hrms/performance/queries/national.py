"""Results for the national database, read: what waits by agency, a page of rows, all rows of a choice for its file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode
from hrms.performance.services.national import NOT_FOLLOWED
from hrms.positions.queries.part import INSIDE, PLACE, Part

BATCH = 2_000
FILE_KIND = "performance.national"
FILTERS: Mapping[str, str] = {
    "waiting": "r.state = 'waiting'", "overdue": "r.state = 'waiting' AND r.due_on < :today",
    "refused": "r.state = 'refused'", "sent": "r.state = 'sent'", "confirmed": "r.state = 'confirmed'",
}  # fmt: skip
TO_SEND = "r.state IN ('waiting', 'refused')"
_FROM = f"""
FROM result_reports r JOIN agencies a ON a.id = r.agency_id
WHERE {INSIDE} AND {NOT_FOLLOWED}
"""
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {clause}) AS {name}" for name, clause in FILTERS.items())
_BY_AGENCY = text(f"""
SELECT g.place AS agency_id, b.name, b.code, g.* FROM (
  SELECT {PLACE} AS place, {_COUNTS}, min(r.due_on) FILTER (WHERE r.state = 'waiting') AS first_due
  {_FROM} GROUP BY 1
) g JOIN agencies b ON b.id = g.place
ORDER BY g.overdue DESC, g.waiting DESC, b.sort_key, b.id
""")  # noqa: S608 - constants of this module
_ROWS = """
SELECT r.id, r.person_id, r.agency_id, r.year, r.kind, r.number, r.result, r.made_on, r.due_on, r.state, r.sent_at,
  r.sending, r.answer, r.supersedes_id, h.full_name, h.staff_code, a.name AS agency, a.code AS agency_code
FROM result_reports r JOIN agencies a ON a.id = r.agency_id JOIN people h ON h.id = r.person_id
"""
_OWN_FILES = text("""
SELECT id, arguments, result, finished_at FROM tasks
WHERE account_id = :account AND kind = :kind AND state = 'done' AND result ? 'checksum'
ORDER BY id DESC LIMIT 5
""")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which results: of a kind of period, of a year, of one number (month, quarter); null for all."""

    kind: str | None = None
    year: int | None = None
    number: int | None = None

    def where(self) -> str:
        """Return the condition over a result `r`."""
        return "".join(f" AND r.{name} = :{name}" for name in ("kind", "year", "number") if getattr(self, name))

    def values(self) -> dict[str, Any]:
        """Return the values of the condition."""
        return {name: getattr(self, name) for name in ("kind", "year", "number") if getattr(self, name)}


def by_agency(part: Part) -> list[Any]:
    """Return what waits, is overdue, was refused, by branch of the part; one statement."""
    return list(db.session.execute(_BY_AGENCY, {**part.params, "today": clock.today()}))


def list_results(
    part: Part, narrowed: str, choice: Choice, *, after: str | None = None, limit: int = LIMIT
) -> Page[Any]:
    """Return a page of results, the soonest due first; one statement."""
    values: dict[str, Any] = {**part.params, "today": clock.today(), "limit": limit + 1, **choice.values()}
    where = f"WHERE {INSIDE} AND {NOT_FOLLOWED} AND {FILTERS[narrowed]}{choice.where()}"
    if after:
        day, last = decode(after, 2)
        values |= {"day": str(day), "last": int(last)}
        where += " AND (r.due_on, r.id) > (CAST(:day AS date), :last)"
    rows = db.session.execute(text(f"{_ROWS} {where} ORDER BY r.due_on, r.id LIMIT :limit"), values).all()
    return cut(rows, limit, ("due_on", "id"), after=after, before=None)


def count_to_send(part: Part, choice: Choice) -> int:
    """Return how many results a file of this choice would hold; one statement."""
    query = text(f"SELECT count(*) {_FROM} AND {TO_SEND}{choice.where()}")
    return int(db.session.execute(query, {**part.params, **choice.values()}).scalar_one())


def stream_to_send(part: Part, choice: Choice, *, national_ids: bool) -> Iterator[list[Any]]:
    """Return the results to send in batches, in the order of their ids; a statement for each `BATCH`.

    With `national_ids` the persons' ID numbers too, which the database knows people by.
    """
    columns = _ROWS.replace("h.staff_code", "h.staff_code, h.national_id", 1) if national_ids else _ROWS
    query = text(
        f"{columns} WHERE {INSIDE} AND {NOT_FOLLOWED} AND {TO_SEND}{choice.where()} AND r.id > :last"
        " ORDER BY r.id LIMIT :batch"
    )
    last = 0
    while True:
        values = {**part.params, **choice.values(), "last": last, "batch": BATCH}
        rows = list(db.session.execute(query, values))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def files_of(actor: Actor) -> list[Any]:
    """Return the newest files the actor's account built, with their checksums; one statement."""
    return list(db.session.execute(_OWN_FILES, {"account": actor.account_id, "kind": FILE_KIND}))


def waiting_of(ids: Collection[int]) -> int:
    """Return how many of these results still wait to be sent; one statement."""
    query = text(f"SELECT count(*) FROM result_reports r WHERE r.id = ANY (CAST(:ids AS bigint[])) AND {TO_SEND}")  # noqa: S608 - a constant
    return int(db.session.execute(query, {"ids": list(ids)}).scalar_one())


def home(roots: Collection[int]) -> Any:
    """Return how much waits and is overdue under these roots, for the first page; one statement."""
    query = text(f"""
    SELECT count(*) FILTER (WHERE r.state = 'waiting') AS waiting, min(r.due_on) FILTER (WHERE r.state = 'waiting')
      AS first_due, count(*) FILTER (WHERE r.state = 'waiting' AND r.due_on < :today) AS overdue,
      count(*) FILTER (WHERE r.state = 'refused') AS refused
    {_FROM} AND {TO_SEND}""")
    return db.session.execute(query, {"roots": list(roots), "today": clock.today()}).one()


def is_late(row: Any, today: date) -> bool:
    """Say whether a result of the list was not sent in time."""
    return bool(row.state == "waiting" and row.due_on < today)
