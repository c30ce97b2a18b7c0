"""Decisions about people carried out as the path does it at the end: looked at, entered in the register, made true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.errors import refuse_if
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.decisions import kinds
from hrms.decisions import services as decisions
from hrms.decisions.kinds import Kind, Proposed
from hrms.decisions.models import Decision, SubmissionLine
from hrms.decisions.rules.conditions import Condition
from hrms.decisions.services import sheet

_numbers = count(1)


def kind_of(code: str) -> Kind:
    """Return a registered kind."""
    found = kinds.get(code)
    assert found is not None, code
    return found


def looked_at(code: str, person_id: int, on: date, **values: Any) -> sheet.Row:
    """Return the checking sheet's row of one person, as everybody may see it."""
    with scope.everything():
        return sheet.gather(kind_of(code), [person_id], on, values, {})[person_id]


def conditions(code: str, person_id: int, on: date, **values: Any) -> dict[str, Condition]:
    """Return the conditions of one person by code."""
    return {one.code: one for one in looked_at(code, person_id, on, **values).conditions}


def problems(code: str, person_id: int, on: date, **values: Any) -> list[Problem]:
    """Return what contradicts itself in a proposal about one person."""
    row = looked_at(code, person_id, on, **values)
    return list(kind_of(code).problems(row.proposed))


def carry_out(
    code: str,
    person_ids: Sequence[int] | int,
    on: date,
    *,
    issuer_id: int,
    own: Mapping[int, Mapping[str, Any]] | None = None,
    signed_on: date | None = None,
    **values: Any,
) -> int:
    """Enter a decision of a kind and make it true, in one unit; returns its id. Raises `Refused`."""
    ids = [person_ids] if isinstance(person_ids, int) else list(person_ids)
    kind, system = kind_of(code), Actor.system()
    with scope.everything(), transaction():
        rows = sheet.gather(kind, ids, on, values, own or {})
        refuse_if(sheet.contradictions(kind, rows))
        decision = decisions.register(
            system, number=str(next(_numbers)), symbol=f"{kind.symbol}-THU", signed_on=signed_on or clock.today(),
            kind=kind.register_kind.value, subject=kind.wording(rows[ids[0]].proposed).summary, effective_on=on,
            issuer_agency_id=issuer_id,
        )  # fmt: skip
        kind.apply(system, decision, [(SubmissionLine(), rows[one].proposed) for one in ids])
        made: int = decision.id
    return made


def reference(decision_id: int) -> str:
    """Return the number of a decision."""
    from hrms.core.db import db

    with scope.everything():
        return db.session.get_one(Decision, decision_id).reference


def proposed(code: str, person_id: int, on: date, **values: Any) -> Proposed:
    """Return a proposal about one person."""
    return looked_at(code, person_id, on, **values).proposed
