"""The check of effect: asked of whoever manages the learner some months after, written as a judged competency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import clock, hooks, scope, settings
from hrms.core.actor import Actor, missing
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import transaction
from hrms.people.services.locking import lock_person
from hrms.positions.services.person import assess
from hrms.training.models import Enrolment, ImpactCheck, TrainingClass
from hrms.training.queries import impact as queries
from hrms.training.rules import after as rules

P = Permission.TRAINING_NOMINATE
LATE_DAYS = 90
"""What should have been asked longer ago than this when nobody had asked yet is not asked any more."""
_RAISE = text("""
INSERT INTO impact_checks (enrolment_id, class_id, person_id, competency_code, level_before, due_on)
SELECT e.id, e.class_id, e.person_id, x.code,
  (SELECT a.level FROM competency_assessments a WHERE a.person_id = e.person_id AND a.competency_code = x.code
   AND a.assessed_on < k.starts_on ORDER BY a.assessed_on DESC LIMIT 1),
  (e.closed_on + make_interval(months => :months))::date
FROM enrolments e
JOIN training_classes k ON k.id = e.class_id
JOIN course_versions v ON v.course_id = k.course_id AND v.superseded_at IS NULL AND v.valid_from <= k.starts_on
  AND (v.valid_to IS NULL OR v.valid_to > k.starts_on)
CROSS JOIN LATERAL (SELECT DISTINCT one ->> 'code' AS code FROM jsonb_array_elements(v.competencies) one) x
JOIN competencies c ON c.code = x.code
WHERE e.state = 'completed' AND e.closed_on >= :since AND k.form = 'class' AND k.hours >= :least
  AND (CAST(:class_id AS bigint) IS NULL OR e.class_id = :class_id)
  AND NOT EXISTS (SELECT 1 FROM impact_checks i WHERE i.enrolment_id = e.id AND i.competency_code = x.code)
ON CONFLICT (enrolment_id, competency_code) DO NOTHING
RETURNING person_id
""")


def raise_for(class_id: int | None) -> int:
    """Have the effect of a class asked about, of all classes for None; returns how many questions are new.

    Short ones, and those not held in a room, are not asked about: a manager would drown in questions.

    One statement, in the caller's transaction; the calendar follows.
    """
    months = int(settings.get("training.impact_months"))
    since = add_months(clock.today() - timedelta(days=LATE_DAYS), -months)
    least = int(settings.get("training.impact_least_hours"))
    given = {"months": months, "since": since, "class_id": class_id, "least": least}
    with scope.everything():  # the trainer who completes a class sees no records, nor what is asked about them
        rows = db.session.execute(_RAISE, given).scalars().all()
    follow(rows)
    return len(rows)


def follow(person_ids: Collection[int]) -> None:
    """Let the calendar follow what has changed about people."""
    if person_ids:
        for changed in hooks.people_changed:
            changed(sorted(set(person_ids)))


def raise_all() -> None:
    """Have the effect of every class asked about whose months run: each midnight, a unit of its own."""
    with scope.everything(), transaction():
        raise_for(None)


def answer(
    actor: Actor, impact_id: int, level: int | None, applied: str | None, note: str, *, version: int | None = None
) -> ImpactCheck:
    """Write down what a manager sees of a class's effect: the level today, and whether what was learnt is used.

    The level becomes a judgement of the competency on this day. Raises `NotFound`, `Forbidden` (also for one's own),
    `Stale`, `Refused`.
    """
    actor.require(P)
    row = db.session.execute(
        select(ImpactCheck, Enrolment.state, TrainingClass)
        .join(Enrolment, Enrolment.id == ImpactCheck.enrolment_id)
        .join(TrainingClass, TrainingClass.id == ImpactCheck.class_id)
        .where(ImpactCheck.id == impact_id)
        .with_for_update(of=ImpactCheck)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise missing("impact")
    found: ImpactCheck = row.ImpactCheck
    person = lock_person(actor, P, found.person_id)
    if actor.person_id == found.person_id:
        words = N_("Không tự đánh giá tác động của lớp mình đã học; việc này của người quản lý trực tiếp.")
        raise Forbidden(Problem("", "own", words))
    if found.answered_on is not None:
        words = N_("Đã đánh giá ngày %(day)s.")
        raise Refused(Problem("", "answered", words, {"day": found.answered_on}))
    if version is not None and version != found.version:
        raise Stale
    said = nfc(note)
    refuse_if(rules.answer_problems(level, applied, said, row.state))
    before = queries.level_before(found.person_id, found.competency_code, row.TrainingClass.starts_on)
    assess(actor, found.person_id, found.competency_code, int(level or 0), clock.today(), note=said, permission=P)
    found.level_before = before if before is not None else found.level_before
    found.level_after, found.applied, found.note = level, applied, said or None
    found.answered_on, found.recorded_by = clock.today(), actor.account_id
    found.version += 1
    db.session.flush()
    audit.record(
        actor, "person.impact_checked", "person", person.id, person_id=person.id, scope_ids=list(person.scope_ids),
        after={
            "class": row.TrainingClass.name, "competency": found.competency_code, "level_before": found.level_before,
            "level_after": level, "applied": applied,
        },
    )  # fmt: skip
    follow([found.person_id])
    return found
