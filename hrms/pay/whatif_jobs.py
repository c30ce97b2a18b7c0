"""The job that computes a scenario."""

from __future__ import annotations

from typing import Any

from hrms.accounts.tasks import Asked, carries_out
from hrms.core.actor import Actor
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem
from hrms.pay.queries.scenarios import JOB
from hrms.pay.services import scenarios

CHANGED = Problem("", "changed", N_("Phương án đã được sửa trong lúc tính. Hãy tính lại."))


@carries_out(JOB)
def compute_scenario(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Compute it; progress counts people read. Raises `Refused` when it was changed meanwhile."""
    if not scenarios.compute(actor, asked.whole("scenario_id"), asked.whole("version"), asked.report):
        raise Refused(CHANGED)
    return {}
