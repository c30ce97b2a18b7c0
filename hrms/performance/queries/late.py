"""What is late in a part of the tree: products, sheets, publications, rounds; petitions near their day.

Each thing stands once: a sheet that nobody scored by its day is no longer counted with those that wait for their owner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Date, Text

from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.core.rules import N_
from hrms.performance.rules.rounds import BEFORE_DECISION, settle_by
from hrms.positions.queries.part import INSIDE, PLACE, Part

KINDS: Mapping[str, str] = {
    "item": N_("Sản phẩm quá hạn chưa xác nhận"),
    "self": N_("Phiếu quá hạn tự chấm"),
    "score": N_("Phiếu quá hạn chấm"),
    "publish": N_("Kỳ quá hạn công khai"),
    "round": N_("Đợt xếp loại quá hạn"),
    "petition": N_("Kiến nghị đến hạn trả lời"),
}
SOON_DAYS = 3
"""So many days before its day a petition is put on the board."""
EVERYTHING = 100_000
_ORDER = (
    (column("due_on", Date()), False), (column("kind", Text()), False), (column("id", BigInteger()), False),
)  # fmt: skip
_LATE = """late AS (
  SELECT 'item' AS kind, i.id, i.due_on, i.person_id, s.agency_id, i.title AS what, s.year, s.kind AS period,
    s.number, 1 AS things
  FROM work_items i JOIN score_sheets s ON s.id = i.sheet_id AND s.state <> 'published' AND s.superseded_at IS NULL
  WHERE i.state = 'given' AND i.done IS NULL AND i.due_on < :today
  UNION ALL
  SELECT CASE WHEN p.score_due_on < :today THEN 'score' ELSE 'self' END, s.id,
    CASE WHEN p.score_due_on < :today THEN p.score_due_on ELSE p.self_due_on END, s.person_id, s.agency_id, NULL,
    s.year, s.kind, s.number, 1
  FROM score_sheets s JOIN scoring_periods p ON p.id = s.period_id
  WHERE s.superseded_at IS NULL AND ((s.state IN ('open', 'returned') AND p.self_due_on < :today)
    OR (s.state = 'self_scored' AND p.score_due_on < :today))
  UNION ALL
  SELECT 'publish', p.id, p.score_due_on, NULL, p.agency_id, NULL, p.year, p.kind, p.number, count(*)::integer
  FROM scoring_periods p JOIN score_sheets s ON s.period_id = p.id AND s.superseded_at IS NULL AND s.state = 'scored'
  WHERE p.score_due_on < :today GROUP BY p.id
  UNION ALL
  SELECT 'round', r.id, CASE WHEN r.state = 'published' THEN make_date(r.year + 1, :month, :day) ELSE r.due_on END,
    NULL, r.agency_id, r.state, r.year, NULL, NULL, 1
  FROM rating_rounds r
  WHERE (r.state = ANY (:open) AND r.due_on < :today)
    OR (r.state = 'published' AND make_date(r.year + 1, :month, :day) < :today)
  UNION ALL
  SELECT 'petition', p.id, p.due_on, p.person_id, p.agency_id, NULL, t.year, NULL, NULL, 1
  FROM petitions p JOIN ratings t ON t.id = p.rating_id WHERE p.state = 'open' AND p.due_on <= :soon
)"""


@dataclass(frozen=True, slots=True)
class Unit:
    """An agency right under the part's top, with how much of each kind is late there."""

    id: int
    name: str
    counts: Mapping[str, int]

    @property
    def all(self) -> int:
        """Return how much there is."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is late, by kind and by agency; most first."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    units: Sequence[Unit] = ()

    @property
    def all(self) -> int:
        """Return how much there is."""
        return sum(self.kinds.values())


def _values(part: Part, today: date) -> dict[str, Any]:
    last = settle_by(today.year)
    return {
        **part.params, "today": today, "soon": today + timedelta(days=SOON_DAYS), "month": last.month, "day": last.day,
        "open": sorted(one.value for one in BEFORE_DECISION),
    }  # fmt: skip


def count_late(part: Part, today: date) -> Counts:
    """Return how much is late in a part; one statement."""
    rows = db.session.execute(
        text(f"""
WITH {_LATE}, placed AS (
  SELECT l.kind, {PLACE} AS place_id FROM late l JOIN agencies a ON a.id = l.agency_id AND {INSIDE})
SELECT p.place_id, a.name, p.kind, count(*)::integer AS things
FROM placed p LEFT JOIN agencies a ON a.id = p.place_id GROUP BY p.place_id, a.name, p.kind"""),  # noqa: S608 - parts of this program
        _values(part, today),
    ).all()
    kinds = {kind: sum(row.things for row in rows if row.kind == kind) for kind in KINDS}
    units: dict[int, dict[str, int]] = {}
    names: dict[int, str] = {}
    for row in rows:
        units.setdefault(row.place_id, {})[row.kind] = row.things
        names[row.place_id] = row.name or ""
    made = [Unit(key, names[key], {kind: found.get(kind, 0) for kind in KINDS}) for key, found in units.items()]
    return Counts(kinds, sorted(made, key=lambda one: (-one.all, one.name)))


def list_late(
    part: Part, today: date, kind: str | None = None, *, after: str | None = None, limit: int = LIMIT
) -> Page[Any]:
    """Return a page of what is late, the longest overdue first; one statement."""
    values = _values(part, today) | {"most": limit + 1, "kind": kind}
    seek = ""
    if after:
        last = typed_values(_ORDER, decode(after, 3))
        values |= {"after_day": last[0], "after_kind": last[1], "after_id": last[2]}
        seek = (
            'AND (l.due_on, l.kind COLLATE "C", l.id) > (:after_day, CAST(:after_kind AS text) COLLATE "C", :after_id)'
        )
    rows = db.session.execute(
        text(f"""
WITH {_LATE}, chosen AS (
  SELECT l.* , a.name AS agency FROM late l JOIN agencies a ON a.id = l.agency_id AND {INSIDE}
  WHERE (CAST(:kind AS text) IS NULL OR l.kind = :kind) {seek}
  ORDER BY l.due_on, l.kind COLLATE "C", l.id LIMIT :most)
SELECT l.*, c.full_name, c.staff_code FROM chosen l LEFT JOIN people_current c ON c.person_id = l.person_id
ORDER BY l.due_on, l.kind COLLATE "C", l.id"""),  # noqa: S608 - parts of this program
        values,
    ).all()
    found: Page[Any] = cut(rows, limit, ("due_on", "kind", "id"), after=after, before=None)
    return found
