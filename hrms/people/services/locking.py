"""One writer at a time for a person: the lock, the version, and the permission at the person's agencies."""

from __future__ import annotations

from sqlalchemy import select

from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Stale
from hrms.core.permissions import Permission
from hrms.people.models import Person


def lock_person(actor: Actor, permission: Permission, person_id: int) -> Person:
    """Return the person, locked for this transaction and read again.

    Raises `NotFound` outside the actor's scope, `Forbidden` when the permission is not held over the person.
    """
    person = db.session.execute(
        select(Person).where(Person.id == person_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if person is None:
        raise missing("person")
    actor.require(permission, at=person.scope_ids)
    return person


def check_version(person: Person, version: int | None) -> None:
    """Raise `Stale` when the caller read another version; None asks for no check (imports, commands)."""
    if version is not None and version != person.version:
        raise Stale


def touch(person: Person) -> None:
    """Count a change of the record."""
    person.version = person.version + 1
    person.changed_at = clock.now()
