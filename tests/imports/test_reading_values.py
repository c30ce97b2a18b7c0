"""Reading cells: every kind of value, every refusal, and the same value from every way of writing it."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.catalogues import generic_files, read_csv
from hrms.core.dates import PartialDate
from hrms.core.text import nfc
from hrms.imports.reading.catalogue import Catalogue, Entry
from hrms.imports.reading.fields import PEOPLE, SPLIT_FIELDS, Field, Kind
from hrms.imports.reading.parsed import Parsed
from hrms.imports.reading.values import column_parser, parse_cell
from hrms.people.rules.kinds import Sex
from tests.imports.readings import CONTEXT


def cell(key: str, raw: Any) -> Parsed:
    return parse_cell(PEOPLE.field(key), raw, CONTEXT, "Cột thử")


def code(key: str, raw: Any) -> str:
    problem = cell(key, raw).problem
    assert problem is not None, f"{raw!r} was taken as {cell(key, raw).value!r}"
    sentence = problem.text % problem.params
    assert "Cột thử" in sentence
    assert problem.field == key
    return problem.code


@pytest.mark.parametrize("raw", ["", " ", None, "-", "–", "...", "NULL", "n/a", "\u200b", "\u00a0"])
def test_empty_cells(raw: Any) -> None:
    for field in PEOPLE.fields:
        assert parse_cell(field, raw, CONTEXT) == Parsed()


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (date(1980, 5, 3), "1980-05-03"),
        (datetime.combine(date(1980, 5, 3), time(7, 30)), "1980-05-03"),
        (29344, "1980-05-03"),
        (29344.0, "1980-05-03"),
        ("29344", "1980-05-03"),
        ("03/05/1980", "1980-05-03"),
        ("3.5.1980", "1980-05-03"),
        ("1980-05-03", "1980-05-03"),
        ("05/1980", "1980-05"),
        ("1980", "1980"),
        (1980, "1980"),
        (1980.0, "1980"),
        ("00/00/1980", "1980"),
        (" 03 / 05 / 1980 ", "1980-05-03"),
    ],
)
def test_dates_as_they_are_written(raw: Any, meant: str) -> None:
    assert cell("birth_date", raw) == Parsed(PartialDate.parse(meant))


def test_a_year_of_two_digits_shows_its_century() -> None:
    for raw, year in (("3-5-80", 1980), ("3/5/05", 2005), ("3-5-26", 2026), ("3-5-27", 1927)):
        parsed = cell("recruited_on", raw)
        assert parsed.value == PartialDate(year, 5, 3)
        assert parsed.problem is not None
        assert parsed.problem.severity == "warning"
        assert str(year) in parsed.problem.text % parsed.problem.params


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("30/02/1980", "no_such_day"),
        ("31/04/1980", "no_such_day"),
        ("29/02/1981", "no_such_day"),
        ("13/1980", "no_such_day"),
        ("không rõ", "not_a_date"),
        ("01/01/1880", "out_of_range"),
        (99999999, "out_of_range"),
        ("01/01/2030", "in_future"),
        (True, "in_future"),
    ],
)
def test_dates_that_are_none(raw: Any, problem: str) -> None:
    if raw is True:
        assert cell("birth_date", raw).value == cell("birth_date", 1.0).value
        return
    assert code("birth_date", raw) == problem


def test_a_date_that_needs_its_day() -> None:
    assert cell("id_issued_on", "03/05/2021").value == date(2021, 5, 3)
    assert code("id_issued_on", "05/2021") == "day_needed"
    assert cell("id_issued_on", time(0, 0)) == Parsed()


@pytest.mark.parametrize("raw", ["2,34", "2.34", 2.34, "2,340", " 2,34 ", Decimal("2.34"), 2.34000000001])
def test_decimals_with_comma_or_point(raw: Any) -> None:
    assert cell("coefficient", raw) == Parsed(Decimal("2.34"))
    assert str(cell("coefficient", raw).value) == "2.34"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("cao", "not_a_number"),
        ("2,3,4", "not_a_number"),
        (-1, "out_of_bounds"),
        (234, "out_of_bounds"),
        (2.345, "too_precise"),
        (date(2026, 10, 2), "became_date"),
        ("2,34 đ", "not_a_number"),
        (float("nan"), "not_a_number"),
    ],
)
def test_decimals_that_are_none(raw: Any, problem: str) -> None:
    assert code("coefficient", raw) == problem


@pytest.mark.parametrize(
    ("raw", "step"), [("4/9", 4), (4, 4), (4.0, 4), ("4", 4), ("Bậc 4", 4), ("bậc 4 / 9", 4), ("04", 4), ("9/9", 9)]
)
def test_steps(raw: Any, step: int) -> None:
    assert cell("step", raw) == Parsed(step)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (date(2026, 9, 4), "became_date"),
        ("10/9", "out_of_bounds"),
        (0, "out_of_bounds"),
        ("VK", "not_a_number"),
        (4.5, "not_whole"),
    ],
)
def test_steps_that_are_none(raw: Any, problem: str) -> None:
    assert code("step", raw) == problem


@pytest.mark.parametrize("raw", ["5%", "5", "5 %", "5,0", 5, 5.0])
def test_percents(raw: Any) -> None:
    assert cell("beyond_scale_percent", raw) == Parsed(Decimal("5.00"))


def test_a_percent_cell_that_holds_a_fraction_is_shown() -> None:
    parsed = cell("beyond_scale_percent", 0.05)
    assert parsed.value == Decimal(5)
    assert parsed.problem is not None
    assert "5%" in parsed.problem.text % parsed.problem.params
    assert cell("pay_percent", 1.0).value == cell("pay_percent", 1).value == Decimal(100)
    assert code("pay_percent", "105%") == "out_of_bounds"


def test_amounts_are_whole() -> None:
    for raw in ("12.852.400", "12,852,400", "12 852 400", 12852400, 12852400.0, "12852400"):
        assert cell("position_pay_amount", raw) == Parsed(12_852_400)
    assert cell("position_pay_amount", "2.530").value == 2530
    assert code("position_pay_amount", "2.530,5") == "not_whole"


@pytest.mark.parametrize("raw", ["Nam", "nam", "M", "Ông", "NAM", "male"])
def test_sex(raw: str) -> None:
    assert cell("sex", raw) == Parsed(Sex.MALE)
    assert cell("sex", unicodedata.normalize("NFD", "Nữ")) == Parsed(Sex.FEMALE)
    assert code("sex", 1) == "not_a_sex"


@pytest.mark.parametrize(
    ("raw", "meant"), [("Có", True), ("x", True), (1, True), (True, True), ("không", False), (0.0, False)]
)
def test_yes_and_no(raw: Any, meant: bool) -> None:
    field = Field("flag", "Cờ", "Flag", Kind.BOOL)
    assert parse_cell(field, raw, CONTEXT) == Parsed(meant)
    assert parse_cell(field, "có lẽ", CONTEXT).refused


@pytest.mark.parametrize("raw", ["092080001234", "092 080 001 234", "'092080001234", "092.080.001.234"])
def test_personal_id(raw: Any) -> None:
    assert cell("national_id", raw) == Parsed("092080001234")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (92080001234.0, "id_lost_zero"),
        ("92080001234", "id_lost_zero"),
        (4083001012.0, "id_lost_zero"),
        ("09208000123A", "id_not_digits"),
        ("9.2080E+10", "id_not_digits"),
        ("361234567", "id_is_old"),
        ("0920800012345", "id_length"),
        ("=A1", "formula"),
    ],
)
def test_personal_ids_that_are_none(raw: Any, problem: str) -> None:
    assert code("national_id", raw) == problem


def test_a_number_of_twelve_digits_kept_as_a_number_is_whole() -> None:
    assert cell("national_id", 192080001234.0) == Parsed("192080001234")


def test_a_dropped_zero_is_told_not_mended() -> None:
    parsed = cell("phone", 912345678.0)
    assert parsed.value == "912345678"
    assert parsed.problem is not None
    assert parsed.problem.code == "lost_zero"
    assert not parsed.refused
    assert cell("phone", "0912345678") == Parsed("0912345678")
    assert cell("phone", "+84 912 345 678") == Parsed("+84 912 345 678")


def test_names() -> None:
    assert cell("full_name", "  Nguyễn   Văn\nHoà ") == Parsed("Nguyễn Văn Hoà")
    assert cell("full_name", unicodedata.normalize("NFD", "ĐẶNG THỊ THÚY")) == Parsed("ĐẶNG THỊ THÚY")
    assert code("full_name", "N" * 5000) == "too_long"
    for raw in (12.0, "Nguyễn 2", "???"):
        assert code("full_name", raw) == "not_a_name"


@pytest.mark.parametrize(
    "raw", ["=cmd()", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "'=cmd()", " =x"]
)
def test_formulas_as_text_are_refused_in_every_kind_of_field(raw: str) -> None:
    for field in PEOPLE.fields:
        parsed = parse_cell(field, raw, CONTEXT)
        assert parsed.refused
        assert parsed.problem is not None
        assert parsed.problem.code in {"formula", "too_long"}


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("Kinh", "01"),
        ("KINH", "01"),
        ("kinh", "01"),
        ("Việt", "01"),
        ("Khơ me", "05"),
        ("Khơme", "05"),
        ("Khmer", "05"),
        ("H'Mông", "08"),
        ("Thổ", "24"),
        ("Mạ", "28"),
        ("Mang", "45"),
        ("Tay", "02"),
    ],
)
def test_ethnic_groups_by_name_and_alias(raw: str, meant: str) -> None:
    assert cell("ethnic_group", raw) == Parsed(meant)
    assert cell("ethnic_group", unicodedata.normalize("NFD", raw)) == Parsed(meant)


@pytest.mark.parametrize("raw", [1, 1.0, "1", "01", "08", " 8 "])
def test_ethnic_groups_never_by_a_bare_number(raw: Any) -> None:
    parsed = cell("ethnic_group", raw)
    assert parsed.value is None
    assert code("ethnic_group", raw) == "bare_number"
    assert not parsed.refused


def test_unknown_names_suggest_a_near_one_and_follow_the_fields_rule() -> None:
    flagged = cell("ethnic_group", "Khmerr")
    assert flagged.problem is not None
    assert flagged.problem.params["near"] == "Khơ-me"
    assert flagged.value is None
    assert cell("kind", "Giáo sư").refused
    kept = cell("language", "Tiếng Ê-đê")
    assert (kept.value, kept.refused) == ("Tiếng Ê-đê", False)
    assert code("ethnic_group", "Xá Khao") == "ambiguous"
    assert code("using_agency", "Văn phòng") == "ambiguous"
    assert cell("using_agency", "VĂN PHÒNG").refused


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("01.003", "01.003"),
        (1.003, "01.003"),
        ("1.003", "01.003"),
        ("01003", "01.003"),
        (13.09, "13.090"),
        ("Chuyên viên", "01.003"),
        ("chuyên viên chính", "01.002"),
        ("Chuyên viên (01.003)", "01.003"),
        ("V.07.04.31", "V.07.04.31"),
        ("v.07.04.31 ", "V.07.04.31"),
        ("Giáo viên tiểu học hạng II (V.07.03.28)", "V.07.03.28"),
    ],
)
def test_ranks_by_code_and_by_name(raw: Any, meant: str) -> None:
    assert cell("rank_code", raw) == Parsed(meant)
    assert cell("rank_name", raw) == Parsed(meant)


@pytest.mark.parametrize("raw", ["99.999", 2, "Chuyên gia", "", 1.5])
def test_ranks_that_are_none(raw: Any) -> None:
    parsed = cell("rank_code", raw)
    assert parsed.value is None
    assert parsed.refused or raw == ""


def test_without_a_catalogue_the_text_is_taken_as_written() -> None:
    assert parse_cell(PEOPLE.field("religion"), "Phật giáo", CONTEXT) == Parsed("Phật giáo")


def test_the_column_parser_gives_what_the_cell_parser_gives_whatever_came_before() -> None:
    raws = [
        True,
        1,
        1.0,
        "1",
        False,
        0,
        0.0,
        "0",
        "",
        "x",
        2.34,
        "2,34",
        date(1980, 1, 1),
        datetime.combine(date(1980, 1, 1), time()),
        "Kinh",
        None,
    ]
    for field in PEOPLE.fields:
        forwards, backwards = column_parser(field, CONTEXT), column_parser(field, CONTEXT)
        one = [forwards(raw) for raw in raws]
        other = [backwards(raw) for raw in reversed(raws)]
        assert one == list(reversed(other)) == [parse_cell(field, raw, CONTEXT) for raw in raws], field.key


ANY_CELL = st.one_of(
    st.text(max_size=40),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.from_regex(r"[0-9]{1,4}[/.,%-][0-9]{1,4}([/.,-][0-9]{1,4})?", fullmatch=True),
)


@given(ANY_CELL, st.sampled_from([*PEOPLE.fields, *SPLIT_FIELDS]))
def test_any_cell_gives_a_value_or_a_whole_sentence(raw: Any, field: Field) -> None:
    parsed = parse_cell(field, raw, CONTEXT)
    assert parsed == parse_cell(field, raw, CONTEXT)
    if parsed.problem is not None:
        assert parsed.problem.text % parsed.problem.params
        assert parsed.value is None or parsed.problem.severity == "warning"


@given(st.dates(date(1900, 1, 1), date(2026, 11, 21)))
def test_a_date_comes_back_from_every_way_of_writing_it(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    ways: list[Any] = [
        day,
        datetime.combine(day, time()),
        f"{day:%d/%m/%Y}",
        f"{day.day}-{day.month}-{day.year}",
        day.isoformat(),
    ]
    if day >= date(1927, 5, 18):
        ways += [serial, float(serial), str(serial)]
    assert {cell("birth_date", way) for way in ways} == {Parsed(PartialDate.of(day))}


@given(st.integers(0, 1500))
def test_a_coefficient_comes_back_from_every_way_of_writing_it(hundredths: int) -> None:
    value = Decimal(hundredths) / 100
    ways = [value, float(value), f"{value:.2f}", f"{value:.2f}".replace(".", ",")]
    assert {str(cell("coefficient", way).value) for way in ways} == {f"{value:.2f}"}


@given(st.text(st.characters(categories=["L", "Zs", "Mn"]), min_size=1, max_size=60))
def test_text_is_settled_once(text: str) -> None:
    parsed = cell("birth_place", text)
    if parsed.problem is None and parsed.value is not None:
        assert parsed.value == nfc(text) == cell("birth_place", parsed.value).value


@pytest.mark.parametrize("path", generic_files(), ids=lambda path: path.stem)
def test_every_name_and_alias_of_the_seeded_catalogues_leads_to_its_own_code(path: Path) -> None:
    rows = list(read_csv(path))
    catalogue = Catalogue(path.stem, [Entry(row["code"], row["name_vi"], tuple(row["aliases"])) for row in rows])
    for row in rows:
        for name in (row["name_vi"], row["name_vi"].upper(), *row["aliases"]):
            assert catalogue.find(name).code == row["code"], name
