"""`/api/v1/courses`: the programmes as in force on a day; who keeps the catalogue writes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.core import clock
from hrms.core.api import ListArguments, etag, page_schema, require_version
from hrms.core.dates import last_day
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor
from hrms.training.models import Course, CourseVersion
from hrms.training.queries import courses as queries
from hrms.training.services import courses as services

P = Permission
READ = (P.TRAINING_VIEW, P.TRAINING_TEACH, P.SELF_VIEW)
KEEP = P.TRAINING_CATALOGUE
blueprint = ApiBlueprint("courses_api", __name__, url_prefix="/courses", description="Chương trình đào tạo, bồi dưỡng")


class CourseArguments(ListArguments):
    """The conditions of the page, by the same names."""

    q = ma.fields.String(metadata={"description": "words of the name or the code"})
    kind = ma.fields.String(metadata={"description": "position, leadership, digital, …"})
    form = ma.fields.String(metadata={"description": "class, online, blended"})
    level = ma.fields.String()
    competency = ma.fields.String(metadata={"description": "code of a competency it raises"})
    provider = ma.fields.String(metadata={"description": "id of a provider"})
    ended = ma.fields.String(metadata={"description": "1: also what is not in force on the day"})
    as_at = ma.fields.String(metadata={"description": "ISO date; today when left out"})
    known_on = ma.fields.String(metadata={"description": "ISO date or date-time"})


class RaisedSchema(ma.Schema):
    """A competency and the level a learner reaches."""

    code = ma.fields.String(required=True)
    level = ma.fields.Integer(allow_none=True, load_default=None)


class VersionSchema(ma.Schema):
    """What a programme is for a while; `positions`, `ranks`, `post_groups`, `person_kinds` all empty: everybody."""

    hours = ma.fields.Decimal(places=2, as_string=True, required=True)
    form = ma.fields.String(required=True, metadata={"description": "class, online, blended"})
    certificate = ma.fields.String(required=True, metadata={"description": "certificate, attestation, degree, none"})
    valid_months = ma.fields.Integer(allow_none=True, load_default=None)
    provider_ids = ma.fields.List(ma.fields.Integer(), load_default=list)
    competencies = ma.fields.List(ma.fields.Nested(RaisedSchema), load_default=list)
    positions = ma.fields.List(ma.fields.String(), load_default=list, metadata={"description": "keys of positions"})
    ranks = ma.fields.List(ma.fields.String(), load_default=list)
    post_groups = ma.fields.List(ma.fields.String(), load_default=list)
    person_kinds = ma.fields.List(ma.fields.String(), load_default=list)
    objectives = ma.fields.String(allow_none=True, load_default=None)
    content = ma.fields.String(allow_none=True, load_default=None)
    assessment = ma.fields.String(allow_none=True, load_default=None)
    note = ma.fields.String(allow_none=True, load_default=None)
    valid_from = ma.fields.Date(required=True)
    last_day = ma.fields.Date(dump_only=True, allow_none=True)


class CourseSchema(ma.Schema):
    """A programme; `content` of the day is `current`, null when none is in force."""

    id = ma.fields.Integer()
    code = ma.fields.String()
    name = ma.fields.String()
    kind = ma.fields.String()
    level = ma.fields.String(allow_none=True)
    source = ma.fields.String()
    mark = ma.fields.String(metadata={"description": "C seen, C2 secondary, K known, U unsure, P the province's own"})
    version = ma.fields.Integer()
    current = ma.fields.Nested(VersionSchema, allow_none=True)


class WrittenVersion(VersionSchema):
    """A version as it is written: from a day to before another, on a decision or on the programme's own source."""

    valid_to = ma.fields.Date(allow_none=True, load_default=None)
    decision_id = ma.fields.Integer(allow_none=True, load_default=None)


class NewCourse(ma.Schema):
    """A programme with its first version."""

    code = ma.fields.String(required=True, validate=ma.validate.Length(1, 30))
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 300))
    kind = ma.fields.String(required=True)
    level = ma.fields.String(allow_none=True, load_default=None)
    source = ma.fields.String(load_default="", validate=ma.validate.Length(0, 500))
    first = ma.fields.Nested(WrittenVersion, required=True)


def _version(one: CourseVersion) -> dict[str, Any]:
    return {name: getattr(one, name) for name in services.VERSION_FIELDS} | {
        "valid_from": one.valid_from, "last_day": last_day(one.valid_to),
    }  # fmt: skip


def _course(one: Course, version: CourseVersion | None) -> dict[str, Any]:
    names = ("id", "code", "name", "kind", "level", "source", "mark", "version")
    return {name: getattr(one, name) for name in names} | {"current": _version(version) if version else None}


def _days(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.pop(name, None) for name in ("valid_from", "valid_to", "decision_id")}


def _on() -> date:
    return asked_dates()[0] or clock.today()


@blueprint.route("", access={"GET": READ, "POST": KEEP})
class Courses(MethodView):
    """The programmes."""

    @blueprint.arguments(CourseArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(CourseSchema))
    def get(self, limit: int, after: str | None, **conditions: str) -> dict[str, Any]:
        """List programmes by name; those in force on the day unless `ended` is 1."""
        known_on = asked_dates()[1]
        page = queries.list_courses(queries.parse(conditions), _on(), known_on, after=after, limit=limit)
        items = [_course(row.course, row.version if row.in_force else None) for row in page.items]
        return {"items": items, "next": page.next}

    @blueprint.arguments(NewCourse)
    @blueprint.response(201, CourseSchema)
    def post(self, values: dict[str, Any]) -> Response:
        """Add a programme; `training.catalogue` over the whole province."""
        first = values.pop("first")
        with transaction():
            made = services.add(actor(), values, first, **_days(first))
        return _answer(made.id, 201)


class OfCourse(MethodView):
    """What hangs on one: 404 for one that is not there, before the body is read."""

    def dispatch_request(self, **given: Any) -> Any:
        """Read it first."""
        queries.get_course(given["course_id"])
        return super().dispatch_request(**given)


@blueprint.route("/<int:course_id>", access=READ)
class OneCourse(OfCourse):
    """One programme."""

    @blueprint.response(200, CourseSchema)
    def get(self, course_id: int) -> Response:
        """Return a programme with the version in force on the day."""
        return _answer(course_id)


@blueprint.route("/<int:course_id>/versions", access={"GET": READ, "POST": KEEP})
class Versions(OfCourse):
    """Its versions."""

    @blueprint.response(200, VersionSchema(many=True))
    def get(self, course_id: int) -> list[dict[str, Any]]:
        """List the versions, newest first."""
        queries.get_course(course_id)
        return [_version(one) for one in queries.list_versions(course_id, asked_dates()[1])]

    @blueprint.arguments(WrittenVersion)
    @blueprint.response(201, CourseSchema)
    def post(self, values: dict[str, Any], course_id: int) -> Response:
        """Write a version; needs `If-Match`."""
        found = queries.get_course(course_id)
        services.require_keeper(actor())
        require_version(found.version)
        seen = found.version
        with transaction():
            services.write(actor(), found, values, version=seen, **_days(values))
        return _answer(course_id, 201)


def _found(course_id: int) -> tuple[Course, CourseVersion | None]:
    found = queries.get_course(course_id)
    return found, queries.version_on(queries.list_versions(course_id, asked_dates()[1]), _on())


def _answer(course_id: int, status: int = 200) -> Response:
    found, version = _found(course_id)
    response = jsonify(CourseSchema().dump(_course(found, version)))
    response.status_code = status
    return etag(response, found.version)
