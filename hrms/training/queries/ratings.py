"""Reads of ratings: one's own, and sums of five and more over classes, courses and providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, false, or_, select, text

from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import bigints, db
from hrms.core.permissions import Permission
from hrms.training.models import (
    ClassRating,
    ClassTrainer,
    Course,
    Enrolment,
    TrainingClass,
    TrainingProvider,
)
from hrms.training.rules.after import RATED_DAYS, Aspect, Mean, joined, last_rating_day
from hrms.training.rules.states import ClassState

P = Permission
MOST = 2_000
_COUNTS = text("SELECT class_id, aspect, given, mean FROM class_rating_counts(CAST(:ids AS bigint[]))")
_COMMENTS = text("SELECT comment FROM class_rating_comments(CAST(:ids AS bigint[]), :today, :days)")


@dataclass(frozen=True, slots=True)
class Own:
    """One's own place in a class, and the rating given, if any. `ended_on`: from when the days to rate are counted."""

    enrolment: Enrolment
    training_class: TrainingClass
    rating: ClassRating | None

    @property
    def ends_on(self) -> date:
        """Return the last day of the class."""
        return self.training_class.ends_on

    @property
    def ended_on(self) -> date:
        """Return the day it was completed, or its last day before that."""
        return self.training_class.closed_on or self.training_class.ends_on

    @property
    def until(self) -> date:
        """Return the last day on which it may be rated."""
        return last_rating_day(self.ended_on)


def own_enrolment(actor: Actor, class_id: int) -> Own:
    """Return the actor's own place in a class. Raises `NotFound` when there is none."""
    row = None
    if actor.person_id is not None and actor.is_holder(actor.person_id):
        row = db.session.execute(
            select(Enrolment, TrainingClass, ClassRating)
            .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
            .outerjoin(ClassRating, ClassRating.enrolment_id == Enrolment.id)
            .where(Enrolment.class_id == class_id, Enrolment.person_id == actor.person_id)
        ).one_or_none()
    if row is None:
        raise missing("class")
    return Own(row.Enrolment, row.TrainingClass, row.ClassRating)


@dataclass(frozen=True, slots=True)
class Rated:
    """A class with its means by content; without any where fewer than five rated."""

    class_id: int
    code: str
    name: str
    ends_on: date
    course_id: int
    course: str
    provider_id: int
    provider: str
    means: Mapping[str, Mean] = field(default_factory=dict)

    @property
    def given(self) -> int:
        """Return how many rated, as far as it may be said."""
        return max((one.given for one in self.means.values()), default=0)


@dataclass(frozen=True, slots=True)
class Sum:
    """What classes of one course, or of one provider, scored together."""

    id: int
    name: str
    classes: int
    rated: int
    """Classes with five ratings and more: the others are left out."""
    means: Mapping[str, Mean]
    whole: Mean | None

    @property
    def given(self) -> int:
        """Return how many rated."""
        return max((one.given for one in self.means.values()), default=0)


def rated_classes(actor: Actor, *, year: int | None = None, class_id: int | None = None) -> list[Rated]:
    """Return classes that are over, the last first, which the actor runs or teaches, with their means.

    `class_id` is one of them, over or not. Two statements.
    """
    roots = actor.scope(P.TRAINING_VIEW)
    own = exists().where(ClassTrainer.class_id == TrainingClass.id, ClassTrainer.account_id == actor.account_id)
    run_here: Any = false()
    if EVERYTHING in roots:
        run_here = TrainingClass.id.is_not(None)
    elif roots:
        run_here = Agency.scope_ids.op("&&")(bigints(roots))
    query = (
        select(
            TrainingClass.id, TrainingClass.code, TrainingClass.name, TrainingClass.ends_on,
            Course.id.label("course_id"), Course.name.label("course"), TrainingProvider.id.label("provider_id"),
            TrainingProvider.name.label("provider"),
        )
        .join(Course, Course.id == TrainingClass.course_id)
        .join(TrainingProvider, TrainingProvider.id == TrainingClass.provider_id)
        .join(Agency, Agency.id == TrainingClass.agency_id)
        .where(or_(run_here, own if actor.may(P.TRAINING_TEACH) else false()))
        .order_by(TrainingClass.ends_on.desc(), TrainingClass.id.desc())
        .limit(MOST)
    )  # fmt: skip
    if year is not None:
        query = query.where(TrainingClass.ends_on >= date(year, 1, 1), TrainingClass.ends_on <= date(year, 12, 31))
    if class_id is not None:
        query = query.where(TrainingClass.id == class_id)
    else:
        query = query.where(TrainingClass.ends_on <= clock.today(), TrainingClass.state != ClassState.CANCELLED)
    rows = db.session.execute(query).all()
    means: dict[int, dict[str, Mean]] = {}
    if rows:
        for one in db.session.execute(_COUNTS, {"ids": [row.id for row in rows]}):
            means.setdefault(one.class_id, {})[one.aspect] = Mean(one.given, one.mean)
    return [
        Rated(
            row.id, row.code, row.name, row.ends_on, row.course_id, row.course, row.provider_id, row.provider,
            means.get(row.id, {}),
        )
        for row in rows
    ]  # fmt: skip


def get_rated(actor: Actor, class_id: int) -> Rated:
    """Return one class the actor runs or teaches with its means. Raises `NotFound`."""
    found = rated_classes(actor, class_id=class_id)
    if not found:
        raise missing("class")
    return found[0]


def comments_of(class_id: int) -> list[str]:
    """Return what learners wrote about a class, in no order of time; none before its days to rate are over."""
    given = {"ids": [class_id], "today": clock.today(), "days": RATED_DAYS}
    return list(db.session.scalars(_COMMENTS, given))


def sums(found: Sequence[Rated], key: str) -> list[Sum]:
    """Return the classes summed by `course` or `provider`, by name."""
    grouped: dict[int, list[Rated]] = {}
    for one in found:
        grouped.setdefault(getattr(one, f"{key}_id"), []).append(one)
    made = []
    for group_id, classes in grouped.items():
        means = {
            aspect.value: mean
            for aspect in Aspect
            if (mean := joined([one.means[aspect] for one in classes if aspect in one.means])) is not None
        }
        rated = sum(bool(one.means) for one in classes)
        name = getattr(classes[0], key)
        made.append(Sum(group_id, name, len(classes), rated, means, joined(list(means.values()))))
    return sorted(made, key=lambda one: one.name)
