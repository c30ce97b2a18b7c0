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


WORK = {"from_on": "2005-09", "to_on": "2010", "agency_name": "Sở Xây dựng", "position": "Chuyên viên"}


def test_a_row_is_added_read_changed_removed_and_brought_back(province: Province) -> None:
    rows = f"/{province.people[NAME]}/tables/work"
    made = call(province, "tochuc", "POST", rows, {"values": WORK})
    assert made.status_code == 201, made.text
    row = made.get_json()
    assert {name: row[name] for name in WORK} == WORK
    address = f"{rows}/{row['id']}"
    assert made.headers["Location"].endswith(f"/api/v1/people{address}")
    again = call(province, "tochuc", "POST", rows, {"values": WORK})
    assert (again.status_code, again.get_json()) == (200, row)
    assert call(province, "tochuc", "GET", address).headers["ETag"] == made.headers["ETag"] == '"1"'

    change = {"values": {"to_on": "2011-03"}}
    assert call(province, "tochuc", "PATCH", address, change).status_code == 428
    assert call(province, "tochuc", "PATCH", address, change, If_Match='"7"').status_code == 412
    done = call(province, "tochuc", "PATCH", address, change, If_Match='"1"')
    assert (done.status_code, done.get_json()["to_on"], done.headers["ETag"]) == (200, "2011-03", '"2"')
    assert done.get_json()["position"] == "Chuyên viên"

    assert call(province, "tochuc", "DELETE", address).status_code == 428
    assert call(province, "tochuc", "DELETE", address, If_Match='"1"').status_code == 412
    assert call(province, "tochuc", "DELETE", address, If_Match='"2"').status_code == 204
    assert call(province, "tochuc", "GET", address).status_code == 404
    assert call(province, "tochuc", "GET", rows).get_json() == {"items": []}
    back = call(province, "tochuc", "POST", f"{address}/restore")
    assert (back.status_code, back.get_json()["to_on"]) == (201, "2011-03")
    with scope.everything():
        told = db.session.scalars(db.select(AuditEvent.action).where(AuditEvent.entity == "work_period")).all()
    assert sorted(told) == ["work_period.added", "work_period.added", "work_period.edited", "work_period.removed"]


@pytest.mark.parametrize(
    ("table", "values", "field", "code"),
    [
        ("work", {"from_on": "2005"}, "agency_name", "required"),
        ("work", WORK | {"from_on": "30/02/2005"}, "from_on", "no_such_day"),
        ("work", WORK | {"to_on": "2001"}, "to_on", "dates_out_of_order"),
        ("work", WORK | {"salary": 5}, "salary", "unknown_field"),
        ("family", {"side": "own", "relation": "x", "full_name": "Mẹ"}, "relation", "unknown_code"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_and_names_it(
    province: Province, table: str, values: Any, field: str, code: str
) -> None:
    rows = f"/{province.people[NAME]}/tables/{table}"
    answer = call(province, "tochuc", "POST", rows, {"values": values})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert (field, code) in {(p["field"], p["code"]) for p in answer.get_json()["problems"]}
    assert call(province, "tochuc", "GET", rows).get_json() == {"items": []}


def test_rows_of_guarded_tables_and_of_others_stay_closed(province: Province) -> None:
    person, elsewhere = province.people[NAME], province.people["Thạch Sa Rây"]
    made = call(
        province, "tochuc", "POST", f"/{person}/tables/family",
        {"values": {"side": "own", "relation": "mother", "full_name": "Lý Thị Sáu", "birth_year": 1965}},
    )  # fmt: skip
    assert made.status_code == 201, made.text
    row = made.get_json()["id"]
    assert call(province, "thutruong", "GET", f"/{person}/tables/family/{row}").status_code == 403
    assert call(province, "thutruong", "POST", f"/{person}/tables/work", {"values": WORK}).status_code == 403
    for method in ("GET", "PATCH", "DELETE"):
        body = {"values": {}} if method == "PATCH" else None
        answer = call(province, "tochuc", method, f"/{elsewhere}/tables/family/{row}", body, If_Match='"1"')
        assert answer.status_code == 404, method
        other = call(province, "sonoivu", method, f"/{elsewhere}/tables/family/{row}", body, If_Match='"1"')
        assert other.status_code == 404, method  # a row is found under its own person only
    assert call(province, "tochuc", "POST", f"/{elsewhere}/tables/work", {"values": WORK}).status_code == 404
    assert call(province, "tochuc", "POST", f"/{person}/tables/nothing", {"values": WORK}).status_code == 404
    with scope.everything():
        seen = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.viewed")).all()
    assert seen == []
