"""`GET /api/v1/calendar`: the same lines, conditions and locks as the page."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Flask, url_for
from flask.views import MethodView

from hrms.core.api import ListArguments, page_schema, register
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint, actor
from hrms.deadlines import queries
from hrms.people.counting import count_shown

blueprint = ApiBlueprint("deadlines_api", __name__, url_prefix="/calendar", description="Lịch việc đến hạn")


class DueArguments(ListArguments):
    """The conditions of the page, by the same names."""

    window = ma.fields.String(metadata={"description": "overdue, month, 3, 6 or 12; without: overdue and 3 months"})
    kind = ma.fields.String(metadata={"description": "`code` of a line"})
    agency = ma.fields.String(metadata={"description": "code or id; everything under it is included"})
    person = ma.fields.String(metadata={"description": "id of a person"})
    mine = ma.fields.String(metadata={"description": "1: what the account's own agencies must see to"})
    open = ma.fields.String(metadata={"description": "1: nothing under way yet"})


class WhySchema(ma.Schema):
    """One step of how a day was worked out."""

    text = ma.fields.String()
    figure = ma.fields.String()
    source = ma.fields.String()


class DueItem(ma.Schema):
    """One line of the calendar."""

    person_id = ma.fields.Integer()
    full_name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)
    agency = ma.fields.String(allow_none=True)
    responsible = ma.fields.String(allow_none=True)
    code = ma.fields.String()
    label = ma.fields.String()
    what = ma.fields.String()
    due_on = ma.fields.Date()
    ends_on = ma.fields.Date(allow_none=True)
    days_left = ma.fields.Integer(metadata={"description": "negative: late by so many days"})
    settled_by = ma.fields.List(ma.fields.String(), metadata={"description": "kinds of decision"})
    submission_id = ma.fields.Integer(allow_none=True, metadata={"description": "the proposal under way"})
    why = ma.fields.List(ma.fields.Nested(WhySchema))
    url = ma.fields.String()


@blueprint.route("", access=Permission.PEOPLE_VIEW)
class Calendar(MethodView):
    """The calendar."""

    @blueprint.arguments(DueArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(DueItem))
    def get(self, limit: int, after: str | None, **conditions: str) -> dict[str, Any]:
        """List what falls due and what is overdue in the token's scope, the longest overdue at the head."""
        who = actor()
        asked = queries.parse(conditions)
        page = queries.list_due(who, asked, queries.reach(who, asked.agency), after=after, limit=limit)
        count_shown(row.person_id for row in page.items)
        return {"items": [_item(row) for row in page.items], "next": page.next}


def _item(line: queries.Line) -> dict[str, Any]:
    kept = (
        "person_id", "full_name", "staff_code", "agency", "responsible", "code", "due_on", "ends_on", "settled_by",
        "submission_id",
    )  # fmt: skip
    return {
        **{name: getattr(line.row, name) for name in kept},
        "label": line.label, "what": line.what, "days_left": line.days_left,
        "why": [{"text": render(one), "figure": one.figure, "source": one.source} for one in line.reasons],
        "url": url_for("people.show", person_id=line.row.person_id),
    }  # fmt: skip


def init_app(app: Flask) -> None:
    """Add the resource to the API."""
    register(app, blueprint)
