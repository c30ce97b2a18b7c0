"""The forms of the plan and result reports as data: rows by kind of object, columns by content; what is kept back.

Rows and columns follow the reports of training that agencies send to the Sở Nội vụ and it to the ministry, with
digital skills of NĐ 171/2025/NĐ-CP Đ16 added. A turn (lượt) is one thing learnt; people are counted once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hrms.core.rules import N_
from hrms.training.rules.kinds import CourseKind

LEAST_SHOWN = 5
"""Counts below this tell of single people and are kept back from who may not see the group."""
ETHNIC_LANGUAGE = "TDT."
"""Codes of courses in a language of an ethnic group begin so."""
LOCK_MONTH, LOCK_DAY = 1, 31
"""The yearly report leaves before this day of the next year (NĐ 171/2025/NĐ-CP Đ39)."""

K = CourseKind


@dataclass(frozen=True, slots=True)
class Content:
    """A column: its key, its words, and which courses it counts: of a kind, at levels (none: the rest of the kind)."""

    key: str
    label: str
    kind: CourseKind
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """Columns under one head."""

    label: str
    contents: tuple[Content, ...]


def _of(key: str, label: str, kind: CourseKind, *levels: str) -> Content:
    return Content(key, label, kind, frozenset(levels))


GROUPS: tuple[Group, ...] = (
    Group(N_("Lý luận chính trị"), (
        _of("theory_bachelor", N_("Cử nhân"), K.POLITICAL_THEORY, "bachelor"),
        _of("theory_advanced", N_("Cao cấp"), K.POLITICAL_THEORY, "advanced"),
        _of("theory_intermediate", N_("Trung cấp"), K.POLITICAL_THEORY, "intermediate"),
        _of("theory_elementary", N_("Sơ cấp"), K.POLITICAL_THEORY, "elementary"),
        _of("theory_other", N_("Cập nhật, khác"), K.POLITICAL_THEORY),
    )),
    Group(N_("Quản lý nhà nước"), (
        _of("management_senior", N_("CVCC"), K.STATE_MANAGEMENT, "senior"),
        _of("management_principal", N_("CVC"), K.STATE_MANAGEMENT, "principal"),
        _of("management_specialist", N_("CV"), K.STATE_MANAGEMENT, "specialist"),
        _of("management_assistant", N_("Cán sự, khác"), K.STATE_MANAGEMENT),
    )),
    Group(N_("Lãnh đạo, quản lý"), (
        _of("leader_department", N_("Cấp sở trở lên"), K.LEADERSHIP, "department", "ministry_department",
            "vice_minister"),
        _of("leader_division", N_("Cấp phòng, khác"), K.LEADERSHIP),
    )),
    Group(N_("Chuyên môn"), (
        _of("degree_doctor", N_("TS, CKII"), K.DEGREE, "doctor", "doctor_of_science", "specialist_2"),
        _of("degree_master", N_("ThS, CKI"), K.DEGREE, "master", "specialist_1"),
        _of("degree_university", N_("ĐH"), K.DEGREE, "university"),
        _of("degree_college", N_("CĐ"), K.DEGREE, "college"),
        _of("degree_other", N_("TC, khác"), K.DEGREE),
    )),
    Group(N_("Bồi dưỡng khác"), (
        _of("position", N_("Vị trí việc làm"), K.POSITION),
        _of("it", N_("Tin học"), K.DIGITAL, "certificate_a", "certificate_b", "certificate_c", "basic", "advanced",
            "intermediate", "college", "university"),
        _of("digital", N_("Kỹ năng số, AI"), K.DIGITAL),
        _of("defence", N_("QP-AN"), K.DEFENCE),
        _of("language", N_("Ngoại ngữ"), K.LANGUAGE),
        _of("ethnic_language", N_("Tiếng dân tộc"), K.LANGUAGE, ETHNIC_LANGUAGE),
        _of("other", N_("Khác"), K.OTHER),
    )),
)  # fmt: skip
CONTENTS: tuple[Content, ...] = tuple(one for group in GROUPS for one in group.contents)
_BY_LEVEL = {(one.kind, level): one.key for one in CONTENTS for level in one.levels}
_REST = {one.kind: one.key for one in CONTENTS if not one.levels}


def content_of(kind: CourseKind, level: str | None, code: str | None) -> str:
    """Return the column of something learnt, by its kind, its level and the code of its course."""
    if kind is K.LANGUAGE and code and code.startswith(ETHNIC_LANGUAGE):
        return "ethnic_language"
    return _BY_LEVEL.get((kind, level or ""), _REST.get(kind, "other"))


class Learner(StrEnum):
    """A row of the report: what somebody was on the day of the learning."""

    CADRE_PROVINCE = "cadre_province"
    LEADER_PROVINCE = "leader_province"
    SENIOR = "senior"
    PRINCIPAL = "principal"
    SPECIALIST = "specialist"
    ASSISTANT = "assistant"
    CIVIL_OTHER = "civil_other"
    CADRE_COMMUNE = "cadre_commune"
    LEADER_COMMUNE = "leader_commune"
    CIVIL_COMMUNE = "civil_commune"
    PUBLIC_LEADER = "public_leader"
    PUBLIC_STAFF = "public_staff"
    CONTRACT = "contract"
    DELEGATE = "delegate"


LEARNER_LABELS: dict[Learner, str] = {
    Learner.CADRE_PROVINCE: N_("Cán bộ cấp tỉnh"),
    Learner.LEADER_PROVINCE: N_("Công chức lãnh đạo, quản lý cấp tỉnh"),
    Learner.SENIOR: N_("Công chức cấp tỉnh: chuyên viên cao cấp và tương đương"),
    Learner.PRINCIPAL: N_("Công chức cấp tỉnh: chuyên viên chính và tương đương"),
    Learner.SPECIALIST: N_("Công chức cấp tỉnh: chuyên viên và tương đương"),
    Learner.ASSISTANT: N_("Công chức cấp tỉnh: cán sự và tương đương"),
    Learner.CIVIL_OTHER: N_("Công chức cấp tỉnh: nhân viên, chưa xếp ngạch"),
    Learner.CADRE_COMMUNE: N_("Cán bộ cấp xã"),
    Learner.LEADER_COMMUNE: N_("Công chức lãnh đạo, quản lý cấp xã"),
    Learner.CIVIL_COMMUNE: N_("Công chức chuyên môn cấp xã"),
    Learner.PUBLIC_LEADER: N_("Viên chức quản lý"),
    Learner.PUBLIC_STAFF: N_("Viên chức chuyên môn"),
    Learner.CONTRACT: N_("Hợp đồng, không chuyên trách, khác"),
    Learner.DELEGATE: N_("Đại biểu Hội đồng nhân dân"),
}
KEPT_ELSEWHERE = frozenset({Learner.DELEGATE})
"""Rows of the form whose people have no record here: written by hand."""


class Period(StrEnum):
    """A part of the year a report is of."""

    YEAR = "year"
    FIRST_HALF = "h1"
    NINE_MONTHS = "m9"
    SECOND_HALF = "h2"
    FIRST = "q1"
    SECOND = "q2"
    THIRD = "q3"
    FOURTH = "q4"


PERIOD_LABELS: dict[Period, str] = {
    Period.YEAR: N_("Cả năm"),
    Period.FIRST_HALF: N_("6 tháng đầu năm"),
    Period.NINE_MONTHS: N_("9 tháng"),
    Period.SECOND_HALF: N_("6 tháng cuối năm"),
    Period.FIRST: N_("Quý I"),
    Period.SECOND: N_("Quý II"),
    Period.THIRD: N_("Quý III"),
    Period.FOURTH: N_("Quý IV"),
}
_MONTHS: Mapping[Period, tuple[int, int]] = {
    Period.YEAR: (1, 12), Period.FIRST_HALF: (1, 6), Period.NINE_MONTHS: (1, 9), Period.SECOND_HALF: (7, 12),
    Period.FIRST: (1, 3), Period.SECOND: (4, 6), Period.THIRD: (7, 9), Period.FOURTH: (10, 12),
}  # fmt: skip


def days_of(year: int, period: Period) -> tuple[date, date]:
    """Return the first day of a period and the first day after it."""
    first, last = _MONTHS[period]
    return date(year, first, 1), date(year + last // 12, last % 12 + 1, 1)


def locked_on(year: int) -> date:
    """Return the day by which the report of a year has left."""
    return date(year + 1, LOCK_MONTH, LOCK_DAY)


def kept_back(counts: Sequence[int]) -> list[int | None]:
    """Return the counts of a column with those of 1 to 4 people as None, and where only one is, the next least too.

    A total beside them would else tell the one that is left out. The last count is that total; it is kept back when it
    is small itself, or when nothing else could hide a single small one.
    """
    *parts, total = counts
    shown: list[int | None] = [None if 0 < one < LEAST_SHOWN else one for one in parts]
    hidden = [place for place, one in enumerate(shown) if one is None]
    kept_total: int | None = None if 0 < total < LEAST_SHOWN else total
    if len(hidden) == 1:
        others = [(one, place) for place, one in enumerate(shown) if one]
        if others:
            shown[min(others)[1]] = None
        else:
            kept_total = None
    return [*shown, kept_total]
