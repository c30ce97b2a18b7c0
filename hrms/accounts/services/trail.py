"""The account's part of the audit trail, and the lock every change of an account takes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text

from hrms.accounts.models import Account
from hrms.audit import services as audit
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db

_ROOTS = text("SELECT id FROM agencies WHERE parent_id IS NULL")


def locked(account_id: int) -> Account:
    """Return the account, its row locked until the end of the transaction. Raises `NotFound`."""
    found = db.session.scalar(
        select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("account")
    return found


def note(
    actor: Actor,
    verb: str,
    account: Account | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Append `account.<verb>`; an event about no known account goes to those who keep the whole tree's accounts."""
    scope_ids = account.scope_ids if account else [EVERYTHING, *db.session.scalars(_ROOTS)]
    after = dict(after or {})
    if account:
        after.setdefault("username", account.username)
    audit.record(
        actor,
        f"account.{verb}",
        "account",
        account.id if account else None,
        scope_ids=scope_ids,
        agency_id=account.agency_id if account else None,
        before=before,
        after=after,
        reason=reason,
    )
