"""Writing what is owed: requirements and their versions, rules of recognition; never edited in place.

Who keeps the catalogue for the whole province writes (`training.catalogue`). Where everybody stands is reckoned anew
after each change, by a job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import catalogues, dated, jobs, unit
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.rules import N_, Problem
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import PersonKind
from hrms.positions.models import JobPosition
from hrms.positions.rules.kinds import PositionGroup
from hrms.training.models import Course, RecognitionRule, RequirementVersion, TrainingRequirement
from hrms.training.queries import requirements as queries
from hrms.training.rules.courses import code_problems
from hrms.training.rules.kinds import LearningForm, LevelSection, RequirementTarget, RequirementWhat
from hrms.training.rules.requirements import LEVELS_OF_SECTION, recognition_problems, version_problems
from hrms.training.services.courses import OWN_MARK, cite, require_keeper

VERSION_FIELDS = (
    "target", "target_codes", "what", "hours", "counts", "period_years", "carry_hours", "pro_rata", "exempt_absences",
    "exempt_days", "grace_months", "courses", "level_section", "level_least", "due_months", "exempt_before",
    "keep_valid", "gate", "source",
)  # fmt: skip
_TAKEN = Problem("code", "duplicate", N_("Đã có yêu cầu mang mã này. Hãy ghi mã khác, hoặc mở yêu cầu đó."))
unit.explain_constraint("uq_training_requirements_code", _TAKEN)
REFRESH = "training.refresh"
"""The job that reckons anew where everybody stands, once the change is committed."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('training_requirements', 0))")


def add(
    actor: Actor,
    header: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
) -> TrainingRequirement:
    """Add a requirement with its first version; `header` has code and name. Raises `Forbidden`, `Refused`."""
    reach = require_keeper(actor)
    db.session.execute(_LOCK)
    code = str(header.get("code") or "").strip().upper()
    found = [*code_problems(code), *_name_problems(header), *problems(values)]
    if queries.find_requirement(code) is not None:
        found.append(_TAKEN)
    refuse_if(found)
    dated.check_interval(valid_from, valid_to)
    made = TrainingRequirement(
        code=code, name=str(header["name"]), place=queries.last_place() + 1, recorded_by=actor.account_id
    )
    db.session.add(made)
    db.session.flush()
    paper = cite(actor, decision_id, reach)
    _lay(actor, made, values, valid_from, valid_to, decision_id)
    audit.record(
        actor, "requirement.added", "training_requirement", made.id, scope_ids=reach,
        after={
            "requirement": made.name, "code": made.code, **_told(values), "valid_from": valid_from, "decision": paper,
        },
    )  # fmt: skip
    jobs.defer(REFRESH)
    return made


def rename(actor: Actor, requirement: TrainingRequirement, name: str, *, version: int) -> bool:
    """Put right the name of a requirement; False when nothing differs. Raises `Forbidden`, `Stale`, `Refused`."""
    reach = require_keeper(actor)
    _take(requirement, version)
    refuse_if(_name_problems({"name": name}))
    before = requirement.name
    if before == name:
        return False
    requirement.name = name
    requirement.recorded_by = actor.account_id
    requirement.version += 1
    db.session.flush()
    audit.record(
        actor, "requirement.renamed", "training_requirement", requirement.id, scope_ids=reach,
        before={"requirement": before}, after={"requirement": name},
    )  # fmt: skip
    return True


def write(
    actor: Actor,
    requirement: TrainingRequirement,
    values: Mapping[str, Any],
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
    version: int,
) -> None:
    """Make a version true from a day to before another; what it covers of others is superseded.

    Raises `Forbidden`, `Stale`, `Refused`.
    """
    reach = require_keeper(actor)
    _take(requirement, version)
    dated.check_interval(valid_from, valid_to)
    refuse_if(problems(values))
    before = queries.version_on(queries.list_versions(requirement.id), valid_from)
    paper = cite(actor, decision_id, reach)
    _lay(actor, requirement, values, valid_from, valid_to, decision_id)
    requirement.version += 1
    requirement.recorded_by = actor.account_id
    db.session.flush()
    audit.record(
        actor, "requirement.written", "training_requirement", requirement.id, scope_ids=reach,
        before={"requirement": requirement.name, **_told({name: getattr(before, name) for name in VERSION_FIELDS})}
        if before else None,
        after={
            "requirement": requirement.name, **_told(values), "valid_from": valid_from, "valid_to": valid_to,
            "decision": paper,
        },
    )  # fmt: skip
    jobs.defer(REFRESH)


def withdraw(
    actor: Actor,
    requirement: TrainingRequirement,
    valid_from: date,
    *,
    reason: str,
    decision_id: int | None = None,
    version: int,
) -> None:
    """Ask it of nobody from a day on. Raises `Forbidden`, `Stale`, `Refused` when nothing is in force from then on."""
    reach = require_keeper(actor)
    _take(requirement, version)
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do. Hãy ghi vì sao thôi yêu cầu.")))
    if not any(one.valid_to is None or one.valid_to > valid_from for one in queries.list_versions(requirement.id)):
        sentence = N_("Từ ngày %(day)s yêu cầu không còn hiệu lực. Hãy chọn ngày sớm hơn.")
        raise Refused(Problem("valid_from", "nothing_in_force", sentence, {"day": valid_from}))
    paper = cite(actor, decision_id, reach)
    dated.erase(RequirementVersion, {"requirement_id": requirement.id}, valid_from=valid_from)
    requirement.version += 1
    requirement.recorded_by = actor.account_id
    db.session.flush()
    audit.record(
        actor, "requirement.withdrawn", "training_requirement", requirement.id, scope_ids=reach, reason=reason.strip(),
        after={"requirement": requirement.name, "valid_from": valid_from, "decision": paper},
    )  # fmt: skip
    jobs.defer(REFRESH)


def recognise(
    actor: Actor,
    form: LearningForm,
    values: Mapping[str, Any],
    *,
    valid_from: date,
    decision_id: int | None = None,
    seen: int | None,
) -> None:
    """Say how a form of learning counts from a day on; hours already in the ledger keep the factor they came with.

    `seen` is the id of the newest rule the actor saw. Raises `Forbidden`, `Stale`, `Refused`.
    """
    reach = require_keeper(actor)
    db.session.execute(_LOCK)
    versions = queries.recognition_versions(form)
    if (versions[0].id if versions else None) != seen:
        raise Stale
    refuse_if(recognition_problems(values))
    held = [one for one in versions if one.valid_from <= valid_from]
    before = held[0] if held else None
    paper = cite(actor, decision_id, reach)
    names = ("factor", "cap_hours", "needs_proof", "note", "source")
    dated.replace(
        RecognitionRule, {"form": form.value}, {**{name: values.get(name) for name in names}, "mark": OWN_MARK},
        valid_from=valid_from, decision_id=decision_id, recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.flush()
    told = ("factor", "cap_hours", "needs_proof")
    audit.record(
        actor, "recognition.written", "recognition_rule", None, scope_ids=reach,
        before={"form": form.value, **{name: getattr(before, name) for name in told}} if before else None,
        after={
            "form": form.value, **{name: values.get(name) for name in told}, "valid_from": valid_from,
            "decision": paper,
        },
    )  # fmt: skip
    jobs.defer(REFRESH)


def _take(requirement: TrainingRequirement, version: int) -> None:
    db.session.refresh(requirement, with_for_update=True)
    if requirement.version != version:
        raise Stale


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the trail keeps of a version: what it asks and of whom, not the whole lists of codes."""
    codes = list(values.get("target_codes") or [])
    shown = ", ".join(codes[:5]) + (f" … ({len(codes)})" if len(codes) > 5 else "")
    found = {
        "target": values.get("target"),
        "target_codes": shown,
        "what": values.get("what"),
        "gate": values.get("gate"),
    }
    if values.get("what") == RequirementWhat.HOURS:
        return {**found, "hours": values.get("hours"), "period_years": values.get("period_years")}
    return {**found, "courses": ", ".join(values.get("courses") or []), "due_months": values.get("due_months")}


def _lay(
    actor: Actor,
    requirement: TrainingRequirement,
    values: Mapping[str, Any],
    valid_from: date,
    valid_to: date | None,
    decision_id: int | None,
) -> None:
    kept: dict[str, Any] = {name: values.get(name) for name in VERSION_FIELDS} | {"mark": OWN_MARK}
    for name in ("target_codes", "counts", "exempt_absences", "courses"):
        kept[name] = list(values.get(name) or [])
    if kept["what"] == RequirementWhat.COURSE:
        kept |= {
            "counts": [], "period_years": 1, "carry_hours": Decimal(0), "exempt_absences": [], "exempt_days": 0,
            "grace_months": 0, "pro_rata": False,
        }  # fmt: skip
    else:
        kept |= {
            "level_section": None, "level_least": None, "due_months": None, "exempt_before": None, "keep_valid": False,
        }  # fmt: skip
    dated.replace(
        RequirementVersion, {"requirement_id": requirement.id}, kept, valid_from=valid_from, valid_to=valid_to,
        decision_id=decision_id, recorded_by=actor.account_id,
    )  # fmt: skip


def _name_problems(header: Mapping[str, Any]) -> list[Problem]:
    if str(header.get("name") or "").strip():
        return []
    return [Problem("name", "required", N_("Tên yêu cầu còn trống. Hãy nhập mục này."))]


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return everything wrong with a version, codes looked up."""
    found = version_problems(values)
    target, codes = values.get("target"), list(values.get("target_codes") or [])
    unknown = _strangers(str(target), codes) if target in set(RequirementTarget) else []
    if unknown:
        found.append(_unknown("target", unknown))
    courses = list(values.get("courses") or [])
    known = set(db.session.scalars(select(Course.code).where(Course.code.in_(courses)))) if courses else set()
    if strange := [one for one in courses if one not in known]:
        found.append(_unknown("courses", strange))
    if strange := [one for one in values.get("exempt_absences") or [] if one not in set(AbsenceKind)]:
        found.append(_unknown("exempt_absences", strange))
    section, least = values.get("level_section"), values.get("level_least")
    if section in set(LevelSection) and least:
        items = catalogues.items(LEVELS_OF_SECTION[LevelSection(section)])
        if least not in items or least == "none":
            found.append(_unknown("level_least", [str(least)]))
    return found


def _strangers(target: str, codes: Sequence[str]) -> list[str]:
    """Return the codes that the target's catalogue does not have."""
    kind = RequirementTarget(target)
    if kind is RequirementTarget.POSITION:
        known = set(db.session.scalars(select(JobPosition.key).where(JobPosition.key.in_(codes))))
    elif kind is RequirementTarget.RANK:
        known = set(law.ranks())
    elif kind is RequirementTarget.POST:
        known = set(catalogues.items("leadership_posts"))
    elif kind is RequirementTarget.POST_GROUP:
        known = {row["post_group"] for row in law.rows("leadership_post_groups")}
    elif kind is RequirementTarget.POSITION_GROUP:
        known = {one.value for one in PositionGroup}
    else:
        known = {one.value for one in PersonKind}
    return [one for one in codes if one not in known]


def _unknown(field: str, values: Sequence[str]) -> Problem:
    sentence = N_("Danh mục không có %(values)s. Hãy sửa hoặc bỏ giá trị này.")
    return Problem(field, "unknown_code", sentence, {"values": ", ".join(values[:10])})
