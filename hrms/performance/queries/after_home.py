"""What the first page says of what follows a class: petitions and results that wait; of oneself, the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.performance.queries import consequences, national, petitions
from hrms.positions.queries.part import Part

P = Permission
SHOWN_DAYS = 30
_OWN = text("""
SELECT p.id, p.state, p.due_on, t.year FROM petitions p JOIN ratings t ON t.id = p.rating_id
WHERE p.person_id = :me AND (p.state = 'open' OR p.answered_on >= :since)
ORDER BY p.id DESC LIMIT 3
""")


def load_card(actor: Actor) -> Mapping[str, Any] | None:
    """Return the petitions, results and flags that wait under the reader; None where nothing does."""
    if not actor.may(P.PERFORMANCE_VIEW):
        return None
    part = Part(actor.scope(P.PERFORMANCE_VIEW), None)
    asked = petitions.count_petitions(actor, part)
    keeps = actor.may(P.PERFORMANCE_MANAGE)
    sends = national.home(actor.scope(P.PERFORMANCE_MANAGE)) if keeps else None
    flags = consequences.count_consequences(part).open if keeps else 0
    waits = asked.open or flags or (sends is not None and (sends.waiting or sends.refused))
    return {"petitions": asked, "sends": sends, "flags": flags} if waits else None


def load_own(actor: Actor) -> Mapping[str, Any] | None:
    """Return one's own petitions that wait or were answered lately; None without any."""
    if actor.person_id is None or not actor.may(P.SELF_VIEW):
        return None
    values = {"me": actor.person_id, "since": clock.today() - timedelta(days=SHOWN_DAYS)}
    rows = db.session.execute(_OWN, values).all()
    return {"rows": rows} if rows else None
