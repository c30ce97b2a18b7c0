"""Retirement: every row of Appendix I of NĐ 135/2020, the worked examples, and the rule itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import PartialDate, add_months, months_between
from hrms.people.rules.kinds import Sex
from hrms.people.rules.parameters import parameters_on
from hrms.people.rules.retirement import (
    AgeRow,
    RetirementAges,
    RetirementTerms,
    retirement,
    retirement_by_birth_month,
)
from tests.people.catalogue_rows import rows

M, F = Sex.MALE, Sex.FEMALE
AGES = RetirementAges.from_rows(rows("retirement_ages"))
TERMS = RetirementTerms.from_parameters(parameters_on(rows("parameters"), date(2026, 11, 21)))

# Appendix I: born from, to, age, pension from, to (months).
APPENDIX = [
    (M, "1961-01", "1961-09", "60y3m", "2021-05", "2022-01"), (M, "1961-10", "1962-06", "60y6m", "2022-05", "2023-01"),
    (M, "1962-07", "1963-03", "60y9m", "2023-05", "2024-01"), (M, "1963-04", "1963-12", "61y0m", "2024-05", "2025-01"),
    (M, "1964-01", "1964-09", "61y3m", "2025-05", "2026-01"), (M, "1964-10", "1965-06", "61y6m", "2026-05", "2027-01"),
    (M, "1965-07", "1966-03", "61y9m", "2027-05", "2028-01"), (M, "1966-04", "1999-12", "62y0m", "2028-05", "2062-01"),
    (F, "1966-01", "1966-08", "55y4m", "2021-06", "2022-01"), (F, "1966-09", "1967-04", "55y8m", "2022-06", "2023-01"),
    (F, "1967-05", "1967-12", "56y0m", "2023-06", "2024-01"), (F, "1968-01", "1968-08", "56y4m", "2024-06", "2025-01"),
    (F, "1968-09", "1969-04", "56y8m", "2025-06", "2026-01"), (F, "1969-05", "1969-12", "57y0m", "2026-06", "2027-01"),
    (F, "1970-01", "1970-08", "57y4m", "2027-06", "2028-01"), (F, "1970-09", "1971-04", "57y8m", "2028-06", "2029-01"),
    (F, "1971-05", "1971-12", "58y0m", "2029-06", "2030-01"), (F, "1972-01", "1972-08", "58y4m", "2030-06", "2031-01"),
    (F, "1972-09", "1973-04", "58y8m", "2031-06", "2032-01"), (F, "1973-05", "1973-12", "59y0m", "2032-06", "2033-01"),
    (F, "1974-01", "1974-08", "59y4m", "2033-06", "2034-01"), (F, "1974-09", "1975-04", "59y8m", "2034-06", "2035-01"),
    (F, "1975-05", "2000-12", "60y0m", "2035-06", "2061-01"),
]  # fmt: skip
# Printed month by month: born, pension from.
PRINTED = """
    M 09/1964 01/2026 10/1964 05/2026 11/1964 06/2026 12/1964 07/2026 01/1965 08/2026 02/1965 09/2026 03/1965
    10/2026 04/1965 11/2026 05/1965 12/2026 06/1965 01/2027 07/1965 05/2027 08/1965 06/2027 09/1965 07/2027
    10/1965 08/2027 11/1965 09/2027 12/1965 10/2027
    F 04/1969 01/2026 05/1969 06/2026 06/1969 07/2026 07/1969 08/2026 08/1969 09/2026 09/1969 10/2026 10/1969
    11/2026 11/1969 12/2026 12/1969 01/2027 01/1970 06/2027 02/1970 07/2027 03/1970 08/2027 04/1970 09/2027
    05/1970 10/2027 06/1970 11/2027 07/1970 12/2027
"""


def printed_rows() -> list[tuple[Sex, str, str]]:
    found, sex, words = [], M, iter(PRINTED.split())
    for word in words:
        if word in {"M", "F"}:
            sex = M if word == "M" else F
        else:
            found.append((sex, word, next(words)))
    return found


@pytest.mark.parametrize(("sex", "first", "last", "age", "pension_first", "pension_last"), APPENDIX)
def test_appendix_i(sex, first, last, age, pension_first, pension_last):
    start, pension = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{pension_first}-01")
    months = months_between(start, date.fromisoformat(f"{last}-01"))
    for n in range(months + 1):
        found = retirement(PartialDate.of(add_months(start, n)), sex, AGES, TERMS)
        assert (found.age, found.pension_from) == (age, add_months(pension, n))
    assert add_months(pension, months) == date.fromisoformat(f"{pension_last}-01")


@pytest.mark.parametrize(("sex", "born", "pension"), printed_rows())
def test_the_months_printed_one_by_one(sex, born, pension):
    found = retirement(PartialDate.parse(born), sex, AGES, TERMS)
    assert found.pension_from == PartialDate.parse(pension).earliest()
    assert add_months(found.retires_on, 0) == date.fromordinal(found.pension_from.toordinal() - 1)


@pytest.mark.parametrize(
    ("sex", "born", "age", "retires", "notice", "decision"),
    [(M, "15/04/1965", "61y6m", "31/10/2026", "30/04/2026", "31/07/2026"),
     (M, "15/02/1965", "61y6m", "31/08/2026", "28/02/2026", "31/05/2026"),
     (F, "20/03/1970", "57y4m", "31/07/2027", "31/01/2027", "30/04/2027"),
     (M, "01/04/1966", "62y0m", "30/04/2028", "30/10/2027", "30/01/2028"),
     (M, "01/1961", "60y3m", "30/04/2021", "30/10/2020", "30/01/2021"),
     (F, "01/1969", "56y8m", "30/09/2025", "30/03/2025", "30/06/2025"),
     (F, "01/1976", "60y0m", "31/01/2036", "31/07/2035", "31/10/2035"),
     (F, "29/02/1976", "60y0m", "29/02/2036", "29/08/2035", "29/11/2035"),
     (M, "06/1955", "60y0m", "30/06/2015", "30/12/2014", "30/03/2015")],
)  # fmt: skip
def test_worked_examples(sex, born, age, retires, notice, decision):
    found = retirement(PartialDate.parse(born), sex, AGES, TERMS)
    dates = (found.retires_on, found.notice_by, found.decision_by)
    assert found.age == age
    assert dates == tuple(PartialDate.parse(text).exact for text in (retires, notice, decision))


def test_a_year_of_birth_alone_counts_as_its_first_day():
    alone = retirement(PartialDate(1965), M, AGES, TERMS)
    assert alone.retires_on == retirement(date(1965, 1, 1), M, AGES, TERMS).retires_on == date(2026, 7, 31)
    assert [reason.source for reason in alone.reasons if "Đ3 k3" in reason.source]


def test_the_answer_says_why():
    found = retirement(date(1965, 4, 15), M, AGES, TERMS)
    assert [reason.figure for reason in found.reasons] == [
        "61y6m",
        "2026-10-31",
        "2026-11-01",
        "2026-04-30",
        "2026-07-31",
    ]
    assert all(reason.source for reason in found.reasons)
    assert all(reason.text % reason.params for reason in found.reasons)


def test_appendix_ii_is_five_years_lower():
    assert retirement(date(1970, 1, 15), M, AGES, TERMS, lower_by_months=60).age == "56y6m"
    assert retirement(date(1974, 5, 15), F, AGES, TERMS, lower_by_months=60).age == "52y0m"


@given(st.dates(date(1961, 1, 1), date(2005, 12, 31)), st.sampled_from(Sex), st.sampled_from([0, 12, 60]))
def test_everybody_retires_at_the_age_of_the_very_year(born, sex, lower):
    found = retirement(born, sex, AGES, TERMS, lower_by_months=lower)
    age = AGES.age(found.retires_on.year, sex)
    assert found.age == f"{(age.in_months - lower) // 12}y{(age.in_months - lower) % 12}m"
    assert months_between(born.replace(day=1), found.retires_on.replace(day=1)) == age.in_months - lower


@given(st.dates(date(1940, 1, 1), date(2005, 12, 31)), st.sampled_from(Sex))
def test_the_younger_never_retires_before_the_older(born, sex):
    later = add_months(born.replace(day=1), 1)
    assert retirement(born, sex, AGES, TERMS).retires_on < retirement(later, sex, AGES, TERMS).retires_on


def test_nobody_retires_in_the_months_the_law_leaves_empty():
    for sex, _, _, retires_on in retirement_by_birth_month(AGES, 1950, 2000):
        if sex is M and 2021 <= retires_on.year <= 2028:
            assert retires_on.month > 3
        if sex is F and 2021 <= retires_on.year <= 2035:
            assert retires_on.month > 4


def test_the_table_for_sql_agrees_with_the_rule():
    found = list(retirement_by_birth_month(AGES, 1960, 1980))
    assert len(found) == 2 * 21 * 12
    for sex, year, month, retires_on in found:
        assert retires_on == retirement(PartialDate(year, month), sex, AGES, TERMS).retires_on


def test_a_table_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="lacks a sex"):
        RetirementAges((AgeRow(2021, M, 60, 3, "x"),))
    with pytest.raises(ValueError, match="falls"):
        RetirementAges((AgeRow(2021, M, 60, 3, "x"), AgeRow(2022, M, 60, 0, "x"), AgeRow(2021, F, 55, 4, "x")))
