"""Lists of score sheets: by period, part of the tree, state and class; one's own; periods with how far they are.

Read under the reader's own scope. The class is by the points alone, with the thresholds in force at the period's end.
What the authority gave the reader themself is left out everywhere until it is published, whatever else they may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Text

from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.core.text import search_query
from hrms.positions.queries.part import INSIDE, Part

EVERYBODY = 100_000
CHOICES = 48
_ORDER = ((column("sort_key", Text()), False), (column("id", BigInteger()), False))
_LAST = "last_day_of(s.year, s.kind, s.number)"
TOLD = "(s.state = 'published' OR s.person_id IS DISTINCT FROM (SELECT hrms_person()))"
"""SQL: whether the points of a sheet `s` are the reader's to see: others', and one's own once they are published."""
RATED = f"""CASE WHEN s.score IS NULL OR v.thresholds IS NULL OR NOT {TOLD} THEN NULL
    WHEN s.score >= (v.thresholds ->> 'excellent')::numeric THEN 'excellent'
    WHEN s.score >= (v.thresholds ->> 'good')::numeric THEN 'good'
    WHEN s.score >= (v.thresholds ->> 'satisfactory')::numeric THEN 'satisfactory' ELSE 'unsatisfactory' END"""
"""SQL: the class by the points of a sheet `s` with the version `v` of its criteria."""
_VERSION = f"""LEFT JOIN criteria_versions v ON v.set_id = s.set_id AND v.superseded_at IS NULL
    AND v.thresholds <> '{{}}' AND v.valid_from <= {_LAST} AND (v.valid_to IS NULL OR v.valid_to > {_LAST})"""


def _told(name: str) -> str:
    return f"CASE WHEN {TOLD} THEN s.{name} END AS {name}"


_SHOWN = f"""s.id, s.person_id, c.full_name, c.sort_key, c.staff_code, coalesce(c.post_name, c.job_position) AS post,
    a.name AS agency, s.year, s.kind, s.number, s.state, s.role, s.source, s.self_score,
    {_told("general_points")}, {_told("result_points")}, {_told("score")}, s.published_on, s.self_at, p.self_due_on,
    p.score_due_on, {RATED} AS rating"""
_FROM = f"""FROM score_sheets s JOIN people_current c ON c.person_id = s.person_id
    JOIN agencies a ON a.id = s.agency_id
    LEFT JOIN scoring_periods p ON p.id = s.period_id {_VERSION}"""


@dataclass(frozen=True, slots=True)
class When:
    """A month or a quarter."""

    year: int
    kind: str
    number: int

    @property
    def key(self) -> str:
        """Return how an address names it: 2026-m10, 2026-q3."""
        return f"{self.year}-{self.kind[0]}{self.number}"


@dataclass(frozen=True, slots=True)
class SheetFilters:
    """What a list of sheets is narrowed to; None and "" for any."""

    when: When | None = None
    state: str | None = None
    rating: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sheets:
    """A page of sheets and how many there are in all."""

    page: Page[Any]
    everybody: int


def list_choices() -> Sequence[When]:
    """Return the months and quarters that were opened or taken in, newest first; one statement."""
    rows = db.session.execute(
        text(
            "SELECT DISTINCT year, kind, number, CASE kind WHEN 'month' THEN number ELSE number * 3 END AS month"
            " FROM scoring_periods ORDER BY year DESC, month DESC, kind LIMIT :most"
        ),
        {"most": CHOICES},
    )
    return [When(row.year, row.kind, row.number) for row in rows]


def _narrowed(asked: SheetFilters) -> tuple[str, dict[str, Any]]:
    conditions, values = ["s.superseded_at IS NULL"], dict[str, Any]()
    if asked.when is not None:
        conditions.append("s.year = :year AND s.kind = :kind AND s.number = :number")
        values |= {"year": asked.when.year, "kind": asked.when.kind, "number": asked.when.number}
    if asked.state:
        conditions.append("s.state = :state")
        values["state"] = asked.state
    if asked.rating:
        conditions.append(f"({RATED}) = :rating")
        values["rating"] = asked.rating
    if asked.words:
        exact, folded = search_query(asked.words)
        named = []
        for name, value in (("folded", folded), ("exact", exact)):
            if value:
                named.append(f"c.search_words @@ to_tsquery('simple', :{name})")
                values[name] = value
        conditions.append(f"(({' AND '.join(named) or 'false'}) OR c.staff_code = :code)")
        values["code"] = asked.words.strip().upper()
    return " AND ".join(conditions), values


def list_sheets(part: Part, asked: SheetFilters, *, after: str | None = None, limit: int = LIMIT) -> Sheets:
    """Return a page of the sheets of a part by name, and how many there are; two statements."""
    conditions, values = _narrowed(asked)
    seek = ""
    values |= part.params
    found = f"{_FROM} WHERE {INSIDE} AND {conditions}"
    everybody = int(db.session.execute(text(f"SELECT count(*) {found}"), values).scalar_one())
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_key": last[0], "after_id": last[1]}
        seek = "AND (c.sort_key, s.id) > (:after_key, :after_id)"
    rows = db.session.execute(
        text(f"SELECT {_SHOWN} {found} {seek} ORDER BY c.sort_key, s.id LIMIT :most"), {**values, "most": limit + 1}
    ).all()
    return Sheets(cut(rows, limit, ("sort_key", "id"), after=after, before=None), everybody)


def list_own(person_id: int) -> Sequence[Any]:
    """Return somebody's own sheets, newest first; one statement."""
    return db.session.execute(
        text(
            f"SELECT {_SHOWN} {_FROM} WHERE s.person_id = :me AND s.superseded_at IS NULL"
            " ORDER BY s.year DESC, CASE s.kind WHEN 'month' THEN s.number ELSE s.number * 3 END DESC, s.kind LIMIT 60"
        ),
        {"me": person_id},
    ).all()


def list_by_ids(sheet_ids: Sequence[int]) -> Sequence[Any]:
    """Return sheets by id in the order given; one statement."""
    return db.session.execute(
        text(
            f"SELECT {_SHOWN} {_FROM} JOIN unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS w(id, place)"
            " ON w.id = s.id ORDER BY w.place"
        ),
        {"ids": list(sheet_ids)},
    ).all()


def list_of_authority(agency_ids: Sequence[int], when: When) -> Sequence[Any]:
    """Return the sheets of a month that these agencies' heads score, by unit and name; one statement."""
    return db.session.execute(
        text(
            f"SELECT {_SHOWN} {_FROM} WHERE s.authority_id = ANY (:agencies) AND s.superseded_at IS NULL"
            " AND s.year = :year AND s.kind = :kind AND s.number = :number"
            " ORDER BY a.sort_key, a.id, c.sort_key, s.id LIMIT 500"
        ),
        {"agencies": list(agency_ids), "year": when.year, "kind": when.kind, "number": when.number},
    ).all()


_COUNTS = f"""count(s.id) AS sheets, count(s.id) FILTER (WHERE s.state IN ('open', 'returned')) AS with_owner,
  count(s.id) FILTER (WHERE s.state = 'self_scored') AS to_score,
  count(s.id) FILTER (WHERE s.state = 'scored') AS scored,
  count(s.id) FILTER (WHERE s.state = 'published') AS published,
  avg(s.score) FILTER (WHERE s.state IN ('scored', 'published') AND {TOLD}) AS mean"""


def list_periods(part: Part, when: When | None, state: str | None, *, limit: int = 300) -> Sequence[Any]:
    """Return the periods of a part with how far their sheets are, newest first; one statement."""
    conditions, values = "", dict[str, Any](part.params)
    if when is not None:
        conditions += " AND p.year = :year AND p.kind = :kind AND p.number = :number"
        values |= {"year": when.year, "kind": when.kind, "number": when.number}
    if state:
        conditions += " AND p.state = :state"
        values["state"] = state
    return db.session.execute(
        text(f"""
SELECT p.id, p.year, p.kind, p.number, p.state, p.self_due_on, p.score_due_on, p.starts_on, p.ends_on,
  a.name AS agency, {_COUNTS}
FROM scoring_periods p JOIN agencies a ON a.id = p.agency_id AND {INSIDE}
LEFT JOIN score_sheets s ON s.period_id = p.id AND s.superseded_at IS NULL
WHERE true{conditions}
GROUP BY p.id, a.id
ORDER BY p.year DESC, CASE p.kind WHEN 'month' THEN p.number ELSE p.number * 3 END DESC, a.sort_key, p.id
LIMIT :most"""),  # noqa: S608 - parts of this program
        {**values, "most": limit},
    ).all()


def list_units(period_id: int) -> Sequence[Any]:
    """Return how far the sheets of a period are, by the unit people work in; one statement."""
    return db.session.execute(
        text(f"""
SELECT a.id, a.name, {_COUNTS} FROM score_sheets s JOIN agencies a ON a.id = s.agency_id
WHERE s.period_id = :period AND s.superseded_at IS NULL GROUP BY a.id ORDER BY a.depth, a.sort_key, a.id"""),  # noqa: S608 - parts of this program
        {"period": period_id},
    ).all()


def list_of_period(period_id: int, *, after: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return a page of the sheets of a period by name; one statement."""
    values: dict[str, Any] = {"period": period_id, "most": limit + 1}
    seek = ""
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_key": last[0], "after_id": last[1]}
        seek = "AND (c.sort_key, s.id) > (:after_key, :after_id)"
    rows = db.session.execute(
        text(
            f"SELECT {_SHOWN} {_FROM} WHERE s.period_id = :period AND s.superseded_at IS NULL {seek}"
            " ORDER BY c.sort_key, s.id LIMIT :most"
        ),
        values,
    ).all()
    found: Page[Any] = cut(rows, limit, ("sort_key", "id"), after=after, before=None)
    return found


def landing_counts(part: Part, today: date) -> Any:
    """Return what HR sees first: open periods, sheets by state, late ones; one statement."""
    return db.session.execute(
        text(f"""
SELECT count(DISTINCT p.id) AS periods, {_COUNTS},
  count(s.id) FILTER (WHERE s.state IN ('open', 'returned') AND p.self_due_on < :today) AS late_self,
  count(s.id) FILTER (WHERE s.state IN ('open', 'returned', 'self_scored') AND p.score_due_on < :today)
    AS late_score
FROM scoring_periods p JOIN agencies a ON a.id = p.agency_id AND {INSIDE}
LEFT JOIN score_sheets s ON s.period_id = p.id AND s.superseded_at IS NULL
WHERE p.state = 'open'"""),  # noqa: S608 - parts of this program
        {**part.params, "today": today},
    ).one()
