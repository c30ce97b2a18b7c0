"""Counting the statements a request sends, without what the test's own outer transaction adds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from hrms.core.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Yield a list that fills with the statements sent within the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        plain = " ".join(statement.split())
        if "savepoint" not in plain.lower() and "set_config('hrms.scope', '', true)" not in plain:
            seen.append(plain)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
