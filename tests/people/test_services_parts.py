"""The tables of the form: rows added, changed, removed, brought back; and looks at guarded data."""

from __future__ import annotations

from typing import Any

import pytest

from hrms.audit.models import AuditEvent, ReadMark
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.people.models import Education, FamilyMember, Person, WorkPeriod
from hrms.people.services.looking import note_views, reveal_national_id
from hrms.people.services.parts import MODELS, add_part, edit_part, remove_part, restore_part
from tests.people.conftest import World

ROWS: dict[str, dict[str, Any]] = {
    "education": {"section": "professional", "from_on": "9/2006", "to_on": "6/2010", "institution": "Đại học Cần Thơ",
                  "major": "Luật", "degree": "bachelor"},
    "work": {"from_on": "8/2014", "agency_name": "Sở Nội vụ", "position": "Chuyên viên"},
    "old_regime": {"from_on": "1972", "to_on": "1975", "position": "Nhân viên", "unit": "Ty Kiến thiết"},
    "foreign_tie": {"organisation": "Hội hữu nghị", "address": "Tokyo"},
    "reward": {"year": "2024", "emulation_title": "advanced_worker"},
    "discipline": {"side": "administration", "form": "reprimand", "from_on": "5/2020"},
    "rating": {"year": "2024", "rating": "good"},
    "family": {"side": "own", "relation": "mother", "full_name": "Lê Thị Hoa", "birth_year": "1960"},
}  # fmt: skip


@pytest.fixture
def province(world: World) -> Actor:
    found = world.province
    scope.enter_for(found, Permission.PEOPLE_EDIT)
    return found


@pytest.fixture
def person(world: World, province: Actor) -> int:
    return world.person(province)


@pytest.mark.parametrize("table", list(ROWS))
def test_a_row_lives_and_comes_back(world: World, province: Actor, person: int, table: str) -> None:
    assert add_part(province, person, table, ROWS[table]).written == 1
    assert add_part(province, person, table, ROWS[table]).unchanged == 1
    row = db.session.scalars(db.select(MODELS[table])).one()
    last = list(ROWS[table])[-1]
    kept = {name: getattr(row, name) for name in ROWS[table]}
    done = edit_part(province, person, table, row.id, ROWS[table], version=99)
    assert done.unchanged == 1
    remove_part(province, person, table, row.id, version=row.version)
    assert db.session.scalars(db.select(MODELS[table])).all() == []
    assert restore_part(province, person, table, row.id).written == 1
    back = db.session.scalars(db.select(MODELS[table])).one()
    assert {name: getattr(back, name) for name in ROWS[table]} == kept
    events = db.session.scalars(
        db.select(AuditEvent).where(AuditEvent.entity == row_entity(table)).order_by(AuditEvent.id)
    ).all()
    assert [event.action.rpartition(".")[2] for event in events] == ["added", "removed", "added"]
    assert f"{table}.{last}" in events[0].after


def row_entity(table: str) -> str:
    return {"work": "work_period"}.get(table, table)


@pytest.mark.parametrize(
    ("table", "change", "expected"),
    [
        ("education", {"section": ""}, ("section", "required")),
        ("education", {"to_on": "1/2005"}, ("to_on", "dates_out_of_order")),
        ("education", {"form": "nowhere"}, ("form", "unknown_code")),
        ("work", {"agency_name": "x" * 900}, ("agency_name", "too_long")),
        ("work", {"salary": "1"}, ("salary", "unknown_field")),
        ("reward", {"year": "2099"}, ("year", "year_in_future")),
        ("rating", {"rating": "fine"}, ("rating", "unknown_code")),
        ("family", {"birth_year": "1999"}, ("birth_year", "relative_too_young")),
        ("family", {"relation": "wife"}, ("relation", "spouse_sex")),
    ],
)
def test_each_wrong_row_is_named(
    world: World, province: Actor, person: int, table: str, change: dict[str, str], expected: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        add_part(province, person, table, {**ROWS[table], **change})
    assert expected in {(p.field, p.code) for p in refused.value.problems}
    assert db.session.scalars(db.select(MODELS[table])).all() == []


def test_a_second_mother_and_a_second_rating_of_a_year_are_refused(world: World, province: Actor, person: int) -> None:
    add_part(province, person, "family", ROWS["family"])
    with pytest.raises(Refused) as refused:
        add_part(province, person, "family", {**ROWS["family"], "full_name": "Trần Thị Mai"})
    assert refused.value.problems[0].code == "relation_twice"
    add_part(province, person, "rating", ROWS["rating"])
    with pytest.raises(Refused) as refused:
        add_part(province, person, "rating", {**ROWS["rating"], "rating": "excellent"})
    assert refused.value.problems[0].code == "year_taken"


def test_a_stale_row_and_anothers_row_are_refused(world: World, province: Actor, person: int) -> None:
    add_part(province, person, "work", ROWS["work"])
    row = db.session.scalars(db.select(WorkPeriod)).one()
    edit_part(province, person, "work", row.id, {"position": "Chuyên viên chính"}, version=1)
    assert (row.version, row.agency_name) == (2, "Sở Nội vụ")
    with pytest.raises(Stale):
        edit_part(province, person, "work", row.id, {"position": "Khác"}, version=1)
    other = world.person(province)
    with pytest.raises(NotFound):
        remove_part(province, other, "work", row.id)
    with pytest.raises(NotFound):
        add_part(province, person, "hobbies", {})


def test_guarded_tables_need_their_own_permission(world: World, province: Actor, person: int) -> None:
    limited = Actor(
        None, "mã truy cập", province.grants, limited_to=frozenset({Permission.PEOPLE_VIEW, Permission.PEOPLE_EDIT})
    )
    with pytest.raises(Forbidden):
        add_part(limited, person, "family", ROWS["family"])
    assert add_part(limited, person, "education", ROWS["education"]).written == 1
    assert db.session.scalars(db.select(FamilyMember)).all() == []
    assert db.session.scalars(db.select(Education)).one().from_on == "2006-09"


def test_a_reveal_is_logged_and_counted(world: World, province: Actor, person: int) -> None:
    number = reveal_national_id(province, person)
    assert number == db.session.get_one(Person, person).national_id
    assert db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.revealed_id")).one()
    assert db.session.scalars(db.select(ReadMark)).all() == []
    head = world.actor(Role.HEAD, world.home)
    scope.enter_for(head, Permission.PEOPLE_VIEW)
    with pytest.raises(Forbidden):
        reveal_national_id(head, person)
    own = world.actor(Role.OFFICIAL, world.home, person_id=person)
    scope.enter_for(own, Permission.SELF_VIEW)
    assert reveal_national_id(own, person) == number


def test_a_view_of_a_guarded_group_is_logged_once_a_day(world: World, province: Actor, person: int) -> None:
    found = db.session.get_one(Person, person)
    guards = ["people.sensitive.party", "people.sensitive.family", "people.sensitive.origin"]
    assert note_views(province, found, guards)
    assert not note_views(province, found, guards)
    assert note_views(province, found, ["people.sensitive.health", "people.sensitive.party"])
    events = db.session.scalars(
        db.select(AuditEvent).where(AuditEvent.action == "person.viewed").order_by(AuditEvent.id)
    )
    assert [event.after for event in events] == [{"groups": ["family", "party"]}, {"groups": ["health"]}]
    with pytest.raises(Forbidden):
        note_views(world.actor(Role.HEAD, world.home), found, ["people.sensitive.family"])
    own = world.actor(Role.OFFICIAL, world.home, person_id=person)
    assert not note_views(own, found, guards)
