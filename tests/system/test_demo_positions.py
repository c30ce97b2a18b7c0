"""The made-up province's job positions: seats, quotas, grades and what is over, as docs/demo.md promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrms.core import clock, hooks, scope
from hrms.core.db import db
from hrms.positions.services import facts
from seed.demo import DEFAULT_SEED
from seed.demo.position_of import position_of
from seed.demo.province import Province
from tests.system.made import NOW, TODAY, Made, open_province

if TYPE_CHECKING:
    from tests.conftest import Database

PEOPLE = 900
_TODAY = "valid_from <= date '2026-11-22' AND (valid_to IS NULL OR valid_to > date '2026-11-22')"


@pytest.fixture(scope="module")
def made(template: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with open_province(template, "demo_positions", tmp_path_factory.mktemp("demo"), PEOPLE) as province:
        yield province


def test_everybody_with_a_position_sits_in_a_seat(made: Made) -> None:
    """Main seats today are those in service who hold a position by law, less those an agency has not placed yet."""
    province = Province(PEOPLE, DEFAULT_SEED, TODAY, NOW)
    province.draw_people()
    serving = {draft.number: position_of(draft.seat) for draft in province.people if draft.ended_on is None}
    holding = {number for number, key in serving.items() if key is not None}
    seated = {row.person_id for row in made.rows(f"SELECT person_id FROM assignments WHERE role = 'main' AND {_TODAY}")}
    waiting = holding - seated
    assert seated <= holding
    assert 0 < len(waiting) <= PEOPLE * 0.02
    places = made.rows(
        "SELECT DISTINCT a.scope_ids[3] AS top, a.kind FROM people_current c JOIN agencies a ON a.id = c.agency_id"
        f" WHERE c.person_id IN ({', '.join(map(str, sorted(waiting)))})"
    )
    assert len(places) <= 2, "one commune and one service unit"
    names = made.rows(
        "SELECT c.person_id, c.job_position, j.name FROM people_current c"
        " JOIN assignments f ON f.person_id = c.person_id AND f.slot = 0 AND f.valid_to IS NULL"
        " JOIN establishment_lines l ON l.id = f.line_id"
        " JOIN job_positions j ON j.id = l.position_id"
    )
    assert len(names) == len(seated)
    assert all(row.job_position == row.name for row in names)


def test_no_seat_is_taken_twice_on_any_day(made: Made) -> None:
    rows = made.rows(
        "WITH days AS (SELECT line_id, valid_from AS day FROM assignments"
        "   UNION SELECT line_id, effective_on FROM quota_movements WHERE line_id IS NOT NULL)"
        " SELECT d.line_id, d.day, coalesce((SELECT sum(m.amount) FROM quota_movements m"
        "   WHERE m.line_id = d.line_id AND m.effective_on <= d.day), 0) AS seats,"
        " (SELECT count(*) FROM assignments f WHERE f.line_id = d.line_id AND f.role IN ('main', 'concurrent')"
        "   AND f.valid_from <= d.day AND (f.valid_to IS NULL OR f.valid_to > d.day)) AS taken FROM days d"
    )
    accepted = {row.line_key: row.excess for row in made.rows("SELECT * FROM overages WHERE rule = 'line'")}
    assert [tuple(row) for row in rows if row.taken > row.seats + accepted.get(row.line_id, 0)] == []
    assert min(row.seats for row in rows) >= 0


def test_seats_are_borne_by_whoever_serves_and_belongs(made: Made) -> None:
    ids = [row[0] for row in made.rows("SELECT DISTINCT person_id FROM assignments")]
    with made.app.app_context(), scope.everything():
        assert facts.unborne(ids) == []
        db.session.rollback()
    roles = dict(made.rows(f"SELECT role, count(*) FROM assignments WHERE {_TODAY} GROUP BY role"))
    assert {"main", "in_charge", "seconded"} <= set(roles)
    longest = made.rows("SELECT max(valid_to - valid_from) FROM assignments WHERE role IN ('in_charge', 'acting')")
    assert longest[0][0] <= 366


def test_quotas_cover_what_they_give_on(made: Made) -> None:
    """What is under an agency never has more than the agency; some seats are vacant, one entry was taken back."""
    given = {
        (row.agency_id, row.quota_kind): row.amount
        for row in made.rows(
            "SELECT agency_id, quota_kind, sum(amount) AS amount FROM quota_movements"
            " WHERE line_id IS NULL AND NOT reserve GROUP BY 1, 2"
        )
    }
    lines = made.rows(
        "SELECT l.quota_kind, a.scope_ids, coalesce(sum(m.amount), 0) AS seats FROM establishment_lines l"
        " JOIN agencies a ON a.id = l.agency_id LEFT JOIN quota_movements m ON m.line_id = l.id GROUP BY l.id, a.id"
    )
    under = Counter[tuple[int, str]]()
    for row in lines:
        under.update({(agency, row.quota_kind): int(row.seats) for agency in row.scope_ids})
    assert all(amount >= under[place] for place, amount in given.items())
    kinds = Counter(row.kind for row in made.rows("SELECT kind FROM quota_movements"))
    assert kinds["reversal"] == 1
    assert kinds["reserve"] >= 1
    taken = made.rows("SELECT count(*) FROM assignments WHERE slot = 0 AND valid_to IS NULL")[0][0]
    assert 0.02 < 1 - taken / sum(row.seats for row in lines) < 0.12


def test_people_have_the_grade_their_pay_group_converts_to(made: Made) -> None:
    """B is 1, A0 2, A1 3, A2 4, A3 5 within what the position uses (NĐ 232/2026/NĐ-CP Đ18)."""
    rows = made.rows(
        "SELECT f.career_grade, left(r.pay_group, 2) AS pay_group, coalesce(b.grade_min, j.grade_min) AS least,"
        " coalesce(b.grade_max, j.grade_max) AS most, j.keeps_base_grade, f.base_position_id FROM assignments f"
        " JOIN establishment_lines l ON l.id = f.line_id JOIN job_positions j ON j.id = l.position_id"
        " JOIN person_rank r ON r.person_id = f.person_id AND r.valid_from <= date '2026-11-22'"
        "  AND (r.valid_to IS NULL OR r.valid_to > date '2026-11-22')"
        " LEFT JOIN job_positions b ON b.id = f.base_position_id"
        " WHERE f.slot = 0 AND f.valid_to IS NULL AND l.quota_kind = 'public'"
    )
    assert len(rows) > PEOPLE * 0.6
    for row in rows:
        converted = {"B": 1, "A0": 2, "A1": 3, "A2": 4, "A3": 5}[row.pay_group.strip(".")]
        assert row.career_grade in {converted, min(max(converted, row.least), row.most)}
        assert (row.base_position_id is not None) == row.keeps_base_grade


def test_sign_ins_have_positions_to_look_at(made: Made) -> None:
    construction = made.rows("SELECT id FROM agencies WHERE code = 'H13.07'")[0].id
    inside = f"{construction} = ANY (a.scope_ids)"
    vacant = made.rows(
        "SELECT l.id FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id"
        f" WHERE {inside} AND (SELECT sum(m.amount) FROM quota_movements m WHERE m.line_id = l.id)"
        "  > (SELECT count(*) FROM assignments f WHERE f.line_id = l.id AND f.slot = 0 AND f.valid_to IS NULL)"
    )
    assert len(vacant) >= 2
    acting = made.rows(
        "SELECT 1 FROM assignments f JOIN establishment_lines l ON l.id = f.line_id"
        " JOIN agencies a ON a.id = l.agency_id"
        f" WHERE {inside} AND f.role = 'in_charge'"
    )
    assert len(acting) == 1
    assert made.rows(
        "SELECT 1 FROM seat_reservations r JOIN establishment_lines l ON l.id = r.line_id"
        f" JOIN agencies a ON a.id = l.agency_id WHERE {inside} AND r.kind = 'recruitment'"
    )
    frame = made.rows(
        "SELECT f.id FROM accounts c JOIN people_current p ON p.person_id = c.person_id"
        f" JOIN position_frames f ON f.position_id = p.position_id AND f.agency_id = {construction}"
        " WHERE c.username = 'canbo'"
    )
    assert len(frame) == 1
    states = Counter(row.state for row in made.rows("SELECT state FROM position_schemes"))
    assert states == {"draft": 1, "approved": 1}
    assert made.rows("SELECT 1 FROM competency_assessments")
    assert made.rows("SELECT 1 FROM position_gaps")


@pytest.mark.parametrize("size", [30, 300])
def test_small_provinces_have_nothing_wrong(template: Database, tmp_path: Path, size: int) -> None:
    with open_province(template, f"demo_{size}", tmp_path, size) as small, small.app.app_context(), scope.everything():
        with clock.frozen(NOW):
            found = {check.name: list(check.run()) for check in hooks.checks}
        db.session.rollback()
        assert {name: problems for name, problems in found.items() if problems} == {}
