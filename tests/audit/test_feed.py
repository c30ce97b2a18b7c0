"""Followers lose nothing, whatever order transactions end in. With real commits."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from hrms.audit import services
from hrms.core import jobs, scope
from hrms.core.paging import encode
from hrms.core.unit import transaction
from tests.conftest import Database
from tests.province import Province

pytestmark = pytest.mark.committed


def write(province: Province, key: str, name: str) -> None:
    with scope.everything(), transaction():
        services.record(
            province.actor("sonoivu"), name, "agency", 1, scope_ids=province.paths[key], after={"religion": "x"}
        )


def get(province: Province, username: str, **query: Any) -> Any:
    answer = province.client(username).get("/api/v1/events", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_transaction_that_ends_late_is_not_passed_over(province: Province, database: Database) -> None:
    start = get(province, "sonoivu", limit=200)["cursor"]
    late = psycopg.connect(jobs.conninfo(database.url))
    late.execute(
        "INSERT INTO audit_events (actor_name, via, request_id, action, entity, scope_ids, agency_name)"
        " VALUES ('muộn', 'web', '', 'late.one', 'x', %s, '')",
        [province.paths["A"]],
    )
    write(province, "A", "quick.one")
    seen = get(province, "sonoivu", **({"after": start} if start else {}))
    assert seen["items"] == []
    assert seen["next"] is None
    late.commit()
    late.close()
    again = get(province, "sonoivu", **({"after": seen["cursor"]} if seen["cursor"] else {}))
    assert [item["action"] for item in again["items"]] == ["late.one", "quick.one"]


def test_a_follower_page_by_page_sees_each_once_and_its_own_only(province: Province) -> None:
    for number in range(5):
        write(province, "B" if number % 2 else "A", f"e.{number}")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = get(province, "sonoivu", limit=2, **({"after": cursor} if cursor else {}))
        seen += [item["action"] for item in page["items"]]
        cursor = page["cursor"]
        if page["next"] is None:
            break
    assert seen == [f"e.{n}" for n in range(5)]
    assert get(province, "sonoivu", after=cursor)["items"] == []
    assert [item["action"] for item in get(province, "tochuc")["items"]] == ["e.1", "e.3"]


def test_a_cursor_of_somebody_else_s_making_is_refused(province: Province) -> None:
    client = province.client("sonoivu")
    for bad in (
        encode([2**40, 1]),
        "x",
        "WzFd",
        "W251bGwsbnVsbF0",
        "WyJhIiwiYiJd",
        "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTksMV0",
    ):
        answer = client.get("/api/v1/events", query_string={"after": bad})
        assert (bad, answer.status_code) == (bad, 422)
        assert answer.content_type == "application/problem+json"
