"""`GET /api/v1/vacancies`: the lines with free seats on a day, in the part of the tree the token may see; no names."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.core import clock
from hrms.core.api import ListArguments, page_schema
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.web import ApiBlueprint, actor
from hrms.positions.queries import establishment, vacancies
from hrms.positions.queries.part import part_of
from hrms.positions.queries.vacancies import Filters
from hrms.positions.rules.kinds import PositionGroup, QuotaKind

blueprint = ApiBlueprint("vacancies_api", __name__, url_prefix="/vacancies", description="Chỗ trống")


class VacancyArguments(ListArguments):
    """What the list is narrowed to."""

    agency = ma.fields.String(
        load_default=None, metadata={"description": "code or id of an agency; everything under it is included"}
    )
    kind = ma.fields.String(load_default=None, validate=ma.validate.OneOf([*QuotaKind]))
    group = ma.fields.String(load_default=None, validate=ma.validate.OneOf([*PositionGroup]))
    position = ma.fields.Integer(load_default=None, metadata={"description": "id of a position of the catalogue"})
    as_at = ma.fields.String(metadata={"description": "ISO date; today when left out"})


class VacancySchema(ma.Schema):
    """A line with free seats; seats kept are not among the free."""

    line_id = ma.fields.Integer()
    code = ma.fields.String(allow_none=True, metadata={"description": "the agency's own code of the position"})
    agency_id = ma.fields.Integer()
    agency = ma.fields.String()
    position_id = ma.fields.Integer()
    position = ma.fields.String()
    kind = ma.fields.String(metadata={"description": "civil, public, contract"})
    group = ma.fields.String(metadata={"description": "leadership, professional, support"})
    seats = ma.fields.Integer()
    free = ma.fields.Integer()
    recruiting = ma.fields.Integer(metadata={"description": "seats kept for an approved recruitment"})
    proposed = ma.fields.Integer(metadata={"description": "seats kept for proposals on their way"})
    since = ma.fields.Date(allow_none=True)


@blueprint.route("", access=Permission.POSITIONS_VIEW)
class Vacancies(MethodView):
    """The list."""

    @blueprint.arguments(VacancyArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(VacancySchema))
    def get(
        self, limit: int, after: str | None, agency: str | None, kind: str | None, group: str | None,
        position: int | None, **_dates: str,
    ) -> dict[str, Any]:  # fmt: skip
        """List lines with free seats in the order of the tree."""
        who = actor()
        as_at, _known_on = asked_dates()
        part = part_of(who, agency)
        state = establishment.read(who, as_at or clock.today(), under=part.agency_id)
        found = vacancies.list_vacancies(state, Filters(kind, group, position), after=after, limit=limit)
        return {"items": [asdict(one) for one in found.page.items], "next": found.page.next}
