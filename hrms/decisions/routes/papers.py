"""Papers as files: the drafts and decisions of a submission, its tờ trình and checking sheet, a registered decision."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from hrms.audit import services as audit
from hrms.core.actor import missing
from hrms.core.documents import Paper, render_docx_batch, render_pdf
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions import papers, queries
from hrms.decisions.models import Decision, Submission
from hrms.decisions.routes.register import blueprint as decisions
from hrms.decisions.routes.submissions import blueprint

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
View = Permission.DECISIONS_VIEW
_ONE = "/decisions/submissions/<int:submission_id>"


@blueprint.route(f"{_ONE}/papers.pdf", access=queries.TAKING_PART)
def papers_pdf(submission_id: int) -> ResponseReturnValue:
    """Give every decision of a submission, drafted or signed, as one PDF."""
    return _decisions(submission_id, None, "pdf")


@blueprint.route(f"{_ONE}/papers.docx", access=queries.TAKING_PART)
def papers_docx(submission_id: int) -> ResponseReturnValue:
    """Give every decision of a submission as one Word file."""
    return _decisions(submission_id, None, "docx")


@blueprint.route(f"{_ONE}/lines/<int:line_id>/paper.pdf", access=queries.TAKING_PART)
def line_pdf(submission_id: int, line_id: int) -> ResponseReturnValue:
    """Give one person's decision as a PDF."""
    return _decisions(submission_id, line_id, "pdf")


@blueprint.route(f"{_ONE}/lines/<int:line_id>/paper.docx", access=queries.TAKING_PART)
def line_docx(submission_id: int, line_id: int) -> ResponseReturnValue:
    """Give one person's decision as a Word file."""
    return _decisions(submission_id, line_id, "docx")


@blueprint.route(f"{_ONE}/to-trinh.pdf", access=queries.TAKING_PART)
def submission_pdf(submission_id: int) -> ResponseReturnValue:
    """Give the tờ trình as a PDF."""
    return _submission(submission_id, "pdf")


@blueprint.route(f"{_ONE}/to-trinh.docx", access=queries.TAKING_PART)
def submission_docx(submission_id: int) -> ResponseReturnValue:
    """Give the tờ trình as a Word file."""
    return _submission(submission_id, "docx")


@blueprint.route(f"{_ONE}/checking-sheet.pdf", access=queries.TAKING_PART)
def checking_sheet_pdf(submission_id: int) -> ResponseReturnValue:
    """Give the checking sheet as a PDF."""
    submission = queries.get_submission(actor(), submission_id)
    printed = _print([papers.checking_sheet(submission)], papers.SHEET_KEY, "pdf")
    _note(submission, "bang-ra-soat", len(queries.list_lines(submission.id)))
    return _file(printed, f"bang-ra-soat-{submission.id}.pdf")


@decisions.route("/decisions/<int:decision_id>/paper.pdf", access=View)
def paper_pdf(decision_id: int) -> ResponseReturnValue:
    """Give a decision that came by the path as a PDF."""
    return _registered(queries.get_decision(decision_id), "pdf")


@decisions.route("/decisions/<int:decision_id>/paper.docx", access=View)
def paper_docx(decision_id: int) -> ResponseReturnValue:
    """Give a decision that came by the path as a Word file."""
    return _registered(queries.get_decision(decision_id), "docx")


def _decisions(submission_id: int, line_id: int | None, form: str) -> ResponseReturnValue:
    submission = queries.get_submission(actor(), submission_id)
    lines = None
    if line_id is not None:
        lines = queries.list_lines(submission.id, ids=[line_id])
        if not lines:
            raise missing("line")
    made = papers.decisions_of(submission, lines)
    printed = _print(made, papers.kind_key(submission), form)
    _note(submission, "quyet-dinh", max(len(made), sum(len(t.rows) for p in made for a in p.annexes for t in a.tables)))
    name = f"quyet-dinh-{submission.id}" if line_id is None else f"quyet-dinh-{submission.id}-{line_id}"
    return _file(printed, f"{name}.{form}")


def _submission(submission_id: int, form: str) -> ResponseReturnValue:
    submission = queries.get_submission(actor(), submission_id)
    printed = _print([papers.submission_paper(submission)], papers.SUBMISSION_KEY, form)
    _note(submission, "to-trinh", len(queries.list_lines(submission.id)))
    return _file(printed, f"to-trinh-{submission.id}.{form}")


def _registered(decision: Decision, form: str) -> ResponseReturnValue:
    submission, paper, people = papers.decision_of(decision)
    printed = _print([paper], papers.kind_key(submission), form)
    with transaction():
        audit.record(
            actor(), "decision.printed", "decision", decision.id, scope_ids=decision.scope_ids,
            agency_id=decision.issuer_agency_id, after={"number": decision.number, "symbol": decision.symbol},
        )  # fmt: skip
        audit.mark_read(actor(), "decisions.paper", people)
    return _file(printed, f"{decision.reference.replace('/', '-')}.{form}")


def _print(made: Sequence[Paper], key: str, form: str) -> bytes:
    return render_pdf(made, key) if form == "pdf" else render_docx_batch(made, key)


def _note(submission: Submission, paper: str, people: int) -> None:
    """Write into the trail that a paper was taken out, before it is handed over."""
    with transaction():
        audit.record(
            actor(), "submission.printed", "submission", submission.id, scope_ids=submission.party_ids,
            agency_id=submission.proposing_agency_id,
            after={"title": submission.title, "paper": paper, "people": people},
        )  # fmt: skip
        audit.mark_read(actor(), "submissions.papers", people)


def _file(content: bytes, name: str) -> ResponseReturnValue:
    kind = PDF if name.endswith(".pdf") else WORD
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
