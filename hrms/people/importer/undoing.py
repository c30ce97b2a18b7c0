"""Taking a batch back: its people deleted, what it changed put as it was, whoever was edited since left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from hrms.core import clock, dated, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.text import name_sort_key, search_text
from hrms.people.importer.layout import PERSON_TYPES
from hrms.people.models import FACTS, Education, Rating, WorkPeriod, further
from hrms.people.services import current

_UNDO = "import_undo"
_PARTS: tuple[type[Any], ...] = (Education, WorkPeriod, Rating)
_RESTORED = (*PERSON_TYPES, "id_override_reason")


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing did: people deleted, people put back, and (id, name) of those edited later, who were left alone."""

    deleted: int
    restored: int
    kept: tuple[tuple[int, str], ...]


def _run(sql: str, **parameters: Any) -> Any:
    return db.session.execute(text(sql), parameters)


def undo_batch(actor: Actor, batch_id: int, moment: datetime) -> Undone:
    """Undo in the caller's transaction what the batch did at `moment`, the recording instant of its facts.

    A person whose version is no longer the one the batch left is kept; so is a new person who has an account by now.
    """
    _run(f"CREATE TEMPORARY TABLE {_UNDO} (person_id bigint, created boolean, before jsonb) ON COMMIT DROP")
    effects = _run(
        "SELECT person_id, version_after, created FROM import_effects WHERE batch_id = :batch ORDER BY person_id",
        batch=batch_id,
    ).all()
    held = {
        row.id: row
        for row in _run(
            "SELECT id, version, full_name FROM people WHERE id = ANY (:ids) ORDER BY id FOR UPDATE",
            ids=[effect.person_id for effect in effects],
        )
    }
    holders = _holders([effect.person_id for effect in effects if effect.created])
    kept = []
    for effect in effects:
        person = held.get(effect.person_id)
        if person is None or person.version != effect.version_after or effect.person_id in holders:
            kept.append((effect.person_id, person.full_name if person is not None else ""))
    _run(
        f"INSERT INTO {_UNDO} SELECT person_id, created, before FROM import_effects"  # noqa: S608 - own names
        " WHERE batch_id = :batch AND NOT person_id = ANY (:kept)",
        batch=batch_id, kept=[person_id for person_id, _name in kept],
    )  # fmt: skip
    _run(f"ANALYZE {_UNDO}")
    _run(
        "UPDATE import_effects SET kept_at_undo = true WHERE batch_id = :batch AND person_id = ANY (:kept)",
        batch=batch_id, kept=[person_id for person_id, _name in kept],
    )  # fmt: skip
    _tell(actor, batch_id)
    _restore_facts(moment)
    _restore_parts(batch_id)
    _restore_people()
    _follow(batch_id)
    restored = list(db.session.scalars(text(f"SELECT person_id FROM {_UNDO} WHERE NOT created")))  # noqa: S608 - own names
    deleted = _delete_people()
    current.refresh(restored, actor)
    _run("SELECT analyze_people()")
    return Undone(deleted, len(restored), tuple(kept))


def _holders(ids: list[int]) -> set[int]:
    """Return those of these people who have an account."""
    with scope.everything():
        return set(_run("SELECT person_id FROM accounts WHERE person_id = ANY (:ids)", ids=ids).scalars())


def _restore_facts(moment: datetime) -> None:
    """Put the facts as they were known just before the batch's instant.

    Nobody but this batch and later ones, undone by now, has written since: all that is current and was recorded from
    then on is superseded, and what was current then and is no longer is laid again.
    """
    now = dated.recording_moment()
    for model in (*FACTS, *further.models.values()):
        table = model.__tablename__
        own = ("id", "recorded_at", "superseded_at")
        columns = ", ".join(column.name for column in model.__table__.columns if column.name not in own)
        people = f"SELECT person_id FROM {_UNDO} WHERE NOT created"  # noqa: S608 - own names
        _run(
            f"UPDATE {table} SET superseded_at = CAST(:now AS timestamptz) WHERE person_id IN ({people})"  # noqa: S608 - own names
            " AND superseded_at IS NULL AND recorded_at >= CAST(:moment AS timestamptz)",
            now=now, moment=moment,
        )  # fmt: skip
        _run(
            f"INSERT INTO {table} ({columns}, recorded_at) SELECT {columns}, CAST(:now AS timestamptz) FROM {table}"  # noqa: S608 - own names
            f" WHERE person_id IN ({people}) AND recorded_at < CAST(:moment AS timestamptz)"
            " AND superseded_at >= CAST(:moment AS timestamptz)",
            now=now, moment=moment,
        )  # fmt: skip


def _restore_parts(batch_id: int) -> None:
    for model in _PARTS:
        table = model.__tablename__
        _run(
            f"DELETE FROM {table} e USING {_UNDO} u WHERE e.person_id = u.person_id AND NOT u.created"  # noqa: S608 - own names
            " AND e.batch_id = :batch",
            batch=batch_id,
        )
        columns = [c.name for c in model.__table__.columns if c.name not in {"id", "person_id", "version", "batch_id"}]
        kept = ", ".join(f"{name} = r.{name}" for name in columns)
        _run(
            f"UPDATE {table} e SET {kept}, version = e.version + 1 FROM {_UNDO} u"  # noqa: S608 - own names
            " CROSS JOIN LATERAL jsonb_array_elements(u.before -> 'parts') part"
            f" CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, part -> 'row') r"
            " WHERE NOT u.created AND part ->> 'table' = :name AND e.id = r.id",
            name=table,
        )


def _restore_people() -> None:
    kept = ", ".join(f"{name} = CASE WHEN u.before ? '{name}' THEN r.{name} ELSE p.{name} END" for name in _RESTORED)
    db.session.connection().exec_driver_sql(
        f"UPDATE people p SET {kept}, version = p.version + 1, changed_at = clock_timestamp() FROM {_UNDO} u"  # noqa: S608 - own names
        " CROSS JOIN LATERAL jsonb_populate_record(NULL::people, u.before - 'parts') r"
        " WHERE p.id = u.person_id AND NOT u.created"
    )
    renamed = db.session.connection().exec_driver_sql(
        f"SELECT p.id, p.full_name FROM people p JOIN {_UNDO} u ON u.person_id = p.id"  # noqa: S608 - own names
        " WHERE NOT u.created AND u.before ? 'full_name'"
    )
    keys = [{"id": i, "sort": name_sort_key(name), "search": search_text(name)} for i, name in renamed]
    if keys:
        db.session.execute(text("UPDATE people SET sort_key = :sort, search_text = :search WHERE id = :id"), keys)


def _follow(batch_id: int) -> None:
    """Let an earlier batch know the version its people have now, so that it can be undone after this one."""
    with scope.everything():
        _run(
            f"UPDATE import_effects e SET version_after = p.version FROM {_UNDO} u JOIN people p ON p.id = u.person_id"  # noqa: S608 - own names
            " WHERE e.person_id = u.person_id AND NOT u.created AND e.batch_id <> :batch"
            " AND e.version_after = (u.before ->> '_version')::bigint",
            batch=batch_id,
        )


def _delete_people() -> int:
    people = f"(SELECT person_id FROM {_UNDO} WHERE created)"  # noqa: S608 - own names
    for model in (*FACTS, *further.models.values(), *_PARTS):
        _run(f"DELETE FROM {model.__tablename__} WHERE person_id IN {people}")  # noqa: S608 - own names
    return int(_run(f"DELETE FROM people WHERE id IN {people}").rowcount)  # noqa: S608 - own names


def _tell(actor: Actor, batch_id: int) -> None:
    _run(
        "INSERT INTO audit_events (at, account_id, actor_name, via, request_id, action, entity, entity_id, person_id,"  # noqa: S608 - own names
        " scope_ids, agency_name, after)"
        " SELECT :at, CAST(:account AS bigint), :actor, :via, :request,"
        " CASE WHEN u.created THEN 'person.import_deleted' ELSE 'person.import_restored' END, 'person', u.person_id,"
        " u.person_id, p.scope_ids, coalesce(a.name, ''),"
        " jsonb_build_object('batch', CAST(:batch AS bigint), 'name', p.full_name)"
        f" FROM {_UNDO} u JOIN people p ON p.id = u.person_id LEFT JOIN people_current c ON c.person_id = p.id"
        " LEFT JOIN agencies a ON a.id = c.agency_id",
        at=clock.now(), account=actor.account_id, actor=actor.name, via=actor.via, request=actor.request_id,
        batch=batch_id,
    )  # fmt: skip
