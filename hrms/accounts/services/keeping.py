"""The accounts themselves: opened for one holder each, edited, unlocked, closed, reopened (QCVN 12:2026/BCA 3.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from hrms.accounts import rules
from hrms.accounts.models import Account
from hrms.accounts.services import hashing, passwords, sessions
from hrms.accounts.services.grants import end_all_grants
from hrms.accounts.services.reach import not_last_admin, not_oneself, require_over, usable_agency
from hrms.accounts.services.tokens import revoke_all
from hrms.accounts.services.trail import locked, note
from hrms.audit.services import changed
from hrms.core import clock, settings
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc

_HOLDER = text("SELECT person_id, full_name, agency_id FROM account_holder(:code)")
LOCALES = ("vi", "en")
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is opened with. `staff_code` names the record of the holder, when they have one here."""

    username: str
    display_name: str = ""
    agency_id: int | None = None
    email: str | None = None
    staff_code: str | None = None


def create_account(actor: Actor, new: NewAccount, *, password: str | None = None) -> tuple[Account, str]:
    """Open an account and return it with its first password, shown once and changed at the first sign-in.

    With a staff code the holder's record gives what is not said: name and agency. Raises `Refused` with all problems.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    username = new.username.strip().lower()
    problems = rules.username_problems(username)
    holder = _holder(new.staff_code, problems)
    agency_id = new.agency_id or (holder.agency_id if holder else None)
    display_name = nfc(new.display_name) or (holder.full_name if holder else "")
    problems += _name_problems(display_name)
    if agency_id is None:
        problems.append(Problem("agency_id", "missing", N_("Hãy chọn cơ quan của tài khoản.")))
    if db.session.scalar(select(Account.id).where(Account.username == username)) is not None:
        problems.append(taken(username))
    if problems or agency_id is None:
        raise Refused(*problems)
    agency = usable_agency(agency_id)
    actor.require(Permission.ACCOUNTS_MANAGE, at=agency.scope_ids)
    if password is None:
        password = hashing.new_password(int(settings.get("accounts.password_length")))
    else:
        passwords.require_password(username, password)
    account = Account(
        username=username,
        display_name=display_name,
        search_key=fold(f"{username} {display_name}"),
        email=(new.email or "").strip() or None,
        person_id=holder.person_id if holder else None,
        agency_id=agency.id,
        scope_ids=agency.scope_ids,
        opened_at=clock.now(),
        must_change_password=True,
    )
    db.session.add(account)
    db.session.flush()
    passwords.set_password(account, password, must_change=True)
    db.session.flush()
    note(actor, "created", account, after=_shown(account))
    return account, password


def edit_account(actor: Actor, account_id: int, version: int, new: NewAccount) -> None:
    """Change an account's holder, name, address or agency; its sign-in name stays. Raises `Stale`, `Refused`."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    account = locked(account_id)
    require_over(actor, account)
    if account.version != version:
        raise Stale
    problems: list[Problem] = []
    holder = _holder(new.staff_code, problems, account)
    display_name = nfc(new.display_name)
    problems += _name_problems(display_name)
    if problems:
        raise Refused(*problems)
    before = _shown(account)
    if new.agency_id is not None and new.agency_id != account.agency_id:
        agency = usable_agency(new.agency_id)
        actor.require(Permission.ACCOUNTS_MANAGE, at=agency.scope_ids)
        account.agency_id, account.scope_ids = agency.id, agency.scope_ids
    account.search_key = fold(f"{account.username} {display_name}")
    account.display_name, account.email = display_name, (new.email or "").strip() or None
    if holder:
        not_oneself(actor, account)
        account.person_id = holder.person_id
    was, now = changed(before, _shown(account))
    if now:
        account.version += 1
        db.session.flush()
        note(actor, "edited", account, before=was, after=now)


def choose_looks(actor: Actor, locale: str, theme: str) -> None:
    """Set one's own language (`vi`, `en`) and theme (`auto`, `light`, `dark`)."""
    account = locked(sessions.own_account(actor))
    if locale not in LOCALES or theme not in THEMES:
        raise Refused(Problem("", "looks", N_("Lựa chọn ngôn ngữ hoặc nền không có trong danh sách. Hãy chọn lại.")))
    account.locale, account.theme = locale, theme


def unlock_account(actor: Actor, account_id: int) -> None:
    """Let somebody sign in again, whatever the account was locked for."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    account = locked(account_id)
    require_over(actor, account)
    not_oneself(actor, account)
    if account.locked_at is None:
        raise Refused(Problem("", "not_locked", N_("Tài khoản này không bị khóa.")))
    reason = account.lock_reason
    account.locked_at, account.lock_reason, account.failed_count = None, None, 0
    # Idle days count from the last sign-in: without this the next night would lock it again.
    if reason == rules.LockReason.IDLE:
        account.last_sign_in_at = clock.now()
    note(actor, "unlocked", account, reason=reason)


def close_account(actor: Actor, account_id: int, reason: str) -> None:
    """Close an account for good reason: nobody signs in with it, its sessions, tokens and grants end today."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    account = locked(account_id)
    require_over(actor, account)
    not_oneself(actor, account)
    said = nfc(reason)
    if not 1 <= len(said) <= 300:
        raise Refused(Problem("reason", "reason", N_("Hãy ghi lý do đóng tài khoản, nhiều nhất 300 ký tự.")))
    if account.closed_at is not None:
        raise Refused(Problem("", "closed_already", N_("Tài khoản này đã đóng.")))
    not_last_admin(account)
    shut(actor, account, said)


def shut(actor: Actor, account: Account, reason: str) -> None:
    """Close an account whose row is locked, with all that hangs on it; the caller has checked that it may."""
    account.closed_at, account.closed_reason = clock.now(), reason
    account.version += 1
    sessions.end_all(account.id)
    revoke_all(account.id)
    end_all_grants(account.id)
    db.session.flush()
    note(actor, "closed", account, reason=reason)


def reopen_account(actor: Actor, account_id: int) -> str:
    """Open a closed account again, without its former grants, and return a first password to be changed."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    account = locked(account_id)
    require_over(actor, account)
    if account.closed_at is None:
        raise Refused(Problem("", "not_closed", N_("Tài khoản này đang mở.")))
    usable_agency(account.agency_id)
    password = hashing.new_password(int(settings.get("accounts.password_length")))
    account.closed_at, account.closed_reason = None, None
    account.locked_at, account.lock_reason, account.failed_count = None, None, 0
    account.opened_at = clock.now()
    account.last_sign_in_at = None
    account.version += 1
    passwords.set_password(account, password, must_change=True)
    db.session.flush()
    note(actor, "reopened", account)
    return password


def taken(username: str) -> Problem:
    """Return the problem of a sign-in name that another account has."""
    text_ = N_("Tên đăng nhập “%(name)s” đã có người dùng. Hãy chọn tên khác.")
    return Problem("username", "username_taken", text_, {"name": username})


def _name_problems(display_name: str) -> list[Problem]:
    if 2 <= len(display_name) <= 120:
        return []
    return [Problem("display_name", "display_name", N_("Hãy ghi họ tên người giữ tài khoản, từ 2 đến 120 ký tự."))]


def _holder(staff_code: str | None, problems: list[Problem], account: Account | None = None) -> Any:
    code = (staff_code or "").strip()
    if not code:
        return None
    found = db.session.execute(_HOLDER, {"code": code}).one_or_none()
    if found is None:
        unknown = N_("Không có hồ sơ nào mang số hiệu “%(code)s” trong phạm vi của bạn. Hãy kiểm tra lại số hiệu.")
        problems.append(Problem("staff_code", "no_such_person", unknown, {"code": code[:40]}))
        return None
    other = select(Account.username).where(Account.person_id == found.person_id, Account.closed_at.is_(None))
    if account is not None:
        other = other.where(Account.id != account.id)
    username = db.session.scalar(other)
    if username is not None:
        has = N_("Người mang số hiệu “%(code)s” đã có tài khoản “%(name)s”. Mỗi người chỉ có một tài khoản.")
        problems.append(Problem("staff_code", "has_account", has, {"code": code, "name": username}))
    return found


def _shown(account: Account) -> dict[str, Any]:
    names = ("username", "display_name", "email", "agency_id", "person_id")
    return {name: getattr(account, name) for name in names}
