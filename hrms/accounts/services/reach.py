"""How far whoever keeps accounts may reach: never into an account that can do more than they oversee."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_, select

from hrms.accounts.models import Account, RoleGrant
from hrms.agencies.models import Agency
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission, Role
from hrms.core.rules import N_, Problem


def require_over(actor: Actor, account: Account, permission: Permission = Permission.ACCOUNTS_MANAGE) -> None:
    """Raise `Forbidden` unless the actor holds the permission at the account's agency and at each agency it is granted.

    Whoever sets a password anew can sign in with it: keeping the accounts of one agency must not open a larger one.
    """
    actor.require(permission, at=account.scope_ids)
    granted = (
        select(Agency.scope_ids)
        .join(RoleGrant, RoleGrant.agency_id == Agency.id)
        .where(RoleGrant.account_id == account.id, current_or_coming(clock.today()))
    )
    for scope_ids in db.session.scalars(granted):
        actor.require(permission, at=scope_ids)


def current_or_coming(today: date) -> ColumnElement[bool]:
    """Return the condition "a grant in force on `today` or later"."""
    return RoleGrant.superseded_at.is_(None) & or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > today)


def not_oneself(actor: Actor, account: Account) -> None:
    """Raise `Refused` when somebody would do to their own account what another should watch over."""
    if actor.account_id == account.id:
        text = N_("Không tự làm việc này với tài khoản của chính mình. Hãy nhờ một quản trị viên khác.")
        raise Refused(Problem("", "own_account", text))


def not_last_admin(account: Account, except_grant: int | None = None) -> None:
    """Raise `Refused` when nobody else would be left to administer: the last such grant of the last open account."""
    today = clock.today()
    db.session.flush()
    others = (
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == Role.ADMIN,
            RoleGrant.superseded_at.is_(None),
            RoleGrant.valid_from <= today,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > today),
            Account.closed_at.is_(None),
            RoleGrant.id != except_grant if except_grant is not None else RoleGrant.account_id != account.id,
        )
        .limit(1)
    )
    with scope.everything():  # an administrator of a part does not see those of the whole
        left = db.session.scalar(others)
    if left is None:
        text = N_("Đây là quyền quản trị cuối cùng. Hãy phân quyền quản trị cho một tài khoản khác trước.")
        raise Refused(Problem("", "last_admin", text))


def usable_agency(agency_id: int) -> Agency:
    """Return an agency that is open today. Raises `NotFound`, `Refused`."""
    found = db.session.get(Agency, agency_id)
    if found is None:
        raise missing("agency_id")
    if found.closed_on is not None and found.closed_on <= clock.today():
        text = N_("“%(name)s” đã kết thúc hoạt động từ %(day)s. Hãy chọn cơ quan khác.")
        raise Refused(Problem("agency_id", "agency_closed", text, {"name": found.name, "day": found.closed_on}))
    return found
