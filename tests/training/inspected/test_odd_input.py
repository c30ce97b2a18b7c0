"""Odd input on every page and form of training: refused with a sentence or left aside, never an error of the server."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from hrms.core.permissions import ROLE_PERMISSIONS
from hrms.core.web import access_of
from tests.province import ACCOUNTS, Province
from tests.system.objects import build_objects
from tests.system.test_access import ROUTES, _address, _rule

HOSTILE = {
    "null": "a\x00b", "huge": "9" * 40, "late": "31/12/9999", "signs": "²٣\u202e😀\ud7ff", "nan": "NaN",
    "long": "ă" * 20_000, "id": str(2**63),
}  # fmt: skip
USERS = ("sonoivu", "tochuc", "giangvien", "canbo")
API_FIELDS = (
    "people", "note", "commitment_months", "reason", "code", "name", "kind", "valid_from", "hours", "form", "source",
    "mark", "target", "what", "gate", "period_years", "level",
)  # fmt: skip
QUERY = (
    "q", "year", "agency", "after", "before", "person", "person_id", "course", "kind", "state", "from", "to", "class",
    "number", "code", "enrolment", "people", "provider", "requirement", "month", "day", "form", "rank", "position",
    "sort", "limit", "changed_since", "known_on", "as_at", "on", "page", "find", "text", "quarter", "gap", "source",
)  # fmt: skip
TRAINING = sorted(
    {
        (method, endpoint)
        for method, endpoint in ROUTES
        if endpoint.startswith(("training.", "courses_api.", "classes_api.", "credits_api.", "requirements_api."))
    }
)


class _Fields(HTMLParser):
    """The names of every field of a page with what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag in {"input", "select", "textarea", "button"} and name and name != "csrf_token":
            self.found.setdefault(name, given.get("value") or "")


def _users(app: Flask, method: str, endpoint: str) -> Iterator[str]:
    access = access_of(app, endpoint, method)
    assert access is not None
    for username in USERS:
        held = ROLE_PERMISSIONS[ACCOUNTS[username][0]]
        if access.kind == "public" or any(one in held for one in access.permissions):
            yield username
            return


def _said(answer: Any, what: str) -> None:
    assert answer.status_code < 500, f"{what}: {answer.status}"
    if answer.mimetype not in {"text/html", "application/problem+json", "application/json"}:
        return
    for words in ("Traceback", "psycopg", "sqlalchemy", "DataError"):
        assert words not in answer.text, f"{what} shows {words}"


@pytest.mark.parametrize("kind", ["null", "late", "signs"])
def test_no_address_of_training_fails(app: Flask, province: Province, kind: str) -> None:
    objects = build_objects(province)
    wrong = []
    for method, endpoint in TRAINING:
        if method != "GET":
            continue
        for username in _users(app, method, endpoint):
            address = _address(app, objects, method, endpoint, username, inside=True)
            client = province.client(username)
            given = dict.fromkeys(QUERY, HOSTILE[kind][:3000])
            try:
                _said(client.get(address, query_string=given), f"{address} with {kind}")
                _said(client.get(address, query_string={"year": given["year"]}), f"{address}?year= {kind}")
            except Exception as error:  # noqa: BLE001 - all that is wrong is told at once
                wrong.append(f"{type(error).__name__} {str(error)[:300]} at {address}")
            except AssertionError as error:
                wrong.append(str(error))
    assert wrong == []


@pytest.mark.parametrize("kind", ["null", "huge", "late", "signs", "nan", "long", "id"])
def test_no_form_of_training_fails(app: Flask, province: Province, kind: str) -> None:
    objects = build_objects(province)
    wrong = []
    for method, endpoint in TRAINING:
        if method != "POST":
            continue
        for username in _users(app, method, endpoint):
            address = _address(app, objects, method, endpoint, username, inside=True)
            client = province.client(username)
            try:
                if _rule(app, method, endpoint).rule.startswith("/api/"):
                    for value in (HOSTILE[kind], [HOSTILE[kind]], {"a": HOSTILE[kind]}, -1, 2**70, None):
                        sent = client.post(
                            address, json=dict.fromkeys(API_FIELDS, value), headers={"X-CSRFToken": client.token()}
                        )
                        _said(sent, f"{address} with {kind}")
                    continue
                fields = _Fields()
                page = client.get(address)
                if page.status_code == 405:
                    page = client.get(address.rpartition("/")[0])
                fields.feed(page.text)
                names = fields.found or {"reason": ""}
                _said(client.submit(address, dict.fromkeys(names, HOSTILE[kind])), f"{address}, all of it {kind}")
            except Exception as error:  # noqa: BLE001 - all that is wrong is told at once
                wrong.append(f"{type(error).__name__} {str(error)[:300]} at {address}")
            except AssertionError as error:
                wrong.append(str(error))
    assert wrong == []
