"""What the first page says of raises: who should have had one and has no decision, and the lists of this quarter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.pay.queries.raise_due import quarter_start
from hrms.pay.rules.raising import WAITING

_COUNTS = text("""
SELECT count(*) FILTER (WHERE c.next_step_on < :today) AS overdue, min(c.next_step_on) AS earliest,
  count(*) FILTER (WHERE c.next_step_on >= :today) AS coming,
  count(*) FILTER (WHERE c.next_step_on >= :today AND EXISTS (
    SELECT 1 FROM person_rank f WHERE f.person_id = c.person_id AND f.superseded_at IS NULL AND f.valid_from > :today
      AND f.valid_from <= c.next_step_on)) AS settled
FROM people_current c
WHERE c.status = 'serving' AND c.next_step_on < :after AND c.scope_ids && CAST(:roots AS bigint[])
""")
_LISTS = text("""
SELECT count(*) FILTER (WHERE i.state = 'proposed') AS proposed, count(*) FILTER (WHERE i.state = 'sent') AS sent,
  count(*) FILTER (WHERE i.state = 'decided') AS decided,
  count(*) FILTER (WHERE i.state = 'left_out' AND i.left_out_reason = :waiting) AS doubtful
FROM raise_items i JOIN raise_lists l ON l.id = i.list_id AND l.kind = 'regular' AND l.state <> 'cancelled'
JOIN agencies a ON a.id = l.agency_id
WHERE l.year = :year AND l.quarter = :quarter AND a.scope_ids && CAST(:roots AS bigint[])
""")


def load_card(actor: Actor) -> Mapping[str, Any] | None:
    """Return how many raises are overdue and how far this quarter's are; None for who keeps no pay. Two statements."""
    if not actor.may(Permission.PAY_VIEW):
        return None
    today = clock.today()
    first = quarter_start(today)
    roots = list(actor.scope(Permission.PAY_VIEW))
    counts = db.session.execute(
        _COUNTS, {"today": today, "after": add_months(first, 3), "roots": roots}
    ).one()  # fmt: skip
    quarter = (first.month + 2) // 3
    given = {"year": first.year, "quarter": quarter, "roots": roots, "waiting": WAITING}
    lists = db.session.execute(_LISTS, given).one()
    if not (counts.overdue or counts.coming or any(lists)):
        return None
    return {
        "counts": counts, "lists": lists, "quarter": quarter, "year": first.year,
        "makes": actor.may(Permission.PAY_MANAGE),
    }  # fmt: skip
