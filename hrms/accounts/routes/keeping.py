"""Keeping accounts: the list, one account, what may be done to it, its grants, the table of roles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.accounts import queries, services
from hrms.accounts.forms import CloseForm, EditAccountForm, EndGrantForm, FilterForm, GrantForm, NewAccountForm
from hrms.accounts.models import Account
from hrms.accounts.queries import AccountFilter
from hrms.accounts.routes.base import blueprint
from hrms.accounts.routes.delegations import action_words, capacity_words
from hrms.accounts.rules import LOCK_LABELS
from hrms.accounts.services import NewAccount, NewGrant
from hrms.core import clock, settings
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import (
    PERMISSION_LABELS,
    ROLE_LABELS,
    ROLE_PERMISSIONS,
    SECOND_FACTOR_ROLES,
    Permission,
    Role,
)
from hrms.core.unit import transaction
from hrms.core.web import actor

VIEW, MANAGE, GRANT = Permission.ACCOUNTS_VIEW, Permission.ACCOUNTS_MANAGE, Permission.ACCOUNTS_GRANT


def role_choices(first: str, *, to_grant: bool = True) -> list[tuple[str, str]]:
    """Return the roles for a form, after the empty choice `first`; to grant, without the one that is delegated."""
    offered = [role for role in ROLE_LABELS if not (to_grant and role is Role.DELEGATE)]
    return [("", first), *((role.value, render(ROLE_LABELS[role])) for role in offered)]


def aim(field: Any, *permissions: Permission) -> None:
    """Let a field choose among the open agencies where the actor holds one of the permissions."""
    roots = actor().scope(*permissions)

    def label_of(value: str) -> str | None:
        found = queries.get_agency_line(int(value), roots) if value.isdecimal() and len(value) < 18 else None
        return found.name if found else None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(row.id), row.name) for row in queries.find_agencies(words, roots)]

    field.configure(source=url_for("accounts.suggest_agencies"), label_of=label_of, find=find)


@blueprint.route("/accounts/agencies", access=(VIEW, MANAGE, GRANT))
def suggest_agencies() -> ResponseReturnValue:
    """Answer the search box of a form: agencies where the actor keeps accounts."""
    rows = queries.find_agencies(request.args.get("q", "")[:100], actor().scope(VIEW, MANAGE, GRANT), limit=31)
    items = [{"value": str(row.id), "label": row.name, "note": row.code or ""} for row in rows[:30]]
    return jsonify(items=items, more=len(rows) > 30)


@blueprint.route("/accounts", access=(VIEW, MANAGE))
def index() -> ResponseReturnValue:
    """List accounts: by words, state, role, agency."""
    form = FilterForm(request.args)
    idle_days = int(settings.get("accounts.idle_days"))
    states = _state_words(idle_days)
    form.state.choices = [("", _("Tất cả")), *((name, states[name]) for name in queries.STATES)]
    form.role.choices = role_choices(_("Tất cả"), to_grant=False)
    aim(form.agency, VIEW, MANAGE)
    form.validate()
    wanted = AccountFilter(
        q="" if form.q.errors else form.q.data or "",
        state="" if form.state.errors else form.state.data or "",
        role="" if form.role.errors else form.role.data or "",
        agency_id=int(form.agency.data) if form.agency.data and not form.agency.errors else None,
        idle_since=queries.idle_since(idle_days),
    )
    page = queries.list_accounts(wanted, after=request.args.get("after"), before=request.args.get("before"))
    chips = [
        {"key": key, "label": str(form[key].label.text), "value": value}
        for key, value in (
            ("q", wanted.q),
            ("state", wanted.state and states[wanted.state]),
            ("role", wanted.role and render(ROLE_LABELS[Role(wanted.role)])),
            ("agency", form.agency.shown_text if wanted.agency_id else ""),
        )
        if value
    ]
    return render_template(
        "accounts/list.html",
        form=form, page=page, chips=chips, total=queries.count_accounts(wanted),
        roles=queries.list_roles_of([row.id for row in page.items]), idle_since=wanted.idle_since,
    )  # fmt: skip


def _state_words(idle_days: int) -> dict[str, str]:
    return {
        "open": _("Đang mở"),
        "locked": _("Bị khóa"),
        "closed": _("Đã đóng"),
        "idle": _("Không dùng quá %(days)s ngày", days=idle_days),
    }


@blueprint.route("/accounts/roles", access=(VIEW, MANAGE))
def roles() -> ResponseReturnValue:
    """Show which role holds which permission, from the table the program itself obeys."""
    return render_template(
        "accounts/roles.html",
        roles=ROLE_LABELS, permissions=PERMISSION_LABELS, held=ROLE_PERMISSIONS, second_factor=SECOND_FACTOR_ROLES,
    )  # fmt: skip


@blueprint.route("/accounts/new", access=MANAGE, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Open an account, and show its first password once."""
    form = NewAccountForm()
    form.role.choices = role_choices(_("Chưa phân quyền"))
    aim(form.agency_id, MANAGE)
    if request.method == "POST" and form.validate():
        new = NewAccount(
            form.username.data or "", form.display_name.data or "",
            int(form.agency_id.data) if form.agency_id.data else None, form.email.data, form.staff_code.data,
        )  # fmt: skip
        try:
            with transaction():
                account, password = services.create_account(actor(), new)
                if form.role.data:
                    grant = NewGrant(Role(form.role.data), account.agency_id, clock.today())
                    services.grant_role(actor(), account.id, grant)
        except Refused as refused:
            form.take(refused.problems)
        else:
            return render_template("accounts/first_password.html", account=account, password=password, is_new=True)
    return render_template("accounts/new.html", form=form), 422 if form.errors else 200


@blueprint.route("/accounts/<int:account_id>", access=(VIEW, MANAGE))
def show(account_id: int) -> ResponseReturnValue:
    """Show one account: holder, state, grants."""
    return _show(account_id, EndGrantForm(), CloseForm())


def _show(
    account_id: int, end_form: EndGrantForm, close_form: CloseForm, ending: int | None = None
) -> ResponseReturnValue:
    account = queries.get_account(account_id)
    grants = queries.list_grants(account_id)
    today = clock.today()
    if ending is not None:
        end_form.last_day.id = f"last-day-{ending}"  # one such field a grant: the summary leads to the right one
    page = render_template(
        "accounts/show.html",
        crumbs=[(_("Tài khoản"), url_for("accounts.index"))],
        account=account, grants=grants, today=today, end_form=end_form, close_form=close_form, ending=ending,
        agency=queries.get_agency_line(account.agency_id), known_roles={role.value: role for role in Role},
        sessions=queries.list_sessions(account_id), closed_form_open=bool(close_form.errors),
        own_id=actor().account_id, lock_words=_lock_words(account.lock_reason), capacity_words=capacity_words,
        actions=action_words(),
    )  # fmt: skip
    return page, 422 if end_form.errors or close_form.errors else 200


def _above(account: Account) -> list[tuple[str, str]]:
    own = url_for("accounts.show", account_id=account.id)
    return [(_("Tài khoản"), url_for("accounts.index")), (account.username, own)]


def _lock_words(reason: str | None) -> str:
    known = {one.value: words for one, words in LOCK_LABELS.items()}
    return render(known[reason]) if reason in known else reason or "—"


@blueprint.route("/accounts/<int:account_id>/edit", access=MANAGE, methods=["GET", "POST"])
def edit(account_id: int) -> ResponseReturnValue:
    """Change holder, agency, address of an account."""
    account = queries.get_account(account_id)
    form = EditAccountForm(
        data={"version": account.version, "display_name": account.display_name, "agency_id": str(account.agency_id),
              "email": account.email}
    )  # fmt: skip
    aim(form.agency_id, MANAGE)
    if request.method == "POST" and form.validate():
        new = NewAccount(
            account.username, form.display_name.data or "", int(form.agency_id.data or 0), form.email.data,
            form.staff_code.data,
        )  # fmt: skip
        given = str(form.version.data)
        try:
            with transaction():
                services.edit_account(actor(), account_id, int(given) if given.isdecimal() else 0, new)
        except (Refused, Stale) as refused:
            form.take(refused.problems)
        else:
            flash(_("Đã lưu tài khoản %(name)s.", name=account.username), "ok")
            return redirect(url_for("accounts.show", account_id=account_id), 303)
    return render_template(
        "accounts/edit.html", form=form, account=account, crumbs=_above(account)
    ), 422 if form.errors else 200


@blueprint.route("/accounts/<int:account_id>/password", access=MANAGE, methods=["POST"])
def reset_password(account_id: int) -> ResponseReturnValue:
    """Give a first password again, and show it once."""
    return _act(account_id, lambda: services.reset_password(actor(), account_id))


@blueprint.route("/accounts/<int:account_id>/reopen", access=MANAGE, methods=["POST"])
def reopen(account_id: int) -> ResponseReturnValue:
    """Open a closed account again, and show its first password once."""
    return _act(account_id, lambda: services.reopen_account(actor(), account_id))


@blueprint.route("/accounts/<int:account_id>/unlock", access=MANAGE, methods=["POST"])
def unlock(account_id: int) -> ResponseReturnValue:
    """Let a locked account sign in again."""
    return _act(account_id, lambda: services.unlock_account(actor(), account_id), _("Đã mở khóa tài khoản."))


@blueprint.route("/accounts/<int:account_id>/second-factor/reset", access=MANAGE, methods=["POST"])
def reset_second_factor(account_id: int) -> ResponseReturnValue:
    """Take the second factor off an account whose holder lost it."""
    said = _("Đã đặt lại bước xác thực thứ hai; các phiên đăng nhập của tài khoản đã kết thúc.")
    return _act(account_id, lambda: services.reset_second_factor(actor(), account_id), said)


@blueprint.route("/accounts/<int:account_id>/sessions/end", access=MANAGE, methods=["POST"])
def end_sessions(account_id: int) -> ResponseReturnValue:
    """Sign an account out everywhere."""
    said = _("Đã đăng xuất tài khoản ở mọi nơi.")
    return _act(account_id, lambda: services.end_sessions_of(actor(), account_id), said)


def _act(account_id: int, act: Any, said: str = "") -> ResponseReturnValue:
    """Do one thing to an account; a password that comes of it is shown once, a refusal on the account's page."""
    try:
        with transaction():
            result = act()
    except Refused as refused:
        for problem in refused.problems:
            flash(render(problem), "bad")
        return redirect(url_for("accounts.show", account_id=account_id), 303)
    if isinstance(result, str):
        account = queries.get_account(account_id)
        return render_template("accounts/first_password.html", account=account, password=result, is_new=False)
    flash(said, "ok")
    return redirect(url_for("accounts.show", account_id=account_id), 303)


@blueprint.route("/accounts/<int:account_id>/close", access=MANAGE, methods=["POST"])
def close(account_id: int) -> ResponseReturnValue:
    """Close an account, with its sessions, tokens and grants."""
    form = CloseForm()
    if form.validate():
        try:
            with transaction():
                services.close_account(actor(), account_id, form.reason.data or "")
        except Refused as refused:
            form.take(refused.problems)
        else:
            flash(_("Đã đóng tài khoản; phiên đăng nhập, mã truy cập và quyền của tài khoản đã kết thúc."), "ok")
            return redirect(url_for("accounts.show", account_id=account_id), 303)
    return _show(account_id, EndGrantForm(formdata=None), form)


@blueprint.route("/accounts/<int:account_id>/grants/new", access=GRANT, methods=["GET", "POST"])
def grant(account_id: int) -> ResponseReturnValue:
    """Grant a role over an agency for a while."""
    account = queries.get_account(account_id)
    form = GrantForm(data={"valid_from": clock.today(), "agency_id": str(account.agency_id)})
    form.role.choices = role_choices(_("Chọn vai trò"))
    aim(form.agency_id, GRANT)
    if request.method == "POST" and form.validate():
        new = NewGrant(
            Role(form.role.data), int(form.agency_id.data or 0), form.valid_from.data or clock.today(),
            _day_after(form.last_day.data), form.note.data,
        )  # fmt: skip
        try:
            with transaction():
                services.grant_role(actor(), account_id, new)
        except Refused as refused:
            form.take(refused.problems)
        else:
            flash(_("Đã phân quyền cho %(name)s.", name=account.username), "ok")
            return redirect(url_for("accounts.show", account_id=account_id), 303)
    return render_template(
        "accounts/grant.html", form=form, account=account, crumbs=_above(account)
    ), 422 if form.errors else 200


def _day_after(last: date | None) -> date | None:
    return None if last is None else last + timedelta(days=1)


@blueprint.route("/accounts/<int:account_id>/grants/<int:grant_id>/end", access=GRANT, methods=["POST"])
def end_grant(account_id: int, grant_id: int) -> ResponseReturnValue:
    """End a grant after a day, or at once when no day is sent."""
    now = "now" in request.form
    form = EndGrantForm()
    if now or form.validate():
        try:
            with transaction():
                services.end_grant(actor(), grant_id, None if now else form.last_day.data)
        except Refused as refused:
            form.take(refused.problems)
        else:
            flash(_("Đã thu hồi quyền.") if now else _("Đã ghi ngày kết thúc của quyền."), "ok")
            return redirect(url_for("accounts.show", account_id=account_id), 303)
    return _show(account_id, form, CloseForm(formdata=None), ending=grant_id)
