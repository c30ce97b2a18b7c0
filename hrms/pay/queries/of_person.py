"""What the record of one person says of a question, as a file of facts says it; for the forms of trying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from hrms.core import clock, dated
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.people.models import Person, PersonRank, PersonStatus


@dataclass(frozen=True, slots=True)
class Known:
    """A person the actor may see the pay of, and the facts that fill a form in."""

    id: int
    name: str
    staff_code: str | None
    facts: dict[str, Any] = field(default_factory=dict)


def known_of(actor: Actor, person_id: int, question: str | None) -> Known:
    """Return whom a question is about and what their record says of it today.

    Raises `NotFound` for whom the actor does not see, `Forbidden` without the pay permission there.
    """
    person = db.session.scalars(select(Person).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise missing("person")
    if not actor.is_holder(person_id):
        actor.require(Permission.PAY_VIEW, at=person.scope_ids)
    tell = _TELLERS.get(question or "")
    facts = tell(person_id, clock.today()) if tell else {}
    return Known(person_id, person.full_name, person.staff_code, facts)


def _kind(person_id: int, day: date) -> str:
    found = db.session.scalars(
        select(PersonStatus).where(PersonStatus.person_id == person_id, dated.at(PersonStatus, day))
    ).one_or_none()
    return str(found.kind) if found is not None else "civil_servant"


def _rank(person_id: int, day: date) -> PersonRank | None:
    return db.session.scalars(
        select(PersonRank).where(PersonRank.person_id == person_id, dated.at(PersonRank, day))
    ).one_or_none()


def _held(person_id: int, day: date) -> dict[str, Any]:
    """Return the pay held, as a placement takes it."""
    rank = _rank(person_id, day)
    if rank is None or rank.pay_group is None or rank.pay_table is None:
        return {}
    found: dict[str, Any] = {"table": rank.pay_table, "group": rank.pay_group}
    if rank.coefficient is not None:
        found["coefficient"] = f"{rank.coefficient.normalize():f}"
    if rank.beyond_scale_percent:
        found["beyond_scale_percent"] = int(rank.beyond_scale_percent)
    if rank.step_since is not None:
        found["step_since"] = rank.step_since.isoformat()
    return found


def _placement(person_id: int, day: date) -> dict[str, Any]:
    held = _held(person_id, day)
    return {"from": held, "decided_on": day.isoformat()} if held else {}


_TELLERS: dict[str, Callable[[int, date], dict[str, Any]]] = {"placement": _placement}
