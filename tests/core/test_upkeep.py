"""The day's work: once a day, before anybody is shown yesterday, again when a part failed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from hrms.core import clock, hooks, scope, upkeep
from hrms.core.db import db
from tests.province import Province

pytestmark = pytest.mark.committed
BEFORE_MIDNIGHT = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 12, 31, 17, 1, tzinfo=UTC)


def test_tomorrows_transfer_is_in_force_tomorrow_without_a_restart(
    app: Flask, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = province.people["Lý Thị Cẩm"]
    with clock.frozen(BEFORE_MIDNIGHT), scope.everything():
        db.session.execute(
            text("UPDATE person_agency SET superseded_at = now() WHERE person_id = :p AND membership = 'using'"),
            {"p": moved},
        )
        for first, last, place in (("2024-03-01", "2027-01-01", "B1"), ("2027-01-01", None, "C")):
            db.session.execute(
                text(
                    "INSERT INTO person_agency (person_id, membership, slot, agency_id, valid_from, valid_to, basis)"
                    " VALUES (:p, 'using', 0, :a, :f, :t, 'old_data')"
                ),
                {"p": moved, "a": province.agencies[place], "f": first, "t": last},
            )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    monkeypatch.setitem(app.config, "UPKEEP_ON_REQUEST", True)
    monkeypatch.delitem(app.extensions, "hrms.day", raising=False)
    with clock.frozen(BEFORE_MIDNIGHT):
        assert "Lý Thị Cẩm" in province.client("tochuc").get("/people").text
        assert "Lý Thị Cẩm" not in province.client("thanhtra").get("/people").text
    with clock.frozen(AFTER_MIDNIGHT):
        assert "Lý Thị Cẩm" in province.client("thanhtra").get("/people").text
    app.extensions.pop("hrms.day", None)


def test_a_part_that_failed_is_tried_again(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def sometimes() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise RuntimeError

    monkeypatch.setattr(hooks, "daily", [sometimes])
    day = date(2027, 2, 1)
    assert upkeep.run_day(day) is False
    assert upkeep.run_day(day) is True
    assert upkeep.run_day(day) is True
    assert calls == [0, 1]
