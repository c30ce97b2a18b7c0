"""Reads of score sheets that services and other rooms need: one sheet, its work, what waits for whom, who is led.

Under the caller's own scope unless said otherwise. The lists of the pages are in `queries.sheet_lists`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission, Role
from hrms.performance.models import ScoreSheet, WorkItem
from hrms.performance.rules.classes import Thresholds

DELEGATED = "score"
"""The action by which a head lets somebody score for them (`Grant.actions`)."""
_TO_SCORE = text("""
SELECT s.id FROM sheets_to_score(CAST(:places AS bigint[]), :today) f(id)
JOIN score_sheets s ON s.id = f.id AND s.person_id IS DISTINCT FROM :me
JOIN people_current c ON c.person_id = s.person_id
LEFT JOIN scoring_periods p ON p.id = s.period_id
WHERE (s.state = 'self_scored' OR (s.state IN ('open', 'returned') AND coalesce(p.self_due_on < :today, true))
       OR (:also_scored AND s.state = 'scored'))
ORDER BY p.score_due_on NULLS FIRST, s.year, s.number, c.sort_key, s.id LIMIT :most
""")
_BELOW = text("SELECT f.id FROM places_scored_for(CAST(:places AS bigint[]), :today) f(id)")
_LED = text("""
WITH RECURSIVE unit AS (
  SELECT CAST(:agency AS bigint) AS id
  UNION ALL
  SELECT a.id FROM unit u JOIN agencies a ON a.parent_id = u.id AND a.kind = 'division'
)
SELECT count(*) AS people, count(s.score) FILTER (WHERE s.state IN ('scored', 'published')) AS scored,
  count(*) FILTER (WHERE s.state IN ('scored', 'published') AND s.score < :least) AS below
FROM score_sheets s
WHERE s.year = :year AND s.kind = :kind AND s.number = :number AND s.superseded_at IS NULL AND s.id <> :sheet
  AND s.person_id <> :person AND (s.agency_id IN (SELECT id FROM unit) OR s.authority_id = :agency)
""")


@dataclass(frozen=True, slots=True)
class Led:
    """How those a head leads stand in the head's own period, and what criterion d is by it (Đ15 k2).

    `value` is None while somebody is still to be scored and nobody is below.
    """

    people: int
    scored: int
    below: int

    @property
    def value(self) -> Decimal | None:
        """Return 1 when all have points of "hoàn thành" or better, 0.5 when somebody has not."""
        if self.below:
            return Decimal("0.5")
        return Decimal(1) if self.people and self.scored == self.people else None


def last_day(year: int, kind: str, number: int) -> date:
    """Return the last day of a month or a quarter: what is in force on it holds for the sheet."""
    month = number if kind == "month" else number * 3
    after = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return after - timedelta(days=1)


def sheet(sheet_id: int) -> ScoreSheet:
    """Return a sheet. Raises `NotFound`."""
    found = db.session.get(ScoreSheet, sheet_id)
    if found is None:
        raise missing("sheet")
    return found


def items_of(sheet_id: int) -> Sequence[WorkItem]:
    """Return the products of a sheet, those from the start first."""
    query = select(WorkItem).where(WorkItem.sheet_id == sheet_id)
    return db.session.scalars(query.order_by(WorkItem.kind != "assigned", WorkItem.id)).all()


def list_sheets(person_id: int, year: int) -> Sequence[ScoreSheet]:
    """Return the current sheets of somebody in a year, in order."""
    query = select(ScoreSheet).where(
        ScoreSheet.person_id == person_id, ScoreSheet.year == year, ScoreSheet.superseded_at.is_(None)
    )
    return db.session.scalars(query.order_by(ScoreSheet.kind, ScoreSheet.number)).all()


def places_of(actor: Actor) -> list[int]:
    """Return the agencies whose people the actor scores as their head, or for their head: these very agencies only."""
    if not actor.may(Permission.PERFORMANCE_SCORE):
        return []
    return sorted(
        {
            grant.agency_id
            for grant in actor.grants
            if grant.role is Role.HEAD
            or (grant.role is Role.DELEGATE and (grant.actions is None or DELEGATED in grant.actions))
        }
    )


def authorities_of(actor: Actor) -> list[int]:
    """Return the agencies whose sheets come to the actor: their own places, and those below that nobody heads today.

    One statement. A head's own sheet is scored from above; it is not asked for here.
    """
    places = places_of(actor)
    if not places:
        return []
    below = db.session.scalars(_BELOW, {"places": places, "today": clock.today()})
    return sorted({*places, *below})


def to_score(actor: Actor, *, also_scored: bool = False, limit: int = 500) -> Sequence[int]:
    """Return the sheets that wait for the actor to score, the most pressing first; one statement.

    Those sent in, those whose owner let the day pass, with `also_scored` those not yet published too. Kin are left in:
    the sheet says who else should score it.
    """
    places = places_of(actor)
    if not places:
        return []
    given: dict[str, Any] = {
        "places": places, "today": clock.today(), "me": actor.person_id, "also_scored": also_scored, "most": limit,
    }  # fmt: skip
    return list(db.session.scalars(_TO_SCORE, given))


def led_by(found: ScoreSheet, thresholds: Thresholds) -> Led:
    """Return how those led by the owner of a sheet stand in its period; one statement, whoever reads.

    Led are all of the owner's agency and its divisions, and who is scored there from above.
    """
    with scope.everything():
        given = {
            "agency": found.agency_id, "year": found.year, "kind": found.kind, "number": found.number,
            "sheet": found.id, "person": found.person_id, "least": thresholds.satisfactory,
        }  # fmt: skip
        row: Any = db.session.execute(_LED, given).one()
    return Led(row.people, row.scored, row.below)
