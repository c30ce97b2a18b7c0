"""Entry: a name and a password, then the second factor. Every doubt is a no, and every no looks the same.

These run inside `scope.everything()`, since nobody is known yet, and *return* the refusal instead of raising it: the
counted failure must be committed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyotp
from sqlalchemy import select

from hrms.accounts import rules
from hrms.accounts.models import Account, RecoveryCode
from hrms.accounts.rules import LockReason
from hrms.accounts.services import addresses, hashing, sessions
from hrms.accounts.services.trail import locked, note
from hrms.core import clock, settings
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.rules import N_, Problem

STEP_SECONDS = 30
_REFUSED = Problem(
    "",
    "sign_in_refused",
    N_(
        "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. Sau %(most)s lần sai liên tiếp, tài khoản"
        " bị khóa %(hours)s giờ; cần mở sớm hơn, hãy liên hệ quản trị viên."
    ),
)
_WRONG_CODE = Problem(
    "code", "wrong_code", N_("Mã không đúng hoặc đã dùng rồi. Hãy chờ mã mới trên điện thoại rồi nhập lại.")
)
_UNREADABLE = Problem(
    "code",
    "second_factor_unreadable",
    N_("Không đọc được khóa xác thực của tài khoản này. Hãy nhờ quản trị viên đặt lại bước xác thực thứ hai."),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of an attempt: a fresh session's token, or the problem to show."""

    token: str | None = None
    account_id: int | None = None
    problem: Problem | None = None


def sign_in(
    actor: Actor, username: str, password: str, *, address: str, browser: str, old_token: str | None = None
) -> Entry:
    """Try a name and a password; a right pair opens a session, which may still owe the second factor.

    Unknown, closed and locked names cost the same work and get the same sentence as a wrong password. Five wrong ones
    in a row lock the account (QCVN 12:2026/BCA 3.6.2.1.9); the count is kept under the row's lock, so that attempts
    made at once count too, and ends only with a complete sign-in. An address with too many failures is asked to wait
    before anything is looked at.
    """
    problem = addresses.too_many(address)
    if problem is not None:
        return Entry(problem=problem)
    name = username.strip().lower()
    account = None
    if rules.USERNAME.fullmatch(name):
        found = db.session.scalar(select(Account.id).where(Account.username == name))
        account = locked(found) if found is not None else None
    if account:
        unlock_if_due(actor, account)
    usable = account is not None and account.closed_at is None and account.locked_at is None
    right = hashing.fits(account.password_hash if account else None, password)
    if account is None or not usable or not right:
        if account is None or not usable:
            note(actor, "sign_in_failed", account, after={"address": address})
        else:
            count_failure(actor, account, address)
        addresses.tell(actor, address)
        db.session.flush()
        params = {"most": settings.get("accounts.lock_after"), "hours": settings.get("accounts.unlock_hours")}
        return Entry(problem=Problem(_REFUSED.field, _REFUSED.code, _REFUSED.text, params))
    if account.password_hash and hashing.outdated(account.password_hash):
        account.password_hash = hashing.hash_password(password)
    sessions.end_by_token(old_token)
    if account.totp_confirmed_at is None:
        _entered(actor, account, address)
    token = sessions.open_session(account.id, address, browser)
    return Entry(token=token, account_id=account.id)


def give_second_factor(
    actor: Actor, account_id: int, code: str, *, address: str, browser: str, old_token: str
) -> Entry:
    """Try a code of the authenticator, or a recovery code; a right one opens a session that has given both factors.

    A code is good once (its time step is remembered), wrong ones count like wrong passwords. Whatever goes wrong
    leaves the session as it was: outside.
    """
    limited = addresses.too_many(address)
    if limited is not None:
        return Entry(problem=limited)
    account = locked(account_id)
    if account.closed_at is not None or account.locked_at is not None or account.totp_confirmed_at is None:
        return Entry(problem=_WRONG_CODE)
    problem = _check_code(actor, account, code)
    if problem is not None:
        count_failure(actor, account, address)
        addresses.tell(actor, address)
        db.session.flush()
        return Entry(problem=problem)
    sessions.end_by_token(old_token)
    _entered(actor, account, address)
    token = sessions.open_session(account.id, address, browser, second_factor=True)
    return Entry(token=token, account_id=account.id)


def _check_code(actor: Actor, account: Account, code: str) -> Problem | None:
    """Use up a code; the account's row is locked, so two uses of one code cannot both pass."""
    given = "".join(code.split())
    if given.isascii() and given.isdigit():
        seed = hashing.decrypt(account.totp_secret)
        if seed is None:
            return _UNREADABLE
        step = rules.matched_step(given, expected_codes(seed), account.totp_last_step)
        if step is None:
            return _WRONG_CODE
        account.totp_last_step = step
        return None
    spare = db.session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == hashing.token_hash(given.replace("-", "").lower()),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if spare is None:
        return _WRONG_CODE
    spare.used_at = clock.now()
    note(actor, "recovery_code_used", account)
    return None


def expected_codes(seed: str) -> list[tuple[int, str]]:
    """Return (time step, code) of the present half minute and of the one on either side, for clocks that differ."""
    now = int(clock.now().timestamp()) // STEP_SECONDS
    return [(step, pyotp.TOTP(seed).generate_otp(step)) for step in (now - 1, now, now + 1)]


def check_code(actor: Actor, account: Account, code: str) -> Problem | None:
    """Use up a code of somebody already inside, for a change that asks for it again; None when it was right."""
    sessions.own_account(actor)
    return _check_code(actor, account, code)


def count_failure(actor: Actor, account: Account, address: str) -> None:
    """Count a wrong password or code of an account whose row is locked; the last one allowed locks the account."""
    account.failed_count += 1
    note(actor, "sign_in_failed", account, after={"address": address, "failed": account.failed_count})
    if account.failed_count >= int(settings.get("accounts.lock_after")):
        account.locked_at = clock.now()
        account.lock_reason = LockReason.WRONG_PASSWORD
        note(Actor.system(), "locked", account, reason=LockReason.WRONG_PASSWORD)


def unlock_if_due(actor: Actor, account: Account) -> bool:
    """Open a lock that has lasted long enough (not before 12 hours, 3.6.2.1.9.3); the row is locked by the caller."""
    opens = rules.unlocks_at(account.lock_reason, account.locked_at, int(settings.get("accounts.unlock_hours")))
    if opens is None or clock.now() < opens:
        return False
    account.locked_at, account.lock_reason, account.failed_count = None, None, 0
    note(Actor.system(via=actor.via), "unlocked", account, reason="due")
    return True


def _entered(actor: Actor, account: Account, address: str) -> None:
    account.failed_count = 0
    account.last_sign_in_at = clock.now()
    who = Actor(account.id, account.display_name, via=actor.via, request_id=actor.request_id)
    note(who, "signed_in", account, after={"address": address})
