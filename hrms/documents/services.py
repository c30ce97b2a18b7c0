"""Writes: upload a template, try it on made-up papers, put it in force, go back to the program's own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text, update

from hrms.audit import services as audit
from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.documents.models import DocumentTemplate
from hrms.core.documents.paper import Printable
from hrms.core.documents.press import TRIAL, Fault, Form, run
from hrms.core.documents.printing import OFFICIAL, forms_of, in_force, problem_of
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.documents import queries, rules
from hrms.figures.services import province_closure

P = Permission.DOCUMENTS_MANAGE
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('document_templates', 0))")


def upload(actor: Actor, key: str, name: str, content: bytes) -> DocumentTemplate:
    """Keep a template for a kind of paper; it is not in force yet. `name` is the file's, its ending says the form.

    Raises `NotFound` for a kind nobody registered, `Refused` for a file that is no template.
    """
    reach = province_closure()
    actor.require(P, at=reach)
    queries.get_kind(key)
    refuse_if(rules.file_problems(name, content))
    if rules.form_of(name) not in forms_of(key):
        words = N_("Loại văn bản này chỉ in PDF. Hãy chọn tệp .typ.")
        raise Refused(Problem("file", "pdf_only", words))
    made = DocumentTemplate(
        kind=key, form=str(rules.form_of(name)), file_name=name[-120:], content=content,
        uploaded_by=actor.account_id, uploaded_name=actor.name,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _note(actor, "template.uploaded", made, reach)
    return made


def try_out(actor: Actor, template_id: int) -> bytes:
    """Return the made-up papers as the template prints them, and note that it does.

    Raises `NotFound`, or `Refused` with what is wrong and where.
    """
    actor.require(P, at=province_closure())
    template = queries.get_template(template_id)
    printed = _print(template, sample_papers(template.kind, Form(template.form)))
    template.tried_at = clock.now()
    return printed


def activate(actor: Actor, template_id: int) -> DocumentTemplate:
    """Put a template in force for its kind from now on; one that was in force before comes back as a new version.

    It is tried once more on every kind of paper it would print. Raises `NotFound`, or `Refused` when it does not print
    or is in force already.
    """
    reach = province_closure()
    actor.require(P, at=reach)
    db.session.execute(_LOCK)
    template = queries.get_template(template_id)
    if template.active_from is not None and template.active_to is None:
        raise Refused(Problem("", "in_force", N_("Mẫu này đang được dùng.")))
    form = Form(template.form)
    _print(template, sample_papers(template.kind, form))
    now = clock.now()
    before = _end(template.kind, form)
    if template.active_from is not None:
        template = DocumentTemplate(
            kind=template.kind, form=template.form, file_name=template.file_name, content=template.content,
            uploaded_by=actor.account_id, uploaded_name=actor.name,
        )  # fmt: skip
        db.session.add(template)
    template.tried_at = template.active_from = now
    db.session.flush()
    _note(actor, "template.activated", template, reach, before=before)
    return template


def go_back(actor: Actor, key: str, form: Form) -> bool:
    """Let a kind be printed again with the common or built-in template; False when it is already."""
    reach = province_closure()
    actor.require(P, at=reach)
    db.session.execute(_LOCK)
    queries.get_kind(key)
    before = _end(key, form)
    if before is None:
        return False
    after = {"kind": key, "form": form.value, "file": ""}
    audit.record(actor, "template.withdrawn", "template", before.id, scope_ids=reach, before=_told(before), after=after)
    return True


def sample_papers(key: str, form: Form) -> list[Printable]:
    """Return the made-up papers a template of a kind has to print: its own, and those of all kinds that follow it."""
    keys = [key]
    if key == OFFICIAL:
        keys += [row.key for row in queries.list_kinds() for one in row.present if one.form is form and one.common]
    return [paper for each in keys for paper in hooks.paper_kinds[each].sample()]


def print_sample(actor: Actor, key: str, form: Form) -> bytes:
    """Return a kind's made-up papers as they print now. Raises `NotFound`, or `Refused` when they do not."""
    actor.require(P, at=province_closure())
    queries.get_kind(key)
    try:
        return run(form, in_force(key, form).content, list(hooks.paper_kinds[key].sample()), TRIAL)
    except Fault as fault:
        raise Refused(problem_of(fault)) from fault


def _print(template: DocumentTemplate, papers: Sequence[Printable]) -> bytes:
    try:
        return run(Form(template.form), template.content, papers, TRIAL)
    except Fault as fault:
        raise Refused(problem_of(fault)) from fault


def _end(key: str, form: Form) -> DocumentTemplate | None:
    """End what is in force for a kind and a form; returns it."""
    found = db.session.scalars(
        select(DocumentTemplate).where(
            DocumentTemplate.kind == key,
            DocumentTemplate.form == form,
            DocumentTemplate.active_from.is_not(None),
            DocumentTemplate.active_to.is_(None),
        )
    ).one_or_none()
    if found is not None:
        db.session.execute(
            update(DocumentTemplate).where(DocumentTemplate.id == found.id).values(active_to=clock.now())
        )
    return found


def _told(template: DocumentTemplate) -> dict[str, str]:
    return {"kind": template.kind, "form": template.form, "file": template.file_name}


def _note(
    actor: Actor,
    action: str,
    template: DocumentTemplate,
    reach: Sequence[int],
    before: DocumentTemplate | None = None,
) -> None:
    audit.record(
        actor, action, "template", template.id, scope_ids=reach, before=_told(before) if before else None,
        after=_told(template),
    )  # fmt: skip
