"""Periods: how far each unit is, opening a month or a quarter for one agency or all under it, publishing, closing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.performance.forms.sheets import ChooseForm, OpenForm
from hrms.performance.models import ScoringPeriod
from hrms.performance.queries import sheet_lists as lists
from hrms.performance.routes import sheet_view as view
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.sheets import asked_when
from hrms.performance.services import periods as services
from hrms.performance.services import sheets as sheet_services
from hrms.positions.queries.part import part_of
from hrms.positions.routes.seeing.asking import asked_one_of

P = Permission
DECEMBER = 12


def crumbs() -> list[tuple[str, str | None]]:
    """Return the way back to the periods."""
    return [(_("Kỳ đánh giá"), url_for("performance.periods"))]


@blueprint.route("/performance/periods", access=P.PERFORMANCE_VIEW)
def periods() -> ResponseReturnValue:
    """List the periods of the reader's part with how far their sheets are."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part = part_of(actor(), request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)
    choices, when = lists.list_choices(), asked_when()
    if when is None and "period" not in request.args and choices:
        when = choices[0]
    state = asked_one_of("state", ("open", "closed"))
    return render_template(
        "performance/scoring/periods.html", part=part, when=when, state=state or "", view=view, today=clock.today(),
        rows=lists.list_periods(part, when, state), may_open=actor().may(P.PERFORMANCE_MANAGE),
        periods=[("all", _("Tất cả")), *((one.key, view.when_words(one)) for one in choices)],
        states=[("", _("Tất cả")), ("open", _("Đang mở")), ("closed", _("Đã khóa"))],
    )  # fmt: skip


def configure_agency(field: Any, permission: Permission) -> None:
    """Let a search box offer the agencies where the reader holds a permission."""
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), permission).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(permission,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


@blueprint.route("/performance/periods/open", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"])
def open_period() -> ResponseReturnValue:
    """Open a month or a quarter: for one agency at once, for all under it as a job with progress."""
    who, today = actor(), clock.today()
    before = today.month - 1 or DECEMBER
    roots = who.scope(P.PERFORMANCE_MANAGE)
    data: dict[str, Any] = {
        "kind": "month", "number": before, "year": today.year - (before == DECEMBER), "reach": "one",
    }  # fmt: skip
    if len(roots) == 1 and roots[0]:
        data["agency_id"] = str(roots[0])
    form: Any = OpenForm(data=data)
    form.offer()
    configure_agency(form.agency_id, P.PERFORMANCE_MANAGE)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            given = (int(form.agency_id.data), int(form.year.data), str(form.kind.data), int(form.number.data))
            try:
                with transaction():
                    if form.reach.data == "all":
                        address = url_for("core.task", task_id=services.open_for_all(who, *given))
                    else:
                        period_id = services.open_period(who, *given)
                        address = url_for("performance.period", period_id=period_id)
                if form.reach.data != "all":
                    flash(_("Đã mở kỳ đánh giá."), "ok")
                return redirect(address, 303)
            except Refused as refused:
                form.take(refused.problems)
    return render_template("performance/scoring/open.html", form=form, crumbs=crumbs()), status


@blueprint.route("/performance/periods/import", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"])
def months_import() -> ResponseReturnValue:
    """Choose the agency whose months, scored before the system, are to be taken in, unless there is but one."""
    roots = actor().scope(P.PERFORMANCE_MANAGE)
    if request.method == "GET" and len(roots) == 1 and roots[0]:
        found = db.session.get(Agency, roots[0])
        if found is not None and found.depth > 0:
            return redirect(url_for("months_import.bring", agency_id=found.id))
    form: Any = ChooseForm()
    configure_agency(form.agency_id, P.PERFORMANCE_MANAGE)
    if request.method == "POST" and form.validate():
        return redirect(url_for("months_import.bring", agency_id=int(form.agency_id.data)), 303)
    page = render_template("performance/scoring/choose.html", form=form, crumbs=crumbs())
    return page, 422 if form.errors else 200


def _period(period_id: int, permission: Permission = P.PERFORMANCE_VIEW) -> tuple[ScoringPeriod, Agency]:
    """Return a period of an agency the reader holds a permission over, as it is now. Raises `NotFound`, `Forbidden`."""
    period = db.session.get(ScoringPeriod, period_id, populate_existing=True)
    agency = db.session.get(Agency, period.agency_id) if period else None
    if period is None or agency is None or not actor().may(P.PERFORMANCE_VIEW, at=agency.scope_ids):
        raise missing("period")
    actor().require(permission, at=agency.scope_ids)
    return period, agency


@blueprint.route("/performance/periods/<int:period_id>", access=P.PERFORMANCE_VIEW)
def period(period_id: int) -> ResponseReturnValue:
    """Show a period: its days, how far each unit is, its sheets, what may be done next."""
    return _page(period_id)


def _page(period_id: int, status: int = 200, problems: tuple[str, ...] = ()) -> ResponseReturnValue:
    found, agency = _period(period_id)
    page = lists.list_of_period(period_id, after=request.args.get("after"))
    count_shown({row.person_id for row in page.items})
    units = lists.list_units(period_id)
    return render_template(
        "performance/scoring/period.html", period=found, agency=agency, units=units, page=page, view=view,
        total={name: sum(getattr(one, name) for one in units) for name in ("sheets", "with_owner", "to_score", "scored",
                                                                          "published")},
        today=clock.today(), manages=actor().may(P.PERFORMANCE_MANAGE, at=agency.scope_ids), problems=problems,
        may_export=actor().may(P.PEOPLE_EXPORT, at=agency.scope_ids), crumbs=crumbs(),
        when=lists.When(found.year, found.kind, found.number),
    ), status  # fmt: skip


@blueprint.route("/performance/periods/<int:period_id>/publish", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def publish_period(period_id: int) -> ResponseReturnValue:
    """Publish all sheets of a period that are scored; the others wait."""
    _period(period_id, P.PERFORMANCE_MANAGE)
    try:
        with transaction():
            count = sheet_services.publish(actor(), period_id)
    except (Refused, Stale) as refused:
        return _page(period_id, 422, tuple(render(one) for one in refused.problems))
    flash(_("Đã công khai %(n)s phiếu. Kết quả được gửi cơ sở dữ liệu quốc gia trong 5 ngày.", n=count), "ok")
    return redirect(url_for("performance.period", period_id=period_id), 303)


@blueprint.route("/performance/periods/<int:period_id>/join", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def join_period(period_id: int) -> ResponseReturnValue:
    """Open the sheets of people who have none in an open period."""
    found, agency = _period(period_id, P.PERFORMANCE_MANAGE)
    given = (agency.id, found.year, found.kind, found.number)
    try:
        with transaction():
            services.open_period(actor(), *given)
    except (Refused, Stale) as refused:
        return _page(period_id, 422, tuple(render(one) for one in refused.problems))
    flash(_("Đã mở phiếu cho những người chưa có."), "ok")
    return redirect(url_for("performance.period", period_id=period_id), 303)


@blueprint.route("/performance/periods/<int:period_id>/close", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def close_period(period_id: int) -> ResponseReturnValue:
    """Close a period all of whose sheets are published."""
    _period(period_id, P.PERFORMANCE_MANAGE)
    try:
        with transaction():
            services.close(actor(), period_id)
    except (Refused, Stale) as refused:
        return _page(period_id, 422, tuple(render(one) for one in refused.problems))
    flash(_("Đã khóa kỳ."), "ok")
    return redirect(url_for("performance.period", period_id=period_id), 303)
