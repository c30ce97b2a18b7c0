"""Reads of classes: the list, one with its days and trainers, how many learners it has. No people are read here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, text, true

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, dated
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import bigints, db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.core.text import fold
from hrms.training.models import (
    ClassSession,
    ClassTrainer,
    Course,
    CourseVersion,
    TrainingClass,
    TrainingPlan,
    TrainingPlanLine,
    TrainingProvider,
)
from hrms.training.rules.classes import CHANGEABLE
from hrms.training.rules.kinds import PROGRAMME_KINDS
from hrms.training.rules.states import ClassState, PlanState

P = Permission
READS = (P.TRAINING_VIEW, P.TRAINING_MANAGE, P.TRAINING_NOMINATE, P.TRAINING_TEACH)
"""Whoever holds one of these reads the list of classes of the whole province: it holds no people."""
_C = TrainingClass.__table__.c
_ORDER: Order = ((_C.starts_on, True), (_C.id, True))
_KEYS = ("starts_on", "id")
EVERYTHING_LISTED = 20_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of classes asks for; empty means any. `under`: run there or below; `day_from`, `day_to` overlap."""

    q: str = ""
    course: int | None = None
    kind: str | None = None
    state: str | None = None
    day_from: date | None = None
    day_to: date | None = None
    under: int | None = None
    provider: int | None = None
    free: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Seats:
    """How many learners a class has, by what they are."""

    seats: int
    seated: int = 0
    waiting: int = 0
    nominated: int = 0
    completed: int = 0

    @property
    def free(self) -> int:
        """Return the seats nobody has."""
        return max(self.seats - self.seated, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A class as a list shows it."""

    found: TrainingClass
    course: str
    kind: str
    provider: str
    agency: str
    counted: Seats
    starts_on: date
    id: int


def parse(args: Any) -> Filters:
    """Return the filters an address names; what means nothing is left aside."""

    def number(name: str) -> int | None:
        given = str(args.get(name) or "").strip()
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(str(args.get(name) or ""))
        except ValueError:
            return None

    kind, state = args.get("kind") or "", args.get("state") or ""
    return Filters(
        q=str(args.get("q") or "").strip()[:200],
        course=number("course"),
        kind=kind if kind in set(PROGRAMME_KINDS) else None,
        state=state if state in set(ClassState) else None,
        day_from=day("from"),
        day_to=day("to"),
        under=number("agency"),
        provider=number("provider"),
        free=str(args.get("free") or "") == "1",
        mine=str(args.get("mine") or "") == "1",
    )


def _prepared(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "announced, or being prepared where the reader may see that"."""
    roots = actor.scope(P.TRAINING_MANAGE)
    own = exists().where(ClassTrainer.class_id == TrainingClass.id, ClassTrainer.account_id == actor.account_id)
    run_here: ColumnElement[bool] = false()
    if EVERYTHING in roots:
        return true()
    if roots:
        run_here = Agency.scope_ids.op("&&")(bigints(roots))
    return or_(TrainingClass.state != ClassState.DRAFT, own, run_here)


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    found = [_prepared(actor)]
    if filters.q:
        words = [
            or_(
                Course.search_key.contains(f" {word}", autoescape=True),
                Course.search_key.startswith(word, autoescape=True),
                TrainingClass.code.contains(word.upper(), autoescape=True),
            )
            for word in fold(filters.q).split()[:8]
        ]
        # A class may have a name of its own, which is kept only as it was typed.
        found.append(or_(and_(*words), TrainingClass.name.contains(filters.q, autoescape=True)))
    if filters.course is not None:
        found.append(TrainingClass.course_id == filters.course)
    if filters.kind is not None:
        found.append(Course.kind == filters.kind)
    if filters.state is not None:
        found.append(TrainingClass.state == filters.state)
    if filters.day_from is not None:
        found.append(TrainingClass.ends_on >= filters.day_from)
    if filters.day_to is not None:
        found.append(TrainingClass.starts_on <= filters.day_to)
    if filters.under is not None:
        found.append(Agency.scope_ids.contains([filters.under]))
    if filters.provider is not None:
        found.append(TrainingClass.provider_id == filters.provider)
    if filters.mine:
        found.append(
            exists().where(ClassTrainer.class_id == TrainingClass.id, ClassTrainer.account_id == actor.account_id)
        )
    if filters.free:
        found += [TrainingClass.state == ClassState.OPEN, TrainingClass.id.in_(_WITH_FREE)]
    return found


_WITH_FREE = text(
    "SELECT k.id FROM training_classes k LEFT JOIN class_counts(ARRAY(SELECT id FROM training_classes"
    " WHERE state = 'open')) n ON n.class_id = k.id WHERE k.state = 'open' AND k.seats > coalesce(n.seated, 0)"
)


def _select(actor: Actor, filters: Filters) -> Select[Any]:
    found: Any = (
        select(
            TrainingClass, Course.name.label("course"), Course.kind, TrainingProvider.name.label("provider"),
            Agency.name.label("agency"), TrainingClass.starts_on, TrainingClass.id,
        )
        .join(Course, Course.id == TrainingClass.course_id)
        .join(TrainingProvider, TrainingProvider.id == TrainingClass.provider_id)
        .join(Agency, Agency.id == TrainingClass.agency_id)
        .where(*_conditions(actor, filters))
    )  # fmt: skip
    return cast("Select[Any]", found)


def list_classes(
    actor: Actor, filters: Filters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Row]:
    """Return a page of classes, those that begin last first; two statements."""
    query = _select(actor, filters).order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)
    cursor = after or before
    if cursor:
        values = typed_values(_ORDER, decode(cursor, len(_ORDER)))
        query = query.where(seek(_ORDER, values, back=bool(before)))
    page = cut(list(db.session.execute(query)), limit, _KEYS, after=after, before=before)
    return Page(_rows(page.items), page.next, page.previous)


def list_all(actor: Actor, filters: Filters) -> list[Row]:
    """Return every class the filters leave, for an export."""
    query = _select(actor, filters).order_by(*order_by(_ORDER)).limit(EVERYTHING_LISTED)
    return _rows(list(db.session.execute(query)))


def count_classes(actor: Actor, filters: Filters) -> int:
    """Return how many classes the filters leave."""
    narrowed = _select(actor, filters).with_only_columns(TrainingClass.id).subquery()
    return int(db.session.execute(select(func.count()).select_from(narrowed)).scalar_one())


def _rows(found: Sequence[Any]) -> list[Row]:
    counted = counts([row.TrainingClass for row in found])
    return [
        Row(row.TrainingClass, row.course, row.kind, row.provider, row.agency, counted[row.id], row.starts_on, row.id)
        for row in found
    ]


_COUNT = text("SELECT * FROM class_counts(CAST(:ids AS bigint[]))")


def counts(classes: Collection[TrainingClass]) -> dict[int, Seats]:
    """Return how many learners classes have, by id: everybody may know that, not who they are. One statement."""
    found = {one.id: Seats(one.seats) for one in classes}
    if found:
        for row in db.session.execute(_COUNT, {"ids": sorted(found)}):
            seats = found[row.class_id].seats
            found[row.class_id] = Seats(seats, row.seated, row.waiting, row.nominated, row.completed)
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """A class with everything around it that holds no people of the record."""

    found: TrainingClass
    course: Course
    provider: TrainingProvider
    agency: Agency
    version: CourseVersion | None
    """What the course said on the first day."""
    sessions: Sequence[ClassSession]
    trainers: Mapping[int, str]
    counted: Seats

    @property
    def session_hours(self) -> Any:
        """Return the hours of its sessions together."""
        return sum((one.hours for one in self.sessions), start=self.found.hours * 0)


def get_class(actor: Actor, class_id: int) -> TrainingClass:
    """Return a class the actor may know of. Raises `NotFound`: one being prepared is only for those who prepare it."""
    found = db.session.scalar(
        select(TrainingClass)
        .join(Agency, Agency.id == TrainingClass.agency_id)
        .where(TrainingClass.id == class_id, _prepared(actor))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("class")
    return found


def look(actor: Actor, class_id: int) -> Look:
    """Return a class with its course, days and trainers; five statements. Raises `NotFound`."""
    row = db.session.execute(
        select(TrainingClass, Course, TrainingProvider, Agency, CourseVersion)
        .join(Course, Course.id == TrainingClass.course_id)
        .join(TrainingProvider, TrainingProvider.id == TrainingClass.provider_id)
        .join(Agency, Agency.id == TrainingClass.agency_id)
        .outerjoin(
            CourseVersion,
            and_(
                CourseVersion.course_id == Course.id, CourseVersion.superseded_at.is_(None),
                CourseVersion.valid_from <= TrainingClass.starts_on,
                or_(CourseVersion.valid_to.is_(None), CourseVersion.valid_to > TrainingClass.starts_on),
            ),
        )
        .where(TrainingClass.id == class_id, _prepared(actor))
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise missing("class")
    found = row.TrainingClass
    return Look(
        found, row.Course, row.TrainingProvider, row.Agency, row.CourseVersion, sessions_of(class_id),
        trainers_in([class_id]).get(class_id, {}), counts([found])[class_id],
    )  # fmt: skip


def sessions_of(class_id: int) -> Sequence[ClassSession]:
    """Return the sessions of a class in order."""
    return db.session.scalars(
        select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.number)
    ).all()


def get_session(class_id: int, session_id: int) -> ClassSession:
    """Return a session of a class. Raises `NotFound`."""
    found = db.session.scalar(
        select(ClassSession).where(ClassSession.id == session_id, ClassSession.class_id == class_id)
    )
    if found is None:
        raise missing("session")
    return found


_TRAINERS_IN = text("SELECT * FROM class_trainer_names(CAST(:ids AS bigint[])) ORDER BY display_name")
_TRAINERS_OF = text("SELECT * FROM trainers_of(:agency, :day) ORDER BY display_name, account_id")


def trainers_in(class_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Return the trainers of classes by class: account id → name shown."""
    found: dict[int, dict[int, str]] = {}
    if class_ids:
        for row in db.session.execute(_TRAINERS_IN, {"ids": sorted(class_ids)}):
            found.setdefault(row.class_id, {})[row.account_id] = row.display_name
    return found


def trainers_of(agency_id: int, day: date | None = None) -> dict[int, str]:
    """Return who may teach a class run by an agency on a day: account id → name shown."""
    given = {"agency": agency_id, "day": day or clock.today()}
    return {row.account_id: row.display_name for row in db.session.execute(_TRAINERS_OF, given)}


def may_run(actor: Actor, at: Collection[int], trainers: Collection[int]) -> bool:
    """Say whether the actor runs a class: manages training at its agency (`at`, its closure), or teaches it."""
    if actor.may(P.TRAINING_MANAGE, at=at):
        return True
    return actor.may(P.TRAINING_TEACH) and actor.account_id in trainers


def version_on(course_id: int, day: date) -> CourseVersion | None:
    """Return what a course says on a day."""
    return db.session.scalar(
        select(CourseVersion).where(CourseVersion.course_id == course_id, dated.at(CourseVersion, day))
    )


def course_choices(day: date) -> Sequence[Any]:
    """Return the courses in force on a day: `id`, `name`, `code`, `hours`, by name."""
    return db.session.execute(
        select(Course.id, Course.name, Course.code, CourseVersion.hours)
        .join(CourseVersion, and_(CourseVersion.course_id == Course.id, dated.at(CourseVersion, day)))
        .order_by(Course.sort_key, Course.id)
    ).all()


def plan_lines(actor: Actor) -> Sequence[Any]:
    """Return the lines of approved plans of this year and the next a class may carry out: `id`, course, plan."""
    year = clock.today().year
    return db.session.execute(
        select(
            TrainingPlanLine.id, TrainingPlanLine.course_id, TrainingPlanLine.quarter, Course.name.label("course"),
            TrainingPlan.title, TrainingPlan.year, Agency.name.label("agency"),
        )
        .join(TrainingPlan, TrainingPlan.id == TrainingPlanLine.plan_id)
        .join(Agency, Agency.id == TrainingPlan.agency_id)
        .join(Course, Course.id == TrainingPlanLine.course_id)
        .where(
            TrainingPlan.state == PlanState.APPROVED, TrainingPlan.year.between(year - 1, year + 1),
            agencies.visible(actor, P.TRAINING_MANAGE, P.TRAINING_TEACH),
        )
        .order_by(TrainingPlan.year.desc(), Course.sort_key, TrainingPlanLine.id)
    ).all()  # fmt: skip


def changeable(found: TrainingClass) -> bool:
    """Say whether a class may still be changed."""
    return found.state in CHANGEABLE
