"""The states that plans, classes, enrolments, evidence and certificates go through, and their words."""

from __future__ import annotations

from enum import StrEnum

from hrms.core.rules import N_


class PlanState(StrEnum):
    """A yearly plan on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


PLAN_LABELS: dict[PlanState, str] = {
    PlanState.DRAFT: N_("Đang lập"),
    PlanState.SUBMITTED: N_("Đã trình"),
    PlanState.RETURNED: N_("Trả lại"),
    PlanState.APPROVED: N_("Đã phê duyệt"),
    PlanState.WITHDRAWN: N_("Đã rút"),
}


class ClassState(StrEnum):
    """A class: open takes nominations, running is between its first day and its completion."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


CLASS_LABELS: dict[ClassState, str] = {
    ClassState.DRAFT: N_("Đang chuẩn bị"),
    ClassState.OPEN: N_("Đang nhận học viên"),
    ClassState.RUNNING: N_("Đang học"),
    ClassState.COMPLETED: N_("Đã kết thúc"),
    ClassState.CANCELLED: N_("Đã hủy lớp"),
}


class EnrolmentState(StrEnum):
    """Somebody in a class, from the nomination to the outcome."""

    NOMINATED = "nominated"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    FAILED = "failed"


ENROLMENT_LABELS: dict[EnrolmentState, str] = {
    EnrolmentState.NOMINATED: N_("Được cử, chờ xét"),
    EnrolmentState.WAITING: N_("Danh sách chờ"),
    EnrolmentState.ACCEPTED: N_("Học viên"),
    EnrolmentState.DECLINED: N_("Không nhận"),
    EnrolmentState.WITHDRAWN: N_("Đã rút tên"),
    EnrolmentState.COMPLETED: N_("Hoàn thành"),
    EnrolmentState.FAILED: N_("Không hoàn thành"),
}
ON_ROSTER = frozenset({EnrolmentState.ACCEPTED, EnrolmentState.COMPLETED, EnrolmentState.FAILED})
"""Those who have a seat: the trainer's list."""


class Presence(StrEnum):
    """Whether a learner was at a session."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


PRESENCE_LABELS: dict[Presence, str] = {
    Presence.PRESENT: N_("Có mặt"),
    Presence.ABSENT: N_("Vắng"),
    Presence.EXCUSED: N_("Vắng có phép"),
}


class EvidenceState(StrEnum):
    """A report of something learnt elsewhere, on its way through review."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


EVIDENCE_LABELS: dict[EvidenceState, str] = {
    EvidenceState.SUBMITTED: N_("Chờ duyệt"),
    EvidenceState.RETURNED: N_("Trả lại để bổ sung"),
    EvidenceState.ACCEPTED: N_("Đã công nhận"),
    EvidenceState.REFUSED: N_("Không công nhận"),
    EvidenceState.WITHDRAWN: N_("Đã rút"),
}


class CertificateKind(StrEnum):
    """What a course ends with; only some schools may issue a chứng chỉ."""

    CERTIFICATE = "certificate"
    ATTESTATION = "attestation"
    DEGREE = "degree"
    NONE = "none"


CERTIFICATE_LABELS: dict[CertificateKind, str] = {
    CertificateKind.CERTIFICATE: N_("Chứng chỉ"),
    CertificateKind.ATTESTATION: N_("Giấy chứng nhận"),
    CertificateKind.DEGREE: N_("Văn bằng"),
    CertificateKind.NONE: N_("Không cấp"),
}


class Accepts(StrEnum):
    """How a class takes nominations."""

    AUTO = "auto"
    REVIEWED = "reviewed"


ACCEPTS_LABELS: dict[Accepts, str] = {
    Accepts.AUTO: N_("Nhận ngay khi còn chỗ"),
    Accepts.REVIEWED: N_("Nơi tổ chức xét chọn"),
}
