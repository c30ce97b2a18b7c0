"""Making and editing records: every problem, both locks, the trail."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.audit.models import AuditEvent
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.people import services
from hrms.people.models import Person, PersonCurrent
from hrms.people.services import Paper
from tests.people.conftest import OLD, World


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in refused.value.problems}


@pytest.fixture
def province(world: World) -> Actor:
    found = world.province
    scope.enter_for(found, Permission.PEOPLE_EDIT)
    return found


def test_a_new_record_has_its_first_facts_and_its_current_row(world: World, province: Actor) -> None:
    person_id = world.person(province, rank={"rank_code": "01.003", "step": "3"}, using_agency_id=world.school)
    row = db.session.get_one(PersonCurrent, person_id)
    assert (row.status, row.kind, row.agency_id, row.managing_agency_id) == (
        "serving", "civil_servant", world.school, world.home,
    )  # fmt: skip
    assert (row.rank_code, row.pay_group, row.step, str(row.coefficient)) == ("01.003", "A1", 3, "3.000")
    assert row.next_step_on == date(2023, 1, 1)
    assert row.retires_on == date(2048, 4, 30)
    assert row.scope_ids == [0, world.city, world.home, world.school]
    event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.person_id == person_id)).one()
    assert event.action == "person.created"
    assert event.agency_name == "Trường Chính trị"
    assert event.after["rank.step"] == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"national_id": "09218800001"}, ("national_id", "id_length")),
        ({"national_id": "09218800000a"}, ("national_id", "id_not_digits")),
        ({"sex": "male"}, ("national_id", "id_sex_mismatch")),
        ({"birth_date": "1989-04-12"}, ("national_id", "id_year_mismatch")),
        ({"full_name": "=cmd()"}, ("full_name", "name_formula")),
        ({"full_name": "Á" * 5000}, ("full_name", "name_too_long")),
        ({"full_name": ""}, ("full_name", "required")),
        ({"birth_date": "30/02/1988"}, ("birth_date", "no_such_day")),
        ({"birth_date": "hôm qua"}, ("birth_date", "not_a_date")),
        ({"ethnic_group": "không có"}, ("ethnic_group", "unknown_code")),
        ({"height_cm": "cao"}, ("height_cm", "not_a_number")),
        ({"home_town": "x" * 5000}, ("home_town", "too_long")),
        ({"shoe_size": "40"}, ("shoe_size", "unknown_field")),
    ],
)
def test_each_wrong_value_is_named(
    world: World, province: Actor, values: dict[str, str], expected: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        world.person(province, values=values)
    assert expected in codes(refused)
    assert db.session.scalar(db.select(db.func.count()).select_from(Person)) == 0


def test_all_problems_come_at_once(world: World, province: Actor) -> None:
    with pytest.raises(Refused) as refused:
        world.person(
            province, values={"national_id": "123", "email": "không phải"}, paper=Paper(),
            rank={"rank_code": "01.003", "coefficient": "9,99"},
        )  # fmt: skip
    assert {
        ("decision", "decision_required"), ("national_id", "id_length"), ("email", "email_form"),
        ("coefficient", "coefficient_not_in_scale"),
    } <= codes(refused)  # fmt: skip


def test_a_number_that_disagrees_passes_with_a_reason(world: World, province: Actor) -> None:
    person_id = world.person(province, values={"sex": "male", "id_override_reason": "Đã cải chính giới tính"})
    assert db.session.get_one(Person, person_id).sex == "male"


def test_a_number_on_file_is_named_here_and_only_said_to_be_taken_elsewhere(world: World, province: Actor) -> None:
    number = "092188004567"
    world.person(
        province, values={"national_id": number}, using_agency_id=world.finance, managing_agency_id=world.finance
    )
    with pytest.raises(Refused) as seen:
        world.person(province, values={"national_id": number})
    assert seen.value.problems[0].params["name"] == "Đặng Thị Ngọc Ánh"
    officer = world.officer
    scope.enter_for(officer, Permission.PEOPLE_CREATE)
    with pytest.raises(Refused) as hidden:
        world.person(officer, values={"national_id": number})
    assert codes(hidden) == {("national_id", "taken")}
    assert not hidden.value.problems[0].params


def test_somebody_of_the_same_name_and_birth_date_is_asked_about(world: World, province: Actor) -> None:
    world.person(province)
    with pytest.raises(Refused) as refused:
        world.person(province, not_duplicate=False)
    assert codes(refused) == {("not_duplicate", "same_name_and_birth")}


def test_an_agency_outside_the_officers_scope_is_refused_with_its_name(world: World) -> None:
    officer = world.officer
    scope.enter_for(officer, Permission.PEOPLE_CREATE)
    with pytest.raises(Refused) as refused:
        world.person(officer, using_agency_id=world.finance, managing_agency_id=world.finance)
    assert codes(refused) == {("using_agency_id", "agency_out_of_scope")}
    assert refused.value.problems[0].params["agency"] == "Sở Tài chính"
    # The agency above may manage: it sees everyone under it anyway.
    assert world.person(officer, managing_agency_id=world.city)


def test_only_who_may_create_creates(world: World) -> None:
    with pytest.raises(Forbidden):
        world.person(world.actor(Role.HEAD, world.home))


def test_editing_changes_what_differs_and_says_when_nothing_does(world: World, province: Actor) -> None:
    person_id = world.person(province)
    version = db.session.get_one(Person, person_id).version
    done = services.edit_person(
        province, person_id, {"full_name": "Đặng Thị Ngọc Ảnh", "phone": "0912345678"}, version=version
    )
    assert (done.written, done.version) == (2, version + 1)
    row = db.session.get_one(PersonCurrent, person_id, populate_existing=True)
    assert (row.full_name, row.version) == ("Đặng Thị Ngọc Ảnh", version + 1)
    again = services.edit_person(province, person_id, {"phone": "0912345678"}, version=version)
    assert (again.written, again.unchanged) == (0, 1)
    with pytest.raises(Stale):
        services.edit_person(province, person_id, {"phone": "0912345679"}, version=version)
    event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.edited")).one()
    assert event.before == {"full_name": "Đặng Thị Ngọc Ánh", "phone": None}


def test_an_old_mistake_elsewhere_does_not_stop_a_correction(world: World, province: Actor) -> None:
    person_id = world.person(province)
    db.session.execute(db.update(Person).where(Person.id == person_id).values(email="sai"))
    assert services.edit_person(province, person_id, {"phone": "0912345678"}).written == 1
    with pytest.raises(Refused):
        services.edit_person(province, person_id, {"email": "vẫn sai"})


def test_guarded_groups_need_their_own_permission(world: World, province: Actor) -> None:
    person_id = world.person(province)
    limited = Actor(
        None, "mã truy cập", province.grants, limited_to=frozenset({Permission.PEOPLE_VIEW, Permission.PEOPLE_EDIT})
    )
    with pytest.raises(Forbidden):
        services.edit_person(limited, person_id, {"party_joined_on": "2015-02-03"})
    assert services.edit_person(province, person_id, {"party_joined_on": "3/2/2015"}).written == 1
    assert db.session.get_one(Person, person_id).party_joined_on == "2015-02-03"


def test_a_record_outside_the_scope_is_not_found(world: World, province: Actor) -> None:
    person_id = world.person(province, using_agency_id=world.finance, managing_agency_id=world.finance)
    officer = world.officer
    scope.enter_for(officer, Permission.PEOPLE_EDIT)
    with pytest.raises(NotFound):
        services.edit_person(officer, person_id, {"phone": "0912345678"})


def test_oneself_is_read_not_written(world: World, province: Actor) -> None:
    person_id = world.person(province)
    own = world.actor(Role.OFFICIAL, world.home, person_id=person_id)
    scope.enter_for(own, Permission.SELF_VIEW)
    assert db.session.get(Person, person_id, populate_existing=True) is not None
    with pytest.raises(Forbidden):
        services.edit_person(own, person_id, {"phone": "0912345678"})


def test_service_that_begins_later_is_visible_to_the_keeper_of_the_file(world: World, province: Actor) -> None:
    person_id = world.person(province, since=date(2027, 1, 1), paper=OLD)
    row = db.session.get_one(PersonCurrent, person_id)
    assert (row.status, row.managing_agency_id, row.next_change_on) == (None, world.home, date(2027, 1, 1))
    assert row.scope_ids == [0, world.city, world.home]
