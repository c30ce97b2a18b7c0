"""The list of rounds, and opening them: for one agency, or for all under it as a job with progress."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.performance.forms.rounds import OpenForm
from hrms.performance.queries import calibration as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import configure_agency, crumbs
from hrms.performance.routes.calibration.words import ROUND_LABELS, ROUND_TONES, set_words
from hrms.performance.services import rounds as services
from hrms.positions.queries.part import part_of
from hrms.positions.routes.seeing.asking import asked_number, asked_one_of

P = Permission


@blueprint.route("/performance/rounds", access=P.PERFORMANCE_VIEW)
def rounds() -> ResponseReturnValue:
    """List the rounds of the reader's part; those past their last day without a decision in red."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who, today = actor(), clock.today()
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)
    late = request.args.get("late", "") == "1"
    filters = queries.ListFilters(
        asked_number("year", most=2101), asked_number("set"), asked_one_of("state", ROUND_LABELS), part.agency_id, late
    )
    page = queries.list_rounds(
        who, filters, today, after=request.args.get("after"), before=request.args.get("before")
    )  # fmt: skip
    anyone = ("", _("Tất cả"))
    return render_template(
        "performance/rounds/list.html",
        page=page,
        part=part,
        filters=filters,
        today=today,
        years=[anyone, *((str(one), str(one)) for one in queries.list_years(who))],
        sets=[anyone, *((str(one.id), set_words(one)) for one in queries.list_sets())],
        states=[anyone, *((one, render(words)) for one, words in ROUND_LABELS.items())],
        labels=ROUND_LABELS,
        tones=ROUND_TONES,
        may_open=who.may(P.PERFORMANCE_MANAGE),
    )


@blueprint.route("/performance/rounds/new", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"])
def open_rounds() -> ResponseReturnValue:
    """Open the rounds of a year: one agency's at once, a whole tree's in the background."""
    who, today = actor(), clock.today()
    data: dict[str, Any] = {"year": today.year if today.month > 1 else today.year - 1}
    roots = who.scope(P.PERFORMANCE_MANAGE)
    if len(roots) == 1 and roots[0]:
        data["agency"] = str(roots[0])
    form: Any = OpenForm(data=data)
    configure_agency(form.agency, P.PERFORMANCE_MANAGE)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _open(form)
            except Refused as refused:
                form.take(refused.problems)
    page = render_template(
        "performance/rounds/open.html", form=form, crumbs=crumbs(), back=url_for("performance.rounds")
    )
    return page, status


def _open(form: Any) -> ResponseReturnValue:
    who, year = actor(), int(form.year.data)
    with transaction():
        agency = agencies.get_agency(who, int(form.agency.data), P.PERFORMANCE_MANAGE)
        if form.everybody.data:
            task_id = services.open_for_all(who, agency.id, year)
            return redirect(url_for("core.task", task_id=task_id), 303)
        made = services.open_round(who, agency.id, year, special=bool(form.special.data))
    flash(_("Đã mở %(n)s đợt xếp loại và lấy số liệu của từng người.", n=len(made)), "ok")
    if len(made) == 1:
        return redirect(url_for("performance.round", round_id=made[0]), 303)
    return redirect(url_for("performance.rounds", agency=form.agency.data, year=year), 303)
