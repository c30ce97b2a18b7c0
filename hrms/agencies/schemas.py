"""An agency as the API gives and takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind, Sector

KIND = ma.validate.OneOf([kind.value for kind in AgencyKind])
SECTOR = ma.validate.OneOf([sector.value for sector in Sector])


class AgencySchema(ma.Schema):
    """An agency as it stands today."""

    id = ma.fields.Integer()
    code = ma.fields.String(allow_none=True, metadata={"example": "H13.05"})
    name = ma.fields.String()
    short_name = ma.fields.String(allow_none=True)
    kind = ma.fields.String()
    sector = ma.fields.String(allow_none=True)
    parent_id = ma.fields.Integer(allow_none=True)
    path = ma.fields.List(ma.fields.Integer(), metadata={"description": "ids from the root to the agency itself"})
    ward_code = ma.fields.String(allow_none=True)
    address = ma.fields.String(allow_none=True)
    phone = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)
    website = ma.fields.String(allow_none=True)
    opened_on = ma.fields.Date(allow_none=True)
    closed_on = ma.fields.Date(allow_none=True, metadata={"description": "the first day on which it no longer exists"})
    merged_into_id = ma.fields.Integer(allow_none=True)
    version = ma.fields.Integer()


class _Paper(ma.Schema):
    decision_id = ma.fields.Integer(
        load_default=None, allow_none=True, metadata={"description": "of the register; null: old data, paper unknown"}
    )


class _Contacts(ma.Schema):
    code = ma.fields.String(allow_none=True)
    short_name = ma.fields.String(allow_none=True)
    sector = ma.fields.String(allow_none=True, validate=SECTOR)
    ward_code = ma.fields.String(allow_none=True)
    address = ma.fields.String(allow_none=True)
    phone = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)
    website = ma.fields.String(allow_none=True)
    order_no = ma.fields.Integer(validate=ma.validate.Range(1, 9999))


class NewAgencySchema(_Paper, _Contacts):
    """A new agency."""

    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=KIND)
    parent_id = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)


class ContactsSchema(_Contacts):
    """What is not dated."""


class RenameSchema(_Paper):
    """Another name, or another kind."""

    name = ma.fields.String(required=True)
    kind = ma.fields.String(load_default=None, allow_none=True, validate=KIND)
    valid_from = ma.fields.Date(required=True)


class MoveSchema(_Paper):
    """Another place."""

    parent_id = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)


class CloseSchema(_Paper):
    """The end of an agency."""

    closed_on = ma.fields.Date(required=True)
    merged_into_id = ma.fields.Integer(load_default=None, allow_none=True)


class ReopenSchema(_Paper):
    """Undo or correct a closing."""

    valid_from = ma.fields.Date(required=True)


def item_of(agency: Agency) -> Mapping[str, Any]:
    """Return an agency with the keys of `AgencySchema`."""
    names = (name for name in AgencySchema().fields if name != "path")
    return {**{name: getattr(agency, name) for name in names}, "path": agency.scope_ids[1:]}
