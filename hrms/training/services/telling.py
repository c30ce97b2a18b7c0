"""What is noted when figures about training are taken out, or an earlier year is reckoned."""

from __future__ import annotations

from hrms.audit import services as audit
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.permissions import Permission
from hrms.positions.queries.part import Part
from hrms.training.services import standing


def note_export(actor: Actor, what: str, rows: int, part: Part) -> None:
    """Write into the trail that a table of figures was taken out. Raises `Forbidden` outside the actor's part."""
    actor.require(Permission.TRAINING_VIEW, at=part.agency.scope_ids if part.agency else None)
    audit.record(
        actor, "training.exported", "agency", part.agency_id, scope_ids=[EVERYTHING, *part.roots],
        agency_id=part.agency_id, after={"kind": what, "rows": rows},
    )  # fmt: skip


def keep_year(actor: Actor, year: int) -> None:
    """Reckon where everybody stood in an earlier year and keep it, as the records say now. Raises `Forbidden`."""
    actor.require(Permission.TRAINING_CATALOGUE)
    standing.keep_year(year)
    audit.record(actor, "training.year_reckoned", "agency", None, scope_ids=[EVERYTHING], after={"year": year})
