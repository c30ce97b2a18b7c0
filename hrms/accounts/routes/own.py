"""One's own account: language and theme, password, second factor, the browsers one is signed in on."""

from __future__ import annotations

import segno
from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hrms.accounts import queries, services
from hrms.accounts.forms import CodeForm, LooksForm, PasswordForm, SetupForm
from hrms.accounts.routes.base import blueprint
from hrms.accounts.routes.login import remember
from hrms.accounts.routes.sign_in import address, step, user, wanted
from hrms.accounts.rules import Restriction, browser_name
from hrms.accounts.services import Entry, hashing
from hrms.core import settings
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.jinja import THEME_COOKIE
from hrms.core.unit import transaction
from hrms.core.web import RESTRICTED, SIGNED_IN, actor


@blueprint.route("/account", access=SIGNED_IN, methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    """Show one's own account; POST keeps language and theme."""
    me = user()
    account = queries.get_account(actor().account_id or 0)
    form = LooksForm(data={"locale": me.locale, "theme": account.theme})
    if request.method == "POST" and form.validate():
        with transaction():
            services.choose_looks(actor(), form.locale.data or "", form.theme.data or "")
        session["locale"] = form.locale.data
        answer = make_response(redirect(url_for("accounts.profile"), 303))
        # The browser's own choice would hide the account's.
        answer.delete_cookie(THEME_COOKIE)
        flash(_("Đã lưu."), "ok")
        return answer
    page = render_template(
        "accounts/profile.html",
        account=account, form=form, user=me, grants=queries.list_reach(actor(), account.id),
        codes_left=queries.count_recovery_codes(account.id) if account.totp_confirmed_at else None,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.route("/account/password", access=RESTRICTED, methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """Change one's own password; at the first sign-in nothing else is open."""
    me = user()
    away = step(me.restriction, Restriction.CHANGE_PASSWORD, Restriction.SECOND_FACTOR_SETUP)
    if away:
        return away
    form = PasswordForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                entry = services.change_password(
                    actor(), form.current.data or "", form.password.data or "", form.again.data or "",
                    address=address(), browser=request.user_agent.string, token=me.token,
                )  # fmt: skip
        except Refused as refused:
            form.take(refused.problems)
        else:
            if entry.token:
                return _entered(entry, _("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."))
            form.take([entry.problem] if entry.problem else [])
    page = render_template(
        "accounts/password.html",
        form=form, forced=me.restriction == Restriction.CHANGE_PASSWORD, next=request.values.get("next", ""),
        least=settings.get("accounts.password_length"), memory=settings.get("accounts.password_memory"),
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _entered(entry: Entry, said: str) -> ResponseReturnValue:
    remember(entry.token or "")
    flash(said, "ok")
    return redirect(wanted() if request.values.get("next") else url_for("accounts.profile"), 303)


@blueprint.route("/account/second-factor/setup", access=RESTRICTED, methods=["GET", "POST"])
def second_factor_setup() -> ResponseReturnValue:
    """Put the key into an authenticator and prove it; then show the recovery codes, this once."""
    me = user()
    away = step(me.restriction, Restriction.SECOND_FACTOR_SETUP)
    if away:
        return away
    form = SetupForm()
    try:
        if request.method == "POST" and form.validate():
            try:
                with transaction():
                    entry, codes = services.confirm_second_factor(
                        actor(), form.code.data or "", address=address(), browser=request.user_agent.string
                    )
            except Refused as refused:
                form.take(refused.problems)
            else:
                remember(entry.token or "")
                return _codes_page(codes)
        with transaction():
            key = services.offer_second_factor(actor())
    except Refused as refused:
        flash(" ".join(_(p.text) for p in refused.problems), "info")
        return redirect(url_for("accounts.profile"), 303)
    page = render_template(
        "accounts/second_factor_setup.html",
        form=form, forced=me.restriction is not None, next=request.values.get("next", ""),
        secret=" ".join(key.secret[start : start + 4] for start in range(0, len(key.secret), 4)),
        picture=Markup(  # noqa: S704 - drawn here, from black and white squares
            segno.make(key.address, error="m").svg_inline(
                border=4, light="#fff", dark="#000", svgclass="qr", lineclass=None, omitsize=True
            )
        ),
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/recovery_codes.html", codes=codes, next=wanted())


@blueprint.route("/account/second-factor/codes", access=SIGNED_IN, methods=["GET", "POST"])
def recovery_codes() -> ResponseReturnValue:
    """Make the recovery codes anew, against a code."""
    form = CodeForm()
    if request.method == "POST" and form.validate():
        with transaction():
            problem, codes = services.renew_recovery_codes(actor(), form.code.data or "", address=address())
        if problem is None:
            return _codes_page(codes)
        form.take([problem])
    page = render_template("accounts/prove.html", form=form, what="codes")
    return page, 422 if form.errors else 200


@blueprint.route("/account/second-factor/remove", access=SIGNED_IN, methods=["GET", "POST"])
def remove_second_factor() -> ResponseReturnValue:
    """Take the second factor off, against a code, to set it up on another telephone."""
    form = CodeForm()
    if request.method == "POST" and form.validate():
        with transaction():
            problem = services.remove_second_factor(actor(), form.code.data or "", address=address())
        if problem is None:
            flash(_("Đã gỡ bước xác thực thứ hai trên điện thoại cũ. Hãy thiết lập trên điện thoại mới."), "ok")
            return redirect(url_for("accounts.second_factor_setup"), 303)
        form.take([problem])
    page = render_template("accounts/prove.html", form=form, what="remove")
    return page, 422 if form.errors else 200


@blueprint.route("/account/sessions", access=SIGNED_IN)
def sessions() -> ResponseReturnValue:
    """List the browsers one is signed in on."""
    found = queries.list_sessions(actor().account_id or 0)
    here = hashing.token_hash(user().token)
    rows = [{"session": row, "browser": browser_name(row.browser), "here": row.token_hash == here} for row in found]
    return render_template("accounts/sessions.html", rows=rows)


@blueprint.route("/account/sessions/<int:session_id>/end", access=SIGNED_IN, methods=["POST"])
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out on one browser."""
    with transaction():
        services.end_session(actor(), session_id)
    flash(_("Đã đăng xuất phiên đó."), "ok")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.route("/account/sessions/end-others", access=SIGNED_IN, methods=["POST"])
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with transaction():
        count = services.end_other_sessions(actor(), user().token)
    flash(_("Đã đăng xuất %(count)s phiên khác.", count=count), "ok")
    return redirect(url_for("accounts.sessions"), 303)
