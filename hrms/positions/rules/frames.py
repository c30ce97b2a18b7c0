"""The position frame (bản mô tả công việc và khung năng lực) as values, and the outline of its official form.

Viên chức: NĐ 232/2026/NĐ-CP Đ8 and Phụ lục IV. Công chức: the description used under NĐ 361/2025/NĐ-CP. What a frame
must say is checked in `frame_writing`; whom it fits in `fit`. Texts of a frame are Vietnamese, as on the paper.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_
from hrms.positions.rules.kinds import PositionGroup


class BadContent(ValueError):
    """A value of a frame is of the wrong kind; the message is its place and the value."""


class Framework(StrEnum):
    """Whose form it is."""

    CIVIL = "civil"
    PUBLIC = "public"


class Section(StrEnum):
    """The table of the form in which a duty stands: one for công chức, three for viên chức."""

    WORK = "work"
    PROFESSIONAL = "professional"
    MANAGEMENT = "management"
    SUPPORT = "support"


FRAMEWORK_LABELS: dict[Framework, str] = {
    Framework.CIVIL: N_("Công chức (NĐ 361/2025/NĐ-CP)"),
    Framework.PUBLIC: N_("Viên chức (NĐ 232/2026/NĐ-CP)"),
}
SECTIONS: dict[Framework, tuple[Section, ...]] = {
    Framework.CIVIL: (Section.WORK,),
    Framework.PUBLIC: (Section.PROFESSIONAL, Section.MANAGEMENT, Section.SUPPORT),
}
SECTION_LABELS: dict[Section, str] = {
    Section.WORK: N_("Các công việc và tiêu chí đánh giá"),
    Section.PROFESSIONAL: N_("Công việc, kết quả, sản phẩm chuyên môn"),
    Section.MANAGEMENT: N_("Công việc, kết quả, sản phẩm quản lý"),
    Section.SUPPORT: N_("Công việc, kết quả, sản phẩm hỗ trợ"),
}
RIGHTS: dict[Framework, tuple[str, ...]] = {
    Framework.CIVIL: ("",),
    Framework.PUBLIC: ("professional", "management", "finance"),
}
"""Parts of the scope of authority; công chức have one list."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of duties: `task` is nhiệm vụ, mảng công việc; `work` công việc cụ thể; `grade` null where none is used."""

    section: Section
    task: str = ""
    work: str = ""
    output: str = ""
    criteria: str = ""
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A competency asked for: its range of levels, both ends included; no `level_min` is “không xác định”.

    `grade` is the career grade it is asked of; null for every holder.
    """

    code: str
    level_min: int | None = None
    level_max: int | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """Relations inside: who directs and checks, with whom and with which units work is done."""

    directed_by: str = ""
    works_with: str = ""
    units: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """A relation outside: the body, and what it is about."""

    agency: str = ""
    nature: str = ""


@dataclass(frozen=True, slots=True)
class Right:
    """A line of the scope of authority; `part` is one of `RIGHTS`."""

    words: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The requirements in words, as the form prints them."""

    degree: str = ""
    certificates: str = ""
    experience: str = ""
    qualities: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What the form of one frame says (`frame_versions.content`)."""

    objective: str = ""
    starts_on: date | None = None
    workplace: str = ""
    related: str = ""
    """Công chức: related work processes; viên chức: related positions."""
    field: str = ""
    holders: int | None = None
    duties: tuple[Duty, ...] = ()
    competencies: tuple[Need, ...] = ()
    inside: Inside = Inside()
    outside: tuple[Outside, ...] = ()
    authority: tuple[Right, ...] = ()
    requirements_text: Asked = Asked()


@dataclass(frozen=True, slots=True)
class Requirements:
    """What fitness is judged by (the columns of `frame_versions`); levels are codes of their catalogues."""

    least_degree: str | None = None
    majors: tuple[str, ...] = ()
    other_majors_with_certificate: bool = False
    theory_level: str | None = None
    state_management_level: str | None = None
    it_level: str | None = None
    language_level: str | None = None
    certificates: tuple[str, ...] = ()
    may_complete_later: tuple[str, ...] = ()
    grade_from: int | None = None
    grade_to: int | None = None
    special_law: bool = False
    experience_years: int | None = None

    @property
    def grades(self) -> range:
        """Return the career grades used; empty for a position without any."""
        if self.grade_from is None or self.grade_to is None:
            return range(0)
        return range(self.grade_from, self.grade_to + 1)


def to_json(content: Content) -> dict[str, Any]:
    """Return the content as plain data for the database and the API; dates in ISO form, empty parts kept."""
    found = dataclasses.asdict(content)
    found["starts_on"] = content.starts_on.isoformat() if content.starts_on else None
    for part in ("duties", "competencies", "outside", "authority"):
        found[part] = [dict(row) for row in found[part]]
    for row in found["duties"]:
        row["section"] = str(row["section"])
    return found


def from_json(data: Mapping[str, Any]) -> Content:
    """Return the content that plain data says. What is missing is empty, what is unknown is left aside.

    Raises BadContent with the place (`duties[2].grade`) when a value is of the wrong kind.
    """
    starts_on = _text(data, "starts_on", "")
    try:
        day = date.fromisoformat(starts_on) if starts_on else None
    except ValueError as error:
        raise BadContent(f"starts_on: {starts_on!r}") from error
    inside, asked = _part(data, "inside"), _part(data, "requirements_text")
    return Content(
        objective=_text(data, "objective", ""),
        starts_on=day,
        workplace=_text(data, "workplace", ""),
        related=_text(data, "related", ""),
        field=_text(data, "field", ""),
        holders=_number(data, "holders", "", 0),
        duties=tuple(
            Duty(
                section=_section(row, place),
                task=_text(row, "task", place),
                work=_text(row, "work", place),
                output=_text(row, "output", place),
                criteria=_text(row, "criteria", place),
                grade=_number(row, "grade", place),
            )
            for place, row in _rows(data, "duties")
        ),
        competencies=tuple(
            Need(
                code=_text(row, "code", place),
                level_min=_number(row, "level_min", place),
                level_max=_number(row, "level_max", place),
                grade=_number(row, "grade", place),
            )
            for place, row in _rows(data, "competencies")
        ),
        inside=Inside(**{one.name: _text(inside, one.name, "inside.") for one in dataclasses.fields(Inside)}),
        outside=tuple(
            Outside(_text(row, "agency", place), _text(row, "nature", place)) for place, row in _rows(data, "outside")
        ),
        authority=tuple(
            Right(_text(row, "words", place), _text(row, "part", place)) for place, row in _rows(data, "authority")
        ),
        requirements_text=Asked(
            **{one.name: _text(asked, one.name, "requirements_text.") for one in dataclasses.fields(Asked)}
        ),
    )


def _part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadContent(f"{name}: {value!r}")
    return value


def _rows(data: Mapping[str, Any], name: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    value = data.get(name)
    if value is None:
        return
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise BadContent(f"{name}: {value!r}")
    for place, row in enumerate(value):
        if not isinstance(row, Mapping):
            raise BadContent(f"{name}[{place}]: {row!r}")
        yield f"{name}[{place}].", row


def _text(data: Mapping[str, Any], name: str, place: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadContent(f"{place}{name}: {value!r}")
    return value


def _number(data: Mapping[str, Any], name: str, place: str, least: int = 1) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BadContent(f"{place}{name}: {value!r}")
    return value


def _section(data: Mapping[str, Any], place: str) -> Section:
    value = _text(data, "section", place)
    try:
        return Section(value)
    except ValueError as error:
        raise BadContent(f"{place}section: {value!r}") from error


@dataclass(frozen=True, slots=True)
class Column:
    """A field or a column of the form: its name in the content, and how it is called; `long` is written in lines."""

    name: str
    label: str
    long: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form, in print order. `key` says which part of the content it shows.

    A table repeats its columns row by row; the others are fields. `groups` names the groups of positions that have
    the part (all when empty); `hint` is the rule of writing.
    """

    key: str
    number: str
    label: str
    columns: tuple[Column, ...]
    table: bool = False
    needed: bool = True
    groups: frozenset[PositionGroup] = frozenset()
    hint: str = ""


_NAME = Column("name", N_("Tên vị trí việc làm"))
_CODE = Column("code", N_("Mã vị trí việc làm"))
_OUTSIDE = (Column("agency", N_("Cơ quan, tổ chức")), Column("nature", N_("Bản chất quan hệ"), long=True))
_NEEDS = (
    Column("group", N_("Nhóm năng lực")),
    Column("competency", N_("Tên năng lực")),
    Column("level", N_("Cấp độ")),
)
_ASKED = (
    Column("degree", N_("Trình độ đào tạo"), long=True),
    Column("certificates", N_("Bồi dưỡng, chứng chỉ"), long=True),
    Column("experience", N_("Kinh nghiệm"), long=True),
    Column("qualities", N_("Phẩm chất cá nhân"), long=True),
    Column("other", N_("Yêu cầu khác"), long=True),
)
_DUTIES = (
    Column("grade", N_("Bậc nghề nghiệp")),
    Column("work", N_("Nội dung công việc"), long=True),
    Column("output", N_("Sản phẩm, kết quả đầu ra"), long=True),
    Column("criteria", N_("Tiêu chí đánh giá"), long=True),
)
_OBJECTIVE_HINT = N_("Động từ + đối tượng + kết quả cuối cùng")
_WORK_HINT = N_("Động từ + nội dung + mức độ xử lý + trách nhiệm")

_CIVIL: tuple[Part, ...] = (
    Part("general", "", N_("Thông tin chung"), (
        _NAME, _CODE,
        Column("starts_on", N_("Ngày bắt đầu thực hiện")),
        Column("workplace", N_("Địa điểm làm việc")),
        Column("related", N_("Quy trình công việc liên quan"), long=True),
    )),
    Part("objective", "1", N_("Mục tiêu vị trí việc làm"), (Column("objective", N_("Mục tiêu"), long=True),)),
    Part("duties.work", "2", SECTION_LABELS[Section.WORK], (
        Column("task", N_("Nhiệm vụ, mảng công việc")),
        Column("work", N_("Công việc cụ thể"), long=True),
        Column("criteria", N_("Tiêu chí đánh giá hoàn thành công việc"), long=True),
    ), table=True),
    Part("inside", "3.1", N_("Mối quan hệ bên trong"), (
        Column("directed_by", N_("Được quản lý trực tiếp và kiểm duyệt kết quả bởi")),
        Column("works_with", N_("Quan hệ phối hợp trực tiếp"), long=True),
        Column("units", N_("Các đơn vị phối hợp chính"), long=True),
    )),
    Part("outside", "3.2", N_("Mối quan hệ bên ngoài"), _OUTSIDE, table=True, needed=False),
    Part("authority", "4", N_("Phạm vi quyền hạn"), (Column("words", N_("Quyền hạn cụ thể"), long=True),), table=True),
    Part("requirements_text", "5.1", N_("Yêu cầu về trình độ"), _ASKED),
    Part("competencies", "5.2", N_("Yêu cầu về năng lực"), _NEEDS, table=True),
)  # fmt: skip
_PUBLIC: tuple[Part, ...] = (
    Part("general", "I", N_("Thông tin chung"), (
        _NAME, _CODE,
        Column("group", N_("Nhóm vị trí việc làm")),
        Column("grades", N_("Bậc nghề nghiệp được sử dụng")),
        Column("field", N_("Lĩnh vực hoạt động")),
        Column("starts_on", N_("Ngày bắt đầu thực hiện")),
        Column("workplace", N_("Địa điểm làm việc")),
        Column("related", N_("Vị trí việc làm liên quan"), long=True),
        Column("holders", N_("Số người đảm nhiệm")),
    )),
    Part("objective", "II", N_("Mục tiêu vị trí việc làm"), (Column("objective", N_("Mục tiêu"), long=True),),
         hint=_OBJECTIVE_HINT),
    Part("duties.professional", "III", SECTION_LABELS[Section.PROFESSIONAL], _DUTIES, table=True,
         groups=frozenset({PositionGroup.PROFESSIONAL, PositionGroup.LEADERSHIP}), hint=_WORK_HINT),
    Part("duties.management", "IV", SECTION_LABELS[Section.MANAGEMENT], _DUTIES, table=True,
         groups=frozenset({PositionGroup.LEADERSHIP}), hint=_WORK_HINT),
    Part("duties.support", "V", SECTION_LABELS[Section.SUPPORT], _DUTIES, table=True,
         groups=frozenset({PositionGroup.SUPPORT}), hint=_WORK_HINT),
    Part("competencies", "VI", N_("Khung năng lực"), _NEEDS, table=True),
    Part("inside", "VII.1", N_("Mối quan hệ bên trong"), (
        Column("directed_by", N_("Lãnh đạo trực tiếp")),
        Column("works_with", N_("Quan hệ phối hợp trực tiếp"), long=True),
        Column("units", N_("Đơn vị phối hợp"), long=True),
    )),
    Part("outside", "VII.2", N_("Mối quan hệ bên ngoài"), _OUTSIDE, table=True, needed=False),
    Part("authority.professional", "VIII.1", N_("Phạm vi quyền hạn về chuyên môn"),
         (Column("words", N_("Quyền hạn cụ thể"), long=True),), table=True),
    Part("authority.management", "VIII.2", N_("Phạm vi quyền hạn về quản lý"),
         (Column("words", N_("Quyền hạn cụ thể"), long=True),), table=True,
         groups=frozenset({PositionGroup.LEADERSHIP})),
    Part("authority.finance", "VIII.3", N_("Phạm vi quyền hạn về tài chính"),
         (Column("words", N_("Quyền hạn cụ thể"), long=True),), table=True, needed=False),
    Part("requirements_text", "IX", N_("Yêu cầu đối với vị trí việc làm"), _ASKED),
)  # fmt: skip


def outline(framework: Framework, group: PositionGroup | None = None) -> tuple[Part, ...]:
    """Return the parts of the form in print order; with a group, those that its positions have.

    Viên chức: NĐ 232/2026/NĐ-CP Phụ lục IV; công chức: the description used under NĐ 361/2025/NĐ-CP.
    """
    parts = _CIVIL if framework is Framework.CIVIL else _PUBLIC
    return tuple(part for part in parts if group is None or not part.groups or group in part.groups)


STANDARD_TASKS: tuple[str, ...] = (
    "Xây dựng văn bản",
    "Hướng dẫn triển khai thực hiện văn bản",
    "Kiểm tra, sơ kết, tổng kết việc thực hiện văn bản",
    "Thẩm định, góp ý văn bản",
    "Thực hiện hoạt động chuyên môn, nghiệp vụ",
    "Phối hợp thực hiện",
    "Thực hiện nhiệm vụ chung, hội họp",
    "Xây dựng và thực hiện kế hoạch công tác năm, quý, tháng, tuần của cá nhân",
    "Thực hiện nhiệm vụ khác do cấp trên giao",
)
"""Rows 2.1–2.9 of a specialised công chức."""
STANDARD_RIGHTS: tuple[str, ...] = (
    "Được chủ động về phương pháp thực hiện công việc được giao",
    "Được tham gia ý kiến về việc chuyên môn của đơn vị",
    "Được cung cấp thông tin chỉ đạo, điều hành trong phạm vi nhiệm vụ được giao",
    "Được yêu cầu cung cấp và kiểm chứng thông tin phục vụ nhiệm vụ được giao",
    "Được tham dự các cuộc họp liên quan",
)
"""Rows 4.1–4.5 of a công chức."""


def blank(framework: Framework, group: PositionGroup, competencies: Iterable[tuple[str, str]] = ()) -> Content:
    """Return a new frame with what the form offers: the standard rows of a công chức, every competency undefined.

    `competencies` are code and group (general, professional, management) of the framework's dictionary, in its order;
    management ones are offered to leaders, professional ones to everybody.
    """
    civil = framework is Framework.CIVIL
    standard = civil and group is PositionGroup.PROFESSIONAL
    leads = group is PositionGroup.LEADERSHIP
    return Content(
        duties=tuple(Duty(Section.WORK, task=task) for task in STANDARD_TASKS) if standard else (),
        competencies=tuple(Need(code) for code, kind in competencies if leads or kind != "management"),
        authority=tuple(Right(words) for words in STANDARD_RIGHTS) if civil else (),
    )
