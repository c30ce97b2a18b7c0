"""Pages of the register: the list, one entry with what it changed, entering, correcting, withdrawing, choosing."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import files, scope, workbook
from hrms.core.actor import missing
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.decisions import papers, queries, rules, services
from hrms.decisions.forms import CorrectForm, DecisionForm, FilterForm, WithdrawForm, kind_choices, words_of
from hrms.decisions.models import Decision, Submission
from hrms.decisions.rules import KIND_LABELS, DecisionKind
from hrms.decisions.services import relations, scans

blueprint = HrmsBlueprint("decisions", __name__)
View, Record = Permission.DECISIONS_VIEW, Permission.DECISIONS_RECORD
EXPORT_ROWS = 100_000


def kind_words(kind: str) -> str:
    """Return the words of a kind, the value itself for one of an older version."""
    return render(KIND_LABELS[DecisionKind(kind)]) if kind in set(DecisionKind) else kind


def _asked() -> tuple[queries.Filters, Any]:
    args = request.args
    year = args.get("year", "").strip()
    agency = None
    if args.get("agency", "").strip() and args.get("agency-text", "x").strip():
        agency = agencies.find_visible(actor(), args["agency"].strip(), View)
    if year and not (year.isascii() and year.isdigit() and len(year) == 4):
        sentence = N_("Năm “%(year)s” không đúng. Hãy nhập bốn chữ số, ví dụ 2026.")
        raise Refused(Problem("year", "bad_year", sentence, {"year": year[:20]}))
    kind = args.get("kind", "")
    filters = queries.Filters(
        q=args.get("q", "").strip()[:200],
        year=int(year) if year else None,
        kind=kind if kind in set(DecisionKind) else None,
        issuer=args.get("issuer", "").strip()[:200],
        agency_id=agency.id if agency else None,
    )
    return filters, agency


@blueprint.route("/decisions", access=View)
def index() -> ResponseReturnValue:
    """List the register as the address describes it, newest first."""
    filters, agency = _asked()
    page = queries.list_decisions(filters, after=request.args.get("after"), before=request.args.get("before"))
    form = FilterForm(
        formdata=None, data={"q": filters.q, "year": filters.year, "kind": filters.kind, "issuer": filters.issuer}
    )
    form.kind.choices = [("", _("— tất cả —")), *kind_choices()]
    chips = [
        {"label": label, "value": value, "key": key}
        for key, label, value in (
            ("q", _("Tìm"), filters.q),
            ("year", _("Năm"), filters.year),
            ("kind", _("Loại"), kind_words(filters.kind) if filters.kind else ""),
            ("issuer", _("Cơ quan ban hành"), filters.issuer),
            ("agency", _("Đơn vị liên quan"), agency.name if agency else ""),
        )
        if value
    ]
    count = queries.count_decisions(filters)
    return render_template(
        "decisions/list.html",
        page=page,
        chips=chips,
        form=form,
        agency=agency,
        count=min(count, queries.COUNT_CAP),
        capped=count > queries.COUNT_CAP,
        kind_words=kind_words,
    )


@blueprint.route("/decisions/export.xlsx", access=View)
def export() -> ResponseReturnValue:
    """Give the list that the address shows as a workbook."""
    filters, _agency = _asked()
    with transaction():
        found = services.export(actor(), filters, most=EXPORT_ROWS)
    rows = (
        (
            d.reference, d.signed_on, d.effective_on or d.signed_on, d.issuer_name, kind_words(d.kind), d.subject,
            d.signer_name, d.signer_title, d.legal_ground, d.note, _("đã thu hồi") if d.withdrawn_at else "",
        )
        for d in found
    )  # fmt: skip
    headers = (
        _("Số, ký hiệu"), _("Ngày ký"), _("Ngày hiệu lực"), _("Cơ quan ban hành"), _("Loại"), _("Trích yếu"),
        _("Người ký"), _("Chức vụ người ký"), _("Căn cứ pháp lý"), _("Ghi chú"), _("Tình trạng"),
    )  # fmt: skip
    made = workbook.in_memory(_("Sổ quyết định"), headers, rows, widths=(18, 12, 12, 34, 26, 60, 22, 24, 40, 30, 14))
    return send_file(made, as_attachment=True, download_name="so-quyet-dinh.xlsx")


@blueprint.route("/decisions/choices", access=(View, Record))
def choices() -> ResponseReturnValue:
    """Answer a search box with entries of the register."""
    found = queries.list_choices(request.args.get("q", "")[:200], limit=queries.CHOICES + 1)
    items = [
        {"value": str(d.id), "label": words_of(d), "note": f"{d.issuer_name} · {kind_words(d.kind)}"}
        for d in found[: queries.CHOICES]
    ]
    return jsonify(items=items, more=len(found) > queries.CHOICES)


@blueprint.route("/decisions/new", access=Record, methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Enter a decision."""
    form = DecisionForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                decision = services.register(actor(), **_values(form))
            flash(_("Đã vào sổ quyết định %(reference)s.", reference=decision.reference), "ok")
            return redirect(url_for("decisions.show", decision_id=decision.id), 303)
        except Refused as refused:
            form.take(refused.problems)
    crumbs = [(_("Quyết định"), url_for("decisions.index"))]
    status = 422 if request.method == "POST" else 200
    return render_template("decisions/form.html", form=form, crumbs=crumbs, decision=None), status


@blueprint.route("/decisions/<int:decision_id>", access=View)
def show(decision_id: int) -> ResponseReturnValue:
    """Show an entry, and what it changed: of people, those the reader may see."""
    decision = queries.get_decision(decision_id)
    changes = [row for found in queries.citations(decision.id).values() for row in found]
    issuer = agencies.find_agency(decision.issuer_agency_id)
    inside = issuer is not None and actor().may(Permission.AGENCIES_VIEW, at=issuer.scope_ids)
    return render_template(
        "decisions/show.html",
        decision=decision,
        changes=changes,
        issuer=issuer if inside else None,
        kind_words=kind_words,
        may_record=actor().may(Record, at=decision.scope_ids),
        may_change=services.may_change(actor(), decision),
        force=relations.forces([decision])[decision.id],
        related=relations.related([decision.id]).get(decision.id, []),
        scans=scans.list_scans(decision.id),
        scan_accept=files.SCANS.attribute(),
        submission=_submission_of(decision_id),
        printable=papers.is_printable(decision_id),
        crumbs=[(_("Quyết định"), url_for("decisions.index"))],
    )


def _submission_of(decision_id: int) -> Submission | None:
    """Return the submission a decision came from, if the reader takes part in it."""
    who = actor()
    if not any(who.may(permission) for permission in queries.TAKING_PART):
        return None
    with scope.entered(scope.Scope.of(who, *queries.TAKING_PART)):
        return queries.submission_of(who, decision_id)


@blueprint.route("/decisions/<int:decision_id>/scan", access=Record, methods=["POST"])
def attach_scan(decision_id: int) -> ResponseReturnValue:
    """Attach the signed paper as scanned, in place of an earlier scan."""
    decision = _recordable(decision_id)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refused(Problem("file", "required", N_("Chưa chọn tệp. Hãy chọn bản quét PDF của quyết định.")))
    with transaction():
        scans.attach(actor(), decision, upload.stream, upload.filename)
    flash(_("Đã đính kèm bản quét của quyết định %(reference)s.", reference=decision.reference), "ok")
    return redirect(url_for("decisions.show", decision_id=decision.id), 303)


@blueprint.route("/decisions/<int:decision_id>/scan/<int:scan_id>", access=View)
def scan_file(decision_id: int, scan_id: int) -> ResponseReturnValue:
    """Give a scan of the signed paper to whoever sees the decision."""
    decision = queries.get_decision(decision_id)
    scan = scans.get_scan(decision_id, scan_id)
    return files.send(files.get(scan.sha256), f"{decision.reference}.pdf")


@blueprint.route("/decisions/<int:decision_id>/edit", access=Record, methods=["GET", "POST"])
def edit(decision_id: int) -> ResponseReturnValue:
    """Put an entry right."""
    decision = _recordable(decision_id)
    form = CorrectForm(
        data={
            "number": decision.reference, "signed_on": decision.signed_on, "effective_on": decision.effective_on,
            "issuer": decision.issuer_name, "kind": decision.kind, "subject": decision.subject,
            "signer_name": decision.signer_name, "signer_title": decision.signer_title,
            "legal_ground": decision.legal_ground, "note": decision.note, "version": decision.version,
        }
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.correct(actor(), decision, _values(form), version=_version(form))
                flash(_("Đã sửa quyết định %(reference)s.", reference=decision.reference), "ok")
                return redirect(url_for("decisions.show", decision_id=decision.id), 303)
            except Stale as stale:
                status = stale.status
                form.take(stale.problems)
            except Refused as refused:
                form.take(refused.problems)
    return render_template("decisions/form.html", form=form, crumbs=_crumbs(decision), decision=decision), status


@blueprint.route("/decisions/<int:decision_id>/withdraw", access=Record, methods=["GET", "POST"])
def withdraw(decision_id: int) -> ResponseReturnValue:
    """Mark an entry that should not stand; says why, and how many facts still rest on it."""
    decision = _recordable(decision_id)
    form = WithdrawForm(data={"version": decision.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.withdraw(actor(), decision, reason=str(form.reason.data), version=_version(form))
                flash(_("Đã thu hồi quyết định %(reference)s trong sổ.", reference=decision.reference), "ok")
                return redirect(url_for("decisions.show", decision_id=decision.id), 303)
            except Stale as stale:
                status = stale.status
                form.take(stale.problems)
            except Refused as refused:
                form.take(refused.problems)
    cited = sum(len(found) for found in queries.citations(decision.id).values())
    return render_template(
        "decisions/withdraw.html", form=form, crumbs=_crumbs(decision), decision=decision, cited=cited
    ), status


def _recordable(decision_id: int) -> Decision:
    """Return an entry the actor may change. Raises `NotFound` outside the scope, `Forbidden` without the right."""
    decision = queries.get_decision(decision_id)
    actor().require(Record, at=decision.scope_ids)
    return decision


def _crumbs(decision: Decision) -> list[tuple[str, str | None]]:
    return [
        (_("Quyết định"), url_for("decisions.index")),
        (decision.reference, url_for("decisions.show", decision_id=decision.id)),
    ]


def _version(form: Any) -> int:
    """Return the version the form was opened with. Raises `Refused` when it did not come along."""
    given = str(form.version.data or "")
    if not (given.isascii() and given.isdigit()):
        raise missing("version")
    return int(given)


def _values(form: DecisionForm) -> dict[str, Any]:
    typed = str(form.number.data)
    reference = rules.parse_reference(typed)
    problems = rules.check_reference(reference, typed)
    if problems or reference is None:
        raise Refused(*problems)
    return {
        "number": reference.number, "symbol": reference.symbol, "signed_on": form.signed_on.data,
        "effective_on": form.effective_on.data, "issuer_name": form.issuer.data, "kind": form.kind.data,
        "subject": form.subject.data, "signer_name": form.signer_name.data, "signer_title": form.signer_title.data,
        "legal_ground": form.legal_ground.data, "note": form.note.data,
    }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
