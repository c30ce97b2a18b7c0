"""Rows on their way into the database: each table's rows as lines of COPY text, written by the owner of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

_NOTHING = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_BLOCK = 2_000


def field_text(value: Any) -> str:
    """Return a value as COPY text: None, text, booleans, arrays of numbers, dates and numbers as they print."""
    if value is None:
        return _NOTHING
    if isinstance(value, str):
        return value.translate(_ESCAPES) if "\\" in value or "\t" in value or "\n" in value else value
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, tuple | list):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value)


@dataclass(slots=True)
class Table:
    """The rows of one table, in memory until they are written."""

    name: str
    columns: tuple[str, ...]
    lines: list[str] = field(default_factory=list)

    def add(self, *values: Any) -> None:
        """Take one row; its values in the order of the columns."""
        self.lines.append(
            "\t".join([v if type(v) is str else _NOTHING if v is None else field_text(v) for v in values])
        )

    def add_row(self, row: dict[str, Any]) -> None:
        """Take one row by the names of its columns; what is not named is null."""
        get = row.get
        self.lines.append("\t".join([field_text(get(name)) for name in self.columns]))

    def write(self, connection: psycopg.Connection[Any]) -> int:
        """Copy the rows into the table and forget them; returns how many there were."""
        count = len(self.lines)
        if count:
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(self.name), sql.SQL(", ").join(map(sql.Identifier, self.columns))
            )
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for start in range(0, count, _BLOCK):
                    copy.write("\n".join(self.lines[start : start + _BLOCK]) + "\n")
        self.lines.clear()
        return count


def reset_sequences(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Let the identity of each table go on after the highest id written by hand."""
    for table in tables:
        connection.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, 'id'), coalesce((SELECT max(id) FROM {}), 0) + 1, false)"
            ).format(sql.Literal(table), sql.Identifier(table))
        )


def empty(connection: psycopg.Connection[Any], tables: Sequence[str]) -> bool:
    """Say whether none of the tables holds a row."""
    return not any(
        connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))).fetchone()
        == (True,)
        for table in tables
    )
