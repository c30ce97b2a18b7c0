"""What the pages over the tree register: their menu entries, the cards of the first page, the sentence of an export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hrms.core import hooks
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.positions.queries import home

GROUP = N_("Vị trí việc làm")
_MENU = (
    (N_("Biên chế"), "positions.index", 70),
    (N_("Chỗ trống"), "positions.vacancies", 71),
    (N_("Cơ cấu ngạch, bậc"), "positions.structure", 76),
    (N_("Phù hợp vị trí"), "positions.fitness", 77),
    (N_("Nghỉ hưu 10 năm tới"), "positions.retirement", 78),
    (N_("Thử thay đổi biên chế"), "positions.what_if", 79),
)
EXPORTS = {
    "overview": N_("biên chế"),
    "report": N_("báo cáo biên chế"),
    "vacancies": N_("chỗ trống"),
    "structure": N_("cơ cấu ngạch, bậc"),
    "retirement": N_("nghỉ hưu 10 năm tới"),
    "what_if": N_("thử thay đổi biên chế"),
}


def register() -> None:
    """Leave the pages' part in the core's registries."""
    for label, endpoint, order in _MENU:
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, (Permission.POSITIONS_VIEW,), order))
    hooks.cards.append(hooks.Card("positions/_home.html", home.load_card, 17))
    hooks.cards.append(hooks.Card("positions/_home_head.html", home.load_head, 18))
    hooks.sentences["positions.exported"] = _exported


def _exported(event: Mapping[str, Any]) -> str:
    after = event.get("after") or {}
    what = EXPORTS.get(str(after.get("kind")), "")
    return _("xuất bảng %(what)s: %(rows)s dòng", what=render(what) if what else "", rows=after.get("rows"))
