"""Bringing in a workbook with mistakes, as an officer does: upload, map, look, take the good rows, take them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor
from tests.browser.world import SUBJECTS

HEADER = (
    "Số hiệu CBCCVC", "Họ và tên", "Giới tính", "Ngày sinh", "Số định danh cá nhân", "Loại", "Cơ quan sử dụng",
    "Ngày tuyển dụng", "Mã ngạch", "Bậc lương", "Hệ số lương", "Ngày hưởng bậc lương", "Gọi khi cần",
)  # fmt: skip
GOOD: tuple[tuple[Any, ...], ...] = (
    ("TD-1", "Cao Thị Bích Đào", "Nữ", "12/04/1988", "092188660001", "Công chức", "Phòng Quy hoạch", "01/09/2012",
     "01.003", 4, 3.33, "01/03/2024", "0912 000 111"),
    ("TD-2", "Từ Công Khanh", "Nam", "03/1980", "092080660002", "Công chức", "Phòng Quy hoạch", "15/08/2005",
     "01.003", 6, "3,99", "01/05/2023", ""),
)  # fmt: skip
BAD: tuple[tuple[Any, ...], ...] = (
    ("TD-3", "Lưu Ngày Sai", "Nam", "30/02/1985", "092085660003", "Công chức", "Phòng Quy hoạch", "01/01/2010",
     "01.003", 5, 3.66, "01/05/2023", ""),
    ("TD-4", "Lưu Số Ngắn", "Nam", "01/02/1985", "09208566004", "Công chức", "Phòng Quy hoạch", "01/01/2010",
     "01.003", 5, 3.66, "01/05/2023", ""),
    ("TD-5", "Lưu Nơi Khác", "Nam", "01/02/1985", "092085660005", "Công chức", "Sở Nội vụ", "01/01/2010",
     "01.003", 5, 3.66, "01/05/2023", ""),
)  # fmt: skip


def _book(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["SỞ XÂY DỰNG"])
    sheet.append(["DANH SÁCH CÔNG CHỨC NĂM 2026"])
    sheet.append([])
    for row in (HEADER, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def _upload(visitor: Visitor, path: Path) -> None:
    visitor.open("/imports")
    visitor.press("Nhập tệp mới")
    assert visitor.axe() == []
    visitor.page.set_input_files("[type=file]", path)
    visitor.press("Tải lên và đọc tệp")


def test_a_workbook_with_mistakes_comes_in_and_is_taken_back(site: Site, visit: Visit, tmp_path: Path) -> None:
    whose = site.world.people[SUBJECTS[4]]
    known = site.sql("SELECT staff_code, national_id, full_name FROM people WHERE id = %s", whose)[0]
    present = (known[0], known[2], "Nữ", "12/04/1988", known[1], *[""] * 7, "0913 555 777")
    visitor = visit("tochuc")
    page = visitor.page
    _upload(visitor, _book(tmp_path / "danh-sach.xlsx", [*GOOD, *BAD, present]))

    # The mapping: every known header is found, the odd one is put right by hand.
    page.wait_for_selector("h1:has-text('Ghép cột')", timeout=60_000)
    visitor.settle()
    assert visitor.axe() == []
    odd = page.get_by_label("Gọi khi cần")
    expect(odd).to_have_value("")
    odd.select_option(value="phone")
    visitor.narrow()
    assert visitor.overflow() == []
    visitor.wide()
    visitor.press("Kiểm tra dữ liệu")

    # The preview: what would be made, what changed, what is refused and why.
    page.wait_for_selector("button:has-text('Chỉ áp dụng các dòng đạt')", timeout=60_000)
    visitor.settle()
    assert visitor.axe() == []
    told = visitor.text(".tiles")
    assert "Dòng trong tệp 6" in told
    assert "Sẽ tạo 2" in told
    assert "Sẽ thay đổi 1" in told
    assert "Bị từ chối 3" in told
    refused = visitor.text("main table tbody")
    for words in ("30/02/1985", "Lưu Số Ngắn", "Sở Nội vụ", "Lưu Ngày Sai"):
        assert words in refused
    assert "09208566004" not in refused
    assert site.sql("SELECT count(*) FROM people WHERE staff_code LIKE 'TD-%%'") == [(0,)]
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Tải tệp dòng bị từ chối").click()
    path = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(path)
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    at = next(number for number, row in enumerate(rows) if "Họ và tên" in row)
    assert len(rows) - at - 1 == len(BAD)
    assert "30/02/1985" in " ".join(str(cell) for cell in rows[at + 1])
    with visitor.moving():
        page.locator("nav.tabs a", has_text="Sẽ thay đổi").click()
    assert "0913 555 777" in visitor.text("main table")

    # Applied: the good rows only.
    visitor.press("Chỉ áp dụng các dòng đạt")
    page.wait_for_selector("a:has-text('Hoàn tác đợt nhập')", timeout=60_000)
    visitor.settle()
    assert visitor.axe() == []
    assert "Đã tạo 2" in visitor.text(".tiles")
    visitor.open("/people?q=cao+thi+bich+dao")
    visitor.press("Cao Thị Bích Đào")
    assert "0912 000 111" in visitor.text("main")
    assert site.sql("SELECT phone FROM people WHERE id = %s", whose) == [("0913 555 777",)]

    # And taken back.
    visitor.open("/imports")
    visitor.press("danh-sach.xlsx")
    visitor.press("Hoàn tác đợt nhập")
    assert visitor.axe() == []
    visitor.press("Hoàn tác đợt nhập", "main form")
    page.wait_for_selector("text=Đã hoàn tác", timeout=60_000)
    visitor.settle()
    assert site.sql("SELECT count(*) FROM people WHERE staff_code LIKE 'TD-%%'") == [(0,)]
    assert site.sql("SELECT phone FROM people WHERE id = %s", whose) == [(None,)]


def test_what_is_no_workbook_is_refused_with_a_sentence(visit: Visit, tmp_path: Path) -> None:
    visitor = visit("tochuc")
    picture = tmp_path / "anh.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    _upload_refused(visitor, picture)
    empty = tmp_path / "rong.csv"
    empty.write_bytes(b"")
    _upload_refused(visitor, empty)


def _upload_refused(visitor: Visitor, path: Path) -> None:
    with visitor.expecting(422):
        _upload(visitor, path)
        visitor.page.wait_for_selector("#error-summary, .note-bad", timeout=60_000)
    assert path.name in visitor.text("main") or "tệp" in visitor.text("main").lower()
    assert visitor.axe() == []
