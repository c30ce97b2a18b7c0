from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from hrms.accounts.models import AccountSession, PasswordMemory, RecoveryCode
from hrms.core import clock, scope
from hrms.core.db import db
from tests.accounts.conftest import PASSWORD, Door, code, words
from tests.accounts.test_sign_in import NOON
from tests.client import Browser

NEW = "Mat-Khau-Moi-8"


def change(browser: Browser, new: str = NEW, *, current: str = PASSWORD, again: str | None = None) -> int:
    values = {"current": current, "password": new, "again": new if again is None else again}
    return browser.submit("/account/password", values).status_code


def test_the_first_sign_in_opens_the_change_of_password_only(door: Door) -> None:
    door.change("tochuc", must_change_password=True)
    browser = door.enter("tochuc")
    assert browser.get("/account?x=1").headers["Location"] == "/account/password?next=/account?x%3D1"
    assert browser.get("/account/sessions").status_code == 302
    answer = browser.submit(
        "/account/password", {"current": PASSWORD, "password": NEW, "again": NEW, "next": "/account?x=1"}
    )
    assert answer.headers["Location"] == "/account?x=1"
    assert browser.get("/account").status_code == 200
    assert door.knock("tochuc").status_code == 422
    assert door.knock("tochuc", NEW).status_code == 303
    assert "password_changed" in door.verbs("tochuc")


def test_an_administrators_password_serves_two_months(door: Door) -> None:
    door.change("admin", second_factor_waived=False, password_changed_at=NOON)
    seed = door.second_factor("admin")
    for days, location in ((59, None), (60, "/account/password")):
        with clock.frozen(NOON + timedelta(days=days)):
            browser = door.enter("admin")
            browser.submit("/account/second-factor", {"code": code(seed)})
            assert browser.get("/account").headers.get("Location", "").partition("?")[0] == (location or "")


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(door: Door) -> None:
    here, there = door.enter("tochuc"), door.enter("tochuc")
    assert change(here) == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_a_changed_password_keeps_the_second_factor_given(door: Door) -> None:
    seed = door.second_factor("tochuc")
    browser = door.enter("tochuc")
    browser.submit("/account/second-factor", {"code": code(seed)})
    assert change(browser) == 303
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("ngan", None, "cần ít nhất 8"),
        ("Tochuc-2026", None, "không được chứa tên đăng nhập"),
        (NEW, "khac", "khác nhau"),
        (PASSWORD, None, "đã dùng trong 10 lần gần nhất"),
    ],
)
def test_a_new_password_that_breaks_a_rule_changes_nothing(door: Door, new: str, again: str | None, said: str) -> None:
    browser = door.enter("tochuc")
    values = {"current": PASSWORD, "password": new, "again": new if again is None else again}
    answer = browser.submit("/account/password", values)
    assert answer.status_code == 422
    assert said in words(answer)
    assert NEW not in answer.text
    assert door.knock("tochuc").status_code == 303


def test_wrong_present_passwords_lock_the_account_too(door: Door) -> None:
    browser = door.enter("tochuc")
    for _attempt in range(5):
        assert change(browser, current="sai") == 422
    assert browser.get("/account").status_code == 302
    assert door.account("tochuc").locked_at is not None


def test_the_last_ten_passwords_do_not_come_back(door: Door) -> None:
    browser = door.enter("tochuc")
    used = [PASSWORD, *(f"Mat-Khau-So-{number}" for number in range(10, 21))]
    for before, after in pairwise(used):
        assert change(browser, after, current=before) == 303
    assert change(browser, used[-1], current=used[-1]) == 422
    assert change(browser, used[-10], current=used[-1]) == 422
    assert change(browser, used[-11], current=used[-1]) == 303
    with scope.everything():
        mine = PasswordMemory.account_id == door.province.accounts["tochuc"]
        assert db.session.scalar(select(func.count()).select_from(PasswordMemory).where(mine)) == 10


def test_a_letter_typed_in_two_ways_is_one_letter(door: Door) -> None:
    browser = door.enter("tochuc")
    composed, decomposed = "M\u1eadt-Kh\u1ea9u-9", "M\u0061\u0323\u0302t-Kh\u0061\u0302\u0309u-9"
    assert change(browser, composed) == 303
    assert door.knock("tochuc", decomposed).status_code == 303


def test_the_second_factor_is_set_up_with_a_picture_a_key_and_codes_shown_once(door: Door) -> None:
    door.change("sonoivu", second_factor_waived=False)
    browser = door.enter("sonoivu")
    assert browser.get("/account").headers["Location"].startswith("/account/second-factor/setup")
    page = browser.get("/account/second-factor/setup")
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page.text)
    assert key is not None
    assert "<svg" in page.text
    assert "style=" not in page.text
    assert browser.get("/account/second-factor/setup").text.count(key[1]) == 1
    seed = key[1].replace(" ", "")
    stored = door.account("sonoivu").totp_secret
    assert stored is not None
    assert seed.encode() not in stored
    assert browser.submit("/account/second-factor/setup", {"code": "000000"}).status_code == 422
    assert browser.get("/account").status_code == 302
    with clock.frozen(clock.now()):
        done = browser.submit("/account/second-factor/setup", {"code": code(seed)})
        codes = re.findall(r"<code>([a-z0-9-]{19})</code>", done.text)
        assert len(set(codes)) == 10
        assert browser.get("/account").status_code == 200
        other = door.enter("sonoivu")
        assert other.submit("/account/second-factor", {"code": code(seed)}).status_code == 422, "used at the setup"
        assert other.submit("/account/second-factor", {"code": codes[3]}).status_code == 303
    with scope.everything():
        kept = db.session.scalars(select(RecoveryCode.code_hash)).all()
        assert not set(kept) & set(codes)
    assert browser.submit("/account/second-factor/setup", {"code": code(seed)}).status_code == 303
    assert door.verbs("sonoivu").count("second_factor_set") == 1


def test_codes_are_made_anew_and_the_telephone_changed_only_against_a_code(door: Door) -> None:
    seed = door.second_factor("tochuc")
    with clock.frozen(NOON):
        browser = door.enter("tochuc")
        browser.submit("/account/second-factor", {"code": code(seed)})
        assert browser.submit("/account/second-factor/codes", {"code": "000000"}).status_code == 422
        assert browser.submit("/account/second-factor/remove", {"code": "000000"}).status_code == 422
    with clock.frozen(NOON + timedelta(seconds=30)):
        made = browser.submit("/account/second-factor/codes", {"code": code(seed)})
        assert len(re.findall(r"<code>[a-z0-9-]{19}</code>", made.text)) == 10
    with clock.frozen(NOON + timedelta(seconds=60)):
        answer = browser.submit("/account/second-factor/remove", {"code": code(seed)})
        assert answer.headers["Location"] == "/account/second-factor/setup"
    account = door.account("tochuc")
    assert (account.totp_secret, account.totp_confirmed_at, account.totp_last_step) == (None, None, None)


def test_the_sessions_are_listed_and_each_can_be_ended(door: Door) -> None:
    here, there, third = door.enter("tochuc"), door.enter("tochuc"), door.enter("tochuc")
    page = here.get("/account/sessions")
    addresses = re.findall(r'action="(/account/sessions/\d+/end)"', page.text)
    assert len(addresses) == 2
    assert "Phiên này" in page.text
    assert here.submit(addresses[0]).status_code == 303
    assert sorted([there.get("/account").status_code, third.get("/account").status_code]) == [200, 302]
    assert here.submit(addresses[0]).status_code == 404
    assert here.submit("/account/sessions/end-others").status_code == 303
    assert {there.get("/account").status_code, third.get("/account").status_code} == {302}
    assert here.get("/account").status_code == 200


def test_nobody_ends_a_session_of_another(door: Door) -> None:
    mine = door.enter("tochuc")
    admin = door.enter("admin")
    with scope.everything():
        session_id = db.session.scalars(
            select(AccountSession.id).where(AccountSession.account_id == door.province.accounts["tochuc"])
        ).one()
        db.session.commit()
    for username in ("thutruong", "admin"):
        browser = admin if username == "admin" else door.enter(username)
        assert browser.submit(f"/account/sessions/{session_id}/end").status_code == 404
    assert mine.get("/account").status_code == 200


def test_language_and_theme_are_kept_with_the_account(door: Door) -> None:
    browser = door.enter("tochuc")
    assert browser.submit("/account", {"locale": "en", "theme": "dark"}).status_code == 303
    page = door.enter("tochuc").get("/account").text
    assert '<html lang="en" data-bs-theme="dark">' in page
    assert "My account" in page
    assert browser.submit("/account", {"locale": "fr", "theme": "dark"}).status_code == 422


def test_the_language_chosen_before_signing_in_stays(door: Door) -> None:
    browser = door.browser()
    browser.submit("/locale", {"locale": "en", "next": "/login"})
    assert "Sign in" in browser.get("/login").text
    door.knock("tochuc", browser=browser)
    assert "My account" in browser.get("/account").text
