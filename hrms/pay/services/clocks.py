"""The day of the next raise in `people_current`, by the step clock: after every change, every day, with a new law.

`refresh_people` writes the regular day of everybody; here the day of whoever has something that prolongs the step is
put in its place in the same transaction, so that lists, filters, counts and the record say the same.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.pay.queries import raising

_SET = text("SELECT set_next_steps(CAST(:ids AS bigint[]), CAST(:days AS date[]))")


def refresh(person_ids: Collection[int] | None) -> int:
    """Put the clock's day into the current rows of some people, or of all (None); returns how many changed.

    In the caller's transaction, after `refresh_people`; three statements for up to 5,000 people.
    """
    if person_ids is not None and not person_ids:
        return 0
    db.session.flush()
    with scope.everything():
        found = raising.moved(person_ids)
        if not found:
            return 0
        given = {"ids": list(found), "days": list(found.values())}
        return int(db.session.execute(_SET, given).scalar_one())


def follow(person_ids: Collection[int]) -> None:
    """Let the day follow a change of these people's records; `hooks.people_changed` calls it."""
    refresh(person_ids)


def refresh_all() -> None:
    """Make the day of everybody again: an absence without an end lasts a day longer; one unit of its own."""
    with scope.everything(), transaction():
        refresh(None)


def refresh_in_unit() -> None:
    """Make the day of everybody again in the caller's transaction: another law, another table of holidays."""
    refresh(None)
