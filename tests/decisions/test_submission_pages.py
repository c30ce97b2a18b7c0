"""The pages of the path: a proposal is made, completed, appraised, signed and numbered by posting the forms."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import text, update

from hrms.core import scope
from hrms.core.db import db
from hrms.decisions.rules.path import State
from hrms.people.models import Person
from tests.counting import statements
from tests.decisions.deciding import Telephone, appraised, phone, propose, signed, submitted
from tests.decisions.test_path import of
from tests.inspection import mistakes
from tests.province import Province, add_person

CAM, HUNG, DUC = "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Võ Minh Đức"
BASE = "/decisions/submissions"
pytestmark = pytest.mark.usefixtures("telephone")


def version(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None, page
    return found[1]


def step(province: Province, username: str, address: str, what: str, **data: Any) -> Any:
    client = province.client(username)
    page = client.get(address)
    assert page.status_code == 200, page.text
    assert mistakes(page.text) == []
    return client.submit(f"{address}/{what}", {"version": version(page.text), **data})


def ids(page: str) -> list[str]:
    return [str(box["value"]) for box in BeautifulSoup(page, "html.parser").select("input[name=line]")]


def test_the_whole_path_over_the_web(province: Province) -> None:
    client = province.client("tochuc")
    first = client.get(f"{BASE}/new")
    assert "Cấp số điện thoại" in first.text
    assert mistakes(first.text) == []
    form = {"kind": "telephone", "codes": "ct-000006\nCT-000007", "do": "add"}
    page = client.submit(f"{BASE}/new", form)
    assert page.status_code == 200
    assert mistakes(page.text) == []
    people = [str(box["value"]) for box in BeautifulSoup(page.text, "html.parser").select("input[name=person]")]
    assert people == [str(province.people[CAM]), str(province.people[HUNG])]
    data = {
        "kind": "telephone", "person": people, "v_number": "0292 3", "effective_on": "1/12/2026",
        f"p{people[0]}_room": "P. 12", "title": "Cấp số",
    }  # fmt: skip
    preview = client.submit(f"{BASE}/new", {**data, "do": "preview"})
    assert preview.status_code == 200, preview.text
    assert mistakes(preview.text) == []
    assert "2 người, Sở Xây dựng ký" in preview.text
    made = client.submit(f"{BASE}/new", {**data, "do": "create"})
    assert made.status_code == 303, made.text
    address = str(made.headers["Location"])
    draft = client.get(address).text
    assert "P. 12" in draft
    assert "Chờ Sở Xây dựng hoàn chỉnh rồi trình." in draft
    refused = step(province, "tochuc", address, "submit")
    assert refused.status_code == 422
    assert "Chưa rõ điều kiện “Người được cấp số đồng ý”" in refused.text
    assert mistakes(refused.text) == []
    answered = step(province, "tochuc", address, "answer", **{"met-consent": "yes", "note-consent": " "})
    assert answered.status_code == 422
    assert "“Người được cấp số đồng ý”: chưa nêu căn cứ" in answered.text
    answered = step(province, "tochuc", address, "answer", **{"met-consent": "yes", "note-consent": "Đơn 12/11/2026"})
    assert answered.status_code == 303
    assert step(province, "tochuc", address, "submit").status_code == 303
    assert "Chờ Sở Xây dựng thẩm định." in client.get(address).text
    assert "hồ sơ chờ thẩm định" in province.client("thamdinh").get("/").text
    assert step(province, "thamdinh", address, "appraise").status_code == 303
    head = province.client("thutruong").get(address).text
    assert "Ký tất cả 2 người" in head
    nameless = step(province, "thutruong", address, "sign", who="all")
    assert nameless.status_code == 422
    assert "Chưa nhập chức vụ người ký" in nameless.text
    chosen = step(province, "thutruong", address, "sign", who="chosen", line=ids(head)[:1], signer_title="Giám đốc")
    assert chosen.status_code == 303, chosen.text
    desk = province.client("vanthu").get(f"{BASE}/desk").text
    assert "Vào số: 1 hồ sơ" in desk
    assert mistakes(desk) == []
    refusing = step(province, "thutruong", address, "refuse", line=ids(head)[1:], remark="Đã có số")
    assert refusing.status_code == 303
    clerk = province.client("vanthu").get(address)
    assert "Vào số đã nhập" in clerk.text
    (line,) = ids(clerk.text)
    numbers = {"symbol": "QĐ-SXD", "signed_on": "20/11/2026", "from": "typed", "line": line}
    bad = step(province, "vanthu", address, "register", **numbers)
    assert bad.status_code == 422
    assert "Chưa nhập số quyết định" in bad.text
    done = step(province, "vanthu", address, "register", **{**numbers, f"number-{line}": "15"})
    assert done.status_code == 303, done.text
    assert phone(province.people[CAM]) == "0292 3"
    assert phone(province.people[HUNG]) is None
    closed = client.get(address).text
    assert "15/QĐ-SXD" in closed
    assert "Đã có số" in closed
    assert mistakes(closed) == []


def test_what_is_wrong_comes_back_as_typed(province: Province) -> None:
    client = province.client("tochuc")
    person = str(province.people[CAM])
    data = {"kind": "telephone", "person": person, "v_until": "31/02/2026", "effective_on": "", "do": "create"}
    answer = client.submit(f"{BASE}/new", data)
    assert answer.status_code == 422
    assert mistakes(answer.text) == []
    for said in ("không có trong lịch", "31/02/2026", "Ngày có hiệu lực còn trống"):
        assert said in answer.text
    data = {**data, "v_until": "1/11/2026", "v_number": "1", "effective_on": "1/12/2026"}
    answer = client.submit(f"{BASE}/new", data)
    assert answer.status_code == 422
    assert "không sau ngày có hiệu lực" in answer.text
    answer = client.submit(f"{BASE}/new", {"kind": "telephone", "do": "add", "codes": "CT-000001, CT-9"})
    assert answer.status_code == 422
    assert "Không thấy số hiệu trong phạm vi của bạn: CT-000001, CT-9." in answer.text
    answer = client.submit(f"{BASE}/new", {"kind": "telephone", "do": "add", "find-text": "hung"})
    assert "khớp 2 người" in answer.text
    answer = client.submit(f"{BASE}/new", {"kind": "telephone", "do": "add"})
    assert "Chưa chọn ai để thêm" in answer.text
    kept = client.submit(f"{BASE}/new", {"kind": "telephone", "do": "remove", "person": [person, "7"], "out": person})
    assert f'value="{person}"' not in kept.text


def test_people_come_along_in_the_address(province: Province) -> None:
    client = province.client("tochuc")
    people = f"{province.people[CAM]}.{province.people[HUNG]}.{province.people['Nguyễn Hòa Bình']}"
    assert "3 người đã chọn" in client.get(f"{BASE}/new?people={people}").text
    page = client.get(f"{BASE}/new?kind=telephone&people={people}").text
    assert CAM in page
    assert HUNG in page
    assert "Nguyễn Hòa Bình" not in page


def test_a_listing_and_a_record_lead_to_a_proposal(province: Province) -> None:
    client = province.client("tochuc")
    page = client.get("/people?q=hung")
    assert "/people/propose?q=hung" in page.text
    answer = client.get("/people/propose?q=hung")
    assert answer.status_code == 303
    both = {str(province.people[HUNG]), str(province.people["Nguyen Van Hung"])}
    assert set(answer.headers["Location"].partition("people=")[2].split(".")) == both
    assert client.get(answer.headers["Location"]).status_code == 200
    assert f"{BASE}/new?people={province.people[CAM]}" in client.get(f"/people/{province.people[CAM]}").text
    assert "/people/propose" not in province.client("thanhtra").get("/people").text
    assert province.client("thanhtra").get("/people/propose").status_code == 403


def test_a_draft_is_edited_and_its_list_changed(province: Province) -> None:
    (made,) = propose(province, CAM, HUNG)
    address = f"{BASE}/{made.id}"
    client = province.client("tochuc")
    form = client.get(f"{address}/edit")
    assert form.status_code == 200
    assert mistakes(form.text) == []
    assert 'value="0292 3"' in form.text
    data = {"v_number": "0292 7", "effective_on": "2/12/2026", "title": "Mới", "version": version(form.text)}
    assert client.submit(f"{address}/edit", data).status_code == 303
    assert client.submit(f"{address}/edit", data).status_code == 412
    assert "Mới" in client.get(address).text
    added = step(province, "tochuc", address, "people", codes="CT-000005")
    assert added.status_code == 303, added.text
    page = client.get(address).text
    assert DUC in page
    nobody = step(province, "tochuc", address, "remove")
    assert nobody.status_code == 422
    assert "Chưa đánh dấu ai" in nobody.text
    assert step(province, "tochuc", address, "remove", line=ids(page)[:1]).status_code == 303
    assert CAM not in client.get(address).text
    dropped = step(province, "tochuc", address, "drop", remark="Không cần nữa")
    assert dropped.status_code == 303
    assert of(made).state == State.DROPPED
    assert "Không cần nữa" in client.get(address).text


def test_taken_back_and_returned_over_the_web(province: Province) -> None:
    made = submitted(province, CAM)
    address = f"{BASE}/{made.id}"
    assert step(province, "tochuc", address, "take-back").status_code == 303
    assert step(province, "tochuc", address, "submit").status_code == 303
    silent = step(province, "thamdinh", address, "return")
    assert silent.status_code == 422
    assert "Chưa ghi lý do" in silent.text
    assert step(province, "thamdinh", address, "return", remark="Thiếu đơn").status_code == 303
    page = province.client("tochuc").get(address).text
    assert "Đã bị trả lại" in page
    assert "“Thiếu đơn”" in page
    assert "Dự thảo" in province.client("tochuc").get(BASE).text


def test_a_stale_page_is_told_so(province: Province) -> None:
    made = submitted(province, CAM)
    answer = province.client("thamdinh").submit(f"{BASE}/{made.id}/appraise", {"version": "1"})
    assert answer.status_code == 412
    assert "người khác sửa" in answer.text
    answer = province.client("thamdinh").submit(f"{BASE}/{made.id}/appraise", {})
    assert answer.status_code == 422


def test_a_draft_shows_the_record_as_it_is_now(province: Province) -> None:
    (made,) = propose(province, CAM)
    with scope.everything():
        db.session.execute(update(Person).where(Person.id == province.people[CAM]).values(phone="0909"))
        db.session.commit()
    assert "0909" in province.client("tochuc").get(f"{BASE}/{made.id}").text


def test_the_sheet_as_a_workbook(province: Province) -> None:
    made = submitted(province, CAM, HUNG)
    answer = province.client("thamdinh").get(f"{BASE}/{made.id}/sheet.xlsx")
    assert answer.status_code == 200
    rows = list(load_workbook(BytesIO(answer.data)).active.values)  # type: ignore[union-attr] # there is one sheet
    assert rows[0][:5] == ("Số thứ tự", "Họ và tên", "Số hiệu", "Điều kiện", "Kết quả")
    assert len(rows) == 1 + 2 * 3
    assert rows[2][1:7] == (
        CAM, "CT-000006", "Người được cấp số đồng ý", "Đạt", "Biên bản 12/11/2026 (cơ quan trình xác nhận)",
        "Điều 2 Quy chế",
    )  # fmt: skip
    with scope.everything():
        told = db.session.scalar(text("SELECT count(*) FROM audit_events WHERE action = 'submission.exported'"))
    assert told == 1


def test_the_list_narrows(province: Province) -> None:
    submitted(province, CAM, title="Hồ sơ của Cẩm")
    propose(province, HUNG, title="Hồ sơ của Hùng")
    client = province.client("tochuc")
    page = client.get(BASE)
    assert mistakes(page.text) == []
    assert "Hồ sơ của Cẩm" in page.text
    assert "Hồ sơ của Hùng" in page.text
    for query, cam, hung in (
        ("state=draft", False, True), ("state=submitted", True, False), ("kind=telephone&mine=1", True, True),
        ("kind=other", False, False), (f"agency={province.agencies['B']}", True, True),
    ):  # fmt: skip
        found = client.get(f"{BASE}?{query}").text
        assert ("Hồ sơ của Cẩm" in found, "Hồ sơ của Hùng" in found) == (cam, hung), query
    assert "Hồ sơ của Hùng" not in province.client("thamdinh").get(f"{BASE}?mine=1").text
    assert province.client("vanthu").get(BASE).text.count("Hồ sơ của") == 0


def test_the_desk_holds_only_what_one_may_do(province: Province) -> None:
    submitted(province, CAM, title="Của tochuc")
    assert "Thẩm định: 1 hồ sơ" in province.client("thamdinh").get(f"{BASE}/desk").text
    assert "Không có việc nào chờ bạn" in province.client("tochuc").get(f"{BASE}/desk").text
    propose(province, HUNG, title="Dở dang")
    assert "Hoàn chỉnh rồi trình: 1 hồ sơ" in province.client("tochuc").get(f"{BASE}/desk").text
    assert "<b>1</b> dự thảo của bạn" in province.client("tochuc").get("/").text
    assert "Không có việc nào chờ bạn" in province.client("chutich").get(f"{BASE}/desk").text


def test_books_are_opened_used_closed(province: Province) -> None:
    client = province.client("vanthu")
    data = {"agency": str(province.agencies["B"]), "year": "2026", "symbol": "qđ-sxd", "first": "101"}
    assert client.submit("/decisions/books", data).status_code == 303
    again = client.submit("/decisions/books", data)
    assert again.status_code == 422
    assert "số tới là 101" in again.text
    for field, value, said in (
        ("year", "1999", "Năm 1999"),
        ("symbol", "?", "không đúng dạng"),
        ("first", "0", "nhỏ hơn"),
    ):
        wrong = client.submit("/decisions/books", {**data, "symbol": "QĐ-X", field: value})
        assert wrong.status_code == 422
        assert said in wrong.text
    made = signed(province, CAM, HUNG)
    address = f"{BASE}/{made.id}"
    page = client.get(address).text
    assert "Sổ QĐ-SXD năm 2026: số tới là 101." in page
    numbers = {"symbol": "QĐ-SXD", "signed_on": "20/11/2026", "from": "book", "line": ids(page)}
    assert step(province, "vanthu", address, "register", **numbers).status_code == 303
    shown = client.get("/decisions/books").text
    assert mistakes(shown) == []
    assert ">103<" in shown
    book = re.search(r"/decisions/books/(\d+)/close", shown)
    assert book is not None
    assert client.submit(f"/decisions/books/{book[1]}/close").status_code == 303
    assert "Đã đóng" in client.get("/decisions/books").text
    assert client.submit(f"/decisions/books/{book[1]}/reopen").status_code == 303


def test_a_long_list_is_shown_in_parts_by_a_fixed_number_of_statements(
    province: Province, telephone: Telephone
) -> None:
    del telephone
    with scope.everything():
        names = [f"Người thứ {n}" for n in range(120)]
        for n, name in enumerate(names):
            province.people[name] = add_person(province, 2000 + n, name=name, place="B1")
        db.session.execute(text("SELECT refresh_people(NULL, current_date)"))
        db.session.commit()
    few, many = appraised(province, CAM), appraised(province, *names)
    client = province.client("thutruong")
    client.get(f"{BASE}/{few.id}")
    counted = []
    for made in (few, many):
        with statements() as seen:
            page = client.get(f"{BASE}/{made.id}")
        assert page.status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 16, counted
    assert "Người thứ 49" in page.text
    assert "Người thứ 50" not in page.text
    assert "51–100" in page.text
    assert "Người thứ 50" in client.get(f"{BASE}/{many.id}?from=50").text
    assert "Ký tất cả 120 người" in page.text
