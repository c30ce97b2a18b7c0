"""Attendance of a session: by the list, by a learner's code, from a workbook. The last word counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem
from hrms.training.models import ClassSession, TrainingClass
from hrms.training.queries import desk
from hrms.training.rules.states import ClassState, Presence
from hrms.training.services import codes

ENTITY = "training_class"

# Who has lost the seat meanwhile is left out by the join; what is the same already is not written again.
_WRITE = text("""
INSERT INTO attendances (enrolment_id, session_id, presence, how, marked_by)
SELECT e.id, n.session_id, n.presence, :how, CAST(:account AS bigint)
FROM unnest(CAST(:enrolments AS bigint[]), CAST(:sessions AS bigint[]), CAST(:presences AS text[]))
  n (enrolment_id, session_id, presence)
JOIN enrolments e ON e.id = n.enrolment_id AND e.class_id = :class_id AND e.state = 'accepted'
ON CONFLICT (enrolment_id, session_id) DO UPDATE
  SET presence = excluded.presence, how = excluded.how, marked_by = excluded.marked_by, marked_at = clock_timestamp()
  WHERE attendances.presence <> excluded.presence
RETURNING enrolment_id, session_id
""")
_BEFORE = text("""
SELECT enrolment_id, session_id, presence FROM attendances
WHERE session_id = ANY (CAST(:sessions AS bigint[])) AND enrolment_id = ANY (CAST(:enrolments AS bigint[]))
""")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a submission of attendance changed."""

    written: int
    """Presences that are new or different now; 0 when the same was sent again."""
    present: int
    of: int
    """Learners with a seat."""


def take(
    actor: Actor, class_id: int, number: int, marks: Mapping[int, Presence], *, rest: Presence | None = None
) -> Taken:
    """Write who was at a session of an own class: enrolment → presence; whoever is left out keeps what they have.

    `rest` is for everybody of the class without a presence so far and not named in `marks`. Sending the same twice
    changes nothing. Raises `NotFound`, `Forbidden`, `Refused`: the class is closed, the session is still to come.
    """
    found = desk.own_class(actor, class_id, lock=True)
    session = desk.session_of(class_id, number)
    check_open(found)
    check_held(session)
    people = {one.enrolment_id: one for one in desk.roster(class_id)}
    sent = {enrolment: presence for enrolment, presence in marks.items() if enrolment in people}
    before = desk.presences(session.id)
    if rest is not None:
        sent |= dict.fromkeys(people.keys() - before.keys() - sent.keys(), rest)
    written = write(actor, found, {(one, session.number): kind for one, kind in sent.items()}, [session], how="list")
    after = {**before, **sent}
    present = sum(after.get(one) == Presence.PRESENT for one in people)
    return Taken(written, present, len(people))


@dataclass(frozen=True, slots=True)
class Scanned:
    """Whom a code stands for in a class, and whether that was written already."""

    learner: desk.Learner
    already: bool


def find_by_code(actor: Actor, class_id: int, number: int, token: str) -> Scanned:
    """Return the learner of an own class a code stands for.

    Raises `NotFound` for a class that is not one's own, `Refused` for a code that is forged, out of date, or of
    somebody without a seat in this class: of whom nothing is said, not even whether they exist.
    """
    found = desk.own_class(actor, class_id)
    session = desk.session_of(class_id, number)
    check_open(found)
    check_held(session)
    seat = desk.seat_of(class_id, codes.whose(token))
    if seat is None:
        words = N_("Mã này không phải của học viên lớp này. Hãy kiểm tra đúng lớp, hoặc hỏi nơi tổ chức về danh sách.")
        raise Refused(Problem("token", "not_in_class", words))
    learner = next(one for one in desk.roster(class_id) if one.enrolment_id == seat)
    return Scanned(learner, desk.presences(session.id).get(seat) == Presence.PRESENT)


def take_by_code(actor: Actor, class_id: int, number: int, token: str) -> Scanned:
    """Write that whoever a code stands for is at a session; raises as `find_by_code`. Twice is the same as once."""
    found = desk.own_class(actor, class_id, lock=True)
    scanned = find_by_code(actor, class_id, number, token)
    session = desk.session_of(class_id, number)
    mark = {(scanned.learner.enrolment_id, number): Presence.PRESENT}
    write(actor, found, mark, [session], how="code")
    return scanned


def write(
    actor: Actor,
    found: TrainingClass,
    marks: Mapping[tuple[int, int], Presence],
    sessions: Collection[ClassSession],
    *,
    how: str,
) -> int:
    """Write (enrolment, session number) → presence of a locked class in one statement, and tell it by session.

    Returns how many are new or different.
    """
    if not marks:
        return 0
    ids = {session.number: session.id for session in sessions}
    keys = sorted(marks)
    enrolments = [enrolment for enrolment, _number in keys]
    before = {
        (row.enrolment_id, row.session_id): row.presence
        for row in db.session.execute(_BEFORE, {"sessions": list(ids.values()), "enrolments": enrolments})
    }
    params = {
        "enrolments": enrolments, "sessions": [ids[number] for _enrolment, number in keys],
        "presences": [marks[key].value for key in keys], "how": how, "account": actor.account_id,
        "class_id": found.id,
    }  # fmt: skip
    written = {(row.enrolment_id, row.session_id) for row in db.session.execute(_WRITE, params)}
    if not written:
        return 0
    if found.state in {ClassState.OPEN, ClassState.DRAFT}:
        found.state = ClassState.RUNNING
        found.version += 1
        db.session.flush()
    _tell(actor, found, marks, sessions, before, written)
    return len(written)


def _tell(
    actor: Actor,
    found: TrainingClass,
    marks: Mapping[tuple[int, int], Presence],
    sessions: Collection[ClassSession],
    before: Mapping[tuple[int, int], str],
    written: Collection[tuple[int, int]],
) -> None:
    """Append an event for each session: how many were marked, and every presence that was something else before."""
    codes_of = {one.enrolment_id: one.staff_code or str(one.enrolment_id) for one in desk.roster(found.id)}
    scope_ids = desk.scope_of(found)
    events: list[dict[str, Any]] = []
    for session in sessions:
        mine = sorted(enrolment for enrolment, session_id in written if session_id == session.id)
        if not mine:
            continue
        changed = [one for one in mine if (one, session.id) in before]
        kinds = [marks[one, session.number].value for one in mine]
        after: dict[str, Any] = {
            "class": found.code, "session": session.number, "held_on": session.held_on.isoformat(),
            **{f"count_{kind.value}": kinds.count(kind.value) for kind in Presence if kind.value in kinds},
        }  # fmt: skip
        old: dict[str, Any] | None = None
        if changed:
            old = {"presences": {codes_of[one]: before[one, session.id] for one in changed}}
            after["presences"] = {codes_of[one]: marks[one, session.number].value for one in changed}
        events.append(
            {
                "entity_id": found.id, "scope_ids": scope_ids, "agency_id": found.agency_id, "before": old,
                "after": after,
            }
        )  # fmt: skip
    audit.record_many(actor, f"{ENTITY}.attendance_taken", ENTITY, events)


def check_open(found: TrainingClass) -> None:
    """Refuse to write in a class that was completed or cancelled."""
    if found.state == ClassState.COMPLETED:
        words = N_("Lớp đã kết thúc nên không ghi thêm. Nếu ghi sai, hãy bấm “Mở lại lớp” rồi sửa.")
        raise Refused(Problem("", "class_closed", words))
    if found.state == ClassState.CANCELLED:
        raise Refused(Problem("", "class_cancelled", N_("Lớp đã hủy nên không ghi được gì.")))


def check_held(session: ClassSession) -> None:
    """Refuse attendance of a session whose day has not come."""
    if session.held_on > clock.today():
        words = N_("Buổi %(number)s vào ngày %(day)s, chưa đến nên chưa điểm danh được.")
        params = {"number": session.number, "day": session.held_on}
        raise Refused(Problem("", "session_ahead", words, params))
