"""`GET /api/v1/assignments`: who sits in which seat on a day, of the people the token may see."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.api import ListArguments, page_schema
from hrms.core.dates import last_day
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.web import ApiBlueprint, actor
from hrms.people.counting import count_shown
from hrms.people.schemas import CodeName
from hrms.positions.queries.assigned import Conditions, list_assignments

P = Permission
blueprint = ApiBlueprint(
    "assignments_api", __name__, url_prefix="/assignments", description="Bố trí vào vị trí việc làm"
)


class AssignmentArguments(ListArguments):
    """What the list is narrowed to."""

    agency = ma.fields.String(
        load_default=None, metadata={"description": "code or id of the line's agency; everything under it is included"}
    )
    line = ma.fields.Integer(load_default=None, metadata={"description": "id of an establishment line"})
    as_at = ma.fields.String(metadata={"description": "ISO date; today when left out"})
    known_on = ma.fields.String(metadata={"description": "ISO date or date-time"})


class AssignedPerson(ma.Schema):
    """Who sits there."""

    id = ma.fields.Integer()
    name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)


class AssignmentSchema(ma.Schema):
    """A seat somebody holds: true from `valid_from` to `last_day`, both included."""

    id = ma.fields.Integer()
    person = ma.fields.Nested(AssignedPerson)
    line_id = ma.fields.Integer()
    line_code = ma.fields.String(allow_none=True, metadata={"description": "the agency's own code of the position"})
    position = ma.fields.Nested(CodeName)
    agency = ma.fields.Nested(CodeName)
    quota_kind = ma.fields.String(metadata={"description": "civil, public, contract"})
    role = ma.fields.String(metadata={"description": "main, concurrent, acting, in_charge, seconded"})
    career_grade = ma.fields.Integer(allow_none=True)
    fit = ma.fields.String(allow_none=True, metadata={"description": "met, train, unmet; null in old data"})
    valid_from = ma.fields.Date()
    last_day = ma.fields.Date(allow_none=True)
    decision_id = ma.fields.Integer(allow_none=True)
    basis = ma.fields.String(metadata={"description": "decision, old_data"})


def _item(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "person": {"id": row.person_id, "name": row.full_name, "staff_code": row.staff_code},
        "line_id": row.line_id, "line_code": row.line_code,
        "position": {"code": row.position_key, "name": row.position},
        "agency": {"code": row.agency_code, "name": row.agency}, "quota_kind": row.quota_kind, "role": row.role,
        "career_grade": row.career_grade, "fit": row.fit, "valid_from": row.valid_from,
        "last_day": last_day(row.valid_to), "decision_id": row.decision_id, "basis": row.basis,
    }  # fmt: skip


@blueprint.route("", access=P.PEOPLE_VIEW)
class Assignments(MethodView):
    """The list."""

    @blueprint.arguments(AssignmentArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(AssignmentSchema))
    def get(self, limit: int, after: str | None, agency: str | None, line: int | None, **_dates: str) -> dict[str, Any]:
        """List assignments in force on a day, by line; people beyond the token's scope are left out."""
        who = actor()
        who.require(P.POSITIONS_VIEW)
        as_at, known_on = asked_dates()
        place = agencies.find_visible(who, agency, P.PEOPLE_VIEW) if agency else None
        conditions = Conditions(as_at or clock.today(), known_on, place.id if place else None, line)
        page = list_assignments(conditions, after, limit)
        count_shown({row.person_id for row in page.items})
        return {"items": [_item(row) for row in page.items], "next": page.next}
