"""The part of the tree a page about positions is of: an agency the reader chose, or all they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.permissions import Permission

PLACE = """CASE WHEN CAST(:top AS bigint) IS NULL THEN (SELECT r FROM unnest(CAST(:roots AS bigint[])) AS r
    WHERE r = ANY (a.scope_ids) LIMIT 1) ELSE coalesce(a.scope_ids[array_position(a.scope_ids, :top) + 1], a.id) END"""
"""SQL over an agency `a` inside a part: the row of a table it counts in, an agency right under the part's top (the top
itself for what is its own), or the reader's root where there are several. Takes `Part.params`."""
INSIDE = "a.scope_ids && CAST(:roots AS bigint[])"
"""SQL over an agency `a`: inside the part."""


@dataclass(frozen=True, slots=True)
class Part:
    """Roots of the tree a page reads; `top` is the one agency whose branches are its rows, null for several roots."""

    roots: tuple[int, ...]
    top: int | None
    agency: Agency | None = None

    @property
    def agency_id(self) -> int | None:
        """Return the agency asked for."""
        return self.agency.id if self.agency else None

    @property
    def name(self) -> str:
        """Return the name of the agency asked for, "" for the reader's whole part."""
        return self.agency.name if self.agency else ""

    @property
    def params(self) -> dict[str, Any]:
        """Return the values of `PLACE` and `INSIDE`."""
        return {"roots": list(self.roots), "top": self.top}


def part_of(actor: Actor, given: str | None, permission: Permission = Permission.POSITIONS_VIEW) -> Part:
    """Return the part the address asks for, the reader's whole one without an agency. Raises `NotFound` outside it.

    One statement for an agency asked for, none otherwise.
    """
    if given:
        found = agencies.find_visible(actor, given, permission)
        return Part((found.id,), found.id, found)
    roots = actor.scope(permission)
    return Part(roots, roots[0] if len(roots) == 1 and roots[0] != EVERYTHING else None)
