"""The record at its edges: the items of the API."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from hrms.core.actor import Actor
from hrms.core.permissions import Permission
from hrms.people.rules.personal_id import mask

ITEM_EXTRA = ("scope_ids", "version", "person_id")
"""What `item_of` needs of a row beside the columns of the list."""


class CodeName(ma.Schema):
    """A code with its name."""

    code = ma.fields.String(allow_none=True)
    name = ma.fields.String(allow_none=True)


class PersonItem(ma.Schema):
    """A person in a list: what is true on the day asked for."""

    id = ma.fields.Integer()
    staff_code = ma.fields.String(allow_none=True)
    full_name = ma.fields.String()
    sex = ma.fields.String(allow_none=True, metadata={"description": "male or female"})
    birth_date = ma.fields.String(
        allow_none=True, metadata={"description": "ISO date; year or month alone when no more is known"}
    )
    national_id = ma.fields.String(allow_none=True, metadata={"description": "masked unless the account may reveal it"})
    kind = ma.fields.String(allow_none=True)
    status = ma.fields.String(allow_none=True)
    absent_as = ma.fields.String(allow_none=True, metadata={"description": "kind of absence on that day"})
    agency = ma.fields.Nested(CodeName, allow_none=True)
    position = ma.fields.Nested(CodeName, allow_none=True)
    post = ma.fields.String(allow_none=True)
    rank = ma.fields.Nested(CodeName, allow_none=True)
    step = ma.fields.Integer(allow_none=True)
    coefficient = ma.fields.String(allow_none=True, metadata={"description": "decimal"})
    version = ma.fields.Integer()


def _named(code: str | None, name: str | None) -> dict[str, str | None] | None:
    return {"code": code, "name": name} if code or name else None


def may_reveal(actor: Actor, row: Any) -> bool:
    """Say whether the actor may see the row's ID number in full; the caller logs it."""
    return row.national_id is not None and actor.may(Permission.PEOPLE_REVEAL_ID, row.scope_ids)


def item_of(actor: Actor, row: Any) -> dict[str, Any]:
    """Return a row of `list_people` as the API shows it."""
    return {
        "id": row.person_id,
        "staff_code": row.staff_code,
        "full_name": row.full_name,
        "sex": row.sex,
        "birth_date": row.birth_date,
        "national_id": row.national_id if row.national_id is None or may_reveal(actor, row) else mask(row.national_id),
        "kind": row.kind,
        "status": row.status,
        "absent_as": row.absent_as,
        "agency": _named(row.agency_code, row.agency),
        "position": _named(row.position_code, row.job_position),
        "post": row.post_name,
        "rank": _named(row.rank_code, row.rank_name),
        "step": row.step,
        "coefficient": None if row.coefficient is None else f"{row.coefficient:.2f}",
        "version": row.version,
    }
