from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from flask import Flask

from hrms import cli
from hrms.audit import services
from hrms.core import jobs, scope
from hrms.core.actor import Actor
from hrms.core.unit import transaction
from tests.conftest import Database

pytestmark = pytest.mark.committed


@pytest.fixture
def hrms(app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """Run a command over the test's database; returns its status and its JSON."""
    monkeypatch.setattr(cli.Session, "app", lambda *_self, **_owner: app)

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        with pytest.raises(SystemExit) as left:
            cli.main([*arguments, "--json"])
        return int(left.value.code or 0), json.loads(capsys.readouterr().out)

    return run


def test_verify_seals_what_is_new_and_finds_what_was_changed(hrms: Any, app: Flask, database: Database) -> None:
    with app.app_context(), scope.everything(), transaction():
        services.record(Actor.system(), "thing.done", "thing", 1, scope_ids=[0], after={"a": 1})
    status, keys = hrms("audit", "verify")
    assert (status, keys["events"], keys["seals"], keys["ok"], keys["first_bad"]) == (0, 1, 1, True, None)
    with psycopg.connect(jobs.conninfo(database.superuser_url), autocommit=True) as superuser:
        row = superuser.execute("UPDATE audit_events SET after = '{\"a\": 2}' RETURNING id").fetchone()
    assert row
    status, keys = hrms("audit", "verify")
    assert (status, keys["ok"], keys["first_bad"]) == (1, False, row[0])
