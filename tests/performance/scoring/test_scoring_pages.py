"""The pages of sheets: filling the forms gives the points of the law's worked examples, read back from the page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from hrms.core.permissions import Role
from tests.client import Browser
from tests.performance import making
from tests.province import Province

NAME = "Nguyễn Văn Hùng"
"""The official of the province's accounts; works in B1, whose head is made here."""
PLACES = list(making.PERFECT)


@pytest.fixture
def head(province: Province) -> Browser:
    """The head of B1, no person of the records."""
    making.add_holder(province, "truongphong", Role.HEAD, "B1")
    return province.client("truongphong")


def filled(general: Mapping[str, str], version: int, **more: Any) -> dict[str, str]:
    """What the form sends: a box for each general criterion."""
    sent = {f"g-{place}": general[code].replace(".", ",") for place, code in enumerate(PLACES)}
    return sent | {"version": str(version), "note": ""} | {name: str(value) for name, value in more.items()}


def to_27_5() -> dict[str, str]:
    return dict(making.GENERAL_27_5)


def minus(points: str) -> dict[str, str]:
    """The general criteria at their most, less some of the first one."""
    return making.PERFECT | {"I.1": str(Decimal(5) - Decimal(points))}


def sent_in(province: Province, name: str = NAME, **more: Any) -> tuple[int, int]:
    """A sheet with the person's own points, in October."""
    period = making.add_period(province)
    sheet = making.add_sheet(
        province, name, period, state="self_scored", self_general=making.PERFECT,
        self_at=making.TODAY, **more,
    )  # fmt: skip
    return period, sheet


def judged(items: Mapping[int, bool]) -> dict[str, str]:
    """What the form sends about products."""
    asked = {f"i-{key}": "1" for key in items}
    return asked | {f"d-{key}": "1" for key, done in items.items() if done}


def fact(page: str, name: str) -> str:
    """The value of a name on a page."""
    found = re.search(rf"<dt>{re.escape(name)}</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    assert found is not None, name
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def test_s1_through_the_form(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    items = [
        making.add_item(sheet, "10", reported="done"), making.add_item(sheet, "4", reported="done", failed_checks=1),
        making.add_item(sheet, "6", reported="done", late_count=2), making.add_item(sheet, "20", reported="done"),
    ]  # fmt: skip
    answer = head.submit(f"/performance/desk/{sheet}", data=filled(to_27_5(), 1) | judged(dict.fromkeys(items, True)))
    assert answer.status_code == 303, answer.text
    page = head.get(f"/performance/sheets/{sheet}").text
    assert fact(page, "Tổng điểm") == "95,17"
    assert fact(page, "Điểm kết quả") == "67,67"
    assert fact(page, "Chất lượng (b)") == "0,9750"
    assert "NĐ 335/2025/NĐ-CP Đ14" in page


def test_s2_what_was_not_done_stays_in_the_denominator(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    done, not_done = making.add_item(sheet, "30", reported="done"), making.add_item(sheet, "10", reported="impossible")
    head.submit(f"/performance/desk/{sheet}", data=filled(minus("4"), 1) | judged({done: True, not_done: False}))
    assert fact(head.get(f"/performance/sheets/{sheet}").text, "Tổng điểm") == "78,50"


def test_s3_work_added_counts_up_to_the_cap(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    items = {making.add_item(sheet, "40"): True, making.add_item(sheet, "8", kind="ad_hoc"): True}
    head.submit(f"/performance/desk/{sheet}", data=filled(minus("2"), 1) | judged(items))
    page = head.get(f"/performance/sheets/{sheet}").text
    assert fact(page, "Tổng điểm") == "98,00"
    assert "112,00" in page


def test_l1_a_head_with_the_three_leader_criteria(province: Province) -> None:
    making.add_holder(province, "giamdoc", Role.HEAD, "root")
    head = province.client("giamdoc")
    period = making.add_period(province)
    sheet = making.add_sheet(
        province, "Võ Minh Đức", period, authority="root", role="head", state="self_scored", self_at=making.TODAY
    )
    items = {
        making.add_item(sheet, "84"): True, making.add_item(sheet, "4", failed_checks=1): True,
        making.add_item(sheet, "8", late_count=2): True, making.add_item(sheet, "4"): False,
    }  # fmt: skip
    leader = {"l-subordinates": "1", "l-unit": "0,5", "l-cohesion": "1"}
    answer = head.submit(f"/performance/desk/{sheet}", data=filled(minus("2"), 1) | judged(items) | leader)
    assert answer.status_code == 303, answer.text
    page = head.get(f"/performance/sheets/{sheet}").text
    assert (fact(page, "Số lượng (a)"), fact(page, "Chất lượng (b)"), fact(page, "Tiến độ (c)")) == (
        "0,9600", "0,9500", "0,9200"
    )  # fmt: skip
    assert fact(page, "Tổng điểm") == "90,18"


def test_the_form_begins_with_what_the_person_said(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    done, left = making.add_item(sheet, "10", reported="done"), making.add_item(sheet, "10")
    page = head.get(f"/performance/desk/{sheet}").text
    assert "điền sẵn theo báo cáo và điểm tự chấm" in page
    assert re.search(rf'id="d-{done}"[^>]*checked', page)
    assert not re.search(rf'id="d-{left}"[^>]*checked', page)
    assert re.search(r'name="g-0" value="5"', page)


def test_points_while_typing_are_those_that_are_saved(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    items = {making.add_item(sheet, "7"): True, making.add_item(sheet, "3"): False, making.add_item(sheet, "5"): True}
    sent = filled(minus("1.25"), 1) | judged(items)
    typed = json.loads(head.submit(f"/performance/sheets/{sheet}/reckon", data=sent).text)
    assert making.points(sheet)["score"] is None
    head.submit(f"/performance/desk/{sheet}", data=sent)
    assert typed["score"] == fact(head.get(f"/performance/sheets/{sheet}").text, "Tổng điểm")
    assert typed["class"] == "Hoàn thành tốt nhiệm vụ"


def test_what_is_wrong_is_named_at_its_box(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    item = making.add_item(sheet, "10")
    sent = filled(making.PERFECT, 1) | judged({item: True}) | {"g-0": "7", "g-1": "abc", "g-2": ""}
    answer = head.submit(f"/performance/desk/{sheet}", data=sent)
    assert answer.status_code == 422
    assert "“abc” không phải là số" in answer.text
    answer = head.submit(f"/performance/desk/{sheet}", data=sent | {"g-1": "5"})
    assert answer.status_code == 422
    assert "g-0-error" in answer.text
    assert "g-2-error" in answer.text
    assert making.points(sheet)["state"] == "self_scored"


def test_two_who_score_at_once_lose_nothing(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    item = making.add_item(sheet, "10")
    sent = filled(making.PERFECT, 1) | judged({item: True})
    assert head.submit(f"/performance/desk/{sheet}", data=sent).status_code == 303
    assert head.submit(f"/performance/desk/{sheet}", data=sent).status_code == 412


def test_after_one_comes_the_next_and_after_the_last_the_desk(province: Province, head: Browser) -> None:
    period = making.add_period(province)
    made = []
    for name in (NAME, "Lý Thị Cẩm"):
        sheet = making.add_sheet(
            province, name, period, state="self_scored", self_general=making.PERFECT, self_at=making.TODAY
        )
        made.append((sheet, making.add_item(sheet, "10", reported="done")))
    desk = head.get("/performance/desk").text
    order = [int(one) for one in re.findall(r'row-link" href="/performance/desk/(\d+)"', desk)]
    items = dict(made)
    sent = filled(making.PERFECT, 1)
    answer = head.submit(f"/performance/desk/{order[0]}", data=sent | judged({items[order[0]]: True}))
    assert answer.headers["Location"] == f"/performance/desk/{order[1]}"
    answer = head.submit(f"/performance/desk/{order[1]}", data=sent | judged({items[order[1]]: True}))
    assert answer.headers["Location"] == "/performance/desk"


def test_a_sheet_goes_back_with_its_reason(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province)
    assert head.submit(f"/performance/desk/{sheet}/return", data={"version": "1", "reason": ""}).status_code == 422
    answer = head.submit(f"/performance/desk/{sheet}/return", data={"version": "1", "reason": "Thiếu minh chứng"})
    assert answer.status_code == 303
    owner = province.client("canbo")
    assert "Thiếu minh chứng" in owner.get(f"/performance/own/{sheet}").text


def test_only_whose_people_they_are_scores(province: Province) -> None:
    _period, sheet = sent_in(province)
    above = province.client("thutruong")
    making.add_holder(province, "truongphong", Role.HEAD, "B1")
    page = above.get(f"/performance/desk/{sheet}")
    assert page.status_code == 200
    assert "Phòng Quy hoạch" in page.text
    assert 'name="g-0"' not in page.text
    assert above.submit(f"/performance/desk/{sheet}", data=filled(making.PERFECT, 1)).status_code == 403
    assert above.submit(f"/performance/sheets/{sheet}/reckon", data=filled(making.PERFECT, 1)).status_code == 403


def test_a_colleague_sees_nothing(province: Province) -> None:
    _period, sheet = sent_in(province, "Lý Thị Cẩm")
    colleague = province.client("canbo")
    for path in ("sheets/{0}", "own/{0}", "sheets/{0}/form.pdf"):
        assert colleague.get("/performance/" + path.format(sheet)).status_code == 404
    assert colleague.submit(f"/performance/sheets/{sheet}/reckon", data={}).status_code == 404


def test_oneself_gives_no_points(province: Province) -> None:
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period)
    item = making.add_item(sheet, "10")
    owner = province.client("canbo")
    reports = {f"r-{item}": "done", f"p-{item}": "100", f"e-{item}": "Văn bản 12/SXD", f"v-{item}": "1"}
    sent = filled(making.PERFECT, 1) | reports
    typed = json.loads(owner.submit(f"/performance/sheets/{sheet}/reckon", data=sent).text)
    assert typed["score"] == "100,00"
    answer = owner.submit(f"/performance/own/{sheet}", data=sent)
    assert answer.status_code == 303, answer.text
    kept = making.points(sheet)
    assert (kept["state"], kept["score"], kept["self_score"]) == ("self_scored", None, Decimal(100))
    page = owner.get(f"/performance/sheets/{sheet}").text
    assert "Điểm tự chấm: 100,00" in page
    answer = owner.submit(f"/performance/own/{sheet}/take-back", data={"version": str(kept["version"])})
    assert answer.headers["Location"] == f"/performance/own/{sheet}"
    assert making.points(sheet)["state"] == "open"


def test_keeping_reports_does_not_send(province: Province) -> None:
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period)
    item = making.add_item(sheet, "10")
    owner = province.client("canbo")
    data = filled(making.PERFECT, 1) | {f"r-{item}": "open", f"p-{item}": "40", f"e-{item}": "", f"v-{item}": "1"}
    assert owner.submit(f"/performance/own/{sheet}", data=data | {"act": "keep"}).status_code == 303
    assert making.points(sheet)["state"] == "open"
    assert 'value="40"' in owner.get(f"/performance/own/{sheet}").text


def test_done_without_evidence_is_named_by_its_product(province: Province) -> None:
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period)
    item = making.add_item(sheet, "10", title="Thẩm định đồ án")
    data = filled(making.PERFECT, 1) | {f"r-{item}": "done", f"p-{item}": "100", f"e-{item}": "", f"v-{item}": "1"}
    answer = province.client("canbo").submit(f"/performance/own/{sheet}", data=data)
    assert answer.status_code == 422
    assert f"e-{item}-error" in answer.text
    assert making.points(sheet)["state"] == "open"


def test_points_are_the_owners_to_see_once_published(province: Province) -> None:
    period = making.add_period(province)
    sheet = making.add_sheet(province, NAME, period, state="scored")
    owner, manager = province.client("canbo"), province.client("tochuc")
    assert "Chưa có điểm được công khai" in owner.get(f"/performance/sheets/{sheet}").text
    assert fact(manager.get(f"/performance/sheets/{sheet}").text, "Tổng điểm") == "90,00"
    answer = manager.submit(f"/performance/periods/{period}/publish")
    assert answer.status_code == 303, answer.text
    assert fact(owner.get(f"/performance/sheets/{sheet}").text, "Tổng điểm") == "90,00"
    assert "90,00" in owner.get("/performance/own").text


def test_two_decimals_never_claim_a_threshold(province: Province, head: Browser) -> None:
    _period, sheet = sent_in(province, score=Decimal("89.996"))
    with_nearly = json.loads(head.submit(f"/performance/sheets/{sheet}/reckon", data=filled(making.PERFECT, 1)).text)
    assert with_nearly["nearly"] == ""
    items = {making.add_item(sheet, "85713"): True, making.add_item(sheet, "14287"): False}
    typed = json.loads(
        head.submit(f"/performance/sheets/{sheet}/reckon", data=filled(making.PERFECT, 1) | judged(items)).text
    )
    assert typed["score"] == "90,00"
    assert typed["class"] == "Hoàn thành tốt nhiệm vụ"
    assert "chưa đạt 90" in typed["nearly"]
