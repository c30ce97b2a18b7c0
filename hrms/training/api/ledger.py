"""`/api/v1/credits`: entries of the ledger in the order they were written; one is taken back by its reversal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import marshmallow as ma
from flask.views import MethodView

from hrms.core.api import ListArguments, page_schema, require_version
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import ApiBlueprint, actor
from hrms.people.counting import count_shown
from hrms.training.queries import history
from hrms.training.queries.history import Conditions
from hrms.training.services import correcting

P = Permission
blueprint = ApiBlueprint("credits_api", __name__, url_prefix="/credits", description="Sổ ghi tiết học")


class CreditArguments(ListArguments):
    """What the list is narrowed to; with `changed_since` a program follows the ledger, reversals included."""

    person = ma.fields.Integer(load_default=None, metadata={"description": "id of a person"})
    year = ma.fields.Integer(
        load_default=None, validate=ma.validate.Range(1960, 2100),
        metadata={"description": "calendar year of the last day of what was learnt"},
    )  # fmt: skip
    changed_since = ma.fields.AwareDateTime(
        load_default=None, metadata={"description": "ISO date-time with its zone: written then or later"}
    )


class CreditPerson(ma.Schema):
    """Whose hours they are."""

    id = ma.fields.Integer()
    name = ma.fields.String()
    staff_code = ma.fields.String(allow_none=True)


class CreditSchema(ma.Schema):
    """An entry: recognised hours, negative in a reversal. `version` is 1 while it stands, 2 once it is reversed."""

    id = ma.fields.Integer()
    person = ma.fields.Nested(CreditPerson)
    kind = ma.fields.String()
    form = ma.fields.String()
    hours = ma.fields.Decimal(as_string=True)
    earned_on = ma.fields.Date()
    source = ma.fields.String(metadata={"description": "class, evidence, import, old_data, reversal"})
    course = ma.fields.String(allow_none=True, metadata={"description": "code of the course"})
    title = ma.fields.String()
    class_id = ma.fields.Integer(allow_none=True)
    evidence_id = ma.fields.Integer(allow_none=True)
    proof = ma.fields.String(allow_none=True)
    reverses_id = ma.fields.Integer(allow_none=True)
    reversed_by = ma.fields.Integer(allow_none=True)
    reason = ma.fields.String(allow_none=True)
    recorded_at = ma.fields.AwareDateTime()
    version = ma.fields.Integer()


class ReverseBody(ma.Schema):
    """Why an entry is taken back."""

    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 1000))


class ReversedSchema(ma.Schema):
    """The entry that took it back; null where that was the undoing of a report already undone."""

    id = ma.fields.Integer(allow_none=True)


def _item(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "person": {"id": row.person_id, "name": row.full_name, "staff_code": row.staff_code},
        "kind": row.kind, "form": row.form, "hours": row.hours, "earned_on": row.earned_on, "source": row.source,
        "course": row.course_code, "title": row.name, "class_id": row.class_id, "evidence_id": row.evidence_id,
        "proof": row.proof, "reverses_id": row.reverses_id, "reversed_by": row.reversed_by, "reason": row.reason,
        "recorded_at": row.recorded_at, "version": 1 if row.reversed_by is None else 2,
    }  # fmt: skip


@blueprint.route("", access=P.TRAINING_VIEW)
class Credits(MethodView):
    """The ledger."""

    @blueprint.arguments(CreditArguments, location="query", as_kwargs=True)
    @blueprint.response(200, page_schema(CreditSchema))
    def get(
        self, limit: int, after: str | None, person: int | None, year: int | None, changed_since: datetime | None
    ) -> dict[str, Any]:
        """List entries of the people in the token's scope, oldest first; `next` goes on where this page ends."""
        who = actor()
        page = history.list_entries(who.scope(P.TRAINING_VIEW), Conditions(person, year, changed_since), after, limit)
        count_shown({row.person_id for row in page.items})
        return {"items": [_item(row) for row in page.items], "next": page.next}


@blueprint.route("/<int:entry_id>/reverse", access=P.TRAINING_MANAGE)
class Reversing(MethodView):
    """Taking an entry back."""

    def dispatch_request(self, **given: Any) -> Any:
        """Read the entry first: 404 for one the reader may not see, before the body is read."""
        history.get_entry(given["entry_id"])
        return super().dispatch_request(**given)

    @blueprint.arguments(ReverseBody)
    @blueprint.response(201, ReversedSchema)
    def post(self, body: dict[str, Any], entry_id: int) -> dict[str, Any]:
        """Reverse an entry, as `If-Match: "1"` saw it standing: sent again it is refused with 412."""
        entry = history.get_entry(entry_id)
        require_version(1 if entry.reversed_by is None else 2)
        with transaction():
            made = correcting.reverse_by_hand(actor(), entry_id, body["reason"])
        return {"id": made}
