"""Whether somebody fits a position: requirement by requirement, what follows, and how fast for everybody."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.decisions.rules.conditions import Outcome, obstacles
from hrms.positions.rules.fit import (
    LATER_BY_DEFAULT,
    LEVELS,
    MAY_COMPLETE,
    NOT_ON_ONE_SCALE,
    Holder,
    Ladder,
    Verdict,
    as_conditions,
    checks,
    fit_of,
    gaps,
    later_of,
    major_key,
    measure,
    outcome_of,
    to_confirm,
    verdicts,
)
from hrms.positions.rules.frames import Framework, Need, Requirements
from hrms.positions.rules.kinds import FitOutcome
from tests.people.catalogue_rows import rows

MET, MISSING, LATER, CONFIRM = Verdict.MET, Verdict.MISSING, Verdict.LATER, Verdict.CONFIRM
CATALOGUES = sorted({catalogue for catalogue, _words in LEVELS.values()})
ORDERS = {name: {row["code"]: int(row["rank"]) for row in rows(name)} for name in CATALOGUES}
NAMES = {name: {row["code"]: row["name_vi"] for row in rows(name)} for name in CATALOGUES} | {
    "ranks": {row["code"]: row["name_vi"] for row in rows("ranks")},
    "competencies": {"G1": "Đạo đức và bản lĩnh"},
}
CIVIL, PUBLIC = Framework.CIVIL, Framework.PUBLIC


def judge(holder=None, requirements=None, needs=(), ladder=None, *, framework=CIVIL, grade=None, **asked):
    made = measure(framework, requirements or Requirements(**asked), needs, ORDERS, ladder, grade=grade)
    return dict(verdicts(made, holder or Holder()))


@pytest.mark.parametrize(
    ("has", "verdict"),
    [
        ("university", MET), ("master", MET), ("specialist_1", MET), ("doctor_of_science", MET), ("college", MISSING),
        ("none", MISSING), (None, MISSING), ("", MISSING), ("Cử nhân nước ngoài", CONFIRM),
    ],
)  # fmt: skip
def test_a_degree_by_its_place(has, verdict):
    assert judge(Holder(least_degree=has), least_degree="university") == {"least_degree": verdict}


def test_specialist_doctors_stand_beside_master_and_doctor():
    assert judge(Holder(least_degree="specialist_1"), least_degree="master") == {"least_degree": MET}
    assert judge(Holder(least_degree="specialist_1"), least_degree="doctor") == {"least_degree": MISSING}


@pytest.mark.parametrize(
    ("column", "asked", "less", "as_much"),
    [
        ("theory_level", "intermediate", "elementary", "advanced"),
        ("state_management_level", "specialist", "assistant", "principal"),
        ("it_level", "basic", "certificate_c", "university"),
        ("language_level", "level_2", "certificate_b", "level_3"),
    ],
)
def test_courses_may_come_later_but_for_political_theory(column, asked, less, as_much):
    lacking = MISSING if column == "theory_level" else LATER
    assert judge(Holder(**{column: as_much}), **{column: asked}) == {column: MET}
    assert judge(Holder(**{column: less}), **{column: asked}) == {column: lacking}
    assert judge(Holder(), **{column: asked}) == {column: lacking}
    assert judge(Holder(), may_complete_later=(column,), **{column: asked}) == {column: LATER}
    assert judge(Holder(), may_complete_later=("none",), **{column: asked}) == {column: MISSING}


def test_what_may_come_later():
    assert later_of(()) == LATER_BY_DEFAULT
    assert later_of(("none",)) == frozenset()
    assert later_of(("certificates", "least_degree")) == {"certificates"}
    assert "least_degree" not in MAY_COMPLETE


def test_papers_that_are_no_level_are_confirmed():
    for code in NOT_ON_ONE_SCALE["language_level"]:
        assert code in ORDERS["language_levels"]
        assert judge(Holder(language_level=code), language_level="level_2") == {"language_level": CONFIRM}


def test_a_frame_that_asks_for_no_level_asks_nothing():
    assert judge(Holder(), least_degree="none", it_level=None) == {}
    assert judge(Holder(it_level="basic"), it_level="Tin học văn phòng") == {"it_level": CONFIRM}


# Fields of study


@pytest.mark.parametrize(
    ("studied", "met"),
    [
        ("Luật", True), ("Luật kinh tế", True), ("LUẬT", True), ("Cử nhân luật hành chính", True), ("Ky luat", True),
        ("Quản lý nhà nước", True), ("QLNN", True), ("Quản lý  và nhà nước", True), ("Kế toán", False),
        ("Quản lý", False), ("", False), ("Văn hóa và du lịch", True), ("Quản lý văn hóa", True),
        ("Luận văn", False),
    ],
)  # fmt: skip
def test_a_field_of_study_contains_one_asked_for(studied, met):
    asked = {"majors": ("Luật", "QLNN", "nhóm văn hóa")}
    assert judge(Holder(majors=(studied,)), **asked) == {"majors": MET if met else MISSING}


def test_any_of_several_fields_will_do():
    holder = Holder(majors=("Kế toán", "Luật"))
    assert judge(holder, majors=("Luật",)) == {"majors": MET}
    assert judge(Holder(), majors=()) == {}


@pytest.mark.parametrize(
    ("certificates", "later", "verdict"),
    [
        (("Chứng chỉ bồi dưỡng văn thư",), (), MET),
        ((), (), LATER),
        ((), ("none",), MISSING),
        (("Chứng chỉ tin học",), (), LATER),
    ],
)
def test_another_field_will_do_with_the_certificate(certificates, later, verdict):
    holder = Holder(majors=("Kế toán",), certificates=certificates)
    found = judge(
        holder, majors=("Lưu trữ",), other_majors_with_certificate=True, certificates=("văn thư",),
        may_complete_later=later,
    )  # fmt: skip
    assert found == {"majors": verdict, "certificate:văn thư": verdict}


def test_who_studied_the_field_is_not_asked_for_the_certificate_that_stands_in_for_it():
    holder = Holder(majors=("Lưu trữ học",))
    asked = {"majors": ("Lưu trữ",), "other_majors_with_certificate": True, "certificates": ("văn thư",)}
    assert judge(holder, **asked) == {"majors": MET}
    assert judge(holder, **{**asked, "other_majors_with_certificate": False}) == {
        "majors": MET, "certificate:văn thư": LATER,
    }  # fmt: skip


def test_another_field_needs_a_certificate_to_name():
    holder = Holder(majors=("Kế toán",))
    assert judge(holder, majors=("Lưu trữ",), other_majors_with_certificate=True) == {"majors": MISSING}


def test_short_forms_and_idle_words():
    assert major_key("QLTN&MT") == major_key("Quản lý tài nguyên và môi trường")
    assert major_key("Nhóm ngành CNTT") == "cong nghe thong tin"


# Rank, grade, experience, competencies


@pytest.mark.parametrize(
    ("allowed", "least", "rank", "height", "verdict"),
    [
        ({"01.003"}, 3, "01.003", 3, MET),
        ({"01.003"}, 3, "01.004", 2, MISSING),
        ({"01.003"}, 3, "01.002", 4, CONFIRM),
        ({"01.003"}, 3, None, None, CONFIRM),
        (set(), 3, "01.002", 4, MET),
        (set(), 3, "01.004", 2, MISSING),
        ({"01.003"}, None, "01.003", 3, MET),
        ({"01.003"}, None, "01.004", 2, MISSING),
        ({"01.003"}, 3, "01.003", None, MET),
        (set(), 3, "xx", None, CONFIRM),
    ],
)
def test_a_rank_is_allowed_and_no_lower_than_the_least(allowed, least, rank, height, verdict):
    ladder = Ladder(frozenset(allowed), least)
    assert judge(Holder(rank=rank, height=height), ladder=ladder) == {"rank": verdict}


@pytest.mark.parametrize(
    ("seat", "has", "verdict"),
    [(None, 3, MET), (None, 4, MET), (None, 2, MISSING), (None, 5, CONFIRM), (None, None, CONFIRM), (4, 4, MET),
     (4, 3, MISSING), (3, 4, CONFIRM)],
)  # fmt: skip
def test_a_grade_lies_in_what_is_used(seat, has, verdict):
    assert judge(Holder(grade=has), framework=PUBLIC, grade=seat, grade_from=3, grade_to=4) == {"grade": verdict}


@pytest.mark.parametrize(("has", "verdict"), [(None, CONFIRM), (2, MISSING), (3, MET), (9, MET)])
def test_years_of_experience_only_by_a_law_of_the_field(has, verdict):
    holder = Holder(experience_years=has)
    assert judge(holder, experience_years=3, special_law=True) == {"experience_years": verdict}
    assert judge(holder, experience_years=3) == {}


@pytest.mark.parametrize(
    ("level", "later", "verdict"),
    [
        (2, (), MET),
        (5, (), MET),
        (1, (), LATER),
        (1, ("none",), MISSING),
        (None, (), CONFIRM),
        (None, ("none",), CONFIRM),
    ],
)
def test_a_competency_reaches_the_lower_end_of_the_range(level, later, verdict):
    known = {} if level is None else {"G1": level}
    found = judge(Holder(competencies=known), needs=(Need("G1", 2, 4), Need("P2")), may_complete_later=later)
    assert found == {"competency:G1": verdict}


def test_the_grade_of_the_seat_says_which_level():
    needs = (Need("VP", 3, grade=3), Need("VP", 4, grade=4), Need("V1", 2))
    holder = Holder(competencies={"VP": 3, "V1": 2}, grade=3)
    asked = {"grade_from": 3, "grade_to": 4}
    assert judge(holder, needs=needs, framework=PUBLIC, grade=3, **asked)["competency:VP"] is MET
    assert judge(holder, needs=needs, framework=PUBLIC, grade=4, **asked)["competency:VP"] is LATER
    assert judge(holder, needs=needs, framework=PUBLIC, **asked)["competency:VP"] is MET


# What follows


@pytest.mark.parametrize(
    ("kinds", "outcome"),
    [
        ([], FitOutcome.MET), ([MET], FitOutcome.MET), ([MET, CONFIRM], FitOutcome.MET),
        ([MET, LATER, CONFIRM], FitOutcome.TRAIN), ([LATER, MISSING], FitOutcome.UNMET),
    ],
)  # fmt: skip
def test_what_follows_from_the_verdicts(kinds, outcome):
    assert fit_of((str(place), kind) for place, kind in enumerate(kinds)) is outcome


CLERK = Requirements(
    least_degree="university", majors=("Luật", "QLNN"), state_management_level="specialist", it_level="basic",
    certificates=("Bồi dưỡng nội vụ",), theory_level="intermediate",
)  # fmt: skip
NEEDS = (Need("G1", 2, 3), Need("P1", 2))
SOMEBODY = Holder(
    least_degree="university", majors=("Luật",), state_management_level="assistant", theory_level="intermediate",
    competencies={"G1": 2}, rank="01.003", height=3,
)  # fmt: skip


def sheet(holder=SOMEBODY, requirements=CLERK):
    asked = measure(CIVIL, requirements, NEEDS, ORDERS, Ladder(frozenset({"01.003"}), 3))
    return checks(asked, holder, NAMES)


def test_the_sheet_says_what_is_asked_and_what_there_is():
    found = {check.code: check for check in sheet()}
    degree = found["least_degree"]
    assert (degree.outcome, degree.required % degree.params) == (MET, "Từ Đại học trở lên")
    course = found["state_management_level"]
    assert (course.has % course.params, course.outcome) == ("Cán sự và tương đương", LATER)
    assert found["it_level"].has == "Hồ sơ chưa ghi"
    unknown = found["competency:P1"]
    assert (unknown.outcome, unknown.has) == (CONFIRM, "Chưa được đánh giá; cần người xác nhận")
    assert found["competency:G1"].words % found["competency:G1"].params == "Năng lực: Đạo đức và bản lĩnh"
    assert all(check.source.startswith("NĐ 361/2025/NĐ-CP") for check in found.values())
    assert [check.code for check in to_confirm(found.values())] == ["competency:P1"]
    assert outcome_of(found.values()) is FitOutcome.TRAIN


def test_gaps_go_to_the_needs_of_training():
    found = gaps(sheet(SOMEBODY._replace(least_degree="college")))
    assert [(gap.requirement, gap.trainable) for gap in found] == [
        ("least_degree", False), ("state_management_level", True), ("it_level", True),
        ("certificate:Bồi dưỡng nội vụ", True),
    ]  # fmt: skip
    assert all(isinstance(value, str | int | None) for gap in found for value in gap.params.values())


@pytest.mark.parametrize(
    ("fit", "confirmed", "outcome"),
    [
        (None, False, Outcome.UNKNOWN), (FitOutcome.TRAIN, False, Outcome.UNKNOWN),
        (FitOutcome.TRAIN, True, Outcome.MET), (FitOutcome.MET, True, Outcome.MET),
        (FitOutcome.UNMET, True, Outcome.NOT_MET),
    ],
)  # fmt: skip
def test_somebody_confirms_the_outcome(fit, confirmed, outcome):
    found = as_conditions(sheet(), fit, confirmed=confirmed)
    assert (found[0].code, found[0].outcome, found[0].blocking) == ("fit", outcome, True)
    assert {one.code for one in found[1:]} == {
        "fit.state_management_level",
        "fit.it_level",
        "fit.certificate:Bồi dưỡng nội vụ",
    }
    assert not any(one.blocking for one in found[1:])
    assert bool(obstacles(found)) is (outcome is not Outcome.MET)
    assert all(one.found % one.params for one in found)


codes = {name: st.none() | st.sampled_from(sorted(ORDERS[name])) for name in CATALOGUES}
HOLDERS = st.builds(
    Holder,
    codes["degrees"], st.lists(st.sampled_from(["Luật", "Kế toán", "QLNN"])).map(tuple), codes["theory_levels"],
    codes["state_management_levels"], codes["it_levels"], codes["language_levels"],
    st.lists(st.sampled_from(["Bồi dưỡng nội vụ", "Tin học"])).map(tuple),
    st.dictionaries(st.sampled_from(["G1", "P1"]), st.integers(1, 5)),
    st.none() | st.just("01.003"), st.none() | st.integers(1, 5), st.none() | st.integers(1, 5),
    st.none() | st.integers(0, 40),
)  # fmt: skip


@given(HOLDERS)
def test_the_sheet_and_the_quick_form_say_the_same(holder):
    asked = measure(CIVIL, CLERK, NEEDS, ORDERS, Ladder(frozenset({"01.003"}), 3))
    found = checks(asked, holder, NAMES)
    assert [(check.code, check.outcome) for check in found] == verdicts(asked, holder)
    assert all(check.words % check.params and check.required % check.params for check in found)
    assert all(check.has % check.params or check.code in {"majors", "certificates"} for check in found)


@given(HOLDERS, st.sampled_from(sorted(ORDERS["degrees"])), st.integers(1, 5))
def test_knowing_more_never_fits_worse(holder, degree, level):
    """A higher degree, one more certificate, a higher level of a competency that was assessed."""
    asked = measure(CIVIL, CLERK, NEEDS, ORDERS)
    rank = [FitOutcome.UNMET, FitOutcome.TRAIN, FitOutcome.MET]
    places = ORDERS["degrees"]
    better = holder._replace(
        least_degree=max(degree, holder.least_degree or degree, key=places.__getitem__),
        certificates=(*holder.certificates, "Bồi dưỡng nội vụ"),
        competencies={code: max(level, had) for code, had in holder.competencies.items()},
    )
    before, after = fit_of(verdicts(asked, holder)), fit_of(verdicts(asked, better))
    assert rank.index(after) >= rank.index(before)


def test_everybody_of_a_province_is_judged_quickly():
    asked = measure(CIVIL, CLERK, [Need(f"G{n}", 2) for n in range(17)], ORDERS, Ladder(frozenset({"01.003"}), 3))
    majors = [f"Chuyên ngành {n}" for n in range(300)]
    people = [
        SOMEBODY._replace(majors=(majors[n % 300],), competencies={f"G{n % 17}": n % 5 + 1}) for n in range(25_583)
    ]
    start = time.process_time()
    found = [fit_of(verdicts(asked, person)) for person in people]
    assert len(found) == 25_583
    assert time.process_time() - start < 2
