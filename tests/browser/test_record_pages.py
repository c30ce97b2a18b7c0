"""Finding somebody, reading the file, changing it on a paper, and taking the list along."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor
from tests.browser.world import SUBJECTS


def _find(visitor: Visitor, words: str) -> None:
    visitor.page.keyboard.press("/")
    expect(visitor.page.locator("[data-shortcut='/']")).to_be_focused()
    visitor.page.keyboard.type(words)
    with visitor.moving():
        visitor.page.keyboard.press("Enter")


def test_a_slash_a_name_without_accents_and_the_file_is_open(visit: Visit) -> None:
    visitor = visit("sonoivu")
    _find(visitor, "lam bich thuy")
    rows = visitor.page.locator("main tbody tr")
    assert rows.count() == 1
    visitor.press(SUBJECTS[0])
    assert visitor.text("h1") == SUBJECTS[0]


def test_every_tab_opens_and_says_which_it_is(site: Site, visit: Visit) -> None:
    visitor = visit("sonoivu")
    visitor.open(f"/people/{site.world.people[SUBJECTS[0]]}")
    names = visitor.page.locator("nav.tabs a").all_inner_texts()
    assert len(names) >= 9
    for name in names:
        with visitor.moving():
            visitor.page.locator("nav.tabs").get_by_role("link", name=name, exact=True).click()
        assert visitor.text("nav.tabs [aria-current]") == name
        assert SUBJECTS[0] in visitor.text("h1")


def test_a_raise_is_recorded_on_its_decision_and_shows_everywhere(site: Site, visit: Visit) -> None:
    name = SUBJECTS[1]
    visitor = visit("tochuc")
    _find(visitor, "ngo thanh truc")
    visitor.press(name)
    visitor.press("Ghi quyết định")
    page = visitor.page
    page.get_by_label("Số, ký hiệu").fill("77/QĐ-SXD")
    page.get_by_label("Ngày ký").fill("15062026")
    page.get_by_role("combobox", name="Loại quyết định").fill("nang bac")
    page.get_by_role("option", name="Nâng bậc lương").click()
    page.get_by_label("Cơ quan ban hành").fill("Sở Xây dựng")
    expect(page.get_by_label("Ngày ký")).to_have_value("15/06/2026")
    page.get_by_label("Ngạch, bậc, hệ số lương").check()
    page.get_by_label("Có hiệu lực từ ngày").fill("1/7/2026")
    page.get_by_role("textbox", name="Bậc lương").first.fill("4")
    page.get_by_role("textbox", name="Hệ số lương").fill("3,35")
    with visitor.expecting(422):
        visitor.press("Ghi quyết định", "form.form")
    expect(page.locator("#error-summary")).to_be_focused()
    assert "3,35" in visitor.text("#error-summary")
    assert visitor.axe() == []
    assert page.get_by_label("Số, ký hiệu").input_value() == "77/QĐ-SXD"
    page.get_by_role("textbox", name="Hệ số lương").fill("3,33")
    visitor.press("Ghi quyết định", "form.form")
    assert visitor.path.endswith("/career")
    assert "Đã ghi 1 diễn biến." in visitor.text("[role=status]")
    newest = visitor.text("ol.timeline li")
    assert "bậc 4" in newest
    assert "3,33" in newest
    assert "01/07/2026 – nay" in newest
    assert "77/QĐ-SXD ngày 15/06/2026" in newest
    assert "30/06/2026" in visitor.text("ol.timeline")
    visitor.open("/people?q=ngo+thanh+truc")
    assert "3,33" in visitor.text("main tbody tr")
    visitor.open("/decisions?q=77")
    visitor.press("77/QĐ-SXD")
    assert name in visitor.text("main")
    visitor.open(f"/people/{site.world.people[name]}/history")
    assert "77/QĐ-SXD" in visitor.text("main")


def test_the_id_number_shows_when_asked_for_and_the_look_is_written_down(site: Site, visit: Visit) -> None:
    whose = site.world.people[SUBJECTS[2]]
    (number,) = site.sql("SELECT national_id FROM people WHERE id = %s", whose)[0]
    visitor = visit("sonoivu")
    visitor.open(f"/people/{whose}")
    assert number not in visitor.page.content()
    visitor.press("hiện số")
    assert number in visitor.text("main")
    seen = site.sql("SELECT count(*) FROM audit_events WHERE entity_id = %s AND action = 'person.revealed_id'", whose)
    assert seen == [(1,)]


def test_the_record_and_the_list_as_they_were_on_another_day(site: Site, visit: Visit) -> None:
    visitor = visit("sonoivu")
    visitor.open(f"/people/{site.world.people[SUBJECTS[0]]}/salary")
    visitor.page.locator("summary", has_text="Tại ngày").click()
    visitor.page.get_by_label("Tại ngày").fill("1/8/2021")
    visitor.press("Xem", "header form.top-panel")
    assert "as_at=" in visitor.page.url
    assert "Đang xem tại ngày 01/08/2021" in visitor.text("main")
    assert "bậc 4" in visitor.text(".head-card, .card")
    assert visitor.axe() == []
    visitor.press("Về hôm nay", "main")
    assert "Đang xem tại ngày" not in visitor.text("main")
    assert "bậc 5" in visitor.text(".head-card, .card")
    visitor.open("/people?q=lam+bich+thuy&as_at=01/08/2021")
    assert "3,33" in visitor.text("main tbody tr")
    visitor.open("/people?q=lam+bich+thuy&as_at=2019-01-01")
    assert visitor.page.locator("main tbody tr", has_text=SUBJECTS[0]).count() == 0


def test_the_exported_workbook_holds_what_the_list_shows(visit: Visit, tmp_path: Path) -> None:
    visitor = visit("sonoivu")
    visitor.open("/people?agency=H13.09&sort=-birth_date&col=birth_date&col=sex&col=coefficient")
    headers = visitor.page.locator("main thead th").all_inner_texts()
    first = visitor.page.locator("main tbody tr").first
    name, born = first.locator("th b").inner_text(), first.locator("td").first.inner_text()
    (total,) = [int(word) for word in visitor.text(".page-sub").split() if word.isdigit()]
    with visitor.page.expect_download() as downloading:
        visitor.page.get_by_role("link", name="Xuất Excel").click()
    path = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    at = next(n for n, row in enumerate(rows) if "Họ và tên" in row)
    shown = {header.strip(" ▴▾\n") for header in headers}
    assert shown <= {str(value) for value in rows[at]}
    assert len(rows) - at - 1 == total
    row = dict(zip(rows[at], rows[at + 1], strict=True))
    assert row["Họ và tên"] == name
    value = row["Ngày sinh"]
    if isinstance(value, (date, datetime)):
        value = value.strftime("%d/%m/%Y")
    assert value == born
    assert isinstance(row["Hệ số"], float)


@pytest.mark.parametrize("username", ["tochuc", "thutruong", "thanhtra"])
def test_who_reaches_a_part_of_the_tree_finds_nobody_else(site: Site, visit: Visit, username: str) -> None:
    visitor = visit(username)
    _find(visitor, "Đặng Thị Ngọc Ánh")
    assert visitor.page.locator("main tbody tr", has_text="Đặng Thị Ngọc Ánh").count() == 0
    with visitor.expecting(404):
        visitor.open(f"/people/{site.world.people['Đặng Thị Ngọc Ánh']}")
    assert "Đặng" not in visitor.page.content()


def test_a_civil_servant_reads_the_own_file_and_changes_nothing(site: Site, visit: Visit) -> None:
    visitor = visit("canbo")
    visitor.press("Mở hồ sơ")
    assert visitor.text("h1") == "Nguyễn Văn Hùng"
    assert visitor.page.get_by_role("link", name="Ghi quyết định").count() == 0
    with visitor.expecting(404):
        visitor.open(f"/people/{site.world.people['Lý Thị Cẩm']}")
