"""Seats: nominations in their order, the organiser's choice, leaving and coming back; who may do what."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.people.models import Person, PersonAbsence, PersonStatus
from hrms.training.models import Enrolment, Nomination, TrainingClass
from hrms.training.services import classes, enrolling
from tests.province import Province, add_person
from tests.training.making import add_class, add_course, enrol, state_of

P = Permission
ROUTES = (P.TRAINING_NOMINATE, P.TRAINING_MANAGE)


def _nominate(province: Province, username: str, class_id: int, *names: str, **more: Any) -> enrolling.Outcome:
    who = province.enter(username, *ROUTES)
    with transaction():
        return enrolling.nominate(who, class_id, [province.people[name] for name in names], **more)


def test_an_agency_fills_the_free_seats_in_order_and_the_rest_wait(province: Province) -> None:
    made = add_class(province, seats=2)
    out = _nominate(province, "tochuc", made, "Lý Thị Cẩm", "Võ Minh Đức", "Nguyễn Văn Hùng")
    assert (len(out.accepted), len(out.waiting), out.nominated) == (2, 1, [])
    assert state_of(out.waiting[0]) == "waiting"


def test_a_reviewed_class_only_takes_nominations_until_the_organiser_chooses(province: Province) -> None:
    made = add_class(province, seats=1, accepts="reviewed")
    out = _nominate(province, "tochuc", made, "Lý Thị Cẩm", "Võ Minh Đức")
    assert (out.accepted, out.waiting, len(out.nominated)) == ([], [], 2)
    organiser = province.enter("sonoivu", *ROUTES)
    with transaction():
        chosen = enrolling.accept(organiser, made, out.nominated)
    assert (list(chosen.accepted), list(chosen.waiting)) == ([out.nominated[0]], [out.nominated[1]])
    with pytest.raises(Refused), transaction():
        enrolling.accept(organiser, made, [out.nominated[0]])


def test_whoever_leaves_gives_the_seat_to_the_next_and_comes_back_behind_nobody(province: Province) -> None:
    made = add_class(province, seats=1)
    first, second, third = enrol(
        province, made, "Lý Thị Cẩm", "Thạch Sa Rây", "Võ Minh Đức", state="waiting", priority=10_000
    )
    with scope.everything():
        db.session.execute(update(Enrolment).where(Enrolment.id == first).values(state="accepted"))
        db.session.execute(update(Nomination).where(Nomination.enrolment_id == third).values(priority=1))
        db.session.commit()
    who = province.enter("tochuc", *ROUTES)
    with transaction():
        out = enrolling.withdraw(who, made, [first], "Bận công tác đột xuất")
    assert list(out.promoted) == [third], "an earlier figure comes before an earlier nomination"
    assert [state_of(one) for one in (first, second, third)] == ["withdrawn", "waiting", "accepted"]
    who = province.enter("tochuc", *ROUTES)
    with transaction():
        back = enrolling.restore(who, made, [first])
    assert (list(back.waiting), list(back.accepted)) == ([first], [])
    organiser = province.enter("sonoivu", *ROUTES)
    with transaction():
        enrolling.decline(organiser, made, [third], "Lớp ưu tiên người chưa học")
    assert [state_of(one) for one in (first, second, third)] == ["accepted", "waiting", "declined"]


def test_the_waiting_list_of_another_agency_moves_up_too(province: Province) -> None:
    made = add_class(province, seats=1)
    (mine,) = enrol(province, made, "Lý Thị Cẩm")
    (other,) = enrol(province, made, "Thạch Sa Rây", state="waiting")
    who = province.enter("tochuc", *ROUTES)
    with transaction():
        out = enrolling.withdraw(who, made, [mine], "Nghỉ phép")
    assert list(out.promoted) == [other]
    assert state_of(other) == "accepted"


def test_nobody_is_nominated_beyond_the_own_reach_or_taken_out_by_another_agency(province: Province) -> None:
    made = add_class(province)
    with pytest.raises(NotFound):
        _nominate(province, "tochuc", made, "Thạch Sa Rây")
    (other,) = enrol(province, made, "Thạch Sa Rây")
    who = province.enter("tochuc", *ROUTES)
    with pytest.raises(NotFound), transaction():
        enrolling.withdraw(who, made, [other], "Không có quyền")
    (own,) = enrol(province, made, "Lý Thị Cẩm", state="nominated")
    with pytest.raises(Forbidden), transaction():
        enrolling.accept(province.enter("tochuc", *ROUTES), made, [own])
    with pytest.raises(Forbidden), transaction():
        enrolling.decline(province.enter("thutruong", *ROUTES), made, [own], "Không")


def test_an_unmet_condition_stops_the_whole_nomination_and_says_why(province: Province) -> None:
    start = clock.today() + timedelta(days=14)
    made = add_class(province, starts_on=start)
    with scope.everything():
        db.session.execute(
            insert(PersonAbsence).values(
                person_id=province.people["Võ Minh Đức"], absence_kind="maternity", valid_from=start, basis="old_data"
            )
        )
        db.session.commit()
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", made, "Lý Thị Cẩm", "Võ Minh Đức")
    assert [one.code for one in refused.value.problems] == ["unmet_absent"]
    assert db.session.scalar(select(Enrolment.id).where(Enrolment.class_id == made)) is None


def test_a_class_at_the_same_time_stops_a_certificate_only_warns(province: Province) -> None:
    course = add_course()
    busy, made = add_class(province), add_class(province, course=course)
    enrol(province, busy, "Lý Thị Cẩm")
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    assert refused.value.problems[0].code == "unmet_clash"


def test_a_course_for_some_ranks_refuses_the_others(province: Province) -> None:
    made = add_class(province, course=add_course(ranks=["01.002"]))
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    assert refused.value.problems[0].code == "unmet_rank"
    assert len(_nominate(province, "tochuc", made, "Võ Minh Đức").accepted) == 1


def test_an_open_condition_waits_for_the_organiser_even_where_seats_are_given_at_once(province: Province) -> None:
    made = add_class(province, course=add_course(positions=["cc.commune.II.17"]))
    out = _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    assert (out.accepted, len(out.nominated)) == ([], 1)


def test_priority_comes_from_the_record_and_its_reason_is_kept(province: Province) -> None:
    made = add_class(province, place="C", seats=1)
    with scope.everything():
        organiser = Actor.system()
        with transaction():
            out = enrolling.nominate(
                organiser, made, [province.people["Lý Thị Cẩm"], province.people["Thạch Sa Rây"]], note="Cử đợt 1"
            )
        row = db.session.execute(
            select(Nomination.priorities, Nomination.note).where(Nomination.enrolment_id == out.accepted[0])
        ).one()
    assert row.priorities[0]["code"] == "minority"
    assert row.priorities[0]["guard"] == P.PEOPLE_ORIGIN.value
    assert row.note == "Cử đợt 1"


def test_nominations_end_on_their_day_except_for_the_organiser(province: Province) -> None:
    made = add_class(province, nominate_by=clock.today() - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    assert refused.value.problems[0].code == "late"
    assert _nominate(province, "sonoivu", made, "Lý Thị Cẩm").accepted
    begun = add_class(province, starts_on=clock.today() - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", begun, "Võ Minh Đức")
    assert refused.value.problems[0].code == "late", "without a day of its own the first day of the class is the last"


def test_who_has_left_service_is_sent_nowhere(province: Province) -> None:
    made = add_class(province)
    with scope.everything():
        person = province.people["Lý Thị Cẩm"]
        db.session.execute(
            update(PersonStatus).where(PersonStatus.person_id == person).values(superseded_at=clock.now())
        )
        db.session.execute(
            insert(PersonStatus).values(
                person_id=person, status="left", kind="civil_servant", valid_from=date(2026, 1, 1), basis="old_data"
            )
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    assert refused.value.problems[0].code == "not_in_service"


def test_a_class_not_open_takes_nobody_and_nobody_twice(province: Province) -> None:
    draft = add_class(province, state="draft")
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", draft, "Lý Thị Cẩm")
    assert refused.value.problems[0].code == "not_open"
    made = add_class(province)
    _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    with pytest.raises(Refused) as refused:
        _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    assert "already" in {one.code for one in refused.value.problems}


def test_who_was_withdrawn_can_be_nominated_again(province: Province) -> None:
    made = add_class(province)
    (one,) = _nominate(province, "tochuc", made, "Lý Thị Cẩm").accepted
    with transaction():
        enrolling.withdraw(province.enter("tochuc", *ROUTES), made, [one], "Nhầm người")
    again = _nominate(province, "tochuc", made, "Lý Thị Cẩm", note="Cử lại")
    assert list(again.accepted) == [one]
    with scope.everything():
        assert db.session.scalar(select(Nomination.note).where(Nomination.enrolment_id == one)) == "Cử lại"


def test_more_seats_take_from_the_waiting_list_and_never_fewer_than_taken(province: Province) -> None:
    made = add_class(province, seats=1)
    enrol(province, made, "Lý Thị Cẩm")
    (waiting,) = enrol(province, made, "Võ Minh Đức", state="waiting")
    who = province.enter("sonoivu", *ROUTES)
    with scope.everything():
        db.session.execute(update(TrainingClass).where(TrainingClass.id == made).values(seats=2))
        db.session.commit()
    with transaction():
        assert list(enrolling.promote(who, made).promoted) == [waiting]
    with scope.everything():
        found = db.session.get_one(TrainingClass, made)
        values = {name: getattr(found, name) for name in classes.EDITED} | {"seats": 1}
        version = found.version
    with pytest.raises(Refused) as refused, transaction():
        classes.edit(province.enter("sonoivu", *ROUTES), made, values, version=version)
    assert refused.value.problems[0].code == "taken"


def test_the_trail_names_each_person_where_they_belong(province: Province) -> None:
    made = add_class(province, seats=5)
    _nominate(province, "tochuc", made, "Lý Thị Cẩm")
    with scope.everything():
        rows = db.session.execute(
            text("SELECT action, person_id, scope_ids FROM audit_events WHERE entity = 'enrolment' ORDER BY id")
        ).all()
    assert [row.action for row in rows] == ["enrolment.nominated", "enrolment.accepted"]
    assert {row.person_id for row in rows} == {province.people["Lý Thị Cẩm"]}
    assert all(province.agencies["B1"] in row.scope_ids for row in rows)


PEOPLE, SEATS, HANDS = 100, 40, 8


@pytest.mark.committed
def test_a_hundred_nominations_at_once_take_exactly_forty_seats_in_order(province: Province) -> None:
    made = add_class(province, seats=SEATS)
    with scope.everything():
        for number in range(PEOPLE):
            name = f"Người Thứ {number}"
            province.people[name] = add_person(
                province, 5000 + number, name=name, place="B1" if number % 2 else "C1", since=date(2024, 3, 1)
            )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    app, barrier, failed = province.app, Barrier(HANDS), list[BaseException]()

    def work(hand: int) -> None:
        try:
            with app.app_context():
                scope.enter(scope.ALL)
                barrier.wait(30)
                for number in range(hand, PEOPLE, HANDS):
                    with transaction():
                        enrolling.nominate(Actor.system(), made, [province.people[f"Người Thứ {number}"]])
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failed.append(error)

    db.session.remove()
    threads = [Thread(target=work, args=(hand,)) for hand in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    with scope.everything():
        rows = db.session.execute(
            select(Enrolment.state, Enrolment.nominated_at, Nomination.priority)
            .join(Nomination, Nomination.enrolment_id == Enrolment.id)
            .where(Enrolment.class_id == made)
            .order_by(Nomination.priority, Enrolment.nominated_at, Enrolment.id)
        ).all()
        assert db.session.scalar(select(Person.id).limit(1)) is not None
    assert [row.state for row in rows] == ["accepted"] * SEATS + ["waiting"] * (PEOPLE - SEATS)


@pytest.mark.committed
def test_two_officers_who_accept_at_once_never_give_a_seat_twice(province: Province) -> None:
    made = add_class(province, seats=3, accepts="reviewed")
    chosen = enrol(province, made, *list(province.people)[:8], state="nominated")
    app, barrier, failed = province.app, Barrier(4), list[BaseException]()

    def work(hand: int) -> None:
        try:
            with app.app_context():
                scope.enter(scope.ALL)
                barrier.wait(30)
                with transaction():
                    enrolling.accept(Actor.system(), made, chosen[hand * 2 : hand * 2 + 2])
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failed.append(error)

    db.session.remove()
    threads = [Thread(target=work, args=(hand,)) for hand in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    states = sorted(state_of(one) for one in chosen)
    assert states == ["accepted"] * 3 + ["waiting"] * 5
