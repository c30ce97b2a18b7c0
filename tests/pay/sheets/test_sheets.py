"""A month's sheet: who is on it, what each gets, how it is frozen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.pay.models import PayLine, PayRun, PaySlip
from hrms.pay.services import computing, runs
from hrms.performance.models import RatingConsequence
from tests.pay.making import (
    OFFICER,
    TEACHER,
    add_absence,
    add_allowance,
    add_post,
    add_usual,
    move,
    set_rank,
    set_status,
)
from tests.pay.sheets.running import amounts, approve, at, close, compute, doubts, run, slip
from tests.performance.after.published import add_rating, add_round
from tests.performance.making import add_holder, add_row
from tests.province import Province

OCTOBER = at(10)
YOUNG = "Lý Thị Cẩm"
"""A civil servant of the division B1 without a post."""


def test_law_example_on_a_sheet(province: Province) -> None:
    """Pay-evaluation-retirement §1.7, first row: 15,721,167 đồng net."""
    set_rank(province, OFFICER, "5.08", rank="01.001", group="A2.1", step=3)
    add_post(province, OFFICER, "0.30")
    add_usual(province, OFFICER)
    made = compute(province, OCTOBER)
    person = province.people[OFFICER]
    assert amounts(made, person) == {
        "salary": Decimal(12852400), "leadership": Decimal(759000), "public_duty": Decimal(3402850)
    }  # fmt: skip
    assert amounts(made, person, side="deduction") == {
        "social_insurance": Decimal(1088912), "health_insurance": Decimal(204171)
    }  # fmt: skip
    found = slip(made, person)
    assert (found.gross, found.net, found.arrears) == (Decimal(17014250), Decimal(15721167), 0)
    assert found.insurance_base == Decimal(13611400)
    assert found.doubts == []


def test_sums_of_a_run_are_those_of_its_slips(province: Province) -> None:
    made = compute(province, OCTOBER)
    with scope.everything():
        sums = db.session.execute(
            text("SELECT count(*), sum(gross), sum(deductions), sum(employer), sum(net) FROM pay_slips")
        ).one()
    found = run(made)
    assert tuple(sums) == (found.people, found.gross, found.deductions, found.employer, found.net)
    assert found.people == 4
    assert (found.rounding, found.part_month) == ("half_up", "calendar_days")


def test_whoever_computes_is_on_the_sheet_and_sees_it_when_approved(province: Province) -> None:
    """The account `canbo` belongs to somebody of B: an officer's own row is computed like every other."""
    made = compute(province, OCTOBER, by="tochuc")
    person = province.people["Nguyễn Văn Hùng"]
    assert slip(made, person) is not None
    province.enter("canbo", Permission.SELF_VIEW)
    assert db.session.scalars(select(PaySlip.id)).all() == []
    approve(province, made, by="tochuc")
    province.enter("canbo", Permission.SELF_VIEW)
    assert db.session.scalars(select(PaySlip.person_id)).all() == [person]


def test_an_officer_computes_and_approves_the_sheet_they_are_on(province: Province) -> None:
    """Nothing is chosen for anybody, so the policies that keep people off their own rows are met without a person."""
    actor = add_holder(province, "ketoan", Role.HR_AGENCY, "B", OFFICER)
    scope.enter_for(actor, Permission.PAY_MANAGE)
    with transaction():
        made = computing.compute(actor, province.agencies["B"], OCTOBER)
    with transaction():
        runs.approve(actor, made, version=run(made).version)
    assert slip(made, province.people[OFFICER]).state == "approved"
    assert db.session.scalars(select(PaySlip.person_id)).all() != []


@pytest.mark.parametrize("who", ["thutruong", "vanthu", "giangvien"])
def test_no_amount_reaches_who_has_no_pay_permission(province: Province, who: str) -> None:
    approve(province, compute(province, OCTOBER))
    province.enter(who, Permission.PEOPLE_VIEW)
    for model in (PayRun, PaySlip, PayLine):
        assert db.session.scalars(select(model)).all() == []


def test_computing_needs_the_permission_at_that_agency(province: Province) -> None:
    actor = province.enter("tochuc", Permission.PAY_MANAGE)
    with pytest.raises(Forbidden), transaction():
        computing.compute(actor, province.agencies["C"], OCTOBER)
    with pytest.raises(Forbidden), transaction():
        computing.compute(province.enter("thutruong", Permission.PEOPLE_VIEW), province.agencies["B"], OCTOBER)


@pytest.mark.parametrize(
    ("place", "month", "code"),
    [("B1", OCTOBER, "division"), ("B", date(2027, 5, 1), "ahead"), ("root", OCTOBER, "nobody")],
)
def test_what_no_sheet_is_computed_of(province: Province, place: str, month: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        compute(province, month, place)
    assert refused.value.problems[0].code == code


def test_computed_again_replaces_and_approved_never(province: Province) -> None:
    made = compute(province, OCTOBER)
    before = slip(made, province.people[OFFICER])
    set_rank(province, OFFICER, "5.08", rank="01.002", group="A2.1", step=3)
    assert compute(province, OCTOBER) == made
    after = slip(made, province.people[OFFICER])
    assert after.net > before.net
    approve(province, made)
    with pytest.raises(Refused) as refused:
        compute(province, OCTOBER)
    assert refused.value.problems[0].code == "approved"


def test_approved_rows_refuse_every_change(province: Province) -> None:
    made = compute(province, OCTOBER)
    approve(province, made)
    for statement in (
        "UPDATE pay_runs SET net = 0", "UPDATE pay_slips SET net = 0", "DELETE FROM pay_slips",
        "UPDATE pay_lines SET amount = 0", "DELETE FROM pay_lines",
    ):  # fmt: skip
        with scope.everything(), pytest.raises(ProgrammingError, match="approved"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_steps_ask_for_the_version_and_the_state(province: Province) -> None:
    made = compute(province, OCTOBER)
    actor = province.enter("tochuc", Permission.PAY_APPROVE)
    with pytest.raises(Stale), transaction():
        runs.approve(actor, made, version=99)
    with transaction():
        runs.cancel(actor, made, version=run(made).version)
    assert run(made).state == "cancelled"
    assert slip(made, province.people[OFFICER]) is None
    with pytest.raises(Refused), transaction():
        runs.approve(actor, made, version=run(made).version)
    assert compute(province, OCTOBER) != made


def test_a_sheet_computed_before_another_was_approved_is_computed_again(province: Province) -> None:
    """Both would pay the same arrears."""
    close(province, at(7))
    set_rank(province, OFFICER, "5.08", since=at(7), rank="01.002", group="A2.1", step=3)
    august, september = compute(province, at(8)), compute(province, at(9))
    person = province.people[OFFICER]
    assert amounts(august, person, at(7)) == amounts(september, person, at(7)) != {}
    approve(province, august)
    with pytest.raises(Refused) as refused:
        approve(province, september)
    assert refused.value.problems[0].code == "outdated"
    compute(province, at(9))
    assert amounts(september, person, at(7)) == {}
    approve(province, september)


def test_only_the_highest_leadership_allowance(province: Province) -> None:
    add_post(province, OFFICER, "0.50")
    add_post(province, OFFICER, "0.70", slot=1, title="Giám đốc Trung tâm")
    made = compute(province, OCTOBER)
    assert amounts(made, province.people[OFFICER])["leadership"] == Decimal(1771000)


def test_a_leadership_coefficient_that_is_not_the_laws_is_paid_and_said(province: Province) -> None:
    add_post(province, OFFICER, "0.45", code="division_head")
    made = compute(province, OCTOBER)
    assert amounts(made, province.people[OFFICER])["leadership"] == Decimal(1138500)
    assert "post_not_of_law" in doubts(made, province.people[OFFICER])
    add_post(province, OFFICER, "0.50", code="division_head")
    assert "post_not_of_law" not in doubts(compute(province, OCTOBER), province.people[OFFICER])


def test_a_reserved_leadership_allowance_ends_inside_the_month(province: Province) -> None:
    """0.70 kept until 15/10, 0.50 of the post held: 15 and 16 days of October."""
    add_post(province, OFFICER, "0.50")
    add_allowance(province, OFFICER, "leadership", coefficient="0.70", until=date(2026, 10, 16))
    made = compute(province, OCTOBER)
    exact = (Decimal(1771000) * 15 + Decimal(1265000) * 16) / 31
    assert amounts(made, province.people[OFFICER])["leadership"] == round(exact)


def test_who_is_lent_stays_on_the_senders_sheet(province: Province) -> None:
    move(province, OFFICER, "C", membership="seconded_in", since=at(9))
    made = compute(province, OCTOBER)
    assert slip(made, province.people[OFFICER]) is not None
    assert slip(compute(province, OCTOBER, "C"), province.people[OFFICER]) is None


def test_a_move_inside_the_month_splits_it_to_the_dong(province: Province) -> None:
    person = province.people[OFFICER]
    whole = amounts(compute(province, OCTOBER), person)["salary"]
    move(province, OFFICER, "C", since=date(2026, 10, 12))
    parts = [amounts(compute(province, OCTOBER, place), person)["salary"] for place in ("B", "C")]
    assert parts == [round(whole * 11 / 31), round(whole * 20 / 31)]
    assert abs(sum(parts) - whole) <= 1
    # Fourteen working days at either place would be too little; together nobody was without pay for a day.
    assert amounts(compute(province, OCTOBER), person, side="deduction") != {}


@pytest.mark.parametrize(
    ("month", "prosecuted", "salary", "leadership"),
    [
        (at(7), False, Decimal(5996100), None),  # 50 %, without the leadership allowance (NĐ 170/2025 Đ56 k6)
        (at(8), False, Decimal(11992200), None),  # full pay without it (NĐ 300/2026 Đ26)
        (at(8), True, Decimal(0), None),  # prosecuted: pay stops
    ],
)
def test_suspension_by_the_rule_of_its_date(
    province: Province, month: date, prosecuted: bool, salary: Decimal, leadership: Decimal | None
) -> None:
    add_post(province, OFFICER, "0.50")
    add_absence(province, OFFICER, "suspension", month, None, prosecuted=prosecuted)
    made = compute(province, month)
    found = amounts(made, province.people[OFFICER])
    assert found["salary"] == salary
    assert found.get("leadership") == leadership


def test_sickness_paid_by_insurance_is_not_paid_and_half_a_month_of_it_insures_nobody(province: Province) -> None:
    person = province.people[OFFICER]
    add_absence(province, OFFICER, "sick_leave", date(2026, 10, 5), date(2026, 10, 12))
    made = compute(province, OCTOBER)
    assert amounts(made, person)["salary"] == round(Decimal("4.74") * 2530000 * 24 / 31)
    assert amounts(made, person, side="deduction") != {}
    add_absence(province, OFFICER, "sick_leave", date(2026, 10, 5), date(2026, 10, 26))  # 15 working days
    compute(province, OCTOBER)
    assert amounts(made, person)["salary"] == round(Decimal("4.74") * 2530000 * 10 / 31)
    assert amounts(made, person, side="deduction") == amounts(made, person, side="employer") == {}
    add_absence(province, OFFICER, "maternity_leave", date(2026, 9, 1), date(2027, 3, 1))
    compute(province, OCTOBER)
    assert slip(made, person) is None


def test_probation_is_paid_by_its_percentage(province: Province) -> None:
    set_rank(province, YOUNG, "2.34", step=1, pay_percent=Decimal(85))
    add_usual(province, YOUNG)
    found = amounts(compute(province, OCTOBER), province.people[YOUNG])
    assert found == {"salary": Decimal(5032170), "public_duty": Decimal(1258043)}


def test_who_left_is_paid_to_the_last_day(province: Province) -> None:
    set_status(province, OFFICER, "left", since=date(2026, 10, 11))
    made = compute(province, OCTOBER)
    person = province.people[OFFICER]
    assert amounts(made, person)["salary"] == round(Decimal("4.74") * 2530000 * 10 / 31)
    assert slip(compute(province, at(11)), person) is None


def test_what_cannot_be_computed_is_said_and_not_guessed(province: Province) -> None:
    set_rank(province, OFFICER, None)
    set_status(province, YOUNG, "serving", kind="part_time")
    add_allowance(province, "Nguyễn Văn Hùng", "public_duty", percent="30")
    made = compute(province, OCTOBER)
    assert doubts(made, province.people[OFFICER]) == {"no_coefficient"}
    assert amounts(made, province.people[OFFICER]) == {}
    assert doubts(made, province.people[YOUNG]) == {"part_time"}
    assert doubts(made, province.people["Nguyễn Văn Hùng"]) == {"allowance_not_the_law"}
    assert doubts(made, province.people["Nguyen Van Hung"]) == {"no_public_duty"}
    assert run(made).doubtful == 4


def test_a_public_employee_has_no_public_duty_allowance_and_pays_unemployment_insurance(province: Province) -> None:
    add_usual(province, TEACHER)
    add_allowance(province, TEACHER, "seniority", percent="12")
    add_allowance(province, TEACHER, "profession_incentive", percent="30")
    made = compute(province, OCTOBER, "C1")
    person = province.people[TEACHER]
    assert doubts(made, person) == {"allowance_not_of_kind"}
    assert set(amounts(made, person)) == {"salary", "seniority", "profession_incentive"}
    assert set(amounts(made, person, side="deduction")) == {
        "social_insurance", "health_insurance", "unemployment_insurance"
    }  # fmt: skip


def test_a_class_that_changed_is_a_doubt(province: Province) -> None:
    rating = add_rating(province, add_round(province), OFFICER, place="B")
    with scope.everything():
        add_row(
            RatingConsequence, rating_id=rating, person_id=province.people[OFFICER], year=2025, what="bonus",
            old="excellent", new="good", state="open",
        )  # fmt: skip
        db.session.commit()
    assert "class_changed" in doubts(compute(province, OCTOBER), province.people[OFFICER])
