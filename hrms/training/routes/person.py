"""The record's tab about training: what is owed, what is in the ledger, classes, certificates, reports, promises."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.audit import services as audit
from hrms.core import clock, settings, workbook
from hrms.core.documents import render_pdf
from hrms.core.errors import Forbidden, Refused
from hrms.core.formats import format_number
from hrms.core.i18n import _, render, select_locale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries.record import Record
from hrms.people.routes.page import below, page, read
from hrms.positions.queries.person import gaps_of
from hrms.positions.routes.person import gap_words
from hrms.training.forms import evidence as forms
from hrms.training.papers import history as paper
from hrms.training.queries import enrolled, history
from hrms.training.queries import evidence as reports
from hrms.training.queries.certificates import certificates_of
from hrms.training.routes.base import blueprint
from hrms.training.routes.commitments import commitments_of
from hrms.training.routes.evidence import TONES
from hrms.training.rules.kinds import (
    COURSE_KIND_LABELS,
    FORM_LABELS,
    SOURCE_LABELS,
    STATE_LABELS,
    CourseKind,
    EntrySource,
    LearningForm,
)
from hrms.training.rules.owed import credits_shown
from hrms.training.rules.states import ENROLMENT_LABELS, EVIDENCE_LABELS, EnrolmentState, EvidenceState
from hrms.training.services import correcting
from hrms.training.services import evidence as reporting

P = Permission
SEES = (P.TRAINING_VIEW, P.SELF_VIEW)
STATE_TONES = {"met": "ok", "held": "ok", "exempt": "none", "due": "info", "short": "warn", "overdue": "bad"}
EARLIEST, LATEST = 1960, 2100


@blueprint.route("/people/<int:person_id>/training", access=SEES)
def person(person_id: int) -> ResponseReturnValue:
    """Show one person's training in a year: what is owed, what counts and why, and what to do about it."""
    record = read(person_id)
    year = _year(record)
    entries = history.entries_of(person_id)
    shown = history.lines(entries, None if request.args.get("year") == "all" else year)
    scope_ids = record.person.scope_ids
    return page(
        "training/person/show.html",
        record,
        year=year,
        duties=history.duties_of(person_id, year),
        state_tones=STATE_TONES,
        state_labels=STATE_LABELS,
        every=request.args.get("year") == "all",
        years=_years(entries),
        lines=shown,
        sums=[
            (render(COURSE_KIND_LABELS[CourseKind(kind)]), hours)
            for kind, hours in history.sums_by_kind(entries, year).items()
        ],
        per_credit=settings.get("training.hours_per_credit"),
        words=_Words(),
        evidence=[
            (one, render(EVIDENCE_LABELS[EvidenceState(one.state)]), TONES[one.state])
            for one in reports.list_of(person_id)
        ],
        classes=enrolled.classes_of_person(person_id),
        certificates=certificates_of(actor(), person_id),
        offered=enrolled.offered_to(person_id) if year == clock.today().year else [],
        gaps=[
            {**row, **gap_words(row["requirement"], row["params"])}
            for row in gaps_of(person_id)
            if not row["settled_on"]
        ],
        may_report=reporting.may_hold(actor(), person_id, scope_ids),
        manages=actor().may(P.TRAINING_MANAGE, at=scope_ids),
        **commitments_of(person_id, scope_ids),
    )  # fmt: skip


class _Words:
    """The closed lists in the reader's language, for the template."""

    def kind(self, value: str) -> str:
        """Return the content of an entry."""
        return render(COURSE_KIND_LABELS[CourseKind(value)])

    def form(self, value: str) -> str:
        """Return the form of learning."""
        return render(FORM_LABELS[LearningForm(value)])

    def source(self, value: str) -> str:
        """Return where an entry comes from."""
        return render(SOURCE_LABELS[EntrySource(value)])

    def enrolment(self, value: str) -> str:
        """Return the state of an enrolment."""
        return render(ENROLMENT_LABELS[EnrolmentState(value)])


def _year(record: Record) -> int:
    given = request.args.get("year", "")
    if given in {"", "all"}:
        return record.as_at.year
    if not (given.isascii() and given.isdigit() and EARLIEST <= int(given[:6]) <= LATEST):
        raise Refused(
            Problem("year", "bad_year", N_("Năm “%(value)s” không đúng. Hãy chọn lại."), {"value": given[:20]})
        )
    return int(given)


def _years(entries: Sequence[history.Entry]) -> list[int]:
    this = clock.today().year
    return sorted({one.earned_on.year for one in entries} | {this, this - 1, this - 2}, reverse=True)


@blueprint.route("/people/<int:person_id>/training/history.pdf", access=SEES)
def history_pdf(person_id: int) -> ResponseReturnValue:
    """Give the whole history of training as a sheet to print."""
    record = read(person_id)
    lines = history.lines(history.entries_of(person_id))
    made = paper.history_paper(
        record, lines, certificates_of(actor(), person_id), clock.today(), settings.get("training.hours_per_credit")
    )
    content = render_pdf([made])
    _note(record, len(lines), "pdf")
    return send_file(
        BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name="lich-su-dao-tao.pdf"
    )


@blueprint.route("/people/<int:person_id>/training/history.xlsx", access=SEES)
def history_xlsx(person_id: int) -> ResponseReturnValue:
    """Give the whole history of training as a workbook."""
    record = read(person_id)
    lines = history.lines(history.entries_of(person_id))
    words, per_credit = _Words(), settings.get("training.hours_per_credit")
    headers = (
        _("Ngày hoàn thành"), _("Khóa học"), _("Mã chương trình"), _("Nội dung"), _("Hình thức học"), _("Số tiết"),
        _("Tín chỉ"), _("Cộng dồn (tiết)"), _("Nguồn"), _("Lớp"), _("Số văn bằng, chứng chỉ"), _("Lý do hủy"),
    )  # fmt: skip
    rows = (
        (
            line.entry.earned_on, line.entry.name, line.entry.course_code, words.kind(line.entry.kind),
            words.form(line.entry.form), line.entry.hours, Decimal(credits_shown(line.entry.hours, per_credit)),
            line.sum, words.source(line.entry.source), line.entry.class_code, line.entry.proof, line.entry.reason,
        )
        for line in lines
    )  # fmt: skip
    made = workbook.in_memory(
        _("Lịch sử đào tạo"), headers, rows, widths=(14, 50, 16, 28, 22, 10, 10, 14, 22, 16, 24, 30)
    )
    _note(record, len(lines), "xlsx")
    return send_file(made, as_attachment=True, download_name="lich-su-dao-tao.xlsx")


def _note(record: Record, rows: int, form: str) -> None:
    """Note that somebody else's history was taken out."""
    if record.own:
        return
    with transaction():
        audit.record(
            actor(), "training.history_exported", "person", record.person.id, person_id=record.person.id,
            scope_ids=list(record.person.scope_ids), after={"rows": rows, "format": form},
        )  # fmt: skip
        audit.mark_read(actor(), "training.history", 1)


@blueprint.route("/people/<int:person_id>/training/old", access=P.TRAINING_MANAGE, methods=["GET", "POST"])
def old_result(person_id: int) -> ResponseReturnValue:
    """Write a result from before the system."""
    record = read(person_id)
    form: Any = forms.OldResultForm(data={"form": LearningForm.CLASS.value, "kind": CourseKind.POSITION.value})
    forms.set_choices(form, url_for("training.course_choices"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            result = correcting.OldResult(
                CourseKind(form.kind.data), LearningForm(form.form.data), form.hours.data, form.earned_on.data,
                int(form.course_id.data) if form.course_id.data else None, form.title.data or "", form.proof.data or "",
            )  # fmt: skip
            try:
                with transaction():
                    _made, hours = correcting.record_old(actor(), person_id, result)
                flash(_("Đã ghi %(hours)s tiết vào sổ.", hours=_number(hours)), "ok")
                return redirect(url_for("training.person", person_id=person_id, year=form.earned_on.data.year), 303)
            except Refused as refused:
                form.take(refused.problems)
    words = _("Ghi kết quả cũ")
    return render_template(
        "training/person/old.html", form=form, heading=words, crumbs=below(record, words),
        back=url_for("training.person", person_id=person_id),
    ), status  # fmt: skip


def _number(hours: Any) -> str:
    return format_number(hours.normalize(), select_locale())


@blueprint.route(
    "/people/<int:person_id>/training/entries/<int:entry_id>/reverse", access=P.TRAINING_MANAGE, methods=["GET", "POST"]
)
def reverse_entry(person_id: int, entry_id: int) -> ResponseReturnValue:
    """Take an entry back with its reason; it stays in the ledger beside its reversal."""
    record = read(person_id)
    entry = history.get_entry(entry_id, person_id)
    if not actor().may(P.TRAINING_MANAGE, at=record.person.scope_ids):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))
    form: Any = forms.ReasonForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    correcting.reverse_by_hand(actor(), entry_id, form.reason.data or "")
                flash(_("Đã hủy bút toán."), "ok")
                return redirect(url_for("training.person", person_id=person_id, year=entry.earned_on.year), 303)
            except Refused as refused:
                form.take(refused.problems)
    words = _("Hủy bút toán")
    return render_template(
        "training/person/reverse.html", form=form, entry=entry, words=_Words(), heading=words,
        crumbs=below(record, words), back=url_for("training.person", person_id=person_id),
    ), status  # fmt: skip
