"""Reports of something learnt elsewhere: sent in by whom they are about, reviewed in HR's inbox."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from hrms.core import files
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.page import below, read
from hrms.training.forms import evidence as forms
from hrms.training.queries import evidence as reading
from hrms.training.queries import history
from hrms.training.queries.evidence import Row
from hrms.training.routes.base import blueprint
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS, CourseKind, LearningForm
from hrms.training.rules.states import EVIDENCE_LABELS, EvidenceState
from hrms.training.services import evidence as services

P = Permission
HOLDS = (P.SELF_VIEW, P.TRAINING_MANAGE)
SEES = (P.SELF_VIEW, P.TRAINING_VIEW, P.TRAINING_MANAGE)
TONES = {"submitted": "info", "returned": "warn", "accepted": "ok", "refused": "bad", "withdrawn": "none"}
SHOWN = (
    EvidenceState.SUBMITTED, EvidenceState.RETURNED, EvidenceState.ACCEPTED, EvidenceState.REFUSED,
    EvidenceState.WITHDRAWN,
)  # fmt: skip


@blueprint.route("/people/<int:person_id>/training/evidence/new", access=HOLDS, methods=["GET", "POST"])
def new_evidence(person_id: int) -> ResponseReturnValue:
    """Report something learnt or taught elsewhere, about oneself or as HR for somebody."""
    record = read(person_id)
    if not services.may_hold(actor(), person_id, record.person.scope_ids):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))
    form: Any = forms.EvidenceForm(data={"form": LearningForm.CLASS.value, "kind": CourseKind.POSITION.value})
    forms.set_choices(form, url_for("training.course_choices"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    made = services.submit(actor(), person_id, _report(form), _proof(form))
                flash(_("Đã gửi minh chứng, chờ cán bộ tổ chức duyệt."), "ok")
                return redirect(url_for("training.evidence_item", evidence_id=made.id), 303)
            except Refused as refused:
                form.take(refused.problems)
    words = _("Khai minh chứng đào tạo")
    return render_template(
        "training/evidence/form.html", form=form, heading=words, crumbs=below(record, words), person=record.person,
        own=record.own, back=url_for("training.person", person_id=person_id), kept=None,
    ), status  # fmt: skip


def _report(form: Any) -> services.Report:
    return services.Report(
        CourseKind(form.kind.data), LearningForm(form.form.data), form.hours.data, form.started_on.data,
        form.ended_on.data, int(form.course_id.data) if form.course_id.data else None, form.title.data or "",
        form.provider.data or "", form.certificate_number.data or "", form.note.data or "",
    )  # fmt: skip


def _proof(form: Any) -> services.Proof | None:
    return services.Proof(form.proof.data.stream, form.proof.data.filename or "") if form.proof.data else None


@blueprint.route("/training/evidence", access=P.TRAINING_MANAGE)
def evidence() -> ResponseReturnValue:
    """List reports of the people one manages: those that wait first, with what would count of each."""
    roots = actor().scope(P.TRAINING_MANAGE)
    given = request.args.get("state", EvidenceState.SUBMITTED.value)
    if given not in set(EvidenceState):
        text = N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại.")
        raise Refused(Problem("state", "unknown", text, {"value": given[:40]}))
    state = EvidenceState(given)
    page = reading.list_inbox(roots, state, after=request.args.get("after"), before=request.args.get("before"))
    count_shown({row.evidence.person_id for row in page.items})
    counts = reading.count_states(roots)
    return render_template(
        "training/evidence/list.html", page=page, state=state, counts=counts, states=SHOWN, labels=EVIDENCE_LABELS,
        previews=reading.previews([row.evidence for row in page.items]), kinds=COURSE_KIND_LABELS, forms=FORM_LABELS,
        Kind=CourseKind, LearningForm=LearningForm, total=counts.get(state.value, 0), waits=EvidenceState.SUBMITTED,
    )  # fmt: skip


@blueprint.route("/training/evidence/<int:evidence_id>", access=SEES)
def evidence_item(evidence_id: int) -> ResponseReturnValue:
    """Show a report with its proof, what would count by which rule, and to whom it falls the next step."""
    row = _row(evidence_id)
    return _item(row, _review_form(row))


def _row(evidence_id: int) -> Row:
    row = reading.get_row(evidence_id)
    if not actor().is_holder(row.evidence.person_id):
        count_shown([row.evidence.person_id])
    return row


def _review_form(row: Row) -> Any:
    found = row.evidence
    hours = reading.previews([found])[found.id].result.hours
    return forms.ReviewForm(data={"version": found.version, "hours": hours})


def _item(row: Row, form: Any, *, reason: Any = None) -> str:
    found, who = row.evidence, actor()
    state = EvidenceState(found.state)
    reviews = services.may_review(who, found.person_id, list(row.scope_ids))
    holds = services.may_hold(who, found.person_id, list(row.scope_ids))
    is_open = state in {EvidenceState.SUBMITTED, EvidenceState.RETURNED}
    return render_template(
        "training/evidence/show.html", row=row, evidence=found, state=state, tone=TONES[found.state], form=form,
        preview=reading.previews([found])[found.id], kind=COURSE_KIND_LABELS[CourseKind(found.kind)],
        learning=FORM_LABELS[LearningForm(found.form)], label=EVIDENCE_LABELS[state],
        own=who.is_holder(found.person_id),
        may_review=reviews and state is EvidenceState.SUBMITTED,
        twins=history.standing_between(found.person_id, found.started_on, found.ended_on, found.id) if reviews else [],
        may_reopen=reviews and state in {EvidenceState.ACCEPTED, EvidenceState.REFUSED},
        may_edit=holds and is_open,
        may_open=who.may(P.TRAINING_VIEW, at=row.scope_ids) or who.is_holder(found.person_id),
        reason=reason or forms.ReasonForm(data={"version": found.version}),
        crumbs=_crumbs(row),
    )  # fmt: skip


def _crumbs(row: Row) -> list[tuple[str, str | None]]:
    home: list[tuple[str, str | None]] = []
    if actor().may(P.TRAINING_MANAGE, at=row.scope_ids):
        home.append((_("Minh chứng đào tạo"), url_for("training.evidence")))
    return [*home, (row.person, url_for("training.person", person_id=row.evidence.person_id))]


@blueprint.route("/training/evidence/<int:evidence_id>/file", access=SEES)
def evidence_file(evidence_id: int) -> ResponseReturnValue:
    """Give the proof to whoever sees the report."""
    row = _row(evidence_id)
    return files.send(files.get(row.evidence.sha256), row.evidence.file_name or "minh-chung")


@blueprint.route("/training/evidence/<int:evidence_id>/edit", access=HOLDS, methods=["GET", "POST"])
def edit_evidence(evidence_id: int) -> ResponseReturnValue:
    """Put a report right that is not decided yet, and send it in again."""
    row = _row(evidence_id)
    found = row.evidence
    _require_holder(row)
    if found.state not in {EvidenceState.SUBMITTED, EvidenceState.RETURNED}:
        return redirect(url_for("training.evidence_item", evidence_id=evidence_id), 303)
    names = ("version", "title", "provider", "kind", "form", "hours", "started_on", "ended_on", "certificate_number")
    data = {name: getattr(found, name) for name in (*names, "note")} | {"course_id": str(found.course_id or "")}
    form: Any = forms.EvidenceForm(data=data)
    forms.set_choices(form, url_for("training.course_choices"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.edit(actor(), evidence_id, _report(form), _proof(form), version=_version(form))
                flash(_("Đã sửa và gửi lại minh chứng."), "ok")
                return redirect(url_for("training.evidence_item", evidence_id=evidence_id), 303)
            except (Refused, Stale) as refused:
                status = refused.status
                form.take(refused.problems)
    return render_template(
        "training/evidence/form.html", form=form, heading=_("Sửa minh chứng"), crumbs=_crumbs(row), own=False,
        person=None, back=url_for("training.evidence_item", evidence_id=evidence_id), kept=found.file_name,
    ), status  # fmt: skip


def _require_holder(row: Row) -> None:
    if not services.may_hold(actor(), row.evidence.person_id, list(row.scope_ids)):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))


def _version(form: Any) -> int:
    given = str(form.version.data or "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Stale
    return int(given)


@blueprint.route("/training/evidence/<int:evidence_id>/withdraw", access=HOLDS, methods=["POST"])
def withdraw_evidence(evidence_id: int) -> ResponseReturnValue:
    """Take back a report that is not decided yet."""
    row = _row(evidence_id)
    _require_holder(row)
    with transaction():
        services.withdraw(actor(), evidence_id, version=_version(forms.ReasonForm()))
    flash(_("Đã rút minh chứng."), "ok")
    return _back(evidence_id)


@blueprint.route("/training/evidence/<int:evidence_id>/review", access=P.TRAINING_MANAGE, methods=["POST"])
def review_evidence(evidence_id: int) -> ResponseReturnValue:
    """Recognise hours of a report, return it to be completed, or recognise nothing."""
    _row(evidence_id)
    form: Any = forms.ReviewForm()
    does = request.form.get("do", "")
    if form.validate():
        try:
            if does == "accept" and form.hours.data is None:
                text = N_("Chưa nhập số tiết công nhận.")
                raise Refused(Problem("hours", "required", text))
            remarks, version = form.remarks.data or "", _version(form)
            with transaction():
                if does == "accept":
                    services.accept(actor(), evidence_id, form.hours.data, remarks, version=version)
                elif does == "return":
                    services.send_back(actor(), evidence_id, remarks, version=version)
                elif does == "refuse":
                    services.refuse(actor(), evidence_id, remarks, version=version)
                else:
                    raise Refused(Problem("", "unknown_act", N_("Chưa chọn việc làm. Hãy bấm một trong các nút.")))
        except (Refused, Stale) as refused:
            form.take(refused.problems)
        else:
            flash(_SAID[does](), "ok")
            return redirect(url_for("training.evidence"), 303)
    return _item(reading.get_row(evidence_id), form), 422


_SAID = {
    "accept": lambda: _("Đã công nhận và ghi vào sổ."), "return": lambda: _("Đã trả lại để bổ sung."),
    "refuse": lambda: _("Đã ghi không công nhận."),
}  # fmt: skip


@blueprint.route("/training/evidence/<int:evidence_id>/reopen", access=P.TRAINING_MANAGE, methods=["POST"])
def reopen_evidence(evidence_id: int) -> ResponseReturnValue:
    """Undo a decision: what was written to the ledger is reversed, the report waits for review again."""
    row = _row(evidence_id)
    form: Any = forms.ReasonForm()
    if form.validate():
        try:
            with transaction():
                services.reopen(actor(), evidence_id, form.reason.data or "", version=_version(form))
            flash(_("Đã hủy kết quả duyệt; minh chứng chờ duyệt lại."), "ok")
            return _back(evidence_id)
        except (Refused, Stale) as refused:
            form.take(refused.problems)
    return _item(reading.get_row(evidence_id), _review_form(row), reason=form), 422


def _back(evidence_id: int) -> Response:
    return redirect(url_for("training.evidence_item", evidence_id=evidence_id), 303)
