"""Yearly plans: made by an agency, its lines typed or taken from the needs, submitted, approved on a decision.

An agency's HR writes its own (`training.manage`); who keeps the catalogue for the whole province approves and returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.positions.queries.part import Part
from hrms.training.models import Course, TrainingPlan, TrainingPlanLine
from hrms.training.queries import needs
from hrms.training.queries import plans as queries
from hrms.training.rules.needs import classes_for
from hrms.training.rules.plans import BUDGETS, OPEN, STEPS, line_problems, step_problems
from hrms.training.rules.states import PlanState
from hrms.training.services.courses import cite, may_keep, require_keeper

P = Permission
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('training_plans', :agency))")
_HELD = Problem("", "not_open", N_("Kế hoạch đã trình hoặc đã phê duyệt nên không sửa được. Hãy xem lại kế hoạch."))


def may_write(actor: Actor, agency: Agency) -> bool:
    """Say whether the actor makes plans of an agency."""
    return actor.may(P.TRAINING_MANAGE, at=agency.scope_ids)


def make(actor: Actor, agency: Agency, values: Mapping[str, Any]) -> TrainingPlan:
    """Begin the plan of an agency for a year: year, title, note. Raises `Forbidden`, `Refused`."""
    actor.require(P.TRAINING_MANAGE, at=agency.scope_ids)
    db.session.execute(_LOCK, {"agency": agency.id})
    year, title = int(values["year"]), str(values.get("title") or "").strip()
    problems = []
    if not title:
        problems.append(Problem("title", "required", N_("Tên kế hoạch còn trống. Hãy nhập mục này.")))
    if not clock.today().year - 1 <= year <= clock.today().year + 2:
        sentence = N_("Kế hoạch lập cho năm trước, năm nay hoặc hai năm tới. Hãy sửa năm %(year)s.")
        problems.append(Problem("year", "out_of_bounds", sentence, {"year": year}))
    if agency.closed_on is not None and agency.closed_on <= clock.today():
        sentence = N_("%(name)s đã chấm dứt hoạt động. Hãy chọn cơ quan khác.")
        problems.append(Problem("agency", "closed", sentence, {"name": agency.name}))
    twin = queries.same_year(agency.id, year)
    if twin is not None:
        sentence = N_("%(name)s đã có kế hoạch năm %(year)s. Hãy mở kế hoạch đó, hoặc rút rồi lập lại.")
        problems.append(Problem("year", "duplicate", sentence, {"name": agency.name, "year": year}))
    refuse_if(problems)
    plan = TrainingPlan(
        agency_id=agency.id, year=year, state=PlanState.DRAFT.value, title=title, note=values.get("note"),
        recorded_by=actor.account_id, changed_at=clock.now(),
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    _note(actor, plan, agency, "made", after={"year": year})
    return plan


def change(actor: Actor, plan: TrainingPlan, agency: Agency, values: Mapping[str, Any], *, version: int) -> None:
    """Put right title and note while the plan is with its agency. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.TRAINING_MANAGE, at=agency.scope_ids)
    _take(plan, version)
    title = str(values.get("title") or "").strip()
    if not title:
        raise Refused(Problem("title", "required", N_("Tên kế hoạch còn trống. Hãy nhập mục này.")))
    plan.title, plan.note = title, values.get("note")
    _touch(plan)
    _note(actor, plan, agency, "changed")


def add_line(
    actor: Actor, plan: TrainingPlan, agency: Agency, values: Mapping[str, Any], *, version: int
) -> TrainingPlanLine:
    """Add a programme to a plan. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.TRAINING_MANAGE, at=agency.scope_ids)
    _take(plan, version)
    problems = line_problems(values)
    course = db.session.get(Course, values.get("course_id") or 0)
    if course is None:
        problems.append(Problem("course", "required", N_("Chưa chọn chương trình. Hãy chọn trong danh mục.")))
        raise Refused(*problems)
    refuse_if(problems)
    line = TrainingPlanLine(
        plan_id=plan.id, course_id=course.id, needs=int(values.get("needs") or 0), recorded_by=actor.account_id,
        **_columns(values),
    )  # fmt: skip
    db.session.add(line)
    _touch(plan)
    _note(actor, plan, agency, "line_added", after={"course": course.name, **_columns(values)})
    return line


def change_line(
    actor: Actor, plan: TrainingPlan, agency: Agency, line: TrainingPlanLine, values: Mapping[str, Any], *, version: int
) -> None:
    """Put a line right; its programme stays. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.TRAINING_MANAGE, at=agency.scope_ids)
    _take(plan, version)
    refuse_if(line_problems(values))
    after = _columns(values)
    before = {name: getattr(line, name) for name in after}
    changed = [name for name in after if before[name] != after[name]]
    for name in changed:
        setattr(line, name, after[name])
    line.version += 1
    _touch(plan)
    course = db.session.get_one(Course, line.course_id)
    _note(
        actor, plan, agency, "line_changed", before={name: before[name] for name in changed},
        after={"course": course.name, **{name: after[name] for name in changed}},
    )  # fmt: skip


def remove_line(actor: Actor, plan: TrainingPlan, agency: Agency, line: TrainingPlanLine, *, version: int) -> None:
    """Take a programme out of a plan. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.TRAINING_MANAGE, at=agency.scope_ids)
    _take(plan, version)
    course = db.session.get_one(Course, line.course_id)
    _note(actor, plan, agency, "line_removed", before={"course": course.name, **_figures(line)})
    db.session.delete(line)
    _touch(plan)


def take_needs(actor: Actor, plan: TrainingPlan, agency: Agency, *, version: int) -> int:
    """Add a line for every programme the agency's people need and the plan has not; returns how many lines.

    Learners are the distinct people who need it, classes of `CLASS_SIZE`; quarter and money are for the planner.
    Raises `Forbidden`, `Stale`, `Refused`.
    """
    actor.require(P.TRAINING_MANAGE, at=agency.scope_ids)
    _take(plan, version)
    found = needs.list_needs(Part((agency.id,), agency.id, agency), clock.today().year, clock.today())
    held = {line.course_id for line, _course in queries.list_lines(plan.id)}
    missing = [one for one in found.groups if one.course is not None and one.people and one.course_id not in held]
    if not missing:
        return 0
    for one in missing:
        db.session.add(
            TrainingPlanLine(
                plan_id=plan.id, course_id=one.course_id, quarter=None, classes=classes_for(one.people),
                learners=one.people, needs=one.people, central_budget=Decimal(0), local_budget=Decimal(0),
                other_budget=Decimal(0), note=None, recorded_by=actor.account_id,
            )
        )  # fmt: skip
    _touch(plan)
    learners = sum(one.people for one in missing)
    _note(actor, plan, agency, "needs_taken", after={"lines": len(missing), "learners": learners})
    return len(missing)


def submit(actor: Actor, plan: TrainingPlan, agency: Agency, *, version: int) -> None:
    """Send a plan up for approval. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.TRAINING_MANAGE, at=agency.scope_ids)
    _step(plan, "submit", version)
    plan.submitted_on, plan.remarks = clock.today(), None
    _note(actor, plan, agency, "submitted")


def give_back(actor: Actor, plan: TrainingPlan, agency: Agency, remarks: str, *, version: int) -> None:
    """Send a plan back with remarks. Raises `Forbidden`, `Stale`, `Refused`."""
    require_keeper(actor)
    if not remarks.strip():
        raise Refused(Problem("remarks", "required", N_("Chưa ghi nhận xét. Hãy ghi điều cần sửa trong kế hoạch.")))
    _step(plan, "return", version)
    plan.remarks = remarks.strip()
    _note(actor, plan, agency, "returned", reason=remarks.strip())


def approve(actor: Actor, plan: TrainingPlan, agency: Agency, decision_id: int | None, *, version: int) -> None:
    """Record that a plan was approved by a decision. Raises `Forbidden`, `Stale`, `Refused`."""
    reach = require_keeper(actor)
    if decision_id is None:
        sentence = N_("Kế hoạch được phê duyệt bằng quyết định. Hãy chọn hoặc ghi quyết định.")
        raise Refused(Problem("decision_basis", "required", sentence))
    _step(plan, "approve", version)
    paper = cite(actor, decision_id, [*reach, *agency.scope_ids])
    plan.decision_id, plan.approved_on = decision_id, clock.today()
    _note(actor, plan, agency, "approved", after={"decision": paper})


def withdraw(actor: Actor, plan: TrainingPlan, agency: Agency, reason: str, *, version: int) -> None:
    """Take a plan back: its agency until it is approved, after that who keeps the catalogue. Its classes stay.

    Raises `Forbidden`, `Stale`, `Refused`.
    """
    if not may_withdraw(actor, plan, agency):
        raise Forbidden(
            Problem("", "not_yours", N_("Kế hoạch đã phê duyệt do nơi phê duyệt rút. Hãy gửi đề nghị tới nơi đó."))
        )
    if not reason.strip():
        raise Refused(Problem("remarks", "required", N_("Chưa ghi lý do. Hãy ghi vì sao rút kế hoạch.")))
    _step(plan, "withdraw", version)
    plan.remarks = reason.strip()
    _note(actor, plan, agency, "withdrawn", reason=reason.strip())


def may_withdraw(actor: Actor, plan: TrainingPlan, agency: Agency) -> bool:
    """Say whether the actor may take a plan back as it stands."""
    if plan.state == PlanState.APPROVED:
        return may_keep(actor)
    return may_write(actor, agency) or may_keep(actor)


def note_print(actor: Actor, plan: TrainingPlan, agency: Agency, how: str) -> None:
    """Write into the trail that a plan was taken out as a file."""
    actor.require(P.TRAINING_VIEW, at=agency.scope_ids)
    _note(actor, plan, agency, "printed", after={"file": how})


def _take(plan: TrainingPlan, version: int) -> None:
    db.session.refresh(plan, with_for_update=True)
    if plan.version != version:
        raise Stale
    if PlanState(plan.state) not in OPEN:
        raise Refused(_HELD)


def _step(plan: TrainingPlan, step: str, version: int) -> None:
    db.session.refresh(plan, with_for_update=True)
    if plan.version != version:
        raise Stale
    refuse_if(step_problems(step, PlanState(plan.state), queries.count_lines(plan.id)))
    plan.state = STEPS[step][1].value
    _touch(plan)


def _touch(plan: TrainingPlan) -> None:
    plan.version += 1
    plan.changed_at = clock.now()
    db.session.flush()


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quarter": values.get("quarter"), "classes": int(values.get("classes") or 0),
        "learners": int(values.get("learners") or 0), **{name: Decimal(values.get(name) or 0) for name in BUDGETS},
        "note": values.get("note"),
    }  # fmt: skip


def _figures(line: TrainingPlanLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("quarter", "classes", "learners", *BUDGETS)}


def _note(
    actor: Actor,
    plan: TrainingPlan,
    agency: Agency,
    did: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    audit.record(
        actor, f"training_plan.{did}", "training_plan", plan.id, scope_ids=list(agency.scope_ids),
        agency_id=agency.id, reason=reason, before=dict(before) if before else None,
        after={"title": plan.title, **(after or {})},
    )  # fmt: skip
