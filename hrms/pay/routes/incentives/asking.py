"""How pages of bonuses and extra income run a form or a step: what refuses it stands at its fields or is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.errors import HrmsError, Refused, Stale
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction


def step(back: str, act: Callable[[], str]) -> ResponseReturnValue:
    """Run a step that has no form of its own: the sentence of `act`, or of what refused it, is shown on `back`."""
    try:
        with transaction():
            words = act()
        flash(words, "ok")
    except (Refused, Stale) as refused:
        flash(" ".join(render(problem) for problem in refused.problems), "bad")
    return redirect(back, 303)


def run_form(form: Any, template: str, back: str, act: Callable[[Any], str], **more: Any) -> ResponseReturnValue:
    """Run a form: `act` writes and returns the sentence; it may set `form.went` to an address to go to."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    words = act(form)
                flash(words, "ok")
                return redirect(getattr(form, "went", back), 303)
            except (Refused, Stale) as refused:
                take(form, refused)
                status = refused.status
    return render_template(template, form=form, back=back, **more), status


def take(form: Any, refused: HrmsError) -> None:
    """Put what a service found wrong beside the fields of a form; what has no field stands above."""
    form.take([one if one.field in form else replace(one, field="") for one in refused.problems])


def with_paper(form: type[Any]) -> type[Any]:
    """Return the form with the register's chooser of a decision mixed in."""
    fields: Any = hooks.papers[0].fields
    return type(form.__name__, (fields, form), {})


def decision_of(form: Any, who: Actor, scope_ids: list[int]) -> int:
    """Return the decision the chooser names. Raises `Refused`, `NotFound`."""
    if who.may(Permission.DECISIONS_RECORD, at=scope_ids):
        return int(hooks.papers[0].read(who, form.data, scope_ids) or 0)
    if not form.decision_id.data:
        raise Refused(Problem("decision_id", "required", N_("Chưa chọn quyết định trong sổ. Hãy chọn một quyết định.")))
    return int(form.decision_id.data)


def only_registered(form: Any, who: Actor, scope_ids: list[int]) -> None:
    """Offer a decision of the register, and a new entry only to those who may make one."""
    if not who.may(Permission.DECISIONS_RECORD, at=scope_ids):
        form.decision_basis.choices = [one for one in form.decision_basis.choices if one.value != "new"]
