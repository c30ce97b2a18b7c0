"""What is noted when figures about performance are taken out."""

from __future__ import annotations

from hrms.audit import services as audit
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.permissions import Permission
from hrms.positions.queries.part import Part


def note_export(actor: Actor, what: str, rows: int, part: Part) -> None:
    """Write into the trail that a table of figures was taken out. Raises `Forbidden` outside the actor's part."""
    actor.require(Permission.PERFORMANCE_VIEW, at=part.agency.scope_ids if part.agency else None)
    audit.record(
        actor, "performance.exported", "agency", part.agency_id, scope_ids=[EVERYTHING, *part.roots],
        agency_id=part.agency_id, after={"kind": what, "rows": rows},
    )  # fmt: skip
