"""Pages of the templates: which there are, one kind with its versions, upload, trial, activation, the way back."""

from __future__ import annotations

from io import BytesIO

from flask import Flask, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from hrms.core.documents.press import LAYOUT, Form
from hrms.core.documents.printing import in_force
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.documents import queries, rules, services
from hrms.documents.forms import UploadForm

blueprint = HrmsBlueprint("documents", __name__)
Manage = Permission.DOCUMENTS_MANAGE
ENDINGS = {Form.TYPST: "typ", Form.DOCX: "docx"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRINTED = {Form.TYPST: ("pdf", "application/pdf"), Form.DOCX: ("docx", WORD)}


@blueprint.route("/documents/templates", access=Manage)
def index() -> str:
    """Show every kind of paper and what it is printed with."""
    return render_template("documents/list.html", kinds=queries.list_kinds())


@blueprint.route("/documents/templates/layout.typ", access=Manage)
def layout() -> ResponseReturnValue:
    """Give the layout that every Typst template may import."""
    return _file(LAYOUT.read_bytes(), LAYOUT.name, "text/plain")


@blueprint.route("/documents/templates/<template_key>", access=Manage, methods=["GET", "POST"])
def show(template_key: str) -> ResponseReturnValue:
    """Show one kind; a POST uploads a template for it."""
    queries.get_kind(template_key)
    form = UploadForm()
    if request.method == "GET":
        return _page(template_key, form)
    if not form.validate():
        return _page(template_key, form, 422)
    sent: FileStorage = form.file.data
    try:
        with transaction():
            content = sent.stream.read(rules.MOST_BYTES + 1)
            services.upload(actor(), template_key, sent.filename or "", content)
    except Refused as refused:
        form.take(refused.problems)
        return _page(template_key, form, 422)
    flash(_("Đã nhận tệp. Hãy in thử, xem kỹ rồi mới dùng."), "ok")
    return redirect(url_for("documents.show", template_key=template_key), 303)


@blueprint.route("/documents/templates/<template_key>/<template_form>/file", access=Manage)
def present_file(template_key: str, template_form: str) -> ResponseReturnValue:
    """Give the template a kind is printed with now."""
    form = _form_of(template_key, template_form)
    return _file(in_force(template_key, form).content, f"{template_key}.{ENDINGS[form]}", _template_type(form))


@blueprint.route("/documents/templates/<template_key>/<template_form>/sample", access=Manage)
def present_sample(template_key: str, template_form: str) -> ResponseReturnValue:
    """Print the made-up papers of a kind as they would be printed now."""
    form = _form_of(template_key, template_form)
    return _printed(services.print_sample(actor(), template_key, form), template_key, form)


@blueprint.route("/documents/templates/<template_key>/<template_form>/built-in", access=Manage, methods=["POST"])
def go_back(template_key: str, template_form: str) -> ResponseReturnValue:
    """Print a kind with the common or built-in template again."""
    form = _form_of(template_key, template_form)
    with transaction():
        done = services.go_back(actor(), template_key, form)
    flash(_("Từ nay dùng lại mẫu có sẵn.") if done else _("Đang dùng mẫu có sẵn rồi."), "ok" if done else "info")
    return redirect(url_for("documents.show", template_key=template_key), 303)


@blueprint.route("/documents/templates/versions/<int:template_id>/file", access=Manage)
def version_file(template_id: int) -> ResponseReturnValue:
    """Give an uploaded template back as it came."""
    found = queries.get_template(template_id)
    return _file(found.content, found.file_name, _template_type(Form(found.form)))


@blueprint.route("/documents/templates/versions/<int:template_id>/try", access=Manage, methods=["POST"])
def try_out(template_id: int) -> ResponseReturnValue:
    """Print made-up papers with an uploaded template; what does not print is said on the page."""
    found = queries.get_template(template_id)
    try:
        with transaction():
            printed = services.try_out(actor(), template_id)
    except Refused as refused:
        return _page(found.kind, UploadForm(formdata=None), 422, refused, template_id)
    return _printed(printed, found.kind, Form(found.form))


@blueprint.route("/documents/templates/versions/<int:template_id>/activate", access=Manage, methods=["POST"])
def activate(template_id: int) -> ResponseReturnValue:
    """Put an uploaded template in force; one that does not print is refused."""
    found = queries.get_template(template_id)
    try:
        with transaction():
            services.activate(actor(), template_id)
    except Refused as refused:
        return _page(found.kind, UploadForm(formdata=None), 422, refused, template_id)
    flash(_("Từ nay dùng mẫu “%(name)s”.", name=found.file_name), "ok")
    return redirect(url_for("documents.show", template_key=found.kind), 303)


def _page(
    key: str, form: UploadForm, status: int = 200, refused: Refused | None = None, about: int | None = None
) -> ResponseReturnValue:
    page = render_template(
        "documents/show.html", kind=queries.get_kind(key), versions=queries.list_versions(key), form=form,
        faults=[render(problem) for problem in refused.problems] if refused else [], about=about,
        crumbs=[(_("Mẫu văn bản"), url_for("documents.index"))],
    )  # fmt: skip
    return page, status


def _form_of(key: str, name: str) -> Form:
    queries.get_kind(key)
    return queries.get_form(name, key)


def _template_type(form: Form) -> str:
    return "text/plain" if form is Form.TYPST else WORD


def _printed(content: bytes, key: str, form: Form) -> ResponseReturnValue:
    ending, media_type = PRINTED[form]
    return _file(content, f"in-thu-{key}.{ending}", media_type)


def _file(content: bytes, name: str, media_type: str) -> ResponseReturnValue:
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
