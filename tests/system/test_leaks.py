"""Straight through SQL with the application's own role: what the database itself refuses, whatever the code forgets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg
from psycopg import sql

from hrms.core import jobs
from tests.conftest import Database
from tests.province import Province
from tests.system.guarded import GUARDED

pytestmark = pytest.mark.committed

COLUMNS = "staff_code, full_name, scope_ids, sort_key, search_text"


@pytest.fixture
def connection(province: Province, database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of `hrms_app`, as a stolen password or an injected statement would have it."""
    with psycopg.connect(jobs.conninfo(database.url), autocommit=True) as made:
        yield made


@contextmanager
def scoped(connection: psycopg.Connection[Any], people: list[int], person: int | None = None) -> Iterator[None]:
    """A transaction with the scope the gate would give, rolled back at the end."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "select set_config('hrms.scope', %s, true), set_config('hrms.person_id', %s, true)",
            ["{" + ",".join(map(str, people)) + "}", str(person or "")],
        )
        yield


def count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("setting", ["", "{}", None])
def test_without_a_scope_no_table_about_people_has_a_row(
    connection: psycopg.Connection[Any], setting: str | None
) -> None:
    with connection.transaction(force_rollback=True):
        if setting is not None:
            connection.execute("select set_config('hrms.scope', %s, true)", [setting])
            connection.execute("select set_config('hrms.accounts', %s, true)", [setting])
        assert {table: count(connection, table) for table in GUARDED} == dict.fromkeys(GUARDED, 0)


def test_every_table_about_people_or_accounts_is_locked(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"
        " and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)"
        " and c.relname not like 'procrastinate%' order by 1"
    ).fetchall()
    assert {name for (name,) in rows} == {
        "agencies", "agency_facts", "agency_regulations", "alembic_version", "catalogue_items", "class_sessions",
        "criteria_sets", "criteria_versions", "organisation_ratings", "product_catalogues", "scoring_periods",
        "work_objectives", "work_products",
        "competencies", "competency_levels", "course_versions", "courses", "decentralisation_rules",
        "document_templates", "establishment_lines", "figure_changes", "frame_versions", "holidays", "job_positions",
        "law_revision", "overages", "pay_scale_steps", "position_frames", "quota_movements", "ranks",
        "recognition_rules", "requirement_versions",
        "retirement_months", "seals", "settings", "training_classes", "training_plan_lines", "training_plans",
        "training_providers", "training_requirements",
    }  # fmt: skip


def test_no_policy_covers_all_commands_and_the_application_owns_nothing(connection: psycopg.Connection[Any]) -> None:
    whole = connection.execute("select tablename from pg_policies where cmd = 'ALL'").fetchall()
    assert [name for (name,) in whole] == ["tasks"]
    owned = connection.execute("select count(*) from pg_class where relowner = 'hrms_app'::regrole").fetchone()
    assert owned == (0,)


def test_an_agency_sees_its_own_people_and_nobody_else(connection: psycopg.Connection[Any], province: Province) -> None:
    with scoped(connection, [province.agencies["B"]]):
        assert count(connection, "people") == count(connection, "people_current") == 4
        assert count(connection, "person_status") == 4
        assert count(connection, "person_agency") == 8
    with scoped(connection, [province.agencies["C1"]]):
        assert count(connection, "people") == 2


def test_oneself_is_read_only(connection: psycopg.Connection[Any], province: Province) -> None:
    me = province.people["Nguyễn Văn Hùng"]
    with scoped(connection, [], me):
        assert count(connection, "people") == count(connection, "person_rank") == 1
        changed = connection.execute("update people set full_name = 'X' where id = %s", [me]).rowcount
        assert changed == 0
        assert connection.execute("delete from people where id = %s", [me]).rowcount == 0
        assert connection.execute("update person_rank set superseded_at = now()").rowcount == 0
        with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
            connection.execute(
                "insert into person_status (person_id, status, kind, valid_from, basis)"
                " values (%s, 'serving', 'cadre', '2027-01-01', 'old_data')",
                [me],
            )


@pytest.mark.parametrize(
    "statement",
    [
        "select p.id from people p join person_rank r on r.person_id = p.id where p.id = %(hidden)s",
        "select id from people where id = (select person_id from person_agency where person_id = %(hidden)s)",
        "select person_id from people_current where full_name ^@ 'Đặng'",
        "select person_id from people_current where staff_code = 'CT-000001'",
        "select id from people union all select person_id from person_status where person_id = %(hidden)s",
        "with everyone as (select * from people) select id from everyone where id = %(hidden)s",
        "select id from only people where id = %(hidden)s",
        "select person_id from search_people(null, 'dang:*', '{0}', 50)",
        "select person_id from search_people('x', 'dang:*', '{0}', 50)",
        "select * from members_of('{0}') where members_of = %(hidden)s",
        "select * from list_members('{0}', 50, null, null, false) as m(id) where id = %(hidden)s",
        "select * from list_members('{0}', 50, null, null, true) as m(id) where id = %(hidden)s",
        "select account_id from who_sees(%(hidden)s, current_date)",
        "select list_members from list_members('{0}', 100, null, null, false)",
        "select list_members from list_members('{0}', 100, 'a', 0, true)",
        "select person_id from account_holder('CT-000001')",
        "select id from people where national_id = '092188000001'",
        "select person_id from people_current where national_id like '092188%%'",
        "select id from people order by religion, id",
        "select id from people tablesample system (100)",
        "select (query_to_json_row).id from (select p as query_to_json_row from people p where p.id = %(hidden)s) q",
    ],
)
def test_no_side_door_shows_a_hidden_person(
    connection: psycopg.Connection[Any], province: Province, statement: str
) -> None:
    hidden = province.people["Đặng Thị Ngọc Ánh"]
    with scoped(connection, [province.agencies["B"]]):
        rows = connection.execute(statement, {"hidden": hidden}).fetchall()
        assert (hidden,) not in [row[:1] for row in rows]


def test_counts_stop_at_the_scope(connection: psycopg.Connection[Any], province: Province) -> None:
    with scoped(connection, [province.agencies["B"]]):
        for roots in ("{0}", f"{{{province.agencies['root']}}}", f"{{{province.agencies['B']}}}"):
            row = connection.execute(
                "select count_members(%(roots)s, 100), count_found('dang:*', %(roots)s, 100),"
                " count_found('nguyen:*', %(roots)s, 100)",
                {"roots": roots},
            ).fetchone()
            assert row == (count(connection, "people_current"), 0, 2)


def test_no_function_counts_further_than_the_scope(connection: psycopg.Connection[Any], province: Province) -> None:
    everywhere = [0, *province.agencies.values()]
    asked = {
        "select count_members(%s::bigint[], 100)": 4,
        "select count(*) from members_of(%s::bigint[])": 4,
        "select count_found('nguyen:*', %s::bigint[], 100)": 2,
        "select total from count_belonged(%s::bigint[], current_date, null, 100)": 4,
        "select count(*) from search_people(null, 'n:* | d:*', %s::bigint[], 100)": None,
    }
    for statement, expected in asked.items():
        with scoped(connection, [province.agencies["B"]]):
            row = connection.execute(statement, [everywhere]).fetchone()
            assert row is not None
            assert row[0] <= 4 if expected is None else row == (expected,), statement
        with scoped(connection, []):
            assert connection.execute(statement, [everywhere]).fetchone() == (0,), statement


def test_an_entry_of_the_register_is_joined_only_by_who_knows_it_whole(
    connection: psycopg.Connection[Any], province: Province
) -> None:
    join = "select join_decision('x', %s, %s, %s, %s)"
    with scoped(connection, [province.agencies["A"]]):
        connection.execute(
            "insert into decisions (number, symbol, signed_on, issuer_name, issuer_key, kind, subject, scope_ids,"
            " search_key) values ('9', 'QD', '2026-01-02', 'X', 'x', 'other', 'S', %s, 'x')",
            [province.paths["A"]],
        )
        for scope_ids, about, knows in (
            ([province.agencies["B"]], province.paths["B"], ("2026-01-03", "9", "QD")),
            ([province.agencies["B"]], province.paths["B"], ("2026-01-02", "9", "QĐ")),
            ([province.agencies["B"]], province.paths["C"][2:], ("2026-01-02", "9", "QD")),
            ([], province.paths["B"], ("2026-01-02", "9", "QD")),
        ):
            literal = "{" + ",".join(map(str, scope_ids)) + "}"
            connection.execute("select set_config('hrms.scope', %s, true)", [literal])
            assert connection.execute(join, [*knows, about]).fetchone() == (None,), (scope_ids, about, knows)
            assert count(connection, "decisions") == 0
        connection.execute("select set_config('hrms.scope', %s, true)", [f"{{{province.agencies['B']}}}"])
        joined = connection.execute(join, ["2026-01-02", "9", "QD", province.paths["B"]]).fetchone()
        assert joined is not None
        assert joined[0] is not None
        assert count(connection, "decisions") == 1


def _submission(connection: psycopg.Connection[Any], province: Province, parties: list[str]) -> tuple[int, int]:
    """Write a submission of the parties about somebody of B, as the program would; returns its id and its line's."""
    ids = [province.agencies[place] for place in parties]
    row = connection.execute(
        "insert into submissions (kind, title, effective_on, values, one_paper, proposing_agency_id,"
        " signing_agency_id, party_ids, rule_ids, split_key, state, grounds, changed_at) values ('x', 'Mật',"
        " '2026-12-01', '{}', false, %s, %s, %s, '{}', 'k', 'draft', '{}', now()) returning id",
        [ids[0], ids[-1], [0, *ids]],
    ).fetchone()
    assert row is not None
    line = connection.execute(
        "insert into submission_lines (submission_id, kind, place, person_id, person_name, person_version, values,"
        " changes, conditions, answers, state) values (%s, 'x', 1, %s, 'Lý Thị Cẩm', 1, '{}', '[]', '[]', '{}',"
        " 'pending') returning id",
        [row[0], province.people["Lý Thị Cẩm"]],
    ).fetchone()
    assert line is not None
    connection.execute(
        "insert into submission_steps (submission_id, step, name) values (%s, 'create', 'tochuc')", [row[0]]
    )
    return row[0], line[0]


def test_a_submission_is_its_parties_alone(connection: psycopg.Connection[Any], province: Province) -> None:
    """Not of who stands above a party, nor below, nor of who sees the person, nor of the person."""
    tables = ("submissions", "submission_lines", "submission_steps")
    another = (
        "insert into submission_lines (submission_id, kind, place, person_id, person_name, person_version, values,"
        " changes, conditions, answers, state) values (%s, 'y', 2, %s, 'X', 1, '{}', '[]', '[]', '{}', 'signed')"
    )
    with scoped(connection, [province.agencies["B"]]):
        made, line = _submission(connection, province, ["B"])
        assert [count(connection, table) for table in tables] == [1, 1, 1]
        for others in ([province.agencies[place] for place in ("root", "A", "A1", "B1", "C", "C1")], [], [999]):
            connection.execute("select set_config('hrms.scope', %s, true)", ["{" + ",".join(map(str, others)) + "}"])
            me = str(province.people["Lý Thị Cẩm"])
            connection.execute("select set_config('hrms.person_id', %s, true)", [me])
            assert [count(connection, table) for table in tables] == [0, 0, 0]
            for statement in (
                "update submissions set state = 'appraised' where id = %s",
                "update submission_lines set state = 'signed' where submission_id = %s",
                "delete from submission_lines where submission_id = %s",
            ):
                assert connection.execute(statement, [made]).rowcount == 0, statement
            for statement, values in (
                ("insert into submission_steps (submission_id, step, name) values (%s, 'sign', 'x')", [made]),
                (another, [made, province.people["Lý Thị Cẩm"]]),
            ):
                with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
                    connection.execute(statement, values)
        assert line


def test_nobody_is_made_a_party_of_what_they_do_not_see(
    connection: psycopg.Connection[Any], province: Province
) -> None:
    with scoped(connection, [province.agencies["A"]]):
        with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
            _submission(connection, province, ["B"])
        made, _line = _submission(connection, province, ["A", "B"])
        # A party may let another in, but not leave the paper to others alone, nor rewrite a step that was taken.
        with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
            connection.execute(
                "update submissions set party_ids = %s where id = %s", [[0, province.agencies["B"]], made]
            )
        for statement in (
            "update submission_steps set name = 'x'", "delete from submission_steps", "delete from submissions",
            "update decision_relations set relation = 'cancels'", "delete from decision_relations",
            "delete from decision_scans", "delete from number_books",
        ):  # fmt: skip
            with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)


def test_what_hangs_on_a_decision_is_seen_with_it(connection: psycopg.Connection[Any], province: Province) -> None:
    sha256 = "a" * 64
    with scoped(connection, [province.agencies["A"]]):
        ids = []
        for number in ("1", "2"):
            row = connection.execute(
                "insert into decisions (number, symbol, signed_on, issuer_name, issuer_key, kind, subject, scope_ids,"
                " search_key) values (%s, 'QD', '2026-01-02', 'X', 'x', 'other', 'S', %s, 'x') returning id",
                [number, province.paths["A"]],
            ).fetchone()
            assert row is not None
            ids.append(row[0])
        relate = "insert into decision_relations values (%s, %s, 'cancels')"
        connection.execute(relate, [ids[1], ids[0]])
        connection.execute("insert into stored_files (sha256, bytes, media_type) values (%s, 1, 'x')", [sha256])
        scan = "insert into decision_scans (decision_id, sha256, file_name, size) values (%s, %s, 'x', 1)"
        connection.execute(scan, [ids[0], sha256])
        connection.execute(
            "insert into number_books (agency_id, year, symbol, next_number) values (%s, 2026, 'QD', 1)",
            [province.agencies["A"]],
        )
        assert [count(connection, t) for t in ("decision_relations", "decision_scans", "number_books")] == [1, 1, 1]
        connection.execute("select set_config('hrms.scope', %s, true)", [f"{{{province.agencies['B']}}}"])
        assert [count(connection, t) for t in ("decision_relations", "decision_scans", "number_books")] == [0, 0, 0]
        assert connection.execute("update number_books set next_number = 9").rowcount == 0
        for statement, values in ((relate, [ids[0], ids[1]]), (scan, [ids[0], sha256])):
            with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
                connection.execute(statement, values)


def test_nobody_is_drawn_into_the_scope(connection: psycopg.Connection[Any], province: Province) -> None:
    """A fact, a version, a decision or an account written by hand must not bring a hidden record into sight."""
    hidden, mine = province.people["Đặng Thị Ngọc Ánh"], province.agencies["B"]
    fact = (
        "insert into person_agency (person_id, membership, slot, agency_id, valid_from, basis)"
        " values (%s, %s, 0, %s, '2026-01-01', 'old_data')"
    )
    with scoped(connection, [mine]):
        for membership in ("using", "managing", "seconded_in", "concurrent"):
            with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
                connection.execute(fact, [hidden, membership, mine])
        for statement in (
            "update person_agency set superseded_at = now() where person_id = %s",
            "delete from person_agency where person_id = %s",
            "delete from people where id = %s",
            "update people set phone = '1' where id = %s",
        ):
            assert connection.execute(statement, [hidden]).rowcount == 0, statement
        for statement in (
            "update person_agency set person_id = %s",
            "update people_current set scope_ids = '{0}' where person_id = %s",
            "insert into people_current (person_id) values (%s)",
            "update accounts set person_id = %s",
        ):
            try:
                with connection.transaction():
                    assert connection.execute(statement, [hidden]).rowcount == 0, statement
            except pg.InsufficientPrivilege:
                continue
        connection.execute("select refresh_people(null, current_date)")
        assert count(connection, "people") == 4
        with pytest.raises(pg.UniqueViolation), connection.transaction():
            # A key that is taken says so, and nothing of who has it: the message quotes what was sent.
            connection.execute(
                f"insert into people ({COLUMNS}) values ('CT-000001', 'X', %s, 'x', 'x')", [province.paths["B"]]
            )


def test_the_queue_tells_no_person(connection: psycopg.Connection[Any]) -> None:
    """The worker's tables are open to the application: jobs must carry ids, never a name or a number."""
    columns = connection.execute(
        "select column_name from information_schema.columns where table_name = 'procrastinate_jobs'"
    ).fetchall()
    assert {"args", "lock", "queueing_lock", "task_name"} <= {name for (name,) in columns}
    with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
        connection.execute("truncate procrastinate_jobs")


def test_every_guarded_table_has_a_policy_for_what_the_application_may_do(
    connection: psycopg.Connection[Any], province: Province
) -> None:
    """A right without a policy would be refused anyway; one with the condition `true` would not."""
    loose = connection.execute(
        "select tablename, cmd from pg_policies where schemaname = 'public' and not 'hrms_search' = any (roles)"
        " and coalesce(qual, with_check) = 'true' order by 1"
    ).fetchall()
    assert loose == [("audit_events", "INSERT"), ("class_trainers", "SELECT"), ("incentive_schemes", "SELECT")], (
        "anybody may add to the trail, about whatever they do; who teaches a class is open, not who becomes its teacher"
    )
    views = connection.execute(
        "select c.relname, c.reloptions from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and c.relkind in ('v', 'm')"
    ).fetchall()
    assert views == [("class_roster", ["security_barrier=true"])], "a view reads with its owner's rights"
    others = connection.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a"
        " where n.nspname = 'public' and a.grantee = 0"
    ).fetchall()
    assert others == [], "nothing is granted to everybody"


def test_leaky_functions_are_asked_only_of_visible_rows(
    connection: psycopg.Connection[Any], province: Province
) -> None:
    """A condition that raises on a hidden value would tell that the value exists."""
    with scoped(connection, [province.agencies["B"]]):
        connection.execute(
            "select id from people where 1 / (case when full_name = 'Đặng Thị Ngọc Ánh' then 0 else 1 end) = 1"
        )


def test_copy_out_keeps_to_the_scope_and_copy_in_is_refused(
    connection: psycopg.Connection[Any], province: Province
) -> None:
    with scoped(connection, [province.agencies["B"]]):
        with connection.cursor().copy("copy (select full_name from people) to stdout") as copy:
            assert len(b"".join(bytes(part) for part in copy).splitlines()) == 4
        with pytest.raises(pg.FeatureNotSupported), connection.transaction():
            connection.execute(f"copy people ({COLUMNS}) from stdin")


def test_nobody_is_born_or_moved_abroad(connection: psycopg.Connection[Any], province: Province) -> None:
    abroad = province.paths["A1"]
    with scoped(connection, [province.agencies["B"]]):
        with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
            connection.execute(f"insert into people ({COLUMNS}) values ('X1', 'X', %s, 'x', 'x')", [abroad])
        mine = province.people["Lý Thị Cẩm"]
        with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
            connection.execute("update people set scope_ids = %s where id = %s", [abroad, mine])
        with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
            connection.execute(
                "insert into person_agency (person_id, membership, slot, agency_id, valid_from, basis)"
                " values (%s, 'using', 0, %s, '2027-01-01', 'old_data')",
                [mine, province.agencies["A1"]],
            )


def test_nothing_hangs_on_a_hidden_person(connection: psycopg.Connection[Any], province: Province) -> None:
    hidden = province.people["Đặng Thị Ngọc Ánh"]
    with scoped(connection, [province.agencies["B"]]):
        for statement in (
            "insert into person_family (person_id, side, relation, full_name) values (%s, 'own', 'con', 'X')",
            "insert into person_rating (person_id, year, rating) values (%s, 2025, 'HTTNV')",
            "insert into person_work (person_id, position) values (%s, 'X')",
        ):
            with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
                connection.execute(statement, [hidden])


def test_a_taken_number_tells_no_more_than_that(connection: psycopg.Connection[Any], province: Province) -> None:
    with scoped(connection, [province.agencies["B"]]):
        rows = connection.execute("select * from people_taken('{CT-000001,CT-000005,ZZ}', '{092188000001}')").fetchall()
        assert sorted(rows) == [("national_id", "092188000001"), ("staff_code", "CT-000001")]


def test_the_trail_can_be_added_to_and_nothing_else(connection: psycopg.Connection[Any], province: Province) -> None:
    with scoped(connection, [0]):
        for statement in ("update audit_events set action = 'x'", "delete from audit_events", "truncate audit_events",
                          "lock table audit_events in exclusive mode", "update read_marks set rows = 0"):  # fmt: skip
            with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)


def test_accounts_are_closed_without_their_own_scope(connection: psycopg.Connection[Any], province: Province) -> None:
    with scoped(connection, [0]):
        assert count(connection, "accounts") == count(connection, "role_grants") == 0
        connection.execute("select set_config('hrms.account_id', %s, true)", [str(province.accounts["tochuc"])])
        assert count(connection, "accounts") == count(connection, "role_grants") == 1
        with pytest.raises(pg.InsufficientPrivilege), connection.transaction():
            connection.execute(
                "insert into role_grants (account_id, role, agency_id, valid_from, basis)"
                " values (%s, 'admin', %s, '2026-01-01', 'old_data')",
                [province.accounts["tochuc"], province.agencies["root"]],
            )


def test_the_application_cannot_change_the_house(connection: psycopg.Connection[Any]) -> None:
    for statement in (
        "alter table people disable row level security",
        "drop policy people_select_scope on people",
        "create table loot (x int)",
        "create function f() returns int language sql as 'select 1'",
        "set role hrms_owner",
        "set role hrms_search",
        "set session authorization hrms_owner",
        "alter role hrms_app bypassrls",
        "select pg_read_file('/etc/passwd')",
        "copy people_current to '/tmp/loot'",
        "copy (select 1) to program 'id'",
        "set row_security = off; select count(*) from people",
    ):
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(statement)
        except psycopg.Error:
            continue
        pytest.fail(f"allowed: {statement}")


def test_definer_functions_have_a_fixed_path_and_no_public_access(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "select p.proname, p.proconfig, p.proacl::text, pg_get_userbyid(p.proowner) from pg_proc p"
        " join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'public' and p.prosecdef and p.proname not like 'procrastinate%'"
    ).fetchall()
    assert len(rows) >= 8
    for name, config, acl, owner in rows:
        assert any(setting.startswith("search_path=") for setting in config or ()), name
        assert not (acl or "{=X").startswith("{=X"), name
        # Statistics are taken by whoever owns the tables; the function takes nothing and tells how many it looked at.
        assert owner == ("hrms_owner" if name == "analyze_people" else "hrms_search"), name
