"""Writing published classes: into the rounds, the records, the results for the national database; and their successors.

Nothing is chosen here: the caller has checked who may, has made the list, and sees everything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.decisions import queries as decisions
from hrms.decisions import services as register
from hrms.people.services.current import tell_changed
from hrms.performance.models import Rating, RatingRound
from hrms.performance.queries import rounds as queries
from hrms.performance.rules import gathered
from hrms.performance.rules.gathered import Classified
from hrms.performance.services import consequences, gathering, national
from hrms.performance.services.round_lock import Locked

_PUBLISH = text("""
UPDATE ratings SET state = 'published', published_on = :on, version = version + 1
WHERE round_id = :round AND superseded_at IS NULL AND state = 'decided' RETURNING id
""")
_RECORD = text("""
INSERT INTO person_rating (person_id, year, rating, rated_by, score)
SELECT r.person_id, r.year, r.final, a.name, round(r.mean, 3)
FROM ratings r JOIN rating_rounds o ON o.id = r.round_id JOIN agencies a ON a.id = o.agency_id
WHERE r.id = ANY (:ids)
ON CONFLICT (person_id, year) DO UPDATE SET rating = excluded.rating, rated_by = excluded.rated_by,
  score = excluded.score, version = person_rating.version + 1
""")
# Of all classes these alone prolong a step; what becomes one, or was one, lets other domains look at the record again.
_FAILED = text("""
SELECT DISTINCT r.person_id FROM ratings r
LEFT JOIN person_rating g ON g.person_id = r.person_id AND g.year = r.year
WHERE r.id = ANY (:ids) AND 'unsatisfactory' IN (r.final, g.rating)
""")
_TOLD = text("""
SELECT r.id AS entity_id, r.person_id, p.scope_ids, r.final, r.year, a.name FROM ratings r
JOIN people p ON p.id = r.person_id JOIN rating_rounds o ON o.id = r.round_id JOIN agencies a ON a.id = o.agency_id
WHERE r.id = ANY (:ids) ORDER BY r.id
""")
_REPLACE = text("""
WITH given AS (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
    old_id bigint, months jsonb, causes jsonb, facts jsonb, mean numeric, provisional boolean, by_points text,
    reasons jsonb, final text)
), gone AS (
  UPDATE ratings r SET superseded_at = clock_timestamp(), version = r.version + 1
  FROM given g WHERE r.id = g.old_id AND r.superseded_at IS NULL RETURNING r.*
), made AS (
  INSERT INTO ratings (round_id, person_id, year, agency_id, group_id, role, months, causes, facts, mean, provisional,
                       by_points, reasons, remarks, proposed, final, state, decision_id, published_on, supersedes_id,
                       recorded_by)
  SELECT o.round_id, o.person_id, o.year, o.agency_id, o.group_id, o.role, g.months, g.causes, g.facts, g.mean,
    g.provisional, g.by_points, ARRAY(SELECT jsonb_array_elements_text(g.reasons)), o.remarks, g.final, g.final,
    'published', coalesce(CAST(:decision AS bigint), o.decision_id), :today, o.id, :account
  FROM gone o JOIN given g ON g.old_id = o.id
  RETURNING id, person_id, supersedes_id, final
), told AS (
  INSERT INTO rating_changes (rating_id, person_id, stage, old, new, reason, actor, recorded_by)
  SELECT m.id, m.person_id, :stage, o.final, m.final, :reason, :actor, :account
  FROM made m JOIN gone o ON o.id = m.supersedes_id WHERE o.final IS DISTINCT FROM m.final
)
SELECT m.id, m.supersedes_id, o.final AS old, m.final AS new FROM made m JOIN gone o ON o.id = m.supersedes_id
""")
AT_ONCE = 2_000


def cite(actor: Actor, decision_id: int, scope_ids: Sequence[int]) -> str:
    """Return the reference of a decision of the register the actor may see, opened to those it is now about.

    Who decides need not hold the register: citing it chooses nothing. Raises `NotFound`, `Refused` (withdrawn,
    cancelled).
    """
    found = decisions.get_decision(decision_id)
    with scope.everything():
        return register.cite(Actor.system(actor.name, actor.via), found, scope_ids).reference


def publish_round(actor: Actor, one: Locked, on: date) -> list[int]:
    """Publish the decided ratings of a round; returns their ids."""
    made = list(db.session.scalars(_PUBLISH, {"round": one.found.id, "on": on}))
    db.session.expire_all()
    spread(actor, made, "rating.published")
    return made


def spread(actor: Actor, rating_ids: Sequence[int], action: str) -> None:
    """Write classes that hold now into the records, the trail, and what goes to the national database."""
    if not rating_ids:
        return
    failed = list(db.session.scalars(_FAILED, {"ids": list(rating_ids)}))
    db.session.execute(_RECORD, {"ids": list(rating_ids)})
    audit.record_many(
        actor, action, "year_rating",
        [
            {
                "entity_id": row.entity_id, "person_id": row.person_id, "scope_ids": row.scope_ids,
                "after": {"rating": row.final, "year": row.year, "round": row.name},
            }
            for row in db.session.execute(_TOLD, {"ids": list(rating_ids)})
        ],
    )  # fmt: skip
    national.note_ratings(rating_ids)
    tell_changed(failed)


def read_anew(found: Sequence[Rating], of_round: RatingRound) -> dict[int, Classified]:
    """Return what the years of these ratings of a round say today, by the rating's id.

    Place, role and position stay as they were when the round was gathered; sheets, absences, discipline and the
    organisation are read again.
    """
    frame = gathering.frames_of([of_round], queries.last_day(of_round.year))[of_round.id]
    members = gathering.members_of(
        [(one.person_id, one.agency_id, one.role, bool(one.facts.get("chief"))) for one in found]
    )
    years = gathering.read_years(members, of_round.year)
    kept = {}
    for one in found:
        new = gathered.classify(years[one.person_id], frame)
        new.facts.update({name: one.facts[name] for name in ("position", "position_group") if name in one.facts})
        kept[one.id] = new
    return kept


def replace(
    actor: Actor,
    changes: Sequence[tuple[Rating, Classified, str]],
    *,
    decision_id: int | None,
    stage: str,
    reason: str,
) -> dict[int, int]:
    """Supersede published ratings by new ones; returns old id → new id. What rests on a changed class is flagged."""
    made: dict[int, int] = {}
    moved: list[tuple[int, str | None, str | None]] = []
    for start in range(0, len(changes), AT_ONCE):
        rows = [_row(old, kept, final) for old, kept, final in changes[start : start + AT_ONCE]]
        given = {
            "rows": json.dumps(rows), "decision": decision_id, "today": clock.today(), "account": actor.account_id,
            "stage": stage, "reason": reason, "actor": actor.name,
        }  # fmt: skip
        for row in db.session.execute(_REPLACE, given):
            made[row.supersedes_id] = row.id
            if row.old != row.new:
                moved.append((row.id, row.old, row.new))
    db.session.expire_all()
    spread(actor, list(made.values()), "rating.superseded")
    for rating_id, old, new in moved:
        consequences.flag(rating_id, old, new, by=actor.account_id)
    return made


def _row(old: Rating, kept: Classified, final: str) -> Mapping[str, Any]:
    quota = ["quota"] if kept.by_points is not None and kept.by_points != final else []
    return {
        "old_id": old.id, "months": kept.months, "causes": kept.causes, "facts": kept.facts,
        "mean": None if kept.mean is None else str(kept.mean), "provisional": kept.provisional,
        "by_points": kept.by_points, "reasons": [*kept.reasons, *quota], "final": final,
    }  # fmt: skip
