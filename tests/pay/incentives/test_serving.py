"""Months that count at an agency, who shares and who not; terms that survive being kept; limits of funds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrms.pay.queries.schemes import models
from hrms.pay.rules import incentives
from hrms.pay.rules.incentives import Part, Scheme, SchemeKind, Sharer, needed, share
from hrms.pay.rules.schemes import (
    Eligible,
    LeftOut,
    Purpose,
    Step,
    Terms,
    check_terms,
    fund_limits,
    read_terms,
    write_terms,
)
from hrms.pay.rules.serving import Member, Month, MonthServed, RankHeld, Stay, judge, months_at, salary_fund
from hrms.pay.services.simulating import BANDS, Simulated, band_of, compare
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.classes import RatingClass
from tests.pay.incentives.making import model

GOOD, NONE = RatingClass.GOOD, RatingClass.NONE
CIVIL = PersonKind.CIVIL_SERVANT
YEAR = tuple(
    Month(
        number,
        date(2026, number, 1),
        date(2026 + number // 12, number % 12 + 1, 1),
        2_340_000 if number < 7 else 2_530_000,
    )
    for number in range(1, 13)
)
ALWAYS = [RankHeld(date(2024, 1, 1), None, Decimal("2.34"))]


def numbers(*stays: tuple[date, date | None], away: tuple[tuple[date, date | None], ...] = ()) -> list[int]:
    held = [Stay(start, end, 1, CIVIL) for start, end in stays]
    return [one.number for one in months_at(YEAR, held, ALWAYS, away)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2025, 1, 1), None, list(range(1, 13))),
        (date(2026, 4, 15), None, list(range(4, 13))),  # 16 of 30 days
        (date(2026, 4, 16), None, list(range(5, 13))),  # exactly half, at the end: the other half counts
        (date(2025, 1, 1), date(2026, 4, 16), [1, 2, 3, 4]),
        (date(2026, 2, 15), None, list(range(3, 13))),
        (date(2026, 12, 31), None, []),
        (date(2027, 1, 1), None, []),
    ],
)  # fmt: skip
def test_half_a_month_counts_once(start: date, end: date | None, expected: list[int]) -> None:
    assert numbers((start, end)) == expected


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_whoever_moves_has_no_month_twice(day: date) -> None:
    before, after = numbers((date(2024, 1, 1), day)), numbers((day, None))
    assert sorted(before + after) == list(range(1, 13))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.dates(date(2025, 12, 1), date(2027, 1, 31)), st.integers(0, 200)), max_size=4),
)  # fmt: skip
def test_absences_only_take_months_away(absences: list[tuple[date, int]]) -> None:
    days = [(start, start + timedelta(days=length)) for start, length in absences]
    apart = [
        one for place, one in enumerate(days) if all(one[1] <= other[0] or one[0] >= other[1] for other in days[:place])
    ]
    whole = set(numbers((date(2024, 1, 1), None)))
    assert set(numbers((date(2024, 1, 1), None), away=tuple(apart))) <= whole


def test_a_change_inside_a_month_counts_from_the_next() -> None:
    ranks = [
        RankHeld(date(2024, 1, 1), date(2026, 3, 2), Decimal("2.34"), Decimal(85)),
        RankHeld(date(2026, 3, 2), None, Decimal("2.67")),
    ]
    found = months_at(YEAR, [Stay(date(2024, 1, 1), None, 1, CIVIL)], ranks)
    assert [one.coefficient for one in found[2:4]] == [Decimal("2.34"), Decimal("2.67")]
    assert found[0].salary == Decimal("2.34") * 2_340_000 * Decimal("0.85")
    assert found[6].salary == Decimal("2.67") * 2_530_000


def member(kind: PersonKind = CIVIL, months: int = 12, salary: str | None = "5000000") -> Member:
    value = None if salary is None else Decimal(salary)
    served = tuple(MonthServed(number, value and Decimal("2.34"), value) for number in range(1, months + 1))
    return Member(1, 1, kind, served)


SCHEME = Scheme(SchemeKind.COEFFICIENT, {GOOD: Decimal("0.3")}, period_months=12)


@pytest.mark.parametrize(
    ("one", "ratings", "who", "expected"),
    [
        (member(PersonKind.PART_TIME), GOOD, Eligible(), LeftOut.KIND),
        (member(months=2), GOOD, Eligible(least_months=3), LeftOut.FEW_MONTHS),
        (member(salary=None), GOOD, Eligible(), LeftOut.NO_SALARY),
        (member(), None, Eligible(), LeftOut.NO_RATING),
        (member(), NONE, Eligible(), LeftOut.NO_WEIGHT),
        (member(), {}, Eligible(), LeftOut.NO_RATING),
    ],
)  # fmt: skip
def test_who_has_no_share(one: Member, ratings: RatingClass | None, who: Eligible, expected: LeftOut) -> None:
    assert judge(one, ratings, SCHEME, who, salaried=True) is expected


def test_contracts_off_the_scale_share_in_nothing() -> None:
    points = Scheme(SchemeKind.POINTS, {GOOD: Decimal(1)})
    off = member(PersonKind.CONTRACT, salary=None)
    assert judge(off, GOOD, points, Eligible(), salaried=False) is LeftOut.NO_SALARY
    assert isinstance(judge(member(PersonKind.CONTRACT), GOOD, points, Eligible(), salaried=False), Sharer)
    assert isinstance(judge(member(salary=None), GOOD, points, Eligible(), salaried=False), Sharer)


def test_without_a_class_the_scheme_may_say_one() -> None:
    found = judge(member(), None, SCHEME, Eligible(unrated=GOOD), salaried=True)
    assert isinstance(found, Sharer)
    assert found.parts == (Part(GOOD, 12, Decimal(5_000_000), Decimal("2.34")),)
    by_month = judge(member(), {1: GOOD, 2: RatingClass.EXCELLENT}, SCHEME, Eligible(), salaried=True)
    assert isinstance(by_month, Sharer)
    assert by_month.months == 1


def test_the_salary_fund_is_of_all_eligible_whatever_their_class() -> None:
    people = [member(), member(PersonKind.PART_TIME), member(months=3)]
    assert salary_fund(people, {CIVIL}) == Decimal(75_000_000)


def test_every_model_is_sound_and_kept_whole() -> None:
    found = models()
    assert {one.code for one in found} >= {
        "bonus_points",
        "extra_by_class",
        "hcm",
        "da_nang",
        "hai_phong",
        "ha_noi_all",
    }
    for one in found:
        assert check_terms(one.terms) == []
        assert read_terms(*write_terms(one.terms)) == one.terms
        assert one.source
        assert one.mark


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (model("bonus_points", weights={}), "no_weights"),
        (model("bonus_points", max_coefficient=Decimal(1)), "max_coefficient"),
        (model("bonus_points", floors={GOOD: 1}), "limits_of_points"),
        (model("da_nang", by_coefficient=True), "coefficient_without_points"),
        (model("bonus_points", purpose=Purpose.SPECIAL), "no_fund"),
        (model("hcm", eligible=Eligible(frozenset())), "nobody"),
        (model("hcm", eligible=Eligible(least_months=4)), "least_months"),
        (model("hcm", fund_percent=Decimal(-1)), "percent"),
    ],
)  # fmt: skip
def test_terms_that_contradict_themselves(terms: Terms, code: str) -> None:
    assert code in {one.code for one in check_terms(terms)}


@pytest.mark.parametrize(
    ("terms", "step", "law", "need", "expected"),
    [
        (model("bonus_points"), Step.SETTLEMENT, "10", 0, (100, 100)),
        (model("bonus_points", fund_percent=Decimal(8)), Step.SETTLEMENT, "10", 0, (80, 80)),
        (model("bonus_points", fund_percent=Decimal(12)), Step.SETTLEMENT, "10", 0, (100, 100)),
        (model("extra_by_class"), Step.ADVANCE, "60", 0, (600, 600)),
        (model("hcm"), Step.SETTLEMENT, None, 500, (500, 800)),
        (model("hcm"), Step.SETTLEMENT, None, 900, (800, 800)),
        (model("hai_phong"), Step.SETTLEMENT, None, 700, (700, None)),
    ],
)  # fmt: skip
def test_limits_of_a_fund(
    terms: Terms, step: Step, law: str | None, need: int, expected: tuple[int, int | None]
) -> None:  # fmt: skip
    found = fund_limits(terms, step, Fraction(1000), Decimal(law) if law else None, "luật", need)
    assert (found.usual, found.most) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(list(RatingClass)), st.integers(1, 4), st.integers(0, 40_000_000),
                      st.decimals(1, 10, places=3)), min_size=1, max_size=3),
        max_size=8),
    st.sampled_from([SchemeKind.POINTS, SchemeKind.COEFFICIENT]), st.integers(0, 10**11), st.integers(0, 10**10),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_parts_are_exact_within_the_fund_and_know_no_order(
    people: list[list[tuple[RatingClass, int, int, Decimal]]], kind: SchemeKind, fund: int, salaries: int,
    random: Any,
) -> None:  # fmt: skip
    scheme = Scheme(kind, {one: Decimal(place + 1) / 4 for place, one in enumerate(RatingClass)}, cap=Decimal("0.8"))
    sharers = [
        Sharer(str(place), parts[0][0], 0, parts=tuple(Part(*one) for one in parts))
        for place, parts in enumerate(people)
    ]
    assert incentives.check(scheme, fund, sharers, salaries) == []
    found = share(scheme, fund, sharers, salaries)
    paid = sum(one.amount for one in found.shares)
    assert paid + found.reserved + found.remainder == fund
    assert paid <= min(fund, salaries * 8 // 10)
    shuffled = list(sharers)
    random.shuffle(shuffled)
    again = share(scheme, fund, shuffled, salaries)
    assert {one.id: one for one in again.shares} == {one.id: one for one in found.shares}
    split = [
        Sharer(one.id, one.rating, 0, parts=tuple(
            Part(part.rating, 1, part.salary, part.coefficient) for part in one.parts for _month in range(part.months)
        ))
        for one in sharers
    ]  # fmt: skip
    assert share(scheme, fund, split, salaries).shares == found.shares


def test_what_a_scheme_needs() -> None:
    people = [Sharer("1", GOOD, 12, salary=10_000_000), Sharer("2", GOOD, 1, salary=3_333_333)]
    assert needed(SCHEME, people) == 37_000_000
    assert share(SCHEME, 37_000_000, people).remainder == 1


def test_gains_and_losses_are_counted() -> None:
    terms = model("bonus_points")
    before = Simulated("a", terms, amounts={1: 100, 2: 100, 3: 0, 4: 100})
    after = Simulated("b", terms, amounts={1: 130, 2: 40, 3: 10, 4: 100})
    found = compare(before, after)
    assert (found.more, found.same, found.less, found.gained, found.lost) == (2, 1, 1, 40, 60)
    assert sum(found.bands) == 3
    assert (band_of(100, 40), band_of(100, 130), band_of(0, 1)) == (0, BANDS.index(50), len(BANDS))


@pytest.mark.parametrize(
    ("code", "rating", "coefficient", "amount"),
    [
        ("hcm", "excellent", "3.33", 15_164_820), ("hcm", "good", "3.33", 12_131_856),
        ("hcm", "excellent", "2.34", 10_656_360), ("hcm", "good", "2.34", 8_525_088),
        ("hcm_outside", "excellent", "2.34", 3_000_000), ("hcm", "satisfactory", "3.33", 0),
        ("da_nang", "excellent", "3.33", 4_212_450), ("da_nang", "good", "3.33", 2_527_470),
        ("da_nang", "satisfactory", "3.33", 842_490), ("da_nang", "excellent", "2.34", 2_960_100),
        ("da_nang", "good", "2.34", 1_776_060), ("da_nang", "satisfactory", "2.34", 592_020),
        ("da_nang", "unsatisfactory", "3.33", 0), ("hai_phong", "good", "2.34", 4_736_160),
        ("hai_phong", "satisfactory", "2.34", 3_552_120), ("ha_noi_all", "none", "2.34", 2_960_100),
    ],
)  # fmt: skip
def test_the_law_s_table_a_month(code: str, rating: str, coefficient: str, amount: int) -> None:
    salary = Decimal(coefficient) * 2_530_000
    one = Sharer("1", RatingClass(rating), 1, salary=salary)
    assert share(model(code, cap=None).scheme, 10**9, [one]).shares[0].amount == amount


def test_hai_phong_pays_public_employees_another_rate() -> None:
    one = Sharer("1", GOOD, 1, kind=PersonKind.PUBLIC_EMPLOYEE, salary=Decimal(5920200))
    assert share(model("hai_phong").scheme, 10**9, [one]).shares[0].amount == 3_552_120


def test_the_worked_split_by_the_model() -> None:
    ratings = [RatingClass.EXCELLENT] * 7 + [GOOD] * 38 + [RatingClass.SATISFACTORY] * 4
    people = [Sharer(str(place), rating, 12) for place, rating in enumerate(ratings)]
    found = share(model("bonus_points").scheme, 483_591_000, people)
    amounts = [one.amount for one in found.shares]
    assert (amounts[0], amounts[7], amounts[-1]) == (10_790_873, 8_992_394, 4_496_197)
    assert (sum(amounts), found.reserved, found.remainder) == (435_231_871, 48_359_100, 29)


@pytest.mark.parametrize(
    ("code", "step", "law", "months", "limit"),
    [
        ("bonus_points", Step.SETTLEMENT, "10", (6, 6), 483_591_000),
        ("bonus_points", Step.SETTLEMENT, "10", (0, 12), 502_458_000),
        ("extra_by_class", Step.SETTLEMENT, "100", (0, 12), 5_024_580_000),
        ("extra_by_class", Step.ADVANCE, "60", (0, 3), 753_687_000),
    ],
)  # fmt: skip
def test_the_law_s_funds(code: str, step: Step, law: str, months: tuple[int, int], limit: int) -> None:
    salaries = Fraction("165.5") * (months[0] * 2_340_000 + months[1] * 2_530_000)
    assert fund_limits(model(code), step, salaries, Decimal(law), "luật", 0).most == limit
