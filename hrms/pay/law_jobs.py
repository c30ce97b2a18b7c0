"""The job that works out what a draft of a new text would change."""

from __future__ import annotations

from typing import Any

from hrms.accounts.tasks import Asked, carries_out
from hrms.core.actor import Actor
from hrms.core.unit import transaction
from hrms.pay.services import changes


@carries_out(changes.JOB)
def preview(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Work the preview out; progress counts people."""
    with transaction():
        changes.preview(actor, asked.whole("change_id"), asked.report)
    return {}
