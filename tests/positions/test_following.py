"""An assignment ends when the person no longer bears it, on the paper that says so, and comes back with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from hrms.core import dated, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.people import services
from hrms.people.models import PersonCurrent, PersonPaper
from hrms.people.services import Fact
from hrms.positions.models import Assignment, EstablishmentLine, JobPosition, QuotaMovement
from hrms.positions.services.facts import unborne
from tests.people.carrying_out import carry_out
from tests.people.conftest import OLD, World, today, world

__all__ = ["today", "world"]
START = date(2026, 1, 1)


@pytest.fixture
def province(world: World) -> Actor:
    found = world.province
    scope.enter_for(found, Permission.PEOPLE_FACT)
    return found


def line(agency_id: int, key: str = "cc.commune.II.17") -> int:
    with scope.everything(), transaction():
        position = db.session.scalar(select(JobPosition).where(JobPosition.key == key))
        assert position is not None, key
        made = db.session.execute(
            insert(EstablishmentLine)
            .values(
                agency_id=agency_id, position_id=position.id, quota_kind=position.quota_kind, shares={}, code="II.17"
            )
            .returning(EstablishmentLine.id)
        )
        line_id = int(made.scalar_one())
        db.session.execute(
            insert(QuotaMovement).values(
                agency_id=agency_id, line_id=line_id, quota_kind=position.quota_kind, kind="assigned", amount=1,
                effective_on=START, basis="old_data",
            )
        )  # fmt: skip
        return line_id


def assigned(province: Actor, person_id: int, line_id: int, role: str = "main", **more: Any) -> None:
    with transaction():
        fact = Fact("assignment", {"line_id": line_id, "role": role, **more}, START)
        services.record_facts(province, person_id, [fact], OLD)


def seats(person_id: int) -> list[tuple[int, str, str]]:
    """Return line, first day and the day after the last of what is known now, oldest first."""
    with scope.everything():
        rows = dated.history(Assignment, {"person_id": person_id})
        return [(row.line_id, str(row.valid_from), str(row.valid_to or "")) for row in reversed(rows)]


@pytest.fixture
def seated(world: World, province: Actor) -> tuple[int, int]:
    with transaction():
        person_id = world.person(province)
    line_id = line(world.home)
    assigned(province, person_id, line_id)
    return person_id, line_id


def test_the_record_names_the_position_of_the_main_seat(world: World, seated: tuple[int, int]) -> None:
    person_id, line_id = seated
    with scope.everything():
        row = db.session.get_one(PersonCurrent, person_id)
        assert (row.line_id, row.job_position, row.position_code) == (line_id, "Chuyên viên nội vụ", "II.17")


def test_a_transfer_ends_the_seat_and_its_cancellation_brings_it_back(
    world: World, seated: tuple[int, int], province: Actor
) -> None:
    person_id, line_id = seated
    made = carry_out("transfer", person_id, date(2026, 11, 10), issuer_id=world.city, agency=world.finance)
    assert seats(person_id) == [(line_id, "2026-01-01", "2026-11-10")]
    with scope.everything():
        paper = db.session.scalars(select(PersonPaper).where(PersonPaper.decision_id == made)).one()
        assert "assignment" in {effect["fact"] for effect in paper.effects}
        assert db.session.get_one(PersonCurrent, person_id).line_id is None
    values = {"decision": made, "reason": "Ban hành không đúng thẩm quyền"}
    carry_out("cancellation", person_id, date(2026, 11, 20), issuer_id=world.city, **values)
    assert seats(person_id) == [(line_id, "2026-01-01", "")]
    with scope.everything():
        assert db.session.get_one(PersonCurrent, person_id).line_id == line_id
        assert list(unborne([person_id])) == []


def test_a_leaver_frees_the_seat_from_the_right_day(
    world: World, seated: tuple[int, int], province: Actor, context: Flask
) -> None:
    person_id, line_id = seated
    with transaction():
        values = {"status": "retired", "kind": "civil_servant"}
        services.put_status(province, person_id, values, date(2027, 3, 1), OLD)
    assert seats(person_id) == [(line_id, "2026-01-01", "2027-03-01")]
    taken = db.session.execute(
        db.text("SELECT valid_to FROM seats_taken(ARRAY[CAST(:line AS bigint)], '2026-01-01', NULL)"),
        {"line": line_id},
    ).scalars()
    assert list(taken) == [date(2027, 3, 1)]


def test_other_seats_last_while_their_own_membership_does(world: World, province: Actor) -> None:
    with transaction():
        person_id = world.person(province)
    home, school, elsewhere = line(world.home), line(world.school), line(world.finance)
    assigned(province, person_id, home)
    assigned(province, person_id, school, "concurrent")
    with transaction():
        services.put_agency(province, person_id, "seconded_in", world.finance, START, OLD)
    assigned(province, person_id, elsewhere, "seconded")
    assert {one[0] for one in seats(person_id)} == {home, school, elsewhere}
    with transaction():
        row = next(f for f in services.facts.rows_of(person_id, ["agency"])["agency"] if f.membership == "seconded_in")
        services.end_fact(province, person_id, "agency", row.id, date(2026, 12, 31), OLD)
    assert (elsewhere, "2026-01-01", "2027-01-01") in seats(person_id)
    assert (school, "2026-01-01", "") in seats(person_id)


def test_a_seat_elsewhere_is_refused(world: World, province: Actor) -> None:
    with transaction():
        person_id = world.person(province)
    other = line(world.finance)
    with pytest.raises(Refused) as refused:
        assigned(province, person_id, other)
    assert [problem.code for problem in refused.value.problems] == ["not_a_member"]
    assert seats(person_id) == []
