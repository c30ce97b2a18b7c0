"""Pages of what is owed: requirements with their versions, and how each form of learning is recognised."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks
from hrms.core.actor import missing
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.services import province_closure
from hrms.people.rules.absences import ABSENCE_LABELS, AbsenceKind
from hrms.training.forms import courses as course_forms
from hrms.training.forms import requirements as forms
from hrms.training.models import RequirementVersion, TrainingRequirement
from hrms.training.queries import courses, requirements
from hrms.training.routes.base import blueprint
from hrms.training.routes.courses import KEEP, READ, mark_tone, mark_words, sent_version
from hrms.training.rules.courses import tidy
from hrms.training.rules.kinds import (
    COURSE_KIND_LABELS,
    GATE_LABELS,
    LEVEL_SECTION_LABELS,
    TARGET_LABELS,
    CourseKind,
    Gate,
    LearningForm,
    LevelSection,
    RequirementTarget,
    RequirementWhat,
)
from hrms.training.rules.requirements import LEVELS_OF_SECTION
from hrms.training.services import requirements as services
from hrms.training.services.courses import may_keep, require_keeper

P = Permission


def asked_words(version: RequirementVersion) -> str:
    """Return what a version asks, in a few words: hours in a period, or a course within some months."""
    if version.what == RequirementWhat.HOURS:
        hours = course_forms.number_words(version.hours)
        if version.period_years == 1:
            return _("%(hours)s tiết một năm", hours=hours)
        return _("%(hours)s tiết trong %(years)s năm", hours=hours, years=version.period_years)
    if version.due_months:
        return _("chương trình, trong %(months)s tháng", months=version.due_months)
    return _("chương trình")


def gate_words(gate: str) -> str:
    """Return what appointments and scoring make of a requirement that is not met."""
    return render(GATE_LABELS[Gate(gate)])


@blueprint.route("/training/requirements", access=READ, endpoint="requirements")
def list_page() -> ResponseReturnValue:
    """List what is owed on the day."""
    on, known_on = asked_dates()
    ended = request.args.get("ended") == "1"
    return render_template(
        "training/requirements/list.html",
        rows=requirements.list_requirements(on or clock.today(), known_on, ended=ended),
        on=on or clock.today(),
        ended=ended,
        may_keep=may_keep(actor()),
        asked_words=asked_words,
        target_words=forms.target_words,
        gate_words=gate_words,
        mark_words=mark_words,
        mark_tone=mark_tone,
    )


@blueprint.route("/training/requirements/<int:requirement_id>", access=READ)
def requirement(requirement_id: int) -> ResponseReturnValue:
    """Show a requirement: what it asks of whom on the day, how it is reckoned, all its versions."""
    who, (on, known_on) = actor(), asked_dates()
    on = on or clock.today()
    found = requirements.get_requirement(requirement_id)
    versions = requirements.list_versions(found.id, known_on)
    version = requirements.version_on(versions, on)
    shown = version or (versions[0] if versions else None)
    papers: Any = {}
    if who.may(P.DECISIONS_VIEW):
        papers = hooks.papers[0].describe([one.decision_id for one in versions if one.decision_id])
    reach = None
    if shown is not None and who.may(P.TRAINING_VIEW):
        reach = requirements.effect(None, shown.target, shown.target_codes, on).after
    return render_template(
        "training/requirements/show.html",
        requirement=found,
        version=shown,
        in_force=version is not None,
        versions=versions,
        told=_told(shown) if shown else {},
        target_kind=render(TARGET_LABELS[RequirementTarget(shown.target)]) if shown else "",
        named=courses.names_of(shown.courses) if shown else {},
        reach=reach,
        papers=papers,
        on=on,
        may_keep=may_keep(who),
        asked_words=asked_words,
        target_words=forms.target_words,
        gate_words=gate_words,
        mark_words=mark_words,
        mark_tone=mark_tone,
        tidy=tidy,
        crumbs=[(_("Yêu cầu bắt buộc"), url_for("training.requirements"))],
    )


def _told(version: RequirementVersion) -> dict[str, Any]:
    """Return the words of a version's parts."""
    level = ""
    if version.level_section:
        section = LevelSection(version.level_section)
        names = course_forms.level_names(LEVELS_OF_SECTION[section])
        level = _(
            "%(section)s: từ %(level)s",
            section=render(LEVEL_SECTION_LABELS[section]), level=names.get(version.level_least or "", ""),
        )  # fmt: skip
    return {
        "targets": forms.target_names(version),
        "counts": ", ".join(render(COURSE_KIND_LABELS[CourseKind(one)]) for one in version.counts),
        "absences": ", ".join(render(ABSENCE_LABELS[AbsenceKind(one)]) for one in version.exempt_absences),
        "level": level,
    }


@blueprint.route("/training/requirements/new", access=KEEP, methods=["GET", "POST"])
def new_requirement() -> ResponseReturnValue:
    """Add a requirement; whom it reaches is shown before it is written."""
    require_keeper(actor())
    form: Any = course_forms.with_paper(forms.NewRequirementForm)(paper_kind="other", data=forms.data_of(None, None))
    if request.method == "POST":
        return _posted(form, None)
    return _form_page(form, None)


@blueprint.route("/training/requirements/<int:requirement_id>/edit", access=KEEP, methods=["GET", "POST"])
def edit_requirement(requirement_id: int) -> ResponseReturnValue:
    """Write another version from a day on; with `version` in the address, put that one right for its own days."""
    found = requirements.get_requirement(requirement_id)
    require_keeper(actor())
    versions = requirements.list_versions(found.id)
    given = request.args.get("version", "")
    asked = next((one for one in versions if str(one.id) == given), None)
    if given and asked is None:
        raise missing("version")
    version = asked or requirements.version_on(versions, clock.today()) or next(iter(versions), None)
    data = forms.data_of(found, version)
    if asked is not None:
        data |= forms.days_of(asked)
        if asked.decision_id:
            data |= {"decision_basis": "existing", "decision_id": str(asked.decision_id)}
    form: Any = course_forms.with_paper(forms.VersionForm)(paper_kind="other", data=data)
    if request.method == "POST":
        return _posted(form, found)
    return _form_page(form, found)


def _posted(form: Any, found: TrainingRequirement | None) -> ResponseReturnValue:
    if not form.validate():
        return _form_page(form, found, status=422)
    values, problems = form.values()
    problems = [*problems, *([] if problems else services.problems(values))]
    stamp = _stamp(values)
    if problems or form.confirmed.data != stamp:
        form.take(problems)
        asking = None
        if not problems:
            form.confirmed.data = stamp
            asking = _effect(found, values, form)
        else:
            form.confirmed.data = ""
        return _form_page(form, found, asking=asking, status=422 if problems else 200)
    days = {"valid_from": form.valid_from.data, "valid_to": form.until}
    try:
        with transaction():
            refuse_if(problems)
            decision_id = hooks.papers[0].read(actor(), form.data, province_closure())
            if found is None:
                header = {"code": form.code.data, "name": form.name.data}
                made_id = services.add(actor(), header, values, decision_id=decision_id, **days).id
            else:
                made_id = found.id
                version = sent_version(form)
                services.write(actor(), found, values, decision_id=decision_id, version=version, **days)
    except (Refused, Stale) as refused:
        form.take(refused.problems)
        form.confirmed.data = ""
        return _form_page(form, found, status=refused.status)
    flash(_("Đã ghi yêu cầu. Kết quả của mọi người đang được tính lại."), "ok")
    return redirect(url_for("training.requirement", requirement_id=made_id), 303)


def _stamp(values: dict[str, Any]) -> str:
    """Return what a preview was of: it counts only for the same version."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]


def _effect(found: TrainingRequirement | None, values: dict[str, Any], form: Any) -> requirements.Effect:
    old = None
    if found is not None:
        old = requirements.version_on(requirements.list_versions(found.id), form.valid_from.data)
    return requirements.effect(old, values["target"], values["target_codes"], clock.today())


def _form_page(
    form: Any,
    found: TrainingRequirement | None,
    *,
    asking: requirements.Effect | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    crumbs = [(_("Yêu cầu bắt buộc"), url_for("training.requirements"))]
    if found is not None:
        crumbs.append((found.name, url_for("training.requirement", requirement_id=found.id)))
    page = render_template(
        "training/requirements/form.html", form=form, requirement=found, asking=asking, crumbs=crumbs
    )
    return page, status


@blueprint.route("/training/requirements/<int:requirement_id>/name", access=KEEP, methods=["GET", "POST"])
def name_requirement(requirement_id: int) -> ResponseReturnValue:
    """Put right the name of a requirement."""
    found = requirements.get_requirement(requirement_id)
    require_keeper(actor())
    form = forms.NameForm(data={"version": str(found.version), "name": found.name})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.rename(actor(), found, str(form.name.data), version=sent_version(form))
                flash(_("Đã sửa tên yêu cầu.") if done else _("Không có gì thay đổi."), "ok" if done else "info")
                return redirect(url_for("training.requirement", requirement_id=requirement_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template(
        "training/requirements/name.html", form=form, requirement=found, crumbs=_crumbs(found)
    ), status


@blueprint.route("/training/requirements/<int:requirement_id>/withdraw", access=KEEP, methods=["GET", "POST"])
def withdraw_requirement(requirement_id: int) -> ResponseReturnValue:
    """Ask it of nobody from a day on."""
    found = requirements.get_requirement(requirement_id)
    require_keeper(actor())
    form: Any = course_forms.with_paper(course_forms.WithdrawForm)(
        paper_kind="other", data={"version": str(found.version)}
    )
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
                flash(_("Yêu cầu “%(name)s” thôi áp dụng. Kết quả đang được tính lại.", name=found.name), "ok")
                return redirect(url_for("training.requirement", requirement_id=requirement_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    page = render_template("training/requirements/withdraw.html", form=form, requirement=found, crumbs=_crumbs(found))
    return page, status


def _crumbs(found: TrainingRequirement) -> list[tuple[str, str]]:
    return [
        (_("Yêu cầu bắt buộc"), url_for("training.requirements")),
        (found.name, url_for("training.requirement", requirement_id=found.id)),
    ]


@blueprint.route("/training/recognition", access=READ)
def recognition() -> ResponseReturnValue:
    """Show how each form of learning counts on the day, and what is to change."""
    on, known_on = asked_dates()
    on = on or clock.today()
    return render_template(
        "training/requirements/recognition.html",
        rules=requirements.list_recognition(on, known_on),
        coming=requirements.coming_recognition(on),
        LearningForm=LearningForm,
        on=on,
        may_keep=may_keep(actor()),
        mark_words=mark_words,
        mark_tone=mark_tone,
        tidy=tidy,
        crumbs=[(_("Yêu cầu bắt buộc"), url_for("training.requirements"))],
    )


@blueprint.route("/training/recognition/<form_of>", access=KEEP, methods=["GET", "POST"])
def edit_recognition(form_of: str) -> ResponseReturnValue:
    """Say how a form of learning counts from a day on."""
    if form_of not in set(LearningForm):
        raise missing("form")
    kind = LearningForm(form_of)
    require_keeper(actor())
    versions = requirements.recognition_versions(kind)
    newest = versions[0] if versions else None
    form: Any = course_forms.with_paper(forms.RecognitionForm)(
        paper_kind="other", data=forms.recognition_data(newest, newest)
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            given = str(form.seen.data or "")
            try:
                with transaction():
                    services.recognise(
                        actor(), kind, form.values(), valid_from=form.valid_from.data,
                        decision_id=hooks.papers[0].read(actor(), form.data, province_closure()),
                        seen=int(given) if given.isascii() and given.isdigit() else None,
                    )  # fmt: skip
                flash(_("Đã ghi cách công nhận. Kết quả của mọi người đang được tính lại."), "ok")
                return redirect(url_for("training.recognition"), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    page = render_template(
        "training/requirements/recognise.html", form=form, kind=kind, versions=versions, tidy=tidy,
        mark_words=mark_words, mark_tone=mark_tone,
        crumbs=[
            (_("Yêu cầu bắt buộc"), url_for("training.requirements")),
            (_("Công nhận theo hình thức học"), url_for("training.recognition")),
        ],
    )  # fmt: skip
    return page, status
