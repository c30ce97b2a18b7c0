"""`/api/v1/score-sheets` and `/api/v1/rating-rounds`: what the pages would show, by cursor, no more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hrms.core.permissions import Role
from tests.performance.after.published import add_rating, add_round
from tests.performance.making import add_holder, add_item, add_period, add_sheet
from tests.province import TODAY, Province

HUNG, CAM, DUC, DUNG = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Võ Minh Đức", "Nguyễn Hoà Dũng"
SHEETS, ROUNDS = "/api/v1/score-sheets", "/api/v1/rating-rounds"
D = Decimal


@pytest.fixture
def sheets(province: Province) -> dict[str, int]:
    """A sheet each: two in B, one in A, and one that was superseded."""
    b, a = add_period(province, "B"), add_period(province, "A")
    made = {
        HUNG: add_sheet(province, HUNG, b, authority="B", state="published", score=D("89.996")),
        CAM: add_sheet(province, CAM, b, authority="B"),
        DUNG: add_sheet(province, DUNG, a, authority="A", state="scored"),
    }
    made["old"] = add_sheet(
        province, HUNG, b, authority="B", state="published", score=D(70), superseded_at=TODAY
    )  # fmt: skip
    return made


def ids(answer: object) -> list[int]:
    return [one["id"] for one in answer.get_json()["items"]]  # type: ignore[attr-defined] # the client's answer


def test_each_sees_what_the_pages_show(province: Province, sheets: dict[str, int]) -> None:
    assert ids(province.client("sonoivu").get(SHEETS)) == sorted([sheets[HUNG], sheets[CAM], sheets[DUNG]])
    assert ids(province.client("thutruong").get(SHEETS)) == sorted([sheets[HUNG], sheets[CAM]])
    assert ids(province.client("canbo").get(SHEETS)) == [sheets[HUNG]], "one's own"
    assert ids(province.client("thanhtra").get(SHEETS)) == []
    for username in ("giangvien", "vanthu", "admin"):
        assert province.client(username).get(SHEETS).status_code == 403
    assert province.client("canbo").get(f"{SHEETS}/{sheets[CAM]}").status_code == 404
    assert province.client(None).get(SHEETS).status_code == 401


def test_conditions_and_cursor(province: Province, sheets: dict[str, int]) -> None:
    client = province.client("sonoivu")
    assert ids(client.get(f"{SHEETS}?state=open")) == [sheets[CAM]]
    assert ids(client.get(f"{SHEETS}?agency={province.agencies['A']}")) == [sheets[DUNG]]
    assert ids(client.get(f"{SHEETS}?person={province.people[HUNG]}&history=true")) == [sheets[HUNG], sheets["old"]]
    assert ids(client.get(f"{SHEETS}?year=2025")) == []
    assert ids(client.get(f"{SHEETS}?changed_since=2099-01-01T00:00:00%2B07:00")) == []
    first = client.get(f"{SHEETS}?limit=2").get_json()
    assert len(first["items"]) == 2
    rest = client.get(f"{SHEETS}?limit=2&after={first['next']}").get_json()
    assert [one["id"] for one in rest["items"]] == [sheets[DUNG]]
    assert rest["next"] is None
    for wrong in ("state=done", "number=13", "after=x", "limit=0", "changed_since=2026-01-01"):
        assert client.get(f"{SHEETS}?{wrong}").status_code == 422, wrong


def test_points_are_exact_and_the_version_is_the_tag(province: Province) -> None:
    sheet = add_sheet(province, HUNG, add_period(province, "B"), authority="B", state="open")
    item = add_item(sheet, title="Tờ trình")
    answer = province.client("thutruong").get(f"{SHEETS}/{sheet}")
    found = answer.get_json()
    assert answer.headers["ETag"] == f'"{found["version"]}"'
    assert (found["person"]["name"], found["criteria"], found["score"]) == (HUNG, "335/2025", None)
    assert [one["id"] for one in found["items"]] == [item]
    other = add_sheet(
        province, CAM, add_period(province, "B", number=9), authority="B", state="published", score=D("89.996")
    )  # fmt: skip
    assert province.client("thutruong").get(f"{SHEETS}/{other}").get_json()["score"] == "89.996000"


def test_rounds_and_their_classes(province: Province) -> None:
    of = add_round(province, "B", year=2025)
    other = add_round(province, "A", year=2025, state="collecting")
    rating = add_rating(province, of, HUNG)
    assert ids(province.client("sonoivu").get(ROUNDS)) == sorted([of, other])
    client = province.client("thutruong")
    assert ids(client.get(ROUNDS)) == [of]
    assert ids(client.get(f"{ROUNDS}?state=collecting")) == []
    assert client.get(f"{ROUNDS}/{other}").status_code == 404
    assert client.get(f"{ROUNDS}/{other}/ratings").status_code == 404
    one = client.get(f"{ROUNDS}/{of}")
    assert one.headers["ETag"] == f'"{one.get_json()["version"]}"'
    classes = client.get(f"{ROUNDS}/{of}/ratings").get_json()["items"]
    assert [(row["id"], row["person"]["name"], row["final"]) for row in classes] == [(rating, HUNG, "good")]
    for username in ("canbo", "giangvien", "vanthu", "admin"):
        assert province.client(username).get(ROUNDS).status_code == 403
        assert province.client(username).get(f"{ROUNDS}/{of}/ratings").status_code == 403


def test_ones_own_class_only_when_published(province: Province) -> None:
    add_holder(province, "truongphong", Role.HEAD, "B", DUC)
    of = add_round(province, "B", year=2026, state="decided")
    mine = add_rating(province, of, DUC, place="B", state="decided")
    theirs = add_rating(province, of, HUNG, state="decided")
    assert ids(province.client("truongphong").get(f"{ROUNDS}/{of}/ratings")) == [theirs]
    assert ids(province.client("thutruong").get(f"{ROUNDS}/{of}/ratings")) == sorted([mine, theirs])
