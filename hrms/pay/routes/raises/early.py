"""Early raises for merit: quotas of a year by agency, how they are shared out, the lists within them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock, scope
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.forms.raises import EarlyForm, years
from hrms.pay.queries import raise_pages as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.raises import words
from hrms.pay.routes.raises.lists import step
from hrms.pay.services import early as services
from hrms.people.routes.finding import settled_address
from hrms.performance.routes.calibration.asking import configure_agency
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import asked_number, kept, send_figures

P = Permission
SHOWN = 100
"""Agencies the page shows before quotas are kept; all of them stand on the list afterwards."""
HEADERS_WIDTHS = (44, 14, 12, 14, 14, 12, 12, 12, 12)


@blueprint.route("/pay/early", access=P.PAY_VIEW)
def early() -> ResponseReturnValue:
    """List the agencies of the reader's part with their quota of a year and how much of it is used."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    part, year = asked_part(), asked_year()
    page = queries.list_quotas(part, year, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "pay/raises/early.html", page=page, part=part, year=year, words=words, sums=queries.sum_quotas(part, year),
        years=years(clock.today().year), keeps=who.may(P.PAY_MANAGE), root=sharing_root(part), crumbs=words.crumbs(),
        kept=kept("agency", "year"),
    )  # fmt: skip


def asked_part() -> Part:
    """Return the part of the address."""
    return part_of(actor(), request.args.get("agency", "").strip() or None, P.PAY_VIEW)


def asked_year() -> int:
    """Return the year considered: of the address, else the one whose quota still holds."""
    today = clock.today()
    return asked_number("year", most=2101, least=2014) or (today.year if today.month > 3 else today.year - 1)


def sharing_root(part: Part) -> int | None:
    """Return the agency whose quotas the reader may share out: the one asked for, or their own top."""
    roots = [one for one in actor().scope(P.PAY_MANAGE) if one]
    if part.agency is not None:
        return part.agency.id if actor().may(P.PAY_MANAGE, at=part.agency.scope_ids) else None
    return roots[0] if len(roots) == 1 else None


@blueprint.route("/pay/early/quota", access=P.PAY_MANAGE, methods=["GET", "POST"])
def early_quota() -> ResponseReturnValue:
    """Show how the early raises of a year would be shared out, step by step, then share them out."""
    who, year = actor(), asked_year()
    given = request.values.get("agency", "").strip()
    part = part_of(who, given or None, P.PAY_MANAGE)
    root = sharing_root(part)
    if root is None:
        flash(_("Hãy chọn một cơ quan để tính chỉ tiêu cho các đơn vị thuộc cơ quan đó."), "warn")
        return redirect(url_for("pay.early", year=year), 303)
    back = url_for("pay.early", year=year, agency=given or None)
    if request.method == "POST":

        def act() -> str:
            made = services.assign_quota(who, root, year)
            return _("Đã tính chỉ tiêu nâng bậc trước thời hạn cho %(n)s cơ quan.", n=made)

        return step(back, act)
    agency = agencies.get_agency(who, root, P.PAY_MANAGE)
    with scope.entered(scope.Scope(people=(root,))):
        shared, rows = services.share(root, year)
    names = agencies.names([row["agency_id"] for row in rows])
    return render_template(
        "pay/raises/quota.html", year=year, agency=agency, shared=shared, names=names, back=back,
        rows=sorted(rows, key=lambda row: (-row["given"], -row["quota"], names[row["agency_id"]]))[:SHOWN],
        agencies_in_all=len(rows),
        crumbs=[*words.crumbs(), (_("Trước thời hạn"), back)],
        reasons=words.named(shared.reasons, {str(key): name for key, name in names.items()}), given=given,
    )  # fmt: skip


@blueprint.route("/pay/early/new", access=P.PAY_MANAGE, methods=["GET", "POST"])
def new_early_list() -> ResponseReturnValue:
    """Make the list of those of an agency who may be raised early in a year."""
    who = actor()
    roots = who.scope(P.PAY_MANAGE)
    data: dict[str, Any] = {"year": str(asked_year())}
    asked = request.args.get("agency", "").strip()
    if asked or (len(roots) == 1 and roots[0]):
        data["agency"] = asked or str(roots[0])
    form: Any = EarlyForm(data=data)
    form.year.choices = years(clock.today().year)
    configure_agency(form.agency, P.PAY_MANAGE)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    agency = agencies.get_agency(who, int(form.agency.data), P.PAY_MANAGE)
                    made = services.propose(who, agency.id, int(form.year.data))
                flash(_("Đã lập danh sách những người đủ điều kiện nâng bậc trước thời hạn."), "ok")
                return redirect(url_for("pay.raise_list", list_id=made), 303)
            except Refused as refused:
                form.take(refused.problems)
    page = render_template("pay/raises/new_early.html", form=form, crumbs=words.crumbs(), back=url_for("pay.early"))
    return page, status


@blueprint.route("/pay/early/export.xlsx", access=P.PAY_VIEW)
def export_early() -> ResponseReturnValue:
    """Give the quotas of a year as a workbook; no names of people are in it."""
    part, year = asked_part(), asked_year()
    found = queries.list_quotas(part, year, limit=queries.EVERYTHING).items
    headers = [
        _("Cơ quan"), _("Người được giao"), _("Chỉ tiêu"), _("Phần dư báo cấp trên"), _("Được bổ sung"), _("Đề nghị"),
        _("Đã trình"), _("Đã quyết định"), _("Còn lại"),
    ]  # fmt: skip
    rows = [
        (
            row.agency, row.assigned, row.quota, row.remainder, row.given, row.counts.proposed, row.counts.sent,
            row.counts.decided, row.most - row.taken,
        )
        for row in found
    ]  # fmt: skip
    return send_figures(
        "pay.early", str(year), headers, rows, f"nang-bac-truoc-thoi-han-{year}.xlsx", part, HEADERS_WIDTHS
    )  # fmt: skip
