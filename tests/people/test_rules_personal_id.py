"""The twelve digits of the personal ID number against the record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.people.rules.kinds import Sex
from hrms.people.rules.personal_id import check_personal_id, clean_personal_id, mask, read_personal_id
from tests.people.catalogue_rows import rows

M, F = Sex.MALE, Sex.FEMALE
CODES = {row["code"] for row in rows("province_codes")}


@pytest.mark.parametrize(
    ("number", "sex", "year", "expected"),
    [("001090000001", M, 1990, []), ("048301000123", F, 2001, []),
     ("048301000123", M, 2001, [("id_sex_mismatch", "override")]),
     ("092185004567", F, 1986, [("id_year_mismatch", "override")]),
     ("017088111222", M, 1988, []), ("099190000001", F, 1990, [("id_unknown_place", "warning")]),
     ("04830100012", None, None, [("id_length", "error")]),
     ("0483010001234", F, 2001, [("id_length", "error")]), ("04830100012A", F, 2001, [("id_not_digits", "error")]),
     ("", M, 1990, [("id_length", "error")]), ("٠٤٨٣٠١٠٠٠١٢٣", F, 2001, [("id_not_digits", "error")]),
     ("099190000001", M, 1991, [("id_sex_mismatch", "override"), ("id_year_mismatch", "override"),
                                ("id_unknown_place", "warning")]),
     ("048301000123", None, None, [])],
)  # fmt: skip
def test_vectors(number, sex, year, expected):
    problems = check_personal_id(number, sex, year, CODES)
    assert [(problem.code, problem.severity) for problem in problems] == expected
    for problem in problems:
        assert problem.text % problem.params
        assert problem.field == "national_id"


def test_what_a_number_says():
    said = read_personal_id("048301000123")
    assert said is not None
    assert (said.place, said.sex, said.birth_year) == ("048", F, 2001)
    assert read_personal_id("04830100012") is None


@given(st.sampled_from(sorted(CODES)), st.sampled_from(Sex), st.integers(1900, 2399), st.integers(0, 999999))
def test_a_number_made_by_the_rule_passes(place, sex, year, serial):
    number = f"{place}{(year - 1900) // 100 * 2 + (sex is F)}{year % 100:02d}{serial:06d}"
    assert check_personal_id(number, sex, year, CODES) == []
    assert [p.code for p in check_personal_id(number, sex, year + 1, CODES)] == ["id_year_mismatch"]


def test_cleaning_and_masking():
    assert clean_personal_id(" 048 301.000-123 ") == clean_personal_id("'048301000123") == "048301000123"
    assert clean_personal_id(48301000123.0) == clean_personal_id(48301000123) == "48301000123"
    assert mask("048301004567") == "********4567"
    assert mask("123") == "************"
    assert mask(None) == mask("") == ""


@given(st.text(max_size=30))
def test_a_mask_shows_at_most_four_characters(text):
    assert mask(text) == "" or (mask(text).startswith("********") and len(mask(text)) == 12)
