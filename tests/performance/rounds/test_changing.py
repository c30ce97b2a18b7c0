"""Changes before the decision: within the law and the quota, with a reason, never of oneself or kin; groups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Role
from hrms.people.models import FamilyMember
from hrms.performance.models import RatingChange, RatingGroup, RatingRound
from hrms.performance.queries import round_checks, round_due
from hrms.performance.services import deciding, groups, organisations, rounds, solving
from tests.performance.making import add_holder, add_post
from tests.performance.rounds.making import (
    DECEMBER,
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
    write,
)
from tests.province import Province

DUC, CAM, HUNG, HUNG2 = "Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with clock.frozen(DECEMBER):
        yield


@pytest.fixture
def round_id(province: Province) -> int:
    """Twelve people, three with the points, two places; proposed."""
    names = [CAM, HUNG, HUNG2, DUC, *add_people(province, 8)]
    for place, name in enumerate(names):
        add_months(province, name, [("95", "94", "93")[place] if place < 3 else "80"] * 12)
    made = open_round(province)
    solve(province, made)
    return made


def test_a_place_goes_to_another_with_a_reason(province: Province, round_id: int) -> None:
    first, third = of(province, round_id, CAM), of(province, round_id, HUNG2)
    assert (first.proposed, third.proposed) == ("excellent", "good")
    with acting(province, "thutruong") as actor:
        for wanted, reason, code in (
            ("excellent", "Có sáng kiến", "quota"), ("satisfactory", "Không rõ", "not_open"), ("good", "x", "same"),
            ("excellent", "  ", "reason_missing"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                deciding.change(actor, third.id, wanted, reason, version=third.version)
            assert refused.value.problems[0].code == code
        deciding.change(actor, first.id, "good", "Nhường chỗ, có sai sót", version=first.version)
        with pytest.raises(Stale):
            deciding.change(actor, first.id, "excellent", "Đổi lại", version=first.version)
        deciding.change(actor, third.id, "excellent", "Có sáng kiến cấp tỉnh", version=third.version)
    assert [of(province, round_id, name).proposed for name in (CAM, HUNG, HUNG2)] == ["good", "excellent", "excellent"]
    with scope.everything():
        told = db.session.execute(
            select(RatingChange.stage, RatingChange.old, RatingChange.new, RatingChange.reason)
            .where(RatingChange.rating_id == third.id)
            .order_by(RatingChange.id)
        ).all()
    assert [tuple(one)[:3] for one in told] == [("quota", "excellent", "good"), ("proposed", "good", "excellent")]
    assert told[0].reason.startswith("Đạt điểm xuất sắc nhưng cơ quan đã đủ tỷ lệ")


def test_in_the_meeting_only_who_decides_changes(province: Province, round_id: int) -> None:
    meet(province, round_id)
    first = of(province, round_id, CAM)
    with acting(province, "sonoivu") as actor, pytest.raises(Forbidden):
        deciding.change(actor, first.id, "good", "Lý do", version=first.version)
    db.session.rollback()
    with acting(province, "thutruong") as actor:
        deciding.change(actor, first.id, "good", "Tập thể thống nhất", version=first.version)
    with scope.everything():
        stages = db.session.scalars(select(RatingChange.stage).where(RatingChange.rating_id == first.id)).all()
    assert stages == ["meeting"]


def test_oneself_spouse_and_kin_are_blocked(province: Province, round_id: int) -> None:
    head = add_holder(province, "giamdoc", Role.HEAD, "B", CAM)
    mine, wife = of(province, round_id, CAM), of(province, round_id, HUNG)
    write(FamilyMember, person_id=province.people[HUNG], side="spouse", relation="wife", full_name=CAM, birth_year=1994)
    for one in (mine, wife):
        assert deciding.may_change(head, one) is not None
        with acting(province, head) as actor, pytest.raises(Forbidden):
            deciding.change(actor, one.id, "good", "Lý do", version=one.version)
        db.session.rollback()
    meet(province, round_id)
    decision = add_decision(province)
    with acting(province, head) as actor, pytest.raises(Forbidden):
        deciding.decide(actor, round_id, decision, date(2026, 12, 4))
    db.session.rollback()
    with acting(province, "thutruong") as actor:
        deciding.decide(actor, round_id, decision, date(2026, 12, 4))
    assert state(round_id) == "decided"


def test_what_is_decided_no_longer_changes(province: Province) -> None:
    for name in (CAM, HUNG):
        add_months(province, name, ["80"] * 12)
    made = open_round(province)
    decide(province, made)
    one = of(province, made, CAM)
    with acting(province, "thutruong") as actor:
        for act in (
            lambda: deciding.change(actor, one.id, "good", "Lý do", version=one.version),
            lambda: deciding.remark(actor, one.id, "Tốt", version=one.version),
            lambda: solving.solve(actor, made),
            lambda: deciding.to_meeting(actor, made, {"met_on": date(2026, 12, 3), "conclusion": "Có"}),
            lambda: groups.propose(actor, made),
            lambda: rounds.cancel(actor, made, "Lý do", version=1),
        ):
            with pytest.raises((Refused, Stale)):
                act()
    assert state(made) == "decided"


def test_groups_hold_their_own_quota(province: Province) -> None:
    deputies = add_people(province, 6)
    for name in deputies:
        add_post(province, name, "division_deputy", "B")
    staff = [CAM, HUNG, HUNG2, *add_people(province, 9)]
    for name in deputies:
        add_months(province, name, ["95"] * 12)
    for name in staff:
        add_months(province, name, ["80"] * 12)
    made = open_round(province)
    with acting(province, "sonoivu") as actor:
        found = groups.propose(actor, made)
        with pytest.raises(Refused) as unapproved:
            solving.solve(actor, made)
        assert unapproved.value.problems[0].code == "groups_not_approved"
        with pytest.raises(Forbidden):
            groups.approve(actor, made)
    assert len(found) == 2
    assert all(one.group_id in found for one in ratings(made).values())
    with acting(province, "thutruong") as actor:
        groups.approve(actor, made)
    solved = solve(province, made)
    # Nineteen good or better would give three places; the six deputies one, and nobody else has the points.
    assert (solved.agency.maximum, len(solved.chosen), state(made)) == (3, 1, "proposed")
    with acting(province, "sonoivu") as actor:
        one = of(province, made, deputies[0])
        assert groups.place(actor, made, None, [one.id]) == 1
    assert state(made) == "collecting"
    with acting(province, "thutruong") as actor, pytest.raises(Refused) as without:
        groups.approve(actor, made)
    assert without.value.problems[0].code == "without_group"
    with acting(province, "sonoivu") as actor:
        groups.whole_agency(actor, made)
        assert db.session.scalar(select(RatingGroup.id).where(RatingGroup.round_id == made)) is None
    assert len(solve(province, made).chosen) == 3


def test_a_group_by_hand(province: Province, round_id: int) -> None:
    with acting(province, "sonoivu") as actor:
        made = groups.add(actor, round_id, "Chuyên môn", {"roles": ["staff"]})
        group = db.session.get_one(RatingGroup, made)
        assert group.code == "N01"
        with pytest.raises(Refused):
            groups.add(actor, round_id, "chuyên môn", {"roles": ["head"]})
        with pytest.raises(Refused):
            groups.edit(actor, made, "x", {}, version=group.version)
        with pytest.raises(Stale):
            groups.edit(actor, made, "Nghiệp vụ", {"roles": ["staff"]}, version=99)
        groups.edit(actor, made, "Nghiệp vụ", {"roles": ["staff", "head"]}, version=group.version)
    assert all(one.group_id == made for one in ratings(round_id).values())
    assert state(round_id) == "collecting"
    with acting(province, "sonoivu") as actor:
        groups.remove(actor, made)
    assert all(one.group_id is None for one in ratings(round_id).values())


def test_the_larger_quota_needs_a_paper(province: Province, round_id: int) -> None:
    with scope.everything():
        version = db.session.get_one(RatingRound, round_id).version
    with acting(province, "tochuc") as actor, pytest.raises(Forbidden):
        rounds.set_outstanding(actor, round_id, "QĐ khen thưởng số 12", version=version)
    db.session.rollback()
    with acting(province, "tochuc") as actor, pytest.raises(Forbidden):
        rounds.open_round(actor, province.agencies["B"], 2025, outstanding_basis="QĐ khen thưởng số 12")
    db.session.rollback()
    with acting(province, "thutruong") as actor:
        rounds.set_outstanding(actor, round_id, "QĐ khen thưởng số 12", version=version)
    solved = solve(province, round_id)
    assert (solved.agency.maximum, state(round_id)) == (2, "proposed")
    with scope.everything():
        one = db.session.get_one(RatingRound, round_id)
        assert (one.outstanding, int(one.quota_percent)) == (True, 25)


@pytest.mark.parametrize("who", ["admin", "giangvien", "thanhtra", "canbo", "vanthu"])
def test_others_touch_nothing(province: Province, round_id: int, who: str) -> None:
    one = of(province, round_id, CAM)
    acts = (
        lambda actor: rounds.open_round(actor, province.agencies["B"], 2025),
        lambda actor: rounds.cancel(actor, round_id, "Lý do", version=1),
        lambda actor: solving.solve(actor, round_id),
        lambda actor: groups.propose(actor, round_id),
        lambda actor: deciding.change(actor, one.id, "good", "Lý do", version=one.version),
        lambda actor: deciding.to_meeting(actor, round_id, {"met_on": date(2026, 12, 3), "conclusion": "Có"}),
        lambda actor: deciding.publish(actor, round_id, date(2026, 12, 5)),
        lambda actor: organisations.save(actor, province.agencies["B"], 2026, {}),
    )
    for act in acts:
        with acting(province, who) as actor, pytest.raises((Forbidden, NotFound, Refused, Stale)):
            act(actor)
        db.session.rollback()
    assert state(round_id) == "proposed"
    assert of(province, round_id, CAM).proposed == "excellent"


def test_check_finds_what_was_tampered_with(province: Province, round_id: int) -> None:
    with scope.everything():
        assert round_checks.run() == []
    publish(province, round_id)
    with scope.everything():
        assert round_checks.run() == []
        db.session.execute(
            text("UPDATE person_rating SET rating = 'excellent' WHERE person_id = :id"), {"id": province.people[DUC]}
        )
        db.session.execute(text("UPDATE rating_rounds SET quota_percent = 5"))
        found = round_checks.run()
        assert len(found) == 2


def test_lines_of_the_calendar(province: Province, round_id: int) -> None:
    add_post(province, DUC, "department_director", "B")
    add_post(province, "Huỳnh Thị Mỹ", "primary_school_principal", "C1")
    with scope.everything():
        found = round_due.lines(None, date(2026, 12, 5), date(2027, 3, 1))
    assert sorted((line.person_id, line.due.code, line.due.due_on) for line in found) == sorted(
        [
            (province.people[DUC], "rating_round", date(2026, 12, 14)),
            (province.people["Huỳnh Thị Mỹ"], "rating_regulation", date(2026, 11, 30)),
        ]
    )
    with scope.everything():
        assert round_due.lines([], date(2026, 12, 5), date(2027, 3, 1)) == []
