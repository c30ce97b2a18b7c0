"""Which state of the law's figures the present transaction reads: a number that grows with every change applied.

The gate's own statement brings it (`core.scope`), so that no page asks for it; a transaction without a scope asks once.
What is computed from the law is kept under this number: every process sees a change in its next transaction.
"""

from __future__ import annotations

from typing import Any

from flask import has_app_context
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from hrms.core.db import PLANNED_ONCE, db

_KEY = "hrms.law"
COLUMN = "(SELECT revision FROM law_revision)"
"""The number as a column, for a statement that runs anyway."""
_READ = text(f"SELECT {COLUMN}").execution_options(**PLANNED_ONCE)
# A moment rather than a count: after a rollback no other change may bear the number of the one that was not to be.
_NEXT = text(
    "UPDATE law_revision SET revision ="
    " greatest(revision + 1, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)) RETURNING revision"
)


def current() -> int:
    """Return the state of the law's figures; 0, the seed files as they are, also where there is no application."""
    if not has_app_context():
        return 0
    session = db.session()
    found: int | None = session.info.get(_KEY)
    if found is None and not session.in_transaction():
        session.connection()  # a session with a scope reads it as it begins
        found = session.info.get(_KEY)
    if found is None:
        found = int(session.execute(_READ).scalar_one() or 0)
        session.info[_KEY] = found
    return found


def note(session: Session, revision: int | None) -> None:
    """Remember what a statement of this transaction read; the first reading holds, so that a job has one law."""
    session.info.setdefault(_KEY, revision or 0)


def advance() -> int:
    """Count a change of the figures in the caller's transaction and return the new state."""
    found = int(db.session.execute(_NEXT).scalar_one())
    db.session().info[_KEY] = found
    return found


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(_KEY, None)


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, _previous: Any) -> None:
    session.info.pop(_KEY, None)
