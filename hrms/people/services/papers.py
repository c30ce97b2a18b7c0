"""What decisions that were carried out did to people: written down beside the facts, read to take a paper back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import dated
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.decisions.models import Decision
from hrms.people.models import PersonPaper
from hrms.people.services import current

_WRITE = text("""
INSERT INTO person_papers AS p (person_id, decision_id, kind, happens_on, values, effects, moment, recorded_by)
SELECT n.person_id, :decision, n.kind, n.happens_on, n.values, n.effects, :moment, :account
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS n(person_id bigint, kind text, happens_on date, values jsonb, effects jsonb)
ON CONFLICT (person_id, decision_id) DO UPDATE SET
  kind = excluded.kind, happens_on = coalesce(excluded.happens_on, p.happens_on),
  values = p.values || excluded.values, effects = p.effects || excluded.effects
""")


@dataclass(frozen=True, slots=True)
class Note:
    """What a decision did to one person.

    `kind` is the code of its kind of decision; `happens_on` the day it speaks of where that is no day of effect;
    `values` what the kind keeps of the proposal; `effects` the days touched, `effect()` each.
    """

    person_id: int
    kind: str
    happens_on: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    effects: Sequence[Mapping[str, Any]] = ()


def effect(kind: str, key: Mapping[str, Any], start: date, end: date | None) -> dict[str, Any]:
    """Return one stretch of days of a fact that a decision laid or emptied, `[start, end)`."""
    own = {name: value for name, value in key.items() if name != "person_id"}
    return {"fact": kind, "key": own, "from": start.isoformat(), "to": end.isoformat() if end else None}


def record(actor: Actor, decision: Decision, notes: Sequence[Note]) -> None:
    """Write down what `decision` did, in the transaction that does it; a second call for a person adds to the first.

    The caller has checked the right to write the facts and holds the people's locks. One statement.
    """
    if not notes:
        return
    rows = [
        audit.plain(
            {
                "person_id": one.person_id, "kind": one.kind, "happens_on": one.happens_on,
                "values": dict(one.values), "effects": [dict(found) for found in one.effects],
            }
        )
        for one in notes
    ]  # fmt: skip
    db.session.execute(
        _WRITE,
        {
            "decision": decision.id, "rows": json.dumps(rows), "moment": dated.recording_moment(),
            "account": actor.account_id or decision.recorded_by,
        },
    )  # fmt: skip
    # Notes with effects come before the current rows are made again, which tells of the change by itself.
    current.tell_changed([one.person_id for one in notes if not one.effects])


def of_people(person_ids: Collection[int]) -> dict[int, list[PersonPaper]]:
    """Return the papers about each person the reader may see, oldest first; one statement."""
    found: dict[int, list[PersonPaper]] = {person_id: [] for person_id in person_ids}
    query = db.select(PersonPaper).where(PersonPaper.person_id.in_(sorted(found))).order_by(PersonPaper.id)
    for row in db.session.scalars(query.execution_options(populate_existing=True)):
        found[row.person_id].append(row)
    return found
