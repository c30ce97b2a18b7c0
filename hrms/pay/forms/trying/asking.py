"""What the forms of trying share: a form says the same facts as a file of `hrms explain`, there and back.

A field's name is the key of the file, or `renamed` says which. Rows left empty are left out, and so are groups of which
nothing is filled in. Everything works without script: a button `act` posts the form back with a row more or less.
"""

# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict

from hrms.core.dates import PartialDate
from hrms.core.forms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    NumberField,
    PartialDateField,
    SelectField,
)
from hrms.core.i18n import _, render
from hrms.core.rules import Problem

MOST_ROWS = 100
"""So many rows of one list a form takes."""
_ACT = re.compile(r"(add|remove):([a-z][a-z_-]*?)(?:-(\d{1,4}))?")
_CENT = Decimal("0.01")
_NUMBER = re.compile(r"-(\d{1,4})-")


class MoneyField(NumberField):
    """Whole đồng; a fact is their text."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("render_kw", {"width": "s"})
        super().__init__(label, validators, whole=True, least=0, **options)
        self.type = NumberField.__name__


class CountField(NumberField):
    """A whole number; a fact is the number itself."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("render_kw", {"width": "s"})
        options.setdefault("least", 0)
        super().__init__(label, validators, whole=True, **options)
        self.type = NumberField.__name__


class RatioField(NumberField):
    """A coefficient, a percentage or points; a fact is their text."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("render_kw", {"width": "s"})
        options.setdefault("least", 0)
        options.setdefault("places", 4)
        super().__init__(label, validators, **options)
        self.type = NumberField.__name__


class MonthField(PartialDateField):
    """A month, typed 11/2026; a fact is 2026-11."""

    def read(self, text: str) -> PartialDate:
        """Return the month; a day or a year alone is a mistake here."""
        found: PartialDate = super().read(text)
        if found.month is None:
            raise ValueError(_("“%(value)s” chưa đủ tháng, năm. Hãy ghi dạng 11/2026.", value=text))
        return PartialDate(found.year, found.month)


class _Select(SelectField):
    """A select that the page draws as every other."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.type = SelectField.__name__


class PayGroupField(_Select):
    """A pay group, as `table|group`; says two facts at once."""


class AnswerField(_Select):
    """Yes, no, or nothing said."""

    def offer(self, none: str, no: str, yes: str) -> None:
        """Give the three choices their words."""
        self.choices = [("", none), ("no", no), ("yes", yes)]


class FactsForm(Form):
    """A part of the facts."""

    renamed: ClassVar[Mapping[str, str]] = {}
    """Field → key of the file where they differ."""
    always: ClassVar[frozenset[str]] = frozenset()
    """Groups that are said even when empty."""
    folded: ClassVar[frozenset[str]] = frozenset()
    """Groups that the page shows only on demand, unless something is in them."""

    def facts(self) -> dict[str, Any]:
        """Return what is filled in, as a file of facts says it."""
        found: dict[str, Any] = {}
        for field in self:
            value = _fact(field, kept=field.short_name in self.always)
            if value is None:
                continue
            if isinstance(field, PayGroupField):
                table, _bar, group = str(value).partition("|")
                found |= {"table": int(table), "group": group}
            else:
                found[self.renamed.get(field.short_name, field.short_name)] = value
        return found

    @classmethod
    def prepared(cls, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return facts in the shape of the form's fields; a form that splits a list of the file does it here."""
        return facts

    @classmethod
    def data_of(cls, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the form's data that says these facts."""
        given, found = cls.prepared(facts), {}
        for field in cls(formdata=None):
            value = given.get(cls.renamed.get(field.short_name, field.short_name))
            if isinstance(field, PayGroupField) and "group" in given:
                value = f"{given.get('table', 2)}|{given['group']}"
            if value is not None:
                found[field.short_name] = _typed(field, value)
        return found

    def offer(self) -> None:
        """Fill in the choices of this request."""

    def offer_all(self) -> None:
        """Fill in the choices of this form, its groups and its rows."""
        self.offer()
        for field in self:
            if isinstance(field, FormField):
                field.form.offer_all()
            elif isinstance(field, FieldList):
                for row in field.entries:
                    row.form.offer_all()

    def place(self, problems: Iterable[Problem]) -> None:
        """Put problems beside the fields they name (`allowances.0.percent`); what has no box of its own goes on top."""
        for problem in problems:
            field = self.at(problem.field)
            if field is None:
                self.form_errors.append(render(problem))
            else:
                field.errors = [*field.errors, render(problem)]

    def at(self, path: str) -> Any:
        """Return the box that a key of the facts is typed in, or None."""
        name, _dot, rest = path.partition(".")
        names = {key: field for field, key in self.renamed.items()}
        field = self._fields.get(names.get(name, name))
        if isinstance(field, FieldList):
            number, _dot, rest = rest.partition(".")
            # Empty rows are no facts, so a number of the facts counts the others only.
            filled = [row for row in field.entries if row.form.facts()]
            field = filled[int(number)] if number.isdigit() and int(number) < len(filled) else None
        if isinstance(field, FormField):
            return field.form.at(rest) if rest else None
        return field


def _fact(field: Any, *, kept: bool = False) -> Any:
    """Return what a field says, None for nothing."""
    if isinstance(field, FormField):
        return field.form.facts() or ({} if kept else None)
    if isinstance(field, FieldList):
        return [said for row in field.entries if (said := row.form.facts())] or None
    value = field.data
    if value is None or value == "":
        return None
    if isinstance(field, BooleanField):
        return True if value else None
    if isinstance(field, AnswerField):
        return value == "yes"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PartialDate):
        return value.iso
    if isinstance(field, CountField):
        return int(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def _typed(field: Any, value: Any) -> Any:
    """Return the data of a field that says a fact."""
    if isinstance(field, FormField):
        return field.form_class.data_of(value)
    if isinstance(field, FieldList):
        form = field.unbound_field.args[0]
        return [form.data_of(one) for one in value]
    if isinstance(field, DateField):
        return date.fromisoformat(value)
    if isinstance(field, PartialDateField):
        return PartialDate.parse(value)
    if isinstance(field, NumberField):
        number, shorter = Decimal(value), Decimal(value).quantize(_CENT)
        # A column of three places holds 0.500 of what everybody writes 0.50.
        return shorter if number == shorter and len(str(shorter)) < len(str(number)) else number
    if isinstance(field, AnswerField):
        return "yes" if value else "no"
    return value


def with_row(sent: MultiDict[str, str]) -> MultiDict[str, str] | None:
    """Return what was sent with the row its button adds or takes; None without such a button."""
    found = _ACT.fullmatch(sent.get("act", ""))
    if found is None:
        return None
    what, name, number = found.groups()
    prefix = f"{name}-"
    used = sorted({int(m[1]) for key in sent if key.startswith(prefix) and (m := _NUMBER.match(key[len(name) :]))})
    if what == "remove":
        gone = f"{prefix}{int(number)}-" if number else None
        kept = [(key, value) for key, value in sent.items(multi=True) if not (gone and key.startswith(gone))]
        return MultiDict(kept)
    more = sent.copy()
    if len(used) < MOST_ROWS:
        # A row is there as soon as one box of it is sent, whatever its name.
        more.add(f"{prefix}{used[-1] + 1 if used else 0}-row", "")
    return more


def choices(labels: Mapping[Any, str], none: str | None = None) -> Sequence[tuple[str, str]]:
    """Return (value, words) of labelled members, after an empty choice where `none` has words for it."""
    first = [] if none is None else [("", none)]
    return [*first, *((str(getattr(one, "value", one)), render(words)) for one, words in labels.items())]
