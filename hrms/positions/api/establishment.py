"""`/api/v1/establishment`: lines with their figures as at a day, and the ledger of quotas; entries are only added."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import jsonify
from flask.views import MethodView
from werkzeug.wrappers import Response

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.api import ListArguments, etag, page_schema, require_version
from hrms.core.paging import decode_ids, encode
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor
from hrms.positions.queries import establishment as reading
from hrms.positions.queries import sitting
from hrms.positions.queries.part import part_of
from hrms.positions.queries.seats import lines_of
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import MovementKind
from hrms.positions.rules.tree import LineFigures, NodeFigures
from hrms.positions.services import quotas

P = Permission
blueprint = ApiBlueprint(
    "establishment_api", __name__, url_prefix="/establishment", description="Biên chế, số chỗ theo vị trí việc làm"
)


class EstablishmentArguments(ListArguments):
    """What the list is narrowed to."""

    agency = ma.fields.String(
        load_default=None, metadata={"description": "code or id of an agency; everything under it is included"}
    )
    as_at = ma.fields.String(metadata={"description": "ISO date; today when left out"})


class FiguresSchema(ma.Schema):
    """Figures of one kind of quota; `unused` and `over` are never netted."""

    assigned = ma.fields.Integer()
    reserve = ma.fields.Integer()
    present = ma.fields.Integer()
    seconded_out = ma.fields.Integer()
    seconded_in = ma.fields.Integer()
    on_leave = ma.fields.Integer()
    recruiting = ma.fields.Integer()
    retiring_12m = ma.fields.Integer()
    unused = ma.fields.Integer()
    over = ma.fields.Integer()
    vacant = ma.fields.Integer()


class EstablishmentLineSchema(ma.Schema):
    """A position of an agency with its seats and people as at the day."""

    id = ma.fields.Integer()
    agency_id = ma.fields.Integer()
    agency = ma.fields.String()
    position_id = ma.fields.Integer()
    position = ma.fields.String()
    quota_kind = ma.fields.String(metadata={"description": "civil, public, contract"})
    code = ma.fields.String(allow_none=True)
    field = ma.fields.String(allow_none=True)
    base_position_id = ma.fields.Integer(allow_none=True)
    shares = ma.fields.Dict()
    proposed = ma.fields.Integer(metadata={"description": "seats kept for proposals on their way"})
    figures = ma.fields.Nested(FiguresSchema)
    version = ma.fields.Integer()


class QuotaSchema(ma.Schema):
    """The quota of an agency of one kind: its own part against the people it answers for, and the tree under it."""

    quota_kind = ma.fields.String()
    given = ma.fields.Boolean(metadata={"description": "whether it has a quota of its own"})
    assigned = ma.fields.Integer(metadata={"description": "the whole quota, agencies under it included"})
    reserve = ma.fields.Integer()
    passed_on = ma.fields.Integer()
    seats = ma.fields.Integer(metadata={"description": "seats of its own lines"})
    own = ma.fields.Nested(FiguresSchema)
    tree = ma.fields.Nested(FiguresSchema)


class AgencyQuotaSchema(ma.Schema):
    """The quotas of an agency; the ETag is what a new entry about it sends in `If-Match`."""

    agency_id = ma.fields.Integer()
    agency = ma.fields.String()
    quotas = ma.fields.List(ma.fields.Nested(QuotaSchema))


class QuotaMovementSchema(ma.Schema):
    """An entry of the ledger: `amount` people, signed, from `effective_on` on."""

    id = ma.fields.Integer()
    agency_id = ma.fields.Integer()
    agency = ma.fields.String()
    line_id = ma.fields.Integer(allow_none=True)
    position = ma.fields.String(allow_none=True)
    quota_kind = ma.fields.String()
    kind = ma.fields.String(metadata={"description": "assigned, adjusted, reserve, merged, closed, reversal"})
    reserve = ma.fields.Boolean()
    amount = ma.fields.Integer()
    effective_on = ma.fields.Date()
    decision_id = ma.fields.Integer(allow_none=True)
    basis = ma.fields.String()
    note = ma.fields.String(allow_none=True)
    reverses_id = ma.fields.Integer(allow_none=True)
    reversed_by = ma.fields.Integer(allow_none=True)


class NewMovementSchema(ma.Schema):
    """An entry to add; a cut below the people present needs `accept_reason` and `accept_by`."""

    agency_id = ma.fields.Integer(required=True)
    line_id = ma.fields.Integer(load_default=None, allow_none=True)
    quota_kind = ma.fields.Enum(QuotaKind, by_value=True, required=True)
    kind = ma.fields.String(
        required=True, validate=ma.validate.OneOf([k.value for k in (MovementKind.ASSIGNED, MovementKind.ADJUSTED,
                                                                     MovementKind.RESERVE)])
    )  # fmt: skip
    amount = ma.fields.Integer(required=True, strict=True)
    effective_on = ma.fields.Date(required=True)
    decision_id = ma.fields.Integer(load_default=None, allow_none=True)
    old_data = ma.fields.Boolean(load_default=False, metadata={"description": "old data, decision unknown"})
    note = ma.fields.String(load_default="")
    accept_reason = ma.fields.String(load_default="")
    accept_by = ma.fields.Date(load_default=None, allow_none=True)


def _line(one: LineFigures, names: dict[int, str]) -> dict[str, Any]:
    line = one.line
    return {
        "id": line.id, "agency_id": line.agency_id, "agency": names[line.agency_id], "position_id": line.position_id,
        "position": line.name, "quota_kind": line.kind.value, "code": line.code, "field": line.work_field,
        "base_position_id": line.base_position_id, "shares": line.shares, "proposed": one.proposed,
        "figures": one.figures, "version": line.version,
    }  # fmt: skip


def _quota(one: NodeFigures) -> dict[str, Any]:
    return {
        "quota_kind": one.kind.value, "given": one.given, "assigned": one.quota.assigned,
        "reserve": one.quota.reserve, "passed_on": one.passed_on, "seats": one.seats, "own": one.own, "tree": one.tree,
    }  # fmt: skip


def _movement(row: Any) -> dict[str, Any]:
    entry = row.QuotaMovement
    names = (
        "id", "agency_id", "line_id", "quota_kind", "kind", "reserve", "amount", "effective_on", "decision_id", "basis",
        "note", "reverses_id",
    )  # fmt: skip
    told = {name: getattr(entry, name) for name in names}
    return told | {"agency": row.agency, "position": row.position, "reversed_by": getattr(row, "reversed_by", None)}


def _day() -> date:
    as_at, _known_on = asked_dates()
    return as_at or clock.today()


@blueprint.route("", access=P.POSITIONS_VIEW)
class Lines(MethodView):
    """The lines."""

    @blueprint.arguments(EstablishmentArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(EstablishmentLineSchema))
    def get(self, limit: int, after: str | None, agency: str | None, **_dates: str) -> dict[str, Any]:
        """List lines with their figures as at a day, by id; no names of people are in it."""
        part = part_of(actor(), agency)
        found = reading.read(actor(), _day(), under=part.agency_id)
        last = decode_ids(after, 1)[0] if after else 0
        ids = sorted(line_id for line_id in found.lines if line_id > last)
        names = {node.id: node.name for node in found.nodes.values()}
        shown = [_line(found.lines[line_id], names) for line_id in ids[:limit]]
        return {"items": shown, "next": encode([ids[limit - 1]]) if len(ids) > limit else None}


@blueprint.route("/agencies/<int:agency_id>", access=P.POSITIONS_VIEW)
class AgencyQuota(MethodView):
    """The quotas of one agency."""

    @blueprint.response(200, AgencyQuotaSchema)
    def get(self, agency_id: int) -> Response:
        """Show the quotas of an agency and of all under it as at a day."""
        office = agencies.get_agency(actor(), agency_id, P.POSITIONS_VIEW)
        found = reading.read(actor(), _day(), under=agency_id)
        shown = [_quota(one) for one in found.figures.get(agency_id, {}).values()]
        told = AgencyQuotaSchema().dump({"agency_id": agency_id, "agency": office.name, "quotas": shown})
        return etag(jsonify(told), quotas.newest([agency_id]))


@blueprint.route("/movements", access=P.POSITIONS_VIEW)
class Movements(MethodView):
    """The ledger."""

    @blueprint.arguments(EstablishmentArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(QuotaMovementSchema))
    def get(self, limit: int, after: str | None, agency: str | None, **_dates: str) -> dict[str, Any]:
        """List the entries of the ledger that are in force by a day, oldest first."""
        part = part_of(actor(), agency)
        as_at, _known_on = asked_dates()
        filters = sitting.Filters(part.agency_id, until=as_at)
        page = sitting.list_movements(actor(), filters, after=after, limit=limit, newest_first=False)
        return {"items": [_movement(row) for row in page.items], "next": page.next}

    @blueprint.arguments(NewMovementSchema, as_kwargs=True)
    @blueprint.response(201, QuotaMovementSchema)
    def post(self, **given: Any) -> Response:
        """Add an entry; needs `If-Match` with the ETag of the agency's quotas, so nobody adds to a ledger unseen."""
        who = actor()
        office = agencies.get_agency(who, given["agency_id"], P.POSITIONS_VIEW)
        if given["decision_id"] is None and not given["old_data"]:
            raise missing("decision")
        line = lines_of([given["line_id"]]).get(given["line_id"]) if given["line_id"] else None
        if given["line_id"] and (line is None or line.agency_id != office.id):
            raise missing("line")
        accepted = None
        if given["accept_reason"] or given["accept_by"]:
            accepted = quotas.Acceptance(given["accept_reason"], given["accept_by"])
        entry = quotas.entry(
            office.id, given["quota_kind"], MovementKind(given["kind"]), given["amount"], given["effective_on"],
            given["line_id"],
        )  # fmt: skip
        with transaction():
            seen = quotas.newest([office.id])
            require_version(seen)
            (made,) = quotas.write(
                who, [entry], decision_id=given["decision_id"], note=given["note"], acceptance=accepted, seen=seen
            )
        row = sitting.get_movement(who, made)
        response = jsonify(QuotaMovementSchema().dump(_movement(row)))
        response.status_code = 201
        return etag(response, quotas.newest([office.id]))
