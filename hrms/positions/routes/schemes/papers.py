"""A scheme as files: the whole with its annexes as PDF and Word, annex 9 as a workbook."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from hrms.audit import services as audit
from hrms.core import workbook
from hrms.core.documents import render_docx, render_pdf
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.positions.papers import scheme as papers
from hrms.positions.queries.scheme_look import look
from hrms.positions.queries.scheme_staff import list_staff
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.schemes.path import opened
from hrms.positions.services.schemes.hands import tell

VIEW = Permission.POSITIONS_VIEW
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ONE = "/positions/schemes/<int:scheme_id>"


@blueprint.route(f"{_ONE}/de-an.pdf", access=VIEW, endpoint="scheme_pdf")
def pdf(scheme_id: int) -> ResponseReturnValue:
    """Give the scheme with its annexes as a PDF."""
    return _printed(scheme_id, "pdf")


@blueprint.route(f"{_ONE}/de-an.docx", access=VIEW, endpoint="scheme_docx")
def docx(scheme_id: int) -> ResponseReturnValue:
    """Give the scheme with its annexes as a Word file."""
    return _printed(scheme_id, "docx")


def _printed(scheme_id: int, form: str) -> ResponseReturnValue:
    found = opened(scheme_id)
    looked = look(found.scheme)
    # Annexes 4 and 5 are about people: for whom the reader may not see as such they stay empty.
    sees = actor().may(Permission.PEOPLE_VIEW, at=found.scheme.scope_ids)
    staff = list_staff([unit.id for unit in looked.units], found.scheme.quota_kind) if sees else []
    made = papers.scheme_paper(looked, staff)
    content = render_pdf([made], papers.KEY) if form == "pdf" else render_docx(made, papers.KEY)
    with transaction():
        tell(actor(), "position_scheme.printed", found.scheme, {"people": len(staff)})
        audit.mark_read(actor(), "position_schemes.papers", max(1, len(staff)))
    return send_file(
        BytesIO(content), mimetype=PDF if form == "pdf" else WORD, as_attachment=True,
        download_name=f"de-an-vi-tri-viec-lam-{scheme_id}.{form}",
    )  # fmt: skip


@blueprint.route(f"{_ONE}/tong-hop.xlsx", access=VIEW, endpoint="scheme_summary")
def summary(scheme_id: int) -> ResponseReturnValue:
    """Give annex 9 as a workbook."""
    found = opened(scheme_id)
    rows = papers.summary_rows(look(found.scheme))
    with transaction():
        tell(actor(), "position_scheme.exported", found.scheme, {"rows": len(rows)})
        audit.mark_read(actor(), "position_schemes.summary", len(rows))
    headers = [render(words) for words in papers.SUMMARY_HEADERS]
    made = workbook.in_memory(_("Phụ lục 9"), headers, rows, widths=(46, 36, 14, 14, 24, 30))
    return send_file(made, as_attachment=True, download_name=f"phu-luc-9-{scheme_id}.xlsx")
