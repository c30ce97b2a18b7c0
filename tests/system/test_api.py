"""The API as other programs meet it: a valid description, problem documents, versions, cursors."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.province import Province

PROBLEM_KEYS = {"type", "title", "status", "detail", "instance", "request_id", "problems"}


def _problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    document: dict[str, Any] = answer.get_json()
    assert set(document) == PROBLEM_KEYS
    assert document["status"] == status
    assert all(set(problem) == {"field", "code", "message"} for problem in document["problems"])
    assert document["problems"]
    return document


def test_the_description_is_valid_and_names_the_contract(province: Province) -> None:
    spec = province.client(None).get("/api/v1/openapi.json").get_json()
    validate(spec)
    assert spec["openapi"].startswith("3.1")
    assert {"/api/v1/people", "/api/v1/agencies", "/api/v1/decisions", "/api/v1/events"} <= set(spec["paths"])
    assert spec["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_the_description_as_a_page(province: Province) -> None:
    page = province.client("tochuc").get("/api/v1/docs")
    assert page.status_code == 200
    assert "/api/v1/people" in page.text


@pytest.mark.parametrize("resource", ["people", "agencies", "decisions", "events"])
def test_a_list_has_items_and_next_and_keeps_its_limit(province: Province, resource: str) -> None:
    client = province.client("sonoivu")
    answer = client.get(f"/api/v1/{resource}?limit=2")
    assert answer.status_code == 200, answer.text
    assert {"items", "next"} <= set(answer.get_json())
    assert len(answer.get_json()["items"]) <= 2
    for limit in ("0", "201", "x"):
        document = _problem(client.get(f"/api/v1/{resource}?limit={limit}"), 422)
        assert document["problems"][0]["field"] == "limit"


def test_nobody_and_a_made_up_token_get_401(province: Province) -> None:
    client = province.client(None)
    _problem(client.get("/api/v1/people"), 401)
    _problem(client.get("/api/v1/people", headers={"Authorization": "Bearer made-up"}), 401)
    _problem(client.get("/api/v1/people", headers={"Authorization": "Basic YTpi"}), 401)


def test_refusals_are_in_the_readers_language(province: Province) -> None:
    client = province.client("tochuc")
    vietnamese = _problem(client.get("/api/v1/people?kind=king"), 422)["problems"][0]["message"]
    client.submit("/locale", {"locale": "en"})
    english = _problem(client.get("/api/v1/people?kind=king"), 422)["problems"][0]["message"]
    assert "king" in vietnamese
    assert "king" in english
    assert vietnamese != english


def test_a_write_needs_the_version_that_was_read(province: Province) -> None:
    client = province.client("sonoivu")
    address = f"/api/v1/people/{province.people['Lý Thị Cẩm']}"
    read = client.get(address)
    assert read.status_code == 200, read.text
    tag = read.headers["ETag"]
    headers = {"X-CSRFToken": client.token()}
    _problem(client.patch(address, json={"values": {"phone": "0100000001"}}, headers=headers), 428)
    _problem(
        client.patch(address, json={"values": {"phone": "0100000001"}}, headers={**headers, "If-Match": '"99"'}), 412
    )
    assert client.get(address).headers["ETag"] == tag, "a stale write changes nothing"
    done = client.patch(address, json={"values": {"phone": "0100000001"}}, headers={**headers, "If-Match": tag})
    assert done.status_code == 200, done.text
    assert done.headers["ETag"] != tag


def test_what_is_outside_is_not_there_and_what_is_unknown_has_a_document(province: Province) -> None:
    client = province.client("tochuc")
    _problem(client.get(f"/api/v1/people/{province.people['Đặng Thị Ngọc Ánh']}"), 404)
    _problem(client.get("/api/v1/nothing"), 404)
    _problem(client.delete("/api/v1/people", headers={"X-CSRFToken": client.token()}), 405)


@pytest.mark.parametrize(
    ("given", "status"),
    [("2030-01-01", 200), ("2030-01-01T08:30:00", 200), ("2030-01-01T08:30:00+07:00", 200), ("2030-13-01T08:30", 422)],
)
def test_what_was_known_may_be_asked_by_day_or_instant(province: Province, given: str, status: int) -> None:
    answer = province.client("tochuc").get("/api/v1/people", query_string={"known_on": given})
    assert answer.status_code == status, answer.text
    if status == 200:
        assert len(answer.get_json()["items"]) == 4
    before = province.client("tochuc").get("/api/v1/people?known_on=2001-01-01T00:00:00Z")
    assert before.get_json()["items"] == [], "nothing was known then"
