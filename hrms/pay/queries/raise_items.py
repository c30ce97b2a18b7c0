"""What a decision about raises needs to know: the items of a list, lists by name, how far each of them is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.core.text import fold

MOST = 20
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
DECIDED_BY: Mapping[str, str] = {
    "step": "step_raise", "beyond_scale": "beyond_scale", "early": "early_raise", "retirement": "early_raise",
}  # fmt: skip
"""Kind of an item → the code of the kind of decision that raises it."""
ITEM = """
SELECT i.id, i.list_id, i.person_id, i.agency_id, i.kind, i.rank_code, i.pay_table, i.pay_group, i.from_step,
  i.from_coefficient, i.from_percent, i.to_step, i.to_coefficient, i.to_percent, i.step_since, i.due_on,
  i.effective_on, i.early_months, i.merit, i.doubts, i.reasons, i.state, i.left_out_reason, i.submission_id,
  i.decision_id, i.decided_on, i.version, l.kind AS list_kind, l.year, l.quarter, l.agency_id AS list_agency_id
FROM raise_items i JOIN raise_lists l ON l.id = i.list_id
"""
_ITEMS = text(f"{ITEM} WHERE i.list_id = :list AND i.person_id = ANY (CAST(:ids AS bigint[]))")
_OPEN = text(f"{ITEM} WHERE i.list_id = :list AND i.state = 'proposed' ORDER BY i.id")
_LISTS = """
SELECT l.id, l.kind, l.year, l.quarter, l.state, a.name FROM raise_lists l JOIN agencies a ON a.id = l.agency_id
"""
_CHOICES = text(
    f"{_LISTS} WHERE l.state IN ('proposed', 'sent') ORDER BY l.year DESC, l.quarter DESC, a.sort_key, l.id LIMIT 1000"
)
_NAMES = text(f"{_LISTS} WHERE l.id = ANY (CAST(:ids AS bigint[]))")
# A list is as far as what is still open on it; what was left out waits for nothing.
SETTLE = text("""
UPDATE raise_lists l SET state = n.state, version = l.version + 1
FROM (
  SELECT i.list_id, CASE WHEN bool_or(i.state = 'proposed') THEN 'proposed' WHEN bool_or(i.state = 'sent') THEN 'sent'
    WHEN bool_or(i.state = 'decided') THEN 'decided' ELSE 'proposed' END AS state
  FROM raise_items i WHERE i.list_id = ANY (CAST(:ids AS bigint[])) GROUP BY i.list_id
) n
WHERE l.id = n.list_id AND l.state <> 'cancelled' AND l.state <> n.state
""")


def items_of(list_id: int, person_ids: Sequence[int]) -> dict[int, Any]:
    """Return the items of these people on a list by person; one statement."""
    rows = db.session.execute(_ITEMS, {"list": list_id, "ids": list(person_ids)})
    return {row.person_id: row for row in rows}


def open_items(list_id: int) -> Sequence[Any]:
    """Return the items of a list that are proposed and in nobody's hands yet."""
    return db.session.execute(_OPEN, {"list": list_id}).all()


def find_lists(words: str) -> Sequence[tuple[str, str]]:
    """Return `(id, words)` of lists that may be decided, by words typed without script."""
    wanted = fold(words).split()
    found = [(str(row.id), list_words(row)) for row in db.session.execute(_CHOICES)]
    return [one for one in found if all(word in fold(one[1]) for word in wanted)][:MOST]


def list_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the words of lists in scope by id."""
    return {row.id: list_words(row) for row in db.session.execute(_NAMES, {"ids": list(ids)})} if ids else {}


def list_name(list_id: int) -> str:
    """Return what a list is called; "" for one out of sight."""
    return list_names([list_id]).get(list_id, "")


def list_words(row: Any) -> str:
    """Return what a list is called: its kind, its quarter or year, its agency."""
    if row.kind == "early":
        return render(
            N_("Nâng bậc lương trước thời hạn năm %(year)s, %(agency)s"), year=str(row.year), agency=row.name
        )  # fmt: skip
    words = N_("Nâng bậc lương quý %(quarter)s năm %(year)s, %(agency)s")
    return render(words, quarter=ROMAN[row.quarter], year=str(row.year), agency=row.name)
