"""Pages of classes: the list and its workbook, one class, a new one, its figures, opening and calling off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock, hooks, workbook
from hrms.core.actor import Actor
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.training.forms import classes as forms
from hrms.training.models import TrainingClass
from hrms.training.queries import classes as queries
from hrms.training.queries import courses, enrolled
from hrms.training.queries.classes import READS, Look
from hrms.training.queries.enrolled import Learner
from hrms.training.routes.base import blueprint
from hrms.training.rules import classes as rules
from hrms.training.rules.courses import tidy
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS, CourseKind, LearningForm
from hrms.training.rules.states import (
    ACCEPTS_LABELS,
    CLASS_LABELS,
    ENROLMENT_LABELS,
    Accepts,
    ClassState,
    EnrolmentState,
)
from hrms.training.services import classes as services
from hrms.training.services import enrolling

P = Permission
RUNS = (P.TRAINING_MANAGE, P.TRAINING_TEACH)
SEES = (*READS, P.SELF_VIEW)
KEYS = ("q", "course", "kind", "state", "from", "to", "agency", "provider", "free", "mine")
TONES = {"draft": "none", "open": "info", "running": "ok", "completed": "none", "cancelled": "bad"}
LEARNER_TONES = {
    "nominated": "info", "waiting": "warn", "accepted": "ok", "completed": "ok", "failed": "bad", "declined": "none",
    "withdrawn": "none",
}  # fmt: skip
RESULT_TONES = {"met": "ok", "unmet": "bad", "unknown": "warn", "warn": "warn"}
EXPORT_NAME = "danh-sach-lop.xlsx"


def crumbs(found: TrainingClass | None = None) -> list[tuple[str, str | None]]:
    """Return the way back to the list, and to a class."""
    way: list[tuple[str, str | None]] = []
    if any(actor().may(one) for one in READS):
        way.append((_("Lớp đào tạo, bồi dưỡng"), url_for("training.classes")))
    if found is not None:
        way.append((found.name, url_for("training.training_class", class_id=found.id)))
    return way


def may_open_classes(who: Actor) -> bool:
    """Say whether somebody opens classes anywhere."""
    return any(who.may(one) for one in RUNS)


# The list


def _asked() -> queries.Filters:
    args = dict(request.args.items())
    if not args.get("agency-text", "x").strip():
        # The box was emptied by hand: the id it once stood for goes with the words.
        args.pop("agency", None)
    for name in ("from", "to"):
        try:
            args[name] = forms.read_day(args.get(name, ""))
        except ValueError:
            args.pop(name, None)
    return queries.parse(args)


@blueprint.route("/training/classes", access=READS)
def classes() -> ResponseReturnValue:
    """List classes as the address asks, those that begin last first."""
    filters, who = _asked(), actor()
    page = queries.list_classes(who, filters, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "training/classes/list.html",
        page=page,
        count=queries.count_classes(who, filters),
        form=forms.FilterForm.of(who, filters, clock.today()),
        filters=filters,
        chips=_chips(filters),
        words=list_words(),
        tones=TONES,
        tidy=tidy,
        may_open=may_open_classes(who),
        address=urlencode([(key, value) for key, value in request.args.items() if key in KEYS and value]),
    )


def list_words() -> dict[str, dict[str, str]]:
    """Return the words of the closed lists, for templates."""
    return {
        "kind": {one.value: render(words) for one, words in COURSE_KIND_LABELS.items()},
        "form": {one.value: render(words) for one, words in FORM_LABELS.items()},
        "state": {one.value: render(words) for one, words in CLASS_LABELS.items()},
        "learner": {one.value: render(words) for one, words in ENROLMENT_LABELS.items()},
        "accepts": {one.value: render(words) for one, words in ACCEPTS_LABELS.items()},
    }


def _chips(filters: queries.Filters) -> list[dict[str, str]]:
    course = courses.get_course(filters.course).name if filters.course else ""
    provider = courses.get_provider(filters.provider).name if filters.provider else ""
    agency = agencies.names([filters.under]).get(filters.under, "") if filters.under else ""
    shown = (
        ("q", _("Tên, mã"), filters.q),
        ("course", _("Chương trình"), course),
        ("kind", _("Loại"), render(COURSE_KIND_LABELS[CourseKind(filters.kind)]) if filters.kind else ""),
        ("state", _("Trạng thái"), render(CLASS_LABELS[ClassState(filters.state)]) if filters.state else ""),
        ("from", _("Học từ ngày"), forms.shown_day(filters.day_from)),
        ("to", _("Học đến ngày"), forms.shown_day(filters.day_to)),
        ("agency", _("Cơ quan tổ chức"), agency),
        ("provider", _("Cơ sở đào tạo"), provider),
        ("free", _("Chỗ trống"), _("còn chỗ, đang nhận học viên") if filters.free else ""),
        ("mine", _("Giảng viên"), _("tôi dạy") if filters.mine else ""),
    )
    return [{"key": key, "label": label, "value": value} for key, label, value in shown if value]


@blueprint.route("/training/classes/export.xlsx", access=READS)
def classes_export() -> ResponseReturnValue:
    """Give the list that the address shows as a workbook: classes, no people."""
    rows = (
        (
            row.found.code, row.found.name, row.course, render(COURSE_KIND_LABELS[CourseKind(row.kind)]), row.provider,
            row.agency, row.found.starts_on, row.found.ends_on, tidy(row.found.hours),
            render(FORM_LABELS[LearningForm(row.found.form)]), row.found.place, row.found.seats, row.counted.seated,
            row.counted.waiting, row.counted.nominated, row.counted.completed,
            render(CLASS_LABELS[ClassState(row.found.state)]), row.found.central_budget, row.found.local_budget,
            row.found.other_budget,
        )
        for row in queries.list_all(actor(), _asked())
    )  # fmt: skip
    headers = (
        _("Mã lớp"), _("Tên lớp"), _("Chương trình"), _("Loại"), _("Cơ sở đào tạo"), _("Cơ quan tổ chức"),
        _("Ngày khai giảng"), _("Ngày kết thúc"), _("Số tiết"), _("Hình thức"), _("Địa điểm"), _("Số chỗ"),
        _("Học viên"), _("Danh sách chờ"), _("Được cử, chờ xét"), _("Hoàn thành"), _("Trạng thái"),
        _("Ngân sách trung ương (đồng)"), _("Ngân sách địa phương (đồng)"), _("Nguồn khác (đồng)"),
    )  # fmt: skip
    widths = (18, 40, 40, 26, 34, 34, 12, 12, 8, 18, 28, 8, 10, 10, 10, 10, 18, 16, 16, 16)
    made = workbook.in_memory(_("Lớp đào tạo, bồi dưỡng"), headers, rows, widths=widths)
    return send_file(made, as_attachment=True, download_name=EXPORT_NAME)


# One class


def organises(who: Actor, look: Look) -> bool:
    """Say whether somebody chooses who learns in a class."""
    return who.may(P.TRAINING_MANAGE, at=look.agency.scope_ids)


def learners_of(who: Actor, look: Look) -> Sequence[Learner]:
    """Return whom the reader sees in a class: everybody for its organiser, else the people of their own reach."""
    if organises(who, look):
        return enrolled.roster(who, look.found.id)
    return enrolled.own_people(who, look.found.id)


@blueprint.route("/training/classes/<int:class_id>", access=SEES)
def training_class(class_id: int) -> ResponseReturnValue:
    """Show a class: figures, days, trainers, seats; and of its people those the reader sees."""
    who = actor()
    look = queries.look(who, class_id)
    learners = learners_of(who, look)
    count_shown({one.person_id for one in learners if one.seen and one.person_id != who.person_id})
    runs = queries.may_run(who, look.agency.scope_ids, look.trainers)
    found = look.found
    papers: Mapping[int, Any] = {}
    if found.decision_id and who.may(P.DECISIONS_VIEW):
        papers = hooks.papers[0].describe([found.decision_id])
    organiser = organises(who, look)
    takes = found.state in (rules.TAKES_LEARNERS if organiser else rules.TAKES_NOMINATIONS)
    return render_template(
        "training/classes/show.html",
        view=look,
        found=found,
        learners=learners,
        mine=[one for one in learners if one.person_id == who.person_id] if who.person_id else [],
        organiser=organiser,
        runs=runs and found.state in rules.CHANGEABLE,
        teaches=who.account_id in look.trainers and who.may(P.TRAINING_TEACH),
        nominates=takes and (who.may(P.TRAINING_NOMINATE) or who.may(P.TRAINING_MANAGE)),
        acts=(found.state in rules.TAKES_LEARNERS) and (who.may(P.TRAINING_NOMINATE) or organiser),
        open_problems=rules.open_problems(found.state, len(look.sessions), look.session_hours, found.hours)
        if found.state == ClassState.DRAFT
        else [],
        reads_list=any(who.may(one) for one in READS),
        paper=papers.get(found.decision_id or 0),
        finder=hooks.people_finder[0] if hooks.people_finder else None,
        invited=[one for one in learners if one.state is EnrolmentState.ACCEPTED],
        words=list_words(),
        tones=TONES,
        learner_tones=LEARNER_TONES,
        result_tones=RESULT_TONES,
        tidy=tidy,
        weekday=lambda day: render(rules.WEEKDAY_LABELS[day.weekday()]),
        accepts_auto=found.accepts == Accepts.AUTO,
        crumbs=crumbs(),
    )


# A new class


@blueprint.route("/training/classes/new", access=RUNS, methods=["GET", "POST"])
def new_class() -> ResponseReturnValue:
    """Open a class: its course, days from a pattern, seats; from nothing, from a plan's line, or from another class."""
    who = actor()
    model = _model(who)
    agency_id = _agency_of(who, model)
    data = forms.new_data(agency_id)
    if model is not None:
        old = forms.data_of(model.found, model.trainers)
        for name in ("version", "starts_on", "ends_on", "nominate_by", "decision", "plan_line"):
            old.pop(name)
        data |= old | {"course": str(model.course.id)}
    for name in ("course", "plan_line"):
        if request.args.get(name):
            data[name] = request.args[name]
    form: Any = forms.NewClassForm(data=data)
    form.begin(clock.today())
    forms.configure_agency(form.agency, who)
    form.prepare(who, agency_id, decides=who.may(P.DECISIONS_VIEW))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _create(who, form)
            except Refused as refused:
                form.take(refused.problems)
            except NotFound:
                form.take([Problem("agency", "unknown", N_("Không thấy cơ quan này. Hãy chọn lại."))])
    return render_template(
        "training/classes/new.html", form=form, model=model, status=status, crumbs=crumbs(),
        groups=new_groups(form),
    ), status  # fmt: skip


def _model(who: Actor) -> Look | None:
    given = request.args.get("copy", "")
    return queries.look(who, int(given)) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _agency_of(who: Actor, model: Look | None) -> int | None:
    """Return which agency's trainers a form offers: the one sent, the model's, else the only one the actor has."""
    sent = request.form.get("agency", "")
    if sent.isascii() and sent.isdigit() and len(sent) < 19:
        return int(sent)
    if model is not None and forms.runs_at(who, model.agency.id, model.agency.scope_ids):
        return model.agency.id
    mine = {*who.scope(P.TRAINING_MANAGE), *who.scope(P.TRAINING_TEACH)} - {0}
    return mine.pop() if len(mine) == 1 else None


def _create(who: Actor, form: Any) -> ResponseReturnValue:
    course = courses.get_course(int(form.course.data))
    values = form.values(course.name) | {
        "course_id": course.id, "agency_id": int(form.agency.data), "code": form.code.data,
    }  # fmt: skip
    with transaction():
        made = services.create(who, values, trainers=form.chosen_trainers, pattern=form.pattern(form.starts_on.data))
    flash(_("Đã lập lớp %(code)s. Xem lịch học rồi mở lớp để nhận học viên.", code=made.code), "ok")
    return redirect(url_for("training.training_class", class_id=made.id), 303)


def new_groups(form: Any) -> list[tuple[str, list[str]]]:
    """Return the fields of a new class in their groups."""
    return [
        (_("Lớp"), ["course", "name", "agency", "provider", "plan_line", "code"]),
        (_("Lịch học"), ["starts_on", "ends_on", "weekdays", "part", "hours_each", "place", "abroad", "country"]),
        *_common_groups(form),
    ]


def _common_groups(form: Any) -> list[tuple[str, list[str]]]:
    who_learns = ["seats", "nominate_by", "accepts", *(["trainers"] if "trainers" in form else [])]
    rest = [*(["decision"] if "decision" in form else []), "note"]
    return [
        (_("Học viên, giảng viên"), who_learns),
        (_("Điều kiện hoàn thành"), ["least_attendance", "pass_mark"]),
        (_("Kinh phí"), ["central_budget", "local_budget", "other_budget"]),
        (_("Căn cứ, ghi chú"), rest),
    ]


# Changing one


def run_look(class_id: int) -> Look:
    """Return a class its reader runs. Raises `NotFound`, `Forbidden`."""
    look = queries.look(actor(), class_id)
    services.require_runs(actor(), services.Locked(look.found, look.agency, look.trainers))
    return look


def sent_version(form: Any) -> int:
    """Return the version a form was opened with; 0 for anything else, which no row has."""
    given = str(form.version.data if hasattr(form, "version") else form or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


@blueprint.route("/training/classes/<int:class_id>/edit", access=RUNS, methods=["GET", "POST"])
def edit_class(class_id: int) -> ResponseReturnValue:
    """Change the figures of a class; more seats go to the waiting list at once."""
    who, look = actor(), run_look(class_id)
    form: Any = forms.ClassForm(data=forms.data_of(look.found, look.trainers))
    form.prepare(who, look.agency.id, decides=who.may(P.DECISIONS_VIEW), kept=look.found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _save(who, look, form)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template(
        "training/classes/edit.html", form=form, view=look, crumbs=crumbs(look.found),
        groups=[
            (_("Lớp"), ["name", "provider", "plan_line"]),
            (_("Lịch học"), ["starts_on", "ends_on", "place", "abroad", "country"]), *_common_groups(form),
        ],
    ), status  # fmt: skip


def _save(who: Actor, look: Look, form: Any) -> ResponseReturnValue:
    values = form.values(look.course.name)
    if "decision" not in form:
        values["decision_id"] = look.found.decision_id
    with transaction():
        services.edit(
            who, look.found.id, values, version=sent_version(form),
            trainers=form.chosen_trainers if "trainers" in form else None,
        )  # fmt: skip
        promoted = enrolling.promote(who, look.found.id).promoted
    flash(_("Đã sửa lớp."), "ok")
    if promoted:
        flash(_("%(n)s người của danh sách chờ được nhận vào chỗ trống.", n=len(promoted)), "info")
    return redirect(url_for("training.training_class", class_id=look.found.id), 303)


@blueprint.route("/training/classes/<int:class_id>/publish", access=RUNS, methods=["POST"])
def publish_class(class_id: int) -> ResponseReturnValue:
    """Open a class to nominations."""
    run_look(class_id)
    try:
        with transaction():
            services.publish(actor(), class_id, version=sent_version(request.form.get("version", "")))
        flash(_("Đã mở lớp. Các cơ quan cử được học viên từ bây giờ."), "ok")
    except (Refused, Stale) as refused:
        _say(refused.problems)
    return redirect(url_for("training.training_class", class_id=class_id), 303)


def _say(problems: Sequence[Problem]) -> None:
    for problem in problems:
        flash(render(problem), "bad")


@blueprint.route("/training/classes/<int:class_id>/cancel", access=RUNS, methods=["GET", "POST"])
def cancel_class(class_id: int) -> ResponseReturnValue:
    """Call a class off, with the reason its learners will read."""
    look = run_look(class_id)
    form = forms.CancelForm(data={"version": str(look.found.version)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.cancel(actor(), class_id, str(form.reason.data), version=sent_version(form))
                flash(_("Đã hủy lớp. Trang của lớp báo lý do cho mọi học viên."), "ok")
                return redirect(url_for("training.training_class", class_id=class_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template("training/classes/cancel.html", form=form, view=look, crumbs=crumbs(look.found)), status
