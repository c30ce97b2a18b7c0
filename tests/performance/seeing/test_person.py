"""The record's tab about performance: who opens it, what it says, and what it never says to the person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from hrms.core import scope
from hrms.core.db import db
from hrms.core.permissions import Role
from hrms.people.models import Rating as RecordedRating
from hrms.performance.models import ScoreSheet
from hrms.performance.queries import points as queries
from tests.counting import statements
from tests.performance import making
from tests.performance.after.published import add_rating, add_round
from tests.performance.making import add_item, add_period, add_row, add_sheet
from tests.province import TODAY, Province

HUNG = "Nguyễn Văn Hùng"
D = Decimal


def scored(province: Province, name: str = HUNG, *, month: int = 10, score: str = "86", **more: object) -> int:
    period = add_period(province, "B", number=month)
    return add_sheet(
        province, name, period, authority="B", state="published",
        **({"score": D(score), "general_points": D(30), "result_points": D(score) - 30} | more),
    )  # fmt: skip


@pytest.fixture
def year(province: Province) -> Province:
    for month, points in ((7, "80"), (8, "84"), (9, "88")):
        scored(province, month=month, score=points)
    return province


def path(province: Province, name: str = HUNG) -> str:
    return f"/people/{province.people[name]}/performance"


@pytest.mark.parametrize(
    ("username", "status"),
    [("canbo", 200), ("thutruong", 200), ("tochuc", 200), ("sonoivu", 200), ("thanhtra", 404), ("giangvien", 403),
     ("vanthu", 403), ("admin", 403)],
)  # fmt: skip
def test_who_opens_it(year: Province, username: str, status: int) -> None:
    assert year.client(username).get(path(year)).status_code == status


def test_nobody_else_of_the_office(year: Province) -> None:
    assert year.client("canbo").get(path(year, "Lý Thị Cẩm")).status_code == 404
    assert year.client(None).get(path(year)).status_code in {302, 303}


def test_points_and_means_are_those_of_the_sheets(year: Province) -> None:
    page = year.client("thutruong").get(path(year)).text
    for shown in ("80,00", "84,00", "88,00"):
        assert shown in page
    with scope.everything():
        found = queries.points_of(year.people[HUNG], own=False)
        means = queries.means_of(found.of_year(2026))
    assert means.year == D(84)
    assert means.quarters == (None, None, D(84), None)
    assert means.halves == (None, D(84))
    assert "Còn thiếu 6,00 điểm bình quân để đến mức “Hoàn thành xuất sắc nhiệm vụ”" in page
    assert "Một kỳ riêng lẻ không đủ bù" not in page
    assert "Thêm 18,00 điểm trong một kỳ" in page, "82 to 100 fits into the month of 80"


def test_quarters_where_there_are_no_months(province: Province) -> None:
    period = add_period(province, "B", kind="quarter", number=3)
    add_sheet(province, HUNG, period, authority="B", state="published", score=D("91"))
    page = province.client("thutruong").get(path(province)).text
    assert "Quý III" in page
    assert "91,00" in page
    assert "Điểm đã ở mức cao nhất." in page


def test_a_product_that_cost_points_is_named(province: Province) -> None:
    period = add_period(province, "B", number=10)
    sheet = add_sheet(province, HUNG, period, authority="B", state="self_scored", general=making.PERFECT)
    add_item(sheet, "10", done=True, reported="done")
    lost = add_item(sheet, "10", done=False, title="Báo cáo quý III")
    making.refresh(sheet)
    with scope.everything():
        found = db.session.scalars(select(ScoreSheet).where(ScoreSheet.id == sheet)).one()
        found.state = "scored"
        db.session.commit()
    assert making.points(sheet)["score"] == D(65)
    page = province.client("thutruong").get(path(province)).text
    assert f"/performance/items/{lost}" in page
    assert "Báo cáo quý III" in page
    assert "chưa hoàn thành" in page
    assert "35,00" in page
    assert "một mình đủ đổi mức" in page
    assert "bình quân 100,00" in page


def test_shown_as_reached_but_not(province: Province) -> None:
    scored(province, score="89.996", general_points=D(30), result_points=D("59.996"))
    page = province.client("thutruong").get(path(province)).text
    assert "Điểm hiển thị 90,00 do làm tròn; điểm thực 89,996000 chưa đạt 90,00." in page


def test_a_corrected_sheet_stands_beside_the_new_one(province: Province) -> None:
    old = scored(province, month=9, score="70", superseded_at=TODAY)
    with scope.everything():
        db.session.commit()
    period = making.points(old)["period_id"]
    add_sheet(
        province, HUNG, period, authority="B", state="published", score=D("75"), supersedes_id=old,
        correction="Tính thiếu một sản phẩm",
    )  # fmt: skip
    page = province.client("thutruong").get(path(province)).text
    assert "Phiếu đã đính chính" in page
    assert "70,00" in page
    assert "Tính thiếu một sản phẩm" in page
    with scope.everything():
        assert queries.means_of(queries.points_of(province.people[HUNG], own=False).of_year(2026)).year == D(75)


def test_the_class_of_a_year_with_what_it_replaced(province: Province) -> None:
    of = add_round(province, "B", year=2025)
    first = add_rating(province, of, HUNG, final="good", superseded_at=TODAY)
    add_rating(province, of, HUNG, final="satisfactory", supersedes_id=first)
    page = province.client("canbo").get(path(province)).text
    assert "<s>Hoàn thành tốt nhiệm vụ</s>" in page
    assert "Hoàn thành nhiệm vụ" in page


def test_an_unpublished_class_is_not_for_the_person(province: Province) -> None:
    of = add_round(province, "B", year=2026, state="decided")
    add_rating(province, of, HUNG, final="unsatisfactory", state="decided")
    assert "Không hoàn thành nhiệm vụ" not in province.client("canbo").get(path(province)).text
    assert "Không hoàn thành nhiệm vụ" in province.client("thutruong").get(path(province)).text


def test_not_for_a_head_about_themself_either(province: Province) -> None:
    making.add_holder(province, "truongphong", Role.HEAD, "B1", "Lý Thị Cẩm")
    of = add_round(province, "B", year=2026, state="decided")
    add_rating(province, of, "Lý Thị Cẩm", final="unsatisfactory", state="decided")
    page = province.client("truongphong").get(path(province, "Lý Thị Cẩm"))
    assert page.status_code == 200
    assert "Không hoàn thành nhiệm vụ" not in page.text
    assert "Không hoàn thành nhiệm vụ" in province.client("thutruong").get(path(province, "Lý Thị Cẩm")).text


def test_a_class_from_the_record_without_a_round(province: Province) -> None:
    with scope.everything():
        add_row(RecordedRating, person_id=province.people[HUNG], year=2024, rating="excellent", rated_by="Sở Xây dựng")
        db.session.commit()
    page = province.client("canbo").get(path(province)).text
    assert "theo lý lịch" in page
    assert "Hoàn thành xuất sắc nhiệm vụ" in page


def test_nothing_yet_and_a_year_without_points(province: Province) -> None:
    client = province.client("canbo")
    assert "Chưa có điểm, chưa có xếp loại" in client.get(path(province)).text
    assert client.get(path(province) + "?year=2019").status_code == 422
    assert client.get(path(province) + "?year=abc").status_code == 422


def test_statements_do_not_grow_with_the_years(province: Province) -> None:
    client = province.client("thutruong")
    scored(province, month=10)
    client.get(path(province))
    with statements() as few:
        assert client.get(path(province)).status_code == 200
    for month in range(1, 10):
        scored(province, month=month)
    with statements() as more:
        assert client.get(path(province)).status_code == 200
    with statements() as bare:
        assert client.get(f"/people/{province.people[HUNG]}").status_code == 200
    assert len(more) == len(few)
    own = len(more) - len(bare)
    assert own <= 8, more
