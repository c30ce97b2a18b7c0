from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from hrms.agencies import queries
from hrms.core import scope
from hrms.core.db import db
from tests.counting import statements
from tests.province import Province

NEW_PAPER = {
    "decision_basis": "new", "decision_number": "15/QĐ-UBND", "decision_signed_on": "30/6/2025",
    "decision_issuer": "UBND thành phố Cần Thơ", "decision_kind": "organisation", "decision_subject": "Thành lập",
}  # fmt: skip
OLD_DATA = {"decision_basis": "old_data"}


def new_unit(province: Province, **more: Any) -> dict[str, Any]:
    return {
        "name": "Trung tâm Lưu trữ lịch sử", "kind": "service_unit", "parent": str(province.agencies["A"]),
        "parent-text": "Sở Nội vụ", "valid_from": "01072025", **more,
    }  # fmt: skip


def find(name: str) -> Any:
    with scope.everything():
        return next(iter(queries.find_by_name(name)), None)


def test_a_unit_is_opened_with_its_decision_and_shows_it(province: Province) -> None:
    client = province.client("sonoivu")
    answer = client.submit("/agencies/new", new_unit(province, code="H13.05.09", **NEW_PAPER))
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"])
    assert "Trung tâm Lưu trữ lịch sử" in page.text
    assert "Quyết định 15/QĐ-UBND" in page.text
    assert "thành lập “Trung tâm Lưu trữ lịch sử”" in page.text
    decision = client.get("/decisions?q=15/QD-UBND")
    assert "15/QĐ-UBND" in decision.text


def test_what_was_typed_comes_back_with_every_mistake(province: Province) -> None:
    client = province.client("sonoivu")
    data = new_unit(province, kind="commune", valid_from="30/02/2025", code="H1", **NEW_PAPER)
    answer = client.submit("/agencies/new", data)
    assert answer.status_code == 422
    assert "30/02/2025" in answer.text
    assert "không có trong lịch" in answer.text
    data["valid_from"] = "1/7/2025"
    answer = client.submit("/agencies/new", data)
    assert answer.status_code == 422
    assert "không đứng dưới “Sở Nội vụ”" in answer.text
    assert "Mã định danh “H1” không đúng dạng" in answer.text
    assert find("Trung tâm Lưu trữ lịch sử") is None
    assert "15/QĐ-UBND" not in client.get("/decisions").text, "a refused form leaves no decision behind"


def test_the_search_box_works_without_script(province: Province) -> None:
    client = province.client("sonoivu")
    data = new_unit(province, **OLD_DATA) | {"parent": "", "parent-text": "Sở Nội vụ"}
    assert client.submit("/agencies/new", data).status_code == 303


def test_moving_under_ones_own_child_is_said_at_the_field(province: Province) -> None:
    client = province.client("sonoivu")
    unit = province.agencies["C1"]
    data = {"parent": str(unit), "parent-text": "Trường Tiểu học Ngô Quyền", "valid_from": "1/1/2026", "version": "1"}
    answer = client.submit(f"/agencies/{unit}/move", {**data, **OLD_DATA})
    assert answer.status_code == 422
    assert "không thể trực thuộc chính mình" in answer.text


def test_a_stale_form_is_answered_412_and_keeps_what_was_typed(province: Province) -> None:
    client = province.client("sonoivu")
    unit = province.agencies["A1"]
    first = {"name": "Phòng Một", "kind": "division", "valid_from": "1/1/2026", "version": "1", **OLD_DATA}
    assert client.submit(f"/agencies/{unit}/rename", first).status_code == 303
    answer = client.submit(f"/agencies/{unit}/rename", {**first, "name": "Phòng Hai"})
    assert answer.status_code == 412
    assert "Phòng Hai" in answer.text
    assert "đã được người khác sửa" in answer.text


def test_closing_is_refused_with_counts_and_done_when_empty(province: Province) -> None:
    client = province.client("sonoivu")
    full = province.agencies["C"]
    data = {"closed_on": "1/12/2026", "merged_into-text": "", "version": "1", **OLD_DATA}
    answer = client.submit(f"/agencies/{full}/close", data)
    assert answer.status_code == 422
    assert "còn 1 đơn vị trực thuộc" in answer.text
    assert "còn 2 người" in answer.text
    client.submit("/agencies/new", new_unit(province, **OLD_DATA))
    unit = find("Trung tâm Lưu trữ lịch sử").id
    heir = {"merged_into": str(province.agencies["B"]), "merged_into-text": "Sở Xây dựng"}
    assert client.submit(f"/agencies/{unit}/close", {**data, **heir, "closed_on": "1/8/2025"}).status_code == 303
    page = client.get(f"/agencies/{unit}").text
    assert "sáp nhập vào Sở Xây dựng" in page
    assert "Hoạt động trở lại" in page
    reopened = client.submit(f"/agencies/{unit}/reopen", {"valid_from": "1/8/2025", "version": "2", **OLD_DATA})
    assert reopened.status_code == 303
    assert "Chấm dứt, sáp nhập" in client.get(f"/agencies/{unit}").text


def test_the_tree_opens_line_by_line_by_links(province: Province) -> None:
    client = province.client("sonoivu")
    page = client.get("/agencies").text
    assert "Sở Nội vụ" in page
    assert "Phòng Công chức, viên chức" not in page
    opened = client.get(f"/agencies?open={province.agencies['root']}.{province.agencies['A']}").text
    assert "Phòng Công chức, viên chức" in opened
    assert client.get("/agencies?open=x.9999999999999999999.-1").status_code == 200
    assert client.get("/agencies/99999999999999999999").status_code == 404
    assert client.get("/agencies?open=9223372036854775807").status_code == 200
    found = client.get("/agencies?q=quy hoach").text
    assert "Phòng Quy hoạch" in found
    assert "Sở Nội vụ" not in found


def test_the_tree_as_at_a_day(province: Province) -> None:
    client = province.client("sonoivu")
    unit = province.agencies["A1"]
    data = {"name": "Phòng Mới", "kind": "division", "valid_from": "1/3/2026", "version": "1", **OLD_DATA}
    assert client.submit(f"/agencies/{unit}/rename", data).status_code == 303
    assert "Phòng Mới" in client.get(f"/agencies/{unit}").text
    then = client.get("/agencies?as_at=2026-01-01").text
    assert "Phòng Công chức, viên chức" in then
    assert "Phòng Mới" not in then
    assert "Sở Nội vụ" not in client.get("/agencies?as_at=2025-06-30").text


@pytest.mark.parametrize("username", ["giangvien", "canbo"])
def test_who_may_not_see_people_sees_no_counts(province: Province, username: str) -> None:
    client = province.client(username)
    for address in ("/agencies", "/agencies/chart"):
        page = client.get(address).text
        assert "Số người" not in page
        assert "12 người" not in page


def test_names_above_the_reader_are_told_and_lead_nowhere(province: Province) -> None:
    client = province.client("tochuc")
    page = client.get(f"/agencies/{province.agencies['B1']}").text
    assert "UBND thành phố Cần Thơ" in page
    assert f'href="/agencies/{province.agencies["root"]}"' not in page
    assert "Chấm dứt, sáp nhập" not in page


def test_choices_answer_within_the_scope(province: Province) -> None:
    answer = province.client("tochuc").get("/agencies/choices?q=")
    assert {item["label"] for item in answer.json["items"]} == {"Sở Xây dựng", "Phòng Quy hoạch"}
    assert answer.json["more"] is False
    assert province.client("tochuc").get("/agencies/choices?q=noi vu").json["items"] == []
    assert province.client("thutruong").get("/agencies/choices?for=manage").json["items"] == []


def test_the_workbook_holds_the_readers_part(province: Province) -> None:
    answer = province.client("tochuc").get("/agencies/export.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["Sở Xây dựng", "Phòng Quy hoạch"]
    assert rows[1][-2:] == (1, 4)
    assert province.client("tochuc").get("/agencies/export.xlsx?agency=H13.05").status_code == 404


@pytest.mark.parametrize("address", ["/agencies", "/agencies/{A}", "/agencies/chart", "/agencies/{A}/move"])
def test_pages_send_few_statements(province: Province, address: str) -> None:
    client = province.client("sonoivu")
    where = address.format(**province.agencies)
    client.get(where)
    with statements() as seen:
        assert client.get(where).status_code == 200
    assert len(seen) <= 14, "\n".join(seen)


def test_the_api_reads_and_writes_with_versions(province: Province, app: Any) -> None:
    client = province.client("sonoivu")
    token = {"X-CSRFToken": client.token()}
    made = client.post(
        "/api/v1/agencies",
        json={
            "name": "Trung tâm Số",
            "kind": "service_unit",
            "parent_id": province.agencies["A"],
            "valid_from": "2025-07-01",
        },
        headers=token,
    )
    assert made.status_code == 201, made.text
    assert made.headers["ETag"] == '"1"'
    address = f"/api/v1/agencies/{made.json['id']}"
    body = {"name": "Trung tâm Chuyển đổi số", "valid_from": "2026-01-01"}
    assert client.post(f"{address}/rename", json=body, headers=token).status_code == 428
    stale = client.post(f"{address}/rename", json=body, headers={**token, "If-Match": '"7"'})
    assert stale.status_code == 412
    assert stale.content_type == "application/problem+json"
    done = client.post(f"{address}/rename", json=body, headers={**token, "If-Match": '"1"'})
    assert (done.status_code, done.json["name"], done.json["version"]) == (200, "Trung tâm Chuyển đổi số", 2)
    bad = client.post(
        f"{address}/move",
        json={"parent_id": made.json["id"], "valid_from": "2026-02-01"},
        headers={**token, "If-Match": '"2"'},
    )
    assert bad.status_code == 422
    assert {"own_parent"} <= {p["code"] for p in bad.json["problems"]}
    unknown = client.patch(address, json={"colour": "red"}, headers={**token, "If-Match": '"2"'})
    assert unknown.status_code == 422
    outside = province.client("tochuc").get(address)
    assert outside.status_code == 404
    db.session.expire_all()
