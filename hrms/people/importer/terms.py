"""What holds for one import as a whole: who imports, for which agency, on which day, and the agencies there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """An agency as an import needs it: `within` says whether the actor may import there."""

    id: int
    code: str
    name: str
    scope_ids: frozenset[int]
    closed_on: date | None
    within: bool


def code_of(agency_id: int, code: str | None) -> str:
    """Return what a file calls an agency: its code, or its number after a `#` when it has none."""
    return code or f"#{agency_id}"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one import.

    `agency` and `kind` are taken for rows that leave them empty (codes, "" for none); `override_reason` lets rows pass
    whose ID number disagrees with sex or year; `fields` are the mapped fields of the sheet of people, keys of code
    and name joined; `batch_id` is None for a trial that writes nothing.
    """

    actor: Actor
    today: date
    fields: Collection[str]
    batch_id: int | None = None
    agency: str = ""
    kind: str = ""
    override_reason: str = ""
    places: dict[str, Place] = field(default_factory=dict)


def load_places(actor: Actor) -> dict[str, Place]:
    """Return every agency by the code a file calls it by; one statement."""
    roots = set(actor.scope(Permission.IMPORTS_RUN))
    rows = db.session.execute(select(Agency.id, Agency.code, Agency.name, Agency.scope_ids, Agency.closed_on))
    return {
        code_of(row.id, row.code): Place(
            row.id,
            code_of(row.id, row.code),
            row.name,
            frozenset(row.scope_ids),
            row.closed_on,
            not roots.isdisjoint(row.scope_ids),
        )
        for row in rows
    }
