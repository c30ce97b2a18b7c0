"""Pages of programmes: the list in force on a day, one with its versions, adding, putting right, withdrawing."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks, workbook
from hrms.core.actor import missing
from hrms.core.dates import last_day
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.rules import MARK_LABELS, MARK_TONES
from hrms.figures.services import province_closure
from hrms.people.rules.kinds import KIND_LABELS, PersonKind
from hrms.positions.queries import catalogue as positions
from hrms.training.forms import courses as forms
from hrms.training.models import Course, CourseVersion
from hrms.training.queries import courses as queries
from hrms.training.routes.base import blueprint
from hrms.training.rules.courses import tidy
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS, CourseKind, LearningForm
from hrms.training.rules.states import CERTIFICATE_LABELS, CLASS_LABELS, CertificateKind
from hrms.training.services import courses as services

P = Permission
READ = (P.TRAINING_VIEW, P.TRAINING_TEACH, P.SELF_VIEW)
KEEP = P.TRAINING_CATALOGUE
KEYS = ("q", "kind", "form", "level", "competency", "provider", "ended")
EXPORT_NAME = "chuong-trinh-dao-tao.xlsx"


def mark_words(mark: str) -> str:
    """Return how sure a row is, in words."""
    return _("do tỉnh ban hành") if mark == services.OWN_MARK else render(MARK_LABELS.get(mark, MARK_LABELS["U"]))


def mark_tone(mark: str) -> str:
    """Return the tone of its tag."""
    return "info" if mark == services.OWN_MARK else MARK_TONES.get(mark, "warn")


def sent_version(form: Any) -> int:
    """Return the version a form was opened with; 0 for anything else, which no row has."""
    given = str(form.version.data or "")
    return int(given) if given.isascii() and given.isdigit() else 0


def as_at() -> date:
    """Return the day the page is about."""
    return asked_dates()[0] or clock.today()


def words() -> dict[str, dict[str, str]]:
    """Return the words of the closed lists, for templates."""
    return {
        "kind": {one.value: render(said) for one, said in COURSE_KIND_LABELS.items()},
        "form": {one.value: render(said) for one, said in FORM_LABELS.items()},
        "certificate": {one.value: render(said) for one, said in CERTIFICATE_LABELS.items()},
        "person": {one.value: render(said) for one, said in KIND_LABELS.items()},
        "class": {one.value: render(said) for one, said in CLASS_LABELS.items()},
    }


def for_whom(version: CourseVersion | None, positions_known: int | None = None) -> list[str]:
    """Return short words of whom a version is meant for: kinds, groups of posts, how many ranks and positions."""
    if version is None:
        return []
    found = [render(KIND_LABELS[PersonKind(one)]) for one in version.person_kinds]
    found += [forms.post_name(one) for one in version.post_groups]
    if version.ranks:
        found.append(_("%(n)s ngạch, chức danh", n=len(version.ranks)))
    count = len(version.positions) if positions_known is None else positions_known
    if count:
        found.append(_("%(n)s vị trí việc làm", n=count))
    return found


def _chips(filters: queries.Filters) -> list[dict[str, str]]:
    said = words()
    provider = queries.list_providers(ids=[filters.provider]) if filters.provider else ()
    shown = (
        ("q", _("Tìm"), filters.q),
        ("kind", _("Loại"), said["kind"].get(filters.kind or "", "")),
        ("form", _("Hình thức"), said["form"].get(filters.form or "", "")),
        ("level", _("Trình độ, cấp"), _level_words(filters.level)),
        ("competency", _("Năng lực được nâng"), filters.competency or ""),
        ("provider", _("Cơ sở đào tạo"), provider[0].name if provider else ""),
        ("ended", _("Hiệu lực"), _("cả chương trình hết, chưa có hiệu lực") if filters.ended else ""),
    )
    return [{"key": key, "label": label, "value": value} for key, label, value in shown if value]


def _level_words(level: str | None) -> str:
    if not level:
        return ""
    return next((queries.level_name(kind, one) for kind, one in queries.list_levels() if one == level), level)


@blueprint.route("/training/courses", access=READ)
def courses() -> ResponseReturnValue:
    """List the programmes the address asks for, by name, as in force on the day."""
    filters, (on, known_on) = queries.parse(request.args), asked_dates()
    on = on or clock.today()
    page = queries.list_courses(
        filters, on, known_on, after=request.args.get("after"), before=request.args.get("before")
    )
    return render_template(
        "training/courses/list.html",
        page=page,
        count=queries.count_courses(filters, on, known_on),
        form=forms.FilterForm.of(filters),
        filters=filters,
        chips=_chips(filters),
        on=on,
        may_keep=services.may_keep(actor()),
        words=words(),
        tidy=tidy,
        for_whom=for_whom,
        level_name=queries.level_name,
        mark_words=mark_words,
        mark_tone=mark_tone,
        address=urlencode([(key, value) for key, value in request.args.items() if key in {*KEYS, "as_at"} and value]),
    )


@blueprint.route("/training/courses/export.xlsx", access=READ)
def courses_export() -> ResponseReturnValue:
    """Give the list that the address shows as a workbook."""
    filters, (on, known_on) = queries.parse(request.args), asked_dates()
    found = queries.list_all(filters, on or clock.today(), known_on)
    names = {one.id: one.name for one in queries.list_providers()}
    headers = (
        _("Mã"), _("Tên chương trình"), _("Loại"), _("Trình độ, cấp"), _("Số tiết"), _("Hình thức"),
        _("Kết thúc được cấp"), _("Hiệu lực chứng chỉ (tháng)"), _("Năng lực được nâng"), _("Dành cho"),
        _("Cơ sở được tổ chức"), _("Từ ngày"), _("Đến hết ngày"), _("Nguồn"), _("Độ chắc chắn"),
    )  # fmt: skip
    made = workbook.in_memory(
        _("Chương trình đào tạo"), headers, (_sheet_row(one, names) for one in found),
        widths=(16, 60, 24, 22, 9, 20, 18, 12, 24, 40, 50, 12, 12, 60, 24),
    )  # fmt: skip
    return send_file(made, as_attachment=True, download_name=EXPORT_NAME)


def _sheet_row(row: queries.Row, names: dict[int, str]) -> tuple[Any, ...]:
    course, version = row.course, row.version
    first = (
        course.code, course.name, render(COURSE_KIND_LABELS[CourseKind(course.kind)]),
        queries.level_name(course.kind, course.level),
    )  # fmt: skip
    last = (course.source, mark_words(course.mark))
    if version is None:
        return (*first, *[None] * 9, *last)
    raised = ", ".join(
        f"{one['code']}{'' if one.get('level') is None else ':' + str(one['level'])}" for one in version.competencies
    )
    return (
        *first, version.hours, render(FORM_LABELS[LearningForm(version.form)]),
        render(CERTIFICATE_LABELS[CertificateKind(version.certificate)]), version.valid_months, raised,
        "; ".join(for_whom(version)), "; ".join(names.get(one, "") for one in version.provider_ids),
        version.valid_from, last_day(version.valid_to), *last,
    )  # fmt: skip


@blueprint.route("/training/courses/choices", access=READ)
def course_choices() -> ResponseReturnValue:
    """Answer a search box with programmes in force."""
    found = queries.list_choices(request.args.get("q", "")[:200], clock.today(), limit=queries.CHOICES + 1)
    items = [
        {"value": str(one.id), "label": one.name, "note": f"{one.code} · {words()['kind'][one.kind]}"}
        for one in found[: queries.CHOICES]
    ]
    return jsonify(items=items, more=len(found) > queries.CHOICES)


@blueprint.route("/training/courses/<int:course_id>", access=READ)
def course(course_id: int) -> ResponseReturnValue:
    """Show a programme: the version in force, whom it is meant for, what it raises, all versions, its classes."""
    who, (on, known_on) = actor(), asked_dates()
    on = on or clock.today()
    found = queries.get_course(course_id)
    versions = queries.list_versions(found.id, known_on)
    version = queries.version_on(versions, on)
    papers: Any = {}
    if who.may(P.DECISIONS_VIEW):
        papers = hooks.papers[0].describe([one.decision_id for one in versions if one.decision_id])
    shown = version or (versions[0] if versions else None)
    classes, total = queries.list_classes(found.id)
    return render_template(
        "training/courses/show.html",
        course=found,
        version=shown,
        in_force=version is not None,
        versions=versions,
        meant=queries.meant(shown),
        ranks=forms.rank_names(list(shown.ranks)) if shown else [],
        posts=[forms.post_name(one) for one in shown.post_groups] if shown else [],
        level=queries.level_name(found.kind, found.level),
        papers=papers,
        classes=classes,
        total=total,
        on=on,
        may_keep=services.may_keep(who),
        words=words(),
        tidy=tidy,
        mark_words=mark_words,
        mark_tone=mark_tone,
        crumbs=[(_("Chương trình đào tạo, bồi dưỡng"), url_for("training.courses"))],
    )


@blueprint.route("/training/courses/new", access=KEEP, methods=["GET", "POST"])
def new_course() -> ResponseReturnValue:
    """Add a programme with its first version; with `from` in the address, begun as a copy of another."""
    reach = services.require_keeper(actor())
    given = request.args.get("from", "")
    data: dict[str, Any] = {"form_of": "class", "certificate": "attestation"}
    levels: list[dict[str, Any]] = []
    if request.method == "GET" and given.isascii() and given.isdigit() and len(given) < 10:
        copied = queries.get_course(int(given))
        version = next(iter(queries.list_versions(copied.id)), None)
        data = forms.data_of(copied, version) | {"code": None, "name": None, "version": None}
        levels = list(version.competencies) if version else []
    form: Any = forms.with_paper(forms.NewCourseForm)(paper_kind="other", data=data)
    status = 200
    if request.method == "POST":
        status, levels = 422, forms.chosen_levels(request.form)
        if form.validate():
            try:
                with transaction():
                    values, problems = form.values(levels)
                    refuse_if(problems)
                    made = services.add(
                        actor(), form.header(), values, valid_from=form.valid_from.data, valid_to=form.until,
                        decision_id=hooks.papers[0].read(actor(), form.data, reach),
                    )  # fmt: skip
                flash(_("Đã thêm chương trình “%(name)s”.", name=made.name), "ok")
                return redirect(url_for("training.course", course_id=made.id), 303)
            except Refused as refused:
                form.take(refused.problems)
    return _form_page(form, levels, title=_("Thêm chương trình"), status=status)


@blueprint.route("/training/courses/<int:course_id>/edit", access=KEEP, methods=["GET", "POST"])
def edit_course(course_id: int) -> ResponseReturnValue:
    """Write another version from a day on; with `version` in the address, put that version right for its own days."""
    found = queries.get_course(course_id)
    reach = services.require_keeper(actor())
    version, data = _asked(found)
    levels = list(version.competencies) if version else []
    form: Any = forms.with_paper(forms.VersionForm)(paper_kind="other", data=data)
    status = 200
    if request.method == "POST":
        status, levels = 422, forms.chosen_levels(request.form)
        if form.validate():
            try:
                with transaction():
                    values, problems = form.values(levels)
                    refuse_if(problems)
                    services.write(
                        actor(), found, values, valid_from=form.valid_from.data, valid_to=form.until,
                        decision_id=hooks.papers[0].read(actor(), form.data, reach), version=sent_version(form),
                    )  # fmt: skip
                flash(_("Đã ghi nội dung mới của chương trình “%(name)s”.", name=found.name), "ok")
                return redirect(url_for("training.course", course_id=course_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return _form_page(form, levels, course=found, title=_("Sửa nội dung chương trình"), status=status)


def _asked(found: Course) -> tuple[CourseVersion | None, dict[str, Any]]:
    """Return the version a form begins with, and its data."""
    versions = queries.list_versions(found.id)
    given = request.args.get("version", "")
    asked = next((one for one in versions if str(one.id) == given), None)
    if given and asked is None:
        raise missing("version")
    version = asked or queries.version_on(versions, clock.today()) or next(iter(versions), None)
    data = forms.data_of(found, version)
    if asked is not None:
        data |= forms.days_of(asked)
        if asked.decision_id:
            data |= {"decision_basis": "existing", "decision_id": str(asked.decision_id)}
    return version, data


def _form_page(
    form: Any, levels: list[dict[str, Any]], *, course: Course | None = None, title: str, status: int
) -> ResponseReturnValue:
    crumbs = [(_("Chương trình đào tạo, bồi dưỡng"), url_for("training.courses"))]
    if course is not None:
        crumbs.append((course.name, url_for("training.course", course_id=course.id)))
    page = render_template(
        "training/courses/form.html", form=form, course=course, title=title, crumbs=crumbs,
        competencies=positions.dictionary(),
        chosen={str(one["code"]): one.get("level") or 0 for one in levels},
    )  # fmt: skip
    return page, status


@blueprint.route("/training/courses/<int:course_id>/name", access=KEEP, methods=["GET", "POST"])
def name_course(course_id: int) -> ResponseReturnValue:
    """Put right the name, kind, level and source of a programme."""
    found = queries.get_course(course_id)
    services.require_keeper(actor())
    form = forms.HeaderForm(data=forms.data_of(found, None))
    del form.code
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.rename(actor(), found, form.header(), version=sent_version(form))
                flash(_("Đã sửa chương trình.") if done else _("Không có gì thay đổi."), "ok" if done else "info")
                return redirect(url_for("training.course", course_id=course_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    crumbs = [
        (_("Chương trình đào tạo, bồi dưỡng"), url_for("training.courses")),
        (found.name, url_for("training.course", course_id=course_id)),
    ]
    return render_template("training/courses/name.html", form=form, course=found, crumbs=crumbs), status


@blueprint.route("/training/courses/<int:course_id>/withdraw", access=KEEP, methods=["GET", "POST"])
def withdraw_course(course_id: int) -> ResponseReturnValue:
    """Take a programme out of force from a day on."""
    found = queries.get_course(course_id)
    services.require_keeper(actor())
    form: Any = forms.with_paper(forms.WithdrawForm)(paper_kind="other", data={"version": str(found.version)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.withdraw(
                        actor(), found, form.valid_from.data, reason=str(form.reason.data or ""),
                        decision_id=hooks.papers[0].read(actor(), form.data, province_closure()),
                        version=sent_version(form),
                    )  # fmt: skip
                flash(_("Chương trình “%(name)s” thôi áp dụng.", name=found.name), "ok")
                return redirect(url_for("training.course", course_id=course_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    crumbs = [
        (_("Chương trình đào tạo, bồi dưỡng"), url_for("training.courses")),
        (found.name, url_for("training.course", course_id=course_id)),
    ]
    return render_template("training/courses/withdraw.html", form=form, course=found, crumbs=crumbs), status
