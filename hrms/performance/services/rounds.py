"""Rounds of classification: opening one, opening those of a whole province, calling one off."""

from __future__ import annotations

from hrms.core.actor import Actor


def open_round(
    actor: Actor,
    agency_id: int,
    year: int,
    *,
    special: bool = False,
    outstanding_basis: str | None = None,
) -> list[int]:
    """Open the rounds of a deciding agency for a year, one per set of criteria that has people there; gathers at once.

    Those that are open already stay; returns the ids of all of them. `special`: a sector that may classify before 15/01
    (NĐ 335/2025/NĐ-CP Đ19). `outstanding_basis`: the paper that allows the larger quota. Needs `performance.manage`.
    Raises `Forbidden`, `Refused` (a division decides nothing by itself; nobody there; the year has not begun).
    """
    raise NotImplementedError(actor, agency_id, year, special, outstanding_basis)


def set_outstanding(actor: Actor, round_id: int, basis: str | None, *, version: int) -> None:
    """Allow the larger quota on a paper (`basis`), or take it back (None); a proposal is to be solved again."""
    raise NotImplementedError(actor, round_id, basis, version)


def cancel(actor: Actor, round_id: int, reason: str, *, version: int) -> None:
    """Call a round off that is not decided yet; its ratings go, its history stays. Raises `Stale`, `Refused`."""
    raise NotImplementedError(actor, round_id, reason, version)


def open_for_all(actor: Actor, root_id: int, year: int) -> int:
    """Open and gather the rounds of every deciding agency at or under `root_id` as a job with progress; its task's id.

    Each agency is a unit of its own: killed and started again, it goes on with those that have none.
    """
    raise NotImplementedError(actor, root_id, year)


def step_for_all(actor: Actor, root_id: int, year: int, step: str) -> int:
    """Take a step of every round under `root_id` as a job: gather, groups, solve, publish, settle; its task's id."""
    raise NotImplementedError(actor, root_id, year, step)
