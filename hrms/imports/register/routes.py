"""Pages of the import of văn thư's register: the file, the preview, applying it, a sample."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import workbook
from hrms.core.errors import HrmsError, NotFound, Refused
from hrms.core.forms import ComboField, FileField, Form, Required
from hrms.core.i18n import _, _l, render
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.decisions.rules import KIND_LABELS
from hrms.imports.register import services
from hrms.imports.register.reading import FIELDS, MOST
from hrms.imports.services import storage

blueprint = HrmsBlueprint("register_import", __name__)
WHO = services.WHO
SHOWN_REFUSED, SHOWN_NEW = 300, 20
SECONDS = 2 * 60 * 60
"""A preview can be applied so long; then the file is chosen again."""


class RegisterForm(Form):
    """The file, and whose register it is."""

    file = FileField(
        _l("Tệp sổ quyết định"),
        validators=[Required(_l("Chưa chọn tệp. Hãy chọn tệp .xlsx, .xls, .ods hoặc .csv."))],
        description=_l("Bảng tính hoặc .csv có cột Số, Ký hiệu, Ngày ký, Trích yếu; các cột khác không bắt buộc."),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )
    agency = ComboField(_l("Sổ của cơ quan"), validators=[Required()])

    def prepare(self) -> None:
        """Offer the agencies whose decisions the actor numbers or records; the only one is chosen already."""

        def label_of(value: str) -> str | None:
            found = _agency(value)
            return found.name if found else None

        def find(words: str) -> list[tuple[str, str]]:
            found = agencies.list_choices(actor(), words, permissions=WHO)
            return [(str(one.id), one.name) for one in found if one.kind != "division"]

        self.agency.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)
        roots = actor().scope(*WHO)
        if not self.agency.data and len(roots) == 1 and not self.is_submitted():
            self.agency.data = str(roots[0])


def _agency(value: str) -> Agency | None:
    try:
        return agencies.get_agency(actor(), int(value), *WHO) if value.isdecimal() and len(value) < 19 else None
    except NotFound:
        return None


def _seal() -> URLSafeTimedSerializer:
    """Return what signs a preview: nobody applies a file that another account brought."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="register-import")


@blueprint.route("/decisions/register/import", access=WHO, methods=["GET", "POST"])
def bring() -> ResponseReturnValue:
    """Take a file and show what it would add, and which rows are refused; nothing is written."""
    form = RegisterForm()
    form.prepare()
    status = 200
    if form.is_submitted():
        status = 422
        upload: Any = form.file.data
        if form.validate() and isinstance(upload, FileStorage):
            agency = agencies.get_agency(actor(), int(form.agency.data or 0), *WHO)
            filename = (upload.filename or "")[:200]
            try:
                digest, _size = storage.keep(upload.stream)
                found = services.preview(actor(), agency, storage.path_of(digest), filename)
            except HrmsError as error:
                if error.status not in {400, 422}:
                    raise
                form.take(error.problems)
            else:
                seal = _seal().dumps([digest, filename, agency.id, actor().account_id])
                return _show(found, agency, filename, str(seal))
    return render_template("imports/register.html", form=form, most=MOST, crumbs=_crumbs()), status


def _show(
    found: services.Outcome, agency: Agency, filename: str, seal: str, problems: tuple[Problem, ...] = ()
) -> ResponseReturnValue:
    return render_template(
        "imports/register_preview.html", found=found, agency=agency, filename=filename, seal=seal,
        refused=found.refused[:SHOWN_REFUSED], refused_rows=len({one.row for one in found.refused}),
        new=found.new[:SHOWN_NEW], kinds=KIND_LABELS, problems=[render(one) for one in problems],
        crumbs=[*_crumbs(), (_("Nhập sổ quyết định"), url_for("register_import.bring"))],
    ), 422 if problems else 200  # fmt: skip


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Quyết định"), url_for("decisions.index"))]


@blueprint.route("/decisions/register/import/apply", access=WHO, methods=["POST"])
def apply() -> ResponseReturnValue:
    """Enter the good rows of a file that was shown, all at once."""
    expired = N_("Bản xem trước đã hết hạn hoặc không phải của bạn. Hãy chọn lại tệp.")
    try:
        digest, filename, agency_id, account_id = _seal().loads(request.form.get("seal", ""), max_age=SECONDS)
    except (BadData, ValueError):
        raise Refused(Problem("file", "preview_expired", expired)) from None
    path = storage.path_of(str(digest))
    if account_id != actor().account_id or not path.exists():
        raise Refused(Problem("file", "preview_expired", expired))
    agency = agencies.get_agency(actor(), int(agency_id), *WHO)
    try:
        with transaction():
            found = services.apply(actor(), agency, path, str(filename))
    except Refused as refused:
        again = services.preview(actor(), agency, path, str(filename))
        return _show(again, agency, str(filename), request.form.get("seal", ""), refused.problems)
    flash(
        _("Đã nhập %(new)s quyết định vào sổ của %(agency)s; %(known)s dòng đã có từ trước.",
          new=len(found.new), agency=agency.name, known=found.known),
        "ok",
    )  # fmt: skip
    return redirect(url_for("decisions.index"), 303)


@blueprint.route("/decisions/register/import/sample.xlsx", access=WHO)
def sample() -> ResponseReturnValue:
    """Give an empty register with the columns that are read."""
    made = workbook.in_memory(_("Sổ quyết định"), [one.label_vi for one in FIELDS], [], widths=(10,) * len(FIELDS))
    return send_file(made, as_attachment=True, download_name="mau-so-quyet-dinh.xlsx")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
