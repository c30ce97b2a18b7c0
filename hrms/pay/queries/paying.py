"""Who pays whom on a day: the legal agency of the unit that uses a person, by the tree as it was on that day.

A division pays nobody: the nearest unit above it that is no division does. Who is lent stays on the sender's sheet (the
using membership stays with the sender, NĐ 300/2026/NĐ-CP Đ10–11).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from hrms.core.db import db

DIVISION = "division"
_ALL = text("SELECT id, parent_id, kind, scope_ids FROM agencies")
_DATED = text("""
SELECT f.agency_id, f.valid_from, f.valid_to, f.parent_id, f.kind FROM agency_facts f
WHERE f.superseded_at IS NULL AND f.agency_id IN (
  SELECT agency_id FROM agency_facts WHERE superseded_at IS NULL GROUP BY agency_id
  HAVING count(DISTINCT (kind, parent_id)) > 1)
ORDER BY f.agency_id, f.valid_from
""")
Row = tuple[date, date | None, int | None, str]


@dataclass(slots=True)
class Payers:
    """The tree as it is and as it was; two statements. Answers are kept."""

    now: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    above: dict[int, Sequence[int]] = field(default_factory=dict)
    then: dict[int, list[Row]] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    """The days on which the tree changed in a way that may change who pays."""
    _known: dict[tuple[int, date | None], int] = field(default_factory=dict)
    _paid: dict[date | None, dict[int, list[int]]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Payers:
        """Return the tree the transaction sees."""
        found = cls()
        for ident, parent, kind, scope_ids in db.session.execute(_ALL):
            found.now[ident] = (parent, kind)
            found.above[ident] = scope_ids
        days: set[date] = set()
        for ident, start, end, parent, kind in db.session.execute(_DATED):
            found.then.setdefault(ident, []).append((start, end, parent, kind))
            days |= {day for day in (start, end) if day is not None}
        found.days = tuple(sorted(days))
        return found

    def pays(self, unit: int, day: date) -> int:
        """Return the agency that pays whoever a unit uses on a day."""
        key = (unit, self._moment(day))
        if key not in self._known:
            self._known[key] = self._walk(unit, day)
        return self._known[key]

    def _walk(self, unit: int, day: date) -> int:
        at: int | None = unit
        seen: set[int] = set()
        while at is not None and at in self.now and at not in seen:
            seen.add(at)
            parent, kind = self._on(at, day)
            if kind != DIVISION:
                return at
            at = parent
        return unit

    def _on(self, unit: int, day: date) -> tuple[int | None, str]:
        for start, end, parent, kind in self.then.get(unit, ()):
            if start <= day and (end is None or day < end):
                return parent, kind
        return self.now[unit]

    def units_paid_by(self, agency_ids: Collection[int], first: date, until: date) -> list[int]:
        """Return the units whose people these agencies pay on any day of `[first, until)`."""
        found: dict[int, None] = {}
        for day in (first, *(day for day in self.days if first < day < until)):
            units = self._units(day)
            for agency_id in agency_ids:
                found.update(dict.fromkeys(units.get(agency_id, ())))
        return list(found)

    def _units(self, day: date) -> dict[int, list[int]]:
        moment = self._moment(day)
        if moment not in self._paid:
            by_payer: dict[int, list[int]] = {}
            for unit in self.now:
                by_payer.setdefault(self.pays(unit, day), []).append(unit)
            self._paid[moment] = by_payer
        return self._paid[moment]

    def _moment(self, day: date) -> date | None:
        """Return the last day on or before `day` on which the tree changed: it is the same on both."""
        return max((one for one in self.days if one <= day), default=None)

    def under(self, roots: Collection[int]) -> list[int]:
        """Return the agencies that may pay somebody at or below these roots; 0 is the whole tree."""
        asked = set(roots)
        return [
            unit for unit, (_parent, kind) in self.now.items() if kind != DIVISION and asked & set(self.above[unit])
        ]
