"""What the trail registers: its menu entry, the daily seal, the check that the seals hold, words of common fields."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from hrms.audit import services
from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission

FIELD_LABELS = {
    "rows": N_("Số dòng"),
    "name": N_("Tên"),
    "kind": N_("Loại"),
    "code": N_("Mã"),
    "reason": N_("Lý do"),
    "note": N_("Ghi chú"),
    "valid_from": N_("Từ ngày"),
    "valid_to": N_("Đến trước ngày"),
    "filters": N_("Điều kiện lọc"),
    "format": N_("Dạng tệp"),
}


def register(app: Flask) -> None:
    """Register the entry of the menu, the daily seal, the check, the sentences and words."""
    del app
    hooks.menu.append(hooks.MenuItem(N_("Quản trị"), N_("Nhật ký"), "audit.index", (Permission.AUDIT_VIEW,), 90))
    hooks.daily.append(services.seal_daily)
    hooks.checks.append(hooks.Check(N_("niêm phong nhật ký"), check_seals))
    hooks.sentences["audit.exported"] = lambda e: _(
        "xuất nhật ký, %(rows)s dòng", rows=(e.get("after") or {}).get("rows", "")
    )
    hooks.field_labels.update(FIELD_LABELS)


def check_seals() -> Sequence[str]:
    """Return what is wrong with the seals, in words that name ids only."""
    found = services.verify(Actor.system())
    said = []
    if found.bad_seal is not None:
        said.append(_("niêm phong số %(number)s không khớp", number=found.bad_seal))
    if found.first_bad is not None:
        said.append(_("sự kiện số %(number)s bị sửa, xóa hoặc chèn ngoài chương trình", number=found.first_bad))
    return said
