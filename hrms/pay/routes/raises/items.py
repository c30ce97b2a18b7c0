"""One raise: from what to what, from when and why; looked at, left out, chosen; what it is worth."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms.raises import ChooseForm, LeaveOutForm
from hrms.pay.queries import early as early_queries
from hrms.pay.queries import raise_money
from hrms.pay.queries import raise_pages as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.raises import words
from hrms.pay.routes.raises.lists import step
from hrms.pay.services import early
from hrms.pay.services import raising as services
from hrms.performance.routes.calibration.asking import sent_version

P = Permission
OPEN = frozenset({"proposed", "waiting", "sent", "decided"})
"""How far a raise is whose arrears are worth showing."""


@blueprint.route("/pay/raises/items/<int:item_id>", access=(P.PAY_VIEW, P.SELF_VIEW))
def raise_item(item_id: int) -> ResponseReturnValue:
    """Show one raise with every step of its day; its arrears to who may see amounts."""
    who = actor()
    one = queries.get_item(item_id)
    item, own = one.item, who.is_holder(one.item.person_id)
    sees_money = who.may(P.PAY_VIEW, at=one.scope_ids) or own
    under_way = queries.submissions_of(item.list_id, [item.person_id]) if one.listed is not None else {}
    way = words.crumbs()[:1] if one.listed is not None else []
    if one.listed is not None:
        way.append((f"{words.title_of(one.listed)}, {one.agency}", url_for("pay.raise_list", list_id=item.list_id)))
    return render_template(
        "pay/raises/item.html", one=one, item=item, words=words, crumbs=way, today=clock.today(),
        reasons=words.reasons_of(item.reasons), doubts=words.doubts_of(item),
        merit=early_queries.merit_words(item.merit), own=own,
        arrears=raise_money.arrears_of(item) if sees_money and words.standing_of(item) in OPEN else None,
        submission=under_way.get(item.person_id),
        keeps=not own and item.state in {"proposed", "left_out"} and who.may(P.PAY_MANAGE, at=one.scope_ids),
    )  # fmt: skip


@blueprint.route("/pay/raises/items/<int:item_id>/include", access=P.PAY_MANAGE, methods=["POST"])
def include_raise(item_id: int) -> ResponseReturnValue:
    """Put somebody among those proposed after looking at what was doubtful."""
    who = actor()

    def act() -> str:
        services.include(who, item_id, version=sent_version())
        return _("Đã đưa vào danh sách đề nghị.")

    return step(url_for("pay.raise_item", item_id=item_id), act)


@blueprint.route("/pay/raises/items/<int:item_id>/leave-out", access=P.PAY_MANAGE, methods=["GET", "POST"])
def leave_out_raise(item_id: int) -> ResponseReturnValue:
    """Leave somebody out of a list, with the reason."""
    one = queries.get_item(item_id)
    form: Any = LeaveOutForm(data={"version": str(one.item.version)})

    def act() -> str:
        services.leave_out(actor(), item_id, form.reason.data or "", version=sent_version(form))
        return _("Đã để lại, ghi lý do.")

    hint = _("Người này không có trong hồ sơ trình lần này; ngày đến hạn trong hồ sơ không đổi.")
    return _ask(form, one, _("Để lại, chưa nâng bậc"), _("Để lại"), act, hint=hint)


@blueprint.route("/pay/raises/items/<int:item_id>/choose", access=P.PAY_MANAGE, methods=["GET", "POST"])
def choose_early(item_id: int) -> ResponseReturnValue:
    """Choose somebody for an early raise within the quota, and how many months early."""
    one = queries.get_item(item_id)
    form: Any = ChooseForm(data={"version": str(one.item.version), "months": one.item.early_months})

    def act() -> str:
        early.choose(actor(), item_id, months=int(form.months.data), version=sent_version(form))
        return _("Đã chọn nâng bậc trước thời hạn.")

    hint = _("Nhiều nhất 12 tháng; mức theo thành tích do quy chế của cơ quan quy định.")
    return _ask(form, one, _("Chọn nâng bậc trước thời hạn"), _("Chọn"), act, hint=hint)


def _ask(form: Any, one: queries.OneItem, title: str, submit: str, act: Any, *, hint: str) -> ResponseReturnValue:
    back, status = url_for("pay.raise_item", item_id=one.item.id), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    said = act()
                flash(said, "ok")
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    page = render_template(
        "pay/raises/step.html", form=form, one=one, title=title, submit=submit, hint=hint, back=back,
        crumbs=[*words.crumbs(), (one.name, back)],
    )  # fmt: skip
    return page, status
