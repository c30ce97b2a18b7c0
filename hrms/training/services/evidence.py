"""Something learnt or taught elsewhere: reported with proof, reviewed by HR, written to the ledger, taken back.

Whoever it is about reports it, or HR for them. Only others review it. What is accepted stands in the ledger as one
entry; undoing that reverses the entry and the report waits for review again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import select

from hrms.audit import services as audit
from hrms.core import clock, files
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.models import Person
from hrms.training.models import Course, CreditEntry, TrainingEvidence
from hrms.training.queries import evidence as reading
from hrms.training.rules.kinds import CourseKind, EntrySource, LearningForm
from hrms.training.rules.recognition import Claim, check_claim, check_review
from hrms.training.rules.states import EvidenceState
from hrms.training.services import ledger

P = Permission
ENTITY = "training_evidence"
NAME_LENGTH = 200
_TOLD = (
    "course_id", "title", "provider", "kind", "form", "hours", "started_on", "ended_on", "certificate_number",
    "file_name", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported; `hours` as claimed. With a course of the catalogue its name stands where no title is given."""

    kind: CourseKind
    form: LearningForm
    hours: Decimal
    started_on: date
    ended_on: date
    course_id: int | None = None
    title: str = ""
    provider: str = ""
    certificate_number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A file as sent, with the sender's name for it."""

    stream: IO[bytes]
    name: str


def submit(actor: Actor, person_id: int, report: Report, proof: Proof | None = None) -> TrainingEvidence:
    """Send in a report about oneself, or as HR for somebody; it waits for review. Returns the row.

    Raises `NotFound`, `Forbidden`, `Refused` with what is wrong; `proof` names the file's field.
    """
    person = _person(actor, person_id)
    values = _values(report)
    found = TrainingEvidence(
        person_id=person_id, state=EvidenceState.SUBMITTED.value, submitted_at=clock.now(),
        recorded_by=actor.account_id, **values,
    )  # fmt: skip
    _attach(actor, found, proof)
    db.session.add(found)
    db.session.flush()
    _tell(actor, "training_evidence.submitted", person, found, after={name: getattr(found, name) for name in _TOLD})
    return found


def edit(
    actor: Actor, evidence_id: int, report: Report, proof: Proof | None = None, *, version: int | None = None
) -> TrainingEvidence:
    """Put right a report that is not decided yet and send it in again; a new file replaces the earlier one."""
    found, person = _open_by_holder(actor, evidence_id, version)
    before = {name: getattr(found, name) for name in _TOLD}
    for name, value in _values(report).items():
        setattr(found, name, value)
    _attach(actor, found, proof)
    found.state, found.submitted_at = EvidenceState.SUBMITTED.value, clock.now()
    _touch(found)
    old, new = audit.changed(before, {name: getattr(found, name) for name in _TOLD})
    _tell(actor, "training_evidence.edited", person, found, before=old, after=new)
    return found


def withdraw(actor: Actor, evidence_id: int, *, version: int | None = None) -> TrainingEvidence:
    """Take back a report that is not decided yet."""
    found, person = _open_by_holder(actor, evidence_id, version)
    found.state = EvidenceState.WITHDRAWN.value
    _touch(found)
    _tell(actor, "training_evidence.withdrawn", person, found, after={"title": found.title})
    return found


def accept(
    actor: Actor, evidence_id: int, hours: Decimal, remarks: str = "", *, version: int | None = None
) -> TrainingEvidence:
    """Recognise hours of a report and write them to the ledger.

    Fewer than the rule of the form gives need a reason in `remarks`, more are refused. Raises `Refused`, `Stale`.
    """
    found, person = _waiting(actor, evidence_id, version)
    said = nfc(remarks)
    preview = reading.previews([found])[found.id]
    refuse_if(check_review(preview.claim, preview.rule, hours, said))
    _decide(actor, found, EvidenceState.ACCEPTED, said)
    found.recognised_hours = hours
    _touch(found)
    ledger.post(
        actor,
        [
            ledger.NewEntry(
                found.person_id, found.kind, found.form, hours, found.ended_on, EntrySource.EVIDENCE.value,
                course_id=found.course_id, evidence_id=found.id, title=found.title, proof=found.certificate_number,
            )
        ],
    )  # fmt: skip
    after = {"title": found.title, "hours": found.hours, "recognised_hours": hours, "remarks": said or None}
    _tell(actor, "training_evidence.accepted", person, found, after=after)
    return found


def send_back(actor: Actor, evidence_id: int, remarks: str, *, version: int | None = None) -> TrainingEvidence:
    """Return a report to be completed, saying what is missing."""
    return _against(actor, evidence_id, EvidenceState.RETURNED, remarks, version)


def refuse(actor: Actor, evidence_id: int, remarks: str, *, version: int | None = None) -> TrainingEvidence:
    """Recognise nothing of a report, saying why."""
    return _against(actor, evidence_id, EvidenceState.REFUSED, remarks, version)


def reopen(actor: Actor, evidence_id: int, reason: str, *, version: int | None = None) -> TrainingEvidence:
    """Undo an acceptance or a refusal: the entry is reversed, the report waits for review again."""
    found, person = _locked(actor, evidence_id, version)
    _require_reviewer(actor, found, person)
    why = nfc(reason)
    if found.state not in {EvidenceState.ACCEPTED, EvidenceState.REFUSED}:
        text = N_("Minh chứng chưa được quyết định nên không có gì để xét lại.")
        raise Refused(Problem("", "not_decided", text))
    if not why:
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do xét lại. Hãy ghi quyết định trước sai ở đâu.")))
    live = live_entry(found.id) if found.state == EvidenceState.ACCEPTED else None
    found.state, found.recognised_hours, found.remarks = EvidenceState.SUBMITTED.value, None, why
    found.reviewed_at, found.reviewed_by = clock.now(), actor.account_id
    _touch(found)
    if live is not None:
        ledger.reverse(actor, [live], why)
    _tell(actor, "training_evidence.reopened", person, found, after={"title": found.title}, reason=why)
    return found


def live_entry(evidence_id: int) -> int | None:
    """Return the id of the entry an evidence gave, while it is not reversed."""
    undone = select(CreditEntry.reverses_id).where(CreditEntry.reverses_id.is_not(None))
    found: int | None = db.session.scalar(
        select(CreditEntry.id).where(
            CreditEntry.evidence_id == evidence_id, CreditEntry.source == EntrySource.EVIDENCE.value,
            CreditEntry.id.not_in(undone),
        )
    )  # fmt: skip
    return found


def may_hold(actor: Actor, person_id: int, scope_ids: list[int]) -> bool:
    """Say whether the actor may report for a person and change what is not decided: oneself, or HR over them."""
    return actor.is_holder(person_id) or actor.may(P.TRAINING_MANAGE, at=scope_ids)


def may_review(actor: Actor, person_id: int, scope_ids: list[int]) -> bool:
    """Say whether the actor may decide on reports of a person: HR over them, never about oneself."""
    return actor.person_id != person_id and actor.may(P.TRAINING_MANAGE, at=scope_ids)


def _person(actor: Actor, person_id: int) -> Person:
    person = db.session.get(Person, person_id)
    if person is None:
        raise missing("person")
    if not actor.is_holder(person_id):
        actor.require(P.TRAINING_MANAGE, at=person.scope_ids)
    return person


def _locked(actor: Actor, evidence_id: int, version: int | None) -> tuple[TrainingEvidence, Person]:
    found = db.session.scalar(
        select(TrainingEvidence)
        .where(TrainingEvidence.id == evidence_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    person = db.session.get(Person, found.person_id) if found is not None else None
    if found is None or person is None:
        raise missing("evidence")
    if not actor.is_holder(person.id):
        actor.require(P.TRAINING_MANAGE, at=person.scope_ids)
    if version is not None and version != found.version:
        raise Stale
    return found, person


def _open_by_holder(actor: Actor, evidence_id: int, version: int | None) -> tuple[TrainingEvidence, Person]:
    found, person = _locked(actor, evidence_id, version)
    if found.state not in {EvidenceState.SUBMITTED, EvidenceState.RETURNED}:
        text = N_(
            "Minh chứng này đã được quyết định hoặc đã rút, không sửa được nữa. Nếu cần, hãy khai minh chứng mới."
        )
        raise Refused(Problem("", "decided", text))
    return found, person


def _waiting(actor: Actor, evidence_id: int, version: int | None) -> tuple[TrainingEvidence, Person]:
    found, person = _locked(actor, evidence_id, version)
    _require_reviewer(actor, found, person)
    if found.state != EvidenceState.SUBMITTED:
        text = N_("Minh chứng này không còn chờ duyệt. Hãy tải lại trang để xem kết quả.")
        raise Refused(Problem("", "not_waiting", text))
    return found, person


def _require_reviewer(actor: Actor, found: TrainingEvidence, person: Person) -> None:
    actor.require(P.TRAINING_MANAGE, at=person.scope_ids)
    if actor.person_id == found.person_id:
        text = N_("Minh chứng của chính bạn phải do người khác duyệt. Hãy nhờ cơ quan quản lý cấp trên.")
        raise Refused(Problem("", "own_evidence", text))


def _against(
    actor: Actor, evidence_id: int, state: EvidenceState, remarks: str, version: int | None
) -> TrainingEvidence:
    found, person = _waiting(actor, evidence_id, version)
    said = nfc(remarks)
    if not said:
        text = N_("Chưa ghi lý do. Hãy ghi cần bổ sung gì, hoặc vì sao không công nhận.")
        raise Refused(Problem("remarks", "required", text))
    _decide(actor, found, state, said)
    _touch(found)
    action = "training_evidence.returned" if state is EvidenceState.RETURNED else "training_evidence.refused"
    _tell(actor, action, person, found, after={"title": found.title, "remarks": said})
    return found


def _decide(actor: Actor, found: TrainingEvidence, state: EvidenceState, remarks: str) -> None:
    found.state, found.remarks = state.value, remarks or None
    found.reviewed_at, found.reviewed_by = clock.now(), actor.account_id


def _touch(found: TrainingEvidence) -> None:
    found.version += 1
    db.session.flush()


def _values(report: Report) -> dict[str, Any]:
    course = db.session.get(Course, report.course_id) if report.course_id is not None else None
    title = nfc(report.title) or (course.name if course is not None else "")
    problems = check_claim(
        Claim(report.kind, report.form, report.hours, report.started_on, report.ended_on, title), clock.today()
    )
    if report.course_id is not None and course is None:
        text = N_("Chương trình đã chọn không còn trong danh mục. Hãy chọn lại.")
        problems.append(Problem("course_id", "unknown_course", text))
    elif course is not None and report.kind not in {course.kind, CourseKind.TEACHING}:
        text = N_("Nội dung khác với nội dung của chương trình đã chọn. Hãy sửa nội dung hoặc bỏ chọn chương trình.")
        problems.append(Problem("kind", "not_as_course", text))
    refuse_if(problems)
    return {
        "course_id": report.course_id, "title": title, "provider": nfc(report.provider) or None,
        "kind": report.kind.value, "form": report.form.value, "hours": report.hours, "started_on": report.started_on,
        "ended_on": report.ended_on, "certificate_number": nfc(report.certificate_number) or None,
        "note": nfc(report.note) or None,
    }  # fmt: skip


def _attach(actor: Actor, found: TrainingEvidence, proof: Proof | None) -> None:
    if proof is None:
        return
    stored = files.keep(actor, proof.stream, name=proof.name, allowed=files.PROOFS, field="proof")
    found.sha256, found.file_name = stored.sha256, nfc(proof.name)[:NAME_LENGTH]


def _tell(
    actor: Actor,
    action: str,
    person: Person,
    found: TrainingEvidence,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    audit.record(
        actor, action, ENTITY, found.id, person_id=person.id, scope_ids=list(person.scope_ids), before=before,
        after={name: value for name, value in after.items() if value is not None}, reason=reason,
    )  # fmt: skip
