"""What a what-if reads besides the facts of pay: ranks that choose people, approved months, names of agencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.pay.rules.supposed import Person

_RANKS = text("""
SELECT DISTINCT ON (r.person_id) r.person_id, r.pay_table, r.pay_group, r.rank_code, r.step, r.step_since,
  CASE WHEN c.step_since = r.step_since THEN c.next_step_on END AS next_on
FROM person_rank r LEFT JOIN people_current c ON c.person_id = r.person_id
WHERE r.superseded_at IS NULL AND (r.valid_to IS NULL OR r.valid_to > :day)
ORDER BY r.person_id, r.valid_from
""")
_APPROVED = text("""
SELECT r.agency_id, r.month FROM pay_runs r
WHERE r.state = 'approved' AND r.month >= :first
  AND (CAST(:agencies AS bigint[]) IS NULL OR r.agency_id = ANY (CAST(:agencies AS bigint[])))
""")
_NAMES = text("SELECT id, name, depth, sort_key FROM agencies WHERE id = ANY (CAST(:ids AS bigint[]))")
_COUNT = text("""
SELECT count(*) FROM people p WHERE CAST(:agencies AS bigint[]) IS NULL OR p.scope_ids && CAST(:agencies AS bigint[])
""")


def ranks_at(day: date) -> Mapping[int, Person]:
    """Return by person the rank held on a day, or the next one; whoever is visible, one statement."""
    rows = db.session.execute(_RANKS, {"day": day})
    alike: dict[tuple[Any, ...], Person] = {}
    return {row.person_id: alike.setdefault(tuple(row[1:]), Person(*row[1:])) for row in rows}


def approved_months(first: date, agency_ids: Collection[int] | None) -> Mapping[int, Sequence[date]]:
    """Return by paying agency the months from `first` on whose sheets are approved; one statement."""
    found: dict[int, list[date]] = defaultdict(list)
    agencies = None if agency_ids is None else sorted(agency_ids)
    for row in db.session.execute(_APPROVED, {"first": first, "agencies": agencies}):
        found[row.agency_id].append(row.month)
    return found


def names_of(ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of agencies in the order of the tree's lists; one statement, none for no ids."""
    if not ids:
        return {}
    rows = db.session.execute(_NAMES, {"ids": sorted(ids)}).all()
    return {row.id: row.name for row in sorted(rows, key=lambda row: (row.depth, row.sort_key, row.id))}


def count_people(agency_ids: Collection[int] | None) -> int:
    """Return about how many people a what-if reads, for its progress; one statement."""
    agencies = None if agency_ids is None else sorted(agency_ids)
    return int(db.session.execute(_COUNT, {"agencies": agencies}).scalar_one())
