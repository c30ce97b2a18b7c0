"""The sign-ins of the demo province; they cannot exist where real people's records are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from hrms.accounts.models import Account, RoleGrant
from hrms.accounts.services import passwords
from hrms.accounts.services.trail import note
from hrms.agencies.models import Agency
from hrms.core import clock, dated
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission, Role
from hrms.core.rules import N_, Problem
from hrms.core.text import fold

DEMO_ROLES: dict[str, Role] = {
    "admin": Role.ADMIN,
    "sonoivu": Role.HR_PROVINCE,
    "tochuc": Role.HR_AGENCY,
    "thutruong": Role.HEAD,
    "giangvien": Role.TRAINER,
    "thanhtra": Role.INSPECTOR,
    "canbo": Role.OFFICIAL,
    "vanthu": Role.CLERK,
    "thamdinh": Role.HR_AGENCY,
    "chutich": Role.HEAD,
}


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where a demo account stands: its own agency, the agency its role reaches over, the person it belongs to."""

    display_name: str
    agency_id: int
    granted_at: int | None = None
    """The agency of the grant; the account's own when None."""
    person_id: int | None = None


def create_demo_accounts(actor: Actor, places: Mapping[str, DemoPlace], password: str) -> list[str]:
    """Open the demo accounts with one password, without a second factor, ready to use; returns their names.

    `places` names some or all of `DEMO_ROLES`; those that exist get the password and place given. Runs within
    `scope.everything()`. Raises `Refused` in production, and for a password that breaks the rules.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    if not current_app.config.get("DEMO_ALLOWED"):
        raise Refused(Problem("", "no_demo", N_("Không tạo tài khoản mẫu ở hệ thống vận hành thật.")))
    for name in places:
        passwords.require_password(name, password)
    today = clock.today()
    for name, place in places.items():
        role = DEMO_ROLES[name]
        agency = db.session.get_one(Agency, place.agency_id)
        account = db.session.scalar(select(Account).where(Account.username == name).with_for_update())
        if account is None:
            account = Account(username=name, opened_at=clock.now())
            db.session.add(account)
        account.display_name, account.person_id = place.display_name, place.person_id
        account.search_key = fold(f"{name} {place.display_name}")
        account.agency_id, account.scope_ids = agency.id, agency.scope_ids
        account.second_factor_waived = True
        db.session.flush()
        passwords.set_password(account, password, must_change=False)
        key = {"account_id": account.id, "role": role.value, "agency_id": place.granted_at or agency.id}
        dated.replace(RoleGrant, key, {"note": None}, valid_from=today)
        db.session.flush()
        note(actor, "created", account, after={"role": role.value})
    return list(places)
