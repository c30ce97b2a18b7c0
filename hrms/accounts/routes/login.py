"""Who is asking: the cookie's session or the bearer token, turned into the user that the gate reads.

The cookie holds a random token and nothing of the account; whatever is not plainly in order is nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, flash, g, request, session
from flask_login import AnonymousUserMixin, LoginManager
from flask_wtf.csrf import generate_csrf

from hrms.accounts import queries, rules
from hrms.accounts.rules import Restriction, Standing
from hrms.accounts.services import hashing
from hrms.core import clock
from hrms.core.actor import Actor, Grant
from hrms.core.i18n import LOCALES, _, _l
from hrms.core.jinja import THEME_COOKIE
from hrms.core.permissions import SECOND_FACTOR_ROLES, Permission, Role
from hrms.core.unit import transaction
from hrms.core.web import is_api

manager = LoginManager()
manager.session_protection = None  # the session's own row decides; nothing more goes into the cookie
manager.anonymous_user = AnonymousUserMixin


@dataclass(frozen=True, slots=True)
class User:
    """Somebody signed in, as the gate reads them."""

    actor: Actor
    locale: str
    theme: str
    restriction: str | None
    username: str
    agency_name: str
    waived: bool
    token: str
    """The session's token; "" for a program with a bearer token."""
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the cookie keeps."""
        return self.token


def load_by_session(token: str) -> User | None:
    """Return who holds a session's token, or None: unknown, ended, idle too long, closed or locked."""
    # Should anything below fail, the page that says so is shown to nobody in particular and does not ask again.
    g._login_user = manager.anonymous_user()  # noqa: SLF001 - where Flask-Login keeps the user of a request
    if "Authorization" in request.headers:
        return _by_bearer()
    state = queries.find_session_state(hashing.token_hash(token), current_app.config["PERMANENT_SESSION_LIFETIME"])
    _keep_sight(state)
    if state is None or state.get("expired") or state["closed"] or state["locked"]:
        forget()
        if state is not None and state.get("expired") and not is_api():
            expired = _("Phiên làm việc đã hết hạn vì lâu không thao tác. Hãy đăng nhập lại để tiếp tục.")
            kept = _("Nội dung đang nhập được giữ trên máy này.")
            flash(f"{expired} {kept}", "warn")
        return None
    user = _user(state, token)
    g.me = {"name": user.actor.name, "agency": user.agency_name, "theme": user.theme, "username": user.username}
    g.idle_seconds = state["idle_minutes"] * 60
    if user.waived:
        needed = not user.actor.roles().isdisjoint(SECOND_FACTOR_ROLES)
        g.demo_notice = (
            _l("Tỉnh mẫu: mọi hồ sơ đều bịa ra; tài khoản này được miễn bước xác thực thứ hai.")
            if needed
            else _l("Tỉnh mẫu: mọi hồ sơ đều bịa ra.")
        )
    return user


def load_by_header(_request: Any) -> User | None:
    """Return who holds the bearer token of a request without a session."""
    return _by_bearer() if "Authorization" in request.headers else None


def _by_bearer() -> User | None:
    kind, _blank, token = request.headers["Authorization"].partition(" ")
    if not is_api() or kind.lower() != "bearer" or not token.strip():
        return None
    state = queries.find_token_state(hashing.token_hash(token.strip()))
    _keep_sight(state)
    if state is None or state["closed"] or state["locked"]:
        return None
    return _user(state, "")


def _keep_sight(state: Mapping[str, Any] | None) -> None:
    """Commit when the session's last sight was noted: a unit of its own, once a minute, whatever the page then does.

    Otherwise the page goes on in the same transaction, which saves its end, a connection's return and a new beginning.
    """
    if state is not None and state.get("touched"):
        with transaction():
            pass


def _user(state: Mapping[str, Any], token: str) -> User:
    via = "web" if token else "api"
    grants = tuple(Grant.of(grant) for grant in state["grants"] if grant["role"] in _ROLES)
    roles = {grant.role for grant in grants}
    waived = bool(state["waived"]) and bool(current_app.config.get("DEMO_ALLOWED"))
    kept = state.get("permissions")
    changed_at = state["password_changed_at"]
    standing = Standing(
        must_change_password=bool(state["must_change_password"]),
        has_second_factor=bool(state["totp"]),
        gave_second_factor=bool(state.get("second_factor")),
        needs_second_factor=bool(roles & SECOND_FACTOR_ROLES),
        waived=waived,
        password_changed_at=datetime.fromisoformat(changed_at) if changed_at else None,
        password_days=state.get("password_days") if Role.ADMIN in roles and not waived else None,
    )
    # A token was made by somebody complete, expires and can be revoked; pages' restrictions are not its own.
    restriction = rules.restriction_of(standing, clock.now()) if token else None
    chosen = session.get("locale") if token else None
    return User(
        actor=Actor(
            account_id=state["account_id"],
            name=state["name"],
            grants=grants,
            person_id=state["person_id"],
            via=via,
            request_id=g.get("request_id", ""),
            limited_to=None if kept is None else frozenset(Permission(p) for p in kept if p in _PERMISSIONS),
        ),
        locale=chosen if chosen in LOCALES else state["locale"],
        theme=request.cookies.get(THEME_COOKIE) or state["theme"],
        restriction=restriction,
        username=state["username"],
        agency_name=state["agency_name"] or "",
        waived=waived,
        token=token,
    )


_ROLES = frozenset(role.value for role in Role)
_PERMISSIONS = frozenset(permission.value for permission in Permission)


def remember(token: str) -> None:
    """Put a fresh session's token into the cookie; everything the old cookie held goes, its form token too."""
    locale = session.get("locale")
    session.clear()
    session["_user_id"] = token
    if locale:
        session["locale"] = locale
    g.pop("csrf_token", None)
    generate_csrf()


def forget() -> None:
    """Take the session's token out of the cookie; the chosen language stays."""
    locale = session.get("locale")
    session.clear()
    g.pop("csrf_token", None)
    if locale:
        session["locale"] = locale


def session_token() -> str | None:
    """Return the token the cookie holds."""
    found = session.get("_user_id")
    return str(found) if found else None


def pending(restriction: str | None) -> Restriction | None:
    """Return what the user must do first, as the enum."""
    return Restriction(restriction) if restriction else None


def init_app(app: Flask) -> None:
    """Attach the loaders to the application."""
    manager.user_loader(load_by_session)
    manager.request_loader(load_by_header)
    manager.init_app(app)
    app.context_processor(lambda: {"idle_seconds": g.get("idle_seconds", 900)})
