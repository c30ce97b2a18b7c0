"""What new texts of the law register: the menu, the job, the words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks, tasks
from hrms.core.i18n import N_, render
from hrms.pay import law_jobs
from hrms.pay.queries import text_checks
from hrms.pay.routes.law.words import READ
from hrms.pay.services.changes import ENTITY, JOB

__all__ = ["law_jobs", "register"]
GROUP = N_("Tiền lương")
_SENTENCES: dict[str, str] = {
    "written": N_("soạn văn bản “%(text)s” về tiền lương"),
    "edited": N_("sửa văn bản “%(text)s” về tiền lương"),
    "rows_written": N_("ghi các mức của văn bản “%(text)s”"),
    "removed": N_("xóa bản thảo văn bản “%(text)s”"),
    "applied": N_("áp dụng văn bản “%(text)s”"),
    "undone": N_("bỏ áp dụng văn bản “%(text)s”"),
}
_FIELDS: dict[str, str] = {
    "text": N_("Văn bản"), "number": N_("Số, ký hiệu văn bản"), "title": N_("Trích yếu"), "signed_on": N_("Ngày ký"),
    "valid_from": N_("Áp dụng từ ngày"), "source": N_("Nguồn"), "mark": N_("Độ chắc chắn"), "note": N_("Ghi chú"),
    "rows": N_("Số dòng"),
}  # fmt: skip


def register() -> None:
    """Leave the part of texts in the core's registries."""
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Văn bản về tiền lương"), "pay.decrees", READ, 690))
    tasks.kinds[JOB] = tasks.Kind(N_("Xem trước văn bản mới về tiền lương"), "/pay/law")
    hooks.entity_links[ENTITY] = lambda found: url_for("pay.decree", change_id=found)
    words = N_("bảng lương, ngạch mà danh sách dùng đúng với mức đang áp dụng")
    hooks.checks.append(hooks.Check(words, text_checks.check))
    for verb, words in _SENTENCES.items():
        hooks.sentences[f"{ENTITY}.{verb}"] = _sentence(words)
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(f"{ENTITY}.{name}", words)


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def said(event: Mapping[str, Any]) -> str:
        return render(words, text=(event.get("after") or event.get("before") or {}).get("text") or "")

    return said
