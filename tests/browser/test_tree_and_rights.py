"""Reorganising the tree on a decision, and giving and taking rights."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from hrms.core import clock
from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor
from tests.browser.world import PASSWORD


def _paper(visitor: Visitor, number: str) -> None:
    visitor.page.get_by_label("Số, ký hiệu").fill(number)
    visitor.page.get_by_label("Ngày ký").fill("02012026")
    visitor.page.get_by_label("Cơ quan ban hành").fill("UBND thành phố Cần Thơ")


def _choose(visitor: Visitor, label: str, words: str, name: str) -> None:
    """Choose from a search box with the keyboard alone."""
    box = visitor.page.get_by_role("combobox", name=label)
    box.fill(words)
    expect(visitor.page.get_by_role("option", name=name).first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    assert name in box.input_value()


def test_a_unit_is_made_renamed_and_moved_on_decisions(site: Site, visit: Visit) -> None:
    visitor = visit("sonoivu")
    visitor.open("/agencies")
    visitor.press("Thêm đơn vị")
    page = visitor.page
    page.get_by_label("Tên cơ quan, đơn vị").fill("Trung tâm Lưu trữ")
    page.get_by_role("combobox", name="Loại", exact=True).select_option(label="Đơn vị sự nghiệp công lập")
    _choose(visitor, "Cơ quan cấp trên", "so xay dung", "Sở Xây dựng")
    page.get_by_label("Thành lập từ ngày").fill("1/2/2026")
    page.get_by_label("Mã định danh điện tử").fill("H13.09.77")
    _paper(visitor, "501/QĐ-UBND")
    visitor.press("Ghi")
    assert visitor.text("h1") == "Trung tâm Lưu trữ"
    assert visitor.axe() == []
    assert "501/QĐ-UBND" in visitor.text("main")

    visitor.press("Đổi tên, loại")
    page.get_by_label("Tên mới").fill("Trung tâm Lưu trữ lịch sử")
    page.get_by_label("Từ ngày").fill("1/5/2026")
    _paper(visitor, "502/QĐ-UBND")
    visitor.press("Ghi")
    assert visitor.text("h1") == "Trung tâm Lưu trữ lịch sử"

    visitor.press("Chuyển cấp trên")
    _choose(visitor, "Chuyển về trực thuộc", "luu tru lich su", "Trung tâm Lưu trữ lịch sử")
    page.get_by_label("Từ ngày").fill("1/6/2026")
    _paper(visitor, "503/QĐ-UBND")
    with visitor.expecting(422):
        visitor.press("Ghi")
    assert page.locator("#error-summary").count() == 1
    assert visitor.axe() == []
    _choose(visitor, "Chuyển về trực thuộc", "so noi vu", "Sở Nội vụ")
    visitor.press("Ghi")
    assert "Sở Nội vụ" in visitor.text("nav.crumbs")
    history = visitor.text("ol.timeline")
    for words in ("Trung tâm Lưu trữ lịch sử", "501/QĐ-UBND", "502/QĐ-UBND", "503/QĐ-UBND", "01/06/2026 – nay"):
        assert words in history
    visitor.open("/agencies?as_at=15/04/2026")
    names = visitor.page.locator("main tbody th").all_inner_texts()
    assert "Trung tâm Lưu trữ" in names
    assert "Trung tâm Lưu trữ lịch sử" not in names


def test_the_tree_is_searched_without_accents_and_opened_step_by_step(visit: Visit) -> None:
    visitor = visit("giangvien")
    visitor.open("/agencies")
    visitor.page.get_by_label("Tìm theo tên hoặc mã").fill("vien chuc")
    visitor.press("Tìm")
    visitor.press("Phòng Công chức, viên chức")
    assert visitor.text("h1") == "Phòng Công chức, viên chức"
    assert visitor.page.get_by_role("link", name="Đổi tên").count() == 0


def test_a_right_is_given_for_a_while_and_taken_back(site: Site, visit: Visit) -> None:
    officer = visit("quyenmoi", fresh=True)
    with officer.expecting(403):
        officer.open("/people")
    admin = visit("admin")
    admin.open(f"/accounts/{site.world.accounts['quyenmoi']}")
    admin.press("Phân quyền")
    admin.page.get_by_label("Vai trò").select_option(label="Thủ trưởng cơ quan")
    _choose(admin, "Trên cơ quan", "phuong ninh kieu", "UBND phường Ninh Kiều")
    admin.page.get_by_label("Đến hết ngày").fill((clock.today() + timedelta(days=30)).strftime("%d%m%Y"))
    assert admin.axe() == []
    admin.press("Phân quyền")
    assert "Thủ trưởng cơ quan" in admin.text("main")
    assert "UBND phường Ninh Kiều" in admin.text("main")
    officer.open("/people")
    found = officer.text("main table")
    assert "Thạch Sa Rây" in found
    assert "Võ Minh Đức" not in found
    admin.open(f"/accounts/{site.world.accounts['quyenmoi']}/access")
    assert "UBND phường Ninh Kiều" in admin.text("main")

    admin.open(f"/accounts/{site.world.accounts['quyenmoi']}")
    admin.page.locator("summary", has_text="Kết thúc").first.click()
    admin.press("Thu hồi ngay")
    with officer.expecting(403):
        officer.open("/people")


def test_an_account_is_opened_with_a_password_that_is_shown_once(site: Site, visit: Visit) -> None:
    admin = visit("admin")
    admin.open("/accounts")
    admin.press("Mở tài khoản")
    page = admin.page
    page.get_by_label("Tên đăng nhập").fill("nguoimoi")
    page.get_by_label("Họ tên người giữ").fill("Người Mới Đến")
    _choose(admin, "Cơ quan của tài khoản", "so xay dung", "Sở Xây dựng")
    page.get_by_role("combobox", name="Vai trò").select_option(label="Cán bộ tổ chức cơ quan")
    admin.press("Mở tài khoản")
    password = admin.page.locator("code").first.inner_text().strip()
    assert admin.axe() == []
    visitor = visit()
    visitor.sign_in("nguoimoi", password)
    assert visitor.path == "/account/password"
    admin.open("/accounts?q=nguoimoi")
    assert password not in admin.page.content()


def test_a_locked_account_is_opened_again(site: Site, visit: Visit) -> None:
    visitor = visit()
    with visitor.expecting(422):
        for _attempt in range(5):
            visitor.sign_in("bikhoa", "khong-phai-the")
        visitor.sign_in("bikhoa", PASSWORD)
    assert visitor.path == "/login"
    admin = visit("admin")
    admin.open(f"/accounts/{site.world.accounts['bikhoa']}")
    admin.press("Mở khóa")
    visitor.sign_in("bikhoa", PASSWORD)
    assert visitor.path == "/"


def test_the_matrix_says_what_the_roles_may(visit: Visit) -> None:
    visitor = visit("sonoivu")
    visitor.open("/accounts/roles")
    rows = visitor.page.locator("main tbody tr")
    assert rows.count() > 20
    assert "Vào sổ quyết định" in visitor.text("main table")


def test_who_sees_a_record_and_through_which_right(site: Site, visit: Visit) -> None:
    visitor = visit("sonoivu")
    visitor.open(f"/people/{site.world.people['Võ Minh Đức']}")
    visitor.press("Ai xem được")
    told = visitor.text("main table.list")
    for username in ("sonoivu", "tochuc", "thutruong"):
        assert username in told
    assert "thanhtra" not in told
