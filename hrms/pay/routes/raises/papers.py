"""A list of raises as a workbook and as a sheet to print and sign."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.pay.queries import raise_pages as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.raises import words
from hrms.pay.routes.raises.lists import asked_items
from hrms.positions.queries.part import Part
from hrms.positions.routes.seeing.asking import kept, send_names

P = Permission
WIDTHS = (6, 28, 14, 36, 28, 14, 8, 8, 10, 10, 8, 10, 10, 14, 14, 14, 14, 16, 60)


@blueprint.route("/pay/raises/<int:list_id>/export.xlsx", access=P.PAY_VIEW)
def export_raise_list(list_id: int) -> ResponseReturnValue:
    """Give the people of a list the page shows, all pages of them, as a workbook."""
    one = queries.get_list(actor(), list_id)
    actor().require(P.PEOPLE_EXPORT, at=one.agency.scope_ids)
    found = queries.list_everybody(list_id, asked_items())
    headers = [
        _("TT"), _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Loại nâng"), _("Ngạch, chức danh"), _("Loại"),
        _("Bậc cũ"), _("Hệ số cũ"), _("Vượt khung cũ (%)"), _("Bậc mới"), _("Hệ số mới"), _("Vượt khung mới (%)"),
        _("Ngày giữ bậc"), _("Đến hạn"), _("Hưởng từ"), _("Trước hạn (tháng)"), _("Tình trạng"), _("Ghi chú"),
    ]  # fmt: skip
    rows = [
        (
            place, row.name, row.staff_code, row.unit, words.kind_words(row.item.kind), row.item.rank_code,
            row.item.pay_group, row.item.from_step, row.item.from_coefficient, row.item.from_percent,
            row.item.to_step, row.item.to_coefficient, row.item.to_percent, row.item.step_since, row.item.due_on,
            row.item.effective_on, row.item.early_months, words.item_words(words.standing_of(row.item)),
            "; ".join([*words.doubts_of(row.item), words.left_out_words(row.item.left_out_reason)]).strip("; "),
        )
        for place, row in enumerate(found, 1)
    ]  # fmt: skip
    name = f"nang-bac-luong-{one.found.year}{f'-quy-{one.found.quarter}' if one.found.quarter else ''}.xlsx"
    return send_names(
        "pay.raise_list", words.title_of(one.found)[:31], headers, rows, name, Part((one.agency.id,), None, one.agency),
        widths=WIDTHS,
    )  # fmt: skip


@blueprint.route("/pay/raises/<int:list_id>/print", access=P.PAY_VIEW)
def print_raise_list(list_id: int) -> ResponseReturnValue:
    """Show a list as it is printed and signed: those proposed, on their way or decided."""
    one = queries.get_list(actor(), list_id)
    found = [row for row in queries.list_everybody(list_id, asked_items()) if row.item.state != "left_out"]
    return render_template(
        "pay/raises/print.html", one=one, rows=found, words=words,
        office=offices.offices([one.agency.id])[one.agency.id],
        back=url_for("pay.raise_list", list_id=list_id, **kept("state", "kind", "q")),
    )  # fmt: skip
