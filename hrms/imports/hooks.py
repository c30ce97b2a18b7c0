"""What imports lend to the rest: a menu entry, the first page's card of batches under way, sentences of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.imports import (
    jobs,  # noqa: F401 - registers the jobs
    queries,
)
from hrms.imports.services import storage

STATE_LABELS: Mapping[str, str] = {
    "uploaded": N_("Chờ đọc"), "reading": N_("Đang đọc tệp"), "mapped": N_("Chờ ghép cột"),
    "checking": N_("Đang kiểm tra"), "ready": N_("Chờ áp dụng"), "applying": N_("Đang ghi"),
    "applied": N_("Đã áp dụng"), "undoing": N_("Đang hoàn tác"), "undone": N_("Đã hoàn tác"), "failed": N_("Không làm được"),
    "cancelled": N_("Đã hủy"),
}  # fmt: skip
TONES: Mapping[str, str] = {
    "mapped": "warn", "ready": "warn", "applied": "ok", "undone": "info", "failed": "bad", "cancelled": "none",
}  # fmt: skip
_SENTENCES: Mapping[str, str] = {
    "import.uploaded": N_("Tải lên tệp %(filename)s để nhập"),
    "import.applied": N_("Áp dụng đợt nhập: thêm %(created)s, sửa %(updated)s, từ chối %(refused)s dòng"),
    "import.undone": N_("Hoàn tác đợt nhập: xóa %(deleted)s, trả lại %(restored)s, giữ nguyên %(kept)s hồ sơ"),
    "import.cancelled": N_("Hủy đợt nhập tệp %(filename)s"),
    "mapping.saved": N_("Lưu cách ghép cột “%(name)s”"),
}


def register(app: Flask) -> None:
    """Register everything with the core's registries."""
    del app
    run = (Permission.IMPORTS_RUN,)
    hooks.menu.append(hooks.MenuItem(N_("Công cụ"), N_("Nhập dữ liệu"), "imports.index", run, 85))
    hooks.cards.append(hooks.Card("imports/_home.html", load_open, 30))
    hooks.daily.append(storage.sweep)
    for action, words in _SENTENCES.items():
        hooks.sentences.setdefault(action, _sentence(words))


def load_open(actor: Actor) -> Mapping[str, Any] | None:
    """Return what the first page says of batches under way, None for somebody without any."""
    if not actor.may(Permission.IMPORTS_RUN):
        return None
    found = queries.list_open(actor)
    return {"batches": found, "states": STATE_LABELS, "tones": TONES} if found else None


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def say(event: Mapping[str, Any]) -> str:
        after = event.get("after") or {}
        names = ("filename", "created", "updated", "refused", "deleted", "restored", "kept", "name")
        return render(words, **{name: after.get(name, "") for name in names})

    return say
