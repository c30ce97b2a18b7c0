"""Steps on sheets: computing one month of one agency or of all under it, again, approving, cancelling."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import HrmsError, NotFound, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms.sheets import ComputeForm, StepForm, version
from hrms.pay.queries import sheet_lists
from hrms.pay.queries import sheet_pages as pages
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.sheets import words
from hrms.pay.routes.sheets.run import crumbs, page_of, read
from hrms.pay.services import computing
from hrms.pay.services import runs as services
from hrms.performance.routes.periods import configure_agency

P = Permission


@blueprint.route("/pay/runs/compute", access=P.PAY_MANAGE, methods=["GET", "POST"])
def compute_runs() -> ResponseReturnValue:
    """Compute the sheet of a month: of one agency at once, of all under it as a job with progress."""
    who = actor()
    roots = who.scope(P.PAY_MANAGE)
    data: dict[str, Any] = {"month": words.month_key(words.asked_month()), "reach": "one"}
    if given := request.args.get("agency", "").strip():
        data["agency_id"] = given
    elif len(roots) == 1 and roots[0]:
        data["agency_id"] = str(roots[0])
    form: Any = ComputeForm(data=data)
    form.offer(words.month_choices(sheet_lists.list_months(clock.today()), words.asked_month()))
    configure_agency(form.agency_id, P.PAY_MANAGE)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    if form.reach.data == "all":
                        task_id = computing.compute_all(who, int(form.agency_id.data), form.first_day())
                        address = url_for("core.task", task_id=task_id)
                    else:
                        run_id = computing.compute(who, int(form.agency_id.data), form.first_day())
                        address = url_for("pay.run", run_id=run_id)
                if form.reach.data != "all":
                    flash(_("Đã tính bảng lương. Xem những người cần xem trước khi duyệt."), "ok")
                return redirect(address, 303)
            except Refused as refused:
                form.take(refused.problems)
    way = [(_("Bảng lương tháng"), url_for("pay.runs"))]
    return render_template("pay/sheets/compute.html", form=form, crumbs=way), status


def _refused(run_id: int, refused: HrmsError) -> ResponseReturnValue:
    return page_of(run_id, refused.status, tuple(render(one) for one in refused.problems))


@blueprint.route("/pay/runs/<int:run_id>/compute", access=P.PAY_MANAGE, methods=["POST"])
def compute_run(run_id: int) -> ResponseReturnValue:
    """Compute a sheet that is not approved again, by the facts and the law as they are now."""
    found = read(run_id, P.PAY_MANAGE)
    try:
        with transaction():
            made = computing.compute(actor(), found.agency_id, found.month)
    except (Refused, Stale) as refused:
        return _refused(run_id, refused)
    flash(_("Đã tính lại bảng lương."), "ok")
    return redirect(url_for("pay.run", run_id=made), 303)


@blueprint.route("/pay/runs/<int:run_id>/approve", access=P.PAY_APPROVE, methods=["GET", "POST"])
def approve_run(run_id: int) -> ResponseReturnValue:
    """Approve a sheet: asked once more, because nothing of it ever changes afterwards."""
    return _step(
        run_id, P.PAY_APPROVE, services.approve, title=_("Duyệt bảng lương"), submit=_("Duyệt bảng lương"),
        lead=_("Sau khi duyệt, bảng lương không sửa được nữa; việc tính sai được trả thêm hoặc thu lại ở tháng sau."),
        done=_("Đã duyệt bảng lương. Mỗi người xem được phiếu lương của mình."), tone="primary",
    )  # fmt: skip


@blueprint.route("/pay/runs/<int:run_id>/cancel", access=P.PAY_MANAGE, methods=["GET", "POST"])
def cancel_run(run_id: int) -> ResponseReturnValue:
    """Cancel a sheet that is not approved."""
    return _step(
        run_id, P.PAY_MANAGE, services.cancel, title=_("Hủy bảng lương"), submit=_("Hủy bảng lương"),
        lead=_("Bảng lương chưa duyệt này được bỏ; có thể tính lại tháng này bất kỳ lúc nào."),
        done=_("Đã hủy bảng lương."), tone="danger",
    )  # fmt: skip


def _step(
    run_id: int, permission: Permission, service: Any, *, title: str, submit: str, lead: str, done: str, tone: str
) -> ResponseReturnValue:
    found = read(run_id, permission)
    form = StepForm(data={"version": str(found.version)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    service(actor(), run_id, version=version(form))
                flash(done, "ok")
                return redirect(_after(run_id), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return render_template(
        "pay/sheets/step.html", run=found, form=form, title=title, submit=submit, lead=lead, tone=tone, words=words,
        crumbs=crumbs(found, (title, None)),
    ), status  # fmt: skip


def _after(run_id: int) -> str:
    try:
        found = pages.get_run(run_id)
    except NotFound:
        return url_for("pay.runs")
    if found.state == "cancelled":
        return url_for("pay.runs", month=words.month_key(found.month))
    return url_for("pay.run", run_id=run_id)
