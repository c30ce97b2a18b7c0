"""Who works in the units of a scheme, as its annexes 4 and 5 list them: people the reader sees, and no others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text

from hrms.core import clock
from hrms.core.db import db


@dataclass(frozen=True, slots=True)
class Staff:
    """A person of a unit with what the annexes of a scheme ask for; levels are codes of their catalogues."""

    person_id: int
    unit_id: int
    full_name: str
    birth_date: str | None
    sex: str | None
    kind: str | None
    degree: str | None
    major: str | None
    theory_level: str | None
    state_management_level: str | None
    language: str | None
    language_level: str | None
    it_level: str | None
    rank_code: str | None
    job_position: str | None
    leads: bool
    fit: str | None


_STAFF = text("""
SELECT c.person_id, c.agency_id AS unit_id, p.full_name, c.birth_date, c.sex, c.kind, p.degree, p.major,
  p.theory_level, p.state_management_level, p.language, p.language_level, p.it_level, c.rank_code, c.job_position,
  coalesce(j.position_group = 'leadership', c.post_code IS NOT NULL) AS leads, f.fit
FROM people_current c JOIN people p ON p.id = c.person_id JOIN agencies a ON a.id = c.agency_id
LEFT JOIN job_positions j ON j.id = c.position_id
LEFT JOIN assignments f ON f.person_id = c.person_id AND f.slot = 0 AND f.superseded_at IS NULL
  AND f.valid_from <= :today AND (f.valid_to IS NULL OR f.valid_to > :today)
WHERE c.agency_id = ANY (:units) AND c.status NOT IN ('left', 'retired', 'deceased') AND c.kind = ANY (:kinds)
ORDER BY a.path, leads DESC, p.sort_key, p.id
""")
_KINDS = {"civil": ["civil_servant", "cadre"], "public": ["public_employee"]}


def list_staff(unit_ids: Collection[int], quota_kind: str) -> list[Staff]:
    """Return the people of units that a scheme of công chức or of viên chức is about, unit by unit, leaders first."""
    given = {"units": sorted(unit_ids), "kinds": _KINDS[quota_kind], "today": clock.today()}
    return [Staff(**row) for row in db.session.execute(_STAFF, given).mappings()]
