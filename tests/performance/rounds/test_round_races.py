"""Two who decide at once, two who change one class, and a province whose job is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.performance.services import deciding
from hrms.performance.services import province as steps
from tests.conftest import Database
from tests.performance.rounds.making import (
    DECEMBER,
    add_decision,
    add_months,
    add_people,
    meet,
    of,
    open_round,
    ratings,
    solve,
    state,
)
from tests.province import Province

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("province")]
CAM, HUNG = "Lý Thị Cẩm", "Nguyễn Văn Hùng"


def at_once(app: Flask, province: Province, acts: list[Callable[[object], object]], who: str) -> list[str]:
    """Let several do something at once, each in a transaction; return "done" or the code of the refusal."""
    told: list[str] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[object], object]) -> None:
        with app.app_context(), clock.frozen(DECEMBER):
            actor = province.actor(who)
            scope.enter_for(actor, Permission.PERFORMANCE_RATE, Permission.PERFORMANCE_VIEW)
            gate.wait()
            try:
                with transaction():
                    act(actor)
                told.append("done")
            except HrmsError as error:
                told.append(error.problems[0].code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def test_two_decide_at_once(app: Flask, province: Province) -> None:
    with clock.frozen(DECEMBER):
        for name in (CAM, HUNG):
            add_months(province, name, ["80"] * 12)
        made = open_round(province)
        solve(province, made)
        meet(province, made)
        decisions = [add_decision(province), add_decision(province)]
    db.session.remove()

    def act(decision: int) -> Callable[[object], object]:
        return lambda actor: deciding.decide(actor, made, decision, date(2026, 12, 4))  # type: ignore[arg-type]

    assert at_once(app, province, [act(one) for one in decisions], "thutruong") == ["done", "wrong_state"]
    assert state(made) == "decided"
    assert len({one.decision_id for one in ratings(made).values()}) == 1


def test_two_change_one_class_and_the_quota_stands(app: Flask, province: Province) -> None:
    with clock.frozen(DECEMBER):
        names = [CAM, HUNG, *add_people(province, 10)]
        for place, name in enumerate(names):
            add_months(province, name, ["95" if place < 4 else "80"] * 12)
        made = open_round(province)
        solve(province, made)
        reached = [of(province, made, name) for name in names[:4]]
        chosen = [one for one in reached if one.proposed == "excellent"]
        left = [one for one in reached if one.proposed == "good"]
        assert (len(chosen), len(left)) == (2, 2)
    db.session.remove()

    def lower(actor: object) -> object:
        return deciding.change(actor, chosen[0].id, "good", "Lý do", version=chosen[0].version)  # type: ignore[arg-type]

    assert at_once(app, province, [lower, lower], "thutruong") == ["done", "stale"]

    def lift(place: int) -> Callable[[object], object]:
        one = left[place]
        return lambda actor: deciding.change(actor, one.id, "excellent", "Lý do", version=one.version)  # type: ignore[arg-type]

    assert at_once(app, province, [lift(0), lift(1)], "thutruong") == ["done", "quota"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_province_goes_on_after_a_kill(database: Database, province: Province, home: Path, app: Flask) -> None:
    with clock.frozen(DECEMBER):
        for place in ("A", "B", "C", "A1"):
            for name in add_people(province, 20, place):
                add_months(province, name, ["95"] * 11)
    db.session.remove()
    script = (
        "import sys, time, config\n"
        "from hrms.app import create_app\n"
        "from hrms.core import clock\n"
        "from hrms.core.actor import Actor\n"
        "from hrms.performance.services import province\n"
        "from datetime import UTC, datetime\n"
        "app = create_app(config.Test())\n"
        "province.AT_ONCE = dict.fromkeys(province.AT_ONCE, 1)\n"
        "def report(done, total):\n"
        "    print(done, total, flush=True)\n"
        "    time.sleep(0.3)\n"
        "with app.app_context(), clock.frozen(datetime(2026, 12, 5, 3, tzinfo=UTC)):\n"
        "    found = province.run(Actor.system(), int(sys.argv[1]), 2026, sys.argv[2], report)\n"
        "    print('over', found.rounds, len(found.refused), flush=True)\n"
    )
    environment = {**os.environ, "HRMS_DATABASE_URL": database.url, "HRMS_HOME": str(home), "HRMS_ENV": "test"}

    def start(step: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", script, str(province.agencies["root"]), step], env=environment,
            stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[3],
        )  # fmt: skip

    def counted() -> tuple[int, int]:
        with scope.everything():
            row = db.session.execute(
                text("SELECT (SELECT count(*) FROM rating_rounds), (SELECT count(*) FROM ratings)")
            ).one()
        db.session.remove()
        return int(row[0]), int(row[1])

    process = start("open")
    assert process.stdout is not None
    # The third agency is being worked on when it dies.
    while process.stdout.readline().split()[:1] != [b"2"]:
        pass
    time.sleep(0.4)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    some = counted()
    again = start("open")
    said = again.communicate(timeout=120)[0].split(b"\n")
    assert again.returncode == 0
    whole = counted()
    assert said[-2].startswith(b"over")
    assert whole[0] >= some[0]
    with scope.everything():
        # Everybody is in one round, whose state is that of its people; nothing is half done.
        twice = db.session.execute(
            text("SELECT count(*) - count(DISTINCT person_id) FROM ratings WHERE superseded_at IS NULL")
        ).scalar_one()
        in_service = db.session.execute(
            text("SELECT count(*) FROM people_current WHERE status = 'serving'")
        ).scalar_one()
    db.session.remove()
    assert (twice, whole[1]) == (0, in_service)
    with clock.frozen(DECEMBER):
        none = steps.run(Actor.system(), province.agencies["root"], 2026, "open")
        assert none.rounds == 0
        solved = steps.run(Actor.system(), province.agencies["root"], 2026, "solve")
    # A unit without points waits for its classes; its name is told.
    assert solved.rounds >= 3
    assert all(problem.code == "without_class" for _name, problem in solved.refused)
