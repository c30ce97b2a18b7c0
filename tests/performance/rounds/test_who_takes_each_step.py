"""Every step of a round tried by every account: the advising body prepares, exactly the head decides, nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound
from hrms.core.permissions import Permission
from hrms.performance.models import RatingRound
from hrms.performance.services import changing, deciding, gathering, groups, rounds, settling, solving
from tests.performance.rounds.making import (
    DECEMBER,
    JANUARY,
    MINUTES,
    acting,
    add_decision,
    add_months,
    add_people,
    decide,
    meet,
    of,
    open_round,
    publish,
    solve,
)
from tests.province import ACCOUNTS, MORE_ACCOUNTS, Province

CAM, HUNG = "Lý Thị Cẩm", "Nguyễn Văn Hùng"
ADVISERS = {"sonoivu", "tochuc", "thamdinh"}
DECIDER = {"thutruong"}
EITHER = ADVISERS | DECIDER
Act = Callable[[Actor, Province, int, int], Any]


def version(round_id: int) -> int:
    """Return the version of a round as somebody's page would have it."""
    with scope.everything():
        return db.session.get_one(RatingRound, round_id, populate_existing=True).version


def _change(actor: Actor, province: Province, made: int, _paper: int) -> None:
    one = of(province, made, CAM)
    changing.change(actor, one.id, "good", "Lý do", version=one.version)


def _remark(actor: Actor, province: Province, made: int, _paper: int) -> None:
    one = of(province, made, CAM)
    changing.remark(actor, one.id, "Tốt", version=one.version)


def _conclude(actor: Actor, province: Province, made: int, _paper: int) -> None:
    one = of(province, made, CAM)
    changing.conclude(actor, one.id, "degenerated", "Kết luận", holds=True, version=one.version)


def _supersede(actor: Actor, province: Province, made: int, paper: int) -> None:
    deciding.supersede(actor, of(province, made, CAM).id, "good", paper, "Kết quả sai")


STEPS: dict[str, tuple[str, set[str], Act]] = {
    "open": ("collecting", ADVISERS, lambda a, p, _made, _paper: rounds.open_round(a, p.agencies["B"], 2025)),
    "gather": ("collecting", ADVISERS, lambda a, _p, made, _paper: gathering.regather(a, made)),
    "propose groups": ("collecting", EITHER, lambda a, _p, made, _paper: groups.propose(a, made)),
    "add a group": ("collecting", EITHER, lambda a, _p, made, _paper: groups.add(a, made, "Một", {"roles": ["staff"]})),
    "approve groups": ("grouped", DECIDER, lambda a, _p, made, _paper: groups.approve(a, made)),
    "larger quota": (
        "collecting", DECIDER, lambda a, _p, made, _paper: rounds.set_outstanding(a, made, "QĐ", version=version(made)),
    ),
    "solve": ("collecting", EITHER, lambda a, _p, made, _paper: solving.solve(a, made)),
    "change while proposed": ("proposed", EITHER, _change),
    "remark": ("proposed", EITHER, _remark),
    "conclude": ("proposed", DECIDER, _conclude),
    "meet": (
        "proposed", EITHER,
        lambda a, _p, made, _paper: deciding.to_meeting(a, made, {"met_on": date(2026, 12, 3), **MINUTES}),
    ),
    "change in the meeting": ("meeting", DECIDER, _change),
    "back": ("meeting", EITHER, lambda a, _p, made, _paper: deciding.back_to_proposal(a, made, "Thiếu hồ sơ")),
    "decide": ("meeting", DECIDER, lambda a, _p, made, paper: deciding.decide(a, made, paper, date(2026, 12, 4))),
    "publish": ("decided", EITHER, lambda a, _p, made, _paper: deciding.publish(a, made, date(2026, 12, 5))),
    "settle": ("published", EITHER, lambda a, _p, made, _paper: settling.settle(a, made)),
    "supersede": ("published", DECIDER, _supersede),
    "cancel": (
        "meeting", EITHER, lambda a, _p, made, _paper: rounds.cancel(a, made, "Mở nhầm", version=version(made)),
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with clock.frozen(DECEMBER):
        yield


def _bring(province: Province, to: str) -> int:
    names = [CAM, HUNG, *add_people(province, 5)]
    for name in names:
        add_months(province, name, ["95" if name == CAM else "80"] * 12)
    for name in ("Võ Minh Đức", "Nguyen Van Hung"):
        add_months(province, name, ["75"] * 12)
    made = open_round(province)
    if to == "grouped":
        with acting(province, "sonoivu") as actor:
            groups.add(actor, made, "Tất cả", {"roles": ["staff", "head", "deputy"]})
    if to == "proposed":
        solve(province, made)
    elif to == "meeting":
        solve(province, made)
        meet(province, made)
    elif to == "decided":
        decide(province, made)
    elif to == "published":
        publish(province, made)
    return made


@pytest.mark.parametrize("step", STEPS)
def test_who_takes_a_step(province: Province, step: str) -> None:
    to, allowed, act = STEPS[step]
    made = _bring(province, to)
    paper = add_decision(province)
    passed = set()
    with clock.frozen(JANUARY if step == "settle" else DECEMBER):
        for who in (*ACCOUNTS, *MORE_ACCOUNTS):
            actor = province.actor(who)
            scope.enter_for(
                actor, Permission.PERFORMANCE_MANAGE, Permission.PERFORMANCE_RATE, Permission.PERFORMANCE_VIEW
            )
            try:
                act(actor, province, made, paper)
                passed.add(who)
            except (Forbidden, NotFound):
                pass
            db.session.rollback()
    assert passed == allowed
