"""Sheets of a month by agency: how far each is and its sums, what goes to Excel."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.queries import sheet_books, sheet_lists
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.sheets import words
from hrms.pay.rules.slip_lines import place_of
from hrms.people.routes.finding import settled_address
from hrms.positions.queries.part import Part
from hrms.positions.routes.seeing.asking import asked_one_of, send_figures

P = Permission


@blueprint.route("/pay/runs", access=P.PAY_VIEW)
def runs() -> ResponseReturnValue:
    """List the agencies of the reader's part that pay people with their sheet of a month and its sums."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part, month = words.asked_part(), words.asked_month()
    state = asked_one_of("state", sheet_lists.STATES)
    found = sheet_lists.list_runs(
        part, month, state, after=request.args.get("after"), before=request.args.get("before")
    )
    return render_template(
        "pay/sheets/runs.html", part=part, month=month, state=state or "", page=found.page, sums=found.sums,
        words=words, states=words.states(*sheet_lists.STATES),
        months=words.month_choices(sheet_lists.list_months(clock.today()), month),
        may_compute=actor().may(P.PAY_MANAGE),
    )  # fmt: skip


@blueprint.route("/pay/runs/export.xlsx", access=P.PAY_VIEW)
def export_runs() -> ResponseReturnValue:
    """Give the sums of a month by agency as a workbook; no names of people are in it."""
    part, month = words.asked_part(), words.asked_month()
    state = asked_one_of("state", sheet_lists.STATES)
    found = sheet_lists.list_runs(part, month, state, limit=sheet_lists.EVERYTHING)
    headers = [
        _("Mã cơ quan"), _("Cơ quan"), _("Tháng"), _("Tình trạng"), _("Số người"), _("Cần xem"),
        _("Được hưởng (đồng)"), _("Người lao động đóng (đồng)"), _("Thực nhận (đồng)"),
        _("Trong đó truy lĩnh, truy thu (đồng)"), _("Cơ quan đóng (đồng)"), _("Ngày duyệt"),
    ]  # fmt: skip
    rows = [
        (
            row.agency_code, row.agency, f"{month:%m/%Y}", words.state_words(row.state), row.people, row.doubtful,
            row.gross, row.deductions, row.net, row.arrears, row.employer,
            row.approved_at.astimezone(clock.ZONE).date() if row.approved_at else None,
        )
        for row in found.page.items
    ]  # fmt: skip
    return send_figures(
        "pay.runs", f"{month:%m-%Y}", headers, rows, f"bang-luong-{month:%Y-%m}.xlsx", part,
        (14, 44, 10, 14, 10, 10, *(18,) * 5, 14),
    )  # fmt: skip


@blueprint.route("/pay/runs/sums", access=P.PAY_VIEW)
def run_sums() -> ResponseReturnValue:
    """Show what a month of a part costs by line, and the twelve months up to it."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part, month = words.asked_part(), words.asked_month()
    codes = sorted(sheet_books.sums_by_code(part, month), key=lambda row: place_of(row.side, row.code))
    return render_template(
        "pay/sheets/sums.html", part=part, month=month, words=words, codes=codes,
        years=sheet_lists.list_years(part, month),
        months=words.month_choices(sheet_lists.list_months(clock.today()), month),
        crumbs=[(_("Bảng lương tháng"), url_for("pay.runs", **_kept(part, month)))],
    )  # fmt: skip


def _kept(part: Part, month: Any) -> dict[str, Any]:
    return {"month": words.month_key(month)} | ({"agency": part.agency_id} if part.agency else {})
