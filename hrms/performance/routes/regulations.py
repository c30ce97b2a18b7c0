"""Pages of regulations: who has one by the day it is due, one agency's with what holds there, writing, ending."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, workbook
from hrms.core.actor import missing
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.performance.forms import criteria as forms
from hrms.performance.models import CriteriaSet
from hrms.performance.queries import criteria as queries
from hrms.performance.queries import regulations
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.criteria import READ, grouped, kind_words, method_words
from hrms.performance.rules.classes import ROUNDING_LABELS, Rounding
from hrms.performance.rules.criteria import PERIOD_LABELS, Method
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.products import plain
from hrms.performance.rules.quota import BASE_LABELS, ORDER_LABELS, OrderKey, QuotaBase
from hrms.performance.services import criteria as services
from hrms.positions.queries.part import part_of

P = Permission
LIST = (P.PERFORMANCE_VIEW, P.PERFORMANCE_MANAGE, P.PERFORMANCE_CRITERIA)
WRITE = P.PERFORMANCE_MANAGE
EXPORT_NAME = "quy-che-danh-gia.xlsx"


def _asked() -> tuple[CriteriaSet, bool, Any, str]:
    """Return set, whether public units are asked for, part and state of the address."""
    units = request.args.get("of", "units") != "bodies"
    found = queries.find_set(Decree.PUBLIC if units else Decree.CIVIL)
    if found is None:
        raise missing("criteria")
    given = request.args.get("state", "")
    state = given if given in regulations.STATES else ""
    return found, units, part_of(actor(), request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW), state


def state_words() -> dict[str, str]:
    """Return the words of how an agency stands."""
    return {"own": _("có quy chế riêng"), "above": _("theo quy chế cấp trên"), "none": _("chưa có quy chế")}


@blueprint.route("/performance/regulations", access=LIST, endpoint="regulations")
def list_page() -> ResponseReturnValue:
    """List the bodies of the reader's part with the regulation that holds there, and who has none."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who, on = actor(), asked_dates()[0] or clock.today()
    found, units, part, state = _asked()
    due = regulations.due_on(on) if units else None
    return render_template(
        "performance/regulations/list.html",
        criteria=found,
        units=units,
        part=part,
        state=state,
        on=on,
        due=due,
        left=(due - clock.today()).days if due else None,
        counts=regulations.count_agencies(who, found, on, units=units, root_id=part.agency_id),
        page=regulations.list_agencies(
            who, found, on, units=units, root_id=part.agency_id, state=state or None,
            after=request.args.get("after"), before=request.args.get("before"),
        ),
        words=state_words(),
        period_words={name: render(said) for name, said in PERIOD_LABELS.items()},
        may_write=who.may(WRITE),
    )  # fmt: skip


@blueprint.route("/performance/regulations/export.xlsx", access=LIST)
def regulations_export() -> ResponseReturnValue:
    """Give the list that the address shows as a workbook."""
    who, on = actor(), asked_dates()[0] or clock.today()
    found, units, part, state = _asked()
    page = regulations.list_agencies(
        who, found, on, units=units, root_id=part.agency_id, state=state or None, limit=regulations.EXPORT_MOST
    )
    said = state_words()
    rows = [
        [
            row.agency.code, row.agency.name, said[row.state], row.regulation.number if row.regulation else "",
            row.regulation.issued_on if row.regulation else None, row.place.name if row.place else "",
            render(PERIOD_LABELS[row.regulation.period_kind]) if row.regulation else "",
        ]
        for row in page.items
    ]  # fmt: skip
    headers = (
        _("Mã"), _("Cơ quan, đơn vị"), _("Quy chế đánh giá"), _("Số, ký hiệu"), _("Ngày ban hành"), _("Quy chế của"),
        _("Theo dõi, chấm điểm"),
    )  # fmt: skip
    made = workbook.in_memory(_("Quy chế đánh giá"), headers, rows, widths=(16, 50, 24, 20, 14, 50, 18))
    return send_file(made, as_attachment=True, download_name=EXPORT_NAME)


@blueprint.route("/performance/regulations/<int:agency_id>", access=(*READ, P.PERFORMANCE_CRITERIA))
def regulation(agency_id: int) -> ResponseReturnValue:
    """Show what holds of an agency on the day: its regulation or the one above, every point with where it is from."""
    who, (on, known_on) = actor(), asked_dates()
    on = on or clock.today()
    agency = agencies.get_agency(who, agency_id, P.PERFORMANCE_VIEW, P.SELF_VIEW, P.PERFORMANCE_CRITERIA)
    listed = any(who.may(one) for one in LIST)
    held = [_terms(agency, one, on, known_on) for one in (Decree.CIVIL, Decree.PUBLIC)]
    return render_template(
        "performance/regulations/show.html",
        agency=agency,
        held=[one for one in held if one is not None],
        versions=regulations.all_versions(agency.id, known_on),
        on=on,
        may_write=services.may_regulate(who, agency),
        listed=listed,
        kind_words=kind_words,
        method_words=method_words,
        period_words={name: render(said) for name, said in PERIOD_LABELS.items()},
        plain=plain,
        crumbs=[(_("Quy chế đánh giá"), url_for("performance.regulations"))] if listed else [],
    )


def _terms(agency: Agency, set_code: str, on: date, known_on: datetime | None) -> dict[str, Any] | None:
    """Return what holds of an agency for a set, in words; None while the set is not in force."""
    try:
        terms = queries.terms_for(agency.id, set_code, on, known_on)
    except Refused:
        return None
    regulation = terms.regulation
    own = {name for name in forms.OPEN_POINTS if regulation is not None and getattr(regulation, name) is not None}
    return {
        "terms": terms,
        "own": own,
        "groups": grouped(terms.items) if regulation is not None and regulation.items else [],
        "staff": forms.weight_words(regulation.weights if regulation else None, "staff"),
        "leader": forms.weight_words(regulation.weights if regulation else None, "leader"),
        "rounding": render(ROUNDING_LABELS[Rounding(terms.rounding)]),
        "quota_base": render(BASE_LABELS[QuotaBase(terms.quota_base)]),
        "ties": "; ".join(render(ORDER_LABELS[OrderKey(one)]) for one in terms.tie_order),
    }


def _configure_agency(field: Any) -> None:
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), WRITE).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(WRITE,))]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


@blueprint.route("/performance/regulations/new", access=WRITE, methods=["GET", "POST"])
def new_regulation() -> ResponseReturnValue:
    """Choose whose regulation to write, and for whom."""
    who = actor()
    roots = who.scope(WRITE)
    data = {"agency": str(roots[0])} if len(roots) == 1 and roots[0] else {}
    form: Any = forms.ChoiceForm(data=data)
    _configure_agency(form.agency)
    rows = [one for one in queries.list_sets(clock.today()) if forms.is_scored(one.version)]
    form.criteria.choices = [
        (str(one.criteria.id), f"{kind_words(one.version)} · {one.criteria.code}") for one in rows if one.version
    ]
    if request.method == "POST" and form.validate():
        agency_id, set_id = int(form.agency.data), int(form.criteria.data)
        return redirect(url_for("performance.write_regulation", agency_id=agency_id, set_id=set_id), 303)
    page = render_template(
        "performance/regulations/choose.html", form=form,
        crumbs=[(_("Quy chế đánh giá"), url_for("performance.regulations"))],
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _open(agency_id: int, set_id: int) -> tuple[Agency, CriteriaSet]:
    agency = agencies.get_agency(actor(), agency_id, WRITE, P.PERFORMANCE_VIEW)
    found = queries.get_set(set_id)
    actor().require(WRITE, at=agency.scope_ids)
    return agency, found


@blueprint.route(
    "/performance/regulations/<int:agency_id>/<int:set_id>/edit", access=WRITE, methods=["GET", "POST"]
)  # fmt: skip
def write_regulation(agency_id: int, set_id: int) -> ResponseReturnValue:
    """Write a regulation from a day on; with `version` in the address, put that one right for its own days."""
    agency, found = _open(agency_id, set_id)
    kept = regulations.list_versions(agency.id, found.id)
    given = request.args.get("version", "")
    asked = next((one for one in kept if str(one.id) == given), None)
    if given and asked is None:
        raise missing("version")
    newest = kept[0] if kept else None
    versions = queries.list_versions(found.id)
    version = queries.version_on(versions, clock.today()) or next(iter(versions), None)
    data = forms.regulation_data(asked or newest, newest, version)
    if asked is not None:
        data |= forms.version_days(asked)
    method = Method(version.method) if version is not None else Method.NONE
    form: Any = forms.RegulationForm(data=data, method=method)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            values, problems = form.values()
            form.take(problems)
            if not problems:
                try:
                    with transaction():
                        services.write_regulation(
                            actor(), agency, found, values, valid_from=form.valid_from.data, valid_to=form.until,
                            seen=_seen(form),
                        )  # fmt: skip
                    flash(_("Đã ghi quy chế. Phiếu đã chấm giữ nguyên cách tính cũ."), "ok")
                    return redirect(url_for("performance.regulation", agency_id=agency.id), 303)
                except (Refused, Stale) as refused:
                    form.take(refused.problems)
                    status = refused.status
    page = render_template(
        "performance/regulations/form.html", form=form, agency=agency, criteria=found, version=version,
        own=method is Method.WEIGHTS, staff=forms.weight_fields("staff"), leader=forms.weight_fields("leader"),
        open_points=forms.OPEN_POINTS, plain=plain, crumbs=_crumbs(agency),
    )  # fmt: skip
    return page, status


@blueprint.route(
    "/performance/regulations/<int:agency_id>/<int:set_id>/end", access=WRITE, methods=["GET", "POST"]
)  # fmt: skip
def end_regulation(agency_id: int, set_id: int) -> ResponseReturnValue:
    """Let a regulation hold no more from a day on."""
    agency, found = _open(agency_id, set_id)
    kept = regulations.list_versions(agency.id, found.id)
    form = forms.EndForm(data={"seen": str(kept[0].id) if kept else ""})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and form.valid_from.data is not None:
            try:
                with transaction():
                    services.withdraw_regulation(
                        actor(), agency, found, form.valid_from.data, reason=str(form.reason.data or ""),
                        seen=_seen(form),
                    )  # fmt: skip
                flash(_("Quy chế thôi áp dụng từ ngày đã ghi."), "ok")
                return redirect(url_for("performance.regulation", agency_id=agency.id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    page = render_template(
        "performance/regulations/end.html", form=form, agency=agency, criteria=found, crumbs=_crumbs(agency)
    )
    return page, status


def _seen(form: Any) -> int | None:
    given = str(form.seen.data or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _crumbs(agency: Agency) -> list[tuple[str, str]]:
    return [
        (_("Quy chế đánh giá"), url_for("performance.regulations")),
        (agency.name, url_for("performance.regulation", agency_id=agency.id)),
    ]
