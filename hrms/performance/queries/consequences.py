"""Flags on money that rests on a class which was changed, read; under the transaction's own scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode
from hrms.core.permissions import Permission
from hrms.positions.queries.part import Part

FILTERS: Mapping[str, str] = {"open": "q.state = 'open'", "settled": "q.state = 'settled'"}
_ROWS = """
SELECT q.id, q.rating_id, q.person_id, q.year, q.what, q.old, q.new, q.state, q.settled_on, q.note, q.version,
  q.recorded_at, h.full_name, h.staff_code, h.scope_ids, h.sort_key, a.name AS agency
FROM rating_consequences q
JOIN people h ON h.id = q.person_id
LEFT JOIN people_current c ON c.person_id = h.id
LEFT JOIN agencies a ON a.id = c.agency_id
"""
_WITHIN = "(h.scope_ids && CAST(:roots AS bigint[]))"
_ONE = text(f"{_ROWS} WHERE q.id = :id")
_COUNT = text(f"""
SELECT count(*) AS every, count(*) FILTER (WHERE q.state = 'open') AS open,
  count(DISTINCT (q.person_id, q.year)) FILTER (WHERE q.state = 'open') AS people
FROM rating_consequences q JOIN people h ON h.id = q.person_id WHERE {_WITHIN}
""")  # noqa: S608 - constants of this module


def get(actor: Actor, consequence_id: int) -> Any:
    """Return a flag. Raises `NotFound` outside the reader's scope, `Forbidden` inside it."""
    found = db.session.execute(_ONE, {"id": consequence_id}).one_or_none()
    if found is None:
        raise missing("consequence")
    actor.require(Permission.PERFORMANCE_MANAGE, at=found.scope_ids)
    return found


def list_consequences(part: Part, narrowed: str | None, *, after: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return a page of flags of a part, by year from the latest, by name; one statement."""
    values: dict[str, Any] = {"roots": list(part.roots), "limit": limit + 1}
    where = f"WHERE {_WITHIN}" + (f" AND {FILTERS[narrowed]}" if narrowed else "")
    if after:
        year, sort_key, last = decode(after, 3)
        values |= {"year": -int(year), "sort_key": str(sort_key), "last": int(last)}
        where += " AND (-q.year, h.sort_key, q.id) > (:year, :sort_key, :last)"
    order = "ORDER BY -q.year, h.sort_key, q.id LIMIT :limit"
    rows = db.session.execute(text(f"{_ROWS} {where} {order}"), values).all()
    return cut(rows, limit, ("year", "sort_key", "id"), after=after, before=None)


def count_consequences(part: Part) -> Any:
    """Return how many flags of a part there are, `open` ones, and the `people` and years they are about."""
    return db.session.execute(_COUNT, {"roots": list(part.roots)}).one()


def open_of(person_id: int) -> list[Any]:
    """Return what is still to be looked at again of a person, for their pay; one statement."""
    query = text(f"{_ROWS} WHERE q.person_id = :id AND q.state = 'open' ORDER BY q.year, q.what")
    return list(db.session.execute(query, {"id": person_id}))
