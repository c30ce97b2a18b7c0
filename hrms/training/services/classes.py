"""Writing classes: a new one, its figures, its days, opening, calling off; each under the lock of the class."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, holidays, hooks, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import explain_constraint
from hrms.training.models import (
    Attendance,
    ClassSession,
    ClassTrainer,
    Course,
    TrainingClass,
    TrainingPlan,
    TrainingPlanLine,
    TrainingProvider,
)
from hrms.training.queries import classes as queries
from hrms.training.rules import classes as rules
from hrms.training.rules.classes import Frame, Pattern, Planned
from hrms.training.rules.states import ClassState, PlanState

P = Permission
ENTITY = "training_class"
EDITED = (
    "name", "provider_id", "plan_line_id", "starts_on", "ends_on", "place", "abroad", "country", "seats",
    "nominate_by", "accepts", "least_attendance", "pass_mark", "central_budget", "local_budget", "other_budget",
    "decision_id", "note",
)  # fmt: skip
"""What an edit changes; course, agency and code stay what they were."""
_AFFECTED = text(
    "SELECT person_id FROM enrolments WHERE class_id = :id AND state IN ('nominated', 'waiting', 'accepted')"
)
explain_constraint(
    "uq_training_classes_code",
    Problem("code", "taken", N_("Mã lớp này đã có. Hãy đặt mã khác, hoặc để trống để hệ thống đặt.")),
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A class under its lock, with what decides who may run it."""

    found: TrainingClass
    agency: Agency
    trainers: Collection[int]

    @property
    def at(self) -> list[int]:
        """Return the closure of the agency that runs it."""
        return self.agency.scope_ids


def lock(class_id: int) -> Locked:
    """Lock a class for this transaction: seats are given and figures changed one after the other. Raises `NotFound`."""
    found = db.session.scalar(
        select(TrainingClass)
        .where(TrainingClass.id == class_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("class")
    agency = db.session.get_one(Agency, found.agency_id)
    trainers = db.session.scalars(select(ClassTrainer.account_id).where(ClassTrainer.class_id == class_id)).all()
    return Locked(found, agency, trainers)


def require_runs(actor: Actor, one: Locked) -> None:
    """Raise `Forbidden` for whoever neither manages training at the class's agency nor teaches it."""
    if not queries.may_run(actor, one.at, one.trainers):
        raise Forbidden(Problem("", "forbidden", N_("Chỉ cơ quan tổ chức hoặc giảng viên của lớp được làm việc này.")))


def _take(one: Locked, version: int | None) -> TrainingClass:
    found = one.found
    if version is not None and found.version != version:
        raise Stale
    if found.state not in rules.CHANGEABLE:
        text_ = N_("Lớp đã kết thúc hoặc đã hủy, không sửa được nữa.")
        raise Refused(Problem("", "closed", text_))
    found.version += 1
    return found


def propose_code(course_code: str, starts_on: date) -> str:
    """Return a code no class has: the course's, the year, a number; held against others until the transaction ends."""
    prefix = f"{course_code}/{starts_on.year}."
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:prefix, 0))"), {"prefix": prefix})
    used = db.session.scalars(select(TrainingClass.code).where(TrainingClass.code.startswith(prefix, autoescape=True)))
    numbers = [int(rest) for code in used if (rest := code.removeprefix(prefix)).isdigit()]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"


def create(
    actor: Actor, values: Mapping[str, Any], *, trainers: Collection[int] = (), pattern: Pattern | None = None
) -> TrainingClass:
    """Add a class being prepared; hours and form are those of its course on the first day.

    `values`: `course_id`, `agency_id`, `code` (None: proposed), and those of `EDITED`. A trainer adds one at the agency
    of their own grant and becomes its trainer. `pattern` makes its sessions at once; the last day of the class is then
    that of the last session where it was not given. Raises `Forbidden`, `Refused`.
    """
    agency = db.session.get(Agency, values["agency_id"])
    if agency is None:
        raise missing("agency")
    at = agency.scope_ids
    manages = actor.may(P.TRAINING_MANAGE, at=at)
    if not manages and agency.id not in actor.scope(P.TRAINING_TEACH):
        raise Forbidden(Problem("agency", "forbidden", N_("Bạn không tổ chức lớp ở cơ quan này.")))
    course = db.session.get(Course, values["course_id"])
    version = queries.version_on(values["course_id"], values["starts_on"])
    if course is None or version is None:
        text_ = N_("Chương trình chưa hoặc không còn hiệu lực ngày %(day)s. Hãy chọn chương trình hoặc ngày khác.")
        raise Refused(Problem("course", "not_in_force", text_, {"day": values["starts_on"]}))
    sessions: Sequence[Planned] = ()
    if pattern is not None:
        refuse_if(rules.pattern_problems(pattern, version.hours))
        sessions = rules.planned(pattern, version.hours, holidays.current().off)
    ends_on = values.get("ends_on") or (sessions[-1].held_on if sessions else values["starts_on"])
    given = {**values, "ends_on": ends_on}
    problems = [
        *rules.problems(_frame(given)), *_provider_problems(version.provider_ids, given["provider_id"]),
        *_plan_problems(given.get("plan_line_id"), course.id), *_session_problems(given, sessions),
    ]  # fmt: skip
    teaching = set(trainers) if manages else set(trainers) | {actor.account_id or 0}
    problems += _trainer_problems(teaching - {actor.account_id or 0}, agency.id)
    refuse_if(problems)
    _cite(actor, given.get("decision_id"), at)
    found = TrainingClass(
        **{name: given.get(name) for name in EDITED}, course_id=course.id, agency_id=agency.id,
        code=given.get("code") or propose_code(course.code, given["starts_on"]), state=ClassState.DRAFT,
        form=version.form, hours=version.hours, recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    _lay_trainers(actor, found.id, teaching)
    _lay_sessions(actor, found.id, sessions)
    audit.record(
        actor, "class.added", ENTITY, found.id, scope_ids=at, agency_id=agency.id,
        after={
            "class": found.name, "code": found.code, "course": course.name, "starts_on": found.starts_on,
            "ends_on": found.ends_on, "seats": found.seats, "sessions": len(sessions),
        },
    )  # fmt: skip
    return found


def edit(
    actor: Actor, class_id: int, values: Mapping[str, Any], *, version: int, trainers: Collection[int] | None = None
) -> TrainingClass:
    """Change what `EDITED` names, and its trainers unless None. Raises `Forbidden`, `Stale`, `Refused`.

    Seats never go below those taken; the days of a class hold its sessions. More seats are given to the waiting list
    by whoever calls this (`enrolling.promote`).
    """
    one = lock(class_id)
    require_runs(actor, one)
    found = _take(one, version)
    course_version = queries.version_on(found.course_id, values["starts_on"])
    counted = queries.counts([found])[found.id]
    problems = [
        *rules.problems(_frame(values), taken=counted.seated),
        *_plan_problems(values.get("plan_line_id"), found.course_id, kept=found.plan_line_id),
        *_session_problems(values, queries.sessions_of(class_id)),
    ]  # fmt: skip
    if values["provider_id"] != found.provider_id:
        problems += _provider_problems(course_version.provider_ids if course_version else (), values["provider_id"])
    new = None if trainers is None else set(trainers)
    if new is not None:
        problems += _trainer_problems(new - set(one.trainers), found.agency_id)
        if not actor.may(P.TRAINING_MANAGE, at=one.at) and actor.account_id not in new:
            problems.append(Problem("trainers", "own", N_("Bạn không tự rút tên khỏi lớp. Hãy nhờ cơ quan tổ chức.")))
    refuse_if(problems)
    if values.get("decision_id") != found.decision_id:
        _cite(actor, values.get("decision_id"), one.at)
    before = {name: getattr(found, name) for name in EDITED}
    for name in EDITED:
        setattr(found, name, values.get(name))
    db.session.flush()
    was, now = audit.changed(before, {name: getattr(found, name) for name in EDITED})
    if new is not None and new != set(one.trainers):
        db.session.execute(
            delete(ClassTrainer).where(
                ClassTrainer.class_id == class_id, ClassTrainer.account_id.in_(set(one.trainers) - new)
            )
        )
        _lay_trainers(actor, class_id, new - set(one.trainers))
        was["trainers"], now["trainers"] = sorted(one.trainers), sorted(new)
    if now:
        _told(actor, "class.edited", one, before=was, after={"class": found.name, **now})
    if {"starts_on", "ends_on", "name"} & now.keys():
        follow(affected(class_id))
    return found


def _cite(actor: Actor, decision_id: int | None, at: Sequence[int]) -> None:
    if decision_id is not None:
        for register in hooks.papers:
            register.cite(actor, decision_id, at)


def _frame(values: Mapping[str, Any]) -> Frame:
    return Frame(
        values["starts_on"], values["ends_on"], values["seats"], values.get("nominate_by"), bool(values.get("abroad")),
        values.get("country"),
    )  # fmt: skip


def _provider_problems(allowed: Collection[int], provider_id: int) -> list[Problem]:
    provider = db.session.get(TrainingProvider, provider_id)
    if provider is None or not provider.active:
        return [Problem("provider", "unknown", N_("Cơ sở đào tạo này không còn dùng. Hãy chọn cơ sở khác."))]
    if allowed and provider_id not in allowed:
        text_ = N_("“%(name)s” không phải cơ sở được tổ chức chương trình này. Hãy chọn cơ sở khác.")
        return [Problem("provider", "not_allowed", text_, {"name": provider.name})]
    return []


def _plan_problems(line_id: int | None, course_id: int, *, kept: int | None = None) -> list[Problem]:
    if line_id is None or line_id == kept:
        return []
    row = db.session.execute(
        select(TrainingPlanLine.course_id, TrainingPlan.state)
        .join(TrainingPlan, TrainingPlan.id == TrainingPlanLine.plan_id)
        .where(TrainingPlanLine.id == line_id)
    ).one_or_none()
    if row is None or row.state != PlanState.APPROVED:
        return [Problem("plan_line", "not_approved", N_("Kế hoạch này chưa được phê duyệt. Hãy chọn dòng khác."))]
    if row.course_id != course_id:
        return [Problem("plan_line", "course", N_("Dòng kế hoạch này dành cho chương trình khác. Hãy chọn lại."))]
    return []


def _session_problems(values: Mapping[str, Any], sessions: Sequence[Planned | ClassSession]) -> list[Problem]:
    days = [one.held_on for one in sessions]
    if not days or values["starts_on"] <= min(days) <= max(days) <= values["ends_on"]:
        return []
    text_ = N_("Lịch học từ %(first)s đến %(last)s nằm ngoài ngày của lớp. Hãy sửa ngày của lớp hoặc lịch học.")
    return [Problem("ends_on", "sessions", text_, {"first": min(days), "last": max(days)})]


def _trainer_problems(accounts: Collection[int], agency_id: int) -> list[Problem]:
    if not accounts or set(accounts) <= set(queries.trainers_of(agency_id)):
        return []
    text_ = N_("Có người không giữ vai trò giảng viên ở cơ quan tổ chức lớp. Hãy chọn lại.")
    return [Problem("trainers", "not_trainer", text_)]


def _lay_trainers(actor: Actor, class_id: int, accounts: Collection[int]) -> None:
    rows = [{"class_id": class_id, "account_id": i, "recorded_by": actor.account_id} for i in sorted(accounts) if i]
    if rows:
        db.session.execute(insert(ClassTrainer), rows)


# Days


def lay_sessions(actor: Actor, class_id: int, pattern: Pattern, *, version: int) -> int:
    """Make the sessions of a class from a pattern in place of those it has; returns how many.

    The last day of the class moves to that of the last session. Raises `Refused` once attendance was taken.
    """
    one = lock(class_id)
    require_runs(actor, one)
    found = _take(one, version)
    refuse_if([*rules.pattern_problems(pattern, found.hours), *_attended(class_id)])
    sessions = rules.planned(pattern, found.hours, holidays.current().off)
    if sessions[0].held_on < found.starts_on:
        text_ = N_("Buổi đầu %(first)s trước ngày khai giảng %(start)s. Hãy chọn ngày khác.")
        raise Refused(Problem("first", "early", text_, {"first": sessions[0].held_on, "start": found.starts_on}))
    db.session.execute(delete(ClassSession).where(ClassSession.class_id == class_id))
    _lay_sessions(actor, class_id, sessions)
    before, found.ends_on = found.ends_on, sessions[-1].held_on
    _told(
        actor, "class.sessions_laid", one,
        before={"ends_on": before}, after={"class": found.name, "sessions": len(sessions), "ends_on": found.ends_on},
    )  # fmt: skip
    follow(affected(class_id))
    return len(sessions)


def _lay_sessions(actor: Actor, class_id: int, sessions: Sequence[Planned]) -> None:
    if sessions:
        db.session.execute(
            insert(ClassSession),
            [
                {
                    "class_id": class_id, "number": one.number, "held_on": one.held_on, "starts_at": one.starts_at,
                    "ends_at": one.ends_at, "hours": one.hours, "recorded_by": actor.account_id,
                }
                for one in sessions
            ],
        )  # fmt: skip


def _attended(class_id: int, session_id: int | None = None) -> list[Problem]:
    of_class = select(ClassSession.id).where(ClassSession.class_id == class_id)
    if session_id is not None:
        of_class = of_class.where(ClassSession.id == session_id)
    taken = select(func.count()).select_from(Attendance).where(Attendance.session_id.in_(of_class))
    if not db.session.execute(taken).scalar_one():
        return []
    text_ = N_("Đã điểm danh buổi học này. Hãy xóa điểm danh trước khi bỏ buổi học.")
    return [Problem("", "attended", text_)]


def save_session(actor: Actor, class_id: int, session_id: int | None, values: Mapping[str, Any]) -> ClassSession:
    """Add a session (None), or change one: `held_on`, `starts_at`, `ends_at`, `hours`, `topic`, `place`.

    Its day lies within the days of the class; numbers follow days and hours. Raises `Forbidden`, `Refused`.
    """
    one = lock(class_id)
    require_runs(actor, one)
    found = _take(one, None)
    held_on: date = values["held_on"]
    problems = []
    if not found.starts_on <= held_on <= found.ends_on:
        text_ = N_("Ngày %(day)s nằm ngoài lớp (%(first)s đến %(last)s). Hãy sửa ngày của lớp trước.")
        params = {"day": held_on, "first": found.starts_on, "last": found.ends_on}
        problems.append(Problem("held_on", "outside", text_, params))
    if values.get("starts_at") and values.get("ends_at") and values["ends_at"] <= values["starts_at"]:
        problems.append(Problem("ends_at", "order", N_("Giờ kết thúc không sau giờ bắt đầu. Hãy xem lại.")))
    refuse_if(problems)
    if session_id is None:
        last = select(func.coalesce(func.max(ClassSession.number), 0)).where(ClassSession.class_id == class_id)
        number = db.session.execute(last).scalar_one() + 1
        session = ClassSession(class_id=class_id, number=number, recorded_by=actor.account_id)
        db.session.add(session)
    else:
        session = queries.get_session(class_id, session_id)
    for name in ("held_on", "starts_at", "ends_at", "hours", "topic", "place"):
        setattr(session, name, values.get(name))
    db.session.flush()
    _number(class_id)
    _told(
        actor, "class.session_saved", one,
        after={"class": found.name, "held_on": held_on, "hours": Decimal(values["hours"])},
    )  # fmt: skip
    return session


def remove_session(actor: Actor, class_id: int, session_id: int) -> None:
    """Take a session out of a class. Raises `Forbidden`, `NotFound`, `Refused` once attendance was taken."""
    one = lock(class_id)
    require_runs(actor, one)
    found = _take(one, None)
    session = queries.get_session(class_id, session_id)
    refuse_if(_attended(class_id, session_id))
    _told(actor, "class.session_removed", one, before={"class": found.name, "held_on": session.held_on})
    db.session.delete(session)
    db.session.flush()
    _number(class_id)


_NUMBER = text("""
WITH placed AS (
  SELECT id, row_number() OVER (ORDER BY held_on, starts_at NULLS LAST, id) AS n
  FROM class_sessions WHERE class_id = :id)
UPDATE class_sessions s SET number = CASE WHEN :step = 1 THEN -p.n ELSE p.n END FROM placed p WHERE p.id = s.id
""")


def _number(class_id: int) -> None:
    # Twice: the numbers of a class are unique at every moment, so they pass through negative ones.
    for step in (1, 2):
        db.session.execute(_NUMBER, {"id": class_id, "step": step})
    db.session.expire_all()


# From one state to the next


def publish(actor: Actor, class_id: int, *, version: int) -> TrainingClass:
    """Open a class to nominations. Raises `Forbidden`, `Stale`, `Refused` without days that use up the hours."""
    one = lock(class_id)
    require_runs(actor, one)
    found = _take(one, version)
    sessions = queries.sessions_of(class_id)
    hours = sum((each.hours for each in sessions), start=Decimal(0))
    refuse_if(rules.open_problems(found.state, len(sessions), hours, found.hours))
    found.state = ClassState.OPEN
    db.session.flush()
    _told(actor, "class.opened", one, before={"state": ClassState.DRAFT.value},
          after={"class": found.name, "state": ClassState.OPEN.value})  # fmt: skip
    return found


def cancel(actor: Actor, class_id: int, reason: str, *, version: int) -> TrainingClass:
    """Call a class off. Who was enrolled stays in its list, and the page tells them; nothing is deleted.

    Raises `Forbidden`, `Stale`, `Refused` once somebody has a result.
    """
    one = lock(class_id)
    require_runs(actor, one)
    found = _take(one, version)
    if queries.counts([found])[class_id].completed:
        text_ = N_("Đã có học viên hoàn thành. Hãy hủy kết quả của lớp trước khi hủy lớp.")
        raise Refused(Problem("", "completed", text_))
    before, found.state = found.state, ClassState.CANCELLED
    found.closed_on, found.close_reason = clock.today(), reason
    db.session.flush()
    _told(actor, "class.cancelled", one, before={"state": before},
          after={"class": found.name, "state": ClassState.CANCELLED.value}, reason=reason)  # fmt: skip
    follow(affected(class_id))
    return found


def affected(class_id: int) -> list[int]:
    """Return the people of a class whose calendar and forecast hang on it, whoever asks."""
    with scope.everything():
        return list(db.session.scalars(_AFFECTED, {"id": class_id}))


def follow(person_ids: Collection[int]) -> None:
    """Let what is derived from the classes of people be made again: their calendar, their standing."""
    if person_ids:
        db.session.flush()
        for changed in hooks.people_changed:
            changed(list(person_ids))


def _told(actor: Actor, action: str, one: Locked, **more: Any) -> None:
    audit.record(actor, action, ENTITY, one.found.id, scope_ids=one.at, agency_id=one.agency.id, **more)
