"""Early raises: quotas of the fact sheet from the ledger, who may have one, within the quota, decided, not in a row."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, text

from hrms.core import clock, scope
from hrms.core.db import Base, db
from hrms.core.errors import Forbidden, Refused
from hrms.pay.services import early, raising
from hrms.positions.models import QuotaMovement
from tests.pay.making import add_official, set_rank
from tests.pay.path.making import (
    CAM,
    DUC,
    HUNG2,
    acting,
    decide,
    due_since,
    item,
    list_of,
    list_state,
    ranks,
    rate,
    reward,
    send,
    submission,
)
from tests.people.carrying_out import looked_at
from tests.performance.rounds.making import add_decision
from tests.province import TODAY, Province

YEAR = 2026
MARCH, APRIL = (datetime(2027, month, day, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")) for month, day in ((3, 31), (4, 1)))


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(TODAY):
        yield


def assign(province: Province, place: str, amount: int, kind: str = "civil") -> None:
    """Give an agency a headcount from the first of the year on."""
    row = {
        "agency_id": province.agencies[place], "quota_kind": kind, "kind": "assigned", "amount": amount,
        "effective_on": date(2026, 1, 1), "basis": "old_data",
    }  # fmt: skip
    with scope.everything():
        db.session.execute(insert(QuotaMovement), [row])
        db.session.commit()


def quotas(province: Province) -> dict[str, tuple[int, int, int, int]]:
    """Return assigned, own, remainder and pooled raises by place."""
    by_id = {found: place for place, found in province.agencies.items()}
    with scope.everything():
        rows = db.session.execute(text("SELECT * FROM early_quotas WHERE year = 2026"))
        return {by_id[row.agency_id]: (row.assigned, row.quota, row.remainder, row.given) for row in rows}


def share(province: Province, root: str = "root", who: str = "sonoivu") -> int:
    """Share the quota of the year out."""
    with acting(province, who) as actor:
        return early.assign_quota(actor, province.agencies[root], YEAR)


def propose(province: Province, place: str = "B", who: str = "tochuc") -> int:
    """Make the early list of an agency."""
    with acting(province, who) as actor:
        return early.propose(actor, province.agencies[place], YEAR)


def test_forty_seven_people_give_four_and_seven_are_reported_upward(province: Province) -> None:
    assign(province, "B", 47)
    assert share(province) == 1
    # The province pools seven alone: less than ten, so nothing comes back.
    assert quotas(province) == {"B": (47, 4, 7, 0)}


def test_remainders_are_pooled_and_given_first_to_units_under_ten(province: Province) -> None:
    assign(province, "root", 200)
    for place, amount in (("A", 47), ("B", 56), ("C", 17)):
        assign(province, place, amount)
    assign(province, "C1", 9, "public")
    # The province's own: 200 less what was given on.
    assert share(province) == 5
    found = quotas(province)
    assert {place: row[:3] for place, row in found.items()} == {
        "root": (80, 8, 0), "A": (47, 4, 7), "B": (56, 5, 6), "C": (17, 1, 7), "C1": (9, 0, 9),
    }  # fmt: skip
    assert sum(row[3] for row in found.values()) == 2
    assert found["C1"][3] == 1
    total = sum(row[1] + row[3] for row in found.values())
    assert total == (80 + 47 + 56 + 17 + 9) // 10
    assert share(province) == 5
    assert quotas(province) == found


def test_a_quota_covers_what_is_passed_on_and_divisions_count_with_their_agency(province: Province) -> None:
    assign(province, "B", 30)
    assign(province, "B1", 12)
    share(province)
    assert quotas(province) == {"B": (30, 3, 0, 0)}


def test_without_a_ledger_nothing_is_shared(province: Province) -> None:
    with pytest.raises(Refused) as refused:
        share(province)
    assert refused.value.problems[0].code == "no_headcount"
    with pytest.raises(Refused) as refused:
        propose(province)
    assert refused.value.problems[0].code == "no_quota"


def test_the_vectors_of_the_fact_sheet(province: Province) -> None:
    assign(province, "B", 20)
    share(province)
    # Regular 01/9/2027, eight months lacking at 31/12/2026: eligible, from 01/9/2026 at the earliest.
    due_since(province, CAM, date(2024, 9, 1))
    reward(province, CAM, 2025, "prime_minister_merit")
    # Regular 01/3/2028, fourteen months lacking: not.
    due_since(province, HUNG2, date(2025, 3, 1), step=5, coefficient="3.66")
    reward(province, HUNG2, 2025, "prime_minister_merit")
    list_id = propose(province)
    found = item(province, CAM)
    assert (found.state, found.due_on, found.effective_on, found.early_months, found.to_step) == (
        "proposed", date(2027, 9, 1), date(2026, 9, 1), 12, 3,
    )  # fmt: skip
    assert item(province, HUNG2) is None
    (sent,) = send(province, list_id)
    one = submission(sent)
    assert (one.kind, one.state) == ("early_raise", "appraised")
    decide(province, sent)
    after = ranks(province, CAM)[-1]
    assert (after.valid_from, after.step, after.coefficient, after.step_since) == (
        date(2026, 9, 1), 3, Decimal("3.00"), date(2026, 9, 1),
    )  # fmt: skip
    assert list_state(list_id) == "decided"


def test_no_merit_no_raise_and_the_level_says_how_early(province: Province) -> None:
    assign(province, "B", 30)
    share(province)
    due_since(province, CAM, date(2024, 9, 1))
    due_since(province, HUNG2, date(2024, 10, 1), step=5, coefficient="3.66")
    reward(province, HUNG2, 2024, "emulation_unit", title=True)
    # Before the window of six years, and an award the regulation does not name.
    reward(province, CAM, 2020, "prime_minister_merit")
    reward(province, CAM, 2025, "commendation")
    propose(province)
    assert item(province, CAM) is None
    found = item(province, HUNG2)
    assert (found.early_months, found.effective_on) == (6, date(2027, 4, 1))


def test_an_unsatisfactory_year_bars(province: Province) -> None:
    assign(province, "B", 30)
    share(province)
    set_rank(province, CAM, "2.67", step=2, since=date(2024, 9, 1))
    rate(province, CAM, [2024], "unsatisfactory")
    rate(province, CAM, [2025])
    reward(province, CAM, 2025, "prime_minister_merit")
    propose(province)
    assert item(province, CAM) is None


def test_the_quota_holds_and_equals_wait_for_a_choice(province: Province) -> None:
    assign(province, "B", 20)
    share(province)
    names = [CAM, HUNG2, *(f"Người Giỏi {number}" for number in range(3))]
    for name in names[2:]:
        add_official(province, name)
    for place, name in enumerate(names):
        due_since(province, name, date(2024, 9, 1))
        reward(province, name, 2025, "prime_minister_merit" if place == 0 else "province_merit")
    propose(province)
    states = {name: item(province, name).state for name in names}
    # One place is left for four who are alike: nobody is chosen among them but by people.
    assert states == {CAM: "proposed"} | dict.fromkeys(names[1:], "left_out")
    chosen, other = item(province, HUNG2), item(province, names[2])
    with acting(province, "tochuc") as actor:
        early.choose(actor, chosen.id, months=5, version=chosen.version)
    assert (item(province, HUNG2).effective_on, item(province, HUNG2).state) == (date(2027, 4, 1), "proposed")
    with acting(province, "tochuc") as actor, pytest.raises(Refused) as refused:
        early.choose(actor, other.id, version=other.version)
    assert refused.value.problems[0].code == "over_quota"
    with acting(province, "tochuc") as actor, pytest.raises(Refused) as refused:
        early.choose(actor, chosen.id, months=13, version=chosen.version + 1)
    assert refused.value.problems[0].code == "months"


def test_not_twice_in_a_row_and_former_merits_do_not_count(province: Province) -> None:
    assign(province, "B", 30)
    share(province)
    due_since(province, CAM, date(2024, 9, 1))
    reward(province, CAM, 2025, "prime_minister_merit")
    list_id = propose(province)
    (sent,) = send(province, list_id)
    decide(province, sent)
    # The step held came early; three years on another award does not help.
    with clock.frozen(datetime(2028, 11, 20, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))):
        rate(province, CAM, [2026, 2027])
        reward(province, CAM, 2028, "prime_minister_merit")
        row = text("UPDATE early_quotas SET year = 2028")
        with scope.everything():
            db.session.execute(row)
            db.session.commit()
        with acting(province, "tochuc") as actor:
            early.propose(actor, province.agencies["B"], 2028)
    assert item(province, CAM).state == "decided"


def test_the_quota_lapses_after_the_first_quarter(province: Province) -> None:
    assign(province, "B", 30)
    share(province)
    due_since(province, CAM, date(2024, 9, 1))
    reward(province, CAM, 2025, "prime_minister_merit")
    with clock.frozen(MARCH):
        rate(province, CAM, [2026])
        list_id = propose(province)
    with clock.frozen(APRIL):
        with pytest.raises(Refused) as refused:
            propose(province)
        assert refused.value.problems[0].code == "quota_lapsed"
        with pytest.raises(Refused) as refused:
            send(province, list_id)
        assert refused.value.problems[0].code == "quota_lapsed"


def test_nobody_chooses_themself_and_a_manager_nobody(province: Province) -> None:
    assign(province, "B", 10)
    share(province)
    due_since(province, DUC, date(2024, 9, 1))
    reward(province, DUC, 2025, "prime_minister_merit")
    propose(province)
    found = item(province, DUC)
    with pytest.raises(Forbidden):
        propose(province, who="thutruong")
    with acting(province, "thutruong") as actor, pytest.raises(Forbidden):
        early.choose(actor, found.id, version=found.version)


def test_a_notice_of_retirement_gives_one_step_outside_the_quota(province: Province) -> None:
    due_since(province, CAM, date(2024, 9, 1))
    person = province.people[CAM]
    decision = add_decision(province)
    row = {
        "person_id": person, "decision_id": decision, "kind": "retirement_notice", "happens_on": date(2027, 4, 30),
        "values": {"noticed_on": "2026-11-01"}, "effects": [], "moment": clock.now(),
    }  # fmt: skip
    with scope.everything():
        db.session.execute(insert(Base.metadata.tables["person_papers"]).values(**row))
        db.session.commit()
    list_id = list_of(province, "B", 2026, 4)
    found = item(province, CAM)
    assert (found.kind, found.due_on, found.effective_on) == ("retirement", date(2027, 9, 1), date(2026, 11, 1))
    if found.state == "left_out":
        with acting(province, "tochuc") as actor:
            raising.include(actor, found.id, version=found.version)
    known = {one.code: one for one in looked_at("early_raise", person, TODAY.date(), list=list_id).conditions}
    assert known["early_notice"].outcome == "met"
    assert "early_quota" not in known


def test_an_early_raise_not_signed_before_the_quota_lapses_is_not_signed(province: Province) -> None:
    assign(province, "B", 30)
    share(province)
    due_since(province, CAM, date(2024, 9, 1))
    reward(province, CAM, 2025, "prime_minister_merit")
    with clock.frozen(MARCH):
        rate(province, CAM, [2026])
        (sent,) = send(province, propose(province))
        assert submission(sent).state == "appraised"
    with clock.frozen(APRIL), pytest.raises(Refused) as refused:
        decide(province, sent)
    assert "early_allowed" in {one.code for one in refused.value.problems}
