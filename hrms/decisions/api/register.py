"""`/api/v1/decisions`: the register as JSON, through the same services and locks as its pages."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Flask, jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.agencies import queries as agencies
from hrms.core.api import ListArguments, etag, page_schema, register, require_version
from hrms.core.errors import refuse_if
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor
from hrms.decisions import queries, rules, services
from hrms.decisions.models import Decision
from hrms.decisions.schemas import DecisionSchema, DecisionWrite, NewDecision, item_of

blueprint = ApiBlueprint("decisions_api", __name__, url_prefix="/decisions", description="Sổ quyết định")


class DecisionArguments(ListArguments):
    """The conditions of the page, by the same names."""

    q = ma.fields.String(load_default="")
    year = ma.fields.Integer(load_default=None)
    kind = ma.fields.String(load_default=None)
    issuer = ma.fields.String(load_default="")
    agency = ma.fields.String(
        load_default=None, metadata={"description": "code or id; everything under it is included"}
    )


def _answer(decision: Decision, status: int = 200) -> Response:
    response = jsonify(DecisionSchema().dump(item_of(decision)))
    response.status_code = status
    return etag(response, decision.version)


def _values(given: dict[str, Any]) -> dict[str, Any]:
    values = dict(given)
    typed = values.pop("reference", None)
    if typed is not None:
        reference = rules.parse_reference(typed)
        refuse_if(rules.check_reference(reference, typed, "reference"))
        values["number"], values["symbol"] = (reference.number, reference.symbol) if reference else ("", "")
    return values


@blueprint.route("", access={"GET": Permission.DECISIONS_VIEW, "POST": Permission.DECISIONS_RECORD})
class Decisions(MethodView):
    """The register."""

    @blueprint.arguments(DecisionArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(DecisionSchema))
    def get(self, limit: int, after: str | None, agency: str | None, **conditions: Any) -> dict[str, Any]:
        """List the decisions the token may see, newest first."""
        found = agencies.find_visible(actor(), agency, Permission.DECISIONS_VIEW) if agency else None
        filters = queries.Filters(**conditions, agency_id=found.id if found else None)
        page = queries.list_decisions(filters, after=after, limit=limit)
        return {"items": [item_of(decision) for decision in page.items], "next": page.next}

    @blueprint.arguments(NewDecision)
    @blueprint.response(201, DecisionSchema)
    def post(self, given: dict[str, Any]) -> Response:
        """Enter a decision."""
        who = actor()
        values = _values(given)
        about = values.pop("agencies")
        for agency_id in about:
            agencies.get_agency(who, agency_id, Permission.DECISIONS_RECORD)
        values["scope_ids"] = agencies.scope_ids_of(about) if about else []
        values = {"number": "", "symbol": "", "kind": rules.DecisionKind.OTHER, **values}
        with transaction():
            decision = services.register(who, **values)
        return _answer(decision, 201)


@blueprint.route("/<int:decision_id>", access={"GET": Permission.DECISIONS_VIEW, "PATCH": Permission.DECISIONS_RECORD})
class OneDecision(MethodView):
    """One entry."""

    def dispatch_request(self, **given: Any) -> Any:
        """Answer 404 for an entry the actor may not see before the body is read."""
        queries.get_decision(given["decision_id"])
        return super().dispatch_request(**given)

    @blueprint.response(200, DecisionSchema)
    def get(self, decision_id: int) -> Response:
        """Show an entry."""
        return _answer(queries.get_decision(decision_id))

    @blueprint.arguments(DecisionWrite)
    @blueprint.response(200, DecisionSchema)
    def patch(self, given: dict[str, Any], decision_id: int) -> Response:
        """Correct an entry; needs `If-Match`."""
        decision = queries.get_decision(decision_id)
        require_version(decision.version)
        with transaction():
            decision = services.correct(actor(), decision, _values(given), version=decision.version)
        return _answer(decision)


def init_app(app: Flask) -> None:
    """Add the resource `decisions`."""
    register(app, blueprint)
