"""A step of every round of a province, some agencies at a time: each a unit of its own, a kill loses one at most.

What is done shows in the rounds themselves; started again, the step finds what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.performance.services import deciding, gathering, groups, rounds, settling, solving

Report = Callable[[int, int], None]
NEEDED = {
    "gather": ("collecting",), "groups": ("collecting",), "solve": ("collecting",), "publish": ("decided",),
    "settle": ("published",),
}  # fmt: skip
"""State a round is in when a step is still to be taken of it."""
AT_ONCE = {"open": 20, "gather": 20, "groups": 1, "solve": 1, "publish": 1, "settle": 1}
"""Agencies a unit takes: what is read for many at once costs a fraction of what it costs one by one."""
_LEFT = text("""
SELECT r.id, a.name FROM rating_rounds r JOIN agencies a ON a.id = r.agency_id
WHERE r.year = :year AND r.state = ANY (:states) AND a.scope_ids @> ARRAY[CAST(:root AS bigint)]
  AND (:step <> 'groups' OR NOT EXISTS (SELECT 1 FROM rating_groups g WHERE g.round_id = r.id))
ORDER BY a.depth, r.id
""")
_WITHOUT = text("""
SELECT a.id FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS a(id, place)
WHERE NOT EXISTS (
  SELECT 1 FROM rating_rounds r WHERE r.agency_id = a.id AND r.year = :year AND r.state <> 'cancelled')
ORDER BY a.place
""")


@dataclass(slots=True)
class Done:
    """What came of a step: how many rounds it was taken of, and which refused it, by name with why."""

    rounds: int = 0
    refused: list[tuple[str, Problem]] = field(default_factory=list)


def run(actor: Actor, root_id: int, year: int, step: str, report: Report = lambda _done, _total: None) -> Done:
    """Take a step of every round under an agency that still waits for it; commits after each, or twenty.

    `report(done, total)` may raise to stop between two units. What one round refuses does not stop the others.
    """
    scope.enter_for(actor, Permission.PERFORMANCE_MANAGE)
    with transaction():
        agency = db.session.get_one(Agency, root_id)
        actor.require(Permission.PERFORMANCE_MANAGE, at=agency.scope_ids)
        todo = _todo(root_id, year, step)
    done = Done()
    for start in range(0, len(todo), AT_ONCE[step]):
        batch = todo[start : start + AT_ONCE[step]]
        report(start, len(todo))
        try:
            with transaction():
                done.rounds += _take(actor, [ident for ident, _name in batch], year, step)
        except HrmsError as error:
            if len(batch) == 1:
                done.refused.append((batch[0][1], error.problems[0]))
            else:
                _one_by_one(actor, batch, year, step, done)
        db.session.expunge_all()
    report(len(todo), len(todo))
    return done


def _one_by_one(actor: Actor, batch: Sequence[tuple[int, str]], year: int, step: str, done: Done) -> None:
    """Take a step again of a batch in which one refused it, so that the others have it."""
    for ident, name in batch:
        try:
            with transaction():
                done.rounds += _take(actor, [ident], year, step)
        except HrmsError as error:
            done.refused.append((name, error.problems[0]))


def _todo(root_id: int, year: int, step: str) -> list[tuple[int, str]]:
    if step == rounds.OPEN:
        ids = rounds.deciding_under(root_id)
        left = list(db.session.scalars(_WITHOUT, {"ids": ids, "year": year}))
        named = db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(left)))
        names = {row.id: row.name for row in named}
        return [(one, names[one]) for one in left]
    given = {"year": year, "states": list(NEEDED[step]), "root": root_id, "step": step}
    return [(row.id, row.name) for row in db.session.execute(_LEFT, given)]


def _take(actor: Actor, ids: Sequence[int], year: int, step: str) -> int:
    if step == rounds.OPEN:
        agencies = list(db.session.scalars(select(Agency).where(Agency.id.in_(ids)).order_by(Agency.id)))
        return sum(len(made) for made in rounds.open_rounds(actor, agencies, year).values())
    if step == "gather":
        gathering.regather_many(actor, ids)
        return len(ids)
    for ident in ids:
        if step == "groups":
            groups.propose(actor, ident)
        elif step == "solve":
            solving.solve(actor, ident)
        elif step == "publish":
            deciding.publish(actor, ident, clock.today())
        else:
            settling.settle(actor, ident)
    return len(ids)
