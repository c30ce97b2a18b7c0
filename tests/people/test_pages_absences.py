"""Time away on pages, in workbooks and as JSON: entering it, who is away, who may see what of it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.people.models import Person, PersonAbsence
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import Province

CAM, HUNG, ABROAD = "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Đặng Thị Ngọc Ánh"
SECRET = "Thai kỳ nguy cơ cao"


def give(province: Province, name: str, kind: str, start: str, end: str | None = None, **more: Any) -> int:
    """Write an absence as old data, and the current row."""
    person = province.people[name]
    with scope.everything():
        db.session.add(
            PersonAbsence(
                person_id=person, absence_kind=kind, valid_from=date.fromisoformat(start),
                valid_to=date.fromisoformat(end) if end else None, basis="old_data", **more,
            )
        )  # fmt: skip
        db.session.flush()
        db.session.execute(text("SELECT refresh_people(ARRAY[:id], :today)"), {"id": person, "today": clock.today()})
        db.session.commit()
    return person


def looked_at() -> list[list[str]]:
    """Return the guarded groups that readers were noted to have looked at."""
    with scope.everything():
        events = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.viewed")).all()
        return [event.after["groups"] for event in events]


def version_of(person: int) -> int:
    with scope.everything():
        found: int = db.session.get_one(Person, person, populate_existing=True).version
    return found


def form_of(person: int, **more: Any) -> dict[str, Any]:
    return {
        "version": version_of(person), "decision_basis": "new", "decision_number": "77/QĐ-SXD",
        "decision_signed_on": "1/9/2026", "decision_issuer": "Sở Xây dựng", "decision_kind": "absence",
        "decision_subject": "Nghỉ thai sản", "absence_kind": "maternity_leave", "valid_from": "15/9/2026", **more,
    }  # fmt: skip


def test_maternity_leave_is_entered_once_with_its_decision(province: Province) -> None:
    person, client = province.people[CAM], province.client("tochuc")
    address = f"/people/{person}/absences/new"
    blank = client.get(address)
    assert blank.status_code == 200
    assert mistakes(blank.text) == []
    done = client.submit(address, form_of(person, absence_reason=SECRET))
    assert done.status_code == 303, done.text[done.text.find("error-summary") :][:900]
    assert done.headers["Location"] == f"/people/{person}/absences"
    shown = client.get(f"/people/{person}/absences")
    assert mistakes(shown.text) == []
    for words in ("Nghỉ thai sản", "77/QĐ-SXD", SECRET, "14/03/2027", "tính vào thời gian giữ bậc"):
        assert words in shown.text, words
    head = client.get(f"/people/{person}").text
    assert "Nghỉ thai sản, dự kiến đến hết 14/03/2027" in head
    assert "Nghỉ thai sản" in client.get(f"/people/{person}/career").text
    again = client.submit(address, form_of(person, absence_reason=SECRET), follow_redirects=True)
    assert "không có gì thay đổi" in again.text


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"valid_from": ""}, "valid_from", "Nghỉ từ ngày"),
        ({"last_day": "1/9/2026"}, "last_day", "Ngày kết thúc phải từ ngày bắt đầu 15/09/2026"),
        ({"absence_kind": ""}, "absence_kind", "Loại thời gian nghỉ"),
        ({"valid_from": "30/2/2026"}, "valid_from", "30/2/2026"),
        ({"expected_until": "1/1/2026"}, "expected_until", "trước ngày bắt đầu nghỉ 15/09/2026"),
        ({"working_days": "3"}, "working_days", "khi đã có ngày cuối"),
        ({"absence_kind": "study", "children": "2"}, "children", "chỉ ghi với Nghỉ thai sản"),
        ({"decision_number": ""}, "decision_number", "Số, ký hiệu"),
        ({"valid_from": "1/7/2026"}, "valid_from", "đã có Nghỉ không hưởng lương từ 01/06/2026 đến 31/07/2026"),
    ],
)  # fmt: skip
def test_a_refused_form_keeps_what_was_typed(province: Province, given: dict[str, str], field: str, words: str) -> None:
    person = give(province, CAM, "unpaid_leave", "2026-06-01", "2026-08-01")
    answer = province.client("tochuc").submit(
        f"/people/{person}/absences/new", form_of(person, absence_reason="chưa lưu", **given)
    )
    assert answer.status_code == 422
    assert mistakes(answer.text) == []
    assert words in answer.text
    assert f'href="#{field}' in answer.text
    assert "chưa lưu" in answer.text
    with scope.everything():
        assert len(db.session.scalars(db.select(PersonAbsence.id)).all()) == 1


def test_an_old_page_changes_nothing(province: Province) -> None:
    person = province.people[CAM]
    answer = province.client("tochuc").submit(f"/people/{person}/absences/new", form_of(person, version=99))
    assert answer.status_code == 412
    with scope.everything():
        assert db.session.scalars(db.select(PersonAbsence.id)).all() == []


def test_it_is_ended_and_withdrawn_from_its_tab(province: Province) -> None:
    person, client = give(province, CAM, "unpaid_leave", "2026-06-01"), province.client("tochuc")
    with scope.everything():
        fact = db.session.scalars(db.select(PersonAbsence.id)).one()
    shown = client.get(f"/people/{person}/absences").text
    for act in ("", "/end", "/withdraw"):
        assert f'href="/people/{person}/facts/absence/{fact}{act}"' in shown
        opened = client.get(f"/people/{person}/facts/absence/{fact}{act}")
        assert opened.status_code == 200
        assert mistakes(opened.text) == []
    ending = {"version": version_of(person), "last_day": "30/9/2026", "decision_basis": "old_data"}
    done = client.submit(f"/people/{person}/facts/absence/{fact}/end", ending)
    assert (done.status_code, done.headers["Location"]) == (303, f"/people/{person}/absences")
    assert "01/06/2026 – 30/09/2026" in client.get(f"/people/{person}/absences").text
    assert "Nghỉ không hưởng lương" not in client.get(f"/people/{person}").text


def test_who_is_away_today_and_on_another_day(province: Province) -> None:
    give(province, CAM, "maternity_leave", "2026-08-01", "2027-02-01", children=2)
    give(province, HUNG, "unpaid_leave", "2026-01-01", "2026-03-01")
    client = province.client("thutruong")
    today = client.get("/people/absences")
    assert mistakes(today.text) == []
    assert CAM in today.text
    assert "31/01/2027" in today.text
    assert "sinh 2 con" in today.text
    assert HUNG not in today.text
    then = client.get("/people/absences?as_at=28/02/2026").text
    assert HUNG in then
    assert CAM not in then
    assert CAM not in client.get("/people/absences?kind=study").text
    assert "Không có ai đang nghỉ" in client.get("/people/absences?kind=study").text
    assert CAM in client.get("/people/absences?agency=H13.09.01").text
    assert client.get("/people/absences?kind=x").status_code == 422
    assert client.get("/people/absences?returns=x").status_code == 422
    assert client.get("/people/absences?after=x").status_code == 422
    assert client.get("/people/absences?agency=H13.05").status_code == 404
    first = client.get("/").text
    assert 'href="/people/absences"' in first
    assert "Đang nghỉ, không làm việc" in first
    assert CAM in client.get("/people?absent=maternity_leave").text
    assert HUNG not in client.get("/people?absent=any&col=absent_as&col=back_on").text


def test_the_workbook_is_the_list_and_is_noted(province: Province) -> None:
    give(province, CAM, "sick_leave", "2026-08-01", expected_until=date(2026, 12, 31), absence_reason=SECRET)
    give(province, ABROAD, "sick_leave", "2026-08-01", absence_reason=SECRET)
    answer = province.client("tochuc").get("/people/absences/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 2
    assert rows[1][0] == CAM
    assert "Nghỉ ốm hưởng bảo hiểm xã hội" in rows[1]
    assert SECRET not in str(rows)
    with scope.everything():
        event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "people.exported")).one()
        assert event.after == {"kind": "people.absences", "rows": 1}


@pytest.mark.parametrize("username", ["tochuc", "thutruong", "thanhtra"])
def test_nobody_abroad_is_named(province: Province, username: str) -> None:
    person = give(province, ABROAD, "maternity_leave", "2026-08-01")
    client = province.client(username)
    for address in ("/people/absences", "/people/absences?as_at=01/09/2026", "/people/absences/export.xlsx"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert ABROAD.encode() not in answer.data
    for address in (f"/people/{person}/absences", f"/api/v1/people/{person}/facts/absence"):
        assert client.get(address).status_code == 404


def test_the_head_knows_the_kind_and_not_why_on_any_path(province: Province) -> None:
    give(province, CAM, "sick_leave", "2026-08-01", absence_reason=SECRET)
    person, head, hr = province.people[CAM], province.client("thutruong"), province.client("tochuc")
    paths = [f"/people/{person}{tab}" for tab in ("", "/career", "/absences", "/print")]
    paths += [f"/api/v1/people/{person}/facts/absence", f"/api/v1/people/{person}", "/people/absences", "/people"]
    for path in paths:
        answer = head.get(path)
        assert answer.status_code == 200, path
        assert SECRET not in answer.text, path
    assert "Nghỉ ốm" in head.get(f"/people/{person}/absences").text
    assert ["health"] not in looked_at()
    assert SECRET in hr.get(f"/people/{person}/absences").text
    assert hr.get(f"/api/v1/people/{person}/facts/absence").json["items"][0]["values"]["absence_reason"] == SECRET
    assert ["health"] in looked_at()


def test_one_sees_ones_own_and_records_nothing(province: Province) -> None:
    person = give(province, HUNG, "sick_leave", "2026-08-01", absence_reason=SECRET)
    client = province.client("canbo")
    assert SECRET in client.get(f"/people/{person}/absences").text
    assert "Ghi thời gian nghỉ" not in client.get(f"/people/{person}/absences").text
    assert client.get(f"/people/{person}/absences/new").status_code == 403
    assert client.get("/people/absences").status_code == 403
    assert client.get("/people/absences/export.xlsx").status_code == 403


def test_the_interface_for_programs_writes_and_reads_it(province: Province) -> None:
    person, client = province.people[CAM], province.client("tochuc")
    address = f"/api/v1/people/{person}/facts/absence"
    body = {
        "values": {"absence_kind": "study", "abroad": True}, "valid_from": "2026-09-01", "valid_to": "2027-09-01",
        "old_data": True,
    }  # fmt: skip
    headers = {"X-CSRFToken": client.token(), "If-Match": f'"{version_of(person)}"'}
    assert client.post(address, json=body, headers=headers).status_code == 201
    found = client.get(address).json["items"][0]
    assert (found["values"]["absence_kind"], found["values"]["abroad"], found["valid_to"]) == (
        "study", True, "2027-09-01",
    )  # fmt: skip
    assert client.get(f"{address}?as_at=2027-09-01").json["items"] == []
    assert client.get(f"/api/v1/people/{person}").json["absent_as"] == "study"
    assert [item["id"] for item in client.get("/api/v1/people?absent=study").json["items"]] == [person]
    headers["If-Match"] = f'"{version_of(person)}"'
    wrong = client.post(address, json=body | {"valid_from": "2026-10-01"}, headers=headers)
    assert wrong.status_code == 422
    assert [p["code"] for p in wrong.json["problems"]] == ["absent_already"]


def test_pages_cost_a_fixed_number_of_statements(province: Province) -> None:
    client = province.client("tochuc")
    person = give(province, CAM, "maternity_leave", "2026-08-01")
    for address in ("/people/absences", f"/people/{person}/absences"):
        client.get(address)
        with statements() as first:
            client.get(address)
        assert len(first) <= 8, "\n".join(first)
    with statements() as one:
        client.get("/people/absences")
    for name in (HUNG, "Võ Minh Đức"):
        give(province, name, "unpaid_leave", "2026-08-01")
    with statements() as more:
        client.get("/people/absences")
    assert len(more) == len(one)
