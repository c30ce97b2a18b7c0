"""A scheme from an empty inventory to what it brings about: written by two, appraised and approved by others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.unit import transaction
from hrms.positions.models import (
    EstablishmentLine,
    QuotaMovement,
    SchemeStep,
)
from hrms.positions.queries import scheme_lines, schemes
from hrms.positions.queries.scheme_look import look
from hrms.positions.rules.frames import (
    Content,
    Requirements,
)
from hrms.positions.rules.schemes import Adjusting, Change
from hrms.positions.services import schemes as services
from hrms.positions.services.quotas import Acceptance
from tests.counting import statements
from tests.positions.scheming import (
    ALL_FIT,
    DAY,
    DAY_AFTER,
    P,
    add,
    again,
    appraise,
    approve,
    begin,
    codes,
    give,
    say,
    seats_to_give,  # the fixture is used by its name
    specialised,
    submit,
)
from tests.positions.test_frames import position, put_line
from tests.province import Province, signed_in_scope


@pytest.fixture
def office(province: Province) -> Iterator[Province]:
    """Sở Xây dựng with twenty seats to give, and model frames of two positions."""
    with seats_to_give(province) as given:
        yield given


def test_the_whole_way_brings_lines_and_seats_into_force_by_one_decision(office: Province) -> None:
    one, two = specialised(2)
    with signed_in_scope():
        old = put_line(office.agencies["B1"], position(one))
        give(office, "B1", 3, line=old)
        db.session.commit()
    scheme = begin(office)
    (copied,) = scheme_lines.list_lines(scheme.id)
    assert (copied.line.seats, copied.line.unit_id) == (3, office.agencies["B1"])
    add(office, scheme, "B", two, 4)
    with transaction():
        written, stale = services.set_seats(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, {copied.line.id: (5, copied.line.version)}
        )
    assert (written, stale) == (1, [])
    say(office, scheme, reason=Adjusting.GROUNDS.value)
    looked = look(again(scheme))
    assert [change.kind for change in looked.changes] == [Change.ADDED, Change.CHANGED]
    assert looked.errors == []
    submit(office, scheme)
    appraise(office, scheme)
    done = approve(office, scheme)
    assert done == {"lines": 2, "entries": 2, "frames": 0}
    stands = again(scheme)
    assert (stands.state, stands.effective_on, stands.decided_on) == ("approved", DAY, clock.today())
    with signed_in_scope():
        present = scheme_lines.present_lines([office.agencies["B"], office.agencies["B1"]], "civil", DAY)
        before = scheme_lines.present_lines([office.agencies["B1"]], "civil", date(2026, 11, 30))
        papers = set(db.session.scalars(select(QuotaMovement.decision_id).where(QuotaMovement.effective_on == DAY)))
    assert {(row.position.key, row.seats) for row in present} == {(one, 5), (two, 4)}
    assert [row.seats for row in before] == [3]
    assert papers == {stands.decision_id}
    with clock.frozen(DAY_AFTER), signed_in_scope():
        assert [change.kind for change in look(stands).changes] == [Change.ADDED, Change.CHANGED]
    steps = [step.step for step in schemes.list_steps(scheme.id) if step.step != "edit"]
    assert steps == ["submit", "accept", "appraise", "approve"]


def test_two_people_write_at_once_and_only_the_same_row_collides(office: Province) -> None:
    one, two = specialised(2)
    scheme = begin(office)
    first, second = add(office, scheme, "B", one), add(office, scheme, "B", two)
    with transaction():
        services.edit_line(
            office.enter("thamdinh", P.POSITIONS_MANAGE), scheme.id, first.id, services.Given(7), version=1
        )
    with pytest.raises(Stale), transaction():
        services.edit_line(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, first.id, services.Given(9), version=1
        )
    with transaction():
        services.edit_line(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, second.id, services.Given(8), version=1
        )
    with transaction():
        written, stale = services.set_seats(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, {first.id: (1, 1), second.id: (3, 2)}
        )
    assert (written, stale) == (1, [first.id])
    rows = {row.line.id: row.line for row in scheme_lines.list_lines(scheme.id)}
    assert (rows[first.id].seats, rows[second.id].seats) == (7, 3)
    assert rows[first.id].recorded_by == office.accounts["thamdinh"]
    hands = schemes.last_hands(schemes.list_steps(scheme.id))
    assert hands[office.accounts["thamdinh"]] == "thamdinh"


def test_nobody_appraises_their_own_and_other_agencies_see_nothing(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    add(office, scheme, "B", one)
    say(office, scheme)
    submit(office, scheme, "sonoivu")
    who = office.enter("sonoivu", P.POSITIONS_APPRAISE)
    with pytest.raises(Forbidden), transaction():
        services.accept(who, scheme.id, version=again(scheme).version)
    with pytest.raises(Forbidden), transaction():
        services.accept(office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, version=again(scheme).version)
    office.enter("thanhtra", P.POSITIONS_VIEW)
    with pytest.raises(NotFound):
        schemes.get_scheme(office.actor("thanhtra"), scheme.id)
    assert schemes.list_schemes(office.actor("thanhtra"), schemes.Filters()).items == ()


def test_returned_schemes_are_open_again_and_withdrawn_ones_never(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    add(office, scheme, "B", one)
    say(office, scheme)
    submit(office, scheme)
    manager = office.enter("tochuc", P.POSITIONS_MANAGE)
    with pytest.raises(Refused) as refused, transaction():
        services.add_line(manager, scheme.id, office.agencies["B1"], position(one))
    assert codes(refused) == {"not_open"}
    appraiser = office.enter("sonoivu", P.POSITIONS_APPRAISE)
    with pytest.raises(Refused) as refused, transaction():
        services.note_incomplete(appraiser, scheme.id, " ", version=again(scheme).version)
    assert codes(refused) == {"required"}
    with transaction():
        services.note_incomplete(appraiser, scheme.id, "Thiếu bản mô tả", version=again(scheme).version)
    assert again(scheme).state == "incomplete"
    submit(office, scheme)
    unfit = ALL_FIT | {"shares": {"fit": False, "remark": "Giảm tỷ lệ"}}
    office.enter("sonoivu", P.POSITIONS_APPRAISE)
    with transaction():
        services.accept(appraiser, scheme.id, version=again(scheme).version)
    with pytest.raises(Refused) as refused, transaction():
        services.appraise(appraiser, scheme.id, unfit, version=again(scheme).version)
    assert codes(refused) == {"still_unfit"}
    with transaction():
        services.send_back(appraiser, scheme.id, "", version=again(scheme).version, review=unfit)
    last = schemes.list_steps(scheme.id)[-1]
    assert (again(scheme).state, last.remark) == ("returned", "Giảm tỷ lệ")
    office.enter("tochuc", P.POSITIONS_MANAGE)
    with transaction():
        services.withdraw(manager, scheme.id, "", version=again(scheme).version)
    with pytest.raises(Refused), transaction():
        services.submit(manager, scheme.id, version=again(scheme).version)
    assert begin(office).id != scheme.id


def test_the_clocks_begin_with_each_step_and_skip_days_off(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    add(office, scheme, "B", one)
    say(office, scheme)
    submit(office, scheme)
    found = schemes.clocks_of(again(scheme), schemes.list_steps(scheme.id))
    # Saturday 21/11/2026 + 3 working days.
    assert [(clock_.code, clock_.due) for clock_ in found] == [("notice", date(2026, 11, 25))]
    appraise(office, scheme)
    found = schemes.clocks_of(again(scheme), [s for s in schemes.list_steps(scheme.id) if s.step != "edit"])
    assert [(one.code, one.due, one.done) for one in found] == [
        ("notice", date(2026, 11, 25), date(2026, 11, 21)),
        ("review", date(2026, 12, 21), date(2026, 11, 21)),
        ("decision", date(2026, 12, 4), None),
    ]
    (listed,) = schemes.list_schemes(office.actor("sonoivu"), schemes.Filters(waiting=True)).items
    now = schemes.running(listed.clocks)
    assert now is not None
    assert now.code == "decision"


def test_what_is_not_whole_is_not_submitted(office: Province) -> None:
    one, _two = specialised(2)
    scheme = begin(office)
    with pytest.raises(Refused) as refused:
        submit(office, scheme)
    assert {"no_lines", "required"} <= codes(refused)
    add(office, scheme, "B", one, 21)
    unframed = specialised(3)[2]
    add(office, scheme, "B", unframed)
    say(office, scheme)
    with pytest.raises(Refused) as refused:
        submit(office, scheme)
    assert {"over_quota", "frame_missing"} <= codes(refused)
    items = {item.code: item.done for item in look(again(scheme)).items}
    assert items["request"]
    assert not items["frames"]


def test_a_cut_below_the_people_there_needs_its_reason_and_is_written_down(office: Province) -> None:
    one, two = specialised(2)
    person = office.people["Võ Minh Đức"]
    with signed_in_scope():
        line = put_line(office.agencies["B"], position(one))
        give(office, "B", 2, line=line)
        db.session.execute(
            text(
                "INSERT INTO assignments (person_id, slot, line_id, role, valid_from, basis)"
                " VALUES (:person, 0, :line, 'main', '2026-01-01', 'old_data')"
            ),
            {"person": person, "line": line},
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    scheme = begin(office)
    (kept,) = scheme_lines.list_lines(scheme.id)
    with transaction():
        services.remove_line(office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, kept.line.id, version=1)
    add(office, scheme, "B", two)
    say(office, scheme, reason=Adjusting.RESTRUCTURED.value)
    submit(office, scheme)
    appraise(office, scheme)
    with pytest.raises(Refused) as refused:
        approve(office, scheme)
    assert codes(refused) == {"below_present"}
    with signed_in_scope():
        assert db.session.scalars(select(EstablishmentLine.id)).all() == [line]
    approve(office, scheme, acceptance=Acceptance("Sắp xếp theo đề án", date(2027, 7, 1)))
    with signed_in_scope():
        excess = db.session.execute(text("SELECT rule, excess, solve_by FROM overages")).all()
    assert [tuple(row) for row in excess] == [("line", 1, date(2027, 7, 1))]


def test_a_proposed_text_comes_into_force_as_the_agencys_own(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    line = add(office, scheme, "B1", one)
    content = Content(objective="Tham mưu thực hiện quản lý quy hoạch xây dựng nhằm bảo đảm đúng hạn, đúng quy định.")
    with transaction():
        services.propose_frame(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, line.id, Requirements(), content, version=1
        )
    found = [one for one in services.problems_of(look(again(scheme))) if one.field.endswith(".frame")]
    assert found
    with transaction():
        services.drop_frame(office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, line.id, version=2)
    assert scheme_lines.get_line(scheme.id, line.id).frame == {}


def test_one_open_scheme_for_each_quota_of_an_agency(office: Province) -> None:
    begin(office)
    with pytest.raises(Refused) as refused:
        begin(office)
    assert codes(refused) == {"scheme_open"}


def test_looking_at_a_scheme_takes_the_same_statements_however_long(office: Province) -> None:
    scheme = begin(office)
    keys = specialised(12)
    add(office, scheme, "B", keys[0])
    office.enter("tochuc", P.POSITIONS_VIEW)
    with statements() as few:
        look(again(scheme))
    for key in keys[1:]:
        add(office, scheme, "B", key)
    office.enter("tochuc", P.POSITIONS_VIEW)
    with statements() as many:
        look(again(scheme))
    assert len(many) == len(few)
    assert db.session.scalar(select(db.func.count()).select_from(SchemeStep)) == 13


ROUNDS = 15


def _try(app: Flask, actor: Actor, start: Barrier, act: Callable[[], Any]) -> str:
    with app.app_context():
        scope.enter_for(actor, P.POSITIONS_MANAGE)
        start.wait(30)
        try:
            with transaction():
                act()
        except Stale:
            return "stale"
        finally:
            db.session.remove()
    return "done"


@pytest.mark.committed
@pytest.mark.timeout(180)
def test_at_the_same_moment_two_rows_are_written_and_of_one_row_one(office: Province, app: Flask) -> None:
    one, two = specialised(2)
    scheme = begin(office)
    lines = [add(office, scheme, "B", one).id, add(office, scheme, "B", two).id]
    actors = [office.actor("tochuc"), office.actor("thamdinh")]
    start = Barrier(2)

    def edit(place: int, line: int, version: int, seats: int) -> Callable[[], Any]:
        given = services.Given(seats)
        return lambda: services.edit_line(actors[place], scheme.id, line, given, version=version)

    def both(*acts: Callable[[], Any]) -> list[str]:
        with ThreadPoolExecutor(2) as threads:
            asked = [threads.submit(_try, app, actors[n], start, act) for n, act in enumerate(acts)]
            return sorted(answer.result(60) for answer in asked)

    version = 1
    for number in range(1, ROUNDS + 1):
        assert both(edit(0, lines[0], version, number), edit(1, lines[1], version, number)) == ["done", "done"]
        version += 1
        # Whose write came first decides; the other's version is one too old for this row alone.
        assert both(edit(0, lines[0], version, 50), edit(1, lines[0], version, 60)) == ["done", "stale"]
        assert both(edit(0, lines[1], version, 50), edit(1, lines[1], version, 60)) == ["done", "stale"]
        version += 1
        office.enter("tochuc", P.POSITIONS_MANAGE)
        db.session.rollback()
        seen = again(scheme).version
        db.session.rollback()
        heads = [
            lambda n=n, seen=seen: services.edit_head(
                actors[n], scheme.id, services.Head(f"Đề án {n}"), version=seen
            )
            for n in (0, 1)
        ]  # fmt: skip
        assert both(*heads) == ["done", "stale"]
    edits = db.session.scalar(select(db.func.count()).select_from(SchemeStep).where(SchemeStep.step == "edit"))
    assert edits == 3 + ROUNDS * 5
