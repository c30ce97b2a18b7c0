"""What the accounts register: menu, labels, sentences, the alert card, the day's watch, the tree's moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Flask

from hrms.accounts import queries, services
from hrms.accounts.rules import LOCK_LABELS, LockReason
from hrms.core import hooks, scope
from hrms.core.actor import Actor
from hrms.core.formats import format_date
from hrms.core.i18n import N_, _, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import PERMISSION_LABELS, ROLE_LABELS, Permission, Role
from hrms.core.rules import Problem
from hrms.core.unit import explain_constraint, transaction

Event = Mapping[str, Any]


def register(app: Flask) -> None:
    """Leave the accounts' part in the core's registries."""
    del app
    kept = (Permission.ACCOUNTS_VIEW, Permission.ACCOUNTS_MANAGE)
    hooks.menu.append(hooks.MenuItem(N_("Hệ thống"), N_("Tài khoản"), "accounts.index", kept, 800))
    hooks.menu.append(hooks.MenuItem(N_("Hệ thống"), N_("Ma trận quyền"), "accounts.roles", kept, 810))
    signing = (Permission.DECISIONS_SIGN, Permission.ACCOUNTS_GRANT)
    hooks.menu.append(hooks.MenuItem(N_("Hằng ngày"), N_("Giao ký thay"), "accounts.delegations", signing, 46))
    hooks.tabs.append(
        hooks.Tab(N_("Ai xem được"), "accounts.person_access", (Permission.PEOPLE_ACCESS_VIEW,), own=False, order=950)
    )
    hooks.cards.append(hooks.Card("accounts/_bulk_card.html", _bulk_card, 5))
    hooks.daily.append(_watch)
    hooks.tree_changed.append(services.follow_tree)
    hooks.sentences.update({f"account.{verb}": sentence for verb, sentence in SENTENCES.items()})
    register_labels({**ROLE_LABELS, **PERMISSION_LABELS, **LOCK_LABELS})
    explain_constraint(
        "uq_accounts_username",
        Problem("username", "username_taken", N_("Tên đăng nhập này vừa có người dùng. Hãy chọn tên khác.")),
    )
    explain_constraint(
        "uq_accounts_person_id",
        Problem("staff_code", "has_account", N_("Người này vừa được mở một tài khoản khác. Mỗi người chỉ có một.")),
    )


def _bulk_card(actor: Actor) -> Mapping[str, Any] | None:
    if not actor.may(Permission.ACCOUNTS_MANAGE):
        return None
    count = queries.count_bulk_locked()
    return {"count": count} if count else None


def _watch() -> None:
    with scope.everything(), transaction():
        services.watch_accounts(Actor.system())


def _values(event: Event) -> dict[str, Any]:
    return {**(event.get("before") or {}), **(event.get("after") or {})}


def _named(words: str) -> Callable[[Event], str]:
    return lambda event: render(words, name=_values(event).get("username") or "?")


def _role(event: Event) -> str:
    given = str(_values(event).get("role") or "")
    return render(ROLE_LABELS[Role(given)]) if given in {role.value for role in Role} else given


def _failed(event: Event) -> str:
    values = _values(event)
    if event.get("entity_id") is None:
        return _("đăng nhập không được bằng một tên không có, từ %(address)s", address=values.get("address") or "?")
    return _(
        "đăng nhập không được vào tài khoản %(name)s, từ %(address)s",
        name=values.get("username"),
        address=values.get("address") or "?",
    )


def _locked(event: Event) -> str:
    reason = str(event.get("reason") or "")
    words = render(LOCK_LABELS[LockReason(reason)]) if reason in {r.value for r in LockReason} else reason
    return _("khóa tài khoản %(name)s: %(reason)s", name=_values(event).get("username"), reason=words)


def _unlocked(event: Event) -> str:
    name = _values(event).get("username")
    if event.get("reason") == "due":
        return _("tự mở khóa tài khoản %(name)s khi hết thời gian khóa", name=name)
    return _("mở khóa tài khoản %(name)s", name=name)


def _granted(event: Event) -> str:
    values = _values(event)
    said = _(
        "phân quyền %(role)s tại %(agency)s cho tài khoản %(name)s từ ngày %(start)s",
        role=_role(event), agency=values.get("agency"), name=values.get("username"), start=_day(values["valid_from"]),
    )  # fmt: skip
    if values.get("last_day"):
        said += " " + _("đến hết ngày %(end)s", end=_day(values["last_day"]))
    return said


def _ended(event: Event) -> str:
    values = _values(event)
    names = {"role": _role(event), "agency": values.get("agency"), "name": values.get("username")}
    if values.get("last_day"):
        return _(
            "kết thúc quyền %(role)s tại %(agency)s của tài khoản %(name)s sau ngày %(end)s",
            end=_day(values["last_day"]), **names,
        )  # fmt: skip
    return _("thu hồi quyền %(role)s tại %(agency)s của tài khoản %(name)s", **names)


def _delegated(event: Event) -> str:
    values = _values(event)
    return _(
        "giao %(name)s ký %(capacity)s tại %(agency)s từ ngày %(start)s đến hết ngày %(end)s",
        name=values.get("username"), capacity=values.get("capacity"), agency=values.get("agency"),
        start=_day(values["valid_from"]), end=_day(values["last_day"]),
    )  # fmt: skip


def _delegation_ended(event: Event) -> str:
    values = _values(event)
    return _(
        "kết thúc việc giao %(name)s ký %(capacity)s tại %(agency)s",
        name=values.get("username"), capacity=values.get("capacity"), agency=values.get("agency"),
    )  # fmt: skip


def _day(value: Any) -> str:
    return format_date(date.fromisoformat(str(value)))


def _closed(event: Event) -> str:
    return _(
        "đóng tài khoản %(name)s: %(reason)s", name=_values(event).get("username"), reason=event.get("reason") or "—"
    )


def _token(words: str) -> Callable[[Event], str]:
    return lambda event: render(words, token=_values(event).get("name"), name=_values(event).get("username"))


SENTENCES: dict[str, Callable[[Event], str]] = {
    "signed_in": lambda e: _("đăng nhập từ %(address)s", address=_values(e).get("address") or "?"),
    "address_limited": lambda e: _(
        "tạm không nhận đăng nhập từ %(address)s sau %(failed)s lần sai trong %(minutes)s phút",
        address=_values(e).get("address"), failed=_values(e).get("failed"), minutes=_values(e).get("minutes"),
    ),
    "signed_out": lambda _event: _("đăng xuất"),
    "sign_in_failed": _failed,
    "locked": _locked,
    "unlocked": _unlocked,
    "password_changed": _named(N_("đổi mật khẩu tài khoản %(name)s")),
    "password_reset": _named(N_("cấp lại mật khẩu cho tài khoản %(name)s")),
    "second_factor_set": _named(N_("thiết lập bước xác thực thứ hai cho tài khoản %(name)s")),
    "second_factor_removed": _named(N_("gỡ bước xác thực thứ hai của tài khoản %(name)s để đổi điện thoại")),
    "second_factor_reset": _named(N_("đặt lại bước xác thực thứ hai của tài khoản %(name)s")),
    "recovery_code_used": _named(N_("dùng một mã khôi phục của tài khoản %(name)s")),
    "recovery_codes_renewed": _named(N_("tạo lại mã khôi phục của tài khoản %(name)s")),
    "session_ended": lambda e: _(
        "kết thúc %(count)s phiên đăng nhập của tài khoản %(name)s",
        count=_values(e).get("sessions"), name=_values(e).get("username"),
    ),
    "role_granted": _granted,
    "role_ended": _ended,
    "role_withdrawn": _ended,
    "delegated": _delegated,
    "delegation_ended": _delegation_ended,
    "token_created": _token(N_("tạo mã truy cập “%(token)s” của tài khoản %(name)s")),
    "token_revoked": _token(N_("thu hồi mã truy cập “%(token)s” của tài khoản %(name)s")),
    "created": _named(N_("mở tài khoản %(name)s")),
    "edited": _named(N_("sửa tài khoản %(name)s")),
    "closed": _closed,
    "reopened": _named(N_("mở lại tài khoản %(name)s")),
}  # fmt: skip
