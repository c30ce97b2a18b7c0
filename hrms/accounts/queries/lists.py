"""The list of accounts and the parts of one account, under the reader's own scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from hrms.accounts.models import Account, AccountSession, ApiToken, RecoveryCode, RoleGrant
from hrms.accounts.rules import LockReason
from hrms.agencies.models import Agency
from hrms.core import clock, paging, settings
from hrms.core.actor import missing
from hrms.core.dated import at
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page
from hrms.core.permissions import Role
from hrms.core.text import fold

STATES = ("open", "locked", "closed", "idle")


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What the list is narrowed to: words of the names, a state, a role held today, an agency with all under it."""

    q: str = ""
    state: str = ""
    role: str = ""
    agency_id: int | None = None
    idle_since: datetime | None = None
    """What the state `idle` means, when the caller has asked already; see `idle_since()`."""


def _conditions(wanted: AccountFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Account.search_key.contains(word) for word in fold(wanted.q).split()[:6]]
    if wanted.state == "open":
        found += [Account.closed_at.is_(None), Account.locked_at.is_(None)]
    elif wanted.state == "locked":
        found += [Account.closed_at.is_(None), Account.locked_at.is_not(None)]
    elif wanted.state == "closed":
        found.append(Account.closed_at.is_not(None))
    elif wanted.state == "idle":
        since = wanted.idle_since or idle_since()
        found += [Account.closed_at.is_(None), func.coalesce(Account.last_sign_in_at, Account.opened_at) < since]
    if wanted.role:
        held = select(RoleGrant.account_id).where(RoleGrant.role == wanted.role, at(RoleGrant, clock.today()))
        found.append(Account.id.in_(held))
    if wanted.agency_id is not None:
        found.append(Account.scope_ids.contains([wanted.agency_id]))
    return found


def idle_since(days: int | None = None) -> datetime:
    """Return the instant before which an account last used is idle: `days` ago, or as many as the province says."""
    return clock.now() - timedelta(days=int(settings.get("accounts.idle_days")) if days is None else days)


def list_accounts(
    wanted: AccountFilter, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Any]:
    """Return a page of accounts by sign-in name, each with its agency. Raises `Refused` for a made-up cursor."""
    statement = (
        select(
            Account.id, Account.username, Account.display_name, Account.locked_at, Account.lock_reason,
            Account.closed_at, Account.last_sign_in_at, Account.totp_confirmed_at, Account.second_factor_waived,
            Agency.name.label("agency_name"),
        )
        .join(Agency, Agency.id == Account.agency_id)
        .where(*_conditions(wanted))
    )  # fmt: skip
    backwards = after is None and before is not None
    cursor = before if backwards else after
    if cursor:
        (name,) = paging.decode(cursor, 1)
        statement = statement.where(Account.username < str(name) if backwards else Account.username > str(name))
    order = Account.username.desc() if backwards else Account.username
    rows = list(db.session.execute(statement.order_by(order).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    return Page(
        rows,
        paging.encode([rows[-1].username]) if rows and has_next else None,
        paging.encode([rows[0].username]) if rows and has_previous else None,
    )


def count_accounts(wanted: AccountFilter) -> int:
    """Return how many accounts the filter leaves."""
    return int(db.session.scalar(select(func.count()).select_from(Account).where(*_conditions(wanted))) or 0)


def list_roles_of(account_ids: Sequence[int]) -> Mapping[int, list[Role]]:
    """Return the roles each account holds today."""
    held = select(RoleGrant.account_id, RoleGrant.role).distinct()
    held = held.where(RoleGrant.account_id.in_(account_ids), at(RoleGrant, clock.today()))
    found: dict[int, list[Role]] = {account_id: [] for account_id in account_ids}
    known = {role.value: role for role in Role}
    for account_id, role in db.session.execute(held.order_by(RoleGrant.role)):
        if role in known:
            found[account_id].append(known[role])
    return found


def count_bulk_locked() -> int:
    """Return how many visible accounts stand locked for an unusual download."""
    locked = select(func.count()).select_from(Account)
    locked = locked.where(Account.lock_reason == LockReason.BULK_DOWNLOAD, Account.locked_at.is_not(None))
    return int(db.session.scalar(locked.where(Account.closed_at.is_(None))) or 0)


def get_account(account_id: int) -> Account:
    """Return an account. Raises `NotFound` for one that is not there or not for this reader."""
    found = db.session.get(Account, account_id)
    if found is None:
        raise missing("account")
    return found


def list_grants(account_id: int) -> Sequence[Any]:
    """Return what an account holds, will hold and has held, newest first, with the agencies' names."""
    return db.session.execute(
        select(
            RoleGrant.id, RoleGrant.role, RoleGrant.agency_id, RoleGrant.valid_from, RoleGrant.valid_to, RoleGrant.note,
            RoleGrant.recorded_at, RoleGrant.capacity, RoleGrant.actions, Agency.name.label("agency_name"),
            Agency.scope_ids,
        )
        .join(Agency, Agency.id == RoleGrant.agency_id)
        .where(RoleGrant.account_id == account_id, RoleGrant.superseded_at.is_(None))
        .order_by(RoleGrant.valid_from.desc(), RoleGrant.id.desc())
    ).all()  # fmt: skip


def list_sessions(account_id: int) -> Sequence[AccountSession]:
    """Return the sessions of an account that could still be used, newest first."""
    idle = clock.now() - timedelta(minutes=int(settings.get("accounts.idle_minutes")))
    return db.session.scalars(
        select(AccountSession)
        .where(
            AccountSession.account_id == account_id, AccountSession.ended_at.is_(None), AccountSession.seen_at >= idle
        )
        .order_by(AccountSession.id.desc())
    ).all()


def list_tokens(account_id: int) -> Sequence[ApiToken]:
    """Return the tokens of an account: those that work first, then those revoked or expired."""
    works = ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > clock.now())
    order = (works.desc(), ApiToken.id.desc())
    return db.session.scalars(select(ApiToken).where(ApiToken.account_id == account_id).order_by(*order)).all()


def count_recovery_codes(account_id: int) -> int:
    """Return how many recovery codes are left."""
    left = select(func.count()).select_from(RecoveryCode)
    left = left.where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return int(db.session.scalar(left) or 0)


def find_agencies(words: str, roots: Sequence[int], limit: int = 20) -> Sequence[Any]:
    """Return open agencies under `roots` whose name or code has the words, for choosing one."""
    statement = select(Agency.id, Agency.name, Agency.code).where(
        Agency.scope_ids.overlap(list(roots)),
        or_(Agency.closed_on.is_(None), Agency.closed_on > clock.today()),
        *[Agency.search_key.contains(word) for word in fold(words).split()[:8]],
    )
    by_code = select(Agency.id, Agency.name, Agency.code).where(
        Agency.scope_ids.overlap(list(roots)), Agency.code == words.strip().upper()
    )
    exact = db.session.execute(by_code).all()
    return exact or db.session.execute(statement.order_by(Agency.depth, Agency.sort_key).limit(limit)).all()


def get_agency_line(agency_id: int, roots: Sequence[int] | None = None) -> Any:
    """Return id, name, code and scope_ids of an agency, or None: unknown, or not under `roots`."""
    statement = select(Agency.id, Agency.name, Agency.code, Agency.scope_ids).where(Agency.id == agency_id)
    if roots is not None:
        statement = statement.where(Agency.scope_ids.overlap(list(roots)))
    return db.session.execute(statement).one_or_none()
