"""Writing to the trail: one event per change or per look at guarded data, in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text

from hrms.audit.models import AuditEvent, ReadMark
from hrms.core.actor import Actor
from hrms.core.db import db

_NAMES = text("SELECT id, name FROM agencies WHERE id = ANY (:ids)")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON keeps them: ISO dates, decimals as strings."""
    return {
        name: value.isoformat()
        if isinstance(value, date | datetime)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for name, value in values.items()
    }


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only what differs, as it was and as it is."""
    names = [name for name in after if before.get(name) != after[name]]
    return plain({n: before.get(n) for n in names}), plain({n: after[n] for n in names})


def record(
    actor: Actor,
    action: str,
    entity: str,
    entity_id: int | None,
    *,
    scope_ids: Sequence[int],
    person_id: int | None = None,
    agency_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Append one event. `action` is `<entity>.<verb>`; `scope_ids` the closure of agencies that may read it.

    `agency_id` names the agency of the moment; without it the innermost agency of `scope_ids` is named. The insert
    asks for nothing back: the event may lie outside the actor's own scope.
    """
    record_many(
        actor,
        action,
        entity,
        [
            {
                "entity_id": entity_id,
                "scope_ids": list(scope_ids),
                "person_id": person_id,
                "agency_id": agency_id,
                "before": plain(before) if before is not None else None,
                "after": plain(after) if after is not None else None,
                "reason": reason,
            }
        ],
    )


def record_many(actor: Actor, action: str, entity: str, events: Iterable[Mapping[str, Any]]) -> None:
    """Append many events of one action: each a mapping with the keys `record()` takes by name, plus `entity_id`."""
    rows = list(events)
    if not rows:
        return
    places = {row.get("agency_id") or (row["scope_ids"][-1] if row["scope_ids"] else 0) for row in rows}
    names = {found.id: found.name for found in db.session.execute(_NAMES, {"ids": sorted(places)})}
    db.session.execute(
        insert(AuditEvent).inline(),
        [
            {
                "account_id": actor.account_id,
                "actor_name": actor.name,
                "via": actor.via,
                "request_id": actor.request_id,
                "action": action,
                "entity": entity,
                "entity_id": row["entity_id"],
                "person_id": row.get("person_id"),
                "scope_ids": list(row["scope_ids"]) if 0 in row["scope_ids"] else [0, *row["scope_ids"]],
                "agency_name": names.get(row.get("agency_id") or (row["scope_ids"][-1] if row["scope_ids"] else 0), ""),
                "before": row.get("before"),
                "after": row.get("after"),
                "reason": row.get("reason"),
            }
            for row in rows
        ],
    )


def mark_read(actor: Actor, kind: str, rows: int) -> None:
    """Note how much the account has just taken out (an export, a reveal); the bulk-download lock adds these up."""
    if actor.account_id is not None:
        db.session.execute(insert(ReadMark).inline(), [{"account_id": actor.account_id, "kind": kind, "rows": rows}])
