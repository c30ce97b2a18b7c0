"""The class of organisations: figures of the year, proposed class, decision by the authority above with its quota."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hrms.core.actor import Actor


def save(actor: Actor, agency_id: int, year: int, values: Mapping[str, Any], *, version: int | None = None) -> int:
    """Write the figures of an organisation's year and reckon its class (draft); its id.

    `values`: points, done_percent, late_percent, exceeding_percent (Decimal or None), shortcomings_fixed (bool or None),
    wrongdoing, involved (bool). Needs `performance.manage` over the organisation. Raises `Stale`, `Refused`.
    """
    raise NotImplementedError(actor, agency_id, year, values, version)


def choose(actor: Actor, organisation_rating_id: int, new_class: str, reason: str, *, version: int) -> None:
    """Set the final class of a draft, with why it is not that of the points (NĐ 233/2026/NĐ-CP Đ7 k5)."""
    raise NotImplementedError(actor, organisation_rating_id, new_class, reason, version)


def decide(actor: Actor, authority_id: int, year: int, decision_id: int, on: date) -> list[int]:
    """Decide the classes of all organisations directly under an authority by one decision; ids. The quota must hold."""
    raise NotImplementedError(actor, authority_id, year, decision_id, on)


def publish(actor: Actor, authority_id: int, year: int) -> list[int]:
    """Publish the decided classes; open rounds take them for their heads."""
    raise NotImplementedError(actor, authority_id, year)
