"""`/api/v1/classes`: classes with their seats; who of the token's scope is in one; nominating people for one."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import jsonify, url_for
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.core.api import ListArguments, etag, page_schema
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor
from hrms.people.counting import count_shown
from hrms.training.queries import classes as queries
from hrms.training.queries import enrolled
from hrms.training.queries.candidates import Answers
from hrms.training.queries.classes import READS, Look, Row
from hrms.training.queries.enrolled import Learner
from hrms.training.services import enrolling

P = Permission
SENDS = (P.TRAINING_NOMINATE, P.TRAINING_MANAGE)
blueprint = ApiBlueprint("classes_api", __name__, url_prefix="/classes", description="Lớp đào tạo, bồi dưỡng")


class ClassArguments(ListArguments):
    """The conditions of the page, by the same names."""

    q = ma.fields.String(metadata={"description": "words of the course's name, or of the class's code"})
    course = ma.fields.String(metadata={"description": "id of a course"})
    kind = ma.fields.String(metadata={"description": "kind of course: position, political_theory, …"})
    state = ma.fields.String(metadata={"description": "draft, open, running, completed, cancelled"})
    agency = ma.fields.String(metadata={"description": "id of the agency that runs it; those under it are included"})
    provider = ma.fields.String(metadata={"description": "id of a provider"})
    day_from = ma.fields.String(data_key="from", metadata={"description": "ISO date; classes that end on it or later"})
    day_to = ma.fields.String(data_key="to", metadata={"description": "ISO date; classes that begin on it or earlier"})
    free = ma.fields.String(metadata={"description": "1: open classes with a free seat"})
    mine = ma.fields.String(metadata={"description": "1: classes the token's account teaches"})


class SeatsSchema(ma.Schema):
    """How many learners a class has."""

    seats = ma.fields.Integer()
    seated = ma.fields.Integer()
    free = ma.fields.Integer()
    waiting = ma.fields.Integer()
    nominated = ma.fields.Integer()
    completed = ma.fields.Integer()


class NamedSchema(ma.Schema):
    """Something by id and name."""

    id = ma.fields.Integer()
    name = ma.fields.String()


class ClassSchema(ma.Schema):
    """A class; hours are those of its course on the first day."""

    id = ma.fields.Integer()
    code = ma.fields.String()
    name = ma.fields.String()
    state = ma.fields.String()
    course = ma.fields.Nested(NamedSchema)
    kind = ma.fields.String()
    provider = ma.fields.Nested(NamedSchema)
    agency = ma.fields.Nested(NamedSchema)
    form = ma.fields.String()
    hours = ma.fields.Decimal(as_string=True)
    starts_on = ma.fields.Date()
    ends_on = ma.fields.Date(metadata={"description": "last day"})
    place = ma.fields.String(allow_none=True)
    nominate_by = ma.fields.Date(allow_none=True)
    accepts = ma.fields.String(metadata={"description": "auto, reviewed"})
    least_attendance = ma.fields.Decimal(as_string=True, metadata={"description": "per cent of the hours"})
    pass_mark = ma.fields.Decimal(as_string=True, allow_none=True)
    counts = ma.fields.Nested(SeatsSchema)
    version = ma.fields.Integer()


class SessionSchema(ma.Schema):
    """A session of a class."""

    id = ma.fields.Integer()
    number = ma.fields.Integer()
    held_on = ma.fields.Date()
    starts_at = ma.fields.Time(allow_none=True)
    ends_at = ma.fields.Time(allow_none=True)
    hours = ma.fields.Decimal(as_string=True)
    topic = ma.fields.String(allow_none=True)
    place = ma.fields.String(allow_none=True)


class OneClassSchema(ClassSchema):
    """A class with its days and trainers."""

    sessions = ma.fields.List(ma.fields.Nested(SessionSchema))
    trainers = ma.fields.List(ma.fields.String())


class EnrolmentSchema(ma.Schema):
    """Somebody in a class: name, staff code and agency, and how they stand."""

    id = ma.fields.Integer()
    person_id = ma.fields.Integer()
    name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)
    agency = ma.fields.String()
    state = ma.fields.String()
    nominated_at = ma.fields.DateTime()
    mark = ma.fields.Decimal(as_string=True, allow_none=True)
    reason = ma.fields.String(allow_none=True)


class EnrolmentListSchema(ma.Schema):
    """Everybody of a class whom the token may see."""

    items = ma.fields.List(ma.fields.Nested(EnrolmentSchema))


class NominationSchema(ma.Schema):
    """People to be nominated, and what no record holds of postgraduate study."""

    people = ma.fields.List(
        ma.fields.Integer(strict=True), load_default=list, validate=ma.validate.Length(max=enrolling.MOST),
        metadata={"description": "ids of people, at least one"},
    )  # fmt: skip
    note = ma.fields.String(load_default="", validate=ma.validate.Length(max=1000))
    commitment_months = ma.fields.Integer(load_default=None, allow_none=True, validate=ma.validate.Range(1, 600))
    field_fits = ma.fields.Boolean(load_default=None, allow_none=True)
    first = ma.fields.Boolean(load_default=True)


class OutcomeSchema(ma.Schema):
    """What became of a nomination: ids of enrolments."""

    accepted = ma.fields.List(ma.fields.Integer())
    waiting = ma.fields.List(ma.fields.Integer())
    nominated = ma.fields.List(ma.fields.Integer())


_PLAIN = (
    "id", "code", "name", "state", "form", "hours", "starts_on", "ends_on", "place", "nominate_by", "accepts",
    "least_attendance", "pass_mark", "version",
)  # fmt: skip


def _counts(found: queries.Seats) -> dict[str, int]:
    return {name: getattr(found, name) for name in ("seats", "seated", "free", "waiting", "nominated", "completed")}


def _row(row: Row) -> dict[str, Any]:
    return {name: getattr(row.found, name) for name in _PLAIN} | {
        "course": {"id": row.found.course_id, "name": row.course}, "kind": row.kind,
        "provider": {"id": row.found.provider_id, "name": row.provider},
        "agency": {"id": row.found.agency_id, "name": row.agency}, "counts": _counts(row.counted),
    }  # fmt: skip


def _look(look: Look) -> dict[str, Any]:
    one = Row(
        look.found, look.course.name, look.course.kind, look.provider.name, look.agency.name, look.counted,
        look.found.starts_on, look.found.id,
    )  # fmt: skip
    return _row(one) | {"sessions": look.sessions, "trainers": list(look.trainers.values())}


def _learner(one: Learner) -> dict[str, Any]:
    return {
        "id": one.enrolment_id, "person_id": one.person_id, "name": one.name, "staff_code": one.staff_code,
        "agency": one.agency, "state": one.state.value, "nominated_at": one.nominated_at, "mark": one.mark,
        "reason": one.reason,
    }  # fmt: skip


@blueprint.route("", access=READS)
class Classes(MethodView):
    """The list."""

    @blueprint.arguments(ClassArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(ClassSchema))
    def get(
        self, limit: int, after: str | None, day_from: str = "", day_to: str = "", **conditions: str
    ) -> dict[str, Any]:
        """List classes, those that begin last first; they hold no people."""
        filters = queries.parse({**conditions, "from": day_from, "to": day_to})
        page = queries.list_classes(actor(), filters, after=after, limit=limit)
        return {"items": [_row(row) for row in page.items], "next": page.next}


@blueprint.route("/<int:class_id>", access=READS)
class OneClass(MethodView):
    """One class."""

    @blueprint.response(200, OneClassSchema)
    def get(self, class_id: int) -> Response:
        """Return a class with its days and trainers; `ETag` is its version."""
        look = queries.look(actor(), class_id)
        return etag(jsonify(OneClassSchema().dump(_look(look))), look.found.version)


@blueprint.route("/<int:class_id>/enrolments", access={"GET": (*SENDS, P.TRAINING_VIEW), "POST": SENDS})
class Enrolments(MethodView):
    """Who is in a class."""

    @blueprint.response(200, EnrolmentListSchema)
    def get(self, class_id: int) -> dict[str, Any]:
        """List the people of a class: everybody for whoever runs it, else those of the token's own scope."""
        who = actor()
        look = queries.look(who, class_id)
        organiser = who.may(P.TRAINING_MANAGE, at=look.agency.scope_ids)
        people = enrolled.roster(who, class_id) if organiser else enrolled.own_people(who, class_id)
        count_shown({one.person_id for one in people})
        return {"items": [_learner(one) for one in people]}

    @blueprint.arguments(NominationSchema)
    @blueprint.response(201, OutcomeSchema)
    def post(self, given: dict[str, Any], class_id: int) -> Response:
        """Nominate people; a condition that is not met refuses the whole list with a problem for each."""
        who = actor()
        queries.get_class(who, class_id)
        answers = Answers(given["commitment_months"], given["field_fits"], given["first"])
        with transaction():
            out = enrolling.nominate(who, class_id, given["people"], note=given["note"], answers=answers)
        answer = jsonify(OutcomeSchema().dump(out))
        answer.status_code = 201
        answer.headers["Location"] = url_for("classes_api.Enrolments", class_id=class_id)
        return answer
