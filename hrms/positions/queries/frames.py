"""Reads of position frames: which version judges a seat on a day, and a frame with its versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.db import db
from hrms.positions.rules.frames import Content, Need, Requirements, from_json

REQUIREMENTS: tuple[str, ...] = (
    "least_degree", "majors", "other_majors_with_certificate", "theory_level", "state_management_level", "it_level",
    "language_level", "certificates", "may_complete_later", "grade_from", "grade_to", "special_law",
    "experience_years",
)  # fmt: skip
"""Columns of a version that fitness is judged by, by the names of `rules.frames.Requirements`."""
_LISTS = frozenset({"majors", "certificates", "may_complete_later"})


@dataclass(frozen=True, slots=True)
class Judging:
    """A version of a frame as fitness needs it; `agency_id` is whose frame it is, null for the model."""

    version_id: int
    frame_id: int
    position_id: int
    agency_id: int | None
    valid_from: date
    valid_to: date | None
    requirements: Requirements
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Frames:
    """Which version judges which line: `by_line` holds ids of `versions`; a line without a frame is left out."""

    by_line: Mapping[int, int] = field(default_factory=dict)
    versions: Mapping[int, Judging] = field(default_factory=dict)

    def of(self, line_id: int) -> Judging | None:
        """Return the version that judges a line, None where no frame is in force."""
        found = self.by_line.get(line_id)
        return None if found is None else self.versions[found]


_PLACES_NOW = "places AS (SELECT id, scope_ids FROM agencies)"
# Where agencies stood on another day follows from their dated facts.
_PLACES_THEN = """standing AS (
  SELECT f.agency_id AS id, f.parent_id FROM agency_facts f WHERE f.valid_from <= :on
  AND (f.valid_to IS NULL OR f.valid_to > :on) AND {known_agency}
), places AS (
  SELECT s.id, ARRAY[0, s.id]::bigint[] AS scope_ids FROM standing s
  WHERE s.parent_id IS NULL OR NOT EXISTS (SELECT 1 FROM standing u WHERE u.id = s.parent_id)
  UNION ALL
  SELECT s.id, p.scope_ids || s.id FROM standing s JOIN places p ON p.id = s.parent_id
)"""
_FRAMES_FOR = """
WITH RECURSIVE {places},
in_force AS (
  SELECT f.position_id, f.agency_id, v.id FROM position_frames f JOIN frame_versions v ON v.frame_id = f.id
  WHERE v.valid_from <= :on AND (v.valid_to IS NULL OR v.valid_to > :on) AND {known_version}
), judged AS (
  SELECT DISTINCT ON (l.id) l.id AS line_id, i.id AS version_id
  FROM establishment_lines l
  LEFT JOIN places p ON p.id = l.agency_id
  JOIN in_force i ON i.position_id = l.position_id AND (i.agency_id IS NULL OR i.agency_id = ANY (p.scope_ids))
  {which}
  ORDER BY l.id, array_position(p.scope_ids, i.agency_id) DESC NULLS LAST
)
SELECT v.id AS version_id, v.frame_id, f.position_id, f.agency_id, v.valid_from, v.valid_to, {columns},
  v.content -> 'competencies' AS competencies, j.lines
FROM (SELECT version_id, array_agg(line_id) AS lines FROM judged GROUP BY version_id) j
JOIN frame_versions v ON v.id = j.version_id JOIN position_frames f ON f.id = v.frame_id
"""


def frames_for(lines: Collection[int] | None, on: date, known_on: datetime | None = None) -> Frames:
    """Return the version that judges each line on a day (all lines for None), in one statement.

    The frame of the line's agency, else of the nearest agency above it that has one in force that day, else the
    province's model. The tree is the one of that day. `known_on` asks as known on an instant.
    """
    if lines is not None and not lines:
        return Frames()
    known = "{0}.superseded_at IS NULL"
    if known_on is not None:
        known = "{0}.recorded_at <= :known_on AND ({0}.superseded_at IS NULL OR {0}.superseded_at > :known_on)"
    places = _PLACES_NOW if on == clock.today() and known_on is None else _PLACES_THEN
    statement = _FRAMES_FOR.format(
        places=places.format(known_agency=known.format("f")),
        known_version=known.format("v"),
        which="" if lines is None else "WHERE l.id = ANY (:lines)",
        columns=", ".join(f"v.{name}" for name in REQUIREMENTS),
    )
    values: dict[str, Any] = {"on": on}
    if lines is not None:
        values["lines"] = sorted(lines)
    if known_on is not None:
        values["known_on"] = known_on
    by_line: dict[int, int] = {}
    versions: dict[int, Judging] = {}
    for row in db.session.execute(text(statement), values).mappings():
        by_line.update(dict.fromkeys(row["lines"], row["version_id"]))
        versions[row["version_id"]] = Judging(
            **{name: row[name] for name in ("version_id", "frame_id", "position_id", "agency_id")},
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            requirements=requirements_of(dict(row)),
            needs=from_json({"competencies": row["competencies"]}).competencies,
        )
    return Frames(by_line, versions)


def requirements_of(row: Mapping[str, Any]) -> Requirements:
    """Return what fitness is judged by from the columns of a version."""
    given: dict[str, Any] = {name: tuple(row[name]) if name in _LISTS else row[name] for name in REQUIREMENTS}
    return Requirements(**given)


def content_of(data: Mapping[str, Any]) -> Content:
    """Return what a version's form says. Raises `BadContent` when the stored data is damaged."""
    return from_json(data)
