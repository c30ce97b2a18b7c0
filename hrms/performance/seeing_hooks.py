"""What the pages that let one see register: the tab of the record, menu, a line of the first page, a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.performance.queries import late
from hrms.positions.queries.part import Part

P = Permission
GROUP = N_("Đánh giá, xếp loại")
EXPORTS = {"charts": N_("phân bố điểm, xếp loại")}


def register() -> None:
    """Leave the part of these pages in the core's registries."""
    hooks.tabs.append(
        hooks.Tab(N_("Đánh giá, xếp loại"), "performance.person", (P.PERFORMANCE_VIEW,), own=True, order=26)
    )
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Việc quá hạn"), "performance.board", (P.PERFORMANCE_VIEW,), 510))
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Phân bố điểm, xếp loại"), "performance.charts", (P.PERFORMANCE_VIEW,), 590)
    )
    hooks.cards.append(hooks.Card("performance/seeing/_home.html", load_late, 17))
    hooks.sentences["performance.exported"] = _exported


def load_late(actor: Actor) -> Mapping[str, Any] | None:
    """Return how much is late under who manages or decides; None for others and where nothing is."""
    if not (actor.may(P.PERFORMANCE_MANAGE) or actor.may(P.PERFORMANCE_RATE)):
        return None
    part = Part(actor.scope(P.PERFORMANCE_VIEW), None)
    counts = late.count_late(part, clock.today())
    return {"counts": counts, "labels": late.KINDS} if counts.all else None


def _exported(event: Mapping[str, Any]) -> str:
    after = event.get("after") or {}
    what = EXPORTS.get(str(after.get("kind")), "")
    return _("xuất bảng %(what)s: %(rows)s dòng", what=render(what) if what else "", rows=after.get("rows"))
