"""Who meets what they owe in training: figures by agency and requirement, down to names with their reasons."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, scope
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.people.rules.kinds import KIND_LABELS, PersonKind
from hrms.training.queries import overview as queries
from hrms.training.queries import why
from hrms.training.queries.overview import STATES, Duty, Figures, Filters
from hrms.training.routes.base import blueprint
from hrms.training.routes.seeing.asking import asked, kept, send_figures, send_names, year_of, years
from hrms.training.routes.seeing.words import duty_cells, duty_headers, state_words
from hrms.training.rules.kinds import StandingState
from hrms.training.services import telling

P = Permission
TONES = {"met": "ok", "short": "warn", "overdue": "bad", "exempt": "none", "at_risk": "warn"}
STANDING_TONES = {
    StandingState.MET: "ok", StandingState.HELD: "ok", StandingState.SHORT: "warn", StandingState.DUE: "info",
    StandingState.OVERDUE: "bad", StandingState.EXEMPT: "none",
}  # fmt: skip
KEPT = ("agency", "year", "requirement", "kind", "state", "q")


def choices(filters: Filters) -> dict[str, Any]:
    """Return what the boxes over a table offer."""
    return {
        "years": [(year, str(year)) for year in years(filters.year)],
        "requirements": [("", _("Tất cả")), *((row.id, row.name) for row in queries.list_requirements())],
        "kinds": [("", _("Tất cả")), *((kind.value, render(KIND_LABELS[kind])) for kind in PersonKind)],
        "states": [("", _("Tất cả")), *((key, render(words)) for key, words in STATES.items())],
    }


def _sorted(rows: Any, state: str | None) -> list[Figures]:
    """Return the lines of a table: all of them, or those of a state with the most first."""
    if not state:
        return list(rows)
    return sorted((row for row in rows if row.of(state)), key=lambda row: -row.of(state))


@blueprint.route("/training/compliance", access=P.TRAINING_VIEW)
def compliance() -> ResponseReturnValue:
    """Show by agency and requirement who owes, meets, is short, exempt, overdue and at risk in a year."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here = asked()
    found = queries.compliance(here.part, here.filters)
    return render_template(
        "training/seeing/compliance.html",
        part=here.part,
        filters=here.filters,
        choices=choices(here.filters),
        total=found.total,
        places=_sorted(found.places, here.filters.state),
        requirements=_sorted(found.requirements, here.filters.state),
        states=state_words(),
        tones=TONES,
        people_url=lambda **values: url_for("training.compliance_people", **(kept(*KEPT) | values)),
        today=clock.today(),
    )


@blueprint.route("/training/compliance/reckon", access=P.TRAINING_CATALOGUE, methods=["POST"])
def reckon_year() -> ResponseReturnValue:
    """Reckon where everybody stood in an earlier year, which is then kept."""
    year = year_of(request.form.get("year", ""))
    with transaction():
        telling.keep_year(actor(), year)
    flash(_("Đã tính năm %(year)s.", year=year), "ok")
    return redirect(url_for("training.compliance", year=year), 303)


@blueprint.route("/training/compliance/export.xlsx", access=P.TRAINING_VIEW)
def export_compliance() -> ResponseReturnValue:
    """Give both tables of the page, agencies then requirements, as a workbook."""
    here = asked()
    found = queries.compliance(here.part, here.filters)

    def line(of: str, row: Figures) -> list[Any]:
        share = row.share
        return [of, row.name, row.owing, *(row.of(state) for state in STATES), share]

    rows = [line(_("Cơ quan, đơn vị"), row) for row in _sorted(found.places, here.filters.state)]
    rows += [line(_("Yêu cầu"), row) for row in _sorted(found.requirements, here.filters.state)]
    rows.append(line(_("Cộng"), found.total))
    headers = [
        _("Theo"), _("Tên"), _("Số người phải thực hiện"), *(words for _key, words in state_words()),
        _("Tỷ lệ đạt, phần trăm"),
    ]  # fmt: skip
    title = _("Thực hiện năm %(year)s", year=here.filters.year)
    return send_figures(
        "compliance", title, headers, rows, f"thuc-hien-boi-duong-{here.filters.year}.xlsx", here.part,
        (18, 60, *(12,) * 7),
    )  # fmt: skip


@blueprint.route("/training/compliance/people", access=P.TRAINING_VIEW)
def compliance_people() -> ResponseReturnValue:
    """Show by name who owes what, with hours required, had and missing, the last day, and why."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    who.require(P.PEOPLE_VIEW)
    scope.enter_for(who, P.PEOPLE_VIEW)
    here = asked()
    people = queries.list_people(here.part, here.filters, after=request.args.get("after"))
    count_shown(one.person_id for one in people.page.items)
    reasons = why.reasons([one.person_id for one in people.page.items], here.filters.year)
    return render_template(
        "training/seeing/compliance_people.html",
        part=here.part,
        filters=here.filters,
        choices=choices(here.filters),
        page=people.page,
        everybody=people.everybody,
        reasons_of=lambda one, duty: reasons.get((one.person_id, duty.requirement_id), ()),
        state_of=_state_of,
        crumbs=[
            (_("Thực hiện yêu cầu"), url_for("training.compliance", **kept("agency", "year", "requirement", "kind")))
        ],
    )


def _state_of(duty: Duty) -> tuple[StandingState, str]:
    state = StandingState(duty.state)
    return state, STANDING_TONES[state]


@blueprint.route("/training/compliance/people.xlsx", access=P.PEOPLE_EXPORT)
def export_compliance_people() -> ResponseReturnValue:
    """Give the people the address asks for, a line for each thing they owe, as a workbook."""
    who = actor()
    who.require(P.TRAINING_VIEW)
    here = asked(P.PEOPLE_EXPORT)
    people = queries.list_people(here.part, here.filters, limit=queries.EVERYBODY)
    rows = [
        (one.full_name, one.staff_code, one.agency, *duty_cells(duty))
        for one in people.page.items
        for duty in one.duties
    ]
    headers = [_("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), *duty_headers()]
    return send_names(
        "training.compliance", _("Thực hiện năm %(year)s", year=here.filters.year), headers, rows,
        f"nguoi-thuc-hien-boi-duong-{here.filters.year}.xlsx", here.part, (26, 12, 40, 60, *(13,) * 8),
    )  # fmt: skip
