"""The model frames of the seed: complete, written as the form asks, within the catalogues, and fair to the demo."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from hrms.core.catalogues import FOLDER, read_csv
from hrms.figures.rules import MARK_LABELS
from hrms.people.rules.parameters import parameters_on
from hrms.positions.models import FrameVersion
from hrms.positions.rules.fit import MAY_COMPLETE
from hrms.positions.rules.frame_writing import CompetencyFacts, PositionFacts, check_frame, terms_on
from hrms.positions.rules.frames import STANDARD_TASKS, Content, Framework, Requirements, from_json
from hrms.positions.rules.kinds import PositionGroup
from seed.demo.position_of import position_of
from seed.demo.tree import build_tree
from seed.model_frames import model_frames

DAY = date(2026, 11, 21)
FILES = ("frame_models", "frame_duties", "frame_competencies", "frame_profiles")


def _rows(name: str) -> list[dict[str, Any]]:
    return [{key: value or "" for key, value in row.items()} for row in read_csv(FOLDER / f"{name}.csv")]


POSITIONS = {row["key"]: row for row in _rows("job_positions")}
FRAMES = {frame["position"]: frame for frame in model_frames()}
COLUMNS = {
    "least_degree", "majors", "other_majors_with_certificate", "theory_level", "state_management_level", "it_level",
    "language_level", "certificates", "may_complete_later", "grade_from", "grade_to", "special_law",
    "experience_years", "content",
}  # fmt: skip


def _framework(key: str) -> Framework:
    return Framework.PUBLIC if POSITIONS[key]["quota_kind"] == "public" else Framework.CIVIL


def _content(key: str) -> Content:
    return from_json(FRAMES[key]["content"])


def _requirements(key: str) -> Requirements:
    return Requirements(**{
        name: tuple(value) if isinstance(value, list) else value
        for name, value in FRAMES[key].items()
        if name not in {"position", "content"}
    })  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_its_source_and_a_mark(name: str) -> None:
    for row in _rows(name):
        assert row["source"], row
        assert row["mark"] in MARK_LABELS, row


def test_a_frame_has_the_columns_of_its_table() -> None:
    assert set(FrameVersion.__table__.columns.keys()) >= COLUMNS
    for frame in FRAMES.values():
        assert set(frame) == COLUMNS | {"position"}


def test_every_position_of_the_commune_and_of_the_demo_has_a_model() -> None:
    used = {position_of(seat) for seat in build_tree().seats} - {None}
    commune = {key for key, row in POSITIONS.items() if key.startswith("cc.commune.") and row["active"] == "true"}
    assert set(FRAMES) >= used | commune
    assert set(FRAMES) <= {key for key, row in POSITIONS.items() if row["active"] == "true"}
    assert max(Counter(row["position"] for row in _rows("frame_models")).values()) == 1


def test_requirements_are_codes_of_their_catalogues() -> None:
    for column, catalogue in (
        ("least_degree", "degrees"), ("theory_level", "theory_levels"), ("it_level", "it_levels"),
        ("state_management_level", "state_management_levels"), ("language_level", "language_levels"),
    ):  # fmt: skip
        codes = {row["code"] for row in _rows(catalogue)} | {None}
        assert {frame[column] for frame in FRAMES.values()} <= codes, column
    for key, frame in FRAMES.items():
        assert set(frame["may_complete_later"]) <= set(MAY_COMPLETE), key
        assert frame["certificates"] or not frame["other_majors_with_certificate"], key


def test_profiles_are_used_and_known() -> None:
    profiles = {row["profile"] for row in _rows("frame_profiles")}
    models = _rows("frame_models")
    assert {row["profile"] for row in models} == profiles
    assert {row["profile"] for row in _rows("frame_competencies")} == profiles
    assert {row["profile"] for row in _rows("frame_duties")} <= {
        *profiles, "career_grades", *(row["position"] for row in models),
    }  # fmt: skip
    for row in _rows("frame_profiles"):
        assert len(row["outside"].split("|")) == len(row["nature"].split("|")), row["profile"]


@pytest.mark.parametrize("key", sorted(FRAMES))
def test_the_writing_checks_find_nothing(key: str) -> None:
    dictionary = {
        row["code"]: CompetencyFacts(
            Framework(row["framework"]),
            row["group"],
            frozenset(int(one["level"]) for one in _rows("competency_levels") if one["competency"] == row["code"]),
        )
        for row in _rows("competencies")
    }
    row = POSITIONS[key]
    facts = PositionFacts(
        _framework(key),
        PositionGroup(row["position_group"]),
        int(row["grade_min"]) if row["grade_min"] else None,
        int(row["grade_max"]) if row["grade_max"] else None,
        row["keeps_base_grade"] == "true",
    )
    terms = terms_on(_rows("retired_terms"), _framework(key), DAY)
    figures = parameters_on(_rows("parameters"), DAY)
    assert check_frame(facts, _requirements(key), _content(key), dictionary, terms, figures) == []


def test_specialists_have_the_nine_standard_tasks_in_order() -> None:
    for row in _rows("frame_models"):
        if row["profile"] in {"commune_specialist", "civil_specialist"}:
            tasks = [duty.task for duty in _content(row["position"]).duties]
            assert tuple(tasks) == STANDARD_TASKS, row["position"]


def test_levels_of_a_commune_are_those_of_the_dossier() -> None:
    levels = {
        need.code: (need.level_min, need.level_max) for need in _content("cc.commune.I.03").competencies
    }  # fmt: skip
    assert {levels[code] for code in ("G1", "G5", "M1", "M5")} == {(3, 4)}
    assert {levels[code] for code in ("G6", "G7")} == {(2, 3)}
    assert {(n.level_min, n.level_max) for n in _content("cc.commune.II.17").competencies} == {(2, 3)}


def test_a_level_may_be_undefined() -> None:
    undefined = {need.code for need in _content("cc.support.26").competencies if need.level_min is None}
    assert undefined == {"P2", "P3", "P4"}


def test_no_place_is_left_unfilled() -> None:
    for key in FRAMES:
        text = str(FRAMES[key]["content"])
        assert "{work}" not in text, key
        assert "{field}" not in text, key
    objectives = Counter(frame["content"]["objective"] for frame in FRAMES.values())
    assert {text for text, n in objectives.items() if n > 1} <= {
        FRAMES[key]["content"]["objective"] for key in ("ct.support.01", "ct.support.02", "ct.support.03")
    }
