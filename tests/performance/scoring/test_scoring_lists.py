"""Landing, lists, periods and papers of sheets: who sees what, filters, Excel, what HR opens, publishes and closes."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from hrms.core.permissions import Role
from tests.counting import statements
from tests.performance import making
from tests.province import Province

NAME = "Nguyễn Văn Hùng"


@pytest.mark.parametrize("username", ["canbo", "thutruong", "tochuc", "sonoivu", "thanhtra", "chutich"])
def test_the_landing_is_for_everybody_who_has_part_in_it(province: Province, username: str) -> None:
    period = making.add_period(province)
    making.add_sheet(province, NAME, period)
    page = province.client(username).get("/performance")
    assert page.status_code == 200
    assert ("Phiếu của tôi" in page.text.split("<main")[1]) == (username == "canbo")


def test_the_list_is_narrowed_and_goes_to_excel(province: Province) -> None:
    period = making.add_period(province)
    making.add_sheet(province, NAME, period, state="published", score=Decimal("89.996"))
    making.add_sheet(province, "Lý Thị Cẩm", period, state="scored", score=Decimal(90))
    making.add_sheet(province, "Nguyen Van Hung", period)
    client = province.client("tochuc")
    assert "3 phiếu" in client.get("/performance/sheets").text
    for query, name in (
        ("rating=good", NAME), ("rating=excellent", "Lý Thị Cẩm"), ("state=open", "Nguyen Van Hung"),
        ("period=2026-m10&q=Cam", "Lý Thị Cẩm"),
    ):  # fmt: skip
        page = client.get(f"/performance/sheets?{query}").text
        assert "1 phiếu" in page, query
        assert name in page
    assert "Không có phiếu nào" in client.get("/performance/sheets?period=2026-m9").text
    book = client.get("/performance/sheets/export.xlsx?rating=good")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert NAME in cells
    assert "Hoàn thành tốt nhiệm vụ" in cells


def test_hr_elsewhere_sees_no_sheet(province: Province) -> None:
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period)
    making.add_holder(province, "tochuc-a", Role.HR_AGENCY, "A")
    client = province.client("tochuc-a")
    assert client.get(f"/performance/sheets/{sheet}").status_code == 404
    assert client.get(f"/performance/periods/{period}").status_code == 404
    assert client.submit(f"/performance/periods/{period}/publish").status_code == 404
    assert "Không có phiếu nào" in client.get("/performance/sheets").text


def test_opening_publishing_and_closing_a_month(province: Province) -> None:
    client = province.client("tochuc")
    agency = str(province.agencies["B"])
    sent = {"agency_id": agency, "reach": "one", "kind": "month", "number": "10", "year": "2026"}
    answer = client.submit("/performance/periods/open", data=sent)
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    page = client.get(place).text
    assert "Phòng Quy hoạch" in page
    assert NAME in page
    assert client.submit(place + "/publish").status_code == 422
    assert client.submit(place + "/close").status_code == 422
    assert client.submit(place + "/join").status_code == 303
    assert "Tháng 10/2026" in client.get("/performance/periods").text


def test_opening_for_all_is_a_job(province: Province) -> None:
    root = str(province.agencies["root"])
    sent = {"agency_id": root, "reach": "all", "kind": "month", "number": "10", "year": "2026"}
    answer = province.client("sonoivu").submit("/performance/periods/open", data=sent)
    assert answer.status_code == 303, answer.text
    assert "/tasks/" in answer.headers["Location"]


def test_a_period_that_cannot_be_opened_says_why(province: Province) -> None:
    sent = {"agency_id": str(province.agencies["B1"]), "reach": "one", "kind": "month", "number": "10", "year": "2026"}
    answer = province.client("tochuc").submit("/performance/periods/open", data=sent)
    assert answer.status_code == 422
    assert "là phòng, ban" in answer.text


def test_the_paper_of_a_sheet_and_of_a_month(province: Province) -> None:
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period, state="scored")
    making.add_done(sheet, "10", "5")
    owner, manager = province.client("canbo"), province.client("tochuc")
    assert owner.get(f"/performance/sheets/{sheet}/form.pdf").data[:5] == b"%PDF-"
    assert manager.get(f"/performance/sheets/{sheet}/form.docx").data[:2] == b"PK"
    assert manager.get(f"/performance/periods/{period}/forms.pdf").data[:5] == b"%PDF-"
    assert manager.get(f"/performance/periods/{period}/forms.docx").data[:2] == b"PK"
    empty = making.add_period(province, number=9)
    assert manager.get(f"/performance/periods/{empty}/forms.pdf").status_code in {400, 422}


def test_the_paper_keeps_unpublished_points_from_the_owner(province: Province) -> None:
    from hrms.core import scope
    from hrms.performance.queries import sheet_pages as pages
    from hrms.performance.routes.sheet_papers import papers_of

    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period, state="scored", score=Decimal("81.25"))
    with province.app.test_request_context(), scope.everything():
        found = pages.looks([sheet])
        mine, others = (papers_of(found, person)[0] for person in (province.people[NAME], None))
    assert "81,25" in str(others.lines())
    assert "81,25" not in str(mine.lines())


def test_correcting_makes_a_sheet_that_takes_the_place(province: Province) -> None:
    making.add_holder(province, "truongphong", Role.HEAD, "B1")
    head = province.client("truongphong")
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period, state="published")
    assert head.submit(f"/performance/sheets/{sheet}/correct", data={"reason": ""}).status_code == 422
    answer = head.submit(f"/performance/sheets/{sheet}/correct", data={"reason": "Ghi nhầm sản phẩm"})
    assert answer.status_code == 303, answer.text
    page = head.get(f"/performance/sheets/{sheet}").text
    assert "Phiếu này đã được thay" in page
    new = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert "Ghi nhầm sản phẩm" in head.get(f"/performance/sheets/{new}").text


def test_hr_gives_a_sheet_to_another_head(province: Province) -> None:
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period)
    client = province.client("tochuc")
    sent = {"authority_id": str(province.agencies["B"]), "reason": "Trưởng phòng là người thân", "version": "1"}
    answer = client.submit(f"/performance/sheets/{sheet}/reroute", data=sent)
    assert answer.status_code == 303, answer.text
    assert making.points(sheet)["authority_id"] == province.agencies["B"]
    assert "Trưởng phòng là người thân" in client.get(f"/performance/sheets/{sheet}").text


@pytest.mark.parametrize("address", ["", "/sheets", "/desk", "/own", "/periods"])
def test_a_page_asks_the_same_however_many_there_are(province: Province, address: str) -> None:
    username = "canbo" if address == "/own" else "thutruong"
    client = province.client(username)
    period = making.add_period(province)
    making.add_sheet(province, NAME, period, authority="B", state="self_scored")
    client.get("/performance" + address)
    with statements() as few:
        client.get("/performance" + address)
    for number in (7, 8, 9):
        earlier = making.add_period(province, number=number, score_due_on=date(2026, 9, 1))
        for name in (NAME, "Lý Thị Cẩm", "Nguyen Van Hung"):
            making.add_sheet(province, name, earlier, authority="B", state="self_scored")
    client.get("/performance" + address)
    with statements() as many:
        client.get("/performance" + address)
    assert len(many) == len(few), many
    assert len(few) <= 14, few


@pytest.mark.parametrize("address", ["/desk/{0}", "/sheets/{0}"])
def test_a_sheet_asks_the_same_however_long_it_is(province: Province, address: str) -> None:
    client = province.client("thutruong")
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period, authority="B", state="self_scored")
    making.add_item(sheet)
    client.get("/performance" + address.format(sheet))
    with statements() as few:
        client.get("/performance" + address.format(sheet))
    making.add_done(sheet, *["5"] * 12)
    with statements() as many:
        client.get("/performance" + address.format(sheet))
    assert len(many) == len(few), many
    assert len(few) <= 22, few
