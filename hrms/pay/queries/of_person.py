"""What the record of one person says of a question, as a file of facts says it; for the forms of trying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from hrms.core import clock, dated
from hrms.core.actor import Actor, missing
from hrms.core.dates import add_months, months_between
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.pay.queries import leavers, raising
from hrms.pay.queries.gathering import gather
from hrms.pay.rules.severing import insured_months
from hrms.pay.rules.stretches import kept_facts
from hrms.people.models import Person, PersonRank
from hrms.people.queries import law
from hrms.people.rules.absences import Stretch
from hrms.people.rules.kinds import Sex


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


def _pay(person_id: int, day: date) -> dict[str, Any]:
    """Return the facts of today's pay by the record; {} of whom nobody pays."""
    for person in gather(day, day + timedelta(days=1), person_ids=[person_id]):
        for one in person.stretches:
            return {"on": day.isoformat(), "kind": one.kind.value, **kept_facts(one.facts)}
    return {}


def _arrears(person_id: int, day: date) -> dict[str, Any]:
    """Return today's pay as what was paid; what it should have been is to be typed in."""
    facts = _pay(person_id, day)
    if not facts:
        return {}
    del facts["on"]
    coefficient = facts.pop("coefficient")
    first = add_months(day.replace(day=1), -1)
    return {
        **facts, "before": {"coefficient": coefficient}, "after": {"coefficient": coefficient},
        "from": first.isoformat(), "through": f"{day:%Y-%m}",
    }  # fmt: skip


def _step(person_id: int, day: date) -> dict[str, Any]:
    """Return the step held and what prolongs it, by the record."""
    found = raising.clock_of([person_id]).get(person_id)
    if found is None or found.group is None or found.facts is None:
        return {}
    known, asked = found.known, found.facts
    events: list[dict[str, Any]] = [_absence(one) for one in asked.absences]
    events += [{"type": kind.value, "working_days": days} for kind, days in (asked.short or {}).items() if days]
    events += [
        {"type": "discipline", "form": one.form.value, "on": one.on.isoformat(), "party": one.party}
        for one in asked.disciplines
    ]
    events += [
        {"type": "rating", "year": one.year, "class": one.rating.value,
         "same_cause_as_discipline": one.same_cause_as_discipline}
        for one in asked.ratings
    ]  # fmt: skip
    facts: dict[str, Any] = {
        "table": found.group.table, "group": found.group.group, "step": found.step,
        "step_since": asked.step_since.isoformat(), "kind": known.kind.value, "as_at": day.isoformat(),
        "events": events,
    }  # fmt: skip
    if known.notice is not None:
        given, last = known.notice
        facts["retirement"] = {"notice_on": given.isoformat(), "retires_on": (last + timedelta(days=1)).isoformat()}
    return facts


def _absence(one: Stretch) -> dict[str, Any]:
    if one.working_days is not None:
        return {"type": one.kind.value, "working_days": one.working_days}
    days = {"from": one.valid_from.isoformat()} | ({"to": one.valid_to.isoformat()} if one.valid_to else {})
    return {"type": one.kind.value, **days}


def _placement(person_id: int, day: date) -> dict[str, Any]:
    """Return the pay held, to be placed today."""
    rank = db.session.scalars(
        select(PersonRank).where(PersonRank.person_id == person_id, dated.at(PersonRank, day))
    ).one_or_none()
    if rank is None or rank.pay_group is None or rank.pay_table is None:
        return {}
    held: dict[str, Any] = {"table": rank.pay_table, "group": rank.pay_group}
    if rank.coefficient is not None:
        held["coefficient"] = f"{rank.coefficient.normalize():f}"
    if rank.beyond_scale_percent:
        held["beyond_scale_percent"] = int(rank.beyond_scale_percent)
    if rank.step_since is not None:
        held["step_since"] = rank.step_since.isoformat()
    reserved = _pay(person_id, day).get("reserved")
    return {"from": held | ({"reserved": reserved} if reserved else {}), "decided_on": day.isoformat()}


def _severance(person_id: int, day: date) -> dict[str, Any]:
    """Return what a severance would rest on if the person left today."""
    found = leavers.leaving_today(person_id, day)
    if found is None:
        return {}
    months = months_between(found.start, day) if found.start else 0
    facts: dict[str, Any] = {"on": day.isoformat(), "years": months // 12, "months": months % 12}
    if found.start:
        insured = insured_months(found.start, day, found.kinds, law.rows("insurance_rates"))
        facts["insured_months"] = min(insured, months)
    return facts | ({"monthly_pay": str(found.pay)} if found.pay is not None else {})


def _retirement(person_id: int, day: date) -> dict[str, Any]:
    del day
    born, sex = db.session.execute(select(Person.birth_date, Person.sex).where(Person.id == person_id)).one()
    facts = {"born": str(born)} if born else {}
    return facts | ({"sex": Sex(sex).letter} if sex in set(Sex) else {})


_TELLERS: dict[str, Callable[[int, date], dict[str, Any]]] = {
    "pay": _pay, "arrears": _arrears, "step-raise": _step, "placement": _placement, "severance": _severance,
    "retirement": _retirement,
}  # fmt: skip
