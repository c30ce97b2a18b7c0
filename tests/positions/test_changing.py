"""Change of job position, ways of holding a seat, relatives in one unit."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import PartialDate
from hrms.decisions.rules.conditions import Outcome, Supplier, obstacles
from hrms.people.rules.appointing import DisciplineFact
from hrms.people.rules.parameters import parameters_on
from hrms.positions.rules import changing, holding, kinship
from hrms.positions.rules.changing import Candidate, Case, Cause, Changing, Plan, order_candidates
from hrms.positions.rules.fit import Check, Verdict
from hrms.positions.rules.holding import Held
from hrms.positions.rules.kinds import FitOutcome, SeatRole
from hrms.positions.rules.kinship import CLOSE, Member, Relative, Work
from tests.people.catalogue_rows import rows

ON = date(2026, 12, 1)
FIGURES = parameters_on(rows("parameters"), ON)
HEIGHTS = {row["code"]: int(row["rank"]) for row in rows("rating_classes")}
MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
PLAN = Plan("12/KH-SNV", date(2026, 10, 1), True, "Chuyên viên nội vụ", "Chuyên viên chính nội vụ", "Nhu cầu", "2026")
ARTICLE = "NĐ 170/2025/NĐ-CP Đ23–24, sửa đổi tại NĐ 300/2026/NĐ-CP"


def checked(*verdicts: Verdict) -> list[Check]:
    return [Check(f"c{n}", "Yêu cầu", "x", "y", verdict, "z", {}) for n, verdict in enumerate(verdicts)]


FITS = checked(Verdict.MET, Verdict.LATER)


def sheet(change: Changing, found=FITS, ratings=None, disciplines=(), **more):
    ratings = {2025: "good"} if ratings is None else ratings
    found = changing.conditions(change, found, ratings, HEIGHTS, disciplines, FIGURES, {"caution": "Cảnh cáo"}, **more)
    for one in found:
        assert one.text % one.params
        assert one.found % one.params or not one.found
        assert one.source
    return {one.code: one for one in found}


@pytest.mark.parametrize(
    ("held", "given_", "case"),
    [(3, 4, Case.HIGHER), (4, 3, Case.LOWER), (3, 3, Case.SAME), (None, 3, Case.SAME), (3, None, Case.SAME)],
)
def test_the_case_follows_the_ladder(held, given_, case):
    assert changing.case_of(held, given_) is case


# To a higher rank


def test_a_higher_rank_asks_six_things():
    found = sheet(Changing(ON, Case.HIGHER, plan=PLAN))
    assert list(found) == ["fit", "rated_before", "no_discipline", "no_proceedings", "equal_work", "plan"]
    assert {one.source for one in found.values()} == {ARTICLE}
    assert {code for code, one in found.items() if one.outcome is UNKNOWN} == {"no_proceedings", "equal_work"}
    assert all(one.answerable for one in found.values() if one.outcome is UNKNOWN)
    assert not [one for one in found.values() if one.outcome is NOT_MET]


@pytest.mark.parametrize(
    ("ratings", "outcome"),
    [
        ({2025: "good"}, MET), ({2025: "excellent"}, MET), ({2025: "satisfactory"}, NOT_MET),
        ({2025: "unsatisfactory", 2024: "good"}, NOT_MET), ({2024: "excellent"}, UNKNOWN), ({2025: "none"}, NOT_MET),
        ({2026: "excellent", 2025: "satisfactory"}, NOT_MET),
    ],
)  # fmt: skip
def test_the_year_before_is_rated_good(ratings, outcome):
    assert sheet(Changing(ON, Case.HIGHER, plan=PLAN), ratings=ratings)["rated_before"].outcome is outcome


def test_before_the_amendment_the_law_asks_for_no_rating():
    assert changing.rated_before({}, HEIGHTS, ON, parameters_on(rows("parameters"), date(2026, 7, 31))) == []


@pytest.mark.parametrize(
    ("since", "until", "outcome"),
    [
        ("2026-03-01", None, NOT_MET),
        ("2025-11-01", None, MET),
        (None, None, UNKNOWN),
        ("2025-01-01", "2027-01-01", NOT_MET),
    ],
)
def test_no_discipline_in_force(since, until, outcome):
    def whole(iso):
        return PartialDate(*map(int, iso.split("-"))) if iso else None

    fact = DisciplineFact("caution", "administration", whole(since), whole(until))
    assert sheet(Changing(ON, Case.HIGHER, plan=PLAN), disciplines=[fact])["no_discipline"].outcome is outcome


@pytest.mark.parametrize(
    ("plan", "outcome", "words"),
    [
        (None, UNKNOWN, "Chưa ghi kế hoạch"),
        (Plan(), UNKNOWN, "Chưa ghi kế hoạch"),
        (PLAN, MET, "Kế hoạch 12/KH-SNV"),
        (
            Plan("12/KH", names_person=True, from_position="a", to_position="b", reason="c"),
            NOT_MET,
            "thời gian thực hiện",
        ),
        (Plan("12/KH"), NOT_MET, "người thay đổi vị trí việc làm và 3 nội dung khác"),
        (Plan("12/KH", date(2027, 1, 1), True, "a", "b", "c", "d"), NOT_MET, "sau ngày thay đổi"),
    ],
)
def test_the_plan_has_four_contents(plan, outcome, words):
    found = sheet(Changing(ON, Case.HIGHER, plan=plan))["plan"]
    assert found.outcome is outcome
    assert words in found.found % found.params


@pytest.mark.parametrize(
    ("verdicts", "fit", "outcome"),
    [
        ((Verdict.MET,), None, MET),
        ((Verdict.MET, Verdict.LATER), None, MET),
        ((Verdict.MISSING, Verdict.CONFIRM), None, NOT_MET),
        ((Verdict.CONFIRM,), None, UNKNOWN),
        ((), None, UNKNOWN),
        ((Verdict.MISSING,), FitOutcome.TRAIN, MET),
        ((Verdict.MET,), FitOutcome.UNMET, NOT_MET),
    ],
)
def test_degree_and_competency(verdicts, fit, outcome):
    found = changing.fitting(checked(*verdicts), fit)
    assert (found.outcome, found.answerable) == (outcome, outcome is UNKNOWN)


# Same level, lower, none


def test_the_same_level_asks_only_for_fitness():
    assert list(sheet(Changing(ON, Case.SAME))) == ["fit"]


@pytest.mark.parametrize(
    ("cause", "asked", "ratings", "outcome", "supplier"),
    [
        (None, None, {}, NOT_MET, Supplier.PROPOSER),
        (Cause.OWN_WISH, None, {}, NOT_MET, Supplier.PERSON),
        (Cause.OWN_WISH, date(2026, 11, 2), {}, MET, None),
        (Cause.OWN_WISH, date(2026, 12, 2), {}, NOT_MET, Supplier.PERSON),
        (Cause.RATED_FAILED, None, {2025: "unsatisfactory"}, MET, None),
        (Cause.RATED_FAILED, None, {2025: "unsatisfactory", 2026: "good"}, NOT_MET, Supplier.USING_AGENCY),
        (Cause.RATED_FAILED, None, {2025: "good"}, NOT_MET, Supplier.USING_AGENCY),
        (Cause.RATED_FAILED, None, {}, UNKNOWN, Supplier.USING_AGENCY),
        (Cause.NOT_FITTING, None, {}, UNKNOWN, Supplier.USING_AGENCY),
    ],
)
def test_a_lower_position_has_a_cause(cause, asked, ratings, outcome, supplier):
    found = sheet(Changing(ON, Case.LOWER, cause, asked_on=asked), ratings=ratings)
    assert list(found) == ["lower_cause", "fit"]
    assert (found["lower_cause"].outcome, found["lower_cause"].supplier) == (outcome, supplier)


def test_no_position_left_is_for_the_agency_to_say():
    found = changing.no_position_left(["Văn thư viên", "Cán sự thủ quỹ"])
    assert (found.outcome, found.answerable) == (UNKNOWN, True)
    assert found.found % found.params == "Đã xem xét: Văn thư viên, Cán sự thủ quỹ"


def test_public_employees_are_judged_by_their_own_law():
    codes = [one.code for one in changing.public_conditions(Changing(ON, Case.HIGHER, plan=PLAN), FITS)]
    assert codes == ["fit", "public_change", "plan"]
    assert [one.code for one in changing.public_conditions(Changing(ON, Case.LOWER), FITS)] == ["fit"]


def test_pay_after_each_case():
    said = {
        changing.pay_after(case, cause).text
        for case, cause in [
            (Case.HIGHER, None), (Case.SAME, None), (Case.LOWER, Cause.OWN_WISH), (Case.LOWER, Cause.RATED_FAILED),
        ]
    }  # fmt: skip
    assert len(said) == 4
    assert changing.pay_after(Case.LOWER, Cause.NOT_FITTING) == changing.pay_after(Case.LOWER, Cause.RATED_FAILED)


# Candidates


def test_the_order_of_evaluation():
    rows_ = [
        Candidate(1, 3, 2, 2), Candidate(2, 4, 1), Candidate(3, 3, 2, 3), Candidate(4, 3, 2, 2), Candidate(5),
    ]  # fmt: skip
    found = order_candidates(rows_, 3)
    assert [(one.candidate.person_id, one.place) for one in found] == [(2, 1), (3, 2), (1, 3), (4, 3), (5, 5)]
    assert [(one.within, one.tied) for one in found] == [
        (True, False), (True, False), (False, True), (False, True), (False, False),
    ]  # fmt: skip
    assert [one.by for one in found] == [
        "", "mức độ hoàn thành nhiệm vụ", "tiến độ, chất lượng", "", "mức độ hoàn thành nhiệm vụ",
    ]  # fmt: skip
    assert [changing.in_order(one, 3).outcome for one in found] == [MET, MET, UNKNOWN, UNKNOWN, NOT_MET]


marks = st.none() | st.integers(0, 4)
CANDIDATES = st.lists(st.tuples(marks, marks, marks, marks, marks), max_size=8).map(
    lambda drawn: [Candidate(n, *one) for n, one in enumerate(drawn)]
)


@given(CANDIDATES, st.integers(0, 8), st.randoms())
def test_the_order_does_not_hang_on_who_came_first(candidates, places, chance):
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    found = order_candidates(shuffled, places)
    assert found == order_candidates(candidates, places)
    assert [one.place for one in found] == sorted(one.place for one in found)
    sure = [one for one in found if one.within]
    assert len(sure) <= places
    tied = [one for one in found if one.tied]
    assert len({one.place for one in tied}) <= 1
    if tied:
        assert len(sure) < places < len(sure) + len(tied)
    for before, one in itertools.pairwise(found):
        assert before.candidate.merits >= one.candidate.merits
        assert (before.candidate.merits == one.candidate.merits) == (before.place == one.place)


# Ways of holding a seat

MAIN = Held(7, SeatRole.MAIN, date(2024, 1, 1))


def seat(role, until=None, held=(MAIN,), line=9, **more):
    found = holding.seat_conditions(role, line, ON, until, held, FIGURES, **more)
    for one in found:
        assert one.text % one.params
        assert one.found % one.params
    return {one.code: one.outcome for one in found}


@pytest.mark.parametrize(
    ("role", "until", "outcome"),
    [
        (SeatRole.IN_CHARGE, date(2027, 11, 30), MET),
        (SeatRole.IN_CHARGE, date(2027, 12, 1), NOT_MET),
        (SeatRole.ACTING, date(2026, 12, 31), MET),
        (SeatRole.ACTING, None, NOT_MET),
        (SeatRole.ACTING, date(2026, 11, 1), NOT_MET),
        (SeatRole.SECONDED, date(2029, 11, 30), MET),
        (SeatRole.SECONDED, date(2029, 12, 1), NOT_MET),
    ],
)
def test_a_seat_for_a_while_keeps_to_its_term(role, until, outcome):
    assert seat(role, until)["seat_term"] is outcome


def test_a_longer_secondment_is_for_the_receiver_to_vouch():
    assert seat(SeatRole.SECONDED, date(2030, 6, 1), urgent=True)["seat_term"] is UNKNOWN
    assert seat(SeatRole.IN_CHARGE, date(2030, 6, 1), urgent=True)["seat_term"] is NOT_MET


def test_being_in_charge_is_not_renewed():
    before = Held(9, SeatRole.ACTING, date(2025, 1, 1), date(2025, 6, 1))
    elsewhere = Held(8, SeatRole.ACTING, date(2025, 1, 1), date(2025, 6, 1))
    assert seat(SeatRole.IN_CHARGE, date(2027, 1, 1), [MAIN, before])["seat_once"] is NOT_MET
    assert seat(SeatRole.IN_CHARGE, date(2027, 1, 1), [MAIN, elsewhere])["seat_once"] is MET


@pytest.mark.parametrize(
    ("role", "held", "line", "codes"),
    [
        (SeatRole.MAIN, (), 9, {}),
        (SeatRole.MAIN, (MAIN,), 9, {}),
        (SeatRole.CONCURRENT, (MAIN,), 9, {"has_main": MET}),
        (SeatRole.CONCURRENT, (), 9, {"has_main": NOT_MET}),
        (SeatRole.CONCURRENT, (MAIN,), 7, {"has_main": NOT_MET}),
        (SeatRole.CONCURRENT, (Held(7, SeatRole.MAIN, date(2024, 1, 1), ON),), 9, {"has_main": NOT_MET}),
        (SeatRole.MAIN, (Held(9, SeatRole.CONCURRENT, date(2024, 1, 1)),), 9, {"not_held": NOT_MET}),
    ],
)
def test_a_concurrent_seat_stands_beside_a_main_one(role, held, line, codes):
    assert seat(role, held=held, line=line) == codes


def test_a_title_goes_by_the_decisions_on_posts():
    assert holding.leadership_route(SeatRole.MAIN, None, []) == []
    (held,) = holding.leadership_route(SeatRole.MAIN, "division_head", ["division_head"])
    assert held.outcome is MET
    (refused,) = holding.leadership_route(SeatRole.MAIN, "division_head", ["division_deputy"])
    assert (refused.outcome, refused.params["kind"]) == (NOT_MET, "appointment")
    assert obstacles([refused])
    assert set(holding.ROUTES) == set(SeatRole)


@pytest.mark.parametrize(
    ("active", "has_frame", "seats", "outcomes"),
    [(True, True, 1, [MET, MET]), (True, True, 0, [NOT_MET, MET]), (False, True, 1, [NOT_MET, MET]),
     (True, False, 1, [MET, NOT_MET])],
)  # fmt: skip
def test_nobody_is_placed_before_the_position_is_approved(active, has_frame, seats, outcomes):
    found = holding.approved_position(active=active, has_frame=has_frame, seats=seats)
    assert [one.outcome for one in found] == outcomes


# Relatives

LAN = Member(1, "Nguyễn Thị Lan", 1980, work=Work.ACCOUNTING, position="Kế toán viên")
HUNG = Member(2, "Trần Văn Hùng", 1978, leads=True, position="Giám đốc")


def told(own, theirs, placed):
    found = kinship.kinship(own, theirs, placed)
    for one in found:
        assert not one.blocking
        assert one.text % one.params
        assert one.found % one.params
    return [(one.code, one.outcome) for one in found]


@pytest.mark.parametrize(
    ("relation", "name", "year", "warned"),
    [
        ("husband", "Trần Văn Hùng", 1978, True),
        ("husband", "TRẦN VĂN HÙNG", None, True),
        ("husband", "Trần Văn Hùng", 1979, False),
        ("husband", "Trần Văn Hưng", 1978, False),
        ("older_brother", "Trần Văn Hùng", 1978, True),
        ("brother_in_law", "Trần Văn Hùng", 1978, False),
        ("uncle", "Trần Văn Hùng", 1978, False),
    ],
)
def test_close_relatives_are_found_by_name_and_year(relation, name, year, warned):
    assert bool(told([Relative(relation, name, year)], [(HUNG, [])], LAN)) is warned


def test_the_law_names_the_work_a_relative_of_the_head_may_not_do():
    wife = [Relative("wife", "Nguyễn Thị Lan", 1980)]
    assert told([], [(HUNG, wife)], LAN) == [("kinship.2", NOT_MET)]
    assert told(wife, [(LAN, [])], HUNG) == [("kinship.1", NOT_MET)]
    typist = Member(1, "Nguyễn Thị Lan", 1980)
    assert told([], [(HUNG, wife)], typist) == [("kinship.2", UNKNOWN)]
    assert told([], [(LAN, [Relative("husband", "Lê Ba", None)])], Member(3, "Lê Ba")) == [("kinship.1", UNKNOWN)]


def test_nobody_is_their_own_relative():
    assert told([Relative("younger_sibling", LAN.full_name, 1980)], [(LAN, [])], LAN) == []


def test_every_close_relation_is_of_the_catalogue():
    assert {row["code"] for row in rows("relations")} >= CLOSE


@pytest.mark.parametrize(
    ("position", "field", "work"),
    [
        ("Kế toán trưởng", "", Work.ACCOUNTING), ("Cán sự thủ quỹ", "", Work.TREASURY),
        ("Nhân viên", "thủ kho", Work.STORES), ("Chuyên viên", "Tổ chức cán bộ", Work.PERSONNEL),
        ("Chuyên viên nội vụ", "", Work.PERSONNEL), ("Bác sĩ", "Nội", None), ("Văn thư viên", "", None),
    ],
)  # fmt: skip
def test_the_work_the_law_speaks_of(position, field, work):
    assert kinship.work_of(position, field) is work
