"""Forms of new texts of the law: the head, a row of each catalogue, a whole pay group, a file of rows, undoing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, ValidationError

from hrms.core import catalogues
from hrms.core.forms import (
    DateField,
    FileField,
    Form,
    HiddenField,
    NumberField,
    Required,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TextField,
)
from hrms.core.i18n import _, _l, render
from hrms.core.rules import N_, Problem
from hrms.figures.overlay import CATALOGUE, CHANGEABLE, ENDS
from hrms.figures.rules import CATALOGUE_LABELS, MARK_LABELS
from hrms.pay.rules import text_words, texts
from hrms.people.queries import law

DAY = timedelta(days=1)
MOST_BYTES = 1_000_000
NUMBERS = ("amount", "table", "months_per_step", "step", "coefficient", "full_days", "percent")


class TextForm(Form):
    """The head of a text, as it says itself."""

    number = TextField(_l("Số, ký hiệu văn bản"), [Required()], longest=100, render_kw={"width": "m"})
    signed_on = DateField(_l("Ngày ký"), render_kw={"width": "s"})
    title = TextField(_l("Trích yếu"), [Required()], longest=500)
    valid_from = DateField(
        _l("Áp dụng từ ngày"), [Required()], render_kw={"width": "s"},
        description=_l("Các mức mới có từ ngày này; ngày trước đó giữ mức cũ."),
    )  # fmt: skip
    source = TextField(
        _l("Nguồn ghi cho từng mức"), [Required()], longest=300,
        description=_l("Số văn bản và điều, khoản; ví dụ NĐ 161/2026/NĐ-CP Đ3 k2."),
    )  # fmt: skip
    mark = SelectField(_l("Độ chắc chắn"), [Required()], choices=[])
    note = TextAreaField(_l("Ghi chú"), longest=1000)
    version = HiddenField()

    def offer(self) -> TextForm:
        """Fill the choices in the reader's language; returns the form."""
        self.mark.choices = [(mark, render(MARK_LABELS[mark])) for mark in ("C", "K", "U")]
        return self


class UndoForm(Form):
    """Why a text is taken back."""

    reason = TextAreaField(_l("Lý do bỏ áp dụng"), [Required()], longest=1000)
    version = HiddenField()


class _RowForm(Form):
    """What every row has besides its cells."""

    valid_from = DateField(
        _l("Áp dụng từ ngày"), render_kw={"width": "s"}, description=_l("Bỏ trống: từ ngày áp dụng của văn bản.")
    )
    last_day = DateField(
        _l("Đến hết ngày"), render_kw={"width": "s"}, description=_l("Bỏ trống: đến khi có mức khác thay.")
    )
    source = TextField(_l("Nguồn"), longest=300, description=_l("Bỏ trống: nguồn của văn bản."))
    ends = BooleanField(_l("Bãi bỏ: từ ngày áp dụng không còn mức này"))
    version = HiddenField()


class BaseSalaryForm(_RowForm):
    """The base salary of the State's pay scales."""

    amount = NumberField(_l("Mức lương cơ sở (đồng một tháng)"), whole=True, render_kw={"width": "s"})


class PayGroupForm(_RowForm):
    """A whole pay group: every step from the first."""

    table = NumberField(_l("Bảng"), [Required()], whole=True, render_kw={"width": "s"})
    group = TextField(_l("Nhóm"), [Required()], longest=20, render_kw={"width": "s"})
    months_per_step = NumberField(_l("Số tháng một bậc"), [Required()], whole=True, render_kw={"width": "s"})
    coefficients = TextAreaField(
        _l("Hệ số từ bậc 1 đến bậc cuối"), longest=500,
        description=_l("Cách nhau bằng dấu chấm phẩy hoặc xuống dòng, ví dụ 2,34; 2,67; 3,00. Bậc sau đó không còn."),
    )  # fmt: skip

    def validate_coefficients(self, field: Any) -> None:
        """A group without steps is ended in so many words, never by an empty box."""
        if not self.ends.data and not field.data:
            raise ValidationError(_("Hãy ghi hệ số của từng bậc, hoặc chọn bãi bỏ."))


class PayStepForm(_RowForm):
    """One step of a pay group."""

    table = NumberField(_l("Bảng"), [Required()], whole=True, render_kw={"width": "s"})
    group = TextField(_l("Nhóm"), [Required()], longest=20, render_kw={"width": "s"})
    step = NumberField(_l("Bậc"), [Required()], whole=True, render_kw={"width": "s"})
    months_per_step = NumberField(_l("Số tháng một bậc"), whole=True, render_kw={"width": "s"})
    coefficient = NumberField(_l("Hệ số"), places=3, render_kw={"width": "s"})


class RankForm(_RowForm):
    """A rank or professional title and the pay group it stands in."""

    code = TextField(_l("Mã ngạch"), [Required()], longest=40, render_kw={"width": "m"})
    name_vi = TextField(_l("Tên"), longest=200)
    name_en = TextField(_l("Tiếng Anh"), longest=200)
    person_kind = SelectField(_l("Loại nhân sự"), choices=[])
    table = NumberField(_l("Bảng"), whole=True, render_kw={"width": "s"})
    group = TextField(_l("Nhóm"), longest=20, render_kw={"width": "s"})


class LeadershipForm(_RowForm):
    """The leadership coefficient of a post at one kind of place."""

    post = SelectField(_l("Chức vụ"), [Required()], choices=[])
    place = SelectField(_l("Nơi áp dụng"), [Required()], choices=[])
    coefficient = NumberField(_l("Hệ số"), places=3, render_kw={"width": "s"})


class AllowanceForm(_RowForm):
    """How one allowance is computed, for some kinds of people."""

    code = SelectField(_l("Loại phụ cấp"), [Required()], choices=[])
    person_kinds = SelectMultipleField(_l("Loại nhân sự"), [Required()], choices=[])
    forms = SelectMultipleField(_l("Các cách ghi"), choices=[])
    base = SelectField(_l("Phần trăm tính trên"), choices=[])
    insured = SelectField(_l("Tính đóng bảo hiểm"), choices=[])
    full_days = NumberField(
        _l("Số ngày của tháng đủ"), whole=True, render_kw={"width": "s"},
        description=_l("Chỉ với phụ cấp trả theo ngày làm việc thực tế."),
    )  # fmt: skip


class InsuranceForm(_RowForm):
    """A rate of a compulsory insurance, for some kinds of people."""

    insurance = SelectField(_l("Loại bảo hiểm"), [Required()], choices=[])
    side = SelectField(_l("Bên đóng"), [Required()], choices=[])
    percent = NumberField(_l("Phần trăm"), places=2, render_kw={"width": "s"})
    person_kinds = SelectMultipleField(_l("Loại nhân sự"), [Required()], choices=[])


class ParameterForm(_RowForm):
    """A figure that stands alone."""

    key = SelectField(_l("Mức, thời hạn"), [Required()], choices=[])
    value = TextField(
        _l("Giá trị mới"), longest=100, render_kw={"width": "s"},
        description=_l("Cùng đơn vị với giá trị đang áp dụng; có hay không thì ghi 1 hoặc 0."),
    )  # fmt: skip


FORMS: Mapping[str, type[_RowForm]] = {
    "base_salaries": BaseSalaryForm, "pay_scales": PayGroupForm, "ranks": RankForm,
    "leadership_coefficients": LeadershipForm, "allowance_rules": AllowanceForm, "insurance_rates": InsuranceForm,
    "parameters": ParameterForm,
}  # fmt: skip
"""Catalogue → the form of a new row of it."""


class RowsFileForm(Form):
    """Rows of one catalogue from a file."""

    catalogue = SelectField(_l("Tên danh mục"), [Required()], choices=[])
    file = FileField(
        _l("Tệp CSV"), render_kw={"accept": ".csv,.txt"},
        description=_l(
            "Dòng đầu là tên cột như tệp mẫu; số thập phân viết 2.34 hoặc 2,34, ngày viết 2027-01-01. Ngày ở cột"
            " valid_to là ngày đầu tiên không còn áp dụng."
        ),
    )  # fmt: skip
    version = HiddenField()

    def offer(self) -> RowsFileForm:
        """Fill the choices in the reader's language; returns the form."""
        self.catalogue.choices = catalogue_choices()
        return self


def catalogue_choices() -> list[tuple[str, str]]:
    """Return the catalogues a text may change with their names."""
    return [(name, render(CATALOGUE_LABELS[name])) for name in CHANGEABLE]


def _worded(labels: Mapping[Any, str], codes: Sequence[str] | None = None) -> list[tuple[str, str]]:
    return [(str(code), render(words)) for code, words in labels.items() if codes is None or str(code) in codes]


def _parameters(_values: Mapping[str, Any]) -> list[tuple[str, str]]:
    known: dict[str, str] = {}
    for row in law.rows("parameters"):
        unit = render(text_words.UNIT_LABELS.get(row["unit"], row["unit"]))
        known[row["key"]] = f"{row['key']}: {row['value']} {unit} ({row['source']})"
    return [("", ""), *sorted(known.items())]


_CHOICES: Mapping[str, Callable[[Mapping[str, Any]], list[tuple[str, str]]]] = {
    "person_kind": lambda _v: _worded(text_words.CELLS["person_kind"]),
    "person_kinds": lambda _v: _worded(text_words.CELLS["person_kinds"], texts.KINDS),
    "post": lambda _v: catalogues.choices("leadership_posts"),
    "place": lambda _v: _worded(texts.PLACE_LABELS),
    "code": lambda _v: _worded(text_words.ALLOWANCES),
    "forms": lambda _v: _worded(text_words.FORM_LABELS),
    "base": lambda _v: [("", "–"), *_worded(text_words.BASE_LABELS)],
    "insured": lambda _v: list(reversed(_worded(text_words.YES_NO))),
    "insurance": lambda _v: _worded(text_words.CELLS["insurance"]),
    "side": lambda _v: _worded(text_words.SIDE_LABELS),
    "key": _parameters,
}  # fmt: skip


def row_form(name: str, given: Mapping[str, Any] | None, *, single: bool) -> Any:
    """Return the form of a row of a catalogue, filled from `given`, a row; `single` asks for one step of a scale."""
    kind: Any = PayStepForm if single and name == "pay_scales" else FORMS[name]
    values: dict[str, Any] = {}
    for column, value in (given or {}).items():
        if value is None or value is False:
            continue
        if column in NUMBERS:
            values[column] = _decimal(str(value))
        elif column in {"person_kinds", "forms"}:
            values[column] = str(value).split("|")
        elif column == "valid_from":
            values[column] = _day(value)
        elif column == "valid_to":
            last = _day(value)
            values["last_day"] = last - DAY if last else None
        else:
            values[column] = value
    form = kind(data=values)
    for field in form:
        if isinstance(field, (SelectField, SelectMultipleField)) and field.name in _CHOICES:
            field.choices = _CHOICES[field.name](values)
    return form


def order_of(form: Any) -> list[str]:
    """Return the fields of a row's form in the order people fill them in: its own first, then days and source."""
    common = ["valid_from", "last_day", "source", "ends"]
    hidden = {"version", "csrf_token"}
    return [field.name for field in form if field.name not in {*common, *hidden}] + common


def rows_from(name: str, form: Any, steps_before: int) -> list[dict[str, Any]]:
    """Return the rows a form says: one, or a whole pay group with the steps beyond it ended."""
    days: dict[str, Any] = {
        "valid_from": form.valid_from.data.isoformat() if form.valid_from.data else None,
        "valid_to": (form.last_day.data + DAY).isoformat() if form.last_day.data else None,
        "source": form.source.data, ENDS: bool(form.ends.data),
    }  # fmt: skip
    if name == "pay_scales" and isinstance(form, PayGroupForm):
        made = _group_rows(form, steps_before)
        return [{**row, **{k: v for k, v in days.items() if v and k not in row}} for row in made]
    known, cells = CHANGEABLE[name], {}
    asked = {*known.key, known.kinds} if form.ends.data else set(known.columns)
    for column in known.columns:
        if column in asked and column in form:
            cells[column] = _cell(form[column].data)
    if name == "parameters" and not form.ends.data:
        cells["unit"] = next((row["unit"] for row in law.rows(name) if row["key"] == form.key.data), None)
        cells["value"] = _point(cells.get("value"))
    return [{CATALOGUE: name, **{k: v for k, v in {**cells, **days}.items() if v not in {None, "", False}}}]


def _group_rows(form: PayGroupForm, steps_before: int) -> list[dict[str, Any]]:
    coefficients = [] if form.ends.data else coefficients_of(str(form.coefficients.data or ""))
    return texts.scale_rows(
        str(_cell(form.table.data)), str(form.group.data), str(_cell(form.months_per_step.data)), coefficients,
        steps_before,
    )  # fmt: skip


def coefficients_of(words: str) -> list[str]:
    """Return the coefficients of a line or lines: “2,34; 2,67” or one a line; a decimal comma or point."""
    return [str(_point(one)) for one in re.split(r"[;\s]+", words.strip()) if one]


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return "|".join(value)
    return value


def _point(value: Any) -> Any:
    """Return a number written with a decimal comma as the catalogues write it; anything else as it is."""
    return value.replace(",", ".") if isinstance(value, str) and re.fullmatch(r"\d+,\d+", value.strip()) else value


def _decimal(value: str) -> Decimal | None:
    return Decimal(value) if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", value) else None


def _day(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def read_rows(name: str, stream: Any) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the rows of a CSV file of one catalogue, as texts; or what keeps it from being read."""
    raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return [], [Problem("file", "too_large", N_("Tệp lớn hơn 1 MB. Hãy chia ra."))]
    try:
        words = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Problem("file", "not_utf8", N_("Tệp không phải UTF-8. Hãy lưu lại dạng “CSV UTF-8”."))]
    first = words.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(words), delimiter=";" if first.count(";") > first.count(",") else ",")
    headers = [str(one).strip() for one in reader.fieldnames or ()]
    known = CHANGEABLE[name]
    strange = [one for one in headers if one not in {*known.columns, ENDS}]
    lacking = [one for one in known.key if one not in headers]
    if strange or lacking or not headers:
        text = N_("Dòng đầu của tệp phải là các cột %(columns)s. Hãy tải tệp mẫu.")
        return [], [Problem("file", "wrong_columns", text, {"columns": ", ".join(known.columns)})]
    reader.fieldnames = headers
    try:
        lines = list(reader)
    except csv.Error:
        return [], [Problem("file", "unreadable", N_("Tệp không đọc được như CSV. Hãy tải tệp mẫu và điền lại."))]
    rows = []
    for line in lines:
        cells = {key: _point(str(value or "").strip()) for key, value in line.items() if key}
        if any(cells.values()):
            rows.append({CATALOGUE: name, **{key: value for key, value in cells.items() if value}})
    if not rows:
        return [], [Problem("file", "empty", N_("Tệp không có dòng nào."))]
    return [{**row, **({ENDS: row[ENDS] not in {"0", "false"}} if ENDS in row else {})} for row in rows], []


def sample(name: str, day: date) -> str:
    """Return a catalogue in force on a day as the CSV file to fill in: what stays is to be taken out."""
    out = io.StringIO()
    known = CHANGEABLE[name]
    columns = [column for column in known.columns if column != "valid_to"]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in law.in_force(name, day):
        writer.writerow(["" if column == "valid_from" else row[column] or "" for column in columns])
    return "\ufeff" + out.getvalue()
