"""Reads of yearly plans: those of the reader's part of the tree, one with its lines, beside what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.training.models import Course, TrainingPlan, TrainingPlanLine
from hrms.training.rules.plans import Sums, total
from hrms.training.rules.states import PlanState

PLANS_SHOWN = 500
# What a plan counts as done: classes of its lines that began or were announced; those cancelled or in draft do not.
_DONE = text("""
SELECT k.plan_line_id AS line_id, count(*) AS classes, coalesce(sum(n.completed), 0) AS learners,
  coalesce(sum(n.seated), 0) AS seated, sum(k.central_budget) AS central, sum(k.local_budget) AS local,
  sum(k.other_budget) AS other
FROM training_classes k
LEFT JOIN class_counts(ARRAY(SELECT c.id FROM training_classes c JOIN training_plan_lines l ON l.id = c.plan_line_id
  WHERE l.plan_id = :plan)) n ON n.class_id = k.id
WHERE k.plan_line_id IN (SELECT id FROM training_plan_lines WHERE plan_id = :plan)
  AND k.state NOT IN ('draft', 'cancelled')
GROUP BY k.plan_line_id
""")
_OUTSIDE = text("""
SELECT count(*) AS classes, coalesce(sum(n.completed), 0) AS learners, coalesce(sum(k.central_budget), 0) AS central,
  coalesce(sum(k.local_budget), 0) AS local, coalesce(sum(k.other_budget), 0) AS other
FROM training_classes k
LEFT JOIN class_counts(ARRAY(SELECT id FROM training_classes WHERE agency_id = :agency AND plan_line_id IS NULL
  AND starts_on >= :first AND starts_on < :end)) n ON n.class_id = k.id
WHERE k.agency_id = :agency AND k.plan_line_id IS NULL AND k.state NOT IN ('draft', 'cancelled')
  AND k.starts_on >= :first AND k.starts_on < :end
""")


@dataclass(frozen=True, slots=True)
class Row:
    """A plan of a list with its agency and its figures."""

    plan: TrainingPlan
    agency: str
    lines: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its programme, what is planned and what was done; `seated` counts who has or had a seat."""

    line: TrainingPlanLine
    course: Course
    planned: Sums
    done: Sums
    seated: int


@dataclass(frozen=True, slots=True)
class Look:
    """A plan with everything its page shows; `outside` are the agency's classes of the year outside any plan."""

    plan: TrainingPlan
    agency: Agency
    lines: Sequence[Line]
    outside: Sums

    @property
    def planned(self) -> Sums:
        """Return the sum of what is planned."""
        return total([one.planned for one in self.lines])

    @property
    def done(self) -> Sums:
        """Return the sum of what was done by the plan."""
        return total([one.done for one in self.lines])


def list_plans(actor: Actor, year: int | None, state: PlanState | None, agency_id: int | None = None) -> list[Row]:
    """Return the plans of the reader's part, newest year first, agencies in tree order."""
    query = (
        select(
            TrainingPlan, Agency.name, func.count(TrainingPlanLine.id),
            func.coalesce(func.sum(TrainingPlanLine.classes), 0), func.coalesce(func.sum(TrainingPlanLine.learners), 0),
            func.coalesce(func.sum(TrainingPlanLine.central_budget), 0),
            func.coalesce(func.sum(TrainingPlanLine.local_budget), 0),
            func.coalesce(func.sum(TrainingPlanLine.other_budget), 0),
        )
        .join(Agency, Agency.id == TrainingPlan.agency_id)
        .outerjoin(TrainingPlanLine, TrainingPlanLine.plan_id == TrainingPlan.id)
        .where(agencies.visible(actor, Permission.TRAINING_VIEW))
        .group_by(TrainingPlan.id, Agency.name, Agency.path)
        .order_by(TrainingPlan.year.desc(), Agency.path, TrainingPlan.id)
        .limit(PLANS_SHOWN)
    )  # fmt: skip
    if year is not None:
        query = query.where(TrainingPlan.year == year)
    if state is not None:
        query = query.where(TrainingPlan.state == state)
    if agency_id is not None:
        query = query.where(Agency.scope_ids.contains([agency_id]))
    return [
        Row(plan, name, lines, Sums(int(classes), int(learners), Decimal(central), Decimal(local), Decimal(other)))
        for plan, name, lines, classes, learners, central, local, other in db.session.execute(query)
    ]


def list_years(actor: Actor) -> Sequence[int]:
    """Return the years the reader's part has plans of, newest first."""
    query = select(TrainingPlan.year).join(Agency, Agency.id == TrainingPlan.agency_id).distinct()
    found = db.session.scalars(query.where(agencies.visible(actor, Permission.TRAINING_VIEW)))
    return sorted(found, reverse=True)


def get_plan(actor: Actor, plan_id: int) -> tuple[TrainingPlan, Agency]:
    """Return a plan of the reader's part with its agency. Raises `NotFound`, also for one outside it."""
    query = (
        select(TrainingPlan, Agency)
        .join(Agency, Agency.id == TrainingPlan.agency_id)
        .where(TrainingPlan.id == plan_id, agencies.visible(actor, Permission.TRAINING_VIEW))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("plan")
    return row[0], row[1]


def get_line(plan: TrainingPlan, line_id: int) -> TrainingPlanLine:
    """Return a line of a plan. Raises `NotFound`."""
    found = db.session.get(TrainingPlanLine, line_id)
    if found is None or found.plan_id != plan.id:
        raise missing("line")
    return found


def list_lines(plan_id: int) -> list[tuple[TrainingPlanLine, Course]]:
    """Return the lines of a plan with their programmes: by quarter, those without one last, then by name."""
    query = (
        select(TrainingPlanLine, Course)
        .join(Course, Course.id == TrainingPlanLine.course_id)
        .where(TrainingPlanLine.plan_id == plan_id)
        .order_by(TrainingPlanLine.quarter.nulls_last(), Course.sort_key, TrainingPlanLine.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def count_lines(plan_id: int) -> int:
    """Return how many lines a plan has."""
    query = select(func.count()).select_from(TrainingPlanLine).where(TrainingPlanLine.plan_id == plan_id)
    return int(db.session.scalar(query) or 0)


def planned(line: TrainingPlanLine) -> Sums:
    """Return the figures of a line."""
    return Sums(line.classes, line.learners, line.central_budget, line.local_budget, line.other_budget)


def look(plan: TrainingPlan, agency: Agency) -> Look:
    """Return a plan with its lines beside what was done; three statements."""
    done = {row.line_id: row for row in db.session.execute(_DONE, {"plan": plan.id})}
    lines = []
    for line, course in list_lines(plan.id):
        row = done.get(line.id)
        made = Sums() if row is None else Sums(
            row.classes, int(row.learners), Decimal(row.central), Decimal(row.local), Decimal(row.other)
        )  # fmt: skip
        lines.append(Line(line, course, planned(line), made, int(row.seated) if row is not None else 0))
    span = {"agency": agency.id, "first": date(plan.year, 1, 1), "end": date(plan.year + 1, 1, 1)}
    rest = db.session.execute(_OUTSIDE, span).one()
    outside = Sums(
        rest.classes, int(rest.learners), Decimal(rest.central), Decimal(rest.local), Decimal(rest.other)
    )  # fmt: skip
    return Look(plan, agency, lines, outside)


def same_year(agency_id: int, year: int) -> TrainingPlan | None:
    """Return the plan an agency has for a year and did not withdraw."""
    query = select(TrainingPlan).where(
        TrainingPlan.agency_id == agency_id, TrainingPlan.year == year, TrainingPlan.state != PlanState.WITHDRAWN
    )
    return db.session.scalars(query.order_by(TrainingPlan.id).limit(1)).one_or_none()
