"""One writer at a time for a person: the lock, the version, and the permission at the person's agencies."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.models import Person

PAID_BY = frozenset({"rank", "post", "allowance", "status", "absence"})
"""Facts that say what somebody is paid, and whether."""


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


def refuse_own(actor: Actor, person: Person, kinds: Collection[str]) -> None:
    """Let nobody write what they themself are paid by; signing and importing have checks of their own.

    Raises `Forbidden`.
    """
    if actor.person_id == person.id and not PAID_BY.isdisjoint(kinds):
        words = N_("Không ai được tự ghi diễn biến làm thay đổi lương của chính mình. Hãy để người khác ghi.")
        raise Forbidden(Problem("", "own", words))


def check_version(person: Person, version: int | None) -> None:
    """Raise `Stale` when the caller read another version; None asks for no check (imports, commands)."""
    if version is not None and version != person.version:
        raise Stale


def touch(person: Person) -> None:
    """Count a change of the record."""
    person.version = person.version + 1
    person.changed_at = clock.now()
