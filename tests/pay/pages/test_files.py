"""What leaves the system: the accountant's workbook, lines as CSV and JSON, slips as PDF, the sheet to sign; noted."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader
from sqlalchemy import text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.documents import render_pdf
from hrms.pay.papers import slip as papers
from hrms.pay.routes.sheets import papers as routes
from tests.layout import pdf_problems
from tests.pay.pages import making
from tests.pay.pages.making import BEFORE, CAM, DUC, HUNG, Lines, Paid
from tests.province import Province

AUGUST = date(2026, 8, 1)
PAST: dict[date, Lines] = {
    AUGUST: (("line", "salary", "500000"), ("deduction", "social_insurance", "40000")),
    BEFORE: (("line", "salary", "-300000"), ("deduction", "social_insurance", "-24000")),
}


@pytest.fixture
def made(province: Province) -> dict[str, int]:
    """A sheet of B: Hùng with differences of two months, Cẩm with the usual."""
    return making.add_run(province, "B", {HUNG: Paid(past=PAST), CAM: Paid(doubts=[making.DOUBT])})


def workbook(province: Province, made: dict[str, int]) -> Any:
    answer = province.client("tochuc").get(f"/pay/runs/{made['']}/book.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data), data_only=True)


def heads(sheet: Worksheet, line: int) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[line] if cell.value is not None}


def test_a_row_a_person_a_column_a_line(province: Province, made: dict[str, int]) -> None:
    sheet = workbook(province, made).worksheets[0]
    columns = heads(sheet, 4)
    rows = {sheet.cell(line, columns["Họ và tên"]).value: line for line in range(5, 8)}
    hung, total = rows[HUNG], rows["Cộng"]

    def of(line: int, name: str) -> Any:
        return sheet.cell(line, columns[name]).value

    assert of(hung, "Lương theo ngạch, bậc") == 9_259_800
    assert of(hung, "Lương theo ngạch, bậc (các tháng trước)") == 200_000
    assert of(hung, "Bảo hiểm xã hội (các tháng trước)") == 16_000
    assert of(hung, "Cộng được hưởng") == 11_774_750
    assert of(hung, "Thực nhận (đồng)") == 10_879_069
    assert of(hung, "Trong đó của các tháng trước (đồng)") == 184_000
    assert of(hung, "Bảo hiểm xã hội (cơ quan)") == 1_574_166
    assert of(total, "Thực nhận (đồng)") == 10_879_069 + 10_695_069
    assert "Chưa ghi phụ cấp công vụ từ 01/10/2026" in of(rows[CAM], "Cần xem")
    assert of(rows[CAM], "Lương theo ngạch, bậc (các tháng trước)") == 0


def test_what_the_cells_show_is_what_their_formulas_come_to(province: Province, made: dict[str, int]) -> None:
    """Programs that do not compute read what was written beside; both are the same."""
    answer = province.client("tochuc").get(f"/pay/runs/{made['']}/book.xlsx")
    formulas = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    values = openpyxl.load_workbook(io.BytesIO(answer.data), data_only=True).worksheets[0]
    checked = 0
    for row in formulas.iter_rows(min_row=5):
        for cell in row:
            formula = str(cell.value or "")
            if formula.startswith("=SUM("):
                area = values[formula[5:-1]]
                cells = [one for line in area for one in line] if isinstance(area, tuple) else [area]
                assert values[cell.coordinate].value == sum(one.value or 0 for one in cells), cell.coordinate
                checked += 1
            elif formula.startswith("="):
                more, less = formula[1:].split("-")
                assert values[cell.coordinate].value == values[more].value - values[less].value
                checked += 1
    assert checked > 20


def test_line_by_line_for_payroll_software(province: Province, made: dict[str, int]) -> None:
    book = workbook(province, made)
    sheet = book["Từng dòng"]
    columns = heads(sheet, 1)
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    amount, side, code = (columns[name] - 1 for name in ("Số tiền (đồng)", "Bên", "Mã khoản"))
    assert len(rows) == 6 + 4 + 6
    assert sum(row[amount] for row in rows if row[side] == "Các khoản được hưởng") == 11_774_750 + 11_574_750
    assert {row[code] for row in rows} >= {"salary", "public_duty", "social_insurance"}
    assert {row[0].month for row in rows} == {10}
    assert {row[1].month for row in rows} == {8, 9, 10}
    assert dict(book["Ghi chú"].iter_rows(values_only=True))["Tháng"] == "10/2026"


def test_csv_is_for_programs(province: Province, made: dict[str, int]) -> None:
    answer = province.client("tochuc").get(f"/pay/runs/{made['']}/lines.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 16
    assert rows[0]["month"] == "2026-10"
    assert sum(int(row["amount"]) for row in rows if row["side"] == "line") == 11_774_750 + 11_574_750
    past = [row for row in rows if row["for_month"] == "2026-09" and row["side"] == "line"]
    assert [row["amount"] for row in past] == ["-300000"]


def test_a_name_is_no_formula(province: Province) -> None:
    """Names are data: a spreadsheet must not run them."""
    with scope.everything():
        db.session.execute(text("UPDATE people SET full_name = '=1+1' WHERE id = :id"), {"id": province.people[CAM]})
        db.session.execute(
            text("SELECT refresh_people(:ids, '2026-11-21')"), {"ids": [province.people[CAM]]}
        )  # fmt: skip
        db.session.commit()
    made = making.add_run(province, "B", {CAM: Paid()})
    client = province.client("tochuc")
    rows = list(csv.DictReader(io.StringIO(client.get(f"/pay/runs/{made['']}/lines.csv").data.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {"'=1+1"}
    answer = client.get(f"/pay/runs/{made['']}/book.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"


def test_slips_as_pdf(province: Province, made: dict[str, int]) -> None:
    client = province.client("tochuc")
    one = client.get(f"/pay/slips/{made[HUNG]}/slip.pdf")
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(one.data)).pages)
    for said in ("PHIẾU LƯƠNG", "DỰ THẢO", "9.259.800", "10.879.069", "Truy lĩnh", "08/2026", "-300.000"):
        assert said in words, said
    everybody = PdfReader(io.BytesIO(client.get(f"/pay/runs/{made['']}/slips.pdf").data))
    words = "\n".join(page.extract_text() for page in everybody.pages)
    assert HUNG in words
    assert CAM in words


def test_the_paper_keeps_to_the_form(province: Province) -> None:
    with province.app.app_context():
        found = papers._sample()
        assert pdf_problems(render_pdf([found], papers.KEY)) == []


def test_one_pdf_takes_so_many(province: Province, made: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MOST", 1)
    answer = province.client("tochuc").get(f"/pay/runs/{made['']}/slips.pdf")
    assert answer.status_code == 422
    assert "từ 1 đến 1 phiếu" in answer.text


def test_the_sheet_to_sign(province: Province, made: dict[str, int]) -> None:
    shown = province.client("tochuc").get(f"/pay/runs/{made['']}/print").text
    for words in (
        "Bảng thanh toán tiền lương tháng 10/2026", "Dự thảo, chưa duyệt", "Ký nhận", "Kế toán", "Cộng 2 người",
        "21.574.138",
    ):  # fmt: skip
        assert words in shown, words
    making.approve(made[""])
    assert "Dự thảo" not in province.client("tochuc").get(f"/pay/runs/{made['']}/print").text


def test_who_takes_amounts_out_is_noted(province: Province, made: dict[str, int]) -> None:
    client = province.client("tochuc")
    for ending in ("book.xlsx", "lines.csv", "print", "slips.pdf"):
        assert client.get(f"/pay/runs/{made['']}/{ending}").status_code == 200
    assert client.get(f"/pay/slips/{made[HUNG]}/slip.pdf").status_code == 200
    shown = client.get("/audit").text
    assert shown.count("lấy ra bảng lương tháng 2026-10: 2 người") >= 4
    assert "in phiếu lương tháng 2026-10" in shown
    making.approve(made[""])
    before = province.client("sonoivu").get("/audit").text.count("in phiếu lương")
    assert province.client("canbo").get(f"/pay/slips/{made[HUNG]}/slip.pdf").status_code == 200
    assert province.client("sonoivu").get("/audit").text.count("in phiếu lương") == before, "one's own is no event"


def test_pay_lines_as_json(province: Province, made: dict[str, int]) -> None:
    other = making.add_run(province, "B", {DUC: Paid()}, month=BEFORE, state="approved")
    client = province.client("tochuc")
    address = "/api/v1/pay-lines"
    items = client.get(f"{address}?month=2026-10&limit=200").get_json()["items"]
    assert len(items) == 16
    assert items[0]["amount"] == "9259800"
    assert items[0]["paying_agency_id"] == province.agencies["B"]
    assert items[0]["person"]["name"] == HUNG
    for query, count in (
        (f"person={province.people[DUC]}", 6), ("state=approved", 6), ("side=employer", 6), ("for_month=2026-08", 2),
        (f"agency={province.agencies['B1']}", 16), (f"run={other['']}", 6), ("month=2026-01", 0),
    ):  # fmt: skip
        assert len(client.get(f"{address}?limit=200&{query}").get_json()["items"]) == count, query
    seen: list[int] = []
    after = ""
    while True:
        answer = client.get(f"{address}?limit=5{after}").get_json()
        seen += [one["id"] for one in answer["items"]]
        if answer["next"] is None:
            break
        after = f"&after={answer['next']}"
    assert len(seen) == len(set(seen)) == 22
    assert seen == sorted(seen)
    for wrong in ("month=2026-13", "month=x", "state=paid", "side=top", "after=x", "limit=0"):
        assert client.get(f"{address}?{wrong}").status_code == 422, wrong
