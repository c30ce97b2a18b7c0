"""One writer at a time for a round: the lock, the state it must be in, and who may decide it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from hrms.accounts.models import RoleGrant
from hrms.agencies.models import Agency
from hrms.core import clock, dated, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import ROLE_PERMISSIONS, Permission, Role
from hrms.core.rules import N_, Problem
from hrms.performance.models import CriteriaSet, RatingRound
from hrms.performance.rules.rounds import ROUND_LABELS, RoundState, RoundStep, round_transition

BEFORE_MEETING = round_transition(RoundStep.PROPOSE).starts


@dataclass(frozen=True, slots=True)
class Locked:
    """A round under its lock, with its agency and its set of criteria."""

    found: RatingRound
    agency: Agency
    criteria: CriteriaSet

    @property
    def at(self) -> list[int]:
        """Return the closure of the agency that decides it."""
        return self.agency.scope_ids


def lock(round_id: int, states: Collection[str], version: int | None = None) -> Locked:
    """Lock a round for this transaction. Raises `NotFound`, `Stale`, `Refused` when its state is another."""
    found = db.session.scalar(
        select(RatingRound)
        .where(RatingRound.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("round")
    if version is not None and found.version != version:
        raise Stale
    if found.state not in states:
        sentence = N_("Đợt xếp loại đang ở bước “%(state)s”, không làm được việc này. Hãy mở lại trang của đợt.")
        raise Refused(Problem("", "wrong_state", sentence, {"state": ROUND_LABELS[RoundState(found.state)]}))
    agency = db.session.get_one(Agency, found.agency_id)
    return Locked(found, agency, db.session.get_one(CriteriaSet, found.set_id))


def starts(step: RoundStep) -> frozenset[RoundState]:
    """Return the states from which a step is taken."""
    return round_transition(step).starts


def decides_for(agency: Agency) -> int | None:
    """Return the agency whose head decides: itself, or the nearest above where somebody is head today; None: nobody."""
    heads = [role.value for role in (Role.HEAD,) if Permission.PERFORMANCE_RATE in ROLE_PERMISSIONS[role]]
    with scope.everything():
        held = set(
            db.session.scalars(
                select(RoleGrant.agency_id).where(
                    RoleGrant.agency_id.in_(agency.scope_ids), RoleGrant.role.in_(heads),
                    dated.at(RoleGrant, clock.today()),
                )
            )
        )  # fmt: skip
    return next((one for one in reversed(agency.scope_ids) if one in held), None)


def decides(actor: Actor, agency: Agency) -> bool:
    """Say whether the actor decides the classes of an agency: holds `performance.rate` at exactly it.

    Where nobody is its head today, who holds it at exactly the nearest agency above that has one decides.
    """
    if actor.is_system:
        return True
    mine = {grant.agency_id for grant in actor.grants if grant.gives(Permission.PERFORMANCE_RATE)}
    if not mine.intersection(agency.scope_ids) or not actor.may(Permission.PERFORMANCE_RATE, at=agency.scope_ids):
        return False
    return agency.id in mine or decides_for(agency) in mine


def require_decides(actor: Actor, agency: Agency) -> None:
    """Raise `Forbidden` for whoever does not decide the classes of the agency."""
    if not decides(actor, agency):
        sentence = N_("Chỉ người đứng đầu %(agency)s quyết định xếp loại của đợt này.")
        raise Forbidden(Problem("", "not_who_decides", sentence, {"agency": agency.name}))


def require_prepares(actor: Actor, one: Locked) -> None:
    """Raise `Forbidden` for whoever neither prepares the round (`performance.manage`) nor decides it."""
    if not actor.may(Permission.PERFORMANCE_MANAGE, at=one.at):
        require_decides(actor, one.agency)
