"""Two imports at once, a file applied while records are edited, and a process killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.people.importer.run import PeopleRun
from tests.conftest import Database
from tests.imports.bringing import HEADER, ROWS, book, bring, changed, one
from tests.province import TODAY, Province

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("province")]


def test_two_imports_of_one_file_make_everybody_once(app: Flask, tmp_path: Path) -> None:
    rows = [(f"NV-{n}", f"Lê Văn {('Ba', 'Tư', 'Năm')[n % 3]}", "Nam", "1980", "", "Công chức", "Sở Nội vụ",
             *[""] * 10) for n in range(300)]  # fmt: skip
    path = book(tmp_path / "a.xlsx", rows)
    answers: list[dict[str, Any]] = []

    def run() -> None:
        with app.app_context(), clock.frozen(TODAY):
            answers.append(bring(path))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answer["created"] for answer in answers) == [0, 300]
    assert sorted(answer["unchanged"] for answer in answers) == [0, 300]
    assert one("SELECT count(*) FROM people WHERE staff_code LIKE 'NV-%'")[0] == 300
    assert (
        one("SELECT count(*) FROM person_status s JOIN people p ON p.id = s.person_id WHERE staff_code LIKE 'NV-%'")[0]
        == 300
    )


def test_a_record_edited_while_the_file_is_read_is_compared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(TODAY):
        bring(book(tmp_path / "a.xlsx"))
        lock, edits = PeopleRun.lock, []

        def edited_first(self: PeopleRun) -> Any:
            if not edits:
                edits.append(1)
                with db.engine.begin() as connection:
                    connection.execute(text("SELECT set_config('hrms.scope', '{0}', true)"))
                    connection.execute(
                        text("UPDATE people SET phone = '0988777666', version = version + 1 WHERE staff_code = 'NV-1'")
                    )
            return lock(self)

        monkeypatch.setattr(PeopleRun, "lock", edited_first)
        answer = bring(book(tmp_path / "b.xlsx", changed(0, Số_điện_thoại="0912000333")))
    assert (answer["updated"], edits) == (1, [1])
    person = one("SELECT phone, version FROM people WHERE staff_code = 'NV-1'")
    assert tuple(person) == ("0912000333", 3)
    before = one(
        "SELECT before FROM import_effects e JOIN import_batches b ON b.id = e.batch_id ORDER BY b.id DESC LIMIT 1"
    )[0]
    assert before["phone"] == "0988777666"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_process_killed_at_any_moment_leaves_nothing_or_everything(
    database: Database, province: Province, home: Path, tmp_path: Path
) -> None:
    rows = [(f"NV-{n}", "Lê Văn Sáng", "Nam", "1980", "", "Công chức", "Sở Nội vụ", *[""] * 10) for n in range(1500)]
    path = book(tmp_path / "a.xlsx", [*ROWS, *[row for row in rows if row[0] not in {"NV-1", "NV-2", "NV-3"}]], HEADER)
    people = one("SELECT count(*) FROM people")[0]
    script = (
        "import sys, config\n"
        "from hrms.app import create_app\n"
        "app = create_app(config.Test())\n"
        "print('ready', flush=True)\n"
        "from tests.imports.bringing import bring\n"
        "from pathlib import Path\n"
        "with app.app_context():\n"
        "    print(bring(Path(sys.argv[1]))['created'], flush=True)\n"
    )
    environment = {**os.environ, "HRMS_DATABASE_URL": database.url, "HRMS_HOME": str(home), "HRMS_ENV": "test"}
    chance = random.Random(20261121)
    whole = 0
    for attempt in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.02, 1.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for _wait in range(100):
            busy = one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")[0]
            if not busy:
                break
            time.sleep(0.1)
        found = one("SELECT count(*) FROM people")[0] - people
        applied = one("SELECT count(*) FROM import_batches WHERE state = 'applied'")[0]
        assert found in {0, 1500}, attempt
        assert one("SELECT count(*) FROM import_effects")[0] == found
        assert one("SELECT count(*) FROM import_batches")[0] == applied == (1 if found else 0)
        if found:
            whole += 1
            with scope.everything(), transaction():
                db.session.execute(text("DELETE FROM people WHERE staff_code LIKE 'NV-%'"))
                db.session.execute(text("DELETE FROM import_batches"))
            db.session.remove()
    with clock.frozen(TODAY):
        assert bring(path)["created"] == 1500
