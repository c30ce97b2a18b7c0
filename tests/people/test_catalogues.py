"""The seed catalogues: every row has a source and a mark, and what one file says another agrees with."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from hrms.agencies.rules import AgencyKind
from hrms.core.text import accent_key, match_key
from hrms.decisions.rules.powers import PostGroup
from hrms.people.rules.family import RELATIONS
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.record import blood_group_code
from hrms.people.rules.steps import read_pay_scales
from tests.people.catalogue_rows import FOLDER, rows

GENERIC = [
    "code",
    "name_vi",
    "name_en",
    "rank",
    "parent",
    "aliases",
    "code_bnv",
    "valid_from",
    "valid_to",
    "source",
    "mark",
]
GROUPS = {
    "discipline_forms": {"administrative", "party"},
    "leadership_posts": {"province", "department", "sub_department", "commune", "school", "hospital", "unit"},
}
MINE = [
    "academic_titles",
    "allowance_forms",
    "allowance_kinds",
    "appointment_bases",
    "base_salaries",
    "blood_groups",
    "defence_training_groups",
    "degrees",
    "discipline_forms",
    "education_general",
    "emulation_titles",
    "ethnic_groups",
    "ethnic_languages",
    "family_origins",
    "graduation_grades",
    "health_states",
    "holidays",
    "it_levels",
    "language_levels",
    "languages",
    "leadership_coefficients",
    "leadership_post_groups",
    "leadership_posts",
    "military_ranks",
    "parameters",
    "party_posts",
    "pay_scales",
    "policy_beneficiaries",
    "political_organisations",
    "province_codes",
    "provinces_now",
    "ranks",
    "rating_classes",
    "reception_groups",
    "recruitment_forms",
    "relations",
    "religions",
    "retirement_ages",
    "reward_forms",
    "state_honours",
    "state_management_levels",
    "theory_levels",
    "training_forms",
]
KEYS = {
    "pay_scales": ("table", "group", "step"), "retirement_ages": ("year", "sex"), "holidays": ("date",),
    "leadership_coefficients": ("post", "place", "valid_from"), "base_salaries": ("valid_from",),
    "parameters": ("key", "valid_from"), "leadership_post_groups": ("post",),
}  # fmt: skip


def generic() -> list[str]:
    return [name for name in MINE if list(rows(name)[0]) == GENERIC]


def test_every_catalogue_of_the_record_is_there():
    assert {path.stem for path in FOLDER.glob("*.csv")} >= set(MINE)
    assert len(generic()) == 32


@pytest.mark.parametrize("name", MINE)
def test_rows_have_a_source_a_mark_and_a_key_of_their_own(name):
    found = rows(name)
    assert found
    for row in found:
        assert None not in row, row
        assert row["mark"] in {"C", "K", "U"}, row
        assert row["source"].strip(), row
        for column in ("name_vi", "name_en", "name", "code"):
            assert row.get(column, "x").strip() == row.get(column, "x") != "", row
        for column in ("valid_from", "valid_to"):
            if row.get(column):
                date.fromisoformat(row[column])
        if row.get("valid_from") and row.get("valid_to"):
            assert row["valid_from"] < row["valid_to"]
    keys = Counter(tuple(row[column] for column in KEYS.get(name, ("code",))) for row in found)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("name", generic())
def test_a_name_or_alias_means_one_entry(name):
    found = rows(name)
    exact: dict[str, set[str]] = {}
    folded: dict[str, set[str]] = {}
    for row in found:
        int(row["rank"])
        assert row["code_bnv"] == ""
        assert row["parent"] == "" or row["parent"] in GROUPS.get(name, ())
        for text in [row["name_vi"], *filter(None, row["aliases"].split("|"))]:
            exact.setdefault(accent_key(text), set()).add(row["code"])
            folded.setdefault(match_key(text) or text, set()).add(row["code"])
    assert {text: codes for text, codes in exact.items() if len(codes) > 1} == {}
    clashes = {text for text, codes in folded.items() if len(codes) > 1}
    # Tày and Táy (Thái) differ by the tone only; + and − of blood groups have no letters.
    assert name == "blood_groups" or clashes == ({"tay"} if name == "ethnic_groups" else set())


def test_ethnic_groups_are_the_54_of_the_official_order():
    found = {row["code"]: row["name_vi"] for row in rows("ethnic_groups")}
    assert list(found) == [f"{n:02d}" for n in range(1, 57)]
    assert (found["01"], found["05"], found["08"], found["23"], found["54"]) == (
        "Kinh", "Khơ-me", "Hmông", "Bru-Vân Kiều", "Rơ-măm",
    )  # fmt: skip


def test_relations_are_those_the_rules_know():
    assert {row["code"] for row in rows("relations")} == set(RELATIONS)


def test_blood_groups_are_those_the_rules_know():
    for row in rows("blood_groups"):
        assert blood_group_code(row["code"]) == row["code"]


def test_degrees_rank_from_0_to_7():
    assert {int(row["rank"]) for row in rows("degrees")} == set(range(8))


def test_pay_scales_are_arithmetic_progressions():
    scales = read_pay_scales(rows("pay_scales"))
    for scale in scales.values():
        assert len({later - earlier for earlier, later in pairwise(scale.coefficients)}) == 1, scale
        expected = 60 if scale.table == 1 else 24 if scale.table == 4 or scale.group[0] in "BC" else 36
        assert scale.months_per_step == expected
    assert scales[2, "A1"].coefficients[3] == Decimal("3.33")
    assert (scales[2, "A1"].steps, scales[2, "A0"].coefficients[-1], scales[2, "B"].coefficients[-1]) == (
        9, Decimal("4.89"), Decimal("4.06"),
    )  # fmt: skip
    assert scales[2, "C2"].coefficients[0] == Decimal("1.50") != scales[3, "C2"].coefficients[0] == Decimal("2.00")
    assert scales[3, "A2.1"].coefficients == scales[2, "A2.1"].coefficients
    assert scales[1, "CGCC"].coefficients == (Decimal("8.80"), Decimal("9.40"), Decimal("10.00"))


def test_every_rank_stands_on_a_pay_group_and_a_kind():
    scales = read_pay_scales(rows("pay_scales"))
    for row in rows("ranks"):
        assert (int(row["table"]), row["group"]) in scales, row
        assert row["person_kind"] in set(PersonKind), row
    by_code = {row["code"]: row["group"] for row in rows("ranks")}
    assert (by_code["01.003"], by_code["V.07.05.15"], by_code["V.07.02.26"], by_code["V.08.03.07"]) == (
        "A1", "A1", "A0", "B",
    )  # fmt: skip


def test_every_post_has_its_group_and_adjacent_posts_of_the_catalogue():
    posts = [row["code"] for row in rows("leadership_posts")]
    found = {row["post"]: row for row in rows("leadership_post_groups")}
    assert list(found) == posts
    for row in found.values():
        assert row["post_group"] in {*PostGroup}
        assert {code for code in row["below"].split("|") if code} <= set(posts) - {row["post"]}
        assert {*row["agency_kinds"].split("|")} <= {*AgencyKind}
        assert row["filled"] in {"appointed", "elected"}
        assert int(row["term_months"]) > 0
    assert found["division_head"]["below"].startswith("division_deputy")


def test_leadership_coefficients_belong_to_posts():
    posts = {row["code"] for row in rows("leadership_posts")}
    found = {(row["post"], row["place"]): Decimal(row["coefficient"]) for row in rows("leadership_coefficients")}
    assert {post for post, _ in found} <= posts
    assert {place for _, place in found} <= {"special", "other", "any", "class_1", "class_2", "class_3"}
    assert (found["commune_chair", "special"], found["commune_chair", "other"]) == (Decimal("0.70"), Decimal("0.60"))
    assert found["division_deputy", "other"] == Decimal("0.30")


def test_base_salaries_follow_one_another_without_a_gap():
    found = rows("base_salaries")
    assert [earlier["valid_to"] for earlier in found[:-1]] == [later["valid_from"] for later in found[1:]]

    def on(day: str) -> int:
        return next(int(r["amount"]) for r in found if r["valid_from"] <= day < (r["valid_to"] or "9999"))

    assert on("2026-06-30") == 2_340_000
    assert on("2026-07-01") == 2_530_000
    assert on("2023-06-30") == 1_490_000
    assert on("2016-04-30") == 1_150_000


def test_places_of_personal_ids_and_provinces():
    places = {row["code"]: row["name"] for row in rows("province_codes")}
    assert len(places) == 63
    assert (places["001"], places["017"], places["048"], places["092"]) == ("Hà Nội", "Hòa Bình", "Đà Nẵng", "Cần Thơ")
    provinces = {row["code"]: row["name"] for row in rows("provinces_now")}
    assert len(provinces) == 34
    assert provinces["92"] == "Cần Thơ"
