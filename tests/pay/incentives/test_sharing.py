"""Rounds of shares on the record: funds by months, classes, advances and settlements, what is left out and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hrms.core import scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Role
from hrms.pay.models import IncentiveShare
from hrms.pay.rules.schemes import RatingOf, Step
from hrms.pay.services import sharing
from hrms.people.rules.absences import AbsenceKind
from tests.pay import making as facts
from tests.pay.incentives.making import (
    CAM,
    DUC,
    HUNG,
    HUNG2,
    acting,
    add_points,
    add_scheme,
    decide,
    model,
    open_round,
    rate,
    row,
    share,
    shares,
)
from tests.province import Province

OLD, NEW = 2_340_000, 2_530_000
ALL = Decimal("4.74") + Decimal("2.67") + Decimal("3.66") * 2
SALARIES = ALL * 6 * (OLD + NEW)


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problems[0].code


def test_a_bonus_fund_is_ten_percent_of_the_salaries_of_its_months(province: Province) -> None:
    rate(province, {DUC: "excellent", CAM: "good", HUNG: "good", HUNG2: "unsatisfactory"})
    round_id = open_round(province, add_scheme(province, model("bonus_points")))
    done = share(province, round_id)
    fund = int(SALARIES / 10)
    assert (done.fund, done.salary_fund, done.reserved) == (fund, int(SALARIES), int(SALARIES / 10 / 10))
    each = (fund - done.reserved) / Decimal("3.2")
    kept = shares(province, round_id)
    assert [int(kept[name].amount) for name in (DUC, CAM, HUNG, HUNG2)] == [
        int(each * Decimal("1.2")), int(each), int(each), 0,
    ]  # fmt: skip
    found = row(round_id)
    assert found.reserved + found.shared + found.remainder == found.fund
    assert found.shared == sum(one.amount for one in kept.values())
    assert 0 <= found.remainder < 4
    assert (kept[DUC].months, kept[DUC].parts[0]["rating"], len(kept[DUC].parts)) == (12, "excellent", 2)


def test_who_came_moved_or_was_away_counts_by_months(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "good", HUNG: "good", HUNG2: "good"})
    facts.move(province, CAM, "A", since=date(2026, 7, 10))
    facts.add_absence(province, HUNG, AbsenceKind.UNPAID_LEAVE, since=date(2026, 2, 1), until=date(2026, 4, 20))
    scheme = add_scheme(province, model("bonus_points"), "root")
    mine, other = open_round(province, scheme), open_round(province, scheme, place="A")
    share(province, mine)
    share(province, other)
    here, there = shares(province, mine), shares(province, other)
    assert (here[CAM].months, there[CAM].months) == (6, 6)
    # Of April ten days were worked, fewer than half.
    assert (here[HUNG].months, here[DUC].months) == (9, 12)
    assert here[CAM].amount * 2 == pytest.approx(here[DUC].amount, abs=2)


def test_left_out_with_the_reason(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "none"})
    facts.set_rank(province, HUNG2, None, since=date(2026, 5, 1))
    round_id = open_round(province, add_scheme(province, model("extra_by_class")), fund=100_000_000)
    share(province, round_id)
    kept = shares(province, round_id)
    assert {name: one.left_out for name, one in kept.items()} == {
        DUC: None, CAM: "no_weight", HUNG: "no_rating", HUNG2: "no_salary",
    }  # fmt: skip
    assert (kept[DUC].amount, row(round_id).remainder) == (100_000_000, 0)


def test_a_fund_above_the_law_is_refused(province: Province) -> None:
    rate(province, {DUC: "good"})
    scheme = add_scheme(province, model("bonus_points"))
    round_id = open_round(province, scheme, fund=int(SALARIES / 10) + 1)
    with acting(province) as actor, pytest.raises(Refused) as refused:
        sharing.share(actor, round_id)
    assert code(refused) == "above_limit"
    with acting(province) as actor:
        sharing.set_fund(actor, round_id, int(SALARIES / 10), version=row(round_id).version)
    assert row(round_id).state == "shared"


def test_an_advance_is_at_most_sixty_percent_and_comes_off_the_settlement(province: Province) -> None:
    for name in (DUC, CAM, HUNG):
        add_points(province, name, {7: "95", 8: "91", 9: "72" if name == CAM else "90"})
    scheme = add_scheme(province, model("extra_by_class"))
    advance = open_round(province, scheme, Step.ADVANCE, quarter=3)
    share(province, advance)
    quarter = ALL * 3 * NEW
    assert (row(advance).salary_fund, row(advance).fund) == (quarter, quarter * 60 // 100)
    paid = shares(province, advance)
    assert {name: one.rating for name, one in paid.items()} == {
        DUC: "excellent", CAM: "good", HUNG: "excellent", HUNG2: None,
    }  # fmt: skip
    assert row(advance).shared <= row(advance).fund
    assert open_again(province, scheme) == "exists"
    decide(province, advance)
    rate(province, {DUC: "excellent", CAM: "good", HUNG: "unsatisfactory", HUNG2: "good"})
    settled = open_round(province, scheme, fund=30_000_000)
    share(province, settled)
    kept = shares(province, settled)
    assert kept[HUNG].amount == 0
    assert kept[HUNG].due == -paid[HUNG].due < 0
    assert all(one.due == one.amount - one.advanced for one in kept.values())
    assert kept[HUNG2].advanced == 0
    assert sum(one.amount for one in kept.values()) <= 30_000_000


def open_again(province: Province, scheme: int) -> str:
    with acting(province) as actor, pytest.raises(Refused) as refused:
        sharing.open_round(actor, scheme, province.agencies["B"], 2026, Step.ADVANCE, quarter=3)
    return code(refused)


def test_who_left_with_an_advance_owes_it_back(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "good", HUNG: "good", HUNG2: "good"})
    for name in (DUC, CAM):
        add_points(province, name, {1: "80"}, kind="quarter")
    scheme = add_scheme(province, model("extra_by_class"))
    advance = open_round(province, scheme, Step.ADVANCE, quarter=1)
    share(province, advance)
    decide(province, advance)
    # A correction of the record: Cẩm was never here.
    facts.move(province, CAM, "A", since=date(2025, 1, 1))
    settled = open_round(province, scheme, fund=200_000_000)
    share(province, settled)
    gone = shares(province, settled)[CAM]
    assert (gone.left_out, gone.amount, gone.due < 0) == ("gone", 0, True)


def test_the_law_s_examples_of_da_nang_and_ho_chi_minh_city(province: Province) -> None:
    facts.set_rank(province, DUC, "3.33", since=date(2026, 7, 1))
    for name, points in ((DUC, "95"), (CAM, "95"), (HUNG, "80"), (HUNG2, "60")):
        add_points(province, name, {7: points, 8: points, 9: points})
    da_nang = open_round(province, add_scheme(province, model("da_nang")), quarter=3)
    share(province, da_nang)
    kept = shares(province, da_nang)
    assert kept[DUC].amount == 4_212_450 * 3
    # 2.67 × 2,530,000 × 0.5; 3.66 × 2,530,000 × 0.3 and × 0.1.
    assert [int(kept[name].amount) for name in (CAM, HUNG, HUNG2)] == [10_132_650, 8_333_820, 2_777_940]
    assert row(da_nang).remainder == 0
    city = open_round(province, add_scheme(province, model("hcm", cap=None)), quarter=3)
    share(province, city)
    kept = shares(province, city)
    assert (kept[DUC].amount, kept[HUNG2].amount) == (15_164_820 * 3, 0)


def test_each_month_by_its_own_points(province: Province) -> None:
    add_points(province, DUC, {7: "95", 8: "75", 9: "55"})
    round_id = open_round(province, add_scheme(province, model("da_nang")), quarter=3)
    share(province, round_id)
    found = shares(province, round_id)[DUC]
    pay = Decimal("4.74") * NEW
    # The last month's tenth is below its floor of 500,000? It is not: 1,199,220.
    assert found.amount == int(pay * Decimal("0.9"))
    assert [part["rating"] for part in found.parts] == ["excellent", "good", "satisfactory"]


def test_the_cap_shrinks_all_alike(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "good", HUNG: "good", HUNG2: "good"})
    terms = model("hcm", cap=Decimal("0.8"), rating_of=RatingOf.YEAR)
    for name in (DUC, CAM, HUNG, HUNG2):
        add_points(province, name, {3: "80"}, kind="quarter")
    round_id = open_round(province, add_scheme(province, terms), quarter=3)
    done = share(province, round_id)
    # 1.8 × 80 % of the salaries is asked, 0.8 of them is there.
    assert done.fund == int(ALL * 3 * NEW * Decimal("0.8"))
    kept = shares(province, round_id)
    assert sum(one.amount for one in kept.values()) <= done.fund
    assert kept[HUNG].amount == kept[HUNG2].amount


def test_by_hand_and_not_oneself(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "good", HUNG: "good", HUNG2: "good"})
    round_id = open_round(province, add_scheme(province, model("bonus_points")))
    share(province, round_id)
    hung, cam = shares(province, round_id)[HUNG].id, shares(province, round_id)[CAM].id
    officer = Actor(
        account_id=province.accounts["tochuc"], name="tochuc", person_id=province.people[HUNG], via="web",
        grants=(Grant(Role.HR_AGENCY, province.agencies["B"]), Grant(Role.OFFICIAL, province.agencies["B"])),
        request_id="test",
    )  # fmt: skip
    with acting(province, officer) as actor, pytest.raises(Forbidden):
        sharing.leave_out(actor, hung, "Tự rút", version=row(round_id).version)
    with acting(province, officer) as actor, pytest.raises(Stale):
        sharing.leave_out(actor, cam, "Đã được thưởng nơi khác", version=99)
    with acting(province, officer) as actor:
        sharing.leave_out(actor, cam, "Đã được thưởng nơi khác", version=row(round_id).version)
    kept = shares(province, round_id)
    assert (kept[CAM].left_out, kept[CAM].amount, kept[CAM].note) == ("hand", 0, "Đã được thưởng nơi khác")
    assert len({kept[name].amount for name in (DUC, HUNG, HUNG2)}) == 1
    share(province, round_id)
    assert shares(province, round_id)[CAM].left_out == "hand"
    with acting(province) as actor:
        sharing.take_back(actor, shares(province, round_id)[CAM].id, version=row(round_id).version)
    assert shares(province, round_id)[CAM].amount > 0


def test_ad_hoc_bonuses_come_from_what_the_year_keeps(province: Province) -> None:
    scheme = add_scheme(province, model("bonus_points"))
    kept = int(SALARIES / 10 / 10)
    round_id = open_round(province, scheme, Step.AD_HOC)
    assert row(round_id).fund == kept
    with acting(province) as actor:
        sharing.award(actor, round_id, province.people[DUC], 2_000_000, "Hoàn thành đề án trước hạn", version=1)
    with acting(province) as actor, pytest.raises(Refused) as refused:
        sharing.award(actor, round_id, province.people[CAM], kept, "Quá nhiều", version=2)
    assert code(refused) == "above_fund"
    with acting(province) as actor, pytest.raises(Refused) as twice:
        sharing.award(actor, round_id, province.people[DUC], 1, "Lần nữa", version=2)
    assert code(twice) == "twice"
    assert (row(round_id).shared, row(round_id).remainder) == (2_000_000, kept - 2_000_000)
    open_round(province, scheme, Step.AD_HOC)
    with acting(province) as actor, pytest.raises(Refused) as above:
        sharing.set_fund(actor, round_id, kept + 1, version=2)
    assert code(above) == "above_limit"
    with acting(province) as actor:
        sharing.take_award(actor, shares(province, round_id)[DUC].id, version=2)
    assert row(round_id).state == "draft"


def test_what_is_decided_never_changes(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "good", HUNG: "good", HUNG2: "good"})
    round_id = open_round(province, add_scheme(province, model("bonus_points")))
    share(province, round_id)
    decide(province, round_id)
    with acting(province) as actor, pytest.raises(Refused) as again:
        sharing.share(actor, round_id)
    assert code(again) == "wrong_state"
    for statement in (
        "UPDATE incentive_shares SET amount = 1 WHERE round_id = :id",
        "DELETE FROM incentive_shares WHERE round_id = :id",
        "UPDATE incentive_rounds SET shared = 1 WHERE id = :id",
    ):  # fmt: skip
        with scope.everything(), pytest.raises(Exception, match="approved"), db.session.begin_nested():
            db.session.execute(text(statement), {"id": round_id})
    db.session.rollback()


def test_only_who_may_see_amounts_reads_them(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "good", HUNG: "good", HUNG2: "good"})
    round_id = open_round(province, add_scheme(province, model("bonus_points")))
    share(province, round_id)
    counted = text("SELECT count(*) FROM incentive_shares WHERE round_id = :id")
    with acting(province, "thutruong"):
        assert db.session.execute(counted, {"id": round_id}).scalar_one() == 0
    with acting(province, "canbo"):
        assert db.session.execute(counted, {"id": round_id}).scalar_one() == 0
    with acting(province, "tochuc"):
        assert db.session.execute(counted, {"id": round_id}).scalar_one() == 4
    with acting(province, "thanhtra") as actor, pytest.raises(NotFound):
        sharing.share(actor, round_id)
    decide(province, round_id, "tochuc")
    with acting(province, "canbo"):
        seen = db.session.query(IncentiveShare).all()
        assert [one.person_id for one in seen] == [province.people[HUNG]]
    with acting(province, "thutruong"):
        assert db.session.execute(counted, {"id": round_id}).scalar_one() == 0
