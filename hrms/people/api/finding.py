"""`GET /api/v1/people`: the same list, conditions and locks as the page."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.core.api import ListArguments, page_schema
from hrms.core.errors import Forbidden
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.api.base import blueprint
from hrms.people.counting import count_shown
from hrms.people.queries.columns import COLUMNS
from hrms.people.queries.filters import parse, reach
from hrms.people.queries.finding import list_people
from hrms.people.schemas import ITEM_EXTRA, PersonItem, item_of, may_reveal
from hrms.people.services.export import BULK_LOCKED, note_reveals

LIST_COLUMNS = (
    "national_id", "sex", "birth_date", "job_position", "position_code", "rank_code", "rank_name", "coefficient",
    "post_name",
)  # fmt: skip


class PeopleArguments(ListArguments):
    """The conditions of the page, by the same names."""

    q = ma.fields.String(metadata={"description": "name with or without accents, staff code, or 12-digit ID number"})
    agency = ma.fields.String(metadata={"description": "code or id; everything under it is included"})
    kind = ma.fields.String()
    status = ma.fields.String()
    rank = ma.fields.String()
    position = ma.fields.String()
    sex = ma.fields.String()
    age_from = ma.fields.String()
    age_to = ma.fields.String()
    degree = ma.fields.String()
    theory = ma.fields.String()
    step_due = ma.fields.String()
    retires_in = ma.fields.String()
    ethnic_group = ma.fields.String()
    party = ma.fields.String()
    old_data = ma.fields.String()
    absent = ma.fields.String(metadata={"description": "any, or a kind of absence (see facts/absence)"})
    as_at = ma.fields.String(metadata={"description": "ISO date"})
    known_on = ma.fields.String(metadata={"description": "ISO date or date-time"})
    sort = ma.fields.String(metadata={"description": "name, birth_date, coefficient, next_step_on, retires_on"})


@blueprint.route("", access=Permission.PEOPLE_VIEW)
class People(MethodView):
    """The list."""

    @blueprint.arguments(PeopleArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(PersonItem))
    def get(self, limit: int, after: str | None, **conditions: str) -> dict[str, Any]:
        """List people in the token's scope, in the order of Vietnamese given names."""
        who = actor()
        as_at, known_on = asked_dates()
        filters = parse(conditions, as_at, known_on)
        where = reach(who, filters)
        columns = [COLUMNS[key] for key in LIST_COLUMNS]
        page = list_people(who, filters, where, columns, after=after, limit=limit, extra=ITEM_EXTRA)
        revealed = [row for row in page.items if may_reveal(who, row)]
        count_shown({row.person_id for row in page.items} - {row.person_id for row in revealed})
        if revealed:
            with transaction():
                locked = note_reveals(who, revealed)
            if locked:
                raise Forbidden(BULK_LOCKED)
        return {"items": [item_of(who, row) for row in page.items], "next": page.next}
