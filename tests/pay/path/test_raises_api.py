"""The API of raises: no amounts, narrowed as asked, one's own once they are decided."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.core import clock
from tests.pay.path.making import CAM, HUNG2, due_since, item, list_of
from tests.province import TODAY, Province


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(TODAY):
        yield


def test_raises_are_listed_page_by_page_and_one_tells_why(province: Province) -> None:
    due_since(province, CAM, date(2023, 10, 1))
    due_since(province, HUNG2, date(2023, 11, 1), step=5, coefficient="3.66")
    list_id = list_of(province)
    officer = province.client("tochuc")
    first = officer.get("/api/v1/step-raises?limit=1&year=2026&quarter=4&kind=step&state=proposed").json
    assert len(first["items"]) == 1
    rest = officer.get(f"/api/v1/step-raises?limit=1&after={first['next']}").json
    assert rest["next"] is None
    names = {one["person"]["name"] for one in (*first["items"], *rest["items"])}
    assert names == {CAM, HUNG2}
    found = item(province, CAM)
    answer = officer.get(f"/api/v1/step-raises/{found.id}")
    assert answer.headers["ETag"] == f'"{found.version}"'
    told = answer.json
    assert told["list"] == {"id": list_id, "kind": "regular", "year": 2026, "quarter": 4, "state": "proposed"}
    assert (told["before"]["coefficient"], told["after"]["coefficient"], told["effective_on"]) == (
        "2.670", "3.000", "2026-10-01",
    )  # fmt: skip
    assert told["reasons"][0]["source"].startswith("TT 08/2013/TT-BNV")
    assert "01/10/2026" in told["reasons"][0]["text"]
    assert officer.get("/api/v1/step-raises?effective_from=2026-10-02").json["items"][0]["person"]["name"] == HUNG2
    assert officer.get("/api/v1/step-raises?kind=gift").status_code == 422
    assert officer.get("/api/v1/step-raises/0").status_code == 404


def test_others_see_nothing(province: Province) -> None:
    due_since(province, CAM, date(2023, 10, 1))
    list_of(province)
    assert province.client("thutruong").get("/api/v1/step-raises").status_code == 403
    assert province.client("canbo").get("/api/v1/step-raises").json["items"] == []
    assert province.client("thanhtra").get("/api/v1/step-raises").json["items"] == []
