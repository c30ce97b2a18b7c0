"""The ledger of quotas: who may give, what is refused, what a cut leaves over, how entries are taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.audit.models import AuditEvent
from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.positions.models import Overage, QuotaMovement
from hrms.positions.queries import establishment
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import Movement, MovementKind
from hrms.positions.services import quotas
from tests.positions.seating import add_line, sit
from tests.province import Province

DAY = date(2026, 1, 1)
CIVIL, PUBLIC = QuotaKind.CIVIL, QuotaKind.PUBLIC
K = MovementKind


def give(
    province: Province,
    who: str,
    *rows: tuple[str, int],
    kind: MovementKind = K.ASSIGNED,
    on: date = DAY,
    acceptance: quotas.Acceptance | None = None,
    quota: QuotaKind = CIVIL,
) -> list[int]:
    """Give quotas to agencies by key as an account, in one unit."""
    actor = province.enter(who, Permission.POSITIONS_VIEW)
    entries = [quotas.entry(province.agencies[key], quota, kind, amount, on) for key, amount in rows]
    return quotas.write(actor, entries, decision_id=None, acceptance=acceptance)


def codes(refused: Refused) -> set[str]:
    """Return the codes of a refusal."""
    return {problem.code for problem in refused.problems}


def test_a_province_gets_its_quota_and_gives_it_on(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("A", 8), ("B", 6))
    found = establishment.read(province.actor("sonoivu"), DAY)
    root = found.of(province.agencies["root"], CIVIL)
    assert root is not None
    assert (root.quota.assigned, root.passed_on, root.own.assigned, root.unplaced) == (20, 14, 6, 6)
    office = found.of(province.agencies["A"], CIVIL)
    assert office is not None
    assert (office.own.present, office.own.unused, office.own.over) == (4, 4, 0)
    assert found.total(CIVIL).assigned == 20
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "quota.moved")).first()
    assert event is not None
    assert event.after is not None
    assert (event.after["movement"], event.after["quota_kind"]) == ("assigned", "civil")


def test_before_the_day_nothing_is_given(province: Province) -> None:
    give(province, "sonoivu", ("root", 20))
    found = establishment.read(province.actor("sonoivu"), date(2025, 12, 31))
    one = found.of(province.agencies["root"], CIVIL)
    assert one is not None
    assert not one.given


def test_more_than_the_parent_has_is_refused_with_all_that_is_wrong(province: Province) -> None:
    give(province, "sonoivu", ("root", 10))
    with pytest.raises(Refused) as refused:
        give(province, "sonoivu", ("A", 8), ("B", 6), ("C", 0))
    assert codes(refused.value) == {"not_covered", "zero"}
    assert db.session.scalar(select(db.func.count(QuotaMovement.id))) == 1


def test_the_quota_of_an_agency_is_given_from_above(province: Province) -> None:
    give(province, "sonoivu", ("root", 10))
    with pytest.raises(Forbidden):
        give(province, "tochuc", ("B", 4))
    with pytest.raises(NotFound):
        give(province, "tochuc", ("A", 4))


def test_the_two_quotas_are_never_added(province: Province) -> None:
    give(province, "sonoivu", ("root", 10))
    with pytest.raises(Refused) as refused:
        give(province, "sonoivu", ("root", -1), kind=K.ADJUSTED, quota=PUBLIC)
    assert codes(refused.value) == {"negative"}


def test_a_cut_below_the_present_needs_a_reason_and_is_written_down(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("A", 8))
    with pytest.raises(Refused) as refused:
        give(province, "sonoivu", ("A", -6), kind=K.ADJUSTED)
    assert codes(refused.value) == {"below_present"}
    give(
        province, "sonoivu", ("A", -6), kind=K.ADJUSTED,
        acceptance=quotas.Acceptance("Tinh giản theo lộ trình", date(2030, 12, 31)),
    )  # fmt: skip
    overage = db.session.scalars(select(Overage)).one()
    assert (overage.rule, overage.level, overage.excess, overage.solve_by) == ("quota", "civil", 2, date(2030, 12, 31))
    found = establishment.read(province.actor("sonoivu"), DAY).of(province.agencies["A"], CIVIL)
    assert found is not None
    assert (found.own.unused, found.own.over) == (0, 2)


def test_a_cut_counts_what_was_given_on_beside_the_people(province: Province) -> None:
    give(province, "sonoivu", ("root", 20), ("A", 8), ("A1", 3))
    with pytest.raises(Refused) as refused:
        give(province, "sonoivu", ("A", -4), kind=K.ADJUSTED)
    (problem,) = refused.value.problems
    assert problem.code == "below_present"
    assert (problem.params["passed"], problem.params["present"], problem.params["over"]) == (3, 2, 1)


def test_an_entry_is_taken_back_once(province: Province) -> None:
    first = give(province, "sonoivu", ("root", 20))[0]
    actor = province.actor("sonoivu")
    with pytest.raises(Refused) as refused:
        quotas.reverse(actor, first, reason=" ")
    assert codes(refused.value) == {"required"}
    quotas.reverse(actor, first, reason="Ghi nhầm năm")
    with pytest.raises(Refused) as refused:
        quotas.reverse(actor, first, reason="Lần nữa")
    assert codes(refused.value) == {"reversed_already"}
    one = establishment.read(actor, DAY).of(province.agencies["root"], CIVIL)
    assert one is not None
    assert one.quota.assigned == 0


def test_what_was_given_on_cannot_be_taken_back(province: Province) -> None:
    first, _second = give(province, "sonoivu", ("root", 20), ("A", 8))
    with pytest.raises(Refused) as refused:
        quotas.reverse(province.actor("sonoivu"), first, reason="Ghi nhầm")
    assert codes(refused.value) == {"not_covered"}


def test_the_reserve_lies_apart(province: Province) -> None:
    give(province, "sonoivu", ("root", 20))
    give(province, "sonoivu", ("root", 3), kind=K.RESERVE)
    one = establishment.read(province.actor("sonoivu"), DAY).of(province.agencies["root"], CIVIL)
    assert one is not None
    assert (one.quota.assigned, one.quota.reserve) == (20, 3)


def test_seats_are_allotted_by_the_agency_within_its_quota(province: Province) -> None:
    line = add_line(province, "B1", 0, key="cc.specialised.04")
    actor = province.enter("tochuc", Permission.POSITIONS_VIEW)
    entry = quotas.entry(province.agencies["B1"], CIVIL, K.ASSIGNED, 3, DAY, line)
    with pytest.raises(Refused) as refused:
        quotas.write(actor, [entry], decision_id=None)
    assert codes(refused.value) == {"no_quota"}
    give(province, "sonoivu", ("root", 20), ("B", 4))
    province.enter("tochuc", Permission.POSITIONS_VIEW)
    quotas.write(actor, [entry], decision_id=None)
    with pytest.raises(Refused) as refused:
        quotas.write(actor, [quotas.entry(province.agencies["B1"], CIVIL, K.ADJUSTED, 2, DAY, line)], decision_id=None)
    assert codes(refused.value) == {"not_covered"}
    figures = establishment.read(actor, DAY).lines[line].figures
    assert (figures.assigned, figures.present, figures.vacant) == (3, 0, 3)


def test_seats_below_those_who_sit_there_need_a_reason(province: Province) -> None:
    line = add_line(province, "B1", 0, key="cc.specialised.04")
    give(province, "sonoivu", ("root", 20), ("B", 4))
    actor = province.enter("tochuc", Permission.POSITIONS_VIEW)
    allot = quotas.entry(province.agencies["B1"], CIVIL, K.ASSIGNED, 2, DAY, line)
    quotas.write(actor, [allot], decision_id=None)
    with scope.everything():
        for name in ("Lý Thị Cẩm", "Nguyễn Văn Hùng"):
            sit(province, name, line, DAY)
    province.enter("tochuc", Permission.POSITIONS_VIEW)
    less = Movement(province.agencies["B1"], CIVIL, K.ADJUSTED, -1, DAY, line)
    with pytest.raises(Refused) as refused:
        quotas.write(actor, [less], decision_id=None)
    assert codes(refused.value) == {"below_present"}
    quotas.write(actor, [less], decision_id=None, acceptance=quotas.Acceptance("Giảm chỗ", date(2027, 7, 1)))
    assert db.session.scalars(select(Overage)).one().line_key == line


def test_whoever_saw_an_older_ledger_is_told(province: Province) -> None:
    give(province, "sonoivu", ("root", 20))
    actor = province.actor("sonoivu")
    seen = quotas.newest([province.agencies["root"]])
    entry = quotas.entry(province.agencies["root"], CIVIL, K.ADJUSTED, 1, DAY)
    quotas.write(actor, [entry], decision_id=None, seen=seen)
    with pytest.raises(Stale):
        quotas.write(actor, [entry], decision_id=None, seen=seen)
