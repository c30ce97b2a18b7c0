"""An event as the API gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from hrms.audit.queries import Shown


class EventSchema(ma.Schema):
    """A change or a look at guarded data; values the token may not see are “••••”."""

    id = ma.fields.Integer()
    at = ma.fields.AwareDateTime(metadata={"description": "UTC"})
    action = ma.fields.String(metadata={"example": "person.edited"})
    entity = ma.fields.String()
    entity_id = ma.fields.Integer(allow_none=True)
    person_id = ma.fields.Integer(allow_none=True)
    agency = ma.fields.String(metadata={"description": "the agency's name as of then"})
    actor = ma.fields.String()
    via = ma.fields.String(metadata={"description": "web, api, cli, job or system"})
    request_id = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    before = ma.fields.Raw(allow_none=True)
    after = ma.fields.Raw(allow_none=True)


class EventFeed(ma.Schema):
    """Some events in the order of their transactions."""

    items = ma.fields.List(ma.fields.Nested(EventSchema))
    next = ma.fields.String(
        allow_none=True, metadata={"description": "cursor of the next page; null when there is none yet"}
    )
    cursor = ma.fields.String(allow_none=True, metadata={"description": "where to go on later; keep it"})


def item_of(event: Shown) -> Mapping[str, Any]:
    """Return an event with the keys of `EventSchema`."""
    return {name: getattr(event, name) for name in EventSchema().fields}
