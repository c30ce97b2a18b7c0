"""What the first page says of training: an official's own hours, and how many are short under HR and heads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.training.queries.overview import SERVING
from hrms.training.rules.kinds import OPEN_STATES, RequirementWhat, StandingState

P = Permission
_OWN = text("""
SELECT s.requirement_id, r.name, s.what, s.state, s.at_risk, s.required, s.counted, s.carried, s.planned, s.missing,
  s.due_on
FROM training_standing s JOIN training_requirements r ON r.id = s.requirement_id
WHERE s.person_id = :me AND s.year = :year ORDER BY s.what DESC, r.place, r.code
""")
_UNDER = text(f"""
SELECT count(*) AS owing, count(*) FILTER (WHERE short) AS short, count(*) FILTER (WHERE overdue) AS overdue,
  count(*) FILTER (WHERE at_risk) AS at_risk
FROM (
  SELECT bool_or(s.state = 'short') AS short, bool_or(s.state = 'overdue') AS overdue, bool_or(s.at_risk) AS at_risk
  FROM training_standing s
  JOIN people_current c ON c.person_id = s.person_id AND {SERVING} AND c.scope_ids && CAST(:roots AS bigint[])
  WHERE s.year = :year GROUP BY s.person_id) d
""")  # noqa: S608 - parts of this program


def load_own(actor: Actor) -> Mapping[str, Any] | None:
    """Return what the reader owes this year and what is left to do; None without a record or without duties."""
    if actor.person_id is None or not actor.may(P.SELF_VIEW):
        return None
    today = clock.today()
    rows = db.session.execute(_OWN, {"me": actor.person_id, "year": today.year}).all()
    if not rows:
        return None
    hours = [row for row in rows if row.what == RequirementWhat.HOURS and row.state != StandingState.EXEMPT]
    return {
        "person_id": actor.person_id,
        "year": today.year,
        "hours": hours,
        "courses": [row for row in rows if row.what == RequirementWhat.COURSE and row.state in OPEN_STATES],
        "exempt": all(row.state == StandingState.EXEMPT for row in rows),
    }


def load_under(actor: Actor) -> Mapping[str, Any] | None:
    """Return how many under the reader are short, overdue and at risk this year; None for who may not see it."""
    if not actor.may(P.TRAINING_VIEW):
        return None
    today = clock.today()
    roots = list(actor.scope(P.TRAINING_VIEW))
    row = db.session.execute(_UNDER, {"year": today.year, "roots": roots}).one()
    return {"figures": row, "year": today.year} if row.owing else None
