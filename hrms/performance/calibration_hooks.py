"""What the pages of rounds register: menu, links, labels, papers, a sentence of the trail."""

from __future__ import annotations

from hrms.core import hooks
from hrms.core.i18n import N_, _
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.performance.papers import rounds, self_rating
from hrms.performance.rules.classes import CLASS_LABELS
from hrms.performance.rules.rounds import ROUND_LABELS
from hrms.performance.rules.spread import LEAN_LABELS

P = Permission
GROUP = N_("Đánh giá, xếp loại")


def register() -> None:
    """Leave the part of the pages of rounds in the core's registries."""
    for label, endpoint, permissions, order in (
        (N_("Tự đánh giá, xếp loại năm"), "performance.own_rating", (P.SELF_VIEW,), 530),
        (N_("Đợt xếp loại"), "performance.rounds", (P.PERFORMANCE_VIEW,), 540),
        (N_("Xếp loại cơ quan, đơn vị"), "performance.organisations", (P.PERFORMANCE_VIEW,), 550),
    ):
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, permissions, order))
    for labels in (CLASS_LABELS, ROUND_LABELS, LEAN_LABELS):
        register_labels(labels)
    hooks.sentences["rating.self_said"] = lambda event: _(
        "ghi phiếu tự đánh giá, xếp loại năm %(year)s", year=(event.get("after") or {}).get("year", "")
    )
    hooks.field_labels.setdefault("self_rating.wanted", N_("Tự xếp loại"))
    rounds.register()
    self_rating.register()
