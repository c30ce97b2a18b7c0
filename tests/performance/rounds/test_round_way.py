"""A round from its opening to January, with the worked examples of the law."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.performance.models import RatingChange, RatingRound
from hrms.performance.services import deciding, rounds
from tests.performance.rounds.making import (
    DECEMBER,
    JANUARY,
    Y1,
    acting,
    add_decision,
    add_months,
    add_people,
    decide,
    meet,
    of,
    open_round,
    publish,
    ratings,
    solve,
    state,
)
from tests.province import Province

DUC, CAM, HUNG, HUNG2 = "Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"


@pytest.fixture(autouse=True)
def december():
    with clock.frozen(DECEMBER):
        yield


def test_y1_the_mean_of_twelve_months_decides(province: Province) -> None:
    add_months(province, CAM, Y1)
    round_id = open_round(province)
    found = of(province, round_id, CAM)
    assert (found.mean, found.by_points, found.provisional, found.months["kind"]) == (
        Decimal("91.633333"), "excellent", False, "month",
    )  # fmt: skip
    assert found.months["3"] == "88.000000"
    assert len(ratings(round_id)) == 4
    with scope.everything():
        one = db.session.get_one(RatingRound, round_id)
        assert (one.due_on, one.state, one.quota_percent, one.quota_base) == (
            date(2026, 12, 14), "collecting", Decimal(20), "final_good",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("mean", "rating"),
    [("90.00", "excellent"), ("89.99", "good"), ("70.00", "good"), ("69.99", "satisfactory"), ("50.00", "satisfactory"),
     ("49.99", "unsatisfactory")],
)  # fmt: skip
def test_y5_the_boundaries(province: Province, mean: str, rating: str) -> None:
    add_months(province, CAM, [mean] * 12)
    assert of(province, open_round(province), CAM).by_points == rating


def test_a_whole_round(province: Province) -> None:
    names = [CAM, HUNG, HUNG2, DUC, *add_people(province, 21)]
    for place, name in enumerate(names):
        add_months(province, name, [str(97 - place * Decimal("0.5")) if place < 9 else "80"] * 11)
    round_id = open_round(province)
    assert len(ratings(round_id)) == 25
    assert all(one.provisional and one.reasons == ["missing_months"] for one in ratings(round_id).values())
    solved = solve(province, round_id)
    # Table of the law: 25 good or better, nine at 90, 4 places by the literal reading.
    assert (solved.agency.maximum, len(solved.chosen), len(solved.left_out)) == (4, 4, 5)
    assert state(round_id) == "proposed"
    assert [of(province, round_id, name).proposed for name in names[:6]] == ["excellent"] * 4 + ["good"] * 2
    assert "quota" in of(province, round_id, names[4]).reasons
    meet(province, round_id)
    decision = add_decision(province)
    with acting(province, "thutruong") as actor:
        deciding.decide(actor, round_id, decision, date(2026, 12, 4))
    with acting(province, "sonoivu") as actor:
        made = deciding.publish(actor, round_id, date(2026, 12, 5))
    assert (len(made), state(round_id)) == (25, "published")
    with scope.everything():
        kept = db.session.execute(
            text("SELECT rating, score, rated_by FROM person_rating WHERE person_id = :id AND year = 2026"),
            {"id": province.people[names[0]]},
        ).one()
        assert tuple(kept) == ("excellent", Decimal("97.000"), "Sở Xây dựng")
        waiting = db.session.execute(text("SELECT count(*) FROM result_reports WHERE kind = 'year'")).scalar_one()
        assert waiting == 25
        changes = db.session.scalars(select(RatingChange.stage)).all()
        assert set(changes) == {"quota"}
        assert len(changes) == 5


def test_january_takes_december_in(province: Province) -> None:
    names = [CAM, HUNG, HUNG2, DUC, *add_people(province, 8)]
    for place, name in enumerate(names):
        add_months(province, name, [("91", "90.5")[place] if place < 2 else "80"] * 11)
    round_id = open_round(province)
    publish(province, round_id)
    before = ratings(round_id)
    assert sorted(one.final for one in before.values()) == ["excellent"] * 2 + ["good"] * 10
    with acting(province, "sonoivu") as actor, pytest.raises(Refused) as early:
        deciding.settle(actor, round_id)
    assert early.value.problems[0].code == "too_early"
    with clock.frozen(JANUARY):
        with acting(province, "thutruong") as actor, pytest.raises(Refused) as waiting:
            deciding.settle(actor, round_id)
        assert waiting.value.problems[0].code == "waiting"
        for name in names:
            # The second falls below 90 with December.
            add_months(province, name, {12: "60" if name == names[1] else "91"})
        with acting(province, "thutruong") as actor, pytest.raises(Refused) as needed:
            deciding.settle(actor, round_id)
        assert needed.value.problems[0].code == "decision_needed"
        decision = add_decision(province, signed_on=date(2027, 1, 8))
        with acting(province, "sonoivu") as actor, pytest.raises((Forbidden, NotFound)):
            deciding.settle(actor, round_id, decision)
        db.session.rollback()
        with acting(province, "thutruong") as actor:
            changed = deciding.settle(actor, round_id, decision)
    after = ratings(round_id)
    assert (len(changed), state(round_id), len(after)) == (1, "settled", 12)
    lowered = after[province.people[names[1]]]
    assert (lowered.id, lowered.final, lowered.supersedes_id, lowered.decision_id) == (
        changed[0], "good", before[province.people[names[1]]].id, decision,
    )  # fmt: skip
    assert not any(one.provisional for one in after.values())


def test_a_wrong_result_is_replaced_and_the_quota_checked(province: Province) -> None:
    names = [CAM, HUNG, HUNG2, DUC, *add_people(province, 8)]
    for place, name in enumerate(names):
        add_months(province, name, [("95", "94", "93")[place] if place < 3 else "80"] * 12)
    round_id = open_round(province)
    publish(province, round_id)
    found = ratings(round_id)
    third, first = found[province.people[names[2]]], found[province.people[names[0]]]
    assert (first.final, third.final) == ("excellent", "good")
    decision = add_decision(province)
    with acting(province, "thutruong") as actor:
        with pytest.raises(Refused) as full:
            deciding.supersede(actor, third.id, "excellent", decision, "Kiến nghị đúng")
        assert full.value.problems[0].code == "quota"
        with pytest.raises(Refused) as closed:
            deciding.supersede(actor, third.id, "satisfactory", decision, "Không có căn cứ")
        assert closed.value.problems[0].code == "not_open"
        made = deciding.supersede_many(
            actor, [(first.id, "good"), (third.id, "excellent")], decision, "Xét lại thành tích"
        )
    after = ratings(round_id)
    assert after[province.people[names[2]]].id == made[1]
    assert [after[province.people[name]].final for name in names[:3]] == ["good", "excellent", "excellent"]
    with scope.everything():
        flagged = db.session.execute(text("SELECT count(*) FROM rating_consequences")).scalar_one()
        assert flagged > 0


def test_nobody_else_decides(province: Province) -> None:
    for name in (CAM, HUNG):
        add_months(province, name, ["80"] * 12)
    round_id = open_round(province)
    solve(province, round_id)
    meet(province, round_id)
    decision = add_decision(province)
    for who in ("sonoivu", "tochuc", "chutich", "thanhtra", "canbo", "vanthu", "admin"):
        with acting(province, who) as actor, pytest.raises((Forbidden, NotFound)):
            deciding.decide(actor, round_id, decision, date(2026, 12, 4))
        db.session.rollback()
    assert state(round_id) == "meeting"


def test_a_round_is_called_off_and_opened_again(province: Province) -> None:
    add_months(province, CAM, Y1)
    round_id = open_round(province)
    with acting(province, "sonoivu") as actor:
        with scope.everything():
            version = db.session.get_one(RatingRound, round_id).version
        rounds.cancel(actor, round_id, "Mở nhầm năm", version=version)
    assert (state(round_id), ratings(round_id)) == ("cancelled", {})
    again = open_round(province)
    assert again != round_id
    assert len(ratings(again)) == 4
    assert decide(province, again)
    assert state(again) == "decided"
