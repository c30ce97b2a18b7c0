"""A round taken out: the list as a paper, as a workbook."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from hrms.core import hooks
from hrms.core.documents import render_docx, render_pdf
from hrms.core.errors import Forbidden
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.pay.papers import incentives as papers
from hrms.pay.queries import payouts as queries
from hrms.pay.queries.payouts import Opened
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives.rounds import opened, share_filters
from hrms.pay.rules.schemes import Purpose
from hrms.people.queries.filters import Reach
from hrms.people.services import export as exports
from hrms.positions.queries.part import Part
from hrms.positions.routes.seeing.asking import send_names

P = Permission
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXPORT = P.PEOPLE_EXPORT


def _named(one: Opened) -> tuple[list[papers.Named], list[object]]:
    found = list(queries.list_shares(one, share_filters(), limit=None).items)
    return [
        papers.Named(
            row.full_name, row.staff_code or "", row.unit, row.rating, row.months, row.coefficient, row.amount,
            row.advanced, row.due, row.left_out, row.note,
        )
        for row in found
    ], found  # fmt: skip


def _name(one: Opened) -> str:
    period = str(one.found.year) if one.found.quarter is None else f"{one.found.year}-quy-{one.found.quarter}"
    return f"danh-sach-chi-{period}-{one.found.id}"


@blueprint.route("/pay/incentives/<int:incentive_id>/list.<any(pdf, docx):form>", access=P.PAY_VIEW)
def print_incentive(incentive_id: int, form: str) -> ResponseReturnValue:
    """Give the list of a round as a paper; noted in the trail, and counted like every list taken out."""
    one, who = opened(incentive_id), actor()
    who.require(EXPORT, at=one.agency.scope_ids)
    people, _rows = _named(one)
    decision = ""
    if one.found.decision_id:
        described = hooks.papers[0].describe([one.found.decision_id]).get(one.found.decision_id)
        decision = f"Quyết định số {described['reference']}" if described else "Quyết định chi"
    said = papers.Said(
        offices.offices([one.agency.id])[one.agency.id], Purpose(one.scheme.purpose), one.step, one.found.year,
        one.found.quarter, str(one.found.terms["name"]), one.found.fund, one.found.reserved, one.found.remainder,
        people, decision, one.found.decided_on,
    )  # fmt: skip
    made = papers.shares(said)
    content = render_pdf([made], papers.SHARES) if form == "pdf" else render_docx(made, papers.SHARES)
    with transaction():
        locked = exports.note_export(who, "incentive_shares", len(people), Reach((one.agency.id,), one.agency.id))
    if locked:
        raise Forbidden(exports.BULK_LOCKED)
    kind = "application/pdf" if form == "pdf" else WORD
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=f"{_name(one)}.{form}")


@blueprint.route("/pay/incentives/<int:incentive_id>/list.xlsx", access=P.PAY_VIEW)
def export_incentive(incentive_id: int) -> ResponseReturnValue:
    """Give the shares that the address shows as a workbook for the accountant."""
    one, who = opened(incentive_id), actor()
    who.require(EXPORT, at=one.agency.scope_ids)
    people, found = _named(one)
    part = Part((one.agency.id,), one.agency.id, one.agency)
    return send_names(
        "incentive_shares", papers.period_of(one.found.year, one.found.quarter).capitalize(), papers.HEADERS,
        papers.rows(found, people), f"{_name(one)}.xlsx", part, widths=papers.WIDTHS,
    )  # fmt: skip
