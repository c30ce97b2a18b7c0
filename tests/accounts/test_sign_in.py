from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hrms.accounts.models import AccountSession, RecoveryCode
from hrms.accounts.routes import login
from hrms.accounts.rules import LockReason
from hrms.accounts.services import entry, hashing
from hrms.core import clock, scope
from hrms.core.db import db
from tests.accounts.conftest import PASSWORD, Door, code, words

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


def sessions_of(door: Door, username: str) -> list[AccountSession]:
    with scope.everything():
        mine = AccountSession.account_id == door.province.accounts[username]
        found = list(db.session.scalars(select(AccountSession).where(mine).order_by(AccountSession.id)))
        db.session.commit()
    return found


def test_a_right_pair_opens_a_session_and_goes_where_the_reader_was_going(door: Door) -> None:
    answer = door.knock("tochuc", next="/account?x=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/account?x=1"
    assert door.verbs("tochuc") == ["signed_in"]
    event = door.events("tochuc")[0]
    assert (event.account_id, event.after) == (event.entity_id, {"address": "127.0.0.1", "username": "tochuc"})


def test_the_cookie_holds_a_random_token_whose_hash_alone_is_kept(door: Door) -> None:
    browser = door.enter("tochuc")
    with browser.session_transaction() as cookie:
        assert set(cookie) <= {"_user_id", "csrf_token", "_fresh"}
        token = cookie["_user_id"]
    (row,) = sessions_of(door, "tochuc")
    assert row.token_hash == hashing.token_hash(token)
    assert token not in row.token_hash


@pytest.mark.parametrize("name", ["TOCHUC", "  tochuc "])
def test_the_name_may_be_typed_in_capitals_or_with_blanks(door: Door, name: str) -> None:
    assert door.knock(name).status_code == 303


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example",
     "javascript:alert(1)", "evil", "/a\r\nSet-Cookie: x=1", "/login?next=/account", "http:evil.example"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(door: Door, address: str) -> None:
    assert door.knock("tochuc", next=address).headers["Location"] == "/"


def test_unknown_closed_locked_and_wrong_look_alike(door: Door) -> None:
    door.change("thutruong", closed_at=clock.now(), closed_reason="x")
    door.change("thanhtra", locked_at=clock.now(), lock_reason=LockReason.IDLE)
    answers = [
        door.knock("khong-co-ai"),
        door.knock("tochuc", "sai"),
        door.knock("thutruong"),
        door.knock("thanhtra"),
        door.knock("Tên Lạ'; --"),
    ]
    assert {answer.status_code for answer in answers} == {422}
    said = {words(a).replace("thutruong", "").split("Đăng nhập")[2] for a in answers}
    assert len(said) == 1
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in said.pop()


def test_an_unknown_name_costs_the_same_work(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bool] = []
    known = hashing.hasher().verify

    def verify(given: str, password: str) -> bool:
        tried.append(True)
        return bool(known(given, password))

    monkeypatch.setattr(type(hashing.hasher()), "verify", lambda _self, given, password: verify(given, password))
    for name in ("khong-co-ai", "tochuc"):
        door.knock(name, "sai")
    assert len(tried) == 2


def test_what_was_typed_as_a_name_is_not_kept(door: Door) -> None:
    door.knock("MatKhauGoNham#1", "x")
    (event,) = door.events()
    assert event.action == "account.sign_in_failed"
    assert event.after == {"address": "127.0.0.1"}
    assert event.entity_id is None


def test_the_fifth_wrong_password_in_a_row_locks(door: Door) -> None:
    with clock.frozen(NOON):
        for _attempt in range(4):
            door.knock("tochuc", "sai")
        assert door.account("tochuc").locked_at is None
        door.knock("tochuc", "sai")
        account = door.account("tochuc")
        assert (account.locked_at, account.lock_reason) == (NOON, LockReason.WRONG_PASSWORD)
        assert door.knock("tochuc").status_code == 422
        assert door.verbs("tochuc") == ["sign_in_failed"] * 5 + ["locked", "sign_in_failed"]
    with clock.frozen(NOON + timedelta(hours=11, minutes=59)):
        assert door.knock("tochuc").status_code == 422
    with clock.frozen(NOON + timedelta(hours=12)):
        assert door.knock("tochuc").status_code == 303
        assert door.account("tochuc").failed_count == 0
        assert door.verbs("tochuc")[-2:] == ["unlocked", "signed_in"]


def test_attempts_while_locked_do_not_move_the_end_of_the_lock(door: Door) -> None:
    with clock.frozen(NOON):
        for _attempt in range(5):
            door.knock("tochuc", "sai")
    with clock.frozen(NOON + timedelta(hours=6)):
        for _attempt in range(7):
            door.knock("tochuc", "sai")
        assert door.account("tochuc").locked_at == NOON


def test_a_right_password_ends_the_row_of_wrong_ones(door: Door) -> None:
    for _round in range(2):
        for _attempt in range(4):
            door.knock("tochuc", "sai")
        assert door.knock("tochuc").status_code == 303
    assert door.account("tochuc").locked_at is None


def test_a_lock_ends_the_sessions_that_are_open(door: Door) -> None:
    browser = door.enter("tochuc")
    for _attempt in range(5):
        door.knock("tochuc", "sai")
    assert browser.get("/account").status_code == 302


def test_a_download_lock_does_not_open_by_itself(door: Door) -> None:
    door.change("tochuc", locked_at=NOON, lock_reason=LockReason.BULK_DOWNLOAD)
    with clock.frozen(NOON + timedelta(days=60)):
        assert door.knock("tochuc").status_code == 422


def test_signing_in_needs_the_form_token(door: Door) -> None:
    answer = door.browser().post("/login", data={"username": "tochuc", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Trang đăng nhập đã mở quá lâu" in words(answer)
    assert sessions_of(door, "tochuc") == []


def test_an_old_cookie_is_worth_nothing_after_signing_in_again(door: Door) -> None:
    browser = door.enter("tochuc")
    with browser.session_transaction() as cookie:
        old, form_token = cookie["_user_id"], cookie["csrf_token"]
    assert door.knock("tochuc", browser=browser).status_code == 303
    with browser.session_transaction() as cookie:
        assert cookie["_user_id"] != old
        assert cookie["csrf_token"] != form_token
    other = door.browser()
    with other.session_transaction() as cookie:
        cookie["_user_id"] = old
    assert other.get("/account").status_code == 302


def test_a_planted_cookie_does_not_become_a_session(door: Door) -> None:
    browser = door.browser()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
    assert door.knock("tochuc", browser=browser).status_code == 400
    assert door.knock("tochuc", browser=browser).status_code == 303
    with browser.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"


def test_signing_out_ends_the_session_on_the_server_too(door: Door) -> None:
    browser = door.enter("tochuc")
    with browser.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert browser.get("/logout").status_code == 405
    assert browser.submit("/logout").headers["Location"] == "/login"
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert browser.get("/account").status_code == 302
    assert door.verbs("tochuc") == ["signed_in", "signed_out"]


def test_fifteen_idle_minutes_end_a_session_with_a_sentence(door: Door) -> None:
    with clock.frozen(NOON):
        browser = door.enter("tochuc")
    with clock.frozen(NOON + timedelta(minutes=14)):
        assert browser.get("/account").status_code == 200
    with clock.frozen(NOON + timedelta(minutes=28)):
        assert browser.get("/account/keepalive").json == {"status": "ok"}
    with clock.frozen(NOON + timedelta(minutes=28 + 16)):
        answer = browser.get("/account?x=1")
        assert answer.headers["Location"] == "/login?next=/account%3Fx%3D1"
        said = words(browser.get(answer.headers["Location"]))
        assert "Phiên làm việc đã hết hạn" in said
        assert "Phiên làm việc đã hết hạn" not in words(browser.get("/login"))


def test_a_program_is_told_in_its_own_way(door: Door) -> None:
    with clock.frozen(NOON):
        browser = door.enter("tochuc")
    with clock.frozen(NOON + timedelta(minutes=16)):
        answer = browser.get("/account/keepalive", headers={"Accept": "application/json"})
        assert answer.status_code == 401
        assert answer.json["problems"][0]["code"] == "sign_in"


def test_twelve_hours_end_a_session_however_busy(door: Door) -> None:
    with clock.frozen(NOON):
        browser = door.enter("tochuc")
    for minutes in range(10, 12 * 60 + 1, 10):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            assert browser.get("/account/keepalive").status_code == 200
    with clock.frozen(NOON + timedelta(hours=12, minutes=1)):
        assert browser.get("/account/keepalive").status_code == 302


def test_a_closed_account_is_out_at_once(door: Door) -> None:
    browser = door.enter("tochuc")
    door.change("tochuc", closed_at=clock.now())
    assert browser.get("/account").status_code == 302


# The second factor


def test_the_second_factor_is_asked_for_before_anything_else(door: Door) -> None:
    seed = door.second_factor("tochuc")
    browser = door.enter("tochuc")
    for address in ("/account", "/", "/account/password", "/account/second-factor/setup", "/account/sessions"):
        assert browser.get(address).headers["Location"].startswith("/account/second-factor"), address
    answer = browser.submit("/account/password", {"current": PASSWORD, "password": "Moi-12345", "again": "Moi-12345"})
    assert answer.headers["Location"] == "/account/second-factor"
    assert "signed_in" not in door.verbs("tochuc")
    answer = browser.submit("/account/second-factor", {"code": code(seed), "next": "/account"})
    assert answer.headers["Location"] == "/account"
    assert browser.get("/account").status_code == 200
    assert door.verbs("tochuc") == ["signed_in"]


def test_the_second_factor_brings_a_fresh_token(door: Door) -> None:
    seed = door.second_factor("tochuc")
    browser = door.enter("tochuc")
    with browser.session_transaction() as cookie:
        half = cookie["_user_id"]
    browser.submit("/account/second-factor", {"code": code(seed)})
    with browser.session_transaction() as cookie:
        assert cookie["_user_id"] != half
    first, second = sessions_of(door, "tochuc")
    assert first.ended_at is not None
    assert second.second_factor_at is not None


def test_a_code_is_good_once(door: Door) -> None:
    seed = door.second_factor("tochuc")
    with clock.frozen(NOON):
        used = code(seed)
        one, two = door.enter("tochuc"), door.enter("tochuc")
        assert one.submit("/account/second-factor", {"code": used}).status_code == 303
        assert two.submit("/account/second-factor", {"code": used}).status_code == 422
        assert two.get("/account").status_code == 302
    with clock.frozen(NOON + timedelta(seconds=30)):
        assert two.submit("/account/second-factor", {"code": used}).status_code == 422
        assert two.submit("/account/second-factor", {"code": code(seed)}).status_code == 303


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_telephone_may_be_half_a_minute_off(door: Door, steps: int, status: int) -> None:
    seed = door.second_factor("tochuc")
    with clock.frozen(NOON):
        browser = door.enter("tochuc")
        assert browser.submit("/account/second-factor", {"code": code(seed, steps)}).status_code == status


def test_wrong_codes_count_like_wrong_passwords_and_a_right_password_between_does_not_help(door: Door) -> None:
    door.second_factor("tochuc")
    for _attempt in range(4):
        browser = door.enter("tochuc")
        assert browser.submit("/account/second-factor", {"code": "000000"}).status_code == 422
    assert browser.submit("/account/second-factor", {"code": "000000"}).status_code == 422
    assert door.account("tochuc").lock_reason == LockReason.WRONG_PASSWORD
    assert browser.get("/account/second-factor").status_code == 302


@pytest.mark.parametrize("given", ["", "      ", "000000", "abc", "１２３４５６", "0" * 5000, "²²²²²²"])
def test_nothing_but_the_code_passes(door: Door, given: str) -> None:
    door.second_factor("tochuc")
    browser = door.enter("tochuc")
    assert browser.submit("/account/second-factor", {"code": given}).status_code == 422
    assert browser.get("/account").status_code == 302


def test_a_recovery_code_stands_in_once(door: Door) -> None:
    door.second_factor("tochuc")
    spare = hashing.new_recovery_code()
    with scope.everything():
        db.session.add(
            RecoveryCode(
                account_id=door.province.accounts["tochuc"], code_hash=hashing.token_hash(spare.replace("-", ""))
            )
        )
        db.session.commit()
    browser = door.enter("tochuc")
    assert browser.submit("/account/second-factor", {"code": spare.upper().replace("-", " ")}).status_code == 303
    again = door.enter("tochuc")
    assert again.submit("/account/second-factor", {"code": spare}).status_code == 422
    assert door.verbs("tochuc").count("recovery_code_used") == 1


@pytest.mark.parametrize("damage", [b"", b"not encrypted", None])
def test_a_key_that_cannot_be_read_lets_nobody_in(door: Door, damage: bytes | None) -> None:
    seed = door.second_factor("tochuc")
    door.change("tochuc", totp_secret=damage)
    browser = door.enter("tochuc")
    answer = browser.submit("/account/second-factor", {"code": code(seed)})
    assert answer.status_code == 422
    assert "Không đọc được khóa xác thực" in words(answer)
    assert browser.get("/account").status_code == 302


def test_another_secret_key_lets_nobody_in(door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = door.second_factor("tochuc")
    sealed = hashing.encrypt(seed)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another" * 8)
    assert hashing.decrypt(sealed) is None
    assert seed.encode() not in sealed


def test_a_fault_while_checking_lets_nobody_in(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = door.second_factor("tochuc")
    browser = door.enter("tochuc")

    def fail(_seed: str) -> Any:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(entry, "expected_codes", fail)
        assert browser.submit("/account/second-factor", {"code": code(seed)}).status_code == 500
    assert browser.get("/account").status_code == 302


def test_a_fault_while_loading_lets_nobody_in(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = door.enter("tochuc")

    def fail(*_given: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(login.queries, "find_session_state", fail)
    assert browser.get("/account").status_code == 500


def test_a_waived_account_is_held_to_the_second_factor_where_there_is_no_demo(
    door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = door.enter("sonoivu")
    assert "được miễn bước xác thực thứ hai" in words(browser.get("/account"))
    monkeypatch.setitem(app.config, "DEMO_ALLOWED", False)
    assert browser.get("/account").headers["Location"].startswith("/account/second-factor/setup")


# Bearer tokens at the gate


def test_a_cookie_does_not_count_beside_a_bearer_token(door: Door) -> None:
    browser = door.enter("tochuc")
    answer = browser.post("/logout", headers={"Authorization": "Bearer nothing"})
    assert answer.headers["Location"].startswith("/login?next=")
    assert browser.get("/account").status_code == 200


def test_a_role_nobody_knows_gives_nothing(door: Door) -> None:
    state: dict[str, Any] = {
        "account_id": 1, "username": "x", "name": "X", "person_id": None, "agency_name": "A", "locale": "vi",
        "theme": "auto", "must_change_password": False, "password_changed_at": None, "totp": False, "waived": False,
        "grants": [{"role": "superuser", "agency_id": 1}], "permissions": ["everything"],
    }  # fmt: skip
    with door.province.app.test_request_context():
        found = login._user(state, "")
    assert found.actor.grants == ()
    assert found.actor.limited_to == frozenset()
