"""The second factor (TOTP, RFC 6238) with recovery codes: set up by its owner, reset by an administrator."""

from __future__ import annotations

from dataclasses import dataclass

import pyotp
from sqlalchemy import delete

from hrms.accounts import rules
from hrms.accounts.models import Account, RecoveryCode
from hrms.accounts.services import hashing, sessions
from hrms.accounts.services.entry import Entry, check_code, count_failure, expected_codes
from hrms.accounts.services.reach import not_oneself, require_over
from hrms.accounts.services.trail import locked, note
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem

ISSUER = "CBCCVC"
RECOVERY_CODES = 10
_SET_ALREADY = Problem("", "second_factor_set", N_("Tài khoản đã có bước xác thực thứ hai."))
_NOT_SET = Problem("", "second_factor_not_set", N_("Tài khoản chưa có bước xác thực thứ hai."))
_WRONG = Problem(
    "code",
    "wrong_code",
    N_("Mã không khớp với khóa này. Hãy xem lại giờ của điện thoại, chờ mã mới rồi nhập lại."),
)


@dataclass(frozen=True, slots=True)
class Key:
    """What an authenticator takes: the address behind the square picture, and the same key to type."""

    address: str
    secret: str


def offer_second_factor(actor: Actor) -> Key:
    """Return the key to put into an authenticator, made at the first call; it counts only once it is confirmed."""
    account = locked(sessions.own_account(actor))
    if account.totp_confirmed_at is not None:
        raise Refused(_SET_ALREADY)
    secret = hashing.decrypt(account.totp_secret)
    if secret is None:
        secret = pyotp.random_base32()
        account.totp_secret = hashing.encrypt(secret)
        db.session.flush()
    return Key(pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER), secret)


def confirm_second_factor(actor: Actor, code: str, *, address: str, browser: str) -> tuple[Entry, list[str]]:
    """Take the key into use, proved by a first code; returns a fresh session, and the recovery codes once."""
    account = locked(sessions.own_account(actor))
    if account.totp_confirmed_at is not None:
        raise Refused(_SET_ALREADY)
    secret = hashing.decrypt(account.totp_secret)
    step = rules.matched_step("".join(code.split()), expected_codes(secret), None) if secret else None
    if step is None:
        raise Refused(_WRONG)
    account.totp_confirmed_at = clock.now()
    account.totp_last_step = step
    codes = _new_codes(account)
    sessions.end_all(account.id)
    note(actor, "second_factor_set", account)
    fresh = sessions.open_session(account.id, address, browser, second_factor=True)
    return Entry(token=fresh, account_id=account.id), codes


def renew_recovery_codes(actor: Actor, code: str, *, address: str) -> tuple[Problem | None, list[str]]:
    """Make the recovery codes anew; the old ones die. A wrong code counts and is returned."""
    account, problem = _proved(actor, code, address)
    if problem:
        return problem, []
    codes = _new_codes(account)
    note(actor, "recovery_codes_renewed", account)
    db.session.flush()
    return None, codes


def remove_second_factor(actor: Actor, code: str, *, address: str) -> Problem | None:
    """Take one's own second factor off, to set it up on another telephone. A wrong code counts and is returned."""
    account, problem = _proved(actor, code, address)
    if problem is None:
        _clear(account)
        note(actor, "second_factor_removed", account)
        db.session.flush()
    return problem


def reset_second_factor(actor: Actor, account_id: int) -> None:
    """Take the second factor off somebody's account who lost the telephone and the codes; all sessions end."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    account = locked(account_id)
    require_over(actor, account)
    not_oneself(actor, account)
    if account.totp_secret is None:
        raise Refused(_NOT_SET)
    _clear(account)
    sessions.end_all(account.id)
    note(actor, "second_factor_reset", account)


def _proved(actor: Actor, code: str, address: str) -> tuple[Account, Problem | None]:
    account = locked(sessions.own_account(actor))
    if account.totp_confirmed_at is None:
        raise Refused(_NOT_SET)
    problem = check_code(actor, account, code)
    if problem:
        count_failure(actor, account, address)
        db.session.flush()
    return account, problem


def _clear(account: Account) -> None:
    account.totp_secret, account.totp_confirmed_at, account.totp_last_step = None, None, None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def _new_codes(account: Account) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [hashing.new_recovery_code() for _place in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(account_id=account.id, code_hash=hashing.token_hash(code.replace("-", ""))) for code in codes
    )
    return codes
