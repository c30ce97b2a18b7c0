"""Loading millions of rows: secondary indexes, exclusion and foreign-key constraints are taken off and put back after.

All within the caller's transaction, so a load that is cut short leaves every constraint where it was. Building an index
once costs a fraction of keeping it row by row, and PostgreSQL checks the constraints again when they are put back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c
WHERE c.conrelid = ANY (%s::regclass[]) AND c.contype IN ('x', 'f')
ORDER BY array_position(%s::regclass[], c.conrelid::regclass), c.contype DESC, c.conname
"""
_INDEXES = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY (%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
ORDER BY array_position(%s::regclass[], i.indrelid::regclass), 2
"""


@contextmanager
def without_indexes(
    connection: psycopg.Connection[Any], tables: Sequence[str], say: Callable[[str], None] = lambda _text: None
) -> Iterator[None]:
    """Within the block the tables have their primary keys only; afterwards everything that was there is there again.

    Raises psycopg.Error when the rows loaded break a constraint that is put back.
    """
    names = list(tables)
    constraints = connection.execute(_CONSTRAINTS, [names, names]).fetchall()
    indexes = connection.execute(_INDEXES, [names, names]).fetchall()
    for table, name, _definition in constraints:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
        )
    for _table, name, _definition in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for table, name, definition in indexes:
        say(f"  {table}: {name}")
        connection.execute(definition)
    for table, name, definition in constraints:
        say(f"  {table}: {name}")
        statement = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
            sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)
        )
        connection.execute(statement)
