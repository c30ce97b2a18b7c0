"""What programs read: sheets, rounds and the ratings of a round, by cursor, under the token's own scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger

from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.paging import Page, cut, decode, typed_values

_ORDER = ((column("id", BigInteger()), False),)


@dataclass(frozen=True, slots=True)
class SheetConditions:
    """What a list of sheets is narrowed to; None for any. `history`: superseded ones too."""

    person: int | None = None
    agency: int | None = None
    year: int | None = None
    kind: str | None = None
    number: int | None = None
    state: str | None = None
    history: bool = False
    changed_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoundConditions:
    """What a list of rounds is narrowed to; None for any."""

    agency: int | None = None
    year: int | None = None
    state: str | None = None


# What one's authority has written is one's own (`:me`) to read once it is published.
_TOLD = "(s.state = 'published' OR s.person_id IS DISTINCT FROM :me)"
_POINTS = ", ".join(
    f"CASE WHEN {_TOLD} THEN s.{name} END AS {name}"
    for name in ("quantity", "quality", "progress", "ratio", "general_points", "result_points", "score")
)
_SHEET = f"""
SELECT s.id, s.person_id, c.full_name, c.staff_code, s.year, s.kind, s.number, s.agency_id, a.name AS agency,
  s.authority_id, k.code AS criteria, s.role, s.state, s.source, {_POINTS}, {_TOLD} AS told, s.self_score, s.scored_at,
  s.published_on, s.superseded_at, s.supersedes_id, s.recorded_at, s.version
FROM score_sheets s JOIN people_current c ON c.person_id = s.person_id JOIN agencies a ON a.id = s.agency_id
JOIN criteria_sets k ON k.id = s.set_id"""  # noqa: S608 - parts of this program
# What changed is dated by what happened to the sheet: every step leaves an event.
_CHANGED = """(s.recorded_at >= :since OR s.superseded_at >= :since OR EXISTS (
    SELECT 1 FROM sheet_events e WHERE e.sheet_id = s.id AND e.recorded_at >= :since))"""


def list_sheets(asked: SheetConditions, me: int | None, after: str | None, limit: int) -> Page[Any]:
    """Return a page of the sheets the reader may see, oldest first; points of one's own (`me`) only once published.

    One statement.
    """
    conditions: list[str] = []
    values: dict[str, Any] = {"most": limit + 1, "me": me}
    for name, clause in (
        ("person", "s.person_id = :person"), ("year", "s.year = :year"), ("kind", "s.kind = :kind"),
        ("number", "s.number = :number"), ("state", "s.state = :state"),
        ("agency", "a.scope_ids && ARRAY[CAST(:agency AS bigint)]"),
    ):  # fmt: skip
        if (value := getattr(asked, name)) is not None:
            conditions.append(clause)
            values[name] = value
    if asked.changed_since is not None:
        conditions.append(_CHANGED)
        values["since"] = asked.changed_since
    if not asked.history:
        conditions.append("s.superseded_at IS NULL")
    _seek(conditions, values, after, "s.id")
    rows = db.session.execute(text(f"{_SHEET} WHERE {_all(conditions)} ORDER BY s.id LIMIT :most"), values).all()
    found: Page[Any] = cut(rows, limit, ("id",), after=after, before=None)
    return found


def get_sheet(sheet_id: int, me: int | None) -> Any:
    """Return a sheet as the list has it. Raises `NotFound`."""
    row = db.session.execute(text(f"{_SHEET} WHERE s.id = :id"), {"id": sheet_id, "me": me}).one_or_none()
    if row is None:
        raise missing("sheet")
    return row


_ROUND = """
SELECT r.id, r.agency_id, a.name AS agency, r.year, k.code AS criteria, r.state, r.due_on, r.outstanding, r.quota_base,
  r.quota_percent, r.rounding, r.organisation_class, r.decision_id, r.decided_on, r.published_on, r.settled_on,
  r.version
FROM rating_rounds r JOIN agencies a ON a.id = r.agency_id JOIN criteria_sets k ON k.id = r.set_id"""


def list_rounds(asked: RoundConditions, after: str | None, limit: int) -> Page[Any]:
    """Return a page of the rounds the reader may see, oldest first; one statement."""
    conditions: list[str] = []
    values: dict[str, Any] = {"most": limit + 1}
    for name, clause in (
        ("year", "r.year = :year"), ("state", "r.state = :state"),
        ("agency", "a.scope_ids && ARRAY[CAST(:agency AS bigint)]"),
    ):  # fmt: skip
        if (value := getattr(asked, name)) is not None:
            conditions.append(clause)
            values[name] = value
    _seek(conditions, values, after, "r.id")
    rows = db.session.execute(text(f"{_ROUND} WHERE {_all(conditions)} ORDER BY r.id LIMIT :most"), values).all()
    found: Page[Any] = cut(rows, limit, ("id",), after=after, before=None)
    return found


def get_round(round_id: int) -> Any:
    """Return a round as the list has it. Raises `NotFound`."""
    row = db.session.execute(text(f"{_ROUND} WHERE r.id = :id"), {"id": round_id}).one_or_none()
    if row is None:
        raise missing("round")
    return row


_RATING = """
SELECT t.id, t.person_id, c.full_name, c.staff_code, a.name AS agency, g.name AS group_name, t.role, t.mean,
  t.provisional, t.by_points, t.proposed, t.final, t.state, t.reasons, t.published_on, t.superseded_at,
  t.supersedes_id, t.version
FROM ratings t JOIN people_current c ON c.person_id = t.person_id JOIN agencies a ON a.id = t.agency_id
LEFT JOIN rating_groups g ON g.id = t.group_id"""


def list_ratings(round_id: int, me: int | None, after: str | None, limit: int) -> Page[Any]:
    """Return a page of the ratings of a round; one's own (`me`) only once it is published. One statement."""
    conditions = ["t.round_id = :round", "(t.state = 'published' OR t.person_id IS DISTINCT FROM :me)"]
    values: dict[str, Any] = {"most": limit + 1, "round": round_id, "me": me}
    _seek(conditions, values, after, "t.id")
    rows = db.session.execute(text(f"{_RATING} WHERE {_all(conditions)} ORDER BY t.id LIMIT :most"), values).all()
    found: Page[Any] = cut(rows, limit, ("id",), after=after, before=None)
    return found


def _seek(conditions: list[str], values: dict[str, Any], after: str | None, name: str) -> None:
    if after:
        conditions.append(f"{name} > :after")
        values["after"] = typed_values(_ORDER, decode(after, 1))[0]


def _all(conditions: list[str]) -> str:
    return " AND ".join(conditions) or "true"


def points_of(row: Any) -> Mapping[str, Any]:
    """Return the figures of a sheet by name, as an answer holds them."""
    return {
        "quantity": row.quantity, "quality": row.quality, "progress": row.progress, "ratio": row.ratio,
        "general": row.general_points, "result": row.result_points,
    }  # fmt: skip
