"""What may be written into the ledger of credits: no credit from nothing, nothing twice, nothing without its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hrms.core.rules import N_, Problem
from hrms.training.rules.kinds import EntrySource

MOST_HOURS = Decimal(5000)
FIRST_DAY = date(1960, 1, 1)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to write. `hours` are recognised hours (tiết), the factor of the form is in them already.

    `earned_on` is the last day of what was learnt. A class entry names class and enrolment, an evidence entry its
    evidence, an imported one its batch; others the course, or what it was in words.
    """

    person_id: int
    kind: str
    form: str
    hours: Decimal
    earned_on: date
    source: str
    course_id: int | None = None
    class_id: int | None = None
    enrolment_id: int | None = None
    evidence_id: int | None = None
    title: str | None = None
    proof: str | None = None
    position_id: int | None = None
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class SeenEnrolment:
    """An enrolment as it stands, locked."""

    class_id: int
    person_id: int
    completed: bool


@dataclass(frozen=True, slots=True)
class SeenClass:
    """The class an entry says it comes from; `most` are its hours by the factor of its form."""

    course_id: int
    kind: str
    form: str
    most: Decimal
    starts_on: date


@dataclass(frozen=True, slots=True)
class SeenEvidence:
    """A report of something learnt elsewhere, as reviewed."""

    person_id: int
    accepted: bool
    kind: str
    form: str
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What entries rest on, by id, and the day it is."""

    today: date
    enrolments: Mapping[int, SeenEnrolment] = field(default_factory=dict)
    classes: Mapping[int, SeenClass] = field(default_factory=dict)
    evidence: Mapping[int, SeenEvidence] = field(default_factory=dict)


def recognised(hours: Decimal, factor: Decimal) -> Decimal:
    """Return hours by the factor of their form, to two decimals, half up."""
    return (hours * factor).quantize(CENT, ROUND_HALF_UP)


def check_entry(entry: NewEntry, ground: Ground) -> list[Problem]:
    """Return why an entry may not be written; [] when it rests on what really happened."""
    found: list[Problem] = []
    if not entry.hours.is_finite() or not 0 < entry.hours <= MOST_HOURS or entry.hours != entry.hours.quantize(CENT):
        text = N_(
            "Số tiết %(hours)s không ghi được. Hãy nhập số lớn hơn 0, không quá 5.000, tối đa hai chữ số thập phân."
        )
        found.append(Problem("hours", "hours_out_of_range", text, {"hours": entry.hours}))
    if not FIRST_DAY <= entry.earned_on <= ground.today:
        text = N_("Ngày hoàn thành %(day)s không đúng. Hãy nhập ngày đã qua, từ năm 1960.")
        found.append(Problem("earned_on", "day_out_of_range", text, {"day": entry.earned_on}))
    if entry.source == EntrySource.CLASS:
        found += _from_class(entry, ground)
    elif entry.source == EntrySource.EVIDENCE:
        found += _from_evidence(entry, ground)
    elif entry.source == EntrySource.REVERSAL:
        text = N_("Bút toán hủy chỉ được ghi bằng việc hủy một bút toán.")
        found.append(Problem("source", "not_by_hand", text))
    else:
        if entry.course_id is None and not entry.title:
            text = N_("Chưa ghi đã học gì. Hãy chọn chương trình hoặc nhập tên khóa học.")
            found.append(Problem("title", "required", text))
        if entry.source == EntrySource.IMPORT and entry.batch_id is None:
            text = N_("Bút toán nhập từ tệp phải ghi rõ lần nhập.")
            found.append(Problem("batch_id", "required", text))
        if entry.class_id is not None or entry.enrolment_id is not None or entry.evidence_id is not None:
            text = N_("Bút toán này không từ lớp hay minh chứng nào mà lại gắn với lớp, minh chứng.")
            found.append(Problem("source", "other_source", text))
    return found


def _from_class(entry: NewEntry, ground: Ground) -> list[Problem]:
    enrolment = ground.enrolments.get(entry.enrolment_id or 0)
    taught = ground.classes.get(entry.class_id or 0)
    if (
        enrolment is None
        or taught is None
        or (enrolment.class_id, enrolment.person_id) != (entry.class_id, entry.person_id)
    ):
        text = N_("Người này không có tên trong lớp, nên không có tiết nào để ghi.")
        return [Problem("enrolment_id", "not_enrolled", text)]
    if not enrolment.completed:
        text = N_("Học viên chưa được ghi hoàn thành lớp, nên chưa có tiết nào để ghi.")
        return [Problem("enrolment_id", "not_completed", text)]
    if (entry.kind, entry.form) != (taught.kind, taught.form) or entry.course_id not in {None, taught.course_id}:
        text = N_("Nội dung, hình thức hoặc chương trình của bút toán khác với lớp.")
        return [Problem("kind", "not_as_class", text)]
    if entry.hours > taught.most:
        text = N_("Ghi %(hours)s tiết trong khi lớp chỉ được tính %(most)s tiết.")
        return [Problem("hours", "more_than_class", text, {"hours": entry.hours, "most": taught.most})]
    if entry.earned_on < taught.starts_on:
        text = N_("Ngày hoàn thành %(day)s trước ngày lớp khai giảng %(start)s.")
        return [Problem("earned_on", "before_class", text, {"day": entry.earned_on, "start": taught.starts_on})]
    return []


def _from_evidence(entry: NewEntry, ground: Ground) -> list[Problem]:
    evidence = ground.evidence.get(entry.evidence_id or 0)
    if evidence is None or evidence.person_id != entry.person_id:
        text = N_("Không có minh chứng nào của người này cho bút toán.")
        return [Problem("evidence_id", "no_evidence", text)]
    if not evidence.accepted:
        text = N_("Minh chứng chưa được công nhận, nên chưa có tiết nào để ghi.")
        return [Problem("evidence_id", "not_accepted", text)]
    if (entry.kind, entry.form, entry.hours) != (evidence.kind, evidence.form, evidence.hours):
        text = N_("Nội dung, hình thức hoặc số tiết của bút toán khác với minh chứng đã công nhận.")
        return [Problem("hours", "not_as_evidence", text)]
    return []
