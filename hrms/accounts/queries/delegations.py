"""Who signs for whom: the delegations an account may know of, and whom and where it may delegate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import aliased

from hrms.accounts.models import Account, RoleGrant
from hrms.agencies.models import Agency
from hrms.core import clock, scope
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import db
from hrms.core.permissions import Permission, Role
from hrms.core.scope import Scope
from hrms.core.text import fold

MOST = 500
"""The list shows so many delegations: those in force and to come first, then the latest of the past."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """One delegation: who signs for whom, where, in which capacity, which kinds (None: all), when, on what ground."""

    id: int
    account_id: int
    name: str
    username: str
    delegator: str | None
    agency_id: int
    agency: str
    capacity: str | None
    actions: tuple[str, ...] | None
    valid_from: date
    valid_to: date | None
    note: str | None
    may_end: bool


def list_delegations(actor: Actor, heads_of: Sequence[int]) -> list[Delegation]:
    """Return the delegations at the agencies the actor heads or gives rights in, and those given to the actor."""
    roots = actor.scope(Permission.ACCOUNTS_GRANT)
    delegated = {grant.agency_id for grant in actor.grants if grant.role is Role.DELEGATE}
    head = aliased(Account)
    over = RoleGrant.valid_to <= clock.today()
    at_my_agencies = or_(RoleGrant.agency_id.in_(heads_of), _under(roots))
    rows = (
        select(
            RoleGrant, Account.display_name, Account.username, head.display_name.label("delegator"),
            Agency.name.label("agency"), at_my_agencies.label("mine"),
        )
        .join(Account, Account.id == RoleGrant.account_id)
        .join(Agency, Agency.id == RoleGrant.agency_id)
        .outerjoin(head, head.id == RoleGrant.delegator_id)
        .where(RoleGrant.role == Role.DELEGATE, RoleGrant.superseded_at.is_(None))
        .where(or_(at_my_agencies, RoleGrant.account_id == actor.account_id))
        .order_by(case((over, 1), else_=0), RoleGrant.valid_from.desc(), RoleGrant.id.desc())
        .limit(MOST)
    )  # fmt: skip
    today = clock.today()
    with scope.entered(Scope(accounts=(*heads_of, *roots, *sorted(delegated)), account_id=actor.account_id)):
        return [
            Delegation(
                id=grant.id, account_id=grant.account_id, name=name, username=username, delegator=delegator,
                agency_id=grant.agency_id, agency=agency, capacity=grant.capacity,
                actions=None if grant.actions is None else tuple(grant.actions), valid_from=grant.valid_from,
                valid_to=grant.valid_to, note=grant.note,
                may_end=(grant.valid_to is None or grant.valid_to > today)
                and (mine or grant.account_id == actor.account_id),
            )
            for grant, name, username, delegator, agency, mine in db.session.execute(rows)
        ]  # fmt: skip


def _under(roots: Sequence[int]) -> ColumnElement[bool]:
    under: ColumnElement[bool] = Agency.scope_ids.overlap([*roots] or [-1])
    return under


def find_delegation_agencies(actor: Actor, heads_of: Sequence[int], words: str, limit: int = 20) -> Sequence[Any]:
    """Return the open agencies where the actor may delegate, by words of the name: first those the actor heads."""
    roots = actor.scope(Permission.ACCOUNTS_GRANT)
    reach = or_(Agency.id.in_(heads_of), _under(roots))
    statement = select(Agency.id, Agency.name, Agency.code).where(
        reach if EVERYTHING not in roots else Agency.id.is_not(None),
        or_(Agency.closed_on.is_(None), Agency.closed_on > clock.today()),
        Agency.kind != "division",
        *[Agency.search_key.contains(word) for word in fold(words).split()[:8]],
    )
    order = (case((Agency.id.in_(heads_of), 0), else_=1), Agency.depth, Agency.sort_key)
    return db.session.execute(statement.order_by(*order).limit(limit)).all()


def find_delegates(actor: Actor, heads_of: Sequence[int], words: str, limit: int = 20) -> Sequence[Any]:
    """Return open accounts of the agencies where the actor may delegate, by words of the names; not the actor's own."""
    roots = actor.scope(Permission.ACCOUNTS_GRANT)
    with scope.entered(Scope(accounts=(*heads_of, *roots))):
        return db.session.execute(
            select(Account.id, Account.username, Account.display_name, Agency.name.label("agency"))
            .join(Agency, Agency.id == Account.agency_id)
            .where(
                Account.closed_at.is_(None),
                Account.id != (actor.account_id or 0),
                *[Account.search_key.contains(word) for word in fold(words).split()[:6]],
            )
            .order_by(Account.search_key)
            .limit(limit)
        ).all()


def find_delegate(actor: Actor, heads_of: Sequence[int], account_id: int) -> Any:
    """Return one account the actor may choose, as `find_delegates` does, or None."""
    roots = actor.scope(Permission.ACCOUNTS_GRANT)
    with scope.entered(Scope(accounts=(*heads_of, *roots))):
        return db.session.execute(
            select(Account.id, Account.username, Account.display_name).where(Account.id == account_id)
        ).one_or_none()
