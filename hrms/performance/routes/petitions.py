"""Pages of petitions: the list, one of them, making, withdrawing and answering it, the answer on paper."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import flash, jsonify, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.audit import queries as trail
from hrms.core import clock, hooks
from hrms.core.documents import render_docx, render_pdf
from hrms.core.errors import Forbidden, HrmsError, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.routes.page import read
from hrms.performance.forms import after as forms
from hrms.performance.papers import petition as papers
from hrms.performance.queries import answering, decided
from hrms.performance.queries import petitions as reading
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.showing import show
from hrms.performance.rules.petition import PETITION_LABELS, PetitionState
from hrms.performance.services import petitions as writing
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import send_names

P = Permission
SEES = (P.PERFORMANCE_VIEW, P.SELF_VIEW)
EXPORT_ROWS = 100_000
FILTER_LABELS = {
    "open": N_("Chờ trả lời"), "overdue": N_("Quá hạn trả lời"), "mine": N_("Chờ tôi trả lời"),
    "accepted": N_("Đã chấp nhận"), "rejected": N_("Không chấp nhận"), "withdrawn": N_("Đã rút"),
}  # fmt: skip
TONES = {"open": "info", "accepted": "ok", "rejected": "none", "withdrawn": "none"}


@blueprint.route("/performance/petitions", access=SEES)
def petitions() -> ResponseReturnValue:
    """List the petitions of the reader's part, those to answer first; one's own where one sees no others."""
    who = actor()
    if not who.may(P.PERFORMANCE_VIEW):
        own = reading.of_person(who.person_id) if who.person_id else []
        return show("performance/after/own_petitions.html", rows=own, tag_of=tag_of, person=None, own=True)
    part, narrowed = _asked()
    counts = reading.count_petitions(who, part)
    found = reading.list_petitions(who, part, narrowed, after=request.args.get("after"))
    return show(
        "performance/after/petitions.html", page=found, part=part, counts=counts, narrowed=narrowed, tag_of=tag_of,
        labels=FILTER_LABELS, today=clock.today(), may_export=who.may(P.PEOPLE_EXPORT),
        states=[("", _("— tất cả —")), *((name, render(words)) for name, words in FILTER_LABELS.items())],
    )  # fmt: skip


@blueprint.route("/people/<int:person_id>/performance/petitions", access=SEES)
def person_petitions(person_id: int) -> ResponseReturnValue:
    """List one person's petitions: where the calendar leads."""
    record = read(person_id)
    if not record.own:
        actor().require(P.PERFORMANCE_VIEW, at=record.person.scope_ids)
    return show(
        "performance/after/own_petitions.html", rows=reading.of_person(person_id), tag_of=tag_of, person=record.person,
        own=record.own,
    )  # fmt: skip


@blueprint.route("/performance/rounds/choices", access=P.DECISIONS_PROPOSE)
def round_choices() -> ResponseReturnValue:
    """Answer the search box of a proposal with the rounds that may be decided."""
    found = decided.find_rounds(request.args.get("q", "")[:200])
    return jsonify(items=[{"value": value, "label": label} for value, label in found], more=len(found) == decided.MOST)


@blueprint.route("/performance/petitions/export.xlsx", access=P.PERFORMANCE_VIEW)
def export_petitions() -> ResponseReturnValue:
    """Give the petitions the page shows, all pages of them, as a workbook."""
    part, narrowed = _asked()
    who = actor()
    who.require(P.PEOPLE_EXPORT, at=part.agency.scope_ids if part.agency else None)
    found = reading.list_petitions(who, part, narrowed, limit=EXPORT_ROWS).items
    rows = [
        (
            row.full_name, row.staff_code, row.agency, row.year, papers.class_words(row.old_class),
            papers.class_words(row.wanted), row.submitted_on, row.due_on, tag_of(row)[0], row.answered_on,
            papers.class_words(row.new_class), row.answers,
        )
        for row in found
    ]  # fmt: skip
    headers = (
        _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Năm"), _("Mức đã xếp"), _("Mức đề nghị"),
        _("Ngày kiến nghị"), _("Hạn trả lời"), _("Tình trạng"), _("Ngày trả lời"), _("Mức mới"), _("Nơi trả lời"),
    )  # fmt: skip
    return send_names(
        "performance.petitions", _("Kiến nghị kết quả xếp loại"), headers, rows, "kien-nghi-xep-loai.xlsx", part,
        widths=(28, 14, 40, 8, 28, 28, 14, 14, 20, 14, 28, 36),
    )  # fmt: skip


def _asked() -> tuple[Part, str | None]:
    part = part_of(actor(), request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)
    narrowed = request.args.get("state", "").strip() or None
    if narrowed is not None and narrowed not in reading.FILTERS:
        text = N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại.")
        raise Refused(Problem("state", "unknown", text, {"value": narrowed[:40]}))
    return part, narrowed


def tag_of(row: Any) -> tuple[str, str]:
    """Return where a petition stands, in words with a tone: red when its answer is overdue."""
    if row.state == "open" and row.due_on < clock.today():
        return _("Quá hạn trả lời"), "bad"
    return render(PETITION_LABELS[PetitionState(row.state)]), TONES[row.state]


@blueprint.route("/performance/petitions/<int:petition_id>", access=SEES)
def petition(petition_id: int) -> ResponseReturnValue:
    """Show one petition: the class, what is said against it, by when and by whom it is answered, the answer."""
    who = actor()
    row = reading.get(who, petition_id)
    own = who.is_holder(row.person_id)
    waits = row.state == "open"
    sees = who.may(P.PERFORMANCE_VIEW, at=row.scope_ids) and not own
    refusal = writing.may_reject(who, row.person_id, row.agency_id, row.rating_id) if waits and sees else None
    answers = waits and sees and refusal is None
    barred = refusal is not None and refusal.code in {"own", "kin"}
    records = waits and sees and not barred and who.may(P.PERFORMANCE_MANAGE, at=row.scope_ids)
    proposes = waits and sees and not barred and who.may(P.DECISIONS_PROPOSE, at=row.scope_ids)
    described = hooks.papers[0].describe([row.decision_id]) if row.decision_id and sees else {}
    return show(
        "performance/after/petition.html", row=row, own=own, tag=tag_of(row), answers=answers, records=records,
        proposes=proposes, sees=sees, barred=render(refusal) if barred and refusal else "", today=clock.today(),
        paper=described.get(row.decision_id), why=writing.due_on(row.submitted_on)[1],
        history=trail.list_for(who, writing.ENTITY, petition_id) if sees else [],
    )  # fmt: skip


@blueprint.route("/performance/ratings/<int:rating_id>/petition", access=P.SELF_VIEW, methods=["GET", "POST"])
def new_petition(rating_id: int) -> ResponseReturnValue:
    """Petition against one's own published class."""
    who = actor()
    found = writing.about(rating_id)
    problem = writing.why_not(who, found)
    if problem is not None and problem.code == "not_own":
        raise Forbidden(problem)
    form: Any = forms.PetitionForm()
    form.prepare(found.final)

    def act() -> str:
        made = writing.submit(who, rating_id, form.wanted.data or None, form.text.data or "")
        return url_for("performance.petition", petition_id=made)

    answer, status = sent(form, act, _("Đã gửi kiến nghị."))
    if answer is not None:
        return answer
    return show(
        "performance/after/new_petition.html", form=form, found=found, problem=render(problem) if problem else "",
        last=writing.last_day(found.published_on) if found.published_on else None,
        due=writing.due_on(clock.today(), writing.decree_of(found.set_code)),
    ), status  # fmt: skip


@blueprint.route("/performance/petitions/<int:petition_id>/withdraw", access=P.SELF_VIEW, methods=["POST"])
def withdraw_petition(petition_id: int) -> ResponseReturnValue:
    """Take one's own petition back."""
    try:
        with transaction():
            writing.withdraw(actor(), petition_id, _version())
        flash(_("Đã rút kiến nghị."), "ok")
    except (Refused, Stale) as refused:
        flash(" ".join(render(one) for one in refused.problems), "bad")
    return redirect(url_for("performance.petition", petition_id=petition_id), 303)


@blueprint.route("/performance/petitions/<int:petition_id>/reject", access=P.PERFORMANCE_RATE, methods=["GET", "POST"])
def reject_petition(petition_id: int) -> ResponseReturnValue:
    """Answer that the class stays, with reasons."""
    who = actor()
    row = reading.get(who, petition_id)
    if refusal := writing.may_reject(who, row.person_id, row.agency_id, row.rating_id):
        raise Forbidden(refusal)
    form: Any = forms.RejectForm(data={"version": row.version})

    def act() -> str:
        writing.reject(who, petition_id, form.answer.data or "", version_of(form))
        return url_for("performance.petition", petition_id=petition_id)

    answer, status = sent(form, act, _("Đã trả lời: giữ nguyên kết quả xếp loại."))
    if answer is not None:
        return answer
    return show(
        "performance/after/answer.html", form=form, row=row, heading=_("Không chấp nhận kiến nghị"),
        names=["answer"], submit=_("Trả lời không chấp nhận"), tone="danger", chooser=None,
    ), status  # fmt: skip


@blueprint.route(
    "/performance/petitions/<int:petition_id>/accept", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"]
)
def accept_petition(petition_id: int) -> ResponseReturnValue:
    """Enter the signed decision that replaces the class."""
    who = actor()
    row = reading.get(who, petition_id)
    who.require(P.PERFORMANCE_MANAGE, at=row.scope_ids)
    if barred := answering.may_touch(who, row.person_id):
        raise Forbidden(barred)
    form: Any = forms.with_paper(forms.AcceptForm)(
        data={"version": row.version, "new_class": row.wanted}, paper_kind="rating"
    )
    form.prepare(row.old_class)

    def act() -> str:
        decision_id = hooks.papers[0].read(who, form.data, row.scope_ids)
        if decision_id is None:
            text = N_("Thay kết quả xếp loại phải có quyết định. Hãy nhập hoặc chọn quyết định đã ký.")
            raise Refused(Problem("decision_basis", "required", text))
        writing.accept(
            who, petition_id, form.new_class.data or "", decision_id, form.answer.data or "", version_of(form)
        )
        return url_for("performance.petition", petition_id=petition_id)

    answer, status = sent(form, act, _("Đã thay kết quả xếp loại; các khoản chi theo kết quả cũ đã được đánh dấu."))
    if answer is not None:
        return answer
    return show(
        "performance/after/answer.html", form=form, row=row, heading=_("Chấp nhận kiến nghị"),
        names=["new_class", "answer"], submit=_("Thay kết quả xếp loại"), tone="primary",
        chooser=hooks.papers[0].template,
    ), status  # fmt: skip


@blueprint.route("/performance/petitions/<int:petition_id>/answer.pdf", access=SEES)
def petition_pdf(petition_id: int) -> ResponseReturnValue:
    """Give the answer as a PDF."""
    paper = _answer_paper(petition_id)
    return send_file(
        BytesIO(render_pdf([paper], papers.KEY)), mimetype="application/pdf", as_attachment=True,
        download_name=f"tra-loi-kien-nghi-{petition_id}.pdf",
    )  # fmt: skip


@blueprint.route("/performance/petitions/<int:petition_id>/answer.docx", access=SEES)
def petition_docx(petition_id: int) -> ResponseReturnValue:
    """Give the answer as a Word file, to be put on the office's paper."""
    paper = _answer_paper(petition_id)
    return send_file(
        BytesIO(render_docx(paper, papers.KEY)), as_attachment=True,
        download_name=f"tra-loi-kien-nghi-{petition_id}.docx",
    )  # fmt: skip


def _answer_paper(petition_id: int) -> Any:
    row = reading.get(actor(), petition_id)
    if row.answer is None:
        words = N_("Kiến nghị chưa được trả lời nên chưa có văn bản trả lời.")
        raise Refused(Problem("", "not_answered", words))
    return papers.answer_paper(row)


def sent(form: Any, act: Callable[[], str], done: str) -> tuple[ResponseReturnValue | None, int]:
    """Carry out what a form says: the redirect to where `act` leads, or None and the status to show the form with."""
    if request.method != "POST":
        return None, 200
    if not form.validate():
        return None, 422
    try:
        with transaction():
            target = act()
    except (Refused, Stale) as refused:
        return None, take(form, refused)
    flash(done, "ok")
    return redirect(target, 303), 303


def take(form: Any, error: HrmsError) -> int:
    """Put a refusal beside the fields of a form; returns the status."""
    form.take(error.problems)
    return error.status


def version_of(form: Any) -> int | None:
    """Return the version a form was opened with; None where it says none."""
    return _whole(form.version.data)


def _version() -> int | None:
    return _whole(request.form.get("version"))


def _whole(given: Any) -> int | None:
    text = str(given or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
