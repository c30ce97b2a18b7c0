"""The operator's commands, as `hrms account …` runs them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from hrms.accounts.cli import account
from hrms.core.errors import Refused
from tests.accounts.conftest import Door


class Inside:
    """A runtime over the test's own application."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def app(self, *, owner: bool = False) -> Flask:
        del owner
        return self._app


def run(door: Door, *arguments: str) -> Any:
    return account.main(list(arguments), standalone_mode=False, obj=Inside(door.province.app))


def test_the_first_administrator_is_made_here(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    made = run(door, "create", "quantri", "--role", "admin", "--agency", "H13")
    assert made["account"] == "quantri"
    assert made["password"] in capsys.readouterr().err
    answer = door.enter("quantri", made["password"]).get("/accounts")
    assert answer.headers["Location"].startswith("/account/password")


def test_the_password_may_come_from_standard_input(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Tu-Dau-Vao-1\n"))
    made = run(door, "create", "quantri", "--role", "admin", "--agency", "H13", "--password-stdin")
    assert "password" not in made
    assert door.knock("quantri", "Tu-Dau-Vao-1").status_code == 303
    monkeypatch.setattr("sys.stdin", io.StringIO("ngan\n"))
    with pytest.raises(Refused):
        run(door, "create", "quantri2", "--role", "admin", "--agency", "H13", "--password-stdin")


def test_a_token_of_the_command_line_works_at_once(door: Door) -> None:
    made = run(door, "token", "tochuc", "--days", "3")
    bearer = {"Authorization": f"Bearer {made['token']}"}
    answer = door.browser().get("/api/v1/account", headers=bearer)
    assert answer.json["id"] == door.province.accounts["tochuc"]
    assert answer.json["roles"] == [{"role": "hr_agency", "agency_id": door.province.agencies["B"]}]
    assert "people.view" in answer.json["permissions"]
    limited = run(door, "token", "tochuc", "--permission", "agencies.view")
    bearer = {"Authorization": f"Bearer {limited['token']}"}
    assert door.browser().get("/api/v1/account", headers=bearer).json["permissions"] == ["agencies.view"]


def test_a_locked_account_is_opened(door: Door) -> None:
    for _attempt in range(5):
        door.knock("tochuc", "sai")
    run(door, "unlock", "tochuc")
    assert door.knock("tochuc").status_code == 303


def test_accounts_are_listed_for_review(door: Door) -> None:
    found = {row["username"]: row for row in run(door, "list")["accounts"]}
    assert set(found) == set(door.province.accounts)
    assert found["tochuc"]["roles"] == ["hr_agency"]
    assert run(door, "list", "--state", "closed") == {"accounts": []}


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "moi", "--role", "admin", "--agency", "H99"),
        ("create", "tochuc", "--role", "admin", "--agency", "H13"),
        ("create", "Tên Có Dấu", "--role", "admin", "--agency", "H13"),
        ("token", "khong-co"),
        ("unlock", "tochuc"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(door: Door, arguments: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        run(door, *arguments)
