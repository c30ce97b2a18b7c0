"""Reading what a year's class rests on, for whole rounds at once: months, causes, discipline, the organisation."""

from __future__ import annotations

from collections.abc import Collection

from hrms.core.actor import Actor


def gather(round_ids: Collection[int]) -> int:
    """Read everybody's year anew into the rounds' ratings, which are to be proposed again; returns the rows written.

    In the caller's transaction, without a question of permission: `regather` asks it. Linear in people.
    """
    raise NotImplementedError(round_ids)


def regather(actor: Actor, round_id: int) -> int:
    """Read a round anew while it is collecting or proposed. Needs `performance.manage`. Raises `Refused`."""
    raise NotImplementedError(actor, round_id)
