"""`/api/v1/score-sheets`: points of months and quarters with their products; read only."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.core.api import ListArguments, etag, page_schema
from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint, actor
from hrms.people.counting import count_shown
from hrms.performance.queries import api_lists as queries
from hrms.performance.queries.api_lists import SheetConditions
from hrms.performance.queries.sheets import items_of
from hrms.performance.rules.work import SheetState

P = Permission
READ = (P.PERFORMANCE_VIEW, P.SELF_VIEW)
"""Who sees only themself gets their own sheets: the row policies say which."""
blueprint = ApiBlueprint(
    "score_sheets_api", __name__, url_prefix="/score-sheets", description="Phiếu theo dõi, đánh giá tháng, quý"
)
KINDS = ("month", "quarter")


def _points(**more: Any) -> ma.fields.Decimal:
    return ma.fields.Decimal(places=6, as_string=True, allow_none=True, **more)


class SheetArguments(ListArguments):
    """What the list is narrowed to; with `changed_since` a program follows the sheets."""

    person = ma.fields.Integer(load_default=None, metadata={"description": "id of a person"})
    agency = ma.fields.Integer(load_default=None, metadata={"description": "id of an agency; those under it included"})
    year = ma.fields.Integer(load_default=None, validate=ma.validate.Range(2000, 2100))
    kind = ma.fields.String(load_default=None, validate=ma.validate.OneOf(KINDS))
    number = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, 12))
    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf([one.value for one in SheetState]))
    history = ma.fields.Boolean(load_default=False, metadata={"description": "true: superseded sheets too"})
    changed_since = ma.fields.AwareDateTime(
        load_default=None, metadata={"description": "ISO date-time with its zone: something happened then or later"}
    )


class SheetPerson(ma.Schema):
    """Whose sheet it is."""

    id = ma.fields.Integer()
    name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)


class SheetAgency(ma.Schema):
    """Where the person worked in the period."""

    id = ma.fields.Integer()
    name = ma.fields.String()


class PartsSchema(ma.Schema):
    """How the points came: ratios a, b, c and R before the cap; general and result points. Null before scoring."""

    quantity = _points()
    quality = _points()
    progress = _points()
    ratio = _points()
    general = _points()
    result = _points()


class ScoreSheetSchema(ma.Schema):
    """A sheet; points are decimal strings with six places, not rounded to what a page shows."""

    id = ma.fields.Integer()
    person = ma.fields.Nested(SheetPerson)
    year = ma.fields.Integer()
    kind = ma.fields.String(metadata={"description": "month, quarter"})
    number = ma.fields.Integer()
    agency = ma.fields.Nested(SheetAgency)
    authority_id = ma.fields.Integer(allow_none=True, metadata={"description": "agency whose head scores"})
    criteria = ma.fields.String(metadata={"description": "set of criteria: 335/2025, 233/2026, …"})
    role = ma.fields.String(metadata={"description": "staff, head, deputy"})
    state = ma.fields.String(metadata={"description": "open, self_scored, returned, scored, published"})
    source = ma.fields.String(metadata={"description": "scored, imported"})
    self_score = _points()
    score = _points()
    parts = ma.fields.Nested(PartsSchema)
    scored_at = ma.fields.AwareDateTime(allow_none=True)
    published_on = ma.fields.Date(allow_none=True)
    superseded_at = ma.fields.AwareDateTime(allow_none=True)
    supersedes_id = ma.fields.Integer(allow_none=True)
    recorded_at = ma.fields.AwareDateTime()
    version = ma.fields.Integer()


class SheetItemSchema(ma.Schema):
    """A product of a sheet; `done` is what the authority confirmed."""

    id = ma.fields.Integer()
    code = ma.fields.String(allow_none=True)
    title = ma.fields.String()
    kind = ma.fields.String(metadata={"description": "assigned, taken_over, ad_hoc"})
    state = ma.fields.String(metadata={"description": "proposed, given, refused, dropped"})
    quantity = ma.fields.Decimal(as_string=True)
    units = ma.fields.Decimal(as_string=True, metadata={"description": "converted: factor times quantity"})
    due_on = ma.fields.Date(allow_none=True)
    reported = ma.fields.String(metadata={"description": "open, done, impossible"})
    progress = ma.fields.Integer(metadata={"description": "per cent, as its owner says"})
    done = ma.fields.Boolean(allow_none=True)
    done_on = ma.fields.Date(allow_none=True)
    failed_checks = ma.fields.Integer()
    late_count = ma.fields.Integer()
    version = ma.fields.Integer()


class OneScoreSheetSchema(ScoreSheetSchema):
    """A sheet with its products."""

    items = ma.fields.List(ma.fields.Nested(SheetItemSchema))


_PLAIN = (
    "id", "year", "kind", "number", "authority_id", "criteria", "role", "state", "source", "self_score", "score",
    "scored_at", "published_on", "superseded_at", "supersedes_id", "recorded_at", "version",
)  # fmt: skip


def _item(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PLAIN} | {
        "person": {"id": row.person_id, "name": row.full_name, "staff_code": row.staff_code},
        "agency": {"id": row.agency_id, "name": row.agency}, "parts": queries.points_of(row),
    }  # fmt: skip


def _count(person_ids: set[int]) -> None:
    """Count whom the answer shows; oneself is nobody else."""
    count_shown({one for one in person_ids if not actor().is_holder(one)})


@blueprint.route("", access=READ)
class ScoreSheets(MethodView):
    """The sheets."""

    @blueprint.arguments(SheetArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(ScoreSheetSchema))
    def get(self, limit: int, after: str | None, **conditions: Any) -> dict[str, Any]:
        """List the sheets of the people in the token's scope, oldest first; one's own where it sees only oneself.

        The points of one's own sheet are null until they are published.
        """
        page = queries.list_sheets(SheetConditions(**conditions), actor().person_id, after, limit)
        _count({row.person_id for row in page.items})
        return {"items": [_item(row) for row in page.items], "next": page.next}


@blueprint.route("/<int:sheet_id>", access=READ)
class OneScoreSheet(MethodView):
    """One sheet."""

    @blueprint.response(200, OneScoreSheetSchema)
    def get(self, sheet_id: int) -> Response:
        """Return a sheet with its products; `ETag` is its version."""
        row = queries.get_sheet(sheet_id, actor().person_id)
        _count({row.person_id})
        found = OneScoreSheetSchema().dump(_item(row) | {"items": items_of(sheet_id)})
        if not row.told:
            found["items"] = [one | {"done": None, "done_on": None} for one in found["items"]]
        return etag(jsonify(found), row.version)
