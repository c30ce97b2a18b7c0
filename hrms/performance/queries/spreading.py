"""How points and classes are spread over a part of the tree: by agency, sex, age, role, group of positions.

Nothing leaves this module but tables that went through `rules.hiding`: pages, files and JSON show the same. Sheets are
counted where the person worked then, with the points of the authority; ratings with the class that stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import settings
from hrms.core.actor import EVERYTHING
from hrms.core.db import db
from hrms.core.rules import N_
from hrms.performance.queries.sheet_lists import When
from hrms.performance.rules import hiding
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.hiding import Groups, Row, Table
from hrms.performance.rules.numbers import half_up
from hrms.positions.queries.part import INSIDE, Part

CLASSES = tuple(RatingClass)
BANDS: tuple[str, ...] = (
    N_("Dưới 50"), N_("50 đến dưới 70"), N_("70 đến dưới 80"), N_("80 đến dưới 90"), N_("Từ 90"),
)  # fmt: skip
"""Bands of points; compared unrounded, so that 89.996 is below 90."""
DIMENSIONS: Mapping[str, str] = {
    "place": N_("Theo cơ quan, đơn vị"), "sex": N_("Theo giới tính"), "age": N_("Theo độ tuổi"),
    "role": N_("Theo chức trách"), "position": N_("Theo nhóm vị trí việc làm"),
}  # fmt: skip
AGES: Mapping[str, str] = {
    "30": N_("Từ 30 tuổi trở xuống"), "40": N_("31–40 tuổi"), "50": N_("41–50 tuổi"), "60": N_("Từ 51 tuổi"),
    "?": N_("Chưa rõ tuổi"),
}  # fmt: skip
_BAND = """CASE WHEN s.score < 50 THEN 0 WHEN s.score < 70 THEN 1 WHEN s.score < 80 THEN 2 WHEN s.score < 90 THEN 3
  ELSE 4 END"""
_CLASS = "array_position(CAST(:classes AS text[]), coalesce(s.final, s.by_points)) - 1"
_AGE = """CASE WHEN c.born_on IS NULL THEN '?' WHEN :year - extract(year FROM c.born_on) <= 30 THEN '30'
  WHEN :year - extract(year FROM c.born_on) <= 40 THEN '40' WHEN :year - extract(year FROM c.born_on) <= 50 THEN '50'
  ELSE '60' END"""


@dataclass(frozen=True, slots=True)
class Of:
    """What is spread: the points of a month or a quarter, or the classes of a year (`when` None)."""

    year: int
    when: When | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the words of the columns."""
        return tuple(CLASS_LABELS[one] for one in CLASSES) if self.when is None else BANDS

    @property
    def values(self) -> dict[str, Any]:
        """Return what the statements take."""
        given: dict[str, Any] = {"year": self.year}
        if self.when is None:
            return given | {"classes": [one.value for one in CLASSES]}
        return given | {"kind": self.when.kind, "number": self.when.number}

    @property
    def source(self) -> str:
        """Return the rows as SQL: `person_id, agency_id, role, points, cell`."""
        if self.when is None:
            return f"""SELECT s.person_id, s.agency_id, s.role, s.mean AS points, {_CLASS} AS cell FROM ratings s
  WHERE s.year = :year AND s.superseded_at IS NULL AND coalesce(s.final, s.by_points) IS NOT NULL"""  # noqa: S608 - parts of this program
        return f"""SELECT s.person_id, s.agency_id, s.role, s.score AS points, {_BAND} AS cell FROM score_sheets s
  WHERE s.year = :year AND s.kind = :kind AND s.number = :number AND s.superseded_at IS NULL
    AND s.state IN ('scored', 'published')"""  # noqa: S608 - parts of this program


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table as shown, with its words and the mean of its points (two decimals, half up)."""

    row: Row
    names: tuple[str, ...]
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class Section:
    """A table of one dimension."""

    key: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Spread:
    """Everything a page of the spread shows; `columns` and `totals` are the same in every section.

    `kept_back`: why there is nothing: "few" people, or "beside" an agency with too few; "" otherwise.
    """

    of: Of
    columns: Groups
    totals: tuple[int, ...]
    people: int
    mean: Decimal | None
    sections: Sequence[Section]
    least: int
    kept_back: str = ""

    @property
    def hides(self) -> bool:
        """Say whether anything was hidden or counted together."""
        merged = any(len(one) > 1 for one in self.columns)
        lines = [line for section in self.sections for line in section.lines]
        return merged or any(line.row.hides or len(line.row.keys) > 1 for line in lines)


def newest_scored() -> When | None:
    """Return the newest month or quarter in which somebody the reader sees has points; one statement."""
    row = db.session.execute(
        text("""
SELECT p.year, p.kind, p.number FROM scoring_periods p
WHERE EXISTS (SELECT 1 FROM score_sheets s WHERE s.period_id = p.id AND s.state IN ('scored', 'published'))
ORDER BY p.year DESC, CASE p.kind WHEN 'month' THEN p.number ELSE p.number * 3 END DESC, p.kind LIMIT 1""")
    ).first()
    return When(row.year, row.kind, row.number) if row else None


def list_years() -> Sequence[int]:
    """Return the years with rounds the reader may see, newest first; one statement."""
    rows = db.session.scalars(text("SELECT DISTINCT year FROM rating_rounds ORDER BY 1 DESC LIMIT 12"))
    return [int(one) for one in rows]


@dataclass(slots=True)
class _Counted:
    """Counts by column, with people who have points and their sum."""

    cells: list[int]
    scored: int = 0
    points: Decimal = Decimal(0)

    def add(self, row: Any) -> None:
        self.cells[row.cell] += row.people
        self.scored += row.scored
        self.points += row.points or Decimal(0)

    def take(self, other: _Counted) -> None:
        self.cells = [one + more for one, more in zip(self.cells, other.cells, strict=True)]
        self.scored += other.scored
        self.points += other.points

    @property
    def mean(self) -> Decimal | None:
        return half_up(self.points / self.scored, 2) if self.scored else None


def spread(top: Part, part: Part, of: Of, words: Mapping[str, Mapping[str, str]]) -> Spread:
    """Return how points or classes are spread over `part`, a branch of the reader's whole `top`; four statements.

    `words` are the names of sexes, roles and groups of positions. A branch is shown as far as the tables above it
    allow, so that no count can be worked out by taking one page from another.
    """
    least = int(settings.get("performance.hidden_below"))
    nothing = Spread(of, hiding.apart(len(of.labels)), (), 0, None, (), least)
    by_agency = _by_agency(top, of)
    chain = _chain(top, part)
    columns = nothing.columns
    found: Table | None = None
    for place, above in enumerate(chain):
        counted = _at(by_agency, above, top)
        found = hiding.table({str(key): one.cells for key, one in counted.items()}, len(of.labels), least, columns)
        if found is None:
            return Spread(of, columns, (), 0, None, (), least, "few")
        if place + 1 < len(chain):
            key = str(chain[place + 1])
            if key not in {str(one) for one in counted}:
                return nothing
            row = found.row_of(key)
            if row is None:
                return Spread(of, columns, (), 0, None, (), least, "beside")
            columns = found.below(row)
    if found is None or not found.people:
        return nothing
    counted = _at(by_agency, chain[-1], top)
    everybody = _Counted([0] * len(of.labels))
    for one in counted.values():
        everybody.take(one)
    names = _names([key for key in counted if key is not None])
    places = _section("place", found, {str(key): one for key, one in counted.items()}, names)
    order = {key: place for place, key in enumerate(names)}
    by_order = sorted(places.lines, key=lambda one: (len(one.row.keys) > 1, order.get(one.row.keys[0], len(order))))
    sections = [Section("place", by_order)]
    for dimension, groups in _by_others(part, of).items():
        made = hiding.table(
            {key: groups[key].cells for key in words[dimension] if key in groups}, len(of.labels), least, columns
        )
        if made is not None:
            sections.append(_section(dimension, made, groups, words[dimension]))
    return Spread(of, found.columns, found.totals, found.people, everybody.mean, sections, least)


def _section(key: str, found: Table, counted: Mapping[str, _Counted], words: Mapping[str, str]) -> Section:
    lines = []
    for row in found.rows:
        together = _Counted([0] * len(counted[row.keys[0]].cells))
        for one in row.keys:
            together.take(counted[one])
        lines.append(Line(row, tuple(words.get(one, one) for one in row.keys), together.mean))
    return Section(key, lines)


_GROUPED = "count(*)::integer AS people, count(o.points)::integer AS scored, sum(o.points) AS points"


def _by_agency(top: Part, of: Of) -> Sequence[tuple[Sequence[int], _Counted]]:
    """Return the counts of every agency of the reader's whole part with its path."""
    rows = db.session.execute(
        text(f"""
WITH o AS MATERIALIZED ({of.source})
SELECT a.id, a.scope_ids, o.cell, {_GROUPED}
FROM o JOIN people_current c ON c.person_id = o.person_id JOIN agencies a ON a.id = o.agency_id AND {INSIDE}
GROUP BY a.id, o.cell"""),  # noqa: S608 - parts of this program
        {**of.values, "roots": list(top.roots)},
    )
    found: dict[int, tuple[Sequence[int], _Counted]] = {}
    for row in rows:
        found.setdefault(row.id, (row.scope_ids, _Counted([0] * len(of.labels))))[1].add(row)
    return list(found.values())


def _by_others(part: Part, of: Of) -> Mapping[str, Mapping[str, _Counted]]:
    rows = db.session.execute(
        text(f"""
WITH o AS MATERIALIZED ({of.source}), one AS MATERIALIZED (
  SELECT o.cell, o.points, o.role, coalesce(c.sex, '?') AS sex, {_AGE} AS age, coalesce(j.position_group, '?') AS place
  FROM o JOIN people_current c ON c.person_id = o.person_id JOIN agencies a ON a.id = o.agency_id AND {INSIDE}
  LEFT JOIN job_positions j ON j.id = c.position_id)
SELECT o.cell, o.sex, o.age, o.role, o.place, {_GROUPED},
  CASE WHEN grouping(o.sex) = 0 THEN 'sex' WHEN grouping(o.age) = 0 THEN 'age' WHEN grouping(o.role) = 0 THEN 'role'
    ELSE 'position' END AS dimension
FROM one o GROUP BY GROUPING SETS ((o.cell, o.sex), (o.cell, o.age), (o.cell, o.role), (o.cell, o.place))"""),  # noqa: S608 - parts of this program
        {**of.values, "roots": list(part.roots)},
    )
    found: dict[str, dict[str, _Counted]] = {"sex": {}, "age": {}, "role": {}, "position": {}}
    for row in rows:
        key = {"sex": row.sex, "age": row.age, "role": row.role, "position": row.place}[row.dimension]
        found[row.dimension].setdefault(key, _Counted([0] * len(of.labels))).add(row)
    return found


def _chain(top: Part, part: Part) -> list[int | None]:
    """Return the agencies from the reader's top (None: their whole part of several roots) down to the one looked at."""
    if part.agency is None:
        return [top.top]
    path = list(part.agency.scope_ids)
    roots = [one for one in top.roots if one != EVERYTHING and one in path]
    first = path.index(roots[0]) if roots else (1 if path[0] == EVERYTHING else 0)
    below: list[int | None] = list(path[first:])
    return below if top.top is not None else [None, *below]


def _at(
    by_agency: Sequence[tuple[Sequence[int], _Counted]], above: int | None, top: Part
) -> Mapping[int | None, _Counted]:
    """Return the counts of the branches right under an agency; the agency itself for what is its own."""
    found: dict[int | None, _Counted] = {}
    for path, counted in by_agency:
        if above is None:
            roots = [one for one in top.roots if one != EVERYTHING and one in path]
            key = roots[0] if roots else path[1 if path[0] == EVERYTHING and len(path) > 1 else 0]
        elif above in path:
            after = list(path).index(above) + 1
            key = path[after] if after < len(path) else above
        else:
            continue
        found.setdefault(key, _Counted([0] * len(counted.cells))).take(counted)
    return dict(sorted(found.items(), key=lambda pair: pair[0] or 0))


def _names(ids: Sequence[int | None]) -> Mapping[str, str]:
    rows = db.session.execute(
        text("SELECT id, name FROM agencies WHERE id = ANY (:ids) ORDER BY order_no, sort_key, id"), {"ids": list(ids)}
    )
    return {str(row.id): row.name for row in rows}
