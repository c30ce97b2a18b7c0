"""The closed lists of the domain: kinds of programme, forms of learning, what is required of whom, how one stands.

The values are what the database, the API and workbooks hold; the labels are Vietnamese message ids.
"""

from __future__ import annotations

from enum import StrEnum

from hrms.core.rules import N_


class CourseKind(StrEnum):
    """Nội dung bồi dưỡng (NĐ 171/2025/NĐ-CP Đ16), and `teaching`: an entry for hours taught, never a programme."""

    POLITICAL_THEORY = "political_theory"
    STATE_MANAGEMENT = "state_management"
    LEADERSHIP = "leadership"
    POSITION = "position"
    DIGITAL = "digital"
    DEFENCE = "defence"
    LANGUAGE = "language"
    DEGREE = "degree"
    OTHER = "other"
    TEACHING = "teaching"


COURSE_KIND_LABELS: dict[CourseKind, str] = {
    CourseKind.POLITICAL_THEORY: N_("Lý luận chính trị"),
    CourseKind.STATE_MANAGEMENT: N_("Quản lý nhà nước"),
    CourseKind.LEADERSHIP: N_("Lãnh đạo, quản lý"),
    CourseKind.POSITION: N_("Kiến thức, kỹ năng theo vị trí việc làm"),
    CourseKind.DIGITAL: N_("Kỹ năng số"),
    CourseKind.DEFENCE: N_("Quốc phòng và an ninh"),
    CourseKind.LANGUAGE: N_("Ngoại ngữ, tiếng dân tộc"),
    CourseKind.DEGREE: N_("Đào tạo cấp bằng"),
    CourseKind.OTHER: N_("Bồi dưỡng khác"),
    CourseKind.TEACHING: N_("Giảng dạy, báo cáo"),
}

PROGRAMME_KINDS: tuple[CourseKind, ...] = tuple(one for one in CourseKind if one is not CourseKind.TEACHING)
"""What a programme may be of; hours taught are entered, not enrolled for."""

NEVER_COUNTED: frozenset[CourseKind] = frozenset(
    {
        CourseKind.POLITICAL_THEORY,
        CourseKind.STATE_MANAGEMENT,
        CourseKind.LEADERSHIP,
        CourseKind.DEFENCE,
        CourseKind.DEGREE,
    }
)
"""Contents apart from knowledge and skills by position: no setting adds them to the yearly hours (Đ16)."""


class LearningForm(StrEnum):
    """Hình thức học: what the recognition table gives a factor and a cap."""

    CLASS = "class"
    ONLINE = "online"
    BLENDED = "blended"
    SELF_STUDY = "self_study"
    TEACHING = "teaching"
    RESEARCH = "research"


FORM_LABELS: dict[LearningForm, str] = {
    LearningForm.CLASS: N_("Tập trung"),
    LearningForm.ONLINE: N_("Trực tuyến"),
    LearningForm.BLENDED: N_("Kết hợp tập trung và trực tuyến"),
    LearningForm.SELF_STUDY: N_("Tự học"),
    LearningForm.TEACHING: N_("Giảng dạy"),
    LearningForm.RESEARCH: N_("Nghiên cứu, viết sáng kiến"),
}


class RequirementTarget(StrEnum):
    """Whom a requirement asks: everybody, or those with one of its values on the day."""

    ALL = "all"
    PERSON_KIND = "person_kind"
    POSITION = "position"
    POSITION_GROUP = "position_group"
    RANK = "rank"
    POST_GROUP = "post_group"
    POST = "post"


TARGET_LABELS: dict[RequirementTarget, str] = {
    RequirementTarget.ALL: N_("Mọi người"),
    RequirementTarget.PERSON_KIND: N_("Loại cán bộ"),
    RequirementTarget.POSITION: N_("Vị trí việc làm"),
    RequirementTarget.POSITION_GROUP: N_("Nhóm vị trí việc làm"),
    RequirementTarget.RANK: N_("Ngạch, hạng chức danh"),
    RequirementTarget.POST_GROUP: N_("Nhóm chức vụ"),
    RequirementTarget.POST: N_("Chức vụ"),
}


class RequirementWhat(StrEnum):
    """What a requirement asks for."""

    HOURS = "hours"
    COURSE = "course"


WHAT_LABELS: dict[RequirementWhat, str] = {
    RequirementWhat.HOURS: N_("Đủ số tiết trong kỳ"),
    RequirementWhat.COURSE: N_("Có chương trình, chứng chỉ"),
}


class LevelSection(StrEnum):
    """Mục trình độ of the record that can stand for a required course."""

    THEORY = "theory"
    MANAGEMENT = "management"
    DEFENCE = "defence"
    IT = "it"
    LANGUAGE = "language"


LEVEL_SECTION_LABELS: dict[LevelSection, str] = {
    LevelSection.THEORY: N_("Trình độ lý luận chính trị"),
    LevelSection.MANAGEMENT: N_("Trình độ quản lý nhà nước"),
    LevelSection.DEFENCE: N_("Đối tượng bồi dưỡng quốc phòng và an ninh"),
    LevelSection.IT: N_("Trình độ tin học"),
    LevelSection.LANGUAGE: N_("Trình độ ngoại ngữ"),
}


class StandingState(StrEnum):
    """How a person stands to one requirement in one year: of hours met | short, of a course held | due | overdue."""

    MET = "met"
    SHORT = "short"
    HELD = "held"
    DUE = "due"
    OVERDUE = "overdue"
    EXEMPT = "exempt"


STATE_LABELS: dict[StandingState, str] = {
    StandingState.MET: N_("Đủ tiết"),
    StandingState.SHORT: N_("Còn thiếu tiết"),
    StandingState.HELD: N_("Đã có"),
    StandingState.DUE: N_("Chưa đến hạn"),
    StandingState.OVERDUE: N_("Quá hạn"),
    StandingState.EXEMPT: N_("Được miễn"),
}

SETTLED: frozenset[StandingState] = frozenset({StandingState.MET, StandingState.HELD, StandingState.EXEMPT})
"""Nothing is left to do."""
OPEN_STATES: frozenset[StandingState] = frozenset(StandingState) - SETTLED
"""Something is left to do: short, due, overdue."""


class Gate(StrEnum):
    """What appointments and scoring make of a requirement that is not met."""

    OFF = "off"
    WARNING = "warning"
    GATE = "gate"


GATE_LABELS: dict[Gate, str] = {
    Gate.OFF: N_("Không xét"),
    Gate.WARNING: N_("Cảnh báo"),
    Gate.GATE: N_("Chặn, muốn bỏ qua phải ghi lý do"),
}


class EntrySource(StrEnum):
    """Where an entry of hours comes from."""

    CLASS = "class"
    EVIDENCE = "evidence"
    IMPORT = "import"
    OLD_DATA = "old_data"
    REVERSAL = "reversal"


SOURCE_LABELS: dict[EntrySource, str] = {
    EntrySource.CLASS: N_("Hoàn thành lớp"),
    EntrySource.EVIDENCE: N_("Minh chứng đã duyệt"),
    EntrySource.IMPORT: N_("Nhập từ tệp"),
    EntrySource.OLD_DATA: N_("Số liệu cũ chuyển sang"),
    EntrySource.REVERSAL: N_("Hủy bút toán ghi sai"),
}
