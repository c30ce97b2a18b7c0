"""The pages that take in months: template, preview with reasons, writing, the file with the mistakes."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from hrms.core import scope, workbook
from hrms.core.db import db
from hrms.performance.models import ScoreSheet
from tests.province import Province

HEADERS = ["Mã cán bộ", "Họ và tên", "Đơn vị", "Tháng", "Điểm tiêu chí chung", "Điểm kết quả", "Tổng điểm"]
RIGHT = ["CT-000007", "Nguyễn Văn Hùng", "", 1, 27.5, 67.67, 95.17]
WRONG = ["CT-000008", "", "", 13, None, None, 90]


def sent(*rows: list[Any]) -> dict[str, Any]:
    made = workbook.in_memory("Điểm", HEADERS, rows)
    return {"year": "2026", "state": "published", "file": (made, "thang.xlsx")}


@pytest.fixture
def address(province: Province) -> str:
    return f"/performance/months/{province.agencies['B']}"


def test_the_template_is_filled_and_taken_in(province: Province, address: str) -> None:
    browser = province.client("tochuc")
    assert browser.get(f"{address}/import").status_code == 200
    book = load_workbook(BytesIO(browser.get(f"{address}/template.xlsx").data))
    assert [cell.value for cell in next(iter(book.active.iter_rows()))] == HEADERS
    assert book.active.max_row == 1 + 4 * 10

    page = browser.submit(f"{address}/import", data=sent(RIGHT), content_type="multipart/form-data")
    assert page.status_code == 200
    seal = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert seal is not None
    done = browser.submit(f"{address}/import/apply", data={"seal": seal.group(1)})
    assert done.status_code == 303
    with scope.everything():
        made = db.session.scalars(select(ScoreSheet)).one()
    assert (made.source, made.state, str(made.score)) == ("imported", "published", "95.170000")


def test_wrong_rows_are_shown_with_their_reason_and_nothing_is_written(province: Province, address: str) -> None:
    browser = province.client("tochuc")
    page = browser.submit(f"{address}/import", data=sent(RIGHT, WRONG), content_type="multipart/form-data")
    assert "Tháng “13” không đọc được" in page.text
    assert 'action="' + address + '/import/apply"' not in page.text
    seal = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert seal is not None
    assert browser.submit(f"{address}/import/apply", data={"seal": seal.group(1)}).status_code == 422
    book = load_workbook(BytesIO(browser.submit(f"{address}/import/mistakes.xlsx", data={"seal": seal.group(1)}).data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[0][-1] == "Lý do từ chối"
    assert rows[1][-1] in {None, ""}
    assert "từ 1 đến 12" in rows[2][-1]
    with scope.everything():
        assert db.session.scalars(select(ScoreSheet)).all() == []


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"a,b\n1,2\n"])
def test_a_file_that_cannot_be_read_is_said_so(province: Province, address: str, data: bytes) -> None:
    browser = province.client("tochuc")
    form = {"year": "2026", "state": "published", "file": (BytesIO(data), "x.csv")}
    assert browser.submit(f"{address}/import", data=form, content_type="multipart/form-data").status_code == 422


def test_a_preview_is_of_this_account_and_this_agency(province: Province, address: str) -> None:
    page = province.client("tochuc").submit(f"{address}/import", data=sent(RIGHT), content_type="multipart/form-data")
    seal = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert seal is not None
    other = province.client("sonoivu")
    assert other.submit(f"{address}/import/apply", data={"seal": seal.group(1)}).status_code == 422
    assert province.client("tochuc").get(f"/performance/months/{province.agencies['A']}/import").status_code == 404
    assert province.client("thutruong").get(f"{address}/import").status_code == 403
