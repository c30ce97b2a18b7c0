"""Relatives: their sex and age, and one current spouse."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.core.dates import PartialDate
from hrms.people.rules.family import MarriageAges, Relative, check_family
from hrms.people.rules.kinds import Sex
from hrms.people.rules.parameters import parameters_on
from tests.people.catalogue_rows import rows

M, F = Sex.MALE, Sex.FEMALE
AGES = MarriageAges.from_parameters(parameters_on(rows("parameters"), date(2026, 11, 21)))
BORN = PartialDate(1980, 5, 3)


def P(text: str) -> PartialDate:  # noqa: N802 - short, for tables
    return PartialDate.parse(text)


def codes(*relatives: Relative, sex: Sex = M) -> list[tuple[str, str, str]]:
    problems = check_family(BORN, sex, relatives, AGES)
    for problem in problems:
        assert problem.text % problem.params
    return [(problem.field, problem.code, problem.severity) for problem in problems]


def someone(relation: str, born: str | None = None, sex: Sex | None = None, **more: object) -> Relative:
    return Relative(relation=relation, full_name="Lê Thị Bé", born=P(born) if born else None, sex=sex, **more)  # type: ignore[arg-type]


def test_an_ordinary_family_has_no_problem():
    assert codes(
        someone("father", "1955", M), someone("mother", "1958", F), someone("wife", "1983", F, married_on=P("2005-01")),
        someone("child", "2006", F), someone("child", "2010", M), someone("older_brother", "1978", M),
        someone("younger_sibling", "1985"), someone("spouse_father", "1981", M), someone("other"),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "sex"), [("wife", M), ("mother", M), ("daughter_in_law", M), ("father", F), ("older_sister", M)]
)
def test_the_sex_of_a_relation(relation, sex):
    assert ("family.0.sex", "relation_sex", "error") in codes(someone(relation, None, sex))


def test_husbands_have_wives():
    assert codes(someone("husband", None, M)) == [("family.0.relation", "spouse_sex", "error")]
    assert codes(someone("husband", None, M), sex=F) == []


@pytest.mark.parametrize(
    ("relation", "born", "expected"),
    [("father", "1981", ("family.0.born", "relative_too_young", "error")),
     ("child", "1979", ("family.0.born", "relative_too_old", "error")),
     ("older_brother", "1980-05-04", ("family.0.born", "relative_too_young", "error")),
     ("younger_sibling", "1980-05-02", ("family.0.born", "relative_too_old", "error")),
     ("adoptive_mother", "1985", ("family.0.born", "relative_too_young", "warning"))],
)  # fmt: skip
def test_the_age_of_a_relation(relation, born, expected):
    assert codes(someone(relation, born)) == [expected]


@pytest.mark.parametrize(
    ("relation", "born"), [("older_brother", "1980"), ("younger_sibling", "1980-05-03"), ("father", "1980")]
)
def test_half_known_dates_and_twins_are_no_problem(relation, born):
    assert codes(someone(relation, born)) == []


def test_marriage_under_age():
    early = codes(someone("wife", "1983-06-01", F, married_on=P("2001-05-31")))
    assert early == [("family.0.married_on", "married_too_young", "warning")]
    assert codes(someone("wife", "1983-06-01", F, married_on=P("2001-06-01"))) == []
    assert codes(someone("wife", "1975", F, married_on=P("2000-05-02"))) == [
        ("family.0.married_on", "married_too_young", "warning")
    ]


def test_one_current_spouse_and_one_father():
    assert codes(someone("wife"), someone("wife")) == [("family.1.relation", "second_spouse", "error")]
    assert codes(someone("wife", ended_on=date(2010, 1, 1)), someone("wife")) == []
    assert codes(someone("father"), someone("father")) == [("family.1.relation", "relation_twice", "error")]


def test_an_unknown_relation_is_named():
    assert codes(someone("neighbour")) == [("family.0.relation", "unknown_relation", "error")]
