"""`GET /api/v1/positions`: the catalogue of job positions, one of them, and its frames in force on a day."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.core import clock
from hrms.core.api import ListArguments, page_schema
from hrms.core.dates import last_day
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.web import ApiBlueprint, actor
from hrms.positions.models import FrameVersion, JobPosition
from hrms.positions.queries import catalogue as queries
from hrms.positions.queries import frames
from hrms.positions.queries.frames import REQUIREMENTS

View = Permission.POSITIONS_VIEW
blueprint = ApiBlueprint("positions_api", __name__, url_prefix="/positions", description="Danh mục vị trí việc làm")


class PositionArguments(ListArguments):
    """The conditions of the page, by the same names."""

    q = ma.fields.String(metadata={"description": "words of the name, with or without accents"})
    catalogue = ma.fields.String(metadata={"description": "civil_commune, public_professional, …"})
    group = ma.fields.String(metadata={"description": "leadership, professional, support"})
    kind = ma.fields.String(metadata={"description": "civil, public, contract: the quota a seat counts against"})
    field = ma.fields.String(metadata={"description": "field of work as the catalogue writes it"})
    ended = ma.fields.String(metadata={"description": "1: also what is no longer or not yet in force"})
    as_at = ma.fields.String(metadata={"description": "ISO date; today when left out"})


class PositionSchema(ma.Schema):
    """A job position of a catalogue; `key` is stable, names are never changed."""

    id = ma.fields.Integer()
    key = ma.fields.String()
    catalogue = ma.fields.String()
    number = ma.fields.String(allow_none=True)
    name = ma.fields.String()
    group = ma.fields.String()
    quota_kind = ma.fields.String()
    field = ma.fields.String(allow_none=True)
    ranks = ma.fields.List(ma.fields.String(), metadata={"description": "codes; empty: the catalogue does not say"})
    least_rank = ma.fields.String(allow_none=True)
    grade_min = ma.fields.Integer(allow_none=True)
    grade_max = ma.fields.Integer(allow_none=True)
    keeps_base_grade = ma.fields.Boolean()
    leadership_post = ma.fields.String(allow_none=True)
    active = ma.fields.Boolean()
    valid_from = ma.fields.Date(allow_none=True)
    last_day = ma.fields.Date(allow_none=True)
    source = ma.fields.String()
    mark = ma.fields.String(metadata={"description": "C seen, C2 secondary, K known, U unsure, P the province's own"})


class DayArguments(ma.Schema):
    """The day asked for."""

    as_at = ma.fields.String(metadata={"description": "ISO date; today when left out"})
    known_on = ma.fields.String(metadata={"description": "ISO date or date-time"})


class FrameSchema(ma.Schema):
    """The version of a frame in force on the day; `agency_id` is null for the province's model."""

    frame_id = ma.fields.Integer()
    agency_id = ma.fields.Integer(allow_none=True)
    agency = ma.fields.String(allow_none=True)
    version_id = ma.fields.Integer()
    valid_from = ma.fields.Date()
    last_day = ma.fields.Date(allow_none=True)
    decision_id = ma.fields.Integer(allow_none=True)
    basis = ma.fields.String(metadata={"description": "decision, old_data"})
    requirements = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "what fitness is judged by"})
    content = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "the parts of the official form"})


class FrameList(ma.Schema):
    """The frames of a position that the token may read: the model first, then agencies in tree order."""

    items = ma.fields.List(ma.fields.Nested(FrameSchema))


def _position(one: JobPosition) -> dict[str, Any]:
    names = (
        "id", "key", "catalogue", "number", "name", "quota_kind", "field", "ranks", "least_rank", "grade_min",
        "grade_max", "keeps_base_grade", "leadership_post", "active", "valid_from", "source", "mark",
    )  # fmt: skip
    found = {name: getattr(one, name) for name in names}
    return found | {"group": one.position_group, "last_day": last_day(one.valid_to)}


def _frame(frame_id: int, agency: tuple[int | None, str | None], version: FrameVersion) -> dict[str, Any]:
    return {
        "frame_id": frame_id, "agency_id": agency[0], "agency": agency[1], "version_id": version.id,
        "valid_from": version.valid_from, "last_day": last_day(version.valid_to), "decision_id": version.decision_id,
        "basis": version.basis, "requirements": {name: getattr(version, name) for name in REQUIREMENTS},
        "content": version.content,
    }  # fmt: skip


@blueprint.route("", access=View)
class Positions(MethodView):
    """The catalogue."""

    @blueprint.arguments(PositionArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(PositionSchema))
    def get(self, limit: int, after: str | None, **conditions: str) -> dict[str, Any]:
        """List job positions in the order of the catalogues; those in force on the day unless `ended` is 1."""
        on = asked_dates()[0] or clock.today()
        page = queries.list_positions(queries.parse(conditions), on, after=after, limit=limit)
        return {"items": [_position(one) for one in page.items], "next": page.next}


@blueprint.route("/<int:position_id>", access=View)
class Position(MethodView):
    """One position."""

    @blueprint.response(200, PositionSchema)
    def get(self, position_id: int) -> dict[str, Any]:
        """Return a job position of the catalogue."""
        return _position(queries.get_position(position_id))


@blueprint.route("/<int:position_id>/frames", access=View)
class PositionFrames(MethodView):
    """Its frames."""

    @blueprint.arguments(DayArguments, location="query", as_kwargs=True)
    @blueprint.response(200, FrameList)
    def get(self, position_id: int, **_dates: str) -> dict[str, Any]:
        """List the versions in force on a day: the model, and those of agencies the token may read."""
        as_at, known_on = asked_dates()
        queries.get_position(position_id)
        rows = frames.list_in_force(actor(), position_id, as_at or clock.today(), known_on)
        return {"items": [_frame(frame_id, agency, version) for frame_id, agency, version in rows]}
