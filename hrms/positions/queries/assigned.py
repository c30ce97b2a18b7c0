"""Assignments as a list: who sits where on a day, as the reader may see them, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from hrms.agencies.models import Agency
from hrms.core import dated
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode_ids, seek
from hrms.people.models import Person
from hrms.positions.models import Assignment, EstablishmentLine, JobPosition

_LINE: ColumnElement[Any] = Assignment.__table__.c.line_id
_ID: ColumnElement[Any] = Assignment.__table__.c.id
_ORDER: Order = ((_LINE, False), (_ID, False))


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the list is narrowed to; None is any. `agency_id` means the agency of the line and all under it."""

    on: date
    known_on: datetime | None = None
    agency_id: int | None = None
    line_id: int | None = None


def list_assignments(conditions: Conditions, after: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return a page of assignments of people in sight, by line; one statement."""
    query = (
        select(
            Assignment.id, Assignment.person_id, Person.full_name, Person.staff_code, Person.scope_ids,
            Assignment.line_id, JobPosition.key.label("position_key"), JobPosition.name.label("position"),
            EstablishmentLine.quota_kind, EstablishmentLine.code.label("line_code"), Agency.id.label("agency_id"),
            Agency.code.label("agency_code"), Agency.name.label("agency"), Assignment.role, Assignment.career_grade,
            Assignment.fit, Assignment.valid_from, Assignment.valid_to, Assignment.decision_id, Assignment.basis,
            Assignment.recorded_at,
        )
        .join(Person, Person.id == Assignment.person_id)
        .join(EstablishmentLine, EstablishmentLine.id == Assignment.line_id)
        .join(JobPosition, JobPosition.id == EstablishmentLine.position_id)
        .join(Agency, Agency.id == EstablishmentLine.agency_id)
        .where(dated.at(Assignment, conditions.on, conditions.known_on))
    )  # fmt: skip
    if conditions.agency_id is not None:
        query = query.where(Agency.scope_ids.contains([conditions.agency_id]))
    if conditions.line_id is not None:
        query = query.where(Assignment.line_id == conditions.line_id)
    if after:
        query = query.where(seek(_ORDER, decode_ids(after, 2)))
    rows = db.session.execute(query.order_by(Assignment.line_id, Assignment.id).limit(limit + 1)).all()
    return cut(rows, limit, ("line_id", "id"), after=after, before=None)
