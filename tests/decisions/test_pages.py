from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.counting import statements
from tests.province import Province

ENTRY = {
    "number": "905/QĐ-SNV", "signed_on": "4/5/2026", "issuer": "Sở Nội vụ", "kind": "step_raise",
    "subject": "=cmd()|' /C calc'!A0", "legal_ground": "Luật 80/2025/QH15\r\nNĐ 170/2025/NĐ-CP",
}  # fmt: skip


def enter(province: Province, username: str = "sonoivu", **more: Any) -> str:
    answer = province.client(username).submit("/decisions/new", {**ENTRY, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_enter_show_correct_withdraw(province: Province) -> None:
    address = enter(province)
    client = province.client("sonoivu")
    page = client.get(address).text
    assert "Quyết định 905/QĐ-SNV" in page
    assert "<li>NĐ 170/2025/NĐ-CP</li>" in page
    edited = client.submit(f"{address}/edit", {**ENTRY, "subject": "Nâng bậc", "version": "1"})
    assert edited.status_code == 303
    stale = client.submit(f"{address}/edit", {**ENTRY, "subject": "Khác", "version": "1"})
    assert stale.status_code == 412
    assert "Khác" in stale.text
    assert client.submit(f"{address}/withdraw", {"reason": "", "version": "2"}).status_code == 422
    assert client.submit(f"{address}/withdraw", {"reason": "nhập nhầm", "version": "2"}).status_code == 303
    assert "đã bị thu hồi" in client.get(address).text


def test_a_refused_entry_comes_back_as_typed(province: Province) -> None:
    enter(province)
    client = province.client("sonoivu")
    answer = client.submit("/decisions/new", {**ENTRY, "subject": "Lần hai"})
    assert answer.status_code == 422
    assert "đã có trong sổ" in answer.text
    assert "Lần hai" in answer.text
    answer = client.submit("/decisions/new", {**ENTRY, "number": "không số", "signed_on": "31/02/2026"})
    assert answer.status_code == 422
    assert "không có trong lịch" in answer.text


def test_the_list_narrows_and_chooses(province: Province) -> None:
    enter(province)
    enter(province, number="12/QĐ-UBND", issuer="UBND thành phố Cần Thơ", kind="organisation", subject="Sắp xếp")
    client = province.client("sonoivu")
    assert "905/QĐ-SNV" in client.get("/decisions?q=905").text
    assert "905/QĐ-SNV" not in client.get("/decisions?kind=organisation").text
    assert "905/QĐ-SNV" not in client.get("/decisions?year=2025").text
    assert client.get("/decisions?year=hai").status_code == 422
    assert client.get("/decisions?after=x").status_code == 422
    assert "12/QĐ-UBND" in client.get("/decisions?q=sap xep").text
    items = client.get("/decisions/choices?q=905/QD").json["items"]
    assert [item["label"] for item in items] == [f"905/QĐ-SNV ngày 04/05/2026: {ENTRY['subject']}"]


def test_an_agency_sees_its_own_and_not_the_others(province: Province) -> None:
    address = enter(province)
    own = enter(province, "tochuc", number="7/QĐ-SXD", issuer="Sở Xây dựng", subject="Của Sở Xây dựng")
    client = province.client("tochuc")
    assert client.get(address).status_code == 404
    assert client.get(own).status_code == 200
    assert "905/QĐ-SNV" not in client.get("/decisions").text
    assert client.get("/decisions/choices?q=905").json["items"] == []
    names = {row[0] for row in _rows(client.get("/decisions/export.xlsx").data)}
    assert names == {"Số, ký hiệu", "7/QĐ-SXD"}
    head = province.client("thutruong")
    assert head.get(own).status_code == 200
    assert "Sửa</a>" not in head.get(own).text
    assert head.get(f"{own}/edit").status_code == 403


def test_the_workbook_holds_text_as_text(province: Province) -> None:
    enter(province)
    book = load_workbook(BytesIO(province.client("sonoivu").get("/decisions/export.xlsx").data))
    cell = book.active["F2"]
    assert (cell.data_type, cell.value) == ("s", ENTRY["subject"])


def _rows(data: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(BytesIO(data)).active.iter_rows(values_only=True))


@pytest.mark.parametrize("address", ["/decisions", "/decisions?q=905&year=2026&kind=step_raise"])
def test_the_list_sends_few_statements(province: Province, address: str) -> None:
    enter(province)
    client = province.client("sonoivu")
    client.get(address)
    with statements() as seen:
        client.get(address)
    assert len(seen) <= 8, "\n".join(seen)


def test_the_api(province: Province) -> None:
    client = province.client("sonoivu")
    token = {"X-CSRFToken": client.token()}
    body = {"reference": "51/QĐ-SNV", "signed_on": "2026-03-02", "issuer_name": "Sở Nội vụ", "subject": "Bổ nhiệm",
            "kind": "appointment", "agencies": [province.agencies["B1"]]}  # fmt: skip
    made = client.post("/api/v1/decisions", json=body, headers=token)
    assert made.status_code == 201, made.text
    assert (made.json["number"], made.json["symbol"]) == ("51", "QĐ-SNV")
    assert province.client("tochuc").get(f"/api/v1/decisions/{made.json['id']}").status_code == 200
    twice = client.post("/api/v1/decisions", json=body, headers=token)
    assert (twice.status_code, twice.json["problems"][0]["code"]) == (422, "number_taken")
    address = f"/api/v1/decisions/{made.json['id']}"
    assert client.patch(address, json={"subject": "x"}, headers=token).status_code == 428
    done = client.patch(address, json={"subject": "Bổ nhiệm lại"}, headers={**token, "If-Match": '"1"'})
    assert (done.status_code, done.json["version"]) == (200, 2)
    listed = client.get("/api/v1/decisions?limit=1&agency=H13.09").json
    assert [item["reference"] for item in listed["items"]] == ["51/QĐ-SNV"]
    outside = {**body, "reference": "52/QĐ-SXD", "agencies": [province.agencies["A"]]}
    theirs = province.client("tochuc")
    assert theirs.post("/api/v1/decisions", json=outside, headers={"X-CSRFToken": theirs.token()}).status_code == 404
