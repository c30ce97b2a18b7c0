"""The accounts' tests: a small province, passwords hashed at the least cost, a way to sign in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from hrms.accounts.models import Account
from hrms.accounts.services import hashing
from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.db import db
from tests.client import Browser
from tests.province import Province

PASSWORD = "Dung-Mat-Khau-7"


@pytest.fixture(autouse=True)
def cheap_hashing(app: Flask) -> Iterator[None]:
    app.config["PASSWORD_HASHING"] = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}
    app.extensions.pop("hrms.hasher", None)
    yield
    del app.config["PASSWORD_HASHING"]
    app.extensions.pop("hrms.hasher", None)


@dataclass
class Door:
    """The province with a password on every account."""

    province: Province

    def change(self, username: str, **values: Any) -> None:
        with scope.everything():
            db.session.execute(update(Account).where(Account.username == username).values(**values))
            db.session.commit()

    def account(self, username: str) -> Account:
        with scope.everything():
            found = db.session.scalars(
                select(Account).where(Account.username == username).execution_options(populate_existing=True)
            ).one()
            db.session.commit()
        return found

    def events(self, username: str | None = None) -> list[AuditEvent]:
        with scope.everything():
            wanted = select(AuditEvent).where(AuditEvent.entity == "account").order_by(AuditEvent.id)
            if username is not None:
                wanted = wanted.where(AuditEvent.entity_id == self.province.accounts[username])
            found = list(db.session.scalars(wanted))
            db.session.commit()
        return found

    def verbs(self, username: str | None = None) -> list[str]:
        return [event.action.removeprefix("account.") for event in self.events(username)]

    def browser(self) -> Browser:
        return self.province.client(None)

    def knock(
        self, username: str, password: str = PASSWORD, *, browser: Browser | None = None, **more: str
    ) -> TestResponse:
        return (browser or self.browser()).submit("/login", {"username": username, "password": password, **more})

    def enter(self, username: str, password: str = PASSWORD) -> Browser:
        browser = self.browser()
        answer = self.knock(username, password, browser=browser)
        assert answer.status_code == 303, answer.text
        return browser

    def second_factor(self, username: str) -> str:
        """Give the account a confirmed second factor and return its seed."""
        seed = pyotp.random_base32()
        self.change(username, totp_secret=hashing.encrypt(seed), totp_confirmed_at=clock.now(), totp_last_step=None)
        return seed


def code(seed: str, steps: int = 0) -> str:
    return pyotp.TOTP(seed).generate_otp(int(clock.now().timestamp()) // 30 + steps)


def words(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def door(province: Province) -> Door:
    made = Door(province)
    known = hashing.hash_password(PASSWORD)
    with scope.everything():
        db.session.execute(update(Account).values(password_hash=known))
        db.session.commit()
    return made
