"""The record as the exchange workbook tells it: a row a person, in the very spelling an import compares with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import text

from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.people.importer.layout import EDGES, FACT_STATE, PERSON_TYPES, SEPARATOR, joins, state_sql

EXPORTED = (*PERSON_TYPES, *FACT_STATE, *EDGES)
"""Every key `stream_exchange` can give."""
CHUNK = 2_000


def stream_exchange(
    actor: Actor, keys: Sequence[str], roots: Sequence[int], *, day: date, today: date, known: datetime | None = None
) -> Iterator[list[str]]:
    """Yield people as lists of values in the order of `keys`, "" for none, by name; read through a cursor.

    `roots` are the agencies whose people are asked for, () for everyone in the actor's scope. Facts are those in force
    on `day`, as known now or on `known`; on another day than `today` somebody belongs where they belonged then.
    """
    actor.require(Permission.PEOPLE_EXPORT)
    conditions = ["true"]
    then = day != today or known is not None
    if roots:
        conditions.append(
            "ua.scope_ids && CAST(:roots AS bigint[])" if then else "p.scope_ids && CAST(:roots AS bigint[])"
        )
    elif then:
        conditions.append("us.agency_id IS NOT NULL")
    statement = text(
        f"SELECT {state_sql(keys)} FROM people p{joins(known=known is not None)} WHERE {' AND '.join(conditions)}"  # noqa: S608 - own names
        " ORDER BY p.sort_key, p.id"
    )
    parameters = {"day": day, "known": known, "roots": list(roots)}
    bound = {name: value for name, value in parameters.items() if f":{name}" in statement.text}
    streamed = statement.execution_options(stream_results=True, yield_per=CHUNK)
    for row in db.session.execute(streamed, bound):
        yield row[0].split(SEPARATOR)
