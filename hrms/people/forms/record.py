"""The forms of the record, built from the list of items: a group, a row of a table, a fact on paper, a new record."""
# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hrms.core.dates import PartialDate
from hrms.core.forms import (
    BooleanField,
    ComboField,
    DateField,
    Form,
    HiddenField,
    NumberField,
    PartialDateField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _l
from hrms.core.rules import N_, Problem
from hrms.core.text import fold
from hrms.people.rules.sheet import FACT_ITEMS, FACT_LABELS, Item, Shape

Choices = Callable[[str], Sequence[tuple[str, str]]]
"""Catalogue → (code, name) pairs with an empty first choice; passed in by the page."""

_WIDTH = {Shape.DATE: "s", Shape.PARTIAL: "s", Shape.INTEGER: "s", Shape.DECIMAL: "s", Shape.MONEY: "m"}

_FEW = 10
"""A select with no more choices than this is as wide as its words, not as the line."""


def field_for(item: Item, choices: Choices, *, needed: bool | None = None) -> Any:
    """Return the unbound field of an item. Its value goes to the service, which says what is wrong with it."""
    checks = [Required()] if (item.needed if needed is None else needed) else []
    keep: dict[str, Any] = {"width": _WIDTH[item.shape]} if item.shape in _WIDTH else {}
    options: dict[str, Any] = {"description": _l(item.hint) if item.hint else "", "render_kw": keep}
    label = _l(item.label)
    if item.shape is Shape.LONG:
        return TextAreaField(label, checks, longest=item.most, **options)
    if item.shape is Shape.FLAG:
        return BooleanField(label, **options)
    if item.shape is Shape.DATE:
        return DateField(label, checks, **options)
    if item.shape is Shape.PARTIAL:
        return PartialDateField(label, checks, **options)
    if item.shape is Shape.CODE:
        offered = list(choices(item.catalogue))
        if len(offered) <= _FEW:
            keep.setdefault("width", "m")
        return SelectField(label, checks, choices=offered, **options)
    if item.shape is Shape.OPEN_CODE:
        keep["list"] = f"list-{item.catalogue}"
        return OpenCodeField(label, checks, pairs=list(choices(item.catalogue))[1:], longest=item.most, **options)
    if item.shape is Shape.AGENCY:
        return ComboField(label, checks, **options)
    if item.shape in {Shape.INTEGER, Shape.DECIMAL, Shape.MONEY}:
        options |= {"least": item.low, "most": item.high or None, "places": 3 if item.high <= 15 else 2}
        return NumberField(label, checks, whole=item.shape is not Shape.DECIMAL, **options)
    keep.setdefault("width", "m" if item.most <= 100 else "l")
    return TextField(label, checks, longest=max(item.most, 100), **options)


class OpenCodeField(TextField):
    """A line of text that is a code when it names one of a list, and the words themselves when it does not."""

    def __init__(self, *args: Any, pairs: Sequence[tuple[str, str]] = (), **named: Any) -> None:
        super().__init__(*args, **named)
        self.pairs = pairs

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed, and find its code."""
        super().process_formdata(valuelist)
        if self.data:
            typed = fold(self.data)
            self.data = next((code for code, name in self.pairs if typed in {fold(name), fold(code)}), self.data)

    def _value(self) -> str:
        return next((name for code, name in self.pairs if code == self.data), self.data or "")


def items_form(items: Iterable[Item], choices: Choices, **more: Any) -> type[Form]:
    """Return a form class with a field for each item, and the version the page was opened with."""
    fields: dict[str, Any] = {item.name: field_for(item, choices) for item in items}
    made: type[Form] = type("ItemsForm", (Form,), {"version": HiddenField(), **fields, **more})
    return made


def values_of(form: Form, names: Iterable[str]) -> dict[str, Any]:
    """Return the values of fields that were read; numbers and dates as they are."""
    return {name: form[name].data for name in names}


def data_of(source: Mapping[str, Any], items: Iterable[Item]) -> dict[str, Any]:
    """Return stored values as a form shows them."""
    found: dict[str, Any] = {}
    for item in items:
        value = source.get(item.name)
        if item.shape is Shape.PARTIAL and value:
            value = PartialDate(*[int(part) for part in str(value).split("-")])
        elif item.shape in {Shape.INTEGER, Shape.DECIMAL, Shape.MONEY} and value is not None:
            value = _plain(Decimal(str(value)))
        elif item.shape is Shape.AGENCY and value is not None:
            value = str(value)
        found[item.name] = value
    return found


def _plain(number: Decimal) -> Decimal:
    """Return a number without the zeros its column adds: 3.330 as 3.33."""
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return number.normalize()


def version_of(form: Any) -> int | None:
    """Return the version the page was opened with; 0, which no record has, for one that is not a number."""
    given = str(form.version.data or "").strip()
    return int(given) if given.isdecimal() else 0


FACT_KINDS = tuple(FACT_ITEMS)
ENDING_KINDS = ("agency", "post", "allowance", "absence")
"""Facts that a decision may give a last day to."""


def facts_form(base: Sequence[type[Any]], choices: Choices) -> type[Any]:
    """Return the form of one paper with a part for each kind of fact; `base` are the mixins for the paper.

    Fields are named `<kind>__<item>`; only the parts that are ticked count.
    """
    fields: dict[str, Any] = {
        "version": HiddenField(),
        "kinds": SelectMultipleField(
            _l("Quyết định này ghi"), choices=[(kind, _l(words)) for kind, words in FACT_LABELS.items()]
        ),
        "valid_from": DateField(_l("Có hiệu lực từ ngày"), [Required()], render_kw={"width": "s"}),
    }
    for kind, items in FACT_ITEMS.items():
        for item in items:
            fields[f"{kind}__{item.name}"] = field_for(item, choices, needed=False)
        if kind in ENDING_KINDS:
            fields[f"{kind}__last_day"] = DateField(
                _l("Đến hết ngày"), description=_l("Bỏ trống khi chưa biết ngày kết thúc."), render_kw={"width": "s"}
            )
    return type("FactsForm", (*base, Form), fields)


def fact_values(form: Any, kind: str) -> dict[str, Any]:
    """Return what one part of the facts form says."""
    return {item.name: form[f"{kind}__{item.name}"].data for item in FACT_ITEMS[kind]}


def end_of(last_day: date | None) -> date | None:
    """Return the half-open end of an interval whose last day is given."""
    return None if last_day is None else last_day + timedelta(days=1)


def at_part(problem: Problem, kinds: Sequence[str]) -> Problem:
    """Return a problem of fact n, or of the only fact, at the field of its part of the form."""
    head, _dot, rest = problem.field.partition(".")
    if head == "facts":
        number, _dot, field = rest.partition(".")
        kind = kinds[int(number)]
    elif len(kinds) == 1 and problem.field not in {"decision", "version"}:
        kind, field = kinds[0], problem.field
    else:
        return problem
    name = {"valid_from": "valid_from", "valid_to": f"{kind}__last_day"}.get(field, f"{kind}__{field}")
    return Problem(name, problem.code, problem.text, problem.params, problem.severity)


def fact_form(kind: str, base: Sequence[type[Any]], choices: Choices) -> type[Any]:
    """Return the form that corrects one fact: its items, its interval by first and last day, why, and on what paper."""
    fields: dict[str, Any] = {"version": HiddenField()}
    fields |= {item.name: field_for(item, choices, needed=False) for item in FACT_ITEMS[kind]}
    fields["valid_from"] = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    fields["last_day"] = DateField(
        _l("Đến hết ngày"), description=_l("Bỏ trống khi chưa kết thúc."), render_kw={"width": "s"}
    )
    # The item `reason` of a status is another thing than why it is corrected.
    fields["why"] = TextAreaField(_l("Lý do đính chính"), [Required()], longest=1000)
    return type("FactForm", (*base, Form), fields)


def absence_form(base: Sequence[type[Any]], choices: Choices) -> type[Any]:
    """Return the form that enters time away: its items, its first and last day, and the paper."""
    fields: dict[str, Any] = {"version": HiddenField()}
    fields |= {item.name: field_for(item, choices) for item in FACT_ITEMS["absence"]}
    fields["valid_from"] = DateField(_l("Nghỉ từ ngày"), [Required()], render_kw={"width": "s"})
    fields["last_day"] = DateField(
        _l("Đến hết ngày"), description=_l("Bỏ trống khi chưa biết ngày kết thúc."), render_kw={"width": "s"}
    )
    return type("AbsenceForm", (*base, Form), fields)


def end_form(base: Sequence[type[Any]]) -> type[Any]:
    """Return the form that ends a fact: its last day and the paper."""
    fields: dict[str, Any] = {
        "version": HiddenField(),
        "last_day": DateField(_l("Hết ngày"), [Required()], render_kw={"width": "s"}),
    }
    return type("EndForm", (*base, Form), fields)


class WithdrawForm(Form):
    """Why a fact should not have been recorded."""

    version = HiddenField()
    reason = TextAreaField(_l("Lý do rút"), [Required()], longest=1000)


NEW_NAMES = (
    "full_name", "sex", "birth_date", "national_id", "id_override_reason", "id_issued_on", "id_issued_by", "staff_code",
    "phone", "email", "birth_place", "home_town", "current_address", "recruited_on", "recruited_by", "main_duty",
    "job_position",
)  # fmt: skip
"""What a new record asks for; the rest is filled in on the groups' pages."""


def new_form(items: Mapping[str, Item], base: Sequence[type[Any]], choices: Choices) -> type[Any]:
    """Return the form of a new record: identity, where and since when, first rank and post, and on what paper."""
    fields: dict[str, Any] = {name: field_for(items[name], choices) for name in NEW_NAMES}
    fields |= {
        "kind": SelectField(_l("Loại"), [Required()], choices=list(choices("kinds"))),
        "using_agency_id": ComboField(_l("Cơ quan sử dụng"), [Required()]),
        "managing_agency_id": ComboField(
            _l("Cơ quan quản lý"), description=_l("Bỏ trống khi là chính cơ quan sử dụng.")
        ),
        "since": DateField(_l("Công tác tại đây từ ngày"), [Required()], render_kw={"width": "s"}),
        "not_duplicate": BooleanField(_l("Đã kiểm tra: đây là người khác, cùng tên và ngày sinh")),
    }
    for name in ("rank_code", "rank_since", "step", "coefficient", "step_since"):
        item = next(i for i in FACT_ITEMS["rank"] if i.name == name)
        fields[name] = field_for(item, choices, needed=False)
    for name in ("post_code", "post_name", "appointed_on"):
        item = next(i for i in FACT_ITEMS["post"] if i.name == name)
        fields[name] = field_for(item, choices, needed=False)
    return type("NewForm", (*base, Form), fields)


NEW_GROUPS = (
    (N_("Lý lịch"), NEW_NAMES[:13]),
    (N_("Công tác"), ("kind", "using_agency_id", "managing_agency_id", "since", "recruited_on", "recruited_by",
                      "main_duty", "job_position")),
    (N_("Ngạch, bậc lương"), ("rank_code", "rank_since", "step", "coefficient", "step_since")),
    (N_("Chức vụ"), ("post_code", "post_name", "appointed_on")),
)  # fmt: skip
