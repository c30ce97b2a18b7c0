"""Reads of position frames: which version judges a seat on a day, and a frame with its versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, dated
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.positions.models import FrameVersion, JobPosition, PositionFrame
from hrms.positions.rules.frame_writing import PositionFacts
from hrms.positions.rules.frames import Content, Framework, Need, Requirements, from_json
from hrms.positions.rules.kinds import PositionGroup, QuotaKind

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
  WHERE v.valid_from <= :on AND (v.valid_to IS NULL OR v.valid_to > :on) AND {known_version} {aside}
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


def frames_for(
    lines: Collection[int] | None, on: date, known_on: datetime | None = None, *, without: int | None = None
) -> Frames:
    """Return the version that judges each line on a day (all lines for None), in one statement.

    The frame of the line's agency, else of the nearest agency above it that has one in force that day, else the
    province's model. The tree is the one of that day. `known_on` asks as known on an instant; `without` leaves a frame
    aside, as if it had been withdrawn.
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
        aside="" if without is None else "AND f.id <> :without",
        which="" if lines is None else "WHERE l.id = ANY (:lines)",
        columns=", ".join(f"v.{name}" for name in REQUIREMENTS),
    )
    values: dict[str, Any] = {"on": on}
    if lines is not None:
        values["lines"] = sorted(lines)
    if known_on is not None:
        values["known_on"] = known_on
    if without is not None:
        values["without"] = without
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


@dataclass(frozen=True, slots=True)
class Listed:
    """A frame of a position: whose it is, and the version in force on the day, if any."""

    frame_id: int
    agency_id: int | None
    agency: str | None
    valid_from: date | None
    valid_to: date | None
    versions: int


@dataclass(frozen=True, slots=True)
class Found:
    """A frame with its position and its agency (none: the province's model)."""

    frame: PositionFrame
    position: JobPosition
    agency: Agency | None

    @property
    def framework(self) -> Framework:
        """Return whose form it follows."""
        return framework_of(self.position)

    @property
    def scope_ids(self) -> list[int]:
        """Return the path of its agency, empty for a model."""
        return list(self.agency.scope_ids) if self.agency else []


def framework_of(position: JobPosition) -> Framework:
    """Return whose form the frame of a position follows; contract labour beside công chức follows theirs."""
    return Framework.PUBLIC if position.quota_kind == QuotaKind.PUBLIC else Framework.CIVIL


def facts_of(position: JobPosition) -> PositionFacts:
    """Return what the writing checks ask of the catalogue."""
    return PositionFacts(
        framework_of(position), PositionGroup(position.position_group), position.grade_min, position.grade_max,
        position.keeps_base_grade,
    )  # fmt: skip


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "the model, one's own part of the tree, or above it": what may judge the reader's seats."""
    roots = [root for root in actor.scope(Permission.POSITIONS_VIEW) if root != EVERYTHING]
    above = agencies.scope_ids_of(roots) if roots else []
    return or_(
        PositionFrame.agency_id.is_(None),
        agencies.visible(actor, Permission.POSITIONS_VIEW),
        PositionFrame.agency_id.in_(above),
    )


def list_frames(actor: Actor, position_id: int, on: date) -> list[Listed]:
    """Return the frames of a position that the actor may read: the model first, then agencies in tree order."""
    version = aliased(FrameVersion)
    count = select(func.count()).where(FrameVersion.frame_id == PositionFrame.id, dated.at(FrameVersion))
    query = (
        select(
            PositionFrame.id.label("frame_id"), PositionFrame.agency_id, Agency.name.label("agency"),
            version.valid_from, version.valid_to, count.scalar_subquery().label("versions"),
        )
        .outerjoin(Agency, Agency.id == PositionFrame.agency_id)
        .outerjoin(version, and_(version.frame_id == PositionFrame.id, dated.at(version, on)))
        .where(PositionFrame.position_id == position_id, _readable(actor))
        .order_by(PositionFrame.agency_id.is_not(None), Agency.path, PositionFrame.id)
    )  # fmt: skip
    return [Listed(**row) for row in db.session.execute(query).mappings()]


def list_in_force(
    actor: Actor, position_id: int, on: date, known_on: datetime | None = None
) -> list[tuple[int, tuple[int | None, str | None], FrameVersion]]:
    """Return the versions in force on a day that the actor may read: frame id, agency (id, name), version."""
    query = (
        select(PositionFrame.id, PositionFrame.agency_id, Agency.name, FrameVersion)
        .join(FrameVersion, and_(FrameVersion.frame_id == PositionFrame.id, dated.at(FrameVersion, on, known_on)))
        .outerjoin(Agency, Agency.id == PositionFrame.agency_id)
        .where(PositionFrame.position_id == position_id, _readable(actor))
        .order_by(PositionFrame.agency_id.is_not(None), Agency.path, PositionFrame.id)
    )
    return [(row[0], (row[1], row[2]), row[3]) for row in db.session.execute(query)]


def get_frame(actor: Actor, frame_id: int) -> Found:
    """Return a frame the actor may read. Raises `NotFound`."""
    query = (
        select(PositionFrame, JobPosition, Agency)
        .join(JobPosition, JobPosition.id == PositionFrame.position_id)
        .outerjoin(Agency, Agency.id == PositionFrame.agency_id)
        .where(PositionFrame.id == frame_id, _readable(actor))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("frame")
    return Found(*row)


def find_frame(position_id: int, agency_id: int | None) -> PositionFrame | None:
    """Return the frame an agency has of a position (the model for None), or None."""
    of_agency = PositionFrame.agency_id.is_(None) if agency_id is None else PositionFrame.agency_id == agency_id
    return db.session.scalar(select(PositionFrame).where(PositionFrame.position_id == position_id, of_agency))


def list_versions(frame_id: int, known_on: datetime | None = None) -> Sequence[FrameVersion]:
    """Return the versions of a frame, newest first, as known now or on an instant."""
    return dated.history(FrameVersion, {"frame_id": frame_id}, known_on)


def version_on(versions: Iterable[FrameVersion], on: date) -> FrameVersion | None:
    """Return the version in force on a day."""
    return next((one for one in versions if one.valid_from <= on and (one.valid_to is None or one.valid_to > on)), None)


def requirements_in(version: FrameVersion) -> Requirements:
    """Return what fitness is judged by from a version."""
    return requirements_of({name: getattr(version, name) for name in REQUIREMENTS})


def content_in(version: FrameVersion) -> Content:
    """Return what the form of a version says. Raises `BadContent` when the stored data is damaged."""
    return from_json(version.content)


def judging_above(position_id: int, agency: Agency | None, on: date) -> FrameVersion | None:
    """Return the version a new frame of an agency would take the place of: nearest above it, else the model."""
    query = (
        select(FrameVersion)
        .join(PositionFrame, PositionFrame.id == FrameVersion.frame_id)
        .where(PositionFrame.position_id == position_id, dated.at(FrameVersion, on))
    )
    path = list(agency.scope_ids) if agency else []
    query = query.where(or_(PositionFrame.agency_id.is_(None), PositionFrame.agency_id.in_(path)))
    place = func.array_position(sa.cast(path, ARRAY(sa.BigInteger())), PositionFrame.agency_id)
    return db.session.scalar(query.order_by(place.desc().nulls_last()).limit(1))
