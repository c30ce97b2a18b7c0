"""A decision as the API gives and takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from hrms.decisions.models import Decision
from hrms.decisions.rules import DecisionKind


class IssuerSchema(ma.Schema):
    """The issuing body: within the tree with its code, else the name as printed."""

    id = ma.fields.Integer(allow_none=True)
    name = ma.fields.String()


class DecisionSchema(ma.Schema):
    """An entry of the register."""

    id = ma.fields.Integer()
    number = ma.fields.String(metadata={"example": "905"})
    symbol = ma.fields.String(metadata={"example": "QĐ-SNV"})
    reference = ma.fields.String(metadata={"example": "905/QĐ-SNV"})
    signed_on = ma.fields.Date()
    effective_on = ma.fields.Date(allow_none=True)
    issuer = ma.fields.Nested(IssuerSchema)
    kind = ma.fields.String()
    subject = ma.fields.String()
    signer_name = ma.fields.String(allow_none=True)
    signer_title = ma.fields.String(allow_none=True)
    legal_ground = ma.fields.String(allow_none=True)
    note = ma.fields.String(allow_none=True)
    withdrawn = ma.fields.Boolean()
    version = ma.fields.Integer()


class DecisionWrite(ma.Schema):
    """What may be written: the reference as on paper, or number and symbol apart."""

    reference = ma.fields.String(metadata={"description": "905/QĐ-SNV; instead of number and symbol"})
    number = ma.fields.String()
    symbol = ma.fields.String()
    signed_on = ma.fields.Date()
    effective_on = ma.fields.Date(allow_none=True)
    issuer_agency_id = ma.fields.Integer(allow_none=True)
    issuer_name = ma.fields.String(allow_none=True)
    kind = ma.fields.String(validate=ma.validate.OneOf([kind.value for kind in DecisionKind]))
    subject = ma.fields.String()
    signer_name = ma.fields.String(allow_none=True)
    signer_title = ma.fields.String(allow_none=True)
    legal_ground = ma.fields.String(allow_none=True)
    note = ma.fields.String(allow_none=True)


class NewDecision(DecisionWrite):
    """A new entry; `agencies` are the ids of those it is about."""

    signed_on = ma.fields.Date(required=True)
    agencies = ma.fields.List(ma.fields.Integer(), load_default=list)


def item_of(decision: Decision) -> Mapping[str, Any]:
    """Return an entry with the keys of `DecisionSchema`."""
    names = (
        "id", "number", "symbol", "reference", "signed_on", "effective_on", "kind", "subject", "signer_name",
        "signer_title", "legal_ground", "note", "version",
    )  # fmt: skip
    issuer = {"id": decision.issuer_agency_id, "name": decision.issuer_name}
    return {
        **{n: getattr(decision, n) for n in names},
        "issuer": issuer,
        "withdrawn": decision.withdrawn_at is not None,
    }
