"""Writing programmes: added, put right, a version from a day on, taken out of force; never edited in place.

Everybody reads them; only who keeps the catalogue for the whole province writes (`training.catalogue`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import dated, hooks, unit
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.figures.services import province_closure
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind
from hrms.positions.models import Competency, JobPosition
from hrms.training.models import Course, CourseVersion, TrainingProvider
from hrms.training.queries import courses as queries
from hrms.training.rules.courses import code_problems, version_problems
from hrms.training.rules.kinds import CourseKind
from hrms.training.services.catalogue import course_keys

P = Permission
OWN_MARK = "P"
"""Written by the province itself, beside the marks of the seeds."""
VERSION_FIELDS = (
    "hours", "form", "certificate", "valid_months", "provider_ids", "competencies", "positions", "ranks",
    "post_groups", "person_kinds", "objectives", "content", "assessment", "note",
)  # fmt: skip
_TAKEN = Problem("code", "duplicate", N_("Đã có chương trình mang mã này. Hãy ghi mã khác, hoặc mở chương trình đó."))
unit.explain_constraint("uq_courses_code", _TAKEN)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('courses', 0))")


def require_keeper(actor: Actor) -> list[int]:
    """Return the closure of the province. Raises `Forbidden` for whoever does not keep its catalogue of training."""
    reach = province_closure()
    actor.require(P.TRAINING_CATALOGUE, at=reach)
    return reach


def may_keep(actor: Actor) -> bool:
    """Say whether the actor keeps the catalogue of training."""
    return actor.may(P.TRAINING_CATALOGUE, at=province_closure())


def cite(actor: Actor, decision_id: int | None, reach: Sequence[int]) -> str:
    """Return the reference of the decision a version rests on, or the words for old data."""
    if decision_id is None:
        return dated.OLD_DATA_LABEL
    return " ".join(register.cite(actor, decision_id, list(reach)) for register in hooks.papers)


def add(
    actor: Actor,
    header: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
) -> Course:
    """Add a programme with its first version; `header` has code, name, kind, level, source.

    Raises `Forbidden`, `Refused` with every problem of both.
    """
    reach = require_keeper(actor)
    db.session.execute(_LOCK)
    code = str(header.get("code") or "").strip().upper()
    problems = [*code_problems(code), *_header_problems(header), *_problems(values)]
    if queries.find_course(code) is not None:
        problems.append(_TAKEN)
    refuse_if(problems)
    dated.check_interval(valid_from, valid_to)
    course = Course(
        code=code, name=header["name"], kind=header["kind"], level=header.get("level"),
        source=header.get("source") or "", mark=OWN_MARK, recorded_by=actor.account_id,
        **course_keys(str(header["name"])),
    )  # fmt: skip
    db.session.add(course)
    db.session.flush()
    paper = cite(actor, decision_id, reach)
    _lay(actor, course, values, valid_from, valid_to, decision_id)
    audit.record(
        actor, "course.added", "course", course.id, scope_ids=reach,
        after={
            "course": course.name, "code": course.code, "kind": course.kind, "hours": values["hours"],
            "valid_from": valid_from, "decision": paper,
        },
    )  # fmt: skip
    return course


def rename(actor: Actor, course: Course, header: Mapping[str, Any], *, version: int) -> bool:
    """Put right the name, kind, level or source of a programme; its code stays. False when nothing differs.

    Raises `Forbidden`, `Stale`, `Refused`.
    """
    reach = require_keeper(actor)
    _take(course, version)
    refuse_if(_header_problems(header))
    names = ("name", "kind", "level", "source")
    before = {name: getattr(course, name) for name in names}
    after = {name: header.get(name) if name != "source" else header.get(name) or "" for name in names}
    changed = {name for name in names if before[name] != after[name]}
    if not changed:
        return False
    for name in changed:
        setattr(course, name, after[name])
    if "name" in changed:
        for key, value in course_keys(str(header["name"])).items():
            setattr(course, key, value)
    course.recorded_by = actor.account_id
    course.version += 1
    db.session.flush()
    audit.record(
        actor, "course.renamed", "course", course.id, scope_ids=reach,
        before={"course": before["name"], **{name: before[name] for name in changed - {"name"}}},
        after={"course": after["name"], **{name: after[name] for name in changed - {"name"}}},
    )  # fmt: skip
    return True


def write(
    actor: Actor,
    course: Course,
    values: Mapping[str, Any],
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
    version: int,
) -> None:
    """Make a version true from a day to before another; what it covers of other versions is superseded.

    Classes that were opened keep the hours they were opened with. Raises `Forbidden`, `Stale`, `Refused`.
    """
    reach = require_keeper(actor)
    _take(course, version)
    dated.check_interval(valid_from, valid_to)
    refuse_if(_problems(values))
    before = queries.version_on(queries.list_versions(course.id), valid_from)
    paper = cite(actor, decision_id, reach)
    _lay(actor, course, values, valid_from, valid_to, decision_id)
    course.version += 1
    course.recorded_by = actor.account_id
    db.session.flush()
    changed = [name for name in VERSION_FIELDS if before is not None and getattr(before, name) != values.get(name)]
    shown = [name for name in ("hours", "form", "certificate", "valid_months") if name in changed]
    audit.record(
        actor, "course.written", "course", course.id, scope_ids=reach,
        before={"course": course.name, **{name: getattr(before, name) for name in shown}} if before else None,
        after={
            "course": course.name, **{name: values.get(name) for name in shown}, "valid_from": valid_from,
            "valid_to": valid_to, "decision": paper, "parts": ", ".join(changed),
        },
    )  # fmt: skip


def withdraw(
    actor: Actor, course: Course, valid_from: date, *, reason: str, decision_id: int | None = None, version: int
) -> None:
    """Take a programme out of force from a day on; certificates and hours earned by it stay.

    Raises `Forbidden`, `Stale`, `Refused` when nothing is in force from then on.
    """
    reach = require_keeper(actor)
    _take(course, version)
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do. Hãy ghi vì sao thôi dùng chương trình.")))
    if not any(one.valid_to is None or one.valid_to > valid_from for one in queries.list_versions(course.id)):
        sentence = N_("Từ ngày %(day)s chương trình không còn hiệu lực. Hãy chọn ngày sớm hơn.")
        raise Refused(Problem("valid_from", "nothing_in_force", sentence, {"day": valid_from}))
    paper = cite(actor, decision_id, reach)
    dated.erase(CourseVersion, {"course_id": course.id}, valid_from=valid_from)
    course.version += 1
    course.recorded_by = actor.account_id
    db.session.flush()
    audit.record(
        actor, "course.withdrawn", "course", course.id, scope_ids=reach, reason=reason.strip(),
        after={"course": course.name, "valid_from": valid_from, "decision": paper},
    )  # fmt: skip


def _take(course: Course, version: int) -> None:
    db.session.refresh(course, with_for_update=True)
    if course.version != version:
        raise Stale


def _lay(
    actor: Actor,
    course: Course,
    values: Mapping[str, Any],
    valid_from: date,
    valid_to: date | None,
    decision_id: int | None,
) -> None:
    kept = {name: values.get(name) for name in VERSION_FIELDS}
    # A list goes into a column of JSON only when the driver is told so.
    kept["competencies"] = Jsonb(list(values.get("competencies") or []))
    for name in ("provider_ids", "positions", "ranks", "post_groups", "person_kinds"):
        kept[name] = list(values.get(name) or [])
    dated.replace(
        CourseVersion, {"course_id": course.id}, kept, valid_from=valid_from, valid_to=valid_to,
        decision_id=decision_id, recorded_by=actor.account_id,
    )  # fmt: skip


def _header_problems(header: Mapping[str, Any]) -> list[Problem]:
    found = []
    if not str(header.get("name") or "").strip():
        found.append(Problem("name", "required", N_("Tên chương trình còn trống. Hãy nhập mục này.")))
    kind = header.get("kind")
    if kind not in {one.value for one in CourseKind} - {CourseKind.TEACHING.value}:
        found.append(Problem("kind", "unknown", N_("Loại chương trình không có trong danh sách. Hãy chọn lại.")))
        return found
    level = header.get("level")
    if level and level not in queries.level_names(CourseKind(kind)):
        sentence = N_("Trình độ “%(level)s” không phải của loại chương trình đã chọn. Hãy chọn lại.")
        found.append(Problem("level", "level_of_kind", sentence, {"level": level}))
    return found


def _problems(values: Mapping[str, Any]) -> list[Problem]:
    found = version_problems(values)
    asked: tuple[tuple[str, Any, Sequence[Any]], ...] = (
        ("positions", JobPosition.key, list(values.get("positions") or [])),
        ("competencies", Competency.code, [str(one.get("code")) for one in values.get("competencies") or []]),
        ("provider_ids", TrainingProvider.id, list(values.get("provider_ids") or [])),
    )
    for field, column, given in asked:
        if not given:
            continue
        known = set(db.session.scalars(select(column).where(column.in_(given))))
        unknown = [str(one) for one in given if one not in known]
        if unknown:
            found.append(_unknown(field, unknown))
    ranks = [one for one in values.get("ranks") or [] if one not in law.ranks()]
    groups = {row["post_group"] for row in law.rows("leadership_post_groups")}
    for field, wrong in (
        ("ranks", ranks),
        ("post_groups", [one for one in values.get("post_groups") or [] if one not in groups]),
        ("person_kinds", [one for one in values.get("person_kinds") or [] if one not in set(PersonKind)]),
    ):
        if wrong:
            found.append(_unknown(field, wrong))
    return found


def _unknown(field: str, values: Sequence[str]) -> Problem:
    sentence = N_("Danh mục không có %(values)s. Hãy sửa hoặc bỏ giá trị này.")
    return Problem(field, "unknown_code", sentence, {"values": ", ".join(values[:10])})


def add_provider(actor: Actor, values: Mapping[str, Any]) -> TrainingProvider:
    """Add a provider: code, name, agency_id, may_certify, source. Raises `Forbidden`, `Refused`."""
    reach = require_keeper(actor)
    code = str(values.get("code") or "").strip().upper()
    problems = [*code_problems(code), *_provider_problems(values)]
    if queries.find_provider(code) is not None:
        problems.append(_PROVIDER_TAKEN)
    refuse_if(problems)
    made = TrainingProvider(
        code=code, name=values["name"], agency_id=values.get("agency_id"), active=True, mark=OWN_MARK,
        may_certify=bool(values.get("may_certify")), source=values.get("source") or "", recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor, "provider.added", "training_provider", made.id, scope_ids=reach,
        after={"provider": made.name, "may_certify": made.may_certify, "source": made.source},
    )  # fmt: skip
    return made


_PROVIDER_TAKEN = Problem("code", "duplicate", N_("Đã có cơ sở đào tạo mang mã này. Hãy ghi mã khác."))
unit.explain_constraint("uq_training_providers_code", _PROVIDER_TAKEN)


def change_provider(actor: Actor, provider: TrainingProvider, values: Mapping[str, Any], *, version: int) -> bool:
    """Put right a provider, or say that it is no longer used; the code stays. False when nothing differs."""
    reach = require_keeper(actor)
    db.session.refresh(provider, with_for_update=True)
    if provider.version != version:
        raise Stale
    refuse_if(_provider_problems(values))
    names = ("name", "agency_id", "may_certify", "active", "source")
    before = {name: getattr(provider, name) for name in names}
    after = {name: values.get(name) if name != "source" else values.get(name) or "" for name in names}
    changed = [name for name in names if before[name] != after[name]]
    if not changed:
        return False
    for name in changed:
        setattr(provider, name, after[name])
    provider.recorded_by = actor.account_id
    provider.version += 1
    db.session.flush()
    audit.record(
        actor, "provider.changed", "training_provider", provider.id, scope_ids=reach,
        before={"provider": before["name"], **{name: before[name] for name in changed if name != "name"}},
        after={"provider": after["name"], **{name: after[name] for name in changed if name != "name"}},
    )  # fmt: skip
    return True


def _provider_problems(values: Mapping[str, Any]) -> list[Problem]:
    if str(values.get("name") or "").strip():
        return []
    return [Problem("name", "required", N_("Tên cơ sở đào tạo còn trống. Hãy nhập mục này."))]
