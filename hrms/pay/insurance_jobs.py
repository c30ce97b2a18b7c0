"""The job that makes the lists for social insurance of a month of every agency under one."""

from __future__ import annotations

from datetime import date
from typing import Any

from hrms.accounts.tasks import Asked, carries_out, in_words
from hrms.core.actor import Actor
from hrms.pay.services import insurance


@carries_out(insurance.JOB)
def make_lists(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Make the lists; progress counts agencies."""
    month = date.fromisoformat(asked.words("month"))
    done = insurance.run_all(actor, asked.whole("root_id"), month, asked.report)
    return {"lists": done.lists, "refused": in_words(done.refused)}
