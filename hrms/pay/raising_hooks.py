"""What the step clock and the lists of raises register: the day in records and lists, calendar, first page, checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hrms.core import hooks, scope, tasks
from hrms.core.db import db
from hrms.core.i18n import N_, render
from hrms.core.jinja import register_labels
from hrms.pay import raise_jobs
from hrms.pay.queries import raise_checks, raise_due, raise_home, raise_record
from hrms.pay.rules.raising import RAISE_LABELS
from hrms.pay.services import clocks
from hrms.pay.services.raising import JOB
from hrms.people.queries import record
from hrms.people.services.current import tell_changed

__all__ = ["raise_jobs", "register"]
_SENTENCES: dict[str, str] = {
    "raise_list.proposed": N_("lập danh sách nâng bậc lương quý %(quarter)s năm %(year)s của %(agency)s"),
    "raise_item.left_out": N_("để lại một người, chưa đề nghị nâng bậc lương"),
    "raise_item.included": N_("đưa một người vào danh sách đề nghị nâng bậc lương"),
}
_STATES: dict[str, str] = {
    "proposed": N_("Đề nghị"), "left_out": N_("Để lại"), "sent": N_("Đã trình"), "decided": N_("Đã quyết định"),
    "cancelled": N_("Đã hủy"),
}  # fmt: skip
_FIELDS: dict[str, str] = {
    "raise_list.agency": N_("Cơ quan"), "raise_list.year": N_("Năm"), "raise_list.quarter": N_("Quý"),
    "raise_list.people": N_("Số người"), "raise_list.doubtful": N_("Chờ xem xét"),
    "raise_item.state": N_("Tình trạng"), "raise_item.left_out_reason": N_("Lý do để lại"),
}  # fmt: skip


def register() -> None:
    """Leave the part of raises in the core's registries and below."""
    record.clocks[:] = [raise_record.next_step]
    hooks.people_changed.append(clocks.follow)
    hooks.working_days_changed.append(clocks.refresh_in_unit)
    hooks.law_changed.append(clocks.refresh_in_unit)
    hooks.daily.append(clocks.refresh_all)
    hooks.setting_changed.append(_setting_changed)
    hooks.due_sources.append(raise_due.SOURCE)
    hooks.cards.append(hooks.Card("pay/raising/_home.html", raise_home.load_card, 19))
    hooks.checks.append(hooks.Check(N_("ngày nâng bậc tới đúng cách tính, danh sách nâng bậc khớp"), raise_checks.run))
    tasks.kinds[JOB] = tasks.Kind(N_("Lập danh sách nâng bậc lương của các cơ quan"), "/pay/raises")
    register_labels(RAISE_LABELS)
    for action, words in _SENTENCES.items():
        hooks.sentences[action] = _sentence(words)
    hooks.entity_labels["raise_item"] = N_("Đề nghị nâng bậc lương")
    for name, words in _FIELDS.items():
        hooks.field_labels[name] = words
    hooks.field_values["raise_item.state"] = lambda value: render(_STATES.get(value, str(value)))


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def tell(event: Mapping[str, Any]) -> str:
        after = event.get("after") or {}
        return render(
            words, agency=str(after.get("agency") or ""), year=str(after.get("year") or ""),
            quarter=str(after.get("quarter") or ""),
        )  # fmt: skip

    return tell


def _setting_changed(name: str) -> None:
    """Let the lines of the calendar follow the day before a quarter on which lists are asked for."""
    if name != raise_due.REMIND:
        return
    with scope.everything():
        heads = list(db.session.scalars(raise_due.HEADS_NOW, {"heads": raise_due.heads()}))
    tell_changed(heads)
