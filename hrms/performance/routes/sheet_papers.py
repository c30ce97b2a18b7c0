"""Mẫu 01 as PDF and Word, of one sheet and of all of a period."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.documents import Paper, render_docx, render_docx_batch, render_pdf
from hrms.core.errors import Refused
from hrms.core.i18n import N_, render
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.performance.models import ScoringPeriod
from hrms.performance.papers import sheet as papers
from hrms.performance.queries import sheet_lists as lists
from hrms.performance.queries import sheet_pages as pages
from hrms.performance.queries.sheet_pages import Look
from hrms.performance.routes import sheet_view as view
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.work import ITEM_KIND_LABELS, REPORTED_LABELS, ItemKind, Reported, SheetState

P = Permission
SEES = (P.PERFORMANCE_VIEW, P.SELF_VIEW)
MOST = 500
"""Sheets in one file."""
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def papers_of(found: Sequence[Look], own_person: int | None) -> list[Paper]:
    """Return sheets as papers, in Vietnamese; two statements. What is not published is not the owner's to see."""
    issuers = offices.offices({one.sheet.authority_id or one.sheet.agency_id for one in found})
    with force_locale("vi"):
        return [_paper(one, issuers[one.sheet.authority_id or one.sheet.agency_id], own_person) for one in found]


def _paper(found: Look, office: offices.Office, own_person: int | None) -> Paper:
    sheet = found.sheet
    published = sheet.state == SheetState.PUBLISHED
    seen = published or (sheet.state == SheetState.SCORED and sheet.person_id != own_person)
    groups = view.groups_of(found)
    return papers.paper(
        papers.Sheet(
            office=office, period=view.period_words(sheet.kind, sheet.number, sheet.year), name=found.who.full_name,
            code=found.who.staff_code or "", post=found.who.post or "", unit=found.agency, year=sheet.year,
            products=[
                papers.Product(
                    one.item.title, one.item.units, render(ITEM_KIND_LABELS[ItemKind(one.item.kind)]),
                    render(REPORTED_LABELS[Reported(one.item.reported)]), one.item.done if seen else None,
                    one.item.failed_checks, one.item.late_count,
                )
                for one in found.given
            ],
            criteria=[
                papers.Row(one.text, one.most, one.own, one.found if seen else None, "" if place else group.name)
                for group in groups
                for place, one in enumerate(group.criteria)
            ],
            leading=[
                papers.Row(one.label, view.ONE, one.own, one.found if seen else None) for one in view.leader_rows(found)
            ],
            quantity=sheet.quantity if seen else None, quality=sheet.quality if seen else None,
            progress=sheet.progress if seen else None, ratio=sheet.ratio if seen else None,
            general=sheet.general_points if seen else None, result=sheet.result_points if seen else None,
            score=sheet.score if seen else None, own_score=sheet.self_score, own_note=sheet.self_note or "",
            note=(sheet.note or "") if seen else "", issued_on=sheet.published_on,
        )
    )  # fmt: skip


def _file(content: bytes, name: str, form: str) -> ResponseReturnValue:
    kind = "application/pdf" if form == "pdf" else _DOCX
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=f"{name}.{form}")


def _one(sheet_id: int, form: str) -> ResponseReturnValue:
    found = pages.look(sheet_id, events=False)
    made = papers_of([found], actor().person_id)[0]
    content = render_pdf([made], papers.KEY) if form == "pdf" else render_docx(made, papers.KEY)
    if not actor().is_holder(found.who.person_id):
        with transaction():
            audit.record(
                actor(), "sheet.printed", "sheet", sheet_id, person_id=found.who.person_id,
                scope_ids=list(found.who.scope_ids), after={"format": form},
            )  # fmt: skip
    sheet = found.sheet
    return _file(content, f"mau-01-{sheet.year}-{sheet.kind[0]}{sheet.number:02d}-{sheet_id}", form)


@blueprint.route("/performance/sheets/<int:sheet_id>/form.pdf", access=SEES)
def sheet_pdf(sheet_id: int) -> ResponseReturnValue:
    """Give Mẫu 01 of a sheet as PDF."""
    return _one(sheet_id, "pdf")


@blueprint.route("/performance/sheets/<int:sheet_id>/form.docx", access=SEES)
def sheet_docx(sheet_id: int) -> ResponseReturnValue:
    """Give Mẫu 01 of a sheet as a Word file."""
    return _one(sheet_id, "docx")


def _all(period_id: int, form: str) -> ResponseReturnValue:
    actor().require(P.PERFORMANCE_VIEW)
    period = db.session.get(ScoringPeriod, period_id)
    agency = db.session.get(Agency, period.agency_id) if period else None
    if period is None or agency is None or not actor().may(P.PEOPLE_EXPORT, at=agency.scope_ids):
        raise missing("period")
    ids = [row.id for row in lists.list_of_period(period_id, limit=MOST + 1).items]
    if not ids or len(ids) > MOST:
        words = N_("Kỳ này có %(n)s phiếu; một tệp in được từ 1 đến %(most)s phiếu. Hãy in theo từng đơn vị nhỏ hơn.")
        raise Refused(Problem("", "too_many", words, {"n": len(ids), "most": MOST}))
    made = papers_of(pages.looks(ids), actor().person_id)
    content = render_pdf(made, papers.KEY) if form == "pdf" else render_docx_batch(made, papers.KEY)
    with transaction():
        audit.record(
            actor(), "period.printed", "period", period_id, agency_id=agency.id, scope_ids=agency.scope_ids,
            after={"rows": len(ids), "format": form},
        )  # fmt: skip
        audit.mark_read(actor(), "performance.sheets", len(ids))
    return _file(content, f"mau-01-{period.year}-{period.kind[0]}{period.number:02d}-ky-{period_id}", form)


@blueprint.route("/performance/periods/<int:period_id>/forms.pdf", access=P.PEOPLE_EXPORT)
def period_pdf(period_id: int) -> ResponseReturnValue:
    """Give Mẫu 01 of everybody of a period as one PDF."""
    return _all(period_id, "pdf")


@blueprint.route("/performance/periods/<int:period_id>/forms.docx", access=P.PEOPLE_EXPORT)
def period_docx(period_id: int) -> ResponseReturnValue:
    """Give Mẫu 01 of everybody of a period as one Word file."""
    return _all(period_id, "docx")
