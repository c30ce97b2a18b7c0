"""Pages of certificates: the register and its workbook, issuing for a class, one certificate, its PDF, taking back."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock, hooks
from hrms.core.errors import Refused
from hrms.core.i18n import _, ngettext, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.positions.queries.part import part_of
from hrms.positions.routes.seeing.asking import send_names
from hrms.training.forms.certificates import IssueForm, ReissueForm, RevokeForm, filled
from hrms.training.papers.certificate import print_certificates
from hrms.training.queries import certificates as queries
from hrms.training.queries.certificates import Line, Run
from hrms.training.routes.base import blueprint
from hrms.training.rules.certificates import VALIDITY_LABELS, Validity, shown_code
from hrms.training.rules.states import CERTIFICATE_LABELS, CertificateKind
from hrms.training.services import certificates as services

P = Permission
READS = (P.TRAINING_VIEW, P.TRAINING_CERTIFY)
OWN = (P.TRAINING_VIEW, P.TRAINING_CERTIFY, P.SELF_VIEW)
TONES = {Validity.VALID: "ok", Validity.EXPIRED: "warn", Validity.REVOKED: "bad"}
KINDS = (CertificateKind.CERTIFICATE, CertificateKind.ATTESTATION)


def state_words() -> list[tuple[str, str]]:
    """Return what the register may be narrowed to, in the reader's language."""
    return [
        ("valid", _("Còn hiệu lực")), ("soon", _("Hết hiệu lực trong 90 ngày")), ("expired", _("Hết hiệu lực")),
        ("revoked", _("Đã thu hồi")), ("doubtful", _("Kết quả lớp đã hủy, cần thu hồi")),
    ]  # fmt: skip


def tags_of(line: Line) -> list[tuple[str, str]]:
    """Return how a certificate stands, in words with a tone."""
    found = [(render(VALIDITY_LABELS[line.state]), TONES[line.state])]
    if line.doubtful:
        found.append((_("Kết quả lớp đã hủy"), "bad"))
    return found


@blueprint.route("/training/certificates", access=READS)
def certificates() -> ResponseReturnValue:
    """Show the register: certificates of people in the reader's part, and of classes run there."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part = part_of(actor(), request.args.get("agency", "").strip() or None, P.TRAINING_VIEW)
    filters = queries.parse({**request.args.to_dict(), "agency": str(part.agency_id or "")})
    after, before = request.args.get("after"), request.args.get("before")
    found = queries.list_certificates(actor(), filters, after=after, before=before)
    count_shown(line.found.person_id for line in found.items)
    picker = hooks.people_finder[0]
    person = picker.by_ids([filters.person]) if filters.person else []
    return render_template(
        "training/certificates/list.html",
        page=found,
        total=queries.count_certificates(actor(), filters),
        filters=filters,
        part=part,
        person=person[0] if person else None,
        people_source=url_for(picker.source),
        waiting=queries.waiting_classes(actor()) if not request.args else [],
        courses=[("", _("— tất cả —")), *queries.issued_courses()],
        kinds=[("", _("— tất cả —")), *((one.value, render(CERTIFICATE_LABELS[one])) for one in KINDS)],
        states=[("", _("— tất cả —")), *state_words()],
        tags=tags_of,
        today=clock.today(),
    )


@blueprint.route("/training/certificates.xlsx", access=READS)
def export_certificates() -> ResponseReturnValue:
    """Give the register that the address shows, all of its pages, as a workbook."""
    part = part_of(actor(), request.args.get("agency", "").strip() or None, P.TRAINING_VIEW)
    filters = queries.parse({**request.args.to_dict(), "agency": str(part.agency_id or "")})
    lines = queries.list_certificates(actor(), filters, limit=queries.EVERY).items
    headers = [
        _("Số"), _("Loại"), _("Họ và tên"), _("Ngày sinh"), _("Nơi sinh"), _("Chương trình"), _("Lớp"),
        _("Nơi tổ chức"), _("Số tiết"), _("Kết quả"), _("Ngày cấp"), _("Có giá trị đến"), _("Tình trạng"),
        _("Ngày thu hồi"), _("Lý do thu hồi"),
    ]  # fmt: skip
    rows = [
        (
            one.found.number, render(CERTIFICATE_LABELS[CertificateKind(one.found.kind)]), one.name,
            one.found.holder["birth_date"], one.found.holder["birth_place"], one.found.programme, one.class_code,
            one.agency, float(one.found.issuer["hours"]),
            float(one.found.issuer["grade"]) if one.found.issuer["grade"] else None, one.found.issued_on,
            one.found.valid_until, "; ".join(words for words, _tone in tags_of(one)), one.found.revoked_on,
            one.found.revoke_reason,
        )
        for one in lines
    ]  # fmt: skip
    title = _("Chứng chỉ, chứng nhận")
    widths = (22, 16, 28, 12, 24, 46, 18, 30, 8, 8, 12, 12, 18, 12, 30)
    return send_names("certificates", title, headers, rows, "chung-chi.xlsx", part, widths)


def _crumbs(run: Run | None = None) -> list[tuple[str, str | None]]:
    way: list[tuple[str, str | None]] = [(_("Chứng chỉ, chứng nhận"), url_for("training.certificates"))]
    if run is not None:
        way.append((run.training_class.name, url_for("training.training_class", class_id=run.training_class.id)))
    return way


def _beginning(run: Run) -> dict[str, Any]:
    """Return who signs by default: the head of the office whose book it is, at its place."""
    office = offices.offices([run.office_id]).get(run.office_id)
    outside = run.is_school and run.provider.agency_id is None
    return {
        "issued_on": clock.today(), "place": office.place if office else "", "capacity": "",
        "title": "" if outside or office is None else office.head,
    }  # fmt: skip


@blueprint.route("/training/classes/<int:class_id>/certificates", access=P.TRAINING_CERTIFY, methods=["GET", "POST"])
def issue_certificates(class_id: int) -> ResponseReturnValue:
    """Show who completed a class and has no certificate yet, and issue to those chosen."""
    run = queries.run_of(actor(), class_id)
    if request.method == "GET":
        return _issue_page(run, filled(IssueForm, **_beginning(run)))
    form = IssueForm()
    form.offer()
    chosen = [int(one) for one in request.form.getlist("enrolments") if one.isascii() and one.isdigit()][:5000]
    if not form.validate():
        return _issue_page(run, form, chosen), 422
    try:
        with transaction():
            made = services.issue(
                actor(), class_id, chosen, form.signature(), form.day(), first=int(form.first.data or 1)
            )
    except Refused as refused:
        form.take(refused.problems)
        return _issue_page(run, form, chosen), 422
    flash(ngettext("Đã cấp %(num)s bản.", "Đã cấp %(num)s bản.", len(made)), "ok")
    return redirect(url_for("training.issue_certificates", class_id=class_id), 303)


def _issue_page(run: Run, form: Any, chosen: list[int] | None = None) -> str:
    people = queries.holders_of(run.training_class.id)
    count_shown(one.person_id for one in people)
    number, _count, opens = services.foresee(run, clock.today().year)
    lacking = [one.enrolment_id for one in people if not one.number]
    return render_template(
        "training/certificates/issue.html",
        run=run,
        people=people,
        lacking=len(lacking),
        chosen=set(lacking if chosen is None else chosen),
        number=number,
        opens=opens,
        form=form,
        crumbs=_crumbs(run),
        ending=run.ending,
    )


def _verify_at() -> str:
    return url_for("training.verify", _external=True)


def _pdf(content: bytes, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)


@blueprint.route("/training/classes/<int:class_id>/certificates.pdf", access=P.TRAINING_CERTIFY)
def class_certificates_pdf(class_id: int) -> ResponseReturnValue:
    """Give every certificate of a class that stands as one PDF, a page each."""
    with transaction():
        found = services.printable_class(actor(), class_id)
        made = print_certificates(found, _verify_at())
    return _pdf(made, f"chung-chi-lop-{class_id}.pdf")


@blueprint.route("/training/certificates/<int:certificate_id>/pdf", access=OWN)
def certificate_pdf(certificate_id: int) -> ResponseReturnValue:
    """Give one certificate as PDF: to whoever sees it for training, and to its holder."""
    with transaction():
        found = services.printable(actor(), certificate_id)
        made = print_certificates([found], _verify_at())
    return _pdf(made, f"chung-chi-{found.number.replace('/', '-')}.pdf")


@blueprint.route("/training/certificates/<int:certificate_id>", access=OWN)
def certificate(certificate_id: int) -> ResponseReturnValue:
    """Show one certificate as it was issued, and how it stands."""
    return _page(queries.get_certificate(actor(), certificate_id))


def _page(line: Line, revoke: Any = None, reissue: Any = None) -> ResponseReturnValue:
    one = line.found
    run = None
    if actor().may(P.TRAINING_CERTIFY, at=_run_at(one.class_id)):
        run = queries.run_of(actor(), one.class_id)
    may_reissue = run is not None and run.ending.kind is not None and not _later(one)
    if may_reissue and reissue is None:
        kept = {name: one.issuer[name] for name in ("place", "capacity", "instead_of", "title", "name")}
        reissue = filled(ReissueForm, issued_on=clock.today(), **kept)
    refused = bool((revoke and revoke.errors) or (reissue and reissue.errors))
    page = render_template(
        "training/certificates/show.html",
        line=line,
        one=one,
        tags=tags_of(line),
        code=shown_code(one.check_code),
        sees_register=any(actor().may(right) for right in READS),
        may_certify=run is not None,
        revoke=(revoke or RevokeForm(formdata=None)) if run and one.revoked_on is None else None,
        reissue=reissue if may_reissue else None,
        crumbs=_crumbs(run) if any(actor().may(right) for right in READS) else [],
    )
    return page, 422 if refused else 200


def _run_at(class_id: int) -> list[int]:
    return agencies.scope_ids_of([queries.agency_of(class_id)])


def _later(one: Any) -> bool:
    """Say whether another certificate stands for the same completion."""
    return one.revoked_on is not None and queries.has_standing(one.enrolment_id)


@blueprint.route("/training/certificates/<int:certificate_id>/revoke", access=P.TRAINING_CERTIFY, methods=["POST"])
def revoke_certificate(certificate_id: int) -> ResponseReturnValue:
    """Take a certificate back, with a reason."""
    form = RevokeForm()
    line = queries.get_certificate(actor(), certificate_id)
    if not form.validate():
        return _page(line, revoke=form)
    try:
        with transaction():
            found = services.revoke(actor(), certificate_id, form.reason.data or "")
    except Refused as refused:
        form.take(refused.problems)
        return _page(queries.get_certificate(actor(), certificate_id), revoke=form)
    flash(_("Đã thu hồi số %(number)s.", number=found.number), "ok")
    return redirect(url_for("training.certificate", certificate_id=certificate_id), 303)


@blueprint.route("/training/certificates/<int:certificate_id>/reissue", access=P.TRAINING_CERTIFY, methods=["POST"])
def reissue_certificate(certificate_id: int) -> ResponseReturnValue:
    """Issue a certificate anew under a new number; the one before is revoked."""
    form = ReissueForm()
    form.offer()
    line = queries.get_certificate(actor(), certificate_id)
    if not form.validate():
        return _page(line, reissue=form)
    try:
        with transaction():
            made = services.reissue(actor(), certificate_id, form.why.data or "", form.signature(), form.day())
    except Refused as refused:
        form.take([replace(one, field="why") if one.field == "reason" else one for one in refused.problems])
        return _page(queries.get_certificate(actor(), certificate_id), reissue=form)
    flash(_("Đã cấp lại, số mới là %(number)s.", number=made.number), "ok")
    return redirect(url_for("training.certificate", certificate_id=made.id), 303)
