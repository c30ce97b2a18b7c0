"""Who sees whom: what one account can see, which accounts see one person; and an account's API tokens."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.accounts import queries, services
from hrms.accounts.forms import TokenForm
from hrms.accounts.routes.base import blueprint
from hrms.core import clock, hooks
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import PERMISSION_LABELS, Permission
from hrms.core.unit import transaction
from hrms.core.web import SIGNED_IN, actor

DEFAULT_TOKEN_DAYS = 180


@blueprint.route("/accounts/<int:account_id>/access", access=(Permission.ACCOUNTS_VIEW, Permission.ACCOUNTS_MANAGE))
def access(account_id: int) -> ResponseReturnValue:
    """Show what an account can see: each grant, how far it reaches, what it opens."""
    account = queries.get_account(account_id)
    reach = queries.list_reach(actor(), account_id)
    return render_template(
        "accounts/access.html", account=account, reach=reach, labels=PERMISSION_LABELS, most=queries.MOST
    )


@blueprint.route("/people/<int:person_id>/access", access=Permission.PEOPLE_ACCESS_VIEW)
def person_access(person_id: int) -> ResponseReturnValue:
    """Show who can see a person's record, and through which grant."""
    person = queries.get_person_line(person_id)
    actor().require(Permission.PEOPLE_ACCESS_VIEW, at=person.scope_ids)
    frame = hooks.record_frames[0]
    return render_template(
        "accounts/person_access.html", frame=frame.template, seers=queries.list_who_sees(person_id),
        labels=PERMISSION_LABELS, **frame.load(person_id),
    )  # fmt: skip


@blueprint.route("/accounts/<int:account_id>/tokens", access=SIGNED_IN, methods=["GET", "POST"])
def tokens(account_id: int) -> ResponseReturnValue:
    """List an account's API tokens; its holder makes new ones here."""
    account = queries.get_account(account_id)
    own = actor().account_id == account_id
    form = TokenForm(data={"expires_on": clock.today() + timedelta(days=DEFAULT_TOKEN_DAYS)})
    held = [permission for permission in Permission if actor().may(permission)]
    form.permissions.choices = [(p.value, render(PERMISSION_LABELS[p])) for p in held]
    made = None
    if request.method == "POST" and form.validate():
        chosen = [Permission(value) for value in form.permissions.data or []]
        try:
            with transaction():
                made = services.create_token(
                    actor(), account_id, form.name.data or "", form.expires_on.data or clock.today(), chosen or None
                )
        except Refused as refused:
            form.take(refused.problems)
        else:
            form = TokenForm(formdata=None, data={"expires_on": form.expires_on.data})
            form.permissions.choices = [(p.value, render(PERMISSION_LABELS[p])) for p in held]
    page = render_template(
        "accounts/tokens.html",
        account=account, own=own, form=form, made=made, tokens=queries.list_tokens(account_id), now=clock.now(),
        labels={permission.value: words for permission, words in PERMISSION_LABELS.items()},
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.route("/accounts/<int:account_id>/tokens/<int:token_id>/revoke", access=SIGNED_IN, methods=["POST"])
def revoke_token(account_id: int, token_id: int) -> ResponseReturnValue:
    """Revoke a token of one's own, or of an account one keeps."""
    with transaction():
        services.revoke_token(actor(), account_id, token_id)
    flash(_("Đã thu hồi mã truy cập."), "ok")
    return redirect(url_for("accounts.tokens", account_id=account_id), 303)
