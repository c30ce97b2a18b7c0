"""Pages of yearly plans: the list, one with what was done, its lines, its steps, its files."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, hooks, workbook
from hrms.core.documents import render_pdf
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.services import province_closure
from hrms.people.routes.finding import settled_address
from hrms.training.forms import plans as forms
from hrms.training.forms.courses import with_paper
from hrms.training.models import TrainingPlan
from hrms.training.papers import plan as papers
from hrms.training.queries import courses
from hrms.training.queries import plans as queries
from hrms.training.routes.base import blueprint
from hrms.training.routes.courses import sent_version
from hrms.training.routes.seeing.asking import asked_number, asked_one_of, asked_part
from hrms.training.rules.kinds import COURSE_KIND_LABELS, CourseKind
from hrms.training.rules.plans import OPEN, Sums, total
from hrms.training.rules.states import PLAN_LABELS, PlanState
from hrms.training.services import plans as services
from hrms.training.services.courses import may_keep

P = Permission
TONES = {
    PlanState.DRAFT: "info", PlanState.SUBMITTED: "warn", PlanState.RETURNED: "bad", PlanState.APPROVED: "ok",
    PlanState.WITHDRAWN: "none",
}  # fmt: skip


@blueprint.route("/training/plans", access=P.TRAINING_VIEW)
def plans() -> ResponseReturnValue:
    """List the plans of the reader's part, with their figures and the sum of money by its source."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who, part = actor(), asked_part()
    year = asked_number("year", most=2101)
    state = asked_one_of("state", PlanState)
    rows = queries.list_plans(who, year, PlanState(state) if state else None, part.agency_id)
    counted = [row for row in rows if row.plan.state != PlanState.WITHDRAWN]
    return render_template(
        "training/plans/list.html",
        rows=rows,
        part=part,
        year=year,
        state=state or "",
        years=[("", _("Tất cả")), *((str(one), str(one)) for one in queries.list_years(who))],
        states=[("", _("Tất cả")), *((one.value, render(words)) for one, words in PLAN_LABELS.items())],
        whole=total([row.sums for row in counted]),
        tones=TONES,
        PlanState=PlanState,
        may_make=who.may(P.TRAINING_MANAGE),
    )


def _open(plan_id: int) -> tuple[TrainingPlan, Agency]:
    return queries.get_plan(actor(), plan_id)


@blueprint.route("/training/plans/<int:plan_id>", access=P.TRAINING_VIEW)
def plan(plan_id: int) -> ResponseReturnValue:
    """Show a plan: its programmes beside what was done, money by its source, what may be done next."""
    who = actor()
    found, agency = _open(plan_id)
    papers_of: Any = {}
    if found.decision_id and who.may(P.DECISIONS_VIEW):
        papers_of = hooks.papers[0].describe([found.decision_id])
    writes = services.may_write(who, agency)
    state = PlanState(found.state)
    return render_template(
        "training/plans/show.html",
        plan=found,
        agency=agency,
        told=queries.look(found, agency),
        state=state,
        tone=TONES[state],
        paper=papers_of.get(found.decision_id),
        may_edit=writes and state in OPEN,
        may_approve=state is PlanState.SUBMITTED and may_keep(who),
        may_withdraw=state is not PlanState.WITHDRAWN and services.may_withdraw(who, found, agency),
        kind_words=lambda one: render(COURSE_KIND_LABELS[CourseKind(one.kind)]),
        crumbs=[(_("Kế hoạch đào tạo, bồi dưỡng"), url_for("training.plans"))],
    )


def _crumbs(found: TrainingPlan) -> list[tuple[str, str]]:
    return [
        (_("Kế hoạch đào tạo, bồi dưỡng"), url_for("training.plans")),
        (found.title, url_for("training.plan", plan_id=found.id)),
    ]


def _configure_agency(field: Any) -> None:
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), P.TRAINING_MANAGE).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        found = agencies.list_choices(who, words, permissions=(P.TRAINING_MANAGE,))
        return [(str(one.id), one.name) for one in found]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


def _configure_course(field: Any) -> None:
    def label_of(value: str) -> str | None:
        try:
            return courses.get_course(int(value)).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in courses.list_choices(words, clock.today())]

    field.configure(source=url_for("training.course_choices"), label_of=label_of, find=find)


@blueprint.route("/training/plans/new", access=P.TRAINING_MANAGE, methods=["GET", "POST"])
def new_plan() -> ResponseReturnValue:
    """Begin the plan of an agency for a year."""
    who = actor()
    year = clock.today().year + (1 if clock.today().month >= 7 else 0)
    data: dict[str, Any] = {"year": year, "title": f"Kế hoạch đào tạo, bồi dưỡng năm {year}"}
    roots = who.scope(P.TRAINING_MANAGE)
    if len(roots) == 1 and roots[0]:
        data["agency"] = str(roots[0])
    form: Any = forms.PlanForm(data=data)
    _configure_agency(form.agency)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    agency = agencies.get_agency(who, int(form.agency.data), P.TRAINING_MANAGE)
                    made = services.make(who, agency, form.values())
                    made_id = made.id
                flash(_("Đã lập kế hoạch. Hãy thêm chương trình, hoặc lấy từ nhu cầu."), "ok")
                return redirect(url_for("training.plan", plan_id=made_id), 303)
            except Refused as refused:
                form.take(refused.problems)
    crumbs = [(_("Kế hoạch đào tạo, bồi dưỡng"), url_for("training.plans"))]
    return render_template(
        "training/plans/form.html", form=form, title=_("Lập kế hoạch"), submit=_("Lập kế hoạch"), crumbs=crumbs,
        back=url_for("training.plans"),
    ), status  # fmt: skip


def _form(
    found: TrainingPlan, form: Any, title: str, submit: str, act: Callable[[Any], str], **more: Any
) -> ResponseReturnValue:
    """Run a form of a plan: `act` writes and returns the sentence for the reader."""
    status, back = 200, url_for("training.plan", plan_id=found.id)
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
    template = more.pop("template", "training/plans/form.html")
    page = render_template(
        template, form=form, title=title, submit=submit, back=back, plan=found, crumbs=_crumbs(found), **more
    )
    return page, status


@blueprint.route("/training/plans/<int:plan_id>/edit", access=P.TRAINING_MANAGE, methods=["GET", "POST"])
def edit_plan(plan_id: int) -> ResponseReturnValue:
    """Put right the title and the note of a plan."""
    found, agency = _open(plan_id)
    actor().require(P.TRAINING_MANAGE, at=agency.scope_ids)
    form: Any = forms.PlanForm(data=forms.plan_data(found))
    del form.agency, form.year

    def act(sent: Any) -> str:
        services.change(actor(), found, agency, sent.values(), version=sent_version(sent))
        return _("Đã sửa kế hoạch.")

    return _form(found, form, _("Sửa kế hoạch"), _("Ghi"), act)


@blueprint.route("/training/plans/<int:plan_id>/lines/new", access=P.TRAINING_MANAGE, methods=["GET", "POST"])
def new_plan_line(plan_id: int) -> ResponseReturnValue:
    """Add a programme to a plan."""
    found, agency = _open(plan_id)
    actor().require(P.TRAINING_MANAGE, at=agency.scope_ids)
    form: Any = forms.LineForm(data=forms.line_data(found, None))
    _configure_course(form.course)

    def act(sent: Any) -> str:
        services.add_line(actor(), found, agency, sent.values(), version=sent_version(sent))
        return _("Đã thêm chương trình vào kế hoạch.")

    return _form(found, form, _("Thêm chương trình vào kế hoạch"), _("Thêm"), act)


@blueprint.route(
    "/training/plans/<int:plan_id>/lines/<int:plan_line_id>", access=P.TRAINING_MANAGE, methods=["GET", "POST"]
)
def edit_plan_line(plan_id: int, plan_line_id: int) -> ResponseReturnValue:
    """Put a line of a plan right."""
    found, agency = _open(plan_id)
    actor().require(P.TRAINING_MANAGE, at=agency.scope_ids)
    line = queries.get_line(found, plan_line_id)
    form: Any = forms.LineForm(data=forms.line_data(found, line))
    del form.course

    def act(sent: Any) -> str:
        services.change_line(actor(), found, agency, line, sent.values(), version=sent_version(sent))
        return _("Đã sửa chương trình trong kế hoạch.")

    return _form(
        found, form, _("Sửa chương trình trong kế hoạch"), _("Ghi"), act, line=line,
        course=courses.get_course(line.course_id),
    )  # fmt: skip


@blueprint.route(
    "/training/plans/<int:plan_id>/lines/<int:plan_line_id>/remove", access=P.TRAINING_MANAGE, methods=["POST"]
)
def remove_plan_line(plan_id: int, plan_line_id: int) -> ResponseReturnValue:
    """Take a programme out of a plan."""
    found, agency = _open(plan_id)
    line = queries.get_line(found, plan_line_id)
    with transaction():
        services.remove_line(actor(), found, agency, line, version=_posted_version())
    flash(_("Đã bỏ chương trình khỏi kế hoạch."), "ok")
    return redirect(url_for("training.plan", plan_id=plan_id), 303)


@blueprint.route("/training/plans/<int:plan_id>/needs", access=P.TRAINING_MANAGE, methods=["POST"])
def take_plan_needs(plan_id: int) -> ResponseReturnValue:
    """Add a line for every programme that is needed and not in the plan."""
    found, agency = _open(plan_id)
    with transaction():
        added = services.take_needs(actor(), found, agency, version=_posted_version())
    if added:
        flash(_("Đã thêm %(n)s chương trình từ nhu cầu. Hãy xem lại số lớp, thời gian, kinh phí.", n=added), "ok")
    else:
        flash(_("Không có nhu cầu nào ngoài các chương trình đã có trong kế hoạch."), "info")
    return redirect(url_for("training.plan", plan_id=plan_id), 303)


@blueprint.route("/training/plans/<int:plan_id>/submit", access=P.TRAINING_MANAGE, methods=["POST"])
def submit_plan(plan_id: int) -> ResponseReturnValue:
    """Send a plan up for approval."""
    found, agency = _open(plan_id)
    try:
        with transaction():
            services.submit(actor(), found, agency, version=_posted_version())
        flash(_("Đã trình kế hoạch."), "ok")
    except Refused as refused:
        flash(" ".join(render(problem) for problem in refused.problems), "bad")
    return redirect(url_for("training.plan", plan_id=plan_id), 303)


def _posted_version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


@blueprint.route("/training/plans/<int:plan_id>/approve", access=P.TRAINING_CATALOGUE, methods=["GET", "POST"])
def approve_plan(plan_id: int) -> ResponseReturnValue:
    """Record the decision that approves a plan."""
    found, agency = _open(plan_id)
    reach = province_closure()
    actor().require(P.TRAINING_CATALOGUE, at=reach)
    form: Any = with_paper(forms.ApproveForm)(paper_kind="other", data={"version": str(found.version)})
    form.require_paper()

    def act(sent: Any) -> str:
        decision_id = hooks.papers[0].read(actor(), sent.data, reach)
        services.approve(actor(), found, agency, decision_id, version=sent_version(sent))
        return _("Đã ghi phê duyệt kế hoạch.")

    return _form(
        found, form, _("Phê duyệt kế hoạch"), _("Ghi phê duyệt"), act, template="training/plans/approve.html",
        told=queries.look(found, agency),
    )  # fmt: skip


@blueprint.route("/training/plans/<int:plan_id>/return", access=P.TRAINING_CATALOGUE, methods=["GET", "POST"])
def return_plan(plan_id: int) -> ResponseReturnValue:
    """Send a plan back with remarks."""
    found, agency = _open(plan_id)
    actor().require(P.TRAINING_CATALOGUE, at=province_closure())
    form: Any = forms.RemarksForm(data={"version": str(found.version)})

    def act(sent: Any) -> str:
        services.give_back(actor(), found, agency, str(sent.remarks.data or ""), version=sent_version(sent))
        return _("Đã trả lại kế hoạch.")

    return _form(found, form, _("Trả lại kế hoạch"), _("Trả lại"), act)


@blueprint.route(
    "/training/plans/<int:plan_id>/withdraw", access=(P.TRAINING_MANAGE, P.TRAINING_CATALOGUE), methods=["GET", "POST"]
)
def withdraw_plan(plan_id: int) -> ResponseReturnValue:
    """Take a plan back, with the reason."""
    found, agency = _open(plan_id)
    if not may_keep(actor()):
        actor().require(P.TRAINING_MANAGE, at=agency.scope_ids)
    form: Any = forms.RemarksForm(data={"version": str(found.version)})

    def act(sent: Any) -> str:
        services.withdraw(actor(), found, agency, str(sent.remarks.data or ""), version=sent_version(sent))
        return _("Đã rút kế hoạch.")

    return _form(found, form, _("Rút kế hoạch"), _("Rút kế hoạch"), act, tone="danger")


@blueprint.route("/training/plans/<int:plan_id>/plan.pdf", access=P.TRAINING_VIEW)
def print_plan(plan_id: int) -> ResponseReturnValue:
    """Give a plan as a paper."""
    found, agency = _open(plan_id)
    content = render_pdf([papers.plan_paper(queries.look(found, agency))], papers.KEY)
    with transaction():
        services.note_print(actor(), found, agency, "PDF")
    name = f"ke-hoach-dao-tao-{found.year}.pdf"
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)


@blueprint.route("/training/plans/<int:plan_id>/plan.xlsx", access=P.TRAINING_VIEW)
def export_plan(plan_id: int) -> ResponseReturnValue:
    """Give a plan beside what was done as a workbook."""
    found, agency = _open(plan_id)
    look = queries.look(found, agency)
    headers = [
        _("Chương trình"), _("Loại"), _("Quý"), _("Số lớp kế hoạch"), _("Số lớp thực hiện"), _("Học viên kế hoạch"),
        _("Học viên hoàn thành"), _("NSTW kế hoạch (đồng)"), _("NSTW thực hiện (đồng)"), _("NSĐP kế hoạch (đồng)"),
        _("NSĐP thực hiện (đồng)"), _("Nguồn khác kế hoạch (đồng)"), _("Nguồn khác thực hiện (đồng)"),
        _("Số người có nhu cầu"), _("Ghi chú"),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [one.course.name, render(COURSE_KIND_LABELS[CourseKind(one.course.kind)]), one.line.quarter,
         *_pairs(one.planned, one.done), one.line.needs, one.line.note]
        for one in look.lines
    ]  # fmt: skip
    rows.append([_("Cộng"), "", None, *_pairs(look.planned, look.done), None, None])
    with transaction():
        services.note_print(actor(), found, agency, "Excel")
    made = workbook.in_memory(
        _("Kế hoạch năm %(year)s", year=found.year), headers, rows, widths=(60, 30, 6, *(14,) * 11, 40)
    )
    return send_file(made, as_attachment=True, download_name=f"ke-hoach-dao-tao-{found.year}.xlsx")


def _pairs(planned: Sums, done: Sums) -> list[Any]:
    names = ("classes", "learners", "central", "local", "other")
    return [getattr(one, name) for name in names for one in (planned, done)]
