"""Reads of objectives: those of a part of the tree and a year, one with what it serves and what serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.performance.models import WorkItem, WorkObjective
from hrms.performance.rules.objectives import Aim, Direction, ObjectiveState, overall, progress
from hrms.positions.queries.part import Part

P = Permission
SHOWN = 500
READS = (P.PERFORMANCE_VIEW, P.PERFORMANCE_ASSIGN, P.PERFORMANCE_SCORE)


@dataclass(frozen=True, slots=True)
class Row:
    """An objective with its agency, how far it has come, and the one above it serves."""

    objective: WorkObjective
    agency: str
    agency_id: int
    parent: WorkObjective | None = None
    parent_agency: str | None = None

    @property
    def state(self) -> ObjectiveState:
        """Return its state."""
        return ObjectiveState(self.objective.state)

    @property
    def progress(self) -> Decimal | None:
        """Return how far it has come, in per cent."""
        return progress(aim_of(self.objective))


@dataclass(frozen=True, slots=True)
class Group:
    """The objectives of one agency, and how far they have come together."""

    agency_id: int
    agency: str
    rows: Sequence[Row]

    @property
    def progress(self) -> Decimal | None:
        """Return the weighted mean of those approved."""
        return overall(aim_of(one.objective) for one in self.rows if one.state is ObjectiveState.APPROVED)


@dataclass(frozen=True, slots=True)
class Look:
    """An objective with its agency, what it serves, what serves it, and how many products of people rest on it."""

    objective: WorkObjective
    agency: Agency
    parent: Row | None
    children: Sequence[Row]
    items: int

    @property
    def progress(self) -> Decimal | None:
        """Return how far it has come, in per cent."""
        return progress(aim_of(self.objective))

    @property
    def children_progress(self) -> Decimal | None:
        """Return how far what serves it has come, by weights."""
        return overall(aim_of(one.objective) for one in self.children if one.state is ObjectiveState.APPROVED)


def aim_of(found: WorkObjective) -> Aim:
    """Return the figures of an objective."""
    return Aim(Direction(found.direction), found.target, found.baseline, found.actual, found.weight)


def list_groups(actor: Actor, part: Part, year: int, *, dropped: bool = False) -> list[Group]:
    """Return the objectives of a part of the tree for a year, by agency in tree order; one statement."""
    parent, above = aliased(WorkObjective), aliased(Agency)
    query = (
        select(WorkObjective, Agency.name, Agency.id, parent, above.name)
        .join(Agency, Agency.id == WorkObjective.agency_id)
        .outerjoin(parent, parent.id == WorkObjective.parent_id)
        .outerjoin(above, above.id == parent.agency_id)
        .where(WorkObjective.year == year, agencies.visible(actor, *READS))
        .order_by(Agency.path, WorkObjective.code, WorkObjective.id)
        .limit(SHOWN)
    )
    if part.agency_id is not None:
        query = query.where(Agency.scope_ids.contains([part.agency_id]))
    if not dropped:
        query = query.where(WorkObjective.state != ObjectiveState.DROPPED.value)
    groups: dict[int, list[Row]] = {}
    for row in db.session.execute(query):
        groups.setdefault(row[2], []).append(Row(row[0], row[1], row[2], row[3], row[4]))
    return [Group(agency_id, rows[0].agency, rows) for agency_id, rows in groups.items()]


def get_objective(actor: Actor, objective_id: int) -> tuple[WorkObjective, Agency]:
    """Return an objective of the reader's part with its agency. Raises `NotFound`."""
    query = (
        select(WorkObjective, Agency)
        .join(Agency, Agency.id == WorkObjective.agency_id)
        .where(WorkObjective.id == objective_id, agencies.visible(actor, *READS))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("objective")
    return row[0], row[1]


def look(found: WorkObjective, agency: Agency) -> Look:
    """Return an objective with what its page shows; three statements."""
    query = select(WorkObjective, Agency.name, Agency.id).join(Agency, Agency.id == WorkObjective.agency_id)
    parent = None
    if found.parent_id is not None:
        row = db.session.execute(query.where(WorkObjective.id == found.parent_id)).one()
        parent = Row(row[0], row[1], row[2])
    below = query.where(WorkObjective.parent_id == found.id).order_by(Agency.path, WorkObjective.code).limit(SHOWN)
    children = [Row(row[0], row[1], row[2]) for row in db.session.execute(below)]
    count = select(func.count()).where(WorkItem.objective_id == found.id, WorkItem.state == "given")
    return Look(found, agency, parent, children, int(db.session.scalar(count) or 0))


def list_above(agency: Agency, year: int) -> list[tuple[int, str]]:
    """Return the objectives an agency's own may serve: those of agencies above it, nearest first, with their words."""
    above = list(agency.scope_ids)[1:-1]
    query = (
        select(WorkObjective.id, WorkObjective.code, WorkObjective.objective, Agency.name)
        .join(Agency, Agency.id == WorkObjective.agency_id)
        .where(
            WorkObjective.agency_id.in_(above), WorkObjective.year == year,
            WorkObjective.state != ObjectiveState.DROPPED.value,
        )
        .order_by(Agency.depth.desc(), WorkObjective.code)
        .limit(SHOWN)
    )  # fmt: skip
    return [(row.id, f"{row.code} · {row.objective} ({row.name})") for row in db.session.execute(query)]


def list_for_work(agency_path: Sequence[int], year: int) -> list[tuple[WorkObjective, str]]:
    """Return the approved objectives work may be given for: of the agencies of a path, nearest first."""
    query = (
        select(WorkObjective, Agency.name)
        .join(Agency, Agency.id == WorkObjective.agency_id)
        .where(
            WorkObjective.agency_id.in_(list(agency_path)), WorkObjective.year == year,
            WorkObjective.state == ObjectiveState.APPROVED.value,
        )
        .order_by(Agency.depth.desc(), WorkObjective.code)
        .limit(SHOWN)
    )  # fmt: skip
    return [(row[0], row[1]) for row in db.session.execute(query)]


def list_years(actor: Actor) -> list[int]:
    """Return the years the reader's part has objectives of, newest first."""
    query = select(WorkObjective.year).join(Agency, Agency.id == WorkObjective.agency_id).distinct()
    return sorted(db.session.scalars(query.where(agencies.visible(actor, *READS))), reverse=True)
