"""Passwords: changed by their owner, set anew by an administrator, measured by the rules, kept as hashes."""

from __future__ import annotations

from sqlalchemy import delete, select

from hrms.accounts import rules
from hrms.accounts.models import Account, AccountSession, PasswordMemory
from hrms.accounts.services import hashing, sessions
from hrms.accounts.services.entry import Entry, count_failure
from hrms.accounts.services.reach import not_oneself, require_over
from hrms.accounts.services.tokens import revoke_all
from hrms.accounts.services.trail import locked, note
from hrms.core import clock, settings
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem

_WRONG = Problem("current", "wrong_password", N_("Mật khẩu đang dùng không đúng. Hãy nhập lại."))
_SAME = Problem("again", "not_the_same", N_("Hai lần nhập mật khẩu mới khác nhau. Hãy nhập lại."))


def change_password(
    actor: Actor, current: str, password: str, again: str, *, address: str, browser: str, token: str
) -> Entry:
    """Change one's own password; every other session ends, and this one gets a fresh token.

    A wrong present password is counted like one at sign-in and returned, so that the count is kept; a new password
    that breaks the rules raises `Refused` (QCVN 12:2026/BCA 3.7.2.6).
    """
    account = locked(sessions.own_account(actor))
    if account.locked_at is not None or not hashing.fits(account.password_hash, current):
        if account.locked_at is None:
            count_failure(actor, account, address)
            db.session.flush()
        return Entry(problem=_WRONG)
    problems = _problems(account, password)
    if password != again:
        problems.append(_SAME)
    if problems:
        raise Refused(*problems)
    gave_second = db.session.scalar(
        select(AccountSession.second_factor_at).where(AccountSession.token_hash == hashing.token_hash(token))
    )
    set_password(account, password, must_change=False)
    account.failed_count = 0
    sessions.end_all(account.id)
    note(actor, "password_changed", account)
    fresh = sessions.open_session(account.id, address, browser, second_factor=gave_second is not None)
    return Entry(token=fresh, account_id=account.id)


def reset_password(actor: Actor, account_id: int) -> str:
    """Give an account a first password again, to be changed at the next sign-in, and return it.

    All sessions end, and all API tokens: whoever could sign in before may have made one.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    account = locked(account_id)
    require_over(actor, account)
    not_oneself(actor, account)
    password = hashing.new_password(int(settings.get("accounts.password_length")))
    set_password(account, password, must_change=True)
    if account.lock_reason == rules.LockReason.WRONG_PASSWORD:
        account.locked_at, account.lock_reason = None, None
    account.failed_count = 0
    sessions.end_all(account.id)
    revoke_all(account.id)
    note(actor, "password_reset", account)
    return password


def set_password(account: Account, password: str, *, must_change: bool) -> None:
    """Put a new password in the place of the old one, which is remembered so that it cannot come back."""
    if account.password_hash:
        db.session.add(
            PasswordMemory(account_id=account.id, password_hash=account.password_hash, used_until=clock.now())
        )
        db.session.flush()
        keep = int(settings.get("accounts.password_memory"))
        old = select(PasswordMemory.id).where(PasswordMemory.account_id == account.id)
        old = old.order_by(PasswordMemory.id.desc()).offset(keep)
        db.session.execute(delete(PasswordMemory).where(PasswordMemory.id.in_(old)))
    account.password_hash = hashing.hash_password(password)
    account.password_changed_at = clock.now()
    account.must_change_password = must_change


def require_password(username: str, password: str) -> None:
    """Raise `Refused` when a first password breaks the rules."""
    problems = rules.password_problems(password, username, int(settings.get("accounts.password_length")))
    if problems:
        raise Refused(*problems)


def _problems(account: Account, password: str) -> list[Problem]:
    problems = rules.password_problems(password, account.username, int(settings.get("accounts.password_length")))
    if problems:
        return problems
    count = int(settings.get("accounts.password_memory"))
    remembered = select(PasswordMemory.password_hash).where(PasswordMemory.account_id == account.id)
    hashes = [
        account.password_hash,
        *db.session.scalars(remembered.order_by(PasswordMemory.id.desc()).limit(count - 1)),
    ]
    if any(hashing.fits(known, password) for known in hashes if known):
        text = N_("Mật khẩu này đã dùng trong %(count)s lần gần nhất. Hãy đặt mật khẩu khác.")
        problems.append(Problem("password", "password_used", text, {"count": count}))
    return problems
