"""Petitions read: one, a page of them, how many wait; under the transaction's own scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode
from hrms.core.permissions import Permission
from hrms.positions.queries.part import Part

P = Permission
FILTERS: Mapping[str, str] = {
    "open": "p.state = 'open'", "overdue": "p.state = 'open' AND p.due_on < :today",
    "mine": "p.state = 'open' AND p.agency_id = ANY (CAST(:answers AS bigint[]))",
    "accepted": "p.state = 'accepted'", "rejected": "p.state = 'rejected'", "withdrawn": "p.state = 'withdrawn'",
}  # fmt: skip
_COLUMNS = """
SELECT p.id, p.rating_id, p.person_id, p.agency_id, p.submitted_on, p.due_on, p.wanted, p.text, p.state, p.answer,
  p.answered_on, p.answered_by, p.decision_id, p.new_rating_id, p.version, t.year, t.final AS old_class, t.mean,
  t.published_on, n.final AS new_class, n.mean AS new_mean, h.full_name, h.staff_code, h.scope_ids,
  w.name AS agency, a.name AS answers
FROM petitions p
JOIN ratings t ON t.id = p.rating_id
JOIN people h ON h.id = p.person_id
JOIN agencies w ON w.id = t.agency_id
JOIN agencies a ON a.id = p.agency_id
LEFT JOIN ratings n ON n.id = p.new_rating_id
"""
_ONE = text(f"{_COLUMNS} WHERE p.id = :id")
_OF_RATINGS = text("""
SELECT p.id, p.rating_id, p.state, p.submitted_on, p.due_on FROM petitions p
WHERE p.person_id = :person ORDER BY p.submitted_on DESC, p.id DESC
""")
_WITHIN = "(h.scope_ids && CAST(:roots AS bigint[]))"
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {clause}) AS {name}" for name, clause in FILTERS.items())
_COUNT = text(
    f"SELECT count(*) AS every, {_COUNTS} FROM petitions p JOIN people h ON h.id = p.person_id WHERE {_WITHIN}"  # noqa: S608 - constants of this module
)


def get(actor: Actor, petition_id: int) -> Any:
    """Return a petition with its rating and person. Raises `NotFound` outside the scope, `Forbidden` inside it."""
    found = db.session.execute(_ONE, {"id": petition_id}).one_or_none()
    if found is None:
        raise missing("petition")
    if not actor.is_holder(found.person_id):
        actor.require(P.PERFORMANCE_VIEW, at=found.scope_ids)
    return found


def answers_of(actor: Actor) -> list[int]:
    """Return the agencies whose head the actor is: those in whose name they answer."""
    return sorted({grant.agency_id for grant in actor.grants if grant.gives(P.PERFORMANCE_RATE)})


def list_petitions(
    actor: Actor, part: Part, narrowed: str | None, *, after: str | None = None, limit: int = LIMIT
) -> Page[Any]:
    """Return a page of a part's petitions, the soonest due of the open ones first; one statement."""
    values: dict[str, Any] = {**_values(actor, part), "limit": limit + 1}
    where = f"WHERE {_WITHIN}" + (f" AND ({FILTERS[narrowed]})" if narrowed else "")
    if after:
        closed, day, last = decode(after, 3)
        values |= {"closed": bool(closed), "day": str(day), "last": int(last)}
        where += " AND (p.state <> 'open', p.due_on, p.id) > (:closed, CAST(:day AS date), :last)"
    columns = _COLUMNS.replace("SELECT p.id", "SELECT p.state <> 'open' AS closed, p.id", 1)
    order = "ORDER BY p.state <> 'open', p.due_on, p.id LIMIT :limit"
    rows = db.session.execute(text(f"{columns} {where} {order}"), values).all()
    return cut(rows, limit, ("closed", "due_on", "id"), after=after, before=None)


def count_petitions(actor: Actor, part: Part) -> Any:
    """Return how many petitions of a part there are of each of `FILTERS`, and `every`; one statement."""
    return db.session.execute(_COUNT, _values(actor, part)).one()


def of_person(person_id: int) -> list[Any]:
    """Return a person's petitions, newest first; one statement."""
    return list(db.session.execute(text(f"{_COLUMNS} WHERE p.person_id = :id ORDER BY p.id DESC"), {"id": person_id}))


def _values(actor: Actor, part: Part) -> dict[str, Any]:
    return {"roots": list(part.roots), "today": clock.today(), "answers": answers_of(actor)}
