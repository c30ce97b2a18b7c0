"""Reads: kinds of papers with the templates they are printed with, the versions of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from hrms.core import hooks
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.documents.models import DocumentTemplate
from hrms.core.documents.press import Form
from hrms.core.documents.printing import OFFICIAL, forms_of, layout_of

_IN_FORCE = (DocumentTemplate.active_from.is_not(None), DocumentTemplate.active_to.is_(None))


@dataclass(frozen=True, slots=True)
class Present:
    """What one form of a kind is printed with now: an uploaded template, or None for the program's own.

    `common` says that the kind has none of its own and follows the common template, or the program's.
    """

    form: Form
    template: DocumentTemplate | None
    common: bool = False


@dataclass(frozen=True, slots=True)
class KindRow:
    """A registered kind of paper and what it is printed with."""

    key: str
    name: str
    present: Sequence[Present]


def list_kinds() -> list[KindRow]:
    """Return every registered kind, the common one first, the others by their key."""
    found = {(row.kind, row.form): row for row in db.session.scalars(select(DocumentTemplate).where(*_IN_FORCE))}
    rows = []
    for key in sorted(hooks.paper_kinds, key=lambda key: (key != OFFICIAL, key)):
        present = []
        apart = layout_of(key) is not None
        for form in forms_of(key):
            own, common = found.get((key, form.value)), found.get((OFFICIAL, form.value))
            if apart:
                present.append(Present(form, own))
                continue
            present.append(Present(form, own or common, common=own is None and key != OFFICIAL))
        rows.append(KindRow(key, hooks.paper_kinds[key].name, present))
    return rows


def get_kind(key: str) -> KindRow:
    """Return one registered kind. Raises `NotFound`."""
    if key not in hooks.paper_kinds:
        raise missing("template_key")
    return next(row for row in list_kinds() if row.key == key)


def list_versions(key: str) -> Sequence[DocumentTemplate]:
    """Return what was uploaded for a kind, newest first, without the contents."""
    return db.session.scalars(
        select(DocumentTemplate).where(DocumentTemplate.kind == key).order_by(DocumentTemplate.id.desc())
    ).all()


def get_template(template_id: int) -> DocumentTemplate:
    """Return one uploaded template. Raises `NotFound`."""
    found = db.session.get(DocumentTemplate, template_id)
    if found is None or found.kind not in hooks.paper_kinds:
        raise missing("template")
    return found


def get_form(name: str, key: str = OFFICIAL) -> Form:
    """Return the form of a kind by its name. Raises `NotFound`."""
    if name not in {form.value for form in forms_of(key)}:
        raise missing("template_form")
    return Form(name)
