"""Solving the quota of a round: who stays excellent, and why the others do not."""

from __future__ import annotations

from hrms.core.actor import Actor
from hrms.performance.rules.quota import Solved


def solve(actor: Actor, round_id: int) -> Solved:
    """Propose everybody's class: by points, the quota held in the agency and each group; collecting → proposed.

    Ids in the answer are of ratings. Needs `performance.manage`. Raises `Refused` while groups are not approved or, in
    a round without points, somebody has no proposal or there are too many.
    """
    raise NotImplementedError(actor, round_id)


def explain(round_id: int) -> Solved:
    """Return how the quota stands with the figures of the round, without writing."""
    raise NotImplementedError(round_id)
