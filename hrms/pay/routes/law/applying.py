"""A new decree's day: what a draft would change, by agency and over time; then applying it, or taking it back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, tasks, workbook
from hrms.core.actor import missing
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.models import FigureChange
from hrms.pay.forms import texts as forms
from hrms.pay.queries import supposed
from hrms.pay.queries import texts as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.law import words
from hrms.pay.routes.law.pages import crumbs
from hrms.pay.routes.law.writing import draft_of, tried, version_of
from hrms.pay.rules import lines
from hrms.pay.rules.cost_tables import BAND_LABELS, Cost
from hrms.pay.rules.texts import State
from hrms.pay.services import changes

P = words.P


def _cost(found: FigureChange) -> Cost | None:
    kept = found.preview
    return Cost.from_json(kept["cost"]) if kept else None


def _agencies(cost: Cost) -> list[tuple[str, Any]]:
    """Return the lines by agency with their names, the dearest first; several of few people go by how many they are."""
    names = supposed.names_of({one for line in cost.agencies for one in line.agency_ids})
    rows = [(names.get(line.agency_ids[0], "") if len(line.agency_ids) == 1 else None, line) for line in cost.agencies]
    rows.sort(key=lambda pair: -abs(pair[1].month.cost))
    return [(name or _("%(n)s cơ quan ít người, gộp chung", n=len(line.agency_ids)), line) for name, line in rows]


@blueprint.route("/pay/law/<int:change_id>/preview", access=P.PAY_LAW, methods=["GET", "POST"])
def preview_decree(change_id: int) -> ResponseReturnValue:
    """Show what a draft would change; a POST works it out in the background."""
    if request.method == "POST":
        draft_of(change_id)
        with transaction():
            task_id = changes.ask_preview(actor(), change_id)
        return redirect(url_for("pay.preview_decree", change_id=change_id, task=task_id), 303)
    words.require_law()
    found = queries.get_text(change_id, drafts=True)
    job = _job(found)
    cost = _cost(found)
    draft = found.state == State.DRAFT
    return render_template(
        "pay/law/preview.html", found=found, words=words, job=job, cost=cost, draft=draft,
        fresh=draft and cost is not None and changes.is_fresh(found), agencies=_agencies(cost) if cost else [],
        bands=_bands(cost) if cost else [], codes=_codes(cost) if cost else [], today=clock.today(),
        crumbs=crumbs((found.number, url_for("pay.decree", change_id=found.id))),
    )  # fmt: skip


def _job(found: FigureChange) -> dict[str, Any] | None:
    """Return how far the working out is, while the address names a task of the reader's that is not done."""
    asked = request.args.get("task", "")
    if not asked.isdigit() or len(asked) > 15:
        return None
    task = tasks.get_own(actor(), int(asked))
    if task.kind != changes.JOB or task.arguments.get("change_id") != found.id or task.state == "done":
        return None
    said = {
        "waiting": _("Đang chờ đến lượt…"), "running": _("Đang tính…"), "cancelled": _("Đã hủy."),
        "failed": (task.result or {}).get("error") or _("Không tính được; chưa thay đổi gì. Hãy thử lại."),
    }  # fmt: skip
    return {
        "state": "doing" if task.state == "running" else task.state, "message": said[task.state], "done": task.done,
        "total": task.total, "url": url_for("core.task", task_id=task.id),
        "cancel_url": url_for("core.cancel_task", task_id=task.id),
    }  # fmt: skip


def _bands(cost: Cost) -> list[tuple[str, int]]:
    """Return how many people by size of change, all kinds together; sizes hidden apart are counted together."""
    found = next((one for one in cost.spread if one.dimension == "kind"), None) or next(iter(cost.spread), None)
    if found is None:
        return []
    rows = []
    for columns, total in zip(found.columns, found.totals, strict=True):
        first, last = (render(BAND_LABELS[one]) for one in (columns[0], columns[-1]))
        rows.append((first if len(columns) == 1 else _("%(first)s … %(last)s", first=first, last=last), total))
    return rows


def _codes(cost: Cost) -> list[tuple[str, str, Any, Any]]:
    """Return the lines of the month looked at that change, with their sides, in the order of a sheet."""
    rows = [(side, code, old, new) for side, code, old, new in cost.codes if old != new]
    order = list(lines.SIDES)
    rows.sort(key=lambda row: (order.index(row[0]), lines.place(row[1])))
    return [(render(lines.SIDES[side]), render(lines.NAMES[code]), old, new) for side, code, old, new in rows]


@blueprint.route("/pay/law/<int:change_id>/preview.xlsx", access=P.PAY_LAW)
def export_preview(change_id: int) -> ResponseReturnValue:
    """Give what a text changes by agency as a workbook."""
    words.require_law()
    found = queries.get_text(change_id, drafts=True)
    cost = _cost(found)
    if cost is None or cost.names_few:
        raise missing("preview")
    headers = (
        _("Cơ quan"), _("Số người"), _("Số người thay đổi"), _("Một tháng: được hưởng thêm (đồng)"),
        _("Một tháng: cơ quan đóng thêm (đồng)"), _("Một tháng: chi thêm (đồng)"),
        _("Truy lĩnh, truy thu các tháng đã duyệt (đồng)"),
    )  # fmt: skip
    rows = [
        [name, line.people, line.changed, line.month.gross, line.month.employer, line.month.cost, line.arrears.cost]
        for name, line in _agencies(cost)
    ]
    made = workbook.in_memory(_("Theo cơ quan"), headers, rows, widths=(48, 10, 12, 20, 20, 20, 22))
    return send_file(made, as_attachment=True, download_name=f"van-ban-{found.id}.xlsx")


@blueprint.route("/pay/law/<int:change_id>/apply", access=P.PAY_LAW, methods=["POST"])
def apply_decree(change_id: int) -> ResponseReturnValue:
    """Let a text be the law from its days on."""
    found = draft_of(change_id)
    version = request.form.get("version", "")
    try:
        with transaction():
            changes.apply(actor(), change_id, version=int(version) if version.isdigit() else None)
    except (Refused, Stale) as refused:
        for problem in refused.problems:
            flash(render(problem), "bad")
        return redirect(url_for("pay.preview_decree", change_id=change_id), 303)
    flash(_("Đã áp dụng “%(number)s” từ %(day)s.", number=found.number, day=f"{found.valid_from:%d/%m/%Y}"), "ok")
    return redirect(url_for("pay.decree", change_id=change_id), 303)


@blueprint.route("/pay/law/<int:change_id>/undo", access=P.PAY_LAW, methods=["GET", "POST"])
def undo_decree(change_id: int) -> ResponseReturnValue:
    """Take an applied text back, with the reason."""
    words.require_law()
    found = queries.get_text(change_id, drafts=True)
    form: Any = forms.UndoForm(data={"version": found.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            status = tried(
                form,
                lambda: changes.undo(actor(), change_id, str(form.reason.data or ""), version=version_of(form)),
            )
            if status == 303:
                flash(_("Đã bỏ áp dụng “%(number)s”. Các mức trở lại như trước.", number=found.number), "ok")
                return redirect(url_for("pay.decree", change_id=change_id), 303)
    page = render_template(
        "pay/law/undo.html", form=form, found=found, words=words, approved=queries.approved_since(found.valid_from),
        applied=found.state == State.APPLIED, lines=queries.lines_of(found),
        crumbs=crumbs((found.number, url_for("pay.decree", change_id=found.id))),
    )  # fmt: skip
    return page, status
