"""The made-up province's training: classes, learners and entries that hang together, as docs/demo.md promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.system.made import TODAY, Made, open_province

if TYPE_CHECKING:
    from tests.conftest import Database

PEOPLE = 900


@pytest.fixture(scope="module")
def made(template: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with open_province(template, "demo_training", tmp_path_factory.mktemp("demo"), PEOPLE) as province:
        yield province


def test_who_completed_a_class_has_its_hours_once_and_nobody_else(made: Made) -> None:
    rows = made.rows(
        "SELECT e.id, e.state, count(x.id) AS entries, coalesce(sum(x.hours), 0) AS hours, k.hours AS owed"
        " FROM enrolments e JOIN training_classes k ON k.id = e.class_id"
        " LEFT JOIN credit_entries x ON x.enrolment_id = e.id GROUP BY e.id, e.state, k.hours"
    )
    assert rows
    for row in rows:
        wanted = (1, row.owed) if row.state == "completed" else (0, 0)
        assert (row.entries, row.hours) == wanted, row.id


def test_five_years_are_there_and_nothing_was_learnt_tomorrow_or_before_entering_service(made: Made) -> None:
    rows = made.rows("SELECT DISTINCT extract(year FROM earned_on)::int AS year FROM credit_entries ORDER BY 1")
    assert [row.year for row in rows] == [TODAY.year - n for n in (4, 3, 2, 1, 0)]
    assert made.rows(f"SELECT 1 FROM credit_entries WHERE earned_on > date '{TODAY}'") == []
    early = made.rows(
        "SELECT x.id FROM credit_entries x JOIN LATERAL (SELECT min(s.valid_from) AS since FROM person_status s"
        " WHERE s.person_id = x.person_id) f ON true WHERE x.earned_on < f.since"
    )
    assert early == []


def test_states_of_classes_agree_with_their_days_and_seats(made: Made) -> None:
    rows = made.rows(
        "SELECT k.id, k.state, k.starts_on, k.ends_on, k.seats,"
        " count(*) FILTER (WHERE e.state IN ('accepted', 'completed', 'failed')) AS seated"
        " FROM training_classes k JOIN enrolments e ON e.class_id = k.id GROUP BY k.id"
    )
    assert {row.state for row in rows} == {"completed", "open", "running"}
    for row in rows:
        assert row.seated <= row.seats, row.id
        if row.state == "completed":
            assert row.ends_on < TODAY
        elif row.state == "open":
            assert TODAY < row.starts_on <= row.ends_on <= TODAY.replace(month=12, day=31)


def test_the_trainer_has_a_class_today_one_to_close_and_some_to_come(made: Made) -> None:
    rows = made.rows(
        "SELECT k.state, k.ends_on, array_agg(DISTINCT s.held_on) AS days FROM class_trainers t"
        " JOIN accounts a ON a.id = t.account_id AND a.username = 'giangvien'"
        " JOIN training_classes k ON k.id = t.class_id JOIN class_sessions s ON s.class_id = k.id GROUP BY k.id"
    )
    running = [row for row in rows if row.state == "running"]
    assert any(TODAY in row.days for row in running)
    assert any(row.ends_on < TODAY for row in running)
    assert any(row.state == "open" for row in rows)


def test_nobody_is_marked_at_a_session_that_has_not_been(made: Made) -> None:
    rows = made.rows(
        "SELECT count(*) AS n, max(s.held_on) AS last FROM attendances a JOIN class_sessions s ON s.id = a.session_id"
    )
    assert rows[0].n > 0
    assert rows[0].last <= TODAY - timedelta(days=1)
