"""Recruitment and reception without an exam, by the text in force on the day (catalogues §5.3–5.4, 5.12)."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.core.dates import PartialDate, add_working_days
from hrms.decisions.rules.conditions import Outcome, Supplier
from hrms.people.rules import joining
from hrms.people.rules.joining import Reception
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.parameters import parameters_on
from tests.people.catalogue_rows import rows

OLD, NEW = date(2026, 7, 31), date(2026, 8, 1)
GROUPS = joining.groups(rows("reception_groups"))


def on(day: date) -> dict:
    return parameters_on(rows("parameters"), day)


def dues(day: date, published: date | None, decided: date | None) -> dict[str, date]:
    return {one.code: one.day for one in joining.recruitment_dates(published, decided, on(day), add_working_days)}


def test_the_clocks_of_recruitment_until_and_from_the_amending_decree() -> None:
    # Published on Wednesday 01/7/2026: 20 days, then 5 working days; 30 days to take the post.
    assert dues(OLD, date(2026, 7, 1), date(2026, 7, 27)) == {
        "file": date(2026, 7, 21), "decision": date(2026, 7, 28), "take_post": date(2026, 8, 26),
        "record": date(2026, 8, 26),
    }  # fmt: skip
    # From 01/8/2026: 15 days, 3 working days, 15 days; the original record in 30 days as before.
    assert dues(NEW, date(2026, 8, 3), date(2026, 8, 20)) == {
        "file": date(2026, 8, 18), "decision": date(2026, 8, 21), "take_post": date(2026, 9, 4),
        "record": date(2026, 9, 19),
    }  # fmt: skip
    assert dues(NEW, None, None) == {}


def test_each_clock_names_its_article() -> None:
    found = joining.recruitment_dates(date(2026, 8, 3), date(2026, 8, 20), on(NEW), add_working_days)
    assert {one.code: one.source for one in found} == {
        "file": "NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP",
        "decision": "NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP",
        "take_post": "NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP",
        "record": "TT 11/2012/TT-BNV Đ9; TT 07/2019/TT-BNV Đ10",
    }


@pytest.mark.parametrize(
    ("kind", "months", "day", "code"),
    [
        (PersonKind.PUBLIC_EMPLOYEE, 12, date(2026, 6, 30), None),
        (PersonKind.PUBLIC_EMPLOYEE, 13, date(2026, 6, 30), "probation_too_long"),
        (PersonKind.PUBLIC_EMPLOYEE, 6, date(2026, 7, 1), "no_probation"),
        (PersonKind.PUBLIC_EMPLOYEE, None, date(2026, 7, 1), None),
        (PersonKind.CIVIL_SERVANT, 12, date(2025, 6, 30), None),
        (PersonKind.CIVIL_SERVANT, 12, date(2025, 7, 1), "no_probation"),
    ],
)
def test_probation_only_where_the_law_of_the_day_has_it(
    kind: PersonKind, months: int | None, day: date, code: str | None
) -> None:
    found = joining.check_probation(kind, months, day, on(day))
    assert [problem.code for problem in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("kind", "day", "contract", "code"),
    [
        (PersonKind.PUBLIC_EMPLOYEE, date(2026, 7, 1), False, "contract_replaces_decision"),
        (PersonKind.PUBLIC_EMPLOYEE, date(2026, 7, 1), True, None),
        (PersonKind.PUBLIC_EMPLOYEE, date(2026, 6, 30), False, None),
        (PersonKind.PUBLIC_EMPLOYEE, date(2026, 6, 30), True, "decision_still_needed"),
        (PersonKind.CIVIL_SERVANT, date(2026, 8, 1), False, None),
    ],
)
def test_a_contract_takes_a_public_employee_in_since_july_2026(
    kind: PersonKind, day: date, contract: bool, code: str | None
) -> None:
    found = joining.check_paper(kind, day, on(day), contract=contract)
    assert [problem.code for problem in found] == ([code] if code else [])


def test_the_contract_is_signed_in_5_working_days() -> None:
    published = date(2026, 8, 20)  # a Thursday; 02/9 lies beyond
    for day, met in ((date(2026, 8, 27), True), (date(2026, 8, 28), False)):
        (found,) = joining.contract_in_time(published, day, on(NEW), add_working_days)
        assert (found.outcome is Outcome.MET, found.blocking, found.source) == (met, False, "NĐ 259/2026/NĐ-CP Đ21")


@pytest.mark.parametrize(
    ("born", "outcome"),
    [
        (PartialDate(2008, 8, 1), Outcome.MET),
        (PartialDate(2008, 8, 2), Outcome.NOT_MET),
        (PartialDate(2008), Outcome.NOT_MET),  # may have been born in December
        (None, Outcome.UNKNOWN),
    ],
)
def test_eighteen_years_on_the_first_day(born: PartialDate | None, outcome: Outcome) -> None:
    found = joining.old_enough(born, NEW, on(NEW))
    assert (found.outcome, found.blocking) == (outcome, True)


def test_the_approved_result_is_named_or_vouched_for() -> None:
    named = joining.result_approved("QĐ 12/QĐ-SNV", PersonKind.CIVIL_SERVANT)
    asked = joining.result_approved(None, PersonKind.PUBLIC_EMPLOYEE)
    assert (named.outcome, named.source) == (Outcome.MET, "NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP")
    assert (asked.outcome, asked.answerable, asked.source) == (Outcome.UNKNOWN, True, "NĐ 259/2026/NĐ-CP")


def test_the_file_shows_until_when_it_had_to_be_complete() -> None:
    found = joining.file_complete(date(2026, 8, 3), on(NEW))
    assert (found.params, found.supplier, found.answerable) == ({"day": date(2026, 8, 18)}, Supplier.PERSON, True)


@pytest.mark.parametrize(("first", "met"), [(date(2026, 9, 4), True), (date(2026, 9, 5), False)])
def test_taking_the_post_late_is_shown_and_does_not_block(first: date, met: bool) -> None:
    (found,) = joining.takes_post_in_time(date(2026, 8, 20), first, on(NEW))
    assert (found.outcome is Outcome.MET, found.blocking) == (met, False)


def test_eight_groups_until_july_2026_and_seven_since() -> None:
    assert [len([g for g in GROUPS.values() if g.holds(day)]) for day in (OLD, NEW)] == [8, 7]
    assert [p.code for p in joining.check_group(GROUPS["part_time"], NEW)] == ["group_not_in_law"]
    assert joining.check_group(GROUPS["part_time"], OLD) == []
    assert [p.code for p in joining.check_group(None, NEW)] == ["required"]


def codes(day: date, group: str, months: int | None) -> dict[str, Outcome]:
    found = joining.reception_conditions(Reception(day, GROUPS[group], months), on(day))
    assert all(one.source for one in found)
    return {one.code: one.outcome for one in found}


def test_reception_by_the_old_text_adds_years_up_and_asks_a_council() -> None:
    assert codes(OLD, "public_employee", 60) == {
        "five_years": Outcome.MET, "council": Outcome.UNKNOWN, "file_complete": Outcome.UNKNOWN,
    }  # fmt: skip
    assert codes(OLD, "public_employee", 59)["five_years"] is Outcome.NOT_MET


def test_reception_by_the_new_text_wants_years_without_a_gap_and_equal_pay_and_no_council() -> None:
    assert codes(NEW, "public_employee", 60) == {
        "five_years": Outcome.MET, "equal_pay": Outcome.UNKNOWN, "file_complete": Outcome.UNKNOWN,
    }  # fmt: skip
    assert codes(NEW, "public_employee", None)["five_years"] is Outcome.UNKNOWN
    # Managers of state firms and young volunteers: pay need not be equal; former civil servants need no years.
    assert "equal_pay" not in codes(NEW, "state_firm", 60)
    assert "equal_pay" not in codes(NEW, "young_volunteer", 60)
    assert "five_years" not in codes(NEW, "former_civil_servant", None)
