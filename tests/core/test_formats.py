"""Dates and numbers as shown, and numbers as typed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import PartialDate
from hrms.core.formats import (
    BadNumber,
    format_coefficient,
    format_date,
    format_interval,
    format_number,
    parse_decimal,
)


def test_dates_are_shown_the_office_way():
    assert format_date(date(2026, 7, 1)) == format_date(date(2026, 7, 1), "en") == "01/07/2026"
    assert format_date(PartialDate(1970, 5)) == "05/1970"
    assert format_date(datetime(2026, 7, 1, 8, 5, tzinfo=UTC)) == "01/07/2026 08:05"
    assert format_date(None) == ""


def test_intervals_are_shown_with_their_last_day():
    assert format_interval(date(2024, 2, 1), date(2024, 3, 1)) == "01/02/2024 – 29/02/2024"
    assert format_interval(date(2024, 2, 1), None) == "01/02/2024 – nay"
    assert format_interval(date(2024, 2, 1), None, "en") == "01/02/2024 – now"
    assert format_interval(date(2024, 2, 1), date(2024, 2, 2)) == "01/02/2024"
    assert format_interval(None, date(2024, 2, 2)) == "… – 01/02/2024"


@pytest.mark.parametrize(
    ("value", "places", "vi", "en"),
    [(Decimal("1234.56"), None, "1.234,56", "1,234.56"), (2530000, None, "2.530.000", "2,530,000"),
     (7, 2, "7,00", "7.00"),
     (Decimal("2.345"), 2, "2,35", "2.35"), (Decimal("-1234.5"), 0, "-1.235", "-1,235"), (None, 2, "", "")],
)  # fmt: skip
def test_numbers_follow_the_locale(value, places, vi, en):
    assert format_number(value, "vi", places) == vi
    assert format_number(value, "en", places) == en


def test_coefficients_have_two_decimals_and_lose_none():
    assert format_coefficient(Decimal("3.3")) == "3,30"
    assert format_coefficient(Decimal(10), "en") == "10.00"
    assert format_coefficient(Decimal("0.375")) == "0,375"
    assert format_coefficient(None) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3,33", "3.33"), ("3.33", "3.33"), ("1.234.567,5", "1234567.5"),
     ("1,234,567.5", "1234567.5"),
     ("2.530.000", "2530000"), ("1.234", "1.234"), (" 6 % ", "6"),
     ("-0,5", "-0.5"), ("1 234 567", "1234567"), ("1.234,56", "1234.56"),
     ("0", "0"), ("2\u00a0530\u00a0000", "2530000"), (3.33, "3.33"), (2.6700000000000004, "2.67"), (7, "7"),
     (Decimal("4.98"), "4.98")],
)  # fmt: skip
def test_numbers_as_typed(text, expected):
    assert parse_decimal(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "expected"), [("2.530", 2530), ("2,530", 2530), ("2530000", 2530000), ("0.530", "0.530")]
)
def test_whole_amounts_take_one_mark_before_three_digits_for_thousands(text, expected):
    assert parse_decimal(text, whole=True) == Decimal(expected)


@pytest.mark.parametrize(
    "value",
    ["", "abc", "1.23.456", "1,2,3", "1.234,5,6", "12,34.567.8", "1e5", "=1+1", "３", "--1", "1.", ",5", "NaN",
     "9" * 50, None, True,
     float("nan"), float("inf"), Decimal("NaN"), [], "1.234,567.8"],
)  # fmt: skip
def test_what_is_no_number_is_refused(value):
    with pytest.raises(BadNumber) as refused:
        parse_decimal(value)
    assert refused.value.code == "not_a_number"


def test_a_number_beyond_all_measure_is_refused():
    with pytest.raises(BadNumber, match="out_of_range"):
        parse_decimal(10**40)


@given(st.decimals(-(10**12), 10**12, places=4), st.sampled_from(["vi", "en"]))
def test_shown_numbers_read_back(value, locale):
    assert parse_decimal(format_number(value, locale, 4)) == value


@given(st.text("0123456789.,-% ", max_size=15))
def test_any_text_is_a_number_or_a_bad_number(text):
    refused: object = text
    number = Decimal(0)
    try:
        number = parse_decimal(text)
    except BadNumber as problem:
        refused = problem.value
    assert number.is_finite()
    assert refused == text
