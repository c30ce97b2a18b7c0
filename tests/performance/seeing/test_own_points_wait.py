"""What one's authority has written is nobody's own to read before it is published, whatever else they may see."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest

from hrms.core import scope
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.performance.services import sheets
from tests.performance import making
from tests.performance.after.published import add_rating, add_round
from tests.province import Province

HUNG, CAM = "Nguyễn Văn Hùng", "Lý Thị Cẩm"
POINTS = {"score": Decimal("87.654321"), "general_points": Decimal("26.54"), "result_points": Decimal("61.114321")}
SHOWN = ("87,65", "87.65", "26,54", "26.54", "61,11", "61.11")
BARE = {"method": "none"}
API = "/api/v1/score-sheets"


@pytest.fixture
def sheet(province: Province) -> int:
    """A sheet that is scored and not published, with a product that was found done."""
    made = making.add_sheet(province, HUNG, making.add_period(province), state="scored", **POINTS)
    making.add_done(made, "10")
    return made


@pytest.mark.parametrize(
    "address",
    ["/performance", "/performance/own", "/performance/sheets/{sheet}", "/people/{person}/performance",
     "/performance/own/{sheet}"],
)  # fmt: skip
def test_pages_keep_them_from_the_owner(province: Province, sheet: int, address: str) -> None:
    place = address.format(sheet=sheet, person=province.people[HUNG])
    page = province.client("canbo").get(place)
    assert page.status_code == 200
    assert not [one for one in SHOWN if one in page.text]


def test_programs_keep_them_from_the_owner(province: Province, sheet: int) -> None:
    client = province.client("canbo")
    (row,) = client.get(API).get_json()["items"]
    one = client.get(f"{API}/{sheet}").get_json()
    for found in (row, one):
        assert found["score"] is None
        assert set(found["parts"].values()) == {None}
    assert [(item["done"], item["done_on"]) for item in one["items"]] == [(None, None)]
    other = province.client("thutruong").get(f"{API}/{sheet}").get_json()
    assert other["score"] == "87.654321"
    assert other["items"][0]["done"] is True


def test_the_officer_of_the_list_reads_others_only(province: Province) -> None:
    period = making.add_period(province)
    own = making.add_sheet(province, CAM, period, state="scored", **POINTS)
    making.add_sheet(province, HUNG, period, state="scored", score=Decimal("71.25"))
    making.add_holder(province, "tochuc-b", Role.HR_AGENCY, "B", person=CAM)
    client = province.client("tochuc-b")
    for place in ("/performance/sheets", f"/performance/periods/{period}", "/performance/periods"):
        page = client.get(place)
        assert page.status_code == 200, place
        assert not [one for one in SHOWN if one in page.text], place
    assert "71,25" in client.get("/performance/sheets").text
    assert "2 phiếu" not in client.get("/performance/sheets?rating=good").text
    book = client.get("/performance/sheets/export.xlsx")
    cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0] for cell in row]
    assert CAM in cells
    assert not [one for one in cells if str(one).startswith(("87", "26", "61"))]
    assert client.get(f"{API}/{own}").get_json()["score"] is None


def test_published_points_are_the_owners(province: Province) -> None:
    period = making.add_period(province)
    making.add_sheet(province, HUNG, period, state="published", **POINTS)
    client = province.client("canbo")
    for place in ("/performance/own", f"/people/{province.people[HUNG]}/performance"):
        assert "87,65" in client.get(place).text
    assert client.get(API).get_json()["items"][0]["score"] == "87.654321"


def test_heads_of_units_wait_for_their_own_class(province: Province) -> None:
    making.add_holder(province, "truongphong", Role.HEAD, "B1", CAM)
    this, last = add_round(province, "B", year=2026, state="decided"), add_round(province, "B", year=2025)
    own = add_rating(province, this, CAM, state="decided", facts=BARE)
    other = add_rating(province, this, HUNG, state="decided", facts=BARE)
    before = add_rating(province, last, CAM, facts=BARE)
    client = province.client("truongphong")
    assert client.get(f"/performance/ratings/{other}").status_code == 200
    assert client.get(f"/performance/ratings/{own}").status_code == 404
    assert client.get(f"/performance/ratings/{before}").status_code == 200


def test_the_trail_of_ones_own_record_keeps_them_too(province: Province) -> None:
    sheet = making.add_sheet(province, CAM, making.add_period(province), state="self_scored")
    item = making.add_item(sheet)
    head = making.add_holder(province, "truongphong", Role.HEAD, "B1")
    making.add_holder(province, "tochuc-b", Role.HR_AGENCY, "B", person=CAM)
    scope.enter_for(head, Permission.PERFORMANCE_SCORE)
    general = {code: Decimal(value) for code, value in making.GENERAL_27_5.items()}
    with transaction():
        sheets.score(head, sheet, general, None, "", {item: sheets.Judgement(done=True)}, version=1)
    page = province.client("tochuc-b").get(f"/people/{province.people[CAM]}/history")
    assert page.status_code == 200
    assert "chấm điểm phiếu đánh giá tháng 10/2026" in page.text
    assert not [one for one in ("97,5", "97.5") if one in page.text]
