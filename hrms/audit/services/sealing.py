"""Seals: a chain of hashes over the events, so that a change made past the program is found and located.

Each seal lists the events it covers with a digest of each, and its hash covers that list and the hash of the seal
before. Events are taken in the order of their transactions, only of those that have all ended (`queries.feed`), so no
late event slips in behind a seal. Whoever notes a seal's hash elsewhere can prove the whole trail up to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, text

from hrms.audit.models import AuditEvent, Seal
from hrms.audit.queries.feed import FINISHED
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.unit import transaction

SEAL_EVENTS = 5000
FIRST_HASH = "0" * 64
_LOCK = 7_240_063
_DIGEST = 32
_COVERED = (
    "id", "at", "account_id", "actor_name", "via", "request_id", "action", "entity", "entity_id", "person_id",
    "scope_ids", "agency_name", "reason", "before", "after",
)  # fmt: skip

_NEXT = text(
    f"SELECT id, transaction_id FROM audit_events WHERE transaction_id < {FINISHED}"  # noqa: S608 - a constant of ours
    " AND (transaction_id, id) > (:transaction, :event) ORDER BY transaction_id, id LIMIT :most"
)
_UNSEALED = text(
    "SELECT e.id FROM audit_events e WHERE (e.transaction_id, e.id) <= (:transaction, :event)"
    " AND NOT EXISTS (SELECT 1 FROM (SELECT unnest(event_ids) AS id FROM seals) s WHERE s.id = e.id)"
    " ORDER BY e.id LIMIT 1"
)

RENUMBER = (
    """
    UPDATE audit_events SET transaction_id = CASE
      WHEN (transaction_id, id) <= (SELECT last_transaction, last_event FROM seals ORDER BY id DESC LIMIT 1) THEN 0
      ELSE 1 END
    """,
    """
    UPDATE seals SET last_transaction = 0,
      last_event = (SELECT coalesce(max(id), 0) FROM audit_events WHERE transaction_id = 0)
    """,
)
"""What a restored backup needs: in another server transactions count from elsewhere. What is sealed comes first, then
the rest, then what is written from now on. Digests do not cover positions, so every seal still holds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking found: `events` sealed, `seals`, the id of the first bad event (None: none), the last hash.

    `bad_seal` is the number of the first seal that does not fit the one before or its own list.
    """

    events: int
    seals: int
    first_bad: int | None
    bad_seal: int | None
    head: str

    @property
    def ok(self) -> bool:
        """Say whether every seal holds and no event was changed, removed or slipped in."""
        return self.first_bad is None and self.bad_seal is None


def seal(actor: Actor) -> int:
    """Seal what is new; returns how many events were. For the program itself: `actor` must be the system.

    The caller sees everything (`scope.everything()`); it runs in the caller's transaction.
    """
    _only_system(actor)
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = db.session.scalar(select(Seal).order_by(Seal.id.desc()).limit(1))
    number, previous = (last.id, last.hash) if last else (0, FIRST_HASH)
    place = {"transaction": last.last_transaction if last else -1, "event": last.last_event if last else -1}
    sealed = 0
    while rows := db.session.execute(_NEXT, {**place, "most": SEAL_EVENTS}).all():
        ids = [row.id for row in rows]
        found = _digests(ids)
        digests = b"".join(found[event_id] for event_id in ids)
        number += 1
        place = {"transaction": rows[-1].transaction_id, "event": rows[-1].id}
        chained = _chain(previous, ids, digests)
        db.session.execute(
            insert(Seal).inline(),
            [
                {
                    "id": number, "last_transaction": place["transaction"], "last_event": place["event"],
                    "event_ids": ids, "digests": digests, "previous_hash": previous, "hash": chained,
                }
            ],
        )  # fmt: skip
        previous = chained
        sealed += len(ids)
    return sealed


def seal_daily() -> None:
    """Seal what is new, as a unit of its own; part of the daily work and of a start."""
    with scope.everything(), transaction():
        seal(Actor.system())


def verify(actor: Actor) -> Verdict:
    """Prove every seal against the events as they stand now. The caller sees everything; the system only."""
    _only_system(actor)
    previous = FIRST_HASH
    events = seals = 0
    first_bad: int | None = None
    bad_seal: int | None = None
    last: Seal | None = None
    for number, found in enumerate(_seals(), start=1):
        seals, last = seals + 1, found
        events += len(found.event_ids)
        broken = (
            found.id != number
            or found.previous_hash != previous
            or _chain(found.previous_hash, found.event_ids, found.digests) != found.hash
        )
        if broken and bad_seal is None:
            bad_seal = found.id
        if first_bad is None:
            first_bad = _first_bad(found)
        previous = found.hash
    if first_bad is None and last is not None:
        place = {"transaction": last.last_transaction, "event": last.last_event}
        first_bad = db.session.scalar(_UNSEALED, place)
    return Verdict(events, seals, first_bad, bad_seal, previous if seals else "")


def renumber(actor: Actor) -> None:
    """Run `RENUMBER` in the session's transaction: for the owner of the database, who alone may touch events."""
    _only_system(actor)
    for statement in RENUMBER:
        db.session.execute(text(statement))


def _only_system(actor: Actor) -> None:
    if not actor.is_system:
        message = "seals are made and proved by the program itself"
        raise PermissionError(message)


def _seals() -> Iterator[Seal]:
    """Yield the seals in order, one at a time: each holds the digests of thousands of events."""
    after = -(1 << 62)
    while found := db.session.scalar(select(Seal).where(Seal.id > after).order_by(Seal.id).limit(1)):
        yield found
        after = found.id
        db.session.expunge(found)


def _first_bad(found: Seal) -> int | None:
    """Return the first event of a seal that is missing or no longer what it was."""
    now = _digests(found.event_ids)
    for place, event_id in enumerate(found.event_ids):
        if now.get(event_id) != found.digests[place * _DIGEST : (place + 1) * _DIGEST]:
            return event_id
    return None


def _digests(ids: Sequence[int]) -> dict[int, bytes]:
    """Return the digest of each event by id."""
    columns = [getattr(AuditEvent, name) for name in _COVERED]
    wanted = select(*columns).where(AuditEvent.id == text("ANY (:ids)")).params(ids=list(ids))
    return {row["id"]: _digest(row) for row in db.session.execute(wanted).mappings()}


def _digest(row: Any) -> bytes:
    values = {name: row[name] for name in _COVERED}
    values["at"] = f"{values['at'].timestamp():.6f}"
    said = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(said.encode()).digest()


def _chain(previous: str, ids: Sequence[int], digests: bytes) -> str:
    listed = ",".join(map(str, ids)).encode()
    return hashlib.sha256(b"\n".join((previous.encode(), listed, digests))).hexdigest()
