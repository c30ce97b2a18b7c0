"""Pages of work: giving to many at once, one product, proposals, objectives; who gets in; how many statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.performance.models import WorkFinding, WorkItem, WorkObjective
from hrms.positions.models import Assignment, EstablishmentLine, FrameVersion, JobPosition, PositionFrame
from tests.counting import statements
from tests.inspection import mistakes
from tests.performance import making
from tests.performance.work.test_work_services import CAM, DUC, HUNG, catalogue, items_on
from tests.province import TODAY, Province

MOST = 12
"""Statements of a page, the gate's and the layout's included."""


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def month(province: Province) -> int:
    return making.add_period(province, "B", number=11)


def add_objective(province: Province, place: str = "B", **more: Any) -> int:
    values: dict[str, Any] = {
        "year": 2026, "code": "MT1", "objective": "Giải quyết hồ sơ đúng hạn", "indicator": "Tỷ lệ đúng hạn",
        "measure": "%", "direction": "more", "baseline": Decimal(80), "target": Decimal(98), "weight": Decimal(1),
        "state": "approved",
    }  # fmt: skip
    with scope.everything():
        made = making.add_row(WorkObjective, agency_id=province.agencies[place], **(values | more))
        db.session.commit()
    return made


def seat(province: Province, *names: str) -> None:
    """Put people in a seat whose frame has one duty."""
    with scope.everything():
        position = select(JobPosition.id).where(JobPosition.key == "cc.commune.II.17").scalar_subquery()
        line = making.add_row(
            EstablishmentLine, agency_id=province.agencies["B1"], quota_kind="civil", shares={}, position_id=position
        )
        frame = making.add_row(PositionFrame, position_id=position, agency_id=province.agencies["B"])
        making.add_row(
            FrameVersion, frame_id=frame, valid_from=date(2026, 1, 1), basis="old_data", majors=[], certificates=[],
            may_complete_later=[], other_majors_with_certificate=False, special_law=False,
            content={"duties": [
                {"section": "work", "task": "Quy hoạch", "work": "Thẩm định đồ án", "output": "Tờ trình"},
            ]},
        )  # fmt: skip
        for name in names:
            making.add_row(
                Assignment, person_id=province.people[name], slot=0, line_id=line, role="main",
                valid_from=date(2026, 1, 1), basis="old_data",
            )  # fmt: skip
        db.session.commit()


def test_giving_on_the_page(province: Province, month: int) -> None:
    products = catalogue(province)
    cam, hung, duc = (making.add_sheet(province, name, month) for name in (CAM, HUNG, DUC))
    client = province.client("tochuc")
    address = f"/performance/periods/{month}/assign"
    client.get(address)
    with statements() as ran:
        page = client.get(address)
    assert mistakes(page.text) == []
    assert len(ran) <= MOST, ran
    assert CAM in page.text
    found = client.submit(address, data={"do": "find", "words": "2", "sheet": [str(cam)], f"n-p{products[0]}": "3"})
    assert mistakes(found.text) == []
    assert 'value="3"' in found.text
    assert "Việc 3" not in found.text
    sent = {"do": "give", "kind": "assigned", "due_on": "30/11/2026", f"n-p{products[1]}": "1,5"}
    answer = client.submit(address, data=sent | {"sheet": [str(cam), str(duc)]})
    assert answer.status_code == 303
    assert [(one.units, one.due_on) for one in items_on(cam)] == [(Decimal("3.75"), date(2026, 11, 30))]
    assert items_on(hung) == []
    assert client.submit(address, data=sent | {"everyone": "1"}).status_code == 303
    assert [len(items_on(one)) for one in (cam, hung, duc)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Chưa chọn ai"),
        ({"everyone": "1"}, "Chưa chọn sản phẩm nào"),
        ({"everyone": "1", "n-p99999999": "1"}, "không còn trong danh sách"),
        ({"everyone": "1", "n-free": "1", "f-free": "1"}, "Chưa ghi tên sản phẩm"),
        ({"everyone": "1", "n-free": "x", "t-free": "Việc", "f-free": "1"}, "không phải là số"),
        ({"everyone": "1", "n-free": "1", "t-free": "Việc", "f-free": "-1"}, "Hệ số quy đổi là “-1”"),
        ({"everyone": "1", "n-free": "1", "t-free": "Việc", "f-free": "1", "due_on": "1/12/2026"}, "nằm ngoài kỳ"),
        ({"everyone": "1", "n-free": "1", "t-free": "Việc", "f-free": "1", "kind": "taken_over"}, "Loại giao"),
    ],
)
def test_what_the_page_refuses_is_said_and_kept(
    province: Province, month: int, data: dict[str, str], said: str
) -> None:  # fmt: skip
    sheet = making.add_sheet(province, CAM, month)
    answer = province.client("tochuc").submit(
        f"/performance/periods/{month}/assign", data={"do": "give", "kind": "assigned"} | data
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert mistakes(answer.text) == []
    assert items_on(sheet) == []


def test_duties_go_to_those_who_hold_them_and_objectives_to_all(province: Province, month: int) -> None:
    cam, hung = making.add_sheet(province, CAM, month), making.add_sheet(province, HUNG, month)
    seat(province, CAM)
    aim = add_objective(province)
    client = province.client("thutruong")
    address = f"/performance/periods/{month}/assign"
    with statements() as ran:
        page = client.get(f"{address}?source=duties")
    assert mistakes(page.text) == []
    assert len(ran) <= MOST + 6, ran
    assert "Thẩm định đồ án" in page.text
    key = page.text.split('name="n-d')[1].split('"')[0]
    sent = {"do": "give", "kind": "assigned", "everyone": "1"}
    client.submit(f"{address}?source=duties", data=sent | {f"n-d{key}": "2", f"f-d{key}": "0,5"})
    assert [(one.title, one.units) for one in items_on(cam)] == [("Thẩm định đồ án", Decimal(1))]
    assert items_on(hung) == []
    client.submit(f"{address}?source=objectives", data=sent | {f"n-o{aim}": "1", f"f-o{aim}": "4"})
    assert [(one.objective_id, one.units) for one in items_on(hung)] == [(aim, Decimal(4))]
    assert "Giải quyết hồ sơ đúng hạn" in client.get(f"/performance/items/{items_on(hung)[0].id}").text


def test_copying_on_the_page(province: Province, month: int) -> None:
    old = making.add_sheet(province, CAM, making.add_period(province, "B", number=10))
    sheet = making.add_sheet(province, CAM, month)
    making.add_item(old, title="Báo cáo tháng")
    answer = province.client("tochuc").submit(
        f"/performance/periods/{month}/assign", data={"do": "copy", "everyone": "1"}
    )
    assert answer.status_code == 303
    assert [one.title for one in items_on(sheet)] == ["Báo cáo tháng"]


def test_ones_own_sheet_is_not_offered(province: Province, month: int) -> None:
    making.add_sheet(province, HUNG, month)
    own = making.add_holder(province, "truongphong", making.Role.HEAD, "B", DUC)
    making.add_sheet(province, DUC, month)
    del own
    page = province.client("truongphong").get(f"/performance/periods/{month}/assign").text
    assert HUNG in page
    assert f">{DUC}<" not in page


def test_one_product_from_giving_to_a_finding_and_back(province: Province, month: int) -> None:
    products = catalogue(province)
    sheet, taker = making.add_sheet(province, HUNG, month), making.add_sheet(province, CAM, month)
    hr, owner = province.client("tochuc"), province.client("canbo")
    assert mistakes(hr.get(f"/performance/sheets/{sheet}/work/new").text) == []
    choices = hr.get(f"/performance/sheets/{sheet}/work/products.json?q=viec 2").json
    assert [one["value"] for one in choices["items"]] == [str(products[1])]
    answer = hr.submit(
        f"/performance/sheets/{sheet}/work/new",
        data={
            "product": products[1],
            "product-text": choices["items"][0]["label"],
            "quantity": "2",
            "kind": "assigned",
        },
    )
    assert answer.status_code == 303, answer.text
    item = items_on(sheet)[0].id
    page = f"/performance/items/{item}"
    hr.get(page)
    with statements() as ran:
        shown = hr.get(page)
    assert mistakes(shown.text) == []
    assert len(ran) <= MOST, ran
    for path in ("take-over", "findings/new"):
        assert mistakes(hr.get(f"{page}/{path}").text) == []
    assert hr.get(f"{page}/report").status_code == 403
    assert "Rút</a>" not in shown.text  # the month has begun
    own = owner.get(page)
    assert mistakes(own.text) == []
    assert "Báo cáo kết quả" in own.text
    assert mistakes(owner.get(f"{page}/report").text) == []
    refused = owner.submit(
        f"{page}/report", data={"reported": "impossible", "progress": "0", "evidence": "", "version": "1"}
    )
    assert refused.status_code == 422
    assert "cần nêu lý do" in refused.text
    sent = {"reported": "done", "progress": "80", "evidence": "Tờ trình 15/TTr\nhttps://vanban", "version": "1"}
    assert owner.submit(f"{page}/report", data=sent).status_code == 303
    assert owner.submit(f"{page}/report", data=sent).status_code == 412
    late = {"kind": "late", "found_on": "20/11/2026", "cause": "Chậm 3 ngày", "version": "2"}
    assert hr.submit(f"{page}/findings/new", data=late).status_code == 303
    assert hr.submit(f"{page}/findings/new", data=late).status_code == 412
    with scope.everything():
        finding = db.session.scalars(select(WorkFinding.id)).one()
    assert mistakes(hr.get(page).text) == []
    assert "Trừ một phần tư" in owner.get(page).text
    assert owner.get(f"/performance/findings/{finding}/withdraw").status_code == 403
    assert mistakes(hr.get(f"/performance/findings/{finding}/withdraw").text) == []
    assert hr.submit(f"/performance/findings/{finding}/withdraw", data={"reason": "Nhầm"}).status_code == 303
    over = {"to": str(taker), "quantity": "1", "reason": "Nghỉ ốm"}
    assert hr.submit(f"{page}/take-over", data=over).status_code == 303
    taken = items_on(taker)[0]
    assert HUNG in hr.get(f"/performance/items/{taken.id}").text
    history = hr.get(page).text
    for words in ("báo cáo kết quả", "ghi không đạt hoặc chậm", "rút lần ghi", "giao người khác nhận thay"):
        assert words in history


def test_proposing_on_the_pages(province: Province, month: int) -> None:
    sheet = making.add_sheet(province, HUNG, month)
    owner, hr = province.client("canbo"), province.client("tochuc")
    assert mistakes(owner.get(f"/performance/sheets/{sheet}/work/propose").text) == []
    assert hr.get(f"/performance/sheets/{sheet}/work/propose").status_code == 403
    assert owner.get(f"/performance/sheets/{sheet}/work/new").status_code == 403
    sent = {"title": "Phần mềm tra cứu", "factor": "3", "quantity": "1", "kind": "ad_hoc", "product-text": ""}
    for _time in range(2):
        assert owner.submit(f"/performance/sheets/{sheet}/work/propose", data=sent).status_code == 303
    first, second = items_on(sheet)
    assert "Rút đề xuất" in owner.get(f"/performance/items/{first.id}").text
    for path in ("accept", "refuse"):
        assert mistakes(hr.get(f"/performance/items/{first.id}/{path}").text) == []
        assert owner.get(f"/performance/items/{first.id}/{path}").status_code == 403
    accepted = {"quantity": "1", "factor": "2", "kind": "ad_hoc", "version": "1"}
    assert hr.submit(f"/performance/items/{first.id}/accept", data=accepted).status_code == 303
    assert (items_on(sheet)[0].state, items_on(sheet)[0].units) == ("given", Decimal(2))
    assert owner.submit(f"/performance/items/{second.id}/withdraw", data={"version": "1"}).status_code == 303
    assert len(items_on(sheet)) == 1


def test_a_colleague_and_an_outsider_see_nothing(province: Province, month: int) -> None:
    item = making.add_item(making.add_sheet(province, CAM, month))
    other = making.add_period(province, "A", number=11)
    for who, expected in (("canbo", 404), ("thanhtra", 404), ("vanthu", 403), ("admin", 403), ("giangvien", 403)):
        assert province.client(who).get(f"/performance/items/{item}").status_code == expected, who
    for who in ("tochuc", "thutruong"):
        assert province.client(who).get(f"/performance/periods/{other}/assign").status_code == 404
        assert province.client(who).get(f"/performance/items/{item}").status_code == 200
    assert province.client("canbo").get(f"/performance/periods/{other}/assign").status_code == 403


def test_objectives_on_their_pages(province: Province) -> None:
    above = add_objective(province, "root", code="T1", objective="Cải thiện chỉ số hài lòng")
    hr, head = province.client("tochuc"), province.client("thutruong")
    assert "Chưa có mục tiêu nào" not in province.client("sonoivu").get("/performance/objectives").text
    begun = hr.get("/performance/objectives/new")
    assert mistakes(begun.text) == []
    place = province.agencies["B"]
    address = f"/performance/objectives/new?agency={place}&year=2026"
    form = hr.get(address)
    assert mistakes(form.text) == []
    assert "Cải thiện chỉ số hài lòng" in form.text
    sent = {
        "code": "MT1", "objective": "Đúng hạn", "indicator": "Tỷ lệ", "measure": "%", "direction": "more",
        "baseline": "80", "target": "98", "weight": "2", "due_on": "31/12/2026", "parent": str(above),
    }  # fmt: skip
    wrong = hr.submit(address, data=sent | {"target": "70"})
    assert wrong.status_code == 422
    assert "thấp hơn mức ban đầu" in wrong.text
    made = hr.submit(address, data=sent)
    assert made.status_code == 303
    assert hr.submit(address, data=sent).status_code == 422  # the code is taken
    page = made.headers["Location"]
    shown = hr.get(page)
    assert mistakes(shown.text) == []
    assert "Cải thiện chỉ số hài lòng" in shown.text
    assert hr.submit(f"{page}/approve", data={"version": "1"}).status_code == 403
    assert mistakes(hr.get(f"{page}/edit").text) == []
    assert hr.submit(f"{page}/edit", data=sent | {"target": "99", "version": "1"}).status_code == 303
    assert hr.submit(f"{page}/edit", data=sent | {"version": "1"}).status_code == 412
    assert head.submit(f"{page}/approve", data={"version": "2"}).status_code == 303
    assert hr.submit(f"{page}/edit", data=sent | {"version": "3"}).status_code == 422
    assert mistakes(hr.get(f"{page}/record").text) == []
    assert hr.submit(f"{page}/record", data={"actual": "89,5", "evidence": "", "version": "3"}).status_code == 422
    record = {"actual": "89,5", "evidence": "Báo cáo 12/BC", "version": "3"}
    assert hr.submit(f"{page}/record", data=record).status_code == 303
    assert "50%" in hr.get(page).text
    listed = hr.get("/performance/objectives?year=2026")
    assert mistakes(listed.text) == []
    assert "Đúng hạn" in listed.text
    book = load_workbook(BytesIO(hr.get("/performance/objectives/export.xlsx?year=2026").data))
    assert [cell.value for cell in book.active[2]][10] == 50
    assert hr.submit(f"{page}/drop", data={"reason": "x", "version": "4"}).status_code == 403
    assert head.submit(f"{page}/drop", data={"reason": "Đổi kế hoạch", "version": "4"}).status_code == 303
    assert "Đúng hạn" not in hr.get("/performance/objectives?year=2026").text
    assert "Đúng hạn" in hr.get("/performance/objectives?year=2026&dropped=1").text
    assert hr.get(f"/performance/objectives/{above}").status_code == 404
    assert mistakes(province.client("sonoivu").get(f"/performance/objectives/{above}").text) == []


def test_the_list_of_objectives_takes_few_statements(province: Province) -> None:
    for number in range(8):
        add_objective(province, code=f"MT{number}", actual=Decimal(90))
    client = province.client("tochuc")
    client.get("/performance/objectives")
    with statements() as ran:
        client.get("/performance/objectives")
    assert len(ran) <= MOST, ran


def test_the_template_has_the_people_but_not_oneself(province: Province, month: int) -> None:
    making.add_sheet(province, CAM, month)
    making.add_sheet(province, HUNG, month)
    book = load_workbook(
        BytesIO(province.client("tochuc").get(f"/performance/periods/{month}/assign/template.xlsx").data)
    )
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "Mã cán bộ"
    assert {one[1] for one in rows[1:]} == {CAM, HUNG}
    assert db.session.scalar(select(WorkItem.id)) is None


def test_the_window_is_named_in_plain_words(province: Province, month: int) -> None:
    item = making.add_item(making.add_sheet(province, CAM, month), title="Báo cáo <tháng>", code=None)
    page = province.client("tochuc").get(f"/performance/items/{item}").text
    assert "<title>Báo cáo &lt;tháng&gt; · " in page
