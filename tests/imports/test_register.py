"""Văn thư's register: read from any file, shown with what is refused, entered once."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hrms.agencies import queries as agencies
from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.decisions.rules import DecisionKind
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.register import reading, services
from tests.counting import statements
from tests.imports.workbooks import delimited, xlsx
from tests.inspection import mistakes
from tests.province import TODAY, Province

HEAD = ["STT", "Số", "Ký hiệu", "Ngày ký", "Loại", "Trích yếu", "Người ký", "Cơ quan ban hành", "Ngày hiệu lực"]
GOOD: list[list[Any]] = [
    [1, "05", "QĐ-SXD", date(2026, 1, 5), "Quyết định", "Về việc bổ nhiệm Trưởng phòng", "Trần Văn Bình", "Sở Xây dựng",
     date(2026, 2, 1)],
    [2, 6, "QĐ-SXD", "06/01/2026", "Nâng bậc lương", "Nâng bậc lương thường xuyên", "Trần Văn Bình", "", ""],
    [3, "7/QĐ-SXD-VP", "", "7-1-2026", "", "Cử đi đào tạo", "", "SỞ XÂY DỰNG", ""],
]  # fmt: skip
WHO = services.WHO


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(TODAY):
        yield


def book(tmp_path: Path, rows: list[list[Any]], head: list[str] | None = None) -> Path:
    title: list[Any] = ["SỔ ĐĂNG KÝ QUYẾT ĐỊNH NĂM 2026"]
    return xlsx(tmp_path / "so.xlsx", [title, head or HEAD, *rows])


def read(tmp_path: Path, rows: list[list[Any]], head: list[str] | None = None) -> reading.Book:
    return reading.read_book(book(tmp_path, rows, head), "so.xlsx", TODAY.date())


def bring(province: Province, path: Path, username: str = "vanthu", place: str = "B") -> services.Outcome:
    actor = province.enter(username, *WHO)
    agency = agencies.find_agency(province.agencies[place])
    assert agency is not None
    with transaction():
        return services.apply(actor, agency, path, "so.xlsx")


def count() -> int:
    with scope.everything():
        return int(db.session.scalar(select(func.count()).select_from(Decision)) or 0)


def test_a_register_is_read_whatever_its_columns_are_called(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert found.refused == []
    first, second, third = found.entries
    assert (first.reference.number, first.reference.symbol) == ("5", "QĐ-SXD")
    assert (first.signed_on, first.effective_on) == (date(2026, 1, 5), date(2026, 2, 1))
    assert (first.kind, second.kind, third.kind) == (
        DecisionKind.APPOINTMENT, DecisionKind.STEP_RAISE, DecisionKind.TRAINING,
    )  # fmt: skip
    assert third.reference.symbol == "QĐ-SXD-VP"
    other = read(tmp_path, [["12/QĐ-SXD", "5/1/2026", "x"]], ["Số, ký hiệu", "Ngày tháng", "Trích yếu nội dung"])
    assert [one.reference.number for one in other.entries] == ["12"]


def test_a_text_file_does_as_well(tmp_path: Path) -> None:
    rows = [HEAD, *[[str(cell) if not isinstance(cell, date) else f"{cell:%d/%m/%Y}" for cell in row] for row in GOOD]]
    path = delimited(tmp_path / "so.csv", rows, separator=";")
    assert len(reading.read_book(path, "so.csv", TODAY.date()).entries) == 3


@pytest.mark.parametrize(
    ("change", "cell", "column", "code"),
    [
        ({1: "không số"}, "B3", "Số", "bad_number"),
        ({1: ""}, "B3", "Số", "required"),
        ({3: "31/02/2026"}, "D3", "Ngày ký", None),
        ({3: ""}, "D3", "Ngày ký", "required"),
        ({3: "01/12/2026"}, "D3", "Ngày ký", "in_future"),
        ({3: "2026"}, "D3", "Ngày ký", "day_needed"),
        ({5: ""}, "F3", "Trích yếu", "required"),
        ({5: "@cmd|x!A0"}, "F3", "Trích yếu", "formula"),
        ({5: "x" * 501}, "F3", "Trích yếu", "too_long"),
        ({8: "01/01/1940"}, "I3", "Ngày hiệu lực", "too_early"),
    ],
)
def test_a_refused_row_names_row_cell_column_value_and_remedy(
    tmp_path: Path, change: dict[int, Any], cell: str, column: str, code: str | None
) -> None:
    row = [change.get(place, value) for place, value in enumerate(GOOD[0])]
    found = read(tmp_path, [row, GOOD[1]])
    assert [one.reference.number for one in found.entries] == ["6"]
    (refused,) = found.refused
    assert (refused.row, refused.cell, refused.column) == (3, cell, column)
    assert code is None or refused.problem.code == code


def test_a_number_twice_in_a_file_is_refused_the_second_time(tmp_path: Path) -> None:
    again = [9, "5", "QĐ-SXD", date(2026, 3, 1), "", "Khác", "", "", ""]
    last_year = [10, "5", "QĐ-SXD", date(2025, 3, 1), "", "Năm trước", "", "", ""]
    found = read(tmp_path, [GOOD[0], again, last_year])
    assert len(found.entries) == 2
    assert [(one.row, one.problem.code) for one in found.refused] == [(4, "twice_in_file")]


def test_a_file_that_is_no_register_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(tmp_path, [["Nguyễn Văn A", "x"]], ["Họ và tên", "Ngày sinh"])
    assert refused.value.code == "no_register"


def test_brought_twice_it_adds_nothing_the_second_time(province: Province, tmp_path: Path) -> None:
    path = book(tmp_path, GOOD)
    before = count()
    assert len(bring(province, path).new) == 3
    assert count() == before + 3
    with pytest.raises(Refused) as refused:
        bring(province, path)
    assert refused.value.problems[0].code == "nothing_new"
    assert count() == before + 3
    with scope.everything():
        made = db.session.scalars(select(Decision).where(Decision.number == "5", Decision.symbol == "QĐ-SXD")).one()
        assert (made.issuer_agency_id, made.issuer_name) == (province.agencies["B"], "Sở Xây dựng")
        assert made.scope_ids == province.paths["B"]
        actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.entity == "decision")).all()
    assert sorted(actions) == ["decision.register_imported", *["decision.registered"] * 3]


def test_more_of_the_same_year_adds_what_is_new(province: Province, tmp_path: Path) -> None:
    bring(province, book(tmp_path, GOOD))
    moved = [1, "05", "QĐ-SXD", date(2026, 1, 9), "", "Ngày khác", "", "", ""]
    more = [4, "8", "QĐ-SXD", date(2026, 1, 8), "", "Khen thưởng", "", "", ""]
    found = bring(province, book(tmp_path, [moved, GOOD[1], more]))
    assert ([one.reference.number for one in found.new], found.known) == (["8"], 1)
    assert [(one.row, one.cell, one.problem.code) for one in found.refused] == [(3, "B3", "number_taken")]


def test_another_agencys_decisions_are_not_entered_in_this_register(province: Province, tmp_path: Path) -> None:
    rows = [[*GOOD[0][:7], "Sở Nội vụ", ""], [*GOOD[1][:7], "Bộ Xây dựng", ""], GOOD[2]]
    found = bring(province, book(tmp_path, rows))
    assert [one.reference.number for one in found.new] == ["7"]
    assert {one.problem.code for one in found.refused} == {"other_issuer"}


def test_only_the_agencys_own_clerk_or_officer_brings_it(province: Province, tmp_path: Path) -> None:
    path = book(tmp_path, GOOD)
    for username, place in (("vanthu", "A"), ("thutruong", "B"), ("canbo", "B"), ("tochuc", "C")):
        with pytest.raises(Forbidden):
            bring(province, path, username, place)
    assert len(bring(province, path, "tochuc").new) == 3


def test_a_thousand_rows_cost_as_many_statements_as_three(province: Province, tmp_path: Path) -> None:
    few_rows = book(tmp_path, GOOD)
    (tmp_path / "more").mkdir()
    many_rows = book(
        tmp_path / "more", [[n, n, "QĐ-X", date(2026, 1, 5), "", "Khen thưởng", "", "", ""] for n in range(100, 400)]
    )
    with statements() as few:
        bring(province, few_rows)
    with statements() as many:
        assert len(bring(province, many_rows).new) == 300
    assert len(many) <= len(few)


def upload(province: Province, path: Path, username: str = "vanthu", **more: str) -> tuple[Any, TestResponse]:
    client = province.client(username)
    data = {
        "file": (BytesIO(path.read_bytes()), path.name), "agency": str(province.agencies["B"]), **more,
    }  # fmt: skip
    return client, client.submit("/decisions/register/import", data, content_type="multipart/form-data")


def test_the_pages_show_before_they_write(province: Province, tmp_path: Path) -> None:
    bad = [4, "không số", "", date(2026, 1, 8), "", "Khen thưởng", "", "", ""]
    before = count()
    client, shown = upload(province, book(tmp_path, [*GOOD, bad]))
    assert shown.status_code == 200, shown.text
    assert mistakes(shown.text) == []
    assert "Nhập 3 quyết định" in shown.text
    assert "B6" in shown.text
    assert "không đúng dạng" in shown.text
    assert count() == before
    seal = re.search(r'name="seal" value="([^"]+)"', shown.text)
    assert seal is not None
    stolen = province.client("tochuc").submit("/decisions/register/import/apply", {"seal": seal[1]})
    assert stolen.status_code == 422
    assert client.submit("/decisions/register/import/apply", {"seal": seal[1] + "x"}).status_code == 422
    assert count() == before
    assert client.submit("/decisions/register/import/apply", {"seal": seal[1]}).status_code == 303
    assert count() == before + 3
    again = client.submit("/decisions/register/import/apply", {"seal": seal[1]})
    assert again.status_code == 422
    assert "mọi dòng đạt đã có trong sổ" in again.text
    assert "5/QĐ-SXD" in client.get("/decisions").text
    assert "nhập sổ quyết định từ tệp" in province.client("sonoivu").get("/audit").text


def test_what_cannot_be_read_is_said_at_the_file(province: Province, tmp_path: Path) -> None:
    wrong = tmp_path / "so.xlsx"
    wrong.write_bytes(b"")
    _client, answer = upload(province, wrong)
    assert answer.status_code == 422
    _client, answer = upload(province, book(tmp_path, GOOD), agency=str(province.agencies["A"]))
    assert answer.status_code == 422, "another agency is not offered"
    page = province.client("vanthu").get("/decisions/register/import").text
    assert f'value="{province.agencies["B"]}"' in page
    assert province.client("thutruong").get("/decisions/register/import").status_code == 403


def test_the_sample_is_read_back(province: Province) -> None:
    answer = province.client("vanthu").get("/decisions/register/import/sample.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert all(reading.knows(str(cell.value)) for cell in sheet[1])
