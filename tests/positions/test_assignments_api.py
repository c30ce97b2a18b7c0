"""Assignments as JSON: of whom, of which day, page by page, for whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from hrms.core import clock
from tests.positions.seating import OTHER, add_line, sit
from tests.province import TODAY, Province

HUNG, CAM = "Nguyễn Văn Hùng", "Lý Thị Cẩm"
ADDRESS = "/api/v1/assignments"


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(TODAY):
        yield


def _names(province: Province, username: str, query: str = "") -> list[str]:
    answer = province.client(username).get(f"{ADDRESS}?{query}")
    assert answer.status_code == 200, answer.text
    return [one["person"]["name"] for one in answer.get_json()["items"]]


def test_who_sits_where_is_told_as_of_a_day_and_in_scope(province: Province) -> None:
    line, other = add_line(province, "B", 2), add_line(province, "A", 2, key=OTHER)
    sit(province, HUNG, line, until=date(2026, 12, 1), fit="met")
    sit(province, CAM, line, since=date(2026, 12, 1))
    sit(province, "Trần Thị Hương", other)
    assert _names(province, "tochuc") == [HUNG]
    assert _names(province, "sonoivu") == [HUNG, "Trần Thị Hương"]
    assert _names(province, "sonoivu", f"agency={province.agencies['A']}") == ["Trần Thị Hương"]
    assert _names(province, "sonoivu", f"line={line}&as_at=2026-12-01") == [CAM]
    (item,) = province.client("tochuc").get(ADDRESS).get_json()["items"]
    assert item["position"] == {"code": "cc.commune.II.17", "name": "Chuyên viên nội vụ"}
    assert (item["role"], item["fit"], item["valid_from"], item["last_day"]) == (
        "main",
        "met",
        "2026-01-01",
        "2026-11-30",
    )


def test_pages_follow_each_other(province: Province) -> None:
    line = add_line(province, "B", 3)
    for name in (HUNG, CAM, "Võ Minh Đức"):
        sit(province, name, line)
    client = province.client("tochuc")
    first = client.get(f"{ADDRESS}?limit=2").get_json()
    second = client.get(f"{ADDRESS}?limit=2&after={first['next']}").get_json()
    found = [one["person"]["name"] for page in (first, second) for one in page["items"]]
    assert (sorted(found), second["next"]) == (sorted([HUNG, CAM, "Võ Minh Đức"]), None)


@pytest.mark.parametrize(("username", "code"), [("canbo", 403), ("vanthu", 403), ("giangvien", 403), (None, 401)])
def test_others_are_refused(province: Province, username: str | None, code: int) -> None:
    assert province.client(username).get(ADDRESS).status_code == code


def test_what_cannot_be_asked_is_refused_in_words(province: Province) -> None:
    client = province.client("tochuc")
    assert client.get(f"{ADDRESS}?agency={province.agencies['A']}").status_code == 404
    assert client.get(f"{ADDRESS}?as_at=hom-qua").status_code == 422
    assert client.get(f"{ADDRESS}?after=x").status_code == 422
