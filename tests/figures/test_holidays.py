"""The table of holidays the province keeps: who may change it, what working days follow, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from hrms.audit.models import AuditEvent
from hrms.core import clock, holidays, scope
from hrms.core.db import db
from hrms.core.models import Holiday
from tests.province import TODAY, Province

CULTURE_DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def _given(**more: Any) -> dict[str, Any]:
    return {
        "day": "24/11/2026", "kind": "holiday", "name_vi": "Ngày Văn hóa Việt Nam", "source": "NQ 01", "mark": "C",
        "reason": "Quốc hội đã sửa Bộ luật Lao động", **more,
    }  # fmt: skip


def test_a_day_not_confirmed_is_worked_until_the_province_says_otherwise(province: Province) -> None:
    assert holidays.current().add(date(2026, 11, 23), 1) == CULTURE_DAY
    answer = province.client("admin").submit("/settings/holidays/edit?day=2026-11-24", _given())
    assert answer.status_code == 303, answer.text
    db.session.rollback()
    assert holidays.current().add(date(2026, 11, 23), 1) == date(2026, 11, 25)


def test_a_change_stands_in_the_trail_with_its_reason(province: Province) -> None:
    province.client("admin").submit("/settings/holidays/edit?day=2026-11-24", _given())
    with scope.everything():
        event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "holiday.changed")).one()
    assert event.reason == "Quốc hội đã sửa Bộ luật Lao động"
    assert event.before is not None
    assert event.before["kind"] == "unconfirmed"
    assert "24/11/2026" in province.client("sonoivu").get("/audit?entity=setting").text


def test_several_days_are_written_at_once_and_again_change_nothing(province: Province) -> None:
    client = province.client("admin")
    given = _given(day="05/02/2027", until="11/02/2027", name_vi="Tết Âm lịch")
    assert client.submit("/settings/holidays/edit", given).status_code == 303
    db.session.rollback()
    assert holidays.current().between(date(2027, 2, 5), date(2027, 2, 12)) == 0
    page = client.submit("/settings/holidays/edit", given, follow_redirects=True).text
    assert "Đã ghi 0 ngày" in page
    assert "Tết Âm lịch" in client.get("/settings/holidays?year=2027").text


def test_a_saturday_worked_in_exchange_counts(province: Province) -> None:
    client = province.client("admin")
    client.submit("/settings/holidays/edit", _given(day="28/11/2026", kind="worked", name_vi="Làm bù"))
    db.session.rollback()
    assert holidays.current().add(date(2026, 11, 27), 1) == date(2026, 11, 28)


def test_a_day_taken_out_stays_out_when_the_seed_is_loaded_again(province: Province) -> None:
    given = _given(day="02/09/2026", kind="removed", name_vi="Quốc khánh")
    assert province.client("admin").submit("/settings/holidays/edit?day=2026-09-02", given).status_code == 303
    db.session.rollback()
    rows = {row.day: row.kind for row in db.session.scalars(db.select(Holiday))}
    assert rows[date(2026, 9, 2)] == "removed"
    assert holidays.current().add(date(2026, 8, 31), 1) == date(2026, 9, 2)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"day": "24/11/2026", "kind": "worked"}, "24/11/2026 là ngày trong tuần"),
        ({"until": "23/11/2026"}, "trước từ ngày"),
        ({"until": "24/12/2026"}, "nhiều nhất 15 ngày"),
        ({"day": "31/02/2026"}, "31/02/2026"),
        ({"reason": ""}, "Lý do"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(province: Province, more: dict[str, str], said: str) -> None:
    answer = province.client("admin").submit("/settings/holidays/edit", _given(**more))
    assert answer.status_code == 422
    assert said in answer.text


def test_a_day_somebody_changed_meanwhile_is_not_overwritten(province: Province) -> None:
    client = province.client("admin")
    address = "/settings/holidays/edit?day=2026-11-24"
    assert client.submit(address, _given(version="")).status_code == 303
    assert client.submit(address, _given(version="", kind="worked")).status_code in {412, 422}
    assert client.submit(address, _given(version="", kind="removed")).status_code == 412


@pytest.mark.parametrize("username", ["sonoivu", "tochuc", "canbo"])
def test_only_who_sets_figures_writes_days(province: Province, username: str) -> None:
    assert province.client(username).submit("/settings/holidays/edit", _given()).status_code == 403
    assert db.session.get_one(Holiday, CULTURE_DAY).kind == "unconfirmed"
