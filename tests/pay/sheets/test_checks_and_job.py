"""`hrms check` bites, and the province's job computes every agency once, also when it was stopped halfway."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from hrms.agencies.models import AgencyFact
from hrms.core import clock, dated, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.models import Task
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.pay.models import PayRun
from hrms.pay.queries import run_checks
from hrms.pay.queries.gathering import Reckoner, gather
from hrms.pay.queries.paying import Payers
from hrms.pay.services import computing
from hrms.people.queries import law
from tests.counting import statements
from tests.pay.making import OFFICER, add_official, set_rank
from tests.pay.sheets.running import amounts, approve, at, close, compute, run
from tests.province import Province

OCTOBER = at(10)


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ("UPDATE pay_lines SET amount = amount + 1 WHERE code = 'salary'", "phiếu"),
        ("UPDATE pay_slips SET net = net + 1", "phiếu"),
        ("UPDATE pay_runs SET people = people + 1", "bảng lương"),
        ("UPDATE pay_slips SET state = 'approved'", "bảng lương"),
        ("UPDATE pay_lines SET for_month = for_month + interval '1 month'", "phiếu"),
    ],
)
def test_sums_are_checked(province: Province, spoiled: str, says: str) -> None:
    compute(province, OCTOBER)
    with scope.everything():
        assert run_checks.sums() == []
        db.session.execute(text(spoiled))
        assert any(says in sentence for sentence in run_checks.sums())


def test_amounts_are_checked_against_the_kept_facts(province: Province) -> None:
    made = compute(province, OCTOBER)
    person = province.people[OFFICER]
    with scope.everything():
        assert run_checks.amounts() == []
        facts = db.session.execute(
            text("SELECT facts FROM pay_slips WHERE run_id = :run AND person_id = :person"),
            {"run": made, "person": person},
        ).scalar_one()
        facts[0]["facts"]["coefficient"] = "4.98"
        db.session.execute(
            text("UPDATE pay_slips SET facts = CAST(:facts AS jsonb) WHERE run_id = :run AND person_id = :person"),
            {"facts": json.dumps(facts), "run": made, "person": person},
        )
        assert len(run_checks.amounts()) == 1


@pytest.mark.committed
def test_the_job_computes_every_agency_below(province: Province, run_jobs: Callable[[], None]) -> None:
    approve(province, compute(province, OCTOBER, "C"))
    actor = province.enter("sonoivu", Permission.PAY_MANAGE)
    with transaction():
        task = computing.compute_all(actor, province.agencies["root"], OCTOBER)
    run_jobs()
    with scope.everything():
        found = db.session.get_one(Task, task)
        assert (found.state, found.result) == ("done", {"sheets": 3, "refused": []})
        runs = db.session.scalars(select(PayRun).order_by(PayRun.agency_id)).all()
        assert [(one.agency_id, one.state) for one in runs] == [
            (province.agencies["A"], "computed"), (province.agencies["B"], "computed"),
            (province.agencies["C"], "approved"), (province.agencies["C1"], "computed"),
        ]  # fmt: skip
        assert sum(one.people for one in runs) == 12


def test_stopped_halfway_the_job_goes_on_with_what_is_left(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "AT_ONCE", 1)
    since = dated.recording_moment()
    actor = province.enter("sonoivu", Permission.PAY_MANAGE)
    done = 0

    class Stop(Exception):
        pass

    def stop(count: int, _total: int) -> None:
        nonlocal done
        done = count
        if count == 3:
            raise Stop

    with pytest.raises(Stop):
        computing.run_all(actor, province.agencies["root"], OCTOBER, since=since, report=stop)
    with scope.everything():
        before = {one.agency_id: one.version for one in db.session.scalars(select(PayRun))}
    assert before
    again = computing.run_all(actor, province.agencies["root"], OCTOBER, since=since)
    assert again.sheets == 4 - len(before)
    with scope.everything():
        after = {one.agency_id: one.version for one in db.session.scalars(select(PayRun))}
    assert {key: after[key] for key in before} == before


def test_the_job_is_asked_for_where_one_may(province: Province) -> None:
    actor = province.enter("tochuc", Permission.PAY_MANAGE)
    with pytest.raises(Forbidden), transaction():
        computing.compute_all(actor, province.agencies["root"], OCTOBER)
    with pytest.raises(Refused), transaction():
        computing.compute_all(actor, province.agencies["B"], date(2030, 1, 1))


def test_statements_do_not_grow_with_people(province: Province) -> None:
    compute(province, OCTOBER)
    few = _count(province)
    for number in range(30):
        add_official(province, f"Lê Văn Số {number}", place="B1")
    assert _count(province) == few


def _count(province: Province) -> int:
    actor = province.enter("sonoivu", Permission.PAY_MANAGE)
    with statements() as seen, transaction():
        computing.compute(actor, province.agencies["B"], OCTOBER)
    return len(seen)


def test_a_division_moved_to_another_agency_is_paid_there_from_that_day_on(province: Province) -> None:
    """The tree of the day decides: months before stay where they were paid."""
    person = province.people["Lý Thị Cẩm"]
    close(province, at(8), at(9))
    with scope.everything():
        division, here, there = (province.agencies[key] for key in ("B1", "B", "C"))
        values = {"name": "Phòng Quy hoạch", "kind": "division", "parent_id": there, "closed": False}
        dated.replace(AgencyFact, {"agency_id": division}, values, valid_from=OCTOBER)
        db.session.execute(
            text("UPDATE agencies SET parent_id = :there, scope_ids = :path WHERE id = :id"),
            {"id": division, "there": there, "path": [*province.paths["C"], division]},
        )
        db.session.commit()
        payers = Payers.read()
        assert payers.pays(division, date(2026, 9, 30)) == here
        assert payers.pays(division, date(2026, 10, 1)) == there
    made = compute(province, OCTOBER)
    assert amounts(made, person) == amounts(made, person, at(8)) == {}
    assert amounts(compute(province, OCTOBER, "C"), person) == {"salary": Decimal(6755100)}


def test_as_known_then(province: Province) -> None:
    """`known_on` answers by what the record said at an instant."""
    person = province.people[OFFICER]
    then = dated.recording_moment()
    set_rank(province, OFFICER, "5.08", since=OCTOBER, rank="01.002", group="A2.1", step=3)
    with scope.everything():
        old = list(gather(OCTOBER, at(11), person_ids=[person], known_on=then))
        new = list(gather(OCTOBER, at(11), person_ids=[person]))
    assert [one.stretches[0].facts.coefficient for one in (*old, *new)] == [Decimal("4.740"), Decimal("5.080")]


def test_a_step_follows_a_scale_that_changed_and_an_agreed_coefficient_does_not(province: Province) -> None:
    person, other = province.people[OFFICER], province.people["Lý Thị Cẩm"]
    set_rank(province, "Lý Thị Cẩm", "2.70", since=at(1), step=2)
    row = {
        "catalogue": "pay_scales", "table": "2", "group": "A2.1", "months_per_step": "36", "step": "2",
        "coefficient": "5.00", "valid_from": "2026-10-01", "source": "thử", "mark": "U",
    }  # fmt: skip
    with scope.everything(), law.supposing([row]):
        found = {one.person_id: one for one in gather(OCTOBER, at(11), person_ids=[person, other])}
        assert found[person].stretches[0].facts.coefficient == Decimal("5.00")
        assert found[other].stretches[0].facts.coefficient == Decimal("2.70")
        assert "not_of_scale" in {doubt.code for doubt in found[other].doubts}
        assert Reckoner().month(found[person], OCTOBER).lines[0].amount == Decimal(12650000)


def test_nothing_is_computed_ahead_of_next_month(province: Province) -> None:
    assert clock.today() < date(2026, 12, 1)
    assert run(compute(province, date(2026, 12, 1))).month == date(2026, 12, 1)
