"""What HR writes into the ledger by hand: results from before the system, and the reversal of what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.models import Person
from hrms.training.models import Course, Enrolment
from hrms.training.queries import evidence as reading
from hrms.training.queries import history
from hrms.training.rules.kinds import CourseKind, EntrySource, LearningForm
from hrms.training.rules.ledger import recognised
from hrms.training.rules.states import EnrolmentState
from hrms.training.services import evidence, ledger

P = Permission


@dataclass(frozen=True, slots=True)
class OldResult:
    """Something learnt before the system came: hours as taught, the last day, the paper that says so."""

    kind: CourseKind
    form: LearningForm
    hours: Decimal
    earned_on: date
    course_id: int | None = None
    title: str = ""
    proof: str = ""


def record_old(actor: Actor, person_id: int, result: OldResult) -> tuple[int, Decimal]:
    """Write an old result by the factor of its form on that day; returns the entry's id and the hours written.

    Raises `NotFound`, `Forbidden`, `Refused`.
    """
    actor.require(P.TRAINING_MANAGE)
    person = db.session.get(Person, person_id)
    if person is None:
        raise missing("person")
    actor.require(P.TRAINING_MANAGE, at=person.scope_ids)
    if actor.person_id == person_id:
        text = N_("Kết quả của chính bạn phải do người khác ghi. Hãy khai minh chứng để được duyệt.")
        raise Refused(Problem("", "own_result", text))
    course = db.session.get(Course, result.course_id) if result.course_id is not None else None
    problems = []
    if not nfc(result.proof):
        text = N_("Chưa ghi căn cứ. Hãy ghi số chứng chỉ, giấy chứng nhận hoặc quyết định.")
        problems.append(Problem("proof", "required", text))
    if result.course_id is not None and course is None:
        text = N_("Chương trình đã chọn không còn trong danh mục. Hãy chọn lại.")
        problems.append(Problem("course_id", "unknown_course", text))
    elif course is not None and result.kind not in {course.kind, CourseKind.TEACHING}:
        text = N_("Nội dung khác với nội dung của chương trình đã chọn. Hãy sửa nội dung hoặc bỏ chọn chương trình.")
        problems.append(Problem("kind", "not_as_course", text))
    if (result.kind is CourseKind.TEACHING) != (result.form is LearningForm.TEACHING):
        text = N_(
            "Số tiết giảng dạy phải có nội dung “Giảng dạy, báo cáo” và hình thức “Giảng dạy”. Hãy sửa một trong hai."
        )
        problems.append(Problem("form", "teaching", text))
    refuse_if(problems)
    rule = reading.rules_for({0: (result.form.value, result.earned_on)})[0]
    hours = recognised(result.hours, rule.factor)
    (made,) = ledger.post(
        actor,
        [
            ledger.NewEntry(
                person_id, result.kind.value, result.form.value, hours, result.earned_on, EntrySource.OLD_DATA.value,
                course_id=result.course_id, title=nfc(result.title) or None, proof=nfc(result.proof),
            )
        ],
    )  # fmt: skip
    return made, hours


def reverse_by_hand(actor: Actor, entry_id: int, reason: str) -> int | None:
    """Take one entry back with its reason; returns the id of the reversal.

    An entry of accepted evidence goes with the acceptance, which is undone. One of a completed class is not taken back
    here: the result is, where it was given. Raises `NotFound`, `Forbidden`, `Refused`.
    """
    actor.require(P.TRAINING_MANAGE)
    entry = history.get_entry(entry_id)
    person = db.session.get(Person, entry.person_id)
    if person is None:
        raise missing("entry")
    actor.require(P.TRAINING_MANAGE, at=person.scope_ids)
    if entry.stands and entry.source == EntrySource.CLASS and _completed(entry.enrolment_id):
        text = N_(
            "Số tiết này có từ việc hoàn thành lớp %(code)s. Hãy mở lại kết quả của học viên ở lớp đó; bút toán sẽ được"
            " hủy theo."
        )
        raise Refused(Problem("", "undo_in_class", text, {"code": entry.class_code or ""}))
    if entry.stands and entry.source == EntrySource.EVIDENCE and entry.evidence_id is not None:
        evidence.reopen(actor, entry.evidence_id, reason)
        return history.get_entry(entry_id).reversed_by
    return ledger.reverse(actor, [entry_id], reason)[0]


def _completed(enrolment_id: int | None) -> bool:
    found = db.session.get(Enrolment, enrolment_id, populate_existing=True) if enrolment_id is not None else None
    return found is not None and found.state == EnrolmentState.COMPLETED
