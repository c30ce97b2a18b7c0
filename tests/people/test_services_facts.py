"""Dated facts through the services: shapes, papers, corrections, moves, two writers, the day they take effect."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from hrms.accounts.models import Account
from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.people import services
from hrms.people.models import Person, PersonAgency, PersonCurrent, PersonRank
from hrms.people.services import Fact, Paper
from hrms.people.services.current import refresh_due
from hrms.people.services.facts import rows_of
from tests.people.conftest import OLD, World


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def province(world: World) -> Actor:
    found = world.province
    scope.enter_for(found, Permission.PEOPLE_FACT)
    return found


@pytest.fixture
def person(world: World, province: Actor) -> int:
    return world.person(province)


def steps(person_id: int) -> list[tuple[int, str, str | None]]:
    """Return (step, from, to) of the rank facts in force, oldest first."""
    return [
        (row.step, row.valid_from.isoformat(), row.valid_to and row.valid_to.isoformat())
        for row in reversed(rows_of(person_id, ["rank"])["rank"])
    ]


RANK = {"rank_code": "01.003"}
DAY = d("2026-10-01")


def wrong(kind: str, /, **values: Any) -> Fact:
    return Fact(kind, values, DAY)


def rank(step: int, start: str, end: str | None = None) -> Fact:
    return Fact("rank", {"rank_code": "01.003", "step": step}, d(start), d(end) if end else None)


def current(person_id: int) -> PersonCurrent:
    return db.session.get_one(PersonCurrent, person_id, populate_existing=True)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (rank(4, "2024-03-01"), "2 2018-03-01, 3 2021-03-01, 4 2024-03-01"),
        (rank(1, "2015-03-01", "2018-03-01"), "1 2015-03-01, 2 2018-03-01, 3 2021-03-01"),
        (rank(5, "2019-01-01", "2020-01-01"), "2 2018-03-01, 5 2019-01-01, 2 2020-01-01, 3 2021-03-01"),
        (rank(5, "2020-01-01", "2022-01-01"), "2 2018-03-01, 5 2020-01-01, 3 2022-01-01"),
        (rank(5, "2017-01-01"), "5 2017-01-01"),
        (rank(4, "2021-03-01"), "2 2018-03-01, 4 2021-03-01"),
    ],
    ids=["after", "before", "inside", "over two", "over all", "same day"],
)  # fmt: skip
def test_a_fact_is_laid_over_what_was_recorded(
    world: World, province: Actor, person: int, fact: Fact, expected: str
) -> None:
    services.record_facts(province, person, [rank(2, "2018-03-01")], OLD)
    services.record_facts(province, person, [rank(3, "2021-03-01")], OLD)
    paper = Paper(world.decision(province))
    done = services.record_facts(province, person, [fact], paper)
    assert done.written == 1
    found = steps(person)
    assert ", ".join(f"{step} {start}" for step, start, _end in found) == expected
    assert [end for _step, _start, end in found] == [*(start for _step, start, _end in found[1:]), None]
    kept = [row for row in rows_of(person, ["rank"])["rank"] if row.valid_from == fact.valid_from]
    assert kept[0].decision_id == paper.decision_id


def test_one_decision_carries_several_facts_and_is_opened_to_the_people_it_is_about(
    world: World, province: Actor, person: int
) -> None:
    decision_id = world.decision(province)
    version = db.session.get_one(Person, person).version
    facts = [
        rank(4, "2026-10-01"),
        Fact("post", {"post_name": "Trưởng phòng", "coefficient": "0,50"}, d("2026-10-01")),
        Fact("allowance", {"allowance_kind": "responsibility", "coefficient": "0.1"}, d("2026-10-01")),
    ]
    done = services.record_facts(province, person, facts, Paper(decision_id), version=version)
    assert (done.written, done.version) == (3, version + 1)
    assert (current(person).step, current(person).post_name, current(person).version) == (
        4,
        "Trưởng phòng",
        version + 1,
    )
    assert {world.home, world.city, 0} <= set(db.session.get_one(Decision, decision_id).scope_ids)
    events = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.fact_recorded")).all()
    assert sorted(event.after["fact"] for event in events) == ["allowance", "post", "rank"]
    assert {event.after["decision_id"] for event in events} == {decision_id}


def test_the_same_again_changes_nothing_whatever_version_it_carries(world: World, province: Actor, person: int) -> None:
    paper = Paper(world.decision(province))
    version = db.session.get_one(Person, person).version
    services.record_facts(province, person, [rank(4, "2026-10-01")], paper, version=version)
    again = services.record_facts(province, person, [rank(4, "2026-10-01")], paper, version=version)
    assert (again.written, again.unchanged) == (0, 1)
    with pytest.raises(Stale):
        services.record_facts(province, person, [rank(5, "2026-10-01")], paper, version=version)
    assert steps(person) == [(4, "2026-10-01", None)]


@pytest.mark.parametrize(
    ("fact", "paper", "expected"),
    [
        (rank(4, "2026-10-01"), Paper(), ("decision", "decision_required")),
        (wrong("rank", rank_code="99.999", step=1), OLD, ("rank_code", "unknown_code")),
        (rank(12, "2026-10-01"), OLD, ("step", "no_such_step")),
        (wrong("rank", **RANK, coefficient="3,5"), OLD, ("coefficient", "coefficient_not_in_scale")),
        (wrong("rank", **RANK, step=4, coefficient="3,66"), OLD, ("coefficient", "coefficient_step_mismatch")),
        (wrong("rank", **RANK, step=4, beyond_scale_percent="5"), OLD, ("beyond_scale_percent", "not_last_step")),
        (rank(4, "2010-01-01"), OLD, ("valid_from", "before_recruitment")),
        (rank(4, "2026-10-01", "2026-10-01"), OLD, ("valid_to", "ends_before_it_begins")),
        (wrong("status", status="gone", kind="civil_servant"), OLD, ("status", "unknown_code")),
        (wrong("post", coefficient="0.5"), OLD, ("post_name", "required")),
        (wrong("allowance", allowance_kind="responsibility"), OLD, ("coefficient", "required")),
        (wrong("allowance", allowance_kind="responsibility", percent=5, amount=9), OLD, ("amount", "one_measure")),
        (wrong("agency", membership="using", agency_id=999_999_999), OLD, ("agency_id", "unknown_agency")),
        (wrong("hobby"), OLD, ("kind", "unknown_fact")),
        (wrong("rank", **RANK, step=4, beyond_percent=5), OLD, ("beyond_percent", "unknown_field")),
    ],
)  # fmt: skip
def test_each_wrong_fact_is_named_and_nothing_is_written(
    world: World, province: Actor, person: int, fact: Fact, paper: Paper, expected: tuple[str, str]
) -> None:
    before = db.session.get_one(Person, person).version
    with pytest.raises(Refused) as refused:
        services.record_facts(province, person, [fact], paper)
    assert expected in {(p.field, p.code) for p in refused.value.problems}
    assert db.session.get_one(Person, person, populate_existing=True).version == before


def test_problems_of_several_facts_say_which(world: World, province: Actor, person: int) -> None:
    with pytest.raises(Refused) as refused:
        services.record_facts(province, person, [rank(4, "2026-10-01"), rank(12, "2026-10-01")], OLD)
    assert [p.field for p in refused.value.problems] == ["facts.1.step"]


def test_a_move_needs_the_right_on_both_sides(world: World, province: Actor, person: int) -> None:
    officer = world.officer
    scope.enter_for(officer, Permission.PEOPLE_FACT)
    with pytest.raises(Refused) as refused:
        services.put_agency(officer, person, "using", world.finance, d("2026-11-01"), OLD)
    assert refused.value.problems[0].code == "agency_out_of_scope"
    services.put_agency(officer, person, "using", world.school, d("2026-11-01"), OLD)
    assert current(person).agency_id == world.school


def test_a_move_takes_sight_and_papers_along(world: World, province: Actor, person: int) -> None:
    old_paper = world.decision(province)
    services.record_facts(province, person, [rank(4, "2026-10-01")], Paper(old_paper))
    facts = [
        Fact("agency", {"membership": m, "agency_id": world.finance}, d("2026-11-20")) for m in ("using", "managing")
    ]
    services.record_facts(province, person, facts, Paper(world.decision(province)))
    assert current(person).scope_ids == [0, world.city, world.finance]
    assert world.finance in db.session.get_one(Decision, old_paper, populate_existing=True).scope_ids
    officer = world.officer
    scope.enter_for(officer, Permission.PEOPLE_FACT)
    with pytest.raises(NotFound):
        services.record_facts(officer, person, [rank(5, "2026-11-20")], OLD)


def test_tomorrows_fact_is_in_force_tomorrow(world: World, province: Actor, person: int) -> None:
    services.put_agency(province, person, "using", world.finance, d("2026-11-21"), OLD)
    services.put_agency(province, person, "managing", world.finance, d("2026-11-21"), OLD)
    assert (current(person).agency_id, current(person).next_change_on) == (world.home, d("2026-11-21"))
    assert world.finance not in current(person).scope_ids
    with clock.frozen(datetime(2026, 11, 20, 17, 1, tzinfo=UTC)):
        refresh_due()
        assert current(person).agency_id == world.finance
        assert current(person).scope_ids == [0, world.city, world.finance]
    with scope.everything():
        event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "people.refreshed")).one()
    assert event.after == {"people": 1}


def test_ending_keeps_the_paper_and_tells_the_ending_one(world: World, province: Actor, person: int) -> None:
    begun = Paper(world.decision(province))
    services.put_post(province, person, {"post_name": "Phó Trưởng phòng"}, d("2024-01-01"), begun)
    row = rows_of(person, ["post"])["post"][0]
    ended = Paper(world.decision(province))
    services.end_fact(province, person, "post", row.id, d("2026-10-31"), ended)
    row = rows_of(person, ["post"])["post"][0]
    assert (row.valid_to, row.decision_id, current(person).post_name) == (d("2026-11-01"), begun.decision_id, None)
    event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.fact_ended")).one()
    assert event.after["ending_decision_id"] == ended.decision_id
    assert services.end_fact(province, person, "post", row.id, d("2026-10-31"), ended).written == 0


def test_a_record_keeps_an_agency(world: World, province: Actor) -> None:
    person_id = world.person(province)
    rows = {row.membership: row for row in rows_of(person_id, ["agency"])["agency"]}
    services.end_fact(province, person_id, "agency", rows["using"].id, d("2026-11-01"), OLD)
    with pytest.raises(Refused) as refused:
        services.end_fact(province, person_id, "agency", rows["managing"].id, d("2026-11-01"), OLD)
    assert refused.value.problems[0].code == "no_agency"


def test_a_correction_supersedes_and_gives_back_what_it_no_longer_covers(
    world: World, province: Actor, person: int
) -> None:
    with transaction():
        services.record_facts(province, person, [rank(3, "2021-03-01")], OLD)
        services.record_facts(province, person, [rank(4, "2024-03-01")], OLD)
    wrong = rows_of(person, ["rank"])["rank"][0]
    with transaction():
        paper = Paper(world.decision(province))
        services.correct_fact(province, person, "rank", wrong.id, rank(4, "2024-05-01"), paper, "Ghi nhầm tháng")
    assert steps(person) == [(3, "2021-03-01", "2024-05-01"), (4, "2024-05-01", None)]
    old = db.session.get_one(PersonRank, wrong.id, populate_existing=True)
    assert old.superseded_at is not None
    known = [
        (row.step, row.valid_from) for row in db.session.scalars(
            db.select(PersonRank).where(PersonRank.person_id == person, PersonRank.recorded_at < old.superseded_at)
        )
    ]  # fmt: skip
    assert (4, d("2024-03-01")) in known
    event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.fact_corrected")).one()
    assert (event.reason, event.after["decision_id"]) == ("Ghi nhầm tháng", paper.decision_id)
    latest = rows_of(person, ["rank"])["rank"][0]
    with pytest.raises(Refused):
        services.correct_fact(province, person, "rank", latest.id, rank(5, "2024-05-01"), paper, " ")


def test_a_withdrawn_fact_leaves_what_it_had_cut(world: World, province: Actor, person: int) -> None:
    services.record_facts(province, person, [rank(3, "2021-03-01")], OLD)
    services.record_facts(province, person, [rank(4, "2024-03-01")], OLD)
    services.withdraw_fact(province, person, "rank", rows_of(person, ["rank"])["rank"][0].id, "Của người khác")
    assert steps(person) == [(3, "2021-03-01", None)]
    with pytest.raises(NotFound):
        services.withdraw_fact(province, person, "rank", 10**12, "x")


def test_concurrent_posts_stand_side_by_side(world: World, province: Actor, person: int) -> None:
    for name in ("Bí thư chi đoàn", "Chủ tịch công đoàn"):
        services.put_post(province, person, {"post_name": name, "slot": "1"}, d("2024-01-01"), OLD)
    services.put_post(province, person, {"post_name": "Trưởng phòng"}, d("2025-01-01"), OLD)
    assert {(row.slot, row.post_name) for row in rows_of(person, ["post"])["post"]} == {
        (0, "Trưởng phòng"), (1, "Bí thư chi đoàn"), (2, "Chủ tịch công đoàn"),
    }  # fmt: skip


@pytest.mark.committed
def test_of_two_writers_with_the_same_version_one_wins(app: Flask, world: World) -> None:
    province = world.province
    with scope.entered(scope.ALL), transaction():
        person_id = world.person(province)
    version = 1
    barrier = Barrier(2)
    answers: list[str] = []

    def write(step: int) -> None:
        with app.app_context():
            scope.enter_for(province, Permission.PEOPLE_FACT)
            barrier.wait()
            try:
                with transaction():
                    services.record_facts(province, person_id, [rank(step, "2026-10-01")], OLD, version=version)
                answers.append("done")
            except HrmsError as error:
                answers.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [Thread(target=write, args=(step,)) for step in (4, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["Stale", "done"]
    with scope.everything():
        assert len(steps(person_id)) == 1
        assert db.session.scalar(db.select(db.func.count()).select_from(PersonAgency)) == 2


@pytest.mark.parametrize(
    ("fact", "closed"),
    [
        (Fact("status", {"status": "retired", "kind": "civil_servant"}, d("2026-11-01")), True),
        (Fact("agency", {"membership": "using", "agency_id": "finance"}, d("2026-11-01")), True),
        (Fact("status", {"status": "suspended", "kind": "civil_servant"}, d("2026-11-01")), False),
        (Fact("status", {"status": "retired", "kind": "civil_servant"}, d("2026-12-01")), False),
    ],
    ids=["retired", "moved", "suspended", "retires later"],
)  # fmt: skip
def test_an_account_closes_the_day_its_holder_leaves_or_moves(
    world: World, province: Actor, person: int, fact: Fact, closed: bool
) -> None:
    with scope.everything():
        account = Account(
            username="anh", display_name="Ánh", person_id=person, agency_id=world.home,
            scope_ids=[0, world.city, world.home], password_hash="-",
        )  # fmt: skip
        db.session.add(account)
        db.session.flush()
    if fact.kind == "agency":
        fact = Fact("agency", {"membership": "using", "agency_id": world.finance}, fact.valid_from)
    services.record_facts(province, person, [fact], OLD)
    with scope.everything():
        db.session.refresh(account)
    assert (account.closed_at is not None) is closed
