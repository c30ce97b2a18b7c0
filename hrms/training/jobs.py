"""Background work of training."""

from __future__ import annotations

from hrms.core.jobs import in_app, queue
from hrms.training.services import standing
from hrms.training.services.requirements import REFRESH


@queue.task(name=REFRESH)
@in_app
def refresh() -> None:
    """Reckon anew where everybody stands: what is asked of them, or how it counts, has changed."""
    standing.refresh_all()
