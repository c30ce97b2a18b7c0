"""What a trainer reads: own classes, their sessions, the roster with presences and marks. Nothing else of anybody.

Names come from the view `class_roster`, which has name, staff code and agency; a trainer's account sees no people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, exists, func, select, text

from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.training.models import (
    Attendance,
    ClassSession,
    ClassTrainer,
    Course,
    Enrolment,
    TrainingClass,
)
from hrms.training.rules.desk import CLOSED, Meeting
from hrms.training.rules.states import ON_ROSTER, EnrolmentState

TEACH = Permission.TRAINING_TEACH
CLOSED_SHOWN = 20
_SEATED = tuple(sorted(state.value for state in ON_ROSTER))
_CLOSED = tuple(sorted(state.value for state in CLOSED))


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody with a seat: what a trainer sees of them, and what the trainer wrote."""

    enrolment_id: int
    person_id: int
    full_name: str
    staff_code: str
    agency: str
    state: str
    mark: Decimal | None
    reason: str | None
    """Why not completed, or completed against the proposal; nothing before the outcome."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A class of the desk's list."""

    training_class: TrainingClass
    meetings: Sequence[Meeting]
    learners: int
    unmarked: int
    """Learners without a mark, 0 in a class without marks."""


OWN_LEARNER = Problem(
    "", "own_learner",
    N_("Bạn là học viên của lớp này nên không tự điểm danh, ghi điểm, kết thúc lớp. Hãy nhờ giảng viên khác của lớp."),
)  # fmt: skip
_LEARNS = text(
    "SELECT true FROM enrolments WHERE class_id = :class AND person_id = :me"
    " AND state IN ('accepted', 'completed', 'failed')"
)


def own_class(actor: Actor, class_id: int, *, lock: bool = False) -> TrainingClass:
    """Return a class the actor teaches; to change it (`lock`) they must not be a learner of it.

    Raises `Forbidden` without the permission or for a learner, `NotFound` for any other class.
    """
    actor.require(TEACH)
    mine = exists().where(ClassTrainer.class_id == TrainingClass.id, ClassTrainer.account_id == actor.account_id)
    query = select(TrainingClass).where(TrainingClass.id == class_id, mine)
    if lock:
        query = query.with_for_update(of=TrainingClass).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise missing("class")
    if lock and actor.person_id is not None and db.session.scalar(_LEARNS, {"class": class_id, "me": actor.person_id}):
        raise Forbidden(OWN_LEARNER)
    return found


def class_run_by(actor: Actor, class_id: int, *, lock: bool = False) -> TrainingClass:
    """Return a class an agency of the actor's runs. Raises `Forbidden`, `NotFound`."""
    manage = Permission.TRAINING_MANAGE
    actor.require(manage)
    query = select(TrainingClass).where(TrainingClass.id == class_id)
    if lock:
        query = query.with_for_update(of=TrainingClass).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None or not actor.may(manage, at=scope_of(found)):
        raise missing("class")
    return found


def scope_of(found: TrainingClass) -> list[int]:
    """Return the closure of agency ids of whoever runs a class."""
    return list(db.session.execute(select(Agency.scope_ids).where(Agency.id == found.agency_id)).scalar_one())


def meetings_of(class_ids: Collection[int]) -> Mapping[int, Sequence[Meeting]]:
    """Return the sessions of classes in order, each with how many who have a seat are marked."""
    query = (
        select(
            ClassSession.class_id, ClassSession.number, ClassSession.held_on, ClassSession.hours,
            ClassSession.starts_at, ClassSession.ends_at, func.count(Enrolment.id).label("marked"),
        )
        .outerjoin(Attendance, Attendance.session_id == ClassSession.id)
        .outerjoin(Enrolment, and_(Enrolment.id == Attendance.enrolment_id, Enrolment.state.in_(_SEATED)))
        .where(ClassSession.class_id.in_(class_ids))
        .group_by(ClassSession.id)
        .order_by(ClassSession.class_id, ClassSession.number)
    )  # fmt: skip
    found: dict[int, list[Meeting]] = {class_id: [] for class_id in class_ids}
    for row in db.session.execute(query):
        found[row.class_id].append(Meeting(row.number, row.held_on, row.hours, row.starts_at, row.ends_at, row.marked))
    return found


def taught(actor: Actor, today: date) -> Sequence[Taught]:
    """Return the classes the actor teaches: those still open all, of the others the latest; three statements.

    In order: a session today, then by the last day; closed ones last.
    """
    actor.require(TEACH)
    closed = TrainingClass.state.in_(_CLOSED)
    own = select(TrainingClass).join(ClassTrainer, ClassTrainer.class_id == TrainingClass.id)
    own = own.where(ClassTrainer.account_id == actor.account_id)
    classes = [
        *db.session.scalars(own.where(~closed).order_by(TrainingClass.ends_on, TrainingClass.id)),
        *db.session.scalars(
            own.where(closed).order_by(TrainingClass.ends_on.desc(), TrainingClass.id).limit(CLOSED_SHOWN)
        ),
    ]
    ids = [one.id for one in classes]
    counts = {
        row.class_id: row
        for row in db.session.execute(
            select(Enrolment.class_id, func.count().label("learners"), func.count(Enrolment.mark).label("marked"))
            .where(Enrolment.class_id.in_(ids), Enrolment.state.in_(_SEATED))
            .group_by(Enrolment.class_id)
        )
    }
    meetings = meetings_of(ids)
    made = []
    for one in classes:
        row = counts.get(one.id)
        learners, marked = (row.learners, row.marked) if row else (0, 0)
        made.append(Taught(one, meetings[one.id], learners, 0 if one.pass_mark is None else learners - marked))
    return sorted(made, key=lambda one: (one.training_class.state in _CLOSED, not _meets(one, today)))


def _meets(one: Taught, today: date) -> bool:
    return any(meeting.held_on == today for meeting in one.meetings)


_ROSTER = text(
    "SELECT r.enrolment_id, r.person_id, r.full_name, coalesce(r.staff_code, '') AS staff_code,"
    " coalesce(r.agency, '') AS agency, e.state, e.mark,"
    " CASE WHEN e.state IN ('completed', 'failed') THEN e.reason END AS reason"
    " FROM class_roster r JOIN enrolments e ON e.id = r.enrolment_id"
    " WHERE r.class_id = :class_id AND e.class_id = :class_id AND e.state = ANY (:states)"
    " ORDER BY r.sort_key, r.enrolment_id"
)


def roster(class_id: int) -> Sequence[Learner]:
    """Return who has a seat in a class, by name; nobody in a class that is neither own nor run by an own agency."""
    rows = db.session.execute(_ROSTER, {"class_id": class_id, "states": list(_SEATED)})
    return [Learner(**row) for row in rows.mappings()]


def session_of(class_id: int, number: int) -> ClassSession:
    """Return one session of a class by its number. Raises `NotFound`."""
    query = select(ClassSession).where(ClassSession.class_id == class_id, ClassSession.number == number)
    found = db.session.scalar(query)
    if found is None:
        raise missing("session")
    return found


def sessions_of(class_id: int) -> Sequence[ClassSession]:
    """Return the sessions of a class in order."""
    query = select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.number)
    return db.session.scalars(query).all()


def presences(session_id: int) -> Mapping[int, str]:
    """Return enrolment → presence at a session."""
    query = select(Attendance.enrolment_id, Attendance.presence).where(Attendance.session_id == session_id)
    return {row.enrolment_id: row.presence for row in db.session.execute(query)}


def presence_grid(class_id: int) -> Mapping[tuple[int, int], str]:
    """Return (enrolment, session number) → presence, for a whole class."""
    query = (
        select(Attendance.enrolment_id, ClassSession.number, Attendance.presence)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .where(ClassSession.class_id == class_id)
    )
    return {(row.enrolment_id, row.number): row.presence for row in db.session.execute(query)}


def attended(class_id: int) -> Mapping[int, Decimal]:
    """Return enrolment → hours of the sessions somebody was present at."""
    query = (
        select(Attendance.enrolment_id, func.sum(ClassSession.hours).label("hours"))
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .where(ClassSession.class_id == class_id, Attendance.presence == "present")
        .group_by(Attendance.enrolment_id)
    )
    return {row.enrolment_id: row.hours for row in db.session.execute(query)}


def course_of(found: TrainingClass) -> Course:
    """Return the course a class runs."""
    return db.session.get_one(Course, found.course_id)


def meetings_on(actor: Actor, day: date) -> Sequence[tuple[TrainingClass, ClassSession]]:
    """Return the sessions of a day in the actor's own classes that are still open, in order of time."""
    actor.require(TEACH)
    query = (
        select(TrainingClass, ClassSession)
        .join(ClassTrainer, ClassTrainer.class_id == TrainingClass.id)
        .join(ClassSession, ClassSession.class_id == TrainingClass.id)
        .where(
            ClassTrainer.account_id == actor.account_id,
            ClassSession.held_on == day,
            TrainingClass.state.not_in(_CLOSED),
        )
        .order_by(ClassSession.starts_at.nulls_first(), ClassSession.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def seat_of(class_id: int, person_id: int) -> int | None:
    """Return the enrolment of somebody who has a seat in a class of the actor's own, None for everybody else."""
    query = select(Enrolment.id).where(
        Enrolment.class_id == class_id,
        Enrolment.person_id == person_id,
        Enrolment.state == EnrolmentState.ACCEPTED.value,
    )
    return db.session.scalar(query)
