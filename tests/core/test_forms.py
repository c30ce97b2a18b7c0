"""What an office types is read, kept as typed when it is wrong, and the mistake is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from hrms.core import forms, i18n, jinja
from hrms.core.rules import Problem

AGENCIES = {"1": "Sở Nội vụ", "2": "Sở Tài chính", "3": "Sở Xây dựng"}


class Sheet(forms.Form):
    number = forms.TextField("Số", [forms.Required()], longest=10)
    signed_on = forms.DateField("Ngày ký", [forms.Required()])
    born = forms.PartialDateField("Sinh")
    coefficient = forms.NumberField("Hệ số", least=Decimal("1.00"), most=10)
    amount = forms.NumberField("Số tiền", whole=True)
    kind = forms.SelectField("Loại", choices=[("", "Chọn"), ("a", "A")])
    agency = forms.ComboField("Cơ quan")


GOOD = {"number": "905", "signed_on": "01072026"}


@pytest.fixture(autouse=True)
def request_context():
    app = Flask("forms")
    app.secret_key = "test"
    i18n.init_app(app)
    with app.test_request_context("/", method="POST"):
        yield


def sheet(**typed):
    form = Sheet(MultiDict({**GOOD, **{name.replace("__", "-"): value for name, value in typed.items()}}))
    form.agency.configure(
        source="/agencies/suggest",
        label_of=AGENCIES.get,
        find=lambda words: [(k, v) for k, v in AGENCIES.items() if words.lower() in v.lower()],
    )
    form.validate()
    return form


def test_reads_what_is_meant():
    form = sheet(number="  9\u00a005 ", born="07/1988", coefficient="3,33", amount="2.530.000", kind="a")
    assert form.errors == {}
    assert form.number.data == "9 05"
    assert form.signed_on.data == date(2026, 7, 1)
    assert form.born.data.shown() == "07/1988"
    assert form.coefficient.data == Decimal("3.33")
    assert form.amount.data == 2530000
    assert (form.kind.data, form.agency.data) == ("a", None)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("number", "   ", "Số còn trống"),
        ("number", "12345678901", "11 ký tự, nhiều nhất được 10"),
        ("signed_on", "30/02/2026", "“30/02/2026” không có trong lịch"),
        ("signed_on", "07/2026", "chưa đủ ngày, tháng, năm"),
        ("signed_on", "hôm qua", "“hôm qua” không phải là ngày"),
        ("signed_on", "", "Ngày ký còn trống"),
        ("born", "1/1/0200", "nằm ngoài khoảng"),
        ("coefficient", "ba", "“ba” không phải là số"),
        ("coefficient", "3,333", "quá nhiều số lẻ"),
        ("coefficient", "0,5", "nhỏ hơn mức thấp nhất 1,00"),
        ("coefficient", "10,01", "lớn hơn mức cao nhất 10"),
        ("kind", "z", "“z” không có trong danh sách"),
    ],
)
def test_names_the_mistake_once_and_keeps_what_was_typed(field, typed, said):
    form = sheet(**{field: typed})
    assert list(form.errors) == [field]
    (message,) = form[field].errors
    assert said in message
    if hasattr(form[field], "_value"):
        assert form[field]._value().strip() in {typed.strip(), ""}


@pytest.mark.parametrize(
    ("value", "words", "meant"),
    [
        ("1", "Sở Nội vụ", "1"),
        ("1", "Sở Tài chính", "2"),  # without script the words were retyped and the hidden value is stale
        ("", "sở tài", "2"),
        ("1", "", None),
        ("", "", None),
        ("3", None, "3"),
    ],
)
def test_combo_settles_on_the_value_meant(value, words, meant):
    form = sheet(agency=value, **({} if words is None else {"agency__text": words}))
    assert (form.errors, form.agency.data) == ({}, meant)


@pytest.mark.parametrize(
    ("value", "words", "said"),
    [
        ("", "Sở", "khớp nhiều mục: Sở Nội vụ; Sở Tài chính"),
        ("", "Bộ", "Không có mục nào khớp “Bộ”"),
        ("99", None, "không có trong danh sách của bạn"),
        ("99", "Sở Nội", None),
    ],
)
def test_combo_refuses_what_was_not_offered(value, words, said):
    form = sheet(agency=value, **({} if words is None else {"agency__text": words}))
    if said is None:
        assert form.agency.data == "1"
        return
    assert said in form.agency.errors[0]
    assert form.agency.data is None
    assert form.agency.shown_text == (words or "")


def test_problems_of_a_service_go_beside_their_fields():
    form = sheet()
    form.take(
        [Problem("signed_on", "late", "Ngày %(day)s quá muộn.", {"day": "x"}), Problem("other", "x", "Cả tờ sai.")]
    )
    lines = [(m.id, m.label, m.message) for m in jinja.form_errors(form)]
    assert lines == [("", "", "Cả tờ sai."), ("signed_on", "Ngày ký", "Ngày x quá muộn.")]
