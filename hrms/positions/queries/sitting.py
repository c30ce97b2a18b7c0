"""Who sits in the lines of an agency on a day, who works there without a seat, and the entries of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import aliased

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, decode_ids, encode
from hrms.core.permissions import Permission
from hrms.positions.models import EstablishmentLine, JobPosition, QuotaMovement
from hrms.positions.rules.kinds import QuotaKind, SeatRole
from hrms.positions.rules.ledger import MovementKind


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody in a line for a while; `name` is None for whom the reader may not see, `person_id` then too."""

    line_id: int
    role: SeatRole
    since: date
    until: date | None
    person_id: int | None
    name: str | None
    staff_code: str | None
    retires_on: date | None
    away: str | None
    """Kind of the absence of the day, None for whoever is there."""
    elsewhere: str | None
    """Where they are seconded to."""

    @property
    def leaves_on(self) -> date | None:
        """Return the first day on which the seat is known to be free again."""
        return self.until


_OCCUPANTS = text("""
SELECT t.line_id, t.role, t.valid_from, t.valid_to, p.id AS person_id, p.full_name, p.staff_code, c.retires_on,
  away.absence_kind, place.name AS elsewhere
FROM seats_taken(CAST(:lines AS bigint[]), :first, :till) t
LEFT JOIN people p ON p.id = t.person_id LEFT JOIN people_current c ON c.person_id = p.id
LEFT JOIN person_absence away ON away.person_id = p.id AND away.superseded_at IS NULL AND away.valid_from <= :first
  AND (away.valid_to IS NULL OR away.valid_to > :first)
LEFT JOIN person_agency m ON m.person_id = p.id AND m.membership = 'seconded_in' AND m.superseded_at IS NULL
  AND m.valid_from <= :first AND (m.valid_to IS NULL OR m.valid_to > :first)
LEFT JOIN agencies place ON place.id = m.agency_id
ORDER BY t.role <> 'main', p.sort_key NULLS LAST, t.valid_from
""")


def occupants(lines: Collection[int], first: date, till: date | None) -> dict[int, list[Occupant]]:
    """Return who sits in lines on any day of `[first, till)`, by line; one statement."""
    found: dict[int, list[Occupant]] = defaultdict(list)
    if not lines:
        return found
    for row in db.session.execute(_OCCUPANTS, {"lines": sorted(lines), "first": first, "till": till}):
        found[row.line_id].append(
            Occupant(
                row.line_id, SeatRole(row.role), row.valid_from, row.valid_to, row.person_id, row.full_name,
                row.staff_code, row.retires_on, row.absence_kind, row.elsewhere,
            )
        )  # fmt: skip
    return found


_UNSEATED = text("""
SELECT p.id, p.full_name, p.staff_code, s.quota_kind, l.agency_id AS seat_agency_id, a.name AS seat_agency,
  j.name AS position
FROM staff_at(:day) s JOIN people p ON p.id = s.person_id
LEFT JOIN establishment_lines l ON l.id = s.line_id LEFT JOIN agencies a ON a.id = l.agency_id
LEFT JOIN job_positions j ON j.id = l.position_id
WHERE s.agency_id = :agency AND (s.line_id IS NULL OR l.agency_id <> :agency) ORDER BY p.sort_key, p.id
""")


def seated_elsewhere(agency_id: int, day: date) -> Sequence[Any]:
    """Return who works in an agency without a main seat of it: `id`, `full_name`, `staff_code`, the seat they have."""
    return db.session.execute(_UNSEATED, {"agency": agency_id, "day": day}).all()


_KEPT = text("""
SELECT r.id, r.line_id, r.kind, r.seats, r.valid_from, r.valid_to, r.note, r.decision_id, r.submission_id, p.full_name
FROM seat_reservations r LEFT JOIN people p ON p.id = r.person_id
WHERE r.line_id = ANY (:lines) AND r.released_at IS NULL AND (r.valid_to IS NULL OR r.valid_to > :day) ORDER BY r.id
""")


def reservations(lines: Collection[int], day: date) -> Sequence[Any]:
    """Return the seats of lines kept on a day or later, under the reader's own scope."""
    return db.session.execute(_KEPT, {"lines": sorted(lines), "day": day}).all() if lines else []


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the ledger is asked for; None: everything."""

    under: int | None = None
    line_id: int | None = None
    quota_kind: QuotaKind | None = None
    kind: MovementKind | None = None
    level: str | None = None
    """"agency": quotas of agencies only; "line": seats of lines only."""
    until: date | None = None
    since: date | None = None


def list_movements(
    actor: Actor, filters: Filters, *, after: str | None = None, limit: int = LIMIT, newest_first: bool = True
) -> Page[Any]:
    """Return a page of the ledger: `QuotaMovement`, `agency`, `position`, `reversed_by` (an id or None)."""
    undone = aliased(QuotaMovement)
    key = QuotaMovement.id.desc() if newest_first else QuotaMovement.id.asc()
    query = (
        select(
            QuotaMovement, Agency.name.label("agency"), JobPosition.name.label("position"),
            undone.id.label("reversed_by"),
        )
        .join(Agency, Agency.id == QuotaMovement.agency_id)
        .outerjoin(EstablishmentLine, EstablishmentLine.id == QuotaMovement.line_id)
        .outerjoin(JobPosition, JobPosition.id == EstablishmentLine.position_id)
        .outerjoin(undone, undone.reverses_id == QuotaMovement.id)
        .where(agencies.visible(actor, Permission.POSITIONS_VIEW), *_conditions(filters))
        .order_by(key)
        .limit(limit + 1)
    )  # fmt: skip
    if after:
        (last,) = decode_ids(after, 1)
        query = query.where(QuotaMovement.id < last if newest_first else QuotaMovement.id > last)
    rows = list(db.session.execute(query))
    more = len(rows) > limit
    return Page(rows[:limit], encode([rows[limit - 1].QuotaMovement.id]) if more else None)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.under is not None:
        found.append(Agency.scope_ids.contains([filters.under]))
    if filters.line_id is not None:
        found.append(QuotaMovement.line_id == filters.line_id)
    if filters.quota_kind is not None:
        found.append(QuotaMovement.quota_kind == filters.quota_kind.value)
    if filters.kind is not None:
        found.append(QuotaMovement.kind == filters.kind.value)
    if filters.level == "agency":
        found.append(QuotaMovement.line_id.is_(None))
    if filters.level == "line":
        found.append(QuotaMovement.line_id.is_not(None))
    if filters.since is not None:
        found.append(QuotaMovement.effective_on >= filters.since)
    if filters.until is not None:
        found.append(QuotaMovement.effective_on <= filters.until)
    return found


def get_movement(actor: Actor, movement_id: int) -> Any | None:
    """Return an entry of the reader's part with the agency's name, None for any other."""
    return db.session.execute(
        select(QuotaMovement, Agency.name.label("agency"), Agency.scope_ids, JobPosition.name.label("position"))
        .join(Agency, Agency.id == QuotaMovement.agency_id)
        .outerjoin(EstablishmentLine, EstablishmentLine.id == QuotaMovement.line_id)
        .outerjoin(JobPosition, JobPosition.id == EstablishmentLine.position_id)
        .where(QuotaMovement.id == movement_id, agencies.visible(actor, Permission.POSITIONS_VIEW))
    ).one_or_none()


def names_of_positions(ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of positions by id."""
    if not ids:
        return {}
    found = db.session.execute(select(JobPosition.id, JobPosition.name).where(JobPosition.id.in_(ids)))
    return {row.id: row.name for row in found}
