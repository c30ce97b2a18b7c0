"""The record's tab, the report and its review, the ledger by hand, as pages and as JSON."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.training.models import CreditEntry, TrainingEvidence
from tests.counting import statements
from tests.province import Province
from tests.training.making import add_class, add_course, add_hours, certify, enrol

from .test_evidence import PDF

HUNG, CAM, DAT = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Phạm Quốc Đạt"


def _tab(province: Province, name: str = HUNG) -> str:
    return f"/people/{province.people[name]}/training"


def _form(**more: Any) -> dict[str, Any]:
    return {
        "course_id": "", "title": "An toàn thông tin", "kind": "position", "form": "online", "hours": "16",
        "provider": "Học viện", "started_on": "02/03/2026", "ended_on": "04/03/2026", "certificate_number": "88/GCN",
        "note": "", "proof": (io.BytesIO(PDF), "chung-nhan.pdf"),
    } | more  # fmt: skip


def _report(province: Province, **more: Any) -> int:
    answer = province.client("canbo").submit(f"{_tab(province)}/evidence/new", _form(**more))
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[-1])


def _state(evidence_id: int) -> tuple[str, int]:
    with scope.everything():
        found = db.session.execute(
            select(TrainingEvidence.state, TrainingEvidence.version).where(TrainingEvidence.id == evidence_id)
        ).one()
        return found.state, found.version


def test_an_empty_tab_says_what_to_do(province: Province) -> None:
    answer = province.client("canbo").get(_tab(province))
    assert answer.status_code == 200
    assert "Chưa có tiết học nào trong năm" in answer.text
    assert "Khai minh chứng" in answer.text
    assert "Mã QR điểm danh" in answer.text
    assert "Ghi kết quả cũ" not in answer.text


def test_the_ledger_of_a_year_with_running_sums(province: Province) -> None:
    add_hours(province, HUNG, "30", date(2026, 2, 1), title="Khóa một")
    add_hours(province, HUNG, "15.5", date(2026, 3, 1), title="Khóa hai")
    add_hours(province, HUNG, "7", date(2025, 3, 1), title="Khóa cũ")
    page = province.client("canbo").get(_tab(province)).text
    assert "45,5" in page
    assert "3,03" in page
    assert "Khóa cũ" not in page
    assert "Khóa cũ" in province.client("canbo").get(f"{_tab(province)}?year=2025").text
    every = province.client("canbo").get(f"{_tab(province)}?year=all").text
    assert "52,5" in every
    assert province.client("canbo").get(f"{_tab(province)}?year=x").status_code == 422


def test_reported_reviewed_and_undone(province: Province) -> None:
    made = _report(province)
    hr = province.client("tochuc")
    inbox = hr.get("/training/evidence").text
    assert "An toàn thông tin" in inbox
    shown = hr.get(f"/training/evidence/{made}").text
    assert "hệ số" in shown
    assert hr.get(f"/training/evidence/{made}/file").data == PDF
    _state_now, version = _state(made)
    assert hr.submit(
        f"/training/evidence/{made}/review", {"do": "accept", "hours": "10", "version": version}
    ).status_code == 422  # fmt: skip
    answer = hr.submit(
        f"/training/evidence/{made}/review", {"do": "accept", "hours": "16", "remarks": "", "version": version}
    )
    assert answer.status_code == 303, answer.text
    assert _state(made)[0] == "accepted"
    assert "Đã ghi 16 tiết vào sổ" in province.client("canbo").get(f"/training/evidence/{made}").text
    stale = hr.submit(f"/training/evidence/{made}/reopen", {"reason": "Giả", "version": version})
    assert stale.status_code == 422
    answer = hr.submit(f"/training/evidence/{made}/reopen", {"reason": "Giả", "version": _state(made)[1]})
    assert answer.status_code == 303
    tab = province.client("canbo").get(_tab(province)).text
    assert "hủy bút toán" in tab
    assert "đã hủy" in tab


def test_the_reviewer_is_told_of_hours_on_the_same_days(province: Province) -> None:
    made = _report(province)
    address = f"/training/evidence/{made}"
    assert "Trong những ngày này" not in province.client("tochuc").get(address).text
    add_hours(province, HUNG, "16", date(2026, 3, 4), title="ATTT cơ bản")
    assert "Trong những ngày này sổ đã có: ATTT cơ bản" in province.client("tochuc").get(address).text
    assert "Trong những ngày này" not in province.client("canbo").get(address).text


def test_returned_edited_and_withdrawn(province: Province) -> None:
    made = _report(province)
    hr, holder = province.client("tochuc"), province.client("canbo")
    hr.submit(f"/training/evidence/{made}/review", {"do": "return", "remarks": "Thiếu dấu", "version": _state(made)[1]})
    assert "Thiếu dấu" in holder.get(f"/training/evidence/{made}").text
    form = _form(title="An toàn thông tin mạng", version=_state(made)[1])
    assert holder.submit(f"/training/evidence/{made}/edit", form).status_code == 303
    assert _state(made)[0] == "submitted"
    answer = holder.submit(f"/training/evidence/{made}/withdraw", {"version": _state(made)[1]})
    assert answer.status_code == 303
    assert _state(made)[0] == "withdrawn"


def test_mistakes_stand_beside_their_fields(province: Province) -> None:
    holder = province.client("canbo")
    answer = holder.submit(f"{_tab(province)}/evidence/new", _form(hours="", ended_on="1/1/2031"))
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    answer = holder.submit(f"{_tab(province)}/evidence/new", _form(kind="teaching"))
    assert answer.status_code == 422
    answer = holder.submit(f"{_tab(province)}/evidence/new", _form(proof=(io.BytesIO(b"MZ"), "a.exe")))
    assert answer.status_code == 422


def test_hr_reports_for_somebody_and_writes_old_results(province: Province) -> None:
    hr = province.client("tochuc")
    assert hr.submit(f"{_tab(province, CAM)}/evidence/new", _form()).status_code == 303
    course = add_course()
    old = {
        "course_id": str(course), "course_id-text": "Kỹ năng soạn thảo văn bản", "title": "", "kind": "position",
        "form": "self_study", "hours": "16", "earned_on": "09/05/2025", "proof": "12/CN",
    }  # fmt: skip
    answer = hr.submit(f"{_tab(province, CAM)}/old", old)
    assert answer.status_code == 303, answer.text
    with scope.everything():
        entry = db.session.scalars(select(CreditEntry).where(CreditEntry.person_id == province.people[CAM])).one()
    assert (entry.hours, entry.course_id, entry.source) == (8, course, "old_data")
    again = hr.submit(f"{_tab(province, CAM)}/old", old)
    assert again.status_code == 422
    assert "đã có trong sổ" in again.text
    assert hr.get(f"{_tab(province, DAT)}/old").status_code == 404


def test_an_entry_reversed_by_hand(province: Province) -> None:
    made = add_hours(province, CAM, 8, date(2026, 2, 3))
    hr = province.client("tochuc")
    address = f"{_tab(province, CAM)}/entries/{made}/reverse"
    assert hr.get(address).status_code == 200
    assert hr.submit(address, {"reason": ""}).status_code == 422
    assert hr.submit(address, {"reason": "Nhập nhầm"}).status_code == 303
    assert hr.submit(address, {"reason": "Lần nữa"}).status_code == 422
    assert hr.get(f"{_tab(province, HUNG)}/entries/{made}/reverse").status_code == 404


def test_an_entry_of_a_completed_class_is_undone_in_the_class(province: Province) -> None:
    starts = clock.today() - timedelta(days=20)
    found = add_class(province, "B", starts_on=starts, state="running")
    (enrolment,) = enrol(province, found, CAM, state="completed", closed_on=clock.today())
    made = add_hours(
        province, CAM, 40, starts + timedelta(days=4), source="class", class_id=found, enrolment_id=enrolment
    )
    answer = province.client("tochuc").submit(f"{_tab(province, CAM)}/entries/{made}/reverse", {"reason": "Sai"})
    assert answer.status_code == 422
    assert "mở lại kết quả" in answer.text


def test_the_history_as_a_sheet_and_as_a_workbook(province: Province) -> None:
    add_hours(province, HUNG, "30", date(2026, 2, 1), title="=1+1")
    for who in ("canbo", "tochuc"):
        client = province.client(who)
        pdf = client.get(f"{_tab(province)}/history.pdf")
        assert pdf.status_code == 200
        assert pdf.data.startswith(b"%PDF")
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{_tab(province)}/history.xlsx").data))
        cell = book.worksheets[0]["B2"]
        assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize(
    ("who", "status"),
    [("tochuc", 200), ("thutruong", 200), ("sonoivu", 200), ("thanhtra", 404), ("giangvien", 403), ("vanthu", 403)],
)
def test_who_sees_the_tab(province: Province, who: str, status: int) -> None:
    assert province.client(who).get(_tab(province)).status_code == status


def test_more_rows_cost_no_more_statements(province: Province) -> None:
    client, counts = province.client("tochuc"), []
    for _round in range(3):
        add_hours(province, HUNG, 3, date(2026, 2, 1), title=f"Khóa {_round}")
        _report(province, title=f"Khóa {_round}")
        with statements() as seen:
            assert client.get(_tab(province)).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2]


def test_the_ledger_as_json(province: Province) -> None:
    first = add_hours(province, CAM, 8, date(2026, 2, 3))
    add_hours(province, HUNG, 9, date(2025, 2, 3))
    add_hours(province, DAT, 10, date(2026, 2, 3))
    client = province.client("tochuc")
    items = client.get("/api/v1/credits").json["items"]
    assert [one["hours"] for one in items] == ["8.00", "9.00"]
    page = client.get("/api/v1/credits?limit=1").json
    assert len(page["items"]) == 1
    assert [one["hours"] for one in client.get(f"/api/v1/credits?after={page['next']}").json["items"]] == ["9.00"]
    assert len(client.get("/api/v1/credits?year=2025").json["items"]) == 1
    assert len(client.get(f"/api/v1/credits?person={province.people[CAM]}").json["items"]) == 1
    assert client.get("/api/v1/credits?changed_since=2099-01-01T00:00:00Z").json["items"] == []
    address, token = f"/api/v1/credits/{first}/reverse", client.token()
    sent = {"json": {"reason": "Sai"}}
    assert client.post(address, headers={"X-CSRFToken": token}, **sent).status_code == 428
    done = client.post(address, headers={"X-CSRFToken": token, "If-Match": '"1"'}, **sent)
    assert done.status_code == 201, done.text
    again = client.post(address, headers={"X-CSRFToken": token, "If-Match": '"1"'}, **sent)
    assert again.status_code == 412
    reversal = client.get("/api/v1/credits").json["items"][-1]
    assert (reversal["hours"], reversal["reverses_id"], reversal["id"]) == ("-8.00", first, done.json["id"])


def test_what_is_owed_and_why(province: Province) -> None:
    add_hours(province, HUNG, "16", date(2026, 2, 1))
    page = province.client("canbo").get(_tab(province)).text
    assert "kiến thức, kỹ năng theo vị trí việc làm hằng năm" in page
    assert "Còn thiếu tiết" in page
    assert "Vì sao?" in page
    assert "<b>24</b>" in page


def test_the_first_page_says_what_waits_and_what_came_back(province: Province) -> None:
    made = _report(province)
    hr = province.client("tochuc")
    assert "1 minh chứng chờ duyệt" in hr.get("/").text
    hr.submit(f"/training/evidence/{made}/review", {"do": "return", "remarks": "Mờ", "version": _state(made)[1]})
    assert "được trả lại để bổ sung" in province.client("canbo").get("/").text
    assert "Minh chứng đào tạo</h2>" not in hr.get("/").text


def test_a_completed_class_stands_in_the_tab_with_its_certificate(province: Province) -> None:
    starts = clock.today() - timedelta(days=20)
    found = add_class(province, "B", starts_on=starts, state="completed")
    (enrolment,) = enrol(province, found, HUNG, state="completed", closed_on=clock.today())
    made = add_hours(
        province, HUNG, 40, starts + timedelta(days=4), source="class", class_id=found, enrolment_id=enrolment
    )
    with scope.everything():
        certify(province.people[HUNG], found, enrolment)
        db.session.commit()
    for who in ("canbo", "tochuc"):
        page = province.client(who).get(_tab(province)).text
        assert "Lớp LOP-THU" in page
        assert "Chứng chỉ, giấy chứng nhận" in page
    answer = province.client("tochuc").submit(f"{_tab(province)}/entries/{made}/reverse", {"reason": "Sai"})
    assert answer.status_code == 422


def test_the_trail_tells_of_it_in_both_languages(province: Province) -> None:
    made = _report(province)
    hr = province.client("tochuc")
    hr.submit(
        f"/training/evidence/{made}/review",
        {"do": "accept", "hours": "12", "remarks": "Thiếu buổi", "version": _state(made)[1]},
    )
    page = hr.get("/audit").text
    assert "công nhận 12 tiết của “An toàn thông tin”" in page
    assert "ghi 12 tiết, hoàn thành ngày 04/03/2026 (Minh chứng đã duyệt)" in page
    hr.submit("/locale", {"locale": "en"})
    assert "recognised 12 hours of “An toàn thông tin”" in hr.get("/audit").text
