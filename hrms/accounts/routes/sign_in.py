"""Entry and exit: the sign-in page, the second factor, signing out, and the sign of life an open page gives."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from hrms.accounts import services
from hrms.accounts.forms import CodeForm, SignInForm
from hrms.accounts.routes.base import blueprint
from hrms.accounts.routes.login import User, forget, remember, session_token
from hrms.accounts.rules import Restriction
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.i18n import _
from hrms.core.routes import local_address
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import PUBLIC, RESTRICTED, actor, csrf

_STRANGER = N_("người chưa đăng nhập")


def wanted() -> str:
    """Return the address to go on to, from `next`: one of this program's own pages, else the first page."""
    given = local_address(request.values.get("next"))
    if given is None or urlsplit(given).path in {url_for("accounts.login"), url_for("accounts.logout")}:
        return url_for("core.home")
    return given


def user() -> User:
    """Return the user of this request, who is signed in."""
    found: User = current_user._get_current_object()  # noqa: SLF001 - the proxy's own way to the object
    return found


def address() -> str:
    """Return where the request comes from."""
    return request.remote_addr or ""


def step(restriction: str | None, *own: Restriction) -> ResponseReturnValue | None:
    """Return the way to what must be done first, unless that is this page (`own`) or nothing."""
    if restriction is None or restriction in own:
        return None
    return redirect(url_for(f"accounts.{restriction}", next=request.values.get("next") or None), 303)


def _stranger() -> Actor:
    return Actor(None, _STRANGER, request_id=g.request_id)


@blueprint.route("/login", access=PUBLIC, methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Show the sign-in page, or try a name and a password."""
    form = SignInForm()
    if request.method == "GET":
        if current_user.is_authenticated:
            return step(user().restriction) or redirect(wanted())
        return _sign_in_page(form)
    try:
        csrf.protect()  # the gate leaves a cookieless public request alone; here that would let a stranger sign one in
    except CSRFError:
        expired = N_("Trang đăng nhập đã mở quá lâu, hoặc trình duyệt không nhận cookie. Hãy đăng nhập lại.")
        form.take([Problem("", "form_expired", expired)])
        return _sign_in_page(form), 400
    if not form.validate():
        return _sign_in_page(form), 422
    with scope.everything(), transaction():
        entry = services.sign_in(
            _stranger(), form.username.data or "", form.password.data or "",
            address=address(), browser=request.user_agent.string, old_token=session_token(),
        )  # fmt: skip
    if entry.problem or entry.token is None:
        form.take([entry.problem] if entry.problem else [])
        return _refused(_sign_in_page(form), entry.problem)
    remember(entry.token)
    return redirect(wanted(), 303)


def _refused(page: str, problem: Problem | None) -> ResponseReturnValue:
    """Return the page of a refused attempt: 429 with the time to wait when its address has tried too often."""
    if problem is None or problem.code != "too_many_from_address":
        return page, 422
    return page, 429, {"Retry-After": str(services.wait_seconds())}


def _sign_in_page(form: SignInForm) -> str:
    return render_template("accounts/login.html", form=form, next=request.values.get("next", ""))


@blueprint.route("/account/second-factor", access=RESTRICTED, methods=["GET", "POST"])
def second_factor() -> ResponseReturnValue:
    """Ask for the second factor of somebody whose password was right."""
    me = user()
    if me.restriction != Restriction.SECOND_FACTOR:
        return step(me.restriction) or redirect(wanted())
    form = CodeForm()
    problem = None
    if request.method == "POST" and form.validate():
        with scope.everything(), transaction():
            entry = services.give_second_factor(
                actor(), actor().account_id or 0, form.code.data or "",
                address=address(), browser=request.user_agent.string, old_token=me.token,
            )  # fmt: skip
        if entry.token is not None:
            remember(entry.token)
            return redirect(wanted(), 303)
        problem = entry.problem
        form.take([problem] if problem else [])
    page = render_template("accounts/second_factor.html", form=form, next=request.values.get("next", ""))
    return _refused(page, problem) if form.errors else page


@blueprint.route("/logout", access=RESTRICTED, methods=["POST"])
def logout() -> ResponseReturnValue:
    """End this browser's session."""
    with transaction():
        services.sign_out(actor(), user().token)
    forget()
    flash(_("Bạn đã đăng xuất."), "ok")
    return redirect(url_for("accounts.login"), 303)


@blueprint.route("/account/keepalive", access=RESTRICTED)
def keepalive() -> ResponseReturnValue:
    """Answer an open page that its reader is still there."""
    return jsonify(status="ok")
