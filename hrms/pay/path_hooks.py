"""What the path of raises registers: kinds of decision, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import N_, render
from hrms.core.permissions import Permission
from hrms.pay.kinds import placing, raising, undone

P = Permission
GROUP = N_("Tiền lương")
_MENU = (
    (N_("Nâng bậc lương"), "pay.raises", 610), (N_("Nâng bậc trước thời hạn"), "pay.early", 612),
    (N_("Xếp lương theo bậc nghề nghiệp"), "pay.placements", 614),
)  # fmt: skip
_SENTENCES: dict[str, str] = {
    "raise_list.sent": N_("trình danh sách nâng bậc lương của %(name)s"),
    "early_quota.assigned": N_(
        "giao chỉ tiêu nâng bậc lương trước thời hạn năm %(year)s cho các cơ quan thuộc %(name)s"
    ),
    "early_list.proposed": N_("lập danh sách nâng bậc lương trước thời hạn năm %(year)s của %(name)s"),
    "early_raise.chosen": N_("chọn người nâng bậc lương trước thời hạn năm %(year)s của %(name)s"),
}
_FIELDS: dict[str, str] = {
    "raise_list.list": N_("Cơ quan"), "raise_list.year": N_("Năm"), "raise_list.quarter": N_("Quý"),
    "raise_list.proposals": N_("Số hồ sơ trình"), "raise_list.people": N_("Số người"),
    "raise_list.agencies": N_("Số cơ quan"), "raise_list.early_months": N_("Trước thời hạn (tháng)"),
}  # fmt: skip


def register() -> None:
    """Leave the part of the path of raises in the core's registries."""
    raising.register()
    placing.register()
    undone.register()
    for label, endpoint, order in _MENU:
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, (P.PAY_VIEW,), order))
    for action, words in _SENTENCES.items():
        hooks.sentences[action] = _sentence(words)
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
    hooks.entity_links.setdefault("raise_item", lambda found: url_for("pay.raise_item", item_id=found))
    hooks.entity_links.setdefault("raise_list", lambda found: url_for("pay.raise_list", list_id=found))


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def tell(event: Mapping[str, Any]) -> str:
        after = event.get("after") or {}
        return render(words, name=str(after.get("list") or ""), year=str(after.get("year") or ""))

    return tell
