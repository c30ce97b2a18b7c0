"""Signing for a head who is absent: who signs for whom, giving it, ending it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.accounts import queries, services
from hrms.accounts.forms import DelegationForm
from hrms.accounts.routes.base import blueprint
from hrms.accounts.services import NewDelegation
from hrms.core import clock, hooks
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions import kinds
from hrms.decisions.rules.powers import CAPACITY_LABELS

WHO = (Permission.DECISIONS_SIGN, Permission.ACCOUNTS_GRANT)


def action_words() -> dict[str, str]:
    """Return the kinds of decision that walk the path, and what else can be delegated, by code."""
    signed = {kind.code: render(kind.label) for kind in kinds.all_kinds()}
    return signed | {code: render(words) for code, words in hooks.delegable.items()}


def capacity_words(capacity: str | None) -> str:
    """Return a capacity as people read it, “ký thay (KT.)”; "" for none."""
    known = {one.value: words for one, words in CAPACITY_LABELS.items()}
    return render(known[capacity]) if capacity and capacity in known else capacity or ""


@blueprint.route("/accounts/delegations", access=WHO)
def delegations() -> ResponseReturnValue:
    """List who signs for whom: in force, to come, past."""
    found = queries.list_delegations(actor(), services.headed(actor()))
    return render_template(
        "accounts/delegations.html",
        rows=found, today=clock.today(), capacity_words=capacity_words, actions=action_words(),
        may_delegate=services.may_delegate(actor()),
    )  # fmt: skip


@blueprint.route("/accounts/delegations/agencies", access=WHO)
def delegation_agencies() -> ResponseReturnValue:
    """Answer the form's search box: agencies where the actor may delegate."""
    found = queries.find_delegation_agencies(actor(), services.headed(actor()), request.args.get("q", "")[:100], 21)
    items = [{"value": str(row.id), "label": row.name, "note": row.code or ""} for row in found[:20]]
    return jsonify(items=items, more=len(found) > 20)


@blueprint.route("/accounts/delegations/accounts", access=WHO)
def delegation_accounts() -> ResponseReturnValue:
    """Answer the form's search box: accounts that may be given it."""
    found = queries.find_delegates(actor(), services.headed(actor()), request.args.get("q", "")[:100], 21)
    items = [{"value": str(row.id), "label": _named(row), "note": row.agency} for row in found[:20]]
    return jsonify(items=items, more=len(found) > 20)


def _named(row: Any) -> str:
    return f"{row.display_name} ({row.username})"


@blueprint.route("/accounts/delegations/new", access=WHO, methods=["GET", "POST"])
def delegate() -> ResponseReturnValue:
    """Let somebody sign for the head for a while."""
    form = DelegationForm(data={"valid_from": clock.today()})
    _prepare(form)
    if request.method == "POST" and form.validate():
        last = form.last_day.data
        new = NewDelegation(
            agency_id=int(form.agency_id.data or 0), account_id=int(form.account_id.data or 0),
            capacity=str(form.capacity.data), valid_from=form.valid_from.data or clock.today(),
            valid_to=None if last is None else last + timedelta(days=1), note=form.note.data or "",
            actions=tuple(form.actions.data or ()),
        )  # fmt: skip
        try:
            with transaction():
                services.delegate(actor(), new)
        except Refused as refused:
            form.take(refused.problems)
        else:
            flash(_("Đã giao ký thay. Người được giao ký được từ ngày bắt đầu."), "ok")
            return redirect(url_for("accounts.delegations"), 303)
    crumbs = [(_("Giao ký thay"), url_for("accounts.delegations"))]
    return render_template(
        "accounts/delegation.html", form=form, crumbs=crumbs, may_delegate=services.may_delegate(actor())
    ), 422 if form.errors else 200


def _prepare(form: DelegationForm) -> None:
    heads = services.headed(actor())
    form.capacity.choices = [("", _("Chọn tư cách ký")), *((c.value, capacity_words(c)) for c in services.CAPACITIES)]
    form.actions.choices = list(action_words().items())

    def agency_name(value: str) -> str | None:
        row = queries.get_agency_line(int(value)) if value.isdecimal() and len(value) < 18 else None
        inside = row is not None and (row.id in heads or actor().may(Permission.ACCOUNTS_GRANT, at=row.scope_ids))
        return row.name if row is not None and inside else None

    def find_agencies(words: str) -> list[tuple[str, str]]:
        return [(str(row.id), row.name) for row in queries.find_delegation_agencies(actor(), heads, words)]

    def account_name(value: str) -> str | None:
        row = queries.find_delegate(actor(), heads, int(value)) if value.isdecimal() and len(value) < 18 else None
        return _named(row) if row is not None else None

    def find_accounts(words: str) -> list[tuple[str, str]]:
        return [(str(row.id), _named(row)) for row in queries.find_delegates(actor(), heads, words)]

    form.agency_id.configure(
        source=url_for("accounts.delegation_agencies"), label_of=agency_name, find=find_agencies,
        options=find_agencies("") if heads else (),
    )  # fmt: skip
    if request.method == "GET" and len(heads) == 1:
        form.agency_id.data = str(heads[0])
    form.account_id.configure(
        source=url_for("accounts.delegation_accounts"), label_of=account_name, find=find_accounts,
        options=find_accounts("") if heads else (),
    )  # fmt: skip


@blueprint.route("/accounts/delegations/<int:delegation_id>/end", access=WHO, methods=["POST"])
def end_delegation(delegation_id: int) -> ResponseReturnValue:
    """End a delegation at once."""
    try:
        with transaction():
            services.end_delegation(actor(), delegation_id)
    except Refused as refused:
        flash(render(refused.problems[0]), "bad")
    else:
        flash(_("Đã kết thúc việc giao ký thay."), "ok")
    return redirect(url_for("accounts.delegations"), 303)
