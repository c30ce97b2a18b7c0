"""Conditions of being sent to a course, one by one at their borders, and who comes first."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from hrms.core.dates import PartialDate
from hrms.people.rules.parameters import parameters_on
from hrms.training.rules.eligibility import (
    AgeOn,
    Busy,
    Candidate,
    Check,
    Held,
    Priority,
    Result,
    Sending,
    SendingKind,
    checks,
    leadership_due,
    precedence,
    priorities,
    worst,
)
from hrms.training.rules.kinds import CourseKind
from tests.people.catalogue_rows import rows

FIGURES = parameters_on(rows("parameters"), date(2026, 11, 21))
HEIGHTS = {row["code"]: int(row["rank"]) for row in rows("rating_classes")}
MET, UNMET, UNKNOWN, WARN = Result.MET, Result.UNMET, Result.UNKNOWN, Result.WARN
FIT = Candidate(
    joined_on=date(2015, 9, 1), born=PartialDate(1990, 5, 2), retires_on=date(2052, 5, 31),
    ratings={2024: "good", 2025: "excellent"}, kind="civil_servant", rank="01.003", position="cc.x", post=None,
)  # fmt: skip
MASTER = Sending(
    date(2026, 9, 1), date(2028, 8, 31), "THS", CourseKind.DEGREE, SendingKind.POSTGRADUATE,
    commitment_months=72, field_fits=True,
)  # fmt: skip
SHORT = Sending(date(2026, 9, 7), date(2026, 9, 11), "KN1", CourseKind.POSITION)


def results(who: Candidate = FIT, to: Sending = MASTER, **more: Any) -> dict[str, Result]:
    return {one.code: one.result for one in checks(who, to, FIGURES, HEIGHTS, **more)}


def one(code: str, who: Candidate = FIT, to: Sending = MASTER, **more: Any) -> Check:
    return next(found for found in checks(who, to, FIGURES, HEIGHTS, **more) if found.code == code)


def test_who_meets_everything() -> None:
    found = checks(FIT, MASTER, FIGURES, HEIGHTS)
    assert [check.code for check in found] == [
        "service", "ratings", "age", "commitment", "field", "certificate", "absent", "clash",
    ]  # fmt: skip
    assert worst(found) is MET
    assert all("Đ4" in check.reason.source for check in found[:5])


@pytest.mark.parametrize(("joined", "result"), [(date(2023, 9, 1), MET), (date(2023, 9, 2), UNMET), (None, UNKNOWN)])
def test_three_years_of_service(joined: date | None, result: Result) -> None:
    assert one("service", dataclasses.replace(FIT, joined_on=joined)).result is result


@pytest.mark.parametrize(
    ("ratings", "result"),
    [
        ({2024: "good", 2025: "good"}, MET),
        ({2024: "satisfactory", 2025: "good"}, UNMET),
        ({2024: "good", 2025: "satisfactory"}, UNMET),
        ({2023: "good", 2025: "good"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_two_years_before_good_or_better(ratings: dict[int, str], result: Result) -> None:
    assert one("ratings", dataclasses.replace(FIT, ratings=ratings)).result is result


@pytest.mark.parametrize(
    ("born", "result"),
    [
        (PartialDate(1980, 9, 2), MET),
        (PartialDate(1980, 9, 1), UNMET),
        (PartialDate(1980), UNKNOWN),
        (PartialDate(1981), MET),
        (PartialDate(1979), UNMET),
        (None, UNKNOWN),
    ],
)
def test_at_most_45(born: PartialDate | None, result: Result) -> None:
    assert one("age", dataclasses.replace(FIT, born=born)).result is result


def test_the_day_of_the_age_is_a_setting() -> None:
    who = dataclasses.replace(FIT, born=PartialDate(1980, 8, 1))
    to = dataclasses.replace(MASTER, decided_on=date(2026, 7, 1))
    assert one("age", who, to).result is UNMET
    assert one("age", who, to, age_on=AgeOn.DECIDED).result is MET
    assert "age" not in results(who, dataclasses.replace(to, first=False))


@pytest.mark.parametrize(("months", "result"), [(72, MET), (71, UNMET), (None, UNKNOWN)])
def test_three_times_the_length(months: int | None, result: Result) -> None:
    found = one("commitment", to=dataclasses.replace(MASTER, commitment_months=months))
    assert (found.result, found.reason.figure) == (result, "72")


@pytest.mark.parametrize(("fits", "result"), [(True, MET), (False, UNMET), (None, UNKNOWN)])
def test_the_field_fits(fits: bool | None, result: Result) -> None:
    assert one("field", to=dataclasses.replace(MASTER, field_fits=fits)).result is result


@pytest.mark.parametrize(
    ("last", "retires", "result"),
    [
        (date(2026, 9, 20), date(2028, 2, 29), UNMET),
        (date(2026, 9, 20), date(2028, 3, 6), MET),
        (date(2026, 10, 6), date(2028, 3, 6), UNMET),
        (date(2026, 10, 6), date(2028, 9, 6), MET),
        (date(2027, 9, 5), date(2028, 9, 5), UNMET),
        (date(2026, 9, 20), None, UNKNOWN),
    ],
)
def test_work_left_before_going_abroad(last: date, retires: date | None, result: Result) -> None:
    to = Sending(date(2026, 9, 7), last, kind=SendingKind.ABROAD)
    who = dataclasses.replace(FIT, retires_on=retires)
    assert one("work_left", who, to).result is result
    assert results(who, to)["ratings"] is MET


def test_abroad_asks_one_year_of_rating() -> None:
    to = Sending(date(2026, 9, 7), date(2026, 9, 20), kind=SendingKind.ABROAD)
    assert results(dataclasses.replace(FIT, ratings={2025: "good"}), to)["ratings"] is MET
    assert results(dataclasses.replace(FIT, ratings={2025: "unsatisfactory"}), to)["ratings"] is UNMET


def test_a_year_abroad_has_no_figure_here() -> None:
    assert "work_left" not in results(to=Sending(date(2026, 9, 7), date(2027, 9, 6), kind=SendingKind.ABROAD))


def test_the_leadership_course() -> None:
    to = dataclasses.replace(SHORT, course_kind=CourseKind.LEADERSHIP)
    holder = dataclasses.replace(FIT, post="division_head", appointed_on=date(2026, 3, 1))
    assert results(holder, to)["leadership"] is MET
    assert results(FIT, to)["leadership"] is WARN
    assert results(dataclasses.replace(holder, appointed_on=date(2025, 6, 29)), to)["leadership"] is WARN
    assert leadership_due(date(2025, 6, 30), FIGURES)[0] == date(2026, 6, 30)
    assert leadership_due(date(2025, 6, 29), FIGURES)[0] is None


def test_whom_the_programme_is_meant_for() -> None:
    to = dataclasses.replace(
        SHORT, kinds=frozenset({"civil_servant"}), ranks=frozenset({"01.002"}), posts=frozenset({"division_head"})
    )
    found = results(FIT, to)
    assert (found["kind"], found["rank"], found["post"]) == (MET, UNMET, UNMET)
    assert "position" not in found
    assert results(dataclasses.replace(FIT, rank=None), to)["rank"] is UNKNOWN


@pytest.mark.parametrize(
    ("held", "result"),
    [
        (Held("KN1", date(2024, 1, 1)), WARN),
        (Held("KN1", date(2024, 1, 1), date(2026, 9, 8)), WARN),
        (Held("KN1", date(2024, 1, 1), date(2026, 9, 7)), MET),
        (Held("KN2", date(2024, 1, 1)), MET),
    ],
)
def test_who_holds_its_certificate(held: Held, result: Result) -> None:
    assert results(dataclasses.replace(FIT, held=(held,)), SHORT)["certificate"] is result


@pytest.mark.parametrize(
    ("start", "end", "result"),
    [
        (date(2026, 9, 1), date(2026, 9, 6), MET),
        (date(2026, 9, 1), date(2026, 9, 7), UNMET),
        (date(2026, 9, 11), None, UNMET),
        (date(2026, 9, 12), None, MET),
    ],
)
def test_days_taken(start: date, end: date | None, result: Result) -> None:
    busy = (Busy("Nghỉ thai sản", start, end),)
    assert results(dataclasses.replace(FIT, absences=busy), SHORT)["absent"] is result
    assert results(dataclasses.replace(FIT, classes=busy), SHORT)["clash"] is result


def test_who_comes_first() -> None:
    on = date(2026, 9, 7)
    mother = dataclasses.replace(FIT, woman=True, children_born=(PartialDate(2020), PartialDate(2024, 1, 5)))
    late = dataclasses.replace(FIT, overdue=("Bồi dưỡng lãnh đạo",), minority=True)
    gap = dataclasses.replace(FIT, gaps=("Tin học",))
    order = sorted([FIT, gap, mother, late], key=lambda who: precedence(priorities(who, on, FIGURES)))
    assert order == [late, mother, gap, FIT]
    assert [found[0] for found in priorities(late, on, FIGURES)] == [Priority.OVERDUE, Priority.MINORITY]


@pytest.mark.parametrize(
    ("born", "young"),
    [(PartialDate(2023, 9, 7), False), (PartialDate(2023, 9, 8), True), (PartialDate(2023), True)],
)
def test_a_child_under_36_months(born: PartialDate, young: bool) -> None:
    found = priorities(dataclasses.replace(FIT, woman=True, children_born=(born,)), date(2026, 9, 7), FIGURES)
    assert bool(found) is young
    assert not priorities(dataclasses.replace(FIT, children_born=(born,)), date(2026, 9, 7), FIGURES)
