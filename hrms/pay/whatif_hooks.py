"""What what-if registers: menu, the job, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks, tasks
from hrms.core.i18n import N_, render
from hrms.core.permissions import Permission
from hrms.pay import whatif_jobs
from hrms.pay.queries.scenarios import JOB

__all__ = ["register", "whatif_jobs"]
GROUP = N_("Tiền lương")
_SENTENCES = {
    "scenario.created": N_("lập phương án giả định “%(name)s” của %(agency)s"),
    "scenario.edited": N_("sửa phương án giả định “%(name)s” của %(agency)s"),
    "scenario.computed": N_("tính phương án giả định “%(name)s” của %(agency)s"),
    "scenario.exported": N_("xuất phương án giả định “%(name)s” của %(agency)s"),
    "scenario.deleted": N_("xóa phương án giả định “%(name)s” của %(agency)s"),
}


def register() -> None:
    """Leave the part of what-if in the core's registries."""
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Phương án giả định"), "pay.scenarios", (Permission.PAY_VIEW,), 680)
    )  # fmt: skip
    tasks.kinds[JOB] = tasks.Kind(N_("Tính phương án giả định"), "/pay/what-if")
    for action, words in _SENTENCES.items():
        hooks.sentences[action] = _sentence(words)
    hooks.entity_links["scenario"] = lambda found: url_for("pay.scenario", scenario_id=found)
    hooks.field_labels |= {
        "scenario.scenario": N_("Tên phương án"), "scenario.agency": N_("Cơ quan"),
        "scenario.changes": N_("Số giả định"),
    }  # fmt: skip


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def tell(event: Mapping[str, Any]) -> str:
        after = event.get("after") or {}
        return render(words, name=str(after.get("scenario") or ""), agency=str(after.get("agency") or ""))

    return tell
