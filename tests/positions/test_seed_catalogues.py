"""The seeded catalogues of job positions and competencies: whole, sourced, and wide enough for the made-up province."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from hrms.core.catalogues import FOLDER, read_csv
from hrms.figures.rules import MARK_LABELS
from seed.demo.position_of import BASE_OF, IN_COMMUNE, IN_OFFICE, POSITION_OF, position_of
from seed.demo.roles import CADRE, CIVIL, CONTRACT, PUBLIC, ROLES
from seed.demo.tree import build_tree

KINDS = {CIVIL: "civil", PUBLIC: "public", CONTRACT: "contract"}
GRADE_OF_GROUP = {"B": 1, "A0": 2, "A1": 3, "A2.1": 4, "A2.2": 4, "A3.1": 5, "A3.2": 5}
"""NĐ 232/2026/NĐ-CP Đ18: the group of the pay scale someone comes from, and the career grade they get."""
BELOW_THEIR_GRADES = {"V.08.05.13", "V.08.06.16", "V.08.07.19", "V.08.08.23"}
"""Grade IV nurses, midwives, technicians, pharmacists: grade 1 until they have the higher degree (Đ18 k2a)."""


def _rows(name: str) -> list[dict[str, Any]]:
    return list(read_csv(FOLDER / f"{name}.csv"))


def _codes(name: str) -> set[str]:
    return {row["code"] for row in _rows(name)}


POSITIONS = {row["key"]: row for row in _rows("job_positions")}
COMPETENCIES = {row["code"]: row for row in _rows("competencies")}
LEVELS = _rows("competency_levels")


@pytest.mark.parametrize("name", ["job_positions", "competencies", "competency_levels"])
def test_every_row_has_its_source_and_a_mark(name: str) -> None:
    for row in _rows(name):
        assert row["source"], row
        assert row["mark"] in MARK_LABELS, row


def test_no_key_stands_twice() -> None:
    assert [key for key, n in Counter(row["key"] for row in _rows("job_positions")).items() if n > 1] == []
    numbered = Counter(key.rsplit(".", 1)[0] for key in POSITIONS if key.startswith("vc."))
    for annex, count in numbered.items():
        assert {row["number"] for key, row in POSITIONS.items() if key.startswith(annex)} == {
            str(n) for n in range(1, count + 1)
        }


@pytest.mark.parametrize(
    ("prefix", "count"),
    [("vc.pl1.", 10), ("vc.pl2.", 155), ("vc.pl3.", 61), ("cc.commune.", 42 + 2 + 1), ("cc.commune.LDQL.", 2)],
)
def test_each_catalogue_is_as_long_as_its_annex(prefix: str, count: int) -> None:
    assert sum(key.startswith(prefix) for key in POSITIONS) == count


def test_what_cannot_be_read_or_is_not_approved_is_not_in_use() -> None:
    unused = {key for key, row in POSITIONS.items() if row["active"] == "false"}
    assert unused == {"vc.pl2.100", "cc.commune.NVCN.28"}
    assert POSITIONS["vc.pl2.100"]["mark"] == "U"


def test_rows_say_what_kind_they_are() -> None:
    kinds = {
        "civil_leadership": "civil", "civil_specialised": "civil", "civil_support": "civil", "civil_assembly": "civil",
        "civil_commune": "civil", "public_management": "public", "public_professional": "public",
        "public_support": "public", "contract_support": "contract",
    }  # fmt: skip
    for key, row in POSITIONS.items():
        assert row["quota_kind"] == kinds[row["catalogue"]], key
        assert row["position_group"] in {"leadership", "professional", "support"}, key
        assert {row["active"], row["keeps_base_grade"]} <= {"true", "false"}, key
        for column in ("valid_from", "valid_to"):
            assert row[column] is None or date.fromisoformat(row[column]), key
    assert {row["catalogue"] for row in POSITIONS.values()} == set(kinds)


def test_career_grades_are_sane() -> None:
    for key, row in POSITIONS.items():
        low, high = row["grade_min"], row["grade_max"]
        assert (low is None) == (high is None), key
        assert low is None or 1 <= int(low) <= int(high) <= 5, key
        if row["quota_kind"] != "public" or row["catalogue"] == "public_management":
            assert low is None, key
    without = {key for key, row in POSITIONS.items() if key.startswith(("vc.pl2", "vc.pl3")) and not row["grade_min"]}
    crew = {f"vc.pl3.{n:03d}" for n in range(8, 26)}
    assert without == crew | {"vc.pl2.100", "vc.pl3.055"}
    keeps = {key for key, row in POSITIONS.items() if row["keeps_base_grade"] == "true"}
    assert keeps == {f"vc.pl1.{n:03d}" for n in range(1, 11)} | {"vc.pl3.055"}


def test_ranks_exist_and_lie_within_the_career_grades() -> None:
    ranks = {row["code"]: row for row in _rows("ranks")}
    for key, row in POSITIONS.items():
        allowed = (row["ranks"] or "").split()
        assert set(allowed) <= set(ranks), key
        assert len(set(allowed)) == len(allowed), key
        assert row["least_rank"] is None or row["least_rank"] in allowed, key
        for code in allowed:
            assert ranks[code]["person_kind"] == {v: k for k, v in KINDS.items()}[row["quota_kind"]], (key, code)
            if row["grade_min"] and code not in BELOW_THEIR_GRADES:
                grade = GRADE_OF_GROUP[ranks[code]["group"]]
                assert int(row["grade_min"]) <= grade <= int(row["grade_max"]), (key, code)


def test_titles_are_posts_of_the_catalogue() -> None:
    posts = _codes("leadership_posts")
    for key, row in POSITIONS.items():
        assert row["leadership_post"] is None or row["leadership_post"] in posts, key


def test_provincial_entries_say_that_they_are_not_the_decrees_list() -> None:
    for key, row in POSITIONS.items():
        if key.startswith(("cc.leadership", "cc.specialised", "cc.support", "cc.assembly", "ct.support")):
            assert "hông phải danh mục của NĐ 361/2025; mục tạm, chờ phụ lục" in row["source"], key
            assert row["mark"] != "C", key


def test_names_are_written_out() -> None:
    short = re.compile(r"\b(HTX|TDTT|CNTT|TTHC|BHXH|KHCN|TĐC|UBND|HĐND|BVTV|KTTV|PCTT|ATTP|CĐS)\b")
    assert [row["name"] for row in POSITIONS.values() if short.search(row["name"])] == []
    within = Counter((key.rsplit(".", 1)[0], row["field"], row["name"]) for key, row in POSITIONS.items())
    assert [place for place, n in within.items() if n > 1] == []


def test_the_competencies_are_seven_five_five_and_the_six_of_public_employees() -> None:
    groups = Counter((row["framework"], row["group"]) for row in COMPETENCIES.values())
    assert groups == {
        ("civil", "general"): 7, ("civil", "professional"): 5, ("civil", "management"): 5,
        ("public", "general"): 4, ("public", "professional"): 1, ("public", "management"): 1,
    }  # fmt: skip
    assert [int(row["place"]) for row in COMPETENCIES.values()] == list(range(1, len(COMPETENCIES) + 1))


def test_levels_run_from_one_to_five_but_for_three_that_are_not_defined() -> None:
    written = {(row["competency"], int(row["level"])) for row in LEVELS}
    assert len(written) == len(LEVELS)
    every = {(code, level) for code in COMPETENCIES for level in range(1, 6)}
    assert every - written == {("P2", 1), ("P3", 1), ("P4", 1)}
    assert written <= every
    texts = Counter(row["words"] for row in LEVELS)
    assert max(texts.values()) == 1


def test_who_does_not_lead_proposes_instead_of_deciding() -> None:
    for row in LEVELS:
        manages = COMPETENCIES[row["competency"]]["group"] == "management" and row["competency"].startswith("M")
        assert bool(row["words_others"]) == manages, row
        assert not manages or "quyết định việc" not in row["words_others"].casefold(), row
    others = " ".join(row["words_others"] or "" for row in LEVELS).casefold()
    assert {word for word in ("nghiên cứu", "đề xuất", "tham mưu") if word in others} == {
        "nghiên cứu", "đề xuất", "tham mưu",
    }  # fmt: skip


def test_every_role_has_its_position() -> None:
    assert set(POSITION_OF) == set(ROLES)
    assert {key for key, role in ROLES.items() if role.kind == CADRE} == {
        key for key, position in POSITION_OF.items() if position is None
    }
    managing = {key for key, position in POSITION_OF.items() if (position or "").startswith("vc.pl1.")}
    assert set(BASE_OF) == managing
    used = {*POSITION_OF.values(), *BASE_OF.values(), *IN_COMMUNE.values()} - {None}
    for places in IN_OFFICE.values():
        used |= set(places.values())
    assert used <= {key for key, row in POSITIONS.items() if row["active"] == "true"}


def test_every_seat_fits_its_position() -> None:
    places: dict[tuple[str, str | None], Any] = {}
    for seat in build_tree().seats:
        places.setdefault((seat.role.key, position_of(seat)), seat)
    assert len(places) > len(ROLES)
    for (role_key, key), seat in places.items():
        role = seat.role
        if key is None:
            assert role.kind == CADRE, role_key
            continue
        row = POSITIONS[key]
        assert row["quota_kind"] == KINDS[role.kind], (role_key, key)
        judged = POSITIONS[BASE_OF[role_key]] if row["catalogue"] == "public_management" else row
        reached = role.ladder[: role.reach]
        assert set(reached) <= set(judged["ranks"].split()), (role_key, judged["key"])
        assert row["leadership_post"] in {None, role.post}, (role_key, key)
        if role.leads and row["quota_kind"] == "civil":
            assert row["position_group"] == "leadership", (role_key, key)
            assert row["leadership_post"] == role.post, (role_key, key)
