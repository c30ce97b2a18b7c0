"""What the pages of sheets register: menu, cards of the first page, the paper, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.i18n import N_, render
from hrms.core.permissions import Permission
from hrms.performance.papers import sheet as papers
from hrms.performance.queries import sheet_lists as lists
from hrms.performance.queries import sheets as queries
from hrms.performance.queries.sheets import DELEGATED
from hrms.performance.rules.work import WITH_ITS_OWNER

P = Permission
GROUP = N_("Đánh giá, xếp loại")
ON_CARD = 3
LANDS = (P.PERFORMANCE_VIEW, P.PERFORMANCE_SCORE, P.PERFORMANCE_MANAGE, P.SELF_VIEW)
_SENTENCES = {
    "sheet.printed": N_("in phiếu đánh giá (Mẫu 01)"),
    "period.printed": N_("in phiếu đánh giá (Mẫu 01) của cả kỳ"),
}
_FIELDS = {
    "sheet.format": N_("Tệp"), "period.rows": N_("Số phiếu"), "period.format": N_("Tệp"),
}  # fmt: skip


def register() -> None:
    """Leave the part of the pages of sheets in the core's registries."""
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Tổng quan đánh giá"), "performance.index", LANDS, 500))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Phiếu của tôi"), "performance.own", (P.SELF_VIEW,), 502))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Bàn chấm điểm"), "performance.desk", (P.PERFORMANCE_SCORE,), 504))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Phiếu đánh giá"), "performance.sheets", (P.PERFORMANCE_VIEW,), 506))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Kỳ đánh giá"), "performance.periods", (P.PERFORMANCE_VIEW,), 508))
    hooks.cards.append(hooks.Card("performance/scoring/_home_desk.html", _to_score, 12))
    hooks.cards.append(hooks.Card("performance/scoring/_home_own.html", _own_due, 13))
    for action, words in _SENTENCES.items():
        hooks.sentences[action] = _sentence(words)
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
    hooks.delegable[DELEGATED] = N_("Chấm điểm phiếu đánh giá")
    papers.register()


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda _event: render(words)


def _to_score(actor: Actor) -> Mapping[str, Any] | None:
    """Return how many sheets wait for a head, None for those who score nobody."""
    if not actor.may(P.PERFORMANCE_SCORE):
        return None
    rows = lists.list_by_ids(queries.to_score(actor))
    today = clock.today()
    late = sum(1 for row in rows if row.score_due_on and row.score_due_on < today)
    return {"count": len(rows), "late": late, "first": rows[0].id} if rows else None


def _own_due(actor: Actor) -> Mapping[str, Any] | None:
    """Return one's own sheets that are still to be scored by oneself, None without any."""
    if actor.person_id is None or not actor.may(P.SELF_VIEW):
        return None
    with_owner = {one.value for one in WITH_ITS_OWNER}
    rows = [row for row in lists.list_own(actor.person_id) if row.state in with_owner][:ON_CARD]
    return {"rows": rows, "today": clock.today()} if rows else None
