"""The job-position scheme: its way, clocks, dossier, comparison; the work inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import add_working_days
from hrms.core.rules import Problem
from hrms.people.rules.parameters import parameters_on
from hrms.positions.rules.kinds import PositionGroup, QuotaKind
from hrms.positions.rules.schemes import (
    ADJUSTING_LABELS,
    DOSSIER,
    FOR_RATIOS_ONLY,
    OPEN,
    REVIEW,
    WAY,
    Adjusting,
    Change,
    Days,
    Line,
    Party,
    State,
    Step,
    after,
    allowed_steps,
    check_reason,
    check_scheme,
    clocks,
    compare,
    dossier,
    reviewed,
    seats_by_quota,
)
from hrms.positions.rules.works import (
    Work,
    check_works,
    guess_group,
    hours_a_year,
    hours_by_group,
    hours_by_line,
    suggest_seats,
)
from tests.people.catalogue_rows import rows

FIGURES = parameters_on(rows("parameters"), date(2026, 12, 1))
OFF = {date.fromisoformat(row["date"]) for row in rows("holidays") if row["kind"] == "holiday"}
AGENCY, HOME, DECIDER = {Party.PROPOSER}, {Party.APPRAISER}, {Party.APPROVER}


def working(day: date, count: int) -> date:
    return add_working_days(day, count, OFF)


# The way


def test_a_scheme_goes_up_and_is_approved():
    state = State.DRAFT
    for step, party, complete in (
        (Step.EDIT, AGENCY, False), (Step.SUBMIT, AGENCY, False), (Step.ACCEPT, HOME, False),
        (Step.APPRAISE, HOME, True), (Step.APPROVE, DECIDER, True),
    ):  # fmt: skip
        state, problems = after(state, step, party, complete=complete)
        assert problems == []
    assert state is State.APPROVED
    assert allowed_steps(state, set(Party), complete=True) == []


def test_an_incomplete_dossier_comes_back_to_the_agency():
    state, problems = after(State.SUBMITTED, Step.NOTE_INCOMPLETE, HOME)
    assert [one.code for one in problems] == ["required"]
    state, problems = after(State.SUBMITTED, Step.NOTE_INCOMPLETE, HOME, remark="Thiếu bản mô tả")
    assert (state, problems) == (State.INCOMPLETE, [])
    assert allowed_steps(state, AGENCY) == [Step.EDIT, Step.SUBMIT, Step.WITHDRAW]
    assert allowed_steps(state, HOME) == []


@pytest.mark.parametrize(
    ("state", "parties", "complete", "steps"),
    [
        (State.DRAFT, AGENCY, False, [Step.EDIT, Step.SUBMIT, Step.WITHDRAW]),
        (State.DRAFT, HOME | DECIDER, False, []),
        (State.SUBMITTED, AGENCY, False, [Step.WITHDRAW]),
        (State.SUBMITTED, HOME, False, [Step.NOTE_INCOMPLETE, Step.ACCEPT, Step.RETURN]),
        (State.SUBMITTED, HOME, True, [Step.APPRAISE, Step.RETURN]),
        (State.APPRAISED, AGENCY, True, []),
        (State.APPRAISED, HOME, True, [Step.RETURN]),
        (State.APPRAISED, DECIDER, True, [Step.RETURN, Step.APPROVE]),
        (State.SUBMITTED, DECIDER, True, []),
        (State.RETURNED, AGENCY, False, [Step.EDIT, Step.SUBMIT, Step.WITHDRAW]),
        (State.WITHDRAWN, set(Party), False, []),
    ],
)
def test_who_may_take_which_step(state, parties, complete, steps):
    assert allowed_steps(state, parties, complete=complete) == steps


@given(
    st.sampled_from(State), st.sampled_from(Step), st.sets(st.sampled_from(Party)), st.booleans(),
    st.sampled_from(["", "Sửa"]),
)  # fmt: skip
def test_a_step_is_taken_just_when_it_is_offered(state, step, parties, complete, remark):
    new, problems = after(state, step, parties, complete=complete, remark=remark)
    offered = step in allowed_steps(state, parties, complete=complete)
    assert not (problems and new is not state)
    assert bool(problems) == (not offered or any(one.code == "required" for one in problems))
    if offered and remark:
        assert new is WAY[step][1][state]
    if step is Step.EDIT and offered:
        assert state in OPEN
    assert all(one.text % one.params for one in problems)


# Clocks


def test_the_clocks_of_the_decree():
    days = Days(date(2026, 11, 19), None, date(2026, 11, 20), date(2026, 12, 18), None)
    found = {one.code: one for one in clocks(days, FIGURES, working)}
    assert (found["notice"].start, found["notice"].due) == (date(2026, 11, 19), working(date(2026, 11, 19), 3))
    assert found["review"].due == date(2026, 12, 20)
    assert found["decision"].due == working(date(2026, 12, 18), 10)
    assert (found["notice"].done, found["review"].done, found["decision"].done) == (
        date(2026, 11, 20), date(2026, 12, 18), None,
    )  # fmt: skip
    assert [one.source for one in found.values()] == [
        "NĐ 232/2026/NĐ-CP Đ11 k3 điểm b", "NĐ 232/2026/NĐ-CP Đ11 k3 điểm c", "NĐ 232/2026/NĐ-CP Đ11 k3 điểm d",
    ]  # fmt: skip
    assert not found["review"].is_late(date(2030, 1, 1))
    assert found["decision"].is_late(date(2027, 1, 31))
    assert not found["decision"].is_late(found["decision"].due)


def test_a_clock_begins_with_its_day():
    assert clocks(Days(), FIGURES, working) == []
    assert [one.code for one in clocks(Days(date(2026, 11, 19)), FIGURES, working)] == ["notice"]
    noticed = Days(date(2026, 11, 19), noticed_on=date(2026, 11, 30))
    assert clocks(noticed, FIGURES, working)[0].is_late(date(2026, 11, 30))


# The dossier


def line(unit=1, position=1, seats=2, **more) -> Line:
    values = {"name": f"Vị trí {position}", "quota_kind": QuotaKind.PUBLIC}
    return Line(unit, position, seats=seats, **{**values, **more})


GRADED = line(grade_from=3, grade_to=4, shares={"grade:4": 40}, graded=True)


def test_the_dossier_has_five_items():
    assert len(DOSSIER) == 5
    assert all(item.done for item in dossier([GRADED, line(position=2)], request=True))
    assert not any(item.done for item in dossier([], request=False))
    wanting = [replace(GRADED, framed=False), replace(GRADED, position_id=2, shares={}), line(position=3, graded=True)]
    found = {item.code: (item.done, item.open) for item in dossier(wanting, request=True)}
    assert found == {
        "request": (True, 0), "positions": (True, 0), "frames": (False, 1), "grades": (False, 1), "shares": (False, 1),
    }  # fmt: skip


def test_a_position_of_one_grade_needs_no_ratio():
    one = replace(GRADED, grade_to=3, shares={})
    assert all(item.done for item in dossier([one], request=True))


def test_the_review_has_four_contents():
    assert len(REVIEW) == 4
    assert [one.field for one in reviewed({})] == [f"review.{code}" for code in REVIEW]
    fit = {code: {"fit": True} for code in REVIEW}
    assert reviewed(fit) == []
    assert [one.code for one in reviewed(fit | {"shares": {"fit": False, "remark": " "}})] == ["remark_missing"]
    assert reviewed(fit | {"shares": {"fit": False, "remark": "Vượt"}}) == []


# Reasons, comparison


def test_every_reason_has_words():
    assert set(ADJUSTING_LABELS) == set(Adjusting)


@pytest.mark.parametrize("reason", sorted(FOR_RATIOS_ONLY))
def test_a_reason_for_ratios_does_not_change_positions(reason):
    shares = compare([replace(GRADED, shares={"grade:4": 30})], [GRADED])
    assert check_reason(reason, shares) == []
    for proposed in ([replace(GRADED, seats=3)], [GRADED, line(position=2)], []):
        assert [one.code for one in check_reason(reason, compare(proposed, [GRADED]))] == ["reason_for_ratios_only"]


def test_the_first_scheme_needs_no_reason():
    assert check_reason(None, compare([GRADED], [])) == []
    assert [one.code for one in check_reason(None, compare([GRADED], [GRADED]))] == ["required"]
    assert check_reason(Adjusting.RESTRUCTURED, compare([], [GRADED])) == []


def test_what_a_scheme_changes():
    present = [GRADED, line(position=2), line(position=3, seats=4)]
    proposed = [replace(GRADED, seats=5, shares={}), line(position=3, seats=4), line(position=4, seats=1)]
    found = compare(proposed, present)
    assert [(one.kind, one.seats, one.fields) for one in found] == [
        (Change.CHANGED, 3, ("seats", "shares")), (Change.SAME, 0, ()), (Change.ADDED, 1, ()), (Change.DROPPED, -2, ()),
    ]  # fmt: skip


LINES = st.lists(
    st.builds(line, st.integers(1, 2), st.integers(1, 4), st.integers(0, 5), quota_kind=st.sampled_from(QuotaKind)),
    max_size=6, unique_by=lambda one: one.key,
)  # fmt: skip


@given(LINES, LINES)
def test_a_comparison_accounts_for_every_line_and_seat(proposed, present):
    found = compare(proposed, present)
    assert [one.proposed for one in found if one.proposed] == proposed
    assert {one.present.key for one in found if one.present} == {one.key for one in present}
    assert sum(one.seats for one in found) == sum(one.seats for one in proposed) - sum(one.seats for one in present)
    assert all(one.kind is Change.SAME for one in compare(present, present))
    by_quota = seats_by_quota(proposed)
    assert sum(by_quota.values()) == sum(one.seats for one in proposed)
    assert set(by_quota) == set(QuotaKind)


# The whole scheme


def no_ratio(_lines: Sequence[Line]) -> Sequence[Problem]:
    return []


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([], "no_lines", "lines"),
        ([GRADED, GRADED], "line_twice", "lines[1].position_id"),
        ([replace(GRADED, active=False)], "position_inactive", "lines[0].position_id"),
        ([replace(GRADED, quota_kind=QuotaKind.CIVIL)], "other_quota", "lines[0].position_id"),
        ([line(leads=True)], "base_missing", "lines[0].base_position_id"),
        ([line(graded=True)], "grades_missing", "lines[0].grade_from"),
        ([line(framed=False)], "frame_missing", "lines[0].frame"),
        ([line(seats=0)], "no_seats", "lines[0].seats"),
        ([line(seats=11)], "over_quota", "lines"),
    ],
)
def test_what_keeps_a_scheme_back(lines, code, field):
    found = check_scheme(lines, QuotaKind.PUBLIC, no_ratio, quota=10)
    assert [(one.code, one.field) for one in found] == [(code, field)]
    assert all(one.text % one.params for one in found)
    assert (found[0].severity == "warning") is (code == "no_seats")


def test_contract_labour_stands_beside_either_quota():
    lines = [GRADED, line(position=9, seats=99, quota_kind=QuotaKind.CONTRACT)]
    assert check_scheme(lines, QuotaKind.PUBLIC, no_ratio, quota=10) == []


def test_ratios_are_judged_by_whoever_knows_them():
    asked = []

    def ratio(lines: Sequence[Line]) -> Sequence[Problem]:
        asked.append(list(lines))
        return [Problem("lines[0].shares", "over_ratio", "Vượt")]

    assert [one.code for one in check_scheme([GRADED], QuotaKind.PUBLIC, ratio)] == ["over_ratio"]
    assert asked == [[GRADED]]


# The work inventory


def work(name="Soạn thảo kế hoạch", times=12, hours=8, **more) -> Work:
    values = {"unit_id": 1, "product": "Kế hoạch", "times_a_year": Decimal(times), "hours_each": Decimal(hours)}
    return Work(name=name, **{**values, **more})


def test_only_regular_work_counts():
    works = [work(line_id=5), work("Xử lý bão", regular=False, line_id=5), work("Trực", line_id=6), work("Khác")]
    assert hours_by_line(works) == {5: Decimal(96), 6: Decimal(96)}
    assert hours_by_group(works)[PositionGroup.PROFESSIONAL] == Decimal(288)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Chỉ đạo xây dựng chương trình công tác của phòng", PositionGroup.LEADERSHIP),
        ("Phân công, điều phối nhiệm vụ trong đơn vị", PositionGroup.LEADERSHIP),
        ("Phân công nhiệm vụ trong đơn vị", PositionGroup.LEADERSHIP),
        ("Tham mưu quyết định hành chính cá biệt", PositionGroup.PROFESSIONAL),
        ("Quản lý văn thư đi, đến", PositionGroup.SUPPORT),
        ("Thẩm tra hồ sơ cấp giấy chứng nhận", PositionGroup.PROFESSIONAL),
    ],
)
def test_the_group_a_work_seems_to_belong_to(name, group):
    assert guess_group(name) is group


def test_a_group_that_was_chosen_stands():
    chosen = work("Quản lý văn thư", group=PositionGroup.PROFESSIONAL)
    assert hours_by_group([chosen])[PositionGroup.PROFESSIONAL] == Decimal(96)


@pytest.mark.parametrize(
    ("hours", "seats", "exact"),
    [("0", 0, "0.00"), ("951", 0, "0.50"), ("953", 1, "0.50"), ("1904", 1, "1.00"), ("4760", 3, "2.50"),
     ("4759", 2, "2.50"), ("4700", 2, "2.47")],
)  # fmt: skip
def test_seats_from_yearly_hours(hours, seats, exact):
    assert hours_a_year(FIGURES) == 1904
    found = suggest_seats(Decimal(hours), FIGURES)
    assert found.exact == Decimal(exact)
    assert found.reasons[1].source.startswith("Bộ luật Lao động 2019")
    assert found.seats == seats


def test_a_post_the_law_names_has_a_seat():
    assert suggest_seats(Decimal(0), FIGURES, keeps_post=True).seats == 1
    assert suggest_seats(Decimal(4000), FIGURES, keeps_post=True).seats == 2


@given(st.lists(st.decimals(0, 5000, places=1), max_size=6))
def test_more_hours_never_suggest_fewer_seats(amounts):
    total, before = Decimal(0), 0
    for amount in amounts:
        total += amount
        found = suggest_seats(total, FIGURES)
        assert found.seats >= before
        assert abs(found.exact - total / 1904) <= Decimal("0.005")
        before = found.seats


@pytest.mark.parametrize(
    ("works", "code", "field", "severity"),
    [
        ([work(" ")], "required", "works[0].name", "error"),
        ([work(times=0)], "no_hours", "works[0].hours_each", "error"),
        ([work(regular=False)], "not_counted", "works[0].regular", "warning"),
        ([work(product="")], "no_product", "works[0].product", "warning"),
        ([work(), work("SOẠN THẢO  kế hoạch")], "work_twice", "works[1].name", "error"),
        ([work(times=500, person_id=4)], "too_many_hours", "works", "warning"),
    ],
)
def test_what_to_look_at_again_in_an_inventory(works, code, field, severity):
    found = check_works(works, FIGURES)
    assert [(one.code, one.field, one.severity) for one in found] == [(code, field, severity)]
    assert all(one.text % one.params for one in found)


def test_two_people_may_do_the_same_work():
    assert check_works([work(person_id=1), work(person_id=2), work()], FIGURES) == []
