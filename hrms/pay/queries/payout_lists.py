"""Shares as programs read them, and the invariants `hrms check` proves of rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.paging import Page, cut, decode_ids


@dataclass(frozen=True, slots=True)
class ShareConditions:
    """What the list of shares is narrowed to; None: any."""

    year: int | None = None
    quarter: int | None = None
    purpose: str | None = None
    step: str | None = None
    state: str | None = None
    agency: int | None = None
    person: int | None = None
    round: int | None = None


_SHARES = """
SELECT s.id, s.round_id, s.person_id, c.full_name, c.staff_code, s.agency_id, a.name AS unit,
  r.agency_id AS paying_agency_id, r.year, r.quarter, r.step, r.state, k.purpose, s.kind, s.rating, s.months,
  s.coefficient, s.salary, s.points, s.amount, s.advanced, s.due, s.left_out, r.decided_on
FROM incentive_shares s
JOIN incentive_rounds r ON r.id = s.round_id
JOIN incentive_schemes k ON k.id = r.scheme_id
JOIN agencies a ON a.id = s.agency_id
JOIN agencies p ON p.id = r.agency_id
LEFT JOIN people_current c ON c.person_id = s.person_id
"""
_CLAUSES = (
    ("year", "r.year = :year"), ("quarter", "r.quarter = :quarter"), ("purpose", "k.purpose = :purpose"),
    ("step", "r.step = :step"), ("state", "r.state = :state"), ("person", "s.person_id = :person"),
    ("round", "s.round_id = :round"), ("agency", "p.scope_ids && ARRAY[CAST(:agency AS bigint)]"),
)  # fmt: skip


def list_shares(asked: ShareConditions, after: str | None, limit: int) -> Page[Any]:
    """Return a page of the shares that the row policies show, oldest first; one statement."""
    values: dict[str, Any] = {"most": limit + 1}
    clauses = []
    for name, clause in _CLAUSES:
        if (value := getattr(asked, name)) is not None:
            clauses.append(clause)
            values[name] = value
    if after:
        clauses.append("s.id > :after")
        values["after"] = decode_ids(after, 1)[0]
    where = " AND ".join(clauses) or "true"
    rows = db.session.execute(text(f"{_SHARES} WHERE {where} ORDER BY s.id LIMIT :most"), values).all()
    found: Page[Any] = cut(rows, limit, ("id",), after=after, before=None)
    return found


_WRONG = text("""
SELECT 'round ' || r.id || ': reserved + shared + remainder is not the fund' AS found FROM incentive_rounds r
WHERE r.state IN ('shared', 'decided') AND r.reserved + r.shared + r.remainder <> r.fund
UNION ALL
SELECT 'round ' || r.id || ': shares above the fund' FROM incentive_rounds r
WHERE r.state IN ('shared', 'decided') AND (r.remainder < 0 OR r.reserved < 0)
UNION ALL
SELECT 'round ' || r.id || ': shares do not add up' FROM incentive_rounds r
LEFT JOIN incentive_shares s ON s.round_id = r.id
WHERE r.state IN ('shared', 'decided') GROUP BY r.id, r.shared HAVING coalesce(sum(s.amount), 0) <> r.shared
UNION ALL
SELECT 'share ' || s.id || ': what is due is not the amount without what was advanced' FROM incentive_shares s
WHERE s.due <> s.amount - s.advanced OR s.amount < 0 OR (s.left_out IS NOT NULL AND s.amount <> 0)
LIMIT 100
""")


def wrong() -> Sequence[str]:
    """Return what is not as it must be, one sentence each."""
    return [row.found for row in db.session.execute(_WRONG)]
