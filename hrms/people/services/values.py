"""Input made clean and checked one value at a time: blanks, lengths, codes, numbers, dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.dates import BadDate, PartialDate, parse_date
from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.queries import codes
from hrms.people.rules.personal_id import clean_personal_id
from hrms.people.rules.record import blood_group_code
from hrms.people.rules.sheet import Item, Shape

_SHOWN = 40


def clean(items: Iterable[Item], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of `items` found in `given`, as the database keeps them, and what is wrong with any.

    Text, ISO dates and numbers as typed are read; empty text is None. A value with a problem is left out.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for item in items:
        if item.name not in given:
            continue
        found = _one(item, given[item.name])
        if isinstance(found, Problem):
            problems.append(found)
        else:
            values[item.name] = found
    return values, problems


def _one(item: Item, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip() if item.shape is Shape.LONG else nfc(value)
    if value is None or value == "":
        if item.needed:
            return Problem(item.name, "required", N_("Chưa nhập %(field)s."), {"field": item.label})
        return None
    readers = {
        Shape.DATE: _date, Shape.PARTIAL: _partial, Shape.CODE: _code, Shape.OPEN_CODE: _code,
        Shape.FLAG: _flag, Shape.INTEGER: _number, Shape.DECIMAL: _number, Shape.MONEY: _number, Shape.AGENCY: _number,
    }  # fmt: skip
    return readers.get(item.shape, _text)(item, value)


def _params(item: Item, value: Any) -> dict[str, Any]:
    return {"field": item.label, "value": str(value)[:_SHOWN]}


def _text(item: Item, value: Any) -> Any:
    text = str(value)
    if item.name == "national_id":
        return clean_personal_id(text)
    # A name's own check says more about a long name.
    if len(text) > item.most and item.name not in {"full_name", "other_names"}:
        words = N_("%(field)s “%(value)s…” dài %(count)s ký tự; tối đa %(most)s ký tự.")
        return Problem(item.name, "too_long", words, {**_params(item, text), "count": len(text), "most": item.most})
    return text


def _code(item: Item, value: Any) -> Any:
    code = str(value)
    if item.name == "blood_group":
        code = blood_group_code(code) or code
    if codes.knows(item.catalogue, code) or item.shape is Shape.OPEN_CODE:
        return _text(item, code)
    words = N_("%(field)s “%(value)s” không có trong danh mục; chọn lại.")
    return Problem(item.name, "unknown_code", words, _params(item, code))


_YES, _NO = frozenset({"true", "1", "yes", "y", "có", "x"}), frozenset({"false", "0", "no", "n", "không"})


def _flag(item: Item, value: Any) -> Any:
    said = str(value).casefold()
    if said in _YES or said in _NO:
        return said in _YES
    words = N_("%(field)s “%(value)s” không phải là có hay không; ghi lại.")
    return Problem(item.name, "not_yes_or_no", words, _params(item, value))


def _date(item: Item, value: Any) -> Any:
    found = _partial_date(item, value)
    if isinstance(found, Problem):
        return found
    if found.exact is None:
        words = N_("%(field)s “%(value)s” thiếu ngày hoặc tháng; ghi đủ dạng 01/07/2026.")
        return Problem(item.name, "date_incomplete", words, _params(item, value))
    return found.exact


def _partial(item: Item, value: Any) -> Any:
    found = _partial_date(item, value)
    return found if isinstance(found, Problem) else found.iso


def _partial_date(item: Item, value: Any) -> PartialDate | Problem:
    if isinstance(value, PartialDate):
        return value
    try:
        return parse_date(value if isinstance(value, date) else str(value)).value
    except BadDate as error:
        words = {
            "no_such_day": N_("%(field)s “%(value)s” là ngày không có trong lịch; sửa lại."),
            "out_of_range": N_("%(field)s “%(value)s” ngoài khoảng năm 1900–2100; sửa lại."),
        }.get(error.code, N_("%(field)s “%(value)s” không phải là ngày; ghi dạng 01/07/2026, 07/2026 hoặc 2026."))
        return Problem(item.name, error.code, words, _params(item, value))


def _number(item: Item, value: Any) -> Any:
    try:
        number = parse_decimal(value, whole=item.shape in {Shape.MONEY, Shape.INTEGER, Shape.AGENCY})
    except BadNumber:
        words = N_("%(field)s “%(value)s” không phải là số; nhập lại bằng chữ số.")
        return Problem(item.name, "not_a_number", words, _params(item, value))
    whole = item.shape is not Shape.DECIMAL
    if whole and number != number.to_integral_value():
        words = N_("%(field)s “%(value)s” phải là số nguyên; nhập lại.")
        return Problem(item.name, "not_whole", words, _params(item, value))
    if item.high and not item.low <= number <= item.high:
        words = N_("%(field)s %(value)s ngoài khoảng %(low)s đến %(high)s; kiểm tra lại.")
        return Problem(item.name, "out_of_bounds", words, {**_params(item, value), "low": item.low, "high": item.high})
    if item.shape in {Shape.INTEGER, Shape.AGENCY}:
        return int(number)
    return number.quantize(Decimal(1)) if item.shape is Shape.MONEY else number
