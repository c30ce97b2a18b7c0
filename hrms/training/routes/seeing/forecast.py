"""Who will miss by the end of the year, by agency and by name, and the classes that would close the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, scope
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.training.queries import offers, why
from hrms.training.queries import overview as queries
from hrms.training.queries.offers import OpenClass
from hrms.training.queries.overview import Filters, Person
from hrms.training.routes.base import blueprint
from hrms.training.routes.seeing.asking import asked_filters, asked_part, kept, send_names
from hrms.training.routes.seeing.compliance import choices
from hrms.training.routes.seeing.words import duty_cells, duty_headers
from hrms.training.rules.proposing import Proposal

P = Permission
RED_MONTH, RED_DAY = 11, 30
"""From this day who will miss stands on the red list."""
NOMINATED_MOST = 50
"""So many people go into one address."""


def _filters() -> Filters:
    this = clock.today().year
    found = asked_filters("at_risk")
    return Filters(this, found.requirement_id, found.kind, found.state, found.words)


def red_from(today: date) -> date:
    """Return the day of this year from which the list is the red list."""
    return date(today.year, RED_MONTH, RED_DAY)


@blueprint.route("/training/forecast", access=P.TRAINING_VIEW)
def forecast() -> ResponseReturnValue:
    """Show how many will miss by 31/12, by agency and by requirement."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part, filters = asked_part(), _filters()
    found = queries.compliance(part, filters)
    today = clock.today()
    worst = sorted((row for row in found.places if row.at_risk), key=lambda row: (-row.at_risk, row.name))
    return render_template(
        "training/seeing/forecast.html",
        part=part,
        filters=filters,
        choices=choices(filters),
        total=found.total,
        places=worst,
        requirements=[row for row in found.requirements if row.at_risk],
        today=today,
        red_from=red_from(today),
        people_url=lambda **values: url_for(
            "training.forecast_people", **(kept("agency", "requirement", "kind") | values)
        ),
    )


def _proposed(people: Sequence[Person]) -> offers.Proposals:
    today = clock.today()
    return offers.propose_to([one.person_id for one in people], today.year, today)


def _nominate_url(one: OpenClass, people: Sequence[int]) -> str | None:
    """Return where these people are nominated to a class; None for a reader who may not, or without that page."""
    if not actor().may(P.TRAINING_NOMINATE) or "training.nominate" not in current_app.view_functions:
        return None
    return url_for("training.nominate", class_id=one.id, people=",".join(map(str, people[:NOMINATED_MOST])))


@blueprint.route("/training/forecast/people", access=P.TRAINING_VIEW)
def forecast_people() -> ResponseReturnValue:
    """Show by name who will miss, what each lacks, and the open classes that close it with the least hours."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    who.require(P.PEOPLE_VIEW)
    scope.enter_for(who, P.PEOPLE_VIEW)
    part, filters = asked_part(), _filters()
    people = queries.list_people(part, filters, after=request.args.get("after"))
    count_shown(one.person_id for one in people.page.items)
    reasons = why.reasons([one.person_id for one in people.page.items], filters.year)
    proposed = _proposed(people.page.items)
    today = clock.today()
    return render_template(
        "training/seeing/forecast_people.html",
        part=part,
        filters=filters,
        choices=choices(filters),
        page=people.page,
        everybody=people.everybody,
        proposal_of=proposed.by_person.get,
        classes=[(one, len(taken), _nominate_url(one, taken)) for one, taken in proposed.by_class],
        reasons_of=lambda one, duty: reasons.get((one.person_id, duty.requirement_id), ()),
        today=today,
        red_from=red_from(today),
        crumbs=[(_("Dự báo đến 31/12"), url_for("training.forecast", **kept("agency", "requirement", "kind")))],
    )


@blueprint.route("/training/forecast/people.xlsx", access=P.PEOPLE_EXPORT)
def export_forecast() -> ResponseReturnValue:
    """Give the people who will miss, a line for each thing they lack, with the classes proposed, as a workbook."""
    actor().require(P.TRAINING_VIEW)
    part, filters = asked_part(P.PEOPLE_EXPORT), _filters()
    people = queries.list_people(part, filters, limit=queries.EVERYBODY)
    proposed = _proposed(people.page.items).by_person
    rows = [
        (one.full_name, one.staff_code, one.agency, *duty_cells(duty), _said(proposed, one))
        for one in people.page.items
        for duty in one.duties
    ]
    headers = [_("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), *duty_headers(), _("Lớp đề xuất")]
    year = filters.year
    return send_names(
        "training.forecast", _("Dự báo đến 31-12-%(year)s", year=year), headers, rows,
        f"nguy-co-thieu-tiet-{year}.xlsx", part, (26, 12, 40, 60, *(13,) * 8, 60),
    )  # fmt: skip


def _said(proposed: Mapping[int, Proposal], one: Person) -> Any:
    proposal = proposed.get(one.person_id)
    return "; ".join(offer.name for offer in proposal.offers) if proposal else None
