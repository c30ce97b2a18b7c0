"""The wizard's pages: the list of batches, the upload, then one page a batch that shows where it stands."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import hooks
from hrms.core.actor import EVERYTHING
from hrms.core.errors import Refused
from hrms.core.i18n import _, render, select_locale
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.imports import queries, services
from hrms.imports.forms import UploadForm, mappings_of
from hrms.imports.hooks import STATE_LABELS, TONES
from hrms.imports.models import ImportBatch
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.services.messages import sentence
from hrms.imports.services.refused_book import write_refused
from hrms.imports.services.running import heal

blueprint = HrmsBlueprint("imports", __name__, url_prefix="/imports")
Run = Permission.IMPORTS_RUN

LIST_LABELS: Mapping[str, str] = {
    "create": N_("Thêm mới"), "change": N_("Thay đổi"), "same": N_("Không đổi"), "refused": N_("Bị từ chối"),
    "flagged": N_("Cần xem lại"),
}  # fmt: skip


@blueprint.route("", access=Run)
def index() -> ResponseReturnValue:
    """List the batches of the reader's part, newest first."""
    page = queries.list_batches(actor(), after=request.args.get("after"), before=request.args.get("before"))
    names = agencies.names({batch.agency_id for batch in page.items})
    return render_template(
        "imports/list.html", page=page, names=names, states=STATE_LABELS, tones=TONES, running=queries.RUNNING
    )


@blueprint.route("/new", access=Run, methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take a file."""
    who = actor()
    form = UploadForm()
    form.prepare(who)
    if request.method == "GET":
        roots = [root for root in who.scope(Run) if root != EVERYTHING]
        form.agency.data = str(roots[0]) if roots else None
    elif form.validate():
        try:
            with transaction():
                batch_id = services.create_batch(
                    who, int(form.agency.data or 0), form.file.data, form.file.data.filename
                )
        except Refused as error:
            form.take(error.problems)
        except UnreadableFile as error:
            form.file.errors = [*form.file.errors, render(error.problems[0])]
        else:
            return redirect(url_for("imports.show", batch_id=batch_id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("imports/new.html", form=form), status


@blueprint.route("/<int:batch_id>", access=Run)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch where it stands, as a page or, for its progress bar, as JSON."""
    batch = queries.get_batch(actor(), batch_id)
    if batch.state in queries.RUNNING and heal(batch):
        batch = queries.get_batch(actor(), batch_id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(_progress(batch))
    return _page(batch)


def _page(batch: ImportBatch, problems: Sequence[str] = (), status: int = 200) -> ResponseReturnValue:
    agency = agencies.names({batch.agency_id}).get(batch.agency_id, "")
    common = {
        "batch": batch, "agency": agency, "state": render(STATE_LABELS[batch.state]),
        "tone": TONES.get(batch.state, "info"),
        "problems": problems, "failure": sentence(batch.failure) if batch.failure else None,
        "crumbs": [(_("Nhập dữ liệu"), url_for("imports.index")), (batch.filename, None)],
    }  # fmt: skip
    if batch.state in queries.RUNNING:
        return render_template("imports/running.html", job=_progress(batch), **common), status
    if batch.state == "mapped":
        return render_template("imports/mapping.html", **_mapping(batch), **common), status
    if batch.state in {"ready", "applied", "undone"}:
        return render_template("imports/result.html", **_result(batch), **common), status
    return render_template("imports/over.html", **common), status


def _progress(batch: ImportBatch) -> dict[str, Any]:
    running = batch.state in queries.RUNNING
    return {
        "id": batch.id,
        "state": "doing" if running else "done",
        "done": batch.done,
        "total": batch.total,
        "message": render(STATE_LABELS[batch.state]),
        "url": url_for("imports.show", batch_id=batch.id),
        "cancel_url": url_for("imports.cancel", batch_id=batch.id) if running and batch.state != "undoing" else None,
    }


def _mapping(batch: ImportBatch) -> dict[str, Any]:
    english = select_locale() == "en"
    sheets = []
    for sheet in batch.plan.get("sheets", ()):
        kind = SHEETS[sheet["kind"]]
        options = sorted(
            ((field.key, field.label_en if english else field.label_vi) for field in kind.fields), key=lambda o: o[1]
        )
        sheets.append({**sheet, "label": kind.label_en if english else kind.label_vi, "options": options})
    return {
        "sheets": sheets,
        "warnings": [sentence(warning) for warning in batch.plan.get("warnings", ())],
        "layout": render(batch.plan.get("layout", "")),
        "profile": batch.plan.get("profile", ""),
    }


def _result(batch: ImportBatch) -> dict[str, Any]:
    counts = batch.counts
    tallies = {
        "create": counts.get("created", 0), "change": counts.get("updated", 0), "same": counts.get("unchanged", 0),
        "refused": counts.get("refused", 0) + sum(s.get("refused", 0) for s in counts.get("sheets", {}).values()),
        "flagged": counts.get("flagged", 0),
    }  # fmt: skip
    asked = request.args.get("list", "")
    first = next((name for name in ("refused", "change", "create", "same") if tallies[name]), "create")
    which = asked if asked in queries.LISTS else first
    page = queries.list_rows(batch, which, after=request.args.get("after"), before=request.args.get("before"))
    sheets = list(SHEETS)
    kinds = {s["kind"]: s for s in batch.plan.get("sheets", ())}
    english = select_locale() == "en"
    labels = {
        field.key: field.label_en if english else field.label_vi for kind in SHEETS.values() for field in kind.fields
    }
    rows = [
        {
            "sheet": kinds.get(sheets[row.sheet], {}).get("name", ""),
            "number": row.row_no,
            "name": row.cells.get("name", ""),
            "code": row.cells.get("code", ""),
            "person_id": row.person_id,
            "problems": [
                {"column": p["column"], "value": p["value"], "cell": p["cell"], "text": sentence(p)}
                for p in row.problems or ()
            ],
            "changes": [
                (labels.get(name, name), _shown(name, old), _shown(name, new))
                for name, (old, new) in (row.changes or {}).items()
            ],
        }
        for row in page.items
    ]
    return {
        "tallies": tallies, "which": which, "page": page, "rows": rows, "list_labels": LIST_LABELS,
        "several": len(kinds) > 1, "parts": [
            (SHEETS[key].label_en if english else SHEETS[key].label_vi, part)
            for key, part in counts.get("sheets", {}).items() if key in SHEETS
        ],
        "moved": counts.get("moved"), "undone": counts.get("undone"),
        "kept": queries.list_kept(batch.id) if batch.state == "undone" else (),
    }  # fmt: skip


def _shown(name: str, value: str | None) -> str:
    if value is None:
        return ""
    words = hooks.field_values.get(name)
    return words(value) if words else value


def _version() -> int | None:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() else None


@blueprint.route("/<int:batch_id>/mapping", access=Run, methods=["POST"])
def mapping(batch_id: int) -> ResponseReturnValue:
    """Take the officer's mapping and ask for the check."""
    batch = queries.get_batch(actor(), batch_id)
    try:
        with transaction():
            services.change_mapping(
                actor(),
                batch_id,
                mappings_of(request.form, batch.plan),
                override_reason=request.form.get("override_reason", ""),
                profile_name=request.form.get("profile_name", ""),
                version=_version(),
            )
    except Refused as error:
        batch = queries.get_batch(actor(), batch_id)
        given = mappings_of(request.form, batch.plan)
        kept = [
            {**sheet, "mapping": {i: k for i, k in given[sheet["name"]].items() if k}}
            if sheet["name"] in given
            else sheet
            for sheet in batch.plan["sheets"]
        ]
        batch.plan = {**batch.plan, "sheets": kept}  # shown as typed; the request ends without a commit
        return _page(batch, [render(problem) for problem in error.problems], 422)
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/<int:batch_id>/reopen", access=Run, methods=["POST"])
def reopen(batch_id: int) -> ResponseReturnValue:
    """Go back from the preview to the mapping."""
    with transaction():
        services.reopen_mapping(actor(), batch_id, version=_version())
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/<int:batch_id>/recheck", access=Run, methods=["POST"])
def recheck(batch_id: int) -> ResponseReturnValue:
    """Check again, since records may have changed."""
    with transaction():
        services.recheck(actor(), batch_id)
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/<int:batch_id>/apply", access=Run, methods=["POST"])
def apply(batch_id: int) -> ResponseReturnValue:
    """Ask for what the preview shows to be written; pressed twice, written once."""
    try:
        with transaction():
            services.ask_apply(actor(), batch_id, request.form.get("mode", ""), version=_version())
    except Refused as error:
        return _page(queries.get_batch(actor(), batch_id), [render(problem) for problem in error.problems], 422)
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/<int:batch_id>/undo", access=Run, methods=["GET", "POST"])
def undo(batch_id: int) -> ResponseReturnValue:
    """Show what undoing would take back and whom it would leave, then do it."""
    batch = queries.get_batch(actor(), batch_id)
    if request.method == "POST":
        with transaction():
            services.ask_undo(actor(), batch_id)
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    if batch.state != "applied":
        return redirect(url_for("imports.show", batch_id=batch_id))
    created, changed, edited = queries.count_effects(batch_id)
    return render_template(
        "imports/undo.html",
        batch=batch,
        counts=[
            (_("hồ sơ do đợt này thêm sẽ bị xóa"), created),
            (_("hồ sơ do đợt này sửa sẽ về như trước"), changed),
            (_("hồ sơ đã được sửa sau đó sẽ giữ nguyên"), edited),
        ],
        edited=queries.list_edited_since(batch_id),
        more=max(edited - 20, 0),
        crumbs=[
            (_("Nhập dữ liệu"), url_for("imports.index")),
            (batch.filename, url_for("imports.show", batch_id=batch_id)),
            (_("Hoàn tác"), None),
        ],
    )


@blueprint.route("/<int:batch_id>/cancel", access=Run, methods=["POST"])
def cancel(batch_id: int) -> ResponseReturnValue:
    """Give a batch up before anything is written."""
    with transaction():
        services.cancel(actor(), batch_id)
    flash(_("Đã hủy đợt nhập; không ghi gì."), "success")
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@blueprint.route("/<int:batch_id>/refused.xlsx", access=Run)
def refused(batch_id: int) -> ResponseReturnValue:
    """Give the refused rows with their reasons as a workbook, ready to be put right and uploaded again."""
    batch = queries.get_batch(actor(), batch_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refused.xlsx"
        write_refused(path, batch.plan, queries.stream_refused(batch.id))
        content = io.BytesIO(path.read_bytes())
    return send_file(content, as_attachment=True, download_name=f"dong-bi-tu-choi-{batch.id}.xlsx")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
