"""Reads of what a scheme proposes and of what is in force beside it: lines, frames, seats, who sits there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import aliased

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.text import fold
from hrms.positions.models import JobPosition, PositionScheme, SchemeLine
from hrms.positions.queries.catalogue import in_force
from hrms.positions.rules import schemes as rules
from hrms.positions.rules.kinds import Catalogue, PositionGroup, QuotaKind

CHOICES = 20
_CIVIL = (Catalogue.CIVIL_LEADERSHIP, Catalogue.CIVIL_SPECIALISED, Catalogue.CIVIL_SUPPORT)


@dataclass(frozen=True, slots=True)
class FrameRow:
    """The version of a frame that judges a position in a unit: whose it is (None: the model) and its grades."""

    unit_id: int
    position_id: int
    frame_id: int
    agency_id: int | None
    agency: str | None
    version_id: int
    valid_from: date
    grade_from: int | None
    grade_to: int | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A proposed line with its position, unit, frame in force, and the line of the establishment it stands for."""

    line: SchemeLine
    unit: str
    position: JobPosition
    base: str | None
    frame: FrameRow | None = None

    @property
    def rule(self) -> rules.Line:
        """Return the line as the rules take it."""
        return rules.Line(
            self.line.unit_id, self.line.position_id, self.position.name, QuotaKind(self.position.quota_kind),
            self.line.seats, self.line.grade_from, self.line.grade_to, self.line.shares, self.line.base_position_id,
            graded=self.position.grade_min is not None, framed=bool(self.line.frame) or self.frame is not None,
            leads=self.position.position_group == PositionGroup.LEADERSHIP.value, active=self.position.active,
        )  # fmt: skip


def list_lines(scheme_id: int, on: date | None = None) -> list[LineRow]:
    """Return the proposed lines by unit in the order of the catalogue, each with the frame that judges it now."""
    base = aliased(JobPosition)
    query = (
        select(SchemeLine, Agency.name, JobPosition, base.name)
        .join(Agency, Agency.id == SchemeLine.unit_id)
        .join(JobPosition, JobPosition.id == SchemeLine.position_id)
        .outerjoin(base, base.id == SchemeLine.base_position_id)
        .where(SchemeLine.scheme_id == scheme_id)
        .order_by(Agency.path, JobPosition.place, SchemeLine.id)
    )
    rows = db.session.execute(query).all()
    frames = frames_of([(row[0].unit_id, row[0].position_id) for row in rows], on or clock.today())
    return [LineRow(*row, frame=frames.get((row[0].unit_id, row[0].position_id))) for row in rows]


def get_line(scheme_id: int, line_id: int) -> SchemeLine:
    """Return a proposed line of a scheme. Raises `NotFound`."""
    query = select(SchemeLine).where(SchemeLine.id == line_id, SchemeLine.scheme_id == scheme_id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise missing("line")
    return found


_FRAMES = text("""
SELECT DISTINCT ON (p.unit_id, p.position_id) p.unit_id, p.position_id, f.id AS frame_id, f.agency_id,
  o.name AS agency, v.id AS version_id, v.valid_from, v.grade_from, v.grade_to
FROM unnest(CAST(:units AS bigint[]), CAST(:positions AS bigint[])) AS p(unit_id, position_id)
JOIN agencies a ON a.id = p.unit_id
JOIN position_frames f ON f.position_id = p.position_id AND (f.agency_id IS NULL OR f.agency_id = ANY (a.scope_ids))
JOIN frame_versions v ON v.frame_id = f.id AND v.superseded_at IS NULL AND v.valid_from <= :on
  AND (v.valid_to IS NULL OR v.valid_to > :on)
LEFT JOIN agencies o ON o.id = f.agency_id
ORDER BY p.unit_id, p.position_id, array_position(a.scope_ids, f.agency_id) DESC NULLS LAST
""")


def frames_of(pairs: Collection[tuple[int, int]], on: date) -> dict[tuple[int, int], FrameRow]:
    """Return the version that judges each (unit, position) on a day; pairs without one are left out."""
    if not pairs:
        return {}
    wanted = sorted(set(pairs))
    given = {"units": [one for one, _ in wanted], "positions": [one for _, one in wanted], "on": on}
    return {
        (row["unit_id"], row["position_id"]): FrameRow(**row) for row in db.session.execute(_FRAMES, given).mappings()
    }


def version_values(version_id: int) -> dict[str, Any]:
    """Return the columns of a version of a frame, as `scheme_lines.frame` keeps them. Raises `NotFound`."""
    row = db.session.execute(
        text("SELECT * FROM frame_versions WHERE id = :id AND superseded_at IS NULL"), {"id": version_id}
    ).mappings().first()  # fmt: skip
    if row is None:
        raise missing("frame")
    return {name: row[name] for name in FRAME_COLUMNS}


FRAME_COLUMNS = (
    "least_degree", "majors", "other_majors_with_certificate", "theory_level", "state_management_level", "it_level",
    "language_level", "certificates", "may_complete_later", "grade_from", "grade_to", "special_law",
    "experience_years", "content",
)  # fmt: skip
"""The columns of `frame_versions` a scheme may propose."""


# What is in force beside it


@dataclass(frozen=True, slots=True)
class PresentLine:
    """A line of the establishment with its seats of the day, its position and who sits there, by rank and grade."""

    id: int
    unit_id: int
    unit: str
    position_id: int
    position: JobPosition
    quota_kind: str
    code: str | None
    field: str | None
    base_position_id: int | None
    shares: Mapping[str, Any]
    seats: int
    held: int = 0
    ranks: Mapping[str, int] = kept(default_factory=dict)
    grades: Mapping[int, int] = kept(default_factory=dict)
    frame: FrameRow | None = None

    @property
    def rule(self) -> rules.Line:
        """Return the line as the rules take it; its grades are those of the frame that judges it."""
        return rules.Line(
            self.unit_id, self.position_id, self.position.name, QuotaKind(self.quota_kind), self.seats,
            self.frame.grade_from if self.frame else None, self.frame.grade_to if self.frame else None, self.shares,
            self.base_position_id, graded=self.position.grade_min is not None, framed=self.frame is not None,
            leads=self.position.position_group == PositionGroup.LEADERSHIP.value, active=self.position.active,
        )  # fmt: skip


_PRESENT = text("""
SELECT l.id, l.agency_id AS unit_id, a.name AS unit, l.position_id, l.quota_kind, l.code, l.field, l.base_position_id,
  l.shares, coalesce(s.seats, 0)::int AS seats
FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id JOIN job_positions j ON j.id = l.position_id
LEFT JOIN LATERAL (SELECT sum(m.amount) AS seats FROM quota_movements m
  WHERE m.line_id = l.id AND m.effective_on <= :on AND NOT m.reserve) s ON true
WHERE l.agency_id = ANY (:units) AND l.quota_kind = ANY (:kinds)
ORDER BY a.path, j.place, l.id
""")
_HELD = text("""
SELECT line_id, count(*) AS held FROM seats_taken(CAST(:lines AS bigint[]), :on, :on + 1)
WHERE role IN ('main', 'concurrent') GROUP BY line_id
""")
_LEVELS = text("""
SELECT line_id, rank_code, career_grade, count(*) AS people FROM staff_at(:on) WHERE line_id = ANY (:lines)
GROUP BY line_id, rank_code, career_grade
""")


def present_lines(unit_ids: Collection[int], quota_kind: str, on: date) -> list[PresentLine]:
    """Return the lines of units as they stand on a day, also those without seats; five statements."""
    kinds = [quota_kind, QuotaKind.CONTRACT.value]
    rows = db.session.execute(_PRESENT, {"units": sorted(unit_ids), "kinds": kinds, "on": on}).mappings().all()
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    places = {row["position_id"] for row in rows}
    positions = {one.id: one for one in db.session.scalars(select(JobPosition).where(JobPosition.id.in_(places)))}
    frames = frames_of([(row["unit_id"], row["position_id"]) for row in rows], on)
    held = {row.line_id: int(row.held) for row in db.session.execute(_HELD, {"lines": ids, "on": on})}
    ranks: dict[int, dict[str, int]] = {}
    grades: dict[int, dict[int, int]] = {}
    for row in db.session.execute(_LEVELS, {"lines": ids, "on": on}):
        if row.rank_code:
            own = ranks.setdefault(row.line_id, {})
            own[row.rank_code] = own.get(row.rank_code, 0) + int(row.people)
        if row.career_grade:
            of = grades.setdefault(row.line_id, {})
            of[row.career_grade] = of.get(row.career_grade, 0) + int(row.people)
    return [
        PresentLine(
            **row, position=positions[row["position_id"]], held=held.get(row["id"], 0),
            ranks=ranks.get(row["id"], {}), grades=grades.get(row["id"], {}),
            frame=frames.get((row["unit_id"], row["position_id"])),
        )
        for row in rows
    ]  # fmt: skip


_QUOTA = text("""
SELECT sum(amount)::int AS quota FROM quota_movements
WHERE agency_id = :agency AND line_id IS NULL AND quota_kind = :kind AND effective_on <= :on AND NOT reserve
""")


def quota_of(agency_id: int, quota_kind: str, on: date) -> int | None:
    """Return the seats given to an agency on a day, None where none were ever given."""
    found = db.session.scalar(_QUOTA, {"agency": agency_id, "kind": quota_kind, "on": on})
    return None if found is None else int(found)


# The catalogue a scheme may choose from


def catalogues_for(agency_kind: str, quota_kind: str) -> tuple[Catalogue, ...]:
    """Return the catalogues whose positions an agency of a kind may choose (NĐ 361/2025, NĐ 232/2026 Đ4–6)."""
    if quota_kind == QuotaKind.PUBLIC.value:
        return (
            Catalogue.PUBLIC_MANAGEMENT, Catalogue.PUBLIC_PROFESSIONAL, Catalogue.PUBLIC_SUPPORT,
            Catalogue.CONTRACT_SUPPORT,
        )  # fmt: skip
    if agency_kind == AgencyKind.COMMUNE.value:
        return (Catalogue.CIVIL_COMMUNE, Catalogue.CONTRACT_SUPPORT)
    if agency_kind == AgencyKind.ASSEMBLY_OFFICE.value:
        return (*_CIVIL, Catalogue.CIVIL_ASSEMBLY, Catalogue.CONTRACT_SUPPORT)
    return (*_CIVIL, Catalogue.CONTRACT_SUPPORT)


def choices_for(
    catalogues: Collection[Catalogue], words: str, on: date, *, limit: int = CHOICES + 1
) -> Sequence[JobPosition]:
    """Return the positions in force of some catalogues whose name has every word typed, in their order."""
    query = select(JobPosition).where(in_force(on), JobPosition.catalogue.in_([one.value for one in catalogues]))
    for word in fold(words).split():
        query = query.where(JobPosition.search_key.contains(f" {word}", autoescape=True))
    return db.session.scalars(query.order_by(JobPosition.place, JobPosition.id).limit(limit)).all()


def position_for(catalogues: Collection[Catalogue], value: str, on: date) -> JobPosition | None:
    """Return a position by its id if these catalogues offer it on a day."""
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return None
    query = select(JobPosition).where(
        JobPosition.id == int(value), in_force(on), JobPosition.catalogue.in_([one.value for one in catalogues])
    )
    return db.session.scalar(query)


def agency_of(scheme: PositionScheme) -> Agency:
    """Return the agency of a scheme."""
    found = agencies.find_agency(scheme.agency_id)
    if found is None:
        raise missing("agency")
    return found
