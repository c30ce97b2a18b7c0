"""The ledger of quotas against a simple model that looks at every agency on every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.positions.rules import ledger
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import Account, Ground, Line, Movement, MovementKind, Quota, Unit

START = date(2026, 1, 1)
DAYS = 8
CIVIL, PUBLIC = QuotaKind.CIVIL, QuotaKind.PUBLIC
UNITS = {
    unit.id: unit
    for unit in (
        Unit(1, "UBND thành phố"), Unit(2, "Sở A", 1), Unit(3, "Khối B", 1), Unit(4, "Phòng C", 2), Unit(5, "Sở D", 3)
    )
}  # fmt: skip
LINES = {
    line.id: line
    for line in (
        Line(20, 2, "Chuyên viên", CIVIL), Line(40, 4, "Trưởng phòng", CIVIL), Line(50, 5, "Giám đốc sở", CIVIL),
        Line(51, 5, "Kế toán", PUBLIC),
    )
}  # fmt: skip


def day(number: int) -> date:
    return START + timedelta(days=number)


def entry(
    agency: int, amount: int, on: int = 0, line: int | None = None, kind: QuotaKind = CIVIL, **more: object
) -> Movement:
    why = MovementKind.ADJUSTED if amount < 0 else MovementKind.ASSIGNED
    return replace(Movement(agency, kind, why, amount, day(on), line), **more)


def ground(*movements: Movement) -> Ground:
    return Ground(UNITS, LINES, movements)


def codes(new: Movement, *written: Movement, **more: object) -> list[str]:
    return [problem.code for problem in ledger.check_movement(new, ground(*written), **more)]


def test_quota_and_reserve_as_of_a_day() -> None:
    kept = entry(2, 3, 1, kind=CIVIL, reserve=True)
    book = [entry(2, 40), entry(2, -5, 4), replace(kept, kind=MovementKind.RESERVE), entry(2, 2, 6)]
    assert [ledger.quota_on(book, day(n)) for n in (-1, 0, 1, 4, 6)] == [
        Quota(), Quota(40), Quota(40, 3), Quota(35, 3), Quota(37, 3),
    ]  # fmt: skip
    assert ledger.balances([*book, entry(2, 9, 0, 20)], day(4)) == {
        Account(2, None, CIVIL): 35, Account(2, None, CIVIL, reserve=True): 3, Account(2, 20, CIVIL): 9,
    }  # fmt: skip
    assert ledger.seats_of(book) == ((day(0), 40), (day(4), 35), (day(6), 37))


def test_given_for_the_year_and_adjusted_within_it() -> None:
    old = replace(entry(2, 40), effective_on=date(2025, 3, 1))
    wrong = replace(entry(2, 8, 5), id=7)
    book = [old, entry(2, 3, 2), entry(2, -2, 3), wrong, ledger.reversal_of(wrong)]
    assert ledger.in_year(book, day(1)) == (40, 0)
    assert ledger.in_year(book, day(7)) == (43, -2)
    assert ledger.in_year([*book, replace(entry(2, 1, 1), reserve=True)], day(7)) == (43, -2)


def test_a_negative_result_is_refused_on_any_day() -> None:
    assert codes(entry(1, -6, 3), entry(1, 5)) == ["negative"]
    assert codes(entry(1, -5, 3), entry(1, 5)) == []
    assert codes(entry(1, -3, 1), entry(1, 5), entry(1, -4, 5)) == ["negative"]
    (problem,) = ledger.check_movement(entry(1, -3, 1), ground(entry(1, 5), entry(1, -4, 5)))
    assert (problem.params["where"], problem.params["day"], problem.params["old"], problem.params["cut"]) == (
        "UBND thành phố", day(5), 1, 3,
    )  # fmt: skip
    reserve = replace(entry(1, -1), kind=MovementKind.RESERVE, reserve=True)
    assert codes(reserve, entry(1, 5)) == ["negative"]


def test_children_and_lines_stay_within_the_quota() -> None:
    book = (entry(1, 10), entry(2, 8))
    assert codes(entry(5, 2), *book) == []
    (problem,) = ledger.check_movement(entry(5, 3, 4), ground(*book))
    assert (problem.code, problem.params["where"]) == ("not_covered", "UBND thành phố")
    assert (problem.params["quota"], problem.params["covered"], problem.params["over"]) == (10, 11, 1)
    assert problem.params["day"] == day(4)
    assert codes(entry(2, 8, 0, 20), *book) == []
    assert codes(entry(2, 9, 0, 20), *book) == ["not_covered"]
    # A division without a quota of its own is covered by the department.
    assert codes(entry(4, 5, 0, 40), *book, entry(2, 4, 0, 20)) == ["not_covered"]
    assert codes(entry(4, 4, 0, 40), *book, entry(2, 4, 0, 20)) == []


def test_a_cut_leaves_enough_for_what_was_given_on() -> None:
    book = (entry(1, 10), entry(2, 8), entry(2, 5, 0, 20))
    assert codes(entry(1, -3, 2), *book) == ["not_covered"]
    assert codes(entry(1, -2, 2), *book) == []
    (problem,) = ledger.check_movement(entry(2, -4, 2), ground(*book))
    assert (problem.params["where"], problem.params["quota"], problem.params["covered"]) == ("Sở A", 4, 5)


def test_a_first_quota_covers_what_is_there() -> None:
    book = (entry(1, 10), entry(2, 5, 0, 20))
    assert codes(entry(2, 4), *book) == ["not_covered"]
    assert codes(entry(2, 5), *book) == []


def test_a_line_needs_a_quota_above_it() -> None:
    assert codes(entry(5, 1, 0, 50)) == ["no_quota"]
    assert codes(entry(5, 1, 0, 50), entry(1, 1, kind=PUBLIC)) == ["no_quota"]
    assert codes(entry(5, 1, 0, 50), entry(1, 1)) == []


def test_what_was_not_covered_before_may_get_better() -> None:
    book = (entry(1, 10), entry(2, 9), entry(5, 5))
    assert codes(entry(5, -1, 2), *book) == []
    assert codes(entry(1, 2, 2), *book) == []
    assert codes(entry(5, 1, 2), *book) == ["not_covered"]


def test_two_quotas_stay_apart() -> None:
    assert codes(entry(5, 1, 0, 51, PUBLIC), entry(1, 9)) == ["no_quota"]
    assert codes(entry(5, 1, 0, 51, CIVIL), entry(1, 9)) == ["wrong_kind"]
    assert codes(entry(5, 1, 0, 51, PUBLIC), entry(1, 1, kind=PUBLIC)) == []


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (replace(entry(2, 1), amount=0), "zero"),
        (replace(entry(2, -1), kind=MovementKind.ASSIGNED), "not_positive"),
        (replace(entry(2, 1), kind=MovementKind.CLOSED), "not_negative"),
        (replace(entry(2, 1), kind=MovementKind.RESERVE), "wrong_bucket"),
        (replace(entry(2, 1), reserve=True), "wrong_bucket"),
        (replace(entry(2, 1, 0, 20), kind=MovementKind.RESERVE, reserve=True), "reserve_on_line"),
        (entry(2, 1, 0, 40), "wrong_agency"),
    ],
)
def test_entries_that_contradict_themselves(new: Movement, code: str) -> None:
    assert codes(new, entry(1, 100), entry(2, 50)) == [code]


def test_a_cut_below_the_present_must_be_acknowledged() -> None:
    book = (entry(1, 20), entry(2, 10))
    (problem,) = ledger.check_movement(entry(2, -3, 2), ground(*book), present=9)
    assert (problem.code, problem.severity) == ("below_present", "override")
    assert {name: problem.params[name] for name in ("quota", "present", "over", "day")} == {
        "quota": 7, "present": 9, "over": 2, "day": day(2),
    }  # fmt: skip
    assert codes(entry(2, -3, 2), *book, present=9, acknowledged=True) == []
    assert codes(entry(2, -1, 2), *book, present=9) == []
    assert codes(entry(2, 1, 2), *book, present=30) == []
    present = {Account(2, None, CIVIL): 9}
    cuts = [entry(2, -3, 2), entry(2, -1, 5)]
    assert ledger.excesses(cuts, ground(*book), present) == {Account(2, None, CIVIL): (day(2), 3)}
    assert ledger.excesses([entry(2, -1, 2)], ground(*book), present) == {}


def test_a_reversal_is_of_the_same_amount_once_and_never_of_a_reversal() -> None:
    wrong = replace(entry(2, 5, 2), id=1)
    book = (entry(1, 20), wrong)
    back = ledger.reversal_of(wrong)
    assert (back.amount, back.effective_on, back.reverses_id, back.kind) == (-5, day(2), 1, MovementKind.REVERSAL)
    assert codes(back, *book) == []
    assert codes(replace(back, amount=-4), *book) == ["other_amount"]
    assert codes(replace(back, agency_id=5), *book) == ["other_amount"]
    assert codes(replace(back, reverses_id=9), *book) == ["no_original"]
    assert codes(ledger.reversal_of(wrong, day(1)), *book) == ["before_original"]
    done = replace(back, id=2)
    assert codes(back, *book, done) == ["reversed_already"]
    assert codes(ledger.reversal_of(done), *book, done) == ["reversal_of_reversal"]
    assert codes(back, *book, entry(2, 4, 3, 20)) == ["not_covered"]
    assert list(ledger.check_movements([back, back], ground(*book))) == [1]


def test_entries_of_one_decision_count_together_and_the_wrong_rows_are_named() -> None:
    batch = [entry(2, 6), entry(1, 10), entry(5, 5), entry(1, 4, kind=PUBLIC)]
    found = ledger.check_movements(batch, ground())
    assert {place: [p.code for p in problems] for place, problems in found.items()} == {
        0: ["not_covered"], 2: ["not_covered"],
    }  # fmt: skip
    assert ledger.check_movements([entry(5, -3, 2), entry(2, 3, 2)], ground(entry(1, 6), entry(5, 6))) == {}


AGENCIES = st.sampled_from(list(UNITS))


@st.composite
def movements(draw: st.DrawFn) -> Movement:
    amount = draw(st.integers(-4, 6).filter(bool))
    line = draw(st.one_of(st.none(), st.sampled_from([line for line in LINES.values() if line.quota_kind is CIVIL])))
    agency = line.agency_id if line else draw(AGENCIES)
    reserve = line is None and draw(st.sampled_from([False, False, False, True]))
    kind = MovementKind.RESERVE if reserve else MovementKind.ADJUSTED
    return Movement(
        agency, CIVIL, kind, amount, day(draw(st.integers(0, DAYS - 1))), line.id if line else None, reserve
    )


def sound(book: list[Movement]) -> bool:
    """Look at every account and every agency on every day, from below."""
    having = {one.agency_id for one in book if one.line_id is None}

    def given_on(agency_id: int, on: date) -> int:
        total = sum(one.amount for one in book if one.line_id and one.agency_id == agency_id and one.effective_on <= on)
        for unit in UNITS.values():
            if unit.parent_id == agency_id:
                total += own(unit.id, on, reserve=True) if unit.id in having else given_on(unit.id, on)
        return total

    def own(agency_id: int, on: date, *, reserve: bool) -> int:
        return sum(
            one.amount
            for one in book
            if one.line_id is None
            and one.agency_id == agency_id
            and one.effective_on <= on
            and (reserve or not one.reserve)
        )

    for number in range(DAYS):
        on = day(number)
        if any(value < 0 for value in ledger.balances(book, on).values()):
            return False
        for unit in UNITS.values():
            covered = unit.id in having or (unit.parent_id is None)
            if covered and given_on(unit.id, on) > own(unit.id, on, reserve=False) and unit.id in having:
                return False
    for one in book:
        above: int | None = one.agency_id
        while above is not None and above not in having:
            above = UNITS[above].parent_id
        if one.line_id is not None and above is None:
            return False
    return True


@given(st.lists(movements(), max_size=14))
def test_an_entry_is_written_just_when_everything_stays_covered_every_day(entries: list[Movement]) -> None:
    book: list[Movement] = []
    for one in entries:
        refused = bool(ledger.check_movement(one, ground(*book)))
        assert refused != sound([*book, one])
        if not refused:
            book.append(one)
    for account, value in ledger.balances(book, day(DAYS)).items():
        own = [one for one in book if one.account == account]
        assert value == sum(one.amount for one in own)
        for number in range(DAYS):
            found = ledger.quota_on(own, day(number))
            assert found.assigned + found.reserve == sum(one.amount for one in own if one.effective_on <= day(number))
            if not account.reserve:
                assert ledger.value_on(ledger.seats_of(own), day(number)) == found.assigned
                assert sum(ledger.in_year(own, day(number))) == found.assigned


@given(st.lists(movements(), max_size=8))
def test_a_batch_without_problems_leaves_everything_covered(entries: list[Movement]) -> None:
    found = ledger.check_movements(entries, ground())
    assert bool(found) != sound(entries)
