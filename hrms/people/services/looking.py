"""Looking at what is guarded: the whole personal ID number, and the sensitive groups. Each look leaves a trace."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hrms.accounts import services as accounts
from hrms.audit import services as audit
from hrms.audit.models import AuditEvent
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import PLANNED_ONCE, db
from hrms.core.permissions import Permission
from hrms.people.models import Person

WATCHED: tuple[Permission, ...] = (
    Permission.PEOPLE_PARTY, Permission.PEOPLE_HEALTH, Permission.PEOPLE_HISTORY, Permission.PEOPLE_FAMILY,
    Permission.PEOPLE_ASSETS,
)  # fmt: skip
"""Groups whose first view of a day is logged; ethnic group and religion stand on the first page and are not."""


def reveal_national_id(actor: Actor, person_id: int) -> str | None:
    """Return the whole number, log the look, and lock the account after an unusual number of them.

    One's own number is shown without a trace. None when the account has just been locked: nothing may be handed over.
    """
    own = actor.is_holder(person_id)
    if not own:
        actor.require(Permission.PEOPLE_REVEAL_ID)
    person = db.session.execute(
        select(Person.national_id, Person.scope_ids).where(Person.id == person_id)
    ).one_or_none()
    if person is None or person.national_id is None:
        raise missing("person")
    if own:
        return str(person.national_id)
    actor.require(Permission.PEOPLE_REVEAL_ID, at=person.scope_ids)
    audit.record(actor, "person.revealed_id", "person", person_id, scope_ids=person.scope_ids, person_id=person_id)
    audit.mark_read(actor, "reveal", 1)
    if accounts.check_bulk(actor):
        return None
    return str(person.national_id)


def note_views(actor: Actor, person: Person, guards: Sequence[str]) -> bool:
    """Log that the actor has looked at guarded groups of a record, each once a day; returns whether it wrote.

    The actor must hold each guard's permission over the person. Nobody leaves a trace in their own record.
    """
    if actor.is_holder(person.id):
        return False
    actor.require(Permission.PEOPLE_VIEW)
    for guard in guards:
        actor.require(Permission(guard), at=person.scope_ids)
    wanted = {name_of(guard) for guard in guards if guard in WATCHED}
    if not wanted:
        return False
    start = clock.now().astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    seen = db.session.scalars(
        select(AuditEvent.after)
        .where(
            AuditEvent.person_id == person.id,
            AuditEvent.account_id.is_not_distinct_from(actor.account_id),
            AuditEvent.action == "person.viewed",
            AuditEvent.at >= start,
        )
        .execution_options(**PLANNED_ONCE)
    )
    unseen = wanted.difference(*[event["groups"] for event in seen if event])
    if not unseen:
        return False
    audit.record(
        actor, "person.viewed", "person", person.id, scope_ids=person.scope_ids, person_id=person.id,
        after={"groups": sorted(unseen)},
    )  # fmt: skip
    return True


def name_of(guard: str) -> str:
    """Return the short name of a guarded group, as the trail's actions carry it: people.sensitive.party → party."""
    return guard.rpartition(".")[2]
