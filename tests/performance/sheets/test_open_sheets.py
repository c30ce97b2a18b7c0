"""Everybody in service at the end of a period has a sheet where they work, scored by whom the decree names."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, text, update

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.people.models import PersonAbsence, PersonAgency, PersonStatus
from hrms.performance.models import SheetEvent
from hrms.training.queries.learners import post_groups
from tests.performance.making import (
    MONTH,
    PUBLIC,
    YEAR,
    add_period,
    add_post,
    add_regulation,
    add_sheet,
    points,
    set_id,
)
from tests.province import Province

HEAD, DEPUTY, STAFF, OTHER = "Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"
OLD = {"basis": "old_data"}

pytestmark = pytest.mark.usefixtures("context")


def opened(period_id: int) -> int:
    """Open the sheets of a period as the services do; returns how many."""
    with scope.everything():
        params = {"period": period_id, "groups": json.dumps(post_groups())}
        made = db.session.execute(text("SELECT open_sheets(:period, CAST(:groups AS jsonb), 'thử', 1)"), params)
        found = int(made.scalar_one())
        db.session.commit()
    return found


def placed(*names: int) -> int:
    """Take the sheets of people who moved along; returns how many changed."""
    with scope.everything():
        params = {"ids": list(names), "groups": json.dumps(post_groups())}
        found = db.session.execute(text("SELECT place_sheets(:ids, CAST(:groups AS jsonb), 'thử', 1)"), params)
        changed = int(found.scalar_one())
        db.session.commit()
    return changed


def sheets(province: Province) -> dict[str, Any]:
    """Return the current sheets by name of the person."""
    names = {person: name for name, person in province.people.items()}
    with scope.everything():
        rows = db.session.execute(text("SELECT * FROM score_sheets WHERE superseded_at IS NULL ORDER BY id")).all()
    return {names[row.person_id]: row for row in rows}


def write(statement: Any) -> None:
    with scope.everything():
        db.session.execute(statement)
        db.session.commit()


def serves(province: Province, name: str, until: date | None = None, kind: str = "civil_servant") -> None:
    """Write the person's status anew: facts are superseded, never changed."""
    person = province.people[name]
    old = update(PersonStatus).where(PersonStatus.person_id == person, PersonStatus.superseded_at.is_(None))
    write(old.values(superseded_at=clock.now()))
    write(
        insert(PersonStatus).values(
            person_id=person, status="serving", kind=kind, valid_from=date(2024, 3, 1), valid_to=until, **OLD
        )
    )


def moves(province: Province, name: str, to: str, on: date, membership: str = "using") -> None:
    """Take somebody to another agency from a day on."""
    person = province.people[name]
    if membership == "using":
        write(
            update(PersonAgency)
            .where(PersonAgency.person_id == person, PersonAgency.membership == "using")
            .values(superseded_at=clock.now())
        )
        came = insert(PersonAgency).values(
            person_id=person, membership="using", slot=0, agency_id=province.agencies["B1"],
            valid_from=date(2024, 3, 1), valid_to=on, **OLD,
        )  # fmt: skip
        write(came)
    write(
        insert(PersonAgency).values(
            person_id=person, membership=membership, slot=0, agency_id=province.agencies[to], valid_from=on, **OLD
        )
    )


def test_everybody_of_the_agency_and_its_divisions_has_a_sheet_scored_by_whom_the_decree_names(
    province: Province,
) -> None:
    add_post(province, HEAD, "department_director", "B")
    add_post(province, DEPUTY, "division_head", "B1")
    add_post(province, OTHER, "division_deputy", "B1")
    period = add_period(province)

    assert opened(period) == 4
    found = sheets(province)
    told = {name: (row.role, row.agency_id, row.authority_id) for name, row in found.items()}
    at = province.agencies
    assert told == {
        HEAD: ("head", at["B"], at["root"]),
        DEPUTY: ("head", at["B1"], at["B"]),
        STAFF: ("staff", at["B1"], at["B1"]),
        OTHER: ("deputy", at["B1"], at["B1"]),
    }
    assert {(row.period_id, row.year, row.kind, row.number, row.state) for row in found.values()} == {
        (period, YEAR, "month", MONTH, "open")
    }
    assert {row.set_id for row in found.values()} == {set_id()}
    with scope.everything():
        assert {one.what for one in db.session.query(SheetEvent)} == {"opened"}


def test_opening_again_adds_only_who_has_no_sheet(province: Province) -> None:
    period = add_period(province)
    add_sheet(province, STAFF, period, state="self_scored")
    assert opened(period) == 3
    assert opened(period) == 0
    assert sheets(province)[STAFF].state == "self_scored"


def test_a_service_unit_below_is_no_part_of_the_agency(province: Province) -> None:
    """The school under the ward uses its own people: its period is its own."""
    add_regulation(province, "C1")
    assert opened(add_period(province, "C")) == 1  # the other at the ward is a cadre, classified by the Party
    assert opened(add_period(province, "C1")) == 2
    assert {row.set_id for row in sheets(province).values()} == {set_id(), set_id(PUBLIC)}


def test_public_employees_without_a_regulation_have_no_sheet(province: Province) -> None:
    assert opened(add_period(province, "C1")) == 0
    add_regulation(province, "C", valid_from=date(2026, 11, 1))
    assert opened(add_period(province, "C1", number=9)) == 0
    assert opened(add_period(province, "C1", number=11)) == 2


@pytest.mark.parametrize(("said", "count"), [(False, 0), (True, 1)])
def test_contracts_are_scored_only_where_the_agency_says_so(province: Province, *, said: bool, count: int) -> None:
    serves(province, "Phạm Quốc Đạt", kind="contract")
    add_regulation(province, "C", code="335/2025", contract=said)
    assert opened(add_period(province, "C")) == count


def test_who_leaves_before_the_end_or_is_away_throughout_has_none(province: Province) -> None:
    serves(province, STAFF, date(2026, 10, 31))
    away = {"absence_kind": "maternity_leave", **OLD}
    write(insert(PersonAbsence).values(person_id=province.people[OTHER], valid_from=date(2026, 9, 1), **away))
    write(
        insert(PersonAbsence).values(
            person_id=province.people[DEPUTY], valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 31), **away
        )
    )
    opened(add_period(province))
    assert set(sheets(province)) == {HEAD, DEPUTY}


def test_who_is_lent_is_scored_by_the_receiver(province: Province) -> None:
    moves(province, STAFF, "A1", date(2026, 10, 5), "seconded_in")
    assert opened(add_period(province)) == 3
    opened(add_period(province, "A"))
    assert sheets(province)[STAFF].authority_id == province.agencies["A1"]


def test_nobody_is_scored_for_a_month_and_for_its_quarter(province: Province) -> None:
    add_sheet(province, STAFF, add_period(province, number=12))
    assert opened(add_period(province, kind="quarter", number=4)) == 3
    assert opened(add_period(province, number=11)) == 1


def test_the_sheet_of_who_moved_travels_with_its_work(province: Province) -> None:
    here, there = add_period(province), add_period(province, "A")
    opened(here)
    sheet = sheets(province)[STAFF]
    moves(province, STAFF, "A1", date(2026, 10, 20))
    assert placed(*province.people.values()) == 1
    found = points(sheet.id)
    assert (found["agency_id"], found["authority_id"]) == (province.agencies["A1"], province.agencies["A1"])
    assert (found["period_id"], found["version"]) == (there, sheet.version + 1)
    assert placed(*province.people.values()) == 0
    assert opened(there) + opened(here) == 4  # those of Sở Nội vụ


def test_the_sheet_of_who_left_ends_and_a_scored_one_stays(province: Province) -> None:
    period = add_period(province)
    one, two = add_sheet(province, STAFF, period), add_sheet(province, OTHER, period, state="scored")
    for name in (STAFF, OTHER):
        serves(province, name, date(2026, 10, 20))
    assert placed(province.people[STAFF], province.people[OTHER]) == 1
    assert points(one)["superseded_at"] is not None
    assert points(two)["superseded_at"] is None


@pytest.mark.parametrize(("place", "deciding"), [("root", "root"), ("A", "A"), ("A1", "A"), ("B1", "B"), ("C1", "C1")])
def test_the_deciding_agency_is_the_nearest_that_is_no_division(province: Province, place: str, deciding: str) -> None:
    found = db.session.execute(text("SELECT deciding_agency(:id)"), {"id": province.agencies[place]}).scalar_one()
    assert found == province.agencies[deciding]
