"""The job that opens and shares the rounds of a province."""

from __future__ import annotations

from typing import Any

from hrms.accounts.tasks import Asked, carries_out, in_words
from hrms.core.actor import Actor
from hrms.pay.rules.schemes import Purpose, Step
from hrms.pay.services.sharing_all import JOB, Run, perform


@carries_out(JOB)
def share_rounds(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Share the fund of every agency under one; progress counts agencies."""
    run = Run(
        asked.whole("root_id"), asked.whole("year"), Purpose(asked.words("purpose")), Step(asked.words("step")),
        asked.values["quarter"],
    )  # fmt: skip
    done = perform(actor, run, asked.report)
    return {"rounds": done.rounds, "without": done.without, "refused": in_words(done.refused)}
