"""Pages of objectives: those of a part of the tree, one with what serves it, its steps, the workbook."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.audit import queries as audit_queries
from hrms.core import clock, workbook
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.routes.finding import settled_address
from hrms.performance.forms import objectives as forms
from hrms.performance.models import WorkObjective
from hrms.performance.queries import objectives as queries
from hrms.performance.queries.objectives import READS, Look
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.objectives import (
    DIRECTION_LABELS,
    OBJECTIVE_LABELS,
    OBJECTIVE_TONES,
    Direction,
    ObjectiveState,
)
from hrms.performance.services import objectives as services
from hrms.positions.queries.part import Part, part_of
from hrms.training.routes.courses import sent_version
from hrms.training.routes.seeing.asking import asked_number

P = Permission
WRITE = P.PERFORMANCE_ASSIGN
APPROVE = (P.PERFORMANCE_RATE, P.PERFORMANCE_ASSIGN)


def _asked() -> tuple[Part, int]:
    reads = next((one for one in READS if actor().may(one)), READS[0])
    part = part_of(actor(), request.args.get("agency", "").strip() or None, reads)
    return part, asked_number("year", most=2101, least=1990) or clock.today().year


@blueprint.route("/performance/objectives", access=READS)
def objectives() -> ResponseReturnValue:
    """List the objectives of the reader's part for a year, each agency's together, with how far they have come."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    part, year = _asked()
    dropped = request.args.get("dropped") == "1"
    years = sorted({*queries.list_years(who), clock.today().year, clock.today().year + 1, year}, reverse=True)
    return render_template(
        "performance/work/objectives.html",
        groups=queries.list_groups(who, part, year, dropped=dropped),
        part=part,
        year=year,
        dropped=dropped,
        years=[(str(one), str(one)) for one in years],
        tones=OBJECTIVE_TONES,
        most=queries.SHOWN,
        may_make=who.may(WRITE),
    )


@blueprint.route("/performance/objectives/export.xlsx", access=READS)
def objectives_export() -> ResponseReturnValue:
    """Give the list the address shows as a workbook."""
    part, year = _asked()
    groups = queries.list_groups(actor(), part, year, dropped=request.args.get("dropped") == "1")
    headers = [
        _("Cơ quan, đơn vị"), _("Mã"), _("Mục tiêu"), _("Phục vụ mục tiêu cấp trên"), _("Chỉ số đo"), _("Đơn vị tính"),
        _("Chiều tốt"), _("Mức ban đầu"), _("Chỉ tiêu"), _("Đã đạt"), _("Tiến độ (%)"), _("Trọng số"), _("Hạn"),
        _("Tình trạng"), _("Minh chứng"),
    ]  # fmt: skip
    rows = [
        [
            row.agency, one.code, one.objective,
            f"{row.parent.code} · {row.parent.objective} ({row.parent_agency})" if row.parent else None,
            one.indicator, one.measure, render(DIRECTION_LABELS[Direction(one.direction)]), one.baseline, one.target,
            one.actual, row.progress, one.weight, one.due_on, render(OBJECTIVE_LABELS[row.state]), one.evidence,
        ]
        for group in groups
        for row in group.rows
        for one in (row.objective,)
    ]  # fmt: skip
    with transaction():
        services.note_export(actor(), part.agency_id, list(part.roots), year, len(rows))
    widths = (32, 8, 44, 36, 32, 12, 16, 12, 12, 12, 10, 10, 12, 12, 40)
    made = workbook.in_memory(_("Mục tiêu %(year)s", year=year), headers, rows, widths=widths)
    return send_file(made, as_attachment=True, download_name=f"muc-tieu-{year}.xlsx")


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


def _crumbs(found: WorkObjective | None = None) -> list[tuple[str, str]]:
    way = [(_("Mục tiêu công tác"), url_for("performance.objectives"))]
    if found is not None:
        way.append((found.code, url_for("performance.objective", objective_id=found.id)))
    return way


@blueprint.route("/performance/objectives/new", access=WRITE, methods=["GET", "POST"])
def new_objective() -> ResponseReturnValue:
    """Write an objective: first whose and of which year (in the address), then what."""
    who = actor()
    given, year = request.args.get("agency", "").strip(), asked_number("year", most=2100, least=2000)
    if not given or year is None:
        return _begin(year)
    agency = agencies.find_visible(who, given, WRITE)
    form: Any = forms.ObjectiveForm(data={"weight": Decimal(1), "direction": "more"})
    form.set_choices(queries.list_above(agency, year))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    made = services.add(who, agency, {**form.values(), "year": year})
                flash(_("Đã ghi mục tiêu. Người đứng đầu cơ quan duyệt thì mục tiêu có hiệu lực."), "ok")
                return redirect(url_for("performance.objective", objective_id=made), 303)
            except Refused as refused:
                form.take(refused.problems)
    return render_template(
        "performance/work/form.html", form=form, title=_("Lập mục tiêu"), submit=_("Ghi mục tiêu"), crumbs=_crumbs(),
        subtitle=_("%(name)s · Năm %(year)s", name=agency.name, year=year), foreign=True,
        back=url_for("performance.objectives", agency=agency.id, year=year),
    ), status  # fmt: skip


def _begin(year: int | None) -> ResponseReturnValue:
    data: dict[str, Any] = {"year": year or clock.today().year}
    roots = actor().scope(WRITE)
    if len(roots) == 1 and roots[0]:
        data["agency"] = str(roots[0])
    form: Any = forms.BeginForm(data=data)
    _configure_agency(form.agency)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            address = url_for("performance.new_objective", agency=form.agency.data, year=int(form.year.data))
            return redirect(address, 303)
    return render_template(
        "performance/work/form.html", form=form, title=_("Lập mục tiêu"), submit=_("Tiếp tục"), crumbs=_crumbs(),
        back=url_for("performance.objectives"),
    ), status  # fmt: skip


@blueprint.route("/performance/objectives/<int:objective_id>", access=READS)
def objective(objective_id: int) -> ResponseReturnValue:
    """Show an objective: its figures, the one it serves, those that serve it, what was done to it."""
    who = actor()
    found, agency = queries.get_objective(who, objective_id)
    look: Look = queries.look(found, agency)
    state = ObjectiveState(found.state)
    writes, approves = services.may_write(who, agency), services.may_approve(who, agency)
    return render_template(
        "performance/work/objective.html",
        found=found,
        agency=agency,
        seen=look,
        state=state,
        tones=OBJECTIVE_TONES,
        direction=Direction(found.direction),
        may_edit=writes and state is ObjectiveState.DRAFT,
        may_approve=approves and state is ObjectiveState.DRAFT,
        may_record=(writes or approves) and state is ObjectiveState.APPROVED,
        may_drop=(writes and state is ObjectiveState.DRAFT) or (approves and state is ObjectiveState.APPROVED),
        history=audit_queries.list_for(who, services.ENTITY, found.id),
        crumbs=_crumbs(),
    )


def _form(
    found: WorkObjective, form: Any, title: str, submit: str, act: Callable[[Any], str], **more: Any
) -> ResponseReturnValue:
    status, back = 200, url_for("performance.objective", objective_id=found.id)
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    said = act(form)
                flash(said, "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    page = render_template(
        "performance/work/form.html", form=form, title=title, submit=submit, back=back, crumbs=_crumbs(found),
        subtitle=found.objective, foreign=True, **more,
    )  # fmt: skip
    return page, status


def _own_or_404(objective_id: int) -> tuple[WorkObjective, Agency]:
    found, agency = queries.get_objective(actor(), objective_id)
    if not services.may_approve(actor(), agency):
        actor().require(WRITE, at=agency.scope_ids)
    return found, agency


@blueprint.route("/performance/objectives/<int:objective_id>/edit", access=WRITE, methods=["GET", "POST"])
def edit_objective(objective_id: int) -> ResponseReturnValue:
    """Put a draft right."""
    found, agency = _own_or_404(objective_id)
    form: Any = forms.ObjectiveForm(data=forms.objective_data(found))
    form.set_choices(queries.list_above(agency, found.year))

    def act(sent: Any) -> str:
        services.change(actor(), found.id, sent.values(), version=sent_version(sent))
        return _("Đã sửa mục tiêu.")

    return _form(found, form, _("Sửa mục tiêu"), _("Ghi"), act)


@blueprint.route("/performance/objectives/<int:objective_id>/approve", access=APPROVE, methods=["POST"])
def approve_objective(objective_id: int) -> ResponseReturnValue:
    """Approve an objective."""
    found, _agency = _own_or_404(objective_id)
    given = request.form.get("version", "")
    version = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    try:
        with transaction():
            services.approve(actor(), found.id, version=version)
        flash(_("Đã duyệt mục tiêu."), "ok")
    except (Refused, Stale) as refused:
        flash(" ".join(render(problem) for problem in refused.problems), "bad")
    return redirect(url_for("performance.objective", objective_id=objective_id), 303)


@blueprint.route("/performance/objectives/<int:objective_id>/record", access=APPROVE, methods=["GET", "POST"])
def record_objective(objective_id: int) -> ResponseReturnValue:
    """Write what was reached, with evidence."""
    found, _agency = _own_or_404(objective_id)
    data = {"version": str(found.version), "actual": found.actual, "evidence": found.evidence}
    form: Any = forms.RecordForm(data=data)

    def act(sent: Any) -> str:
        services.record(
            actor(), found.id, sent.actual.data, sent.evidence.data or "", version=sent_version(sent)
        )  # fmt: skip
        return _("Đã ghi kết quả của mục tiêu.")

    return _form(found, form, _("Ghi kết quả mục tiêu"), _("Ghi"), act)


@blueprint.route("/performance/objectives/<int:objective_id>/drop", access=APPROVE, methods=["GET", "POST"])
def drop_objective(objective_id: int) -> ResponseReturnValue:
    """Drop an objective with the reason."""
    found, _agency = _own_or_404(objective_id)
    form: Any = forms.ObjectiveReasonForm(data={"version": str(found.version)})

    def act(sent: Any) -> str:
        services.drop(actor(), found.id, sent.reason.data or "", version=sent_version(sent))
        return _("Đã bỏ mục tiêu.")

    return _form(found, form, _("Bỏ mục tiêu"), _("Bỏ mục tiêu"), act, tone="danger")
