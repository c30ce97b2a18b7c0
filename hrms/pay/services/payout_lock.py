"""One writer at a time for a round of shares: its lock, its states, what the program sees while it works."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.pay.models import IncentiveRound, IncentiveScheme
from hrms.pay.queries.payout_terms import kept_terms, program
from hrms.pay.rules.schemes import PAYOUT_STATES, PayoutState, Step, Terms

__all__ = ["OPEN", "Locked", "keep_terms", "kept_terms", "lock", "program", "tell", "written"]
OPEN = (PayoutState.DRAFT, PayoutState.SHARED)


@dataclass(frozen=True, slots=True)
class Locked:
    """A round under its lock with its agency and its terms."""

    found: IncentiveRound
    agency: Agency
    terms: Terms

    @property
    def step(self) -> Step:
        """Return what the round pays."""
        return Step(self.found.step)


def lock(
    actor: Actor, round_id: int, permission: Permission, states: Collection[PayoutState] = OPEN,
    version: int | None = None,
) -> Locked:  # fmt: skip
    """Lock a round for this transaction. Raises `NotFound`, `Forbidden`, `Stale`, `Refused` (its state is another)."""
    found = db.session.scalar(
        select(IncentiveRound)
        .where(IncentiveRound.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("incentive_round")
    agency = db.session.get_one(Agency, found.agency_id)
    actor.require(permission, at=agency.scope_ids)
    if version is not None and found.version != version:
        raise Stale
    if found.state not in states:
        text = N_("Đợt chi ở tình trạng “%(state)s”, không làm được việc này. Hãy mở lại trang của đợt.")
        raise Refused(Problem("", "wrong_state", text, {"state": PAYOUT_STATES[PayoutState(found.state)]}))
    return Locked(found, agency, kept_terms(found))


def keep_terms(scheme: IncentiveScheme) -> dict[str, Any]:
    """Return the terms of a scheme as a round keeps them."""
    return {"name": scheme.name, "terms": scheme.terms, "eligible": scheme.eligible}


def written(found: IncentiveRound) -> None:
    """Count a change of a round and send it to the database."""
    found.version += 1
    db.session.flush()


def tell(actor: Actor, one: Locked, verb: str, *, reason: str | None = None, **more: Any) -> None:
    """Write what was done with a round into the trail."""
    after = {
        "round": one.found.terms["name"], "agency": one.agency.name, "year": one.found.year,
        "quarter": one.found.quarter, "step": one.found.step, **more,
    }  # fmt: skip
    audit.record(
        actor, f"incentive_round.{verb}", "incentive_round", one.found.id, scope_ids=one.agency.scope_ids,
        agency_id=one.agency.id, after={name: value for name, value in after.items() if value is not None},
        reason=reason,
    )  # fmt: skip
