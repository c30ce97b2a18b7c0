"""Public employees to be placed into career grades by 01/7/2027 (NĐ 232/2026/NĐ-CP Đ18): who is left, by pay group.

A group of the first number of its kind (A2.1, A3.1, A1 …) keeps step and coefficient; A2.2 and A3.2 are slotted in.
Whoever was placed by a decision of the kind `placement` is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, decode, encode
from hrms.core.text import fold
from hrms.positions.queries.part import Part

MOST_AT_ONCE = 500
_WHO = """
FROM people_current c JOIN agencies a ON a.id = c.agency_id
WHERE c.kind = 'public_employee' AND c.status IN ('serving', 'probation', 'suspended')
  AND a.scope_ids && CAST(:roots AS bigint[])
"""
_DONE = """EXISTS (SELECT 1 FROM person_papers p WHERE p.person_id = c.person_id AND p.kind = 'placement'
    AND p.undone_by IS NULL)"""
_COUNTS = text(f"""
SELECT c.pay_group, count(*)::int AS people, count(*) FILTER (WHERE {_DONE})::int AS done {_WHO}
GROUP BY c.pay_group ORDER BY c.pay_group NULLS LAST
""")
_PAGE = text(f"""
SELECT c.person_id, c.full_name, c.staff_code, c.sort_key, a.name AS agency, c.rank_code, c.pay_table, c.pay_group,
  c.step, c.coefficient,
  coalesce(c.beyond_scale_percent, 0) AS percent,
  coalesce((SELECT f.coefficient FROM person_allowance f WHERE f.person_id = c.person_id AND f.superseded_at IS NULL
    AND f.allowance_kind = 'reserved' AND f.valid_from <= :today AND (f.valid_to IS NULL OR f.valid_to > :today)), 0)
    AS reserved
  {_WHO}
  AND NOT {_DONE} AND (CAST(:group AS text) IS NULL OR c.pay_group = :group)
  AND NOT EXISTS (SELECT 1 FROM unnest(CAST(:words AS text[])) AS w(word) WHERE strpos(c.sort_key, w.word) = 0)
  AND (c.sort_key, c.person_id) > (CAST(:key AS text) COLLATE "C", CAST(:last AS bigint))
ORDER BY c.sort_key, c.person_id LIMIT :limit
""")  # noqa: S608 - the parts are ours


@dataclass(frozen=True, slots=True)
class GroupCount:
    """A pay group: its public employees, and how many of them are placed."""

    group: str | None
    people: int
    done: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody not placed yet."""

    person_id: int
    name: str
    staff_code: str | None
    agency: str
    rank_code: str | None
    table: int | None
    group: str | None
    step: int | None
    coefficient: Decimal | None
    percent: Decimal
    reserved: Decimal


def count_groups(part: Part) -> list[GroupCount]:
    """Return the public employees of a part by pay group; one statement."""
    rows = db.session.execute(_COUNTS, {"roots": list(part.roots)})
    return [GroupCount(row.pay_group, row.people, row.done) for row in rows]


def list_waiting(
    part: Part, group: str | None = None, q: str = "", *, after: str | None = None, limit: int = LIMIT
) -> Page[Waiting]:
    """Return a page of those not placed yet, by name; one statement."""
    key, last = decode(after, 2) if after else ("", 0)
    values: dict[str, Any] = {
        "roots": list(part.roots), "group": group, "words": fold(q).split()[:8], "key": str(key), "last": int(last),
        "limit": limit + 1, "today": clock.today(),
    }  # fmt: skip
    rows: Sequence[Any] = db.session.execute(_PAGE, values).all()
    kept = rows[:limit]
    found = [
        Waiting(
            row.person_id, row.full_name, row.staff_code, row.agency, row.rank_code, row.pay_table, row.pay_group,
            row.step, row.coefficient, row.percent, row.reserved,
        )
        for row in kept
    ]  # fmt: skip
    following = encode([kept[-1].sort_key, kept[-1].person_id]) if len(rows) > limit else None
    return Page(found, following, None)
