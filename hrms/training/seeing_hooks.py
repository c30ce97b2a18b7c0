"""What the pages over training register: their menu entries, the cards of the first page, the sentence of an export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hrms.core import hooks
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.training.papers import results
from hrms.training.queries import home

GROUP = N_("Đào tạo, bồi dưỡng")
_MENU = (
    (N_("Thực hiện yêu cầu"), "training.compliance", 402),
    (N_("Dự báo đến 31/12"), "training.forecast", 404),
    (N_("Báo cáo đào tạo"), "training.reports", 460),
)
EXPORTS = {
    "compliance": N_("thực hiện yêu cầu đào tạo"),
    "results": N_("kết quả đào tạo, bồi dưỡng"),
    "plan": N_("kế hoạch, kinh phí đào tạo"),
    "positions": N_("đào tạo theo vị trí việc làm"),
    "hours": N_("số tiết đã học"),
    "gaps": N_("năng lực còn thiếu"),
    "needs": N_("nhu cầu đào tạo"),
}


def register() -> None:
    """Leave the pages' part in the core's registries."""
    for label, endpoint, order in _MENU:
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, (Permission.TRAINING_VIEW,), order))
    hooks.cards.append(hooks.Card("training/seeing/_home_own.html", home.load_own, 12))
    hooks.cards.append(hooks.Card("training/seeing/_home.html", home.load_under, 19))
    hooks.sentences["training.exported"] = _exported
    hooks.sentences["training.year_reckoned"] = lambda event: _(
        "tính lại việc thực hiện yêu cầu đào tạo của năm %(year)s", year=(event.get("after") or {}).get("year")
    )
    results.register()


def _exported(event: Mapping[str, Any]) -> str:
    after = event.get("after") or {}
    what = EXPORTS.get(str(after.get("kind")), "")
    return _("xuất bảng %(what)s: %(rows)s dòng", what=render(what) if what else "", rows=after.get("rows"))
