"""Deciding the classes of a round: changes with reasons, meeting, decision, publication, January, supersession."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hrms.core.actor import Actor
from hrms.core.rules import Problem
from hrms.performance.models import Rating


def may_change(actor: Actor, rating: Rating) -> Problem | None:
    """Return why the actor may not touch this person's class (oneself, spouse, kin, not who decides), None: they may.

    One statement for the relatives.
    """
    raise NotImplementedError(actor, rating)


def classes_open(rating: Rating) -> tuple[str, ...]:
    """Return the classes the law leaves open for a person besides the quota, highest first."""
    raise NotImplementedError(rating)


def change(actor: Actor, rating_id: int, new_class: str, reason: str, *, version: int) -> None:
    """Change a proposed class, by the advising body while proposed, by who decides until the decision.

    Raises `Forbidden`, `Stale`, `Refused`: no reason, not open by points, the quota exceeded, oneself or kin.
    """
    raise NotImplementedError(actor, rating_id, new_class, reason, version)


def remark(actor: Actor, rating_id: int, remarks: str, *, version: int) -> None:
    """Write the authority's remarks (for those who lead, the Party committee's too)."""
    raise NotImplementedError(actor, rating_id, remarks, version)


def weigh_discipline(actor: Actor, rating_id: int, act: str, reason: str, *, counts: bool, version: int) -> None:
    """Say that a discipline was for no violation of duty (`counts` False) and does not make the class, or take it back.

    `act` is the key of the act in `facts["discipline"]`. By who decides, before the decision; the class is reckoned anew.
    """
    raise NotImplementedError(actor, rating_id, act, reason, counts, version)


def to_meeting(actor: Actor, round_id: int, minutes: Mapping[str, Any]) -> None:
    """Write the minutes of the meeting and take the round there: proposed → meeting, or meeting again.

    `minutes`: `met_on` (date), place, chair, secretary, present, absent, course, opinions, votes, conclusion.
    """
    raise NotImplementedError(actor, round_id, minutes)


def back_to_proposal(actor: Actor, round_id: int, reason: str) -> None:
    """Send a round from its meeting back to the advising body: meeting → proposed."""
    raise NotImplementedError(actor, round_id, reason)


def decide(actor: Actor, round_id: int, decision_id: int, on: date) -> None:
    """Decide the classes by a decision of the register: meeting → decided. By exactly the head of the deciding agency.

    Raises `Forbidden`, `Refused`: no minutes, somebody without a class, the quota exceeded, oneself in the round.
    """
    raise NotImplementedError(actor, round_id, decision_id, on)


def publish(actor: Actor, round_id: int, on: date) -> list[int]:
    """Publish inside the agency and write the classes into the records: decided → published; ids of the ratings."""
    raise NotImplementedError(actor, round_id, on)


def settle(actor: Actor, round_id: int, decision_id: int | None = None) -> list[int]:
    """Take December in: means, classes and quota again; published → settled. Ids of ratings whose class changed.

    A decision is needed when a class changes (`settling.preview` says so). Raises `Refused` before January, or while
    months are missing without a cause.
    """
    raise NotImplementedError(actor, round_id, decision_id)


def supersede(actor: Actor, rating_id: int, new_class: str, decision_id: int, reason: str) -> int:
    """Replace a published class (a petition, a wrong result: NĐ 335/2025/NĐ-CP Đ21 k3); id of the new rating.

    The year is read anew, the quota checked again. Công chức: by the head of the managing agency; viên chức: by who
    classified. Raises `Forbidden`, `Refused`.
    """
    raise NotImplementedError(actor, rating_id, new_class, decision_id, reason)


def supersede_many(actor: Actor, changes: Sequence[tuple[int, str]], decision_id: int, reason: str) -> list[int]:
    """Replace several classes of one round by one decision; the quota is checked after all of them."""
    raise NotImplementedError(actor, changes, decision_id, reason)
