"""Several scenarios side by side: figures, pictures, a workbook."""

from __future__ import annotations

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.pay.queries import scenarios as queries
from hrms.pay.queries.scenarios import MOST_COMPARED, Look
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.whatif import books, showing
from hrms.pay.routes.whatif.asking import crumbs
from hrms.pay.routes.whatif.scenarios import EXCEL
from hrms.pay.routes.whatif.showing import Column
from hrms.pay.routes.whatif.words import describe, signed
from hrms.pay.services import scenarios as services

P = Permission
MOST_DIGITS = 18


def _chosen() -> tuple[list[Column], list[Look]]:
    """Return the computed scenarios the address names, and those of them not computed yet. Raises `Refused`."""
    given = [part for value in request.args.getlist("ids") for part in value.split(",") if part.strip()]
    ids = [int(one) for one in given if one.strip().isascii() and one.strip().isdigit() and len(one) <= MOST_DIGITS]
    if len(ids) != len(given) or len(set(ids)) > MOST_COMPARED:
        words = N_("Chọn nhiều nhất %(most)s phương án để so sánh. Hãy mở lại danh sách và chọn.")
        raise Refused(Problem("ids", "unknown", words, {"most": MOST_COMPARED}))
    who = actor()
    looks = [one for one in queries.list_chosen(ids) if who.may(P.PAY_VIEW, at=one.agency.scope_ids)]
    return [Column(one, one.cost) for one in looks if one.cost], [one for one in looks if one.cost is None]


@blueprint.route("/pay/what-if/compare", access=P.PAY_VIEW)
def compare() -> ResponseReturnValue:
    """Show computed scenarios beside each other."""
    columns, waiting = _chosen()
    series, bars = showing.change_bars(columns)
    ids = ",".join(str(one.look.found.id) for one in columns)
    return render_template(
        "pay/whatif/compare.html", columns=columns, waiting=waiting, lines=showing.compared(columns) if columns else [],
        agencies=showing.compared_agencies(columns) if columns else [], series=series, bars=bars, view=showing,
        describe=describe, signed=signed, crumbs=crumbs(),
        file_url=url_for("pay.export_comparison", ids=ids) if columns else None,
        different=_differences(columns),
    )  # fmt: skip


def _differences(columns: list[Column]) -> str:
    """Return the sentence that says in what compared scenarios are not alike besides what they suppose."""
    if len({one.look.agency.id for one in columns}) > 1:
        return _("Các phương án tính cho cơ quan khác nhau: số tuyệt đối không so được với nhau.")
    if len({(one.look.found.starts_on, one.look.found.years) for one in columns}) > 1:
        return _("Các phương án có thời gian khác nhau: hãy so theo tháng, theo năm, không so tổng.")
    return ""


@blueprint.route("/pay/what-if/compare.xlsx", access=P.PAY_VIEW)
def export_comparison() -> ResponseReturnValue:
    """Give a comparison as a workbook."""
    columns, _waiting = _chosen()
    if not columns:
        raise Refused(Problem("ids", "nothing", N_("Chưa có phương án nào đã tính để so sánh. Hãy chọn lại.")))
    with transaction():
        services.note_export(actor(), [one.look for one in columns])
    made = books.book_of_several(columns)
    return send_file(made, EXCEL, as_attachment=True, download_name="so-sanh-phuong-an.xlsx")
