"""The list of texts of the law, one text, and the figures in force with their sources."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.i18n import _
from hrms.core.routes import asked_dates
from hrms.figures.overlay import CHANGEABLE
from hrms.pay.forms import texts as forms
from hrms.pay.queries import texts as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.law import words
from hrms.pay.rules.texts import State
from hrms.pay.services import changes
from hrms.people.queries import law
from hrms.people.routes.finding import settled_address

DEFAULT = "base_salaries"


@blueprint.route("/pay/law", access=words.READ)
def decrees() -> ResponseReturnValue:
    """List the texts entered here, the latest first, above the catalogues they change."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    asked, writes, today = request.args.get("state", ""), words.may_write(), clock.today()
    state = State(asked) if asked in set(State) else None
    page = queries.list_texts(state, drafts=writes, after=request.args.get("after"), before=request.args.get("before"))
    held = {name: law.in_force(name, today) for name in CHANGEABLE}
    return render_template(
        "pay/law/list.html", page=page, words=words, state=state, today=today, held=held,
        counts=queries.count_texts(drafts=writes), writes=writes,
        salary=next(iter(held["base_salaries"]), None),
        coming=[row for row in law.rows("base_salaries") if (row["valid_from"] or "") > today.isoformat()],
    )  # fmt: skip


@blueprint.route("/pay/law/<int:change_id>", access=words.READ)
def decree(change_id: int) -> ResponseReturnValue:
    """Show one text: its head, each row beside what it replaces, and what may be done with it."""
    writes = words.may_write()
    found = queries.get_text(change_id, drafts=writes)
    draft = writes and found.state == State.DRAFT
    return render_template(
        "pay/law/show.html", found=found, words=words, writes=writes, draft=draft, lines=queries.lines_of(found),
        names=queries.names_of(found), problems=changes.problems_of(found) if draft and found.rows else [],
        fresh=draft and changes.is_fresh(found), catalogues=forms.catalogue_choices(), crumbs=crumbs(),
        preview=found.preview if writes else None,
    )  # fmt: skip


def crumbs(*more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Return the way to a page of this room."""
    return [(_("Văn bản về tiền lương"), url_for("pay.decrees")), *more]


def _asked_catalogue() -> str:
    asked = request.args.get("of", "")
    return asked if asked in CHANGEABLE else DEFAULT


@blueprint.route("/pay/law/figures", access=words.READ)
def law_figures() -> ResponseReturnValue:
    """Show a catalogue as it stands on a day, or with every row it ever had; `text` is a draft to change it in."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    name, writes = _asked_catalogue(), words.may_write()
    day, every = asked_dates()[0] or clock.today(), request.args.get("every") == "1"
    rows = [{**row} for row in (law.rows(name) if every else law.in_force(name, day))]
    given = request.args.get("text", "")
    text = queries.get_text(int(given), drafts=True) if writes and given.isdigit() and len(given) < 16 else None
    return render_template(
        "pay/law/figures.html", name=name, rows=rows, day=day, every=every, words=words,
        columns=words.shown_columns(name), choices=forms.catalogue_choices(), writes=writes,
        text=text if text is not None and text.state == State.DRAFT else None, crumbs=crumbs(),
    )  # fmt: skip


def _asked_day() -> date:
    value: Any = request.args.get("on", "")
    try:
        return date.fromisoformat(value)
    except ValueError:
        return clock.today()


@blueprint.route("/pay/law/sample.csv", access=words.READ)
def law_sample() -> ResponseReturnValue:
    """Give a catalogue in force as a file to fill in new figures."""
    name = _asked_catalogue()
    return Response(
        forms.sample(name, _asked_day()), mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )  # fmt: skip
