"""Lines of an agency: which position it may have, what it writes to it, and what a reorganisation does to its seats."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.agencies import services as agencies
from hrms.agencies.models import Agency
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.people import services as people
from hrms.people.models import PersonCurrent
from hrms.people.services import Fact, Paper
from hrms.positions.models import EstablishmentLine, JobPosition, QuotaMovement
from hrms.positions.queries import establishment
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import MovementKind
from hrms.positions.services import lines, quotas
from tests.positions.seating import add_line, sit
from tests.positions.test_quotas import CIVIL, DAY, codes, give
from tests.province import Province

OFFICER, COMMUNE, HEAD, TEACHER = "cc.specialised.04", "cc.commune.II.17", "vc.pl1.001", "vc.pl2.067"


def position(key: str) -> int:
    return int(db.session.scalars(select(JobPosition.id).where(JobPosition.key == key)).one())


def test_a_line_is_of_a_catalogue_the_agency_uses(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    for place, key in (("B1", COMMUNE), ("C", OFFICER), ("B", TEACHER), ("C1", OFFICER)):
        with pytest.raises(Refused) as refused:
            lines.open_line(actor, province.agencies[place], position(key), on=date(2026, 8, 1))
        assert codes(refused.value) == {"wrong_catalogue"}, (place, key)
    for place, key in (("B1", OFFICER), ("C", COMMUNE), ("C1", "ct.support.02")):
        lines.open_line(actor, province.agencies[place], position(key), on=DAY)


def test_a_manager_of_public_employees_is_attached_to_a_position(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    day = date(2026, 8, 1)
    with pytest.raises(Refused) as refused:
        lines.open_line(actor, province.agencies["C1"], position(HEAD), on=day)
    assert codes(refused.value) == {"base_required"}
    with pytest.raises(Refused) as refused:
        lines.open_line(
            actor, province.agencies["C1"], position(HEAD), on=day, values={"base_position_id": position(HEAD)}
        )
    assert codes(refused.value) == {"base_unfit"}
    base = {"base_position_id": position(TEACHER)}
    made = lines.open_line(actor, province.agencies["C1"], position(HEAD), on=day, values=base)
    assert made.quota_kind == "public"


def test_a_position_not_yet_in_force_and_twice_the_same_are_refused(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    with pytest.raises(Refused) as refused:
        lines.open_line(actor, province.agencies["C1"], position(TEACHER), on=date(2026, 6, 30), seats=-1)
    assert codes(refused.value) == {"position_not_in_force", "negative"}
    lines.open_line(actor, province.agencies["C1"], position(TEACHER), on=date(2026, 7, 1))
    with pytest.raises(Refused) as refused:
        lines.open_line(actor, province.agencies["C1"], position(TEACHER), on=date(2026, 7, 1))
    assert codes(refused.value) == {"line_taken"}


def test_shares_stay_below_the_law_and_within_the_position(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    for shares, code in (({"grade:4": 60}, "share_above_law"), ({"grade:1": 10}, "grade_not_used")):
        with pytest.raises(Refused) as refused:
            lines.open_line(
                actor, province.agencies["C1"], position(TEACHER), on=date(2026, 8, 1), values={"shares": shares}
            )
        assert codes(refused.value) == {code}
    made = lines.open_line(
        actor, province.agencies["C1"], position(TEACHER), on=date(2026, 8, 1), values={"shares": {"grade:4": 30}}
    )
    assert made.shares == {"grade:4": 30}


def test_a_new_code_reaches_the_current_rows_of_who_sits_there(province: Province) -> None:
    line = add_line(province, "B1", 2, key=OFFICER)
    sit(province, "Lý Thị Cẩm", line, DAY)
    actor = province.enter("tochuc", Permission.POSITIONS_VIEW)
    version = db.session.get_one(EstablishmentLine, line).version
    assert lines.edit_line(actor, line, {"code": "SXD.07"}, version=version)
    with pytest.raises(Stale):
        lines.edit_line(actor, line, {"code": "SXD.08"}, version=version)
    assert not lines.edit_line(actor, line, {"code": "SXD.07"})
    row = db.session.scalars(
        select(PersonCurrent.position_code).where(PersonCurrent.person_id == province.people["Lý Thị Cẩm"])
    ).one()
    assert row == "SXD.07"


def test_a_line_closes_when_its_seats_go(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("B", 4))
    line = add_line(province, "B1", 2, key=OFFICER)
    actor = province.enter("tochuc", Permission.POSITIONS_VIEW)
    lines.close_line(actor, line, on=date(2026, 6, 1), decision_id=None)
    read = establishment.read(actor, date(2026, 6, 1)).lines[line].figures
    assert read.assigned == 0
    with pytest.raises(Refused) as refused:
        lines.close_line(actor, line, on=date(2026, 6, 1), decision_id=None)
    assert codes(refused.value) == {"no_seats"}


SYSTEM, AT = Actor.system(), date(2026, 9, 1)


def merged(province: Province, gone: str, heir: str, *names: str) -> None:
    """Move everybody named and close a unit in favour of another, in one unit each."""
    with scope.everything(), transaction():
        for name in names:
            facts = [
                Fact("agency", {"membership": membership, "agency_id": province.agencies[heir]}, AT)
                for membership in ("using", "managing")
            ]
            people.record_facts(SYSTEM, province.people[name], facts, Paper(old_data=True))
    with scope.everything(), transaction():
        unit = db.session.get_one(Agency, province.agencies[gone])
        agencies.close_agency(SYSTEM, unit, closed_on=AT, merged_into_id=province.agencies[heir])


def quota(province: Province, key: str, day: date, kind: QuotaKind = CIVIL) -> int:
    with scope.everything():
        one = establishment.read(SYSTEM, day).of(province.agencies[key], kind)
    return one.quota.assigned if one else 0


B1_PEOPLE = ("Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung")


def test_seats_bring_their_quota_along_to_another_office(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("A", 6), ("B", 8))
    line = add_line(province, "B1", 3, key=OFFICER)
    merged(province, "B1", "A1", *B1_PEOPLE)
    assert [quota(province, key, AT) for key in ("root", "A", "B")] == [20, 9, 5]
    assert [quota(province, key, date(2026, 8, 31)) for key in ("root", "A", "B")] == [20, 6, 8]
    heir = db.session.scalars(
        select(EstablishmentLine).where(EstablishmentLine.agency_id == province.agencies["A1"])
    ).one()
    with scope.everything():
        read = establishment.read(SYSTEM, AT)
    assert read.lines[heir.id].figures.assigned == 3
    assert line not in read.lines
    assert {m.kind for m in db.session.scalars(select(QuotaMovement).where(QuotaMovement.effective_on == AT))} == {
        "merged"
    }


def test_an_own_quota_passes_to_the_heir(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("A", 6), ("B", 8), ("A1", 2), ("B1", 3))
    merged(province, "B1", "A1", *B1_PEOPLE)
    assert [quota(province, key, AT) for key in ("A", "A1", "B")] == [9, 5, 5]
    with scope.everything(), transaction():
        unit = db.session.get_one(Agency, province.agencies["B1"])
        agencies.reopen_agency(SYSTEM, unit, valid_from=AT)
    assert [quota(province, key, AT) for key in ("A", "A1", "B", "B1")] == [6, 2, 8, 3]


def test_standing_again_is_refused_when_the_heir_gave_it_on(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("A", 6), ("B", 8), ("A1", 2), ("B1", 3))
    merged(province, "B1", "A1", *B1_PEOPLE)
    line = add_line(province, "A1", 0, key=OFFICER)
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    entry = quotas.entry(province.agencies["A1"], CIVIL, MovementKind.ASSIGNED, 5, date(2026, 10, 1), line)
    quotas.write(actor, [entry], decision_id=None)
    with scope.everything(), pytest.raises(Refused) as refused:
        agencies.reopen_agency(SYSTEM, db.session.get_one(Agency, province.agencies["B1"]), valid_from=AT)
    assert codes(refused.value) == {"not_covered"}


def test_a_dissolved_unit_gives_its_quota_back(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("B", 8), ("B1", 3))
    merged(province, "B1", "B", *B1_PEOPLE)
    assert [quota(province, key, AT) for key in ("root", "B")] == [20, 8]
    with scope.everything():
        one = establishment.read(SYSTEM, AT).of(province.agencies["B"], CIVIL)
    assert one is not None
    assert (one.own.assigned, one.own.present) == (8, 4)


def test_nothing_is_given_to_what_is_closed(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("B", 8))
    merged(province, "B1", "B", *B1_PEOPLE)
    with pytest.raises(Refused) as refused:
        give(province, "sonoivu", ("B1", 1))
    assert codes(refused.value) == {"agency_closed"}
