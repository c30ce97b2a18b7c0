"""Grants: a role over an agency and all under it, from one day to another, with both clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from hrms.accounts import rules
from hrms.accounts.models import RoleGrant
from hrms.accounts.services.delegations import end_delegations_by
from hrms.accounts.services.reach import current_or_coming, not_last_admin, not_oneself, usable_agency
from hrms.accounts.services.tokens import revoke_all
from hrms.accounts.services.trail import locked, note
from hrms.agencies.models import Agency
from hrms.core import clock, dated
from hrms.core.actor import Actor, missing
from hrms.core.dates import last_day
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import SECOND_FACTOR_ROLES, Permission, Role
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant as asked for. `valid_to` is the day after the last one, None for no end; `note` says on what ground."""

    role: Role
    agency_id: int
    valid_from: date
    valid_to: date | None = None
    note: str | None = None
    decision_id: int | None = None


def grant_role(actor: Actor, account_id: int, new: NewGrant) -> None:
    """Grant a role over an agency for a while; what the account held of it in those days is superseded.

    Only who may grant at that agency, and at the account's own, may do so, and nobody to themself: rights are given
    by another (QCVN 12:2026/BCA 3.7.2.3). A role that asks for the second factor ends the API tokens of an account
    that has none.
    """
    actor.require(Permission.ACCOUNTS_GRANT)
    account = locked(account_id)
    actor.require(Permission.ACCOUNTS_GRANT, at=account.scope_ids)
    agency = usable_agency(new.agency_id)
    actor.require(Permission.ACCOUNTS_GRANT, at=agency.scope_ids)
    not_oneself(actor, account)
    problems = rules.grant_problems(new.valid_from, new.valid_to, clock.today())
    if account.closed_at is not None:
        problems.append(Problem("", "account_closed", N_("Tài khoản này đã đóng. Hãy mở lại trước khi phân quyền.")))
    if new.role is Role.DELEGATE:
        text = N_("Quyền ký thay có tư cách ký và thời hạn. Hãy giao ở trang “Giao ký thay”.")
        problems.append(Problem("role", "delegate_elsewhere", text))
    said = nfc(new.note or "") or None
    if said and len(said) > 300:
        problems.append(Problem("note", "note_long", N_("Căn cứ, ghi chú dài quá 300 ký tự. Hãy viết gọn lại.")))
    if problems:
        raise Refused(*problems)
    if new.role in SECOND_FACTOR_ROLES and account.totp_confirmed_at is None and not account.second_factor_waived:
        revoke_all(account.id)  # they were made by somebody who had shown a password only
    dated.replace(
        RoleGrant,
        {"account_id": account.id, "role": new.role.value, "agency_id": agency.id},
        {"note": said},
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        decision_id=new.decision_id,
        recorded_by=actor.account_id,
    )
    note(
        actor,
        "role_granted",
        account,
        after={
            "role": new.role.value,
            "agency_id": agency.id,
            "agency": agency.name,
            "valid_from": new.valid_from,
            "last_day": last_day(new.valid_to),
            "note": said,
        },
    )


def end_grant(actor: Actor, grant_id: int, last: date | None) -> int:
    """End a grant after its `last` day (today or later), or with None withdraw it at once; returns the account's id.

    A grant withdrawn before its first day, or on it, is taken back as if it had not been given; the trail and the
    recording clock keep that it was. Raises `NotFound`, `Refused`.
    """
    actor.require(Permission.ACCOUNTS_GRANT)
    found = db.session.scalar(select(RoleGrant).where(RoleGrant.id == grant_id, current_or_coming(clock.today())))
    if found is None:
        raise missing("grant")
    account = locked(found.account_id)
    agency = db.session.get_one(Agency, found.agency_id)
    actor.require(Permission.ACCOUNTS_GRANT, at=agency.scope_ids)
    today = clock.today()
    if last is not None and last < max(today, found.valid_from):
        text = N_("Ngày cuối %(day)s phải từ %(first)s trở đi. Muốn thôi ngay, hãy dùng “Thu hồi ngay”.")
        raise Refused(
            Problem("last_day", "end_in_the_past", text, {"day": last, "first": max(today, found.valid_from)})
        )
    ended = today if last is None else last + timedelta(days=1)
    if found.valid_to is not None and ended >= found.valid_to:
        text = N_("Quyền này đã kết thúc vào ngày %(day)s, không muộn hơn ngày bạn nhập.")
        raise Refused(Problem("last_day", "ends_already", text, {"day": last_day(found.valid_to)}))
    if found.role == Role.ADMIN:
        if account.id == actor.account_id and not _holds_another(found):
            not_oneself(actor, account)
        not_last_admin(account, except_grant=found.id)
    key = {"account_id": account.id, "role": found.role, "agency_id": found.agency_id}
    dated.erase(RoleGrant, key, valid_from=max(ended, found.valid_from), valid_to=found.valid_to)
    if found.role == Role.HEAD:
        end_delegations_by(account.id, max(ended, found.valid_from), found.agency_id)
    note(
        actor,
        "role_withdrawn" if last is None else "role_ended",
        account,
        after={"role": found.role, "agency_id": agency.id, "agency": agency.name, "last_day": last},
    )
    return account.id


def _holds_another(grant: RoleGrant) -> bool:
    same = select(RoleGrant.id).where(
        RoleGrant.account_id == grant.account_id,
        RoleGrant.role == grant.role,
        RoleGrant.id != grant.id,
        RoleGrant.valid_from <= clock.today(),
        current_or_coming(clock.today()),
    )
    return db.session.scalar(same.limit(1)) is not None


def end_all_grants(account_id: int) -> None:
    """End everything an account holds or will hold or has delegated, from today; its row is locked by the caller."""
    today = clock.today()
    end_delegations_by(account_id, today)
    held = select(RoleGrant).where(RoleGrant.account_id == account_id, current_or_coming(today))
    for grant in db.session.scalars(held).all():
        key = {"account_id": account_id, "role": grant.role, "agency_id": grant.agency_id}
        dated.erase(RoleGrant, key, valid_from=max(today, grant.valid_from), valid_to=grant.valid_to)
