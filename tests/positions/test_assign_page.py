"""The page that leads from a vacancy to a submitted proposal, without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.decisions.models import Submission, SubmissionLine
from tests.client import Browser
from tests.counting import statements
from tests.inspection import mistakes
from tests.positions.seating import OTHER, add_line, sit
from tests.province import TODAY, Province

HUNG, CAM = "Nguyễn Văn Hùng", "Lý Thị Cẩm"


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(TODAY):
        yield


def _asked(province: Province, name: str, **more: str) -> dict[str, str]:
    return {
        "person": str(province.people[name]), "person-text": name, "role": "main", "effective_on": "01/12/2026", **more,
    }  # fmt: skip


def _submissions() -> list[tuple[str, str]]:
    with scope.everything():
        rows = db.session.execute(select(Submission.kind, Submission.state).order_by(Submission.id))
        return [(row.kind, row.state) for row in rows]


def _send(client: Browser, address: str, data: dict[str, str]) -> tuple[int, str]:
    answer = client.submit(address, data)
    return answer.status_code, answer.headers.get("Location", "")


def test_a_vacancy_becomes_a_submitted_proposal(province: Province) -> None:
    line = add_line(province, "B", 1)
    client, address = province.client("tochuc"), f"/positions/lines/{line}/assign"
    page = client.get(address)
    assert page.status_code == 200
    assert mistakes(page.text) == []
    assert "còn 1/1 chỗ" in page.text
    assert HUNG in page.text
    assert "chưa có vị trí" in page.text
    chosen = client.get(f"{address}?person={province.people[HUNG]}")
    assert chosen.status_code == 200
    assert f"{HUNG} so với yêu cầu của vị trí" in chosen.text
    assert mistakes(chosen.text) == []
    code, place = _send(client, address, _asked(province, HUNG, fit="met", fit_note="Đã xem hồ sơ", do="submit"))
    assert code == 303
    assert _submissions() == [("assignment", "appraised")]
    shown = client.get(place)
    assert f"Bố trí {HUNG} vào vị trí Chuyên viên nội vụ" in shown.text
    assert "Đã trình" in shown.text
    assert "Vị trí việc làm: Chuyên viên nội vụ, Sở Xây dựng" in shown.text


def test_a_name_typed_without_script_is_found(province: Province) -> None:
    line = add_line(province, "B", 1)
    client = province.client("tochuc")
    asked = "person=&person-text=ly thi cam&role=main&effective_on=01/12/2026"
    assert f"{CAM} so với yêu cầu" in client.get(f"/positions/lines/{line}/assign?{asked}").text
    nobody = "person=&person-text=khong co ai&role=main&effective_on=01/12/2026"
    assert "so với yêu cầu" not in client.get(f"/positions/lines/{line}/assign?{nobody}").text


def test_what_keeps_it_back_leaves_a_draft_or_says_so(province: Province) -> None:
    line = add_line(province, "C", 1, key="cc.commune.I.03")
    client = province.client("sonoivu")
    address = f"/positions/lines/{line}/assign"
    shown = client.get(f"{address}?person={province.people['Phạm Quốc Đạt']}").text
    assert "Vị trí lãnh đạo, quản lý: bố trí theo quyết định về chức vụ" in shown
    data = _asked(province, "Phạm Quốc Đạt", fit="met", fit_note="Đã xem", do="submit")
    code, place = _send(client, address, data)
    assert code == 303
    assert _submissions() == [("assignment", "draft")]
    assert "chưa trình được" in client.get(place).text


def test_a_full_line_and_an_empty_fit_are_refused_in_words(province: Province) -> None:
    line = add_line(province, "B", 1)
    client, address = province.client("tochuc"), f"/positions/lines/{line}/assign"
    answer = client.submit(address, _asked(province, HUNG, do="submit"))
    assert answer.status_code == 422
    assert "Kết quả so với khung năng lực còn trống" in answer.text
    sit(province, CAM, line)
    answer = client.submit(address, _asked(province, HUNG, fit="met", fit_note="Đã xem", do="submit"))
    assert answer.status_code == 422
    assert f"chỗ cuối do {CAM} giữ từ 01/01/2026" in answer.text
    assert mistakes(answer.text) == []
    assert _submissions() == []


def test_who_has_a_seat_changes_position(province: Province) -> None:
    old, new = add_line(province, "B", 1), add_line(province, "B", 1, key=OTHER)
    sit(province, HUNG, old)
    client = province.client("thutruong")
    data = _asked(province, HUNG, fit="met", fit_note="Đã xem", do="draft")
    assert _send(client, f"/positions/lines/{new}/assign", data)[0] == 303
    assert _submissions() == [("position_change", "draft")]
    with scope.everything():
        assert db.session.scalars(select(SubmissionLine.values)).one()["line"] == new


def test_the_page_is_there_for_whoever_may_propose_and_inside_only(province: Province) -> None:
    inside, outside = add_line(province, "B", 1), add_line(province, "A", 1)
    for username, place, code in (
        ("tochuc", inside, 200), ("thutruong", inside, 200), ("tochuc", outside, 404), ("vanthu", inside, 403),
        ("thanhtra", inside, 403), ("canbo", inside, 403), ("sonoivu", outside, 200),
    ):  # fmt: skip
        assert province.client(username).get(f"/positions/lines/{place}/assign").status_code == code, username
    page = f"/positions/lines/{inside}/assign?person={province.people['Nguyễn Hòa Bình']}"
    assert "so với yêu cầu" not in province.client("tochuc").get(page).text


def test_the_page_asks_no_more_of_the_database_for_more_people(province: Province) -> None:
    line = add_line(province, "B", 5)
    client = province.client("tochuc")
    address = f"/positions/lines/{line}/assign"
    sit(province, HUNG, line)
    client.get(address)
    with statements() as few:
        client.get(address)
    for name in (CAM, "Võ Minh Đức"):
        sit(province, name, line)
    with statements() as more:
        client.get(address)
    assert len(more) == len(few)


def test_the_page_asks_a_manager_of_public_employees_for_grade_and_position(province: Province) -> None:
    line = add_line(province, "C1", 1, key="vc.pl1.003")
    client, address = province.client("sonoivu"), f"/positions/lines/{line}/assign"
    page = client.get(address).text
    assert "Vị trí chuyên môn gắn với vị trí quản lý" in page
    assert "Bậc nghề nghiệp" in page
    asked = (
        f"person={province.people['Huỳnh Thị Mỹ']}&person-text=Huỳnh Thị Mỹ&role=main&effective_on=01/12/2026"
        "&career_grade=4&base_position=&base_position-text=giáo viên tiểu học"
    )
    shown = client.get(f"{address}?{asked}")
    assert "Huỳnh Thị Mỹ so với yêu cầu" in shown.text
    assert mistakes(shown.text) == []
    data = _asked(
        province, "Huỳnh Thị Mỹ", career_grade="4", fit="met", fit_note="Đã xem", do="draft",
        **{"base_position-text": "giáo viên tiểu học", "base_position": ""},
    )  # fmt: skip
    assert _send(client, address, data)[0] == 303
