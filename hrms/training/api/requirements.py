"""`/api/v1/requirements`: what is owed on a day; who keeps the catalogue writes it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask import jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.core import clock
from hrms.core.api import etag, require_version
from hrms.core.dates import last_day
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor
from hrms.training.models import RequirementVersion, TrainingRequirement
from hrms.training.queries import requirements as queries
from hrms.training.services import requirements as services
from hrms.training.services.courses import require_keeper

P = Permission
READ = (P.TRAINING_VIEW, P.TRAINING_TEACH, P.SELF_VIEW)
KEEP = P.TRAINING_CATALOGUE
blueprint = ApiBlueprint(
    "requirements_api", __name__, url_prefix="/requirements", description="Yêu cầu đào tạo, bồi dưỡng bắt buộc"
)


class RequirementArguments(ma.Schema):
    """The day the list is of."""

    ended = ma.fields.String(load_default="", metadata={"description": "1: also what is not in force on the day"})
    as_at = ma.fields.String(metadata={"description": "ISO date; today when left out"})
    known_on = ma.fields.String(metadata={"description": "ISO date or date-time"})


def _hours(**more: Any) -> ma.fields.Decimal:
    return ma.fields.Decimal(places=2, as_string=True, **more)


class RequirementVersionSchema(ma.Schema):
    """What a requirement asks of whom for a while: hours in a period, or a course (`what`)."""

    target = ma.fields.String(
        required=True,
        metadata={"description": "all, person_kind, position, position_group, rank, post_group, post"},
    )
    target_codes = ma.fields.List(ma.fields.String(), load_default=list)
    what = ma.fields.String(required=True, metadata={"description": "hours, course"})
    hours = _hours(allow_none=True, load_default=None)
    counts = ma.fields.List(ma.fields.String(), load_default=list, metadata={"description": "kinds of entry"})
    period_years = ma.fields.Integer(load_default=1)
    carry_hours = _hours(load_default=lambda: Decimal(0))
    pro_rata = ma.fields.Boolean(load_default=True)
    exempt_absences = ma.fields.List(ma.fields.String(), load_default=list)
    exempt_days = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0, 366))
    grace_months = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0, 60))
    courses = ma.fields.List(ma.fields.String(), load_default=list, metadata={"description": "codes, any satisfies"})
    level_section = ma.fields.String(allow_none=True, load_default=None)
    level_least = ma.fields.String(allow_none=True, load_default=None)
    due_months = ma.fields.Integer(allow_none=True, load_default=None)
    exempt_before = ma.fields.Date(allow_none=True, load_default=None)
    keep_valid = ma.fields.Boolean(load_default=False)
    gate = ma.fields.String(required=True, metadata={"description": "off, warning, gate"})
    source = ma.fields.String(required=True)
    mark = ma.fields.String(dump_only=True)
    valid_from = ma.fields.Date(required=True)
    last_day = ma.fields.Date(dump_only=True, allow_none=True)


class RequirementSchema(ma.Schema):
    """A requirement; `current` is null when none of its versions is in force on the day."""

    id = ma.fields.Integer()
    code = ma.fields.String()
    name = ma.fields.String()
    version = ma.fields.Integer()
    current = ma.fields.Nested(RequirementVersionSchema, allow_none=True)


class RequirementList(ma.Schema):
    """All of them, in their order: few enough for one answer."""

    items = ma.fields.List(ma.fields.Nested(RequirementSchema))
    next = ma.fields.String(allow_none=True)


class WrittenRequirement(RequirementVersionSchema):
    """A version as it is written: from a day to before another, on a decision or on the source it names."""

    valid_to = ma.fields.Date(allow_none=True, load_default=None)
    decision_id = ma.fields.Integer(allow_none=True, load_default=None)


class NewRequirement(ma.Schema):
    """A requirement with its first version."""

    code = ma.fields.String(required=True, validate=ma.validate.Length(1, 30))
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 300))
    first = ma.fields.Nested(WrittenRequirement, required=True)


def _version(one: RequirementVersion) -> dict[str, Any]:
    names = (*services.VERSION_FIELDS, "mark", "valid_from")
    return {name: getattr(one, name) for name in names} | {"last_day": last_day(one.valid_to)}


def _item(one: TrainingRequirement, version: RequirementVersion | None) -> dict[str, Any]:
    found = {name: getattr(one, name) for name in ("id", "code", "name", "version")}
    return found | {"current": _version(version) if version else None}


def _on() -> date:
    return asked_dates()[0] or clock.today()


def _answer(requirement_id: int, status: int = 200) -> Response:
    found = queries.get_requirement(requirement_id)
    version = queries.version_on(queries.list_versions(requirement_id, asked_dates()[1]), _on())
    response = jsonify(RequirementSchema().dump(_item(found, version)))
    response.status_code = status
    return etag(response, found.version)


def _days(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.pop(name, None) for name in ("valid_from", "valid_to", "decision_id")}


@blueprint.route("", access={"GET": READ, "POST": KEEP})
class Requirements(MethodView):
    """What is owed."""

    @blueprint.arguments(RequirementArguments, location="query", as_kwargs=True)
    @blueprint.response(200, RequirementList)
    def get(self, ended: str, **_dates: str) -> dict[str, Any]:
        """List the requirements in force on a day, in their order; all of them when `ended` is 1."""
        rows = queries.list_requirements(_on(), asked_dates()[1], ended=ended == "1")
        return {"items": [_item(one.requirement, one.version if one.in_force else None) for one in rows], "next": None}

    @blueprint.arguments(NewRequirement)
    @blueprint.response(201, RequirementSchema)
    def post(self, values: dict[str, Any]) -> Response:
        """Add a requirement; `training.catalogue` over the whole province. Standings are reckoned anew afterwards."""
        first = values.pop("first")
        with transaction():
            made = services.add(actor(), values, first, **_days(first))
        return _answer(made.id, 201)


class OfRequirement(MethodView):
    """What hangs on one: 404 for one that is not there, before the body is read."""

    def dispatch_request(self, **given: Any) -> Any:
        """Read it first."""
        queries.get_requirement(given["requirement_id"])
        return super().dispatch_request(**given)


@blueprint.route("/<int:requirement_id>", access=READ)
class OneRequirement(OfRequirement):
    """One requirement."""

    @blueprint.response(200, RequirementSchema)
    def get(self, requirement_id: int) -> Response:
        """Return a requirement with the version in force on the day."""
        return _answer(requirement_id)


@blueprint.route("/<int:requirement_id>/versions", access={"GET": READ, "POST": KEEP})
class RequirementVersions(OfRequirement):
    """Its versions."""

    @blueprint.response(200, RequirementVersionSchema(many=True))
    def get(self, requirement_id: int) -> list[dict[str, Any]]:
        """List the versions, newest first."""
        queries.get_requirement(requirement_id)
        return [_version(one) for one in queries.list_versions(requirement_id, asked_dates()[1])]

    @blueprint.arguments(WrittenRequirement)
    @blueprint.response(201, RequirementSchema)
    def post(self, values: dict[str, Any], requirement_id: int) -> Response:
        """Write a version; needs `If-Match`. Standings are reckoned anew afterwards."""
        found = queries.get_requirement(requirement_id)
        require_keeper(actor())
        require_version(found.version)
        seen = found.version
        with transaction():
            services.write(actor(), found, values, version=seen, **_days(values))
        return _answer(requirement_id, 201)
