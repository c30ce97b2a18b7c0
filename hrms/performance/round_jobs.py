"""The job that takes a step of every round of a province."""

from __future__ import annotations

from typing import Any

from hrms.accounts.tasks import Asked, carries_out, in_words
from hrms.core.actor import Actor
from hrms.performance.services import province
from hrms.performance.services.rounds import JOB


@carries_out(JOB)
def take_step(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Take the step in every round under an agency; progress counts agencies."""
    done = province.run(actor, asked.whole("root_id"), asked.whole("year"), asked.words("step"), asked.report)
    return {"rounds": done.rounds, "refused": in_words(done.refused)}
