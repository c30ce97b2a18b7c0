"""Where people stand in training, made again from the facts: after every change and every midnight.

The database computes all of it in one statement a year (`refresh_training`), as `hrms.training.rules.owed` says of one.
Kept are the running year, the one before (the report of 31/01 is about it), and any earlier one somebody asked for.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.training.queries.learners import post_groups

_REFRESH = text("SELECT refresh_training(CAST(:ids AS bigint[]), :year, :today, CAST(:groups AS jsonb))")
_DIFFERS = text("SELECT person_id, requirement_id FROM training_differs(:year, :today, CAST(:groups AS jsonb))")
_KEPT = text("SELECT DISTINCT year FROM training_standing WHERE person_id = ANY (:ids)")
_IS_KEPT = text("SELECT EXISTS (SELECT 1 FROM training_standing WHERE year = :year)")
_KEPT_ALL = text("SELECT DISTINCT year FROM training_standing")

MOST_AT_ONCE = 400
"""The plan for some people goes from person to person; for more than so many, making everybody costs less."""


def refresh(person_ids: Collection[int] | None, years: Collection[int] | None = None) -> int:
    """Make the standing of these people (all when None) again; returns the rows changed.

    In the caller's transaction, after what changed is written. `years` are those to make; unless given, the running
    one, the one before, and every other that is kept of them.
    """
    if person_ids is not None and not person_ids:
        return 0
    db.session.flush()
    ids = None if person_ids is None or len(person_ids) > MOST_AT_ONCE else sorted(set(person_ids))
    today = clock.today()
    with scope.everything():
        kept = db.session.scalars(_KEPT_ALL) if ids is None else db.session.scalars(_KEPT, {"ids": ids})
        wanted = {today.year - 1, today.year, *kept} if years is None else set(years)
        params = {"ids": ids, "today": today, "groups": json.dumps(post_groups())}
        return sum(int(db.session.execute(_REFRESH, {**params, "year": year}).scalar_one()) for year in sorted(wanted))


def follow(person_ids: Collection[int]) -> None:
    """Make the standing of people whose record or ledger changed again."""
    refresh(person_ids)


def refresh_all() -> None:
    """Make the standing of everybody again in every year kept, after what is asked has changed. A unit of its own."""
    with scope.everything(), transaction():
        refresh(None)


def pass_day() -> None:
    """Make the running year of everybody again: days pass, courses fall due. A unit of its own.

    Days change nothing of a year that is over, but the first after it: it is made again in January, or when missing.
    """
    with scope.everything(), transaction():
        today = clock.today()
        kept = db.session.scalar(_IS_KEPT, {"year": today.year - 1})
        refresh(None, {today.year} if kept and today.month > 1 else {today.year - 1, today.year})


def keep_year(year: int) -> None:
    """Make and keep the standing of an earlier year; from then on it follows every change."""
    refresh(None, [year])


def differences(year: int) -> Sequence[tuple[int, int]]:
    """Return (person, requirement) whose kept standing is not what the facts say today, under the caller's scope."""
    params = {"year": year, "today": clock.today(), "groups": json.dumps(post_groups())}
    return [(row.person_id, row.requirement_id) for row in db.session.execute(_DIFFERS, params)]
