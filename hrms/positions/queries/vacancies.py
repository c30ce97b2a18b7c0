"""Free seats: which lines have any today, since when, who might take them; and which seats become free soon.

Which seats are free is told by `queries.establishment`, the same as on every other page. What a page adds to its rows
(since when, whom one might think of) is read for those rows alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Date

from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, decode_ids, encode, typed_values
from hrms.positions.queries.part import INSIDE, Part
from hrms.positions.rules.tree import Establishment, LineFigures

MONTHS = (3, 6, 12, 24)
"""How far ahead seats that become free are listed."""
EVERY = 50_000
_ORDER = ((column("free_on", Date()), False), (column("line_id", BigInteger()), False))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; None for any."""

    kind: str | None = None
    group: str | None = None
    position_id: int | None = None

    def take(self, one: LineFigures) -> bool:
        """Say whether a line is asked for."""
        line = one.line
        return (
            (self.kind is None or line.kind == self.kind)
            and (self.group is None or line.group == self.group)
            and (self.position_id is None or line.position_id == self.position_id)
        )


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A line with free seats; `recruiting` and `proposed` are seats kept, which are not among the free.

    `above` is the agency above the line's. `since`: the day from which the line had a seat more than before, or one
    holder less; None where neither is known.
    `suggested`: people without a seat who work there, of the same quota, with a rank the position takes.
    """

    line_id: int
    agency_id: int
    agency: str
    above: str
    position_id: int
    position: str
    kind: str
    group: str
    code: str | None
    seats: int
    free: int
    recruiting: int
    proposed: int
    since: date | None = None
    suggested: int = 0


@dataclass(frozen=True, slots=True)
class Vacancies:
    """A page of vacancies, how many lines have free seats, and how many seats those are by kind of quota."""

    page: Page[Vacancy]
    lines: int
    seats: dict[str, int]


_SINCE = text("""
SELECT line_id, max(day) AS since FROM (
  SELECT m.line_id, m.effective_on AS day FROM quota_movements m
  WHERE m.line_id = ANY (:lines) AND m.amount > 0 AND NOT m.reserve AND m.effective_on <= :day
  UNION ALL
  SELECT t.line_id, t.valid_to FROM seats_taken(CAST(:lines AS bigint[]), '1900-01-01', :day) t
  WHERE t.valid_to <= :day) e
GROUP BY line_id
""")
_SUGGESTED = text("""
SELECT l.id AS line_id, count(*) AS people FROM establishment_lines l
JOIN agencies a ON a.id = l.agency_id JOIN job_positions j ON j.id = l.position_id
JOIN staff_at(:day) s ON s.line_id IS NULL AND s.quota_kind = l.quota_kind
JOIN agencies w ON w.id = s.agency_id AND (w.scope_ids @> a.scope_ids OR a.scope_ids @> w.scope_ids)
WHERE l.id = ANY (:lines) AND (j.ranks = '{}' OR s.rank_code = ANY (j.ranks))
GROUP BY l.id
""")


def list_vacancies(found: Establishment, asked: Filters, *, after: str | None = None, limit: int = LIMIT) -> Vacancies:
    """Return a page of the lines that have free seats, in the order of tree and catalogue; two statements."""
    order = {agency_id: number for number, agency_id in enumerate(found.nodes)}
    keyed = sorted(
        (
            ((order[one.line.agency_id], one.line.place, one.line.id), one)
            for one in found.lines.values()
            if one.figures.vacant and asked.take(one)
        ),
        key=lambda pair: pair[0],
    )
    start = bisect_right([key for key, _one in keyed], tuple(decode_ids(after, 3))) if after else 0
    shown = keyed[start : start + limit]
    rows = [_vacancy(found, one) for _key, one in shown]
    more = len(keyed) > start + limit
    seats: dict[str, int] = {}
    for _key, one in keyed:
        seats[one.line.kind.value] = seats.get(one.line.kind.value, 0) + one.figures.vacant
    page = Page(_completed(rows, found.day), encode(shown[-1][0]) if more else None)
    return Vacancies(page, len(keyed), seats)


def _vacancy(found: Establishment, one: LineFigures) -> Vacancy:
    line, figures = one.line, one.figures
    parent = found.nodes[line.agency_id].parent_id
    above = found.nodes[parent] if parent is not None else None
    return Vacancy(
        line.id, line.agency_id, found.nodes[line.agency_id].name, above.name if above and above.level else "",
        line.position_id, line.name, line.kind.value, line.group.value, line.code, figures.assigned, figures.vacant,
        figures.recruiting, one.proposed,
    )  # fmt: skip


def _completed(rows: Sequence[Vacancy], day: date) -> list[Vacancy]:
    if not rows:
        return []
    given = {"lines": [row.line_id for row in rows], "day": day}
    since = {row.line_id: row.since for row in db.session.execute(_SINCE, given)}
    suggested = {row.line_id: row.people for row in db.session.execute(_SUGGESTED, given)}
    return [replace(row, since=since.get(row.line_id), suggested=suggested.get(row.line_id, 0)) for row in rows]


# Whoever sits there reaches the age, or their assignment ends, unless somebody follows who has no other day to go.
_COMING = """
WITH leaving AS MATERIALIZED (
  SELECT s.line_id, s.person_id, s.retires_on + 1 AS free_on, 'retirement' AS why
  FROM staff_at(:day) s WHERE s.line_id IS NOT NULL AND s.retires_on >= :day AND s.retires_on < :until
), ending AS MATERIALIZED (
  SELECT t.line_id, t.person_id, t.valid_to AS free_on, 'end' AS why
  FROM seats_taken(ARRAY(
    SELECT l.id FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id AND {inside}), :day, :until) t
  WHERE t.role IN ('main', 'concurrent') AND t.valid_from <= :day AND t.valid_to > :day AND t.valid_to < :until
), coming AS (
  SELECT line_id, min(free_on) AS free_on, count(*) AS seats,
    count(*) FILTER (WHERE why = 'retirement') AS retirements
  FROM (SELECT DISTINCT ON (line_id, person_id) * FROM (SELECT * FROM leaving UNION ALL SELECT * FROM ending) b
        ORDER BY line_id, person_id, free_on) one GROUP BY line_id
), found AS MATERIALIZED (
  SELECT c.line_id, c.free_on, c.seats, c.retirements, l.agency_id, a.name AS agency, coalesce(u.name, '') AS above,
    l.position_id, j.name AS position, l.quota_kind AS kind, j.position_group AS "group", l.code
  FROM coming c JOIN establishment_lines l ON l.id = c.line_id JOIN agencies a ON a.id = l.agency_id AND {inside}
  JOIN job_positions j ON j.id = l.position_id LEFT JOIN agencies u ON u.id = a.parent_id AND u.depth > 0
  WHERE {conditions}
), counted AS (SELECT count(*) AS everything FROM found), shown AS (
  SELECT * FROM found {seek} ORDER BY free_on, line_id LIMIT :limit)
SELECT counted.everything, shown.* FROM counted LEFT JOIN shown ON true ORDER BY free_on, line_id
"""


def list_coming(
    part: Part, day: date, months: int, asked: Filters, *, after: str | None = None, limit: int = LIMIT
) -> tuple[Page[Any], int]:
    """Return a page of the lines where seats become free within some months, the soonest first; one statement.

    A seat is free from the day after retirement, or from the day an assignment ends.
    """
    values: dict[str, Any] = {**part.params, "day": day, "until": add_months(day, months), "limit": limit + 1}
    conditions = ["true"]
    for condition, name, value in (
        ("l.quota_kind = :kind", "kind", asked.kind),
        ("j.position_group = :group", "group", asked.group),
        ("l.position_id = :position", "position", asked.position_id),
    ):
        if value is not None:
            conditions.append(condition)
            values[name] = value
    seek = ""
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_on": last[0], "after_id": last[1]}
        seek = "WHERE (free_on, line_id) > (:after_on, :after_id)"
    statement = text(_COMING.format(inside=INSIDE, conditions=" AND ".join(conditions), seek=seek))
    rows = db.session.execute(statement, values).all()
    lines = [row for row in rows if row.line_id is not None]
    return cut(lines, limit, ("free_on", "line_id"), after=after, before=None), rows[0].everything
