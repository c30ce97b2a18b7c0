"""Forms of classes: a class, its days by a pattern, one session, calling off; the list's filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from flask import url_for

from hrms.agencies import queries as agencies
from hrms.core.actor import Actor
from hrms.core.errors import NotFound
from hrms.core.formats import format_date
from hrms.core.forms import (
    BooleanField,
    ComboField,
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
    ValidationError,
    read_date,
)
from hrms.core.i18n import _, _l, render
from hrms.core.permissions import Permission
from hrms.decisions import queries as decisions
from hrms.decisions.forms.register import words_of
from hrms.training.models import ClassSession, TrainingClass
from hrms.training.queries import classes as queries
from hrms.training.queries import courses
from hrms.training.rules.classes import PART_LABELS, WEEKDAY_LABELS, Part, Pattern
from hrms.training.rules.courses import tidy
from hrms.training.rules.kinds import COURSE_KIND_LABELS, PROGRAMME_KINDS
from hrms.training.rules.states import ACCEPTS_LABELS, CLASS_LABELS, Accepts

P = Permission
_TIME = re.compile(r"^(\d{1,2})[:hHg.]?([0-5]\d)?$")
WORKDAYS = ("0", "1", "2", "3", "4")


def read_time(typed: str | None) -> time | None:
    """Return an hour typed 7:30, 7h30, 0730 or 7; None for nothing. Raises `ValueError` with a sentence."""
    text = (typed or "").strip().replace(" ", "")
    if not text:
        return None
    found = re.match(r"^(\d{2})(\d{2})$", text) or _TIME.match(text)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(_("“%(value)s” không phải là giờ. Hãy ghi dạng 07:30.", value=text))
    return time(int(found[1]), int(found[2] or 0))


def read_day(typed: str) -> str:
    """Return a day of an address as ISO text, typed either way; "" for nothing. Raises `ValueError`."""
    found = read_date(typed.strip()).exact if typed.strip() else None
    return found.isoformat() if found else ""


def shown_day(day: date | None) -> str:
    """Return a day as it is read, "" for none."""
    return format_date(day) if day else ""


class TimeField(TextField):
    """An hour of the day; `data` stays the text, `clock` is the hour."""

    clock: time | None = None

    def pre_validate(self, form: Any) -> None:
        """Read the hour."""
        del form
        try:
            self.clock = read_time(self.data)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class FilterForm(Form):
    """The conditions of the list, in the address."""

    course = SelectField(_l("Chương trình"), choices=[])
    kind = SelectField(_l("Loại"), choices=[])
    state = SelectField(_l("Trạng thái"), choices=[])
    day_from = DateField(_l("Học từ ngày"), name="from")
    day_to = DateField(_l("Học đến ngày"), name="to")
    agency = ComboField(_l("Cơ quan tổ chức"))
    provider = SelectField(_l("Cơ sở đào tạo"), choices=[])
    free = SelectField(_l("Chỗ trống"), choices=[])
    mine = SelectField(_l("Giảng viên"), choices=[])

    @classmethod
    def of(cls, actor: Actor, filters: queries.Filters, day: date) -> FilterForm:
        """Return the panel filled with the conditions in force."""
        form = cls(
            formdata=None,
            data={
                "course": str(filters.course or ""), "kind": filters.kind or "", "state": filters.state or "",
                "day_from": filters.day_from, "day_to": filters.day_to,
                "agency": str(filters.under) if filters.under else None, "provider": str(filters.provider or ""),
                "free": "1" if filters.free else "", "mine": "1" if filters.mine else "",
            },
        )  # fmt: skip
        any_one = [("", _("— tất cả —"))]
        form.course.choices = any_one + [(str(one.id), one.name) for one in queries.course_choices(day)]
        form.kind.choices = any_one + [(one.value, render(COURSE_KIND_LABELS[one])) for one in PROGRAMME_KINDS]
        form.state.choices = any_one + [(one.value, render(words)) for one, words in CLASS_LABELS.items()]
        form.provider.choices = any_one + [(str(one.id), one.name) for one in courses.list_providers()]
        form.free.choices = [*any_one, ("1", _("còn chỗ, đang nhận học viên"))]
        form.mine.choices = [*any_one, ("1", _("tôi dạy"))]
        configure_agency(form.agency, actor, anywhere=True)
        return form


def configure_agency(field: Any, actor: Actor, *, anywhere: bool = False) -> None:
    """Say which agencies a box offers: those the actor may run classes at; `anywhere`: the whole tree."""

    def within() -> tuple[Actor, tuple[Permission, ...]]:
        return (Actor.system(), ()) if anywhere else (actor, (P.TRAINING_MANAGE, P.TRAINING_TEACH))

    def label_of(value: str) -> str | None:
        who, permissions = within()
        try:
            found = agencies.get_agency(who, int(value), *permissions)
        except (NotFound, ValueError):
            return None
        if not anywhere and not runs_at(actor, found.id, found.scope_ids):
            return None
        return found.name

    def find(words: str) -> list[tuple[str, str]]:
        who, permissions = within()
        found = agencies.list_choices(who, words, permissions=permissions)
        return [(str(one.id), one.name) for one in found if anywhere or runs_at(actor, one.id, one.scope_ids)]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def runs_at(actor: Actor, agency_id: int, at: list[int]) -> bool:
    """Say whether the actor may open classes of an agency: by its grant to manage, or a trainer's very own."""
    return actor.may(P.TRAINING_MANAGE, at=at) or agency_id in actor.scope(P.TRAINING_TEACH)


class ClassForm(Form):
    """The figures of a class; those of a new one are added by `NewClassForm`."""

    version = HiddenField()
    name = TextField(_l("Tên lớp"), longest=300, description=_l("Để trống nếu lấy theo tên chương trình"))
    provider = SelectField(_l("Cơ sở đào tạo"), [Required()], choices=[], render_kw={"width": "l"})
    plan_line = SelectField(
        _l("Thực hiện kế hoạch"), choices=[], render_kw={"width": "l"},
        description=_l("Dòng của kế hoạch đã phê duyệt; bỏ trống nếu lớp ngoài kế hoạch"),
    )  # fmt: skip
    starts_on = DateField(_l("Ngày khai giảng"), [Required()], render_kw={"width": "s"})
    ends_on = DateField(_l("Ngày kết thúc"), [Required()], render_kw={"width": "s"})
    place = TextField(_l("Địa điểm"), longest=300, render_kw={"width": "l"})
    abroad = BooleanField(_l("Học ở nước ngoài"))
    country = TextField(_l("Nước đến học"), longest=100, render_kw={"width": "m"})
    seats = NumberField(_l("Số chỗ"), [Required()], whole=True, least=1, most=5000, render_kw={"width": "s"})
    nominate_by = DateField(_l("Hạn cử học viên"), render_kw={"width": "s"})
    accepts = RadioField(_l("Cách nhận học viên"), [Required()], choices=[])
    trainers = SelectMultipleField(_l("Giảng viên"), choices=[])
    least_attendance = NumberField(
        _l("Phải dự ít nhất (phần trăm số tiết)"), [Required()], least=0, most=100, render_kw={"width": "s"}
    )
    pass_mark = NumberField(
        _l("Điểm đạt"), least=0, most=10, render_kw={"width": "s"}, description=_l("Bỏ trống nếu lớp không chấm điểm")
    )
    central_budget = NumberField(_l("Ngân sách trung ương (đồng)"), whole=True, least=0, render_kw={"width": "m"})
    local_budget = NumberField(_l("Ngân sách địa phương (đồng)"), whole=True, least=0, render_kw={"width": "m"})
    other_budget = NumberField(_l("Nguồn khác (đồng)"), whole=True, least=0, render_kw={"width": "m"})
    decision = ComboField(
        _l("Quyết định mở lớp"),
        description=_l("Chọn trong sổ quyết định: gõ số, ví dụ 905/QĐ-SNV; bỏ trống nếu chưa có"),
    )
    note = TextAreaField(_l("Ghi chú"), longest=2000)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.accepts.choices = [(one.value, render(words)) for one, words in ACCEPTS_LABELS.items()]
        self.provider.choices = [("", ""), *((str(one.id), one.name) for one in courses.list_providers(active=True))]

    def prepare(self, actor: Actor, agency_id: int | None, *, decides: bool, kept: TrainingClass | None = None) -> None:
        """Fill the choices that hang on the actor and on the agency that runs the class."""
        lines = [
            (
                str(one.id),
                f"{one.year} · {one.agency}: {one.course}" + (f" ({_('quý')} {one.quarter})" if one.quarter else ""),
            )
            for one in queries.plan_lines(actor)
        ]
        if kept is not None and kept.plan_line_id and str(kept.plan_line_id) not in dict(lines):
            lines.append((str(kept.plan_line_id), _("kế hoạch đã chọn")))
        self.plan_line.choices = [("", ""), *lines]
        known = queries.trainers_of(agency_id) if agency_id else {}
        if kept is not None:
            known |= queries.trainers_in([kept.id]).get(kept.id, {})
        self.trainers.choices = [(str(one), name) for one, name in known.items()]
        if not self.trainers.choices:
            del self.trainers
        if decides:
            self.decision.configure(source=url_for("decisions.choices"), label_of=_decision_words, find=_decisions)
        else:
            del self.decision

    def values(self, course_name: str) -> dict[str, Any]:
        """Return what was typed, by the columns of a class."""

        def whole(field: Any) -> Any:
            return field.data if field.data is not None else Decimal(0)

        return {
            "name": self.name.data or course_name, "provider_id": int(self.provider.data or 0),
            "plan_line_id": int(self.plan_line.data) if self.plan_line.data else None,
            "starts_on": self.starts_on.data, "ends_on": self.ends_on.data, "place": self.place.data,
            "abroad": bool(self.abroad.data), "country": self.country.data if self.abroad.data else None,
            "seats": int(self.seats.data or 0), "nominate_by": self.nominate_by.data, "accepts": self.accepts.data,
            "least_attendance": self.least_attendance.data, "pass_mark": self.pass_mark.data,
            "central_budget": whole(self.central_budget), "local_budget": whole(self.local_budget),
            "other_budget": whole(self.other_budget), "note": self.note.data,
            "decision_id": int(self.decision.data) if "decision" in self and self.decision.data else None,
        }  # fmt: skip

    @property
    def chosen_trainers(self) -> list[int]:
        """Return the accounts ticked."""
        return [int(one) for one in self.trainers.data or []] if "trainers" in self else []


def _decision_words(value: str) -> str | None:
    try:
        return words_of(decisions.get_decision(int(value)))
    except (NotFound, ValueError):
        return None


def _decisions(typed: str) -> list[tuple[str, str]]:
    found = decisions.find_by_reference(typed) or decisions.list_choices(typed)
    return [(str(one.id), words_of(one)) for one in found]


class PatternFields:
    """A mixin: how a class meets."""

    weekdays = SelectMultipleField(_l("Học các ngày"), choices=[])
    part = SelectField(_l("Buổi"), choices=[], render_kw={"width": "m"})
    hours_each = NumberField(_l("Số tiết mỗi buổi"), least=Decimal("0.25"), most=12, render_kw={"width": "s"})

    def offer(self) -> None:
        """Fill the choices."""
        fields: Any = self
        fields.weekdays.choices = [(str(one), render(words)) for one, words in WEEKDAY_LABELS.items()]
        fields.part.choices = [(one.value, render(words)) for one, words in PART_LABELS.items()]

    def pattern(self, first: date) -> Pattern | None:
        """Return the pattern, None where no hours were typed."""
        fields: Any = self
        if fields.hours_each.data is None:
            return None
        days = frozenset(int(one) for one in fields.weekdays.data or ())
        return Pattern(first, days, Part(fields.part.data or Part.BOTH), fields.hours_each.data)


class NewClassForm(PatternFields, ClassForm):
    """A new class, with how it meets."""

    course = SelectField(_l("Chương trình"), [Required()], choices=[])
    code = TextField(
        _l("Mã lớp"),
        longest=60,
        render_kw={"width": "m"},
        description=_l("Để trống: hệ thống đặt mã theo chương trình"),
    )
    agency = ComboField(_l("Cơ quan tổ chức lớp"), [Required()])
    ends_on = DateField(
        _l("Ngày kết thúc"), render_kw={"width": "s"}, description=_l("Để trống: ngày của buổi học cuối")
    )

    def begin(self, day: date) -> None:
        """Fill the choices of a new class; courses are those in force on a day."""
        self.offer()
        self.course.choices = [
            ("", ""),
            *((str(one.id), f"{one.name} – {tidy(one.hours)} {_('tiết')}") for one in queries.course_choices(day)),
        ]


class PatternForm(PatternFields, Form):
    """The days of a class made again from a pattern."""

    version = HiddenField()
    first = DateField(_l("Buổi đầu"), [Required()], render_kw={"width": "s"})

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.offer()
        fields: Any = self
        fields.hours_each.validators = [Required()]


class SessionForm(Form):
    """One session."""

    held_on = DateField(_l("Ngày học"), [Required()], render_kw={"width": "s"})
    starts_at = TimeField(_l("Từ giờ"), longest=8, render_kw={"width": "s"}, description=_l("Ví dụ 07:30"))
    ends_at = TimeField(_l("Đến giờ"), longest=8, render_kw={"width": "s"})
    hours = NumberField(_l("Số tiết"), [Required()], least=Decimal("0.25"), most=12, render_kw={"width": "s"})
    topic = TextField(_l("Nội dung"), longest=300)
    place = TextField(_l("Địa điểm, nếu khác"), longest=300)

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the columns of a session."""
        return {
            "held_on": self.held_on.data, "starts_at": self.starts_at.clock, "ends_at": self.ends_at.clock,
            "hours": self.hours.data, "topic": self.topic.data, "place": self.place.data,
        }  # fmt: skip


class CancelForm(Form):
    """Why a class is called off."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do hủy lớp"), [Required()], longest=1000)


def data_of(found: TrainingClass, trainers: Mapping[int, str]) -> dict[str, Any]:
    """Return what the form of a class begins with."""
    return {
        "version": str(found.version), "name": found.name, "provider": str(found.provider_id),
        "plan_line": str(found.plan_line_id or ""), "starts_on": found.starts_on, "ends_on": found.ends_on,
        "place": found.place, "abroad": found.abroad, "country": found.country, "seats": Decimal(found.seats),
        "nominate_by": found.nominate_by, "accepts": found.accepts, "trainers": [str(one) for one in trainers],
        "least_attendance": tidy(found.least_attendance),
        "pass_mark": None if found.pass_mark is None else tidy(found.pass_mark),
        "central_budget": found.central_budget or None, "local_budget": found.local_budget or None,
        "other_budget": found.other_budget or None, "note": found.note,
        "decision": str(found.decision_id) if found.decision_id else None,
    }  # fmt: skip


def new_data(agency_id: int | None, version: str = "") -> dict[str, Any]:
    """Return what the form of a new class begins with: weekdays, morning and afternoon, four hours each."""
    return {
        "version": version, "agency": str(agency_id) if agency_id else None, "accepts": Accepts.AUTO.value,
        "least_attendance": Decimal(80), "weekdays": list(WORKDAYS), "part": Part.BOTH.value,
        "hours_each": Decimal(4),
    }  # fmt: skip


def session_data(session: ClassSession) -> dict[str, Any]:
    """Return what the form of a session begins with."""
    return {
        "held_on": session.held_on, "starts_at": _shown(session.starts_at), "ends_at": _shown(session.ends_at),
        "hours": tidy(session.hours), "topic": session.topic, "place": session.place,
    }  # fmt: skip


def _shown(at: time | None) -> str | None:
    return at.strftime("%H:%M") if at else None
