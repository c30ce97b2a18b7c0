"""One person's seats, competencies and gaps, for their record; a statement each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from hrms.core.actor import missing
from hrms.core.dated import BASIS_OLD_DATA
from hrms.core.db import PLANNED_ONCE, db

_SEATS = text("""
SELECT f.id, f.slot, f.role, f.line_id, f.career_grade, f.fit, f.fit_by, f.fit_note, f.over_reason, f.valid_from,
  f.valid_to, f.recorded_at, f.superseded_at, f.decision_id, f.basis, l.agency_id, l.code, l.position_id, l.quota_kind,
  j.name AS position, a.name AS agency, b.name AS base_position
FROM assignments f JOIN establishment_lines l ON l.id = f.line_id JOIN job_positions j ON j.id = l.position_id
JOIN agencies a ON a.id = l.agency_id LEFT JOIN job_positions b ON b.id = f.base_position_id
WHERE f.person_id = :person ORDER BY f.valid_from DESC, f.slot, f.recorded_at DESC, f.id DESC
""").execution_options(**PLANNED_ONCE)
_COMPETENCIES = text("""
SELECT c.code, c.framework, c.competency_group, c.name, c.name_others, s.level, s.assessed_on, s.assessed_by, s.note
FROM competencies c LEFT JOIN LATERAL (
  SELECT n.level, n.assessed_on, n.assessed_by, n.note FROM competency_assessments n
  WHERE n.person_id = :person AND n.competency_code = c.code AND n.assessed_on <= :on
  ORDER BY n.assessed_on DESC LIMIT 1) s ON true
WHERE c.framework = :framework ORDER BY c.place, c.code
""").execution_options(**PLANNED_ONCE)
_GAPS = text("""
SELECT g.id, g.line_id, g.requirement, g.params, g.found_on, g.settled_on, g.decision_id, j.name AS position
FROM position_gaps g JOIN establishment_lines l ON l.id = g.line_id JOIN job_positions j ON j.id = l.position_id
WHERE g.person_id = :person ORDER BY g.settled_on IS NOT NULL, g.found_on DESC, g.id
""").execution_options(**PLANNED_ONCE)


@dataclass(frozen=True, slots=True)
class Seat:
    """An assignment of a person with the names of what it points at."""

    id: int
    slot: int
    role: str
    line_id: int
    career_grade: int | None
    fit: str | None
    fit_by: str | None
    fit_note: str | None
    over_reason: str | None
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    decision_id: int | None
    basis: str
    agency_id: int
    code: str | None
    position_id: int
    quota_kind: str
    position: str
    agency: str
    base_position: str | None

    @property
    def is_old_data(self) -> bool:
        """Say whether the paper is unknown."""
        return self.basis == BASIS_OLD_DATA

    def known(self, known_on: datetime | None) -> bool:
        """Say whether the record stated this on that instant; now, for None."""
        if known_on is None:
            return self.superseded_at is None
        return self.recorded_at <= known_on and (self.superseded_at is None or self.superseded_at > known_on)

    def holds(self, on: date) -> bool:
        """Say whether it is true of the day."""
        return self.valid_from <= on and (self.valid_to is None or self.valid_to > on)


def seats_of(person_id: int) -> list[Seat]:
    """Return every assignment ever recorded of a person the reader may see, newest first."""
    return [Seat(**row) for row in db.session.execute(_SEATS, {"person": person_id}).mappings()]


def get_seat(person_id: int, seat_id: int) -> Seat:
    """Return an assignment as known now. Raises `NotFound`."""
    found = next((one for one in seats_of(person_id) if one.id == seat_id and one.superseded_at is None), None)
    if found is None:
        raise missing("assignment")
    return found


def competencies_of(person_id: int, framework: str, on: date) -> Sequence[Mapping[str, Any]]:
    """Return the competencies of a framework with the newest level assessed by the day."""
    given = {"person": person_id, "framework": framework, "on": on}
    return [dict(row) for row in db.session.execute(_COMPETENCIES, given).mappings()]


def gaps_of(person_id: int) -> Sequence[Mapping[str, Any]]:
    """Return what the person lacked for their seats, open ones first."""
    return [dict(row) for row in db.session.execute(_GAPS, {"person": person_id}).mappings()]
