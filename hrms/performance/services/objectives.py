"""Objectives of an agency: written by HR or its head, approved by its head or from above, recorded on, dropped.

An approved objective keeps its figures; what was reached and the evidence are recorded on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint
from hrms.performance.models import WorkObjective
from hrms.performance.rules.objectives import (
    Aim,
    Direction,
    ObjectiveState,
    aim_problems,
    step_problems,
)
from hrms.performance.rules.work import TEXT_LENGTH, TITLE_LENGTH

P = Permission
ENTITY = "work_objective"
_TEXTS = ("code", "objective", "indicator", "measure")
_TOLD = (
    "code", "objective", "indicator", "measure", "direction", "baseline", "target", "weight", "due_on", "parent_id",
)  # fmt: skip

explain_constraint(
    "uq_work_objectives_code",
    Problem("code", "code_taken", N_("Cơ quan đã có mục tiêu mang mã này trong năm. Hãy đặt mã khác.")),
)


def may_write(actor: Actor, agency: Agency) -> bool:
    """Say whether the actor writes objectives of an agency and records on them: its HR, its head, those above."""
    return actor.may(P.PERFORMANCE_ASSIGN, at=agency.scope_ids)


def may_approve(actor: Actor, agency: Agency) -> bool:
    """Say whether the actor approves them: its head or one above, or HR of an agency above."""
    above = list(agency.scope_ids)[:-1]
    return actor.may(P.PERFORMANCE_RATE, at=agency.scope_ids) or actor.may(P.PERFORMANCE_ASSIGN, at=above)


def add(actor: Actor, agency: Agency, values: Mapping[str, Any]) -> int:
    """Write an objective of an agency for a year, as a draft; returns its id. `values` by the columns.

    Raises `Refused` with every reason, `Forbidden`.
    """
    actor.require(P.PERFORMANCE_ASSIGN, at=agency.scope_ids)
    said = _said(agency, int(values["year"]), values)
    found = WorkObjective(
        agency_id=agency.id, year=int(values["year"]), state=ObjectiveState.DRAFT.value,
        recorded_by=actor.account_id, **said,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    _note(actor, "added", agency, found, after=_figures(found))
    return found.id


def change(actor: Actor, objective_id: int, values: Mapping[str, Any], *, version: int | None) -> None:
    """Put a draft right. Raises `Refused`, `Stale`, `Forbidden`, `NotFound`."""
    found, agency = _locked(actor, objective_id, version)
    refuse_if(step_problems("edit", ObjectiveState(found.state)))
    before = _figures(found)
    for name, value in _said(agency, found.year, values, of=found.id).items():
        setattr(found, name, value)
    _touch(found)
    old, new = audit.changed(before, _figures(found))
    _note(actor, "edited", agency, found, before=old, after=new)


def approve(
    actor: Actor, objective_id: int, *, version: int | None, decision_id: int | None = None
) -> None:  # fmt: skip
    """Approve an objective; from then on its figures stand. Raises `Refused`, `Stale`, `Forbidden`."""
    found, agency = _locked(actor, objective_id, version)
    if not may_approve(actor, agency):
        text = N_("Mục tiêu do người đứng đầu cơ quan hoặc cơ quan cấp trên duyệt.")
        raise Forbidden(Problem("", "not_approver", text))
    refuse_if(step_problems("approve", ObjectiveState(found.state)))
    found.state, found.decision_id = ObjectiveState.APPROVED.value, decision_id
    _touch(found)
    _note(actor, "approved", agency, found)


def record(
    actor: Actor, objective_id: int, actual: Decimal | None, evidence: str, *, version: int | None
) -> None:  # fmt: skip
    """Write what was reached, with its evidence. Raises `Refused`, `Stale`, `Forbidden`."""
    found, agency = _locked(actor, objective_id, version)
    refuse_if(step_problems("record", ObjectiveState(found.state)))
    said = nfc(evidence)[:TEXT_LENGTH]
    problems = aim_problems(Aim(Direction(found.direction), found.target, None, actual, found.weight))
    if actual is not None and not said:
        text = N_("Chưa ghi minh chứng. Hãy ghi số liệu lấy từ đâu: báo cáo, văn bản, hệ thống.")
        problems.append(Problem("evidence", "required", text))
    refuse_if(problems)
    before = {"actual": found.actual, "evidence": found.evidence}
    found.actual, found.evidence = actual, said or None
    _touch(found)
    old, new = audit.changed(before, {"actual": found.actual, "evidence": found.evidence})
    _note(actor, "recorded", agency, found, before=old, after=new)


def drop(actor: Actor, objective_id: int, reason: str, *, version: int | None) -> None:
    """Drop an objective with a reason; an approved one only by who approves. Raises `Refused`, `Stale`, `Forbidden`."""
    found, agency = _locked(actor, objective_id, version)
    if found.state == ObjectiveState.APPROVED and not may_approve(actor, agency):
        text = N_("Mục tiêu đã duyệt do người đứng đầu cơ quan hoặc cơ quan cấp trên bỏ.")
        raise Forbidden(Problem("", "not_approver", text))
    problems = step_problems("drop", ObjectiveState(found.state))
    why = nfc(reason)[:TEXT_LENGTH]
    if not why:
        problems.append(Problem("reason", "required", N_("Chưa ghi lý do bỏ mục tiêu. Hãy ghi lý do.")))
    refuse_if(problems)
    found.state = ObjectiveState.DROPPED.value
    _touch(found)
    _note(actor, "dropped", agency, found, reason=why)


def _locked(actor: Actor, objective_id: int, version: int | None) -> tuple[WorkObjective, Agency]:
    query = select(WorkObjective).where(WorkObjective.id == objective_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    agency = db.session.get(Agency, found.agency_id) if found is not None else None
    if found is None or agency is None:
        raise missing("objective")
    if not may_write(actor, agency) and not may_approve(actor, agency):
        actor.require(P.PERFORMANCE_ASSIGN, at=agency.scope_ids)
    if version is not None and version != found.version:
        raise Stale
    return found, agency


def _said(agency: Agency, year: int, values: Mapping[str, Any], of: int | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {name: nfc(str(values.get(name) or ""))[:TITLE_LENGTH] for name in _TEXTS}
    said["direction"] = Direction(str(values.get("direction") or "more")).value
    said |= {name: values.get(name) for name in ("baseline", "due_on", "parent_id")}
    said["target"], said["weight"] = values["target"], values.get("weight") or Decimal(1)
    problems = aim_problems(
        Aim(Direction(said["direction"]), said["target"], said["baseline"], None, said["weight"])
    )  # fmt: skip
    missing_words = {
        "code": N_("Chưa có mã mục tiêu. Hãy đặt mã ngắn, ví dụ MT1."),
        "objective": N_("Chưa ghi mục tiêu. Hãy ghi điều cần đạt."),
        "indicator": N_("Chưa ghi chỉ số. Hãy ghi điều sẽ đo."),
        "measure": N_("Chưa ghi đơn vị tính. Hãy ghi %, hồ sơ, ngày…"),
    }
    problems += [Problem(name, "required", text) for name, text in missing_words.items() if not said[name]]
    if said["due_on"] is not None and said["due_on"].year != year:
        text = N_("Hạn %(value)s không thuộc năm %(year)s của mục tiêu. Hãy chọn ngày trong năm.")
        problems.append(Problem("due_on", "other_year", text, {"value": said["due_on"], "year": year}))
    if said["parent_id"] is not None:
        problems += _parent_problems(agency, year, said["parent_id"])
    taken = db.session.scalar(
        select(WorkObjective.id).where(
            WorkObjective.agency_id == agency.id, WorkObjective.year == year, WorkObjective.code == said["code"],
            WorkObjective.id != (of or 0),
        )
    )  # fmt: skip
    if taken is not None:
        text = N_("Cơ quan đã có mục tiêu mang mã “%(code)s” trong năm %(year)s. Hãy đặt mã khác.")
        problems.append(Problem("code", "code_taken", text, {"code": said["code"], "year": year}))
    refuse_if(problems)
    return said


def _parent_problems(agency: Agency, year: int, parent_id: int) -> list[Problem]:
    """Return what is wrong with the objective one serves: of an agency above, of the same year, not dropped.

    What is above in the tree is never below it as well, so no ring of objectives can come about.
    """
    parent = db.session.get(WorkObjective, parent_id)
    above = list(agency.scope_ids)[:-1]
    if parent is None or parent.agency_id not in above or parent.state == ObjectiveState.DROPPED:
        text = N_("Mục tiêu cấp trên đã chọn không phải của cơ quan cấp trên, hoặc đã bỏ. Hãy chọn lại.")
        return [Problem("parent", "not_above", text)]
    if parent.year != year:
        text = N_("Mục tiêu cấp trên thuộc năm %(other)s, không phải năm %(year)s. Hãy chọn lại.")
        return [Problem("parent", "other_year", text, {"other": parent.year, "year": year})]
    return []


def _figures(found: WorkObjective) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _TOLD if getattr(found, name) is not None}


def _touch(found: WorkObjective) -> None:
    found.version += 1
    db.session.flush()


def _note(
    actor: Actor, did: str, agency: Agency, found: WorkObjective, *, before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    audit.record(
        actor, f"{ENTITY}.{did}", ENTITY, found.id, scope_ids=list(agency.scope_ids), agency_id=agency.id,
        before=dict(before) if before else None, after={"name": found.objective, **(after or {})}, reason=reason,
    )  # fmt: skip


def note_export(actor: Actor, agency_id: int | None, roots: list[int], year: int, rows: int) -> None:
    """Write into the trail that the objectives of a part of the tree were taken out."""
    if not actor.may(P.PERFORMANCE_VIEW):
        raise Refused(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))
    audit.record(
        actor, "work_objective.exported", "agency", agency_id, scope_ids=[0, *roots], agency_id=agency_id,
        after={"year": year, "rows": rows},
    )  # fmt: skip
