"""`/api/v1/pay-lines`: the lines of sheets one by one, for payroll and accounting programs; read only."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.core.api import ListArguments, page_schema
from hrms.core.permissions import Permission
from hrms.core.web import ApiBlueprint, actor
from hrms.pay.queries import sheet_books as queries
from hrms.pay.queries.sheet_books import LineConditions
from hrms.pay.rules.lines import SIDES
from hrms.people.counting import count_shown

P = Permission
READ = (P.PAY_VIEW, P.SELF_VIEW)
"""Who sees only themself gets their own approved lines: the row policies say which."""
STATES = ("computed", "approved")
blueprint = ApiBlueprint(
    "pay_lines_api", __name__, url_prefix="/pay-lines", description="Từng khoản của bảng lương tháng"
)


class MonthField(ma.fields.String):
    """A month as yyyy-mm; read as its first day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        try:
            return date.fromisoformat(f"{text}-01")
        except ValueError as error:
            raise ma.ValidationError("not a month: yyyy-mm") from error

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> str | None:
        del attr, obj, more
        return None if value is None else f"{value:%Y-%m}"


class LineArguments(ListArguments):
    """What the list is narrowed to."""

    month = MonthField(load_default=None, metadata={"description": "month of the sheet, yyyy-mm"})
    for_month = MonthField(load_default=None, metadata={"description": "month the amount belongs to, yyyy-mm"})
    person = ma.fields.Integer(load_default=None, metadata={"description": "id of a person"})
    agency = ma.fields.Integer(load_default=None, metadata={"description": "id of an agency; those under it included"})
    run = ma.fields.Integer(load_default=None, metadata={"description": "id of a sheet"})
    side = ma.fields.String(load_default=None, validate=ma.validate.OneOf(list(SIDES)))
    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(STATES))


class LinePerson(ma.Schema):
    """Whose line it is; the name is null for somebody who has left the token's scope since."""

    id = ma.fields.Integer()
    name = ma.fields.String(allow_none=True)
    staff_code = ma.fields.String(allow_none=True)
    kind = ma.fields.String(metadata={"description": "cadre, civil_servant, public_employee, contract"})


class LineAgency(ma.Schema):
    """Where the person worked in the month."""

    id = ma.fields.Integer()
    name = ma.fields.String()


class PayLineSchema(ma.Schema):
    """One amount of a slip. `for_month` before `month`: arrears, a difference that may be below 0."""

    id = ma.fields.Integer()
    slip_id = ma.fields.Integer()
    run_id = ma.fields.Integer()
    paying_agency_id = ma.fields.Integer(allow_none=True, metadata={"description": "null for the owner's own lines"})
    person = ma.fields.Nested(LinePerson)
    agency = ma.fields.Nested(LineAgency)
    month = MonthField()
    for_month = MonthField()
    state = ma.fields.String(metadata={"description": "computed (may change), approved (never changes)"})
    side = ma.fields.String(metadata={"description": "line, deduction (from the person), employer"})
    code = ma.fields.String(metadata={"description": "salary, leadership, public_duty, social_insurance, …"})
    amount = ma.fields.Decimal(places=0, as_string=True, metadata={"description": "whole đồng as text"})


def _item(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "slip_id": row.slip_id, "run_id": row.run_id, "paying_agency_id": row.paying_id,
        "person": {"id": row.person_id, "name": row.full_name, "staff_code": row.staff_code, "kind": row.kind},
        "agency": {"id": row.agency_id, "name": row.agency}, "month": row.month, "for_month": row.for_month,
        "state": row.state, "side": row.side, "code": row.code, "amount": row.amount,
    }  # fmt: skip


@blueprint.route("", access=READ)
class PayLines(MethodView):
    """The lines."""

    @blueprint.arguments(LineArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(PayLineSchema))
    def get(self, limit: int, after: str | None, **conditions: Any) -> dict[str, Any]:
        """List the lines of the sheets whose amounts the token may see, oldest first; else one's own approved ones."""
        page = queries.list_lines(LineConditions(**conditions), after, limit)
        count_shown({row.person_id for row in page.items if not actor().is_holder(row.person_id)})
        return {"items": [_item(row) for row in page.items], "next": page.next}
