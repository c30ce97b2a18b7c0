"""`/api/v1/decisions/powers`: the table of decentralisation as JSON, to read; the pages change it."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import Flask
from flask.views import MethodView

from hrms.core.api import page_schema, register
from hrms.core.dates import last_day
from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint
from hrms.decisions.models import DecentralisationRule
from hrms.decisions.queries import powers as queries

blueprint = ApiBlueprint(
    "powers_api", __name__, url_prefix="/decisions/powers", description="Phân cấp: ai trình, thẩm định, ký"
)


class PowerArguments(ma.Schema):
    """What the table is narrowed to."""

    action = ma.fields.String(load_default=None, metadata={"example": "leaving"})
    on = ma.fields.Date(load_default=None, metadata={"description": "rows in force on this day; left out: all"})


class PowerSchema(ma.Schema):
    """A row of the table; null in a condition is any."""

    id = ma.fields.Integer()
    action = ma.fields.String(allow_none=True)
    person_kind = ma.fields.String(allow_none=True)
    post_group = ma.fields.String(allow_none=True)
    rank_code = ma.fields.String(allow_none=True)
    managing_kind = ma.fields.String(allow_none=True)
    using_kind = ma.fields.String(allow_none=True)
    managing_agency_id = ma.fields.Integer(allow_none=True)
    proposes = ma.fields.String(metadata={"example": "using"})
    appraises = ma.fields.String(allow_none=True)
    signs = ma.fields.String(metadata={"example": "managing"})
    valid_from = ma.fields.Date()
    last_day = ma.fields.Date(allow_none=True)
    source = ma.fields.String()
    mark = ma.fields.String(metadata={"description": "C seen, K known, U unsure, P set by the province"})
    note = ma.fields.String(allow_none=True)


def _item(row: DecentralisationRule) -> dict[str, Any]:
    names = [name for name in PowerSchema().fields if name != "last_day"]
    return {**{name: getattr(row, name) for name in names}, "last_day": last_day(row.valid_to)}


@blueprint.route("", access=(Permission.DECISIONS_VIEW, Permission.DECISIONS_POWERS))
class Powers(MethodView):
    """The table of decentralisation."""

    @blueprint.arguments(PowerArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(PowerSchema))
    def get(self, action: str | None, on: date | None) -> dict[str, Any]:
        """List the rows that say who proposes, appraises and signs."""
        return {"items": [_item(row) for row in queries.list_powers(action, on)], "next": None}


def init_app(app: Flask) -> None:
    """Add the resource."""
    register(app, blueprint)
