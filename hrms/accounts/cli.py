"""Accounts from the operator's command line: the first administrator, tokens for other systems, locks."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import click
from sqlalchemy import select

from hrms.accounts import queries, services
from hrms.accounts.models import Account
from hrms.accounts.queries import AccountFilter
from hrms.accounts.services import NewAccount, NewGrant
from hrms.agencies.models import Agency
from hrms.core import clock, console, scope
from hrms.core.actor import Actor
from hrms.core.console import say
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission, Role
from hrms.core.rules import Problem
from hrms.core.unit import transaction

ROLES = [role.value for role in Role]


@click.group()
def account() -> None:
    """Tài khoản: tạo, mở khóa, mã truy cập, danh sách."""


@account.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help=_("Vai trò, có hiệu lực từ hôm nay."))
@click.option("--agency", required=True, help=_("Mã định danh của cơ quan, ví dụ H13.05."))
@click.option("--display-name", default="", help=_("Họ tên người giữ; mặc định là tên đăng nhập."))
@click.option("--staff-code", help=_("Số hiệu CBCCVC của người giữ."))
@click.option("--password-stdin", is_flag=True, help=_("Đọc mật khẩu đầu tiên từ đầu vào chuẩn."))
@console.in_app
def create(
    name: str, role: str, agency: str, display_name: str, staff_code: str | None, password_stdin: bool
) -> dict[str, Any]:
    """Mở tài khoản NAME; mật khẩu đầu tiên chỉ hiện một lần và phải đổi khi đăng nhập."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    actor = Actor.system(via="cli")
    with scope.everything(), transaction():
        agency_id = _agency(agency)
        new = NewAccount(name, display_name or ("" if staff_code else name), agency_id, staff_code=staff_code)
        made, password = services.create_account(actor, new, password=given)
        services.grant_role(actor, made.id, NewGrant(Role(role), agency_id, clock.today()))
    say(_("Đã mở tài khoản %(name)s.", name=made.username))
    found = {"account": made.username, "id": made.id, "role": role, "agency": agency}
    if given is None:
        say(_("Mật khẩu đầu tiên: %(password)s", password=password))
        found["password"] = password
    return found


@account.command("token")
@click.argument("name")
@click.option("--label", default="cli", show_default=True, help=_("Tên của mã truy cập."))
@click.option("--days", type=click.IntRange(1, 365), default=365, show_default=True, help=_("Số ngày còn dùng được."))
@click.option("--permission", "permissions", multiple=True, type=click.Choice([p.value for p in Permission]),
              help=_("Chỉ giữ các quyền này; có thể lặp lại."))  # fmt: skip
@console.in_app
def token(name: str, label: str, days: int, permissions: tuple[str, ...]) -> dict[str, Any]:
    """Tạo mã truy cập API cho tài khoản NAME; mã chỉ hiện một lần."""
    expires_on = clock.today() + timedelta(days=days)
    kept = [Permission(p) for p in permissions] or None
    with scope.everything(), transaction():
        made = services.create_token(Actor.system(via="cli"), _account(name).id, label, expires_on, kept)
    say(made)
    return {"account": name, "token": made, "expires_on": expires_on.isoformat()}


@account.command("unlock")
@click.argument("name")
@console.in_app
def unlock(name: str) -> dict[str, Any]:
    """Mở khóa tài khoản NAME."""
    with scope.everything(), transaction():
        services.unlock_account(Actor.system(via="cli"), _account(name).id)
    say(_("Đã mở khóa tài khoản %(name)s.", name=name))
    return {"account": name}


@account.command("list")
@click.option("--state", type=click.Choice(queries.STATES), default=None, help=_("Chỉ các tài khoản ở trạng thái này."))
@console.in_app
def list_all(state: str | None) -> dict[str, Any]:
    """Liệt kê tài khoản, để rà soát hằng quý."""
    accounts: list[dict[str, Any]] = []
    cursor: str | None = None
    with scope.everything():
        while True:
            page = queries.list_accounts(AccountFilter(state=state or ""), after=cursor, limit=200)
            roles = queries.list_roles_of([row.id for row in page.items])
            accounts += [
                {
                    "username": row.username,
                    "name": row.display_name,
                    "agency": row.agency_name,
                    "roles": [role.value for role in roles[row.id]],
                    "state": "closed" if row.closed_at else "locked" if row.locked_at else "open",
                    "last_sign_in_at": row.last_sign_in_at.isoformat() if row.last_sign_in_at else None,
                }
                for row in page.items
            ]
            cursor = page.next
            if cursor is None:
                break
    for row in accounts:
        say(f"{row['username']:<24} {row['state']:<7} {', '.join(row['roles']):<24} {row['agency']}")
    return {"accounts": accounts}


def _agency(code: str) -> int:
    found = db.session.scalar(select(Agency.id).where(Agency.code == code.strip()))
    if found is None:
        text = N_("Không có cơ quan nào mang mã “%(code)s”. Hãy kiểm tra mã định danh.")
        raise Refused(Problem("agency", "no_such_agency", text, {"code": code}))
    return found


def _account(name: str) -> Account:
    found = db.session.scalar(select(Account).where(Account.username == name.strip().lower()))
    if found is None:
        text = N_("Không có tài khoản nào tên “%(name)s”.")
        raise Refused(Problem("name", "no_such_account", text, {"name": name}))
    return found


COMMANDS = (account,)
