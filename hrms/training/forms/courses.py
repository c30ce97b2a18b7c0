"""Forms of programmes and providers: the conditions of the list, a programme, a version, taking one out of force."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hrms.core import catalogues, formats, hooks
from hrms.core.dates import last_day
from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, get_locale, render
from hrms.core.rules import N_, Problem
from hrms.people.queries import codes, law
from hrms.people.rules.kinds import KIND_LABELS
from hrms.positions.queries import catalogue as positions
from hrms.training.models import Course, CourseVersion, TrainingProvider
from hrms.training.queries import courses as queries
from hrms.training.rules.courses import LEVEL_MOST, tidy
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS, PROGRAMME_KINDS
from hrms.training.rules.states import CERTIFICATE_LABELS

POST_GROUPS: dict[str, str] = {
    "agency_head": N_("Người đứng đầu cơ quan, đơn vị"),
    "agency_deputy": N_("Cấp phó của người đứng đầu cơ quan, đơn vị"),
    "division_head": N_("Người đứng đầu phòng và tương đương"),
    "division_deputy": N_("Cấp phó của phòng và tương đương"),
}
_NO_LEVEL = "0"


def with_paper(form: type[Any]) -> type[Any]:
    """Return the form with the register's chooser of a decision mixed in."""
    fields: Any = hooks.papers[0].fields
    return type(form.__name__, (fields, form), {})


class FilterForm(Form):
    """The conditions of the list, in the address."""

    kind = SelectField(_l("Loại"), choices=[])
    form_of = SelectField(_l("Hình thức"), choices=[], name="form")
    level = SelectField(_l("Trình độ, cấp"), choices=[])
    competency = SelectField(_l("Năng lực được nâng"), choices=[], render_kw={"lang": "vi"})
    provider = SelectField(_l("Cơ sở đào tạo"), choices=[])
    ended = SelectField(_l("Hiệu lực"), choices=[])

    @classmethod
    def of(cls, filters: queries.Filters) -> FilterForm:
        """Return the panel filled with the conditions in force."""
        form = cls(
            formdata=None,
            data={
                "kind": filters.kind or "", "form_of": filters.form or "", "level": filters.level or "",
                "competency": filters.competency or "", "provider": str(filters.provider or ""),
                "ended": "1" if filters.ended else "",
            },
        )  # fmt: skip
        any_one = [("", _("— tất cả —"))]
        form.kind.choices = any_one + [(one.value, render(COURSE_KIND_LABELS[one])) for one in PROGRAMME_KINDS]
        form.form_of.choices = any_one + [(one.value, render(FORM_LABELS[one])) for one in queries.COURSE_FORMS]
        levels = [(level, queries.level_name(kind, level)) for kind, level in queries.list_levels()]
        form.level.choices = any_one + list(dict(levels).items())
        form.competency.choices = any_one + [
            (one.competency.code, f"{one.competency.code} · {one.competency.name}") for one in positions.dictionary()
        ]
        form.provider.choices = any_one + [(str(one.id), one.name) for one in queries.list_providers()]
        form.ended.choices = [("", _("Đang có hiệu lực")), ("1", _("Cả chương trình hết, chưa có hiệu lực"))]
        return form


class HeaderForm(Form):
    """Name, kind, level and source of a programme."""

    version = HiddenField()
    code = TextField(
        _l("Mã chương trình"), [Required()], longest=30, render_kw={"width": "m"},
        description=_l("Chữ không dấu, số, dấu chấm, ví dụ VT.G3; không sửa được về sau"),
    )  # fmt: skip
    name = TextField(_l("Tên chương trình"), [Required()], longest=300)
    kind = SelectField(_l("Loại chương trình"), [Required()], choices=[], render_kw={"width": "m"})
    level = SelectField(
        _l("Trình độ, cấp đạt được"), choices=[], render_kw={"width": "m"},
        description=_l("Bỏ trống nếu chương trình không gắn với trình độ nào"),
    )  # fmt: skip
    source = TextField(_l("Căn cứ, nguồn"), longest=500, description=_l("Văn bản ban hành chương trình, điều, khoản"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.kind.choices = [("", ""), *((one.value, render(COURSE_KIND_LABELS[one])) for one in PROGRAMME_KINDS)]
        groups: dict[str, list[tuple[str, str]]] = {"": [("", "")]}
        for kind in PROGRAMME_KINDS:
            names = queries.level_names(kind)
            if names:
                # Two catalogues may use one code for their levels: the kind chosen above says which is meant.
                groups[render(COURSE_KIND_LABELS[kind])] = [(code, name) for code, name in names.items()]
        self.level.choices = groups

    def header(self) -> dict[str, Any]:
        """Return what was typed, by the names of `services.courses.add`."""
        return {
            "code": self.code.data if "code" in self else None, "name": self.name.data, "kind": self.kind.data,
            "level": self.level.data, "source": self.source.data,
        }  # fmt: skip


class VersionForm(Form):
    """A version of a programme."""

    version = HiddenField()
    hours = NumberField(_l("Số tiết"), [Required()], least=Decimal("0.25"), most=5000, render_kw={"width": "s"})
    form_of = SelectField(_l("Hình thức"), [Required()], choices=[], render_kw={"width": "m"})
    certificate = SelectField(_l("Kết thúc được cấp"), [Required()], choices=[], render_kw={"width": "m"})
    valid_months = NumberField(
        _l("Hiệu lực của chứng chỉ (tháng)"), whole=True, least=1, most=600, render_kw={"width": "s"},
        description=_l("Bỏ trống nếu không thời hạn"),
    )  # fmt: skip
    providers = SelectMultipleField(
        _l("Cơ sở được tổ chức"),
        choices=[],
        render_kw={"size": "8"},
        description=_l("Giữ phím Ctrl để chọn nhiều. Không chọn cơ sở nào: cơ sở nào cũng tổ chức được"),
    )
    objectives = TextAreaField(_l("Mục tiêu"), longest=4000)
    outline = TextAreaField(_l("Nội dung"), longest=8000)
    assessment = TextAreaField(_l("Cách đánh giá"), longest=2000)
    person_kinds = SelectMultipleField(_l("Dành cho loại"), choices=[])
    post_groups = SelectMultipleField(_l("Dành cho nhóm chức vụ"), choices=[])
    ranks = TextAreaField(
        _l("Dành cho ngạch, chức danh"), longest=4000,
        description=_l("Mã cách nhau bằng dấu phẩy; viết V.07.03.* để lấy mọi mã bắt đầu như vậy"),
    )  # fmt: skip
    positions = TextAreaField(
        _l("Dành cho vị trí việc làm"), longest=20000,
        description=_l("Mỗi dòng một vị trí, ghi tên hoặc mã trong danh mục"),
    )  # fmt: skip
    note = TextField(_l("Ghi chú"), longest=500)
    valid_from = DateField(_l("Có hiệu lực từ ngày"), [Required()], render_kw={"width": "s"})
    last_day = DateField(
        _l("Đến hết ngày"), render_kw={"width": "s"}, description=_l("Bỏ trống nếu chưa biết ngày thôi dùng")
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.form_of.choices = [("", ""), *((one.value, render(FORM_LABELS[one])) for one in queries.COURSE_FORMS)]
        self.certificate.choices = [("", ""), *((k.value, render(words)) for k, words in CERTIFICATE_LABELS.items())]
        self.providers.choices = [(str(one.id), one.name) for one in queries.list_providers() if one.active]
        self.person_kinds.choices = [(one.value, render(words)) for one, words in KIND_LABELS.items()]
        self.post_groups.choices = [(code, render(words)) for code, words in POST_GROUPS.items()]

    def values(self, levels: list[dict[str, Any]]) -> tuple[dict[str, Any], list[Problem]]:
        """Return the version by its columns, and what lines name nothing; `levels` are the competencies chosen."""
        keys, unknown = queries.positions_of_lines((self.positions.data or "").splitlines())
        ranks, strange = ranks_of(self.ranks.data or "")
        problems = []
        if unknown:
            sentence = N_("Danh mục không có vị trí “%(values)s”. Hãy sửa tên, hoặc ghi mã của vị trí.")
            problems.append(Problem("positions", "unknown_position", sentence, {"values": "”, “".join(unknown[:5])}))
        if strange:
            sentence = N_("Không có ngạch, chức danh mang mã %(codes)s. Hãy xem mã ở danh mục ngạch.")
            problems.append(Problem("ranks", "unknown_rank", sentence, {"codes": ", ".join(strange[:10])}))
        return {
            "hours": self.hours.data, "form": self.form_of.data, "certificate": self.certificate.data,
            "valid_months": None if self.valid_months.data is None else int(self.valid_months.data),
            "provider_ids": sorted(int(one) for one in self.providers.data or []), "competencies": levels,
            "positions": keys, "ranks": ranks, "post_groups": self.post_groups.data or [],
            "person_kinds": self.person_kinds.data or [], "objectives": self.objectives.data,
            "content": self.outline.data, "assessment": self.assessment.data, "note": self.note.data,
        }, problems  # fmt: skip

    @property
    def until(self) -> date | None:
        """Return the first day on which the version is no more in force."""
        last: Any = self.last_day.data
        return None if last is None else last + timedelta(days=1)


class NewCourseForm(HeaderForm, VersionForm):
    """A programme with its first version."""


class WithdrawForm(Form):
    """From when a programme or a requirement is no longer in force, and why."""

    version = HiddenField()
    valid_from = DateField(
        _l("Thôi áp dụng từ ngày"), [Required()], render_kw={"width": "s"},
        description=_l("Ngày đầu tiên không còn áp dụng"),
    )  # fmt: skip
    reason = TextAreaField(_l("Lý do"), [Required()], longest=1000)


class ProviderForm(Form):
    """A provider of training."""

    version = HiddenField()
    code = TextField(
        _l("Mã"), [Required()], longest=30, render_kw={"width": "m"}, description=_l("Chữ không dấu, số, dấu chấm")
    )
    name = TextField(_l("Tên cơ sở"), [Required()], longest=300)
    agency = ComboField(
        _l("Là đơn vị trong hệ thống"), render_kw={"width": "l"},
        description=_l("Đơn vị này tổ chức lớp và cấp giấy tờ cho lớp của mình; cơ sở bên ngoài thì bỏ trống"),
    )  # fmt: skip
    may_certify = BooleanField(
        _l("Được cấp chứng chỉ"), description=_l("Cơ sở khác chỉ cấp giấy chứng nhận đã hoàn thành")
    )
    active = BooleanField(_l("Đang sử dụng"))
    source = TextField(_l("Căn cứ, nguồn"), longest=500)

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of `services.courses.add_provider`."""
        return {
            "code": self.code.data if "code" in self else None, "name": self.name.data,
            "agency_id": int(self.agency.data) if self.agency.data else None,
            "may_certify": bool(self.may_certify.data),
            "active": bool(self.active.data) if "active" in self else True, "source": self.source.data,
        }  # fmt: skip


def ranks_of(text: str) -> tuple[list[str], list[str]]:
    """Return the codes of ranks a text names, `*` at the end standing for the rest, and what names none."""
    known = law.ranks()
    found: dict[str, None] = {}
    strange = []
    for one in (part.strip().upper() for line in text.splitlines() for part in line.split(",")):
        if not one:
            continue
        named = [code for code in known if code.startswith(one[:-1])] if one.endswith("*") else [one]
        if not named or (not one.endswith("*") and one not in known):
            strange.append(one)
        else:
            found.update(dict.fromkeys(named))
    return list(found), strange


def chosen_levels(sent: Any) -> list[dict[str, Any]]:
    """Return the competencies a sent form raises: fields `competency-<code>` with "", "0" (no level) or 1–5."""
    found: list[dict[str, Any]] = []
    for one in positions.dictionary():
        value = str(sent.get(f"competency-{one.competency.code}", ""))
        if value == _NO_LEVEL:
            found.append({"code": one.competency.code, "level": None})
        elif value.isascii() and value.isdigit() and 1 <= int(value) <= LEVEL_MOST:
            found.append({"code": one.competency.code, "level": int(value)})
    return found


def data_of(course: Course | None, version: CourseVersion | None) -> dict[str, Any]:
    """Return what a form begins with."""
    data: dict[str, Any] = {}
    if course is not None:
        data |= {
            "version": str(course.version), "code": course.code, "name": course.name, "kind": course.kind,
            "level": course.level, "source": course.source,
        }  # fmt: skip
    if version is not None:
        data |= {
            "hours": tidy(version.hours), "form_of": version.form, "certificate": version.certificate,
            "valid_months": version.valid_months, "providers": [str(one) for one in version.provider_ids],
            "objectives": version.objectives, "outline": version.content, "assessment": version.assessment,
            "person_kinds": version.person_kinds, "post_groups": version.post_groups,
            "ranks": ", ".join(version.ranks), "positions": "\n".join(queries.position_lines(version.positions)),
            "note": version.note,
        }  # fmt: skip
    return data


def days_of(version: CourseVersion) -> dict[str, Any]:
    """Return the days of a version that is to be put right for its own days."""
    return {"valid_from": version.valid_from, "last_day": last_day(version.valid_to)}


def provider_data(provider: TrainingProvider) -> dict[str, Any]:
    """Return what the form of a provider begins with."""
    data: dict[str, Any] = {
        "version": str(provider.version), "code": provider.code, "name": provider.name,
        "agency": str(provider.agency_id) if provider.agency_id else None, "may_certify": provider.may_certify,
        "active": provider.active, "source": provider.source,
    }  # fmt: skip
    return data


def rank_names(ranks: list[str]) -> list[str]:
    """Return the names of ranks with their codes."""
    known = law.ranks()
    return [f"{known[code].name} ({code})" if code in known else code for code in ranks]


def post_name(code: str) -> str:
    """Return the words of a post or a group of posts."""
    return render(POST_GROUPS[code]) if code in POST_GROUPS else codes.name("leadership_posts", code)


def number_words(hours: Decimal | None) -> str:
    """Return hours in the reader's way of writing, without zeros after the comma."""
    return formats.format_number(tidy(hours), str(get_locale() or "vi"))


def level_names(catalogue: str) -> dict[str, str]:
    """Return the names of a catalogue of levels, by code."""
    return {code: item.name for code, item in catalogues.items(catalogue).items()}
