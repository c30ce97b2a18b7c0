"""What closes and locks accounts by itself: a holder who leaves, days without a sign-in, an unusual download."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import func, select, text, update

from hrms.accounts.models import Account, ApiToken
from hrms.accounts.rules import LockReason
from hrms.accounts.services import sessions
from hrms.accounts.services.entry import unlock_if_due
from hrms.accounts.services.keeping import shut
from hrms.accounts.services.trail import locked, note
from hrms.agencies.models import Agency
from hrms.audit.models import ReadMark
from hrms.core import clock, scope, settings
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission


def close_for_people(actor: Actor, person_ids: Collection[int], reason: str) -> int:
    """Close the accounts of people who left or moved, in the transaction that records it; returns how many.

    The rights of an account end the same day as the place they came with (TT 19/2026/TT-BNV: thu hồi tài khoản khi
    nghỉ hưu, chuyển công tác, thôi việc). Whoever may record the fact does this with it, without seeing the account.
    """
    actor.require(Permission.PEOPLE_FACT)
    db.session.flush()
    if not person_ids:
        return 0
    with scope.everything():
        held = select(Account.id).where(Account.person_id.in_(person_ids), Account.closed_at.is_(None))
        found = db.session.scalars(held.order_by(Account.id)).all()
        for account_id in found:
            shut(actor, locked(account_id), reason)
        db.session.flush()
    return len(found)


def check_bulk(actor: Actor) -> bool:
    """Lock the actor's own account when it took out more records within the hour than the province allows.

    Call it after `mark_read`, in the same transaction. True means: just locked, all sessions ended, administrators
    alerted; the caller commits that and hands nothing over (TT 19/2026/TT-BNV: khóa khi tải xuống bất thường).
    """
    if actor.account_id is None:
        return False
    taken = select(func.coalesce(func.sum(ReadMark.rows), 0)).where(
        ReadMark.account_id == actor.account_id, ReadMark.at > func.clock_timestamp() - text("interval '1 hour'")
    )
    rows = int(db.session.scalar(taken) or 0)
    most = int(settings.get("accounts.bulk_rows_per_hour"))
    if rows <= most:
        return False
    account = locked(actor.account_id)
    if account.locked_at is None:
        account.locked_at, account.lock_reason = clock.now(), LockReason.BULK_DOWNLOAD
        sessions.end_all(account.id)
        db.session.flush()
        after = {"rows": rows, "most": most}
        note(Actor.system(via=actor.via), "locked", account, after=after, reason=LockReason.BULK_DOWNLOAD)
    return True


def watch_accounts(actor: Actor) -> int:
    """Open locks that are due and lock accounts idle too long (45 days, QCVN 12:2026/BCA 3.7.2.5); part of the day's
    work, within `scope.everything()`. Accounts of the demo province stay open. Returns how many were locked.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    waiting = select(Account.id).where(Account.lock_reason == LockReason.WRONG_PASSWORD, Account.locked_at.is_not(None))
    for account_id in db.session.scalars(waiting.order_by(Account.id)).all():
        unlock_if_due(actor, locked(account_id))
    idle_since = clock.now() - timedelta(days=int(settings.get("accounts.idle_days")))
    used = select(ApiToken.id).where(ApiToken.account_id == Account.id, ApiToken.used_at >= idle_since)
    idle = select(Account.id).where(
        Account.closed_at.is_(None),
        Account.locked_at.is_(None),
        Account.second_factor_waived.is_(False),
        func.coalesce(Account.last_sign_in_at, Account.opened_at) < idle_since,
        Account.opened_at < idle_since,
        ~used.exists(),
    )
    found = db.session.scalars(idle.order_by(Account.id)).all()
    for account_id in found:
        account = locked(account_id)
        account.locked_at, account.lock_reason = clock.now(), LockReason.IDLE
        sessions.end_all(account.id)
        note(actor, "locked", account, reason=LockReason.IDLE)
    db.session.flush()
    return len(found)


def follow_tree(agency_ids: Sequence[int]) -> None:
    """Give accounts the new place of their agency in the tree, in the transaction that moved it."""
    db.session.flush()
    with scope.everything():
        db.session.execute(
            update(Account)
            .where(Account.agency_id == Agency.id, Agency.id.in_(agency_ids), Account.scope_ids != Agency.scope_ids)
            .values(scope_ids=Agency.scope_ids)
            .execution_options(synchronize_session=False)
        )
