"""The position frame: there and back as plain data, the outline of the form, and how a frame must be written."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.people.rules.parameters import parameters_on
from hrms.positions.rules.frame_writing import (
    CompetencyFacts,
    PositionFacts,
    check_frame,
    check_shared,
    errors,
    management_levels,
    terms_on,
)
from hrms.positions.rules.frames import (
    SECTIONS,
    STANDARD_RIGHTS,
    STANDARD_TASKS,
    Asked,
    BadContent,
    Content,
    Duty,
    Framework,
    Inside,
    Need,
    Outside,
    Requirements,
    Right,
    Section,
    blank,
    from_json,
    outline,
    to_json,
)
from hrms.positions.rules.kinds import PositionGroup
from tests.people.catalogue_rows import rows

ON = date(2026, 12, 1)
FIGURES = parameters_on(rows("parameters"), ON)
CIVIL, PUBLIC = Framework.CIVIL, Framework.PUBLIC
LEADS, DOES, HELPS = PositionGroup.LEADERSHIP, PositionGroup.PROFESSIONAL, PositionGroup.SUPPORT
ALL = frozenset(range(1, 6))
DICTIONARY = {
    **{f"G{n}": CompetencyFacts(CIVIL, "general", ALL) for n in range(1, 8)},
    "P1": CompetencyFacts(CIVIL, "professional", ALL),
    "P2": CompetencyFacts(CIVIL, "professional", ALL - {1}),
    "M1": CompetencyFacts(CIVIL, "management", ALL),
    **{f"V{n}": CompetencyFacts(PUBLIC, "general", ALL) for n in range(1, 5)},
    "VP": CompetencyFacts(PUBLIC, "professional", ALL),
    "VM": CompetencyFacts(PUBLIC, "management", ALL),
}
NURSE = PositionFacts(PUBLIC, DOES, 2, 5)
HEAD = PositionFacts(PUBLIC, LEADS, keeps_base_grade=True)
OFFICER = PositionFacts(CIVIL, DOES)
WORK = "Thực hiện kỹ thuật chăm sóc %s theo phân công và chịu trách nhiệm về kết quả"


def duty(grade: int | None = 3, what: str = "cơ bản", **more) -> Duty:
    values = {
        "section": Section.PROFESSIONAL, "work": WORK % what, "output": f"Phiếu chăm sóc {what}",
        "criteria": "Đúng quy trình", "grade": grade,
    }  # fmt: skip
    return Duty(**{**values, **more})


NURSING = Content(
    objective="Chăm sóc người bệnh nhằm bảo đảm người bệnh được an toàn",
    duties=(duty(3, "cơ bản"), duty(4, "chuyên sâu")),
    competencies=(Need("V1", 2, 3), Need("VP", 3, 4, grade=3), Need("VP", 4, 5, grade=4)),
    inside=Inside("Điều dưỡng trưởng khoa"),
    authority=(Right("Được đề xuất vật tư", "professional"),),
    requirements_text=Asked(degree="Đại học điều dưỡng"),
)
GRADES = Requirements(grade_from=3, grade_to=4)
OFFICE = Content(
    objective="Tham mưu công tác nội vụ",
    duties=(Duty(Section.WORK, task="Xây dựng văn bản", work="Soạn thảo kế hoạch", criteria="Được duyệt"),),
    competencies=(Need("G1", 2, 3), Need("P1", 2)),
    inside=Inside("Trưởng phòng"),
    authority=(Right("Được dự họp"),),
    requirements_text=Asked(degree="Đại học trở lên"),
)


def found(position=NURSE, requirements=GRADES, content=NURSING, **changes):
    terms = terms_on(rows("retired_terms"), position.framework, ON)
    content = dataclasses.replace(content, **changes)
    return check_frame(position, requirements, content, DICTIONARY, terms, FIGURES)


def said(*args, **changes) -> dict[str, tuple[str, str]]:
    return {one.code: (one.field, one.severity) for one in found(*args, **changes)}


def test_a_well_written_frame_has_no_findings():
    assert found() == []
    assert found(OFFICER, Requirements(), OFFICE) == []


def test_every_finding_renders():
    texts = found(
        requirements=Requirements(grade_from=1, grade_to=5, experience_years=3),
        duties=(duty(4, section=Section.MANAGEMENT), duty(2, "x", output="", criteria="", work="nước")),
        competencies=(Need("XX"), Need("VP", 1, 9), Need("VP", 4, 3), Need("VM", 1), Need("VP", None, 2)),
        objective="", inside=Inside(), authority=(), requirements_text=Asked(experience="03 năm, đã qua tập sự"),
    )  # fmt: skip
    assert len(texts) > 12
    for one in texts:
        assert one.text % one.params
        assert one.severity in {"error", "warning"}
        assert one.field


# The form

words = st.text(max_size=12)
number = st.none() | st.integers(1, 5)
CONTENTS = st.builds(
    Content,
    objective=words, starts_on=st.none() | st.dates(), workplace=words, related=words, field=words,
    holders=st.none() | st.integers(0, 99),
    duties=st.lists(
        st.builds(Duty, st.sampled_from(Section), words, words, words, words, number), max_size=3
    ).map(tuple),
    competencies=st.lists(st.builds(Need, words, number, number, number), max_size=3).map(tuple),
    inside=st.builds(Inside, words, words, words),
    outside=st.lists(st.builds(Outside, words, words), max_size=2).map(tuple),
    authority=st.lists(st.builds(Right, words, words), max_size=2).map(tuple),
    requirements_text=st.builds(Asked, words, words, words, words, words),
)  # fmt: skip


@given(CONTENTS)
def test_what_is_written_as_plain_data_reads_the_same(content):
    assert from_json(json.loads(json.dumps(to_json(content)))) == content


@given(CONTENTS)
def test_no_content_breaks_the_checks(content):
    for position, requirements in ((NURSE, GRADES), (HEAD, GRADES), (OFFICER, Requirements())):
        assert all(one.text % one.params for one in found(position, requirements, content))


def test_what_is_missing_is_empty_and_what_is_unknown_is_left_aside():
    assert from_json({"later": 1}) == Content()
    assert from_json({"duties": None, "inside": None}) == Content()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"objective": 1}, "objective"),
        ({"starts_on": "12/2026"}, "starts_on"),
        ({"duties": "x"}, "duties"),
        ({"duties": [1]}, r"duties\[0\]"),
        ({"duties": [{"section": "work"}, {"section": "other"}]}, r"duties\[1\]\.section"),
        ({"duties": [{"section": "work", "grade": "3"}]}, r"duties\[0\]\.grade"),
        ({"competencies": [{"code": "G1", "level_min": True}]}, r"competencies\[0\]\.level_min"),
        ({"inside": []}, "inside"),
        ({"holders": -1}, "holders"),
    ],
)
def test_a_value_of_the_wrong_kind_names_its_place(data, place):
    with pytest.raises(BadContent, match=place):
        from_json(data)


def test_the_form_of_a_public_employee_has_nine_parts():
    numbers = {part.number.split(".")[0] for part in outline(PUBLIC)}
    assert numbers == {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}
    assert "duties.management" not in {part.key for part in outline(PUBLIC, DOES)}
    assert "duties.support" not in {part.key for part in outline(PUBLIC, LEADS)}
    assert {part.key for part in outline(PUBLIC, HELPS)} >= {"duties.support", "competencies", "requirements_text"}


def test_the_form_of_a_civil_servant_has_its_numbers():
    assert [part.number for part in outline(CIVIL)] == ["", "1", "2", "3.1", "3.2", "4", "5.1", "5.2"]
    assert outline(CIVIL, LEADS) == outline(CIVIL)


@pytest.mark.parametrize("framework", Framework)
def test_every_table_of_duties_is_a_section_of_the_form(framework):
    keys = {part.key.partition(".")[2] for part in outline(framework) if part.key.startswith("duties.")}
    assert keys == set(SECTIONS[framework])


def test_a_new_frame_of_a_specialised_civil_servant_offers_the_standard_rows():
    listed = [("G1", "general"), ("P1", "professional"), ("M1", "management")]
    made = blank(CIVIL, DOES, listed)
    assert [one.task for one in made.duties] == list(STANDARD_TASKS)
    assert len(STANDARD_TASKS) == 9
    assert [one.words for one in made.authority] == list(STANDARD_RIGHTS)
    assert len(STANDARD_RIGHTS) == 5
    assert [(one.code, one.level_min) for one in made.competencies] == [("G1", None), ("P1", None)]
    assert [one.code for one in blank(CIVIL, LEADS, listed).competencies] == ["G1", "P1", "M1"]
    assert blank(PUBLIC, DOES).duties == ()


# Grades


@pytest.mark.parametrize(
    ("position", "low", "high", "code", "field"),
    [
        (NURSE, 1, 4, "grade_outside", "grade_from"),
        (PositionFacts(PUBLIC, DOES, 2, 4), 3, 5, "grade_outside", "grade_to"),
        (NURSE, 4, 3, "grades_out_of_order", "grade_from"),
        (NURSE, 3, None, "grade_missing", "grade_to"),
        (NURSE, None, 3, "grade_missing", "grade_from"),
        (NURSE, None, None, "grades_missing", "grade_from"),
        (NURSE, 2, 6, "too_many_grades", "grade_to"),
        (PositionFacts(PUBLIC, HELPS), 1, 2, "position_without_grades", "grade_from"),
        (OFFICER, 3, 4, "no_grades", "grade_from"),
    ],
)
def test_grades_keep_to_the_catalogue(position, low, high, code, field):
    assert said(position, Requirements(grade_from=low, grade_to=high))[code] == (field, "error")


def test_a_manager_has_the_grades_of_the_base_position():
    codes = said(HEAD, Requirements(grade_from=1, grade_to=5))
    assert not {"grade_outside", "grades_missing", "position_without_grades"} & set(codes)
    assert "grades_missing" not in said(HEAD, Requirements())


def test_a_grade_is_used_only_with_work_product_and_competency():
    without = said(requirements=Requirements(grade_from=3, grade_to=5))
    assert without["grade_without_work"] == ("duties", "error")
    assert without["grade_without_competency"] == ("competencies", "error")
    no_product = said(duties=(duty(3), duty(4, "chuyên sâu", output=" ")))
    assert no_product["grade_without_work"] == ("duties", "error")
    assert no_product["output_missing"] == ("duties[1].output", "error")
    undefined = said(competencies=(Need("V1", 2), Need("VP", 3, grade=3), Need("VP", grade=4)))
    assert undefined["grade_without_competency"] == ("competencies", "error")


def test_two_grades_may_not_say_the_same():
    same = said(duties=(duty(3), duty(4, work=(WORK % "cơ bản").upper())))
    assert same["grades_identical"] == ("duties", "error")
    assert same["same_work"] == ("duties[1].work", "warning")
    partly = said(duties=(duty(3), duty(4), duty(4, "chuyên sâu")))
    assert "grades_identical" not in partly
    assert partly["same_work"] == ("duties[1].work", "warning")


def test_a_row_of_a_grade_that_is_not_used():
    codes = [(one.field, one.code) for one in found(duties=(*NURSING.duties, duty(5, "đặc biệt")))]
    assert ("duties[2].grade", "grade_unused") in codes
    assert (
        said(competencies=(*NURSING.competencies, Need("V2", 3, grade=2)))["grade_unused"][0] == "competencies[3].grade"
    )


# Sections and formulas


@pytest.mark.parametrize(
    ("position", "section", "code"),
    [
        (NURSE, Section.MANAGEMENT, "management_section"),
        (NURSE, Section.SUPPORT, "support_section"),
        (NURSE, Section.WORK, "section_unknown"),
        (OFFICER, Section.PROFESSIONAL, "section_unknown"),
        (PositionFacts(PUBLIC, HELPS, 1, 4), Section.MANAGEMENT, "management_section"),
    ],
)
def test_a_duty_stands_in_a_table_of_its_group(position, section, code):
    assert said(position, duties=(duty(section=section),))[code] == ("duties[0].section", "error")


def test_a_manager_needs_management_work_and_competencies():
    codes = said(HEAD, GRADES)
    assert codes["duties_missing"] == ("duties", "error")
    assert codes["management_missing"] == ("competencies", "error")
    manages = (duty(None, "của khoa", section=Section.MANAGEMENT),)
    fine = said(
        HEAD, GRADES, duties=manages, competencies=(Need("V1", 3), Need("VM", 3, grade=3), Need("VM", 4, grade=4))
    )
    assert fine == {}


@pytest.mark.parametrize(
    ("objective", "good"),
    [
        ("Tham mưu công tác văn thư nhằm bảo đảm văn bản được xử lý đúng hạn", True),
        ("Công tác văn thư nhằm bảo đảm văn bản đúng hạn", False),
        ("Tham mưu công tác văn thư của cả cơ quan", False),
        ("Tham mưu đúng", False),
    ],
)
def test_the_formula_of_the_objective_is_advice(objective, good):
    codes = said(objective=objective)
    assert ("objective_formula" not in codes) is good
    assert good or codes["objective_formula"] == ("objective", "warning")


@pytest.mark.parametrize(
    ("work", "code"),
    [
        ("Hồ sơ bệnh án theo phân công, chịu trách nhiệm", "work_verb"),
        ("Lập hồ sơ bệnh án", "work_degree"),
        ("Trực tiếp lập hồ sơ", "work_responsibility"),
        ("Lập hồ sơ bệnh án theo phân công", "work_responsibility"),
        ("Lập hồ sơ bệnh án theo phân công, chịu trách nhiệm về kết quả", None),
    ],
)
def test_the_formula_of_work_is_advice(work, code):
    codes = {
        one.code for one in found(duties=(duty(3, work=work), duty(4, "chuyên sâu"))) if one.field == "duties[0].work"
    }
    assert codes == ({code} if code else set())


def test_formulas_are_not_asked_of_civil_servants():
    assert said(OFFICER, Requirements(), OFFICE, objective="Nội vụ") == {}


# Competencies


@pytest.mark.parametrize(
    ("need", "code", "field"),
    [
        (Need("G1", 2), "competency_unknown", "code"),
        (Need("V9", 2), "competency_unknown", "code"),
        (Need("V1", 3), "competency_twice", "code"),
        (Need("VM", 3, grade=3), "management_competency", "code"),
        (Need("V2", None, 3), "level_missing", "level_min"),
        (Need("V2", 3, 2), "levels_out_of_order", "level_min"),
        (Need("V2", 0, 2), "level_outside", "level_min"),
        (Need("V2", 4, 6), "level_outside", "level_min"),
    ],
)
def test_competencies_keep_to_the_dictionary(need, code, field):
    assert said(competencies=(*NURSING.competencies, need))[code] == (f"competencies[3].{field}", "error")


def test_a_level_the_dictionary_does_not_word_may_not_be_asked():
    codes = said(OFFICER, Requirements(), OFFICE, competencies=(Need("G1", 2), Need("P2", 1)))
    assert codes["level_undefined"] == ("competencies[1].level_min", "error")
    assert said(OFFICER, Requirements(), OFFICE, competencies=(Need("G1", 2), Need("P2"))) == {}


@pytest.mark.parametrize(("level", "met"), [(1, False), (2, False), (3, True), (5, True)])
def test_the_professional_level_is_no_lower_than_the_grade(level, met):
    codes = said(competencies=(Need("V1", 2), Need("VP", level, grade=3), Need("VP", 4, grade=4)))
    assert ("level_under_grade" not in codes) is met


def test_a_level_for_every_grade_is_judged_by_the_highest():
    assert "level_under_grade" in said(competencies=(Need("V1", 2), Need("VP", 3)))
    assert "level_under_grade" not in said(competencies=(Need("V1", 2), Need("VP", 4)))


@pytest.mark.parametrize(("grade", "levels"), [(1, (1, 2)), (2, (2, 3)), (3, (3,)), (4, (4,)), (5, (5,))])
def test_management_levels_go_with_grades(grade, levels):
    assert management_levels(grade, FIGURES) == levels
    head = (duty(None, "của khoa", section=Section.MANAGEMENT),)
    for level in range(1, 6):
        asked = Requirements(grade_from=grade, grade_to=grade)
        codes = said(HEAD, asked, duties=head, competencies=(Need("V1", 3), Need("VM", level, grade=grade)))
        assert ("management_level" not in codes) is (level in levels), (grade, level)


def test_general_competencies_are_asked_of_everybody():
    assert said(competencies=NURSING.competencies[1:])["general_missing"] == ("competencies", "error")


# Experience, retired words


def test_no_years_of_experience_without_a_law_of_the_field():
    asked = dataclasses.replace(GRADES, experience_years=3)
    assert said(requirements=asked)["years_of_experience"] == ("experience_years", "error")
    assert "years_of_experience" not in said(requirements=dataclasses.replace(asked, special_law=True))


@pytest.mark.parametrize(
    ("experience", "other", "field"),
    [
        ("Có ít nhất 03 năm làm điều dưỡng", "", "experience"),
        ("Có ba (03) năm", "", "experience"),
        ("", "Từ đủ 5 năm công tác trở lên", "other"),
        ("Đã chăm sóc người bệnh nặng", "Theo Nghị quyết ngày 01 năm 2026", None),
        ("Không quy định số năm", "Sinh viên năm cuối", None),
        ("", "Chứng chỉ có giá trị 2 năm", None),
    ],
)
def test_years_of_experience_in_the_text(experience, other, field):
    texts = Asked(degree="Đại học", experience=experience, other=other)
    fields = {one.field for one in found(requirements_text=texts) if one.code == "years_of_experience"}
    assert fields == ({f"requirements_text.{field}"} if field else set())
    civil = found(OFFICER, Requirements(), OFFICE, requirements_text=texts)
    assert {one.severity for one in civil} <= {"warning"}


def test_retired_words_are_found_wherever_they_stand():
    texts = Asked(degree="Đại học", other="Đã hoàn thành TẬP SỰ")
    codes = said(OFFICER, Requirements(), OFFICE, requirements_text=texts)
    assert codes == {"retired_term": ("requirements_text.other", "error")}
    assert said(requirements_text=texts) == {"retired_term": ("requirements_text.other", "warning")}
    before = terms_on(rows("retired_terms"), CIVIL, date(2025, 6, 30))
    assert before == []
    assert {one.words for one in terms_on(rows("retired_terms"), CIVIL, ON)} >= {"tập sự", "giáng chức", "cấp huyện"}
    assert "hạng chức danh nghề nghiệp" not in {one.words for one in terms_on(rows("retired_terms"), CIVIL, ON)}


def test_every_retired_word_has_a_source_and_what_to_write():
    for row in rows("retired_terms"):
        assert row["source"], row
        assert row["instead"], row
        assert row["mark"] in {"C", "K", "U"}, row
        assert row["framework"] in {"", *Framework}, row


def test_only_errors_keep_a_frame_back():
    problems = found(inside=Inside(), objective="Chăm sóc")
    assert {one.severity for one in problems} == {"warning"}
    assert errors(problems) == []


# One description for several holders


def test_deputies_share_one_description():
    other_field = dataclasses.replace(NURSING, field="Đào tạo", holders=2)
    assert check_shared(HEAD, [NURSING, other_field]) == []
    other_work = dataclasses.replace(NURSING, objective="Khác")
    assert [one.code for one in check_shared(HEAD, [NURSING, other_work])] == ["description_not_shared"]
    assert check_shared(NURSE, [NURSING, other_work]) == []
