"""The last seat: of two who want it at the same moment exactly one gets it; seats kept for a recruitment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.services import submissions
from hrms.positions.models import SeatReservation
from hrms.positions.queries import choosing
from hrms.positions.queries import seats as reading
from hrms.positions.rules.kinds import SeatRole
from hrms.positions.services import seats
from hrms.positions.services.seats import Wish
from tests.positions.seating import OTHER, SINCE, add_line, sit
from tests.province import TODAY, Province

P = Permission
ROUNDS = 200
DAY = date(2026, 12, 1)
HUNG, CAM = "Nguyễn Văn Hùng", "Lý Thị Cẩm"


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(TODAY):
        yield


def _draft(province: Province, head: str, name: str, line: int) -> int:
    actor = province.enter(head, P.DECISIONS_PROPOSE)
    own = {province.people[name]: {"line": line, "fit": "met", "fit_note": "Đã xem hồ sơ"}}
    with transaction():
        (made,) = submissions.propose(actor, "assignment", [province.people[name]], {"role": "main"}, DAY, own=own)
    return int(made.id)


def _submit(app: Flask, actor: Actor, submission: int, start: Barrier) -> str:
    """Send a draft up in a session of this thread's own; returns "won", or who is said to have the seat."""
    with app.app_context():
        scope.enter_for(actor, P.DECISIONS_PROPOSE)
        start.wait(30)
        try:
            with transaction():
                submissions.submit(actor, submission)
        except Refused as refused:
            (problem,) = refused.problems
            assert problem.code == "seat_taken"
            return str(problem.params["holder"])
        finally:
            db.session.remove()
    return "won"


@pytest.mark.committed
@pytest.mark.timeout(180)
def test_of_two_heads_one_gets_the_last_seat_and_the_other_is_told_who(province: Province, app: Flask) -> None:
    line = add_line(province, "B", 1)
    heads = {"thutruong": HUNG, "tochuc": CAM}
    drafts = {head: _draft(province, head, name, line) for head, name in heads.items()}
    actors = {head: province.actor(head) for head in heads}
    start = Barrier(2)
    won: list[str] = []
    with ThreadPoolExecutor(2) as threads:
        for _round in range(ROUNDS):
            asked = {head: threads.submit(_submit, app, actors[head], drafts[head], start) for head in heads}
            answers = {head: one.result(60) for head, one in asked.items()}
            (winner,) = [head for head, answer in answers.items() if answer == "won"]
            (loser,) = set(heads) - {winner}
            assert answers[loser] == f"{heads[winner]} (hồ sơ trình số {drafts[winner]})"
            won.append(winner)
            scope.enter_for(actors[winner], P.DECISIONS_PROPOSE)
            with transaction():
                submissions.take_back(actors[winner], drafts[winner])
    assert len(won) == ROUNDS
    with scope.everything():
        assert not db.session.scalars(select(SeatReservation).where(SeatReservation.released_at.is_(None))).all()
        assert len(db.session.scalars(select(SeatReservation)).all()) == ROUNDS


def _taken(line: int, start: date, end: date | None = None) -> list[tuple[str | None, str]]:
    counting = reading.choices().counting
    with scope.everything():
        return [(one.name, one.held.value) for one in reading.occupations([line], start, end, counting)[line]]


def test_a_recruitment_keeps_seats_until_it_is_given_back(province: Province) -> None:
    line = add_line(province, "B", 2)
    sit(province, HUNG, line)
    officer = province.enter("tochuc", P.POSITIONS_MANAGE)
    with transaction():
        made = seats.reserve_for_recruitment(officer, line, 1, DAY, None, None, "Kế hoạch 12/KH-SXD")
    assert _taken(line, DAY) == [(HUNG, "assignment"), (None, "recruitment")]
    (shown,) = reading.open_reservations(line)
    assert (shown["kind"], shown["seats"], shown["note"]) == ("recruitment", 1, "Kế hoạch 12/KH-SXD")
    with pytest.raises(Refused) as refused, transaction():
        seats.check(officer, [Wish(province.people[CAM], line, SeatRole.MAIN, DAY)])
    assert refused.value.problems[0].params["holder"] == "đợt tuyển dụng đã được duyệt"
    with pytest.raises(Refused) as refused, transaction():
        seats.reserve_for_recruitment(officer, line, 1, DAY, None, None, "Kế hoạch 13/KH-SXD")
    assert {one.code for one in refused.value.problems} == {"seat_taken"}
    with transaction():
        seats.release_recruitment(province.enter("tochuc", P.POSITIONS_MANAGE), made.id)
        seats.release_recruitment(province.enter("tochuc", P.POSITIONS_MANAGE), made.id)
    with transaction():
        seats.check(officer, [Wish(province.people[CAM], line, SeatRole.MAIN, DAY)])


def test_a_recruitment_is_kept_by_its_own_agency_and_with_a_paper(province: Province) -> None:
    line, elsewhere = add_line(province, "B", 2), add_line(province, "A", 2)
    officer = province.enter("tochuc", P.POSITIONS_MANAGE)
    with pytest.raises(NotFound):
        seats.reserve_for_recruitment(officer, elsewhere, 1, DAY, None, None, "x")
    with pytest.raises(Forbidden):
        seats.reserve_for_recruitment(province.enter("thutruong", P.POSITIONS_VIEW), line, 1, DAY, None, None, "x")
    officer = province.enter("tochuc", P.POSITIONS_MANAGE)
    with pytest.raises(Refused) as refused:
        seats.reserve_for_recruitment(officer, line, 0, DAY, SINCE, None, " ")
    assert {one.field for one in refused.value.problems} == {"seats", "valid_to", "note"}
    with pytest.raises(NotFound):
        seats.release_recruitment(officer, 999_999)


def test_seats_follow_the_ledger_over_the_whole_interval(province: Province) -> None:
    cut = date(2027, 3, 1)
    line = add_line(province, "B", 2, later={cut: -1})
    sit(province, HUNG, line)
    system = Actor.system()
    with transaction():
        seats.check(system, [Wish(province.people[CAM], line, SeatRole.MAIN, DAY, cut)])
    with pytest.raises(Refused) as refused, transaction():
        seats.check(system, [Wish(province.people[CAM], line, SeatRole.MAIN, DAY)])
    assert refused.value.problems[0].params["day"] == cut
    with pytest.raises(Refused) as refused, transaction():
        seats.check(system, [Wish(province.people[CAM], line, SeatRole.MAIN, date(2025, 1, 1), date(2025, 2, 1))])
    assert refused.value.problems[0].code == "no_seat"


def test_who_only_stands_in_leaves_the_seat_free(province: Province) -> None:
    line, other = add_line(province, "B", 1), add_line(province, "B", 1, key=OTHER)
    sit(province, HUNG, other)
    sit(province, HUNG, line, role="in_charge", until=date(2027, 6, 1))
    with transaction():
        seats.check(Actor.system(), [Wish(province.people[CAM], line, SeatRole.MAIN, DAY)])
    with scope.everything():
        free = choosing.free_seats(choosing.lines_of([line, other]).values(), DAY)
    assert free == {line: (1, 1), other: (0, 1)}


def test_lines_are_found_by_words_and_only_in_scope(province: Province) -> None:
    line, outside = add_line(province, "B", 1, code="VT-07"), add_line(province, "A", 1)
    province.enter("tochuc", P.DECISIONS_PROPOSE)
    assert [one[0] for one in choosing.find_lines("noi vu")] == [str(line)]
    assert [one[0] for one in choosing.find_lines("chuyen vien xay dung")] == [str(line)]
    assert [one[0] for one in choosing.find_lines("VT-07")] == [str(line)]
    assert choosing.find_lines("giao vien") == []
    assert list(choosing.line_names([line, outside])) == [line]
    answer = province.client("tochuc").get("/positions/lines/choices?q=noi+vu").get_json()
    assert answer["items"] == [{"value": str(line), "label": "Chuyên viên nội vụ, Sở Xây dựng", "note": "còn 1/1 chỗ"}]
