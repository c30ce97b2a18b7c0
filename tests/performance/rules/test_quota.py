"""The quota of excellent people: three readings, groups, order and ties; the solver against brute force."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from hrms.performance.rules.formula import Decree
from hrms.performance.rules.quota import (
    Contender,
    OrderKey,
    Percents,
    QuotaBase,
    Rule,
    Value,
    check_counts,
    excellent_max,
    overfull,
    solve,
)

FINAL, INITIAL, BOTH = QuotaBase.FINAL_GOOD, QuotaBase.INITIAL_GOOD, QuotaBase.GOOD_AND_EXCELLENT


def allowed(taken: int, good_or_better: int, at_or_above: int, base: QuotaBase, percent: int) -> bool:
    """The inequality of the reading itself, in whole numbers."""
    counted = {FINAL: good_or_better - taken, INITIAL: good_or_better - at_or_above, BOTH: good_or_better}[base]
    return 100 * taken <= percent * counted


@pytest.mark.parametrize(
    ("base", "outstanding", "most"),
    [(FINAL, False, 4), (INITIAL, False, 3), (BOTH, False, 5), (FINAL, True, 5), (INITIAL, True, 4), (BOTH, True, 6)],
)
def test_the_worked_agency(base: QuotaBase, outstanding: bool, most: int) -> None:
    assert excellent_max(25, 9, outstanding=outstanding, base=base) == most


@pytest.mark.parametrize("base", list(QuotaBase))
@pytest.mark.parametrize("outstanding", [False, True])
def test_the_maximum_is_the_largest_number_the_inequality_allows(base: QuotaBase, outstanding: bool) -> None:
    percent = 25 if outstanding else 20
    for good in range(60):
        for top in range(good + 1):
            fits = [n for n in range(top + 1) if allowed(n, good, top, base, percent)]
            assert excellent_max(good, top, outstanding=outstanding, base=base) == max(fits)


def test_percentages_are_data() -> None:
    half = Percents(Decimal("12.5"), Decimal(50))
    assert excellent_max(16, 16, base=BOTH, percents=half) == 2
    assert excellent_max(16, 16, base=BOTH, percents=half, outstanding=True) == 8


def test_counts_that_contradict() -> None:
    assert [one.code for one in check_counts(3, 4)] == ["more_than_all"]
    assert [one.code for one in check_counts(-1, 0)] == ["negative"]
    assert check_counts(4, 4) == []


def person(
    ident: int, mean: str, group: str | None = None, *, excellent: bool = True, **more: Decimal | date | str
) -> Contender:
    values: dict[OrderKey, Value] = {OrderKey.MEAN: Decimal(mean)}
    values |= {OrderKey(name): value for name, value in more.items()}
    return Contender(ident, excellent, group, values)


def good(first: int, count: int, group: str | None = None) -> list[Contender]:
    return [person(ident, "80", group, excellent=False) for ident in range(first, first + count)]


def test_the_first_in_order_stay_and_the_rest_are_told_why() -> None:
    people = [*good(100, 16), *(person(ident, str(90 + ident)) for ident in range(9))]
    found = solve(people, order=[OrderKey.MEAN])
    assert found.chosen == (8, 7, 6, 5)
    assert (found.agency.good_or_better, found.agency.at_or_above, found.agency.maximum, found.agency.taken) == (
        25, 9, 4, 4,
    )  # fmt: skip
    assert [one.id for one in found.left_out] == [4, 3, 2, 1, 0]
    assert all(one.by_agency and not one.by_group and one.reason.source == "NĐ 335/2025/NĐ-CP Đ20 k5"
               for one in found.left_out)  # fmt: skip
    assert found.ties == ()


def test_a_full_group_gives_its_place_to_another() -> None:
    people = [*good(100, 4, "A"), *good(200, 10, "B"), person(1, "99", "A"), person(2, "98", "A"), person(3, "91", "B")]
    found = solve(people)
    assert found.chosen == (1, 3)
    assert [(one.id, one.by_agency, one.by_group) for one in found.left_out] == [(2, False, True)]
    assert [(one.group, one.maximum, one.taken) for one in found.limits] == [(None, 2, 2), ("A", 1, 1), ("B", 1, 1)]


def test_a_group_too_small_for_a_place_is_pointed_out() -> None:
    found = solve([*good(100, 20, "A"), person(1, "99", "B"), person(2, "95", "B"), person(3, "91", "A")])
    assert found.chosen == (3,)
    small = {one.group: one.too_small for one in found.limits}
    assert small == {None: False, "A": False, "B": True}
    assert any("quá nhỏ" in one.text for one in found.reasons)
    assert all(one.by_group and not one.by_agency for one in found.left_out)


def test_people_held_to_good_by_another_rule_are_counted_good() -> None:
    people = [*good(100, 5), person(1, "99", excellent=False), person(2, "91")]
    found = solve(people)
    assert (found.chosen, found.agency.at_or_above, found.agency.good_or_better) == ((2,), 1, 7)


def test_a_tie_the_order_does_not_break_is_told() -> None:
    people = [*good(100, 9), person(7, "95"), person(5, "95"), person(3, "95")]
    found = solve(people)
    assert found.chosen == (3, 5)
    assert [(one.chosen, one.left_out) for one in found.ties] == [((3, 5), (7,))]
    broken = [*good(100, 9), person(7, "95", months=Decimal(12)), person(5, "95", months=Decimal(12)),
              person(3, "95", months=Decimal(9))]  # fmt: skip
    again = solve(broken)
    assert (again.chosen, again.ties) == ((5, 7), ())


def test_no_tie_where_the_group_bars_the_exchange() -> None:
    people = [*good(100, 4, "A"), *good(200, 30, "B"), person(1, "97", "A"), person(2, "95", "A"), person(3, "95", "B")]
    found = solve(people)
    assert (found.chosen, found.ties) == ((1, 3), ())


def test_earlier_joining_comes_first_and_unknown_last() -> None:
    order = [OrderKey.MEAN, OrderKey.SENIORITY, OrderKey.STAFF_CODE]
    people = [*good(100, 8), person(1, "95"), person(2, "95", seniority=date(2010, 1, 1), code="B"),
              person(3, "95", seniority=date(2001, 1, 1), code="C"),
              person(4, "95", seniority=date(2010, 1, 1), code="A")]  # fmt: skip
    found = solve(people, Rule(BOTH), order)
    assert found.chosen == (3, 4)
    assert [one.id for one in found.left_out] == [2, 1]


def test_nobody_and_nobody_at_the_top() -> None:
    assert solve([]).chosen == ()
    assert solve(good(1, 9)).agency.maximum == 1
    assert solve(good(1, 9)).chosen == ()


def test_a_list_that_stands_is_checked_again() -> None:
    final = [("A", True), *[("A", False)] * 5, ("B", True), *[("B", False)] * 3]
    broken = overfull(final, {"A": 1, "B": 1})
    assert [(one.group, one.maximum, one.taken) for one in broken] == [(None, 1, 2), ("B", 0, 1)]
    assert overfull([("A", True), *[("A", False)] * 9], {"A": 1}) == []


def test_the_public_decree_names_its_own_article() -> None:
    found = solve([*good(1, 5), person(9, "95")], Rule(decree=Decree.PUBLIC))
    assert found.reasons[0].source == "NĐ 233/2026/NĐ-CP Đ12 k6"


RULES = [Rule(base, outstanding) for base in QuotaBase for outstanding in (False, True)]


def small_agencies(count: int) -> Iterator[list[Contender]]:
    draw = random.Random(20261122)
    for _ in range(count):
        names = ["A", "B", "C"][: draw.randint(1, 3)]
        groups: list[str | None] = [*names, None] if draw.random() < 0.3 else [*names]
        top = draw.randint(0, 7)
        total = top + draw.randint(0, 16)
        people = [
            person(ident, str(draw.choice([90, 91, 92, 95, 97])), draw.choice(groups), excellent=ident < top)
            for ident in range(total)
        ]
        draw.shuffle(people)
        yield people


def best(people: list[Contender], rule: Rule) -> list[int | str]:
    """Try every set: of those that all limits allow, the largest, then the first in order."""
    percent = 25 if rule.outstanding else 20
    candidates = sorted((one for one in people if one.excellent),
                        key=lambda one: (-Decimal(str(one.values[OrderKey.MEAN])), one.id))  # fmt: skip
    members = {None: people, **{g: [o for o in people if o.group == g] for g in {o.group for o in people} - {None}}}
    size = {group: (len(all_), sum(one.excellent for one in all_)) for group, all_ in members.items()}

    def fits(taken: int, group: str | None) -> bool:
        return allowed(taken, *size[group], rule.base, percent)

    for count in range(len(candidates), -1, -1):
        if not fits(count, None):
            continue
        # Combinations come in the order of the candidates: the first that fits is the first in order.
        for chosen in combinations(candidates, count):
            by_group = [one.group for one in chosen]
            if all(fits(by_group.count(group), group) for group in set(by_group) - {None}):
                return [one.id for one in chosen]
    raise AssertionError("nobody always fits")


def test_the_solver_equals_brute_force_on_ten_thousand_agencies() -> None:
    """Each agency in the three readings with both percentages."""
    limits, chosen, ties = set(), set(), set()
    for people in small_agencies(10_000):
        top = {one.id for one in people if one.excellent}
        for rule in RULES:
            found = solve(people, rule, [OrderKey.MEAN])
            assert list(found.chosen) == best(people, rule)
            assert {one.id for one in found.left_out} == top - set(found.chosen)
            limits.add(len(found.limits))
            chosen.add((rule, len(found.chosen)))
            ties.add(bool(found.ties))
    assert limits == {1, 2, 3, 4}
    assert {one for _rule, one in chosen} >= {0, 1, 2, 3, 4}
    assert ties == {True, False}


def test_the_order_of_the_list_does_not_matter() -> None:
    draw = random.Random(7)
    for people in small_agencies(200):
        shuffled = people[:]
        draw.shuffle(shuffled)
        for rule in RULES:
            assert solve(shuffled, rule).chosen == solve(people, rule).chosen
