"""Forms of requirements and of how learning is recognised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hrms.core import catalogues
from hrms.core.dates import last_day
from hrms.core.forms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.rules import N_, Problem
from hrms.core.text import fold
from hrms.people.rules.absences import ABSENCE_LABELS
from hrms.people.rules.kinds import KIND_LABELS
from hrms.positions.rules.kinds import GROUP_LABELS
from hrms.training.forms.courses import POST_GROUPS, post_name, rank_names, ranks_of
from hrms.training.models import RecognitionRule, RequirementVersion, TrainingRequirement
from hrms.training.queries import courses
from hrms.training.rules.courses import tidy
from hrms.training.rules.kinds import (
    COURSE_KIND_LABELS,
    GATE_LABELS,
    LEVEL_SECTION_LABELS,
    TARGET_LABELS,
    WHAT_LABELS,
    CourseKind,
    Gate,
    RequirementTarget,
    RequirementWhat,
)
from hrms.training.rules.requirements import COUNTABLE, LEVELS_OF_SECTION, MONTHS_MOST, PERIOD_MOST

DEFAULTS: dict[str, Any] = {
    "target": RequirementTarget.PERSON_KIND.value, "what": RequirementWhat.HOURS.value, "period_years": 1,
    "carry_hours": 0, "exempt_days": 30, "grace_months": 0, "pro_rata": True, "gate": Gate.WARNING.value,
    "counts": [CourseKind.POSITION.value, CourseKind.TEACHING.value],
}  # fmt: skip


class NameForm(Form):
    """The name of a requirement."""

    version = HiddenField()
    name = TextField(_l("Tên yêu cầu"), [Required()], longest=300)


class VersionForm(Form):
    """What a requirement asks of whom, from a day on."""

    version = HiddenField()
    confirmed = HiddenField()
    target = RadioField(_l("Yêu cầu với"), [Required()], choices=[])
    person_kinds = SelectMultipleField(_l("Loại cán bộ"), choices=[])
    position_groups = SelectMultipleField(_l("Nhóm vị trí việc làm"), choices=[])
    post_groups = SelectMultipleField(_l("Nhóm chức vụ"), choices=[])
    ranks = TextAreaField(
        _l("Ngạch, hạng chức danh"), longest=4000,
        description=_l("Mã cách nhau bằng dấu phẩy; viết V.07.03.* để lấy mọi mã bắt đầu như vậy"),
    )  # fmt: skip
    posts = TextAreaField(_l("Chức vụ"), longest=8000, description=_l("Mỗi dòng một chức vụ, ghi tên hoặc mã"))
    positions = TextAreaField(
        _l("Vị trí việc làm"), longest=20000, description=_l("Mỗi dòng một vị trí, ghi tên hoặc mã trong danh mục")
    )
    what = RadioField(_l("Yêu cầu"), [Required()], choices=[])
    hours = NumberField(_l("Số tiết phải có trong kỳ"), least=Decimal("0.25"), most=5000, render_kw={"width": "s"})
    period_years = NumberField(_l("Kỳ dài (năm)"), whole=True, least=1, most=PERIOD_MOST, render_kw={"width": "s"})
    carry_hours = NumberField(
        _l("Số tiết dư được chuyển sang năm sau"), least=0, most=5000, render_kw={"width": "s"},
        description=_l("0: không chuyển"),
    )  # fmt: skip
    counts = SelectMultipleField(_l("Nội dung được tính"), choices=[])
    pro_rata = BooleanField(_l("Tính theo số ngày phải thực hiện trong kỳ"))
    exempt_absences = SelectMultipleField(_l("Thời gian nghỉ được trừ"), choices=[])
    exempt_days = NumberField(
        _l("Chỉ trừ khi nghỉ từ (ngày)"), whole=True, least=0, most=366, render_kw={"width": "s"}
    )  # fmt: skip
    grace_months = NumberField(
        _l("Chưa tính trong số tháng đầu"), whole=True, least=0, most=60, render_kw={"width": "s"},
        description=_l("Kể từ ngày thuộc đối tượng"),
    )  # fmt: skip
    courses = TextAreaField(
        _l("Chương trình đáp ứng"), longest=4000, description=_l("Mỗi dòng một mã; có một chương trình là đạt")
    )
    level_section = SelectField(_l("Hoặc trình độ trong hồ sơ"), choices=[], render_kw={"width": "m"})
    level_least = SelectField(_l("Từ trình độ"), choices=[], render_kw={"width": "m"})
    due_months = NumberField(
        _l("Thời hạn (tháng)"), whole=True, least=1, most=MONTHS_MOST, render_kw={"width": "s"},
        description=_l("Kể từ ngày thuộc đối tượng; bỏ trống nếu không có thời hạn"),
    )  # fmt: skip
    exempt_before = DateField(_l("Miễn cho người thuộc đối tượng trước ngày"), render_kw={"width": "s"})
    keep_valid = BooleanField(_l("Chứng chỉ phải còn hạn"))
    gate = SelectField(
        _l("Khi chưa đạt, lúc bổ nhiệm và đánh giá"), [Required()], choices=[], render_kw={"width": "m"}
    )  # fmt: skip
    source = TextField(_l("Căn cứ"), [Required()], longest=500, description=_l("Điều, khoản hoặc văn bản của tỉnh"))
    valid_from = DateField(_l("Áp dụng từ ngày"), [Required()], render_kw={"width": "s"})
    last_day = DateField(_l("Đến hết ngày"), render_kw={"width": "s"}, description=_l("Bỏ trống nếu chưa biết"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.target.choices = [(one.value, render(said)) for one, said in TARGET_LABELS.items()]
        self.person_kinds.choices = [(one.value, render(said)) for one, said in KIND_LABELS.items()]
        self.position_groups.choices = [(one.value, render(said)) for one, said in GROUP_LABELS.items()]
        self.post_groups.choices = [(code, render(said)) for code, said in POST_GROUPS.items()]
        self.what.choices = [(one.value, render(said)) for one, said in WHAT_LABELS.items()]
        self.counts.choices = [(one.value, render(COURSE_KIND_LABELS[one])) for one in COUNTABLE]
        self.exempt_absences.choices = [(one.value, render(said)) for one, said in ABSENCE_LABELS.items()]
        self.gate.choices = [("", ""), *((one.value, render(said)) for one, said in GATE_LABELS.items())]
        sections = [(one.value, render(said)) for one, said in LEVEL_SECTION_LABELS.items()]
        self.level_section.choices = [("", ""), *sections]
        levels: dict[str, list[tuple[str, str]]] = {"": [("", "")]}
        for section, catalogue in LEVELS_OF_SECTION.items():
            items = catalogues.items(catalogue)
            levels[render(LEVEL_SECTION_LABELS[section])] = [
                (code, item.name) for code, item in items.items() if code != "none"
            ]
        self.level_least.choices = levels

    def values(self) -> tuple[dict[str, Any], list[Problem]]:
        """Return the version by its columns, and what lines name nothing."""
        codes, problems = self._target()
        named, unknown = courses_of_lines((self.courses.data or "").splitlines())
        if unknown:
            sentence = N_("Không có chương trình mang mã %(codes)s. Hãy xem mã ở danh mục chương trình.")
            problems.append(Problem("courses", "unknown_course", sentence, {"codes": ", ".join(unknown[:10])}))
        of_hours = self.what.data == RequirementWhat.HOURS
        return {
            "target": self.target.data, "target_codes": codes, "what": self.what.data,
            "hours": self.hours.data if of_hours else None, "counts": self.counts.data or [],
            "period_years": _whole(self.period_years.data, 1), "carry_hours": self.carry_hours.data or Decimal(0),
            "pro_rata": bool(self.pro_rata.data), "exempt_absences": self.exempt_absences.data or [],
            "exempt_days": _whole(self.exempt_days.data, 0), "grace_months": _whole(self.grace_months.data, 0),
            "courses": [] if of_hours else named, "level_section": self.level_section.data,
            "level_least": self.level_least.data,
            "due_months": None if self.due_months.data is None else int(self.due_months.data),
            "exempt_before": self.exempt_before.data, "keep_valid": bool(self.keep_valid.data),
            "gate": self.gate.data, "source": self.source.data,
        }, problems  # fmt: skip

    def _target(self) -> tuple[list[str], list[Problem]]:
        """Return the codes of the chosen target; what stands in the boxes of other targets is left aside."""
        kind = self.target.data
        ticked = {
            RequirementTarget.PERSON_KIND: self.person_kinds, RequirementTarget.POSITION_GROUP: self.position_groups,
            RequirementTarget.POST_GROUP: self.post_groups,
        }  # fmt: skip
        if kind in ticked:
            return list(ticked[RequirementTarget(kind)].data or []), []
        found: list[str] = []
        unknown: Sequence[str] = ()
        field = ""
        if kind == RequirementTarget.RANK:
            field, (found, unknown) = "ranks", ranks_of(self.ranks.data or "")
        elif kind == RequirementTarget.POST:
            field, (found, unknown) = "posts", posts_of_lines((self.posts.data or "").splitlines())
        elif kind == RequirementTarget.POSITION:
            lines = (self.positions.data or "").splitlines()
            field, (found, unknown) = "positions", courses.positions_of_lines(lines)
        if not unknown:
            return found, []
        sentence = N_("Danh mục không có “%(values)s”. Hãy sửa tên, hoặc ghi mã.")
        return found, [Problem(field, "unknown_code", sentence, {"values": "”, “".join(unknown[:5])})]

    @property
    def until(self) -> date | None:
        """Return the first day on which the version is no more in force."""
        last: Any = self.last_day.data
        return None if last is None else last + timedelta(days=1)


class NewRequirementForm(NameForm, VersionForm):
    """A requirement with its first version."""

    code = TextField(
        _l("Mã yêu cầu"), [Required()], longest=30, render_kw={"width": "m"},
        description=_l("Chữ không dấu, số, dấu chấm; không sửa được về sau"),
    )  # fmt: skip


class RecognitionForm(Form):
    """How a form of learning counts from a day on."""

    seen = HiddenField()
    factor = NumberField(
        _l("Hệ số công nhận"), [Required()], least=Decimal("0.01"), most=10, render_kw={"width": "s"},
        description=_l("1: tính đủ số tiết học; 0,5: hai tiết học tính một tiết"),
    )  # fmt: skip
    cap_hours = NumberField(
        _l("Số tiết nhiều nhất được tính một năm"), least=Decimal("0.25"), most=5000, render_kw={"width": "s"},
        description=_l("Bỏ trống nếu không giới hạn"),
    )  # fmt: skip
    needs_proof = BooleanField(_l("Phải có minh chứng"))
    note = TextField(_l("Ghi chú"), longest=500)
    source = TextField(_l("Căn cứ"), [Required()], longest=500)
    valid_from = DateField(_l("Áp dụng từ ngày"), [Required()], render_kw={"width": "s"})

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the columns of a rule."""
        return {
            "factor": self.factor.data, "cap_hours": self.cap_hours.data, "needs_proof": bool(self.needs_proof.data),
            "note": self.note.data, "source": self.source.data,
        }  # fmt: skip


def _whole(value: Any, default: int) -> int:
    return default if value is None else int(value)


def posts_of_lines(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the codes of posts that lines name, by code or by name with or without accents, and what names none."""
    items = catalogues.items("leadership_posts")
    by_name: dict[str, str] = {}
    for code, item in items.items():
        for said in (item.name_vi, item.name_en, *item.aliases):
            by_name.setdefault(fold(said), code)
    found: dict[str, None] = {}
    unknown = []
    for line in (one.strip() for one in lines if one.strip()):
        inner = line[line.rfind("(") + 1 : -1].strip() if line.endswith(")") else line
        named = line if line in items else inner if inner in items else by_name.get(fold(line))
        if named is None:
            unknown.append(line)
        else:
            found[named] = None
    return list(found), unknown


def courses_of_lines(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the codes of courses that lines begin with, and what names none; a name after the code is a help."""
    asked = [one.split("·", 1)[0].strip().upper() for one in lines if one.strip()]
    known = courses.names_of(asked)
    return [one for one in dict.fromkeys(asked) if one in known], [one for one in asked if one not in known]


def data_of(requirement: TrainingRequirement | None, version: RequirementVersion | None) -> dict[str, Any]:
    """Return what a form begins with."""
    data: dict[str, Any] = dict(DEFAULTS)
    if requirement is not None:
        data |= {"version": str(requirement.version), "name": requirement.name}
    if version is None:
        return data
    columns = (
        "target", "what", "period_years", "counts", "pro_rata", "exempt_absences", "exempt_days", "grace_months",
        "level_section", "level_least", "due_months", "exempt_before", "keep_valid", "gate", "source",
    )  # fmt: skip
    data |= {name: getattr(version, name) for name in columns}
    data |= {"hours": tidy(version.hours), "carry_hours": tidy(version.carry_hours)}
    known = courses.names_of(version.courses)
    data["courses"] = "\n".join(f"{code} · {known[code].name}" if code in known else code for code in version.courses)
    codes = list(version.target_codes)
    kind = RequirementTarget(version.target)
    if kind is RequirementTarget.RANK:
        data["ranks"] = ", ".join(codes)
    elif kind is RequirementTarget.POST:
        data["posts"] = "\n".join(f"{catalogues.name_of('leadership_posts', one)} ({one})" for one in codes)
    elif kind is RequirementTarget.POSITION:
        data["positions"] = "\n".join(courses.position_lines(codes))
    else:
        boxes = {
            RequirementTarget.PERSON_KIND: "person_kinds", RequirementTarget.POSITION_GROUP: "position_groups",
            RequirementTarget.POST_GROUP: "post_groups",
        }  # fmt: skip
        if kind in boxes:
            data[boxes[kind]] = codes
    return data


def days_of(version: RequirementVersion) -> dict[str, Any]:
    """Return the days of a version that is to be put right for its own days."""
    return {"valid_from": version.valid_from, "last_day": last_day(version.valid_to)}


def recognition_data(rule: RecognitionRule | None, newest: RecognitionRule | None) -> dict[str, Any]:
    """Return what the form of a rule begins with; `newest` is what it must still be when it is sent."""
    data: dict[str, Any] = {"seen": str(newest.id) if newest else ""}
    if rule is not None:
        data |= {
            "factor": tidy(rule.factor), "cap_hours": tidy(rule.cap_hours), "needs_proof": rule.needs_proof,
            "note": rule.note, "source": rule.source,
        }  # fmt: skip
    return data


def target_words(version: RequirementVersion, *, most: int = 4) -> str:
    """Return whom a version asks, in words; after `most` names only how many more."""
    kind = RequirementTarget(version.target)
    if kind is RequirementTarget.ALL:
        return render(TARGET_LABELS[kind])
    names = target_names(version)
    shown = "; ".join(names[:most])
    if len(names) > most:
        shown = _("%(names)s và %(n)s mục khác", names=shown, n=len(names) - most)
    return shown


def target_names(version: RequirementVersion) -> list[str]:
    """Return the names behind the codes of a version's target."""
    kind, codes = RequirementTarget(version.target), list(version.target_codes)
    if kind is RequirementTarget.PERSON_KIND:
        return [render(KIND_LABELS[one]) for one in KIND_LABELS if one.value in codes]
    if kind is RequirementTarget.POSITION_GROUP:
        return [render(GROUP_LABELS[one]) for one in GROUP_LABELS if one.value in codes]
    if kind is RequirementTarget.RANK:
        return rank_names(codes)
    if kind is RequirementTarget.POSITION:
        return courses.position_lines(codes)
    return [post_name(one) for one in codes]
