"""The roster as a workbook: out with three fields, in with reasons by row, and nothing half done."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import NotFound, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.rosters.reading import Listing, read_roster
from hrms.training.services import rosters
from hrms.training.services.rosters import Judged
from tests.imports.workbooks import xlsx
from tests.inspection import mistakes
from tests.province import PEOPLE, TODAY, Province
from tests.training.making import add_class, enrol

NAMES = [one[0] for one in PEOPLE]
IN_CLASS = NAMES[:6]
OUTSIDE = 7
"""Place of somebody who exists and is not in the class."""
HEAD = [
    "Mã cán bộ", "Họ và tên", "Cơ quan", "Buổi 1 ngày 20/11/2026", "Buổi 2 ngày 21/11/2026", "Điểm", "Kết quả",
    "Ngày hoàn thành",
]  # fmt: skip
Row = Sequence[Any]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def code(place: int) -> str:
    """The staff code of the person at this place of the province."""
    return f"CT-{place:06d}"


@pytest.fixture
def ended(province: Province) -> int:
    """A class of two sessions that ends today, with six people, a withdrawn one and one who waits."""
    made = add_class(province, starts_on=clock.today() - timedelta(days=1), days=2, hours="16", pass_mark=5)
    enrol(province, made, *IN_CLASS)
    enrol(province, made, NAMES[8], state="withdrawn")
    enrol(province, made, NAMES[9], state="waiting")
    return made


def row(place: int, first: Any = "x", second: Any = "x", mark: Any = "8,5", result: Any = "", day: Any = "") -> Row:
    """A row of the file for the person at this place of the province."""
    return [code(place), NAMES[place - 1], "Sở", first, second, mark, result, day]


def read(tmp_path: Path, rows: Sequence[Row], head: Sequence[str] = HEAD) -> Listing:
    return read_roster(xlsx(tmp_path / "lop.xlsx", [head, *rows]), "lop.xlsx")


def judge(province: Province, class_id: int, found: Listing) -> Judged:
    actor = province.enter("giangvien", Permission.TRAINING_TEACH)
    return rosters.judge(actor, class_id, found.rows, found.days)


def apply(province: Province, class_id: int, found: Listing) -> Judged:
    actor = province.enter("giangvien", Permission.TRAINING_TEACH)
    with transaction():
        return rosters.apply(actor, class_id, found.rows, found.days, filename="lop.xlsx")


def picture() -> list[tuple[Any, ...]]:
    """Everything an import of a roster may write, as it stands."""
    db.session.expire_all()
    with scope.everything():
        parts = [
            db.session.execute(text(statement)).all()
            for statement in (
                "select enrolment_id, session_id, presence, how from attendances order by 1, 2",
                "select id, state, mark, closed_on, reason from enrolments order by id",
                "select enrolment_id, hours, earned_on from credit_entries order by id",
                "select id, state from training_classes order by id",
                "select action, entity_id from audit_events order by id",
            )
        ]
    return [tuple(one) for part in parts for one in part]


def test_the_file_that_goes_out_comes_back_filled(province: Province, ended: int, tmp_path: Path) -> None:
    client = province.client("giangvien")
    answer = client.get(f"/training/desk/{ended}/roster.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == HEAD
    people = sorted(cell.value for cell in sheet["A"][1:])
    assert people == [code(place) for place in range(1, 7)]
    for number in range(2, 8):
        sheet.cell(number, 4).value, sheet.cell(number, 5).value = "x", "X"
        sheet.cell(number, 6).value = 8.5 if number % 2 else "9,25"
        sheet.cell(number, 7).value, sheet.cell(number, 8).value = "Hoàn thành", date(2026, 11, 21)
    sheet.cell(2, 5).value = "P"
    sheet.cell(2, 7).value = None
    path = tmp_path / "filled.xlsx"
    book.save(path)
    found = read_roster(path, path.name)
    judged = judge(province, ended, found)
    assert [(one.row, one.problem.code) for one in judged.faults] == []
    assert judged.problems == []
    assert (len(judged.presences), len(judged.marks), len(judged.outcomes)) == (12, 6, 5)
    apply(province, ended, found)
    with scope.everything():
        states = db.session.execute(text("select state, count(*) from enrolments group by 1")).all()
        assert dict(tuple(one) for one in states) == {"completed": 5, "accepted": 1, "withdrawn": 1, "waiting": 1}
        total = db.session.execute(text("select sum(hours), count(*) from credit_entries")).one()
        assert tuple(total) == (80, 5)
        assert db.session.execute(text("select count(*) from attendances where how = 'import'")).scalar_one() == 12
    again = judge(province, ended, read(tmp_path, [row(1)] if sheet["A2"].value == code(1) else [row(2)]))
    assert again.lines == 1


def test_the_same_file_again_changes_nothing(province: Province, ended: int, tmp_path: Path) -> None:
    found = read(tmp_path, [row(1), row(2, "V", "vp", "4"), row(3, "", "", "")])
    apply(province, ended, found)
    before = picture()
    again = judge(province, ended, found)
    assert not again.faults
    assert not again.is_ready
    assert picture() == before


BAD: dict[str, Row] = {
    "unknown_code": ["CT-999999", "Không Có Ai", "Sở", "x", "x", "8", "", ""],
    "code_missing": ["", "Đặng Thị Ngọc Ánh", "Sở", "x", "x", "8", "", ""],
    "duplicate_row": row(2),
    "other_name": [code(1), "Nguyễn Hoà Dũng", "Sở", "x", "x", "8", "", ""],
    "mark_out_of_range": row(1, mark="11"),
    "mark_unreadable": row(1, mark="giỏi"),
    "mark_too_fine": row(1, mark="8,123"),
    "presence_unreadable": row(1, first="đến muộn"),
    "result_unreadable": row(1, result="xuất sắc"),
    "day_outside": row(1, result="Hoàn thành", day=date(2026, 12, 1)),
    "day_unreadable": row(1, result="Hoàn thành", day="hôm qua"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_says_row_field_value_and_remedy_and_nothing_is_written(
    province: Province, ended: int, tmp_path: Path, kind: str
) -> None:
    found = read(tmp_path, [row(2), row(3), BAD[kind]])
    before = picture()
    judged = judge(province, ended, found)
    (fault,) = judged.faults
    assert (fault.row, fault.problem.code) == (4, kind)
    assert "Hãy" in fault.problem.text
    if kind != "code_missing":
        assert fault.value
        assert "%(value)s" in fault.problem.text
    with pytest.raises(Refused) as refused:
        apply(province, ended, found)
    assert [one.code for one in refused.value.problems] == [kind]
    assert picture() == before


@pytest.mark.parametrize("place", [OUTSIDE, 9, 10])
def test_somebody_who_is_not_in_the_class_answers_like_nobody(
    province: Province, ended: int, tmp_path: Path, place: int
) -> None:
    """Not known, known elsewhere, withdrawn, still waiting: one and the same sentence but for the code itself."""
    nobody = judge(province, ended, read(tmp_path, [row(1), ["CT-999999", "Ai Đó", "Sở", "x", "x", "8", "", ""]]))
    somebody = judge(province, ended, read(tmp_path, [row(1), row(place)]))
    for one, value in ((nobody.faults, "CT-999999"), (somebody.faults, code(place))):
        (fault,) = one
        assert (fault.row, fault.column, fault.value, fault.problem.code) == (3, "code", value, "unknown_code")
        assert fault.problem.params == {"value": value}
    assert nobody.faults[0].problem.text == somebody.faults[0].problem.text


def test_columns_of_sessions_the_class_has_not_are_refused(province: Province, ended: int, tmp_path: Path) -> None:
    head = [*HEAD[:3], "Buổi 1 ngày 19/11/2026", "Buổi 7", *HEAD[5:]]
    judged = judge(province, ended, read(tmp_path, [row(1)], head))
    assert [one.code for one in judged.problems] == ["other_day", "no_session"]
    assert not judged.is_ready


def test_results_before_the_last_day_and_sessions_to_come_are_refused(province: Province, tmp_path: Path) -> None:
    made = add_class(province, starts_on=clock.today(), days=2, hours="16")
    enrol(province, made, *IN_CLASS)
    head = [*HEAD[:3], "Buổi 1", "Buổi 2", *HEAD[5:]]
    judged = judge(province, made, read(tmp_path, [row(1, result="Đạt"), row(2, second="")], head))
    assert [one.problem.code for one in judged.faults] == ["session_ahead", "class_runs"]


def test_what_is_no_roster_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_roster(xlsx(tmp_path / "khac.xlsx", [["Tên", "Giá", "Lượng"], ["Bút", 1, 2]]), "khac.xlsx")
    assert refused.value.code == "no_roster"
    with pytest.raises(UnreadableFile) as refused:
        read(tmp_path, [row(1)], [*HEAD[:3], "Buổi 1", "Buổi 1", *HEAD[5:]])
    assert refused.value.code == "column_twice"


def test_a_class_that_is_not_ones_own_is_not_there(province: Province, tmp_path: Path) -> None:
    other = add_class(province, starts_on=clock.today(), days=1, hours="8", trainers=())
    enrol(province, other, *IN_CLASS)
    with pytest.raises(NotFound):
        judge(province, other, read(tmp_path, [row(1)]))
    client = province.client("giangvien")
    assert client.get(f"/training/desk/{other}/roster").status_code == 404
    for part in ("roster", "roster/apply", "roster/mistakes.xlsx"):
        assert client.submit(f"/training/desk/{other}/{part}", {"seal": "x"}).status_code == 404


_CELLS = st.one_of(
    st.sampled_from(["x", "V", "P", "", "vắng", "có mặt", "đến muộn", "0", "1"]), st.integers(0, 2), st.none()
)
_MARKS = st.one_of(
    st.sampled_from(["", "8,5", "10", "11", "giỏi", "-1"]), st.floats(0, 12).map(lambda one: round(one, 1))
)
_CODES = st.one_of(
    st.integers(1, 12).map(code), st.sampled_from(["", "CT-999999", "0", "Cộng", "=1+1"]), st.integers(0, 9)
)
_RESULTS = st.sampled_from(["", "", "Hoàn thành", "Không đạt", "xuất sắc"])
_DAYS = st.sampled_from(["", "21/11/2026", "20/11/2026", "1/1/2026", "mai", date(2026, 11, 21)])
_ROWS = st.lists(st.tuples(_CODES, st.just(""), st.just("Sở"), _CELLS, _CELLS, _MARKS, _RESULTS, _DAYS), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=_ROWS)
def test_whatever_the_file_holds_it_is_written_whole_or_not_at_all(
    province: Province, ended: int, tmp_path: Path, rows: list[Row]
) -> None:
    try:
        found = read(tmp_path, rows)
    except UnreadableFile:
        return
    before = picture()
    judged = judge(province, ended, found)
    assert picture() == before
    savepoint = db.session.begin_nested()
    try:
        if judged.faults or judged.problems:
            with pytest.raises(Refused):
                rosters.apply(
                    province.enter("giangvien", Permission.TRAINING_TEACH), ended, found.rows, found.days, filename="x"
                )
            savepoint.rollback()
            assert picture() == before
            return
        done = rosters.apply(
            province.enter("giangvien", Permission.TRAINING_TEACH), ended, found.rows, found.days, filename="x"
        )
        with scope.everything():
            kept = db.session.execute(text("select count(*) from attendances")).scalar_one()
            marks = db.session.execute(text("select count(*) from enrolments where mark is not null")).scalar_one()
            settled = db.session.execute(
                text("select count(*) from enrolments where state in ('completed', 'failed')")
            ).scalar_one()
            completed = db.session.execute(
                text("select count(*) from enrolments where state = 'completed'")
            ).scalar_one()
            entries = db.session.execute(text("select count(*) from credit_entries")).scalar_one()
        assert (kept, marks, settled) == (len(done.presences), len(done.marks), len(done.outcomes))
        assert entries == completed
    finally:
        if savepoint.is_active:
            savepoint.rollback()


def _preview(client: Any, class_id: int, path: Path) -> Any:
    return client.submit(
        f"/training/desk/{class_id}/roster", {"file": (io.BytesIO(path.read_bytes()), "lop.xlsx")},
        content_type="multipart/form-data",
    )  # fmt: skip


def _seal(page: str) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_pages_show_reasons_then_write(province: Province, ended: int, tmp_path: Path) -> None:
    client = province.client("giangvien")
    page = client.get(f"/training/desk/{ended}/roster")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    bad = _preview(client, ended, xlsx(tmp_path / "bad.xlsx", [HEAD, row(1), BAD["unknown_code"], row(2, mark="12")]))
    assert mistakes(bad.text) == []
    cells = [one.get_text(" ", strip=True) for one in BeautifulSoup(bad.text, "html.parser").select("tbody tr")]
    assert len(cells) == 2
    assert cells[0].startswith("3 A3 Mã cán bộ CT-999999 Mã “CT-999999” không có trong danh sách lớp này.")
    assert cells[1].startswith("4 F4 Điểm 12 Điểm “12” ngoài khoảng 0 đến 10.")
    seal = _seal(bad.text)
    refused = client.submit(f"/training/desk/{ended}/roster/apply", {"seal": seal})
    assert refused.status_code == 422
    book = client.submit(f"/training/desk/{ended}/roster/mistakes.xlsx", {"seal": seal})
    sheet = load_workbook(io.BytesIO(book.data)).worksheets[0]
    assert "không có trong danh sách lớp này" in str(sheet.cell(3, 9).value)
    good = _preview(client, ended, xlsx(tmp_path / "good.xlsx", [HEAD, row(1), row(2, "V")]))
    assert "Ghi danh sách" in good.text
    seal = _seal(good.text)
    for address, status in ((f"/training/desk/{ended}/roster/apply", 303), ("/training/desk/999/roster/apply", 404)):
        assert client.submit(address, {"seal": seal}).status_code == status
    other = province.client("sonoivu")
    assert other.submit(f"/training/desk/{ended}/roster/apply", {"seal": seal}).status_code == 403
    assert client.submit(f"/training/desk/{ended}/roster/apply", {"seal": "x" + seal}).status_code == 422
