"""What imports lend to the rest: a menu entry, the first page's card of batches under way, sentences of the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, url_for

from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission
from hrms.imports import jobs, queries
from hrms.imports.rules import state_words
from hrms.imports.services import storage

__all__ = ["jobs", "register"]

CARD_ROWS = 5


def register(app: Flask) -> None:
    """Register the entry of the menu, the card, the sentences, and the daily removal of old uploads."""
    del app
    hooks.menu.append(
        hooks.MenuItem(N_("Hằng ngày"), N_("Nhập dữ liệu"), "imports.index", (Permission.IMPORTS_RUN,), 60)
    )
    hooks.menu.append(
        hooks.MenuItem(
            N_("Vị trí việc làm"), N_("Nhập danh sách vị trí"), "position_import.bring",
            (Permission.POSITIONS_MANAGE,), 365,
        )
    )  # fmt: skip
    hooks.cards.append(hooks.Card("imports/_home.html", open_batches, 60))
    hooks.daily.append(storage.sweep)
    hooks.entity_links["position_import"] = lambda list_id: url_for("position_import.show", list_id=list_id)
    hooks.entity_links["import"] = lambda batch_id: url_for("imports.show", batch_id=batch_id)
    for name, words in _LABELS.items():
        hooks.field_labels.setdefault(name, words)
    hooks.sentences.update({
        "import.uploaded": lambda e: _("tải lên tệp %(name)s để nhập dữ liệu", name=_of(e, "filename")),
        "import.applied": lambda e: _(
            "áp dụng đợt nhập: %(created)s hồ sơ mới, %(updated)s thay đổi, %(refused)s dòng bị từ chối",
            created=_of(e, "created"), updated=_of(e, "updated"), refused=_of(e, "refused"),
        ),
        "import.undone": lambda e: _(
            "hoàn tác đợt nhập: xóa %(deleted)s, trả lại %(restored)s, giữ nguyên %(kept)s hồ sơ",
            deleted=_of(e, "deleted"), restored=_of(e, "restored"), kept=_of(e, "kept"),
        ),
        "decision.register_imported": lambda e: _(
            "nhập sổ quyết định từ tệp %(name)s: thêm %(created)s, %(unchanged)s đã có, %(refused)s dòng bị từ chối",
            name=_of(e, "filename"), created=_of(e, "created"), unchanged=_of(e, "unchanged"),
            refused=_of(e, "refused"),
        ),
        "positions.list_imported": lambda e: _(
            "nhập danh sách vị trí việc làm từ tệp %(name)s: %(created)s vị trí mới, %(updated)s thay đổi",
            name=_of(e, "filename"), created=_of(e, "created"), updated=_of(e, "updated"),
        ),
        "positions.list_undone": lambda e: _(
            "hoàn tác danh sách vị trí việc làm: hủy %(reversed)s bút toán, trả lại %(restored)s vị trí",
            reversed=_of(e, "reversed"), restored=_of(e, "restored"),
        ),
        "import.cancelled": lambda e: _("hủy đợt nhập tệp %(name)s", name=_of(e, "filename")),
        "import.refused_exported": lambda e: _("tải tệp %(rows)s dòng bị từ chối của đợt nhập", rows=_of(e, "rows")),
        "mapping.saved": lambda e: _("lưu cách ghép cột “%(name)s”", name=_of(e, "name")),
        "person.import_created": lambda e: _(
            "tạo hồ sơ từ dòng %(row)s của đợt nhập số %(batch)s", row=_of(e, "row"), batch=_of(e, "batch")
        ),
        "person.import_changed": lambda e: _("cập nhật hồ sơ từ đợt nhập số %(batch)s", batch=_of(e, "batch")),
        "person.import_deleted": lambda e: _(
            "xóa hồ sơ %(name)s khi hoàn tác đợt nhập số %(batch)s", name=_of(e, "name"), batch=_of(e, "batch")
        ),
        "person.import_restored": lambda e: _("trả hồ sơ về như trước đợt nhập số %(batch)s", batch=_of(e, "batch")),
    })  # fmt: skip


_LABELS = {
    "filename": N_("Tên tệp"), "size": N_("Dung lượng (byte)"), "hash": N_("Mã băm của tệp"), "rows": N_("Số dòng"),
    "accepted": N_("Số dòng đạt"), "refused": N_("Số dòng bị từ chối"), "created": N_("Hồ sơ mới"),
    "updated": N_("Hồ sơ thay đổi"), "unchanged": N_("Hồ sơ không đổi"), "deleted": N_("Hồ sơ đã xóa"),
    "restored": N_("Hồ sơ được trả lại"), "kept": N_("Hồ sơ giữ nguyên"), "batch": N_("Đợt nhập số"),
    "row": N_("Dòng"), "reversed": N_("Bút toán đã hủy"), "moved": N_("Số vị trí thay đổi số lượng"),
}  # fmt: skip


def _of(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name, ""))


def open_batches(actor: Actor) -> Mapping[str, Any] | None:
    """Return the batches that wait for somebody or are at work, for the first page; None when there is none."""
    if not actor.may(Permission.IMPORTS_RUN):
        return None
    found = queries.list_open(actor, CARD_ROWS)
    return {"batches": found, "words": state_words} if found else None
