"""The seeded courses, providers, requirements and rules of recognition: whole, sourced, of codes that exist."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from hrms.core import clock, dated, scope
from hrms.core.catalogues import FOLDER, read_csv
from hrms.core.db import db
from hrms.figures.rules import CATALOGUE_LABELS, COLUMN_LABELS, MARK_LABELS
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import PersonKind
from hrms.training.models import Course, CourseVersion, RequirementVersion, TrainingRequirement
from hrms.training.rules.kinds import (
    NEVER_COUNTED,
    PROGRAMME_KINDS,
    CourseKind,
    Gate,
    LearningForm,
    LevelSection,
    RequirementTarget,
    RequirementWhat,
)
from hrms.training.rules.states import CertificateKind
from hrms.training.services import catalogue
from tests.province import Province

FILES = ("training_providers", "courses", "training_requirements", "recognition_rules")


def _rows(name: str) -> list[dict[str, Any]]:
    return list(read_csv(FOLDER / f"{name}.csv"))


def _codes(name: str, column: str = "code") -> set[str]:
    return {row[column] for row in _rows(name)}


def _list(value: str | None) -> set[str]:
    return {one for one in (value or "").split("|") if one}


COURSES = _rows("courses")
REQUIREMENTS = _rows("training_requirements")
POST_GROUPS = {row["post"]: row["post_group"] for row in _rows("leadership_post_groups")}
TARGETS: dict[str, set[str]] = {
    "person_kind": {one.value for one in PersonKind},
    "rank": _codes("ranks"),
    "post": set(POST_GROUPS),
    "post_group": set(POST_GROUPS.values()),
    "position": _codes("job_positions", "key"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_its_source_and_a_mark_and_its_columns_have_words(name: str) -> None:
    assert name in CATALOGUE_LABELS
    for row in _rows(name):
        assert row["source"], row
        assert row["mark"] in MARK_LABELS, row
        assert set(row) - {"valid_from", "valid_to", "source", "mark", "name"} <= set(COLUMN_LABELS), row


def test_courses_are_of_the_closed_lists_and_of_codes_that_exist() -> None:
    assert [code for code, n in Counter(row["code"] for row in COURSES).items() if n > 1] == []
    providers, competencies = _codes("training_providers"), _codes("competencies")
    levels = {
        "political_theory": _codes("theory_levels"), "state_management": _codes("state_management_levels"),
        "defence": _codes("defence_training_groups"), "language": _codes("language_levels"),
        "degree": _codes("degrees"),
    }  # fmt: skip
    for row in COURSES:
        assert row["kind"] in {one.value for one in PROGRAMME_KINDS}, row
        assert row["form"] in {"class", "online", "blended"}, row
        assert row["certificate"] in {one.value for one in CertificateKind}, row
        assert 0 < Decimal(row["hours"]) <= 5000, row
        assert _list(row["providers"]) <= providers, row
        assert {one.split(":")[0] for one in _list(row["competencies"])} <= competencies, row
        assert _list(row["ranks"]) <= TARGETS["rank"], row
        assert _list(row["positions"]) <= TARGETS["position"], row
        assert _list(row["post_groups"]) <= TARGETS["post_group"], row
        assert _list(row["person_kinds"]) <= TARGETS["person_kind"], row
        assert row["level"] is None or row["level"] in levels.get(row["kind"], {row["level"]}), row


def test_the_lengths_the_law_names_are_the_laws() -> None:
    hours = {row["code"]: (int(row["hours"]), row["weeks"], row["mark"]) for row in COURSES}
    assert hours["LD.PHONG.XA"] == hours["LD.PHONG.SO"] == hours["LD.SO"] == hours["LD.VU"] == (160, "4", "C")
    assert hours["LD.THUTRUONG"] == (80, "2", "C")
    assert [hours[f"QLNN.{rank}"][0] for rank in ("CV", "CVC", "CVCC")] == [160, 240, 320]
    for row in COURSES:
        if row["weeks"]:
            assert int(row["hours"]) == 40 * int(row["weeks"]), row


def test_old_rank_programmes_are_closed_since_july_2025() -> None:
    closed = {row["code"] for row in COURSES if row["valid_to"] == "2025-07-01"}
    assert {row["code"] for row in COURSES if row["kind"] == "state_management"} <= closed
    assert {"LD.PHONG.CU", "LD.SO.CU"} <= closed


def test_every_competency_of_civil_servants_has_a_course_that_raises_it() -> None:
    raised = {one.split(":")[0] for row in COURSES for one in _list(row["competencies"]) if not row["valid_to"]}
    assert {row["code"] for row in _rows("competencies") if row["framework"] == "civil"} <= raised


def test_requirements_ask_of_codes_that_exist() -> None:
    courses = _codes("courses")
    sections = {"defence": _codes("defence_training_groups")}
    for row in REQUIREMENTS:
        assert row["target"] in {one.value for one in RequirementTarget}, row
        assert _list(row["target_codes"]) <= TARGETS[row["target"]], row
        assert row["what"] in {one.value for one in RequirementWhat}, row
        assert (row["what"] == "hours") == bool(row["hours"]) == bool(row["counts"]), row
        assert (row["what"] == "course") == bool(row["courses"]), row
        assert _list(row["counts"]) <= {one.value for one in CourseKind} - {one.value for one in NEVER_COUNTED}, row
        assert _list(row["courses"]) <= courses, row
        assert _list(row["exempt_absences"]) <= {one.value for one in AbsenceKind}, row
        assert row["gate"] in {one.value for one in Gate}, row
        assert row["level_section"] is None or row["level_section"] in {one.value for one in LevelSection}, row
        assert row["level_least"] is None or row["level_least"] in sections[row["level_section"]], row


def test_yearly_hours_are_forty_and_follow_one_another_without_a_gap() -> None:
    for code in ("NAM.CONGCHUC", "NAM.CANBO", "NAM.VIENCHUC"):
        versions = [row for row in REQUIREMENTS if row["code"] == code]
        assert [row["hours"] for row in versions] == ["40", "40"]
        assert versions[0]["valid_to"] == versions[1]["valid_from"]
        assert versions[1]["valid_to"] is None
    marks = {(row["code"], row["valid_from"]): row["mark"] for row in REQUIREMENTS}
    assert marks["NAM.CONGCHUC", "2025-07-01"] == "C"
    assert marks["NAM.VIENCHUC", "2026-07-01"] == "U"
    for row in REQUIREMENTS:
        if row["code"].startswith("LD."):
            assert (row["due_months"], row["exempt_before"], row["mark"]) == ("12", "2025-06-30", "C")


def test_every_form_of_learning_has_a_rule_and_only_the_class_is_sure() -> None:
    rules = {row["form"]: row for row in _rows("recognition_rules")}
    assert set(rules) == {one.value for one in LearningForm}
    assert {form for form, row in rules.items() if row["mark"] == "C"} == {"class"}
    assert (Decimal(rules["class"]["factor"]), rules["class"]["cap_hours"]) == (Decimal(1), None)


def test_loading_again_writes_nothing_and_leaves_what_the_province_wrote(province: Province) -> None:
    with province.app.app_context(), scope.everything():
        assert db.session.scalar(select(func.count()).select_from(Course)) == len(COURSES)
        before = db.session.execute(
            select(func.count(), func.max(CourseVersion.recorded_at), func.max(CourseVersion.id))
        ).one()
        ours = db.session.scalars(select(TrainingRequirement).where(TrainingRequirement.code == "NAM.CONGCHUC")).one()
        owed = db.session.scalars(
            select(RequirementVersion).where(
                RequirementVersion.requirement_id == ours.id, dated.at(RequirementVersion, clock.today())
            )
        ).one()
        values = {name: getattr(owed, name) for name in dated.fact_columns(RequirementVersion)}
        dated.replace(
            RequirementVersion, {"requirement_id": ours.id}, {**values, "hours": Decimal(48)},
            valid_from=date(2027, 1, 1), recorded_by=1,
        )  # fmt: skip
        theirs = db.session.scalars(select(Course).where(Course.code == "VT.G1")).one()
        db.session.execute(
            update(Course).where(Course.id == theirs.id).values(name="Tên của tỉnh", version=2, recorded_by=1)
        )
        assert catalogue.load() == sum(len(_rows(name)) for name in FILES)
        after = db.session.execute(
            select(func.count(), func.max(CourseVersion.recorded_at), func.max(CourseVersion.id))
        ).one()
        assert tuple(after) == tuple(before)
        db.session.refresh(theirs)
        assert theirs.name == "Tên của tỉnh"
        kept = db.session.scalars(
            select(RequirementVersion.hours).where(
                RequirementVersion.requirement_id == ours.id, dated.at(RequirementVersion, date(2027, 6, 1))
            )
        ).all()
        assert kept == [Decimal(48)]
        db.session.rollback()
