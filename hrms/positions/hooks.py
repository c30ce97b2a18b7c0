"""What positions register in the core and below: facts of people, loaders, menu, checks, words, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from hrms.core import hooks
from hrms.core.i18n import _
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.positions import establishing, frame_hooks, kinds, placing_hooks, scheme_hooks, seeing_hooks
from hrms.positions.rules.kinds import CATALOGUE_LABELS, FIT_LABELS, GROUP_LABELS, QUOTA_LABELS, ROLE_LABELS
from hrms.positions.services import catalogue, facts


def register(app: Flask) -> None:
    """Leave the domain's part in the core's registries."""
    del app
    hooks.entity_labels.update(
        {
            "frame": N_("Bản mô tả công việc, khung năng lực"), "overage": N_("Số vượt được ghi nhận"),
            "position": N_("Vị trí việc làm"), "positions": N_("Vị trí việc làm, biên chế"), "quota": N_("Biên chế"),
            "seats": N_("Chỗ của vị trí"),
        }
    )  # fmt: skip
    facts.register()
    frame_hooks.register()
    _register_record()
    kinds.register()
    establishing.register()
    hooks.loaders.append(catalogue.load)
    seeing_hooks.register()
    placing_hooks.register()
    scheme_hooks.register()
    for labels in (GROUP_LABELS, QUOTA_LABELS, CATALOGUE_LABELS, ROLE_LABELS, FIT_LABELS):
        register_labels(labels)


def _register_record() -> None:
    """Register the tab of the record and the words of its events."""
    hooks.tabs.append(
        hooks.Tab(N_("Vị trí việc làm"), "positions.person", (Permission.PEOPLE_VIEW,), own=True, order=22)
    )
    hooks.sentences["person.competency_assessed"] = lambda e: _(
        "đánh giá năng lực %(code)s: cấp độ %(level)s", code=_after(e, "competency"), level=_after(e, "level")
    )
    hooks.sentences["person.gap_settled"] = _settled
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
        hooks.field_labels.setdefault(f"{facts.KIND}.{name}", words)
    for name, words in (("valid_from", N_("Từ ngày")), ("valid_to", N_("Đến trước ngày"))):
        hooks.field_labels[f"{facts.KIND}.{name}"] = words


_FIELDS = {
    "line_id": N_("Vị trí (mã trong biên chế)"), "role": N_("Hình thức bố trí"),
    "career_grade": N_("Bậc nghề nghiệp"), "base_position_id": N_("Vị trí chuyên môn gắn với vị trí quản lý"),
    "fit": N_("Phù hợp"), "fit_by": N_("Người xác nhận phù hợp"), "fit_note": N_("Ghi chú về phù hợp"),
    "over_reason": N_("Lý do bố trí khi đã đủ"), "competency": N_("Năng lực"), "level": N_("Cấp độ"),
    "assessed_on": N_("Ngày đánh giá"), "requirement": N_("Yêu cầu"), "settled_on": N_("Ngày hoàn thiện"),
}  # fmt: skip


def _after(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name) or "")


def _settled(_event: Mapping[str, Any]) -> str:
    return _("ghi đã hoàn thiện yêu cầu của vị trí")
