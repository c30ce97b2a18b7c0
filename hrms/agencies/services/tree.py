"""The tree as it stands today, derived from the dated facts: names, places, paths, and what changes next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core import clock, hooks, scope
from hrms.core.db import db
from hrms.core.text import fold, name_sort_key
from hrms.core.unit import transaction

_TREE_LOCK = 7_240_062
"""Changes of the tree's shape come one after the other: two moves at once could make a ring that neither sees."""

_STATE = text("""
WITH facts AS (
  SELECT f.* FROM agency_facts f
  WHERE f.superseded_at IS NULL AND (CAST(:ids AS bigint[]) IS NULL OR f.agency_id = ANY (CAST(:ids AS bigint[])))
), shown AS (
  -- What is true today, else (not opened yet) what will be first.
  SELECT DISTINCT ON (agency_id) * FROM facts
  ORDER BY agency_id, (valid_from <= :today) DESC, CASE WHEN valid_from <= :today THEN valid_from END DESC, valid_from
), dates AS (
  SELECT f.agency_id, min(f.valid_from) AS opened_on,
         min(d.day) FILTER (WHERE d.day > :today) AS next_change_on,
         min(f.valid_from) FILTER (WHERE f.closed AND f.valid_from > :today) AS closing_on,
         array_agg(DISTINCT f.name) AS names
  FROM facts f CROSS JOIN LATERAL (VALUES (f.valid_from), (f.valid_to)) AS d(day)
  GROUP BY f.agency_id
)
SELECT a.id, s.name, s.kind, s.parent_id, d.opened_on, d.next_change_on, d.names, a.code, a.short_name,
       CASE WHEN s.closed THEN s.valid_from ELSE d.closing_on END AS closed_on,
       CASE WHEN s.closed THEN s.merged_into_id ELSE closing.merged_into_id END AS merged_into_id,
       a.parent_id AS old_parent_id, a.path::text = '' AS is_new
FROM agencies a JOIN shown s ON s.agency_id = a.id JOIN dates d ON d.agency_id = a.id
LEFT JOIN facts closing ON closing.agency_id = a.id AND closing.closed AND closing.valid_from = d.closing_on
""")

_WRITE = text("""
UPDATE agencies a SET name = n.name, kind = n.kind, parent_id = n.parent_id, opened_on = n.opened_on,
  closed_on = n.closed_on, merged_into_id = n.merged_into_id, next_change_on = n.next_change_on,
  former_names = coalesce((SELECT array_agg(x ORDER BY x) FROM jsonb_array_elements_text(n.former_names) AS x), '{}'),
  sort_key = n.sort_key, search_key = n.search_key
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n(
  id bigint, name text, kind text, parent_id bigint, opened_on date, closed_on date, merged_into_id bigint,
  next_change_on date, former_names jsonb, sort_key text, search_key text)
WHERE a.id = n.id
""")

_PATHS = text("""
WITH RECURSIVE up(id, at) AS (
  SELECT a.id, a.parent_id FROM agencies a WHERE a.id = ANY (:ids)
  UNION ALL
  SELECT up.id, a.parent_id FROM up JOIN agencies a ON a.id = up.at WHERE NOT up.at = ANY (:ids)
), tops AS (
  SELECT a.id FROM agencies a
  WHERE a.id = ANY (:ids) AND NOT EXISTS (SELECT 1 FROM up WHERE up.id = a.id AND up.at = ANY (:ids))
), down(id, scope_ids) AS (
  SELECT a.id, coalesce(p.scope_ids, ARRAY[0::bigint]) || a.id
  FROM tops t JOIN agencies a ON a.id = t.id LEFT JOIN agencies p ON p.id = a.parent_id
  UNION ALL
  SELECT c.id, d.scope_ids || c.id FROM down d JOIN agencies c ON c.parent_id = d.id
)
UPDATE agencies a SET scope_ids = d.scope_ids, path = CAST(array_to_string(d.scope_ids[2:], '.') AS ltree),
  depth = cardinality(d.scope_ids) - 2
FROM down d WHERE a.id = d.id AND a.scope_ids IS DISTINCT FROM d.scope_ids
RETURNING a.id
""")


def lock_tree() -> None:
    """Wait for other changes of the tree's shape, then keep them out until the end of the transaction."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TREE_LOCK})


def lock_subtrees(agency_ids: Sequence[int]) -> None:
    """Lock agencies and all that is under them, in id order.

    FOR UPDATE also waits for whoever is putting a person there: a foreign key's check holds the row meanwhile, so
    nobody arrives by the old path unseen.
    """
    db.session.execute(
        text(
            "SELECT id FROM agencies WHERE path <@ ARRAY(SELECT path FROM agencies WHERE id = ANY (:ids))"
            " ORDER BY id FOR UPDATE"
        ),
        {"ids": list(agency_ids)},
    )


def keys_of(name: str, code: str | None, short_name: str | None, former_names: Sequence[str]) -> tuple[str, str]:
    """Return the sort key and the search key (folded words) of an agency."""
    words = fold(" ".join([name, short_name or "", *former_names]))
    # A code is looked for as it is written: its dots are part of it.
    return _sort_key(name), f" {words} {(code or '').lower()}"


def _sort_key(name: str) -> str:
    """Return the key whose byte order is the Vietnamese order of the words as they stand (no given name first)."""
    return "!".join(name_sort_key(word) for word in name.split())


def refresh_tree(today: date | None = None, ids: Sequence[int] | None = None) -> list[int]:
    """Bring the rows of `agencies` to what the facts say of `today`; returns the ids whose path changed.

    `ids` limits the work to some agencies (None: all). Every function of `hooks.tree_changed` is called with the ids
    whose path changed, in the same transaction. Set-based: a fixed number of statements however many agencies.
    """
    rows = db.session.execute(
        _STATE, {"ids": list(ids) if ids is not None else None, "today": today or clock.today()}
    ).all()
    states: list[dict[str, Any]] = []
    for row in rows:
        former = [name for name in row.names if name != row.name]
        sort_key, search_key = keys_of(row.name, row.code, row.short_name, former)
        states.append(
            {
                "id": row.id, "name": row.name, "kind": row.kind, "parent_id": row.parent_id,
                "opened_on": row.opened_on, "closed_on": row.closed_on, "merged_into_id": row.merged_into_id,
                "next_change_on": row.next_change_on, "former_names": former, "sort_key": sort_key,
                "search_key": search_key,
            }
        )  # fmt: skip
    if not states:
        return []
    db.session.execute(_WRITE, {"rows": json.dumps(states, default=str, ensure_ascii=False)})
    moved = [row.id for row in rows if row.is_new or row.parent_id != row.old_parent_id]
    changed: list[int] = []
    if moved:
        changed = sorted(db.session.scalars(_PATHS, {"ids": moved}))
    if changed:
        for tell in hooks.tree_changed:
            tell(changed)
    return changed


def refresh_due() -> None:
    """Let reorganisations whose day has come take effect; a unit of its own, run daily and at start-up."""
    with scope.everything(), transaction():
        today = clock.today()
        if not db.session.scalar(
            text("SELECT EXISTS (SELECT 1 FROM agencies WHERE next_change_on <= :today)"), {"today": today}
        ):
            return
        lock_tree()
        due = list(db.session.scalars(text("SELECT id FROM agencies WHERE next_change_on <= :today"), {"today": today}))
        lock_subtrees(due)
        refresh_tree(today, due)
