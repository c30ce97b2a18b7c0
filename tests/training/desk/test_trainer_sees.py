"""A trainer sees name, staff code and agency of their own learners, and nothing else of anybody, on any path.

Every value of every record is replaced by a mark that cannot occur by chance; then every route is asked, and no byte
of any answer may hold a mark, nor the name of somebody who is in no class of the trainer's.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg import errors as pg
from psycopg import sql

from hrms.core import clock, jobs
from hrms.core.permissions import ROLE_PERMISSIONS, Permission, Role
from hrms.core.web import access_of
from hrms.training.services import codes
from tests.conftest import Database
from tests.imports.workbooks import xlsx
from tests.province import PEOPLE, Province
from tests.system.objects import NOWHERE, Objects, build_objects, parameter
from tests.system.test_access import CONSTANTS, ROUTES
from tests.training.making import add_class, enrol

pytestmark = pytest.mark.committed

NAMES = [one[0] for one in PEOPLE]
LEARNERS = NAMES[:4]
STRANGERS = ("Huỳnh Thị Mỹ", "Danh Thị Đào", "Phạm Quốc Đạt")
"""In no class, and named by nothing else that is open."""
VALUES = {
    "text": ("'BIMAT'", "'BIMAT' || id", "'0482719' || lpad(id::text, 5, '0')", "'1901-02-03'"),
    "date": ("'1901-02-03'",),
    "numeric": ("48271", "48.27"),
    "jsonb": ("'\"BIMAT\"'", '\'{"a": "BIMAT"}\'', "'[\"BIMAT\"]'"),
}
"""What stands for every value of a kind, the first that a column takes."""
SHOWN = re.compile(r"BIMAT|1901-02-03|03/02/1901|0?3/0?2/1901|48271|48[.,]27")
OPEN_OF_PEOPLE = {"full_name", "staff_code", "sort_key", "search_text", "scope_ids"}
"""Columns left as they are: what a trainer may see, and what the row policies compare."""
TABLES = "people|people_current|person_.*|nominations|training_evidence|training_commitments|competency_assessments"


@pytest.fixture
def superuser(province: Province, database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Past every lock."""
    with psycopg.connect(jobs.conninfo(database.superuser_url), autocommit=True) as made:
        yield made


@pytest.fixture
def application(province: Province, database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The application's own role, as a stolen password or an injected statement would have it."""
    with psycopg.connect(jobs.conninfo(database.url), autocommit=True) as made:
        yield made


def _plant(connection: psycopg.Connection[Any]) -> set[str]:
    """Replace every value of every record that is not open to a trainer; returns the columns of `people` replaced."""
    columns = connection.execute(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'"
        " and table_name ~ %s and data_type in ('text', 'date', 'numeric', 'jsonb')",
        [f"^({TABLES})$"],
    ).fetchall()
    replaced = set()
    for table, column, kind in columns:
        if column in OPEN_OF_PEOPLE:
            continue
        for value in VALUES[kind]:
            # A closed list of a few codes takes none of them: its values say nothing by themselves.
            with suppress(pg.IntegrityError, pg.DataError, pg.UndefinedColumn), connection.transaction():
                names = {"table": sql.Identifier(table), "column": sql.Identifier(column), "value": sql.SQL(value)}
                connection.execute(sql.SQL("update {table} set {column} = {value}").format(**names))
                if table == "people":
                    replaced.add(column)
                break
    return replaced


def _content(answer: Any) -> str:
    """Everything an answer says: headers, and the parts of a workbook unpacked."""
    parts = [str(answer.headers), answer.get_data().decode("utf-8", "replace")]
    if answer.get_data()[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as package:
            parts += [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
    return "\n".join(parts)


def _classes(province: Province) -> list[int]:
    """Own classes in every state a desk can be in: before, during, after; with attendance, marks and outcomes."""
    running = add_class(province, starts_on=clock.today(), days=2, hours="16", pass_mark=5)
    enrol(province, running, *LEARNERS)
    ended = add_class(province, starts_on=clock.today() - timedelta(days=1), days=2, hours="16", pass_mark=5)
    enrol(province, ended, *LEARNERS)
    done = add_class(
        province, starts_on=clock.today() - timedelta(days=1), days=1, hours="8", state="completed",
        closed_on=clock.today(),
    )  # fmt: skip
    enrol(province, done, *LEARNERS, state="completed", closed_on=clock.today())
    return [running, ended, done]


def _addresses(app: Flask, objects: Objects, method: str, classes: list[int]) -> Iterator[tuple[str, str, bool]]:
    """Every route by its address: with the trainer's own objects, somebody else's, and each of the classes."""
    for asked, endpoint in ROUTES:
        if asked != method or endpoint in {"static", "bootstrap.static"}:
            continue
        access = access_of(app, endpoint, method)
        assert access is not None
        held = ROLE_PERMISSIONS[Role.TRAINER]
        reached = access.kind != "needs" or any(one in held for one in access.permissions)
        rule = next(r for r in app.url_map.iter_rules(endpoint) if method in (r.methods or ()))
        for inside in (True, False) if rule.arguments else (True,):
            for class_id in classes if "class_id" in rule.arguments and inside else [None]:
                values = {}
                for name in rule.arguments:
                    choose = parameter(endpoint, name)
                    if name in CONSTANTS or name == "filename":
                        values[name] = CONSTANTS.get(name, "x")
                    elif name == "class_id" and class_id is not None:
                        values[name] = class_id
                    else:  # what nobody has put an object for is another test's business
                        values[name] = choose(objects, "giangvien", inside) if choose else NOWHERE
                with app.test_request_context():
                    yield endpoint, app.url_map.bind("localhost").build(endpoint, values, method=method), reached


def test_no_route_tells_a_trainer_more_than_name_staff_code_and_agency(
    app: Flask, province: Province, superuser: psycopg.Connection[Any]
) -> None:
    objects = build_objects(province)
    classes = _classes(province)
    planted = _plant(superuser)
    assert planted > {
        "birth_date", "national_id", "phone", "email", "current_address", "birth_place", "degree", "party_card_no",
        "health_state", "religion", "ethnic_group", "social_insurance_no", "income_salary",
    }  # fmt: skip
    opened = set()
    client = province.client("giangvien")
    for endpoint, address, reached in _addresses(app, objects, "GET", classes):
        for asked in (address, f"{address}?q=Nguyen&person={province.people[NAMES[5]]}"):
            _check(client.get(asked), asked, reached=reached)
        opened.add(endpoint) if reached else None
        _check(client.get(address, headers={"Accept": "application/json"}), address, reached=reached)
    for endpoint, address, reached in _addresses(app, objects, "POST", classes):
        _check(province.client("giangvien").submit(address, {"token": "x", "q": "Nguyen"}), address, reached=reached)
        opened.add(endpoint) if reached else None
    assert {"training.desk", "training.desk_class", "training.desk_roster", "roster_import.bring"} <= opened
    page = province.client("giangvien").get(f"/training/desk/{classes[0]}").text
    assert all(name in page for name in LEARNERS), "the walk would prove nothing without what may be seen"


def _check(answer: Any, address: str, *, reached: bool) -> None:
    said = _content(answer)
    found = SHOWN.search(said)
    assert found is None, f"{address} ({answer.status}) tells {said[max(0, found.start() - 80) : found.end() + 40]}"
    for name in STRANGERS:
        assert name not in said, f"{address} names {name}"
    assert answer.status_code not in {500, 502, 504}, address
    if not reached:
        assert answer.status_code == 403, address


def test_what_is_sent_in_tells_nothing_either(
    app: Flask, province: Province, superuser: psycopg.Connection[Any], tmp_path: Any
) -> None:
    """Files and codes of learners and of strangers: answered from the roster of the class alone."""
    running, ended, _done = _classes(province)
    _plant(superuser)
    client = province.client("giangvien")
    rows = [["Mã cán bộ", "Họ và tên", "Buổi 1", "Điểm"]]
    rows += [[f"CT-{number:06d}", "", "x", "8"] for number in range(1, len(NAMES) + 1)]
    path = xlsx(tmp_path / "lop.xlsx", rows)
    shown = client.submit(
        f"/training/desk/{ended}/roster", {"file": (io.BytesIO(path.read_bytes()), "lop.xlsx")},
        content_type="multipart/form-data",
    )  # fmt: skip
    _check(shown, "roster", reached=True)
    assert shown.text.count("không có trong danh sách lớp này") == len(NAMES) - len(LEARNERS)
    for name in NAMES:
        with app.test_request_context():
            token = codes.own_code(
                replace(province.actor("canbo"), person_id=province.people[name]), province.people[name]
            )
        for answer in (
            client.get(f"/training/desk/scan/{token}"),
            client.submit(f"/training/desk/{running}/sessions/1/scan", {"token": token}),
        ):
            _check(answer, "scan", reached=True)


def test_of_a_learner_the_desk_says_three_things(province: Province, superuser: psycopg.Connection[Any]) -> None:
    """Sex, rank and the like are codes of short lists, which no mark can stand for: their words are looked for."""
    classes = _classes(province)
    client = province.client("giangvien")
    for class_id in classes:
        for part in ("", "/sessions/1", "/marks", "/complete", "/roster.xlsx"):
            said = _content(client.get(f"/training/desk/{class_id}{part}"))
            assert not re.search(r"\bNữ\b|\bfemale\b|01\.00[0-9]|Chuyên viên chính|\bKinh\b|\bKhmer\b", said), part


@contextmanager
def _as_trainer(connection: psycopg.Connection[Any], account_id: int) -> Iterator[None]:
    """A transaction with what the gate gives a trainer, rolled back at the end."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "select set_config('hrms.scope', '{}', true), set_config('hrms.person_id', '', true),"
            " set_config('hrms.account_id', %s, true)",
            [str(account_id)],
        )
        yield


_ATTEND = (
    "insert into attendances (enrolment_id, session_id, presence, how)"
    " values (%s, (select id from class_sessions where class_id = %s limit 1), 'present', 'list')"
)
_POST = (
    "insert into credit_entries (person_id, kind, form, hours, earned_on, source, class_id, enrolment_id)"
    " values (%s, 'position', 'class', 8, current_date, 'class', %s, %s)"
)


_ENROL = "insert into enrolments (class_id, person_id, state, nominated_at) values (%s, %s, 'accepted', now())"


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def test_in_the_database_a_trainer_has_the_own_classes_and_no_person(
    province: Province, application: psycopg.Connection[Any]
) -> None:
    classes = _classes(province)
    other = add_class(province, starts_on=clock.today(), days=1, hours="8", trainers=())
    (strange,) = enrol(province, other, STRANGERS[0])
    assert ROLE_PERMISSIONS[Role.TRAINER] == {Permission.AGENCIES_VIEW, Permission.TRAINING_TEACH}
    with _as_trainer(application, province.accounts["giangvien"]):
        for table in (
            "people", "people_current", "person_agency", "person_rank", "person_status", "person_education",
            "nominations", "training_evidence", "certificates", "training_standing", "training_commitments",
            "class_ratings", "impact_checks", "audit_events",
        ):  # fmt: skip
            assert _count(application, table) == 0, table
        assert _count(application, "enrolments") == _count(application, "class_roster") == 12
        seen = application.execute("select distinct class_id from enrolments").fetchall()
        assert {row[0] for row in seen} == set(classes)
        columns = application.execute("select * from class_roster limit 0").description
        assert columns is not None
        assert {one.name for one in columns} == {
            "enrolment_id", "class_id", "person_id", "full_name", "staff_code", "sort_key", "agency"
        }  # fmt: skip
        for statement in (
            "update enrolments set mark = 10 where id = %s",
            "update enrolments set state = 'completed', closed_on = current_date where id = %s",
            "delete from attendances where enrolment_id = %s",
        ):
            assert application.execute(statement, [strange]).rowcount == 0, statement
        for statement, values in (
            (_ATTEND, [strange, other]),
            (_POST, [province.people[STRANGERS[0]], other, strange]),
            ("update credit_entries set hours = 99", []),
            ("delete from enrolments", []),
            (_ENROL, [classes[0], province.people[STRANGERS[1]]]),
            ("update enrolments set person_id = %s", [province.people[STRANGERS[1]]]),
            ("update enrolments set class_id = %s", [classes[0]]),
        ):
            with pytest.raises(pg.InsufficientPrivilege), application.transaction():
                application.execute(statement, values)
        holders = application.execute("select count(*) from certificate_holders(%s)", [classes[2]]).fetchone()
        assert holders == (0,)


def test_another_trainer_has_nothing_of_it(province: Province, application: psycopg.Connection[Any]) -> None:
    _classes(province)
    for account in (province.accounts["vanthu"], 0):
        with _as_trainer(application, account):
            assert _count(application, "class_roster") == _count(application, "enrolments") == 0
            assert _count(application, "attendances") == _count(application, "credit_entries") == 0
    with application.transaction(force_rollback=True):
        assert _count(application, "class_roster") == 0


def test_a_leaky_condition_learns_nothing_of_the_view(province: Province, application: psycopg.Connection[Any]) -> None:
    _classes(province)
    other = add_class(province, starts_on=clock.today(), days=1, hours="8", trainers=())
    enrol(province, other, STRANGERS[0])
    with _as_trainer(application, province.accounts["giangvien"]):
        application.execute(
            "select full_name from class_roster where 1 / (case when full_name = %s then 0 else 1 end) = 1",
            [STRANGERS[0]],
        )
