"""A round taken out: the list as a paper, as a workbook."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from hrms.core import hooks
from hrms.core.documents import render_docx, render_pdf
from hrms.core.errors import Forbidden
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.pay.papers import incentives as papers
from hrms.pay.queries import payouts as queries
from hrms.pay.queries.payouts import Opened
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives import words
from hrms.pay.routes.incentives.rounds import asked_list, opened, share_filters
from hrms.pay.rules.schemes import PAYOUT_STATES, PURPOSE_LABELS, STEP_WORDS, PayoutState, Purpose, Step
from hrms.people.queries.filters import Reach
from hrms.people.services import export as exports
from hrms.positions.queries.part import Part
from hrms.positions.routes.seeing.asking import send_figures, send_names

P = Permission
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXPORT = P.PEOPLE_EXPORT
HEADERS = (
    N_("Cơ quan"), N_("Quy chế"), N_("Loại chi"), N_("Kỳ"), N_("Việc"), N_("Tình trạng"), N_("Số người"),
    N_("Quỹ lương của kỳ (đồng)"), N_("Quỹ (đồng)"), N_("Giữ cho thưởng đột xuất (đồng)"), N_("Đã chia (đồng)"),
    N_("Còn lại trong quỹ (đồng)"), N_("Ngày quyết định"),
)  # fmt: skip


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


@blueprint.route("/pay/incentives/rounds.xlsx", access=P.PAY_VIEW)
def export_incentives() -> ResponseReturnValue:
    """Give the rounds that the address of the list shows as a workbook, one row each; no names of people are in it."""
    part, filters = asked_list()
    rows = [
        [
            row.agency, row[0].terms["name"], render(PURPOSE_LABELS[Purpose(row.purpose)]),
            words.period_words(row[0].year, row[0].quarter), render(STEP_WORDS[Step(row[0].step)]),
            render(PAYOUT_STATES[PayoutState(row[0].state)]), row.people, row[0].salary_fund, row[0].fund,
            row[0].reserved, row[0].shared, row[0].remainder, row[0].decided_on,
        ]
        for row in queries.all_rounds(actor(), filters)
    ]  # fmt: skip
    return send_figures(
        "incentive_rounds", _("Các đợt chi"), [render(one) for one in HEADERS], rows, "cac-dot-chi.xlsx", part,
        widths=(40, 36, 20, 14, 18, 24, 10, 20, 18, 18, 18, 18, 14),
    )  # fmt: skip


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
