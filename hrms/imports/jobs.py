"""Background work of imports; arguments are the batch's id only."""

from __future__ import annotations

from hrms.core.jobs import in_app, queue
from hrms.imports.services import running


@queue.task(name="imports.read")
@in_app
def read(batch_id: int) -> None:
    """Read an uploaded file."""
    running.read_batch(batch_id)


@queue.task(name="imports.check")
@in_app
def check(batch_id: int) -> None:
    """Judge every row."""
    running.check_batch(batch_id)


@queue.task(name="imports.apply")
@in_app
def apply(batch_id: int) -> None:
    """Write what the preview showed."""
    running.apply_batch(batch_id)


@queue.task(name="imports.undo")
@in_app
def undo(batch_id: int) -> None:
    """Undo an applied batch."""
    running.undo_asked(batch_id)
