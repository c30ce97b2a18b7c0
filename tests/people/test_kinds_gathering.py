"""Gathering what the path of decisions knows of people, and writing what a decision makes true, for many at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from hrms.core import clock, dated, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import render
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.people import services
from hrms.people.kinds.subjects import facts_of, gather
from hrms.people.kinds.writing import Ending, Written, write
from hrms.people.models import Discipline, PersonPost, Rating
from hrms.people.services import Fact
from tests.counting import statements

CLERK = Actor.system("Lê Văn Thư")
POST = {"post_code": "division_head", "post_name": None, "slot": "0", "coefficient": "0.50"}


def at_work(world, count=1):
    with scope.everything(), transaction():
        return [world.person() for _ in range(count)]


def paper(world) -> Decision:
    return db.session.get(Decision, world.decision())


def test_fifty_people_take_no_more_statements_than_one(world):
    people = at_work(world, 50)
    counted = []
    for ids in (people[:1], people):
        with scope.everything(), statements() as seen:
            found = gather(ids, clock.today())
            assert {facts_of(subject).using.name for subject in found.values()} == {"Sở Nội vụ"}
            assert len(found) == len(ids)
        db.session.remove()
        counted.append(len(seen))
    assert counted[0] == counted[1]
    assert counted[1] <= 6


def test_gathered_facts_say_what_the_record_says(world):
    (person,) = at_work(world)
    with scope.everything(), transaction():
        decision = world.decision()
        services.record_facts(
            world.province, person,
            [
                Fact("post", {**POST, "agency_id": world.home, "term_until": "2027-05-31"}, date(2022, 6, 1)),
                Fact("rank", {"rank_code": "01.003", "step": 3}, date(2021, 1, 1)),
            ],
            services.Paper(decision_id=decision),
        )  # fmt: skip
        db.session.add(Rating(person_id=person, year=2025, rating="good"))
        db.session.add(Discipline(person_id=person, side="administration", form="reprimand", from_on="2026-05"))
    with scope.everything():
        subject = gather([person], date(2026, 11, 20))[person]
        found = facts_of(subject)
        assert (subject.post_group, subject.rank_code, subject.person_kind) == (
            "division_head", "01.003", "civil_servant",
        )  # fmt: skip
        assert (subject.managing_agency_id, subject.using_agency_id) == (world.home, world.home)
        assert found.main_post.term_until == date(2027, 5, 31)
        assert found.main_post.coefficient == Decimal("0.5")
        assert found.ratings == {2025: "good"}
        assert found.disciplines[0].from_on.iso == "2026-05"
        assert found.retirement.retires_on == date(2048, 4, 30)
        assert found.serves
        assert facts_of(gather([person], date(2022, 5, 31))[person]).main_post is None


def test_people_out_of_scope_are_left_out(world):
    (person,) = at_work(world)
    scope.enter_for(world.actor("hr_agency", world.finance))
    assert gather([person], clock.today()) == {}


def test_facts_of_many_are_written_in_a_fixed_number_of_statements(world):
    people = at_work(world, 12)
    counted = []
    for ids in (people[:2], people[2:]):
        with scope.everything(), transaction():
            decision = paper(world)
            with statements() as seen:
                facts = [Fact("post", {**POST, "agency_id": world.home}, date(2026, 11, 1))]
                assert write(CLERK, decision, [Written(person, facts) for person in ids]) == len(ids)
        counted.append(len(seen))
    assert counted[1] <= counted[0] <= 52  # the first reads the catalogues as well; much follows
    with scope.everything():
        rows = db.session.scalars(db.select(PersonPost).where(PersonPost.person_id.in_(people))).all()
        assert {(r.post_name, r.valid_from, r.basis) for r in rows} == {
            ("Trưởng phòng thuộc sở", date(2026, 11, 1), "decision")
        }
        assert {facts_of(s).main_post.code for s in gather(people, clock.today()).values()} == {"division_head"}


def test_a_late_decision_lasts_until_what_is_already_recorded(world):
    (person,) = at_work(world)
    with scope.everything(), transaction():
        write(CLERK, paper(world), [Written(person, [Fact("post", POST, date(2026, 6, 1))])])
    with scope.everything(), transaction():
        late = {**POST, "post_code": "division_deputy"}
        write(CLERK, paper(world), [Written(person, [Fact("post", late, date(2026, 1, 1))])])
    with scope.everything():
        rows = dated.history(PersonPost, {"person_id": person})
        assert [(r.post_code, r.valid_from, r.valid_to) for r in rows] == [
            ("division_head", date(2026, 6, 1), None),
            ("division_deputy", date(2026, 1, 1), date(2026, 6, 1)),
        ]


def test_an_ending_leaves_what_was_true_before_and_what_is_recorded_later(world):
    (person,) = at_work(world)
    with scope.everything(), transaction():
        write(CLERK, paper(world), [Written(person, [Fact("post", POST, date(2026, 1, 1), date(2026, 9, 1))])])
        write(CLERK, paper(world), [Written(person, [Fact("post", POST, date(2026, 10, 1))])])
    with scope.everything(), transaction():
        assert write(CLERK, paper(world), [Written(person, endings=[Ending("post", {"slot": 0}, date(2026, 5, 1))])])
    with scope.everything():
        rows = dated.history(PersonPost, {"person_id": person})
        assert [(r.valid_from, r.valid_to) for r in rows] == [
            (date(2026, 10, 1), None),
            (date(2026, 1, 1), date(2026, 5, 1)),
        ]


def test_saying_the_same_twice_writes_once(world):
    (person,) = at_work(world)
    with scope.everything(), transaction():
        decision = paper(world)
        one = [Written(person, [Fact("post", POST, date(2026, 6, 1))])]
        assert (write(CLERK, decision, one), write(CLERK, decision, one)) == (1, 0)


def test_a_wrong_fact_stops_the_whole_list_and_says_whose_it_is(world):
    people = at_work(world, 2)
    bad = Fact("post", {**POST, "agency_id": 999_999}, date(2026, 6, 1))
    good = Fact("post", POST, date(2026, 6, 1))
    with scope.everything(), transaction():
        decision = paper(world)
    with pytest.raises(Refused) as refused, scope.everything(), transaction():
        write(CLERK, decision, [Written(people[0], [good]), Written(people[1], [bad])])
    (problem,) = refused.value.problems
    assert render(problem) == "Đặng Thị Ngọc Ánh: Cơ quan, đơn vị đã chọn không có trong cây tổ chức; chọn lại."
    with scope.everything():
        assert facts_of(gather(people, clock.today())[people[0]]).posts == []


def test_nobody_is_left_without_an_agency(world):
    (person,) = at_work(world)
    day = clock.today() - timedelta(days=1)
    endings = [Ending("agency", {"membership": one, "slot": 0}, day) for one in ("using", "managing")]
    with pytest.raises(Refused) as refused, scope.everything(), transaction():
        write(CLERK, paper(world), [Written(person, endings=endings)])
    assert refused.value.problems[0].code == "no_agency"


def test_the_trail_says_old_and_new_with_the_paper(world):
    (person,) = at_work(world)
    with scope.everything(), transaction():
        decision = paper(world)
        write(CLERK, decision, [Written(person, [Fact("post", POST, date(2026, 6, 1))])])
        reference = decision.reference
    with scope.everything():
        event = db.session.execute(
            db.text(
                "SELECT actor_name, after FROM audit_events WHERE person_id = :p AND action = 'person.fact_recorded'"
            ),
            {"p": person},
        ).one()
        assert event.actor_name == "Lê Văn Thư"
        assert event.after["decision"] == reference
        assert event.after["post_code"] == "division_head"
