"""Background work of sheets: the periods of a province opened, points made again after the criteria changed."""

from __future__ import annotations

from typing import Any

from hrms.accounts.tasks import Asked, carries_out, in_words
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.jobs import in_app, queue
from hrms.core.permissions import Permission
from hrms.performance.services import periods, reckoning


@carries_out(periods.JOB)
def open_periods(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Open the periods of every agency under one; progress counts agencies."""
    scope.enter_for(actor, Permission.PERFORMANCE_MANAGE)
    done = periods.open_each(
        actor, asked.whole("root_id"), asked.whole("year"), asked.words("period_kind"), asked.whole("number"),
        asked.report,
    )  # fmt: skip
    return {"agencies": done.agencies, "refused": in_words(done.refused)}


@queue.task(name=reckoning.JOB)
@in_app
def refresh_waiting(root_id: int | None = None) -> None:
    """Reckon what is not published again: the criteria, a regulation or a setting has changed."""
    reckoning.refresh_waiting(root_id)
