"""`/api/v1/rating-rounds`: rounds of classification and the classes in them, read only."""

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
from hrms.performance.queries.api_lists import RoundConditions
from hrms.performance.rules.rounds import RoundState

P = Permission
blueprint = ApiBlueprint("rating_rounds_api", __name__, url_prefix="/rating-rounds", description="Đợt xếp loại")


class RoundArguments(ListArguments):
    """What the list is narrowed to."""

    agency = ma.fields.Integer(load_default=None, metadata={"description": "id of an agency; those under it included"})
    year = ma.fields.Integer(load_default=None, validate=ma.validate.Range(2000, 2100))
    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf([one.value for one in RoundState]))


class RoundAgency(ma.Schema):
    """The agency that decides."""

    id = ma.fields.Integer()
    name = ma.fields.String()


class RatingRoundSchema(ma.Schema):
    """A round: one deciding agency, one year, one set of criteria; it holds no people."""

    id = ma.fields.Integer()
    agency = ma.fields.Nested(RoundAgency)
    year = ma.fields.Integer()
    criteria = ma.fields.String(metadata={"description": "set of criteria: 335/2025, 233/2026, …"})
    state = ma.fields.String(
        metadata={"description": "collecting, proposed, meeting, decided, published, settled, cancelled"}
    )
    due_on = ma.fields.Date(metadata={"description": "last day to classify"})
    outstanding = ma.fields.Boolean()
    quota_base = ma.fields.String(metadata={"description": "final_good, initial_good, good_and_excellent"})
    quota_percent = ma.fields.Decimal(as_string=True)
    rounding = ma.fields.String(metadata={"description": "unrounded, two_decimals"})
    organisation_class = ma.fields.String(allow_none=True)
    decision_id = ma.fields.Integer(allow_none=True)
    decided_on = ma.fields.Date(allow_none=True)
    published_on = ma.fields.Date(allow_none=True)
    settled_on = ma.fields.Date(allow_none=True)
    version = ma.fields.Integer()


class RatedPerson(ma.Schema):
    """Who is classified."""

    id = ma.fields.Integer()
    name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)


class RatingSchema(ma.Schema):
    """Somebody's class of the year: by points, as proposed after the quota, as decided; superseded ones too."""

    id = ma.fields.Integer()
    person = ma.fields.Nested(RatedPerson)
    agency = ma.fields.String(metadata={"description": "where the person works"})
    group = ma.fields.String(allow_none=True)
    role = ma.fields.String(metadata={"description": "staff, head, deputy"})
    mean = ma.fields.Decimal(places=6, as_string=True, allow_none=True)
    provisional = ma.fields.Boolean(metadata={"description": "a month is still to come"})
    by_points = ma.fields.String(allow_none=True)
    proposed = ma.fields.String(allow_none=True)
    final = ma.fields.String(allow_none=True)
    reasons = ma.fields.List(ma.fields.String())
    state = ma.fields.String(metadata={"description": "open, decided, published"})
    published_on = ma.fields.Date(allow_none=True)
    superseded_at = ma.fields.AwareDateTime(allow_none=True)
    supersedes_id = ma.fields.Integer(allow_none=True)
    version = ma.fields.Integer()


_PLAIN = (
    "id", "year", "criteria", "state", "due_on", "outstanding", "quota_base", "quota_percent", "rounding",
    "organisation_class", "decision_id", "decided_on", "published_on", "settled_on", "version",
)  # fmt: skip
_RATED = (
    "id", "agency", "role", "mean", "provisional", "by_points", "proposed", "final", "reasons", "state",
    "published_on", "superseded_at", "supersedes_id", "version",
)  # fmt: skip


def _round(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PLAIN} | {"agency": {"id": row.agency_id, "name": row.agency}}


def _rating(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _RATED} | {
        "person": {"id": row.person_id, "name": row.full_name, "staff_code": row.staff_code}, "group": row.group_name,
    }  # fmt: skip


@blueprint.route("", access=P.PERFORMANCE_VIEW)
class RatingRounds(MethodView):
    """The rounds."""

    @blueprint.arguments(RoundArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(RatingRoundSchema))
    def get(self, limit: int, after: str | None, **conditions: Any) -> dict[str, Any]:
        """List the rounds of the agencies in the token's scope, oldest first; they hold no people."""
        page = queries.list_rounds(RoundConditions(**conditions), after, limit)
        return {"items": [_round(row) for row in page.items], "next": page.next}


@blueprint.route("/<int:round_id>", access=P.PERFORMANCE_VIEW)
class OneRatingRound(MethodView):
    """One round."""

    @blueprint.response(200, RatingRoundSchema)
    def get(self, round_id: int) -> Response:
        """Return a round; `ETag` is its version."""
        row = queries.get_round(round_id)
        return etag(jsonify(RatingRoundSchema().dump(_round(row))), row.version)


@blueprint.route("/<int:round_id>/ratings", access=P.PERFORMANCE_VIEW)
class RoundRatings(MethodView):
    """Who is classified in a round."""

    def dispatch_request(self, **given: Any) -> Any:
        """Read the round first: 404 for one the reader may not see."""
        queries.get_round(given["round_id"])
        return super().dispatch_request(**given)

    @blueprint.arguments(ListArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(RatingSchema))
    def get(self, limit: int, after: str | None, round_id: int) -> dict[str, Any]:
        """List the classes of the people in the token's scope; the reader's own only once it is published."""
        page = queries.list_ratings(round_id, actor().person_id, after, limit)
        count_shown({row.person_id for row in page.items})
        return {"items": [_rating(row) for row in page.items], "next": page.next}
