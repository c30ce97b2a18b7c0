"""The form of a frame: requirements, duties, competencies, relations, authority; rows are added and taken by buttons.

Everything works without script: a button `act` posts the form back with a row more or less. Findings of the writing
checks are put beside the fields they name, mistakes and advice apart.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from hrms.core import hooks
from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.rules import Problem
from hrms.positions.rules.fit import LEVELS, MAY_COMPLETE, NOTHING_LATER, later_of
from hrms.positions.rules.frames import (
    SECTIONS,
    Asked,
    Content,
    Duty,
    Framework,
    Inside,
    Need,
    Outside,
    Requirements,
    Right,
    Section,
)

ROWS = ("duties", "competencies", "outside", "authority")
MOST_ROWS = 200
"""So many rows of one table a form takes."""
_ACT = re.compile(r"(add|remove):(duties|competencies|outside|authority)(?::([a-z]*|\d{1,3}))?")
_INDEX = re.compile(r"(duties|competencies|outside|authority)-(\d+)-")
_PATH = re.compile(r"[\w]+")
_LONG = 2000


class DutyRow(Form):
    """A row of a table of duties; what the paper says is Vietnamese in either language of the page."""

    section = HiddenField()
    grade = SelectField(_l("Bậc nghề nghiệp"), choices=[], render_kw={"width": "s"})
    task = TextAreaField(_l("Nhiệm vụ, mảng công việc"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})
    work = TextAreaField(_l("Công việc cụ thể"), longest=_LONG, render_kw={"rows": 3, "lang": "vi"})
    output = TextAreaField(_l("Sản phẩm, kết quả đầu ra"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})
    criteria = TextAreaField(_l("Tiêu chí đánh giá"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})


class NeedRow(Form):
    """A competency asked for."""

    code = SelectField(_l("Năng lực"), choices=[], render_kw={"lang": "vi"})
    grade = SelectField(_l("Của bậc"), choices=[], render_kw={"width": "s"})
    level_min = SelectField(_l("Cấp độ từ"), choices=[], render_kw={"width": "s"})
    level_max = SelectField(_l("đến cấp độ"), choices=[], render_kw={"width": "s"})


class OutsideRow(Form):
    """A relation outside."""

    agency = TextField(_l("Cơ quan, tổ chức"), longest=500)
    nature = TextAreaField(_l("Bản chất quan hệ"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})


class RightRow(Form):
    """A line of the scope of authority."""

    part = HiddenField()
    words = TextAreaField(_l("Quyền hạn cụ thể"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})


class InsideForm(Form):
    """Relations inside."""

    directed_by = TextField(_l("Lãnh đạo, quản lý trực tiếp"), longest=500)
    works_with = TextAreaField(_l("Quan hệ phối hợp trực tiếp"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})
    units = TextAreaField(_l("Các đơn vị phối hợp chính"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})


class AskedForm(Form):
    """The requirements as the form prints them."""

    degree = TextAreaField(_l("Trình độ đào tạo"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})
    certificates = TextAreaField(_l("Bồi dưỡng, chứng chỉ"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})
    experience = TextAreaField(_l("Kinh nghiệm"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})
    qualities = TextAreaField(_l("Phẩm chất cá nhân"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})
    other = TextAreaField(_l("Yêu cầu khác"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"})


class FrameTextForm(Form):
    """What a frame says, without whose it is, its days and its paper."""

    starts_on = DateField(_l("Ngày bắt đầu thực hiện"), render_kw={"width": "s"})
    workplace = TextField(_l("Địa điểm làm việc"), longest=500)
    related = TextAreaField(
        _l("Quy trình, vị trí việc làm liên quan"), longest=_LONG, render_kw={"rows": 2, "lang": "vi"}
    )
    field = TextField(_l("Lĩnh vực hoạt động"), longest=300)
    holders = NumberField(_l("Số người đảm nhiệm"), whole=True, least=0, most=10000, render_kw={"width": "s"})
    grade_from = SelectField(_l("Bậc thấp nhất được sử dụng"), choices=[], render_kw={"width": "s"})
    grade_to = SelectField(_l("Bậc cao nhất được sử dụng"), choices=[], render_kw={"width": "s"})
    objective = TextAreaField(_l("Mục tiêu"), longest=_LONG, render_kw={"rows": 3, "lang": "vi"})
    duties = FieldList(FormField(DutyRow), label=_l("Công việc"), max_entries=MOST_ROWS)
    inside = FormField(InsideForm, label=_l("Mối quan hệ bên trong"))
    outside = FieldList(FormField(OutsideRow), label=_l("Mối quan hệ bên ngoài"), max_entries=MOST_ROWS)
    authority = FieldList(FormField(RightRow), label=_l("Phạm vi quyền hạn"), max_entries=MOST_ROWS)
    competencies = FieldList(FormField(NeedRow), label=_l("Khung năng lực"), max_entries=MOST_ROWS)
    requirements_text = FormField(AskedForm, label=_l("Yêu cầu ghi trong bản mô tả"))
    least_degree = SelectField(_l("Trình độ đào tạo từ"), choices=[], render_kw={"width": "m"})
    majors = TextAreaField(
        _l("Ngành đào tạo"), longest=_LONG, description=_l("Mỗi ngành một dòng; để trống nếu ngành nào cũng được"),
        render_kw={"lang": "vi"},
    )  # fmt: skip
    other_majors_with_certificate = BooleanField(_l("Ngành khác cũng được nếu có chứng chỉ yêu cầu dưới đây"))
    theory_level = SelectField(_l("Lý luận chính trị từ"), choices=[], render_kw={"width": "m"})
    state_management_level = SelectField(_l("Quản lý nhà nước từ"), choices=[], render_kw={"width": "m"})
    it_level = SelectField(_l("Tin học từ"), choices=[], render_kw={"width": "m"})
    language_level = SelectField(_l("Ngoại ngữ từ"), choices=[], render_kw={"width": "m"})
    certificates = TextAreaField(
        _l("Bồi dưỡng, chứng chỉ"), longest=_LONG, description=_l("Mỗi chứng chỉ một dòng"), render_kw={"lang": "vi"}
    )
    may_complete_later = SelectMultipleField(_l("Được hoàn thiện sau khi bố trí"), choices=[])
    special_law = BooleanField(_l("Luật chuyên ngành yêu cầu số năm kinh nghiệm"))
    experience_years = NumberField(
        _l("Số năm kinh nghiệm"), whole=True, least=1, most=50, render_kw={"width": "s"},
        description=_l("Chỉ khi luật chuyên ngành yêu cầu"),
    )  # fmt: skip

    def offer(
        self, catalogue: Callable[[str], list[tuple[str, str]]], competencies: Sequence[tuple[str, str]], grades: range
    ) -> None:
        """Fill in the choices: levels of catalogues, competencies as (code, words), and career grades."""
        none = [("", "—")]
        for name, (key, _words) in LEVELS.items():
            self[name].choices = [("", _("— không yêu cầu —")), *((c, w) for c, w in catalogue(key) if c)]
        self.may_complete_later.choices = [(name, render(words)) for name, words in MAY_COMPLETE.items()]
        by_grade = none + [(str(one), str(one)) for one in grades]
        self.grade_from.choices = self.grade_to.choices = by_grade
        levels = [("", _("không xác định")), *((str(one), str(one)) for one in range(1, 6))]
        for row in self.duties:
            row.form.grade.choices = by_grade
        for row in self.competencies:
            row.form.code.choices = none + list(competencies)
            row.form.grade.choices = [("", _("mọi bậc")), *by_grade[1:]]
            row.form.level_min.choices = levels
            row.form.level_max.choices = none + levels[1:]

    def requirements(self) -> Requirements:
        """Return what fitness is judged by."""
        later = tuple(self.may_complete_later.data or ()) or (NOTHING_LATER,)
        return Requirements(
            **{name: self[name].data for name in LEVELS},
            majors=_lines(self.majors.data),
            other_majors_with_certificate=bool(self.other_majors_with_certificate.data),
            certificates=_lines(self.certificates.data),
            may_complete_later=later,
            grade_from=_whole(self.grade_from.data),
            grade_to=_whole(self.grade_to.data),
            special_law=bool(self.special_law.data),
            experience_years=_whole(self.experience_years.data),
        )

    def content(self, framework: Framework) -> Content:
        """Return what the form says, row by row in the order of the page, empty rows too."""
        known = {one.value: one for one in Section}
        return Content(
            objective=self.objective.data or "",
            starts_on=self.starts_on.data,
            workplace=self.workplace.data or "",
            related=self.related.data or "",
            field=self.field.data or "",
            holders=_whole(self.holders.data),
            duties=tuple(
                Duty(
                    known.get(row.section.data or "", SECTIONS[framework][0]), row.task.data or "", row.work.data or "",
                    row.output.data or "", row.criteria.data or "", _whole(row.grade.data),
                )
                for row in _forms(self.duties)
            ),
            competencies=tuple(
                Need(
                    row.code.data or "", _whole(row.level_min.data), _whole(row.level_max.data), _whole(row.grade.data)
                )
                for row in _forms(self.competencies)
            ),
            inside=Inside(**_texts(self.inside.form, Inside)),
            outside=tuple(Outside(row.agency.data or "", row.nature.data or "") for row in _forms(self.outside)),
            authority=tuple(Right(row.words.data or "", row.part.data or "") for row in _forms(self.authority)),
            requirements_text=Asked(**_texts(self.requirements_text.form, Asked)),
        )  # fmt: skip

    def place(self, problems: Iterable[Problem]) -> dict[str, list[str]]:
        """Put mistakes beside their fields and return the advice by field id; what has no field goes on top."""
        advice: dict[str, list[str]] = {}
        for problem in problems:
            found = self.at(problem.field)
            words = render(problem)
            if problem.severity == "warning":
                advice.setdefault(found.id if found is not None else "", []).append(words)
            elif found is None:
                self.form_errors.append(words)
            else:
                found.errors = [*found.errors, words]
        return advice

    def at(self, path: str) -> Any:
        """Return the field a problem names (`duties[2].work`): by the place of its row on the page, or None."""
        found: Any = self
        for step in _PATH.findall(path):
            if isinstance(found, FieldList):
                place = int(step) if step.isdigit() else MOST_ROWS
                found = found.entries[place] if place < len(found.entries) else None
            elif isinstance(found, FormField):
                found = found.form._fields.get(step)
            else:
                found = found._fields.get(step)
            if found is None:
                return None
        # A row as a whole shows what is wrong with it at its first field.
        if isinstance(found, FormField):
            return next(iter(found.form), None)
        return None if found is self else found

    def typed_wrongly(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the sentence of every value that could not be read."""
        yield from _typed_wrongly(self)


class FrameForm(FrameTextForm):
    """A version of a frame; mixed with the register's chooser."""

    version = HiddenField()
    agency = ComboField(_l("Của cơ quan, đơn vị"))
    valid_from = DateField(_l("Có hiệu lực từ ngày"), [Required()], render_kw={"width": "s"})
    last_day = DateField(
        _l("Đến hết ngày"), render_kw={"width": "s"}, description=_l("Để trống nếu dùng đến khi có bản khác")
    )


def _typed_wrongly(form: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for one in form:
        if isinstance(one, FormField):
            yield from _typed_wrongly(one.form)
        elif isinstance(one, FieldList):
            yield from _typed_wrongly(one.entries)
        else:
            for words in one.process_errors:
                yield one.id, str(words)


def _forms(rows: FieldList) -> Iterator[Any]:
    return (entry.form for entry in rows.entries)


def _texts(form: Any, kind: type[Any]) -> dict[str, str]:
    return {one.name: form[one.name].data or "" for one in dataclasses.fields(kind)}


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _whole(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def form_class() -> type[Any]:
    """Return the form with the fields of the register's chooser."""
    fields: Any = hooks.papers[0].fields
    return type("FrameForm", (fields, FrameForm), {})


def data_of(requirements: Requirements, content: Content) -> dict[str, Any]:
    """Return the form's data that says a version."""

    def text(value: int | None) -> str:
        return "" if value is None else str(value)

    rest = dataclasses.asdict(content)
    return {
        **{name: getattr(requirements, name) or "" for name in LEVELS},
        "majors": "\n".join(requirements.majors),
        "other_majors_with_certificate": requirements.other_majors_with_certificate,
        "certificates": "\n".join(requirements.certificates),
        "may_complete_later": sorted(later_of(requirements.may_complete_later)),
        "grade_from": text(requirements.grade_from),
        "grade_to": text(requirements.grade_to),
        "special_law": requirements.special_law,
        "experience_years": requirements.experience_years,
        **{name: rest[name] for name in ("objective", "starts_on", "workplace", "related", "field", "holders")},
        "duties": [{**row, "section": str(row["section"]), "grade": text(row["grade"])} for row in rest["duties"]],
        "competencies": [
            {**row, **{name: text(row[name]) for name in ("level_min", "level_max", "grade")}}
            for row in rest["competencies"]
        ],
        "inside": rest["inside"],
        "outside": list(rest["outside"]),
        "authority": list(rest["authority"]),
        "requirements_text": rest["requirements_text"],
    }


def with_row(sent: MultiDict[str, str]) -> tuple[MultiDict[str, str], str | None]:
    """Return what was sent with the row its button adds or takes, and the id of where to look; None without one."""
    found = _ACT.fullmatch(sent.get("act", ""))
    if found is None:
        return sent, None
    what, name, which = found.groups()
    used = sorted({int(m[2]) for key in sent if (m := _INDEX.match(key)) and m[1] == name})
    if what == "remove":
        if not (which or "").isdigit():
            return sent, None
        prefix = f"{name}-{int(which)}-"
        kept = MultiDict((key, value) for key, value in sent.items(multi=True) if not key.startswith(prefix))
        return kept, name
    number = used[-1] + 1 if used else 0
    if len(used) >= MOST_ROWS:
        return sent, None
    more = sent.copy()
    first = {"duties": "section", "competencies": "code", "outside": "agency", "authority": "part"}[name]
    more.add(f"{name}-{number}-{first}", (which or "") if name in {"duties", "authority"} else "")
    shown = {"duties": "work", "competencies": "code", "outside": "agency", "authority": "words"}[name]
    return more, f"{name}-{number}-{shown}"


class WithdrawFrameForm(Form):
    """From which day a frame is no longer in force; mixed with the register's chooser."""

    version = HiddenField()
    valid_from = DateField(_l("Thôi hiệu lực từ ngày"), [Required()], render_kw={"width": "s"})
    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000)
