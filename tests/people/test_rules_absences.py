"""Time away as rules: what the law gives each kind, and the months it makes, to the day, with the article."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hrms.core.dates import add_working_days, working_days_between
from hrms.people.rules.absences import (
    ABSENCE_LABELS,
    REASON_GUARDS,
    STEP_EFFECTS,
    AbsenceKind,
    Stretch,
    expected_end,
    months_absent,
    reason_guard,
    step_months_lost,
    suspension_dates,
    suspension_limit,
)
from hrms.people.rules.parameters import parameters_on
from tests.people.catalogue_rows import rows

K = AbsenceKind
FIGURES = parameters_on(rows("parameters"), date(2026, 11, 20))
NEW_YEAR = frozenset({date(2027, 1, 1)})


def d(text: str) -> date:
    return date.fromisoformat(text)


def after(day: date, count: int) -> date:
    return add_working_days(day, count, NEW_YEAR)


def between(start: date, end: date) -> int:
    return working_days_between(start, end, NEW_YEAR)


def away(kind: AbsenceKind, start: str, end: str | None = None, days: int | None = None) -> Stretch:
    return Stretch(kind, d(start), d(end) if end else None, days)


def test_every_kind_has_words_and_says_what_it_does_to_the_step() -> None:
    assert set(ABSENCE_LABELS) == set(STEP_EFFECTS) == set(AbsenceKind)
    assert set(REASON_GUARDS.values()) == {"people.sensitive.health", "people.sensitive.history"}
    assert reason_guard({"absence_kind": "sick_leave"}) == "people.sensitive.health"
    assert reason_guard({"absence_kind": "study"}) == ""


@pytest.mark.parametrize(
    ("start", "children", "last"),
    [
        ("2026-07-01", 1, "2026-12-31"),
        ("2026-07-01", 2, "2027-01-31"),
        ("2026-07-01", 3, "2027-02-28"),
        ("2026-08-31", 1, "2027-02-27"),
        ("2026-11-20", 0, "2027-05-19"),
    ],
)
def test_maternity_leave_is_six_months_and_one_for_each_further_child(start: str, children: int, last: str) -> None:
    found = expected_end(K.MATERNITY_LEAVE, d(start), FIGURES, after, children=children)
    assert found.last_day == d(last)
    assert [reason.source for reason in found.reasons] == ["Luật BHXH 41/2024/QH15 Đ53"]


def test_before_the_figures_begin_the_law_is_not_guessed() -> None:
    long_ago = parameters_on(rows("parameters"), date(1999, 1, 1))
    assert expected_end(K.MATERNITY_LEAVE, date(1999, 1, 1), long_ago, after).last_day is None
    assert suspension_limit(date(1999, 1, 1), long_ago, after).last_day is None
    two = [away(K.OTHER, "1999-01-01", "1999-03-01")]
    assert months_absent(two, d("1999-01-01"), d("2000-01-01"), long_ago, between).months == 2


def test_a_suspension_lasts_thirty_working_days_and_once_more_as_many() -> None:
    # Monday 16/11/2026 is the first of them; 1/1/2027 is a holiday.
    first = expected_end(K.SUSPENSION, d("2026-11-16"), FIGURES, after)
    assert first.last_day == d("2026-12-25")
    assert suspension_limit(d("2026-11-16"), FIGURES, after).last_day == d("2027-02-08")
    assert "NĐ 170/2025/NĐ-CP" in first.reasons[0].source
    assert expected_end(K.SUSPENSION, d("2026-11-16"), FIGURES, after, prosecuted=True).last_day is None
    assert between(d("2026-11-16"), d("2026-12-26")) == 30


def test_what_falls_due_around_a_suspension() -> None:
    found = suspension_dates(
        FIGURES, after, found_on=d("2026-11-20"), proposed_on=d("2026-11-23"), suspended_from=d("2026-11-25"),
        cleared_on=d("2026-12-04"),
    )  # fmt: skip
    assert {due.code: due.day for due in found} == {
        "propose": d("2026-11-24"), "decide": d("2026-11-24"), "cancel": d("2026-12-09"), "end": d("2027-01-06"),
    }  # fmt: skip
    assert all("NĐ 170/2025/NĐ-CP" in due.source for due in found)
    assert suspension_dates(FIGURES, after) == []


@pytest.mark.parametrize("kind", [K.SICK_LEAVE, K.UNPAID_LEAVE, K.STUDY, K.DETENTION, K.MILITARY_SERVICE, K.OTHER])
def test_other_kinds_end_as_their_paper_says(kind: AbsenceKind) -> None:
    assert expected_end(kind, d("2026-11-16"), FIGURES, after).last_day is None


@pytest.mark.parametrize(
    ("stretches", "months", "rest"),
    [
        ([away(K.UNPAID_LEAVE, "2025-01-01", "2025-05-01")], 4, 0),
        ([away(K.UNPAID_LEAVE, "2025-01-15", "2025-03-01")], 1, 10),  # 15/2–28/2: ten working days
        ([away(K.UNPAID_LEAVE, "2025-01-15", "2025-03-04")], 2, 0),  # 15/2–3/3: eleven
        ([away(K.UNPAID_LEAVE, "2025-01-31", "2025-02-28")], 1, 0),  # to the end of a shorter month
        ([away(K.UNPAID_LEAVE, "2025-03-03", "2025-03-17", 10)], 0, 10),
        ([away(K.UNPAID_LEAVE, "2025-03-03", "2025-03-18", 11)], 1, 0),
        ([away(K.UNPAID_LEAVE, "2025-03-03", "2025-03-07", 4), away(K.OTHER, "2025-06-02", "2025-06-11", 7)], 1, 0),
        ([away(K.UNPAID_LEAVE, "2025-03-01", "2025-03-16"), away(K.OTHER, "2025-03-16", "2025-04-01")], 1, 0),
        ([away(K.UNPAID_LEAVE, "2024-11-01", "2025-03-01")], 2, 0),  # what lies before the window is cut off
        ([away(K.UNPAID_LEAVE, "2025-11-01")], 2, 0),  # an open one lasts to the end of the window
        ([away(K.UNPAID_LEAVE, "2026-01-01", "2026-06-01")], 0, 0),
        ([], 0, 0),
    ],
)
def test_months_are_whole_and_eleven_working_days_over_make_one(
    stretches: list[Stretch], months: int, rest: int
) -> None:
    found = months_absent(stretches, d("2025-01-01"), d("2026-01-01"), FIGURES, between)
    assert (found.months, found.working_days) == (months, rest)


@pytest.mark.parametrize(("days", "months"), [(41, 2), (40, 1), (30, 1), (11, 1), (10, 0)])
def test_days_over_are_thirty_a_month(days: int, months: int) -> None:
    stretch = away(K.OTHER, "2025-01-01", "2025-03-01", days)
    assert months_absent([stretch], d("2025-01-01"), d("2026-01-01"), FIGURES, between).months == months


def test_the_step_loses_unpaid_leave_and_sickness_beyond_six_months() -> None:
    events = [away(K.UNPAID_LEAVE, "2025-01-01", "2025-05-01"), away(K.SICK_LEAVE, "2025-06-01", "2026-01-01")]
    found = step_months_lost(events, d("2024-03-01"), d("2026-11-21"), FIGURES, between)
    assert found.months == 4 + 1
    assert all(reason.source.startswith("TT 08/2013/TT-BNV Đ2") for reason in found.reasons)


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        (K.MATERNITY_LEAVE, 0), (K.STUDY, 0), (K.MILITARY_SERVICE, 0), (K.SICK_LEAVE, 0), (K.UNPAID_LEAVE, 6),
        (K.SUSPENSION, 6), (K.DETENTION, 6), (K.WAITING_RETIREMENT, 6), (K.OTHER, 6),
    ],
)  # fmt: skip
def test_six_months_of_each_kind_cost_the_step(kind: AbsenceKind, lost: int) -> None:
    stretch = away(kind, "2025-01-01", "2025-07-01")
    assert step_months_lost([stretch], d("2024-03-01"), d("2026-11-21"), FIGURES, between).months == lost


def test_sickness_of_six_months_and_a_few_days_loses_only_the_days_when_they_are_enough() -> None:
    for over, lost in ((12, 0), (16, 1)):
        end = (d("2025-07-01") + timedelta(days=over)).isoformat()
        stretch = away(K.SICK_LEAVE, "2025-01-01", end)
        assert step_months_lost([stretch], d("2024-03-01"), d("2026-11-21"), FIGURES, between).months == lost, over
