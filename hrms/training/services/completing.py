"""Completing a class: who completes is proposed, what will be posted is shown, both are written at once; and undone.

One unit of work under the lock of the class: the outcome of each learner and the entries of the ledger. Sent twice, or
by two people at once, it posts once: only somebody who still has an open seat gets an outcome.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.training.models import Certificate, RecognitionRule, TrainingClass
from hrms.training.queries import desk
from hrms.training.queries.desk import Learner
from hrms.training.rules.desk import LEAST_REASON, Meeting, Proposal, in_words, propose
from hrms.training.rules.ledger import recognised
from hrms.training.rules.states import ClassState, EnrolmentState
from hrms.training.services import impact, ledger
from hrms.training.services.attending import ENTITY, check_open
from hrms.training.services.ledger import NewEntry

_LONGEST_REASON = 500
_SETTLE = text("""
UPDATE enrolments e
SET state = n.state, closed_on = n.closed_on, reason = n.reason, version = e.version + 1
FROM unnest(CAST(:enrolments AS bigint[]), CAST(:states AS text[]), CAST(:days AS date[]), CAST(:reasons AS text[]))
  n (enrolment_id, state, closed_on, reason)
WHERE e.id = n.enrolment_id AND e.class_id = :class_id AND e.state = 'accepted'
RETURNING e.id
""")
_STANDING = text("""
SELECT c.id FROM credit_entries c WHERE c.class_id = :class_id AND c.source = 'class'
AND NOT EXISTS (SELECT 1 FROM credit_entries r WHERE r.reverses_id = c.id) ORDER BY c.id
""")
_REOPEN = text("""
UPDATE enrolments SET state = 'accepted', closed_on = NULL, reason = NULL, version = version + 1
WHERE class_id = :class_id AND state IN ('completed', 'failed')
""")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner with what attendance and mark say of them."""

    learner: Learner
    attended: Decimal
    proposal: Proposal

    @property
    def is_open(self) -> bool:
        """Say whether the outcome is still to be set."""
        return self.learner.state == EnrolmentState.ACCEPTED


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the trainer decides: completed or not, why when it is not as proposed, the day when it is not today."""

    completes: bool
    reason: str = ""
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything somebody must see before a class is completed."""

    training_class: TrainingClass
    meetings: Sequence[Meeting]
    candidates: Sequence[Candidate]
    total: Decimal
    """Hours of the sessions."""
    hours: Decimal
    """Hours the ledger gets for each who completes: those of the class by the factor of its form."""
    kind: str
    problems: Sequence[Problem]
    """Why the class cannot be completed yet."""

    @property
    def open(self) -> Sequence[Candidate]:
        """Return those whose outcome is still to be set."""
        return [one for one in self.candidates if one.is_open]

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever what is shown here does."""
        told = [
            (one.learner.enrolment_id, one.learner.state, str(one.attended), str(one.learner.mark))
            for one in self.candidates
        ]
        said = repr((told, str(self.total), str(self.hours), self.kind, self.training_class.ends_on))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def outlook(actor: Actor, class_id: int) -> Outlook:
    """Return who would complete an own class and what would be posted; writes nothing."""
    return _look(desk.own_class(actor, class_id))


def _look(found: TrainingClass) -> Outlook:
    meetings = desk.meetings_of([found.id])[found.id]
    total = sum((one.hours for one in meetings), Decimal(0))
    hours = desk.attended(found.id)
    candidates = []
    for learner in desk.roster(found.id):
        came = hours.get(learner.enrolment_id, Decimal(0))
        proposal = propose(
            attended=came, total=total, least=found.least_attendance, mark=learner.mark, pass_mark=found.pass_mark
        )
        candidates.append(Candidate(learner, came, proposal))
    return Outlook(
        found, meetings, candidates, total, recognised(found.hours, _factor(found)), desk.course_of(found).kind,
        _not_yet(found, meetings, candidates),
    )  # fmt: skip


def _factor(found: TrainingClass) -> Decimal:
    day = found.ends_on
    query = select(RecognitionRule.factor).where(
        RecognitionRule.form == found.form,
        RecognitionRule.superseded_at.is_(None),
        RecognitionRule.valid_from <= day,
        func.coalesce(RecognitionRule.valid_to, date.max) > day,
    )
    factor = db.session.scalar(query)
    return Decimal(1) if factor is None else factor


def _not_yet(found: TrainingClass, meetings: Sequence[Meeting], candidates: Sequence[Candidate]) -> list[Problem]:
    problems: list[Problem] = []
    if found.ends_on > clock.today():
        words = N_("Lớp học đến hết ngày %(day)s. Hãy kết thúc lớp từ ngày đó.")
        problems.append(Problem("", "class_runs", words, {"day": found.ends_on}))
    if not candidates:
        words = N_("Lớp chưa có học viên nào. Hãy hỏi nơi tổ chức về danh sách.")
        problems.append(Problem("", "no_learners", words))
    for one in meetings:
        if candidates and one.held_on <= clock.today() and not one.marked:
            words = N_("Buổi %(number)s ngày %(day)s chưa điểm danh. Hãy điểm danh trước khi kết thúc lớp.")
            problems.append(Problem("", "not_marked", words, {"number": one.number, "day": one.held_on}))
    return problems


@dataclass(frozen=True, slots=True)
class Completed:
    """What a completion wrote."""

    completed: int
    failed: int
    hours: Decimal
    left: int
    """Learners whose outcome is still to be set; the class stays open for them."""


def complete(
    actor: Actor, class_id: int, outcomes: Mapping[int, Outcome], *, fingerprint: str | None = None
) -> Completed:
    """Set the outcome of learners of an own class by enrolment, and post the hours of those who complete.

    Raises `NotFound`, `Forbidden`, `Refused` (not yet, an exception without a reason), and `Stale` when attendance,
    marks or the roster have changed since `fingerprint` was shown. A learner who has an outcome already keeps it, so
    the same sent again writes nothing; the class is completed with the last open seat.
    """
    found = desk.own_class(actor, class_id, lock=True)
    if found.state == ClassState.COMPLETED:
        return Completed(0, 0, Decimal(0), 0)
    check_open(found)
    seen = _look(found)
    if seen.problems:
        raise Refused(*seen.problems)
    if fingerprint is not None and fingerprint != seen.fingerprint:
        raise Stale
    by_id = {one.learner.enrolment_id: one for one in seen.open}
    chosen = {one: outcome for one, outcome in outcomes.items() if one in by_id}
    problems = [
        problem for one, outcome in chosen.items() for problem in check_outcome(by_id[one], outcome, found.starts_on)
    ]
    if problems:
        raise Refused(*problems)
    _settle(found, by_id, chosen)
    done = [by_id[one] for one, outcome in chosen.items() if outcome.completes]
    ledger.post(
        actor,
        [
            NewEntry(
                person_id=one.learner.person_id, kind=seen.kind, form=found.form, hours=seen.hours,
                earned_on=found.ends_on, source="class", course_id=found.course_id, class_id=found.id,
                enrolment_id=one.learner.enrolment_id,
            )
            for one in done
        ],
    )  # fmt: skip
    left = len(by_id) - len(chosen)
    if not left:
        found.state, found.closed_on = ClassState.COMPLETED, clock.today()
    found.version += 1
    db.session.flush()
    impact.raise_for(found.id)
    exceptions = {
        by_id[one].learner.staff_code: nfc(outcome.reason)
        for one, outcome in chosen.items()
        if outcome.completes != by_id[one].proposal.completes
    }
    audit.record(
        actor, f"{ENTITY}.completed", ENTITY, found.id, scope_ids=desk.scope_of(found), agency_id=found.agency_id,
        after={
            "class": found.code, "completed": len(done), "failed": len(chosen) - len(done), "hours": seen.hours,
            "left": left, **({"exceptions": exceptions} if exceptions else {}),
        },
    )  # fmt: skip
    return Completed(len(done), len(chosen) - len(done), seen.hours, left)


def check_outcome(candidate: Candidate, outcome: Outcome, starts_on: date) -> list[Problem]:
    """Return what is wrong with an outcome: another than proposed needs a reason, its day lies within the class."""
    problems: list[Problem] = []
    who = {"name": candidate.learner.full_name, "code": candidate.learner.staff_code}
    if outcome.completes != candidate.proposal.completes and len(nfc(outcome.reason)) < LEAST_REASON:
        words = N_("%(name)s (%(code)s): kết quả khác với đề xuất. Hãy ghi lý do, ít nhất %(least)s chữ cái.")
        field = f"reason-{candidate.learner.enrolment_id}"
        problems.append(Problem(field, "reason_required", words, {**who, "least": LEAST_REASON}))
    day = outcome.closed_on
    if day is not None and not starts_on <= day <= clock.today():
        words = N_("%(name)s (%(code)s): ngày %(day)s không nằm trong thời gian của lớp.")
        problems.append(Problem("closed_on", "day_outside", words, {**who, "day": day}))
    return problems


def _settle(found: TrainingClass, by_id: Mapping[int, Candidate], chosen: Mapping[int, Outcome]) -> None:
    states, days, reasons = [], [], []
    for one, outcome in chosen.items():
        proposal = by_id[one].proposal
        states.append((EnrolmentState.COMPLETED if outcome.completes else EnrolmentState.FAILED).value)
        days.append(outcome.closed_on or clock.today())
        said = nfc(outcome.reason)[:_LONGEST_REASON]
        if outcome.completes == proposal.completes:
            said = "" if outcome.completes else in_words(proposal.reasons)
        reasons.append(said or None)
    params = {"enrolments": list(chosen), "states": states, "days": days, "reasons": reasons, "class_id": found.id}
    written = db.session.execute(_SETTLE, params).all()
    if len(written) != len(chosen):
        raise Stale


def count_entries(found: TrainingClass) -> int:
    """Return how many entries of a class stand in the ledger."""
    return len(db.session.scalars(_STANDING, {"class_id": found.id}).all())


def may_reopen(actor: Actor, found: TrainingClass) -> bool:
    """Say whether a trainer may still reopen an own class: on the day it was completed."""
    return actor.may(desk.TEACH) and found.state == ClassState.COMPLETED and found.closed_on == clock.today()


def reopen(actor: Actor, class_id: int, reason: str) -> int:
    """Open an own class again on the day it was completed; returns how many entries were reversed.

    Raises `NotFound`, `Forbidden`, `Refused`: another day, without a reason, with certificates issued.
    """
    found = desk.own_class(actor, class_id, lock=True)
    _check_reopen(found, reason)
    if found.closed_on != clock.today():
        words = N_("Giảng viên chỉ mở lại lớp trong ngày kết thúc (%(day)s). Hãy báo nơi tổ chức mở lại.")
        raise Refused(Problem("", "reopen_late", words, {"day": found.closed_on}))
    return _reopen(actor, found, reason)


def reopen_run_here(actor: Actor, class_id: int, reason: str) -> int:
    """Open a class again that an own agency runs, on whatever day; returns and raises as `reopen`."""
    found = desk.class_run_by(actor, class_id, lock=True)
    _check_reopen(found, reason)
    return _reopen(actor, found, reason)


def _check_reopen(found: TrainingClass, reason: str) -> None:
    if found.state != ClassState.COMPLETED:
        raise Refused(Problem("", "not_completed", N_("Lớp chưa kết thúc nên không cần mở lại.")))
    if len(nfc(reason)) < LEAST_REASON:
        words = N_("Chưa ghi lý do mở lại lớp. Hãy ghi cần sửa điều gì.")
        raise Refused(Problem("reason", "required", words))
    standing = select(func.count()).where(Certificate.class_id == found.id, Certificate.revoked_on.is_(None))
    # A trainer sees no certificates, which print birth dates; only how many there are is asked.
    with scope.everything():
        count = db.session.scalar(standing)
    if count:
        words = N_("Đã cấp %(count)s chứng chỉ, giấy chứng nhận của lớp này. Hãy đề nghị thu hồi trước khi mở lại lớp.")
        raise Refused(Problem("", "certificates_issued", words, {"count": count}))


def _reopen(actor: Actor, found: TrainingClass, reason: str) -> int:
    entries = list(db.session.scalars(_STANDING, {"class_id": found.id}))
    ledger.reverse(actor, entries, reason)
    db.session.execute(_REOPEN, {"class_id": found.id})
    found.state, found.closed_on = ClassState.RUNNING, None
    found.version += 1
    db.session.flush()
    audit.record(
        actor, f"{ENTITY}.reopened", ENTITY, found.id, scope_ids=desk.scope_of(found), agency_id=found.agency_id,
        after={"class": found.code, "reversed": len(entries)}, reason=nfc(reason),
    )  # fmt: skip
    return len(entries)
