"""Who gets a seat: nominations, the organiser's choice, leaving, the waiting list; all under the lock of the class.

An agency that nominates sees its own people only, while seats are counted and given over everybody in the class: that
part runs past the actor's scope, under the lock, and tells nothing but ids of what it changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, text, update

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, refuse_if
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem, Reason
from hrms.training.models import Course, Enrolment, Nomination
from hrms.training.queries import classes as reading
from hrms.training.queries.candidates import GUARDS, Answers, Looked, look_at
from hrms.training.rules import classes as rules
from hrms.training.rules.classes import Place
from hrms.training.rules.eligibility import Check, Priority, Result
from hrms.training.rules.states import ON_ROSTER, Accepts, EnrolmentState
from hrms.training.services import classes
from hrms.training.services.classes import Locked

P = Permission
S = EnrolmentState
ENTITY = "enrolment"
MOST = 300
"""So many are nominated at once."""
_ROWS = text("""
SELECT e.id, e.person_id, e.state, e.nominated_at, coalesce(n.priority, :none) AS priority
FROM enrolments e LEFT JOIN nominations n ON n.enrolment_id = e.id WHERE e.class_id = :class_id ORDER BY e.id
""")
_SCOPES = text("SELECT id, scope_ids FROM people WHERE id = ANY (:ids)")
_SET = text("""
UPDATE enrolments SET state = :state, reason = :reason, version = version + 1 WHERE id = ANY (:ids)
""")
_SURE = text("""
SELECT n.enrolment_id FROM nominations n WHERE n.enrolment_id = ANY (:ids)
AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(n.checks) c WHERE c ->> 'result' NOT IN ('met', 'warn'))
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of enrolments, by id."""

    accepted: Sequence[int] = ()
    waiting: Sequence[int] = ()
    nominated: Sequence[int] = ()
    left: Sequence[int] = ()
    promoted: Sequence[int] = field(default=())
    """Those of the waiting list who got a seat that became free."""


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    person_id: int
    state: EnrolmentState
    place: Place


def _rows(class_id: int) -> dict[int, _Row]:
    """Return everybody of a class by enrolment, whoever asks: the caller holds the class's lock."""
    with scope.everything():
        found = db.session.execute(_ROWS, {"class_id": class_id, "none": rules.NO_PRIORITY})
        return {
            row.id: _Row(row.id, row.person_id, S(row.state), Place(row.id, row.priority, row.nominated_at))
            for row in found
        }


def _free(one: Locked, rows: Mapping[int, _Row]) -> int:
    return one.found.seats - sum(row.state in ON_ROSTER for row in rows.values())


# Nominating


def nominate(
    actor: Actor, class_id: int, person_ids: Sequence[int], *, note: str = "", answers: Answers | None = None
) -> Outcome:
    """Nominate people for a class; who meets every condition of an `auto` class takes a free seat at once.

    Whoever's record leaves a condition open waits for the organiser. Raises `NotFound`, `Forbidden`, `Refused` with
    every person and condition that keeps it back; nothing is written then.
    """
    wanted = list(dict.fromkeys(person_ids))
    if not wanted or len(wanted) > MOST:
        text_ = N_("Chọn từ 1 đến %(most)s người mỗi lần cử.")
        raise Refused(Problem("", "count", text_, {"most": MOST}))
    one = classes.lock(class_id)
    _check_open(actor, one)
    found = one.found
    course = db.session.get_one(Course, found.course_id)
    version = reading.version_on(found.course_id, found.starts_on)
    looked = look_at(wanted, found, course, version, answers)
    if set(looked) != set(wanted):
        raise missing("person")
    for who in looked.values():
        require_sends(actor, who.scope_ids)
    rows = _rows(class_id)
    by_person = {row.person_id: row for row in rows.values()}
    problems = [
        problem for person_id in wanted for problem in _person_problems(looked[person_id], by_person.get(person_id))
    ]
    refuse_if(problems)
    made = _write(actor, one, [looked[i] for i in wanted], by_person, note)
    _tell(actor, "enrolment.nominated", one, made)
    settled: list[int] = []
    if found.accepts == Accepts.AUTO:
        sure = [made[i] for i in wanted if looked[i].result in (Result.MET, Result.WARN)]
        _move(sure, S.WAITING)
        settled = _fill(actor, one)
    mine, now = set(made.values()), _rows(class_id)
    classes.follow([*wanted, *(now[i].person_id for i in settled if i not in mine)])
    return Outcome(
        accepted=[i for i in made.values() if now[i].state is S.ACCEPTED],
        waiting=[i for i in made.values() if now[i].state is S.WAITING],
        nominated=[i for i in made.values() if now[i].state is S.NOMINATED],
        promoted=[i for i in settled if i not in mine],
    )


def require_sends(actor: Actor, at: Collection[int]) -> None:
    """Raise `Forbidden` for whoever may not send somebody (`at`, the person's closure) to a class."""
    if not (actor.may(P.TRAINING_NOMINATE, at=at) or actor.may(P.TRAINING_MANAGE, at=at)):
        raise Forbidden(Problem("", "forbidden", N_("Bạn không được cử người này đi học.")))


def _check_open(actor: Actor, one: Locked) -> None:
    found = one.found
    organiser = actor.may(P.TRAINING_MANAGE, at=one.at)
    if found.state not in (rules.TAKES_LEARNERS if organiser else rules.TAKES_NOMINATIONS):
        raise Refused(Problem("", "not_open", N_("Lớp không nhận học viên lúc này. Hãy xem lại trạng thái lớp.")))
    last = found.nominate_by or found.starts_on
    if not organiser and last < clock.today():
        text_ = N_("Hạn cử học viên là %(day)s. Hãy liên hệ nơi tổ chức lớp.")
        raise Refused(Problem("", "late", text_, {"day": last}))


_ALREADY: Mapping[EnrolmentState, str] = {
    S.NOMINATED: N_("%(name)s đã được cử, đang chờ xét."),
    S.WAITING: N_("%(name)s đã ở danh sách chờ."),
    S.ACCEPTED: N_("%(name)s đã là học viên của lớp."),
    S.COMPLETED: N_("%(name)s đã hoàn thành lớp này."),
    S.FAILED: N_("%(name)s đã học lớp này."),
}


def _person_problems(who: Looked, before: _Row | None) -> list[Problem]:
    if before is not None and before.state not in rules.LEFT:
        return [Problem(f"person-{who.person_id}", "already", _ALREADY[before.state], {"name": who.name})]
    if not who.in_service:
        gone = N_("%(name)s không còn công tác. Hãy bỏ khỏi danh sách.")
        return [Problem(f"person-{who.person_id}", "not_in_service", gone, {"name": who.name})]
    text_ = N_("%(name)s chưa đạt điều kiện “%(what)s”: %(why)s")
    return [
        Problem(
            f"person-{who.person_id}", f"unmet_{check.code}", text_,
            {"name": who.name, "what": check.words, "why": render(check.reason)},
        )
        for check in who.checks
        if check.result is Result.UNMET
    ]  # fmt: skip


def _write(
    actor: Actor, one: Locked, people: Sequence[Looked], by_person: Mapping[int, _Row], note: str
) -> dict[int, int]:
    """Write enrolments and what they rest on; returns enrolment ids by person. Who had left comes back."""
    # Taken under the lock, so that the order of nominations is that of the lock; a list keeps its own order.
    now = clock.now()
    places = {who.person_id: now + timedelta(microseconds=n) for n, who in enumerate(people)}
    again = {i: by_person[i].id for i in places if i in by_person}
    new = [who for who in people if who.person_id not in again]
    if again:
        db.session.execute(
            update(Enrolment).execution_options(synchronize_session=False),
            [
                {
                    "id": enrolment_id, "state": S.NOMINATED.value, "nominated_at": places[person_id], "reason": None,
                    "recorded_by": actor.account_id,
                }
                for person_id, enrolment_id in again.items()
            ],
        )  # fmt: skip
    made = dict(again)
    if new:
        written = db.session.execute(
            insert(Enrolment).returning(Enrolment.id, Enrolment.person_id),
            [
                {
                    "class_id": one.found.id, "person_id": who.person_id, "state": S.NOMINATED.value,
                    "nominated_at": places[who.person_id], "recorded_by": actor.account_id,
                }
                for who in new
            ],
        )  # fmt: skip
        made |= {row.person_id: row.id for row in written}
    values = [
        {
            "enrolment_id": made[who.person_id], "class_id": one.found.id, "person_id": who.person_id,
            "agency_id": who.agency_id, "priority": who.priority, "checks": [kept_check(c) for c in who.checks],
            "priorities": [kept_priority(p, r) for p, r in who.priorities], "note": note or None,
            "recorded_by": actor.account_id,
        }
        for who in people
    ]  # fmt: skip
    known = set(db.session.scalars(select(Nomination.enrolment_id).where(Nomination.class_id == one.found.id)))
    old = [value for value in values if value["enrolment_id"] in known]
    if old:
        db.session.execute(update(Nomination).execution_options(synchronize_session=False), old)
    fresh = [value for value in values if value["enrolment_id"] not in known]
    if fresh:
        db.session.execute(insert(Nomination), fresh)
    return made


def kept_check(check: Check) -> dict[str, Any]:
    """Return a condition as a nomination keeps it."""
    return {"code": check.code, "words": check.words, "result": check.result.value, **_kept(check.reason)}


def kept_priority(priority: Priority, reason: Reason) -> dict[str, Any]:
    """Return why somebody comes first as a nomination keeps it, with the permission that opens the reason."""
    guard = GUARDS.get(priority)
    return {"code": priority.value, "guard": guard.value if guard else None, **_kept(reason)}


def _kept(reason: Reason) -> dict[str, Any]:
    params = {name: value.iso if isinstance(value, PartialDate) else value for name, value in reason.params.items()}
    return {"text": reason.text, "params": audit.plain(params), "source": reason.source}


# The organiser


def accept(actor: Actor, class_id: int, enrolment_ids: Collection[int]) -> Outcome:
    """Give seats to nominations, in the order of the class; who finds no free seat is put on the waiting list.

    Raises `Forbidden`, `NotFound`, `Refused`.
    """
    one, rows, chosen = _chosen(class_id, enrolment_ids)
    _organises(actor, one)
    _in_state(chosen, frozenset({S.NOMINATED, S.WAITING}))
    _may_still(one)
    seated = rules.next_for((row.place for row in chosen), _free(one, rows))
    rest = [row.id for row in chosen if row.id not in set(seated)]
    _move(seated, S.ACCEPTED)
    _move([i for i in rest if rows[i].state is not S.WAITING], S.WAITING)
    _tell(actor, "enrolment.accepted", one, {rows[i].person_id: i for i in seated})
    classes.follow([rows[i].person_id for i in seated])
    return Outcome(accepted=seated, waiting=rest)


def decline(actor: Actor, class_id: int, enrolment_ids: Collection[int], reason: str) -> Outcome:
    """Turn nominations down; a seat that becomes free goes to the waiting list. Raises like `accept`."""
    one, _rows_of, chosen = _chosen(class_id, enrolment_ids)
    _organises(actor, one)
    return _leave(actor, one, chosen, S.DECLINED, reason)


def withdraw(actor: Actor, class_id: int, enrolment_ids: Collection[int], reason: str) -> Outcome:
    """Take people out of a class: for whoever may nominate them, or the organiser. Raises like `accept`."""
    one, _rows_of, chosen = _chosen(class_id, enrolment_ids)
    _sends_all(actor, one, chosen)
    return _leave(actor, one, chosen, S.WITHDRAWN, reason)


def _leave(actor: Actor, one: Locked, chosen: Sequence[_Row], state: EnrolmentState, reason: str) -> Outcome:
    _in_state(chosen, rules.LEAVABLE)
    _may_still(one)
    if not reason.strip():
        raise Refused(Problem("reason", "missing", N_("Hãy ghi lý do.")))
    ids = [row.id for row in chosen]
    _move(ids, state, reason)
    _tell(actor, f"enrolment.{state.value}", one, {row.person_id: row.id for row in chosen}, reason=reason)
    promoted = _fill(actor, one)
    rows = _rows(one.found.id)
    classes.follow([*(row.person_id for row in chosen), *(rows[i].person_id for i in promoted)])
    return Outcome(left=ids, promoted=promoted)


def restore(actor: Actor, class_id: int, enrolment_ids: Collection[int]) -> Outcome:
    """Undo leaving or declining: back to where the order of the class puts them. Raises like `accept` and `nominate`.

    Whoever only sends people brings them back as they came: within the days to nominate, and to the organiser's review
    where a condition was open.
    """
    one, _rows_of, chosen = _chosen(class_id, enrolment_ids)
    _in_state(chosen, rules.LEFT)
    _may_still(one)
    _check_open(actor, one)
    if any(row.state is S.DECLINED for row in chosen):
        _organises(actor, one)
    _sends_all(actor, one, chosen)
    ids = [row.id for row in chosen]
    auto = one.found.accepts == Accepts.AUTO
    organiser = actor.may(P.TRAINING_MANAGE, at=one.at)
    sure = set(ids if organiser else db.session.scalars(_SURE, {"ids": ids})) if auto else set()
    _move([i for i in ids if i in sure], S.WAITING)
    _move([i for i in ids if i not in sure], S.NOMINATED)
    _tell(actor, "enrolment.restored", one, {row.person_id: row.id for row in chosen})
    promoted = _fill(actor, one) if auto else []
    rows = _rows(class_id)
    classes.follow({*(row.person_id for row in chosen), *(rows[i].person_id for i in promoted)})
    return Outcome(
        accepted=[i for i in ids if rows[i].state is S.ACCEPTED],
        waiting=[i for i in ids if rows[i].state is S.WAITING],
        nominated=[i for i in ids if rows[i].state is S.NOMINATED],
        promoted=[i for i in promoted if i not in set(ids)],
    )


def promote(actor: Actor, class_id: int) -> Outcome:
    """Give free seats to the waiting list in its order: after seats were added. For whoever runs the class."""
    one = classes.lock(class_id)
    classes.require_runs(actor, one)
    promoted = _fill(actor, one) if one.found.state in rules.TAKES_LEARNERS else []
    rows = _rows(class_id)
    classes.follow([rows[i].person_id for i in promoted])
    return Outcome(promoted=promoted)


# What they share


def _chosen(class_id: int, enrolment_ids: Collection[int]) -> tuple[Locked, dict[int, _Row], list[_Row]]:
    """Lock the class and return it, its rows, and those asked for, all in sight. Raises `NotFound`, `Refused`."""
    one = classes.lock(class_id)
    wanted = list(dict.fromkeys(enrolment_ids))
    if not wanted:
        raise Refused(Problem("", "nobody", N_("Chưa chọn ai. Hãy đánh dấu những người cần xử lý.")))
    seen = set(db.session.scalars(select(Enrolment.id).where(Enrolment.class_id == class_id, Enrolment.id.in_(wanted))))
    if seen != set(wanted):
        raise missing("enrolment")
    rows = _rows(class_id)
    return one, rows, [rows[i] for i in wanted]


def _organises(actor: Actor, one: Locked) -> None:
    actor.require(P.TRAINING_MANAGE, at=one.at)


def _sends_all(actor: Actor, one: Locked, chosen: Sequence[_Row]) -> None:
    if actor.may(P.TRAINING_MANAGE, at=one.at):
        return
    found = {row.id: row.scope_ids for row in db.session.execute(_SCOPES, {"ids": [row.person_id for row in chosen]})}
    for row in chosen:
        require_sends(actor, found.get(row.person_id, ()))


def _in_state(chosen: Sequence[_Row], states: frozenset[EnrolmentState]) -> None:
    if any(row.state not in states for row in chosen):
        text_ = N_("Có người đã đổi trạng thái. Hãy tải lại trang rồi chọn lại.")
        raise Refused(Problem("", "state", text_))


def _may_still(one: Locked) -> None:
    if one.found.state not in rules.TAKES_LEARNERS:
        text_ = N_("Lớp đã kết thúc, đã hủy hoặc chưa mở nên danh sách không đổi được.")
        raise Refused(Problem("", "closed", text_))


def _move(ids: Sequence[int], state: EnrolmentState, reason: str | None = None) -> None:
    if ids:
        with scope.everything():
            db.session.execute(_SET, {"ids": list(ids), "state": state.value, "reason": reason})
        db.session.expire_all()


def _fill(actor: Actor, one: Locked) -> list[int]:
    """Give the free seats to the waiting list in its order; the class is locked. Returns the enrolments."""
    rows = _rows(one.found.id)
    waiting = [row.place for row in rows.values() if row.state is S.WAITING]
    chosen = rules.next_for(waiting, _free(one, rows))
    _move(chosen, S.ACCEPTED)
    _tell(actor, "enrolment.accepted", one, {rows[i].person_id: i for i in chosen})
    return chosen


def _tell(actor: Actor, action: str, one: Locked, of: Mapping[int, int], *, reason: str | None = None) -> None:
    """Append one event for each person: read where the person belongs, which the actor need not see."""
    if not of:
        return
    with scope.everything():
        scopes = {row.id: row.scope_ids for row in db.session.execute(_SCOPES, {"ids": list(of)})}
        audit.record_many(
            actor, action, ENTITY,
            [
                {
                    "entity_id": enrolment_id, "person_id": person_id, "scope_ids": scopes[person_id],
                    "after": {"class": one.found.name, "code": one.found.code}, "reason": reason,
                }
                for person_id, enrolment_id in of.items()
            ],
        )  # fmt: skip
