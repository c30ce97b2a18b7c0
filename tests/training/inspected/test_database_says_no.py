"""Straight through SQL with the application's own role: what a slip of the code could still write about learning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg

from hrms.core import clock, jobs
from tests.conftest import Database
from tests.province import Province
from tests.training.making import add_class, add_trainer, enrol

pytestmark = pytest.mark.committed

INSIDE, OUTSIDE = "Nguyễn Văn Hùng", "Huỳnh Thị Mỹ"
_TEACH = "insert into class_trainers (class_id, account_id) values (%s, %s)"
_ENROL = "insert into enrolments (class_id, person_id, state, nominated_at) values (%s, %s, 'accepted', now())"
_ATTEND = "insert into attendances (enrolment_id, session_id, presence, how) values (%s, %s, 'present', 'list')"
_POST = (
    "insert into credit_entries (person_id, kind, form, hours, earned_on, source, class_id, enrolment_id, title)"
    " values (%s, 'position', 'class', 8, current_date, %s, %s, %s, 'x')"
)
_REPORT = (
    "insert into training_evidence (person_id, state, title, kind, form, hours, started_on, ended_on, submitted_at,"
    " recognised_hours) values (%s, %s, 'x', 'position', 'class', 8, current_date, current_date, now(), %s)"
    " returning id"
)
_RATE = "insert into class_ratings (enrolment_id, class_id, person_id, scores) values (%s, %s, %s, '{}')"
_CERTIFY = (
    "insert into certificates (number, check_code, person_id, class_id, enrolment_id, course_id, kind, issued_on,"
    " holder, programme, issuer) select '1', 'x', %s, id, %s, course_id, 'attestation', current_date, '{}', 'x', '{}'"
    " from training_classes where id = %s"
)


@pytest.fixture
def connection(province: Province, database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of `hrms_app`, as a stolen password or an injected statement would have it."""
    with psycopg.connect(jobs.conninfo(database.url), autocommit=True) as made:
        yield made


@contextmanager
def acting(
    connection: psycopg.Connection[Any], people: list[int], *, account: int | None = None, person: int | None = None
) -> Iterator[None]:
    """A transaction with what the gate would give, rolled back at the end."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "select set_config('hrms.scope', %s, true), set_config('hrms.person_id', %s, true),"
            " set_config('hrms.account_id', %s, true)",
            ["{" + ",".join(map(str, people)) + "}", str(person or ""), str(account or "")],
        )
        yield


def refused(connection: psycopg.Connection[Any], statement: str, values: list[Any]) -> bool:
    """Say whether the database refuses a statement for want of a right."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement, values)
    except pg.InsufficientPrivilege:
        return True
    return False


def session_of(connection: psycopg.Connection[Any], class_id: int) -> int:
    row = connection.execute("select min(id) from class_sessions where class_id = %s", [class_id]).fetchone()
    assert row is not None
    return int(row[0])


def test_nobody_makes_themself_a_trainer_of_a_class_to_read_its_roster(
    province: Province, connection: psycopg.Connection[Any]
) -> None:
    me, other = province.accounts["giangvien"], add_trainer(province, "giangvien2", "C")
    mine = add_class(province, "A")
    strange = add_class(province, "C", trainers=("giangvien2",))
    enrol(province, strange, OUTSIDE)
    with acting(connection, [], account=me):
        assert refused(connection, _TEACH, [strange, me])
        assert not refused(connection, _TEACH, [mine, other])
        assert connection.execute("delete from class_trainers where class_id = %s", [strange]).rowcount == 0
        assert refused(connection, "update class_trainers set class_id = %s", [strange])
    with acting(connection, [province.agencies["B"]], account=province.accounts["tochuc"]):
        assert refused(connection, _TEACH, [strange, province.accounts["tochuc"]])
        assert refused(connection, "update training_classes set agency_id = %s", [province.agencies["B"]])
    with acting(connection, [province.agencies["C"]]):
        assert not refused(connection, _TEACH, [strange, me])


def test_who_runs_a_class_cannot_put_strangers_into_it_to_learn_who_they_are(
    province: Province, connection: psycopg.Connection[Any]
) -> None:
    made = add_class(province, "B", trainers=())
    with acting(connection, [province.agencies["B"]], account=province.accounts["tochuc"]):
        assert refused(connection, _ENROL, [made, province.people[OUTSIDE]])
        assert not refused(connection, _ENROL, [made, province.people[INSIDE]])


def test_attendance_is_written_by_trainer_or_organiser_and_for_the_own_days_of_the_class(
    province: Province, connection: psycopg.Connection[Any]
) -> None:
    mine, also, strange = add_class(province), add_class(province), add_class(province, "C", trainers=())
    (seat,), (there,) = enrol(province, mine, INSIDE), enrol(province, strange, INSIDE)
    day, other = session_of(connection, mine), session_of(connection, also)
    with acting(connection, [], account=province.accounts["giangvien"]):
        assert not refused(connection, _ATTEND, [seat, day])
        assert refused(connection, _ATTEND, [seat, other]), "a day of another class"
        assert refused(connection, _ATTEND, [there, session_of(connection, strange)])
        connection.execute(_ATTEND, [seat, day])
        assert refused(connection, "update attendances set session_id = %s", [other])
    with acting(connection, [], account=province.accounts["canbo"], person=province.people[INSIDE]):
        assert refused(connection, _ATTEND, [seat, day]), "the learner for themself"
    with acting(connection, [province.agencies["B"]], account=province.accounts["tochuc"]):
        assert refused(connection, _ATTEND, [seat, day]), "whoever only sent them"


def test_a_trainer_posts_hours_of_learners_of_the_own_class_and_of_nobody_else(
    province: Province, connection: psycopg.Connection[Any]
) -> None:
    mine, strange = add_class(province), add_class(province, "C", trainers=())
    (seat,) = enrol(province, mine, INSIDE, state="completed", closed_on=clock.today())
    (there,) = enrol(province, strange, OUTSIDE, state="completed", closed_on=clock.today())
    one, other = province.people[INSIDE], province.people[OUTSIDE]
    with acting(connection, [], account=province.accounts["giangvien"]):
        assert not refused(connection, _POST, [one, "class", mine, seat])
        assert refused(connection, _POST, [other, "class", mine, seat]), "the seat of somebody else"
        assert refused(connection, _POST, [other, "class", mine, there]), "a seat of another class"
        assert refused(connection, _POST, [other, "old_data", mine, None]), "without a seat"
        assert refused(connection, _POST, [one, "old_data", mine, seat]), "from elsewhere"
    with acting(connection, [province.agencies["B"]]):
        assert refused(connection, _POST, [one, "class", strange, seat]), "a seat of another class"
        assert not refused(connection, _POST, [one, "old_data", None, None])


def test_nobody_recognises_hours_of_their_own_report(province: Province, connection: psycopg.Connection[Any]) -> None:
    me = province.people[INSIDE]
    for people in ([], [province.agencies["B"]]):
        with acting(connection, people, person=me):
            assert refused(connection, _REPORT, [me, "accepted", 8])
            assert refused(connection, _REPORT, [me, "submitted", 8])
            row = connection.execute(_REPORT, [me, "submitted", None]).fetchone()
            assert row is not None
            for change in (
                "state = 'accepted'", "recognised_hours = 8", "state = 'refused'",
                f"person_id = {province.people[OUTSIDE]}",
            ):  # fmt: skip
                assert refused(connection, f"update training_evidence set {change} where id = %s", [row[0]]), change
            connection.execute("update training_evidence set state = 'withdrawn' where id = %s", [row[0]])
    with acting(connection, [province.agencies["B"]], person=province.people["Võ Minh Đức"]):
        assert not refused(connection, _REPORT, [me, "accepted", 8]), "somebody else may"


def test_a_class_is_rated_by_its_learners_and_certified_for_them(
    province: Province, connection: psycopg.Connection[Any]
) -> None:
    mine, other = add_class(province, "B"), add_class(province, "B")
    (seat,), (there,) = enrol(province, mine, INSIDE), enrol(province, other, "Võ Minh Đức")
    me = province.people[INSIDE]
    with acting(connection, [], person=me):
        assert not refused(connection, _RATE, [seat, mine, me])
        assert refused(connection, _RATE, [seat, other, me]), "a class not attended"
        assert refused(connection, _RATE, [there, other, me]), "with the seat of somebody else"
    with acting(connection, [province.agencies["B"]]):
        assert not refused(connection, _CERTIFY, [me, seat, mine])
        assert refused(connection, _CERTIFY, [me, there, other]), "somebody who was not in the class"
        assert refused(connection, _CERTIFY, [province.people[OUTSIDE], seat, mine])
        assert connection.execute("select count(*) from certificates").fetchone() == (0,)


def test_standing_is_written_by_nobody(province: Province, connection: psycopg.Connection[Any]) -> None:
    with acting(connection, [0]):
        for statement in (
            "insert into training_standing (person_id, requirement_id, year) values (1, 1, 2026)",
            "update training_standing set state = 'met'",
            "delete from training_standing",
        ):
            assert refused(connection, statement, []), statement
    with acting(connection, [], account=province.accounts["giangvien"]):
        assert connection.execute("select count(*) from training_standing").fetchone() == (0,)
