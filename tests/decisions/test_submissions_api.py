"""The path through the API: the same steps, versions and refusals as documents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decisions.deciding import propose
from tests.province import Province
from tests.system.tampering import bearer

BASE = "/api/v1/submissions"
CAM, HUNG = "Lý Thị Cẩm", "Nguyễn Văn Hùng"
pytestmark = pytest.mark.usefixtures("telephone")


class Program:
    """Calls the API as one account."""

    def __init__(self, province: Province, username: str) -> None:
        self.client = province.client(None)
        self.headers = bearer(province, username)

    def get(self, address: str) -> Any:
        return self.client.get(address, headers=self.headers)

    def send(self, address: str, body: dict[str, Any], version: int | None = None, method: str = "POST") -> Any:
        headers = {**self.headers, **({"If-Match": f'"{version}"'} if version is not None else {})}
        return self.client.open(address, method=method, json=body, headers=headers)


def test_the_whole_path_by_programs(province: Province) -> None:
    proposer = Program(province, "tochuc")
    people = [province.people[CAM], province.people[HUNG]]
    body = {
        "kind": "telephone", "people": people, "values": {"number": "0292 3"}, "effective_on": "2026-12-01",
        "own": {str(people[0]): {"room": "P. 12"}}, "title": "Cấp số",
    }  # fmt: skip
    made = proposer.send(BASE, body)
    assert made.status_code == 201, made.text
    (item,) = made.get_json()["items"]
    address = f"{BASE}/{item['id']}"
    whole = proposer.get(address)
    assert whole.headers["ETag"] == '"1"'
    document = whole.get_json()
    assert [line["name"] for line in document["lines"]] == [CAM, HUNG]
    assert document["lines"][0]["values"] == {"room": "P. 12"}
    assert document["lines"][0]["changes"] == [{"label": "Số điện thoại", "old": None, "new": "0292 3"}]
    assert [c["outcome"] for c in document["lines"][0]["conditions"]] == ["met", "unknown", "not_met"]
    refused = proposer.send(f"{address}/submit", {}, 1)
    assert refused.status_code == 422
    assert [problem["code"] for problem in refused.get_json()["problems"]] == ["consent"]
    assert refused.mimetype == "application/problem+json"
    assert proposer.send(f"{address}/submit", {}).status_code == 428
    assert proposer.send(f"{address}/submit", {}, 9).status_code == 412
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("tochuc", "answer", {"code": "consent", "met": True, "note": "Đơn"}),
        ("tochuc", "submit", {}),
        ("tochuc", "take-back", {}),
        ("tochuc", "submit", {}),
        ("thamdinh", "return", {"remark": "Thiếu"}),
        ("tochuc", "submit", {}),
        ("thamdinh", "appraise", {}),
        ("thutruong", "sign", {"lines": [document["lines"][0]["id"]], "signer_title": "Giám đốc"}),
        ("thutruong", "refuse", {"lines": [document["lines"][1]["id"]], "remark": "Đã có"}),
        (
            "vanthu",
            "register",
            {"symbol": "QĐ-SXD", "signed_on": "2026-11-20", "numbers": {str(document["lines"][0]["id"]): "15"}},
        ),
    )
    programs = {name: Program(province, name) for name in ("tochuc", "thamdinh", "thutruong", "vanthu")}
    version = 1
    for username, step, given in steps:
        answer = programs[username].send(f"{address}/{step}", given, version)
        assert answer.status_code == 200, (step, answer.text)
        version = answer.get_json()["version"]
    done = proposer.get(address).get_json()
    assert done["state"] == "closed"
    assert [line["state"] for line in done["lines"]] == ["registered", "refused"]
    decision = proposer.get(f"/api/v1/decisions/{done['lines'][0]['decision_id']}").get_json()
    assert decision["reference"] == "15/QĐ-SXD"
    assert [step["step"] for step in done["steps"]][:3] == ["register", "refuse", "sign"]


def test_a_draft_is_changed_and_its_people_too(province: Province) -> None:
    (made,) = propose(province, CAM)
    proposer = Program(province, "tochuc")
    address = f"{BASE}/{made.id}"
    changed = proposer.send(address, {"values": {"number": "9"}, "title": "Mới"}, 1, "PATCH")
    assert changed.status_code == 200, changed.text
    assert (changed.get_json()["title"], changed.get_json()["values"]) == ("Mới", {"number": "9"})
    added = proposer.send(f"{address}/people", {"people": [province.people[HUNG]]}, 2)
    assert [line["name"] for line in added.get_json()["lines"]] == [CAM, HUNG]
    removed = proposer.send(f"{address}/remove", {"lines": [added.get_json()["lines"][0]["id"]]}, 3)
    assert [line["state"] for line in removed.get_json()["lines"]] == ["dropped", "pending"]
    assert proposer.send(f"{address}/drop", {"remark": "thôi"}, 4).get_json()["state"] == "dropped"
    wrong = proposer.send(BASE, {"kind": "telephone", "people": "x", "effective_on": "mai"})
    assert wrong.status_code == 422
    assert {problem["field"].split(".")[0] for problem in wrong.get_json()["problems"]} == {"people", "effective_on"}


def test_the_list_keeps_to_who_takes_part(province: Province) -> None:
    (made,) = propose(province, CAM)
    assert [one["id"] for one in Program(province, "tochuc").get(f"{BASE}?state=draft&mine=1").get_json()["items"]] == [
        made.id
    ]
    assert Program(province, "tochuc").get(f"{BASE}?state=signed").get_json() == {"items": [], "next": None}
    for username in ("vanthu", "sonoivu", "chutich"):
        assert Program(province, username).get(BASE).get_json() == {"items": [], "next": None}
    for username in ("canbo", "thanhtra", "admin", "giangvien"):
        assert Program(province, username).get(BASE).status_code == 403
