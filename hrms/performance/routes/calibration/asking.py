"""What the pages of rounds have in common: the round asked for, its frame, a form that runs a step, what was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.errors import HrmsError, NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.performance.queries import calibration as queries

P = Permission
WORKS = (P.PERFORMANCE_MANAGE, P.PERFORMANCE_RATE)
"""Who prepares a round or decides it."""


def opened(round_id: int) -> queries.Opened:
    """Return the round of the address. Raises `NotFound` outside the reader's part."""
    return queries.get_round(actor(), round_id)


def crumbs(one: queries.Opened | None = None) -> list[tuple[str, str]]:
    """Return the way to a page of rounds, or of one."""
    found = [(_("Đợt xếp loại"), url_for("performance.rounds"))]
    if one is not None:
        found.append((title_of(one), url_for("performance.round", round_id=one.found.id)))
    return found


def title_of(one: queries.Opened) -> str:
    """Return the name of a round's page."""
    return _("Xếp loại năm %(year)s", year=one.found.year)


def sent_version(form: Any = None) -> int:
    """Return the version that was sent with a form, 0 for none or nonsense."""
    given = str((form.version.data if form is not None else request.form.get("version")) or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def sent_number(name: str) -> int | None:
    """Return a whole number of the posted form, None for nothing or nonsense."""
    given = request.form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def said(error: HrmsError) -> str:
    """Return the sentences of a refusal."""
    return " ".join(render(problem) for problem in error.problems)


def step(back: str, act: Callable[[], str]) -> ResponseReturnValue:
    """Run a step that has no form of its own: the sentence of `act`, or of what refused it, is shown on `back`."""
    try:
        with transaction():
            words = act()
        flash(words, "ok")
    except (Refused, Stale) as refused:
        flash(said(refused), "bad")
    return redirect(back, 303)


_OURS = {
    "new_class": ("rating",), "on": ("decided_on", "published_on"), "outstanding_basis": ("basis",),
    "decision": ("decision_id",),
}  # fmt: skip
"""Fields as the services name them → as forms do."""


def take(form: Any, refused: HrmsError) -> None:
    """Put what a service found wrong beside the fields of a form, whatever the service calls them."""
    problems = [
        replace(one, field=next((name for name in _OURS.get(one.field, ()) if name in form), one.field))
        for one in refused.problems
    ]
    form.take(problems)


def run_form(form: Any, template: str, back: str, act: Callable[[Any], str], **more: Any) -> ResponseReturnValue:
    """Run a form: `act` writes and returns the sentence; what refuses it stands at its fields."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    words = act(form)
                flash(words, "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                take(form, refused)
                status = refused.status
    return render_template(template, form=form, back=back, **more), status


def with_paper(form: type[Any]) -> type[Any]:
    """Return the form with the register's chooser of a decision mixed in."""
    fields: Any = hooks.papers[0].fields
    return type(form.__name__, (fields, form), {})


def only_registered(form: Any, who: Actor, agency: Agency) -> None:
    """Offer a decision of the register, and a new entry only to those who may make one."""
    form.require_paper()
    if not who.may(P.DECISIONS_RECORD, at=agency.scope_ids):
        form.decision_basis.choices = [one for one in form.decision_basis.choices if one.value == "existing"]
        form.decision_basis.data = "existing"


def decision_of(form: Any, who: Actor, agency: Agency) -> int:
    """Return the decision the chooser names. Raises `Refused`, `NotFound`."""
    if who.may(P.DECISIONS_RECORD, at=agency.scope_ids):
        found = hooks.papers[0].read(who, form.data, agency.scope_ids)
        return int(found or 0)
    if not form.decision_id.data:
        raise Refused(Problem("decision_id", "required", N_("Chưa chọn quyết định trong sổ. Hãy chọn một quyết định.")))
    return int(form.decision_id.data)


def configure_agency(field: Any, *permissions: Permission) -> None:
    """Let a box offer the agencies of the reader's part."""
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), *permissions).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=permissions)]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)
