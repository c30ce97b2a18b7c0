"""The pages of a round, without script, from its opening to its publication."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from pypdf import PdfReader

from hrms.core import clock
from tests.client import Browser
from tests.counting import statements
from tests.inspection import mistakes
from tests.performance.calibration.classifying import (
    COLLEAGUES,
    MEETING,
    open_round,
    rating_of,
    whole_year,
)
from tests.province import TODAY, Province
from tests.training.payback.promising import CAM, HUNG, paper


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def page(client: Browser, address: str, code: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == code, (address, BeautifulSoup(answer.text, "html.parser").main)
    if code == 200:
        assert mistakes(answer.text) == []
    return answer.text


def send(client: Browser, address: str, data: dict[str, Any] | None = None, code: int = 303) -> str:
    answer = client.submit(address, data or {})
    assert answer.status_code == code, BeautifulSoup(answer.text, "html.parser").main
    if code != 303:
        assert mistakes(answer.text) == []
    return answer.text


def words(content: bytes) -> str:
    return " ".join(" ".join(one.extract_text() for one in PdfReader(BytesIO(content)).pages).split())


def test_from_opening_to_publication(province: Province) -> None:
    whole_year(province)
    hr, head = province.client("tochuc"), province.client("thutruong")
    assert "Chưa có đợt xếp loại nào" in page(hr, "/performance/rounds")
    page(hr, "/performance/rounds/new")
    place = {"agency": str(province.agencies["B"]), "agency-text": "Sở Xây dựng"}
    send(hr, "/performance/rounds/new", place | {"year": ""}, 422)
    send(hr, "/performance/rounds/new", place | {"year": "2026"})
    listed = page(hr, "/performance/rounds?year=2026")
    assert "Sở Xây dựng" in listed
    round_id = open_round(province)  # those that are open stay
    base = f"/performance/rounds/{round_id}"
    shown = page(hr, base)
    assert CAM in shown
    assert "91,63" in shown
    assert "91,63" in page(hr, f"{base}?q=ly+cam")
    assert "91,63" not in page(hr, f"{base}?q=khongai")
    page(hr, f"{base}/groups")
    send(hr, f"{base}/groups/whole")
    send(hr, f"{base}/solve")
    shown = page(hr, base)
    assert "Đã đề xuất" in shown
    assert "hết chỉ tiêu của cơ quan" in shown
    assert rating_of(province, HUNG, round_id).proposed == "excellent"
    assert rating_of(province, CAM, round_id).proposed == "good"
    assert "khác mức theo điểm" in page(hr, f"{base}?changed=1")
    assert COLLEAGUES[2] not in page(hr, f"{base}?changed=1")

    page(hr, f"{base}/minutes")
    send(hr, f"{base}/minutes", MEETING | {"conclusion": ""}, 422)
    send(hr, f"{base}/minutes", MEETING)
    link = BeautifulSoup(page(hr, base), "html.parser").select_one('a[href*="kind=rating"]')
    assert link is not None
    proposal = BeautifulSoup(page(hr, str(link["href"])), "html.parser")
    assert proposal.select_one(f'input[name="v_round"][value="{round_id}"]') is not None
    assert CAM in proposal.text
    found = rating_of(province, HUNG, round_id)
    one = f"/performance/ratings/{found.id}"
    page(head, one)
    send(head, f"{one}/change", {"rating": "good", "reason": "", "version": str(found.version)}, 422)
    send(head, f"{one}/change", {"rating": "good", "reason": "Tập thể đánh giá lại", "version": str(found.version)})
    again = {"rating": "excellent", "reason": "Nhầm", "version": str(found.version)}
    send(head, f"{one}/change", again, 412)
    assert rating_of(province, HUNG, round_id).proposed == "good"
    other = rating_of(province, CAM, round_id)
    data = {"rating": "excellent", "reason": "Được chuyển chỉ tiêu", "version": str(other.version)}
    send(head, f"/performance/ratings/{other.id}/change", data)
    assert "Tập thể đánh giá lại" in page(head, f"{base}/minutes")
    assert "Tập thể đánh giá lại" in words(head.get(f"{base}/minutes.pdf").data)

    decision = paper(province)
    page(head, f"{base}/decide")
    chosen = {"decision_basis": "existing", "decision_id": str(decision), "decided_on": "20/11/2026"}
    send(head, f"{base}/decide", chosen | {"decision_id": ""}, 422)
    send(head, f"{base}/decide", chosen)
    page(hr, f"{base}/publish")
    send(hr, f"{base}/publish", {"published_on": "21/11/2026"})
    assert rating_of(province, CAM, round_id).final == "excellent"
    assert "Đã công khai" in page(hr, base)
    assert "Chốt sau tháng 12" in page(head, base)
    page(head, f"{base}/settle")
    page(head, f"{one}/supersede")

    text = words(hr.get(f"{base}/list.pdf").data)
    for said in (CAM, "91,63", "Hoàn thành xuất sắc nhiệm vụ", "SỞ XÂY DỰNG"):
        assert said in text
    text = words(hr.get(f"{base}/notice.pdf").data)
    assert CAM in text
    assert "91,63" not in text
    for name in ("list.docx", "notice.docx", "minutes.docx"):
        assert hr.get(f"{base}/{name}").data[:2] == b"PK"
    for name in ("list.xlsx", "table.xlsx?rating=excellent"):
        sheet = load_workbook(BytesIO(hr.get(f"{base}/{name}").data)).active
        assert sheet is not None
        assert CAM in {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    page(hr, f"{base}/list")


def test_the_number_of_statements_is_fixed(province: Province) -> None:
    whole_year(province)
    round_id = open_round(province)
    client = province.client("tochuc")
    client.get("/performance/rounds")
    with statements() as few:
        page(client, "/performance/rounds")
    with statements() as seen:
        page(client, f"/performance/rounds/{round_id}")
    assert len(few) <= 8, few
    assert len(seen) <= 16, seen
