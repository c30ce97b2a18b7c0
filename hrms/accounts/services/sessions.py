"""Sessions: a row per sign-in on one browser, opened, renewed and ended; who may enter is decided in `sign_in`."""

from __future__ import annotations

from sqlalchemy import select, update

from hrms.accounts.models import AccountSession
from hrms.accounts.services import hashing
from hrms.accounts.services.trail import locked, note
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem


def own_account(actor: Actor) -> int:
    """Return the actor's account; raises `Forbidden` for whoever has none (the program itself, a stranger)."""
    if actor.account_id is None:
        raise Forbidden(Problem("", "forbidden", N_("Việc này chỉ người đang đăng nhập tự làm được.")))
    return actor.account_id


def open_session(account_id: int, address: str, browser: str, *, second_factor: bool = False) -> str:
    """Add a session and return its token, which is kept as a hash only."""
    token = hashing.new_token()
    now = clock.now()
    db.session.add(
        AccountSession(
            account_id=account_id,
            token_hash=hashing.token_hash(token),
            started_at=now,
            seen_at=now,
            second_factor_at=now if second_factor else None,
            address=address[:64],
            browser=browser[:300],
        )
    )
    db.session.flush()
    return token


def end_by_token(token: str | None) -> None:
    """End the session a cookie names; a new one takes its place, so an old cookie is worth nothing (fixation)."""
    if token:
        db.session.execute(
            update(AccountSession)
            .where(AccountSession.token_hash == hashing.token_hash(token), AccountSession.ended_at.is_(None))
            .values(ended_at=clock.now())
        )


def end_all(account_id: int, *, except_token: str | None = None) -> int:
    """End every session of an account and return how many there were; `except_token` names one to keep."""
    statement = update(AccountSession).where(AccountSession.account_id == account_id, AccountSession.ended_at.is_(None))
    if except_token:
        statement = statement.where(AccountSession.token_hash != hashing.token_hash(except_token))
    return len(db.session.scalars(statement.values(ended_at=clock.now()).returning(AccountSession.id)).all())


def sign_out(actor: Actor, token: str) -> None:
    """End the session of this browser."""
    account = locked(own_account(actor))
    end_by_token(token)
    note(actor, "signed_out", account)


def end_session(actor: Actor, session_id: int) -> None:
    """End one of one's own sessions, on any browser. Raises `NotFound`."""
    account = locked(own_account(actor))
    found = db.session.scalar(
        select(AccountSession).where(
            AccountSession.id == session_id, AccountSession.account_id == account.id, AccountSession.ended_at.is_(None)
        )
    )
    if found is None:
        raise missing("session")
    found.ended_at = clock.now()
    note(actor, "session_ended", account, after={"address": found.address, "sessions": 1})


def end_other_sessions(actor: Actor, token: str) -> int:
    """End all one's own sessions but that of this browser; returns how many."""
    account = locked(own_account(actor))
    count = end_all(account.id, except_token=token)
    if count:
        note(actor, "session_ended", account, after={"sessions": count})
    return count


def end_sessions_of(actor: Actor, account_id: int) -> int:
    """End all sessions of an account one keeps; returns how many."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    account = locked(account_id)
    actor.require(Permission.ACCOUNTS_MANAGE, at=account.scope_ids)
    count = end_all(account.id)
    if count:
        note(actor, "session_ended", account, after={"sessions": count})
    return count
