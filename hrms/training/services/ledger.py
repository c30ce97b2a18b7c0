"""The ledger of credits: written once, a mistake reversed by an entry that names it, never edited.

A completed enrolment and an accepted evidence give exactly one live entry each; the database refuses a second. Whoever
posts need not see the person: a trainer posts for the learners of their own class, so what the trail needs of people
(which agencies may read the event) is read past the actor's scope and goes nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint
from hrms.training.rules.ledger import (
    Ground,
    NewEntry,
    SeenClass,
    SeenEnrolment,
    SeenEvidence,
    check_entry,
    recognised,
)
from hrms.training.rules.states import EnrolmentState, EvidenceState

__all__ = ["NewEntry", "after_posting", "post", "reverse"]

P = Permission
ENTITY = "credit_entry"
WRITERS = (P.TRAINING_MANAGE, P.TRAINING_TEACH, P.IMPORTS_RUN)

after_posting: list[Callable[[Collection[int]], None]] = []
"""Called with the ids of the people whose entries changed, in the same transaction, after they are written."""

_LOCK, _BUCKETS = 7_240_064, 64
_ALREADY = N_("Kết quả này đã được ghi tiết rồi, không ghi lần nữa. Hãy tải lại trang để xem bút toán đã có.")
_REVERSED = N_("Bút toán này đã bị hủy trước đó. Hãy tải lại trang để xem bút toán hủy.")

for _name in ("uq_credit_entries_enrolment", "uq_credit_entries_evidence"):
    explain_constraint(_name, Problem("", "posted_already", _ALREADY))
explain_constraint("uq_credit_entries_reverses_id", Problem("", "reversed_already", _REVERSED))


def post(actor: Actor, entries: Sequence[NewEntry]) -> list[int]:
    """Write entries and bring the standing of their people up to date; returns their ids in the order given.

    Class entries need a completed enrolment of that person in that class, evidence entries an accepted evidence: both
    are locked first. Raises `Forbidden`, `NotFound`, `Refused` with what is wrong with all of them (the field is
    `entries.<place>.<field>` when there are several); `Refused` when something was posted already.
    """
    _require_somewhere(actor)
    if not entries:
        return []
    ground, reach = _ground(entries)
    people = _closures({one.person_id for one in entries})
    for entry in entries:
        _require(actor, entry.person_id, entry.class_id, people, reach)
    problems = [
        _placed(problem, place, len(entries))
        for place, entry in enumerate(entries)
        for problem in check_entry(entry, ground)
    ]
    if problems:
        raise Refused(*problems)
    _lock_people(people)
    _refuse_known(entries)
    ids = _insert(actor, entries)
    _tell(actor, "credit.posted", [_event(i, entry, people) for i, entry in zip(ids, entries, strict=True)])
    _follow(people)
    return ids


def reverse(actor: Actor, entry_ids: Collection[int], reason: str) -> list[int]:
    """Take entries back by entries of the exact opposite; returns the ids of these in the order of `entry_ids`.

    What an entry came from is the caller's to set right: an enrolment that stays completed would be left without hours.
    Raises `NotFound` for one the actor does not see, `Forbidden`, `Refused` without a reason, for a reversal, and for
    what is reversed already.
    """
    _require_somewhere(actor)
    wanted = list(dict.fromkeys(entry_ids))
    why = nfc(reason)
    if not why:
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do hủy. Hãy ghi bút toán sai ở đâu.")))
    if not wanted:
        return []
    rows = {row["id"]: row for row in db.session.execute(_ENTRIES, {"ids": wanted}).mappings()}
    if len(rows) < len(wanted):
        raise missing("entry")
    people = _closures({row["person_id"] for row in rows.values()})
    reach = _reach({row["class_id"] for row in rows.values() if row["class_id"] is not None})
    for row in rows.values():
        _require(actor, row["person_id"], row["class_id"], people, reach)
    if any(row["reverses_id"] is not None for row in rows.values()):
        words = N_("Đây là bút toán hủy, không hủy được nữa. Nếu cần, hãy ghi lại kết quả đúng.")
        raise Refused(Problem("entry", "is_reversal", words))
    _lock_people(people)
    params = {"ids": wanted, "reason": why, "account": actor.account_id}
    made = {row.reverses_id: row.id for row in db.session.execute(_REVERSE, params)}
    _tell(
        actor, "credit.reversed",
        [
            {
                "entity_id": made[i], "person_id": rows[i]["person_id"], "scope_ids": people[rows[i]["person_id"]],
                "reason": why,
                "after": {
                    "kind": rows[i]["kind"], "form": rows[i]["form"], "hours": -rows[i]["hours"],
                    "earned_on": rows[i]["earned_on"], "course_id": rows[i]["course_id"], "title": rows[i]["title"],
                    "reverses": i,
                },
            }
            for i in wanted
        ],
    )  # fmt: skip
    _follow(people)
    return [made[i] for i in wanted]


_ENTRIES = text("""
SELECT id, person_id, class_id, course_id, kind, form, hours, earned_on, title, reverses_id FROM credit_entries
WHERE id = ANY (CAST(:ids AS bigint[]))
""")
_REVERSE = text("""
INSERT INTO credit_entries (person_id, kind, form, hours, earned_on, source, course_id, class_id, enrolment_id,
  evidence_id, attempt, title, proof, position_id, reverses_id, reason, batch_id, recorded_by)
SELECT e.person_id, e.kind, e.form, -e.hours, e.earned_on, 'reversal', e.course_id, e.class_id, e.enrolment_id,
  e.evidence_id, e.attempt, e.title, e.proof, e.position_id, e.id, :reason, e.batch_id, CAST(:account AS bigint)
FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY n (id, place) JOIN credit_entries e ON e.id = n.id
ORDER BY n.place
RETURNING id, reverses_id
""")
_NEW = """unnest(CAST(:person_id AS bigint[]), CAST(:kind AS text[]), CAST(:form AS text[]), CAST(:hours AS numeric[]),
  CAST(:earned_on AS date[]), CAST(:source AS text[]), CAST(:course_id AS bigint[]), CAST(:class_id AS bigint[]),
  CAST(:enrolment_id AS bigint[]), CAST(:evidence_id AS bigint[]), CAST(:title AS text[]), CAST(:proof AS text[]),
  CAST(:position_id AS bigint[]), CAST(:batch_id AS bigint[])) WITH ORDINALITY n (person_id, kind, form, hours,
  earned_on, source, course_id, class_id, enrolment_id, evidence_id, title, proof, position_id, batch_id, place)"""
_COLUMNS = (
    "person_id", "kind", "form", "hours", "earned_on", "source", "course_id", "class_id", "enrolment_id", "evidence_id",
    "title", "proof", "position_id", "batch_id",
)  # fmt: skip
# An entry posted again after its reversal is the next attempt. While the last one stands its number is taken, so a
# second posting meets the unique index, whoever comes first.
_INSERT = text(f"""
INSERT INTO credit_entries (person_id, kind, form, hours, earned_on, source, course_id, class_id, enrolment_id,
  evidence_id, attempt, title, proof, position_id, batch_id, recorded_by)
SELECT n.person_id, n.kind, n.form, n.hours, n.earned_on, n.source, coalesce(n.course_id, k.course_id), n.class_id,
  n.enrolment_id, n.evidence_id,
  CASE n.source
    WHEN 'class' THEN 1 + (SELECT count(*) FROM credit_entries x JOIN credit_entries r ON r.reverses_id = x.id
                           WHERE x.source = 'class' AND x.enrolment_id = n.enrolment_id)
    WHEN 'evidence' THEN 1 + (SELECT count(*) FROM credit_entries x JOIN credit_entries r ON r.reverses_id = x.id
                              WHERE x.source = 'evidence' AND x.evidence_id = n.evidence_id)
    ELSE 1 END,
  n.title, n.proof, n.position_id, n.batch_id, CAST(:account AS bigint)
FROM {_NEW} LEFT JOIN training_classes k ON k.id = n.class_id
ORDER BY n.place
RETURNING id
""")  # noqa: S608 - constants of ours
_KNOWN = text(f"""
SELECT n.place FROM {_NEW} JOIN credit_entries e ON e.person_id = n.person_id AND e.earned_on = n.earned_on
  AND e.source IN ('import', 'old_data') AND e.kind = n.kind AND e.hours = n.hours
  AND e.course_id IS NOT DISTINCT FROM n.course_id AND e.title IS NOT DISTINCT FROM n.title
  AND e.proof IS NOT DISTINCT FROM n.proof
WHERE n.source IN ('import', 'old_data') AND NOT EXISTS (SELECT 1 FROM credit_entries r WHERE r.reverses_id = e.id)
ORDER BY n.place
""")  # noqa: S608 - constants of ours
_ENROLMENTS = text("""
SELECT id, class_id, person_id, state FROM enrolments WHERE id = ANY (CAST(:ids AS bigint[])) ORDER BY id
FOR NO KEY UPDATE
""")
_EVIDENCE = text("""
SELECT id, person_id, state, kind, form, recognised_hours FROM training_evidence
WHERE id = ANY (CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE
""")
_CLASSES = text("""
SELECT k.id, k.course_id, c.kind, k.form, k.hours, k.starts_on, r.factor
FROM training_classes k JOIN courses c ON c.id = k.course_id
LEFT JOIN recognition_rules r ON r.form = k.form AND r.superseded_at IS NULL AND r.valid_from <= k.ends_on
  AND (r.valid_to IS NULL OR r.valid_to > k.ends_on)
WHERE k.id = ANY (CAST(:ids AS bigint[]))
""")
_REACH = text("""
SELECT k.id, a.scope_ids, array(SELECT t.account_id FROM class_trainers t WHERE t.class_id = k.id) AS trainers
FROM training_classes k JOIN agencies a ON a.id = k.agency_id WHERE k.id = ANY (CAST(:ids AS bigint[]))
""")
_PEOPLE = text("SELECT id, scope_ids FROM people WHERE id = ANY (CAST(:ids AS bigint[]))")
_BUCKETED = text("""
SELECT pg_advisory_xact_lock(:key, b) FROM (
  SELECT DISTINCT (p % :buckets)::integer AS b FROM unnest(CAST(:ids AS bigint[])) p ORDER BY 1) s
""")


@dataclass(frozen=True, slots=True)
class _Reach:
    """Who may write about a class: those over its agency, and its trainers."""

    scope_ids: Sequence[int]
    trainers: Collection[int]


def _ground(entries: Sequence[NewEntry]) -> tuple[Ground, dict[int, _Reach]]:
    """Return what entries rest on; enrolments and evidence stay locked, in the order of their ids."""
    enrolments = sorted({one.enrolment_id for one in entries if one.enrolment_id is not None})
    evidence = sorted({one.evidence_id for one in entries if one.evidence_id is not None})
    classes = {one.class_id for one in entries if one.class_id is not None}
    seen = {
        row.id: SeenEnrolment(row.class_id, row.person_id, row.state == EnrolmentState.COMPLETED)
        for row in (db.session.execute(_ENROLMENTS, {"ids": enrolments}) if enrolments else ())
    }
    proofs = {
        row.id: SeenEvidence(
            row.person_id, row.state == EvidenceState.ACCEPTED, row.kind, row.form, row.recognised_hours
        )
        for row in (db.session.execute(_EVIDENCE, {"ids": evidence}) if evidence else ())
    }
    taught = {
        row.id: SeenClass(
            row.course_id, row.kind, row.form,
            recognised(row.hours, row.factor if row.factor is not None else Decimal(1)), row.starts_on,
        )
        for row in (db.session.execute(_CLASSES, {"ids": list(classes)}) if classes else ())
    }  # fmt: skip
    return Ground(clock.today(), seen, taught, proofs), _reach(classes)


def _reach(classes: Collection[int]) -> dict[int, _Reach]:
    if not classes:
        return {}
    rows = db.session.execute(_REACH, {"ids": list(classes)})
    return {row.id: _Reach(row.scope_ids, row.trainers) for row in rows}


def _closures(ids: Collection[int]) -> dict[int, list[int]]:
    """Return the agencies of people, seen or not: for the right to write and for who may read the event."""
    with scope.everything():
        found = {row.id: list(row.scope_ids) for row in db.session.execute(_PEOPLE, {"ids": list(ids)})}
    if len(found) < len(ids):
        raise missing("person")
    return found


def _require_somewhere(actor: Actor) -> None:
    if not any(actor.may(permission) for permission in WRITERS):
        actor.require(P.TRAINING_MANAGE)


def _require(
    actor: Actor,
    person_id: int,
    class_id: int | None,
    people: Mapping[int, Sequence[int]],
    reach: Mapping[int, _Reach],
) -> None:
    """Refuse whom neither the person nor the class is open to: 404 outside what they see, 403 inside."""
    at = people[person_id]
    if actor.may(P.TRAINING_MANAGE, at=at) or actor.may(P.IMPORTS_RUN, at=at):
        return
    run = reach.get(class_id) if class_id is not None else None
    if run is not None and (
        actor.may(P.TRAINING_MANAGE, at=run.scope_ids)
        or (actor.may(P.TRAINING_TEACH) and actor.account_id in run.trainers)
    ):
        return
    if not actor.may(P.TRAINING_VIEW, at=at):
        raise missing("person")
    raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))


def _lock_people(ids: Collection[int]) -> None:
    """Let one writer at a time change what a person's standing is made of.

    Locks by bucket, not by person: a batch of thousands would fill the server's table of locks.
    """
    db.session.execute(_BUCKETED, {"key": _LOCK, "buckets": _BUCKETS, "ids": list(ids)}).all()


def _refuse_known(entries: Sequence[NewEntry]) -> None:
    """Refuse old results that stand in the ledger already; the database cannot tell them apart by a source."""
    if not any(one.source in {"import", "old_data"} for one in entries):
        return
    twice = {int(place) - 1 for place in db.session.scalars(_KNOWN, _arrays(entries))}
    seen: set[tuple[Any, ...]] = set()
    for place, one in enumerate(entries):
        if one.source in {"import", "old_data"}:
            key = (one.person_id, one.earned_on, one.kind, one.hours, one.course_id, one.title, one.proof)
            if key in seen:
                twice.add(place)
            seen.add(key)
    if twice:
        words = N_("Kết quả này đã có trong sổ: cùng khóa học, ngày %(day)s, %(hours)s tiết. Không ghi lần nữa.")
        raise Refused(
            *(
                _placed(
                    Problem(
                        "title", "known_already", words,
                        {"day": entries[place].earned_on, "hours": entries[place].hours},
                    ),
                    place, len(entries),
                )
                for place in sorted(twice)
            )
        )  # fmt: skip


def _insert(actor: Actor, entries: Sequence[NewEntry]) -> list[int]:
    made = db.session.scalars(_INSERT, {**_arrays(entries), "account": actor.account_id})
    return sorted(made)


def _arrays(entries: Sequence[NewEntry]) -> dict[str, list[Any]]:
    def plain(value: Any) -> Any:
        return str(value) if isinstance(value, str) else value

    return {name: [plain(getattr(one, name)) for one in entries] for name in _COLUMNS}


def _placed(problem: Problem, place: int, of: int) -> Problem:
    if of == 1:
        return problem
    return Problem(f"entries.{place}.{problem.field}", problem.code, problem.text, problem.params, problem.severity)


def _event(entry_id: int, entry: NewEntry, people: Mapping[int, Sequence[int]]) -> dict[str, Any]:
    values: dict[str, str | int | date | Decimal | None] = {
        "kind": str(entry.kind), "form": str(entry.form), "hours": entry.hours, "earned_on": entry.earned_on,
        "source": str(entry.source), "course_id": entry.course_id, "title": entry.title, "proof": entry.proof,
        "class_id": entry.class_id,
    }  # fmt: skip
    return {
        "entity_id": entry_id, "person_id": entry.person_id, "scope_ids": people[entry.person_id],
        "after": {name: value for name, value in values.items() if value is not None},
    }  # fmt: skip


def _tell(actor: Actor, action: str, events: Sequence[dict[str, Any]]) -> None:
    audit.record_many(actor, action, ENTITY, [{**one, "after": audit.plain(one["after"])} for one in events])


def _follow(people: Collection[int]) -> None:
    for after in after_posting:
        after(list(people))
