"""Reads of what is owed: requirements with their versions, rules of recognition, whom a target reaches on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from hrms.core import dated
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.people.models import PersonCurrent, PersonPost
from hrms.people.queries import law
from hrms.people.rules.kinds import EmploymentStatus
from hrms.positions.models import Assignment, EstablishmentLine, JobPosition
from hrms.training.models import RecognitionRule, RequirementVersion, TrainingRequirement
from hrms.training.rules.kinds import LearningForm, RequirementTarget

IN_SERVICE = (EmploymentStatus.SERVING, EmploymentStatus.PROBATION, EmploymentStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement with the version a list shows: the one in force on the day, else the next or the last."""

    requirement: TrainingRequirement
    version: RequirementVersion | None
    in_force: bool


def list_requirements(on: date, known_on: datetime | None = None, *, ended: bool = False) -> list[Row]:
    """Return the requirements in force on a day in their order; with `ended` all."""
    headers = db.session.scalars(
        select(TrainingRequirement).order_by(TrainingRequirement.place, TrainingRequirement.id)
    ).all()
    versions: dict[int, list[RequirementVersion]] = {}
    query = select(RequirementVersion).where(dated.at(RequirementVersion, None, known_on))
    for one in db.session.scalars(query.order_by(RequirementVersion.valid_from)):
        versions.setdefault(one.requirement_id, []).append(one)
    rows = []
    for header in headers:
        own = versions.get(header.id, [])
        held = version_on(own, on)
        past = [one for one in own if one.valid_from <= on]
        nearest = held or (past[-1] if past else own[0] if own else None)
        if held is not None or ended:
            rows.append(Row(header, nearest, held is not None))
    return rows


def version_on(versions: Sequence[RequirementVersion], on: date) -> RequirementVersion | None:
    """Return the version in force on a day."""
    held = (one for one in versions if one.valid_from <= on and (one.valid_to is None or one.valid_to > on))
    return next(held, None)


def get_requirement(requirement_id: int) -> TrainingRequirement:
    """Return a requirement. Raises `NotFound`."""
    found = db.session.get(TrainingRequirement, requirement_id)
    if found is None:
        raise missing("requirement")
    return found


def find_requirement(code: str) -> TrainingRequirement | None:
    """Return the requirement with a code."""
    return db.session.scalar(select(TrainingRequirement).where(TrainingRequirement.code == code))


def list_versions(requirement_id: int, known_on: datetime | None = None) -> Sequence[RequirementVersion]:
    """Return the versions of a requirement, newest first, as known now or on an instant."""
    found: Sequence[RequirementVersion] = dated.history(
        RequirementVersion, {"requirement_id": requirement_id}, known_on
    )
    return found


def last_place() -> int:
    """Return the place of the last requirement of the list."""
    return int(db.session.scalar(select(func.max(TrainingRequirement.place))) or 0)


def reached(target: str, codes: Collection[str], on: date) -> Select[Any]:
    """Return the ids of people in service today, within the reader's scope, whom a target meets on a day."""
    given = list(codes)
    within = select(PersonCurrent.person_id).where(PersonCurrent.status.in_(IN_SERVICE))
    kind = RequirementTarget(target)
    if kind is RequirementTarget.ALL:
        return within
    if kind is RequirementTarget.PERSON_KIND:
        return within.where(PersonCurrent.kind.in_(given))
    if kind is RequirementTarget.RANK:
        return within.where(PersonCurrent.rank_code.in_(given))
    if kind in {RequirementTarget.POST, RequirementTarget.POST_GROUP}:
        posts = given if kind is RequirementTarget.POST else posts_of_groups(given)
        held = select(PersonPost.person_id).where(PersonPost.post_code.in_(posts), dated.at(PersonPost, on))
        return within.where(PersonCurrent.person_id.in_(held))
    named = JobPosition.key.in_(given) if kind is RequirementTarget.POSITION else JobPosition.position_group.in_(given)
    seated = (
        select(Assignment.person_id)
        .join(EstablishmentLine, EstablishmentLine.id == Assignment.line_id)
        .join(JobPosition, and_(JobPosition.id == EstablishmentLine.position_id, named))
        .where(Assignment.role.in_(("main", "concurrent")), dated.at(Assignment, on))
    )
    return within.where(PersonCurrent.person_id.in_(seated))


def posts_of_groups(groups: Collection[str]) -> list[str]:
    """Return the codes of the posts of some groups of posts."""
    return [row["post"] for row in law.rows("leadership_post_groups") if row["post_group"] in set(groups)]


@dataclass(frozen=True, slots=True)
class Effect:
    """How many people a requirement reaches now and would reach, in service within the reader's scope."""

    before: int
    after: int
    added: int
    dropped: int


def effect(old: RequirementVersion | None, target: str, codes: Collection[str], on: date) -> Effect:
    """Return whom a new version of a requirement would reach, beside the one in force; one statement."""
    new = reached(target, codes, on).subquery()
    if old is None:
        count = int(db.session.scalar(select(func.count()).select_from(new)) or 0)
        return Effect(0, count, count, 0)
    was = reached(old.target, old.target_codes, on).subquery()
    joined = select(
        func.count(was.c.person_id), func.count(new.c.person_id),
        func.count().filter(was.c.person_id.is_(None)), func.count().filter(new.c.person_id.is_(None)),
    ).select_from(was.join(new, was.c.person_id == new.c.person_id, full=True))  # fmt: skip
    row = db.session.execute(joined).one()
    return Effect(*(int(one) for one in row))


def list_recognition(on: date, known_on: datetime | None = None) -> Mapping[LearningForm, RecognitionRule | None]:
    """Return the rule in force on a day of each form of learning, in their order; None where there is none."""
    query = select(RecognitionRule).where(dated.at(RecognitionRule, on, known_on))
    held = {one.form: one for one in db.session.scalars(query)}
    return {form: held.get(form.value) for form in LearningForm}


def recognition_versions(form: LearningForm, known_on: datetime | None = None) -> Sequence[RecognitionRule]:
    """Return the rules of a form, newest first."""
    found: Sequence[RecognitionRule] = dated.history(RecognitionRule, {"form": form.value}, known_on)
    return found


def coming_recognition(on: date) -> Sequence[RecognitionRule]:
    """Return the rules that begin after a day, in order."""
    query = select(RecognitionRule).where(dated.at(RecognitionRule), RecognitionRule.valid_from > on)
    return db.session.scalars(query.order_by(RecognitionRule.valid_from, RecognitionRule.form)).all()


def courses_named(versions: Sequence[RequirementVersion]) -> set[str]:
    """Return the codes of the courses that versions name."""
    return {code for one in versions for code in one.courses}


def requirements_of_course(code: str, on: date) -> Sequence[TrainingRequirement]:
    """Return the requirements in force on a day that a course satisfies."""
    query = (
        select(TrainingRequirement)
        .join(RequirementVersion, RequirementVersion.requirement_id == TrainingRequirement.id)
        .where(dated.at(RequirementVersion, on), RequirementVersion.courses.contains([code]))
        .order_by(TrainingRequirement.place)
    )
    return db.session.scalars(query).all()
