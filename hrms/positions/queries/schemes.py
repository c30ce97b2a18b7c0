"""Reads of job-position schemes: the list, one scheme with its rows, what is in force beside it, and its clocks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, or_, select, text

from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.core.text import fold
from hrms.people.models import Person
from hrms.people.queries import law
from hrms.positions.models import JobPosition, PositionScheme, SchemeLine, SchemeStep, SchemeWork
from hrms.positions.rules import schemes as rules
from hrms.positions.rules.kinds import PositionGroup, QuotaKind
from hrms.positions.rules.schemes import Clock, Days, Party, State, Step
from hrms.positions.rules.works import Work

CHOICES = 20
_ORDER: Order = [(cast("ColumnElement[Any]", PositionScheme.id), True)]
_INSIDE: Mapping[QuotaKind, frozenset[AgencyKind]] = {
    QuotaKind.CIVIL: frozenset({AgencyKind.DIVISION, AgencyKind.SUB_DEPARTMENT}),
    QuotaKind.PUBLIC: frozenset({AgencyKind.DIVISION}),
}
"""What under an agency belongs to its scheme; the others have schemes of their own."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list asks for; empty means any. `waiting`: submitted and not decided."""

    state: str | None = None
    kind: str | None = None
    agency_id: int | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A scheme of the list with its agency and the clocks that have begun."""

    scheme: PositionScheme
    agency: str
    clocks: Sequence[Clock]

    @property
    def id(self) -> int:
        """Return the scheme's id."""
        return self.scheme.id


def _visible(actor: Actor) -> ColumnElement[bool]:
    roots = actor.scope(Permission.POSITIONS_VIEW)
    return or_(*(PositionScheme.scope_ids.contains([root]) for root in roots))


def list_schemes(
    actor: Actor, filters: Filters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Listed]:
    """Return a page of the schemes the actor may see, newest first; two statements and those of the law."""
    query = select(PositionScheme, Agency.name).join(Agency, Agency.id == PositionScheme.agency_id)
    query = query.where(_visible(actor))
    if filters.state:
        query = query.where(PositionScheme.state == filters.state)
    if filters.waiting:
        query = query.where(PositionScheme.state.in_([State.SUBMITTED.value, State.APPRAISED.value]))
    if filters.kind:
        query = query.where(PositionScheme.quota_kind == filters.kind)
    if filters.agency_id is not None:
        query = query.where(PositionScheme.scope_ids.contains([filters.agency_id]))
    if cursor := before or after:
        query = query.where(seek(_ORDER, typed_values(_ORDER, decode(cursor, 1)), back=bool(before)))
    rows = db.session.execute(query.order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)).all()
    steps = _steps_of([row[0].id for row in rows])
    found = [Listed(row[0], row[1], clocks_of(row[0], steps.get(row[0].id, ()))) for row in rows]
    return cut(found, limit, ("id",), after=after, before=before)


def open_ones(actor: Actor, permission: Permission, states: Collection[State], *, most: int = 10) -> list[Listed]:
    """Return schemes in some states over which the actor holds a permission, oldest submission first."""
    roots = actor.scope(permission)
    if not roots:
        return []
    query = (
        select(PositionScheme, Agency.name)
        .join(Agency, Agency.id == PositionScheme.agency_id)
        .where(
            PositionScheme.state.in_([state.value for state in states]),
            or_(*(PositionScheme.scope_ids.contains([root]) for root in roots)),
        )
        .order_by(PositionScheme.submitted_on, PositionScheme.id)
        .limit(most)
    )
    rows = db.session.execute(query).all()
    steps = _steps_of([row[0].id for row in rows])
    return [Listed(row[0], row[1], clocks_of(row[0], steps.get(row[0].id, ()))) for row in rows]


def _steps_of(ids: Collection[int]) -> dict[int, list[SchemeStep]]:
    found: dict[int, list[SchemeStep]] = {}
    if ids:
        query = select(SchemeStep).where(SchemeStep.scheme_id.in_(ids), SchemeStep.step != Step.EDIT.value)
        for step in db.session.scalars(query.order_by(SchemeStep.id)):
            found.setdefault(step.scheme_id, []).append(step)
    return found


def clocks_of(scheme: PositionScheme, steps: Sequence[SchemeStep]) -> list[Clock]:
    """Return the time limits of a scheme that have begun (NĐ 232/2026/NĐ-CP Đ11 k3); `steps` oldest first."""
    noticed = None
    for step in steps:
        if step.step == Step.SUBMIT.value:
            noticed = None
        elif step.step == Step.NOTE_INCOMPLETE.value:
            noticed = step.happened_on
    # The confirmation stops the first clock on its own day, whatever day the review counts from.
    confirmed = next((one.happened_on for one in reversed(steps) if one.step == Step.ACCEPT.value), None)
    days = Days(scheme.submitted_on, noticed or (confirmed if scheme.complete_on else None), scheme.complete_on,
                scheme.appraised_on, scheme.decided_on)  # fmt: skip
    if scheme.state in {State.WITHDRAWN.value, State.RETURNED.value}:
        return []
    return rules.clocks(days, law.parameters(clock.today()), law.holidays().add)


def running(clocks: Sequence[Clock]) -> Clock | None:
    """Return the time limit that runs now, None when none does."""
    return next((one for one in reversed(clocks) if one.done is None), None)


def get_scheme(actor: Actor, scheme_id: int) -> PositionScheme:
    """Return a scheme within the actor's part of the tree. Raises `NotFound`, also for one outside it."""
    found = db.session.get(PositionScheme, scheme_id, populate_existing=True)
    if found is None or not actor.may(Permission.POSITIONS_VIEW, at=found.scope_ids):
        raise missing("scheme")
    return found


def open_scheme_of(agency_id: int, quota_kind: str) -> PositionScheme | None:
    """Return the scheme of an agency that is neither approved nor withdrawn, None where there is none."""
    over = (State.APPROVED.value, State.WITHDRAWN.value)
    query = select(PositionScheme).where(
        PositionScheme.agency_id == agency_id,
        PositionScheme.quota_kind == quota_kind,
        PositionScheme.state.not_in(over),
    )
    return db.session.scalar(query.order_by(PositionScheme.id.desc()).limit(1))


def list_steps(scheme_id: int) -> Sequence[SchemeStep]:
    """Return everything that happened to a scheme, oldest first, edits included."""
    return db.session.scalars(select(SchemeStep).where(SchemeStep.scheme_id == scheme_id).order_by(SchemeStep.id)).all()


def submitter_of(steps: Sequence[SchemeStep]) -> int | None:
    """Return the account that submitted a scheme last."""
    return next((one.account_id for one in reversed(steps) if one.step == Step.SUBMIT.value), None)


def parties_of(actor: Actor, scheme: PositionScheme, steps: Sequence[SchemeStep]) -> frozenset[Party]:
    """Return whom the actor stands for in a scheme: nobody appraises or decides what they submitted themselves."""
    found = set()
    if actor.may(Permission.POSITIONS_MANAGE, at=scheme.scope_ids):
        found.add(Party.PROPOSER)
    own = actor.account_id is not None and actor.account_id == submitter_of(steps)
    if actor.may(Permission.POSITIONS_APPRAISE, at=scheme.scope_ids) and not own:
        found |= {Party.APPRAISER, Party.APPROVER}
    return frozenset(found)


# Units


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit a scheme is about: the agency itself or one inside it; `level` is its depth below the agency."""

    id: int
    name: str
    level: int


def units_of(scheme: PositionScheme) -> list[Unit]:
    """Return the units of a scheme in tree order, the agency first."""
    return units_under(scheme.agency_id, QuotaKind(scheme.quota_kind))


def units_under(agency_id: int, kind: QuotaKind) -> list[Unit]:
    """Return an agency and what is inside it: phòng, and chi cục for công chức; in tree order."""
    today = clock.today()
    rows = db.session.execute(
        select(Agency.id, Agency.name, Agency.kind, Agency.parent_id)
        .where(
            Agency.scope_ids.contains([agency_id]),
            or_(Agency.closed_on.is_(None), Agency.closed_on > today, Agency.id == agency_id),
        )
        .order_by(Agency.depth, Agency.order_no, Agency.sort_key, Agency.id)
    ).all()
    below: dict[int, list[Any]] = {}
    top = None
    for row in rows:
        if row.id == agency_id:
            top = row
        elif row.kind in _INSIDE[kind]:
            below.setdefault(row.parent_id, []).append(row)
    if top is None:
        return []
    found: list[Unit] = []
    pending = [(top, 0)]
    while pending:
        row, level = pending.pop()
        found.append(Unit(row.id, row.name, level))
        pending += [(child, level + 1) for child in reversed(below.get(row.id, []))]
    return found


# The inventory


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A piece of work with the names a page shows; `person` is None where the reader does not see the person."""

    work: SchemeWork
    unit: str
    person: str | None
    position: str | None

    @property
    def hours(self) -> Decimal:
        """Return its hours a year, 0 for what does not count."""
        return as_work(self.work).hours


def as_work(row: SchemeWork) -> Work:
    """Return a piece of work as the rules take it."""
    group = PositionGroup(row.work_group) if row.work_group else None
    return Work(
        row.unit_id, row.name, row.times_a_year, row.hours_each, row.person_id, row.product or "", row.regular, group,
        row.scheme_line_id,
    )  # fmt: skip


def list_works(scheme_id: int, *, unit_id: int | None = None, ungrouped: bool = False) -> list[WorkRow]:
    """Return the inventory by unit, the unit's own list first, then person by person."""
    query = (
        select(SchemeWork, Agency.name, Person.full_name, JobPosition.name)
        .join(Agency, Agency.id == SchemeWork.unit_id)
        .outerjoin(Person, Person.id == SchemeWork.person_id)
        .outerjoin(SchemeLine, SchemeLine.id == SchemeWork.scheme_line_id)
        .outerjoin(JobPosition, JobPosition.id == SchemeLine.position_id)
        .where(SchemeWork.scheme_id == scheme_id)
        .order_by(Agency.path, SchemeWork.person_id.nulls_first(), SchemeWork.id)
    )
    if unit_id is not None:
        query = query.where(SchemeWork.unit_id == unit_id)
    if ungrouped:
        query = query.where(SchemeWork.work_group.is_(None))
    return [WorkRow(*row) for row in db.session.execute(query)]


def get_work(scheme_id: int, work_id: int) -> SchemeWork:
    """Return a piece of work of a scheme. Raises `NotFound`."""
    query = select(SchemeWork).where(SchemeWork.id == work_id, SchemeWork.scheme_id == scheme_id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise missing("work")
    return found


def find_people(words: str, unit_ids: Collection[int], *, limit: int = CHOICES) -> list[tuple[str, str]]:
    """Return the people of units whose name has every word typed, as (id, words): those the reader sees."""
    rows = db.session.execute(_PEOPLE, {"units": sorted(unit_ids)}).all()
    wanted = fold(words).split()
    found = [
        (str(row.person_id), f"{row.full_name} ({row.staff_code})" if row.staff_code else row.full_name)
        for row in rows
        if all(word in f" {fold(row.full_name)} {fold(row.staff_code or '')} " for word in wanted)
    ]
    return found[:limit]


_PEOPLE = text("""
SELECT c.person_id, p.full_name, p.staff_code FROM people_current c JOIN people p ON p.id = c.person_id
WHERE c.agency_id = ANY (:units) AND c.status NOT IN ('left', 'retired', 'deceased')
ORDER BY p.sort_key, p.id
""")


def last_hands(steps: Sequence[SchemeStep]) -> Mapping[int, str]:
    """Return the names of the accounts that ever had a hand in a scheme, by id."""
    return {step.account_id: step.name for step in steps if step.account_id is not None}


def rows_changed(rows: Sequence[SchemeWork | SchemeLine]) -> datetime | None:
    """Return when the latest of some rows was written."""
    return max((row.recorded_at for row in rows), default=None)
