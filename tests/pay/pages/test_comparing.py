"""Why two months differ, from the facts both were computed from; lines added up and set beside each other. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from hrms.core.i18n import render
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.comparing import why
from hrms.pay.rules.figures import AllowanceCode
from hrms.pay.rules.lines import NAMES, SIDES
from hrms.pay.rules.monthly import PayFacts
from hrms.pay.rules.slip_lines import Sums, by_month, changes, place_of
from hrms.pay.rules.stretches import Stretch
from hrms.people.rules.kinds import PersonKind

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
D = Decimal


def stretch(start: date, end: date, coefficient: str = "3.66", **more: object) -> Stretch:
    facts = PayFacts(D(coefficient), **more)  # type: ignore[arg-type] # whatever the test says of the month
    return Stretch(start, end, 1, 1, PersonKind.CIVIL_SERVANT, facts)


Side = list[Stretch] | None


def told(before: Side, after: Side, bases: tuple[Decimal, Decimal] | None = None) -> list[str]:
    return [one.text % {name: str(value) for name, value in one.params.items()} for one in why(before, after, bases)]


def test_each_fact_that_changed_is_said() -> None:
    before = [stretch(SEPTEMBER, OCTOBER)]
    duty = Allowance(AllowanceCode.PUBLIC_DUTY, percent=D("25.00"))
    after = [
        stretch(OCTOBER, NOVEMBER, "3.990", leadership_coefficient=D("0.50"), allowances=(duty,), suspended=False),
    ]  # fmt: skip
    assert told(before, after, (D(2_340_000), D(2_530_000))) == [
        "Mức lương cơ sở: 2340000 → 2530000.", "Hệ số lương: 3.66 → 3.99.", "Hệ số phụ cấp chức vụ: không → 0.5.",
        "Tình trạng: không → tạm đình chỉ công tác.", "Phụ cấp công vụ: không → 25%.",
    ]  # fmt: skip


def test_equal_facts_say_nothing() -> None:
    assert told([stretch(SEPTEMBER, OCTOBER, "3.660")], [stretch(OCTOBER, NOVEMBER, "3.66")]) == []


def test_a_month_in_two_parts_names_both() -> None:
    parts = [stretch(OCTOBER, date(2026, 10, 15)), stretch(date(2026, 10, 15), NOVEMBER, "3.99")]
    assert told([stretch(SEPTEMBER, OCTOBER)], parts) == ["Hệ số lương: 3.66 → 3,66 / 3,99."]
    assert told(parts, [stretch(NOVEMBER, date(2026, 12, 1), "3.99")]) == ["Hệ số lương: 3,66 / 3,99 → 3.99."]


def test_part_of_a_month_says_its_days() -> None:
    half = [stretch(OCTOBER, date(2026, 10, 16))]
    assert told([stretch(SEPTEMBER, OCTOBER)], half) == ["Số ngày được tính lương: 30 → 15."]


def test_who_comes_and_goes() -> None:
    month = [stretch(OCTOBER, NOVEMBER)]
    assert told(None, month) == ["Tháng trước không có trong bảng lương của cơ quan."]
    assert told(month, None) == ["Tháng này không còn trong bảng lương của cơ quan."]


def test_every_name_has_words() -> None:
    assert all(render(words) for words in NAMES.values())


Rows = list[tuple[date, str, str, int]]
LINES = st.lists(
    st.tuples(
        st.sampled_from([SEPTEMBER, OCTOBER, NOVEMBER]), st.sampled_from(list(SIDES)), st.sampled_from(list(NAMES)),
        st.integers(-10**9, 10**9),
    ),
    max_size=30,
)  # fmt: skip


def rows(found: Rows) -> list[SimpleNamespace]:
    return [SimpleNamespace(for_month=m, side=s, code=c, amount=D(a)) for m, s, c, a in found]


@given(LINES, st.randoms())
def test_no_dong_is_lost_whatever_the_order(found: Rows, chance: object) -> None:
    months = by_month(rows(found))
    assert sum((one.net for one in months), D(0)) == sum(
        a if s == "line" else -a for _m, s, _c, a in found if s != "employer"
    )
    mixed = list(found)
    chance.shuffle(mixed)  # type: ignore[attr-defined] # random.Random
    assert by_month(rows(mixed)) == months
    assert [one.month for one in months] == sorted({m for m, *_rest in found}, reverse=True)


@given(LINES, LINES)
def test_changes_are_the_difference(
    old: list[tuple[date, str, str, int]], new: list[tuple[date, str, str, int]]
) -> None:
    before, after = (
        Sums(OCTOBER, {(s, c): D(a) for _m, s, c, a in side}) for side in (old, new)
    )  # fmt: skip
    found = changes(before, after)
    for side in SIDES:
        assert sum((one.difference for one in found if one.side == side), D(0)) == after.total(side) - before.total(
            side
        )
    assert [place_of(one.side, one.code) for one in found] == sorted(place_of(one.side, one.code) for one in found)
    assert changes(after, after) == []
    assert len(changes(None, after)) == sum(1 for amount in after.by.values() if amount)
