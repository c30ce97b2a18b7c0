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


class ChangeSchema(ma.Schema):
    """One thing that becomes different, in words."""

    label = ma.fields.String()
    old = ma.fields.String(allow_none=True)
    new = ma.fields.String(allow_none=True)


class ConditionSchema(ma.Schema):
    """A condition of the law for one person: `outcome` is met, not_met or unknown."""

    code = ma.fields.String()
    text = ma.fields.String()
    outcome = ma.fields.String()
    found = ma.fields.String()
    source = ma.fields.String()
    supplier = ma.fields.String()
    blocking = ma.fields.Boolean()
    answerable = ma.fields.Boolean()
    answered = ma.fields.Boolean()


class LineSchema(ma.Schema):
    """One person of a submission."""

    id = ma.fields.Integer()
    place = ma.fields.Integer()
    person_id = ma.fields.Integer()
    name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)
    state = ma.fields.String(metadata={"description": "pending, signed, refused, registered or dropped"})
    values = ma.fields.Dict()
    changes = ma.fields.List(ma.fields.Nested(ChangeSchema))
    conditions = ma.fields.List(ma.fields.Nested(ConditionSchema))
    remark = ma.fields.String(allow_none=True)
    signer_name = ma.fields.String(allow_none=True)
    signer_title = ma.fields.String(allow_none=True)
    signer_capacity = ma.fields.String(allow_none=True)
    signed_at = ma.fields.DateTime(allow_none=True)
    decision_id = ma.fields.Integer(allow_none=True)


class StepSchema(ma.Schema):
    """A step that was taken."""

    step = ma.fields.String()
    name = ma.fields.String()
    remark = ma.fields.String(allow_none=True)
    line_id = ma.fields.Integer(allow_none=True)
    at = ma.fields.DateTime()


class SubmissionSchema(ma.Schema):
    """A list of people on its way to signature. In a list of submissions `lines` and `steps` are left out."""

    id = ma.fields.Integer()
    kind = ma.fields.String()
    title = ma.fields.String()
    effective_on = ma.fields.Date()
    values = ma.fields.Dict()
    one_paper = ma.fields.Boolean()
    proposing_agency_id = ma.fields.Integer()
    appraising_agency_id = ma.fields.Integer(allow_none=True)
    signing_agency_id = ma.fields.Integer()
    split_key = ma.fields.String(metadata={"description": "shared by the parts of one list that was split by signer"})
    state = ma.fields.String(metadata={"description": "draft, submitted, appraised, signed, closed or dropped"})
    returned = ma.fields.Boolean()
    grounds = ma.fields.List(ma.fields.String())
    note = ma.fields.String(allow_none=True)
    changed_at = ma.fields.DateTime()
    version = ma.fields.Integer()
    lines = ma.fields.List(ma.fields.Nested(LineSchema))
    steps = ma.fields.List(ma.fields.Nested(StepSchema))


class SubmissionWrite(ma.Schema):
    """What of a draft may be changed; what is left out stays."""

    values = ma.fields.Dict(keys=ma.fields.String())
    own = ma.fields.Dict(
        keys=ma.fields.Integer(), values=ma.fields.Dict(keys=ma.fields.String()),
        metadata={"description": "what the kind asks for each person, by the person's id"},
    )  # fmt: skip
    effective_on = ma.fields.Date()
    one_paper = ma.fields.Boolean()
    title = ma.fields.String()
    note = ma.fields.String()


class NewSubmission(SubmissionWrite):
    """A new proposal."""

    kind = ma.fields.String(required=True)
    people = ma.fields.List(ma.fields.Integer(), required=True)
    effective_on = ma.fields.Date(required=True)


class NothingSchema(ma.Schema):
    """A step that needs nothing but the version."""


class RemarkSchema(ma.Schema):
    """A step with a remark."""

    remark = ma.fields.String(load_default="")


class LinesSchema(RemarkSchema):
    """A step about some people of the list; all of them when `lines` is left out."""

    lines = ma.fields.List(ma.fields.Integer(), load_default=None)


class PeopleSchema(ma.Schema):
    """People to be added."""

    people = ma.fields.List(ma.fields.Integer(), required=True)


class AnswerSchema(ma.Schema):
    """What the proposer vouches for; `met` null takes the answer back."""

    code = ma.fields.String(required=True)
    met = ma.fields.Boolean(required=True, allow_none=True)
    note = ma.fields.String(load_default="")
    lines = ma.fields.List(ma.fields.Integer(), load_default=None)


class SignSchema(LinesSchema):
    """The signature; `signer_title` as it is printed."""

    signer_title = ma.fields.String(load_default="")


class NumbersSchema(ma.Schema):
    """Văn thư's numbers: by line, or one for a list that becomes one paper; neither: the next of the agency's book."""

    symbol = ma.fields.String(load_default="", metadata={"example": "QĐ-SXD"})
    signed_on = ma.fields.Date(required=True)
    number = ma.fields.String(load_default=None)
    numbers = ma.fields.Dict(keys=ma.fields.Integer(), values=ma.fields.String(), load_default=None)
    lines = ma.fields.List(ma.fields.Integer(), load_default=None)
