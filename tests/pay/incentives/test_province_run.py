"""The rounds of a whole tree as one run; shares as JSON; what `hrms check` proves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.models import Task
from hrms.pay.models import IncentiveRound
from hrms.pay.queries import payout_lists
from hrms.pay.rules.schemes import Purpose, Step
from hrms.pay.services import sharing_all, simulating
from hrms.pay.services.sharing_all import Run
from tests.counting import statements
from tests.pay.incentives.making import (
    CAM,
    DUC,
    HUNG,
    HUNG2,
    acting,
    add_scheme,
    decide,
    model,
    open_round,
    rate,
    row,
    share,
    shares,
)
from tests.province import PEOPLE, Province

EVERYBODY = {name: "good" for name, *_rest in PEOPLE}


def run_all(province: Province, who: str = "sonoivu", **more: Any) -> sharing_all.Done:
    place = more.pop("place", "root")
    asked = {"year": 2026, "purpose": Purpose.BONUS, "step": Step.SETTLEMENT} | more
    return sharing_all.perform(province.actor(who), Run(province.agencies[place], **asked))


def test_every_agency_by_the_nearest_scheme(province: Province) -> None:
    rate(province, EVERYBODY)
    add_scheme(province, model("bonus_points"), "root")
    own = add_scheme(province, model("bonus_points"), "B")
    done = run_all(province)
    assert (done.refused, done.without) == ([], 0)
    with scope.everything():
        rounds = {one.agency_id: one for one in db.session.scalars(select(IncentiveRound))}
    paying = {province.agencies[one] for one in ("A", "B", "C", "C1")}
    assert set(rounds) == paying
    assert done.rounds == 4
    assert rounds[province.agencies["B"]].scheme_id == own
    again = run_all(province)
    assert again.rounds == 4
    with scope.everything():
        assert db.session.query(IncentiveRound).count() == 4


def test_what_is_decided_is_left_alone(province: Province) -> None:
    rate(province, EVERYBODY)
    add_scheme(province, model("bonus_points"), "root")
    run_all(province)
    with scope.everything():
        found = db.session.scalars(
            select(IncentiveRound.id).where(IncentiveRound.agency_id == province.agencies["B"])
        ).one()
    decide(province, found)
    before = row(found).version
    assert run_all(province).rounds == 3
    assert row(found).version == before


def test_a_run_equals_agency_by_agency(province: Province) -> None:
    rate(province, EVERYBODY)
    scheme = add_scheme(province, model("bonus_points"), "root")
    alone = open_round(province, scheme)
    share(province, alone)
    first = {name: one.amount for name, one in shares(province, alone).items()}
    run_all(province)
    assert {name: one.amount for name, one in shares(province, alone).items()} == first


def test_one_that_refuses_does_not_stop_the_others(province: Province) -> None:
    rate(province, EVERYBODY)
    scheme = add_scheme(province, model("bonus_points"), "root")
    bad = open_round(province, scheme, fund=10**12)
    done = run_all(province)
    assert done.rounds == 3
    assert [(name, problem.code) for name, problem in done.refused] == [("Sở Xây dựng", "above_limit")]
    assert row(bad).state == "draft"


def test_who_may_ask_for_a_run(province: Province) -> None:
    run = Run(province.agencies["root"], 2026, Purpose.BONUS, Step.SETTLEMENT)
    with acting(province, "tochuc") as actor, pytest.raises(Forbidden):
        sharing_all.share_all(actor, run)
    with acting(province) as actor, pytest.raises(Refused):
        sharing_all.share_all(actor, Run(run.root_id, 2026, Purpose.BONUS, Step.ADVANCE))
    with acting(province) as actor:
        assert sharing_all.share_all(actor, run) > 0


def test_the_statements_do_not_grow_with_the_people(province: Province) -> None:
    rate(province, EVERYBODY)
    scheme = add_scheme(province, model("bonus_points"), "root")
    counted = []
    for place in ("B", "C"):
        made = open_round(province, scheme, place=place)
        with statements() as found:
            share(province, made)
        counted.append(len(found))
    assert counted[0] == counted[1] < 40


def test_whole_parts_of_the_tree_for_what_if(province: Province) -> None:
    rate(province, EVERYBODY)
    terms = model("bonus_points")
    found = simulating.of_agencies(None, 2026, None, "Thử", terms)
    assert found.people == len(EVERYBODY)
    one = simulating.of_agencies([province.agencies["B"]], 2026, None, "Thử", terms)
    round_id = open_round(province, add_scheme(province, terms))
    share(province, round_id)
    assert one.paid == row(round_id).shared
    assert one.amounts == {province.people[name]: share_.amount for name, share_ in shares(province, round_id).items()}


def test_the_check_finds_what_does_not_add_up(province: Province) -> None:
    rate(province, EVERYBODY)
    round_id = open_round(province, add_scheme(province, model("bonus_points")))
    share(province, round_id)
    with scope.everything():
        assert payout_lists.wrong() == []
        db.session.execute(text("UPDATE incentive_rounds SET shared = shared + 1 WHERE id = :id"), {"id": round_id})
        assert len(payout_lists.wrong()) == 2


def test_shares_as_json_are_those_one_may_see(province: Province) -> None:
    rate(province, {DUC: "good", CAM: "good", HUNG: "good", HUNG2: "good"})
    round_id = open_round(province, add_scheme(province, model("bonus_points")))
    share(province, round_id)
    found = province.client("tochuc").get("/api/v1/incentives?year=2026&limit=3").json
    assert len(found["items"]) == 3
    assert found["items"][0]["amount"].isdigit()
    assert len(province.client("tochuc").get(f"/api/v1/incentives?after={found['next']}").json["items"]) == 1
    assert province.client("canbo").get("/api/v1/incentives").json["items"] == []
    assert province.client("thutruong").get("/api/v1/incentives").status_code == 403
    decide(province, round_id)
    own = province.client("canbo").get("/api/v1/incentives").json["items"]
    assert [one["person"]["id"] for one in own] == [province.people[HUNG]]


@pytest.mark.committed
def test_the_job_of_a_whole_tree(province: Province, run_jobs: Callable[[], None]) -> None:
    rate(province, EVERYBODY)
    add_scheme(province, model("bonus_points"), "root")
    browser = province.client("sonoivu")
    page = browser.get("/pay/incentives/all").text
    sent = {
        "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page)[0], "purpose": "bonus",
        "agency": str(province.agencies["root"]), "agency-text": "UBND thành phố Cần Thơ", "step": "settlement",
        "year": "2026", "quarter": "",
    }  # fmt: skip
    assert browser.post("/pay/incentives/all", data=sent | {"step": "advance"}).status_code == 422
    asked = browser.post("/pay/incentives/all", data=sent)
    assert asked.status_code == 303
    run_jobs()
    with scope.everything():
        task = db.session.scalars(select(Task)).one()
        assert (task.state, task.result["rounds"], task.result["refused"], task.total) == ("done", 4, [], 5)
    listed = browser.get("/pay/incentives").text
    assert "Sở Xây dựng" in listed


def test_pages_ask_a_fixed_number_of_statements(province: Province) -> None:
    rate(province, EVERYBODY)
    add_scheme(province, model("bonus_points"), "root")
    run_all(province)
    with scope.everything():
        rounds = {one.agency_id: one.id for one in db.session.scalars(select(IncentiveRound))}
    browser = province.client("sonoivu")
    for address, most in (
        ("/pay/incentives", 9), ("/pay/schemes", 8), (f"/pay/incentives/{rounds[province.agencies['B']]}", 14),
    ):  # fmt: skip
        browser.get(address)
        with statements() as seen:
            assert browser.get(address).status_code == 200
        assert len(seen) <= most, (address, seen)
