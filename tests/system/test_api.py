"""The API as other programs meet it: a valid description, problem documents, versions, cursors."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest
from openapi_spec_validator import validate

from hrms.core.rules import N_
from hrms.core.schema_problems import problems_of
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


@pytest.mark.parametrize(
    ("body", "field", "code", "vietnamese", "english"),
    [
        ({"valid_from": "2026-13-01"}, "valid_from", "not_a_date", "“2026-13-01” không phải là ngày", "is not a date"),
        ({"valid_from": 5}, "valid_from", "not_a_date", "5 không phải là ngày", "is not a date"),
        ({}, "valid_from", "required", "Thiếu “valid_from”", "is missing"),
        ({"valid_from": None}, "valid_from", "null", "không được là null", "may not be null"),
        ({"valid_from": "2026-01-01", "x": 1}, "x", "unknown_field", "Không có mục “x”", "no “x”"),
        ([], "", "not_an_object", "[] không phải là một đối tượng", "is not a JSON object"),
    ],
)
def test_a_refused_body_names_field_value_and_remedy(
    province: Province, body: Any, field: str, code: str, vietnamese: str, english: str
) -> None:
    client = province.client("sonoivu")
    address = f"/api/v1/people/{province.people['Lý Thị Cẩm']}/facts/rank"
    if isinstance(body, dict):
        body = {"values": {}, **body}
    headers = {"X-CSRFToken": client.token(), "If-Match": '"1"'}
    for accepted, words in (("", vietnamese), ("vi", vietnamese), ("en-GB,en;q=0.9", english), ("fr", vietnamese)):
        asked = headers | ({"Accept-Language": accepted} if accepted else {})
        document = _problem(client.post(address, json=body, headers=asked), 422)
        (problem,) = [p for p in document["problems"] if p["field"] == field]
        assert problem["code"] == code
        assert words in problem["message"].replace('"', "“", 1).replace('"', "”", 1)


def test_a_body_that_is_no_json_says_so(province: Province) -> None:
    client = province.client("sonoivu")
    address = f"/api/v1/people/{province.people['Lý Thị Cẩm']}/facts/rank"
    headers = {"X-CSRFToken": client.token(), "Content-Type": "application/json"}
    (problem,) = _problem(client.post(address, data="{", headers=headers), 400)["problems"]
    assert (problem["code"], problem["field"]) == ("not_json", "")
    assert "không phải là JSON" in problem["message"]


def test_a_browser_set_to_english_still_gets_pages_in_the_accounts_language(province: Province) -> None:
    browser = province.client("tochuc")
    asked = {"Accept-Language": "en", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert '<html lang="vi"' in browser.get("/", headers=asked).text
    assert '<html lang="vi"' in browser.get("/api/v1/docs", headers=asked).text


def test_no_sentence_of_the_packages_is_left_in_english() -> None:
    """Every message marshmallow can say about a field or a validator has its own here."""
    said = {"Invalid JSON body.", "Unknown field.", "Invalid input type."}
    for name in ma.fields.__all__:
        for kind in getattr(ma.fields, name).__mro__:
            said |= set(getattr(kind, "default_error_messages", {}).values())
    checks = (
        ma.validate.Range(1, 200), ma.validate.Range(1), ma.validate.Range(max=3), ma.validate.Length(1, 2),
        ma.validate.Length(1), ma.validate.Length(max=2), ma.validate.Length(equal=4), ma.validate.OneOf(["a", "b"]),
        ma.validate.Regexp("x+"), ma.validate.Equal(3), ma.validate.ContainsOnly(["x"]), ma.validate.NoneOf([777]),
    )  # fmt: skip
    for check in checks:
        for wrong in (777, "ccc", [], "", [1]):
            try:
                check(wrong)  # type: ignore[operator] # each takes some of these
            except ma.ValidationError as error:
                said |= {str(message) for message in error.messages}
            except TypeError:
                continue
    for message in said:
        (problem,) = problems_of({"x": [message]}, {"x": 1})
        assert problem.text != message, message


def test_a_nested_refusal_names_its_place() -> None:
    messages = {"json": {"rows": {"1": {"year": ["Not a valid integer."]}}, "names": {"0": ["Not a valid string."]}}}
    found = problems_of(messages, {"rows": [{}, {"year": "MMXX"}], "names": [7]})
    assert [(p.field, p.code, p.params["value"]) for p in found] == [
        ("rows.1.year", "not_an_integer", '"MMXX"'), ("names.0", "not_text", "7"),
    ]  # fmt: skip
    (own,) = problems_of({"json": {"rows": [N_("Tham số")]}}, {})
    assert (own.field, own.text) == ("rows", "Tham số")


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
