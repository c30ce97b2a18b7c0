"""Reads of checks of effect: what is due, one of them, how competencies changed by course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, select

from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.db import bigints, db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.people.models import Person, PersonCurrent
from hrms.positions.models import Competency, CompetencyAssessment
from hrms.training.models import Course, Enrolment, ImpactCheck, TrainingClass
from hrms.training.rules.after import Change, change_of, shown

SOON_DAYS = 30
STATES = ("open", "overdue", "coming", "answered")
_I = ImpactCheck.__table__.c
_ORDER: Order = ((_I.due_on, False), (_I.id, False))
_KEYS = ("due_on", "id")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. `state`: open (due within 30 days or overdue), overdue, coming, answered."""

    state: str = "open"
    course: int | None = None
    person: int | None = None
    under: int | None = None


def parse(args: Mapping[str, str]) -> Filters:
    """Return the filters an address names; nonsense is left aside."""

    def number(name: str) -> int | None:
        given = str(args.get(name) or "").strip()
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None

    state = args.get("state") or ""
    return Filters(state if state in STATES else "open", number("course"), number("person_id"), number("agency"))


def _when(state: str, today: date) -> list[ColumnElement[bool]]:
    if state == "answered":
        return [ImpactCheck.answered_on.is_not(None)]
    soon = today + timedelta(days=SOON_DAYS)
    return [
        ImpactCheck.answered_on.is_(None),
        {"overdue": ImpactCheck.due_on < today, "coming": ImpactCheck.due_on > soon}.get(
            state, ImpactCheck.due_on <= soon
        ),
    ]


def _select() -> Select[Any]:
    found: Any = (
        select(
            ImpactCheck, ImpactCheck.id, ImpactCheck.due_on, Person.full_name, Person.staff_code, Person.scope_ids,
            PersonCurrent.job_position, Agency.name.label("agency"), TrainingClass.name.label("class_name"),
            TrainingClass.code.label("class_code"), TrainingClass.starts_on, TrainingClass.ends_on,
            Course.name.label("course"), Competency.name.label("competency"), Enrolment.state,
        )
        .join(Person, Person.id == ImpactCheck.person_id)
        .join(Enrolment, Enrolment.id == ImpactCheck.enrolment_id)
        .join(TrainingClass, TrainingClass.id == ImpactCheck.class_id)
        .join(Course, Course.id == TrainingClass.course_id)
        .join(Competency, Competency.code == ImpactCheck.competency_code)
        .outerjoin(PersonCurrent, PersonCurrent.person_id == ImpactCheck.person_id)
        .outerjoin(Agency, Agency.id == PersonCurrent.agency_id)
    )  # fmt: skip
    return cast("Select[Any]", found)


def _narrowed(filters: Filters) -> Select[Any]:
    # Once the completion is undone there is nothing to ask.
    query = _select().where(Enrolment.state == "completed", *_when(filters.state, clock.today()))
    if filters.course is not None:
        query = query.where(TrainingClass.course_id == filters.course)
    if filters.person is not None:
        query = query.where(ImpactCheck.person_id == filters.person)
    if filters.under is not None:
        query = query.where(Person.scope_ids.op("&&")(bigints([filters.under])))
    return query


def list_checks(filters: Filters, *, after: str | None = None, before: str | None = None) -> Page[Any]:
    """Return a page of checks the reader may see, the longest due first; one statement."""
    query = _narrowed(filters).order_by(*order_by(_ORDER, back=bool(before))).limit(LIMIT + 1)
    cursor = after or before
    if cursor:
        values = typed_values(_ORDER, decode(cursor, len(_ORDER)))
        query = query.where(seek(_ORDER, values, back=bool(before)))
    return cut(db.session.execute(query).all(), LIMIT, _KEYS, after=after, before=before)


def count_checks(filters: Filters) -> int:
    """Return how many checks the filters leave."""
    narrowed = _narrowed(filters).with_only_columns(ImpactCheck.id).subquery()
    return int(db.session.execute(select(func.count()).select_from(narrowed)).scalar_one())


def get_check(impact_id: int) -> Any:
    """Return one check the reader may see. Raises `NotFound`."""
    row = db.session.execute(_select().where(ImpactCheck.id == impact_id)).one_or_none()
    if row is None:
        raise missing("impact")
    return row


def level_before(person_id: int, competency: str, day: date) -> int | None:
    """Return the level a competency was last judged at before a day."""
    at = CompetencyAssessment
    query = select(at.level).where(at.person_id == person_id, at.competency_code == competency, at.assessed_on < day)
    return db.session.scalar(query.order_by(at.assessed_on.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of the competencies a course raises; None where fewer than five stand behind a figure.

    `unknown`: answered, but no level was known before the class.
    """

    course_id: int
    course: str
    asked: int | None
    rose: int | None
    stayed: int | None
    fell: int | None
    unknown: int | None


def effects() -> list[Effect]:
    """Return the answered checks the reader may see, by course; one statement."""
    at = ImpactCheck
    query = (
        select(Course.id, Course.name, at.level_before, at.level_after, func.count().label("times"))
        .join(TrainingClass, TrainingClass.id == at.class_id)
        .join(Course, Course.id == TrainingClass.course_id)
        .join(Enrolment, Enrolment.id == at.enrolment_id)
        .where(at.answered_on.is_not(None), Enrolment.state == "completed")
        .group_by(Course.id, at.level_before, at.level_after)
        .order_by(Course.sort_key, Course.id)
    )
    counted: dict[int, dict[Change | None, int]] = {}
    names: dict[int, str] = {}
    for row in db.session.execute(query):
        names[row.id] = row.name
        change = change_of(row.level_before, row.level_after)
        own = counted.setdefault(row.id, {})
        own[change] = own.get(change, 0) + row.times
    return [_effect(course_id, names[course_id], own) for course_id, own in counted.items()]


def _effect(course_id: int, name: str, own: Mapping[Change | None, int]) -> Effect:
    kinds: Sequence[Change | None] = (Change.ROSE, Change.STAYED, Change.FELL, None)
    counts = shown([own.get(one, 0) for one in kinds])
    whole = sum(own.values())
    # Where a part is hidden the sum would give it away.
    asked = None if None in counts else whole
    return Effect(course_id, name, asked, *counts)
