"""The form and the fields of every page: they read what an office types, keep it as typed, and name what is wrong.

Import forms and fields from here, not from WTForms: its own sentences have no Vietnamese. `components/forms.html` draws
them. A field's `data` is the value meant (None when empty); what was typed is kept for the page that comes back.
"""
# WTForms has no types, so every class of it is Any to the checker.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import wtforms
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from markupsafe import Markup, escape
from wtforms import BooleanField, FieldList, FormField, HiddenField, PasswordField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import Select, TextInput
from wtforms.widgets.core import clean_key

from hrms.core import formats
from hrms.core.dates import BadDate, PartialDate, parse_date
from hrms.core.files.accepting import Accepted
from hrms.core.files.refusals import megabytes, shown_name
from hrms.core.i18n import _, get_locale, render
from hrms.core.rules import Problem
from hrms.core.text import nfc

__all__ = [
    "BooleanField", "ComboField", "DateField", "FieldList", "FileField", "Form", "FormField", "HiddenField",
    "NumberField", "PartialDateField", "PasswordField", "RadioField", "Required", "SelectField", "SelectMultipleField",
    "TextAreaField", "TextField", "UploadField", "ValidationError",
]  # fmt: skip

Option = tuple[Any, str]


def _attributes(**given: Any) -> Markup:
    """Return attributes as the package writes them, in the order of their names; a page of boxes has hundreds."""
    parts = [
        name if value is True else f'{name}="{escape(value)}"'
        for name, value in sorted((clean_key(name), value) for name, value in given.items())
        if value is not False
    ]
    return Markup(" ".join(parts))  # noqa: S704 - names are ours, values are escaped


def _tag(tag: str, **attributes: Any) -> Markup:
    return Markup("<") + tag + Markup(" ") + _attributes(**attributes) + Markup(">")


class _Box(TextInput):
    """A text box."""

    html_params = staticmethod(_attributes)


class Form(FlaskForm):
    """A form of a page. The gate has checked its token already, so it carries none of its own."""

    class Meta(FlaskForm.Meta):
        csrf = False

    def take(self, problems: Iterable[Problem]) -> None:
        """Put a service's problems beside the fields they name; those of no field of this form go on top."""
        for problem in problems:
            field = self._fields.get(problem.field)
            if field is None:
                self.form_errors.append(render(problem))
            else:
                field.errors = [*field.errors, render(problem)]


class Required:
    """The field must be filled in. `message` is a ready or lazy sentence; the default names the field."""

    field_flags: Mapping[str, Any] = {"required": True}

    def __init__(self, message: Any = None) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        """Stop at an empty field, or at one whose value could not be read (which has said so already)."""
        del form
        if field.errors:
            raise StopValidation
        if field.data is None or field.data in ("", []):
            said = self.message or _("%(label)s còn trống. Hãy nhập mục này.", label=str(field.label.text))
            raise StopValidation(str(said))


class TextField(wtforms.StringField):
    """A line of text: NFC, blanks collapsed, None when empty. Longer than `longest` characters is a mistake."""

    widget = _Box()

    def __init__(self, label: Any = None, validators: Any = None, *, longest: int = 255, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        if not valuelist:
            return
        self.data = nfc(str(valuelist[0])) or None
        refuse_longer(self.data, self.longest)


class TextAreaField(wtforms.TextAreaField):
    """Lines of text: NFC, ends trimmed, None when empty. Longer than `longest` characters is a mistake."""

    def __init__(self, label: Any = None, validators: Any = None, *, longest: int = 4000, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed, line by line."""
        if not valuelist:
            return
        self.data = "\n".join(nfc(line) for line in str(valuelist[0]).splitlines()).strip() or None
        refuse_longer(self.data, self.longest)


def refuse_longer(text: str | None, longest: int) -> None:
    """Raise `ValueError` with a sentence when `text` has more than `longest` characters."""
    if text is not None and len(text) > longest:
        raise ValueError(
            _(
                "Nội dung dài %(length)s ký tự, nhiều nhất được %(longest)s. Hãy rút gọn.",
                length=len(text),
                longest=longest,
            )
        )


class _Typed(wtforms.Field):
    """A text box whose value is more than its text. What was typed is shown again as typed."""

    widget = _Box()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown(self.data)

    def shown(self, value: Any) -> str:
        """Return how the value is written in the box."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """Return the value of the text; raises `ValueError` with a sentence."""
        raise NotImplementedError

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; empty is None."""
        if not valuelist:
            return
        text = str(valuelist[0]).strip()
        self.data = None
        if text:
            self.data = self.read(text)


class DateField(_Typed):
    """A whole date, typed 1/7/2026, 01-07-2026 or 01072026; `data` is a `date`."""

    def shown(self, value: Any) -> str:
        """Return dd/MM/yyyy."""
        return formats.format_date(value)

    def read(self, text: str) -> date:
        """Return the date; a month or a year alone is a mistake here."""
        found = read_date(text).exact
        if found is None:
            raise ValueError(_("“%(value)s” chưa đủ ngày, tháng, năm. Hãy ghi dạng 01/07/2026.", value=text))
        return found


class PartialDateField(_Typed):
    """A date of which only the month or the year may be known; `data` is a `PartialDate`."""

    def shown(self, value: Any) -> str:
        """Return dd/MM/yyyy, MM/yyyy or yyyy."""
        return formats.format_date(value)

    def read(self, text: str) -> PartialDate:
        """Return what of the date is known."""
        return read_date(text)


def read_date(text: str) -> PartialDate:
    """Return the date meant by `text`; raises `ValueError` with a sentence that says how to write it."""
    try:
        return parse_date(text).value
    except BadDate as error:
        sentence = {
            "no_such_day": _("“%(value)s” không có trong lịch. Hãy xem lại ngày và tháng.", value=text),
            "out_of_range": _("“%(value)s” nằm ngoài khoảng năm 1900 đến 2100. Hãy xem lại năm.", value=text),
        }
        unclear = _("“%(value)s” không phải là ngày. Hãy ghi dạng 01/07/2026.", value=text)
        raise ValueError(sentence.get(error.code, unclear)) from error


class NumberField(_Typed):
    """A number with decimal comma or point; `data` is a `Decimal`. `whole` for amounts in đồng and counts.

    `least` and `most` bound it, both included; `places` is how many decimals it may have.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        whole: bool = False,
        least: Decimal | int | None = None,
        most: Decimal | int | None = None,
        places: int = 2,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.whole, self.least, self.most, self.places = whole, least, most, 0 if whole else places

    def shown(self, value: Any) -> str:
        """Return the number in the reader's way of writing."""
        return formats.format_number(value, str(get_locale() or "vi"))

    def read(self, text: str) -> Decimal:
        """Return the number, within its bounds."""
        try:
            number = formats.parse_decimal(text, whole=self.whole)
        except formats.BadNumber as error:
            raise ValueError(_("“%(value)s” không phải là số. Hãy ghi như 3,33.", value=text)) from error
        if number != round(number, self.places):
            raise ValueError(
                _("“%(value)s” có quá nhiều số lẻ, nhiều nhất được %(places)s.", value=text, places=self.places)
            )
        if self.least is not None and number < self.least:
            raise ValueError(
                _("“%(value)s” nhỏ hơn mức thấp nhất %(least)s.", value=text, least=self.shown(self.least))
            )
        if self.most is not None and number > self.most:
            raise ValueError(_("“%(value)s” lớn hơn mức cao nhất %(most)s.", value=text, most=self.shown(self.most)))
        return number


class YearField(NumberField):
    """A year: a whole number written without a separator of thousands."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **{"whole": True, "least": 1945, "most": 9998, **options})

    def shown(self, value: Any) -> str:
        """Return the year as it is written."""
        return str(int(value))


def offered(choices: Any) -> Any:
    """Return (value, words) pairs, or such pairs under the words of each group, as WTForms takes choices."""
    if choices is None or callable(choices):
        return choices
    groups: Iterable[tuple[Any, Any]] = choices.items() if isinstance(choices, Mapping) else [(None, choices)]
    return [
        one if isinstance(one, SelectChoice) else SelectChoice(str(plain(one[0]) or ""), one[1], optgroup=group)
        for group, pairs in groups
        for one in pairs
    ]


def plain(value: Any) -> str | None:
    """Return a choice as text, None for the empty one; an enum member by its value."""
    return None if value is None or value == "" else str(getattr(value, "value", value))


class _Chosen(wtforms.SelectField):
    """What the choosing fields share: choices are pairs, and a value that is not offered is named."""

    def __init__(self, label: Any = None, validators: Any = None, *, choices: Any = None, **options: Any) -> None:
        options.setdefault("coerce", plain)
        super().__init__(label, validators, choices=offered(choices), **options)

    @property
    def choices(self) -> Any:
        """The choices of this request."""
        return super().choices

    @choices.setter
    def choices(self, choices: Any) -> None:
        wtforms.SelectField.choices.fset(self, offered(choices))

    def pre_validate(self, form: Any) -> None:
        """Refuse a value that is not offered."""
        del form
        field: Any = self
        if field.process_errors or not field.validate_choice:
            return
        allowed = {field.coerce(choice.value) for choice in field.iter_choices()}
        for value in field.data or [] if isinstance(field.data, list) else [field.data]:
            if value is not None and value not in allowed:
                raise ValidationError(_("“%(value)s” không có trong danh sách. Hãy chọn lại.", value=value))


class _Options(Select):
    """Draws a select whose options are kept ready: a form may offer hundreds, the same ones on every page."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Return the select as HTML."""
        choices = list(field.iter_choices())
        if field.has_groups() or any(choice.render_kw for choice in choices):
            return Markup(super().__call__(field, **kwargs))  # noqa: S704 - the package escapes its own
        kwargs.setdefault("id", field.id)
        for name in self.validation_attrs:
            if getattr(field.flags, name, None):
                kwargs.setdefault(name, True)
        options = [_option(str(one.value), str(one.label or one.value), bool(one.selected)) for one in choices]
        return _tag("select", name=field.name, **kwargs) + Markup("").join(options) + Markup("</select>")


@lru_cache(maxsize=4096)
def _option(value: str, label: str, selected: bool) -> Markup:
    html = Markup('<option{} value="{}">{}</option>')
    return html.format(Markup(" selected") if selected else "", value, escape(label))


class SelectField(_Chosen, wtforms.SelectField):
    """One of a list; more than 15 choices get a search box. A first choice ("", words) allows none: `data` is None."""

    widget = _Options()


class RadioField(_Chosen, wtforms.RadioField):
    """One of a few, all in sight; `data` is None when none is chosen."""


class SelectMultipleField(_Chosen, wtforms.SelectMultipleField):
    """Any of a list, as a list of values; up to 15 choices are boxes to tick."""


class UploadField(FileField):
    """One file; `data` is what was sent (its `stream` and `filename`), or None.

    What is taken and how large stands under the field; the file itself is judged by `hrms.core.files.keep`, whose
    refusals come back through `Form.take`. A page that comes back with mistakes asks for the file again.
    """

    def __init__(self, label: Any = None, validators: Any = None, *, accepted: Accepted, **options: Any) -> None:
        more = options.pop("description", "")
        options["render_kw"] = {"accept": accepted.attribute(), **(options.get("render_kw") or {})}
        super().__init__(label, validators, **options)
        size = formats.format_number(megabytes(accepted.limit()), str(get_locale() or "vi"))
        taken = _("Một tệp %(kinds)s, nặng nhất %(size)s MB.", kinds=accepted.words(), size=size)
        self.description = f"{more} {taken}" if more else taken

    @property
    def sent_name(self) -> str:
        """Return the name of the file that was sent, "" when there was none."""
        return shown_name(self.data.filename or "") if self.data else ""


class ComboField(wtforms.Field):
    """One of many, found by typing (`components/forms.html`, `combo`); `data` is the value as text, or None.

    A view says with `configure` where its choices come from: `source`, the address that answers the script;
    `label_of(value)`, the words of a value the actor may choose, None for any other; `find(words)`, the options
    (value, words) that match. Both are asked on the server, so a page without script can do the same, and a value that
    was not offered is refused. Two fields are sent: `name` (the value) and `name-text` (the words); the value counts
    only while the words are still its own.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        source: str = "",
        label_of: Callable[[str], str | None] | None = None,
        find: Callable[[str], Sequence[Option]] | None = None,
        options: Sequence[Option] = (),
        **rest: Any,
    ) -> None:
        super().__init__(label, validators, **rest)
        self.source, self.label_of, self.find, self.options = source, label_of, find, options
        self._value_sent = ""
        self._typed: str | None = None

    def configure(
        self,
        *,
        source: str,
        label_of: Callable[[str], str | None],
        find: Callable[[str], Sequence[Option]],
        options: Sequence[Option] = (),
    ) -> None:
        """Say where the choices of this request come from; `options` are offered to a page without script."""
        self.source, self.label_of, self.find, self.options = source, label_of, find, options

    @property
    def shown_value(self) -> str:
        """Return the value for the hidden field."""
        return "" if self.data is None else str(self.data)

    @property
    def shown_text(self) -> str:
        """Return the words in the box: as typed, else those of the value."""
        if self._typed is not None:
            return self._typed
        return (self._words(str(self.data)) or "") if self.data is not None else ""

    def _words(self, value: str) -> str | None:
        return self.label_of(value) if self.label_of and value else None

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take the words that come beside the value."""
        self._typed, self._value_sent = None, ""
        if formdata is not None and f"{self.name}-text" in formdata:
            self._typed = str(formdata.get(f"{self.name}-text", "")).strip()
        super().process(formdata, *args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent; what it means is settled by `pre_validate`, once the view has configured the field."""
        if valuelist or self._typed is not None:
            self._value_sent = str(valuelist[0]).strip() if valuelist else ""
            self.data = self._value_sent or self._typed or None

    def pre_validate(self, form: Any) -> None:
        """Settle on the value meant; raises `ValidationError` when what was sent names none, or more than one."""
        del form
        if not self._value_sent and self._typed is None:
            return
        value, typed = self._value_sent, self._typed
        words = self._words(value)
        self.data = None
        if typed is None:
            if value and words is None:
                raise ValidationError(_("Giá trị đã chọn không có trong danh sách của bạn. Hãy chọn lại."))
            self.data = value or None
        elif typed and words is not None and nfc(words) == nfc(typed):
            self.data = value
        elif typed:
            self.data = self._found(typed)

    def _found(self, typed: str) -> str:
        options = list(self.find(typed)) if self.find else []
        same = [option for option in options if nfc(option[1]) == nfc(typed)]
        likely = same or options
        if len(likely) == 1:
            return str(likely[0][0])
        if not likely:
            raise ValidationError(
                _("Không có mục nào khớp “%(value)s”. Hãy gõ lại hoặc chọn trong danh sách.", value=typed)
            )
        names = "; ".join(option[1] for option in likely[:5])
        raise ValidationError(_("“%(value)s” khớp nhiều mục: %(names)s. Hãy ghi rõ một mục.", value=typed, names=names))
