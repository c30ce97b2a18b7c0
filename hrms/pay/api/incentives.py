"""`/api/v1/incentives`: shares of bonuses and extra income, for payroll and accounting programs; read only."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.core.api import ListArguments, page_schema
from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint, actor
from hrms.pay.queries import payout_lists as queries
from hrms.pay.queries.payout_lists import ShareConditions
from hrms.pay.rules.schemes import PayoutState, Purpose, Step
from hrms.people.counting import count_shown

P = Permission
READ = (P.PAY_VIEW, P.SELF_VIEW)
"""Who sees only themself gets their own decided shares: the row policies say which."""
blueprint = ApiBlueprint(
    "incentives_api", __name__, url_prefix="/incentives", description="Tiền thưởng, thu nhập tăng thêm"
)


class ShareArguments(ListArguments):
    """What the list is narrowed to."""

    year = ma.fields.Integer(load_default=None, validate=ma.validate.Range(2024, 2100))
    quarter = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, 4))
    purpose = ma.fields.String(load_default=None, validate=ma.validate.OneOf([one.value for one in Purpose]))
    step = ma.fields.String(load_default=None, validate=ma.validate.OneOf([one.value for one in Step]))
    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf([one.value for one in PayoutState]))
    agency = ma.fields.Integer(
        load_default=None, metadata={"description": "id of a paying agency; those under it included"}
    )
    person = ma.fields.Integer(load_default=None, metadata={"description": "id of a person"})
    round = ma.fields.Integer(load_default=None, metadata={"description": "id of a round"})


class SharePerson(ma.Schema):
    """Whose share it is; the name is null for somebody who has left the token's scope since."""

    id = ma.fields.Integer()
    name = ma.fields.String(allow_none=True)
    staff_code = ma.fields.String(allow_none=True)
    kind = ma.fields.String(metadata={"description": "cadre, civil_servant, public_employee, contract, part_time"})


class ShareAgency(ma.Schema):
    """Where the person worked in the period."""

    id = ma.fields.Integer()
    name = ma.fields.String()


class IncentiveShareSchema(ma.Schema):
    """Somebody's share of a round in đồng: `due` = `amount` − `advanced`, below 0 what is to be given back."""

    id = ma.fields.Integer()
    round_id = ma.fields.Integer()
    paying_agency_id = ma.fields.Integer()
    person = ma.fields.Nested(SharePerson)
    agency = ma.fields.Nested(ShareAgency)
    year = ma.fields.Integer()
    quarter = ma.fields.Integer(allow_none=True)
    purpose = ma.fields.String(metadata={"description": "bonus, extra_income, special"})
    step = ma.fields.String(metadata={"description": "advance, settlement, ad_hoc"})
    state = ma.fields.String(metadata={"description": "draft, shared, decided, cancelled"})
    rating = ma.fields.String(
        allow_none=True, metadata={"description": "excellent, good, satisfactory, unsatisfactory, none"}
    )
    months = ma.fields.Integer()
    coefficient = ma.fields.Decimal(as_string=True, allow_none=True)
    salary = ma.fields.Decimal(as_string=True, metadata={"description": "pay by rank and step of the period"})
    points = ma.fields.Decimal(as_string=True)
    amount = ma.fields.Decimal(as_string=True)
    advanced = ma.fields.Decimal(as_string=True)
    due = ma.fields.Decimal(as_string=True)
    left_out = ma.fields.String(allow_none=True, metadata={"description": "why there is no share"})
    decided_on = ma.fields.Date(allow_none=True)


_PLAIN = (
    "id", "round_id", "paying_agency_id", "year", "quarter", "purpose", "step", "state", "rating", "months",
    "coefficient", "salary", "points", "amount", "advanced", "due", "left_out", "decided_on",
)  # fmt: skip


def _share(row: Any) -> dict[str, Any]:
    person = {"id": row.person_id, "name": row.full_name, "staff_code": row.staff_code, "kind": row.kind}
    found = {name: getattr(row, name) for name in _PLAIN}
    return found | {"person": person, "agency": {"id": row.agency_id, "name": row.unit}}


@blueprint.route("", access=READ)
class Incentives(MethodView):
    """The shares."""

    @blueprint.arguments(ShareArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(IncentiveShareSchema))
    def get(self, limit: int, after: str | None, **conditions: Any) -> dict[str, Any]:
        """List the shares the token may see, oldest first; only one's own, once decided, without `pay.view`."""
        page = queries.list_shares(ShareConditions(**conditions), after, limit)
        mine = actor().person_id
        count_shown({row.person_id for row in page.items if row.person_id != mine})
        return {"items": [_share(row) for row in page.items], "next": page.next}
