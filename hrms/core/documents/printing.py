"""What domains call: papers in, one file out, by the template in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, select

from hrms.core import hooks
from hrms.core.db import db
from hrms.core.documents.models import DocumentTemplate
from hrms.core.documents.paper import Paper, Printable
from hrms.core.documents.press import FOREIGN, HERE, OWN, Fault, Form, run
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem

OFFICIAL = "official"
"""The kind whose template serves every kind without one of its own."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The template a kind of paper is printed with: the program's own when `template_id` is None."""

    content: bytes
    template_id: int | None = None
    kind: str = OFFICIAL


def render_pdf(papers: Sequence[Printable], kind: str = OFFICIAL) -> bytes:
    """Return the papers as one PDF, each on pages of its own that are numbered from 1.

    `kind` is a key of `hooks.paper_kinds`. Raises `Refused` when an uploaded template does not print them, `ValueError`
    for no papers.
    """
    return _render(papers, kind, Form.TYPST)


def render_docx(paper: Paper, kind: str = OFFICIAL) -> bytes:
    """Return one paper as a Word file; raises as `render_pdf`."""
    return _render([paper], kind, Form.DOCX)


def render_docx_batch(papers: Sequence[Paper], kind: str = OFFICIAL) -> bytes:
    """Return the papers as one Word file, each in a section of its own; raises as `render_pdf`."""
    return _render(papers, kind, Form.DOCX)


def built_in(form: Form) -> bytes:
    """Return the program's own template."""
    if form is Form.TYPST:
        return (HERE / "typst" / "official.typ").read_bytes()
    from hrms.core.documents import word  # half a second of imports that only Word files need

    return word.built_in()


def layout_of(kind: str) -> bytes | None:
    """Return the program's own Typst template of a kind with a layout of its own, None for a usual paper."""
    known = hooks.paper_kinds.get(kind)
    return known.layout if known else None


def forms_of(kind: str) -> tuple[Form, ...]:
    """Return what a kind is printed as: a layout of its own is PDF only."""
    return tuple(Form) if layout_of(kind) is None else (Form.TYPST,)


def in_force(kind: str, form: Form) -> InForce:
    """Return the template papers of a kind are printed with now: its own, else the common one, else the program's.

    A kind with a layout of its own has nothing in common with the others: its own, else the program's for it.
    """
    layout = layout_of(kind)
    kinds = {kind, OFFICIAL} if layout is None else {kind}
    found = db.session.execute(
        select(DocumentTemplate.content, DocumentTemplate.id, DocumentTemplate.kind)
        .where(
            DocumentTemplate.kind.in_(kinds),
            DocumentTemplate.form == form,
            DocumentTemplate.active_from.is_not(None),
            DocumentTemplate.active_to.is_(None),
        )
        .order_by(case((DocumentTemplate.kind == kind, 0), else_=1))
        .limit(1)
    ).first()
    if found:
        return InForce(found.content, found.id, found.kind)
    return InForce(built_in(form)) if layout is None else InForce(layout, kind=kind)


def problem_of(fault: Fault, field: str = "") -> Problem:
    """Return what is wrong with a template as a sentence for its author."""
    if fault.code == "time":
        words = N_("Mẫu in quá lâu nên đã dừng. Hãy bỏ vòng lặp hoặc phần tính toán nặng trong mẫu.")
    elif fault.code == "memory":
        words = N_("Mẫu cần quá nhiều bộ nhớ nên đã dừng. Hãy bỏ ảnh lớn hoặc vòng lặp trong mẫu.")
    elif "failed to download package" in fault.detail:
        words = N_("Mẫu gọi gói ngoài, mà chương trình không tải gì từ mạng. Hãy chép phần cần dùng vào mẫu.")
        return Problem(field, "template_package", words)
    elif fault.line is not None:
        words = N_("Mẫu không in được; dòng %(line)s, cột %(column)s: %(detail)s")
    elif fault.near:
        words = N_("Mẫu không in được; gần chỗ “%(near)s”: %(detail)s")
    else:
        words = N_("Mẫu không in được: %(detail)s")
    told = {"detail": fault.detail, "line": fault.line, "column": fault.column, "near": fault.near}
    return Problem(field, f"template_{fault.code}", words, told)


def _render(papers: Sequence[Printable], kind: str, form: Form) -> bytes:
    template = in_force(kind, form)
    if template.template_id is None:
        return run(form, template.content, papers, OWN)
    try:
        return run(form, template.content, papers, FOREIGN)
    except Fault as fault:
        own = problem_of(fault)
        rest = N_("Mẫu văn bản đang dùng có lỗi; hãy báo quản trị viên sửa mẫu hoặc dùng lại mẫu có sẵn.")
        raise Refused(Problem("", "template_in_force", rest), own) from fault
