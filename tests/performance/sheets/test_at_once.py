"""Two who work on one sheet at once: one after the other, and nothing that either wrote is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.performance.models import SheetEvent
from hrms.performance.rules.work import FindingKind
from hrms.performance.services import findings, periods, reckoning, sheets
from hrms.performance.services.sheets import Judgement
from tests.performance.making import GENERAL_27_5, PERFECT, add_holder, add_item, add_period, add_sheet, points
from tests.province import Province

WHO = "Nguyễn Văn Hùng"
P = Permission

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("context")]


def decimals(said: dict[str, str]) -> dict[str, Decimal | None]:
    return {code: Decimal(value) for code, value in said.items()}


def at_once(app: Flask, *works: tuple[Actor, Callable[[], Any]]) -> list[Any]:
    """Do each in a thread of its own, in a unit of its own, all begun together; returns results or refusals."""
    start = Barrier(len(works))

    def run(work: tuple[Actor, Callable[[], Any]]) -> Any:
        actor, step = work
        with app.app_context():
            scope.enter_for(actor, P.PERFORMANCE_VIEW, P.PERFORMANCE_MANAGE, P.PERFORMANCE_SCORE, P.PERFORMANCE_ASSIGN)
            start.wait()
            try:
                with transaction():
                    return step()
            except HrmsError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def events(sheet: int) -> list[str]:
    with scope.everything():
        found = db.session.query(SheetEvent.what).filter_by(sheet_id=sheet).order_by(SheetEvent.id)
        return [what for (what,) in found]


def test_two_managers_on_one_sheet_lose_nothing(province: Province, app: Flask) -> None:
    """The head and the delegate score from the same page: one is taken, the other is told to look again."""
    head = add_holder(province, "truongphong", Role.HEAD, "B1")
    delegate = add_holder(province, "thay", Role.DELEGATE, "B1", capacity="KT.", actions=["score"])
    for month in range(1, 5):
        sheet = add_sheet(province, WHO, number=month)
        one, two = add_item(sheet), add_item(sheet)
        full = {one: Judgement(done=True), two: Judgement(done=True)}
        half = {one: Judgement(done=True), two: Judgement(done=False)}
        results = at_once(
            app,
            (head, lambda s=sheet, j=full: sheets.score(head, s, decimals(PERFECT), None, "A", j, version=1)),
            (
                delegate,
                lambda s=sheet, j=half: sheets.score(delegate, s, decimals(GENERAL_27_5), None, "B", j, version=1),
            ),
        )
        won = [one for one in results if isinstance(one, Decimal)]
        assert [type(one) for one in results if not isinstance(one, Decimal)] == [Stale]
        row = points(sheet)
        assert won == [row["score"]]
        assert (row["score"], row["note"]) in {(Decimal(100), "A"), (Decimal("62.5"), "B")}
        assert events(sheet) == ["scored"]


def test_a_finding_and_a_score_at_once_are_both_in_the_points(province: Province, app: Flask) -> None:
    """HR writes down a failed check while the head scores: whoever comes second reckons with both."""
    head = add_holder(province, "truongphong", Role.HEAD, "B1")
    chief = province.actor("thutruong")
    for month in range(1, 7):
        period = add_period(province, year=2026, number=month)
        sheet = add_sheet(province, WHO, period, state="self_scored")
        item = add_item(sheet)
        results = at_once(
            app,
            (
                head,
                lambda s=sheet, i=item: sheets.score(
                    head, s, decimals(PERFECT), None, "", {i: Judgement(done=True)}, version=1
                ),
            ),
            (
                chief,
                lambda i=item: findings.find(
                    chief, i, FindingKind.FAILED_CHECK, date(2026, 11, 1), "Sai số liệu", excused=False
                ),
            ),
        )
        row = points(sheet)
        refused = [one for one in results if isinstance(one, HrmsError)]
        # The finding changes the points the head saw: then the head looks again. Either way they agree with the work.
        assert all(isinstance(one, Stale | Refused) or one.status == 403 for one in refused)
        with scope.everything():
            assert list(reckoning.differences()) == []
        assert row["state"] in {"scored", "self_scored"}


def test_publishing_twice_at_once_publishes_once(province: Province, app: Flask) -> None:
    period = add_period(province)
    sheet = add_sheet(province, WHO, period, state="scored")
    officers = [province.actor("tochuc"), province.actor("sonoivu")]
    results = at_once(app, *((one, lambda a=one: sheets.publish(a, period)) for one in officers))
    assert sorted(one for one in results if isinstance(one, int)) in ([1], [0, 1])
    assert events(sheet) == ["published"]


def test_opening_twice_at_once_gives_everybody_one_sheet(province: Province, app: Flask) -> None:
    officers = [province.actor("tochuc"), province.actor("sonoivu")]
    place = province.agencies["B"]
    results = at_once(app, *((one, lambda a=one: periods.open_period(a, place, 2026, "month", 10)) for one in officers))
    assert len(set(results)) == 1
    with scope.everything():
        assert db.session.query(SheetEvent).filter_by(what="opened").count() == 4
