"""The wizard as a browser walks it: upload, map, check, preview, apply, undo; every bad file gets its sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.imports.services import running
from tests.client import Browser
from tests.imports import workbooks
from tests.imports.bringing import HEADER, ROWS, book, changed, every, one
from tests.province import TODAY, Province

pytestmark = [pytest.mark.committed]
Jobs = Callable[[], None]


@pytest.fixture(autouse=True)
def that_day() -> Any:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def officer(province: Province) -> Browser:
    return province.client("sonoivu")


def upload(browser: Browser, province: Province, path: Path, place: str = "root", name: str = "") -> Any:
    with path.open("rb") as stream:
        data = {"file": (io.BytesIO(stream.read()), name or path.name), "agency": str(province.agencies[place]),
                "agency-text": one("SELECT name FROM agencies WHERE id = :i",
                 i=province.agencies[place])[0]}  # fmt: skip
    return browser.submit("/imports/new", data, content_type="multipart/form-data")


def batch() -> Any:
    return one("SELECT * FROM import_batches ORDER BY id DESC LIMIT 1")


def mapping_form() -> dict[str, str]:
    plan = batch().plan
    data = {"version": str(batch().version)}
    for number, sheet in enumerate(plan["sheets"]):
        data[f"sheet-{number}"] = "1"
        for column in sheet["columns"]:
            data[f"column-{number}-{column['index']}"] = sheet["mapping"].get(str(column["index"]), "")
    return data


def to_preview(browser: Browser, province: Province, path: Path, run_jobs: Jobs) -> int:
    answer = upload(browser, province, path)
    assert answer.status_code == 303, answer.text
    run_jobs()
    found = batch()
    assert found.state == "mapped", found.failure
    assert browser.submit(f"/imports/{found.id}/mapping", mapping_form()).status_code == 303
    run_jobs()
    assert batch().state == "ready", batch().failure
    return int(found.id)


def test_from_the_upload_to_the_undo(officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path) -> None:
    assert "Chưa có đợt nhập nào" in officer.get("/imports").text
    assert officer.get("/imports/new").status_code == 200
    people = one("SELECT count(*) FROM people")[0]
    path = book(tmp_path / "danh-sach.xlsx", [*changed(1, Mã_ngạch="99.999")])
    answer = upload(officer, province, path)
    address = answer.headers["Location"]
    assert officer.get(address).status_code == 200
    assert officer.get(f"{address}/progress").json["state"] == "waiting"
    run_jobs()
    page = officer.get(address)
    assert "Số định danh cá nhân" in page.text
    number = int(batch().id)
    form = mapping_form() | {"profile_name": "Danh sách Sở"}
    assert officer.submit(f"/imports/{number}/mapping", form).status_code == 303
    run_jobs()
    page = officer.get(address).text
    assert "99.999" in page
    assert "không có trong danh mục" in page
    assert "Lê Thị Bưởi" in officer.get(f"{address}?rows=create").text
    assert one("SELECT count(*) FROM people")[0] == people
    refused = officer.get(f"/imports/{number}/refused.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(refused.data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*HEADER, "Lý do từ chối"]
    assert sheet.max_row == 2
    assert officer.submit(f"/imports/{number}/apply", {"mode": "all"}).status_code == 422
    form = {"mode": "good", "version": str(batch().version)}
    assert officer.submit(f"/imports/{number}/apply", form).status_code == 303
    # Pressed twice, written once.
    assert officer.submit(f"/imports/{number}/apply", form).status_code == 303
    run_jobs()
    assert batch().state == "applied"
    assert officer.submit(f"/imports/{number}/apply", form).status_code == 303
    run_jobs()
    assert one("SELECT count(*) FROM people")[0] == people + 2
    assert one("SELECT count(*) FROM audit_events WHERE action = 'import.applied'")[0] == 1
    assert "Hoàn tác đợt nhập" in officer.get(address).text
    assert "sẽ bị xóa" in officer.get(f"/imports/{number}/undo").text
    assert officer.submit(f"/imports/{number}/undo").status_code == 303
    run_jobs()
    assert batch().state == "undone"
    assert one("SELECT count(*) FROM people")[0] == people
    assert officer.submit(f"/imports/{number}/undo").status_code == 422
    assert officer.get(address).status_code == 200
    # The kept mapping is found again by the headers.
    upload(officer, province, path)
    run_jobs()
    assert batch().plan["profile"] == "Danh sách Sở"
    assert "Danh sách Sở" in officer.get(f"/imports/{batch().id}").text


def test_a_mistyped_id_number_is_masked_on_the_page_and_whole_in_the_workbook(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path
) -> None:
    typed = ("09218877001", "0921887700011", "092188 77OO01")
    rows = [changed(0, Số_định_danh_cá_nhân=number)[0] for number in typed]
    for place, row in enumerate(rows):
        rows[place] = (f"NV-{90 + place}", *row[1:])
    number = to_preview(officer, province, book(tmp_path / "so.xlsx", rows), run_jobs)
    page = officer.get(f"/imports/{number}?rows=refused").text
    assert "************" in page
    assert "có 13 chữ số" in page
    for value in typed:
        assert value not in page
        assert value.replace(" ", "") not in page
    refused = openpyxl.load_workbook(io.BytesIO(officer.get(f"/imports/{number}/refused.xlsx").data)).worksheets[0]
    column = [cell.value for cell in refused[1]].index("Số định danh cá nhân")
    assert tuple(row[column].value for row in refused.iter_rows(min_row=2)) == typed


def test_what_changes_is_shown_old_beside_new(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path
) -> None:
    row = one("SELECT staff_code, full_name, national_id FROM people WHERE full_name = 'Võ Minh Đức'")
    path = book(
        tmp_path / "a.xlsx",
        [(row.staff_code, row.full_name, row.national_id, "0911222333", "Phòng Quy hoạch")],
        ("Số hiệu CBCCVC", "Họ và tên", "Số định danh cá nhân", "Số điện thoại", "Cơ quan sử dụng"),
    )
    number = to_preview(officer, province, path, run_jobs)
    page = officer.get(f"/imports/{number}?rows=change").text
    assert "0911222333" in page
    assert "Sở Xây dựng" in page
    assert "Phòng Quy hoạch" in page
    assert officer.get(f"/imports/{number}?rows=same").status_code == 200


def test_a_record_edited_after_the_preview_stops_the_application(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path
) -> None:
    header = ("Số hiệu CBCCVC", "Họ và tên", "Số điện thoại")
    path = book(tmp_path / "a.xlsx", [("CT-000005", "Võ Minh Đức", "0911222333")], header)
    number = to_preview(officer, province, path, run_jobs)
    with scope.everything(), transaction():
        db.session.execute(
            text("UPDATE people SET phone = '0900000000', version = version + 1 WHERE staff_code = 'CT-000005'")
        )
    officer.submit(f"/imports/{number}/apply", {"mode": "all"})
    run_jobs()
    assert (batch().state, batch().counts["moved"]) == ("ready", True)
    assert one("SELECT phone FROM people WHERE staff_code = 'CT-000005'")[0] == "0900000000"
    page = officer.get(f"/imports/{number}?rows=change").text
    assert "đã thay đổi sau khi bạn xem trước" in page
    assert "0900000000" in page
    officer.submit(f"/imports/{number}/apply", {"mode": "all"})
    run_jobs()
    assert batch().state == "applied"


def test_a_cancelled_batch_writes_nothing(officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path) -> None:
    people = one("SELECT count(*) FROM people")[0]
    number = to_preview(officer, province, book(tmp_path / "a.xlsx"), run_jobs)
    officer.submit(f"/imports/{number}/apply", {"mode": "all"})
    assert officer.submit(f"/imports/{number}/cancel").status_code == 303
    run_jobs()
    assert batch().state == "cancelled"
    assert one("SELECT count(*) FROM people")[0] == people
    assert officer.get(f"/imports/{number}").status_code == 200


def test_work_that_breaks_leaves_nothing_and_says_so(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from psycopg import errors
    from sqlalchemy.exc import OperationalError

    people = one("SELECT count(*) FROM people")[0]
    number = to_preview(officer, province, book(tmp_path / "a.xlsx"), run_jobs)

    def full(*_given: Any, **_named: Any) -> None:
        raise OperationalError("x", {}, errors.DiskFull("no space left"))

    monkeypatch.setattr("hrms.people.importer.applying.Applier.write_trail", full)
    officer.submit(f"/imports/{number}/apply", {"mode": "all"})
    run_jobs()
    assert batch().state == "failed"
    assert "hết chỗ trên đĩa" in officer.get(f"/imports/{number}").text
    assert one("SELECT count(*) FROM people")[0] == people
    assert one("SELECT count(*) FROM import_effects")[0] == 0


def test_a_batch_whose_job_is_gone_does_not_wait_for_ever(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path
) -> None:
    number = to_preview(officer, province, book(tmp_path / "a.xlsx"), run_jobs)
    with scope.everything(), transaction():
        db.session.execute(text("UPDATE import_batches SET state = 'applying' WHERE id = :b"), {"b": number})
    assert "bị ngắt giữa chừng" in officer.get(f"/imports/{number}").text
    assert batch().state == "failed"
    assert officer.submit(f"/imports/{number}/remap").status_code == 303
    assert batch().state == "mapped"


def test_the_same_work_asked_twice_is_done_once(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path
) -> None:
    number = to_preview(officer, province, book(tmp_path / "a.xlsx"), run_jobs)
    officer.submit(f"/imports/{number}/apply", {"mode": "all"})
    run_jobs()
    running.apply_batch(number)
    running.check_batch(number)
    assert (batch().state, one("SELECT count(*) FROM import_effects")[0]) == ("applied", 3)


def test_a_mapping_of_two_columns_to_one_field_is_refused_and_kept_as_sent(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path
) -> None:
    upload(officer, province, book(tmp_path / "a.xlsx"))
    run_jobs()
    form = mapping_form()
    form["column-0-5"] = "full_name"
    answer = officer.submit(f"/imports/{batch().id}/mapping", form)
    assert answer.status_code == 422
    assert "cùng ghép vào trường" in answer.text
    form = mapping_form()
    form["column-0-1"] = ""
    answer = officer.submit(f"/imports/{batch().id}/mapping", form)
    assert answer.status_code == 422
    assert "Thiếu cột bắt buộc" in answer.text
    assert batch().state == "mapped"
    stale = mapping_form() | {"version": "999"}
    assert officer.submit(f"/imports/{batch().id}/mapping", stale).status_code == 412


def test_another_agencys_batch_is_not_there(province: Province, run_jobs: Jobs, tmp_path: Path) -> None:
    officer, other = province.client("sonoivu"), province.client("tochuc")
    upload(officer, province, book(tmp_path / "a.xlsx"), place="A")
    run_jobs()
    number = batch().id
    for address in (f"/imports/{number}", f"/imports/{number}/progress", f"/imports/{number}/refused.xlsx"):
        assert other.get(address).status_code == 404
    for action in ("mapping", "apply", "cancel", "undo", "check", "remap"):
        assert other.submit(f"/imports/{number}/{action}").status_code == 404
    assert "a.xlsx" not in other.get("/imports").text
    assert province.client("thutruong").get("/imports").status_code == 403
    assert upload(other, province, book(tmp_path / "b.xlsx"), place="A").status_code == 422


def _bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    picture = folder / "anh.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
    empty = folder / "trong.xlsx"
    empty.write_bytes(b"")
    whole = book(folder / "du.xlsx").read_bytes()
    cut = folder / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    bomb = folder / "bom.xlsx"
    with zipfile.ZipFile(book(folder / "goc.xlsx")) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            content = source.read(name)
            out.writestr(name, content + b" " * 120_000_000 if name.endswith("sheet1.xml") else content)
    nothing = workbooks.xlsx(folder / "khong.xlsx", [["", ""]])
    prose = workbooks.xlsx(folder / "van.xlsx", [["Kính gửi các đồng chí"], ["Nội dung công văn"]])
    return {
        "picture": (picture, "ảnh PNG"), "empty": (empty, "trống"), "truncated": (cut, "hỏng"),
        "bomb": (bomb, "giải ra lớn bất thường"), "no cells": (nothing, "không có ô nào"),
        "no header": (prose, "dòng tiêu đề"),
    }  # fmt: skip


@pytest.mark.parametrize("what", ["picture", "empty", "truncated", "bomb", "no cells", "no header"])
def test_a_file_that_is_no_list_gets_a_sentence_and_changes_nothing(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path, what: str
) -> None:
    path, sentence = _bad_files(tmp_path)[what]
    people = one("SELECT count(*) FROM people")[0]
    answer = upload(officer, province, path)
    if answer.status_code == 303:
        run_jobs()
        assert batch().state == "failed"
        assert sentence in officer.get(answer.headers["Location"]).text
    else:
        assert answer.status_code == 422
        assert sentence in answer.text
        assert every("SELECT id FROM import_batches") == []
    assert one("SELECT count(*) FROM people")[0] == people


def test_an_upload_without_a_session_or_a_file(province: Province) -> None:
    assert province.client(None).submit("/imports/new", {}).status_code == 302
    answer = province.client("sonoivu").submit("/imports/new", {"agency": "1"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Chưa chọn tệp" in answer.text


def test_the_first_page_shows_what_is_under_way(
    officer: Browser, province: Province, run_jobs: Jobs, tmp_path: Path
) -> None:
    assert "Đợt nhập đang chạy" not in officer.get("/").text
    upload(officer, province, book(tmp_path / "cho-ghep.xlsx", ROWS))
    run_jobs()
    page = officer.get("/").text
    assert "Đợt nhập đang chạy" in page
    assert "cho-ghep.xlsx" in page
    assert "cho-ghep.xlsx" not in province.client("thutruong").get("/").text
