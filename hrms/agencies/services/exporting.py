"""Taking the tree out as a workbook: noted in the trail."""

from __future__ import annotations

from hrms.agencies import queries
from hrms.agencies.models import Agency
from hrms.agencies.queries import TreeRow
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.permissions import Permission


def export(actor: Actor, top: Agency | None, *, with_closed: bool) -> list[TreeRow]:
    """Return the actor's part of the tree, or what is under `top`, counted and in tree order. Raises `Forbidden`."""
    actor.require(Permission.AGENCIES_VIEW, at=top.scope_ids if top else None)
    found = queries.list_under(actor, top.id if top else None, with_closed=with_closed, today=clock.today())
    reach = top.scope_ids if top else queries.scope_ids_of(actor.scope(Permission.AGENCIES_VIEW))
    audit.record(
        actor, "agency.exported", "agency", top.id if top else None, scope_ids=reach, after={"rows": len(found)}
    )
    audit.mark_read(actor, "agencies.list", len(found))
    return found
