"""The made-up province keeps the promises of docs/demo.md: plausible, deterministic, refused where people are."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from hrms.core import catalogues, clock, hooks, jobs, scope
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.decisions import queries as decisions
from hrms.people.rules.family import MarriageAges, Relative, check_family
from hrms.people.rules.kinds import Sex
from hrms.people.rules.personal_id import check_personal_id
from hrms.people.rules.record import RecordFacts, RecordLimits, check_record
from hrms.people.rules.steps import coefficient_problem, read_pay_scales
from seed.demo import nation, quirks, seating
from seed.demo.cli import demo as command
from seed.demo.nation import make_nation
from seed.demo.papers import _folded, _words
from seed.demo.province import Province, make_province
from seed.demo.roles import ROLES, WOMEN
from seed.demo.tree import FULL_CIVIL, build_tree
from seed.demo.writing import field_text
from tests.system.made import NOW, TODAY, Made, open_province

if TYPE_CHECKING:
    from tests.conftest import Database

PEOPLE = 900
Row = Any


@pytest.fixture(scope="module")
def made(template: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with open_province(template, "demo_province", tmp_path_factory.mktemp("demo"), PEOPLE) as province:
        yield province


@pytest.fixture(scope="module")
def people(made: Made) -> list[Row]:
    return made.rows("SELECT * FROM people ORDER BY id")


def _draw(seed: int, size: int = 250) -> dict[str, list[str]]:
    province = Province(size, seed, TODAY, NOW)
    province.draw_people()
    province.draw_facts()
    return {name: table.lines for name, table in province.tables.items()}


def test_the_same_seed_on_the_same_day_gives_the_same_rows() -> None:
    first = _draw(7)
    assert _draw(7) == first
    assert _draw(8)["people"] != first["people"]
    assert len(first["people"]) == 250


def test_full_size_has_the_kinds_in_their_proportion() -> None:
    tree = build_tree()
    seats = seating.fit(tree, 25_583, Random(1))
    kinds = Counter(seat.role.kind for seat in seats)
    assert len(seats) == 25_583
    assert kinds["cadre"] + kinds["civil_servant"] == FULL_CIVIL
    assert 20_500 < kinds["public_employee"] < 20_700
    first_level = [unit for unit in tree.units if len(unit.scope) == 3]
    assert len([unit for unit in first_level if unit.kind == "commune"]) == 103
    assert 115 <= len(first_level) <= 135
    assert tree.unit("H13.05").name.startswith("Sở Nội vụ")
    assert any(unit.name == "Phòng Công chức, viên chức" for unit in tree.units if unit.code.startswith("H13.05."))
    assert len({unit.code for unit in tree.units}) == len(tree.units)


@pytest.mark.parametrize("size", [0, 1, 3, 40, 30_000])
def test_any_size_is_met_exactly(size: int) -> None:
    assert len(seating.fit(build_tree(), size, Random(1))) == size


def test_roles_use_ranks_and_posts_that_exist() -> None:
    ranks = {row["code"] for row in catalogues.read_csv(catalogues.FOLDER / "ranks.csv")}
    posts = {row["code"] for row in catalogues.read_csv(catalogues.FOLDER / "leadership_posts.csv")}
    for role in ROLES.values():
        assert set(role.ladder) <= ranks, role.key
        assert role.post is None or role.post in posts, role.key


def test_every_code_is_in_its_catalogue(made: Made) -> None:
    known: dict[str, set[str]] = {
        path.stem: {row["code"] for row in catalogues.read_csv(path)} for path in catalogues.generic_files()
    }
    for table, column, catalogue in (
        ("people", "ethnic_group", "ethnic_groups"), ("people", "religion", "religions"),
        ("people", "degree", "degrees"),
        ("people", "family_origin", "family_origins"), ("people", "theory_level", "theory_levels"),
        ("people", "state_management_level", "state_management_levels"), ("people", "it_level", "it_levels"),
        ("people", "language", "languages"), ("people", "language_level", "language_levels"),
        ("people", "ethnic_language", "ethnic_languages"), ("people", "military_rank", "military_ranks"),
        ("people", "policy_beneficiary", "policy_beneficiaries"), ("people", "party_post", "party_posts"),
        ("people", "blood_group", "blood_groups"), ("people", "state_honour", "state_honours"),
        ("people", "academic_degree", "degrees"), ("person_post", "post_code", "leadership_posts"),
        ("person_allowance", "allowance_kind", "allowance_kinds"), ("person_allowance", "form", "allowance_forms"),
        ("person_education", "degree", "degrees"), ("person_education", "form", "training_forms"),
        ("person_education", "grade", "graduation_grades"), ("person_family", "relation", "relations"),
        ("person_rating", "rating", "rating_classes"), ("person_reward", "emulation_title", "emulation_titles"),
        ("person_reward", "reward_form", "reward_forms"), ("person_discipline", "form", "discipline_forms"),
    ):  # fmt: skip
        used = {row[0] for row in made.rows(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")}
        assert used <= known[catalogue], (table, column, used - known[catalogue])


def test_women_have_their_shares(made: Made) -> None:
    rows = made.rows(
        "SELECT CASE WHEN c.kind IN ('cadre', 'civil_servant') THEN 'office' ELSE a.sector END, count(*),"
        " count(*) FILTER (WHERE c.sex = 'female') FROM people_current c"
        " JOIN agencies a ON a.id = c.agency_id GROUP BY 1"
    )
    shares = {sector: women / total for sector, total, women in rows}
    assert shares["office"] == pytest.approx(WOMEN["office"], abs=0.02)
    assert shares["education"] == pytest.approx(0.70, abs=0.03)
    assert shares["health"] == pytest.approx(0.60, abs=0.03)


def test_minorities_live_where_they_live(made: Made) -> None:
    rows = made.rows(
        "SELECT c.ethnic_group, a.ward_code::integer >= 31500 AS coast FROM people_current c"
        " JOIN agencies a ON a.id = c.agency_id WHERE a.ward_code IS NOT NULL"
    )
    coast = [group for group, is_coast in rows if is_coast]
    inland = [group for group, is_coast in rows if not is_coast]
    assert coast.count("05") / len(coast) > 0.12
    assert inland.count("05") / len(inland) < 0.05
    assert "04" in coast


def test_nobody_serves_past_retirement_or_retires_in_an_empty_month(made: Made) -> None:
    rows = made.rows("SELECT sex, retires_on, status FROM people_current WHERE retires_on IS NOT NULL")
    assert len(rows) > PEOPLE * 0.9
    for sex, day, status in rows:
        assert day >= TODAY or status not in {"serving", "probation"}
        assert not (sex == "male" and day.year <= 2028 and day.month <= 3)
        assert not (sex == "female" and day.year <= 2035 and day.month <= 4)
    retired = made.rows(
        "SELECT s.valid_from, m.retires_on FROM person_status s"
        " JOIN people p ON p.id = s.person_id JOIN retirement_months m"
        " ON m.sex = p.sex AND m.birth_year = left(p.birth_date, 4)::integer"
        " AND m.birth_month = substr(p.birth_date, 6, 2)::integer WHERE s.status = 'retired'"
    )
    assert retired
    assert all(since == day + timedelta(days=1) for since, day in retired)


def test_some_have_retired_left_or_are_seconded(made: Made) -> None:
    statuses = dict(made.rows("SELECT status, count(*) FROM people_current GROUP BY status"))
    assert statuses["retired"] == round(PEOPLE * 0.008)
    assert statuses["left"]
    assert statuses["serving"] > PEOPLE * 0.95
    assert made.rows("SELECT 1 FROM people_current WHERE seconded_to_id IS NOT NULL")
    away = dict(made.rows("SELECT absent_as, count(*) FROM people_current GROUP BY absent_as"))
    assert away["maternity_leave"]
    assert 0 < sum(count for kind, count in away.items() if kind) < PEOPLE * 0.05


def _wrong(note: str | None) -> str:
    return note.removeprefix(quirks.MARK) if note and note.startswith(quirks.MARK) else ""


def _partial(value: str | None) -> PartialDate | None:
    return PartialDate(*map(int, value.split("-"))) if value else None


def test_records_pass_the_rules_but_for_the_deliberate_faults(people: list[Row]) -> None:
    limits = RecordLimits(
        youngest=15, oldest=100, recruited_at_least=15, recruited_normally=18, party_probation_months=12
    )
    places = {row["code"] for row in catalogues.read_csv(catalogues.FOLDER / "province_codes.csv")}
    faulty = Counter[str]()
    for p in people:
        facts = RecordFacts(
            full_name=p.full_name, birth_date=_partial(p.birth_date),
            national_id_issued_on=PartialDate.of(p.id_issued_on) if p.id_issued_on else None,
            phone=p.phone, email=p.email,
            social_insurance_no=p.social_insurance_no, health_insurance_no=p.health_insurance_no,
            recruited_on=_partial(p.recruited_on), agency_joined_on=_partial(p.joined_agency_on),
            party_joined_on=_partial(p.party_joined_on), party_official_on=_partial(p.party_official_on),
            union_joined_on=_partial(p.organisation_joined_on), enlisted_on=_partial(p.enlisted_on),
            discharged_on=_partial(p.discharged_on), height_cm=p.height_cm, weight_kg=p.weight_kg,
            blood_group=p.blood_group,
        )  # fmt: skip
        problems = check_record(facts, TODAY, limits)
        if p.national_id:
            year = int(p.birth_date[:4])
            problems += check_personal_id(p.national_id, Sex(p.sex), year, places)
        if problems:
            assert _wrong(p.note), (p.id, [problem.code for problem in problems])
        faulty[_wrong(p.note)] += 1
    assert len(faulty) >= len(quirks.QUIRKS), "each kind of fault is there at least once"
    assert sum(faulty.values()) - faulty[""] <= 15


def test_codes_and_numbers_are_unique_and_invented(people: list[Row]) -> None:
    for column in ("staff_code", "national_id", "phone", "email", "social_insurance_no"):
        values = [getattr(p, column) for p in people if getattr(p, column)]
        assert len(set(values)) == len(values), column
    assert all(p.phone.startswith("0100") for p in people)
    assert all(p.email.endswith(".example") for p in people)
    assert people[0].staff_code == "CT-000001"


def test_coefficients_stand_in_the_scale(made: Made) -> None:
    scales = read_pay_scales(catalogues.read_csv(catalogues.FOLDER / "pay_scales.csv"))
    wrong = 0
    for row in made.rows("SELECT r.*, p.note FROM person_rank r JOIN people p ON p.id = r.person_id"):
        problem = coefficient_problem(
            row.pay_table, row.pay_group, row.step, row.coefficient, scales.get((row.pay_table, row.pay_group))
        )
        if problem:
            assert "hệ số" in _wrong(row.note), problem.code
            wrong += 1
    assert wrong == 1


def test_careers_follow_the_scale(made: Made) -> None:
    """Steps go up one at a time and never sooner than twelve months early; nobody waits beyond the regular date."""
    rows = made.rows(
        "SELECT r.*, s.months_per_step AS months FROM person_rank r"
        " JOIN pay_scale_steps s ON (s.pay_table, s.pay_group, s.step)"
        " = (r.pay_table, r.pay_group, r.step) ORDER BY r.person_id, r.valid_from"
    )
    for before, after in pairwise(rows):
        if before.person_id != after.person_id:
            continue
        assert before.valid_to == after.valid_from
        if before.rank_code == after.rank_code and after.step != before.step and before.step_since == before.valid_from:
            assert after.step - before.step in {1, 2}
            assert (after.valid_from - before.step_since).days >= (before.months - 12) * 30
    late = made.rows(
        "SELECT p.note FROM people_current c JOIN people p ON p.id = c.person_id"
        " WHERE c.next_step_on < date '2026-11-22'"
    )
    assert [note for (note,) in late if not _wrong(note)] == []
    assert len(late) == 1


def test_facts_are_in_order_and_rest_on_something(made: Made) -> None:
    for table in ("person_status", "person_agency", "person_post", "person_rank", "person_allowance", "person_absence"):
        rows = made.rows(
            f"SELECT f.valid_from, left(p.birth_date, 4)::integer AS born, f.basis, d.signed_on, f.decision_id"
            f" FROM {table} f"
            " JOIN people p ON p.id = f.person_id LEFT JOIN decisions d ON d.id = f.decision_id"
        )
        for row in rows:
            assert row.valid_from.year - row.born >= 18
            assert row.basis == "old_data" or (row.decision_id and row.signed_on <= TODAY)
        if table not in {"person_post", "person_absence"}:
            assert {row.basis for row in rows} == {"old_data", "decision"}
    shared = made.rows(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM person_rank"
        " WHERE decision_id IS NOT NULL GROUP BY decision_id) t"
    )
    assert shared[0][0] > 1, "raises are decided in batches"


def test_families_are_possible(made: Made, people: list[Row]) -> None:
    members: dict[int, list[Relative]] = {}
    for row in made.rows("SELECT * FROM person_family ORDER BY id"):
        members.setdefault(row.person_id, []).append(
            Relative(relation=row.relation, full_name=row.full_name, born=PartialDate(row.birth_year))
        )
    ages = MarriageAges(20, 18)
    for p in people:
        problems = check_family(PartialDate(int(p.birth_date[:4])), Sex(p.sex), members[p.id], ages)
        assert [problem.code for problem in problems if problem.severity == "error"] == [], p.id
        years = [(m.relation, m.born.year) for m in members[p.id] if m.born]
        youngest = max((year for relation, year in years if relation == "child"), default=None)
        assert youngest is None or youngest <= TODAY.year
        assert all(int(p.birth_date[:4]) - year >= 18 for relation, year in years if relation in {"father", "mother"})


def test_current_values_are_what_the_facts_say(made: Made) -> None:
    with made.app.app_context(), scope.everything(), clock.frozen(NOW):
        assert db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": TODAY}).scalar_one() == 0
        db.session.rollback()
        found = {check.name: list(check.run()) for check in hooks.checks}
        db.session.rollback()
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_search_words_of_decisions_are_those_of_the_register(made: Made) -> None:
    for d in made.rows("SELECT * FROM decisions WHERE id % 37 = 1"):
        expected = decisions.search_key(f"{d.number}/{d.symbol}", d.subject, d.issuer_name, d.signer_name)
        assert d.search_key == expected
        assert d.issuer_key == decisions.issuer_key(d.issuer_agency_id, d.issuer_name)
    assert _folded("QĐ-SNV") == "qd snv"
    assert _words("A b", "C", "D").startswith(" ")


def test_the_sign_ins_stand_where_they_should(made: Made) -> None:
    rows = {
        row.username: row
        for row in made.rows(
            "SELECT a.username, a.person_id, a.second_factor_waived, g.role, n.code FROM accounts a"
            " JOIN role_grants g ON g.account_id = a.id JOIN agencies n ON n.id = g.agency_id"
        )
    }
    at = {name: (row.role, row.code) for name, row in rows.items()}
    assert at["admin"] == ("admin", "H13")
    assert at["sonoivu"] == ("hr_province", "H13")
    assert at["tochuc"] == ("hr_agency", "H13.07")
    assert at["thutruong"] == ("head", "H13.07")
    assert at["giangvien"] == ("trainer", "H13.20")
    assert at["thanhtra"] == ("inspector", "H13")
    assert at["canbo"][0] == "official"
    assert at["vanthu"] == ("clerk", "H13.07")
    assert at["thamdinh"] == ("hr_agency", "H13.07")
    assert at["chutich"] == ("head", "H13")
    assert rows["canbo"].person_id is not None
    assert all(row.second_factor_waived for row in rows.values())
    path = made.home / "demo-password"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().strip()) >= 12


def test_a_second_province_is_refused_and_changes_nothing(made: Made) -> None:
    password = (made.home / "demo-password").read_text()
    with made.app.app_context(), pytest.raises(Refused) as refused:
        make_province(10, 1, made.home)
    assert [problem.code for problem in refused.value.problems] == ["people_exist"]
    assert made.rows("SELECT count(*) FROM people")[0][0] == PEOPLE
    assert (made.home / "demo-password").read_text() == password


class _Runtime:
    """The part of the command line's session that `hrms demo` asks before it begins."""

    def __init__(self, allowed: bool) -> None:
        self.DEMO_ALLOWED = allowed

    def settings(self) -> _Runtime:
        return self


def test_production_has_no_demo() -> None:
    with pytest.raises(Refused) as refused:
        command.main([], standalone_mode=False, obj=_Runtime(allowed=False))
    assert refused.value.problems[0].code == "no_demo"


@pytest.mark.parametrize(
    "arguments", [["--rows", "5"], ["--errors", "5"], ["--workbook", "x.xlsx", "--layout", "t1", "--errors", "1"]]
)
def test_unusable_arguments_are_said(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, arguments, obj=_Runtime(allowed=True))
    assert result.exit_code == 2


_SCHEMA = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace"
    " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2, 3"
)


@pytest.mark.committed
def test_the_nation_is_right_by_sample_and_leaves_the_schema_as_it_was(
    database: Database, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nation, "POOL", 2_000)
    owner = sa.create_engine(database.owner_url)
    engines = db._app_engines[app]
    before = engines[None]
    engines[None] = owner
    try:
        with owner.connect() as connection:
            schema = connection.execute(text(_SCHEMA)).all()
        with app.app_context():
            found = make_nation(3_400, 1, tmp_path)
            db.session.remove()
        assert (found.people, found.differing) == (3_400, 0)
        with owner.connect() as connection:
            assert connection.execute(text(_SCHEMA)).all() == schema
            by_province = connection.execute(text("SELECT scope_ids[3], count(*) FROM people_current GROUP BY 1")).all()
            assert {count for _province, count in by_province} == {100}
            assert len(by_province) == 34
            past = (
                "SELECT count(*) FROM people_current WHERE retires_on < current_date OR next_step_on < current_date - 1"
            )
            assert connection.execute(text(past)).scalar_one() == 0
            connection.rollback()
            with psycopg.connect(jobs.conninfo(database.owner_url)) as raw:
                assert raw.execute("SELECT refresh_people(NULL, %s)", [clock.today()]).fetchone() == (0,)
    finally:
        engines[None] = before
        owner.dispose()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, r"\N"),
        ("a\tb\nc\\", r"a\tb\nc\\"),
        (True, "t"),
        ((1, 2), "{1,2}"),
        (Decimal("2.34"), "2.34"),
        (TODAY, "2026-11-22"),
    ],
)
def test_values_as_copy_text(value: Any, written: str) -> None:
    assert field_text(value) == written
