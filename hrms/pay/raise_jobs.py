"""The job that makes the lists of raises of a province."""

from __future__ import annotations

from typing import Any

from hrms.accounts.tasks import Asked, carries_out, in_words
from hrms.core.actor import Actor
from hrms.pay.services import raising


@carries_out(raising.JOB)
def propose_lists(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Make the lists of every agency under one; progress counts agencies."""
    done = raising.run(actor, asked.whole("root_id"), asked.whole("year"), asked.whole("quarter"), asked.report)
    return {"lists": done.lists, "refused": in_words(done.refused)}
