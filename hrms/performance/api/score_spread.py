"""`/api/v1/score-spread`: how points or classes are spread under a node of the tree; small counts stay hidden."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint, actor
from hrms.performance.queries import spreading as queries
from hrms.performance.queries.spread_asked import asked_of, key_of, labels_of, offered, words
from hrms.positions.queries.part import part_of

P = Permission
blueprint = ApiBlueprint("score_spread_api", __name__, url_prefix="/score-spread", description="Phân bố điểm, xếp loại")


class SpreadArguments(ma.Schema):
    """What is spread, and where."""

    of = ma.fields.String(
        load_default="", metadata={"description": "2026 (classes of a year), 2026-m10, 2026-q3; newest month left out"}
    )
    agency = ma.fields.String(load_default="", metadata={"description": "id or code of an agency"})


class SpreadRow(ma.Schema):
    """A group, or several with few people counted together; `counts` by column, null where hidden."""

    names = ma.fields.List(ma.fields.String())
    people = ma.fields.Integer()
    counts = ma.fields.List(ma.fields.Integer(allow_none=True))
    mean = ma.fields.Decimal(places=2, as_string=True, allow_none=True)


class SpreadSection(ma.Schema):
    """The table of a dimension."""

    by = ma.fields.String(metadata={"description": "place, sex, age, role, position"})
    rows = ma.fields.List(ma.fields.Nested(SpreadRow))


class ScoreSpreadSchema(ma.Schema):
    """The tables of the page; counts under `hidden_below` are never told, nor what would betray them."""

    of = ma.fields.String()
    people = ma.fields.Integer(metadata={"description": "0 where `kept_back` says why nothing is told"})
    mean = ma.fields.Decimal(places=2, as_string=True, allow_none=True)
    columns = ma.fields.List(ma.fields.String())
    totals = ma.fields.List(ma.fields.Integer())
    sections = ma.fields.List(ma.fields.Nested(SpreadSection))
    hidden_below = ma.fields.Integer()
    kept_back = ma.fields.String(metadata={"description": "few, beside, or empty"})


@blueprint.route("", access=P.PERFORMANCE_VIEW)
class ScoreSpread(MethodView):
    """The spread."""

    @blueprint.arguments(SpreadArguments, location="query", as_kwargs=True)
    @blueprint.response(200, ScoreSpreadSchema)
    def get(self, of: str, agency: str) -> dict[str, Any]:
        """Return the tables of an agency, or of the token's whole part."""
        who = actor()
        top = part_of(who, None, P.PERFORMANCE_VIEW)
        part = part_of(who, agency.strip() or None, P.PERFORMANCE_VIEW)
        found = queries.spread(top, part, asked_of(of.strip(), offered()), words())
        return {
            "of": key_of(found.of), "people": found.people, "mean": found.mean, "columns": labels_of(found),
            "totals": found.totals, "hidden_below": found.least, "kept_back": found.kept_back,
            "sections": [
                {
                    "by": section.key,
                    "rows": [
                        {"names": line.names, "people": line.row.people, "counts": line.row.counts, "mean": line.mean}
                        for line in section.lines
                    ],
                }
                for section in found.sections
            ],
        }  # fmt: skip
