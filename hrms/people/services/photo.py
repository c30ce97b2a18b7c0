"""The photograph of the form's 4 × 6 box: set, replaced, removed by whoever may edit the record."""

from __future__ import annotations

from typing import IO

from hrms.audit import services as audit
from hrms.core import files
from hrms.core.actor import Actor
from hrms.core.permissions import Permission
from hrms.people.models import Person
from hrms.people.services import current
from hrms.people.services.facts import Outcome
from hrms.people.services.locking import lock_person, touch
from hrms.people.services.people import agency_of


def set_photo(actor: Actor, person_id: int, stream: IO[bytes], name: str) -> Outcome:
    """Make the picture in `stream` the person's photograph; `name` is the file's own, for sentences.

    It is kept as a JPEG of 4:6 without what the camera noted. The same picture again changes nothing. Raises `Refused`
    at `photo` for what is no readable JPEG or PNG, too large or too small; `NotFound`, `Forbidden`.
    """
    actor.require(Permission.PEOPLE_EDIT)
    person = lock_person(actor, Permission.PEOPLE_EDIT, person_id)
    stored = files.keep_portrait(actor, stream, name=name, allowed=files.PHOTOS, field="photo")
    if stored.sha256 == person.photo_hash:
        return Outcome(0, 1, person.version)
    return _change(actor, person, stored.sha256)


def remove_photo(actor: Actor, person_id: int) -> Outcome:
    """Take the photograph off the record, if it has one; its file goes with the daily work.

    Raises `NotFound`, `Forbidden`.
    """
    actor.require(Permission.PEOPLE_EDIT)
    person = lock_person(actor, Permission.PEOPLE_EDIT, person_id)
    if person.photo_hash is None:
        return Outcome(0, 1, person.version)
    return _change(actor, person, None)


def _change(actor: Actor, person: Person, photo_hash: str | None) -> Outcome:
    before, person.photo_hash = person.photo_hash, photo_hash
    touch(person)
    scope_ids = list(person.scope_ids)
    current.refresh([person.id], actor)
    audit.record(
        actor, "person.photo_set" if photo_hash else "person.photo_removed", "person", person.id,
        scope_ids=scope_ids, person_id=person.id, before={"photo": before}, after={"photo": photo_hash},
        agency_id=agency_of(person.id),
    )  # fmt: skip
    return Outcome(1, 0, person.version)
