"""What the API says of an account."""

from __future__ import annotations

import marshmallow as ma


class RoleSchema(ma.Schema):
    """A role held today and where."""

    role = ma.fields.String(required=True)
    agency_id = ma.fields.Integer(required=True)


class OwnAccountSchema(ma.Schema):
    """The account a token acts for, and what this token may do with it."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True, metadata={"description": "the holder's name"})
    roles = ma.fields.List(ma.fields.Nested(RoleSchema), required=True)
    permissions = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "within the limits of the token"}
    )
