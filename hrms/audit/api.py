"""`GET /api/v1/events`: changes since a cursor, for other systems to follow."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Flask
from flask.views import MethodView

from hrms.audit import queries
from hrms.audit.schemas import EventFeed, item_of
from hrms.core.api import ListArguments, register
from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint, actor

blueprint = ApiBlueprint(
    "events_api", __name__, url_prefix="/events", description="Những thay đổi, theo thứ tự giao dịch"
)


class EventArguments(ListArguments):
    """Where to go on, and which kind of record."""

    entity = ma.fields.String(load_default=None, metadata={"description": "person, agency, decision, …"})


@blueprint.route("", access=Permission.AUDIT_VIEW)
class Events(MethodView):
    """The feed."""

    @blueprint.arguments(EventArguments, location="query", as_kwargs=True)
    @blueprint.response(200, EventFeed)
    def get(self, limit: int, after: str | None, entity: str | None) -> dict[str, Any]:
        """List the changes after a cursor, oldest first; none is lost between two calls."""
        feed = queries.list_changes(actor(), after=after, limit=limit, entity=entity)
        return {"items": [item_of(event) for event in feed.items], "next": feed.next, "cursor": feed.cursor}


def init_app(app: Flask) -> None:
    """Add the resource `events`."""
    register(app, blueprint)
