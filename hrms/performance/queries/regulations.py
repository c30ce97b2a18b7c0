"""Reads of regulations: one agency's versions, what holds there, who has one and who has none by the day it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import dated
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.paging import Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.people.queries import law
from hrms.performance.models import AgencyRegulation, CriteriaSet
from hrms.performance.queries.criteria import nearest_regulations

READ = (Permission.PERFORMANCE_VIEW, Permission.PERFORMANCE_MANAGE, Permission.PERFORMANCE_CRITERIA)
DUE = "performance.regulation_due"
STATES = ("own", "above", "none")
LIMIT = 50
EXPORT_MOST = 5000
_KEYS = ("path", "id")
_ORDER: Any = ((sa.cast(Agency.path, sa.Text()), False), (Agency.id, False))


@dataclass(frozen=True, slots=True)
class Row:
    """An agency of the list with the regulation that holds there: its own, one above's, or none."""

    agency: Agency
    regulation: AgencyRegulation | None
    place: Agency | None
    path: str
    id: int

    @property
    def state(self) -> str:
        """Return `own`, `above` or `none`."""
        if self.regulation is None:
            return "none"
        return "own" if self.regulation.agency_id == self.agency.id else "above"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many agencies have a regulation of their own, one from above, none."""

    own: int
    above: int
    none: int

    @property
    def all(self) -> int:
        """Return how many agencies there are."""
        return self.own + self.above + self.none


def due_on(today: date) -> date | None:
    """Return the day by which a public unit issues its regulation (NĐ 233/2026/NĐ-CP Đ18 k3a)."""
    found = law.parameters(today).get(DUE)
    return date.fromisoformat(found.value) if found is not None else None


def list_versions(agency_id: int, set_id: int, known_on: datetime | None = None) -> Sequence[AgencyRegulation]:
    """Return the versions of an agency's regulation for a set, newest first."""
    found: Sequence[AgencyRegulation] = dated.history(
        AgencyRegulation, {"agency_id": agency_id, "set_id": set_id}, known_on
    )
    return found


def all_versions(agency_id: int, known_on: datetime | None = None) -> list[tuple[AgencyRegulation, CriteriaSet]]:
    """Return every version of an agency's regulations with its set, newest first."""
    query = (
        select(AgencyRegulation, CriteriaSet)
        .join(CriteriaSet, CriteriaSet.id == AgencyRegulation.set_id)
        .where(AgencyRegulation.agency_id == agency_id, dated.at(AgencyRegulation, None, known_on))
        .order_by(CriteriaSet.place, AgencyRegulation.valid_from.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _agencies(actor: Actor, root_id: int | None, on: date, units: bool) -> list[Any]:
    """Return the conditions of the list: the reader's part, bodies that use people themselves, alive on the day."""
    found: list[Any] = [
        agencies.visible(actor, *READ), Agency.kind != "division",
        sa.or_(Agency.closed_on.is_(None), Agency.closed_on > on),
        Agency.kind == "service_unit" if units else Agency.kind != "service_unit",
    ]  # fmt: skip
    if root_id is not None:
        found.append(Agency.scope_ids.contains([root_id]))
    return found


def _held(set_id: int, on: date) -> Any:
    """Return the condition that some regulation holds at or above an agency."""
    return sa.exists().where(
        AgencyRegulation.agency_id == sa.func.any(Agency.scope_ids), AgencyRegulation.set_id == set_id,
        dated.at(AgencyRegulation, on),
    )  # fmt: skip


def _own(set_id: int, on: date) -> Any:
    return sa.exists().where(
        AgencyRegulation.agency_id == Agency.id, AgencyRegulation.set_id == set_id, dated.at(AgencyRegulation, on)
    )


def list_agencies(
    actor: Actor,
    criteria: CriteriaSet,
    on: date,
    *,
    units: bool,
    root_id: int | None = None,
    state: str | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: int = LIMIT,
) -> Page[Row]:
    """Return agencies of the reader's part in tree order, each with the regulation that holds there; three statements.

    `units` takes public service units, else administrative bodies; divisions are left out.
    """
    query = select(Agency).where(*_agencies(actor, root_id, on, units), *_state(criteria.id, on, state))
    if cursor := before or after:
        query = query.where(seek(_ORDER, typed_values(_ORDER, decode(cursor, 2)), back=bool(before)))
    found = db.session.scalars(query.order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)).all()
    held = nearest_regulations([one.id for one in found], criteria.id, on)
    rows = []
    for one in found:
        regulation, place = held.get(one.id, (None, None))
        rows.append(Row(one, regulation, place, str(one.path), one.id))
    return cut(rows, limit, _KEYS, after=after, before=before)


def _state(set_id: int, on: date, state: str | None) -> list[Any]:
    if state == "own":
        return [_own(set_id, on)]
    if state == "above":
        return [_held(set_id, on), sa.not_(_own(set_id, on))]
    return [sa.not_(_held(set_id, on))] if state == "none" else []


def count_agencies(
    actor: Actor, criteria: CriteriaSet, on: date, *, units: bool, root_id: int | None = None
) -> Counts:  # fmt: skip
    """Return how many agencies have a regulation of their own, one from above, none; one statement."""
    own, held = _own(criteria.id, on), _held(criteria.id, on)
    query = select(
        sa.func.count().filter(own), sa.func.count().filter(sa.and_(held, sa.not_(own))),
        sa.func.count().filter(sa.not_(held)),
    ).where(*_agencies(actor, root_id, on, units))  # fmt: skip
    row = db.session.execute(query.select_from(Agency)).one()
    return Counts(*(int(one) for one in row))
