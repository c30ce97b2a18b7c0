"""Pages of the catalogue: finding, one position, rows of the province's own, the export, the dictionary."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from hrms.core.db import db
from hrms.positions.models import JobPosition
from tests.counting import statements
from tests.inspection import mistakes
from tests.positions.test_frames import position, put_frame, put_line
from tests.province import Province, signed_in_scope

OWN = {
    "name": "Chuyên viên quản lý bến phà kiểu mẫu", "catalogue": "civil_specialised", "position_group": "professional",
    "field": "Xây dựng", "ranks": "01.002, 01.003", "least_rank": "01.003", "valid_from": "01/01/2026",
    "source": "QĐ 12/QĐ-UBND, Phụ lục I", "decision_basis": "new", "decision_number": "12/QĐ-UBND",
    "decision_signed_on": "15/12/2025", "decision_issuer": "UBND thành phố Cần Thơ", "decision_kind": "organisation",
    "decision_subject": "Phê duyệt vị trí việc làm",
}  # fmt: skip


def add(province: Province, username: str = "sonoivu", **more: Any) -> Any:
    return province.client(username).submit("/positions/catalogue/new", {**OWN, **more})


def test_the_list_finds_by_folded_words_and_narrows(province: Province) -> None:
    client = province.client("tochuc")
    found = client.get("/positions/catalogue?q=giao vien tieu hoc")
    assert "Giáo viên tiểu học" in found.text
    assert "Bác sĩ" not in found.text
    assert mistakes(found.text) == []
    narrowed = client.get("/positions/catalogue?catalogue=civil_commune&group=leadership").text
    assert "Phó Trưởng phòng" in narrowed
    assert "Giáo viên tiểu học" not in narrowed
    assert "Không có vị trí nào" in client.get("/positions/catalogue?q=khongcogihet").text
    assert client.get("/positions/catalogue?as_at=01/01/2020").status_code == 200
    second = client.get("/positions/catalogue")
    assert "after=" in second.text


def test_rows_say_how_sure_they_are(province: Province) -> None:
    with signed_in_scope():
        unsure = db.session.scalars(select(JobPosition.id).where(JobPosition.mark == "U").limit(1)).one_or_none()
        known = db.session.scalars(select(JobPosition.id).where(JobPosition.mark == "K").limit(1)).one()
    page = province.client("tochuc").get(f"/positions/catalogue/{known}").text
    assert "chưa đối chiếu với phụ lục của nghị định" in page
    if unsure is not None:
        page = province.client("tochuc").get(f"/positions/catalogue/{unsure}").text
        assert "chưa chắc chắn" in page


def test_a_position_shows_frames_and_where_it_is_used_in_scope(province: Province) -> None:
    with signed_in_scope():
        one = position("cc.specialised.01")
        put_frame(one, None)
        put_frame(one, province.agencies["B"])
        put_frame(one, province.agencies["A"])
        put_line(province.agencies["A1"], one)
        line = put_line(province.agencies["B1"], one, code="XD-01")
        db.session.execute(
            text(
                "INSERT INTO quota_movements (agency_id, line_id, quota_kind, kind, amount, effective_on, basis)"
                " VALUES (:a, :l, 'civil', 'assigned', 3, '2026-01-01', 'old_data')"
            ),
            {"a": province.agencies["B1"], "l": line},
        )
    client = province.client("tochuc")
    with statements() as sent:
        page = client.get(f"/positions/catalogue/{one}")
    assert page.status_code == 200
    assert "Mẫu chung của tỉnh" in page.text
    assert "Sở Xây dựng" in page.text
    assert "Sở Nội vụ" not in page.text
    assert "XD-01" in page.text
    assert "Phòng Công chức, viên chức" not in page.text
    assert mistakes(page.text) == []
    assert len(sent) <= 10


def test_the_province_adds_a_row_from_a_decision(province: Province) -> None:
    answer = add(province)
    assert answer.status_code == 303, answer.text
    with signed_in_scope():
        made = db.session.scalars(select(JobPosition).where(JobPosition.name == OWN["name"])).one()
        assert made.key == "own.1"
        assert made.mark == "P"
        assert made.quota_kind == "civil"
        assert made.decision_id is not None
        assert made.ranks == ["01.002", "01.003"]
    page = province.client("sonoivu").get(answer.headers["Location"]).text
    assert "do tỉnh bổ sung" in page
    assert "12/QĐ-UBND" in page
    again = add(province, name="chuyen vien QUẢN LÝ bến phà - kiểu mẫu", decision_number="13/QĐ-UBND")
    assert again.status_code == 422
    assert "Danh mục đã có vị trí" in again.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ranks": "99.999"}, "Không có ngạch, chức danh mang mã 99.999"),
        ({"position_group": "leadership"}, "không có nhóm này"),
        ({"grade_min": "2", "grade_max": "4"}, "Chỉ vị trí viên chức có bậc"),
        (
            {"catalogue": "public_professional", "ranks": "", "least_rank": "", "grade_min": "4", "grade_max": "2"},
            "Khoảng bậc chưa đúng",
        ),
        ({"decision_basis": "old_data"}, "Căn cứ"),
        ({"name": ""}, "Tên vị trí việc làm"),
    ],
)
def test_a_bad_row_comes_back_as_typed(province: Province, more: dict[str, str], said: str) -> None:
    answer = add(province, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert "QĐ 12/QĐ-UBND, Phụ lục I" in answer.text


def test_agencies_add_nothing(province: Province) -> None:
    assert add(province, "tochuc").status_code == 403
    assert "Bổ sung vị trí" not in province.client("tochuc").get("/positions/catalogue").text


def test_a_row_is_ended_never_one_of_the_law(province: Province) -> None:
    address = add(province).headers["Location"]
    client = province.client("sonoivu")
    assert "Chấm dứt dùng" in client.get(address).text
    early = client.submit(f"{address}/end", {"version": "1", "last_day": "31/12/2025", "reason": "QĐ 9"})
    assert early.status_code == 422
    assert "01/01/2026" in early.text
    stale = client.submit(f"{address}/end", {"version": "7", "last_day": "30/06/2026", "reason": "QĐ 9"})
    assert stale.status_code == 412
    done = client.submit(f"{address}/end", {"version": "1", "last_day": "30/06/2026", "reason": "QĐ 9"})
    assert done.status_code == 303
    assert "không còn dùng từ ngày 01/07/2026" in client.get(address).text
    assert OWN["name"] not in client.get("/positions/catalogue?q=ben pha kieu mau").text
    assert OWN["name"] in client.get("/positions/catalogue?q=ben pha kieu mau&ended=1").text
    with signed_in_scope():
        seeded = position("cc.commune.II.17")
    assert client.get(f"/positions/catalogue/{seeded}/end").status_code == 404
    # The name is free again, for another decision.
    later = add(province, valid_from="01/07/2026", decision_number="14/QĐ-UBND")
    assert later.status_code == 303


def test_the_export_holds_what_the_list_shows(province: Province) -> None:
    answer = province.client("tochuc").get("/positions/catalogue/export.xlsx?catalogue=public_management")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 11
    assert sheet["D2"].value == "Người đứng đầu đơn vị sự nghiệp công lập và tương đương"


def test_the_search_box_offers_positions_in_force(province: Province) -> None:
    found = province.client("tochuc").get("/positions/catalogue/choices?q=bac si").get_json()
    assert any(item["label"] == "Bác sĩ" for item in found["items"])


def test_the_dictionary_words_every_level(province: Province) -> None:
    page = province.client("tochuc").get("/positions/competencies")
    assert page.status_code == 200
    assert "Đạo đức và bản lĩnh" in page.text
    assert "không xác định" in page.text
    assert mistakes(page.text) == []


def test_the_catalogue_and_the_frames_answer_to_programs(province: Province) -> None:
    with signed_in_scope():
        one = position("cc.specialised.01")
        put_frame(one, None, least_degree="university", content={"objective": "Mẫu"})
        put_frame(one, province.agencies["B"])
        put_frame(one, province.agencies["A"])
    client = province.client("tochuc")
    first = client.get("/api/v1/positions?limit=5&catalogue=public_professional").get_json()
    assert len(first["items"]) == 5
    second = client.get(f"/api/v1/positions?limit=5&catalogue=public_professional&after={first['next']}").get_json()
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}
    found = client.get(f"/api/v1/positions/{one}").get_json()
    assert found["key"] == "cc.specialised.01"
    assert found["mark"] in {"C", "C2", "K", "U"}
    frames = client.get(f"/api/v1/positions/{one}/frames").get_json()["items"]
    assert [item["agency"] for item in frames] == [None, "Sở Xây dựng"]
    assert frames[0]["requirements"]["least_degree"] == "university"
    assert frames[0]["content"]["objective"] == "Mẫu"
    assert client.get(f"/api/v1/positions/{one}/frames?as_at=2020-01-01").get_json()["items"] == []
    assert client.get("/api/v1/positions/999999").status_code == 404
