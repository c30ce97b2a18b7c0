"""The class of organisations: those under an authority with their quota, one with its figures, deciding all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, hooks
from hrms.core.actor import EVERYTHING
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import Reason
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.performance.forms.organisations import (
    ChooseForm,
    DecideOrganisationsForm,
    OrganisationForm,
    organisation_data,
)
from hrms.performance.queries import organisations as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import (
    WORKS,
    decision_of,
    only_registered,
    run_form,
    sent_version,
    step,
    with_paper,
)
from hrms.performance.routes.calibration.words import CLASS_TONES
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.organisations import (
    OrganisationClass,
    check_organisation,
    organisation_class,
    organisations_max,
)
from hrms.performance.rules.quota import Rule
from hrms.performance.services import organisations as services
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import asked_number, send_figures

P = Permission


@dataclass(frozen=True, slots=True)
class Quota:
    """How many organisations under the authority may be excellent, how many stand so, and why so many."""

    maximum: int
    taken: int
    good: int
    reason: Reason

    @property
    def over(self) -> bool:
        """Whether more stand excellent than may."""
        return self.taken > self.maximum


def quota_among(rows: list[queries.Row], authority: Agency) -> Quota:
    """Return the quota among the organisations under one authority, as their classes stand."""
    standing = [row.standing for row in rows]
    good = sum(one in {RatingClass.EXCELLENT, RatingClass.GOOD} for one in standing)
    taken = sum(one is RatingClass.EXCELLENT for one in standing)
    top = sum(row.found is not None and row.found.by_points == RatingClass.EXCELLENT for row in rows)
    rule = Rule(decree=queries.decree_of(authority))
    most, reason = organisations_max(good, max(top, taken), len(rows), rule)
    return Quota(most, taken, good, reason)


def _authority() -> tuple[Part, Agency]:
    """Return the authority of the address, else the top of the reader's part."""
    who = actor()
    given = request.args.get("agency", "").strip()
    part = part_of(who, given or None, P.PERFORMANCE_VIEW)
    if part.agency is not None:
        return part, part.agency
    roots = [root for root in part.roots if root != EVERYTHING] or agencies.list_roots(who)
    found = agencies.get_agency(who, roots[0], P.PERFORMANCE_VIEW)
    return part, found


def _year() -> int:
    return asked_number("year", most=2101, least=2000) or clock.today().year


@blueprint.route("/performance/organisations", access=P.PERFORMANCE_VIEW)
def organisations() -> ResponseReturnValue:
    """List the organisations right under an authority with their class of a year and the quota among them."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who, year = actor(), _year()
    _part, authority = _authority()
    rows = queries.list_under(who, authority.id, year)
    return render_template(
        "performance/organisations/list.html",
        authority=authority,
        part=Part((authority.id,), authority.id, authority),
        year=year,
        years=[(str(one), str(one)) for one in queries.years()],
        rows=rows,
        quota=quota_among(rows, authority),
        class_of=RatingClass,
        class_tones=CLASS_TONES,
        states=_states(),
        may_manage=who.may(P.PERFORMANCE_MANAGE, at=authority.scope_ids),
        may_rate=who.may(P.PERFORMANCE_RATE, at=authority.scope_ids),
        waiting=sum(row.standing is None for row in rows),
        decided=sum(row.found is not None and row.found.state == "decided" for row in rows),
    )


def _states() -> dict[str, str]:
    return {"draft": _("Dự thảo"), "decided": _("Đã quyết định"), "published": _("Đã công khai")}


@blueprint.route("/performance/organisations.xlsx", access=P.PERFORMANCE_VIEW)
def export_organisations() -> ResponseReturnValue:
    """Give the classes of the organisations under an authority as a workbook."""
    who, year = actor(), _year()
    _part, authority = _authority()
    headers = [
        _("Cơ quan, đơn vị"), _("Điểm"), _("Hoàn thành, phần trăm"), _("Chậm, phần trăm"), _("Vượt mức, phần trăm"),
        _("Theo điểm"), _("Mức xếp loại"), _("Lý do"), _("Tình trạng"),
    ]  # fmt: skip
    rows = []
    for row in queries.list_under(who, authority.id, year):
        one = row.found
        figures = [one.points, one.done_percent, one.late_percent, one.exceeding_percent] if one else [None] * 4
        rows.append([
            row.agency.name, *figures, _class(one.by_points if one else None), _class(row.standing),
            one.reason if one else None, _states()[one.state] if one else None,
        ])  # fmt: skip
    part = Part((authority.id,), authority.id, authority)
    return send_figures(
        "organisation_ratings", _("Xếp loại tổ chức %(year)s", year=year), headers, rows,
        f"xep-loai-to-chuc-{year}.xlsx", part, widths=(50, 10, 12, 12, 12, 26, 26, 40, 16),
    )  # fmt: skip


def _class(value: str | None) -> str | None:
    return render(CLASS_LABELS[RatingClass(value)]) if value else None


def _crumbs(agency: Agency, year: int) -> list[tuple[str, str]]:
    return [(
        _("Xếp loại cơ quan, đơn vị"), url_for("performance.organisations", agency=agency.parent_id, year=year)
        if agency.parent_id and actor().may(P.PERFORMANCE_VIEW, at=agency.scope_ids[:-1])
        else url_for("performance.organisations", year=year),
    )]  # fmt: skip


@blueprint.route(
    "/performance/organisations/<int:agency_id>",
    access={"GET": P.PERFORMANCE_VIEW, "POST": P.PERFORMANCE_MANAGE},
    methods=["GET", "POST"],
)
def organisation(agency_id: int) -> ResponseReturnValue:
    """Show an organisation's figures of a year; who may edits them and sees what class follows before writing."""
    who, year = actor(), _year()
    agency = agencies.get_agency(who, agency_id, P.PERFORMANCE_VIEW)
    found = queries.find(agency.id, year)
    form: Any = OrganisationForm(data=organisation_data(found))
    status, tried = 200, None
    if request.method == "POST":
        who.require(P.PERFORMANCE_MANAGE, at=agency.scope_ids)
        status = 422
        if form.validate():
            tried = _follows(agency, year, form.values())
            if request.form.get("do") == "preview":
                problems = check_organisation(_facts(agency, year, form.values()))
                form.take(problems)
                status = 422 if problems else 200
            else:
                try:
                    with transaction():
                        services.save(who, agency.id, year, form.values(), version=sent_version(form) or None)
                    flash(_("Đã ghi số liệu của %(name)s.", name=agency.name), "ok")
                    return redirect(url_for("performance.organisation", agency_id=agency.id, year=year), 303)
                except (Refused, Stale) as refused:
                    form.take(refused.problems)
                    status = refused.status
    follows = tried or (_follows(agency, year, found) if found else None)
    cited: Any = {}
    if found is not None and found.decision_id and who.may(P.DECISIONS_VIEW):
        cited = hooks.papers[0].describe([found.decision_id])
    page = render_template(
        "performance/organisations/show.html",
        agency=agency,
        found=found,
        form=form,
        follows=follows,
        tried=tried is not None,
        year=year,
        class_of=RatingClass,
        class_tones=CLASS_TONES,
        states=_states(),
        paper=cited.get(found.decision_id) if found else None,
        may_edit=who.may(P.PERFORMANCE_MANAGE, at=agency.scope_ids) and (found is None or found.state == "draft"),
        may_choose=found is not None and found.state == "draft"
        and any(who.may(right, at=agency.scope_ids) for right in WORKS),
        crumbs=_crumbs(agency, year),
    )  # fmt: skip
    return page, status


def _facts(agency: Agency, year: int, values: Any) -> Any:
    return queries.facts_of(agency, values, failed=queries.subordinate_failed(agency.id, year))


def _follows(agency: Agency, year: int, values: Any) -> OrganisationClass | None:
    facts = _facts(agency, year, values)
    return None if check_organisation(facts) else organisation_class(facts)


@blueprint.route("/performance/organisations/<int:agency_id>/choose", access=WORKS, methods=["GET", "POST"])
def choose_organisation(agency_id: int) -> ResponseReturnValue:
    """Set the class of an organisation where the points do not settle it."""
    who, year = actor(), _year()
    agency = agencies.get_agency(who, agency_id, P.PERFORMANCE_VIEW)
    found = queries.find(agency.id, year)
    back = url_for("performance.organisation", agency_id=agency.id, year=year)
    if found is None:
        flash(_("Chưa có số liệu của năm. Hãy ghi số liệu trước."), "bad")
        return redirect(back, 303)
    form = ChooseForm(data={"version": str(found.version), "rating": found.final or found.by_points or ""})

    def act(sent: Any) -> str:
        services.choose(who, found.id, sent.rating.data, sent.reason.data, version=sent_version(sent))
        return _("Đã ghi mức xếp loại của %(name)s.", name=agency.name)

    return run_form(
        form, "performance/rounds/step.html", back, act, title=_("Mức xếp loại"), submit=_("Ghi"), of=agency.name,
        crumbs=[*_crumbs(agency, year), (agency.name, back)],
    )  # fmt: skip


@blueprint.route(
    "/performance/organisations/<int:agency_id>/decide", access=P.PERFORMANCE_RATE, methods=["GET", "POST"]
)
def decide_organisations(agency_id: int) -> ResponseReturnValue:
    """Decide the classes of all organisations right under an authority by one decision."""
    who, year = actor(), _year()
    authority = agencies.get_agency(who, agency_id, P.PERFORMANCE_RATE)
    back = url_for("performance.organisations", agency=authority.id, year=year)
    form: Any = with_paper(DecideOrganisationsForm)(paper_kind="rating", data={"decided_on": clock.today()})
    only_registered(form, who, authority)

    def act(sent: Any) -> str:
        decision_id = decision_of(sent, who, authority)
        made = services.decide(who, authority.id, year, decision_id, sent.decided_on.data)
        return _("Đã quyết định xếp loại %(n)s cơ quan, đơn vị.", n=len(made))

    return run_form(
        form, "performance/rounds/decide.html", back, act, title=_("Quyết định xếp loại tổ chức"),
        submit=_("Ghi quyết định"), of=authority.name, crumbs=[(_("Xếp loại cơ quan, đơn vị"), back)],
    )  # fmt: skip


@blueprint.route("/performance/organisations/<int:agency_id>/publish", access=WORKS, methods=["POST"])
def publish_organisations(agency_id: int) -> ResponseReturnValue:
    """Publish the decided classes of the organisations right under an authority."""
    who = actor()
    authority = agencies.get_agency(who, agency_id, *WORKS)
    given = request.form.get("year", "")
    year = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else clock.today().year

    def act() -> str:
        made = services.publish(who, authority.id, year)
        return _("Đã công khai xếp loại của %(n)s cơ quan, đơn vị.", n=len(made))

    return step(url_for("performance.organisations", agency=authority.id, year=year), act)
