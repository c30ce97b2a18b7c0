"""Scenarios: the list, one with what it costs, made, edited, copied, computed, removed, as a workbook."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.tasks import OVER
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms.whatif import NameForm, ScenarioForm
from hrms.pay.queries import scenarios as queries
from hrms.pay.queries.scenarios import Look
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.whatif import books, showing
from hrms.pay.routes.whatif.asking import configure_agency, crumbs, opened, run_form, sent_version, step
from hrms.pay.routes.whatif.words import assumptions, describe, period_words, reasons_of, signed
from hrms.pay.services import scenarios as services
from hrms.people.routes.finding import settled_address
from hrms.positions.queries.part import part_of

P = Permission
STATE_LABELS = {"draft": N_("Chưa tính"), "computing": N_("Đang tính"), "computed": N_("Đã có kết quả")}
STATE_TONES = {"draft": "none", "computing": "info", "computed": "ok"}
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/pay/what-if", access=P.PAY_VIEW)
def scenarios() -> ResponseReturnValue:
    """List the scenarios of the reader's part, the newest first, to open or to compare."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PAY_VIEW)
    page = queries.list_page(part.roots, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "pay/whatif/list.html", part=part, page=page, labels=STATE_LABELS, tones=STATE_TONES,
        may_make=who.may(P.PAY_MANAGE), most=queries.MOST_COMPARED,
    )  # fmt: skip


@blueprint.route("/pay/what-if/new", access=P.PAY_MANAGE, methods=["GET", "POST"])
def new_scenario() -> ResponseReturnValue:
    """Make a scenario."""
    who, today = actor(), clock.today()
    roots = who.scope(P.PAY_MANAGE)
    data: dict[str, Any] = {"starts_on": today.replace(year=today.year + 1, month=1, day=1), "years": 3}
    if len(roots) == 1 and roots[0]:
        data["agency"] = str(roots[0])
    form: Any = ScenarioForm(data=data)
    configure_agency(form.agency)

    def act() -> str:
        made = services.create(
            who, int(form.agency.data), form.name.data, form.starts_on.data, int(form.years.data)
        )  # fmt: skip
        flash(_("Đã lập phương án. Hãy thêm những gì giả định."), "ok")
        return url_for("pay.scenario", scenario_id=made)

    return run_form(
        form, act, title=_("Lập phương án giả định"), submit=_("Lập phương án"), back=url_for("pay.scenarios"),
        crumbs=crumbs(), groups=[(_("Phương án giả định"), ["name", "agency", "starts_on", "years"])],
    )  # fmt: skip


@blueprint.route("/pay/what-if/<int:scenario_id>", access=P.PAY_VIEW)
def scenario(scenario_id: int) -> ResponseReturnValue:
    """Show what a scenario supposes and what it costs: by year, agency and line, who gains and who loses."""
    return _page(opened(scenario_id))


def _page(look: Look) -> ResponseReturnValue:
    who, cost = actor(), look.cost
    task = queries.newest_task(who, look.found.id) if look.found.state == "computing" else None
    agencies = showing.agency_rows(cost) if cost else []
    changes = [(describe(one), reasons_of(one)) for one in look.changes]
    return render_template(
        "pay/whatif/show.html", seen=look, cost=cost, changes=changes, period=period_words(look),
        manages=who.may(P.PAY_MANAGE, at=look.agency.scope_ids), labels=STATE_LABELS, tones=STATE_TONES, view=showing,
        agencies=agencies, assumptions=assumptions(), signed=signed, crumbs=crumbs(), job=_job(task),
        agency_headers=books.agency_headers(cost) if cost else (),
        stopped=look.found.state == "computing" and _job(task) is None,
    )  # fmt: skip


def _job(task: Any) -> dict[str, Any] | None:
    """Return the progress of the reader's own computation while it waits or runs."""
    if task is None or task.state in OVER:
        return None
    doing = task.state == "running"
    return {
        "state": "doing" if doing else "waiting", "done": task.done, "total": task.total,
        "message": _("Đang tính…") if doing else _("Đang chờ đến lượt…"),
        "url": url_for("core.task", task_id=task.id), "cancel_url": url_for("core.cancel_task", task_id=task.id),
    }  # fmt: skip


@blueprint.route("/pay/what-if/<int:scenario_id>/edit", access=P.PAY_MANAGE, methods=["GET", "POST"])
def edit_scenario(scenario_id: int) -> ResponseReturnValue:
    """Change name, agency or period."""
    look = opened(scenario_id, manages=True)
    found = look.found
    form: Any = ScenarioForm(
        data={
            "version": str(found.version), "name": found.name, "agency": str(found.agency_id),
            "starts_on": found.starts_on, "years": found.years,
        }
    )  # fmt: skip
    configure_agency(form.agency)
    back = url_for("pay.scenario", scenario_id=scenario_id)

    def act() -> str:
        services.edit(
            actor(), scenario_id, int(form.agency.data), form.name.data, form.starts_on.data, int(form.years.data),
            version=sent_version(),
        )  # fmt: skip
        return back

    return run_form(
        form, act, title=_("Sửa phương án"), submit=_("Ghi"), back=back, crumbs=crumbs(look),
        groups=[(_("Phương án giả định"), _("Đổi cơ quan hoặc thời gian thì phải tính lại."),
                 ["name", "agency", "starts_on", "years"])],
    )  # fmt: skip


@blueprint.route("/pay/what-if/<int:scenario_id>/copy", access=P.PAY_MANAGE, methods=["GET", "POST"])
def copy_scenario(scenario_id: int) -> ResponseReturnValue:
    """Make a scenario like this one under another name."""
    look = opened(scenario_id, manages=True)
    form: Any = NameForm(data={"name": _("%(name)s (bản sao)", name=look.found.name)[:200]})

    def act() -> str:
        made = services.copy(actor(), scenario_id, form.name.data)
        flash(_("Đã sao phương án. Hãy sửa giả định rồi tính."), "ok")
        return url_for("pay.scenario", scenario_id=made)

    return run_form(
        form, act, title=_("Sao phương án"), submit=_("Sao"), crumbs=crumbs(look), groups=None,
        back=url_for("pay.scenario", scenario_id=scenario_id),
    )  # fmt: skip


@blueprint.route("/pay/what-if/<int:scenario_id>/compute", access=P.PAY_MANAGE, methods=["POST"])
def compute_scenario(scenario_id: int) -> ResponseReturnValue:
    """Have a scenario computed in the background."""
    opened(scenario_id, manages=True)
    back = url_for("pay.scenario", scenario_id=scenario_id)

    def act() -> str:
        services.start(actor(), scenario_id, version=sent_version())
        return back

    return step(back, act)


@blueprint.route("/pay/what-if/<int:scenario_id>/delete", access=P.PAY_MANAGE, methods=["GET", "POST"])
def delete_scenario(scenario_id: int) -> ResponseReturnValue:
    """Remove a scenario after asking."""
    look = opened(scenario_id, manages=True)
    back = url_for("pay.scenario", scenario_id=scenario_id)
    if request.method == "GET":
        return render_template("pay/whatif/delete.html", seen=look, back=back, crumbs=crumbs(look))

    def act() -> str:
        services.delete(actor(), scenario_id, version=sent_version())
        flash(_("Đã xóa phương án."), "ok")
        return url_for("pay.scenarios")

    return step(back, act)


@blueprint.route("/pay/what-if/<int:scenario_id>.xlsx", access=P.PAY_VIEW)
def export_scenario(scenario_id: int) -> ResponseReturnValue:
    """Give a computed scenario as a workbook."""
    look = opened(scenario_id)
    if look.cost is None:
        raise Refused(
            Problem("", "not_computed", N_("Phương án chưa tính nên chưa có số liệu để xuất. Hãy tính trước."))
        )
    with transaction():
        services.note_export(actor(), [look])
    made = books.book_of(look, look.cost)
    return send_file(made, EXCEL, as_attachment=True, download_name=f"phuong-an-{scenario_id}.xlsx")
