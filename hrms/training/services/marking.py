"""Marks of a class: out of 10, written by its trainer until it is completed, every change told."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.training.models import TrainingClass
from hrms.training.queries import desk
from hrms.training.services.attending import ENTITY, check_open

_WRITE = text("""
UPDATE enrolments e SET mark = n.mark, version = e.version + 1
FROM unnest(CAST(:enrolments AS bigint[]), CAST(:marks AS numeric[])) n (enrolment_id, mark)
WHERE e.id = n.enrolment_id AND e.class_id = :class_id AND e.state = 'accepted' AND e.mark IS DISTINCT FROM n.mark
RETURNING e.id
""")


def set_marks(actor: Actor, class_id: int, marks: Mapping[int, Decimal | None]) -> int:
    """Write enrolment → mark (None takes it away) in an own class; returns how many changed.

    Raises `NotFound`, `Forbidden`, `Refused` when the class is closed.
    """
    found = desk.own_class(actor, class_id, lock=True)
    check_open(found)
    return write(actor, found, marks)


def write(actor: Actor, found: TrainingClass, marks: Mapping[int, Decimal | None]) -> int:
    """Write marks of a locked class in one statement, and tell what changed; returns how many did."""
    people = {one.enrolment_id: one for one in desk.roster(found.id)}
    sent = {one: mark for one, mark in marks.items() if one in people}
    params = {"enrolments": list(sent), "marks": list(sent.values()), "class_id": found.id}
    written = sorted(row.id for row in db.session.execute(_WRITE, params))
    if not written:
        return 0
    audit.record(
        actor, f"{ENTITY}.marks_set", ENTITY, found.id, scope_ids=desk.scope_of(found), agency_id=found.agency_id,
        before={"marks": {people[one].staff_code: _plain(people[one].mark) for one in written}},
        after={
            "class": found.code, "marks": {people[one].staff_code: _plain(sent[one]) for one in written},
            "count": len(written),
        },
    )  # fmt: skip
    return len(written)


def _plain(mark: Decimal | None) -> str | None:
    return None if mark is None else str(mark)
