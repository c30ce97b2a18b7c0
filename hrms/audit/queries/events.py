"""Events under the reader's own scope, newest first: the row policy leaves out what lies elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement, select

from hrms.audit.models import AuditEvent
from hrms.audit.queries.reading import Shown, gone_from, shown
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, decode_ids, encode
from hrms.core.text import fold

COUNT_CAP = 10_000
HISTORY = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What the trail may be narrowed by. `day_to` is the last day meant; `entity_id` goes with `entity`."""

    actor: str = ""
    account_id: int | None = None
    action: str = ""
    entity: str = ""
    entity_id: int | None = None
    person_id: int | None = None
    agency_id: int | None = None
    day_from: date | None = None
    day_to: date | None = None
    request_id: str = ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.ZONE)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (AuditEvent.action, filters.action), (AuditEvent.entity, filters.entity),
        (AuditEvent.request_id, filters.request_id),
    ):  # fmt: skip
        if value:
            found.append(column == value)
    for number, wanted in (
        (AuditEvent.account_id, filters.account_id), (AuditEvent.entity_id, filters.entity_id),
        (AuditEvent.person_id, filters.person_id),
    ):  # fmt: skip
        if wanted is not None:
            found.append(number == wanted)
    if filters.agency_id is not None:
        found.append(AuditEvent.scope_ids.contains([filters.agency_id]))
    if filters.day_from is not None:
        found.append(AuditEvent.at >= _midnight(filters.day_from))
    if filters.day_to is not None:
        found.append(AuditEvent.at < _midnight(filters.day_to + timedelta(days=1)))
    if filters.actor:
        found.append(AuditEvent.actor_name.in_(_actor_names(filters.actor)))
    return found


def _actor_names(typed: str) -> list[str]:
    """Return the names in the trail that the typed words fit, accents or not.

    The database cannot fold, and names are few: they are walked along their index, one step a name.
    """
    words = fold(typed).split()
    names = db.session.scalars(sa.text(
        "WITH RECURSIVE names(name) AS ("
        "  (SELECT min(actor_name) FROM audit_events)"
        "  UNION ALL SELECT (SELECT min(actor_name) FROM audit_events WHERE actor_name > names.name) FROM names"
        "  WHERE names.name IS NOT NULL)"
        " SELECT name FROM names WHERE name IS NOT NULL"
    ))  # fmt: skip
    return [name for name in names if all(word in fold(name) for word in words)]


def list_events(
    actor: Actor, filters: Filters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Shown]:
    """Return a page of the trail, newest first, masked for the reader."""
    query = select(AuditEvent).where(*_conditions(filters))
    if cursor := before or after:
        (last,) = decode_ids(cursor, 1)
        query = query.where(AuditEvent.id > last if before else AuditEvent.id < last)
    query = query.order_by(AuditEvent.id.asc() if before else AuditEvent.id.desc()).limit(limit + 1)
    rows = list(db.session.scalars(query))
    more, rows = len(rows) > limit, rows[:limit]
    if before:
        rows.reverse()
    if not rows:
        return Page([])
    has_next, has_previous = (True, more) if before else (more, after is not None)
    gone = gone_from(actor, rows)
    return Page(
        [shown(actor, event, gone) for event in rows],
        encode([rows[-1].id]) if has_next else None,
        encode([rows[0].id]) if has_previous else None,
    )


def count_events(filters: Filters) -> int:
    """Return how many events the filters leave, counted as far as `COUNT_CAP` + 1."""
    inner = select(AuditEvent.id).where(*_conditions(filters)).limit(COUNT_CAP + 1).subquery()
    return int(db.session.scalar(select(sa.func.count()).select_from(inner)) or 0)


def stream_events(actor: Actor, filters: Filters, *, most: int | None = None) -> Iterator[Shown]:
    """Yield what the filters leave, newest first, without holding it all; for exports."""
    query = select(AuditEvent).where(*_conditions(filters)).order_by(AuditEvent.id.desc()).limit(most)
    for events in db.session.scalars(query.execution_options(yield_per=1000)).partitions():
        gone = gone_from(actor, events)
        for event in events:
            yield shown(actor, event, gone)


def list_for(
    actor: Actor, entity: str, entity_id: int, *, limit: int = HISTORY, before: int | None = None
) -> Sequence[Shown]:
    """Return the history of one record, newest first, as sentences; the reader's scope holds."""
    query = select(AuditEvent).where(AuditEvent.entity == entity, AuditEvent.entity_id == entity_id)
    return _history(actor, query, limit, before, entity)


def list_for_person(
    actor: Actor, person_id: int, *, limit: int = HISTORY, before: int | None = None
) -> Sequence[Shown]:
    """Return the history of a person's record with all its parts and facts, newest first, as sentences.

    `before` is the id of the last event seen, for the next page.
    """
    return _history(actor, select(AuditEvent).where(AuditEvent.person_id == person_id), limit, before, "person")


def _history(
    actor: Actor, query: sa.Select[AuditEvent], limit: int, before: int | None, entity: str
) -> Sequence[Shown]:
    if before is not None:
        query = query.where(AuditEvent.id < before)
    rows = db.session.scalars(query.order_by(AuditEvent.id.desc()).limit(limit)).all()
    gone = gone_from(actor, rows)
    events = [shown(actor, event, gone) for event in rows]
    # The reader stands on that record's page already.
    return [replace(event, url=None) if event.entity == entity else event for event in events]


def list_actions() -> list[str]:
    """Return the actions the trail may hold a sentence for, in order; for the filter."""
    from hrms.core import hooks

    return sorted(hooks.sentences)


def list_entities() -> list[str]:
    """Return the kinds of record the sentences speak of, in order; for the filter."""
    return sorted({action.partition(".")[0] for action in list_actions()})
