"""The wave of retirement: who reaches the age in which year, of which quota, where, and which seats that frees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Date

from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.positions.queries.part import INSIDE, PLACE, Part
from hrms.positions.rules.kinds import QuotaKind

YEARS = 10
OVERDUE = 0
"""The year of those who have reached the age and are still in service."""
EVERYBODY = 50_000
_ORDER = ((column("retires_on", Date()), False), (column("person_id", BigInteger()), False))

_LEAVING = f"""
SELECT s.person_id, s.quota_kind, s.retires_on, s.line_id, s.agency_id, l.position_id, {PLACE} AS place_id,
  CASE WHEN s.retires_on < :day THEN 0 ELSE extract(year FROM s.retires_on)::integer END AS year
FROM staff_at(:day) s JOIN agencies a ON a.id = s.agency_id AND {INSIDE}
LEFT JOIN establishment_lines l ON l.id = s.line_id
WHERE s.retires_on < :until
"""  # noqa: S608 - parts of this program
_WAVE = text(f"""
WITH leaving AS MATERIALIZED ({_LEAVING})
SELECT year, quota_kind, place_id, position_id, count(*) AS people, count(line_id) AS seats,
  CASE WHEN grouping(place_id) = 0 THEN 'place' WHEN grouping(position_id) = 0 THEN 'position' ELSE 'year' END AS by
FROM leaving
GROUP BY GROUPING SETS ((year, quota_kind), (year, quota_kind, place_id), (year, quota_kind, position_id))
""")  # noqa: S608 - parts of this program
_NAMES = text("""
SELECT 'place' AS of, id, name, order_no, sort_key FROM agencies WHERE id = ANY (:places)
UNION ALL SELECT 'position', id, name, 0, sort_key FROM job_positions WHERE id = ANY (:positions)
""")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of the wave: people by year; `seats` those of them who leave a seat of a line free.

    `id` is None for those who have no seat.
    """

    id: int | None
    name: str
    people: Mapping[int, int]
    seats: int

    @property
    def total(self) -> int:
        """Return everybody of the line."""
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class Wave:
    """The wave from a day on: `years` in order (`OVERDUE` is kept apart), and by quota kind the people of each year."""

    years: Sequence[int]
    people: Mapping[QuotaKind, Mapping[int, int]]
    seats: Mapping[QuotaKind, Mapping[int, int]]
    places: Mapping[QuotaKind, Sequence[Row]] = field(default_factory=dict)
    positions: Mapping[QuotaKind, Sequence[Row]] = field(default_factory=dict)

    def of(self, kind: QuotaKind, year: int) -> int:
        """Return how many of a quota kind reach the age in a year."""
        return self.people.get(kind, {}).get(year, 0)

    def total(self, kind: QuotaKind) -> int:
        """Return how many of a quota kind reach the age within the years, those beyond it already included."""
        return sum(self.people.get(kind, {}).values())


def last_day(day: date) -> date:
    """Return the first day after the wave: the rest of the year of `day`, and ten years more."""
    return date(day.year + YEARS + 1, 1, 1)


def wave(part: Part, day: date) -> Wave:
    """Return the wave of a part of the tree as at a day; two statements."""
    rows = db.session.execute(_WAVE, {**part.params, "day": day, "until": last_day(day)}).all()
    people: dict[QuotaKind, dict[int, int]] = defaultdict(dict)
    seats: dict[QuotaKind, dict[int, int]] = defaultdict(dict)
    tables: dict[tuple[str, QuotaKind], dict[int | None, tuple[dict[int, int], list[int]]]] = defaultdict(dict)
    for row in rows:
        kind = QuotaKind(row.quota_kind)
        if row.by == "year":
            people[kind][row.year], seats[kind][row.year] = row.people, row.seats
            continue
        key = row.place_id if row.by == "place" else row.position_id
        by_year, freed = tables[row.by, kind].setdefault(key, ({}, []))
        by_year[row.year] = row.people
        freed.append(row.seats)
    names = _names(rows)
    return Wave(
        range(day.year, day.year + YEARS + 1), people, seats,
        {kind: _table(tables["place", kind], names["place"]) for kind in QuotaKind},
        {kind: _by_people(_table(tables["position", kind], names["position"])) for kind in QuotaKind},
    )  # fmt: skip


def _names(rows: Sequence[Any]) -> Mapping[str, Mapping[int, tuple[str, Any]]]:
    given = {
        "places": sorted({row.place_id for row in rows if row.place_id}),
        "positions": sorted({row.position_id for row in rows if row.position_id}),
    }
    found: dict[str, dict[int, tuple[str, Any]]] = {"place": {}, "position": {}}
    for row in db.session.execute(_NAMES, given):
        found[row.of][row.id] = (row.name, (row.order_no, row.sort_key, row.id))
    return found


def _table(
    found: Mapping[int | None, tuple[Mapping[int, int], Sequence[int]]], names: Mapping[int, tuple[str, Any]]
) -> list[Row]:
    known = [key for key in found if key is not None and key in names]
    ordered = sorted(known, key=lambda key: names[key][1])
    rows = [Row(key, names[key][0], found[key][0], sum(found[key][1])) for key in ordered]
    if None in found:
        rows.append(Row(None, "", found[None][0], sum(found[None][1])))
    return rows


def _by_people(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.id is None, -row.total))


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose names are asked for; None for any. `position_id` 0: those without a seat."""

    kind: QuotaKind | None = None
    year: int | None = None
    place_id: int | None = None
    position_id: int | None = None


def list_leavers(
    part: Part, day: date, asked: Asked, *, after: str | None = None, limit: int = LIMIT
) -> tuple[Page[Any], int]:
    """Return a page of those who reach the age, the soonest first, and how many there are; one statement.

    Whom the reader may not see by name is counted, not listed.
    """
    conditions = ["true"]
    values: dict[str, Any] = {**part.params, "day": day, "until": last_day(day), "limit": limit + 1}
    for condition, name, value in (
        ("x.quota_kind = :kind", "kind", asked.kind),
        ("x.year = :year", "year", asked.year),
        ("x.place_id = :place", "place", asked.place_id),
        ("coalesce(x.position_id, 0) = :position", "position", asked.position_id),
    ):
        if value is not None:
            conditions.append(condition)
            values[name] = value
    seek = ""
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_on": last[0], "after_id": last[1]}
        seek = "WHERE (m.retires_on, m.person_id) > (:after_on, :after_id)"
    statement = text(f"""
      WITH found AS MATERIALIZED (SELECT * FROM ({_LEAVING}) x WHERE {" AND ".join(conditions)}),
      counted AS (SELECT count(*) AS everybody FROM found),
      shown AS (
        SELECT m.*, c.full_name, c.staff_code, c.birth_date, c.sex, w.name AS agency, j.name AS position
        FROM found m JOIN people_current c ON c.person_id = m.person_id JOIN agencies w ON w.id = m.agency_id
        LEFT JOIN job_positions j ON j.id = m.position_id
        {seek} ORDER BY m.retires_on, m.person_id LIMIT :limit)
      SELECT counted.everybody, shown.* FROM counted LEFT JOIN shown ON true ORDER BY retires_on, person_id
    """)  # noqa: S608 - the conditions are this program's own
    rows = db.session.execute(statement, values).all()
    people = [row for row in rows if row.person_id is not None]
    return cut(people, limit, ("retires_on", "person_id"), after=after, before=None), rows[0].everybody
