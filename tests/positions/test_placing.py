"""Bulk placing: who is proposed for which seat, and why."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.people.rules.parameters import parameters_on
from hrms.positions.rules.kinds import PositionGroup, QuotaKind
from hrms.positions.rules.placing import (
    Missing,
    Occupant,
    Placement,
    Seat,
    Sureness,
    deadline,
    grade_of,
    likeness,
    propose,
)
from tests.people.catalogue_rows import rows

FIGURES = parameters_on(rows("parameters"), date(2026, 12, 1))
RANKS = {row["code"]: row["name_vi"] for row in rows("ranks")}
CV, CVC = "01.003", "01.002"
CIVIL, PUBLIC = QuotaKind.CIVIL, QuotaKind.PUBLIC


def seat(line, name="Chuyên viên nội vụ", free=1, ranks=(CV,), unit=1, **more) -> Seat:
    values = {"quota_kind": CIVIL, "group": PositionGroup.PROFESSIONAL, "position_id": line + 100}
    return Seat(line, unit, name=name, free=free, ranks=frozenset(ranks), **{**values, **more})


def nurse(line, low=2, high=5, **more) -> Seat:
    return seat(line, "Điều dưỡng", ranks=(), **{"quota_kind": PUBLIC, "grade_min": low, "grade_max": high, **more})


def clerk(person, work="Nội vụ", rank=CV, unit=1, **more) -> Occupant:
    return Occupant(person, unit, CIVIL, rank, work=work, **more)


def carer(person, pay_group="A1", **more) -> Occupant:
    return Occupant(person, 1, PUBLIC, "V.08.05.12", pay_group, **{"work": "Điều dưỡng viên", **more})


def lines_of(found: list[Placement]) -> dict[int, int | None]:
    for one in found:
        assert one.reasons
        assert (one.line_id is None) == (one.missing is not None)
        for reason in one.reasons:
            assert reason.text % reason.params
    return {one.person_id: one.line_id for one in found}


def run(people, seats) -> dict[int, int | None]:
    return lines_of(propose(people, seats, FIGURES, RANKS))


# Civil servants


def test_everybody_goes_to_a_position_of_their_rank():
    seats = [seat(1), seat(2, "Chuyên viên chính nội vụ", ranks=(CVC,)), seat(3, "Cán sự thủ quỹ", ranks=("01.004",))]
    people = [clerk(1, rank="01.004", work="Thủ quỹ"), clerk(2, rank=CVC), clerk(3), clerk(4, rank="01.001")]
    found = propose(people, seats, FIGURES, RANKS)
    assert lines_of(found) == {1: 3, 2: 2, 3: 1, 4: None}
    assert found[3].missing is Missing.NO_RANK_LINE
    assert found[2].reasons[0].params == {"rank": "Chuyên viên"}
    assert found[2].reasons[0].source == "NĐ 170/2025/NĐ-CP Đ70 k2"
    assert {one.grade for one in found} == {None}


def test_the_present_work_tells_positions_of_one_rank_apart():
    seats = [seat(1, "Chuyên viên tư pháp"), seat(2, "Chuyên viên y tế"), seat(3, "Chuyên viên nội vụ")]
    people = [clerk(1, "Công tác y tế"), clerk(2, "nội vụ, cải cách hành chính"), clerk(3, "Chuyên viên tư pháp")]
    found = propose(people, seats, FIGURES, RANKS)
    assert lines_of(found) == {1: 2, 2: 3, 3: 1}
    assert [one.sureness for one in found] == [Sureness.SURE, Sureness.SURE, Sureness.SURE]


def test_who_fits_best_gets_the_only_seat():
    found = propose([clerk(1, "Nội vụ, lao động"), clerk(2, "Chuyên viên nội vụ")], [seat(1)], FIGURES, RANKS)
    assert lines_of(found) == {1: None, 2: 1}
    assert found[0].missing is Missing.NO_FREE_SEAT


def test_a_work_nobody_knows_is_proposed_to_be_looked_at():
    found = propose([clerk(1, ""), clerk(2, "Đất đai")], [seat(1, free=2)], FIGURES, RANKS)
    assert lines_of(found) == {1: 1, 2: 1}
    assert {one.sureness for one in found} == {Sureness.WEAK}
    assert [one.reasons[-1].text for one in found] == [
        "Hồ sơ chưa ghi công việc", "Công việc ghi trong hồ sơ chưa khớp tên vị trí",
    ]  # fmt: skip


def test_ones_own_unit_before_another():
    seats = [seat(1, unit=1), seat(2, unit=2)]
    assert run([clerk(1, unit=2), clerk(2, unit=1)], seats) == {1: 2, 2: 1}
    found = propose([clerk(1, unit=3)], seats, FIGURES, RANKS)
    assert found[0].reasons[-1].text == "Vị trí của đơn vị khác trong cơ quan"


def test_who_has_no_other_line_comes_first():
    seats = [seat(1, "Chuyên viên nội vụ", ranks=(CV, CVC)), seat(2, "Chuyên viên nội vụ xã", ranks=(CV,))]
    assert run([clerk(1, ""), clerk(2, "", rank=CVC)], seats) == {1: 2, 2: 1}


@pytest.mark.parametrize(
    ("person", "seats", "why"),
    [
        (clerk(1, rank=None), [seat(1)], Missing.NO_RANK),
        (clerk(1, rank=None), [], Missing.NO_RANK_LINE),
        (clerk(1, rank=CVC), [seat(1)], Missing.NO_RANK_LINE),
        (clerk(1), [seat(1, free=0)], Missing.NO_FREE_SEAT),
        (clerk(1), [nurse(1)], Missing.NO_RANK_LINE),
        (clerk(1, posts=("division_head",)), [seat(1)], Missing.NO_POST_LINE),
        (carer(1, None), [nurse(1)], Missing.NO_RANK),
    ],
)
def test_why_there_is_no_seat(person, seats, why):
    found = propose([person], seats, FIGURES, RANKS)
    assert lines_of(found) == {1: None}
    assert found[0].missing is why


def test_contract_labour_goes_by_its_work_only():
    driver = Occupant(1, 1, QuotaKind.CONTRACT, work="Lái xe cơ quan")
    seats = [
        seat(n, name, ranks=(), quota_kind=QuotaKind.CONTRACT) for n, name in enumerate(["Bảo vệ", "Nhân viên lái xe"])
    ]
    assert run([driver], seats) == {1: 1}


# Leaders


def head(line, unit=1, post="division_head", **more) -> Seat:
    return seat(line, "Trưởng phòng", unit=unit, leadership_post=post, group=PositionGroup.LEADERSHIP, **more)


def test_a_leader_goes_to_the_line_of_the_title():
    seats = [head(1, unit=1), head(2, unit=2), seat(3), seat(4, unit=2)]
    people = [clerk(1, unit=2, posts=("division_head",)), clerk(2, posts=("division_head",)), clerk(3)]
    found = propose(people, seats, FIGURES, RANKS)
    assert lines_of(found) == {1: 2, 2: 1, 3: 3}
    assert found[0].sureness is Sureness.SURE


def test_a_leader_does_not_take_the_seat_of_another_units_head():
    seats = [head(1, unit=2)]
    people = [clerk(1, unit=1, posts=("division_head",)), clerk(2, unit=2, posts=("division_head",))]
    assert run(people, seats) == {1: None, 2: 1}


def test_the_main_post_counts_before_the_others():
    seats = [head(1, post="team_head"), head(2, post="division_head")]
    assert run([clerk(1, posts=("division_head", "team_head"))], seats) == {1: 2}
    assert run([clerk(1, posts=("team_head", "division_head"))], seats) == {1: 1}


def test_nobody_without_the_post_gets_a_title():
    assert run([clerk(1)], [head(1), seat(2, "Y tế")]) == {1: 2}


def test_a_manager_of_a_public_unit_keeps_the_grade_of_a_base_position():
    seats = [
        head(1, quota_kind=PUBLIC, ranks=()), nurse(2), replace(nurse(3), name="Văn thư", position_id=55, grade_max=4),
    ]  # fmt: skip
    found = propose([carer(1, "A2.1", posts=("division_head",))], seats, FIGURES, RANKS)[0]
    assert (found.line_id, found.grade, found.base_position_id) == (1, 4, 102)
    assert found.sureness is Sureness.SURE
    alone = propose([carer(1, "A2.1", posts=("division_head",))], seats[:1], FIGURES, RANKS)[0]
    assert (alone.line_id, alone.grade, alone.base_position_id, alone.sureness) == (1, 4, None, Sureness.WEAK)


# Career grades


@pytest.mark.parametrize(
    ("pay_group", "grade"),
    [("B", 1), ("A0", 2), ("A1", 3), ("A2.1", 4), ("A2.2", 4), ("A3.1", 5), ("A3.2", 5)],
)
def test_pay_groups_become_career_grades(pay_group, grade):
    found = propose([carer(1, pay_group)], [nurse(1, 1, 5)], FIGURES, RANKS)[0]
    assert (found.line_id, found.grade) == (1, grade)
    assert found.reasons[0].source == "NĐ 232/2026/NĐ-CP Đ18 k2"


@pytest.mark.parametrize(("raised", "grade"), [(None, 1), (False, 1), (True, 2)])
def test_without_the_raised_degree_one_stays_at_grade_1(raised, grade):
    found, in_range, reasons = grade_of(carer(1, "B", raised=raised), nurse(1), FIGURES)
    assert (found, in_range) == (grade, True)
    assert reasons[-1].source == "NĐ 232/2026/NĐ-CP Đ18 k2 điểm a"


def test_a_grade_under_the_range_is_looked_at_and_one_above_has_no_place():
    teacher = nurse(1, 3, 4)
    found = propose([carer(1, "A0")], [teacher], FIGURES, RANKS)[0]
    assert (found.line_id, found.grade, found.sureness) == (1, 2, Sureness.WEAK)
    assert propose([carer(1, "A3.1")], [teacher], FIGURES, RANKS)[0].missing is Missing.NO_RANK_LINE


def test_a_position_without_grades_gives_none():
    cook = nurse(1, None, None)
    found = propose([carer(1, "A1")], [cook], FIGURES, RANKS)[0]
    assert (found.line_id, found.grade) == (1, None)


def test_the_day_of_the_law():
    assert deadline(CIVIL, FIGURES) == (date(2027, 7, 1), "NĐ 170/2025/NĐ-CP Đ70 k2")
    assert deadline(PUBLIC, FIGURES) == (date(2027, 7, 1), "NĐ 232/2026/NĐ-CP Đ18")
    assert deadline(QuotaKind.CONTRACT, FIGURES) is None


# Likeness


@pytest.mark.parametrize(
    ("nearer", "further", "name"),
    [
        ("Văn thư", "Thư viện", "Văn thư viên"),
        ("Thủ quỹ", "Thú y", "Cán sự thủ quỹ"),
        ("noi vu", "y te", "Chuyên viên nội vụ"),
        ("Giáo viên tiểu học", "Giáo viên trung học cơ sở", "Giáo viên tiểu học"),
        ("Đất đai", "Giao thông", "Chuyên viên đất đai, tài nguyên khoáng sản"),
    ],
)
def test_which_work_is_nearer(nearer, further, name):
    assert likeness(nearer, name) > likeness(further, name)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_a_share_and_goes_both_ways(one, other):
    assert 0 <= likeness(one, other) <= 1
    if one.isascii() == other.isascii():
        assert likeness(one, other) == likeness(other, one)


def test_an_empty_work_is_like_nothing():
    assert likeness("", "") == likeness("", "Nội vụ") == likeness("Chuyên viên", "Nhân viên") == 0.0


# What always holds

WORKS = ["Nội vụ", "Y tế", "Văn thư", "Đất đai", ""]
GROUPS = ["B", "A0", "A1", "A2.2", "A3.1", None]
PEOPLE = st.lists(
    st.builds(
        Occupant,
        st.integers(1, 30), st.integers(1, 3), st.sampled_from([CIVIL, PUBLIC]), st.sampled_from([CV, CVC, None]),
        st.sampled_from(GROUPS), st.sampled_from([(), (), ("division_head",)]), st.sampled_from(WORKS),
        st.sampled_from([None, True, False]),
    ),
    max_size=12, unique_by=lambda one: one.person_id,
)  # fmt: skip
SEATS = st.lists(
    st.builds(
        lambda line, unit, kind, name, free, leads, grades: Seat(
            line, unit, line, name, kind, PositionGroup.LEADERSHIP if leads else PositionGroup.PROFESSIONAL, free,
            frozenset({CV}) if kind is CIVIL and name != "Y tế" else frozenset(),
            grades[0] if kind is PUBLIC else None, grades[1] if kind is PUBLIC else None,
            "division_head" if leads else None,
        ),
        st.integers(1, 20), st.integers(1, 3), st.sampled_from([CIVIL, PUBLIC]), st.sampled_from(WORKS[:4]),
        st.integers(0, 3), st.booleans(), st.sampled_from([(1, 5), (3, 4), (2, 2), (None, None)]),
    ),
    max_size=8, unique_by=lambda one: one.line_id,
)  # fmt: skip


@settings(max_examples=60)
@given(PEOPLE, SEATS, st.randoms())
def test_seats_are_never_overfilled_and_the_order_does_not_matter(people, seats, chance):
    found = propose(people, seats, FIGURES, RANKS)
    placed = lines_of(found)
    by_line = {one.line_id: one for one in seats}
    assert list(placed) == sorted(one.person_id for one in people)
    used = Counter(line for line in placed.values() if line is not None)
    assert all(count <= by_line[line].free for line, count in used.items())
    for person in people:
        line = placed[person.person_id]
        if line is not None:
            given_ = by_line[line]
            assert given_.quota_kind is person.quota_kind
            assert bool(person.posts) == (given_.leadership_post is not None)
            assert person.quota_kind is PUBLIC or person.posts or not given_.ranks or person.rank in given_.ranks
        else:
            # Nobody goes without while a seat they may take is free.
            free = [one for one in seats if one.quota_kind is person.quota_kind and one.free > used[one.line_id]]
            alone = propose([person], [replace(one, free=1) for one in free], FIGURES, RANKS)
            assert alone[0].line_id is None
    shuffled_people, shuffled_seats = list(people), list(seats)
    chance.shuffle(shuffled_people)
    chance.shuffle(shuffled_seats)
    assert propose(shuffled_people, shuffled_seats, FIGURES, RANKS) == found


def test_a_thousand_people_are_placed_within_a_second():
    seats = [seat(n, f"Chuyên viên lĩnh vực số {n} {WORKS[n % 4]}", 20, unit=n % 6) for n in range(60)]
    people = [clerk(n, f"Theo dõi {WORKS[n % 4]} địa bàn {n}", unit=n % 6) for n in range(1000)]
    start = time.process_time()
    found = propose(people, seats, FIGURES, RANKS)
    assert time.process_time() - start < 1
    assert all(one.line_id is not None for one in found)
