"""What the domain registers: the common kind of paper, the menu entry, the sentences of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from hrms.core import hooks
from hrms.core.documents import OFFICIAL
from hrms.core.documents.press import Form
from hrms.core.i18n import N_, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import explain_constraint
from hrms.documents.rules import FORM_LABELS
from hrms.documents.samples import official_papers


def register(app: Flask) -> None:
    """Leave the domain's part in the core's registries."""
    del app
    hooks.paper_kinds[OFFICIAL] = hooks.PaperKind(N_("Mẫu chung theo Nghị định 30/2020/NĐ-CP"), official_papers)
    manage = (Permission.DOCUMENTS_MANAGE,)
    hooks.menu.append(hooks.MenuItem(N_("Hệ thống"), N_("Mẫu văn bản"), "documents.index", manage, 840))
    hooks.sentences["template.uploaded"] = _said(N_("tải lên mẫu “%(file)s” cho “%(kind)s” (%(form)s)"))
    hooks.sentences["template.activated"] = _said(N_("dùng mẫu “%(file)s” cho “%(kind)s” (%(form)s)"))
    hooks.sentences["template.withdrawn"] = _said(N_("dùng lại mẫu có sẵn cho “%(kind)s” (%(form)s)"))
    hooks.entity_labels["template"] = N_("Mẫu văn bản")
    hooks.field_labels.update({"template.form": N_("Dạng"), "template.file": N_("Tệp"), "template.kind": N_("Loại")})
    register_labels({Form(form): words for form, words in FORM_LABELS.items()})
    explain_constraint(
        "uq_document_templates_in_force",
        Problem("", "in_force", N_("Người khác vừa thay mẫu này. Hãy mở lại trang rồi xem mẫu đang dùng.")),
    )


def _said(words: str) -> Callable[[Mapping[str, Any]], str]:
    def sentence(event: Mapping[str, Any]) -> str:
        after = event.get("after") or {}
        kind, form = str(after.get("kind") or ""), str(after.get("form") or "")
        known = hooks.paper_kinds.get(kind)
        return render(
            words, file=after.get("file") or "", kind=render(known.name) if known else kind,
            form=render(FORM_LABELS[form]) if form in FORM_LABELS else form,
        )  # fmt: skip

    return sentence
