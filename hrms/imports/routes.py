"""Pages of imports: the list of batches, the upload, and one page for a batch in whatever state it is."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from hrms.accounts import services as accounts
from hrms.agencies import queries as agencies
from hrms.audit import services as audit
from hrms.core.errors import Forbidden, HrmsError, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.imports import forms, queries, services
from hrms.imports.models import ImportBatch
from hrms.imports.months import routes as month_pages
from hrms.imports.positions import routes as position_pages
from hrms.imports.products import routes as product_pages
from hrms.imports.reading.field import Field
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.layouts import fields_by_key
from hrms.imports.register import routes as register_pages
from hrms.imports.rosters import routes as roster_pages
from hrms.imports.rules import state_words
from hrms.imports.services import running
from hrms.imports.services.messages import sentence
from hrms.imports.services.plans import check_plan
from hrms.imports.services.refused_book import write_refused
from hrms.imports.services.showing import Shower
from hrms.imports.work import routes as work_pages
from hrms.people.services.export import BULK_LOCKED

blueprint = HrmsBlueprint("imports", __name__)
Run = Permission.IMPORTS_RUN
PROGRESS = {"uploaded": "waiting", "reading": "doing", "checking": "doing", "applying": "doing", "undoing": "doing"}


@blueprint.route("/imports", access=Run)
def index() -> ResponseReturnValue:
    """Show the batches, newest first."""
    page = queries.list_batches(actor(), after=request.args.get("after"), before=request.args.get("before"))
    names = queries.account_names([batch.account_id for batch in page.items if batch.account_id])
    places = agencies.names([batch.agency_id for batch in page.items])
    return render_template("imports/list.html", page=page, names=names, places=places, words=state_words)


@blueprint.route("/imports/agencies", access=Run)
def agency_choices() -> ResponseReturnValue:
    """Answer the search box of the upload: agencies the actor may import for."""
    asked = request.args.get("q", "")[:200]
    found = agencies.list_choices(actor(), asked, permissions=(Run,), limit=agencies.CHOICES + 1)
    items = [{"value": str(one.id), "label": one.name, "note": one.code or ""} for one in found[: agencies.CHOICES]]
    return jsonify(items=items, more=len(found) > agencies.CHOICES)


@blueprint.route("/imports/new", access=Run, methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take a file and ask for it to be read."""
    form = forms.UploadForm()
    form.prepare(actor())
    status = 200
    if form.is_submitted():
        status = 422
        upload: Any = form.file.data
        if form.validate() and isinstance(upload, FileStorage):
            try:
                with transaction():
                    batch_id = services.create_batch(
                        actor(), int(form.agency.data or 0), upload.stream, upload.filename or ""
                    )
                return redirect(url_for("imports.show", batch_id=batch_id), 303)
            except HrmsError as error:
                if error.status not in {400, 422}:
                    raise
                form.take(error.problems)
    limit = forms.size_limit_mb(current_app.config.get("MAX_CONTENT_LENGTH"))
    return render_template("imports/new.html", form=form, limit=limit), status


@blueprint.route("/imports/<int:batch_id>", access=Run)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch: its progress, its mapping, its preview or what it did."""
    batch = queries.get_batch(actor(), batch_id)
    if batch.state in queries.RUNNING and running.heal(batch):
        batch = queries.get_batch(actor(), batch_id)
    return _page(batch)


def _page(batch: ImportBatch, status: int = 200, **more: Any) -> ResponseReturnValue:
    common: dict[str, Any] = {
        "batch": batch,
        "place": agencies.names([batch.agency_id]).get(batch.agency_id, ""),
        "words": state_words,
        "failure": sentence(batch.failure) if batch.failure else None,
        "crumbs": [(_("Nhập dữ liệu"), url_for("imports.index")), (batch.filename, None)],
    }
    if batch.state in queries.RUNNING:
        return render_template("imports/running.html", job=_job(batch), **common), status
    if batch.state == "mapped":
        return _mapping_page(batch, status, common, **more)
    return _rows_page(batch, status, common, **more)


def _job(batch: ImportBatch) -> dict[str, Any]:
    state = PROGRESS.get(batch.state, "done")
    words = {
        "uploaded": _("Đang chờ đến lượt đọc tệp…"),
        "reading": _("Đang đọc tệp, tìm dòng tiêu đề và ghép cột…"),
        "checking": _("Đang kiểm tra từng dòng…"),
        "applying": _("Đang áp dụng; tất cả được ghi cùng lúc hoặc không ghi gì…"),
        "undoing": _("Đang hoàn tác…"),
    }
    may_cancel = batch.state in {"uploaded", "reading", "checking", "applying"}
    return {
        "state": state, "done": batch.done, "total": batch.total,
        "message": words.get(batch.state, render(state_words(batch.state)[0])),
        "url": url_for("imports.progress", batch_id=batch.id),
        "cancel_url": url_for("imports.cancel", batch_id=batch.id) if may_cancel else None,
        "next_url": None,
    }  # fmt: skip


@blueprint.route("/imports/<int:batch_id>/progress", access=Run)
def progress(batch_id: int) -> ResponseReturnValue:
    """Answer the progress bar."""
    job = _job(queries.get_batch(actor(), batch_id))
    return jsonify({name: job[name] for name in ("state", "done", "total", "message")})


def _mapping_page(
    batch: ImportBatch, status: int, common: dict[str, Any], form: forms.MappingForm | None = None,
    mappings: dict[str, dict[str, str]] | None = None, problems: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    if form is None:
        form = forms.MappingForm(data={"kind": batch.plan.get("kind", ""), "version": batch.version,
                                       "override_reason": batch.plan.get("override_reason", "")})  # fmt: skip
    form.prepare()
    form.version.data = str(batch.version)
    sheets = []
    for number, kept in enumerate(batch.plan["sheets"]):
        kind = SHEETS[kept["kind"]]
        mapping = kept["mapping"] if mappings is None else mappings.get(kept["name"], {})
        sheets.append({
            "number": number, "name": kept["name"], "label": kind.label_vi, "rows": kept.get("rows", 0),
            "used": mappings is None or kept["name"] in mappings, "last_row": kept["last_row"],
            "columns": [
                {**column, "letter": _letter(column["index"]), "chosen": mapping.get(str(column["index"]), "")}
                for column in kept["columns"]
            ],
            "choices": [(field.key, _label(field)) for field in fields_by_key(kind).values()],
        })  # fmt: skip
    if problems is None:
        problems = [(sheet, render(p)) for sheet, p in check_plan(actor(), batch.plan, batch.scope_ids)]
    why = {"empty": _("trang trống"), "hidden": _("trang ẩn"), "no_header": _("không tìm thấy dòng tiêu đề")}
    left_out = [(name, why.get(reason, reason)) for name, reason in batch.plan.get("left_out", [])]
    warnings = [sentence(kept) for kept in batch.plan.get("warnings", [])]
    return render_template(
        "imports/mapping.html", form=form, sheets=sheets, problems=problems, left_out=left_out, warnings=warnings,
        layout=render(batch.plan.get("layout", "")), **common,
    ), status  # fmt: skip


def _letter(index: int) -> str:
    from hrms.imports.reading.cells import column_name

    return column_name(index) if index >= 0 else ""


def _label(field: Field) -> str:
    from hrms.core.i18n import select_locale

    label = field.label_en if select_locale() == "en" else field.label_vi
    return f"{label} *" if field.needed else label


@blueprint.route("/imports/<int:batch_id>/mapping", access=Run, methods=["POST"])
def mapping(batch_id: int) -> ResponseReturnValue:
    """Take the corrected mapping and ask for the check."""
    batch = queries.get_batch(actor(), batch_id)
    form = forms.MappingForm()
    form.prepare()
    mappings = forms.mapping_of(request.form, batch.plan)
    valid = form.validate()
    try:
        if valid:
            with transaction():
                services.change_mapping(
                    actor(), batch_id, mappings, kind=form.kind.data or "",
                    override_reason=form.override_reason.data or "", profile_name=form.profile_name.data or "",
                    version=_version(form.version.data),
                )  # fmt: skip
            return redirect(url_for("imports.show", batch_id=batch_id), 303)
        told: list[tuple[str, str]] = []
    except Refused as refused:
        told = [("", render(problem)) for problem in refused.problems]
    batch = queries.get_batch(actor(), batch_id)
    if batch.state != "mapped":
        raise Stale
    return _page(batch, 422, form=form, mappings=mappings, problems=told)


def _version(given: Any) -> int | None:
    return int(given) if isinstance(given, str) and given.isascii() and given.isdigit() else None


@blueprint.route("/imports/<int:batch_id>/remap", access=Run, methods=["POST"])
def remap(batch_id: int) -> ResponseReturnValue:
    """Go back to the mapping."""
    with transaction():
        services.reopen_mapping(actor(), batch_id)
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


def _rows_page(batch: ImportBatch, status: int, common: dict[str, Any], problems: Any = None) -> ResponseReturnValue:
    counts = batch.counts or {}
    which = request.args.get("rows", "")
    kinds = ("refused",) if batch.state != "ready" else queries.LISTS
    if which not in kinds:
        which = next((one for one in ("refused", "change", *kinds) if one in kinds and _count(counts, one)), "refused")
    page = queries.list_rows(batch, which, after=request.args.get("after"), before=request.args.get("before"))
    shower = Shower(batch.plan, actor(), batch.scope_ids)
    effects = queries.count_effects(batch.id) if batch.state == "applied" else None
    return render_template(
        "imports/rows.html", counts=counts, which=which, page=page, effects=effects, shower=shower,
        tabs=[(one, _count(counts, one)) for one in kinds], problems=problems or [],
        edited=queries.list_edited_since(batch.id) if effects and effects[2] else [],
        kept=queries.list_kept(batch.id) if batch.state == "undone" else [],
        sheets=[
            (SHEETS[key].label_vi, counts["sheets"][key]) for key in SHEETS if key in counts.get("sheets", {})
        ],
        refused_rows=_count(counts, "refused"), **common,
    ), status  # fmt: skip


def _count(counts: dict[str, Any], which: str) -> int:
    if which == "refused":
        return int(counts.get("refused", 0)) + sum(int(s["refused"]) for s in counts.get("sheets", {}).values())
    names = {"create": "created", "change": "updated", "same": "unchanged", "flagged": "flagged"}
    return int(counts.get(names[which], 0))


@blueprint.route("/imports/<int:batch_id>/apply", access=Run, methods=["POST"])
def apply(batch_id: int) -> ResponseReturnValue:
    """Ask for the batch to be applied: everything, or only the good rows."""
    batch = queries.get_batch(actor(), batch_id)
    try:
        with transaction():
            services.ask_apply(
                actor(), batch_id, request.form.get("mode", ""), version=_version(request.form.get("version"))
            )
    except Refused as refused:
        return _page(batch, 422, problems=[render(problem) for problem in refused.problems])
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/imports/<int:batch_id>/check", access=Run, methods=["POST"])
def recheck(batch_id: int) -> ResponseReturnValue:
    """Ask for the check again."""
    with transaction():
        services.recheck(actor(), batch_id)
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/imports/<int:batch_id>/cancel", access=Run, methods=["POST"])
def cancel(batch_id: int) -> ResponseReturnValue:
    """Give the batch up."""
    with transaction():
        services.cancel(actor(), batch_id)
    flash(_("Đã hủy đợt nhập; không ghi gì vào hồ sơ."), "success")
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/imports/<int:batch_id>/undo", access=Run, methods=["GET", "POST"])
def undo(batch_id: int) -> ResponseReturnValue:
    """Show what undoing would do, and do it."""
    batch = queries.get_batch(actor(), batch_id)
    if request.method == "POST":
        with transaction():
            services.ask_undo(actor(), batch_id)
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    if batch.state != "applied":
        raise Stale
    created, changed, edited = queries.count_effects(batch.id)
    return render_template(
        "imports/undo.html", batch=batch, created=created, changed=changed, edited=edited,
        names=[row.full_name for row in queries.list_edited_since(batch.id)],
        crumbs=[(_("Nhập dữ liệu"), url_for("imports.index")),
                (batch.filename, url_for("imports.show", batch_id=batch.id)), (_("Hoàn tác"), None)],
    )  # fmt: skip


@blueprint.route("/imports/<int:batch_id>/refused.xlsx", access=Run)
def refused_rows(batch_id: int) -> ResponseReturnValue:
    """Give the workbook of refused rows, with the reason in an added column."""
    batch = queries.get_batch(actor(), batch_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refused.xlsx"
        rows = write_refused(path, batch.plan, queries.stream_refused(batch.id))
        with transaction():
            audit.record(
                actor(), "import.refused_exported", "import", batch.id, scope_ids=batch.scope_ids,
                agency_id=batch.agency_id, after={"rows": rows},
            )  # fmt: skip
            audit.mark_read(actor(), "imports.refused", rows)
            locked = accounts.check_bulk(actor())
        if locked:
            raise Forbidden(BULK_LOCKED)
        content = io.BytesIO(path.read_bytes())
    name = f"{Path(batch.filename).stem}-bi-tu-choi.xlsx"
    return send_file(content, as_attachment=True, download_name=name,
                     mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    register_pages.init_app(app)
    position_pages.init_app(app)
    roster_pages.init_app(app)
    product_pages.init_app(app)
    work_pages.init_app(app)
    month_pages.init_app(app)
