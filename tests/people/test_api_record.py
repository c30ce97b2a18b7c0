"""The record as JSON: the same locks, masks and versions as its pages."""

from __future__ import annotations

from typing import Any

import pytest

from hrms.audit.models import AuditEvent
from hrms.core import scope
from hrms.core.db import db
from hrms.people.models import Person
from tests.province import Province

NAME = "Lý Thị Cẩm"
KEYS = {
    "id", "staff_code", "full_name", "sex", "birth_date", "kind", "status", "agency", "position", "post", "rank",
    "step", "coefficient", "version", "national_id",
}  # fmt: skip


def call(province: Province, username: str, method: str, address: str, body: Any = None, **headers: str) -> Any:
    client = province.client(username)
    sent = {"X-CSRFToken": client.token(), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.open(f"/api/v1/people{address}", method=method, json=body, headers=sent)


def test_a_record_has_the_keys_of_the_list_and_its_groups(province: Province) -> None:
    answer = call(province, "tochuc", "GET", f"/{province.people[NAME]}")
    body = answer.get_json()
    assert set(body) >= KEYS
    assert (body["agency"], body["rank"]["code"], body["step"], body["coefficient"]) == (
        {"code": "H13.09.01", "name": "Phòng Quy hoạch"}, "01.003", 2, "2.67",
    )  # fmt: skip
    assert answer.headers["ETag"] == f'"{body["version"]}"'
    assert "party" in body["record"]
    assert len(body["national_id"]) == 12
    assert body["national_id"].isdigit()
    with scope.everything():
        actions = set(db.session.scalars(db.select(AuditEvent.action)))
    assert {"person.revealed_id", "person.viewed"} <= actions


def test_what_the_reader_may_not_see_is_masked_or_absent(province: Province) -> None:
    body = call(province, "thutruong", "GET", f"/{province.people[NAME]}").get_json()
    assert body["national_id"].startswith("********")
    assert set(body["record"]) == {"identity", "recruitment", "party", "service", "learning", "work", "remarks"}
    assert "national_id" not in body["record"]["identity"]
    assert call(province, "thutruong", "GET", f"/{province.people[NAME]}/tables/family").status_code == 403
    assert call(province, "tochuc", "GET", f"/{province.people[NAME]}/tables/family").get_json() == {"items": []}
    assert call(province, "tochuc", "GET", f"/{province.people['Thạch Sa Rây']}").status_code == 404


def test_a_write_needs_the_version_and_a_stale_one_changes_nothing(province: Province) -> None:
    person_id = province.people[NAME]
    body = {"values": {"phone": "0912345678"}, "reason": "Theo đề nghị"}
    assert call(province, "tochuc", "PATCH", f"/{person_id}", body).status_code == 428
    assert call(province, "tochuc", "PATCH", f"/{person_id}", body, If_Match='"99"').status_code == 412
    done = call(province, "tochuc", "PATCH", f"/{person_id}", body, If_Match='"1"')
    assert done.status_code == 200
    assert done.get_json()["record"]["identity"]["phone"] == "0912345678"
    assert done.get_json()["version"] == 2
    assert call(province, "tochuc", "PATCH", f"/{person_id}", body, If_Match='"1"').status_code == 412
    assert call(province, "thutruong", "PATCH", f"/{person_id}", body, If_Match='"2"').status_code == 403
    wrong = call(province, "tochuc", "PATCH", f"/{person_id}", {"values": {"email": "sai"}}, If_Match='"2"')
    assert wrong.status_code == 422
    assert wrong.content_type == "application/problem+json"
    assert [(p["field"], p["code"]) for p in wrong.get_json()["problems"]] == [("email", "email_form")]


def test_facts_are_listed_at_both_clocks_and_written_on_paper(province: Province) -> None:
    person_id = province.people[NAME]
    listed = call(province, "tochuc", "GET", f"/{person_id}/facts/rank").get_json()
    assert [(i["values"]["step"], i["valid_from"], i["valid_to"]) for i in listed["items"]] == [(2, "2024-03-01", None)]
    body = {"values": {"rank_code": "01.003", "step": 3}, "valid_from": "2026-03-01"}
    bare = call(province, "tochuc", "POST", f"/{person_id}/facts/rank", body, If_Match='"1"')
    assert [p["code"] for p in bare.get_json()["problems"]] == ["decision_required"]
    body["old_data"] = True
    done = call(province, "tochuc", "POST", f"/{person_id}/facts/rank", body, If_Match='"1"')
    assert (done.status_code, done.get_json()) == (201, {"written": 1, "unchanged": 0, "version": 2})
    again = call(province, "tochuc", "POST", f"/{person_id}/facts/rank", body, If_Match='"2"')
    assert (again.status_code, again.get_json()["unchanged"]) == (200, 1)
    listed = call(province, "tochuc", "GET", f"/{person_id}/facts/rank").get_json()
    assert [(i["values"]["step"], i["valid_to"]) for i in listed["items"]] == [(3, None), (2, "2026-03-01")]
    before = call(province, "tochuc", "GET", f"/{person_id}/facts/rank?as_at=2025-01-01").get_json()
    assert [i["values"]["step"] for i in before["items"]] == [2]
    assert call(province, "tochuc", "GET", f"/{person_id}/facts/rank?known_on=2020-01-01").get_json()["items"] == []
    assert call(province, "tochuc", "GET", f"/{person_id}/facts/hobby").status_code == 404
    assert call(province, "tochuc", "GET", f"/{person_id}?as_at=2025-01-01").get_json()["step"] == 2


def test_a_record_is_made(province: Province) -> None:
    body = {
        "values": {
            "full_name": "Trần Thị Mới", "sex": "female", "birth_date": "1999-03-02", "national_id": "092199000777",
        },
        "kind": "civil_servant", "agency": "H13.09.01", "since": "2026-09-01", "old_data": True,
        "rank": {"rank_code": "01.003", "step": 1},
    }  # fmt: skip
    made = call(province, "tochuc", "POST", "", body)
    assert made.status_code == 201
    assert made.get_json()["coefficient"] == "2.34"
    outside = call(province, "tochuc", "POST", "", {**body, "agency": "H13.05"})
    assert outside.status_code == 422
    assert "agency_out_of_scope" in [p["code"] for p in outside.get_json()["problems"]]
    assert call(province, "thutruong", "POST", "", body).status_code == 403
    assert call(province, "tochuc", "POST", "", {}).status_code == 422
    with scope.everything():
        assert db.session.scalar(db.select(db.func.count()).select_from(Person)) == 13


@pytest.mark.parametrize("value", [["a"], {"b": 1}, 5, True, "=1+1", "x" * 6000])
def test_odd_values_are_refused_or_kept_as_text_and_never_break(province: Province, value: Any) -> None:
    names = ("full_name", "birth_date", "height_cm", "degree", "id_issued_on", "income_salary", "national_id")
    for name in names:
        answer = call(
            province, "tochuc", "PATCH", f"/{province.people[NAME]}", {"values": {name: value}}, If_Match='"1"'
        )
        assert answer.status_code in {200, 412, 422}, (name, answer.status_code)
