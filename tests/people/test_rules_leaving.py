"""Leaving and severance, retirement notice and decision: every ground, clock and figure (catalogues §5.8–5.9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hrms.core.dates import PartialDate
from hrms.decisions.rules.conditions import Outcome, obstacles, with_answers
from hrms.people.rules import leaving, retiring
from hrms.people.rules.kinds import Sex
from hrms.people.rules.leaving import Case, Leaving
from hrms.people.rules.parameters import parameters_on
from hrms.people.rules.retirement import RetirementAges, RetirementTerms, retirement
from hrms.people.rules.retiring import Delay, Retiring
from hrms.people.rules.severance import counted_years, severance
from tests.people.catalogue_rows import rows

OLD, NEW = date(2026, 7, 31), date(2026, 8, 1)
PAY = 12_000_000


def on(day: date) -> dict:
    return parameters_on(rows("parameters"), day)


@pytest.mark.parametrize(
    ("months", "years", "amount"),
    [
        (10 * 12 + 2, "10", 60_000_000),
        (10 * 12 + 4, "10.5", 63_000_000),
        (10 * 12 + 7, "11", 66_000_000),
        (8, "0", 12_000_000),
        (10 * 12 + 3, "10.5", 63_000_000),
        (10 * 12 + 6, "10.5", 63_000_000),
        (12, "1", 6_000_000),
        (6, "0", 12_000_000),
        (5, "0", 0),
        (0, "0", 0),
    ],
)
def test_severance_from_august_2026(months: int, years: str, amount: int) -> None:
    found = severance(PAY, months, on(NEW))
    assert (found.amount, found.years) == (amount, Decimal(years))
    assert any("NĐ 300/2026/NĐ-CP" in reason.source for reason in found.reasons)


@pytest.mark.parametrize(("months", "amount"), [(122, 216_000_000), (124, 225_000_000), (8, 54_000_000)])
def test_severance_until_july_2026_is_3_months_and_one_and_a_half_a_year(months: int, amount: int) -> None:
    assert severance(PAY, months, on(OLD)).amount == amount


def test_time_under_unemployment_insurance_is_left_out_and_said() -> None:
    found = severance(PAY, 10 * 12 + 2, on(NEW), insured_months=62)
    assert (found.amount, found.years) == (30_000_000, Decimal(5))
    assert found.reasons[0].params == {"months": 62, "left": 60}
    assert severance(PAY, 10, on(NEW), insured_months=20).amount == 0


def test_no_figures_nothing_due() -> None:
    assert severance(PAY, 120, on(date(2020, 1, 1))).amount == 0


@pytest.mark.parametrize(("rest", "half_years"), [(0, 0), (2, 0), (3, 1), (6, 1), (7, 2), (11, 2)])
def test_the_rest_of_a_year_is_rounded(rest: int, half_years: int) -> None:
    assert counted_years(24 + rest, on(NEW)) == 2 + Decimal(half_years) / 2


def found(day: date, **values: object) -> dict:
    case = Leaving(Case.OWN_WISH, day, **{"asked_on": date(2026, 7, 20), **values})
    return {one.code: one for one in leaving.conditions(case, on(day), date(2026, 8, 10))}


def test_until_july_2026_a_commitment_or_debt_is_a_ground_to_refuse() -> None:
    conditions = found(OLD)
    assert {code for code, one in conditions.items() if one.blocking} == {
        "no_discipline", "replaced", "commitment", "debt",
    }  # fmt: skip
    refused = with_answers(list(conditions.values()), {"debt": {"met": False, "note": ""}})
    assert "debt" in {one.code for one in obstacles(refused)}


def test_from_august_2026_they_only_hold_severance_back() -> None:
    conditions = found(NEW)
    assert {code for code, one in conditions.items() if one.blocking} == {"no_discipline", "replaced"}
    assert conditions["debt"].source == "NĐ 300/2026/NĐ-CP Đ27; NĐ 300/2026/NĐ-CP Đ28"
    answers = {code: {"met": code not in {"debt", "commitment"}, "note": ""} for code in conditions}
    assert obstacles(with_answers(list(conditions.values()), answers)) == []


@pytest.mark.parametrize(("today", "met"), [(date(2026, 8, 19), True), (date(2026, 8, 20), False)])
def test_a_wish_is_answered_in_30_days(today: date, met: bool) -> None:
    assert leaving.answer_by(date(2026, 7, 20), on(OLD)) == date(2026, 8, 19)
    case = Leaving(Case.OWN_WISH, NEW, asked_on=date(2026, 7, 20))
    answered = next(one for one in leaving.conditions(case, on(NEW), today) if one.code == "answered")
    assert (answered.outcome is Outcome.MET, answered.blocking) == (met, False)


def test_dismissal_follows_the_class_in_30_days() -> None:
    assert leaving.decide_by(date(2026, 12, 10), on(NEW)) == date(2027, 1, 9)
    case = Leaving(Case.NOT_COMPLETED, date(2027, 2, 1), rated_on=date(2026, 12, 10))
    (decided,) = leaving.conditions(case, on(NEW), date(2027, 1, 10))
    assert (decided.code, decided.outcome) == ("decided", Outcome.NOT_MET)


def test_after_a_retirement_notice_there_is_no_severance() -> None:
    conditions = found(NEW, noticed=True)
    assert (conditions["noticed"].outcome, conditions["noticed"].blocking) == (Outcome.NOT_MET, False)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (Leaving(None, NEW), "required"),
        (Leaving(Case.OWN_WISH, NEW), "required"),
        (Leaving(Case.OWN_WISH, NEW, asked_on=date(2026, 8, 2)), "dates_out_of_order"),
        (Leaving(Case.NOT_COMPLETED, NEW), "required"),
        (Leaving(Case.UNFIT, NEW), None),
    ],
)
def test_what_a_leaving_needs(case: Leaving, code: str | None) -> None:
    assert [problem.code for problem in leaving.check(case)] == ([code] if code else [])


DUE = retirement(
    PartialDate(1965, 4, 15), Sex.MALE, RetirementAges.from_rows(rows("retirement_ages")),
    RetirementTerms.from_parameters(on(NEW)),
)  # fmt: skip
"""A man born on 15/04/1965 retires after 31/10/2026: notice by 30/4/2026, decision by 31/7/2026."""


@pytest.mark.parametrize(
    ("delays", "months", "latest"),
    [
        ([], 0, date(2026, 11, 1)),
        ([Delay.FAMILY], 1, date(2026, 12, 1)),
        ([Delay.ILLNESS], 3, date(2027, 2, 1)),
        ([Delay.DISEASE], 6, date(2027, 5, 1)),
        ([Delay.FAMILY, Delay.DISEASE, Delay.ILLNESS], 6, date(2027, 5, 1)),  # the longest alone, not the sum
        ([Delay.FAMILY, Delay.ILLNESS], 3, date(2027, 2, 1)),
    ],
)
def test_retirement_is_put_off_by_the_longest_reason_alone(delays: list[Delay], months: int, latest: date) -> None:
    assert retiring.longest_delay(delays, on(NEW)) == months
    assert retiring.latest_first_day(DUE, delays, on(NEW)) == latest


@pytest.mark.parametrize(("day", "outcome"), [(date(2026, 4, 30), Outcome.MET), (date(2026, 5, 1), Outcome.NOT_MET)])
def test_the_notice_comes_6_months_before(day: date, outcome: Outcome) -> None:
    conditions = {one.code: one for one in retiring.notice_conditions(DUE.retires_on, day, DUE)}
    assert conditions["day_right"].outcome is Outcome.MET
    assert (conditions["notice_in_time"].outcome, conditions["notice_in_time"].blocking) == (outcome, False)


def test_a_notice_of_another_day_needs_a_decision_of_its_own() -> None:
    (other, _time) = retiring.notice_conditions(date(2026, 9, 30), date(2026, 3, 1), DUE)
    assert (other.code, other.outcome, other.answerable) == ("day_other", Outcome.UNKNOWN, True)


def decision(first_day: date, today: date = date(2026, 7, 1), **values: object) -> dict:
    case = Retiring(first_day, DUE, **{"noticed_on": date(2026, 4, 1), "insurance_no": "0116...", **values})
    return {one.code: one for one in retiring.decision_conditions(case, on(NEW), today)}


@pytest.mark.parametrize(
    ("first_day", "values", "code", "outcome"),
    [
        (date(2026, 11, 1), {}, "day_right", Outcome.MET),
        (date(2026, 10, 1), {}, "old_enough", Outcome.NOT_MET),
        (date(2026, 10, 1), {"earlier": True}, "earlier_allowed", Outcome.UNKNOWN),
        (date(2026, 12, 1), {}, "delay_within", Outcome.NOT_MET),
        (date(2026, 12, 1), {"delays": [Delay.FAMILY]}, "delay_within", Outcome.MET),
        (date(2026, 12, 2), {"delays": [Delay.FAMILY]}, "delay_within", Outcome.NOT_MET),
        (date(2027, 5, 1), {"delays": [Delay.DISEASE, Delay.FAMILY]}, "delay_within", Outcome.MET),
    ],
)
def test_the_day_of_retirement(first_day: date, values: dict, code: str, outcome: Outcome) -> None:
    conditions = decision(first_day, **values)
    assert (conditions[code].outcome, conditions[code].blocking) == (outcome, True)
    assert ("delay_proved" in conditions) is bool(values.get("delays"))


@pytest.mark.parametrize(("today", "outcome"), [(date(2026, 7, 31), Outcome.MET), (date(2026, 8, 1), Outcome.NOT_MET)])
def test_the_decision_comes_3_months_before(today: date, outcome: Outcome) -> None:
    found_in_time = decision(date(2026, 11, 1), today)["decision_in_time"]
    assert (found_in_time.outcome, found_in_time.blocking) == (outcome, False)


@pytest.mark.parametrize(
    ("noticed", "outcome", "blocking"),
    [
        (date(2026, 4, 30), Outcome.MET, False),
        (date(2026, 5, 2), Outcome.NOT_MET, False),
        (None, Outcome.UNKNOWN, True),  # given on paper before: the proposer vouches
    ],
)
def test_the_notice_before_the_decision(noticed: date | None, outcome: Outcome, blocking: bool) -> None:
    found_notice = decision(date(2026, 11, 1), noticed_on=noticed)["noticed"]
    assert (found_notice.outcome, found_notice.blocking, found_notice.answerable) == (outcome, blocking, blocking)


@pytest.mark.parametrize(
    ("retires_on", "given", "code"),
    [
        (date(2026, 10, 31), True, "notice_given"),
        (None, False, "required"),
        (date(2026, 3, 31), False, "dates_out_of_order"),
        (date(2026, 10, 31), False, None),
    ],
)
def test_what_a_notice_needs(retires_on: date | None, given: bool, code: str | None) -> None:
    problems = retiring.check_notice(retires_on, date(2026, 4, 1), given=given)
    assert [problem.code for problem in problems] == ([code] if code else [])
