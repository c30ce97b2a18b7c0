"""Severance cases, read: a page of a part of the tree, the sums, one case; under the transaction's own scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode
from hrms.core.permissions import Permission
from hrms.positions.queries.part import Part

FILTERS: Mapping[str, str] = {
    "todo": "s.state IN ('computed', 'held') AND (s.amount > 0 OR s.state = 'held')",
    "ready": "s.state = 'computed' AND s.amount > 0",
    "held": "s.state = 'held'",
    "none": "s.state = 'computed' AND s.amount = 0",
    "paid": "s.state = 'paid'",
    "cancelled": "s.state = 'cancelled'",
}
"""What the list may be narrowed to, as SQL over a case `s`."""
_ROWS = """
SELECT s.id, s.person_id, s.left_on, s.leaving_case, s.monthly_pay, s.worked_months, s.insured_months, s.years,
  s.amount, s.owed, s.holds, s.state, s.paid_on, s.note, s.reasons, s.decision_id, s.version, s.agency_id,
  s.recorded_at, h.full_name, h.sort_key, h.staff_code, h.scope_ids, a.name AS agency, a.scope_ids AS agency_scope_ids,
  d.number AS decision_number, d.symbol AS decision_symbol, d.signed_on AS decision_signed_on
FROM severance_cases s JOIN people h ON h.id = s.person_id JOIN agencies a ON a.id = s.agency_id
LEFT JOIN decisions d ON d.id = s.decision_id
"""
_WITHIN = "(a.scope_ids && CAST(:roots AS bigint[]))"
_ONE = text(f"{_ROWS} WHERE s.id = :id")
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in FILTERS.items())
_SUMS = text(f"""
SELECT {_COUNTS}, coalesce(sum(s.amount) FILTER (WHERE {FILTERS["ready"]}), 0) AS ready_amount,
  coalesce(sum(s.amount) FILTER (WHERE s.state = 'held'), 0) AS held_amount,
  coalesce(sum(s.amount) FILTER (WHERE s.state = 'paid'), 0) AS paid_amount
FROM severance_cases s JOIN agencies a ON a.id = s.agency_id WHERE {_WITHIN}
""")  # noqa: S608 - constants of this module


def get(actor: Actor, case_id: int) -> Any:
    """Return a case; whoever it is about may read it. Raises `NotFound` outside the reader's scope."""
    found = db.session.execute(_ONE, {"id": case_id}).one_or_none()
    if found is None:
        raise missing("severance")
    if not actor.is_holder(found.person_id):
        actor.require(Permission.PAY_VIEW, at=found.agency_scope_ids)
    return found


def list_cases(part: Part, narrowed: str | None, *, after: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return a page of the cases of a part, by the day of leaving from the latest, by name; one statement."""
    values: dict[str, Any] = {"roots": list(part.roots), "limit": limit + 1}
    where = f"WHERE {_WITHIN}" + (f" AND {FILTERS[narrowed]}" if narrowed else "")
    if after:
        left_on, sort_key, last = decode(after, 3)
        values |= {"left": str(left_on), "sort_key": str(sort_key), "last": int(last)}
        where += (
            " AND (s.left_on < CAST(:left AS date)"
            " OR s.left_on = CAST(:left AS date) AND (h.sort_key, s.id) > (:sort_key, :last))"
        )
    order = "ORDER BY s.left_on DESC, h.sort_key, s.id LIMIT :limit"
    rows = db.session.execute(text(f"{_ROWS} {where} {order}"), values).all()
    return cut(rows, limit, ("left_on", "sort_key", "id"), after=after, before=None)


def sums(part: Part) -> Any:
    """Return how many cases a part has of each of `FILTERS`; `ready_amount`, `held_amount`, `paid_amount` in đồng."""
    return db.session.execute(_SUMS, {"roots": list(part.roots)}).one()


def of_person(person_id: int) -> list[Any]:
    """Return the cases of one person, newest first; one statement."""
    query = text(f"{_ROWS} WHERE s.person_id = :id AND s.state <> 'cancelled' ORDER BY s.left_on DESC, s.id")
    return list(db.session.execute(query, {"id": person_id}))
