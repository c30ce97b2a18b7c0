"""Months, half-known dates, dates as typed, working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import (
    BadDate,
    PartialDate,
    add_months,
    add_working_days,
    is_working_day,
    last_day,
    last_day_of_month,
    months_between,
    parse_date,
    working_days_between,
)

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [(date(2026, 10, 31), -6, date(2026, 4, 30)), (date(2026, 10, 31), -3, date(2026, 7, 31)),
     (date(2026, 8, 31), -6, date(2026, 2, 28)), (date(2024, 3, 1), 40, date(2027, 7, 1)),
     (date(2024, 2, 29), 12, date(2025, 2, 28)), (date(2025, 12, 15), 1, date(2026, 1, 15))],
)  # fmt: skip
def test_add_months(day, months, expected):
    assert add_months(day, months) == expected


def test_months_between_counts_whole_months():
    assert months_between(date(2024, 1, 31), date(2024, 2, 29)) == 1
    assert months_between(date(2024, 1, 15), date(2024, 2, 14)) == 0
    assert months_between(date(2024, 3, 1), date(2024, 2, 1)) == -1


@given(days, st.integers(-600, 600))
def test_months_between_is_the_inverse_of_add_months(day, months):
    assert months_between(day, add_months(day, months)) == months


@given(days, days)
def test_months_between_is_the_greatest_that_fits(start, end):
    months = months_between(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)


def test_last_days():
    assert last_day_of_month(date(2024, 2, 3)) == date(2024, 2, 29)
    assert last_day(date(2024, 3, 1)) == date(2024, 2, 29)
    assert last_day(None) is None


@pytest.mark.parametrize(
    ("partial", "iso", "shown", "earliest", "latest"),
    [(PartialDate(1970), "1970", "1970", date(1970, 1, 1), date(1970, 12, 31)),
     (PartialDate(1972, 2), "1972-02", "02/1972", date(1972, 2, 1), date(1972, 2, 29)),
     (PartialDate(1970, 5, 3), "1970-05-03", "03/05/1970", date(1970, 5, 3), date(1970, 5, 3))],
)  # fmt: skip
def test_partial_dates(partial, iso, shown, earliest, latest):
    assert (partial.iso, partial.shown(), partial.earliest(), partial.latest()) == (iso, shown, earliest, latest)
    assert PartialDate.parse(iso) == PartialDate.parse(shown) == partial
    assert partial.exact == (date(1970, 5, 3) if partial.day else None)


@pytest.mark.parametrize("parts", [(1970, 13), (1970, 2, 30), (1970, None, 3), (1970, 0), (0,), (1970, 1, 0)])
def test_impossible_partial_dates_are_refused(parts):
    with pytest.raises(BadDate):
        PartialDate(*parts)


@pytest.mark.parametrize(
    "value",
    ["1/7/2026", "01-07-2026", "01.07.2026", "01072026", "2026-07-01", "2026/7/1", " 1 / 7 / 2026 ", "20260701",
     "2026-07-01 00:00:00", "2026-07-01T00:00:00", "ngày 1 tháng 7 năm 2026", "Ngày 01 tháng 07 năm 2026", 1072026,
     46204, 46204.75, date(2026, 7, 1), datetime(2026, 7, 1, 8, 30, tzinfo=UTC)],
)  # fmt: skip
def test_every_way_to_write_a_day(value):
    found = parse_date(value)
    assert found.exact == date(2026, 7, 1)
    assert not found.century_guessed


@pytest.mark.parametrize(
    ("value", "iso"),
    [("07/2026", "2026-07"), ("7-2026", "2026-07"), ("2026-07", "2026-07"), ("1970", "1970"), (1970, "1970"),
     (1970.0, "1970"), ("00/00/1970", "1970"), ("00/05/1970", "1970-05"), ("tháng 5 năm 1970", "1970-05"),
     (1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01")],
)  # fmt: skip
def test_half_known_dates_and_serials(value, iso):
    assert parse_date(value).value.iso == iso


def test_a_two_digit_year_needs_a_pivot_and_says_that_it_guessed():
    assert parse_date("1-7-26", century_pivot=30).value.iso == "2026-07-01"
    assert parse_date("1/7/71", century_pivot=30).value.iso == "1971-07-01"
    assert parse_date("1/7/30", century_pivot=30).century_guessed
    with pytest.raises(BadDate):
        parse_date("1-7-26")


@pytest.mark.parametrize(
    ("value", "code"),
    [("30/02/2026", "no_such_day"), ("29/02/2025", "no_such_day"), ("31.04.2020", "no_such_day"), (60, "no_such_day"),
     ("13/2026", "no_such_day"), ("32012020", "no_such_day"), ("5/0/1970", "no_such_day"),
     ("1/1/1899", "out_of_range"), ("1/1/2101", "out_of_range"), ("0000", "out_of_range"), (0, "out_of_range"),
     (-5, "out_of_range"), (99999, "out_of_range"), (date(1800, 1, 1), "out_of_range"),
     ("", "not_a_date"), ("hôm qua", "not_a_date"), ("1/7", "not_a_date"), ("1/7-2026", "not_a_date"),
     ("１/7/2026", "not_a_date"), ("=TODAY()", "not_a_date"), (True, "not_a_date"), (None, "not_a_date"),
     (float("nan"), "not_a_date"), (float("inf"), "not_a_date"), ("12345", "not_a_date"), ("9" * 5000, "not_a_date")],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_a_code(value, code):
    with pytest.raises(BadDate) as refused:
        parse_date(value, century_pivot=30)
    assert refused.value.code == code
    assert refused.value.value is value


@given(days)
def test_shown_and_iso_dates_read_back(day):
    partial = PartialDate.of(day)
    assert parse_date(partial.shown()).exact == parse_date(partial.iso).exact == day
    assert parse_date(f"{day:%d%m}{day.year}").exact == day


@given(st.dates(date(1905, 10, 2), date(2099, 12, 31)))
def test_excel_serials_read_back(day):
    assert parse_date((day - date(1899, 12, 30)).days).exact == day


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.text("0123456789/-. ", max_size=12)))
def test_any_value_is_a_date_or_a_bad_date(value):
    code = ""
    year = 1900
    try:
        year = parse_date(value, century_pivot=26).value.year
    except BadDate as refused:
        code = refused.code
    assert code in {"", "not_a_date", "no_such_day", "out_of_range"}
    assert 1900 <= year <= 2100


def test_working_days():
    signed = date(2026, 11, 20)
    assert add_working_days(signed, 3) == date(2026, 11, 25)
    assert add_working_days(signed, 3, {date(2026, 11, 24)}) == date(2026, 11, 26)
    assert add_working_days(signed, 1, working_weekends={date(2026, 11, 21)}) == date(2026, 11, 21)
    assert add_working_days(date(2026, 11, 25), -3) == signed
    assert add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 21)
    assert not is_working_day(date(2026, 11, 21))
    assert working_days_between(date(2026, 11, 16), date(2026, 11, 23)) == 5
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 16)) == 0


@given(days.filter(lambda d: d.year < 2100), st.integers(1, 60), st.sets(st.dates(date(1999, 1, 1), date(2001, 1, 1))))
def test_added_working_days_are_counted_again(day, count, holidays):
    end = add_working_days(day, count, holidays)
    assert is_working_day(end, holidays)
    assert working_days_between(day + timedelta(days=1), end + timedelta(days=1), holidays) == count
