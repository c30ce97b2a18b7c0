"""The job that computes the sheets of a month of every agency under one."""

from __future__ import annotations

from datetime import date
from typing import Any

from hrms.accounts.tasks import Asked, carries_out, in_words
from hrms.core.actor import Actor
from hrms.pay.services import computing


@carries_out(computing.JOB)
def compute_sheets(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Compute the sheets; progress counts agencies.

    Run again after a crash, it leaves what it computed itself before and goes on with the rest.
    """
    month = date.fromisoformat(asked.words("month"))
    done = computing.run_all(actor, asked.whole("root_id"), month, since=asked.asked_at, report=asked.report)
    return {"sheets": done.sheets, "refused": in_words(done.refused)}
