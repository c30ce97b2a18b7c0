"""API tokens: made by their owner, shown once, never more than the account, a year at most, revoked at any time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update

from hrms.accounts import rules
from hrms.accounts.models import ApiToken
from hrms.accounts.services import hashing
from hrms.accounts.services.reach import require_over
from hrms.accounts.services.trail import locked, note
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc

PREFIX = "hrms_"
"""So that a token found in a file or a message is known for what it is."""


def create_token(
    actor: Actor, account_id: int, name: str, expires_on: date, permissions: Collection[Permission] | None = None
) -> str:
    """Make a token of one's own account and return it, this once; it works to the end of `expires_on`.

    `permissions` lets it do less than the account; None all. Nobody makes one for another: a token opens what its
    account may see. (The program itself may, at the operator's command line.)
    """
    if not actor.is_system and actor.account_id != account_id:
        raise Forbidden(Problem("", "forbidden", N_("Mã truy cập chỉ do chính người giữ tài khoản tạo.")))
    account = locked(account_id)
    said = nfc(name)
    problems = rules.token_problems(said, expires_on, clock.today())
    if account.closed_at is not None:
        problems.append(Problem("", "account_closed", N_("Tài khoản này đã đóng, không tạo được mã truy cập.")))
    kept = None
    if permissions is not None:
        kept = sorted(permission.value for permission in permissions)
        beyond = [p for p in permissions if not actor.may(p)]
        if beyond or not kept:
            text = N_("Hãy chọn ít nhất một quyền, và chỉ trong những quyền tài khoản đang có.")
            problems.append(Problem("permissions", "permissions", text))
    if problems:
        raise Refused(*problems)
    token = PREFIX + hashing.new_token()
    expires_at = datetime.combine(expires_on + timedelta(days=1), time(), clock.ZONE)
    db.session.add(
        ApiToken(
            account_id=account.id,
            name=said,
            token_hash=hashing.token_hash(token),
            permissions=kept,
            created_at=clock.now(),
            expires_at=expires_at,
        )
    )
    db.session.flush()
    note(actor, "token_created", account, after={"name": said, "expires_on": expires_on, "permissions": kept})
    return token


def revoke_token(actor: Actor, account_id: int, token_id: int) -> None:
    """Revoke a token of one's own, or of an account one keeps. Raises `NotFound`, `Forbidden`."""
    account = locked(account_id)
    if actor.account_id != account.id:
        require_over(actor, account)
    found = db.session.scalar(
        select(ApiToken).where(
            ApiToken.id == token_id, ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None)
        )
    )
    if found is None:
        raise missing("token")
    found.revoked_at = clock.now()
    note(actor, "token_revoked", account, after={"name": found.name})


def revoke_all(account_id: int) -> None:
    """Revoke every token of an account whose row is locked by the caller."""
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
