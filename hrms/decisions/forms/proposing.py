"""The form of a proposal: made from the fields a kind declares, once for the list and for each of its people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import url_for

from hrms.agencies import queries as agencies
from hrms.core.actor import Actor
from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    YearField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.rules import Problem
from hrms.decisions.forms.register import _find as find_decisions
from hrms.decisions.forms.register import _label_of as decision_label
from hrms.decisions.kinds import Field, Kind, Records

LIST, PERSON = "v_", "p"


class ProposalBase(Form):
    """What every proposal says, whatever its kind."""

    title = TextField(_l("Tiêu đề tờ trình"), longest=300, description=_l("Để trống thì lấy tên loại quyết định"))
    effective_on = DateField(_l("Ngày có hiệu lực"), [Required()], render_kw={"width": "s"})
    one_paper = BooleanField(_l("Ra một quyết định chung cho cả danh sách (không đánh dấu: mỗi người một quyết định)"))
    note = TextAreaField(_l("Nội dung tờ trình"), description=_l("Lý do, quá trình thực hiện; in trong tờ trình"))
    version = HiddenField()


def field_name(name: str, person_id: int | None = None) -> str:
    """Return the name of a kind's field on the form."""
    return f"{LIST}{name}" if person_id is None else f"{PERSON}{person_id}_{name}"


def make(
    kind: Kind,
    person_ids: Sequence[int] = (),
    *,
    data: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    own: Mapping[int, Mapping[str, Any]] | None = None,
) -> Any:
    """Return the form of a kind for these people, filled with `data` and with kept values where nothing was sent."""
    asked = list(_asked(kind, person_ids))
    made = type("ProposalForm", (ProposalBase,), {name: _field(one) for name, one, _person in asked})
    given = dict(data or {})
    for name, one, person_id in asked:
        kept = (values or {}) if person_id is None else (own or {}).get(person_id, {})
        given[name] = _shown(one, kept.get(one.name))
    form: Any = made(data=given)
    for name, one, _person in asked:
        _configure(form[name], one)
    if not kind.lists:
        del form.one_paper
    return form


def _asked(kind: Kind, person_ids: Iterable[int]) -> Iterable[tuple[str, Field, int | None]]:
    for one in kind.fields:
        if not one.per_person:
            yield field_name(one.name), one, None
    for person_id in person_ids:
        for one in kind.fields:
            if one.per_person:
                yield field_name(one.name, person_id), one, person_id


def _field(one: Field) -> Any:
    label, hint = _l(one.label), _l(one.hint) if one.hint else ""
    checks = [Required()] if one.required and one.type != "yes_no" else []
    if one.choices is not None:
        return SelectField(label, checks, choices=[], description=hint, render_kw={"width": "m"})
    if one.type == "date":
        return DateField(label, checks, description=hint, render_kw={"width": "s"})
    if one.type == "months":
        return NumberField(label, checks, whole=True, least=1, most=600, description=hint, render_kw={"width": "s"})
    if one.type in {"agency", "decision", "record"}:
        return ComboField(label, checks, description=hint)
    if one.type == "yes_no":
        return BooleanField(label, description=hint)
    if one.type == "long_text":
        return TextAreaField(label, checks, description=hint)
    return TextField(label, checks, longest=500, description=hint)


def _configure(field: Any, one: Field) -> None:
    if one.choices is not None:
        field.choices = [("", _("— chọn —")), *((code, render(words)) for code, words in one.choices())]
    elif one.type == "agency":
        field.configure(source=url_for("submissions.place_choices"), label_of=_agency_label, find=_find_agencies)
    elif one.type == "decision":
        field.configure(source=url_for("decisions.choices"), label_of=decision_label, find=find_decisions)
    elif one.records is not None:
        field.configure(
            source=url_for(one.records.source), label_of=partial(_record_label, one.records), find=one.records.find
        )


def _record_label(records: Records, value: str) -> str | None:
    whole = value.isascii() and value.isdigit() and len(value) < 19
    return records.names([int(value)]).get(int(value)) if whole else None


def _agency_label(value: str) -> str | None:
    found = agencies.find_agency(int(value)) if value.isascii() and value.isdigit() and len(value) < 19 else None
    return found.name if found else None


def _find_agencies(words: str) -> list[tuple[str, str]]:
    # A transfer names an agency beyond the reader's own part: the tree is open to whoever is signed in.
    return [(str(one.id), one.name) for one in agencies.list_choices(Actor.system(), words)]


def _shown(one: Field, kept: Any) -> Any:
    """Return a kept value as its field holds it."""
    if kept is None:
        return None
    if one.type == "date":
        return date.fromisoformat(kept)
    return str(kept) if one.type in {"agency", "decision", "choice", "post", "record"} else kept


@dataclass(frozen=True, slots=True)
class Given:
    """What a form holds, as the services take it."""

    values: dict[str, Any]
    own: dict[int, dict[str, Any]]


def given(kind: Kind, form: Any, person_ids: Sequence[int]) -> Given:
    """Return what was typed, by the kind's own names."""
    found = Given({}, {person_id: {} for person_id in person_ids})
    for name, one, person_id in _asked(kind, person_ids):
        value = form[name].data
        if one.type == "months" and value is not None:
            value = int(value)
        if value is not None and value != "":
            (found.values if person_id is None else found.own[person_id])[one.name] = value
    return found


def take(form: Any, problems: Iterable[Problem]) -> None:
    """Put problems beside the fields they name: `values.x` and `people.7.x` are fields of this form."""
    moved = []
    for problem in problems:
        first, _dot, rest = problem.field.partition(".")
        place = problem.field
        if first == "values":
            place = field_name(rest)
        elif first == "people" and rest:
            person_id, _dot, name = rest.partition(".")
            place = f"{PERSON}{person_id}_{name}"
        elif problem.field not in form and field_name(problem.field) in form:
            place = field_name(problem.field)
        moved.append(Problem(place, problem.code, problem.text, problem.params, problem.severity))
    form.take(moved)


class RemarkForm(Form):
    """Why something is returned or not signed."""

    remark = TextAreaField(_l("Lý do"), [Required()], longest=2000)


class NumberForm(Form):
    """Văn thư's number: symbol and date; the numbers themselves stand beside the people."""

    symbol = TextField(_l("Ký hiệu"), longest=60, description=_l("Ví dụ QĐ-SXD"), render_kw={"width": "s"})
    signed_on = DateField(_l("Ngày ký"), [Required()], render_kw={"width": "s"})


class BookForm(Form):
    """A new book of numbers."""

    agency = SelectField(_l("Cơ quan"), [Required()], choices=[])
    year = YearField(_l("Năm"), [Required()], least=1945, most=9998, render_kw={"width": "s"})
    symbol = TextField(
        _l("Ký hiệu"), [Required()], longest=59, description=_l("Ví dụ QĐ-SXD"), render_kw={"width": "m"}
    )
    first = NumberField(_l("Bắt đầu từ số"), [Required()], whole=True, least=1, most=999_999, render_kw={"width": "s"})


class SubmissionFilterForm(Form):
    """The conditions of the list, in the address."""

    state = SelectField(_l("Bước"), choices=[])
    kind = SelectField(_l("Loại"), choices=[])
    mine = BooleanField(_l("Chỉ hồ sơ tôi trình"))
