"""Programmes: finding, one with its versions, adding, putting right, taking out of force, the export, the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from hrms.core import dated
from hrms.core.db import db
from hrms.training.models import Course, CourseVersion, TrainingProvider
from hrms.training.queries import courses as queries
from hrms.training.rules.courses import code_problems, version_problems
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import Province
from tests.system.tampering import bearer

NEW = {
    "code": "vt.bai-thu", "name": "Kỹ năng viết báo cáo thử", "kind": "position", "source": "QĐ 5/QĐ-SNV",
    "hours": "24", "form": "class", "certificate": "attestation", "valid_from": "01/01/2026",
    "person_kinds": ["civil_servant"], "ranks": "V.07.03.*", "positions": "cc.commune.II.17\nChuyên viên y tế",
    "competency-G3": "3", "competency-P1": "0", "decision_basis": "old_data",
}  # fmt: skip


def add(province: Province, username: str = "sonoivu", **more: Any) -> Any:
    return province.client(username).submit("/training/courses/new", {**NEW, **more})


def course_of(code: str) -> Course:
    return db.session.scalars(select(Course).where(Course.code == code)).one()


def versions_of(course_id: int) -> list[CourseVersion]:
    return list(queries.list_versions(course_id))


def test_the_list_finds_by_folded_words_and_codes_and_narrows(province: Province) -> None:
    client = province.client("canbo")
    found = client.get("/training/courses?q=soan thao van ban")
    assert "Kỹ năng soạn thảo và ban hành văn bản hành chính" in found.text
    assert "Cao cấp lý luận chính trị" not in found.text
    assert mistakes(found.text) == []
    assert "Cao cấp lý luận chính trị" in client.get("/training/courses?q=LLCT.CC").text
    narrowed = client.get("/training/courses?kind=defence&level=group_3").text
    assert "đối tượng 3" in narrowed
    assert "đối tượng 4" not in narrowed
    assert "Kỹ năng ra quyết định" not in client.get("/training/courses?competency=G3").text
    assert "Trung cấp lý luận chính trị" not in client.get("/training/courses?form=online").text
    assert "Không có chương trình nào" in client.get("/training/courses?q=khongcogihet").text
    assert "after=" in client.get("/training/courses").text


def test_rank_programmes_are_in_force_before_july_2025_only(province: Province) -> None:
    client = province.client("tochuc")
    name = "Bồi dưỡng quản lý nhà nước ngạch chuyên viên chính"
    assert name not in client.get("/training/courses?kind=state_management").text
    assert name in client.get("/training/courses?kind=state_management&as_at=30/06/2025").text
    assert name in client.get("/training/courses?kind=state_management&ended=1").text
    page = client.get(f"/training/courses/{course_of('QLNN.CVC').id}").text
    assert "không có hiệu lực" in page
    assert "Giấy tờ đã cấp" in page


def test_a_page_of_the_list_reads_a_fixed_number_of_statements(province: Province) -> None:
    client = province.client("tochuc")
    client.get("/training/courses")
    with statements() as few:
        client.get("/training/courses?q=LLCT.CC")
    with statements() as many:
        client.get("/training/courses")
    assert len(many) <= len(few)
    assert len(many) <= 14


def test_a_programme_shows_whom_it_is_for_and_what_it_raises(province: Province) -> None:
    page = province.client("tochuc").get(f"/training/courses/{course_of('LD.PHONG.SO').id}")
    assert mistakes(page.text) == []
    for words in ("160", "Cấp phòng", "Ra quyết định", "Học viện Chính trị quốc gia Hồ Chí Minh", "Chứng chỉ"):
        assert words in page.text
    assert "Lập nội dung mới" not in page.text
    assert "Lập nội dung mới" in province.client("sonoivu").get(f"/training/courses/{course_of('LD.SO').id}").text


def test_the_province_adds_a_programme(province: Province) -> None:
    client = province.client("sonoivu")
    answer = client.submit("/training/courses/new", NEW)
    assert answer.status_code == 303
    made = course_of("VT.BAI-THU")
    (version,) = versions_of(made.id)
    assert (made.mark, version.hours, version.valid_from) == ("P", Decimal(24), date(2026, 1, 1))
    assert version.competencies == [{"code": "G3", "level": 3}, {"code": "P1", "level": None}]
    assert set(version.ranks) == {"V.07.03.27", "V.07.03.28", "V.07.03.29"}
    assert set(version.positions) == {"cc.commune.II.17", "cc.commune.II.24"}
    page = client.get(answer.location)
    assert "Đã thêm chương trình" in page.text
    assert mistakes(page.text) == []
    said = client.get("/audit").text
    assert "thêm chương trình đào tạo “Kỹ năng viết báo cáo thử”" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"code": "có dấu"}, "chưa đúng"),
        ({"code": "LD.SO"}, "Đã có chương trình mang mã này"),
        ({"hours": "0"}, "nhỏ hơn"),
        ({"positions": "Chuyên viên bay lượn"}, "Chuyên viên bay lượn"),
        ({"ranks": "99.999"}, "99.999"),
        ({"level": "advanced"}, "không phải của loại chương trình"),
        ({"certificate": "none", "valid_months": "12"}, "không có hiệu lực chứng chỉ"),
        ({"last_day": "01/01/2025"}, "từ ngày bắt đầu"),
        ({"name": ""}, "còn trống"),
    ],
)
def test_a_bad_programme_comes_back_as_typed(province: Province, more: dict[str, str], said: str) -> None:
    answer = add(province, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Chuyên viên y tế" in answer.text or "Chuyên viên bay lượn" in answer.text
    assert '<option value="3" selected>' in answer.text
    assert mistakes(answer.text) == []


def test_agencies_and_trainers_add_nothing(province: Province) -> None:
    for name in ("tochuc", "thutruong", "giangvien", "canbo", "thanhtra"):
        assert add(province, name).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Course).where(Course.code == "VT.BAI-THU")) == 0


def test_a_new_version_leaves_the_days_before_it(province: Province) -> None:
    client = province.client("sonoivu")
    found = course_of("VT.G3")
    form = client.get(f"/training/courses/{found.id}/edit")
    assert 'value="40"' in form.text
    assert mistakes(form.text) == []
    sent = {**NEW, "version": str(found.version), "hours": "32", "valid_from": "01/01/2027"}
    assert client.submit(f"/training/courses/{found.id}/edit", sent).status_code == 303
    db.session.expire_all()
    on = {day: queries.version_on(versions_of(found.id), day) for day in (date(2026, 12, 31), date(2027, 1, 1))}
    assert [one and one.hours for one in on.values()] == [Decimal(40), Decimal(32)]
    # The same form once more: somebody has written meanwhile.
    stale = client.submit(f"/training/courses/{found.id}/edit", sent)
    assert stale.status_code == 412
    assert "người khác sửa" in stale.text


def test_a_version_is_put_right_for_its_own_days(province: Province) -> None:
    client = province.client("sonoivu")
    found = course_of("VT.G4")
    (version,) = versions_of(found.id)
    form = client.get(f"/training/courses/{found.id}/edit?version={version.id}").text
    assert 'value="01/07/2025"' in form
    sent = {**NEW, "version": str(found.version), "hours": "16", "valid_from": "01/07/2025"}
    assert client.submit(f"/training/courses/{found.id}/edit?version={version.id}", sent).status_code == 303
    (now,) = versions_of(found.id)
    assert now.hours == Decimal(16)
    every = select(func.count()).select_from(CourseVersion).where(CourseVersion.course_id == found.id)
    assert db.session.scalar(every) == 2
    assert client.get(f"/training/courses/{found.id}/edit?version=999999999").status_code == 404


def test_a_programme_is_withdrawn_and_its_past_stays(province: Province) -> None:
    client = province.client("sonoivu")
    found = course_of("VT.G5")
    address = f"/training/courses/{found.id}/withdraw"
    assert mistakes(client.get(address).text) == []
    sent = {"version": str(found.version), "valid_from": "01/01/2027", "decision_basis": "old_data"}
    assert client.submit(address, sent).status_code == 422
    assert client.submit(address, {**sent, "reason": "Gộp vào chương trình khác"}).status_code == 303
    db.session.expire_all()
    versions = versions_of(found.id)
    assert queries.version_on(versions, date(2026, 12, 31)) is not None
    assert queries.version_on(versions, date(2027, 1, 1)) is None
    again = {**sent, "version": str(course_of("VT.G5").version), "reason": "Lần nữa", "valid_from": "01/02/2027"}
    assert "không còn hiệu lực" in client.submit(address, again).text


def test_the_name_is_put_right_and_found_anew(province: Province) -> None:
    client = province.client("sonoivu")
    found = course_of("VT.G5")
    sent = {"version": str(found.version), "name": "Kỹ năng phối hợp liên ngành thử", "kind": "position", "source": "S"}
    assert client.submit(f"/training/courses/{found.id}/name", sent).status_code == 303
    assert "Kỹ năng phối hợp liên ngành thử" in client.get("/training/courses?q=lien nganh thu").text
    db.session.expire_all()
    sent["version"] = str(course_of("VT.G5").version)
    same = client.submit(f"/training/courses/{found.id}/name", sent, follow_redirects=True)
    assert "Không có gì thay đổi" in same.text


def test_the_form_begins_as_a_copy(province: Province) -> None:
    found = course_of("LD.SO")
    page = province.client("sonoivu").get(f"/training/courses/new?from={found.id}").text
    assert 'value="160"' in page
    assert "LD.SO" not in page.split('id="code"')[1].split(">")[0]


def test_the_export_holds_what_the_list_shows(province: Province) -> None:
    answer = province.client("canbo").get("/training/courses/export.xlsx?kind=defence")
    rows = list(load_workbook(BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["QPAN.1", "QPAN.2", "QPAN.3", "QPAN.4"]
    assert rows[1][4] == 40


def test_the_search_box_offers_programmes_in_force(province: Province) -> None:
    answer = province.client("tochuc").get("/training/courses/choices?q=quan ly nha nuoc ngach").get_json()
    assert answer["items"] == []
    assert province.client("tochuc").get("/training/courses/choices?q=LLCT.TC").get_json()["items"][0]["label"]


def test_providers_are_added_and_put_right(province: Province) -> None:
    client = province.client("sonoivu")
    page = client.get("/training/providers")
    assert "Trường Chính trị" in page.text
    assert mistakes(page.text) == []
    sent = {"code": "TCT2", "name": "Trung tâm bồi dưỡng thử", "may_certify": "y", "source": "QĐ 7", "agency-text": ""}
    assert client.submit("/training/providers/new", sent).status_code == 303
    made = db.session.scalars(select(TrainingProvider).where(TrainingProvider.code == "TCT2")).one()
    assert (made.may_certify, made.active, made.mark) == (True, True, "P")
    assert "Đã có cơ sở đào tạo mang mã này" in client.submit("/training/providers/new", sent).text
    edit = {"version": str(made.version), "name": made.name, "agency": str(province.agencies["A"]), "source": "QĐ 7"}
    assert client.submit(f"/training/providers/{made.id}/edit", edit).status_code == 303
    db.session.refresh(made)
    assert (made.may_certify, made.active, made.agency_id) == (False, False, province.agencies["A"])
    assert client.submit(f"/training/providers/{made.id}/edit", edit).status_code == 412
    assert province.client("tochuc").submit("/training/providers/new", {**sent, "code": "X1"}).status_code == 403


def test_programmes_answer_to_programs(province: Province) -> None:
    read = province.app.test_client()
    read.environ_base["HTTP_AUTHORIZATION"] = bearer(province, "tochuc")["Authorization"]
    page = read.get("/api/v1/courses?kind=leadership&limit=2").get_json()
    assert len(page["items"]) == 2
    assert page["next"]
    one = next(item for item in page["items"] if item["current"])
    shown = read.get(f"/api/v1/courses/{one['id']}")
    assert shown.headers["ETag"] == f'"{one["version"]}"'
    assert shown.get_json()["current"]["hours"] == one["current"]["hours"]
    assert len(read.get(f"/api/v1/courses/{one['id']}/versions").get_json()) == 1
    body = {
        "code": "API.1", "name": "Chương trình qua API", "kind": "position",
        "first": {
            "hours": "20.50", "form": "online", "certificate": "none", "valid_from": "2026-01-01",
            "competencies": [{"code": "G6", "level": 2}], "positions": ["cc.commune.II.17"],
        },
    }  # fmt: skip
    assert read.post("/api/v1/courses", json=body).status_code == 403
    keep = province.app.test_client()
    keep.environ_base["HTTP_AUTHORIZATION"] = bearer(province, "sonoivu")["Authorization"]
    made = keep.post("/api/v1/courses", json=body)
    assert made.status_code == 201, made.text
    item = made.get_json()
    assert item["current"]["hours"] == "20.50"
    address = f"/api/v1/courses/{item['id']}/versions"
    version = {**body["first"], "hours": "8", "valid_from": "2026-06-01"}  # type: ignore[dict-item]
    assert keep.post(address, json=version).status_code == 428
    assert keep.post(address, json=version, headers={"If-Match": '"77"'}).status_code == 412
    assert keep.post(address, json=version, headers={"If-Match": made.headers["ETag"]}).status_code == 201
    bad = {**version, "positions": ["khong.co"]}
    refused = keep.post(address, json=bad, headers={"If-Match": '"2"'})
    assert refused.status_code == 422
    assert refused.get_json()["problems"][0]["code"] == "unknown_code"


def test_what_a_version_must_say() -> None:
    good = {"hours": Decimal(8), "form": "class", "certificate": "none", "valid_months": None, "competencies": []}
    assert version_problems(good) == []
    for change, code in (
        ({"hours": None}, "out_of_bounds"), ({"hours": Decimal(5001)}, "out_of_bounds"),
        ({"form": "teaching"}, "unknown"),
        ({"certificate": "medal"}, "unknown"), ({"valid_months": 12}, "no_certificate"),
        ({"competencies": [{"code": "G1", "level": 6}]}, "level"),
        ({"competencies": [{"code": "G1", "level": 1}, {"code": "G1", "level": 2}]}, "twice"),
    ):  # fmt: skip
        assert [one.code for one in version_problems({**good, **change})] == [code]
    assert [bool(code_problems(one)) for one in ("A", "LD.SO", "-A", "A B", "Đ1", "A" * 31)] == [
        True, False, True, True, True, True,
    ]  # fmt: skip
    assert dated.fact_columns(CourseVersion)
