"""Writing criteria sets and agencies' regulations: dated versions, never edited in place.

Who keeps the criteria of the whole province writes sets (`performance.criteria`); an agency's HR writes its own
regulation (`performance.manage`), the province's for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import dated
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.figures.services import province_closure
from hrms.performance.models import AgencyRegulation, CriteriaSet, CriteriaVersion
from hrms.performance.queries import criteria as queries
from hrms.performance.queries import regulations
from hrms.performance.rules.criteria import Method, regulation_problems, version_problems
from hrms.performance.services import reckoning
from hrms.training.services.courses import OWN_MARK, cite

P = Permission
VERSION_FIELDS = (
    "person_kinds", "method", "items", "general_max", "result_max", "weights", "penalty", "thresholds",
    "quota_percent", "quota_outstanding", "source",
)  # fmt: skip
REGULATION_FIELDS = (
    "number", "issued_on", "title", "period_kind", "weights", "items", "step", "cap_result", "rounding", "quota_base",
    "tie_order", "self_days", "score_days", "contract", "note",
)  # fmt: skip
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('agency_regulations', :agency))")


def require_keeper(actor: Actor) -> list[int]:
    """Return the closure of the province. Raises `Forbidden` for whoever does not keep its criteria."""
    reach = province_closure()
    actor.require(P.PERFORMANCE_CRITERIA, at=reach)
    return reach


def may_keep(actor: Actor) -> bool:
    """Say whether the actor keeps the criteria sets."""
    return actor.may(P.PERFORMANCE_CRITERIA, at=province_closure())


def may_regulate(actor: Actor, agency: Agency) -> bool:
    """Say whether the actor writes the regulation of an agency."""
    return actor.may(P.PERFORMANCE_MANAGE, at=agency.scope_ids)


def write(
    actor: Actor,
    criteria: CriteriaSet,
    values: Mapping[str, Any],
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
    version: int,
) -> None:
    """Make a version of a set true from a day to before another; what it covers of others is superseded.

    Published sheets keep the points they were published with, the others are reckoned anew. Raises `Forbidden`,
    `Stale`, `Refused`.
    """
    reach = require_keeper(actor)
    db.session.refresh(criteria, with_for_update=True)
    if criteria.version != version:
        raise Stale
    dated.check_interval(valid_from, valid_to)
    refuse_if(version_problems(values))
    before = queries.version_on(queries.list_versions(criteria.id), valid_from)
    paper = cite(actor, decision_id, reach)
    row = {name: values.get(name) for name in VERSION_FIELDS} | {"items": Jsonb(values["items"]), "mark": OWN_MARK}
    dated.replace(
        CriteriaVersion, {"set_id": criteria.id}, row, valid_from=valid_from, valid_to=valid_to,
        decision_id=decision_id, recorded_by=actor.account_id,
    )  # fmt: skip
    criteria.version += 1
    criteria.recorded_by = actor.account_id
    db.session.flush()
    old = {name: getattr(before, name) for name in VERSION_FIELDS} if before is not None else {}
    audit.record(
        actor, "criteria.written", "criteria", criteria.id, scope_ids=reach,
        before={"criteria": criteria.code, **_told(old)} if before is not None else None,
        after={
            "criteria": criteria.code, **_told(values), "valid_from": valid_from, "valid_to": valid_to,
            "decision": paper,
        },
    )  # fmt: skip
    reckoning.ask(None)


def write_regulation(
    actor: Actor,
    agency: Agency,
    criteria: CriteriaSet,
    values: Mapping[str, Any],
    *,
    valid_from: date,
    valid_to: date | None = None,
    seen: int | None,
) -> None:
    """Make a regulation true of an agency and all below from a day on; `seen` is the newest row the writer saw.

    Its number, date and title name the paper. Raises `Forbidden`, `Stale`, `Refused`.
    """
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    db.session.execute(_LOCK, {"agency": agency.id})
    kept = regulations.list_versions(agency.id, criteria.id)
    if (kept[0].id if kept else None) != seen:
        raise Stale
    dated.check_interval(valid_from, valid_to)
    version = queries.version_on(queries.list_versions(criteria.id), valid_from)
    if version is None or Method(version.method) not in (Method.EQUAL, Method.WEIGHTS):
        sentence = N_("Từ ngày %(day)s bộ tiêu chí %(set)s không chấm điểm. Hãy chọn bộ tiêu chí hoặc ngày khác.")
        raise Refused(Problem("valid_from", "no_points", sentence, {"day": valid_from, "set": criteria.code}))
    problems = regulation_problems(values, Method(version.method), version.general_max, version.result_max)
    if agency.closed_on is not None and agency.closed_on <= valid_from:
        sentence = N_("%(name)s đã chấm dứt hoạt động. Hãy chọn cơ quan khác.")
        problems.append(Problem("agency", "closed", sentence, {"name": agency.name}))
    refuse_if(problems)
    own = Method(version.method) is Method.WEIGHTS
    row = {name: values.get(name) for name in REGULATION_FIELDS}
    row |= {
        "weights": values.get("weights") if own else None,
        "items": Jsonb(values["items"]) if own and values.get("items") else None,
        "contract": bool(values.get("contract")),
    }
    dated.replace(
        AgencyRegulation, {"agency_id": agency.id, "set_id": criteria.id}, row, valid_from=valid_from,
        valid_to=valid_to, recorded_by=actor.account_id,
    )  # fmt: skip
    audit.record(
        actor, "regulation.written", "regulation", agency.id, scope_ids=list(agency.scope_ids), agency_id=agency.id,
        after={
            "agency": agency.name, "criteria": criteria.code, "number": values["number"],
            "issued_on": values["issued_on"], "period_kind": values["period_kind"], "valid_from": valid_from,
            "valid_to": valid_to,
        },
    )  # fmt: skip
    reckoning.ask(agency.id)


def withdraw_regulation(
    actor: Actor, agency: Agency, criteria: CriteriaSet, valid_from: date, *, reason: str, seen: int | None
) -> None:
    """Let a regulation hold no more from a day on. Raises `Forbidden`, `Stale`, `Refused`."""
    actor.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
    db.session.execute(_LOCK, {"agency": agency.id})
    kept = regulations.list_versions(agency.id, criteria.id)
    if (kept[0].id if kept else None) != seen:
        raise Stale
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do. Hãy ghi vì sao thôi áp dụng quy chế.")))
    if not any(one.valid_to is None or one.valid_to > valid_from for one in kept):
        sentence = N_("Từ ngày %(day)s quy chế không còn hiệu lực. Hãy chọn ngày sớm hơn.")
        raise Refused(Problem("valid_from", "nothing_in_force", sentence, {"day": valid_from}))
    dated.erase(AgencyRegulation, {"agency_id": agency.id, "set_id": criteria.id}, valid_from=valid_from)
    audit.record(
        actor, "regulation.withdrawn", "regulation", agency.id, scope_ids=list(agency.scope_ids),
        agency_id=agency.id, reason=reason.strip(),
        after={"agency": agency.name, "criteria": criteria.code, "valid_from": valid_from},
    )  # fmt: skip
    reckoning.ask(agency.id)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("method", "general_max", "result_max", "penalty", "quota_percent", "quota_outstanding", "source")
    told = {name: values[name] for name in names if name in values}
    told |= {name: str(points) for name, points in (values.get("thresholds") or {}).items()}
    if values.get("items") is not None:
        told["items"] = len(values["items"])
    return told
