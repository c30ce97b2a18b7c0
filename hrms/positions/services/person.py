"""What is written about one person's seats by hand: assignments on paper of the register, levels, gaps settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import update

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.models import Person
from hrms.people.services.facts import Fact, Outcome, Paper, correct_fact, record_facts
from hrms.people.services.locking import lock_person
from hrms.positions.models import Competency, CompetencyAssessment, PositionGap
from hrms.positions.queries.seats import lines_of
from hrms.positions.rules.kinds import SeatRole
from hrms.positions.services import seats
from hrms.positions.services.facts import KIND

LONGEST_NOTE = 1000


def record_assignment(
    actor: Actor,
    person_id: int,
    values: Mapping[str, Any],
    valid_from: date,
    paper: Paper,
    *,
    valid_to: date | None = None,
    version: int | None = None,
) -> Outcome:
    """Write an assignment a paper of the register carries (`line_id`, `role`, `career_grade` …).

    The seat must be free from today on, as for any new placement. Raises `Refused`, `Stale`, `NotFound`, `Forbidden`.
    """
    actor.require(Permission.PEOPLE_FACT)
    lock_person(actor, Permission.PEOPLE_FACT, person_id)
    _take_seat(actor, person_id, values, valid_from, valid_to)
    return record_facts(actor, person_id, [Fact(KIND, values, valid_from, valid_to)], paper, version=version)


def correct_assignment(
    actor: Actor,
    person_id: int,
    seat_id: int,
    values: Mapping[str, Any],
    valid_from: date,
    paper: Paper,
    reason: str,
    *,
    valid_to: date | None = None,
    version: int | None = None,
) -> Outcome:
    """Put right an assignment recorded wrongly: it is superseded, the right one cites its own paper.

    The seat must be free over the days but for the person's own stay in it. Raises as `record_assignment()`.
    """
    actor.require(Permission.PEOPLE_FACT)
    lock_person(actor, Permission.PEOPLE_FACT, person_id)
    _take_seat(actor, person_id, values, valid_from, valid_to)
    return correct_fact(
        actor, person_id, KIND, seat_id, Fact(KIND, values, valid_from, valid_to), paper, reason, version=version
    )


def _take_seat(
    actor: Actor, person_id: int, values: Mapping[str, Any], valid_from: date, valid_to: date | None
) -> None:
    """Refuse a seat that is not free from today on; days gone by are written as their paper says them.

    Of a line beyond the actor's reach nothing is said here: the record itself refuses it.
    """
    today, role = clock.today(), str(values.get("role") or SeatRole.MAIN)
    if not values.get("line_id") or role not in set(SeatRole) or (valid_to is not None and valid_to <= today):
        return
    line = lines_of([int(values["line_id"])]).get(int(values["line_id"]))
    if line is None or not actor.may(Permission.PEOPLE_FACT, at=line.scope_ids):
        return
    start = max(valid_from, today)
    grade = values.get("career_grade")
    seats.check(actor, [seats.Wish(person_id, int(values["line_id"]), SeatRole(role), start, valid_to, grade)])


def assess(
    actor: Actor,
    person_id: int,
    competency_code: str,
    level: int,
    assessed_on: date,
    *,
    note: str = "",
    permission: Permission = Permission.POSITIONS_MANAGE,
) -> CompetencyAssessment:
    """Write down the level of a competency as judged on a day; a second judgement of the day replaces the first.

    `permission` is the right by which the actor judges, held over the person. Raises `Refused` for a level outside
    1–5, a competency not in the dictionary, a day ahead.
    """
    actor.require(permission)
    person = lock_person(actor, Permission.PEOPLE_VIEW, person_id)
    actor.require(permission, at=person.scope_ids)
    competency = db.session.get(Competency, competency_code)
    problems = []
    if competency is None:
        words = N_("Năng lực “%(value)s” không có trong từ điển. Hãy chọn lại.")
        problems.append(Problem("competency", "unknown_competency", words, {"value": competency_code[:40]}))
    if not 1 <= level <= 5:
        words = N_("Cấp độ %(value)s không có. Hãy chọn từ 1 đến 5.")
        problems.append(Problem("level", "level_range", words, {"value": str(level)}))
    if assessed_on > clock.today():
        words = N_("Ngày đánh giá %(day)s ở tương lai. Hãy ghi ngày đã đánh giá.")
        problems.append(Problem("assessed_on", "in_future", words, {"day": assessed_on}))
    if len(note) > LONGEST_NOTE:
        words = N_("Ghi chú dài %(length)s ký tự. Hãy rút còn %(most)s ký tự.")
        problems.append(Problem("note", "too_long", words, {"length": str(len(note)), "most": str(LONGEST_NOTE)}))
    refuse_if(problems)
    found: CompetencyAssessment | None = db.session.scalar(
        db.select(CompetencyAssessment).where(
            CompetencyAssessment.person_id == person_id, CompetencyAssessment.competency_code == competency_code,
            CompetencyAssessment.assessed_on == assessed_on,
        )
    )  # fmt: skip
    before = None
    if found is None:
        found = CompetencyAssessment(
            person_id=person_id, competency_code=competency_code, level=level, assessed_on=assessed_on,
            assessed_by=actor.name, note=nfc(note) or None, recorded_by=actor.account_id,
        )  # fmt: skip
        db.session.add(found)
    else:
        before = {"competency": competency_code, "level": found.level, "assessed_on": assessed_on}
        found.level, found.assessed_by, found.note = level, actor.name, nfc(note) or None
    db.session.flush()
    after = {"competency": competency_code, "level": level, "assessed_on": assessed_on, "note": nfc(note) or None}
    _tell(actor, "person.competency_assessed", person, before, after)
    return found


def settle_gap(actor: Actor, person_id: int, gap_id: int) -> PositionGap:
    """Mark what somebody lacked as settled today. Raises `NotFound`, `Refused` when it is settled already."""
    actor.require(Permission.POSITIONS_MANAGE)
    person = lock_person(actor, Permission.PEOPLE_VIEW, person_id)
    actor.require(Permission.POSITIONS_MANAGE, at=person.scope_ids)
    found: PositionGap | None = db.session.scalar(
        db.select(PositionGap).where(PositionGap.id == gap_id, PositionGap.person_id == person_id)
    )
    if found is None:
        raise missing("gap")
    if found.settled_on is not None:
        words = N_("Yêu cầu này đã ghi hoàn thiện ngày %(day)s.")
        raise Refused(Problem("", "settled_already", words, {"day": found.settled_on}))
    today = clock.today()
    db.session.execute(update(PositionGap).where(PositionGap.id == gap_id).values(settled_on=today))
    found.settled_on = today
    _tell(actor, "person.gap_settled", person, None, {"requirement": found.requirement, "settled_on": today})
    return found


def _tell(
    actor: Actor, action: str, person: Person, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    audit.record(
        actor, action, "person", person.id, person_id=person.id, scope_ids=list(person.scope_ids),
        before=audit.plain(before) if before else None, after=audit.plain(after),
    )  # fmt: skip
