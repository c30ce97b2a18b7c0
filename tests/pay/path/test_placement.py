"""Placement as a kind of decision: the tables of TT 02/2007/TT-BNV, §1.2 and §1.5, from the proposal to the record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.pay.services import raising
from tests.pay.making import OFFICER, TEACHER, add_allowance, add_official, set_rank
from tests.pay.path.making import acting, item, list_of, rate
from tests.people.carrying_out import carry_out, conditions, looked_at, problems
from tests.province import TODAY, Province

SINCE, ON = date(2024, 5, 1), date(2026, 9, 1)
CODES = {"A0": "01.004", "A1": "01.003", "A2.1": "01.002", "A3.1": "01.001", "B": "01.005", "A2.2": "06.030"}


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(TODAY):
        yield


def _step(group: str, coefficient: str, table: int = 2) -> int:
    query = text(
        "SELECT step FROM pay_scale_steps WHERE pay_table = :table AND pay_group = :group AND coefficient = :value"
    )
    return int(db.session.execute(query, {"table": table, "group": group, "value": coefficient}).scalar_one())


def _hold(province: Province, name: str, group: str, coefficient: str, percent: int = 0, *, table: int = 2) -> None:
    code = CODES[group] if table == 2 else {"A2.2": "V.07.03.28", "A2.1": "V.07.03.27", "A3.2": "V.10.02.30",
                                              "A1": "V.07.03.29", "A0": "V.07.02.26"}[group]  # fmt: skip
    more: dict[str, Any] = {}
    if percent:
        more = {"beyond_scale_percent": Decimal(percent), "beyond_scale_since": date(2025, 5, 1)}
    set_rank(
        province, name, coefficient, since=SINCE, rank=code, group=group, table=table,
        step=_step(group, coefficient, table), **more,
    )  # fmt: skip


def _ranks(person: int) -> list[Any]:
    query = text(
        "SELECT valid_from, valid_to, rank_code, pay_group, step, coefficient, step_since, beyond_scale_percent,"
        " decision_id FROM person_rank WHERE person_id = :id AND superseded_at IS NULL ORDER BY valid_from"
    )
    with scope.everything():
        return list(db.session.execute(query, {"id": person}))


def _reserved(person: int, on: date) -> Decimal | None:
    query = text(
        "SELECT coefficient FROM person_allowance WHERE person_id = :id AND allowance_kind = 'reserved' AND"
        " superseded_at IS NULL AND valid_from <= :on AND (valid_to IS NULL OR valid_to > :on)"
    )
    with scope.everything():
        return db.session.execute(query, {"id": person, "on": on}).scalar_one_or_none()


PROMOTIONS = [
    ("A1", "3.66", 0, "A2.1", "4.40", 1, ON),
    ("A1", "3.99", 0, "A2.1", "4.40", 1, ON),
    ("A1", "4.32", 0, "A2.1", "4.40", 1, SINCE),
    ("A1", "4.98", 0, "A2.1", "5.08", 3, SINCE),
    ("A1", "4.98", 6, "A2.1", "5.42", 4, ON),
    ("A2.1", "5.76", 0, "A3.1", "6.20", 1, ON),
    ("A2.1", "6.10", 0, "A3.1", "6.20", 1, SINCE),
    ("A0", "3.03", 0, "A1", "3.33", 4, SINCE),
    ("B", "3.86", 0, "A1", "3.99", 6, SINCE),
]


@pytest.mark.parametrize(("old", "held", "percent", "new", "wanted", "step", "clock_from"), PROMOTIONS)
def test_a_promotion_is_the_table_of_the_law(
    province: Province, old: str, held: str, percent: int, new: str, wanted: str, step: int, clock_from: date
) -> None:
    _hold(province, OFFICER, old, held, percent)
    person = province.people[OFFICER]
    made = carry_out(
        "placement", person, ON, issuer_id=province.agencies["B"], own={person: {"rank": CODES[new]}},
        reason="promotion",
    )  # fmt: skip
    before, after = _ranks(person)[-2:]
    assert (before.valid_to, after.valid_from, after.decision_id) == (ON, ON, made)
    assert (after.rank_code, after.pay_group, after.step, after.coefficient, after.step_since) == (
        CODES[new], new, step, Decimal(wanted), clock_from,
    )  # fmt: skip
    assert after.beyond_scale_percent is None
    assert _reserved(person, ON) is None


def test_the_top_of_the_new_rank_reserves_the_difference_and_the_next_promotion_ends_it(province: Province) -> None:
    _hold(province, OFFICER, "A0", "4.89", 12)
    person, agency = province.people[OFFICER], province.agencies["B"]
    carry_out("placement", person, ON, issuer_id=agency, own={person: {"rank": "01.003"}}, reason="promotion")
    assert (_ranks(person)[-1].coefficient, _reserved(person, ON)) == (Decimal("4.98"), Decimal("0.50"))
    later = date(2026, 11, 1)
    shown = looked_at("placement", person, later, reason="promotion", rank="01.002")
    assert {one.label: (one.old, one.new) for one in shown.changes}["Hệ số chênh lệch bảo lưu"] == ("0,50", None)
    carry_out("placement", person, later, issuer_id=agency, own={person: {"rank": "01.002"}}, reason="promotion")
    # 4.98 + 0.50 = 5.48, the next higher of A2.1.
    assert _ranks(person)[-1].coefficient == Decimal("5.76")
    assert _reserved(person, later) is None
    assert _reserved(person, date(2026, 10, 31)) == Decimal("0.50")


@pytest.mark.parametrize(
    ("old", "held", "new", "wanted", "step", "clock_from"),
    [
        ("A2.2", "5.02", "A2.1", "5.08", 3, SINCE),
        ("A2.1", "5.08", "A2.1", "5.08", 3, SINCE),
        ("A3.2", "5.75", "A3.1", "6.20", 1, ON),
        ("A1", "3.33", "A1", "3.33", 4, SINCE),
    ],
)
def test_a_conversion_to_career_grades_needs_no_rank(
    province: Province, old: str, held: str, new: str, wanted: str, step: int, clock_from: date
) -> None:
    _hold(province, TEACHER, old, held, table=3)
    person = province.people[TEACHER]
    known = conditions("placement", person, ON, reason="grade_conversion")
    assert known["placement_scheme"].answerable
    assert known["placement_in_time"].outcome == "met"
    carry_out("placement", person, ON, issuer_id=province.agencies["C1"], reason="grade_conversion")
    after = _ranks(person)[-1]
    assert (after.pay_group, after.coefficient, after.step, after.step_since) == (
        new, Decimal(wanted), step, clock_from,
    )  # fmt: skip
    assert after.valid_from == ON


def test_lower_ranks_with_and_without_a_reserve(province: Province) -> None:
    _hold(province, OFFICER, "A2.1", "5.08")
    person, agency = province.people[OFFICER], province.agencies["B"]
    carry_out("placement", person, ON, issuer_id=agency, own={person: {"rank": "01.003"}}, reason="lower_by_own_wish")
    assert (_ranks(person)[-1].coefficient, _reserved(person, ON)) == (Decimal("3.00"), Decimal("2.08"))
    _hold(province, TEACHER, "A2.1", "5.08", table=3)
    person = province.people[TEACHER]
    carry_out(
        "placement", person, ON, issuer_id=province.agencies["C1"], own={person: {"rank": "V.07.03.29"}},
        reason="lower_unfit",
    )  # fmt: skip
    assert (_ranks(person)[-1].coefficient, _reserved(person, ON)) == (Decimal("3.00"), None)


def test_a_first_placement_counts_the_months_insured(province: Province) -> None:
    _hold(province, TEACHER, "A0", "2.10", table=3)
    person = province.people[TEACHER]
    # §1.2: a title of group B, 101 months insured, 6 of them probation: step 4, 23 months over.
    own = {"rank": "V.08.03.07", "insured_months": "101", "probation_months": "6"}
    carry_out("placement", person, ON, issuer_id=province.agencies["C1"], own={person: own}, reason="first")
    after = _ranks(person)[-1]
    assert (after.pay_group, after.step, after.coefficient, after.step_since) == (
        "B", 4, Decimal("2.46"), date(2024, 10, 1),
    )  # fmt: skip


def test_degrees_raise_the_first_step(province: Province) -> None:
    _hold(province, TEACHER, "A0", "2.10", table=3)
    person = province.people[TEACHER]
    steps = {"doctorate": "bậc 3, hệ số 3,00", "master": "bậc 2, hệ số 2,67", "university": "bậc 1, hệ số 2,34"}
    for degree, wanted in steps.items():
        row = looked_at("placement", person, ON, reason="first", rank="V.07.03.29", degree=degree)
        assert {one.label: one.new for one in row.changes}["Loại, bậc, hệ số"] == f"loại A1, {wanted}"


def test_what_contradicts_itself_is_named(province: Province) -> None:
    _hold(province, OFFICER, "A1", "3.66")
    person = province.people[OFFICER]

    def codes(**values: Any) -> set[str]:
        return {one.code for one in problems("placement", person, ON, **values)}

    assert codes() == {"required"}
    assert codes(reason="promotion") == {"required"}
    assert codes(reason="promotion", rank="V.07.03.27") == {"other_kind"}
    assert codes(reason="promotion", rank="01.004") == {"reason_of_other_groups"}
    assert codes(reason="grade_conversion") == {"not_public"}
    assert codes(reason="first", rank="01.003", insured_months="5", probation_months="6") == {"longer_than_insured"}
    assert codes(reason="promotion", rank="01.002") == set()
    set_rank(province, OFFICER, "3.99", since=date(2026, 10, 1), step=6)
    assert codes(reason="promotion", rank="01.002") == {"later_rank"}


def test_a_reserve_held_enters_the_worth(province: Province) -> None:
    _hold(province, OFFICER, "A1", "4.98")
    add_allowance(province, OFFICER, "reserved", coefficient="0.45", since=SINCE)
    person = province.people[OFFICER]
    carry_out(
        "placement", person, ON, issuer_id=province.agencies["B"], own={person: {"rank": "01.002"}}, reason="promotion"
    )
    assert (_ranks(person)[-1].coefficient, _reserved(person, ON)) == (Decimal("5.76"), None)


def test_the_official_example_from_college_to_a_title_of_group_b_and_its_next_raise(province: Province) -> None:
    name = "Người Mới Xếp"
    more = {"kind": "public_employee", "rank": "V.07.02.26", "group": "A0", "step": 4, "coefficient": "3.03"}
    person, agency = add_official(province, name, "C1", since=date(2014, 12, 1), **more), province.agencies["C1"]
    own = {"rank": "V.08.03.07", "insured_months": "117", "probation_months": "6", "degree": "college"}
    carry_out("placement", person, date(2015, 3, 1), issuer_id=agency, own={person: own}, reason="first")
    after = _ranks(person)[-1]
    assert (after.pay_group, after.step, after.coefficient, after.step_since) == (
        "B", 6, Decimal("2.86"), date(2013, 12, 1),
    )  # fmt: skip
    assert _reserved(person, date(2015, 3, 1)) == Decimal("0.17")
    rate(province, name, [2013, 2014])
    list_id = list_of(province, "C1", who="sonoivu")
    # Overdue by years: further raises are due too, which somebody looks at.
    with acting(province, "sonoivu") as actor:
        found = item(province, name)
        raising.include(actor, found.id, version=found.version)
    carry_out("step_raise", person, TODAY.date(), issuer_id=agency, list=list_id)
    raised = _ranks(person)[-1]
    assert (raised.valid_from, raised.step, raised.coefficient) == (date(2015, 12, 1), 7, Decimal("3.06"))
    # 3.06 and what is reserved.
    assert raised.coefficient + (_reserved(person, date(2015, 12, 1)) or 0) == Decimal("3.23")


def test_a_sideways_move_keeps_the_clock_of_the_official_example(province: Province) -> None:
    name = "Người Chuyển Ngang"
    more = {"kind": "public_employee", "rank": "V.07.03.29", "group": "A1", "step": 3, "coefficient": "3.00"}
    person = add_official(province, name, "C1", since=date(2013, 5, 1), **more)
    carry_out(
        "placement", person, date(2015, 2, 1), issuer_id=province.agencies["C1"],
        own={person: {"rank": "V.05.01.03"}}, reason="same_level",
    )  # fmt: skip
    after = _ranks(person)[-1]
    assert (after.rank_code, after.coefficient, after.valid_from, after.step_since) == (
        "V.05.01.03", Decimal("3.00"), date(2015, 2, 1), date(2013, 5, 1),
    )  # fmt: skip
