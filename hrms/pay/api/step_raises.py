"""`/api/v1/step-raises`: raises of a step, beyond the scale and before their day, with why; read only."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.core.api import ListArguments, etag, page_schema
from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint, actor
from hrms.pay.queries import raise_api as queries
from hrms.pay.queries.raise_api import Conditions
from hrms.pay.rules.raising import RaiseKind
from hrms.people.counting import count_shown

P = Permission
READ = (P.PAY_VIEW, P.SELF_VIEW)
"""Who sees only themself gets their own decided raises: the row policies say which."""
KINDS = tuple(one.value for one in RaiseKind)
STATES = ("proposed", "left_out", "sent", "decided", "cancelled")
blueprint = ApiBlueprint("step_raises_api", __name__, url_prefix="/step-raises", description="Nâng bậc lương")


class RaiseArguments(ListArguments):
    """What the list is narrowed to."""

    year = ma.fields.Integer(load_default=None, validate=ma.validate.Range(2013, 2100))
    quarter = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, 4))
    agency = ma.fields.Integer(load_default=None, metadata={"description": "id of an agency; those under it included"})
    person = ma.fields.Integer(load_default=None, metadata={"description": "id of a person"})
    list = ma.fields.Integer(load_default=None, metadata={"description": "id of a list"})
    kind = ma.fields.String(load_default=None, validate=ma.validate.OneOf(KINDS))
    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(STATES))
    effective_from = ma.fields.Date(load_default=None, metadata={"description": "raises that take effect on or after"})


class RaisedPerson(ma.Schema):
    """Whose raise it is."""

    id = ma.fields.Integer()
    name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)


class RaiseAgency(ma.Schema):
    """Where the person works."""

    id = ma.fields.Integer()
    name = ma.fields.String()


class RaiseStanding(ma.Schema):
    """A step with its coefficient and the percentage beyond the scale."""

    step = ma.fields.Integer()
    coefficient = ma.fields.Decimal(places=3, as_string=True)
    beyond_scale_percent = ma.fields.Decimal(places=2, as_string=True)


class RaiseListOf(ma.Schema):
    """The list it stands on; null for the owner's own raises."""

    id = ma.fields.Integer()
    kind = ma.fields.String(metadata={"description": "regular, early"})
    year = ma.fields.Integer()
    quarter = ma.fields.Integer(allow_none=True)
    state = ma.fields.String(metadata={"description": "proposed, sent, decided"})


class RaiseReason(ma.Schema):
    """One step of why the day is what it is."""

    text = ma.fields.String()
    figure = ma.fields.String()
    source = ma.fields.String()


class StepRaiseSchema(ma.Schema):
    """One raise; no amounts of money."""

    id = ma.fields.Integer()
    list = ma.fields.Nested(RaiseListOf, allow_none=True)
    person = ma.fields.Nested(RaisedPerson)
    agency = ma.fields.Nested(RaiseAgency)
    kind = ma.fields.String(metadata={"description": "step, beyond_scale, early, retirement"})
    state = ma.fields.String(metadata={"description": "proposed, left_out, sent, decided, cancelled"})
    left_out_reason = ma.fields.String(allow_none=True)
    rank_code = ma.fields.String(allow_none=True)
    pay_table = ma.fields.Integer()
    pay_group = ma.fields.String()
    before = ma.fields.Nested(RaiseStanding)
    after = ma.fields.Nested(RaiseStanding)
    step_since = ma.fields.Date()
    due_on = ma.fields.Date(metadata={"description": "regular day, with all that prolongs the step"})
    effective_on = ma.fields.Date()
    early_months = ma.fields.Integer(allow_none=True)
    doubts = ma.fields.List(ma.fields.String(), metadata={"description": "codes of what is doubtful"})
    submission_id = ma.fields.Integer(allow_none=True)
    decision_id = ma.fields.Integer(allow_none=True)
    decided_on = ma.fields.Date(allow_none=True)
    version = ma.fields.Integer()


class OneStepRaiseSchema(StepRaiseSchema):
    """One raise with the steps of its day."""

    reasons = ma.fields.List(ma.fields.Nested(RaiseReason))


_PLAIN = (
    "id", "kind", "state", "left_out_reason", "rank_code", "pay_table", "pay_group", "step_since", "due_on",
    "effective_on", "early_months", "submission_id", "decision_id", "decided_on", "version",
)  # fmt: skip


def _item(row: Any) -> dict[str, Any]:
    listed = (
        {"id": row.list_id, "kind": row.list_kind, "year": row.year, "quarter": row.quarter, "state": row.list_state}
        if row.list_kind else None
    )  # fmt: skip
    return {name: getattr(row, name) for name in _PLAIN} | {
        "list": listed, "person": {"id": row.person_id, "name": row.full_name, "staff_code": row.staff_code},
        "agency": {"id": row.agency_id, "name": row.agency},
        "before": _standing(row.from_step, row.from_coefficient, row.from_percent),
        "after": _standing(row.to_step, row.to_coefficient, row.to_percent),
        "doubts": [one["code"] for one in row.doubts],
    }  # fmt: skip


def _standing(step: int, coefficient: Any, percent: Any) -> dict[str, Any]:
    return {"step": step, "coefficient": coefficient, "beyond_scale_percent": percent}


@blueprint.route("", access=READ)
class StepRaises(MethodView):
    """The raises."""

    @blueprint.arguments(RaiseArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(StepRaiseSchema))
    def get(self, limit: int, after: str | None, **conditions: Any) -> dict[str, Any]:
        """List the raises of the people in the token's scope, oldest first; else one's own decided ones."""
        page = queries.list_raises(Conditions(**conditions), after, limit)
        count_shown({row.person_id for row in page.items if not actor().is_holder(row.person_id)})
        return {"items": [_item(row) for row in page.items], "next": page.next}


@blueprint.route("/<int:item_id>", access=READ)
class OneStepRaise(MethodView):
    """One raise."""

    @blueprint.response(200, OneStepRaiseSchema)
    def get(self, item_id: int) -> Response:
        """Return a raise with every step of its day; `ETag` is its version."""
        row = queries.get_raise(item_id)
        told = _item(row) | {"reasons": queries.steps_of(row)}
        return etag(jsonify(OneStepRaiseSchema().dump(told)), row.version)
