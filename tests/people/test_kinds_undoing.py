"""Correction and cancellation: what comes back, on which paper, and every refusal with the paper it names."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from hrms.audit.models import AuditEvent
from hrms.core import clock, dated, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision, DecisionRelation
from hrms.people import services
from hrms.people.models import Person, PersonAgency
from hrms.people.services import Fact, Paper, papers
from hrms.people.services.facts import rows_of
from tests.people.carrying_out import carry_out, kind_of, looked_at, problems, reference
from tests.people.conftest import World


def d(text: str) -> date:
    return date.fromisoformat(text)


NOW = d("2026-11-20")


@pytest.fixture
def province(world: World) -> Actor:
    found = world.province
    scope.enter_for(found, Permission.PEOPLE_FACT)
    return found


@pytest.fixture
def person(world: World, province: Actor) -> int:
    return settled(world, province)


def settled(world: World, province: Actor, **given: Any) -> int:
    """Make a record in a unit of its own: what a paper did is told by the moment it was written at."""
    with transaction():
        return world.person(province, **given)


def stays(person_id: int, membership: str = "using") -> list[tuple[int, str, str, int | None]]:
    """Return agency, first day, day after the last, paper; oldest first."""
    with scope.everything():
        return [
            (row.agency_id, str(row.valid_from), str(row.valid_to or ""), row.decision_id)
            for row in reversed(rows_of(person_id, ["agency"])["agency"])
            if row.membership == membership
        ]


def transfer(world: World, person_id: int | list[int], on: str, place: int, **values: Any) -> int:
    return carry_out("transfer", person_id, d(on), issuer_id=world.city, agency=place, **values)


def cancel(world: World, person_id: int | list[int], target: int) -> int:
    values = {"decision": target, "reason": "Ban hành không đúng thẩm quyền"}
    return carry_out("cancellation", person_id, NOW, issuer_id=world.city, **values)


def correct(world: World, person_id: int, target: int, **values: Any) -> int:
    return carry_out("correction", person_id, NOW, issuer_id=world.city, decision=target, content="Ghi nhầm", **values)


def said(code: str, person_id: int, **values: Any) -> dict[str, str]:
    return {one.code: render(one) for one in problems(code, person_id, NOW, **values)}


def relations() -> set[tuple[int, int, str]]:
    with scope.everything():
        return {(r.decision_id, r.target_id, r.relation) for r in db.session.scalars(db.select(DecisionRelation))}


def test_a_cancelled_transfer_gives_the_file_back(world: World, person: int) -> None:
    made = transfer(world, person, "2026-11-10", world.finance)
    (using, _managing) = looked_at("cancellation", person, NOW, decision=made, reason="x").changes
    assert {using.old, using.new} == {
        "Sở Nội vụ, từ 01/01/2020 đến hết 09/11/2026; Sở Tài chính, từ 10/11/2026", "Sở Nội vụ, từ 01/01/2020",
    }  # fmt: skip
    back = cancel(world, person, made)
    assert stays(person) == stays(person, "managing") == [(world.home, "2020-01-01", "", None)]
    assert relations() == {(back, made, "cancels")}
    with scope.everything():
        assert db.session.get_one(Person, person).scope_ids == [0, world.city, world.home]
        told = db.session.scalars(
            db.select(AuditEvent).where(AuditEvent.action.in_(["person.fact_withdrawn", "person.fact_restored"]))
        ).all()
        assert {event.reason for event in told} == {"Ban hành không đúng thẩm quyền"}
        assert [event.action for event in told].count("person.fact_withdrawn") == 2


def test_what_was_known_before_stays_asked_for(world: World, person: int) -> None:
    made = transfer(world, person, "2026-11-10", world.finance)
    with scope.everything():
        row = db.session.scalars(db.select(PersonAgency).where(PersonAgency.decision_id == made)).first()
        assert row is not None
        known = row.recorded_at
    cancel(world, person, made)
    with scope.everything():
        then = dated.history(PersonAgency, {"person_id": person, "membership": "using"}, known)
        assert [(row.agency_id, row.decision_id) for row in then] == [(world.finance, made), (world.home, None)]


def test_a_later_paper_that_rests_on_it_is_named(world: World, person: int) -> None:
    first = transfer(world, person, "2026-10-01", world.finance)
    second = transfer(world, person, "2026-11-10", world.home)
    assert said("cancellation", person, decision=first, reason="x") == {
        "rested_on": f"Đặng Thị Ngọc Ánh: quyết định {reference(second)} dựa trên quyết định {reference(first)}. "
        "Hãy hủy bỏ hoặc đính chính quyết định sau trước."
    }
    before = stays(person)
    with pytest.raises(Refused):
        cancel(world, person, first)
    assert (stays(person), relations()) == (before, set())
    cancel(world, person, second)
    cancel(world, person, first)
    assert stays(person) == [(world.home, "2020-01-01", "", None)]


def test_an_end_rests_on_what_it_ends(world: World, person: int) -> None:
    stay = carry_out(
        "secondment", person, d("2026-10-01"), issuer_id=world.city, agency=world.finance, last_day="2027-09-30"
    )
    end = carry_out("secondment_end", person, d("2027-03-01"), issuer_id=world.city)
    assert reference(end) in said("cancellation", person, decision=stay, reason="x")["rested_on"]
    cancel(world, person, end)
    assert stays(person, "seconded_in") == [(world.finance, "2026-10-01", "2027-10-01", stay)]
    cancel(world, person, stay)
    assert stays(person, "seconded_in") == []


def test_a_cancelled_retirement_gives_the_post_back(world: World, province: Actor) -> None:
    person = settled(world, province, values={"sex": "male", "birth_date": "1965-04-15", "national_id": "092065000125"})
    with scope.everything(), transaction():
        post = Fact("post", {"post_name": "Trưởng phòng", "coefficient": "0,5"}, d("2022-01-01"))
        services.record_facts(Actor.system(), person, [post], Paper(old_data=True))
    made = carry_out("retirement", person, d("2026-11-01"), issuer_id=world.home)
    cancel(world, person, made)
    with scope.everything():
        found = rows_of(person, ["status", "post"])
        assert [(row.status, row.valid_to) for row in found["status"]] == [("serving", None)]
        assert [(row.post_name, row.valid_to) for row in found["post"]] == [("Trưởng phòng", None)]


def test_a_correction_lays_the_right_values_on_its_own_paper(world: World, person: int) -> None:
    made = transfer(world, person, "2026-11-10", world.finance)
    right = correct(world, person, made, starts_on="2026-11-16", agency=world.school)
    assert stays(person) == [
        (world.home, "2020-01-01", "2026-11-16", None), (world.school, "2026-11-16", "", right),
    ]  # fmt: skip
    assert relations() == {(right, made, "corrects")}
    assert set(said("cancellation", person, decision=made, reason="x")) == {"undone_already"}
    assert set(said("correction", person, decision=right, content="x", starts_on="2026-11-17")) == {"is_correction"}
    # Taking the correction back lets the first paper speak again.
    cancel(world, person, right)
    assert stays(person)[-1] == (world.finance, "2026-11-10", "", made)
    again = correct(world, person, made, agency=world.city)
    assert stays(person)[-1] == (world.city, "2026-11-10", "", again)


def test_a_new_last_day_of_a_secondment(world: World, person: int) -> None:
    values = {"agency": world.finance, "last_day": "2027-09-30"}
    made = carry_out("secondment", person, d("2026-10-01"), issuer_id=world.city, **values)
    assert set(said("correction", person, decision=made, content="x", last_day="2026-09-30")) == {
        "ends_before_it_begins"
    }
    late = said("correction", person, decision=made, content="x", starts_on="2027-10-01")
    assert set(late) == {"starts_after_its_end"}
    right = correct(world, person, made, last_day="2027-12-31")
    assert stays(person, "seconded_in") == [(world.finance, "2026-10-01", "2028-01-01", right)]


def test_a_slip_of_the_pen_changes_no_fact(world: World, person: int) -> None:
    made = transfer(world, person, "2026-11-10", world.finance)
    later = transfer(world, person, "2026-11-15", world.home)
    before = stays(person)
    (change,) = looked_at("correction", person, NOW, decision=made, content="Tên đệm “Thi” là “Thị”").changes
    assert (change.label, change.new) == ("Nội dung văn bản", "Tên đệm “Thi” là “Thị”")
    slip = correct(world, person, made)
    assert stays(person) == before
    assert relations() == {(slip, made, "corrects")}
    # It keeps nobody from taking the papers back in their order.
    cancel(world, person, later)
    cancel(world, person, made)


def test_a_corrected_notice_announces_another_day(world: World, province: Actor) -> None:
    person = settled(world, province, values={"sex": "male", "birth_date": "1965-04-15", "national_id": "092065000126"})
    made = carry_out("retirement_notice", person, d("2026-04-20"), issuer_id=world.home)
    right = correct(world, person, made, happens_on="2027-01-31")
    with scope.everything():
        (first, second) = papers.of_people([person])[person]
        assert (first.undone_by, second.kind, second.happens_on) == (right, "retirement_notice", d("2027-01-31"))
    cancel(world, person, right)
    cancel(world, person, made)
    with scope.everything():
        assert {one.undone_by is None for one in papers.of_people([person])[person] if one.kind != "cancellation"} == {
            False
        }
    assert "notice_given" not in said("retirement_notice", person)


def test_of_a_list_some_may_be_taken_out(world: World, province: Actor) -> None:
    first, second = settled(world, province), settled(world, province)
    made = transfer(world, [first, second], "2026-11-10", world.finance)
    part = cancel(world, first, made)
    assert relations() == {(part, made, "corrects")}
    assert stays(first)[-1][0] == world.home
    assert stays(second)[-1][0] == world.finance
    rest = cancel(world, second, made)
    assert relations() == {(part, made, "corrects"), (rest, made, "cancels")}
    assert set(said("cancellation", second, decision=made, reason="x")) == {"already_ended"}


def test_a_decision_entered_by_hand_can_be_taken_back_too(world: World, province: Actor, person: int) -> None:
    made = world.decision(province)
    with scope.everything(), transaction():
        services.put_agency(Actor.system(), person, "using", world.finance, d("2026-11-10"), Paper(made))
    cancel(world, person, made)
    assert stays(person) == [(world.home, "2020-01-01", "", None)]


def test_of_two_papers_written_at_one_moment_the_second_goes_first(world: World, province: Actor, person: int) -> None:
    first, second = world.decision(province), world.decision(province)
    with scope.everything(), transaction():
        system = Actor.system()
        services.put_agency(system, person, "using", world.finance, d("2026-06-01"), Paper(first))
        services.put_agency(system, person, "using", world.school, d("2026-11-01"), Paper(second))
    assert reference(second) in said("cancellation", person, decision=first, reason="x")["rested_on"]
    cancel(world, person, second)
    assert stays(person)[1:] == [(world.finance, "2026-06-01", "", first)]
    cancel(world, person, first)
    assert stays(person) == [(world.home, "2020-01-01", "", None)]


def test_what_was_changed_by_hand_is_put_right_by_hand(world: World, person: int) -> None:
    made = transfer(world, person, "2026-11-10", world.finance)
    with scope.everything(), transaction():
        row = db.session.scalars(
            db.select(PersonAgency).where(PersonAgency.decision_id == made, PersonAgency.membership == "using")
        ).one()
        services.withdraw_fact(Actor.system(), person, "agency", row.id, "ghi nhầm")
    found = said("cancellation", person, decision=made, reason="x")
    assert set(found) == {"changed_by_hand"}


def test_what_cancellation_refuses(world: World, province: Actor, person: int) -> None:
    other = settled(world, province)
    made = transfer(world, person, "2026-11-10", world.finance)
    assert set(said("cancellation", other, decision=made, reason="x")) == {"not_about"}
    assert set(said("cancellation", person, reason="x")) == {"required"}
    assert set(said("cancellation", person, decision=999_999, reason="x")) == {"required"}
    back = cancel(world, person, made)
    assert set(said("cancellation", person, decision=made, reason="x")) == {"already_ended"}
    assert set(said("cancellation", person, decision=back, reason="x")) == {"is_cancellation"}
    assert set(said("correction", person, decision=made, content="x", starts_on="2026-11-11")) == {"already_ended"}


def test_what_correction_refuses(world: World, person: int) -> None:
    made = transfer(world, person, "2026-11-10", world.finance)
    same = said("correction", person, decision=made, content="x", agency=world.finance, starts_on="2026-11-10")
    assert set(same) == {"nothing_changes"}
    assert set(said("correction", person, decision=made, content="x", post_coefficient="nhiều")) == {"not_a_number"}
    later = transfer(world, person, "2026-11-15", world.home)
    assert (
        reference(later) in said("correction", person, decision=made, content="x", starts_on="2026-11-11")["rested_on"]
    )


def test_a_decision_out_of_sight_cannot_be_chosen(world: World, person: int) -> None:
    made = transfer(world, person, "2026-11-10", world.finance)
    with scope.everything(), transaction():
        db.session.get_one(Decision, made).scope_ids = [0]
    scope.enter_for(world.officer, Permission.DECISIONS_PROPOSE)
    found = kind_of("cancellation").subjects([person], NOW, {"decision": made})
    assert all(one.facts.target is None for one in found.values())


@pytest.mark.committed
def test_two_at_once_one_is_refused(app: Flask, world: World, province: Actor) -> None:
    person = settled(world, province)
    db.session.commit()
    made = transfer(world, person, "2026-11-10", world.finance)
    moment = clock.now()
    gate, answers = Barrier(2), []

    def run(kind: str, values: dict[str, Any]) -> None:
        with app.app_context(), clock.frozen(moment):
            gate.wait()
            try:
                on = d("2026-12-01") if kind == "transfer" else NOW
                answers.append(carry_out(kind, person, on, issuer_id=world.city, **values))
            except HrmsError as error:
                answers.append(error)
            finally:
                db.session.remove()

    threads = [
        Thread(target=run, args=("cancellation", {"decision": made, "reason": "a"})),
        Thread(target=run, args=("transfer", {"agency": world.school})),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = stays(person)
    refused = [one for one in answers if isinstance(one, HrmsError)]
    # Whichever came first: the later one saw it. A transfer after the cancellation stands on the former agency.
    if refused:
        assert [stay[0] for stay in found] == [world.home, world.finance, world.school]
        assert {problem.code for problem in refused[0].problems} == {"rested_on"}
    else:
        assert [stay[0] for stay in found] == [world.home, world.school]
        assert found[0][2] == "2026-12-01"


@pytest.mark.committed
def test_the_same_twice_at_once_is_done_once(app: Flask, world: World, province: Actor) -> None:
    person = settled(world, province)
    db.session.commit()
    made = transfer(world, person, "2026-11-10", world.finance)
    moment = clock.now()
    gate, answers = Barrier(2), []

    def run(reason: str) -> None:
        with app.app_context(), clock.frozen(moment):
            gate.wait()
            try:
                answers.append(
                    carry_out("cancellation", person, NOW, issuer_id=world.city, decision=made, reason=reason)
                )
            except HrmsError as error:
                answers.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(reason,)) for reason in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (refused,) = [one for one in answers if isinstance(one, HrmsError)]
    assert {problem.code for problem in refused.problems} <= {"undone_already", "already_ended"}
    assert stays(person) == [(world.home, "2020-01-01", "", None)]
    assert len(relations()) == 1


def test_a_cancelled_appointment_gives_the_former_post_back(world: World, person: int) -> None:
    """A kind that knows nothing of cancellation can be taken back: what it touched was written down."""
    with scope.everything(), transaction():
        post = Fact("post", {"post_name": "Phó Trưởng phòng", "coefficient": "0,3"}, d("2022-01-01"))
        services.record_facts(Actor.system(), person, [post], Paper(old_data=True))
    own = {person: {"agency": world.home}}
    made = carry_out(
        "appointment", person, d("2026-11-10"), issuer_id=world.city, own=own, post="department_office_chief"
    )
    with scope.everything():
        assert rows_of(person, ["post"])["post"][0].decision_id == made
    cancel(world, person, made)
    with scope.everything():
        found = rows_of(person, ["post"])["post"]
    assert [(row.post_name, str(row.valid_from), row.valid_to) for row in found] == [
        ("Phó Trưởng phòng", "2022-01-01", None)
    ]
