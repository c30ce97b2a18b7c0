"""A raise whose decision is taken back: the step goes back in the record, and its item may be proposed again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.decisions import kinds as path
from hrms.decisions.kinds import Extension, Proposed
from hrms.decisions.models import Decision, SubmissionLine
from hrms.pay.queries import raise_items
from hrms.people.services.undoing import CANCELLATION

_TAKEN_BACK = text("""
UPDATE raise_items SET state = 'cancelled', version = version + 1
WHERE decision_id = :decision AND person_id = ANY (CAST(:ids AS bigint[])) AND state = 'decided'
RETURNING list_id
""")


class WithRaises(Extension):
    """What cancelling a decision does to the raises it decided."""

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Mark the raises of these people as cancelled; the next list finds them due again."""
        del actor, decision
        people: dict[int, list[int]] = defaultdict(list)
        for _line, proposed in lines:
            target: Any = proposed.values.get("decision")
            if target:
                people[int(target)].append(proposed.subject.person_id)
        for target_id, ids in people.items():
            rows = db.session.execute(_TAKEN_BACK, {"decision": target_id, "ids": ids}).all()
            db.session.execute(raise_items.SETTLE, {"ids": sorted({row.list_id for row in rows})})


def register() -> None:
    """Lay the raises beside the cancelling of decisions."""
    if path.get(CANCELLATION) is not None:
        path.extend(CANCELLATION, WithRaises())
