"""How learning is spread over a part of the tree: hours by agency, kind and age, positions covered, gaps closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.rules import N_
from hrms.positions.queries.part import INSIDE, PLACE, Part
from hrms.training.queries.overview import SERVING

BANDS: tuple[tuple[str, str], ...] = (
    ("none", N_("Chưa học")),
    ("some", N_("Dưới 20 tiết")),
    ("half", N_("Từ 20 đến dưới 40 tiết")),
    ("week", N_("Từ 40 đến dưới 80 tiết")),
    ("more", N_("Từ 80 tiết")),
)
"""Hours of a year by person; 40 hours are the week of NĐ 171/2025/NĐ-CP Đ16 k3."""
AGES: tuple[tuple[str, str], ...] = (
    ("30", N_("Từ 30 tuổi trở xuống")),
    ("40", N_("31–40 tuổi")),
    ("50", N_("41–50 tuổi")),
    ("60", N_("Từ 51 tuổi")),
    ("?", N_("Chưa rõ tuổi")),
)


@dataclass(frozen=True, slots=True)
class Spread:
    """People of a group by the band of their hours, with their turns and hours together."""

    key: str
    name: str
    bands: tuple[int, ...]
    turns: int
    hours: Decimal

    @property
    def people(self) -> int:
        """Return everybody of the group."""
        return sum(self.bands)

    @property
    def mean(self) -> Decimal:
        """Return the hours of one, with one decimal."""
        return (self.hours / self.people).quantize(Decimal("0.1")) if self.people else Decimal(0)


_HOURS = text(f"""
WITH staff AS MATERIALIZED (
  SELECT c.person_id, c.kind, {PLACE} AS place_id,
    CASE WHEN c.born_on IS NULL THEN '?' WHEN :year - extract(year FROM c.born_on) <= 30 THEN '30'
      WHEN :year - extract(year FROM c.born_on) <= 40 THEN '40'
      WHEN :year - extract(year FROM c.born_on) <= 50 THEN '50'
      ELSE '60' END AS age
  FROM people_current c JOIN agencies a ON a.id = c.agency_id AND {INSIDE} WHERE {SERVING}
), learnt AS MATERIALIZED (
  SELECT person_id, sum(hours) AS hours, count(*) FILTER (WHERE source <> 'reversal' AND kind <> 'teaching')
    - count(*) FILTER (WHERE source = 'reversal' AND kind <> 'teaching') AS turns
  FROM credit_entries WHERE earned_on >= :first AND earned_on < :until GROUP BY person_id
), banded AS MATERIALIZED (
  SELECT s.*, coalesce(l.hours, 0) AS hours, coalesce(l.turns, 0) AS turns,
    CASE WHEN coalesce(l.hours, 0) <= 0 THEN 'none' WHEN l.hours < 20 THEN 'some' WHEN l.hours < 40 THEN 'half'
      WHEN l.hours < 80 THEN 'week' ELSE 'more' END AS band
  FROM staff s LEFT JOIN learnt l ON l.person_id = s.person_id)
SELECT place_id, kind, age, band, count(*)::integer AS people, sum(turns)::integer AS turns, sum(hours) AS hours,
  CASE WHEN grouping(place_id) = 0 THEN 'place' WHEN grouping(age) = 0 THEN 'age' WHEN grouping(kind) = 0 THEN 'kind'
    ELSE 'all' END AS by
FROM banded GROUP BY GROUPING SETS ((place_id, band), (kind, band), (age, band), (band))
""")  # noqa: S608 - parts of this program


def hours(part: Part, first: date, until: date, names: Mapping[str, str]) -> Mapping[str, Sequence[Spread]]:
    """Return people of a part by the hours they learnt, grouped by place, kind, age and all together; two statements.

    `names` are the words of kinds of people, by key.
    """
    values = {**part.params, "first": first, "until": until, "year": first.year}
    found: dict[str, dict[Any, list[Any]]] = {"place": {}, "kind": {}, "age": {}, "all": {}}
    for row in db.session.execute(_HOURS, values):
        key = {"place": row.place_id, "kind": row.kind, "age": row.age, "all": ""}[row.by]
        found[row.by].setdefault(key, []).append(row)
    places = db.session.execute(
        text("SELECT id, name FROM agencies WHERE id = ANY (:ids) ORDER BY order_no, sort_key, id"),
        {"ids": [key for key in found["place"] if key is not None]},
    ).all()
    return {
        "place": [_spread(str(row.id), row.name, found["place"][row.id]) for row in places],
        "kind": [_spread(key, name, found["kind"][key]) for key, name in names.items() if key in found["kind"]],
        "age": [_spread(key, name, found["age"][key]) for key, name in AGES if key in found["age"]],
        "all": [_spread("", "", rows) for rows in found["all"].values()],
    }


def _spread(key: str, name: str, rows: Sequence[Any]) -> Spread:
    by_band = {row.band: row.people for row in rows}
    turns, total = sum(row.turns for row in rows), sum((row.hours for row in rows), Decimal(0))
    return Spread(key, name, tuple(by_band.get(band, 0) for band, _words in BANDS), turns, total)


_POSITIONS = text(f"""
WITH holders AS MATERIALIZED (
  SELECT c.person_id, c.position_id, c.rank_code
  FROM people_current c JOIN agencies a ON a.id = c.agency_id AND {INSIDE}
  WHERE {SERVING} AND c.position_id IS NOT NULL
), learnt AS MATERIALIZED (
  SELECT h.person_id, bool_or(e.position_id = h.position_id OR j.key = ANY (v.positions)
      OR h.rank_code = ANY (v.ranks)) AS own,
    bool_or(e.kind = 'position') AS knowledge, sum(e.hours) AS hours
  FROM holders h JOIN job_positions j ON j.id = h.position_id
  JOIN credit_entries e ON e.person_id = h.person_id AND e.earned_on >= :first AND e.earned_on < :until
    AND e.source <> 'reversal' AND e.kind <> 'teaching'
    AND NOT EXISTS (SELECT 1 FROM credit_entries x WHERE x.reverses_id = e.id)
  LEFT JOIN course_versions v ON v.course_id = e.course_id AND v.superseded_at IS NULL AND v.valid_from <= e.earned_on
    AND (v.valid_to IS NULL OR v.valid_to > e.earned_on)
  GROUP BY h.person_id)
SELECT j.id, j.key, j.name, j.position_group, count(*)::integer AS holders,
  count(*) FILTER (WHERE l.own)::integer AS own, count(*) FILTER (WHERE l.knowledge)::integer AS knowledge,
  coalesce(sum(l.hours), 0) AS hours, (SELECT count(*) FROM course_versions v WHERE j.key = ANY (v.positions)
    AND v.superseded_at IS NULL AND v.valid_from < :until AND (v.valid_to IS NULL OR v.valid_to > :first))::integer
    AS courses
FROM holders h JOIN job_positions j ON j.id = h.position_id LEFT JOIN learnt l ON l.person_id = h.person_id
GROUP BY j.id ORDER BY count(*) DESC, j.id
""")  # noqa: S608 - parts of this program


def positions(part: Part, first: date, until: date) -> Sequence[Any]:
    """Return for every position of the catalogue that somebody holds today who of its holders learnt in the period.

    `own`: by a course meant for the position or the holder's rank; `knowledge`: by any of knowledge and skills by
    position; `hours` of all; `courses` that name the position. One statement.
    """
    return db.session.execute(_POSITIONS, {**part.params, "first": first, "until": until}).all()


# What a record lacks besides competencies is raised by courses of a kind; a competency by a course that names it.
_GAPS = text(f"""
WITH gaps AS MATERIALIZED (
  SELECT g.requirement, g.person_id, g.found_on, g.settled_on,
    CASE WHEN g.requirement LIKE 'competency:%' THEN substr(g.requirement, 12) END AS competency,
    CASE g.requirement WHEN 'theory_level' THEN 'political_theory' WHEN 'state_management_level' THEN 'state_management'
      WHEN 'degree' THEN 'degree' WHEN 'it_level' THEN 'digital' WHEN 'language_level' THEN 'language' END AS kind
  FROM position_gaps g JOIN people_current c ON c.person_id = g.person_id
  JOIN agencies a ON a.id = c.agency_id AND {INSIDE} WHERE g.settled_on IS NULL OR g.settled_on >= :first)
SELECT requirement, competency, count(*) FILTER (WHERE settled_on IS NULL AND found_on < :until)::integer AS open,
  count(*) FILTER (WHERE found_on >= :first AND found_on < :until)::integer AS found,
  count(*) FILTER (WHERE settled_on >= :first AND settled_on < :until)::integer AS settled,
  count(*) FILTER (WHERE settled_on >= :first AND settled_on < :until AND EXISTS (
    SELECT 1 FROM credit_entries e LEFT JOIN course_versions v ON v.course_id = e.course_id AND v.superseded_at IS NULL
      AND v.valid_from <= e.earned_on AND (v.valid_to IS NULL OR v.valid_to > e.earned_on)
    WHERE e.person_id = gaps.person_id AND e.source <> 'reversal' AND e.earned_on >= gaps.found_on
      AND e.earned_on <= gaps.settled_on AND NOT EXISTS (SELECT 1 FROM credit_entries x WHERE x.reverses_id = e.id)
      AND (v.competencies @> jsonb_build_array(jsonb_build_object('code', gaps.competency)) OR e.kind = gaps.kind)
  ))::integer AS after_class,
  count(*) FILTER (WHERE settled_on IS NULL AND found_on < :until AND EXISTS (
    SELECT 1 FROM credit_entries e LEFT JOIN course_versions v ON v.course_id = e.course_id AND v.superseded_at IS NULL
      AND v.valid_from <= e.earned_on AND (v.valid_to IS NULL OR v.valid_to > e.earned_on)
    WHERE e.person_id = gaps.person_id AND e.source <> 'reversal' AND e.earned_on >= gaps.found_on
      AND NOT EXISTS (SELECT 1 FROM credit_entries x WHERE x.reverses_id = e.id)
      AND (v.competencies @> jsonb_build_array(jsonb_build_object('code', gaps.competency)) OR e.kind = gaps.kind)
  ))::integer AS learnt
FROM gaps GROUP BY requirement, competency
HAVING count(*) FILTER (WHERE found_on < :until) > 0 ORDER BY 3 DESC, 1
""")  # noqa: S608 - parts of this program


def gaps(part: Part, first: date, until: date) -> Sequence[Any]:
    """Return by requirement of the frames what people lack: open, found and settled in the period, settled after a
    course that raises it (`after_class`), open though such a course was finished (`learnt`). One statement.
    """
    return db.session.execute(_GAPS, {**part.params, "first": first, "until": until}).all()
