"""Statements of one chunk run while the next is read and judged: the same connection, one user of it at a time.

PostgreSQL works in a process of its own; waiting for it with nothing to do would double the time of a large import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError

from hrms.core.db import db
from hrms.core.errors import Stale

Statement = tuple[str, Mapping[str, Any]]


class Background:
    """Runs lists of statements on the session's connection; whoever else needs the connection calls `wait` first."""

    def __init__(self) -> None:
        self._connection: Any = db.session.connection().connection.driver_connection
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
        self._running: Future[None] | None = None

    def submit(self, statements: Sequence[Statement]) -> None:
        """Begin to run the statements in their order; nothing else may be running."""
        self.wait()
        self._running = self._pool.submit(self._run, statements)

    def _run(self, statements: Sequence[Statement]) -> None:
        # Sent at once: a thread that asks for the next statement waits each time until the one that judges lets it in.
        with self._connection.pipeline(), self._connection.cursor() as cursor:
            for sql, parameters in statements:
                cursor.execute(sql, parameters)

    def wait(self) -> None:
        """Return when nothing runs. Raises `Stale` when another made a number its own, `DBAPIError` for the rest."""
        running, self._running = self._running, None
        if running is None:
            return
        try:
            running.result()
        except psycopg.errors.UniqueViolation as error:
            raise Stale from error
        except psycopg.Error as error:
            raise DBAPIError("import", {}, error) from error

    def close(self) -> None:
        """Let whatever runs come to its end, whatever that is."""
        self._pool.shutdown(wait=True)
