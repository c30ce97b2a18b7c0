"""Groups of similar tasks in a round (nhóm có nhiệm vụ tương đồng): proposed, edited, filled, approved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hrms.core.actor import Actor


def propose(actor: Actor, round_id: int) -> list[int]:
    """Make groups from roles and groups of positions in place of those there are; everybody gets one. Their ids."""
    raise NotImplementedError(actor, round_id)


def add(actor: Actor, round_id: int, name: str, rule: Mapping[str, Sequence[Any]], *, code: str | None = None) -> int:
    """Add a group; its rule (`roles`, `position_groups`, `positions`, `agencies`) takes up people who have none."""
    raise NotImplementedError(actor, round_id, name, rule, code)


def edit(actor: Actor, group_id: int, name: str, rule: Mapping[str, Sequence[Any]], *, version: int) -> None:
    """Change name and rule of a group, which is a draft again. Raises `Stale`, `Refused`."""
    raise NotImplementedError(actor, group_id, name, rule, version)


def remove(actor: Actor, group_id: int) -> None:
    """Remove a group; its people have none."""
    raise NotImplementedError(actor, group_id)


def place(actor: Actor, round_id: int, group_id: int | None, rating_ids: Collection[int]) -> int:
    """Put people of the round into a group, or out of any (None); the groups are drafts again. Rows changed."""
    raise NotImplementedError(actor, round_id, group_id, rating_ids)


def whole_agency(actor: Actor, round_id: int) -> None:
    """Do without groups: the quota holds in the agency as a whole."""
    raise NotImplementedError(actor, round_id)


def approve(actor: Actor, round_id: int) -> None:
    """Approve the groups (by who decides the classes). Raises `Refused` while somebody has none."""
    raise NotImplementedError(actor, round_id)
