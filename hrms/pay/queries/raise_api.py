"""Reads of the API of raises: a page by id, one raise with the steps of its day in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.paging import Page, decode_ids, encode
from hrms.core.rules import Reason
from hrms.pay.queries import raising

_RAISES = """
SELECT i.id, i.list_id, i.person_id, i.agency_id, i.kind, i.state, i.left_out_reason, i.rank_code, i.pay_table,
  i.pay_group, i.from_step, i.from_coefficient, i.from_percent, i.to_step, i.to_coefficient, i.to_percent,
  i.step_since, i.due_on, i.effective_on, i.early_months, i.doubts, i.submission_id, i.decision_id, i.decided_on,
  i.version, i.reasons, l.kind AS list_kind, l.year, l.quarter, l.state AS list_state, p.full_name, p.staff_code,
  a.name AS agency
FROM raise_items i JOIN people p ON p.id = i.person_id JOIN agencies a ON a.id = i.agency_id
LEFT JOIN raise_lists l ON l.id = i.list_id
"""
_PAGE = text(f"""{_RAISES}
WHERE i.id > :after AND (CAST(:year AS int) IS NULL OR l.year = :year)
  AND (CAST(:quarter AS int) IS NULL OR l.quarter = :quarter)
  AND (CAST(:agency AS bigint) IS NULL OR :agency = ANY (a.scope_ids))
  AND (CAST(:person AS bigint) IS NULL OR i.person_id = :person) AND (CAST(:list AS bigint) IS NULL OR l.id = :list)
  AND (CAST(:kind AS text) IS NULL OR i.kind = :kind) AND (CAST(:state AS text) IS NULL OR i.state = :state)
  AND (CAST(:effective_from AS date) IS NULL OR i.effective_on >= :effective_from)
ORDER BY i.id LIMIT :limit
""")
_ONE = text(f"{_RAISES} WHERE i.id = :id")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the list is narrowed to; None means any."""

    year: int | None = None
    quarter: int | None = None
    agency: int | None = None
    person: int | None = None
    list: int | None = None
    kind: str | None = None
    state: str | None = None
    effective_from: date | None = None


def list_raises(asked: Conditions, after: str | None, limit: int) -> Page[Any]:
    """Return a page of raises by id, those the row policies show; one statement."""
    (last,) = decode_ids(after, 1) if after else (0,)
    given = {name: getattr(asked, name) for name in Conditions.__dataclass_fields__}
    rows = db.session.execute(_PAGE, {**given, "after": last, "limit": limit + 1}).all()
    kept = rows[:limit]
    return Page(kept, encode([kept[-1].id]) if len(rows) > limit else None)


def get_raise(item_id: int) -> Any:
    """Return one raise the row policies show. Raises `NotFound`."""
    row = db.session.execute(_ONE, {"id": item_id}).one_or_none()
    if row is None:
        raise missing("raise_item")
    return row


def steps_of(row: Any) -> list[dict[str, str]]:
    """Return the steps of a raise's day as sentences, with figure and article."""
    return [
        {
            "text": render(Reason(one["text"], "", "", raising.typed(one.get("params", {})))),
            "figure": one.get("figure", ""), "source": one.get("source", ""),
        }
        for one in row.reasons
    ]  # fmt: skip
