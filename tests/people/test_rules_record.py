"""Checks across the fields of the SYLL form, names, and how complete a record is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import PartialDate
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.parameters import parameters_on
from hrms.people.rules.record import (
    SYLL_ITEMS,
    RecordFacts,
    RecordLimits,
    blood_group_code,
    check_name,
    check_record,
    completeness,
)
from tests.people.catalogue_rows import rows

TODAY = date(2026, 11, 21)
LIMITS = RecordLimits.from_parameters(parameters_on(rows("parameters"), TODAY))
GOOD = RecordFacts(
    full_name="NGUYỄN VĂN AN", other_names="Năm An, Tư Bền", birth_date=PartialDate(1980, 5, 3),
    national_id_issued_on=PartialDate(2021, 4, 1), phone="0912 345 678", email="an@cantho.gov.vn",
    social_insurance_no="7912345678", health_insurance_no="GD4797912345678", recruited_on=PartialDate(2003, 9, 1),
    agency_joined_on=PartialDate(2010, 1, 1), party_joined_on=PartialDate(2006, 3, 3),
    party_official_on=PartialDate(2007, 3, 3), union_joined_on=PartialDate(1996, 3, 26),
    enlisted_on=PartialDate(1998, 2), discharged_on=PartialDate(2000, 2), height_cm=168, weight_kg=62, blood_group="O+",
)  # fmt: skip


def P(text: str) -> PartialDate:  # noqa: N802 - short, for tables
    return PartialDate.parse(text)


def codes(**changes: object) -> list[tuple[str, str]]:
    problems = check_record(replace(GOOD, **changes), TODAY, LIMITS)
    for problem in problems:
        assert problem.text % problem.params
    return [(problem.field, problem.code) for problem in problems]


def test_a_good_and_an_empty_record_have_no_problem():
    assert codes() == []
    assert check_record(RecordFacts(), TODAY, LIMITS) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"birth_date": "2027-01-01"}, ("birth_date", "birth_in_future")),
     ({"birth_date": "2015"}, ("birth_date", "too_young")), ({"birth_date": "1920"}, ("birth_date", "too_old")),
     ({"recruited_on": "1994-01-01"}, ("recruited_on", "recruited_too_young")),
     ({"recruited_on": "1998-01-01"}, ("recruited_on", "recruited_too_young")),
     ({"recruited_on": "1979"}, ("recruited_on", "dates_out_of_order")),
     ({"agency_joined_on": "2003-08-31"}, ("agency_joined_on", "dates_out_of_order")),
     ({"party_official_on": "2007-03-02"}, ("party_official_on", "party_official_too_soon")),
     ({"party_joined_on": None}, ("party_joined_on", "party_admission_missing")),
     ({"discharged_on": "1998-01"}, ("discharged_on", "dates_out_of_order")),
     ({"national_id_issued_on": "1979"}, ("national_id_issued_on", "dates_out_of_order")),
     ({"national_id_issued_on": "2026-11-22"}, ("national_id_issued_on", "date_in_future"))],
)  # fmt: skip
def test_dates_that_cannot_be(changes, expected):
    values = {name: P(text) if text else None for name, text in changes.items()}
    assert expected in codes(**values)


def test_what_is_not_known_exactly_is_given_the_benefit_of_the_doubt():
    assert codes(recruited_on=P("1998-05"), agency_joined_on=P("1998")) == []
    assert codes(birth_date=P("2011"), recruited_on=None, agency_joined_on=None, union_joined_on=None,
                 party_joined_on=None, party_official_on=None, enlisted_on=None, discharged_on=None) == []  # fmt: skip
    assert codes(party_joined_on=P("2006"), party_official_on=P("2007-01")) == []
    assert codes(birth_date=P("1925"), enlisted_on=None, discharged_on=None) == []


def test_between_15_and_18_is_a_warning():
    problems = check_record(replace(GOOD, recruited_on=P("1998-01-01")), TODAY, LIMITS)
    assert [problem.severity for problem in problems if problem.code == "recruited_too_young"] == ["warning"]


@pytest.mark.parametrize(
    ("field", "bad", "good"),
    [("phone", "12345", "+84 912.345.678"), ("phone", "09123456789012", "0292 3820 123"), ("email", "an@", "a.b@x.vn"),
     ("social_insurance_no", "123456789", "79 1234 5678"), ("social_insurance_no", "12345678AB", "0123456789"),
     ("health_insurance_no", "GD47979123456", "gd 4 79 7912345678"), ("health_insurance_no", "x", "7912345678"),
     ("height_cm", 1, 150), ("weight_kg", 600, 45), ("blood_group", "Z", "AB Rh-")],
)  # fmt: skip
def test_numbers_and_health(field, bad, good):
    assert [found[0] for found in codes(**{field: bad})] == [field]
    assert codes(**{field: good}) == []


@pytest.mark.parametrize(
    "name",
    ["NGUYỄN VĂN AN", "H'Hen Niê", "Y-Blô Êban", "Ka K’Brếu", "Ka Să Hoàng", "Đặng Thị Ngọc Ánh", "Siu Y Bluk",
     "R’Ô H’Nga",
     "Nguyễn Văn Ân", "Kpă Klơng"],
)  # fmt: skip
def test_vietnamese_and_ethnic_names_pass(name):
    assert check_name("full_name", name) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("=cmd()", "name_formula"), ("+84", "name_formula"), ("@An", "name_formula"), ("-Lê An", "name_formula"),
     ("Lê An 2", "name_not_letters"), ("Lê <b>An", "name_not_letters"), ("李小龙 Lý", "name_not_letters"),
     ("Lê\tAn", "name_not_letters"), ("' -", "name_not_letters"), ("A" * 5000, "name_too_long"),
     ("An", "name_one_word"),
     ("Lê An, Bình", "name_not_letters")],
)  # fmt: skip
def test_other_names_do_not(name, code):
    problems = check_name("full_name", name)
    assert [problem.code for problem in problems] == [code]
    assert len(problems[0].text % problems[0].params) < 300


@given(st.text(max_size=120))
def test_any_name_gets_an_answer(text):
    for problem in check_name("full_name", text):
        assert problem.text % problem.params


@pytest.mark.parametrize(
    ("text", "code"), [("O+", "O+"), ("o", "O"), ("0+", "O+"), ("AB-", "AB-"), ("A Rh+", "A+"), ("B (Rh −)", "B-"),
                       ("C", None), ("", None)]
)  # fmt: skip
def test_blood_groups_as_written(text, code):
    assert blood_group_code(text) == code


def test_completeness_names_what_is_missing():
    everything = {item.field for item in SYLL_ITEMS} | {"party_joined_on", "enlisted_on", "post"}
    full = completeness(everything, PersonKind.CIVIL_SERVANT)
    assert (full.percent, full.missing) == (100, ())
    lacking = completeness(everything - {"religion"}, PersonKind.CIVIL_SERVANT)
    assert lacking.percent < 100
    assert [(problem.field, problem.severity) for problem in lacking.missing] == [("religion", "warning")]
    assert completeness(set(), PersonKind.CONTRACT).percent == 0


def test_completeness_asks_for_what_applies():
    nothing = {problem.field for problem in completeness(set(), PersonKind.CONTRACT).missing}
    assert not nothing & {"rank", "coefficient", "party_official_on", "discharged_on", "post_since"}
    asked = {problem.field for problem in completeness({"party_joined_on"}, PersonKind.CADRE).missing}
    assert {"party_official_on", "rank"} <= asked
