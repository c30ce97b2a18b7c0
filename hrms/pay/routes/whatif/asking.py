"""What the pages of what-if have in common: the scenario of the address, its version, forms, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.queries import scenarios as queries
from hrms.pay.queries.scenarios import Look

P = Permission
FORM = "pay/whatif/form.html"


def opened(scenario_id: int, *, manages: bool = False) -> Look:
    """Return the scenario of the address. Raises `NotFound` outside the reader's part, `Forbidden` inside it."""
    look = queries.get(actor(), scenario_id)
    if manages:
        actor().require(P.PAY_MANAGE, at=look.agency.scope_ids)
    return look


def crumbs(look: Look | None = None) -> list[tuple[str, str | None]]:
    """Return the way back to the list, and to a scenario."""
    found: list[tuple[str, str | None]] = [(_("Phương án giả định"), url_for("pay.scenarios"))]
    if look is not None:
        found.append((look.found.name, url_for("pay.scenario", scenario_id=look.found.id)))
    return found


def sent_version() -> int:
    """Return the version a form was read with; 0 for none, which is never right."""
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0


def configure_agency(field: Any) -> None:
    """Let the search box offer the agencies whose pay the reader manages."""
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), P.PAY_MANAGE).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(P.PAY_MANAGE,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def run_form(form: Any, act: Callable[[], str], **shown: Any) -> ResponseReturnValue:
    """Show a form; sent and right, do what it asks and go to the address `act` returns."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    address = act()
                return redirect(address, 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template(shown.pop("template", FORM), form=form, **shown), status


def step(back: str, act: Callable[[], str]) -> ResponseReturnValue:
    """Do what a button asks and go to the address it returns; a refusal is said on the page it came from."""
    try:
        with transaction():
            address = act()
    except (Refused, Stale) as refused:
        flash(" ".join(render(one) for one in refused.problems), "bad")
        return redirect(back, 303)
    return redirect(address, 303)
