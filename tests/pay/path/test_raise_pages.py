"""The pages of raises, as an officer walks through them, and who may not."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from tests.pay.making import OFFICER, TEACHER, add_allowance, set_rank
from tests.pay.path.making import CAM, HUNG2, due_since, item, list_of, list_state, reward
from tests.pay.path.test_early import assign, quotas
from tests.province import TODAY, Province

SINCE = date(2023, 10, 1)


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(TODAY):
        yield


def test_an_officer_makes_looks_at_and_sends_a_list(province: Province) -> None:
    due_since(province, CAM, SINCE)
    set_rank(province, HUNG2, "3.66", step=5, since=date(2024, 3, 1), step_since=SINCE)
    officer = province.client("tochuc")
    agency = province.agencies["B"]
    assert "Chưa có danh sách nâng bậc lương nào" in officer.get("/pay/raises").text
    made = officer.submit("/pay/raises/new", {"agency": str(agency), "year": "2026", "quarter": "4"})
    assert made.status_code == 303
    page = officer.get(made.location).text
    assert "Lý Thị Cẩm" in page
    assert "01/10/2026" in page
    assert "Chưa có xếp loại chất lượng các năm 2023, 2024, 2025" in page
    assert "Lý Thị Cẩm" not in officer.get(f"{made.location}?state=waiting").text
    for typed, there in (("ly cam", True), ("Cẩm", True), ("cảm", False), ("Hùng", False)):
        assert ("Lý Thị Cẩm" in officer.get(made.location, query_string={"q": typed}).text) is there, typed
    doubtful = item(province, HUNG2)
    told = officer.get(f"/pay/raises/items/{doubtful.id}").text
    assert "Đưa vào danh sách đề nghị" in told
    gone = officer.submit(f"/pay/raises/items/{doubtful.id}/include", {"version": str(doubtful.version)})
    assert gone.status_code == 303
    chosen = item(province, HUNG2)
    left = officer.submit(f"/pay/raises/items/{chosen.id}/leave-out", {"version": str(chosen.version), "reason": ""})
    assert left.status_code == 422
    left = officer.submit(
        f"/pay/raises/items/{chosen.id}/leave-out",
        {"version": str(chosen.version), "reason": "Chờ xếp loại bổ sung"},
    )
    assert left.status_code == 303
    assert "Chờ xếp loại bổ sung" in officer.get(made.location).text
    with scope.everything():
        version = db.session.execute(text("SELECT version FROM raise_lists")).scalar_one()
    stale = officer.submit(f"{made.location}/send", {"version": str(version - 1), "one_paper": "y"})
    assert stale.status_code == 303
    assert item(province, CAM).state == "proposed"
    sent = officer.submit(f"{made.location}/send", {"version": str(version), "one_paper": "y"})
    assert sent.status_code == 303
    assert item(province, CAM).state == "sent"
    assert "Hồ sơ trình" in officer.get(made.location).text
    assert officer.submit(f"{made.location}/again").status_code == 303
    assert item(province, CAM).state == "sent"


def test_a_late_raise_shows_its_arrears_to_who_may_see_amounts(province: Province) -> None:
    due_since(province, CAM, SINCE)
    add_allowance(province, CAM, "public_duty", percent="25", since=date(2024, 3, 1))
    list_of(province)
    page = province.client("tochuc").get(f"/pay/raises/items/{item(province, CAM).id}")
    # From 01/10 to the end of November: 0.33 × 2,530,000 × 1.25 a month.
    assert page.status_code == 200
    assert "Truy lĩnh đến hết tháng này" in page.text
    assert "1.043.625" in page.text
    assert "2.087.250" in page.text


def test_a_manager_sees_no_page_of_raises(province: Province) -> None:
    due_since(province, CAM, SINCE)
    list_id = list_of(province)
    manager = province.client("thutruong")
    for address in ("/pay/raises", f"/pay/raises/{list_id}", "/pay/early", "/pay/placements"):
        assert manager.get(address).status_code == 403
    found = item(province, CAM)
    assert manager.get(f"/pay/raises/items/{found.id}").status_code in {403, 404}


def test_one_sees_ones_own_raise_once_it_is_decided(province: Province) -> None:
    name = "Nguyễn Văn Hùng"
    due_since(province, name, SINCE, step=5, coefficient="3.66")
    list_of(province)
    own = province.client("canbo")
    found = item(province, name)
    assert own.get(f"/pay/raises/items/{found.id}").status_code == 404
    with scope.everything():
        db.session.execute(text("UPDATE raise_items SET state = 'decided', decided_on = '2026-11-20'"))
        db.session.commit()
    page = own.get(f"/pay/raises/items/{found.id}")
    assert page.status_code == 200
    assert "Để lại" not in page.text


def test_a_list_leaves_as_a_workbook_and_a_sheet(province: Province) -> None:
    due_since(province, CAM, SINCE)
    list_id = list_of(province)
    officer = province.client("tochuc")
    answer = officer.get(f"/pay/raises/{list_id}/export.xlsx")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    row = [cell.value for cell in sheet[2]]
    assert row[1] == CAM
    assert (row[7], Decimal(str(row[8])), row[10], Decimal(str(row[11]))) == (2, Decimal("2.67"), 3, Decimal(3))
    printed = officer.get(f"/pay/raises/{list_id}/print")
    assert printed.status_code == 200
    assert "Danh sách có 1 người." in printed.text


def test_quotas_are_looked_at_before_they_are_shared_out(province: Province) -> None:
    assign(province, "B", 47)
    due_since(province, CAM, date(2024, 9, 1))
    reward(province, CAM, 2025, "prime_minister_merit")
    officer = province.client("tochuc")
    assert "Chưa có chỉ tiêu năm 2026" in officer.get("/pay/early").text
    shown = officer.get("/pay/early/quota?year=2026").text
    assert "Ghi chỉ tiêu này" in shown
    assert quotas(province) == {}
    assert officer.submit("/pay/early/quota?year=2026").status_code == 303
    assert quotas(province) == {"B": (47, 4, 7, 0)}
    made = officer.submit("/pay/early/new", {"agency": str(province.agencies["B"]), "year": "2026"})
    assert made.status_code == 303
    assert "Lý Thị Cẩm" in officer.get(made.location).text
    found = item(province, CAM)
    page = officer.get(f"/pay/raises/items/{found.id}").text
    assert "Bằng khen của Thủ tướng Chính phủ năm 2025" in page
    chosen = officer.submit(f"/pay/raises/items/{found.id}/choose", {"version": str(found.version), "months": "6"})
    assert chosen.status_code == 303
    assert item(province, CAM).effective_on == date(2027, 3, 1)
    assert officer.get("/pay/early/export.xlsx?year=2026").status_code == 200
    assert list_state(found.list_id) == "proposed"


def test_everybody_is_placed_into_career_grades_from_one_page(province: Province) -> None:
    set_rank(province, TEACHER, "5.02", step=4, rank="V.07.03.28", group="A2.2", table=3, since=date(2024, 5, 1))
    officer = province.client("sonoivu")
    page = officer.get("/pay/placements").text
    assert "A2.1, bậc 3 (5,08)" in page
    assert OFFICER not in page
    nobody = officer.submit("/pay/placements", {"effective_on": "01/12/2026"})
    assert nobody.status_code == 422
    made = officer.submit("/pay/placements", {"effective_on": "01/12/2026", "person": str(province.people[TEACHER])})
    assert made.status_code == 303
    with scope.everything():
        kind, values = db.session.execute(text("SELECT kind, values FROM submissions")).one()
    assert (kind, values["reason"]) == ("placement", "grade_conversion")
    assert officer.get("/pay/placements/export.xlsx").status_code == 200


def test_everybody_who_meets_the_conditions_is_placed_at_once(province: Province) -> None:
    more = {"beyond_scale_percent": Decimal(7), "beyond_scale_since": date(2026, 5, 1)}
    set_rank(
        province, TEACHER, "6.38", step=8, rank="V.07.03.28", group="A2.2", table=3, since=date(2024, 5, 1), **more
    )
    officer = province.client("sonoivu")
    # 6.38 and 7 % are 6.8266, above the last step of A2.1.
    assert "A2.1, bậc 8 (6,78), bảo lưu 0,05" in officer.get("/pay/placements?group=A2.2").text
    made = officer.submit("/pay/placements", {"effective_on": "01/12/2026", "everyone": "y", "group": "A2.2"})
    assert made.status_code == 303
    with scope.everything():
        people = db.session.scalars(text("SELECT person_id FROM submission_lines")).all()
    assert people == [province.people[TEACHER]]


def test_doubtful_cases_are_put_in_together(province: Province) -> None:
    for name in (CAM, HUNG2):
        set_rank(province, name, "2.67", step=2, since=date(2024, 3, 1), step_since=SINCE)
    list_id = list_of(province)
    officer = province.client("tochuc")
    page = officer.get(f"/pay/raises/{list_id}?state=waiting").text
    found = [item(province, name) for name in (CAM, HUNG2)]
    assert all(f'value="{one.id}:{one.version}"' in page for one in found)
    assert officer.submit(f"/pay/raises/{list_id}/include").status_code == 303
    assert item(province, CAM).state == "left_out"
    ticked = {"item": [f"{one.id}:{one.version}" for one in found]}
    assert officer.submit(f"/pay/raises/{list_id}/include", ticked).status_code == 303
    assert {item(province, name).state for name in (CAM, HUNG2)} == {"proposed"}
