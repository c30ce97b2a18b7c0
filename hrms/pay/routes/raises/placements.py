"""Placing public employees into career grades by 01/7/2027: who is left, what it would lead to, the drafts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.formats import format_coefficient
from hrms.core.i18n import N_, _, render, select_locale
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.services import submissions
from hrms.pay.forms.raises import PlacementForm
from hrms.pay.queries import placements as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.raises import words
from hrms.pay.rules import placement, placing
from hrms.people.queries import law
from hrms.people.routes.finding import settled_address
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import kept, send_names

P = Permission
LAST_DAY = "placing.deadline_public"
TITLE = "Xếp lương theo bậc nghề nghiệp"
"""Of the drafts: it stands on the paper, so it is Vietnamese."""


@blueprint.route("/pay/placements", access=P.PAY_VIEW)
def placements() -> ResponseReturnValue:
    """Show how far a part is with placing everybody, and who is left."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    return _page(PlacementForm(data={"effective_on": clock.today()}), 200)


def _page(form: Any, status: int) -> ResponseReturnValue:
    who, (part, group, q) = actor(), _asked()
    page = queries.list_waiting(part, group, q, after=request.args.get("after"))
    counts = queries.count_groups(part)
    anyone = ("", _("Tất cả"))
    deadline = law.parameters(clock.today()).get(LAST_DAY)
    shown = render_template(
        "pay/raises/placements.html", part=part, page=page, counts=counts, form=form, words=words, q=q, group=group,
        groups=[anyone, *((one.group, one.group) for one in counts if one.group)], target=target_words,
        people=sum(one.people for one in counts), done=sum(one.done for one in counts), deadline=deadline,
        keeps=who.may(P.PAY_MANAGE) and who.may(P.DECISIONS_PROPOSE), changes=set(placement.FIRST_GROUPS),
        most=queries.MOST_AT_ONCE,
        kept=kept("agency", "group", "q"),
    )  # fmt: skip
    return shown, status


def _asked() -> tuple[Part, str | None, str]:
    """Return the part, the pay group and the words that the address, or the form sent from it, asks for."""
    part = part_of(actor(), request.values.get("agency", "").strip() or None, P.PAY_VIEW)
    return part, request.values.get("group", "").strip()[:8] or None, request.values.get("q", "").strip()[:100]


def target_words(one: queries.Waiting) -> str:
    """Return where somebody would stand: group, step, coefficient; "" where the record does not let it be told."""
    held = law.pay_scales().get((one.table or 0, one.group or ""))
    to = placement.converted_group(one.table or 0, one.group or "", law.pay_scales())
    if held is None or to is None or one.coefficient is None or held.step_of(one.coefficient) is None:
        return ""
    if to.coefficients == held.coefficients:
        return _("giữ nguyên")
    today = clock.today()
    now = placing.Held(held, one.coefficient.quantize(placing.ZERO), int(one.percent), today, one.reserved)
    found = placing.place(now, to, today, placing.PlacingReason.GRADE_CONVERSION)
    said = f"{to.group}, {words.step_words(found.step, found.coefficient)}"
    if not found.reserved:
        return said
    reserved = format_coefficient(found.reserved, select_locale())
    return _("%(step)s, bảo lưu %(reserved)s", step=said, reserved=reserved)


@blueprint.route("/pay/placements", access=P.PAY_MANAGE, methods=["POST"])
def propose_placements() -> ResponseReturnValue:
    """Make drafts that place whoever was ticked, split by who signs."""
    form: Any = PlacementForm()
    if request.form.get("everyone"):
        part, group, q = _asked()
        ids = [one.person_id for one in queries.list_waiting(part, group, q, limit=queries.MOST_AT_ONCE).items]
    else:
        ids = [int(one) for one in request.form.getlist("person") if one.isascii() and one.isdigit() and len(one) < 19]
    try:
        if not form.validate():
            return _page(form, 422)
        if not ids:
            raise Refused(Problem("person", "required", N_("Chưa chọn ai. Hãy đánh dấu ít nhất một người.")))
        with transaction():
            made = submissions.propose(
                actor(), "placement", ids[: queries.MOST_AT_ONCE], {"reason": "grade_conversion"},
                form.effective_on.data, True, TITLE,
            )  # fmt: skip
            sent = [one.id for one in made]
    except Refused as refused:
        form.take(refused.problems)
        flash(" ".join(render(problem) for problem in refused.problems), "bad")
        return _page(form, 422)
    flash(_("Đã lập %(n)s dự thảo xếp lương. Hãy xác nhận điều kiện rồi trình.", n=len(sent)), "ok")
    if len(sent) == 1:
        return redirect(url_for("submissions.show", submission_id=sent[0]), 303)
    return redirect(url_for("submissions.desk"), 303)


@blueprint.route("/pay/placements/export.xlsx", access=P.PAY_VIEW)
def export_placements() -> ResponseReturnValue:
    """Give those not placed yet as a workbook."""
    part, group, q = _asked()
    actor().require(P.PEOPLE_EXPORT, at=part.agency.scope_ids if part.agency else None)
    found = queries.list_waiting(part, group, q, limit=20_000).items
    headers = [
        _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Chức danh nghề nghiệp"), _("Loại"), _("Bậc"),
        _("Hệ số"), _("Xếp vào"),
    ]  # fmt: skip
    rows = [
        (one.name, one.staff_code, one.agency, one.rank_code, one.group, one.step, one.coefficient, target_words(one))
        for one in found
    ]
    return send_names(
        "pay.placements", _("Chưa xếp lương"), headers, rows, "xep-luong-bac-nghe-nghiep.xlsx", part,
        widths=(28, 14, 40, 16, 8, 8, 10, 24),
    )  # fmt: skip
