"""Failed sign-ins from one network address: added up over all names, told once, believed of no stranger."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix

from hrms.accounts.services.addresses import place_of
from hrms.core import scope
from hrms.core.db import db
from hrms.core.models import Setting
from tests.accounts.conftest import PASSWORD, Door, words


@pytest.fixture(autouse=True)
def strict(door: Door) -> None:
    """Let three failures be too many."""
    with scope.everything():
        db.session.add(Setting(name="accounts.address_failures", value=3, note="thử"))
        db.session.add(Setting(name="accounts.address_minutes", value=15, note="thử"))
        db.session.commit()


def knock(door: Door, username: str, password: str = PASSWORD, *, address: str, **headers: str) -> Any:
    browser = door.province.client(None)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.submit(
        "/login", {"username": username, "password": password}, environ_overrides={"REMOTE_ADDR": address}, headers=sent
    )


def test_many_names_from_one_address_are_asked_to_wait(door: Door) -> None:
    for name in ("tochuc", "khong-co", "thutruong"):
        assert knock(door, name, "sai", address="203.0.113.7").status_code == 422
    answer = knock(door, "sonoivu", address="203.0.113.7")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Có 3 lần đăng nhập sai từ địa chỉ mạng của bạn trong 15 phút" in words(answer)
    assert knock(door, "sonoivu", address="203.0.113.8").status_code == 303, "another address is not concerned"
    told = [event for event in door.events() if event.action == "account.address_limited"]
    assert [event.after for event in told] == [{"address": "203.0.113.7", "failed": 3, "minutes": 15}]
    for _again in range(2):
        knock(door, "tochuc", "sai", address="203.0.113.7")
    assert len([e for e in door.events() if e.action == "account.sign_in_failed"]) == 3
    assert door.account("tochuc").failed_count == 1, "what was not looked at is not counted against the account"
    page = door.province.client("sonoivu").get("/audit?entity=account").text
    assert "tạm không nhận đăng nhập từ 203.0.113.7 sau 3 lần sai trong 15 phút" in page


def test_the_wait_ends_when_the_failures_are_old(door: Door) -> None:
    for _time in range(3):
        knock(door, "khong-co", "sai", address="203.0.113.7")
    assert knock(door, "tochuc", address="203.0.113.7").status_code == 429
    with scope.everything():
        setting = db.session.get_one(Setting, "accounts.address_minutes")
        setting.value = 0  # fifteen minutes later, without waiting for them
        db.session.commit()
    assert knock(door, "tochuc", address="203.0.113.7").status_code == 303


def test_codes_count_like_passwords(door: Door) -> None:
    door.second_factor("tochuc")
    browser = door.enter("tochuc")
    for _time in range(3):
        assert browser.submit("/account/second-factor", {"code": "000000"}).status_code == 422
    answer = browser.submit("/account/second-factor", {"code": "000000"})
    assert answer.status_code == 429
    assert "tạm chưa nhận đăng nhập" in words(answer)


def test_an_address_a_stranger_only_claims_is_not_believed(door: Door) -> None:
    for n in range(3):
        knock(door, "khong-co", "sai", address="203.0.113.7", X_Forwarded_For=f"198.51.100.{n}")
    answer = knock(door, "tochuc", address="203.0.113.7", X_Forwarded_For="198.51.100.99")
    assert answer.status_code == 429


def test_behind_a_proxy_of_our_own_the_last_hop_alone_counts(door: Door) -> None:
    app = door.province.app
    plain = app.wsgi_app
    app.wsgi_app = ProxyFix(plain, x_for=1)  # type: ignore[method-assign] # as create_app() does for HRMS_PROXIES=1
    try:
        for n in range(3):
            claimed = f"198.51.100.{n}, 203.0.113.7"
            assert knock(door, "khong-co", "sai", address="10.0.0.1", X_Forwarded_For=claimed).status_code == 422
        assert knock(door, "tochuc", address="10.0.0.1", X_Forwarded_For="1.1.1.1, 203.0.113.7").status_code == 429
        assert knock(door, "tochuc", address="10.0.0.1", X_Forwarded_For="203.0.113.8").status_code == 303
    finally:
        app.wsgi_app = plain  # type: ignore[method-assign] # as it was


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_line_is_one_place(address: str, place: str) -> None:
    assert place_of(address) == place
