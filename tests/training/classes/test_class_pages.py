"""Classes as pages, workbook, summons, calendar and JSON: what each reader sees of them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.documents import render_pdf
from hrms.people.models import PersonAbsence
from hrms.training.models import ClassSession, TrainingClass
from hrms.training.papers import invitation
from tests.counting import statements
from tests.inspection import mistakes
from tests.layout import pdf_problems
from tests.province import Province
from tests.training.making import add_class, add_course, add_provider, enrol, state_of

BASE = "/training/classes"


def _cells(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_list_is_found_by_words_and_narrowed(province: Province) -> None:
    add_class(province, "B", course=add_course("Chuyển đổi số cho lãnh đạo", kind="digital"), name="Chuyển đổi số K1")
    full = add_class(province, "A", course=add_course("Tiếng Khmer"), name="Tiếng Khmer K1", seats=1)
    enrol(province, full, "Thạch Sa Rây")
    add_class(province, "C", state="draft", name="Lớp đang lập", course=add_course("Quốc phòng"))
    page = province.client("tochuc").get(BASE)
    assert mistakes(page.text) == []
    assert "Chuyển đổi số K1" in page.text
    assert "Tiếng Khmer K1" in page.text
    assert "Lớp đang lập" not in page.text, "what another agency prepares is its own business"
    for query, there, not_there in (
        ("q=chuyen+doi+so", "Chuyển đổi số K1", "Tiếng Khmer K1"),
        ("kind=digital", "Chuyển đổi số K1", "Tiếng Khmer K1"),
        (f"agency={province.agencies['A']}", "Tiếng Khmer K1", "Chuyển đổi số K1"),
        ("free=1", "Chuyển đổi số K1", "Tiếng Khmer K1"),
        ("mine=1", "Không có lớp nào", "Chuyển đổi số K1"),
        ("from=01/01/2030", "Không có lớp nào", "Chuyển đổi số K1"),
    ):
        text_ = province.client("tochuc").get(f"{BASE}?{query}").text
        assert there in text_, query
        assert not_there not in text_.replace(f'value="{not_there}"', ""), query
    cells = _cells(province.client("tochuc").get(f"{BASE}/export.xlsx?kind=digital").data)
    assert [row[1] for row in cells] == ["Tên lớp", "Chuyển đổi số K1"]


def test_pages_of_the_list_follow_each_other(province: Province) -> None:
    course, provider = add_course(), add_provider(province)
    for number in range(53):
        add_class(
            province, course=course, provider=provider, days=1, hours="8", name=f"Lớp số {number:02d}",
            starts_on=date(2027, 1, 1) + timedelta(days=number),
        )  # fmt: skip
    first = province.client("sonoivu").get(BASE).text
    assert "Lớp số 52" in first
    assert "Lớp số 02" not in first
    after = first.split("after=")[1].split('"')[0].split("&")[0]
    second = province.client("sonoivu").get(f"{BASE}?after={after}").text
    assert "Lớp số 02" in second
    assert "Lớp số 03" not in second


def test_the_list_sends_no_more_statements_for_more_classes(province: Province) -> None:
    client = province.client("tochuc")
    add_class(province)
    with statements() as few:
        client.get(BASE)
    for _number in range(5):
        add_class(province, course=add_course())
    with statements() as many:
        client.get(BASE)
    assert len(many) == len(few)


def test_a_class_tells_each_reader_what_is_theirs(province: Province) -> None:
    made = add_class(province, "A", seats=3)
    enrol(province, made, "Lý Thị Cẩm", "Thạch Sa Rây")
    enrol(province, made, "Nguyễn Văn Hùng", state="waiting")
    own = province.client("tochuc").get(f"{BASE}/{made}").text
    assert "Lý Thị Cẩm" in own
    assert "Thạch Sa Rây" not in own
    assert "Nhận vào lớp" not in own
    organiser = province.client("sonoivu").get(f"{BASE}/{made}").text
    assert "Thạch Sa Rây" in organiser
    assert "Nhận vào lớp" in organiser
    trainer = province.client("giangvien").get(f"{BASE}/{made}").text
    assert "Lý Thị Cẩm" not in trainer
    assert f"/training/desk/{made}" in trainer
    learner = province.client("canbo").get(f"{BASE}/{made}").text
    assert "Danh sách chờ" in learner
    assert "Lý Thị Cẩm" not in learner
    for page in (own, organiser, trainer, learner):
        assert mistakes(page) == []


def test_a_trainer_opens_a_class_with_one_form(province: Province) -> None:
    course, provider = add_course(), add_provider(province)
    client = province.client("giangvien")
    assert "Giảng viên" in client.get(f"{BASE}/new").text
    sent = {
        "course": str(course), "provider": str(provider), "agency": str(province.agencies["A"]),
        "agency-text": "Sở Nội vụ", "starts_on": "31/08/2027", "seats": "40", "accepts": "auto",
        "least_attendance": "80", "weekdays": ["0", "1", "2", "3", "4"], "part": "both", "hours_each": "4",
    }  # fmt: skip
    answer = client.submit(f"{BASE}/new", sent)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"]).text
    assert "Mở lớp để nhận học viên" in page
    with scope.everything():
        found = db.session.execute(select(TrainingClass).where(TrainingClass.course_id == course)).scalar_one()
        days = db.session.scalars(select(ClassSession.id).where(ClassSession.class_id == found.id)).all()
    assert len(days) == 10
    opened = client.submit(f"{BASE}/{found.id}/publish", {"version": str(found.version)})
    assert opened.status_code == 303
    assert "Đang nhận học viên" in client.get(f"{BASE}/{found.id}").text


def test_a_form_with_mistakes_comes_back_with_what_was_typed(province: Province) -> None:
    answer = province.client("tochuc").submit(
        f"{BASE}/new", {"name": "Lớp của tôi", "seats": "0", "starts_on": "31/02/2027", "accepts": "auto"}
    )
    assert answer.status_code == 422
    assert "Lớp của tôi" in answer.text
    assert "31/02/2027" in answer.text
    assert mistakes(answer.text) == []


def test_a_class_like_another_begins_with_its_figures_but_not_its_days(province: Province) -> None:
    made = add_class(province, "B", name="Khóa trước", seats=33)
    page = province.client("tochuc").get(f"{BASE}/new?copy={made}").text
    assert 'value="33"' in page
    assert "Khóa trước" in page
    assert mistakes(page) == []


def test_editing_gives_new_seats_to_the_waiting_list(province: Province) -> None:
    made = add_class(province, "B", seats=1)
    enrol(province, made, "Lý Thị Cẩm")
    (waiting,) = enrol(province, made, "Võ Minh Đức", state="waiting")
    client = province.client("tochuc")
    with scope.everything():
        found = db.session.get_one(TrainingClass, made)
    sent = {
        "version": str(found.version), "name": found.name, "provider": str(found.provider_id),
        "starts_on": found.starts_on.strftime("%d/%m/%Y"), "ends_on": found.ends_on.strftime("%d/%m/%Y"),
        "seats": "2", "accepts": "auto", "least_attendance": "80",
    }  # fmt: skip
    assert client.submit(f"{BASE}/{made}/edit", sent).status_code == 303
    assert state_of(waiting) == "accepted"
    stale = client.submit(f"{BASE}/{made}/edit", sent)
    assert stale.status_code == 412


def test_days_are_laid_and_changed_on_their_page(province: Province) -> None:
    made = add_class(province, "B", state="draft", sessions=0, starts_on=date(2027, 8, 30))
    client = province.client("tochuc")
    page = client.get(f"{BASE}/{made}/sessions")
    assert mistakes(page.text) == []
    sent = {
        "version": "1", "first": "30/08/2027", "weekdays": ["0", "2"], "part": "morning", "hours_each": "4",
    }  # fmt: skip
    assert client.submit(f"{BASE}/{made}/sessions", sent).status_code == 303
    more = {"do": "add", "held_on": "31/08/2027", "starts_at": "13h30", "ends_at": "17:00", "hours": "4"}
    assert client.submit(f"{BASE}/{made}/sessions", more).status_code == 303
    shown = client.get(f"{BASE}/{made}/sessions").text
    assert "13:30" in shown
    assert "44 trên 40 tiết" in shown
    wrong = client.submit(f"{BASE}/{made}/sessions", more | {"starts_at": "25:00"})
    assert wrong.status_code == 422
    assert "không phải là giờ" in wrong.text


def test_calling_off_asks_why_and_tells_the_learner(province: Province) -> None:
    made = add_class(province, "B")
    enrol(province, made, "Nguyễn Văn Hùng")
    client = province.client("tochuc")
    assert mistakes(client.get(f"{BASE}/{made}/cancel").text) == []
    assert client.submit(f"{BASE}/{made}/cancel", {"version": "1", "reason": ""}).status_code == 422
    assert client.submit(f"{BASE}/{made}/cancel", {"version": "1", "reason": "Bão số 9"}).status_code == 303
    page = province.client("canbo").get(f"{BASE}/{made}").text
    assert "Bão số 9" in page
    assert "STATUS:CANCELLED" in province.client("canbo").get(f"{BASE}/{made}/calendar.ics").text


def test_nominating_shows_the_conditions_before_anything_is_written(province: Province) -> None:
    start = clock.today() + timedelta(days=20)
    made = add_class(province, "A", starts_on=start)
    with scope.everything():
        db.session.execute(
            insert(PersonAbsence).values(
                person_id=province.people["Võ Minh Đức"], absence_kind="maternity", valid_from=start, basis="old_data"
            )
        )
        db.session.commit()
    client = province.client("tochuc")
    with scope.everything():
        codes = dict(db.session.execute(text("SELECT full_name, staff_code FROM people")).all())
    pasted = "\n".join([codes["Lý Thị Cẩm"], codes["Võ Minh Đức"].lower(), "CT-999999"])
    page = client.submit(f"{BASE}/{made}/nominate", {"do": "add", "codes": pasted})
    assert page.status_code == 422
    assert "CT-999999" in page.text
    page = client.submit(f"{BASE}/{made}/nominate", {"do": "add", "codes": pasted.replace("CT-999999", "")})
    assert page.status_code == 200
    assert "Không đạt" in page.text
    assert "Không nghỉ trong những ngày của lớp" in page.text
    assert mistakes(page.text) == []
    both = [str(province.people[name]) for name in ("Lý Thị Cẩm", "Võ Minh Đức")]
    refused = client.submit(f"{BASE}/{made}/nominate", {"do": "send", "person": both})
    assert refused.status_code == 422
    assert "Võ Minh Đức" in refused.text
    sent = client.submit(f"{BASE}/{made}/nominate", {"do": "send", "person": both[:1], "note": "Cử đợt 1"})
    assert sent.status_code == 303
    assert "1 người được nhận vào lớp" in client.get(sent.headers["Location"]).text


def test_the_organiser_accepts_declines_and_brings_back_on_the_page(province: Province) -> None:
    made = add_class(province, "B", accepts="reviewed", seats=1)
    first, second = enrol(province, made, "Lý Thị Cẩm", "Thạch Sa Rây", state="nominated")
    client = province.client("tochuc")
    act = f"{BASE}/{made}/enrolments"
    client.submit(act, {"do": "accept", "enrolment": [str(first), str(second)]})
    assert (state_of(first), state_of(second)) == ("accepted", "waiting")
    without = client.submit(act, {"do": "decline", "enrolment": [str(first)]}, follow_redirects=True)
    assert "Hãy ghi lý do" in without.text
    client.submit(act, {"do": "decline", "enrolment": [str(first)], "reason": "Không đúng đối tượng"})
    assert (state_of(first), state_of(second)) == ("declined", "accepted")
    client.submit(act, {"do": "restore", "enrolment": [str(first)]})
    assert state_of(first) == "nominated"
    page = client.get(f"{BASE}/{made}").text
    assert mistakes(page) == []


def test_the_reason_to_come_first_is_told_to_whoever_may_read_it(province: Province) -> None:
    made = add_class(province, "B", accepts="reviewed")
    client = province.client("sonoivu")
    client.submit(f"{BASE}/{made}/nominate", {"do": "send", "person": [str(province.people["Thạch Sa Rây"])]})
    assert "Là người dân tộc thiểu số" in client.get(f"{BASE}/{made}").text
    other = province.client("tochuc").get(f"{BASE}/{made}").text
    assert "Thạch Sa Rây" in other
    assert "Là người dân tộc thiểu số" not in other
    assert "Thuộc diện ưu tiên theo chính sách" in other


def test_the_summons_names_one_agencys_people_or_one_learner(province: Province) -> None:
    made = add_class(province, "A")
    enrol(province, made, "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Thạch Sa Rây")
    own = province.client("tochuc").get(f"{BASE}/{made}/invitation.pdf")
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(own.data)).pages)
    assert "GIẤY TRIỆU TẬP" in words
    assert "Lý Thị Cẩm" in words
    assert "Thạch Sa Rây" not in words
    assert pdf_problems(own.data) == []
    alone = province.client("canbo").get(f"{BASE}/{made}/invitation.pdf")
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(alone.data)).pages)
    assert "Nguyễn Văn Hùng" in words
    assert "Lý Thị Cẩm" not in words
    assert province.client("thamdinh").get(f"{BASE}/{made}/invitation.pdf?enrolment=1").status_code == 404


@pytest.mark.parametrize("alone", [True, False])
def test_the_made_up_summons_is_laid_out_as_the_decree_says(context: Any, alone: bool) -> None:
    del context
    paper = invitation._sample(alone=alone)
    assert pdf_problems(render_pdf([paper], invitation.KEY)) == []


def test_the_calendar_entry_has_every_day_with_its_hours(province: Province) -> None:
    made = add_class(province, "A", days=3)
    answer = province.client("giangvien").get(f"{BASE}/{made}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.text.count("BEGIN:VEVENT") == 3
    assert "T003000Z" in answer.text


def test_the_first_day_stands_in_the_calendar_of_what_falls_due(province: Province) -> None:
    made = add_class(province, "B")
    client = province.client("tochuc")
    client.submit(f"{BASE}/{made}/nominate", {"do": "send", "person": [str(province.people["Lý Thị Cẩm"])]})
    with scope.everything():
        rows = db.session.execute(text("SELECT person_id, due_on FROM due_lines WHERE code = 'class_start'")).all()
        starts = db.session.scalar(select(TrainingClass.starts_on).where(TrainingClass.id == made))
    assert [tuple(row) for row in rows] == [(province.people["Lý Thị Cẩm"], starts)]


def test_the_json_lists_classes_and_takes_nominations(province: Province) -> None:
    made = add_class(province, "A", seats=1)
    client = province.client("tochuc")
    listed = client.get("/api/v1/classes?free=1").json
    assert [(one["id"], one["counts"]["free"]) for one in listed["items"]] == [(made, 1)]
    one = client.get(f"/api/v1/classes/{made}")
    assert len(one.json["sessions"]) == 5
    assert one.headers["ETag"] == '"1"'
    people = [province.people["Lý Thị Cẩm"], province.people["Võ Minh Đức"]]
    headers = {"X-CSRFToken": client.token()}
    answer = client.post(f"/api/v1/classes/{made}/enrolments", json={"people": people}, headers=headers)
    assert answer.status_code == 201, answer.json
    assert (len(answer.json["accepted"]), len(answer.json["waiting"])) == (1, 1)
    again = client.post(f"/api/v1/classes/{made}/enrolments", json={"people": people}, headers=headers)
    assert again.status_code == 422
    assert {one["code"] for one in again.json["problems"]} == {"already"}
    enrolled = client.get(f"/api/v1/classes/{made}/enrolments").json["items"]
    assert {one["state"] for one in enrolled} == {"accepted", "waiting"}
    assert set(enrolled[0]) >= {"name", "staff_code", "agency"}
