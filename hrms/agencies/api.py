"""`/api/v1/agencies`: the tree as JSON, through the same services and locks as its pages. Writes carry `If-Match`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Flask, jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.agencies import queries, schemas, services
from hrms.agencies.models import Agency
from hrms.agencies.schemas import AgencySchema, item_of
from hrms.core.api import ListArguments, etag, page_schema, register, require_version
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor

blueprint = ApiBlueprint("agencies_api", __name__, url_prefix="/agencies", description="Cây cơ quan, đơn vị")
View, Manage = Permission.AGENCIES_VIEW, Permission.AGENCIES_MANAGE


class AgencyArguments(ListArguments):
    """The conditions of the list."""

    q = ma.fields.String(load_default="", metadata={"description": "words of the name, accents or not, or a code"})
    kind = ma.fields.String(load_default=None)
    parent_id = ma.fields.Integer(load_default=None)
    with_closed = ma.fields.Boolean(load_default=False)


def _answer(agency: Agency, status: int = 200) -> Response:
    response = jsonify(AgencySchema().dump(item_of(agency)))
    response.status_code = status
    return etag(response, agency.version)


def _change(agency_id: int, act: Callable[..., Agency], **given: Any) -> Response:
    """Do one change of an agency within the actor's part, at the version the caller read."""
    agency = queries.get_agency(actor(), agency_id)
    require_version(agency.version)
    with transaction():
        agency = act(actor(), agency, version=agency.version, **given)
    return _answer(agency)


class OfAgency(MethodView):
    """What is done with one agency: whether it is there, for this actor, is settled before the body is read."""

    def dispatch_request(self, **given: Any) -> Any:
        """Answer 404 for an agency outside the actor's part, then go on."""
        queries.get_agency(actor(), given["agency_id"])
        return super().dispatch_request(**given)


@blueprint.route("", access={"GET": View, "POST": Manage})
class Agencies(MethodView):
    """The tree."""

    @blueprint.arguments(AgencyArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(AgencySchema))
    def get(self, limit: int, after: str | None, **conditions: Any) -> dict[str, Any]:
        """List the agencies of the token's part, by id."""
        page = queries.list_page(actor(), after=after, limit=limit, **conditions)
        return {"items": [item_of(agency) for agency in page.items], "next": page.next}

    @blueprint.arguments(schemas.NewAgencySchema)
    @blueprint.response(201, AgencySchema)
    def post(self, given: dict[str, Any]) -> Response:
        """Open an agency."""
        queries.get_agency(actor(), given["parent_id"])
        with transaction():
            agency = services.create_agency(actor(), **given)
        return _answer(agency, 201)


@blueprint.route("/<int:agency_id>", access={"GET": View, "PATCH": Manage})
class OneAgency(OfAgency):
    """One agency."""

    @blueprint.response(200, AgencySchema)
    def get(self, agency_id: int) -> Response:
        """Show an agency."""
        return _answer(queries.get_agency(actor(), agency_id))

    @blueprint.arguments(schemas.ContactsSchema)
    @blueprint.response(200, AgencySchema)
    def patch(self, given: dict[str, Any], agency_id: int) -> Response:
        """Change code, contacts and order; what is dated has resources of its own."""
        agency = queries.get_agency(actor(), agency_id)
        require_version(agency.version)
        with transaction():
            agency = services.edit_contacts(actor(), agency, given, version=agency.version)
        return _answer(agency)


@blueprint.route("/<int:agency_id>/rename", access=Manage)
class Rename(OfAgency):
    """Another name."""

    @blueprint.arguments(schemas.RenameSchema)
    @blueprint.response(200, AgencySchema)
    def post(self, given: dict[str, Any], agency_id: int) -> Response:
        """Give the agency another name or kind from a day on."""
        return _change(agency_id, services.rename_agency, **given)


@blueprint.route("/<int:agency_id>/move", access=Manage)
class Move(OfAgency):
    """Another place."""

    @blueprint.arguments(schemas.MoveSchema)
    @blueprint.response(200, AgencySchema)
    def post(self, given: dict[str, Any], agency_id: int) -> Response:
        """Put the agency under another from a day on."""
        queries.get_agency(actor(), given["parent_id"])
        return _change(agency_id, services.move_agency, **given)


@blueprint.route("/<int:agency_id>/close", access=Manage)
class Close(OfAgency):
    """The end."""

    @blueprint.arguments(schemas.CloseSchema)
    @blueprint.response(200, AgencySchema)
    def post(self, given: dict[str, Any], agency_id: int) -> Response:
        """End the agency; refused while people or agencies are in it."""
        if given["merged_into_id"] is not None:
            queries.get_agency(actor(), given["merged_into_id"])
        return _change(agency_id, services.close_agency, **given)


@blueprint.route("/<int:agency_id>/reopen", access=Manage)
class Reopen(OfAgency):
    """Undo of the end."""

    @blueprint.arguments(schemas.ReopenSchema)
    @blueprint.response(200, AgencySchema)
    def post(self, given: dict[str, Any], agency_id: int) -> Response:
        """Let a closed agency stand again from a day on."""
        return _change(agency_id, services.reopen_agency, **given)


def init_app(app: Flask) -> None:
    """Add the resource `agencies`."""
    register(app, blueprint)
