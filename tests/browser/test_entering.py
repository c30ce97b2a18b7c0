"""Signing in, as it is done by hand: with a password, a wrong one, a first one, a second factor; and signing out."""

from __future__ import annotations

import time

import pyotp
import pytest

from tests.browser.conftest import Site, Visit
from tests.browser.world import FIRST_PASSWORD, PASSWORD


def test_a_name_and_a_password_lead_to_the_first_page_and_signing_out_leads_back(visit: Visit) -> None:
    visitor = visit("ranh", fresh=True)
    assert visitor.page.title().startswith("Tổng quan")
    visitor.page.locator("summary", has_text="Tài khoản ranh").click()
    visitor.press("Đăng xuất", "header")
    assert visitor.path == "/login"
    assert "Bạn đã đăng xuất." in visitor.text()
    visitor.open("/people")
    assert visitor.path == "/login"


def test_after_signing_in_one_stands_where_one_was_going(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/people?sort=-birth_date")
    visitor.sign_in("tochuc", PASSWORD)
    assert visitor.page.url.endswith("/people?sort=-birth_date")


def test_a_wrong_password_is_said_and_the_name_stays(visit: Visit) -> None:
    visitor = visit()
    with visitor.expecting(422):
        visitor.sign_in("quenmatkhau", "khong-phai-the")
    assert visitor.path == "/login"
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in visitor.text("[role=alert]")
    assert visitor.page.input_value("[name=username]") == "quenmatkhau"
    assert not visitor.page.input_value("[name=password]")
    assert visitor.axe() == []
    visitor.sign_in("quenmatkhau", PASSWORD)
    assert visitor.path == "/"


def test_a_first_password_must_be_changed_before_anything_else(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in("landau", FIRST_PASSWORD)
    assert visitor.path == "/account/password"
    assert visitor.axe() == []
    visitor.open("/people")
    assert visitor.path == "/account/password"
    page = visitor.page

    def change(password: str, again: str) -> None:
        page.fill("[name=current]", FIRST_PASSWORD)
        page.fill("[name=password]", password)
        page.fill("[name=again]", again)
        visitor.press("Đổi mật khẩu", "body")

    with visitor.expecting(422):
        change("ngan", "ngan")
    assert "Mật khẩu có 4 ký tự" in visitor.text("[role=alert]")
    with visitor.expecting(422):
        change("Mat-Khau-Moi-9", "Mat-Khau-Khac-9")
    assert visitor.path == "/account/password"
    change("Mat-Khau-Moi-9", "Mat-Khau-Moi-9")
    assert visitor.path in {"/", "/people"}
    again = visit()
    again.sign_in("landau", "Mat-Khau-Moi-9")
    assert again.path == "/"


def test_a_second_factor_is_asked_for_and_a_code_is_good_once(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in("haibuoc", PASSWORD)
    assert visitor.path == "/account/second-factor"
    assert visitor.axe() == []
    visitor.open("/people")
    assert visitor.path == "/account/second-factor"
    with visitor.expecting(422):
        visitor.page.fill("[name=code]", "000000")
        visitor.press("Tiếp tục", "body")
    assert "Mã" in visitor.text(".form-error")
    code = pyotp.TOTP(site.world.seed).at(int(time.time()))
    visitor.page.fill("[name=code]", code)
    visitor.press("Tiếp tục", "body")
    assert visitor.path in {"/", "/people"}
    other = visit()
    other.sign_in("haibuoc", PASSWORD)
    with other.expecting(422):
        other.page.fill("[name=code]", code)
        other.press("Tiếp tục", "body")
    assert other.path == "/account/second-factor"


def test_a_second_factor_is_set_up_with_its_picture_and_gives_recovery_codes(visit: Visit) -> None:
    visitor = visit("caidat", fresh=True)
    visitor.open("/account/second-factor/setup")
    assert visitor.axe() == []
    assert visitor.page.locator("[role=img] svg").count() == 1
    seed = visitor.page.locator("code.key").inner_text().replace(" ", "")
    visitor.page.fill("[name=code]", pyotp.TOTP(seed).at(int(time.time())))
    visitor.press("Bắt đầu dùng", "body")
    assert "khôi phục" in visitor.text().lower()
    assert visitor.axe() == []


@pytest.mark.parametrize("path", ["/people", "/agencies", "/audit", "/accounts", "/decisions", "/account"])
def test_nobody_reads_a_page_without_a_session(visit: Visit, path: str) -> None:
    visitor = visit()
    visitor.open(path)
    assert visitor.path == "/login"


def test_one_sees_ones_sessions_and_ends_another(visit: Visit) -> None:
    first, second = visit("nhieuphien", fresh=True), visit("nhieuphien", fresh=True)
    first.open("/account/sessions")
    first.press("Đăng xuất mọi nơi khác")
    second.open("/people")
    assert second.path == "/login"
    first.open("/people")
    assert first.path == "/people"
